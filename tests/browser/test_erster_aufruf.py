"""Was ein Browser beim ersten Aufruf wirklich überträgt: alles zusammen höchstens 140 KB, und beim zweiten nur noch die Seite."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from tests.vorfuehrserver import fenster

pytestmark = pytest.mark.browser
HOECHSTENS = 140_000  # Bytes, wie sie über die Leitung gehen, mit Kopfzeilen


SEITEN = (("", "/anmelden"), ("koordination-a", "/"), ("koordination-a", "/eingang"), ("s01", "/"), ("koordination-a", "/vorgang/FR-74"),
          ("koordination-a", "/vorgang/ZS-53"), ("stelle-erstanlauf-luedenscheid", "/neu/meldebogen/einreichen"))


@pytest.mark.parametrize(("wer", "weg"), SEITEN)
def test_der_erste_aufruf_bleibt_klein(browser: Browser, adresse: str, wer: str, weg: str) -> None:
    kontext = _leerer_zwischenspeicher(browser, adresse, wer)
    seite = kontext.new_page()
    erster = _uebertragen(seite, weg)
    bytes_ = sum(_groesse(r) for r in erster)
    assert bytes_ <= HOECHSTENS, f"{weg} ({wer}): " + ", ".join(f"{_name(r)} {_groesse(r)}" for r in erster)
    for r in erster:
        antwort = r.response()
        assert antwort is not None
        gepackt = antwort.headers.get("content-encoding") == "gzip"
        assert gepackt or not _name(r).endswith((".css", ".js")), _name(r)
        assert not (gepackt and _name(r) == weg), "Seiten tragen ein Formularzeichen und werden nicht gepackt."
        if "?v=" in r.url:
            assert "immutable" in antwort.headers["cache-control"], _name(r)
    assert {_name(r) for r in _uebertragen(seite, weg) if _groesse(r)} <= {weg, "/static/zeichen.svg"}, "der Rest liegt im Zwischenspeicher"
    kontext.close()


def _leerer_zwischenspeicher(browser: Browser, adresse: str, wer: str) -> BrowserContext:
    """Angemeldet, aber ohne etwas geladen zu haben: Die Anmeldung geschah in einem anderen Fenster."""
    kontext = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=adresse, locale="de-DE")
    if wer:
        anderes = fenster(browser, adresse, 1280, wer)
        kontext.add_cookies(anderes.context.cookies())  # type: ignore[arg-type]
        anderes.context.close()
    return kontext


def _uebertragen(seite: Page, weg: str) -> list[Request]:
    fertig: list[Request] = []

    def merke(r: Request) -> None:
        fertig.append(r)

    seite.on("requestfinished", merke)
    seite.goto(weg, wait_until="networkidle")
    seite.evaluate("document.fonts.ready")
    seite.remove_listener("requestfinished", merke)
    return fertig


def _groesse(r: Request) -> int:
    masse = r.sizes()
    return masse["responseBodySize"] + masse["responseHeadersSize"]


def _name(r: Request) -> str:
    return "/" + r.url.split("/", 3)[3].partition("?")[0]
