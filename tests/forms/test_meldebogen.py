"""Der Meldebogen nimmt, was die Vorprüfung braucht, und lehnt alles andere mit einem deutschen Satz ab."""

import copy
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import core_schema

from forms.grundform import (
    KATALOG,
    REGEL,
    Datum,
    Formular,
    Formularkontext,
    Langtext,
    Monat,
    Zeile,
    Zeitpunkt,
    befunde,
    zeile,
)
from forms.meldebogen import Einreichen
from forms.sprache import KEINE, redend, uebersetzt
from tests.sprachprobe import verstummt

KONTEXT = Formularkontext(
    kommunen=("Aburg", "Bestadt"),
    handlungsfelder=("Arbeit", "Bildung", "Wohnen"),
    rechtskreise=("SGB II", "AsylbLG"),
    status_gruppen=("Geduldete", "unbekannt"),
    altersbaender=("16-26", "gemischt"),
    jetzt=datetime(2026, 3, 31, 22, 30, tzinfo=UTC),  # in Berlin schon der 1. April
)
NUR_PFLICHT: dict[str, Any] = {
    "kanal": "online",
    "melder_art": "ehrenamt",
    "melder_institution": "Ehrenamtskreis Aburg",
    "kommune": "Aburg",
    "titel": "Kein Kursplatz",
    "beschreibung": "Seit Dezember auf der Liste.",
    "meldungsart": "huerde",
    "handlungsfelder": ["Bildung"],
    "anonymisiert_bestaetigt": True,
}
VOLL: dict[str, Any] = NUR_PFLICHT | {
    "melder_funktion": "Begleitung",
    "bisherige_schritte": "Angerufen",
    "auswirkung": "Sie wartet.",
    "ebene": "prozess",
    "handlungsfelder": ["Bildung", "Arbeit"],
    "rechtskreise": ["SGB II"],
    "rechtskreiswechsel": {"von": "AsylbLG", "nach": "SGB II"},
    "beteiligte_institutionen": ["Jobcenter Aburg", "Kursträger Bestadt"],
    "schnittstelle": {"von": "Jobcenter Aburg", "an": "Kursträger Bestadt"},
    "zielgruppe": {"status_gruppe": "Geduldete", "altersband": "16-26", "familie": True},
    "dringlichkeit": "hoch",
    "laufende_frist": "2026-05-01",
    "aehnliche_faelle": 3,
    "einzelfall_uebergabe_gewuenscht": True,
    "einwilligung_uebergabe": True,
    "interview_moeglich": True,
    "loesungsvorschlag": "Mehr Kurse",
    "ereignis_von": "2025-12",
    "ereignis_bis": "2026-04",
}
LANG = {"beschreibung", "bisherige_schritte", "auswirkung", "loesungsvorschlag"}
_WORT = re.compile(r"[^\W\d_]{2,}")
KANARIE = "Selamawit Tekkora 0171 3920042"


def pruefe(daten: dict[str, Any], kontext: Formularkontext | None = KONTEXT) -> Einreichen:
    return Einreichen.model_validate(daten, context=kontext)


def gruende(daten: dict[str, Any], kontext: Formularkontext | None = KONTEXT) -> dict[str, str]:
    try:
        pruefe(daten, kontext)
    except ValidationError as fehler:
        return {befund.feld: befund.grund for befund in befunde(fehler)}
    return {}


