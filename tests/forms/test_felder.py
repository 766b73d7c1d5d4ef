"""Felder: jedes Formular lässt sich zeichnen, und was gezeichnet ist, liest sich unverändert wieder ein."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forms import formular, modul
from forms.felder import Feld, als_eingaben, felder_von, gelesen, zeilenzahl
from forms.fallrekonstruktion import Einladen
from forms.grundform import Formular
from forms.meldebogen import Einreichen
from states.kette import PROZESSE

ALLE = sorted({(p.art, u.formular) for p in PROZESSE.values() for u in p.uebergaenge if u.formular})
DATEN = Path(__file__).parents[1] / "daten" / "meldungen.jsonl"


def _eben(felder: tuple[Feld, ...]) -> list[Feld]:
    return [e for f in felder for e in (f, *_eben(f.felder), *(_eben(f.element.felder) if f.element else ()))]


@pytest.mark.parametrize(("art", "name"), ALLE)
def test_jedes_formular_hat_beschriftete_felder(art: str, name: str) -> None:
    klasse = formular(art, name)
    for f in _eben(felder_von(klasse)):
        assert f.titel and f.titel != f.name, (klasse, f.name)
        assert f.hilfe.endswith((".", "“", "?")), (klasse, f.name, f.hilfe)
        assert f.art != "auswahl" or f.optionen or f.liste, (klasse, f.name)


def test_die_arten_der_felder() -> None:
    arten = {f.name: f.art for f in felder_von(Einreichen)}
    assert arten["titel"] == "zeile" and arten["beschreibung"] == "langtext" and arten["laufende_frist"] == "datum"
    assert arten["aehnliche_faelle"] == "zahl" and arten["anonymisiert_bestaetigt"] == "ja_nein" and arten["dringlichkeit"] == "auswahl"
    assert arten["rechtskreise"] == "liste" and arten["zielgruppe"] == "gruppe" and arten["ereignis_von"] == "monat"
    einladen = {f.name: f for f in felder_von(Einladen)}
    assert einladen["teilnehmende"].element is not None and einladen["teilnehmende"].element.felder[0].art == "stelle"
    assert einladen["termin"].pflicht and not einladen["uhrzeit"].pflicht


@pytest.mark.parametrize("zeile", DATEN.read_text("utf-8").splitlines()[:40])
def test_eine_meldung_kommt_aus_den_eingaben_wieder_heraus(zeile: str) -> None:
    daten = {k: w for k, w in json.loads(zeile).items() if k not in ("geschaeftszeichen", "eingang")}
    felder = felder_von(Einreichen)
    zurueck = gelesen(felder, als_eingaben(felder, daten))
    assert Einreichen.model_validate(zurueck) == Einreichen.model_validate(daten)


def test_listen_von_gruppen_und_unlesbares() -> None:
    felder = felder_von(Einladen)
    eingaben = {"termin": ["morgen"], "ort": ["  Raum 5 "], "teilnehmende.0.institution": ["VHS"], "teilnehmende.0.von_kim": ["ja"],
                "teilnehmende.2.institution": ["Jobcenter"], "teilnehmende.1.institution": [""], "teilnehmende.7.funktion": [" "]}
    daten = gelesen(felder, eingaben)
    assert daten["teilnehmende"] == [{"institution": "VHS", "von_kim": True}, {"institution": "Jobcenter"}]
    assert daten["termin"] == "morgen" and daten["ort"] == "Raum 5"
    liste = next(f for f in felder if f.name == "teilnehmende")
    assert zeilenzahl(liste, eingaben, "teilnehmende") == 6  # leere Zeilen zählen nicht
    assert zeilenzahl(liste, {}, "teilnehmende") == 3


def test_alle_formulare_sind_erreichbar() -> None:
    assert all(modul(art) for art in PROZESSE)
    for art, name in ALLE:
        assert issubclass(formular(art, name), Formular)


def test_leere_eingaben_ergeben_eine_leere_antwort() -> None:
    leer: dict[str, Any] = {f.name: [""] for f in felder_von(Einreichen)}
    assert gelesen(felder_von(Einreichen), leer) == {"anonymisiert_bestaetigt": False}
