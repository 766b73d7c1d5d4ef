"""Ein Katalog für Tests, der jeden Text in Klammern setzt: über die Vorlage, das .po und das .mo, wie ihn auch ein Mensch anlegt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.pofile import write_po

from forms.sprache import BEREICH, Sprachen
from service.texte import uebersetzbare
from tests.texte import gleiche_ab, vorlage

ENGLISCH = {"accept-language": "en-GB,en;q=0.9,de;q=0.5"}
_GEKLAMMERT = re.compile(r"⟦[^⟦⟧]*⟧")
_BUCHSTABEN = re.compile(r"(\{\w+\}|%s)|[^\W\d_]")
_FUGE = re.compile(r"[;:,()|·–≠+⇄↯→.]|\d+")
# Steht auf diesen Seiten auch in dem, was Menschen schrieben oder ein Profil nennt
_AUCH_DATEN = frozenset({
    "Arbeitsgruppe", "Case Management", "Entscheidung", "Fallrekonstruktion", "Frist", "Indikatoren", "Keine", "Klient", "Klientin",
    "Kommunen", "Leitung", "Lenkungsgruppe", "Maßnahmen", "Monate", "Monitoring", "Sitz", "Telefon", "Version", "Von", "Ziele",
    "Zielsystem", "bis", "erledigt",
})  # fmt: skip
_VORGELESEN = ("title", "aria-label", "placeholder", "alt")


def geklammerte(ordner: Path) -> Sprachen:
    muster = vorlage(uebersetzbare())
    for eintrag in muster:
        if eintrag.id:
            eintrag.string = f"⟦{eintrag.id}⟧"
    ziel = ordner / "en" / "LC_MESSAGES"
    ziel.mkdir(parents=True)
    with (ziel / f"{BEREICH}.po").open("wb") as f:
        write_po(f, muster)
    gleiche_ab(ordner, vorlage(uebersetzbare()))
    return Sprachen(ordner)


def verstummt(text: str) -> str:
    """Ein Katalog, der Sätzen der Anwendung jeden Buchstaben nimmt, auch denen in Werten: Was danach noch dasteht, ging vorbei."""
    return _BUCHSTABEN.sub(lambda t: t[1] or "", text) if text in uebersetzbare() else text


class Verstummt(Sprachen):
    """Für jedes Kürzel, auch für Stellen, die keines haben."""

    def __bool__(self) -> bool:
        return True

    def katalog(self, kuerzel: str) -> Callable[[str], str]:
        return verstummt


def unuebersetzte(html: str) -> list[str]:
    """Texte der Anwendung, die ohne Klammern auf der Seite stehen; auch Teile, wie „Läuft“ in „27.11.2026, Läuft“."""
    bekannt = uebersetzbare()
    texte = (_ohne_geklammertes(stueck) for stueck in _Stuecke(html))
    return [teil for text in texte for teil in (text, *map(str.strip, _FUGE.split(text))) if teil in bekannt and teil not in _AUCH_DATEN]


def _ohne_geklammertes(text: str) -> str:
    """Auch Klammern in Klammern: eine Aussage, deren Werte selbst nachgeschlagen sind."""
    while (weniger := _GEKLAMMERT.sub("", text)) != text:
        text = weniger
    return text.strip()


class _Stuecke(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.gefunden: list[str] = []
        self._stumm = 0
        self.feed(html)
        self.close()

    def __iter__(self) -> Iterator[str]:
        return iter(self.gefunden)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._stumm += tag in ("script", "style")
        self.gefunden += [wert for name, wert in attrs if name in _VORGELESEN and wert]

    def handle_endtag(self, tag: str) -> None:
        self._stumm -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._stumm:
            self.gefunden.append(data)
