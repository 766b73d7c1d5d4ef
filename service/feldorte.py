"""Wo eine Absage steht: bei dem Feld, das nennt, woran es liegt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import Ungueltig, Unmoeglich, Verboten
from states.aussage import Aussage


@contextmanager
def am_feld(feld: str, key: str) -> Iterator[None]:
    """Was an einem der genannten Vorgänge nicht geht, steht bei dem Feld, das ihn nennt."""
    try:
        yield
    except (Unmoeglich, Ungueltig, Verboten) as fehler:
        satz = Aussage("{key}: {satz}", key=key, satz=fehler.satz)
        raise Unmoeglich([satz], getattr(fehler, "waechter", ("verboten",)), key, [feld]) from fehler


@contextmanager
def im_feld(vor: str) -> Iterator[None]:
    """Was an einer genannten Bewegung nicht stimmt, steht bei ihr; ohne `vor` hat sie niemand vor sich."""
    try:
        yield
    except Unmoeglich as fehler:
        raise Unmoeglich(fehler.gruende, fehler.waechter, fehler.key, [f"{vor}{f}" if vor and f else "" for f in fehler.felder]) from fehler
    except Ungueltig as fehler:
        raise Ungueltig([(f"{vor}{feld}", grund) for feld, grund in fehler.befunde]) from fehler
