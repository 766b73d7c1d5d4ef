"""Schnittstelle, Ausgaben und Fehler in der Sprache der Anfrage; Kennungen und was Menschen schrieben, ändern sich nie."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from forms.sprache import Sprachen
from service.db import Datenbank
from service.profil import Profil
from tests.bau import MELDUNG
from tests.browserprobe import Fenster
from tests.dienst import Dienst
from tests.sprachprobe import ENGLISCH, Verstummt, geklammerte

K = "koordination-a"
_WORTE = {"bezeichnung", "zustand_bezeichnung", "erklaerung", "title", "detail", "description"}


@pytest.fixture
def dienst(db: Datenbank, profil: Profil, tmp_path: Path) -> Dienst:
    return Dienst(db, profil, tmp_path)


@pytest.fixture
def englisch(dienst: Dienst, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sprachen:
    sprachen = geklammerte(tmp_path / "kataloge")
    monkeypatch.setattr(dienst.app.state.anwendung.vorlagen, "sprachen", sprachen)
    return sprachen


def _worte(wert: Any, namen: set[str], name: str = "") -> Iterator[str]:
    if isinstance(wert, str) and name in namen:
        yield wert
    elif isinstance(wert, list):
        for innen in wert:
            yield from _worte(innen, namen, name)
    elif isinstance(wert, dict):
        for n, innen in wert.items():
            yield from _worte(innen, namen, n)


def _ohne_worte(wert: Any, namen: set[str]) -> Any:
    if isinstance(wert, list):
        return [_ohne_worte(x, namen) for x in wert]
    return {n: _ohne_worte(w, namen) for n, w in wert.items() if n not in namen} if isinstance(wert, dict) else wert


def _melde(dienst: Dienst, **anders: Any) -> str:
    antwort = dienst.als("stelle-mbe-luedenscheid").sende("/vorgaenge/meldebogen/einreichen", {"daten": {**MELDUNG, **anders}})
    assert antwort.status_code == 201, antwort.text
    return str(antwort.json()["vorgaenge"][0]["key"])


@pytest.mark.parametrize("weg", ["/vorgaenge/{key}", "/vorgaenge/{key}/verlauf", "/prozesse", "/prozesse/meldebogen", "/arbeitsliste",
                                 "/formulare/meldebogen/Einreichen", "/zahlen", "/vorgaenge"])
def test_bezeichnungen_folgen_der_anfrage_und_kennungen_nie(dienst: Dienst, englisch: Sprachen, weg: str) -> None:
    key = _melde(dienst, titel="Sitzung", beschreibung="Entscheidung")  # auch Worte der Anwendung, hier von Menschen
    kopf = dienst.als(K).kopf
    deutsch, anders = (dienst.netz.get("/api/v1" + weg.format(key=key), headers={**kopf, **h}) for h in ({}, ENGLISCH))
    assert deutsch.status_code == anders.status_code, deutsch.text
    namen = _WORTE | {"hinweis"} | ({"titel", "name", "text"} if weg == "/zahlen" else set())
    if weg.startswith("/vorgaenge/"):
        assert '"titel":"Sitzung"' in anders.text or weg.endswith("/verlauf")
        namen |= {"grund"}
    assert _ohne_worte(deutsch.json(), namen) == _ohne_worte(anders.json(), namen)
    assert "⟦" not in deutsch.text and (deutsch.headers["content-language"], anders.headers["content-language"]) == ("de", "en")
    assert "accept-language" in anders.headers["vary"].lower()
    titel = {"title"} if "formulare" in weg else set()  # des Formulars selbst: der Name, unter dem es im Programm steht
    offen = {w for w in _worte(anders.json(), _WORTE - titel) if w and "⟦" not in w}
    assert offen == set()


def test_ohne_katalog_ist_jede_antwort_wie_zuvor(dienst: Dienst) -> None:
    key, kopf = _melde(dienst), dienst.als(K).kopf
    for weg in (f"/vorgaenge/{key}", "/prozesse/meldebogen", "/gibt-es-nicht"):
        deutsch, anders = (dienst.netz.get("/api/v1" + weg, headers={**kopf, **h}) for h in ({}, ENGLISCH))
        assert deutsch.content == anders.content
        assert "content-language" not in anders.headers and "vary" not in anders.headers


def test_jedes_problem_spricht_auch_eine_andere_sprache(dienst: Dienst, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Mit einem Katalog, der den Texten ihre Buchstaben nimmt, bleiben von Titel, Satz und Gründen nur Zeichen und Zahlen."""
    key, person, stelle = _melde(dienst), dienst.als(K), dienst.als("stelle-mbe-luedenscheid")
    sprachen = Verstummt(tmp_path)
    monkeypatch.setattr(dienst.app.state.anwendung.vorlagen, "sprachen", sprachen)
    fragen: list[tuple[int, Any]] = [
        (404, person.hole("/gibt-es-nicht")), (404, person.hole("/vorgaenge/MK-2099-0001")), (401, dienst.niemand.hole("/vorgaenge")),
        (405, dienst.netz.delete("/api/v1/vorgaenge", headers=person.kopf)), (400, person.sende("/zuege", b"{")),
        (422, person.sende("/vorgaenge/meldebogen/einreichen", {"daten": {}})), (422, person.hole("/vorgaenge", anzahl="viele")),
        (428, person.sende(f"/vorgaenge/{key}/schritte/aufnehmen", {"daten": {}})),
        (412, person.sende(f"/vorgaenge/{key}/schritte/aufnehmen", {"daten": {}}, fassung=77)),
        (409, person.sende(f"/vorgaenge/{key}/schritte/auswaehlen", {"daten": {}, "grund": "x"}, fassung=person.fassung(key))),
        (403, stelle.sende(f"/vorgaenge/{key}/schritte/uebergeben", {"daten": {"zustaendig": K}}, fassung=person.fassung(key))),
        (406, dienst.netz.get("/api/v1/vorgaenge", headers={**person.kopf, "accept": "text/csv"})),
        (415, dienst.netz.post("/api/v1/zuege", content=b"x", headers={**person.kopf, "content-type": "text/plain"})),
    ]
    for status, antwort in fragen:
        problem = antwort.json()
        assert antwort.status_code == status == problem.get("status"), (status, antwort.text)
        assert problem["type"].startswith("/api/probleme/")
        assert not [w for w in _worte(problem, {"title", "detail", "gruende", "grund"}) if re.search(r"[^\W\d_]{2,}", w)], problem


