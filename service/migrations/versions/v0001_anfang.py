"""Anfang: alle Tabellen, und was sich nie mehr ändern darf, gegen Ändern und Löschen gesperrt."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from service.errors import Betriebsfehler

revision = "0001"
down_revision = None


def upgrade() -> None:
    _vorgang()
    _ereignis()
    _frist_und_marke()
    _verbindung_und_beteiligung()
    _ausgang()
    _sendung()
    _zaehler_und_nummern()
    _personen()
    _anmeldung()
    _profil_protokoll_siegel()
    _sperre()


def downgrade() -> None:
    raise Betriebsfehler("Hinter den ersten Stand geht es nicht zurück. Bitte verwenden Sie eine Sicherung.")


# --- Tabellen ---------------------------------------------------------------------------------------------------------


def _text(name: str, *, leer: bool = False, schluessel: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=leer, primary_key=schluessel)


def _zahl(name: str, *, leer: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=leer)


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer(), primary_key=True, nullable=False)


def _zu_vorgang(name: str = "vorgang", *, leer: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey("vorgang.id"), nullable=leer)


def _offen() -> tuple[sa.Column[Any], ...]:
    return _zahl("offen"), _zahl("geoeffnet_nr"), _zahl("geschlossen_nr", leer=True)


def _pruefe(bedingung: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(bedingung, name=name)


def _ja_nein(tabelle: str, spalte: str) -> sa.CheckConstraint:
    return _pruefe(f"{spalte} IN (0, 1)", f"ck_{tabelle}_{spalte}")


def _tabelle(name: str, *teile: Any) -> None:
    op.create_table(name, *teile, sqlite_strict=True)


def _index(name: str, tabelle: str, *spalten: str, unique: bool = False, nur: str = "") -> None:
    bedingung = sa.text(nur) if nur else None
    op.create_index(name, tabelle, list(spalten), unique=unique, sqlite_where=bedingung, postgresql_where=bedingung)


def _vorgang() -> None:
    _tabelle(
        "vorgang", _id(),
        *map(_text, ("key", "art", "zustand")), *map(_zahl, ("version", "prozessversion", "ende")), _text("titel"),
        *(_text(name, leer=True) for name in ("bereich", "kommune", "institution", "zustaendig", "vertretung")),
        _zu_vorgang("eltern", leer=True), *map(_text, ("faellig", "eroeffnet", "geaendert", "kopf", "stand")),
        sa.UniqueConstraint("key", name="uq_vorgang_key"),
        _pruefe("version >= 1", "ck_vorgang_version"),
        _pruefe("length(eroeffnet) = 27", "ck_vorgang_eroeffnet"),
        _pruefe("length(geaendert) = 27", "ck_vorgang_geaendert"),
        _pruefe("length(kopf) = 64", "ck_vorgang_kopf"),
        _pruefe("length(key) BETWEEN 1 AND 40", "ck_vorgang_key"),
        _ja_nein("vorgang", "ende"),
    )
    _index("ix_vorgang_art", "vorgang", "art", "id")
    _index("ix_vorgang_liste", "vorgang", "art", "zustand", "id")
    _index("ix_vorgang_bereich", "vorgang", "art", "bereich", "id")
    _index("ix_vorgang_zustaendig", "vorgang", "zustaendig", "art", "id", nur="ende = 0")
    _index("ix_vorgang_institution", "vorgang", "institution", "art", "id")
    _index("ix_vorgang_eltern", "vorgang", "eltern")
    _index("ix_vorgang_faellig", "vorgang", "zustaendig", "faellig", "id", nur="ende = 0")
    _index("ix_vorgang_vertretung", "vorgang", "vertretung", "faellig", "id", nur="ende = 0")


def _ereignis() -> None:
    _tabelle(
        "ereignis", _id(), _zu_vorgang(), _zahl("nr"),
        *map(_text, ("akt", "ausloeser", "von", "nach", "person", "rolle", "zeit")), _zahl("prozessversion"),
        _text("formular"), _zahl("formularversion"), _text("zusage"), _text("hash"),
        sa.UniqueConstraint("vorgang", "nr", name="uq_ereignis_nr"),
        _pruefe("nr >= 1", "ck_ereignis_nr"),
        _pruefe("length(zeit) = 27", "ck_ereignis_zeit"),
        _pruefe("length(zusage) = 64 AND length(hash) = 64", "ck_ereignis_hash"),
    )
    _index("ix_ereignis_akt", "ereignis", "akt")
    _tabelle(
        "ereignis_inhalt", _id(), _zu_vorgang(), _zahl("nr"), _text("salz"), _text("inhalt"),
        sa.UniqueConstraint("vorgang", "nr", name="uq_inhalt_nr"),
    )


def _frist_und_marke() -> None:
    _tabelle(
        "frist", _id(), _zu_vorgang(), *map(_text, ("name", "schluessel", "anker", "ende")), _text("naechste", leer=True),
        _zahl("stufe"), _text("ruht_seit", leer=True), _text("regel"), _text("profil"), *_offen(),
        _pruefe("length(ende) = 10", "ck_frist_ende"),
        _pruefe("stufe >= 0", "ck_frist_stufe"),
        _ja_nein("frist", "offen"),
    )
    _index("ix_frist_offen", "frist", "vorgang", nur="offen = 1")
    _index("ix_frist_naechste", "frist", "naechste", "id", nur="offen = 1 AND naechste IS NOT NULL")
    _index("uq_frist_offen", "frist", "vorgang", "name", "schluessel", unique=True, nur="offen = 1")
    _tabelle("marke", _id(), _zu_vorgang(), _text("name"), _text("bis"), *_offen(), _ja_nein("marke", "offen"))
    _index("uq_marke_offen", "marke", "vorgang", "name", unique=True, nur="offen = 1")


def _verbindung_und_beteiligung() -> None:
    _tabelle(
        "verbindung", _id(), _zu_vorgang("von"), _zu_vorgang("nach"), _text("art"), _zahl("offen"),
        _zu_vorgang("geoeffnet_vorgang"), _zahl("geoeffnet_nr"),
        _zu_vorgang("geschlossen_vorgang", leer=True), _zahl("geschlossen_nr", leer=True),
        _pruefe("von <> nach", "ck_verbindung_selbst"),
        _ja_nein("verbindung", "offen"),
    )
    _index("uq_verbindung_offen", "verbindung", "von", "art", "nach", unique=True, nur="offen = 1")
    _index("ix_verbindung_nach", "verbindung", "nach", "art", nur="offen = 1")
    _tabelle("beteiligung", _id(), _zu_vorgang(), _text("wer"), _text("rolle"), *_offen(), _ja_nein("beteiligung", "offen"))
    _index("uq_beteiligung_offen", "beteiligung", "vorgang", "wer", "rolle", unique=True, nur="offen = 1")
    _index("ix_beteiligung_wer", "beteiligung", "wer", "rolle", "vorgang", nur="offen = 1")


def _ausgang() -> None:
    _tabelle(
        "ausgang", _id(), _zu_vorgang(), _zahl("nr"), *map(_text, ("quelle", "anlass", "an", "fruehestens")), _zahl("erledigt"),
        sa.UniqueConstraint("vorgang", "quelle", "anlass", name="uq_ausgang_einmal"),
        _pruefe("length(fruehestens) = 27", "ck_ausgang_fruehestens"),
        _pruefe("erledigt IN (0, 1, 2)", "ck_ausgang_erledigt"),
    )
    _index("ix_ausgang_offen", "ausgang", "fruehestens", "id", nur="erledigt = 0")


def _sendung() -> None:
    _tabelle(
        "sendung", _id(), *map(_text, ("empfaenger", "gruppe", "adresse", "antwort_an", "betreff", "inhalt", "html", "message_id")),
        *map(_text, ("erstellt", "zustand")), _zahl("versuche"),
        *map(_text, ("naechster_versuch", "fehler", "besitzer", "pacht_bis", "zugestellt")),
        sa.UniqueConstraint("message_id", name="uq_sendung_message_id"),
        _pruefe("zustand IN ('bereit', 'begonnen', 'zugestellt', 'gescheitert', 'aufgehoben')", "ck_sendung_zustand"),
        _pruefe("length(erstellt) = 27", "ck_sendung_erstellt"),
        _pruefe("length(naechster_versuch) = 27", "ck_sendung_naechster_versuch"),
        _pruefe("versuche >= 0", "ck_sendung_versuche"),
    )
    _index("ix_sendung_bereit", "sendung", "naechster_versuch", "id", nur="zustand = 'bereit'")
    _index("ix_sendung_begonnen", "sendung", "pacht_bis", nur="zustand = 'begonnen'")
    _index("ix_sendung_gescheitert", "sendung", "id", nur="zustand = 'gescheitert'")
    _index("ix_sendung_empfaenger", "sendung", "empfaenger", "id")
    zu = (("sendung", "sendung.id"), ("ausgang", "ausgang.id"), ("vorgang", "vorgang.id"))
    _tabelle("sendung_ausgang",
             *(sa.Column(name, sa.Integer(), sa.ForeignKey(ziel), nullable=False, primary_key=True) for name, ziel in zu))
    _index("ix_sendung_ausgang_ausgang", "sendung_ausgang", "ausgang")
    _index("ix_sendung_ausgang_vorgang", "sendung_ausgang", "vorgang")
    _tabelle(
        "postfach", _id(), sa.Column("sendung", sa.Integer(), sa.ForeignKey("sendung.id"), nullable=False), _text("zeit"), _zahl("gelesen"),
        sa.UniqueConstraint("sendung", name="uq_postfach_sendung"),
        _ja_nein("postfach", "gelesen"),
    )


def _zaehler_und_nummern() -> None:
    _tabelle("zaehler", *(_text(name, schluessel=True) for name in ("art", "zustand", "bereich")), _zahl("anzahl"))
    _tabelle("nummer", _text("reihe", schluessel=True), _zahl("letzte"))
    _tabelle(
        "idempotenz", _text("person", schluessel=True), _text("schluessel", schluessel=True), *map(_text, ("anfrage", "ergebnis", "zeit")),
    )
    _index("ix_idempotenz_zeit", "idempotenz", "zeit")
    _tabelle(
        "pacht", _text("name", schluessel=True), _text("besitzer"), _text("bis"), _zahl("marke"),
        _pruefe("length(bis) = 27", "ck_pacht_bis"),
    )
    _tabelle(
        "herzschlag", _text("name", schluessel=True), _text("zuletzt"), _text("ergebnis"),
        _pruefe("length(zuletzt) = 27", "ck_herzschlag_zuletzt"),
    )
    _tabelle("importzeile", _text("geschaeftszeichen", schluessel=True), _text("fingerabdruck"), _text("zeit"))


def _personen() -> None:
    _tabelle(
        "person", _text("key", schluessel=True), _text("name"), _text("institution", leer=True),
        _text("postfach", leer=True), _text("von"), _text("bis", leer=True),
        _zahl("vorfuehrung"),
    )
    _tabelle(
        "person_rolle", _id(), sa.Column("person", sa.Text(), sa.ForeignKey("person.key"), nullable=False), _text("rolle"),
        _text("bereich"), _text("von"), _text("bis", leer=True),
    )
    _index("ix_person_rolle_person", "person_rolle", "person")
    _index("ix_person_rolle_rolle", "person_rolle", "rolle", "bereich")


def _anmeldung() -> None:
    def person(*, leer: bool = False, schluessel: bool = False) -> sa.Column[Any]:
        return sa.Column("person", sa.Text(), sa.ForeignKey("person.key"), nullable=leer, primary_key=schluessel)

    _tabelle(
        "konto", person(schluessel=True), *map(_text, ("kennung", "kennwort")), _zahl("gesperrt"), *map(_text, ("angelegt", "geaendert")),
        sa.UniqueConstraint("kennung", name="uq_konto_kennung"), _ja_nein("konto", "gesperrt"),
    )
    _tabelle("anmeldung", _text("hash", schluessel=True), person(), *map(_text, ("salz", "seit", "bis")))
    _index("ix_anmeldung_person", "anmeldung", "person")
    _index("ix_anmeldung_bis", "anmeldung", "bis")
    _tabelle(
        "einmallink", _text("hash", schluessel=True), person(leer=True), *map(_text, ("angelegt", "bis")), _text("eingeloest", leer=True),
    )
    _index("ix_einmallink_person", "einmallink", "person")
    _tabelle("fehlversuch", _id(), *map(_text, ("zeit", "kennung", "herkunft")))
    _index("ix_fehlversuch_kennung", "fehlversuch", "kennung", "zeit")
    _index("ix_fehlversuch_herkunft", "fehlversuch", "herkunft", "zeit")
    _tabelle("zugriffsschluessel", _text("hash", schluessel=True), person(), *map(_text, ("name", "seit", "bis")))
    _index("ix_zugriffsschluessel_person", "zugriffsschluessel", "person")


def _profil_protokoll_siegel() -> None:
    _tabelle(
        "profil", _id(), *map(_text, ("fingerabdruck", "inhalt", "zeit")),
        sa.UniqueConstraint("fingerabdruck", "zeit", name="uq_profil"),
    )
    _tabelle("protokoll", _id(), *map(_text, ("zeit", "person", "systemkonto", "was", "angaben")))
    _index("ix_protokoll_zeit", "protokoll", "zeit")
    _tabelle("siegel", _id(), _text("zeit"), *map(_zahl, ("von_ereignis", "bis_ereignis", "anzahl")), _text("umfang"), _text("hash"))


# --- was bleibt, wie es ist -------------------------------------------------------------------------------------------

_NUR_ANFUEGEN = ("ereignis", "siegel", "protokoll", "profil")
# Am Inhalt eines Ereignisses ist nur das Schwärzen erlaubt; es leert das Salz.
_KEIN_SCHWAERZEN = "NEW.salz <> '' OR NEW.id <> OLD.id OR NEW.vorgang <> OLD.vorgang OR NEW.nr <> OLD.nr"
_FUNKTION = """
CREATE FUNCTION kreislauf_nur_anfuegen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An der Tabelle % wird nur angefügt, nichts geändert und nichts gelöscht.', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def _sperre() -> None:
    sperren = [(tabelle, was, "") for tabelle in _NUR_ANFUEGEN for was in ("UPDATE", "DELETE")]
    sperren += [("ereignis_inhalt", "UPDATE", _KEIN_SCHWAERZEN), ("ereignis_inhalt", "DELETE", "")]
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(_FUNKTION)
    for tabelle, was, wenn in sperren:
        op.execute(_sperre_postgres(tabelle, was, wenn) if postgres else _sperre_sqlite(tabelle, was, wenn))


def _sperre_sqlite(tabelle: str, was: str, wenn: str) -> str:
    satz = f"An der Tabelle {tabelle} wird nur angefügt, nichts geändert und nichts gelöscht."
    return (f"CREATE TRIGGER bleibt_{tabelle}_{was.lower()} BEFORE {was} ON {tabelle} {f'WHEN {wenn} ' if wenn else ''}"
            f"BEGIN SELECT RAISE(ABORT, '{satz}'); END")


def _sperre_postgres(tabelle: str, was: str, wenn: str) -> str:
    return (f"CREATE TRIGGER bleibt_{tabelle}_{was.lower()} BEFORE {was} ON {tabelle} FOR EACH ROW {f'WHEN ({wenn}) ' if wenn else ''}"
            "EXECUTE FUNCTION kreislauf_nur_anfuegen()")
