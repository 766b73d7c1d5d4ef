"""Formulare: was Menschen ausfüllen. Je Schritt des Kreislaufs ein Modul mit dem Namen seiner Prozesstabelle."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from forms.grundform import Formular


@cache
def modul(art: str) -> ModuleType:
    """Die Formulare einer Art. Geladen erst, wenn jemand eines braucht: Zweihundert Klassen bei jedem Start kosteten ein Zwanzigstel.

    Wirft KeyError bei einer Art ohne Formulare.
    """
    return _vor_dem_thema(art) or _ab_dem_thema(art) or _daneben(art)


def _vor_dem_thema(art: str) -> ModuleType | None:
    from forms import einzelfalluebergabe, fallrekonstruktion, meldebogen, sammlung

    return {"meldebogen": meldebogen, "sammlung": sammlung, "einzelfalluebergabe": einzelfalluebergabe,
            "fallrekonstruktion": fallrekonstruktion}.get(art)


def _ab_dem_thema(art: str) -> ModuleType | None:
    from forms import arbeitsgruppe, beschluss, generatives_thema, massnahme, monitoring, sitzung, zielsystem

    return {"generatives_thema": generatives_thema, "sitzung": sitzung, "beschluss": beschluss, "arbeitsgruppe": arbeitsgruppe,
            "zielsystem": zielsystem, "massnahme": massnahme, "monitoring": monitoring}.get(art)


def _daneben(art: str) -> ModuleType:
    from forms import nebenakten

    return dict.fromkeys(("auswahlrunde", "lage", "bericht", "anfrage", "kooperationsvereinbarung"), nebenakten)[art]


def formular(art: str, name: str) -> type[Formular]:
    """Die Klasse zu einem Formularnamen aus einer Prozesstabelle; was jeder Schritt kennt, steht in `allgemein`."""
    from forms import allgemein

    klasse: type[Formular] = getattr(modul(art), name, None) or getattr(allgemein, name)
    return klasse
