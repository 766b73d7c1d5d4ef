"""Deutsche Sätze mit eingesetzten Werten, die man noch übersetzen kann."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
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


def als_json(text: str) -> Any:
    """Zum Ablegen: eine Aussage als Vorlage und Werte, anderer Text als er selbst."""
    if not isinstance(text, Aussage):
        return text
    return [text.vorlage, {n: als_json(w) if isinstance(w, str) else w for n, w in text.werte.items()}]


def aus_json(wert: Any) -> Any:
    """Zurück, wie es war; ein Text ohne Vorlage bleibt deutsch."""
    return Aussage(wert[0], **{n: aus_json(w) for n, w in wert[1].items()}) if isinstance(wert, list) else wert


def aneinander(teile: Sequence[str], trenner: str = " ") -> str:
    """Mehrere Texte hintereinander; jeder bleibt übersetzbar."""
    if len(teile) < 2:
        return teile[0] if teile else ""
    werte = {f"s{n}": teil for n, teil in enumerate(teile)}
    return Aussage(trenner.join(f"{{{name}}}" for name in werte), **werte)


def oder(teile: Iterable[str]) -> str:
    """„Koordination oder Case Management“; leer ohne Teile."""
    alle = list(teile)
    return reduce(lambda a, b: Aussage("{eines} oder {anderes}", eines=a, anderes=b), alle) if alle else ""
