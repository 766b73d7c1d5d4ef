"""Eine Ausgabe lässt sich von derselben Seite mehrmals holen: Der Schutz vor dem Doppelklick darf sie nicht sperren."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.vorfuehrserver import fenster

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("weg", ["/zahlen", "/suche?q=Termine"])
def test_zweimal_herunterladen(browser: Browser, adresse: str, weg: str) -> None:
    seite = fenster(browser, adresse, 1280, "koordination-a")
    seite.goto(weg)
    for _ in range(2):
        with seite.expect_download(timeout=15_000) as geladen:
            seite.locator("form[action$='/ausgabe'] button").first.click()
        assert geladen.value.path().stat().st_size > 100
    seite.context.close()
