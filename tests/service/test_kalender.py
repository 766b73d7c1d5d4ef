import os
import re
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from service.kalender import (
    ERSTES_JAHR,
    LETZTES_JAHR,
    Berechnung,
    Dauer,
    Einheit,
    Kalender,
    berechne_text,
    datum_lesen,
    feiertage,
)

WURZEL = Path(__file__).parents[2]
OHNE = Kalender(frozenset(), "1")
WEIHNACHTSRUHE = frozenset(date(2026, 12, tag) for tag in (24, 28, 29, 30, 31))
MIT_RUHE = Kalender(WEIHNACHTSRUHE, "2")


def tag(text: str) -> date:
    return datum_lesen(text)


# --- Gesetz ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ereignis", "dauer", "ende"),
    [
        ("21.11.2026", "2 Wochen", "07.12.2026"),  # Samstag
        ("31.01.2027", "1 Monat", "01.03.2027"),  # 31. fehlt, 28.02. ist Sonntag
        ("11.12.2026", "2 Wochen", "28.12.2026"),  # 25., 26., Sonntag
        ("13.05.2027", "2 Wochen", "28.05.2027"),  # Fronleichnam
        ("12.03.2027", "14 Tage", "30.03.2027"),  # Karfreitag bis Ostermontag
        ("30.09.2027", "1 Monat", "02.11.2027"),  # Samstag, Sonntag, Allerheiligen
        ("30.04.2027", "1 Tag", "03.05.2027"),  # 1. Mai ist Samstag
        ("29.02.2024", "1 Jahr", "28.02.2025"),
        ("31.12.2026", "6 Monate", "30.06.2027"),
        ("16.10.2017", "15 Tage", "02.11.2017"),  # Reformationstag 2017 einmalig, dann Allerheiligen
        ("16.10.2018", "15 Tage", "31.10.2018"),  # 2018 in NRW keiner
        ("05.01.2026", "1 WT", "06.01.2026"),  # Heilige Drei Könige ist in NRW kein Feiertag
        ("02.01.2026", "1 WT", "05.01.2026"),
        ("03.01.2026", "1 WT", "05.01.2026"),  # Ereignis am Samstag
        ("02.04.2026", "10 WT", "20.04.2026"),  # Karfreitag und Ostermontag fallen aus
    ],
)
def test_ende(ereignis: str, dauer: str, ende: str) -> None:
    assert OHNE.ende(tag(ereignis), Dauer.lesen(dauer)).ende == tag(ende)


@pytest.mark.parametrize(
    ("beginn", "dauer", "ende"),
    [
        ("01.03.2027", "1 Monat", "31.03.2027"),
        ("01.02.2027", "1 Monat", "01.03.2027"),  # 28.02. ist Sonntag
        ("31.01.2024", "1 Monat", "29.02.2024"),  # der 30.02. fehlt; nicht erst kürzen, dann einen Tag abziehen
        ("30.01.2024", "1 Monat", "29.02.2024"),
        ("30.01.2025", "1 Monat", "28.02.2025"),
        ("29.02.2024", "1 Jahr", "28.02.2025"),
        ("01.01.2026", "1 Jahr", "31.12.2026"),
        ("05.01.2026", "1 Tag", "05.01.2026"),
        ("06.01.2026", "1 Woche", "12.01.2026"),
        ("05.01.2026", "1 WT", "05.01.2026"),
        ("03.01.2026", "2 WT", "06.01.2026"),
    ],
)
def test_ende_ab_tagesbeginn(beginn: str, dauer: str, ende: str) -> None:
    assert OHNE.ende_ab_tagesbeginn(tag(beginn), Dauer.lesen(dauer)).ende == tag(ende)


@pytest.mark.parametrize(
    ("termin", "dauer", "ende"),
    [
        ("15.06.2027", "4 Wochen", "18.05.2027"),
        ("14.06.2027", "4 Wochen", "14.05.2027"),  # Pfingstmontag, also Freitag davor
        ("10.06.2027", "2 Wochen", "26.05.2027"),  # Fronleichnam, also Mittwoch
        ("31.03.2027", "1 Monat", "26.02.2027"),  # 31. fehlt, 28.02. ist Sonntag
        ("15.01.2027", "10 WT", "31.12.2026"),  # Neujahr fällt aus
        ("14.01.2027", "10 WT", "30.12.2026"),
        ("31.12.2028", "1 Jahr", "31.12.2027"),
        ("29.02.2028", "1 Jahr", "26.02.2027"),  # 28.02.2027 ist Sonntag
    ],
)
def test_vor(termin: str, dauer: str, ende: str) -> None:
    assert OHNE.vor(tag(termin), Dauer.lesen(dauer)).ende == tag(ende)


