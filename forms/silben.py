"""Wo sich ein deutsches Wort trennen lässt, wenn kein Browser es tut: in Zeichnungen. Nach Sprechsilben, mit Rücksicht auf das Fugen-s."""

from __future__ import annotations

import re
from collections.abc import Iterator

_VOKALE = "aeiouyäöü"
_GRUPPEN = re.compile(rf"(?:aa|ee|oo|ie|ei|ai|au|äu|eu|[{_VOKALE}])|[^{_VOKALE}]+", re.IGNORECASE)
# Womit eine Silbe anfangen kann, das Längste zuerst; sonst beginnt sie mit dem letzten Mitlaut
_ANLAUTE = re.compile(r"(?:schl|schm|schn|schr|schw|sch|str|spr|pfl|ch|ck|ph|qu|st|sp|pf|zw|[bpfgkdt]r|[bpfgk]l|kn|[^\W_])$",
                      re.IGNORECASE)
_FUGE = re.compile(r"^(.*(?:t|ng|n))s(?=[bdfghjklmnprvwz]|tr)", re.IGNORECASE)  # Vollmacht-s-muster, Beratung-s-stelle
_VORSILBEN = ("be", "ge")  # be-stätigen, aber Mus-ter
_VORN, _HINTEN = 2, 3  # so viele Zeichen stehen mindestens vor und hinter dem Strich


def trennstellen(wort: str) -> Iterator[int]:
    """Die Stellen in ihrer Reihenfolge, vor denen ein Strich stehen kann."""
    gruppen = [(m.start(), m.group()) for m in _GRUPPEN.finditer(wort)]
    for (_, davor), (ort, gruppe), (_, danach) in zip(gruppen, gruppen[1:], gruppen[2:], strict=False):
        if _ist_vokal(davor) and not _ist_vokal(gruppe) and _ist_vokal(danach):
            stelle = ort + (0 if wort[max(ort - 2, 0):ort].lower() in _VORSILBEN and gruppe == "st" else _anfang(gruppe))
            if _VORN <= stelle <= len(wort) - _HINTEN:
                yield stelle


def _ist_vokal(gruppe: str) -> bool:
    return gruppe[0].lower() in _VOKALE


def _anfang(mitlaute: str) -> int:
    """Wie viele davon noch zur Silbe davor gehören."""
    if len(mitlaute) > 2 and (fuge := _FUGE.match(mitlaute)):
        return fuge.end()
    if mitlaute.lower() == "st":  # Mus-ter, Kos-ten
        return 1
    gefunden = _ANLAUTE.search(mitlaute)
    return gefunden.start() if gefunden else len(mitlaute) - 1
