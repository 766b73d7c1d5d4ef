"""Formulare des generativen Themas. Was die Lenkungsgruppe entscheidet, füllt der Beschluss aus."""

from typing import Annotated

from pydantic import Field

from forms.allgemein import Schluessel, Stelle
from forms.grundform import Auswahl, Datum, Formular, Geschehenstag, Langtext, Liste, langtext, zeile

Titel = Annotated[str, zeile(200)]
_Freitext = Annotated[str, langtext(4000, darf_leer=True)]
_Stellen = Liste[Annotated[tuple[Stelle, ...], Field(max_length=60)]]
_Schluesselliste = Liste[Annotated[tuple[Schluessel, ...], Field(max_length=500)]]
Ebene = Annotated[str, Auswahl(kommune="Einzelne Stadt oder Gemeinde", kreis="Ganzes Gebiet der Lenkungsgruppe", land="Land", bund="Bund")]
Themenquelle = Annotated[
    str,
    Auswahl(fallrekonstruktion="Fallrekonstruktion", austausch="Austausch mit einer Stelle", baustein3="Baustein 3"),
]
Ergebnis = Annotated[str, Auswahl(geloest="Gelöst", ohne_loesung="Nicht gelöst")]
_ERGEBNIS = "Ob die Hürde beseitigt ist; das erfahren auch die meldenden Stellen."


class Anlegen(Formular):
    """Ein Thema aus freigegebenen Fallrekonstruktionen, oder mit Begründung aus einer anderen Quelle."""

    titel: Titel = Field(title="Titel", description="Die strukturelle Hürde in einem Satz.")
    beschreibung: _Freitext = Field(default="", title="Beschreibung", description="Wie sich die Hürde zeigt und wen sie trifft.")
    fallrekonstruktionen: _Schluesselliste = Field(
        default=(), title="Fallrekonstruktionen", description="Die freigegebenen Fallrekonstruktionen, aus denen das Thema kommt."
    )
    quelle: Themenquelle | None = Field(
        default=None, title="Quelle", description="Nur nötig ohne Fallrekonstruktion; dann bitte auch den Grund angeben."
    )
    meldungen: _Schluesselliste = Field(
        default=(), title="Vorgemerkte Meldungen", description="Meldungen, die dazugehören könnten; zugeordnet wird jede einzeln."
    )
    institutionen: _Stellen = Field(default=(), title="Stellen", description="Wer an einer Lösung beteiligt sein muss.")
    hebel: Ebene | None = Field(default=None, title="Hebel", description="Auf welcher Ebene sich die Hürde lösen lässt.")
    prioritaet: Annotated[int, Field(ge=1, le=5)] | None = Field(
        default=None, title="Priorität", description="1 ist die höchste Priorität."
    )
    cluster: Annotated[str, zeile(darf_leer=True)] = Field(default="", title="Cluster", description="Wenn er schon feststeht.")


class Abspalten(Formular):
    """Das neue Thema einer Teilung; die Kette füllt es aus."""

    titel: Titel = Field(title="Titel", description="Die strukturelle Hürde in einem Satz.")
    beschreibung: _Freitext = Field(default="", title="Beschreibung", description="Wie sich die Hürde zeigt und wen sie trifft.")
    geteilt_aus: Schluessel = Field(title="Geteilt aus", description="Das Thema, aus dem dieses entstand.")
    fallrekonstruktionen: _Schluesselliste = Field(default=(), title="Fallrekonstruktionen", description="Die mitgegebenen.")
    institutionen: _Stellen = Field(default=(), title="Stellen", description="Wer an einer Lösung beteiligt sein muss.")


class Aufnehmen(Formular):
    """Weitere freigegebene Fallrekonstruktionen zeigen dieselbe Hürde; ihre Meldungen kommen mit."""

    fallrekonstruktionen: Liste[Annotated[tuple[Schluessel, ...], Field(min_length=1, max_length=50)]] = Field(
        title="Fallrekonstruktionen", description="Freigegebene Fallrekonstruktionen, die noch nicht zu diesem Thema gehören."
    )


class Clustern(Formular):
    """Verwandte Themen kommen gebündelt vor die Lenkungsgruppe."""

    cluster: Annotated[str, zeile(darf_leer=True)] = Field(default="", title="Cluster", description="Zum Beispiel „Sprache“.")


