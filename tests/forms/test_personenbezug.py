"""Was nach einem Menschen aussieht: die sechs bekannten Stellen ganz, und über 160 Meldungen kein einziger falscher Alarm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from forms.personenbezug import NACH, funde, gestueckelt, hinweis

DATEN = Path(__file__).parent.parent / "daten"
STELLEN = json.loads((DATEN / "meldungen_personenbezug.json").read_text())
MELDUNGEN = [json.loads(zeile) for zeile in (DATEN / "meldungen.jsonl").read_text().splitlines()]


def _texte(wert: Any, feld: str = "") -> Iterator[tuple[str, str]]:
    """(Feld, Text) von allem, was jemand geschrieben hat; Kennungen und feste Angaben nicht."""
    if isinstance(wert, dict):
        for name, inhalt in wert.items():
            if name not in ("geschaeftszeichen", "eingang", "laufende_frist"):
                yield from _texte(inhalt, feld or name)
    elif isinstance(wert, list):
        for inhalt in wert:
            yield from _texte(inhalt, feld)
    elif isinstance(wert, str):
        yield feld, wert


def test_jede_bekannte_stelle_wird_genau_gefunden_und_sonst_keine() -> None:
    erwartet = {(s["geschaeftszeichen"], s["feld"], s["art"], s["start"], s["ende"]) for s in STELLEN}
    gefunden = {(m["geschaeftszeichen"], feld, f.art, f.start, f.ende) for m in MELDUNGEN for feld, t in _texte(m) for f in funde(t)}
    assert len(erwartet) == 6 and erwartet <= gefunden
    assert gefunden - erwartet == set(), "falscher Alarm"


@pytest.mark.parametrize(("text", "art", "stelle"), [
    ("Gestern rief Herr Yıldız an.", "name", "Herr Yıldız"),
    ("Wir sprachen mit Frau Dr. von der Heide darüber.", "name", "Frau Dr. von der Heide"),
    ("Herrn Al-Hassan wurde der Kurs verweigert.", "name", "Herrn Al-Hassan"),
    ("Die Frau Amina Osmani kam zu uns.", "name", "Frau Amina Osmani"),
    ("Frau K. ist seit Mai hier.", "name", "Frau K."),
    ("Familie Öztürk wartet.", "name", "Familie Öztürk"),
    ("Name: Ahmad Rahimi, wohnt in Menden", "name", "Ahmad Rahimi"),
    ("Sie ist geb. 12.03.1987 und lebt hier.", "geburtsdatum", "geb. 12.03.1987"),
    ("geboren am 3. Mai 2019 in der Klinik", "geburtsdatum", "geboren am 3. Mai 2019"),
    ("Geburtsdatum: 1987-03-12", "geburtsdatum", "Geburtsdatum: 1987-03-12"),
    ("Der Klient (12.03.1987) wartet.", "geburtsdatum", "12.03.1987"),
    ("Rückruf unter 02371/217-4711 erbeten", "telefon", "02371/217-4711"),
    ("Mobil +49 171 3920042.", "telefon", "+49 171 3920042"),
    ("Tel. (02351) 966-60", "telefon", "02351) 966-60"),
    ("Mail an a.rahimi@posteo.de senden", "email", "a.rahimi@posteo.de"),
    ("Konto DE89 3704 0044 0532 0130 00 ist gesperrt", "iban", "DE89 3704 0044 0532 0130 00"),
    ("AZR-Nummer: 990417265538", "azr_nummer", "AZR-Nummer: 990417265538"),
    ("unter 990417265538 geführt", "azr_nummer", "990417265538"),
    ("BG 35502BG0417733", "bg_nummer", "35502BG0417733"),
    ("Kundennummer 357D123456", "bg_nummer", "Kundennummer 357D123456"),
    ("Az.: 33.2-1234/26 liegt vor", "aktenzeichen", "Az.: 33.2-1234/26"),
    ("Gesch.-Z.: 7654321-163 beim Bundesamt", "aktenzeichen", "Gesch.-Z.: 7654321-163"),
    ("Bescheid 7654321-163", "aktenzeichen", "7654321-163"),
    ("wohnt Heedfelder Straße 45, 58509 Lüdenscheid seit Mai", "anschrift", "Heedfelder Straße 45, 58509 Lüdenscheid"),
    ("in der Bahnhofstr. 12a", "anschrift", "Bahnhofstr. 12a"),
    ("Am Markt 5, 58636 Iserlohn", "anschrift", "Am Markt 5, 58636 Iserlohn"),
    ("Die Klage (Az. 12 K 345/24) ist anhängig.", "aktenzeichen", "12 K 345/24"),
    ("Das Amtsgericht, 12 C 345/23, hat geräumt.", "aktenzeichen", "12 C 345/23"),
    ("Beim Sozialgericht S 12 AS 345/24 ER gewonnen", "aktenzeichen", "S 12 AS 345/24 ER"),
    ("Unser Zeichen: 33.1.2-KR/2024", "aktenzeichen", "Unser Zeichen: 33.1.2-KR/2024"),
    ("BG 35502/0012345 beim Jobcenter", "bg_nummer", "35502/0012345"),
    ("Passnummer C01X00T47 abgelaufen", "ausweis", "Passnummer C01X00T47"),
    ("Er wohnt seit Mai Am Wall 12, Lüdenscheid, bei Freunden", "anschrift", "Am Wall 12"),
    ("Am Wall 12, Lüdenscheid", "anschrift", "Am Wall 12"),
    ("Die Familie lebt in der Bredde 4a.", "anschrift", "in der Bredde 4a"),
    ("Die Post kam in der Bredde 4a nie an", "anschrift", "in der Bredde 4a"),
    ("gemeldet in der Hohle 7 ist niemand", "anschrift", "in der Hohle 7"),
    ("Der Umzug nach Im Wiesengrund 15 scheiterte", "anschrift", "Im Wiesengrund 15"),
    ("Herrn Abdulrahman al-Hassan wurde abgesagt", "name", "Herrn Abdulrahman al-Hassan"),
])  # fmt: skip
def test_was_auffallen_soll(text: str, art: str, stelle: str) -> None:
    assert [(f.art, text[f.start:f.ende]) for f in funde(text)] == [(art, stelle)]


@pytest.mark.parametrize("text", [
    "Der Frau Kindergeld zu zahlen, lehnte die Stelle ab.",
    "Eine junge Frau Ende zwanzig, ein älterer Herr Mitte sechzig.",
    "Für die Familie Wohnraum zu finden, dauerte; der Familie Leistungen zu kürzen, ging schnell.",
    "Am 31.12.2025 endete die Leistung, am 1. Januar 2026 begann keine neue.",
    "Das Gesetz vom 23.12.2003 gilt seit 01.01.2005.",
    "Nach § 44 Abs. 4 AufenthG und § 42 SGB I, Az. des Bescheids nicht bekannt.",
    "Schulplatz 3 Wochen später, Kursplatz 2 frei, Dienstweg 4 Stationen.",
    "Montags 08:00-12:00 Uhr und 14:00-16:00 Uhr, Zimmer 2.14.",
    "Es geht um MK-2026-0070, Geschäftszeichen MK-2026-0071 und FR-2026-003.",
    "Kosten 12.500,00 Euro, 35 Prozent, 2024/2025, 0,5 Stellen, 10-12 Wochen.",
    "Im Januar 2026, am Montag 15 Uhr, in der Woche 22.",
    "Frau Bürgermeisterin eröffnete die Sitzung.",
    "In der Klasse 4a und im Kurs 2b, nach § 25a und in Absatz 3a, in Anlage 2a.",
    "Im Handlungsfeld 3 und auf der Seite 12, in Zimmer 12 und im Raum 4b, am Schalter 3.",
    "Im Schnitt 12 Wochen, im Mittel 3 Monate, am Bahnhof 3 Stunden gewartet, auf dem Markt 20 Prozent teurer.",
    "Die Familie wohnt in Unterkunft 3, gemeldet in Gruppe 2, lebt in der Woche 12 im Haus 4.",
    "In Lüdenscheid 12 Fälle, in Menden 4, am Freitag 14 Uhr, zum Termin 2 und zum Stichtag 31.12.2025.",
    "Das Merkblatt 12/2024, die Fassung 3/25, Artikel 12 DSGVO, SGB II 2024, Klasse 8 B und 5/2026.",
    "Die Passstelle gab dem Pass keine Nummer; Ihr Zeichen war gut.",
    "",
])  # fmt: skip
def test_was_nicht_auffallen_darf(text: str) -> None:
    assert [text[f.start:f.ende] for f in funde(text)] == []


def test_stuecke_ergeben_wieder_den_text() -> None:
    for m in MELDUNGEN:
        stuecke = gestueckelt(m["beschreibung"])
        assert "".join(s.text for s in stuecke) == m["beschreibung"] and all(s.art in ("", *NACH) for s in stuecke)
    auffaellig = gestueckelt("Frau Amina Osmani, Tel. 0171 3920042")
    assert [(s.text, s.art) for s in auffaellig] == [("Frau Amina Osmani", "name"), (", Tel. ", ""), ("0171 3920042", "telefon")]


def test_der_hinweis_nennt_die_art_und_nie_die_stelle() -> None:
    satz = hinweis(funde("Frau Amina Osmani, Tel. 0171 3920042, Frau Osmani"))
    assert satz == ("Das sieht nach einem Namen und einer Rufnummer aus. Bitte beschreiben Sie es so, dass niemand erkennbar ist.")
    assert hinweis(()) == ""


@pytest.mark.parametrize("text", ["A" * 20000, "0" * 20000, "Frau " * 4000, "12.3." * 4000, "-" * 20000, "a@" * 8000, "Ab " * 7000])
def test_auch_ein_langer_text_kostet_keine_zeit(text: str) -> None:
    from time import perf_counter

    vorher = perf_counter()
    funde(text)
    assert perf_counter() - vorher < 2.0


@pytest.mark.parametrize("stueck", ["Herr ", "12.03.1981 ", "Frau Yilmaz ", "a", "a@", "Musterstraße 1 ", "0171 1234567, ",
                                    "in der Bredde ", "wohnt in Bredde ", "Am ", "12 K 345/2", "Az. "])
def test_ein_boeswilliger_text_haelt_niemanden_auf(stueck: str) -> None:
    """Ein Megabyte dauert nicht länger als das längste Feld, und das nicht länger als ein Augenblick."""
    beginn = process_time()
    gefunden = funde(stueck * (1_000_000 // len(stueck)))
    assert process_time() - beginn < 2
    assert all(a.ende <= b.start for a, b in pairwise(gefunden))
