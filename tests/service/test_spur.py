"""Die Spur: vollständig, ohne Umwege, und in beide Richtungen dieselbe Beziehung."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import NamedTuple

import pytest

from service.apply import Schritt
from service.db import Datenbank, Sitzung
from service.errors import NichtGefunden
from service.spur import BLAETTER, spur
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, melde, tue

ZEIT = "2026-01-07T09:00:00.000000Z"


class Graph(NamedTuple):
    namen: list[str]
    kanten: set[tuple[str, str]]
    gegenstand: set[tuple[str, str]]
    gefasst: set[tuple[str, str]]
    blaetter: set[str]


def _graph(s: Sitzung, zufall: random.Random, nummer: int, ab: int) -> Graph:
    """Ein zufälliger gerichteter Graph ohne Kreise; Blätter haben keine Ausgänge, Beschlüsse handeln von dem, woraus sie kamen."""
    anzahl = zufall.randint(2, 14)
    arten = [zufall.choices(("generatives_thema", "beschluss", "sitzung"), (50, 30, 20))[0] for _ in range(anzahl)]
    for i, art in enumerate(arten):
        s.fuehre("INSERT INTO vorgang (id, key, art, zustand, version, prozessversion, ende, titel, faellig, eroeffnet, geaendert, kopf, "
                 "stand) "
                 "VALUES (:id, :key, :art, 'geplant', 1, 1, 0, '', '9999-12-31', :zeit, :zeit, :kopf, '{}')",
                 {"id": ab + i, "key": f"G{nummer}-{i}", "art": art, "zeit": ZEIT, "kopf": "0" * 64})
    verbindung = {"generatives_thema": "geteilt_in", "beschluss": "behandelt", "sitzung": "steht_auf"}
    kanten = {(i, j): "gefasst_in" if arten[i] == "beschluss" and arten[j] == "sitzung" else verbindung[arten[j]]
              for i in range(anzahl) for j in range(i + 1, anzahl) if arten[i] != "sitzung" and zufall.random() < 0.3}
    for (i, j), art in sorted(kanten.items()):
        s.fuehre("INSERT INTO verbindung (von, nach, art, offen, geoeffnet_vorgang, geoeffnet_nr) "
                 "VALUES (:von, :nach, :art, 1, :von, 1)", {"von": ab + i, "nach": ab + j, "art": art})
    name = [f"G{nummer}-{i}" for i in range(anzahl)]
    je = {art: {(name[i], name[j]) for (i, j), a in kanten.items() if art in ("", a)} for art in ("", "behandelt", "gefasst_in")}
    return Graph(name, je[""], je["behandelt"], je["gefasst_in"], {name[i] for i, art in enumerate(arten) if art == "sitzung"})


def _huelle(start: Iterable[str], kanten: set[tuple[str, str]]) -> set[str]:
    """Unabhängig gerechnet: was von `start` aus in Pfeilrichtung erreichbar ist."""
    erreicht = set(start)
    while neu := {b for a, b in kanten if a in erreicht} - erreicht:
        erreicht |= neu
    return erreicht


def _erwartet(g: Graph, k: str) -> tuple[set[str], set[tuple[str, str]]]:
    oben = _huelle({k}, {(b, a) for a, b in g.kanten})
    if k in g.blaetter:
        return oben, {(a, b) for a, b in g.kanten if {a, b} <= oben}
    unten = _huelle(_huelle({k}, {(b, a) for a, b in g.gegenstand}), g.kanten)
    beschlossen = g.gegenstand | g.gefasst
    dazu = _huelle(oben, beschlossen)
    return oben | unten | dazu, {(a, b) for a, b in g.kanten if {a, b} <= oben or {a, b} <= unten
                                 or ((a, b) in beschlossen and {a, b} <= dazu)}


def test_beide_richtungen_sind_umkehrungen_auf_zufaelligen_graphen(db: Datenbank) -> None:
    """Nur eine Sitzung nennt nicht zurück, was auf ihren Beschlüssen beruht: Das wäre alles, was sie je bewegt hat."""
    zufall, ab = random.Random(20260107), 1
    graphen = []
    with db.transaktion() as s:
        for nummer in range(150):
            graph = _graph(s, zufall, nummer, ab)
            graphen.append(graph)
            ab += len(graph.namen)
    with db.lesen() as s:
        for g in graphen:
            gesehen = {k: {n.key for n in spur(s, k).knoten} for k in g.namen}
            for k in g.namen:
                assert (gesehen[k], {(e.von, e.nach) for e in spur(s, k).kanten}) == _erwartet(g, k)
                assert all((k in gesehen[anderer]) == (anderer in gesehen[k]) for anderer in g.namen if not {k, anderer} & g.blaetter)
                assert all(k in gesehen[anderer] for anderer in gesehen[k] if k in g.blaetter)


def test_blaetter_sind_sitzungen_und_ihre_auswahlrunden() -> None:
    assert {"sitzung", "auswahlrunde"} == BLAETTER


def test_spur_einer_meldung_als_json(db: Datenbank, umfeld: Umfeld) -> None:
    eins, zwei = melde(db, umfeld), melde(db, umfeld, titel="Noch einmal")
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", zwei, daten={"original": eins}))
    with db.lesen() as s:
        assert spur(s, zwei).als_json() == {
            "knoten": [{"key": eins, "art": "meldebogen", "zustand": "eingegangen", "titel": "Kurse beginnen nicht"},
                       {"key": zwei, "art": "meldebogen", "zustand": "doppelmeldung", "titel": "Noch einmal"}],
            "kanten": [{"von": zwei, "nach": eins, "art": "doppelt"}]}
        assert "meldet dasselbe Ereignis wie" in spur(s, eins).als_text()
        with pytest.raises(NichtGefunden):
            spur(s, "MK-2026-4711")


def test_verborgenes_wird_weder_gezeigt_noch_durchquert(db: Datenbank, umfeld: Umfeld) -> None:
    a, b = (melde(db, umfeld) for _ in range(2))
    c = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Sprache"})).bewegungen[0].key
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", a, daten={"original": b}))
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", b, daten={"sammlung": c}, grund="Dasselbe Thema"))
    with db.lesen() as s:
        assert {k.key for k in spur(s, a).knoten} == {a, b, c}
        ohne_b = spur(s, a, lambda kuerzel: (f"{kuerzel}.key <> :verborgen", {"verborgen": b}))
        assert ({k.key for k in ohne_b.knoten}, ohne_b.kanten) == ({a}, [])
        with pytest.raises(NichtGefunden):
            spur(s, b, lambda kuerzel: (f"{kuerzel}.key <> :verborgen", {"verborgen": b}))
