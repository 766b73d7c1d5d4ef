"""Was eine Bedingung an einer Angabe beanstandet, steht bei dieser Angabe: auf der Seite und in der Schnittstelle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.db import Datenbank
from service.profil import Profil
from tests.browserprobe import Fenster
from tests.dienst import Dienst

GESTERN = "2026-01-06"
UMLAUF = {"titel": "Kurszugang", "wortlaut": "Die Gruppe wird eingerichtet.", "verantwortlich": "Koordination", "verteiler": "Jobcenter",
          "frist": "2026-10-14", "antwort_bis": "2026-02-02", "sitze.0.sitz": "S01", "sitze.0.funktion": "Amt", "bestaetigt": "ja"}


@pytest.mark.parametrize(("falsch", "feld"), [
    ({"antwort_bis": GESTERN}, "antwort_bis"),
    ({"frist": GESTERN}, "frist"),
    ({"bewegungen.0.schritt": "generatives_thema/GT-01/beauftragen", "bewegungen.0.daten.frist": GESTERN}, "bewegungen.0.daten.frist"),
])
def test_ein_vergangener_tag_steht_an_seiner_eingabe(koordination: Fenster, falsch: dict[str, str], feld: str) -> None:
    if "bewegungen.0.schritt" in falsch:
        koordination.sende("/neu/generatives_thema/anlegen", titel="Kurse", quelle="austausch", grund="Hinweis im Austausch.")
    _, blatt = koordination.sende("/neu/beschluss/umlauf_starten", 409, **{**UMLAUF, **falsch})
    assert {e["name"] for e in blatt.eingaben if e.get("aria-invalid")} == {feld}
    assert f"#f-{feld}" in blatt.verweise and f"f-{feld}-befund" in blatt.kennungen and blatt.maengel() == []
    assert blatt.felder["titel"] == ["Kurszugang"] and blatt.felder[feld] == [falsch[feld]]


def test_auch_die_schnittstelle_nennt_das_feld(db: Datenbank, profil: Profil, tmp_path: Path) -> None:
    k = Dienst(db, profil, tmp_path).als("koordination-a")
    thema = k.beginne("generatives_thema", "anlegen", "Hinweis im Austausch.", titel="Kurse", quelle="austausch")
    daten: dict[str, Any] = {
        "titel": "Kurszugang", "wortlaut": "Die Gruppe.", "verantwortlich": "Koordination", "verteiler": ["Jobcenter"],
        "frist": "2026-10-14", "sitze": [{"sitz": s.key, "funktion": s.funktion} for s in profil.sitze], "antwort_bis": "2026-02-02",
        "bewegungen": [{"vorgang": thema, "ausloeser": "beauftragen", "daten": {"auflagen": [{"frist": GESTERN}]}}]}
    antwort = k.sende("/vorgaenge/beschluss/umlauf_starten", {"daten": daten})
    assert antwort.status_code == 409 and "fristen_nach_entscheidung" in antwort.json()["waechter"]
    assert "bewegungen.0.daten.auflagen.0.frist" in [f["feld"] for f in antwort.json()["felder"]]


def test_ein_tag_gilt_in_jeder_schreibweise(db: Datenbank, profil: Profil, tmp_path: Path) -> None:
    """Deutsch geschrieben vergliche sich „31.12.2026“ als Text vor „2026“; gespeichert wird überall dieselbe Form."""
    k = Dienst(db, profil, tmp_path).als("koordination-a")
    thema = k.beginne("generatives_thema", "anlegen", "Hinweis im Austausch.", titel="Kurse", quelle="austausch")
    k.tue(thema, "clustern", cluster="Sprache")
    k.tue(thema, "vorlegen", sitzung=k.beginne("sitzung", "planen", datum="10.06.2026"))
    daten: dict[str, Any] = {
        "titel": "Kurszugang", "wortlaut": "Die Gruppe.", "verantwortlich": "Koordination", "verteiler": ["Jobcenter"],
        "frist": "14.10.2026", "sitze": [{"sitz": s.key, "funktion": s.funktion} for s in profil.sitze], "antwort_bis": "02.02.2026"}
    mitglieder = [{"institution": "KIM-Koordination", "rolle": "leitung"}]
    for tag, erlaubt in (("01.02.2020", False), ("01.12.2026", True)):
        auftrag = {"name": "Kurse", "auftrag": "Ist und Soll", "frist": tag, "mitglieder": mitglieder}
        bewegung = {"vorgang": thema, "ausloeser": "beauftragen", "daten": auftrag}
        antwort = k.sende("/vorgaenge/beschluss/umlauf_starten", {"daten": {**daten, "bewegungen": [bewegung]}})
        if erlaubt:
            assert antwort.status_code == 201, antwort.text
            (gespeichert,) = k.hole(f"/vorgaenge/{antwort.json()['vorgaenge'][0]['key']}").json()["felder"]["bewegungen"]
            assert gespeichert["daten"]["frist"] == "2026-12-01"
        else:
            assert antwort.status_code == 409 and "fristen_nach_entscheidung" in antwort.json()["waechter"]
            assert "bewegungen.0.daten.frist" in [f["feld"] for f in antwort.json()["felder"]]
