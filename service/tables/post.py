"""Was hinausgeht: Ausgang, Sendungen, Postfächer und die Links und Codes, mit denen Stellen ohne Konto antworten und melden."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.tables.spalten import TAG, ZEIT, ja_nein, strikt, text_feld


class Ausgang(SQLModel, table=True):
    """Worüber zu unterrichten ist; Text und Empfänger entstehen erst beim Versand. `quelle` macht jede Nachricht einmalig."""

    __tablename__ = "ausgang"
    __table_args__ = strikt(
        UniqueConstraint("vorgang", "quelle", "anlass", name="uq_ausgang_einmal"),
        Index("ix_ausgang_offen", "fruehestens", "id", sqlite_where=text("erledigt = 0"), postgresql_where=text("erledigt = 0")),
        CheckConstraint(ZEIT.format("fruehestens"), name="ck_ausgang_fruehestens"),
        CheckConstraint("erledigt IN (0, 1, 2)", name="ck_ausgang_erledigt"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    nr: int
    quelle: str = text_feld()  # "e:<nr>" ein Ereignis, "f:<frist>:<stufe>" eine Stufe einer Frist
    anlass: str = text_feld()
    an: str = text_feld()  # Stellen, durch Komma getrennt
    fruehestens: str = text_feld()
    erledigt: int = 0  # 1 verschickt, 2 durch Zurücknehmen gegenstandslos


class Sendung(SQLModel, table=True):
    """Eine fertige Nachricht an einen Empfänger, mit fester Message-ID gespeichert, bevor sie das erste Mal hinausgeht.

    `empfaenger`: Schlüssel der Person, „stelle:<Schlüssel>“ einer Institution, oder „?:<Bezeichnung>“, wenn sich niemand
    ermitteln ließ. `fehler` ist ein Code ohne Angaben zur Person. `besitzer` und `pacht_bis` sagen, wer gerade sendet.
    """

    __tablename__ = "sendung"
    __table_args__ = strikt(
        UniqueConstraint("message_id", name="uq_sendung_message_id"),
        Index("ix_sendung_bereit", "naechster_versuch", "id", sqlite_where=text("zustand = 'bereit'"),
              postgresql_where=text("zustand = 'bereit'")),
        Index("ix_sendung_begonnen", "pacht_bis", sqlite_where=text("zustand = 'begonnen'"), postgresql_where=text("zustand = 'begonnen'")),
        Index("ix_sendung_gescheitert", "id", sqlite_where=text("zustand = 'gescheitert'"),
              postgresql_where=text("zustand = 'gescheitert'")),
        Index("ix_sendung_empfaenger", "empfaenger", "id"),
        CheckConstraint("zustand IN ('bereit', 'begonnen', 'zugestellt', 'gescheitert', 'aufgehoben')", name="ck_sendung_zustand"),
        CheckConstraint(ZEIT.format("erstellt"), name="ck_sendung_erstellt"),
        CheckConstraint(ZEIT.format("naechster_versuch"), name="ck_sendung_naechster_versuch"),
        CheckConstraint("versuche >= 0", name="ck_sendung_versuche"),
    )
    id: int | None = Field(default=None, primary_key=True)
    empfaenger: str = text_feld()
    gruppe: str = text_feld()
    adresse: str = text_feld()
    antwort_an: str = text_feld(default="")
    betreff: str = text_feld()
    inhalt: str = text_feld()
    html: str = text_feld()
    message_id: str = text_feld()
    erstellt: str = text_feld()
    zustand: str = text_feld(default="bereit")
    versuche: int = 0
    naechster_versuch: str = text_feld()
    fehler: str = text_feld(default="")
    besitzer: str = text_feld(default="")
    pacht_bis: str = text_feld(default="")
    zugestellt: str = text_feld(default="")
    # ein Termin als iCalendar, leer ohne
    kalender: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))


class SendungAusgang(SQLModel, table=True):
    """Was eine Sendung mitteilt: viele Zeilen des Ausgangs. `vorgang` ist, worum es für diesen Empfänger geht."""

    __tablename__ = "sendung_ausgang"
    __table_args__ = strikt(Index("ix_sendung_ausgang_ausgang", "ausgang"), Index("ix_sendung_ausgang_vorgang", "vorgang"))
    sendung: int = Field(foreign_key="sendung.id", primary_key=True)
    ausgang: int = Field(foreign_key="ausgang.id", primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id", primary_key=True)


class Postfach(SQLModel, table=True):
    """Das Postfach der Vorführung: zugestellt wird hierher, solange kein Mailserver eingestellt ist."""

    __tablename__ = "postfach"
    __table_args__ = strikt(
        UniqueConstraint("sendung", name="uq_postfach_sendung"),
        *ja_nein("postfach", "gelesen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    sendung: int = Field(foreign_key="sendung.id")
    zeit: str = text_feld()
    gelesen: int = 0


class Antwortlink(SQLModel, table=True):
    """Ein Link, mit dem eine Stelle ohne Konto an einem Vorgang eine Handlung tut. `nr`: die Fassung des Vorgangs, als er entstand.

    Er gilt bis zum Ende des Tages `bis`. Das Wort darin entsteht erst beim Versand; ein neuer Link widerruft den alten.
    """

    __tablename__ = "antwortlink"
    __table_args__ = strikt(
        Index("uq_antwortlink_gueltig", "vorgang", "ausloeser", "stelle", unique=True, sqlite_where=text("widerrufen IS NULL"),
              postgresql_where=text("widerrufen IS NULL")),
        Index("ix_antwortlink_bis", "bis"),
        Index("ix_antwortlink_eingeloest", "stelle", "name", sqlite_where=text("eingeloest IS NOT NULL"),
              postgresql_where=text("eingeloest IS NOT NULL")),
        CheckConstraint(TAG.format("bis"), name="ck_antwortlink_bis"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    nr: int
    ausloeser: str = text_feld()
    stelle: str = text_feld()
    name: str = text_feld()
    angelegt: str = text_feld()
    bis: str = text_feld()
    eingeloest: str | None = text_feld(default=None)
    widerrufen: str | None = text_feld(default=None)


class Antwortwort(SQLModel, table=True):
    """Der Hash eines Wortes, das zu einem Antwortlink führt; jeder Versuch, ihn zu verschicken, bekommt ein eigenes."""

    __tablename__ = "antwortwort"
    __table_args__ = strikt(Index("ix_antwortwort_link", "link"))
    hash: str = text_feld(primary_key=True)
    link: int = Field(foreign_key="antwortlink.id")


class Meldecode(SQLModel, table=True):
    """Ein Code, mit dem eine Stelle ohne Konto meldet; hier steht nur sein Hash. `name`: wie die Stelle beim Ausstellen hieß."""

    __tablename__ = "meldecode"
    __table_args__ = strikt(
        UniqueConstraint("hash", name="uq_meldecode_hash"),
        Index("uq_meldecode_gueltig", "stelle", unique=True, sqlite_where=text("widerrufen IS NULL"),
              postgresql_where=text("widerrufen IS NULL")),
        Index("ix_meldecode_stelle", "stelle", "id"),
        CheckConstraint(ZEIT.format("angelegt"), name="ck_meldecode_angelegt"),
    )
    id: int | None = Field(default=None, primary_key=True)
    hash: str = text_feld()
    stelle: str = text_feld()
    name: str = text_feld()
    angelegt: str = text_feld()
    widerrufen: str | None = text_feld(default=None)


class Meldebeleg(SQLModel, table=True):
    """Der Hash des Belegs, mit dem jemand ohne Konto zu seiner Meldung zurückfindet."""

    __tablename__ = "meldebeleg"
    __table_args__ = strikt(
        UniqueConstraint("vorgang", name="uq_meldebeleg_vorgang"),
        Index("ix_meldebeleg_stelle", "stelle", "angelegt"),
        CheckConstraint(ZEIT.format("angelegt"), name="ck_meldebeleg_angelegt"),
    )
    hash: str = text_feld(primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    stelle: str = text_feld()
    angelegt: str = text_feld()


class Verwahrt(SQLModel, table=True):
    """Was jemand ohne Konto bis zur nächsten Seite braucht; der Inhalt ist mit dem Wort verschlüsselt, von dem hier nur der Hash steht."""

    __tablename__ = "verwahrt"
    __table_args__ = strikt(Index("ix_verwahrt_bis", "bis"), CheckConstraint(ZEIT.format("bis"), name="ck_verwahrt_bis"))
    hash: str = text_feld(primary_key=True)
    inhalt: str = text_feld()
    bis: str = text_feld()


class Postadresse(SQLModel, table=True):
    """Ein berichtigtes Funktionspostfach einer Stelle des Profils; die letzte Zeile gilt, die früheren sind der Verlauf."""

    __tablename__ = "postadresse"
    __table_args__ = strikt(Index("ix_postadresse_stelle", "stelle", "id"),
                             CheckConstraint(ZEIT.format("seit"), name="ck_postadresse_seit"))
    id: int | None = Field(default=None, primary_key=True)
    stelle: str = text_feld()
    adresse: str = text_feld()
    seit: str = text_feld()
    person: str = text_feld()
