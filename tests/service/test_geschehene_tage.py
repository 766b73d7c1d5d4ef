"""Was geschehen ist, geschah nicht in der Zukunft: Erhebungen, Beschlüsse, Fallrekonstruktionen, Vorkommen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from service.db import Datenbank
from service.errors import Ungueltig, Unmoeglich
from service.umfeld import Umfeld
from tests.bau import MELDER, melde
from tests.service.test_thema_kette import CM, CM_STELLE, STELLE, Lauf
from tests.service.test_wiederkehr import Kreis


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Lauf:
    return Lauf(db, umfeld)


@pytest.mark.parametrize("faellig", [
    ("2099-01-01",), ("2026-07-26",), ("2026-07-27", "2026-07-28"), ("2026-07-29", "2026-07-28"), ("2026-07-28", "2026-10-13"),
])
def test_zwei_erhebungen_liegen_einen_rhythmus_auseinander(db: Datenbank, umfeld: Umfeld, faellig: tuple[str, ...]) -> None:
    kreis = Kreis(db, umfeld).eingefuehrt()  # der neue Ablauf gilt ab dem 27.07.2026
    kreis.jetzt = datetime(2026, 10, 22, 9, tzinfo=UTC)
    *vorher, letzte = faellig
    for tag in vorher:
        kreis.tue("erheben", kreis.mon, indikator="IN-1", faellig_am=tag, wert=1)
    with pytest.raises(Unmoeglich) as fehler:
        kreis.tue("erheben", kreis.mon, indikator="IN-1", faellig_am=letzte, wert=1)
    assert fehler.value.waechter == ("termin_ist_da",) and fehler.value.felder == ("faellig_am",)
    kreis.wirksam()
    assert kreis.zustand(kreis.mon) == ["wirksam"]


def test_kein_termin_bleibt_ohne_wert_und_ohne_grund(db: Datenbank, umfeld: Umfeld) -> None:
    kreis = Kreis(db, umfeld).eingefuehrt()
    kreis.jetzt = datetime(2027, 1, 29, 9, tzinfo=UTC)
    with pytest.raises(Unmoeglich, match=r"Zum 27\.10\.2026 war auch ein Wert fällig") as fehler:
        kreis.tue("erheben", kreis.mon, indikator="IN-1", faellig_am="2027-01-29", wert=1)
    assert fehler.value.waechter == ("termin_ist_da",)
    kreis.tue("nicht_erheben", kreis.mon, indikator="IN-1", grund="Die Liste lag nicht vor.")
    kreis.tue("erheben", kreis.mon, indikator="IN-1", faellig_am="2027-01-29", wert=1)
    assert [z["faellig_am"] for z in kreis.stand(kreis.mon)["erhebungen"].values()] == ["2026-10-27", "2027-01-29"]


@pytest.mark.parametrize(("tag", "geht"), [("2026-04-21", False), ("2020-01-01", False), ("2026-04-22", True), (None, True)])
def test_ein_beschluss_ist_am_tag_der_sitzung_gefasst(lauf: Lauf, tag: str | None, geht: bool) -> None:
    lg = lauf.sitzung()
    daten: dict[str, Any] = {"titel": "B", "wortlaut": "x", "sitzung": lg, "verantwortlich": "K", "frist": "2032-01-01",
                             "verteiler": ["Arbeitsgruppen"], "verfahren": "konsens", "bezug": [], "gefasst_am": tag}
    if geht:
        assert lauf.stand(lauf.tue("fassen", art="beschluss", **daten))["gefasst_am"] == "2026-04-22"
        return
    with pytest.raises(Unmoeglich) as fehler:
        lauf.tue("fassen", art="beschluss", **daten)
    assert fehler.value.waechter == ("gefasst_am_tag_der_sitzung",)


def test_nichts_ist_schon_morgen_geschehen(lauf: Lauf) -> None:
    fr = lauf.eingeladen(lauf.ausgewaehlt())
    meldung = melde(lauf.db, lauf.umfeld)
    teilnahmen = [{"institution": s, "teilnahme": "anwesend"} for s in (STELLE, CM_STELLE)]
    morgen: tuple[tuple[str, str, Any, dict[str, Any]], ...] = (
        ("durchfuehren", fr, CM, {"teilnahmen": teilnahmen, "durchgefuehrt_am": "2026-01-08"}),
        ("wieder_vorgekommen", meldung, MELDER, {"vorgekommen_am": "2026-01-08"}))
    for ausloeser, key, wer, daten in morgen:
        with pytest.raises(Ungueltig) as fehler:
            lauf.tue(ausloeser, key, wer=wer, **daten)
        assert [grund for _, grund in fehler.value.befunde] == [
            "Dieser Tag liegt in der Zukunft. Bitte nennen Sie den Tag, an dem es geschehen ist."]
    lauf.tue("durchfuehren", fr, wer=CM, teilnahmen=teilnahmen, durchgefuehrt_am="2026-01-07")
    lauf.tue("wieder_vorgekommen", meldung, wer=MELDER, vorgekommen_am="2026-01-07")
