"""Ungewöhnliche Folgen durch `apply`: was selten vorkommt und doch nach der Vorgabe enden muss."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.db import Datenbank
from service.errors import Unmoeglich
from service.fristen import runde
from service.pruefen import pruefe
from service.umfeld import Umfeld
from tests.service.test_thema_kette import SITZE, STELLE, VORSITZ, Lauf
from tests.service.test_wiederkehr import KETTE, LEITUNG, Kreis
from tests.service.test_zielsystem_anderswo_entschieden import Vorgelegt

AUFTRAG = {"name": "AG Kurse", "auftrag": "Ist und Soll", "frist": "2026-09-30",
           "mitglieder": [{"institution": STELLE, "rolle": "leitung"}]}


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Lauf:
    return Lauf(db, umfeld)


def _stehende(lauf: Lauf, sitzung: str) -> list[str]:
    return [p["bezug"] for p in lauf.stand(sitzung).get("punkte", ()) if not p.get("gestrichen_am")]


def _heil(lauf: Lauf) -> None:
    with lauf.db.lesen() as s:
        assert pruefe(s, stand=lauf.jetzt + timedelta(days=60)).fehler == []


# --- Thema teilen und zusammenführen ------------------------------------------------------------------------------------


def test_was_beim_teilen_mitgeht_ist_erst_erledigt_wenn_beide_themen_es_sind(db: Datenbank, umfeld: Umfeld) -> None:
    """In mehreren Themen: im Thema, solange eines offen ist; dann gelöst, wenn eines gelöst ist."""
    kreis = Kreis(db, umfeld).eingefuehrt()
    (fr,) = kreis.nachbarn(kreis.gt, "ergibt", "her")
    kreis.tue("teilen", kreis.gt, titel="Der Rest", fallrekonstruktionen=[fr], grund="zweierlei")
    (neu,) = kreis.nachbarn(kreis.gt, "geteilt_in")
    assert kreis.nachbarn(kreis.meldung, "im_thema") == [kreis.gt, neu]
    assert kreis.wirksam().zustand(kreis.gt, kreis.meldung) == ["abgeschlossen", "im_thema"]
    kreis.tue("gegenstandslos_stellen", neu, grund="Neues Gesetz")
    assert kreis.zustand(kreis.meldung) == ["geloest"]
    _heil(kreis)


def test_eine_beim_teilen_genannte_meldung_zieht_um(lauf: Lauf) -> None:
    (eine,), (andere,) = lauf.ausgewaehlt(), lauf.ausgewaehlt()
    gt = lauf.thema(lauf.freigegeben([eine]), fr := lauf.freigegeben([andere]))
    lauf.tue("teilen", gt, titel="Der Rest", fallrekonstruktionen=[fr], meldungen=[andere], grund="zweierlei")
    (neu,) = lauf.nachbarn(gt, "geteilt_in")
    assert lauf.nachbarn(andere, "im_thema") == [neu] and lauf.nachbarn(eine, "im_thema") == [gt]
    _heil(lauf)


def test_ein_beauftragtes_thema_geht_in_keinem_unbeauftragten_auf_aber_umgekehrt(lauf: Lauf) -> None:
    beauftragt, anderes = (lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()), titel=t) for t in ("A", "B"))
    lg = lauf.sitzung(beauftragt)
    lauf.beschluss(lg, (beauftragt, "beauftragen", AUFTRAG))
    with pytest.raises(Unmoeglich, match="umgekehrt"):
        lauf.tue("zusammenfuehren", beauftragt, mit=anderes, grund="dasselbe")
    lauf.tue("zusammenfuehren", anderes, mit=beauftragt, grund="dasselbe")
    assert lauf.zustand(beauftragt, anderes) == ["beauftragt", "zusammengefuehrt"]
    assert len(lauf.nachbarn(beauftragt, "im_thema", "her")) == len(lauf.nachbarn(beauftragt, "ergibt", "her")) == 2
    _heil(lauf)


# --- Sitzung ------------------------------------------------------------------------------------------------------------


def test_wer_nur_beraet_beschliesst_nicht_und_der_punkt_kommt_auf_die_naechste(lauf: Lauf) -> None:
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.sitzung(gt)
    lauf.tue("beschlussunfaehig_feststellen", lg, wer=VORSITZ)
    with pytest.raises(Unmoeglich) as fehler:
        lauf.beschluss(lg, (gt, "zurueckstellen", {"wiedervorlage_am": "2026-09-01"}))
    assert fehler.value.waechter == ("quorum",)
    lauf.tue("schliessen", lg)
    lauf.tue("protokoll_unterzeichnen", lg, wer=VORSITZ)
    naechste = lauf.tue("planen", art="sitzung", datum="2026-10-20")
    runde(lauf.db, lauf.umfeld, lauf.jetzt)
    assert lauf.zustand(gt) == ["vorgelegt"] and _stehende(lauf, naechste) == [gt]
    _heil(lauf)


def test_ein_angenommener_umlauf_auf_einer_abgesagten_sitzung_kommt_auf_die_naechste(lauf: Lauf) -> None:
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.tue("planen", art="sitzung", datum="2026-06-08")
    lauf.tue("vorlegen", gt, sitzung=lg)
    umlauf = lauf.tue("umlauf_starten", art="beschluss", titel="B", wortlaut="x", verantwortlich="K", frist="2026-09-01",
                      verteiler=["X"], bezug=[gt], antwort_bis="2026-01-20",
                      sitze=[{**s, "institution": f"Stelle {n}"} for n, s in enumerate(SITZE)],
                      bewegungen=[{"vorgang": gt, "ausloeser": "zurueckstellen", "grund": "x",
                                   "daten": {"wiedervorlage_am": "2026-09-01"}}])
    for s in SITZE:
        lauf.tue("stimme_abgeben", umlauf, sitz=s["sitz"], stimme="ja")
    lauf.tue("umlauf_feststellen", umlauf)
    runde(lauf.db, lauf.umfeld, lauf.jetzt)
    assert _stehende(lauf, lg) == [umlauf]
    lauf.tue("absagen", lg, grund="krank")
    naechste = lauf.tue("planen", art="sitzung", datum="2026-07-08")
    runde(lauf.db, lauf.umfeld, lauf.jetzt)
    assert _stehende(lauf, naechste) == [umlauf] and lauf.zustand(umlauf, gt) == ["gefasst", "zurueckgestellt"]
    _heil(lauf)


def test_ein_einwand_nach_dem_weiterleiten_haelt_die_genehmigung_auf_und_nicht_den_beschluss(lauf: Lauf) -> None:
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.sitzung(gt)
    bs = lauf.beschluss(lg, (gt, "zurueckstellen", {"wiedervorlage_am": "2026-09-01"}))
    lauf.tue("weiterleiten", bs, empfaenger=[{"institution": STELLE, "weg": "protokoll"}])
    lauf.tue("schliessen", lg)
    lauf.tue("protokoll_unterzeichnen", lg, wer=VORSITZ)
    lauf.tue("protokoll_versenden", lg)
    lauf.tue("einwand_verzeichnen", lg, einwand_von="S01", text="Das war anders.")
    spaeter = lauf.jetzt + timedelta(days=20)
    assert [a for _, a, _ in runde(lauf.db, lauf.umfeld, spaeter).gescheitert] == ["protokoll_genehmigen"]
    assert lauf.zustand(lg, bs, gt) == ["protokoll_versandt", "weitergeleitet", "zurueckgestellt"]
    lauf.jetzt = spaeter
    lauf.tue("berichtigen", lg, text="Richtig ist: drei Ja.", zu_einwand=1)
    runde(lauf.db, lauf.umfeld, lauf.jetzt + timedelta(days=3))
    assert lauf.zustand(lg) == ["protokoll_genehmigt"]
    _heil(lauf)


def test_verlegt_bleibt_zugestimmt_und_wieder_vorgelegt_ist_ein_neuer_punkt(lauf: Lauf) -> None:
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.tue("planen", art="sitzung", datum="2026-06-08")
    lauf.tue("vorlegen", gt, sitzung=lg)
    lauf.tue("tagesordnung_zustimmen", lg, wer=VORSITZ)
    lauf.tue("einladen", lg, sitze=SITZE)
    lauf.tue("verlegen", lg, datum="2026-07-01", grund="krank")
    assert lauf.zustand(lg, gt) == ["eingeladen", "vorgelegt"] and lauf.stand(lg)["tagesordnung_zugestimmt_am"]
    lauf.tue("von_tagesordnung_nehmen", gt, grund="Es fehlt eine Zahl.")
    assert _stehende(lauf, lg) == []
    lauf.tue("vorlegen", gt, sitzung=lg)
    assert _stehende(lauf, lg) == [gt] and len(lauf.stand(lg)["punkte"]) == 2
    _heil(lauf)


# --- Zielsystem und Monitoring ------------------------------------------------------------------------------------------


def test_von_zwei_zielsystemen_kehrt_eines_in_die_gruppe_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    fall = Vorgelegt(db, umfeld).bis_hierher()
    fall.tue("zurueckziehen", fall.zs, grund="noch nicht fertig")
    zwei = fall.tue("anlegen", art="zielsystem", titel="Zweites", eltern=fall.ag, thema=fall.nachbarn(fall.zs, "fuehrt_zu", "her")[0])
    fall.tue("bearbeiten", zwei, ist=KETTE, soll=KETTE)
    fall.tue("zustimmen", zwei, institution=STELLE)
    fall.vorlegen()
    assert sorted(fall.stehende(fall.kommende)) == sorted([fall.zs, zwei])
    fall.tue("zurueckziehen", zwei, grund="noch nicht fertig")
    assert fall.zustand(fall.ag, fall.zs, zwei) == ["soll_entwurf", "vorgelegt", "entwurf"] and fall.stehende(fall.kommende) == [fall.zs]
    fall.beschluss(fall.lg, (fall.zs, "beschliessen", {}))
    fall.tue("zustimmen", zwei, institution=STELLE)
    fall.tue("abstimmen", fall.ag, wer=LEITUNG)
    fall.tue("vorlegen", fall.ag, sitzung=fall.kommende)
    assert fall.zustand(fall.ag, fall.zs, zwei) == ["vorgelegt", "beschlossen", "vorgelegt"] and fall.stehende(fall.kommende) == [zwei]
    _heil(fall)


def test_ein_aufgehobenes_zielsystem_loest_nichts_und_wieder_eroeffnet_kommen_die_meldungen_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    kreis = Kreis(db, umfeld).eingefuehrt()
    kreis.tue("bewertung_beginnen", kreis.mon)
    lg = kreis.tue("planen", art="sitzung", datum="2026-10-01")
    kreis.tue("tagesordnung_zustimmen", lg, wer=VORSITZ)
    kreis.tue("einladen", lg, sitze=SITZE)
    kreis.jetzt = kreis.jetzt.replace(month=10, day=1)
    kreis.tue("eroeffnen", lg, anwesenheit={s["sitz"]: "inhaber" for s in SITZE})
    kreis.beschluss(lg, (kreis.zs, "aufheben", {}))
    assert kreis.zustand(kreis.zs, kreis.mon, kreis.gt, kreis.meldung) == ["aufgehoben", "beendet", "abgeschlossen", "ohne_loesung_beendet"]
    kreis.tue("wiedereroeffnen", kreis.gt, grund="Das Problem besteht weiter.")
    assert kreis.zustand(kreis.gt, kreis.meldung) == ["geclustert", "im_thema"]
    _heil(kreis)
