"""Formulare der Arbeitsgruppe."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from forms.allgemein import Schluessel, Stelle
from forms.dienstleistungskette import DurchBeschluss, Istschritte, Stellen
from forms.grundform import Auswahl, Datum, Formular, Geschehenstag, Liste, langtext, zeile

_Funktion = Annotated[str, zeile(darf_leer=True)]
_Text = Annotated[str, langtext(4000, darf_leer=True)]


class Mitglied(Formular):
    """Eine Stelle in der Gruppe. Mitglied ist die Stelle; wer sie vertritt, sagt die Funktion."""

    institution: Stelle = Field(title="Stelle", description="Der Name der Einrichtung.")
    funktion: _Funktion = Field(default="", title="Funktion", description="Wer die Stelle vertritt, zum Beispiel Teamleitung.")
    rolle: Annotated[str, Auswahl(mitglied="Mitglied", leitung="Leitung")] | None = Field(
        default=None, title="Rolle", description="„Leitung“ bei der Stelle, die die Gruppe leitet."
    )


_Mitglieder = Liste[Annotated[tuple[Mitglied, ...], Field(min_length=1, max_length=60)]]


class Einsetzen(DurchBeschluss):
    """Die Lenkungsgruppe setzt eine Arbeitsgruppe ein und benennt Mitglieder, Auftrag und Datum."""

    name: Annotated[str, zeile(200)] = Field(title="Name", description="Wie die Gruppe heißt.")
    auftrag: Annotated[str, langtext(4000)] = Field(title="Auftrag", description="Was die Gruppe erarbeiten soll.")
    frist: Datum = Field(title="Ergebnis bis", description="Der Tag, bis zu dem das Ergebnis vorliegen soll.")
    mitglieder: _Mitglieder = Field(title="Mitglieder", description="Die Stellen, die die Lenkungsgruppe benennt.")
    leitung: Stellen = Field(default=(), title="Leitung", description="Die Stelle oder Person, die die Gruppe leitet.")
    thema: Schluessel | None = Field(default=None, title="Thema", description="Das Thema, das die Gruppe bearbeitet.")

    @model_validator(mode="before")
    @classmethod
    def _leitung_aus_mitgliedern(cls, roh: Any) -> Any:
        """Wer als Mitglied mit der Rolle „Leitung“ genannt ist, leitet, wenn sonst niemand genannt ist."""
        if not isinstance(roh, dict) or not isinstance(roh.get("mitglieder"), (list, tuple)):
            return roh
        if isinstance(roh.get("leitung"), str):
            return {**roh, "leitung": [roh["leitung"]]}
        leitung = [m.get("institution") for m in roh["mitglieder"] if isinstance(m, dict) and m.get("rolle") == "leitung"]
        return {**roh, "leitung": leitung} if leitung and not roh.get("leitung") else roh


class Gast(Formular):
    """Wer ohne Mitgliedschaft an einer Sitzung teilnahm."""

    institution: Stelle = Field(title="Stelle", description="Der Name der Einrichtung.")
    funktion: _Funktion = Field(default="", title="Funktion", description="Wer die Stelle vertrat.")


class Konstituieren(Formular):
    """Der Vermerk über die erste Sitzung."""

    datum: Geschehenstag | None = Field(default=None, title="Erste Sitzung am", description="Leer lassen, wenn sie schon verzeichnet ist.")
    inhalt: _Text = Field(default="", title="Inhalt", description="Worum es ging.")
    anwesend: Stellen = Field(default=(), title="Anwesend", description="Die Stellen, die da waren.")
    gaeste: Liste[Annotated[tuple[Gast, ...], Field(max_length=40)]] = Field(
        default=(), title="Gäste", description="Wer dabei war, ohne Mitglied zu sein."
    )


class SitzungVerzeichnen(Konstituieren):
    """Ein Vermerk über eine Sitzung der Gruppe."""

    datum: Geschehenstag = Field(title="Sitzung am", description="Der Tag der Sitzung.")


class IstBeitragErfassen(Formular):
    """Was eine Stelle heute tut: ihr Teil der Ist-Kette, oder warum sie keinen hat."""

    institution: Stelle = Field(title="Stelle", description="Die Stelle, um deren Schritte es geht.")
    schritte: Istschritte = Field(default=(), title="Schritte", description="Die Schritte dieser Stelle, wie sie heute ablaufen.")
    grund_fehlt: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Warum kein Schritt", description="Nur ausfüllen, wenn die Stelle keinen eigenen Schritt hat."
    )


class Vorlegen(Formular):
    """Das Ergebnis kommt auf die Tagesordnung der Lenkungsgruppe."""

    sitzung: Schluessel = Field(title="Sitzung", description="Die Sitzung der Lenkungsgruppe, in der entschieden werden soll.")


class Nachbeauftragen(DurchBeschluss):
    """Die Gruppe arbeitet weiter: mit neuen Stellen ab der Ist-Analyse, sonst am Soll-Entwurf."""

    ziel: Annotated[str, Auswahl(ist_analyse="Ist-Analyse", soll_entwurf="Soll-Entwurf")] | None = Field(
        default=None, title="Weiter mit", description="Kommen Stellen hinzu, beginnt die Gruppe wieder bei der Ist-Analyse."
    )
    auftrag: _Text = Field(default="", title="Auftrag", description="Was noch zu tun ist; leer, wenn der alte weiter gilt.")
    frist: Datum | None = Field(default=None, title="Ergebnis bis", description="Das neue Datum.")
    institutionen: Liste[Annotated[tuple[Mitglied, ...], Field(max_length=30)]] = Field(
        default=(), title="Neue Mitglieder", description="Die Stellen, die hinzukommen."
    )


class Beenden(DurchBeschluss):
    """Die Gruppe endet mit der Entscheidung über ihr Zielsystem."""



class Aufloesen(Beenden):
    """Die Gruppe endet ohne Ergebnis."""


class RuhenLassen(Formular):
    """Die Gruppe ruht; ihre Fristen laufen solange nicht."""

    bis: Datum = Field(title="Ruht bis", description="Höchstens drei Monate.")


class MitgliedWechseln(Formular):
    """Eine andere Person derselben Stelle; die Stelle hat es mitgeteilt."""

    institution: Stelle = Field(title="Stelle", description="Die Stelle, die jetzt anders vertreten ist.")
    funktion: Annotated[str, zeile()] = Field(title="Neue Vertretung", description="Die Funktion der neuen Person; bitte keinen Namen.")
    bisher: _Funktion = Field(default="", title="Bisher", description="Die Funktion der bisherigen Person.")


class LeitungWechseln(Formular):
    """Die Gruppe bekommt eine andere Leitung; die Lenkungsgruppe wird unterrichtet."""

    leitung: Liste[Annotated[tuple[Stelle, ...], Field(min_length=1, max_length=3)]] = Field(
        title="Leitung", description="Die Stelle oder Person, die ab jetzt leitet."
    )


class InstitutionAufnehmen(DurchBeschluss):
    """Eine Stelle wird Mitglied; bis dahin kann sie Gast sein."""

    institution: Stelle = Field(title="Stelle", description="Der Name der Einrichtung.")
    funktion: _Funktion = Field(default="", title="Funktion", description="Wer die Stelle vertritt.")


class BlockadeMelden(Formular):
    """Jemand schuldet der Gruppe etwas, ohne das sie nicht weiterkommt."""

    wer: Stelle = Field(title="Wer", description="Die Stelle, die etwas schuldet.")
    was: Annotated[str, langtext(2000)] = Field(title="Was", description="Was fehlt.")
    bis: Datum | None = Field(default=None, title="Bis wann", description="Leer heißt: innerhalb von zehn Werktagen.")


class BlockadeLoesen(Formular):
    """Was fehlte, liegt vor oder wird nicht mehr gebraucht."""

    blockade: Annotated[str, zeile(20)] | None = Field(
        default=None, title="Blockade", description="Welche gelöst ist; leer, wenn nur eine offen ist."
    )
    ergebnis: Annotated[str, langtext(2000, darf_leer=True)] = Field(default="", title="Ergebnis", description="Wie sie gelöst wurde.")


class FristVerlaengern(DurchBeschluss):
    """Die Gruppe bekommt mehr Zeit."""

    frist: Datum = Field(title="Neue Frist", description="Der Vorsitz kann einmal um höchstens drei Monate verlängern.")
