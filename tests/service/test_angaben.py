"""Angaben in Worten: Ein Kürzel wird nur dort zum Namen, wo es gemeint ist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from forms import formular
from forms.felder import felder_von
from service.anzeige import NICHT_GEZEIGT, Angabe, inhalt, titel
from service.db import Datenbank
from service.profil import Profil
from service.sicht import Ansicht, Ebene
from states.kette import PROZESSE
from tests.buehne import Buehne
from tests.dienst import Dienst
from tests.schmied import PERSONEN

FELDER: dict[str, Any] = {
    "version": 2,
    "ist": [{"nr": 1, "taetigkeit": "Annehmen", "zustaendig": "Stelle A", "zieldauer_werktage": 2}],
    "massnahmen": [{"key": "1", "titel": "Merkblatt"}, {"key": "2", "titel": "Schulung"}],
    "indikatoren": [{"key": "IN-1", "indikator": "Wartezeit", "zielwert": "2"}],
    "fortschreibungen": [{"massnahme": "2", "neue_frist": "2026-03-01"}],
}


def _angabe(name: str) -> Angabe:
    (angabe,) = [a for a in inhalt(Ansicht("ZS-1", "zielsystem", Ebene.VOLL, 1, "entwurf", {}, FELDER, (), False), {}) if a.name == name]
    return angabe


def test_zahlen_bleiben_zahlen() -> None:
    """Eine Maßnahme heißt „2“; die Fassung, die Nummer eines Schritts, seine Dauer und ein Zielwert heißen nicht nach ihr."""
    ist, indikatoren = _angabe("ist"), _angabe("indikatoren")
    assert _angabe("version").text == "2" and ist.zeilen == (("1", "Annehmen", "Stelle A", "2"),)
    assert dict(zip(indikatoren.spalten, indikatoren.zeilen[0], strict=True))["Zielwert"] == "2"


def test_wer_eine_massnahme_nennt_zeigt_ihren_namen() -> None:
    fort = _angabe("fortschreibungen")
    assert "Schulung" in fort.zeilen[0] and "2" not in fort.zeilen[0]


def test_je_stelle_eine_zeile() -> None:
    felder = {"fruehere_stimmen": [{"version": 1, "stimmen": {
        "Stelle A": {"am": "2026-02-03", "antwort": "zugestimmt"}, "Stelle B": {"am": "2026-02-04", "antwort": "sondervotum"}}}]}
    (angabe,) = inhalt(Ansicht("ZS-1", "zielsystem", Ebene.VOLL, 1, "entwurf", {}, felder, (), False), {})
    assert angabe.titel == "Frühere Stimmen" and angabe.zeilen[0][-1].splitlines() == [
        "Stelle A: 03.02.2026, Zugestimmt", "Stelle B: 04.02.2026, Sondervotum"]


def test_jede_festgehaltene_angabe_hat_einen_deutschen_namen(db: Datenbank, profil: Profil, tmp_path: Path) -> None:
    """Nach einer Wanderung durch alle Arten: keine Angabe zeigt ihren Namen aus dem Programm."""
    Dienst(db, profil, tmp_path, PERSONEN)
    Buehne(db).wandere(Random(11), 400)
    with db.lesen() as s:
        namen = {(art, name) for art, stand in s.alle("SELECT art, stand FROM vorgang") for name in _namen(json.loads(stand))}
    assert len(namen) > 100
    assert {(art, name) for art, name in namen if titel(art, name) == name} == set()


def test_der_tag_des_anlegens_heisst_nicht_wie_eine_andere_angabe() -> None:
    felder = {(art, f.name) for art, p in PROZESSE.items() for u in p.uebergaenge if u.formular
              for f in felder_von(formular(art, u.formular))}
    assert {(art, name) for art, name in felder if name != "eingang" and titel(art, name) == titel(art, "eingang")} == set()


def _namen(wert: Any) -> Iterator[str]:
    """Namen aus dem Programm; Schlüssel, die eine Stelle oder einen Sitz nennen, sehen anders aus."""
    for name, w in wert.items() if isinstance(wert, dict) else ():
        if name in NICHT_GEZEIGT:
            continue
        if re.fullmatch(r"[a-z][a-z_]+", name):
            yield name
        yield from _namen(w)
    for w in wert if isinstance(wert, list) else ():
        yield from _namen(w)
