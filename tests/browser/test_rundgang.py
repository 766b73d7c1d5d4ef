"""Ein Fall geht einmal ganz herum: von der Meldung einer Stelle bis dahin, dass sie erfährt, was daraus wurde.

Jeden Schritt tut das Konto, das ihn tun darf, im echten Browser, nur mit Verweisen, Knöpfen und beschrifteten Feldern. Zwischen den
Tagen läuft die Runde. Gespielt wird zweimal: breit mit JavaScript und schmal ohne. Nur mit Tasten spielt es test_tastatur.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from service.profil import Profil
from tests.browser.darsteller import Buehne, buehne

pytestmark = pytest.mark.browser

MELDUNG = "Zwischen Sprachkurs und Jobcenter bricht das Geld ab"
SAMMLUNG = "Übergänge zwischen Leistungen"
THEMA = "Beim Wechsel in das SGB II fehlt ein Monat"
GRUPPE = "AG Nahtloser Übergang"
ZIELSYSTEM = "Antrag vor Kursende"
MBE, VHS, SOZIALAMT = "MBE-Beratungsstelle Lüdenscheid", "VHS Lüdenscheid", "Stadt Lüdenscheid, Sozialamt"
JOBCENTER = "Jobcenter Märkischer Kreis"
JC_LUEDENSCHEID = "Jobcenter Märkischer Kreis, Dienststelle Lüdenscheid"
CM_LUED, CM_MENDEN, LEITUNG = "KIM-Case Management Lüdenscheid", "KIM-Case Management Menden", "Leitung AG-01"
INDIKATOR = "Wochen ohne Leistung beim Wechsel"


@pytest.mark.parametrize(("breite", "skript"), [(1280, True), (360, False)], ids=["breit-mit-js", "schmal-ohne-js"])
def test_einmal_ganz_herum(tmp_path: Path, profil: Profil, breite: int, skript: bool) -> None:
    with buehne(tmp_path, profil, breite, skript, "12.01.2026") as b:
        einmal_herum(b)


def einmal_herum(b: Buehne) -> None:
    b.es_wird("12.01.2026")
    for teil in (_meldung, _fallrekonstruktion, _thema, _erste_sitzung, _arbeitsgruppe, _zielsystem, _zweite_sitzung,
                 _antworten_der_stellen, _umsetzung, _monitoring, _was_daraus_wurde):
        teil(b)
    assert b.klagen == []


# --- vom Meldebogen zur Auswahl ---------------------------------------------------------------------------------------


def _meldung(b: Buehne) -> None:
    mbe, k = b.konto(MBE), b.konto("Koordination A")
    mbe.beginnt("Hürde melden", {
        "Kommune": "Lüdenscheid",
        "Titel": MELDUNG,
        "Was ist passiert?": "Nach dem Integrationskurs war einen Monat lang niemand zuständig.",
        "Was melden Sie?": "Strukturelle Hürde",
        "Handlungsfelder": ["Bildung und Sprache"],
        "Die Meldung ist anonymisiert": True,
    })
    mbe.steht("Eingegangen")

    k.oeffnet("Meldebogen", MELDUNG)
    k.tut("Rückfrage stellen", {"Frage": "Wie viele Fälle kennen Sie?"})
    k.steht("Wartet")

    b.es_wird("14.01.2026")
    mbe.oeffnet("Meldebogen", MELDUNG)
    mbe.sieht("Wie viele Fälle kennen Sie?")
    mbe.tut("Rückfrage beantworten", {"Antwort": "In diesem Winter vier."})

    k.beginnt("Sammlung anlegen", {"Titel": SAMMLUNG})
    k.oeffnet("Meldebogen", MELDUNG)
    k.sieht("In diesem Winter vier.")
    k.tut("In eine Sammlung aufnehmen", {"Sammlung": SAMMLUNG})
    k.steht("In einer Sammlung")
    k.tut("Zur Rekonstruktion auswählen", {"Begründung": "Vier Fälle in einem Winter, drei Stellen beteiligt."})
    k.steht("Ausgewählt")


def _fallrekonstruktion(b: Buehne) -> None:
    k, cm, zweite = b.konto("Koordination A"), b.konto("CM Lüdenscheid"), b.konto("Koordination B")
    mbe, gast = b.konto(MBE), b.konto(JC_LUEDENSCHEID)
    fall = f"Fallrekonstruktion zum {SAMMLUNG}"
    k.beginnt("Fallrekonstruktion planen", {"Titel": fall}, aus=("Meldebogen", MELDUNG))
    k.tut("Einladen", {
        "Termin": "10.02.2026", "Ort": "Kreishaus Lüdenscheid, Raum 5", "Rechtsgrundlage": "Ohne Personenbezug darstellbar",
        "Einladungsliste 2": {"Stelle": CM_LUED, "Gehört zum Integrationsmanagement": True},
        "Einladungsliste 3": {"Stelle": JC_LUEDENSCHEID, "Funktion": "Leistungssachbearbeitung"},
        "Moderation durch": "KIM-Koordination",
    })
    k.steht("Eingeladen")

    b.es_wird("10.02.2026")
    cm.oeffnet("Fallrekonstruktion", fall)
    cm.tut("Durchführung festhalten", {
        "Teilnahme 1": {"Teilnahme": "Anwesend"}, "Teilnahme 2": {"Teilnahme": "Anwesend"}, "Teilnahme 3": {"Teilnahme": "Anwesend"}})
    cm.tut("Protokoll vorlegen", {
        "Zeitachse 1": {"Woche": "0", "Wer": VHS, "Was war zu tun": "Der Kurs endet, das Kursgeld auch."},
        "Zeitachse 2": {"Woche": "1", "Wer": JC_LUEDENSCHEID, "Was war zu tun": "Antrag prüfen.", "Wartezeit in Wochen": "4",
                        "Bruchstelle": "Der Antrag wird erst nach Kursende angenommen."},
        "Zeitachse 3": {"Woche": "5", "Wer": JC_LUEDENSCHEID, "Was war zu tun": "Erste Auszahlung."},
        "Zeitachse 4": {"Woche": "6", "Wer": MBE, "Was war zu tun": "Mietrückstand klären."},
    })
    cm.steht("Protokolliert")

    b.es_wird("12.02.2026")
    zweite.oeffnet("Fallrekonstruktion", fall)
    zweite.tut("Pseudonymisierung prüfen", {"Niemand ist erkennbar": True})
    mbe.oeffnet("Fallrekonstruktion", fall)
    mbe.tut("Zum Entwurf antworten", {"Antwort": "Zugestimmt"})
    gast.oeffnet("Fallrekonstruktion", fall)
    gast.tut("Zum Entwurf antworten", {"Antwort": "Abweichende Sicht", "Abweichende Sicht": "Ein Vorabantrag war schon möglich."})
    cm.oeffnet("Fallrekonstruktion", fall)
    cm.tut("Zum Entwurf antworten", {"Antwort": "Zugestimmt"})

    k.oeffnet("Fallrekonstruktion", fall)
    k.tut("Abstimmung feststellen")
    k.tut("Freigeben", {"Themenkandidat": "Zwischen zwei Leistungen ist niemand zuständig."})
    k.steht("Freigegeben")


def _thema(b: Buehne) -> None:
    k = b.konto("Koordination A")
    k.beginnt("Sitzung planen", {"Termin": "10.06.2026", "Ort": "Kreishaus"})
    k.beginnt("Thema anlegen", {"Titel": THEMA, "Hebel": "Ganzes Gebiet der Lenkungsgruppe"}, aus=("Fallrekonstruktion", SAMMLUNG))
    k.tut("Clustern", {"Cluster": "Einkommen"})
    k.tut("Der Lenkungsgruppe vorlegen", {"Sitzung": "10.06.2026"})
    k.steht("Vorgelegt")
    k.nimmt_zurueck("Erst mit der Leitung besprechen.")
    k.steht("Geclustert")
    k.tut("Der Lenkungsgruppe vorlegen", {"Sitzung": "10.06.2026"})
    k.steht("Vorgelegt")


# --- die Lenkungsgruppe -----------------------------------------------------------------------------------------------


def _vor_der_sitzung(b: Buehne, termin: str, einladung: str, unterlagen: str) -> None:
    vorsitz, assistenz = b.konto("Vorsitz"), b.konto("Assistenz der Koordination")
    b.es_wird(einladung)
    vorsitz.oeffnet("Sitzung der Lenkungsgruppe", termin)
    vorsitz.tut("Der Tagesordnung zustimmen")
    assistenz.oeffnet("Sitzung der Lenkungsgruppe", termin)
    assistenz.tut("Einladen", {"Beginn": "14:00 Uhr"})
    b.es_wird(unterlagen)
    assistenz.oeffnet("Sitzung der Lenkungsgruppe", termin)
    assistenz.tut("Unterlagen versenden", {"Unterlagen": "Tagesordnung\nVorlagen"})
    b.es_wird(termin)
    vorsitz.oeffnet("Sitzung der Lenkungsgruppe", termin)
    anwesend = {f"Anwesenheit {nr}": {"Anwesend": "Inhaberin oder Inhaber"} for nr in range(1, 11)}
    vorsitz.tut("Sitzung eröffnen", {**anwesend, "Anwesenheit 11": {"Anwesend": "Vertretung"}, "Anwesenheit 12": {"Anwesend": "Abwesend"}})
    vorsitz.steht("Läuft")


def _nach_der_sitzung(b: Buehne, termin: str, protokoll: str, genehmigt: str) -> None:
    k, vorsitz, assistenz = b.konto("Koordination A"), b.konto("Vorsitz"), b.konto("Assistenz der Koordination")
    vorsitz.oeffnet("Sitzung der Lenkungsgruppe", termin)
    vorsitz.tut("Sitzung schließen")
    b.es_wird(protokoll)
    assistenz.oeffnet("Sitzung der Lenkungsgruppe", termin)
    vorsitz.oeffnet("Sitzung der Lenkungsgruppe", termin)
    vorsitz.tut("Protokoll unterzeichnen")
    assistenz.oeffnet("Sitzung der Lenkungsgruppe", termin)
    assistenz.tut("Protokoll versenden")
    assert b.es_wird(genehmigt).geschaltet >= 1, "nach der Frist für Einwände genehmigt die Runde das Protokoll"
    k.oeffnet("Sitzung der Lenkungsgruppe", termin)
    k.steht("Protokoll genehmigt")


def _weiterleiten(b: Buehne, beschluss: str, aufgaben: dict[str, str]) -> None:
    """`aufgaben`: welche Zeile des aufgelösten Verteilers welchem Konto gehört."""
    assistenz = b.konto("Assistenz der Koordination")
    assistenz.oeffnet("Beschluss", beschluss)
    assistenz.tut("Weiterleiten", {zeile: {"Hat eine Aufgabe": True} for zeile in aufgaben})
    assistenz.steht("Weitergeleitet")
    for name in aufgaben.values():
        konto = b.konto(name)
        konto.oeffnet("Beschluss", beschluss)
        konto.tut("Kenntnis nehmen")


def _erste_sitzung(b: Buehne) -> None:
    k = b.konto("Koordination A")
    _vor_der_sitzung(b, "10.06.2026", "08.05.2026", "26.05.2026")
    _beschluss_ag(b)
    k.oeffnet("Generatives Thema", THEMA)
    k.steht("Beauftragt")
    _nach_der_sitzung(b, "10.06.2026", "15.06.2026", "01.07.2026")
    _weiterleiten(b, "Arbeitsgruppe einrichten", {"Empfänger 1": JOBCENTER, "Empfänger 2": VHS})


def _beschluss_ag(b: Buehne) -> None:
    k = b.konto("Koordination A")
    k.oeffnet("Sitzung der Lenkungsgruppe", "10.06.2026")
    k.waehlt("Beschluss fassen")
    k.fuellt({"Schritt 1": {"Was geschieht": f"{THEMA}: Beauftragen"}})
    k.fuellt({
        "Schritt 1": {
            "Name der Arbeitsgruppe": GRUPPE, "Auftrag": "Die Kette vom Kursende bis zur ersten Zahlung neu ordnen.",
            "Ergebnis bis": "30.10.2026",
            "Leitung": [LEITUNG],
            "Mitglieder 1": {"Stelle": CM_MENDEN}, "Mitglieder 2": {"Stelle": JOBCENTER},
            "Mitglieder 3": {"Stelle": VHS}, "Mitglieder 4": {"Stelle": SOZIALAMT},
        },
        "Titel": "Arbeitsgruppe einrichten", "Wortlaut": "Die Lenkungsgruppe richtet eine Arbeitsgruppe ein.",
        "Verantwortlich": "KIM-Koordination", "Frist": "30.11.2026", "Verteiler": [JOBCENTER, VHS],
        "Abstimmung": {"Ja": "11"},
    })
    k.sendet("Beschluss fassen")
    k.steht("Gefasst")


# --- die Arbeitsgruppe ------------------------------------------------------------------------------------------------


def _arbeitsgruppe(b: Buehne) -> None:
    leitung = b.konto(LEITUNG)
    b.es_wird("08.07.2026")
    leitung.oeffnet("Arbeitsgruppe", GRUPPE)
    leitung.tut("Konstituieren", {"Inhalt": "Auftrag besprochen, Arbeitsplan vereinbart."})
    leitung.tut("Ist-Analyse beginnen")
    leitung.sieht_gesperrt("Soll-Entwurf beginnen", "Es fehlt noch der Ist-Beitrag von")
    for konto, stelle, taetigkeit, weiter in (
        (VHS, VHS, "Meldet das Kursende an niemanden.", ""),
        (JOBCENTER, JOBCENTER, "Nimmt den Antrag nach Kursende an.", SOZIALAMT),
        (SOZIALAMT, SOZIALAMT, "Zahlt bis zum Kursende.", JOBCENTER),
    ):
        mitglied = b.konto(konto)
        mitglied.oeffnet("Arbeitsgruppe", GRUPPE)
        mitglied.tut("Ist-Beitrag erfassen", {
            "Schritte 1": {"Tätigkeit": taetigkeit, "Zuständig": stelle, "Übergabe an": weiter}})
    leitung.oeffnet("Arbeitsgruppe", GRUPPE)
    leitung.tut("Ist-Beitrag erfassen", {"Stelle": CM_MENDEN, "Warum kein Schritt": "Begleitet nur und hat keinen eigenen Schritt."})
    leitung.tut("Soll-Entwurf beginnen")
    leitung.steht("Soll-Entwurf")


def _zielsystem(b: Buehne) -> None:
    leitung, k = b.konto(LEITUNG), b.konto("Koordination A")
    k.beginnt("Sitzung planen", {"Termin": "02.12.2026", "Ort": "Kreishaus", "Vorige Sitzung": "10.06.2026"})
    b.es_wird("10.09.2026")
    leitung.beginnt("Zielsystem anlegen", {"Titel": ZIELSYSTEM}, aus=("Arbeitsgruppe", GRUPPE))
    leitung.tut("Entwurf bearbeiten", {
        "Soll-Kette 1": {"Tätigkeit": "Meldet das Kursende acht Wochen vorher.", "Zuständig": VHS, "Übergabe an": JOBCENTER},
        "Soll-Kette 2": {"Tätigkeit": "Nimmt den Antrag sechs Wochen vorher an.", "Zuständig": JOBCENTER,
                         "Übergabe an": SOZIALAMT, "Zieldauer in Werktagen": "10"},
        "Soll-Kette 3": {"Tätigkeit": "Zahlt bis zum Bescheid weiter.", "Zuständig": SOZIALAMT, "Übergabe an": JOBCENTER},
        "Ziele": {"Leitziel": "Niemand steht beim Wechsel ohne Geld da."},
        "Maßnahmen 1": {"Maßnahme": "Meldeliste Kursende einrichten", "Zuständige Stelle": VHS, "Bis": "26.02.2027"},
        "Maßnahmen 2": {"Maßnahme": "Vorabantrag annehmen", "Zuständige Stelle": JOBCENTER, "Bis": "31.03.2027"},
        "Indikatoren 1": {"Indikator": INDIKATOR, "Einheit": "Wochen", "Ausgangswert": "4,5", "Zielwert": "0,5", "Quelle": JOBCENTER,
                          "Rhythmus": "Vierteljährlich"},
    })
    leitung.sieht("Meldet das Kursende an niemanden.", "Meldeliste Kursende einrichten")
    for name in (VHS, JOBCENTER):
        mitglied = b.konto(name)
        mitglied.oeffnet("Zielsystem", ZIELSYSTEM)
        mitglied.tut("Zustimmen")
    sozialamt = b.konto(SOZIALAMT)
    sozialamt.oeffnet("Zielsystem", ZIELSYSTEM)
    sozialamt.tut("Sondervotum abgeben", {"Sondervotum": "Für eine längere Zahlung fehlt uns die Rechtsgrundlage."})
    leitung.oeffnet("Arbeitsgruppe", GRUPPE)
    leitung.sieht_gesperrt("Zielsystem abstimmen", CM_MENDEN)
    leitung.oeffnet("Zielsystem", ZIELSYSTEM)
    leitung.tut("Zustimmen", {"Stelle": CM_MENDEN})
    leitung.oeffnet("Arbeitsgruppe", GRUPPE)
    leitung.tut("Zielsystem abstimmen")
    leitung.tut("Der Lenkungsgruppe vorlegen", {"Sitzung": "02.12.2026"})
    leitung.steht("Vorgelegt")


def _zweite_sitzung(b: Buehne) -> None:
    k = b.konto("Koordination A")
    _vor_der_sitzung(b, "02.12.2026", "30.10.2026", "17.11.2026")
    k.oeffnet("Sitzung der Lenkungsgruppe", "02.12.2026")
    k.waehlt("Beschluss fassen")
    k.fuellt({"Schritt 1": {"Was geschieht": f"{ZIELSYSTEM}: Mit Auflagen beschließen"}})
    k.fuellt({"Schritt 2": {"Was geschieht": f"{GRUPPE}: Arbeitsgruppe beenden"}})
    k.fuellt({
        "Schritt 1": {"Auflagen 1": {"Auflage": "Rechtsgrundlage der Weiterzahlung klären", "Zuständige Stelle": SOZIALAMT,
                                     "Bis": "26.02.2027", "Bestätigt durch": "Koordination"}},
        "Titel": "Zielsystem beschließen", "Wortlaut": "Die Lenkungsgruppe beschließt und empfiehlt die Umsetzung.",
        "Verantwortlich": "KIM-Koordination", "Frist": "30.06.2027", "Verteiler": [JOBCENTER, VHS, SOZIALAMT], "Verfahren": "Konsens",
    })
    k.sendet("Beschluss fassen")
    k.steht("Gefasst")
    k.oeffnet("Zielsystem", ZIELSYSTEM)
    k.steht("Mit Auflagen beschlossen")
    _nach_der_sitzung(b, "02.12.2026", "07.12.2026", "23.12.2026")
    _weiterleiten(b, "Zielsystem beschließen", {"Empfänger 3": SOZIALAMT})


# --- Umsetzung und Wirkung --------------------------------------------------------------------------------------------


def _antworten_der_stellen(b: Buehne) -> None:
    k = b.konto("Koordination A")
    k.oeffnet("Zielsystem", ZIELSYSTEM)
    k.tut("Weiterleiten")
    b.es_wird("11.01.2027")
    antworten = {JOBCENTER: {"Antwort": "Übernimmt"}, VHS: {"Antwort": "Übernimmt teilweise", "Anmerkung": "Ab dem nächsten Semester."},
                 SOZIALAMT: {"Antwort": "Lehnt ab", "Begründung": "Ohne Rechtsgrundlage zahlen wir nicht weiter."}}
    for name, werte in antworten.items():
        stelle = b.konto(name)
        stelle.oeffnet("Zielsystem", ZIELSYSTEM)
        stelle.tut("Antwort einer Stelle verzeichnen", werte)


def _umsetzung(b: Buehne) -> None:
    k, vhs = b.konto("Koordination A"), b.konto(VHS)
    k.oeffnet("Zielsystem", ZIELSYSTEM)
    k.tut("Umsetzung beginnen")
    k.tut("Auflage bestätigen", {"Auflage": "Rechtsgrundlage der Weiterzahlung klären", "Vermerk": "Erlass liegt vor."})
    vhs.oeffnet("Maßnahme", "Meldeliste Kursende einrichten")
    vhs.tut("Beginnen")
    b.es_wird("22.02.2027")
    vhs.oeffnet("Maßnahme", "Meldeliste Kursende einrichten")
    vhs.tut("Als erledigt melden", {"Ergebnis": "Die Liste geht monatlich hinaus."})
    k.oeffnet("Zielsystem", ZIELSYSTEM)
    k.tut("Einführen", {"Gilt ab": "01.03.2027"})
    k.steht("Eingeführt")


def _monitoring(b: Buehne) -> None:
    k, quelle, cm = b.konto("Koordination A"), b.konto(JOBCENTER), b.konto("CM Lüdenscheid")
    k.oeffnet("Monitoring", ZIELSYSTEM)
    k.tut("Ausgangswerte erfassen")
    for heute, wert in (("02.06.2027", "1,5"), ("02.09.2027", "0,5")):
        b.es_wird(heute)
        quelle.oeffnet("Monitoring", ZIELSYSTEM)
        quelle.tut("Wert erheben", {"Indikator": INDIKATOR, "Wert": wert})
    cm.oeffnet("Monitoring", ZIELSYSTEM)
    cm.tut("Einzelfall prüfen", {"Fälle 1": {"Fall": "Stichprobe 1", "Liefe er heute besser?": "Ja", "Beobachtung": "Keine Lücke."}})
    k.oeffnet("Monitoring", ZIELSYSTEM)
    k.tut("Bewertung beginnen")
    k.tut("Als wirksam bewerten", {"Begründung": "Die Lücke ist auf wenige Tage geschrumpft."})
    k.steht("Wirksam")


def _was_daraus_wurde(b: Buehne) -> None:
    mbe, k = b.konto(MBE), b.konto("Koordination A")
    k.oeffnet("Generatives Thema", THEMA)
    k.steht("Abgeschlossen")
    mbe.oeffnet("Meldebogen", MELDUNG)
    mbe.steht("Gelöst")
