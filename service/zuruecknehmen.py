"""Den letzten Schritt zurücknehmen (Regel 13): alles, was in einem Zug geschah, solange niemand darauf aufgebaut hat.

Gelöscht wird nichts: jeder bewegte Vorgang bekommt ein weiteres Ereignis, und die Geschichte zeigt beide.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from service import access
from service.aufgebaut import aufgebaut_von
from service.buendel import Buendel
from service.clock import als_text, berliner_tag
from service.db import Sitzung, kennungen
from service.errors import Konflikt, NichtGefunden, Unmoeglich, Verboten
from service.faltung import ZURUECKNEHMEN, Geschehen, falte, uebergang_von
from service.handelnde import Handelnde
from service.laden import Akte, Netz, lade
from service.schrittform import gepruefter_grund
from service.sendungen import hole_zurueck
from service.terminlage import aktualisiere
from service.umfeld import Umfeld
from states.kette import PROZESSE
from states.model import Rolle

_EREIGNISSE = (
    "SELECT e.vorgang, e.nr, e.akt, e.ausloeser, e.von, e.nach, e.person, e.zeit, coalesce(i.inhalt, '') FROM ereignis e "
    "LEFT JOIN ereignis_inhalt i ON i.vorgang = e.vorgang AND i.nr = e.nr WHERE {bedingung} ORDER BY e.vorgang, e.nr"
)


def ereignisse_von(s: Sitzung, ids: list[int]) -> dict[int, list[Geschehen]]:
    gefunden: dict[int, list[Geschehen]] = defaultdict(list)
    for vorgang, *rest in s.alle(_EREIGNISSE.format(bedingung=s.in_kennungen("e.vorgang")), {"ids": kennungen(ids)}):
        gefunden[vorgang].append(Geschehen(*rest))
    return gefunden


def nimm_zurueck(s: Sitzung, key: str, grund: str, person: Handelnde, jetzt: datetime, umfeld: Umfeld, version: int | None = None) -> str:
    """Nimmt den letzten Zug an `key` zurück und gibt dessen Akt zurück.

    Wirft Unmoeglich mit dem Grund, warum es nicht (mehr) geht, Verboten, wenn es weder die eigene Handlung war noch
    eine Koordination fragt.
    """
    grund = gepruefter_grund(grund)
    if not grund:
        raise Unmoeglich(("Bitte geben Sie einen Grund an.",), ("grund",), key)
    if not key.isprintable():
        raise NichtGefunden(key)
    zeile = s.eine("SELECT v.id, e.akt FROM vorgang v JOIN ereignis e ON e.vorgang = v.id AND e.nr = v.version WHERE v.key = :key",
                   {"key": key})
    if zeile is None:
        raise NichtGefunden(key)
    akt = str(zeile[1])
    ids = [z[0] for z in s.alle("SELECT DISTINCT vorgang FROM ereignis WHERE akt = :akt ORDER BY vorgang", {"akt": akt})]
    s.sperre(ids)
    netz = Netz()
    lade(s, ids, netz)
    eigener = netz.bei_key(key)
    assert eigener is not None
    if version is not None and version != eigener.gesehen:
        raise Konflikt("Der Vorgang wurde inzwischen geändert. Bitte sehen Sie sich den neuen Stand an.", key, version, eigener.gesehen)
    geschichte = ereignisse_von(s, ids)
    _pruefe(akt, eigener, netz, geschichte, person)
    _pruefe_nachbarn(s, akt, netz, geschichte, eigener.key)
    zurueck = _Ruecknahme(s, akt, grund, person, jetzt, umfeld)
    for kennung in ids:
        zurueck.stelle_wieder_her(kennung, geschichte[kennung])
    zurueck.schreibe()
    return akt


def _pruefe(akt: str, eigener: Akte, netz: Netz, geschichte: dict[int, list[Geschehen]], person: Handelnde) -> None:
    letztes = geschichte[eigener.id][-1]
    berechtigt = person.key == letztes.person or person.hat(Rolle.KOORDINATION)
    if not berechtigt or any(access.verboten(person, a) for a in netz.akten.values()):  # Verbote gewinnen, auch hier (Regel 15)
        raise Verboten("Zurücknehmen kann nur, wer den Schritt getan hat, oder die Koordination.")
    if letztes.ausloeser == ZURUECKNEHMEN:
        raise Unmoeglich(("Der letzte Schritt ist bereits zurückgenommen.",), ("zurueckgenommen",), eigener.key)
    for kennung, ereignisse in geschichte.items():
        akte = netz.akten[kennung]
        betroffen = [e for e in ereignisse if e.akt == akt]
        if ereignisse[-1].akt != akt:
            raise Unmoeglich((f"Auf den Schritt ist schon aufgebaut worden: {akte.key} hat sich danach weiter bewegt.",), ("aufgebaut",),
                             eigener.key)
        for e in betroffen:
            uebergang = uebergang_von(akte.art, e)
            if not e.von:
                satz = f"Mit dem Schritt ist {akte.key} angelegt worden; das lässt sich nur durch einen eigenen Schritt beenden."
                raise Unmoeglich((satz,), ("angelegt",), eigener.key)
            if uebergang is not None and uebergang.tilgt:
                raise Unmoeglich(("Geschwärzter Text lässt sich nicht wiederherstellen.",), ("getilgt",), eigener.key)


def _pruefe_nachbarn(s: Sitzung, akt: str, netz: Netz, geschichte: dict[int, list[Geschehen]], key: str) -> None:
    zug = {kennung: [e for e in ereignisse if e.akt == akt] for kennung, ereignisse in geschichte.items()}
    arten = {kennung: netz.akten[kennung].art for kennung in zug}
    bewegt = {kennung: arten[kennung] for kennung, ereignisse in zug.items() if ereignisse[0].von != ereignisse[-1].nach}
    if (gefunden := aufgebaut_von(s, akt, arten, bewegt)) is not None:
        raise Unmoeglich((f"Auf den Schritt ist schon aufgebaut worden: {gefunden} stützt sich darauf.",), ("aufgebaut",), key)


class _Ruecknahme:
    def __init__(self, s: Sitzung, akt: str, grund: str, person: Handelnde, jetzt: datetime, umfeld: Umfeld) -> None:
        self.s, self.akt, self.grund, self.person, self.jetzt, self.umfeld = s, akt, grund, person, jetzt, umfeld
        self.zeit, self.heute = als_text(jetzt), berliner_tag(jetzt)
        self.buendel = Buendel(secrets.token_hex(8), jetzt, self.zeit)
        self.netz = Netz()

    def stelle_wieder_her(self, kennung: int, ereignisse: list[Geschehen]) -> None:
        betroffen = [e for e in ereignisse if e.akt == self.akt]
        werte = {"vorgang": kennung, "von": betroffen[0].nr, "bis": betroffen[-1].nr, "nr": ereignisse[-1].nr + 1}
        self._zeilen(werte)
        lade(self.s, [kennung], self.netz)
        akte = self.netz.akten[kennung]
        akte.stand = falte(akte.art, ereignisse, frozenset({self.akt}))
        akte.zustand = betroffen[0].von
        akte.version += 1
        for spalte in ("bereich", "kommune", "institution", "zustaendig", "vertretung"):
            setattr(akte, spalte, akte.stand.get(spalte))
        akte.titel = str(akte.stand.get("titel") or "")
        inhalt: dict[str, Any] = {"daten": {"zurueckgenommen": self.akt}, "grund": self.grund}
        self.buendel.ereignis(akte, ZURUECKNEHMEN, betroffen[-1].nach, self.person.key, _rolle(self.person), inhalt, "", 0)
        self._nachrichten(akte, betroffen)
        eroeffnet = date.fromisoformat(str(akte.stand.get("eingang") or self.heute))
        self.buendel.fristen(akte, aktualisiere(akte, PROZESSE[akte.art], self.heute, eroeffnet, self.umfeld))

    def _zeilen(self, werte: dict[str, Any]) -> None:
        """Was der Zug öffnete, schließt sich; was er schloss, öffnet sich wieder."""
        for tabelle in ("frist", "marke", "beteiligung"):
            self.s.fuehre(f"UPDATE {tabelle} SET offen = 0, geschlossen_nr = :nr WHERE vorgang = :vorgang AND offen = 1 "
                          "AND geoeffnet_nr BETWEEN :von AND :bis", werte)
            self.s.fuehre(f"UPDATE {tabelle} SET offen = 1, geschlossen_nr = NULL WHERE vorgang = :vorgang AND offen = 0 "
                          "AND geschlossen_nr BETWEEN :von AND :bis AND geoeffnet_nr < :von", werte)
        self.s.fuehre("UPDATE verbindung SET offen = 0, geschlossen_vorgang = :vorgang, geschlossen_nr = :nr WHERE offen = 1 "
                      "AND geoeffnet_vorgang = :vorgang AND geoeffnet_nr BETWEEN :von AND :bis", werte)
        self.s.fuehre("UPDATE verbindung SET offen = 1, geschlossen_vorgang = NULL, geschlossen_nr = NULL WHERE offen = 0 "
                      "AND geschlossen_vorgang = :vorgang AND geschlossen_nr BETWEEN :von AND :bis "
                      "AND NOT (geoeffnet_vorgang = :vorgang AND geoeffnet_nr BETWEEN :von AND :bis)", werte)

    def _nachrichten(self, akte: Akte, betroffen: list[Geschehen]) -> None:
        """Was noch nicht verschickt ist, entfällt; wer schon unterrichtet ist, erfährt auch hiervon."""
        werte = {"vorgang": akte.id, "von": betroffen[0].nr, "bis": betroffen[-1].nr}
        auswahl = "WHERE vorgang = :vorgang AND nr BETWEEN :von AND :bis AND quelle LIKE 'e:%'"
        hole_zurueck(self.s, akte.id, werte["von"], werte["bis"])
        verschickt = self.s.alle(f"SELECT an FROM ausgang {auswahl} AND erledigt = 1", werte)
        gegangen = {stelle for (an,) in verschickt for stelle in an.split(",")}
        self.s.fuehre(f"UPDATE ausgang SET erledigt = 2 {auswahl} AND erledigt = 0", werte)
        if gegangen:
            self.buendel.nachricht(akte, akte.version, "schritt_zurueckgenommen", sorted(gegangen))

    def schreibe(self) -> None:
        self.buendel.schreibe(self.s, self.netz)


def _rolle(person: Handelnde) -> str:
    """Die Rolle, unter der die Rücknahme in der Geschichte steht."""
    return Rolle.KOORDINATION.value if person.hat(Rolle.KOORDINATION) else min((r for r, _ in person.rollen), default="")

