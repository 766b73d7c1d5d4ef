"""Der Schreibtisch der Koordination: Reihenfolge, viele auf einmal, ähnliche Meldungen mit Gründen, und was dabei nicht geschehen darf."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.aehnlich import aehnliche
from service.app import Kreislauf
from service.apply import Schritt
from service.db import Datenbank
from service.eingang import eingang
from service.sammelakt import tue_gemeinsam
from service.sicht import lies
from service.umfeld import Umfeld
from tests.bau import ISERLOHN, JETZT, KOORDINATION, melde, tue
from tests.browserprobe import Fenster
from tests.service.test_seiten import ANGABEN, MELDEN

HEUTE = date(2026, 1, 7)
KREIS = replace(KOORDINATION, key="koord_c")  # weder zuständig noch Vertretung: sieht ganz nur, was dem Kreis gehört
WARTELISTE = "Die Warteliste der Sprachkurse ist so lang, dass Alphabetisierung erst im Sommer beginnt."


def sammlung(db: Datenbank, umfeld: Umfeld, titel: str = "Sprachkurse") -> str:
    return tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": titel})).erste.key


def test_das_dringende_zuerst_dann_nach_frist_und_nur_was_ganz_zu_sehen_ist(db: Datenbank, umfeld: Umfeld) -> None:
    erste, dringend = melde(db, umfeld), melde(db, umfeld, dringlichkeit="hoch")
    fremde, entschieden = melde(db, umfeld, kommune="Iserlohn"), melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("kurz_klaeren", entschieden, daten={"mit": "Jobcenter", "vereinbart": "Termin bis Freitag."}))
    with db.lesen() as s:
        liste, weiter = eingang(s, KREIS, HEUTE)
        assert [k.key for k in liste] == [dringend, erste] and not weiter and liste[0].eilig and not liste[1].eilig
        assert [k.key for k in eingang(s, replace(ISERLOHN, key="x"), HEUTE)[0]] == [fremde]


def test_jede_seite_zeigt_andere(db: Datenbank, umfeld: Umfeld) -> None:
    keys = [melde(db, umfeld) for _ in range(23)]
    with db.lesen() as s:
        erste, weiter = eingang(s, KREIS, HEUTE)
        zweite, ende = eingang(s, KREIS, HEUTE, weiter)
    assert [k.key for k in (*erste, *zweite)] == keys and not ende


# --- viele auf einmal -------------------------------------------------------------------------------------------------


def test_was_geht_geschieht_in_einem_zug_und_was_nicht_geht_wird_einzeln_gesagt(db: Datenbank, umfeld: Umfeld) -> None:
    gut, fremd, schon = melde(db, umfeld), melde(db, umfeld, kommune="Iserlohn"), melde(db, umfeld)
    korb = sammlung(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", schon, daten={"sammlung": korb}))
    schritte = [Schritt("aufnehmen", k, daten={"sammlung": korb}) for k in (gut, fremd, schon)]
    ergebnis = db.in_transaktion(lambda s: tue_gemeinsam(s, schritte, KREIS, JETZT, umfeld, ganz=False))
    assert ergebnis.getan == (gut,) and set(ergebnis.abgelehnt) == {fremd, schon}
    with db.lesen() as s:
        assert lies(s, KOORDINATION, gut, HEUTE).zustand == "in_sammlung"
        assert lies(s, KOORDINATION, fremd, HEUTE).zustand == "eingegangen"


def test_mit_ganz_geschieht_nichts_wenn_einer_nicht_geht(db: Datenbank, umfeld: Umfeld) -> None:
    gut, fremd = melde(db, umfeld), melde(db, umfeld, kommune="Iserlohn")
    schritte = [Schritt("weitergeben", k, daten={"an": "BAMF"}, grund="Dort zuständig.") for k in (gut, fremd)]
    ergebnis = db.in_transaktion(lambda s: tue_gemeinsam(s, schritte, KREIS, JETZT, umfeld, ganz=True))
    assert ergebnis.getan == () and set(ergebnis.abgelehnt) == {fremd}
    with db.lesen() as s:
        assert lies(s, KOORDINATION, gut, HEUTE).version == 1


def test_wer_inzwischen_schneller_war_wird_je_meldung_genannt(db: Datenbank, umfeld: Umfeld) -> None:
    alt, frisch = melde(db, umfeld), melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("ergaenzen", alt, daten={"text": "Noch ein Fall."}))
    daten = {"mit": "Jobcenter", "vereinbart": "Termin bis Freitag."}
    schritte = [Schritt("kurz_klaeren", k, daten=daten, version=1) for k in (alt, frisch)]
    ergebnis = db.in_transaktion(lambda s: tue_gemeinsam(s, schritte, KREIS, JETZT, umfeld, ganz=False))
    assert ergebnis.getan == (frisch,) and "inzwischen geändert" in ergebnis.abgelehnt[alt]


# --- ähnliche ---------------------------------------------------------------------------------------------------------


def test_aehnliche_nennen_ihre_gruende(db: Datenbank, umfeld: Umfeld) -> None:
    nah = melde(db, umfeld, titel="Warteliste für Sprachkurse", beschreibung=WARTELISTE)
    melde(db, umfeld, titel="Kita-Platz fehlt", beschreibung="Kein Betreuungsplatz im Ort.")
    fremde = melde(db, umfeld, titel="Warteliste Sprachkurs", beschreibung=WARTELISTE, kommune="Iserlohn")
    neu = melde(db, umfeld, titel="Lange Wartelisten im Sprachkurs", beschreibung="Die Alphabetisierung beginnt spät.")
    with db.lesen() as s:
        gefunden = aehnliche(s, KREIS, HEUTE, neu, lies(s, KOORDINATION, neu, HEUTE).felder)
    assert [g.eintrag.key for g in gefunden] == [nah] and fremde not in {g.eintrag.key for g in gefunden}
    assert gefunden[0].gruende[0] == "gemeinsame Wörter: Alphabetisierung, Sprachkurs, Wartelisten"
    assert {"gleiches Handlungsfeld: Bildung und Sprache", "gleiche Kommune: Lüdenscheid", "gleicher Rechtskreis: SGB II"} <= {
        *gefunden[0].gruende}


def test_zahlwoerter_und_allerweltsverben_sind_kein_grund(db: Datenbank, umfeld: Umfeld) -> None:
    leer = "Während drei zuständige Stellen seit zwanzig Tagen nachfragen, kommt gleichzeitig niemand; obwohl es im Oktober begonnen hat."
    melde(db, umfeld, titel="Passersatz", beschreibung=leer)
    aehnlich = melde(db, umfeld, titel="Kindergeld", beschreibung=leer)
    neu = melde(db, umfeld, titel="Kindergeld", beschreibung=leer.replace("drei", "zwei"))
    with db.lesen() as s:
        gefunden = aehnliche(s, KREIS, HEUTE, neu, lies(s, KOORDINATION, neu, HEUTE).felder)
    assert [(g.eintrag.key, g.gruende[0]) for g in gefunden] == [(aehnlich, "gemeinsame Wörter: Kindergeld")]


def test_verglichen_werden_nie_mehr_als_einige_hundert(db: Datenbank, umfeld: Umfeld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.aehnlich._JE_WORT", 3)
    for _ in range(8):
        melde(db, umfeld, titel="Warteliste", beschreibung="Alphabetisierung.")
    neu = melde(db, umfeld, titel="Warteliste", beschreibung="Alphabetisierung.")
    with db.lesen() as s:
        felder = lies(s, KOORDINATION, neu, HEUTE).felder
        gelesen: list[int] = []
        monkeypatch.setattr("service.aehnlich._gelesen", lambda s, ids: gelesen.extend(ids) or [])
        aehnliche(s, KREIS, HEUTE, neu, felder)
    assert len(gelesen) == 3


# --- die Seiten -------------------------------------------------------------------------------------------------------


def gemeldet(app: Kreislauf, **anders: str) -> str:
    return Fenster(app, "stelle-abh-mk").sende(MELDEN, **{**ANGABEN, **anders})[0].rsplit("/", 1)[1]


def test_viele_aufnehmen_und_dabei_die_sammlung_anlegen(app: Kreislauf, koordination: Fenster) -> None:
    keys = [gemeldet(app), gemeldet(app)]
    blatt = koordination.hole("/eingang")
    assert blatt.maengel() == [] and "Niemand weiß, wann der Kurs beginnt." in blatt.text
    ziel, _ = koordination.sende("/eingang", akt="aufnehmen", key=keys, **{"aufnehmen.neu": "Kursbeginn"})
    assert ziel == "/eingang"
    nachher = koordination.hole("/eingang")
    assert "ist für 2 Meldungen gespeichert" in nachher.text and "Im Eingang wartet keine Meldung auf eine Entscheidung." in nachher.text
    assert "Kursbeginn" in koordination.hole("/vorgaenge/sammlung").text


def test_fehler_stehen_am_feld_und_die_auswahl_bleibt(app: Kreislauf, koordination: Fenster) -> None:
    key = gemeldet(app)
    _, blatt = koordination.sende("/eingang", 422, akt="parken", key=[key], **{"parken.wiedervorlage_am": "01.01.2020"})
    assert blatt.felder["key"] == [key] and blatt.felder["parken.wiedervorlage_am"] == ["01.01.2020"]
    assert "Bitte geben Sie einen Grund an." in blatt.text and blatt.maengel() == []
    _, blatt = koordination.sende("/eingang", 422, akt="parken", key=[key],
                                  **{"parken.wiedervorlage_am": "01.01.2020", "parken.grund": "Später."})
    assert "Die Wiedervorlage darf nicht in der Vergangenheit liegen." in blatt.text
    assert {e["name"] for e in blatt.eingaben if e.get("aria-invalid")} == {"parken.wiedervorlage_am"}
    assert "Bitte haken Sie mindestens eine Meldung an." in koordination.sende("/eingang", 422, akt="kurz_klaeren")[1].text
    assert "Bitte wählen Sie den Schritt" in koordination.sende("/eingang", 422, akt="auswaehlen", key=[key])[1].text


def test_scheitert_alles_entsteht_auch_keine_sammlung(app: Kreislauf, koordination: Fenster) -> None:
    key = gemeldet(app)
    offen = koordination.hole("/eingang")
    koordination.sende(f"/vorgang/{key}/schritt/kurz_klaeren", mit="Jobcenter", vereinbart="Termin.", bestaetigt="ja")
    _, blatt = koordination.sende_blatt(offen, "/eingang", 409, akt="aufnehmen", key=[key], **{"aufnehmen.neu": "Kursbeginn"})
    assert "Es ist nichts geschehen" in blatt.text and "inzwischen geändert" in blatt.text
    assert "Kursbeginn" not in koordination.hole("/vorgaenge/sammlung").text


def test_ein_klick_neben_der_aehnlichen(app: Kreislauf, koordination: Fenster) -> None:
    alt, neu, dritte = (gemeldet(app, titel="Warteliste Sprachkurse", beschreibung=WARTELISTE) for _ in range(3))
    koordination.sende("/eingang", akt="aufnehmen", key=[alt], **{"aufnehmen.neu": "Kursbeginn"})
    weg = f"/eingang/{neu}"
    blatt = koordination.hole(weg)
    assert blatt.maengel() == [] and "gemeinsame Wörter" in blatt.text and "In dieselbe Sammlung: Kursbeginn" in blatt.text
    felder = {"csrf": blatt.felder["csrf"][0], "version": blatt.felder["version"][0]}
    korb = next(v.rsplit("/", 1)[1] for v in koordination.hole("/vorgaenge/sammlung").verweise if v.startswith("/vorgang/"))
    assert koordination.client.post(f"{weg}/wie", data={**felder, "sammlung": korb}).status_code == 303
    assert "In einer Sammlung" in koordination.hole(f"/vorgang/{neu}").text
    assert koordination.client.post(f"/eingang/{dritte}/wie", data={**felder, "original": alt}).status_code == 303
    assert "Doppelmeldung" in koordination.hole(f"/vorgang/{dritte}").text
    antwort = koordination.client.post(f"/eingang/{dritte}/wie", data={**felder, "original": alt})
    assert antwort.status_code in (409, 422) and "nicht möglich" in antwort.text


def test_nur_die_koordination_und_nur_das_eigene(app: Kreislauf, koordination: Fenster) -> None:
    fremd = gemeldet(app, kommune="Iserlohn")
    Fenster(app, "koordination-b").hole(f"/eingang/{fremd}", 404)  # koordination-a vertritt dort
    koordination.hole("/eingang/MK-2026-9999", 404)
    for wer in ("stelle-abh-mk", "cm-iserlohn"):
        Fenster(app, wer).hole("/eingang", 404)
        Fenster(app, wer).hole(f"/eingang/{fremd}", 404)


def test_was_zu_lesen_war_steht_im_protokoll(app: Kreislauf, koordination: Fenster) -> None:
    key = gemeldet(app)
    koordination.hole("/eingang")
    with app.state.anwendung.db.lesen() as s:
        zeilen = s.alle("SELECT person, angaben FROM protokoll WHERE was = 'gelesen'")
    assert zeilen == [("koordination-a", f'{{"vorgang":"{key}"}}')]


def test_vom_eingang_fuehrt_ein_weg_zu_dem_was_gerade_daraus_verschwand(app: Kreislauf) -> None:
    ziel, _ = Fenster(app, "stelle-abh-mk").sende(MELDEN, **ANGABEN)
    key, k = ziel.rsplit("/", 1)[1], Fenster(app, "koordination-a")
    danach, _ = k.sende(f"/eingang/{key}", akt="aufnehmen", **{"aufnehmen.neu": "Kursbeginn"})
    assert danach == f"/eingang?zuletzt={key}"
    eingang = k.hole(danach)
    assert {f"/vorgang/{key}", f"/vorgang/{key}/zuruecknehmen"} <= set(eingang.verweise) and eingang.maengel() == []
    assert "/vorgang/x" not in k.hole("/eingang?zuletzt=x").verweise
