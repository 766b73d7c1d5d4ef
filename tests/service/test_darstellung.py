"""Hell, dunkel oder wie das Gerät: gewählt wird ohne Anmeldung und ohne Skript, gemerkt wird nur das Wort."""

from __future__ import annotations

import re

import pytest

from service.db import Datenbank
from service.profil import Profil
from service.web import THEMEN
from tests.netz import Browser, Netz


@pytest.fixture
def browser(db: Datenbank, profil: Profil) -> Browser:
    return Netz(db, profil).browser()


def _kopf(browser: Browser, weg: str = "/darstellung") -> tuple[str, str]:
    """Was schon im ersten Zeichen der Seite steht: so gibt es kein Aufblitzen."""
    text = browser.get(weg).text
    html, farben = re.search(r"<html[^>]*>", text), re.search(r'name="color-scheme" content="([^"]+)"', text)
    assert html and farben
    return html.group(), farben.group(1)


def _waehle(browser: Browser, wahl: str) -> tuple[int, list[str]]:
    antwort = browser.post("/darstellung", data={"csrf": browser.zeichen("/darstellung"), "darstellung": wahl})
    return antwort.status_code, [k for k in antwort.headers.get_list("set-cookie") if k.startswith("kreislauf-darstellung=")]


def test_ohne_wahl_entscheidet_das_geraet(browser: Browser) -> None:
    assert _kopf(browser) == ('<html lang="de">', "light dark")


@pytest.mark.parametrize(("wahl", "thema"), [("hell", "light"), ("dunkel", "dark")])
def test_die_wahl_gilt_ueberall_und_laesst_sich_aufheben(browser: Browser, wahl: str, thema: str) -> None:
    assert _waehle(browser, wahl) == (303, [f"kreislauf-darstellung={wahl}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"])
    fest = (f'<html lang="de" data-kern-theme="{thema}">', thema)
    assert [_kopf(browser, weg) for weg in ("/anmelden", "/darstellung", "/gibt-es-nicht")] == [fest] * 3
    browser.als("koordination-a")
    assert _kopf(browser, "/konto") == fest
    status, kekse = _waehle(browser, "geraet")
    assert status == 303 and kekse[0].startswith("kreislauf-darstellung=; ") and "Max-Age=0" in kekse[0]
    assert _kopf(browser) == ('<html lang="de">', "light dark")


@pytest.mark.parametrize("wahl", ["", "bunt", '"><script>'])
def test_etwas_anderes_gibt_es_nicht(browser: Browser, wahl: str) -> None:
    assert _waehle(browser, wahl) == (422, [])
    browser.cookies.set("kreislauf-darstellung", "bunt")
    assert _kopf(browser) == ('<html lang="de">', "light dark")


def test_die_seite_zum_datenschutz_nennt_das_cookie(browser: Browser) -> None:
    text = browser.get("/datenschutz").text
    assert "kreislauf-darstellung" in text and all(f"„{w}“" in text for w in THEMEN if w != "geraet")
