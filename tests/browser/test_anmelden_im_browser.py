"""Die Anmeldung in einem echten Browser, mit und ohne JavaScript, breit und schmal; nichts verstößt gegen die CSP."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

WURZEL = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def adresse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`kreislauf web` über einer leeren Vorführung."""
    ort = tmp_path_factory.mktemp("browser")
    with socket.socket() as frei:
        frei.bind(("127.0.0.1", 0))
        anschluss = frei.getsockname()[1]
    umgebung = {"PYTHONPATH": str(WURZEL), "KREISLAUF_DATEN": str(ort / "daten"), "KREISLAUF_PORT": str(anschluss)}
    subprocess.run([sys.executable, "-m", "service.cli", "demo", "--leer"], cwd=ort, env=umgebung, check=True, capture_output=True)
    prozess = subprocess.Popen([sys.executable, "-m", "service.cli", "web"], cwd=ort, env=umgebung, stderr=subprocess.DEVNULL)
    try:
        _warte(anschluss)
        yield f"http://localhost:{anschluss}"
    finally:
        prozess.send_signal(signal.SIGTERM)
        prozess.wait(20)


def _warte(anschluss: int) -> None:
    ende = time.monotonic() + 60
    while time.monotonic() < ende:
        with socket.socket() as versuch:
            if versuch.connect_ex(("127.0.0.1", anschluss)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("kreislauf web antwortet nicht")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "Für diese Tests braucht es Chromium, zum Beispiel: apt-get install chromium"
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[(1280, True), (360, True), (1280, False), (360, False)], ids=lambda f: f"{f[0]}px-{'mit' if f[1] else 'ohne'}-js")
def blatt(request: pytest.FixtureRequest, chromium: Browser, adresse: str) -> Iterator[Page]:
    breite, mit_skript = request.param
    fenster = ViewportSize(width=breite, height=900)
    kontext = chromium.new_context(viewport=fenster, java_script_enabled=mit_skript, base_url=adresse, locale="de-DE")
    blatt = kontext.new_page()
    beanstandet: list[str] = []
    blatt.on("console", lambda m: beanstandet.append(m.text) if m.type == "error" and "Failed to load" not in m.text else None)
    blatt.on("pageerror", lambda f: beanstandet.append(str(f)))
    blatt.on("request", lambda r: beanstandet.append(r.url) if not r.url.startswith((adresse, "data:")) else None)
    yield blatt
    assert beanstandet == []
    kontext.close()


def test_anmelden_und_abmelden(blatt: Page) -> None:
    blatt.goto("/konto")
    assert blatt.url.endswith("/anmelden?ziel=/konto")
    _nicht_breiter_als_das_fenster(blatt)
    blatt.get_by_role("button", name="Systemverwaltung").click()
    expect(blatt.get_by_role("heading", name="Mein Konto")).to_be_visible()
    assert blatt.url.endswith("/konto")
    for ziel in ("/konto", "/konten", "/system"):
        blatt.goto(ziel)
        expect(blatt.get_by_text("alle Daten sind erfunden")).to_be_visible()
        _nicht_breiter_als_das_fenster(blatt)
    blatt.get_by_role("button", name="Abmelden", exact=True).click()
    expect(blatt.get_by_text("Sie sind abgemeldet.")).to_be_visible()
    blatt.goto("/konto")
    assert "/anmelden" in blatt.url


def test_was_getippt_ist_geht_bei_abgelaufener_anmeldung_nicht_verloren(blatt: Page) -> None:
    blatt.goto("/anmelden?ziel=/konto")
    blatt.get_by_role("button", name="Koordination", exact=False).first.click()
    blatt.get_by_label("Welches Programm bekommt den Schlüssel?").fill("Auswertung <Nord>")
    blatt.context.clear_cookies()
    blatt.get_by_role("button", name="Schlüssel anlegen").click()
    expect(blatt.get_by_role("heading", name="Ihre Eingaben sind noch da")).to_be_visible()
    with blatt.context.expect_page() as zweites:
        blatt.get_by_role("link", name="In neuem Fenster anmelden").click()
    zweites.value.get_by_role("button", name="Koordination", exact=False).first.click()
    zweites.value.wait_for_load_state()
    while blatt.get_by_role("button", name="Noch einmal senden").count():
        blatt.get_by_role("button", name="Noch einmal senden").click()
    expect(blatt.get_by_role("rowheader", name="Auswertung <Nord>").first).to_be_visible()


def _nicht_breiter_als_das_fenster(blatt: Page) -> None:
    inhalt = blatt.locator("html").bounding_box()
    assert inhalt and inhalt["width"] <= (blatt.viewport_size or {"width": 0})["width"]
