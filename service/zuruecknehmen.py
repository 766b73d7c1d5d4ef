"""Den letzten Schritt zurücknehmen (Regel 13): alles, was in einem Zug geschah, solange niemand darauf aufgebaut hat.

Gelöscht wird nichts: jeder bewegte Vorgang bekommt ein weiteres Ereignis, und die Geschichte zeigt beide.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import date, datetime
from typing import Any, NamedTuple

from forms.kalenderblatt import TERMINE
from service import access
from service.aufgebaut import aufgebaut_von
from service.buendel import Buendel
from service.clock import als_text, berliner_tag
from service.db import Sitzung, kennungen
from service.errors import Konflikt, NichtGefunden, Unmoeglich, Verboten
from service.faltung import UMSTELLEN, ZURUECKNEHMEN, Geschehen, falte, uebergang_von
from service.handelnde import Handelnde
from service.laden import Akte, Netz, lade
from service.profilfassungen import Profilfassungen
from service.pruefen_fristen import Nachspiel
from service.schrittform import gepruefter_grund
from service.sendungen import hole_zurueck
from service.terminlage import aktualisiere, stelle_ruhende_wieder_her
from service.umfeld import Umfeld
from states.aussage import Aussage
from states.anhang import ENTFERNEN as DATEI_ENTFERNEN
from states.kette import PROZESSE
from states.model import ZURUECKGENOMMEN, Rolle

_EREIGNISSE = (
    "SELECT e.vorgang, e.nr, e.akt, e.ausloeser, e.von, e.nach, e.person, e.zeit, coalesce(i.inhalt, '') FROM ereignis e "
    "LEFT JOIN ereignis_inhalt i ON i.vorgang = e.vorgang AND i.nr = e.nr WHERE {bedingung} ORDER BY e.vorgang, e.nr"
)
_LETZTER_AKT = "SELECT v.id, e.akt FROM vorgang v JOIN ereignis e ON e.vorgang = v.id AND e.nr = v.version WHERE v.key = :key"
_VOM_AKT = "SELECT vorgang, nr, akt, ausloeser, von, nach, person, zeit, '', rolle FROM ereignis WHERE akt = :akt ORDER BY vorgang, nr"
_GEZOGEN = (Rolle.KETTE.value, Rolle.BESCHLUSS.value)


def ereignisse_von(s: Sitzung, ids: list[int]) -> dict[int, list[Geschehen]]:
    gefunden: dict[int, list[Geschehen]] = defaultdict(list)
    for vorgang, *rest in s.alle(_EREIGNISSE.format(bedingung=s.in_kennungen("e.vorgang")), {"ids": kennungen(ids)}):
        gefunden[vorgang].append(Geschehen(*rest))
    return gefunden


class _Zug(NamedTuple):
    """Der letzte Zug an einem Vorgang: was er wo tat, und an welchen Vorgängen ihn jemand selbst geschaltet hat."""

    akt: str
    eigener: Akte
    netz: Netz
    getan: dict[int, list[Geschehen]]
    selbst: frozenset[int]


def _letzter_zug(s: Sitzung, key: str, *, sperre: bool) -> _Zug:
    zeile = s.eine(_LETZTER_AKT, {"key": key}) if key.isprintable() else None
    if zeile is None:
        raise NichtGefunden(key)
    akt, getan, selbst = str(zeile[1]), defaultdict(list), set()
    for vorgang, *rest, rolle in s.alle(_VOM_AKT, {"akt": akt}):
        getan[vorgang].append(Geschehen(*rest))
        if rolle not in _GEZOGEN:
            selbst.add(vorgang)
    if sperre:
        s.sperre(list(getan))
    netz = Netz()
    lade(s, getan, netz)
    return _Zug(akt, netz.akten[zeile[0]], netz, getan, frozenset(selbst))


def hindernis(s: Sitzung, key: str, person: Handelnde) -> str | None:
    """Warum der letzte Zug nicht zurückzunehmen ist; leer: er ist es. None: diese Person dürfte es ohnehin nicht."""
    zug = _letzter_zug(s, key, sperre=False)
    if not _darf(zug, person):
        return None
    try:
        _pruefe(s, zug, person)
    except Unmoeglich as unmoeglich:
        return unmoeglich.satz
    return ""


def nimm_zurueck(s: Sitzung, key: str, grund: str, person: Handelnde, jetzt: datetime, umfeld: Umfeld, version: int | None = None) -> str:
    """Nimmt den letzten Zug an `key` zurück und gibt dessen Akt zurück.

    Wirft Unmoeglich mit dem Grund, warum es nicht (mehr) geht, Verboten, wenn es weder die eigene Handlung war noch
    eine zuständige Koordination fragt.
    """
    grund = gepruefter_grund(grund)
    if not grund:
        raise Unmoeglich(("Bitte geben Sie einen Grund an.",), ("grund",), key)
    zug = _letzter_zug(s, key, sperre=True)
    if version is not None and version != zug.eigener.gesehen:
        raise Konflikt("Der Vorgang wurde inzwischen geändert. Bitte sehen Sie sich den neuen Stand an.", key, version,
                       zug.eigener.gesehen)
    _pruefe(s, zug, person)
    zurueck = _Ruecknahme(s, zug.akt, grund, person, jetzt, umfeld)
    for kennung, ereignisse in ereignisse_von(s, sorted(zug.getan)).items():
        zurueck.stelle_wieder_her(kennung, ereignisse)
    zurueck.schreibe()
    return zug.akt


def _darf(zug: _Zug, person: Handelnde) -> bool:
    """Dieselbe Person, oder die Koordination aller Vorgänge, an denen jemand selbst etwas tat; Verbote gewinnen (Regel 15)."""
    if any(access.verboten(person, a) for a in zug.netz.akten.values()):
        return False
    gemeinte = (zug.netz.akten[kennung] for kennung in zug.selbst)
    return person.key == zug.getan[zug.eigener.id][-1].person or all(access.ist_koordination(person, a) for a in gemeinte)


def _pruefe(s: Sitzung, zug: _Zug, person: Handelnde) -> None:
    if not _darf(zug, person):
        raise Verboten("Zurücknehmen kann nur, wer den Schritt getan hat, oder die zuständige Koordination.")
    key = zug.eigener.key
    if zug.getan[zug.eigener.id][-1].ausloeser == ZURUECKNEHMEN:
        raise Unmoeglich(("Der letzte Schritt ist bereits zurückgenommen.",), ("zurueckgenommen",), key)
    if zug.getan[zug.eigener.id][-1].ausloeser == UMSTELLEN:
        raise Unmoeglich(("Nach dem letzten Schritt ist der Vorgang auf eine neue Fassung des Ablaufs umgestellt worden; zurücknehmen "
                          "lässt er sich nicht mehr.",), ("umgestellt",), key)
    for kennung, ereignisse in zug.getan.items():
        akte = zug.netz.akten[kennung]
        if akte.version != ereignisse[-1].nr:
            raise Unmoeglich((Aussage("Auf den Schritt ist schon aufgebaut worden: {key} hat sich danach weiter bewegt.", key=akte.key),),
                             ("aufgebaut",),
                             key)
        if any((u := uebergang_von(akte.art, e)) is not None and u.tilgt for e in ereignisse):
            raise Unmoeglich(("Geschwärzter Text lässt sich nicht wiederherstellen.",), ("getilgt",), key)
        if any(e.ausloeser == DATEI_ENTFERNEN for e in ereignisse):
            raise Unmoeglich(("Eine entfernte Datei lässt sich nicht wiederherstellen.",), ("entfernt",), key)
    _pruefe_nachbarn(s, zug)


def _pruefe_nachbarn(s: Sitzung, zug: _Zug) -> None:
    arten = {kennung: zug.netz.akten[kennung].art for kennung in zug.getan}
    # was der Zug angelegt hat, gab es vorher nicht: es hätte niemand mitgezogen
    bewegt = {kennung: arten[kennung] for kennung, getan in zug.getan.items() if getan[0].von and getan[0].von != getan[-1].nach}
    if (gefunden := aufgebaut_von(s, zug.akt, arten, bewegt)) is not None:
        raise Unmoeglich((Aussage("Auf den Schritt ist schon aufgebaut worden: {gefunden} stützt sich darauf.", gefunden=gefunden),),
                         ("aufgebaut",), zug.eigener.key)


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
        akte.zustand = betroffen[0].von or ZURUECKGENOMMEN.wert
        akte.version += 1
        for spalte in ("bereich", "kommune", "institution", "zustaendig", "vertretung"):
            setattr(akte, spalte, akte.stand.get(spalte))
        akte.titel = str(akte.stand.get("titel") or "")
        inhalt: dict[str, Any] = {"daten": {"zurueckgenommen": self.akt}, "grund": self.grund}
        self.buendel.ereignis(akte, ZURUECKNEHMEN, betroffen[-1].nach, self.person.key, _rolle(self.person), inhalt, "", 0)
        self._nachrichten(akte, betroffen)
        self._ruhende(akte, ereignisse[:-len(betroffen)])
        eroeffnet = date.fromisoformat(str(akte.stand.get("eingang") or self.heute))
        self.buendel.fristen(akte, aktualisiere(akte, PROZESSE[akte.art], self.heute, eroeffnet, self.umfeld))

    def _ruhende(self, akte: Akte, davor: list[Geschehen]) -> None:
        if davor and any(f.ruht_bei for f in PROZESSE[akte.art].fristen):
            fassungen = Profilfassungen(self.s)
            spiel = Nachspiel(akte.id, akte.key, akte.art, davor, fassungen.am if fassungen else lambda zeit: self.umfeld)
            stelle_ruhende_wieder_her(akte, spiel.akte.fristen, PROZESSE[akte.art], self.umfeld)

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
        verschickt = self.s.alle(f"SELECT an, anlass FROM ausgang {auswahl} AND erledigt = 1", werte)
        gegangen = {stelle for an, _ in verschickt for stelle in an.split(",")}
        eingeladene = ["eingeladene"] if any(anlass in TERMINE for _, anlass in verschickt) else []
        self.s.fuehre(Aussage("UPDATE ausgang SET erledigt = 2 {auswahl} AND erledigt = 0", auswahl=auswahl), werte)
        if gegangen:
            self.buendel.nachricht(akte, akte.version, "schritt_zurueckgenommen", [*eingeladene, *sorted(gegangen)])

    def schreibe(self) -> None:
        self.buendel.schreibe(self.s, self.netz)


def _rolle(person: Handelnde) -> str:
    """Die Rolle, unter der die Rücknahme in der Geschichte steht."""
    return Rolle.KOORDINATION.value if person.hat(Rolle.KOORDINATION) else min((r for r, _ in person.rollen), default="")

