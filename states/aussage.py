"""Deutsche Sätze mit eingesetzten Werten, die man noch übersetzen kann."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self


class Aussage(str):
    """Liest sich wie der fertige deutsche Satz und behält `vorlage` und `werte`; übersetzt wird erst beim Setzen einer Seite.

    Was man mit einer Aussage sonst anstellt (`+`, `join`, `replace`), ergibt einen gewöhnlichen Text, der deutsch bleibt.
    """

    vorlage: str
    werte: Mapping[str, Any]

    def __new__(cls, vorlage: str, /, **werte: Any) -> Self:
        satz = super().__new__(cls, cls.eingesetzt(vorlage, werte))
        satz.vorlage, satz.werte = vorlage, werte
        return satz

    @classmethod
    def eingesetzt(cls, vorlage: str, werte: Mapping[str, Any]) -> str:
        return vorlage.format(**werte)


def aneinander(saetze: Sequence[str]) -> str:
    """Mehrere Sätze hintereinander; jeder bleibt übersetzbar."""
    werte = {f"s{n}": satz for n, satz in enumerate(saetze)}
    return Aussage(" ".join(f"{{{name}}}" for name in werte), **werte)
