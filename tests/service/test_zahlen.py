"""Zahlen: gezählt wie von Hand, Kleines verdeckt, Ausgaben ohne Formeln und im Protokoll."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from service.app import Kreislauf
from service.apply import Schritt
from service.ausgabe import als_xlsx
from service.db import Datenbank
from service.umfeld import Umfeld
from service.errors import Ungueltig
from service.zahlen import AB, VERDECKT, Auswahl, Tafel, darf, zahlenwerk
from tests.bau import JETZT, KOORDINATION, MELDER, melde, person, tue
from tests.browserprobe import Fenster

LEITUNG = person("ki", "leitung")
HEUTE = JETZT.date()
JAHR = Auswahl(HEUTE - timedelta(days=364), HEUTE)


@pytest.fixture
def bestand(db: Datenbank, umfeld: Umfeld) -> list[str]:
    """Sechs aus Lüdenscheid, zwei aus Altena, sieben aus Hemer; die erste ist nach drei Tagen geklärt."""
    keys = [melde(db, umfeld, kommune=k) for k, n in (("Lüdenscheid", 6), ("Altena", 2), ("Hemer", 7)) for _ in range(n)]
    spaeter = JETZT + timedelta(days=3)
    geklaert = Schritt("kurz_klaeren", keys[0], daten={"vereinbart": "Termin vereinbart", "mit": "Kursträger"})
    tue(db, umfeld, KOORDINATION, geklaert, jetzt=spaeter)
    return keys


def _tafel(tafeln: tuple[Tafel, ...], titel: str) -> dict[str, str]:
    return next({z.name: z.text for z in t.zeilen} for t in tafeln if t.titel == titel)


def test_gezaehlt_wie_von_hand(db: Datenbank, bestand: list[str]) -> None:
    with db.lesen() as s:
        werk = zahlenwerk(s, KOORDINATION, JAHR)
        assert werk.gesamt == "15" and not werk.verdeckt
        assert _tafel(werk.tafeln, "Nach Kommune") == {"Hemer": "7", "Lüdenscheid": "6", "Altena": "2"}
        assert _tafel(werk.tafeln, "Nach Handlungsfeld") == {"Bildung und Sprache": "15"}
        assert _tafel(werk.tafeln, "Ausgang und Stand") == {"Eingegangen": "14", "Kurzfristig geklärt": "1"}
        abschluss = werk.dauern[-1]
        assert (abschluss.anzahl, abschluss.mittlere, abschluss.laengste) == ("1", 3.0, 3)
        assert zahlenwerk(s, KOORDINATION, Auswahl(JAHR.von, JAHR.bis, kommune="Altena")).gesamt == "2"
        assert zahlenwerk(s, KOORDINATION, Auswahl(HEUTE + timedelta(days=1), HEUTE + timedelta(days=9))).gesamt == "0"
        assert zahlenwerk(s, KOORDINATION, Auswahl(JAHR.von, HEUTE - timedelta(days=1))).gesamt == "0", "vor dem Tag war nichts"


def test_kleines_ist_ausserhalb_der_koordination_verdeckt(db: Datenbank, bestand: list[str]) -> None:
    with db.lesen() as s:
        werk = zahlenwerk(s, LEITUNG, JAHR)
        je_kommune = _tafel(werk.tafeln, "Nach Kommune")
        assert je_kommune == {"Hemer": "5", "Lüdenscheid": "5", "Altena": VERDECKT} and werk.gesamt == "rund 15"
        assert werk.dauern[-1].anzahl == VERDECKT and werk.dauern[-1].mittlere is None
        assert zahlenwerk(s, LEITUNG, Auswahl(JAHR.von, JAHR.bis, kommune="Altena")).gesamt == f"unter {AB}"


def test_zwei_abfragen_verraten_nicht_den_unterschied(db: Datenbank, umfeld: Umfeld, bestand: list[str]) -> None:
    """Eine Meldung mehr oder ein Tag weniger ändert an dem, was die Leitung sieht, nichts."""
    with db.lesen() as s:
        vorher = zahlenwerk(s, LEITUNG, JAHR)
        assert zahlenwerk(s, LEITUNG, Auswahl(HEUTE.replace(day=1), HEUTE)).gesamt == vorher.gesamt
        assert zahlenwerk(s, LEITUNG, Auswahl(HEUTE, HEUTE)).gesamt == vorher.gesamt, "ein Tag zählt wie sein Monat"
        with pytest.raises(Ungueltig) as fehler:
            zahlenwerk(s, LEITUNG, JAHR._replace(kommune="Hemer", melder_art="externe_stelle"))
        assert list(dict(fehler.value.befunde)) == ["melder_art"]
        assert zahlenwerk(s, KOORDINATION, JAHR._replace(kommune="Hemer", melder_art="externe_stelle")).gesamt == "7"
    melde(db, umfeld, kommune="Hemer")
    with db.lesen() as s:
        nachher = zahlenwerk(s, LEITUNG, JAHR)
        assert (nachher.gesamt, _tafel(nachher.tafeln, "Nach Handlungsfeld")) == ("rund 15", _tafel(vorher.tafeln, "Nach Handlungsfeld"))
        assert zahlenwerk(s, KOORDINATION, JAHR).gesamt == "16"


def test_wer_zahlen_sieht(app: Kreislauf) -> None:
    for konto, status in (("koordination-a", 200), ("assistenz", 200), ("s01", 200), ("stelle-abh-mk", 404), ("cm-altena", 404)):
        blatt = Fenster(app, konto).hole("/zahlen", status)
        assert ("/zahlen" in blatt.verweise) == (status == 200)
        assert blatt.maengel() == []
    assert not darf(MELDER)


def test_filter_mit_fehlern_behalten_das_getippte(app: Kreislauf) -> None:
    k = Fenster(app, "koordination-a")
    blatt = k.hole("/zahlen?von=gestern", 422)
    assert "Bitte geben Sie einen Tag an" in blatt.text and blatt.felder["von"][0] == "gestern"
    assert "liegt vor seinem Beginn" in k.hole("/zahlen?von=2026-01-05&bis=2026-01-01", 422).text
    leitung = Fenster(app, "s01")
    blatt = leitung.hole("/zahlen?kommune=Hemer&handlungsfeld=Bildung%20und%20Sprache", 422)
    assert "nur nach einem Merkmal" in blatt.text and blatt.maengel() == [] and "auf Fünfer gerundet" in blatt.text
    assert k.hole("/zahlen?von=0001-01-01&bis=9999-12-31", 422).maengel() == []


def test_ausgaben_stehen_im_protokoll(app: Kreislauf, bestand: list[str], db: Datenbank) -> None:
    k = Fenster(app, "koordination-a")
    felder = k.hole("/zahlen").felder
    antwort = k.client.post("/zahlen/ausgabe", data={**{f: w[-1] for f, w in felder.items()}, "als": "csv"})
    assert antwort.status_code == 200 and antwort.content.startswith(b"\xef\xbb\xbf")
    zeilen = list(csv.reader(io.StringIO(antwort.content.decode("utf-8-sig")), delimiter=";"))
    assert ["Nach Kommune", "Altena", "2", "", ""] in zeilen and ["Dauern", "Eingang bis zum ersten Abschluss", "1", "3,0", "3"] in zeilen
    antwort = k.client.post("/zahlen/ausgabe", data={**{f: w[-1] for f, w in felder.items()}, "als": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(antwort.content)) as mappe:
        assert b"Nach Kommune" in mappe.read("xl/workbook.xml")
    revision = Fenster(app, "datenschutz").hole("/protokoll")
    assert revision.text.count("Zahlen ausgegeben") == 2 and "Format: xlsx" in revision.text
    assert Fenster(app, "stelle-abh-mk").client.post("/zahlen/ausgabe", data={}).status_code in (403, 404)


def test_ein_text_wird_in_der_mappe_nie_zur_formel() -> None:
    boese = ["=1+1", "+1", "-1", "@SUM(1)", "{=1}", "https://example.org", "internal:A1", "12"]
    with zipfile.ZipFile(io.BytesIO(als_xlsx([("Blatt", ("A", "B"), [(b, 7) for b in boese])]))) as mappe:
        blatt = ElementTree.fromstring(mappe.read("xl/worksheets/sheet1.xml"))
        texte = [t.text for t in ElementTree.fromstring(mappe.read("xl/sharedStrings.xml")).iter() if t.tag.endswith("}t")]
    assert {e.tag.split("}")[1] for e in blatt.iter()}.isdisjoint({"f", "hyperlink"})
    assert set(boese) <= set(texte)


def test_mehr_als_eine_seite_auszaehlt_gibt_es_als_datei(app: Kreislauf, bestand: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.zahlen.HOECHSTENS", len(bestand) - 1)
    k = Fenster(app, "koordination-a")
    blatt = k.hole("/zahlen?kommune=Hemer")
    assert "mehr als" in blatt.text and "als Datei" in blatt.text and "Nach Kommune" not in blatt.text and blatt.maengel() == []
    felder = blatt.felder
    antwort = k.client.post("/zahlen/ausgabe", data={**{f: w[-1] for f, w in felder.items()}, "als": "csv"})
    assert "Nach Kommune;Hemer;7" in antwort.content.decode("utf-8-sig")
