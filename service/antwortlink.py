"""Links für Stellen ohne Konto: ein Vorgang, eine Handlung, einmal. Was sie dürfen, steht in `states/perlink.py`.

In der gespeicherten Nachricht steht nur ein Platzhalter. Das Wort, das den Link öffnet, entsteht beim Versand, und die Datenbank
kennt davon allein den Hash; jeder weitere Versuch derselben Sendung bekommt ein eigenes. Lesen ändert nichts: Wer die Adresse nur
aufruft, zum Beispiel ein Prüfprogramm für Mails, verbraucht sie nicht.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from service.adressen import STELLE, Verzeichnis
from service.anmeldung import gehasht
from service.apply import Schritt
from service.clock import als_text, berliner_tag
from service.db import Sitzung, kennungen
from service.errors import NichtGefunden, Unmoeglich
from service.handeln import handle
from service.handelnde import Handelnde
from service.kalender import Dauer
from service.laden import Akte
from service.moeglich import moegliche
from service.protokoll import vermerke
from service.sicht import Ansicht, lies
from service.umfeld import Umfeld
from states.kette import PROZESSE
from states.model import Uebergang
from states.perlink import LESEN_NACH_FREIGABE, NACH_ART, NACHFRIST, NACHFRIST_VORGABE, PerLink

NEUER_LINK = "neuer_link"
QUELLE = "l:"  # im Ausgang: ein Link, um den die Koordination gebeten hat; danach kommt die Stelle
_PLATZHALTER = re.compile(r"/antwort/@(\d{1,12})@")
_MIT_KONTO = ("SELECT DISTINCT p.institution FROM person p LEFT JOIN konto k ON k.person = p.key AND k.gesperrt = 0 "
              "WHERE p.institution IS NOT NULL AND p.von <= :heute AND (p.bis IS NULL OR p.bis >= :heute) "
              "AND (k.person IS NOT NULL OR p.vorfuehrung = 1)")
_WIDERRUFE = ("UPDATE antwortlink SET widerrufen = :jetzt WHERE vorgang = :vorgang AND ausloeser = :ausloeser AND stelle = :stelle "
              "AND widerrufen IS NULL")
_NEU = ("INSERT INTO antwortlink (vorgang, nr, ausloeser, stelle, name, angelegt, bis) "
        "VALUES (:vorgang, :nr, :ausloeser, :stelle, :name, :jetzt, :bis) RETURNING id")
_FINDE = ("SELECT l.id, l.vorgang, l.nr, l.ausloeser, l.stelle, l.bis, l.eingeloest, v.key, v.art FROM antwortwort w "
          "JOIN antwortlink l ON l.id = w.link JOIN vorgang v ON v.id = l.vorgang "
          "WHERE w.hash = :hash AND l.widerrufen IS NULL AND l.bis >= :heute")
_LOESE_EIN = "UPDATE antwortlink SET eingeloest = :jetzt WHERE id = :id AND eingeloest IS NULL AND widerrufen IS NULL"


class Link(NamedTuple):
    """Was hinter einem Wort steht. `person`: die Stelle, wie sie handelt; `offen`: die Handlung steht noch aus und ist jetzt möglich."""

    id: int
    key: str
    tat: PerLink
    person: Handelnde
    ansicht: Ansicht
    uebergang: Uebergang
    antwort: Mapping[str, Any]
    bis: str
    eingeloest: str
    offen: bool


# --- ausstellen: in der Runde, die Nachrichten setzt ------------------------------------------------------------------


class Aussteller:
    """Stellt in einer Runde je Stelle, Vorgang und Handlung höchstens einen Link aus."""

    def __init__(self, s: Sitzung, umfeld: Umfeld, jetzt: datetime, webadresse: str) -> None:
        self._s, self._umfeld, self._jetzt, self._webadresse = s, umfeld, jetzt, webadresse
        self._heute = berliner_tag(jetzt)
        self._mit_konto = stellen_mit_konto(s, self._heute)
        self._ausgestellt: dict[tuple[int, str], tuple[str, date]] = {}

    def link(self, person: Handelnde | None, akte: Akte) -> tuple[str, date] | None:
        """(Adresse mit Platzhalter, letzter Tag), oder None: Die Stelle hat ein Konto, oder es gibt für sie nichts zu tun."""
        tat = NACH_ART.get(akte.art)
        if tat is None or person is None or not person.key.startswith(STELLE):
            return None
        stelle, bis = person.key.removeprefix(STELLE), self._bis(tat, person.name, akte)
        if bis is None or stelle in self._mit_konto:
            return None
        if (akte.id, stelle) not in self._ausgestellt:
            kennung = self._neu(tat, akte, stelle, person.name, bis)
            self._ausgestellt[akte.id, stelle] = f"{self._webadresse}/antwort/@{kennung}@", bis
        return self._ausgestellt[akte.id, stelle]

    def _bis(self, tat: PerLink, name: str, akte: Akte) -> date | None:
        """Das Ende der Frist und eine Nachfrist; zum Lesen 30 Tage. None: nichts zu tun und nichts zu lesen."""
        if not beteiligt(tat, name, akte):
            return None
        frist = akte.fristen.get((tat.frist, name)) or akte.fristen.get((tat.frist, ""))
        if frist is not None:
            nachfrist = Dauer.lesen(self._umfeld.profil.dauer(NACHFRIST, NACHFRIST_VORGABE))
            return self._umfeld.kalender.ende(max(date.fromisoformat(frist.ende), self._heute), nachfrist).ende
        return self._heute + timedelta(days=LESEN_NACH_FREIGABE) if akte.zustand in tat.zu_lesen else None

    def _neu(self, tat: PerLink, akte: Akte, stelle: str, name: str, bis: date) -> int:
        werte = {"vorgang": akte.id, "nr": akte.version, "ausloeser": tat.ausloeser, "stelle": stelle, "name": name,
                 "jetzt": als_text(self._jetzt), "bis": bis.isoformat()}
        self._s.fuehre(_WIDERRUFE, werte)
        return int(self._s.wert(_NEU, werte))


def beteiligt(tat: PerLink, name: str, akte: Akte) -> bool:
    return (name, tat.rolle.value) in akte.beteiligte


def stellen_mit_konto(s: Sitzung, heute: date) -> set[str]:
    """Stellen, bei denen sich jemand anmelden kann; die anderen bekommen Links."""
    return {str(z[0]) for z in s.alle(_MIT_KONTO, {"heute": heute.isoformat()})}


def mit_worten(s: Sitzung, empfaenger: str, *texte: str) -> tuple[str, ...]:
    """Setzt für jeden Link des Empfängers ein frisches Wort ein. Nur seine eigenen: Text aus einem Titel öffnet nichts."""
    genannt = {int(n) for text in texte for n in _PLATZHALTER.findall(text)}
    if not genannt:
        return texte
    eigene = [z[0] for z in s.alle(f"SELECT id FROM antwortlink WHERE stelle = :stelle AND {s.in_kennungen('id')}",
                                   {"stelle": empfaenger.removeprefix(STELLE), "ids": kennungen(sorted(genannt))})]
    worte = {link: secrets.token_urlsafe(32) for link in eigene}
    s.viele("INSERT INTO antwortwort (hash, link) VALUES (:hash, :link)", [{"hash": gehasht(w), "link": k} for k, w in worte.items()])
    return tuple(_PLATZHALTER.sub(lambda m: f"/antwort/{worte.get(int(m[1]), '')}", text) for text in texte)


# --- einlösen: auf der Seite ------------------------------------------------------------------------------------------


def finde(s: Sitzung, wort: str, umfeld: Umfeld, jetzt: datetime) -> Link:
    """Wirft NichtGefunden, gleich ob es den Link nie gab, er abgelaufen oder widerrufen ist oder der Vorgang seinen Stand verlassen hat."""
    heute = berliner_tag(jetzt)
    zeile = s.eine(_FINDE, {"hash": gehasht(wort), "heute": heute.isoformat()})
    if zeile is None:
        raise NichtGefunden
    kennung, vorgang, nr, ausloeser, stelle, bis, eingeloest, key, art = zeile
    tat, institution = NACH_ART[art], umfeld.profil.institution(stelle)
    if institution is None or tat.ausloeser != ausloeser or _stand_verlassen(s, tat, vorgang, nr):
        raise NichtGefunden
    person = Handelnde(f"{STELLE}{stelle}", institution.name, institution.name, frozenset({(tat.rolle.value, "")}), institution.abh)
    ansicht = lies(s, person, key, heute)
    moeglich = any(m.uebergang.ausloeser == ausloeser for m in moegliche(s, person, key, jetzt))
    return Link(kennung, key, tat, person, ansicht, _uebergang(tat), _antwort(s, tat, vorgang, institution.name), bis, eingeloest or "",
                moeglich and not eingeloest)


def _uebergang(tat: PerLink) -> Uebergang:
    return next(u for u in PROZESSE[tat.art].uebergaenge if u.ausloeser == tat.ausloeser)


def _stand_verlassen(s: Sitzung, tat: PerLink, vorgang: int, nr: int) -> bool:
    """Ob der Vorgang seither in einem Zustand war, für den der Link nicht gilt; das bleibt so, auch wenn er zurückkehrt."""
    gilt = {*_uebergang(tat).von, *tat.zu_lesen}
    return any(z[0] not in gilt for z in s.alle("SELECT DISTINCT nach FROM ereignis WHERE vorgang = :vorgang AND nr > :nr",
                                                {"vorgang": vorgang, "nr": nr}))


def _antwort(s: Sitzung, tat: PerLink, vorgang: int, name: str) -> Mapping[str, Any]:
    """Was die Stelle bisher geantwortet hat, gleich auf welchem Weg; ihre eigene Antwort darf sie immer lesen."""
    stand = json.loads(s.wert("SELECT stand FROM vorgang WHERE id = :id", {"id": vorgang}))
    gefunden = (stand.get(tat.antworten) or {}).get(name) or {}
    return {feld: gefunden[feld] for feld in (*tat.felder, "kenntnis_am") if gefunden.get(feld)}


def loese_ein(s: Sitzung, wort: str, daten: Mapping[str, Any], grund: str, umfeld: Umfeld, jetzt: datetime) -> None:
    """Tut die Handlung im Namen der Stelle. Von zweien zugleich gewinnt einer. Wirft NichtGefunden, Ungueltig, Unmoeglich."""
    link = finde(s, wort, umfeld, jetzt)
    if not link.offen or s.fuehre(_LOESE_EIN, {"id": link.id, "jetzt": als_text(jetzt)}) != 1:
        raise Unmoeglich(("Mit diesem Link ist schon geantwortet worden.",), ("einmal",), link.key)
    antwort = {**{f: w for f, w in daten.items() if f in link.tat.felder}, link.tat.stelle: link.person.institution}
    handle(s, [Schritt(link.tat.ausloeser, link.key, daten=antwort, grund=grund)], link.person, jetzt, umfeld)


# --- die Koordination schickt einen neuen -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Offenes:
    """Eine Stelle ohne Konto, die an einem Vorgang noch etwas tun soll. `bis` leer: Sie hat keinen gültigen Link."""

    stelle: str
    name: str
    adresse: str
    bis: str
    eingeloest: bool


def offene(s: Sitzung, akte: Akte, umfeld: Umfeld, heute: date) -> list[Offenes]:
    tat = NACH_ART.get(akte.art)
    if tat is None or akte.zustand not in {*_uebergang(tat).von, *tat.zu_lesen}:
        return []
    mit_konto = stellen_mit_konto(s, heute)
    gueltig = {z[0]: z[1:] for z in s.alle("SELECT stelle, bis, eingeloest FROM antwortlink WHERE vorgang = :vorgang "
                                           "AND ausloeser = :ausloeser AND widerrufen IS NULL",
                                           {"vorgang": akte.id, "ausloeser": tat.ausloeser})}
    verzeichnis = Verzeichnis(s, umfeld.profil, heute.isoformat())
    gefunden = []
    for wer, rolle in sorted(akte.beteiligte):
        stelle = umfeld.profil.institution(wer) if rolle == tat.rolle.value else None
        if stelle is None or stelle.key in mit_konto or not _zu_tun(tat, stelle.name, akte):
            continue
        bis, eingeloest = gueltig.get(stelle.key, ("", None))
        gefunden.append(Offenes(stelle.key, stelle.name, verzeichnis.adresse_von(f"{STELLE}{stelle.key}"), bis, bool(eingeloest)))
    return gefunden


def _zu_tun(tat: PerLink, name: str, akte: Akte) -> bool:
    return bool(tat.zu_lesen) or (tat.frist, name) in akte.fristen


def bitte_um_neuen(s: Sitzung, akte: Akte, stelle: str, umfeld: Umfeld, jetzt: datetime, wer: Handelnde) -> None:
    """Die nächste Runde schickt der Stelle einen neuen Link; mit ihm gilt der alte nicht mehr. Wirft NichtGefunden, Unmoeglich."""
    gemeint = next((o for o in offene(s, akte, umfeld, berliner_tag(jetzt)) if o.stelle == stelle), None)
    if gemeint is None:
        raise NichtGefunden(akte.key)
    if not gemeint.adresse:
        satz = "Für diese Stelle ist kein Postfach bekannt. Bitte tragen Sie es unter „Nachrichten“ ein."
        raise Unmoeglich((satz,), ("postfach",), akte.key)
    s.fuehre("INSERT INTO ausgang (vorgang, nr, quelle, anlass, an, fruehestens, erledigt) "
             "VALUES (:vorgang, :nr, :quelle, :anlass, 'stelle', :jetzt, 0)",
             {"vorgang": akte.id, "nr": akte.version, "quelle": f"{QUELLE}{secrets.token_hex(6)}:{stelle}", "anlass": NEUER_LINK,
              "jetzt": als_text(jetzt)})
    vermerke(s, jetzt, "", "link_erneuert", {"vorgang": akte.key, "stelle": stelle}, wer.key)


def raeume_auf(s: Sitzung, jetzt: datetime) -> int:
    """Abgelaufene und längst widerrufene Worte verschwinden; wer wann womit geantwortet hat, steht im Vorgang."""
    return s.fuehre("DELETE FROM antwortwort WHERE link IN (SELECT id FROM antwortlink WHERE bis < :heute OR widerrufen IS NOT NULL)",
                    {"heute": berliner_tag(jetzt).isoformat()})
