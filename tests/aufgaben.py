"""Zählt die Handgriffe für zwölf alltägliche Aufgaben an der Vorführung: `python -m tests.aufgaben docs/aufgaben.md`.

Jede Aufgabe beginnt auf der Startseite, geschieht wirklich, in einem echten Browser, und endet damit, dass die Seite sie bestätigt.
Gezählt wird, was eine Hand tut, nicht, was ein Skript könnte: Klicken, auch auf Haken und Aufklappendes; Seiten, die danach erscheinen;
Felder, in die man tippt oder in denen man auswählt. Was schon dasteht, zählt nicht.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Request, expect

from tests.vorfuehrserver import chromium, fenster, gefuellte_vorfuehrung

ZEITACHSE = "\n".join((
    "0\tFamilie\tDie Wohnung ist bezogen, der Antrag auf Erstausstattung gestellt.",
    "3\tJobcenter\tDie Gutscheine sind bewilligt, gelten aber nur in einem Geschäft.",
    "9\tBeratungsstelle\tNach zwei Widersprüchen wird das Geld überwiesen.",
))  # fmt: skip


@dataclass
class Hand:
    """Eine Person vor dem Bildschirm, deren Handgriffe gezählt werden."""

    blatt: Page
    klicks: int = 0
    felder: int = 0
    seiten: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blatt.goto("/")
        self.blatt.on("request", self._neue_seite)

    def _neue_seite(self, anfrage: Request) -> None:
        """Ein Absenden mit Weiterleitung ist für die Person eine Seite."""
        if anfrage.is_navigation_request() and anfrage.redirected_from is None and anfrage.frame == self.blatt.main_frame:
            self.seiten.append(anfrage.url)

    @property
    def haupt(self) -> Locator:
        return self.blatt.get_by_role("main")

    def klickt(self, was: Locator) -> None:
        self.klicks += 1
        was.first.click()
        self.blatt.wait_for_load_state()

    def verweis(self, name: str | re.Pattern[str]) -> None:
        self.klickt(self.haupt.get_by_role("link", name=name))

    def oben(self, name: str) -> None:
        self.klickt(self.blatt.get_by_role("navigation", name="Bereiche").get_by_role("link", name=name, exact=True))

    def knopf(self, name: str) -> None:
        """Der letzte mit dieser Aufschrift: der erste ist der unsichtbare für die Eingabetaste."""
        self.klicks += 1
        self.haupt.get_by_role("button", name=name, exact=True).last.click()
        self.blatt.wait_for_load_state()

    def tippt(self, name: str | Locator, text: str) -> None:
        self.felder += 1
        (self._feld(name) if isinstance(name, str) else name).fill(text)

    def waehlt(self, name: str, aufschrift: str) -> None:
        self.felder += 1
        self._feld(name).select_option(label=aufschrift)

    def hakt(self, name: str | Locator) -> None:
        self.klicks += 1
        (self._feld(name) if isinstance(name, str) else name).check()

    def oeffnet(self, zeile: str | re.Pattern[str]) -> None:
        self.klicks += 1
        self.haupt.locator("summary").filter(has_text=zeile).first.click()

    def klappt_auf(self, darin: str) -> None:
        """Die zugeklappte Liste, in der etwas steht."""
        self.klicks += 1
        self.haupt.locator("details").filter(has_text=darin).last.locator("summary").click()

    def _feld(self, name: str) -> Locator:
        muster = re.compile(rf"^{re.escape(name)}( \(freiwillig\)|)$")
        return self.haupt.get_by_label(muster).locator("visible=true").first

    def steht(self, name: str) -> bool:
        """Ob in dem Feld schon etwas steht."""
        return bool(self._feld(name).input_value())

    def sieht(self, text: str) -> None:
        expect(self.blatt.get_by_role("status").filter(has_text=text).first).to_be_visible()


@dataclass(frozen=True)
class Aufgabe:
    """`vorher`: wie viele Klicks, Seiten und Felder es waren, bevor diese Aufgabe kürzer wurde; None, wenn nichts zu kürzen war."""

    name: str
    konto: str
    tut: Callable[[Hand], None]
    vorher: tuple[int, int, int] | None = None
    geaendert: str = ""


def melden(h: Hand) -> None:
    h.verweis("Hürde melden")
    h.tippt("Titel", "Die Wartenummer gibt es nur in einer App")
    h.tippt("Was ist passiert?", "Wer kein neues Telefon hat, kommt nicht an die Reihe und geht ohne Antrag nach Hause.")
    h.waehlt("Was melden Sie?", "Strukturelle Hürde")
    if not h.steht("Kommune"):
        h.waehlt("Kommune", "Lüdenscheid")
    h.hakt("Gesellschaftliche Teilhabe")
    h.hakt("Die Meldung ist anonymisiert")
    h.knopf("Weiter: nachlesen")
    h.knopf("Hürde melden")
    h.sieht("„Hürde melden“ ist gespeichert.")


def am_telefon(h: Hand) -> None:
    h.verweis("Am Telefon: Hürde melden")
    h.tippt("Meldende Stelle", "Jugendmigrationsdienst Werdohl")
    h.waehlt("Art der Stelle", "Externe Stelle")
    if not h.steht("Eingangsweg"):
        h.waehlt("Eingangsweg", "Telefon")
    h.tippt("Titel", "Der Aushang nennt eine alte Telefonnummer")
    h.tippt("Was ist passiert?", "Seit dem Umzug der Dienststelle erreicht niemand jemanden.")
    h.waehlt("Was melden Sie?", "Strukturelle Hürde")
    h.waehlt("Kommune", "Werdohl")
    h.hakt("Gesellschaftliche Teilhabe")
    h.hakt("Die Meldung ist anonymisiert")
    h.knopf("Weiter: nachlesen")
    h.knopf("Hürde melden")
    h.sieht("„Hürde melden“ ist gespeichert.")


def antworten(h: Hand) -> None:
    h.verweis(re.compile("^Rückfrage beantworten"))
    h.tippt("Antwort", "Zwei Kinderarztpraxen haben im nächsten Monat Termine.")
    h.knopf("Rückfrage beantworten")
    h.sieht("„Rückfrage beantworten“ ist gespeichert.")


def annehmen(h: Hand) -> None:
    h.oben("Eingang")
    h.hakt("Elternabend ohne Sprachmittlung")
    h.oeffnet("In eine Sammlung aufnehmen")
    h.felder += 1
    h.haupt.locator("[name='aufnehmen.sammlung']").select_option(index=1)
    h.knopf("In eine Sammlung aufnehmen")
    h.sieht("ist für eine Meldung gespeichert.")


def auswaehlen(h: Hand) -> None:
    fall = "Kindergeld ausgesetzt, weil nur Fiktionsbescheinigung vorliegt"
    h.oben("Sammlungen")
    h.klappt_auf(fall)
    h.hakt(fall)
    h.oeffnet("Zur Rekonstruktion auswählen")
    h.tippt(h.haupt.locator("[name='auswaehlen.grund']"), "Der Fall ist von Anfang bis Ende belegt.")
    if (bestaetigt := h.haupt.locator("[name='auswaehlen.bestaetigt']")).count():
        h.hakt(bestaetigt)
    h.knopf("Zur Rekonstruktion auswählen")
    h.sieht("ist für eine Meldung gespeichert.")


def einladen(h: Hand) -> None:
    h.verweis(re.compile(r"^Einladen.*FR-62"))
    h.tippt("Termin", "15.01.2027")
    if not h.steht("Ort"):
        h.tippt("Ort", "Besprechungsraum der Koordination")
    for nr, stelle in enumerate(("KIM-Case Management Hemer", "Untere Schulaufsicht Märkischer Kreis, Lüdenscheid"), 1):
        feld = h.haupt.locator(f"[name='teilnehmende.{nr}.institution']")
        if feld.input_value():
            continue
        if not feld.is_visible():
            h.oeffnet(re.compile(f"^Einladungsliste {nr + 1}"))
        h.tippt(feld, stelle)
    h.waehlt("Rechtsgrundlage", "Ohne Personenbezug darstellbar")
    if not h.haupt.locator("[name='moderation']").is_checked():
        h.oeffnet(re.compile("^Weitere Angaben"))
        h.hakt(h.haupt.locator("[name='moderation']"))
    h.hakt("Ja, der Schritt soll jetzt ausgeführt werden.")
    h.knopf("Einladen")
    h.sieht("„Einladen“ ist gespeichert.")


def zeitachse(h: Hand) -> None:
    h.verweis(re.compile("^Protokoll vorlegen.*FR-73"))
    h.oeffnet(re.compile("^Aus Excel oder Word einfügen"))
    h.tippt(h.haupt.locator("[name='einfuegen.zeitachse']"), ZEITACHSE)
    h.knopf("Protokoll vorlegen")
    h.sieht("„Protokoll vorlegen“ ist gespeichert.")


def tagesordnung(h: Hand) -> None:
    h.oben("Sitzungen")
    h.hakt(h.haupt.get_by_label(re.compile("^Bescheide bleiben unverstanden")))
    h.knopf("Auf die Tagesordnung setzen")
    h.sieht("Tagesordnung")


def beschluss(h: Hand) -> None:
    """Während der Sitzung; sie läuft heute."""
    h.verweis("Sitzung mitschreiben")
    h.tippt("Titel", "Sachstand EU-Kinder")
    h.tippt("Wortlaut", "Die Schulaufsicht führt die EU-Kinder ab sofort in der gemeinsamen Liste und berichtet in der nächsten Sitzung.")
    h.tippt("Verantwortlich", "Untere Schulaufsicht Märkischer Kreis, Lüdenscheid")
    h.tippt("Frist", "31.03.2027")
    h.hakt("Arbeitsgruppen")
    h.knopf("Speichern und nächster Punkt")
    h.sieht("gespeichert")


def weiterleiten(h: Hand) -> None:
    """Alle Beschlüsse einer Sitzung an alle, die sie noch nicht haben."""
    h.oben("Sitzungen")
    h.verweis(re.compile("^Sondersitzung der Lenkungsgruppe am .*: Anerkennung und Wohnen"))
    h.hakt("Ja, die Auszüge sollen jetzt an alle noch offenen Empfänger hinaus.")
    h.knopf("Alle Beschlüsse dieser Sitzung weiterleiten")
    h.sieht("Die Beschlüsse sind weitergeleitet.")


def soll_schritt(h: Hand) -> None:
    h.verweis("Sachstand und Arbeitserlaubnis")
    h.verweis("Soll-Kette bearbeiten")
    zeile = h.haupt.locator("[name^='soll.'][name$='.taetigkeit']").evaluate_all(
        "felder => felder.filter(f => !f.value).map(f => f.name)[0].split('.')[1]")
    h.tippt(h.haupt.locator(f"[name='soll.{zeile}.taetigkeit']"), "Sachstand in das gemeinsame Postfach stellen")
    h.tippt(h.haupt.locator(f"[name='soll.{zeile}.zustaendig']"), "KIM-Case Management Menden")
    h.tippt(h.haupt.locator(f"[name='soll.{zeile}.uebergabe_an']"), "Agentur für Arbeit, Geschäftsstelle Iserlohn")
    h.tippt(h.haupt.locator(f"[name='soll.{zeile}.zieldauer_werktage']"), "3")
    h.knopf("Entwurf bearbeiten")
    h.sieht("„Entwurf bearbeiten“ ist gespeichert.")


def erhebung(h: Hand) -> None:
    h.verweis(re.compile("^Wert erheben.*MON-72"))
    if not h.steht("Indikator"):
        h.waehlt("Indikator", "Unterbrochene Leistungen")
    h.tippt("Wert", "3")
    h.knopf("Wert erheben")
    h.sieht("„Wert erheben“ ist gespeichert.")


AUFGABEN = (
    Aufgabe("Eine Hürde melden", "stelle-erstanlauf-luedenscheid", melden, (5, 3, 4),
            "Die Kommune der meldenden Stelle ist vorbelegt."),
    Aufgabe("Eine Meldung am Telefon aufnehmen", "koordination-a", am_telefon, (5, 3, 7),
            "Ein eigener Knopf auf der Startseite; der Eingangsweg steht dann schon da."),
    Aufgabe("Eine Rückfrage beantworten", "stelle-mbe-plettenberg", antworten),
    Aufgabe("Eine Meldung annehmen und sammeln", "koordination-a", annehmen),
    Aufgabe("Einen Fall auswählen", "koordination-a", auswaehlen),
    Aufgabe("Zur Fallrekonstruktion einladen", "koordination-a", einladen, (7, 2, 5),
            "Vorbelegt sind der letzte Ort, das Case Management am Ort und die Moderation, ohne die es bei Stellen von außen nicht ginge."),
    Aufgabe("Eine Zeitachse festhalten", "cm-menden", zeitachse),
    Aufgabe("Ein Thema auf die Tagesordnung setzen", "koordination-a", tagesordnung),
    Aufgabe("Einen Beschluss festhalten", "koordination-a", beschluss, (5, 5, 5),
            "Eine laufende Sitzung hat auf der Startseite einen Knopf zum Mitschreiben; der letzte Verteiler steht zum Anhaken da."),
    Aufgabe("Beschlüsse weiterleiten", "koordination-a", weiterleiten),
    Aufgabe("Einen Soll-Schritt ergänzen", "cm-menden", soll_schritt),
    Aufgabe("Eine Erhebung eintragen", "stelle-jobcenter", erhebung, (4, 4, 2),
            "Wer einen Indikator erhebt, sieht das auf der Startseite und nicht erst in der Liste der Monitorings."),
)


def zaehle(browser: Browser, adresse: str, aufgabe: Aufgabe) -> tuple[int, int, int]:
    """Klicks, Seiten und Felder; scheitert, wenn die Seite die Aufgabe nicht bestätigt."""
    blatt = fenster(browser, adresse, 1280, aufgabe.konto)
    hand = Hand(blatt)
    aufgabe.tut(hand)
    blatt.context.close()
    return hand.klicks, len(hand.seiten), hand.felder


KOPF = """# Handgriffe für zwölf alltägliche Aufgaben

