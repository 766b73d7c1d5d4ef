"""Deutsche Wortstämme, für Suche und Vergleich."""

from __future__ import annotations

from functools import lru_cache

import snowballstemmer

_STAEMME = snowballstemmer.stemmer("german")


@lru_cache(maxsize=50_000)
def stamm(wort: str) -> str:
    """So lange gekürzt, bis nichts mehr wegfällt: „Kurse“ wird „kurs“, aber „Kurs“ wird „kur“; gefunden werden soll beides."""
    gekuerzt: str = _STAEMME.stemWord(wort)
    return gekuerzt if gekuerzt == wort else stamm(gekuerzt)
