"""Kommentare: intern, mit Anrede; wer sie liest, wer eine Nachricht bekommt, und dass ein zurückgezogener bleibt."""

from __future__ import annotations

from typing import Any

import pytest

from service.app import Kreislauf
from service.ausgang import stelle_zusammen
from service.db import Datenbank
from service.pruefen import pruefe
from service.umfeld import lade_umfeld
from tests.bau import JETZT
from tests.browserprobe import Blatt, Fenster
from tests.service.test_anhaenge import ANGABEN
from tests.service.test_seiten import MELDEN

STELLE, A, B, ISERLOHN = "stelle-erstanlauf-luedenscheid", "koordination-a", "koordination-b", "koordination-iserlohn"
TEXT = "Bitte mit der Sammlung zum Kursbeginn vergleichen."


@pytest.fixture
def akte(app: Kreislauf) -> str:
    """Der Weg einer eben eingereichten Meldung des Bereichs Kreis."""
    ziel, _ = Fenster(app, STELLE).sende(MELDEN, **ANGABEN)
    return ziel


def kommentiere(f: Fenster, akte: str, text: str, status: int = 303, **mehr: Any) -> Blatt:
    _, blatt = f.sende(f"{akte}/kommentare", status, text=text, **mehr)
    return blatt


def name_von(app: Kreislauf, key: str) -> str:
    with app.state.anwendung.db.lesen() as s:
        return str(s.wert("SELECT name FROM person WHERE key = :key", {"key": key}))


def test_schreiben_und_lesen_ohne_die_meldung_zu_bewegen(db: Datenbank, app: Kreislauf, akte: str) -> None:
    k = Fenster(app, A)
    vorher = k.hole(akte)
    assert "Es gibt noch keinen Kommentar." in vorher.text and f"{akte}/kommentare" in vorher.verweise
    kommentiere(k, akte, TEXT)
    seite, alle = Fenster(app, B).hole(akte), Fenster(app, B).hole(f"{akte}/kommentare")
    assert TEXT in seite.text and TEXT in alle.text and seite.maengel() == [] and alle.maengel() == []
    with db.lesen() as s:
        assert s.wert("SELECT version FROM vorgang WHERE key = :key", {"key": akte.split("/")[2]}) == 1 and pruefe(s).ok
    assert "Kommentar geschrieben" in Fenster(app, "datenschutz").hole("/protokoll").text


def test_nur_die_geschaeftsstelle_liest_nie_die_meldende_stelle(app: Kreislauf, akte: str) -> None:
    kommentiere(Fenster(app, A), akte, TEXT)
    for wer in (STELLE, ISERLOHN, "stelle-abh-mk", "assistenz", "s01", "systemverwaltung", "datenschutz", "cm-luedenscheid"):
        f = Fenster(app, wer)
        assert f.client.get(f"{akte}/kommentare").status_code == 404, wer
        assert TEXT not in f.client.get(akte).text, wer
        csrf = f.hole("/konto").felder["csrf"][0]
        for weg, felder in (("", {"text": "Hallo"}), ("/zurueckziehen", {"kommentar": "1"})):
            assert f.client.post(f"{akte}/kommentare{weg}", data={"csrf": csrf, **felder}).status_code == 404, wer


def test_wer_angesprochen_ist_bekommt_eine_nachricht_und_einen_eintrag(db: Datenbank, app: Kreislauf, akte: str) -> None:
    key, anderer = akte.split("/")[2], name_von(app, B)
    kommentiere(Fenster(app, A), akte, f"@{anderer.upper()}: {TEXT}")
    start = Fenster(app, B).hole("/")
    assert "In Kommentaren angesprochen" in start.text and f"{akte}/kommentare" in start.verweise and start.maengel() == []
    assert "In Kommentaren angesprochen" not in Fenster(app, A).hole("/").text
    with db.transaktion() as s:
        stelle_zusammen(s, lade_umfeld(s, JETZT.date().isoformat()), JETZT, "https://kreislauf.example")
        [(betreff, text)] = s.alle("SELECT betreff, inhalt FROM sendung WHERE empfaenger = :wer AND betreff LIKE '%Kommentar%'", {"wer": B})
    assert betreff == f"Ein Kommentar zu {key} spricht Sie an" and f"/vorgang/{key}" in text
    assert TEXT not in text and anderer not in text and ANGABEN["titel"] not in text
    b = Fenster(app, B)
    ziel, _ = b.sende_blatt(b.hole("/"), f"{akte}/kommentare/gelesen", zurueck="start")
    assert ziel == "/" and "In Kommentaren angesprochen" not in b.hole("/").text


