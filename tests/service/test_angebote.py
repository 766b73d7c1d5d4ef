"""Formulare bieten an, was in ein Feld gehört: niemand muss einen Schlüssel kennen, und ein Befund steht in seiner Zeile."""

from __future__ import annotations

import pytest

from service.angebote import Frage, angebote
from service.clock import berliner_tag
from service.db import Datenbank, Sitzung
from service.moeglich import folgende
from service.sicht import lies
from service.umfeld import Umfeld
from states.kette import PROZESSE
from tests.bau import JETZT, person
from tests.browserprobe import Blatt, Fenster, rohes
from tests.service.test_seiten import ANGABEN
from tests.sichtwelt import Welt


def _falsche(blatt: Blatt) -> set[str | None]:
    return {e["name"] for e in blatt.eingaben if e.get("aria-invalid")}


def test_aus_einem_vorgang_beginnt_das_naechste_und_nennt_ihn_schon(koordination: Fenster) -> None:
    weg, _ = koordination.sende("/neu/generatives_thema/anlegen", titel="Kurse", quelle="austausch", grund="Hinweis im Austausch.")
    assert weg == "/vorgang/GT-01"
    _geplant_und_zugestimmt(koordination)
    koordination.sende("/vorgang/GT-01/schritt/clustern", cluster="Sprache")
    blatt = koordination.hole("/vorgang/GT-01/schritt/vorlegen")
    assert blatt.felder["sitzung"] == ["LG-01"], "die einzige Sitzung ist schon gewählt"
    fremd = koordination.hole("/neu/zielsystem/anlegen?thema=GT-01&eltern=AG-99&titel=Getippt")
    assert fremd.felder["thema"] == ["GT-01"] and "eltern" not in fremd.felder and fremd.felder["titel"] == [""]


def test_ohne_grund_fehlt_er_an_seinem_feld(koordination: Fenster) -> None:
    _, blatt = koordination.sende("/neu/generatives_thema/anlegen", 409, titel="Kurse", quelle="austausch")
    assert _falsche(blatt) == {"grund"} and "#f-grund" in blatt.verweise


def _geplant_und_zugestimmt(koordination: Fenster) -> None:
    koordination.sende("/neu/sitzung/planen", datum="01.06.2026")
    Fenster(koordination.app, "s01").sende("/vorgang/LG-01/schritt/tagesordnung_zustimmen")


def test_mehr_zeilen_ohne_skript_behalten_das_getippte(koordination: Fenster) -> None:
    _geplant_und_zugestimmt(koordination)
    weg = "/vorgang/LG-01/schritt/einladen"
    vorher = koordination.hole(weg)
    sitze = {n for n in vorher.felder if n.startswith("sitze.") and n.endswith(".sitz")}
    assert len([n for n in sitze if vorher.felder[n][0]]) == 12, "alle Sitze stehen schon da"
    _, laenger = koordination.sende(weg, 200, mehr="gaeste", beginn="14:00 Uhr")
    assert laenger.felder["beginn"] == ["14:00 Uhr"]
    zeilen = [len({n.split(".")[1] for n in b.felder if n.startswith("gaeste.")}) for b in (vorher, laenger)]
    assert zeilen[1] > zeilen[0] and laenger.maengel() == []


def test_ein_befund_steht_in_seiner_zeile_auch_hinter_leeren(koordination: Fenster) -> None:
    _geplant_und_zugestimmt(koordination)
    _, blatt = koordination.sende("/vorgang/LG-01/schritt/einladen", 422, bestaetigt="ja", **{
        "gaeste.0.institution": "", "gaeste.2.institution": "VHS Lüdenscheid", "gaeste.2.punkt": "viele"})
    assert _falsche(blatt) == {"gaeste.2.punkt"}


def test_ein_beschluss_fragt_nach_den_angaben_des_gewaehlten_schritts(koordination: Fenster) -> None:
    koordination.sende("/neu/generatives_thema/anlegen", titel="Kurse", quelle="austausch", grund="Hinweis im Austausch.")
    wahl = "generatives_thema/GT-01/beauftragen"
    _, blatt = koordination.sende("/neu/beschluss/fassen", 200, mehr="bewegungen", titel="Auftrag", **{"bewegungen.0.schritt": wahl})
    assert {"bewegungen.0.daten.auftrag", "bewegungen.0.daten.mitglieder.0.institution"} <= set(blatt.felder)
    assert blatt.felder["titel"] == ["Auftrag"] and blatt.maengel() == []
    _, falsch = koordination.sende("/neu/beschluss/fassen", 422, **{"bewegungen.0.schritt": wahl, "bewegungen.0.daten.frist": "bald"})
    assert "bewegungen.0.daten.frist" in _falsche(falsch)


def test_bereiche_stehen_zur_wahl_niemand_tippt_schluessel(koordination: Fenster) -> None:
    ziel, _ = Fenster(koordination.app, "stelle-abh-mk").sende("/neu/meldebogen/einreichen", **ANGABEN)
    teilen = koordination.hole(f"{ziel}/schritt/text_teilen")
    assert [e.get("type") for e in teilen.eingaben if e.get("name") == "geteilt_mit"] == ["checkbox"] and "Iserlohn" in teilen.text
    abgeben = koordination.hole(f"{ziel}/schritt/bereich_abgeben")
    assert "an" in {e.get("name") for e in abgeben.eingaben} and "Iserlohn" in abgeben.text
    koordination.sende(f"{ziel}/schritt/text_teilen", geteilt_mit=["iserlohn"])
    assert rohes(koordination.hole(ziel), {"iserlohn"}) == []