def test_schliesstage_zaehlen_wie_feiertage() -> None:
    assert MIT_RUHE.ende(tag("11.12.2026"), Dauer.lesen("13 Tage")).ende == tag("04.01.2027")
    assert OHNE.ende(tag("11.12.2026"), Dauer.lesen("13 Tage")).ende == tag("24.12.2026")
    assert MIT_RUHE.ende(tag("22.12.2026"), Dauer.lesen("2 WT")).ende == tag("04.01.2027")
    assert MIT_RUHE.vor(tag("14.01.2027"), Dauer.lesen("14 Tage")).ende == tag("23.12.2026")


def test_grund_kein_werktag() -> None:
    gruende = {
        "02.05.2026": "Samstag",
        "03.05.2026": "Sonntag",
        "01.05.2026": "Erster Mai",
        "01.05.2008": "Christi Himmelfahrt und Erster Mai",
        "31.10.2017": "Reformationstag",
        "24.12.2026": "Schließtag",
        "25.12.2026": "Erster Weihnachtstag",
        "23.12.2026": None,
    }
    assert {text: MIT_RUHE.grund_kein_werktag(tag(text)) for text in gruende} == gruende
    assert OHNE.ist_werktag(tag("24.12.2026")) and not MIT_RUHE.ist_werktag(tag("24.12.2026"))


@pytest.mark.parametrize("jahr", [*range(1995, 2017), *range(2018, LETZTES_JAHR + 1)])
def test_elf_feiertage_im_jahr(jahr: int) -> None:
    assert {name for eintrag in feiertage(jahr).values() for name in eintrag.split(" und ")} == {
        *("Neujahr", "Karfreitag", "Ostermontag", "Erster Mai", "Christi Himmelfahrt", "Pfingstmontag", "Fronleichnam"),
        *("Tag der Deutschen Einheit", "Allerheiligen", "Erster Weihnachtstag", "Zweiter Weihnachtstag"),
    }


@pytest.mark.parametrize("sprache", ["en_US", "uk", "th", "C"])
def test_feiertage_heissen_deutsch_auf_jeder_maschine(sprache: str) -> None:
    programm = "import datetime, service.kalender as k; print(k.feiertage(2026)[datetime.date(2026, 5, 1)])"
    umgebung = {**os.environ, "LANGUAGE": sprache, "LANG": sprache, "LC_ALL": sprache, "PYTHONPATH": str(WURZEL)}
    lauf = subprocess.run([sys.executable, "-c", programm], env=umgebung, capture_output=True, text=True, check=True)
    assert lauf.stdout.strip() == "Erster Mai"


# --- Unterbrechung --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ende", "von", "bis", "neu"),
    [
        ("26.01.2026", "12.01.2026", "20.01.2026", "03.02.2026"),  # 10 WT übrig
        ("26.01.2026", "12.01.2026", "12.01.2026", "26.01.2026"),  # am selben Tag erledigt: nichts gewonnen
        ("26.01.2026", "26.01.2026", "30.01.2026", "30.01.2026"),  # am letzten Tag angehalten
        ("26.01.2026", "26.01.2026", "31.01.2026", "02.02.2026"),
        ("26.01.2026", "27.01.2026", "31.03.2026", "26.01.2026"),  # schon abgelaufen
        ("24.01.2026", "19.01.2026", "21.01.2026", "28.01.2026"),  # Ende am Samstag gilt bis Montag
        ("22.12.2026", "21.12.2026", "23.12.2026", "04.01.2027"),  # Schließtage dazwischen
    ],
)
def test_verlaengern(ende: str, von: str, bis: str, neu: str) -> None:
    assert MIT_RUHE.verlaengern(tag(ende), tag(von), tag(bis)).ende == tag(neu)


