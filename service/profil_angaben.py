"""Die Arten von Angaben in einem Profil: Texte, Schlüssel, Dauern, Tage. Jede Ablehnung ist ein deutscher Satz."""

import re
import unicodedata
from calendar import isleap
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from forms.stammdaten import BEWEGLICHE_TAGE, POSTFACH
from service.kalender import Dauer

DAUERHAFT = "dauerhaft"
FEHLER_MIT_SATZ = "deutsch"  # Fehlerart, deren Meldung schon ein deutscher Satz ist

_SCHLUESSEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_KURZ = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_WANN = re.compile(r"(?:(?P<dauer>.+) (?:nach Beginn|vor Ende|nach Ende)|Ende)")
_JAEHRLICH = re.compile(r"([0-9]{2})-([0-9]{2})")
DATUM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def vergleichbar(text: str) -> str:
    """Gleich ist, was sich nur in Großschreibung, Leerzeichen oder der Kodierung von Umlauten unterscheidet."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def ostersonntag(jahr: int) -> date:
    """Ostersonntag im gregorianischen Kalender (Verfahren nach Meeus, Jones und Butcher)."""
    jahrhundert, rest = divmod(jahr, 100)
    sonne = jahrhundert // 4 + (jahrhundert - (jahrhundert + 8) // 25 + 1) // 3
    mond = (19 * (jahr % 19) + jahrhundert - sonne + 15) % 30
    woche = (32 + 2 * (jahrhundert % 4) + 2 * (rest // 4) - mond - rest % 4) % 7
    monat, tag = divmod(mond + woche - 7 * ((jahr % 19 + 11 * mond + 22 * woche) // 451) + 114, 31)
    return date(jahr, monat, tag + 1)


def jaehrlicher_tag(angabe: str, jahr: int) -> date | None:
    """„12-24“ oder „Rosenmontag“ in diesem Jahr; None für den 29. Februar, wenn es ihn nicht gibt."""
    if angabe in BEWEGLICHE_TAGE:
        return ostersonntag(jahr) + timedelta(days=BEWEGLICHE_TAGE[angabe])
    return None if angabe == "02-29" and not isleap(jahr) else date.fromisoformat(f"{jahr:04}-{angabe}")


def _fehler(satz: str) -> PydanticCustomError:
    return PydanticCustomError(FEHLER_MIT_SATZ, "{satz}", {"satz": satz})


def _text(wert: str) -> str:
    if not wert.strip():
        raise _fehler("Der Text ist leer.")
    if wert != wert.strip():
        raise _fehler(f"Der Text „{wert.strip()}“ beginnt oder endet mit einem Leerzeichen.")
    if any(unicodedata.category(zeichen) == "Cc" for zeichen in wert):
        raise _fehler("Der Text enthält Steuerzeichen oder Zeilenumbrüche.")
    return unicodedata.normalize("NFC", wert)


def _schluessel(wert: str) -> str:
    if not _SCHLUESSEL.fullmatch(wert):
        raise _fehler(
            f"„{wert}“ ist kein Schlüssel. Erlaubt sind Buchstaben ohne Umlaute, Ziffern, Punkt, Bindestrich und "
            "Unterstrich."
        )
    return wert


def _kurz(wert: str) -> str:
    if not _KURZ.fullmatch(wert):
        raise _fehler(f"„{wert}“ ist kein Kürzel. Erlaubt sind bis zu acht Großbuchstaben und Ziffern.")
    return wert


def _postfach(wert: str) -> str:
    if not POSTFACH.fullmatch(wert):
        raise _fehler(f"„{wert}“ ist keine E-Mail-Adresse.")
    return wert


def _dauer(wert: str) -> str:
    try:
        return str(Dauer.lesen(wert))
    except ValueError as fehler:
        raise _fehler(str(fehler)) from None


def _aufzubewahren(wert: str) -> str:
    return wert if wert == DAUERHAFT else _dauer(wert)


def _wann(wert: str) -> str:
    treffer = _WANN.fullmatch(wert)
    if treffer is None:
        raise _fehler(
            f"„{wert}“ ist kein Zeitpunkt einer Frist. Erwartet wird zum Beispiel „3 WT nach Beginn“, „10 WT vor "
            "Ende“, „Ende“ oder „5 WT nach Ende“."
        )
    return wert.replace(treffer["dauer"], _dauer(treffer["dauer"]), 1) if treffer["dauer"] else wert


def _tag(wert: object) -> date:
    if isinstance(wert, date) and not isinstance(wert, datetime):
        return wert
    if isinstance(wert, str) and DATUM.fullmatch(wert):
        try:
            return date.fromisoformat(wert)
        except ValueError:
            raise _fehler(f"Den Tag „{wert}“ gibt es nicht.") from None
    raise _fehler("Hier wird ein Tag in der Form JJJJ-MM-TT erwartet.")


def _schliesstag(wert: object) -> str:
    if isinstance(wert, str) and wert in BEWEGLICHE_TAGE:
        return wert
    if isinstance(wert, str) and (treffer := _JAEHRLICH.fullmatch(wert)):
        try:
            date(2000, int(treffer[1]), int(treffer[2]))  # ein Schaltjahr: auch der 29. Februar ist erlaubt
        except ValueError:
            raise _fehler(f"Den Tag „{wert}“ (Monat-Tag) gibt es nicht.") from None
        return wert
    if isinstance(wert, date) or (isinstance(wert, str) and DATUM.fullmatch(wert)):
        return _tag(wert).isoformat()
    raise _fehler(
        "Ein Schließtag ist ein Tag (2026-05-15), ein jährlicher Tag (12-24) oder einer von: "
        f"{', '.join(BEWEGLICHE_TAGE)}."
    )


Text = Annotated[str, AfterValidator(_text)]
Schluessel = Annotated[str, AfterValidator(_schluessel)]
Dauertext = Annotated[str, AfterValidator(_dauer)]
Zeitpunkt = Annotated[str, AfterValidator(_wann)]
Tag = Annotated[date, BeforeValidator(_tag)]
Kurz = Annotated[str, AfterValidator(_kurz)]
Aufbewahrungsdauer = Annotated[str, AfterValidator(_aufzubewahren)]
Schliesstag = Annotated[str, BeforeValidator(_schliesstag)]
Postfach = Annotated[str, AfterValidator(_postfach)]
