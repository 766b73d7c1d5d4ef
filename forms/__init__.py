"""Formulare: was Menschen ausfüllen. Je Schritt des Kreislaufs ein Modul mit dem Namen seiner Prozesstabelle."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from forms.grundform import Formular


@cache
def _module() -> dict[str, ModuleType]:
    """Geladen erst, wenn jemand ein Formular braucht: Zweihundert Klassen bei jedem Start kosteten ein Zwanzigstel."""
    from forms import (
        arbeitsgruppe, beschluss, einzelfalluebergabe, fallrekonstruktion, generatives_thema, massnahme, meldebogen, monitoring, nebenakten,
        sammlung, sitzung, zielsystem,
    )  # fmt: skip

    return {
        "meldebogen": meldebogen, "sammlung": sammlung, "einzelfalluebergabe": einzelfalluebergabe,
        "fallrekonstruktion": fallrekonstruktion, "generatives_thema": generatives_thema, "sitzung": sitzung, "beschluss": beschluss,
        "arbeitsgruppe": arbeitsgruppe, "zielsystem": zielsystem, "massnahme": massnahme, "monitoring": monitoring,
        "auswahlrunde": nebenakten, "lage": nebenakten, "bericht": nebenakten, "anfrage": nebenakten,
        "kooperationsvereinbarung": nebenakten,
    }  # fmt: skip


def modul(art: str) -> ModuleType:
    """Die Formulare einer Art. Wirft KeyError bei einer Art ohne Formulare."""
    return _module()[art]


def formular(art: str, name: str) -> type[Formular]:
    """Die Klasse zu einem Formularnamen aus einer Prozesstabelle; was jeder Schritt kennt, steht in `allgemein`."""
    from forms import allgemein

    klasse: type[Formular] = getattr(modul(art), name, None) or getattr(allgemein, name)
    return klasse
