"""Die Befehle der Kommandozeile, je auf dem ganzen Weg: was sie ausgeben, womit sie enden, was sie hinterlassen."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
from pathlib import Path
from time import sleep
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest

from service import datenhaltung
from service.befehle import betrieb
from service.migrations import STAENDE, TABELLE
from service.profil import DEMONSTRATION
from service.prozessbild import dokument
from states.kette import PROZESSE
from tests.aufruf import BEFEHL, DATEI, FEHLERHAFT, MELDUNGEN, Lauf, anfrage, prozess, umgebung
from tests.datenbild import Anleger


# --- import -----------------------------------------------------------------------------------------------------------


def test_der_erste_import_richtet_alles_ein(ort: Path) -> None:
    fertig = prozess("import", MELDUNGEN)
    assert fertig.returncode == 0, fertig.stderr
    assert fertig.stdout == "Aufgenommen: 160\nSchon vorhanden: 0\nAbgelehnt: 0\n"
    assert "die Datenbank daten/kreislauf.sqlite wird angelegt" in fertig.stderr and "Das Profil" in fertig.stderr
    assert (stat.S_IMODE(Path("daten").stat().st_mode), stat.S_IMODE(DATEI.stat().st_mode)) == (0o700, 0o600)
    assert anfrage("SELECT DISTINCT systemkonto FROM protokoll") == [(betrieb.systemkonto(),)]
    assert anfrage("SELECT count(*) FROM vorgang WHERE zustaendig IS NULL") == [(0,)]


def test_import_gibt_mit_json_nur_json_aus(gefuellt: None) -> None:
    fertig = prozess("import", "--json", FEHLERHAFT)
    ergebnis = json.loads(fertig.stdout)
    assert fertig.returncode == 1
    assert list(ergebnis) == ["angenommen", "bereits_vorhanden", "abgelehnt"]
    assert (ergebnis["angenommen"], ergebnis["bereits_vorhanden"], len(ergebnis["abgelehnt"])) == (4, 1, 35)
    assert all(list(a) == ["zeile", "feld", "grund"] for a in ergebnis["abgelehnt"])
    assert "Zeile 1: Am Anfang" in fertig.stderr


def test_import_nennt_jede_abgelehnte_zeile(lauf: Lauf, gefuellt: None) -> None:
    ende, aus, _ = lauf("import", FEHLERHAFT)
    assert ende == 1
    assert "Zeile 11, kommune: Diese Kommune gehört nicht zum Gebiet dieses Integrationsmanagements." in aus.splitlines()
    assert "Zeile 24, geschaeftszeichen: Das Geschäftszeichen MK-2026-0001 ist schon mit anderem Inhalt vergeben." in aus
    assert len({z.split(",")[0].split(":")[0] for z in aus.splitlines() if z.startswith("Zeile ")}) == 35


def test_ein_zweiter_import_aendert_nichts(lauf: Lauf, gefuellt: None) -> None:
    vorher = anfrage("SELECT * FROM ereignis ORDER BY id")
    ende, aus, fehler = lauf("import", MELDUNGEN, "--json")
    assert ende == 0 and json.loads(aus) == {"angenommen": 0, "bereits_vorhanden": 160, "abgelehnt": []}
    assert "angelegt" not in fehler
    assert anfrage("SELECT * FROM ereignis ORDER BY id") == vorher


def test_import_auf_postgresql(lauf: Lauf, anlegen: Anleger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KREISLAUF_DB", anlegen("postgres").adresse)
    ende, aus, fehler = lauf("import", MELDUNGEN, "--json")
    assert (ende, json.loads(aus)["angenommen"]) == (0, 160), fehler
    assert lauf("pruefen")[0] == lauf("db", "check")[0] == 0
    assert not DATEI.exists()


def test_mit_strg_c_bricht_der_import_ab(ort: Path) -> None:
    leitung = ort / "leitung.jsonl"
    os.mkfifo(leitung)
    # ein im Hintergrund gestarteter Testlauf vererbte sonst, dass er Strg+C überhört
    laufend = subprocess.Popen([*BEFEHL, "import", leitung], env=umgebung(), text=True, stderr=subprocess.PIPE,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    with leitung.open("w"):  # kommt erst zurück, wenn der Import liest
        laufend.send_signal(signal.SIGINT)
        fehler = laufend.communicate(timeout=60)[1]
    assert laufend.returncode == 130 and "Abgebrochen." in fehler and "Traceback" not in fehler


# --- lesen ------------------------------------------------------------------------------------------------------------


def test_spur(lauf: Lauf, gefuellt: None) -> None:
    ende, aus, _ = lauf("spur", "MK-2026-0001", "--json")
    (knoten,) = json.loads(aus)["knoten"]
    assert ende == 0 and json.loads(aus)["kanten"] == []
    assert list(knoten) == ["key", "art", "zustand", "titel"] and knoten["zustand"] == "eingegangen"
    assert "[Eingegangen]" in lauf("spur", "MK-2026-0001")[1]
    assert lauf("spur", "MK-1") == (2, "", "Den Vorgang MK-1 gibt es nicht.\n")


def test_pruefen_findet_eine_veraenderung(lauf: Lauf, gefuellt: None) -> None:
    assert json.loads(lauf("pruefen", "--json")[1]) == {"ok": True, "ereignisse": 160, "fehler": []}
    assert "Die Geschichte ist unverändert." in lauf("pruefen")[1]
    with sqlite.connect(DATEI) as c:
        for (name,) in list(c.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ereignis'")):
            c.execute(f"DROP TRIGGER {name}")
        c.execute("UPDATE ereignis SET person = 'jemand' WHERE id = 7")
    ende, aus, _ = lauf("pruefen", "--json")
    befund = json.loads(aus)
    assert (ende, befund["ok"], befund["ereignisse"]) == (1, False, 160)
    assert [(f["position"], list(f)) for f in befund["fehler"]] == [("MK-2026-0007#1", ["position", "grund"])]
    assert lauf("pruefen")[0] == 1


def test_pruefen_meldet_eine_beschaedigte_datei(lauf: Lauf, gefuellt: None) -> None:
    """Überschrieben wird eine Seite der Tabelle, die beim Öffnen noch niemand liest."""
    (seite,) = anfrage("SELECT rootpage FROM sqlite_master WHERE name = 'ereignis_inhalt'")[0]
    (groesse,) = anfrage("PRAGMA page_size")[0]
    anfrage("PRAGMA wal_checkpoint(TRUNCATE)")
    with DATEI.open("r+b") as datei:
        datei.seek((seite - 1) * groesse)
        datei.write(b"\xff" * groesse)
    ende, aus, fehler = lauf("pruefen", "--json")
    assert ende == 1 and json.loads(aus)["fehler"][0]["position"] == "Datenbank", fehler


def test_prozess(lauf: Lauf) -> None:
    alle = lauf("prozess")[1]
    assert all(p.bezeichnung in alle for p in PROZESSE.values())
    eine = lauf("prozess", "massnahme", "--mermaid")[1]
    assert eine.count("stateDiagram-v2") == 1 and lauf("prozess", "--mermaid")[1].count("stateDiagram-v2") == len(PROZESSE)
    assert lauf("prozess", "--markdown") == (0, dokument(), "")
    assert "## Meldebogen" in lauf("prozess", "meldebogen", "--markdown")[1]
    assert not DATEI.exists()


# --- fristen ----------------------------------------------------------------------------------------------------------


def test_fristen_berechne_braucht_keine_datenbank(lauf: Lauf) -> None:
    ende, aus, fehler = lauf("fristen", "berechne", "2027-01-31", "1 Monat", "--json")
    ergebnis = json.loads(aus)
    assert (ende, list(ergebnis), ergebnis["ende"], fehler) == (0, ["ende", "herleitung"], "2027-03-01", "")
    assert len(ergebnis["herleitung"]) == 3
    assert lauf("fristen", "berechne", "31.01.2027", "1 Monat")[1].splitlines()[0] == "01.03.2027"
    assert json.loads(lauf("fristen", "berechne", "2027-01-31", "10 WT", "--rueckwaerts", "--json")[1])["ende"] == "2027-01-18"
    assert json.loads(lauf("fristen", "--json", "berechne", "2027-01-31", "1 Monat")[1]) == ergebnis
    assert not Path("daten").exists()


def test_fristen_berechne_kennt_die_schliesstage_des_uebernommenen_profils(lauf: Lauf, ort: Path) -> None:
    """Der 6.7.2027 ist ein gewöhnlicher Dienstag; erst das übernommene Profil macht ihn zum Schließtag."""
    mit_schliesstag = _profil(ort, "2027-07-06")
    assert '"2027-07-06"' in lauf("fristen", "berechne", "2027-07-05", "1 Tag", "--json")[1]
    assert lauf("profil", "uebernehmen", mit_schliesstag)[0] == 0
    assert '"2027-07-07"' in lauf("fristen", "berechne", "2027-07-05", "1 Tag", "--json")[1]


def _profil(ort: Path, *schliesstage: str) -> Path:
    text = DEMONSTRATION.read_text()
    neu, zahl = re.subn(r"^schliesstage = \[.*?\]", f"schliesstage = {json.dumps(schliesstage)}", text, flags=re.M | re.S)
    assert zahl == 1
    (ort / "profil.toml").write_text(neu)
    return ort / "profil.toml"


def test_fristen_jetzt(lauf: Lauf, gefuellt: None) -> None:
    ende, aus, _ = lauf("fristen", "--jetzt", "--json")
    eilige = anfrage("SELECT count(*) FROM frist WHERE name = 'eilmeldung'")[0][0]
    assert (ende, json.loads(aus)) == (0, {"erinnert": eilige, "geschaltet": 0, "gescheitert": [], "gesiegelt": 160})
    assert eilige > 0
    assert json.loads(lauf("fristen", "--jetzt", "--json")[1]) == {"erinnert": 0, "geschaltet": 0, "gescheitert": [], "gesiegelt": 0}
    assert "Ereignisse gesiegelt: 0" in lauf("fristen", "--jetzt")[1]


def test_fristen_jetzt_richtet_einen_leeren_ort_ein(lauf: Lauf) -> None:
    ende, _, fehler = lauf("fristen", "--jetzt")
    assert ende == 0 and DATEI.exists() and "wird angelegt" in fehler


# --- profil, db, config -----------------------------------------------------------------------------------------------


def test_profil_pruefen(lauf: Lauf, ort: Path) -> None:
    assert lauf("profil", "pruefen", _profil(ort))[0] == 0
    (ort / "mangel.toml").write_text((ort / "profil.toml").read_text().replace("kurz = ", "kurtz = ", 1))
    ende, aus, _ = lauf("profil", "pruefen", "mangel.toml")
    assert ende == 1 and re.search(r"^Zeile \d+, kurtz: ", aus, re.M)
    assert lauf("profil", "uebernehmen", "mangel.toml")[0] == 1
    assert lauf("profil", "pruefen", "fehlt.toml")[0] == 2
    assert not DATEI.exists()


def test_eine_datei_die_sich_nicht_lesen_laesst_ist_falscher_gebrauch(lauf: Lauf, ort: Path) -> None:
    for befehl in (("profil", "pruefen", "nix.toml"), ("profil", "uebernehmen", "nix.toml"), ("import", "nix.jsonl")):
        ende, aus, fehler = lauf(*befehl)
        assert (ende, aus) == (2, "") and "lässt sich nicht lesen" in fehler, befehl
    assert lauf("profil", "pruefen", ort)[0] == 2


def test_profil_uebernehmen_nennt_was_sich_aendert(lauf: Lauf, ort: Path) -> None:
    assert lauf("profil", "uebernehmen", DEMONSTRATION)[0] == 0
    assert anfrage("SELECT count(*) FROM person") == [(0,)]
    ende, aus, _ = lauf("profil", "uebernehmen", _profil(ort, "2027-07-06"), "--mit-konten")
    assert ende == 0 and "Die Liste der Schließtage ändert sich" in aus and "gilt ab jetzt" in aus
    assert anfrage("SELECT count(*) > 0 FROM person") == [(1,)]


def test_ein_unbrauchbares_profil_haelt_den_ersten_import_an(lauf: Lauf, ort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (ort / "leer.toml").write_text("")
    monkeypatch.setenv("KREISLAUF_PROFIL", "leer.toml")
    ende, aus, fehler = lauf("import", MELDUNGEN, "--json")
    assert (ende, aus) == (2, "") and "kreislauf profil pruefen leer.toml" in fehler


def test_db_upgrade_check_backup_restore(lauf: Lauf, ort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ist angelegt" in lauf("db", "upgrade")[1] and "war schon" in lauf("db", "upgrade")[1]
    assert lauf("import", MELDUNGEN)[0] == 0
    assert lauf("db", "check")[0] == 0
    ende, aus, _ = lauf("db", "backup", "s.zip")
    assert ende == 0 and re.search(r"^SHA-256 [0-9a-f]{64}$", aus, re.M)
    assert lauf("db", "backup", "s.zip")[0] == 2
    assert lauf("db", "restore", "s.zip")[0] == 2  # nicht leer
    monkeypatch.setenv("KREISLAUF_DATEN", str(ort / "neu"))
    ende, aus, fehler = lauf("db", "restore", "s.zip")
    assert (ende, "160 Ereignisse" in aus) == (0, True), fehler
    assert lauf("pruefen")[0] == lauf("db", "check")[0] == 0


def test_eine_veraenderte_sicherung_ist_ein_befund(lauf: Lauf, gefuellt: None, ort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lauf("db", "backup", "s.zip")
    inhalt = bytearray((ort / "s.zip").read_bytes())
    inhalt[len(inhalt) // 2] ^= 0xFF
    (ort / "s.zip").write_bytes(inhalt)
    monkeypatch.setenv("KREISLAUF_DATEN", str(ort / "neu"))
    ende, aus, fehler = lauf("db", "restore", "s.zip")
    assert (ende, aus) == (1, "") and "beschädigt oder verändert" in fehler


def test_db_check_findet_einen_falschen_zaehler(lauf: Lauf, gefuellt: None) -> None:
    with sqlite.connect(DATEI) as c:
        c.execute("UPDATE zaehler SET anzahl = anzahl + 1 WHERE bereich = (SELECT min(bereich) FROM zaehler)")
    ende, aus, _ = lauf("db", "check")
    assert ende == 1 and "Der Zähler für meldebogen" in aus


_BRAUCHEN_EINE = [("import", MELDUNGEN), ("fristen", "--jetzt"), ("spur", "X"), ("pruefen",), ("demo",)]


@pytest.mark.parametrize("befehl", _BRAUCHEN_EINE, ids=lambda b: b[0])
def test_nichts_wird_von_selbst_angehoben(lauf: Lauf, befehl: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Weder eine Datenbank, die älter ist als das Programm, noch eine jüngere."""
    lauf("db", "upgrade")
    with monkeypatch.context() as spaeter:
        spaeter.setattr(datenhaltung, "STAENDE", (*STAENDE, "9999"))
        ende, aus, fehler = lauf(*befehl)
    assert (ende, aus) == (2, "") and "kreislauf db upgrade" in fehler
    anfrage(f"UPDATE {TABELLE} SET version_num = '9999'")
    ende, aus, fehler = lauf(*befehl)
    assert (ende, aus) == (2, "") and "die neuere Fassung des Programms" in fehler


