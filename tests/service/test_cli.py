"""Die Kommandozeile: deutsch, mit verlässlichem Ende und reiner Ausgabe; einiges als eigener Prozess, das meiste über main()."""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest

from service import datenhaltung
from service.befehle import argumente, betrieb, sprache
from service.befehle.ausgabe import Fortschritt
from service.cli import main
from service.db import Datenbank
from service.errors import Betriebsfehler
from service.migrations import STAENDE, TABELLE
from service.profil import DEMONSTRATION
from states.kette import PROZESSE
from tests.datenbild import Anleger

WURZEL = Path(__file__).parent.parent.parent
DATEN = WURZEL / "tests" / "daten"
MELDUNGEN = DATEN / "meldungen.jsonl"
FEHLERHAFT = DATEN / "meldungen_fehlerhaft.jsonl"
DATEI = Path("daten") / "kreislauf.sqlite"

Ergebnis = tuple[int, str, str]
Lauf = Callable[..., Ergebnis]


@pytest.fixture(autouse=True)
def ort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ein leerer Ordner ohne Einstellungen."""
    for name in [n for n in os.environ if n.startswith("KREISLAUF_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lauf(capsys: pytest.CaptureFixture[str]) -> Lauf:
    """Ruft main() auf: (Ende, Standardausgabe, Fehlerausgabe)."""

    def rufe(*argv: str | Path) -> Ergebnis:
        capsys.readouterr()
        try:
            ende = main([str(a) for a in argv])
        except SystemExit as schluss:
            ende = int(schluss.code or 0)
        return ende, *capsys.readouterr()

    return rufe


@pytest.fixture
def gefuellt(lauf: Lauf) -> None:
    assert lauf("import", MELDUNGEN)[0] == 0


def umgebung(**weitere: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(WURZEL), **weitere}


def prozess(*argv: str | Path, **weitere: str) -> subprocess.CompletedProcess[str]:
    befehl = [sys.executable, "-m", "service.cli", *argv]
    return subprocess.run(befehl, capture_output=True, text=True, env=umgebung(**weitere), timeout=120)


def anfrage(sql: str) -> list[Any]:
    with sqlite.connect(DATEI) as c:
        return list(c.execute(sql))


# --- Hilfe und falscher Aufruf ----------------------------------------------------------------------------------------


def befehle(leser: argparse.ArgumentParser | None = None, weg: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    leser = leser or argumente.leser()
    yield weg
    for aktion in leser._actions:
        if isinstance(aktion, argparse._SubParsersAction):
            for name, unter in aktion.choices.items():
                yield from befehle(unter, (*weg, name))


BEFEHLE = list(befehle())


def test_es_gibt_genau_diese_befehle() -> None:
    namen = {" ".join(b) for b in BEFEHLE}
    assert namen == {"", "demo", "import", "spur", "prozess", "pruefen", "fristen", "fristen berechne", "profil", "profil pruefen",
                     "profil uebernehmen", "db", "db upgrade", "db check", "db backup", "db restore", "config", "config check"}  # fmt: skip


@pytest.mark.parametrize("befehl", BEFEHLE, ids=" ".join)
def test_die_seite_der_befehle_zeigt_jede_hilfe(lauf: Lauf, befehl: tuple[str, ...]) -> None:
    ende, hilfe, _ = lauf(*befehl, "--help")
    seite = (WURZEL / "docs" / "befehle.md").read_text()
    bloecke = {" ".join(b.split()) for b in re.findall(r"^```text\n(.*?)^```", seite, re.M | re.S)}
    assert ende == 0
    assert " ".join(hilfe.split()) in bloecke


@pytest.mark.parametrize("befehl", BEFEHLE, ids=" ".join)
def test_die_hilfe_ist_deutsch(lauf: Lauf, befehl: tuple[str, ...]) -> None:
    hilfe = lauf(*befehl, "--help")[1]
    assert hilfe.startswith("Aufruf: kreislauf") and "diese Hilfe zeigen und enden" in hilfe
    assert not re.search(r"\b(?:usage|options|positional|show this|error|help message)\b", hilfe)


def test_jedes_wort_von_argparse_ist_uebersetzt() -> None:
    """Eine neue Fassung von Python kann Wörter hinzubringen; was nur Programmierfehler meldet, darf englisch bleiben."""
    nur_fuer_uns = {
        ".__call__() not defined", "conflicting subparser: %s", "conflicting subparser alias: %s", 'argument "-" with mode %r',
        "cannot merge actions - two groups are named %r", "'required' is an invalid argument for positionals",
        "invalid option string %(option)r: must start with a character %(prefix_chars)r", "dest= is required for options like %r",
        "invalid conflict_resolution value: %r", "conflicting option string: %s", "conflicting option strings: %s",
        "mutually exclusive arguments must be optional", "cannot have multiple subparser arguments", "%r is not callable",
        "command '%(parser_name)s' is deprecated", "option '%(option)s' is deprecated", "argument '%(argument_name)s' is deprecated",
    }  # fmt: skip
    aufrufe = [k for k in ast.walk(ast.parse(inspect.getsource(argparse))) if isinstance(k, ast.Call) and isinstance(k.func, ast.Name)]
    woerter = {a.value for k in aufrufe if k.func.id in {"_", "ngettext"} for a in k.args  # type: ignore[attr-defined]
               if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    assert len(woerter) > 20
    assert woerter - sprache.WOERTER.keys() - nur_fuer_uns == set()


def test_argparse_spricht_danach_wieder_wie_zuvor(lauf: Lauf) -> None:
    vorher = argparse._  # type: ignore[attr-defined]
    lauf("--help")
    lauf("gibtesnicht")
    assert argparse._ is vorher  # type: ignore[attr-defined]
    assert argparse.ArgumentParser(prog="x").format_usage().startswith("usage: ")


@pytest.mark.parametrize(
    ("argv", "satz"),
    [
        ((), "Es fehlt eine Angabe: BEFEHL."),
        (("gibtesnicht",), "'gibtesnicht' gibt es hier nicht; möglich sind"),
        (("import",), "Es fehlt eine Angabe: DATEI."),
        (("spur", "X", "--jsn"), "Diese Angabe gibt es hier nicht: --jsn."),
        (("spur", "X", "--jso"), "Diese Angabe gibt es hier nicht: --jso."),  # keine Abkürzungen
        (("spur", "X", "--json=ja"), "Hier ist kein Wert vorgesehen"),
        (("prozess", "--mermaid", "--markdown"), "Das verträgt sich nicht mit --mermaid."),
        (("fristen",), "entweder --jetzt oder den Befehl berechne"),
        (("fristen", "--jetzt", "berechne", "2027-01-31", "1 Monat"), "entweder --jetzt oder den Befehl berechne"),
        (("fristen", "berechne", "2027-02-30", "1 Monat"), "Den Tag „2027-02-30“ gibt es nicht."),
        (("fristen", "berechne", "2027-01-31", "bald"), "„bald“ ist keine Dauer."),
        (("prozess", "gibtesnicht"), "Die Art „gibtesnicht“ gibt es nicht; möglich sind meldebogen,"),
        (("import", "fehlt.jsonl"), "Die Datei fehlt.jsonl lässt sich nicht lesen (es gibt sie nicht)."),
        (("import", "."), "Die Datei . lässt sich nicht lesen (das ist ein Ordner)."),
        (("spur", "X"), "gibt es noch keine Datenbank. Bitte rufen Sie „kreislauf db upgrade“ auf."),
        (("pruefen", "--json"), "gibt es noch keine Datenbank."),
    ],
)
def test_falscher_aufruf_ist_ein_deutscher_satz(lauf: Lauf, argv: tuple[str, ...], satz: str) -> None:
    ende, aus, fehler = lauf(*argv)
    assert (ende, aus) == (2, "")
    assert satz in fehler and "Traceback" not in fehler
    assert not DATEI.exists()


def test_version(lauf: Lauf) -> None:
    ende, aus, _ = lauf("--version")
    assert ende == 0 and re.fullmatch(r"kreislauf \S.*\n", aus)


def test_die_hilfe_laedt_keine_datenbank() -> None:
    frage = "import sys; from service.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules, file=sys.stderr)"
    fertig = subprocess.run([sys.executable, "-c", frage], capture_output=True, text=True, env=umgebung(), check=True)
    assert "Befehle:" in fertig.stdout
    geladen = set(fertig.stderr.split())
    assert "service.cli" in geladen
    assert not {"sqlalchemy", "holidays", "pydantic", "psycopg", "transitions", "service.db"} & geladen


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
    assert "Zeile 11, kommune: Diese Kommune gehört nicht zum Gebiet des Kreises." in aus.splitlines()
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
    laufend = subprocess.Popen([sys.executable, "-m", "service.cli", "import", leitung], env=umgebung(), text=True, stderr=subprocess.PIPE)
    with leitung.open("w"):  # kommt erst zurück, wenn der Import liest
        laufend.send_signal(signal.SIGINT)
        fehler = laufend.communicate(timeout=60)[1]
    assert laufend.returncode == 130 and "Abgebrochen." in fehler and "Traceback" not in fehler


class Schirm(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_fortschritt_erneuert_eine_zeile_und_raeumt_sie_weg() -> None:
    schirm = Schirm()
    fortschritt = Fortschritt(schirm)
    for text in ("zu früh", "lange Zeile", "kurz"):
        fortschritt.zeige(text)
        sleep(0.11)
    fortschritt.ende()
    assert schirm.getvalue() == "\rlange Zeile\rkurz       \r    \r"


def test_fortschritt_haelt_sich_zurueck_wenn_niemand_am_bildschirm_sitzt() -> None:
    datei = io.StringIO()
    fortschritt = Fortschritt(datei)
    fortschritt.zeige("eins")
    fortschritt.ende()
    assert datei.getvalue() == ""


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
    assert lauf("prozess", "--markdown") == (0, (WURZEL / "docs" / "prozess.md").read_text(), "")
    assert "## Meldebogen" in lauf("prozess", "meldebogen", "--markdown")[1]
    assert not DATEI.exists()


def test_wer_nicht_weiterliest_bekommt_keine_fehlerspur() -> None:
    befehl = [sys.executable, "-m", "service.cli", "prozess"]
    leitung = subprocess.Popen(befehl, env=umgebung(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert leitung.stdout is not None and leitung.stderr is not None
    leitung.stdout.readline()
    leitung.stdout.close()
    assert leitung.stderr.read() == b""
    assert leitung.wait(30) == 141


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
    assert lauf("profil", "pruefen", "fehlt.toml")[0] == 1
    assert not DATEI.exists()


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
    spielend = subprocess.Popen([sys.executable, "-m", "service.cli", "demo"], env=umgebung(), stdout=subprocess.DEVNULL)
    frist = monotonic() + 60
    while anfrage("SELECT count(*) FROM vorgang")[0][0] < 3 and monotonic() < frist:
        sleep(0.02)
    spielend.kill()
    spielend.wait(30)
    ende, aus, fehler = lauf("demo")
    assert (ende, aus) == (2, "") and "abgebrochen worden" in fehler
    assert lauf("pruefen")[0] == 0


# --- wenn etwas nicht geht --------------------------------------------------------------------------------------------


def test_eine_unerreichbare_datenbank_ist_ein_satz(lauf: Lauf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KREISLAUF_DB", "postgresql://k:geheim@127.0.0.1:1/db")
    ende, aus, fehler = lauf("pruefen", "--json")
    assert (ende, aus) == (2, "") and "Die Datenbank lässt sich nicht verwenden." in fehler and "geheim" not in fehler


def test_eine_volle_platte_ist_ein_satz(ort: Path) -> None:
    """Nachgestellt mit einer Grenze für die Zahl der Seiten."""
    with pytest.raises(Betriebsfehler, match="der Platz reicht nicht"):
        db = Datenbank(ort / "voll.sqlite")
        with betrieb.geschlossen(db), db.transaktion() as s:
            s.wert("PRAGMA max_page_count = 2")
            s.fuehre("CREATE TABLE t (x TEXT)")
            for _ in range(50):
                s.fuehre("INSERT INTO t VALUES (:x)", {"x": "y" * 4000})


def test_ein_fehler_im_programm_behaelt_seine_spur(gefuellt: None) -> None:
    with sqlite.connect(DATEI) as c:
        c.execute("ALTER TABLE verbindung RENAME TO woanders")
    fertig = prozess("spur", "MK-2026-0001", "--json")
    assert (fertig.returncode, fertig.stdout) == (3, "")
    assert "Traceback" in fertig.stderr and "no such table: verbindung" in fertig.stderr
    assert "Das ist ein Fehler im Programm." in fertig.stderr


def test_ein_anderes_gebietsschema_stoert_nicht(gefuellt: None) -> None:
    fertig = subprocess.run([sys.executable, "-m", "service.cli", "spur", "MK-2026-0001", "--json"], capture_output=True,
                            env=umgebung(PYTHONIOENCODING="latin-1", LC_ALL="C", PYTHONUTF8="0"), timeout=60)
    assert fertig.returncode == 0 and "EU-Bürgerinnen" in fertig.stdout.decode()
    assert "ü" in json.loads(fertig.stdout)["knoten"][0]["titel"]


def test_das_konto_kommt_nicht_aus_der_umgebung(monkeypatch: pytest.MonkeyPatch) -> None:
    vorher = betrieb.systemkonto()
    monkeypatch.setenv("LOGNAME", "jemand-anders")
    monkeypatch.setenv("USER", "jemand-anders")
    assert betrieb.systemkonto() == vorher != "jemand-anders"
