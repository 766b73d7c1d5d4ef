"""Jeder Mangel eines Profils: ein Befund, die Zeile in der Datei, ein deutscher Grund."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.profil import DEMONSTRATION, Befund, ProfilFehler, lesen, lesen_text
from service.profil_toml import Ort, Stellen

# Die Zeilennummern unten zählen in dieser Datei.
KLEIN = (Path(__file__).parent.parent / "daten" / "profil_musterfurt.toml").read_text("utf-8")
FRISTEN = {"vorpruefung": 2, "rueckfrage": 1}


def befunde(text: str) -> list[Befund]:
    with pytest.raises(ProfilFehler) as fehler:
        lesen_text(text, fristen=FRISTEN)
    assert fehler.value.befunde
    return fehler.value.befunde


INHALT = [
    # (steht da, wird zu, Zeile, Feld, Anfang des Grundes)
    ('name = "Musterfurt"\n', "\n", 1, "name", "Die Angabe „name“ fehlt."),
    ('name = "Musterfurt"', "name = 12", 2, "name", "Hier wird ein Text in Anführungszeichen erwartet."),
    ('name = "Musterfurt"', 'nahme = "Musterfurt"\nname = "M"', 2, "nahme",
     "Das Feld „nahme“ ist hier nicht vorgesehen. Meinten Sie „name“?"),
    ('kurz = "MF"', 'kurz = "mf"', 3, "kurz", "„mf“ ist kein Kürzel."),
    ('fassung = "7"', 'fassung = " "', 4, "fassung", "Der Text ist leer."),
    ('["Nord", "Süd"]\ns', '["Nord", "Süd", "Ost"]\ns', 5, "kommunen[3]", "Die Kommune „Ost“ gehört zu keinem Bereich."),
    ('["Nord", "Süd"]\ns', '["Nord", "Süd", "Nord"]\ns', 5, "kommunen[3]", "Die Kommune „Nord“ ist schon in Zeile 5"),
    ('"Nord", "Süd"', '"Nord", 7', 5, "kommunen[2]", "Hier wird ein Text in Anführungszeichen erwartet."),
    ('["Nord", "Süd"]\ns', "[]\ns", 5, "kommunen", "Die Liste darf nicht leer sein."),
    ('kommunen = ["Nord", "Süd"]\ns', 'kommunen = "Nord"\ns', 5, "kommunen", "Hier wird eine Liste in eckigen Klammern"),
    ('"12-24"', '"12-32"', 6, "schliesstage[1]", "Den Tag „12-32“ (Monat-Tag) gibt es nicht."),
    ('"Rosenmontag"', '"Rosenmontagg"', 6, "schliesstage[3]", "Ein Schließtag ist ein Tag (2026-05-15)"),
    ('    "Süd"] },', '    "Süd", "Norden"] },', 9, "bereiche[1].kommunen[3]",
     "Die Kommune „Norden“ kommt im Profil nicht vor. Meinten Sie „Nord“?"),
    ("]\nhandl", '  { key = "b", name = "B", kommunen = ["Nord"] },\n]\nhandl', 10, "bereiche[2].kommunen[1]",
     "Die Kommune „Nord“ gehört schon zum Bereich in Zeile 8."),
    ("gueltig_bis = 2025-12-31", "gueltig_bis = 2023-12-31", 12, "handlungsfelder[1].gueltig_bis",
     "Das Ende der Gültigkeit liegt vor ihrem Beginn."),
    ("gueltig_bis = 2025-12-31", 'gueltig_bis = "2025-02-30"', 12, "handlungsfelder[1].gueltig_bis",
     "Den Tag „2025-02-30“ gibt es nicht."),
    ("gueltig_bis = 2025-12-31", "gueltig_bis = 2025", 12, "handlungsfelder[1].gueltig_bis",
     "Hier wird ein Tag in der Form JJJJ-MM-TT erwartet."),
    ("gueltig_bis = 2025-12-31", "gueltig_bis = 2025-12-31T10:00:00", 12, "handlungsfelder[1].gueltig_bis",
     "Hier wird ein Tag in der Form JJJJ-MM-TT erwartet."),
    ('key = "arbeit"', 'key = "wohnen"', 13, "handlungsfelder[2].key", "Der Schlüssel „wohnen“ ist schon in Zeile 12"),
    ('name = "Arbeit"', 'name = "Wohnen"', 13, "handlungsfelder[2].name", "Der Name „Wohnen“ ist schon in Zeile 12"),
    ('key = "arbeit"', 'key = "ärbeit"', 13, "handlungsfelder[2].key", "„ärbeit“ ist kein Schlüssel."),
    ("je_jahr = 4", "je_jahr = 0", 19, "sitzungsrhythmus.je_jahr", "Die Zahl muss mindestens 1 sein."),
    ("je_jahr = 4", "je_jahr = 13", 19, "sitzungsrhythmus.je_jahr", "Die Zahl darf höchstens 12 sein."),
    ("je_jahr = 4", 'je_jahr = "4"', 19, "sitzungsrhythmus.je_jahr", "Hier wird eine ganze Zahl erwartet."),
    ("je_jahr = 4", 'vorlauf = "bald"', 19, "sitzungsrhythmus.vorlauf", "„bald“ ist keine Dauer."),
    ('name = "Migrationsamt"\n', "\n", 21, "institutionen[1].name", "Die Angabe „name“ fehlt."),
    ('"Amt 33", "ABH"', '"Amt 33", "KIM-stelle"', 30, "institutionen[2].name",
     "Die Bezeichnung „KIM-Stelle“ ist schon in Zeile 24 vergeben."),
    ('art = "amt"\nabh', 'art = "ampt"\nabh', 25, "institutionen[1].art",
     "Die Institutionsart „ampt“ kommt im Profil nicht vor."),
    ("abh = true", "abh = false", 21, "institutionen", "Keine Institution ist als Ausländerbehörde gekennzeichnet"),
    ("abh = true", 'abh = "ja"', 26, "institutionen[1].abh", "Hier wird true oder false erwartet."),
    ('name = "KIM-Stelle"', 'name = "amt  33"', 30, "institutionen[2].name",
     "Die Bezeichnung „amt  33“ ist schon in Zeile 24 vergeben."),
    ('kommune = "Nord"', 'kommune = "Nort"', 32, "institutionen[2].kommune",
     "Die Kommune „Nort“ kommt im Profil nicht vor. Meinten Sie „Nord“?"),
    ("kim@musterfurt.example", "kim@musterfurt", 33, "institutionen[2].postfach", "„kim@musterfurt“ ist keine E-Mail"),
    ('kommune = "Nord"', 'komune = "Nord"', 32, "institutionen[2].komune",
     "Das Feld „komune“ ist hier nicht vorgesehen. Meinten Sie „kommune“?"),
    ('institution = "abh"', 'institution = "abg"', 36, "zustaendigkeiten[1].institution",
     "Die Institution „abg“ kommt im Profil nicht vor."),
    ('  "Süd",\n', '  "Sued",\n', 39, "zustaendigkeiten[1].kommunen[2]", "Die Kommune „Sued“ kommt im Profil nicht vor."),
    ('ebene = "Kreis"', 'ebene = "Stadt"', 46, "gremien[1].ebene", "Erlaubt ist hier"),
    ('ebene = "Kreis"', 'ebene = "Kommune"', 42, "gremien[1]", "Ein Gremium einer Kommune braucht"),
    ('rolle = "vorsitz"', 'rolle = "mitglied"', 48, "sitze", "Kein Sitz der Lenkungsgruppe hat den Vorsitz"),
    ('institution = "kim"\ngueltig', 'institution = "kin"\ngueltig', 52, "sitze[1].institution",
     "Die Institution „kin“ kommt im Profil nicht vor. Meinten Sie „kim“?"),
    ("gueltig_bis = 2026-12-31", "gueltig_bis = 2023-12-31", 54, "sitze[1].gueltig_bis",
     "Das Ende der Gültigkeit liegt vor ihrem Beginn."),
    ('name = "Alle Ämter"', 'name = "ABH"', 57, "verteiler[1].name", "Die Bezeichnung „ABH“ ist schon in Zeile 22"),
    ('  "kim"]', '  "kom"]', 59, "verteiler[1].institutionen[2]", "Die Institution „kom“ kommt im Profil nicht vor."),
    ('institutionen = ["abh",\n  "kim"]', "", 56, "verteiler[1]", "Der Verteiler „Alle Ämter“ erreicht niemanden."),
    ("[fristen.vorpruefung]", "[fristen.vorprufung]", 61, "fristen.vorprufung",
     "Eine Frist „vorprufung“ gibt es nicht. Meinten Sie „vorpruefung“?"),
    ('dauer = "20 WT"', 'dauer = "zwanzig Tage"', 62, "fristen.vorpruefung.dauer", "„zwanzig Tage“ ist keine Dauer."),
    ('"3 WT nach Beginn"', '"3 WT danach"', 63, "fristen.vorpruefung.erinnerungen[1]", "„3 WT danach“ ist kein Zeitpunkt"),
    ('"3 WT nach Beginn", "Ende"', '"Ende"', 63, "fristen.vorpruefung.erinnerungen",
     "Die Frist „vorpruefung“ hat 2 Zeitpunkte; hier stehen 1."),
    ('dauer = "2 Jahre"', 'dauer = "ewig"', 66, "aufbewahrung.meldung.dauer", "„ewig“ ist keine Dauer."),
    ("meldung = {", '"mel dung" = {', 66, "aufbewahrung.mel dung", "„mel dung“ ist kein Schlüssel."),
    ("Hinweis {key}", "Hinweis {nummer}", 69, "wortlaut.Ihre Meldung {key} ist eingegangen",
     "Der Platzhalter „{nummer}“ kommt im ursprünglichen Text nicht vor."),
    ("Ihre Meldung {key} ist eingegangen", "Ihre Meldung {key} ist eingegangn", 69, "wortlaut.Ihre Meldung {key} ist eingegangn",
     "Diesen Text gibt es in der Anwendung nicht. Meinten Sie „Ihre Meldung {key} ist eingegangen“?"),
    ('"Ihre Meldung {key} ist eingegangen" = "Hinweis {key} liegt vor."', '"in %d Tagen" = "100 % in Tagen"', 69,
     "wortlaut.in %d Tagen", "Der Text braucht dieselben Platzhalter in derselben Reihenfolge: %d."),
    ('name = "Koordination"\ninstitution = "kim"', 'name = "Koordination"\ninstitution = "kam"', 74,
     "demonstration.personen[1].institution", "Die Institution „kam“ kommt im Profil nicht vor."),
    ('"fachaufsicht"', '"fachaufsich"', 75, "demonstration.personen[1].rollen[2].rolle",
     "Die Rolle „fachaufsich“ gibt es nicht. Meinten Sie „fachaufsicht“?"),
    ('"fachaufsicht"', '"system"', 75, "demonstration.personen[1].rollen[2].rolle", "Die Rolle „system“ gibt es nicht."),
    (', bereich = "alles"', "", 75, "demonstration.personen[1].rollen[1]", "Die Rolle „koordination“ gilt immer für einen"),
    ('bereich = "alles"', 'bereich = "halb"', 75, "demonstration.personen[1].rollen[1].bereich",
     "Der Bereich „halb“ kommt im Profil nicht vor."),
    ('rollen = ["melder"]', "rollen = []", 78, "demonstration.sammelkonten[1].rollen", "Die Liste darf nicht leer sein."),
    ('institutionen = ["abh"]', 'institutionen = ["abx"]', 79, "demonstration.sammelkonten[1].institutionen[1]",
     "Die Institution „abx“ kommt im Profil nicht vor."),
]  # fmt: skip


@pytest.mark.parametrize(("alt", "neu", "zeile", "feld", "grund"), INHALT)
def test_mangel_im_inhalt(alt: str, neu: str, zeile: int, feld: str, grund: str) -> None:
    assert KLEIN.count(alt) == 1
    (befund,) = befunde(KLEIN.replace(alt, neu))
    assert (befund.zeile, befund.feld) == (zeile, feld)
    assert befund.grund.startswith(grund)
    assert befund.grund.endswith((".", "?"))


SCHREIBWEISE = [
    ('name = "Musterfurt"', 'name "Musterfurt"', 2, "Nach dem Feldnamen fehlt das Gleichheitszeichen."),
    ('name = "Musterfurt"', 'größe = "Musterfurt"', 2, "Nach dem Feldnamen fehlt das Gleichheitszeichen."),
    ('name = "Musterfurt"', "name = Musterfurt", 2, "Der Wert ist nicht lesbar. Text gehört in Anführungszeichen"),
    ('name = "Musterfurt"', 'name = "Musterfurt', 2, "Der Text ist am Ende der Zeile nicht geschlossen"),
    ('name = "Musterfurt"', "name = 'Musterfurt", 2, "Der Text ist nicht geschlossen"),
    ('name = "Musterfurt"', 'name = """Musterfurt', 2, "Der Text ist nicht geschlossen"),
    ('name = "Musterfurt"', 'name = "Muster" "furt"', 2, "Nach dem Wert steht noch etwas."),
    ('name = "Musterfurt"', 'name = "Muster\\-furt"', 2, "Ein umgekehrter Schrägstrich im Text muss doppelt stehen."),
    ('name = "Musterfurt"', 'name = "Muster\x07"', 2, "Hier steht ein Steuerzeichen, das nicht erlaubt ist."),
    ('fassung = "7"', 'name = "noch einmal"', 4, "„name“ steht hier zum zweiten Mal; zuerst in Zeile 2."),
    ("2026-05-15", "2026-02-30", 6, "Diesen Tag oder Zeitpunkt gibt es nicht."),
    ('["Nord", "Süd"]\n', '["Nord", "Süd"\n', 5, "Hier fehlt ein Komma oder die schließende eckige Klammer der Liste aus"),
    ('gueltig_bis = 2025-12-31 },\n', "gueltig_bis = 2025-12-31 }\n", 12,
     "Hier fehlt ein Komma oder die schließende eckige Klammer der Liste aus Zeile 11."),
    ('key = "arbeit", name', 'key = "arbeit" name', 13, "Hier fehlt ein Komma oder, in derselben Zeile, die schließende"),
    ('key = "arbeit", name', 'key = "arbeit",\n name', 13, "Hier wird ein Feldname erwartet."),
    ('key = "arbeit", name', 'key = "arbeit", key = "a", name', 13, "„key“ steht hier zum zweiten Mal; zuerst in Zeile 13."),
    ("  \"Süd\",\n]\n", "  \"Süd\",\n", 41, "Der Wert ist nicht lesbar."),
    ("[[gremien]]", "[[gremien]", 42, "Die Überschrift ist nicht mit einer eckigen Klammer geschlossen."),
    ("[aufbewahrung]", "[aufbewahrung", 65, "Die Überschrift ist nicht mit einer eckigen Klammer geschlossen."),
    ("[wortlaut]", "[aufbewahrung]", 68, "„aufbewahrung“ steht hier zum zweiten Mal; zuerst in Zeile 65."),
    ('institutionen = ["abh"]', 'institutionen = ["abh"', 79, "Hier fehlt ein Komma oder die schließende eckige Klammer"),
]  # fmt: skip


