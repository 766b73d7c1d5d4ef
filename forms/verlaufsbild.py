"""Der Verlauf eines Indikators als Bild: Ausgangswert, Zielwert und was an jedem Termin erhoben wurde. Reine Geometrie.

Jeder Termin hat gleich viel Platz. Wo kein Wert vorliegt, ist die Linie unterbrochen; nichts wird dazwischen ergänzt.
"""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Sequence
from decimal import Decimal

HOEHE, OBEN, UNTEN, LINKS, JE_TERMIN, RECHTS = 230, 34, 186, 54, 92, 96


class Messung(NamedTuple):
    """Ein Termin. `wert` None: es gibt keinen."""

    bezeichnung: str
    wert: Decimal | None


class Stelle(NamedTuple):
    """`y` None: eine Lücke. `text_y`: wo der Wert steht, damit die Linie ihn nicht durchstreicht."""

    x: int
    y: int | None
    text_y: int
    wert: str
    bezeichnung: str


class Verlaufsbild(NamedTuple):
    breite: int
    hoehe: int
    stellen: tuple[Stelle, ...]
    stuecke: tuple[str, ...]
    ausgang_y: int | None
    ziel_y: int | None
    ausgang: str
    ziel: str


def zahl_aus(text: object) -> Decimal | None:
    return None if text in (None, "") else Decimal(str(text))


def in_worten(wert: Decimal | None) -> str:
    """12.50 -> „12,5“."""
    if wert is None:
        return ""
    text = f"{wert:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def zeichne(messungen: Sequence[Messung], ausgang: Decimal | None, ziel: Decimal | None) -> Verlaufsbild:
    werte = [w for w in (ausgang, ziel, *(m.wert for m in messungen)) if w is not None]
    stellen = tuple(_stelle(nr, messungen, werte) for nr in range(len(messungen)))
    breite = LINKS + JE_TERMIN * max(1, len(messungen)) + RECHTS
    return Verlaufsbild(breite, HOEHE, stellen, _stuecke(stellen), _y(ausgang, werte), _y(ziel, werte), in_worten(ausgang), in_worten(ziel))


def _stelle(nr: int, messungen: Sequence[Messung], werte: Sequence[Decimal]) -> Stelle:
    m, x, y = messungen[nr], LINKS + JE_TERMIN * nr + JE_TERMIN // 2, _y(messungen[nr].wert, werte)
    davor = messungen[nr - 1].wert if nr else None
    fallend = m.wert is not None and davor is not None and davor > m.wert
    return Stelle(x, y, UNTEN - 60 if y is None else y + 24 if fallend and y < UNTEN - 20 else y - 12, in_worten(m.wert), m.bezeichnung)


def _y(wert: Decimal | None, werte: Sequence[Decimal]) -> int | None:
    """Die Achse beginnt bei null, damit ein kleiner Unterschied nicht groß aussieht; nur bei Werten darunter tiefer."""
    if wert is None:
        return None
    unten, oben = min(Decimal(0), *werte), max(Decimal(0), *werte)
    anteil = (wert - unten) / (oben - unten) if oben > unten else Decimal(0)
    return round(UNTEN - anteil * (UNTEN - OBEN))


def _stuecke(stellen: Sequence[Stelle]) -> tuple[str, ...]:
    """Linienzüge zwischen den Lücken."""
    zuege: list[list[str]] = [[]]
    for st in stellen:
        if st.y is None:
            zuege.append([])
        else:
            zuege[-1].append(f"{st.x},{st.y}")
    return tuple(" ".join(zug) for zug in zuege if len(zug) > 1)
