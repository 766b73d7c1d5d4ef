"""Listen für Excel: CSV mit Semikolon und BOM, oder XLSX; kein Feld, das eine Tabellenkalkulation als Formel läse."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from forms.sprache import uebersetzt

_KEIN_BLATTNAME = re.compile(r"[\[\]:*?/\\']")
_FORMELN = ("=", "+", "-", "@", "\t", "\r", "\n")


def zelle(text: str) -> str:
    """Ein Hochkomma davor macht aus einer Formel Text; führende Leerzeichen retten sie nicht."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMELN) else text


def als_csv(kopf: Sequence[str], zeilen: Iterable[Sequence[str]]) -> bytes:
    strom = io.StringIO()
    schreiber = csv.writer(strom, delimiter=";", lineterminator="\r\n")
    schreiber.writerows([[*map(uebersetzt, kopf)], *([zelle(w) for w in zeile] for zeile in zeilen)])
    return strom.getvalue().encode("utf-8-sig")


def als_xlsx(blaetter: Iterable[tuple[str, Sequence[str], Iterable[Sequence[str | int | float | None]]]]) -> bytes:
    """Je Blatt Titel, Kopf und Zeilen. Zahlen bleiben Zahlen; ein Text wird nie zur Formel und nie zum Verweis."""
    from xlsxwriter import Workbook  # erst, wenn jemand eine Mappe holt: Der Start braucht sie nicht

    strom = io.BytesIO()
    mappe = Workbook(strom, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    fett = mappe.add_format({"bold": True})
    for titel, kopf, zeilen in blaetter:
        blatt = mappe.add_worksheet(_KEIN_BLATTNAME.sub(" ", uebersetzt(titel))[:31])
        blatt.write_row(0, 0, [*map(uebersetzt, kopf)], fett)
        blatt.set_column(0, 0, 44)
        blatt.set_column(1, max(1, len(kopf) - 1), 16)
        for nr, zeile in enumerate(zeilen, 1):
            blatt.write_row(nr, 0, zeile)
    mappe.close()
    return strom.getvalue()
