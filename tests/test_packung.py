"""Was ausgeliefert wird: das Wheel mit genau den vier Paketen, allein in einer leeren Umgebung startbar."""

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from time import sleep

import pytest

WURZEL = Path(__file__).resolve().parent.parent
PAKETE = {"states", "forms", "service", "workflows"}


def fuehre_aus(*befehl: str | Path, ort: Path, **umgebung: str) -> str:
    """Läuft, ohne vom Quellbaum zu wissen; bricht mit der ganzen Ausgabe ab, wenn etwas misslingt."""
    fremd = {n: w for n, w in os.environ.items() if not n.startswith(("PYTHON", "KREISLAUF_", "VIRTUAL_ENV"))}
    lauf = subprocess.run(befehl, cwd=ort, env=fremd | umgebung, capture_output=True, text=True, check=False)
    assert lauf.returncode == 0, f"{befehl}\n{lauf.stdout}\n{lauf.stderr}"
    return lauf.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ziel = tmp_path_factory.mktemp("dist")
    fuehre_aus(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", ziel, ort=WURZEL)
    (gebaut,) = ziel.glob("kreislauf-*.whl")
    return gebaut


@pytest.fixture(scope="module")
def umgebung(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ordner `bin` einer leeren Umgebung, in der nur die gesperrten Laufzeitpakete und das Wheel liegen."""
    ort = tmp_path_factory.mktemp("leer")
    fuehre_aus(sys.executable, "-m", "venv", ort / "venv", ort=ort)
    pip = (ort / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps")
    fuehre_aus(*pip, "--require-hashes", "-r", WURZEL / "requirements" / "run.txt", ort=ort)
    fuehre_aus(*pip, wheel, ort=ort)
    return ort / "venv" / "bin"


def inhalt(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archiv:
        return set(archiv.namelist())


def beschreibung(wheel: Path) -> str:
    return wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"


def test_wheel_enthaelt_genau_die_vier_pakete(wheel: Path) -> None:
    assert {name.split("/")[0] for name in inhalt(wheel)} == PAKETE | {beschreibung(wheel)}


def test_wheel_enthaelt_jede_datei_der_pakete(wheel: Path) -> None:
    """Vorlagen, Profile und Migrationen sind kein Python und fehlen sonst erst beim Betreiber."""
    vorhanden = {
        p.relative_to(WURZEL).as_posix()
        for paket in PAKETE
        for p in (WURZEL / paket).rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert vorhanden
    assert {name for name in inhalt(wheel) if ".dist-info/" not in name} == vorhanden


def test_wheel_traegt_die_lizenz(wheel: Path) -> None:
    assert f"{beschreibung(wheel)}/licenses/LICENSE" in inhalt(wheel)


@pytest.mark.packung
def test_installiertes_kreislauf_startet_von_einem_fremden_ort(umgebung: Path, tmp_path: Path) -> None:
    assert "demo" in fuehre_aus(umgebung / "kreislauf", "--help", ort=tmp_path)


@pytest.mark.packung
def test_sperrliste_der_laufzeit_ist_vollstaendig(umgebung: Path, tmp_path: Path) -> None:
    fuehre_aus(umgebung / "python", "-m", "pip", "check", ort=tmp_path)


@pytest.mark.packung
def test_installiert_gehoeren_die_vier_namen_uns_allein(umgebung: Path, tmp_path: Path) -> None:
    frage = "import importlib.metadata, json; print(json.dumps(importlib.metadata.packages_distributions()))"
    besitzer = json.loads(fuehre_aus(umgebung / "python", "-c", frage, ort=tmp_path))
    assert {paket: set(besitzer[paket]) for paket in PAKETE} == {paket: {"kreislauf"} for paket in PAKETE}


@pytest.mark.packung
def test_installiertes_kreislauf_legt_einen_datenordner_an(umgebung: Path, tmp_path: Path) -> None:
    """Migrationen und Profil müssen aus dem Wheel kommen, nicht aus dem Quellbaum."""
    daten = tmp_path / "daten"
    fuehre_aus(umgebung / "kreislauf", "demo", "--leer", ort=tmp_path, KREISLAUF_DATEN=str(daten))
    fuehre_aus(umgebung / "kreislauf", "db", "check", ort=tmp_path, KREISLAUF_DATEN=str(daten))


@pytest.mark.packung
def test_installiert_laeuft_eine_geplante_runde(umgebung: Path, tmp_path: Path) -> None:
    """Prefect findet die Flows im Wheel, gleich in welchem Ordner der Worker steht."""
    daten, fremd = tmp_path / "daten", tmp_path / "fremd"
    fremd.mkdir()
    fuehre_aus(umgebung / "kreislauf", "demo", "--leer", ort=fremd, KREISLAUF_DATEN=str(daten))
    rein = {n: w for n, w in os.environ.items() if not n.startswith(("PYTHON", "KREISLAUF_", "PREFECT_", "VIRTUAL_ENV"))}
    eigen = {"KREISLAUF_DATEN": str(daten), "KREISLAUF_TAKT": "5"}
    with subprocess.Popen([umgebung / "kreislauf", "worker"], cwd=fremd, env=rein | eigen) as worker:
        try:
            assert warte_auf_herzschlag(daten / "kreislauf.sqlite")
        finally:
            worker.terminate()
        assert worker.wait(60) == 0
    assert list(fremd.iterdir()) == []


def warte_auf_herzschlag(datei: Path) -> bool:
    for _ in range(300):
        with closing(sqlite3.connect(f"{datei.as_uri()}?mode=ro", uri=True)) as db:
            if db.execute("SELECT 1 FROM herzschlag WHERE name = 'takt'").fetchone():
                return True
        sleep(0.5)
    return False
