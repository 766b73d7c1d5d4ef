"""Wo im Inhalt eines Vorgangs eine Person steht, aus den Tabellen gelesen; und wer dort ihren Namen liest.

Stellen außerhalb haben mit einem Amt zu tun, nicht mit einem Menschen (process.md: gemeldet, beteiligt und empfangen wird als Stelle):
Sie sehen im Verlauf, als wer jemand handelte, und im Inhalt keine Person außer sich selbst.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from states.kette import PROZESSE
from states.model import Haenge, Rolle, Vermerke

# Wer mit denen zusammenarbeitet, die hier zuständig sind; der Vorsitz, weil er unterzeichnet, was sie vorbereiten.
IM_HAUS = frozenset({Rolle.KOORDINATION, Rolle.CASE_MANAGEMENT, Rolle.FACHAUFSICHT, Rolle.VERWALTUNG, Rolle.LEITUNG, Rolle.LG_VORSITZ})
_ALLER_ARTEN = frozenset({"zustaendig", "vertretung", "abgegeben_von"})


@cache
def _der_art(art: str) -> tuple[frozenset[str], frozenset[str]]:
    """(Angaben, die Personen nennen; Listen, deren Einträge unter „von“ eine nennen)."""
    regeln = [regel for u in PROZESSE[art].uebergaenge for regel in u.schreibt]
    return (_ALLER_ARTEN | {r.name for r in regeln if isinstance(r, Vermerke)},
            frozenset(r.liste for r in regeln if isinstance(r, Haenge)))


def nur_eigene(art: str, inhalt: Mapping[str, Any], ich: str) -> dict[str, Any]:
    """Derselbe Inhalt, in dem von allen Personen nur diese eine steht."""
    angaben, listen = _der_art(art)
    gezeigt: dict[str, Any] = {}
    for name, wert in inhalt.items():
        if name in listen:
            gezeigt[name] = [{k: w for k, w in e.items() if k != "von" or w == ich} for e in wert or ()]
        elif name not in angaben:
            gezeigt[name] = wert
        elif isinstance(wert, list):
            gezeigt[name] = [p for p in wert if p == ich]
        elif wert == ich:
            gezeigt[name] = wert
    return gezeigt
