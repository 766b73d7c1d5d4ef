"""Die Wörter der Kette: was ein Schritt an einem Vorgang bei anderen auslöst. Welche Glieder es gibt, steht in `states/kette.py`."""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from states.model import Daten, Nachbar, Weg


class Lage(NamedTuple):
    """Was eine Folge sieht: der Vorgang, der sich bewegt hat (nach dem Schritt), und der Nachbar, um den es geht.

    `sicht(weg)` sind Nachbarn des bewegten Vorgangs, `sicht_ziel(weg)` die des Nachbarn; beide sehen offene
    Verbindungen, wie sie nach dem Schritt sind, und nur Wege, die die Folge mit `braucht` nennt.
    """

    key: str
    art: str
    ausloeser: str
    vorher: str
    zustand: str
    stand: Daten
    daten: Daten
    grund: str
    ziel: Nachbar
    heute: date
    sicht: Callable[[Weg], tuple[Nachbar, ...]] = lambda weg: ()
    sicht_ziel: Callable[[Weg], tuple[Nachbar, ...]] = lambda weg: ()


@dataclass(frozen=True)
class Folgeschritt:
    """Was der Nachbar tut: `daten` ist die Antwort wie aus einem Formular, `ziel` darin wählt unter Übergängen."""

    ausloeser: str
    daten: Daten = field(default_factory=dict)
    grund: str = ""


class Folge(NamedTuple):
    """Nach `bei` an einem Vorgang `art` tut jeder über `weg` erreichte Nachbar, was `schritt` sagt.

    Ohne `schritt` schaltet er `feuert[0]`. Ist der Schritt aus seinem Zustand nicht möglich, geschieht nichts: die
    Kette zieht nach, sie sperrt nie. `weg` sieht auch Verbindungen, die der Schritt eben geschlossen hat.
    `feuert` nennt alles, was `schritt` auslösen kann; daraus wird berechnet, wie weit ein Schritt reicht.
    `feld`: Der Schritt handelt für die in diesem Feld genannten, als hätte die Person jeden selbst getan. Dann zählt, was sie
    dort darf, und jeder muss gelingen; was nicht geht, steht bei diesem Feld.
    """

    art: str
    bei: tuple[str, ...]
    weg: Weg
    feuert: tuple[str, ...]
    schritt: Callable[[Lage], Folgeschritt | None] | None = None
    braucht: tuple[Weg, ...] = ()
    feld: str = ""


class Neu(NamedTuple):
    """Nach `bei` an einem Vorgang `art` entstehen Vorgänge der Art `entsteht` durch deren Anfang `ausloeser`.

    `daten(lage)` liefert je neuem Vorgang die Antwort seines Anfangs; ein Feld `key` darin ist sein Wunschschlüssel.
    `lage.ziel` ist hier der bewegte Vorgang selbst.
    """

    art: str
    bei: tuple[str, ...]
    entsteht: str
    ausloeser: str
    daten: Callable[[Lage], Iterable[Daten]]
    braucht: tuple[Weg, ...] = ()


class Bewegt(NamedTuple):
    """Nach `bei` werden die im Inhalt unter `feld` genannten Schritte geschaltet: [{vorgang, ausloeser, daten, grund}].

    So bewegt ein Beschluss, wovon er handelt; die Schritte laufen mit der Rolle `beschluss`. Anders als eine Folge
    muss jeder gelingen, sonst gilt der ganze Schritt als abgelehnt. Nennt `ausgeblieben` einen Auslöser, gilt er trotzdem, und dieser
    Schritt verzeichnet am Vorgang selbst, was nicht ging: {vorgang, ausloeser, warum}.
    """

    art: str
    bei: tuple[str, ...]
    feld: str
    wenn: Callable[[Lage], bool] = lambda lage: True
    ausgeblieben: str = ""


Kettenglied = Folge | Neu | Bewegt