def test_unterbrechung_endet_nicht_vor_ihrem_beginn() -> None:
    with pytest.raises(ValueError, match=r"kann nicht am 11\.01\.2026 enden, wenn sie erst am 12\.01\.2026 beginnt"):
        OHNE.verlaengern(tag("26.01.2026"), tag("12.01.2026"), tag("11.01.2026"))


# --- Herleitung -----------------------------------------------------------------------------------------------------


def test_herleitung_monatsende_und_sonntag() -> None:
    ergebnis = berechne_text("2027-01-31", "1 Monat", OHNE)
    assert ergebnis == Berechnung(
        date(2027, 3, 1),
        date(2027, 1, 31),
        Dauer(1, Einheit.MONATE),
        (
            "Das Ereignis am 31.01.2027 zählt nicht mit (§ 187 Abs. 1 BGB).",
            "Im Februar 2027 fehlt der 31.; die Frist endet am letzten Tag des Monats (§ 188 Abs. 3 BGB): 28.02.2027.",
            "Der 28.02.2027 ist ein Sonntag; die Frist endet am nächsten Werktag (§ 193 BGB): 01.03.2027.",
        ),
    )
    assert ergebnis.als_json() == {"ende": "2027-03-01", "herleitung": list(ergebnis.herleitung)}


def test_herleitung_nennt_jeden_uebersprungenen_tag() -> None:
    assert berechne_text("30.09.2027", "1 Monat", OHNE).herleitung[1:] == (
        "Die Frist von 1 Monat endet am entsprechenden Tag (§ 188 Abs. 2 BGB): 30.10.2027.",
        "Der 30.10.2027 ist ein Samstag; danach folgen der 31.10.2027 (Sonntag) und der 01.11.2027 (Allerheiligen).",
        "Die Frist endet am nächsten Werktag (§ 193 BGB): 02.11.2027.",
    )


def test_herleitung_trennt_gesetz_und_eigene_festlegung() -> None:
    assert (
        "§ 193 BGB, Schließtage nach eigener Festlegung"
        in berechne_text("11.12.2026", "13 Tage", MIT_RUHE).herleitung[-1]
    )
    erst_spaeter = berechne_text("12.12.2026", "2 Wochen", MIT_RUHE).herleitung  # Samstag, Sonntag, dann Schließtage
    assert erst_spaeter[-2:] == (
        "Der 26.12.2026 ist ein Samstag; danach folgen 8 weitere freie Tage (Wochenenden, Feiertage oder Schließtage).",
        "Die Frist endet am nächsten Werktag (§ 193 BGB, Schließtage nach eigener Festlegung): 04.01.2027.",
    )
    assert "Schließtage" not in " ".join(berechne_text("11.12.2026", "14 Tage", OHNE).herleitung)
    zurueck = OHNE.vor(tag("14.06.2027"), Dauer.lesen("4 Wochen")).herleitung
    assert zurueck[-2:] == (
        "Der 17.05.2027 ist ein Feiertag (Pfingstmontag); davor liegen der 16.05.2027 (Sonntag) und der 15.05.2027 "
        "(Samstag).",
        "Maßgebend ist der letzte Werktag davor (eigene Festlegung): 14.05.2027.",
    )
    assert "§ 193" not in " ".join(zurueck)


def test_herleitung_werktage_nennt_ausgefallene_tage() -> None:
    assert berechne_text("02.04.2026", "10 WT", OHNE).herleitung == (
        "Das Ereignis am 02.04.2026 zählt nicht mit (§ 187 Abs. 1 BGB).",
        "Samstage, Sonntage, der 03.04.2026 (Karfreitag) und der 06.04.2026 (Ostermontag) zählen nicht mit.",
        "Der 10. Werktag danach ist der 20.04.2026 (Montag).",
    )
    ab_neujahr = OHNE.ende_ab_tagesbeginn(tag("01.01.2026"), Dauer.lesen("1 WT"))
    assert ab_neujahr.herleitung[1] == "Samstage, Sonntage und der 01.01.2026 (Neujahr) zählen nicht mit."
    vor_neujahr = OHNE.vor(tag("01.01.2026"), Dauer.lesen("1 WT"))
    assert vor_neujahr.herleitung[1] == "Samstage und Sonntage zählen nicht mit."
    assert "7 Feiertage oder Schließtage" in berechne_text("11.12.2026", "10 WT", MIT_RUHE).herleitung[1]