def test_anhaken_geht_auch_und_ansprechen_nur_wer_lesen_darf(app: Kreislauf, akte: str) -> None:
    k = Fenster(app, A)
    angebot = [e["value"] for e in k.hole(f"{akte}/kommentare").eingaben if e.get("name") == "an"]
    assert B in angebot and A not in angebot and not {ISERLOHN, STELLE, "stelle-abh-mk", "assistenz"} & set(angebot)
    kommentiere(k, akte, TEXT, an=[B])
    assert "In Kommentaren angesprochen" in Fenster(app, B).hole("/").text
    fremd = kommentiere(k, akte, TEXT, 422, an=[ISERLOHN])
    assert "können Sie hier nicht ansprechen" in fremd.text and fremd.felder["text"][0].strip() == TEXT
    unbekannt = kommentiere(k, akte, f"@niemand {TEXT}", 422)
    assert "„@niemand“ ist niemand" in unbekannt.text
    assert unbekannt.felder["text"][0].strip() == f"@niemand {TEXT}" and unbekannt.maengel() == []
    with app.state.anwendung.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM kommentar") == 1


def test_hinweis_auf_personenbezug(app: Kreislauf, akte: str) -> None:
    k = Fenster(app, A)
    blatt = kommentiere(k, akte, "Herr Özdemir hat angerufen.", 422)
    assert "Das sieht nach einem Namen aus." in blatt.text and blatt.felder["text"][0].strip() == "Herr Özdemir hat angerufen."
    [zeichen] = [e["value"] for e in blatt.eingaben if e.get("name") == "kein_personenbezug"]
    k.sende_blatt(blatt, f"{akte}/kommentare", kein_personenbezug=zeichen or "")
    assert {e["name"] for e in kommentiere(k, akte, " ", 422).eingaben if e.get("aria-invalid")} == {"text"}


def test_zurueckziehen_nur_den_eigenen_und_er_bleibt_sichtbar(db: Datenbank, app: Kreislauf, akte: str) -> None:
    k, b = Fenster(app, A), Fenster(app, B)
    kommentiere(k, akte, TEXT, an=[B])
    kommentiere(k, akte, "Noch etwas, das niemand lesen soll.")
    b.sende_blatt(b.hole(f"{akte}/kommentare"), f"{akte}/kommentare/zurueckziehen", 404, kommentar="1")
    k.sende_blatt(k.hole(f"{akte}/kommentare"), f"{akte}/kommentare/zurueckziehen", kommentar="1")
    k.sende_blatt(k.hole(f"{akte}/kommentare"), f"{akte}/kommentare/zurueckziehen", kommentar="2", loeschen="ja")
    seite = b.hole(f"{akte}/kommentare").text
    assert "zurückgezogen" in seite and TEXT in seite and "das niemand lesen soll" not in seite and "Der Text ist gelöscht" in seite
    assert "In Kommentaren angesprochen" not in b.hole("/").text
    with db.transaktion() as s:
        stelle_zusammen(s, lade_umfeld(s, JETZT.date().isoformat()), JETZT, "https://kreislauf.example")
        assert s.wert("SELECT count(*) FROM sendung WHERE betreff LIKE '%Kommentar%'") == 0
    k.sende_blatt(k.hole(f"{akte}/kommentare"), f"{akte}/kommentare/zurueckziehen", 404, kommentar="1")


def test_wer_den_vorgang_nicht_mehr_sieht_ist_nicht_mehr_angesprochen(app: Kreislauf, akte: str) -> None:
    kommentiere(Fenster(app, A), akte, TEXT, an=[B])
    with app.state.anwendung.db.transaktion() as s:
        s.fuehre("UPDATE person_rolle SET bis = '2026-01-06' WHERE person = :b", {"b": B})
        s.fuehre("INSERT INTO person_rolle (person, rolle, bereich, von) VALUES (:b, 'assistenz', '', '2026-01-01')", {"b": B})
    assert "In Kommentaren angesprochen" not in Fenster(app, B).client.get("/").text


# --- schwärzen --------------------------------------------------------------------------------------------------------

NAME = "Selamawit"
MIT_NAME = f"Rückruf von {NAME}: {NAME} wartet auf den Kurs."


