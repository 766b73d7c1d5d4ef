"""Suche, gemerkte Suchen, Zahlen, Protokoll und Aufbewahrung in der Schnittstelle: dieselben Rechte wie auf den Seiten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from service.db import Datenbank
from service.gemerkt import HOECHSTENS
from service.profil import Profil
from tests.bau import MELDUNG
from tests.dienst import Dienst
from tests.service.test_api import melde, problem

K, B, CM, MELDER, LEITUNG, REVISION = (
    "koordination-a", "koordination-b", "cm-luedenscheid", "stelle-mbe-luedenscheid", "s01", "datenschutz")


@pytest.fixture
def dienst(db: Datenbank, profil: Profil, tmp_path: Path) -> Dienst:
    return Dienst(db, profil, tmp_path)


def _keys(dienst: Dienst, wer: str, **angaben: str) -> list[str]:
    antwort = dienst.als(wer).hole("/vorgaenge", **angaben)
    assert antwort.status_code == 200, antwort.text
    return [z["key"] for z in antwort.json()["vorgaenge"]]


# --- Suche ------------------------------------------------------------------------------------------------------------


def test_suchen_im_text_mit_wortstaemmen_und_nur_wer_ganz_sieht(dienst: Dienst) -> None:
    key = melde(dienst, titel="Wartezeit", beschreibung="Die Sprachkurse haben lange Wartelisten.")
    melde(dienst, titel="Anderes", beschreibung="Ein Merkblatt fehlt.")
    assert _keys(dienst, K, q="Sprachkurs Warteliste") == [key] == _keys(dienst, MELDER, q="Sprachkurs")
    assert _keys(dienst, K, q="Sprachkurs", art="sammlung") == [] == _keys(dienst, "stelle-abh-mk", q="Sprachkurs")
    assert len(_keys(dienst, K, q="  ")) == 2 and _keys(dienst, K, q="!?") == []


def test_eroeffnet_in_einem_zeitraum(dienst: Dienst) -> None:
    erste = melde(dienst)
    dienst.jetzt += timedelta(days=3)
    zweite = melde(dienst)
    tag = dienst.jetzt.date()
    assert _keys(dienst, K, von=tag.isoformat()) == [zweite]
    assert _keys(dienst, K, bis=(tag - timedelta(days=1)).isoformat()) == [erste]
    problem(dienst.als(K).hole("/vorgaenge", von="gestern"), 422, "ungueltig")


def test_auch_die_suche_verraet_nicht_wer_zustaendig_ist(dienst: Dienst) -> None:
    """Wie die Liste: Nach einer anderen Person findet nur, wer ihren Namen am Vorgang liest."""
    key = melde(dienst, beschreibung="Die Sprachkurse haben lange Wartelisten.")
    dienst.als(K).tue(key, "uebergeben", zustaendig=B, vertretung=K, grund="Urlaub")
    assert _keys(dienst, K, q="Sprachkurs", zustaendig=B) == [key]
    assert _keys(dienst, MELDER, q="Sprachkurs") == [key] and _keys(dienst, MELDER, q="Sprachkurs", zustaendig=B) == []


# --- gemerkte Suchen --------------------------------------------------------------------------------------------------


def test_merken_ersetzen_loeschen(dienst: Dienst) -> None:
    k = dienst.als(K)
    neu = k.sende("/suchen", {"name": "Termine", "abfrage": "q=Termine&offen=ja&fremd=1"}, Idempotency_Key="einmal")
    assert neu.status_code == 201 and neu.headers["location"] == f"/api/v1/suchen/{neu.json()['id']}", neu.text
    assert k.sende("/suchen", {"name": "Termine", "abfrage": "q=Termine&offen=ja&fremd=1"}, Idempotency_Key="einmal").json() == neu.json()
    weg = f"/suchen/{neu.json()['id']}"
    eine = k.hole(weg)
    assert eine.headers["etag"] == f'"v{neu.json()["version"]}"'
    assert (eine.json()["name"], eine.json()["abfrage"]) == ("Termine", "q=Termine&offen=ja")
    ersetzt = k.sende("/suchen", {"name": "Termine", "abfrage": "q=Kurse"})
    assert ersetzt.json()["id"] == neu.json()["id"] and ersetzt.json()["version"] != neu.json()["version"]
    problem(dienst.als(B).hole(weg), 404, "nicht-gefunden")
    assert dienst.als(B).hole("/suchen").json() == {"suchen": []}
    problem(k.sende(f"{weg}/loeschen"), 428, "fassung-fehlt")
    problem(k.sende(f"{weg}/loeschen", fassung=neu.json()["version"]), 412, "fassung-veraltet")
    assert k.sende(f"{weg}/loeschen", fassung=ersetzt.json()["version"]).status_code == 200
    assert k.hole("/suchen").json() == {"suchen": []}
    problem(k.sende(f"{weg}/loeschen", fassung=ersetzt.json()["version"]), 404, "nicht-gefunden")


def test_wer_schon_viele_gemerkt_hat_kann_eine_ersetzen_aber_keine_neue(dienst: Dienst) -> None:
    k = dienst.als(K)
    for n in range(HOECHSTENS):
        assert k.sende("/suchen", {"name": f"Nr. {n}"}).status_code == 201
    assert k.sende("/suchen", {"name": "Nr. 7", "abfrage": "q=Kurse"}).status_code == 201
    befund = problem(k.sende("/suchen", {"name": "Eine zu viel"}), 422, "ungueltig")
    assert [f["feld"] for f in befund["felder"]] == ["name"] and "löschen" in befund["felder"][0]["grund"]


# --- Zahlen, Protokoll, Aufbewahrung ----------------------------------------------------------------------------------


def test_zahlen_fuer_koordination_genau_fuer_leitung_verdeckt(dienst: Dienst) -> None:
    for _ in range(2):
        dienst.als(MELDER).beginne("meldebogen", "einreichen", **MELDUNG)
    genau, verdeckt = dienst.als(K).hole("/zahlen").json(), dienst.als(LEITUNG).hole("/zahlen").json()
    assert genau["gesamt"] == "2" and genau["verdeckt"] is False
    je_kommune = next(t for t in genau["tafeln"] if t["titel"] == "Nach Kommune")["zeilen"]
    assert [(z["anzahl"], z["text"]) for z in je_kommune] == [(2, "2")]
    assert verdeckt["gesamt"] == "unter 5" and verdeckt["verdeckt"] is True
    assert {z["anzahl"] for z in next(t for t in verdeckt["tafeln"] if t["titel"] == "Nach Kommune")["zeilen"]} == {None}
    problem(dienst.als(LEITUNG).hole("/zahlen", kommune="Altena", handlungsfeld="Sprache"), 422, "ungueltig")
    problem(dienst.als(K).hole("/zahlen", von="2026-02-01", bis="2026-01-01"), 422, "ungueltig")
    problem(dienst.als(MELDER).hole("/zahlen"), 404, "nicht-gefunden")


def test_protokoll_nur_fuer_die_revision_und_sie_steht_selbst_darin(dienst: Dienst) -> None:
    key = melde(dienst)
    dienst.als(K).hole(f"/vorgaenge/{key}")
    dienst.als(K).hole("/zahlen")
    r = dienst.als(REVISION)
    gelesen = r.hole("/protokoll", vorgang=key.lower()).json()["zeilen"]
    assert [(z["person"], z["was"], z["vorgang"]) for z in gelesen] == [(K, "Text einer Meldung gelesen", key)]
    zeilen = r.hole("/protokoll").json()["zeilen"]
    assert (zeilen[0]["was"], zeilen[0]["vorgang"], zeilen[0]["angaben"]) == ("Protokoll gelesen", key, {"buch": "zugriffe"})
    assert next(z for z in zeilen if z["was"] == "Zahlen ausgegeben")["angaben"]["format"] == "json"
    schritte = r.hole("/protokoll", buch="schritte", person=MELDER).json()["zeilen"]
    assert [z["vorgang"] for z in schritte] == [key] and MELDUNG["beschreibung"] not in str(schritte)
    erste = r.hole("/protokoll", anzahl="1").json()
    assert [z["was"] for z in r.hole("/protokoll", anzahl="1", ab=erste["weiter"]).json()["zeilen"]] == ["Protokoll gelesen"]
    for wer in (K, MELDER, "systemverwaltung"):
        problem(dienst.als(wer).hole("/protokoll"), 404, "nicht-gefunden")


def test_aufbewahrung_zeigt_was_zu_alt_ist(dienst: Dienst) -> None:
    k, key = dienst.als(K), melde(dienst)
    k.tue(key, "kurz_klaeren", mit="Jobcenter Märkischer Kreis", vereinbart="Zusage")
    assert k.hole("/aufbewahrung").json() == {"vorgaenge": [], "weiter": None}
    dienst.jetzt += timedelta(days=380)
    assert [z["key"] for z in dienst.als(K).hole("/aufbewahrung").json()["vorgaenge"]] == [key]
    problem(dienst.als(MELDER).hole("/aufbewahrung"), 404, "nicht-gefunden")
