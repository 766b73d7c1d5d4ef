"""Maßnahme: die Kanten im Wortlaut, jeder Wächter einmal erfüllt und einmal nicht, Inhalt und Frist."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from forms import massnahme as formulare
from states.massnahme import MASSNAHME
from states.fristen import Termin
from tests.states.tabellenprobe import Tabellenprobe, antwort, lehnt_ab

PROBE = Tabellenprobe(MASSNAHME, "umsetzende_stelle", "Jobcenter")
ANLEGEN = {"titel": "Liste", "eigner": "Jobcenter", "frist": "2027-01-29", "eltern": "ZS-01", "kennung": "1"}


def test_kanten() -> None:
    assert MASSNAHME.kanten() == frozenset({
        ("", "anlegen", "offen"),
        ("offen", "beginnen", "in_arbeit"),
        ("in_arbeit", "erledigen", "erledigt"),
        ("offen", "entfallen", "entfallen"),
        ("in_arbeit", "entfallen", "entfallen"),
        *((z, a, z) for z in ("offen", "in_arbeit") for a in ("fortschreiben", "auflage_erfuellt", "uebergeben")),
    })


def test_sie_entsteht_und_aendert_sich_nur_mit_dem_zielsystem() -> None:
    assert PROBE.rollen("anlegen") == PROBE.rollen("fortschreiben") == PROBE.rollen("auflage_erfuellt") == {"kette"}
    assert PROBE.rollen("beginnen") == PROBE.rollen("erledigen") == {"koordination", "umsetzende_stelle"}


EIGENE, FREMDE = {"eigner": "Jobcenter"}, {"eigner": "VHS"}
FAELLE: list[tuple[str, str, dict[str, Any], dict[str, Any], set[str]]] = [
    ("beginnen", "offen", EIGENE, {}, set()),
    ("beginnen", "offen", FREMDE, {}, {"eigene_massnahme"}),
    ("beginnen", "offen", FREMDE, {"rolle": "koordination"}, set()),
    ("beginnen", "offen", {**EIGENE, "wartet_auf": ["A1"]}, {}, {"auflage_erfuellt"}),
    ("erledigen", "in_arbeit", EIGENE, {}, set()),
    ("erledigen", "in_arbeit", FREMDE, {}, {"eigene_massnahme"}),
    ("entfallen", "offen", {**EIGENE, "wartet_auf": ["A1"]}, {}, set()),
    ("entfallen", "offen", EIGENE, {"grund": ""}, {"grund"}),
    ("entfallen", "in_arbeit", FREMDE, {}, {"eigene_massnahme"}),
    ("entfallen", "in_arbeit", FREMDE, {"rolle": "kette"}, set()),
]


@pytest.mark.parametrize(("ausloeser", "zustand", "stand", "weiteres", "scheitert"), FAELLE)
def test_waechter(ausloeser: str, zustand: str, stand: dict[str, Any], weiteres: dict[str, Any], scheitert: set[str]) -> None:
    assert PROBE.scheitert(ausloeser, zustand, stand, {}, **weiteres) == scheitert


def test_jeder_waechter_scheitert_in_einem_fall() -> None:
    assert PROBE.waechternamen() <= {name for *_, scheitert in FAELLE for name in scheitert}


def test_inhalt() -> None:
    stand = PROBE.schreibe("anlegen", "", {}, {**ANLEGEN, "wartet_auf": ["A1", "A2"]})
    assert (stand["institution"], stand["eltern"], stand["titel"]) == ("Jobcenter", "ZS-01", "Liste")
    stand = PROBE.schreibe("auflage_erfuellt", "offen", stand, {"auflage": "A1"})
    assert stand["wartet_auf"] == ["A2"]
    stand = PROBE.schreibe("fortschreiben", "offen", stand, {"frist": "2027-02-26"})
    stand = PROBE.schreibe("fortschreiben", "offen", stand, {"frist": "2027-03-26", "eigner": "VHS"})
    assert (stand["frist"], stand["frist_urspruenglich"], stand["institution"]) == ("2027-03-26", "2027-01-29", "VHS")
    assert PROBE.schreibe("erledigen", "in_arbeit", stand, {"ergebnis": "läuft"}, institution="VHS")["ergebnis"] == "läuft"


def test_frist() -> None:
    assert PROBE.termine("massnahme", "in_arbeit", ANLEGEN) == [Termin(anker=date(2027, 1, 29))]
    assert PROBE.termine("massnahme", "erledigt", ANLEGEN) == []
    assert [(s.wann, s.an) for s in MASSNAHME.fristen[0].stufen] == [
        ("10 WT vor Ende", ("eigner",)), ("3 WT vor Ende", ("eigner",)), ("1 WT nach Ende", ("eigner", "zustaendig"))]


def test_formulare() -> None:
    assert antwort(formulare.Anlegen, **ANLEGEN, wartet_auf=["A1"])["wartet_auf"] == ["A1"]
    assert lehnt_ab(formulare.Anlegen, **{**ANLEGEN, "frist": "bald"})
    assert antwort(formulare.Erledigen) == {} and lehnt_ab(formulare.Erledigen, ergebnis=1)
    assert antwort(formulare.Fortschreiben, frist="2027-02-26") and lehnt_ab(formulare.Fortschreiben, frist="")
    assert antwort(formulare.AuflageErfuellt, auflage="A1") and lehnt_ab(formulare.AuflageErfuellt)
