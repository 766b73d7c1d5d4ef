"""Eine Liste als CSV für Excel: Semikolon, UTF-8 mit BOM, und kein Feld, das eine Tabellenkalkulation als Formel läse."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMELN = ("=", "+", "-", "@", "\t", "\r", "\n")


def zelle(text: str) -> str:
    """Ein Hochkomma davor macht aus einer Formel Text; führende Leerzeichen retten sie nicht."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMELN) else text


def als_csv(kopf: Sequence[str], zeilen: Iterable[Sequence[str]]) -> bytes:
    strom = io.StringIO()
    schreiber = csv.writer(strom, delimiter=";", lineterminator="\r\n")
    schreiber.writerows([kopf, *([zelle(w) for w in zeile] for zeile in zeilen)])
    return strom.getvalue().encode("utf-8-sig")
