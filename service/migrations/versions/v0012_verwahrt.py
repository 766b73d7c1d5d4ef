"""Was jemand ohne Konto höchstens zehn Minuten lang von einer Seite zur nächsten mitnimmt, verschlüsselt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "verwahrt", sa.Column("hash", sa.Text(), primary_key=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("inhalt", "bis")),
        sa.CheckConstraint("length(bis) = 27", name="ck_verwahrt_bis"), sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_verwahrt_bis", "verwahrt", ["bis"])


def downgrade() -> None:
    op.drop_table("verwahrt")
