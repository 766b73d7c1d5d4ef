"""Melden ohne Konto in einem echten Browser, mit und ohne JavaScript, breit und schmal: vom Code der Stelle bis zum Beleg."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_anmelden_im_browser import adresse, blatt, chromium  # noqa: F401

pytestmark = pytest.mark.browser


def test_vom_code_bis_zum_beleg(blatt: Page) -> None:  # noqa: F811
    blatt.goto("/anmelden")
    blatt.get_by_role("button", name=re.compile("Konto: Koordination")).first.click()
    blatt.goto("/stammdaten/meldecodes")
    blatt.get_by_label("Stelle", exact=True).fill("VHS Iserlohn")
    blatt.get_by_role("button", name="Code ausstellen").click()
    code = blatt.locator(".me-code").inner_text()
    blatt.get_by_role("button", name="Abmelden").click()
    blatt.get_by_role("link", name="Ohne Konto melden").click()
    blatt.get_by_label("Code Ihrer Stelle").fill(code.lower())
    blatt.get_by_role("button", name="Weiter zum Meldebogen").click()
    blatt.get_by_label("Titel").fill("Der Kurs beginnt nicht")
    blatt.get_by_label("Was ist passiert?").fill("Niemand weiß, wann der Kurs beginnt.")
    blatt.get_by_label("Was melden Sie?").select_option("huerde")
    blatt.get_by_label("Kommune").select_option("Iserlohn")
    blatt.get_by_label("Bildung und Sprache").check()
    blatt.get_by_label("Die Meldung ist anonymisiert").check()
    blatt.get_by_role("button", name="Weiter: nachlesen").last.click()
    blatt.get_by_role("button", name="Hürde melden").click()
    beleg = blatt.locator(".me-code").inner_text()
    blatt.get_by_role("link", name="Zur Seite für den Beleg").click()
    blatt.get_by_label("Beleg", exact=True).fill(beleg)
    blatt.get_by_role("button", name="Meldung ansehen").click()
    expect(blatt.get_by_role("heading", level=1)).to_have_text("Der Kurs beginnt nicht")
    blatt.locator("summary", has_text="Angaben ergänzen").click()
    blatt.locator("[name='ergaenzen.text']").fill("Auch im Nachbarort.")
    blatt.get_by_role("button", name="Angaben ergänzen").click()
    expect(blatt.get_by_text("„Angaben ergänzen“ ist gespeichert.")).to_be_visible()
    assert code not in blatt.url and beleg not in blatt.url
