"""Formulare des Beschlusses: Wortlaut, Stimmen, Verteiler, Kenntnisnahme, Erledigung."""

from typing import Annotated, ClassVar

from pydantic import Field, JsonValue, ValidationInfo, field_validator

from forms.allgemein import Schluessel, Stelle
from forms.grundform import AusStammdaten, Auswahl, Datum, Formular, Geschehenstag, Langtext, Liste, ablehnung, langtext, zeile
from forms.sitzung import AUS_STAMMDATEN, Bezeichnung, GeltendeSitze, Sitzschluessel

Text = Annotated[str, langtext(darf_leer=True)]
Anzahl = Annotated[int, Field(ge=0, le=999)]
Verfahren = Annotated[str, Auswahl(abstimmung="Abstimmung", konsens="Konsens")]
Weg = Annotated[
    str,
    Auswahl(
        protokoll="Auszug aus dem Protokoll",
        mail="E-Mail",
        persoenlich="Persönlich",
        anwesenheitsliste="In einer Runde mit Anwesenheitsliste",
    ),
]
Stimme = Annotated[
    str,
    Auswahl(ja="Ja", nein="Nein", enthaltung="Enthaltung", befangen="Befangen", diskussion="Aussprache verlangt"),
]


class Abstimmung(Formular):
    """Das Ergebnis einer Abstimmung; wer befangen ist, zählt nicht."""

    ja: Anzahl = Field(title="Ja", description="Die Zahl der Ja-Stimmen.")
    nein: Anzahl = Field(default=0, title="Nein", description="Die Zahl der Nein-Stimmen.")
    enthaltung: Anzahl = Field(default=0, title="Enthaltung", description="Die Zahl der Enthaltungen.")


class Bewegung(Formular):
    """Ein Schritt, den der Beschluss an einem anderen Vorgang auslöst."""

    bewegt_andere: ClassVar[bool] = True

    vorgang: Schluessel = Field(title="Vorgang", description="Der Schlüssel des Vorgangs, den der Beschluss bewegt.")
    ausloeser: Annotated[str, zeile(60)] = Field(title="Schritt", description="Was mit dem Vorgang geschieht.")
    daten: dict[Annotated[str, zeile(60)], JsonValue] = Field(
        default_factory=dict, title="Angaben", description="Die Angaben, die dieser Schritt verlangt."
    )
    grund: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Grund", description="Der Grund, wenn der Schritt einen verlangt."
    )


class _Inhalt(Formular):
    """Was jeder Beschluss enthält, gleich wie er zustande kommt."""

    titel: Bezeichnung = Field(title="Titel", description="Worum es geht, in einer Zeile.")
    wortlaut: Langtext = Field(title="Wortlaut", description="Der Beschluss im Wortlaut.")
    sachverhalt: Text = Field(default="", title="Sachverhalt", description="Was der Lenkungsgruppe vorlag.")
    diskussion: Text = Field(default="", title="Aussprache", description="Was in der Aussprache wichtig war.")
    gegenstand: Annotated[str, zeile(120, darf_leer=True)] = Field(
        default="", title="Gegenstand", description="Die Art der Entscheidung, zum Beispiel „Arbeitsgruppe einrichten“."
    )
    verantwortlich: Bezeichnung = Field(
        title="Verantwortlich", description="Wer den Beschluss umsetzt, wie es im Protokoll steht."
    )
    stellen: Liste[Annotated[tuple[Stelle, ...], Field(max_length=50)]] = Field(
        default=(),
        title="Verantwortliche Stellen",
        description="Einrichtungen oder Personen, die den Beschluss hier selbst als erledigt melden dürfen.",
    )
    frist: Datum = Field(title="Frist", description="Bis wann der Beschluss umgesetzt ist.")
    verteiler: Liste[Annotated[tuple[Stelle, ...], Field(min_length=1, max_length=200)]] = Field(
        title="Verteiler",
        description="Wem der Beschluss mitgeteilt wird; Sammelbezeichnungen werden beim Versand aufgelöst.",
    )
    bezug: Liste[Annotated[tuple[Schluessel, ...], Field(max_length=50)]] = Field(
        default=(), title="Bezug", description="Die Vorgänge, von denen der Beschluss handelt."
    )
    zuarbeit_von: Stelle | None = Field(
        default=None, title="Zuarbeit von", description="Eine Stelle, die bis zur Frist etwas beitragen soll."
    )
    politik_vorlegen: Bezeichnung | None = Field(
        default=None, title="Politisch vorlegen", description="Das Gremium, dem die Sache vorgelegt werden soll."
    )
    bewegungen: Annotated[list[Bewegung], Field(max_length=50)] = Field(
        default_factory=list,
        title="Was der Beschluss bewegt",
        description="Die Schritte, die mit dem Beschluss geschehen.",
    )


