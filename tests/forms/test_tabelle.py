"""Tabellen in Formularen: Zeilen verschieben, und einfügen, was jemand aus Excel oder Word kopiert hat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from forms import formular
from forms.felder import Feld, felder_von, gelesen
from forms.tabelle import eingefuegt, gezogen, mit_lesbaren_zahlen

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


@pytest.mark.parametrize(("zelle", "gilt", "gesagt"), [
    ("4", "4", ""), ("ca. 4 WT", "4", ""), ("3 Werktage", "3", ""), ("10 Tage", "10", ""),
    ("3 Wochen", "15", "Zeile 1: Aus „3 Wochen“ sind 15 Werktage geworden."),
    ("2 Wo.", "10", "Zeile 1: Aus „2 Wo.“ sind 10 Werktage geworden."),
    ("2 Monate", "2 Monate", ""), ("1 Jahr", "1 Jahr", ""), ("48 Std.", "48 Std.", ""), ("ca. 2 Wochen", "ca. 2 Wochen", ""),
])  # fmt: skip
def test_eine_dauer_behaelt_ihre_einheit_oder_faellt_auf(zelle: str, gilt: str, gesagt: str) -> None:
    """Wartetage aus Wochen wären um das Fünffache zu klein, aus Monaten um das Zwanzigfache."""
    u = eingefuegt(KETTEN, {"einfuegen.soll": [KOPF + f"1\tAntrag annehmen\tSozialamt\tJobcenter\t{zelle}"]}, None)
    assert _spalte(u.eingaben, feld="zieldauer_werktage") == {0: gilt} and u.hinweise == ([gesagt] if gesagt else [])
    assert list(u.befunde) == ([] if gilt.isdecimal() else ["soll.0.zieldauer_werktage"])


@pytest.mark.parametrize(("zelle", "gilt"), [("W 3", "3"), ("3. Woche", "3"), ("Tag 3", "Tag 3"), ("3. Monat", "3. Monat")])
def test_eine_woche_ist_kein_tag(zelle: str, gilt: str) -> None:
    neu, maengel = _ein(ACHSE, f"Woche\tAkteur\tHandlung\n{zelle}\tJobcenter\tSchickt einen Brief", "zeitachse")
    assert _spalte(neu, "zeitachse", "woche") == {0: gilt} and bool(maengel) is not gilt.isdecimal()
    assert mit_lesbaren_zahlen(ACHSE, {"zeitachse.0.woche": [zelle]}) == {"zeitachse.0.woche": [gilt]}


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


def test_alle_zeilen_kommen_in_ihrer_reihenfolge_hinein_der_grund_steht_an_der_eingabe() -> None:
    neu, maengel = _ein(KETTEN, KOPF + "1\tGut\tA\tB\t3\n2\t\tA\tB\t3\n3\tFalsch\tA\tB\tbald\n4\tAuch gut\tA\tB\t\n")
    assert _spalte(neu) == {0: "Gut", 2: "Falsch", 3: "Auch gut"}
    assert maengel == {"soll.1.taetigkeit": "Diese Pflichtangabe fehlt.",
                       "soll.2.zieldauer_werktage": "Hier wird eine ganze Zahl erwartet."}
    assert neu["soll.2.zieldauer_werktage"] == ["bald"] and "einfuegen.soll" not in neu, "nichts Getipptes geht verloren"


def test_unbekannte_spalten_bleiben_weg_und_heissen_beim_namen() -> None:
    u = eingefuegt(KETTEN, {"einfuegen.soll": ["Schritt\tWer\tAn\tBemerkung\tNotiz\nMelden\tA\tB\tFrau Geheim\tx"]}, None)
    assert u.befunde == {} and _spalte(u.eingaben) == {0: "Melden"}
    assert u.hinweise == ["Nicht übernommen sind die Spalten „Bemerkung“, „Notiz“. Trägt eine Spalte die Überschrift einer "
                          "Angabe der Tabelle, kommt sie beim Einfügen mit."]
    zu_viele = eingefuegt(KETTEN, {"einfuegen.soll": ["\t".join("ab" + "3" * 18)]}, None)
    assert zu_viele.hinweise[0].startswith("Nicht übernommen sind die Spalten 1")


def test_verbundene_zellen_gelten_auch_fuer_die_zeilen_darunter() -> None:
    text = "Woche\tWer\tWas\n3\tJobcenter\tAntrag\n\t\tRückfrage\n9\tVHS\tWarteliste"
    u = eingefuegt(ACHSE, {"einfuegen.zeitachse": [text]}, None)
    assert u.befunde == {} and [(z["woche"], z["akteur"]) for z in gelesen(ACHSE, u.eingaben)["zeitachse"]] == [
        (3, "Jobcenter"), (3, "Jobcenter"), (9, "VHS")]
    assert u.hinweise == ["Zeile 2: Woche und Wer stehen wie in der Zeile darüber."]


@pytest.mark.parametrize(("wann", "wochen", "satz"), [
    (("01.02.2026", "16.02.2026"), (0, 2), "Aus den Tagen sind Wochen geworden, gezählt ab dem ersten Tag."),
    (("16.02.2026", "1.2.2026"), (2, 0), "Aus den Tagen sind Wochen geworden, gezählt ab dem ersten Tag."),
    (("W 6-8", "9 bis 10"), (6, 9), "Zeile 1: Von der Spanne steht die erste Woche da."),
])  # fmt: skip
def test_aus_tagen_und_spannen_werden_wochen(wann: tuple[str, str], wochen: tuple[int, int], satz: str) -> None:
    u = eingefuegt(ACHSE, {"einfuegen.zeitachse": [f"Wann\tWer\tWas\n{wann[0]}\tA\tx\n{wann[1]}\tB\ty"]}, None)
    assert u.befunde == {} and tuple(z["woche"] for z in gelesen(ACHSE, u.eingaben)["zeitachse"]) == wochen
    assert u.hinweise[0] == satz


def test_was_keine_woche_ist_bleibt_stehen_und_wird_beanstandet() -> None:
    neu, maengel = _ein(ACHSE, "Wann\tWer\tWas\n31.02.2026\tA\tx\nbald\tB\ty", "zeitachse")
    assert set(maengel) == {"zeitachse.0.woche", "zeitachse.1.woche"} and neu["zeitachse.0.woche"] == ["31.02.2026"]


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


@pytest.mark.parametrize("leer", ["nein", "Nein", "-", "–", "keine", "n"])
def test_ein_nein_in_der_spalte_bruch_ist_keine_bruchstelle(leer: str) -> None:
    neu, maengel = _ein(ACHSE, f"Woche\tWer\tWas geschah\tBruch\n1\tVHS\tAntrag\t{leer}\n2\tVHS\tWarten\tListe voll\n", "zeitachse")
    assert maengel == {}
    assert [z.get("bruchstelle") for z in gelesen(ACHSE, neu)["zeitachse"]] == [None, "Liste voll"]
