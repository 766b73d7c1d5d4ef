"""Monitoring: die Kanten im Wortlaut, jeder Wächter einmal erfüllt und einmal nicht, Rhythmus, Bewertung, Signal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from forms import monitoring as formulare
from states.fristen import Termin
from states.glieder import Lage
from states.model import Nachbar, her, hin
from states.monitoring import FOLGEN, MONITORING, SIGNAL
from states.monitoring_inhalt import naechster_termin, spielraum, vollstaendigkeit
from tests.states.tabellenprobe import HEUTE, Tabellenprobe, antwort, folgen, lehnt_ab

ZUM_ZIELSYSTEM, GESCHWISTER = (her("beobachtet_in"),), (her("beobachtet_in"), hin("beobachtet_in"))
INDIKATOREN = [
    {"key": "1", "indikator": "Wochen", "quelle": "Liste", "erhoben_von": "Jobcenter", "rhythmus": "vierteljaehrlich"},
    {"key": "2", "indikator": "Absagen", "quelle": "VHS", "rhythmus": "halbjaehrlich"},
]
STAND = {"eltern": "ZS-01", "indikatoren": INDIKATOREN, "beginn_am": "2026-01-15"}


def zielsystem(zustand: str = "weitergeleitet") -> Nachbar:
    return Nachbar("ZS-01", "zielsystem", zustand, {"indikatoren": INDIKATOREN})


PROBE = Tabellenprobe(MONITORING, "koordination", "KIM", {ZUM_ZIELSYSTEM: (zielsystem(),)})
STELLE = {"rolle": "umsetzende_stelle", "institution": "Jobcenter"}
AM_LAUFEN = ("laufend", "in_bewertung", "in_nachsteuerung")
OFFEN = ("geplant", *AM_LAUFEN)


def test_kanten() -> None:
    assert MONITORING.kanten() == frozenset({
        ("", "anlegen", "geplant"),
        ("", "beginnen", "laufend"),
        ("geplant", "beginnen", "laufend"),
        ("laufend", "bewertung_beginnen", "in_bewertung"),
        ("in_bewertung", "weiterfuehren", "laufend"),
        ("in_nachsteuerung", "weiterfuehren", "laufend"),
        ("in_bewertung", "nachsteuern", "in_nachsteuerung"),
        ("in_bewertung", "als_wirksam_bewerten", "wirksam"),
        ("laufend", "wiederkehr_feststellen", "in_bewertung"),
        ("in_nachsteuerung", "wiederkehr_feststellen", "in_bewertung"),
        ("wirksam", "wiederkehr_feststellen", "in_bewertung"),
        *((z, "beenden", "beendet") for z in OFFEN),
        *((z, a, z) for z in OFFEN for a in ("baseline_erfassen", "startdatum_uebernehmen", "uebergeben")),
        *((z, a, z) for z in AM_LAUFEN for a in ("erheben", "nicht_erheben", "nachreichen", "einzelfall_pruefen")),
        *((z, "signal_setzen", z) for z in (*OFFEN, "wirksam")),
        *((z, "wiederkehr_verwerfen", z) for z in (*AM_LAUFEN, "wirksam")),
    })


def test_wer() -> None:
    assert {w.rolle for u in MONITORING.uebergaenge if u.ausloeser == "beginnen" and not u.von for w in u.wer} == {"kette"}
    assert PROBE.rollen("anlegen") == {"koordination"}
    assert PROBE.rollen("beenden") == {"beschluss", "kette"} and PROBE.rollen("signal_setzen") == {"kette"}
    assert PROBE.rollen("erheben") == {"koordination", "umsetzende_stelle"}
    assert PROBE.rollen("einzelfall_pruefen") == {"case_management", "koordination"}
    assert PROBE.rollen("als_wirksam_bewerten") == PROBE.rollen("wiederkehr_feststellen") == {"koordination"}


BASELINE = {"1": {"wert": "19"}, "2": {"grund_fehlt": "Niemand hat gezählt."}}
EINE_ZEILE = {"1 2026-04-15": {"indikator": "1", "faellig_am": "2026-04-15", "status": "nicht_erhoben", "am": "2026-04-20"}}
ZWEI_ERHEBUNGEN = {
    "1 2026-04-15": {"indikator": "1", "faellig_am": "2026-04-15", "status": "erhoben", "wert": "8"},
    "1 2026-06-15": {"indikator": "1", "faellig_am": "2026-06-15", "status": "nachgereicht", "wert": "5"},
}
JE_EINE = {"1 2026-04-15": ZWEI_ERHEBUNGEN["1 2026-04-15"],
           "2 2026-06-15": {"indikator": "2", "faellig_am": "2026-06-15", "status": "erhoben", "wert": "5"}}
IM_FEBRUAR = {**STAND, "erhebungen": {"1 2026-02-15": {"indikator": "1", "faellig_am": "2026-02-15", "status": "erhoben", "wert": "8"}}}
GEPRUEFT = {"einzelfallpruefungen": [{"faelle": [{}], "am": "2026-06-16"}]}
WIRKT = {**STAND, "erhebungen": ZWEI_ERHEBUNGEN, **GEPRUEFT}
WERT = {"indikator": "1", "wert": "11"}
FEHLT = {"indikator": "1", "faellig_am": "2026-04-15", "wert": "11"}

FAELLE: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any], set[str]]] = [
    ("anlegen", "", {}, {"eltern": "ZS-01"}, {}, set()),
    ("anlegen", "", {}, {"eltern": "ZS-01"}, {"nachbarn": {ZUM_ZIELSYSTEM: (zielsystem("vorgelegt"),)}}, {"zielsystem_beschlossen"}),
    ("anlegen", "", {}, {"eltern": "ZS-01"},
     {"nachbarn": {ZUM_ZIELSYSTEM: (zielsystem(),), GESCHWISTER: (Nachbar("MON-01", "monitoring", "laufend", {}),)}}, {"nur_eines"}),
    ("baseline_erfassen", "geplant", {}, {"werte": [{"indikator": "2", "wert": "17"}]}, {}, set()),
    ("baseline_erfassen", "laufend", STAND, {"werte": []}, {}, {"feld_werte"}),
    ("baseline_erfassen", "geplant", {}, {"werte": [{"indikator": "9", "wert": "17"}]}, {}, {"indikatoren_bekannt"}),
    ("beginnen", "geplant", {"baseline": BASELINE}, {}, {}, set()),
    ("beginnen", "geplant", {"baseline": {"1": {"wert": "0"}}}, {}, {}, {"baseline_vollstaendig"}),
    ("beginnen", "geplant", {}, {"indikatoren": INDIKATOREN}, {"rolle": "kette"}, set()),
    ("erheben", "laufend", STAND, WERT, {}, set()),
    ("erheben", "laufend", STAND, WERT, STELLE, set()),
    ("erheben", "laufend", STAND, {"indikator": "2", "wert": "1", "faellig_am": "2026-06-15"}, STELLE, {"eigener_indikator"}),
    ("erheben", "laufend", STAND, {"indikator": "9", "wert": "1"}, {}, {"indikator_bekannt"}),
    ("erheben", "laufend", {**STAND, "erhebungen": EINE_ZEILE}, FEHLT, {}, {"noch_nicht_erfasst"}),
    ("erheben", "laufend", STAND, {**WERT, "faellig_am": "2026-06-25"}, {}, {"termin_ist_da"}),
    ("erheben", "laufend", {**STAND, "erhebungen": EINE_ZEILE}, {**WERT, "faellig_am": "2026-04-16"}, {}, {"termin_ist_da"}),
    ("erheben", "laufend", {**STAND, "erhebungen": EINE_ZEILE}, {**WERT, "faellig_am": "2026-01-15"}, {}, {"termin_ist_da"}),
    ("erheben", "laufend", STAND, {**WERT, "faellig_am": "2026-01-14"}, {}, {"termin_ist_da"}),  # vor dem Beginn
    ("erheben", "laufend", {**STAND, "startdatum": "2026-04-01"}, {**WERT, "faellig_am": "2026-03-31"}, {}, {"termin_ist_da"}),
    ("erheben", "laufend", STAND, {**WERT, "faellig_am": "2026-01-15"}, {}, set()),
    ("erheben", "laufend", IM_FEBRUAR, {**WERT, "faellig_am": "2026-04-30"}, {}, {"termin_ist_da"}),  # zu früh
    ("erheben", "laufend", IM_FEBRUAR, {**WERT, "faellig_am": "2026-05-01"}, {}, set()),
    ("erheben", "laufend", {**STAND, "beginn_am": "2025-12-01"}, {**WERT, "faellig_am": "2026-06-01"}, {}, {"termin_ist_da"}),  # Lücke
    ("nicht_erheben", "laufend", STAND, {"indikator": "1"}, STELLE, set()),
    ("nicht_erheben", "laufend", STAND, {"indikator": "1"}, {"grund": ""}, {"grund"}),
    ("nachreichen", "laufend", {**STAND, "erhebungen": EINE_ZEILE}, FEHLT, STELLE, set()),
    ("nachreichen", "laufend", STAND, FEHLT, {}, {"wert_fehlt"}),
    ("nachreichen", "laufend", {**STAND, "erhebungen": ZWEI_ERHEBUNGEN}, FEHLT, {}, {"wert_fehlt"}),
    ("einzelfall_pruefen", "laufend", {}, {"faelle": [{"fall": "Stichprobe 1", "heute_besser": "ja"}]}, {}, set()),
    ("einzelfall_pruefen", "laufend", {}, {"faelle": []}, {}, {"feld_faelle"}),
    ("weiterfuehren", "in_bewertung", STAND, {"wertung": "teilweise", "was_geschieht": "x"}, {}, set()),
    ("weiterfuehren", "in_bewertung", STAND, {"was_geschieht": "x"}, {}, {"wertung_genannt"}),
    ("weiterfuehren", "in_nachsteuerung", STAND, {"was_geschieht": "x"}, {}, set()),
    ("nachsteuern", "in_bewertung", {**STAND, "wertung_offen": "nicht_wirksam"}, {"was_geschieht": "x"}, {}, set()),
    ("als_wirksam_bewerten", "in_bewertung", WIRKT, {}, {}, set()),
    ("als_wirksam_bewerten", "in_bewertung", {**STAND, **GEPRUEFT, "erhebungen": EINE_ZEILE}, {}, {}, {"zwei_erhebungen"}),
    ("als_wirksam_bewerten", "in_bewertung", {**STAND, **GEPRUEFT, "erhebungen": JE_EINE}, {}, {}, {"zwei_erhebungen"}),
    ("als_wirksam_bewerten", "in_bewertung", {**WIRKT, "startdatum": "2026-05-01"}, {}, {}, {"zwei_erhebungen"}),
    ("als_wirksam_bewerten", "in_bewertung", {**STAND, "erhebungen": ZWEI_ERHEBUNGEN}, {}, {}, {"einzelfall_geprueft"}),
    ("als_wirksam_bewerten", "in_bewertung", {**WIRKT, "wiederkehr_am": "2026-06-20"}, {}, {}, {"zwei_erhebungen", "einzelfall_geprueft"}),
    ("als_wirksam_bewerten", "in_bewertung", WIRKT, {}, {"marken": {SIGNAL: ""}}, {"ohne_signal"}),
    ("beenden", "geplant", {}, {}, {}, set()),
    ("beenden", "geplant", {}, {}, {"grund": ""}, {"grund"}),
    ("wiederkehr_verwerfen", "wirksam", {}, {}, {"marken": {SIGNAL: ""}}, set()),
    ("wiederkehr_verwerfen", "laufend", {}, {"meldungen": ["MK-2026-0155"]}, {}, set()),
    ("wiederkehr_verwerfen", "laufend", {}, {}, {}, {"anlass_genannt"}),
    ("wiederkehr_feststellen", "wirksam", STAND, {}, {"marken": {SIGNAL: ""}}, set()),
    ("wiederkehr_feststellen", "laufend", STAND, {}, {}, {"anlass_genannt"}),
    ("wiederkehr_feststellen", "laufend", STAND, {"meldungen": ["M"]}, {"grund": ""}, {"grund"}),
]


@pytest.mark.parametrize(("ausloeser", "zustand", "stand", "daten", "weiteres", "scheitert"), FAELLE)
def test_waechter(
    ausloeser: str, zustand: str, stand: dict[str, Any], daten: dict[str, Any], weiteres: dict[str, Any], scheitert: set[str]
) -> None:
    assert PROBE.scheitert(ausloeser, zustand, stand, daten, **weiteres) == scheitert


def test_jeder_waechter_scheitert_in_einem_fall() -> None:
    assert PROBE.waechternamen() <= {name for *_, scheitert in FAELLE for name in scheitert}


# --- Rhythmus und Fristen -----------------------------------------------------------------------------------------------


def test_jeder_indikator_hat_seinen_rhythmus() -> None:
    assert naechster_termin(STAND, "1") == date(2026, 4, 15) and naechster_termin(STAND, "2") == date(2026, 7, 15)
    mit_start = {**STAND, "startdatum": "2025-10-01"}
    assert naechster_termin(mit_start, "1") == date(2026, 1, 1)
    stand = PROBE.schreibe("erheben", "laufend", mit_start, {"indikator": "1", "wert": "14", "faellig_am": "2025-12-31"})
    assert naechster_termin(stand, "1") == date(2026, 3, 31)
    stand = PROBE.schreibe("nicht_erheben", "laufend", stand, {"indikator": "1"})
    assert stand["erhebungen"]["1 2026-03-31"]["status"] == "nicht_erhoben" and naechster_termin(stand, "1") == date(2026, 6, 30)
    assert naechster_termin({"indikatoren": INDIKATOREN}, "1") is None and naechster_termin(STAND, "9") is None


def test_frist_der_erhebung() -> None:
    assert PROBE.termine("erhebung", "in_bewertung", STAND) == [Termin("1", date(2026, 4, 15)), Termin("2", date(2026, 7, 15))]
    assert PROBE.termine("erhebung", "wirksam", STAND) == []
    frist = next(f for f in MONITORING.fristen if f.name == "erhebung")
    assert frist.dauer == "10 WT" and [(s.wann, s.an) for s in frist.stufen] == [
        ("Beginn", ("eigner",)), ("Ende", ("eigner", "zustaendig"))]


def test_ohne_ausgangswerte_bekommt_die_koordination_eine_aufgabe() -> None:
    assert PROBE.termine("baseline_fehlt", "laufend", STAND) == [Termin()]
    assert PROBE.termine("baseline_fehlt", "geplant", STAND) == []
    werte = {"werte": [{"indikator": "1", "wert": "0"}, {"indikator": "2", "grund_fehlt": "Niemand hat gezählt."}]}
    stand = PROBE.schreibe("baseline_erfassen", "laufend", STAND, werte)
    assert PROBE.termine("baseline_fehlt", "laufend", stand) == []


def test_signal_und_bewertung_haben_fristen() -> None:
    assert PROBE.termine("signal_pruefen", "wirksam", STAND, signal="") == [Termin()]
    assert PROBE.termine("signal_pruefen", "wirksam", STAND) == []
    assert PROBE.termine("bewertung_beginnen", "laufend", {**STAND, "bewertet_am": "2026-05-10"}) == [Termin(anker=date(2026, 5, 10))]


# --- Bewertung ----------------------------------------------------------------------------------------------------------


def test_vollstaendigkeit_zaehlt_was_seit_der_letzten_bewertung_faellig_war() -> None:
    zeile = {"indikator": "1", "faellig_am": "2026-04-15", "status": "erhoben"}
    stand = {**STAND, "erhebungen": {"a": zeile}}
    assert vollstaendigkeit(stand, "2026-05-01") == "1 von 1"
    assert vollstaendigkeit(stand, "2026-07-20") == "unvollständig: 1 von 2"  # der zweite war am 15.07. fällig und fehlt
    fehlt = {"indikator": "2", "faellig_am": "2026-04-30", "status": "nicht_erhoben"}
    stand = {**stand, "erhebungen": {"a": zeile, "b": fehlt}}
    assert PROBE.schreibe("bewertung_beginnen", "laufend", stand, {})["vollstaendigkeit"] == "unvollständig: 1 von 2"
    spaeter = {**stand, "bewertet_am": "2026-05-10"}
    assert vollstaendigkeit(spaeter, "2026-05-20") == "0 von 0"


def test_eine_bewertung_haelt_fest_worauf_sie_sich_stuetzt() -> None:
    stand = PROBE.schreibe("weiterfuehren", "in_bewertung", {**STAND, "vollstaendigkeit": "2 von 2"},
                           {"wertung": "teilweise", "was_geschieht": "weiter"})
    assert stand["bewertet_am"] == "2026-06-24"
    assert [(b["wertung"], b["vollstaendigkeit"]) for b in stand["bewertungen"]] == [("teilweise", "2 von 2")]


def test_das_ende_einer_nachsteuerung_ist_keine_bewertung() -> None:
    stand = PROBE.schreibe("weiterfuehren", "in_nachsteuerung", {**STAND, "bewertet_am": "2026-05-10"}, {"was_geschieht": "eingeführt"})
    assert stand["bewertet_am"] == "2026-05-10" and "bewertungen" not in stand
    assert stand["nachsteuerungen"][0]["was_geschieht"] == "eingeführt"
    assert PROBE.termine("bewertung_beginnen", "laufend", stand) == [Termin(anker=HEUTE)]


def test_ein_rueckfall_ist_schon_die_wertung_und_entwertet_fruehere_belege() -> None:
    stand = PROBE.schreibe("wiederkehr_feststellen", "wirksam", WIRKT, {"meldungen": ["MK-1"]})
    assert stand["wiederkehr_am"] == "2026-06-24"
    assert PROBE.scheitert("als_wirksam_bewerten", "in_bewertung", stand, {}) == {"zwei_erhebungen", "einzelfall_geprueft"}


def test_was_vor_dem_rueckfall_erhoben_ist_belegt_nichts_auch_nicht_fuer_einen_spaeteren_termin() -> None:
    spaeter = {f"1 {tag}": {"indikator": "1", "faellig_am": tag, "status": "erhoben", "wert": 5} for tag in ("2026-09-01", "2026-10-01")}
    heute_geprueft = {**WIRKT, "erhebungen": spaeter, "einzelfallpruefungen": [{"am": "2026-06-24", "faelle": [{"fall": "F"}]}]}
    assert PROBE.scheitert("als_wirksam_bewerten", "in_bewertung", heute_geprueft, {}) == set()
    stand = PROBE.schreibe("wiederkehr_feststellen", "wirksam", heute_geprueft, {"meldungen": ["MK-1"]})
    assert PROBE.scheitert("als_wirksam_bewerten", "in_bewertung", stand, {}) == {"zwei_erhebungen", "einzelfall_geprueft"}
    neu = {"1 2026-11-01": {"indikator": "1", "faellig_am": "2026-11-01", "status": "erhoben", "wert": 5}}
    assert PROBE.scheitert("als_wirksam_bewerten", "in_bewertung", {**stand, "erhebungen": {**spaeter, **neu}}, {}) == {
        "zwei_erhebungen", "einzelfall_geprueft"}
    stand = PROBE.schreibe("nachsteuern", "in_bewertung", stand, {"was_geschieht": "Vertretungsregel"})
    assert stand["bewertungen"][-1]["wertung"] == "nicht_wirksam"
    assert PROBE.scheitert("weiterfuehren", "in_bewertung", stand, {"was_geschieht": "x"}) == {"wertung_genannt"}


def test_nachgereicht_bleibt_erkennbar() -> None:
    stand = PROBE.schreibe("nachreichen", "laufend", {**STAND, "erhebungen": EINE_ZEILE}, FEHLT)
    zeile = stand["erhebungen"]["1 2026-04-15"]
    assert (zeile["status"], zeile["wert"], zeile["nachgereicht_am"], zeile["am"]) == ("nachgereicht", "11", "2026-06-24", "2026-04-20")


def test_mit_der_umsetzung_angelegt_laeuft_es_sofort() -> None:
    daten = {"eltern": "ZS-01", "indikatoren": INDIKATOREN}
    stand = PROBE.schreibe("beginnen", "", {}, daten, rolle="kette")
    assert (stand["beginn_am"], stand["titel"]) == ("2026-06-24", "Monitoring zu ZS-01")


# --- Kette --------------------------------------------------------------------------------------------------------------


def test_ein_verworfenes_signal_beendet_was_nur_seinetwegen_offen_war() -> None:
    weg = (her("beobachtet_in"), her("fuehrt_zu"), her("im_thema"))
    thema = Nachbar("GT-01", "generatives_thema", "abgeschlossen", {"ergebnis": "geloest"})
    meldung = Nachbar("MK-1", "meldebogen", "im_thema", {})

    def lage(*monitorings: Nachbar) -> Lage:
        return Lage("MON-01", "monitoring", "wiederkehr_verwerfen", "wirksam", "wirksam", {}, {}, "", meldung, HEUTE,
                    sicht_ziel=lambda w: (thema,) if len(w) == 1 else monitorings)

    gefunden = folgen(FOLGEN, "wiederkehr_verwerfen", weg, lage(Nachbar("MON-01", "monitoring", "wirksam", {})))
    assert [s.ausloeser for s in gefunden] == ["loesen"]
    anderes = Nachbar("MON-02", "monitoring", "wirksam", {}, None, {SIGNAL: ""})
    assert folgen(FOLGEN, "wiederkehr_verwerfen", weg, lage(anderes)) == []


def test_jeder_zustandswechsel_laesst_das_thema_nachziehen() -> None:
    bewegend = {u.ausloeser for u in MONITORING.uebergaenge if u.nach is not None and u.von}
    assert set(FOLGEN[0].bei) == bewegend


# --- Formulare ----------------------------------------------------------------------------------------------------------


def test_formulare_nehmen_was_sie_kennen() -> None:
    assert antwort(formulare.Anlegen, eltern="ZS-01", indikatoren=INDIKATOREN)["stellen"] == ["Jobcenter", "VHS"]
    assert lehnt_ab(formulare.Anlegen, eltern="ZS-01", ziel="laufend") and lehnt_ab(formulare.Anlegen)
    assert antwort(formulare.Beginnen) == {} and lehnt_ab(formulare.Beginnen, indikatoren=[{"key": "1"}])
    assert antwort(formulare.BaselineErfassen, werte=[{"indikator": "1", "wert": 17}])["werte"][0]["wert"] == "17"
    assert lehnt_ab(formulare.BaselineErfassen, werte=[{"indikator": "1"}]) and lehnt_ab(formulare.BaselineErfassen, werte=[])
    assert antwort(formulare.Erheben, indikator="1", wert=0)["wert"] == "0" and lehnt_ab(formulare.Erheben, indikator="1")
    assert antwort(formulare.NichtErheben, indikator="1") and lehnt_ab(formulare.NichtErheben, indikator="1", wert=1)
    assert antwort(formulare.Nachreichen, **FEHLT) and lehnt_ab(formulare.Nachreichen, indikator="1", wert=1)
    assert antwort(formulare.EinzelfallPruefen, faelle=[{"fall": "Stichprobe 1", "heute_besser": "ja"}])
    assert lehnt_ab(formulare.EinzelfallPruefen, faelle=[{"fall": "Stichprobe 1"}])
    assert antwort(formulare.Bewerten, was_geschieht="x") and lehnt_ab(formulare.Bewerten, wertung="wirksam", was_geschieht="x")
    assert antwort(formulare.AlsWirksamBewerten, begruendung="x") and lehnt_ab(formulare.AlsWirksamBewerten)
    assert antwort(formulare.Beenden, beschluss="BS-1") and lehnt_ab(formulare.Beenden, grund="x")
    assert antwort(formulare.SignalSetzen, meldung="MK-1", ereignis_von="2027-05") and lehnt_ab(formulare.SignalSetzen)
    assert antwort(formulare.WiederkehrPruefen, meldungen=["MK-1"]) and lehnt_ab(formulare.WiederkehrPruefen, meldungen="MK-1")
    assert antwort(formulare.StartdatumUebernehmen, startdatum="2027-01-04") and lehnt_ab(formulare.StartdatumUebernehmen)


@pytest.mark.parametrize(("rhythmus", "tage"), [("monatlich", 5), ("vierteljaehrlich", 14), ("jaehrlich", 14)])
def test_frueher_ein_sechstel_des_rhythmus_hoechstens_zwei_wochen(rhythmus: str, tage: int) -> None:
    stand = {"indikatoren": [{"key": "1", "indikator": "Wartezeit", "rhythmus": rhythmus}]}
    assert spielraum(stand, "1") == timedelta(days=tage)
