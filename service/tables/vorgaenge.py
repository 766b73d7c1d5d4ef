"""Die Vorgänge, ihre Kette aus Ereignissen und alles, was zu ihnen offen ist."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from service.tables.spalten import TAG, ZEIT, ja_nein, strikt, text_feld


class Vorgang(SQLModel, table=True):
    """Ein laufendes Ding einer Art. `stand` ist der gefaltete Inhalt (JSON); `kopf` der Hash seines letzten Ereignisses."""

    __tablename__ = "vorgang"
    __table_args__ = strikt(
        UniqueConstraint("key", name="uq_vorgang_key"),
        Index("ix_vorgang_art", "art", "id"),
        Index("ix_vorgang_eroeffnet", "art", "eroeffnet"),
        Index("ix_vorgang_liste", "art", "zustand", "id"),
        Index("ix_vorgang_bereich", "art", "bereich", "id"),
        Index("ix_vorgang_zustaendig", "zustaendig", "art", "id", sqlite_where=text("ende = 0"), postgresql_where=text("ende = 0")),
        Index("ix_vorgang_institution", "institution", "art", "id"),
        Index("ix_vorgang_eltern", "eltern"),
        Index("ix_vorgang_faellig", "zustaendig", "faellig", "id", "art", "zustand", sqlite_where=text("ende = 0"),
              postgresql_where=text("ende = 0")),
        Index("ix_vorgang_vertretung", "vertretung", "faellig", "id", "art", "zustand", sqlite_where=text("ende = 0"),
              postgresql_where=text("ende = 0")),
        Index("ix_vorgang_frist", "faellig", "id", "art", "zustand", sqlite_where=text("ende = 0"), postgresql_where=text("ende = 0")),
        Index("ix_vorgang_beendet", "art", "geaendert", "id", sqlite_where=text("ende = 1"), postgresql_where=text("ende = 1")),
        CheckConstraint("version >= 1", name="ck_vorgang_version"),
        CheckConstraint(ZEIT.format("eroeffnet"), name="ck_vorgang_eroeffnet"),
        CheckConstraint(ZEIT.format("geaendert"), name="ck_vorgang_geaendert"),
        CheckConstraint("length(kopf) = 64", name="ck_vorgang_kopf"),
        CheckConstraint("length(key) BETWEEN 1 AND 40", name="ck_vorgang_key"),
        *ja_nein("vorgang", "ende"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = text_feld()
    art: str = text_feld()
    zustand: str = text_feld()
    version: int
    prozessversion: int
    ende: int = 0
    titel: str = text_feld(default="")
    bereich: str | None = text_feld(default=None)
    kommune: str | None = text_feld(default=None)
    institution: str | None = text_feld(default=None)
    zustaendig: str | None = text_feld(default=None)
    vertretung: str | None = text_feld(default=None)
    eltern: int | None = Field(default=None, foreign_key="vorgang.id")
    faellig: str = text_feld(default="9999-12-31")  # das früheste Ende einer offenen Frist; nach ihm ordnet die Arbeitsliste
    eroeffnet: str = text_feld()
    geaendert: str = text_feld()
    kopf: str = text_feld()
    stand: str = text_feld()


class Ereignis(SQLModel, table=True):
    """Nur anfügen. `nr` zählt je Vorgang und ist die Version danach; `akt` fasst zusammen, was in einem Zug geschah."""

    __tablename__ = "ereignis"
    __table_args__ = strikt(
        UniqueConstraint("vorgang", "nr", name="uq_ereignis_nr"),
        Index("ix_ereignis_akt", "akt"),
        Index("ix_ereignis_zeit", "zeit", "id"),
        CheckConstraint("nr >= 1", name="ck_ereignis_nr"),
        CheckConstraint(ZEIT.format("zeit"), name="ck_ereignis_zeit"),
        CheckConstraint("length(zusage) = 64 AND length(hash) = 64", name="ck_ereignis_hash"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    nr: int
    akt: str = text_feld()
    ausloeser: str = text_feld()
    von: str = text_feld()
    nach: str = text_feld()
    person: str = text_feld()
    rolle: str = text_feld()
    zeit: str = text_feld()
    prozessversion: int
    formular: str = text_feld()
    formularversion: int
    zusage: str = text_feld()
    hash: str = text_feld()


class EreignisInhalt(SQLModel, table=True):
    """Grund und Antwort eines Ereignisses, kanonisches JSON. Schwärzen leert `salz` und ersetzt `inhalt`; die Kette bleibt."""

    __tablename__ = "ereignis_inhalt"
    __table_args__ = strikt(UniqueConstraint("vorgang", "nr", name="uq_inhalt_nr"))
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    nr: int
    salz: str = text_feld()
    inhalt: str = text_feld()


class FristZeile(SQLModel, table=True):
    """`naechste`: der Tag, an dem die Stufe `stufe` fällig wird; leer, wenn nichts mehr kommt oder die Frist ruht."""

    __tablename__ = "frist"
    __table_args__ = strikt(
        Index("ix_frist_offen", "vorgang", sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        Index("ix_frist_naechste", "naechste", "id", sqlite_where=text("offen = 1 AND naechste IS NOT NULL"),
              postgresql_where=text("offen = 1 AND naechste IS NOT NULL")),
        Index("ix_frist_eilig", "name", "vorgang", sqlite_where=text("offen = 1 AND name = 'eilmeldung'"),
              postgresql_where=text("offen = 1 AND name = 'eilmeldung'")),
        Index("uq_frist_offen", "vorgang", "name", "schluessel", unique=True, sqlite_where=text("offen = 1"),
              postgresql_where=text("offen = 1")),
        CheckConstraint(TAG.format("ende"), name="ck_frist_ende"),
        CheckConstraint("stufe >= 0", name="ck_frist_stufe"),
        *ja_nein("frist", "offen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    name: str = text_feld()
    schluessel: str = text_feld(default="")
    anker: str = text_feld()
    ende: str = text_feld()
    naechste: str | None = text_feld(default=None)
    stufe: int = 0
    ruht_seit: str | None = text_feld(default=None)
    regel: str = text_feld()  # JSON: Dauer, Herleitung
    profil: str = text_feld()
    offen: int = 1
    geoeffnet_nr: int
    geschlossen_nr: int | None = None


class MarkeZeile(SQLModel, table=True):
    __tablename__ = "marke"
    __table_args__ = strikt(
        Index("uq_marke_offen", "vorgang", "name", unique=True, sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        *ja_nein("marke", "offen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    name: str = text_feld()
    bis: str = text_feld(default="")
    offen: int = 1
    geoeffnet_nr: int
    geschlossen_nr: int | None = None


class Verbindung(SQLModel, table=True):
    """Von dem, woraus etwas kam, zu dem, was daraus wurde. `*_vorgang` ist der, dessen Ereignis sie öffnete oder schloss."""

    __tablename__ = "verbindung"
    __table_args__ = strikt(
        Index("uq_verbindung_offen", "von", "art", "nach", unique=True, sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        Index("ix_verbindung_nach", "nach", "art", sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        CheckConstraint("von <> nach", name="ck_verbindung_selbst"),
        *ja_nein("verbindung", "offen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    von: int = Field(foreign_key="vorgang.id")
    nach: int = Field(foreign_key="vorgang.id")
    art: str = text_feld()
    offen: int = 1
    geoeffnet_vorgang: int = Field(foreign_key="vorgang.id")
    geoeffnet_nr: int
    geschlossen_vorgang: int | None = Field(default=None, foreign_key="vorgang.id")
    geschlossen_nr: int | None = None


class Beteiligung(SQLModel, table=True):
    """`wer` ist eine Person oder eine Institution."""

    __tablename__ = "beteiligung"
    __table_args__ = strikt(
        Index("uq_beteiligung_offen", "vorgang", "wer", "rolle", unique=True, sqlite_where=text("offen = 1"),
              postgresql_where=text("offen = 1")),
        Index("ix_beteiligung_wer", "wer", "rolle", "vorgang", sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        *ja_nein("beteiligung", "offen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    wer: str = text_feld()
    rolle: str = text_feld()
    offen: int = 1
    geoeffnet_nr: int
    geschlossen_nr: int | None = None


class Anhang(SQLModel, table=True):
    """Eine Datei an einem Vorgang; Bezeichnung und Hash stehen im Ereignis. `entfernt`: seit wann es ihren Inhalt nicht mehr gibt."""

    __tablename__ = "anhang"
    __table_args__ = strikt(UniqueConstraint("vorgang", "nr", name="uq_anhang_nr"), CheckConstraint("nr >= 1", name="ck_anhang_nr"))
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    nr: int
    sha256: str = text_feld()
    entfernt: str | None = text_feld(default=None)


class AnhangTeil(SQLModel, table=True):
    """Ein Stück einer Datei, Base64: So steht sie in derselben Datenbank, Transaktion und Sicherung wie alles andere."""

    __tablename__ = "anhang_teil"
    __table_args__ = strikt()
    anhang: int = Field(foreign_key="anhang.id", primary_key=True)
    nr: int = Field(primary_key=True)
    daten: str = text_feld()


class Kommentar(SQLModel, table=True):
    """Eine interne Bemerkung zu einem Vorgang, außerhalb seiner Kette. Ein zurückgezogener bleibt; gelöscht ist sein Text leer.

    `geschwaerzt`: wann zuletzt eine Stelle darin überschrieben wurde; von wem und warum, steht im Protokoll.
    """

    __tablename__ = "kommentar"
    __table_args__ = strikt(Index("ix_kommentar_vorgang", "vorgang", "id"), CheckConstraint(ZEIT.format("zeit"), name="ck_kommentar_zeit"))
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    person: str = text_feld()
    zeit: str = text_feld()
    text: str = text_feld()
    zurueckgezogen: str | None = text_feld(default=None)
    geschwaerzt: str | None = text_feld(default=None)


class Erwaehnung(SQLModel, table=True):
    """Wen ein Kommentar anspricht; `gelesen` leer: steht noch auf der Startseite der Person."""

    __tablename__ = "erwaehnung"
    __table_args__ = strikt(Index("ix_erwaehnung_offen", "person", sqlite_where=text("gelesen IS NULL"),
                                  postgresql_where=text("gelesen IS NULL")))
    kommentar: int = Field(foreign_key="kommentar.id", primary_key=True)
    person: str = text_feld(primary_key=True)
    gelesen: str | None = text_feld(default=None)


class Zaehler(SQLModel, table=True):
    __tablename__ = "zaehler"
    __table_args__ = strikt()
    art: str = text_feld(primary_key=True)
    zustand: str = text_feld(primary_key=True)
    bereich: str = text_feld(primary_key=True, default="")
    anzahl: int = 0


class Nummer(SQLModel, table=True):
    """Der letzte vergebene Schlüssel je Reihe (AG, MK-2026 ...)."""

    __tablename__ = "nummer"
    __table_args__ = strikt()
    reihe: str = text_feld(primary_key=True)
    letzte: int = 0


class Suchtext(SQLModel, table=True):
    """Die Wortstämme eines Vorgangs, durch Leerzeichen getrennt: die seines Titels, und alle. Hier liest der Suchindex."""

    __tablename__ = "suchtext"
    __table_args__ = strikt()
    vorgang: int = Field(foreign_key="vorgang.id", primary_key=True)
    titel: str = text_feld()
    worte: str = text_feld()


class Siegel(SQLModel, table=True):
    """Ein Hash über alle Ereignis-Hashes seit dem letzten Siegel, in der Reihenfolge ihrer id; selbst verkettet.

    `umfang` nennt die bewegten Vorgänge mit ihrer Version (JSON), damit sich ein fehlender benennen lässt.
    """

    __tablename__ = "siegel"
    __table_args__ = strikt()
    id: int | None = Field(default=None, primary_key=True)
    zeit: str = text_feld()
    von_ereignis: int
    bis_ereignis: int
    anzahl: int
    umfang: str = text_feld()
    hash: str = text_feld()
