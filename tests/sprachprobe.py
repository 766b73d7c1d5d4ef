"""Ein Katalog für Tests, der jeden Text in Klammern setzt: über die Vorlage, das .po und das .mo, wie ihn auch ein Mensch anlegt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.pofile import write_po

from forms.sprache import BEREICH, Sprachen
from service.texte import uebersetzbare
from tests.texte import gleiche_ab, vorlage

ENGLISCH = {"accept-language": "en-GB,en;q=0.9,de;q=0.5"}
_GEKLAMMERT = re.compile(r"⟦[^⟦⟧]*⟧")
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


def unuebersetzte(html: str) -> list[str]:
    """Texte der Anwendung, die ohne Klammern auf der Seite stehen."""
    bekannt = uebersetzbare()
    return [text for stueck in _Stuecke(html) if (text := _GEKLAMMERT.sub("", stueck).strip()) in bekannt]


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
