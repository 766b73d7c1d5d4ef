"""CSV als zweites Format des Imports: eine Spalte je Feld des Meldebogens, so wie Tabellenprogramme es schreiben.

Spalten heißen wie die Felder, Teilangaben mit Punkt (`zielgruppe.altersband`). Mehrere Werte trennt „|“, Wahrheitswerte
heißen ja und nein, eine leere Zelle ist keine Angabe. Trennzeichen ist, womit die Kopfzeile sich lesen lässt: „;“, „,“
oder Tabulator.
"""

import csv
import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from forms.grundform import Befund, Formular, Formularkontext, feldname
from service.importzeile import (
    MAX_ZEILE,
    NICHT_UTF8,
    ZU_LANG,
    Gelesen,
    Importfehler,
    Importzeile,
    Rohzeile,
    Zeilenfehler,
    geprueft,
)

TRENNZEICHEN = (";", ",", "\t")
# Ein nicht geschlossenes Anführungszeichen soll nicht die halbe Datei in einen Datensatz ziehen.
MAX_ZEILEN_JE_SATZ = 1000
# Jedes offene Anführungszeichen lässt Zeilen zweimal lesen; so viele hat nur eine Datei, die kein CSV dieser Art ist.
MAX_OFFENE = 100

Zellenleser = Callable[[str], object]


def _wahrheitswert(text: str) -> object:
    return {"ja": True, "nein": False}.get(text.strip().lower(), text)


def _ganze_zahl(text: str) -> object:
    return int(text) if re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", text) else text


def _liste(text: str) -> object:
    return text.split("|")


def _text(text: str) -> object:
    return text


_LESER: dict[object, Zellenleser] = {bool: _wahrheitswert, int: _ganze_zahl, tuple: _liste}


def _kern(typ: object) -> object:
    """Der Typ hinter Angaben und Wahlfreiheit: Annotated[int, ...] | None -> int, tuple[str, ...] -> tuple."""
    herkunft = get_origin(typ)
    if herkunft is Annotated:
        return _kern(get_args(typ)[0])
    if herkunft in (Union, UnionType):
        return _kern(next(teil for teil in get_args(typ) if teil is not type(None)))
    return herkunft or typ


def _spalten(modell: type[Formular], vor: str = "") -> dict[str, Zellenleser]:
    spalten: dict[str, Zellenleser] = {}
    for name, feld in modell.model_fields.items():
        kern = _kern(feld.annotation)
        if isinstance(kern, type) and issubclass(kern, Formular):
            spalten |= _spalten(kern, f"{vor}{name}.")
        else:
            spalten[vor + name] = _LESER.get(kern, _text)
    return spalten


SPALTEN = _spalten(Importzeile)
PFLICHTSPALTEN = tuple(name for name, feld in Importzeile.model_fields.items() if feld.is_required())


def _kopf(erste: Rohzeile, trennzeichen: str) -> list[str]:
    text = (erste.inhalt or b"").decode("utf-8-sig", "replace").rstrip("\r\n")
    try:
        return [name.strip() for name in next(csv.reader([text], delimiter=trennzeichen), [])]
    except csv.Error:
        return []


def _trennzeichen(erste: Rohzeile) -> str:
    return max(TRENNZEICHEN, key=lambda zeichen: len(SPALTEN.keys() & set(_kopf(erste, zeichen))))


def bekannte_spalten(erste: Rohzeile) -> set[str]:
    """Die Spalten des Meldebogens, die diese Zeile nennt, wenn man sie als Kopfzeile liest."""
    return SPALTEN.keys() & set(_kopf(erste, _trennzeichen(erste)))


def _kopfbefunde(namen: list[str]) -> Iterator[Befund]:
    if not SPALTEN.keys() & set(namen):
        yield Befund(
            "", "Die erste Zeile nennt keine Spalte des Meldebogens. Ist die Datei als CSV (UTF-8) gespeichert?"
        )
        return
    anzahl = Counter(namen)
    for stelle, name in enumerate(namen, 1):
        if not name:
            yield Befund(f"Spalte {stelle}", "Diese Spalte hat keinen Namen.")
        elif name not in SPALTEN:
            yield Befund(feldname(name), f"Die Spalte {stelle} gibt es im Meldebogen nicht.")
    for name in SPALTEN:
        if anzahl[name] > 1:
            yield Befund(name, "Diese Spalte steht mehrfach in der Kopfzeile.")
    for name in PFLICHTSPALTEN:
        if not anzahl[name]:
            yield Befund(name, "Diese Pflichtspalte fehlt in der Kopfzeile.")


