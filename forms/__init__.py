"""Formulare: was Menschen ausfüllen. Je Schritt des Kreislaufs ein Modul mit dem Namen seiner Prozesstabelle."""

from __future__ import annotations

from types import ModuleType

from forms import (
    allgemein,
    arbeitsgruppe,
    beschluss,
    einzelfalluebergabe,
    fallrekonstruktion,
    generatives_thema,
    massnahme,
    meldebogen,
    monitoring,
    nebenakten,
    sammlung,
    sitzung,
    zielsystem,
)
from forms.grundform import Formular

FORMULARE: dict[str, ModuleType] = {
    "meldebogen": meldebogen,
    "sammlung": sammlung,
    "einzelfalluebergabe": einzelfalluebergabe,
    "fallrekonstruktion": fallrekonstruktion,
    "generatives_thema": generatives_thema,
    "sitzung": sitzung,
    "beschluss": beschluss,
    "arbeitsgruppe": arbeitsgruppe,
    "zielsystem": zielsystem,
    "massnahme": massnahme,
    "monitoring": monitoring,
    "auswahlrunde": nebenakten,
    "lage": nebenakten,
    "bericht": nebenakten,
    "anfrage": nebenakten,
    "kooperationsvereinbarung": nebenakten,
}


def formular(art: str, name: str) -> type[Formular]:
    """Die Klasse zu einem Formularnamen aus einer Prozesstabelle; was jeder Schritt kennt, steht in `allgemein`."""
    klasse: type[Formular] = getattr(FORMULARE[art], name, None) or getattr(allgemein, name)
    return klasse
