"""Formulare der kleinen Akten: Auswahlrunde, Lage, Bericht, Anfrage und Kooperationsvereinbarung."""

from datetime import date
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from forms.allgemein import Schluessel, Stelle
from forms.grundform import AusStammdaten, Auswahl, Datum, Formular, Geschehenstag, Langtext, Liste, ablehnung, langtext, zeile
from forms.meldebogen import Kommune
from forms.sitzung import Bezeichnung

Text = Annotated[str, langtext(darf_leer=True)]
Anzahl = Annotated[int, Field(ge=0, le=1_000_000)]
Ebene = Annotated[
    str, Auswahl(Kreis="Kreis, Städteregion oder kreisfreie Stadt", Kommune="Kreisangehörige Stadt oder Gemeinde", Land="Land")
]
Schluesselliste = Liste[Annotated[tuple[Schluessel, ...], Field(max_length=500)]]


# --- Auswahlrunde


class AuswahlrundeAnlegen(Formular):
    """Vor einer Sitzung der Lenkungsgruppe werden alle Sammlungen durchgesehen."""

    titel: Bezeichnung = Field(title="Titel", description="Zum Beispiel „Auswahlrunde vor der Herbstsitzung“.")
    sitzung: Schluessel | None = Field(
        default=None, title="Sitzung", description="Die Sitzung, vor der die Runde liegt."
    )
    sammlungen: Annotated[Schluesselliste, AusStammdaten("sammlungen")] = Field(
        default=(), title="Sammlungen", description="Leer heißt: alle, die jetzt offen sind."
    )
    geparkte: Annotated[Schluesselliste, AusStammdaten("geparkte")] = Field(
        default=(), title="Geparkte Meldungen", description="Leer heißt: alle, die jetzt im Themenspeicher liegen."
    )


class AuswahlrundeDurchfuehren(Formular):
    """Alle Sammlungen und geparkten Meldungen sind gesichtet; was ausgewählt oder geparkt wird, bewegt sich damit."""

    formversion = 2

    gesichtet: Anzahl | None = Field(
        default=None, title="Gesichtete Meldungen", description="Wie viele Meldungen gesichtet wurden."
    )
    ausgewaehlt: Schluesselliste = Field(
        default=(), title="Ausgewählt", description="Meldungen, die jetzt zur Rekonstruktion ausgewählt werden."
    )
    auswahl_grund: Text = Field(default="", title="Grund der Auswahl", description="Warum gerade diese Fälle.")
    wieder_geparkt: Schluesselliste = Field(
        default=(), title="Parken oder weiter parken", description="Meldungen, die jetzt in den Themenspeicher kommen oder dort bleiben."
    )
    park_grund: Text = Field(default="", title="Grund des Parkens", description="Warum diese Meldungen ruhen.")
    wiedervorlage_am: Datum | None = Field(
        default=None,
        title="Wiedervorlage am",
        description="Ein Tag für alle, an dem Sie wieder nachsehen; leer lassen, was schon seinen Tag hat.",
    )
    vermerk: Text = Field(default="", title="Vermerk", description="Was in der Runde auffiel.")


# --- Lage


class LageAusrufen(Formular):
    """In einer Krise gelten für Sammlungen eigene Regeln, bis zu einem Tag."""

    titel: Bezeichnung = Field(title="Titel", description="Worum es geht.")
    anlass: Text = Field(default="", title="Anlass", description="Warum die üblichen Regeln nicht genügen.")
    sammlungen: Liste[Annotated[tuple[Schluessel, ...], Field(min_length=1, max_length=50)]] = Field(
        title="Sammlungen", description="Die Sammlungen, deren Meldungen betroffen sind."
    )
    von: Datum = Field(title="Von", description="Der erste Tag der Lage.")
    bis: Datum = Field(title="Bis", description="Der voraussichtlich letzte Tag; er lässt sich verlängern.")


