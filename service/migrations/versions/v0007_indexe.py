"""Zwei Indexe: Vorgänge einer Art nach ihrem Beginn, und die wenigen offenen Eilmeldungen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
_EILIG = "offen = 1 AND name = 'eilmeldung'"


def upgrade() -> None:
    op.create_index("ix_vorgang_eroeffnet", "vorgang", ["art", "eroeffnet"])
    op.create_index("ix_frist_eilig", "frist", ["name", "vorgang"], sqlite_where=sa.text(_EILIG), postgresql_where=sa.text(_EILIG))


def downgrade() -> None:
    op.drop_index("ix_frist_eilig", "frist")
    op.drop_index("ix_vorgang_eroeffnet", "vorgang")
