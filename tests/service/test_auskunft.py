"""Hilfe, Profil, Barrierefreiheit, Datenschutz: wer sie sieht, und dass jeder Weg dorthin führt, wohin er soll."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from forms.personen import ROLLEN
from service.app import Kreislauf
from service.apply import Schritt
from service.db import Datenbank
from service.hilfe import DREI_DINGE
from service.profil import Profil
from service.umfeld import Umfeld
from states.kette import PROZESSE
from tests.bau import KOORDINATION, tue
from tests.browserprobe import Blatt, Fenster


def test_die_erklaerung_nennt_stand_maengel_und_ombudsstelle(app: Kreislauf) -> None:
    blatt = Blatt(TestClient(app, base_url="http://localhost:8000").get("/barrierefreiheit").text)
    assert "Stand dieser Erklärung: 29.11.2026" in blatt.text and "Was noch nicht barrierefrei ist" in blatt.text
    assert "mailto:ombudsstelle-barrierefreie-it@mags.nrw.de" in blatt.verweise


@pytest.mark.parametrize("weg", ["/barrierefreiheit", "/datenschutz"])
def test_ohne_anmeldung_lesbar_mit_kontakt(app: Kreislauf, weg: str) -> None:
    antwort = TestClient(app, base_url="http://localhost:8000", follow_redirects=False).get(weg)
    blatt = Blatt(antwort.text)
    assert antwort.status_code == 200 and blatt.maengel() == []
    assert any(v.startswith("mailto:") and "@" in v for v in blatt.verweise)
    assert {"/barrierefreiheit", "/datenschutz"} <= set(blatt.verweise) and "/hilfe" not in blatt.verweise


def test_jede_rolle_hat_drei_dinge() -> None:
    assert set(DREI_DINGE) == set(ROLLEN)


@pytest.mark.parametrize(("konto", "rolle"), [("koordination-a", "Koordination"), ("stelle-abh-mk", "Meldende Stelle"), ("s01", "Leitung"),
                                              ("datenschutz", "Datenschutz und Revision"), ("systemverwaltung", "Systemverwaltung"),
                                              ("cm-altena", "Case Management"), ("gremienbetreuung", "Politisches Gremium"),
                                              ("assistenz", "Verwaltung"), ("fachaufsicht", "Fachaufsicht")])
def test_die_hilfe_fuehrt_nur_wohin_man_darf(app: Kreislauf, konto: str, rolle: str) -> None:
    fenster = Fenster(app, konto)
    blatt = fenster.hole("/hilfe")
    assert rolle in blatt.text and blatt.maengel() == []
    assert all(z.erklaerung in blatt.text for p in PROZESSE.values() for z in p.zustaende)
    for ziel in {wo for dinge in DREI_DINGE.values() for _, wo in dinge} & set(blatt.verweise):
        fenster.hole(ziel)


def test_das_profil_ist_lesbar(app: Kreislauf, profil: Profil) -> None:
    blatt = Fenster(app, "koordination-a").hole("/profil")
    assert all(name in blatt.text for name in (*profil.kommunen, *(g.name for g in profil.gremien))) and blatt.maengel() == []
    Fenster(app, "stelle-abh-mk").hole("/profil", 404)


def test_was_ein_gremium_bekam_und_fragte(app: Kreislauf, db: Datenbank, umfeld: Umfeld) -> None:
    gremium = umfeld.profil.gremien[0].name
    bericht = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="bericht", daten={"titel": "Halbjahr", "gremium": gremium})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("erfassen", art="anfrage", daten={
        "titel": "Wartezeiten", "gremium": "Kreistag von früher", "von": "Fraktion", "fragen": ["Wie lange?"], "frist": "2026-02-02"}))
    k = Fenster(app, "koordination-a")
    blatt = k.hole("/gremien")
    assert f"/vorgang/{bericht}" in blatt.verweise and "Antwort bis 02.02.2026" in blatt.text and "Kreistag von früher" in blatt.text
    assert blatt.maengel() == []
    for weg in ("/neu/bericht/anlegen", "/neu/anfrage/erfassen"):
        assert weg in blatt.verweise
        k.hole(weg)
    Fenster(app, "stelle-abh-mk").hole("/gremien", 404)
