"""Formulare der Maßnahme. Anlegen und ändern geschieht über das Zielsystem."""

from typing import Annotated

from pydantic import Field

from forms.allgemein import Schluessel, Stelle
from forms.grundform import Datum, Formular, Liste, langtext, zeile


class Anlegen(Formular):
    """Eine Maßnahme eines Zielsystems."""

    titel: Annotated[str, zeile(200)] = Field(title="Maßnahme", description="Was getan wird.")
    eigner: Stelle = Field(title="Zuständige Stelle", description="Wer sie umsetzt.")
    frist: Datum = Field(title="Bis", description="Der Tag, an dem sie erledigt sein soll.")
    eltern: Schluessel = Field(title="Zielsystem", description="Das Zielsystem, zu dem sie gehört.")
    kennung: Annotated[str, zeile(40)] = Field(title="Kennung im Zielsystem", description="Die Zeile, aus der sie entstand.")
    wartet_auf: Liste[Annotated[tuple[Annotated[str, zeile(40)], ...], Field(max_length=30)]] = Field(
        default=(), title="Wartet auf", description="Auflagen, die zuerst bestätigt sein müssen."
    )


class Erledigen(Formular):
    """Die Maßnahme ist umgesetzt."""

    ergebnis: Annotated[str, langtext(4000, darf_leer=True)] = Field(default="", title="Ergebnis", description="Was jetzt anders ist.")


class Fortschreiben(Formular):
    """Was sich mit dem Zielsystem geändert hat."""

    titel: Annotated[str, zeile(200)] | None = Field(default=None, title="Maßnahme", description="Der neue Titel.")
    eigner: Stelle | None = Field(default=None, title="Zuständige Stelle", description="Wer sie jetzt umsetzt.")
    frist: Datum | None = Field(default=None, title="Bis", description="Das neue Datum.")


class AuflageErfuellt(Formular):
    """Eine Auflage, auf die die Maßnahme wartete, ist bestätigt."""

    auflage: Annotated[str, zeile(40)] = Field(title="Auflage", description="Die Kennung der Auflage.")
