"""Was die Messung behauptet: der Vergleich schreibt dieselben Zeilen, und docs/leistung.md zeigt die Zahlen aus bench.json."""

import json
from pathlib import Path
from typing import Any

from bench.bericht import ANFANG, ENDE, tabelle
from bench.mitschnitt import Mitschnitt, oeffne, spiele
from bench.paare import Messung, abwechselnd
from bench.strecke import Strecke, gespann, neue_datenbank
from sqlmodel import SQLModel

WURZEL = Path(__file__).parent.parent
SCHLUESSEL = {
    "datum", "transitions_je_s", "sqlite_je_s", "anteil_sqlite", "faktor_spiffworkflow", "clients_16", "postgres_je_s", "anteil_postgres",
    "kette_300_ms", "leere_runde_ms", "liste_50_ms", "umgebung", "seiten", "seiten_am", "arbeitsliste_orm", "webstart",
}


def test_nachgespielt_entstehen_genau_dieselben_zeilen(tmp_path: Path) -> None:
    g = gespann()
    vorher, _ = neue_datenbank(tmp_path / "nackt.sqlite", g)
    vorher.schliessen()
    db, sammlungen = neue_datenbank(tmp_path / "apply.sqlite", g)
    mitschnitt = Mitschnitt(g)
    Strecke(g, db, sammlungen, wende_an=mitschnitt.wende_an).fahre(60)
    db.schliessen()
    nackt, echt = oeffne(str(tmp_path / "nackt.sqlite")), oeffne(str(tmp_path / "apply.sqlite"))
    angelegt = nackt.execute("SELECT count(*) FROM ereignis").fetchone()[0]
    for zug in mitschnitt.zuege:
        spiele(nackt, zug, auch_lesen=False)
    for tabelle_ in SQLModel.metadata.sorted_tables:
        links, rechts = (list(c.execute(f"SELECT * FROM {tabelle_.name} ORDER BY 1, 2")) for c in (nackt, echt))
        assert _ohne_die_sammlungen(tabelle_.name, links) == _ohne_die_sammlungen(tabelle_.name, rechts), tabelle_.name
    assert echt.execute("SELECT count(*) FROM ereignis").fetchone()[0] - angelegt >= 60


def _ohne_die_sammlungen(tabelle_: str, zeilen: list[Any]) -> list[Any]:
    """Die beiden Sammlungen entstanden in jeder Datei für sich, mit eigenem Salz; alles danach ist nachgespielt."""
    return zeilen[2:] if tabelle_ in ("vorgang", "ereignis", "ereignis_inhalt") else zeilen


def test_das_verhaeltnis_kommt_aus_benachbarten_bloecken() -> None:
    m = Messung({"a": [1.0, 10.0, 1.0], "b": [2.0, 20.0, 2.0]})
    assert m.verhaeltnis("a", "b") == 2.0 and m.verhaeltnis("b", "a") == 0.5
    reihe: list[str] = []
    abwechselnd(2, {"a": lambda _: reihe.append("a") or 1.0, "b": lambda _: reihe.append("b") or 1.0}, warm=0)  # type: ignore[func-returns-value]
    assert reihe == ["a", "b", "b", "a"]


def test_die_seite_zeigt_die_zahlen_des_letzten_laufs() -> None:
    ergebnis = json.loads((WURZEL / "bench.json").read_text())
    assert ergebnis.keys() >= SCHLUESSEL
    seite = (WURZEL / "docs" / "leistung.md").read_text()
    assert seite.partition(ANFANG)[2].partition(ENDE)[0].strip() == tabelle(ergebnis)
