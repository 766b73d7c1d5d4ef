"""Mitschreiben in der Sitzung: Anwesenheit, Beratung, Beschluss, Stimmen je Sitz; nichts Getipptes geht verloren."""

from __future__ import annotations

import json
from typing import Any

import pytest

from service.app import Kreislauf
from service.db import Datenbank
from service.profil import Profil
from tests.browserprobe import Blatt, Fenster, seiten
from tests.service.test_sitzungsseite import TAG, VORSITZ, Sitzungswelt

MODUS = "/vorgang/LG-01/sitzungsmodus"
BESCHLUSS = {"wortlaut": "Eine Stelle klärt den Zugang.", "verantwortlich": "Koordination", "frist": "14.10.2026",
             "verteiler": "Jobcenter Märkischer Kreis"}


@pytest.fixture
def app(db: Datenbank, profil: Profil) -> Kreislauf:
    return seiten(db, profil, TAG)


@pytest.fixture
def welt(db: Datenbank, app: Kreislauf) -> Sitzungswelt:
    return Sitzungswelt(db, app)


@pytest.fixture
def fenster(welt: Sitzungswelt) -> Fenster:
    return Fenster(welt.app, "koordination-a")


def beratung(blatt: Blatt) -> str:
    """Ohne den Zeilenumbruch hinter dem öffnenden Tag, den ein Browser übergeht."""
    return blatt.felder["beratung"][-1].removeprefix("\n")


def stand(db: Datenbank, key: str) -> dict[str, Any]:
    with db.lesen() as s:
        return dict(json.loads(s.wert("SELECT stand FROM vorgang WHERE key = :key", {"key": key})))


def beschluesse(db: Datenbank) -> list[dict[str, Any]]:
    with db.lesen() as s:
        return [json.loads(z[0]) for z in s.alle("SELECT stand FROM vorgang WHERE art = 'beschluss' ORDER BY id")]


