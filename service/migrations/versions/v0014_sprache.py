"""In welcher Sprache sich jemand zuletzt anmeldete: Danach richten sich die Nachrichten an ihn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("besuch", sa.Column("sprache", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("besuch", "sprache")
