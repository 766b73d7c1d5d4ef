"""Was eine Meldung mit Themen, Sammlungen und dem Signal auf Wiederkehr zu tun hat."""

from __future__ import annotations

from typing import Any

import pytest

from states.meldebogen import FOLGEN, MELDEBOGEN, geschehen_nach
from states.glieder import Folge
from states.model import hin
from tests.states.fakten import lage, nachbar, schritt, waechter_von


@pytest.mark.parametrize(
    ("stand", "danach"),
    [
        ({"ereignis_bis": "2027-05"}, True),
        ({"ereignis_von": "2027-05", "ereignis_bis": None}, True),
        ({"ereignis_von": "2026-09", "ereignis_bis": "2026-12"}, False),
        ({"ereignis_bis": "2027-01", "eingang": "2026-12-01"}, True),  # derselbe Monat: im Zweifel prüfen
        ({"ereignis_bis": "2026-12", "eingang": "2027-02-01"}, False),  # es zählt das Ereignis, nicht der Eingang
        ({"eingang": "2027-01-05"}, True),
        ({"eingang": "2027-01-04"}, False),
    ],
)
def test_gezaehlt_wird_wann_es_geschah(stand: dict[str, Any], danach: bool) -> None:
    assert geschehen_nach(stand, "2027-01-04") is danach


def _signal(zielsystem: str = "eingefuehrt", start: str | None = "2027-01-04", eltern: str = "ZS-01", **stand: Any) -> Any:
    folge = next(f for f in FOLGEN if isinstance(f, Folge) and f.bei == ("zuordnen", "umhaengen"))
    assert folge.schritt is not None and folge.feuert == ("signal_setzen",)
    ziel = nachbar("MON-01", "monitoring", "wirksam", eltern=eltern)
    sichten = {(hin("im_thema"), hin("fuehrt_zu")): [nachbar("ZS-01", "zielsystem", zielsystem, startdatum=start)]}
    return schritt(folge.schritt(lage("meldebogen", "zuordnen", ziel, key="MK-1", stand=stand, sichten=sichten)))


def test_das_signal_nennt_meldung_und_zeitraum() -> None:
    assert _signal(ereignis_von="2027-04", ereignis_bis="2027-05") == (
        "signal_setzen", {"meldung": "MK-1", "ereignis_von": "2027-04", "ereignis_bis": "2027-05"})
    assert _signal(ereignis_bis="2026-10") is None
    assert _signal("in_umsetzung", None, ereignis_bis="2027-05") is None
    assert _signal(eltern="ZS-09", ereignis_bis="2027-05") is None


def _zuordnen(thema: str, art: str = "generatives_thema") -> tuple[str, ...]:
    return waechter_von(MELDEBOGEN, "zuordnen", "in_sammlung", daten={"thema": "GT-01"},
                        sichten={(hin("im_thema"),): [nachbar("GT-01", art, thema)]})


def test_auch_ein_abgeschlossenes_thema_nimmt_meldungen_auf() -> None:
    assert _zuordnen("entwurf") == _zuordnen("in_monitoring") == _zuordnen("abgeschlossen") == ()
    assert _zuordnen("abgelehnt") == _zuordnen("zusammengefuehrt") == _zuordnen("offen", "sammlung") == ("thema_nimmt_auf",)


@pytest.mark.parametrize(("ausloeser", "zustand"), [("aufnehmen", "in_vorpruefung"), ("umsammeln", "in_sammlung")])
def test_aufgenommen_wird_nur_in_eine_offene_sammlung(ausloeser: str, zustand: str) -> None:
    def aufnehmen(sammlung: str) -> tuple[str, ...]:
        return waechter_von(MELDEBOGEN, ausloeser, zustand, daten={"sammlung": "SAM-01"},
                            sichten={(hin("gesammelt"),): [nachbar("SAM-01", "sammlung", sammlung)]})

    assert aufnehmen("offen") == ()
    assert aufnehmen("geschlossen") == ("sammlung_offen",)


def test_die_schritte_der_kette() -> None:
    kette = ("thema_bilden", "umhaengen", "loesen", "ohne_loesung_beenden", "thema_wieder_oeffnen")
    assert {k for k in MELDEBOGEN.kanten() if k[1] in kette} == {
        ("rekonstruiert", "thema_bilden", "im_thema"),
        ("im_thema", "thema_bilden", "im_thema"),
        ("geloest", "thema_bilden", "im_thema"),
        ("ohne_loesung_beendet", "thema_bilden", "im_thema"),
        ("im_thema", "umhaengen", "im_thema"),
        ("im_thema", "loesen", "geloest"),
        ("ohne_loesung_beendet", "loesen", "geloest"),
        ("im_thema", "ohne_loesung_beenden", "ohne_loesung_beendet"),
        ("geloest", "thema_wieder_oeffnen", "im_thema"),
        ("ohne_loesung_beendet", "thema_wieder_oeffnen", "im_thema"),
    }
