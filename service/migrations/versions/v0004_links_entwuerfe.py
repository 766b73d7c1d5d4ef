"""Einmallinks für Stellen ohne Konto, Entwürfe, berichtigte Postfächer; der Kalenderanhang einer Sendung."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("sendung", sa.Column("kalender", sa.Text(), nullable=False, server_default=sa.text("''")))
    _tabelle(
        "antwortlink", _id(), sa.Column("vorgang", sa.Integer(), sa.ForeignKey("vorgang.id"), nullable=False), _zahl("nr"),
        *map(_text, ("ausloeser", "stelle", "name", "angelegt", "bis")), _text("eingeloest", leer=True), _text("widerrufen", leer=True),
        sa.CheckConstraint("length(bis) = 10", name="ck_antwortlink_bis"),
    )  # fmt: skip
    _index("uq_antwortlink_gueltig", "antwortlink", ["vorgang", "ausloeser", "stelle"], unique=True, nur="widerrufen IS NULL")
    _index("ix_antwortlink_bis", "antwortlink", ["bis"])
    _index("ix_antwortlink_eingeloest", "antwortlink", ["stelle", "name"], nur="eingeloest IS NOT NULL")
    _tabelle("antwortwort", _text("hash", schluessel=True),
             sa.Column("link", sa.Integer(), sa.ForeignKey("antwortlink.id"), nullable=False))
    _index("ix_antwortwort_link", "antwortwort", ["link"])
    _tabelle(
        "entwurf", sa.Column("person", sa.Text(), sa.ForeignKey("person.key"), nullable=False, primary_key=True),
        *(_text(name, schluessel=True) for name in ("form", "key")), _text("eingaben"), _zahl("fassung"), _text("geaendert"),
        _zahl("erinnert"), sa.CheckConstraint("length(geaendert) = 27", name="ck_entwurf_geaendert"),
        sa.CheckConstraint("erinnert IN (0, 1)", name="ck_entwurf_erinnert"),
    )  # fmt: skip
    _index("ix_entwurf_geaendert", "entwurf", ["geaendert"])
    _index("ix_entwurf_unerinnert", "entwurf", ["geaendert"], nur="erinnert = 0")
    _tabelle("postadresse", _id(), *map(_text, ("stelle", "adresse", "seit", "person")),
             sa.CheckConstraint("length(seit) = 27", name="ck_postadresse_seit"))
    _index("ix_postadresse_stelle", "postadresse", ["stelle", "id"])


def downgrade() -> None:
    for tabelle in ("postadresse", "entwurf", "antwortwort", "antwortlink"):
        op.drop_table(tabelle)
    op.drop_column("sendung", "kalender")


def _tabelle(name: str, *teile: Any) -> None:
    op.create_table(name, *teile, sqlite_strict=True)


def _index(name: str, tabelle: str, spalten: Sequence[str], *, unique: bool = False, nur: str = "") -> None:
    bedingung = sa.text(nur) if nur else None
    op.create_index(name, tabelle, spalten, unique=unique, sqlite_where=bedingung, postgresql_where=bedingung)


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer(), primary_key=True, nullable=False)


def _text(name: str, *, schluessel: bool = False, leer: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=leer, primary_key=schluessel)


def _zahl(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)
