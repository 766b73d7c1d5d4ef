"""Liest eine Importdatei, ohne etwas zu schreiben: JSON Lines oder CSV -> geprüfte Meldungen und deutsche Befunde.

Gelesen wird Zeile für Zeile mit gleichbleibendem Speicher. Jede nichtleere Zeile ergibt genau ein Ergebnis; eine
unlesbare hält die folgenden nicht auf. Ob ein Geschäftszeichen schon vergeben ist, entscheidet, wer schreibt.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Protocol

from forms.grundform import Formularkontext, feldname
from service.clock import berliner_tag
from service.importcsv import bekannte_spalten, lies_csv
from service.importzeile import (
    NICHT_UTF8,
    ZU_LANG,
    Gelesen,
    Importfehler,
    Importzeile,
    Rohzeile,
    Zeilenfehler,
    Zeilenquelle,
    fingerabdruck,
    geprueft,
    rohzeilen,
)

__all__ = ["Gelesen", "Importfehler", "Importzeile", "fingerabdruck", "kontext_aus", "lies"]

BOM = b"\xef\xbb\xbf"
MAX_TIEFE = 16
MAX_ZIFFERN = 18
_BOM_UEBERGANGEN = "Am Anfang der Zeile stand eine Byte-Reihenfolge-Marke (BOM); sie wurde übergangen."


class _Wert(Protocol):
    @property
    def name(self) -> str: ...
    def gilt_am(self, tag: date, /) -> bool: ...


class Profilsicht(Protocol):
    """Was der Import vom Profil einer Kommune braucht."""

    @property
    def kommunen(self) -> Sequence[str]: ...
    @property
    def handlungsfelder(self) -> Sequence[_Wert]: ...
    @property
    def rechtskreise(self) -> Sequence[_Wert]: ...
    @property
    def status_gruppen(self) -> Sequence[_Wert]: ...
    @property
    def altersbaender(self) -> Sequence[_Wert]: ...


def kontext_aus(profil: Profilsicht, jetzt: datetime) -> Formularkontext:
    """Die Werte des Profils, die an diesem Tag gelten."""
    tag = berliner_tag(jetzt)

    def namen(werte: Sequence[_Wert]) -> tuple[str, ...]:
        return tuple(wert.name for wert in werte if wert.gilt_am(tag))

    return Formularkontext(
        kommunen=tuple(profil.kommunen),
        handlungsfelder=namen(profil.handlungsfelder),
        rechtskreise=namen(profil.rechtskreise),
        status_gruppen=namen(profil.status_gruppen),
        altersbaender=namen(profil.altersbaender),
        jetzt=jetzt,
    )


def lies(datei: Zeilenquelle, name: str, kontext: Formularkontext) -> Iterator[Gelesen | Importfehler]:
    """Ein Ergebnis je nichtleerer Zeile (CSV: je Datensatz), in der Reihenfolge der Datei.

    `name` entscheidet mit über das Format: Endung .csv, sonst am Inhalt der ersten Zeile erkannt.
    """
    zeilen = rohzeilen(datei)
    erste = next((zeile for zeile in zeilen if not _leer(zeile)), None)
    if erste is None:
        return
    alle = chain([erste], zeilen)
    if _ist_csv(name, erste):
        yield from lies_csv(alle, kontext)
    else:
        yield from (_lies_json(zeile, kontext) for zeile in alle if not _leer(zeile))


def _leer(zeile: Rohzeile) -> bool:
    return zeile.inhalt is not None and not zeile.inhalt.removeprefix(BOM).strip()


def _ist_csv(name: str, erste: Rohzeile) -> bool:
    if name.lower().endswith((".csv", ".tsv")):
        return True
    ist_json = (erste.inhalt or b"").removeprefix(BOM).lstrip().startswith((b"{", b"["))
    return not ist_json and len(bekannte_spalten(erste)) >= 2


# --- JSON Lines ------------------------------------------------------------------------------------------------------


def _lies_json(zeile: Rohzeile, kontext: Formularkontext) -> Gelesen | Importfehler:
    try:
        if zeile.inhalt is None:
            raise Zeilenfehler(ZU_LANG)
        daten = _objekt(zeile.inhalt.removeprefix(BOM).rstrip(b"\r\n"))
    except Zeilenfehler as fehler:
        return Importfehler(zeile.nr, (fehler.befund,), zeile.ende_byte)
    hinweis = _BOM_UEBERGANGEN if zeile.inhalt.startswith(BOM) else ""
    return geprueft(daten, zeile.nr, zeile.ende_byte, kontext, hinweis)


def _objekt(inhalt: bytes) -> dict[str, object]:
    try:
        text = inhalt.decode("utf-8")
    except UnicodeDecodeError:
        raise Zeilenfehler(NICHT_UTF8) from None
    _tiefe_pruefen(inhalt)
    try:
        daten = _LESER.decode(text)
    except json.JSONDecodeError as fehler:
        raise Zeilenfehler(_json_grund(fehler)) from None
    if not isinstance(daten, dict):
        raise Zeilenfehler("Die Zeile ist kein JSON-Objekt; ein Meldebogen steht in geschweiften Klammern.")
    return daten


# Texte als Ganzes (auch ein nicht geschlossener) und einzelne Klammern. Die besitzergreifenden Wiederholungen halten
# die Suche auch bei böswilligen Zeilen linear.
_TEILE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def _tiefe_pruefen(inhalt: bytes) -> None:
    """Lehnt tiefe Verschachtelung ab, bevor der JSON-Leser in sie hinabsteigt."""
    tiefe, schluessel = 0, b""
    for teil in _TEILE.finditer(inhalt):
        zeichen = teil[0][:1]
        if zeichen == b'"':
            schluessel = teil[0] if tiefe == 1 else schluessel
        elif zeichen in b"[{":
            tiefe += 1
        else:
            tiefe -= 1
        if tiefe > MAX_TIEFE:
            feld = feldname(schluessel.decode("ascii", "replace").strip('"')) if schluessel else ""
            raise Zeilenfehler(f"Die Angabe ist mehr als {MAX_TIEFE}-fach verschachtelt.", feld)


class _Unlesbar:
    """Steht für eine Zahl, die nicht gelesen wird; der Name ihres Feldes ist erst beim Objekt bekannt."""

    def __init__(self, grund: str) -> None:
        self.grund = grund


_ZU_VIELE_ZIFFERN = _Unlesbar(f"Die Zahl hat zu viele Stellen; erlaubt sind höchstens {MAX_ZIFFERN}.")
_KEINE_ENDLICHE_ZAHL = _Unlesbar("NaN und Infinity sind keine gültigen Zahlen.")


def _ganze_zahl(ziffern: str) -> int | _Unlesbar:
    # Die Länge zuerst: Tausende von Ziffern umzuwandeln kostet quadratische Zeit.
    return int(ziffern) if len(ziffern) <= MAX_ZIFFERN else _ZU_VIELE_ZIFFERN


def _eindeutig(paare: list[tuple[str, object]]) -> dict[str, object]:
    daten: dict[str, object] = {}
    for name, wert in paare:
        if name in daten:
            raise Zeilenfehler("Dieses Feld steht mehrfach in der Zeile.", feldname(name))
        if isinstance(wert, _Unlesbar):
            raise Zeilenfehler(wert.grund, feldname(name))
        daten[name] = wert
    return daten


_LESER = json.JSONDecoder(
    object_pairs_hook=_eindeutig, parse_int=_ganze_zahl, parse_constant=lambda _: _KEINE_ENDLICHE_ZAHL
)

# Die Meldungen des JSON-Lesers aus der Standardbibliothek, von links verglichen.
_JSON_GRUENDE = {
    "Expecting ':' delimiter": "Nach einem Feldnamen fehlt der Doppelpunkt",
    "Expecting ',' delimiter": "Zwischen zwei Angaben fehlt ein Komma, oder eine Klammer ist nicht geschlossen",
    "Expecting property name": "Hier fehlt ein Feldname in Anführungszeichen, oder ein Komma steht zu viel",
    "Illegal trailing comma": "Hier steht ein Komma zu viel",
    "Expecting value": "Hier fehlt ein Wert",
    "Unterminated string": "Ein Text ist nicht geschlossen; vielleicht ist die Zeile abgeschnitten",
    "Invalid control character": "In einem Text steht ein Steuerzeichen",
    "Invalid \\": "In einem Text steht ein ungültiger Rückstrich",
    "Extra data": "Nach dem Ende des Objekts steht noch etwas",
}


def _json_grund(fehler: json.JSONDecodeError) -> str:
    grund = next((satz for anfang, satz in _JSON_GRUENDE.items() if fehler.msg.startswith(anfang)), "Unlesbare Stelle")
    return f"Die Zeile ist kein gültiges JSON. {grund} (Zeichen {fehler.pos + 1})."
