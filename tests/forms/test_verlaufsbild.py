"""Der Verlauf eines Indikators: Höheres steht höher, eine Lücke bleibt eine Lücke."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from forms.verlaufsbild import OBEN, UNTEN, Messung, in_worten, zahl_aus, zeichne


def test_eine_luecke_unterbricht_die_linie() -> None:
    bild = zeichne([Messung("a", Decimal(19)), Messung("b", Decimal(11)), Messung("c", None), Messung("d", Decimal("4.5")),
                    Messung("e", Decimal(4))], Decimal(19), Decimal(8))
    assert len(bild.stuecke) == 2 and [len(z.split()) for z in bild.stuecke] == [2, 2]
    assert bild.stellen[2].y is None and bild.stellen[2].wert == "" and bild.stellen[3].wert == "4,5"
    assert bild.ausgang_y == bild.stellen[0].y and bild.ziel_y is not None and bild.ausgang_y is not None and bild.ziel_y > bild.ausgang_y


def test_hoeheres_steht_hoeher_und_alles_auf_dem_blatt() -> None:
    zufall = random.Random(7)
    for _ in range(200):
        werte = [Decimal(zufall.randint(-500, 5000)) / 10 if zufall.random() < 0.8 else None for _ in range(zufall.randint(1, 12))]
        bild = zeichne([Messung(str(n), w) for n, w in enumerate(werte)], None, Decimal(zufall.randint(0, 100)))
        stehende = [(w, st.y) for w, st in zip(werte, bild.stellen, strict=True) if w is not None and st.y is not None]
        assert len(stehende) == sum(w is not None for w in werte)
        assert all(OBEN <= y <= UNTEN for _, y in stehende) and all(st.x < bild.breite for st in bild.stellen)
        assert all(y1 >= y2 for (w1, y1) in stehende for (w2, y2) in stehende if w1 < w2)


@pytest.mark.parametrize(("text", "worte"), [("12.50", "12,5"), ("100", "100"), ("0", "0"), ("1E+2", "100"), ("", ""), (None, "")])
def test_zahlen_wie_man_sie_schreibt(text: object, worte: str) -> None:
    assert in_worten(zahl_aus(text)) == worte


def test_nur_nullen() -> None:
    assert zeichne([Messung("a", Decimal(0))], Decimal(0), Decimal(0)).stellen[0].y == UNTEN