@pytest.mark.parametrize(("alt", "neu", "zeile", "grund"), SCHREIBWEISE)
def test_mangel_in_der_schreibweise(alt: str, neu: str, zeile: int, grund: str) -> None:
    assert KLEIN.count(alt) == 1
    (befund,) = befunde(KLEIN.replace(alt, neu))
    assert befund.zeile == zeile
    assert befund.grund.startswith(grund)


def test_mehrere_maengel_auf_einmal_und_nach_zeilen() -> None:
    text = KLEIN.replace('kurz = "MF"', 'kurz = "mf"').replace("abh = true", 'abh = "ja"').replace('"12-24"', '"13-13"')
    gefunden = befunde(text)
    assert [b.zeile for b in gefunden] == [3, 6, 26]
    assert str(gefunden[0]).startswith("Zeile 3, kurz: „mf“ ist kein Kürzel.")


def test_ohne_vorgabe_bleiben_fristnamen_ungeprueft() -> None:
    assert lesen_text(KLEIN.replace("fristen.vorpruefung", "fristen.irgendwas")).dauer("irgendwas", "") == "20 WT"


def test_datei_fehlt_oder_ist_nicht_utf8(tmp_path: Path) -> None:
    with pytest.raises(ProfilFehler, match="lässt sich nicht lesen"):
        lesen(tmp_path / "fehlt.toml")
    datei = tmp_path / "latin1.toml"
    datei.write_bytes(KLEIN.encode("latin-1"))
    with pytest.raises(ProfilFehler) as fehler:
        lesen(datei)
    assert fehler.value.befunde == [Befund(5, "", "Die Datei ist nicht in UTF-8 gespeichert.")]


