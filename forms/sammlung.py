"""Formulare der Sammlung."""

from typing import Annotated

from pydantic import Field

from forms.grundform import Formular, Zeile, langtext

_TITEL = "Das gemeinsame Thema der Meldungen in einer Zeile, zum Beispiel „Wartezeit bis Kursstart“."


class Anlegen(Formular):
    """Eine neue Sammlung."""

    titel: Zeile = Field(title="Titel", description=_TITEL)
    beschreibung: Annotated[str, langtext(darf_leer=True)] = Field(
        default="", title="Beschreibung", description="Was hierher gehört und was nicht."
    )


class Umbenennen(Formular):
    """Der Titel ändert sich; die Meldungen bleiben, wo sie sind."""

    titel: Zeile = Field(title="Titel", description=_TITEL)
    beschreibung: Annotated[str, langtext(darf_leer=True)] = Field(
        default="", title="Beschreibung", description="Was hierher gehört und was nicht."
    )
