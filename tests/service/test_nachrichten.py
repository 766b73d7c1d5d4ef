"""Die Seiten der Nachrichten: das Postfach der Vorführung und was sich nicht zustellen ließ."""

from __future__ import annotations

import re

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.profil import Profil
from service.sendungen import gescheiterte
from service.stammdaten import handelnde
from service.umfeld import Umfeld, koordination_je_bereich, umfeld_aus
from service.zustellung import versandrunde
from tests.bau import MELDUNG, tue
from tests.browserprobe import Blatt
from tests.netz import MONTAG, Netz
from tests.postamt import einstellungen

HEUTE = MONTAG.date().isoformat()


@pytest.fixture
def netz(db: Datenbank, profil: Profil) -> Netz:
    return Netz(db, profil)


def _umfeld(db: Datenbank, profil: Profil) -> Umfeld:
    with db.lesen() as s:
        return umfeld_aus(profil, profil.fingerabdruck(), koordination_je_bereich(s, HEUTE))


def _melde(db: Datenbank, kreis: Umfeld) -> str:
    with db.lesen() as s:
        wer = handelnde(s, "stelle-mbe-luedenscheid", HEUTE)
    return tue(db, kreis, wer, Schritt("einreichen", art="meldebogen", daten=MELDUNG), jetzt=MONTAG).erste.key


def test_was_zugestellt_ist_liest_wer_gemeint_war(netz: Netz, db: Datenbank, profil: Profil) -> None:
    kreis = _umfeld(db, profil)
    key = _melde(db, kreis)
    versandrunde(db, einstellungen(), kreis, MONTAG)
    melder, fremd = netz.browser().als("stelle-mbe-luedenscheid"), netz.browser().als("koordination-a")
    liste = melder.get("/postfach")
    weg = re.search(r'href="(/postfach/\d+)"', liste.text)
    assert Blatt(liste.text).maengel() == Blatt(melder.get(weg[1] if weg else "").text).maengel() == []
    assert liste.status_code == 200 and weg and f"Ihre Meldung {key} ist eingegangen" in liste.text and ">neu<" in liste.text
    brief = melder.get(weg[1])
    assert brief.status_code == 200 and "Mit freundlichen Grüßen" in brief.text and f'href="/vorgang/{key}"' in brief.text
    assert fremd.get(weg[1]).status_code == 404 and key not in fremd.get("/postfach").text
    assert fremd.sende(f"{weg[1]}/gelesen", "/postfach").status_code == 404
    assert melder.sende(f"{weg[1]}/gelesen", weg[1]).status_code == 303
    assert ">gelesen<" in melder.get("/postfach").text and "Als gelesen merken" not in melder.get(weg[1]).text


def test_ein_postfach_gibt_es_nur_in_der_vorfuehrung(db: Datenbank, profil: Profil) -> None:
    netz = Netz(db, profil, vorfuehrung=False)
    assert netz.browser().get("/postfach").status_code in (303, 404)


def test_was_nicht_ankam_sieht_und_erledigt_die_koordination(netz: Netz, db: Datenbank, profil: Profil) -> None:
    kreis = _umfeld(db, profil)
    key = _melde(db, kreis)
    db.in_transaktion(lambda s: s.fuehre("UPDATE vorgang SET institution = 'Verein ohne Postfach'"))
    versandrunde(db, einstellungen(), kreis, MONTAG)
    with db.lesen() as s:
        [befund] = gescheiterte(s)
    koordination, melder = netz.browser().als("koordination-a"), netz.browser().als("stelle-mbe-luedenscheid")
    assert melder.get("/nachrichten").status_code == 404
    assert melder.sende(f"/nachrichten/{befund.id}/ablegen", "/postfach").status_code == 404
    blatt = koordination.get("/nachrichten").text
    assert Blatt(blatt).maengel() == []
    assert f"Ihre Meldung {key} ist eingegangen" in blatt and "Verein ohne Postfach" in blatt and "persönlich" in blatt
    assert koordination.sende(f"/nachrichten/{befund.id}/erneut", "/nachrichten").status_code == 303
    assert "noch immer kein Postfach" in koordination.get("/nachrichten").text
    assert koordination.sende(f"/nachrichten/{befund.id}/ablegen", "/nachrichten").status_code == 303
    assert "Verein ohne Postfach" not in koordination.get("/nachrichten").text
    assert koordination.sende(f"/nachrichten/{befund.id}/ablegen", "/nachrichten").status_code == 409
