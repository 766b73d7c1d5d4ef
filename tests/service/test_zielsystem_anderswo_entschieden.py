"""Ein Zielsystem, das anderswo entschieden ist, steht nicht mehr auf der kommenden Tagesordnung; kommt es wieder, steht es einmal da."""

from __future__ import annotations

from typing import Any

import pytest

from service.db import Datenbank
from service.fristen import runde
from service.pruefen import pruefe
from service.umfeld import Umfeld
from tests.bau import person
from tests.service.test_thema_kette import SITZE, STELLE, Lauf

LEITUNG = person("leitung", "ag_leitung", institution=STELLE)
KETTE = [{"nr": 1, "taetigkeit": "Einstufung", "zustaendig": STELLE, "uebergabe_an": STELLE}]
AUFLAGE = {"auflage": "Vertretung regeln", "verantwortlich": STELLE, "frist": "2026-12-01", "bestaetigt_durch": "lg_vorsitz"}


class Vorgelegt(Lauf):
    """Ein Zielsystem, vorgelegt zur Sitzung im September; `lg` ist eine andere, die gerade läuft."""

    def bis_hierher(self) -> Vorgelegt:
        gt = self.thema(self.freigegeben(self.ausgewaehlt()))
        self.lg = self.sitzung(gt)
        self.beschluss(self.lg, (gt, "beauftragen", {"name": "AG Kurse", "auftrag": "Ist und Soll", "frist": "2026-09-30",
                                                     "mitglieder": [{"institution": STELLE, "rolle": "leitung"}]}))
        (self.ag,) = self.nachbarn(gt, "beauftragt")
        self.tue("konstituieren", self.ag, datum="2026-04-22")
        self.tue("ist_beginnen", self.ag)
        self.tue("ist_beitrag_erfassen", self.ag, institution=STELLE, grund_fehlt="Kein eigener Anteil")
        self.tue("soll_beginnen", self.ag)
        self.zs = self.tue("anlegen", art="zielsystem", titel="Gemeinsame Liste", eltern=self.ag, thema=gt)
        self.kommende = self.tue("planen", art="sitzung", datum="2026-09-22")
        return self.vorlegen()

    def vorlegen(self) -> Vorgelegt:
        self.tue("bearbeiten", self.zs, ist=KETTE, soll=KETTE)
        self.tue("zustimmen", self.zs, institution=STELLE)
        self.tue("abstimmen", self.ag, wer=LEITUNG)
        self.tue("vorlegen", self.ag, sitzung=self.kommende)
        return self

    def im_umlauf(self, *bewegungen: tuple[str, str, dict[str, Any]]) -> None:
        sitze = [{**s, "institution": f"Stelle {n}"} for n, s in enumerate(SITZE)]
        umlauf = self.tue("umlauf_starten", art="beschluss", titel="B", wortlaut="x", verantwortlich="K", frist="2026-09-01",
                          verteiler=["X"], bezug=[v for v, *_ in bewegungen], antwort_bis="2026-05-20", sitze=sitze,
                          bewegungen=[{"vorgang": v, "ausloeser": a, "grund": "x", "daten": d} for v, a, d in bewegungen])
        for s in SITZE:
            self.tue("stimme_abgeben", umlauf, sitz=s["sitz"], stimme="ja")
        self.tue("umlauf_feststellen", umlauf)

    def stehende(self, sitzung: str) -> list[str]:
        return [p["bezug"] for p in self.stand(sitzung)["punkte"] if not p.get("gestrichen_am")]


@pytest.fixture
def fall(db: Datenbank, umfeld: Umfeld) -> Vorgelegt:
    return Vorgelegt(db, umfeld).bis_hierher()


ENTSCHEIDUNGEN: list[tuple[str, dict[str, Any], str]] = [
    ("beschliessen", {}, "beschlossen"), ("mit_auflagen_beschliessen", {"auflagen": [AUFLAGE]}, "mit_auflagen_beschlossen"),
    ("zurueckverweisen", {}, "zurueckverwiesen"), ("ablehnen", {}, "abgelehnt"),
]


@pytest.mark.parametrize(("ausloeser", "daten", "nach"), ENTSCHEIDUNGEN)
@pytest.mark.parametrize("wo", ["umlauf", "sitzung"])
def test_es_steht_nicht_mehr_auf_der_kommenden(fall: Vorgelegt, wo: str, ausloeser: str, daten: dict[str, Any], nach: str) -> None:
    assert fall.stehende(fall.kommende) == [fall.zs]
    bewegung = (fall.zs, ausloeser, daten)
    fall.im_umlauf(bewegung) if wo == "umlauf" else fall.beschluss(fall.lg, bewegung)
    assert fall.zustand(fall.zs) == [nach] and fall.stehende(fall.kommende) == []
    with fall.db.lesen() as s:
        assert pruefe(s).fehler == []


def test_in_der_eigenen_sitzung_bleibt_der_punkt_stehen(fall: Vorgelegt) -> None:
    fall.tue("tagesordnung_zustimmen", fall.kommende, wer=person("vorsitz", "lg_vorsitz"))
    fall.tue("einladen", fall.kommende, sitze=SITZE)
    fall.jetzt = fall.jetzt.replace(month=9, day=22)
    fall.tue("eroeffnen", fall.kommende, anwesenheit={s["sitz"]: "inhaber" for s in SITZE})
    fall.beschluss(fall.kommende, (fall.zs, "beschliessen", {}))
    assert fall.zustand(fall.zs) == ["beschlossen"] and fall.stehende(fall.kommende) == [fall.zs]


def test_zurueckverwiesen_und_wieder_vorgelegt_steht_es_einmal_darauf(fall: Vorgelegt) -> None:
    fall.beschluss(fall.lg, (fall.zs, "zurueckverweisen", {}), (fall.ag, "nachbeauftragen", {"auftrag": "Vertretung regeln"}))
    assert fall.zustand(fall.zs, fall.ag) == ["entwurf", "soll_entwurf"] and fall.stehende(fall.kommende) == []
    fall.vorlegen()
    assert fall.zustand(fall.zs) == ["vorgelegt"] and fall.stehende(fall.kommende) == [fall.zs]


def test_was_nach_einer_absage_wartet_und_im_umlauf_entschieden_ist_kommt_auf_keine_mehr(fall: Vorgelegt) -> None:
    fall.tue("absagen", fall.kommende, grund="krank")
    fall.im_umlauf((fall.zs, "beschliessen", {}))
    naechste = fall.tue("planen", art="sitzung", datum="2026-10-20")
    runde(fall.db, fall.umfeld, fall.jetzt)
    assert fall.zustand(fall.zs) == ["beschlossen"] and fall.zs not in fall.stehende(naechste)


def test_ohne_entscheidung_wartet_es_auf_die_naechste(fall: Vorgelegt) -> None:
    fall.tue("absagen", fall.kommende, grund="krank")
    naechste = fall.tue("planen", art="sitzung", datum="2026-10-20")
    runde(fall.db, fall.umfeld, fall.jetzt)
    assert fall.zustand(fall.zs) == ["vorgelegt"] and fall.stehende(naechste) == [fall.zs]
