"""Sammlung: Kanten und ihre Bedingungen."""

from __future__ import annotations

from states.model import her
from states.sammlung import SAMMLUNG
from tests.states.fakten import nachbar, waechter_von


def test_die_kanten() -> None:
    assert SAMMLUNG.kanten() == frozenset({
        ("", "anlegen", "offen"),
        ("offen", "umbenennen", "offen"),
        ("offen", "schliessen", "geschlossen"),
        ("geschlossen", "wiederoeffnen", "offen"),
        ("offen", "uebergeben", "offen"),
    })
    assert {w.rolle.value for u in SAMMLUNG.uebergaenge for w in u.wer} == {"koordination"}


def test_titel_noetig() -> None:
    for ausloeser, zustand in (("anlegen", ""), ("umbenennen", "offen")):
        assert waechter_von(SAMMLUNG, ausloeser, zustand, daten={"titel": "Wartezeit"}) == ()
        assert waechter_von(SAMMLUNG, ausloeser, zustand, daten={"titel": ""}) == ("feld_titel",)


def test_geschlossen_wird_nur_was_leer_ist() -> None:
    def schliessen(*zustaende: str) -> tuple[str, ...]:
        darin = [nachbar(f"MK-{n}", "meldebogen", z) for n, z in enumerate(zustaende)]
        return waechter_von(SAMMLUNG, "schliessen", "offen", sichten={(her("gesammelt"),): darin})

    assert schliessen() == schliessen("im_thema", "themenspeicher") == ()
    assert schliessen("im_thema", "in_sammlung") == schliessen("ausgewaehlt") == schliessen("in_rekonstruktion") == ("sammlung_leer",)
