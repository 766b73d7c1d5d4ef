"""Datierte Einträge der Stammdaten; ein Index, der ihren Verlauf im Protokoll findet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "eintrag",
        sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("art", "kennung", "von")),
        sa.Column("bis", sa.Text(), nullable=True),
        sa.Column("angaben", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("version", "gepflegt")),
        sa.Column("angelegt", sa.Text(), nullable=False),
        sa.UniqueConstraint("art", "kennung", "von", name="uq_eintrag_von"),
        sa.CheckConstraint("length(von) = 10", name="ck_eintrag_von"),
        sa.CheckConstraint("bis IS NULL OR (length(bis) = 10 AND bis >= von)", name="ck_eintrag_bis"),
        sa.CheckConstraint("length(angelegt) = 27", name="ck_eintrag_angelegt"),
        sa.CheckConstraint("version >= 1", name="ck_eintrag_version"),
        sa.CheckConstraint("gepflegt IN (0, 1)", name="ck_eintrag_gepflegt"),
        sqlite_strict=True,
    )
    op.create_index("ix_protokoll_was", "protokoll", ["was", "id"])


def downgrade() -> None:
    op.drop_index("ix_protokoll_was", "protokoll")
    op.drop_table("eintrag")
