"""Was ein Befehl schreibt: das Ergebnis auf die Standardausgabe, alles andere auf die Fehlerausgabe."""

import io
import json
import sys
from time import monotonic
from typing import TextIO

_RUHIG = 10.0  # so oft (Sekunden) eine Zeile, wenn niemand am Bildschirm sitzt
_LEBHAFT = 0.1


def richte_ein() -> None:
    """In Dateien und Leitungen immer UTF-8; ein Bildschirm, der ein Zeichen nicht kann, zeigt ein Fragezeichen."""
    for strom in (sys.stdout, sys.stderr):
        if isinstance(strom, io.TextIOWrapper):
            if strom.isatty():
                strom.reconfigure(errors="replace")
            else:
                strom.reconfigure(encoding="utf-8", errors="backslashreplace")


def schreibe(text: str) -> None:
    print(text)


def schreibe_json(wert: object) -> None:
    print(json.dumps(wert, ensure_ascii=False, indent=1))


def sage(text: str) -> None:
    """Ein Hinweis an den Menschen, der zusieht."""
    print(text, file=sys.stderr)


class Fortschritt:
    """Eine Zeile auf der Fehlerausgabe, die sich am Bildschirm erneuert und sonst alle paar Sekunden erscheint."""

    def __init__(self, strom: TextIO | None = None) -> None:
        self._strom = strom or sys.stderr
        self._lebhaft = self._strom.isatty()
        self._beginn = self._zuletzt = monotonic()
        self._breite = 0

    @property
    def sekunden(self) -> float:
        return max(monotonic() - self._beginn, 0.001)

    def zeige(self, text: str) -> None:
        if monotonic() - self._zuletzt < (_LEBHAFT if self._lebhaft else _RUHIG):
            return
        self._zuletzt = monotonic()
        if self._lebhaft:
            print(f"\r{text.ljust(self._breite)}", end="", file=self._strom, flush=True)
            self._breite = len(text)
        else:
            print(text, file=self._strom, flush=True)

    def ende(self) -> None:
        """Räumt die Zeile wieder weg."""
        if self._lebhaft and self._breite:
            print(f"\r{' ' * self._breite}\r", end="", file=self._strom, flush=True)
