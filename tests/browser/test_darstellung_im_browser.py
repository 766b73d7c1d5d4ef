"""Hell, dunkel, gedruckt und mit den eigenen Farben des Geräts: was ein Browser wirklich zeigt, ohne Skript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.vorfuehrserver import fenster

pytestmark = pytest.mark.browser
GRUND = "[document.documentElement, document.body].map(e => getComputedStyle(e).backgroundColor)"
WEISS, SCHWARZ = ["oklch(1 0 0)"] * 2, ["oklch(0 0 0)"] * 2
# Jeder Text einer Zeichnung gegen die Fläche dahinter, und was unsichtbar sein soll
ZEICHNUNG = """() => {
  const farbe = (auswahl, was) => getComputedStyle(document.querySelector(auswahl))[was];
  return {schrift: farbe('.ks-ring .ks-name', 'fill'), zahl: farbe('.ks-ring .ks-zahl', 'fill'), kreis: farbe('.ks-kreis', 'fill'),
          rand: farbe('.ks-kreis', 'stroke'), hier: farbe('.kl-navigation--breit a[aria-current]', 'borderBottomColor'),
          nicht_hier: farbe('.kl-navigation--breit a:not([aria-current])', 'borderBottomColor'), grund: farbe('body', 'backgroundColor')};
}"""


def _waehle(seite: Page, wahl: str) -> None:
    seite.goto("/darstellung")
    seite.get_by_label(wahl, exact=True).check()
    seite.get_by_role("button", name="Darstellung speichern").click()
    seite.get_by_text("Die Darstellung ist gespeichert.").wait_for()


# Was auf Papier nichts zu suchen hat, und was dort zerrissen oder zugeklappt wäre
KNOEPFE = """[...document.querySelectorAll('main :is(button, .kern-btn, select, input:not([type=hidden]))')]
             .filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))"""
ZERRISSENE_TAGE = """[...document.querySelectorAll('td')]
  .filter(z => /^\\d\\d[.]\\d\\d[.]\\d{4}$/.test(z.textContent.trim()) && z.checkVisibility())
  .filter(z => { const b = document.createRange(); b.selectNodeContents(z);
                 return new Set([...b.getClientRects()].map(r => r.top)).size > 1 })
  .map(z => z.textContent)"""
ZU = """[...document.querySelectorAll('.kb-auf table')].filter(t => t.getBoundingClientRect().height < 20)
  .map(t => t.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(("dunkles_geraet", "wahl", "dunkel"), [(False, "Wie das Gerät", False), (True, "Wie das Gerät", True),
                                                               (True, "Hell", False), (False, "Dunkel", True)])
def test_die_wahl_geht_vor_und_gedruckt_wird_hell(browser: Browser, adresse: str, dunkles_geraet: bool, wahl: str, dunkel: bool) -> None:
    seite = fenster(browser, adresse, 360, dunkel=dunkles_geraet)
    _waehle(seite, wahl)
    seite.goto("/anmelden")
    assert seite.evaluate(GRUND) == (SCHWARZ if dunkel else WEISS)
    seite.emulate_media(media="print")
    assert seite.evaluate(GRUND) == WEISS
    assert seite.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    seite.context.close()


def test_eigene_farben_des_geraets_gelten_auch_in_zeichnungen(browser: Browser, adresse: str) -> None:
    seite = fenster(browser, adresse, 1280, "koordination-a")
    seite.emulate_media(forced_colors="active")
    seite.goto("/kreislauf")
    f = seite.evaluate(ZEICHNUNG)
    assert f["grund"] == f["kreis"] == f["nicht_hier"]
    assert f["grund"] not in (f["schrift"], f["zahl"], f["rand"], f["hier"])
    seite.keyboard.press("Tab")
    assert seite.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    seite.context.close()


@pytest.mark.parametrize("weg", ["/beschlusskontrolle", "/vorgang/LG-72/unterlagen", "/vorgang/LG-73", "/vorgang/FR-76", "/vorgang/ZS-53",
                                 "/vorgang/MON-02", "/sitzungen"])
def test_auf_schmalem_papier_ist_keine_spalte_abgeschnitten(browser: Browser, adresse: str, weg: str) -> None:
    seite = fenster(browser, adresse, 643, "koordination-a")
    seite.emulate_media(media="print")
    seite.goto(weg)
    abgeschnitten = "[...document.querySelectorAll('.kl-rollbar')].filter(k => k.scrollWidth > k.clientWidth + 1).map(k => k.ariaLabel)"
    assert seite.evaluate(abgeschnitten) == []
    assert seite.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert seite.evaluate(KNOEPFE) == [] and seite.evaluate(ZERRISSENE_TAGE) == [] and seite.evaluate(ZU) == []
    seite.context.close()


def test_eine_zeichnung_steht_auf_dem_papier_ganz_auf_einer_seite(browser: Browser, adresse: str) -> None:
    """Was auf zwei Seiten liefe, legte sich über die Tabelle dahinter."""
    seite = fenster(browser, adresse, 643, "koordination-a")
    seite.emulate_media(media="print")
    seite.goto("/vorgang/ZS-53")
    hoehen = seite.evaluate("[...document.querySelectorAll('.kb-bild')].map(b => b.getBoundingClientRect().height)")
    assert len(hoehen) == 2 and max(hoehen) < 21.1 / 2.54 * 96
    assert seite.evaluate("getComputedStyle(document.querySelector('.kb-nebeneinander')).display") == "block"
    seite.context.close()
