"""Die Spur: alles, woraus ein Vorgang kam, und alles, was aus ihm wurde, nie hinab und wieder hinauf.

Ein Beschluss bewegt, wovon er handelt: Aus ihm wurde, was aus seinem Gegenstand wurde, und was daraus wurde, beruht auch auf ihm.
Sitzungen und Auswahlrunden sind Blätter: sie werden erreicht, aber nicht durchquert; als Anfang zeigt ein Blatt alles oberhalb.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from service.db import Sitzung, kennungen
from service.errors import NichtGefunden
from states.kette import PROZESSE
from states.verbindungen import VERBINDUNGEN

BLAETTER = frozenset({"sitzung", "auswahlrunde"})
_GEGENSTAND = frozenset({"behandelt"})
_BESCHLOSSEN = _GEGENSTAND | {"gefasst_in"}

Bedingung = Callable[[str], tuple[str, dict[str, Any]]]  # Tabellenkürzel -> SQL-Bedingung und Werte


class Knoten(NamedTuple):
    key: str
    art: str
    zustand: str
    titel: str


class Kante(NamedTuple):
    von: str
    nach: str
    art: str


@dataclass
class Spur:
    knoten: list[Knoten] = field(default_factory=list)
    kanten: list[Kante] = field(default_factory=list)

    def als_json(self) -> dict[str, Any]:
        return {
            "knoten": [{"key": k.key, "art": k.art, "zustand": k.zustand, "titel": k.titel} for k in self.knoten],
            "kanten": [{"von": k.von, "nach": k.nach, "art": k.art} for k in self.kanten],
        }

    def als_text(self) -> str:
        """Zum Lesen: die Vorgänge nach Art, dann jede Verbindung als Satz."""
        zeilen = [f"{k.key:16} {PROZESSE[k.art].bezeichnung if k.art in PROZESSE else k.art}: {k.titel or '–'} "
                  f"[{PROZESSE[k.art].zustand(k.zustand).bezeichnung if k.art in PROZESSE else k.zustand}]" for k in self.knoten]
        saetze = [f"{k.von} {VERBINDUNGEN[k.art].satz} {k.nach}" for k in self.kanten]
        return "\n".join([*zeilen, "", *saetze] if saetze else zeilen)


def spur(s: Sitzung, key: str, sichtbar: Bedingung | None = None) -> Spur:
    """Die Spur von `key`. `sichtbar` beschränkt auf das, was eine Person sehen darf; Verborgenes wird nicht durchquert.

    Je Ebene eine Anfrage, gleich wie viele Vorgänge auf ihr liegen. Wirft NichtGefunden.
    """
    anfang = _lade(s, "v.key = :key", {"key": key}, sichtbar) if key.isprintable() else {}
    if not anfang:
        raise NichtGefunden(key)
    lauf = _Lauf(s, sichtbar, dict(anfang))
    oben = lauf.gehe(anfang, "hinauf")
    if not lauf.blaetter(anfang):
        lauf.gehe(lauf.gehe(anfang, "hinauf", _GEGENSTAND), "hinab")
        lauf.gehe(oben, "hinab", _BESCHLOSSEN)
    gefunden = lauf.gefunden
    knoten = [Knoten(*gefunden[k]) for k in sorted(gefunden)]
    return Spur(knoten, sorted((Kante(gefunden[v][0], gefunden[n][0], a) for v, n, a in lauf.kanten), key=lambda k: (k.von, k.nach, k.art)))


@dataclass
class _Lauf:
    s: Sitzung
    sichtbar: Bedingung | None
    gefunden: dict[int, tuple[str, str, str, str]]
    kanten: set[tuple[int, int, str]] = field(default_factory=set)

    def blaetter(self, ids: Iterable[int]) -> set[int]:
        return {k for k in ids if self.gefunden[k][1] in BLAETTER}

    def gehe(self, anfang: Iterable[int], richtung: Literal["hinauf", "hinab"], arten: frozenset[str] = frozenset()) -> set[int]:
        """Von `anfang` über alle Verbindungen oder die genannten `arten`; gibt zurück, wovon weitergegangen werden kann."""
        hier, dort = ("nach", "von") if richtung == "hinauf" else ("von", "nach")
        front = gesehen = set(anfang)
        while front:
            paare = [z for z in self.s.alle(f"SELECT {hier}, {dort}, art FROM verbindung WHERE offen = 1 AND {self.s.in_kennungen(hier)} "
                                            "ORDER BY id", {"ids": kennungen(sorted(front))}) if not arten or z[2] in arten]
            neue = {b for _, b, _ in paare} - self.gefunden.keys()
            self.gefunden |= _lade(self.s, self.s.in_kennungen("v.id"), {"ids": kennungen(sorted(neue))}, self.sichtbar) if neue else {}
            sichtbare = [(a, b, art) for a, b, art in paare if b in self.gefunden]
            self.kanten |= {(a, b, art) if richtung == "hinab" else (b, a, art) for a, b, art in sichtbare}
            erreicht = {b for _, b, _ in sichtbare}
            front = erreicht - gesehen - self.blaetter(erreicht)
            gesehen = gesehen | front
        return gesehen


def _lade(s: Sitzung, bedingung: str, werte: dict[str, Any], sichtbar: Bedingung | None) -> dict[int, tuple[str, str, str, str]]:
    darf, weitere = sichtbar("v") if sichtbar else ("1 = 1", {})
    return {kennung: (key, art, zustand, titel) for kennung, key, art, zustand, titel in
            s.alle(f"SELECT v.id, v.key, v.art, v.zustand, v.titel FROM vorgang v WHERE {bedingung} AND ({darf})", {**werte, **weitere})}


def als_json_text(ergebnis: Spur) -> str:
    return json.dumps(ergebnis.als_json(), ensure_ascii=False, indent=1)
