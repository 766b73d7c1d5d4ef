"""In der laufenden Sitzung einen Schritt wählen: Seine Angaben stehen gleich da, und was getippt ist, bleibt stehen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.vorfuehrserver import fenster

pytestmark = pytest.mark.browser
AUFLAGEN, ABLEHNEN = "zielsystem/ZS-82/mit_auflagen_beschliessen", "zielsystem/ZS-82/ablehnen"


def _merkt_sich_nichts(weg: Route) -> None:
    """Alle benutzen dieselbe Sitzung und dasselbe Konto: Der Entwurf des einen stünde sonst beim nächsten schon im Formular."""
    if "entwurf=still" in (weg.request.post_data or ""):
        weg.fulfill(status=204)
    else:
        weg.continue_()


@pytest.fixture(params=[1280, 360])
def seite(browser: Browser, adresse: str, request: pytest.FixtureRequest) -> Page:
    seite = fenster(browser, adresse, request.param, "s01")
    seite.route("**/sitzungsmodus/1", _merkt_sich_nichts)
    seite.goto("/vorgang/LG-73/sitzungsmodus?punkt=1")
    seite.get_by_label("Beratung").fill("Noch nicht gespeichert.")
    seite.evaluate("window.dieselbe = true")
    return seite


def test_die_angaben_kommen_ohne_neue_seite(seite: Page) -> None:
    gefragt: list[str] = []
    seite.on("console", lambda m: gefragt.append(m.text) if m.type == "error" else None)
    knopf = seite.get_by_role("button", name="Angaben zu den gewählten Schritten zeigen")
    expect(knopf).to_be_hidden()
    erste = seite.locator("[data-bewegung]").first
    erste.get_by_label("Was geschieht").select_option(AUFLAGEN)
    expect(erste.get_by_label("Zuständige Stelle").first).to_be_visible()
    expect(seite.locator("[data-bewegung]")).to_have_count(2)
    erste.get_by_label("Zuständige Stelle").first.fill("Gesundheitsamt Märkischer Kreis")
    zweite = seite.locator("[data-bewegung]").nth(1)
    zweite.get_by_label("Was geschieht").select_option(ABLEHNEN)
    expect(zweite.get_by_label("Begründung")).to_be_visible()
    expect(erste.get_by_label("Zuständige Stelle").first).to_have_value("Gesundheitsamt Märkischer Kreis")
    zweite.get_by_label("Was geschieht").select_option("")
    expect(zweite.get_by_label("Begründung")).to_have_count(0)
    expect(seite.get_by_label("Beratung")).to_have_value("Noch nicht gespeichert.")
    assert seite.evaluate("window.dieselbe") and gefragt == []
    seite.context.close()


def test_mit_den_pfeiltasten_bleibt_man_in_der_auswahl(seite: Page) -> None:
    auswahl = seite.locator("[data-bewegung]").first.get_by_label("Was geschieht")
    auswahl.focus()
    for _ in range(4):
        seite.keyboard.press("ArrowDown")
    expect(auswahl).to_have_value(ABLEHNEN)
    expect(seite.locator("[data-bewegung]").first.get_by_label("Begründung")).to_be_visible()
    expect(auswahl).to_be_focused()
    seite.keyboard.press("Tab")
    expect(seite.locator("[data-bewegung]").first.get_by_label("Begründung")).to_be_focused()
    seite.context.close()


def test_antwortet_der_server_nicht_wie_erwartet_hilft_die_ganze_seite(seite: Page) -> None:
    """Nach dem Abmelden in einem anderen Fenster führt der Weg zur Anmeldung, statt dass nichts geschieht."""
    seite.context.clear_cookies()
    with seite.expect_navigation():
        seite.locator("[data-bewegung]").first.get_by_label("Was geschieht").select_option(AUFLAGEN)
    seite.context.close()
