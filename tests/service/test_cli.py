"""Die Kommandozeile: deutsche Hilfe, verlässliches Ende, und was geschieht, wenn etwas nicht geht."""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pysqlite3.dbapi2 as sqlite
import pytest

from service.befehle import argumente, betrieb, sprache
from service.befehle.ausgabe import Fortschritt
from service.db import Datenbank
from service.errors import Betriebsfehler
from tests.aufruf import BEFEHL, DATEI, WURZEL, Lauf, prozess, umgebung


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
                     "profil uebernehmen", "db", "db upgrade", "db umstellen", "db check", "db backup", "db restore", "config",
                     "config check", "run", "worker", "web", "ausgang", "konto", "konto einladen"}  # fmt: skip


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


# --- Ausgabe ----------------------------------------------------------------------------------------------------------


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


def test_wer_nicht_weiterliest_bekommt_keine_fehlerspur() -> None:
    befehl = [*BEFEHL, "prozess"]
    leitung = subprocess.Popen(befehl, env=umgebung(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert leitung.stdout is not None and leitung.stderr is not None
    leitung.stdout.readline()
    leitung.stdout.close()
    assert leitung.stderr.read() == b""
    assert leitung.wait(30) == 141


# --- wenn etwas nicht geht --------------------------------------------------------------------------------------------


def test_eine_unerreichbare_datenbank_ist_ein_satz(lauf: Lauf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KREISLAUF_DB", "postgresql://k:geheim@127.0.0.1:1/db")
    ende, aus, fehler = lauf("pruefen", "--json")
    assert (ende, aus) == (2, "") and "Die Datenbank lässt sich nicht verwenden." in fehler and "geheim" not in fehler


def test_eine_volle_platte_ist_ein_satz(ort: Path) -> None:
    """Nachgestellt mit einer Grenze für die Zahl der Seiten."""
    with pytest.raises(Betriebsfehler, match="reicht der Platz nicht"):
        db = Datenbank(ort / "voll.sqlite")
        with betrieb.geschlossen(db), db.transaktion() as s:
            s.wert("PRAGMA max_page_count = 2")
            s.fuehre("CREATE TABLE t (x TEXT)")
            for _ in range(50):
                s.fuehre("INSERT INTO t VALUES (:x)", {"x": "y" * 4000})


def _verdorben(name: str) -> None:
    """Ein Inhalt, den kein Programm je schriebe: Die Meldung dazu nennt ihn."""
    with sqlite.connect(DATEI) as c:
        for (trigger,) in list(c.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            c.execute(f"DROP TRIGGER {trigger}")
        c.execute("PRAGMA ignore_check_constraints = ON")
        c.execute("UPDATE frist SET ende = ? WHERE offen = 1", (name,))


def test_ein_fehler_im_programm_hinterlaesst_seine_spur_ohne_angaben(gefuellt: None) -> None:
    _verdorben("Selamawit")
    fertig = prozess("fristen", "--jetzt", "--json")
    assert (fertig.returncode, fertig.stdout) == (3, "") and "Traceback" not in fertig.stderr
    gefunden = re.search(r"Das ist ein Fehler im Programm; er hat die Nummer ([0-9a-f]{8})\.", fertig.stderr)
    assert gefunden is not None
    datei = Path("daten/fehler") / f"{gefunden[1]}.txt"
    assert str(datei) in fertig.stderr and datei.stat().st_mode & 0o777 == 0o600 and datei.parent.stat().st_mode & 0o777 == 0o700
    spur = datei.read_text()
    assert "ValueError" in spur and "service/fristen.py" in spur and f"Fehler {gefunden[1]} bei „kreislauf fristen" in spur
    assert "Selamawit" not in spur + fertig.stderr


def test_laesst_sich_die_spur_nicht_ablegen_steht_sie_auf_der_fehlerausgabe(gefuellt: None) -> None:
    _verdorben("Selamawit")
    Path("daten/fehler").write_text("im Weg")
    fertig = prozess("fristen", "--jetzt")
    assert fertig.returncode == 3 and "service/fristen.py" in fertig.stderr and "ValueError" in fertig.stderr
    assert "Selamawit" not in fertig.stderr


def test_eine_beschaedigte_datei_ist_ein_satz_und_keine_spur(gefuellt: None) -> None:
    with DATEI.open("r+b") as datei:
        datei.seek(0, 2)
        laenge = datei.tell()
        datei.seek(8192)
        datei.write(b"\xff" * (laenge - 8192))
    for befehl in (("spur", "MK-2026-0001"), ("fristen", "--jetzt"), ("db", "check")):
        fertig = prozess(*befehl)
        assert fertig.returncode in (1, 2) and "beschädigt" in fertig.stderr + fertig.stdout, befehl
        assert "Traceback" not in fertig.stderr and "Fehler im Programm" not in fertig.stderr


def test_eine_volle_ausgabe_ist_ein_satz(gefuellt: None) -> None:
    with Path("/dev/full").open("w") as voll:
        fertig = subprocess.run([*BEFEHL, "spur", "MK-2026-0001", "--json"], stdout=voll, stderr=subprocess.PIPE, text=True,
                                env=umgebung(), timeout=60)
    assert fertig.returncode == 2 and fertig.stderr.splitlines() == [
        "Mit einer Datei oder der Ausgabe ging es nicht weiter: der Datenträger ist voll."]


def test_ein_anderes_gebietsschema_stoert_nicht(gefuellt: None) -> None:
    fertig = subprocess.run([*BEFEHL, "spur", "MK-2026-0001", "--json"], capture_output=True,
                            env=umgebung(PYTHONIOENCODING="latin-1", LC_ALL="C", PYTHONUTF8="0"), timeout=60)
    assert fertig.returncode == 0 and "EU-Bürgerinnen" in fertig.stdout.decode()
    assert "ü" in json.loads(fertig.stdout)["knoten"][0]["titel"]


def test_das_konto_kommt_nicht_aus_der_umgebung(monkeypatch: pytest.MonkeyPatch) -> None:
    vorher = betrieb.systemkonto()
    monkeypatch.setenv("LOGNAME", "jemand-anders")
    monkeypatch.setenv("USER", "jemand-anders")
    assert betrieb.systemkonto() == vorher != "jemand-anders"
