"""Je Rolle die drei Dinge, die man tut, und wo; je Arbeitsplatz, wie es geht. Die Wörter dazu stehen in den Prozesstabellen."""

from __future__ import annotations

from typing import NamedTuple

from service.handelnde import Handelnde
from states.model import Rolle

# Rolle -> (was man tut, wo)
DREI_DINGE: dict[Rolle, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    Rolle.MELDER: (("Eine Hürde melden, ohne Namen zu nennen.", "/neu/meldebogen/einreichen"),
                   ("Rückfragen der Koordination beantworten.", "/"),
                   ("Nachsehen, was aus den Meldungen geworden ist.", "/vorgaenge/meldebogen")),
    Rolle.CASE_MANAGEMENT: (("Hürden aus der Beratung melden.", "/neu/meldebogen/einreichen"),
                            ("Fallrekonstruktionen durchführen und festhalten.", "/vorgaenge/fallrekonstruktion"),
                            ("Prüfen, ob der Einzelfall heute besser liefe.", "/vorgaenge/monitoring")),
    Rolle.KOORDINATION: (("Neue Meldungen prüfen und einer Sammlung zuordnen.", "/eingang"),
                         ("Fälle auswählen und zur Rekonstruktion einladen.", "/sammlungen"),
                         ("Themen vorlegen und Beschlüsse weiterleiten.", "/sitzungen")),
    Rolle.VERWALTUNG: (("Einladungen und Unterlagen versenden.", "/sitzungen"), ("Beschlüsse weiterleiten.", "/beschlusskontrolle"),
                       ("Zahlen für Berichte ausgeben.", "/zahlen")),
    Rolle.FACHAUFSICHT: (("Sehen, welche Einzelfälle das Case Management übernommen hat.", "/vorgaenge/einzelfalluebergabe"),
                         ("Die Themen der Lenkungsgruppe verfolgen.", "/vorgaenge/generatives_thema"), ("Fristen im Blick behalten.", "/")),
    Rolle.FR_GAST: (("Den geprüften Entwurf lesen.", "/vorgaenge/fallrekonstruktion"),
                    ("Zustimmen oder eine abweichende Sicht festhalten.", "/"),
                    ("Nach der Freigabe das Ergebnis lesen.", "/vorgaenge/fallrekonstruktion")),
    Rolle.AG_MITGLIED: (("Darlegen, wie die eigene Stelle heute arbeitet.", "/vorgaenge/arbeitsgruppe"),
                        ("Am neuen Ablauf mitarbeiten.", "/vorgaenge/zielsystem"), ("Zustimmen oder ein Sondervotum abgeben.", "/")),
    Rolle.AG_LEITUNG: (("Sitzungen der Gruppe festhalten.", "/vorgaenge/arbeitsgruppe"),
                       ("Ist und Soll mit allen Stellen erarbeiten.", "/vorgaenge/zielsystem"),
                       ("Das Zielsystem abstimmen und vorlegen.", "/")),
    Rolle.LG_MITGLIED: (("Unterlagen der nächsten Sitzung lesen.", "/sitzungen"),
                        ("Über Themen und Zielsysteme beschließen.", "/sitzungen"),
                        ("Verfolgen, was aus Beschlüssen wird.", "/beschlusskontrolle")),
    Rolle.LG_VORSITZ: (("Der Tagesordnung zustimmen.", "/sitzungen"), ("Die Sitzung leiten und Beschlüsse fassen.", "/sitzungen"),
                       ("Das Protokoll unterzeichnen.", "/sitzungen")),
    Rolle.LG_GAST: (("Die Unterlage des eigenen Punktes lesen.", "/vorgaenge/sitzung"),
                    ("An diesem Punkt teilnehmen.", "/vorgaenge/sitzung"),
                    ("Nachsehen, was daraus wurde.", "/vorgaenge/sitzung")),
    Rolle.UMSETZENDE_STELLE: (("Auf Empfehlungen der Lenkungsgruppe antworten.", "/"),
                              ("Eigene Maßnahmen beginnen und erledigen.", "/vorgaenge/massnahme"),
                              ("Werte für das Monitoring eintragen.", "/vorgaenge/monitoring")),
    Rolle.LEITUNG: (("Sehen, wo der Kreislauf steht und was zu lange dauert.", "/kreislauf"), ("Zahlen ansehen und ausgeben.", "/zahlen"),
                    ("Beschlüsse verfolgen.", "/beschlusskontrolle")),
    Rolle.GREMIUM: (("Berichte lesen.", "/vorgaenge/bericht"), ("Lesen, was aus den Themen wurde und ob es wirkt.", "/oeffentlich"),
                    ("Nachsehen, was Ihr Gremium wann bekommen hat.", "/vorgaenge/bericht")),
    Rolle.REVISION: (("Im Protokoll nachsehen, wer was getan hat.", "/protokoll"), ("Zugriffe auf einen Vorgang prüfen.", "/protokoll"),
                     ("Ausgaben von Listen und Zahlen prüfen.", "/protokoll")),
    Rolle.ADMIN: (("Zuerst: Personen mit ihren Rollen anlegen.", "/personen"), ("Konten einladen, sperren und entsperren.", "/konten"),
                  ("Den Systemzustand ansehen, Unzustellbares unter „Nachrichten“ klären.", "/system")),
}  # fmt: skip


