"""Spur, Verläufe, Zahlen und die Seiten des Systems, wie ein Browser sie bekommt."""

from __future__ import annotations

import pytest

from service.app import Kreislauf
from service.apply import Schritt
from service.db import Datenbank
from service.profil import Profil
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, melde, tue
from tests.browserprobe import Fenster, seiten


@pytest.fixture
def app(db: Datenbank, profil: Profil) -> Kreislauf:
    return seiten(db, profil, JETZT)


# --- Spur -------------------------------------------------------------------------------------------------------------


def test_die_spur_ist_bild_und_liste(app: Kreislauf, db: Datenbank, umfeld: Umfeld) -> None:
    eins, zwei = melde(db, umfeld, titel="<b>Kurse</b> & Fristen"), melde(db, umfeld, titel="Noch einmal")
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", zwei, daten={"original": eins}))
    k = Fenster(app, "koordination-a")
    blatt = k.hole(f"/vorgang/{zwei}/spur")
    assert blatt.verweise.count(f"/vorgang/{eins}") == 3, "im Bild, in der Liste und als Ziel des Satzes"
    assert f"{zwei} meldet dasselbe Ereignis wie {eins}" in blatt.text and "Ausgangspunkt" in blatt.text
    assert blatt.maengel() == [] and "<b>Kurse" not in k.client.get(f"/vorgang/{eins}/spur").text
    Fenster(app, "stelle-jobcenter").hole(f"/vorgang/{eins}/spur", 404)
