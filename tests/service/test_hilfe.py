"""Hilfe, wo man sie braucht: jede Seite führt zu ihrem Abschnitt, und eine leere Startseite sagt, was man tun kann."""

from __future__ import annotations

import pytest

from service.db import Datenbank
from service.hilfe import ANLEITUNGEN, anker_zu
from service.navigation import PUNKTE
from service.profil import Profil
from states.kette import PROZESSE
from tests.bau import JETZT
from tests.browserprobe import Fenster, seiten
from tests.service.test_seiten import ANGABEN, MELDEN
from tests.sichtwelt import Welt


def test_jede_art_und_jeder_punkt_der_navigation_hat_einen_abschnitt() -> None:
    assert sorted(art for a in ANLEITUNGEN for art in a.arten) == sorted(PROZESSE), "je Art genau ein Abschnitt"
    wege = {w for a in ANLEITUNGEN for w in a.wege}
    assert {p.ziel for p in PUNKTE} - wege == {"/"} and all(3 <= len(a.saetze) <= 5 for a in ANLEITUNGEN)
    assert anker_zu("/vorgang/LG-1", "sitzung") == "sitzungen" and anker_zu("/eingang/MK-1") == "eingang" and anker_zu("/") == "aufgaben"


def test_von_jeder_seite_fuehrt_ein_verweis_zum_passenden_abschnitt(db: Datenbank, profil: Profil) -> None:
    app = seiten(db, profil, JETZT)
    stelle, k = Fenster(app, "stelle-abh-mk"), Fenster(app, "koordination-a")
    ziel, _ = stelle.sende(MELDEN, **ANGABEN)
    for weg, anker in (("/", "aufgaben"), ("/eingang", "eingang"), (ziel, "melden"), ("/beschlusskontrolle", "beschluesse")):
        assert f"/hilfe#{anker}" in k.hole(weg).verweise, weg
    hilfe = stelle.hole("/hilfe")
    assert all(hilfe.kennungen[a.anker] == 1 for a in ANLEITUNGEN) and hilfe.maengel() == []


@pytest.mark.parametrize(("konto", "satz"), [("stelle-arztpraxis-altena", "Sobald Sie zu einem Termin"),
                                             ("gremienbetreuung", "Lesen, was aus den Themen wurde und ob es wirkt.")])
def test_eine_leere_startseite_sagt_was_man_tun_kann(db: Datenbank, profil: Profil, konto: str, satz: str) -> None:
    app = seiten(db, profil, JETZT)
    with db.transaktion() as s:
        Welt(s, anzahl=900).vorgang("bericht", "versandt", titel="Bericht an den Kreistag")
    blatt = Fenster(app, konto).hole("/")
    assert satz in blatt.text and blatt.maengel() == []
    assert ("Bericht an den Kreistag" in blatt.text) == (konto == "gremienbetreuung")
