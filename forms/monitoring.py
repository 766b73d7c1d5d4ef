"""Formulare des Monitorings."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from forms.allgemein import Schluessel
from forms.dienstleistungskette import DurchBeschluss, Indikatoren, Stellen, Zahl, mit_stellen
from forms.grundform import Auswahl, Datum, Formular, Liste, Monat, ablehnung, langtext, zeile

Wertung = Annotated[
    str, Auswahl(teilweise="Teilweise wirksam", nicht_wirksam="Nicht wirksam", nicht_bewertbar="Nicht bewertbar")
]
_UEBERNOMMEN = "Leer lassen; sie werden aus dem Zielsystem übernommen, sobald die Umsetzung beginnt."


class MitIndikatoren(Formular):
    """Die Indikatoren des Zielsystems; wer sie erhebt, wird damit beteiligt."""

    indikatoren: Indikatoren = Field(default=(), title="Indikatoren", description=_UEBERNOMMEN)
    stellen: Stellen = Field(
        default=(), title="Erhebende Stellen", description="Ergibt sich aus den Indikatoren und wird von selbst eingetragen."
    )

    @model_validator(mode="before")
    @classmethod
    def _stellen_aus_indikatoren(cls, roh: Any) -> Any:
        return mit_stellen(roh, "indikatoren", ("erhoben_von", "quelle"))


class Anlegen(MitIndikatoren):
    """Ein Monitoring zu einem Zielsystem; jedes hat höchstens eines."""

    eltern: Schluessel = Field(title="Zielsystem", description="Das Zielsystem, dessen Wirkung beobachtet wird.")
    titel: Annotated[str, zeile(250)] | None = Field(default=None, title="Titel", description="Leer lassen, wenn der Name genügt.")


class JeIndikator(Formular):
    """Etwas zu einem Indikator."""

    indikator: Annotated[str, zeile(40)] = Field(title="Indikator", description="Die Kennung aus dem Zielsystem.")


class Ausgangswert(JeIndikator):
    """Der Wert eines Indikators vor der Veränderung, oder warum es keinen gibt."""

    wert: Zahl | None = Field(default=None, title="Ausgangswert", description="Der Wert vor der Veränderung.")
    grund_fehlt: Annotated[str, zeile(500, darf_leer=True)] = Field(
        default="", title="Warum kein Wert", description="Nur ausfüllen, wenn es keinen Ausgangswert gibt."
    )

    @model_validator(mode="after")
    def _wert_oder_grund(self) -> "Ausgangswert":
        if self.wert is None and not self.grund_fehlt:
            raise ablehnung("Bitte geben Sie den Ausgangswert an oder den Grund, warum es keinen gibt.")
        return self


class BaselineErfassen(Formular):
    """Die Ausgangswerte, an denen sich die Wirkung messen lässt."""

    werte: Liste[Annotated[tuple[Ausgangswert, ...], Field(min_length=1, max_length=40)]] = Field(
        title="Ausgangswerte", description="Zu jedem Indikator der Wert, oder warum es keinen gibt."
    )


class Beginnen(MitIndikatoren):
    """Das Monitoring läuft."""


class StartdatumUebernehmen(Formular):
    """Der Tag, ab dem der neue Ablauf gilt."""

    startdatum: Datum = Field(title="Gilt ab", description="Das Startdatum des Zielsystems.")


class NichtErheben(JeIndikator):
    """Zu diesem Termin gibt es keinen Wert; der Grund gehört dazu."""

    faellig_am: Datum | None = Field(
        default=None, title="Fällig am", description="Der Termin der Erhebung; leer für den nächsten im Rhythmus."
    )


class Erheben(NichtErheben):
    """Ein Wert zu einem Termin."""

    wert: Zahl = Field(title="Wert", description="Die Zahl in der Einheit des Indikators.")
    bemerkung: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Bemerkung", description="Was man zur Zahl wissen muss."
    )


class Nachreichen(JeIndikator):
    """Ein Wert, der zum Termin gefehlt hatte."""

    faellig_am: Datum = Field(title="Fällig war er am", description="Der Termin, zu dem der Wert fehlte.")
    wert: Zahl = Field(title="Wert", description="Die Zahl in der Einheit des Indikators.")


class Einzelfall(Formular):
    """Ein Fall, an dem geprüft wurde, ob sich etwas geändert hat; ohne Namen und Aktenzeichen."""

    fall: Annotated[str, zeile(200)] = Field(title="Fall", description="Zum Beispiel „Stichprobe 1“ oder das Geschäftszeichen der Meldung.")
    heute_besser: Annotated[str, Auswahl(ja="Ja", teilweise="Teilweise", nein="Nein")] = Field(
        title="Liefe er heute besser?", description="Gemessen an der Hürde, die gemeldet worden war."
    )
    beobachtung: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Beobachtung", description="Zum Beispiel: keine Lücke im Leistungsbezug."
    )


class EinzelfallPruefen(Formular):
    """Die Wirkung am Einzelfall."""

    faelle: Liste[Annotated[tuple[Einzelfall, ...], Field(min_length=1, max_length=40)]] = Field(
        title="Fälle", description="Die geprüften Fälle."
    )


class Bewerten(Formular):
    """Wie weit es wirkt und was jetzt geschieht."""

    wertung: Wertung | None = Field(
        default=None, title="Wertung", description="Nötig bei einer Bewertung; leer, wenn eine Nachsteuerung zu Ende geht."
    )
    was_geschieht: Annotated[str, langtext(4000)] = Field(title="Was geschieht", description="Was daraus folgt und wer es tut.")


class AlsWirksamBewerten(Formular):
    """Das Zielsystem wirkt; das Thema wird damit abgeschlossen."""

    begruendung: Annotated[str, langtext(4000)] = Field(title="Begründung", description="Woran man die Wirkung erkennt.")


class Beenden(DurchBeschluss):
    """Das Monitoring endet ohne Feststellung der Wirksamkeit."""


class SignalSetzen(Formular):
    """Eine neue Meldung zu einem Thema, dessen neuer Ablauf schon gilt."""

    meldung: Schluessel = Field(title="Meldung", description="Ihr Geschäftszeichen.")
    ereignis_von: Monat | None = Field(default=None, title="Geschehen ab", description="Der Monat, in dem es begann.")
    ereignis_bis: Monat | None = Field(default=None, title="Geschehen bis", description="Der Monat, in dem es endete.")


class WiederkehrPruefen(Formular):
    """Ob die Hürde wiedergekehrt ist; es zählt, wann das Gemeldete geschah."""

    meldungen: Liste[Annotated[tuple[Schluessel, ...], Field(max_length=100)]] = Field(
        default=(), title="Meldungen", description="Die Meldungen, um die es geht; leer, wenn das Signal sie schon nennt."
    )
