"""Die Spur als Bild: nichts überdeckt sich, alles liegt auf dem Blatt, jede Verbindung führt an, was sie verbindet."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest

from forms.spurbild import ABSTAND, BREITE, EINZELN_BIS, HOEHE, NEBENHER, SPALTEN, Bild, Linie, Punkt, zeichne
from states.kette import PROZESSE
from states.verbindungen import VERBINDUNGEN


def test_jede_art_hat_genau_eine_spalte() -> None:
    assert sorted(art for _, arten in SPALTEN for art in arten) == sorted(PROZESSE)


def _zufaellig(zufall: random.Random, anzahl: int) -> tuple[list[Punkt], list[Linie]]:
    arten = [art for art in PROZESSE if art not in NEBENHER]
    punkte = [Punkt(f"V-{n}", zufall.choice(arten), "Ein Titel, der länger ist, als in einen Kasten passt " * 2, "Offen")
              for n in range(anzahl)]
    linien = [Linie(a.key, b.key, v.name) for a in punkte for b in punkte if a is not b and zufall.random() < 0.1
              for v in VERBINDUNGEN.values() if a.art in v.von and b.art in v.nach]
    return punkte, linien


def _geprueft(bild: Bild) -> None:
    for a, b in combinations(bild.kaesten, 2):
        assert abs(a.x - b.x) >= BREITE or abs(a.y - b.y) >= HOEHE + ABSTAND, (a, b)
    assert all(k.x >= 0 and k.x + BREITE <= bild.breite and k.y >= 0 and k.y + HOEHE <= bild.hoehe for k in bild.kaesten)
    assert all(len(k.zeilen) <= 2 and all(len(z) <= 27 for z in k.zeilen) for k in bild.kaesten)
    for a, b in combinations(bild.pfeile, 2):
        assert abs(a.x - b.x) >= 20 or abs(a.y - b.y) >= 20, "zwei Zeichen liegen aufeinander"
    raender = {(x, y) for k in bild.kaesten for x in (k.x, k.x + BREITE // 2, k.x + BREITE) for y in range(k.y, k.y + HOEHE + 1)}
    for p in bild.pfeile:
        zahlen = [int(z) for z in re.findall(r"-?\d+", p.weg)]
        assert {tuple(zahlen[:2]), tuple(zahlen[-2:])} <= raender, "ein Pfeil beginnt oder endet im Leeren"


@pytest.mark.parametrize("anzahl", [1, 2, 7, 25, EINZELN_BIS])
def test_bis_sechzig_steht_jeder_vorgang_fuer_sich(anzahl: int) -> None:
    for saat in range(20):
        punkte, linien = _zufaellig(random.Random(saat), anzahl)
        bild = zeichne(punkte, linien, "V-0")
        _geprueft(bild)
        assert {k.key for k in bild.kaesten} == {p.key for p in punkte} and not bild.gruppiert
        assert len(bild.pfeile) == len(set(linien)) and {z for z, _ in bild.legende} == {p.zeichen for p in bild.pfeile}


def test_viele_stehen_als_zahl_und_keine_verbindung_geht_verloren() -> None:
    for saat in range(10):
        punkte, linien = _zufaellig(random.Random(saat), 300)
        bild = zeichne(punkte, linien, "V-0")
        _geprueft(bild)
        assert bild.gruppiert and len(bild.kaesten) <= EINZELN_BIS + len(SPALTEN)
        assert sum(k.anzahl or 1 for k in bild.kaesten) == len(punkte)
        assert next(k for k in bild.kaesten if k.key == "V-0").anzahl == 0, "der Anfang bleibt er selbst"
        je_art = {p.key: p.art for p in punkte}
        zwischen_arten = sum(je_art[e.von] != je_art[e.nach] for e in linien)
        assert zwischen_arten <= sum(p.anzahl for p in bild.pfeile) <= len(linien)


def test_der_weg_durch_die_lenkungsgruppe_steht_zweimal() -> None:
    punkte = [Punkt("GT-01", "generatives_thema", "", ""), Punkt("BS-01", "beschluss", "", ""), Punkt("LG-01", "sitzung", "", ""),
              Punkt("ZS-01", "zielsystem", "", ""), Punkt("BS-02", "beschluss", "", ""), Punkt("LG-02", "sitzung", "", "")]
    linien = [Linie("GT-01", "BS-01", "behandelt"), Linie("BS-01", "LG-01", "gefasst_in"), Linie("ZS-01", "BS-02", "behandelt"),
              Linie("BS-02", "LG-02", "gefasst_in")]
    bild = zeichne(punkte, linien, "GT-01")
    _geprueft(bild)
    spalte = {k.key: SPALTEN[k.spalte][0] for k in bild.kaesten}
    assert spalte["BS-01"] == spalte["LG-01"] == "Lenkungsgruppe: Auftrag"
    assert spalte["BS-02"] == spalte["LG-02"] == "Lenkungsgruppe: Entscheidung"
    assert "BS-02 ist gefasst in LG-02" in {p.satz for p in bild.pfeile}


def test_mehr_als_drei_auswahlrunden_sind_eine_zahl() -> None:
    for anzahl in (3, 4, 12):
        runden = [Punkt(f"AR-{n}", "auswahlrunde", "Auswahlrunde", "Durchgeführt") for n in range(anzahl)]
        bild = zeichne([Punkt("SAM-1", "sammlung", "Sammlung", "Offen"), *runden],
                       [Linie("SAM-1", r.key, "gesichtet_in") for r in runden], "SAM-1")
        _geprueft(bild)
        assert sorted(k.anzahl for k in bild.kaesten) == ([0] * 4 if anzahl == 3 else [0, anzahl]) and bild.gruppiert == (anzahl > 3)
