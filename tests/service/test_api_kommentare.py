"""Kommentare und Codes zum Melden in der Schnittstelle: dieselben Rechte wie auf den Seiten, Fassungen, nichts Geheimes zweimal."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.db import Datenbank
from service.profil import Profil
from tests.dienst import Dienst, Programm
from tests.service.test_api import melde, problem

K, B, CM, MELDER = "koordination-a", "koordination-b", "cm-luedenscheid", "stelle-mbe-luedenscheid"


@pytest.fixture
def dienst(db: Datenbank, profil: Profil, tmp_path: Path) -> Dienst:
    return Dienst(db, profil, tmp_path)


def fassung(wer: Programm, weg: str) -> int:
    antwort = wer.hole(weg)
    assert antwort.status_code == 200 and antwort.headers["etag"] == f'"v{antwort.json()["version"]}"', antwort.text
    return int(antwort.json()["version"])


def test_schreiben_lesen_ansprechen_als_gelesen_merken(dienst: Dienst) -> None:
    k, weg = dienst.als(K), f"/vorgaenge/{melde(dienst)}/kommentare"
    leer = k.hole(weg).json()
    assert leer["kommentare"] == [] and leer["ungelesen"] is False and leer["weiter"] is None
    andere = leer["ansprechbar"][0]["key"]
    neu = k.sende(weg, {"text": "Bitte ansehen.", "an": [andere]}, Idempotency_Key="einmal")
    assert neu.status_code == 201, neu.text
    assert neu.headers["location"] == f"/api/v1{weg}/{neu.json()['id']}"
    assert k.sende(weg, {"text": "Bitte ansehen.", "an": [andere]}, Idempotency_Key="einmal").json() == neu.json()
    (zeile,) = k.hole(weg).json()["kommentare"]
    assert zeile["text"] == "Bitte ansehen." and zeile["eigener"] and zeile["zurueckgezogen"] is None and zeile["zeit"].endswith("Z")
    assert k.hole(f"{weg}/{zeile['id']}").json() == zeile
    angesprochen = dienst.als(andere)
    assert angesprochen.hole(weg).json()["ungelesen"] is True
    assert angesprochen.sende(weg.replace("kommentare", "gelesen"), {}).status_code == 200
    assert angesprochen.hole(weg).json()["ungelesen"] is False


def test_seiten_und_befunde(dienst: Dienst) -> None:
    k, weg = dienst.als(K), f"/vorgaenge/{melde(dienst)}/kommentare"
    nummern = [k.sende(weg, {"text": f"Nummer {n}"}).json()["id"] for n in range(3)]
    erste = k.hole(weg, anzahl=2).json()
    assert [z["id"] for z in erste["kommentare"]] == nummern[:0:-1] and erste["weiter"] == str(nummern[1])
    assert [z["id"] for z in k.hole(weg, anzahl=2, ab=erste["weiter"]).json()["kommentare"]] == nummern[:1]
    problem(k.sende(weg, {"text": ""}), 422, "ungueltig")
    assert "nirgendwer" not in problem(k.sende(weg, {"text": "Hallo", "an": ["nirgendwer"]}), 422, "ungueltig")["felder"][0]["grund"]
    problem(k.hole(weg, ab="x"), 422, "ungueltig")
    problem(k.hole(f"{weg}/999"), 404, "nicht-gefunden")


def test_zurueckziehen_und_schwaerzen_an_einer_fassung(dienst: Dienst) -> None:
    k, b, weg = dienst.als(K), dienst.als(MELDER), f"/vorgaenge/{melde(dienst)}/kommentare"
    einer = f"{weg}/{k.sende(weg, {'text': 'Frau Beispiel rief an.'}).json()['id']}"
    stand = fassung(k, einer)
    problem(k.sende(f"{einer}/schwaerzen", {"passage": "Frau Beispiel", "grund": "erkennbar"}), 428, "fassung-fehlt")
    problem(k.sende(f"{einer}/schwaerzen", {"passage": "Herr Muster", "grund": "erkennbar"}, fassung=stand), 422, "ungueltig")
    danach = k.sende(f"{einer}/schwaerzen", {"passage": "Frau Beispiel", "grund": "erkennbar"}, fassung=stand).json()
    assert danach["version"] == fassung(k, einer) != stand
    assert "Beispiel" not in k.hole(einer).json()["text"] and k.hole(einer).json()["geschwaerzt"]
    problem(k.sende(f"{einer}/zurueckziehen", {"loeschen": True}, fassung=stand), 412, "fassung-veraltet")
    assert k.sende(f"{einer}/zurueckziehen", {"loeschen": True}, fassung=fassung(k, einer)).status_code == 200
    zeile = k.hole(einer).json()
    assert zeile["text"] == "" and zeile["zurueckgezogen"]
    problem(k.sende(f"{einer}/zurueckziehen", {}, fassung=fassung(k, einer)), 404, "nicht-gefunden")
    for rest in ("", f"/{einer.rsplit('/', 1)[1]}"):
        problem(b.hole(weg + rest), 404, "nicht-gefunden")


@pytest.mark.parametrize("wer", [MELDER, "s03", "systemverwaltung"])
def test_wen_kommentare_nichts_angehen_fuer_den_gibt_es_sie_nicht(dienst: Dienst, wer: str) -> None:
    meldung = melde(dienst)
    for key in (meldung, "MK-2026-9999"):
        weg = f"/vorgaenge/{key}/kommentare"
        problem(dienst.als(wer).hole(weg), 404, "nicht-gefunden")
        problem(dienst.als(wer).sende(weg, {"text": "Hallo"}), 404, "nicht-gefunden")
        problem(dienst.als(wer).sende(weg.replace("kommentare", "gelesen"), {}), 404, "nicht-gefunden")


def test_codes_ausstellen_erneuern_widerrufen(dienst: Dienst) -> None:
    k = dienst.als(K)
    assert k.hole("/meldecodes").json() == {"erlaubt": True, "codes": []}
    neu = k.sende("/meldecodes", {"stelle": "jobcenter"}, Idempotency_Key="code")
    assert neu.status_code == 201 and neu.headers["location"] == f"/api/v1/meldecodes/{neu.json()['stelle']}"
    code = neu.json()["code"]
    assert code and k.sende("/meldecodes", {"stelle": "jobcenter"}, Idempotency_Key="code").json()["code"] is None
    assert code not in k.hole("/meldecodes").text, "er steht nur in der einen Antwort"
    weg = f"/meldecodes/{neu.json()['stelle']}"
    problem(k.sende(f"{weg}/widerrufen", {}), 428, "fassung-fehlt")
    assert k.sende(f"{weg}/widerrufen", {}, fassung=fassung(k, weg)).status_code == 200
    assert k.hole(weg).json()["widerrufen"]
    problem(k.sende(f"{weg}/widerrufen", {}, fassung=fassung(k, weg)), 404, "nicht-gefunden")
    problem(k.sende("/meldecodes", {"stelle": "Gibt es nicht"}), 422, "ungueltig")
    with dienst.db.lesen() as s:
        assert code not in str(s.alle("SELECT ergebnis FROM idempotenz ORDER BY 1"))
    for wer in (MELDER, CM, "systemverwaltung"):
        problem(dienst.als(wer).hole("/meldecodes"), 404, "nicht-gefunden")
        problem(dienst.als(wer).sende("/meldecodes", {"stelle": "jobcenter"}), 404, "nicht-gefunden")