class Vorlegen(Formular):
    """Das Thema kommt auf die Tagesordnung einer Sitzung."""

    sitzung: Schluessel = Field(title="Sitzung", description="Die Sitzung der Lenkungsgruppe.")
    tischvorlage: bool = Field(
        default=False, title="Tischvorlage", description="Die Unterlagen sind schon versandt; das Thema kommt auf den Tisch."
    )
    cluster: Annotated[str, zeile(darf_leer=True)] = Field(
        default="", title="Cluster", description="Nur nötig, wenn das Thema noch keinen hat."
    )


class Mitglied(Formular):
    """Eine Stelle, die die Lenkungsgruppe in die Arbeitsgruppe beruft."""

    institution: Stelle = Field(title="Stelle", description="Der Name der Einrichtung.")
    funktion: Annotated[str, zeile(darf_leer=True)] = Field(default="", title="Funktion", description="Zum Beispiel Teamleitung.")
    rolle: Annotated[str, Auswahl(mitglied="Mitglied", leitung="Leitung")] | None = Field(
        default=None, title="Rolle", description="„Leitung“ bei der Stelle, die die Gruppe leitet."
    )


class Beauftragen(Formular):
    """Der Auftrag: an eine neue Arbeitsgruppe mit Mitgliedern, an einen bestehenden Arbeitskreis oder an eine Stelle."""

    auftrag: _Freitext = Field(default="", title="Auftrag", description="Was zu tun ist.")
    frist: Datum | None = Field(default=None, title="Ergebnis bis", description="Der Tag, bis zu dem das Ergebnis vorliegen soll.")
    name: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Name der Arbeitsgruppe", description="Für eine neue Gruppe."
    )
    mitglieder: Liste[Annotated[tuple[Mitglied, ...], Field(max_length=60)]] = Field(
        default=(), title="Mitglieder", description="Für eine neue Gruppe: die Stellen, die die Lenkungsgruppe benennt."
    )
    leitung: _Stellen = Field(default=(), title="Leitung", description="Wer die neue Gruppe leitet.")
    arbeitskreis: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Bestehender Arbeitskreis", description="Wenn keine neue Gruppe nötig ist."
    )
    an: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Stelle", description="Wenn eine einzelne Stelle ohne Arbeitsgruppe handeln kann."
    )
    beschluss: Schluessel | None = Field(default=None, title="Beschluss", description="Leer lassen; der Beschluss setzt ihn selbst.")


class Zurueckstellen(Formular):
    """Das Thema wartet bis zu einem Datum."""

    wiedervorlage_am: Datum | None = Field(default=None, title="Wiedervorlage am", description="Der Tag, an dem es wieder angesehen wird.")


class AnLandMelden(Formular):
    """Land oder Bund soll sich befassen."""

    wiedervorlage_am: Datum | None = Field(default=None, title="Wiedervorlage am", description="Der Tag, an dem Sie nachfragen.")
    ebene: Annotated[str, Auswahl(land="Land", bund="Bund")] | None = Field(default=None, title="Ebene", description="Wer es lösen kann.")
    empfaenger: Annotated[str, zeile(200, darf_leer=True)] = Field(default="", title="An", description="Die Stelle bei Land oder Bund.")


class AnLandVersenden(Formular):
    """Ein Schreiben an Land oder Bund ist hinausgegangen, das erste oder eine Nachfrage."""

    empfaenger: Annotated[str, zeile(200)] = Field(title="An", description="Die Stelle bei Land oder Bund.")
    gesendet_am: Geschehenstag | None = Field(default=None, title="Gesendet am", description="Leer lassen, wenn es heute war.")
    inhalt: _Freitext = Field(default="", title="Inhalt", description="Worum es in dem Schreiben geht.")
    wiedervorlage_am: Datum | None = Field(
        default=None, title="Neue Wiedervorlage", description="Leer lassen, wenn das bisherige Datum bleibt."
    )


class AntwortVerzeichnen(Formular):
    """Eine Antwort von Land oder Bund und wie es danach weitergeht."""

    ziel: (
        Annotated[
            str,
            Auswahl(
                an_land_gemeldet="Zwischennachricht, weiter warten",
                geclustert="Zurück in die Bündelung",
                zurueckgestellt="Zurückstellen",
                abgeschlossen="Abschließen",
            ),
        ]
        | None
    ) = Field(default=None, title="Wie weiter", description="Ohne Angabe gilt die Antwort als Zwischennachricht.")
    inhalt: Langtext = Field(title="Antwort", description="Was die Stelle mitteilt.")
    erhalten_am: Geschehenstag | None = Field(default=None, title="Erhalten am", description="Leer lassen, wenn es heute war.")
    wiedervorlage_am: Datum | None = Field(
        default=None, title="Wiedervorlage am", description="Nötig, wenn weiter gewartet oder zurückgestellt wird."
    )
    ergebnis: Ergebnis | None = Field(default=None, title="Ergebnis", description=f"Nötig beim Abschließen. {_ERGEBNIS}")


