"""Was eine Bedingung an einer Angabe beanstandet, steht bei dieser Angabe: auf der Seite und in der Schnittstelle."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from service.db import Datenbank
from service.profil import Profil
from service.app import Kreislauf
from tests.browserprobe import Blatt, Fenster
from tests.dienst import Dienst
from tests.service.test_seiten import ANGABEN, MELDEN

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


def _offene(blatt: Blatt) -> list[str]:
    """Die Überschriften der aufgeklappten Teile."""
    return [html.unescape(re.sub(r"<[^>]+>", "", s)).strip() for s in re.findall(r"<details[^>]* open>\s*<summary[^>]*>(.*?)</summary>",
                                                                                 blatt.html, re.S)]


def test_nach_einer_ablehnung_steht_nur_offen_wo_etwas_zu_berichtigen_ist(app: Kreislauf) -> None:
    """Gefüllt sind mehrere Teile; einer davon ist falsch."""
    melder, mehr = Fenster(app, "stelle-abh-mk"), "Mehr dazu (freiwillig): "
    gefuellt = {**ANGABEN, "melder_funktion": "Beratung", "auswirkung": "Der Kurs beginnt ohne sie."}
    _, falsch = melder.sende(MELDEN, 422, weiter="pruefen", **{**gefuellt, "ereignis_von": "irgendwann"})
    assert len(_offene(falsch)) == 1 and _offene(falsch)[0].startswith(mehr), _offene(falsch)
    assert falsch.felder["melder_funktion"] == ["Beratung"], "zugeklappt ist nicht verloren"
    _, anderswo = melder.sende(MELDEN, 422, weiter="pruefen", **{**gefuellt, "titel": ""})
    assert _offene(anderswo) == []
    _, zurueck = melder.sende(MELDEN, 200, weiter="aendern", **gefuellt)
    assert _offene(zurueck) == [mehr + "Wer meldet?"], "ohne Befund steht offen, was ausgefüllt ist"


def test_auch_in_einer_liste_geht_nur_die_beanstandete_zeile_auf(koordination: Fenster) -> None:
    koordination.sende("/neu/generatives_thema/anlegen", titel="Kurse", quelle="austausch", grund="Hinweis im Austausch.")
    mitglieder = {f"bewegungen.0.daten.mitglieder.{n}.institution": wer for n, wer in enumerate(("Jobcenter", "VHS"))}
    _, blatt = koordination.sende("/neu/beschluss/umlauf_starten", 422, **{
        **UMLAUF, "bewegungen.0.schritt": "generatives_thema/GT-01/beauftragen", **mitglieder,
        "bewegungen.0.daten.mitglieder.1.funktion": "x" * 500})
    offene = [x.partition(",")[0] for x in _offene(blatt) if x.startswith("Mitglieder")]
    assert offene == ["Mitglieder 2: VHS"], _offene(blatt)
