"""Vom Auftrag über Zielsystem, Maßnahmen und Monitoring bis zur Wiederkehr, durch `apply`: was die Kette dabei bewegt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Unmoeglich, Verboten
from service.fristen import runde
from service.umfeld import Umfeld
from tests.bau import JETZT, MELDER, MELDUNG, melde, person, tue
from tests.service.test_thema_kette import SITZE, VORSITZ, Lauf

KIM, JC, VHS = "KIM-Koordination", "Jobcenter Märkischer Kreis", "VHS Lüdenscheid"
LEITUNG = person("leitung", "ag_leitung", institution=KIM)
JOBCENTER = person("jc", institution=JC)
VOLKSHOCHSCHULE = person("vhs", institution=VHS)
INDIKATOREN = [{"key": "IN-1", "indikator": "Wochen bis Kursstart", "quelle": "gemeinsame Liste", "erhoben_von": VHS,
                "rhythmus": "vierteljaehrlich", "ausgangswert": 19, "zielwert": 8}]
MASSNAHMEN = [{"titel": "Gemeinsame Liste", "eigner": VHS, "frist": "2027-01-29"},
              {"titel": "Prüfweg", "eigner": JC, "frist": "2026-12-18"}]
AUFLAGE = {"auflage": "Datenschutzprüfung", "verantwortlich": VHS, "frist": "2027-01-29", "bestaetigt_durch": "Vorsitz der Lenkungsgruppe",
           "massnahmen": ["1"]}


class Umsetzung(Lauf):
    """Ein Thema mit Arbeitsgruppe und alles, was daraus wird."""

    def __init__(self, db: Datenbank, umfeld: Umfeld) -> None:
        super().__init__(db, umfeld)
        self.meldung = melde(db, umfeld)
        self.gt = self.tue("anlegen", art="generatives_thema", titel="Wartezeit", quelle="austausch", grund="Facharbeitskreis")
        self.tue("zuordnen", self.meldung, thema=self.gt)
        self.tue("clustern", self.gt, cluster="Sprache")
        mitglieder = [{"institution": KIM, "rolle": "leitung"}, {"institution": JC}]
        self.beschluss(self.sitzung(self.gt), (self.gt, "beauftragen", {
            "name": "Kurszugang", "auftrag": "Ist und Soll", "frist": "2026-09-30", "mitglieder": mitglieder}))
        (self.ag,) = self.nachbarn(self.gt, "beauftragt")

    def als(self, wer: Any, ausloeser: str, vorgang: str, grund: str = "", **daten: Any) -> list[tuple[str, str]]:
        """Ein Schritt dieser Person: (key, Zustand danach) für alles, was sich bewegt hat."""
        ergebnis = tue(self.db, self.umfeld, wer, Schritt(ausloeser, vorgang, daten=daten, grund=grund), jetzt=self.jetzt)
        return [(b.key, b.nach) for b in ergebnis.bewegungen]

    def im(self, jahr: int, monat: int, tag: int) -> None:
        self.jetzt = datetime(jahr, monat, tag, 9, tzinfo=JETZT.tzinfo)

    def ist(self, *institutionen: str) -> None:
        for institution in institutionen:
            self.als(LEITUNG, "ist_beitrag_erfassen", self.ag, institution=institution, grund_fehlt="Kein eigener Schritt.")

    def soll(self) -> None:
        self.als(LEITUNG, "konstituieren", self.ag, datum="2026-04-22")
        self.als(LEITUNG, "ist_beginnen", self.ag)
        self.ist(KIM, JC)
        self.als(LEITUNG, "soll_beginnen", self.ag)

    def entwurf(self, **weiteres: str) -> str:
        zs = self.tue("anlegen", art="zielsystem", wer=LEITUNG, titel="Kurszugang", eltern=self.ag, thema=self.gt, **weiteres)
        self.als(LEITUNG, "bearbeiten", zs, massnahmen=MASSNAHMEN, indikatoren=INDIKATOREN)
        return zs

    def abgestimmt(self, zs: str) -> list[tuple[str, str]]:
        for institution in self.stand(self.ag)["mitglieder"]:
            self.als(LEITUNG, "zustimmen", zs, institution=institution)
        return self.als(LEITUNG, "abstimmen", self.ag)

    def naechste(self, tag: str) -> str:
        return self.tue("planen", art="sitzung", datum=tag)

    def abgesagt(self) -> str:
        lg = self.naechste("2026-09-30")
        self.tue("absagen", lg, grund="verhindert")
        return lg

    def eroeffnet(self, lg: str) -> str:
        self.tue("tagesordnung_zustimmen", lg, wer=VORSITZ)
        self.tue("einladen", lg, sitze=SITZE)
        self.tue("eroeffnen", lg, anwesenheit={s["sitz"]: "inhaber" for s in SITZE})
        return lg

    def vorgelegt(self) -> tuple[str, str]:
        """Zielsystem und die laufende Sitzung, in der es entschieden wird."""
        self.soll()
        zs = self.entwurf()
        self.abgestimmt(zs)
        lg = self.naechste("2026-10-28")
        self.als(LEITUNG, "vorlegen", self.ag, sitzung=lg)
        self.im(2026, 10, 28)
        return zs, self.eroeffnet(lg)

    def in_umsetzung(self, *entscheidung: tuple[str, dict[str, Any]]) -> tuple[str, str]:
        zs, lg = self.vorgelegt()
        ausloeser, daten = entscheidung[0] if entscheidung else ("beschliessen", {})
        self.beschluss(lg, (zs, ausloeser, daten), (self.ag, "beenden", {}))
        self.tue("weiterleiten", zs, empfaenger=[{"institution": VHS}, {"institution": JC}])
        self.tue("umsetzung_beginnen", zs)
        (mon,) = self.nachbarn(zs, "beobachtet_in")
        return zs, mon

    def eingefuehrt(self) -> tuple[str, str]:
        zs, mon = self.in_umsetzung()
        offene = [{"massnahme": m, "frist": "2027-06-30"} for m in self.nachbarn(zs, "umgesetzt_durch")]
        self.tue("einfuehren", zs, startdatum="2026-11-02", offene_massnahmen=offene)
        return zs, mon

    def wirksam(self) -> tuple[str, str]:
        zs, mon = self.eingefuehrt()
        for monat in (2, 5):
            self.im(2027, monat, 3)
            self.als(VOLKSHOCHSCHULE, "erheben", mon, indikator="IN-1", wert="9")
        self.tue("einzelfall_pruefen", mon, faelle=[{"fall": "Stichprobe 1", "heute_besser": "ja"}])
        self.tue("bewertung_beginnen", mon)
        self.tue("als_wirksam_bewerten", mon, begruendung="Ziel erreicht")
        return zs, mon


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Umsetzung:
    return Umsetzung(db, umfeld)


def test_das_zielsystem_folgt_der_gruppe_auf_die_tagesordnung(lauf: Umsetzung) -> None:
    with pytest.raises(Unmoeglich) as frueh:
        lauf.entwurf()
    assert frueh.value.waechter == ("soll_entwurf_oder_nachfolger",)
    lauf.soll()
    zs = lauf.entwurf()
    assert lauf.nachbarn(zs, "erarbeitet", "her") == [lauf.ag] and lauf.nachbarn(lauf.gt, "fuehrt_zu") == [zs]
    lauf.als(JOBCENTER, "zustimmen", zs, institution=JC)
    with pytest.raises(Unmoeglich) as fremd:
        lauf.als(JOBCENTER, "zustimmen", zs, institution=KIM)
    assert fremd.value.waechter == ("eigene_stelle",)
    with pytest.raises(Unmoeglich) as fehlt:
        lauf.als(LEITUNG, "abstimmen", lauf.ag)
    assert fehlt.value.waechter == ("alle_stimmen",)
    assert lauf.abgestimmt(zs) == [(lauf.ag, "abgestimmt"), (zs, "abgestimmt")]
    with pytest.raises(Unmoeglich) as vorbei:
        lauf.als(LEITUNG, "vorlegen", lauf.ag, sitzung=lauf.abgesagt())
    assert vorbei.value.waechter == ("sitzung_nimmt_punkte",) and lauf.zustand(lauf.ag, zs) == ["abgestimmt", "abgestimmt"]
    lg = lauf.naechste("2026-10-28")
    lauf.als(LEITUNG, "vorlegen", lauf.ag, sitzung=lg)
    assert lauf.zustand(lauf.ag, zs, lauf.gt) == ["vorgelegt", "vorgelegt", "in_bearbeitung"]
    assert [p["bezug"] for p in lauf.stand(lg)["punkte"]] == [zs] and lauf.nachbarn(zs, "steht_auf") == [lg]
    lauf.als(LEITUNG, "zurueckziehen", zs, grund="Zahlen fehlen")
    assert lauf.zustand(lauf.ag, zs) == ["soll_entwurf", "entwurf"]
    assert lauf.nachbarn(zs, "steht_auf") == [] and lauf.stand(lg)["punkte"][0]["gestrichen_am"]


def test_zurueckverwiesen_und_nachbeauftragt_entsteht_die_naechste_version(lauf: Umsetzung) -> None:
    zs, lg = lauf.vorgelegt()
    with pytest.raises(Unmoeglich) as zuerst:
        lauf.beschluss(lg, (lauf.ag, "nachbeauftragen", {}), (zs, "zurueckverweisen", {}))
    assert "entscheidung_zuerst" in zuerst.value.waechter
    neue = [{"institution": VHS}]
    lauf.beschluss(lg, (zs, "zurueckverweisen", {}), (lauf.ag, "nachbeauftragen", {"institutionen": neue, "frist": "2027-03-31"}))
    assert lauf.zustand(lauf.ag, zs, lauf.gt) == ["ist_analyse", "entwurf", "in_bearbeitung"]
    assert lauf.stand(zs)["version"] == 2 and lauf.stand(zs)["stimmen"] == {}
    with pytest.raises(Unmoeglich, match=VHS):
        lauf.als(LEITUNG, "soll_beginnen", lauf.ag)
    lauf.ist(VHS)
    lauf.als(LEITUNG, "soll_beginnen", lauf.ag)
    assert lauf.abgestimmt(zs)[-1] == (zs, "abgestimmt")
    assert lauf.als(LEITUNG, "ist_nachholen", lauf.ag) == [(lauf.ag, "ist_analyse"), (zs, "entwurf")]
    assert lauf.stand(zs)["version"] == 2


def test_wer_die_gruppe_aufloest_beendet_ihren_entwurf(lauf: Umsetzung) -> None:
    lauf.soll()
    zs = lauf.entwurf()
    lg = lauf.naechste("2026-04-22")
    lauf.beschluss(lauf.eroeffnet(lg), (lauf.ag, "aufloesen", {}))
    assert lauf.zustand(lauf.ag, zs, lauf.gt) == ["aufgeloest", "aufgehoben", "geclustert"]


def test_massnahmen_warten_auf_ihre_auflage(lauf: Umsetzung) -> None:
    zs, mon = lauf.in_umsetzung(("mit_auflagen_beschliessen", {"auflagen": [AUFLAGE]}))
    assert lauf.zustand(zs, mon, lauf.gt, lauf.ag) == ["in_umsetzung", "laufend", "in_umsetzung", "beendet"]
    liste, pruefweg = lauf.nachbarn(zs, "umgesetzt_durch")
    assert (liste, pruefweg) == ("MN-01-1", "MN-01-2")
    with pytest.raises(Unmoeglich) as wartet:
        lauf.als(VOLKSHOCHSCHULE, "beginnen", liste)
    assert wartet.value.waechter == ("auflage_erfuellt",)
    with pytest.raises(Unmoeglich) as fremd:
        lauf.als(VOLKSHOCHSCHULE, "beginnen", pruefweg)
    assert fremd.value.waechter == ("eigene_massnahme",)
    with pytest.raises(Verboten):
        lauf.als(person("fremd", institution="Bank"), "beginnen", pruefweg)
    with pytest.raises(Unmoeglich):
        lauf.als(VOLKSHOCHSCHULE, "auflage_bestaetigen", zs, auflage="A1")
    assert lauf.als(VORSITZ, "auflage_bestaetigen", zs, auflage="A1") == [(zs, "in_umsetzung"), (liste, "offen")]
    lauf.als(VOLKSHOCHSCHULE, "beginnen", liste)
    assert lauf.als(JOBCENTER, "antwort_verzeichnen", zs, institution=JC, ergebnis="uebernimmt") == [(zs, "in_umsetzung")]


def test_ohne_ausgangswerte_bekommt_die_koordination_eine_aufgabe(lauf: Umsetzung) -> None:
    zs, mon = lauf.in_umsetzung()
    aufgaben = ("SELECT f.ende FROM frist f JOIN vorgang v ON v.id = f.vorgang "
                "WHERE v.key = :key AND f.name = 'baseline_fehlt' AND f.offen = 1")
    with lauf.db.lesen() as s:
        assert s.wert(aufgaben, {"key": mon}) == "2026-11-11"
    lauf.tue("baseline_erfassen", mon, werte=[{"indikator": "IN-1", "wert": "19"}])
    with lauf.db.lesen() as s:
        assert s.wert(aufgaben, {"key": mon}) is None
    with pytest.raises(Unmoeglich) as zweites:
        lauf.tue("anlegen", art="monitoring", eltern=zs)
    assert zweites.value.waechter == ("nur_eines",)


def test_ein_vorher_angelegtes_monitoring_beginnt_mit_der_umsetzung(lauf: Umsetzung) -> None:
    zs, lg = lauf.vorgelegt()
    lauf.beschluss(lg, (zs, "beschliessen", {}), (lauf.ag, "beenden", {}))
    mon = lauf.tue("anlegen", art="monitoring", eltern=zs)
    lauf.tue("baseline_erfassen", mon, werte=[{"indikator": "IN-1", "grund_fehlt": "Niemand hat gezählt."}])
    lauf.tue("weiterleiten", zs, empfaenger=[{"institution": VHS}])
    lauf.tue("umsetzung_beginnen", zs)
    assert lauf.nachbarn(zs, "beobachtet_in") == [mon] and lauf.zustand(mon) == ["laufend"]
    assert [i["key"] for i in lauf.stand(mon)["indikatoren"]] == ["IN-1"]


def test_einfuehren_nennt_fuer_jede_offene_massnahme_ein_datum(lauf: Umsetzung) -> None:
    zs, mon = lauf.in_umsetzung()
    with pytest.raises(Unmoeglich, match="MN-01-1, MN-01-2"):
        lauf.tue("einfuehren", zs, startdatum="2026-11-02")
    lauf.tue("entfallen", "MN-01-2", grund="gibt es schon")
    lauf.tue("einfuehren", zs, startdatum="2026-11-02", offene_massnahmen=[{"massnahme": "MN-01-1", "frist": "2027-06-30"}])
    assert lauf.zustand(zs, lauf.gt) == ["eingefuehrt", "in_monitoring"]
    assert (lauf.stand("MN-01-1")["frist"], lauf.stand("MN-01-1")["frist_urspruenglich"]) == ("2027-06-30", "2027-01-29")
    assert lauf.stand(mon)["startdatum"] == "2026-11-02"
    lauf.tue("fortschreiben", zs, massnahme="MN-01-1", eigner=JC, zustimmung_am="2026-10-27")
    lauf.als(JOBCENTER, "beginnen", "MN-01-1")
    lauf.tue("fortschreiben", zs, titel="Vertretungsregel", eigner=VHS, frist="2027-03-31", zustimmung_am="2026-10-27")
    assert lauf.nachbarn(zs, "umgesetzt_durch")[-1] == "MN-01-3" and lauf.stand(zs)["fortschreibung"] == 2


def test_wirksam_schliesst_das_thema_und_wiederkehr_oeffnet_es(lauf: Umsetzung) -> None:
    _, mon = lauf.wirksam()
    assert lauf.zustand(mon, lauf.gt, lauf.meldung) == ["wirksam", "abgeschlossen", "geloest"]
    lauf.im(2027, 6, 14)
    neue = lauf.tue("einreichen", art="meldebogen", wer=MELDER, **{**MELDUNG, "ereignis_von": "2027-05"})
    lauf.tue("zuordnen", neue, thema=lauf.gt)
    assert lauf.zustand(neue, mon) == ["im_thema", "wirksam"]
    lauf.tue("wiederkehr_verwerfen", mon, grund="Einzelfall")
    assert lauf.zustand(neue, lauf.gt) == ["geloest", "abgeschlossen"]
    lauf.tue("wiederkehr_feststellen", mon, grund="doch kein Einzelfall", meldungen=[neue])
    assert lauf.zustand(mon, lauf.gt, lauf.meldung) == ["in_bewertung", "in_monitoring", "im_thema"]
    with pytest.raises(Unmoeglich) as belege:
        lauf.tue("als_wirksam_bewerten", mon, begruendung="wie zuvor")
    assert set(belege.value.waechter) == {"zwei_erhebungen", "einzelfall_geprueft"}
    lauf.tue("nachsteuern", mon, was_geschieht="Vertretungsregel")
    assert lauf.zustand(lauf.gt) == ["in_nachsteuerung"]


def test_der_nachfolger_loest_ab(lauf: Umsetzung) -> None:
    alt, mon = lauf.eingefuehrt()
    lauf.im(2027, 4, 21)
    nachfolger = lauf.entwurf(ersetzt=alt)
    assert lauf.zustand(alt, nachfolger, lauf.gt) == ["eingefuehrt", "entwurf", "in_bearbeitung"]
    assert (lauf.stand(alt)["version"], lauf.stand(nachfolger)["version"]) == (1, 2)
    lauf.beschluss(lauf.eroeffnet(lauf.naechste("2027-04-21")), (lauf.ag, "nachbeauftragen", {"ziel": "soll_entwurf"}))
    lauf.abgestimmt(nachfolger)
    lg = lauf.naechste("2027-10-27")
    lauf.als(LEITUNG, "vorlegen", lauf.ag, sitzung=lg)
    lauf.im(2027, 10, 27)
    lauf.beschluss(lauf.eroeffnet(lg), (nachfolger, "beschliessen", {}), (lauf.ag, "beenden", {}))
    lauf.tue("weiterleiten", nachfolger, empfaenger=[{"institution": VHS}])
    lauf.tue("umsetzung_beginnen", nachfolger)
    assert lauf.zustand(alt, mon) == ["eingefuehrt", "laufend"]
    offene = [{"massnahme": m, "frist": "2028-06-30"} for m in lauf.nachbarn(nachfolger, "umgesetzt_durch")]
    lauf.tue("einfuehren", nachfolger, startdatum="2027-11-02", offene_massnahmen=offene)
    assert lauf.zustand(alt, mon, nachfolger, lauf.gt) == ["abgeloest", "beendet", "eingefuehrt", "in_monitoring"]
    assert set(lauf.zustand(*lauf.nachbarn(alt, "umgesetzt_durch"))) == {"entfallen"}
    assert lauf.nachbarn(alt, "ersetzt_durch") == [nachfolger]


def test_aufheben_beendet_alles_was_daran_haengt(lauf: Umsetzung) -> None:
    zs, mon = lauf.eingefuehrt()
    lauf.im(2027, 4, 21)
    lauf.beschluss(lauf.eroeffnet(lauf.naechste("2027-04-21")), (zs, "aufheben", {}))
    assert lauf.zustand(zs, mon, "MN-01-1") == ["aufgehoben", "beendet", "entfallen"]
    assert lauf.zustand(lauf.gt, lauf.meldung) == ["abgeschlossen", "ohne_loesung_beendet"]


def test_erinnert_wird_an_antworten_massnahmen_und_erhebungen(lauf: Umsetzung) -> None:
    lauf.eingefuehrt()
    runde(lauf.db, lauf.umfeld, lauf.jetzt + timedelta(days=300))
    with lauf.db.lesen() as s:
        gemahnt = {a for (a,) in s.alle("SELECT DISTINCT anlass FROM ausgang WHERE quelle LIKE 'f:%'", {})}
    assert {"frist_antwort_der_stelle", "frist_massnahme", "frist_erhebung", "frist_baseline_fehlt"} <= gemahnt
