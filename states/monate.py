"""Monate weiterzählen, wo eine Tabelle selbst einen Tag braucht. Fristen rechnet der Kalender des Dienstes."""

from __future__ import annotations

import calendar
from datetime import date


def plus_monate(tag: date, monate: int) -> date:
    """Derselbe Tag `monate` Monate später; fehlt er dort, der letzte des Monats (§ 188 Abs. 3 BGB)."""
    jahr, monat = divmod(tag.year * 12 + tag.month - 1 + monate, 12)
    return date(jahr, monat + 1, min(tag.day, calendar.monthrange(jahr, monat + 1)[1]))
