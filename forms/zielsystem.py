"""Formulare des Zielsystems."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from forms.allgemein import Schluessel, Stelle
from forms.dienstleistungskette import (
    DurchBeschluss,
    Indikatoren,
    Istschritte,
    Massnahmenzeilen,
    MitKennung,
    Sollschritte,
    Stellen,
    Ziele,
    mit_stellen,
)
from forms.grundform import AusStammdaten, Auswahl, Datum, Formular, Geschehenstag, Liste, langtext, zeile
from states.zielsystem_inhalt import BESTAETIGT_ALS

_Titel = Annotated[str, zeile(200)]
Ergebnis = Annotated[str, Auswahl(uebernimmt="Übernimmt", teilweise="Übernimmt teilweise", lehnt_ab="Lehnt ab")]


class Anlegen(Formular):
    """Ein neues Zielsystem einer Arbeitsgruppe, oder der Nachfolger eines eingeführten."""

    titel: _Titel = Field(title="Titel", description="Worum es geht, in einer Zeile.")
    eltern: Schluessel = Field(title="Arbeitsgruppe", description="Die Gruppe, die es erarbeitet.")
    thema: Schluessel = Field(title="Thema", description="Das Thema, zu dem es gehört.")
    ersetzt: Schluessel | None = Field(
        default=None, title="Ersetzt", description="Das eingeführte Zielsystem, an dessen Stelle dieses später tritt."
    )


class VersionUebernehmen(Formular):
    """Der Nachfolger eines eingeführten Zielsystems ist dessen nächste Version. Die Kette füllt es aus."""

    version: Annotated[int, Field(ge=2, le=999)] = Field(title="Version", description="Die Version des Vorgängers und eins.")


class Bearbeiten(Formular):
    """Der Entwurf: nur was hier steht, ändert sich. Eine Änderung macht eine neue Abstimmung nötig."""

    titel: _Titel | None = Field(default=None, title="Titel", description="Worum es geht, in einer Zeile.")
    ist: Istschritte | None = Field(default=None, title="Ist-Kette", description="Wie es heute läuft, über alle Stellen.")
    soll: Sollschritte | None = Field(default=None, title="Soll-Kette", description="Wie es künftig laufen soll.")
    ziele: Ziele | None = Field(default=None, title="Ziele", description="Vom Leitziel zu den Handlungszielen.")
    massnahmen: Massnahmenzeilen | None = Field(default=None, title="Maßnahmen", description="Wer was bis wann tut.")
    indikatoren: Indikatoren | None = Field(default=None, title="Indikatoren", description="Woran man die Wirkung erkennt.")


class Zustimmen(Formular):
    """Eine Stelle stimmt dem Entwurf zu."""

    institution: Stelle = Field(title="Stelle", description="Die Stelle, die zustimmt.")


class SondervotumAbgeben(Formular):
    """Eine Stelle stimmt nicht zu und sagt, warum; das Votum wird mit vorgelegt."""

    institution: Stelle = Field(title="Stelle", description="Die Stelle, die das Votum abgibt.")
    text: Annotated[str, langtext(4000)] = Field(title="Sondervotum", description="Der Wortlaut.")


class Vorlegen(Formular):
    """Das Zielsystem kommt auf die Tagesordnung der Lenkungsgruppe."""

    sitzung: Schluessel = Field(title="Sitzung", description="Die Sitzung, in der entschieden werden soll.")


class Entscheidung(DurchBeschluss):
    """Was die Lenkungsgruppe über das Zielsystem entschieden hat."""


class Auflage(MitKennung):
    """Was vor oder während der Umsetzung noch zu erfüllen ist."""

    auflage: Annotated[str, zeile(300)] = Field(title="Auflage", description="Was zu erfüllen ist.")
    verantwortlich: Stelle = Field(title="Zuständige Stelle", description="Wer sie erfüllt.")
    frist: Datum = Field(title="Bis", description="Der Tag, an dem sie erfüllt sein soll.")
    bestaetigt_durch: Stelle = Field(
        title="Bestätigt durch", description="Eine Stelle, „Vorsitz der Lenkungsgruppe“ oder „Koordination“."
    )
    massnahmen: Liste[Annotated[tuple[Annotated[str, zeile(40)], ...], Field(max_length=60)]] = Field(
        default=(), title="Maßnahmen", description="Die Kennungen der Maßnahmen, die bis zur Bestätigung warten."
    )


class Zurueckverweisen(Entscheidung):
    """Die Lenkungsgruppe gibt das Zielsystem zur Überarbeitung zurück."""

    auflagen: Liste[Annotated[tuple[Auflage, ...], Field(max_length=30)]] = Field(
        default=(), title="Auflagen", description="Was die Gruppe dabei erfüllen soll."
    )
    stellen: Stellen = Field(
        default=(), title="Beteiligte Stellen", description="Ergibt sich aus den Auflagen und wird von selbst eingetragen."
    )

    @model_validator(mode="before")
    @classmethod
    def _stellen_aus_auflagen(cls, roh: Any) -> Any:
        ergaenzt = mit_stellen(roh, "auflagen", ("verantwortlich",), ("bestaetigt_durch",))
        if isinstance(ergaenzt, dict) and isinstance(ergaenzt.get("stellen"), list):
            return {**ergaenzt, "stellen": [s for s in ergaenzt["stellen"] if s not in BESTAETIGT_ALS]}
        return ergaenzt


class MitAuflagenBeschliessen(Zurueckverweisen):
    """Die Lenkungsgruppe beschließt und macht Auflagen."""

    auflagen: Liste[Annotated[tuple[Auflage, ...], Field(min_length=1, max_length=30)]] = Field(
        title="Auflagen", description="Jede mit zuständiger Stelle, Datum und wer die Erfüllung bestätigt."
    )


class Adressat(Formular):
    """Eine Stelle, die das Zielsystem bekommt."""

    institution: Stelle = Field(title="Stelle", description="Der Name einer Einrichtung oder eines Verteilers.")
    antwort_erwartet: bool = Field(
        default=True, title="Antwort erwartet", description="Ob die Stelle sagen soll, was sie übernimmt."
    )
    sammelempfaenger: Annotated[str, zeile(200)] | None = Field(
        default=None, title="Steht im Verteiler als", description="Die Sammelbezeichnung, aus der dieser Empfänger stammt."
    )


class Weiterleiten(Formular):
    """Das beschlossene Zielsystem geht an alle, die es angeht."""

    empfaenger: Annotated[
        Liste[Annotated[tuple[Adressat, ...], Field(min_length=1, max_length=200)]], AusStammdaten("empfaenger")
    ] = Field(title="Empfänger", description="Aus dem Namen eines Verteilers werden die Stellen, die heute dazugehören.")


class AntwortVerzeichnen(Formular):
    """Was eine Stelle von der Empfehlung übernimmt."""

    institution: Stelle = Field(title="Stelle", description="Die Stelle, die antwortet.")
    ergebnis: Ergebnis = Field(title="Antwort", description="Bei einer Ablehnung nennen Sie bitte den Grund.")
    anmerkung: Annotated[str, langtext(4000, darf_leer=True)] = Field(
        default="", title="Anmerkung", description="Zum Beispiel, welcher Teil übernommen wird."
    )


class AuflageBestaetigen(Formular):
    """Die Auflage ist erfüllt."""

    auflage: Annotated[str, zeile(40)] = Field(title="Auflage", description="Die Kennung der Auflage.")
    vermerk: Annotated[str, langtext(2000, darf_leer=True)] = Field(default="", title="Vermerk", description="Woran man es sieht.")


class OffeneMassnahme(Formular):
    """Eine Maßnahme, die bei der Einführung noch nicht fertig ist."""

    massnahme: Schluessel = Field(title="Maßnahme", description="Ihr Schlüssel.")
    frist: Datum = Field(title="Neues Datum", description="Bis wann sie erledigt wird.")


class Einfuehren(Formular):
    """Der neue Ablauf gilt."""

    startdatum: Datum = Field(title="Gilt ab", description="Ab diesem Tag zählt, was gemeldet wird, als nach der Einführung geschehen.")
    offene_massnahmen: Liste[Annotated[tuple[OffeneMassnahme, ...], Field(max_length=60)]] = Field(
        default=(), title="Offene Maßnahmen", description="Jede mit einem neuen Datum; sie halten die Einführung nicht auf."
    )


class Fortschreiben(Formular):
    """Eine Maßnahme ändert sich oder kommt hinzu. Alles andere ist eine neue Version für die Lenkungsgruppe."""

    massnahme: Schluessel | None = Field(default=None, title="Maßnahme", description="Ihr Schlüssel; leer für eine neue.")
    titel: _Titel | None = Field(default=None, title="Titel", description="Was getan wird; nötig für eine neue.")
    eigner: Stelle | None = Field(default=None, title="Zuständige Stelle", description="Wer sie umsetzt, wenn sich das ändert.")
    frist: Datum | None = Field(default=None, title="Bis", description="Das neue Datum.")
    zustimmung_am: Geschehenstag = Field(title="Zustimmung vom", description="Wann die zuständige Stelle zugestimmt hat.")
