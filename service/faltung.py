"""Der Inhalt eines Vorgangs ist die Faltung seiner Antworten. Hier wird sie aus den Ereignissen neu gerechnet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from service.clock import aus_text, berliner_tag
from states.kette import PROZESSE
from states.model import Uebergang, fortgeschrieben

ZURUECKNEHMEN = "zuruecknehmen"


@dataclass(frozen=True, slots=True)
class Geschehen:
    """Ein Ereignis mit seinem Inhalt (kanonisches JSON)."""

    nr: int
    akt: str
    ausloeser: str
    von: str
    nach: str
    person: str
    zeit: str
    inhalt: str


def zurueckgenommene(ereignisse: Iterable[Geschehen]) -> frozenset[str]:
    """Die Akte, die ein späteres Ereignis zurückgenommen hat."""
    return frozenset(
        str(json.loads(e.inhalt)["daten"]["zurueckgenommen"]) for e in ereignisse if e.ausloeser == ZURUECKNEHMEN
    )


def falte(art: str, ereignisse: Sequence[Geschehen], ohne: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Der Inhalt nach diesen Ereignissen; Akte in `ohne` und zurückgenommene zählen nicht.

    Ist das Anlegen selbst zurückgenommen, bleibt stehen, was angelegt war.
    """
    weg = (ohne | zurueckgenommene(ereignisse)) - {ereignisse[0].akt}
    stand: dict[str, Any] = {}
    for e in ereignisse:
        if e.akt in weg or e.ausloeser == ZURUECKNEHMEN:
            continue
        uebergang = uebergang_von(art, e)
        if uebergang is None:
            continue
        inhalt = json.loads(e.inhalt)
        daten = {**inhalt["daten"], "grund": inhalt["grund"]} if inhalt["grund"] else inhalt["daten"]
        stand = fortgeschrieben(stand, uebergang.schreibt, daten, e.person, berliner_tag(aus_text(e.zeit)).isoformat())
    return stand


def uebergang_von(art: str, e: Geschehen) -> Uebergang | None:
    """Der Übergang der heutigen Tabelle, der zu einem Ereignis gehört; None, wenn es ihn nicht mehr gibt."""
    moegliche = PROZESSE[art].kandidaten(e.ausloeser, e.von)
    return next((u for u in moegliche if (u.nach if u.nach is not None else e.von) == e.nach), None)


def ende_der_faltung(ereignisse: Sequence[Geschehen]) -> str:
    return ereignisse[-1].nach if ereignisse else ""
