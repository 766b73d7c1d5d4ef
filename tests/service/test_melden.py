"""Melden: Abschnitte, Hinweis auf Personenbezug am Feld, nachlesen vor dem Absenden, kurze Form, Aufnehmen für eine andere Stelle."""

from __future__ import annotations

import pytest

from forms.felder import felder_von
from forms.meldeabschnitte import ABSCHNITTE, gezeigte
from forms.meldebogen import Einreichen
from service.app import Kreislauf
from service.profil import Profil
from service.pruefen import pruefe
from tests.browserprobe import Fenster
from tests.service.test_seiten import ANGABEN, MELDEN

NAME = "Herr Özdemir wartet seit Mai auf den Bescheid."


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
    ort, _ = stelle.sende(MELDEN, weiter="pruefen", **ANGABEN)
    vorschau = stelle.hole(ort)
    assert "Bitte prüfen Sie Ihre Meldung" in vorschau.text and ANGABEN["beschreibung"] in vorschau.text and vorschau.maengel() == []
    assert meldungen(app) == 0
    zurueck = ort.removesuffix("&nachlesen=ja")
    wieder = stelle.hole(zurueck)
    assert zurueck in vorschau.verweise
    assert wieder.felder["titel"] == [ANGABEN["titel"]] and wieder.felder["handlungsfelder"] == ANGABEN["handlungsfelder"]
    ziel, _ = stelle.sende_blatt(vorschau, MELDEN)
    bestaetigung = stelle.hole(ziel).text
    assert "gibt es nicht mehr" in stelle.hole(ort).text and meldungen(app) == 1, "„Zurück“ nach dem Absenden ist eine gewöhnliche Seite"
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


def test_nach_der_kurzen_form_lassen_sich_die_uebrigen_angaben_nachtragen(app: Kreislauf) -> None:
    erstanlauf = Fenster(app, "stelle-erstanlauf-luedenscheid")
    kurz = {n: w for n, w in ANGABEN.items() if n not in ("kanal", "melder_institution", "melder_art")}
    ziel, _ = erstanlauf.sende(MELDEN, auswirkung="Drei Monate verloren.", **kurz)
    nachtragen = f"{ziel}/schritt/nachtragen"
    assert nachtragen in erstanlauf.hole(ziel).verweise
    blatt = erstanlauf.hole(nachtragen)
    namen = {e["name"] for e in blatt.eingaben}
    assert {"loesungsvorschlag", "rechtskreise", "laufende_frist"} <= namen and not {"auswirkung", "titel", "beschreibung"} & namen
    assert blatt.maengel() == []
    _, name = erstanlauf.sende(nachtragen, 422, loesungsvorschlag="Frau Yıldız fragen.")
    assert "Das sieht nach einem Namen aus." in name.text
    assert "mindestens eine Angabe" in erstanlauf.sende(nachtragen, 409)[1].text
    erstanlauf.sende(nachtragen, loesungsvorschlag="Ein gemeinsamer Terminkalender.", rechtskreise=["SGB II"], laufende_frist="15.01.2026")
    seite = erstanlauf.hole(ziel).text
    assert "Ein gemeinsamer Terminkalender." in seite and "SGB II" in seite and "Drei Monate verloren." in seite
    assert "schon gemeldet ist, ändert sich nicht" in erstanlauf.sende(nachtragen, 409, auswirkung="Etwas anderes.")[1].text
    with app.state.anwendung.db.lesen() as s:  # die nachgetragene Frist macht die Meldung eilig
        assert s.wert("SELECT count(*) FROM frist WHERE name = 'eilmeldung' AND offen = 1") == 1 and pruefe(s).ok


@pytest.mark.parametrize("ausloeser", ["antworten", "ergaenzen", "wieder_vorgekommen"])
def test_auch_spaetere_texte_weisen_auf_personenbezug_hin(app: Kreislauf, stelle: Fenster, ausloeser: str) -> None:
    ziel, _ = stelle.sende(MELDEN, **ANGABEN)
    schritt = f"{ziel}/schritt/{ausloeser}"
    _, blatt = stelle.sende(schritt, 422, text=NAME)
    assert "Das sieht nach einem Namen aus." in blatt.text and blatt.felder["text"] == [NAME] and blatt.maengel() == []
    (zeichen,) = [e["value"] for e in blatt.eingaben if e.get("name") == "kein_personenbezug"]
    stelle.sende_blatt(blatt, schritt, 303, text=NAME, kein_personenbezug=zeichen or "")
    assert NAME in stelle.hole(ziel).text


def test_ein_wert_steht_ueberall_so_da_wie_ihn_das_profil_nennt(app: Kreislauf, profil: Profil, stelle: Fenster) -> None:
    """Gespeichert wird der Name, unter dem ihn frühere Meldungen führen."""
    ((name, gezeigt),) = [(w.name, w.anzeige) for w in profil.status_gruppen if w.name in profil.anzeigen]
    angaben = {**ANGABEN, "zielgruppe.status_gruppe": name}
    vorschau = stelle.hole(stelle.sende(MELDEN, weiter="pruefen", **angaben)[0])
    ziel, _ = stelle.sende_blatt(vorschau, MELDEN)
    koordination = Fenster(app, "koordination-a")
    eingang = koordination.hole(f"/eingang/{ziel.rsplit('/', 1)[1]}")
    for blatt in (stelle.hole(MELDEN), vorschau, stelle.hole(ziel), koordination.hole(ziel), eingang):
        assert gezeigt in blatt.text and name not in blatt.text
