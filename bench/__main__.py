"""`python -m bench`: misst Schreibweg und Seiten und schreibt bench.json. Was gemessen wird und warum, steht in docs/leistung.md."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite

from bench import bestand, kette, postgres, schreibpfad, seiten, spiff, webstart
from bench.bericht import schreibe_ein
from bench.strecke import gespann
from service.clock import berliner_tag, jetzt

WURZEL = Path(__file__).parent.parent
# Was mindestens zu halten ist; darunter endet der Lauf mit 1.
HOECHSTENS_P95_MS, MINDESTENS_ORM, HOECHSTENS_START = 100, 2.5, 1.2
SCHWELLEN = {"anteil_sqlite": 0.4, "faktor_spiffworkflow": 5.0}


def main(argv: list[str]) -> int:
    angaben = argparse.ArgumentParser(prog="python -m bench", description="Misst den Schreibweg und schreibt bench.json.")
    angaben.add_argument("--datum", default=berliner_tag(jetzt()).isoformat(), help="Tag der Messung, JJJJ-MM-TT (sonst heute)")
    angaben.add_argument("--ausgabe", type=Path, help="eine andere Datei statt bench.json; docs/leistung.md bleibt dann, wie es ist")
    angaben.add_argument("--nur-seiten", action="store_true", help="misst nur Seiten und Start neu; alles andere bleibt aus bench.json")
    gewaehlt = angaben.parse_args(argv)
    if gewaehlt.nur_seiten:
        ergebnis = {**json.loads((WURZEL / "bench.json").read_text()), "seiten_am": gewaehlt.datum, **miss_seiten()}
    else:
        ergebnis = {"datum": gewaehlt.datum, "seiten_am": gewaehlt.datum, **miss(), **miss_seiten()}
    (gewaehlt.ausgabe or WURZEL / "bench.json").write_text(json.dumps(ergebnis, ensure_ascii=False, indent=2) + "\n")
    if not gewaehlt.ausgabe:
        schreibe_ein(WURZEL / "docs" / "leistung.md", ergebnis)
    verfehlt = [f"{name}: {ergebnis[name]} statt mindestens {grenze}" for name, grenze in SCHWELLEN.items() if ergebnis[name] < grenze]
    verfehlt += _seiten_zu_langsam(ergebnis)
    for satz in verfehlt:
        print(f"Verfehlt: {satz}", file=sys.stderr)
    return 1 if verfehlt else 0


def _seiten_zu_langsam(e: dict[str, Any]) -> list[str]:
    """Gilt für jede Seite und für den Start."""
    saetze = [f"{name}: {s['p95_ms']} statt höchstens {HOECHSTENS_P95_MS} ms" for name, s in e["seiten"].items()
              if s["p95_ms"] > HOECHSTENS_P95_MS]
    if (faktor := e["arbeitsliste_orm"]["faktor"]) < MINDESTENS_ORM:
        saetze.append(f"arbeitsliste_orm: {faktor} statt mindestens {MINDESTENS_ORM}")
    if (start := e["webstart"]["zu_bibliotheken"]) > HOECHSTENS_START:
        saetze.append(f"webstart: {start} statt höchstens {HOECHSTENS_START}")
    return saetze


def miss() -> dict[str, Any]:
    """Schreibweg, Kette und Bestand. Die Dateien liegen im Projekt, damit sie auf derselben Platte liegen wie die Daten."""
    g = gespann()
    (WURZEL / "build").mkdir(exist_ok=True)
    ergebnis: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-", dir=WURZEL / "build") as name:
        ordner = Path(name)
        for titel, teil in (
            ("SQLite, eine Person", lambda: schreibpfad.miss(g, ordner)),
            ("SQLite, 16 Personen", lambda: {"clients_16": schreibpfad.miss_zugleich(g, ordner / "zugleich.sqlite")}),
            ("SpiffWorkflow", lambda: spiff.miss(g, ordner)),
            ("Bestand", lambda: bestand.miss(g, ordner)),
            ("Kette, SQLite", lambda: kette.auf_sqlite(g, ordner / "kette.sqlite")),
        ):
            ergebnis |= _zeige(titel, teil)
        with postgres.server(ordner / "pg") as adresse:
            ergebnis |= _zeige("PostgreSQL", lambda: postgres.miss(g, adresse))
            ergebnis |= _zeige("Kette, PostgreSQL", lambda: kette.auf_postgres(g, postgres.neue(adresse, "kette")))
            ergebnis["umgebung"] = umgebung(adresse)
    return ergebnis


def miss_seiten() -> dict[str, Any]:
    ergebnis: dict[str, Any] = {}
    (WURZEL / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=WURZEL / "build") as name:
        ergebnis |= _zeige("Seiten", lambda: seiten.miss(Path(name)))
        ergebnis |= _zeige("Start der Seiten", lambda: webstart.miss(Path(name)))
    return ergebnis


def _zeige(titel: str, teil: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    beginn = perf_counter()
    ergebnis = teil()
    print(f"{titel} ({perf_counter() - beginn:.0f} s)")
    for name, wert in ergebnis.items():
        print(f"  {name}: {json.dumps(wert, ensure_ascii=False)}")
    return ergebnis


def umgebung(postgres_adresse: str) -> dict[str, Any]:
    """Womit gemessen wurde; ohne Namen und Ort der Maschine."""
    with psycopg.connect(postgres_adresse) as c:
        server = c.info.server_version
    pakete = ("transitions", "pydantic", "psycopg", "SpiffWorkflow")
    return {
        "python": platform.python_version(), "sqlite": sqlite.sqlite_version, "postgresql": f"{server // 10000}.{server % 10000}",
        "kerne": os.cpu_count(), "betriebssystem": platform.system(), "pakete": {p: importlib.metadata.version(p) for p in pakete},
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
