"""Das Profil einer Kommune: die mitgelieferte Datei, eine zweite Kommune, Fassungen und ihr Unterschied."""

import json
import re
import textwrap
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast, get_args

import holidays
import pytest
from pydantic import BaseModel

from service.db import Datenbank
from service.profil import DEMONSTRATION, ROLLEN, Profil, lesen, lesen_text, unterschiede
from service.profil_angaben import BEWEGLICHE_TAGE, ostersonntag
from tests.bau import JETZT
from tests.browserprobe import Fenster, seiten
from tests.service.test_seiten import ANGABEN

DATEN = Path(__file__).parent.parent / "daten"
MELDUNGEN = DATEN / "meldungen.jsonl"
KLEIN = (DATEN / "profil_musterfurt.toml").read_text("utf-8")  # eine erfundene Stadt mit anderem Zuschnitt
HANDBUCH = (Path(__file__).parents[2] / "docs" / "profil.md").read_text("utf-8")
FRISTEN = {"vorpruefung": 2, "rueckfrage": 1}


@pytest.fixture(scope="module")
def demonstration() -> Profil:
    return lesen(DEMONSTRATION, fristen=())


@pytest.fixture(scope="module")
def klein() -> Profil:
    return lesen_text(KLEIN, fristen=FRISTEN)


# --- Die mitgelieferte Datei -----------------------------------------------------------------------------------------


def test_zuschnitt_der_demonstration(demonstration: Profil) -> None:
    assert (len(demonstration.kommunen), len(demonstration.sitze), demonstration.sitzungsrhythmus.je_jahr) == (15, 12, 2)
    assert demonstration.bereich_von("Iserlohn").key == "iserlohn"
    assert {demonstration.bereich_von(k).key for k in demonstration.kommunen if k != "Iserlohn"} == {"kreis"}
    assert [s.rolle for s in demonstration.sitze[:3]] == ["vorsitz", "stellv_vorsitz", "mitglied"]
    assert [w.name for w in demonstration.handlungsfelder_am(date(2026, 1, 5))] == [
        "Vielfalt und Akzeptanz",
        "Bildung und Sprache",
        "Gesellschaftliche Teilhabe",
        "Arbeitsmarkt",
    ]


def test_jede_stelle_der_meldungen_ist_bekannt(demonstration: Profil) -> None:
    meldungen = [json.loads(zeile) for zeile in MELDUNGEN.read_bytes().split(b"\n") if zeile]
    assert len(meldungen) == 160
    for m in meldungen:
        stellen = {m["melder_institution"], *m["beteiligte_institutionen"], *(m["schnittstelle"] or {}).values()}
        assert {s for s in stellen if demonstration.institution(s) is None} == set()
        assert m["kommune"] in demonstration.kommunen
        assert set(m["handlungsfelder"]) <= {w.name for w in demonstration.handlungsfelder}
        assert set(m["rechtskreise"]) <= {w.name for w in demonstration.rechtskreise}
        assert m["zielgruppe"]["status_gruppe"] in {w.name for w in demonstration.status_gruppen}
        assert m["zielgruppe"]["altersband"] in {w.name for w in demonstration.altersbaender}
        konto = demonstration.person(m["melder_institution"])
        assert konto is not None
        assert {"melder", "case_management"} & {z.rolle for z in konto.rollen}


def test_kennzeichen_der_auslaenderbehoerden(demonstration: Profil) -> None:
    assert {i.key for i in demonstration.institutionen if i.abh} == {
        "abh-mk",
        "abh-iserlohn",
        "ebh-mk",
        "ebh-iserlohn",
        "fb-oeffentliche-ordnung",
    }
    assert demonstration.ist_abh("Ausländerbehörde Märkischer Kreis")
    assert not demonstration.ist_abh("Einbürgerungsbehörde Stadt Lüdenscheid")  # ohne Ausländerbehörde
    assert not any(demonstration.ist_abh(i) for i in demonstration.institutionen if i.art == "case_management")
    assert not demonstration.ist_abh("gibt es nicht")
    assert not demonstration.ist_abh(None)