def test_herleitung_der_unterbrechung() -> None:
    ergebnis = OHNE.verlaengern(tag("26.01.2026"), tag("23.01.2026"), tag("30.01.2026"))
    assert ergebnis.herleitung == (
        "Die Frist bis zum 26.01.2026 wurde am 23.01.2026 unterbrochen; 1 Werktag war noch übrig.",
        "Die Unterbrechung endete am 30.01.2026; dieser Tag zählt nicht mit, der Rest folgt danach.",
        "Samstage und Sonntage zählen nicht mit.",
        "Der 1. Werktag danach ist der 02.02.2026 (Montag).",
    )
    assert ergebnis.dauer == Dauer(1, Einheit.WT)
    assert OHNE.verlaengern(tag("26.01.2026"), tag("27.01.2026"), tag("30.01.2026")).dauer is None


def test_vorlaeufe_einer_sitzung_der_frueheste_zuerst() -> None:
    vorlaeufe = {
        "Aushang": Dauer.lesen("2 Wochen"),
        "Wahlrunde": Dauer.lesen("16 Wochen"),
        "Einladung": Dauer.lesen("1 Monat"),
    }
    plan = OHNE.rueckwaerts(tag("15.06.2027"), vorlaeufe)
    assert [(name, ergebnis.ende.isoformat()) for name, ergebnis in plan.items()] == [
        ("Wahlrunde", "2027-02-23"),
        ("Einladung", "2027-05-14"),
        ("Aushang", "2027-06-01"),
    ]


def test_beispiele_der_dokumentation_stimmen() -> None:
    text = (WURZEL / "docs" / "fristenrechnung.md").read_text(encoding="utf-8")
    zeilen = re.findall(r"^\| (ab|vor) (\d\d\.\d\d\.\d{4}) \| ([^|]+) \| (\d\d\.\d\d\.\d{4}) \|", text, re.MULTILINE)
    assert len(zeilen) >= 8
    for richtung, anker, dauer, ende in zeilen:
        rechnung = OHNE.ende if richtung == "ab" else OHNE.vor
        assert rechnung(tag(anker), Dauer.lesen(dauer)).ende == tag(ende), (richtung, anker, dauer)


# --- Eingaben -------------------------------------------------------------------------------------------------------


KANONISCH = {
    "1 WT": ["1wt", "1 Werktag", " 1  WT. "],
    "10 WT": ["10 WT", "10 wt", "10 Werktage", "10 Werktagen"],
    "1 Tag": ["1 Tage"],
    "14 Tage": ["14 Tage", "14 TAGEN", "014 Tag"],
    "1 Woche": ["1 woche"],
    "16 Wochen": ["16 Wochen", "16\u00a0Wochen"],
    "1 Monat": ["1 Monat", "1 Monaten"],
    "3 Monate": ["3 MONATE"],
    "1 Jahr": ["1 Jahr"],
    "2 Jahre": ["2 Jahren"],
}


@pytest.mark.parametrize(("kanonisch", "texte"), KANONISCH.items())
def test_dauer_lesen(kanonisch: str, texte: list[str]) -> None:
    assert {str(Dauer.lesen(text)) for text in (kanonisch, *texte)} == {kanonisch}


@pytest.mark.parametrize(
    "text", ["", "10", "WT", "zehn Tage", "-3 Tage", "1,5 Monate", "2 Wochen 3 Tage", "3 Stunden", "٣ Tage"]
)
def test_dauer_unlesbar(text: str) -> None:
    with pytest.raises(ValueError, match=r"ist keine Dauer\. Erwartet werden eine Zahl und eine Einheit"):
        Dauer.lesen(text)


@pytest.mark.parametrize("text", ["0 WT", "10000 Tage", "9" * 5000 + " Tage"])
def test_dauer_ausserhalb(text: str) -> None:
    with pytest.raises(ValueError, match="Die Zahl muss zwischen 1 und 9999 liegen"):
        Dauer.lesen(text)
    with pytest.raises(ValueError, match="von 1 bis 9999, nicht 0"):
        Dauer(0, Einheit.WT)