class NamentlicheStimme(Formular):
    """Wie ein Sitz gestimmt hat."""

    sitz: Sitzschluessel = Field(title="Sitz", description="Das Kürzel des Sitzes, zum Beispiel S01.")
    stimme: Annotated[str, Auswahl(ja="Ja", nein="Nein", enthaltung="Enthaltung")] = Field(
        title="Stimme", description="Ja, Nein oder Enthaltung; wer befangen ist, steht gesondert."
    )


class Fassen(_Inhalt):
    """Ein Beschluss, der in einer Sitzung gefasst wird."""

    sitzung: Schluessel = Field(title="Sitzung", description="Die Sitzung, in der der Beschluss fällt.")
    punkt: Annotated[int, Field(ge=1, le=999)] | None = Field(
        default=None, title="Punkt", description="Der Punkt der Tagesordnung."
    )
    verfahren: Verfahren = Field(
        default="abstimmung", title="Verfahren", description="Ob abgestimmt wurde oder alle einig waren."
    )
    abstimmung: Abstimmung | None = Field(
        default=None, title="Abstimmung", description="Die Stimmen; leer bei einem Konsens."
    )
    befangen: Liste[Annotated[tuple[Sitzschluessel, ...], Field(max_length=100)]] = Field(
        default=(), title="Befangen", description="Sitze, die bei diesem Punkt nicht mitgestimmt haben."
    )
    namentlich: Liste[Annotated[tuple[NamentlicheStimme, ...], Field(max_length=100)]] = Field(
        default=(), title="Namentlich", description="Wie jeder Sitz gestimmt hat, wenn es festgehalten werden soll."
    )
    gefasst_am: Geschehenstag | None = Field(
        default=None, title="Gefasst am", description="Nur beim Nachtragen: der Tag der Sitzung."
    )


class UmlaufStarten(_Inhalt):
    """Alle Sitze werden schriftlich um ihre Stimme gebeten."""

    sitze: GeltendeSitze = Field(default=(), title="Sitze", description=AUS_STAMMDATEN)
    antwort_bis: Datum = Field(title="Antwort bis", description="Der letzte Tag für eine Antwort.")


class StimmeAbgeben(Formular):
    """Die Stimme eines Sitzes im Umlauf."""

    sitz: Sitzschluessel = Field(title="Sitz", description="Der Sitz, für den die Stimme zählt.")
    stimme: Stimme = Field(
        title="Stimme", description="Wer eine Aussprache verlangt, bringt den Punkt in die nächste Sitzung."
    )
    anmerkung: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Anmerkung", description="Was zur Stimme zu sagen ist."
    )


class UmlaufFeststellen(Formular):
    """Das Ergebnis des Umlaufs; es folgt aus den Stimmen."""

    ziel: Annotated[str, Auswahl(gefasst="Gefasst", gescheitert="Gescheitert")] | None = Field(
        default=None, title="Ergebnis", description="Leer lassen: Das Ergebnis folgt aus den Stimmen."
    )


class BewegungAusgeblieben(Formular):
    """Ein Schritt, den der Umlauf auslösen sollte und der nicht mehr möglich war. Die Kette füllt es aus."""

    vorgang: Schluessel = Field(title="Vorgang", description="Der Vorgang, den der Beschluss bewegen sollte.")
    ausloeser: Annotated[str, zeile(60)] = Field(title="Schritt", description="Was mit ihm geschehen sollte.")
    warum: Annotated[str, langtext(2000)] = Field(title="Warum nicht", description="Was dagegen stand.")


class BewegungKlaeren(Formular):
    """Wie es mit dem weitergeht, was nach dem Umlauf nicht mehr möglich war."""

    nummer: Annotated[str, zeile(20)] | None = Field(
        default=None, title="Nummer", description="Welches geklärt ist; leer, wenn nur eines offen ist."
    )
    vermerk: Annotated[str, langtext(2000)] = Field(title="Vermerk", description="Was Sie stattdessen getan haben.")


class UmlaufBerichten(Formular):
    """Über einen Umlauf wird in der nächsten Sitzung berichtet."""

    sitzung: Schluessel = Field(title="Sitzung", description="Die Sitzung, auf deren Tagesordnung der Bericht kommt.")


class Persoenlich(Formular):
    """Wer es wem wann und wo gesagt hat; das ist die Bestätigung."""

    wer: Bezeichnung = Field(title="Wer", description="Wer den Beschluss mitgeteilt hat.")
    wem: Bezeichnung = Field(title="Wem", description="Wem er mitgeteilt wurde.")
    wann: Geschehenstag = Field(title="Wann", description="Der Tag des Gesprächs.")
    wo: Bezeichnung = Field(title="Wo", description="Der Ort, oder „telefonisch“.")


class Anwesenheitsliste(Formular):
    """Eine Runde, in der viele auf einmal vom Beschluss erfuhren."""

    sitzung: Bezeichnung = Field(title="Runde", description="Die Runde oder das Treffen.")
    wann: Geschehenstag = Field(title="Wann", description="Der Tag der Runde.")
    teilnehmende_stellen: Liste[Annotated[tuple[Stelle, ...], Field(min_length=1, max_length=200)]] = Field(
        title="Teilnehmende", description="Alle Stellen, die da waren."
    )


