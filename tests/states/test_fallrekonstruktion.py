"""Fallrekonstruktion: Kanten im Wortlaut, jede Bedingung einmal erfüllt und einmal verletzt, die Folgen für Meldungen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from states.fallrekonstruktion import FALLREKONSTRUKTION, FOLGEN, FRISTEN, antwort_steht_aus, beteiligte_stellen, zeitachse_erlaubt
from states.meldebogen import FOLGEN as MELDUNGSFOLGEN
from states.fristen import Blick
from states.glieder import Folge
from states.model import Nachbar, Rolle, fortgeschrieben, her, hin
from tests.states.fakten import lage, nachbar, schalte, schritt, waechter_von

VOR_FREIGABE = ("geplant", "eingeladen", "durchgefuehrt", "protokolliert", "geprueft", "abgestimmt")


def je(ausloeser: str, *zustaende: str) -> set[tuple[str, str, str]]:
    return {(z, ausloeser, z) for z in zustaende}


def test_die_kanten() -> None:
    assert FALLREKONSTRUKTION.kanten() == frozenset({
        ("", "anlegen", "geplant"),
        ("geplant", "einladen", "eingeladen"),
        ("eingeladen", "verlegen", "eingeladen"),
        ("eingeladen", "absagen", "geplant"),
        ("eingeladen", "durchfuehren", "durchgefuehrt"),
        ("durchgefuehrt", "fortsetzen", "geplant"),
        ("durchgefuehrt", "protokollieren", "protokolliert"),
        ("protokolliert", "pruefen", "geprueft"),
        ("geprueft", "abstimmen", "abgestimmt"),
        ("geprueft", "ueberarbeiten", "protokolliert"),
        ("abgestimmt", "ueberarbeiten", "protokolliert"),
        ("abgestimmt", "freigeben", "freigegeben"),
        ("freigegeben", "berichtigen", "protokolliert"),
        ("freigegeben", "sperren", "gesperrt"),
        ("protokolliert", "sperren", "gesperrt"),
        ("geprueft", "sperren", "gesperrt"),
        ("abgestimmt", "sperren", "gesperrt"),
        ("geplant", "abbrechen", "abgebrochen"),
        ("eingeladen", "abbrechen", "abgebrochen"),
        ("durchgefuehrt", "abbrechen", "abgebrochen"),
        ("protokolliert", "abbrechen", "abgebrochen"),
        ("geprueft", "abbrechen", "abgebrochen"),
        ("abgestimmt", "abbrechen", "abgebrochen"),
        *je("bearbeiten", "durchgefuehrt", "protokolliert"),
        *je("rueckmelden", "geprueft"),
        *je("anhaengen", *VOR_FREIGABE),
        *je("entlassen", *VOR_FREIGABE),
        *je("uebergeben", *VOR_FREIGABE),
        *je("umhaengen", "protokolliert", "geprueft", "abgestimmt", "freigegeben", "gesperrt", "abgebrochen"),
    })


def _wer(ausloeser: str) -> set[str]:
    return {w.rolle.value for u in FALLREKONSTRUKTION.uebergaenge if u.ausloeser == ausloeser for w in u.wer}


def test_wer_darf() -> None:
    assert _wer("abstimmen") == {"koordination", "system"}
    assert _wer("rueckmelden") == {"fr_gast", "melder", "case_management", "koordination"}
    assert _wer("abbrechen") == {"koordination", "kette"}
    assert _wer("umhaengen") == {"kette"}
    assert _wer("durchfuehren") == _wer("protokollieren") == _wer("pruefen") == {"case_management", "koordination"}
    assert _wer("einladen") == _wer("freigeben") == _wer("sperren") == {"koordination"}


def meldung(zustand: str = "ausgewaehlt", art: str = "externe_stelle", institution: str = "VHS") -> Nachbar:
    return nachbar("MK-1", "meldebogen", zustand, institution, melder_art=art)


def _mit(*meldungen: Nachbar) -> Any:
    return {(her("rekonstruiert_in"),): meldungen}


def _scheitert(ausloeser: str, zustand: str = "", **wie: Any) -> tuple[str, ...]:
    return waechter_von(FALLREKONSTRUKTION, ausloeser, zustand, **wie)


def test_anlegen_nimmt_nur_ausgewaehlte_meldungen() -> None:
    assert _scheitert("anlegen", daten={"meldungen": ["MK-1"]}, sichten=_mit(meldung())) == ()
    assert _scheitert("anlegen", daten={"meldungen": ["MK-1"]}, sichten=_mit(meldung("in_sammlung"))) == ("nur_ausgewaehlte",)
    assert _scheitert("anlegen", daten={"meldungen": ["MK-9"]}, sichten=_mit(meldung())) == ("nur_ausgewaehlte",)
    assert _scheitert("anlegen", daten={"meldungen": []}) == ("feld_meldungen",)


@pytest.mark.parametrize(("andere", "waechter"), [("geplant", ("in_keiner_anderen",)), ("protokolliert", ("in_keiner_anderen",)),
                                                  ("abgebrochen", ()), ("freigegeben", ())])
def test_eine_meldung_steht_in_keiner_zweiten_offenen(andere: str, waechter: tuple[str, ...]) -> None:
    sichten = {**_mit(meldung()), (her("rekonstruiert_in"), hin("rekonstruiert_in")): [nachbar("FR-9", "fallrekonstruktion", andere)]}
    assert _scheitert("anlegen", daten={"meldungen": ["MK-1"]}, sichten=sichten) == waechter


def test_eine_berichtigung_bricht_die_freigegebene_fassung_nicht_ab() -> None:
    assert _scheitert("abbrechen", "protokolliert", grund="x") == ()
    assert _scheitert("abbrechen", "protokolliert", grund="x", stand={"fassungen": [{"version": 1}]}) == ("nie_freigegeben",)
    folge = next(g for g in MELDUNGSFOLGEN if isinstance(g, Folge) and "abbrechen" in g.feuert)
    assert folge.schritt is not None
    for fassungen, bricht_ab in (([], True), ([{"version": 1}], False)):
        ziel = nachbar("FR-1", "fallrekonstruktion", "protokolliert", fassungen=fassungen)
        assert (folge.schritt(lage("meldebogen", "zurueckziehen", ziel, key="MK-1")) is not None) is bricht_ab


EINLADUNG: dict[str, Any] = {
    "termin": "2026-03-20", "ort": "Kreishaus", "moderation": True, "rechtsgrundlage": "einwilligung", "einwilligung_umfasst_alle": True,
    "teilnehmende": [{"institution": "VHS"}, {"institution": "CM", "von_kim": True}],
}


def _einladen(meldende: Nachbar | None = None, **anders: Any) -> tuple[str, ...]:
    return _scheitert("einladen", "geplant", daten={**EINLADUNG, **anders}, sichten=_mit(meldende or meldung()))


def test_einladen_gelingt_wenn_alles_da_ist() -> None:
    assert _einladen() == ()


@pytest.mark.parametrize(
    ("anders", "waechter"),
    [
        ({"termin": None}, ("feld_termin",)),
        ({"termin": "2026-03-01"}, ("zukunft_termin",)),
        ({"ort": ""}, ("feld_ort",)),
        ({"teilnehmende": [{"institution": "CM", "von_kim": True}]}, ("meldende_stelle_eingeladen",)),
        ({"moderation": False}, ("moderiert",)),
        ({"rechtsgrundlage": None}, ("rechtsgrundlage",)),
        ({"einwilligung_umfasst_alle": False}, ("rechtsgrundlage",)),
        ({"teilnehmende": [*EINLADUNG["teilnehmende"], {"institution": "ABH", "abh": True}]}, ("zeitachse_an_abh",)),
    ],
)
def test_einladen_scheitert_mit_benanntem_grund(anders: dict[str, Any], waechter: tuple[str, ...]) -> None:
    assert _einladen(**anders) == waechter


def test_ohne_stellen_von_aussen_geht_es_ohne_moderation() -> None:
    nur_kim = [{"institution": "CM", "von_kim": True}]
    cm = meldung(art="case_management", institution="CM")
    assert _einladen(cm, moderation=False, teilnehmende=nur_kim, rechtsgrundlage="ohne_personenbezug") == ()
    assert _einladen(cm, moderation=False, teilnehmende=[*nur_kim, {"institution": "Schulaufsicht"}]) == ("moderiert",)


def test_die_meldende_stelle_wird_auch_unter_ihrem_eigenen_namen_erkannt() -> None:
    anders_genannt = nachbar("MK-1", "meldebogen", "ausgewaehlt", "Volkshochschule", melder_art="externe_stelle", melder_institution="VHS")
    assert _einladen(anders_genannt) == ()


@pytest.mark.parametrize("eintrag", [{"ohne_zeitachse": True}, {"rechtsgrundlage_zeitachse": "Einwilligung nennt die Behörde"}])
def test_eine_auslaenderbehoerde_mit_entscheidung_zur_zeitachse(eintrag: dict[str, Any]) -> None:
    assert _einladen(teilnehmende=[*EINLADUNG["teilnehmende"], {"institution": "ABH", "abh": True, **eintrag}]) == ()


def test_die_zeitachse_sieht_eine_auslaenderbehoerde_nur_mit_rechtsgrundlage() -> None:
    stand = {"teilnehmende": [{"institution": "ABH", "rechtsgrundlage_zeitachse": "Einwilligung"}, {"institution": "EBH"}]}
    assert zeitachse_erlaubt(stand, "ABH", True)
    assert not zeitachse_erlaubt(stand, "EBH", True)
    assert not zeitachse_erlaubt(stand, "fremd", True)
    assert zeitachse_erlaubt(stand, "EBH", False)


@pytest.mark.parametrize("zustand", ["protokolliert", "geprueft", "abgestimmt"])
def test_auch_in_der_berichtigung_laesst_sich_sperren(zustand: str) -> None:
    """Die Einwilligung kann gerade dann widerrufen werden; was nie freigegeben war, wird abgebrochen."""
    assert _scheitert("sperren", zustand, grund="Widerruf", stand={"fassungen": [{"version": 1}]}) == ()
    assert _scheitert("sperren", zustand, grund="Widerruf") == ("schon_freigegeben",)


def test_wer_teilgenommen_hat_bleibt_dabei_auch_ohne_zweite_einladung() -> None:
    stand = _nach("einladen", "geplant", {}, {**EINLADUNG, "teilnehmende": [{"institution": "VHS"}, {"institution": "CM"}]})
    stand = _nach("durchfuehren", "eingeladen", stand, {"teilnahmen": [
        {"institution": "VHS", "teilnahme": "anwesend"}, {"institution": "CM", "teilnahme": "verzicht", "grund": "x"}]})
    stand = _nach("einladen", "geplant", stand, {**EINLADUNG, "teilnehmende": [{"institution": "MBE"}]})
    assert list(beteiligte_stellen(stand)) == ["VHS", "MBE"]  # wer verzichtet hat, war nie dabei
    stand = _nach("einladen", "geplant", stand, {**EINLADUNG, "teilnehmende": [{"institution": "VHS"}]})
    stand = _nach("durchfuehren", "eingeladen", stand, {"teilnahmen": [{"institution": "VHS", "teilnahme": "verzicht", "grund": "x"}]})
    assert antwort_steht_aus(stand) == ("VHS",)  # beim ersten Termin war sie da


def _nach(ausloeser: str, zustand: str, stand: dict[str, Any], daten: dict[str, Any]) -> dict[str, Any]:
    (u,) = FALLREKONSTRUKTION.kandidaten(ausloeser, zustand)
    return fortgeschrieben(stand, u.schreibt, daten, "anna", "2026-03-02")


EINGELADEN = {"teilnehmende": EINLADUNG["teilnehmende"]}


def _durchfuehren(*teilnahmen: dict[str, Any], meldende: Nachbar | None = None) -> tuple[str, ...]:
    return _scheitert("durchfuehren", "eingeladen", stand=EINGELADEN, daten={"teilnahmen": list(teilnahmen)},
                      sichten=_mit(meldende or meldung("in_rekonstruktion")))


def test_eine_einladung_allein_ist_keine_teilnahme() -> None:
    cm = {"institution": "CM", "teilnahme": "anwesend"}
    for art in ("anwesend", "vertreten", "stellungnahme"):
        assert _durchfuehren(cm, {"institution": "VHS", "teilnahme": art}) == ()
    assert _durchfuehren(cm, {"institution": "VHS", "teilnahme": "verzicht", "grund": "Schreiben vom 1. März"}) == ()
    assert _durchfuehren(cm, {"institution": "VHS", "teilnahme": "verzicht"}) == ("verzicht_begruendet",)
    assert _durchfuehren(cm) == ("alle_stellen_vermerkt", "meldende_nehmen_teil")
    andere = meldung(institution="MBE")
    assert _durchfuehren(cm, {"institution": "VHS", "teilnahme": "anwesend"}, meldende=andere) == ("meldende_nehmen_teil",)


def test_protokollieren_braucht_eine_zeitachse() -> None:
    assert _scheitert("protokollieren", "durchgefuehrt") == ("zeitachse",)
    assert _scheitert("protokollieren", "durchgefuehrt", daten={"zeitachse": [{"woche": 0}]}) == ()
    assert _scheitert("protokollieren", "durchgefuehrt", stand={"zeitachse": [{"woche": 0}]}) == ()


def test_pruefen_darf_nicht_wer_geschrieben_hat() -> None:
    stand, daten = {"schreibende": ["anna"]}, {"pseudonymisiert": True}
    assert _scheitert("pruefen", "protokolliert", stand=stand, daten=daten, person="anna") == ("zweite_person",)
    assert _scheitert("pruefen", "protokolliert", stand=stand, daten=daten, person="bert") == ()
    assert _scheitert("pruefen", "protokolliert", stand=stand, person="bert") == ("pseudonymisiert",)


def test_wer_schreibt_bleibt_vermerkt_auch_in_der_neuen_fassung() -> None:
    stand: dict[str, Any] = {}
    for ausloeser, zustand, person in (("protokollieren", "durchgefuehrt", "anna"), ("berichtigen", "freigegeben", "bert")):
        daten = {"zeitachse": [{"woche": 1}]}
        u = schalte(FALLREKONSTRUKTION, ausloeser, zustand, daten=daten, grund="x")
        stand = fortgeschrieben(stand, u.schreibt, daten, person, "2026-03-02")
    assert stand["schreibende"] == ["anna", "bert"] and stand["version"] == 2 and stand["wird_berichtigt"]


GEPRUEFT: dict[str, Any] = {
    "teilnehmende": [{"institution": "VHS"}, {"institution": "BAMF"}, {"institution": "ABH", "abh": True, "ohne_zeitachse": True}],
    "teilnahmen": [{"institution": "VHS", "teilnahme": "anwesend"}, {"institution": "BAMF", "teilnahme": "stellungnahme"}],
}


def _rueckmelden(daten: dict[str, Any], **wie: Any) -> tuple[str, ...]:
    return _scheitert("rueckmelden", "geprueft", stand=GEPRUEFT, daten=daten, **wie)


def test_rueckmelden_jede_stelle_fuer_sich_die_koordination_fuer_alle() -> None:
    ja = {"stelle": "VHS", "zustimmung": "zugestimmt"}
    assert _rueckmelden(ja, rolle="melder", institution="VHS") == ()
    assert _rueckmelden(ja, rolle="fr_gast", institution="BAMF") == ("eigene_stelle",)
    assert _rueckmelden(ja, rolle="koordination", institution="KIM") == ()
    assert _rueckmelden({**ja, "stelle": "Fremde"}, rolle="koordination") == ("eigene_stelle",)


def test_eine_abweichende_sicht_muss_beschrieben_sein() -> None:
    anders = {"stelle": "VHS", "zustimmung": "abweichende_sicht"}
    assert _rueckmelden(anders) == ("abweichung_beschrieben",)
    assert _rueckmelden({**anders, "abweichende_sicht": "Zwei Wochen, nicht drei."}) == ()


def test_abstimmen_wenn_alle_geantwortet_haben_oder_die_zeit_um_ist() -> None:
    alle = {**GEPRUEFT, "rueckmeldungen": {"VHS": {}, "BAMF": {}}}
    assert antwort_steht_aus(GEPRUEFT) == ("VHS", "BAMF") and antwort_steht_aus(alle) == ()
    assert _scheitert("abstimmen", "geprueft", stand=GEPRUEFT) == ("alle_geantwortet",)
    assert _scheitert("abstimmen", "geprueft", stand=alle) == ()
    assert _scheitert("abstimmen", "geprueft", stand=GEPRUEFT, rolle=Rolle.SYSTEM) == ()


def test_schweigen_wird_als_solches_festgehalten() -> None:
    u = schalte(FALLREKONSTRUKTION, "abstimmen", "geprueft", stand={**GEPRUEFT, "rueckmeldungen": {"VHS": {}}}, rolle=Rolle.SYSTEM)
    stand = fortgeschrieben({**GEPRUEFT, "rueckmeldungen": {"VHS": {}}}, u.schreibt, {}, "system", "2026-03-17")
    assert stand["rueckmeldungen"]["BAMF"] == {"stelle": "BAMF", "zustimmung": "keine_antwort", "am": "2026-03-17"}


def test_wer_verzichtet_hat_wird_nicht_gefragt() -> None:
    stand = {"teilnehmende": [{"institution": "Kasse"}], "teilnahmen": [{"institution": "Kasse", "teilnahme": "verzicht"}]}
    assert antwort_steht_aus(stand) == ()


def test_eine_neue_pruefung_fragt_alle_neu() -> None:
    u = schalte(FALLREKONSTRUKTION, "pruefen", "protokolliert", daten={"pseudonymisiert": True}, person="bert")
    stand = fortgeschrieben({"rueckmeldungen": {"VHS": {}}}, u.schreibt, {"pseudonymisiert": True}, "bert", "2026-03-02")
    assert stand["rueckmeldungen"] == {} and stand["pruefungen"][0]["von"] == "bert"


def test_freigeben_mit_kandidat_oder_grund() -> None:
    assert _scheitert("freigeben", "abgestimmt") == ("themenkandidat_oder_grund",)
    assert _scheitert("freigeben", "abgestimmt", daten={"themenkandidat": "Wartelisten"}) == ()
    assert _scheitert("freigeben", "abgestimmt", daten={"kein_thema_grund": "vor Ort behoben"}) == ()


def test_jede_freigabe_haelt_ihre_fassung_fest() -> None:
    u = schalte(FALLREKONSTRUKTION, "freigeben", "abgestimmt", daten={"themenkandidat": "x"})
    stand: dict[str, Any] = {"zeitachse": [{"woche": 0}], "version": 1, "fassungen": []}
    stand = fortgeschrieben(stand, u.schreibt, {"themenkandidat": "x"}, "a", "2026-03-03")
    stand = fortgeschrieben({**stand, "zeitachse": [{"woche": 2}], "version": 2}, u.schreibt, {"themenkandidat": "x"}, "a", "2026-05-21")
    assert [(f["version"], f["zeitachse"][0]["woche"]) for f in stand["fassungen"]] == [(1, 0), (2, 2)]


def test_verlegen_und_absagen_bewahren_den_alten_termin() -> None:
    stand: dict[str, Any] = {"termin": "2026-06-11", "ort": "Rathaus"}
    verlegen = schalte(FALLREKONSTRUKTION, "verlegen", "eingeladen", daten={"termin": "2026-06-17"}, grund="verhindert")
    stand = fortgeschrieben(stand, verlegen.schreibt, {"termin": "2026-06-17", "grund": "verhindert"}, "a", "2026-06-03")
    assert (stand["termin"], stand["ort"], stand["vorige_termine"][0]["grund"]) == ("2026-06-17", "Rathaus", "verhindert")
    absagen = schalte(FALLREKONSTRUKTION, "absagen", "eingeladen", grund="krank")
    stand = fortgeschrieben(stand, absagen.schreibt, {"grund": "krank"}, "a", "2026-06-10")
    assert stand["termin"] is None and [t["ergebnis"] for t in stand["vorige_termine"]] == ["verlegt", "abgesagt"]


@pytest.mark.parametrize("ausloeser", ["absagen", "abbrechen"])
def test_ohne_grund_geht_es_nicht(ausloeser: str) -> None:
    assert _scheitert(ausloeser, "eingeladen") == ("grund",)
    assert _scheitert(ausloeser, "eingeladen", grund="verhindert") == ()
    assert _scheitert("sperren", "freigegeben") == _scheitert("berichtigen", "freigegeben") == ("grund",)
    assert _scheitert("verlegen", "eingeladen", daten={"termin": "2026-03-20"}) == ("grund",)


def test_anhaengen_nimmt_keine_meldung_die_hier_schon_rekonstruiert_wird() -> None:
    assert _scheitert("anhaengen", "geplant", daten={"meldungen": ["MK-1"]}, sichten=_mit(meldung())) == ("nicht_doppelt_angehaengt",)
    assert _scheitert("anhaengen", "geplant", daten={"meldungen": ["MK-2"]}, sichten=_mit(meldung())) == ()
    assert _scheitert("anhaengen", "geplant", daten={"meldungen": []}) == ("feld_meldungen",)


def _folge(bei: str) -> Folge:
    return next(f for f in FOLGEN if isinstance(f, Folge) and bei in f.bei)


def test_folgen_fuer_die_meldungen() -> None:
    ziel = nachbar("MK-1", "meldebogen", "in_rekonstruktion")
    assert {b: _folge(b).feuert for b in ("einladen", "freigeben", "abbrechen", "anhaengen")} == {
        "einladen": ("rekonstruktion_beginnen",), "freigeben": ("rekonstruktion_freigeben",), "abbrechen": ("auswahl_aufheben",),
        "anhaengen": ("angehaengt",)}
    abbrechen, anhaengen = _folge("abbrechen").schritt, _folge("anhaengen").schritt
    assert abbrechen is not None and anhaengen is not None
    assert schritt(abbrechen(lage("fallrekonstruktion", "abbrechen", ziel))) == ("auswahl_aufheben", {"ziel": "in_sammlung"})
    assert schritt(anhaengen(lage("fallrekonstruktion", "anhaengen", ziel, daten={"meldungen": ["MK-1"]}))) == ("angehaengt", {})
    assert anhaengen(lage("fallrekonstruktion", "anhaengen", ziel, daten={"meldungen": ["MK-2"]})) is None


def _offene(zustand: str, **stand: Any) -> set[str]:
    blick = Blick(zustand, {}, stand, date(2026, 3, 2), date(2026, 1, 5))
    return {f.name for f in FRISTEN if list(f.termine(blick))}


def test_jeder_offene_zustand_hat_eine_frist() -> None:
    assert _offene("geplant") == {"fr_termin"} and _offene("geplant", termin="2026-03-20") == {"fr_einladung"}
    assert _offene("eingeladen", termin="2026-03-20") == {"fr_durchfuehrung"}
    assert [_offene(z) for z in ("durchgefuehrt", "protokolliert", "geprueft", "abgestimmt", "freigegeben")] == [
        {"fr_protokoll"}, {"fr_pruefung"}, {"fr_abstimmung"}, {"fr_freigabe"}, set()]
    frist = {f.name: f for f in FRISTEN}
    assert frist["fr_einladung"].rueckwaerts and frist["fr_einladung"].dauer == "10 WT"
    assert [(s.wann, s.feuert) for s in frist["fr_abstimmung"].stufen] == [("7 WT nach Beginn", ""), ("Ende", "abstimmen")]
    assert [frist[n].dauer for n in ("fr_protokoll", "fr_pruefung", "fr_abstimmung")] == ["10 WT", "5 WT", "10 WT"]
