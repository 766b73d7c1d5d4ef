"""`apply` auf SQLite, allein und mit 16 zugleich, gegen den nackten Treiber mit denselben Zeilen."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.mitschnitt import Mitschnitt, oeffne, spiele
from bench.paare import abwechselnd, quantil
from bench.strecke import Gespann, Strecke, neue_datenbank
from service.db import Datenbank

BLOECKE, JE_BLOCK = 62, 48
PERSONEN, JE_PERSON = 16, 120
_WIE_IM_DIENST = ("foreign_keys=ON", "secure_delete=ON", "trusted_schema=OFF")
_GEZAEHLT = ("vorgang", "ereignis", "ereignis_inhalt", "frist", "marke", "verbindung", "beteiligung", "ausgang", "zaehler")


def miss(g: Gespann, ordner: Path) -> dict[str, Any]:
    """Einzeln: apply, der nackte Treiber (nur Schreiben), der nackte Treiber mit den Lesezugriffen."""
    mitschnitt = Mitschnitt(g)
    vorlage, sammlungen = neue_datenbank(ordner / "mitschnitt.sqlite", g)
    vorlage._schreiber.execute("PRAGMA synchronous=OFF")  # hier zählt nur, was geschrieben wird
    Strecke(g, vorlage, sammlungen, wende_an=mitschnitt.wende_an).fahre(BLOECKE * JE_BLOCK)
    vorlage.schliessen()
    db, sammlungen = neue_datenbank(ordner / "apply.sqlite", g)
    strecke = Strecke(g, db, sammlungen)
    nackt = {name: _nackte(ordner / f"{name}.sqlite", g, *e) for name, e in (
        ("nackt", _WIE_IM_DIENST), ("nackt_lesend", _WIE_IM_DIENST), ("nackt_ohne_schutz", ()))}

    def gespielt(name: str, auch_lesen: bool, block: int) -> float:
        beginn = perf_counter()
        for zug in mitschnitt.zuege[block * JE_BLOCK : (block + 1) * JE_BLOCK]:
            spiele(nackt[name], zug, auch_lesen=auch_lesen)
        return (perf_counter() - beginn) / JE_BLOCK

    eine = oeffne(str(ordner / "eine_zeile.sqlite"))
    eine.execute("CREATE TABLE zeile (id INTEGER PRIMARY KEY) STRICT")

    def eine_zeile(block: int) -> float:
        beginn = perf_counter()
        for _ in range(JE_BLOCK):
            eine.execute("INSERT INTO zeile DEFAULT VALUES")
        return (perf_counter() - beginn) / JE_BLOCK

    m = abwechselnd(BLOECKE, {
        "apply": lambda block: sum(strecke.fahre(JE_BLOCK)) / JE_BLOCK,
        "nackt": lambda block: gespielt("nackt", False, block),
        "nackt_lesend": lambda block: gespielt("nackt_lesend", True, block),
        "nackt_ohne_schutz": lambda block: gespielt("nackt_ohne_schutz", False, block),
        "eine_zeile": eine_zeile,
    })
    _gleich_viele(db, nackt)
    return {
        "transitions_je_s": round(m.rate("apply")),
        "sqlite_je_s": round(m.rate("nackt")),
        "anteil_sqlite": round(m.verhaeltnis("apply", "nackt"), 3),
        "anteil_sqlite_mit_lesen": round(m.verhaeltnis("apply", "nackt_lesend"), 3),
        "anteil_sqlite_ohne_schutz": round(m.verhaeltnis("apply", "nackt_ohne_schutz"), 3),
        "eine_zeile_sichern_ms": round(m.sekunden("eine_zeile") * 1000, 3),
        "je_transaktion": {"zeilen": round(mitschnitt.geschrieben(), 1), "schreibend": round(mitschnitt.anweisungen(liest=False), 1),
                           "lesend": round(mitschnitt.anweisungen(liest=True), 1)},
    }


def _nackte(pfad: Path, g: Gespann, *einstellungen: str) -> Any:
    db, _ = neue_datenbank(pfad, g)
    db.schliessen()
    return oeffne(str(pfad), *einstellungen)


def _gleich_viele(db: Datenbank, nackt: dict[str, Any]) -> None:
    """Der Vergleich gilt nur, wenn auf allen Seiten gleich viele Zeilen entstanden sind."""
    with db.lesen() as s:
        for tabelle in _GEZAEHLT:
            anzahl = s.wert(f"SELECT count(*) FROM {tabelle}")
            andere = {name: c.execute(f"SELECT count(*) FROM {tabelle}").fetchone()[0] for name, c in nackt.items()}
            if set(andere.values()) != {anzahl}:
                raise AssertionError(f"{tabelle}: apply schrieb {anzahl} Zeilen, nachgespielt wurden {andere}")


def miss_zugleich(g: Gespann, adresse: str | Path, je_person: int = JE_PERSON) -> dict[str, Any]:
    """16 Personen zugleich, jede mit eigenen Meldungen: Rate über alles und wie lange eine Person wartet."""
    db, sammlungen = neue_datenbank(adresse, g, groesse=PERSONEN + 4)
    strecken = [Strecke(g, db, sammlungen, ab=n * 10) for n in range(PERSONEN)]
    for strecke in strecken:
        strecke.fahre(8)
    schranke = threading.Barrier(PERSONEN + 1)

    def person(strecke: Strecke) -> list[float]:
        schranke.wait()
        return strecke.fahre(je_person)

    with ThreadPoolExecutor(PERSONEN) as pool:
        laufende = [pool.submit(person, s) for s in strecken]
        schranke.wait()
        beginn = perf_counter()
        zeiten = [t for lauf in laufende for t in lauf.result()]
        dauer = perf_counter() - beginn
    db.schliessen()
    return {"transitions_je_s": round(len(zeiten) / dauer), "p50_ms": round(quantil(zeiten, 0.5) * 1000, 2),
            "p99_ms": round(quantil(zeiten, 0.99) * 1000, 2)}