def test_config_check(lauf: Lauf, monkeypatch: pytest.MonkeyPatch) -> None:
    ende, aus, _ = lauf("config", "check")
    assert ende == 0 and "KREISLAUF_DB     = daten/kreislauf.sqlite" in aus
    monkeypatch.setenv("KREISLAUF_DB", "postgresql://k:geheim@rechner/db")
    monkeypatch.setenv("KREISLAUF_PROFILE", "x")
    ende, aus, fehler = lauf("config", "check")
    assert ende == 1 and "Meinten Sie KREISLAUF_PROFIL?" in aus and "geheim" not in aus + fehler
    monkeypatch.setenv("KREISLAUF_PORT", "viele")
    assert lauf("config", "check")[:2] == (1, "KREISLAUF_PORT muss eine ganze Zahl zwischen 1 und 65535 sein.\n")
    assert lauf("pruefen") == (2, "", "KREISLAUF_PORT muss eine ganze Zahl zwischen 1 und 65535 sein.\n")
    assert not Path("daten").exists()


# --- demo (die ganze Geschichte spielt test_demo) ----------------------------------------------------------------------


def test_demo_leer_legt_nur_profil_und_konten_an(lauf: Lauf) -> None:
    ende, aus, fehler = lauf("demo", "--leer")
    assert ende == 0 and "Vorgänge gibt es noch keine" in aus and "wird angelegt" in fehler
    assert anfrage("SELECT (SELECT count(*) FROM vorgang), (SELECT count(*) FROM profil), (SELECT count(*) > 0 FROM person)") == [(0, 1, 1)]
    assert lauf("demo", "--leer")[0] == 0 and lauf("db", "check")[0] == 0