def test_ausgaben_haben_uebersetzte_koepfe_und_zustaende(dienst: Dienst, englisch: Sprachen) -> None:
    key = _melde(dienst, titel="Sitzung")
    fenster = Fenster(dienst.app, K)
    zeichen = fenster.hole("/konto").felder["csrf"]

    def gib_aus(weg: str, **felder: str) -> bytes:
        antwort = fenster.client.post(weg, data={"csrf": zeichen, **felder}, headers=ENGLISCH)
        assert antwort.status_code == 200, antwort.text
        return bytes(antwort.content)

    kopf, *zeilen = csv.reader(gib_aus("/suche/ausgabe", abfrage="").decode("utf-8-sig").splitlines(), delimiter=";")
    assert kopf[:4] == ["⟦Schlüssel⟧", "⟦Art⟧", "⟦Titel⟧", "⟦Stand⟧"]
    assert next(z for z in zeilen if z[0] == key)[1:4] == ["⟦Meldebogen⟧", "Sitzung", "⟦Eingegangen⟧"]
    zahlen = gib_aus("/zahlen/ausgabe", als="csv").decode("utf-8-sig")
    assert zahlen.startswith("⟦Auswertung⟧;⟦Merkmal⟧;⟦Anzahl⟧;") and "⟦Meldungen⟧;⟦Insgesamt⟧;" in zahlen
    with ZipFile(io.BytesIO(gib_aus("/zahlen/ausgabe", als="xlsx"))) as mappe:
        assert "⟦Merkmal⟧" in mappe.read("xl/sharedStrings.xml").decode() and "⟦Meldungen⟧" in mappe.read("xl/workbook.xml").decode()
