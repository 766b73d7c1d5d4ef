"""Was anderswo entschieden ist, steht nicht mehr auf einer kommenden Tagesordnung; und nach einer Absage fehlt ein Termin sofort."""

from __future__ import annotations

import pytest

from service.db import Datenbank
from service.pruefen import pruefe
from service.umfeld import Umfeld
from tests.service.test_thema_kette import SITZE, Lauf


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Lauf:
    return Lauf(db, umfeld)


def _vorgelegt(lauf: Lauf) -> tuple[str, str]:
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    kommende = lauf.tue("planen", art="sitzung", datum="2026-09-22")
    lauf.tue("vorlegen", gt, sitzung=kommende)
    return gt, kommende


def _stehende(lauf: Lauf, sitzung: str) -> list[str]:
    return [p["bezug"] for p in lauf.stand(sitzung)["punkte"] if not p.get("gestrichen_am")]


def test_im_umlauf(lauf: Lauf) -> None:
    gt, kommende = _vorgelegt(lauf)
    sitze = [{**s, "institution": f"Stelle {n}"} for n, s in enumerate(SITZE)]
    umlauf = lauf.tue("umlauf_starten", art="beschluss", titel="B", wortlaut="x", verantwortlich="K", frist="2026-09-01", verteiler=["X"],
                      bezug=[gt], antwort_bis="2026-01-20", sitze=sitze,
                      bewegungen=[{"vorgang": gt, "ausloeser": "ablehnen", "grund": "x", "daten": {}}])
    for s in SITZE:
        lauf.tue("stimme_abgeben", umlauf, sitz=s["sitz"], stimme="ja")
    assert _stehende(lauf, kommende) == [gt]
    lauf.tue("umlauf_feststellen", umlauf)
    assert lauf.zustand(gt) == ["abgelehnt"] and _stehende(lauf, kommende) == []
    with lauf.db.lesen() as s_:
        assert pruefe(s_).fehler == []


def test_in_einer_anderen_sitzung(lauf: Lauf) -> None:
    gt, kommende = _vorgelegt(lauf)
    lg = lauf.sitzung()
    lauf.beschluss(lg, (gt, "zurueckstellen", {"wiedervorlage_am": "2026-09-01"}))
    assert lauf.zustand(gt) == ["zurueckgestellt"] and _stehende(lauf, kommende) == []


def test_in_der_eigenen_sitzung_bleibt_der_punkt_stehen(lauf: Lauf) -> None:
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.sitzung(gt)
    lauf.beschluss(lg, (gt, "zurueckstellen", {"wiedervorlage_am": "2026-09-01"}))
    assert _stehende(lauf, lg) == [gt]


def test_nach_einer_absage_fehlt_der_naechste_termin_ab_der_absage(lauf: Lauf) -> None:
    lg = lauf.tue("planen", art="sitzung", datum="2026-06-08")
    lauf.tue("absagen", lg, grund="krank")
    with lauf.db.lesen() as s:
        (anker,) = s.alle("SELECT f.anker FROM frist f JOIN vorgang v ON v.id = f.vorgang "
                          "WHERE f.offen = 1 AND f.name = 'lg_naechste_sitzung' AND v.key = :key", {"key": lg})
    assert anker[0] == lauf.jetzt.date().isoformat()
