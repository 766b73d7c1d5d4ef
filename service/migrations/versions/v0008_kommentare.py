"""Kommentare zu Vorgängen und wen sie ansprechen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
_OFFEN = sa.text("gelesen IS NULL")


def upgrade() -> None:
    op.create_table(
        "kommentar", sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("vorgang", sa.Integer(), sa.ForeignKey("vorgang.id"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("person", "zeit", "text")),
        sa.Column("zurueckgezogen", sa.Text(), nullable=True), sa.CheckConstraint("length(zeit) = 27", name="ck_kommentar_zeit"),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_kommentar_vorgang", "kommentar", ["vorgang", "id"])
    op.create_table(
        "erwaehnung", sa.Column("kommentar", sa.Integer(), sa.ForeignKey("kommentar.id"), primary_key=True, nullable=False),
        sa.Column("person", sa.Text(), primary_key=True, nullable=False), sa.Column("gelesen", sa.Text(), nullable=True),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_erwaehnung_offen", "erwaehnung", ["person"], sqlite_where=_OFFEN, postgresql_where=_OFFEN)


def downgrade() -> None:
    op.drop_table("erwaehnung")
    op.drop_table("kommentar")
