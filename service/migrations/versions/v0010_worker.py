"""Welche Worker es gibt und wann sich jeder zuletzt meldete."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "worker", sa.Column("name", sa.Text(), primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("seit", "gemeldet", "gilt_bis")),
        sa.Column("gefuehrt", sa.Text(), nullable=True), sa.Column("abgemeldet", sa.Integer(), nullable=False),
        *(sa.CheckConstraint(f"length({name}) = 27", name=f"ck_worker_{name}") for name in ("seit", "gemeldet", "gilt_bis")),
        sa.CheckConstraint("abgemeldet IN (0, 1)", name="ck_worker_abgemeldet"),
        sqlite_strict=True,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("worker")
