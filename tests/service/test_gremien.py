"""Auch ein Gremium, das noch nie einen Bericht bekam, wird nach neun Monaten nicht vergessen; erinnert wird einmal."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.gremien import merke_vor
from service.lauf import tagesrunde
from service.profil import Profil
from service.stammdaten import uebernehme_profil
from service.umfeld import lade_umfeld
from tests.bau import JETZT, KOORDINATION, tue


def _vorgemerkt(db: Datenbank, jetzt: datetime) -> list[str]:
    """Die Titel der Entwürfe, die eine Tagesrunde anlegt."""
    with db.lesen() as s:
        bisher = {k for (k,) in s.alle("SELECT key FROM vorgang WHERE art = 'bericht'")}
    tagesrunde(db, jetzt)
    with db.lesen() as s:
        return [t for k, t in s.alle("SELECT key, titel FROM vorgang WHERE art = 'bericht' ORDER BY id") if k not in bisher]


@pytest.fixture
def uebernommen(db: Datenbank, profil: Profil) -> Datenbank:
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, JETZT, "test", mit_vorfuehrung=True))
    return db


def test_nach_neun_monaten_ohne_bericht_liegt_ein_entwurf_da_und_nur_einer(uebernommen: Datenbank, profil: Profil) -> None:
    db = uebernommen
    with db.lesen() as s:
        umfeld = lade_umfeld(s, JETZT.date().isoformat())
    tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="bericht", daten={"titel": "Bericht", "gremium": "Kreistag"}))
    assert _vorgemerkt(db, JETZT + timedelta(days=272)) == []
    uebrige = [f"Erster Bericht: {g.name}" for g in profil.gremien if g.key != "kreistag"]
    assert _vorgemerkt(db, JETZT + timedelta(days=274)) == uebrige and uebrige
    assert _vorgemerkt(db, JETZT + timedelta(days=275)) == [] == _vorgemerkt(db, JETZT + timedelta(days=900))
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM ausgang WHERE anlass = 'gremium_ohne_bericht'") == len(uebrige)
        assert s.wert("SELECT count(*) FROM vorgang WHERE art = 'bericht' AND zustaendig IS NULL") == 0


def test_ein_spaeter_genanntes_gremium_zaehlt_ab_seinem_ersten_tag(uebernommen: Datenbank, profil: Profil) -> None:
    db = uebernommen
    beirat = {"key": "beirat", "name": "Beirat", "art": "fachkreis", "ebene": "Kreis"}
    angaben = profil.model_dump(mode="json", by_alias=True)
    groesser = Profil.model_validate({**angaben, "gremien": [*angaben["gremien"], beirat]})
    spaeter = JETZT + timedelta(days=100)
    db.in_transaktion(lambda s: uebernehme_profil(s, groesser, spaeter, "test"))
    assert len(_vorgemerkt(db, JETZT + timedelta(days=274))) == len(profil.gremien)
    assert _vorgemerkt(db, spaeter + timedelta(days=272)) == []
    assert _vorgemerkt(db, spaeter + timedelta(days=276)) == ["Erster Bericht: Beirat"]


def _berichtet(db: Datenbank, gremium: str, am: str) -> None:
    with db.lesen() as s:
        umfeld = lade_umfeld(s, JETZT.date().isoformat())
    key = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="bericht", daten={"titel": "Bericht", "gremium": gremium})).erste.key
    with db.transaktion() as s:
        stand = json.loads(s.wert("SELECT stand FROM vorgang WHERE key = :key", {"key": key}))
        s.fuehre("UPDATE vorgang SET zustand = 'zur_kenntnis', ende = 1, stand = :stand WHERE key = :key",
                 {"key": key, "stand": json.dumps({**stand, "gesendet_am": am})})


def _angelegt(db: Datenbank, jetzt: datetime) -> list[str]:
    with db.lesen() as s:
        bisher = int(s.wert("SELECT max(id) FROM vorgang"))
    db.in_transaktion(lambda s: merke_vor(s, jetzt))
    with db.lesen() as s:
        return [t for (t,) in s.alle("SELECT titel FROM vorgang WHERE id > :id ORDER BY id", {"id": bisher})]


def test_der_naechste_bericht_folgt_dem_rhythmus_des_gremiums(uebernommen: Datenbank, profil: Profil) -> None:
    (fak,) = [g for g in profil.gremien if g.key == "fak-integration"]
    assert fak.rhythmus == "4 Monate"
    _berichtet(uebernommen, fak.name, JETZT.date().isoformat())
    assert _angelegt(uebernommen, JETZT + timedelta(days=115)) == []
    assert _angelegt(uebernommen, JETZT + timedelta(days=125)) == [f"Bericht: {fak.name}"]
    assert _angelegt(uebernommen, JETZT + timedelta(days=126)) == [], "solange der Entwurf liegt, kommt kein zweiter"


def test_ohne_rhythmus_wird_nach_jeder_sitzung_berichtet(uebernommen: Datenbank, profil: Profil) -> None:
    (kreistag,) = [g for g in profil.gremien if g.key == "kreistag"]
    assert kreistag.rhythmus is None
    _berichtet(uebernommen, "Kreistag", JETZT.date().isoformat())
    with uebernommen.lesen() as s:
        umfeld = lade_umfeld(s, JETZT.date().isoformat())
    lg = tue(uebernommen, umfeld, KOORDINATION, Schritt("planen", art="sitzung", daten={"datum": "2026-04-22"})).erste.key
    spaeter = JETZT + timedelta(days=130)
    assert _angelegt(uebernommen, spaeter) == [], "eine geplante Sitzung hat noch nichts beschlossen"
    uebernommen.in_transaktion(lambda s: s.fuehre("UPDATE vorgang SET zustand = 'protokoll_versandt' WHERE key = :key", {"key": lg}))
    assert _angelegt(uebernommen, spaeter) == [f"Bericht: {kreistag.name}"]


def test_ohne_profil_gibt_es_nichts_zu_erinnern(db: Datenbank) -> None:
    assert db.in_transaktion(lambda s: merke_vor(s, JETZT)) == 0
