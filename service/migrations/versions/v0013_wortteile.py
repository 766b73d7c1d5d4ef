"""Zusammengesetzte Wörter stehen auch unter ihren Teilen im Suchindex: Er wird einmal neu geschrieben."""

from __future__ import annotations

from typing import Any

from alembic import op

from service import suchindex
from service.db import Sitzung

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    verbindung: Any = op.get_bind()
    suchindex.schreibe_alle(Sitzung(verbindung.connection.dbapi_connection, verbindung.dialect.name == "postgresql"))


def downgrade() -> None:
    """Ein Index mit mehr Wörtern stört die frühere Fassung nicht."""
