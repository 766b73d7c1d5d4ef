"""Jede Fälschung wird gefunden und benannt: ein gekipptes Byte, ein entferntes Ereignis, ein entfernter Vorgang."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from service.apply import Schritt
from service.betriebslage import maengel
from service.db import Datenbank
from service.fristen import runde
from service.profil import Profil
from service.pruefen import Pruefbericht, pruefe, siegele
from service.stammdaten import uebernehme_profil
from service.umfeld import Umfeld, lade_umfeld
from service.zuruecknehmen import nimm_zurueck
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
    tabellen = ("suchtext", "frist", "ausgang", "marke", "beteiligung", "ereignis_inhalt", "ereignis")
    _faelsche(geschichte, *(f"DELETE FROM {t} WHERE vorgang = 2" for t in tabellen), "DELETE FROM vorgang WHERE id = 2")
    bericht = _pruefe(geschichte)
    assert bericht.fehler == [("Siegel 1", "Es fehlen Vorgänge mit ihrer ganzen Kette: MK-2026-0002.")]


def test_fehlt_nur_ein_gesiegeltes_ereignis_heisst_es_nicht_der_ganze_vorgang(geschichte: Datenbank, umfeld: Umfeld) -> None:
    """Sein früherer Teil steht unter einem anderen Siegel."""
    tue(geschichte, umfeld, MELDER, Schritt("ergaenzen", "MK-2026-0002", daten={"text": "Und mehr."}))
    geschichte.in_transaktion(lambda s: siegele(s, JETZT + timedelta(days=1)))
    weg = "WHERE vorgang = 2 AND nr = 4"
    _faelsche(geschichte, f"DELETE FROM ereignis_inhalt {weg}", f"DELETE FROM ereignis {weg}")
    assert ("Siegel 2", "Es fehlen gesiegelte Ereignisse von: MK-2026-0002.") in _pruefe(geschichte).fehler


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


# --- Zeilen, die Einblick geben: jede muss ein Ereignis erklären ---------------------------------------------------------


@pytest.fixture
def verbunden(geschichte: Datenbank, umfeld: Umfeld) -> Datenbank:
    """Zu der Geschichte: MK-1 doppelt zu MK-3; bei MK-2 eine beantwortete Rückfrage und eine Freigabe, die wieder genommen ist."""
    tue(geschichte, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", "MK-2026-0001", daten={"original": "MK-2026-0003"}))
    tue(geschichte, umfeld, KOORDINATION, Schritt("rueckfragen", "MK-2026-0002", daten={"frage": "Wann?"}))
    tue(geschichte, umfeld, MELDER, Schritt("antworten", "MK-2026-0002", daten={"text": "Gestern."}))
    for bereiche in (["iserlohn"], []):
        tue(geschichte, umfeld, KOORDINATION, Schritt("text_teilen", "MK-2026-0002", daten={"geteilt_mit": bereiche}))
    assert _pruefe(geschichte).fehler == []
    return geschichte


ZEILEN = [
    ("INSERT INTO beteiligung (vorgang, wer, rolle, offen, geoeffnet_nr) VALUES (2, 'fremd', 'melder', 1, 1)",
     [("MK-2026-0002#1", "Die Beteiligung als „melder“ (Zeile N der Tabelle beteiligung) erklärt kein Ereignis.")]),
    ("UPDATE beteiligung SET wer = 'fremd' WHERE vorgang = 1",
     [("MK-2026-0001#1", "Die Beteiligung als „melder“ (Zeile N der Tabelle beteiligung) erklärt kein Ereignis."),
      ("MK-2026-0001#1", "Die Beteiligung als „melder“ fehlt, obwohl dieses Ereignis sie angelegt hat.")]),
    ("UPDATE beteiligung SET rolle = 'koordination' WHERE vorgang = 1",
     [("MK-2026-0001#1", "Die Beteiligung als „koordination“ (Zeile N der Tabelle beteiligung) erklärt kein Ereignis."),
      ("MK-2026-0001#1", "Die Beteiligung als „melder“ fehlt, obwohl dieses Ereignis sie angelegt hat.")]),
    ("UPDATE beteiligung SET offen = 1, geschlossen_nr = NULL WHERE offen = 0",
     [("MK-2026-0002#6", "Die Beteiligung als „koordination“ (Zeile N der Tabelle beteiligung) ist als offen eingetragen; "
       "nach den Ereignissen endete sie mit MK-2026-0002#7.")]),
    ("UPDATE beteiligung SET offen = 1 WHERE offen = 0",
     [("MK-2026-0002#6", "Die Beteiligung als „koordination“ (Zeile N der Tabelle beteiligung) ist als offen eingetragen; "
       "nach den Ereignissen endete sie mit MK-2026-0002#7.")]),
    ("UPDATE beteiligung SET geschlossen_nr = 6 WHERE offen = 0",
     [("MK-2026-0002#6", "Die Beteiligung als „koordination“ (Zeile N der Tabelle beteiligung) nennt ein falsches Ende; "
       "nach den Ereignissen endete sie mit MK-2026-0002#7.")]),
    ("DELETE FROM beteiligung WHERE vorgang = 3",
     [("MK-2026-0003#1", "Die Beteiligung als „melder“ fehlt, obwohl dieses Ereignis sie angelegt hat.")]),
    ("DELETE FROM verbindung",
     [("MK-2026-0001#4", "Die Verbindung „doppelt“ von MK-2026-0001 nach MK-2026-0003 fehlt, obwohl dieses Ereignis sie angelegt hat.")]),
    ("INSERT INTO verbindung (von, nach, art, offen, geoeffnet_vorgang, geoeffnet_nr) VALUES (2, 3, 'doppelt', 1, 2, 3)",
     [("MK-2026-0002#3", "Die Verbindung „doppelt“ von MK-2026-0002 nach MK-2026-0003 (Zeile N der Tabelle verbindung) "
       "erklärt kein Ereignis.")]),
    ("UPDATE verbindung SET offen = 0, geschlossen_vorgang = 3, geschlossen_nr = 3",
     [("MK-2026-0001#4", "Die Verbindung „doppelt“ von MK-2026-0001 nach MK-2026-0003 (Zeile N der Tabelle verbindung) "
       "ist als beendet eingetragen; nach den Ereignissen ist sie offen.")]),
    ("INSERT INTO marke (vorgang, name, bis, offen, geoeffnet_nr) VALUES (1, 'abgabe_angeboten', '', 1, 2)",
     [("MK-2026-0001#2", "Die Marke „abgabe_angeboten“ (Zeile N der Tabelle marke) erklärt kein Ereignis.")]),
    ("UPDATE marke SET bis = '2030-01-01'",
     [("MK-2026-0002#4", "Die Marke „wartet_auf_antwort“ (Zeile N der Tabelle marke) nennt ein anderes Datum als ihr Ereignis.")]),
]


@pytest.mark.parametrize("nr", range(len(ZEILEN)))
def test_jede_zeile_wird_von_einem_ereignis_erklaert(verbunden: Datenbank, nr: int) -> None:
    befehl, befunde = ZEILEN[nr]
    _faelsche(verbunden, befehl)
    assert [(ort, re.sub(r"Zeile \d+", "Zeile N", grund)) for ort, grund in _pruefe(verbunden).fehler] == befunde


def test_eine_heile_ruecknahme_gibt_keinen_befund_und_eine_ungeschehene_schon(verbunden: Datenbank, umfeld: Umfeld) -> None:
    verbunden.in_transaktion(lambda s: nimm_zurueck(s, "MK-2026-0001", "Verklickt", KOORDINATION, JETZT, umfeld))
    verbunden.in_transaktion(lambda s: nimm_zurueck(s, "MK-2026-0002", "Verklickt", KOORDINATION, JETZT, umfeld))
    with verbunden.lesen() as s:
        assert s.alle("SELECT offen FROM verbindung") == [(0,)]
        assert s.alle("SELECT offen FROM beteiligung WHERE rolle = 'koordination'") == [(1,)]
    assert _pruefe(verbunden).fehler == []
    _faelsche(verbunden, "UPDATE verbindung SET offen = 1, geschlossen_vorgang = NULL, geschlossen_nr = NULL")
    ((ort, grund),) = _pruefe(verbunden).fehler
    assert ort == "MK-2026-0001#4" and grund.endswith("nach den Ereignissen endete sie mit MK-2026-0001#5.")


# --- Fristen und der übergeordnete Vorgang: nachgerechnet aus den Ereignissen ---------------------------------------------


@pytest.fixture
def mit_fristen(db: Datenbank, profil: Profil) -> Datenbank:
    """MK-1: Rückfrage, Antwort nach einer Woche (die Vorprüfung ruhte); MK-2: geparkt und zurückgenommen; ein Team bekam MK-3 angeboten."""
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, JETZT, "test"))
    with db.lesen() as s:
        umfeld = lade_umfeld(s, JETZT.date().isoformat())
    eins, zwei, drei = (melde(db, umfeld) for _ in range(3))
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", eins, daten={"frage": "Wann?"}))
    tue(db, umfeld, MELDER, Schritt("antworten", eins, daten={"text": "Gestern."}), jetzt=JETZT + timedelta(days=7))
    tue(db, umfeld, KOORDINATION, Schritt("parken", zwei, daten={"wiedervorlage_am": "2026-03-02"}, grund="Erlass"))
    db.in_transaktion(lambda s: nimm_zurueck(s, zwei, "Verklickt", KOORDINATION, JETZT + timedelta(days=1), umfeld))
    tue(db, umfeld, KOORDINATION, Schritt("zurueckziehen", drei), jetzt=JETZT + timedelta(days=2))
    runde(db, umfeld, JETZT + timedelta(days=30))
    assert _pruefe(db).fehler == []
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM frist WHERE offen = 0") > 4 and s.wert("SELECT count(*) FROM frist WHERE offen = 1") > 4
    return db


FRISTEN = [
    ("UPDATE frist SET offen = 0, geschlossen_nr = 1 WHERE vorgang = 1 AND name = 'vorpruefung_entscheiden'", "MK-2026-0001#1",
     "ist als geschlossen eingetragen; nach den Ereignissen läuft sie noch."),
    ("UPDATE frist SET offen = 1, geschlossen_nr = NULL WHERE vorgang = 3 AND name = 'vorpruefung_entscheiden'", "MK-2026-0003#1",
     "ist nicht als geschlossen eingetragen, wie es die Ereignisse ergeben (mit Ereignis 2)."),
    ("UPDATE frist SET geschlossen_nr = 1 WHERE vorgang = 3 AND name = 'vorpruefung_entscheiden'", "MK-2026-0003#1",
     "ist nicht als geschlossen eingetragen, wie es die Ereignisse ergeben (mit Ereignis 2)."),
    ("UPDATE frist SET anker = '2027-01-07' WHERE vorgang = 1 AND name = 'liegt_noch_bei_uns' AND offen = 1", "MK-2026-0001#1",
     "nennt einen anderen Anker; nach den Ereignissen ist es der 2026-01-07."),
    ("UPDATE frist SET ende = '2026-12-30' WHERE vorgang = 1 AND name = 'vorpruefung_entscheiden'", "MK-2026-0001#1",
     "nennt ein anderes Ende; nach den Ereignissen ist es der 2026-02-04."),
    ("UPDATE frist SET ruht_seit = '2026-01-20' WHERE vorgang = 1 AND name = 'vorpruefung_entscheiden'", "MK-2026-0001#1",
     "ruht anders, als die Ereignisse ergeben."),
    ("DELETE FROM frist WHERE vorgang = 1 AND name = 'vorpruefung_entscheiden'", "MK-2026-0001#1",
     "Die Frist „vorpruefung_entscheiden“ fehlt, obwohl dieses Ereignis sie geöffnet hat."),
    ("INSERT INTO frist (vorgang, name, schluessel, anker, ende, naechste, stufe, regel, profil, geoeffnet_nr, offen) "
     "VALUES (3, 'eilmeldung', '', '2026-01-07', '2026-01-08', '2026-01-08', 0, '{}', 'x', 1, 1)",
     "MK-2026-0003#1", "erklärt kein Ereignis."),
]


@pytest.mark.parametrize("nr", range(len(FRISTEN)))
def test_jede_frist_ergibt_sich_aus_den_ereignissen(mit_fristen: Datenbank, nr: int) -> None:
    befehl, ort, grund = FRISTEN[nr]
    _faelsche(mit_fristen, befehl)
    ((gefunden, satz),) = _pruefe(mit_fristen).fehler
    assert gefunden == ort and satz.endswith(grund)


def test_der_uebergeordnete_vorgang_ist_der_genannte(mit_fristen: Datenbank) -> None:
    """Über ihn bekommt jemand Zugang: als Mitglied einer Arbeitsgruppe zu deren Zielsystem."""
    _faelsche(mit_fristen, "UPDATE vorgang SET eltern = 2 WHERE id = 1")
    assert _pruefe(mit_fristen).fehler == [("MK-2026-0001", "Am Vorgang steht etwas anderes als in seinem Inhalt: übergeordneter Vorgang.")]


def test_alle_siegel_geloescht_faellt_auf(geschichte: Datenbank) -> None:
    _faelsche(geschichte, "DELETE FROM siegel")
    assert _pruefe(geschichte).fehler == [("Siegel", "Siegel fehlen oder sind ersetzt (1); das letzte davon galt bis zum Ereignis 9.")]


def test_auch_wer_die_kopfzeile_mitloescht_wird_bemerkt(geschichte: Datenbank) -> None:
    """Dann verrät es das Protokoll; fehlt auch das, sind die Ereignisse ungesiegelt und alt, und ein neues Siegel heilt es nicht."""
    _faelsche(geschichte, "DELETE FROM siegel", "DELETE FROM herzschlag")
    geschichte.in_transaktion(lambda s: siegele(s, JETZT + timedelta(days=3)))
    assert _pruefe(geschichte).fehler == [("Siegel", "Siegel fehlen oder sind ersetzt (1); das letzte davon galt bis zum Ereignis 9.")]
    _faelsche(geschichte, "DELETE FROM siegel", "DELETE FROM herzschlag", "DELETE FROM protokoll WHERE was = 'gesiegelt'")
    assert _pruefe(geschichte).ok
    with geschichte.lesen() as s:
        ((ort, satz),) = pruefe(s, JETZT + timedelta(days=3)).fehler
    assert ort == "Siegel" and satz == "Seit dem 07.01.2026 ist nichts mehr gesiegelt, oder Siegel sind entfernt worden."


def test_nach_einem_tag_muss_gesiegelt_sein(geschichte: Datenbank, umfeld: Umfeld) -> None:
    melde(geschichte, umfeld)
    with geschichte.lesen() as s:
        assert pruefe(s, JETZT + timedelta(hours=23)).ok and not pruefe(s, JETZT + timedelta(hours=25)).ok
        assert not any("gesiegelt" in m.betrieb for m in maengel(s, JETZT + timedelta(hours=23)))
        (mangel,) = [m for m in maengel(s, JETZT + timedelta(hours=25)) if "gesiegelt" in m.betrieb]
    assert "kreislauf fristen --jetzt" in mangel.betrieb and "Systemverwaltung" in mangel.fachlich
    geschichte.in_transaktion(lambda s: siegele(s, JETZT + timedelta(hours=25)))
    with geschichte.lesen() as s:
        assert pruefe(s, JETZT + timedelta(hours=25)).ok


def test_ein_vorgang_mit_kette_und_letztem_siegel_geloescht_faellt_auf(geschichte: Datenbank, umfeld: Umfeld) -> None:
    melde(geschichte, umfeld)
    geschichte.in_transaktion(lambda s: siegele(s, JETZT + timedelta(days=1)))
    assert _pruefe(geschichte).ok
    tabellen = ("suchtext", "frist", "ausgang", "beteiligung", "ereignis_inhalt", "ereignis")
    _faelsche(geschichte, "DELETE FROM siegel WHERE id = (SELECT max(id) FROM siegel)",
              *(f"DELETE FROM {t} WHERE vorgang = 4" for t in tabellen),
              "DELETE FROM vorgang WHERE id = 4")
    assert ("Siegel", "Siegel fehlen oder sind ersetzt (1); das letzte davon galt bis zum Ereignis 10.") in _pruefe(geschichte).fehler


def test_ein_fehlendes_siegel_mittendrin_faellt_auf(geschichte: Datenbank, umfeld: Umfeld) -> None:
    melde(geschichte, umfeld)
    geschichte.in_transaktion(lambda s: siegele(s, JETZT + timedelta(days=1)))
    melde(geschichte, umfeld)
    geschichte.in_transaktion(lambda s: siegele(s, JETZT + timedelta(days=30)))  # nach einem langen Ausfall genügt das nächste
    assert _pruefe(geschichte).ok
    _faelsche(geschichte, "DELETE FROM siegel WHERE id = 2")
    assert _pruefe(geschichte).fehler[0][0] == "Siegel 3"