@pytest.mark.parametrize(
    ("kurzform", "name"),
    [
        ("BAMF", "Bundesamt für Migration und Flüchtlinge, Regionalkoordination Dortmund"),
        ("jobcenter", "Jobcenter Märkischer Kreis"),
        ("Jobcenter  Lüdenscheid", "Jobcenter Märkischer Kreis, Dienststelle Lüdenscheid"),
        ("Agentur für Arbeit Iserlohn", "Agentur für Arbeit, Geschäftsstelle Iserlohn"),
        ("Sozialamt Plettenberg", "Stadt Plettenberg, Sozialamt"),
        ("Kreisjugenda\u006dt", "Kreisjugendamt Märkischer Kreis, Lüdenscheid"),
        ("VHS Lu\u0308denscheid", "VHS Lüdenscheid"),  # ü aus zwei Zeichen
        ("sozialamt-altena", "Stadt Altena, Sozialamt"),
    ],
)
def test_institution_nach_schluessel_name_oder_alias(demonstration: Profil, kurzform: str, name: str) -> None:
    gefunden = demonstration.institution(kurzform)
    assert gefunden is not None
    assert gefunden.name == name


@pytest.mark.parametrize("mehrdeutig", ["Ausländerbehörde", "VHS", "Jugendamt", "Sozialamt", "MBE", ""])
def test_mehrdeutiges_ist_kein_alias(demonstration: Profil, mehrdeutig: str) -> None:
    assert demonstration.institution(mehrdeutig) is None


def test_jede_rolle_hat_ein_konto(demonstration: Profil) -> None:
    assert {z.rolle for p in demonstration.personen for z in p.rollen} == set(ROLLEN)
    assert len({p.key for p in demonstration.personen}) == len(demonstration.personen)
    assert {p.sitz for p in demonstration.personen if p.sitz_als == "inhaber"} == {s.key for s in demonstration.sitze}
    assert {p.sitz for p in demonstration.personen if p.sitz_als == "vertretung"} == {s.key for s in demonstration.sitze}


@pytest.mark.parametrize(
    ("bezeichnung", "rolle", "bereich"),
    [
        ("Koordination A", "koordination", "kreis"),
        ("Koordination Iserlohn", "koordination", "iserlohn"),
        ("Assistenz der Koordination", "verwaltung", None),
        ("KIM-Case Management Altena", "case_management", None),
        ("CM Halver", "ag_mitglied", None),
        ("Leitung AG-03", "ag_leitung", None),
        ("AG-01 Leitung", "ag_leitung", None),
        ("Vorsitz der Lenkungsgruppe", "lg_vorsitz", None),
        ("BAMF", "umsetzende_stelle", None),
        ("Ausländerbehörde Stadt Iserlohn", "melder", None),
    ],
)
def test_personen_der_geschichte(demonstration: Profil, bezeichnung: str, rolle: str, bereich: str | None) -> None:
    person = demonstration.person(bezeichnung)
    assert person is not None
    assert (rolle, bereich) in {(z.rolle, z.bereich) for z in person.rollen}


def test_kein_postfach_ausserhalb_von_example(demonstration: Profil) -> None:
    adressen = {i.postfach for i in demonstration.institutionen} | {p.postfach for p in demonstration.personen}
    assert {a for a in adressen if a and not a.endswith(".example")} == set()


def test_verteiler_wird_zu_stellen(demonstration: Profil) -> None:
    alle = demonstration.empfaenger("alle 15 Kommunen")
    assert sorted(i.kommune or "" for i in alle) == sorted(demonstration.kommunen)
    assert [i.key for i in demonstration.empfaenger("BAMF")] == ["bamf"]
    assert demonstration.empfaenger("unbekannt") == ()
    arbeitsgruppen = demonstration.verteiler("Arbeitsgruppen")
    assert arbeitsgruppen is not None
    assert arbeitsgruppen.arbeitsgruppen


def test_jede_kommune_hat_genau_ein_jugendamt_und_eine_auslaenderbehoerde(demonstration: Profil) -> None:
    for kommune in demonstration.kommunen:
        zustaendig = {z.institution for z in demonstration.zustaendigkeiten if kommune in z.kommunen}
        eigene = {i.key for i in demonstration.institutionen if i.kommune == kommune}
        assert len({"abh-mk", "abh-iserlohn"} & zustaendig) == 1
        assert len({k for k in zustaendig | eigene if "jugendamt" in k}) == 1
        assert len({k for k in zustaendig if k.startswith("jc-")}) == 1


# --- Eine andere Kommune ----------------------------------------------------------------------------------------------


