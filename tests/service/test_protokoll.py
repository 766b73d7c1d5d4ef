"""Das Protokoll nachlesen: nur die Revision, nur ohne Inhalt, und auch das wird vermerkt."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from service import protokoll
from service.apply import Schritt
from service.clock import berliner_tag
from service.db import Datenbank
from service.profil import Profil
from service.protokoll import BEZEICHNUNGEN, Suche, vermerke
from service.stammdaten import handelnde
from service.umfeld import koordination_je_bereich, umfeld_aus
from tests.bau import MELDUNG, tue
from tests.browserprobe import Blatt
from tests.netz import MONTAG, Netz

WURZEL = Path(__file__).parents[2]
HEUTE = berliner_tag(MONTAG).isoformat()


@pytest.fixture
def netz(db: Datenbank, profil: Profil) -> Netz:
    return Netz(db, profil)


def _melde(db: Datenbank, profil: Profil) -> str:
    with db.lesen() as s:
        wer = handelnde(s, "stelle-mbe-luedenscheid", HEUTE)
        umfeld = umfeld_aus(profil, profil.fingerabdruck(), koordination_je_bereich(s, HEUTE))
    return tue(db, umfeld, wer, Schritt("einreichen", art="meldebogen", daten=MELDUNG), jetzt=MONTAG).erste.key


def test_die_revision_liest_zugriffe_und_schritte_ohne_inhalt(netz: Netz, db: Datenbank, profil: Profil) -> None:
    key = _melde(db, profil)
    netz.browser().als("koordination-a").get(f"/vorgang/{key}")
    revision = netz.browser().als("datenschutz")
    zugriffe = revision.get(f"/protokoll?vorgang={key.lower()}")
    assert zugriffe.status_code == 200 and "Text einer Meldung gelesen" in zugriffe.text and key in zugriffe.text
    assert Blatt(zugriffe.text).maengel() == []
    schritte = revision.get(f"/protokoll?buch=schritte&vorgang={key}")
    assert "Meldebogen: Hürde melden" in schritte.text and "neuer Stand: Eingegangen" in schritte.text
    assert MELDUNG["titel"] not in zugriffe.text + schritte.text
    noch = revision.get("/protokoll").text
    assert "Protokoll gelesen" in noch and "Buch: Schritte an Vorgängen" in noch and "Buch: schritte" not in noch


@pytest.mark.parametrize("wer", ["koordination-a", "systemverwaltung", "stelle-mbe-luedenscheid", "s01"])
def test_fuer_alle_anderen_gibt_es_die_seite_nicht(netz: Netz, wer: str) -> None:
    assert netz.browser().als(wer).get("/protokoll").status_code == 404


def test_ein_unlesbarer_tag_ist_ein_satz_am_feld(netz: Netz) -> None:
    antwort = netz.browser().als("datenschutz").get("/protokoll?von=gestern")
    assert antwort.status_code == 422 and "Bitte geben Sie einen Tag an" in antwort.text and 'value="gestern"' in antwort.text


def test_blaettern_und_eingrenzen(db: Datenbank, profil: Profil) -> None:
    Netz(db, profil)
    for n in range(5):
        db.in_transaktion(lambda s, n=n: vermerke(s, MONTAG, "", "gelesen", {"vorgang": f"MK-2026-000{n}"}, "koordination-a"))
    with db.lesen() as s:
        alle = protokoll.zugriffe(s, Suche(person="koordination-a"))
        erste = protokoll.zugriffe(s, Suche(person="koordination-a"), anzahl=2)
        zweite = protokoll.zugriffe(s, Suche(person="koordination-a"), vor=erste[-1].id, anzahl=10)
        assert [z.vorgang for z in alle] == [z.vorgang for z in (*erste, *zweite)] == [f"MK-2026-000{n}" for n in (4, 3, 2, 1, 0)]
        tag = berliner_tag(MONTAG)
        assert protokoll.zugriffe(s, Suche(person="koordination-a", von=tag, bis=tag)) == alle
        assert protokoll.zugriffe(s, Suche(vorgang="MK-2026-000_")) == [] and protokoll.zugriffe(s, Suche(bis=tag.replace(year=2025))) == []


def test_alles_was_vermerkt_wird_hat_eine_bezeichnung() -> None:
    gefunden = set()
    for datei in (WURZEL / "service").rglob("*.py"):
        for knoten in ast.walk(ast.parse(datei.read_text())):
            if isinstance(knoten, ast.Call) and isinstance(knoten.func, ast.Name) and knoten.func.id == "vermerke" and len(knoten.args) > 3:
                gefunden |= {k.value for k in ast.walk(knoten.args[3]) if isinstance(k, ast.Constant) and isinstance(k.value, str)}
    assert len(gefunden) > 12 and gefunden <= BEZEICHNUNGEN.keys(), gefunden - BEZEICHNUNGEN.keys()
