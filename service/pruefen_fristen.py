"""Fristen, wie sie nach den Ereignissen sein müssen, gegen die Zeilen der Tabelle: geöffnet, geschlossen, Anker und Ende.

Nachgespielt wird mit derselben Rechnung, die sie öffnete, und mit dem Profil, das am Tag des Ereignisses galt. Was vor einer Umstellung
geschah, lässt sich nicht nachspielen; sie nennt, womit es weiterging.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from service.clock import aus_text, berliner_tag
from service.db import Sitzung, kennungen
from service.faltung import UMSTELLEN, ZURUECKNEHMEN, Geschehen, eroeffnung, falte, uebergang_von
from service.laden import Akte, OffeneFrist
from service.profilfassungen import Profilfassungen
from service.pruefen_stufen import Fristzeile, Stufenpruefung, erinnerte
from service.terminlage import Fristaenderung, aktualisiere, ende_der_frist, stelle_ruhende_wieder_her
from service.umfeld import Umfeld
from states.kette import PROZESSE
from states.model import Uebergang, fortgeschrieben

_JE_ANFRAGE = 500
_ZEILEN = ("SELECT vorgang, id, name, schluessel, geoeffnet_nr, anker, ende, offen, geschlossen_nr, ruht_seit, stufe, naechste, profil "
           "FROM frist WHERE {} ORDER BY id")
Befund = tuple[str, str]


@dataclass(slots=True)
class _Soll:
    frist: OffeneFrist
    akt: str
    auf: int
    zu: int | None = None


@dataclass
class Fristenpruefung:
    """Nimmt heile Ketten entgegen und vergleicht sie stapelweise mit ihren Zeilen."""

    s: Sitzung
    spaetestens: date | None = None  # der letzte Tag, an dem eine Runde gewesen sein kann
    befunde: list[Befund] = field(default_factory=list)
    _stapel: dict[int, tuple[str, str, Nachspiel]] = field(default_factory=dict)
    _erinnert: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def fassungen(self) -> Profilfassungen:
        return Profilfassungen(self.s)

    @cached_property
    def _stufen(self) -> Stufenpruefung:
        return Stufenpruefung(self.fassungen, self.spaetestens)

    def nimm(self, vorgang: int, key: str, art: str, ereignisse: Sequence[Geschehen]) -> None:
        if not self.fassungen:
            return
        self._stapel[vorgang] = key, art, Nachspiel(vorgang, key, art, ereignisse, self.fassungen.am)
        if len(self._stapel) >= _JE_ANFRAGE:
            self.vergleiche()

    def vergleiche(self) -> None:
        """Alles, was noch auf dem Stapel liegt."""
        zeilen: dict[int, list[Fristzeile]] = defaultdict(list)
        for vorgang, *zeile in self.s.alle(_ZEILEN.format(self.s.in_kennungen("vorgang")), {"ids": kennungen(self._stapel)}):
            zeilen[vorgang].append(Fristzeile(*zeile))
        self._erinnert = erinnerte(self.s, self._stapel)
        for vorgang, (key, art, spiel) in self._stapel.items():
            self.befunde += [(f"{key}#{nr}", satz) for nr, satz in self._vergleiche(art, spiel, zeilen[vorgang])]
        self._stapel.clear()

    def _vergleiche(self, art: str, spiel: Nachspiel, zeilen: Iterable[Fristzeile]) -> Iterator[tuple[int, str]]:
        offen = {(z.frist.name, z.frist.schluessel, z.auf): z for z in spiel.sollen}
        for zeile in zeilen:
            soll = offen.pop((zeile.name, zeile.schluessel, zeile.auf), None)
            was = f"Die Frist „{zeile.name}“ (Zeile {zeile.id} der Tabelle frist)"
            if soll is not None:
                if satz := self._einwand(art, spiel, soll, zeile):
                    yield soll.auf, f"{was} {satz}"
            elif zeile.zu is None or zeile.zu > spiel.umgestellt:
                yield zeile.auf, f"{was} erklärt kein Ereignis."
        for soll in offen.values():
            yield soll.auf, f"Die Frist „{soll.frist.name}“ fehlt, obwohl dieses Ereignis sie geöffnet hat."

    def _einwand(self, art: str, spiel: Nachspiel, soll: _Soll, zeile: Fristzeile) -> str:
        if zeile.anker != soll.frist.anker:
            return f"nennt einen anderen Anker; nach den Ereignissen ist es der {soll.frist.anker}."
        if zeile.ende != soll.frist.ende and not self._auch_so(art, soll, zeile.ende, zeile.profil):
            return f"nennt ein anderes Ende; nach den Ereignissen ist es der {soll.frist.ende}."
        if bool(zeile.offen) != (soll.zu is None) or zeile.zu != soll.zu:
            return _offen_oder_zu(soll.zu)
        if soll.zu is not None:
            return ""
        if zeile.ruht != soll.frist.ruht_seit:
            return "ruht anders, als die Ereignisse ergeben."
        return self._stufen.einwand(zeile, soll.frist, art, spiel.ereignisse[soll.auf - 1:], self._erinnert.get(zeile.id, -1))

    def _auch_so(self, art: str, soll: _Soll, ende: str, profil: str) -> bool:
        """Ein Zug, der begann, während jemand ein neues Profil übernahm, rechnete noch mit dem alten."""
        umfeld = self.fassungen.fassung(profil)
        frist = next(f for f in PROZESSE[art].fristen if f.name == soll.frist.name)
        return umfeld is not None and profil != soll.frist.profil and ende_der_frist(frist, date.fromisoformat(soll.frist.anker),
                                                                                     umfeld).isoformat() == ende


def _offen_oder_zu(zu: int | None) -> str:
    if zu is None:
        return "ist als geschlossen eingetragen; nach den Ereignissen läuft sie noch."
    return f"ist nicht als geschlossen eingetragen, wie es die Ereignisse ergeben (mit Ereignis {zu})."


class Nachspiel:
    """Ein Vorgang noch einmal, Ereignis für Ereignis, nur mit dem, was Fristen sehen."""

    def __init__(self, vorgang: int, key: str, art: str, ereignisse: Sequence[Geschehen], umfeld_am: Callable[[str], Umfeld]) -> None:
        self.akte = Akte(vorgang, key, art, "", 0, 0, "", None, None, None, None, None, None, "", "", {})
        self.ereignisse, self.umfeld_am = ereignisse, umfeld_am
        self.sollen: list[_Soll] = []
        self.umgestellt = 0  # Nummer der letzten Umstellung; was bis dahin geschlossen war, gehört zu einer früheren Fassung
        self._marken: list[dict[str, str]] = [{}]  # nach jedem Ereignis
        self._stehend: list[dict[tuple[str, str], OffeneFrist]] = [{}]
        self._spiele()

    def _spiele(self) -> None:
        for nr, e in enumerate(self.ereignisse):
            if e.ausloeser == ZURUECKNEHMEN:
                self._nimm_zurueck(nr, e)
            elif e.ausloeser == UMSTELLEN:
                self._eroeffne(e)
            elif (uebergang := uebergang_von(self.akte.art, e)) is not None:
                self._schreibe_fort(uebergang, e)
            self.akte.zustand = PROZESSE[self.akte.art].heutiger(e.nach)
            self._marken.append(dict(self.akte.marken))
            if e.ausloeser != UMSTELLEN:
                self._merke(self._aktualisiert(e), e)
            self._stehend.append({ort: replace(f) for ort, f in self.akte.fristen.items()})

    def _eroeffne(self, e: Geschehen) -> None:
        offen = eroeffnung(e)
        self.akte.stand, self.akte.marken, self.umgestellt = offen["stand"], {name: bis for name, bis, _ in offen["marken"]}, e.nr
        self.sollen = [_Soll(OffeneFrist(0, name, schluessel, anker, ende, None, 0, ruht, "", ""), e.akt, nr)
                       for name, schluessel, anker, ende, ruht, nr in offen["fristen"]]
        self.akte.fristen = {(z.frist.name, z.frist.schluessel): z.frist for z in self.sollen}

    def _aktualisiert(self, e: Geschehen) -> Fristaenderung:
        heute = berliner_tag(aus_text(e.zeit))
        eroeffnet = date.fromisoformat(str(self.akte.stand.get("eingang") or heute))
        return aktualisiere(self.akte, PROZESSE[self.akte.art], heute, eroeffnet, self.umfeld_am(e.zeit))

    def _schreibe_fort(self, u: Uebergang, e: Geschehen) -> None:
        inhalt, tag = json.loads(e.inhalt), berliner_tag(aus_text(e.zeit)).isoformat()
        daten = {**inhalt["daten"], "grund": inhalt["grund"]} if inhalt["grund"] else inhalt["daten"]
        self.akte.stand = fortgeschrieben(self.akte.stand, u.schreibt, daten, e.person, tag)
        for marke in u.loescht:
            self.akte.marken.pop(marke, None)
        if u.setzt:
            feld = next(m.feld for m in PROZESSE[self.akte.art].marken if m.name == u.setzt)
            self.akte.marken[u.setzt] = str(daten.get(feld) or "") if feld else ""

    def _merke(self, aenderung: Fristaenderung, e: Geschehen) -> None:
        """Was im selben Zug entsteht und vergeht, wird nie geschrieben."""
        for frist in aenderung.geschlossen:
            z = next(z for z in reversed(self.sollen) if z.frist is frist)
            if z.akt == e.akt:
                self.sollen.remove(z)
            else:
                z.zu = e.nr
        self.sollen += [_Soll(frist, e.akt, e.nr) for frist in aenderung.neu]

    def _nimm_zurueck(self, nr: int, e: Geschehen) -> None:
        """Was der zurückgenommene Zug öffnete, schließt sich; was er schloss, öffnet sich wieder."""
        akt = str(json.loads(e.inhalt)["daten"]["zurueckgenommen"])
        nummern = {x.nr for x in self.ereignisse[:nr] if x.akt == akt}
        for z in self.sollen:
            ort = (z.frist.name, z.frist.schluessel)
            if z.zu is None and z.auf in nummern:
                z.zu = e.nr
                self.akte.fristen.pop(ort, None)
            elif z.zu in nummern and z.auf not in nummern:
                z.zu = None
                self.akte.fristen[ort] = z.frist
        vorher = min(nummern, default=1) - 1
        stelle_ruhende_wieder_her(self.akte, self._stehend[vorher], PROZESSE[self.akte.art], self.umfeld_am(e.zeit))
        self.akte.marken = dict(self._marken[vorher])
        self.akte.stand = falte(self.akte.art, self.ereignisse[:nr], frozenset({akt}))
