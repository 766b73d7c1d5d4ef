"""Vergleichen auf einer Maschine, auf der noch anderes läuft: abwechselnd messen und Mediane nehmen.

Ein Verhältnis entsteht immer aus zwei Messungen, die unmittelbar nebeneinander lagen. Schwankt die Maschine, schwanken
beide; ihr Verhältnis bleibt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter

Bahn = Callable[[int], float]  # Nummer des Blocks -> Sekunden je Transaktion


@dataclass(frozen=True)
class Messung:
    """Sekunden je Transaktion, je Bahn und Block."""

    bloecke: Mapping[str, list[float]]

    def sekunden(self, bahn: str) -> float:
        return median(self.bloecke[bahn])

    def rate(self, bahn: str) -> float:
        return 1 / self.sekunden(bahn)

    def verhaeltnis(self, bahn: str, zu: str) -> float:
        """Wie oft so schnell `bahn` ist wie `zu`: der Median der Verhältnisse benachbarter Blöcke."""
        return median(z / b for b, z in zip(self.bloecke[bahn], self.bloecke[zu], strict=True))


def abwechselnd(bloecke: int, bahnen: Mapping[str, Bahn], warm: int = 2, hoechstens: float = 20.0) -> Messung:
    """Jede Bahn in jedem Block einmal; die Reihenfolge rückt weiter, damit keine immer nach derselben kommt.

    Auf einer beschäftigten Maschine werden es weniger Blöcke: nach `hoechstens` Sekunden, doch nie vor dem zehnten, ist Schluss.
    """
    ende = perf_counter() + hoechstens
    namen = list(bahnen)
    zeiten: dict[str, list[float]] = {name: [] for name in namen}
    for block in range(bloecke):
        for i in range(len(namen)):
            name = namen[(block + i) % len(namen)]
            zeiten[name].append(bahnen[name](block))
        if block >= 9 and perf_counter() > ende:
            break
    return Messung({name: liste[warm:] for name, liste in zeiten.items()})


def quantil(werte: list[float], anteil: float) -> float:
    return sorted(werte)[min(len(werte) - 1, int(len(werte) * anteil))]
