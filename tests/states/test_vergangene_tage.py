"""Eine Frist liegt nie vor dem Tag, an dem entschieden wurde; nachtragen darf man einen Beschluss trotzdem."""

from __future__ import annotations

from typing import Any

import pytest

from states.arbeitsgruppe import ARBEITSGRUPPE
from states.beschluss import BESCHLUSS
from states.model import her, hin
from tests.states.fakten import HEUTE, nachbar, waechter_von

GESTERN, DAVOR, LANGE_HER = "2026-03-01", "2026-02-20", "2026-01-31"
NAME = "fristen_nach_entscheidung"
SITZUNG = nachbar("LG-01", "sitzung", "laeuft", anwesenheit={"S01": "inhaber", "S02": "inhaber", "S03": "inhaber"}, datum=DAVOR)


def fassen(**daten: Any) -> bool:
    alle = {"sitzung": "LG-01", "titel": "Auftrag", "abstimmung": {"ja": 3, "nein": 0, "enthaltung": 0}, **daten}
    return NAME in waechter_von(BESCHLUSS, "fassen", daten=alle, sichten={(hin("gefasst_in"),): (SITZUNG,), (her("behandelt"),): ()})


def bewegt(**daten: Any) -> dict[str, Any]:
    return {"bewegungen": [{"vorgang": "GT-01", "ausloeser": "beauftragen", "daten": daten}]}


@pytest.mark.parametrize(("falsch", "richtig"), [
    ({"frist": LANGE_HER}, {"frist": DAVOR}),
    (bewegt(frist=LANGE_HER), bewegt(frist=GESTERN)),
    (bewegt(auflagen=[{"frist": DAVOR}, {"frist": LANGE_HER}]), bewegt(auflagen=[{"frist": DAVOR}])),
    (bewegt(bis=LANGE_HER), bewegt(bis=DAVOR)),
    ({"frist": DAVOR, "gefasst_am": GESTERN}, {"frist": GESTERN, "gefasst_am": GESTERN}),
])
def test_keine_frist_vor_dem_tag_der_sitzung(falsch: dict[str, Any], richtig: dict[str, Any]) -> None:
    assert fassen(**falsch) and not fassen(**richtig)


def test_im_umlauf_keine_frist_vor_heute() -> None:
    umlauf = {"sitze": [{"sitz": "S01"}], "antwort_bis": "2026-03-09"}
    assert NAME in waechter_von(BESCHLUSS, "umlauf_starten", daten={**umlauf, "frist": GESTERN})
    assert waechter_von(BESCHLUSS, "umlauf_starten", daten={**umlauf, "frist": HEUTE.isoformat()}) == ()


def test_eine_blockade_hat_keinen_vergangenen_tag() -> None:
    def melde(**bis: str) -> tuple[str, ...]:
        return waechter_von(ARBEITSGRUPPE, "blockade_melden", "ist_analyse", daten={"wer": "Jobcenter", "was": "Zahlen", **bis})

    assert melde(bis=GESTERN) == ("zukunft_bis",)
    assert melde(bis=HEUTE.isoformat()) == melde() == ()


def test_der_vorsitz_verlaengert_nicht_in_die_vergangenheit() -> None:
    def verlaengere(frist: str) -> tuple[str, ...]:
        return waechter_von(ARBEITSGRUPPE, "frist_verlaengern", "ist_analyse", stand={"frist": LANGE_HER}, daten={"frist": frist},
                            grund="Krank", rolle="lg_vorsitz")

    assert verlaengere(GESTERN) == ("verlaengerung",)
    assert verlaengere(HEUTE.isoformat()) == ()