@pytest.mark.parametrize("text", ["2027-01-31", "31.01.2027", " 31.1.2027 "])
def test_datum_in_beiden_schreibweisen(text: str) -> None:
    assert berechne_text(text, "1 Monat", OHNE).ende == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("anker", "dauer", "satz"),
    [
        ("31.02.2027", "1 WT", "Den Tag „31.02.2027“ gibt es nicht."),
        ("2027-13-01", "1 WT", "Den Tag „2027-13-01“ gibt es nicht."),
        ("0000-01-01", "1 WT", "Den Tag „0000-01-01“ gibt es nicht."),
        ("20270131", "1 WT", "„20270131“ ist kein Datum. Erwartet wird JJJJ-MM-TT oder TT.MM.JJJJ."),
        ("morgen", "1 WT", "„morgen“ ist kein Datum. Erwartet wird JJJJ-MM-TT oder TT.MM.JJJJ."),
        ("0001-01-01", "1 Tag", "Der Kalender reicht von 1991 bis 2100; das Jahr 1 liegt außerhalb."),
        ("31.12.2100", "1 WT", "Der Kalender reicht von 1991 bis 2100; das Jahr 2101 liegt außerhalb."),
        ("01.01.2026", "9999 Jahre", "Der Kalender reicht von 1991 bis 2100; das Jahr 12025 liegt außerhalb."),
    ],
)
def test_falsche_angaben_werden_auf_deutsch_erklaert(anker: str, dauer: str, satz: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(satz)}$"):
        berechne_text(anker, dauer, OHNE)


@pytest.mark.parametrize("einheit", list(Einheit))
def test_nie_ein_ergebnis_ausserhalb_der_bekannten_feiertage(einheit: Einheit) -> None:
    """Ohne bekannte Feiertage wäre jedes Ergebnis still zu früh; außerdem endet dort Pythons Kalender."""
    vorn, hinten, lange = date(ERSTES_JAHR, 1, 2), date(LETZTES_JAHR, 12, 30), Dauer(9999, einheit)
    for rechnung, anker in ((OHNE.vor, vorn), (OHNE.ende, hinten), (OHNE.ende_ab_tagesbeginn, hinten)):
        with pytest.raises(ValueError, match="Der Kalender reicht von 1991 bis 2100"):
            rechnung(anker, lange)


def test_zeitpunkt_ist_kein_kalendertag() -> None:
    zeitpunkt = datetime(2026, 1, 5, 12, tzinfo=UTC)
    for aufruf in (
        lambda: OHNE.ist_werktag(zeitpunkt),
        lambda: OHNE.ende(zeitpunkt, Dauer.lesen("1 WT")),
        lambda: OHNE.vor(zeitpunkt, Dauer.lesen("1 Tag")),
        lambda: OHNE.verlaengern(date(2026, 1, 9), zeitpunkt, zeitpunkt),
        lambda: Kalender(frozenset({zeitpunkt}), "1"),
    ):
        with pytest.raises(TypeError, match="Kalendertagen in Berlin"):
            aufruf()


def test_kalender_sind_gleich_wenn_schliesstage_und_fassung_gleich_sind() -> None:
    benutzt, frisch = Kalender(WEIHNACHTSRUHE, "2"), Kalender(WEIHNACHTSRUHE, "2")
    benutzt.ist_werktag(date(2026, 1, 5))
    assert benutzt == frisch and hash(benutzt) == hash(frisch)
    assert benutzt != Kalender(WEIHNACHTSRUHE, "3")


def test_hunderttausend_fristen_in_wenigen_sekunden() -> None:
    dauer = [Dauer(30, einheit) for einheit in (Einheit.WT, Einheit.TAGE, Einheit.WOCHEN, Einheit.MONATE)]
    kalender, anfang = Kalender(WEIHNACHTSRUHE, "1"), date(2000, 1, 1)
    beginn = time.process_time()
    for n in range(20_000):
        kalender.ende(anfang + timedelta(days=n % 14000), dauer[n % 4])
    assert time.process_time() - beginn < 2  # gemessen 0,2 s; die Grenze fängt nur einen Rückfall um Größenordnungen
