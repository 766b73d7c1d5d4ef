"""Die Seiten in einem echten Browser: melden, Fehler beheben, einen Schritt tun und zurücknehmen; schmal, ohne Skript, mit Tasten."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from service.app import baue_app
from service.datenhaltung import hebe_an
from service.db import Datenbank
from service.demo.fuellen import fuelle
from service.profil import Profil
from service.protokoll import vermerke
from service.settings import Einstellungen
from service.stammdaten import uebernehme_profil
from service.umfeld import lade_umfeld
from tests.vorfuehrserver import laufend

pytestmark = pytest.mark.browser
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def adresse(tmp_path_factory: pytest.TempPathFactory, profil: Profil) -> Iterator[str]:
    """Die gefüllte Vorführung hinter einem echten Webserver; ihre Uhr steht."""
    db = Datenbank(tmp_path_factory.mktemp("browser") / "k.sqlite")
    hebe_an(db)
    with db.transaktion() as s:
        uebernehme_profil(s, profil, START, "test", mit_vorfuehrung=True)
        vermerke(s, START, "test", "vorfuehrung_begonnen", {})
    with db.lesen() as s:
        umfeld = lade_umfeld(s, START.date().isoformat())
    fuelle(db, umfeld, START)
    with laufend(baue_app(Einstellungen(), db, lambda: START)) as wo:
        yield wo
    db.schliessen()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    programm = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert programm, "Für diese Tests braucht es Chromium, zum Beispiel: apt-get install chromium"
    with sync_playwright() as p:
        gestartet = p.chromium.launch(executable_path=programm, args=["--no-sandbox"])
        yield gestartet
        gestartet.close()


@pytest.fixture
def klagen() -> list[str]:
    return []


def fenster(browser: Browser, adresse: str, klagen: list[str], breite: int = 1280, skript: bool = True) -> Page:
    kontext: BrowserContext = browser.new_context(viewport={"width": breite, "height": 800}, base_url=adresse, java_script_enabled=skript,
                                                  locale="de-DE")  # fmt: skip
    seite = kontext.new_page()
    seite.set_default_timeout(15_000)
    seite.on("console", lambda m: klagen.append(m.text) if m.type == "error" and "422" not in m.text and "409" not in m.text else None)
    seite.on("pageerror", lambda e: klagen.append(str(e)))
    return seite


def anmelden(seite: Page, wer: str) -> None:
    """Mit einem Klick, wie es die Vorführung anbietet."""
    seite.goto("/anmelden")
    seite.locator("button.kl-rolle__knopf", has_text=wer).first.click()
    expect(seite.get_by_role("heading", level=1)).to_have_text("Meine Aufgaben")


def melde(seite: Page) -> str:
    """Erst unvollständig, dann ganz; gibt die Adresse der Meldung zurück."""
    seite.goto("/neu/meldebogen/einreichen")
    seite.get_by_label("Titel", exact=True).fill("Die Wartenummer gibt es nur in einer App")
    seite.get_by_label("Was ist passiert?").fill("Wer kein neues Telefon hat, kommt nicht an die Reihe.")
    seite.get_by_role("button", name="Weiter: nachlesen").last.click()
    uebersicht = seite.get_by_role("alert").first
    expect(uebersicht).to_contain_text("Bitte prüfen Sie Ihre Eingaben.")
    expect(seite.get_by_label("Titel", exact=True)).to_have_value("Die Wartenummer gibt es nur in einer App")
    uebersicht.get_by_role("link", name="Was melden Sie?").click()
    seite.get_by_label("Kommune", exact=True).select_option("Lüdenscheid")
    seite.get_by_label("Was melden Sie?").select_option(index=1)
    seite.get_by_label("Bildung und Sprache").check()
    seite.get_by_label("Die Meldung ist anonymisiert").check()
    seite.get_by_role("button", name="Weiter: nachlesen").last.click()
    expect(seite.get_by_role("heading", level=1)).to_have_text("Bitte prüfen Sie Ihre Meldung")
    seite.get_by_role("button", name="Hürde melden").click()
    expect(seite.get_by_role("heading", level=1)).to_have_text("Die Wartenummer gibt es nur in einer App")
    return seite.url


@pytest.mark.parametrize(("breite", "skript"), [(1280, True), (360, True), (1280, False)])
def test_melden_und_zuruecknehmen(browser: Browser, adresse: str, klagen: list[str], breite: int, skript: bool) -> None:
    stelle = fenster(browser, adresse, klagen, breite, skript)
    anmelden(stelle, "Meldet Hindernisse")
    ziel = melde(stelle)
    expect(stelle.get_by_role("status").first).to_contain_text("ist gespeichert")

    koordination = fenster(browser, adresse, klagen, breite, skript)
    anmelden(koordination, "Prüft und sammelt Meldungen")
    koordination.goto(ziel)
    koordination.get_by_role("link", name="In den Themenspeicher legen").click()
    expect(koordination.locator("h1")).to_have_text("In den Themenspeicher legen")
    for feld in koordination.locator("form.kl-formular textarea").all():
        if feld.is_visible():
            feld.fill("Wir warten auf den Erlass des Landes.")
    koordination.locator("input[name=wiedervorlage_am]").fill("01.04.2027")
    koordination.get_by_role("button", name="In den Themenspeicher legen").click()
    expect(koordination.locator(".kl-stand")).to_contain_text("Im Themenspeicher")

    koordination.get_by_role("link", name="Letzten Schritt zurücknehmen").click()
    koordination.get_by_label("Begründung").fill("Die falsche Meldung.")
    koordination.get_by_role("button", name="Zurücknehmen").click()
    expect(koordination.locator(".kl-stand")).to_contain_text("Eingegangen")
    expect(koordination.locator(".kl-verlauf")).to_contain_text("zurückgenommen")

    stelle.goto(ziel)
    expect(stelle.locator(".kl-stand")).to_contain_text("Eingegangen")
    assert klagen == []


def test_nur_mit_der_tastatur(browser: Browser, adresse: str, klagen: list[str]) -> None:
    seite = fenster(browser, adresse, klagen)
    anmelden(seite, "Meldet Hindernisse")
    seite.goto("/neu/meldebogen/einreichen")
    seite.keyboard.press("Tab")
    expect(seite.locator(":focus")).to_have_text("Zum Inhalt springen")
    seite.get_by_label("Titel", exact=True).focus()
    seite.keyboard.type("Nur mit der Tastatur")
    seite.keyboard.press("Enter")
    expect(seite.locator("#fehlerliste")).to_be_focused()
    seite.keyboard.press("Tab")
    seite.keyboard.press("Enter")
    expect(seite).to_have_url(re.compile("#f-"))  # der erste Befund führt zu seinem Feld
    assert klagen == []


@pytest.mark.parametrize("breite", [320, 360, 1280])
def test_nichts_ragt_ueber_den_rand(browser: Browser, adresse: str, klagen: list[str], breite: int) -> None:
    seite = fenster(browser, adresse, klagen, breite)
    anmelden(seite, "Prüft und sammelt Meldungen")
    wege = ["/", "/vorgaenge/meldebogen", "/neu/meldebogen/einreichen", "/konto", "/system"]
    for art in ("meldebogen", "fallrekonstruktion", "generatives_thema", "zielsystem", "sitzung", "monitoring"):
        seite.goto(f"/vorgaenge/{art}")
        weg = seite.locator("a[href^='/vorgang/']").first.get_attribute("href")
        assert weg
        seite.goto(weg)
        schritt = seite.locator("a[href*='/schritt/']").first
        wege += [weg, f"{weg}/spur", *([schritt.get_attribute("href") or weg] if schritt.count() else [])]
    for weg in wege:
        seite.goto(weg)
        ueber = seite.evaluate("document.documentElement.scrollWidth - document.body.clientWidth")
        assert ueber <= 0, f"{weg} ist bei {breite} Pixeln {ueber} Pixel zu breit"
    assert klagen == []
