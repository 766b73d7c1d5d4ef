"""Der Import liest jede Zeile oder sagt auf Deutsch, warum nicht; keine Zeile hält die nächste auf."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import grundform
from forms.grundform import Formularkontext
from service import kalender, profil
from service.importcsv import SPALTEN
from service.importlesen import BOM, Gelesen, Importfehler, Importzeile, fingerabdruck, kontext_aus, lies
from service.importzeile import MAX_ZEILE
from service.profil_modell import Wert

DATEN = Path(__file__).parent.parent / "daten"
KONTEXT = Formularkontext(
    kommunen=(
        *("Altena", "Balve", "Halver", "Hemer", "Herscheid", "Iserlohn", "Kierspe", "Lüdenscheid", "Meinerzhagen"),
        *("Menden", "Nachrodt-Wiblingwerde", "Neuenrade", "Plettenberg", "Schalksmühle", "Werdohl"),
    ),
    handlungsfelder=("Vielfalt und Akzeptanz", "Bildung und Sprache", "Gesellschaftliche Teilhabe", "Arbeitsmarkt"),
    rechtskreise=(
        *("SGB II", "SGB III", "SGB V", "SGB VIII", "SGB IX", "SGB XII", "AsylbLG", "AufenthG", "AsylG", "StAG"),
        *("FreizuegG/EU", "SchulG NRW", "BQFG", "sonstige"),
    ),
    status_gruppen=(
        *("Schutzberechtigte", "Asylbewerbende", "Geduldete", "Familiennachzug", "§ 24 AufenthG", "EU-Zugewanderte"),
        *("laenger hier Lebende", "Drittstaaten Arbeit/Ausbildung", "unbekannt"),
    ),
    altersbaender=("0-5", "6-15", "16-26", "27-49", "50+", "gemischt"),
    jetzt=datetime(2026, 12, 31, 12, tzinfo=UTC),
)
MELDUNGEN = (DATEN / "meldungen.jsonl").read_bytes()
ZEILEN = MELDUNGEN.splitlines()
OBJEKTE: list[dict[str, Any]] = [json.loads(zeile) for zeile in ZEILEN]
KANARIE = "Selamawit Tekkora 0171 3920042"

# Was der Leser zu jeder fehlerhaften Zeile sagt: Feld und ein Stück des Grundes. Die Zeilen 24 und 25 sind für sich
# gültig; ob ihr Geschäftszeichen schon vergeben ist, weiß erst die Datenbank.
ABGELEHNT = {
    2: ("", "abgeschnitten"),
    3: ("", "Doppelpunkt"),
    4: ("", "Komma steht zu viel"),
    5: ("", "kein JSON-Objekt"),
    6: ("titel", "ein Text erwartet"),
    7: ("handlungsfelder", "eine Liste"),
    8: ("beschreibung", "Pflichtangabe fehlt"),
    9: ("eingang", "Pflichtangabe fehlt"),
    10: ("prioritaet", "gibt es im Formular nicht"),
    11: ("kommune", "gehört nicht zum Gebiet"),
    12: ("rechtskreise.1", "nicht bekannt"),
    13: ("anonymisiert_bestaetigt", "anonymisiert"),
    14: ("eingang", "fehlt die Zeitzone"),
    15: ("eingang", "gibt es im Kalender nicht"),
    16: ("eingang", "in der Zukunft"),
    17: ("laufende_frist", "gibt es im Kalender nicht"),
    18: ("beschreibung", "nicht leer"),
    19: ("beschreibung", "höchstens 8.000 Zeichen"),
    20: ("beschreibung", "NUL-Zeichen"),
    21: ("auswirkung", "Steuerzeichen"),
    22: ("titel", "Schreibrichtung"),
    23: ("titel", "unvollständiges Zeichen"),
    29: ("titel", "Zeilenumbruch"),
    30: ("", "nicht in UTF-8"),
    31: ("aehnliche_faelle", "mindestens 0"),
    32: ("aehnliche_faelle", "ganze Zahl"),
    33: ("interview_moeglich", "Wahrheitswert"),
    34: ("rechtskreiswechsel", "verschachtelt"),
    35: ("aehnliche_faelle", "zu viele Stellen"),
    36: ("titel", "mehrfach"),
    37: ("einwilligung_uebergabe", "gewünscht"),
    38: ("titel", "höchstens 120 Zeichen"),
    39: ("handlungsfelder", "höchstens 2"),
    40: ("zielgruppe.status_gruppe", "nicht bekannt"),
}


def lese(inhalt: bytes, name: str = "meldungen.jsonl") -> list[Gelesen | Importfehler]:
    return list(lies(io.BytesIO(inhalt), name, KONTEXT))


def eine(inhalt: bytes | dict[str, Any]) -> Gelesen | Importfehler:
    (ergebnis,) = lese(inhalt if isinstance(inhalt, bytes) else json.dumps(inhalt).encode())
    return ergebnis


def meldung(inhalt: bytes | dict[str, Any]) -> Importzeile:
    ergebnis = eine(inhalt)
    assert isinstance(ergebnis, Gelesen), ergebnis
    return ergebnis.meldung


def fehler(inhalt: bytes | dict[str, Any]) -> tuple[str, str]:
    ergebnis = eine(inhalt)
    assert isinstance(ergebnis, Importfehler), ergebnis
    return ergebnis.feld, ergebnis.grund


# --- Die Dateien der Vorführung --------------------------------------------------------------------------------------


def test_alle_gueltigen_meldungen_werden_gelesen() -> None:
    ergebnisse = lese(MELDUNGEN)
    assert [e for e in ergebnisse if not isinstance(e, Gelesen)] == []
    assert [e.zeile for e in ergebnisse] == list(range(1, 161))
    assert ergebnisse[-1].ende_byte == len(MELDUNGEN)
    for ergebnis, objekt in zip(ergebnisse, OBJEKTE, strict=True):
        assert isinstance(ergebnis, Gelesen) and not ergebnis.hinweis
        gespeichert = ergebnis.meldung.model_dump(mode="json")
        assert datetime.fromisoformat(gespeichert.pop("eingang")) == datetime.fromisoformat(objekt["eingang"])
        objekt = {name: wert for name, wert in objekt.items() if name != "eingang"}
        assert gespeichert == objekt | {"ereignis_von": None, "ereignis_bis": None}


def test_jede_fehlerhafte_zeile_endet_wie_erwartet() -> None:
    inhalt = (DATEN / "meldungen_fehlerhaft.jsonl").read_bytes()
    erwartet = json.loads((DATEN / "meldungen_fehlerhaft.erwartet.json").read_text())
    ergebnisse = {ergebnis.zeile: ergebnis for ergebnis in lese(inhalt)}
    assert sorted(ergebnisse) == sorted(map(int, erwartet)) == list(range(1, 41))
    gelesen = {nr for nr, ergebnis in ergebnisse.items() if isinstance(ergebnis, Gelesen)}
    assert {nr for nr in gelesen if erwartet[str(nr)].startswith("Ablehnen")} == {24}
    assert ABGELEHNT.keys() == ergebnisse.keys() - gelesen
    for nr, (feld, teil) in ABGELEHNT.items():
        ergebnis = ergebnisse[nr]
        assert isinstance(ergebnis, Importfehler)
        assert (nr, ergebnis.feld, len(ergebnis.befunde)) == (nr, feld, 1)
        assert teil in ergebnis.grund and ergebnis.grund.endswith(".")


def test_bom_am_zeilenanfang_wird_gemeldet() -> None:
    erste = lese((DATEN / "meldungen_fehlerhaft.jsonl").read_bytes())[0]
    assert isinstance(erste, Gelesen) and "BOM" in erste.hinweis
    mitten = lese(ZEILEN[0] + b"\n" + BOM + ZEILEN[1])
    assert [isinstance(e, Gelesen) and bool(e.hinweis) for e in mitten] == [False, True]
    assert isinstance(eine(BOM + BOM + ZEILEN[0]), Importfehler)


@pytest.mark.parametrize("nr", [26, 27, 28])
def test_gefaehrlich_aussehender_text_bleibt_text(nr: int) -> None:
    zeile = (DATEN / "meldungen_fehlerhaft.jsonl").read_bytes().split(b"\n")[nr - 1]
    assert meldung(zeile).titel == json.loads(zeile)["titel"]


# --- Fingerabdruck ---------------------------------------------------------------------------------------------------


def test_fingerabdruck_erkennt_wiederholung_und_anderen_inhalt() -> None:
    zeilen = (DATEN / "meldungen_fehlerhaft.jsonl").read_bytes().split(b"\n")
    assert fingerabdruck(meldung(zeilen[24])) == fingerabdruck(meldung(ZEILEN[5]))
    assert meldung(zeilen[23]).geschaeftszeichen == meldung(ZEILEN[0]).geschaeftszeichen
    assert fingerabdruck(meldung(zeilen[23])) != fingerabdruck(meldung(ZEILEN[0]))
    assert len({fingerabdruck(meldung(zeile)) for zeile in ZEILEN}) == 160


def test_fingerabdruck_haengt_am_inhalt_nicht_an_der_schreibweise() -> None:
    objekt = OBJEKTE[0]
    abdruck = fingerabdruck(meldung(objekt))
    um = datetime.fromisoformat(objekt["eingang"]).astimezone(UTC).isoformat()
    ohne_leere = {name: wert for name, wert in objekt.items() if wert is not None and wert is not False}
    for gleich in (
        dict(reversed(objekt.items())),
        objekt | {"eingang": um},
        objekt | {"titel": f" {objekt['titel']} ".replace("ü", "u\u0308"), "ereignis_von": None},
        ohne_leere,
    ):
        assert fingerabdruck(meldung(gleich)) == abdruck
    for anders in (
        {"titel": "Anders"},
        {"interview_moeglich": True},
        {"aehnliche_faelle": 0},
        {"ereignis_von": "2025-11"},
    ):
        assert fingerabdruck(meldung(objekt | anders)) != abdruck


def test_fingerabdruck_bleibt_ueber_fassungen_gleich() -> None:
    # Steht in Datenbanken: Ändert er sich, gälte jede schon aufgenommene Zeile als geändert.
    assert fingerabdruck(meldung(ZEILEN[0])) == "020c59b5d3e5e83acdbac1961bec8211af07ad8f4fd1a12079e2225abeb85311"


# --- Zeilen ----------------------------------------------------------------------------------------------------------


def test_nur_der_zeilenvorschub_trennt() -> None:
    text = "eins\u2028zwei\u2029drei"
    roh = json.dumps(OBJEKTE[0] | {"beschreibung": text}, ensure_ascii=False).encode()
    assert meldung(roh).beschreibung == text
    windows = lese(b"\r\n".join(ZEILEN[:3]) + b"\r\n")
    assert [isinstance(e, Gelesen) for e in windows] == [True] * 3


def test_leere_zeilen_zaehlen_mit_aber_ergeben_nichts() -> None:
    ergebnisse = lese(b"\n \t\r\n" + ZEILEN[0] + b"\n\n" + BOM + b"\n" + ZEILEN[1])
    assert [(e.zeile, isinstance(e, Gelesen)) for e in ergebnisse] == [(3, True), (6, True)]
    assert lese(b"") == lese(b"\n\n") == []


class Endlos(io.RawIOBase):
    """Eine Datei mit einer riesigen Zeile und danach einer gültigen, ohne dass sie je ganz im Speicher stünde."""

    def __init__(self, laenge: int, ende: bytes) -> None:
        self._rest, self._ende = laenge, ende

    def readable(self) -> bool:
        return True

    def readinto(self, ziel: Any) -> int:
        stueck = b"x" * min(self._rest, len(ziel)) or self._ende[: len(ziel)]
        if self._rest:
            self._rest -= len(stueck)
        else:
            self._ende = self._ende[len(stueck) :]
        ziel[: len(stueck)] = stueck
        return len(stueck)


@pytest.mark.parametrize("name", ["meldungen.jsonl", "meldungen.csv"])
def test_eine_riesige_zeile_fuellt_den_speicher_nicht(name: str) -> None:
    laenge = 64 * 1024 * 1024
    tracemalloc.start()
    datei = io.BufferedReader(Endlos(laenge, b"\n" + ZEILEN[0]))
    ergebnisse = list(lies(datei, name, KONTEXT))
    _, hoechststand = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert hoechststand < 8 * MAX_ZEILE
    assert isinstance(ergebnisse[0], Importfehler) and ergebnisse[0].zeile == 1
    if name.endswith("jsonl"):
        assert "256 KiB" in ergebnisse[0].grund
        assert isinstance(ergebnisse[1], Gelesen) and ergebnisse[1].ende_byte == laenge + 1 + len(ZEILEN[0])


def test_grenze_der_zeilenlaenge() -> None:
    genau = ZEILEN[0] + b" " * (MAX_ZEILE - len(ZEILEN[0]) - 1) + b"\n"
    ergebnisse = lese(genau + b" " + genau + ZEILEN[1])
    assert [isinstance(e, Gelesen) for e in ergebnisse] == [True, False, True]


def test_liest_stueckweise_und_meldet_den_fortschritt() -> None:
    datei = io.BytesIO(MELDUNGEN)
    ergebnisse = lies(datei, "meldungen.jsonl", KONTEXT)
    staende = []
    for _ in range(3):
        staende.append(next(ergebnisse).ende_byte)
        assert datei.tell() == staende[-1]
    assert staende == [sum(len(zeile) + 1 for zeile in ZEILEN[:n]) for n in (1, 2, 3)]


# --- Böswilliges JSON ------------------------------------------------------------------------------------------------


def gespickt(feld: str, roh: str) -> bytes:
    """Die erste Meldung, ein Feld durch rohes JSON ersetzt."""
    return json.dumps(OBJEKTE[0] | {feld: "@@"}).replace('"@@"', roh).encode()


@pytest.mark.parametrize(
    ("feld", "roh", "teil"),
    [
        ("aehnliche_faelle", "NaN", "NaN"),
        ("aehnliche_faelle", "-Infinity", "Infinity"),
        ("aehnliche_faelle", "9" * 100_000, "zu viele Stellen"),
        ("aehnliche_faelle", "-" + "9" * 30, "zu viele Stellen"),
        ("aehnliche_faelle", "1e999", "ganze Zahl"),
        ("aehnliche_faelle", "1.0", "ganze Zahl"),
        ("schnittstelle", "[" * 100_000 + "]" * 100_000, "verschachtelt"),
        ("schnittstelle", '{"a":' * 40_000 + "1" + "}" * 40_000, "verschachtelt"),
        ("schnittstelle", "[" * 17, "verschachtelt"),
        ("titel", '"a", "titel": "a"', "mehrfach"),
    ],
    ids=lambda wert: wert[:12],
)
def test_boeswilliges_json_nennt_sein_feld(feld: str, roh: str, teil: str) -> None:
    genannt, grund = fehler(gespickt(feld, roh))
    assert genannt == feld and teil in grund


def test_mehrfaches_feld_auch_in_gruppen() -> None:
    assert fehler(gespickt("schnittstelle", '{"von": "A", "an": "B", "von": "C"}'))[0] == "von"


@pytest.mark.parametrize("text", ["[{" * 500, '\\"[' * 500, "\\\\", '"]}{[', "\\"])
def test_klammern_in_texten_zaehlen_nicht_als_tiefe(text: str) -> None:
    assert meldung(OBJEKTE[0] | {"beschreibung": f"a{text}b"}).beschreibung == f"a{text}b"


@pytest.mark.parametrize("roh", [b'"' + b'\\"' * 100_000 + b"\\", b'"' * 200_001, b"\\" * 200_000, b"[]" * 100_000])
def test_tiefenpruefung_bleibt_schnell(roh: bytes) -> None:
    assert "kein gültiges JSON" in fehler(b"{" + roh)[1]


@pytest.mark.parametrize(
    "roh", [b"1", b'"a"', b"null", b"[]", b"true", b"{}{}", b"{} x", b"{'a': 1}", b"\xff\xfe{\x00}\x00"]
)
def test_kein_meldebogen(roh: bytes) -> None:
    assert fehler(roh)[1].endswith(".")


@pytest.mark.parametrize("zeichen", ["a/b", "MK 1", "-1", "ä1", "x" * 41, "", "../x", "MK-1\u200b"])
def test_geschaeftszeichen_taugt_fuer_adressen(zeichen: str) -> None:
    assert fehler(OBJEKTE[0] | {"geschaeftszeichen": zeichen})[0] == "geschaeftszeichen"


def test_alle_befunde_einer_zeile() -> None:
    ergebnis = eine(OBJEKTE[0] | {"titel": "", "kommune": "Dortmund", "eingang": "gestern"})
    assert isinstance(ergebnis, Importfehler)
    assert {b.feld for b in ergebnis.befunde} == {"titel", "kommune", "eingang"}
    viele = eine(OBJEKTE[0] | {f"feld_{'x' * n}": 1 for n in range(30)})
    assert isinstance(viele, Importfehler) and len(viele.befunde) == 20


@pytest.mark.parametrize(
    "roh",
    [
        f'{{"{KANARIE}": 1, "{KANARIE}": 2}}',
        f'{{"titel": "{KANARIE}',
        f'{{"titel": "{KANARIE}"}}',
        f'{{"{KANARIE}": {"[" * 20}',
        f'{{"{KANARIE}": {"9" * 30}}}',
        f'["{KANARIE}"]',
        f"{KANARIE}",
        json.dumps(OBJEKTE[0] | {KANARIE: KANARIE, "titel": [KANARIE], "kommune": KANARIE, "kanal": KANARIE}),
    ],
    ids=range(8),
)
def test_kein_grund_wiederholt_die_zeile(roh: str) -> None:
    ergebnis = eine(roh.encode())
    assert isinstance(ergebnis, Importfehler)
    assert "Tekkora" not in repr(ergebnis) and "3920042" not in repr(ergebnis)


def nichtleer(inhalt: bytes) -> list[int]:
    return [nr for nr, zeile in enumerate(inhalt.split(b"\n"), 1) if zeile.removeprefix(BOM).strip()]


SCHNIPSEL = st.sampled_from(
    [b"{", b"[", b'"', b"\\", b"\n", b"\r", b":", b",", b"}", b"null", BOM, b"\xe2\x80\xa8", b'"titel"']
)


@given(st.binary(max_size=200) | st.lists(st.binary(max_size=8) | SCHNIPSEL, max_size=40).map(b"".join))
def test_beliebige_bytes_ergeben_je_zeile_genau_ein_ergebnis(inhalt: bytes) -> None:
    ergebnisse = lese(inhalt)
    assert [e.zeile for e in ergebnisse] == nichtleer(inhalt)
    assert all(isinstance(e, Importfehler) and e.grund for e in ergebnisse)


@given(
    st.sampled_from(ZEILEN),
    st.lists(
        st.tuples(st.integers(0, 2500), st.integers(0, 3), st.binary(max_size=3) | SCHNIPSEL), min_size=1, max_size=4
    ),
)
def test_veraenderte_zeilen_ergeben_je_zeile_genau_ein_ergebnis(
    zeile: bytes, eingriffe: list[tuple[int, int, bytes]]
) -> None:
    for stelle, weg, neu in eingriffe:
        stelle %= len(zeile)
        zeile = zeile[:stelle] + neu + zeile[stelle + weg :]
    inhalt = zeile + b"\n" + ZEILEN[0]
    ergebnisse = lese(inhalt)
    assert [e.zeile for e in ergebnisse] == nichtleer(inhalt)
    assert isinstance(ergebnisse[-1], Gelesen)


# --- CSV -------------------------------------------------------------------------------------------------------------


def als_zelle(wert: Any) -> str:
    match wert:
        case None:
            return ""
        case bool():
            return "ja" if wert else "nein"
        case list():
            return "|".join(wert)
        case _:
            return str(wert)


def zellen(objekt: dict[str, Any]) -> dict[str, str]:
    werte: dict[str, str] = {}
    for name, wert in objekt.items():
        if isinstance(wert, dict):
            werte |= {f"{name}.{teil}": als_zelle(w) for teil, w in wert.items()}
        elif name in SPALTEN or wert is not None:
            werte[name] = als_zelle(wert)
    return werte


def als_csv(
    objekte: list[dict[str, Any]], trenner: str = ";", umbruch: str = "\r\n", spalten: list[str] | None = None
) -> bytes:
    puffer = io.StringIO()
    schreiber = csv.DictWriter(puffer, spalten or list(SPALTEN), delimiter=trenner, lineterminator=umbruch, restval="")
    schreiber.writeheader()
    schreiber.writerows(zellen(o) for o in objekte)
    return puffer.getvalue().encode()


@pytest.mark.parametrize("anfang", [b"", BOM], ids=["ohne BOM", "mit BOM"])
@pytest.mark.parametrize("umbruch", ["\n", "\r\n"], ids=ascii)
@pytest.mark.parametrize("trenner", [";", ",", "\t"], ids=ascii)
@pytest.mark.parametrize("name", ["meldungen.csv", "MELDUNGEN.CSV", "meldungen.txt", "-"])
def test_csv_ergibt_dieselben_formulare(name: str, trenner: str, umbruch: str, anfang: bytes) -> None:
    inhalt = anfang + als_csv(OBJEKTE, trenner, umbruch)
    ergebnisse = lese(inhalt, name)
    assert [e for e in ergebnisse if not isinstance(e, Gelesen)] == []
    assert [e.meldung for e in ergebnisse if isinstance(e, Gelesen)] == [meldung(o) for o in OBJEKTE]
    assert [e.zeile for e in ergebnisse] == list(range(2, 162))
    assert ergebnisse[-1].ende_byte == len(inhalt)


def test_csv_mit_mehrzeiligen_zellen_nennt_die_zeile_des_anfangs() -> None:
    text = 'eins\n\nzwei; "drei"\n'
    objekte = [OBJEKTE[0], OBJEKTE[1] | {"beschreibung": text}, OBJEKTE[2], OBJEKTE[3] | {"titel": ""}]
    ergebnisse = lese(als_csv(objekte), "x.csv")
    assert [(e.zeile, isinstance(e, Gelesen)) for e in ergebnisse] == [(2, True), (3, True), (7, True), (8, False)]
    assert isinstance(ergebnisse[1], Gelesen) and ergebnisse[1].meldung.beschreibung == text.strip()


def test_csv_ueberliest_leere_zeilen() -> None:
    kopf, erste, zweite, _ = als_csv(OBJEKTE[:2]).split(b"\r\n")
    inhalt = b"\r\n".join([b"", kopf, b"", erste, b";" * 20, b"  ", zweite, b"", b""])
    assert [(e.zeile, isinstance(e, Gelesen)) for e in lese(inhalt, "x.csv")] == [(4, True), (7, True)]


def test_csv_darf_freiwillige_spalten_weglassen() -> None:
    spalten = [
        name for name in zellen(OBJEKTE[0]) if not name.startswith(("zielgruppe.", "schnittstelle", "rechtskreis"))
    ]
    objekt = {name: wert for name, wert in OBJEKTE[0].items() if name in spalten}
    (ergebnis,) = lese(als_csv([objekt], spalten=spalten), "x.csv")
    assert isinstance(ergebnis, Gelesen) and ergebnis.meldung == meldung(objekt)


@pytest.mark.parametrize(
    ("aendern", "feld", "teil"),
    [
        (lambda kopf: kopf.replace("titel", "ueberschrift"), "ueberschrift", "gibt es im Meldebogen nicht"),
        (lambda kopf: kopf.replace(";titel;", ";"), "titel", "Pflichtspalte fehlt"),
        (lambda kopf: kopf + ";titel", "titel", "mehrfach"),
        (lambda kopf: kopf + ";", f"Spalte {len(SPALTEN) + 1}", "keinen Namen"),
        (lambda kopf: kopf.replace("titel", KANARIE), "unbekanntes Feld", "gibt es im Meldebogen nicht"),
        (lambda kopf: "a;b;c", "", "keine Spalte des Meldebogens"),
        (lambda kopf: f'"{kopf}', "", "keine Spalte des Meldebogens"),
    ],
)
def test_csv_mit_falscher_kopfzeile_wird_einmal_abgelehnt(aendern: Any, feld: str, teil: str) -> None:
    kopf, rest = als_csv(OBJEKTE[:3]).decode().split("\r\n", 1)
    (ergebnis,) = lese(f"{aendern(kopf)}\r\n{rest}".encode(), "x.csv")
    assert isinstance(ergebnis, Importfehler)
    assert (ergebnis.zeile, ergebnis.feld) == (1, feld)
    assert teil in ergebnis.grund
    assert "Tekkora" not in repr(ergebnis)


@pytest.mark.parametrize(
    ("spalte", "zelle", "feld", "teil"),
    [
        ("interview_moeglich", "vielleicht", "interview_moeglich", "ja oder nein"),
        ("aehnliche_faelle", "2,5", "aehnliche_faelle", "ganze Zahl"),
        ("aehnliche_faelle", "9" * 5000, "aehnliche_faelle", "ganze Zahl"),
        ("schnittstelle.an", "", "schnittstelle.an", "Pflichtangabe fehlt"),
        ("handlungsfelder", "", "handlungsfelder", "Pflichtangabe fehlt"),
        ("handlungsfelder", "Arbeitsmarkt|Verkehr", "handlungsfelder.2", "Handlungsfeld"),
        ("handlungsfelder", "Arbeitsmarkt|", "handlungsfelder.2", "nicht leer"),
        ("anonymisiert_bestaetigt", "nein", "anonymisiert_bestaetigt", "anonymisiert"),
        ("titel", "a\x00b", "titel", "NUL"),
        ("titel", "a\nb", "titel", "Zeilenumbruch"),
    ],
)
def test_csv_zelle_abgelehnt(spalte: str, zelle: str, feld: str, teil: str) -> None:
    puffer = io.StringIO()
    schreiber = csv.DictWriter(puffer, list(SPALTEN), restval="")
    schreiber.writeheader()
    schreiber.writerows([zellen(OBJEKTE[0]) | {spalte: zelle}, zellen(OBJEKTE[1])])
    ergebnisse = lese(puffer.getvalue().encode(), "x.csv")
    assert [isinstance(e, Gelesen) for e in ergebnisse] == [False, True]
    assert isinstance(ergebnisse[0], Importfehler)
    assert ergebnisse[0].feld == feld and teil in ergebnisse[0].grund


def test_csv_ja_und_nein_in_jeder_schreibweise() -> None:
    inhalt = als_csv([OBJEKTE[0]]).replace(b";ja", b"; JA ").replace(b";nein", b";Nein")
    (ergebnis,) = lese(inhalt, "x.csv")
    assert isinstance(ergebnis, Gelesen) and ergebnis.meldung == meldung(OBJEKTE[0])


@pytest.mark.parametrize(
    ("zeile", "teil"),
    [
        (b"a;b;c", "3 Zellen"),
        (b'"nicht geschlossen', "Anführungszeichen"),
        (b'"a"b;c', "Anführungszeichen"),
        (b"a\rb;c", "Zeilenumbrüche"),
        (b"x" * (MAX_ZEILE + 1), "256 KiB"),
        ("Lüdenscheid".encode("latin-1") + b";" * (len(SPALTEN) - 1), "nicht in UTF-8"),
    ],
    ids=range(6),
)
def test_csv_schlechte_zeile_haelt_die_naechsten_nicht_auf(zeile: bytes, teil: str) -> None:
    kopf, erste, rest = als_csv(OBJEKTE).split(b"\r\n", 2)
    ergebnisse = lese(b"\r\n".join([kopf, erste, zeile, rest]), "x.csv")
    assert [e.zeile for e in ergebnisse] == list(range(2, 163))
    schlecht = [e for e in ergebnisse if isinstance(e, Importfehler)]
    assert [e.zeile for e in schlecht] == [3]
    assert teil in schlecht[0].grund


@given(
    st.lists(st.binary(max_size=8) | st.sampled_from([b'"', b";", b"\n", b"\r", b"x", BOM]), max_size=60).map(b"".join)
)
def test_csv_mit_beliebigen_bytes_bricht_nie_ab(muell: bytes) -> None:
    ergebnisse = lese(als_csv(OBJEKTE[:1]) + muell, "x.csv")
    assert isinstance(ergebnisse[0], Gelesen)
    nummern = [e.zeile for e in ergebnisse]
    assert nummern == sorted(set(nummern))
    assert all(isinstance(e, Importfehler) and e.grund for e in ergebnisse[1:])


def test_csv_mit_lauter_offenen_anfuehrungszeichen_endet_bald() -> None:
    ergebnisse = lese(als_csv(OBJEKTE[:1]) + b'x";"\n' * 100_000, "x.csv")
    assert [e.zeile for e in ergebnisse] == list(range(2, 103))
    assert isinstance(ergebnisse[-1], Importfehler) and "nicht weiter gelesen" in ergebnisse[-1].grund


# --- Kontext ---------------------------------------------------------------------------------------------------------


def test_kontext_aus_dem_profil_nimmt_was_am_tag_gilt() -> None:
    bis_silvester = Wert(key="alt", name="Alt", gueltig_bis=date(2026, 12, 31))
    ab_neujahr = Wert(key="neu", name="Neu", gueltig_von=date(2027, 1, 1))
    immer = Wert(key="immer", name="Immer", bezeichnung="Stets")
    sicht = SimpleNamespace(
        kommunen=("Aburg",),
        handlungsfelder=(bis_silvester, immer),
        rechtskreise=(ab_neujahr, immer),
        status_gruppen=(immer,),
        altersbaender=(bis_silvester, ab_neujahr),
    )
    um = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # in Berlin schon Neujahr
    assert kontext_aus(sicht, um) == Formularkontext(("Aburg",), ("Immer",), ("Neu", "Immer"), ("Immer",), ("Neu",), um)


def test_das_mitgelieferte_profil_nimmt_alle_meldungen() -> None:
    (datei,) = (Path(profil.__file__).parent / "profile").glob("maerkischer_kreis.toml")
    kontext = kontext_aus(profil.lesen(datei), KONTEXT.jetzt)
    assert set(kontext.kommunen) == set(KONTEXT.kommunen)
    ergebnisse = list(lies(io.BytesIO(MELDUNGEN), "meldungen.jsonl", kontext))
    assert [type(e) for e in ergebnisse] == [Gelesen] * 160


def test_formulare_nehmen_nur_jahre_die_der_kalender_kennt() -> None:
    assert kalender.ERSTES_JAHR < grundform.ERSTES_JAHR
    assert grundform.LETZTES_JAHR < kalender.LETZTES_JAHR
