"""Das Heft der Sitzung: Es enthält, worüber entschieden wird, nicht nur den Verweis darauf."""

from __future__ import annotations

import pytest

from service.db import Datenbank
from service.profil import Profil
from service.umfeld import Umfeld
from tests.browserprobe import Fenster, seiten
from tests.service.test_raeume import IST, SOLL
from tests.service.test_zielsystem_kette import LEITUNG, Umsetzung


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Umsetzung:
    return Umsetzung(db, umfeld)


def _heft(lauf: Umsetzung, profil: Profil, lg: str) -> tuple[str, Fenster]:
    fenster = Fenster(seiten(lauf.db, profil, lauf.jetzt), "s03")
    blatt = fenster.hole(f"/vorgang/{lg}/unterlagen")
    assert blatt.maengel() == [] and blatt.bezuege <= set(blatt.kennungen) and set(blatt.kennungen.values()) == {1}
    return " ".join(blatt.text.split()), fenster


def test_zum_zielsystem_stehen_ist_soll_unterschied_und_zahlen_im_heft(lauf: Umsetzung, profil: Profil) -> None:
    lauf.soll()
    zs = lauf.entwurf()
    lauf.als(LEITUNG, "bearbeiten", zs, ist=IST, soll=SOLL)
    lauf.abgestimmt(zs)
    lg = lauf.naechste("2026-10-28")
    lauf.als(LEITUNG, "vorlegen", lauf.ag, sitzung=lg)
    text, fenster = _heft(lauf, profil, lg)
    assert "Gegenüber dem Ist: 1 neu, 1 entfällt, 1 geändert" in text and "Werktage zusammen 25 5 -20" in text
    assert "Sofort bewilligen" in text and "Unterlagen nachfordern" in text, "Schritt für Schritt, Ist und Soll"
    assert f"bild-{zs}-soll-titel" in fenster.hole(f"/vorgang/{lg}/unterlagen").kennungen, "und gezeichnet"


def test_das_themenblatt_steht_im_heft_und_wird_mitgedruckt(lauf: Umsetzung, profil: Profil) -> None:
    (lg,) = lauf.nachbarn(lauf.gt, "steht_auf")
    text, fenster = _heft(lauf, profil, lg)
    assert "Themenblatt für die Lenkungsgruppe" in text and "Was zu entscheiden ist" in text and "Wie oft und von wem gemeldet" in text
    blatt = fenster.hole(f"/vorgang/{lg}/unterlagen").html
    assert "kg-nicht-drucken" not in blatt.split('class="th-blatt"')[1].split("</section>")[0]
