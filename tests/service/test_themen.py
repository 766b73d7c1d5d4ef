"""Die Tafel der Themen, Zusammenführen und Teilen mit Vorschau und Herkunft, das Themenblatt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.app import Kreislauf
from service.apply import Schritt
from service.db import Datenbank
from service.themen import tafel
from service.themenspur import umzuege
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, melde, tue
from tests.browserprobe import Fenster
from tests.service.test_thema_kette import Lauf

HEUTE = date(2026, 6, 1)


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Lauf:
    return Lauf(db, umfeld)


def test_ein_vorschlag_nennt_das_aehnliche_thema_und_warum(db: Datenbank, lauf: Lauf) -> None:
    eins, zwei = lauf.ausgewaehlt(2)
    gt = lauf.thema(lauf.freigegeben([eins]), titel="Wartelisten der Sprachkurse sind nicht abgestimmt")
    anderes = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()), titel="Bescheide sind unverständlich")
    frei = lauf.freigegeben([zwei])
    with db.lesen() as s:
        gefunden = tafel(s, KOORDINATION, HEUTE)
        assert tafel(s, replace(KOORDINATION, rollen=frozenset({("melder", "")})), HEUTE).kandidaten == ()
    (kandidat,) = gefunden.kandidaten
    assert kandidat.key == frei and kandidat.meldungen == 1
    assert {k.key for k in gefunden.karten} == {gt, anderes}
    assert [v.key for v in kandidat.vorschlaege] == [gt]
    assert "Meldungen aus derselben Sammlung: Wartezeit bis Kursstart" in kandidat.vorschlaege[0].gruende


def test_eine_karte_kommt_ohne_skript_in_ein_thema_und_ein_thema_in_einen_cluster(koordination: Fenster, lauf: Lauf) -> None:
    gt = lauf.tue("anlegen", art="generatives_thema", titel="Kurse", quelle="austausch", grund="Austausch")
    (meldung,) = lauf.ausgewaehlt()
    fr = lauf.freigegeben([meldung])
    blatt = koordination.hole("/themen")
    assert blatt.maengel() == [] and fr in blatt.text and "Kurse" in blatt.text
    _, blatt = koordination.sende("/themen", 422, akt="aufnehmen", karte=fr, ziel="")
    assert "Bitte wählen Sie, wohin die Karte soll." in blatt.text
    koordination.sende("/themen", akt="aufnehmen", karte=fr, ziel=gt)
    assert lauf.nachbarn(gt, "ergibt", "her") == [fr] and lauf.nachbarn(gt, "im_thema", "her") == [meldung]
    _, blatt = koordination.sende("/themen", 409, akt="aufnehmen", karte=fr, ziel=gt)
    assert f"{fr} gehört schon zu diesem Thema." in blatt.text
    koordination.sende("/themen?nach=cluster", akt="clustern", karte=gt, ziel="Sprache", nach="cluster")
    assert lauf.zustand(gt) == ["geclustert"] and "Sprache" in koordination.hole("/themen?nach=cluster").text


def test_zusammenfuehren_zeigt_vorher_was_geschieht_und_nachher_woher_es_kam(koordination: Fenster, lauf: Lauf, db: Datenbank) -> None:
    eins, zwei = lauf.ausgewaehlt(2)
    bleibt = lauf.thema(lauf.freigegeben([eins]), titel="Kurse beginnen zu spät")
    geht = lauf.thema(lauf.freigegeben([zwei]), titel="Wartelisten")
    weg = f"/vorgang/{geht}/schritt/zusammenfuehren"
    assert koordination.hole(weg).maengel() == []
    _, blatt = koordination.sende(weg, 422, mit="")
    assert "Bleibendes Thema" in blatt.text
    _, vorschau = koordination.sende(weg, 200, mit=bleibt, grund="Dieselbe Hürde.")
    assert vorschau.maengel() == [] and "Noch ist nichts geschehen." in vorschau.text
    assert "Meldebogen (1): Mit dem Thema umgezogen." in vorschau.text and "Wartelisten" in vorschau.text
    assert lauf.zustand(geht) == ["geclustert"] and lauf.nachbarn(bleibt, "im_thema", "her") == [eins], "die Vorschau schreibt nichts"
    koordination.sende_blatt(vorschau, weg, nachgesehen="ja")
    assert lauf.zustand(geht) == ["zusammengefuehrt"] and sorted(lauf.nachbarn(bleibt, "im_thema", "her")) == sorted([eins, zwei])
    for key, satz in ((bleibt, f"hat aufgenommen {geht}: Wartelisten"), (geht, f"ist aufgegangen in {bleibt}: Kurse beginnen zu spät")):
        seite = koordination.hole(f"/vorgang/{key}")
        assert seite.maengel() == [] and satz in " ".join(seite.text.split()) and zwei in seite.text
    lauf.tue("teilen", bleibt, titel="Betreuung", meldungen=[zwei])
    (neu,) = lauf.nachbarn(bleibt, "geteilt_in")
    with db.lesen() as s:
        assert [(u.satz, u.anderes[0], u.meldungen) for u in umzuege(s, KOORDINATION, HEUTE, bleibt)] == [
            ("hat aufgenommen", geht, 1), ("gab ab an", neu, 1)]
        assert [(u.satz, u.anderes[0]) for u in umzuege(s, KOORDINATION, HEUTE, neu)] == [("wurde abgeteilt von", bleibt)]


def test_teilen_mit_haken_vorschau_und_zurueck(koordination: Fenster, lauf: Lauf) -> None:
    eins, zwei = lauf.ausgewaehlt(2)
    fr = lauf.freigegeben([eins, zwei])
    gt = lauf.thema(fr, titel="Kurse und Betreuung")
    weg = f"/vorgang/{gt}/schritt/teilen"
    assert koordination.hole(weg).maengel() == []
    _, vorschau = koordination.sende(weg, 200, titel="Betreuung", meldungen=[zwei], fallrekonstruktionen=[fr])
    text = " ".join(vorschau.text.split())
    assert "1 Meldung bleibt." in text and "1 Meldung geht mit." in text and "danach in beiden" in text
    _, formular = koordination.sende_blatt(vorschau, weg, 200, nachgesehen="aendern")
    assert formular.felder["titel"] == ["Betreuung"] and formular.felder["meldungen"] == [zwei]
    assert lauf.nachbarn(gt, "geteilt_in") == []
    koordination.sende_blatt(vorschau, weg, nachgesehen="ja")
    (neu,) = lauf.nachbarn(gt, "geteilt_in")
    assert lauf.nachbarn(zwei, "im_thema") == [neu] and lauf.nachbarn(neu, "ergibt", "her") == [fr]
    assert f"auch in {neu}" in " ".join(koordination.hole(f"/vorgang/{gt}").text.split())


def test_das_themenblatt_verdeckt_kleine_zahlen_und_sagt_was_fehlt(koordination: Fenster, app: Kreislauf, lauf: Lauf, db: Datenbank,
                                                                  umfeld: Umfeld) -> None:
    leer = lauf.tue("anlegen", art="generatives_thema", titel="Leer", quelle="austausch", grund="Austausch")
    blatt = koordination.hole(f"/vorgang/{leer}/themenblatt")
    assert blatt.maengel() == []
    for satz in ("Eine Beschreibung ist noch nicht verzeichnet.", "Zu diesem Thema ist keine Meldung zugeordnet.",
                 "Das Thema kommt nicht aus einer Fallrekonstruktion.", "Ein Auftrag oder Zielsystem liegt noch nicht vor.",
                 "Das Thema steht noch auf keiner Tagesordnung."):
        assert satz in blatt.text
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    for kommune in ("Hemer", "Hemer", "Hemer", "Hemer", "Hemer", "Balve"):
        tue(db, umfeld, KOORDINATION, Schritt("zuordnen", melde(db, umfeld, kommune=kommune), daten={"thema": gt}))
    text = " ".join(koordination.hole(f"/vorgang/{gt}/themenblatt").text.split())
    assert "rund 5 Meldungen" in text and "Hemer5" in text.replace(" ", "") and "Balveunter5" in text.replace(" ", "")
    assert "Beauftragen" in text and "1 Fallrekonstruktion." in text
    lenkung = " ".join(Fenster(app, "s01").hole(f"/vorgang/{gt}/themenblatt").text.split())
    assert "rund 5 Meldungen" in lenkung and "ihre Bruchstellen nennt das Blatt der Koordination" in lenkung
    Fenster(app, "stelle-erstanlauf-luedenscheid").hole(f"/vorgang/{gt}/themenblatt", 404)


def test_die_tafel_ist_nur_fuer_die_koordination(app: Kreislauf) -> None:
    Fenster(app, "s01").hole("/themen", 404)
