"""Zielsystem: die Kanten im Wortlaut, jeder Wächter einmal erfüllt und einmal nicht, Inhalt, Fristen und Kette."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from forms import zielsystem as formulare
from forms.dienstleistungskette import Indikator, Massnahmenzeile, Sollschritt, Zahl
from forms.felder import als_eingaben, felder_von, gelesen
from forms.grundform import Formular
from states.fristen import Termin
from states.glieder import Lage
from states.model import Nachbar, her, hin
from states.zielsystem import FOLGEN, ZIELSYSTEM
from states.zielsystem_inhalt import fassung, massnahmen_anlegen
from tests.states.tabellenprobe import HEUTE, Tabellenprobe, antwort, folgen, lehnt_ab, neue

ZUR_GRUPPE, ZUR_SITZUNG, ZU_MASSNAHMEN = (her("erarbeitet"),), (hin("steht_auf"),), (hin("umgesetzt_durch"),)
ZUM_VORGAENGER, ZUM_MONITORING = (her("ersetzt_durch"),), (hin("beobachtet_in"),)


def gruppe(zustand: str = "soll_entwurf") -> Nachbar:
    return Nachbar("AG-01", "arbeitsgruppe", zustand, {"mitglieder": {"Jobcenter": {}, "VHS": {}}})


def massnahme(zustand: str, key: str = "MN-01-1", **stand: Any) -> Nachbar:
    return Nachbar(key, "massnahme", zustand, stand)


def mit(weg: Any, *nachbarn: Nachbar) -> dict[str, Any]:
    return {"nachbarn": {weg: nachbarn}}


PROBE = Tabellenprobe(ZIELSYSTEM, "ag_leitung", "Jobcenter", {ZUR_GRUPPE: (gruppe(),)})
MITGLIED = {"rolle": "ag_mitglied"}

IN_DER_GRUPPE = ("entwurf", "abgestimmt", "vorgelegt", "zurueckverwiesen")
NACH_DEM_BESCHLUSS = ("beschlossen", "mit_auflagen_beschlossen", "weitergeleitet", "in_umsetzung", "eingefuehrt")
OFFEN = (*IN_DER_GRUPPE, *NACH_DEM_BESCHLUSS)


def test_kanten() -> None:
    assert ZIELSYSTEM.kanten() == frozenset({
        ("", "anlegen", "entwurf"),
        ("entwurf", "version_uebernehmen", "entwurf"),
        ("entwurf", "bearbeiten", "entwurf"),
        ("entwurf", "zustimmen", "entwurf"),
        ("entwurf", "sondervotum_abgeben", "entwurf"),
        ("entwurf", "abstimmen", "abgestimmt"),
        ("abgestimmt", "vorlegen", "vorgelegt"),
        ("vorgelegt", "zurueckziehen", "entwurf"),
        *(("vorgelegt", a, "vorgelegt") for a in ("auf_tagesordnung_setzen", "sitzung_vermerken", "sitzung_entfaellt",
                                              "gaeste_vermerken")),
        ("vorgelegt", "beschliessen", "beschlossen"),
        ("vorgelegt", "mit_auflagen_beschliessen", "mit_auflagen_beschlossen"),
        ("vorgelegt", "zurueckverweisen", "zurueckverwiesen"),
        ("vorgelegt", "ablehnen", "abgelehnt"),
        ("zurueckverwiesen", "ueberarbeiten", "entwurf"),
        ("abgestimmt", "ueberarbeiten", "entwurf"),
        ("beschlossen", "weiterleiten", "weitergeleitet"),
        ("mit_auflagen_beschlossen", "weiterleiten", "weitergeleitet"),
        ("weitergeleitet", "umsetzung_beginnen", "in_umsetzung"),
        ("in_umsetzung", "einfuehren", "eingefuehrt"),
        ("in_umsetzung", "fortschreiben", "in_umsetzung"),
        ("eingefuehrt", "fortschreiben", "eingefuehrt"),
        ("eingefuehrt", "ersetzen", "abgeloest"),
        *((z, "antwort_verzeichnen", z) for z in NACH_DEM_BESCHLUSS[2:]),
        *((z, "aufheben", "aufgehoben") for z in (*NACH_DEM_BESCHLUSS, "entwurf", "abgestimmt", "zurueckverwiesen")),
        *((z, a, z) for z in OFFEN for a in ("auflage_bestaetigen", "uebergeben")),
    })


def test_wer_entscheidet() -> None:
    for ausloeser in ("beschliessen", "mit_auflagen_beschliessen", "zurueckverweisen", "ablehnen"):
        assert PROBE.rollen(ausloeser) == {"beschluss"}
    for ausloeser in ("abstimmen", "vorlegen", "ersetzen"):
        assert PROBE.rollen(ausloeser) == {"kette"}
    assert {w.rolle for u in ZIELSYSTEM.uebergaenge if u.ausloeser == "aufheben" and "eingefuehrt" in u.von for w in u.wer} == {"beschluss"}
    assert PROBE.rollen("zustimmen") == {"ag_leitung", "koordination", "ag_mitglied"}
    assert PROBE.rollen("antwort_verzeichnen") == {"koordination", "umsetzende_stelle", "empfaenger"}


ANLEGEN = {"titel": "Kurszugang", "eltern": "AG-01", "thema": "GT-01"}
NACHFOLGER = {**ANLEGEN, "ersetzt": "ZS-00"}
ZEILEN = [{"nr": 1, "taetigkeit": "a", "zustaendig": "Jobcenter"}, {"nr": 2, "taetigkeit": "b", "zustaendig": "VHS"}]
GEAENDERT = [{"nr": 1, "taetigkeit": "neu", "zustaendig": "Jobcenter"}, {"nr": 2, "taetigkeit": "c", "zustaendig": "Jobcenter"},
             {"nr": 3, "taetigkeit": "b", "zustaendig": "VHS"}]
FREMDE = [{"nr": 1, "taetigkeit": "a", "zustaendig": "Jobcenter"}]
AN_BEIDE = {"empfaenger": {"Jobcenter": {}, "VHS": {}}}
ALLE = {"stimmen": {"Jobcenter": {}, "VHS": {}}}
AUFLAGE = {"key": "A1", "auflage": "Datenschutz", "verantwortlich": "VHS", "frist": "2027-01-29", "bestaetigt_durch": "Jobcenter",
           "massnahmen": ["1"], "erfuellt_am": None}
VORSITZ = {"auflagen": {"A1": {**AUFLAGE, "bestaetigt_durch": "Vorsitz der Lenkungsgruppe"}}}
K = {"rolle": "koordination"}

FAELLE: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any], set[str]]] = [
    ("anlegen", "", {}, ANLEGEN, {}, set()),
    ("anlegen", "", {}, ANLEGEN, mit(ZUR_GRUPPE, gruppe("ist_analyse")), {"soll_entwurf_oder_nachfolger"}),
    ("anlegen", "", {}, NACHFOLGER, mit(ZUM_VORGAENGER, Nachbar("ZS-00", "zielsystem", "eingefuehrt", {})), set()),
    ("anlegen", "", {}, NACHFOLGER, mit(ZUM_VORGAENGER, Nachbar("ZS-00", "zielsystem", "in_umsetzung", {})),
     {"soll_entwurf_oder_nachfolger"}),
    ("bearbeiten", "entwurf", {"soll": ZEILEN}, {"soll": FREMDE, "titel": "neu"}, {}, set()),
    ("bearbeiten", "entwurf", {"soll": ZEILEN}, {"soll": GEAENDERT}, MITGLIED, set()),
    ("bearbeiten", "entwurf", {"soll": ZEILEN}, {"soll": FREMDE}, MITGLIED, {"eigene_zeilen"}),
    ("bearbeiten", "entwurf", {}, {"ziele": {"leitziel": "x"}}, MITGLIED, {"eigene_zeilen"}),
    ("bearbeiten", "entwurf", {}, {"massnahmen": [{"titel": "x", "eigner": "VHS"}]}, MITGLIED, {"eigene_zeilen"}),
    ("bearbeiten", "entwurf", {}, {"massnahmen": [{"titel": "x", "eigner": "Jobcenter"}]}, MITGLIED, set()),
    ("zustimmen", "entwurf", {}, {"institution": "VHS"}, {}, set()),
    ("zustimmen", "entwurf", {}, {"institution": "VHS"}, MITGLIED, {"eigene_stelle"}),
    ("zustimmen", "entwurf", {}, {"institution": "Bank"}, {}, {"ist_mitglied"}),
    ("sondervotum_abgeben", "entwurf", {}, {"institution": "Jobcenter", "text": "x"}, MITGLIED, set()),
    ("sondervotum_abgeben", "entwurf", {}, {"institution": "VHS", "text": "x"}, MITGLIED, {"eigene_stelle"}),
    ("abstimmen", "entwurf", ALLE, {}, {}, set()),
    ("abstimmen", "entwurf", {"stimmen": {"VHS": {}}}, {}, {}, {"alle_stimmen"}),
    ("vorlegen", "abgestimmt", {}, {"sitzung": "LG-02"}, mit(ZUR_SITZUNG, Nachbar("LG-02", "sitzung", "eingeladen", {})), set()),
    ("vorlegen", "abgestimmt", {}, {"sitzung": "LG-02"}, mit(ZUR_SITZUNG, Nachbar("LG-02", "sitzung", "abgeschlossen", {})),
     {"sitzung_nimmt_punkte"}),
    ("vorlegen", "abgestimmt", {}, {"sitzung": "LG-02"}, mit(ZUR_SITZUNG, Nachbar("LG-01", "sitzung", "geplant", {})),
     {"sitzung_nimmt_punkte"}),
    ("zurueckziehen", "vorgelegt", {}, {}, {}, set()),
    ("zurueckziehen", "vorgelegt", {}, {}, {"grund": ""}, {"grund"}),
    ("mit_auflagen_beschliessen", "vorgelegt", {}, {"auflagen": [AUFLAGE]}, {}, set()),
    ("mit_auflagen_beschliessen", "vorgelegt", {}, {"auflagen": []}, {}, {"feld_auflagen"}),
    ("zurueckverweisen", "vorgelegt", {}, {}, {}, set()),
    ("zurueckverweisen", "vorgelegt", {}, {}, mit(ZUR_GRUPPE, gruppe("aufgeloest")), {"arbeitsgruppe_besteht"}),
    ("weiterleiten", "beschlossen", {}, {"empfaenger": [{"institution": "VHS"}]}, {}, set()),
    ("weiterleiten", "mit_auflagen_beschlossen", {}, {"empfaenger": []}, {}, {"feld_empfaenger"}),
    ("antwort_verzeichnen", "weitergeleitet", AN_BEIDE, {"institution": "VHS", "ergebnis": "lehnt_ab"}, K, set()),
    ("antwort_verzeichnen", "weitergeleitet", AN_BEIDE, {"institution": "VHS", "ergebnis": "lehnt_ab"}, {**K, "grund": ""},
     {"ablehnung_begruendet"}),
    ("antwort_verzeichnen", "weitergeleitet", AN_BEIDE, {"institution": "VHS", "ergebnis": "teilweise"}, {**K, "grund": ""}, set()),
    ("antwort_verzeichnen", "weitergeleitet", AN_BEIDE, {"institution": "Hemer", "ergebnis": "uebernimmt"}, K, {"stelle_gefragt"}),
    ("antwort_verzeichnen", "eingefuehrt", AN_BEIDE, {"institution": "Jobcenter", "ergebnis": "uebernimmt"}, {"rolle": "empfaenger"},
     set()),
    ("antwort_verzeichnen", "eingefuehrt", AN_BEIDE, {"institution": "VHS", "ergebnis": "uebernimmt"}, {"rolle": "umsetzende_stelle"},
     {"eigene_stelle"}),
    ("auflage_bestaetigen", "in_umsetzung", {"auflagen": {"A1": AUFLAGE}}, {"auflage": "A1"}, K, set()),
    ("auflage_bestaetigen", "in_umsetzung", {"auflagen": {"A1": AUFLAGE}}, {"auflage": "A1"}, {**K, "institution": "KIM"},
     {"bestaetigende_stelle"}),
    ("auflage_bestaetigen", "in_umsetzung", VORSITZ, {"auflage": "A1"}, {"rolle": "lg_vorsitz"}, set()),
    ("auflage_bestaetigen", "in_umsetzung", VORSITZ, {"auflage": "A1"}, K, {"bestaetigende_stelle"}),
    ("auflage_bestaetigen", "in_umsetzung", {"auflagen": {"A1": {**AUFLAGE, "erfuellt_am": "2026-06-01"}}}, {"auflage": "A1"}, K,
     {"auflage_offen"}),
    ("einfuehren", "in_umsetzung", {}, {"startdatum": "2027-01-04"}, mit(ZU_MASSNAHMEN, massnahme("erledigt")), set()),
    ("einfuehren", "in_umsetzung", {}, {}, mit(ZU_MASSNAHMEN), {"feld_startdatum"}),
    ("einfuehren", "in_umsetzung", {}, {"startdatum": "2027-01-04"}, mit(ZU_MASSNAHMEN, massnahme("offen")),
     {"daten_offener_massnahmen"}),
    ("einfuehren", "in_umsetzung", {}, {"startdatum": "2027-01-04", "offene_massnahmen": [{"massnahme": "MN-01-1", "frist": "2026-06-23"}]},
     mit(ZU_MASSNAHMEN, massnahme("in_arbeit")), {"daten_offener_massnahmen"}),
    ("einfuehren", "in_umsetzung", {}, {"startdatum": "2027-01-04", "offene_massnahmen": [{"massnahme": "MN-01-1", "frist": "2027-12-17"}]},
     mit(ZU_MASSNAHMEN, massnahme("in_arbeit")), set()),
    ("fortschreiben", "eingefuehrt", {}, {"massnahme": "MN-01-1", "frist": "2027-02-26", "zustimmung_am": "2026-06-24"},
     mit(ZU_MASSNAHMEN, massnahme("offen")), set()),
    ("fortschreiben", "eingefuehrt", {}, {"massnahme": "MN-01-1", "frist": "2027-02-26"}, mit(ZU_MASSNAHMEN, massnahme("offen")),
     {"feld_zustimmung_am"}),
    ("fortschreiben", "eingefuehrt", {}, {"massnahme": "MN-01-1", "frist": "2027-02-26", "zustimmung_am": "2026-06-25"},
     mit(ZU_MASSNAHMEN, massnahme("offen")), {"zustimmung_war"}),
    ("fortschreiben", "eingefuehrt", {}, {"massnahme": "MN-01-1", "frist": "2026-06-01", "zustimmung_am": "2026-06-24"},
     mit(ZU_MASSNAHMEN, massnahme("offen")), {"zukunft_frist"}),
    ("fortschreiben", "eingefuehrt", {}, {"massnahme": "MN-01-1", "frist": "2027-02-26", "zustimmung_am": "2026-06-24"},
     mit(ZU_MASSNAHMEN, massnahme("erledigt")), {"eine_massnahme"}),
    ("fortschreiben", "eingefuehrt", {}, {"massnahme": "MN-01-1", "titel": "nur der Name", "zustimmung_am": "2026-06-24"},
     mit(ZU_MASSNAHMEN, massnahme("offen")), {"eine_massnahme"}),
    ("fortschreiben", "eingefuehrt", {}, {"frist": "2027-02-26", "zustimmung_am": "2026-06-24"}, {}, {"eine_massnahme"}),
    ("fortschreiben", "eingefuehrt", {}, {"titel": "Neu", "eigner": "VHS", "frist": "2027-02-26", "zustimmung_am": "2026-06-24"}, {},
     set()),
]


@pytest.mark.parametrize(("ausloeser", "zustand", "stand", "daten", "weiteres", "scheitert"), FAELLE)
def test_waechter(
    ausloeser: str, zustand: str, stand: dict[str, Any], daten: dict[str, Any], weiteres: dict[str, Any], scheitert: set[str]
) -> None:
    assert PROBE.scheitert(ausloeser, zustand, stand, daten, **weiteres) == scheitert


def test_jeder_waechter_scheitert_in_einem_fall() -> None:
    assert PROBE.waechternamen() <= {name for *_, scheitert in FAELLE for name in scheitert}


# --- Inhalt -----------------------------------------------------------------------------------------------------------


def test_eine_aenderung_macht_die_abstimmung_neu() -> None:
    stand = PROBE.schreibe("zustimmen", "entwurf", {"version": 1}, {"institution": "VHS"})
    assert stand["stimmen"] == {"VHS": {"ergebnis": "zugestimmt", "am": "2026-06-24"}}
    stand = PROBE.schreibe("sondervotum_abgeben", "entwurf", stand, {"institution": "VHS", "text": "Nicht zusagbar."})
    assert stand["stimmen"]["VHS"]["ergebnis"] == "sondervotum"
    unveraendert = PROBE.schreibe("bearbeiten", "entwurf", {**stand, "titel": "x"}, {"titel": "x"})
    assert list(unveraendert["stimmen"]) == ["VHS"]
    geaendert = PROBE.schreibe("bearbeiten", "entwurf", stand, {"soll": ZEILEN, "ist": None})
    assert geaendert["stimmen"] == {} and geaendert["soll"] == ZEILEN and "ist" not in geaendert
    assert geaendert["fruehere_stimmen"][0]["stimmen"]["VHS"]["text"] == "Nicht zusagbar."


def test_zeilen_bekommen_kennungen() -> None:
    zeilen = [{"titel": "a"}, {"titel": "b", "key": "1"}, {"titel": "c"}]
    stand = PROBE.schreibe("bearbeiten", "entwurf", {}, {"massnahmen": zeilen})
    assert [z["key"] for z in stand["massnahmen"]] == ["2", "1", "3"]


def test_versionen() -> None:
    stand = PROBE.schreibe("anlegen", "", {}, ANLEGEN)
    assert (stand["eltern"], fassung(stand)) == ("AG-01", "1")
    stand = PROBE.schreibe("ueberarbeiten", "zurueckverwiesen", {**stand, **ALLE}, {})
    assert fassung(stand) == "2" and stand["stimmen"] == {} and stand["fruehere_stimmen"][0]["version"] == 1
    stand = PROBE.schreibe("ueberarbeiten", "abgestimmt", {**stand, **ALLE}, {})
    assert fassung(stand) == "2" and stand["stimmen"] == ALLE["stimmen"]
    neu = {"titel": "x", "eigner": "VHS", "frist": "2027-02-26", "zustimmung_am": "2026-06-24"}
    assert fassung(PROBE.schreibe("fortschreiben", "eingefuehrt", stand, neu)) == "2.1"


def test_auflagen_bleiben_ueber_entscheidungen_hinweg() -> None:
    neu = {"auflage": "Beteiligen", "verantwortlich": "VHS", "frist": "2027-03-31", "bestaetigt_durch": "Koordination"}
    stand = PROBE.schreibe("zurueckverweisen", "vorgelegt", {}, {"auflagen": [neu]})
    weitere = {"auflagen": [neu, {**neu, "key": "AU-2"}], "beschluss": "BS-1"}
    stand = PROBE.schreibe("mit_auflagen_beschliessen", "vorgelegt", stand, weitere)
    assert list(stand["auflagen"]) == ["A1", "A2", "AU-2"] and stand["beschluss"] == "BS-1"
    assert PROBE.scheitert("auflage_bestaetigen", "beschlossen", stand, {"auflage": "A2"}, rolle="koordination") == set()
    stand = PROBE.schreibe("auflage_bestaetigen", "beschlossen", stand, {"auflage": "A2", "vermerk": "liegt vor"}, rolle="koordination")
    assert [k for k, a in stand["auflagen"].items() if not a["erfuellt_am"]] == ["A1", "AU-2"]


def test_massnahmen_tragen_die_nummer_des_zielsystems_und_warten_auf_ihre_auflage() -> None:
    zeile = {"titel": "Liste", "eigner": "VHS", "frist": "2027-01-29"}
    stand = {"massnahmen": [{**zeile, "key": "1"}, {**zeile, "key": "MN-01-2"}, {**zeile, "key": "2"}], "auflagen": {"A1": AUFLAGE}}
    angelegt = massnahmen_anlegen("ZS-01", stand)
    assert [(a["key"], a["kennung"], a["wartet_auf"]) for a in angelegt] == [
        ("MN-01-1", "1", ["A1"]), ("MN-01-2", "MN-01-2", []), ("", "2", [])]
    assert {a["eltern"] for a in angelegt} == {"ZS-01"}


# --- Fristen ----------------------------------------------------------------------------------------------------------


def test_jede_stelle_die_antworten_soll_hat_sechs_wochen() -> None:
    empfaenger = [{"institution": "VHS"}, {"institution": "Jobcenter"}, {"institution": "Presse", "antwort_erwartet": False}]
    stand = PROBE.schreibe("weiterleiten", "beschlossen", {}, {"empfaenger": empfaenger})
    stand = PROBE.schreibe("antwort_verzeichnen", "weitergeleitet", stand, {"institution": "VHS", "ergebnis": "uebernimmt"}, **K)
    assert PROBE.termine("antwort_der_stelle", "in_umsetzung", stand) == [Termin("Jobcenter", HEUTE)]
    assert PROBE.termine("antwort_der_stelle", "aufgehoben", stand) == []
    frist = next(f for f in ZIELSYSTEM.fristen if f.name == "antwort_der_stelle")
    assert frist.dauer == "6 Wochen" and [s.an for s in frist.stufen] == [("eigner",), ("eigner",), ("zustaendig",)]


def test_jede_offene_auflage_hat_ihr_datum() -> None:
    stand = {"auflagen": {"A1": AUFLAGE, "A2": {**AUFLAGE, "erfuellt_am": "2026-06-01"}}}
    assert PROBE.termine("auflage", "entwurf", stand) == [Termin("A1", date(2027, 1, 29))]
    frist = next(f for f in ZIELSYSTEM.fristen if f.name == "auflage")
    assert [(s.wann, s.an) for s in frist.stufen] == [
        ("10 WT vor Ende", ("eigner",)), ("3 WT vor Ende", ("eigner",)), ("1 WT nach Ende", ("eigner", "zustaendig"))]


# --- Kette ------------------------------------------------------------------------------------------------------------


def lage(ausloeser: str, ziel: Nachbar, stand: dict[str, Any] | None = None, daten: dict[str, Any] | None = None, zustand: str = "",
         nachbarn: tuple[Nachbar, ...] = ()) -> Lage:
    return Lage("ZS-01", "zielsystem", ausloeser, "", zustand, stand or {}, daten or {}, "", ziel, HEUTE, lambda weg: nachbarn)


def test_die_vorlage_kommt_nur_auf_die_genannte_sitzung() -> None:
    for key, erwartet in (("LG-02", [("punkt_aufnehmen", {"bezug": "ZS-01", "titel": "Kurszugang"})]), ("LG-01", [])):
        gefunden = folgen(FOLGEN, "vorlegen", ZUR_SITZUNG,
                          lage("vorlegen", Nachbar(key, "sitzung", "geplant", {}), {"titel": "Kurszugang"}, {"sitzung": "LG-02"}))
        assert [(s.ausloeser, s.daten) for s in gefunden] == erwartet


def test_wer_zurueckzieht_holt_die_gruppe_zurueck() -> None:
    for ausloeser in ("zurueckziehen", "ueberarbeiten"):
        gefunden = folgen(FOLGEN, ausloeser, ZUR_GRUPPE, lage(ausloeser, gruppe("vorgelegt")))
        assert [s.ausloeser for s in gefunden] == ["vorlage_zurueckgezogen"]
    weg = folgen(FOLGEN, "zurueckziehen", ZUR_SITZUNG, lage("zurueckziehen", Nachbar("LG-02", "sitzung", "geplant", {})))
    assert [(s.ausloeser, s.daten) for s in weg] == [("punkt_streichen", {"bezug": "ZS-01"})]


def test_die_umsetzung_legt_an_was_fehlt() -> None:
    stand = {"titel": "Kurszugang", "massnahmen": [{"key": "1", "titel": "Liste", "eigner": "VHS", "frist": "2027-01-29"}],
             "indikatoren": [{"key": "1", "indikator": "Wochen", "quelle": "VHS", "rhythmus": "vierteljaehrlich"}]}
    ziel = Nachbar("ZS-01", "zielsystem", "in_umsetzung", stand)
    assert [m["key"] for m in neue(FOLGEN, "umsetzung_beginnen", "massnahme", lage("umsetzung_beginnen", ziel, stand))] == ["MN-01-1"]
    monitoring = neue(FOLGEN, "umsetzung_beginnen", "monitoring", lage("umsetzung_beginnen", ziel, stand))
    assert monitoring == [{"eltern": "ZS-01", "titel": "Monitoring: Kurszugang", "indikatoren": stand["indikatoren"]}]
    da = Nachbar("MON-01", "monitoring", "geplant", {})
    assert neue(FOLGEN, "umsetzung_beginnen", "monitoring", lage("umsetzung_beginnen", ziel, stand, nachbarn=(da,))) == []
    beginnt = folgen(FOLGEN, "umsetzung_beginnen", ZUM_MONITORING, lage("umsetzung_beginnen", da, stand))
    assert [(s.ausloeser, s.daten) for s in beginnt] == [("beginnen", {"indikatoren": stand["indikatoren"]})]


def test_die_einfuehrung_gibt_daten_weiter_und_loest_den_vorgaenger_ab() -> None:
    daten = {"startdatum": "2027-01-04", "offene_massnahmen": [{"massnahme": "MN-01-1", "frist": "2027-12-17"}]}
    for ziel, erwartet in ((massnahme("offen", frist="2027-02-26"), [{"frist": "2027-12-17"}]),
                           (massnahme("offen", frist="2027-12-17"), []), (massnahme("offen", "MN-01-2"), [])):
        gefunden = folgen(FOLGEN, "einfuehren", ZU_MASSNAHMEN, lage("einfuehren", ziel, {}, daten))
        assert [s.daten for s in gefunden] == erwartet
    uebernommen = folgen(FOLGEN, "einfuehren", ZUM_MONITORING, lage("einfuehren", Nachbar("MON-01", "monitoring", "laufend", {}), daten))
    assert [s.daten for s in uebernommen] == [{"startdatum": "2027-01-04"}]
    vorgaenger = Nachbar("ZS-00", "zielsystem", "eingefuehrt", {})
    assert [s.ausloeser for s in folgen(FOLGEN, "einfuehren", ZUM_VORGAENGER, lage("einfuehren", vorgaenger))] == ["ersetzen"]


def test_die_fortschreibung_aendert_oder_ergaenzt_eine_massnahme() -> None:
    daten = {"massnahme": "MN-01-6", "titel": "Vertretung", "eigner": "VHS", "frist": "2027-09-17", "zustimmung_am": "2026-06-24"}
    da, andere = massnahme("offen", "MN-01-6"), massnahme("offen", "MN-01-1")
    for ziel, erwartet in ((da, [{"titel": "Vertretung", "eigner": "VHS", "frist": "2027-09-17"}]), (andere, [])):
        assert [s.daten for s in folgen(FOLGEN, "fortschreiben", ZU_MASSNAHMEN, lage("fortschreiben", ziel, {}, daten))] == erwartet
    selbst = Nachbar("ZS-01", "zielsystem", "eingefuehrt", {})
    assert neue(FOLGEN, "fortschreiben", "massnahme", lage("fortschreiben", selbst, {}, daten, nachbarn=(da,))) == []
    neu = neue(FOLGEN, "fortschreiben", "massnahme", lage("fortschreiben", selbst, {}, daten, nachbarn=(andere,)))
    assert [(m["key"], m["eigner"], m["eltern"]) for m in neu] == [("MN-01-6", "VHS", "ZS-01")]
    unbenannt = lage("fortschreiben", selbst, {}, {**daten, "massnahme": None}, nachbarn=(andere,))
    ohne_key = neue(FOLGEN, "fortschreiben", "massnahme", unbenannt)
    assert [m["key"] for m in ohne_key] == ["MN-01-2"]


@pytest.mark.parametrize(("ausloeser", "zustand", "satz"), [
    ("ersetzen", "abgeloest", "Das Zielsystem ZS-01 ist abgelöst."), ("aufheben", "aufgehoben", "Das Zielsystem ZS-01 ist aufgehoben.")])
def test_mit_dem_zielsystem_enden_massnahmen_und_monitoring(ausloeser: str, zustand: str, satz: str) -> None:
    entfaellt = folgen(FOLGEN, ausloeser, ZU_MASSNAHMEN, lage(ausloeser, massnahme("offen"), zustand=zustand))
    endet = folgen(FOLGEN, ausloeser, ZUM_MONITORING, lage(ausloeser, Nachbar("MON-01", "monitoring", "laufend", {}), zustand=zustand))
    assert [(s.ausloeser, s.grund) for s in (*entfaellt, *endet)] == [("entfallen", satz), ("beenden", satz)]


def test_eine_bestaetigte_auflage_gibt_ihre_massnahmen_frei() -> None:
    for wartet, erwartet in ((["A1"], [{"auflage": "A1"}]), (["A2"], [])):
        ziel = massnahme("offen", wartet_auf=wartet)
        gefunden = folgen(FOLGEN, "auflage_bestaetigen", ZU_MASSNAHMEN, lage("auflage_bestaetigen", ziel, {}, {"auflage": "A1"}))
        assert [s.daten for s in gefunden] == erwartet


def test_jeder_zustandswechsel_laesst_das_thema_nachziehen() -> None:
    bewegend = {u.ausloeser for u in ZIELSYSTEM.uebergaenge if u.nach is not None}
    assert set(FOLGEN[-1].bei) == bewegend


# --- Formulare --------------------------------------------------------------------------------------------------------


class EineZahl(Formular):
    wert: Zahl


@pytest.mark.parametrize(("roh", "gespeichert"), [(11, "11"), ("12,5", "12.5"), (" -3 ", "-3"), (0, "0"), (12.5, "12.5")])
def test_zahlen_bleiben_was_jemand_eintrug(roh: object, gespeichert: str) -> None:
    assert antwort(EineZahl, wert=roh) == {"wert": gespeichert}


@pytest.mark.parametrize("roh", [True, "viel", "1.234.567", "", None, float("nan"), "=1+1"])
def test_keine_zahl(roh: object) -> None:
    assert lehnt_ab(EineZahl, wert=roh)


@pytest.mark.parametrize(("roh", "gespeichert"), [("1200", "1200"), ("1,200", "1.200"), ("1.5", "1.5"), ("0.125", "0.125"),
                                                  ("1.234,5", "1234.5"), ("1.200", None), ("-12.500", None)])
def test_von_hand_ist_ein_punkt_vor_drei_ziffern_zweideutig(roh: str, gespeichert: str | None) -> None:
    (feld,) = felder_von(EineZahl)
    getippt = gelesen([feld], {"wert": [roh]})
    if gespeichert is None:
        assert lehnt_ab(EineZahl, **getippt) and antwort(EineZahl, wert=roh) == {"wert": roh}, "ein Programm meint es so"
    else:
        assert antwort(EineZahl, **getippt) == {"wert": gespeichert}
        assert antwort(EineZahl, **gelesen([feld], als_eingaben([feld], {"wert": gespeichert}))) == {"wert": gespeichert}, "hin und zurück"


def test_formulare_nehmen_was_sie_kennen() -> None:
    schritt = {"nr": 1, "taetigkeit": "Warten", "zustaendig": "VHS", "uebergabe_an": None}
    zeile = {"titel": "Liste", "eigner": "VHS", "frist": "2027-01-29"}
    indikator = {"indikator": "Wochen", "quelle": "VHS", "rhythmus": "vierteljaehrlich", "ausgangswert": 19}
    assert antwort(formulare.Anlegen, **ANLEGEN) == ANLEGEN and lehnt_ab(formulare.Anlegen, titel="x")
    bearbeitet = antwort(formulare.Bearbeiten, ist=[schritt], massnahmen=[zeile], indikatoren=[indikator])
    assert bearbeitet["indikatoren"][0]["ausgangswert"] == "19"
    assert lehnt_ab(formulare.Bearbeiten, soll=[schritt]) and lehnt_ab(Sollschritt, **schritt)
    assert lehnt_ab(Massnahmenzeile, **zeile, key="1 2") and lehnt_ab(Indikator, **{**indikator, "rhythmus": "selten"})
    assert antwort(formulare.Zustimmen, institution="VHS") and lehnt_ab(formulare.Zustimmen)
    assert antwort(formulare.SondervotumAbgeben, institution="VHS", text="x") and lehnt_ab(formulare.SondervotumAbgeben, institution="VHS")
    assert antwort(formulare.Vorlegen, sitzung="LG-02") and lehnt_ab(formulare.Vorlegen)
    assert antwort(formulare.Entscheidung) == {} and lehnt_ab(formulare.Entscheidung, auflagen=[])
    assert antwort(formulare.Weiterleiten, empfaenger=[{"institution": "VHS"}]) and lehnt_ab(formulare.Weiterleiten, empfaenger=[])
    assert antwort(formulare.AntwortVerzeichnen, institution="VHS", ergebnis="teilweise")
    assert lehnt_ab(formulare.AntwortVerzeichnen, institution="VHS", ergebnis="vielleicht")
    assert antwort(formulare.AuflageBestaetigen, auflage="A1") and lehnt_ab(formulare.AuflageBestaetigen)
    assert antwort(formulare.Einfuehren, startdatum="2027-01-04", offene_massnahmen=[{"massnahme": "MN-01-1", "frist": "2027-12-17"}])
    assert lehnt_ab(formulare.Einfuehren)
    assert antwort(formulare.Fortschreiben, massnahme="MN-01-1", frist="2027-02-26", zustimmung_am="2027-01-29")
    assert lehnt_ab(formulare.Fortschreiben, massnahme="MN-01-1")


def test_auflagen_nennen_ihre_stellen() -> None:
    auflage = {"auflage": "Datenschutz", "verantwortlich": "VHS", "frist": "2027-01-29", "bestaetigt_durch": "Koordination"}
    zweite = {**auflage, "bestaetigt_durch": "KIM"}
    assert antwort(formulare.MitAuflagenBeschliessen, auflagen=[auflage, zweite])["stellen"] == ["VHS", "KIM"]
    assert lehnt_ab(formulare.MitAuflagenBeschliessen, auflagen=[])
    assert lehnt_ab(formulare.Zurueckverweisen, auflagen=[{"auflage": "ohne Datum", "verantwortlich": "VHS", "bestaetigt_durch": "K"}])
    assert antwort(formulare.Zurueckverweisen) == {}
