"""Formulare der Sitzung, des Beschlusses und der kleinen Akten: was sie nehmen und was sie mit einem Satz ablehnen."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from forms import formular, modul
from forms.grundform import Formular, befunde
from states.kette import PROZESSE

ARTEN = ("sitzung", "beschluss", "auswahlrunde", "lage", "bericht", "anfrage", "kooperationsvereinbarung")
INHALT: dict[str, Any] = {
    "titel": "Arbeitsgruppe einrichten",
    "wortlaut": "Die Gruppe wird eingerichtet.",
    "verantwortlich": "Vorsitz und VHS",
    "frist": "2026-10-14",
    "verteiler": ["Arbeitsgruppen", "alle Kommunen"],
}
PERSOENLICH = {"wer": "Koordination A", "wem": "Leitung", "wann": "2026-04-28", "wo": "Kreishaus"}

GUELTIG: list[tuple[str, str, dict[str, Any]]] = [
    ("sitzung", "Planen", {"datum": "2026-04-22", "vorige": "LG-01"}),
    (
        "sitzung",
        "Einladen",
        {
            "sitze": [
                {
                    "sitz": "S01",
                    "funktion": "Fachbereich",
                    "personen": ["p1"],
                    "gueltig_von": "2026-01-02",
                    "gueltig_bis": None,
                }
            ]
        },
    ),
    ("sitzung", "UnterlagenVersenden", {"unterlagen": ["Tagesordnung", "Clusterpapier"]}),
    ("sitzung", "Nachreichen", {"unterlage": "Clusterpapier", "bezug": "GT-02", "tischvorlage": True}),
    ("sitzung", "Verlegen", {"datum": "06.05.2026"}),
    ("sitzung", "PunktAufnehmen", {"bezug": "GT-01", "art": "thema", "titel": "Kurszugang", "tischvorlage": False}),
    ("sitzung", "PunkteWarten", {"punkte": [1, 3]}),
    ("sitzung", "PunkteUebernehmen", {"aus": "LG-01", "punkte": [{"titel": "Bericht", "art": "bericht"}]}),
    ("sitzung", "PunktStreichen", {"nr": 2}),
    ("sitzung", "PunktBeraten", {"nr": 2, "text": "Beraten und vertagt."}),
    (
        "sitzung",
        "Eroeffnen",
        {"anwesenheit": {"S01": "inhaber", "S02": "abwesend"}, "gaeste": [{"institution": "Datenschutz", "punkt": 2}]},
    ),
    ("sitzung", "Eroeffnen", {"anwesenheit": [{"sitz": "S01", "anwesend": "vertretung"}]}),
    ("sitzung", "AnwesenheitAendern", {"anwesenheit": {"S01": "abwesend"}, "gaeste": [{"institution": "Jobcenter"}], "um": "9.05"}),
    ("sitzung", "ProtokollVersenden", {}),
    ("sitzung", "EinwandVerzeichnen", {"einwand_von": "Sitz S03", "text": "Falsche Zahl.", "naechste_sitzung": "LG-02"}),
    ("sitzung", "Berichtigen", {"text": "Zu Punkt 3: …", "beschluss": "BS-02-06", "zu_einwand": 1}),
    ("sitzung", "NachfolgerVermerken", {"nachfolger": "LG-02"}),
    *((art, "DateiAnhaengen", {"nr": 1, "bezeichnung": "Vordruck", "typ": "pdf", "groesse": 512, "sha256": "0" * 64})
      for art in ("sitzung", "bericht")),
    *((art, "DateiEntfernen", {"nr": 1}) for art in ("sitzung", "bericht")),
    ("beschluss", "GaesteVermerken", {"gaeste": ["Datenschutz"]}),
    (
        "beschluss",
        "Fassen",
        {
            **INHALT,
            "sitzung": "LG-01",
            "punkt": 1,
            "abstimmung": {"ja": 11, "nein": 0, "enthaltung": 1},
            "befangen": ["S08"],
            "bezug": ["GT-01"],
            "bewegungen": [
                {
                    "vorgang": "GT-01",
                    "ausloeser": "beauftragen",
                    "grund": "",
                    "daten": {"name": "AG", "mitglieder": [{"institution": "VHS", "funktion": None}]},
                }
            ],
        },
    ),
    ("beschluss", "Fassen", {**INHALT, "sitzung": "LG-01", "verfahren": "konsens"}),
    (
        "beschluss",
        "UmlaufStarten",
        {**INHALT, "sitze": [{"sitz": "S01", "funktion": "Vorsitz"}], "antwort_bis": "2026-07-09"},
    ),
    ("beschluss", "StimmeAbgeben", {"sitz": "S01", "stimme": "diskussion"}),
    ("beschluss", "BewegungAusgeblieben", {"vorgang": "GT-01", "ausloeser": "ablehnen", "warum": "Das Thema ist gegenstandslos."}),
    ("beschluss", "BewegungKlaeren", {"nummer": "1", "vermerk": "Hat sich erledigt."}),
    ("beschluss", "UmlaufFeststellen", {"ziel": "gescheitert"}),
    ("beschluss", "UmlaufBerichten", {"sitzung": "LG-02"}),
    ("beschluss", "SitzungVermerken", {"sitzung": "LG-02"}),
    ("sitzung", "SitzungVermerken", {"sitzung": "LG-02"}),
    (
        "beschluss",
        "Weiterleiten",
        {
            "empfaenger": [
                {"institution": "Stadt", "sammelempfaenger": "alle Kommunen", "weg": "protokoll", "aufgabe": True},
                {"institution": "Leitung", "weg": "persoenlich", "persoenlich": PERSOENLICH},
            ],
            "weitere_empfaenger": True,
        },
    ),
    ("beschluss", "Weiterleiten", {}),
    ("beschluss", "KenntnisNehmen", {"empfaenger": "Stadt", "persoenlich": PERSOENLICH}),
    ("beschluss", "Erinnern", {"empfaenger": "Stadt", "weg": "anruf"}),
    ("beschluss", "Erledigen", {}),
    ("beschluss", "FristAendern", {"frist": "2026-10-14"}),
    ("beschluss", "Aufheben", {"beschluss": "BS-09"}),
    ("auswahlrunde", "AuswahlrundeAnlegen", {"titel": "Herbst", "sitzung": "LG-02"}),
    ("auswahlrunde", "AuswahlrundeDurchfuehren", {"gesichtet": 40, "wieder_geparkt": ["MK-2026-0001"], "wiedervorlage_am": "2026-12-01"}),
    ("lage", "LageAusrufen", {"titel": "Häufung", "sammlungen": ["SAM-01"], "von": "2026-03-01", "bis": "2026-04-30"}),
    ("lage", "LageNichtAusrufen", {"titel": "Häufung", "anlass": "Viele Meldungen"}),
    ("lage", "LageErweitern", {"bis": "2026-05-31"}),
    ("lage", "LageSammelmeldung", {"stelle": "Jobcenter", "anzahl": 40}),
    ("lage", "LageSammelmeldung", {"stelle": "Jobcenter", "anzahl": 12}),
    ("lage", "LageBeenden", {"auswertung": "Die Sammelmeldung hat genügt."}),
    (
        "bericht",
        "BerichtAnlegen",
        {
            "titel": "Bericht",
            "gremium": "Ausschuss",
            "ebene": "Kreis",
            "zeitraum": {"von": "2026-01-02", "bis": "2026-10-30"},
        },
    ),
    ("bericht", "BerichtBearbeiten", {"text": "Neue Zahlen"}),
    ("bericht", "BerichtVormerken", {"titel": "Erster Bericht", "gremium": "Kreistag"}),
    ("bericht", "BerichtVersenden", {"gesendet_am": "2026-11-18"}),
    ("bericht", "BerichtZurKenntnis", {}),
    ("bericht", "BerichtNachfolger", {"nachfolger": "BE-02"}),
    (
        "anfrage",
        "AnfrageErfassen",
        {"gremium": "Ausschuss", "von": "Fraktion", "fragen": ["Wie viele?"], "frist": "2027-01-08"},
    ),
    ("anfrage", "AnfrageBeantworten", {"antwort": "24 Meldungen."}),
    (
        "kooperationsvereinbarung",
        "VereinbarungAbschliessen",
        {"parteien": ["Jobcenter", "Stadt"], "gueltig_von": "2026-12-18"},
    ),
    ("kooperationsvereinbarung", "PruefungAbschliessen", {"ergebnis": "unverändert fortgeführt"}),
]

UNGUELTIG: list[tuple[str, str, dict[str, Any], str]] = [
    ("sitzung", "Planen", {}, "datum"),
    ("sitzung", "Einladen", {"sitze": [{"sitz": "S01"}]}, "sitze.1"),
    ("sitzung", "UnterlagenVersenden", {"unterlagen": [""]}, "unterlagen.1"),
    ("sitzung", "Nachreichen", {"unterlage": ""}, "unterlage"),
    ("sitzung", "Verlegen", {"datum": "31.02.2026"}, "datum"),
    ("sitzung", "PunktAufnehmen", {"art": "sonstiges"}, "art"),
    ("sitzung", "PunktStreichen", {"nr": 0}, "nr"),
    ("sitzung", "PunkteWarten", {"punkte": [0]}, "punkte.1"),
    ("sitzung", "PunkteUebernehmen", {"aus": "LG-01", "punkte": [{"titel": "Bericht", "art": "sonstiges"}]}, "punkte.1.art"),
    ("sitzung", "PunktBeraten", {"nr": 0}, "nr"),
    ("sitzung", "Eroeffnen", {"anwesenheit": {"S01": "vielleicht"}}, "anwesenheit.1"),
    ("sitzung", "Eroeffnen", {"anwesenheit": []}, "anwesenheit"),
    ("sitzung", "AnwesenheitAendern", {"anwesenheit": {"S01": "inhaber"}, "um": "25:00"}, "um"),
    ("sitzung", "ProtokollVersenden", {"key": "LG-01"}, "key"),
    ("sitzung", "EinwandVerzeichnen", {}, "einwand_von"),
    ("sitzung", "EinwandVerzeichnen", {"einwand_von": "Sitz S03", "text": " "}, "text"),
    ("sitzung", "Berichtigen", {}, "text"),
    ("sitzung", "NachfolgerVermerken", {"nachfolger": ""}, "nachfolger"),
    *((art, "DateiAnhaengen", {"nr": 1, "bezeichnung": "Vordruck", "typ": "exe", "groesse": 512, "sha256": "0" * 64}, "typ")
      for art in ("sitzung", "bericht")),
    *((art, "DateiEntfernen", {"nr": 0}, "nr") for art in ("sitzung", "bericht")),
    ("beschluss", "GaesteVermerken", {"gaeste": [""]}, "gaeste.1"),
    ("beschluss", "Fassen", {**INHALT}, "sitzung"),
    ("beschluss", "Fassen", {**INHALT, "sitzung": "LG-01", "verteiler": []}, "verteiler"),
    ("beschluss", "Fassen", {**INHALT, "sitzung": "LG-01", "abstimmung": {"ja": -1}}, "abstimmung.ja"),
    ("beschluss", "UmlaufStarten", {**INHALT, "sitze": [{"sitz": "S01"}], "antwort_bis": "2026-07-09"}, "sitze.1"),
    ("beschluss", "BewegungAusgeblieben", {"vorgang": "GT-01", "ausloeser": "ablehnen", "warum": ""}, "warum"),
    ("beschluss", "BewegungKlaeren", {"nummer": "1"}, "vermerk"),
    ("beschluss", "StimmeAbgeben", {"sitz": "S01", "stimme": "vielleicht"}, "stimme"),
    ("beschluss", "UmlaufFeststellen", {"ziel": "weitergeleitet"}, "ziel"),
    ("beschluss", "UmlaufBerichten", {}, "sitzung"),
    ("beschluss", "SitzungVermerken", {}, "sitzung"),
    ("sitzung", "SitzungVermerken", {}, "sitzung"),
    ("beschluss", "Weiterleiten", {"empfaenger": [{"institution": "Leitung", "weg": "persoenlich"}]}, "empfaenger.1"),
    (
        "beschluss",
        "Weiterleiten",
        {"empfaenger": [{"institution": "Runde", "weg": "anwesenheitsliste"}]},
        "empfaenger.1",
    ),
    ("beschluss", "KenntnisNehmen", {}, "empfaenger"),
    ("beschluss", "Erinnern", {"empfaenger": "Stadt", "weg": "brieftaube"}, "weg"),
    ("beschluss", "Erledigen", {"erledigt_am": "gestern"}, "erledigt_am"),
    ("beschluss", "FristAendern", {}, "frist"),
    ("beschluss", "Aufheben", {"beschluss": ""}, "beschluss"),
    ("auswahlrunde", "AuswahlrundeAnlegen", {}, "titel"),
    ("auswahlrunde", "AuswahlrundeDurchfuehren", {"gesichtet": -1}, "gesichtet"),
    (
        "lage",
        "LageAusrufen",
        {"titel": "Häufung", "sammlungen": [], "von": "2026-03-01", "bis": "2026-04-30"},
        "sammlungen",
    ),
    ("lage", "LageNichtAusrufen", {}, "titel"),
    ("lage", "LageErweitern", {"bis": "bald"}, "bis"),
    ("lage", "LageSammelmeldung", {"stelle": "Jobcenter", "anzahl": 0}, "anzahl"),
    ("lage", "LageSammelmeldung", {"stelle": "Jobcenter", "anzahl": 0}, "anzahl"),
    ("lage", "LageBeenden", {"auswertung": " "}, "auswertung"),
    ("bericht", "BerichtAnlegen", {"titel": "Bericht"}, "gremium"),
    ("bericht", "BerichtBearbeiten", {"zeitraum": {"von": "2026-10-30", "bis": "2026-01-02"}}, "zeitraum.bis"),
    ("bericht", "BerichtVormerken", {"titel": "Erster Bericht"}, "gremium"),
    ("bericht", "BerichtVersenden", {"gesendet_am": 3}, "gesendet_am"),
    ("bericht", "BerichtZurKenntnis", {"zur_kenntnis_am": "x"}, "zur_kenntnis_am"),
    ("bericht", "BerichtNachfolger", {}, "nachfolger"),
    (
        "anfrage",
        "AnfrageErfassen",
        {"gremium": "Ausschuss", "von": "Fraktion", "fragen": [], "frist": "2027-01-08"},
        "fragen",
    ),
    ("anfrage", "AnfrageBeantworten", {}, "antwort"),
    (
        "kooperationsvereinbarung",
        "VereinbarungAbschliessen",
        {"parteien": ["Jobcenter"], "gueltig_von": "2026-12-18"},
        "parteien",
    ),
    ("kooperationsvereinbarung", "PruefungAbschliessen", {}, "ergebnis"),
]


@pytest.mark.parametrize(("art", "name", "daten"), GUELTIG)
def test_gueltig(art: str, name: str, daten: dict[str, Any]) -> None:
    """Was angenommen ist, kommt als JSON-Werte wieder heraus und wird noch einmal angenommen."""
    klasse = formular(art, name)
    einmal = klasse.model_validate(daten).model_dump(mode="json", exclude_unset=True)
    assert klasse.model_validate(einmal).model_dump(mode="json", exclude_unset=True) == einmal


@pytest.mark.parametrize(("art", "name", "daten", "feld"), UNGUELTIG)
def test_ungueltig(art: str, name: str, daten: dict[str, Any], feld: str) -> None:
    with pytest.raises(ValidationError) as fehler:
        formular(art, name).model_validate(daten)
    gefunden = befunde(fehler.value)
    assert [b.feld for b in gefunden] == [feld] or gefunden[0].feld.startswith(feld)
    assert all(b.grund.endswith(".") for b in gefunden)


def _formulare() -> set[tuple[str, str]]:
    return {
        (art, u.formular)
        for art in ARTEN
        for u in PROZESSE[art].uebergaenge
        if u.formular and u.formular != "Uebergeben"
    }


def test_jedes_formular_der_tabellen_ist_hier_geprueft() -> None:
    assert {(a, n) for a, n, _ in GUELTIG} == _formulare() == {(a, n) for a, n, *_ in UNGUELTIG}


def test_jedes_feld_hat_bezeichnung_und_hilfe() -> None:
    module = {modul(art) for art in ARTEN}
    klassen = {k for m in module for k in vars(m).values() if isinstance(k, type) and issubclass(k, Formular)}
    assert len(klassen) > 40
    for klasse in klassen:
        for name, feld in klasse.model_fields.items():
            assert feld.title and feld.description and feld.description.endswith("."), f"{klasse.__name__}.{name}"


def test_schluessel_und_grund_sind_keine_felder() -> None:
    """Beides nimmt der Schritt getrennt entgegen."""
    assert not [(art, n) for art, n in _formulare() if {"key", "grund"} & formular(art, n).model_fields.keys()]
