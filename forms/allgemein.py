"""Was mehrere Schritte brauchen: Schlüssel, Stellen, Personen als Feldtypen die Übergabe und das Umhängen."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from forms.grundform import Auswahl, Formular, Liste, kontext_von, langtext, zeile


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


class GaesteVermerken(Formular):
    """Wer zu dem Punkt geladen ist, der von diesem Vorgang handelt. Die Kette füllt es aus."""

    gaeste: Liste[Annotated[tuple[Stelle, ...], Field(max_length=100)]] = Field(
        title="Gäste", description="Die Stellen, die zu diesem Punkt geladen sind.")


class Umhaengen(Formular):
    """Ein Thema ist in einem anderen aufgegangen oder geteilt; was daran hing, geht mit. Die Kette füllt es aus."""

    thema: Schluessel = Field(title="Neues Thema", description="Das Thema, zu dem der Vorgang ab jetzt gehört.")
    bisher: Schluessel = Field(title="Bisheriges Thema", description="Das Thema, aus dem er kommt.")


DATEIARTEN = {"pdf": "PDF", "png": "Bild (PNG)", "jpg": "Bild (JPEG)", "docx": "Word",
              "xlsx": "Excel", "odt": "OpenDocument-Text", "txt": "Text"}
Anhangnummer = Annotated[int, Field(ge=1, le=9999)]


class DateiAnhaengen(Formular):
    """Was von einer angehängten Datei im Verlauf steht; die Prüfung der Datei füllt es aus, ihr eigener Name gehört nicht dazu."""

    nr: Anhangnummer = Field(title="Nummer", description="Die Nummer des Anhangs an diesem Vorgang.")
    bezeichnung: Annotated[str, zeile(120)] = Field(
        title="Was ist das?", description="Zum Beispiel Merkblatt oder Vordruck; bitte keinen Namen."
    )
    typ: Annotated[str, Auswahl(**DATEIARTEN)] = Field(title="Art der Datei", description="Was die Prüfung erkannt hat.")
    groesse: Annotated[int, Field(ge=1)] = Field(title="Größe", description="In Byte, so wie die Datei gespeichert ist.")
    sha256: Annotated[str, zeile(64)] = Field(title="Prüfsumme", description="SHA-256 der gespeicherten Datei.")


class DateiEntfernen(Formular):
    """Eine Datei verschwindet; im Verlauf bleibt, dass es sie gab, und ihre Prüfsumme."""

    nr: Anhangnummer = Field(title="Nummer", description="Die Nummer des Anhangs.")
