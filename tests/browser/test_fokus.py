"""Wo der Fokus ist, sieht man, und nichts verdeckt ihn (WCAG 2.4.7 und 2.4.11)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.vorfuehrserver import fenster

pytestmark = pytest.mark.browser
# Jede Stelle, an der die Tabulatortaste auf dieser Seite hält und an der nichts zeigt, dass man dort ist
_UNSICHTBAR = """() => {
  const e = document.activeElement, s = getComputedStyle(e);
  const sichtbar = (x) => (x.outlineStyle !== "none" && parseFloat(x.outlineWidth) > 0) || x.boxShadow !== "none";
  const beschriftet = e.labels && [...e.labels].some((l) => sichtbar(getComputedStyle(l)) || sichtbar(getComputedStyle(l, "::before")));
  return e === document.body || e.ownerSVGElement || sichtbar(s) || sichtbar(getComputedStyle(e, "::before")) || beschriftet
    ? "" : e.outerHTML.slice(0, 120);
}"""


@pytest.mark.parametrize("weg", ["/beschlusskontrolle", "/vorgang/ZS-53", "/vorgang/LG-03/protokoll", "/vorgang/MON-02"])
def test_jeder_halt_der_tabulatortaste_ist_zu_sehen(browser: Browser, adresse: str, weg: str) -> None:
    seite = fenster(browser, adresse, 1280, "koordination-a")
    seite.goto(weg)
    ohne = set()
    for _ in range(60):
        seite.keyboard.press("Tab")
        ohne.add(seite.evaluate(_UNSICHTBAR))
    assert ohne <= {""}
    seite.context.close()


def test_ein_offenes_menue_schliesst_wenn_man_es_verlaesst(browser: Browser, adresse: str) -> None:
    seite = fenster(browser, adresse, 1280, "koordination-a")
    seite.goto("/")
    knopf = seite.locator(".kl-navigation--breit .kl-klappe > summary")
    menue = seite.locator(".kl-navigation--breit .kl-klappe")
    knopf.focus()
    seite.keyboard.press("Enter")
    expect(menue).to_have_attribute("open", "")
    seite.keyboard.press("Escape")
    expect(menue).not_to_have_attribute("open", "")
    expect(knopf).to_be_focused()
    seite.keyboard.press("Enter")
    for _ in range(menue.locator("a").count()):
        seite.keyboard.press("Tab")
        expect(menue).to_have_attribute("open", "")
    seite.keyboard.press("Tab")
    expect(menue).not_to_have_attribute("open", "")
    knopf.click()
    expect(menue).to_have_attribute("open", "")
    seite.locator("h1").click()
    expect(menue).not_to_have_attribute("open", "")
    seite.context.close()
