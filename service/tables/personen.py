"""Personen, wie sie sich anmelden, und was sie für sich selbst ablegen."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.tables.spalten import ZEIT, ja_nein, strikt, text_feld


class Person(SQLModel, table=True):
    __tablename__ = "person"
    __table_args__ = strikt()
    key: str = text_feld(primary_key=True)
    name: str = text_feld()
    institution: str | None = text_feld(default=None)
    postfach: str | None = text_feld(default=None)  # eigene Adresse; ohne sie geht Post an die der Stelle
    von: str = text_feld()
    bis: str | None = text_feld(default=None)
    vorfuehrung: int = 0


class PersonRolle(SQLModel, table=True):
    """Eine Rolle mit Gültigkeit; `bereich` leer heißt: ohne Bereich."""

    __tablename__ = "person_rolle"
    __table_args__ = strikt(Index("ix_person_rolle_person", "person"), Index("ix_person_rolle_rolle", "rolle", "bereich"))
    id: int | None = Field(default=None, primary_key=True)
    person: str = text_feld(foreign_key="person.key")
    rolle: str = text_feld()
    bereich: str = text_feld(default="")
    von: str = text_feld()
    bis: str | None = text_feld(default=None)


class Konto(SQLModel, table=True):
    """Die Anmeldung einer Person mit Kennung und Kennwort (Argon2id). Ohne Zeile gibt es für sie keine."""

    __tablename__ = "konto"
    __table_args__ = strikt(UniqueConstraint("kennung", name="uq_konto_kennung"), *ja_nein("konto", "gesperrt"))
    person: str = text_feld(primary_key=True, foreign_key="person.key")
    kennung: str = text_feld()
    kennwort: str = text_feld()
    gesperrt: int = 0
    angelegt: str = text_feld()
    geaendert: str = text_feld()


class Anmeldung(SQLModel, table=True):
    """Eine angemeldete Person an einem Browser. Hier steht nur der Hash des Ausweises; `salz` siegelt die letzte Tätigkeit darin."""

    __tablename__ = "anmeldung"
    __table_args__ = strikt(Index("ix_anmeldung_person", "person"), Index("ix_anmeldung_bis", "bis"))
    hash: str = text_feld(primary_key=True)
    person: str = text_feld(foreign_key="person.key")
    salz: str = text_feld()
    seit: str = text_feld()
    bis: str = text_feld()


class Einmallink(SQLModel, table=True):
    """Ein Link, mit dem jemand einmal sein Kennwort setzt. `person` fehlt nur beim allerersten Konto."""

    __tablename__ = "einmallink"
    __table_args__ = strikt(Index("ix_einmallink_person", "person"))
    hash: str = text_feld(primary_key=True)
    person: str | None = text_feld(default=None, foreign_key="person.key")
    angelegt: str = text_feld()
    bis: str = text_feld()
    eingeloest: str | None = text_feld(default=None)


class Fehlversuch(SQLModel, table=True):
    """Eine misslungene Anmeldung, gezählt je Kennung und je Herkunft; beide nur als Hash."""

    __tablename__ = "fehlversuch"
    __table_args__ = strikt(Index("ix_fehlversuch_kennung", "kennung", "zeit"), Index("ix_fehlversuch_herkunft", "herkunft", "zeit"))
    id: int | None = Field(default=None, primary_key=True)
    zeit: str = text_feld()
    kennung: str = text_feld()
    herkunft: str = text_feld()


class Zugriffsschluessel(SQLModel, table=True):
    """Womit ein Programm im Namen einer Person die Schnittstelle benutzt; hier steht nur der Hash."""

    __tablename__ = "zugriffsschluessel"
    __table_args__ = strikt(Index("ix_zugriffsschluessel_person", "person"))
    hash: str = text_feld(primary_key=True)
    person: str = text_feld(foreign_key="person.key")
    name: str = text_feld()
    seit: str = text_feld()
    bis: str = text_feld()


class Besuch(SQLModel, table=True):
    """Wann sich jemand zuletzt anmeldete, und zuletzt an einem früheren Tag; leer: noch nie. `sprache`: die des Browsers dabei."""

    __tablename__ = "besuch"
    __table_args__ = strikt()
    person: str = text_feld(primary_key=True, foreign_key="person.key")
    zuletzt: str = text_feld()
    vorher: str = text_feld()
    sprache: str | None = text_feld(default=None)  # gibt es nur deutsche Texte, merkt sich das niemand


class GemerkteSuche(SQLModel, table=True):
    """Eine Suche mit ihren Filtern, die sich eine Person gemerkt hat; `abfrage` ist der Teil der Adresse hinter dem Fragezeichen."""

    __tablename__ = "gemerkte_suche"
    __table_args__ = strikt(UniqueConstraint("person", "name", name="uq_gemerkte_suche_name"))
    id: int | None = Field(default=None, primary_key=True)
    person: str = text_feld(foreign_key="person.key")
    name: str = text_feld()
    abfrage: str = text_feld()
    angelegt: str = text_feld()


class Entwurf(SQLModel, table=True):
    """Halb Getipptes, nur für die Person selbst. `form` ist „art.auslöser“, `key` der Vorgang oder leer; `fassung`: die gesehene."""

    __tablename__ = "entwurf"
    __table_args__ = strikt(
        Index("ix_entwurf_geaendert", "geaendert"),
        Index("ix_entwurf_unerinnert", "geaendert", sqlite_where=text("erinnert = 0"), postgresql_where=text("erinnert = 0")),
        CheckConstraint(ZEIT.format("geaendert"), name="ck_entwurf_geaendert"),
        *ja_nein("entwurf", "erinnert"),
    )
    person: str = text_feld(primary_key=True, foreign_key="person.key")
    form: str = text_feld(primary_key=True)
    key: str = text_feld(primary_key=True)
    eingaben: str = text_feld()
    fassung: int
    geaendert: str = text_feld()
    erinnert: int = 0
