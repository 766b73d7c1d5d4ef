"""Was mehrere Schritte brauchen: Schlüssel, Stellen, Personen als Feldtypen und das Formular der Übergabe."""

from typing import Annotated

from pydantic import Field

from forms.grundform import Formular, zeile

Schluessel = Annotated[str, zeile(40)]  # eines Vorgangs, zum Beispiel GT-01
Stelle = Annotated[str, zeile(200)]  # Name einer Einrichtung, wie er im Profil steht
Personenschluessel = Annotated[str, zeile(60)]


class Uebergeben(Formular):
    """Der Vorgang bekommt eine andere zuständige Person; den Grund nennt, wer übergibt."""

    zustaendig: Personenschluessel = Field(title="Zuständig", description="Die Person, die den Vorgang ab jetzt führt.")
    vertretung: Personenschluessel | None = Field(
        default=None, title="Vertretung", description="Wer einspringt; leer lassen, wenn die Vertretung bleibt."
    )
