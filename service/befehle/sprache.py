"""argparse auf Deutsch, gleich welche Sprache die Maschine spricht.

argparse holt seine eigenen Wörter über gettext, also in der Sprache der Umgebung und ohne deutsche Vorlage. Während
einer Auswertung treten hier unsere Wörter an diese Stelle; danach ist alles wie zuvor. Ein Test liest den Quelltext
von argparse und findet jedes Wort, das eine neue Fassung von Python hinzubringt.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

WOERTER = {
    "usage: ": "Aufruf: ",
    "options": "Optionen",
    "positional arguments": "Angaben",
    "show this help message and exit": "diese Hilfe zeigen und enden",
    "%(prog)s: error: %(message)s\n": "%(prog)s: Fehler: %(message)s\n",
    "%(prog)s: warning: %(message)s\n": "%(prog)s: Hinweis: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "the following arguments are required: %s": "Es fehlt eine Angabe: %s.",
    "one of the arguments %s is required": "Eine dieser Angaben ist nötig: %s.",
    "unrecognized arguments: %s": "Diese Angabe gibt es hier nicht: %s.",
    "not allowed with argument %s": "Das verträgt sich nicht mit %s.",
    "ignored explicit argument %r": "Hier ist kein Wert vorgesehen, angegeben ist aber %r.",
    "expected one argument": "Hier fehlt ein Wert.",
    "expected at most one argument": "Hier ist höchstens ein Wert vorgesehen.",
    "expected at least one argument": "Hier fehlt mindestens ein Wert.",
    "expected %s argument": "Hier wird %s Wert erwartet.",
    "expected %s arguments": "Hier werden %s Werte erwartet.",
    "unexpected option string: %s": "Diese Option gibt es hier nicht: %s.",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s ist nicht eindeutig, gemeint sein kann %(matches)s.",
    "invalid %(type)s value: %(value)r": "%(value)r ist hier nicht möglich.",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r gibt es hier nicht; möglich sind %(choices)s.",
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)":
        "%(value)r gibt es hier nicht, gemeint ist vielleicht %(closest)r; möglich sind %(choices)s.",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "%(parser_name)r gibt es hier nicht; möglich sind %(choices)s.",
    "can't open '%(filename)s': %(error)s": "Die Datei %(filename)s lässt sich nicht öffnen (%(error)s).",
}  # fmt: skip


@contextmanager
def deutsch() -> Iterator[None]:
    """Solange dieser Block läuft, spricht argparse Deutsch."""
    stelle = vars(argparse)
    vorher = {name: stelle[name] for name in ("_", "ngettext")}
    stelle.update(_=_wort, ngettext=lambda eines, viele, zahl: _wort(eines if zahl == 1 else viele))
    try:
        yield
    finally:
        stelle.update(vorher)


def _wort(englisch: str) -> str:
    return WOERTER.get(englisch, englisch)