def test_unsinnig_tiefe_verschachtelung() -> None:
    assert befunde("a = " + "[" * 100_000) == [Befund(0, "", "Die Datei ist zu tief verschachtelt.")]


def test_windows_datei_mit_bom(tmp_path: Path) -> None:
    datei = tmp_path / "windows.toml"
    datei.write_bytes(b"\xef\xbb\xbf" + KLEIN.replace("\n", "\r\n").encode())
    assert lesen(datei) == lesen_text(KLEIN)
    datei.write_bytes(datei.read_bytes().replace(b'abh = true', b'abh = "ja"'))
    with pytest.raises(ProfilFehler) as fehler:
        lesen(datei)
    assert [b.zeile for b in fehler.value.befunde] == [26]


def test_jede_verstuemmelung_wird_auf_deutsch_gemeldet() -> None:
    """Eine Zeile weniger, oder die Datei bricht irgendwo ab: nie ein anderer Fehler, nie ein englischer Satz."""
    zeilen = KLEIN.splitlines(keepends=True)
    texte = ["".join(zeilen[:n] + zeilen[n + 1 :]) for n in range(len(zeilen))]
    texte += [KLEIN[:n] for n in range(0, len(KLEIN), 3)]
    gemeldet = 0
    for text in texte:
        try:
            lesen_text(text, fristen=FRISTEN)
        except ProfilFehler as fehler:
            gemeldet += 1
            for befund in fehler.befunde:
                assert 1 <= befund.zeile <= text.count("\n") + 1
                assert not re.search(r"Input|should|valid|Expected|None", befund.grund)
                assert befund.grund not in ("Diese Zeile ist nicht lesbar.", "Der Wert ist hier nicht zulässig.")
    assert gemeldet > len(KLEIN) // 4


