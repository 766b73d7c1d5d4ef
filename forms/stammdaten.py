"""Was an einem datierten Eintrag der Stammdaten auszufüllen ist. Ob es eine genannte Person oder Stelle gibt, prüft der Dienst."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from forms.grundform import AusListe, Auswahl, Datum, Formular, Liste, Verweis, ablehnung, zeile

# Tage, die mit Ostern wandern: Abstand zum Ostersonntag.
BEWEGLICHE_TAGE: Mapping[str, int] = MappingProxyType(
    {
        "Weiberfastnacht": -52,
        "Rosenmontag": -48,
        "Veilchendienstag": -47,
        "Aschermittwoch": -46,
        "Gründonnerstag": -3,
        "Tag nach Christi Himmelfahrt": 40,
        "Tag nach Fronleichnam": 61,
    }
)
LAENGSTE_SCHLIESSZEIT = timedelta(days=62)
_ZU_LANG = "Bitte nennen Sie einen Tag im Jahr, oder einen Zeitraum von höchstens {tage} Tagen."
POSTFACH = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\".]+(?:\.[^@\s<>,;:\".]+)+")
_JAEHRLICH = re.compile(r"(?P<monat>[0-9]{2})-(?P<tag>[0-9]{2})")
_JAEHRLICH_DEUTSCH = re.compile(r"(?P<tag>[0-9]{1,2})\.\s?(?P<monat>[0-9]{1,2})\.?")
_BEWEGLICH = {name.casefold(): name for name in BEWEGLICHE_TAGE}

Amt = Annotated[str, zeile(200)]
Stelle = Annotated[str, zeile(200), Verweis("institutionen")]
Person = Annotated[str, zeile(60), Verweis("personen")]
Kommune = Annotated[str, zeile(), AusListe("kommunen", "Diese Kommune gehört nicht zum Gebiet.")]


def _postfach(wert: str) -> str:
    if not POSTFACH.fullmatch(wert):
        raise ablehnung("Das ist keine E-Mail-Adresse.")
    return wert


def _wiederkehr(wert: str) -> str:
    """„24.12.“ -> „12-24“; ein beweglicher Tag bekommt seine Schreibweise."""
    if not wert or wert.casefold() in _BEWEGLICH:
        return _BEWEGLICH.get(wert.casefold(), "")
    fund = _JAEHRLICH.fullmatch(wert) or _JAEHRLICH_DEUTSCH.fullmatch(wert)
    if fund is None:
        raise ablehnung("Bitte geben Sie einen Tag im Jahr an (24.12.) oder einen beweglichen Tag (" + ", ".join(BEWEGLICHE_TAGE) + ").")
    try:
        tag = date(2000, int(fund["monat"]), int(fund["tag"]))  # ein Schaltjahr: auch der 29. Februar ist erlaubt
    except ValueError:
        raise ablehnung("Diesen Tag gibt es im Kalender nicht.") from None
    return f"{tag:%m-%d}"


def _kurz(von: date, bis: date | None) -> bool:
    return bis is not None and bis - von < LAENGSTE_SCHLIESSZEIT


class Geltung(Formular):
    """Von wann bis wann ein Eintrag gilt; beide Tage zählen mit."""

    von: Datum = Field(title="Gilt ab", description="Der erste Tag.")
    bis: Datum | None = Field(default=None, title="Gilt bis", description="Der letzte Tag; leer heißt: bis auf Weiteres.")

    @field_validator("bis")
    @classmethod
    def _nicht_davor(cls, wert: date | None, info: ValidationInfo) -> date | None:
        if wert is not None and "von" in info.data and wert < info.data["von"]:
            raise ablehnung("Der letzte Tag liegt vor dem ersten.")
        return wert


Stellung = Annotated[str, Auswahl(vorsitz="Vorsitz", stellv_vorsitz="Stellvertretender Vorsitz", mitglied="Mitglied")]


class Sitzbesetzung(Geltung):
    """Ein Sitz der Lenkungsgruppe: ein Amt, und wer in dieser Zeit für es spricht."""

    sitz: Annotated[str, zeile(20)] = Field(title="Sitz", description="Das Kürzel des Sitzes, zum Beispiel S01.")
    funktion: Amt = Field(title="Amt", description="Das Amt, dem der Sitz gehört.")
    rolle: Stellung = Field(
        default="mitglied", title="Stellung", description="Vorsitz, Stellvertretung oder Mitglied."
    )
    institution: Stelle = Field(title="Stelle", description="Die Stelle, die den Sitz innehat.")
    inhaber: Person | None = Field(default=None, title="Inhaberin oder Inhaber", description="Wer für den Sitz spricht und stimmt.")
    vertretung: Person | None = Field(
        default=None, title="Vertretung", description="Wer für den Sitz spricht, wenn die Inhaberin oder der Inhaber fehlt."
    )
    vertretungsamt: Amt | None = Field(
        default=None, title="Amt der Vertretung", description="Das Amt, das den Sitz vertritt, wenn noch keine Person feststeht."
    )

    @field_validator("vertretung")
    @classmethod
    def _zwei_personen(cls, wert: str | None, info: ValidationInfo) -> str | None:
        if wert is not None and wert == info.data.get("inhaber"):
            raise ablehnung("Niemand vertritt sich selbst. Bitte nennen Sie eine andere Person.")
        return wert


class Kontakt(Geltung):
    """Das Funktionspostfach einer Stelle: Dorthin gehen ihre Nachrichten."""

    institution: Stelle = Field(title="Stelle", description="Die Stelle, die so zu erreichen ist.")
    postfach: Annotated[str, zeile(200), AfterValidator(_postfach)] = Field(
        title="Funktionspostfach", description="Die E-Mail-Adresse der Funktion, nie die einer einzelnen Person."
    )
    telefon: Annotated[str, zeile(60)] | None = Field(default=None, title="Telefon", description="Für Anrufe, wenn niemand antwortet.")


class Zustaendigkeit(Geltung):
    """Für welche Kommunen eine Stelle zuständig ist."""

    institution: Stelle = Field(title="Stelle", description="Die zuständige Stelle.")
    kommunen: Liste[Annotated[tuple[Kommune, ...], Field(min_length=1, max_length=200)]] = Field(
        title="Kommunen", description="Wofür sie zuständig ist."
    )


class Verteilerliste(Geltung):
    """Ein Sammelempfänger: Beim Weiterleiten werden daraus die Stellen, die an diesem Tag dazugehören."""

    name: Amt = Field(title="Name", description="Wie er in einem Beschluss steht, zum Beispiel „Jugendämter“.")
    institutionen: Liste[Annotated[tuple[Stelle, ...], Field(max_length=300)]] = Field(
        default=(), title="Stellen", description="Alle Stellen, die dazugehören."
    )
    arbeitsgruppen: bool = Field(
        default=False,
        title="Leitungen der Arbeitsgruppen",
        description="Dazu kommen die Leitungen aller Arbeitsgruppen, die dann bestehen.",
        validate_default=True,
    )

    @field_validator("arbeitsgruppen")
    @classmethod
    def _jemand(cls, wert: bool, info: ValidationInfo) -> bool:
        if not wert and not info.data.get("institutionen"):
            raise ablehnung("Ein Verteiler braucht mindestens eine Stelle oder die Leitungen der Arbeitsgruppen.")
        return wert


class Schliesstag(Geltung):
    """Tage, an denen die Verwaltung geschlossen ist; sie zählen nicht als Werktage."""

    anlass: Annotated[str, zeile()] = Field(title="Anlass", description="Zum Beispiel Brückentag oder Betriebsferien.")
    wiederkehr: Annotated[str, zeile(60, darf_leer=True), AfterValidator(_wiederkehr)] = Field(
        default="",
        title="Jedes Jahr am",
        description="Ein Tag im Jahr (24.12.) oder ein beweglicher Tag (Rosenmontag). Leer: jeder Tag von „Gilt ab“ bis „Gilt bis“.",
        validate_default=True,
    )

    @field_validator("wiederkehr")
    @classmethod
    def _begrenzt(cls, wert: str, info: ValidationInfo) -> str:
        if not wert and "bis" in info.data and "von" in info.data and not _kurz(info.data["von"], info.data["bis"]):
            raise ablehnung(_ZU_LANG, tage=LAENGSTE_SCHLIESSZEIT.days)
        return wert


class Abwesenheit(Geltung):
    """Jemand ist nicht da; Nachrichten gehen in dieser Zeit an die Vertretung. Der Grund gehört nicht hierher."""

    von: Datum = Field(title="Abwesend ab", description="Der erste Tag.")
    bis: Datum | None = Field(default=None, title="Abwesend bis", description="Der letzte Tag; leer, solange er nicht feststeht.")
    person: Person = Field(title="Person", description="Wer abwesend ist.")
    vertretung: Person | None = Field(
        default=None, title="Vertretung", description="Leer: Es vertritt, wer am jeweiligen Vorgang als Vertretung steht."
    )

    @field_validator("vertretung")
    @classmethod
    def _zwei_personen(cls, wert: str | None, info: ValidationInfo) -> str | None:
        if wert is not None and wert == info.data.get("person"):
            raise ablehnung("Niemand vertritt sich selbst. Bitte nennen Sie eine andere Person.")
        return wert


class EintragBeenden(Formular):
    """Der letzte Tag, an dem ein Eintrag gilt."""

    bis: Datum = Field(title="Gilt bis", description="Der letzte Tag.")
