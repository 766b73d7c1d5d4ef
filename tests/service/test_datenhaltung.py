"""Wanderungen, Sperren, Öffnen und Prüfen, auf beiden Datenbanken."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import psycopg
import pysqlite3.dbapi2 as sqlite
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from service.apply import Schritt
from service.bestand import pruefe_bestand
from service.datenhaltung import hebe_an, oeffne, stand
from service.db import Datenbank
from service.errors import Betriebsfehler
from service.migrations import GESPERRT, ORT, SPERREN, STAENDE, TABELLE
from service.profil import Profil
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, melde, tue
from tests.datenbild import ARTEN, Anleger, alles, faelsche, schema, spiele



@pytest.fixture
def geschichte(db: Datenbank, umfeld: Umfeld, profil: Profil) -> Datenbank:
    spiele(db, umfeld, profil)
    return db


def _befunde(db: Datenbank) -> list[str]:
    with db.lesen() as s:
        return pruefe_bestand(s)


# --- Wanderungen ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("art", ARTEN)
def test_von_leer_bis_zum_stand_der_tabellen(anlegen: Anleger, art: str) -> None:
    db = anlegen(art)
    assert hebe_an(db) == ("", STAENDE[-1])
    with db.maschine().connect() as c:
        kontext = MigrationContext.configure(c, opts={
            "version_table": TABELLE, "compare_type": True, "compare_server_default": True,
            "include_object": lambda _, name, *rest: not str(name).startswith("suchindex"),
        })  # fmt: skip
        assert compare_metadata(kontext, SQLModel.metadata) == []
    vorher = schema(db)
    assert hebe_an(db) == (STAENDE[-1], STAENDE[-1])
    assert schema(db) == vorher
    with db.lesen() as s:
        assert stand(s) == STAENDE[-1]


@pytest.mark.parametrize("art", ARTEN)
def test_die_wanderungen_ergeben_genau_die_tabellen(anlegen: Anleger, art: str) -> None:
    """Alembic vergleicht weder CHECK noch STRICT noch die Bedingungen der Teilindizes; die Datenbank kennt sie alle."""
    gewandert, angelegt = anlegen(art), anlegen(art)
    hebe_an(gewandert)
    SQLModel.metadata.create_all(angelegt.maschine())
    gebaut = {zeile for zeile in schema(gewandert) if TABELLE not in str(zeile)}
    assert {z for z in gebaut if z[0] != "sperre"} == schema(angelegt)
    assert {name for was, name, *_ in gebaut if was == "sperre"} == set(SPERREN)


def test_alle_tabellen_sind_auf_sqlite_streng(anlegen: Anleger) -> None:
    db = anlegen("sqlite")
    hebe_an(db)
    with db.lesen() as s:
        lax = s.alle("SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
    assert lax == [(TABELLE,)]


def test_die_liste_der_staende_ist_die_kette_der_wanderungen() -> None:
    kette = ScriptDirectory(str(ORT))
    assert tuple(r.revision for r in reversed(list(kette.walk_revisions()))) == STAENDE
    assert kette.get_current_head() == STAENDE[-1]


@pytest.mark.parametrize("art", ARTEN)
def test_ein_abgebrochener_umbau_hinterlaesst_nichts(anlegen: Anleger, art: str) -> None:
    db = anlegen(art)
    hebe_an(db)
    vorher = schema(db)
    with pytest.raises(ZeroDivisionError), db.umbau() as (verbindung, s):
        verbindung.exec_driver_sql("CREATE TABLE halb (id INTEGER)")
        verbindung.exec_driver_sql("DROP TABLE siegel")
        s.fuehre("INSERT INTO nummer (reihe, letzte) VALUES ('AG', 1)")
        raise ZeroDivisionError
    assert schema(db) == vorher
    assert alles(db)["nummer"] == []


def test_nach_einem_umbau_muessen_auf_sqlite_alle_verweise_stimmen(anlegen: Anleger) -> None:
    db = anlegen("sqlite")
    hebe_an(db)
    with pytest.raises(Betriebsfehler, match="marke"), db.umbau() as (_, s):
        s.fuehre("INSERT INTO marke (vorgang, name, bis, offen, geoeffnet_nr) VALUES (7, 'x', '', 1, 1)")
    with db.transaktion() as s, pytest.raises(sqlite.IntegrityError):
        s.fuehre("INSERT INTO marke (vorgang, name, bis, offen, geoeffnet_nr) VALUES (7, 'x', '', 1, 1)")
    assert alles(db)["marke"] == []


@pytest.mark.parametrize("art", ARTEN)
def test_zwei_heben_zugleich_an(anlegen: Anleger, art: str) -> None:
    db = anlegen(art)
    weitere = [Datenbank(db.adresse) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(hebe_an, weitere)) == [("", STAENDE[-1])] + [(STAENDE[-1], STAENDE[-1])] * 3
    for datenbank in weitere:
        datenbank.schliessen()


def test_viele_oeffnen_zugleich_eine_neue_datei(tmp_path: Path) -> None:
    """SQLite weist den Wechsel auf WAL ab, statt zu warten: in 200 Runden traf das ohne Wiederholung im Mittel acht Mal."""
    def oeffne_zugleich(db: Datenbank) -> int:
        start.wait()
        with db.transaktion() as s:
            return int(s.wert("SELECT 1"))

    start = Barrier(6, timeout=120)
    with ThreadPoolExecutor(6) as pool:
        for runde in range(200):
            dbs = [Datenbank(tmp_path / f"{runde}.sqlite") for _ in range(6)]
            assert list(pool.map(oeffne_zugleich, dbs)) == [1] * 6
            for db in dbs:
                db.schliessen()


# --- nur anfügen ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tabelle", GESPERRT)
@pytest.mark.parametrize("befehl", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_geschichte_laesst_sich_nicht_aendern(geschichte: Datenbank, tabelle: str, befehl: str) -> None:
    vorher = alles(geschichte)
    assert vorher[tabelle]
    with pytest.raises((sqlite.IntegrityError, psycopg.IntegrityError), match="nur angefügt"):
        geschichte.in_transaktion(lambda s: s.fuehre(befehl.format(tabelle)))
    assert alles(geschichte) == vorher


@pytest.mark.parametrize("setzt", ["inhalt = '{}'", "salz = 'neu'", "salz = '', nr = nr + 100", "salz = '', vorgang = 1"])
def test_am_inhalt_ist_nur_das_schwaerzen_erlaubt(geschichte: Datenbank, setzt: str) -> None:
    with pytest.raises((sqlite.IntegrityError, psycopg.IntegrityError), match="nur angefügt"):
        geschichte.in_transaktion(lambda s: s.fuehre(f"UPDATE ereignis_inhalt SET {setzt} WHERE vorgang = 2"))


def test_schwaerzen_geht_trotz_der_sperren(geschichte: Datenbank, umfeld: Umfeld) -> None:
    key = melde(geschichte, umfeld, beschreibung="Frau X war da.")
    tue(geschichte, umfeld, KOORDINATION, Schritt("schwaerzen", key, daten={"feld": "beschreibung", "start": 0, "ende": 6}, grund="Name"))
    assert "Frau X" not in str(alles(geschichte))


# --- öffnen -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("art", ARTEN)
def test_geoeffnet_wird_nur_was_auf_dem_stand_ist(anlegen: Anleger, art: str) -> None:
    db = anlegen(art)
    if not db.postgres:
        with pytest.raises(Betriebsfehler, match=r"noch keine Datenbank.*kreislauf db upgrade"):
            oeffne(db.adresse)
        assert not Path(db.adresse).exists()
    with db.transaktion() as s:
        s.wert("SELECT 1")
    with pytest.raises(Betriebsfehler, match=r"noch leer.*kreislauf db upgrade"):
        oeffne(db.adresse)
    hebe_an(db)
    oeffne(db.adresse).schliessen()
    db.in_transaktion(lambda s: s.fuehre(f"UPDATE {TABELLE} SET version_num = '9999'"))
    for zugriff in (oeffne, lambda _: hebe_an(db)):
        with pytest.raises(Betriebsfehler, match=r"Stand 9999.*neuere Fassung des Programms"):
            zugriff(db.adresse)
    db.in_transaktion(lambda s: s.fuehre(f"DELETE FROM {TABELLE}"))
    with pytest.raises(Betriebsfehler, match="kreislauf db upgrade"):
        oeffne(db.adresse)


@pytest.mark.parametrize("art", ARTEN)
def test_fremde_tabellen_werden_nicht_angefasst(anlegen: Anleger, art: str) -> None:
    db = anlegen(art)
    with db.umbau() as (verbindung, _):
        verbindung.exec_driver_sql("CREATE TABLE vorgang (anderes INTEGER)")
    for zugriff in (hebe_an, lambda d: oeffne(d.adresse)):
        with pytest.raises(Betriebsfehler, match="nicht von diesem Programm"):
            zugriff(db)


def test_ein_unbekannter_zustand_wird_abgelehnt(geschichte: Datenbank) -> None:
    oeffne(geschichte.adresse).schliessen()
    geschichte.in_transaktion(lambda s: s.fuehre("INSERT INTO zaehler (art, zustand, bereich, anzahl) VALUES ('meldebogen', 'alt', '', 0)"))
    oeffne(geschichte.adresse).schliessen()  # früher einmal, heute keiner mehr
    geschichte.in_transaktion(lambda s: s.fuehre("UPDATE zaehler SET anzahl = 1 WHERE zustand = 'alt'"))
    with pytest.raises(Betriebsfehler, match="nicht kennt: meldebogen „alt“"):
        oeffne(geschichte.adresse)


def test_was_keine_datenbank_ist(tmp_path: Path) -> None:
    datei = tmp_path / "brief.sqlite"
    datei.write_text("Sehr geehrte Damen und Herren, " * 100)
    with pytest.raises(Betriebsfehler, match="lässt sich nicht verwenden"):
        oeffne(datei)
    with pytest.raises(Betriebsfehler, match="lässt sich nicht verwenden"):
        hebe_an(Datenbank(datei))
    with pytest.raises(Betriebsfehler, match="lässt sich nicht verwenden") as fehler:
        oeffne("postgresql://jemand:geheim@127.0.0.1:1/keine?connect_timeout=2")
    assert "geheim" not in fehler.value.satz


# --- Prüfen -----------------------------------------------------------------------------------------------------------


def test_eine_heile_datenbank_hat_keine_befunde(geschichte: Datenbank, db: Datenbank, umfeld: Umfeld) -> None:
    assert _befunde(geschichte) == []
    key = melde(db, umfeld, dringlichkeit="hoch")
    tue(db, umfeld, KOORDINATION, Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-03-02", "liegt_bei": "y"}))
    assert _befunde(db) == []


UNSTIMMIGKEITEN = [
    ("UPDATE zaehler SET anzahl = anzahl + 1 WHERE zustand = 'in_vorpruefung'",
     "Der Zähler für meldebogen „in_vorpruefung“ in kreis steht auf 3, es sind aber 2."),
    ("DELETE FROM zaehler WHERE zustand = 'kurzfristig_geklaert'",
     "Der Zähler für meldebogen „kurzfristig_geklaert“ in kreis steht auf 0, es sind aber 1."),
    ("UPDATE nummer SET letzte = 2", "Die Reihe MK-2026 steht auf 2, vergeben ist aber schon 3."),
    ("UPDATE vorgang SET ende = 1 WHERE id = 1",
     "MK-2026-0001 ist als beendet vermerkt, sein Zustand „in_vorpruefung“ sagt etwas anderes."),
    ("UPDATE vorgang SET version = 9 WHERE id = 1",
     "Vorgänge, deren Version nicht ihr letztes Ereignis nennt: MK-2026-0001 (insgesamt 1)."),
    ("DELETE FROM ereignis_inhalt WHERE vorgang = 2", "Ereignisse ohne Inhalt: MK-2026-0002 (insgesamt 3)."),
    ("DELETE FROM ereignis WHERE vorgang = 2", "Vorgänge ohne ein einziges Ereignis: MK-2026-0002 (insgesamt 1)."),
    ("DELETE FROM ereignis WHERE vorgang = 2", "Inhalte ohne Ereignis: MK-2026-0002 (insgesamt 3)."),
    ("UPDATE frist SET geoeffnet_nr = 77 WHERE vorgang = 2 AND offen = 1", "Fristen, deren Ereignis es nicht gibt: MK-2026-0002"),
    ("UPDATE frist SET geschlossen_nr = NULL WHERE vorgang = 3 AND offen = 0", "Fristen, deren Ereignis es nicht gibt: MK-2026-0003"),
    ("UPDATE frist SET offen = 1 WHERE vorgang = 3 AND name = 'vorpruefung_entscheiden'",
     "MK-2026-0003 hat offene Fristen, die zu seinem Zustand nicht gehören: vorpruefung_entscheiden"),
    ("DELETE FROM frist WHERE vorgang = 2 AND name = 'vorpruefung_entscheiden'",
     "MK-2026-0002 fehlen offene Fristen: vorpruefung_entscheiden"),
    ("UPDATE marke SET name = 'erfunden'", "MK-2026-0001 trägt unbekannte Marken: erfunden (insgesamt 1)."),
    ("INSERT INTO verbindung (von, nach, art, offen, geoeffnet_vorgang, geoeffnet_nr) VALUES (1, 2, 'gesammelt', 1, 1, 1)",
     "Es gibt Verbindungen „gesammelt“ von meldebogen nach meldebogen; das Programm kennt sie nicht."),
    ("INSERT INTO verbindung (von, nach, art, offen, geoeffnet_vorgang, geoeffnet_nr) VALUES (1, 2, 'doppelt', 1, 1, 99)",
     "Verbindungen, deren Ereignis es nicht gibt: MK-2026-0001 (insgesamt 1)."),
    ("UPDATE person_rolle SET rolle = 'kaiser' WHERE person = 'assistenz'",
     "Konten mit einer Rolle, die es nicht gibt: assistenz (insgesamt 1)."),
    ("UPDATE profil SET inhalt = replace(inhalt, 'MK', 'XX')", "Die Profilfassung 1 hat einen anderen Inhalt, als ihr Fingerabdruck sagt."),
    ("DELETE FROM profil", "Es ist noch kein Profil übernommen."),
    ("UPDATE zaehler SET zustand = 'verklemmt' WHERE zustand = 'in_vorpruefung'",
     "Diese Zustände kennt das Programm nicht: meldebogen „verklemmt“."),
]


@pytest.mark.parametrize("nr", range(len(UNSTIMMIGKEITEN)))
def test_jede_unstimmigkeit_wird_benannt(geschichte: Datenbank, nr: int) -> None:
    befehl, befund = UNSTIMMIGKEITEN[nr]
    faelsche(geschichte, befehl)
    assert any(b.startswith(befund) for b in _befunde(geschichte)), _befunde(geschichte)


def test_ein_verweis_ins_leere_und_eine_fehlende_sperre(geschichte: Datenbank) -> None:
    if not geschichte.postgres:
        faelsche(geschichte, "UPDATE marke SET vorgang = 77")
        assert _befunde(geschichte) == ["In der Tabelle marke verweist die Zeile 1 auf eine Zeile in vorgang, die es nicht gibt."]
        faelsche(geschichte, "UPDATE marke SET vorgang = 1")
    name = "bleibt_ereignis_update" + (" ON ereignis" if geschichte.postgres else "")
    sperre = [z[2] for z in schema(geschichte) if z[1] == "bleibt_ereignis_update"]
    with geschichte.umbau() as (verbindung, _):
        verbindung.exec_driver_sql(f"DROP TRIGGER {name}")
    assert _befunde(geschichte) == ["Diese Sperren gegen Ändern und Löschen fehlen: bleibt_ereignis_update (insgesamt 1)."]
    with geschichte.umbau() as (verbindung, _):
        verbindung.exec_driver_sql(sperre[0])
    assert _befunde(geschichte) == []
