"""Die Spur: vollständig, ohne Umwege, und in beide Richtungen dieselbe Beziehung."""

from __future__ import annotations

import random

import pytest

from service.apply import Schritt
from service.db import Datenbank, Sitzung
from service.errors import NichtGefunden
from service.spur import BLAETTER, spur
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, melde, tue

ZEIT = "2026-01-07T09:00:00.000000Z"


def _graph(s: Sitzung, zufall: random.Random, nummer: int, ab: int) -> tuple[list[str], set[tuple[str, str]], set[str]]:
    """Ein zufälliger gerichteter Graph ohne Kreise; einige Knoten sind Blätter und haben keine Ausgänge."""
    anzahl = zufall.randint(2, 14)
    blaetter = {i for i in range(anzahl) if zufall.random() < 0.2}
    for i in range(anzahl):
        s.fuehre("INSERT INTO vorgang (id, key, art, zustand, version, prozessversion, ende, titel, faellig, eroeffnet, geaendert, kopf, "
                 "stand) "
                 "VALUES (:id, :key, :art, 'geplant', 1, 1, 0, '', '9999-12-31', :zeit, :zeit, :kopf, '{}')",
                 {"id": ab + i, "key": f"G{nummer}-{i}", "art": "sitzung" if i in blaetter else "generatives_thema", "zeit": ZEIT,
                  "kopf": "0" * 64})
    kanten = {(i, j) for i in range(anzahl) for j in range(i + 1, anzahl) if i not in blaetter and zufall.random() < 0.3}
    for i, j in sorted(kanten):
        s.fuehre("INSERT INTO verbindung (von, nach, art, offen, geoeffnet_vorgang, geoeffnet_nr) "
                 "VALUES (:von, :nach, 'geteilt_in', 1, :von, 1)", {"von": ab + i, "nach": ab + j})
    name = [f"G{nummer}-{i}" for i in range(anzahl)]
    return name, {(name[i], name[j]) for i, j in kanten}, {name[i] for i in blaetter}


def _huelle(start: str, kanten: set[tuple[str, str]]) -> set[str]:
    """Unabhängig gerechnet: was von `start` aus in Pfeilrichtung erreichbar ist."""
    erreicht = {start}
    while neu := {b for a, b in kanten if a in erreicht} - erreicht:
        erreicht |= neu
    return erreicht


def test_beide_richtungen_sind_umkehrungen_auf_zufaelligen_graphen(db: Datenbank) -> None:
    zufall, ab = random.Random(20260107), 1
    graphen = []
    with db.transaktion() as s:
        for nummer in range(150):
            graph = _graph(s, zufall, nummer, ab)
            graphen.append(graph)
            ab += len(graph[0])
    with db.lesen() as s:
        for keys, kanten, blaetter in graphen:
            umgekehrt = {(b, a) for a, b in kanten}
            gesehen = {k: {n.key for n in spur(s, k).knoten} for k in keys}
            for k in keys:
                oben, unten = _huelle(k, umgekehrt), _huelle(k, kanten)
                assert gesehen[k] == (oben if k in blaetter else oben | unten)
                assert all((k in gesehen[anderer]) == (anderer in gesehen[k]) for anderer in keys)
                assert {(e.von, e.nach) for e in spur(s, k).kanten} == {
                    (a, b) for a, b in kanten if {a, b} <= oben or (k not in blaetter and {a, b} <= unten)}


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
