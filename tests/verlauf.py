"""Liest das Protokoll aller Ereignisse und spielt es nach, ohne den Schreibweg zu benutzen.

Aus den Tabellen (`states`) und den gespeicherten Antworten entstehen Inhalt, Marken, Beteiligte und Verbindungen vor und
nach jedem Ereignis. Was die Datenbank sonst behauptet, muss dazu passen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.clock import aus_text, berliner_tag
from service.db import Sitzung
from service.faltung import ZURUECKNEHMEN
from states.kette import PROZESSE
from states.model import Uebergang, Weg, fortgeschrieben

Link = tuple[str, str, str]  # (von, Art, nach)
_EREIGNISSE = (
    "SELECT e.id, v.key, v.art, e.nr, e.akt, e.ausloeser, e.von, e.nach, e.person, e.rolle, e.zeit, i.inhalt, i.salz FROM ereignis e "
    "JOIN vorgang v ON v.id = e.vorgang JOIN ereignis_inhalt i ON i.vorgang = e.vorgang AND i.nr = e.nr ORDER BY e.id"
)


@dataclass(frozen=True)
class Eintrag:
    """Ein Ereignis mit dem, was davor und danach galt."""

    id: int
    key: str
    art: str
    nr: int
    akt: str
    ausloeser: str
    von: str
    nach: str
    person: str
    rolle: str
    tag: date
    daten: Mapping[str, Any]
    grund: str
    vorher: Mapping[str, Any]
    nachher: Mapping[str, Any]
    marken: Mapping[str, str]  # davor
    beteiligte: frozenset[tuple[str, str]]  # davor, mit denen des übergeordneten Vorgangs
    verbunden: frozenset[tuple[str, str, str]]  # offene Verbindungen dieses Vorgangs danach

    @property
    def ort(self) -> str:
        return f"{self.key}#{self.nr} {self.ausloeser}"

    def nachbarn(self, art: str, richtung: str) -> list[str]:
        return sorted((n if richtung == "hin" else v) for v, a, n in self.verbunden
                      if a == art and (v if richtung == "hin" else n) == self.key)


@dataclass
class Lauf:
    """Der nachgespielte Stand eines Vorgangs."""

    stand: dict[str, Any] = field(default_factory=dict)
    marken: dict[str, str] = field(default_factory=dict)
    beteiligte: set[tuple[str, str]] = field(default_factory=set)
    zustand: str = ""


class Verlauf:
    def __init__(self, s: Sitzung) -> None:
        self.laeufe: dict[str, Lauf] = defaultdict(Lauf)
        self.verbindungen: dict[Link, None] = {}
        self.eintraege: list[Eintrag] = []
        self.zurueckgenommen: set[str] = set()
        self._davor: dict[tuple[str, str], Lauf] = {}
        self._getan: dict[tuple[str, str], list[tuple[Link, bool]]] = defaultdict(list)
        for zeile in s.alle(_EREIGNISSE):
            self._nimm(*zeile)

    # --- nachspielen

    def _nimm(self, kennung: int, key: str, art: str, nr: int, akt: str, ausloeser: str, von: str, nach: str, person: str, rolle: str,
              zeit: str, roh: str, salz: str) -> None:
        inhalt = json.loads(roh)
        daten, grund, tag = inhalt["daten"], inhalt["grund"], berliner_tag(aus_text(zeit))
        lauf = self.laeufe[key]
        davor = Lauf(dict(lauf.stand), dict(lauf.marken), set(lauf.beteiligte), lauf.zustand)
        self._davor.setdefault((key, akt), davor)
        if ausloeser == ZURUECKNEHMEN:
            self._zurueck(key, str(daten["zurueckgenommen"]))
        elif (u := uebergang(art, ausloeser, von, nach)) is not None:
            antwort = {**daten, "grund": grund} if grund else daten
            lauf.stand = fortgeschrieben(lauf.stand, u.schreibt, antwort, person, tag.isoformat())
            self._marken(lauf, art, u, daten)
            self._beteiligte(lauf, u, daten, person)
            self._verbinde(key, akt, u, daten)
        lauf = self.laeufe[key]
        lauf.zustand = nach
        eltern = self.laeufe.get(str((davor.stand or lauf.stand).get("eltern") or "")) or Lauf()
        self.eintraege.append(Eintrag(
            kennung, key, art, nr, akt, ausloeser, von, nach, person, rolle, tag, daten, grund, davor.stand, dict(lauf.stand), davor.marken,
            frozenset(davor.beteiligte | eltern.beteiligte), frozenset(x for x in self.verbindungen if key in (x[0], x[2]))))

    def _zurueck(self, key: str, akt: str) -> None:
        self.zurueckgenommen.add(akt)
        alt = self._davor[key, akt]
        stand = alt.stand if alt.zustand else self.laeufe[key].stand  # was mit dem Zug erst entstand, behält seinen Inhalt
        self.laeufe[key] = Lauf(dict(stand), dict(alt.marken), set(alt.beteiligte), alt.zustand)
        for link, offen in reversed(self._getan.pop((key, akt), [])):
            if offen:
                self.verbindungen.pop(link, None)
            else:
                self.verbindungen[link] = None

    def _marken(self, lauf: Lauf, art: str, u: Uebergang, daten: Mapping[str, Any]) -> None:
        for marke in u.loescht:
            lauf.marken.pop(marke, None)
        if u.setzt:
            feld = next(m.feld for m in PROZESSE[art].marken if m.name == u.setzt)
            lauf.marken[u.setzt] = str(daten.get(feld) or "") if feld else ""

    def _beteiligte(self, lauf: Lauf, u: Uebergang, daten: Mapping[str, Any], person: str) -> None:
        for b in u.beteiligt:
            if b.feld and b.feld not in daten:
                continue
            wert = daten[b.feld] if b.feld else "" if person == "system" else person
            eintraege = wert if isinstance(wert, list) else [wert] if wert else []
            namen = {str(e["institution"] if isinstance(e, Mapping) else e) for e in eintraege if not b.nur or b.nur(e)}
            if b.statt:
                lauf.beteiligte = {(w, r) for w, r in lauf.beteiligte if r != b.rolle or w in namen}
            gemeinte = {(n, b.rolle.value) for n in namen}
            lauf.beteiligte = lauf.beteiligte - gemeinte if b.loest else lauf.beteiligte | gemeinte

    def _verbinde(self, key: str, akt: str, u: Uebergang, daten: Mapping[str, Any]) -> None:
        for v in u.verbindet:
            wert = daten.get(v.feld) if v.feld else None
            genannt = [str(w) for w in wert] if isinstance(wert, list) else [str(wert)] if wert else []
            links = [(key, v.hop.art, g) if v.hop.richtung == "hin" else (g, v.hop.art, key) for g in genannt]
            eigene = [x for x in self.verbindungen if x[1] == v.hop.art and (x[0] if v.hop.richtung == "hin" else x[2]) == key]
            for link in links if v.loest and v.feld else eigene if v.loest or (v.statt and links) else ():
                if link in self.verbindungen:
                    del self.verbindungen[link]
                    self._getan[key, akt].append((link, False))
            for link in () if v.loest else links:
                if link not in self.verbindungen:
                    self.verbindungen[link] = None
                    self._getan[key, akt].append((link, True))

    # --- nachsehen

    @property
    def wirksame(self) -> list[Eintrag]:
        """Was geschah und nicht zurückgenommen wurde."""
        return [e for e in self.eintraege if e.akt not in self.zurueckgenommen and e.ausloeser != ZURUECKNEHMEN]

    def je_vorgang(self, *arten: str, nur_wirksame: bool = True) -> Iterator[tuple[str, list[Eintrag]]]:
        gruppen: dict[str, list[Eintrag]] = defaultdict(list)
        for e in self.wirksame if nur_wirksame else self.eintraege:
            if not arten or e.art in arten:
                gruppen[e.key].append(e)
        yield from gruppen.items()

    def entlang(self, key: str, weg: Weg) -> list[str]:
        """Die Schlüssel am Ende des Weges über die zuletzt offenen Verbindungen."""
        hier = [key]
        for hop in weg:
            von, nach = (0, 2) if hop.richtung == "hin" else (2, 0)
            hier = sorted({x[nach] for x in self.verbindungen if x[1] == hop.art and x[von] in hier})
        return hier

    def im_akt(self) -> dict[str, list[Eintrag]]:
        gruppen: dict[str, list[Eintrag]] = defaultdict(list)
        for e in self.eintraege:
            gruppen[e.akt].append(e)
        return gruppen


def uebergang(art: str, ausloeser: str, von: str, nach: str) -> Uebergang | None:
    return next((u for u in PROZESSE[art].uebergaenge if u.ausloeser == ausloeser and (von in u.von if von else not u.von)
                 and (von if u.nach is None else u.nach) == nach), None)
