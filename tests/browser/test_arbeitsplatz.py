"""Wo man steht, nachdem man etwas getan hat: im Editor bei der bewegten Zeile, an der Wand beim nächsten Schritt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from service.datenhaltung import hebe_an
from service.db import Datenbank
from service.profil import Profil
from service.umfeld import umfeld_aus
from tests.vorfuehrserver import laufend
from tests.bau import ohne_sitze
from tests.browserprobe import Fenster, seiten
from tests.service.test_raeume import IST
from tests.service.test_thema_kette import CM, CM_STELLE, STELLE, Lauf
from tests.service.test_zielsystem_kette import LEITUNG, Umsetzung

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lauf(tmp_path_factory: pytest.TempPathFactory, profil: Profil) -> Umsetzung:
    db = Datenbank(tmp_path_factory.mktemp("arbeitsplatz") / "k.sqlite")
    hebe_an(db)
    lauf = Umsetzung(db, umfeld_aus(ohne_sitze(profil), "test", {"kreis": ("koord_a", "koord_b")}))
    lauf.soll()
    return lauf


@pytest.fixture(scope="module")
def seite(lauf: Umsetzung, profil: Profil) -> Iterator[Page]:
    """Ein großer Schirm, angemeldet als Koordination."""
    app = seiten(lauf.db, profil, lauf.jetzt)
    ausweis = Fenster(app, "koordination-a").client.cookies["kreislauf"]
    with laufend(app) as adresse, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        kontext = browser.new_context(viewport={"width": 1920, "height": 1080}, base_url=adresse)
        kontext.add_cookies([{"name": "kreislauf", "value": ausweis, "url": adresse}])
        yield kontext.new_page()
        browser.close()


def test_nach_einem_zug_steht_man_bei_der_zeile_und_kann_weiterschieben(lauf: Umsetzung, seite: Page) -> None:
    zs = lauf.entwurf()
    vier = [{**IST[0], "nr": nr, "taetigkeit": f"Schritt {nr}"} for nr in range(1, 5)]
    lauf.als(LEITUNG, "bearbeiten", zs, ist=vier, soll=vier)
    seite.goto(f"/vorgang/{zs}/schritt/bearbeiten")
    ist, soll = seite.locator("#f-ist").bounding_box(), seite.locator("#f-soll").bounding_box()
    assert ist and soll and ist["y"] == soll["y"] and ist["x"] + ist["width"] <= soll["x"], "nebeneinander"
    assert seite.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seite.locator("[id='hoch-soll-3']").focus()
    for danach in ("hoch-soll-2", "hoch-soll-1", "f-soll.0.taetigkeit"):
        seite.keyboard.press("Enter")
        expect(seite.locator(f"[id='{danach}']")).to_be_focused()
    expect(seite.locator("[name='soll.0.taetigkeit']")).to_have_value("Schritt 4")
    expect(seite.locator("[name='soll.0.taetigkeit']")).to_be_in_viewport()


def test_an_der_wand_bleibt_das_feld_im_bild_und_die_tasten_dort(lauf: Umsetzung, seite: Page) -> None:
    fall = Lauf(lauf.db, lauf.umfeld)
    fr = fall.eingeladen(fall.ausgewaehlt())
    fall.tue("durchfuehren", fr, wer=CM, teilnahmen=[{"institution": STELLE, "teilnahme": "verzicht", "grund": "Mail vom 5. Januar"},
                                                     {"institution": CM_STELLE, "teilnahme": "anwesend"}])
    seite.goto(f"/vorgang/{fr}?ansicht=beamer")
    seite.locator("#neu-akteur").focus()
    for nr in range(8):
        seite.keyboard.type("Jobcenter")
        seite.keyboard.press("Tab")
        seite.keyboard.type(f"Der {nr}. Brief liegt beim Empfang.")
        seite.keyboard.press("Tab")
        seite.keyboard.press("Tab")
        seite.keyboard.press("Enter")
        seite.wait_for_url("**#neu-akteur")
        expect(seite.get_by_text(f"Der {nr}. Brief").first).to_be_attached()
        expect(seite.locator("#neu-akteur")).to_be_focused()
        expect(seite.get_by_role("button", name="Schritt anfügen")).to_be_in_viewport(ratio=1)
    assert len(lauf.stand(fr)["zeitachse"]) == 8
    kasten = seite.locator(".kb-bild").bounding_box()
    assert kasten and kasten["width"] <= 600, "eine einzelne Bahn füllt nicht die Wand"
