"""Wann zuletzt eine Stelle in einem Kommentar geschwärzt wurde."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("kommentar", sa.Column("geschwaerzt", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("kommentar", "geschwaerzt")
