"""Wird von Alembic ausgeführt. Die Verbindung und ihre Transaktion gehören `Datenbank.umbau()`; hier wird nichts bestätigt."""

from alembic import context
from sqlmodel import SQLModel

from service import tables  # noqa: F401  (füllt die Metadaten)
from service.migrations import TABELLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    version_table=TABELLE,
    render_as_batch=True,  # SQLite ändert Spalten nur durch Neubau der Tabelle; Auslöser sind danach neu anzulegen
    transactional_ddl=True,
)
context.run_migrations()
