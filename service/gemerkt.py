"""Gemerkte Suchen: je Person Name und Filter. Sie ändern keinen Vorgang und gehören nur ihr."""

from __future__ import annotations

from datetime import datetime

from service.clock import als_text
from service.db import Sitzung
from service.errors import Ungueltig
from states.aussage import Aussage

HOECHSTENS = 30
_LAENGSTER_NAME, _LAENGSTE_ABFRAGE = 80, 2000


def meine(s: Sitzung, person: str) -> list[tuple[int, str, str]]:
    """(Nummer, Name, Abfrage) nach Namen."""
    return [(int(nr), str(name), str(abfrage)) for nr, name, abfrage in s.alle(
        "SELECT id, name, abfrage FROM gemerkte_suche WHERE person = :person ORDER BY name, id", {"person": person})]


def merke(s: Sitzung, person: str, name: str, abfrage: str, jetzt: datetime) -> int:
    """Ihre Nummer; derselbe Name ersetzt die bisherige Suche. Wirft Ungueltig."""
    name = " ".join(name.split())
    if not name or len(name) > _LAENGSTER_NAME or not name.isprintable():
        raise Ungueltig({"name": Aussage("Bitte geben Sie der Suche einen Namen mit höchstens {laengster_name} Zeichen.",
                                         laengster_name=_LAENGSTER_NAME)})
    if len(abfrage) > _LAENGSTE_ABFRAGE or not abfrage.isascii() or not abfrage.isprintable():
        raise Ungueltig({"name": "Diese Suche lässt sich nicht merken. Bitte verkürzen Sie sie."})
    if sum(andere != name for _, andere, _ in meine(s, person)) >= HOECHSTENS:
        raise Ungueltig({"name": Aussage("Sie haben schon {hoechstens} Suchen gemerkt. Bitte löschen Sie zuerst eine.",
                                         hoechstens=HOECHSTENS)})
    return int(s.wert("INSERT INTO gemerkte_suche (person, name, abfrage, angelegt) VALUES (:person, :name, :abfrage, :jetzt) "
                      "ON CONFLICT (person, name) DO UPDATE SET abfrage = excluded.abfrage, angelegt = excluded.angelegt RETURNING id",
                      {"person": person, "name": name, "abfrage": abfrage, "jetzt": als_text(jetzt)}))


def vergiss(s: Sitzung, person: str, nummer: int) -> None:
    s.fuehre("DELETE FROM gemerkte_suche WHERE id = :nummer AND person = :person", {"nummer": nummer, "person": person})
