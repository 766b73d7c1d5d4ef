"""Formulare der Sitzung der Lenkungsgruppe. Sitze sind Ämter; wer einen innehat, gilt nur für diese Sitzung."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from forms.allgemein import Personenschluessel, Schluessel, Stelle
from forms.grundform import AusStammdaten, Auswahl, Datum, Formular, Langtext, Liste, Zeile, ablehnung, langtext, zeile
from forms.stammdaten import Stellung

_UHRZEIT = re.compile(r"([01]?[0-9]|2[0-3])[:.][0-5][0-9]")
Sitzschluessel = Annotated[str, zeile(20)]
Bezeichnung = Annotated[str, zeile(200)]
Ort = Annotated[str, zeile(200, darf_leer=True)]
Hinweis = Annotated[str, langtext(4000, darf_leer=True)]
Punkttitel = Annotated[str, zeile(300, darf_leer=True)]
Anwesend = Annotated[str, Auswahl(inhaber="Inhaberin oder Inhaber", vertretung="Vertretung", abwesend="Abwesend")]
Punktart = Annotated[
    str,
    Auswahl(
        thema="Generatives Thema",
        zielsystem="Zielsystem",
        cm_bericht="Persönlicher Bericht aus dem Case Management",
        bericht="Bericht",
        kenntnisnahme="Zur Kenntnis",
        einwand="Einwand gegen ein Protokoll",
        uebertrag="Aus der vorigen Sitzung",
        frei="Freier Punkt",
    ),
]


class Sitz(Formular):
    """Ein Sitz der Lenkungsgruppe mit denen, die an diesem Tag für ihn sprechen."""

    sitz: Sitzschluessel = Field(title="Sitz", description="Das Kürzel des Sitzes, zum Beispiel S01.")
    funktion: Bezeichnung = Field(title="Amt", description="Das Amt, dem der Sitz gehört.")
    rolle: Stellung | None = Field(
        default=None, title="Stellung", description="Vorsitz, Stellvertretung oder Mitglied."
    )
    institution: Stelle | None = Field(
        default=None, title="Einrichtung", description="Die Einrichtung, die den Sitz innehat."
    )
    personen: Liste[Annotated[tuple[Personenschluessel, ...], Field(max_length=10)]] = Field(
        default=(),
        title="Personen",
        description="Wer für den Sitz stimmen darf: Inhaberin oder Inhaber und Vertretung.",
    )
    vertretung: Bezeichnung | None = Field(default=None, title="Vertretung", description="Das Amt, das vertritt.")
    gueltig_von: Datum | None = Field(
        default=None, title="Gilt ab", description="Der erste Tag, an dem der Sitz besteht."
    )
    gueltig_bis: Datum | None = Field(
        default=None, title="Gilt bis", description="Der letzte Tag; leer, wenn der Sitz weiter besteht."
    )


GeltendeSitze = Annotated[Liste[Annotated[tuple[Sitz, ...], Field(max_length=100)]], AusStammdaten("sitze")]
AUS_STAMMDATEN = "Kommen aus den Stammdaten, wie sie an diesem Tag gelten. Nur nötig, wenn dort keine Sitze gepflegt sind."


class Gast(Formular):
    """Ein Gast ist zu einem Punkt da und stimmt nicht mit."""

    institution: Stelle = Field(title="Gast", description="Die Stelle oder Person, die zu einem Punkt geladen ist.")
    punkt: Annotated[int, Field(ge=1, le=999)] | None = Field(
        default=None, title="Punkt", description="Die Nummer des Punktes auf der Tagesordnung."
    )


Gaeste = Liste[Annotated[tuple[Gast, ...], Field(max_length=100)]]


class Anwesenheit(Formular):
    """Wer auf einem Sitz saß."""

    sitz: Sitzschluessel = Field(title="Sitz", description="Das Kürzel des Sitzes, zum Beispiel S01.")
    anwesend: Anwesend = Field(title="Anwesend", description="Inhaberin oder Inhaber, Vertretung oder niemand.")


def _aus_zuordnung(wert: object) -> object:
    """Auch {"S01": "inhaber"} ist eine Anwesenheitsliste."""
    return [{"sitz": s, "anwesend": a} for s, a in wert.items()] if isinstance(wert, Mapping) else wert


Anwesenheitsliste = Annotated[
    Liste[Annotated[tuple[Anwesenheit, ...], Field(min_length=1, max_length=100)]], BeforeValidator(_aus_zuordnung)
]


class Planen(Formular):
    """Eine Sitzung bekommt einen Termin."""

    datum: Datum = Field(title="Termin", description="Der Tag der Sitzung.")
    ort: Ort = Field(default="", title="Ort", description="Wo die Lenkungsgruppe tagt.")
    titel: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Titel", description="Leer lassen, dann entsteht er aus dem Termin."
    )
    vorige: Schluessel | None = Field(
        default=None, title="Vorige Sitzung", description="Die Sitzung davor; an ihr wird vermerkt, dass diese folgt."
    )


class Einladen(Formular):
    """Die Einladung an alle Sitze."""

    ort: Ort = Field(default="", title="Ort", description="Wo die Lenkungsgruppe tagt.")
    beginn: Annotated[str, zeile(20, darf_leer=True)] = Field(
        default="", title="Beginn", description="Die Uhrzeit, zum Beispiel 14:00 Uhr."
    )
    sitze: GeltendeSitze = Field(default=(), title="Sitze", description=AUS_STAMMDATEN)
    gaeste: Gaeste = Field(default=(), title="Gäste", description="Wer zu einem einzelnen Punkt geladen ist.")
    hinweis: Hinweis = Field(default="", title="Hinweis", description="Was in der Einladung zusätzlich stehen soll.")


class UnterlagenVersenden(Formular):
    """Die Unterlagen gehen an alle Sitze."""

    unterlagen: Liste[Annotated[tuple[Zeile, ...], Field(max_length=100)]] = Field(
        default=(), title="Unterlagen", description="Was versandt wird, ein Eintrag je Unterlage."
    )
    hinweis: Hinweis = Field(default="", title="Hinweis", description="Was dazu zu sagen ist.")


class Nachreichen(Formular):
    """Eine Unterlage kommt nach dem Versand dazu, auch als Tischvorlage."""

    unterlage: Bezeichnung = Field(title="Unterlage", description="Was nachgereicht wird.")
    bezug: Schluessel | None = Field(
        default=None, title="Bezug", description="Der Vorgang, zu dem die Unterlage gehört."
    )
    tischvorlage: bool = Field(default=False, title="Tischvorlage", description="Ob sie erst in der Sitzung vorliegt.")


class Verlegen(Formular):
    """Die Sitzung bekommt einen anderen Termin; Einladung und Tagesordnung bleiben."""

    datum: Datum = Field(title="Neuer Termin", description="Der neue Tag der Sitzung.")
    ort: Ort = Field(default="", title="Ort", description="Leer lassen, wenn der Ort bleibt.")


class PunktAufnehmen(Formular):
    """Ein Punkt der Tagesordnung: ein Vorgang, ein Bericht oder freier Text."""

    titel: Punkttitel = Field(default="", title="Titel", description="Worum es geht.")
    art: Punktart | None = Field(default=None, title="Art", description="Was für ein Punkt das ist.")
    bezug: Schluessel | None = Field(
        default=None,
        title="Bezug",
        description="Thema, Zielsystem oder Beschluss, um den es geht; leer bei freiem Text.",
    )
    tischvorlage: bool = Field(
        default=False, title="Tischvorlage", description="Ob der Punkt nach dem Versand der Unterlagen dazukommt."
    )
    text: Annotated[str, langtext(darf_leer=True)] = Field(
        default="", title="Text", description="Was zum Punkt zu wissen ist."
    )


class PunkteWarten(Formular):
    """Wozu die Sitzung nicht kam; die Kette füllt es aus."""

    punkte: Liste[Annotated[tuple[Annotated[int, Field(ge=1, le=999)], ...], Field(max_length=999)]] = Field(
        title="Punkte", description="Die Nummern der unbehandelten Punkte."
    )


class PunkteUebernehmen(Formular):
    """Unbehandelte Punkte einer früheren Sitzung; die Kette füllt es aus."""

    aus: Schluessel = Field(title="Aus", description="Die Sitzung, die nicht zu ihnen kam.")
    punkte: Liste[Annotated[tuple[PunktAufnehmen, ...], Field(max_length=999)]] = Field(
        title="Punkte", description="Was hier wieder auf der Tagesordnung steht."
    )


class PunktStreichen(Formular):
    """Ein Punkt verlässt die Tagesordnung; er bleibt als gestrichen sichtbar."""

    nr: Annotated[int, Field(ge=1, le=999)] | None = Field(
        default=None, title="Nummer", description="Die Nummer eines freien Punktes."
    )
    bezug: Schluessel | None = Field(
        default=None, title="Bezug", description="Der Vorgang, dessen Punkt gestrichen wird."
    )


class Eroeffnen(Formular):
    """Die Anwesenheit je Sitz."""

    anwesenheit: Anwesenheitsliste = Field(title="Anwesenheit", description="Je Sitz: Inhaberin oder Inhaber, Vertretung oder abwesend.")
    sitze: GeltendeSitze = Field(default=(), title="Sitze", description=AUS_STAMMDATEN)
    gaeste: Gaeste = Field(
        default=(), title="Gäste", description="Wer zu einem einzelnen Punkt da ist; Gäste stimmen nicht mit."
    )


class AnwesenheitAendern(Formular):
    """Wer während der Sitzung dazukommt, geht oder vertreten wird: die ganze Anwesenheit, wie sie ab jetzt gilt."""

    anwesenheit: Anwesenheitsliste = Field(title="Anwesenheit", description="Je Sitz: Inhaberin oder Inhaber, Vertretung oder abwesend.")
    gaeste: Gaeste = Field(default=(), title="Gäste", description="Alle Gäste der Sitzung; wer hier fehlt, gilt nicht mehr als Gast.")
    um: Annotated[str, zeile(20, darf_leer=True)] = Field(default="", title="Uhrzeit", description="Ab wann das gilt, zum Beispiel 14:35.")

    @field_validator("um")
    @classmethod
    def _als_uhrzeit(cls, wert: str) -> str:
        if wert and not _UHRZEIT.fullmatch(wert):
            raise ablehnung("Bitte geben Sie die Uhrzeit mit Stunde und Minute an, zum Beispiel 14:35.")
        return wert.replace(".", ":").rjust(5, "0") if wert else ""


class PunktBeraten(Formular):
    """Was zu einem Punkt besprochen wurde, auch ohne Beschluss; solange niemand unterzeichnet hat, lässt es sich neu fassen."""

    nr: Annotated[int, Field(ge=1, le=999)] = Field(title="Punkt", description="Der Punkt der Tagesordnung.")
    text: Annotated[str, langtext(darf_leer=True)] = Field(
        default="", title="Beratung", description="Was in der Aussprache wichtig war und wie es weitergeht."
    )
    wieder: bool = Field(
        default=False, title="In der nächsten Sitzung wieder aufrufen",
        description="Ein Punkt ohne Vorgang kommt dann von selbst auf die nächste Tagesordnung.",
    )


class ProtokollVersenden(Formular):
    """Das Protokoll geht an alle Sitze; damit beginnt die Frist für Einwände."""

    hinweis: Hinweis = Field(default="", title="Hinweis", description="Was beim Versand dazu zu sagen ist.")


class EinwandVerzeichnen(Formular):
    """Ein Einwand gegen das Protokoll. Kommt er verspätet, wird er Punkt der nächsten Sitzung, sobald eine geplant ist."""

    einwand_von: Bezeichnung = Field(title="Einwand von", description="Der Sitz, der den Einwand erhebt.")
    text: Langtext = Field(title="Einwand", description="Was am Protokoll nicht stimmt und wie es heißen soll.")
    naechste_sitzung: Schluessel | None = Field(
        default=None,
        title="Nächste Sitzung",
        description="Bei einem verspäteten Einwand: die Sitzung, die ihn behandelt; leer heißt die nächste.",
    )


class Berichtigen(Formular):
    """Eine Ergänzung des Protokolls; der bisherige Wortlaut bleibt stehen."""

    text: Langtext = Field(title="Ergänzung", description="Was das Protokoll zusätzlich festhält.")
    punkt: Annotated[int, Field(ge=1, le=999)] | None = Field(
        default=None, title="Punkt", description="Der Punkt, zu dem sie gehört."
    )
    zu_einwand: Annotated[int, Field(ge=1, le=999)] | None = Field(
        default=None, title="Zu Einwand", description="Die Nummer des Einwands, der damit erledigt ist."
    )
    beschluss: Schluessel | None = Field(
        default=None, title="Beschluss", description="Der Beschluss, der die Ergänzung verlangt."
    )


class NachfolgerVermerken(Formular):
    """Welche Sitzung auf diese folgt."""

    nachfolger: Schluessel = Field(
        title="Nächste Sitzung", description="Der Schlüssel der Sitzung, die auf diese folgt."
    )
