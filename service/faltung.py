"""Der Inhalt eines Vorgangs ist die Faltung seiner Antworten. Hier wird sie aus den Ereignissen neu gerechnet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from service.clock import aus_text, berliner_tag
from states.kette import PROZESSE
from states.model import Uebergang, fortgeschrieben

ZURUECKNEHMEN, UMSTELLEN = "zuruecknehmen", "umstellen"
_OHNE_TABELLE = {ZURUECKNEHMEN: "Zurückgenommen", UMSTELLEN: "Auf eine neue Fassung des Ablaufs umgestellt"}


def bezeichnung_von(art: str, ausloeser: str) -> str:
    """Wie ein Schritt in der Geschichte heißt; Zurücknehmen und Umstellen stehen in keiner Tabelle."""
    return _OHNE_TABELLE.get(ausloeser) or PROZESSE[art].bezeichnung_von(ausloeser)


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


def letzte_umstellung(ereignisse: Sequence[Geschehen]) -> int:
    """Die Stelle der letzten Umstellung in der Folge; -1 ohne eine. Was davor geschah, las eine frühere Fassung der Tabelle."""
    return next((i for i in range(len(ereignisse) - 1, -1, -1) if ereignisse[i].ausloeser == UMSTELLEN), -1)


def eroeffnung(e: Geschehen) -> dict[str, Any]:
    """Womit es nach einer Umstellung weitergeht: Inhalt und alles, was offen ist, jeweils mit dem Ereignis, das es öffnete."""
    wert: dict[str, Any] = json.loads(e.inhalt)["daten"]["eroeffnung"]
    return wert


def falte(art: str, ereignisse: Sequence[Geschehen], ohne: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Der Inhalt nach diesen Ereignissen; Akte in `ohne` und zurückgenommene zählen nicht.

    Ist das Anlegen selbst zurückgenommen, bleibt stehen, was angelegt war.
    """
    weg = (ohne | zurueckgenommene(ereignisse)) - {ereignisse[0].akt}
    stelle = letzte_umstellung(ereignisse)
    stand: dict[str, Any] = eroeffnung(ereignisse[stelle])["stand"] if stelle >= 0 else {}
    for e in ereignisse[stelle + 1:]:
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
    prozess = PROZESSE[art]
    von, nach = prozess.heutiger(e.von), prozess.heutiger(e.nach)
    return next((u for u in prozess.kandidaten(e.ausloeser, von) if (u.nach if u.nach is not None else von) == nach), None)


def ende_der_faltung(ereignisse: Sequence[Geschehen]) -> str:
    return ereignisse[-1].nach if ereignisse else ""
