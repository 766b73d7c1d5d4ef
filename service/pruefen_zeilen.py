"""Beteiligungen, Marken und Verbindungen, wie sie nach den Ereignissen sein müssen, gegen das, was in den Tabellen steht.

Wer beteiligt ist, sieht einen Vorgang; eine Zeile, die kein Ereignis erklärt, gäbe unbemerkt Einblick. Befunde nennen Zeile und
Ereignis, nie die Person.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from service.db import Sitzung
from service.faltung import UMSTELLEN, ZURUECKNEHMEN, Geschehen, eroeffnung, uebergang_von
from service.handelnde import SYSTEM
from states.kette import PROZESSE
from states.model import Beteilige, Hop, Uebergang, Verbinde

Stelle = tuple[int, int]  # Vorgang und Nummer seines Ereignisses
Befund = tuple[str, str]

_TABELLEN = {
    "beteiligung": "SELECT id, vorgang, geoeffnet_nr, rolle, wer, '', offen, vorgang, geschlossen_nr FROM beteiligung ORDER BY id",
    "marke": "SELECT id, vorgang, geoeffnet_nr, name, '', bis, offen, vorgang, geschlossen_nr FROM marke ORDER BY id",
    "verbindung": ("SELECT id, geoeffnet_vorgang, geoeffnet_nr, art, von, nach, offen, geschlossen_vorgang, geschlossen_nr "
                   "FROM verbindung ORDER BY id"),
}


@dataclass(slots=True)
class _Zeile:
    """`a`, `b`: Person und nichts, nichts und Datum, oder die Enden einer Verbindung."""

    name: str
    a: Any
    b: Any
    auf: Stelle
    zu: Stelle | None = None


class _Zug(NamedTuple):
    """Was ein Ereignis an Verbindungen tut; `ruecknahme` sind erste und letzte Nummer dessen, was es zurücknimmt."""

    folge: int
    stelle: Stelle
    verbindet: tuple[Verbinde, ...]
    genannt: tuple[tuple[str, ...], ...]
    ruecknahme: tuple[int, int] | None = None
    eroeffnet: tuple[tuple[str, str, str, int], ...] | None = None  # nach einer Umstellung: Art, von, nach, Nummer des Ereignisses


class Zeilenpruefung:
    """Nimmt die heilen Ketten eine nach der anderen und vergleicht am Ende jede Tabelle in einem Durchgang."""

    def __init__(self) -> None:
        self._keys: dict[int, str] = {}
        self._heil: set[int] = set()  # ohne heile Kette ist nicht zu sagen, was sein müsste
        self._soll: dict[str, list[_Zeile]] = {"beteiligung": [], "marke": []}
        self._zuege: list[_Zug] = []
        self._umgestellt: dict[int, int] = {}  # Vorgang -> Nummer seiner letzten Umstellung

    def unklar(self, vorgang: int, key: str) -> None:
        self._keys[vorgang] = key

    def nimm(self, vorgang: int, key: str, art: str, ereignisse: Sequence[Geschehen], folge: Sequence[int]) -> None:
        """`folge`: die laufende Nummer jedes Ereignisses über alle Vorgänge."""
        self._keys[vorgang] = key
        self._heil.add(vorgang)
        for e, laufend in zip(ereignisse, folge, strict=True):
            if (zug := _zug(art, ereignisse, e, laufend, (vorgang, e.nr))) is not None:
                self._zuege.append(zug)
            if e.ausloeser == UMSTELLEN:
                self._umgestellt[vorgang] = e.nr
        beteiligte, marken = eigene_zeilen(vorgang, art, ereignisse)
        self._soll["beteiligung"] += beteiligte
        self._soll["marke"] += marken

    def befunde(self, s: Sitzung) -> Iterator[Befund]:
        kanten = _Kanten({key: kennung for kennung, key in self._keys.items()})
        for zug in sorted(self._zuege, key=lambda z: z.folge):
            kanten.ziehe(zug)
        for tabelle, soll in {**self._soll, "verbindung": kanten.zeilen}.items():
            yield from self._vergleiche(tabelle, soll, s.stroemen(_TABELLEN[tabelle]))

    def _vergleiche(self, tabelle: str, soll: Iterable[_Zeile], zeilen: Iterable[Sequence[Any]]) -> Iterator[Befund]:
        offen = {_kennzeichen(tabelle, z): z for z in soll}
        for nr, auf, auf_nr, name, a, b, ist_offen, zu, zu_nr in zeilen:
            ist = _Zeile(name, a, b, (auf, auf_nr), None if zu_nr is None else (zu, zu_nr))
            erwartet = offen.pop(_kennzeichen(tabelle, ist), None)
            if erwartet is None and self._vor_der_umstellung(ist):
                continue
            if self._nicht_zu_sagen(tabelle, ist) or (erwartet is not None and self._nicht_zu_sagen(tabelle, erwartet)):
                continue
            was = f"{self._bezeichnung(tabelle, ist)} (Zeile {nr} der Tabelle {tabelle})"
            if erwartet is None:
                yield self._ort(ist.auf), f"{was} erklärt kein Ereignis."
            elif ist.b != erwartet.b:
                yield self._ort(ist.auf), f"{was} nennt ein anderes Datum als ihr Ereignis."
            elif ist.zu != erwartet.zu or bool(ist_offen) != (erwartet.zu is None):
                yield self._ort(ist.auf), f"{was} {self._ende(bool(ist_offen), erwartet.zu)}"
        for fehlend in offen.values():
            if not self._nicht_zu_sagen(tabelle, fehlend):
                yield self._ort(fehlend.auf), f"{self._bezeichnung(tabelle, fehlend)} fehlt, obwohl dieses Ereignis sie angelegt hat."

    def _vor_der_umstellung(self, z: _Zeile) -> bool:
        """Was vor einer Umstellung schon geschlossen war, hat eine Tabelle geöffnet, die es nicht mehr gibt."""
        nr = self._umgestellt.get(z.auf[0], 0)
        return z.auf[1] <= nr and z.zu is not None and (z.zu[0] != z.auf[0] or z.zu[1] <= nr)

    def _nicht_zu_sagen(self, tabelle: str, z: _Zeile) -> bool:
        beruehrt = {z.auf[0], z.zu[0] if z.zu else z.auf[0], *((z.a, z.b) if tabelle == "verbindung" else ())}
        return not beruehrt <= self._heil

    def _ort(self, stelle: Stelle) -> str:
        return f"{self._key(stelle[0])}#{stelle[1]}"

    def _key(self, vorgang: int) -> str:
        return self._keys.get(vorgang) or f"Vorgang {vorgang}"

    def _bezeichnung(self, tabelle: str, z: _Zeile) -> str:
        if tabelle == "beteiligung":
            return f"Die Beteiligung als „{z.name}“"
        if tabelle == "marke":
            return f"Die Marke „{z.name}“"
        return f"Die Verbindung „{z.name}“ von {self._key(z.a)} nach {self._key(z.b)}"

    def _ende(self, ist_offen: bool, zu: Stelle | None) -> str:
        if zu is None:
            return "ist als beendet eingetragen; nach den Ereignissen ist sie offen."
        if ist_offen:
            return f"ist als offen eingetragen; nach den Ereignissen endete sie mit {self._ort(zu)}."
        return f"nennt ein falsches Ende; nach den Ereignissen endete sie mit {self._ort(zu)}."


def _kennzeichen(tabelle: str, z: _Zeile) -> tuple[Any, ...]:
    """Ein Ereignis öffnet jede Zeile höchstens einmal."""
    return (z.auf, z.name) if tabelle == "marke" else (z.auf, z.name, z.a, z.b)


# --- was an einem Vorgang allein geschieht ----------------------------------------------------------------------------


def _als_liste(wert: Any) -> tuple[str, ...]:
    if wert is None or wert == "":
        return ()
    return tuple(str(w) for w in wert) if isinstance(wert, list) else (str(wert),)


def eigene_zeilen(vorgang: int, art: str, ereignisse: Sequence[Geschehen]) -> tuple[list[_Zeile], list[_Zeile]]:
    """Beteiligungen und Marken eines Vorgangs, wie seine Ereignisse sie ergeben, auch die geschlossenen."""
    beteiligte: list[_Zeile] = []
    marken: list[_Zeile] = []
    for e in ereignisse:
        stelle = (vorgang, e.nr)
        if e.ausloeser == ZURUECKNEHMEN:
            bereich = _zurueckgenommen(ereignisse, e)
            _nimm_zurueck(beteiligte, beteiligte, stelle, bereich)
            _nimm_zurueck(marken, marken, stelle, bereich)
        elif e.ausloeser == UMSTELLEN:
            offen = eroeffnung(e)
            beteiligte = [_Zeile(rolle, wer, "", (vorgang, nr)) for rolle, wer, nr in offen["beteiligte"]]
            marken = [_Zeile(name, "", bis, (vorgang, nr)) for name, bis, nr in offen["marken"]]
        elif (u := uebergang_von(art, e)) is not None and (u.beteiligt or u.setzt or u.loescht):
            daten = json.loads(e.inhalt)["daten"]
            _merke(marken, art, u, daten, stelle)
            for b in u.beteiligt:
                _beteilige(beteiligte, b, daten, "" if e.person == SYSTEM.key else e.person, stelle)
    return beteiligte, marken


def _zug(art: str, ereignisse: Sequence[Geschehen], e: Geschehen, laufend: int, stelle: Stelle) -> _Zug | None:
    """Was ein Ereignis an Verbindungen tut; None, wenn nichts."""
    if e.ausloeser == ZURUECKNEHMEN:
        return _Zug(laufend, stelle, (), (), _zurueckgenommen(ereignisse, e))
    if e.ausloeser == UMSTELLEN:
        return _Zug(laufend, stelle, (), (), eroeffnet=tuple(tuple(v) for v in eroeffnung(e)["verbindungen"]))
    u = uebergang_von(art, e)
    if u is None or not u.verbindet:
        return None
    daten = json.loads(e.inhalt)["daten"]
    return _Zug(laufend, stelle, u.verbindet, tuple(_als_liste(daten.get(v.feld)) if v.feld else () for v in u.verbindet))


def _merke(marken: list[_Zeile], art: str, uebergang: Uebergang, daten: Mapping[str, Any], stelle: Stelle) -> None:
    for z in marken:
        if z.zu is None and (z.name in uebergang.loescht or z.name == uebergang.setzt):
            z.zu = stelle
    if uebergang.setzt:
        feld = next(m.feld for m in PROZESSE[art].marken if m.name == uebergang.setzt)
        marken.append(_Zeile(uebergang.setzt, "", str(daten.get(feld) or "") if feld else "", stelle))


def _beteilige(beteiligte: list[_Zeile], b: Beteilige, daten: Mapping[str, Any], handelnde: str, stelle: Stelle) -> None:
    namen = b.genannte(daten, handelnde)
    if namen is None:
        return
    offen = {z.a: z for z in beteiligte if z.zu is None and z.name == b.rolle.value}
    for wer in b.enden(offen, namen):
        offen[wer].zu = stelle
    if not b.loest:
        beteiligte += [_Zeile(b.rolle.value, wer, "", stelle) for wer in sorted(namen - offen.keys())]


def _zurueckgenommen(ereignisse: Sequence[Geschehen], ruecknahme: Geschehen) -> tuple[int, int]:
    akt = json.loads(ruecknahme.inhalt)["daten"]["zurueckgenommen"]
    nummern = [e.nr for e in ereignisse if e.akt == akt and e.nr < ruecknahme.nr]
    return (nummern[0], nummern[-1]) if nummern else (0, 0)


def _nimm_zurueck(geoeffnet: Iterable[_Zeile], geschlossen: Iterable[_Zeile], stelle: Stelle, bereich: tuple[int, int]) -> list[_Zeile]:
    """Was der Zug öffnete, schließt sich; was er schloss, öffnet sich wieder. Gibt das Wiedergeöffnete zurück."""

    def im_zug(s: Stelle | None) -> bool:
        return s is not None and s[0] == stelle[0] and bereich[0] <= s[1] <= bereich[1]

    for z in geoeffnet:
        if z.zu is None and im_zug(z.auf):
            z.zu = stelle
    wieder = [z for z in geschlossen if im_zug(z.zu) and not im_zug(z.auf)]
    for z in wieder:
        z.zu = None
    return wieder


# --- was zwischen Vorgängen geschieht ---------------------------------------------------------------------------------


class _Kanten:
    """Die Verbindungen aller Vorgänge, in der Reihenfolge der Ereignisse nachgezogen."""

    def __init__(self, kennungen: Mapping[str, int]) -> None:
        self._kennungen = kennungen
        self._offen: dict[tuple[int, str, str], dict[int, _Zeile]] = defaultdict(dict)
        self._geoeffnet: dict[int, list[_Zeile]] = defaultdict(list)
        self._geschlossen: dict[int, list[_Zeile]] = defaultdict(list)

    @property
    def zeilen(self) -> list[_Zeile]:
        return [z for zeilen in self._geoeffnet.values() for z in zeilen]

    def ziehe(self, zug: _Zug) -> None:
        vorgang = zug.stelle[0]
        if zug.eroeffnet is not None:
            self._eroeffne(vorgang, zug.eroeffnet)
            return
        if zug.ruecknahme:
            self._nimm_zurueck(zug.stelle, zug.ruecknahme)
            return
        for v, genannt in zip(zug.verbindet, zug.genannt, strict=True):
            ziele = [self._kennungen[k] for k in genannt if k in self._kennungen]
            if v.loest or (v.statt and ziele):
                for alt in ziele if v.loest and v.feld else list(self._offen[vorgang, v.hop.art, v.hop.richtung]):
                    self._schliesse(self._offen[vorgang, v.hop.art, v.hop.richtung].get(alt), zug.stelle)
            if not v.loest:
                for ziel in ziele:
                    self._oeffne(v.hop, vorgang, ziel, zug.stelle)

    def _oeffne(self, hop: Hop, vorgang: int, ziel: int, stelle: Stelle) -> None:
        if ziel in self._offen[vorgang, hop.art, hop.richtung]:
            return
        von, nach = (vorgang, ziel) if hop.richtung == "hin" else (ziel, vorgang)
        z = _Zeile(hop.art, von, nach, stelle)
        self._geoeffnet[vorgang].append(z)
        self._trage_ein(z)

    def _eroeffne(self, vorgang: int, offen: Iterable[tuple[str, str, str, int]]) -> None:
        """Nach einer Umstellung gilt von dem, was der Vorgang geöffnet hat, genau das hier Genannte."""
        for z in self._geoeffnet[vorgang]:
            if z.zu is None:
                self._trage_aus(z)
        self._geoeffnet[vorgang] = [_Zeile(art, self._kennungen[von], self._kennungen[nach], (vorgang, nr)) for art, von, nach, nr in offen
                                    if von in self._kennungen and nach in self._kennungen]
        for z in self._geoeffnet[vorgang]:
            self._trage_ein(z)

    def _trage_ein(self, z: _Zeile) -> None:
        self._offen[z.a, z.name, "hin"][z.b] = z
        self._offen[z.b, z.name, "her"][z.a] = z

    def _trage_aus(self, z: _Zeile) -> None:
        self._offen[z.a, z.name, "hin"].pop(z.b, None)
        self._offen[z.b, z.name, "her"].pop(z.a, None)

    def _schliesse(self, z: _Zeile | None, stelle: Stelle) -> None:
        if z is not None:
            z.zu = stelle
            self._geschlossen[stelle[0]].append(z)
            self._trage_aus(z)

    def _nimm_zurueck(self, stelle: Stelle, bereich: tuple[int, int]) -> None:
        eigene = self._geoeffnet[stelle[0]]
        wieder = _nimm_zurueck(eigene, self._geschlossen[stelle[0]], stelle, bereich)
        for z in eigene:
            if z.zu == stelle:
                self._geschlossen[stelle[0]].append(z)
                self._trage_aus(z)
        for z in wieder:
            self._trage_ein(z)