class Anleitung(NamedTuple):
    """So geht es an einem Arbeitsplatz. `wege`: womit seine Adressen beginnen; `arten`: auf wessen Seiten sie auch passt."""

    anker: str
    titel: str
    wege: tuple[str, ...]
    arten: tuple[str, ...]
    saetze: tuple[str, ...]


ANLEITUNGEN: tuple[Anleitung, ...] = (
    Anleitung("aufgaben", "Meine Aufgaben", ("/aufgaben", "/uebergeben", "/abgang", "/postfach", "/nachrichten"), (), (
        "Was eilig ist, steht zuerst; danach kommt, dessen Frist zuerst endet.",
        "Der Satz unter dem Titel sagt, warum die Zeile hier steht; ihre letzte Angabe ist der nächste Schritt.",
        "Ist es ein Knopf, genügt ein Klick. Ist es ein Verweis, fragt die nächste Seite nach Angaben.",
        "Was Sie angefangen und nicht abgeschickt haben, finden Sie unter „Meine Entwürfe“.")),
    Anleitung("melden", "Eine Hürde melden", ("/melden",), ("meldebogen", "einzelfalluebergabe"), (
        "Beschreiben Sie, woran es hängt, nicht wer betroffen ist: keine Namen, Aktenzeichen oder Anschriften.",
        "Nur wenige Angaben sind Pflicht. Was Sie tippen, bleibt als Entwurf stehen, bis Sie es abschicken.",
        "Vor dem Absenden lesen Sie alles noch einmal. Danach bekommen Sie eine Nummer.",
        "Fragen der Koordination und was aus der Meldung wurde, stehen auf ihrer Seite und auf „Meine Aufgaben“.")),
    Anleitung("eingang", "Eingang und Sammlungen", ("/eingang", "/sammlungen", "/auswahlrunde"), ("sammlung", "auswahlrunde", "lage"), (
        "Eilige Meldungen stehen vorn. Öffnen Sie eine und entscheiden Sie, was mit ihr geschieht.",
        "Mit dem ersten Schritt beginnt die Vorprüfung von selbst; dafür ist kein eigener Klick nötig.",
        "Meldungen zum selben Thema legen Sie in dieselbe Sammlung. Aus ihr wählen Sie mit Begründung Fälle aus.",
        "Was noch warten soll, kommt mit einem Datum in den Themenspeicher und wird an diesem Tag wieder vorgelegt.")),
    Anleitung("fallrekonstruktion", "Fallrekonstruktion", (), ("fallrekonstruktion",), (
        "Laden Sie mit Termin, Ort und Liste ein. Die meldende Stelle nimmt teil, wird vertreten, schreibt oder verzichtet.",
        "Nach dem Termin tragen Sie ein, wer dabei war, und schreiben die Zeitachse in Wochen, ohne Datum und ohne Namen.",
        "Eine zweite Person prüft, dass niemand zu erkennen ist. Erst danach sehen die Teilnehmenden den Entwurf.",
        "Wer nicht widerspricht, stimmt zu. Eine abweichende Sicht wird mit abgedruckt.")),
    Anleitung("themen", "Themen", ("/themen",), ("generatives_thema",), (
        "Ein Thema fasst zusammen, was mehrere Fälle gemeinsam haben. Ordnen Sie es einem Cluster zu, bevor Sie es vorlegen.",
        "Beim Vorlegen wählen Sie die Sitzung. Was zu spät kommt, gilt als Tischvorlage.",
        "Nach dem Auftrag folgt das Thema von selbst der Arbeitsgruppe, dem Zielsystem und dem Monitoring.")),
    Anleitung("arbeitsgruppe", "Arbeitsgruppe und Zielsystem", (), ("arbeitsgruppe", "zielsystem", "massnahme"), (
        "Zuerst legt jede beteiligte Stelle dar, wie es heute läuft (Ist), oder es steht da, warum sie es nicht kann.",
        "Dann entwirft die Gruppe, wie es laufen soll (Soll): Schritte, Zuständige, Übergaben, Zieldauern.",
        "Jede Stelle stimmt zu oder gibt ein Sondervotum ab. Danach stimmt die Leitung ab und legt der Lenkungsgruppe vor.",
        "Nach dem Beschluss beginnen und erledigen die umsetzenden Stellen ihre Maßnahmen.")),
    Anleitung("sitzungen", "Sitzungen der Lenkungsgruppe", ("/sitzungen",), ("sitzung",), (
        "Öffnen Sie unter „Sitzungen“ die nächste Sitzung. Dort stehen Tag, Ort, Tagesordnung und die Unterlagen.",
        "Die Unterlagen aller Punkte lassen sich zusammen lesen und drucken.",
        "Während der Sitzung wird Punkt für Punkt mitgeschrieben: Anwesenheit, Beratung, Stimmen, Beschluss.",
        "Das Protokoll wird unterzeichnet und versandt; bis zum Ende der Frist sind Einwände möglich.")),
    Anleitung("beschluesse", "Beschlüsse", ("/beschlusskontrolle",), ("beschluss",), (
        "Jeder Beschluss nennt, wer ihn bis wann erledigt und an wen er geht.",
        "Wer ihn bekommt, bestätigt, dass er ihn kennt. Persönlich mitgeteilt gilt ebenso; auch das wird verzeichnet.",
        "Was überschritten ist, steht in der Beschlusskontrolle vorn: Dort fassen Sie nach.")),
    Anleitung("monitoring", "Monitoring und Zahlen", ("/zahlen", "/kreislauf", "/oeffentlich"), ("monitoring",), (
        "Jeder Indikator hat eine Stelle, die ihn erhebt, und einen Rhythmus. Wer keinen Wert hat, nennt den Grund.",
        "Am Einzelfall wird geprüft, ob es heute besser ginge.",
        "Die Bewertung sagt, ob die Veränderung wirkt. Neue Meldungen zu einem gelösten Thema geben ein Signal.")),
    Anleitung("gremien", "Berichte an Gremien", ("/gremien",), ("bericht", "anfrage", "kooperationsvereinbarung"), (
        "Je Gremium steht hier, was es wann bekommen hat und was als Nächstes ansteht.",
        "Ein Bericht nimmt die Zahlen seines Zeitraums auf. Versandt ist er auch für das Gremium zu lesen.",
        "Anfragen haben eine Frist; die Antwort steht bei der Anfrage.")),
    Anleitung("verwaltung", "Personen, Stammdaten, Konten", ("/personen", "/stammdaten", "/konten", "/konto", "/system", "/protokoll",
                                                            "/profil", "/api"), (), (
        "Was Sie ändern, gilt ab einem Tag; was früher galt, bleibt nachzulesen.",
        "Geht jemand, übergeben Sie zuerst die offenen Vorgänge dieser Person.",
        "Jeder Lesezugriff auf eine Meldung und jede Änderung an Konten steht im Protokoll.")),
)  # fmt: skip


def anker_zu(pfad: str, art: str = "") -> str:
    """Der Abschnitt der Hilfe, der zu einer Seite passt: nach der Art des Vorgangs, sonst nach der Adresse."""
    passt = next((a.anker for a in ANLEITUNGEN if art and art in a.arten), "")
    return passt or next((a.anker for a in ANLEITUNGEN if any(pfad == w or pfad.startswith(f"{w}/") for w in a.wege)), "aufgaben")


def dinge(person: Handelnde) -> list[tuple[str, str]]:
    """Was die Person mit ihren Rollen hier tut, und wo; Doppeltes einmal."""
    return list(dict.fromkeys(d for r, drei in DREI_DINGE.items() if person.hat(r) for d in drei))
