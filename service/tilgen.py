"""Schwärzen in der Vergangenheit: der Inhalt früherer Ereignisse wird überschrieben, die Hash-Kette bleibt gültig.

Das Salz verschwindet mit, so dass sich der alte Text nicht durch Raten gegen seine Zusage prüfen lässt. Das schwärzende
Ereignis nennt die Hashes der neuen Inhalte; `pruefen` vergleicht sie.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from service.db import Sitzung
from service.hashkette import sha
from service.umfeld import kanonisch

_LADE = "SELECT nr, inhalt FROM ereignis_inhalt WHERE vorgang = :vorgang ORDER BY nr"
_UEBERSCHREIBE = "UPDATE ereignis_inhalt SET salz = '', inhalt = :inhalt WHERE vorgang = :vorgang AND nr = :nr"


def tilge(s: Sitzung, vorgang: int, feld: str, stand_vorher: Mapping[str, Any], stand: Mapping[str, Any]) -> dict[str, str]:
    """Überschreibt `feld` in allen früheren Antworten des Vorgangs; gibt Ereignisnummer -> Hash des neuen Inhalts."""
    alt, neu = str(stand_vorher.get(feld) or ""), str(stand.get(feld) or "")
    stellen = {i for i, zeichen in enumerate(neu) if i < len(alt) and alt[i] != zeichen}
    geheim = "".join(alt[i] for i in sorted(stellen))
    getilgt: dict[str, str] = {}
    for nr, text in s.alle(_LADE, {"vorgang": vorgang}):
        inhalt = json.loads(text)
        daten = inhalt.get("daten", {})
        for stelle in (daten, daten.get("eroeffnung", {}).get("stand", {})):  # eine Umstellung hält den ganzen Inhalt fest
            if isinstance(wert := stelle.get(feld), str):
                stelle[feld] = neu if wert == alt else wert.replace(geheim, "█" * len(geheim)) if geheim else wert
        neuer_text = kanonisch(inhalt)
        if neuer_text != text:
            s.fuehre(_UEBERSCHREIBE, {"vorgang": vorgang, "nr": nr, "inhalt": neuer_text})
            getilgt[str(nr)] = sha(neuer_text)
    return getilgt
