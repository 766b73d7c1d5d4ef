"""Die Tabellen. Nur INTEGER und TEXT: Zeitpunkte als UTC-Text fester Breite, Tage als JJJJ-MM-TT, Wahrheitswerte 0/1.

So verhalten sich SQLite und PostgreSQL gleich, und ein Hash über eine Zeile ist auf beiden derselbe. Auf SQLite sind
alle Tabellen STRICT. Zeilen mit `offen`, `geoeffnet_nr`, `geschlossen_nr` nennen das Ereignis, das sie öffnete und
schloss. `table=True` prüft nichts: geprüft wird in den Formularen und hier durch CHECK.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

_TAG = "length({0}) = 10"
_ZEIT = "length({0}) = 27"


def _t(**kw: Any) -> Any:
    """Ein TEXT-Feld (SQLModel nähme sonst VARCHAR, das STRICT nicht kennt)."""
    return Field(sa_type=Text, **kw)


def _strikt(*teile: Any) -> tuple[Any, ...]:
    return (*teile, {"sqlite_strict": True})


def _ja_nein(tabelle: str, *spalten: str) -> list[CheckConstraint]:
    return [CheckConstraint(f"{s} IN (0, 1)", name=f"ck_{tabelle}_{s}") for s in spalten]


class Vorgang(SQLModel, table=True):
    """Ein laufendes Ding einer Art. `stand` ist der gefaltete Inhalt (JSON); `kopf` der Hash seines letzten Ereignisses."""

    __tablename__ = "vorgang"
    __table_args__ = _strikt(
        UniqueConstraint("key", name="uq_vorgang_key"),
        Index("ix_vorgang_art", "art", "id"),
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
        CheckConstraint("version >= 1", name="ck_vorgang_version"),
        CheckConstraint(_ZEIT.format("eroeffnet"), name="ck_vorgang_eroeffnet"),
        CheckConstraint(_ZEIT.format("geaendert"), name="ck_vorgang_geaendert"),
        CheckConstraint("length(kopf) = 64", name="ck_vorgang_kopf"),
        CheckConstraint("length(key) BETWEEN 1 AND 40", name="ck_vorgang_key"),
        *_ja_nein("vorgang", "ende"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = _t()
    art: str = _t()
    zustand: str = _t()
    version: int
    prozessversion: int
    ende: int = 0
    titel: str = _t(default="")
    bereich: str | None = _t(default=None)
    kommune: str | None = _t(default=None)
    institution: str | None = _t(default=None)
    zustaendig: str | None = _t(default=None)
    vertretung: str | None = _t(default=None)
    eltern: int | None = Field(default=None, foreign_key="vorgang.id")
    faellig: str = _t(default="9999-12-31")  # das früheste Ende einer offenen Frist; nach ihm ordnet die Arbeitsliste
    eroeffnet: str = _t()
    geaendert: str = _t()
    kopf: str = _t()
    stand: str = _t()


class Ereignis(SQLModel, table=True):
    """Nur anfügen. `nr` zählt je Vorgang und ist die Version danach; `akt` fasst zusammen, was in einem Zug geschah."""

    __tablename__ = "ereignis"
    __table_args__ = _strikt(
        UniqueConstraint("vorgang", "nr", name="uq_ereignis_nr"),
        Index("ix_ereignis_akt", "akt"),
        Index("ix_ereignis_zeit", "zeit", "id"),
        CheckConstraint("nr >= 1", name="ck_ereignis_nr"),
        CheckConstraint(_ZEIT.format("zeit"), name="ck_ereignis_zeit"),
        CheckConstraint("length(zusage) = 64 AND length(hash) = 64", name="ck_ereignis_hash"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    nr: int
    akt: str = _t()
    ausloeser: str = _t()
    von: str = _t()
    nach: str = _t()
    person: str = _t()
    rolle: str = _t()
    zeit: str = _t()
    prozessversion: int
    formular: str = _t()
    formularversion: int
    zusage: str = _t()
    hash: str = _t()


class EreignisInhalt(SQLModel, table=True):
    """Grund und Antwort eines Ereignisses, kanonisches JSON. Schwärzen leert `salz` und ersetzt `inhalt`; die Kette bleibt."""

    __tablename__ = "ereignis_inhalt"
    __table_args__ = _strikt(UniqueConstraint("vorgang", "nr", name="uq_inhalt_nr"))
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    nr: int
    salz: str = _t()
    inhalt: str = _t()


class FristZeile(SQLModel, table=True):
    """`naechste`: der Tag, an dem die Stufe `stufe` fällig wird; leer, wenn nichts mehr kommt oder die Frist ruht."""

    __tablename__ = "frist"
    __table_args__ = _strikt(
        Index("ix_frist_offen", "vorgang", sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        Index("ix_frist_naechste", "naechste", "id", sqlite_where=text("offen = 1 AND naechste IS NOT NULL"),
              postgresql_where=text("offen = 1 AND naechste IS NOT NULL")),
        Index("uq_frist_offen", "vorgang", "name", "schluessel", unique=True, sqlite_where=text("offen = 1"),
              postgresql_where=text("offen = 1")),
        CheckConstraint(_TAG.format("ende"), name="ck_frist_ende"),
        CheckConstraint("stufe >= 0", name="ck_frist_stufe"),
        *_ja_nein("frist", "offen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    name: str = _t()
    schluessel: str = _t(default="")
    anker: str = _t()
    ende: str = _t()
    naechste: str | None = _t(default=None)
    stufe: int = 0
    ruht_seit: str | None = _t(default=None)
    regel: str = _t()  # JSON: Dauer, Herleitung
    profil: str = _t()
    offen: int = 1
    geoeffnet_nr: int
    geschlossen_nr: int | None = None


class MarkeZeile(SQLModel, table=True):
    __tablename__ = "marke"
    __table_args__ = _strikt(
        Index("uq_marke_offen", "vorgang", "name", unique=True, sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        *_ja_nein("marke", "offen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    name: str = _t()
    bis: str = _t(default="")
    offen: int = 1
    geoeffnet_nr: int
    geschlossen_nr: int | None = None


class Verbindung(SQLModel, table=True):
    """Von dem, woraus etwas kam, zu dem, was daraus wurde. `*_vorgang` ist der, dessen Ereignis sie öffnete oder schloss."""

    __tablename__ = "verbindung"
    __table_args__ = _strikt(
        Index("uq_verbindung_offen", "von", "art", "nach", unique=True, sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        Index("ix_verbindung_nach", "nach", "art", sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        CheckConstraint("von <> nach", name="ck_verbindung_selbst"),
        *_ja_nein("verbindung", "offen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    von: int = Field(foreign_key="vorgang.id")
    nach: int = Field(foreign_key="vorgang.id")
    art: str = _t()
    offen: int = 1
    geoeffnet_vorgang: int = Field(foreign_key="vorgang.id")
    geoeffnet_nr: int
    geschlossen_vorgang: int | None = Field(default=None, foreign_key="vorgang.id")
    geschlossen_nr: int | None = None


class Beteiligung(SQLModel, table=True):
    """`wer` ist eine Person oder eine Institution."""

    __tablename__ = "beteiligung"
    __table_args__ = _strikt(
        Index("uq_beteiligung_offen", "vorgang", "wer", "rolle", unique=True, sqlite_where=text("offen = 1"),
              postgresql_where=text("offen = 1")),
        Index("ix_beteiligung_wer", "wer", "rolle", "vorgang", sqlite_where=text("offen = 1"), postgresql_where=text("offen = 1")),
        *_ja_nein("beteiligung", "offen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    wer: str = _t()
    rolle: str = _t()
    offen: int = 1
    geoeffnet_nr: int
    geschlossen_nr: int | None = None


class Ausgang(SQLModel, table=True):
    """Worüber zu unterrichten ist; Text und Empfänger entstehen erst beim Versand. `quelle` macht jede Nachricht einmalig."""

    __tablename__ = "ausgang"
    __table_args__ = _strikt(
        UniqueConstraint("vorgang", "quelle", "anlass", name="uq_ausgang_einmal"),
        Index("ix_ausgang_offen", "fruehestens", "id", sqlite_where=text("erledigt = 0"), postgresql_where=text("erledigt = 0")),
        CheckConstraint(_ZEIT.format("fruehestens"), name="ck_ausgang_fruehestens"),
        CheckConstraint("erledigt IN (0, 1, 2)", name="ck_ausgang_erledigt"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    nr: int
    quelle: str = _t()  # "e:<nr>" ein Ereignis, "f:<frist>:<stufe>" eine Stufe einer Frist
    anlass: str = _t()
    an: str = _t()  # Stellen, durch Komma getrennt
    fruehestens: str = _t()
    erledigt: int = 0  # 1 verschickt, 2 durch Zurücknehmen gegenstandslos


class Sendung(SQLModel, table=True):
    """Eine fertige Nachricht an einen Empfänger, mit fester Message-ID gespeichert, bevor sie das erste Mal hinausgeht.

    `empfaenger`: Schlüssel der Person, „stelle:<Schlüssel>“ einer Institution, oder „?:<Bezeichnung>“, wenn sich niemand
    ermitteln ließ. `fehler` ist ein Code ohne Angaben zur Person. `besitzer` und `pacht_bis` sagen, wer gerade sendet.
    """

    __tablename__ = "sendung"
    __table_args__ = _strikt(
        UniqueConstraint("message_id", name="uq_sendung_message_id"),
        Index("ix_sendung_bereit", "naechster_versuch", "id", sqlite_where=text("zustand = 'bereit'"),
              postgresql_where=text("zustand = 'bereit'")),
        Index("ix_sendung_begonnen", "pacht_bis", sqlite_where=text("zustand = 'begonnen'"), postgresql_where=text("zustand = 'begonnen'")),
        Index("ix_sendung_gescheitert", "id", sqlite_where=text("zustand = 'gescheitert'"),
              postgresql_where=text("zustand = 'gescheitert'")),
        Index("ix_sendung_empfaenger", "empfaenger", "id"),
        CheckConstraint("zustand IN ('bereit', 'begonnen', 'zugestellt', 'gescheitert', 'aufgehoben')", name="ck_sendung_zustand"),
        CheckConstraint(_ZEIT.format("erstellt"), name="ck_sendung_erstellt"),
        CheckConstraint(_ZEIT.format("naechster_versuch"), name="ck_sendung_naechster_versuch"),
        CheckConstraint("versuche >= 0", name="ck_sendung_versuche"),
    )
    id: int | None = Field(default=None, primary_key=True)
    empfaenger: str = _t()
    gruppe: str = _t()
    adresse: str = _t()
    antwort_an: str = _t(default="")
    betreff: str = _t()
    inhalt: str = _t()
    html: str = _t()
    message_id: str = _t()
    erstellt: str = _t()
    zustand: str = _t(default="bereit")
    versuche: int = 0
    naechster_versuch: str = _t()
    fehler: str = _t(default="")
    besitzer: str = _t(default="")
    pacht_bis: str = _t(default="")
    zugestellt: str = _t(default="")
    # ein Termin als iCalendar, leer ohne
    kalender: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))


class SendungAusgang(SQLModel, table=True):
    """Was eine Sendung mitteilt: viele Zeilen des Ausgangs. `vorgang` ist, worum es für diesen Empfänger geht."""

    __tablename__ = "sendung_ausgang"
    __table_args__ = _strikt(Index("ix_sendung_ausgang_ausgang", "ausgang"), Index("ix_sendung_ausgang_vorgang", "vorgang"))
    sendung: int = Field(foreign_key="sendung.id", primary_key=True)
    ausgang: int = Field(foreign_key="ausgang.id", primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id", primary_key=True)


class Postfach(SQLModel, table=True):
    """Das Postfach der Vorführung: zugestellt wird hierher, solange kein Mailserver eingestellt ist."""

    __tablename__ = "postfach"
    __table_args__ = _strikt(
        UniqueConstraint("sendung", name="uq_postfach_sendung"),
        *_ja_nein("postfach", "gelesen"),
    )
    id: int | None = Field(default=None, primary_key=True)
    sendung: int = Field(foreign_key="sendung.id")
    zeit: str = _t()
    gelesen: int = 0


class Zaehler(SQLModel, table=True):
    __tablename__ = "zaehler"
    __table_args__ = _strikt()
    art: str = _t(primary_key=True)
    zustand: str = _t(primary_key=True)
    bereich: str = _t(primary_key=True, default="")
    anzahl: int = 0


class Nummer(SQLModel, table=True):
    """Der letzte vergebene Schlüssel je Reihe (AG, MK-2026 ...)."""

    __tablename__ = "nummer"
    __table_args__ = _strikt()
    reihe: str = _t(primary_key=True)
    letzte: int = 0


class Idempotenz(SQLModel, table=True):
    __tablename__ = "idempotenz"
    __table_args__ = _strikt(Index("ix_idempotenz_zeit", "zeit"))
    person: str = _t(primary_key=True)
    schluessel: str = _t(primary_key=True)
    anfrage: str = _t()
    ergebnis: str = _t(default="")
    zeit: str = _t()


class Pacht(SQLModel, table=True):
    """Wer eine Runde gerade führt. Nach `bis` darf sie jeder übernehmen; `marke` steigt bei jedem Wechsel und verrät den Verspäteten."""

    __tablename__ = "pacht"
    __table_args__ = _strikt(CheckConstraint(_ZEIT.format("bis"), name="ck_pacht_bis"))
    name: str = _t(primary_key=True)
    besitzer: str = _t()
    bis: str = _t()
    marke: int


class Herzschlag(SQLModel, table=True):
    """Wann eine Runde zuletzt zu Ende ging und was sie tat (JSON, nur Zahlen)."""

    __tablename__ = "herzschlag"
    __table_args__ = _strikt(CheckConstraint(_ZEIT.format("zuletzt"), name="ck_herzschlag_zuletzt"))
    name: str = _t(primary_key=True)
    zuletzt: str = _t()
    ergebnis: str = _t()


class Importzeile(SQLModel, table=True):
    """Was unter einem Geschäftszeichen importiert wurde; erkennt Wiederholungen, auch wenn die Meldung seither bearbeitet ist."""

    __tablename__ = "importzeile"
    __table_args__ = _strikt()
    geschaeftszeichen: str = _t(primary_key=True)
    fingerabdruck: str = _t()
    zeit: str = _t()


class Person(SQLModel, table=True):
    __tablename__ = "person"
    __table_args__ = _strikt()
    key: str = _t(primary_key=True)
    name: str = _t()
    institution: str | None = _t(default=None)
    postfach: str | None = _t(default=None)  # eigene Adresse; ohne sie geht Post an die der Stelle
    von: str = _t()
    bis: str | None = _t(default=None)
    vorfuehrung: int = 0


class PersonRolle(SQLModel, table=True):
    """Eine Rolle mit Gültigkeit; `bereich` leer heißt: ohne Bereich."""

    __tablename__ = "person_rolle"
    __table_args__ = _strikt(Index("ix_person_rolle_person", "person"), Index("ix_person_rolle_rolle", "rolle", "bereich"))
    id: int | None = Field(default=None, primary_key=True)
    person: str = _t(foreign_key="person.key")
    rolle: str = _t()
    bereich: str = _t(default="")
    von: str = _t()
    bis: str | None = _t(default=None)


class Suchtext(SQLModel, table=True):
    """Die Wortstämme eines Vorgangs, durch Leerzeichen getrennt: die seines Titels, und alle. Hier liest der Suchindex."""

    __tablename__ = "suchtext"
    __table_args__ = _strikt()
    vorgang: int = Field(foreign_key="vorgang.id", primary_key=True)
    titel: str = _t()
    worte: str = _t()


class GemerkteSuche(SQLModel, table=True):
    """Eine Suche mit ihren Filtern, die sich eine Person gemerkt hat; `abfrage` ist der Teil der Adresse hinter dem Fragezeichen."""

    __tablename__ = "gemerkte_suche"
    __table_args__ = _strikt(UniqueConstraint("person", "name", name="uq_gemerkte_suche_name"))
    id: int | None = Field(default=None, primary_key=True)
    person: str = _t(foreign_key="person.key")
    name: str = _t()
    abfrage: str = _t()
    angelegt: str = _t()


class Besuch(SQLModel, table=True):
    """Wann sich jemand zuletzt anmeldete, und zuletzt an einem früheren Tag; leer: noch nie."""

    __tablename__ = "besuch"
    __table_args__ = _strikt()
    person: str = _t(primary_key=True, foreign_key="person.key")
    zuletzt: str = _t()
    vorher: str = _t()


class Eintrag(SQLModel, table=True):
    """Ein datierter Eintrag der Stammdaten. `kennung` sagt, wofür er steht: davon gilt an jedem Tag höchstens einer.

    `angaben` ist kanonisches JSON der Felder seiner Art. `gepflegt`: Jemand hat ihn angelegt oder geändert, ein Profil lässt ihn stehen.
    """

    __tablename__ = "eintrag"
    __table_args__ = _strikt(
        UniqueConstraint("art", "kennung", "von", name="uq_eintrag_von"),
        CheckConstraint(_TAG.format("von"), name="ck_eintrag_von"),
        CheckConstraint("bis IS NULL OR (length(bis) = 10 AND bis >= von)", name="ck_eintrag_bis"),
        CheckConstraint(_ZEIT.format("angelegt"), name="ck_eintrag_angelegt"),
        CheckConstraint("version >= 1", name="ck_eintrag_version"),
        *_ja_nein("eintrag", "gepflegt"),
    )
    id: int | None = Field(default=None, primary_key=True)
    art: str = _t()
    kennung: str = _t()
    von: str = _t()
    bis: str | None = _t(default=None)
    angaben: str = _t()
    version: int = 1
    gepflegt: int = 1
    angelegt: str = _t()


class Konto(SQLModel, table=True):
    """Die Anmeldung einer Person mit Kennung und Kennwort (Argon2id). Ohne Zeile gibt es für sie keine."""

    __tablename__ = "konto"
    __table_args__ = _strikt(UniqueConstraint("kennung", name="uq_konto_kennung"), *_ja_nein("konto", "gesperrt"))
    person: str = _t(primary_key=True, foreign_key="person.key")
    kennung: str = _t()
    kennwort: str = _t()
    gesperrt: int = 0
    angelegt: str = _t()
    geaendert: str = _t()


class Anmeldung(SQLModel, table=True):
    """Eine angemeldete Person an einem Browser. Hier steht nur der Hash des Ausweises; `salz` siegelt die letzte Tätigkeit darin."""

    __tablename__ = "anmeldung"
    __table_args__ = _strikt(Index("ix_anmeldung_person", "person"), Index("ix_anmeldung_bis", "bis"))
    hash: str = _t(primary_key=True)
    person: str = _t(foreign_key="person.key")
    salz: str = _t()
    seit: str = _t()
    bis: str = _t()


class Einmallink(SQLModel, table=True):
    """Ein Link, mit dem jemand einmal sein Kennwort setzt. `person` fehlt nur beim allerersten Konto."""

    __tablename__ = "einmallink"
    __table_args__ = _strikt(Index("ix_einmallink_person", "person"))
    hash: str = _t(primary_key=True)
    person: str | None = _t(default=None, foreign_key="person.key")
    angelegt: str = _t()
    bis: str = _t()
    eingeloest: str | None = _t(default=None)


class Antwortlink(SQLModel, table=True):
    """Ein Link, mit dem eine Stelle ohne Konto an einem Vorgang eine Handlung tut. `nr`: die Fassung des Vorgangs, als er entstand.

    Er gilt bis zum Ende des Tages `bis`. Das Wort darin entsteht erst beim Versand; ein neuer Link widerruft den alten.
    """

    __tablename__ = "antwortlink"
    __table_args__ = _strikt(
        Index("uq_antwortlink_gueltig", "vorgang", "ausloeser", "stelle", unique=True, sqlite_where=text("widerrufen IS NULL"),
              postgresql_where=text("widerrufen IS NULL")),
        Index("ix_antwortlink_bis", "bis"),
        Index("ix_antwortlink_eingeloest", "stelle", "name", sqlite_where=text("eingeloest IS NOT NULL"),
              postgresql_where=text("eingeloest IS NOT NULL")),
        CheckConstraint(_TAG.format("bis"), name="ck_antwortlink_bis"),
    )
    id: int | None = Field(default=None, primary_key=True)
    vorgang: int = Field(foreign_key="vorgang.id")
    nr: int
    ausloeser: str = _t()
    stelle: str = _t()
    name: str = _t()
    angelegt: str = _t()
    bis: str = _t()
    eingeloest: str | None = _t(default=None)
    widerrufen: str | None = _t(default=None)


class Antwortwort(SQLModel, table=True):
    """Der Hash eines Wortes, das zu einem Antwortlink führt; jeder Versuch, ihn zu verschicken, bekommt ein eigenes."""

    __tablename__ = "antwortwort"
    __table_args__ = _strikt(Index("ix_antwortwort_link", "link"))
    hash: str = _t(primary_key=True)
    link: int = Field(foreign_key="antwortlink.id")


class Entwurf(SQLModel, table=True):
    """Halb Getipptes, nur für die Person selbst. `form` ist „art.auslöser“, `key` der Vorgang oder leer; `fassung`: die gesehene."""

    __tablename__ = "entwurf"
    __table_args__ = _strikt(
        Index("ix_entwurf_geaendert", "geaendert"),
        Index("ix_entwurf_unerinnert", "geaendert", sqlite_where=text("erinnert = 0"), postgresql_where=text("erinnert = 0")),
        CheckConstraint(_ZEIT.format("geaendert"), name="ck_entwurf_geaendert"),
        *_ja_nein("entwurf", "erinnert"),
    )
    person: str = _t(primary_key=True, foreign_key="person.key")
    form: str = _t(primary_key=True)
    key: str = _t(primary_key=True)
    eingaben: str = _t()
    fassung: int
    geaendert: str = _t()
    erinnert: int = 0


class Postadresse(SQLModel, table=True):
    """Ein berichtigtes Funktionspostfach einer Stelle des Profils; die letzte Zeile gilt, die früheren sind der Verlauf."""

    __tablename__ = "postadresse"
    __table_args__ = _strikt(Index("ix_postadresse_stelle", "stelle", "id"),
                             CheckConstraint(_ZEIT.format("seit"), name="ck_postadresse_seit"))
    id: int | None = Field(default=None, primary_key=True)
    stelle: str = _t()
    adresse: str = _t()
    seit: str = _t()
    person: str = _t()


class Fehlversuch(SQLModel, table=True):
    """Eine misslungene Anmeldung, gezählt je Kennung und je Herkunft; beide nur als Hash."""

    __tablename__ = "fehlversuch"
    __table_args__ = _strikt(Index("ix_fehlversuch_kennung", "kennung", "zeit"), Index("ix_fehlversuch_herkunft", "herkunft", "zeit"))
    id: int | None = Field(default=None, primary_key=True)
    zeit: str = _t()
    kennung: str = _t()
    herkunft: str = _t()


class Zugriffsschluessel(SQLModel, table=True):
    """Womit ein Programm im Namen einer Person die Schnittstelle benutzt; hier steht nur der Hash."""

    __tablename__ = "zugriffsschluessel"
    __table_args__ = _strikt(Index("ix_zugriffsschluessel_person", "person"))
    hash: str = _t(primary_key=True)
    person: str = _t(foreign_key="person.key")
    name: str = _t()
    seit: str = _t()
    bis: str = _t()


class ProfilZeile(SQLModel, table=True):
    """Jede übernommene Fassung des Profils; die letzte gilt."""

    __tablename__ = "profil"
    __table_args__ = _strikt(UniqueConstraint("fingerabdruck", "zeit", name="uq_profil"))
    id: int | None = Field(default=None, primary_key=True)
    fingerabdruck: str = _t()
    inhalt: str = _t()
    zeit: str = _t()


class Protokoll(SQLModel, table=True):
    """Was keinen Vorgang ändert: Importe, Anmeldungen, gelesene Meldungen, Rollen, Profil. Nur anfügen."""

    __tablename__ = "protokoll"
    __table_args__ = _strikt(Index("ix_protokoll_zeit", "zeit"), Index("ix_protokoll_was", "was", "id"))
    id: int | None = Field(default=None, primary_key=True)
    zeit: str = _t()
    person: str = _t()
    systemkonto: str = _t(default="")
    was: str = _t()
    angaben: str = _t(default="{}")


class Siegel(SQLModel, table=True):
    """Ein Hash über alle Ereignis-Hashes seit dem letzten Siegel, in der Reihenfolge ihrer id; selbst verkettet.

    `umfang` nennt die bewegten Vorgänge mit ihrer Version (JSON), damit sich ein fehlender benennen lässt.
    """

    __tablename__ = "siegel"
    __table_args__ = _strikt()
    id: int | None = Field(default=None, primary_key=True)
    zeit: str = _t()
    von_ereignis: int
    bis_ereignis: int
    anzahl: int
    umfang: str = _t()
    hash: str = _t()
