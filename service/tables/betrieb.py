"""Profil, Stammdaten, Protokoll und was Runden, Import und Schnittstelle sich merken."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from service.tables.spalten import TAG, ZEIT, ja_nein, strikt, text_feld


class ProfilZeile(SQLModel, table=True):
    """Jede übernommene Fassung des Profils; die letzte gilt."""

    __tablename__ = "profil"
    __table_args__ = strikt(UniqueConstraint("fingerabdruck", "zeit", name="uq_profil"))
    id: int | None = Field(default=None, primary_key=True)
    fingerabdruck: str = text_feld()
    inhalt: str = text_feld()
    zeit: str = text_feld()


class Eintrag(SQLModel, table=True):
    """Ein datierter Eintrag der Stammdaten. `kennung` sagt, wofür er steht: davon gilt an jedem Tag höchstens einer.

    `angaben` ist kanonisches JSON der Felder seiner Art. `gepflegt`: Jemand hat ihn angelegt oder geändert, ein Profil lässt ihn stehen.
    """

    __tablename__ = "eintrag"
    __table_args__ = strikt(
        UniqueConstraint("art", "kennung", "von", name="uq_eintrag_von"),
        CheckConstraint(TAG.format("von"), name="ck_eintrag_von"),
        CheckConstraint("bis IS NULL OR (length(bis) = 10 AND bis >= von)", name="ck_eintrag_bis"),
        CheckConstraint(ZEIT.format("angelegt"), name="ck_eintrag_angelegt"),
        CheckConstraint("version >= 1", name="ck_eintrag_version"),
        *ja_nein("eintrag", "gepflegt"),
    )
    id: int | None = Field(default=None, primary_key=True)
    art: str = text_feld()
    kennung: str = text_feld()
    von: str = text_feld()
    bis: str | None = text_feld(default=None)
    angaben: str = text_feld()
    version: int = 1
    gepflegt: int = 1
    angelegt: str = text_feld()


class Protokoll(SQLModel, table=True):
    """Was keinen Vorgang ändert: Importe, Anmeldungen, gelesene Meldungen, Rollen, Profil. Nur anfügen."""

    __tablename__ = "protokoll"
    __table_args__ = strikt(Index("ix_protokoll_zeit", "zeit"), Index("ix_protokoll_was", "was", "id"))
    id: int | None = Field(default=None, primary_key=True)
    zeit: str = text_feld()
    person: str = text_feld()
    systemkonto: str = text_feld(default="")
    was: str = text_feld()
    angaben: str = text_feld(default="{}")


class Idempotenz(SQLModel, table=True):
    __tablename__ = "idempotenz"
    __table_args__ = strikt(Index("ix_idempotenz_zeit", "zeit"))
    person: str = text_feld(primary_key=True)
    schluessel: str = text_feld(primary_key=True)
    anfrage: str = text_feld()
    ergebnis: str = text_feld(default="")
    zeit: str = text_feld()


class Pacht(SQLModel, table=True):
    """Wer eine Runde gerade führt. Nach `bis` darf sie jeder übernehmen; `marke` steigt bei jedem Wechsel und verrät den Verspäteten."""

    __tablename__ = "pacht"
    __table_args__ = strikt(CheckConstraint(ZEIT.format("bis"), name="ck_pacht_bis"))
    name: str = text_feld(primary_key=True)
    besitzer: str = text_feld()
    bis: str = text_feld()
    marke: int


class Herzschlag(SQLModel, table=True):
    """Wann eine Runde zuletzt zu Ende ging und was sie tat (JSON, nur Zahlen)."""

    __tablename__ = "herzschlag"
    __table_args__ = strikt(CheckConstraint(ZEIT.format("zuletzt"), name="ck_herzschlag_zuletzt"))
    name: str = text_feld(primary_key=True)
    zuletzt: str = text_feld()
    ergebnis: str = text_feld()


class Worker(SQLModel, table=True):
    """Ein Worker: seit wann er läuft, wann er sich zuletzt meldete und bis wann das gilt, wann er zuletzt eine Runde führte."""

    __tablename__ = "worker"
    __table_args__ = strikt(*(CheckConstraint(ZEIT.format(n), name=f"ck_worker_{n}") for n in ("seit", "gemeldet", "gilt_bis")),
                            *ja_nein("worker", "abgemeldet"))
    name: str = text_feld(primary_key=True)
    seit: str = text_feld()
    gemeldet: str = text_feld()
    gilt_bis: str = text_feld()
    gefuehrt: str | None = text_feld(default=None)
    abgemeldet: int = 0


class Importzeile(SQLModel, table=True):
    """Was unter einem Geschäftszeichen importiert wurde; erkennt Wiederholungen, auch wenn die Meldung seither bearbeitet ist."""

    __tablename__ = "importzeile"
    __table_args__ = strikt()
    geschaeftszeichen: str = text_feld(primary_key=True)
    fingerabdruck: str = text_feld()
    zeit: str = text_feld()
