"""Was ein Wächter verlangt, steht im Formular als Pflicht; das Formular allein ließe es offen."""

from __future__ import annotations

import pytest

from forms import formular
from forms.felder import felder_von
from forms.schrittfelder import felder_des_schritts
from states.kette import PROZESSE


def _pflicht(art: str, ausloeser: str) -> list[tuple[set[str], set[str]]]:
    wege = [u for u in PROZESSE[art].uebergaenge if u.ausloeser == ausloeser]
    return [({f.name for f in felder_von(formular(art, u.formular or "")) if f.pflicht},
             {f.name for f in felder_des_schritts(art, u) if f.pflicht}) for u in wege]


@pytest.mark.parametrize(("art", "ausloeser", "dazu"), [
    ("meldebogen", "parken", {"wiedervorlage_am"}), ("generatives_thema", "zurueckstellen", {"wiedervorlage_am"}),
    ("generatives_thema", "an_land_melden", {"wiedervorlage_am"}), ("generatives_thema", "ohne_zielsystem_abschliessen", {"ergebnis"}),
    ("generatives_thema", "antwort_verzeichnen", set()),  # nur auf einem von mehreren Wegen
    ("beschluss", "umlauf_starten", set()),  # die Sitze kommen aus den Stammdaten
])  # fmt: skip
def test_pflicht_ist_was_jeder_weg_des_schritts_verlangt(art: str, ausloeser: str, dazu: set[str]) -> None:
    assert [mit - ohne for ohne, mit in _pflicht(art, ausloeser)] == [dazu] * len(_pflicht(art, ausloeser))
