"""Wer im Rundgang spielt: ein Konto in einem echten Browser, das nur anklickt, was zu sehen ist, und Felder nach Beschriftung füllt."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from service.app import baue_app
from service.datenhaltung import hebe_an
from service.db import Datenbank
from service.lauf import Takt, takt
from service.profil import Profil
from service.protokoll import vermerke
from service.settings import Einstellungen
from service.stammdaten import uebernehme_profil
from service.umfeld import lade_umfeld
from tests.vorfuehrserver import laufend

Werte = Mapping[str, Any]
_DATUM = "%d.%m.%Y"
expect.set_options(timeout=15_000)  # auch auf einer beschäftigten Maschine


@dataclass
class Buehne:
    """Ein Webserver über einer leeren Vorführung, und seine Uhr, die sich stellen lässt."""

    db: Datenbank
    browser: Browser
    adresse: str
    breite: int
    skript: bool
    jetzt: datetime
    art: type[Konto]
    konten: dict[str, Konto] = field(default_factory=dict)
    klagen: list[str] = field(default_factory=list)

    def es_wird(self, tag: str) -> Takt:
        """Die Uhr steht auf neun Uhr dieses Tages, und die Runde läuft, wie sie es sonst jede Minute täte."""
        neu = datetime.strptime(tag, _DATUM).replace(hour=9, tzinfo=UTC)
        assert neu >= self.jetzt, "rückwärts geht die Uhr nicht"
        self.jetzt = neu
        with self.db.lesen() as s:
            umfeld = lade_umfeld(s, neu.date().isoformat())
        return takt(self.db, Einstellungen(), umfeld, neu)

    def konto(self, name: str) -> Konto:
        if name not in self.konten:
            self.konten[name] = self.art(self, name, self._fenster())
        return self.konten[name]

    def _fenster(self) -> Page:
        kontext = self.browser.new_context(viewport={"width": self.breite, "height": 900}, base_url=self.adresse,
                                           java_script_enabled=self.skript, locale="de-DE", reduced_motion="reduce")  # fmt: skip
        blatt = kontext.new_page()
        blatt.set_default_timeout(15_000)
        blatt.on("console", lambda m: self.klagen.append(m.text) if m.type == "error" and "Failed to load" not in m.text else None)
        blatt.on("pageerror", lambda e: self.klagen.append(str(e)))
        blatt.on("request", lambda r: None if r.url.startswith((self.adresse, "data:")) else self.klagen.append(r.url))
        return blatt


@contextmanager
def buehne(ordner: Path, profil: Profil, breite: int, skript: bool, beginn: str, art: type[Konto] | None = None) -> Iterator[Buehne]:
    """`art`: wie die Konten ihre Seiten bedienen; ohne Angabe mit der Maus."""
    programm = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert programm, "Für diese Tests braucht es Chromium, zum Beispiel: apt-get install chromium"
    start = datetime.strptime(beginn, _DATUM).replace(hour=9, tzinfo=UTC)
    db = _leere_vorfuehrung(ordner, profil, start)
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=programm, args=["--no-sandbox"])
        b = Buehne(db, browser, "", breite, skript, start, art or Konto)
        with laufend(baue_app(Einstellungen(), db, lambda: b.jetzt)) as b.adresse:
            try:
                yield b
            finally:
                browser.close()
    db.schliessen()


def _leere_vorfuehrung(ordner: Path, profil: Profil, start: datetime) -> Datenbank:
    db = Datenbank(ordner / "k.sqlite")
    hebe_an(db)
    with db.transaktion() as s:
        uebernehme_profil(s, profil, start, "test", mit_vorfuehrung=True)
        vermerke(s, start, "test", "vorfuehrung_begonnen", {})
    return db


@dataclass
class Konto:
    """Eine angemeldete Person vor ihrem Bildschirm."""

    b: Buehne
    name: str
    blatt: Page

    # --- Wege

    def meldet_sich_an(self) -> None:
        """Die Startseite; wer nicht mehr angemeldet ist, wählt sein Konto noch einmal."""
        self.blatt.goto("/")
        if "/anmelden" not in self.blatt.url:
            return
        genau = self.blatt.get_by_text(f"Konto: {self.name}", exact=True)  # nicht die Dienststelle, deren Name so beginnt
        knopf = self.blatt.locator("button.kl-rolle__knopf", has=genau)
        if knopf.count():
            self._druecke(knopf.first)
        else:
            self._eines(self.blatt.get_by_role("main"), "Konto", self.name)
            self._druecke(self.blatt.get_by_role("button", name="Mit diesem Konto anmelden"))
        expect(self.blatt.get_by_role("heading", level=1)).to_be_visible()

    def oeffnet(self, art: str, titel: str) -> None:
        """Von der Startseite über die Liste dieser Art zum Vorgang."""
        self.meldet_sich_an()
        self._klicke(self.blatt.get_by_role("main").get_by_role("link", name=re.compile(rf"^alle [\d.]+\s*: {re.escape(art)}$")))
        self._klicke(self.blatt.locator("table").get_by_role("link", name=titel))
        expect(self.blatt.get_by_role("heading", level=1)).to_contain_text(titel)

    def beginnt(self, schritt: str, werte: Werte, *, aus: tuple[str, str] | None = None) -> None:
        """Legt etwas Neues an: von der Startseite, oder aus einem Vorgang, der dann schon genannt ist."""
        if aus:
            self.oeffnet(*aus)
        else:
            self.meldet_sich_an()
        self.waehlt(schritt)
        self._fuelle_und_sende(schritt, werte)

    def tut(self, schritt: str, werte: Werte | None = None) -> None:
        """Ein Schritt an dem Vorgang, der gerade offen ist."""
        self.waehlt(schritt)
        self._fuelle_und_sende(schritt, werte or {})

    def waehlt(self, schritt: str) -> None:
        """Öffnet das Formular eines Schritts, ohne es schon zu füllen; der Verweis darauf kann zugeklappt sein."""
        aufschrift = re.compile(rf"(^|: ){re.escape(schritt)}$")
        self._klicke(self.blatt.get_by_role("main").get_by_role("link", name=aufschrift, include_hidden=True))

    def sieht(self, *texte: str) -> None:
        for text in texte:
            expect(self.blatt.get_by_role("main")).to_contain_text(text)

    def steht(self, zustand: str) -> None:
        expect(self.blatt.locator(".kl-stand").first).to_contain_text(zustand)

    def sieht_gesperrt(self, schritt: str, grund: str) -> None:
        """Ein Schritt, der gerade nicht geht, nennt daneben den Grund und ist kein Verweis."""
        zeile = self.blatt.get_by_role("listitem").filter(has_text=schritt).filter(has_text=grund)
        expect(zeile.first).to_be_visible()
        assert zeile.first.get_by_role("link").count() == 0

    def nimmt_zurueck(self, grund: str) -> None:
        self._klicke(self.blatt.get_by_role("link", name="Letzten Schritt zurücknehmen"))
        self._tippe(self.blatt.get_by_label("Begründung"), grund)
        self._klicke(self.blatt.get_by_role("button", name="Zurücknehmen", exact=True))
        self._meldung("Der letzte Schritt ist zurückgenommen.")

    # --- Formulare

    def fuellt(self, werte: Werte, in_: Locator | None = None) -> None:
        """Beschriftung -> Wert. Ein Wörterbuch ist eine Gruppe oder eine Zeile, eine Liste sind mehrere Haken oder Einträge."""
        ort = in_ or self.blatt.locator("form.kl-formular")
        for beschriftung, wert in werte.items():
            if isinstance(wert, Mapping):
                self.fuellt(wert, self._gruppe(ort, beschriftung))
            elif isinstance(wert, list):
                self._mehrere(self._gruppe(ort, beschriftung), wert)
            else:
                self._eines(ort, beschriftung, wert)

    def sendet(self, schritt: str) -> None:
        self._klicke(self.blatt.locator(".kl-knoepfe").get_by_role("button", name=schritt, exact=True))

    def _fuelle_und_sende(self, schritt: str, werte: Werte) -> None:
        expect(self.blatt.get_by_role("heading", level=1)).to_contain_text(schritt)
        self.fuellt(werte)
        if (bestaetigung := self.blatt.get_by_label("Ja, der Schritt soll jetzt ausgeführt werden.")).count():
            self._hake(bestaetigung, True)
        self._passt_in_das_fenster()
        if self.blatt.get_by_role("button", name="Weiter: nachlesen").count():
            self.sendet("Weiter: nachlesen")
        self.sendet(schritt)
        fehler = self.blatt.locator("#fehlerliste")
        assert fehler.count() == 0, f"{self.name}, {schritt}: {fehler.inner_text()}"
        self._meldung(f"„{schritt}“ ist gespeichert.")

    def _meldung(self, text: str) -> None:
        expect(self.blatt.get_by_role("status").filter(has_text=text).first).to_be_visible()

    def _eines(self, ort: Locator, beschriftung: str, wert: Any) -> None:
        feld = ort.get_by_label(re.compile(rf"^{re.escape(beschriftung)}( \((?:freiwillig|je nach Antwort)\))?$")).first
        self._zeige(feld)
        if isinstance(wert, bool):
            self._hake(feld, wert)
        elif feld.evaluate("f => f.tagName") == "SELECT":
            self._waehle_aus(feld, _wahl(feld, wert))
        else:
            self._tippe(feld, _vorschlag(feld, wert))

    def _waehle_aus(self, feld: Locator, wert: str) -> None:
        """Manche Auswahl zeigt danach weitere Felder: mit Skript von selbst, ohne durch den Knopf darunter."""
        self._stelle(feld, wert)
        if feld.get_attribute("data-mehr") is None:
            return
        if self.b.skript:
            zeile = feld.locator("xpath=ancestor::*[@data-bewegung]")
            self.blatt.wait_for_function("z => z.dataset.zeigt === z.querySelector('select[data-mehr]').value", arg=zeile.element_handle())
        else:
            self._klicke(self.blatt.get_by_role("button", name="Angaben zu den gewählten Schritten zeigen"))

    def _mehrere(self, gruppe: Locator, werte: list[str]) -> None:
        """Ankreuzen, was zur Auswahl steht; sonst in die Felder daneben, eines nach dem anderen."""
        if gruppe.get_by_role("checkbox").count():
            for wert in werte:
                haken = gruppe.get_by_label(wert).first
                self._zeige(haken)
                self._hake(haken, True)
        else:
            felder = gruppe.get_by_role("textbox").or_(gruppe.get_by_role("combobox"))
            self._zeige(felder.first)
            for feld, wert in zip(felder.all(), werte, strict=False):
                self._tippe(feld, _vorschlag(feld, wert))

    def _gruppe(self, ort: Locator, titel: str) -> Locator:
        """Eine Feldgruppe nach ihrer Überschrift oder eine Zeile nach der ihren; fehlt die Zeile, hilft „Weitere Zeilen“."""
        muster = re.compile(rf"^\s*{re.escape(titel)}(: .*)?(\s*\((?:freiwillig|je nach Antwort)\))?\s*$", re.S)
        ueberschrift = self.blatt.locator(":scope > legend, :scope > summary").filter(has_text=muster)
        gruppe = ort.locator("fieldset, details").filter(has=ueberschrift)
        if not gruppe.count() and re.search(r" \d+$", titel):
            self._klicke(ort.get_by_role("button", name=f"Weitere Zeilen: {titel.rsplit(' ', 1)[0]}", exact=True))
        self._zeige(gruppe.first)
        return gruppe.first

    def _zeige(self, was: Locator) -> None:
        """Klappt auf, was darüber zugeklappt ist, von außen nach innen."""
        for zu in was.locator("xpath=ancestor-or-self::details[not(@open)]").all():
            self._druecke(zu.locator("summary").first)

    def _klicke(self, was: Locator) -> None:
        self._zeige(was.first)
        self._druecke(was.first)
        self.blatt.wait_for_load_state()

    # --- was die Hand tut; alles andere ist, was sie vorhat

    def _druecke(self, was: Locator) -> None:
        was.click()

    def _tippe(self, feld: Locator, text: str) -> None:
        feld.fill(text)

    def _hake(self, haken: Locator, an: bool) -> None:
        haken.set_checked(an)

    def _stelle(self, feld: Locator, wert: str) -> None:
        feld.select_option(wert)

    def _passt_in_das_fenster(self) -> None:
        rahmen = self.blatt.locator("html").bounding_box()
        assert rahmen and rahmen["width"] <= self.b.breite, f"{self.blatt.url} ragt über den Rand"



def _wahl(feld: Locator, text: str) -> str:
    """Der Wert der Möglichkeit mit genau dieser Aufschrift, sonst der ersten, in der sie vorkommt."""
    moegliche = feld.locator("option").evaluate_all("alle => alle.map(o => [o.textContent.trim(), o.value])")
    genau = [wert for aufschrift, wert in moegliche if aufschrift == text]
    passend = genau or [wert for aufschrift, wert in moegliche if text in aufschrift]
    assert passend, f"„{text}“ steht nicht zur Auswahl: {[a for a, _ in moegliche]}"
    return str(passend[0])


def _vorschlag(feld: Locator, text: str) -> str:
    """Wer einen Vorschlag mit dieser Aufschrift anklickt, bekommt seinen Wert in das Feld; sonst steht dort das Getippte."""
    werte = feld.evaluate("(f, t) => [...(f.list?.options ?? [])].filter(o => o.textContent.trim() === t).map(o => o.value)", text)
    return str(werte[0]) if werte else text
