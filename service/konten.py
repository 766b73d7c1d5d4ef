"""Konten: Kennwörter, Einmallinks, gebremste Anmeldung, Zugriffsschlüssel für Programme.

Wer sich mit falscher Kennung anmeldet, erhält dieselbe Antwort nach derselben Zeit wie mit falschem Kennwort. Nach fünf
Fehlversuchen je Kennung oder zwanzig je Herkunft ist eine Viertelstunde Pause.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

from psycopg.errors import UniqueViolation
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from service import anmeldung
from service.anmeldung import gehasht
from service.clock import als_text, berliner_tag
from service.db import Datenbank, Sitzung
from service.errors import NichtGefunden, Ungueltig, Unmoeglich, Verboten, ZuVieleVersuche
from service.handelnde import SYSTEM
from service.kennwortregeln import pruefe_kennung, pruefe_kennwort
from service.protokoll import vermerke
from states.model import Rolle

FENSTER = timedelta(minutes=15)
JE_KENNUNG, JE_HERKUNFT = 5, 20
LINK_GILT = timedelta(hours=72)
SCHLUESSEL_GILT = timedelta(days=90)
_VERGEBEN = {"kennung": "Diese Kennung ist schon vergeben. Bitte wählen Sie eine andere."}
FALSCH = "Kennung oder Kennwort stimmen nicht."

_HASHER = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=47104, parallelism=1),))
_ZWEI_ZUGLEICH = threading.Semaphore(2)  # jede Prüfung braucht 46 MB; mehr zugleich legten die Maschine lahm

_KONTO = ("SELECT k.person, k.kennwort FROM konto k JOIN person p ON p.key = k.person WHERE k.kennung = :kennung AND k.gesperrt = 0 "
          "AND p.von <= :heute AND (p.bis IS NULL OR p.bis >= :heute)")
_VERSUCHE = ("SELECT (SELECT count(*) FROM fehlversuch WHERE kennung = :kennung AND zeit > :seit), "
             "(SELECT count(*) FROM fehlversuch WHERE herkunft = :herkunft AND zeit > :seit)")
_VERSUCH = "INSERT INTO fehlversuch (zeit, kennung, herkunft) VALUES (:zeit, :kennung, :herkunft)"
_KONTO_SETZEN = ("INSERT INTO konto (person, kennung, kennwort, gesperrt, angelegt, geaendert) VALUES (:person, :kennung, :kennwort, 0, "
                 ":jetzt, :jetzt) ON CONFLICT (person) DO UPDATE SET kennung = :kennung, kennwort = :kennwort, gesperrt = 0, "
                 "geaendert = :jetzt")


# --- anmelden ---------------------------------------------------------------------------------------------------------


def melde_an(db: Datenbank, kennung: str, kennwort: str, herkunft: str, jetzt: datetime) -> str:
    """Der Ausweis für das Cookie. Wirft Verboten (stimmt nicht) oder ZuVieleVersuche."""
    person = pruefe_anmeldung(db, kennung, kennwort, herkunft, jetzt)
    return db.in_transaktion(lambda s: _angemeldet(s, person, jetzt))


def pruefe_anmeldung(db: Datenbank, kennung: str, kennwort: str, herkunft: str, jetzt: datetime) -> str:
    """Wem das Kennwort gehört; gebremst wie jede Anmeldung. Wirft Verboten (stimmt nicht) oder ZuVieleVersuche."""
    kennung = vereinheitlicht(kennung)
    marken = {"kennung": gehasht(f"kennung:{kennung}"), "herkunft": gehasht(f"herkunft:{netz(herkunft)}")}
    db.in_transaktion(lambda s: _zaehle(s, marken, jetzt))
    with db.lesen() as s:
        zeile = s.eine(_KONTO, {"kennung": kennung, "heute": berliner_tag(jetzt).isoformat()})
    attrappe = _attrappe()  # immer, damit auch die erste Anmeldung nach dem Start nichts verrät
    stimmt, neuer = _verglichen(kennwort, zeile[1] if zeile else attrappe)
    if zeile is None or not stimmt:
        raise Verboten(FALSCH)
    person: str = zeile[0]
    db.in_transaktion(lambda s: _vergiss_fehlversuche(s, person, neuer, marken))
    return person


def _zaehle(s: Sitzung, marken: dict[str, str], jetzt: datetime) -> None:
    """Jeder Versuch zählt zunächst als misslungen; so nützt es nichts, viele gleichzeitig zu stellen."""
    if s.postgres:
        for marke in sorted(marken.values()):
            s.fuehre("SELECT pg_advisory_xact_lock(hashtextextended(:marke, 0))", {"marke": marke})
    je_kennung, je_herkunft = s.eine(_VERSUCHE, {**marken, "seit": als_text(jetzt - FENSTER)}) or (0, 0)
    if je_kennung >= JE_KENNUNG or je_herkunft >= JE_HERKUNFT:
        raise ZuVieleVersuche("Es gab zu viele Anmeldungen, die nicht stimmten. Bitte versuchen Sie es in einer Viertelstunde noch einmal.")
    s.fuehre(_VERSUCH, {**marken, "zeit": als_text(jetzt)})


def _verglichen(kennwort: str, hinterlegt: str) -> tuple[bool, str | None]:
    with _ZWEI_ZUGLEICH:
        return _HASHER.verify_and_update(kennwort, hinterlegt)


@cache
def _attrappe() -> str:
    return hashe(secrets.token_urlsafe(16))


def _vergiss_fehlversuche(s: Sitzung, person: str, neuer: str | None, marken: dict[str, str]) -> None:
    s.fuehre("DELETE FROM fehlversuch WHERE kennung = :kennung", marken)
    if neuer:  # mit älteren Angaben gehasht
        s.fuehre("UPDATE konto SET kennwort = :kennwort WHERE person = :person", {"kennwort": neuer, "person": person})


def _angemeldet(s: Sitzung, person: str, jetzt: datetime) -> str:
    vermerke(s, jetzt, "", "angemeldet", {}, person)
    return anmeldung.melde_an(s, person, jetzt)


def melde_vorfuehrung_an(s: Sitzung, person: str, jetzt: datetime) -> str:
    """Ohne Kennwort, nur für Konten der Vorführung. Ob dies eine ist, prüft, wer aufruft. Wirft NichtGefunden."""
    heute = berliner_tag(jetzt).isoformat()
    if s.eine("SELECT 1 FROM person WHERE key = :key AND vorfuehrung = 1 AND von <= :heute AND (bis IS NULL OR bis >= :heute)",
              {"key": person, "heute": heute}) is None:
        raise NichtGefunden
    vermerke(s, jetzt, "", "angemeldet", {"vorfuehrung": True}, person)
    return anmeldung.melde_an(s, person, jetzt)


def vereinheitlicht(kennung: str) -> str:
    return kennung.strip().casefold()


def netz(herkunft: str) -> str:
    """Bei IPv6 zählt das Netz eines Anschlusses, nicht die einzelne Adresse: Davon hat jeder beliebig viele."""
    try:
        adresse = ip_address(herkunft)
    except ValueError:
        return herkunft
    return str(adresse.exploded[:19]) if isinstance(adresse, IPv6Address) and not adresse.ipv4_mapped else str(adresse)


# --- Einmallinks ------------------------------------------------------------------------------------------------------


class Link(NamedTuple):
    """`person` fehlt beim allerersten Konto: Wer ihn einlöst, wird Systemverwaltung."""

    hash: str
    person: str | None
    name: str
    kennung: str


def lade_ein(s: Sitzung, person: str, jetzt: datetime, von: str = SYSTEM.key, konto: str = "") -> str:
    """Ein neuer Einmallink; ältere derselben Person gelten nicht mehr. Wirft NichtGefunden."""
    if s.eine("SELECT 1 FROM person WHERE key = :key", {"key": person}) is None:
        raise NichtGefunden
    vermerke(s, jetzt, konto, "eingeladen", {"konto": person}, von)
    return _neuer_link(s, person, jetzt)


def erster_zugang(s: Sitzung, jetzt: datetime) -> str | None:
    """Solange es kein einziges Konto gibt: der Link, mit dem die Systemverwaltung ihres anlegt."""
    return None if s.eine("SELECT 1 FROM konto LIMIT 1") else _neuer_link(s, None, jetzt)


def _neuer_link(s: Sitzung, person: str | None, jetzt: datetime) -> str:
    wessen = "person IS NULL" if person is None else "person = :person"
    s.fuehre(f"DELETE FROM einmallink WHERE eingeloest IS NULL AND {wessen}", {"person": person})
    wort = secrets.token_urlsafe(32)
    s.fuehre("INSERT INTO einmallink (hash, person, angelegt, bis, eingeloest) VALUES (:hash, :person, :angelegt, :bis, NULL)",
             {"hash": gehasht(wort), "person": person, "angelegt": als_text(jetzt), "bis": als_text(jetzt + LINK_GILT)})
    return wort


def einmallink(s: Sitzung, wort: str, jetzt: datetime) -> Link:
    """Liest nur; Programme, die Links in Nachrichten öffnen, verbrauchen nichts. Wirft NichtGefunden."""
    zeile = s.eine("SELECT l.hash, l.person, p.name, k.kennung FROM einmallink l LEFT JOIN person p ON p.key = l.person "
                   "LEFT JOIN konto k ON k.person = l.person WHERE l.hash = :hash AND l.eingeloest IS NULL AND l.bis > :jetzt",
                   {"hash": gehasht(wort), "jetzt": als_text(jetzt)})
    if zeile is None or (zeile[1] is None and s.eine("SELECT 1 FROM konto LIMIT 1")):
        raise NichtGefunden
    return Link(zeile[0], zeile[1], zeile[2] or "", zeile[3] or zeile[1] or "")


def loese_ein(db: Datenbank, wort: str, kennung: str, kennwort: str, jetzt: datetime, name: str = "") -> str:
    """Setzt Kennung und Kennwort, beendet alle Anmeldungen der Person und meldet sie neu an. Wirft NichtGefunden, Ungueltig."""
    kennung = vereinheitlicht(kennung)
    with db.lesen() as s:
        link = einmallink(s, wort, jetzt)
    befunde: dict[str, str] = {**pruefe_kennung(kennung), **pruefe_kennwort(kennwort, kennung)}
    if link.person is None and not name.strip():
        befunde["name"] = "Bitte geben Sie an, wie Sie heißen sollen, zum Beispiel „Systemverwaltung“."
    if befunde:
        raise Ungueltig(befunde)
    gehashtes = hashe(kennwort)
    try:
        return db.in_transaktion(lambda s: _eingeloest(s, wort, kennung, gehashtes, jetzt, name.strip()))
    except UniqueViolation as fehler:  # ein anderer nahm sie in diesem Augenblick
        raise Ungueltig(_VERGEBEN) from fehler


def _eingeloest(s: Sitzung, wort: str, kennung: str, kennwort: str, jetzt: datetime, name: str) -> str:
    link = einmallink(s, wort, jetzt)
    if not s.fuehre("UPDATE einmallink SET eingeloest = :jetzt WHERE hash = :hash AND eingeloest IS NULL",
                    {"jetzt": als_text(jetzt), "hash": link.hash}):
        raise NichtGefunden
    person = link.person or _erste_verwaltung(s, name, jetzt)
    if s.eine("SELECT 1 FROM konto WHERE kennung = :kennung AND person <> :person", {"kennung": kennung, "person": person}):
        raise Ungueltig(_VERGEBEN)
    s.fuehre(_KONTO_SETZEN, {"person": person, "kennung": kennung, "kennwort": kennwort, "jetzt": als_text(jetzt)})
    beende_zugaenge(s, person, jetzt)
    vermerke(s, jetzt, "", "kennwort_gesetzt", {}, person)
    return anmeldung.melde_an(s, person, jetzt)


def _erste_verwaltung(s: Sitzung, name: str, jetzt: datetime) -> str:
    vergeben = {k for (k,) in s.alle("SELECT key FROM person WHERE key LIKE 'systemverwaltung%'")}
    key = next(k for k in ("systemverwaltung", *(f"systemverwaltung-{n}" for n in range(2, 1000))) if k not in vergeben)
    angaben = {"key": key, "name": name, "von": berliner_tag(jetzt).isoformat(), "rolle": Rolle.ADMIN.value}
    s.fuehre("INSERT INTO person (key, name, institution, von, bis, vorfuehrung) VALUES (:key, :name, NULL, :von, NULL, 0)", angaben)
    s.fuehre("INSERT INTO person_rolle (person, rolle, bereich, von, bis) VALUES (:key, :rolle, '', :von, NULL)", angaben)
    return key


def hashe(kennwort: str) -> str:
    with _ZWEI_ZUGLEICH:
        return _HASHER.hash(kennwort)


# --- Konto pflegen ----------------------------------------------------------------------------------------------------


def kennung_von(db: Datenbank, person: str) -> str | None:
    """None, wenn sich die Person nicht mit einem Kennwort anmeldet: gesperrt, nie eingeladen oder ein Konto der Vorführung."""
    with db.lesen() as s:
        kennung: str | None = s.wert("SELECT kennung FROM konto WHERE person = :person AND gesperrt = 0", {"person": person})
    return kennung


def aendere_kennwort(db: Datenbank, person: str, altes: str, neues: str, herkunft: str, jetzt: datetime) -> str:
    """Meldet überall ab und hier neu an; auch Zugriffsschlüssel gelten nicht mehr. Wirft Verboten, ZuVieleVersuche, Ungueltig."""
    kennung = kennung_von(db, person)
    if kennung is None:
        raise Verboten("Für dieses Konto gibt es kein Kennwort.")
    if befunde := pruefe_kennwort(neues, kennung):
        raise Ungueltig(befunde)
    pruefe_anmeldung(db, kennung, altes, herkunft, jetzt)
    gehashtes = hashe(neues)

    def setze(s: Sitzung) -> str:
        s.fuehre("UPDATE konto SET kennwort = :kennwort, geaendert = :jetzt WHERE person = :person",
                 {"kennwort": gehashtes, "jetzt": als_text(jetzt), "person": person})
        beende_zugaenge(s, person, jetzt)
        vermerke(s, jetzt, "", "kennwort_gesetzt", {}, person)
        return anmeldung.melde_an(s, person, jetzt)

    return db.in_transaktion(setze)


def beende_zugaenge(s: Sitzung, person: str, jetzt: datetime) -> None:
    """Alle Anmeldungen und alle Zugriffsschlüssel: Wer sich schützen will, soll nichts übersehen können."""
    anmeldung.melde_ueberall_ab(s, person)
    if anzahl := s.fuehre("DELETE FROM zugriffsschluessel WHERE person = :person", {"person": person}):
        vermerke(s, jetzt, "", "zugriffsschluessel_widerrufen", {"anzahl": anzahl}, person)


def sperre(s: Sitzung, person: str, jetzt: datetime, von: str, *, gesperrt: bool) -> None:
    """Eine Sperre beendet auch alle Anmeldungen, Einmallinks und Zugriffsschlüssel. Wirft NichtGefunden, Unmoeglich."""
    if person == von:
        raise Unmoeglich(("Ihr eigenes Konto können Sie nicht sperren.",))
    if not s.fuehre("UPDATE konto SET gesperrt = :g, geaendert = :jetzt WHERE person = :person",
                    {"g": int(gesperrt), "jetzt": als_text(jetzt), "person": person}):
        raise NichtGefunden
    if gesperrt:
        beende_zugaenge(s, person, jetzt)
        s.fuehre("DELETE FROM einmallink WHERE person = :person AND eingeloest IS NULL", {"person": person})
    vermerke(s, jetzt, "", "konto_gesperrt" if gesperrt else "konto_entsperrt", {"konto": person}, von)


_ZUGAENGE = ("SELECT p.key, p.name, p.institution, k.kennung, coalesce(k.gesperrt, 0), (SELECT max(l.bis) FROM einmallink l "
             "WHERE l.person = p.key AND l.eingeloest IS NULL AND l.bis > :jetzt) FROM person p LEFT JOIN konto k ON k.person = p.key "
             "WHERE (p.bis IS NULL OR p.bis >= :heute)")


@dataclass(frozen=True)
class Zugang:
    """Eine Person und ihr Zugang; ohne `kennung` hat sie noch keinen. `eingeladen_bis`: so lange gilt ihr offener Einmallink."""

    person: str
    name: str
    institution: str | None
    kennung: str | None
    gesperrt: int
    eingeladen_bis: str | None


def zugaenge(s: Sitzung, jetzt: datetime) -> list[Zugang]:
    """Alle, deren Eintrag nicht geendet hat, nach Namen."""
    return [Zugang(*z) for z in s.alle(f"{_ZUGAENGE} ORDER BY p.name, p.key", _heute(jetzt))]


def zugaenge_ab(s: Sitzung, jetzt: datetime, ab: str, anzahl: int) -> list[Zugang]:
    """Nach Schlüsseln, was auf `ab` folgt."""
    zeilen = s.alle(f"{_ZUGAENGE} AND p.key > :ab ORDER BY p.key LIMIT :anzahl", {**_heute(jetzt), "ab": ab, "anzahl": anzahl})
    return [Zugang(*z) for z in zeilen]


def zugang(s: Sitzung, person: str, jetzt: datetime) -> Zugang:
    """Wirft NichtGefunden."""
    zeile = s.eine(f"{_ZUGAENGE} AND p.key = :person", {**_heute(jetzt), "person": person})
    if zeile is None:
        raise NichtGefunden
    return Zugang(*zeile)


def _heute(jetzt: datetime) -> dict[str, str]:
    return {"heute": berliner_tag(jetzt).isoformat(), "jetzt": als_text(jetzt)}


# --- Zugriffsschlüssel für Programme ----------------------------------------------------------------------------------


def neuer_schluessel(s: Sitzung, person: str, name: str, jetzt: datetime) -> str:
    """Der Schlüssel selbst; er wird nur dieses eine Mal gezeigt."""
    if not 1 <= len(name.strip()) <= 80:
        raise Ungueltig({"name": "Bitte nennen Sie das Programm, das den Schlüssel bekommt (höchstens 80 Zeichen)."})
    wort = f"kreislauf_{secrets.token_urlsafe(32)}"
    s.fuehre("INSERT INTO zugriffsschluessel (hash, person, name, seit, bis) VALUES (:hash, :person, :name, :seit, :bis)",
             {"hash": gehasht(wort), "person": person, "name": name.strip(), "seit": als_text(jetzt),
              "bis": als_text(jetzt + SCHLUESSEL_GILT)})
    vermerke(s, jetzt, "", "zugriffsschluessel_angelegt", {}, person)
    return wort


def zu_schluessel(s: Sitzung, wort: str, jetzt: datetime) -> str | None:
    """Die Person, in deren Namen das Programm handelt."""
    person: str | None = s.wert("SELECT person FROM zugriffsschluessel WHERE hash = :hash AND bis > :jetzt",
                                {"hash": gehasht(wort), "jetzt": als_text(jetzt)})
    return person


def schluessel(s: Sitzung, person: str) -> list[tuple[Any, ...]]:
    """(Hash, Name, seit, bis)"""
    return s.alle("SELECT hash, name, seit, bis FROM zugriffsschluessel WHERE person = :person ORDER BY seit", {"person": person})


def widerrufe(s: Sitzung, person: str, hash_: str, jetzt: datetime) -> None:
    if not s.fuehre("DELETE FROM zugriffsschluessel WHERE person = :person AND hash = :hash", {"person": person, "hash": hash_}):
        raise NichtGefunden
    vermerke(s, jetzt, "", "zugriffsschluessel_widerrufen", {}, person)
