"""Tabellen in Formularen: Zeilen verschieben, und einfügen, was jemand aus Excel oder Word kopiert hat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from forms import formular
from forms.felder import Feld, felder_von, gelesen
from forms.tabelle import eingefuegt, gezogen

KETTEN = felder_von(formular("zielsystem", "Bearbeiten"))
ACHSE = felder_von(formular("fallrekonstruktion", "Bearbeiten"))
DREI = {"soll.0.taetigkeit": ["eins"], "soll.1.taetigkeit": ["zwei"], "soll.1.medium": ["Brief"], "soll.3.taetigkeit": ["vier"],
        "titel": ["T"]}


def _spalte(eingaben: Mapping[str, Sequence[str]], name: str = "soll", feld: str = "taetigkeit") -> dict[int, str]:
    return {n: eingaben[k][0] for n in range(20) if (k := f"{name}.{n}.{feld}") in eingaben}


def _ein(felder: tuple[Feld, ...], text: str, name: str = "soll", **mehr: list[str]) -> tuple[Mapping[str, Sequence[str]], dict[str, str]]:
    u = eingefuegt(felder, {**mehr, f"einfuegen.{name}": [text]}, None)
    return u.eingaben, u.befunde


# --- verschieben ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("was", "danach"), [
    ("hoch:soll:1", {0: "zwei", 1: "eins", 3: "vier"}), ("runter:soll:0", {0: "zwei", 1: "eins", 3: "vier"}),
    ("runter:soll:1", {0: "eins", 2: "zwei", 3: "vier"}), ("weg:soll:1", {0: "eins", 2: "vier"}),
    ("davor:soll:1", {0: "eins", 2: "zwei", 4: "vier"}), ("hoch:soll:0", {0: "eins", 1: "zwei", 3: "vier"}),
    ("weg:titel:0", {0: "eins", 1: "zwei", 3: "vier"}), ("einfuegen:soll", {0: "eins", 1: "zwei", 3: "vier"}),
    ("hoch:soll:x", {0: "eins", 1: "zwei", 3: "vier"}), ("", {0: "eins", 1: "zwei", 3: "vier"}),
])  # fmt: skip
def test_zeilen_wandern_mit_allem_was_darin_steht(was: str, danach: dict[int, str]) -> None:
    neu = gezogen(KETTEN, DREI, was)
    assert _spalte(neu) == danach and neu["titel"] == ["T"]
    zwei = next((n for n, t in _spalte(neu).items() if t == "zwei"), None)
    assert zwei is None or neu[f"soll.{zwei}.medium"] == ["Brief"]


def test_die_nummer_zaehlt_sich_selbst() -> None:
    assert [(z["nr"], z["taetigkeit"]) for z in gelesen(KETTEN, DREI)["soll"]] == [(1, "eins"), (2, "zwei"), (3, "vier")]
    assert [z["nr"] for z in gelesen(KETTEN, {**DREI, "soll.0.nr": ["7"]})["soll"]] == [7, 2, 3], "eine genannte Nummer gilt"


# --- einfügen ---------------------------------------------------------------------------------------------------------

KOPF = "Nr.\tTätigkeit\tzuständig\tÜbergabe an\tDauer\n"


def test_eine_tabelle_mit_ueberschrift() -> None:
    neu, maengel = _ein(KETTEN, KOPF + "1\tAntrag annehmen\tSozialamt\tJobcenter\t3 Werktage\n2\tBewilligen\tJobcenter\tKlientin\t5\n\n")
    assert maengel == {} and "einfuegen.soll" not in neu
    assert gelesen(KETTEN, neu)["soll"] == [
        {"nr": 1, "taetigkeit": "Antrag annehmen", "zustaendig": "Sozialamt", "uebergabe_an": "Jobcenter", "zieldauer_werktage": 3},
        {"nr": 2, "taetigkeit": "Bewilligen", "zustaendig": "Jobcenter", "uebergabe_an": "Klientin", "zieldauer_werktage": 5}]


@pytest.mark.parametrize("text", [
    "Antrag annehmen\tSozialamt\tJobcenter", "1\tAntrag annehmen\tSozialamt\tJobcenter", "1.\tAntrag annehmen\tSozialamt\tJobcenter\t\t",
    "Antrag annehmen;Sozialamt;Jobcenter", 'Schritt\tWer\tAn\n"Antrag\nannehmen"\tSozialamt\tJobcenter',
])  # fmt: skip
def test_ohne_ueberschrift_gilt_die_reihenfolge(text: str) -> None:
    neu, maengel = _ein(KETTEN, text)
    assert maengel == {} and gelesen(KETTEN, neu)["soll"] == [
        {"nr": 1, "taetigkeit": "Antrag annehmen", "zustaendig": "Sozialamt", "uebergabe_an": "Jobcenter"}]


def test_eingefuegtes_kommt_hinter_das_vorhandene() -> None:
    neu, _ = _ein(KETTEN, "fünf\tA\tB", **DREI)
    assert _spalte(neu) == {0: "eins", 1: "zwei", 3: "vier", 4: "fünf"}


def test_gute_zeilen_kommen_hinein_schlechte_bleiben_mit_ihrem_grund() -> None:
    neu, maengel = _ein(KETTEN, KOPF + "1\tGut\tA\tB\t3\n2\tOhne Stelle\t\tB\t3\n3\tFalsch\tA\tB\tbald\n4\tAuch gut\tA\tB\t\n")
    assert _spalte(neu) == {0: "Gut", 1: "Auch gut"}
    assert maengel == {"einfuegen.soll": "Zeile 3: Zuständig: Diese Pflichtangabe fehlt. "
                                         "Zeile 4: Zieldauer in Werktagen: Hier wird eine ganze Zahl erwartet."}
    assert neu["einfuegen.soll"] == [KOPF + "2\tOhne Stelle\t\tB\t3\n3\tFalsch\tA\tB\tbald"], "nichts Getipptes geht verloren"
    verbessert, keine = _ein(KETTEN, neu["einfuegen.soll"][0].replace("Stelle\t\t", "Stelle\tA\t").replace("bald", "4"))
    assert keine == {} and _spalte(verbessert) == {0: "Ohne Stelle", 1: "Falsch"}


def test_zu_viele_und_unbekannte_spalten_nennen_keinen_inhalt() -> None:
    _, maengel = _ein(KETTEN, "Tätigkeit\tZuständig\tFrau Geheim\nMelden\tA\tB")
    assert maengel["einfuegen.soll"] == "Zeile 2: Die Überschrift der Spalte 3 ist nicht bekannt."
    _, zu_viele = _ein(KETTEN, "\t".join("x" * 20))
    assert zu_viele["einfuegen.soll"].startswith("Zeile 1: Sie hat mehr Spalten als die Tabelle")


def test_die_zeitachse_versteht_wochen_und_drei_spalten() -> None:
    text = "Wann\tWer\tWas geschah\tWas brach\nW 0\tJobcenter\tVerpflichtung\t\nWoche 9\tVHS\tWarteliste\tListen"
    neu, maengel = _ein(ACHSE, text, "zeitachse")
    assert maengel == {}
    assert gelesen(ACHSE, neu)["zeitachse"] == [
        {"woche": 0, "akteur": "Jobcenter", "handlung": "Verpflichtung"},
        {"woche": 9, "akteur": "VHS", "handlung": "Warteliste", "bruchstelle": "Listen"}]


def test_auswahl_und_datum_wie_menschen_sie_schreiben() -> None:
    indikator, ohne = _ein(KETTEN, "Indikator\tQuelle\tRhythmus\nTage\tListe\tVierteljährlich", "indikatoren")
    assert ohne == {} and indikator["indikatoren.0.rhythmus"] == ["vierteljaehrlich"]
    massnahme, auch = _ein(KETTEN, "Maßnahme\tWer\tBis\nListe führen\tVHS\t29.01.2027", "massnahmen")
    assert auch == {} and massnahme["massnahmen.0.frist"] == ["29.01.2027"]


@pytest.mark.parametrize("text", ["", "\n\t\n", "\t\t\t", '"', '"offen\tB', "x" * 5000, "\x00\t\x00"])
def test_kein_text_bringt_das_einfuegen_zu_fall(text: str) -> None:
    neu, maengel = _ein(KETTEN, text)
    assert maengel or "soll" not in gelesen(KETTEN, neu) or all(z["taetigkeit"] for z in gelesen(KETTEN, neu)["soll"])
