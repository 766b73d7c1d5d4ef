"""Suche: deutsche Wortstämme, nur Sichtbares, nichts Geschwärztes, in derselben Transaktion; merken, ausgeben, zum Schlüssel springen."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from service import suchindex
from service.app import Kreislauf
from service.apply import Schritt
from service.ausgabe import als_csv, zelle
from service.db import Datenbank, Sitzung
from service.errors import Unmoeglich
from service.handelnde import Handelnde
from service.listen import Auswahl
from service.suche import schluessel, suche
from service.suchindex import staemme
from service.umfeld import Umfeld
from service.wortteile import teile
from tests.bau import ISERLOHN, KOORDINATION, MELDER, melde, tue
from tests.browserprobe import Fenster
from tests.service.test_seiten import ANGABEN, MELDEN

HEUTE = date(2026, 1, 7)


def gefunden(s: Sitzung, person: Handelnde, text: str, auswahl: Auswahl | None = None, **weiteres: object) -> list[str]:
    return [e.key for e in suche(s, person, HEUTE, text, auswahl or Auswahl(), **weiteres).zeilen]  # type: ignore[arg-type]


def test_staemme_fuehren_zusammen_was_zusammengehoert() -> None:
    assert staemme("Häuser Haus hauses HAUSE") == staemme("Haus")
    assert staemme("Kurse; Kurs_Kursen!") == staemme("kurs") == staemme("Kurses") and staemme("MK-2026-0001") == ["mk", "2026", "0001"]
    assert staemme("x" * 500) == [] and staemme("– „“ …") == []


@pytest.mark.parametrize(("wort", "gesucht"), [
    ("Ausländerbehörde", "Behörde Ausländer"), ("Ausländerbehörden", "Behörden"), ("Integrationskursträger", "Kurs Träger Integration"),
    ("Jugendamt", "Amt"), ("Terminvergabestelle", "Stelle"), ("Wohngeldstelle", "Wohngeld Geld Stelle"), ("Einbürgerungstermine", "Termin"),
])
def test_zusammengesetzte_woerter_haben_ihre_teile(wort: str, gesucht: str) -> None:
    assert set(staemme(gesucht)) <= set(teile(*staemme(wort)))


@pytest.mark.parametrize("wort", ["gesamt", "insgesamt", "Beamte", "Vorstellung", "Antwort", "Apparat", "beantragt", "Kontakt", "Kandidat",
                                  "Amt", "Dienstag", "2026"])
def test_was_nur_so_endet_ist_nicht_zusammengesetzt(wort: str) -> None:
    assert teile(*staemme(wort)) == ()


def test_ein_teil_findet_das_zusammengesetzte_wort_auch_neben_anderen(db: Datenbank, umfeld: Umfeld) -> None:
    alt = melde(db, umfeld, titel="Seit zwei Wochen keine Termine bei der Ausländerbehörde", beschreibung="Niemand hebt ab.")
    neu = melde(db, umfeld, titel="Die Behörde schweigt", beschreibung="Die Terminvergabe ruht.")
    with db.lesen() as s:
        assert gefunden(s, KOORDINATION, "Behörde") == [neu, alt] == gefunden(s, KOORDINATION, "Terminen Behörden")
        assert gefunden(s, KOORDINATION, "Ausländer") == [alt] == gefunden(s, KOORDINATION, "Ausländerbehörde")
    with db.transaktion() as s:  # wie eine frühere Fassung den Index schrieb
        s.fuehre("UPDATE suchtext SET titel = 'kein termin bei der auslanderbehord', worte = 'kein termin bei der auslanderbehord'")
        assert gefunden(s, KOORDINATION, "Behörde") == []
        suchindex.schreibe_alle(s)
        assert gefunden(s, KOORDINATION, "Behörde") == [neu, alt]


def test_gefunden_wird_im_text_und_im_titel_das_neueste_zuerst(db: Datenbank, umfeld: Umfeld) -> None:
    alt = melde(db, umfeld, titel="Kurse beginnen nicht", beschreibung="Niemand kennt den Termin.")
    neu = melde(db, umfeld, titel="Wartezeit", beschreibung="Der Kurs ist voll, die Ämter schweigen.")
    with db.lesen() as s:
        assert gefunden(s, KOORDINATION, "kursen") == [neu, alt]
        assert gefunden(s, KOORDINATION, "Kurs", ordnung="aelteste") == [alt, neu]
        assert gefunden(s, KOORDINATION, "Kurs Termine") == [alt] and gefunden(s, KOORDINATION, "amt kurs") == [neu]
        assert gefunden(s, KOORDINATION, "wartez") == [neu], "der Wortanfang genügt, wenn das Wort selbst nirgends steht"
        assert gefunden(s, KOORDINATION, "Raumschiff") == []
        assert gefunden(s, KOORDINATION, "%") == [], "nur Zeichen sind keine leere Suche"
        assert gefunden(s, KOORDINATION, "kurs", Auswahl(art="sammlung")) == []
        assert gefunden(s, KOORDINATION, "kurs", Auswahl(von=date(2026, 1, 8))) == []
        assert gefunden(s, KOORDINATION, "kurs", Auswahl(von=HEUTE, bis=HEUTE)) == [neu, alt]


@pytest.mark.parametrize("text", ['"', "kurs*", "a AND OR NOT", "{titel}:", "' OR 1=1 --", "kurs:* & !", "()", "NEAR(a b)", "\\",
                                  "worte:x"])
def test_nichts_in_der_eingabe_bedeutet_der_datenbank_etwas(db: Datenbank, umfeld: Umfeld, text: str) -> None:
    melde(db, umfeld, titel="Kurse beginnen nicht")
    with db.lesen() as s:
        suche(s, KOORDINATION, HEUTE, text, Auswahl())


def test_ein_fremder_bereich_findet_den_titel_aber_nicht_den_text(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld, titel="Kurse beginnen nicht", beschreibung="Dolmetscher fehlen.", kommune="Hemer")
    fremd = replace(ISERLOHN, key="andere")
    with db.lesen() as s:
        assert gefunden(s, KOORDINATION, "Dolmetscher") == [key]
        assert gefunden(s, fremd, "Dolmetscher") == [] and gefunden(s, fremd, "Kurs") == [key]
        assert gefunden(s, fremd, "Kurs Dolmetscher") == []
        andere_stelle = replace(MELDER, key="x", institution="Eine andere Stelle")
        assert gefunden(s, andere_stelle, "Kurs") == [] and schluessel(s, andere_stelle, HEUTE, key) == ""
        assert schluessel(s, MELDER, HEUTE, f" {key.lower()} ") == key and schluessel(s, MELDER, HEUTE, "MK-2026-9999") == ""


def test_geschwaerztes_findet_niemand_mehr(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld, beschreibung="Frau Zimmermann wartet seit Mai.")
    with db.lesen() as s:
        assert gefunden(s, KOORDINATION, "Zimmermann") == [key]
    tue(db, umfeld, KOORDINATION, Schritt("schwaerzen", key, daten={"feld": "beschreibung", "start": 5, "ende": 15}, grund="Name."))
    with db.lesen() as s:
        assert gefunden(s, KOORDINATION, "Zimmermann") == [] and gefunden(s, KOORDINATION, "wartet Mai") == [key]
        assert s.wert("SELECT count(*) FROM suchtext WHERE worte LIKE '%zimmermann%'") == 0


def test_auf_sqlite_bleibt_von_geschwaerztem_auch_in_der_datei_nichts(db: Datenbank, umfeld: Umfeld) -> None:
    if db.postgres:
        return  # dort räumt die Datenbank gelöschte Zeilen selbst auf
    key = melde(db, umfeld, beschreibung="Frau Zimmermannski wartet seit Mai.")
    tue(db, umfeld, KOORDINATION, Schritt("schwaerzen", key, daten={"feld": "beschreibung", "start": 5, "ende": 18}, grund="Name."))
    with db.lesen() as s:
        assert not [z for (z,) in s.alle("SELECT block FROM suchindex_data") if b"zimmermannski" in bytes(z)]


def test_was_scheitert_hinterlaesst_nichts_im_index(db: Datenbank, umfeld: Umfeld) -> None:
    melde(db, umfeld)
    with db.lesen() as s:
        vorher = s.alle("SELECT * FROM suchtext ORDER BY vorgang")
    with pytest.raises(Unmoeglich):
        tue(db, umfeld, KOORDINATION, Schritt("ergaenzen", "MK-2026-0001", daten={"text": "Raumschiff"}),
            Schritt("auswaehlen", "MK-2026-0001", grund="Zu früh."))
    with db.lesen() as s:
        assert s.alle("SELECT * FROM suchtext ORDER BY vorgang") == vorher and gefunden(s, KOORDINATION, "Raumschiff") == []


def test_blaettern_zeigt_jeden_treffer_einmal(db: Datenbank, umfeld: Umfeld) -> None:
    keys = [melde(db, umfeld, titel=f"Kurs {i}", kommune="Iserlohn" if i % 2 else "Hemer") for i in range(9)]
    gesehen, ab = [], ""
    with db.lesen() as s:
        while True:
            blatt = suche(s, KOORDINATION, HEUTE, "kurs", Auswahl(), ab=ab, anzahl=2)
            gesehen += [e.key for e in blatt.zeilen]
            if not (ab := blatt.weiter):
                break
    assert gesehen == keys[::-1]


# --- die Seiten -------------------------------------------------------------------------------------------------------


@pytest.fixture
def meldung(app: Kreislauf) -> str:
    return Fenster(app, "stelle-abh-mk").sende(MELDEN, **{**ANGABEN, "titel": "=Kurse beginnen nicht"})[0]


def test_suchen_springen_eingrenzen(app: Kreislauf, meldung: str) -> None:
    k = Fenster(app, "koordination-a")
    blatt = k.hole("/suche?q=Kursbeginn+kurs&art=meldebogen")
    assert blatt.maengel() == [] and "keinen Vorgang" in blatt.text
    assert meldung in k.hole("/suche?q=kurse").verweise and meldung in k.hole("/vorgaenge/meldebogen?q=termin+kurs&q=kurse").verweise
    eine = k.hole("/suche?q=kurse")
    assert "1 Vorgang" in eine.text and "Blättern" not in eine.html, "was nicht weitergeht, hat keinen leeren Bereich dafür"
    assert "Suche merken" in eine.text and "Suche merken" not in k.hole("/suche").text, "ohne Auswahl gibt es nichts zu merken"
    sprung = k.client.get(f"/suche?q={meldung.rsplit('/', 1)[1].lower()}")
    assert (sprung.status_code, sprung.headers["location"]) == (303, meldung)
    gesprochen = meldung.rsplit("/", 1)[1].replace("-", "+")
    assert k.client.get(f"/suche?q={gesprochen}").headers["location"] == meldung, "wer ihn abschreibt, schreibt oft keine Striche"
    blatt = k.hole("/vorgaenge/meldebogen?zustand=eingegangen&kommune=Hemer&von=31.02.2026")
    assert "Bitte geben Sie das Datum als TT.MM.JJJJ an." in blatt.text and blatt.maengel() == []
    assert "/vorgaenge/meldebogen?zustand=eingegangen&von=31.02.2026" in blatt.verweise, "jeder Filter lässt sich einzeln aufheben"
    assert meldung in k.hole("/vorgaenge/meldebogen?frist=bald&ordnung=frist").verweise
    assert meldung not in k.hole("/vorgaenge/meldebogen?frist=ueberfaellig").verweise


@pytest.mark.parametrize("frage", ["q=%00", "q=" + "x" * 5000, "art=unsinn", "von=0001-01-01", "bis=9999-12-31", "ordnung=frist&ab=1",
                                   "ab=x", "frist=nie&offen=vielleicht", "zustand=a&zustand=b&art=meldebogen"])
def test_unsinn_in_der_adresse(app: Kreislauf, meldung: str, frage: str) -> None:
    antwort = Fenster(app, "koordination-a").client.get(f"/suche?{frage}")
    assert antwort.status_code in (200, 400, 422), antwort.text[-300:]


def test_merken_und_loeschen_nur_fuer_sich(app: Kreislauf, meldung: str) -> None:
    k, b = Fenster(app, "koordination-a"), Fenster(app, "koordination-b")
    blatt = k.hole("/suche?q=kurse&offen=ja")
    _, fehler = k.sende_blatt(blatt, "/suche/merken", 422, name="")
    assert "Bitte geben Sie der Suche einen Namen" in fehler.text and fehler.felder["abfrage"][0] == "q=kurse&offen=ja"
    ziel, _ = k.sende_blatt(blatt, "/suche/merken", name="Offene Kurse")
    assert ziel == "/suche?q=kurse&offen=ja"
    gemerkt = k.hole("/suche")
    assert "/suche?q=kurse&offen=ja" in gemerkt.verweise and "Offene Kurse" not in b.hole("/suche").text
    nummer = gemerkt.felder["nummer"][0]
    b.sende_blatt(b.hole("/suche"), "/suche/vergessen", nummer=nummer)
    assert "Offene Kurse" in k.hole("/suche").text, "fremde Suchen löscht niemand"
    k.sende_blatt(gemerkt, "/suche/vergessen", nummer=nummer)
    assert "Offene Kurse" not in k.hole("/suche").text


def test_ausgabe_enthaelt_was_die_liste_zeigt_und_steht_im_protokoll(app: Kreislauf, db: Datenbank, meldung: str) -> None:
    k = Fenster(app, "koordination-a")
    antwort = k.client.post("/suche/ausgabe", data={**k.hole("/suche?q=kurse").felder})
    assert antwort.status_code == 200 and antwort.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in antwort.headers["content-disposition"]
    zeilen = list(csv.reader(io.StringIO(antwort.content.decode("utf-8-sig")), delimiter=";"))
    assert zeilen[0][0] == "Schlüssel" and len(zeilen) == 2 and zeilen[1][2] == "'=Kurse beginnen nicht" and zeilen[1][8]
    assert zeilen[0][5] == "Bereich" and zeilen[1][5] == "Kreis", "der Name, nicht der Schlüssel"
    with db.lesen() as s:
        eintrag = s.alle("SELECT person, angaben FROM protokoll WHERE was = 'ausgegeben'")
    assert [p for p, _ in eintrag] == ["koordination-a"] and '"zeilen":1' in eintrag[0][1] and "kurs" not in eintrag[0][1]
    fremd = Fenster(app, "cm-iserlohn")
    leer = fremd.client.post("/suche/ausgabe", data={**fremd.hole("/suche").felder, "abfrage": "q=kurse"})
    assert leer.content.decode("utf-8-sig").count("\r\n") == 1


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_formeln_sind_in_der_ausgabe_text(text: str) -> None:
    assert zelle(text).startswith("'")
    assert zelle("Kurs = voll") == "Kurs = voll" and als_csv(("A",), [("ä;\"b",)]).decode("utf-8-sig") == 'A\r\n"ä;""b"\r\n'