class ZuarbeitAnfordern(Formular):
    """Eine Stelle soll der Lenkungsgruppe zuarbeiten."""

    stelle: Stelle = Field(title="Stelle", description="Wer zuarbeiten soll.")
    was: _Freitext = Field(default="", title="Was", description="Was gebraucht wird.")
    bis: Datum | None = Field(default=None, title="Bis", description="Der Tag, bis zu dem es vorliegen soll.")


class PolitikVorlegen(Formular):
    """Ein politisches Gremium soll befasst werden."""

    gremium: Stelle = Field(title="Gremium", description="Zum Beispiel der Integrationsrat.")
    was: _Freitext = Field(default="", title="Was", description="Worüber das Gremium beraten soll.")


class OhneZielsystemAbschliessen(Formular):
    """Ein Arbeitskreis oder eine Stelle ist fertig."""

    ergebnis: Ergebnis | None = Field(default=None, title="Ergebnis", description=_ERGEBNIS)
    bericht: _Freitext = Field(default="", title="Bericht", description="Was erreicht wurde; die Lenkungsgruppe nimmt es zur Kenntnis.")


class GegenstandslosStellen(Formular):
    """Recht oder Praxis haben sich geändert."""

    geaendert: Annotated[str, Auswahl(recht="Recht", praxis="Praxis")] | None = Field(
        default=None, title="Geändert hat sich", description="Warum sich das Thema nicht mehr stellt."
    )


class Zusammenfuehren(Formular):
    """Das Thema geht in einem anderen auf; Meldungen und Fallrekonstruktionen ziehen mit um."""

    mit: Schluessel = Field(title="Bleibendes Thema", description="Das Thema, in dem dieses aufgeht.")


class Vereinigen(Formular):
    """Was ein aufgegangenes Thema mitbringt; die Kette füllt es aus."""

    thema: Schluessel = Field(title="Aufgegangenes Thema", description="Das Thema, das hier aufgegangen ist.")
    arbeitsgruppen: _Schluesselliste = Field(default=(), title="Arbeitsgruppen", description="Seine Arbeitsgruppen.")
    zielsysteme: _Schluesselliste = Field(default=(), title="Zielsysteme", description="Seine Zielsysteme.")
    fallrekonstruktionen: _Schluesselliste = Field(default=(), title="Fallrekonstruktionen", description="Seine Fallrekonstruktionen.")
    institutionen: _Stellen = Field(default=(), title="Stellen", description="Die Stellen, die es nannte.")


class Teilen(Formular):
    """Aus einem Thema wird ein zweites; woher es kommt, bleibt sichtbar."""

    titel: Titel = Field(title="Titel des neuen Themas", description="Die strukturelle Hürde, die Sie herauslösen.")
    beschreibung: _Freitext = Field(default="", title="Beschreibung", description="Wie sich die Hürde zeigt und wen sie trifft.")
    meldungen: _Schluesselliste = Field(default=(), title="Meldungen", description="Die Meldungen, die in das neue Thema mitgehen.")
    fallrekonstruktionen: _Schluesselliste = Field(
        default=(), title="Fallrekonstruktionen", description="Die Fallrekonstruktionen, aus denen auch das neue Thema kommt."
    )
    institutionen: _Stellen = Field(default=(), title="Stellen", description="Wer am neuen Thema beteiligt sein muss.")


class Nachziehen(Formular):
    """Wohin das Thema folgt; die Kette füllt es aus."""

    ziel: Annotated[
        str,
        Auswahl(
            beauftragt="Beauftragt",
            in_bearbeitung="In Bearbeitung",
            beschlossen="Beschlossen",
            in_umsetzung="In Umsetzung",
            in_monitoring="Im Monitoring",
            in_nachsteuerung="In Nachsteuerung",
            geclustert="Geclustert",
            abgeschlossen="Abgeschlossen",
        ),
    ] = Field(title="Ziel", description="Der Zustand, der sich aus Arbeitsgruppen, Zielsystemen und Monitoring ergibt.")
    ergebnis: Ergebnis | None = Field(default=None, title="Ergebnis", description=_ERGEBNIS)
    zur_kenntnis: bool = Field(
        default=False, title="Zur Kenntnis", description="Ob die Lenkungsgruppe davon in ihrer nächsten Sitzung Kenntnis nimmt."
    )
