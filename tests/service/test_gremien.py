"""Auch ein Gremium, das noch nie einen Bericht bekam, wird nach neun Monaten nicht vergessen; erinnert wird einmal."""

from __future__ import annotations

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


def test_ohne_profil_gibt_es_nichts_zu_erinnern(db: Datenbank) -> None:
    assert db.in_transaktion(lambda s: merke_vor(s, JETZT)) == 0
