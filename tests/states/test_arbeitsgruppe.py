"""Arbeitsgruppe: die Kanten im Wortlaut, jeder Wächter einmal erfüllt und einmal nicht, Fristen und Folgen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from forms import arbeitsgruppe as formulare
from states import engine
from states.arbeitsgruppe import ARBEITSGRUPPE, FOLGEN, RUHT, ohne_ist
from states.fristen import Termin
from states.glieder import Folgeschritt, Lage
from states.model import Nachbar, hin
from states.monate import plus_monate
from tests.states.tabellenprobe import HEUTE, Tabellenprobe, folgen, lehnt_ab

MITGLIEDER = {"Jobcenter": {"institution": "Jobcenter"}, "VHS": {"institution": "VHS"}}


PROBE = Tabellenprobe(ARBEITSGRUPPE, "ag_leitung", "Jobcenter")
ZIELSYSTEME = (hin("erarbeitet"),)


def zielsystem(zustand: str, **stand: Any) -> Nachbar:
    return Nachbar("ZS-01", "zielsystem", zustand, stand)


def mit(*zielsysteme: Nachbar) -> dict[str, Any]:
    return {"nachbarn": {ZIELSYSTEME: zielsysteme}}


OFFEN = ("eingesetzt", "konstituiert", "ist_analyse", "soll_entwurf", "abgestimmt", "vorgelegt")
UNVERAENDERT = ("sitzung_verzeichnen", "mitglied_wechseln", "leitung_wechseln", "institution_aufnehmen", "blockade_melden",
                "blockade_loesen", "frist_verlaengern", "uebergeben", "datei_anhaengen", "datei_entfernen")


def test_kanten() -> None:
    assert ARBEITSGRUPPE.kanten() == frozenset({
        ("", "einsetzen", "eingesetzt"),
        ("eingesetzt", "konstituieren", "konstituiert"),
        ("konstituiert", "ist_beginnen", "ist_analyse"),
        ("ist_analyse", "ist_beitrag_erfassen", "ist_analyse"),
        ("ist_analyse", "ist_vollstaendig", "ist_analyse"),
        ("ist_analyse", "soll_beginnen", "soll_entwurf"),
        ("soll_entwurf", "ist_nachholen", "ist_analyse"),
        ("abgestimmt", "ist_nachholen", "ist_analyse"),
        ("soll_entwurf", "abstimmen", "abgestimmt"),
        ("abgestimmt", "vorlegen", "vorgelegt"),
        ("vorgelegt", "vorlage_zurueckgezogen", "soll_entwurf"),
        ("vorgelegt", "nachbeauftragen", "ist_analyse"),
        ("vorgelegt", "nachbeauftragen", "soll_entwurf"),
        ("beendet", "nachbeauftragen", "ist_analyse"),
        ("beendet", "nachbeauftragen", "soll_entwurf"),
        ("vorgelegt", "beenden", "beendet"),
        *((z, "aufloesen", "aufgeloest") for z in OFFEN),
        *((z, a, z) for z in OFFEN[:-1] for a in ("ruhen_lassen", "wieder_aufnehmen")),
        *((z, a, z) for z in OFFEN for a in UNVERAENDERT),
        *((z, "datei_entfernen", z) for z in ("beendet", "aufgeloest")),
    })


def test_nur_ein_beschluss_setzt_ein_beauftragt_nach_beendet_und_loest_auf() -> None:
    for ausloeser in ("nachbeauftragen", "beenden", "aufloesen", "institution_aufnehmen"):
        assert PROBE.rollen(ausloeser) == {"beschluss"}
    for ausloeser in ("einsetzen", "vorlage_zurueckgezogen"):
        assert PROBE.rollen(ausloeser) == {"kette"}
    assert PROBE.rollen("abstimmen") == {"ag_leitung"} and PROBE.rollen("frist_verlaengern") == {"lg_vorsitz", "beschluss"}


IST = {"Jobcenter": {"schritte": [{"nr": 1}]}, "VHS": {"grund_fehlt": "Kein eigener Schritt."}}
ALLE_IST = {"mitglieder": MITGLIEDER, "ist_beitraege": IST}
ZUGESTIMMT = {"stimmen": {"Jobcenter": {"ergebnis": "zugestimmt"}, "VHS": {"ergebnis": "sondervotum"}}}
EINSETZEN = {"mitglieder": [{"institution": "VHS"}], "leitung": ["VHS"], "auftrag": "Entwerfen", "frist": "2026-09-30"}
FRIST = {"frist": "2026-09-30"}
BLOCKADE = {"blockaden": {"B1": {"wer": "VHS", "geloest_am": None}}}

DATEI = {"nr": 20, "bezeichnung": "Merkblatt", "typ": "pdf", "groesse": 1, "sha256": "0" * 64}
FAELLE = [
    ("einsetzen", "", {}, EINSETZEN, {}, ()),
    ("einsetzen", "", {}, {**EINSETZEN, "mitglieder": []}, {}, ("feld_mitglieder",)),
    ("einsetzen", "", {}, {**EINSETZEN, "auftrag": ""}, {}, ("feld_auftrag",)),
    ("einsetzen", "", {}, {**EINSETZEN, "leitung": []}, {}, ("feld_leitung",)),
    ("einsetzen", "", {}, {**EINSETZEN, "frist": None}, {}, ("feld_frist",)),
    ("datei_anhaengen", "eingesetzt", {"anhaenge": {str(n): {} for n in range(19)}}, DATEI, {}, ()),
    ("datei_anhaengen", "eingesetzt", {"anhaenge": {str(n): {} for n in range(20)}}, DATEI, {}, ("noch_platz_fuer_anhaenge",)),
    ("datei_entfernen", "beendet", {"anhaenge": {"3": {}}}, {"nr": 3}, {}, ()),
    ("datei_entfernen", "beendet", {"anhaenge": {"3": {}}}, {"nr": 4}, {}, ("anhang_gibt_es",)),
    ("konstituieren", "eingesetzt", {}, {"datum": "2026-06-24"}, {}, ()),
    ("konstituieren", "eingesetzt", {"sitzungen": {"2026-06-01": {}}}, {}, {}, ()),
    ("konstituieren", "eingesetzt", {}, {}, {}, ("erste_sitzung",)),
    ("konstituieren", "eingesetzt", {}, {"datum": "2026-06-25"}, {}, ("sitzung_war",)),
    ("ist_beitrag_erfassen", "ist_analyse", ALLE_IST, {"institution": "VHS", "grund_fehlt": "x"}, {}, ()),
    ("ist_beitrag_erfassen", "ist_analyse", ALLE_IST, {"institution": "VHS", "grund_fehlt": "x"}, {"rolle": "ag_mitglied"},
     ("eigene_stelle",)),
    ("ist_beitrag_erfassen", "ist_analyse", ALLE_IST, {"institution": "Jobcenter", "schritte": [{}]}, {"rolle": "ag_mitglied"}, ()),
    ("ist_beitrag_erfassen", "ist_analyse", ALLE_IST, {"institution": "Bank", "schritte": [{}]}, {}, ("ist_mitglied",)),
    ("ist_beitrag_erfassen", "ist_analyse", ALLE_IST, {"institution": "VHS"}, {}, ("schritte_oder_grund",)),
    ("ist_vollstaendig", "ist_analyse", ALLE_IST, {}, {}, ()),
    ("ist_vollstaendig", "ist_analyse", {"mitglieder": MITGLIEDER}, {}, {}, ("ist_von_allen",)),
    ("soll_beginnen", "ist_analyse", ALLE_IST, {}, {}, ()),
    ("soll_beginnen", "ist_analyse", {"mitglieder": MITGLIEDER, "ist_beitraege": {"VHS": {"schritte": [{}]}}}, {}, {}, ("ist_von_allen",)),
    ("abstimmen", "soll_entwurf", ALLE_IST, {}, mit(zielsystem("entwurf", **ZUGESTIMMT)), ()),
    ("abstimmen", "soll_entwurf", ALLE_IST, {}, mit(zielsystem("entwurf", stimmen={"VHS": {}})), ("alle_stimmen",)),
    ("abstimmen", "soll_entwurf", ALLE_IST, {}, mit(zielsystem("abgelehnt", **ZUGESTIMMT)), ("alle_stimmen",)),
    ("abstimmen", "soll_entwurf", {"mitglieder": MITGLIEDER}, {}, mit(zielsystem("entwurf", **ZUGESTIMMT)),
     ("ist_von_allen",)),
    ("vorlegen", "abgestimmt", ALLE_IST, {"sitzung": "LG-02"}, mit(zielsystem("abgestimmt", **ZUGESTIMMT)), ()),
    ("vorlegen", "abgestimmt", ALLE_IST, {}, mit(zielsystem("abgestimmt", **ZUGESTIMMT)), ("feld_sitzung",)),
    ("vorlegen", "abgestimmt", ALLE_IST, {"sitzung": "LG-02"}, mit(zielsystem("entwurf", **ZUGESTIMMT)), ("alle_stimmen",)),
    ("vorlegen", "abgestimmt", {"mitglieder": {**MITGLIEDER, "Bank": {}}, "ist_beitraege": IST}, {"sitzung": "LG-02"},
     mit(zielsystem("abgestimmt", **ZUGESTIMMT)), ("ist_von_allen", "alle_stimmen")),
    ("beenden", "vorgelegt", {}, {}, mit(zielsystem("mit_auflagen_beschlossen")), ()),
    ("beenden", "vorgelegt", {}, {}, mit(zielsystem("beschlossen"), zielsystem("vorgelegt")), ("zielsystem_entschieden",)),
    ("beenden", "vorgelegt", {}, {}, mit(zielsystem("zurueckverwiesen")), ("zielsystem_entschieden",)),
    ("beenden", "vorgelegt", {}, {}, {}, ("zielsystem_entschieden",)),
    ("nachbeauftragen", "vorgelegt", {}, {}, mit(zielsystem("vorgelegt")), ("institutionen_genannt", "entscheidung_zuerst")),
    ("nachbeauftragen", "vorgelegt", {}, {"ziel": "ist_analyse"}, mit(zielsystem("zurueckverwiesen")), ()),
    ("nachbeauftragen", "vorgelegt", {}, {"ziel": "soll_entwurf", "institutionen": [{"institution": "Bank"}]},
     mit(zielsystem("zurueckverwiesen")), ("keine_neuen_institutionen",)),
    ("nachbeauftragen", "beendet", {}, {}, {}, ()),
    ("aufloesen", "konstituiert", {}, {}, {}, ()),
    ("aufloesen", "konstituiert", {}, {}, {"grund": " "}, ("grund",)),
    ("ruhen_lassen", "ist_analyse", {}, {"bis": "2026-09-24"}, {}, ()),
    ("ruhen_lassen", "ist_analyse", {}, {"bis": "2026-09-25"}, {}, ("hoechstens_drei_monate",)),
    ("ruhen_lassen", "ist_analyse", {}, {"bis": "2026-06-23"}, {}, ("zukunft_bis",)),
    ("ruhen_lassen", "ist_analyse", {}, {}, {}, ("feld_bis",)),
    ("ruhen_lassen", "ist_analyse", {}, {"bis": "2026-08-01"}, {"marken": {RUHT: "2026-07-01"}}, ("ohne_ruht",)),
    ("ruhen_lassen", "ist_analyse", {}, {"bis": "2026-08-01"}, {"grund": ""}, ("grund",)),
    ("wieder_aufnehmen", "ist_analyse", {}, {}, {"marken": {RUHT: "2026-07-01"}}, ()),
    ("wieder_aufnehmen", "ist_analyse", {}, {}, {}, ("marke_ruht",)),
    ("sitzung_verzeichnen", "ist_analyse", {}, {"datum": "2026-06-24"}, {}, ()),
    ("sitzung_verzeichnen", "ist_analyse", {}, {}, {}, ("feld_datum",)),
    ("sitzung_verzeichnen", "ist_analyse", {}, {"datum": "2026-07-01"}, {}, ("sitzung_war",)),
    ("mitglied_wechseln", "ist_analyse", {"mitglieder": MITGLIEDER}, {"institution": "VHS", "funktion": "neu"}, {}, ()),
    ("mitglied_wechseln", "ist_analyse", {"mitglieder": MITGLIEDER}, {"institution": "Bank", "funktion": "neu"}, {}, ("ist_mitglied",)),
    ("institution_aufnehmen", "ist_analyse", {"mitglieder": MITGLIEDER}, {"institution": "Bank"}, {}, ()),
    ("institution_aufnehmen", "ist_analyse", {"mitglieder": MITGLIEDER}, {"institution": "VHS"}, {}, ("noch_kein_mitglied",)),
    ("blockade_melden", "ist_analyse", {}, {"wer": "VHS", "was": "Schritte"}, {}, ()),
    ("blockade_melden", "ist_analyse", {}, {"was": "Schritte"}, {}, ("feld_wer",)),
    ("blockade_melden", "ist_analyse", {}, {"wer": "VHS"}, {}, ("feld_was",)),
    ("blockade_loesen", "ist_analyse", BLOCKADE, {}, {}, ()),
    ("blockade_loesen", "ist_analyse", BLOCKADE, {"blockade": "B2"}, {}, ("blockade_offen",)),
    ("blockade_loesen", "ist_analyse", {}, {}, {}, ("blockade_offen",)),
    ("frist_verlaengern", "soll_entwurf", FRIST, {"frist": "2026-12-30"}, {"rolle": "lg_vorsitz"}, ()),
    ("frist_verlaengern", "soll_entwurf", FRIST, {"frist": "2026-12-31"}, {"rolle": "lg_vorsitz"}, ("verlaengerung",)),
    ("frist_verlaengern", "soll_entwurf", {**FRIST, "verlaengerungen": 1}, {"frist": "2026-10-14"}, {"rolle": "lg_vorsitz"},
     ("verlaengerung",)),
    ("frist_verlaengern", "soll_entwurf", {**FRIST, "verlaengerungen": 1}, {"frist": "2027-10-14"}, {"rolle": "beschluss"}, ()),
    ("frist_verlaengern", "soll_entwurf", FRIST, {"frist": "2026-09-30"}, {"rolle": "beschluss"}, ("verlaengerung",)),
    ("frist_verlaengern", "soll_entwurf", FRIST, {"frist": "2026-10-14"}, {"rolle": "lg_vorsitz", "grund": ""}, ("grund",)),
    ("frist_verlaengern", "soll_entwurf", FRIST, {"frist": "2026-10-14", "beschluss": "BS-01"}, {"rolle": "lg_vorsitz"},
     ("verlaengerung",)),
    ("leitung_wechseln", "soll_entwurf", {}, {"leitung": ["VHS"]}, {}, ()),
    ("leitung_wechseln", "soll_entwurf", {}, {"leitung": ["VHS"]}, {"grund": ""}, ("grund",)),
]


@pytest.mark.parametrize(("ausloeser", "zustand", "stand", "daten", "weiteres", "scheitert"), FAELLE)
def test_waechter(
    ausloeser: str, zustand: str, stand: dict[str, Any], daten: dict[str, Any], weiteres: dict[str, Any], scheitert: tuple[str, ...]
) -> None:
    assert PROBE.scheitert(ausloeser, zustand, stand, daten, **weiteres) == set(scheitert)


def test_jeder_waechter_scheitert_in_einem_fall() -> None:
    assert PROBE.waechternamen() <= {name for *_, scheitert in FAELLE for name in scheitert}


def test_die_fehlenden_stellen_werden_genannt() -> None:
    with pytest.raises(engine.Abgelehnt, match="Jobcenter, VHS"):
        engine.advance(ARBEITSGRUPPE, "soll_beginnen", PROBE.fakten("ist_analyse", {"mitglieder": MITGLIEDER}, {}))
    assert ohne_ist({"mitglieder": MITGLIEDER, "ist_beitraege": {"VHS": {"schritte": [], "grund_fehlt": ""}}}) == ["Jobcenter", "VHS"]


def test_ohne_ziel_entscheiden_neue_stellen_wie_es_weitergeht() -> None:
    neue = PROBE.fakten("vorgelegt", {}, {"institutionen": [{"institution": "Bank"}]}, **mit(zielsystem("zurueckverwiesen")))
    assert engine.advance(ARBEITSGRUPPE, "nachbeauftragen", neue).nach == "ist_analyse"
    keine = PROBE.fakten("vorgelegt", {}, {"auftrag": "Zieldauern begründen"}, **mit(zielsystem("zurueckverwiesen")))
    assert engine.advance(ARBEITSGRUPPE, "nachbeauftragen", keine).nach == "soll_entwurf"


# --- Inhalt -----------------------------------------------------------------------------------------------------------


def schreibe(ausloeser: str, zustand: str, stand: dict[str, Any], daten: dict[str, Any]) -> dict[str, Any]:
    return PROBE.schreibe(ausloeser, zustand, stand, daten, rolle="beschluss", **mit(zielsystem("zurueckverwiesen")))


def test_einsetzen_fuehrt_mitglieder_je_stelle() -> None:
    stand = schreibe("einsetzen", "", {}, {"name": "Kurszugang", **EINSETZEN})
    assert stand["titel"] == "Kurszugang" and stand["mitglieder"] == {"VHS": {"institution": "VHS", "seit": "2026-06-24"}}


def test_ein_zweiter_vermerk_zum_selben_tag_ergaenzt_den_ersten() -> None:
    stand = schreibe("konstituieren", "eingesetzt", {}, {"datum": "2026-06-01", "inhalt": "Auftrag"})
    stand = schreibe("sitzung_verzeichnen", "konstituiert", stand, {"datum": "2026-06-24", "gaeste": [{"institution": "Bank"}]})
    stand = schreibe("sitzung_verzeichnen", "konstituiert", stand, {"datum": "2026-06-01", "anwesend": ["VHS"]})
    assert list(stand["sitzungen"]) == ["2026-06-01", "2026-06-24"] and stand["konstituiert_am"] == "2026-06-01"
    assert stand["sitzungen"]["2026-06-01"]["inhalt"] == "Auftrag" and stand["sitzungen"]["2026-06-01"]["anwesend"] == ["VHS"]


def test_nachbeauftragen_nimmt_stellen_auf_und_setzt_die_frist_neu() -> None:
    alt = {"mitglieder": MITGLIEDER, "verlaengerungen": 1, "auftrag": "alt", **FRIST}
    neu = schreibe("nachbeauftragen", "vorgelegt", alt, {"institutionen": [{"institution": "Bank"}], "frist": "2027-03-31"})
    assert list(neu["mitglieder"]) == ["Jobcenter", "VHS", "Bank"]
    assert (neu["frist"], neu["auftrag"], neu["verlaengerungen"]) == ("2027-03-31", "alt", 0)


def test_die_urspruengliche_frist_bleibt_bekannt() -> None:
    stand = schreibe("frist_verlaengern", "soll_entwurf", dict(FRIST), {"frist": "2026-10-14"})
    stand = schreibe("frist_verlaengern", "soll_entwurf", stand, {"frist": "2026-11-14"})
    assert (stand["frist"], stand["frist_urspruenglich"], stand["verlaengerungen"]) == ("2026-11-14", "2026-09-30", 2)


def test_was_die_lenkungsgruppe_verlaengert_nimmt_dem_vorsitz_nichts() -> None:
    stand = schreibe("frist_verlaengern", "soll_entwurf", dict(FRIST), {"frist": "2026-12-14", "beschluss": "BS-01"})
    assert (stand["frist"], stand["verlaengerungen"]) == ("2026-12-14", 0)
    assert PROBE.scheitert("frist_verlaengern", "soll_entwurf", stand, {"frist": "2027-01-14"}, rolle="lg_vorsitz") == set()


def test_blockaden_melden_und_loesen() -> None:
    stand = schreibe("blockade_melden", "ist_analyse", {}, {"wer": "VHS", "was": "Schritte"})
    stand = schreibe("blockade_melden", "ist_analyse", stand, {"wer": "Bank", "was": "Auskunft", "bis": "2026-07-15"})
    assert PROBE.scheitert("blockade_loesen", "ist_analyse", stand, {}) == {"blockade_offen"}  # zwei offen: welche?
    stand = schreibe("blockade_loesen", "ist_analyse", stand, {"blockade": "B1", "ergebnis": "liegt vor"})
    assert [k for k, b in stand["blockaden"].items() if not b["geloest_am"]] == ["B2"]


# --- Fristen ----------------------------------------------------------------------------------------------------------


termine = PROBE.termine


def test_fristen() -> None:
    assert termine("konstituierung", "eingesetzt", {}) == [Termin(anker=date(2026, 4, 22))]
    assert termine("konstituierung", "konstituiert", {}) == []
    assert termine("arbeitsergebnis", "soll_entwurf", dict(FRIST)) == [Termin(anker=date(2026, 9, 30))]
    assert termine("arbeitsergebnis", "vorgelegt", dict(FRIST)) == []
    assert termine("ruhezeit", "ist_analyse", {}, ruht="2026-07-31") == [Termin(ende=date(2026, 7, 31))]
    dauern = {f.name: f.dauer for f in ARBEITSGRUPPE.fristen}
    assert (dauern["konstituierung"], dauern["sitzungsvermerk"], dauern["arbeitsergebnis"]) == ("8 Wochen", "10 Wochen", "")
    ruhend = {f.name for f in ARBEITSGRUPPE.fristen if f.ruht_bei == RUHT}
    assert ruhend == {"konstituierung", "sitzungsvermerk", "arbeitsergebnis"}


def test_der_sitzungsvermerk_zaehlt_ab_der_letzten_sitzung_oder_dem_neuen_auftrag() -> None:
    stand = {"sitzungen": {"2026-05-20": {}, "2026-06-10": {}}, "konstituiert_am": "2026-05-20"}
    assert termine("sitzungsvermerk", "ist_analyse", stand) == [Termin(anker=date(2026, 6, 10))]
    nachbeauftragt = {**stand, "nachbeauftragt_am": "2026-10-28"}
    assert termine("sitzungsvermerk", "soll_entwurf", nachbeauftragt) == [Termin(anker=date(2026, 10, 28))]
    assert termine("sitzungsvermerk", "vorgelegt", stand) == []


def test_jede_offene_blockade_hat_ihr_datum() -> None:
    stand = {"blockaden": {"B1": {"gemeldet_am": "2026-06-01", "geloest_am": None}, "B2": {"gemeldet_am": "2026-06-02", "geloest_am": "x"},
                           "B3": {"gemeldet_am": "2026-06-03", "bis": "2026-07-15", "geloest_am": None}}}
    assert termine("blockade", "ist_analyse", stand) == [
        Termin("B1", date(2026, 6, 1)), Termin("B3", date(2026, 6, 3), date(2026, 7, 15))]
    assert termine("blockade", "beendet", stand) == []


# --- Kette ------------------------------------------------------------------------------------------------------------


def folge(ausloeser: str, ziel: Nachbar) -> list[Folgeschritt]:
    """Was die Kette am Zielsystem auslöst."""
    lage = Lage("AG-01", "arbeitsgruppe", ausloeser, "", "", {}, {"sitzung": "LG-02"}, "", ziel, HEUTE)
    return folgen(FOLGEN, ausloeser, ZIELSYSTEME, lage)


@pytest.mark.parametrize(("ausloeser", "zustand", "erwartet"), [
    ("abstimmen", "entwurf", "abstimmen"), ("vorlegen", "abgestimmt", "vorlegen"), ("vorlegen", "entwurf", None),
    ("nachbeauftragen", "zurueckverwiesen", "ueberarbeiten"), ("nachbeauftragen", "abgestimmt", None),
    ("ist_nachholen", "abgestimmt", "ueberarbeiten"), ("ist_nachholen", "zurueckverwiesen", None),
    ("aufloesen", "entwurf", "aufheben"), ("aufloesen", "vorgelegt", None), ("aufloesen", "in_umsetzung", None),
])
def test_die_gruppe_bewegt_ihr_zielsystem(ausloeser: str, zustand: str, erwartet: str | None) -> None:
    assert [s.ausloeser for s in folge(ausloeser, zielsystem(zustand))] == ([erwartet] if erwartet else [])


def test_die_sitzung_geht_mit() -> None:
    assert [s.daten for s in folge("vorlegen", zielsystem("abgestimmt"))] == [{"sitzung": "LG-02"}]


# --- Formulare --------------------------------------------------------------------------------------------------------


def test_einsetzen_kennt_die_leitung() -> None:
    antwort = formulare.Einsetzen.model_validate({
        "name": "Kurszugang", "auftrag": "Entwerfen", "frist": "2026-09-30",
        "mitglieder": [{"institution": "KIM", "rolle": "leitung"}, {"institution": "VHS", "funktion": "Leitung"}], "thema": "GT-01"})
    assert antwort.model_dump(mode="json", exclude_unset=True)["leitung"] == ["KIM"]
    with pytest.raises(ValidationError):
        formulare.Einsetzen.model_validate({"name": "Kurszugang", "auftrag": "Entwerfen", "frist": "2026-09-30", "mitglieder": []})


def test_formulare_nehmen_was_sie_kennen() -> None:
    schritt = {"nr": 1, "taetigkeit": "Warten", "zustaendig": "VHS", "uebergabe_an": None, "zieldauer_werktage": 60}
    beitrag = formulare.IstBeitragErfassen.model_validate({"institution": "VHS", "schritte": [schritt]})
    assert beitrag.schritte[0].uebergabe_an == ""
    assert lehnt_ab(formulare.IstBeitragErfassen, institution="VHS", schritte=[{**schritt, "nr": 0}])
    assert formulare.Konstituieren.model_validate({}).datum is None and lehnt_ab(formulare.SitzungVerzeichnen)
    assert formulare.SitzungVerzeichnen.model_validate({"datum": "2026-06-24", "gaeste": [{"institution": "Bank"}]}).gaeste
    assert formulare.Vorlegen.model_validate({"sitzung": "LG-02"}) and lehnt_ab(formulare.Vorlegen)
    assert formulare.Nachbeauftragen.model_validate({"ziel": "ist_analyse"}) and lehnt_ab(formulare.Nachbeauftragen, ziel="beendet")
    assert formulare.Beenden.model_validate({}) and lehnt_ab(formulare.Beenden, grund="x")
    assert formulare.Aufloesen.model_validate({"beschluss": "BS-1"}) and lehnt_ab(formulare.Aufloesen, beschluss="")
    assert formulare.RuhenLassen.model_validate({"bis": "31.08.2026"}) and lehnt_ab(formulare.RuhenLassen, bis="bald")
    assert formulare.MitgliedWechseln.model_validate({"institution": "VHS", "funktion": "neu"})
    assert lehnt_ab(formulare.MitgliedWechseln, institution="VHS")
    assert formulare.LeitungWechseln.model_validate({"leitung": ["VHS"]}) and lehnt_ab(formulare.LeitungWechseln, leitung=[])
    assert formulare.InstitutionAufnehmen.model_validate({"institution": "Bank"}) and lehnt_ab(formulare.InstitutionAufnehmen)
    assert formulare.BlockadeMelden.model_validate({"wer": "VHS", "was": "x"}) and lehnt_ab(formulare.BlockadeMelden, wer="VHS")
    assert formulare.BlockadeLoesen.model_validate({}) and lehnt_ab(formulare.BlockadeLoesen, ergebnis=3)
    assert formulare.FristVerlaengern.model_validate({"frist": "2026-10-14"}) and lehnt_ab(formulare.FristVerlaengern)


@pytest.mark.parametrize(("tag", "monate", "erwartet"), [
    (date(2026, 11, 30), 3, date(2027, 2, 28)), (date(2027, 12, 31), 2, date(2028, 2, 29)), (date(2026, 1, 15), 12, date(2027, 1, 15)),
])
def test_monate_weiterzaehlen(tag: date, monate: int, erwartet: date) -> None:
    assert plus_monate(tag, monate) == erwartet
