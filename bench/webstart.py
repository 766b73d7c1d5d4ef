"""Was die Seiten zum Starten brauchen, gegen das bloße Laden der Bibliotheken, aus denen sie bestehen; und ob Prefect dabei ist.

Gezählt wird Rechenzeit, denn ein Start wartet auf nichts, und Rechenzeit bleibt, wenn auf der Maschine noch anderes läuft.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from bench.paare import abwechselnd

# Alles, was pyproject.toml nennt, außer Prefect.
BIBLIOTHEKEN = ("sqlmodel", "sqlalchemy", "alembic", "transitions", "pysqlite3.dbapi2", "psycopg", "holidays", "pydantic",
                "pydantic_settings", "jinja2", "snowballstemmer", "fastapi", "uvicorn", "python_multipart", "pwdlib.hashers.argon2")
_START = ("import sys, json, service.cli, service.befehle.web\nfrom service.app import baue_app\nfrom service.db import Datenbank\n"
          "from service.settings import Einstellungen\nbaue_app(Einstellungen(), Datenbank(sys.argv[1]))\n")
_GELADEN = "print(json.dumps(sorted(sys.modules)))"
_EIGENE = {"states", "forms", "service", "workflows", "__main__", "cython_runtime"}
MALE = 12


def miss(ordner: Path) -> dict[str, Any]:
    # übersetzt wird nur beim ersten Mal, wie nach jeder Einrichtung
    umgebung = {n: w for n, w in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPYCACHEPREFIX": str(ordner / "pyc")}
    start = partial(_python, ordner, umgebung)
    module = json.loads(start(_START + _GELADEN))
    if geladen := [m for m in module if m.split(".")[0] in ("prefect", "workflows")]:
        raise AssertionError(f"Die Seiten laden Prefect: {geladen[:5]}")
    fremde = [m for m in module if m.split(".")[0] not in sys.stdlib_module_names | _EIGENE and not m.startswith("_")]
    m = abwechselnd(MALE, {
        "start": lambda _: _rechenzeit(start, _START), "bibliotheken": lambda _: _rechenzeit(start, f"import {', '.join(BIBLIOTHEKEN)}"),
        "geladene": lambda _: _rechenzeit(start, f"import {', '.join(fremde)}"),
    }, warm=2, hoechstens=60)  # fmt: skip
    return {"webstart": {
        "start_s": round(m.sekunden("start"), 2), "bibliotheken_s": round(m.sekunden("bibliotheken"), 2),
        "zu_bibliotheken": round(m.verhaeltnis("bibliotheken", "start"), 2), "zu_geladenen": round(m.verhaeltnis("geladene", "start"), 2),
    }}  # fmt: skip


def _python(ordner: Path, umgebung: dict[str, str], skript: str) -> str:
    return subprocess.run([sys.executable, "-c", skript, str(ordner / "webstart.sqlite")], env=umgebung, capture_output=True, text=True,
                          check=True).stdout


def _rechenzeit(start: Any, skript: str) -> float:
    vorher = resource.getrusage(resource.RUSAGE_CHILDREN)
    start(skript)
    nachher = resource.getrusage(resource.RUSAGE_CHILDREN)
    return nachher.ru_utime + nachher.ru_stime - vorher.ru_utime - vorher.ru_stime