def test_demo_laesst_einen_gefuellten_ordner_wie_er_ist(lauf: Lauf, gefuellt: None) -> None:
    ende, aus, _ = lauf("demo")
    assert ende == 0 and "es bleibt alles, wie es ist" in aus
    assert anfrage("SELECT count(*) FROM vorgang") == [(160,)]


def test_demo_verdraengt_kein_anderes_profil(lauf: Lauf, ort: Path) -> None:
    lauf("profil", "uebernehmen", _profil(ort, "2027-07-06"))
    ende, aus, fehler = lauf("demo")
    assert (ende, aus) == (2, "") and "Hier gilt schon das Profil" in fehler


def test_eine_abgebrochene_vorfuehrung_gibt_sich_nicht_als_ganze_aus(lauf: Lauf) -> None:
    lauf("demo", "--leer")
    spielend = subprocess.Popen([*BEFEHL, "demo"], env=umgebung(), stdout=subprocess.DEVNULL)
    while anfrage("SELECT count(*) FROM vorgang")[0][0] < 3:
        assert spielend.poll() is None, "zu Ende erzählt, ehe jemand abbrechen konnte"
        sleep(0.02)
    spielend.kill()
    spielend.wait(30)
    ende, aus, fehler = lauf("demo")
    assert (ende, aus) == (2, "") and "abgebrochen worden" in fehler
    befunde = json.loads(lauf("pruefen", "--json")[1])["fehler"]
    assert [b for b in befunde if b["position"] != "Siegel"] == [], "nur das Siegel des angebrochenen Tages darf fehlen"


def test_die_vorfuehrung_spielt_nicht_in_einer_anderen_kommune(lauf: Lauf, ort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KREISLAUF_PROFIL", str(_profil(ort)))
    ende, _, fehler = lauf("demo", "--leer")
    assert ende != 0 and "KREISLAUF_PROFIL" in fehler and not DATEI.exists()
