"""Was mehrere Schritte brauchen: Schlüssel, Stellen, Personen als Feldtypen die Übergabe und das Umhängen."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from forms.grundform import Formular, kontext_von, langtext, zeile


def wie_im_profil(name: str, info: ValidationInfo) -> str:
    """Alle schreiben dieselbe Stelle gleich: Der Name aus dem Profil ersetzt Kurzformen, Unbekanntes bleibt stehen."""
    kontext = kontext_von(info)
    return kontext.stelle(name) if kontext else name


Schluessel = Annotated[str, zeile(40)]  # eines Vorgangs, zum Beispiel GT-01
Stelle = Annotated[str, zeile(200), AfterValidator(wie_im_profil)]  # Name einer Einrichtung, wie er im Profil steht
Personenschluessel = Annotated[str, zeile(60)]


class Begruendung(Formular):
    """Der Grund eines Schritts; wo er nötig ist, sagt die Prozesstabelle."""

    grund: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Grund", description="Warum Sie es tun; bei manchen Schritten nötig."
    )


class Uebergeben(Formular):
    """Der Vorgang bekommt eine andere zuständige Person; den Grund nennt, wer übergibt."""

    zustaendig: Personenschluessel = Field(title="Zuständig", description="Die Person, die den Vorgang ab jetzt führt.")
    vertretung: Personenschluessel | None = Field(
        default=None, title="Vertretung", description="Wer einspringt; leer lassen, wenn die Vertretung bleibt."
    )


class SitzungVermerken(Formular):
    """Auf welcher Tagesordnung etwas steht oder stand; die Runde und die Kette füllen es aus."""

    sitzung: Schluessel = Field(title="Sitzung", description="Der Schlüssel der Sitzung.")


class Umhaengen(Formular):
    """Ein Thema ist in einem anderen aufgegangen oder geteilt; was daran hing, geht mit. Die Kette füllt es aus."""

    thema: Schluessel = Field(title="Neues Thema", description="Das Thema, zu dem der Vorgang ab jetzt gehört.")
    bisher: Schluessel = Field(title="Bisheriges Thema", description="Das Thema, aus dem er kommt.")