class LageNichtAusrufen(Formular):
    """Eine Lage wurde geprüft und nicht ausgerufen; den Grund nennt die Koordination."""

    titel: Bezeichnung = Field(title="Titel", description="Worum es ging.")
    anlass: Text = Field(default="", title="Anlass", description="Was die Prüfung ausgelöst hat.")
    geprueft_am: Geschehenstag | None = Field(default=None, title="Geprüft am", description="Der Tag; leer heißt heute.")


class LageErweitern(Formular):
    """Die Lage dauert länger oder umfasst weitere Sammlungen."""

    sammlungen: Liste[Annotated[tuple[Schluessel, ...], Field(max_length=50)]] = Field(
        default=(), title="Weitere Sammlungen", description="Sammlungen, die dazukommen."
    )
    bis: Datum | None = Field(default=None, title="Neues Ende", description="Leer lassen, wenn das Ende bleibt.")


class LageSammelmeldung(Formular):
    """Eine Stelle nennt statt einzelner Meldungen eine Zahl; eine neue Angabe ersetzt die vorige."""

    stelle: Stelle = Field(title="Stelle", description="Die Einrichtung, die gemeldet hat.")
    anzahl: Annotated[int, Field(ge=1, le=100_000)] = Field(title="Anzahl", description="Wie viele Fälle sie bisher zählt.")
    stand_vom: Geschehenstag | None = Field(default=None, title="Stand vom", description="Für welchen Tag die Zahl gilt; leer heißt heute.")
    hinweis: Text = Field(default="", title="Hinweis", description="Worum es geht; bitte keine Namen und keine Anschriften.")


class LageBeenden(Formular):
    """Eine Lage endet mit einer Auswertung."""

    auswertung: Langtext = Field(title="Auswertung", description="Was geholfen hat, was nicht, und was bleibt.")


# --- Bericht


class Zeitraum(Formular):
    """Der Zeitraum, über den berichtet wird."""

    von: Datum = Field(title="Von", description="Der erste Tag.")
    bis: Datum = Field(title="Bis", description="Der letzte Tag.")

    @field_validator("bis")
    @classmethod
    def _nach_dem_beginn(cls, bis: date, info: ValidationInfo) -> date:
        if bis < info.data.get("von", bis):
            raise ablehnung("Das Ende des Zeitraums liegt vor seinem Beginn.")
        return bis


class BerichtBearbeiten(Formular):
    """Was ein Bericht enthält."""

    titel: Bezeichnung | None = Field(default=None, title="Titel", description="Die Überschrift des Berichts.")
    gremium: Bezeichnung | None = Field(default=None, title="Gremium", description="Wem berichtet wird.")
    ebene: Ebene | None = Field(
        default=None, title="Ebene", description="Wozu das Gremium gehört."
    )
    sitzung_am: Datum | None = Field(default=None, title="Sitzung am", description="Wann das Gremium tagt.")
    zeitraum: Zeitraum | None = Field(default=None, title="Zeitraum", description="Worüber berichtet wird.")
    vorlage: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Vorlage", description="Name oder Nummer der Vorlage."
    )
    text: Text = Field(default="", title="Text", description="Der Bericht oder seine Zusammenfassung.")


class BerichtAnlegen(BerichtBearbeiten):
    """Ein neuer Bericht an ein Gremium."""

    titel: Bezeichnung = Field(title="Titel", description="Die Überschrift des Berichts.")
    gremium: Bezeichnung = Field(title="Gremium", description="Wem berichtet wird.")
    voriger: Schluessel | None = Field(
        default=None,
        title="Voriger Bericht",
        description="Der letzte Bericht an dieses Gremium; dort wird vermerkt, dass dieser folgt.",
    )


class BerichtVormerken(Formular):
    """Ein Gremium des Profils hat noch keinen Bericht bekommen; die Runde füllt es aus."""

    titel: Bezeichnung = Field(title="Titel", description="Die Überschrift des Berichts.")
    gremium: Bezeichnung = Field(title="Gremium", description="Wem berichtet wird.")


