"""Einzelfallübergabe: erst die Einwilligung, dann drei Werktage für die Antwort."""

from __future__ import annotations

from datetime import date
from typing import Any

from states.einzelfalluebergabe import EINZELFALLUEBERGABE, FRISTEN
from states.fristen import Blick
from states.model import her
from tests.states.fakten import nachbar, waechter_von


def test_die_kanten() -> None:
    assert EINZELFALLUEBERGABE.kanten() == frozenset({
        ("", "anbieten", "angeboten"),
        ("angeboten", "einwilligung_verzeichnen", "angeboten"),
        ("angeboten", "einwilligung_folgen", "angeboten"),
        ("uebernommen", "einwilligung_folgen", "uebernommen"),
        ("angeboten", "uebernehmen", "uebernommen"),
        ("angeboten", "nicht_uebernehmen", "nicht_uebernommen"),
        ("angeboten", "uebergeben", "angeboten"),
    })
    assert {w.rolle.value for u in EINZELFALLUEBERGABE.uebergaenge for w in u.wer} == {"koordination", "case_management", "kette"}


def _anbieten(einwilligung: bool, **daten: Any) -> tuple[str, ...]:
    meldung = nachbar("MK-1", "meldebogen", "themenspeicher", einwilligung_uebergabe=einwilligung)
    return waechter_von(EINZELFALLUEBERGABE, "anbieten", daten={"meldung": "MK-1", "an": "CM", **daten},
                        sichten={(her("uebergeben_in"),): [meldung]})


def test_ohne_einwilligung_wird_nichts_angeboten() -> None:
    assert _anbieten(True) == ()
    assert _anbieten(False) == ("einwilligung_liegt_vor",)
    assert _anbieten(True, meldung="MK-9") == ("einwilligung_liegt_vor",)
    assert _anbieten(True, an="") == ("feld_an",)


def test_ein_widerruf_verhindert_die_uebernahme() -> None:
    assert waechter_von(EINZELFALLUEBERGABE, "uebernehmen", "angeboten", stand={"einwilligung": True}) == ()
    assert waechter_von(EINZELFALLUEBERGABE, "uebernehmen", "angeboten", stand={"einwilligung": False}) == ("einwilligung_besteht",)


def test_ablehnen_braucht_einen_grund() -> None:
    assert waechter_von(EINZELFALLUEBERGABE, "nicht_uebernehmen", "angeboten") == ("grund",)
    assert waechter_von(EINZELFALLUEBERGABE, "nicht_uebernehmen", "angeboten", grund="keine Kapazität") == ()


def test_drei_werktage() -> None:
    (frist,) = FRISTEN
    offen = Blick("angeboten", {}, {}, date(2026, 7, 2), date(2026, 7, 2))
    assert frist.dauer == "3 WT" and list(frist.termine(offen))
    assert not list(frist.termine(Blick("uebernommen", {}, {}, date(2026, 7, 6), date(2026, 7, 2))))