Gezählt von `make aufgaben` an der Vorführung: ein echter Browser tut jede Aufgabe, angemeldet mit dem Konto, das sie sonst hätte, von der
Startseite bis die Seite sie bestätigt. Klicks sind auch Haken und Aufklappen; Seiten sind die, die nach der Startseite erscheinen, auch
die, auf der man am Ende landet; Felder sind die, in die man tippt oder in denen man auswählt. Was schon dasteht, zählt nicht.

| Aufgabe | Klicks | Seiten | Felder | vorher |
|---|---:|---:|---:|---|
"""


def bericht(gezaehlt: list[tuple[Aufgabe, tuple[int, int, int]]]) -> str:
    zeilen = [f"| {a.name} | {k} | {s} | {f} | {' / '.join(map(str, a.vorher)) if a.vorher else ''} |" for a, (k, s, f) in gezaehlt]
    kuerzer = [f"- **{a.name}:** {a.geaendert}" for a, _ in gezaehlt if a.geaendert]
    satz = "„vorher“ nennt Klicks, Seiten und Felder, bevor gekürzt wurde. Gekürzt wurde so:"
    return KOPF + "\n".join(zeilen) + f"\n\n{satz}\n\n" + "\n".join(kuerzer) + "\n"


def zaehle_alle() -> list[tuple[Aufgabe, tuple[int, int, int]]]:
    with tempfile.TemporaryDirectory() as ort, gefuellte_vorfuehrung(Path(ort)) as adresse, chromium() as browser:
        return [(a, zaehle(browser, adresse, a)) for a in AUFGABEN]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(bericht(zaehle_alle()))
