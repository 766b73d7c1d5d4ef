"""Personen, Zugänge, Nachrichten, Kommentare und Codes in der Schnittstelle: was hineingeht."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from forms.grundform import Datum, Formular, Liste, zeile
from forms.personen import NeuePerson, Personenangaben, Rollengabe
from service.api_modelle import Abfrage
from service.kommentare import Kommentieren, StelleSchwaerzen

Personenschluessel = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]

# --- hinein -----------------------------------------------------------------------------------------------------------


class PersonAnlegen(Formular):
    daten: NeuePerson = Field(title="Daten", description="Die Person und ihre erste Rolle.")


class PersonAendern(Formular):
    daten: Personenangaben = Field(title="Daten", description="Name, Stelle, Gültigkeit.")


class RolleGeben(Formular):
    daten: Rollengabe = Field(title="Daten", description="Die Rolle und ihre Zeit.")


class Kontenabfrage(Abfrage):
    ab: Personenschluessel | None = Field(default=None, description="Das Lesezeichen `weiter` der vorigen Seite.")


class Personenabfrage(Kontenabfrage):
    am: Datum | None = Field(default=None, description="Nur, wessen Eintrag an diesem Tag gilt; ohne Angabe alle.")


class Nachrichtenabfrage(Abfrage):
    zustand: Literal["wartend", "gescheitert"] | None = Field(
        default=None, description="wartend: noch unterwegs; gescheitert: nicht zugestellt. Ohne Angabe beides.")


class Kommentarabfrage(Abfrage):
    ab: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}$")] | None = Field(
        default=None, description="Das Lesezeichen `weiter` der vorigen Seite.")


class KommentarSchreiben(Kommentieren):
    """Wen der Kommentar anspricht, steht als @Name im Text oder mit seinem Schlüssel in `an`."""

    an: Liste[Annotated[tuple[Annotated[str, zeile(40)], ...], Field(max_length=50)]] = Field(
        default=(), title="Ansprechen", description="Schlüssel von Personen, die den Kommentar lesen können.")


class KommentarZurueckziehen(Formular):
    loeschen: bool = Field(default=False, title="Text löschen", description="Sonst bleibt der Text durchgestrichen stehen.")


class Codeausstellen(Formular):
    stelle: Annotated[str, zeile(200)] = Field(title="Stelle", description="Name oder Schlüssel einer Stelle des Profils.")


HINEIN: Sequence[type[BaseModel]] = (PersonAnlegen, PersonAendern, RolleGeben, KommentarSchreiben, KommentarZurueckziehen, Codeausstellen,
                                     StelleSchwaerzen)
