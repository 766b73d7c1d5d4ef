"""Die Kommandozeile in Tests: als eigener Prozess oder über `main()` (Fixture `lauf`), und ein Blick in ihre Datenbank."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite

WURZEL = Path(__file__).parent.parent
MELDUNGEN = WURZEL / "tests" / "daten" / "meldungen.jsonl"
FEHLERHAFT = WURZEL / "tests" / "daten" / "meldungen_fehlerhaft.jsonl"
DATEI = Path("daten") / "kreislauf.sqlite"
BEFEHL = (sys.executable, "-m", "service.cli")

Lauf = Callable[..., tuple[int, str, str]]  # Ende, Standardausgabe, Fehlerausgabe


def umgebung(**weitere: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(WURZEL), **weitere}


def prozess(*argv: str | Path, **weitere: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*BEFEHL, *argv], capture_output=True, text=True, env=umgebung(**weitere), timeout=120)


def anfrage(sql: str) -> list[Any]:
    with sqlite.connect(DATEI) as c:
        return list(c.execute(sql))