class Empfaenger(Formular):
    """Eine namentlich aufgelöste Empfängerin oder ein Empfänger."""

    institution: Stelle = Field(title="Empfänger", description="Die Stelle oder Person, die den Beschluss bekommt.")
    sammelempfaenger: Stelle | None = Field(
        default=None,
        title="Steht im Verteiler als",
        description="Die Sammelbezeichnung, aus der dieser Empfänger stammt.",
    )
    weg: Weg = Field(title="Weg", description="Wie der Beschluss mitgeteilt wird.")
    gesendet_am: Geschehenstag | None = Field(default=None, title="Am", description="Der Tag; leer heißt heute.")
    aufgabe: bool = Field(
        default=False,
        title="Hat eine Aufgabe",
        description="Wer eine Aufgabe hat, bestätigt die Kenntnisnahme und wird erinnert.",
    )
    persoenlich: Persoenlich | None = Field(
        default=None,
        title="Persönlich mitgeteilt",
        description="Wer es wem wann und wo gesagt hat.",
        validate_default=True,
    )
    anwesenheitsliste: Anwesenheitsliste | None = Field(
        default=None, title="Anwesenheitsliste", description="Die Runde und wer da war.", validate_default=True
    )

    @field_validator("persoenlich")
    @classmethod
    def _belegt(cls, wert: Persoenlich | None, info: ValidationInfo) -> Persoenlich | None:
        if wert is None and info.data.get("weg") == "persoenlich":
            raise ablehnung("Bitte halten Sie fest, wer es wem wann und wo gesagt hat.")
        return wert

    @field_validator("anwesenheitsliste")
    @classmethod
    def _mit_liste(cls, wert: Anwesenheitsliste | None, info: ValidationInfo) -> Anwesenheitsliste | None:
        if wert is None and info.data.get("weg") == "anwesenheitsliste":
            raise ablehnung("Bitte geben Sie die Runde und die Anwesenden an.")
        return wert


class Weiterleiten(Formular):
    """Der Beschluss geht an seine Empfänger, auf einmal oder nach und nach."""

    empfaenger: Annotated[list[Empfaenger], Field(max_length=300), AusStammdaten("empfaenger")] = Field(
        default_factory=list,
        title="Empfänger",
        description="Alle, die den Beschluss jetzt bekommen. Aus dem Namen eines Verteilers werden die Stellen, die heute dazugehören; "
        "beim ersten Mal leer gelassen, geht der Beschluss an alle in seinem Verteiler.",
    )
    weitere_empfaenger: bool = Field(
        default=False,
        title="Weitere folgen",
        description="Ja, wenn noch Empfänger fehlen; die Frist läuft dann weiter.",
    )
    ohne_empfaenger: Liste[Annotated[tuple[Stelle, ...], Field(max_length=50)]] = Field(
        default=(),
        title="Niemand dahinter",
        description="Einträge des Verteilers, zu denen es heute niemanden gibt, zum Beispiel „Arbeitsgruppen“, wenn keine besteht.",
    )


class KenntnisNehmen(Formular):
    """Die Bestätigung eines Empfängers."""

    empfaenger: Stelle = Field(title="Empfänger", description="Wer die Kenntnisnahme bestätigt.")
    am: Geschehenstag | None = Field(default=None, title="Am", description="Der Tag; leer heißt heute.")
    persoenlich: Persoenlich | None = Field(
        default=None, title="Persönlich mitgeteilt", description="Wenn die Koordination es mündlich mitgeteilt hat."
    )


class Erinnern(Formular):
    """Eine Erinnerung oder ein Anruf bei einem Empfänger, der noch nicht bestätigt hat."""

    empfaenger: Stelle = Field(title="Empfänger", description="Wer erinnert wurde.")
    weg: Annotated[str, Auswahl(mail="E-Mail", anruf="Anruf", persoenlich="Persönlich")] = Field(
        title="Weg", description="Wie erinnert wurde."
    )
    vermerk: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Vermerk", description="Was dabei herauskam."
    )


class Erledigen(Formular):
    """Der Beschluss ist umgesetzt."""

    ergebnis: Text = Field(default="", title="Ergebnis", description="Was getan wurde.")
    erledigt_am: Geschehenstag | None = Field(default=None, title="Erledigt am", description="Der Tag; leer heißt heute.")


class FristAendern(Formular):
    """Eine neue Frist; den Grund nennt der Vorsitz."""

    frist: Datum = Field(title="Neue Frist", description="Bis wann der Beschluss jetzt umgesetzt ist.")


class Aufheben(Formular):
    """Ein späterer Beschluss hebt diesen auf."""

    beschluss: Schluessel | None = Field(
        default=None, title="Beschluss", description="Der Beschluss, der diesen aufhebt."
    )
