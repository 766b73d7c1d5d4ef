"""Nachrichten setzen: aus Punkten wird ein Text und dasselbe als HTML, aus je einer Vorlage in `templates/mail`."""

from __future__ import annotations

from typing import NamedTuple
import textwrap
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from forms.mailtexte import OHNE_ADRESSE, SCHLUSS_MIT_LINK, Familie
from forms.sprache import DEUTSCH, uebersetzt

_ORT = Path(__file__).parent / "templates" / "mail"
_BREITE = 74


class Punkt(NamedTuple):
    """Eine Mitteilung. `titel` nur, wenn der Empfänger ihn sehen darf und er nichts über eine Person sagen kann.

    `adresse`: leer, wenn der Empfänger dort nichts sähe. `link_bis`: Die Adresse öffnet ohne Anmeldung, bis zu diesem Tag; sonst leer.
    `mit_beleg`: Sie fragt nach dem Beleg, den bekam, wer ohne Konto meldete.
    """

    satz: str
    adresse: str
    titel: str = ""
    link_bis: str = ""
    mit_beleg: bool = False


class Brief(NamedTuple):
    betreff: str
    text: str
    html: str


@cache
def _vorlagen() -> Environment:
    """Nur mitgelieferte Vorlagen; was fehlt, ist ein Fehler und keine leere Stelle."""
    umgebung = Environment(loader=FileSystemLoader(_ORT), autoescape=lambda name: bool(name and name.endswith(".html")),
                           undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    umgebung.filters["umbrochen"] = _umbrochen
    umgebung.globals["_"] = uebersetzt
    return umgebung


def _umbrochen(text: str, einzug: str = "") -> str:
    return textwrap.fill(text, _BREITE, initial_indent="- " if einzug else "", subsequent_indent=einzug, break_long_words=False,
                         break_on_hyphens=False)


def _schluss(familie: Familie, punkte: Sequence[Punkt]) -> str:
    if all(p.link_bis for p in punkte):
        return SCHLUSS_MIT_LINK
    return familie.schluss if any(p.adresse and not p.mit_beleg for p in punkte) else OHNE_ADRESSE


def setze(betreff: str, familie: Familie, punkte: Sequence[Punkt], unterschrift: str, hinweis: str, *, einzeln: bool,
          sprache: str = DEUTSCH) -> Brief:
    """`einzeln`: eine Nachricht für sich, ohne den Satz, der mehrere einleitet. `sprache` sagt nur, in welcher gerade geredet wird."""
    angaben = {"betreff": betreff, "familie": familie, "punkte": punkte, "unterschrift": unterschrift, "hinweis": hinweis,
               "einzeln": einzeln, "schluss": _schluss(familie, punkte), "sprache": sprache}
    return Brief(uebersetzt(betreff), *(_vorlagen().get_template(name).render(angaben) for name in ("nachricht.txt", "nachricht.html")))
