"""Die Sitzung: ihre Kanten im Wortlaut, und jeder Wächter einmal erfüllt und einmal nicht."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from states.abstimmung import sitze_von
from states.engine import Abgelehnt, advance
from states.fristen import Blick
from states.glieder import Folge, Lage
from states.model import Fakten, Nachbar, Rolle, Uebergang, fortgeschrieben, her, hin
from states.sitzung import FOLGEN, SITZUNG, offene_einwaende, wartende_einwaende

VOR = ("geplant", "eingeladen", "unterlagen_versandt")
NIMMT = (*VOR, "laeuft")
AB_VERSAND = ("protokoll_versandt", "protokoll_genehmigt", "abgeschlossen")
HEUTE = date(2026, 4, 22)


def fakten(zustand: str, nachbarn: dict[Any, tuple[Nachbar, ...]] | None = None, **anders: Any) -> Fakten:
    vorgabe: dict[str, Any] = {
        "art": "sitzung",
        "zustand": zustand,
        "stand": {"datum": "2026-04-22"},
        "daten": {},
        "grund": "",
        "marken": {},
        "person": "k",
        "institution": None,
        "heute": HEUTE,
        "key": "LG-01",
        "rolle": "koordination",
        "sicht": lambda weg: (nachbarn or {}).get(weg[0], ()),
    }
    return Fakten(**{**vorgabe, **anders})


def schritt(ausloeser: str, zustand: str, **anders: Any) -> Uebergang:
    return advance(SITZUNG, ausloeser, fakten(zustand, **anders))


def abgelehnt(ausloeser: str, zustand: str, **anders: Any) -> tuple[str, ...]:
    with pytest.raises(Abgelehnt) as fehler:
        schritt(ausloeser, zustand, **anders)
    assert all(str(g).endswith((".", "?")) for g in fehler.value.gruende)
    return fehler.value.waechter


def nach(
    ausloeser: str, zustand: str, stand: dict[str, Any], daten: dict[str, Any], heute: str = "2026-04-22"
) -> dict[str, Any]:
    u = SITZUNG.kandidaten(ausloeser, zustand)[0]
    return fortgeschrieben(stand, u.schreibt, daten, "k", heute)


def test_kanten() -> None:
    gerichtet = {
        ("", "planen", "geplant"),
        ("geplant", "einladen", "eingeladen"),
        ("eingeladen", "unterlagen_versenden", "unterlagen_versandt"),
        ("geplant", "absagen", "abgesagt"),
        ("eingeladen", "absagen", "abgesagt"),
        ("unterlagen_versandt", "absagen", "abgesagt"),
        ("eingeladen", "eroeffnen", "laeuft"),
        ("unterlagen_versandt", "eroeffnen", "laeuft"),
        ("laeuft", "schliessen", "protokoll_entwurf"),
        ("protokoll_entwurf", "protokoll_versenden", "protokoll_versandt"),
        ("protokoll_versandt", "protokoll_genehmigen", "protokoll_genehmigt"),
        ("protokoll_genehmigt", "abschliessen", "abgeschlossen"),
    }
    unveraendert = {
        "tagesordnung_zustimmen": ("geplant",),
        "nachreichen": ("unterlagen_versandt",),
        "verlegen": VOR,
        "punkt_aufnehmen": NIMMT,
        "punkt_streichen": NIMMT,
        "punkt_beraten": ("laeuft", "protokoll_entwurf"),
        "anwesenheit_aendern": ("laeuft", "protokoll_entwurf"),
        "beschlussunfaehig_feststellen": ("laeuft",),
        "beschlussfaehig_feststellen": ("laeuft",),
        "protokoll_unterzeichnen": ("protokoll_entwurf",),
        "einwand_verzeichnen": AB_VERSAND,
        "einwand_vorlegen": AB_VERSAND,
        "punkte_warten": ("protokoll_entwurf", "abgesagt"),
        "punkte_vorlegen": ("protokoll_entwurf", *AB_VERSAND, "abgesagt"),
        "punkte_uebernehmen": NIMMT,
        "sitzung_entfaellt": AB_VERSAND,
        "berichtigen": AB_VERSAND,
        "auswahlrunde_ansetzen": VOR,
        "auswahlrunde_vermerken": VOR,
        "nachfolger_vermerken": (*NIMMT, "protokoll_entwurf", *AB_VERSAND, "abgesagt"),
        "datei_anhaengen": (*NIMMT, "protokoll_entwurf", *AB_VERSAND),
        "datei_entfernen": (*NIMMT, "protokoll_entwurf", *AB_VERSAND, "abgesagt"),
        "uebergeben": (*NIMMT, "protokoll_entwurf", "protokoll_versandt", "protokoll_genehmigt"),
    }
    assert SITZUNG.kanten() == frozenset(
        gerichtet | {(z, a, z) for a, zustaende in unveraendert.items() for z in zustaende}
    )


def test_wer_darf() -> None:
    rollen = {u.ausloeser: {w.rolle.value for w in u.wer} for u in SITZUNG.uebergaenge}
    for nur_vorsitz in ("tagesordnung_zustimmen", "protokoll_unterzeichnen", "beschlussunfaehig_feststellen",
                        "beschlussfaehig_feststellen"):
        assert rollen[nur_vorsitz] == {"lg_vorsitz"}
    assert (
        rollen["einladen"]
        == rollen["unterlagen_versenden"]
        == rollen["protokoll_versenden"]
        == {"koordination", "verwaltung"}
    )
    assert rollen["protokoll_genehmigen"] == {"system", "lg_vorsitz"} and rollen["abschliessen"] == {
        "koordination",
        "system",
    }
    assert rollen["eroeffnen"] == rollen["anwesenheit_aendern"] == rollen["schliessen"] == {"koordination", "lg_vorsitz"}
    assert rollen["verlegen"] == rollen["absagen"] == rollen["planen"] == {"koordination"}


def test_einladen_erst_mit_zustimmung_des_vorsitzes() -> None:
    assert abgelehnt("einladen", "geplant") == ("vorsitz_hat_zugestimmt",)
    zugestimmt = nach("tagesordnung_zustimmen", "geplant", {"datum": "2026-04-22"}, {}, "2026-03-23")
    assert schritt("einladen", "geplant", stand=zugestimmt).nach == "eingeladen"


def test_unterlagen_und_nachreichen_setzen_die_zustimmung_voraus() -> None:
    zugestimmt = {"datum": "2026-04-22", "tagesordnung_zugestimmt_am": "2026-03-23"}
    for ausloeser, zustand in (("unterlagen_versenden", "eingeladen"), ("nachreichen", "unterlagen_versandt")):
        assert abgelehnt(ausloeser, zustand) == ("vorsitz_hat_zugestimmt",)
        assert schritt(ausloeser, zustand, stand=zugestimmt).ausloeser == ausloeser


def test_termin_liegt_nicht_in_der_vergangenheit() -> None:
    assert abgelehnt("planen", "", daten={"datum": "2026-04-21"}) == ("zukunft_datum",)
    assert schritt("planen", "", daten={"datum": "2026-04-22"}).nach == "geplant"
    assert abgelehnt("verlegen", "eingeladen", daten={"datum": "2026-04-21"}, grund="Streik") == ("zukunft_datum",)
    assert abgelehnt("verlegen", "eingeladen", daten={"datum": "2026-05-21"}) == ("grund",)
    assert schritt("verlegen", "eingeladen", daten={"datum": "2026-05-21"}, grund="Streik").nach is None


def test_verlegen_behaelt_den_alten_termin_und_einen_eigenen_titel() -> None:
    stand = nach("planen", "", {}, {"datum": "2026-04-22", "ort": "Kreishaus"})
    verlegt = nach("verlegen", "geplant", stand, {"datum": "2026-05-06", "grund": "Streik"})
    assert (verlegt["datum"], verlegt["ort"], verlegt["titel"]) == (
        "2026-05-06",
        "Kreishaus",
        "Sitzung der Lenkungsgruppe am 06.05.2026",
    )
    assert verlegt["vorige_termine"][0]["datum"] == "2026-04-22" and verlegt["vorige_termine"][0]["grund"] == "Streik"
    eigener = nach("verlegen", "geplant", {**stand, "titel": "Auftakt"}, {"datum": "2026-05-06"})
    assert eigener["titel"] == "Auftakt"


def test_anwesenheit_nennt_jeden_geltenden_sitz() -> None:
    sitze = [
        {"sitz": "S01"},
        {"sitz": "S02", "gueltig_bis": "2026-04-21"},
        {"sitz": "S03", "gueltig_von": "2026-04-22"},
    ]
    assert sitze_von(sitze, "2026-04-22") == {"S01", "S03"}
    stand = {"datum": "2026-04-22", "sitze": sitze}
    alle = [{"sitz": "S01", "anwesend": "inhaber"}, {"sitz": "S03", "anwesend": "abwesend"}]
    assert schritt("eroeffnen", "eingeladen", stand=stand, daten={"anwesenheit": alle}).nach == "laeuft"
    for falsch in (alle[:1], [*alle, {"sitz": "S02", "anwesend": "inhaber"}], [*alle, alle[0]], []):
        assert abgelehnt("eroeffnen", "eingeladen", stand=stand, daten={"anwesenheit": falsch}) == (
            "anwesenheit_je_sitz",
        )
    assert abgelehnt("eroeffnen", "eingeladen", daten={"anwesenheit": []}) == ("anwesenheit_je_sitz",)
    assert nach("eroeffnen", "eingeladen", stand, {"anwesenheit": alle})["anwesenheit"] == {
        "S01": "inhaber",
        "S03": "abwesend",
    }


def test_anwesenheit_aendert_sich_und_das_vorige_bleibt_mit_der_uhrzeit_stehen() -> None:
    stand = {"datum": "2026-04-22", "sitze": [{"sitz": "S01"}, {"sitz": "S03"}], "punkte": [{"nr": 1}],
             "anwesenheit": {"S01": "inhaber", "S03": "abwesend"}, "gaeste": [{"institution": "Gast", "punkt": 1}]}

    def daten(s01: str, s03: str, *gaeste: dict[str, Any]) -> dict[str, Any]:
        return {"anwesenheit": [{"sitz": "S01", "anwesend": s01}, {"sitz": "S03", "anwesend": s03}], "gaeste": list(gaeste), "um": "14:35"}

    gast, neuer = {"institution": "Gast", "punkt": 1}, {"institution": "Jobcenter"}
    assert abgelehnt("anwesenheit_aendern", "laeuft", stand=stand, daten=daten("inhaber", "abwesend", gast)) == ("anwesenheit_anders",)
    unvollstaendig = {**daten("inhaber", "inhaber", gast), "anwesenheit": [{"sitz": "S01", "anwesend": "inhaber"}]}
    assert "anwesenheit_je_sitz" in abgelehnt("anwesenheit_aendern", "laeuft", stand=stand, daten=unvollstaendig)
    wechsel = daten("abwesend", "vertretung", neuer)
    assert schritt("anwesenheit_aendern", "laeuft", stand=stand, daten=wechsel).nach is None
    assert abgelehnt("anwesenheit_aendern", "protokoll_entwurf", stand={**stand, "unterzeichnet_am": "2026-04-23"}, daten=wechsel) == (
        "nicht_unterzeichnet",)
    danach = nach("anwesenheit_aendern", "laeuft", stand, wechsel)
    assert danach["anwesenheit"] == {"S01": "abwesend", "S03": "vertretung"} and danach["gaeste"] == [neuer]
    assert danach["wechsel"] == [
        {"um": "14:35", "sitz": "S01", "vorher": "inhaber", "anwesend": "abwesend"},
        {"um": "14:35", "sitz": "S03", "vorher": "abwesend", "anwesend": "vertretung"},
        {"um": "14:35", "gast": "Jobcenter", "punkt": None, "da": True},
        {"um": "14:35", "gast": "Gast", "punkt": 1, "da": False},
    ]


def test_wieder_beschlussfaehig_nur_wenn_genug_da_sind() -> None:
    stand = {"datum": "2026-04-22", "beschlussunfaehig": True, "anwesenheit": {"S01": "inhaber", "S03": "abwesend"}}
    assert nach("beschlussfaehig_feststellen", "laeuft", stand, {})["beschlussunfaehig"] is False
    assert schritt("beschlussfaehig_feststellen", "laeuft", stand=stand).nach is None
    zu_wenige = {**stand, "anwesenheit": {"S01": "inhaber", "S02": "abwesend", "S03": "abwesend"}}
    assert abgelehnt("beschlussfaehig_feststellen", "laeuft", stand=zu_wenige) == ("haelfte_der_sitze",)
    assert abgelehnt("beschlussfaehig_feststellen", "laeuft", stand={**stand, "beschlussunfaehig": False}) == ("runde_beraet_nur",)


def test_gelten_sitze_zaehlt_keine_eigene_liste() -> None:
    """Wer nur einen Sitz nennt, macht damit kein Quorum: Die gepflegten Sitze des Sitzungstages gehen vor."""
    stand = {"datum": "2026-04-22", "sitze": [{"sitz": "S01"}]}

    def gelten(tag: date) -> frozenset[str]:
        return frozenset({"S01", "S02"} if tag == HEUTE else ())

    allein = {"anwesenheit": [{"sitz": "S01", "anwesend": "inhaber"}]}
    assert abgelehnt("eroeffnen", "eingeladen", stand=stand, daten=allein, sitze_am=gelten) == ("anwesenheit_je_sitz",)
    beide = {"anwesenheit": [{"sitz": s, "anwesend": "inhaber"} for s in ("S01", "S02")]}
    assert schritt("eroeffnen", "eingeladen", stand=stand, daten=beide, sitze_am=gelten).nach == "laeuft"
    zugestimmt = {**stand, "tagesordnung_zugestimmt_am": "2026-03-23"}
    for ausloeser, zustand, daten in (("einladen", "geplant", {}), ("eroeffnen", "eingeladen", beide)):
        eine = {**daten, "sitze": [{"sitz": "S01"}]}
        assert abgelehnt(ausloeser, zustand, stand=zugestimmt, daten=eine, sitze_am=gelten) == ("sitze_des_tages",)


def test_protokoll_geht_erst_unterzeichnet_hinaus() -> None:
    assert abgelehnt("protokoll_versenden", "protokoll_entwurf") == ("protokoll_unterzeichnet",)
    unterzeichnet = nach("protokoll_unterzeichnen", "protokoll_entwurf", {"datum": "2026-04-22"}, {})
    assert schritt("protokoll_versenden", "protokoll_entwurf", stand=unterzeichnet).nach == "protokoll_versandt"


def test_offener_einwand_haelt_nur_das_system_auf() -> None:
    stand = nach("einwand_verzeichnen", "protokoll_versandt", {"datum": "2026-04-22"}, {"einwand_von": "S03"})
    assert [e["nr"] for e in offene_einwaende(stand)] == [1]
    assert abgelehnt("protokoll_genehmigen", "protokoll_versandt", stand=stand, rolle=Rolle.SYSTEM.value) == (
        "kein_offener_einwand",
    )
    assert (
        schritt("protokoll_genehmigen", "protokoll_versandt", stand=stand, rolle=Rolle.LG_VORSITZ.value).nach
        == "protokoll_genehmigt"
    )
    berichtigt = nach("berichtigen", "protokoll_versandt", stand, {"text": "Zu Punkt 3", "zu_einwand": 1})
    assert offene_einwaende(berichtigt) == [] and berichtigt["berichtigungen"][0]["text"] == "Zu Punkt 3"
    assert (
        schritt("protokoll_genehmigen", "protokoll_versandt", stand=berichtigt, rolle=Rolle.SYSTEM.value).nach
        == "protokoll_genehmigt"
    )


def test_verspaeteter_einwand_wartet_auf_die_naechste_sitzung_oder_nennt_sie() -> None:
    genehmigt = {"datum": "2026-04-22", "genehmigt_am": "2026-05-21"}
    wartend = nach("einwand_verzeichnen", "abgeschlossen", genehmigt, {"einwand_von": "S03"})
    assert len(wartende_einwaende(wartend)) == 1 and wartend["nachfolger"] is None
    vorgelegt = nach("einwand_vorlegen", "abgeschlossen", wartend, {"sitzung": "LG-02"})
    assert wartende_einwaende(vorgelegt) == [] and vorgelegt["nachfolger"] == "LG-02"
    andere = nach("sitzung_entfaellt", "abgeschlossen", vorgelegt, {"sitzung": "LG-03"})
    assert wartende_einwaende(andere) == []
    assert len(wartende_einwaende(nach("sitzung_entfaellt", "abgeschlossen", vorgelegt, {"sitzung": "LG-02"}))) == 1
    daten = {"einwand_von": "S03", "naechste_sitzung": "LG-02"}
    for zustand, erlaubt in (("geplant", True), ("laeuft", True), ("protokoll_entwurf", False)):
        nachbarn = {hin("naechste_sitzung"): (Nachbar("LG-02", "sitzung", zustand, {}),)}
        if erlaubt:
            assert schritt("einwand_verzeichnen", "abgeschlossen", daten=daten, nachbarn=nachbarn).nach is None
        else:
            assert abgelehnt("einwand_verzeichnen", "abgeschlossen", daten=daten, nachbarn=nachbarn) == (
                "naechste_sitzung_nimmt_punkte",
            )
    assert schritt("einwand_verzeichnen", "protokoll_versandt", daten={"einwand_von": "S03"}).nach is None
    spaet = nach("einwand_verzeichnen", "abgeschlossen", {"datum": "2026-04-22", "genehmigt_am": "2026-05-21"}, daten)
    assert (
        spaet["einwaende"][0]["verspaetet"] is True and spaet["nachfolger"] == "LG-02" and offene_einwaende(spaet) == []
    )


def test_ein_einwand_kommt_von_einem_sitz() -> None:
    stand = {"datum": "2026-04-22", "sitze": [{"sitz": "S02"}, {"sitz": "S03"}]}
    for wer in ("S03", "Sitz S03", "S03 Vertretung Stadt"):
        assert schritt("einwand_verzeichnen", "protokoll_versandt", stand=stand, daten={"einwand_von": wer, "text": "x"}).nach is None
    assert abgelehnt("einwand_verzeichnen", "protokoll_versandt", stand=stand, daten={"einwand_von": "irgendwer", "text": "x"}) == (
        "einwand_von_sitz",)


def test_eine_sitzung_folgt_nicht_auf_sich_selbst() -> None:
    assert abgelehnt("nachfolger_vermerken", "abgeschlossen", daten={"nachfolger": "LG-01"}) == ("andere_sitzung",)
    assert schritt("nachfolger_vermerken", "abgeschlossen", daten={"nachfolger": "LG-02"}).nach is None


def test_berichtigt_wird_nur_zu_einem_bekannten_einwand() -> None:
    assert abgelehnt("berichtigen", "abgeschlossen", daten={"text": "x", "zu_einwand": 2}) == ("einwand_bekannt",)
    assert schritt("berichtigen", "abgeschlossen", daten={"text": "x"}).nach is None


def test_abschliessen_erst_wenn_alles_weitergeleitet_ist() -> None:
    def mit(*beschluesse: Nachbar) -> dict[Any, tuple[Nachbar, ...]]:
        return {her("gefasst_in"): beschluesse}

    fertig = Nachbar("BS-01", "beschluss", "erledigt", {"weitere_empfaenger": False})
    offen = Nachbar("BS-02", "beschluss", "gefasst", {})
    teilweise = Nachbar("BS-03", "beschluss", "weitergeleitet", {"weitere_empfaenger": True})
    assert schritt("abschliessen", "protokoll_genehmigt", nachbarn=mit(fertig)).nach == "abgeschlossen"
    assert schritt("abschliessen", "protokoll_genehmigt").nach == "abgeschlossen"
    with pytest.raises(Abgelehnt) as fehler:
        schritt("abschliessen", "protokoll_genehmigt", nachbarn=mit(fertig, offen, teilweise))
    assert "BS-02, BS-03" in str(fehler.value) and fehler.value.waechter == ("alle_beschluesse_weitergeleitet",)


def test_tagesordnung_nimmt_jeden_vorgang_nur_einmal() -> None:
    thema = {her("steht_auf"): (Nachbar("GT-01", "generatives_thema", "vorgelegt", {}),)}
    daten = {"bezug": "GT-01", "titel": "Kurszugang", "art": "thema"}
    assert schritt("punkt_aufnehmen", "geplant", daten=daten, nachbarn=thema).nach is None
    fremd = {her("steht_auf"): (Nachbar("AG-01", "arbeitsgruppe", "eingesetzt", {}),)}
    assert abgelehnt("punkt_aufnehmen", "geplant", daten={"bezug": "AG-01"}, nachbarn=fremd) == ("bezug_passt",)
    assert abgelehnt("punkt_aufnehmen", "geplant") == ("punkt_benannt",)
    stand = nach("punkt_aufnehmen", "geplant", {"datum": "2026-04-22"}, daten)
    stand = nach("punkt_aufnehmen", "geplant", stand, daten)
    stand = nach("punkt_aufnehmen", "geplant", stand, {"titel": "Bericht aus dem Case Management", "art": "cm_bericht"})
    assert [(p["nr"], p["titel"]) for p in stand["punkte"]] == [
        (1, "Kurszugang"),
        (2, "Bericht aus dem Case Management"),
    ]


def test_gestrichenes_bleibt_sichtbar_und_der_vorgang_darf_wiederkommen() -> None:
    stand: dict[str, Any] = {
        "datum": "2026-04-22",
        "punkte": [{"nr": 1, "titel": "A", "bezug": "GT-01"}, {"nr": 2, "titel": "B"}],
    }
    assert abgelehnt("punkt_streichen", "geplant", stand=stand) == ("punkt_genannt",)
    assert abgelehnt("punkt_streichen", "geplant", stand=stand, daten={"nr": 3}) == ("punkt_bekannt",)
    assert abgelehnt("punkt_streichen", "geplant", stand=stand, daten={"nr": 1}) == ("punkt_mit_bezug",)
    assert schritt("punkt_streichen", "geplant", stand=stand, daten={"nr": 2}).nach is None
    ohne = nach("punkt_streichen", "geplant", stand, {"bezug": "GT-01"})
    assert ohne["punkte"][0]["gestrichen_am"] == "2026-04-22" and "gestrichen_am" not in ohne["punkte"][1]
    assert (
        schritt("punkt_streichen", "geplant", stand=ohne, daten={"bezug": "GT-01"}).nach is None
    )  # die Kette stockt nicht
    wieder = nach("punkt_aufnehmen", "geplant", ohne, {"bezug": "GT-01", "titel": "A"})
    assert [p["nr"] for p in wieder["punkte"]] == [1, 2, 3]


def test_auswahlrunde_nur_einmal() -> None:
    assert schritt("auswahlrunde_ansetzen", "geplant").nach is None
    stand = nach("auswahlrunde_ansetzen", "geplant", {"datum": "2026-04-22"}, {})
    assert abgelehnt("auswahlrunde_ansetzen", "geplant", stand=stand) == ("noch_keine_auswahlrunde",)


def test_absagen_loest_die_tagesordnung() -> None:
    u = SITZUNG.kandidaten("absagen", "eingeladen")[0]
    assert u.grund_noetig and [(v.hop, v.loest) for v in u.verbindet] == [(her("steht_auf"), True)]


def _offen(zustand: str, **stand: Any) -> set[str]:
    b = Blick(zustand, {}, {"datum": "2026-04-22", **stand}, HEUTE, HEUTE)
    return {f.name for f in SITZUNG.fristen if any(True for _ in f.termine(b))}


def test_fristen_je_zustand() -> None:
    assert _offen("geplant") == {"lg_auswahlrunde", "lg_einladung", "lg_sitzungstag"}
    assert _offen("eingeladen", auswahlrunde_am="2026-01-02") == {"lg_unterlagen", "lg_sitzungstag"}
    assert _offen("laeuft") == {"lg_sitzungstag"}
    assert _offen("protokoll_entwurf") == {"lg_protokoll", "lg_naechste_sitzung"}
    assert _offen("protokoll_versandt", nachfolger="LG-02") == {"lg_einwaende"}
    assert _offen("protokoll_genehmigt", nachfolger="LG-02") == {"lg_abschluss"}
    assert _offen("abgeschlossen") == _offen("abgesagt") == {"lg_naechste_sitzung"}


def test_verspaeteter_einwand_wird_punkt_der_genannten_sitzung() -> None:
    glied = next(g for g in FOLGEN if "einwand_verzeichnen" in g.bei)
    assert isinstance(glied, Folge) and glied.schritt is not None

    def lage(ziel: str) -> Lage:
        return Lage(
            "LG-01",
            "sitzung",
            "einwand_verzeichnen",
            "abgeschlossen",
            "abgeschlossen",
            {},
            {"naechste_sitzung": "LG-02"},
            "",
            Nachbar(ziel, "sitzung", "geplant", {}),
            HEUTE,
        )

    folge = glied.schritt(lage("LG-02"))
    assert folge is not None and folge.daten == {"titel": "Einwand gegen das Protokoll zu LG-01", "art": "einwand"}
    assert glied.schritt(lage("LG-09")) is None
