"""Auf dem Telefon rollt keine Seite zur Seite: jede der Liste bei 360 und bei 320 Pixeln, alles aufgeklappt.

Was breiter ist (Zeichnung, Tabelle), rollt in seinem eigenen Kasten, der mit der Tastatur zu erreichen ist und einen Namen hat.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.seitenliste import SEITEN
from tests.vorfuehrserver import fenster

pytestmark = pytest.mark.browser
_AUFGEKLAPPT = "document.querySelectorAll('main details').forEach(d => { d.open = true; })"
_UEBERSTAND = "document.documentElement.scrollWidth - document.body.clientWidth"  # die Rinne der Bildlaufleiste gehört nicht zur Seite
_KAESTEN_OHNE_NAMEN = """[...document.querySelectorAll('main :not(textarea)')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))
    .filter(e => e.tabIndex < 0 || !(e.ariaLabel || e.getAttribute('aria-labelledby'))).map(e => e.className)"""


@pytest.mark.parametrize("breite", [360, 320])
def test_keine_seite_ist_breiter_als_das_telefon(browser: Browser, adresse: str, breite: int) -> None:
    offen: dict[str, Page] = {}
    befunde: dict[str, object] = {}
    for wer, weg in SEITEN:
        seite = offen.setdefault(wer, offen.get(wer) or fenster(browser, adresse, breite, wer))
        seite.goto(weg)
        seite.evaluate(_AUFGEKLAPPT)
        if (ueber := seite.evaluate(_UEBERSTAND)) > 0 or (kaesten := seite.evaluate(_KAESTEN_OHNE_NAMEN)):
            befunde[f"{wer or 'niemand'} {weg}"] = ueber if ueber > 0 else kaesten
    assert befunde == {}, befunde
