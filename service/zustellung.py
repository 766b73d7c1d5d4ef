"""Sendungen zustellen: mindestens einmal, nie von zweien zugleich, immer mit derselben Message-ID.

Genau einmal kann niemand E-Mail zustellen (RFC 1047). Wer eine Sendung nimmt, schreibt das vorher fest (`begonnen`, mit
Besitzer und Ablauf der Pacht); stirbt er, übernimmt nach der Pacht ein anderer. Ohne Mailserver stellt die Vorführung in
ihr eigenes Postfach zu; eine echte Installation lässt die Sendungen warten und sagt es.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from service.antwortlink import mit_worten
from service.ausgang import Zusammenstellung, stelle_zusammen
from service.briefpost import Abgelehnt, Aufgeschoben, Postweg, Sendung, Zugang, als_mail, lies_kennwort
from service.clock import als_text, aus_text
from service.db import Datenbank, Sitzung
from service.entwuerfe import erinnere
from service.sendungen import ABGEWIESEN, AUFGEGEBEN, EIGENER_MAILSERVER, woran_alles_haengt
from service.settings import Einstellungen
from service.umfeld import Umfeld
from service.vorfuehrung import ist_vorfuehrung

PACHT = timedelta(minutes=10)  # länger, als ein Versuch mit allen Wartezeiten dauern kann
LAENGSTE_RUNDE = timedelta(minutes=4)
_ABSTAENDE = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 120, 240))  # nach jedem Fehlschlag länger, dann alle vier Stunden
_AUFGEBEN_NACH = timedelta(days=4)

# zwei wählen vielleicht dieselbe Zeile; die Bedingung am Ende lässt nur einen gewinnen
_FREI = "(zustand = 'bereit' AND naechster_versuch <= :jetzt) OR (zustand = 'begonnen' AND pacht_bis < :jetzt)"
_NIMM = (
    "UPDATE sendung SET zustand = 'begonnen', besitzer = :besitzer, pacht_bis = :bis, versuche = versuche + 1 WHERE id = "
    f"(SELECT id FROM sendung WHERE {_FREI} ORDER BY naechster_versuch, id LIMIT 1{{sperre}}) AND ({_FREI}) "
    "RETURNING id, adresse, antwort_an, betreff, inhalt, html, message_id, erstellt, versuche, kalender, empfaenger"
)
_MEINE = "WHERE id = :id AND zustand = 'begonnen' AND besitzer = :besitzer"


@dataclass(frozen=True)
class Versand:
    """Was eine Runde getan hat. `ohne_mailserver`: Es gibt nichts, wohin zugestellt werden könnte; alles wartet.

    `grund`: Der eigene Mailserver nimmt nichts an; warum, als Code wie bei der Sendung.
    """

    zusammengestellt: int = 0
    befunde: int = 0
    zugestellt: int = 0
    aufgeschoben: int = 0
    gescheitert: int = 0
    ohne_mailserver: bool = False
    grund: str = ""


def versandrunde(db: Datenbank, einstellungen: Einstellungen, umfeld: Umfeld, jetzt: datetime) -> Versand:
    """Macht aus dem Ausgang Sendungen und stellt zu, was an der Reihe ist."""
    zusammen = befunde = 0
    while True:
        portion: Zusammenstellung = db.in_transaktion(lambda s: stelle_zusammen(s, umfeld, jetzt, einstellungen.webadresse))
        zusammen, befunde = zusammen + portion.sendungen, befunde + portion.befunde
        if not portion.voll:
            break
    zusammen += db.in_transaktion(lambda s: erinnere(s, umfeld, jetzt, einstellungen.webadresse))
    return replace(stelle_zu(db, einstellungen, jetzt), zusammengestellt=zusammen, befunde=befunde)


def stelle_zu(db: Datenbank, einstellungen: Einstellungen, jetzt: datetime, wartet: float | None = None) -> Versand:
    """Stellt zu, was fällig ist, eine Sendung nach der anderen. `wartet`: Sekunden je Antwort des Mailservers."""
    zugang = zugang_von(einstellungen)
    if zugang is not None:
        weg = Postweg(zugang if wartet is None else replace(zugang, wartet=wartet))
        try:
            ergebnis = _runde(db, jetzt, weg.sende, ins_postfach=False)
        finally:
            weg.schliesse()
        if ergebnis.zugestellt or ergebnis.grund:
            return ergebnis
        with db.lesen() as s:  # diesmal war nichts an der Reihe, oder es ging nichts hinaus: Der Grund von vorhin gilt weiter
            return replace(ergebnis, grund=woran_alles_haengt(s))
    with db.lesen() as s:
        if not ist_vorfuehrung(s):
            wartend = s.wert("SELECT 1 FROM sendung WHERE zustand = 'bereit' LIMIT 1") is not None
            return Versand(ohne_mailserver=wartend)
    return stelle_ins_postfach(db, einstellungen.absender_adresse, jetzt)


def stelle_ins_postfach(db: Datenbank, absender: str, jetzt: datetime) -> Versand:
    """Stellt alles Fällige ins Postfach der Vorführung zu; was kein Mailserver nähme, scheitert auch hier."""
    return _runde(db, jetzt, partial(_pruefe_nur, absender=absender), ins_postfach=True)


def zugang_von(e: Einstellungen) -> Zugang | None:
    if not e.smtp_host:
        return None
    kennwort = lies_kennwort(e.smtp_kennwort, e.smtp_kennwort_datei)
    return Zugang(e.smtp_host, e.smtp_port, e.smtp_tls, e.absender_adresse, e.smtp_nutzer, kennwort, e.smtp_ca_datei)


def _pruefe_nur(sendung: Sendung, absender: str) -> None:
    als_mail(sendung, absender)


def _runde(db: Datenbank, jetzt: datetime, sende: Callable[[Sendung], None], *, ins_postfach: bool) -> Versand:
    besitzer, beginn, ergebnis = secrets.token_hex(8), monotonic(), Versand()
    while True:
        nun = jetzt + timedelta(seconds=monotonic() - beginn)
        if nun - jetzt > LAENGSTE_RUNDE:
            return ergebnis
        sendung = db.in_transaktion(partial(_nimm, besitzer=besitzer, nun=nun))
        if sendung is None:
            return ergebnis
        try:
            sende(sendung)
        except Abgelehnt as fehler:
            db.in_transaktion(partial(_scheitere, sendung=sendung, besitzer=besitzer, fehler=fehler.fehler))
            ergebnis = replace(ergebnis, gescheitert=ergebnis.gescheitert + 1)
        except Aufgeschoben as fehler:
            if db.in_transaktion(partial(_schiebe_auf, sendung=sendung, besitzer=besitzer, nun=nun, fehler=fehler)):
                ergebnis = replace(ergebnis, gescheitert=ergebnis.gescheitert + 1)
            else:
                ergebnis = replace(ergebnis, aufgeschoben=ergebnis.aufgeschoben + 1)
            if fehler.alle:
                return replace(ergebnis, grund=fehler.fehler)
        else:
            db.in_transaktion(partial(_schliesse_ab, sendung=sendung, besitzer=besitzer, nun=nun, ins_postfach=ins_postfach))
            ergebnis = replace(ergebnis, zugestellt=ergebnis.zugestellt + 1)


def _nimm(s: Sitzung, besitzer: str, nun: datetime) -> Sendung | None:
    zeile = s.eine(_NIMM.format(sperre=" FOR UPDATE SKIP LOCKED" if s.postgres else ""),
                   {"besitzer": besitzer, "jetzt": als_text(nun), "bis": als_text(nun + PACHT)})
    if zeile is None:
        return None
    id_, adresse, antwort_an, betreff, inhalt, html, message_id, erstellt, versuche, kalender, empfaenger = zeile
    inhalt, html = mit_worten(s, empfaenger, inhalt, html)
    return Sendung(id_, adresse, antwort_an, betreff, inhalt, html, message_id, aus_text(erstellt), versuche, kalender)


def _schliesse_ab(s: Sitzung, sendung: Sendung, besitzer: str, nun: datetime, ins_postfach: bool) -> None:
    """Nur, wer sie noch hält: Ein Nachfolger, der nach abgelaufener Pacht übernahm, schreibt sein eigenes Ende."""
    werte = {"id": sendung.id, "besitzer": besitzer, "zeit": als_text(nun)}
    meine = s.fuehre(f"UPDATE sendung SET zustand = 'zugestellt', zugestellt = :zeit, fehler = '', pacht_bis = '' {_MEINE}", werte)
    if meine and ins_postfach:  # nur in der Vorführung liegt der Text mit seinen Links lesbar da: Dort ist die Zeile das Postfach
        s.fuehre("UPDATE sendung SET inhalt = :inhalt, html = :html WHERE id = :id",
                 {"id": sendung.id, "inhalt": sendung.inhalt, "html": sendung.html})
        s.fuehre("INSERT INTO postfach (sendung, zeit, gelesen) VALUES (:id, :zeit, 0)", {"id": sendung.id, "zeit": als_text(nun)})


def _scheitere(s: Sitzung, sendung: Sendung, besitzer: str, fehler: str) -> None:
    s.fuehre(f"UPDATE sendung SET zustand = 'gescheitert', fehler = :fehler, pacht_bis = '' {_MEINE}",
             {"id": sendung.id, "besitzer": besitzer, "fehler": fehler})


def _schiebe_auf(s: Sitzung, sendung: Sendung, besitzer: str, nun: datetime, fehler: Aufgeschoben) -> bool:
    """Falsch, solange es noch einen Versuch gibt. Liegt es am eigenen Mailserver, geht es bald weiter und nicht seltener."""
    if nun - sendung.erstellt > _AUFGEBEN_NACH and _liegt_am_empfaenger(s, sendung, nun, fehler):
        _scheitere(s, sendung, besitzer, fehler.fehler if fehler.alle else AUFGEGEBEN)
        return True
    naechster = nun + _ABSTAENDE[0 if fehler.alle else min(sendung.versuche, len(_ABSTAENDE)) - 1]
    s.fuehre(f"UPDATE sendung SET zustand = 'bereit', fehler = :fehler, naechster_versuch = :naechster, pacht_bis = '' {_MEINE}",
             {"id": sendung.id, "besitzer": besitzer, "fehler": fehler.fehler, "naechster": als_text(naechster)})
    return False


def _liegt_am_empfaenger(s: Sitzung, sendung: Sendung, nun: datetime, fehler: Aufgeschoben) -> bool:
    """Wer tagelang nur am eigenen Mailserver hing, bekommt danach noch seine Versuche.

    Abgewiesen wird manchmal nur eine Nachricht: Dann gehen andere hinaus, und diese ist nach vier Tagen unzustellbar.
    """
    if fehler.alle:
        gestern = {"gestern": als_text(nun - timedelta(days=1))}
        return fehler.fehler == ABGEWIESEN and s.wert("SELECT 1 FROM sendung WHERE zugestellt > :gestern LIMIT 1", gestern) is not None
    zuletzt = s.wert("SELECT fehler FROM sendung WHERE id = :id", {"id": sendung.id})
    return bool(zuletzt) and zuletzt not in EIGENER_MAILSERVER
