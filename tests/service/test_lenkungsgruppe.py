"""Eine Sitzung von der Planung bis zum Abschluss, ein Umlauf und die kleinen Akten: durch `apply`, auf beiden Datenbanken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.apply import Schritt
from service.ausgang import stelle_zusammen
from service.beschlusskontrolle import blatt
from service.db import Datenbank
from service.errors import NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.fristen import runde
from service.lenkung import umlaeufe
from service.profil import Profil
from service.pruefen import pruefe
from service.sicht import lies, sichtbar
from service.umfeld import Umfeld, umfeld_aus
from tests.bau import KOORDINATION, person, tue

VORSITZ = person("s01", "lg_vorsitz", "lg_mitglied")
SITZE = [{"sitz": f"S0{n}", "funktion": f"Amt {n}", "personen": [f"s0{n}", f"s0{n}-vertretung"]} for n in (1, 2, 3, 4)]
BESCHLUSS: dict[str, Any] = {
    "titel": "Kurszugang",
    "wortlaut": "Die Gruppe wird eingerichtet.",
    "verantwortlich": "Koordination",
    "frist": "2026-10-14",
    "verteiler": ["Arbeitsgruppen", "Jobcenter"],
}


def um(tag: str, stunde: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(tag), datetime.min.time(), UTC) + timedelta(hours=stunde)


class Haus:
    """Ein Haus mit seiner Uhr: jeder Schritt an einem Tag, jede Runde an jedem Tag dazwischen."""

    def __init__(self, db: Datenbank, umfeld: Umfeld) -> None:
        self.db, self.umfeld, self.tag = db, umfeld, date(2026, 1, 5)

    def bis(self, tag: str) -> None:
        while self.tag < date.fromisoformat(tag):
            self.tag += timedelta(days=1)
            runde(self.db, self.umfeld, um(self.tag.isoformat(), 5))

    def schritt(
        self,
        tag: str,
        ausloeser: str,
        key: str,
        daten: Any = None,
        wer: Any = KOORDINATION,
        grund: str = "",
        art: str = "",
    ) -> None:
        self.bis(tag)
        neu = Schritt(ausloeser, art=art, key=key, daten=daten or {}, grund=grund)
        tue(
            self.db,
            self.umfeld,
            wer,
            neu if art else Schritt(ausloeser, key, daten=daten or {}, grund=grund),
            jetzt=um(tag),
        )

    def zustand(self, key: str) -> str:
        with self.db.lesen() as s:
            return str(s.wert("SELECT zustand FROM vorgang WHERE key = :key", {"key": key}))

    def stand(self, key: str) -> dict[str, Any]:
        with self.db.lesen() as s:
            return dict(json.loads(s.wert("SELECT stand FROM vorgang WHERE key = :key", {"key": key})))

    def verbunden(self, von: str, art: str, nach: str) -> bool:
        with self.db.lesen() as s:
            return bool(
                s.wert(
                    "SELECT count(*) FROM verbindung v JOIN vorgang a ON a.id = v.von JOIN vorgang b ON b.id = v.nach "
                    "WHERE a.key = :von AND b.key = :nach AND v.art = :art AND v.offen = 1",
                    {"von": von, "nach": nach, "art": art},
                )
            )

    def stimmig(self) -> None:
        """Ereignisse und Inhalt sagen dasselbe."""
        with self.db.lesen() as s:
            assert pruefe(s).fehler == []

    def frist_offen(self, key: str, name: str) -> bool:
        with self.db.lesen() as s:
            frage = "SELECT count(*) FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = :key AND f.name = :name AND f.offen = 1"
            return bool(s.wert(frage, {"key": key, "name": name}))

    def nachrichten(self, anlass: str) -> int:
        with self.db.lesen() as s:
            return int(s.wert("SELECT count(*) FROM ausgang WHERE anlass = :anlass", {"anlass": anlass}))


@pytest.fixture
def haus(db: Datenbank, umfeld: Umfeld) -> Haus:
    return Haus(db, umfeld)


def eroeffnete_sitzung(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    haus.schritt("2026-03-23", "tagesordnung_zustimmen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-03-25", "einladen", "LG-01", {"sitze": SITZE})
    haus.schritt("2026-04-08", "unterlagen_versenden", "LG-01")
    anwesenheit = {"S01": "inhaber", "S02": "vertretung", "S03": "inhaber", "S04": "abwesend"}
    haus.schritt("2026-04-22", "eroeffnen", "LG-01", {"anwesenheit": anwesenheit}, wer=VORSITZ)


def fasse(haus: Haus, key: str, **anders: Any) -> None:
    daten = {**BESCHLUSS, "sitzung": "LG-01", "abstimmung": {"ja": 3, "nein": 0, "enthaltung": 0}, **anders}
    haus.schritt("2026-04-22", "fassen", key, daten, wer=VORSITZ, art="beschluss")


def test_von_der_planung_bis_zum_abschluss(haus: Haus) -> None:
    eroeffnete_sitzung(haus)
    assert haus.zustand("AR-01") == "offen" and haus.verbunden("AR-01", "bereitet_vor", "LG-01")
    with pytest.raises(Unmoeglich) as zu_viele:
        fasse(haus, "BS-01", abstimmung={"ja": 4, "nein": 0})
    assert zu_viele.value.waechter == ("stimmenzahl",)
    fasse(haus, "BS-01")
    assert haus.verbunden("BS-01", "gefasst_in", "LG-01")
    haus.schritt("2026-04-22", "schliessen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-04-22", "planen", "LG-02", {"datum": "2026-10-28", "vorige": "LG-01"}, art="sitzung")
    assert haus.stand("LG-01")["nachfolger"] == "LG-02"

    persoenlich = {"wer": "Koordination A", "wem": "Leitung", "wann": "2026-04-28", "wo": "Kreishaus"}
    leitung = {"institution": "ag-01-leitung", "sammelempfaenger": "Arbeitsgruppen", "weg": "persoenlich", "aufgabe": True,
               "persoenlich": persoenlich}
    haus.schritt("2026-04-28", "weiterleiten", "BS-01", {"empfaenger": [leitung]})
    assert haus.frist_offen("BS-01", "beschluss_auszug")  # das Jobcenter steht auch im Verteiler
    jobcenter = {"institution": "Jobcenter Märkischer Kreis", "weg": "protokoll", "aufgabe": True}
    haus.schritt("2026-04-29", "weiterleiten", "BS-01", {"empfaenger": [jobcenter], "weitere_empfaenger": True})

    haus.schritt("2026-05-05", "protokoll_unterzeichnen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-05-06", "protokoll_versenden", "LG-01")
    haus.bis("2026-05-20")
    assert haus.zustand("LG-01") == "protokoll_versandt"  # bis zum Ende des 20. Mai sind Einwände möglich
    haus.bis("2026-05-21")
    assert haus.zustand("LG-01") == "protokoll_genehmigt"

    with pytest.raises(Unmoeglich) as nicht_alle:
        haus.schritt("2026-05-21", "abschliessen", "LG-01")
    assert nicht_alle.value.waechter == ("alle_beschluesse_weitergeleitet",)
    empfaenger = person("jc", institution="Jobcenter Märkischer Kreis")
    with pytest.raises(Verboten):
        haus.schritt(
            "2026-05-21",
            "kenntnis_nehmen",
            "BS-01",
            {"empfaenger": "Jobcenter Märkischer Kreis"},
            wer=person("fremd", institution="VHS"),
        )
    with pytest.raises(Unmoeglich) as fremd:
        haus.schritt("2026-05-21", "kenntnis_nehmen", "BS-01", {"empfaenger": "ag-01-leitung"}, wer=empfaenger)
    assert fremd.value.waechter == ("eigene_kenntnisnahme",)
    assert (
        haus.nachrichten("frist_beschluss_kenntnisnahme") == 1
    )  # das Jobcenter nach zehn Werktagen; die Leitung hat Kenntnis
    haus.schritt("2026-05-21", "kenntnis_nehmen", "BS-01", {"empfaenger": "Jobcenter Märkischer Kreis"}, wer=empfaenger)
    assert haus.frist_offen("BS-01", "beschluss_auszug")  # weitere sind angekündigt
    haus.schritt("2026-05-22", "weiterleiten", "BS-01")
    assert not haus.frist_offen("BS-01", "beschluss_auszug")
    haus.bis("2026-06-09")
    assert haus.zustand("LG-01") == "abgeschlossen"  # die Runde schließt ab, wenn alles weitergeleitet ist

    haus.schritt("2026-06-10", "einwand_verzeichnen", "LG-01", {"einwand_von": "S03", "text": "Falsche Zahl.", "naechste_sitzung": "LG-02"})
    assert [(p["titel"], p["art"]) for p in haus.stand("LG-02")["punkte"]] == [
        ("Einwand gegen das Protokoll zu LG-01", "einwand")
    ]
    assert haus.zustand("LG-01") == "abgeschlossen"
    haus.stimmig()


def test_eine_bestaetigung_gilt_fuer_alle_beschluesse_der_sitzung(haus: Haus) -> None:
    """Eine Sendung je Sitzung und Empfänger, also auch eine Bestätigung und ein Anruf; andere Empfänger bleiben offen."""
    eroeffnete_sitzung(haus)
    jc, vhs = "Jobcenter Märkischer Kreis", "VHS Lüdenscheid"
    for key in ("BS-01", "BS-02", "BS-03"):
        fasse(haus, key, verteiler=[jc])
    beide = {"empfaenger": [{"institution": s, "weg": "mail", "aufgabe": True} for s in (jc, vhs)]}
    for key in ("BS-01", "BS-02"):
        haus.schritt("2026-04-23", "weiterleiten", key, beide)
    haus.bis("2026-05-11")
    with haus.db.lesen() as s:  # jeder Beschluss hat seine Frist, an ihr hängt sein Link; auf dem Blatt steht eine Zeile je Empfänger
        assert s.wert("SELECT count(*) FROM frist WHERE name = 'beschluss_kenntnisnahme' AND offen = 1") == 4
        kenntnisnahmen = blatt(s, KOORDINATION, haus.tag, {}).kenntnisnahmen
    assert [(z.key, z.wer, "dieselbe Bestätigung gilt für BS-02" in z.was) for z in kenntnisnahmen] == [
        ("BS-01", jc, True), ("BS-01", vhs, True)]
    with haus.db.transaktion() as s:  # und die Erinnerung an beide ist eine Nachricht
        stelle_zusammen(s, haus.umfeld, um("2026-05-11", 8))
        gezaehlt = s.alle("SELECT x.empfaenger, count(DISTINCT x.id), count(DISTINCT y.vorgang) FROM sendung x JOIN sendung_ausgang y "
                          "ON y.sendung = x.id JOIN ausgang a ON a.id = y.ausgang WHERE a.anlass = 'frist_beschluss_kenntnisnahme' "
                          "GROUP BY x.empfaenger")
    assert gezaehlt and all((sendungen, beschluesse) == (1, 2) for _, sendungen, beschluesse in gezaehlt)
    haus.schritt("2026-05-12", "erinnern", "BS-02", {"empfaenger": jc, "weg": "anruf"}, grund="Es eilt.")
    assert [len(haus.stand(key)["erinnerungen"]) for key in ("BS-01", "BS-02")] == [1, 1]
    haus.schritt("2026-05-13", "kenntnis_nehmen", "BS-01", {"empfaenger": jc}, wer=person("jc", institution=jc))
    for key in ("BS-01", "BS-02"):
        eintraege = haus.stand(key)["weiterleitungen"]
        assert eintraege[jc]["kenntnis_am"] == "2026-05-13" and "kenntnis_am" not in eintraege[vhs]
    assert haus.zustand("BS-03") == "gefasst" and "weiterleitungen" not in haus.stand("BS-03")
    haus.stimmig()


def test_ein_eintrag_ohne_jemanden_dahinter_wird_benannt(haus: Haus) -> None:
    eroeffnete_sitzung(haus)
    fasse(haus, "BS-01", verteiler=["Arbeitsgruppen", "VHS Lüdenscheid"])
    haus.schritt("2026-04-23", "weiterleiten", "BS-01", {"empfaenger": [{"institution": "VHS Lüdenscheid", "weg": "mail"}]})
    assert haus.frist_offen("BS-01", "beschluss_auszug")
    haus.schritt("2026-04-24", "weiterleiten", "BS-01", {"ohne_empfaenger": ["Arbeitsgruppen"]})
    assert not haus.frist_offen("BS-01", "beschluss_auszug")


def test_ein_beschluss_bewegt_und_hebt_auf_oder_geschieht_nicht(haus: Haus) -> None:
    eroeffnete_sitzung(haus)
    fasse(haus, "BS-01")
    with pytest.raises(Unmoeglich):  # der Grund fehlt: dann gilt auch der neue Beschluss nicht
        fasse(haus, "BS-02", bezug=["BS-01"], bewegungen=[{"vorgang": "BS-01", "ausloeser": "aufheben"}])
    assert haus.zustand("BS-01") == "gefasst" and haus.zustand("BS-02") == "None"
    fasse(
        haus, "BS-02", bezug=["BS-01"], bewegungen=[{"vorgang": "BS-01", "ausloeser": "aufheben", "grund": "Überholt."}]
    )
    assert haus.zustand("BS-01") == "aufgehoben" and haus.stand("BS-01")["aufgehoben_durch"] == "BS-02"
    assert haus.verbunden("BS-01", "behandelt", "BS-02")
    with pytest.raises(Verboten):
        haus.schritt("2026-04-22", "aufheben", "BS-02", {}, grund="Ich mag ihn nicht.", wer=VORSITZ)


def vorgelegtes_thema(haus: Haus, sitzung: str) -> None:
    thema = {"titel": "Kurszugang", "quelle": "austausch"}
    haus.schritt(
        "2026-03-02", "anlegen", "GT-01", thema, art="generatives_thema", grund="Aus dem Austausch mit dem Träger."
    )
    haus.schritt("2026-03-02", "clustern", "GT-01", {"cluster": "Sprache"})
    haus.schritt("2026-03-02", "vorlegen", "GT-01", {"sitzung": sitzung})


def test_der_beschluss_setzt_die_arbeitsgruppe_ein(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    vorgelegtes_thema(haus, "LG-01")
    assert [(p["bezug"], p["art"], p["titel"]) for p in haus.stand("LG-01")["punkte"]] == [
        ("GT-01", "thema", "Kurszugang")
    ]
    haus.schritt("2026-03-23", "tagesordnung_zustimmen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-03-25", "einladen", "LG-01", {"sitze": SITZE})
    alle = {s["sitz"]: "inhaber" for s in SITZE}
    haus.schritt("2026-04-22", "eroeffnen", "LG-01", {"anwesenheit": alle}, wer=VORSITZ)
    auftrag = {
        "name": "AG Kurszugang",
        "auftrag": "Ist aufnehmen",
        "frist": "2026-10-14",
        "mitglieder": [{"institution": "VHS Lüdenscheid", "funktion": "Programmbereich", "rolle": "leitung"}],
    }
    bewegungen = [{"vorgang": "GT-01", "ausloeser": "beauftragen", "daten": auftrag}]
    fasse(haus, "BS-01", bezug=["GT-01"], bewegungen=bewegungen)
    assert haus.zustand("GT-01") == "beauftragt" and haus.zustand("AG-01") == "eingesetzt"
    assert haus.verbunden("GT-01", "behandelt", "BS-01") and haus.verbunden("BS-01", "setzt_ein", "AG-01")
    with pytest.raises(Unmoeglich):  # dasselbe noch einmal geht nicht, und dann gilt auch der zweite Beschluss nicht
        fasse(haus, "BS-02", bezug=["GT-01"], bewegungen=bewegungen)
    assert haus.zustand("BS-02") == "None"


def test_nach_der_absage_kommt_das_thema_ohne_neue_vorlage_auf_die_naechste(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    vorgelegtes_thema(haus, "LG-01")
    haus.schritt("2026-03-03", "absagen", "LG-01", grund="Zu viele Absagen.")
    assert haus.zustand("GT-01") == "vorgelegt" and not haus.verbunden("GT-01", "steht_auf", "LG-01")
    haus.schritt("2026-03-03", "planen", "LG-02", {"datum": "2026-05-06", "vorige": "LG-01"}, art="sitzung")
    haus.schritt(
        "2026-03-03", "punkt_aufnehmen", "LG-02", {"bezug": "GT-01", "titel": "Kurszugang", "art": "uebertrag"}
    )
    assert haus.zustand("GT-01") == "vorgelegt" and haus.verbunden("GT-01", "steht_auf", "LG-02")
    haus.schritt("2026-03-04", "von_tagesordnung_nehmen", "GT-01", grund="Noch nicht reif.")
    assert haus.stand("LG-02")["punkte"][0]["gestrichen_am"] == "2026-03-04"
    assert not haus.verbunden("GT-01", "steht_auf", "LG-02")


def test_was_die_sitzung_nicht_behandelt_kommt_auf_die_naechste(haus: Haus) -> None:
    """Nachgetragen wird bis zur Unterschrift; was dann noch vorgelegt ist, wandert ohne neues Vorlegen weiter."""
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    vorgelegtes_thema(haus, "LG-01")
    haus.schritt("2026-03-23", "tagesordnung_zustimmen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-03-25", "einladen", "LG-01", {"sitze": SITZE})
    alle = {s["sitz"]: "inhaber" for s in SITZE}
    with pytest.raises(Unmoeglich) as zu_frueh:
        haus.schritt("2026-04-21", "eroeffnen", "LG-01", {"anwesenheit": alle}, wer=VORSITZ)
    assert zu_frueh.value.waechter == ("tag_der_sitzung",)
    haus.schritt("2026-04-22", "eroeffnen", "LG-01", {"anwesenheit": alle}, wer=VORSITZ)
    haus.schritt("2026-04-22", "planen", "LG-02", {"datum": "2026-10-28", "vorige": "LG-01"}, art="sitzung")
    haus.schritt("2026-04-22", "schliessen", "LG-01", wer=VORSITZ)
    haus.bis("2026-04-24")
    assert not haus.stand("LG-02").get("punkte")
    haus.schritt("2026-04-27", "protokoll_unterzeichnen", "LG-01", wer=VORSITZ)
    haus.bis("2026-04-28")
    assert haus.zustand("GT-01") == "vorgelegt" and haus.stand("GT-01")["sitzung"] == "LG-02"
    assert [(p["bezug"], p["art"]) for p in haus.stand("LG-02")["punkte"]] == [("GT-01", "uebertrag")]
    haus.stimmig()


JC, VHS = "Jobcenter Märkischer Kreis", "VHS Lüdenscheid"


def _sieht(haus: Haus, institution: str, key: str) -> dict[str, Any] | None:
    """Die Felder, die ein Gast aus dieser Stelle sieht; Prüfung und Liste sagen dasselbe."""
    gast = person("gast", "lg_gast", institution=institution)
    with haus.db.lesen() as s:
        bedingung, werte = sichtbar(gast, haus.tag)
        in_der_liste = s.wert(f"SELECT count(*) FROM vorgang v WHERE v.key = :key AND {bedingung}", {**werte, "key": key})
        try:
            felder = lies(s, gast, key, haus.tag).felder
        except NichtGefunden:
            assert not in_der_liste
            return None
    assert in_der_liste
    return felder


def test_ein_gast_sieht_wovon_sein_punkt_handelt_bis_zum_ende_der_sitzung(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    vorgelegtes_thema(haus, "LG-01")
    haus.schritt("2026-03-02", "punkt_aufnehmen", "LG-01", {"titel": "Verschiedenes"})
    haus.schritt("2026-03-23", "tagesordnung_zustimmen", "LG-01", wer=VORSITZ)
    gaeste = [{"institution": JC, "punkt": 1}, {"institution": VHS, "punkt": 2}]
    haus.schritt("2026-03-25", "einladen", "LG-01", {"sitze": SITZE, "gaeste": gaeste})
    thema = _sieht(haus, JC, "GT-01")
    assert thema is not None and thema["titel"] == "Kurszugang" and "quelle" not in thema and "gaeste" not in thema
    assert _sieht(haus, VHS, "GT-01") is None and _sieht(haus, "Stadt Hemer", "GT-01") is None
    haus.schritt("2026-03-26", "verlegen", "LG-01", {"datum": "2026-04-23"}, grund="Der Saal ist belegt.")
    assert _sieht(haus, JC, "GT-01")
    alle = {s["sitz"]: "inhaber" for s in SITZE}
    gaeste = [{"institution": VHS, "punkt": 1}]
    haus.schritt("2026-04-23", "eroeffnen", "LG-01", {"anwesenheit": alle, "gaeste": gaeste}, wer=VORSITZ)
    assert _sieht(haus, JC, "GT-01") is None and _sieht(haus, VHS, "GT-01")
    haus.schritt("2026-04-23", "schliessen", "LG-01", wer=VORSITZ)
    assert _sieht(haus, VHS, "GT-01") is None
    haus.stimmig()


def test_mit_dem_punkt_geht_auch_sein_gast(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    vorgelegtes_thema(haus, "LG-01")
    haus.schritt("2026-03-23", "tagesordnung_zustimmen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-03-25", "einladen", "LG-01", {"sitze": SITZE, "gaeste": [{"institution": JC, "punkt": 1}]})
    assert _sieht(haus, JC, "GT-01")
    haus.schritt("2026-03-26", "von_tagesordnung_nehmen", "GT-01", grund="Noch nicht reif.")
    assert _sieht(haus, JC, "GT-01") is None
    haus.schritt("2026-03-27", "vorlegen", "GT-01", {"sitzung": "LG-01"})  # ein neuer Punkt: der Gast war zum alten geladen
    assert _sieht(haus, JC, "GT-01") is None
    haus.schritt("2026-03-30", "punkt_streichen", "LG-01", {"bezug": "GT-01"})
    haus.schritt("2026-03-30", "punkt_aufnehmen", "LG-01", {"bezug": "GT-01"})
    haus.schritt("2026-03-31", "absagen", "LG-01", grund="Zu viele Absagen.")
    assert _sieht(haus, JC, "GT-01") is None and haus.zustand("GT-01") == "vorgelegt"
    haus.stimmig()


def test_ohne_sitzung_kein_beschluss(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    with pytest.raises(Unmoeglich) as fehler:
        fasse(haus, "BS-01")
    assert {"sitzung_tagt", "quorum"} <= set(fehler.value.waechter)


def test_umlauf_und_sein_bericht(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-10-28"}, art="sitzung")
    umlauf = {**BESCHLUSS, "sitze": SITZE, "antwort_bis": "2026-07-09"}
    haus.schritt("2026-06-25", "umlauf_starten", "BS-01", umlauf, art="beschluss")
    for n, stimme in ((1, "ja"), (2, "ja"), (3, "enthaltung")):
        haus.schritt(
            "2026-06-26",
            "stimme_abgeben",
            "BS-01",
            {"sitz": f"S0{n}", "stimme": stimme},
            wer=person(f"s0{n}", "lg_mitglied"),
        )
    with pytest.raises(Unmoeglich) as fremd:
        haus.schritt(
            "2026-06-26", "stimme_abgeben", "BS-01", {"sitz": "S04", "stimme": "nein"}, wer=person("s01", "lg_mitglied")
        )
    assert fremd.value.waechter == ("eigener_sitz",)
    with pytest.raises(Unmoeglich) as zu_frueh:
        haus.schritt("2026-07-09", "umlauf_feststellen", "BS-01")
    assert zu_frueh.value.waechter == ("umlauf_zu_ende",)
    haus.bis("2026-07-13")  # niemand stellt fest; zwei Werktage nach dem Antworttag tut es die Runde
    assert haus.zustand("BS-01") == "gefasst" and haus.stand("BS-01")["abstimmung"]["keine_antwort"] == 1
    haus.bis("2026-07-14")  # auch auf die Tagesordnung der nächsten Sitzung setzt ihn die Runde
    assert [p["bezug"] for p in haus.stand("LG-01")["punkte"]] == ["BS-01"] and haus.verbunden(
        "BS-01", "steht_auf", "LG-01"
    )
    haus.schritt(
        "2026-07-15", "punkt_aufnehmen", "LG-01", {"bezug": "BS-01"}
    )  # steht schon da: kein zweiter Punkt, keine zweite Verbindung
    assert len(haus.stand("LG-01")["punkte"]) == 1
    haus.stimmig()


def test_die_planung_zeigt_den_laufenden_umlauf_mit_der_zahl_der_antworten(haus: Haus, db: Datenbank) -> None:
    haus.schritt("2026-06-25", "umlauf_starten", "BS-01", {**BESCHLUSS, "sitze": SITZE, "antwort_bis": "2026-07-09"}, art="beschluss")
    haus.schritt("2026-06-26", "stimme_abgeben", "BS-01", {"sitz": "S01", "stimme": "ja"}, wer=person("s01", "lg_mitglied"))
    with db.lesen() as s:
        (umlauf,) = umlaeufe(s, KOORDINATION, date(2026, 7, 10))
        assert umlaeufe(s, replace(KOORDINATION, rollen=frozenset({("melder", "")})), date(2026, 7, 10)) == []
    assert (umlauf.key, umlauf.bis, umlauf.geantwortet, umlauf.sitze, umlauf.ueberfaellig) == ("BS-01", "09.07.2026", 1, len(SITZE), True)


def test_ein_umlauf_fragt_alle_gepflegten_sitze(db: Datenbank, profil: Profil) -> None:
    """Mit einem einzigen Sitz wäre er sonst sofort gefasst."""
    haus = Haus(db, umfeld_aus(profil, "test", {"kreis": ("koord_a", "koord_b")}))
    alle = haus.umfeld.sitze_am(date(2026, 6, 25))
    umlauf = {**BESCHLUSS, "antwort_bis": "2026-07-09"}
    for sitze in (alle[:1], alle[1:], [*alle, {"sitz": "S99", "funktion": "Amt"}]):
        with pytest.raises(Unmoeglich) as fehler:
            haus.schritt("2026-06-25", "umlauf_starten", "BS-01", {**umlauf, "sitze": sitze}, art="beschluss")
        assert fehler.value.waechter == ("sitze_des_tages",)
    haus.schritt("2026-06-25", "umlauf_starten", "BS-01", {**umlauf, "sitze": alle}, art="beschluss")
    assert len(haus.stand("BS-01")["sitze"]) == len(profil.sitze)
    haus.stimmig()


def _umlauf(haus: Haus, *bewegungen: dict[str, Any]) -> None:
    daten = {**BESCHLUSS, "sitze": SITZE, "antwort_bis": "2026-03-09", "bewegungen": list(bewegungen)}
    haus.schritt("2026-03-02", "umlauf_starten", "BS-01", daten, art="beschluss")


def test_ein_umlauf_nennt_nur_was_ein_beschluss_bewegen_kann(haus: Haus) -> None:
    """Sonst fiele es erst auf, wenn alle abgestimmt haben."""
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    vorgelegtes_thema(haus, "LG-01")
    gt: dict[str, Any] = {"vorgang": "GT-01", "grund": "So beraten.", "daten": {}}
    for falsch, feld in (
        ({**gt, "ausloeser": "gibtesnicht"}, "bewegungen.0.ausloeser"),
        ({**gt, "ausloeser": "von_tagesordnung_nehmen"}, "bewegungen.0.ausloeser"),  # das tut die Koordination, kein Beschluss
        ({**gt, "ausloeser": "zurueckstellen", "daten": {"wiedervorlage_am": "bald"}}, "bewegungen.0.daten.wiedervorlage_am"),
    ):
        with pytest.raises(Ungueltig) as fehler:
            _umlauf(haus, falsch)
        assert [f for f, _ in fehler.value.befunde] == [feld]
    with pytest.raises(NichtGefunden):
        _umlauf(haus, {**gt, "vorgang": "GT-99", "ausloeser": "ablehnen"})
    assert haus.zustand("BS-01") == "None"


def test_ein_angenommener_umlauf_gilt_auch_wenn_etwas_nicht_mehr_geht(haus: Haus) -> None:
    """Was noch geht, geschieht; was nicht mehr geht, ist eine Aufgabe der Koordination und wird geklärt."""
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-04-22"}, art="sitzung")
    vorgelegtes_thema(haus, "LG-01")
    thema = {"titel": "Beratung", "quelle": "austausch"}
    haus.schritt("2026-03-02", "anlegen", "GT-02", thema, art="generatives_thema", grund="Aus dem Austausch.")
    haus.schritt("2026-03-02", "clustern", "GT-02", {"cluster": "Sprache"})
    haus.schritt("2026-03-02", "vorlegen", "GT-02", {"sitzung": "LG-01"})
    _umlauf(haus, *({"vorgang": gt, "ausloeser": "ablehnen", "grund": "So beraten."} for gt in ("GT-01", "GT-02")))
    haus.schritt("2026-03-03", "gegenstandslos_stellen", "GT-01", grund="Das Gesetz ist geändert.")
    for n in (1, 2, 3, 4):
        haus.schritt("2026-03-04", "stimme_abgeben", "BS-01", {"sitz": f"S0{n}", "stimme": "ja"})
    haus.schritt("2026-03-05", "umlauf_feststellen", "BS-01")
    assert (haus.zustand("BS-01"), haus.zustand("GT-01"), haus.zustand("GT-02")) == ("gefasst", "gegenstandslos", "abgelehnt")
    (offen,) = haus.stand("BS-01")["ausgeblieben"]
    assert (offen["vorgang"], offen["ausloeser"]) == ("GT-01", "ablehnen") and "Gegenstandslos" in offen["warum"]
    assert haus.frist_offen("BS-01", "umlauf_ausgeblieben")
    haus.schritt("2026-03-06", "bewegung_klaeren", "BS-01", {"vermerk": "Das Thema hat sich erledigt."})
    assert not haus.frist_offen("BS-01", "umlauf_ausgeblieben")
    haus.stimmig()


def test_absagen_nimmt_den_punkten_die_sitzung(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-01", {"datum": "2026-10-28"}, art="sitzung")
    haus.schritt(
        "2026-01-06",
        "umlauf_starten",
        "BS-01",
        {**BESCHLUSS, "sitze": SITZE, "antwort_bis": "2026-01-09"},
        art="beschluss",
    )
    for n in (1, 2, 3, 4):
        haus.schritt("2026-01-07", "stimme_abgeben", "BS-01", {"sitz": f"S0{n}", "stimme": "ja"})
    haus.schritt("2026-01-07", "umlauf_feststellen", "BS-01")
    haus.schritt("2026-01-07", "umlauf_berichten", "BS-01", {"sitzung": "LG-01"})
    haus.schritt("2026-01-08", "absagen", "LG-01", grund="Der Saal ist belegt.")
    assert haus.zustand("LG-01") == "abgesagt" and not haus.verbunden("BS-01", "steht_auf", "LG-01")
    haus.schritt("2026-01-08", "planen", "LG-02", {"datum": "2026-11-04", "vorige": "LG-01"}, art="sitzung")
    haus.schritt("2026-01-08", "punkt_aufnehmen", "LG-02", {"bezug": "BS-01", "titel": "Bericht", "art": "uebertrag"})
    assert haus.verbunden("BS-01", "steht_auf", "LG-02")
    haus.schritt("2026-01-08", "punkt_streichen", "LG-02", {"bezug": "BS-01"})
    assert not haus.verbunden("BS-01", "steht_auf", "LG-02")


def test_auswahlrunde_von_hand_erspart_die_der_runde(haus: Haus) -> None:
    haus.schritt("2026-01-05", "planen", "LG-02", {"datum": "2026-10-28"}, art="sitzung")
    haus.schritt("2026-06-01", "anlegen", "AR-07", {"titel": "Auswahlrunde", "sitzung": "LG-02"}, art="auswahlrunde")
    assert haus.stand("LG-02")["auswahlrunde_am"] == "2026-06-01"
    haus.schritt("2026-07-15", "durchfuehren", "AR-07", {"gesichtet": 12})
    with haus.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM vorgang WHERE art = 'auswahlrunde'") == 1


def test_kleine_akten(haus: Haus) -> None:
    bericht = {"titel": "Bericht", "gremium": "Ausschuss", "sitzung_am": "2026-03-02"}
    haus.schritt("2026-02-02", "anlegen", "BE-01", bericht, art="bericht")
    haus.schritt("2026-02-16", "versenden", "BE-01", {"gesendet_am": "2026-02-16"})
    haus.schritt("2026-03-02", "zur_kenntnis_verzeichnen", "BE-01")
    haus.schritt("2026-03-03", "anlegen", "BE-02", {**bericht, "voriger": "BE-01"}, art="bericht")
    assert haus.stand("BE-01")["nachfolger"] == "BE-02" and haus.verbunden("BE-01", "naechster_bericht", "BE-02")

    vereinbarung = {
        "parteien": ["A", "B"],
        "kommune": "Plettenberg",
        "gueltig_von": "2026-03-03",
        "gueltig_bis": "2028-12-29",
        "pruefung_am": "2026-03-10",
    }
    haus.schritt("2026-03-03", "abschliessen", "KV-01", vereinbarung, art="kooperationsvereinbarung")
    haus.bis("2026-03-10")
    with haus.db.lesen() as s:
        assert s.wert("SELECT name FROM marke WHERE offen = 1") == "pruefung_faellig"
    haus.schritt("2026-03-12", "pruefung_abschliessen", "KV-01", {"ergebnis": "unverändert fortgeführt"})
    with haus.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM marke WHERE offen = 1") == 0

    haus.schritt(
        "2026-03-13", "nicht_ausrufen", "LA-01", {"titel": "Häufung"}, grund="Die üblichen Fristen genügen.", art="lage"
    )
    assert haus.zustand("LA-01") == "nicht_ausgerufen"
    haus.schritt("2026-03-13", "anlegen", "SAM-01", {"titel": "Kurse"}, art="sammlung")
    haus.schritt(
        "2026-03-13",
        "ausrufen",
        "LA-02",
        {"titel": "Häufung", "sammlungen": ["SAM-01"], "von": "2026-03-13", "bis": "2026-04-30"},
        art="lage",
    )
    assert haus.verbunden("LA-02", "gilt_fuer", "SAM-01")
    haus.schritt("2026-03-16", "erweitern", "LA-02", {"bis": "2026-05-29", "sammlungen": ["SAM-01"]})
    haus.schritt("2026-03-17", "beenden", "LA-02", {"auswertung": "Es wurden weniger."})
    assert haus.zustand("LA-02") == "beendet"
    haus.stimmig()


def test_was_der_runde_nicht_gelang_versucht_sie_jeden_werktag_wieder(haus: Haus) -> None:
    """Ein offener Einwand hält die Genehmigung auf; ist er erledigt, genehmigt die nächste Runde, und erinnert wird nicht täglich."""
    eroeffnete_sitzung(haus)
    haus.schritt("2026-04-22", "schliessen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-05-05", "protokoll_unterzeichnen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-05-06", "protokoll_versenden", "LG-01")
    haus.schritt("2026-05-08", "einwand_verzeichnen", "LG-01", {"einwand_von": "S03", "text": "Falsche Zahl."})
    haus.bis("2026-06-12")
    assert haus.zustand("LG-01") == "protokoll_versandt"
    assert haus.nachrichten("frist_lg_einwaende") == 2  # am Ende an die Koordination, fünf Werktage später auch an den Vorsitz
    haus.schritt("2026-06-12", "berichtigen", "LG-01", {"text": "Ergänzt.", "zu_einwand": 1})
    haus.bis("2026-06-14")
    assert haus.zustand("LG-01") == "protokoll_versandt"  # Samstag und Sonntag
    haus.bis("2026-06-15")
    assert haus.zustand("LG-01") == "protokoll_genehmigt" and haus.nachrichten("frist_lg_einwaende") == 2
    haus.stimmig()


def test_ein_gescheiterter_schritt_laesst_keine_spaetere_erinnerung_aus(haus: Haus) -> None:
    """Stand die Runde lange still, hört jede Stelle einmal davon; der Schritt bleibt fällig."""
    eroeffnete_sitzung(haus)
    haus.schritt("2026-04-22", "schliessen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-05-05", "protokoll_unterzeichnen", "LG-01", wer=VORSITZ)
    haus.schritt("2026-05-06", "protokoll_versenden", "LG-01")
    haus.schritt("2026-05-08", "einwand_verzeichnen", "LG-01", {"einwand_von": "S03", "text": "Falsche Zahl."})
    ergebnis = [runde(haus.db, haus.umfeld, um(tag)) for tag in ("2026-06-12", "2026-06-12", "2026-06-15")]
    assert [len(r.gescheitert) for r in ergebnis] == [1, 0, 1]
    assert haus.nachrichten("frist_lg_einwaende") == 1