def _nummer(db: Datenbank) -> int:
    with db.lesen() as s:
        return int(s.wert("SELECT max(id) FROM kommentar"))


def _schwaerze(f: Fenster, akte: str, nummer: int, status: int = 303, **daten: str) -> Blatt:
    weg = f"{akte}/kommentare"
    _, blatt = f.sende_blatt(f.hole(f"{weg}?schwaerzen={nummer}"), f"{weg}/schwaerzen", status, kommentar=str(nummer), **daten)
    return blatt


def test_die_koordination_schwaerzt_eine_stelle_und_es_bleibt_zu_sehen_dass(db: Datenbank, app: Kreislauf, akte: str) -> None:
    kommentiere(Fenster(app, A), akte, MIT_NAME)
    nummer, b = _nummer(db), Fenster(app, B)
    blatt = b.hole(f"{akte}/kommentare?schwaerzen={nummer}")
    assert blatt.maengel() == [] and "Stelle, die unkenntlich wird" in blatt.text
    noch = _schwaerze(b, akte, nummer, 422, passage="Meier", grund="erkennbar")
    assert "kommt im Kommentar nicht vor" in noch.text and noch.felder["passage"][0].strip() == "Meier" and noch.maengel() == []
    assert "Möglich sind: Jemand war zu erkennen" in _schwaerze(b, akte, nummer, 422, passage=NAME, grund="").text
    _schwaerze(b, akte, nummer, passage=NAME, grund="erkennbar")
    balken = "█" * len(NAME)
    for seite in (b.hole(akte), b.hole(f"{akte}/kommentare"), Fenster(app, A).hole(akte)):
        assert f"Rückruf von {balken}: {balken} wartet auf den Kurs." in seite.text and "Stelle geschwärzt" in seite.text
    tabellen = ("kommentar", "protokoll", "ausgang", "sendung", "entwurf", "suchtext")
    with db.lesen() as s:
        assert NAME not in str([s.alle(f"SELECT * FROM {t}") for t in tabellen])
        (eintrag,) = s.alle("SELECT person, angaben FROM protokoll WHERE was = 'kommentar_geschwaerzt'")
        assert eintrag[0] == B and f'"kommentar":{nummer}' in eintrag[1] and '"grund":"erkennbar"' in eintrag[1]
    assert "Stelle in einem Kommentar geschwärzt" in Fenster(app, "datenschutz").hole("/protokoll").text


def test_auch_ein_zurueckgezogener_text_laesst_sich_schwaerzen(db: Datenbank, app: Kreislauf, akte: str) -> None:
    a = Fenster(app, A)
    kommentiere(a, akte, MIT_NAME)
    nummer = _nummer(db)
    a.sende_blatt(a.hole(f"{akte}/kommentare"), f"{akte}/kommentare/zurueckziehen", kommentar=str(nummer))
    _schwaerze(Fenster(app, B), akte, nummer, passage=NAME, grund="erkennbar")
    seite = a.hole(f"{akte}/kommentare")
    assert NAME not in seite.text and "zurückgezogen" in seite.text and "Stelle geschwärzt" in seite.text


def test_wer_nicht_koordination_ist_schwaerzt_keinen(db: Datenbank, app: Kreislauf, akte: str) -> None:
    kommentiere(Fenster(app, A), akte, TEXT)
    nummer = _nummer(db)
    for wer in (STELLE, ISERLOHN, "cm-luedenscheid"):
        _verweigert(Fenster(app, wer), akte, nummer)
    k, assistenz = Fenster(app, A), Fenster(app, "assistenz")
    _verweigert(k, akte, 999)
    sitzung, _ = k.sende("/neu/sitzung/planen", datum="2026-06-10", bestaetigt="ja")
    kommentiere(assistenz, sitzung, TEXT)
    assert "schwaerzen=" not in str(assistenz.hole(f"{sitzung}/kommentare").verweise)
    _verweigert(assistenz, sitzung, _nummer(db))
    assert TEXT in k.hole(f"{sitzung}/kommentare").text and TEXT in k.hole(f"{akte}/kommentare").text


def _verweigert(f: Fenster, akte: str, nummer: int) -> None:
    f.sende_blatt(f.hole("/"), f"{akte}/kommentare/schwaerzen", 404, kommentar=str(nummer), passage="Sammlung", grund="erkennbar")
