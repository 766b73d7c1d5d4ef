"""Die Auswahlrunde in Chromium: springen klappt auf, und was angehakt ist, bleibt auch zugeklappt zu sehen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.vorfuehrserver import fenster

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("breite", [1280, 360])
@pytest.mark.parametrize("weg", ["/auswahlrunde/AR-77", "/sammlungen"])
def test_springen_anhaken_zuklappen(browser: Browser, adresse: str, weg: str, breite: int) -> None:
    seite = fenster(browser, adresse, breite, "koordination-a")
    seite.goto(weg)
    assert seite.locator(".eg-meldungen[open]").count() == 0
    seite.locator(".eg-sprung > summary").click()
    seite.locator(".eg-sprung a").nth(2).click()
    offen = seite.locator(".eg-meldungen[open]")
    expect(offen).to_have_count(1)
    kasten = offen.locator(".eg-haken").first
    expect(kasten).to_be_in_viewport()
    kasten.check()
    titel = offen.locator("label").first.inner_text()
    zeile = offen.locator("summary")
    expect(zeile).to_contain_text("1 angehakt")
    zeile.click()
    expect(seite.locator(".eg-meldungen[open]")).to_have_count(0)
    expect(seite.locator(".eg-angehakt:visible")).to_have_text("1 angehakt")
    gewaehlt = seite.get_by_role("list", name="Angehakt", exact=True)
    expect(gewaehlt.get_by_role("link")).to_have_text([titel])
    gewaehlt.get_by_role("link").click()
    expect(kasten).to_be_in_viewport()
    kasten.uncheck()
    expect(gewaehlt).to_be_hidden()
    seite.context.close()
