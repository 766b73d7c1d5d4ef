"""Was sich zwischen zwei Fassungen eines Profils ändert, in deutschen Sätzen."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.profil_modell import Profil

# Feld -> wie ein Eintrag heißt und welches Feld ihn wiedererkennen lässt
_LISTEN = {
    "bereiche": ("Bereich", "key"),
    "handlungsfelder": ("Handlungsfeld", "key"),
    "rechtskreise": ("Rechtskreis", "key"),
    "status_gruppen": ("Statusgruppe", "key"),
    "altersbaender": ("Altersband", "key"),
    "institutionsarten": ("Institutionsart", "key"),
    "institutionen": ("Institution", "key"),
    "zustaendigkeiten": ("Zuständigkeit", "institution"),
    "gremien": ("Gremium", "key"),
    "sitze": ("Sitz", "key"),
    "verteiler": ("Verteiler", "name"),
}
_TABELLEN = {"fristen": "Frist", "aufbewahrung": "Aufbewahrung", "wortlaut": "Wortlaut"}
_EINFACHE = {
    "name": "Der Name",
    "kurz": "Das Kürzel",
    "fassung": "Die Fassung",
    "kommunen": "Die Liste der Kommunen",
    "schliesstage": "Die Liste der Schließtage",
    "sitzungsrhythmus": "Der Sitzungsrhythmus",
    "kurzform": "Die kurze Meldung",
    "ohne_konto": "Das Melden ohne Konto",
}


def unterschiede(alt: Profil, neu: Profil) -> list[str]:
    """Ein Satz je Unterschied, in der Reihenfolge der Felder; leer, wenn beide dasselbe sagen."""
    return list(_unterschiede(_inhalt(alt), _inhalt(neu)))


def _inhalt(profil: Profil) -> dict[str, Any]:
    return profil.model_dump(mode="json", by_alias=True)


def _unterschiede(alt: dict[str, Any], neu: dict[str, Any]) -> Iterator[str]:
    for feld, was in _EINFACHE.items():
        if alt[feld] != neu[feld]:
            yield f"{was} ändert sich von {_zeige(alt[feld])} zu {_zeige(neu[feld])}."
    for feld, (was, kennung) in _LISTEN.items():
        yield from _eintraege(was, _nach(alt[feld], kennung), _nach(neu[feld], kennung))
    for feld, was in _TABELLEN.items():
        yield from _eintraege(was, alt[feld], neu[feld])
    for feld, was in (("personen", "Demonstrationsperson"), ("sammelkonten", "Sammelkonto")):
        vorher, nachher = alt["demonstration"][feld], neu["demonstration"][feld]
        yield from _eintraege(was, _nach(vorher, "key"), _nach(nachher, "key"))


def _nach(eintraege: list[dict[str, Any]], kennung: str) -> dict[str, Any]:
    """Einträge nach ihrer Kennung; wo sie fehlt oder sich wiederholt, zählt die Stelle in der Liste mit."""
    benannt: dict[str, Any] = {}
    for nummer, eintrag in enumerate(eintraege, 1):
        name = str(eintrag.get(kennung, nummer))
        benannt[f"{name} ({nummer})" if name in benannt else name] = eintrag
    return benannt


def _eintraege(was: str, alt: Mapping[str, Any], neu: Mapping[str, Any]) -> Iterator[str]:
    for kennung, eintrag in neu.items():
        if kennung not in alt:
            yield f"{was} {_genannt(kennung, eintrag)} kommt hinzu."
    for kennung, eintrag in alt.items():
        if kennung not in neu:
            yield f"{was} {_genannt(kennung, eintrag)} entfällt."
        elif eintrag != neu[kennung]:
            yield from _felder(f"{was} {_genannt(kennung, eintrag)}", eintrag, neu[kennung])


def _felder(wer: str, alt: Any, neu: Any) -> Iterator[str]:
    if not isinstance(alt, dict) or not isinstance(neu, dict):
        yield f"{wer} ändert sich von {_zeige(alt)} zu {_zeige(neu)}."
        return
    for feld in alt:
        if alt[feld] != neu[feld]:
            yield f"{wer}: „{feld}“ ändert sich von {_zeige(alt[feld])} zu {_zeige(neu[feld])}."


def _genannt(kennung: str, eintrag: Any) -> str:
    name = eintrag.get("name") or eintrag.get("funktion") if isinstance(eintrag, dict) else None
    return f"„{name}“ ({kennung})" if name and name != kennung else f"„{kennung}“"


def _zeige(wert: Any) -> str:
    if wert is None or wert in ([], {}):
        return "nichts"
    if isinstance(wert, bool):
        return "ja" if wert else "nein"
    if isinstance(wert, list):
        return ", ".join(_zeige(eintrag) for eintrag in wert)
    if isinstance(wert, dict):
        return ", ".join(f"{feld} {_zeige(inhalt)}" for feld, inhalt in wert.items() if inhalt is not None)
    return f"„{wert}“"