class _Satzquelle(Iterator[str]):
    """Gibt dem CSV-Leser physische Zeilen und behält die des angefangenen Datensatzes.

    Scheitert der Datensatz, ist nur seine erste Zeile verloren: Die übrigen werden als eigene Datensätze gelesen.
    """

    def __init__(self, zeilen: Iterator[Rohzeile]) -> None:
        self._zeilen = zeilen
        self._zurueck: deque[Rohzeile] = deque()
        self._bytes = 0
        self._offene = 0
        self.satz: list[Rohzeile] = []

    def beginne(self) -> None:
        self.satz, self._bytes = [], 0

    @property
    def zu_viele_offene(self) -> bool:
        return self._offene >= MAX_OFFENE

    def gib_zurueck(self) -> None:
        self._offene += len(self.satz) > 1
        self._zurueck.extendleft(reversed(self.satz[1:]))
        del self.satz[1:]

    def __next__(self) -> str:
        zeile = self._zurueck.popleft() if self._zurueck else next(self._zeilen)
        self.satz.append(zeile)
        if zeile.inhalt is None:
            raise Zeilenfehler(ZU_LANG)
        self._bytes += len(zeile.inhalt)
        if self._bytes > MAX_ZEILE or len(self.satz) > MAX_ZEILEN_JE_SATZ:
            raise Zeilenfehler("Der Datensatz nimmt kein Ende; vermutlich fehlt ein schließendes Anführungszeichen.")
        # Falsche Bytes werden zu einzelnen Surrogaten: So bleibt der Datensatz zählbar und wird danach abgelehnt.
        return zeile.inhalt.decode("utf-8", "surrogateescape")


_ABGEBROCHEN = Befund(
    "", "Zu viele Anführungszeichen sind nicht geschlossen; ab dieser Zeile wurde die Datei nicht weiter gelesen."
)


def lies_csv(zeilen: Iterator[Rohzeile], kontext: Formularkontext) -> Iterator[Gelesen | Importfehler]:
    """Die erste Zeile ist die Kopfzeile; stimmt sie nicht, wird die Datei mit einem einzigen Ergebnis abgelehnt."""
    kopfzeile = next(zeilen)
    trennzeichen = _trennzeichen(kopfzeile)
    namen = _kopf(kopfzeile, trennzeichen)
    if befunde := tuple(_kopfbefunde(namen)):
        yield Importfehler(kopfzeile.nr, befunde, kopfzeile.ende_byte)
        return
    quelle = _Satzquelle(zeilen)
    while True:
        quelle.beginne()
        try:
            zellen = _zellen(quelle, trennzeichen)
            if zellen is None:
                return
            if not any(zelle.strip() for zelle in zellen):
                continue
            daten = _daten(namen, zellen)
        except Zeilenfehler as fehler:
            befund = _ABGEBROCHEN if quelle.zu_viele_offene else fehler.befund
            yield Importfehler(quelle.satz[0].nr, (befund,), quelle.satz[-1].ende_byte)
            if quelle.zu_viele_offene:
                return
        else:
            yield geprueft(daten, quelle.satz[0].nr, quelle.satz[-1].ende_byte, kontext)


def _zellen(quelle: _Satzquelle, trennzeichen: str) -> list[str] | None:
    """Der nächste Datensatz; None am Ende der Datei."""
    try:
        return next(csv.reader(quelle, delimiter=trennzeichen, strict=True), None)
    except csv.Error:
        quelle.gib_zurueck()
        raise Zeilenfehler("Die Anführungszeichen oder Zeilenumbrüche dieses Datensatzes passen nicht.") from None
    except Zeilenfehler:
        quelle.gib_zurueck()
        raise


def _daten(namen: list[str], zellen: list[str]) -> dict[str, object]:
    if len(zellen) != len(namen):
        raise Zeilenfehler(f"Der Datensatz hat {len(zellen)} Zellen, die Kopfzeile aber {len(namen)} Spalten.")
    gruppen: defaultdict[str, dict[str, object]] = defaultdict(dict)
    for name, text in zip(namen, zellen, strict=True):
        if any("\udc80" <= zeichen <= "\udcff" for zeichen in text):
            raise Zeilenfehler(NICHT_UTF8, name)
        if text.strip():
            gruppe, _, feld = name.rpartition(".")
            gruppen[gruppe][feld] = SPALTEN[name](text)
    return {**gruppen.pop("", {}), **gruppen}
