"""Jede Fälschung wird gefunden und benannt: ein gekipptes Byte, ein entferntes Ereignis, ein entfernter Vorgang."""

from __future__ import annotations

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.pruefen import Pruefbericht, pruefe, siegele
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, MELDER, melde, tue


def _pruefe(db: Datenbank) -> Pruefbericht:
    with db.lesen() as s:
        return pruefe(s)


def _faelsche(db: Datenbank, *befehle: str) -> None:
    """Was jemand mit Zugriff auf die Datei könnte: an den Sperren der Datenbank vorbei."""
    with db.transaktion() as s:
        if s.postgres:
            s.fuehre("SET LOCAL session_replication_role = replica")
        else:
            for (name,) in s.alle("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                s.fuehre(f"DROP TRIGGER {name}")
            s.fuehre("PRAGMA defer_foreign_keys=ON")
        for befehl in befehle:
            s.fuehre(befehl)


@pytest.fixture
def geschichte(db: Datenbank, umfeld: Umfeld) -> Datenbank:
    for _ in range(3):
        key = melde(db, umfeld)
        tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": "Noch etwas."}))
        tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    db.in_transaktion(lambda s: siegele(s, JETZT))
    assert _pruefe(db).als_json() == {"ok": True, "ereignisse": 9, "fehler": []}
    return db


SPALTEN = [("akt", "'x'"), ("ausloeser", "'parken'"), ("von", "'x'"), ("nach", "'geloest'"), ("person", "'jemand'"),
           ("rolle", "'koordination'"),
           ("zeit", "'2026-01-07T09:00:00.000001Z'"), ("prozessversion", "7"), ("formular", "'X'"), ("formularversion", "9"),
           ("zusage", "'" + "0" * 64 + "'"), ("hash", "'" + "0" * 64 + "'")]


@pytest.mark.parametrize(("spalte", "wert"), SPALTEN)
def test_jede_spalte_eines_ereignisses_zaehlt(geschichte: Datenbank, spalte: str, wert: str) -> None:
    _faelsche(geschichte, f"UPDATE ereignis SET {spalte} = {wert} WHERE vorgang = 2 AND nr = 2")
    assert _pruefe(geschichte).fehler[0][0] == "MK-2026-0002#2"


@pytest.mark.parametrize("sql", [
    "UPDATE ereignis_inhalt SET inhalt = replace(inhalt, 'Noch', 'noch') WHERE vorgang = 2 AND nr = 2",
    "UPDATE ereignis_inhalt SET salz = 'aa' WHERE vorgang = 2 AND nr = 2",
    "UPDATE ereignis_inhalt SET salz = '' WHERE vorgang = 2 AND nr = 2",
    "DELETE FROM ereignis_inhalt WHERE vorgang = 2 AND nr = 2",
    "DELETE FROM ereignis WHERE vorgang = 2 AND nr = 2",
])
def test_inhalt_und_fehlende_ereignisse(geschichte: Datenbank, sql: str) -> None:
    _faelsche(geschichte, sql)
    assert _pruefe(geschichte).fehler[0][0] == "MK-2026-0002#2"


def test_das_letzte_ereignis_fehlt(geschichte: Datenbank) -> None:
    _faelsche(geschichte, "DELETE FROM ereignis_inhalt WHERE vorgang = 2 AND nr = 3", "DELETE FROM ereignis WHERE vorgang = 2 AND nr = 3")
    assert _pruefe(geschichte).fehler[0][0] == "MK-2026-0002#3"


def test_ein_vorgang_fehlt_mit_seiner_kette(geschichte: Datenbank) -> None:
    tabellen = ("frist", "ausgang", "marke", "beteiligung", "ereignis_inhalt", "ereignis")
    _faelsche(geschichte, *(f"DELETE FROM {t} WHERE vorgang = 2" for t in tabellen), "DELETE FROM vorgang WHERE id = 2")
    bericht = _pruefe(geschichte)
    assert bericht.fehler == [("Siegel 1", "Es fehlen Vorgänge mit ihrer ganzen Kette: MK-2026-0002.")]


@pytest.mark.parametrize(("spalte", "wert"), [("stand", "'{}'"), ("zustand", "'geloest'"), ("version", "9"), ("kopf", "'" + "0" * 64 + "'"),
                                              ("key", "'MK-2026-7777'"), ("art", "'sammlung'")])
def test_der_vorgang_selbst_zaehlt(geschichte: Datenbank, spalte: str, wert: str) -> None:
    _faelsche(geschichte, f"UPDATE vorgang SET {spalte} = {wert} WHERE id = 2")
    bericht = _pruefe(geschichte)
    assert not bericht.ok and bericht.fehler[0][0].startswith(("MK-2026-0002", "MK-2026-7777"))


def test_das_siegel_selbst_zaehlt(geschichte: Datenbank, umfeld: Umfeld) -> None:
    _faelsche(geschichte, "UPDATE siegel SET anzahl = 8")
    assert _pruefe(geschichte).fehler[0][0] == "Siegel 1"


def test_schwaerzen_laesst_die_kette_heil_und_den_text_verschwinden(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld, beschreibung="Gestern war Frau Selamawit da und Frau Selamawit ging.")
    tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": "x"}))
    tue(db, umfeld, KOORDINATION, Schritt("schwaerzen", key, daten={"feld": "beschreibung", "start": 12, "ende": 26}, grund="Name"))
    tue(db, umfeld, KOORDINATION, Schritt("schwaerzen", key, daten={"feld": "beschreibung", "start": 34, "ende": 48}, grund="Name"))
    bericht = _pruefe(db)
    assert bericht.ok, bericht.fehler
    with db.lesen() as s:
        alles = "".join(str(z) for t in ("ereignis_inhalt", "vorgang") for z in s.alle(f"SELECT * FROM {t}"))
    assert "Selamawit" not in alles and "██████████████" in alles
    _faelsche(db, "UPDATE ereignis_inhalt SET inhalt = replace(inhalt, 'Gestern', 'gestern') WHERE nr = 1")
    assert _pruefe(db).fehler[0][0] == f"{key}#1"


@pytest.mark.parametrize(("spalte", "wort"), [
    ("titel", "Titel"), ("bereich", "Bereich"), ("kommune", "Kommune"), ("institution", "meldende Stelle"),
    ("zustaendig", "zuständige Person"), ("vertretung", "Vertretung"),
])
def test_was_berechtigungen_lesen_ist_der_inhalt(geschichte: Datenbank, spalte: str, wort: str) -> None:
    """Wer die Spalte ändert, änderte sonst unbemerkt, wer den Vorgang sieht."""
    _faelsche(geschichte, f"UPDATE vorgang SET {spalte} = 'anderes' WHERE key = 'MK-2026-0002'")
    assert _pruefe(geschichte).fehler == [("MK-2026-0002", f"Am Vorgang steht etwas anderes als in seinem Inhalt: {wort}.")]
