"""Seiten, zu denen nur eine Handlung führt: Formulare mit Befunden, Vorschauen, Quittungen, Ablehnungen, Störungen.

Jede Lage nennt das Konto und bringt ein angemeldetes Fenster auf ihre Seite; geprüft und aufgenommen wird, was dann zu sehen ist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pysqlite3.dbapi2 as sqlite
from playwright.sync_api import Page

from tests.vorfuehrserver import fenster, melde_an

Weg = Callable[[Page], None]
KOORDINATION, STELLE = "koordination-a", "stelle-erstanlauf-luedenscheid"
LAGEN: dict[str, tuple[str, Weg]] = {}


def lage(name: str, wer: str) -> Callable[[Weg], Weg]:
    def nimm_auf(weg: Weg) -> Weg:
        LAGEN[name] = (wer, weg)
        return weg

    return nimm_auf


@contextmanager
def belegt(daten: Path) -> Iterator[None]:
    """Ein anderer schreibt und gibt die Datenbank nicht her."""
    anderer = sqlite.connect(str(daten / "kreislauf.sqlite"), isolation_level=None)
    anderer.execute("BEGIN IMMEDIATE")
    yield
    anderer.execute("ROLLBACK")
    anderer.close()


def sende(seite: Page, knopf: str = "") -> None:
    """Das Formular, wie es dasteht; was der Browser selbst beanstandet, soll der Server beanstanden. `knopf`: seine Beschriftung."""
    seite.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    auswahl = seite.locator("#inhalt form button.kern-btn[type=submit]")
    gemeint = auswahl.filter(has_text=knopf).last if knopf else auswahl.first
    gemeint.evaluate("knopf => { knopf.form.noValidate = true; }")
    with seite.expect_navigation():
        gemeint.click()


# --- Formulare mit Befunden -------------------------------------------------------------------------------------------

_LEER_GESENDET = (
    ("personen-neu", KOORDINATION, "/personen/neu", ""),
    ("sitzung-planen", KOORDINATION, "/neu/sitzung/planen", ""),
    ("abgang", KOORDINATION, "/abgang/koordination-b", ""),
    ("parken", KOORDINATION, "/vorgang/MK-2026-6034/schritt/parken", "In den Themenspeicher legen"),
    ("anhaenge", KOORDINATION, "/vorgang/LG-73/anhaenge", ""),
    ("kommentare", KOORDINATION, "/vorgang/MK-2026-0003/kommentare", ""),
    ("erhebung", KOORDINATION, "/vorgang/MON-72/erhebung", ""),
    ("konto", KOORDINATION, "/konto", "Schlüssel anlegen"),
    ("meldecodes", KOORDINATION, "/stammdaten/meldecodes", ""),
    ("postfaecher", KOORDINATION, "/nachrichten/postfaecher", ""),
    ("zusammenfuehren", KOORDINATION, "/vorgang/GT-82/schritt/zusammenfuehren", "Nebeneinander"),
    ("teilen", KOORDINATION, "/vorgang/GT-53/schritt/teilen", ""),
    ("beleg", "", "/melden/beleg", ""),
    ("ohne-konto", "", "/melden/ohne-konto", ""),
    ("anmelden", "", "/anmelden", "Anmelden"),
)


def _leer(weg: str, knopf: str) -> Weg:
    def leer(seite: Page) -> None:
        seite.goto(weg)
        sende(seite, knopf)

    return leer


for _name, _wer, _weg, _knopf in _LEER_GESENDET:
    LAGEN[f"{_name}-leer"] = (_wer, _leer(_weg, _knopf))


@lage("melden-mit-befunden", STELLE)
def melden_mit_befunden(seite: Page) -> None:
    seite.goto("/neu/meldebogen/einreichen")
    seite.get_by_label("Was ist passiert?").fill("Herr Muster, geboren am 3.4.1987, wartet seit Wochen.")
    seite.get_by_role("button", name="Weiter: nachlesen").last.click()
    seite.locator("#fehlerliste").wait_for()


@lage("melden-vorschau", STELLE)
def melden_vorschau(seite: Page) -> None:
    seite.goto("/neu/meldebogen/einreichen")
    _fuelle_bogen(seite)
    seite.get_by_role("button", name="Weiter: nachlesen").last.click()
    seite.get_by_role("heading", name="Bitte prüfen Sie Ihre Meldung").wait_for()


def _fuelle_bogen(seite: Page) -> None:
    seite.get_by_label("Titel", exact=True).fill("Die Wartenummer gibt es nur in einer App")
    seite.get_by_label("Was ist passiert?").fill("Wer kein neues Telefon hat, kommt nicht an die Reihe.")
    seite.get_by_label("Kommune", exact=True).select_option("Lüdenscheid")
    seite.get_by_label("Was melden Sie?").select_option("huerde")
    seite.get_by_label("Bildung und Sprache").check()
    seite.get_by_label("Die Meldung ist anonymisiert").check()


# --- Melden ohne Konto ------------------------------------------------------------------------------------------------


@lage("meldecode-ausgestellt", KOORDINATION)
def code_ausgestellt(seite: Page) -> None:
    seite.goto("/stammdaten/meldecodes")
    seite.get_by_label("Stelle", exact=True).fill("VHS Iserlohn")
    seite.get_by_role("button", name="Code ausstellen").click()
    seite.locator(".me-code").wait_for()


def _mit_code(seite: Page) -> None:
    """Die Koordination stellt den Code in ihrem eigenen Fenster aus; hier meldet niemand sich an."""
    with _anderes_fenster(seite, KOORDINATION) as anderes:
        code_ausgestellt(anderes)
        code = anderes.locator(".me-code").inner_text()
    seite.get_by_label("Code Ihrer Stelle").fill(code)
    seite.get_by_role("button", name="Weiter zum Meldebogen").click()
    seite.get_by_label("Was ist passiert?").wait_for()


@lage("ohne-konto-mit-befunden", "")
def ohne_konto_mit_befunden(seite: Page) -> None:
    seite.goto("/melden/ohne-konto")
    _mit_code(seite)
    seite.get_by_role("button", name="Weiter: nachlesen").last.click()
    seite.locator("#fehlerliste").wait_for()


@lage("ohne-konto-quittung", "")
def ohne_konto_quittung(seite: Page) -> None:
    seite.goto("/melden/ohne-konto")
    _mit_code(seite)
    _fuelle_bogen(seite)
    seite.get_by_role("button", name="Weiter: nachlesen").last.click()
    seite.get_by_role("button", name="Hürde melden").click()
    seite.get_by_role("heading", name="Ihre Meldung ist angekommen").wait_for()


@lage("beleg-eingeloest", "")
def beleg_eingeloest(seite: Page) -> None:
    ohne_konto_quittung(seite)
    beleg = seite.locator(".me-code").inner_text()
    seite.goto("/melden/beleg")
    seite.get_by_label("Beleg", exact=True).fill(beleg)
    seite.get_by_role("button", name="Meldung ansehen").click()
    seite.get_by_role("heading", name="Was Sie tun können").wait_for()


@lage("beleg-mit-befunden", "")
def beleg_mit_befunden(seite: Page) -> None:
    beleg_eingeloest(seite)
    seite.locator("summary", has_text="Weiteres mitteilen").click()
    seite.get_by_role("button", name="Weiteres mitteilen").click()
    seite.locator("#fehlerliste").wait_for()


# --- Links aus Nachrichten --------------------------------------------------------------------------------------------


@lage("brief", KOORDINATION)
def brief(seite: Page) -> None:
    seite.goto("/postfach?stellen=ja")
    seite.locator("#inhalt a[href^='/postfach/']").first.click()
    seite.locator("#inhalt a[href*='/antwort/']").wait_for()


@lage("antwort", KOORDINATION)
def antwort(seite: Page) -> None:
    brief(seite)
    seite.goto(urlsplit(seite.locator("#inhalt a[href*='/antwort/']").first.get_attribute("href") or "").path)


@lage("antwort-leer", KOORDINATION)
def antwort_leer(seite: Page) -> None:
    antwort(seite)
    sende(seite)


@lage("antwort-gilt-nicht", "")
def antwort_gilt_nicht(seite: Page) -> None:
    seite.goto(f"/antwort/{'x' * 43}")


@lage("einladung", "systemverwaltung")
def einladung(seite: Page) -> None:
    seite.goto("/konten")
    sende(seite, "Einladen")
    seite.goto(urlsplit(seite.locator("#inhalt .kl-wort").inner_text()).path)


@lage("einladung-leer", "systemverwaltung")
def einladung_leer(seite: Page) -> None:
    einladung(seite)
    sende(seite)


# --- Vorschauen -------------------------------------------------------------------------------------------------------


@lage("zusammenfuehren-vorschau", KOORDINATION)
def zusammenfuehren_vorschau(seite: Page) -> None:
    seite.goto("/vorgang/GT-82/schritt/zusammenfuehren")
    seite.get_by_label("Bleibendes Thema").select_option(index=1)
    sende(seite)
    seite.get_by_text("Noch ist nichts geschehen.").wait_for()


@lage("teilen-vorschau", KOORDINATION)
def teilen_vorschau(seite: Page) -> None:
    seite.goto("/vorgang/GT-53/schritt/teilen")
    seite.get_by_label("Titel des neuen Themas").fill("Wer den Antrag stellt, weiß nicht, welche Stelle zuständig ist")
    seite.locator("input[name=meldungen]").first.check()
    sende(seite)
    seite.get_by_text("Noch ist nichts geschehen.").wait_for()


@lage("schwaerzen-vorschau", KOORDINATION)
def schwaerzen_vorschau(seite: Page) -> None:
    seite.goto("/vorgang/MK-2026-6036/schritt/schwaerzen")
    sende(seite)


# --- abgelehnt --------------------------------------------------------------------------------------------------------


@lage("zu-frueh", KOORDINATION)
def zu_frueh(seite: Page) -> None:
    """409: Der Schritt setzt einen anderen Zustand voraus."""
    seite.goto("/vorgang/FR-74/schritt/freigeben")


@lage("jemand-war-schneller", KOORDINATION)
def jemand_war_schneller(seite: Page) -> None:
    """409: Zwei haben denselben Schritt offen; der zweite bekommt seine Eingaben zurück."""
    weg = "/vorgang/MK-2026-6034/schritt/ergaenzen"
    seite.goto(weg)
    with _anderes_fenster(seite, KOORDINATION) as anderes:
        anderes.goto(weg)
        anderes.locator("#inhalt textarea").first.fill("Auch im Nachbarort.")
        sende(anderes)
    seite.locator("#inhalt textarea").first.fill("In drei weiteren Orten ist es ebenso.")
    sende(seite)
    seite.get_by_text("Ihre Eingaben stehen noch hier.").wait_for()


@lage("abgemeldet-beim-senden", KOORDINATION)
def abgemeldet(seite: Page) -> None:
    """Die Anmeldung lief ab, während jemand tippte: Die Eingaben kommen mit."""
    seite.goto("/vorgang/MK-2026-6034/schritt/ergaenzen")
    seite.locator("#inhalt textarea").first.fill("In drei weiteren Orten ist es ebenso.")
    seite.context.clear_cookies()
    sende(seite)
    seite.get_by_role("heading", name="Ihre Eingaben sind noch da").wait_for()
    melde_an(seite.context, seite.context.new_page(), KOORDINATION)


def gestoert(seite: Page, daten: Path) -> None:
    """503: Die Datenbank ist belegt; was getippt ist, trägt die Seite mit."""
    seite.goto("/vorgang/MK-2026-6034/schritt/ergaenzen")
    seite.locator("#inhalt textarea").first.fill("In drei weiteren Orten ist es ebenso.")
    with belegt(daten):
        sende(seite)
    seite.get_by_role("heading", name="Kreislauf ist gerade nicht verfügbar").wait_for()


@contextmanager
def _anderes_fenster(seite: Page, wer: str) -> Iterator[Page]:
    """Derselbe Browser, eine andere Anmeldung."""
    browser, hier = seite.context.browser, urlsplit(seite.url)
    assert browser is not None
    anderes = fenster(browser, f"{hier.scheme}://{hier.netloc}", 1280, wer)
    yield anderes
    anderes.context.close()
