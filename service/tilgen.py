"""Schwärzen in der Vergangenheit: der Inhalt früherer Ereignisse wird überschrieben, die Hash-Kette bleibt gültig.

Das Salz verschwindet mit, so dass sich der alte Text nicht durch Raten gegen seine Zusage prüfen lässt. Das schwärzende
Ereignis nennt die Hashes der neuen Inhalte; `pruefen` vergleicht sie.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from service.db import Sitzung
from service.errors import Ungueltig
from service.hashkette import sha
from service.umfeld import kanonisch
from states.schwaerzung import ersetzt, geschwaerzt, nummer_des_grundes, text_an

_LADE = "SELECT nr, inhalt FROM ereignis_inhalt WHERE vorgang = :vorgang ORDER BY nr"
_UEBERSCHREIBE = "UPDATE ereignis_inhalt SET salz = '', inhalt = :inhalt WHERE vorgang = :vorgang AND nr = :nr"


def tilge(s: Sitzung, vorgang: int, daten: Mapping[str, Any], stand: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """Überschreibt den genannten Text in allen früheren Antworten und Gründen des Vorgangs und in allen Abschriften im Inhalt.

    `stand`: der Inhalt vor dem Schwärzen. Gibt Ereignisnummer -> Hash des neuen Inhalts, und den neuen Inhalt des Vorgangs.
    Wirft Ungueltig, wenn es den genannten Grund nicht gibt oder die Stelle nicht in ihm liegt.
    """
    feld, start, ende = str(daten["feld"]), int(daten["start"]), int(daten["ende"])
    zeilen = s.alle(_LADE, {"vorgang": vorgang})
    alt = _alter_text(zeilen, feld, stand)
    if ende > len(alt):
        raise Ungueltig({"ende": "Die markierte Stelle liegt nicht im Text. Bitte markieren Sie sie neu."})
    neu = geschwaerzt(alt, start, ende)
    getilgt: dict[str, str] = {}
    for nr, text in zeilen:
        neuer_text = kanonisch(ersetzt(json.loads(text), alt, neu))
        if neuer_text != text:
            s.fuehre(_UEBERSCHREIBE, {"vorgang": vorgang, "nr": nr, "inhalt": neuer_text})
            getilgt[str(nr)] = sha(neuer_text)
    return getilgt, dict(ersetzt(stand, alt, neu))


def _alter_text(zeilen: list[Any], feld: str, stand: Mapping[str, Any]) -> str:
    nummer = nummer_des_grundes(feld)
    if nummer is None:
        return text_an(stand, feld)
    grund = next((json.loads(text).get("grund") for nr, text in zeilen if nr == nummer), None)
    if not grund:
        raise Ungueltig({"feld": "Zu diesem Schritt gibt es keinen Grund. Bitte wählen Sie einen anderen Text."})
    return str(grund)