def stellen(daten: Any, ort: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Alle Stellen eines Beispiels, auch die Gruppen und Listen selbst."""
    if ort:
        yield ort
    paare = daten.items() if isinstance(daten, dict) else enumerate(daten) if isinstance(daten, list) else ()
    for name, wert in paare:
        yield from stellen(wert, (*ort, name))


def mit(ort: tuple[str | int, ...], wert: Any) -> dict[str, Any]:
    daten = copy.deepcopy(VOLL)
    ziel: Any = daten
    for teil in ort[:-1]:
        ziel = ziel[teil]
    ziel[ort[-1]] = wert
    return daten


def wert_an(ort: tuple[str | int, ...]) -> Any:
    ziel: Any = VOLL
    for teil in ort:
        ziel = ziel[teil]
    return ziel


def pfad(ort: tuple[str | int, ...]) -> str:
    return ".".join(str(teil + 1) if isinstance(teil, int) else teil for teil in ort)


STELLEN = list(stellen(VOLL))
FREIE_TEXTE = [
    ort
    for ort in STELLEN
    if isinstance(wert_an(ort), str)
    and ort[0]
    not in {
        "kanal",
        "melder_art",
        "meldungsart",
        "ebene",
        "dringlichkeit",
        "laufende_frist",
        "ereignis_von",
        "ereignis_bis",
    }
]


def test_pflicht_ist_nur_was_die_vorpruefung_braucht() -> None:
    assert gruende(NUR_PFLICHT) == {}
    for feld in NUR_PFLICHT:
        ohne = {name: wert for name, wert in NUR_PFLICHT.items() if name != feld}
        assert gruende(ohne) == {feld: "Diese Pflichtangabe fehlt."}


def test_voll_ausgefuellt() -> None:
    bogen = pruefe(VOLL)
    assert set(VOLL) == set(Einreichen.model_fields)
    assert bogen.laufende_frist == date(2026, 5, 1)
    assert bogen.handlungsfelder == ("Bildung", "Arbeit")
    assert bogen.rechtskreiswechsel is not None and bogen.rechtskreiswechsel.von == "AsylbLG"
    assert Einreichen.formversion == 1
    # Die gespeicherte Antwort lässt sich wieder lesen.
    assert pruefe(bogen.model_dump(mode="json")) == pruefe(bogen.model_dump()) == bogen


def test_leer_ist_immer_dasselbe() -> None:
    leer = {
        "melder_funktion": None,
        "bisherige_schritte": "",
        "auswirkung": "  ",
        "loesungsvorschlag": None,
        "ebene": None,
        "rechtskreise": [],
        "rechtskreiswechsel": None,
        "schnittstelle": None,
        "zielgruppe": None,
        "aehnliche_faelle": None,
        "laufende_frist": None,
    }
    assert pruefe(NUR_PFLICHT | leer) == pruefe(NUR_PFLICHT | {"zielgruppe": {}}) == pruefe(NUR_PFLICHT)


@pytest.mark.parametrize(
    ("aenderung", "feld", "teil"),
    [
        ({"anonymisiert_bestaetigt": False}, "anonymisiert_bestaetigt", "anonymisiert ist"),
        ({"anonymisiert_bestaetigt": 1}, "anonymisiert_bestaetigt", "ja oder nein"),
        ({"einzelfall_uebergabe_gewuenscht": False}, "einwilligung_uebergabe", "gewünscht"),
        ({"interview_moeglich": "true"}, "interview_moeglich", "ja oder nein"),
        ({"titel": 4711}, "titel", "Text"),
        ({"titel": ""}, "titel", "nicht leer"),
        ({"titel": "x" * 121}, "titel", "höchstens 120 Zeichen"),
        ({"beschreibung": "x" * 8001}, "beschreibung", "höchstens 8.000 Zeichen"),
        ({"beschreibung": " \n\u200b "}, "beschreibung", "nicht leer"),
        ({"handlungsfelder": []}, "handlungsfelder", "mindestens 1"),
        ({"handlungsfelder": ["Arbeit", "Bildung", "Wohnen"]}, "handlungsfelder", "höchstens 2"),
        ({"handlungsfelder": "Arbeit"}, "handlungsfelder", "Liste"),
        ({"handlungsfelder": ["Arbeit", "Verkehr"]}, "handlungsfelder.2", "Handlungsfeld"),
        ({"kommune": "Cdorf"}, "kommune", "Kommune"),
        ({"kommune": "aburg"}, "kommune", "Kommune"),
        ({"rechtskreise": ["SGB XX"]}, "rechtskreise.1", "Rechtskreis"),
        ({"rechtskreiswechsel": {"von": "SGB II", "nach": "SGB XX"}}, "rechtskreiswechsel.nach", "Rechtskreis"),
        ({"rechtskreiswechsel": {"von": "SGB II", "nach": "SGB II"}}, "rechtskreiswechsel.nach", "anderen"),
        ({"rechtskreiswechsel": {"von": "SGB II"}}, "rechtskreiswechsel.nach", "fehlt"),
        ({"rechtskreiswechsel": []}, "rechtskreiswechsel", "Angaben"),
        ({"schnittstelle": {"von": "A", "an": ""}}, "schnittstelle.an", "nicht leer"),
        ({"zielgruppe": {"status_gruppe": "Touristen"}}, "zielgruppe.status_gruppe", "Statusgruppe"),
        ({"zielgruppe": {"altersband": "99"}}, "zielgruppe.altersband", "Altersband"),
        ({"zielgruppe": {"name": "x"}}, "zielgruppe.name", "gibt es im Formular nicht"),
        ({"aehnliche_faelle": -1}, "aehnliche_faelle", "mindestens 0"),
        ({"aehnliche_faelle": 10000}, "aehnliche_faelle", "höchstens 9.999"),
        ({"aehnliche_faelle": 2.0}, "aehnliche_faelle", "ganze Zahl"),
        ({"aehnliche_faelle": True}, "aehnliche_faelle", "ganze Zahl"),
        ({"aehnliche_faelle": "3"}, "aehnliche_faelle", "ganze Zahl"),
        ({"laufende_frist": "2026-13-01"}, "laufende_frist", "im Kalender nicht"),
        ({"laufende_frist": "bald"}, "laufende_frist", "TT.MM.JJJJ"),
        ({"laufende_frist": 20260501}, "laufende_frist", "TT.MM.JJJJ"),
        ({"kanal": "fax"}, "kanal", "oder Papier"),
        ({"ebene": ""}, "ebene", "Möglich sind"),
        ({"ereignis_von": "2026-05", "ereignis_bis": None}, "ereignis_von", "Zukunft"),
        ({"ereignis_bis": "2025-11"}, "ereignis_bis", "vor seinem Beginn"),
        ({"ereignis_von": "2026-13"}, "ereignis_von", "im Kalender nicht"),
        ({"prioritaet": 1}, "prioritaet", "gibt es im Formular nicht"),
    ],
)
def test_abgelehnt(aenderung: dict[str, Any], feld: str, teil: str) -> None:
    fund = gruende(VOLL | aenderung)
    assert list(fund) == [feld]
    assert teil in fund[feld]


def test_grenzwerte_gelten_noch() -> None:
    assert gruende(VOLL | {"titel": "x" * 120, "beschreibung": "x" * 8000, "aehnliche_faelle": 9999}) == {}
    assert gruende(VOLL | {"aehnliche_faelle": 0, "ereignis_bis": "2026-04"}) == {}


def test_ohne_kontext_entfallen_profil_und_uhr() -> None:
    fremd = {"kommune": "Cdorf", "handlungsfelder": ["Verkehr"], "ereignis_von": "2098-01", "ereignis_bis": None}
    assert gruende(VOLL | fremd, kontext=None) == {}
    assert set(gruende(VOLL | fremd)) == {"kommune", "handlungsfelder.1", "ereignis_von"}
    with pytest.raises(TypeError):
        Einreichen.model_validate(VOLL, context={"kommunen": ("Aburg",)})


@pytest.mark.parametrize("ort", FREIE_TEXTE, ids=pfad)
@pytest.mark.parametrize(
    "zeichen",
    ["\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\u202e", "\u2066", "\ud800", "\udcff"],
    ids=ascii,
)
def test_kein_text_nimmt_verbotene_zeichen(ort: tuple[str | int, ...], zeichen: str) -> None:
    fund = gruende(mit(ort, f"{wert_an(ort)} {zeichen}"))
    assert list(fund) == [pfad(ort)]
    assert f"an Stelle {len(wert_an(ort)) + 2} " in fund[pfad(ort)]


@pytest.mark.parametrize("ort", FREIE_TEXTE, ids=pfad)
@pytest.mark.parametrize("einschub", ["\r\nBcc: x", "\n", "\t", "\u2028", " =?UTF-8?Q?=0A?=Bcc: x"], ids=ascii)
def test_nur_lange_texte_haben_mehrere_zeilen(ort: tuple[str | int, ...], einschub: str) -> None:
    text = f"{wert_an(ort)}{einschub}y"
    fund = gruende(mit(ort, text))
    assert list(fund) == ([] if ort[0] in LANG else [pfad(ort)])


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('x')</script>",
        "{{7*7}} {% for x in y %}",
        "=1+1",
        "@SUM(A1)",
        "'; DROP TABLE x; --",
        "a=?b",
        "?=",
    ],
)
def test_text_bleibt_wie_er_ist(text: str) -> None:
    bogen = pruefe(VOLL | {"titel": text, "beschreibung": text})
    assert (bogen.titel, bogen.beschreibung) == (text, text)


def test_texte_werden_vereinheitlicht() -> None:
    bogen = pruefe(VOLL | {"titel": "  Pru\u0308fung ", "beschreibung": "eins\r\n\tzwei\n\ndrei\n"})
    assert bogen.titel == "Prüfung"
    assert bogen.beschreibung == "eins\n\tzwei\n\ndrei"
    assert pruefe(VOLL | {"handlungsfelder": ["Bildung ", "Bildung"]}).handlungsfelder == ("Bildung",)


def test_zeichenpruefung_bleibt_bei_riesigen_texten_schnell() -> None:
    class Riesig(Formular):
        text: Annotated[str, zeile(10_000_000)]

    Riesig(text="=?x" * 1_000_000)  # ein Muster mit Rücksprüngen bräuchte hier Stunden


@pytest.mark.parametrize(
    ("text", "tag"),
    [("2026-02-28", date(2026, 2, 28)), ("28.02.2026", date(2026, 2, 28)), (" 1.3.2026 ", date(2026, 3, 1))],
)
def test_datum_in_beiden_schreibweisen(text: str, tag: date) -> None:
    assert pruefe(VOLL | {"laufende_frist": text}).laufende_frist == tag
    assert pruefe(VOLL | {"laufende_frist": tag}).laufende_frist == tag


@pytest.mark.parametrize(
    "text", ["2026-2-28", "28.02.26", "30.02.2026", "0001-01-01", "2026-02-28T00:00:00", "٢٠٢٦-٠٢-٢٨"]
)
def test_kein_datum(text: str) -> None:
    assert list(gruende(VOLL | {"laufende_frist": text})) == ["laufende_frist"]


def test_monat_in_beiden_schreibweisen() -> None:
    bogen = pruefe(VOLL | {"ereignis_von": "1.2026", "ereignis_bis": "02/2026"})
    assert (bogen.ereignis_von, bogen.ereignis_bis) == ("2026-01", "2026-02")


class Zeiten(Formular):
    um: Zeitpunkt


def test_zeitpunkte_sind_utc() -> None:
    um = datetime(2026, 1, 5, 14, 59, 21, tzinfo=UTC)
    for schreibweise in (
        "2026-01-05T15:59:21+01:00",
        "2026-01-05 14:59:21Z",
        um.astimezone(timezone(timedelta(hours=-3))),
    ):
        gelesen = Zeiten.model_validate({"um": schreibweise}).um
        assert gelesen == um and gelesen.tzinfo is UTC


@pytest.mark.parametrize(
    "wert",
    [
        "2026-01-05T15:59:21",
        "2026-01-05",
        "2026-02-30T10:00:00Z",
        "2026-01-05T24:00:00Z",
        "2026-01-05T10:00:00+25:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        1767625161,
        None,
        date(2026, 1, 5),
        datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None),
    ],
)
def test_kein_zeitpunkt(wert: object) -> None:
    with pytest.raises(ValidationError) as fehler:
        Zeiten.model_validate({"um": wert})
    assert [befund.feld for befund in befunde(fehler.value)] == ["um"]


def test_formular_ist_unveraenderlich() -> None:
    bogen = pruefe(VOLL)
    feld = "titel"
    with pytest.raises(ValidationError) as fehler:
        setattr(bogen, feld, "anders")
    assert befunde(fehler.value)[0].grund == "Ein abgegebenes Formular lässt sich nicht ändern."


def test_ein_text_ohne_regel_laesst_sich_nicht_bauen() -> None:
    for typ in (str, str | None, list[str], tuple[Zeile, str], dict[str, int], Annotated[str, "Hinweis"]):
        with pytest.raises(TypeError, match=r"Ungeschuetzt\.text"):
            type("Ungeschuetzt", (Formular,), {"__annotations__": {"text": typ}})
    for typ in (Zeile, Langtext | None, tuple[Zeile, ...], Literal["a"], Monat, Datum, int):
        type("Geschuetzt", (Formular,), {"__annotations__": {"text": typ}})


def formulare(modell: type[Formular] = Einreichen) -> Iterator[type[Formular]]:
    yield modell
    for feld in modell.model_fields.values():
        for typ in (feld.annotation, *get_args(feld.annotation)):
            if isinstance(typ, type) and issubclass(typ, Formular):
                yield from formulare(typ)


@pytest.mark.parametrize("modell", list(formulare()), ids=lambda modell: modell.__name__)
def test_jedes_feld_hat_bezeichnung_und_hilfetext(modell: type[Formular]) -> None:
    for name, feld in modell.model_fields.items():
        assert feld.title, name
        assert feld.description and feld.description.endswith("."), name


def test_schema_fuer_die_seiten() -> None:
    felder = Einreichen.model_json_schema()["properties"]
    assert felder["titel"]["maxLength"] == 120
    assert (felder["handlungsfelder"]["minItems"], felder["handlungsfelder"]["maxItems"]) == (1, 2)
    assert felder["dringlichkeit"]["enum"] == ["niedrig", "mittel", "hoch"]


def test_katalog_hat_ganze_saetze_fuer_bekannte_fehlerarten() -> None:
    bekannt = set(get_args(core_schema.ErrorType))
    assert KATALOG.keys() <= bekannt
    assert REGEL not in bekannt
    for satz in KATALOG.values():
        assert satz[0].isupper() and satz.endswith(".")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda kinder: st.lists(kinder, max_size=4) | st.dictionaries(st.text(max_size=5), kinder, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(STELLEN), JSON)
def test_jeder_wert_an_jeder_stelle_gilt_oder_bekommt_einen_eigenen_satz(ort: tuple[str | int, ...], wert: Any) -> None:
    for grund in gruende(mit(ort, wert)).values():
        assert grund.endswith(".")
        assert grund != "Diese Angabe ist nicht gültig."
        assert "nput" not in grund and "{" not in grund


@pytest.mark.parametrize("ort", STELLEN, ids=pfad)
@pytest.mark.parametrize("huelle", [str, lambda k: [k], lambda k: {k: k}, lambda k: f"{k}\x00", lambda k: k * 1000])
def test_kein_befund_wiederholt_die_eingabe(ort: tuple[str | int, ...], huelle: Any) -> None:
    daten = mit(ort, huelle(KANARIE)) | {KANARIE: KANARIE}
    with pytest.raises(ValidationError) as fehler:
        pruefe(daten)
    funde = befunde(fehler.value)
    assert "Tekkora" not in str(funde) and "3920042" not in str(funde)
    assert "unbekanntes Feld" in {befund.feld for befund in funde}


def test_ein_falscher_wert_nennt_menschen_bezeichnungen_und_programmen_werte() -> None:
    with pytest.raises(ValidationError) as fehler:
        Einreichen.model_validate({**VOLL, "kanal": "fax"}, context=KONTEXT)
    (fuer_menschen,), (fuer_programme,) = befunde(fehler.value), befunde(fehler.value, in_werten=True)
    assert "Papier" in fuer_menschen.grund and "persoenlich" not in fuer_menschen.grund
    assert fuer_programme.grund.endswith("Möglich sind: online, email, telefon, persoenlich oder papier.")
    with redend(KEINE, verstummt):
        assert not _WORT.search(uebersetzt(fuer_menschen.grund))
        assert "online, email, telefon, persoenlich oder papier" in uebersetzt(fuer_programme.grund), "Kennungen bleiben"


def test_auch_ein_befund_mit_werten_ist_uebersetzbar() -> None:
    daten = {**NUR_PFLICHT, "titel": "x" * 500, "handlungsfelder": ["Bildung"] * 200, "ereignis_von": "1200-01", "laufende_frist": "1-1"}
    funde = gruende(daten)
    assert "120" in funde["titel"] and len(funde) > 2
    with redend(KEINE, verstummt):
        assert not [satz for satz in map(uebersetzt, funde.values()) if _WORT.search(satz)]
