"""Die Spur: alles, woraus ein Vorgang kam, und alles, was aus ihm wurde, nie hinab und wieder hinauf.

Sitzungen und Auswahlrunden sind Blätter: sie werden erreicht, aber nicht durchquert; als Anfang zeigt ein Blatt alles oberhalb.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from service.db import Sitzung, kennungen
from service.errors import NichtGefunden
from states.kette import PROZESSE
from states.verbindungen import VERBINDUNGEN

BLAETTER = frozenset({"sitzung", "auswahlrunde"})

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
    (wurzel, (_, art, _, _)), = anfang.items()
    gefunden = dict(anfang)
    kanten: dict[tuple[int, int, str], None] = {}
    richtungen: tuple[Literal["hinauf", "hinab"], ...] = ("hinauf",) if art in BLAETTER else ("hinauf", "hinab")
    for richtung in richtungen:
        _laufe(s, wurzel, richtung, gefunden, kanten, sichtbar)
    knoten = [Knoten(*gefunden[k]) for k in sorted(gefunden)]
    return Spur(knoten, sorted((Kante(gefunden[v][0], gefunden[n][0], a) for v, n, a in kanten), key=lambda k: (k.von, k.nach, k.art)))


def _laufe(s: Sitzung, wurzel: int, richtung: str, gefunden: dict[int, tuple[str, str, str, str]],
           kanten: dict[tuple[int, int, str], None], sichtbar: Bedingung | None) -> None:
    hier, dort = ("nach", "von") if richtung == "hinauf" else ("von", "nach")
    front, gesehen = {wurzel}, {wurzel}
    while front:
        paare = s.alle(f"SELECT {hier}, {dort}, art FROM verbindung WHERE offen = 1 AND {s.in_kennungen(hier)} ORDER BY id",
                       {"ids": kennungen(sorted(front))})
        neue = {b for _, b, _ in paare} - gefunden.keys()
        gefunden.update(_lade(s, s.in_kennungen("v.id"), {"ids": kennungen(sorted(neue))}, sichtbar) if neue else {})
        for a, b, art in paare:
            if b in gefunden:
                kanten[(a, b, art) if richtung == "hinab" else (b, a, art)] = None
        front = {b for _, b, _ in paare if b in gefunden and b not in gesehen and gefunden[b][1] not in BLAETTER}
        gesehen |= front


def _lade(s: Sitzung, bedingung: str, werte: dict[str, Any], sichtbar: Bedingung | None) -> dict[int, tuple[str, str, str, str]]:
    darf, weitere = sichtbar("v") if sichtbar else ("1 = 1", {})
    return {kennung: (key, art, zustand, titel) for kennung, key, art, zustand, titel in
            s.alle(f"SELECT v.id, v.key, v.art, v.zustand, v.titel FROM vorgang v WHERE {bedingung} AND ({darf})", {**werte, **weitere})}


def als_json_text(ergebnis: Spur) -> str:
    return json.dumps(ergebnis.als_json(), ensure_ascii=False, indent=1)