def test_auch_wer_von_sitzungen_nur_den_titel_sieht_waehlt_eine(db: Datenbank, umfeld: Umfeld) -> None:
    """Die Leitung einer Arbeitsgruppe legt vor, ohne in der Lenkungsgruppe zu sitzen."""
    leitung = person("p7", "ag_leitung")
    with db.transaktion() as s:
        welt = Welt(s)
        for zustand, tag in (("geplant", "2026-12-02"), ("unterlagen_versandt", "2026-06-10")):
            welt.vorgang("sitzung", zustand, stand={"datum": tag}, titel=f"Sitzung am {tag}")
        ag = welt.vorgang("arbeitsgruppe", "abgestimmt", beteiligt=(("p7", "ag_leitung"), ("p7", "ag_mitglied")))
        u = PROZESSE["arbeitsgruppe"].kandidaten("vorlegen", "abgestimmt")[0]
        frage = Frage(s, leitung, umfeld, berliner_tag(JETZT), "arbeitsgruppe", u, lies(s, leitung, welt.key(ag), berliner_tag(JETZT)), {})
        wahl = angebote(frage)["sitzung"].werte
    spaet = "Unterlagen schon versandt, daher Tischvorlage"
    assert [w for _, w in wahl] == ["Sitzung am 2026-12-02 (LG-1)", f"Sitzung am 2026-06-10 (LG-2, {spaet})"]


def _thema_mit_gruppe(s: Sitzung, zustand: str, zielsystem: str = "") -> tuple[str, str]:
    welt = Welt(s)
    thema, gruppe = welt.vorgang("generatives_thema", "in_bearbeitung"), welt.vorgang(
        "arbeitsgruppe", zustand, beteiligt=(("leitung-a", "ag_leitung"),))
    fremde = welt.vorgang("arbeitsgruppe", "soll_entwurf", beteiligt=(("leitung-b", "ag_leitung"),))
    welt.verbinde(thema, "beauftragt", gruppe)
    if zielsystem:
        welt.verbinde(thema, "fuehrt_zu", welt.vorgang("zielsystem", zielsystem, eltern=gruppe))
    return welt.key(thema), welt.key(fremde)


@pytest.mark.parametrize(("zustand", "zielsystem", "angeboten"), [
    ("soll_entwurf", "", True), ("ist_analyse", "", False), ("beendet", "", False), ("beendet", "in_umsetzung", False),
    ("beendet", "eingefuehrt", True)])
def test_ein_zielsystem_bietet_ein_thema_nur_an_wo_eines_entstehen_kann(db: Datenbank, zustand: str, zielsystem: str,
                                                                         angeboten: bool) -> None:
    with db.transaktion() as s:
        thema, fremde = _thema_mit_gruppe(s, zustand, zielsystem)
        assert [x.art for x in folgende(s, person("k", "koordination"), thema) if x.art == "zielsystem"] == ["zielsystem"] * angeboten
        assert "zielsystem" in [x.art for x in folgende(s, person("k", "koordination"), fremde)]


def test_zur_wahl_stehen_die_gruppen_des_themas_die_eigenen_und_was_schon_gewaehlt_ist(db: Datenbank, umfeld: Umfeld) -> None:
    u = PROZESSE["zielsystem"].kandidaten("anlegen", "")[0]
    with db.transaktion() as s:
        thema, fremde = _thema_mit_gruppe(s, "soll_entwurf")

        def gruppen(wer: str, rolle: str, **eingaben: str) -> list[str]:
            frage = Frage(s, person(wer, rolle), umfeld, berliner_tag(JETZT), "zielsystem", u, None, {k: [w] for k, w in eingaben.items()})
            return [key for key, _ in angebote(frage)["eltern"].werte]

        eigene = "AG-2"
        assert sorted(gruppen("k", "koordination")) == [eigene, fremde]
        assert gruppen("k", "koordination", thema=thema) == [eigene]
        assert sorted(gruppen("k", "koordination", thema=thema, eltern=fremde)) == [eigene, fremde], "Getipptes geht nicht verloren"
        assert gruppen("leitung-a", "ag_leitung") == [eigene] and gruppen("leitung-b", "ag_leitung", thema=thema) == []
        assert [x.art for x in folgende(s, person("leitung-b", "ag_leitung"), thema) if x.art == "zielsystem"] == []


def test_eine_zweite_auswahlrunde_bietet_die_sitzung_nicht_an(db: Datenbank) -> None:
    with db.transaktion() as s:
        welt = Welt(s)
        ohne, mit = (welt.key(welt.vorgang("sitzung", "geplant", stand=stand)) for stand in ({}, {"auswahlrunde_am": "2026-01-02"}))
        angeboten = [[x.art for x in folgende(s, person("k", "koordination"), key)] for key in (ohne, mit)]
    assert "auswahlrunde" in angeboten[0] and "auswahlrunde" not in angeboten[1]
