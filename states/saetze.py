"""Wie ein Schritt in der Geschichte eines Vorgangs heißt: ein deutscher Satz je Schritt jeder Tabelle.

Ein Satz, der mit „hat “ beginnt, bekommt davor, wer es war; die anderen stehen für sich, weil niemand sie anklickt. In geschweiften
Klammern stehen Angaben des Schritts; was in eckigen steht, entfällt, wenn eine davon fehlt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from states.aussage import Aussage
from states.kette import PROZESSE

_UEBERALL: Mapping[str, str] = {
    "uebergeben": "hat den Vorgang[ an {zustaendig}] übergeben[, Vertretung: {vertretung}]",
    "zuruecknehmen": "hat den letzten Schritt zurückgenommen",
    "umstellen": "Der Vorgang ist auf eine neue Fassung des Ablaufs umgestellt",
    "datei_anhaengen": "hat die Datei[ „{bezeichnung}“] angehängt",
    "datei_entfernen": "hat eine Datei entfernt",
    "sitzung_vermerken": "Der Vorgang steht auf der Tagesordnung[ der Sitzung {sitzung}]",
    "sitzung_entfaellt": "Die Sitzung hat den Vorgang nicht behandelt; er wartet auf die nächste",
    "auf_tagesordnung_setzen": "hat den Vorgang auf die Tagesordnung[ der Sitzung {sitzung}] gesetzt",
    "gaeste_vermerken": "Zu diesem Punkt der Tagesordnung sind Gäste eingeladen",
}

SAETZE: Mapping[str, Mapping[str, str]] = {
    "meldebogen": {
        "einreichen": "hat die Hürde gemeldet[ (Weg: {kanal})]",
        "uebernehmen": "hat die Meldung in die Vorprüfung genommen",
        "rueckfragen": "hat eine Rückfrage gestellt[: „{frage}“][ Antwort erbeten bis {frist_am}]",
        "antworten": "hat die Rückfrage beantwortet",
        "rueckfrage_beenden": "hat entschieden, nicht länger auf die Antwort zu warten",
        "ergaenzen": "hat Angaben ergänzt",
        "nachtragen": "hat freiwillige Angaben nachgetragen",
        "wieder_vorgekommen": "hat verzeichnet, dass die Hürde wieder vorgekommen ist[ (am {vorgekommen_am})]",
        "schwaerzen": "hat eine Stelle im Text geschwärzt",
        "aufnehmen": "hat die Meldung in die Sammlung[ {sammlung}] aufgenommen",
        "lage_zuordnen": "hat die Meldung der Lage[ {lage}] zugeordnet",
        "umsammeln": "hat die Meldung in die Sammlung[ {sammlung}] umgelegt",
        "parken": "hat die Meldung in den Themenspeicher gelegt[, Wiedervorlage am {wiedervorlage_am}][; sie liegt bei: {liegt_bei}]",
        "wiedervorlegen": "hat die Meldung aus dem Themenspeicher geholt",
        "auswaehlen": "hat die Meldung zur Fallrekonstruktion ausgewählt",
        "auswahl_aufheben": "hat die Auswahl zur Fallrekonstruktion aufgehoben[, Wiedervorlage am {wiedervorlage_am}]",
        "zuordnen": "hat die Meldung dem Thema[ {thema}] zugeordnet",
        "als_doppelmeldung_verknuepfen": "hat die Meldung als Doppelmeldung[ zu {original}] verknüpft",
        "kurz_klaeren": "hat die Sache kurzfristig geklärt[ mit {mit}][: {vereinbart}]",
        "weitergeben": "hat die Meldung[ an {an}] weitergegeben",
        "zurueckziehen": "hat die Meldung zurückgezogen",
        "wiederaufnehmen": "hat die Meldung wieder aufgenommen",
        "bereich_abgeben": "hat die Meldung[ dem Bereich {an}] zur Übernahme angeboten",
        "bereich_annehmen": "hat die Meldung in den eigenen Bereich übernommen",
        "bereich_ablehnen": "hat die Übernahme abgelehnt oder das Angebot zurückgezogen",
        "text_teilen": "hat den Text der Meldung einem anderen Bereich gezeigt[ ({geteilt_mit})]",
        "einwilligung_verzeichnen": "hat die Einwilligung in die Übergabe an das Case Management verzeichnet[ (vom {einwilligung_am})]",
        "lage_verlassen": "Die Lage, zu der die Meldung gehörte, ist beendet",
        "doppelmeldung_zaehlen": "Die Doppelmeldung[ {meldung}] zählt hier mit",
        "doppelmeldung_abziehen": "Die Doppelmeldung[ {meldung}] zählt hier nicht mehr mit",
        "original_wechseln": "Die Doppelmeldung zählt jetzt bei[ {original}] einer anderen Meldung mit",
        "rekonstruktion_beginnen": "Zur Fallrekonstruktion ist eingeladen",
        "rekonstruktion_freigeben": "Die Fallrekonstruktion ist freigegeben",
        "angehaengt": "Die Meldung ist an eine Fallrekonstruktion angehängt",
        "thema_bilden": "Aus der Fallrekonstruktion ist das Thema[ {thema}] entstanden",
        "umhaengen": "Die Meldung ist mit ihrem Thema[ zu {thema}] umgezogen",
        "loesen": "Das Thema ist gelöst",
        "ohne_loesung_beenden": "Das Thema ist ohne Lösung beendet",
        "thema_wieder_oeffnen": "Das Thema ist wieder geöffnet",
    },
    "sammlung": {
        "anlegen": "hat die Sammlung[ „{titel}“] angelegt",
        "umbenennen": "hat die Sammlung[ in „{titel}“] umbenannt",
        "schliessen": "hat die Sammlung geschlossen",
        "wiederoeffnen": "hat die Sammlung wieder geöffnet",
    },
    "einzelfalluebergabe": {
        "anbieten": "hat den Einzelfall[ {an}] zur Beratung angeboten",
        "einwilligung_verzeichnen": "hat die Einwilligung verzeichnet[ (erteilt am {erteilt_am})]",
        "uebernehmen": "hat den Einzelfall übernommen",
        "nicht_uebernehmen": "hat den Einzelfall nicht übernommen",
        "einwilligung_folgen": "Die Einwilligung an der Meldung ist geändert",
    },
    "fallrekonstruktion": {
        "anlegen": "hat die Fallrekonstruktion geplant[ zu {meldungen}][, Termin am {termin}]",
        "einladen": "hat zur Fallrekonstruktion eingeladen[ für den {termin}][, Ort: {ort}][; eingeladen: {teilnehmende}]",
        "verlegen": "hat den Termin[ auf den {termin}] verlegt",
        "absagen": "hat den Termin abgesagt",
        "durchfuehren": "hat die Durchführung festgehalten[ (am {durchgefuehrt_am})]",
        "fortsetzen": "hat entschieden, dass es eine weitere Sitzung gibt",
        "bearbeiten": "hat den Entwurf bearbeitet",
        "protokollieren": "hat das Protokoll mit der Zeitachse vorgelegt",
        "pruefen": "hat geprüft, dass niemand zu erkennen ist",
        "rueckmelden": "hat[ für {stelle}] zum Entwurf geantwortet",
        "abstimmen": "hat die Abstimmung des Entwurfs festgestellt",
        "ueberarbeiten": "hat den Entwurf zur Überarbeitung zurückgegeben",
        "freigeben": "hat die Fallrekonstruktion freigegeben",
        "berichtigen": "hat eine berichtigte Fassung begonnen",
        "sperren": "hat die Fallrekonstruktion gesperrt[, Einwilligung widerrufen am {widerrufen_am}]",
        "abbrechen": "hat die Fallrekonstruktion abgebrochen",
        "anhaengen": "hat weitere Meldungen angehängt[: {meldungen}]",
        "entlassen": "Eine Meldung ist nicht mehr dabei[: {meldungen}]",
        "umhaengen": "Die Fallrekonstruktion ist mit ihrem Thema[ zu {thema}] umgezogen",
    },
    "generatives_thema": {
        "anlegen": "hat das Thema[ „{titel}“] angelegt[ aus {fallrekonstruktionen}]",
        "abspalten": "Das Thema ist[ von {geteilt_aus}] abgeteilt",
        "clustern": "hat das Thema dem Cluster[ „{cluster}“] zugeordnet",
        "vorlegen": "hat das Thema der Lenkungsgruppe vorgelegt[ zur Sitzung {sitzung}]",
        "von_tagesordnung_nehmen": "hat das Thema von der Tagesordnung genommen",
        "vertagen": "Die Lenkungsgruppe hat das Thema vertagt",
        "beauftragen": "Die Lenkungsgruppe hat die Bearbeitung beauftragt[: {name}][, bis {frist}][, Beschluss {beschluss}]",
        "zurueckstellen": "Die Lenkungsgruppe hat das Thema zurückgestellt[, Wiedervorlage am {wiedervorlage_am}]",
        "an_land_melden": "Die Lenkungsgruppe hat das Thema an Land oder Bund gemeldet[ ({empfaenger})][, wieder am {wiedervorlage_am}]",
        "ablehnen": "Die Lenkungsgruppe hat das Thema abgelehnt",
        "zuarbeit_anfordern": "Die Lenkungsgruppe hat Zuarbeit angefordert[ von {stelle}][: {was}][, bis {bis}]",
        "politik_vorlegen": "Die Lenkungsgruppe hat das Thema der Politik vorgelegt[ ({gremium})]",
        "wiedervorlegen": "hat das Thema wieder aufgegriffen",
        "an_land_versenden": "hat das Schreiben[ an {empfaenger}] verzeichnet[ (gesendet am {gesendet_am})]",
        "antwort_verzeichnen": "hat die Antwort von Land oder Bund verzeichnet[ (erhalten am {erhalten_am})]",
        "bearbeitung_melden": "hat die Bearbeitung gemeldet",
        "ohne_zielsystem_abschliessen": "hat das Thema ohne Zielsystem abgeschlossen[, Ergebnis: {ergebnis}]",
        "gegenstandslos_stellen": "hat das Thema für gegenstandslos erklärt[: {geaendert}]",
        "wiedereroeffnen": "hat das Thema wieder eröffnet",
        "zusammenfuehren": "hat das Thema[ mit {mit}] zusammengeführt",
        "vereinigen": "Ein anderes Thema ist in diesem aufgegangen[: {thema}]",
        "teilen": "hat das Thema geteilt[, neues Thema: „{titel}“]",
        "aufnehmen": "hat eine Fallrekonstruktion in das Thema aufgenommen[: {fallrekonstruktionen}]",
        "nachziehen": "Das Thema folgt dem Stand der Arbeit",
    },
    "sitzung": {
        "planen": "hat die Sitzung[ für den {datum}] geplant",
        "tagesordnung_zustimmen": "hat der Tagesordnung zugestimmt",
        "einladen": "hat zur Sitzung eingeladen[, Ort: {ort}][, Beginn: {beginn}]",
        "unterlagen_versenden": "hat die Unterlagen versandt",
        "nachreichen": "hat eine Unterlage nachgereicht[: {unterlage}]",
        "verlegen": "hat die Sitzung[ auf den {datum}] verlegt",
        "absagen": "hat die Sitzung abgesagt",
        "punkt_aufnehmen": "hat einen Punkt auf die Tagesordnung genommen[: „{titel}“][, zu {bezug}]",
        "punkt_streichen": "hat Punkt[ {nr}] von der Tagesordnung genommen",
        "eroeffnen": "hat die Sitzung eröffnet",
        "punkt_beraten": "hat die Beratung von Punkt[ {nr}] festgehalten",
        "anwesenheit_aendern": "hat die Anwesenheit geändert[ ab {um} Uhr]",
        "beschlussfaehig_feststellen": "hat festgestellt, dass die Runde wieder beschlussfähig ist",
        "beschlussunfaehig_feststellen": "hat festgestellt, dass die Runde nur berät",
        "schliessen": "hat die Sitzung geschlossen",
        "protokoll_unterzeichnen": "hat das Protokoll unterzeichnet",
        "protokoll_versenden": "hat das Protokoll versandt",
        "protokoll_genehmigen": "hat das Protokoll genehmigt",
        "einwand_verzeichnen": "hat einen Einwand[ von {einwand_von}] gegen das Protokoll verzeichnet",
        "einwand_vorlegen": "hat den verspäteten Einwand auf die Tagesordnung[ der Sitzung {sitzung}] gesetzt",
        "sitzung_entfaellt": "Der Einwand wartet auf die nächste Sitzung",
        "punkte_warten": "Unbehandelte Punkte warten auf die nächste Sitzung",
        "punkte_vorlegen": "hat die unbehandelten Punkte auf die Tagesordnung[ der Sitzung {sitzung}] gesetzt",
        "punkte_uebernehmen": "Punkte der früheren Sitzung[ {aus}] stehen jetzt hier",
        "berichtigen": "hat das Protokoll berichtigt[, Punkt {punkt}]",
        "abschliessen": "hat die Sitzung abgeschlossen",
        "auswahlrunde_ansetzen": "hat die Auswahlrunde angesetzt",
        "auswahlrunde_vermerken": "Die Auswahlrunde ist angesetzt",
        "nachfolger_vermerken": "hat die nächste Sitzung vermerkt[: {nachfolger}]",
    },
    "beschluss": {
        "fassen": "hat den gefassten Beschluss[ „{titel}“] eingetragen[; verantwortlich: {verantwortlich}][, bis {frist}]",
        "umlauf_starten": "hat den Umlauf[ „{titel}“] gestartet",
        "stimme_abgeben": "hat[ für den Sitz {sitz}] die Stimme[ „{stimme}“] abgegeben",
        "umlauf_feststellen": "hat das Ergebnis des Umlaufs festgestellt",
        "bewegung_ausgeblieben": "Ein Schritt, den der Umlauf verlangte, war nicht mehr möglich[: {vorgang}]",
        "bewegung_klaeren": "hat geklärt, was nicht mehr möglich war[: {vermerk}]",
        "umlauf_berichten": "hat den Bericht über den Umlauf auf die Tagesordnung[ der Sitzung {sitzung}] gesetzt",
        "weiterleiten": "hat den Beschluss weitergeleitet[ an {empfaenger}]",
        "kenntnis_nehmen": "hat die Kenntnisnahme[ von {empfaenger}] verzeichnet[ (am {am})]",
        "erinnern": "hat eine Erinnerung oder einen Anruf[ bei {empfaenger}] verzeichnet",
        "erledigung_beginnen": "hat mit der Erledigung begonnen",
        "erledigen": "hat den Beschluss als erledigt gemeldet[: {ergebnis}]",
        "frist_aendern": "hat die Frist[ auf den {frist}] geändert",
        "aufheben": "Die Lenkungsgruppe hat den Beschluss aufgehoben[, Beschluss {beschluss}]",
    },
    "arbeitsgruppe": {
        "einsetzen": "Die Lenkungsgruppe hat die Arbeitsgruppe[ „{name}“] eingesetzt[, Ergebnis bis {frist}][, Beschluss {beschluss}]",
        "konstituieren": "hat die erste Sitzung der Gruppe verzeichnet[ (am {datum})]",
        "ist_beginnen": "hat die Ist-Analyse begonnen",
        "ist_beitrag_erfassen": "hat den Ist-Beitrag[ der Stelle {institution}] erfasst[; er fehlt, weil: {grund_fehlt}]",
        "ist_vollstaendig": "hat das Ist für vollständig erklärt",
        "soll_beginnen": "hat den Soll-Entwurf begonnen",
        "ist_nachholen": "hat die Gruppe in die Ist-Aufnahme zurückgenommen",
        "abstimmen": "hat das Zielsystem in der Gruppe abgestimmt",
        "vorlegen": "hat das Ergebnis der Lenkungsgruppe vorgelegt[ zur Sitzung {sitzung}]",
        "vorlage_zurueckgezogen": "Das Zielsystem ist zurück in der Gruppe",
        "nachbeauftragen": "Die Lenkungsgruppe hat die Gruppe nachbeauftragt[: {auftrag}][, bis {frist}][, Beschluss {beschluss}]",
        "beenden": "Die Lenkungsgruppe hat die Arbeitsgruppe beendet[, Beschluss {beschluss}]",
        "aufloesen": "Die Lenkungsgruppe hat die Arbeitsgruppe aufgelöst[, Beschluss {beschluss}]",
        "ruhen_lassen": "hat die Gruppe ruhen lassen[ bis {bis}]",
        "wieder_aufnehmen": "hat die Arbeit wieder aufgenommen",
        "sitzung_verzeichnen": "hat eine Sitzung der Gruppe verzeichnet[ (am {datum})]",
        "mitglied_wechseln": "hat die Person des Mitglieds[ {institution}] gewechselt",
        "leitung_wechseln": "hat die Leitung[ an {leitung}] übergeben",
        "institution_aufnehmen": "Die Lenkungsgruppe hat die Stelle[ {institution}] in die Gruppe aufgenommen[, Beschluss {beschluss}]",
        "blockade_melden": "hat eine Blockade gemeldet[ bei {wer}][: {was}][, bis {bis}]",
        "blockade_loesen": "hat eine Blockade gelöst[: {ergebnis}]",
        "frist_verlaengern": "hat die Frist[ auf den {frist}] verlängert",
    },
    "zielsystem": {
        "anlegen": "hat das Zielsystem[ „{titel}“] angelegt[ zum Thema {thema}][; es ersetzt {ersetzt}]",
        "version_uebernehmen": "Die Zählung der Versionen geht vom Vorgänger weiter[: Version {version}]",
        "bearbeiten": "hat den Entwurf bearbeitet",
        "zustimmen": "hat[ für {institution}] die Zustimmung eingetragen",
        "sondervotum_abgeben": "hat[ für {institution}] ein Sondervotum eingetragen",
        "abstimmen": "Das Zielsystem ist mit der Arbeitsgruppe abgestimmt",
        "vorlegen": "Das Zielsystem liegt der Lenkungsgruppe vor[ zur Sitzung {sitzung}]",
        "zurueckziehen": "hat die Vorlage zurückgezogen",
        "beschliessen": "Die Lenkungsgruppe hat das Zielsystem beschlossen[, Beschluss {beschluss}]",
        "mit_auflagen_beschliessen": "Die Lenkungsgruppe hat das Zielsystem mit Auflagen beschlossen[, Beschluss {beschluss}]",
        "zurueckverweisen": "Die Lenkungsgruppe hat das Zielsystem zurückverwiesen[, Beschluss {beschluss}]",
        "ablehnen": "Die Lenkungsgruppe hat das Zielsystem abgelehnt[, Beschluss {beschluss}]",
        "ueberarbeiten": "hat die Überarbeitung begonnen",
        "weiterleiten": "hat das Zielsystem weitergeleitet[ an {empfaenger}]",
        "antwort_verzeichnen": "hat die Antwort[ der Stelle {institution}] verzeichnet[: {ergebnis}]",
        "auflage_bestaetigen": "hat bestätigt, dass die Auflage[ {auflage}] erfüllt ist",
        "umsetzung_beginnen": "hat die Umsetzung begonnen",
        "einfuehren": "hat das Zielsystem eingeführt[ zum {startdatum}]",
        "fortschreiben": "hat das Zielsystem fortgeschrieben[, Maßnahme {massnahme}][, bis {frist}]",
        "ersetzen": "Die neue Version hat dieses Zielsystem abgelöst",
        "aufheben": "Die Lenkungsgruppe hat das Zielsystem aufgehoben[, Beschluss {beschluss}]",
    },
    "massnahme": {
        "anlegen": "Die Maßnahme[ „{titel}“] ist mit dem Zielsystem entstanden[; umsetzende Stelle: {eigner}][, bis {frist}]",
        "beginnen": "hat die Maßnahme begonnen",
        "erledigen": "hat die Maßnahme als erledigt gemeldet[: {ergebnis}]",
        "entfallen": "hat die Maßnahme entfallen lassen",
        "fortschreiben": "Die Maßnahme ist mit dem Zielsystem fortgeschrieben[; umsetzende Stelle: {eigner}][, bis {frist}]",
        "auflage_erfuellt": "Die Auflage, auf die die Maßnahme wartete, ist erfüllt",
    },
    "monitoring": {
        "anlegen": "hat das Monitoring angelegt",
        "beginnen": "Das Monitoring beginnt mit der Umsetzung",
        "baseline_erfassen": "hat Ausgangswerte erfasst",
        "startdatum_uebernehmen": "Das Startdatum ist übernommen[: {startdatum}]",
        "erheben": "hat[ zu „{indikator}“] den Wert[ {wert}] erhoben[ (Termin {faellig_am})]",
        "nicht_erheben": "hat verzeichnet, dass[ „{indikator}“] nicht erhoben ist[ (Termin {faellig_am})]",
        "nachreichen": "hat[ zu „{indikator}“] den Wert[ {wert}] nachgereicht[ (Termin {faellig_am})]",
        "einzelfall_pruefen": "hat am Einzelfall geprüft, ob es heute besser ginge",
        "bewertung_beginnen": "hat die Bewertung begonnen",
        "weiterfuehren": "hat das Monitoring weitergeführt[, Wertung: {wertung}][; {was_geschieht}]",
        "nachsteuern": "hat Nachsteuerung verlangt[, Wertung: {wertung}][; {was_geschieht}]",
        "als_wirksam_bewerten": "hat das Zielsystem als wirksam bewertet[: {begruendung}]",
        "beenden": "Das Monitoring ist beendet[, Beschluss {beschluss}]",
        "signal_setzen": "Zum gelösten Thema gibt es eine neue Meldung[: {meldung}]",
        "wiederkehr_verwerfen": "hat festgestellt, dass die Hürde nicht wiedergekehrt ist",
        "wiederkehr_feststellen": "hat festgestellt, dass die Hürde wiedergekehrt ist",
    },
    "auswahlrunde": {
        "anlegen": "hat die Auswahlrunde angelegt[ zur Sitzung {sitzung}]",
        "durchfuehren": "hat die Auswahlrunde durchgeführt[; ausgewählt: {ausgewaehlt}]",
    },
    "lage": {
        "ausrufen": "hat die Lage[ „{titel}“] ausgerufen[, {von}][ bis {bis}]",
        "nicht_ausrufen": "hat festgehalten, dass keine Lage ausgerufen wird",
        "erweitern": "hat die Lage erweitert[, bis {bis}]",
        "sammelmeldung_verzeichnen": "hat die Sammelmeldung[ der Stelle {stelle}] verzeichnet[: {anzahl} Fälle][, Stand vom {stand_vom}]",
        "beenden": "hat die Lage beendet und ausgewertet",
    },
    "bericht": {
        "anlegen": "hat den Bericht[ an {gremium}] angelegt[, Sitzung am {sitzung_am}]",
        "vormerken": "Das Gremium[ {gremium}] hat seit längerer Zeit keinen Bericht bekommen",
        "bearbeiten": "hat den Bericht bearbeitet",
        "versenden": "hat den Bericht versandt[ (am {gesendet_am})]",
        "zur_kenntnis_verzeichnen": "hat die Kenntnisnahme durch das Gremium verzeichnet[ (am {zur_kenntnis_am})]",
        "nachfolger_vermerken": "hat den nächsten Bericht vermerkt[: {nachfolger}]",
    },
    "anfrage": {
        "erfassen": "hat die Anfrage[ von {gremium}] erfasst[, Antwort bis {frist}]",
        "beantworten": "hat die Anfrage beantwortet[ (am {beantwortet_am})]",
    },
    "kooperationsvereinbarung": {
        "abschliessen": "hat die Vereinbarung[ „{titel}“] verzeichnet[, Prüfung am {pruefung_am}]",
        "pruefung_faellig": "Der Prüftermin der Vereinbarung ist erreicht",
        "pruefung_abschliessen": "hat die Prüfung abgeschlossen[: {ergebnis}][, nächste Prüfung am {pruefung_am}]",
        "beenden": "hat die Vereinbarung beendet",
    },
}  # fmt: skip

_FREI = re.compile(r"\[([^\[\]]*)\]")
_ANGABE = re.compile(r"\{(\w+)\}")


def eigener(art: str, ausloeser: str) -> str:
    return SAETZE[art].get(ausloeser) or _UEBERALL.get(ausloeser, "")


def muster(art: str, ausloeser: str) -> str:
    """Der Satz zu einem Schritt; auch zu einem, den nur eine frühere Fassung kannte."""
    return eigener(art, ausloeser) or f"hat „{PROZESSE[art].bezeichnung_von(ausloeser)}“ eingetragen"


def genannte(art: str, ausloeser: str) -> frozenset[str]:
    """Die Angaben, die der Satz nennt."""
    return frozenset(_ANGABE.findall(muster(art, ausloeser)))


_WER = "wer_es_war"  # „wer“ heißt auch eine Angabe


class Verlaufssatz(Aussage):
    """`vorlage` ist das Muster; seine Klammern gelten in jeder Sprache. `wer`: leer, wo der Satz für sich steht."""

    @classmethod
    def eingesetzt(cls, vorlage: str, werte: Mapping[str, Any]) -> str:
        text = _FREI.sub(lambda m: m[1] if all(werte.get(a) for a in _ANGABE.findall(m[1])) else "", vorlage)
        text = _ANGABE.sub(lambda m: werte[m[1]], text).strip()
        wer = werte[_WER]
        text = f"{wer[:1].upper()}{wer[1:]} {text}" if wer else text
        return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def satz(art: str, ausloeser: str, wer: str, werte: Mapping[str, str]) -> Verlaufssatz:
    """Der ganze Satz. `werte`: Angabe -> in Worten; fehlt eine, nennt er sie nicht."""
    vorlage = muster(art, ausloeser)
    return Verlaufssatz(vorlage, **{**werte, _WER: wer if vorlage.startswith(("hat ", "hat[")) else ""})
