"""Eine Zeile des Imports: ihre Bytes, ihr Formular und was beim Lesen aus ihr wird."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Annotated, NamedTuple, Protocol

from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator

from forms.grundform import Befund, Formularkontext, Zeitpunkt, ablehnung, befunde, kontext_von, zeile
from forms.meldebogen import Einreichen
from service.schluessel import REIHEN
from service.umfeld import kanonisch

# Mehr liest niemand in den Speicher; der längste erlaubte Meldebogen kommt mit einem Viertel aus.
MAX_ZEILE = 256 * 1024
MAX_BEFUNDE = 20
ZU_LANG = f"Die Zeile ist länger als {MAX_ZEILE // 1024} KiB."
NICHT_UTF8 = "Die Zeile ist nicht in UTF-8 geschrieben. Bitte speichern Sie die Datei mit der Kodierung UTF-8."

_ZEICHEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _geschaeftszeichen(wert: str) -> str:
    if not _ZEICHEN.fullmatch(wert):  # Es steht in Adressen von Seiten und in Befehlen.
        raise ablehnung("Ein Geschäftszeichen besteht aus Buchstaben ohne Umlaute, Ziffern, Punkt und Strich.")
    if wert.rpartition("-")[0] in REIHEN:
        raise ablehnung("So beginnen die Zeichen von Vorgängen, die keine Meldungen sind. Bitte geben Sie der Meldung ein anderes.")
    return wert


class Importzeile(Einreichen):
    """Ein Meldebogen aus einem anderen System, mit dem Zeichen und dem Eingang, die er dort hatte."""

    geschaeftszeichen: Annotated[str, zeile(40), AfterValidator(_geschaeftszeichen)] = Field(
        title="Geschäftszeichen", description="Das Zeichen der Meldung; unter ihm wird sie nur einmal aufgenommen."
    )
    eingang: Zeitpunkt = Field(
        title="Eingang", description="Wann die Meldung einging, mit Zeitzone, zum Beispiel 2026-01-05T15:59:21+01:00."
    )

    @field_validator("eingang")
    @classmethod
    def _schon_geschehen(cls, eingang: Zeitpunkt, info: ValidationInfo) -> Zeitpunkt:
        kontext = kontext_von(info)
        if kontext is not None and eingang > kontext.jetzt:
            raise ablehnung("Der Eingang liegt in der Zukunft.")
        return eingang


def fingerabdruck(meldung: Importzeile) -> str:
    """SHA-256 über den geprüften Inhalt; gleich, wenn zwei Zeilen dasselbe sagen.

    Vorgaben zählen nicht mit: Ob ein Feld fehlt oder ausdrücklich leer ist, ändert nichts, und ein später
    hinzukommendes freiwilliges Feld macht aus einer schon aufgenommenen Zeile keine andere.
    """
    inhalt = meldung.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(kanonisch(inhalt).encode()).hexdigest()


class Rohzeile(NamedTuple):
    """`inhalt` mit seinem Zeilenende; None, wenn die Zeile zu lang ist. `ende_byte`: so weit ist die Datei gelesen."""

    nr: int
    inhalt: bytes | None
    ende_byte: int


class Gelesen(NamedTuple):
    """Eine gültige Zeile. `hinweis` sagt, was an ihr übergangen wurde."""

    zeile: int
    meldung: Importzeile
    ende_byte: int
    hinweis: str = ""


class Importfehler(NamedTuple):
    """Eine abgelehnte Zeile mit mindestens einem Befund; der erste ist der Hauptgrund."""

    zeile: int
    befunde: tuple[Befund, ...]
    ende_byte: int

    @property
    def feld(self) -> str:
        return self.befunde[0].feld

    @property
    def grund(self) -> str:
        return self.befunde[0].grund


class Zeilenquelle(Protocol):
    """Eine Datei, von der nur Zeilen gebraucht werden."""

    def readline(self, laenge: int = -1, /) -> bytes: ...


class Zeilenfehler(Exception):
    """Diese Zeile lässt sich nicht lesen; die nächste schon."""

    def __init__(self, grund: str, feld: str = "") -> None:
        super().__init__(grund)
        self.befund = Befund(feld, grund)


def rohzeilen(datei: Zeilenquelle) -> Iterator[Rohzeile]:
    """Zeilen als Bytes, nur an b"\\n" getrennt. Eine zu lange Zeile wird überlesen, ohne sie zu behalten."""
    ende = 0
    for nr in count(1):
        stueck = datei.readline(MAX_ZEILE + 1)
        if not stueck:
            return
        ende += len(stueck)
        inhalt = stueck if len(stueck) <= MAX_ZEILE else None
        while inhalt is None and stueck and not stueck.endswith(b"\n"):
            stueck = datei.readline(MAX_ZEILE)
            ende += len(stueck)
        yield Rohzeile(nr, inhalt, ende)


def geprueft(
    daten: Mapping[str, object], zeile: int, ende_byte: int, kontext: Formularkontext, hinweis: str = ""
) -> Gelesen | Importfehler:
    try:
        meldung = Importzeile.model_validate(daten, context=kontext)
    except ValidationError as fehler:
        return Importfehler(zeile, tuple(befunde(fehler, in_werten=True)[:MAX_BEFUNDE]), ende_byte)
    return Gelesen(zeile, meldung, ende_byte, hinweis)