def test_zweite_kommune_aus_der_datei_allein(klein: Profil) -> None:
    assert (klein.name, klein.kurz, klein.sitzungsrhythmus.je_jahr) == ("Musterfurt", "MF", 4)
    assert klein.bereich_von("Süd").name == "Ganze Stadt"
    with pytest.raises(KeyError, match="„Ost“ kommt im Profil Musterfurt nicht vor"):
        klein.bereich_von("Ost")
    assert [w.key for w in klein.handlungsfelder_am(date(2025, 12, 31))] == ["wohnen", "arbeit"]
    assert [w.key for w in klein.handlungsfelder_am(date(2026, 1, 1))] == ["arbeit"]
    assert [w.key for w in klein.handlungsfelder_am(date(2023, 12, 31))] == ["arbeit"]
    assert (len(klein.sitze_am(date(2026, 12, 31))), len(klein.sitze_am(date(2027, 1, 1)))) == (1, 0)
    assert [p.key for p in klein.personen] == ["koord", "stelle-abh"]


def test_fristen_ueberschreiben_nach_namen(klein: Profil) -> None:
    assert klein.dauer("vorpruefung", "15 WT") == "20 WT"
    assert klein.dauer("rueckfrage", "15 WT") == "15 WT"
    assert klein.erinnerungen("vorpruefung", ("1 WT vor Ende",)) == ("3 WT nach Beginn", "Ende")
    assert klein.erinnerungen("rueckfrage", ("1 WT vor Ende",)) == ("1 WT vor Ende",)


def test_dauer_wird_einheitlich_geschrieben() -> None:
    profil = lesen_text(KLEIN.replace('"20 WT"', '"20 Werktage"').replace('"3 WT nach Beginn"', '"3 werktage nach Beginn"'))
    assert profil.dauer("vorpruefung", "") == "20 WT"
    assert profil.erinnerungen("vorpruefung", ()) == ("3 WT nach Beginn", "Ende")


def test_schliesstage(klein: Profil) -> None:
    assert klein.schliesstage_im_jahr(2026) == {date(2026, 12, 24), date(2026, 5, 15), date(2026, 2, 16)}
    assert klein.schliesstage_im_jahr(2028) == {date(2028, 12, 24), date(2028, 2, 28), date(2028, 2, 29)}
    assert klein.schliesstage_im_jahr(2100) == {date(2100, 12, 24), date(2100, 2, 8)}  # kein Schaltjahr
    assert klein.schliesstage_von_bis(2026, 2028) == frozenset().union(
        *(klein.schliesstage_im_jahr(jahr) for jahr in (2026, 2027, 2028))
    )


def test_ostern_wie_die_feiertagsbibliothek() -> None:
    for jahr in range(1991, 2101):
        feiertage = holidays.country_holidays("DE", subdiv="NW", years=jahr, language="de")
        assert "Karfreitag" in feiertage[ostersonntag(jahr) - timedelta(days=2)]
        assert "Ostermontag" in feiertage[ostersonntag(jahr) + timedelta(days=1)]


# --- Nachschlagewerk ---------------------------------------------------------------------------------------------------


def modelle(typ: Any) -> Iterator[type[BaseModel]]:
    if isinstance(typ, type) and issubclass(typ, BaseModel):
        yield typ
        for info in typ.model_fields.values():
            yield from modelle(info.annotation)
    for teil in get_args(typ):
        yield from modelle(teil)


def test_das_nachschlagewerk_nennt_jedes_feld_und_jede_rolle() -> None:
    genannt = set(re.findall(r"`\"?\[{0,2}(\w+)\]{0,2}\"?`", HANDBUCH))
    felder = {info.alias or name for modell in modelle(Profil) for name, info in modell.model_fields.items()}
    assert len(felder) > 40
    assert felder - {"rolle", "personen"} <= genannt | {"demonstration", "fristen"}
    assert set(ROLLEN) <= genannt
    assert all(f'"{tag}"' in HANDBUCH for tag in BEWEGLICHE_TAGE)


def test_das_kleinste_profil_des_nachschlagewerks_gilt() -> None:
    beispiel = textwrap.dedent(HANDBUCH.partition("## Das kleinste Profil\n\n")[2])
    assert lesen_text(beispiel).name == "Musterfurt"


# --- Fassung ---------------------------------------------------------------------------------------------------------


def test_fingerabdruck_haengt_nur_am_inhalt(klein: Profil) -> None:
    umgestellt = re.sub(r'(?m)^(kurz = "MF")\n(fassung = "7")$', r"\2\n# Bemerkung\n\1", KLEIN)
    assert umgestellt != KLEIN
    assert lesen_text(umgestellt).fingerabdruck() == klein.fingerabdruck()
    assert lesen_text(KLEIN.replace("\n", "\r\n")).fingerabdruck() == klein.fingerabdruck()
    assert lesen_text(KLEIN.replace('fassung = "7"', 'fassung = "8"')).fingerabdruck() != klein.fingerabdruck()
    assert re.fullmatch("[0-9a-f]{64}", klein.fingerabdruck())