def blaetter(wert: Any, ort: Ort = ()) -> Iterator[tuple[Ort, Any]]:
    if isinstance(wert, dict):
        for feld, inhalt in wert.items():
            yield from blaetter(inhalt, (*ort, feld))
    elif isinstance(wert, list):
        for nummer, inhalt in enumerate(wert):
            yield from blaetter(inhalt, (*ort, nummer))
    else:
        yield ort, wert


@pytest.mark.parametrize("text", [KLEIN, DEMONSTRATION.read_text("utf-8")], ids=["klein", "demonstration"])
def test_jeder_wert_steht_in_seiner_zeile(text: str) -> None:
    """Gegenprobe: Was `tomllib` an einem Ort liest, steht in der Zeile, die für den Ort genannt wird."""
    stellen, zeilen = Stellen(text), text.splitlines()
    geprueft = 0
    for ort, wert in blaetter(tomllib.loads(text)):
        geschrieben = str(wert).lower() if isinstance(wert, bool) else str(wert)
        zeile = zeilen[stellen.zeile(ort) - 1]
        assert geschrieben in zeile, (ort, wert, zeile)
        if isinstance(ort[-1], str):
            assert re.search(rf"(?:^|[\s.{{\"]){re.escape(ort[-1])}\"? = ", zeile), (ort, zeile)
        geprueft += 1
    assert geprueft > 50


