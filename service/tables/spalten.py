"""Bausteine der Tabellen: TEXT-Felder, STRICT auf SQLite, Wahrheitswerte als 0 und 1."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

TAG = "length({0}) = 10"
ZEIT = "length({0}) = 27"


def text_feld(**kw: Any) -> Any:
    """Ein TEXT-Feld (SQLModel nähme sonst VARCHAR, das STRICT nicht kennt)."""
    return Field(sa_type=Text, **kw)


def strikt(*teile: Any) -> tuple[Any, ...]:
    return (*teile, {"sqlite_strict": True})


def ja_nein(tabelle: str, *spalten: str) -> list[CheckConstraint]:
    return [CheckConstraint(f"{s} IN (0, 1)", name=f"ck_{tabelle}_{s}") for s in spalten]
