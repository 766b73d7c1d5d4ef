"""Von der Meldung über Fallrekonstruktion und Thema bis zum Auftrag, durch `apply`: was die Kette dabei bewegt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Unmoeglich
from service.fristen import runde
from service.laden import Netz, akte, erreichbar, lade
from service.umfeld import Umfeld
from states.model import Hop
from tests.bau import JETZT, KOORDINATION, KOORDINATION_B, MELDER, melde, person, tue

CM = person("cm", "case_management", institution="KIM-Case Management Lüdenscheid")
VORSITZ = person("vorsitz", "lg_vorsitz")
STELLE, CM_STELLE = "MBE-Beratungsstelle Lüdenscheid", "KIM-Case Management Lüdenscheid"
SITZE = [{"sitz": f"S0{n}", "funktion": f"Amt {n}"} for n in (1, 2, 3)]


class Lauf:
    """Ein Zug nach dem anderen auf einer Datenbank."""

    def __init__(self, db: Datenbank, umfeld: Umfeld) -> None:
        self.db, self.umfeld, self.jetzt = db, umfeld, JETZT

    def tue(self, ausloeser: str, vorgang: str = "", *, art: str = "", wer: Any = KOORDINATION, grund: str = "", **daten: Any) -> str:
        schritt = Schritt(ausloeser, vorgang, art, daten, grund)
        return tue(self.db, self.umfeld, wer, schritt, jetzt=self.jetzt).erste.key

    def zustand(self, *keys: str) -> list[str]:
        with self.db.lesen() as s:
            return [a.zustand for k in keys if (a := akte(s, k)) is not None]

    def stand(self, key: str) -> dict[str, Any]:
        with self.db.lesen() as s:
            gefunden = akte(s, key)
        assert gefunden is not None
        return gefunden.stand

    def nachbarn(self, key: str, art: str, richtung: Any = "hin") -> list[str]:
        with self.db.lesen() as s:
            netz = Netz()
            kennung = s.wert("SELECT id FROM vorgang WHERE key = :key", {"key": key})
            weg = (Hop(art, richtung),)
            lade(s, erreichbar(s, {kennung: (weg,)}, netz), netz)
            return [a.key for a in netz.entlang(kennung, weg)]

    # --- Stationen

    def ausgewaehlt(self, anzahl: int = 1) -> list[str]:
        sammlung = self.tue("anlegen", art="sammlung", titel="Wartezeit bis Kursstart")
        meldungen = [melde(self.db, self.umfeld) for _ in range(anzahl)]
        for m in meldungen:
            self.tue("aufnehmen", m, sammlung=sammlung)
            self.tue("auswaehlen", m, grund="gut belegt")
        return meldungen

    def eingeladen(self, meldungen: list[str]) -> str:
        fr = self.tue("anlegen", art="fallrekonstruktion", meldungen=meldungen)
        self.tue("einladen", fr, termin="2026-01-28", ort="Kreishaus", moderation=True, rechtsgrundlage="ohne_personenbezug",
                 teilnehmende=[{"institution": STELLE}, {"institution": CM_STELLE, "von_kim": True}])
        return fr

    def geprueft(self, meldungen: list[str]) -> str:
        fr = self.eingeladen(meldungen)
        self.tue("durchfuehren", fr, wer=CM, teilnahmen=[{"institution": s, "teilnahme": "anwesend"} for s in (STELLE, CM_STELLE)])
        self.tue("protokollieren", fr, wer=CM, zeitachse=[{"woche": 0, "akteur": "Jobcenter", "handlung": "Verpflichtung"}])
        self.tue("pruefen", fr, wer=KOORDINATION_B, pseudonymisiert=True)
        return fr

    def freigegeben(self, meldungen: list[str]) -> str:
        fr = self.geprueft(meldungen)
        self.tue("rueckmelden", fr, wer=MELDER, stelle=STELLE, zustimmung="zugestimmt")
        self.tue("rueckmelden", fr, wer=CM, stelle=CM_STELLE, zustimmung="abweichende_sicht", abweichende_sicht="Zwei Wochen.")
        self.tue("abstimmen", fr)
        self.tue("freigeben", fr, themenkandidat="Wartelisten")
        return fr

    def thema(self, *frs: str, titel: str = "Listen", **daten: Any) -> str:
        gt = self.tue("anlegen", art="generatives_thema", titel=titel, fallrekonstruktionen=list(frs), **daten)
        self.tue("clustern", gt, cluster="Sprache")
        return gt

    def sitzung(self, *themen: str) -> str:
        lg = self.tue("planen", art="sitzung", datum="2026-04-22")
        for gt in themen:
            self.tue("vorlegen", gt, sitzung=lg)
        self.tue("tagesordnung_zustimmen", lg, wer=VORSITZ)
        self.tue("einladen", lg, sitze=SITZE)
        self.jetzt = JETZT + timedelta(days=105)
        self.tue("eroeffnen", lg, anwesenheit={s["sitz"]: "inhaber" for s in SITZE})
        return lg

    def beschluss(self, lg: str, *bewegungen: tuple[str, str, dict[str, Any]]) -> str:
        return self.tue("fassen", art="beschluss", wer=VORSITZ, titel="Beschluss", wortlaut="Die Lenkungsgruppe beschließt.", sitzung=lg,
                        verantwortlich="Koordination", frist=(self.jetzt + timedelta(days=60)).date().isoformat(),
                        verteiler=["Arbeitsgruppen"], verfahren="konsens", bezug=[v for v, _, _ in bewegungen],
                        bewegungen=[{"vorgang": v, "ausloeser": a, "daten": d, "grund": "so beraten"} for v, a, d in bewegungen])


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Lauf:
    return Lauf(db, umfeld)


def test_die_fallrekonstruktion_nimmt_ihre_meldungen_mit(lauf: Lauf) -> None:
    eins, zwei = lauf.ausgewaehlt(2)
    fr = lauf.eingeladen([eins, zwei])
    assert lauf.zustand(eins, zwei) == ["in_rekonstruktion"] * 2
    assert lauf.stand(fr)["bereich"] == "kreis"
    lauf.tue("absagen", fr, grund="verhindert")
    assert lauf.zustand(fr, eins) == ["geplant", "in_rekonstruktion"]
    lauf.tue("abbrechen", fr, grund="Einwilligung zurückgezogen")
    assert lauf.zustand(fr, eins, zwei) == ["abgebrochen", "in_sammlung", "in_sammlung"]
    assert lauf.nachbarn(fr, "rekonstruiert_in", "her") == []


def test_geht_die_letzte_meldung_endet_die_fallrekonstruktion(lauf: Lauf) -> None:
    eins, zwei = lauf.ausgewaehlt(2)
    fr = lauf.tue("anlegen", art="fallrekonstruktion", meldungen=[eins, zwei])
    lauf.tue("auswahl_aufheben", eins, grund="anders gelöst")
    assert lauf.zustand(fr, eins) == ["geplant", "in_sammlung"]
    lauf.tue("zurueckziehen", zwei, wer=MELDER)
    assert lauf.zustand(fr, zwei) == ["abgebrochen", "zurueckgezogen"]


def test_angehaengte_meldungen_bleiben_wo_sie_sind(lauf: Lauf) -> None:
    (eins,) = lauf.ausgewaehlt()
    weitere = melde(lauf.db, lauf.umfeld)
    fr = lauf.eingeladen([eins])
    lauf.tue("anhaengen", fr, meldungen=[weitere])
    assert lauf.zustand(weitere) == ["eingegangen"] and lauf.nachbarn(fr, "angehaengt_an", "her") == [weitere]
    with lauf.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM ausgang WHERE anlass = 'an_fallrekonstruktion_angehaengt'") == 1


def test_nach_zehn_werktagen_gilt_schweigen_als_zustimmung(lauf: Lauf) -> None:
    fr = lauf.geprueft(lauf.ausgewaehlt())
    with pytest.raises(Unmoeglich) as fehlt:
        lauf.tue("abstimmen", fr)
    assert fehlt.value.waechter == ("alle_geantwortet",)
    runde(lauf.db, lauf.umfeld, JETZT + timedelta(days=14))
    assert lauf.zustand(fr) == ["abgestimmt"]
    assert lauf.stand(fr)["rueckmeldungen"][STELLE]["zustimmung"] == "keine_antwort"


def test_ein_thema_nimmt_die_meldungen_seiner_fallrekonstruktionen(lauf: Lauf) -> None:
    (eins,) = lauf.ausgewaehlt()
    fr = lauf.freigegeben([eins])
    assert lauf.zustand(eins) == ["rekonstruiert"]
    gt = lauf.thema(fr)
    assert lauf.zustand(eins) == ["im_thema"] and lauf.nachbarn(eins, "im_thema") == [gt]
    zweites = lauf.thema(fr, titel="Betreuung")
    assert lauf.nachbarn(eins, "im_thema") == [gt, zweites]
    lauf.tue("gegenstandslos_stellen", gt, grund="Gesetz geändert")
    assert lauf.zustand(eins) == ["im_thema"]
    lauf.tue("gegenstandslos_stellen", zweites, grund="Gesetz geändert")
    assert lauf.zustand(eins) == ["ohne_loesung_beendet"]
    lauf.tue("wiedereroeffnen", gt, grund="doch nicht")
    assert lauf.zustand(gt, eins) == ["geclustert", "im_thema"]


def test_nur_freigegebenes_wird_zum_thema(lauf: Lauf) -> None:
    fr = lauf.eingeladen(lauf.ausgewaehlt())
    with pytest.raises(Unmoeglich) as quelle:
        lauf.thema(fr)
    assert quelle.value.waechter == ("quelle",)
    with pytest.raises(Unmoeglich):
        lauf.tue("anlegen", art="generatives_thema", titel="Aus dem Austausch", quelle="austausch")
    assert lauf.tue("anlegen", art="generatives_thema", titel="Aus dem Austausch", quelle="austausch", grund="Facharbeitskreis") == "GT-01"


def test_der_beschluss_setzt_die_arbeitsgruppe_ein_und_das_thema_folgt_ihr(lauf: Lauf) -> None:
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.sitzung(gt)
    assert [p["bezug"] for p in lauf.stand(lg)["punkte"]] == [gt]
    mitglieder = [{"institution": STELLE}, {"institution": CM_STELLE, "rolle": "leitung"}]
    beschluss = lauf.beschluss(lg, (gt, "beauftragen", {"name": "AG Kurse", "auftrag": "Ist und Soll", "frist": "2026-09-30",
                                                       "mitglieder": mitglieder}))
    (ag,) = lauf.nachbarn(gt, "beauftragt")
    assert lauf.zustand(gt, ag) == ["beauftragt", "eingesetzt"] and lauf.nachbarn(ag, "setzt_ein", "her") == [beschluss]
    lauf.tue("konstituieren", ag, datum="2026-04-22")
    assert lauf.zustand(gt) == ["in_bearbeitung"]
    lauf.beschluss(lg, (ag, "aufloesen", {}))
    assert lauf.zustand(gt, ag) == ["geclustert", "aufgeloest"]


def test_eine_stelle_ohne_arbeitsgruppe_und_ihr_ergebnis(lauf: Lauf) -> None:
    (eins,) = lauf.ausgewaehlt()
    gt = lauf.thema(lauf.freigegeben([eins]))
    lg = lauf.sitzung(gt)
    lauf.beschluss(lg, (gt, "beauftragen", {"an": "Verkehrsplanung", "frist": "2026-12-17"}))
    assert lauf.nachbarn(gt, "beauftragt") == [] and lauf.stand(gt)["frist_am"] == "2026-12-17"
    lauf.tue("ohne_zielsystem_abschliessen", gt, ergebnis="geloest")
    assert lauf.zustand(gt, eins) == ["abgeschlossen", "geloest"]
    spaeter = melde(lauf.db, lauf.umfeld)
    lauf.tue("zuordnen", spaeter, thema=gt)
    assert lauf.zustand(spaeter) == ["geloest"]  # das Thema ist beendet und kein Signal zu prüfen


def test_mehrere_folgen_eines_beschlusses_und_die_wiedervorlage(lauf: Lauf) -> None:
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.sitzung(gt)
    lauf.beschluss(lg, (gt, "zurueckstellen", {"wiedervorlage_am": "2026-06-30"}),
                   (gt, "zuarbeit_anfordern", {"stelle": "Verkehrsplanung"}))
    assert lauf.zustand(gt) == ["zurueckgestellt"] and lauf.stand(gt)["zuarbeiten"][0]["stelle"].startswith("Verkehrsplanung")
    runde(lauf.db, lauf.umfeld, JETZT + timedelta(days=173))
    assert lauf.zustand(gt) == ["zurueckgestellt"]
    runde(lauf.db, lauf.umfeld, JETZT + timedelta(days=174))
    assert lauf.zustand(gt) == ["geclustert"]


def test_antworten_vom_land(lauf: Lauf) -> None:
    (eins,) = lauf.ausgewaehlt()
    gt = lauf.thema(lauf.freigegeben([eins]))
    lg = lauf.sitzung(gt)
    lauf.beschluss(lg, (gt, "an_land_melden", {"wiedervorlage_am": "2026-11-30"}))
    lauf.tue("an_land_versenden", gt, empfaenger="Ministerium", wiedervorlage_am="2026-12-15")
    assert lauf.stand(gt)["wiedervorlage_am"] == "2026-12-15"
    with pytest.raises(Unmoeglich):
        lauf.tue("antwort_verzeichnen", gt, inhalt="Wird geprüft.")
    assert lauf.zustand(gt) == ["an_land_gemeldet"]
    lauf.tue("antwort_verzeichnen", gt, inhalt="Wird geprüft.", wiedervorlage_am="2027-03-31")
    lauf.tue("antwort_verzeichnen", gt, inhalt="Erlass geändert.", ziel="abgeschlossen", ergebnis="geloest")
    assert lauf.zustand(gt, eins) == ["abgeschlossen", "geloest"]


def test_von_der_tagesordnung_nehmen_streicht_den_punkt(lauf: Lauf) -> None:
    gt = lauf.thema(lauf.freigegeben(lauf.ausgewaehlt()))
    lg = lauf.tue("planen", art="sitzung", datum="2026-04-22")
    lauf.tue("vorlegen", gt, sitzung=lg)
    lauf.tue("von_tagesordnung_nehmen", gt, grund="noch nicht reif")
    assert lauf.zustand(gt) == ["geclustert"] and lauf.nachbarn(gt, "steht_auf") == []
    assert lauf.stand(lg)["punkte"][0]["gestrichen_am"]


def test_zusammenfuehren_und_teilen_bewahren_die_herkunft(lauf: Lauf) -> None:
    eins, zwei = lauf.ausgewaehlt(2)
    fr_eins, fr_zwei = lauf.freigegeben([eins]), lauf.freigegeben([zwei])
    a, b = lauf.thema(fr_eins), lauf.thema(fr_zwei, titel="Wartelisten")
    lauf.tue("zusammenfuehren", b, mit=a)
    assert lauf.zustand(b, eins, zwei) == ["zusammengefuehrt", "im_thema", "im_thema"]
    assert sorted(lauf.nachbarn(a, "im_thema", "her")) == sorted([eins, zwei]) and lauf.nachbarn(b, "im_thema", "her") == []
    assert sorted(lauf.nachbarn(a, "ergibt", "her")) == sorted([fr_eins, fr_zwei]) and lauf.nachbarn(b, "aufgegangen_in") == [a]
    assert lauf.stand(a)["fallrekonstruktionen"] == [fr_eins, fr_zwei] and lauf.stand(b)["fallrekonstruktionen"] == [fr_zwei]
    lauf.tue("teilen", a, titel="Betreuung", meldungen=[zwei], fallrekonstruktionen=[fr_zwei])
    (neu,) = lauf.nachbarn(a, "geteilt_in")
    assert lauf.zustand(a, neu) == ["geclustert", "entwurf"]
    assert lauf.nachbarn(zwei, "im_thema") == [neu] and lauf.nachbarn(eins, "im_thema") == [a]
    assert lauf.nachbarn(neu, "ergibt", "her") == [fr_zwei]
    with pytest.raises(Unmoeglich):
        lauf.tue("teilen", a, titel="Noch eins", meldungen=[zwei])
    with pytest.raises(Unmoeglich):
        lauf.tue("zusammenfuehren", a, mit=a)


def test_eine_weitere_fallrekonstruktion_bringt_nur_ihre_meldungen_mit(lauf: Lauf) -> None:
    eins, zwei, drei = lauf.ausgewaehlt(3)
    gt = lauf.thema(lauf.freigegeben([eins]))
    lauf.tue("teilen", gt, titel="Betreuung", meldungen=[eins])
    dazu, geplant = lauf.freigegeben([zwei]), lauf.tue("anlegen", art="fallrekonstruktion", meldungen=[drei])
    lauf.tue("aufnehmen", gt, fallrekonstruktionen=[dazu])
    assert lauf.nachbarn(gt, "im_thema", "her") == [zwei] and lauf.zustand(zwei) == ["im_thema"]
    assert lauf.stand(gt)["fallrekonstruktionen"][-1] == dazu and len(lauf.nachbarn(gt, "ergibt", "her")) == 2
    for falsch in (dazu, geplant):
        with pytest.raises(Unmoeglich):
            lauf.tue("aufnehmen", gt, fallrekonstruktionen=[falsch])


def test_wieder_aufgenommen_verlaesst_die_meldung_ihr_thema(lauf: Lauf) -> None:
    (eins,) = lauf.ausgewaehlt()
    gt = lauf.thema(lauf.freigegeben([eins]))
    lauf.tue("gegenstandslos_stellen", gt, grund="Gesetz geändert")
    lauf.tue("wiederaufnehmen", eins, grund="Einspruch")
    assert lauf.nachbarn(eins, "im_thema") == []
    lauf.tue("wiedereroeffnen", gt, grund="doch nicht")
    assert lauf.zustand(eins) == ["in_vorpruefung"]


def test_eine_geschlossene_sammlung_nimmt_nichts_auf(lauf: Lauf) -> None:
    sammlung, meldung = lauf.tue("anlegen", art="sammlung", titel="x"), melde(lauf.db, lauf.umfeld)
    lauf.tue("aufnehmen", meldung, sammlung=sammlung)
    with pytest.raises(Unmoeglich) as voll:
        lauf.tue("schliessen", sammlung)
    assert voll.value.waechter == ("sammlung_leer",)
    lauf.tue("kurz_klaeren", meldung, mit="Jobcenter", vereinbart="Termin morgen")
    lauf.tue("schliessen", sammlung)
    with pytest.raises(Unmoeglich) as zu:
        lauf.tue("aufnehmen", melde(lauf.db, lauf.umfeld), sammlung=sammlung)
    assert zu.value.waechter == ("sammlung_offen",)


def test_ein_einzelfall_geht_nur_mit_einwilligung_an_das_case_management(lauf: Lauf) -> None:
    meldung = melde(lauf.db, lauf.umfeld, einzelfall_uebergabe_gewuenscht=True)
    with pytest.raises(Unmoeglich) as ohne:
        lauf.tue("anbieten", art="einzelfalluebergabe", meldung=meldung, an=CM_STELLE)
    assert ohne.value.waechter == ("einwilligung_liegt_vor",)
    lauf.tue("einwilligung_verzeichnen", meldung, einwilligung_uebergabe=True)
    eu = lauf.tue("anbieten", art="einzelfalluebergabe", meldung=meldung, an=CM_STELLE)
    lauf.tue("einwilligung_verzeichnen", eu, einwilligung=False)
    with pytest.raises(Unmoeglich):
        lauf.tue("uebernehmen", eu, wer=CM)
    lauf.tue("einwilligung_verzeichnen", eu, einwilligung=True)
    lauf.tue("uebernehmen", eu, wer=CM)
    assert lauf.zustand(eu, meldung) == ["uebernommen", "eingegangen"]