def test_stellen_in_jeder_schreibweise_von_toml() -> None:
    text = '\n'.join([
        'a.b."c d" = """eins',
        'zwei"""  # Bemerkung',
        "x = [ [1, 2], # [",
        "  { y = '[', z = [",
        "    3.5,",
        "  ] },",
        "]",
        "zeit = 2026-05-15 10:00:00",
        "[[liste]]",
        "[liste.tief]",
        "k = '''",
        "]'''",
        "[[liste]]",
        "[[liste.kind]]",
        "n = 1",
        "[[liste.kind]]",
        "n = 2",
    ])  # fmt: skip
    tomllib.loads(text)
    stellen = Stellen(text)
    erwartet: dict[Ort, int] = {
        ("a", "b", "c d"): 1,
        ("x", 0, 1): 3,
        ("x", 1, "y"): 4,
        ("x", 1, "z", 0): 5,
        ("zeit",): 8,
        ("liste", 0): 9,
        ("liste", 0, "tief"): 10,
        ("liste", 0, "tief", "k"): 11,
        ("liste", 1): 13,
        ("liste", 1, "kind", 0, "n"): 15,
        ("liste", 1, "kind", 1, "n"): 17,
        ("liste", 1, "kind", 1, "fehlt"): 16,
        ("gibt", "es", "nicht"): 1,
    }
    assert {ort: stellen.zeile(ort) for ort in erwartet} == erwartet
