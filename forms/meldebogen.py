"""Formulare des Meldebogens. Felder nach dem veröffentlichten Bogen und den Konzepten (Quelle: process.md, Meldebogen).

Pflicht ist nur, was die Vorprüfung braucht: wer meldet, wo, was geschah. Was leer bleiben darf, bleibt leer.
Bezeichnung und Hilfetext jedes Feldes stehen hier; Seiten, Tabellenimport und Handbuch entstehen daraus.
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, create_model, field_validator

from forms.allgemein import Schluessel, Stelle
from forms.grundform import (
    AusListe,
    Auswahl,
    Datum,
    Formular,
    Geschehenstag,
    Langtext,
    Liste,
    Monat,
    Zeile,
    ablehnung,
    kontext_von,
    langtext,
    zeile,
)
from states.schwaerzung import ist_ort

Kanal = Annotated[
    str, Auswahl(online="Online", email="E-Mail", telefon="Telefon", persoenlich="Persönlich", papier="Papier")
]
_MELDERART = Auswahl(
    externe_stelle="Externe Stelle",
    case_management="KIM-Case Management",
    ehrenamt="Ehrenamt",
    erstanlaufstelle="Erstanlaufstelle",
    baustein3="Stelle aus Baustein 3 (Ausländer- oder Einbürgerungsbehörde)",
)
MELDERARTEN = frozenset(_MELDERART.bezeichnungen)
MelderArt = Annotated[str, _MELDERART]
Meldungsart = Annotated[str, Auswahl(huerde="Strukturelle Hürde", fehlendes_angebot="Fehlendes Angebot")]
Ebene = Annotated[
    str, Auswahl(einzelfall="Einzelfall", prozess="Ablauf", angebot="Angebot", recht="Recht", haltung="Haltung")
]
Dringlichkeit = Annotated[str, Auswahl(niedrig="Niedrig", mittel="Mittel", hoch="Hoch")]

Bereich = Annotated[str, zeile(40), AusListe("bereiche", "Diesen Bereich gibt es hier nicht. Bitte wählen Sie einen anderen.")]
Kommune = Annotated[str, zeile(), AusListe("kommunen", "Diese Kommune gehört nicht zum Gebiet dieses Integrationsmanagements.")]
Handlungsfeld = Annotated[
    str, zeile(), AusListe("handlungsfelder", "Dieses Handlungsfeld steht nicht in der Liste der Kommune.")
]
Rechtskreis = Annotated[str, zeile(), AusListe("rechtskreise", "Dieser Rechtskreis ist nicht bekannt.")]
StatusGruppe = Annotated[str, zeile(), AusListe("status_gruppen", "Diese Statusgruppe ist nicht bekannt.")]
Altersband = Annotated[str, zeile(), AusListe("altersbaender", "Dieses Altersband ist nicht bekannt.")]
Institutionsname = Annotated[str, zeile(200)]


class Rechtskreiswechsel(Formular):
    """Der Übergang von einem Leistungssystem in ein anderes, an dem die Hürde entstand."""

    von: Rechtskreis = Field(title="Von", description="Der Rechtskreis vor dem Wechsel.")
    nach: Rechtskreis = Field(title="Nach", description="Der Rechtskreis nach dem Wechsel.")

    @field_validator("nach")
    @classmethod
    def _anderer_rechtskreis(cls, nach: str, info: ValidationInfo) -> str:
        if nach == info.data.get("von"):
            raise ablehnung("Ein Wechsel führt in einen anderen Rechtskreis.")
        return nach


class Schnittstelle(Formular):
    """Die Übergabe zwischen zwei Stellen, an der es hakt."""

    von: Institutionsname = Field(title="Von", description="Die Stelle, die übergibt.")
    an: Institutionsname = Field(title="An", description="Die Stelle, die übernehmen soll.")


class Zielgruppe(Formular):
    """Um wen es geht, nur so grob, dass niemand erkennbar wird: keine Staatsangehörigkeit, kein genaues Alter."""

    status_gruppe: StatusGruppe | None = Field(
        default=None, title="Aufenthaltsstatus", description="Die grobe Gruppe; bitte keine Staatsangehörigkeit."
    )
    altersband: Altersband | None = Field(default=None, title="Alter", description="Die grobe Altersgruppe.")
    familie: bool | None = Field(
        default=None, title="Familie", description="Ob eine Familie mit Kindern betroffen ist."
    )


KEINE_ANGABE = Zielgruppe()


def _zielgruppe(wert: object) -> object:
    return KEINE_ANGABE if wert is None else wert


class Einreichen(Formular):
    """Der Meldebogen: eine Stelle meldet eine strukturelle Hürde oder ein fehlendes Angebot."""

    kanal: Kanal = Field(title="Eingangsweg", description="Auf welchem Weg die Meldung hereinkam.")
    melder_art: MelderArt = Field(title="Art der Stelle", description="Zu welcher Gruppe die meldende Stelle gehört.")
    melder_institution: Institutionsname = Field(
        title="Meldende Stelle",
        description="Der Name der Einrichtung. Sie ist die Absenderin; eine Person müssen Sie nicht nennen.",
    )
    melder_funktion: Annotated[str, zeile(darf_leer=True)] = Field(
        default="", title="Ihre Funktion", description="Zum Beispiel Beratung oder Kursleitung; bitte keinen Namen."
    )
    kommune: Kommune = Field(title="Kommune", description="Die Stadt oder Gemeinde, in der sich der Fall zutrug.")
    titel: Zeile = Field(title="Titel", description="Worum es geht, in einer Zeile mit höchstens 120 Zeichen.")
    beschreibung: Langtext = Field(
        title="Was ist passiert?",
        description="Beschreiben Sie die Hürde. Bitte keine Namen, Geburtsdaten, Aktenzeichen oder Anschriften.",
    )
    bisherige_schritte: Annotated[str, langtext(darf_leer=True)] = Field(
        default="", title="Bisherige Schritte", description="Was Sie schon versucht und mit wem Sie gesprochen haben."
    )
    auswirkung: Annotated[str, langtext(darf_leer=True)] = Field(
        default="",
        title="Auswirkung",
        description="Was die Hürde bewirkt, zum Beispiel verlorene Wochen oder Ansprüche.",
    )
    meldungsart: Meldungsart = Field(
        title="Was melden Sie?", description="Eine Hürde in einem bestehenden Ablauf oder ein Angebot, das fehlt."
    )
    ebene: Ebene | None = Field(
        default=None, title="Ebene", description="Wo die Ursache vermutlich liegt. Im Zweifel lassen Sie das Feld leer."
    )
    handlungsfelder: Liste[Annotated[tuple[Handlungsfeld, ...], Field(min_length=1, max_length=2)]] = Field(
        title="Handlungsfelder", description="Ein oder zwei Handlungsfelder, zu denen die Meldung gehört."
    )
    rechtskreise: Liste[Annotated[tuple[Rechtskreis, ...], Field(max_length=20)]] = Field(
        default=(), title="Rechtskreise", description="Die Gesetze, um die es geht, soweit Sie sie kennen."
    )
    rechtskreiswechsel: Rechtskreiswechsel | None = Field(
        default=None,
        title="Rechtskreiswechsel",
        description="Falls die Hürde beim Wechsel zwischen zwei Systemen entstand.",
    )
    beteiligte_institutionen: Liste[Annotated[tuple[Institutionsname, ...], Field(max_length=30)]] = Field(
        default=(), title="Beteiligte Stellen", description="Alle Einrichtungen, die mit dem Fall zu tun hatten."
    )
    schnittstelle: Schnittstelle | None = Field(
        default=None, title="Schnittstelle", description="Zwischen welchen zwei Stellen die Übergabe nicht gelingt."
    )
    zielgruppe: Annotated[Zielgruppe, BeforeValidator(_zielgruppe)] = Field(
        default=KEINE_ANGABE, title="Zielgruppe", description="Grobe Angaben zu den Betroffenen; alle sind freiwillig."
    )
    dringlichkeit: Dringlichkeit = Field(
        default="mittel",
        title="Dringlichkeit",
        description="„Hoch“ heißt: Es muss am nächsten Werktag jemand hineinsehen.",
    )
    laufende_frist: Datum | None = Field(
        default=None,
        title="Laufende Frist",
        description="Das Datum, falls eine gesetzliche oder behördliche Frist läuft.",
    )
    aehnliche_faelle: Annotated[int, Field(ge=0, le=9999)] | None = Field(
        default=None,
        title="Ähnliche Fälle",
        description="Wie viele vergleichbare Fälle Sie kennen; eine Schätzung genügt.",
    )
    einzelfall_uebergabe_gewuenscht: bool = Field(
        default=False,
        title="Übergabe an das Case Management gewünscht",
        description="Ob der Einzelfall zusätzlich vom Case Management begleitet werden soll.",
    )
    einwilligung_uebergabe: bool = Field(
        default=False,
        title="Einwilligung in die Übergabe liegt vor",
        description="Ob die betroffene Person in die Übergabe an das Case Management eingewilligt hat.",
    )
    interview_moeglich: bool = Field(
        default=False,
        title="Gespräch möglich",
        description="Ob Sie oder, mit Einwilligung, Betroffene für ein Gespräch bereitstehen.",
    )
    loesungsvorschlag: Annotated[str, langtext(darf_leer=True)] = Field(
        default="", title="Ihr Vorschlag", description="Was aus Ihrer Sicht helfen würde."
    )
    ereignis_von: Monat | None = Field(
        default=None, title="Geschehen ab", description="Der Monat, in dem es begann, zum Beispiel 01.2026."
    )
    ereignis_bis: Monat | None = Field(
        default=None, title="Geschehen bis", description="Der Monat, in dem es endete; leer, wenn es andauert."
    )
    anonymisiert_bestaetigt: bool = Field(
        title="Die Meldung ist anonymisiert",
        description="Sie bestätigen, dass kein Text Namen, Geburtsdaten, Aktenzeichen oder Anschriften enthält.",
    )

    @field_validator("einwilligung_uebergabe")
    @classmethod
    def _nur_mit_wunsch(cls, wert: bool, info: ValidationInfo) -> bool:
        if wert and info.data.get("einzelfall_uebergabe_gewuenscht") is False:
            raise ablehnung("Eine Einwilligung setzt voraus, dass die Übergabe an das Case Management gewünscht ist.")
        return wert

    @field_validator("anonymisiert_bestaetigt")
    @classmethod
    def _bestaetigt(cls, wert: bool) -> bool:
        if not wert:
            raise ablehnung("Bitte bestätigen Sie, dass die Meldung anonymisiert ist.")
        return wert

    @field_validator("ereignis_von", "ereignis_bis")
    @classmethod
    def _nicht_in_der_zukunft(cls, monat: str | None, info: ValidationInfo) -> str | None:
        kontext = kontext_von(info)
        if monat and kontext and monat > kontext.heute.isoformat()[:7]:
            raise ablehnung("Das Ereignis kann nicht in der Zukunft liegen.")
        return monat

    @field_validator("ereignis_bis")
    @classmethod
    def _in_richtiger_folge(cls, bis: str | None, info: ValidationInfo) -> str | None:
        von = info.data.get("ereignis_von")
        if von and bis and bis < von:
            raise ablehnung("Das Ende des Ereignisses liegt vor seinem Beginn.")
        return bis


# --- die Schritte nach dem Einreichen ----------------------------------------------------------------------------------

# Die Texte, mit denen eine Meldung eingeht; was sich darüber hinaus schwärzen lässt, steht in states/schwaerzung.py.
TEXTE = ("titel", "beschreibung", "bisherige_schritte", "auswirkung", "loesungsvorschlag", "melder_funktion")
Kurztext = Annotated[str, langtext(2000)]
_GEGEN_DATEN = "Bitte keine Namen, Geburtsdaten, Aktenzeichen oder Anschriften."


class Rueckfragen(Formular):
    """Die Koordination fragt die meldende Stelle; bis zur Antwort ruht die Frist der Vorprüfung."""

    frage: Kurztext = Field(title="Frage", description="Was Sie von der meldenden Stelle wissen möchten.")
    frist_am: Datum | None = Field(default=None, title="Antwort bis", description="Leer lassen für die übliche Frist.")


class Antworten(Formular):
    """Die meldende Stelle antwortet, auch nach Ablauf der Frist."""

    text: Langtext = Field(title="Antwort", description=_GEGEN_DATEN)


class Ergaenzen(Formular):
    """Angaben, die nach dem Einreichen dazukommen."""

    text: Langtext = Field(title="Ergänzung", description=f"Was seit der Meldung dazugekommen ist oder darin noch fehlt. {_GEGEN_DATEN}")


# Was leer geblieben ist, lässt sich später angeben: dieselben Felder mit denselben Regeln und Texten wie im Bogen
NACHTRAGBAR = (
    "melder_funktion", "ebene", "rechtskreise", "rechtskreiswechsel", "beteiligte_institutionen", "schnittstelle", "laufende_frist",
    "auswirkung", "aehnliche_faelle", "zielgruppe", "bisherige_schritte", "loesungsvorschlag", "interview_moeglich",
    "einzelfall_uebergabe_gewuenscht",
)  # fmt: skip
_NACHTRAGBAR: dict[str, Any] = {name: (Einreichen.model_fields[name].annotation, Einreichen.model_fields[name]) for name in NACHTRAGBAR}
Nachtragen: type[Formular] = create_model(
    "Nachtragen", __base__=Formular, __module__=__name__,
    __doc__="Freiwillige Angaben, die beim Einreichen leer geblieben sind, zum Beispiel nach einer kurzen Meldung.", **_NACHTRAGBAR,
)


class WiederVorgekommen(Formular):
    """Dieselbe Hürde ist noch einmal aufgetreten; sie wird gezählt statt neu gemeldet."""

    text: Annotated[str, langtext(2000, darf_leer=True)] = Field(default="", title="Was ist geschehen?", description=_GEGEN_DATEN)
    vorgekommen_am: Geschehenstag | None = Field(default=None, title="Vorgekommen am", description="Der Tag, ungefähr genügt.")


class DoppelmeldungZaehlen(Formular):
    """Eine andere Meldung beschreibt dasselbe; sie zählt hier mit."""

    meldung: Schluessel = Field(title="Doppelmeldung", description="Die Meldung, die hier mitzählt.")
    anzahl: Annotated[int, Field(ge=1)] = Field(default=1, title="Anzahl", description="Sie selbst und wie oft es zu ihr wieder vorkam.")


class Schwaerzen(Formular):
    """Eine Stelle im Text wird unkenntlich. Das Formular nennt nur den Ort: Der Text selbst soll nirgends stehen bleiben."""

    feld: Annotated[str, zeile(60)] = Field(
        title="Feld", description="In welchem Text die Stelle steht, zum Beispiel beschreibung, ergaenzungen.0.text oder gruende.7."
    )
    start: Annotated[int, Field(ge=0)] = Field(title="Von Zeichen", description="Das erste Zeichen der Stelle, von 0 gezählt.")
    ende: Annotated[int, Field(ge=1)] = Field(title="Bis Zeichen", description="Das erste Zeichen nach der Stelle.")

    @field_validator("feld")
    @classmethod
    def _ein_text(cls, feld: str) -> str:
        if not ist_ort(feld):
            raise ablehnung("Diesen Text gibt es hier nicht. Bitte wählen Sie einen anderen.")
        return feld

    @field_validator("ende")
    @classmethod
    def _nach_dem_start(cls, ende: int, info: ValidationInfo) -> int:
        if ende <= info.data.get("start", -1):
            raise ablehnung("Das Ende der Stelle liegt vor ihrem Anfang.")
        return ende


class Geschehen(Formular):
    """Wann es geschah, wenn die Vorprüfung das klärt; danach zählt, ob eine Hürde nach der Umsetzung wiederkehrt."""

    ereignis_von: Monat | None = Field(default=None, title="Geschehen ab", description="Der Monat, in dem es begann, wenn geklärt.")
    ereignis_bis: Monat | None = Field(default=None, title="Geschehen bis", description="Der Monat, in dem es endete, wenn geklärt.")


class Aufnehmen(Geschehen):
    """Die Meldung kommt in eine Sammlung."""

    sammlung: Schluessel = Field(title="Sammlung", description="Die Sammlung, in die die Meldung nach ihrem Thema gehört.")


class LageZuordnen(Formular):
    """Die Meldung gehört zu einer ausgerufenen Lage und hat deren Fristen."""

    lage: Schluessel = Field(title="Lage", description="Die ausgerufene Lage, zu der die Meldung gehört.")


class Parken(Geschehen):
    """Die Meldung ruht im Themenspeicher, bis sie an einem festen Tag wieder geprüft wird."""

    wiedervorlage_am: Datum | None = Field(default=None, title="Wiedervorlage am", description="Der Tag, an dem Sie wieder nachsehen.")
    liegt_bei: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Liegt bei", description="Die Stelle oder Runde, die sich inzwischen damit befasst."
    )


class AuswahlAufheben(Formular):
    """Der Fall wird nicht oder nicht weiter rekonstruiert."""

    ziel: Annotated[str, Auswahl(in_sammlung="Zurück in die Sammlung", themenspeicher="In den Themenspeicher")] | None = Field(
        default=None, title="Wohin", description="Ohne Angabe kommt die Meldung zurück in ihre Sammlung."
    )
    wiedervorlage_am: Datum | None = Field(
        default=None, title="Wiedervorlage am", description="Nötig für den Themenspeicher: der Tag, an dem Sie wieder nachsehen."
    )
    liegt_bei: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Liegt bei", description="Die Stelle oder Runde, die sich inzwischen damit befasst."
    )


class Zuordnen(Geschehen):
    """Die Meldung gehört zu einem Thema."""

    thema: Schluessel = Field(title="Thema", description="Das generative Thema, zu dem die Meldung gehört.")


class AlsDoppelmeldungVerknuepfen(Formular):
    """Dasselbe Ereignis ist schon gemeldet."""

    original: Schluessel = Field(title="Ursprüngliche Meldung", description="Die Meldung, bei der diese mitgezählt wird.")


class KurzKlaeren(Formular):
    """Die Hürde ließ sich unmittelbar mit einer Stelle ausräumen."""

    mit: Stelle = Field(title="Geklärt mit", description="Die Stelle, mit der Sie gesprochen haben.")
    vereinbart: Kurztext = Field(title="Vereinbart", description="Was die Stelle tut und bis wann.")


class Weitergeben(Formular):
    """Eine andere Stelle ist zuständig."""

    an: Stelle = Field(title="An", description="Die Stelle, an die Sie die Meldung weitergeben.")


class BereichAbgeben(Formular):
    """Ein anderer Bereich soll die Meldung führen; bis er annimmt, bleibt sie hier."""

    an: Bereich = Field(title="Bereich", description="Der Bereich, der die Meldung übernehmen soll.")


class TextTeilen(Formular):
    """Andere Bereiche sehen außer Titel, Kommune und Zahl auch den Text."""

    geteilt_mit: Liste[Annotated[tuple[Bereich, ...], Field(max_length=20)]] = Field(
        title="Zeigen für", description="Die Bereiche, die den Text sehen sollen; leer nimmt es zurück."
    )


class EinwilligungVerzeichnen(Formular):
    """Ob die betroffene Person in die Übergabe an das Case Management einwilligt; das geht jedem Angebot voraus."""

    einwilligung_uebergabe: bool = Field(title="Einwilligung liegt vor", description="Nein, wenn sie nicht erteilt oder widerrufen ist.")
    einwilligung_am: Geschehenstag | None = Field(default=None, title="Erklärt am", description="Der Tag der Erklärung.")
