"""Was ein Wächter verlangt, steht im Formular als Pflicht; das Formular allein ließe es offen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from forms import formular
from forms.felder import felder_von
from forms.schrittfelder import felder_des_schritts
from states.kette import PROZESSE
from states.model import Fakten


def _pflicht(art: str, ausloeser: str) -> list[tuple[set[str], set[str]]]:
    wege = [u for u in PROZESSE[art].uebergaenge if u.ausloeser == ausloeser]
    return [({f.name for f in felder_von(formular(art, u.formular or "")) if f.pflicht},
             {f.name for f in felder_des_schritts(art, u) if f.pflicht}) for u in wege]


@pytest.mark.parametrize(("art", "ausloeser", "dazu"), [
    ("meldebogen", "parken", {"wiedervorlage_am"}), ("generatives_thema", "zurueckstellen", {"wiedervorlage_am"}),
    ("generatives_thema", "an_land_melden", {"wiedervorlage_am"}), ("generatives_thema", "ohne_zielsystem_abschliessen", {"ergebnis"}),
    ("generatives_thema", "clustern", {"cluster"}), ("monitoring", "nachsteuern", {"wertung"}),
    ("monitoring", "weiterfuehren", set()),  # nach einer Nachsteuerung nicht
    ("generatives_thema", "antwort_verzeichnen", set()),  # nur auf einem von mehreren Wegen
    ("beschluss", "umlauf_starten", set()),  # die Sitze kommen aus den Stammdaten
])  # fmt: skip
def test_pflicht_ist_was_jeder_weg_des_schritts_verlangt(art: str, ausloeser: str, dazu: set[str]) -> None:
    assert [mit - ohne for ohne, mit in _pflicht(art, ausloeser)] == [dazu] * len(_pflicht(art, ausloeser))


def _zu_sehen(art: str, ausloeser: str, zustand: str, stand: dict[str, Any]) -> tuple[set[str], set[str]]:
    u = next(u for u in PROZESSE[art].uebergaenge if u.ausloeser == ausloeser)
    felder = felder_des_schritts(art, u, zustand, stand)
    return {f.name for f in felder if f.pflicht}, {f.name for f in felder if f.je_nach_antwort}


@pytest.mark.parametrize(("art", "ausloeser", "zustand", "stand", "pflicht", "je_nach_antwort"), [
    ("monitoring", "weiterfuehren", "in_bewertung", {}, {"wertung", "was_geschieht"}, set()),
    ("monitoring", "weiterfuehren", "in_nachsteuerung", {}, {"was_geschieht"}, set()),
    ("generatives_thema", "vorlegen", "geclustert", {}, {"sitzung", "cluster"}, set()),
    ("generatives_thema", "vorlegen", "geclustert", {"cluster": "Sprache"}, {"sitzung"}, set()),
    ("generatives_thema", "antwort_verzeichnen", "an_land_gemeldet", {}, {"inhalt"}, {"ziel", "wiedervorlage_am", "ergebnis"}),
    ("fallrekonstruktion", "freigeben", "abgestimmt", {}, set(), {"themenkandidat", "kein_thema_grund"}),
])  # fmt: skip
def test_in_diesem_zustand_und_je_nach_antwort(art: str, ausloeser: str, zustand: str, stand: dict[str, Any], pflicht: set[str],
                                              je_nach_antwort: set[str]) -> None:
    """Was ein Wächter verlangen kann, steht nie unter den freiwilligen Angaben."""
    assert _zu_sehen(art, ausloeser, zustand, stand) == (pflicht, je_nach_antwort)


def test_ein_waechter_verlangt_nur_angaben_seines_formulars_und_nennt_sie() -> None:
    for art, prozess in PROZESSE.items():
        for u in prozess.uebergaenge:
            namen = [f.name for f in felder_des_schritts(art, u)]
            for w in u.waechter:
                grund = w.pruefe(Fakten(art, "", {}, {}, "", {}, "", None, date.max)) if w.verlangt else None
                assert not w.verlangt or (set(w.verlangt) <= set(namen) and grund is not None and grund.feld in w.verlangt), w.name


def test_welcher_beschluss_es_bestimmt_fragt_kein_formular() -> None:
    u = next(u for u in PROZESSE["arbeitsgruppe"].uebergaenge if u.ausloeser == "frist_verlaengern")
    assert [f.name for f in felder_des_schritts("arbeitsgruppe", u)] == ["frist"]
