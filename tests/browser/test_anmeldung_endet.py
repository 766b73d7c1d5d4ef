"""Ehe die Anmeldung endet, sagen es die Seiten, und ein Knopfdruck verlängert sie (WCAG 2.2.1). Die Uhr des Browsers wird vorgestellt."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.vorfuehrserver import fenster

pytestmark = pytest.mark.browser


@pytest.fixture
def seite(browser: Browser, adresse: str) -> Page:
    seite = fenster(browser, adresse, 360, "koordination-a")
    seite.clock.install()
    seite.goto("/neu/meldebogen/einreichen")
    return seite


def test_ein_knopfdruck_genuegt_und_man_steht_wieder_wo_man_war(seite: Page) -> None:
    kasten, feld = seite.get_by_role("alertdialog"), seite.locator("#f-titel")
    feld.focus()
    seite.clock.run_for("26:00")
    expect(kasten).to_be_hidden()
    seite.clock.run_for("01:30")
    knopf = kasten.get_by_role("button", name="Angemeldet bleiben")
    expect(knopf).to_be_focused()
    with seite.expect_response("**/konto") as antwort:
        seite.keyboard.press("Enter")
    assert antwort.value.status == 200
    expect(kasten).to_be_hidden()
    expect(feld).to_be_focused()
    seite.clock.run_for("26:00")
    expect(kasten).to_be_hidden()


def test_tippen_ist_taetigkeit_und_was_vorbei_ist_heisst_so(seite: Page) -> None:
    seite.clock.run_for("20:00")
    with seite.expect_response("**/konto"):
        seite.locator("#f-titel").press_sequentially("K")
    seite.clock.run_for("20:00")
    kasten = seite.get_by_role("alertdialog")
    expect(kasten).to_be_hidden()
    seite.clock.run_for("11:00")
    expect(kasten).to_contain_text("Ihre Anmeldung ist abgelaufen.")
    expect(kasten.get_by_role("button")).to_have_count(0)
