"""Die Formulare der kleinen Schritte, der Fallrekonstruktion, des Themas: was sie nehmen und was nicht."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from forms import formular, modul
from forms.grundform import befunde
from states.kette import PROZESSE

STELLE = {"institution": "VHS"}
EINLADUNG = {"termin": "2026-02-18", "ort": "Kreishaus", "teilnehmende": [STELLE], "rechtsgrundlage": "einwilligung"}
EREIGNIS = {"woche": 3, "akteur": "Jobcenter", "handlung": "Zuweisung"}

GUELTIG: list[tuple[str, str, dict[str, Any]]] = [
    ("meldebogen", "Rueckfragen", {"frage": "Seit wann?", "frist_am": "2026-01-28"}),
    ("meldebogen", "Rueckfragen", {"frage": "Seit wann?"}),
    ("meldebogen", "Antworten", {"text": "Seit Mai."}),
    ("meldebogen", "Ergaenzen", {"text": "Auch im Juni."}),
    ("meldebogen", "WiederVorgekommen", {}),
    ("meldebogen", "Schwaerzen", {"feld": "beschreibung", "start": 96, "ende": 120}),
    ("meldebogen", "Aufnehmen", {"sammlung": "SAM-01", "ereignis_von": "2026-04", "ereignis_bis": "05.2026"}),
    ("meldebogen", "Parken", {"wiedervorlage_am": "2026-09-07", "liegt_bei": None}),
    ("meldebogen", "AuswahlAufheben", {"ziel": "themenspeicher", "wiedervorlage_am": "2027-01-15"}),
    ("meldebogen", "Zuordnen", {"thema": "GT-01"}),
    ("meldebogen", "AlsDoppelmeldungVerknuepfen", {"original": "MK-2026-0008"}),
    ("meldebogen", "KurzKlaeren", {"mit": "Jobcenter", "vereinbart": "Zusage per Mail"}),
    ("meldebogen", "Weitergeben", {"an": "Bauhof"}),
    ("meldebogen", "BereichAbgeben", {"an": "nord"}),
    ("meldebogen", "TextTeilen", {"geteilt_mit": ["nord"]}),
    ("meldebogen", "EinwilligungVerzeichnen", {"einwilligung_uebergabe": True}),
    ("meldebogen", "Umhaengen", {"thema": "GT-01", "bisher": "GT-02"}),
    ("meldebogen", "Uebergeben", {"zustaendig": "koord_b"}),
    ("sammlung", "Anlegen", {"titel": "Wartezeit bis Kursstart"}),
    ("sammlung", "Umbenennen", {"titel": "Kursstart"}),
    ("einzelfalluebergabe", "Anbieten", {"meldung": "MK-2026-0095", "an": "CM", "einwilligung_am": "2026-07-01"}),
    ("einzelfalluebergabe", "EinwilligungVerzeichnen", {"einwilligung": False}),
    ("fallrekonstruktion", "Anlegen", {"meldungen": ["MK-2026-0002"]}),
    ("fallrekonstruktion", "Einladen", EINLADUNG),
    ("fallrekonstruktion", "Verlegen", {"termin": "17.06.2026"}),
    ("fallrekonstruktion", "Durchfuehren", {"teilnahmen": [{**STELLE, "teilnahme": "verzicht", "grund": "Schreiben"}]}),
    ("fallrekonstruktion", "Bearbeiten", {"hypothesen": ["Listen werden nicht abgeglichen"]}),
    ("fallrekonstruktion", "Protokollieren", {"zeitachse": [EREIGNIS]}),
    ("fallrekonstruktion", "Pruefen", {"pseudonymisiert": True}),
    ("fallrekonstruktion", "Rueckmelden", {"stelle": "VHS", "zustimmung": "abweichende_sicht", "abweichende_sicht": "Zwei Wochen."}),
    ("fallrekonstruktion", "Freigeben", {"themenkandidat": "Wartelisten"}),
    ("fallrekonstruktion", "Sperren", {"widerrufen_am": "2026-06-01"}),
    ("fallrekonstruktion", "Anhaengen", {"meldungen": ["MK-2026-0008"]}),
    ("generatives_thema", "Anlegen", {"titel": "Listen", "fallrekonstruktionen": ["FR-01"], "hebel": "kreis", "prioritaet": 1}),
    ("generatives_thema", "Abspalten", {"titel": "Betreuung", "geteilt_aus": "GT-01"}),
    ("generatives_thema", "Clustern", {"cluster": "Sprache"}),
    ("generatives_thema", "Vorlegen", {"sitzung": "LG-01", "tischvorlage": True}),
    ("generatives_thema", "Beauftragen", {"an": "Verkehrsplanung", "frist": "2027-12-17"}),
    ("generatives_thema", "Beauftragen", {"name": "AG", "auftrag": "x", "frist": "2026-09-30",
                                          "mitglieder": [{**STELLE, "rolle": "leitung"}]}),
    ("generatives_thema", "Zurueckstellen", {"wiedervorlage_am": "2027-03-31"}),
    ("generatives_thema", "AnLandMelden", {"wiedervorlage_am": "2026-11-30", "ebene": "bund"}),
    ("generatives_thema", "AnLandVersenden", {"empfaenger": "Ministerium"}),
    ("generatives_thema", "AntwortVerzeichnen", {"inhalt": "Wird geprüft.", "ziel": "abgeschlossen", "ergebnis": "geloest"}),
    ("generatives_thema", "ZuarbeitAnfordern", {"stelle": "Verkehrsplanung", "bis": "2027-03-31"}),
    ("generatives_thema", "PolitikVorlegen", {"gremium": "Integrationsrat"}),
    ("generatives_thema", "OhneZielsystemAbschliessen", {"ergebnis": "ohne_loesung"}),
    ("generatives_thema", "GegenstandslosStellen", {"geaendert": "recht"}),
    ("generatives_thema", "Zusammenfuehren", {"mit": "GT-02"}),
    ("generatives_thema", "Vereinigen", {"thema": "GT-02", "arbeitsgruppen": [], "zielsysteme": ["ZS-01"]}),
    ("generatives_thema", "Teilen", {"titel": "Betreuung", "meldungen": ["MK-2026-0002"]}),
    ("generatives_thema", "Nachziehen", {"ziel": "abgeschlossen", "ergebnis": "geloest"}),
]

UNGUELTIG: list[tuple[str, str, dict[str, Any], str]] = [
    ("meldebogen", "Rueckfragen", {"frage": " "}, "frage"),
    ("meldebogen", "Antworten", {}, "text"),
    ("meldebogen", "Ergaenzen", {"text": ""}, "text"),
    ("meldebogen", "WiederVorgekommen", {"vorgekommen_am": "gestern"}, "vorgekommen_am"),
    ("meldebogen", "Schwaerzen", {"feld": "beschreibung", "start": 20, "ende": 20}, "ende"),
    ("meldebogen", "Schwaerzen", {"feld": "kommune", "start": 0, "ende": 4}, "feld"),
    ("meldebogen", "Schwaerzen", {"feld": "titel", "start": 0, "ende": 4, "text": "Name"}, "text"),
    ("meldebogen", "Aufnehmen", {"ereignis_von": "2026-04"}, "sammlung"),
    ("meldebogen", "Parken", {"wiedervorlage_am": "2026-13-02"}, "wiedervorlage_am"),
    ("meldebogen", "AuswahlAufheben", {"ziel": "geloest"}, "ziel"),
    ("meldebogen", "Zuordnen", {"thema": ""}, "thema"),
    ("meldebogen", "AlsDoppelmeldungVerknuepfen", {}, "original"),
    ("meldebogen", "KurzKlaeren", {"mit": "Jobcenter"}, "vereinbart"),
    ("meldebogen", "Weitergeben", {"an": "zwei\nZeilen"}, "an"),
    ("meldebogen", "BereichAbgeben", {}, "an"),
    ("meldebogen", "TextTeilen", {"geteilt_mit": "nord"}, "geteilt_mit"),
    ("meldebogen", "EinwilligungVerzeichnen", {"einwilligung_uebergabe": "ja"}, "einwilligung_uebergabe"),
    ("meldebogen", "Uebergeben", {"zustaendig": None}, "zustaendig"),
    ("sammlung", "Anlegen", {"titel": ""}, "titel"),
    ("sammlung", "Umbenennen", {"titel": "x" * 121}, "titel"),
    ("einzelfalluebergabe", "Anbieten", {"meldung": "MK-2026-0095"}, "an"),
    ("einzelfalluebergabe", "EinwilligungVerzeichnen", {}, "einwilligung"),
    ("fallrekonstruktion", "Anlegen", {"meldungen": []}, "meldungen"),
    ("fallrekonstruktion", "Einladen", {**EINLADUNG, "rechtsgrundlage": "egal"}, "rechtsgrundlage"),
    ("fallrekonstruktion", "Einladen", {**EINLADUNG, "teilnehmende": [{"funktion": "x"}]}, "teilnehmende.1.institution"),
    ("fallrekonstruktion", "Verlegen", {}, "termin"),
    ("fallrekonstruktion", "Durchfuehren", {"teilnahmen": [{**STELLE, "teilnahme": "eingeladen"}]}, "teilnahmen.1.teilnahme"),
    ("fallrekonstruktion", "Protokollieren", {"zeitachse": [{**EREIGNIS, "woche": "T+3"}]}, "zeitachse.1.woche"),
    ("fallrekonstruktion", "Pruefen", {}, "pseudonymisiert"),
    ("fallrekonstruktion", "Rueckmelden", {"stelle": "VHS", "zustimmung": "vielleicht"}, "zustimmung"),
    ("fallrekonstruktion", "Freigeben", {"thema": "x"}, "thema"),
    ("fallrekonstruktion", "Anhaengen", {"meldungen": []}, "meldungen"),
    ("generatives_thema", "Anlegen", {"titel": "x", "quelle": "hörensagen"}, "quelle"),
    ("generatives_thema", "Anlegen", {"titel": "x", "prioritaet": 0}, "prioritaet"),
    ("generatives_thema", "Vorlegen", {"tischvorlage": True}, "sitzung"),
    ("generatives_thema", "Beauftragen", {"mitglieder": [{}]}, "mitglieder.1.institution"),
    ("generatives_thema", "AnLandMelden", {"ebene": "kreis"}, "ebene"),
    ("generatives_thema", "AntwortVerzeichnen", {"ziel": "geclustert"}, "inhalt"),
    ("generatives_thema", "AntwortVerzeichnen", {"inhalt": "x", "ziel": "beauftragt"}, "ziel"),
    ("generatives_thema", "OhneZielsystemAbschliessen", {"ergebnis": "halb"}, "ergebnis"),
    ("generatives_thema", "Zusammenfuehren", {}, "mit"),
    ("generatives_thema", "Nachziehen", {"ziel": "vorgelegt"}, "ziel"),
]


@pytest.mark.parametrize(("art", "name", "daten"), GUELTIG)
def test_gueltig_und_unveraendert_wieder_lesbar(art: str, name: str, daten: dict[str, Any]) -> None:
    klasse = formular(art, name)
    antwort = klasse.model_validate(daten).model_dump(mode="json", exclude_unset=True)
    assert set(antwort) == set(daten)
    assert klasse.model_validate(antwort).model_dump(mode="json", exclude_unset=True) == antwort


@pytest.mark.parametrize(("art", "name", "daten", "feld"), UNGUELTIG)
def test_ungueltig_mit_dem_feld_das_nicht_stimmt(art: str, name: str, daten: dict[str, Any], feld: str) -> None:
    with pytest.raises(ValidationError) as fehler:
        formular(art, name).model_validate(daten)
    gefunden = [b.feld for b in befunde(fehler.value)]
    assert gefunden[0] == feld and set(gefunden) <= {feld, feld.split(".")[0]}  # zählt ein schlechter Eintrag nicht, fehlt er der Liste


def test_jedes_formular_der_tabellen_gibt_es_und_jedes_feld_ist_beschrieben() -> None:
    for art in ("meldebogen", "sammlung", "einzelfalluebergabe", "fallrekonstruktion", "generatives_thema"):
        for uebergang in PROZESSE[art].uebergaenge:
            if not uebergang.formular:
                continue
            for name, feld in formular(art, uebergang.formular).model_fields.items():
                assert feld.title and feld.description and feld.description.endswith("."), f"{art}.{uebergang.formular}.{name}"


def test_ein_unbekanntes_formular_faellt_auf() -> None:
    with pytest.raises(AttributeError):
        formular("sammlung", "GibtEsNicht")
    with pytest.raises(KeyError):
        modul("gibt_es_nicht")