def test_eroeffnen_mit_vorbelegter_anwesenheit_und_gaesten(db: Datenbank, welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.bis_zur_sitzung()
    blatt = fenster.hole(MODUS)
    assert blatt.felder["anwesend.S01"] == ["inhaber"] and len([n for n in blatt.felder if n.startswith("anwesend.")]) == 12
    assert blatt.maengel() == []
    wahl = {"anwesend.S02": "vertretung", "anwesend.S03": "abwesend"}
    _, fehler = fenster.sende_blatt(blatt, f"{MODUS}/eroeffnen", 422, gaeste="Gastgruppe; eins", **wahl)
    assert "Zeile 1" in fehler.text and fehler.felder["anwesend.S03"] == ["abwesend"]
    assert "Gastgruppe; eins" in fehler.felder["gaeste"][0]
    _, fehler = fenster.sende_blatt(fehler, f"{MODUS}/eroeffnen", 409, gaeste="Gastgruppe; 7", **wahl)
    assert {e.get("name") for e in fehler.eingaben if e.get("aria-invalid")} == {"gaeste"} and "Gastgruppe; 7" in fehler.felder["gaeste"][0]
    ziel, _ = fenster.sende_blatt(fehler, f"{MODUS}/eroeffnen", gaeste="Gastgruppe; 1\nZweiter Gast", **wahl)
    assert ziel == f"{MODUS}?punkt=1"
    danach = stand(db, "LG-01")
    assert danach["anwesenheit"]["S02"] == "vertretung" and danach["anwesenheit"]["S03"] == "abwesend"
    assert [(g["institution"], g.get("punkt")) for g in danach["gaeste"]] == [("Gastgruppe", 1), ("Zweiter Gast", None)]
    assert "Anwesend: 11 von 12 Sitzen." in fenster.hole(ziel).text


def test_beratung_ohne_beschluss_steht_im_protokoll(db: Datenbank, welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    welt.tue("punkt_aufnehmen", "LG-01", daten={"titel": "Verschiedenes"})
    ziel, _ = fenster.sende_blatt(fenster.hole(f"{MODUS}?punkt=1"), f"{MODUS}/1", beratung="Es wurde lange gesprochen.", weiter="ja")
    assert ziel == f"{MODUS}?punkt=2" and beschluesse(db) == []
    assert "Es wurde lange gesprochen." in Fenster(welt.app, "s03").hole("/vorgang/LG-01/protokoll").text
    ziel, _ = fenster.sende_blatt(fenster.hole(f"{MODUS}?punkt=2"), f"{MODUS}/2", beratung="Nichts.", weiter="ja")
    assert "Sitzung schließen" in fenster.hole(ziel).text
    assert beratung(fenster.hole(f"{MODUS}?punkt=1")) == "Es wurde lange gesprochen."


def test_ein_beratener_punkt_wird_wieder_aufgerufen(db: Datenbank, welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    ziel, _ = fenster.sende("/vorgang/LG-01/schritt/punkt_aufnehmen?zurueck=mitschreiben", titel="Verschiedenes")
    blatt = fenster.hole(ziel)
    assert ziel == MODUS and "Die Tagesordnung ist gespeichert." in blatt.text
    fenster.sende_blatt(fenster.hole(f"{MODUS}?punkt=2"), f"{MODUS}/2", beratung="Die Stadt legt Zahlen vor.", wieder="ja")
    assert stand(db, "LG-01")["beratungen"]["2"]["wieder"] is True
    assert "Der Punkt wird in der nächsten Sitzung wieder aufgerufen." in fenster.hole("/vorgang/LG-01/protokoll").text
    schliessen = fenster.hole("/vorgang/LG-01/schritt/schliessen").text
    assert "Offene Punkte" in schliessen and "1. " in schliessen and "2. Verschiedenes" in schliessen
    fenster.sende_blatt(fenster.hole(f"{MODUS}?punkt=2"), f"{MODUS}/2", wieder="")
    assert "wieder" not in stand(db, "LG-01")["beratungen"]["2"]
    assert "2. Verschiedenes" not in fenster.hole("/vorgang/LG-01/schritt/schliessen").text


def test_was_fehlt_steht_auf_einmal_da(welt: Sitzungswelt, fenster: Fenster) -> None:
    """Zwölf Leute warten: Begründung, Frist, Verteiler und was der Wächter des Schritts verlangt, in einer Runde."""
    welt.eroeffnet()
    wahl = {"bewegungen.0.schritt": "generatives_thema/GT-01/zurueckstellen"}
    _, blatt = fenster.sende_blatt(fenster.hole(f"{MODUS}?punkt=1"), f"{MODUS}/1", 200, mehr="bewegungen", **wahl)
    assert "Wiedervorlage am (freiwillig)" not in blatt.text
    _, fehler = fenster.sende_blatt(blatt, f"{MODUS}/1", 422, **wahl, wortlaut="Später.")
    beanstandet = {e.get("name") for e in fehler.eingaben if e.get("aria-invalid")}
    assert {"bewegungen.0.grund", "bewegungen.0.daten.wiedervorlage_am", "frist", "verantwortlich"} <= beanstandet
    assert "wortlaut" not in beanstandet


def test_beschluss_mit_lg_schritt_und_stimmen_je_sitz(db: Datenbank, welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    weg, schritt = f"{MODUS}/1", "generatives_thema/GT-01/zurueckstellen"
    blatt = fenster.hole(f"{MODUS}?punkt=1")
    _, blatt = fenster.sende_blatt(blatt, weg, 200, mehr="bewegungen", **{"bewegungen.0.schritt": schritt, "wortlaut": "Später."})
    assert blatt.felder["wortlaut"] == ["Später."] and "bewegungen.0.daten.wiedervorlage_am" in blatt.felder and blatt.maengel() == []
    eingaben = {**BESCHLUSS, "beratung": "Strittig.", "verfahren": "abstimmung", "stimme.S03": "nein", "stimme.S04": "enthaltung",
                "stimme.S05": "befangen", "bewegungen.0.schritt": schritt, "bewegungen.0.grund": "Erst die Zahlen abwarten."}
    _, fehler = fenster.sende_blatt(blatt, weg, 422, **eingaben)
    assert "bewegungen.0.daten.wiedervorlage_am" in {e.get("name") for e in fehler.eingaben if e.get("aria-invalid")}
    assert fehler.felder["stimme.S03"] == ["nein"] and beratung(fehler) == "Strittig."
    fenster.sende_blatt(fehler, weg, **eingaben, **{"bewegungen.0.daten.wiedervorlage_am": "01.09.2026"})
    (b,) = beschluesse(db)
    assert b["abstimmung"] == {"ja": 8, "nein": 1, "enthaltung": 1} and b["befangen"] == ["S05"] and b["bezug"] == ["GT-01"]
    with db.lesen() as s:
        assert s.wert("SELECT zustand FROM vorgang WHERE key = 'GT-01'") == "zurueckgestellt"
    text = fenster.hole("/vorgang/LG-01/protokoll").text
    assert "Dagegen gestimmt haben: S03" in text and "Strittig." in text and "Eine Stelle klärt den Zugang." in text


def test_ein_begonnener_beschluss_geht_nicht_verloren(db: Datenbank, welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    welt.tue("punkt_aufnehmen", "LG-01", daten={"titel": "Schulplätze"})
    blatt = fenster.hole(f"{MODUS}?punkt=2")
    assert blatt.felder["titel"] == ["Schulplätze"]
    fenster.sende_blatt(blatt, f"{MODUS}/2")
    assert beschluesse(db) == [], "unverändert vorbelegt ist kein Beschluss"
    for eingabe in ({"titel": "Schulplätze zuerst"}, {"stimme.S03": "nein"}, {"frist": "14.10.2026"}):
        _, fehler = fenster.sende_blatt(fenster.hole(f"{MODUS}?punkt=2"), f"{MODUS}/2", 422, **eingabe)
        name, wert = next(iter(eingabe.items()))
        assert "wortlaut" in {e.get("name") for e in fehler.eingaben if e.get("aria-invalid")} and fehler.felder[name] == [wert]


def test_der_verteiler_ist_ein_vorschlag_zum_ankreuzen(db: Datenbank, welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    welt.beschlossen()
    blatt = fenster.hole(f"{MODUS}?punkt=1")
    assert 'name="verteiler" value="Agentur für Arbeit"' in blatt.html and not any(blatt.felder["verteiler"])
    fenster.sende_blatt(blatt, f"{MODUS}/1", **{**BESCHLUSS, "verteiler": ["Agentur für Arbeit", "Gesundheitsamt Märkischer Kreis"]})
    assert beschluesse(db)[-1]["verteiler"] == ["Agentur für Arbeit", "Gesundheitsamt Märkischer Kreis"]


def test_die_tagesordnung_sagt_was_offen_und_was_beraten_ist(welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    welt.tue("punkt_aufnehmen", "LG-01", daten={"titel": "Verschiedenes"})
    welt.tue("punkt_beraten", "LG-01", daten={"nr": 1, "text": "Beraten."})
    text = " ".join(fenster.hole(MODUS).text.split("Tagesordnung")[1].split("Anwesenheit und Gäste")[0].split())
    assert "1.Kurszugang beraten" in text and "2.Verschiedenes offen" in text


def test_konsens_und_blosse_zahlen(db: Datenbank, welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    blatt = fenster.hole(f"{MODUS}?punkt=1")
    assert blatt.felder["verfahren"] == ["konsens"]
    fenster.sende_blatt(blatt, f"{MODUS}/1", **BESCHLUSS)
    fenster.sende_blatt(fenster.hole(f"{MODUS}?punkt=1"), f"{MODUS}/1", **{**BESCHLUSS, "verfahren": "abstimmung", "abstimmung.ja": "7",
                                                                           "abstimmung.nein": "3"})
    konsens, geheim = beschluesse(db)
    assert konsens["verfahren"] == "konsens" and not konsens.get("abstimmung")
    assert (geheim["abstimmung"]["ja"], geheim["abstimmung"]["nein"]) == (7, 3) and not geheim.get("namentlich")


def test_getipptes_bleibt_je_punkt_als_entwurf(welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    welt.tue("punkt_aufnehmen", "LG-01", daten={"titel": "Verschiedenes"})
    for nr, text in ((1, "Noch im Satz"), (2, "Auch hier")):
        fenster.sende_blatt(fenster.hole(f"{MODUS}?punkt={nr}"), f"{MODUS}/{nr}", 204, beratung=text, entwurf="still")
    blatt = fenster.hole(f"{MODUS}?punkt=1")
    assert beratung(blatt) == "Noch im Satz" and "Entwurf ist wiederhergestellt" in blatt.text
    assert "nur mit diesem Konto zu sehen" in blatt.text and "nur Sie sehen" not in blatt.text
    fenster.sende_blatt(blatt, f"{MODUS}/1")
    assert "Entwurf ist wiederhergestellt" not in fenster.hole(f"{MODUS}?punkt=1").text
    assert beratung(fenster.hole(f"{MODUS}?punkt=2")) == "Auch hier"
    weg = next(v for v in fenster.hole("/").verweise if "punkt_beraten" in v)
    assert fenster.client.get(weg).headers["location"] == MODUS


def test_wer_gleichzeitig_mitschreibt_ueberschreibt_nichts(welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    offen = fenster.hole(f"{MODUS}?punkt=1")
    vorsitz = Fenster(welt.app, "s01")
    vorsitz.sende_blatt(vorsitz.hole(f"{MODUS}?punkt=1"), f"{MODUS}/1", beratung="Vom Vorsitz.")
    _, blatt = fenster.sende_blatt(offen, f"{MODUS}/1", 409, beratung="Von der Koordination.")
    assert beratung(blatt) == "Von der Koordination." and "Vom Vorsitz." in blatt.text
    fenster.sende_blatt(blatt, f"{MODUS}/1", beratung="Beides.")


def test_nach_der_unterschrift_schreibt_niemand_mehr_mit(welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    offen = fenster.hole(f"{MODUS}?punkt=1")
    welt.tue("schliessen", "LG-01", wer=VORSITZ)
    fenster.hole(f"{MODUS}?punkt=1")
    welt.tue("protokoll_unterzeichnen", "LG-01", wer=VORSITZ)
    _, blatt = fenster.sende_blatt(offen, f"{MODUS}/1", 409, beratung="Zu spät.", version="")
    assert "schon unterzeichnet" in blatt.text and beratung(blatt) == "Zu spät."


def test_anwesenheit_gaeste_und_quorum_aendern_sich_waehrend_der_sitzung(db: Datenbank, welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    blatt = fenster.hole(f"{MODUS}?punkt=1")
    assert f"{MODUS}?zu=1#anwesenheit" in blatt.verweise and "stimme.S12" not in blatt.felder
    blatt = fenster.hole(f"{MODUS}?zu=1")
    assert blatt.felder["anwesend.S12"] == ["abwesend"] and "Gast; 1" in blatt.felder["gaeste"][0] and blatt.felder["um"] == ["11:00"]
    assert blatt.maengel() == []
    wahl = {"anwesend.S12": "vertretung", "anwesend.S02": "abwesend", "gaeste": "Gast; 1\nZweiter Gast; 1"}
    _, fehler = fenster.sende_blatt(blatt, f"{MODUS}/anwesenheit", 422, um="halb drei", **wahl)
    assert "zum Beispiel 14:35" in fehler.text and fehler.felder["anwesend.S12"] == ["vertretung"] and fehler.felder["um"] == ["halb drei"]
    ziel, _ = fenster.sende_blatt(fehler, f"{MODUS}/anwesenheit", um="14.35", **wahl)
    assert ziel == f"{MODUS}?punkt=1"
    blatt = fenster.hole(ziel)
    assert "stimme.S12" in blatt.felder and "stimme.S02" not in blatt.felder
    assert "S12" in (text := fenster.hole(MODUS).text) and "14:35 Uhr" in text
    protokoll = fenster.hole("/vorgang/LG-01/protokoll").text
    assert "Zu Beginn anwesend: 11 von 12 Sitzen." in protokoll and "14:35 Uhr: Zweiter Gast ist Gast zu Punkt 1." in protokoll
    assert "ist nicht mehr anwesend." in protokoll and "Am Ende anwesend: 11 von 12 Sitzen." in protokoll
    with db.lesen() as s:
        thema = json.loads(s.wert("SELECT stand FROM vorgang WHERE key = 'GT-01'"))
    assert thema["gaeste"] == ["Gast", "Zweiter Gast"], "ein Gast sieht, wozu er da ist"


def test_quorum_geht_verloren_und_kommt_wieder(welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    blatt = fenster.hole(MODUS)
    viele = {f"anwesend.S{nr:02}": "abwesend" for nr in range(5, 13)}
    fenster.sende_blatt(blatt, f"{MODUS}/anwesenheit", **viele)
    blatt = fenster.hole(f"{MODUS}?punkt=1")
    assert "Anwesend: 4 von 12 Sitzen." in blatt.text and "nicht beschlussfähig" in blatt.text
    _, fehler = fenster.sende_blatt(blatt, f"{MODUS}/1", 409, **BESCHLUSS)
    assert "nicht beschlussfähig" in fehler.text
    welt.tue("beschlussunfaehig_feststellen", "LG-01", wer=VORSITZ)
    fenster.sende_blatt(fenster.hole(MODUS), f"{MODUS}/anwesenheit", **{f"anwesend.S{nr:02}": "inhaber" for nr in range(5, 9)})
    assert "nicht beschlussfähig" in fenster.hole(MODUS).text, "der Vorsitz hat es festgestellt"
    welt.tue("beschlussfaehig_feststellen", "LG-01", wer=VORSITZ)
    fenster.sende_blatt(fenster.hole(f"{MODUS}?punkt=1"), f"{MODUS}/1", **BESCHLUSS)


def test_wer_inzwischen_kam_stimmt_nicht_ungefragt_mit(db: Datenbank, welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    offen = fenster.hole(f"{MODUS}?punkt=1")
    fenster.sende_blatt(fenster.hole(MODUS), f"{MODUS}/anwesenheit", **{"anwesend.S12": "inhaber"})
    _, fehler = fenster.sende_blatt(offen, f"{MODUS}/1", 422, **{**BESCHLUSS, "verfahren": "abstimmung"})
    assert "Die Anwesenheit hat sich inzwischen geändert" in fehler.text and beschluesse(db) == []
    fenster.sende_blatt(fehler, f"{MODUS}/1")
    assert beschluesse(db)[0]["abstimmung"] == {"ja": 12, "nein": 0, "enthaltung": 0}


@pytest.mark.parametrize("wer", ["s03", "assistenz", "stelle-abh-mk"])
def test_mitschreiben_koennen_nur_vorsitz_und_koordination(welt: Sitzungswelt, wer: str) -> None:
    welt.eroeffnet()
    Fenster(welt.app, wer).hole(MODUS, 404)


def test_ein_beschluss_ueber_zwei_punkte_steht_bei_beiden(welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    welt.tue("anlegen", "GT-02", "2026-04-09", art="generatives_thema", grund="Aus dem Austausch.",
             daten={"titel": "Fahrtkosten", "beschreibung": "Der Weg zum Kurs ist zu teuer.", "quelle": "austausch", "hebel": "kreis"})
    welt.tue("clustern", "GT-02", "2026-04-10", daten={"cluster": "Sprache"})
    welt.tue("vorlegen", "GT-02", daten={"sitzung": "LG-01", "tischvorlage": True})
    welt.tue("punkt_aufnehmen", "LG-01", daten={"titel": "Verschiedenes"})
    welt.beschlossen(stellen=[], bezug=["GT-01", "GT-02"], bewegungen=[
        {"vorgang": key, "ausloeser": "zurueckstellen", "grund": "Erst die Zahlen.", "daten": {"wiedervorlage_am": "2026-09-01"}}
        for key in ("GT-01", "GT-02")])
    satz = "Behandelt mit dem Beschluss BS-01, siehe Punkt 1."
    protokoll = fenster.hole("/vorgang/LG-01/protokoll").text
    assert protokoll.count(satz) == 1 and protokoll.count("Zu diesem Punkt ist nichts festgehalten.") == 1
    assert fenster.hole("/vorgang/LG-01").text.count(satz) == 1
    modus = fenster.hole(MODUS).text
    assert modus.count("beschlossen") == 2 and modus.count("offen") >= 1


def test_der_strich_ueber_dem_punkt_sagt_ob_beraten_oder_beschlossen(welt: Sitzungswelt, fenster: Fenster) -> None:
    welt.eroeffnet()
    welt.tue("punkt_aufnehmen", "LG-01", daten={"titel": "Verschiedenes"})
    welt.tue("punkt_aufnehmen", "LG-01", daten={"titel": "Ausblick"})
    welt.beschlossen()
    welt.tue("punkt_beraten", "LG-01", daten={"nr": 2, "text": "Beraten."})
    blatt = fenster.hole(f"{MODUS}?punkt=3")
    assert [z in blatt.worte for z in ("1 ✓", "2 ○", "3")] == [True] * 3
    assert 'Verschiedenes, beraten"' in blatt.html and 'Ausblick"' in blatt.html


def test_der_bericht_ueber_einen_umlauf_steht_beim_punkt_und_im_heft(welt: Sitzungswelt, fenster: Fenster) -> None:
    """Wer mitschreibt oder sich vorbereitet, liest Wortlaut und Stimmen da, wo der Punkt aufgerufen wird."""
    umlauf = {"titel": "Gast einladen", "wortlaut": "Der Verband wird eingeladen.", "verantwortlich": "Koordination", "frist": "2026-09-01",
              "gegenstand": "Gast einladen", "verteiler": ["Arbeitsgruppen"], "antwort_bis": "2026-04-15"}
    welt.tue("umlauf_starten", "BS-U-01", "2026-04-02", art="beschluss", daten=umlauf)
    welt.tue("stimme_abgeben", "BS-U-01", "2026-04-03", daten={"sitz": "S03", "stimme": "ja"})
    welt.tue("umlauf_feststellen", "BS-U-01", "2026-04-17")
    welt.eroeffnet()
    welt.tue("umlauf_berichten", "BS-U-01", daten={"sitzung": "LG-01"})
    nr = next(p["nr"] for p in stand(welt.db, "LG-01")["punkte"] if p.get("bezug") == "BS-U-01")
    for blatt in (fenster.hole(f"{MODUS}?punkt={nr}"), Fenster(welt.app, "s03").hole("/vorgang/LG-01/unterlagen")):
        assert "Der Verband wird eingeladen." in blatt.text and "S03 Fachbereichsleitung Öffentliche Ordnung" in blatt.text
        assert blatt.maengel() == []
    assert f"/vorgang/LG-01/unterlagen#punkt-{nr}" in fenster.hole(f"{MODUS}?punkt={nr}").verweise
