"""Wie der Stand eines Themas aus Arbeitsgruppen, Zielsystemen und Monitoring folgt (process.md, Zeile „(chain)“)."""

from __future__ import annotations

from typing import Any

import pytest

from states import themenstand
from states.model import Nachbar, hin
from states.themenstand import ergebnis_des_themas, meldung_endet, stand_des_themas, zieht_nach
from tests.states.fakten import lage, nachbar, schritt


def ag(zustand: str, key: str = "AG-01", **stand: Any) -> Nachbar:
    return nachbar(key, "arbeitsgruppe", zustand, **stand)


def zs(zustand: str, key: str = "ZS-01", **stand: Any) -> Nachbar:
    return nachbar(key, "zielsystem", zustand, **stand)


def mon(zustand: str, zielsystem: str = "ZS-01", **wie: Any) -> Nachbar:
    return nachbar(f"MON-{zielsystem}", "monitoring", zustand, eltern=zielsystem, **wie)


@pytest.mark.parametrize(
    ("gruppen", "zielsysteme", "monitorings", "soll"),
    [
        ([], [], [], None),
        ([ag("eingesetzt")], [], [], "beauftragt"),
        ([ag("konstituiert")], [], [], "in_bearbeitung"),
        ([ag("eingesetzt"), ag("ist_analyse", "AG-02")], [], [], "in_bearbeitung"),
        ([ag("soll_entwurf")], [zs("entwurf")], [], "in_bearbeitung"),
        ([ag("vorgelegt")], [zs("vorgelegt")], [], "in_bearbeitung"),
        ([ag("ist_analyse")], [zs("zurueckverwiesen")], [], "in_bearbeitung"),
        ([ag("beendet")], [zs("beschlossen")], [], "beschlossen"),
        ([ag("beendet")], [zs("mit_auflagen_beschlossen")], [], "beschlossen"),
        ([ag("beendet")], [zs("weitergeleitet")], [], "beschlossen"),
        ([ag("beendet")], [zs("in_umsetzung")], [mon("laufend")], "in_umsetzung"),
        ([ag("beendet")], [zs("in_umsetzung")], [mon("in_nachsteuerung")], "in_umsetzung"),
        ([ag("beendet")], [zs("eingefuehrt"), zs("vorgelegt", "ZS-02")], [mon("wirksam")], "in_bearbeitung"),
        ([ag("beendet")], [zs("in_umsetzung"), zs("beschlossen", "ZS-02")], [], "beschlossen"),
        ([ag("beendet")], [zs("eingefuehrt")], [mon("laufend")], "in_monitoring"),
        ([ag("beendet")], [zs("eingefuehrt")], [], "in_monitoring"),
        ([ag("beendet")], [zs("eingefuehrt")], [mon("in_bewertung")], "in_monitoring"),
        ([ag("beendet")], [zs("eingefuehrt")], [mon("in_nachsteuerung")], "in_nachsteuerung"),
        ([ag("beendet")], [zs("eingefuehrt")], [mon("wirksam")], "abgeschlossen"),
        ([ag("ist_analyse")], [zs("eingefuehrt")], [mon("wirksam")], "abgeschlossen"),
        ([ag("beendet")], [zs("eingefuehrt"), zs("eingefuehrt", "ZS-02")], [mon("wirksam"), mon("laufend", "ZS-02")], "in_monitoring"),
        ([ag("beendet")], [zs("abgeloest"), zs("eingefuehrt", "ZS-02")], [mon("beendet"), mon("wirksam", "ZS-02")], "abgeschlossen"),
        ([ag("beendet")], [zs("aufgehoben", startdatum="2027-01-04")], [mon("beendet")], "abgeschlossen"),
        ([ag("ist_analyse")], [zs("aufgehoben", startdatum="2027-01-04")], [mon("beendet")], "in_bearbeitung"),
        ([ag("beendet")], [zs("aufgehoben")], [mon("beendet")], "geclustert"),
        ([ag("beendet")], [zs("abgelehnt")], [], "geclustert"),
        ([ag("vorgelegt")], [zs("abgelehnt")], [], "in_bearbeitung"),
        ([ag("aufgeloest")], [], [], "geclustert"),
    ],
)
def test_das_am_wenigsten_weite_offene_zielsystem_bestimmt(
    gruppen: list[Nachbar], zielsysteme: list[Nachbar], monitorings: list[Nachbar], soll: str | None
) -> None:
    assert stand_des_themas(gruppen, zielsysteme, monitorings) == soll


def test_ein_frueherer_erfolg_schliesst_ein_neu_beauftragtes_thema_nicht() -> None:
    alt = zs("eingefuehrt", eingang="2026-05-01")
    gruppen = [ag("beendet", eingang="2026-04-22"), ag("konstituiert", "AG-02", eingang="2028-01-12")]
    assert stand_des_themas(gruppen, [alt], [mon("wirksam")], seit="2028-01-12") == "in_bearbeitung"
    assert stand_des_themas(gruppen, [alt], [mon("wirksam")]) == "abgeschlossen"
    assert stand_des_themas([gruppen[0]], [alt], [mon("wirksam")], seit="2028-01-12") is None


