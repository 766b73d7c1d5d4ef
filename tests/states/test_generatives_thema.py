"""Generatives Thema: Kanten im Wortlaut, jede Bedingung einmal erfüllt und einmal verletzt, die Kette in beide Richtungen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from states.generatives_thema import FOLGEN, FRISTEN, GENERATIVES_THEMA
from states.fristen import Blick
from states.glieder import Folge, Neu
from states.model import Nachbar, fortgeschrieben, her, hin
from tests.states.fakten import lage, nachbar, schalte, schritt, waechter_von

GEFUEHRT = ("beauftragt", "in_bearbeitung", "beschlossen", "in_umsetzung", "in_monitoring", "in_nachsteuerung")
OFFEN = ("entwurf", "geclustert", "vorgelegt", "zurueckgestellt", "an_land_gemeldet", *GEFUEHRT)


def je(ausloeser: str, nach: str = "") -> set[tuple[str, str, str]]:
    """Aus jedem offenen Zustand nach `nach`, oder unverändert."""
    return {(z, ausloeser, nach or z) for z in OFFEN}


def test_die_kanten() -> None:
    assert GENERATIVES_THEMA.kanten() == frozenset({
        ("", "anlegen", "entwurf"),
        ("", "abspalten", "entwurf"),
        ("entwurf", "clustern", "geclustert"),
        ("geclustert", "vorlegen", "vorgelegt"),
        *((z, a, z) for z in ("vorgelegt", "abgeschlossen") for a in ("auf_tagesordnung_setzen", "sitzung_vermerken", "sitzung_entfaellt",
                                                                    "gaeste_vermerken")),
        ("vorgelegt", "von_tagesordnung_nehmen", "geclustert"),
        ("vorgelegt", "vertagen", "geclustert"),
        ("vorgelegt", "beauftragen", "beauftragt"),
        ("vorgelegt", "zurueckstellen", "zurueckgestellt"),
        ("vorgelegt", "an_land_melden", "an_land_gemeldet"),
        ("vorgelegt", "ablehnen", "abgelehnt"),
        ("zurueckgestellt", "wiedervorlegen", "geclustert"),
        ("an_land_gemeldet", "an_land_versenden", "an_land_gemeldet"),
        ("an_land_gemeldet", "antwort_verzeichnen", "an_land_gemeldet"),
        ("an_land_gemeldet", "antwort_verzeichnen", "geclustert"),
        ("an_land_gemeldet", "antwort_verzeichnen", "zurueckgestellt"),
        ("an_land_gemeldet", "antwort_verzeichnen", "abgeschlossen"),
        ("beauftragt", "bearbeitung_melden", "in_bearbeitung"),
        ("in_bearbeitung", "ohne_zielsystem_abschliessen", "abgeschlossen"),
        ("abgeschlossen", "wiedereroeffnen", "geclustert"),
        ("abgelehnt", "wiedereroeffnen", "geclustert"),
        ("gegenstandslos", "wiedereroeffnen", "geclustert"),
        *je("gegenstandslos_stellen", "gegenstandslos"),
        *je("zusammenfuehren", "zusammengefuehrt"),
        *je("aufnehmen"),
        *je("vereinigen"),
        *je("teilen"),
        *je("zuarbeit_anfordern"),
        *je("politik_vorlegen"),
        *je("uebergeben"),
        ("beauftragt", "nachziehen", "in_bearbeitung"),
        ("beauftragt", "nachziehen", "beschlossen"),
        ("beauftragt", "nachziehen", "in_umsetzung"),
        ("beauftragt", "nachziehen", "in_monitoring"),
        ("beauftragt", "nachziehen", "in_nachsteuerung"),
        ("beauftragt", "nachziehen", "geclustert"),
        ("beauftragt", "nachziehen", "abgeschlossen"),
        ("in_bearbeitung", "nachziehen", "beauftragt"),
        ("in_bearbeitung", "nachziehen", "beschlossen"),
        ("in_bearbeitung", "nachziehen", "in_umsetzung"),
        ("in_bearbeitung", "nachziehen", "in_monitoring"),
        ("in_bearbeitung", "nachziehen", "in_nachsteuerung"),
        ("in_bearbeitung", "nachziehen", "geclustert"),
        ("in_bearbeitung", "nachziehen", "abgeschlossen"),
        ("beschlossen", "nachziehen", "beauftragt"),
        ("beschlossen", "nachziehen", "in_bearbeitung"),
        ("beschlossen", "nachziehen", "in_umsetzung"),
        ("beschlossen", "nachziehen", "in_monitoring"),
        ("beschlossen", "nachziehen", "in_nachsteuerung"),
        ("beschlossen", "nachziehen", "geclustert"),
        ("beschlossen", "nachziehen", "abgeschlossen"),
        ("in_umsetzung", "nachziehen", "beauftragt"),
        ("in_umsetzung", "nachziehen", "in_bearbeitung"),
        ("in_umsetzung", "nachziehen", "beschlossen"),
        ("in_umsetzung", "nachziehen", "in_monitoring"),
        ("in_umsetzung", "nachziehen", "in_nachsteuerung"),
        ("in_umsetzung", "nachziehen", "geclustert"),
        ("in_umsetzung", "nachziehen", "abgeschlossen"),
        ("in_monitoring", "nachziehen", "beauftragt"),
        ("in_monitoring", "nachziehen", "in_bearbeitung"),
        ("in_monitoring", "nachziehen", "beschlossen"),
        ("in_monitoring", "nachziehen", "in_umsetzung"),
        ("in_monitoring", "nachziehen", "in_nachsteuerung"),
        ("in_monitoring", "nachziehen", "geclustert"),
        ("in_monitoring", "nachziehen", "abgeschlossen"),
        ("in_nachsteuerung", "nachziehen", "beauftragt"),
        ("in_nachsteuerung", "nachziehen", "in_bearbeitung"),
        ("in_nachsteuerung", "nachziehen", "beschlossen"),
        ("in_nachsteuerung", "nachziehen", "in_umsetzung"),
        ("in_nachsteuerung", "nachziehen", "in_monitoring"),
        ("in_nachsteuerung", "nachziehen", "geclustert"),
        ("in_nachsteuerung", "nachziehen", "abgeschlossen"),
        # nur nach einer festgestellten Wiederkehr
        ("abgeschlossen", "nachziehen", "in_bearbeitung"),
        ("abgeschlossen", "nachziehen", "beschlossen"),
        ("abgeschlossen", "nachziehen", "in_umsetzung"),
        ("abgeschlossen", "nachziehen", "in_monitoring"),
        ("abgeschlossen", "nachziehen", "in_nachsteuerung"),
    })


def _wer(*ausloeser: str) -> set[str]:
    return {w.rolle.value for u in GENERATIVES_THEMA.uebergaenge if u.ausloeser in ausloeser for w in u.wer}


def test_wer_darf() -> None:
    beschluss = ("beauftragen", "zurueckstellen", "an_land_melden", "ablehnen", "vertagen", "zuarbeit_anfordern", "politik_vorlegen")
    assert _wer(*beschluss) == {"beschluss"}
    assert _wer("nachziehen", "vereinigen", "abspalten") == {"kette"}
    assert _wer("wiedervorlegen") == {"koordination", "system"}
    assert _wer("auf_tagesordnung_setzen") == {"system"}
    assert _wer("sitzung_vermerken", "sitzung_entfaellt", "gaeste_vermerken") == {"kette"}
    uebrige = set(GENERATIVES_THEMA.ausloeser) - {*beschluss, "nachziehen", "vereinigen", "abspalten", "wiedervorlegen",
                                                  "auf_tagesordnung_setzen", "sitzung_vermerken", "sitzung_entfaellt", "gaeste_vermerken"}
    assert _wer(*uebrige) == {"koordination"}


def _scheitert(ausloeser: str, zustand: str = "", **wie: Any) -> tuple[str, ...]:
    return waechter_von(GENERATIVES_THEMA, ausloeser, zustand, **wie)


def fr(zustand: str) -> Any:
    return {(her("ergibt"),): [nachbar("FR-01", "fallrekonstruktion", zustand)]}


def test_anlegen_nennt_seine_quelle() -> None:
    aus_fr = {"titel": "x", "fallrekonstruktionen": ["FR-01"]}
    assert _scheitert("anlegen", daten=aus_fr, sichten=fr("freigegeben")) == ()
    assert _scheitert("anlegen", daten=aus_fr, sichten=fr("protokolliert")) == ("quelle",)
    assert _scheitert("anlegen", daten={**aus_fr, "fallrekonstruktionen": ["FR-01", "FR-09"]}, sichten=fr("freigegeben")) == ("quelle",)
    assert _scheitert("anlegen", daten={"titel": "x"}, grund="y") == ("quelle",)
    assert _scheitert("anlegen", daten={"titel": "x", "quelle": "austausch"}) == ("quelle",)
    assert _scheitert("anlegen", daten={"titel": "x", "quelle": "baustein3"}, grund="Hinweis der Behörde") == ()


def test_clustern_nennt_den_cluster() -> None:
    assert _scheitert("clustern", "entwurf") == ("cluster_genannt",)
    assert _scheitert("clustern", "entwurf", daten={"cluster": "Sprache"}) == ()
    assert _scheitert("clustern", "entwurf", stand={"cluster": "Sprache"}) == ()


def _vorlegen(sitzung: str, **daten: Any) -> tuple[str, ...]:
    sichten = {(hin("steht_auf"),): [nachbar("LG-01", "sitzung", sitzung)]}
    return _scheitert("vorlegen", "geclustert", stand={"cluster": "Sprache"}, daten={"sitzung": "LG-01", **daten}, sichten=sichten)


def test_ungebuendelt_kommt_auch_ein_wieder_eroeffnetes_thema_nicht_vor_die_lenkungsgruppe() -> None:
    """Aus dem Entwurf heraus gegenstandslos und wieder eröffnet: dann fehlt der Cluster noch (Regel 5)."""
    sichten = {(hin("steht_auf"),): [nachbar("LG-01", "sitzung", "geplant")]}
    assert _scheitert("vorlegen", "geclustert", daten={"sitzung": "LG-01"}, sichten=sichten) == ("cluster_genannt",)
    assert _scheitert("vorlegen", "geclustert", daten={"sitzung": "LG-01", "cluster": "Sprache"}, sichten=sichten) == ()


def test_spaet_vorgelegt_ist_erlaubt_aber_als_tischvorlage() -> None:
    assert _vorlegen("geplant") == _vorlegen("eingeladen") == ()
    assert _vorlegen("unterlagen_versandt") == _vorlegen("laeuft") == ("sitzung",)
    assert _vorlegen("unterlagen_versandt", tischvorlage=True) == _vorlegen("laeuft", tischvorlage=True) == ()
    assert _vorlegen("protokoll_entwurf", tischvorlage=True) == _vorlegen("abgesagt") == ("sitzung",)


@pytest.mark.parametrize(
    ("daten", "waechter"),
    [
        ({"an": "Verkehrsplanung"}, ()),
        ({"arbeitskreis": "Facharbeitskreis"}, ()),
        ({"mitglieder": [{"institution": "VHS"}], "leitung": ["VHS"], "name": "AG", "auftrag": "Ist und Soll", "frist": "2026-09-30"}, ()),
        ({"mitglieder": [{"institution": "VHS", "rolle": "leitung"}], "name": "AG", "auftrag": "Ist und Soll", "frist": "2026-09-30"}, ()),
        ({"mitglieder": [{"institution": "VHS"}], "name": "AG", "auftrag": "Ist und Soll", "frist": "2026-09-30"}, ("genau_ein_auftrag",)),
        ({"mitglieder": [{"institution": "VHS"}], "name": "AG", "auftrag": "Ist und Soll"}, ("genau_ein_auftrag",)),
        ({"an": "Verkehrsplanung", "arbeitskreis": "Facharbeitskreis"}, ("genau_ein_auftrag",)),
        ({}, ("genau_ein_auftrag",)),
    ],
)
def test_beauftragt_wird_genau_einer(daten: dict[str, Any], waechter: tuple[str, ...]) -> None:
    assert _scheitert("beauftragen", "vorgelegt", daten=daten, rolle="beschluss") == waechter


def test_das_datum_eines_kreises_bleibt_am_thema_das_der_gruppe_nicht() -> None:
    def nach(daten: dict[str, Any]) -> dict[str, Any]:
        u = schalte(GENERATIVES_THEMA, "beauftragen", "vorgelegt", daten=daten, rolle="beschluss")
        return fortgeschrieben({"ergebnis": "geloest"}, u.schreibt, daten, "v", "2026-04-22")

    stelle = nach({"an": "Verkehrsplanung", "frist": "2027-12-17"})
    assert (stelle["frist_am"], stelle["beauftragt_am"], stelle["ergebnis"]) == ("2027-12-17", "2026-04-22", None)
    gruppe = nach({"mitglieder": [{"institution": "VHS"}], "leitung": ["VHS"], "name": "AG", "auftrag": "x", "frist": "2026-09-30"})
    assert gruppe["frist_am"] is None


@pytest.mark.parametrize("ausloeser", ["zurueckstellen", "an_land_melden"])
def test_wer_wartet_hat_ein_datum_und_einen_grund(ausloeser: str) -> None:
    morgen = {"wiedervorlage_am": "2026-03-03"}
    assert _scheitert(ausloeser, "vorgelegt", daten=morgen, grund="x") == ()
    assert _scheitert(ausloeser, "vorgelegt", daten=morgen) == ("grund",)
    assert _scheitert(ausloeser, "vorgelegt", grund="x") == ("feld_wiedervorlage_am",)
    assert _scheitert(ausloeser, "vorgelegt", daten={"wiedervorlage_am": "2026-03-01"}, grund="x") == ("zukunft_wiedervorlage_am",)


@pytest.mark.parametrize(
    ("daten", "nach"),
    [
        ({"wiedervorlage_am": "2027-12-01"}, None),
        ({"ziel": "an_land_gemeldet", "wiedervorlage_am": "2027-12-01"}, None),
        ({"ziel": "geclustert"}, "geclustert"),
        ({"ziel": "zurueckgestellt", "wiedervorlage_am": "2027-12-01"}, "zurueckgestellt"),
        ({"ziel": "abgeschlossen", "ergebnis": "ohne_loesung"}, "abgeschlossen"),
    ],
)
def test_eine_antwort_fuehrt_dorthin_wo_das_feld_sagt(daten: dict[str, Any], nach: str | None) -> None:
    assert schalte(GENERATIVES_THEMA, "antwort_verzeichnen", "an_land_gemeldet", daten=daten).nach == nach


@pytest.mark.parametrize(
    ("daten", "waechter"),
    [
        ({"ziel": "abgeschlossen"}, ("feld_ergebnis",)),
        ({"ziel": "zurueckgestellt"}, ("feld_wiedervorlage_am",)),
        ({"ziel": "an_land_gemeldet"}, ("feld_wiedervorlage_am",)),
        ({"ziel": "abgelehnt"}, ("ziel",)),
    ],
)
def test_eine_antwort_ohne_das_noetige_bewegt_nichts(daten: dict[str, Any], waechter: tuple[str, ...]) -> None:
    assert _scheitert("antwort_verzeichnen", "an_land_gemeldet", daten=daten) == waechter
    assert "ziel_gewaehlt" in _scheitert("antwort_verzeichnen", "an_land_gemeldet")


def _gruppe(zustand: str) -> Any:
    return {(hin("beauftragt"),): [nachbar("AG-01", "arbeitsgruppe", zustand)]}


def test_nur_ein_kreis_oder_eine_stelle_schliesst_ohne_zielsystem_ab() -> None:
    stelle = {"auftrag": {"an": "Verkehrsplanung"}}
    assert _scheitert("bearbeitung_melden", "beauftragt", stand=stelle) == ()
    assert _scheitert("bearbeitung_melden", "beauftragt", stand={"auftrag": {"mitglieder": [{}]}}) == ("ohne_arbeitsgruppe",)
    fertig = {"ergebnis": "geloest"}
    assert _scheitert("ohne_zielsystem_abschliessen", "in_bearbeitung", stand=stelle, daten=fertig) == ()
    assert _scheitert("ohne_zielsystem_abschliessen", "in_bearbeitung", stand=stelle) == ("feld_ergebnis",)
    assert _scheitert("ohne_zielsystem_abschliessen", "in_bearbeitung", stand=stelle, daten=fertig, sichten=_gruppe("ist_analyse")) == (
        "ohne_arbeitsgruppe",)
    assert _scheitert("ohne_zielsystem_abschliessen", "in_bearbeitung", stand=stelle, daten=fertig, sichten=_gruppe("beendet")) == ()


def _zusammen(eigener: str, anderer: str, **anders: Any) -> tuple[str, ...]:
    sichten = {(hin("aufgegangen_in"),): [nachbar("GT-02", anders.get("art", "generatives_thema"), anderer)]}
    return _scheitert("zusammenfuehren", eigener, daten={"mit": anders.get("mit", "GT-02")}, sichten=sichten, key="GT-01")


def test_zusammengefuehrt_wird_nur_mit_einem_offenen_thema() -> None:
    assert _zusammen("geclustert", "entwurf") == _zusammen("geclustert", "in_bearbeitung") == _zusammen("beauftragt", "in_umsetzung") == ()
    assert _zusammen("geclustert", "abgeschlossen") == ("anderes_thema",)
    assert _zusammen("in_bearbeitung", "geclustert") == ("anderes_thema",)
    assert _zusammen("geclustert", "entwurf", mit="GT-01") == ("anderes_thema",)
    assert _zusammen("geclustert", "offen", art="sammlung") == ("anderes_thema",)


def test_beim_teilen_geht_nur_mit_was_dazugehoert() -> None:
    sichten = {(her("im_thema"),): [nachbar("MK-1", "meldebogen", "im_thema")], **fr("freigegeben")}
    assert _scheitert("teilen", "geclustert", daten={"titel": "x", "meldungen": ["MK-1"], "fallrekonstruktionen": ["FR-01"]},
                      sichten=sichten) == ()
    assert _scheitert("teilen", "geclustert", daten={"titel": "x", "meldungen": ["MK-2"]}, sichten=sichten) == ("gehoert_hierher",)
    assert _scheitert("teilen", "geclustert", sichten=sichten) == ("feld_titel",)


@pytest.mark.parametrize(
    ("ausloeser", "zustand"),
    [("von_tagesordnung_nehmen", "vorgelegt"), ("vertagen", "vorgelegt"), ("ablehnen", "vorgelegt"),
     ("gegenstandslos_stellen", "in_umsetzung"), ("wiedereroeffnen", "abgeschlossen")],
)
def test_diese_schritte_brauchen_einen_grund(ausloeser: str, zustand: str) -> None:
    assert _scheitert(ausloeser, zustand) == ("grund",)
    assert _scheitert(ausloeser, zustand, grund="x") == ()


# --- Kette ------------------------------------------------------------------------------------------------------------


def _folgen(bei: str, feuert: str) -> Folge:
    return next(f for f in FOLGEN if isinstance(f, Folge) and bei in f.bei and feuert in f.feuert)


MELDUNG = nachbar("MK-1", "meldebogen", "im_thema")


def _tut(folge: Folge, ziel: Nachbar, **wie: Any) -> tuple[str, dict[str, Any]] | None:
    assert folge.schritt is not None
    return schritt(folge.schritt(lage("generatives_thema", wie.pop("ausloeser", ""), ziel, key="GT-01", **wie)))


def test_ein_neues_thema_holt_die_meldungen_seiner_fallrekonstruktionen() -> None:
    folge = _folgen("anlegen", "thema_bilden")
    assert folge.weg == (her("ergibt"), her("rekonstruiert_in"))
    assert _tut(folge, MELDUNG) == ("thema_bilden", {"thema": "GT-01"})


def test_vorlegen_setzt_den_punkt_auf_genau_diese_tagesordnung() -> None:
    folge, lg = _folgen("vorlegen", "punkt_aufnehmen"), nachbar("LG-02", "sitzung", "geplant")
    assert _tut(folge, lg, daten={"sitzung": "LG-01"}) is None
    assert _tut(folge, lg, daten={"sitzung": "LG-02", "tischvorlage": True}, stand={"titel": "Kurse"}) == (
        "punkt_aufnehmen", {"bezug": "GT-01", "art": "thema", "titel": "Kurse", "tischvorlage": True})


def test_gestrichen_wird_nur_ein_noch_nicht_behandelter_punkt() -> None:
    folge, lg = _folgen("gegenstandslos_stellen", "punkt_streichen"), nachbar("LG-02", "sitzung", "geplant")
    assert _tut(folge, lg, vorher="vorgelegt") == ("punkt_streichen", {"bezug": "GT-01"})
    assert _tut(folge, lg, vorher="in_bearbeitung") is None


def test_die_arbeitsgruppe_entsteht_nur_mit_mitgliedern() -> None:
    neu = next(f for f in FOLGEN if isinstance(f, Neu) and f.entsteht == "arbeitsgruppe")
    thema = nachbar("GT-01", "generatives_thema", "beauftragt")
    beschluesse = {(hin("behandelt"),): [nachbar("BS-1", "beschluss", "erledigt"), nachbar("BS-2", "beschluss", "gefasst")]}
    auftrag = {"name": "AG", "auftrag": "x", "frist": "2026-09-30", "mitglieder": [{"institution": "VHS"}]}
    (angaben,) = neu.daten(lage("generatives_thema", "beauftragen", thema, key="GT-01", daten=auftrag, sichten=beschluesse))
    assert angaben == {**auftrag, "thema": "GT-01", "beschluss": "BS-2"}
    assert list(neu.daten(lage("generatives_thema", "beauftragen", thema, daten={"an": "Verkehrsplanung"}))) == []


def test_meldungen_enden_und_kehren_mit_dem_thema_zurueck() -> None:
    enden, zurueck = _folgen("nachziehen", "loesen"), _folgen("nachziehen", "thema_wieder_oeffnen")
    themen = {(hin("im_thema"),): [nachbar("GT-01", "generatives_thema", "abgeschlossen", ergebnis="geloest")]}
    assert _tut(enden, MELDUNG, vorher="in_monitoring", zustand="abgeschlossen", ziele=themen) == ("loesen", {})
    assert _tut(enden, MELDUNG, vorher="in_monitoring", zustand="in_nachsteuerung", ziele=themen) is None
    assert _tut(zurueck, MELDUNG, vorher="abgeschlossen", zustand="in_monitoring") == ("thema_wieder_oeffnen", {})
    assert _tut(zurueck, MELDUNG, vorher="beschlossen", zustand="in_umsetzung") is None


# --- Fristen ----------------------------------------------------------------------------------------------------------


def _offene(zustand: str, **stand: Any) -> set[str]:
    blick = Blick(zustand, {}, stand, date(2026, 3, 2), date(2026, 1, 5))
    return {f.name for f in FRISTEN if list(f.termine(blick))}


def test_ein_thema_ohne_gruppe_ist_eine_aufgabe_bis_es_wieder_vorliegt() -> None:
    u = next(u for u in GENERATIVES_THEMA.uebergaenge if u.ausloeser == "nachziehen" and u.nach == "geclustert")
    stand = fortgeschrieben({"cluster": "Sprache"}, u.schreibt, {}, "k", "2026-03-02")
    assert "thema_ohne_auftrag" in _offene("geclustert", **stand)
    vorlegen = GENERATIVES_THEMA.kandidaten("vorlegen", "geclustert")[0]
    wieder = fortgeschrieben(stand, vorlegen.schreibt, {"sitzung": "LG-02"}, "k", "2026-03-09")
    assert "thema_ohne_auftrag" not in _offene("geclustert", **wieder)  # auch nicht, wenn es vertagt wird


def test_was_wartet_hat_ein_datum() -> None:
    assert [_offene(z) for z in ("entwurf", "geclustert", "vorgelegt")] == [{"thema_clustern"}, {"thema_vorlegen"}, {"thema_entscheiden"}]
    assert _offene("geclustert", ohne_auftrag_seit="2026-02-02") == {"thema_vorlegen", "thema_ohne_auftrag"}
    assert _offene("zurueckgestellt", wiedervorlage_am="2027-03-31") == {"thema_wiedervorlage"}
    assert _offene("an_land_gemeldet", wiedervorlage_am="2027-11-30") == {"thema_antwort_land"}
    assert _offene("beauftragt", frist_am="2027-12-17") == _offene("in_bearbeitung", frist_am="2027-12-17") == {"thema_auftrag"}
    assert _offene("beauftragt", frist_am=None, beauftragt_am="2027-01-04") == {"thema_auftrag"}  # auch ohne Datum nicht vergessen
    mit_gruppe = {"frist_am": None, "auftrag": {"mitglieder": [{"institution": "VHS"}]}}
    assert _offene("beauftragt", **mit_gruppe) == _offene("abgeschlossen", wiedervorlage_am="2027-03-31") == set()
    frist = {f.name: f for f in FRISTEN}
    assert [s.feuert for s in frist["thema_wiedervorlage"].stufen] == ["wiedervorlegen"]
    assert all(not s.feuert for s in frist["thema_antwort_land"].stufen)
