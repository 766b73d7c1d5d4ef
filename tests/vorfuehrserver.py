"""`kreislauf demo` und `kreislauf web` als echte Prozesse über einem eigenen Ordner; anmelden und ansehen in Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from service.app import Kreislauf

WURZEL = Path(__file__).parents[1]
SCHALTER = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@contextmanager
def gefuellte_vorfuehrung(ort: Path) -> Iterator[str]:
    """Die Adresse, unter der die gefüllte Vorführung antwortet."""
    with socket.socket() as frei:
        frei.bind(("127.0.0.1", 0))
        anschluss = frei.getsockname()[1]
    umgebung = {**os.environ, "PYTHONPATH": str(WURZEL), "KREISLAUF_DATEN": str(ort / "daten"), "KREISLAUF_PORT": str(anschluss)}
    subprocess.run([sys.executable, "-m", "service.cli", "demo"], cwd=ort, env=umgebung, check=True, capture_output=True)
    prozess = subprocess.Popen([sys.executable, "-m", "service.cli", "web"], cwd=ort, env=umgebung, stderr=subprocess.DEVNULL)
    adresse = f"http://localhost:{anschluss}"
    try:
        _warte(f"{adresse}/healthz")
        yield adresse
    finally:
        prozess.send_signal(signal.SIGTERM)
        prozess.wait(20)


@contextmanager
def laufend(app: Kreislauf) -> Iterator[str]:
    """Die Anwendung in diesem Prozess, an einem Anschluss, den ihr niemand mehr wegnimmt; gibt ihre Adresse."""
    with socket.create_server(("127.0.0.1", 0)) as anschluss:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        faden = threading.Thread(target=server.run, kwargs={"sockets": [anschluss]}, daemon=True)
        faden.start()
        try:
            while not server.started:
                assert faden.is_alive(), "Der Server ist nicht gestartet."
                time.sleep(0.05)
            yield f"http://127.0.0.1:{anschluss.getsockname()[1]}"
        finally:
            server.should_exit = True
            faden.join(60)


def _warte(adresse: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(adresse, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{adresse} antwortet nicht")


@contextmanager
def chromium() -> Iterator[Browser]:
    programm = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert programm, "Dafür braucht es Chromium, zum Beispiel: apt-get install chromium"
    with sync_playwright() as p:
        gestartet = p.chromium.launch(executable_path=programm, args=SCHALTER)
        yield gestartet
        gestartet.close()


def fenster(browser: Browser, adresse: str, breite: int, wer: str = "", *, dunkel: bool = False) -> Page:
    """Ein Fenster, in dem `wer` (Schlüssel des Kontos) angemeldet ist; ohne `wer` niemand."""
    kontext = browser.new_context(viewport={"width": breite, "height": 900}, base_url=adresse, locale="de-DE",
                                  color_scheme="dark" if dunkel else "light")
    seite = kontext.new_page()
    seite.set_default_timeout(30_000)
    if wer:
        melde_an(kontext, seite, wer)
    return seite


def melde_an(kontext: BrowserContext, seite: Page, wer: str) -> None:
    seite.goto("/anmelden")
    zeichen = seite.locator("input[name=csrf]").first.get_attribute("value") or ""
    antwort = kontext.request.post("/anmelden/vorfuehrung", form={"csrf": zeichen, "person": wer}, max_redirects=0)
    assert antwort.status == 303, f"{wer} konnte sich nicht anmelden: {antwort.status}"
