"""Suche über alles, gemerkte Suchen, letzter Besuch; und Indizes für die Arbeitsliste aller und für Neues."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from service import suchindex
from service.db import Sitzung
from service.errors import Betriebsfehler

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "suchtext", sa.Column("vorgang", sa.Integer(), sa.ForeignKey("vorgang.id"), primary_key=True, nullable=False),
        *map(_text, ("titel", "worte")), sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "gemerkte_suche", sa.Column("id", sa.Integer(), primary_key=True, nullable=False), _von_person(),
        *map(_text, ("name", "abfrage", "angelegt")),
        sa.UniqueConstraint("person", "name", name="uq_gemerkte_suche_name"), sqlite_strict=True,
    )  # fmt: skip
    op.create_table("besuch", _von_person(schluessel=True), *map(_text, ("zuletzt", "vorher")), sqlite_strict=True)
    op.create_index("ix_ereignis_zeit", "ereignis", ["zeit", "id"])
    offen = sa.text("ende = 0")
    for name in ("faellig", "vertretung"):  # Art und Zustand dazu: so entscheidet schon der Index, was in die Liste gehört
        op.drop_index(f"ix_vorgang_{name}", "vorgang")
    for name, vorn in (("frist", []), ("faellig", ["zustaendig"]), ("vertretung", ["vertretung"])):
        op.create_index(f"ix_vorgang_{name}", "vorgang", [*vorn, "faellig", "id", "art", "zustand"], sqlite_where=offen,
                        postgresql_where=offen)
    verbindung: Any = op.get_bind()
    postgres = verbindung.dialect.name == "postgresql"
    for befehl in suchindex.befehle(postgres=postgres):
        op.execute(befehl)
    suchindex.schreibe_alle(Sitzung(verbindung.connection.dbapi_connection, postgres))


def downgrade() -> None:
    raise Betriebsfehler("Hinter diesen Stand geht es nicht zurück. Bitte verwenden Sie eine Sicherung.")


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _von_person(*, schluessel: bool = False) -> sa.Column[Any]:
    return sa.Column("person", sa.Text(), sa.ForeignKey("person.key"), nullable=False, primary_key=schluessel)
