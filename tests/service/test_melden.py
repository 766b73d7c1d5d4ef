"""Melden: Abschnitte, Hinweis auf Personenbezug am Feld, nachlesen vor dem Absenden, kurze Form, Aufnehmen für eine andere Stelle."""

from __future__ import annotations

import pytest

from forms.felder import felder_von
from forms.meldeabschnitte import ABSCHNITTE, gezeigte
from forms.meldebogen import Einreichen
from service.app import Kreislauf
from service.db import Datenbank
from service.profil import Profil
from tests.bau import JETZT
from tests.browserprobe import Fenster, seiten
from tests.service.test_seiten import ANGABEN, MELDEN

NAME = "Herr Özdemir wartet seit Mai auf den Bescheid."


@pytest.fixture
def app(db: Datenbank, profil: Profil) -> Kreislauf:
    return seiten(db, profil, JETZT)


@pytest.fixture
def stelle(app: Kreislauf) -> Fenster:
    return Fenster(app, "stelle-abh-mk")


def meldungen(app: Kreislauf) -> int:
    with app.state.anwendung.db.lesen() as s:
        return int(s.wert("SELECT count(*) FROM vorgang WHERE art = 'meldebogen'"))


def test_jede_angabe_steht_in_genau_einem_abschnitt() -> None:
    namen = [n for a in ABSCHNITTE for n in a.felder]
    assert sorted(namen) == sorted(f.name for f in felder_von(Einreichen))
    noetig = [f.name for a in gezeigte(felder_von(Einreichen), ()) for f in (*a.noetig, *a.freiwillig)]
    assert set(noetig) == {f.name for f in felder_von(Einreichen) if f.pflicht}


def test_erst_nachlesen_dann_absenden(app: Kreislauf, stelle: Fenster) -> None:
    _, vorschau = stelle.sende(MELDEN, 200, weiter="pruefen", **ANGABEN)
    assert "Bitte prüfen Sie Ihre Meldung" in vorschau.text and ANGABEN["beschreibung"] in vorschau.text and vorschau.maengel() == []
    assert meldungen(app) == 0
    _, wieder = stelle.sende_blatt(vorschau, MELDEN, 200, weiter="aendern")
    assert wieder.felder["titel"] == [ANGABEN["titel"]] and wieder.felder["handlungsfelder"] == ANGABEN["handlungsfelder"]
    ziel, _ = stelle.sende_blatt(vorschau, MELDEN)
    bestaetigung = stelle.hole(ziel).text
    assert meldungen(app) == 1 and ANGABEN["titel"] in bestaetigung
    assert f"Diese Meldung hat die Nummer {ziel.rsplit('/', 1)[1]}." in bestaetigung and "Bis zum 28.01.2026 erfahren Sie" in bestaetigung
    koordination = Fenster(app, "koordination-a").hole(ziel)
    assert "So geht es weiter" not in koordination.text and f"/eingang/{ziel.rsplit('/', 1)[1]}" in koordination.verweise


def test_vor_dem_nachlesen_stehen_fehler_am_feld(app: Kreislauf, stelle: Fenster) -> None:
    _, blatt = stelle.sende(MELDEN, 422, weiter="pruefen", **{**ANGABEN, "kommune": "", "laufende_frist": "32.01.2026"})
    assert {e["name"] for e in blatt.eingaben if e.get("aria-invalid")} == {"kommune", "laufende_frist"}
    assert blatt.felder["titel"] == [ANGABEN["titel"]] and blatt.maengel() == []


@pytest.mark.parametrize("weiter", ["pruefen", ""])
def test_was_nach_einem_menschen_aussieht_wird_vor_dem_absenden_gezeigt(app: Kreislauf, stelle: Fenster, weiter: str) -> None:
    angaben = {**ANGABEN, "beschreibung": NAME, "weiter": weiter}
    _, blatt = stelle.sende(MELDEN, 422, **angaben)
    assert "Das sieht nach einem Namen aus." in blatt.text and blatt.felder["beschreibung"] == [NAME] and blatt.maengel() == []
    assert {e["name"] for e in blatt.eingaben if e.get("aria-invalid")} == {"beschreibung"} and meldungen(app) == 0
    (zeichen,) = [e["value"] for e in blatt.eingaben if e.get("name") == "kein_personenbezug"]
    # eine weitere Stelle, und es wird neu gefragt
    neu = {**angaben, "beschreibung": f"{NAME} Frau Yıldız auch.", "kein_personenbezug": zeichen or ""}
    stelle.sende_blatt(blatt, MELDEN, 422, **neu)
    stelle.sende_blatt(blatt, MELDEN, 303, **{**angaben, "weiter": "", "kein_personenbezug": zeichen or ""})
    assert meldungen(app) == 1


def test_wer_berichtigt_wird_nicht_weiter_gewarnt(app: Kreislauf, stelle: Fenster) -> None:
    _, blatt = stelle.sende(MELDEN, 422, **{**ANGABEN, "titel": "Bescheid für Herrn Özdemir"})
    stelle.sende_blatt(blatt, MELDEN, 303, **ANGABEN)
    assert meldungen(app) == 1


def test_die_erstanlaufstelle_beginnt_mit_der_kurzen_form(app: Kreislauf, stelle: Fenster) -> None:
    erstanlauf = Fenster(app, "stelle-erstanlauf-luedenscheid")
    kurz = erstanlauf.hole(MELDEN)
    namen = {e["name"] for e in kurz.eingaben}
    assert {"titel", "beschreibung", "kommune", "dringlichkeit", "aehnliche_faelle"} <= namen
    assert not {"schnittstelle.von", "loesungsvorschlag", "rechtskreise"} & namen
    assert kurz.felder["melder_art"] == ["erstanlaufstelle"] and kurz.maengel() == []
    _, lang = erstanlauf.sende_blatt(kurz, MELDEN, 200, wechsel="lang", titel="Angefangen")
    assert "loesungsvorschlag" in {e["name"] for e in lang.eingaben} and lang.felder["titel"] == ["Angefangen"]
    assert "loesungsvorschlag" in {e["name"] for e in stelle.hole(MELDEN).eingaben}
    assert "loesungsvorschlag" not in {e["name"] for e in stelle.hole(f"{MELDEN}?form=kurz").eingaben}


def test_fuer_eine_andere_stelle_aufnehmen(app: Kreislauf) -> None:
    koordination = Fenster(app, "koordination-a")
    blatt = koordination.hole(MELDEN)
    assert "Wählen Sie zuerst die Stelle" in blatt.text and blatt.maengel() == []
    assert next(e["name"] for e in blatt.eingaben if e["name"] != "q") == "melder_institution"
    ziel, _ = koordination.sende(MELDEN, **{**ANGABEN, "kanal": "telefon", "melder_institution": "Stadt Hemer, Sozialamt"})
    assert "Stadt Hemer, Sozialamt" in koordination.hole(ziel).text and "Telefon" in koordination.hole(ziel).text
