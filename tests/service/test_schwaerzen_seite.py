"""Schwärzen auf der Seite: die Stelle einfügen oder eine auffällige nehmen, nachsehen, begründen; danach steht sie nirgends mehr."""

from __future__ import annotations

import pytest

from service.app import Kreislauf
from service.pruefen import pruefe
from tests.browserprobe import Blatt, Fenster
from states.kette import PROZESSE
from tests.service.test_seiten import ANGABEN, MELDEN

TEXT = "Herr Özdemir wartet.\nDie Zusage an Herr Özdemir kam nie."


@pytest.fixture
def weg(app: Kreislauf) -> str:
    stelle = Fenster(app, "stelle-abh-mk")
    _, blatt = stelle.sende(MELDEN, 422, **{**ANGABEN, "beschreibung": TEXT})
    (zeichen,) = [e["value"] for e in blatt.eingaben if e.get("name") == "kein_personenbezug"]
    ziel, _ = stelle.sende_blatt(blatt, MELDEN, **{**ANGABEN, "beschreibung": TEXT, "kein_personenbezug": zeichen or ""})
    return f"{ziel}/schritt/schwaerzen"


def test_einfuegen_nachsehen_schwaerzen(app: Kreislauf, weg: str) -> None:
    k = Fenster(app, "koordination-a")
    blatt = k.hole(weg)
    assert blatt.maengel() == [] and "schwärzen (sieht nach einem Namen aus)" in blatt.text
    allein = {"csrf": blatt.felder["csrf"][0], "feld": "beschreibung", "version": "1"}
    _, vorschau = k.sende_blatt(blatt, weg, 200, feld="beschreibung", passage="Özdemir", weiter="pruefen", start="", ende="")
    assert "2 Stellen sind gewählt" in vorschau.text and "███████ wartet" in vorschau.text
    assert k.client.post(weg, data={**allein, "start": "5", "ende": "12"}).status_code == 422, "ohne Begründung nicht"
    assert k.client.post(weg, data={**allein, "start": "5", "ende": "12", "grund": "Name."}).status_code == 303
    assert "Herr ███████ wartet." in k.hole(weg.removesuffix("/schritt/schwaerzen")).text
    with app.state.anwendung.db.lesen() as s:
        assert "Herr Özdemir wartet" not in "".join(z for (z,) in s.alle("SELECT inhalt FROM ereignis_inhalt"))


def test_mehrere_stellen_auf_einmal_mit_einer_begruendung(app: Kreislauf, weg: str) -> None:
    k = Fenster(app, "koordination-a")
    blatt = k.hole(weg)
    wahl = [e["value"] or "" for e in blatt.eingaben if e.get("name") == "stelle"]
    assert len(wahl) == 2
    gesendet = {"csrf": blatt.felder["csrf"][0], "version": blatt.felder["version"][0], "stelle": wahl}
    vorschau = Blatt(k.client.post(weg, data={**gesendet, "weiter": "pruefen"}).text)
    assert vorschau.felder["stelle"] == wahl and "Özdemir" not in vorschau.text and vorschau.maengel() == []
    ohne = Blatt(k.client.post(weg, data=gesendet).text)
    assert "Bitte geben Sie für diesen Schritt einen Grund an." in ohne.text and ohne.felder["stelle"] == wahl
    assert k.client.post(weg, data={**gesendet, "grund": "Name."}).status_code == 303
    akte = k.hole(weg.removesuffix("/schritt/schwaerzen"))
    assert "Özdemir" not in akte.text and "2 Stellen sind geschwärzt." in akte.text
    with app.state.anwendung.db.lesen() as s:
        assert "Özdemir" not in "".join(z for (z,) in s.alle("SELECT inhalt FROM ereignis_inhalt")) and pruefe(s).ok
    assert k.client.post(weg, data={**gesendet, "stelle": ["beschreibung:5:99999"], "grund": "Name."}).status_code == 422


@pytest.mark.parametrize("passage", ["", "Müller", "özdemir"])
def test_was_nicht_dasteht(app: Kreislauf, weg: str, passage: str) -> None:
    k = Fenster(app, "koordination-a")
    _, blatt = k.sende(weg, 422, feld="beschreibung", passage=passage, weiter="pruefen", start="", ende="")
    assert {e["name"] for e in blatt.eingaben if e.get("aria-invalid")} == {"passage"} and blatt.maengel() == []


def test_nur_wer_schwaerzen_darf(app: Kreislauf, weg: str) -> None:
    Fenster(app, "cm-iserlohn").hole(weg, 404)
    assert Fenster(app, "stelle-abh-mk").client.get(weg).status_code in (403, 404, 409)


@pytest.mark.parametrize("wie", ["geoeffnet", "nachgesehen"])
def test_wer_dabei_den_text_liest_steht_im_protokoll(app: Kreislauf, weg: str, wie: str) -> None:
    k = Fenster(app, "koordination-a")
    blatt = k.hole(weg)
    bisher = len(_gelesen(app))
    if wie == "nachgesehen":
        k.sende_blatt(blatt, weg, 200, feld="beschreibung", passage="Özdemir", weiter="pruefen", start="", ende="")
    gelesen = _gelesen(app)
    assert len(gelesen) == bisher + (wie == "nachgesehen") and len(gelesen) > 0
    assert {(p, weg.split("/")[2] in a) for p, a in gelesen} == {("koordination-a", True)}


def test_keine_seite_eines_schritts_zeigt_den_text_ohne_spur(app: Kreislauf, weg: str) -> None:
    """Jeder Schritt, den die Koordination an der Meldung tun kann: Steht ihr Text da, steht auch das Lesen im Protokoll."""
    k, gezeigt = Fenster(app, "koordination-a"), []
    ort = weg.removesuffix("schwaerzen")
    for u in PROZESSE["meldebogen"].uebergaenge:
        bisher = len(_gelesen(app))
        antwort = k.client.get(f"{ort}{u.ausloeser}")
        if antwort.status_code == 200 and "Die Zusage an Herr Özdemir kam nie" in antwort.text:
            gezeigt.append(u.ausloeser)
            assert len(_gelesen(app)) > bisher, u.ausloeser
    assert "schwaerzen" in gezeigt


def _gelesen(app: Kreislauf) -> list[tuple[str, str]]:
    with app.state.anwendung.db.lesen() as s:
        return [(p, a) for p, a in s.alle("SELECT person, angaben FROM protokoll WHERE was = 'gelesen' ORDER BY id")]
