"""Die Hash-Kette je Vorgang. Sie hält auch, wenn Inhalte geschwärzt werden: verkettet ist nur die gesalzene Zusage."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

_SPALTEN = ("vorgang", "nr", "akt", "ausloeser", "von", "nach", "person", "rolle", "zeit", "prozessversion", "formular", "formularversion",
            "zusage")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def zusage(vorgang: int, nr: int, salz: str, inhalt: str) -> str:
    """Bindet Inhalt und Salz an ihren Platz. Ohne Salz lässt sich ein gelöschter Inhalt nicht durch Raten wiederfinden."""
    return sha(f"{salz}|{vorgang}|{nr}|{inhalt}")


def ereignis_hash(vorher: str, key: str, art: str, zeile: Mapping[str, Any]) -> str:
    """Über jede Spalte des Ereignisses, den Schlüssel und die Art seines Vorgangs und den Hash davor.

    Jeder Wert steht mit seiner Länge davor, damit sich Grenzen zwischen Spalten nicht verschieben lassen.
    """
    teile = [vorher, key, art, *[str(zeile[sp]) for sp in _SPALTEN]]
    return sha("".join([f"{len(t)}:{t};" for t in teile]))
