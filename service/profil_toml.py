"""Wo etwas in einer TOML-Datei steht, und was an ihr nicht lesbar ist, auf Deutsch.

`tomllib` liefert Werte ohne Zeilen. Dieses Modul geht denselben Text noch einmal durch und merkt sich nur die Orte; es
läuft erst, wenn es etwas zu melden gibt.
"""

import re
import tomllib
from bisect import bisect_left
from typing import NoReturn

Ort = tuple[str | int, ...]

_LEERES = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_ZWISCHENRAUM = re.compile(r"[ \t]*")
_ZEILENREST = re.compile(r"[ \t]*(?:#[^\n]*)?(?=\r?\n|\Z)")
_WORT = re.compile(r"[A-Za-z0-9_-]+")
_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?!"")(?:[^"\\\n]|\\.)*"'
    r"|'(?!'')[^'\n]*'",
    re.DOTALL,
)
_EINFACHER_WERT = re.compile(r"[^,\]}\n#\"'\[{]+")
_FEHLERORT = re.compile(r"(?P<was>.*) \(at (?:line (?P<zeile>\d+), column \d+|end of document)\)", re.DOTALL)

# Anfang der Meldung von tomllib -> deutscher Satz
_SAETZE = {
    "Invalid statement": "Hier wird ein Feld (name = Wert) oder eine Überschrift in eckigen Klammern erwartet.",
    "Expected newline": "Nach dem Wert steht noch etwas. Jede Angabe braucht eine eigene Zeile.",
    "Expected '=' after": "Nach dem Feldnamen fehlt das Gleichheitszeichen. Leerzeichen und Umlaute hat er nicht.",
    "Expected ']": "Die Überschrift ist nicht mit einer eckigen Klammer geschlossen.",
    "Expected": "Der Text ist nicht geschlossen; es fehlt das Anführungszeichen am Ende.",
    "Found invalid character": "Der Text ist am Ende der Zeile nicht geschlossen; es fehlt das Anführungszeichen.",
    "Unterminated string": "Der Text ist nicht geschlossen; es fehlt das Anführungszeichen am Ende.",
    "Illegal character '\\n'": "Der Text ist am Ende der Zeile nicht geschlossen; es fehlt das Anführungszeichen.",
    "Illegal character": "Hier steht ein Steuerzeichen, das nicht erlaubt ist.",
    "Invalid initial character": "Hier wird ein Feldname erwartet. Feldnamen haben keine Leerzeichen und Umlaute; eine "
    "geschweifte Klammer endet in derselben Zeile und ohne Komma davor.",
    "Unescaped": "Ein umgekehrter Schrägstrich im Text muss doppelt stehen.",
    "Invalid hex value": "Nach \\u oder \\U fehlen Stellen.",
    "Escaped character is not": "Dieses Zeichen gibt es nicht.",
    "Invalid date or datetime": "Diesen Tag oder Zeitpunkt gibt es nicht.",
    "Invalid value": "Der Wert ist nicht lesbar. Text gehört in Anführungszeichen, Listen in eckige Klammern.",
    "Unclosed array": "Hier fehlt ein Komma oder die schließende eckige Klammer der Liste aus Zeile {offen}.",
    "Unclosed inline table": "Hier fehlt ein Komma oder, in derselben Zeile, die schließende geschweifte Klammer.",
}
_DOPPELT = ("Cannot overwrite", "Cannot declare", "Duplicate inline", "Cannot mutate", "Cannot redefine")


class _Unlesbar(Exception):
    """Ab hier ist der Text kein TOML mehr; was bis dahin gefunden wurde, bleibt."""


class Stellen:
    """Die Zeile (ab 1) jedes Feldes, jedes Listeneintrags und jeder Überschrift."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._umbrueche = [treffer.start() for treffer in re.finditer("\n", text)]
        self.pos = 0
        self._zeilen: dict[Ort, int] = {}
        self._ausdruecklich: set[Ort] = set()
        self._listen: dict[Ort, int] = {}
        self.offen: list[int] = []  # Anfang der Klammern, die noch nicht geschlossen sind
        self.wert_ende = 0
        self.doppelt: tuple[Ort, int] | None = None  # der zweite Eintrag und seine Zeile
        try:
            self._datei()
        except _Unlesbar:
            return

    def zeile(self, ort: Ort) -> int:
        """Die Zeile des Ortes; gibt es ihn nicht (ein fehlendes Feld), die des Nächsten, zu dem er gehört."""
        while ort and ort not in self._zeilen:
            ort = ort[:-1]
        return self._zeilen.get(ort, 1)

    def zeile_bei(self, pos: int) -> int:
        return bisect_left(self._umbrueche, pos) + 1

    def _datei(self) -> None:
        tabelle: Ort = ()
        while True:
            self._weiter(_LEERES)
            if self.pos >= len(self._text):
                return
            if self._text[self.pos] == "[":
                tabelle = self._ueberschrift()
            else:
                self._paar(tabelle)
            self._weiter(_ZEILENREST)

    def _ueberschrift(self) -> Ort:
        anfang, liste = self.pos, self._text.startswith("[[", self.pos)
        self.pos += 2 if liste else 1
        *vorn, letzter = self._feldname()
        self._erwarte("]]" if liste else "]")
        ort: Ort = ()
        for teil in vorn:
            ort = self._in_liste((*ort, teil), anfang)
        ort = (*ort, letzter)
        if liste:
            self._zeilen.setdefault(ort, self.zeile_bei(anfang))
            self._listen[ort] = self._listen.get(ort, -1) + 1
            ort = (*ort, self._listen[ort])
        else:
            ort = self._in_liste(ort, anfang)
        self._merke(ort, anfang)
        return ort

    def _in_liste(self, ort: Ort, pos: int) -> Ort:
        self._zeilen.setdefault(ort, self.zeile_bei(pos))
        return (*ort, self._listen[ort]) if ort in self._listen else ort

    def _paar(self, tabelle: Ort) -> None:
        anfang, namen = self.pos, self._feldname()
        self._erwarte("=")
        self._weiter(_ZWISCHENRAUM)
        for laenge in range(1, len(namen)):
            self._zeilen.setdefault((*tabelle, *namen[:laenge]), self.zeile_bei(anfang))
        ort = (*tabelle, *namen)
        self._merke(ort, anfang)
        self._wert(ort)

    def _feldname(self) -> list[str]:
        teile = []
        while True:
            self._weiter(_ZWISCHENRAUM)
            if wort := _WORT.match(self._text, self.pos):
                teile.append(wort[0])
            elif wort := _TEXT.match(self._text, self.pos):
                teile.append(str(tomllib.loads(f"k = {wort[0]}")["k"]))
            else:
                self._abbrechen()
            self.pos = wort.end()
            self._weiter(_ZWISCHENRAUM)
            if not self._text.startswith(".", self.pos):
                return teile
            self.pos += 1

    def _wert(self, ort: Ort) -> None:
        zeichen = self._text[self.pos : self.pos + 1]
        if zeichen == "[":
            self._liste(ort)
        elif zeichen == "{":
            self._zeilentabelle(ort)
        else:
            self._weiter(_TEXT if zeichen in ("'", '"') else _EINFACHER_WERT)
        self.wert_ende = self.pos

    def _liste(self, ort: Ort) -> None:
        self.offen.append(self.pos)
        self.pos += 1
        nummer = 0
        self._weiter(_LEERES)
        while not self._text.startswith("]", self.pos):
            self._merke((*ort, nummer), self.pos)
            self._wert((*ort, nummer))
            nummer += 1
            self._weiter(_LEERES)
            if not self._text.startswith("]", self.pos):
                self._erwarte(",")
                self._weiter(_LEERES)
        self.pos += 1
        self.offen.pop()

    def _zeilentabelle(self, ort: Ort) -> None:
        self.offen.append(self.pos)
        self.pos += 1
        self._weiter(_ZWISCHENRAUM)
        while not self._text.startswith("}", self.pos):
            self._paar(ort)
            self._weiter(_ZWISCHENRAUM)
            if not self._text.startswith("}", self.pos):
                self._erwarte(",")
                self._weiter(_ZWISCHENRAUM)
        self.pos += 1
        self.offen.pop()

    def _merke(self, ort: Ort, pos: int) -> None:
        if ort in self._ausdruecklich:
            self.doppelt = ort, self.zeile_bei(pos)
            self._abbrechen()
        self._ausdruecklich.add(ort)
        self._zeilen[ort] = self.zeile_bei(pos)

    def _weiter(self, muster: re.Pattern[str]) -> None:
        treffer = muster.match(self._text, self.pos)
        if treffer is None:
            self._abbrechen()
        self.pos = treffer.end()

    def _erwarte(self, zeichen: str) -> None:
        self._weiter(_ZWISCHENRAUM)
        if not self._text.startswith(zeichen, self.pos):
            self._abbrechen()
        self.pos += len(zeichen)

    def _abbrechen(self) -> NoReturn:
        raise _Unlesbar


def syntaxfehler(text: str, fehler: tomllib.TOMLDecodeError) -> tuple[int, str]:
    """Zeile und deutscher Satz zu einem Fehler von tomllib."""
    stellen = Stellen(text)
    treffer = _FEHLERORT.fullmatch(str(fehler))
    was = treffer["was"] if treffer else str(fehler)
    ende = len(text.rstrip())
    zeile = int(treffer["zeile"]) if treffer and treffer["zeile"] else stellen.zeile_bei(ende)
    if was.startswith(_DOPPELT):
        return _doppelt(stellen, zeile)
    satz = next((s for anfang, s in _SAETZE.items() if was.startswith(anfang)), "Diese Zeile ist nicht lesbar.")
    offen = stellen.zeile_bei(stellen.offen[-1]) if stellen.offen else zeile
    if was.startswith("Unclosed"):
        zeile = stellen.zeile_bei(stellen.wert_ende)  # dort fehlt das Komma, nicht erst beim nächsten Wort
    elif was.startswith(("Unterminated", "Expected '", 'Expected "')) and not (treffer and treffer["zeile"]):
        zeile = stellen.zeile_bei(stellen.pos)
    elif was.startswith("Invalid value") and stellen.offen:
        satz += f" Oder die Klammer aus Zeile {offen} ist nicht geschlossen."
    return zeile, satz.format(offen=offen)


def _doppelt(stellen: Stellen, zeile: int) -> tuple[int, str]:
    if stellen.doppelt is None:
        return zeile, "Diese Angabe widerspricht einer anderen mit demselben Namen weiter oben."
    ort, zeile = stellen.doppelt
    name = next(teil for teil in reversed(ort) if isinstance(teil, str))
    return zeile, f"„{name}“ steht hier zum zweiten Mal; zuerst in Zeile {stellen.zeile(ort)}."
