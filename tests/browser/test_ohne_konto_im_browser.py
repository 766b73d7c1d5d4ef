"""Melden ohne Konto in einem echten Browser, mit und ohne JavaScript, breit und schmal: vom Code der Stelle bis zum Beleg."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_anmelden_im_browser import adresse, blatt, chromium  # noqa: F401

pytestmark = pytest.mark.browser


def _zum_bogen(fenster: Page) -> str:
    """Stellt einen Code aus und öffnet mit ihm den Meldebogen."""
    fenster.goto("/anmelden")
    fenster.get_by_role("button", name=re.compile("Konto: Koordination")).first.click()
    fenster.goto("/stammdaten/meldecodes")
    fenster.get_by_label("Stelle", exact=True).fill("VHS Iserlohn")
    fenster.get_by_role("button", name="Code ausstellen").click()
    code = fenster.locator(".me-code").inner_text()
    fenster.get_by_role("button", name="Abmelden").click()
    fenster.get_by_role("link", name="Ohne Konto melden").click()
    fenster.get_by_label("Code Ihrer Stelle").fill(code.lower())
    fenster.get_by_role("button", name="Weiter zum Meldebogen").click()
    return code


def _fuelle_aus(fenster: Page) -> None:
    fenster.get_by_label("Titel").fill("Der Kurs beginnt nicht")
    fenster.get_by_label("Was ist passiert?").fill("Niemand weiß, wann der Kurs beginnt.")
    fenster.get_by_label("Was melden Sie?").select_option("huerde")
    fenster.get_by_label("Kommune").select_option("Iserlohn")
    fenster.get_by_label("Bildung und Sprache").check()
    fenster.get_by_label("Die Meldung ist anonymisiert").check()


def test_vom_code_bis_zum_beleg(blatt: Page) -> None:  # noqa: F811
    code = _zum_bogen(blatt)
    _fuelle_aus(blatt)
    blatt.get_by_role("button", name="Weiter: nachlesen").last.click()
    blatt.get_by_role("button", name="Hürde melden").click()
    beleg = blatt.locator(".me-code").inner_text()
    blatt.get_by_role("link", name="Zur Seite für den Beleg").click()
    blatt.get_by_label("Beleg", exact=True).fill(beleg)
    blatt.get_by_role("button", name="Meldung ansehen").click()
    expect(blatt.get_by_role("heading", level=1)).to_have_text("Der Kurs beginnt nicht")
    blatt.locator("summary", has_text="Weiteres mitteilen").click()
    blatt.locator("[name='ergaenzen.text']").fill("Auch im Nachbarort.")
    blatt.get_by_role("button", name="Weiteres mitteilen").click()
    expect(blatt.get_by_text("„Weiteres mitteilen“ ist gespeichert.")).to_be_visible()
    assert code not in blatt.url and beleg not in blatt.url


def test_zurueck_vor_und_neu_laden_fuehren_nie_auf_eine_fehlerseite(blatt: Page) -> None:  # noqa: F811
    code = _zum_bogen(blatt)
    titel = blatt.get_by_role("heading", level=1)
    expect(titel).to_have_text("Eine Hürde melden")
    _fuelle_aus(blatt)
    blatt.get_by_role("button", name="Weiter: nachlesen").last.click()
    for schritt in (blatt.reload, blatt.go_back, blatt.go_forward):
        expect(titel).to_have_text("Bitte prüfen Sie Ihre Meldung" if schritt != blatt.go_forward else "Eine Hürde melden")
        assert schritt() is not None
    expect(titel).to_have_text("Bitte prüfen Sie Ihre Meldung")
    blatt.get_by_role("button", name="Hürde melden").click()
    beleg = blatt.locator(".me-code").inner_text()
    for schritt in (blatt.reload, blatt.go_back, blatt.go_back, blatt.go_forward, blatt.reload):
        schritt()
        expect(titel).to_have_text("Ihre Meldung ist angekommen")
        assert blatt.locator(".me-code").inner_text() == beleg

    blatt.goto("/melden/beleg")
    blatt.get_by_label("Beleg", exact=True).fill(beleg)
    blatt.get_by_role("button", name="Meldung ansehen").click()
    blatt.locator("summary", has_text="Weiteres mitteilen").click()
    blatt.locator("[name='ergaenzen.text']").fill("Auch im Nachbarort.")
    blatt.get_by_role("button", name="Weiteres mitteilen").click()
    expect(blatt.get_by_text("„Weiteres mitteilen“ ist gespeichert.")).to_be_visible()
    for schritt in (blatt.reload, blatt.go_back, blatt.go_forward):
        schritt()
        expect(titel).to_have_text("Der Kurs beginnt nicht")
    assert blatt.locator(".me-gespraech li").count() == 1, "neu laden sendet nichts noch einmal"
    blatt.get_by_role("button", name="Beleg schließen").click()
    expect(blatt.get_by_text("Der Beleg ist geschlossen.")).to_be_visible()
    blatt.go_back()
    expect(blatt.get_by_text("Hier ist kein Beleg mehr offen")).to_be_visible()
    expect(blatt.get_by_label("Beleg", exact=True)).to_have_value("")
    assert beleg not in blatt.content() and beleg not in blatt.url and code not in blatt.url


def test_der_entwurf_ohne_konto_liegt_nur_in_diesem_browser(blatt: Page, request: pytest.FixtureRequest) -> None:  # noqa: F811
    """Er wird angeboten, kommt ganz zurück, lässt sich löschen und endet mit dem Absenden; „Zurück“ führt auf keine Fehlerseite."""
    code = _zum_bogen(blatt)
    if not request.node.callspec.params["blatt"][1]:  # ohne Skript gibt es ihn nicht, und nichts verspricht ihn
        expect(blatt.get_by_text("Es liegt nur auf diesem Gerät")).to_be_hidden()
        return
    expect(blatt.get_by_text("Es liegt nur auf diesem Gerät, nicht bei uns.")).to_be_visible()
    _fuelle_aus(blatt)
    expect(blatt.locator("[data-hier-stand]")).to_contain_text("Auf diesem Gerät gemerkt")
    gemerkt = str(blatt.evaluate("localStorage.getItem('kreislauf-meldung')"))
    assert "Der Kurs beginnt nicht" in gemerkt and code not in gemerkt and "anonymisiert" not in gemerkt

    _mit_code(blatt, code)
    blatt.get_by_role("button", name="Weiterschreiben").click()
    expect(blatt.get_by_label("Was ist passiert?")).to_have_value("Niemand weiß, wann der Kurs beginnt.")
    expect(blatt.get_by_label("Bildung und Sprache")).to_be_checked()
    blatt.get_by_label("Die Meldung ist anonymisiert").check()
    blatt.get_by_role("button", name="Weiter: nachlesen").last.click()
    blatt.get_by_role("button", name="Hürde melden").click()
    expect(blatt.get_by_role("heading", level=1)).to_have_text("Ihre Meldung ist angekommen")
    assert blatt.evaluate("localStorage.getItem('kreislauf-meldung')") is None
    blatt.go_back()
    expect(blatt.get_by_role("heading", level=1)).to_have_text("Ihre Meldung ist angekommen")

    _mit_code(blatt, code)
    blatt.get_by_label("Titel").fill("Noch eine")
    expect(blatt.locator("[data-hier-stand]")).to_contain_text("Auf diesem Gerät gemerkt")
    blatt.get_by_role("button", name="Löschen und nichts mehr merken").click()
    blatt.get_by_label("Titel").fill("Noch eine Meldung")
    blatt.wait_for_timeout(1500)
    assert blatt.evaluate("localStorage.getItem('kreislauf-meldung')") is None


def _mit_code(fenster: Page, code: str) -> None:
    fenster.goto("/melden/ohne-konto")
    fenster.get_by_label("Code Ihrer Stelle").fill(code)
    fenster.get_by_role("button", name="Weiter zum Meldebogen").click()