class BerichtVersenden(Formular):
    """Der Bericht geht an das Gremium."""

    gesendet_am: Geschehenstag | None = Field(default=None, title="Gesendet am", description="Der Tag; leer heißt heute.")
    zahlen: Annotated[None, AusStammdaten("zahlen")] = Field(
        default=None, title="Zahlen zum Zeitraum", description="Was beim Versand gezählt war; das Programm hält es fest."
    )


class BerichtZurKenntnis(Formular):
    """Das Gremium hat den Bericht zur Kenntnis genommen."""

    zur_kenntnis_am: Geschehenstag | None = Field(
        default=None, title="Zur Kenntnis am", description="Der Tag; leer heißt heute."
    )
    hinweise: Text = Field(default="", title="Hinweise", description="Was das Gremium dazu gesagt hat.")


class BerichtNachfolger(Formular):
    """Welcher Bericht an dasselbe Gremium folgt."""

    nachfolger: Schluessel = Field(title="Nächster Bericht", description="Der Schlüssel des nächsten Berichts.")


# --- Anfrage


class AnfrageErfassen(Formular):
    """Fragen aus einem Gremium mit einer Frist."""

    titel: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Titel", description="Worum es geht, in einer Zeile."
    )
    gremium: Bezeichnung = Field(title="Gremium", description="Das Gremium, aus dem die Anfrage kommt.")
    von: Bezeichnung = Field(title="Von", description="Wer fragt, zum Beispiel eine Fraktion.")
    fragen: Liste[Annotated[tuple[Annotated[str, langtext(2000)], ...], Field(min_length=1, max_length=100)]] = Field(
        title="Fragen", description="Die Fragen im Wortlaut, je Frage ein Eintrag."
    )
    frist: Datum = Field(title="Frist", description="Bis wann zu antworten ist.")
    eingang_am: Geschehenstag | None = Field(default=None, title="Eingegangen am", description="Der Tag; leer heißt heute.")


class AnfrageBeantworten(Formular):
    """Die Antwort auf alle Fragen."""

    antwort: Langtext = Field(title="Antwort", description="Die Antwort, wie sie das Gremium bekommt.")
    beantwortet_am: Geschehenstag | None = Field(default=None, title="Beantwortet am", description="Der Tag; leer heißt heute.")


# --- Kooperationsvereinbarung


class VereinbarungAbschliessen(Formular):
    """Zwei oder mehr Stellen vereinbaren ihre Zusammenarbeit."""

    titel: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Titel", description="Leer lassen, dann entsteht er aus den Parteien."
    )
    parteien: Liste[Annotated[tuple[Stelle, ...], Field(min_length=2, max_length=50)]] = Field(
        title="Parteien", description="Alle Stellen, die vereinbart haben."
    )
    kommune: Kommune | None = Field(
        default=None, title="Kommune", description="Die Stadt oder Gemeinde, für die sie gilt."
    )
    inhalt: Text = Field(default="", title="Inhalt", description="Was vereinbart ist.")
    gueltig_von: Datum = Field(title="Gültig ab", description="Der erste Tag.")
    gueltig_bis: Datum | None = Field(
        default=None, title="Gültig bis", description="Der letzte Tag; leer, wenn unbefristet."
    )
    pruefung_am: Datum | None = Field(
        default=None, title="Prüfung am", description="Wann zu prüfen ist, ob sie noch passt."
    )


class PruefungAbschliessen(Formular):
    """Das Ergebnis der Prüfung und der nächste Termin."""

    ergebnis: Annotated[str, langtext(4000)] = Field(title="Ergebnis", description="Was die Prüfung ergeben hat.")
    geprueft_am: Geschehenstag | None = Field(default=None, title="Geprüft am", description="Der Tag; leer heißt heute.")
    pruefung_am: Datum | None = Field(
        default=None,
        title="Nächste Prüfung am",
        description="Leer lassen, wenn das Ende der Vereinbarung als Termin genügt.",
    )
    gueltig_bis: Datum | None = Field(default=None, title="Gültig bis", description="Nur wenn sich das Ende ändert.")
