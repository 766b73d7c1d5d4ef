"""Formulare der Fallrekonstruktion. Die Zeitachse rechnet in Wochen ab dem Anfang: Kalenderdaten ließen Menschen erkennen."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, ValidationInfo, model_validator

from forms.allgemein import Schluessel, Stelle
from forms.grundform import Auswahl, Datum, Formular, Geschehenstag, Liste, Zeile, kontext_von, langtext, zeile

Absatz = Annotated[str, langtext(2000)]
_Meldungen = Liste[Annotated[tuple[Schluessel, ...], Field(min_length=1, max_length=50)]]
_Absaetze = Liste[Annotated[tuple[Absatz, ...], Field(max_length=50)]]
Rechtsgrundlage = Annotated[str, Auswahl(einwilligung="Einwilligung", ohne_personenbezug="Ohne Personenbezug darstellbar")]
Teilnahmeart = Annotated[
    str,
    Auswahl(anwesend="Anwesend", vertreten="Vertreten", stellungnahme="Schriftliche Stellungnahme", verzicht="Verzicht"),
]
Zustimmung = Annotated[str, Auswahl(zugestimmt="Zugestimmt", abweichende_sicht="Abweichende Sicht")]


class Anlegen(Formular):
    """Eine Fallrekonstruktion zu ausgewählten Meldungen."""

    meldungen: _Meldungen = Field(title="Meldungen", description="Die ausgewählten Meldungen, die rekonstruiert werden.")
    titel: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Titel", description="Leer lassen, wenn das Geschäftszeichen der Meldung genügt."
    )
    termin: Datum | None = Field(default=None, title="Vorgesehener Termin", description="Wenn er schon feststeht.")


class Eingeladen(Formular):
    """Eine Stelle auf der Einladungsliste."""

    hauptspalten = ("institution", "funktion", "von_kim")

    institution: Stelle = Field(title="Stelle", description="Der Name der Einrichtung.")
    funktion: Annotated[str, zeile(darf_leer=True)] = Field(
        default="", title="Funktion", description="Zum Beispiel Leistungssachbearbeitung."
    )
    von_kim: bool = Field(
        default=False, title="Gehört zum Integrationsmanagement", description="Koordination oder Case Management; sonst von außen."
    )
    abh: bool = Field(
        default=False, title="Ausländerbehörde", description="Auch gemeinsam mit der Einbürgerungsbehörde oder als deren Leitung."
    )
    ohne_zeitachse: bool = Field(
        default=False, title="Bekommt die Zeitachse nicht", description="Die Stelle nimmt teil, ohne die Zeitachse zu erhalten."
    )
    rechtsgrundlage_zeitachse: Annotated[str, zeile(500, darf_leer=True)] = Field(
        default="",
        title="Rechtsgrundlage für die Zeitachse",
        description="Nötig für eine Ausländerbehörde, zum Beispiel die Einwilligung, die sie ausdrücklich nennt.",
    )

    @model_validator(mode="before")
    @classmethod
    def _abh_aus_dem_profil(cls, daten: object, info: ValidationInfo) -> object:
        """Was das Profil als Ausländerbehörde kennzeichnet, bleibt eine, auch wenn das Kreuz fehlt (Regel 12)."""
        kontext = kontext_von(info)
        if kontext and isinstance(daten, Mapping) and isinstance(daten.get("institution"), str) and kontext.ist_abh(daten["institution"]):
            return {**daten, "abh": True}
        return daten


class Einladen(Formular):
    """Die Einladung: Termin, Ort, alle Stellen und die Rechtsgrundlage."""

    termin: Datum = Field(title="Termin", description="Der Tag der Sitzung; üblich sind mindestens zehn Werktage Vorlauf.")
    uhrzeit: Annotated[str, zeile(20, darf_leer=True)] = Field(default="", title="Uhrzeit", description="Zum Beispiel 10:00 bis 12:00.")
    ort: Zeile = Field(title="Ort", description="Raum oder Adresse, oder „Videokonferenz“.")
    teilnehmende: Liste[Annotated[tuple[Eingeladen, ...], Field(min_length=1, max_length=60)]] = Field(
        title="Einladungsliste", description="Alle Stellen; die meldende Stelle gehört immer dazu."
    )
    moderation: bool = Field(default=False, title="Mit Moderation", description="Nötig, sobald Stellen von außen teilnehmen.")
    moderation_durch: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Moderation durch", description="Die Stelle, die moderiert."
    )
    rechtsgrundlage: Rechtsgrundlage = Field(title="Rechtsgrundlage", description="Worauf die gemeinsame Betrachtung des Falls beruht.")
    einwilligung_umfasst_alle: bool = Field(
        default=False, title="Einwilligung umfasst alle Stellen", description="Die Einwilligung nennt alle Stellen auf der Liste."
    )


class Verlegen(Formular):
    """Ein neuer Termin für dieselben Eingeladenen."""

    termin: Datum = Field(title="Neuer Termin", description="Der Tag, auf den die Sitzung verlegt wird.")
    ort: Annotated[str, zeile(darf_leer=True)] = Field(default="", title="Ort", description="Leer lassen, wenn der Ort bleibt.")


class Teilnahme(Formular):
    """Wie eine Stelle teilgenommen hat."""

    institution: Stelle = Field(title="Stelle", description="Der Name, wie er auf der Einladungsliste steht.")
    teilnahme: Teilnahmeart = Field(title="Teilnahme", description="Anwesend, vertreten, schriftlich oder mit vermerktem Verzicht.")
    vertreten_durch: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Vertreten durch", description="Die Stelle, die vertreten hat."
    )
    grund: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Vermerk", description="Nötig beim Verzicht: wie und wann die Stelle verzichtet hat."
    )


class Durchfuehren(Formular):
    """Die Sitzung hat stattgefunden."""

    teilnahmen: Liste[Annotated[tuple[Teilnahme, ...], Field(min_length=1, max_length=60)]] = Field(
        title="Teilnahme", description="Für jede eingeladene Stelle ein Eintrag."
    )
    durchgefuehrt_am: Geschehenstag | None = Field(default=None, title="Durchgeführt am", description="Leer lassen, wenn es heute war.")


class Ereignis(Formular):
    """Ein Schritt auf der Zeitachse."""

    hauptspalten = ("woche", "akteur", "handlung", "bruchstelle")

    woche: Annotated[int, Field(ge=-520, le=1040)] = Field(title="Woche", description="Wochen seit dem Anfang des Falls; der Anfang ist 0.")
    akteur: Stelle = Field(title="Wer", description="Die Stelle oder „Klientin“; bitte keinen Namen.")
    handlung: Absatz = Field(title="Was war zu tun", description="Der nötige oder vollzogene Schritt.")
    rechtsgrundlage: Annotated[str, zeile(500, darf_leer=True)] = Field(default="", title="Rechtsgrundlage", description="Wenn bekannt.")
    wartezeit_wochen: Annotated[int, Field(ge=0, le=1040)] | None = Field(
        default=None, title="Wartezeit in Wochen", description="Wie lange es bis hierher dauerte."
    )
    uebergabe_an: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Übergabe an", description="Wer als Nächstes handelt."
    )
    bruchstelle: Annotated[str, langtext(2000, darf_leer=True)] = Field(default="", title="Bruchstelle", description="Was brach und warum.")


class Bearbeiten(Formular):
    """Der Entwurf: Was ausgefüllt ist, ersetzt das Bisherige; was leer bleibt, bleibt stehen."""

    zeitachse: Liste[Annotated[tuple[Ereignis, ...], Field(max_length=200)]] = Field(
        default=(), title="Zeitachse", description="Die Schritte in ihrer Folge, in Wochen ab dem Anfang."
    )
    gelungen: _Absaetze = Field(default=(), title="Was gelungen ist", description="Was gut ging und bleiben soll.")
    perspektive: Annotated[str, langtext(darf_leer=True)] = Field(
        default="", title="Sicht der betroffenen Person", description="Wie die Person den Verlauf erlebt hat, ohne erkennbar zu sein."
    )
    hypothesen: _Absaetze = Field(default=(), title="Hypothesen", description="Vermutungen, woran es strukturell liegt.")
    sofortmassnahmen: _Absaetze = Field(default=(), title="Sofortmaßnahmen", description="Was die Beteiligten gleich tun.")
    themenkandidaten: _Absaetze = Field(default=(), title="Themenkandidaten", description="Was über den Einzelfall hinausweist.")


class Protokollieren(Bearbeiten):
    """Das Protokoll mit der Zeitachse."""


class Pruefen(Formular):
    """Die Prüfung durch eine zweite Person, bevor die Teilnehmenden den Entwurf sehen."""

    pseudonymisiert: bool = Field(title="Niemand ist erkennbar", description="Sie haben den ganzen Entwurf darauf durchgesehen.")
    bemerkung: Annotated[str, langtext(2000, darf_leer=True)] = Field(default="", title="Bemerkung", description="Was Ihnen auffiel.")


class Rueckmelden(Formular):
    """Die Antwort einer Stelle auf den Entwurf."""

    je_nach_antwort = ("abweichende_sicht",)

    stelle: Stelle = Field(title="Stelle", description="Die Stelle, für die Sie antworten.")
    zustimmung: Zustimmung = Field(title="Antwort", description="Zustimmung, oder eine abweichende Sicht, die mit abgedruckt wird.")
    abweichende_sicht: Annotated[str, langtext(4000, darf_leer=True)] = Field(
        default="", title="Abweichende Sicht", description="Was Ihre Stelle anders sieht; nötig bei einer abweichenden Sicht."
    )


class Freigeben(Formular):
    """Die Freigabe: ein Kandidat für ein Thema, oder warum es keinen gibt."""

    themenkandidat: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Themenkandidat", description="Das Strukturelle, das sich in diesem Fall zeigt."
    )
    kein_thema_grund: Annotated[str, langtext(2000, darf_leer=True)] = Field(
        default="", title="Kein Thema, weil", description="Zum Beispiel: vor Ort behoben."
    )


class Sperren(Formular):
    """Die Einwilligung ist widerrufen."""

    widerrufen_am: Geschehenstag | None = Field(default=None, title="Widerrufen am", description="Der Tag des Widerrufs.")


class Anhaengen(Formular):
    """Weitere Meldungen derselben Hürde; ihre Stellen werden unterrichtet, die Meldungen bleiben in ihrer Sammlung."""

    meldungen: _Meldungen = Field(title="Meldungen", description="Die Meldungen, die hier mit betrachtet werden.")
