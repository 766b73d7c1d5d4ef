"""Jede Seite, zu der die Vorführung führt: aus jedem Zustand jeder Art, mit jedem Formular, in jeder Rolle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forms.sprache import KEINE, redend, uebersetzt
from service.app import Kreislauf
from service.aufgaben import geschuldet
from service.clock import berliner_tag
from service.datenhaltung import hebe_an
from service.db import Datenbank
from service.demo.fuellen import fuelle
from service.moeglich import moegliche
from service.profil import Profil
from service.stammdaten import handelnde, uebernehme_profil
from service.terminlage import herleitung
from service.umfeld import lade_umfeld
from states.kette import PROZESSE
from tests.browserprobe import Blatt, Fenster, rohes, seiten
from tests.seitenliste import SEITEN
from tests.sprachprobe import ENGLISCH, geklammerte, unuebersetzte, verstummt

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ROLLEN = {
    "koordination-a": 12, "assistenz": 8, "cm-iserlohn": 4, "stelle-abh-mk": 4, "ag-01-leitung": 3, "s01": 6, "fachaufsicht": 1,
    "datenschutz": 1, "gremienbetreuung": 2, "systemverwaltung": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, profil: Profil) -> Iterator[Kreislauf]:
    db = Datenbank(tmp_path_factory.mktemp("vorfuehrung") / "k.sqlite")
    hebe_an(db)
    with db.transaktion() as s:
        uebernehme_profil(s, profil, START, "test", mit_vorfuehrung=True)
    with db.lesen() as s:
        umfeld = lade_umfeld(s, START.date().isoformat())
    assert fuelle(db, umfeld, START).unterschiede == ()
    yield seiten(db, profil, START)
    db.schliessen()


@pytest.mark.parametrize("person", ROLLEN)
def test_jede_seite_antwortet_und_ist_vorlesbar(app: Kreislauf, person: str) -> None:
    fenster = Fenster(app, person)
    start = fenster.hole("/")
    wege = [v for v in start.verweise if v.startswith(("/neu/", "/vorgaenge/")) and "?" not in v]
    gezeigt: set[str] = set()
    for weg in dict.fromkeys(wege):
        blatt = fenster.hole(weg)
        assert blatt.maengel() == [] == _rohes(app, blatt), weg
        if weg.startswith("/vorgaenge/"):
            gezeigt.add(weg.rsplit("/", 1)[1])
            for zustand in PROZESSE[weg.rsplit("/", 1)[1]].zustaende:
                _ein_vorgang(fenster, f"{weg}?zustand={zustand.wert}")
    assert len(gezeigt) >= ROLLEN[person], gezeigt


def test_wer_gefragt_ist_darf_auch_antworten(app: Kreislauf) -> None:
    """Jeder Schritt, den die Startseite von jemandem erwartet, ist einer der eigenen Stelle."""
    a, heute, gefragt = app.state.anwendung, berliner_tag(START), 0
    with a.db.lesen() as s:
        for (key,) in s.alle("SELECT key FROM person ORDER BY key"):
            person = handelnde(s, key, heute.isoformat(), a.umfeld(s).profil)
            for eintrag, erwartung in geschuldet(s, person, heute):
                grund = {m.uebergang.ausloeser: m.grund for m in moegliche(s, person, eintrag.key, START)}
                assert not re.search(r"(ander|eigen)\w+ Stelle", grund[erwartung.ausloeser]), (key, eintrag.key, erwartung.ausloeser)
                gefragt += 1
    assert gefragt > 40


def test_zu_jeder_angabe_die_fehlt_fuehrt_ein_sprung(app: Kreislauf) -> None:
    """Alles, was die Koordination beginnen kann, leer abgesendet; die Befunde stehen in der Reihenfolge der Felder."""
    fenster, geprueft = Fenster(app, "koordination-a"), 0
    for weg in dict.fromkeys(v for v in fenster.hole("/").verweise if v.startswith("/neu/") and "?" not in v):
        zeichen = fenster.hole(weg).felder["csrf"]
        antwort = fenster.client.post(weg, data={"csrf": zeichen, "einmal": "leer", "weiter": "pruefen"})
        blatt = Blatt(antwort.text)
        assert antwort.status_code == 422 and blatt.titel.startswith("Fehler:"), weg
        spruenge = [v[1:] for v in blatt.verweise if v.startswith("#f-")]
        assert blatt.maengel() == [] and spruenge == [k for k in blatt.kennungen if k in set(spruenge)], weg
        geprueft += bool(spruenge)
    assert geprueft >= 5


def test_im_postfach_liegen_links_fuer_stellen_ohne_konto(app: Kreislauf) -> None:
    """Der Gast einer Fallrekonstruktion und eine um Antwort gebetene Stelle; beide Links sind noch zu gebrauchen."""
    with app.state.anwendung.db.lesen() as s:
        links = s.alle("SELECT l.ausloeser, l.name FROM antwortlink l JOIN sendung b ON b.empfaenger = 'stelle:' || l.stelle "
                       "JOIN postfach p ON p.sendung = b.id JOIN vorgang v ON v.id = l.vorgang AND b.betreff LIKE '%' || v.key || '%' "
                       "WHERE l.eingeloest IS NULL AND l.widerrufen IS NULL AND v.zustand IN ('geprueft', 'in_umsetzung', 'eingefuehrt')")
    assert ("rueckmelden", "Stadt Lüdenscheid, Wohngeldstelle") in links and "antwort_verzeichnen" in {a for a, _ in links}, links


@pytest.mark.parametrize(("wer", "weg"), [(wer, weg) for wer, weg in SEITEN if wer])
def test_jede_seite_der_liste_spricht_deutsch(app: Kreislauf, wer: str, weg: str) -> None:
    antwort = Fenster(app, wer).client.get(weg)
    assert antwort.status_code in (200, 404), weg
    blatt = Blatt(antwort.text)
    assert _rohes(app, blatt) == [] == blatt.maengel()


def test_jede_seite_der_liste_spricht_auch_eine_andere_sprache(app: Kreislauf, tmp_path: Path) -> None:
    vorlagen = app.state.anwendung.vorlagen
    deutsch, vorlagen.sprachen = vorlagen.sprachen, geklammerte(tmp_path)
    try:
        offen = {weg: gefunden for wer, weg in SEITEN if wer and weg != "/api"  # openapi.json bleibt deutsch, Entscheidung 0014
                 if (gefunden := unuebersetzte(Fenster(app, wer).client.get(weg, headers=ENGLISCH).text))}
    finally:
        vorlagen.sprachen = deutsch
    assert offen == {}


def test_die_erklaerung_jeder_frist_spricht_auch_eine_andere_sprache(app: Kreislauf) -> None:
    with app.state.anwendung.db.lesen() as s:
        erklaerungen = {herleitung(regel) for (regel,) in s.alle("SELECT DISTINCT regel FROM frist WHERE offen = 1")}
    with redend(KEINE, verstummt):
        offen = {t for erklaerung in erklaerungen if re.search(r"[^\W\d_]", t := uebersetzt(erklaerung))}
    assert len(erklaerungen) > 10 and offen == set()


def test_was_es_an_einem_sichtbaren_vorgang_nicht_gibt_leugnet_nicht_den_vorgang(app: Kreislauf) -> None:
    fenster = Fenster(app, "koordination-a")
    geplant = next(v for v in fenster.hole("/vorgaenge/sitzung?zustand=geplant").verweise if v.startswith("/vorgang/"))
    for weg, satz in ((f"{geplant}/protokoll", "gibt es noch kein Protokoll."), (f"{geplant}/schritt/unsinn", "Diesen Schritt gibt es")):
        blatt = fenster.hole(weg, 404)
        assert satz in blatt.text and geplant in blatt.verweise
    assert "Diese Seite gibt es nicht, oder sie ist nicht für Sie bestimmt." in fenster.hole("/stammdaten/unsinn", 404).text


def _rohes(app: Kreislauf, blatt: Blatt) -> list[str]:
    with app.state.anwendung.db.lesen() as s:
        personen = {k for (k,) in s.alle("SELECT key FROM person")}
    return rohes(blatt, personen)


def _ein_vorgang(fenster: Fenster, liste: str) -> None:
    vorgang = next((v for v in fenster.hole(liste).verweise if v.startswith("/vorgang/")), "")
    if not vorgang:
        return
    blatt = fenster.hole(vorgang)
    assert blatt.maengel() == [] == _rohes(fenster.app, blatt), vorgang
    assert blatt.bezuege <= set(blatt.kennungen), vorgang
    for weg in (f"{vorgang}/spur", *(v for v in blatt.verweise if v.startswith(f"{vorgang}/"))):
        formular = fenster.hole(weg)
        assert formular.maengel() == [] == _rohes(fenster.app, formular), weg
        assert formular.bezuege <= set(formular.kennungen), weg
