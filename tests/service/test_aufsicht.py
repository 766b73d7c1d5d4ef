"""Die Aufsicht: startet neu, was stirbt, beendet alles mit sich, und Strg+C trifft nur sie."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

WURZEL = Path(__file__).parent.parent.parent
# startet Kinder mit Puls, die nichts tun; der Puls steht in einer Datei
STILL = """
import os, sys, time
from service.aufsicht import Aufsicht, Dienst, Puls
kind = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\\\n'); time.sleep(600)"
dienste = [Dienst(n, (sys.executable, "-c", kind, n), os.environ, braucht=b, schlaegt=n != "drei")
           for n, b in (("eins", ""), ("zwei", "eins"), ("drei", ""))]
open("puls", "w").close()
Aufsicht(dienste, lambda satz: print(satz, flush=True), puls=Puls(lambda: time.time() - os.stat("puls").st_mtime, 4.0)).fuehre()
"""
# startet ein Kind (einen Enkel dazu) unter einer Aufsicht und schreibt die Nummern der Prozesse auf
AUFSICHT = """
import os, sys
from service.aufsicht import Aufsicht, Dienst
kind = "import os, subprocess, sys, time; e = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); " \\
       "open(sys.argv[1], 'a').write(f'{os.getpid()} {e.pid}\\\\n'); time.sleep(600)"
