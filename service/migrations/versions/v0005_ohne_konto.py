"""Melden ohne Konto: Codes der Stellen und Belege ihrer Meldungen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
_GUELTIG = sa.text("widerrufen IS NULL")


def _text(name: str, *, leer: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=leer)


def upgrade() -> None:
    op.create_table(
        "meldecode", sa.Column("id", sa.Integer(), primary_key=True, nullable=False), *map(_text, ("hash", "stelle", "name", "angelegt")),
        _text("widerrufen", leer=True), sa.UniqueConstraint("hash", name="uq_meldecode_hash"),
        sa.CheckConstraint("length(angelegt) = 27", name="ck_meldecode_angelegt"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("uq_meldecode_gueltig", "meldecode", ["stelle"], unique=True, sqlite_where=_GUELTIG, postgresql_where=_GUELTIG)
    op.create_index("ix_meldecode_stelle", "meldecode", ["stelle", "id"])
    op.create_table(
        "meldebeleg", sa.Column("hash", sa.Text(), primary_key=True, nullable=False),
        sa.Column("vorgang", sa.Integer(), sa.ForeignKey("vorgang.id"), nullable=False), *map(_text, ("stelle", "angelegt")),
        sa.UniqueConstraint("vorgang", name="uq_meldebeleg_vorgang"),
        sa.CheckConstraint("length(angelegt) = 27", name="ck_meldebeleg_angelegt"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_meldebeleg_stelle", "meldebeleg", ["stelle", "angelegt"])


def downgrade() -> None:
    op.drop_table("meldebeleg")
    op.drop_table("meldecode")