@pytest.mark.parametrize("name", ["klein", "demonstration"])
def test_kanonisch_kommt_unveraendert_zurueck(name: str, request: pytest.FixtureRequest) -> None:
    profil: Profil = request.getfixturevalue(name)
    zurueck = Profil.model_validate_json(profil.kanonisch())
    assert zurueck == profil
    assert hash(zurueck) == hash(profil)
    assert zurueck.kanonisch() == profil.kanonisch()


def test_nichts_laesst_sich_aendern(klein: Profil) -> None:
    with pytest.raises(ValueError, match="frozen"):
        klein.name = "anders"
    with pytest.raises(TypeError):
        cast(dict[str, Any], klein.wortlaut)["x"] = "y"


def test_unterschiede_in_saetzen(klein: Profil) -> None:
    neu = (
        KLEIN.replace('fassung = "7"', 'fassung = "8"')
        .replace('postfach = "kim@musterfurt.example"', 'postfach = "neu@musterfurt.example"')
        .replace('dauer = "20 WT"', 'dauer = "4 Wochen"')
        .replace('{ key = "arbeit", name = "Arbeit" }', '{ key = "sprache", name = "Sprache" }')
        .replace('"Hinweis {key} liegt vor."', '"Hinweis {key} ist da."')
        .replace('rollen = ["melder"]', 'rollen = ["melder", "ag_mitglied"]')
    )
    assert unterschiede(klein, lesen_text(neu)) == [
        "Die Fassung ändert sich von „7“ zu „8“.",
        "Handlungsfeld „Sprache“ (sprache) kommt hinzu.",
        "Handlungsfeld „Arbeit“ (arbeit) entfällt.",
        "Institution „KIM-Stelle“ (kim): „postfach“ ändert sich von „kim@musterfurt.example“ zu „neu@musterfurt.example“.",
        "Frist „vorpruefung“: „dauer“ ändert sich von „20 WT“ zu „4 Wochen“.",
        "Wortlaut „Ihre Meldung {key} ist eingegangen“ ändert sich von „Hinweis {key} liegt vor.“ zu „Hinweis {key} ist da.“.",
        "Sammelkonto „1“: „rollen“ ändert sich von rolle „melder“ zu rolle „melder“, rolle „ag_mitglied“.",
    ]
    assert unterschiede(klein, klein) == []


def test_unterschiede_kennen_jedes_feld(klein: Profil, demonstration: Profil) -> None:
    """Ein neues Feld des Profils, das der Vergleich vergisst, fiele beim Übernehmen niemandem auf."""
    for feld in Profil.model_fields:
        anderes = klein.model_copy(update={feld: getattr(demonstration, feld)})
        gleich = getattr(klein, feld) == getattr(demonstration, feld)
        assert bool(unterschiede(klein, anderes)) != gleich, feld


def test_der_vorlauf_einer_sitzung_ist_die_frist_ihrer_auswahlrunde(profil: Profil) -> None:
    kuerzer = profil.model_copy(update={"sitzungsrhythmus": profil.sitzungsrhythmus.model_copy(update={"vorlauf": "10 Wochen"})})
    assert kuerzer.dauer("lg_auswahlrunde", "16 Wochen") == "10 Wochen" and kuerzer.dauer("lg_einladung", "4 Wochen") == "4 Wochen"


def test_der_eigene_wortlaut_steht_auf_den_seiten(db: Datenbank, profil: Profil) -> None:
    worte = {"Meldebogen": "Hürdenmeldung", "Wartet auf mich": "Mein Schreibtisch", "Eingegangen": "Neu da"}
    eigene = Profil.model_validate({**profil.model_dump(mode="json", by_alias=True), "wortlaut": worte})
    app = seiten(db, eigene, JETZT)
    ziel, _ = Fenster(app, "stelle-abh-mk").sende("/neu/meldebogen/einreichen", **ANGABEN)
    koordination = Fenster(app, "koordination-a")
    liste = koordination.hole("/aufgaben").text
    assert "Mein Schreibtisch" in liste and "Hürdenmeldung" in liste and "Neu da" in liste and "Wartet auf mich" not in liste
    assert "Hürdenmeldung" in koordination.hole(ziel).text