@pytest.mark.parametrize(
    ("zielsysteme", "monitorings", "ergebnis"),
    [
        ([zs("eingefuehrt")], [mon("wirksam")], "geloest"),
        ([zs("eingefuehrt"), zs("eingefuehrt", "ZS-02")], [mon("wirksam"), mon("beendet", "ZS-02")], "ohne_loesung"),
        ([zs("abgeloest"), zs("eingefuehrt", "ZS-02")], [mon("beendet"), mon("wirksam", "ZS-02")], "geloest"),
        ([zs("aufgehoben", startdatum="2027-01-04")], [mon("beendet")], "ohne_loesung"),
        ([], [], "ohne_loesung"),
    ],
)
def test_geloest_nur_wenn_alle_wirksam_sind(zielsysteme: list[Nachbar], monitorings: list[Nachbar], ergebnis: str) -> None:
    assert ergebnis_des_themas(zielsysteme, monitorings) == ergebnis


def _thema(zustand: str, monitoring: str, ausloeser: str) -> tuple[str, dict[str, Any]] | None:
    sichten = {(hin("beauftragt"),): [ag("beendet")], (hin("fuehrt_zu"),): [zs("eingefuehrt")],
               (hin("fuehrt_zu"), hin("beobachtet_in")): [mon(monitoring)]}
    return schritt(zieht_nach(lage("monitoring", ausloeser, nachbar("GT-01", "generatives_thema", zustand), ziele=sichten)))


def test_das_thema_zieht_nach_und_bleibt_sonst_stehen() -> None:
    geloest = {"ziel": "abgeschlossen", "ergebnis": "geloest"}
    assert _thema("in_monitoring", "wirksam", "als_wirksam_bewerten") == ("nachziehen", {**geloest, "zur_kenntnis": True})
    assert _thema("in_monitoring", "wirksam", "aufheben") == ("nachziehen", geloest), "das hat die Lenkungsgruppe selbst entschieden"
    assert _thema("in_monitoring", "in_nachsteuerung", "nachsteuern") == ("nachziehen", {"ziel": "in_nachsteuerung"})
    assert _thema("in_monitoring", "laufend", "weiterfuehren") is None
    assert _thema("gegenstandslos", "wirksam", "als_wirksam_bewerten") is None
    assert _thema("vorgelegt", "in_nachsteuerung", "nachsteuern") is None


def test_ein_abgeschlossenes_thema_oeffnet_nur_die_wiederkehr() -> None:
    assert _thema("abgeschlossen", "in_bewertung", "wiederkehr_feststellen") == ("nachziehen", {"ziel": "in_monitoring"})
    assert _thema("abgeschlossen", "in_bewertung", "weiterfuehren") is None


def test_jedes_ziel_der_kette_hat_einen_uebergang() -> None:
    from states.generatives_thema import GENERATIVES_THEMA

    for von in themenstand.GEFUEHRT:
        ziele = {u.nach for u in GENERATIVES_THEMA.kandidaten("nachziehen", von)}
        assert ziele == {*themenstand.GEFUEHRT, "geclustert", "abgeschlossen"} - {von}


def _meldung(themen: list[Nachbar], monitorings: list[Nachbar] | None = None) -> str | None:
    sichten = {themenstand.ZU_DEN_THEMEN: themen, themenstand.THEMA_ZU_DEN_MONITORINGS: monitorings or []}
    folge = meldung_endet(lage("generatives_thema", "nachziehen", nachbar("MK-1", "meldebogen", "im_thema"), ziele=sichten))
    return folge.ausloeser if folge else None


def test_eine_meldung_endet_mit_ihrem_letzten_thema() -> None:
    geloest = nachbar("GT-01", "generatives_thema", "abgeschlossen", ergebnis="geloest")
    offen = nachbar("GT-02", "generatives_thema", "in_bearbeitung")
    abgelehnt = nachbar("GT-03", "generatives_thema", "abgelehnt")
    assert _meldung([geloest]) == "loesen"
    assert _meldung([abgelehnt]) == "ohne_loesung_beenden"
    assert _meldung([geloest, offen]) is None
    assert _meldung([geloest, abgelehnt]) == "loesen"
    assert _meldung([]) is None


def test_ein_offenes_signal_haelt_die_meldung_im_thema() -> None:
    geloest = nachbar("GT-01", "generatives_thema", "abgeschlossen", ergebnis="geloest")
    assert _meldung([geloest], [mon("wirksam", marken={"signal": ""})]) is None
    assert _meldung([geloest], [mon("beendet", marken={"signal": ""})]) == "loesen"
