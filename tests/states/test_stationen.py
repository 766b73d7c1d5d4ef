"""Stationen und Erwartungen: was sie aus den Prozesstabellen ableiten, stimmt mit dem überein, was process.md sagt."""

from __future__ import annotations

import pytest

from states.erwartungen import ERWARTUNGEN
from states.kette import PROZESSE
from states.model import Rolle
from states.stationen import STATIONEN, liegt_bei, station_von, voran, wartende, weg


def test_jede_station_hat_zustaende_und_keine_zwei_denselben() -> None:
    alle = [(st.art, z) for st in STATIONEN for z in st.zustaende]
    assert len(alle) == len(set(alle)) and all(not PROZESSE[art].zustand(z).ende for art, z in alle)
    assert station_von("meldebogen", "in_sammlung") == STATIONEN[1] and station_von("meldebogen", "im_thema") is None


@pytest.mark.parametrize(("art", "zustand", "ausloeser"), [
    ("meldebogen", "eingegangen", "uebernehmen"), ("meldebogen", "in_vorpruefung", "aufnehmen"),
    ("meldebogen", "in_sammlung", "auswaehlen"),
    ("meldebogen", "themenspeicher", "wiedervorlegen"), ("fallrekonstruktion", "geprueft", "abstimmen"),
    ("generatives_thema", "zurueckgestellt", "wiedervorlegen"), ("monitoring", "in_nachsteuerung", "weiterfuehren"),
    ("zielsystem", "zurueckverwiesen", "ueberarbeiten"),
])  # fmt: skip
def test_was_weiterfuehrt(art: str, zustand: str, ausloeser: str) -> None:
    assert voran(art, zustand)[0].ausloeser == ausloeser


def test_der_weg_endet_bei_jeder_art_und_faengt_nirgends_von_vorn_an() -> None:
    for art, p in PROZESSE.items():
        for z in p.offene:
            kommend = weg(art, z)
            assert len(set(kommend)) == len(kommend) and z not in kommend, (art, z, kommend)
            assert kommend and p.zustand(kommend[-1]).ende, (art, z, kommend)
    assert weg("meldebogen", "geloest") == ()


def test_bei_wem_es_liegt() -> None:
    assert liegt_bei("generatives_thema", "vorgelegt") == (Rolle.BESCHLUSS,)
    assert liegt_bei("meldebogen", "ausgewaehlt") == (Rolle.KOORDINATION,), "es fehlt die Fallrekonstruktion"
    assert liegt_bei("meldebogen", "geloest") == ()
    wartet = wartende(Rolle.KOORDINATION)
    assert "im_thema" in wartet["meldebogen"] and "eingegangen" not in wartet["meldebogen"] and "soll_entwurf" in wartet["arbeitsgruppe"]


def test_wer_stimmt_oder_antwortet_schuldet_nichts_mehr() -> None:
    je = {(e.art, e.ausloeser): e for e in ERWARTUNGEN}
    ich = frozenset({"person-a", "Jobcenter"})
    stimme = je["beschluss", "stimme_abgeben"]
    sitze = [{"sitz": "Sitz 1", "personen": ["person-a", "person-b"]}, {"sitz": "Sitz 2", "institution": "Jobcenter"}]
    assert not stimme.getan({"sitze": sitze, "stimmen": {"Sitz 1": {}}}, ich), "der zweite Sitz fehlt"
    assert stimme.getan({"sitze": sitze, "stimmen": {"Sitz 1": {}, "Sitz 2": {}}}, ich)
    assert stimme.getan({"sitze": [{"sitz": "Sitz 3", "institution": "BAMF"}]}, ich), "ohne eigenen Sitz"
    kenntnis = je["beschluss", "kenntnis_nehmen"]
    assert not kenntnis.getan({"weiterleitungen": {"Jobcenter": {"aufgabe": True}}}, ich)
    assert kenntnis.getan({"weiterleitungen": {"Jobcenter": {"aufgabe": True, "kenntnis_am": "2026-01-02"}}}, ich)
    assert kenntnis.getan({"weiterleitungen": {"Jobcenter": {}}}, ich), "wer nur davon erfährt, braucht nichts zu bestätigen"
