"""Beendete Vorgänge nach ihrem letzten Schritt: für die Liste dessen, was länger aufbewahrt ist als vorgesehen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
_BEENDET = sa.text("ende = 1")


def upgrade() -> None:
    op.create_index("ix_vorgang_beendet", "vorgang", ["art", "geaendert", "id"], sqlite_where=_BEENDET, postgresql_where=_BEENDET)


def downgrade() -> None:
    op.drop_index("ix_vorgang_beendet", "vorgang")