dienste = [Dienst(n, (sys.executable, "-c", kind, n), os.environ, braucht=b) for n, b in (("eins", ""), ("zwei", "eins"))]
Aufsicht(dienste, lambda satz: print(satz, flush=True)).fuehre()
print("zu Ende", flush=True)
"""


@pytest.fixture
def aufsicht(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    umgebung = {**os.environ, "PYTHONPATH": str(WURZEL)}
    skript = getattr(request, "param", AUFSICHT)
    with subprocess.Popen([sys.executable, "-c", skript], cwd=tmp_path, env=umgebung, stdout=subprocess.PIPE, text=True) as prozess:
        yield prozess
        prozess.kill()


def warte(bis: float, worauf: str, bedingung: object) -> None:
    assert callable(bedingung)
    schluss = monotonic() + bis
    while not bedingung():
        assert monotonic() < schluss, worauf
        sleep(0.05)


def prozesse(ort: Path, name: str) -> list[list[int]]:
    datei = ort / name
    return [[int(n) for n in zeile.split()] for zeile in datei.read_text().splitlines()] if datei.exists() else []


def lebt(nummer: int) -> bool:
    try:
        return Path(f"/proc/{nummer}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gestartet(ort: Path, wie_oft: int = 1) -> bool:
    return all(len(prozesse(ort, name)) >= wie_oft for name in ("eins", "zwei"))


def alle(ort: Path) -> list[int]:
    return [n for name in ("eins", "zwei") for zeile in prozesse(ort, name) for n in zeile]


@pytest.mark.parametrize("womit", [signal.SIGTERM, signal.SIGINT])
def test_am_ende_lebt_niemand_mehr(aufsicht: subprocess.Popen[str], tmp_path: Path, womit: signal.Signals) -> None:
    warte(10, "alle gestartet", lambda: gestartet(tmp_path))
    aufsicht.send_signal(womit)
    assert aufsicht.wait(10) == 0
    assert aufsicht.stdout is not None and aufsicht.stdout.read() == "zu Ende\n"
    warte(5, "auch die Enkel", lambda: not any(map(lebt, alle(tmp_path))))


def test_was_stirbt_kommt_wieder_und_was_es_braucht_mit(aufsicht: subprocess.Popen[str], tmp_path: Path) -> None:
    warte(10, "alle gestartet", lambda: gestartet(tmp_path))
    kind, enkel = prozesse(tmp_path, "eins")[0]
    abhaengig, _ = prozesse(tmp_path, "zwei")[0]
    os.kill(kind, signal.SIGKILL)
    warte(10, "beide neu", lambda: gestartet(tmp_path, 2))
    assert not lebt(enkel) and not lebt(abhaengig)
    assert aufsicht.stdout is not None
    assert aufsicht.stdout.readline() == "eins: beendet (Ende -9); neuer Start in 1 s.\n"


def test_was_niemand_braucht_reisst_niemanden_mit(aufsicht: subprocess.Popen[str], tmp_path: Path) -> None:
    warte(10, "alle gestartet", lambda: gestartet(tmp_path))
    os.kill(prozesse(tmp_path, "zwei")[0][0], signal.SIGKILL)
    warte(10, "zwei neu", lambda: len(prozesse(tmp_path, "zwei")) == 2)
    assert len(prozesse(tmp_path, "eins")) == 1 and lebt(prozesse(tmp_path, "eins")[0][0])


@pytest.mark.parametrize("aufsicht", [STILL], indirect=True)
def test_wer_haengt_wird_neu_gestartet_sobald_sein_puls_lange_genug_steht(aufsicht: subprocess.Popen[str], tmp_path: Path) -> None:
    """Ein angehaltener Prozess ist noch da, und auf Bitten hört er nicht. Wer keinen Puls hat, bleibt in Ruhe."""
    def gelaufen(name: str) -> list[int]:
        return [n for (n,) in prozesse(tmp_path, name)]

    warte(20, "alle gestartet", lambda: all(gelaufen(n) for n in ("eins", "zwei", "drei")))
    angehalten, abhaengig = gelaufen("eins")[0], gelaufen("zwei")[0]
    os.kill(angehalten, signal.SIGSTOP)
    schluss = monotonic() + 8
    while monotonic() < schluss:  # der Puls schlägt: niemand wird gestört, auch der Angehaltene nicht
        (tmp_path / "puls").touch()
        sleep(0.1)
    assert [len(gelaufen(n)) for n in ("eins", "zwei", "drei")] == [1, 1, 1]
    warte(40, "beide neu", lambda: len(gelaufen("eins")) >= 2 and len(gelaufen("zwei")) >= 2)
    assert not lebt(angehalten) and not lebt(abhaengig) and len(gelaufen("drei")) == 1
    assert aufsicht.stdout is not None
    assert aufsicht.stdout.readline() == "eins: arbeitet seit mehr als 4 s nicht; neuer Start in 1 s.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="nur Linux beendet Kinder mit ihrem Vater")
def test_stirbt_die_aufsicht_sterben_die_kinder(aufsicht: subprocess.Popen[str], tmp_path: Path) -> None:
    warte(10, "alle gestartet", lambda: gestartet(tmp_path))
    aufsicht.kill()
    warte(5, "die Kinder enden", lambda: not any(lebt(prozesse(tmp_path, n)[0][0]) for n in ("eins", "zwei")))


def test_jeder_tod_verlaengert_die_pause(tmp_path: Path) -> None:
    """Ein Kind, das sofort stirbt, kommt in den ersten vier Sekunden höchstens dreimal."""
    kind = "import sys; open(sys.argv[1], 'a').write('x'); sys.exit(3)"
    skript = (f"import os, sys, threading\nfrom service.aufsicht import Aufsicht, Dienst\n"
              f"a = Aufsicht([Dienst('kurz', (sys.executable, '-c', {kind!r}, 'zahl'), os.environ)], print)\n"
              "threading.Timer(4, a.beende).start()\na.fuehre()\n")
    lauf = subprocess.run([sys.executable, "-c", skript], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(WURZEL)}, text=True,
                          capture_output=True, timeout=30, check=True)
    assert 2 <= len((tmp_path / "zahl").read_text()) <= 3
    assert "Ende 3" in lauf.stdout and "in 2 s." in lauf.stdout


# --- kreislauf run, soweit es ohne Prefect zu sehen ist


def kreislauf(ort: Path, *argv: str, **weitere: str) -> subprocess.Popen[str]:
    rein = {n: w for n, w in os.environ.items() if not n.startswith(("KREISLAUF_", "PREFECT_"))}
    return subprocess.Popen([sys.executable, "-m", "service.cli", *argv], cwd=ort, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=rein | {"PYTHONPATH": str(WURZEL)} | weitere)


def test_run_meldet_einen_belegten_anschluss(tmp_path: Path) -> None:
    with socket.socket() as belegt:
        belegt.bind(("127.0.0.1", 0))
        belegt.listen()
        with kreislauf(tmp_path, "run", KREISLAUF_PORT=str(belegt.getsockname()[1])) as lauf:
            fehler = lauf.communicate(timeout=30)[1]
    assert lauf.returncode == 2 and "antwortet schon ein anderes Programm" in fehler
    assert not (tmp_path / "daten").exists()


def test_run_nennt_die_adresse_und_laeuft_je_datenordner_nur_einmal(tmp_path: Path) -> None:
    """Der Prefect-Server ist hier einer, den es nicht gibt: Die Seiten warten nicht auf ihn."""
    with socket.socket() as frei:
        frei.bind(("127.0.0.1", 0))
        anschluss = str(frei.getsockname()[1])
    nirgends = {"KREISLAUF_PREFECT_URL": "http://127.0.0.1:9/api", "KREISLAUF_PORT": anschluss}
    with kreislauf(tmp_path, "run", **nirgends) as lauf:
        try:
            assert lauf.stdout is not None
            zeilen = [lauf.stdout.readline() for _ in range(3)]
            assert zeilen[1] == f"Der Kreislauf läuft: http://localhost:{anschluss}\n" and zeilen[2].startswith("Anmelden: ")
            with urllib.request.urlopen(f"http://127.0.0.1:{anschluss}/readyz", timeout=10) as antwort:
                assert antwort.status == 200 and "noch nie" in antwort.read().decode()
            with kreislauf(tmp_path, "worker") as zweiter:
                assert "läuft schon" in zweiter.communicate(timeout=30)[1]
            assert zweiter.returncode == 2
        finally:
            lauf.terminate()
        assert lauf.wait(60) == 0
    with pytest.raises(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{anschluss}/healthz", timeout=5)
