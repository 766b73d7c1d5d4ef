"""Die Dateien auf der Seite zum Nachlesen: lesen, prüfen, und jeder Mangel bei der Zeile, zu der er gehört."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from forms.allgemein import DateiAnhaengen
from forms.felder import Eingaben
from forms.grundform import befunde
from service.beilagen import Beilage
from service.dateipruefung import ERLAUBT, pruefe
from service.errors import Ungueltig
from states.aussage import Aussage

ZEILEN = (1, 2, 3)  # mehr hängt man an die Meldung, wenn es sie gibt
_VOR = "beilage."
_OHNE_DATEI = "Bitte wählen Sie die Datei aus, oder leeren Sie das Feld darüber."
Dateien = Mapping[str, tuple[str, bytes]]
KEINE: Mapping[str, Any] = MappingProxyType({})


def bezeichnung(nr: int) -> str:
    return f"{_VOR}{nr}.bezeichnung"


def _datei(nr: int) -> str:
    return f"{_VOR}{nr}.datei"


BEZEICHNUNGEN = tuple(bezeichnung(nr) for nr in ZEILEN)


def gehoert_dazu(name: str) -> bool:
    return name.startswith(_VOR)


def dateien(daten: FormData) -> dict[str, tuple[str, bytes]]:
    """Eingabe -> Name und Inhalt der gewählten Datei."""
    gewaehlt = ((_datei(nr), daten.get(_datei(nr))) for nr in ZEILEN)
    return {feld: (d.filename, d.file.read()) for feld, d in gewaehlt if isinstance(d, UploadFile) and d.filename}


def beilagen(eingaben: Eingaben, gesendet: Dateien, hoechstens: int) -> tuple[Beilage, ...]:
    """Wirft Ungueltig mit dem Satz an jeder Eingabe, an der es hängt. `hoechstens`: Byte je Datei."""
    gefunden: list[Beilage] = []
    maengel: dict[str, str] = {}
    for nr in ZEILEN:
        text = (eingaben.get(bezeichnung(nr)) or ("",))[-1].strip()
        if not text and _datei(nr) not in gesendet:
            continue
        try:
            gefunden.append(_geprueft(nr, text, gesendet, hoechstens))
        except Ungueltig as fehler:
            maengel |= dict(fehler.befunde)
    if maengel:
        raise Ungueltig(maengel)
    return tuple(gefunden)


def _geprueft(nr: int, text: str, gesendet: Dateien, hoechstens: int) -> Beilage:
    """Ohne Bezeichnung heißt die Datei nach ihrer Nummer; ihr eigener Name kann jemanden nennen."""
    if _datei(nr) not in gesendet:
        raise Ungueltig({_datei(nr): _OHNE_DATEI})
    try:
        datei = pruefe(*gesendet[_datei(nr)], hoechstens)
    except Ungueltig as fehler:
        raise Ungueltig({_datei(nr): fehler.satz}) from fehler
    try:
        form = DateiAnhaengen.model_validate({
            "nr": nr, "bezeichnung": text or f"Anlage {nr}", "typ": datei.typ, "groesse": len(datei.inhalt), "sha256": "0"})
    except ValidationError as fehler:
        raise Ungueltig({bezeichnung(nr): " ".join(b.grund for b in befunde(fehler))}) from fehler
    return Beilage(form.bezeichnung, datei)


def kontext(eingaben: Eingaben, maengel: Mapping[str, str], megabyte: int) -> dict[str, Any]:
    """Was die Vorlage für die Zeilen braucht; offen steht der Teil nur, wenn etwas darin steht oder fehlt."""
    getippt = any((eingaben.get(name) or ("",))[-1] for name in BEZEICHNUNGEN)
    titel = {**{bezeichnung(nr): Aussage("Was ist Datei {nr}?", nr=nr) for nr in ZEILEN}, **{_datei(nr): Aussage("Datei {nr}", nr=nr)
                                                                                             for nr in ZEILEN}}
    return {"beilagen": [(nr, bezeichnung(nr), _datei(nr)) for nr in ZEILEN], "beilagen_offen": getippt or any(map(gehoert_dazu, maengel)),
            "erlaubt": ERLAUBT, "mb": megabyte, "b": maengel, "e": eingaben, "beschriftungen": titel}
