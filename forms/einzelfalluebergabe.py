"""Formulare der Einzelfallübergabe. Keine Angaben zur Person: Sie gehen außerhalb dieses Systems an das Case Management."""

from typing import Annotated

from pydantic import Field

from forms.allgemein import Schluessel, Stelle
from forms.grundform import Formular, Geschehenstag, langtext


class Anbieten(Formular):
    """Der Einzelfall einer Meldung wird einem Team des Case Managements angeboten."""

    meldung: Schluessel = Field(title="Meldung", description="Das Geschäftszeichen der Meldung, aus der der Einzelfall stammt.")
    an: Stelle = Field(title="Team", description="Das Case Management, das den Fall übernehmen soll.")
    einwilligung_am: Geschehenstag | None = Field(
        default=None, title="Einwilligung vom", description="Der Tag, an dem die betroffene Person eingewilligt hat."
    )
    hinweis: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Hinweis", description="Was das Team wissen muss; bitte keine Namen und keine Anschriften."
    )


class EinwilligungVerzeichnen(Formular):
    """Die betroffene Person willigt in die Übergabe ein oder widerruft."""

    einwilligung: bool = Field(title="Einwilligung liegt vor", description="Nein, wenn die Person nicht einwilligt oder widerruft.")
    erteilt_am: Geschehenstag | None = Field(default=None, title="Erklärt am", description="Der Tag der Erklärung.")
