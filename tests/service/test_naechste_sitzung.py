"""„Die Lenkungsgruppe nimmt Kenntnis in ihrer nächsten Sitzung“: es steht auf deren Tagesordnung oder wartet, bis eine geplant ist."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.fristen import Runde, runde
from service.pruefen import pruefe
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, tue
from tests.service.test_lenkungsgruppe import BESCHLUSS, SITZE, VORSITZ, Haus
from tests.service.test_wiederkehr import Kreis


@pytest.fixture
def kreis(db: Datenbank, umfeld: Umfeld) -> Kreis:
    return Kreis(db, umfeld).eingefuehrt()


@pytest.fixture
def haus(db: Datenbank, umfeld: Umfeld) -> Haus:
    return Haus(db, umfeld)


def _runde(kreis: Kreis, tage: int = 0) -> Runde:
    kreis.jetzt += timedelta(days=tage)
    return runde(kreis.db, kreis.umfeld, kreis.jetzt)


def _geplant(kreis: Kreis, in_tagen: int) -> str:
    return kreis.tue("planen", art="sitzung", datum=(kreis.jetzt + timedelta(days=in_tagen)).date().isoformat())


def _punkte(kreis: Kreis, sitzung: str) -> list[tuple[str, str | None]]:
    return [(p["bezug"], p.get("art")) for p in kreis.stand(sitzung).get("punkte", ()) if not p.get("gestrichen_am")]


def _heil(db: Datenbank) -> None:
    with db.lesen() as s:
        assert pruefe(s).fehler == []


def test_ein_wirksames_thema_kommt_auf_die_naechste_sitzung_nicht_auf_eine_spaetere(kreis: Kreis) -> None:
    kreis.wirksam()
    spaet, frueh = _geplant(kreis, 90), _geplant(kreis, 30)
    assert kreis.zustand(kreis.gt) == ["abgeschlossen"] and _punkte(kreis, frueh) == []
    _runde(kreis)
    assert _punkte(kreis, frueh) == [(kreis.gt, "kenntnisnahme")] and _punkte(kreis, spaet) == []
    assert kreis.stand(frueh)["punkte"][0]["titel"].startswith("Zur Kenntnis: ")
    _runde(kreis, 1)
    assert len(_punkte(kreis, frueh)) == 1 and frueh in kreis.nachbarn(kreis.gt, "steht_auf") and _punkte(kreis, spaet) == []
    _heil(kreis.db)


def test_ohne_geplante_sitzung_wartet_es_auf_die_naechste(kreis: Kreis) -> None:
    kreis.wirksam()
    for _ in range(3):
        gang = _runde(kreis, 40)
        assert gang.gescheitert == ()
    sitzung = _geplant(kreis, 60)
    _runde(kreis)
    assert _punkte(kreis, sitzung) == [(kreis.gt, "kenntnisnahme")]
    _heil(kreis.db)


def test_faellt_die_sitzung_aus_kommt_es_auf_die_naechste(kreis: Kreis) -> None:
    erste = _geplant(kreis, 30)
    kreis.wirksam()
    _runde(kreis)
    kreis.tue("absagen", erste, grund="Der Saal ist belegt.")
    _runde(kreis, 1)
    zweite = _geplant(kreis, 60)
    _runde(kreis, 1)
    assert _punkte(kreis, zweite) == [(kreis.gt, "kenntnisnahme")]
    _heil(kreis.db)


def test_wird_das_thema_wieder_eroeffnet_ist_nichts_mehr_zur_kenntnis_zu_nehmen(kreis: Kreis) -> None:
    sitzung = _geplant(kreis, 30)
    kreis.wirksam()
    _runde(kreis)
    kreis.tue("wiedereroeffnen", kreis.gt, grund="Die Hürde besteht fort.")
    assert _punkte(kreis, sitzung) == [] and kreis.nachbarn(kreis.gt, "steht_auf") != []
    _runde(kreis, 1)
    assert _punkte(kreis, sitzung) == []
    _heil(kreis.db)


def test_von_hand_aufgenommenes_setzt_die_runde_nicht_noch_einmal(kreis: Kreis) -> None:
    kreis.wirksam()
    frueh, spaet = _geplant(kreis, 30), _geplant(kreis, 90)
    kreis.tue("punkt_aufnehmen", spaet, bezug=kreis.gt, titel="Wirksam")
    _runde(kreis)
    assert _punkte(kreis, frueh) == [] and len(_punkte(kreis, spaet)) == 1
    _heil(kreis.db)


def test_ein_umlauf_wartet_auf_die_sitzung_und_folgt_einer_absage(haus: Haus) -> None:
    umlauf = {**BESCHLUSS, "sitze": SITZE, "antwort_bis": "2026-01-09"}
    haus.schritt("2026-01-06", "umlauf_starten", "BS-01", umlauf, art="beschluss")
    haus.bis("2026-01-20")
    assert haus.zustand("BS-01") == "gescheitert" and not haus.stand("BS-01").get("berichtet_in")
    haus.schritt("2026-01-20", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    haus.bis("2026-01-21")
    assert haus.verbunden("BS-01", "steht_auf", "LG-01") and haus.stand("BS-01")["berichtet_in"] == "LG-01"
    haus.schritt("2026-01-22", "absagen", "LG-01", grund="Der Saal ist belegt.")
    assert haus.stand("BS-01")["berichtet_in"] is None
    haus.schritt("2026-01-22", "planen", "LG-02", {"datum": "2026-05-06"}, art="sitzung")
    haus.bis("2026-01-23")
    assert [p["bezug"] for p in haus.stand("LG-02")["punkte"]] == ["BS-01"]
    haus.stimmig()


def test_vorgelegtes_kommt_nach_der_absage_von_selbst_auf_die_naechste(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    thema: dict[str, Any] = {"titel": "Kurszugang", "quelle": "austausch"}
    haus.schritt("2026-01-06", "anlegen", "GT-01", thema, grund="Hinweis im Austausch.", art="generatives_thema")
    haus.schritt("2026-01-06", "clustern", "GT-01", {"cluster": "Sprache"})
    haus.schritt("2026-01-06", "vorlegen", "GT-01", {"sitzung": "LG-01"})
    haus.schritt("2026-01-07", "absagen", "LG-01", grund="Der Saal ist belegt.")
    haus.schritt("2026-01-08", "planen", "LG-02", {"datum": "2026-05-06"}, art="sitzung")
    haus.bis("2026-01-09")
    assert haus.zustand("GT-01") == "vorgelegt" and haus.verbunden("GT-01", "steht_auf", "LG-02")
    assert haus.stand("GT-01")["sitzung"] == "LG-02" and haus.stand("LG-02")["punkte"][0]["art"] == "uebertrag"
    haus.stimmig()


def test_ein_verspaeteter_einwand_wird_punkt_der_naechsten_sitzung(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-02-04"}, art="sitzung")
    haus.schritt("2026-01-05", "tagesordnung_zustimmen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-01-06", "einladen", "LG-01", {"sitze": SITZE})
    haus.schritt("2026-02-04", "eroeffnen", "LG-01", {"anwesenheit": {s["sitz"]: "inhaber" for s in SITZE}}, wer=VORSITZ)
    haus.schritt("2026-02-04", "schliessen", "LG-01")
    haus.schritt("2026-02-05", "protokoll_unterzeichnen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-02-05", "protokoll_versenden", "LG-01")
    haus.bis("2026-03-10")  # genehmigt und abgeschlossen hat die Runde
    haus.schritt("2026-03-10", "einwand_verzeichnen", "LG-01", {"einwand_von": "S02", "text": "Die Zahl stimmt nicht."})
    haus.bis("2026-03-20")
    haus.schritt("2026-03-20", "planen", "LG-02", {"datum": "2026-09-02"}, art="sitzung")
    haus.bis("2026-03-21")
    assert [p["art"] for p in haus.stand("LG-02")["punkte"]] == ["einwand"] and haus.verbunden("LG-01", "naechste_sitzung", "LG-02")
    haus.schritt("2026-03-23", "absagen", "LG-02", grund="Der Saal ist belegt.")
    haus.schritt("2026-03-23", "planen", "LG-03", {"datum": "2026-10-07"}, art="sitzung")
    haus.bis("2026-03-24")
    assert [p["art"] for p in haus.stand("LG-03")["punkte"]] == ["einwand"]
    haus.bis("2026-03-30")
    assert len(haus.stand("LG-03")["punkte"]) == 1
    haus.stimmig()


# --- freie Punkte -----------------------------------------------------------------------------------------------------


def _titel(haus: Haus | Kreis, sitzung: str) -> list[str]:
    return [p["titel"] for p in haus.stand(sitzung).get("punkte", ()) if not p.get("gestrichen_am")]


def test_freie_punkte_einer_abgesagten_sitzung_kommen_auf_die_naechste(kreis: Kreis) -> None:
    erste = _geplant(kreis, 30)
    bericht = {"titel": "Bericht des Teams Lüdenscheid", "art": "cm_bericht", "text": "Wartezeiten"}
    tue(kreis.db, kreis.umfeld, KOORDINATION, Schritt("punkt_aufnehmen", erste, daten=bericht), jetzt=kreis.jetzt)
    kreis.tue("punkt_aufnehmen", erste, titel="Erledigt")
    kreis.tue("punkt_streichen", erste, nr=2)
    kreis.tue("absagen", erste, grund="krank")
    assert _runde(kreis, 1).gescheitert == ()
    zweite = _geplant(kreis, 60)
    kreis.tue("punkt_aufnehmen", zweite, titel="Haushalt")
    assert _runde(kreis, 1).gescheitert == ()
    assert _titel(kreis, zweite) == ["Haushalt", "Bericht des Teams Lüdenscheid"]
    punkt = kreis.stand(zweite)["punkte"][1]
    assert (punkt["nr"], punkt["art"], punkt["text"], punkt["uebernommen_aus"]) == (2, "cm_bericht", "Wartezeiten", erste)
    _runde(kreis, 1)
    assert len(_titel(kreis, zweite)) == 2
    kreis.tue("absagen", zweite, grund="auch krank")
    dritte = _geplant(kreis, 90)
    _runde(kreis, 1)
    assert _titel(kreis, dritte) == ["Haushalt", "Bericht des Teams Lüdenscheid"] and len(_titel(kreis, zweite)) == 2
    _heil(kreis.db)


def test_wozu_eine_sitzung_nicht_kam_kommt_auf_die_naechste(db: Datenbank, umfeld: Umfeld) -> None:
    kreis = Kreis(db, umfeld)
    lg = kreis.sitzung()
    for titel in ("Bericht des Teams", "Beraten", "Beschlossen", "Wird fortgesetzt"):
        kreis.tue("punkt_aufnehmen", lg, titel=titel)
    kreis.tue("punkt_beraten", lg, nr=2, text="Besprochen")
    kreis.tue("punkt_beraten", lg, nr=4, text="Die Stadt legt Zahlen vor.", wieder=True)
    kreis.tue("fassen", art="beschluss", wer=VORSITZ, titel="Beschluss", wortlaut="Die Lenkungsgruppe beschließt.", sitzung=lg, punkt=3,
              verantwortlich="Koordination", frist="2027-01-29", verteiler=["Arbeitsgruppen"], verfahren="konsens", bezug=[])
    kreis.tue("schliessen", lg)
    kreis.tue("protokoll_unterzeichnen", lg, wer=VORSITZ)
    naechste = _geplant(kreis, 60)
    assert _runde(kreis, 1).gescheitert == ()
    assert _titel(kreis, naechste) == ["Bericht des Teams", "Wird fortgesetzt"]
    _heil(kreis.db)
