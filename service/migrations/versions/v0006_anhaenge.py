"""Anhänge an Vorgängen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "anhang", sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("vorgang", sa.Integer(), sa.ForeignKey("vorgang.id"), nullable=False), sa.Column("nr", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False), sa.Column("entfernt", sa.Text(), nullable=True),
        sa.UniqueConstraint("vorgang", "nr", name="uq_anhang_nr"), sa.CheckConstraint("nr >= 1", name="ck_anhang_nr"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "anhang_teil", sa.Column("anhang", sa.Integer(), sa.ForeignKey("anhang.id"), primary_key=True, nullable=False),
        sa.Column("nr", sa.Integer(), primary_key=True, nullable=False), sa.Column("daten", sa.Text(), nullable=False), sqlite_strict=True,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("anhang_teil")
    op.drop_table("anhang")
