"""Die Flows ohne Server: was sie rufen, was Prefect erfährt, und welche Schalter vor ihm gestellt sind."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.errors import Betriebsfehler
from service.settings import lade_einstellungen
from service.zeitgeber import eigener_zugang, zeitgeber

WURZEL = Path(__file__).parent.parent.parent


def python(ort: Path, skript: str, **umgebung: str) -> Any:
    """Führt das Skript in einem eigenen Prozess aus und gibt seine letzte Zeile als JSON zurück."""
    fremd = {n: w for n, w in os.environ.items() if not n.startswith(("PREFECT_", "KREISLAUF_", "DO_NOT_TRACK"))}
    lauf = subprocess.run([sys.executable, "-c", skript], cwd=ort, env=fremd | {"PYTHONPATH": str(WURZEL)} | umgebung, timeout=120,
                          capture_output=True, text=True, check=False)
    assert lauf.returncode == 0, lauf.stderr
    return json.loads(lauf.stdout.splitlines()[-1])


@pytest.fixture(autouse=True)
def ort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [n for n in os.environ if n.startswith(("KREISLAUF_", "PREFECT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- die Schalter


def test_die_schalter_stehen_bevor_prefect_geladen_wird(ort: Path) -> None:
    skript = ("import json, os, sys, workflows\n"
              "print(json.dumps(['prefect' in sys.modules, {n: w for n, w in os.environ.items() if n.startswith(('PREFECT', 'DO_NOT'))}]))")
    geladen, umgebung = python(ort, skript, PREFECT_API_KEY="geheim", PREFECT_PROFILE="fremd", PREFECT_SERVER_ANALYTICS_ENABLED="true",
                               DO_NOT_TRACK="0", PREFECT_LOGGING_LEVEL="DEBUG")
    assert not geladen
    assert (umgebung["PREFECT_SERVER_ANALYTICS_ENABLED"], umgebung["DO_NOT_TRACK"]) == ("false", "1")
    assert "PREFECT_API_KEY" not in umgebung and "PREFECT_PROFILE" not in umgebung
    assert umgebung["PREFECT_HOME"] == str(ort / "daten" / "prefect")
    assert umgebung["PREFECT_LOGGING_LEVEL"] == "DEBUG", "das darf ändern, wer einen Fehler sucht"
    assert not (ort / "daten").exists(), "ein Import legt nichts an"


def test_prefect_versteht_die_schalter(ort: Path) -> None:
    """Prefect nimmt unbekannte Namen schweigend hin; darum wird nachgesehen, was davon ankommt."""
    skript = (
        "import json, workflows.serve\n"
        "from prefect.settings import get_current_settings\n"
        "from prefect._internal.analytics.enabled import is_telemetry_enabled as sendet\n"
        "s = get_current_settings(); v = s.server.services.db_vacuum\n"
        "print(json.dumps([sendet(), s.server.analytics_enabled, s.server.ui.enabled, s.server.api.host, s.server.ephemeral.enabled,\n"
        "  s.server.ephemeral.startup_timeout_seconds, sorted(v.enabled_vacuum_types), v.retention_period.days,\n"
        "  s.server.events.retention_period.days, s.server.concurrency.lease_storage.rsplit('.', 1)[1], s.logging.to_api.enabled,\n"
        "  s.telemetry.enable_resource_metrics, s.api.key, str(s.home), s.server.database.connection_url.get_secret_value()]))"
    )
    heim = str(ort / "daten" / "prefect")
    assert python(ort, skript) == [
        False, False, False, "127.0.0.1", False, 120, ["events", "flow_runs", "orphans"], 14, 2, "filesystem", False, False, None, heim,
        f"sqlite+aiosqlite:///{heim}/prefect.sqlite"]  # fmt: skip


def test_die_bereitstellungen(ort: Path) -> None:
    skript = (
        "import json\nfrom datetime import timedelta\nfrom workflows.bereitstellung import bereitstellungen\n"
        "def plan(s): return getattr(s, 'cron', None) or s.interval.total_seconds()\n"
        "print(json.dumps([[b.name, b.entrypoint, b.concurrency_limit, b.concurrency_options.collision_strategy.value, b.parameters,\n"
        "  [[plan(s.schedule), s.schedule.timezone] for s in b.schedules]] for b in bereitstellungen(timedelta(seconds=60))]))"
    )
    assert python(ort, skript) == [
        ["takt", "workflows.takt.takt", 1, "CANCEL_NEW", {}, [[60.0, "UTC"]]],
        ["tagesrunde", "workflows.tagesrunde.tagesrunde", 1, "CANCEL_NEW", {}, [["30 5 * * *", "Europe/Berlin"]]],
    ]


def test_ein_lauf_ist_tot_wenn_niemand_mehr_seine_pacht_haelt(ort: Path) -> None:
    """Zwei Minuten nach seinem Beginn, wenn keiner seine Runde führt; sonst erst, wenn sie gar nicht mehr laufen kann."""
    skript = (
        "import json, uuid\nfrom datetime import UTC, datetime, timedelta\nfrom types import SimpleNamespace as N\n"
        "from prefect.states import Running\nfrom workflows.bereitstellung import ist_verlassen\n"
        "jetzt, kennung = datetime(2026, 1, 7, 12, tzinfo=UTC), uuid.uuid4()\n"
        "def tot(minuten, gefuehrt):\n"
        "    lauf = N(state=Running(timestamp=jetzt - timedelta(minutes=minuten)), deployment_id=kennung)\n"
        "    return ist_verlassen(lauf, {kennung: 'takt'}, gefuehrt, jetzt)\n"
        "print(json.dumps([tot(1, set()), tot(2, {'tagesrunde'}), tot(9, {'takt'}), tot(10, {'takt'})]))"
    )
    assert python(ort, skript) == [False, True, False, True]


# --- die Flows als Funktionen


FLOWS = ("import asyncio, json\nfrom workflows.takt import takt\nfrom workflows.tagesrunde import tagesrunde\n"
         "print(json.dumps([asyncio.run(takt.fn()), asyncio.run(tagesrunde.fn())]))")


def test_die_flows_rufen_die_runden(ort: Path) -> None:
    subprocess.run([sys.executable, "-m", "service.cli", "demo", "--leer"], env={**os.environ, "PYTHONPATH": str(WURZEL)}, check=True)
    takt, tag = python(ort, FLOWS)
    assert takt["gefuehrt"] and takt["nachgeholt"] and tag["gefuehrt"]


def test_der_ordner_ist_gleich_wenn_der_datenordner_genannt_ist(ort: Path) -> None:
    daten, fremd = ort / "hier", ort / "fremd"
    fremd.mkdir()
    subprocess.run([sys.executable, "-m", "service.cli", "demo", "--leer"], check=True,
                   env={**os.environ, "PYTHONPATH": str(WURZEL), "KREISLAUF_DATEN": str(daten)})
    assert python(fremd, FLOWS, KREISLAUF_DATEN=str(daten))[0]["gefuehrt"]
    assert list(fremd.iterdir()) == []


def test_prefect_erfaehrt_von_einem_fehler_nur_die_art(ort: Path) -> None:
    skript = (
        "import asyncio, json\nfrom workflows import runde\n"
        "def scheitert(db, zeit): raise ValueError('Frau Muster war hier')\n"
        "runde.datenbank = lambda e: __import__('contextlib').nullcontext()\n"
        "try: asyncio.run(runde.fuehre(scheitert))\n"
        "except runde.RundeGescheitert as f: print(json.dumps([str(f), repr(f)]))"
    )
    assert python(ort, skript) == ["ValueError", "RundeGescheitert('ValueError')"]


# --- der Server


def test_der_eigene_server_bekommt_einen_zugang_den_nur_wir_lesen(ort: Path) -> None:
    e = lade_einstellungen()
    zugang = eigener_zugang(e)
    datei = ort / "daten" / "prefect" / "zugang"
    assert stat.S_IMODE(datei.stat().st_mode) == 0o600
    assert stat.S_IMODE(datei.parent.stat().st_mode) == 0o700
    assert len(zugang) > 40 and eigener_zugang(e) == zugang, "beim zweiten Mal derselbe"
    z = zeitgeber(e, {"A": "1"})
    assert z.eigener and z.adresse.startswith("http://127.0.0.1:")
    assert z.umgebung["PREFECT_SERVER_API_AUTH_STRING"] == z.umgebung["PREFECT_API_AUTH_STRING"] == zugang
    assert all(zugang not in teil for d in z.dienste() for teil in d.befehl), "auf der Befehlszeile läsen ihn alle"
    assert [(d.name, d.befehl[-1], d.braucht) for d in z.dienste()] == [
        ("Prefect-Server", "workflows.server", ""), ("Runden", "workflows.serve", "Prefect-Server")]


def test_ein_vorhandener_server_bekommt_keinen_zweiten(ort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KREISLAUF_PREFECT_URL", "https://prefect.example/api")
    monkeypatch.setenv("KREISLAUF_PREFECT_ANMELDUNG", "wir:geheim")
    z = zeitgeber(lade_einstellungen(), {"PREFECT_API_URL": "http://anderer/api"})
    assert (z.eigener, z.adresse) == (False, "https://prefect.example/api")
    assert z.umgebung["PREFECT_API_AUTH_STRING"] == "wir:geheim"
    assert [(d.name, d.befehl[-1], d.schlaegt) for d in z.dienste()] == [("Runden", "workflows.pool", True)]
    assert not (ort / "daten").exists()


def test_ein_unlesbarer_ort_ist_ein_satz(ort: Path) -> None:
    (ort / "daten").mkdir()
    (ort / "daten" / "prefect").write_text("")
    with pytest.raises(Betriebsfehler, match="Zugang zum Prefect-Server"):
        eigener_zugang(lade_einstellungen())


@pytest.mark.parametrize("modul", ["workflows.serve", "workflows.pool", "workflows.server"])
def test_ohne_server_kommt_ein_satz(ort: Path, modul: str) -> None:
    lauf = subprocess.run([sys.executable, "-m", modul], env={**os.environ, "PYTHONPATH": str(WURZEL)}, capture_output=True, text=True,
                          timeout=60, check=False)
    assert lauf.returncode == 1 and "Bitte starten Sie „kreislauf worker“" in lauf.stderr
    assert "Traceback" not in lauf.stderr
