"""Was in einem Text nach einem Menschen aussieht: Namen, Geburtsdaten, Rufnummern, Kennzeichen, Anschriften. Rein, ohne Profil.

Es ist ein Hinweis an den, der schreibt oder prüft; entscheiden tut er. Darum gilt: lieber einmal zu wenig als dauernd falsch, denn wer
zehnmal umsonst gewarnt wurde, liest die elfte Warnung nicht mehr.
"""

from __future__ import annotations
from states.aussage import Aussage

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Art = Literal["name", "geburtsdatum", "telefon", "email", "iban", "azr_nummer", "bg_nummer", "aktenzeichen", "ausweis", "anschrift"]

# Art -> wie man sie nennt, in „sieht nach … aus“
NACH: dict[str, str] = {
    "name": "einem Namen",
    "geburtsdatum": "einem Geburtsdatum",
    "telefon": "einer Rufnummer",
    "email": "einer E-Mail-Adresse",
    "iban": "einer Kontonummer (IBAN)",
    "azr_nummer": "einer AZR-Nummer",
    "bg_nummer": "einer Kunden- oder BG-Nummer",
    "aktenzeichen": "einem Aktenzeichen",
    "ausweis": "einer Ausweisnummer",
    "anschrift": "einer Anschrift",
}


_LAENGSTER = 20_000  # Zeichen; kein Feld eines Formulars fasst so viel


class Fund(NamedTuple):
    """`start` und `ende` zählen Zeichen des Textes; `ende` gehört nicht mehr dazu."""

    art: Art
    start: int
    ende: int


class Stueck(NamedTuple):
    """Ein Stück Text; `art` ist leer, wo nichts auffällt."""

    text: str
    art: str = ""


def funde(text: str) -> tuple[Fund, ...]:
    """Alle Stellen in der Reihenfolge des Textes; sie überschneiden sich nicht. Gesucht wird, so weit das längste Feld reicht.

    Auch ein böswilliger Text hält niemanden auf: Der Aufwand wächst mit der Länge, nicht mit ihrem Quadrat.
    """
    gefunden: list[Fund] = []
    for fund in _alle(text[:_LAENGSTER]):
        ort = bisect_right(gefunden, fund.start, key=lambda f: f.start)
        if (ort == 0 or gefunden[ort - 1].ende <= fund.start) and (ort == len(gefunden) or fund.ende <= gefunden[ort].start):
            gefunden.insert(ort, fund)
    return tuple(gefunden)


def gestueckelt(text: str) -> tuple[Stueck, ...]:
    """Der Text in Stücken, aneinandergehängt wieder genau er selbst: so kann eine Seite die Stellen hervorheben."""
    stuecke, bis = [], 0
    for f in funde(text):
        stuecke += [Stueck(text[bis:f.start]), Stueck(text[f.start:f.ende], f.art)]
        bis = f.ende
    return tuple(s for s in (*stuecke, Stueck(text[bis:])) if s.text)


def hinweis(gefundene: Iterable[Fund]) -> str:
    """Ein Satz an den, der schreibt; leer, wenn nichts auffällt. Er wiederholt nie, was da steht."""
    namen = list(dict.fromkeys(NACH[f.art] for f in gefundene))
    if not namen:
        return ""
    *vordere, letzter = namen
    aufzaehlung = Aussage("{vordere} und {letzter}", vordere=", ".join(vordere), letzter=letzter) if vordere else letzter
    return Aussage("Das sieht nach {aufzaehlung} aus. Bitte beschreiben Sie es so, dass niemand erkennbar ist.", aufzaehlung=aufzaehlung)


# --- die Muster, das sicherste zuerst; übersetzt werden sie beim ersten Gebrauch, und `re` behält sie ------------------

_GROSS = r"[A-ZÀ-ÖØ-ÞŁŚŠŽĞİÇ]"
_NAMENSWORT = rf"{_GROSS}[\w’'-]*[^\W\d_](?:-{_GROSS}\w+)*"
_TITEL = r"(?:(?:Dr|Prof|Dipl|Ing|med|jur|rer|nat)\.(?:-Ing\.)?\s*)*"
_ADEL = r"(?:(?:von|van|de|el|al|bin|ibn|zu|der|den)\s+|(?:al|el|ad|ar|as|at|an)-){0,2}"
_KENNZEICHEN = r"(?:-?\s?(?:Nr|Nummer|Nummern|Kennzeichen)\b)?\.?\s*:?\s*"
_STRASSE = r"(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm|stieg|steig|pfad|chaussee|wall)"
_PLZ_ORT = rf"(?:,?\s+(?:D-)?\d{{5}}\s+{_GROSS}[\w-]+(?:\s{_GROSS}[\w-]+)?)"
_HAUSNUMMER = r"\d{1,4}(?:\s?[a-z]\b)?(?:\s?[-/]\s?\d{1,4}[a-z]?)?\b"
_MONATE = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_DATUM = rf"(?:\d{{1,2}}\.\s?(?:\d{{1,2}}\.|(?:{_MONATE}))\s?(?:19|20)?\d{{2}}|(?:19|20)\d{{2}}-\d{{2}}-\d{{2}})\b"
_TRENNER = r"[ /()-]{0,3}"
# „12 K 345/24.A“ beim Verwaltungs- oder Amtsgericht, „S 12 AS 345/24 ER“ beim Sozialgericht
_GERICHT = r"(?<![\w./-])(?:[BLS]\s)?\d{1,3}\s[A-Z]{1,3}[a-z]?\s\d{1,5}/\d{2}(?:\d{2})?(?:\.[A-Z]\b|\s(?:ER|PKH|WA)\b)?(?![\d/])"
# Was hinter einer Zahl sagt, dass sie zählt, und was vor ihr, dass sie etwas anderes nummeriert als ein Haus
_ZAEHLT = (r"(?!\s*(?:Woche|Tag|Monat|Jahr|Uhr|Euro|€|Prozent|%|Person|Mensch|Famili|Kind|Frau|M[aä]nn|Pl[aä]tz|Stunde|Minute|Werktag"
           r"|Mal\b|bis\b|von\b|und\s\d|[.,:/-]\d))")
_KEIN_ORT = (
    rf"(?!(?i:[\w-]{{0,40}}(?:{_MONATE}|woche?|tag|abend|morgen|jahr|monat|quartal|klasse|gruppe|raum|zimmer|büro|wohnung|unterkunft|haus"
    r"|gebäude|block|etage|stock|anlage|abs|absatz|abschnitt|kapitel|artikel|paragra[fp]h?|satz|nr|nummern?|ziffer|buchstabe|punkt|spalte"
    r"|zeile|tabelle|seite|liste|kurs|modul|niveau|stufe|phase|baustein|schritt|teil|formular|antrag|bescheid|frage|fall|linie|bus|gesetz"
    r"|verordnung|sgb|vo|g|feld|bereich|sitzung|termin|schnitt|mittel|version|fassung|schalter|station|platz|thema|maßnahme|alter|schule"
    r"|kita|amt|stelle|team|dezernat|fachdienst|sachgebiet)\b))")
_LAGE = r"(?:a[mn]|auf|im|in|zum|zur|unter|hinter|bei)\s(?:de[rnm]\s)?"
_LAGEWORT = (r"(?:Wall|Markt|Bahnhof|Kirchplatz|Kamp|Bruch|Hang|Berg|Busch|Teich|Graben|Bach|Wald|Bredde|Heide|Wiese|Tal|Siepen|Brink"
             r"|Anger|Hagen|Loh|Hof|Schloss|Burg|Mühle|Kirche|Tor|Ohl|Stein|Park|See|Rathaus|Friedhof|Sportplatz|Stadion)")
_FLUR = rf"(?:{_GROSS}[\w-]{{1,40}}\s)?{_KEIN_ORT}{_GROSS}[\w-]{{1,40}}"

_MUSTER: tuple[tuple[Art, str], ...] = (
    ("email", r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"),
    ("iban", r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b"),
    ("azr_nummer", rf"\b(?:AZR|Ausländerzentralregister){_KENNZEICHEN}\d[\d ]{{7,14}}\d\b|(?<![\d/-])9\d{{11}}(?![\d/-])"),
    ("bg_nummer", (
        r"\b(?:(?:BG|Bedarfsgemeinschaft|Kunden?)(?:-?\s?(?:Nr|Nummer|nummer))\.?\s*:?\s*)(?=\S*\d{3})[\dA-Z]{3,8}[\dA-Z/ -]{0,12}\d"
        r"|\b\d{5}\s?(?://|BG)\s?\d{7}\b|(?<![\w/.-])[1-9]\d{4}\s?/\s?\d{7}(?![\w/])|\b\d{3}[A-Z]\d{6}\b")),
    ("ausweis", (
        r"\b(?:(?:Reise|Kinderreise)?[Pp]ass|(?:Personal|Flüchtlings)?[Aa]usweis|Aufenthaltstitel|Duldungs?|eAT)(?:-?\s?(?:Nr|Nummer)|nummer)"
        r"\.?\s*:?\s*(?=\w{0,11}\d)[A-Z0-9]{6,12}\b")),
    ("aktenzeichen", _GERICHT),
    ("aktenzeichen", (
        r"\b(?:Az\b|AZ\b|(?:Unser|Ihr|Mein)e?[nms]?\sZeichen|Aktenzeichen|Gesch\.-?Z|Geschäftszeichen|Aktennummer|Akten?-Nr)\.?\s*:?\s*"
        r"(?![A-Z]{2}-\d{4}-\d)(?=[^\s,;]*\d)[\w][\w./-]{3,30}\w|(?<![\d/-])\d{7}-\d{3}(?![\d/-])")),
    ("geburtsdatum", rf"(?:\bgeb(?:oren)?\b\.?(?:\s+am)?|\bGeburts(?:datum|tag)\b:?(?:\s+am)?|\*)\s*{_DATUM}"),
    ("telefon", rf"(?<![\w/.,-])(?:\+\d{{2}}|00[1-9]\d|0[1-9])(?:{_TRENNER}\d){{6,12}}(?![\d.,]?\d)"),
    ("anschrift", (
        rf"\b(?:(?:{_GROSS}[\w-]{{0,40}}\s)?(?P<strasse>{_GROSS}[\w-]{{0,40}}?)(?:-?(?i:{_STRASSE}))"
        rf"|{_GROSS}[\w-]{{2,40}}\s(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Ring))\s+{_HAUSNUMMER}{_ZAEHLT}{_PLZ_ORT}?")),
    # „Am Wall 12“ ist eine Anschrift, „am Montag 12“ keine: dafür spricht die Postleitzahl, der Buchstabe, das große „Am“ mitten im Satz,
    # ein Wort, das eine Lage nennt, oder dass davor von Wohnen die Rede ist
    ("anschrift", rf"\b(?i:{_LAGE}){_FLUR}\s{_HAUSNUMMER}{_PLZ_ORT}"),
    ("anschrift", rf"\b(?i:{_LAGE}){_FLUR}\s\d{{1,3}}[a-h]\b{_ZAEHLT}"),
    ("anschrift", rf"(?<=[\w,]\s)(?=[A-Z])(?i:{_LAGE}){_FLUR}\s\d{{1,3}}\b{_ZAEHLT}"),
    ("anschrift", rf"\b(?i:{_LAGE})(?:Alten?\s|Hohen?\s|Neuen?\s)?{_LAGEWORT}\s\d{{1,3}}\b{_ZAEHLT}"),
    ("anschrift", (
        rf"\b(?i:wohn(?:t|en|haft)|lebt|gemeldet|Anschrift|Adresse)\b[^.!?\n]{{0,40}}?\b"
        rf"(?P<fund>(?i:{_LAGE}){_FLUR}\s\d{{1,3}}\b){_ZAEHLT}")),
    ("name", (
        rf"(?P<vor>\b\w+\s+)?(?P<fund>(?P<anrede>\b(?:Herrn?|Frau|Familie|Hr\.|Fr\.))\s+{_TITEL}{_ADEL}"
        rf"(?P<erstes>{_NAMENSWORT}|{_GROSS}\.)(?P<zweites>\s+{_ADEL}(?:{_NAMENSWORT}|{_GROSS}\.(?=\s)))?)")),
    ("name", rf"\b(?:Vorname|Nachname|Name)\s*:\s*(?P<fund>{_NAMENSWORT}(?:\s+{_NAMENSWORT})?)"),
)  # fmt: skip

# „die Frau Kindergeld“, „einer Familie Ende Oktober“: hinter einem Begleiter ist Herr, Frau oder Familie meist kein Teil eines Namens.
_BEGLEITER = (
    r"(?i:d(?:er|ie|as|en|em|es|iese[rnms]?)|(?:k|m|s|d)?ein(?:e[rnms]?)?|ihre?[rnms]?|unsere?[rnms]?|eure?[rnms]?|jede[rnms]?|jene[rnms]?"
    r"|welche[rnms]?|\w+(?:nde|ige|liche|ische|ere|unge|alte|lose)[rnms]?)\s+")
_KEIN_NAME = (
    rf"(?:Ende|Anfang|Mitte|Seit|Nach|Ohne|Mit|Und|Oder|Kinder|Kind|Geld|Leistung\w*|Termin\w*|Antrag\w*|Wohnung\w*|Wohn\w+|{_MONATE}"
    r"|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag|Bürgermeister(?:in)?|Landr[aä]t(?:in)?|Direktor(?:in)?"
    r"|Dolmetscher(?:in)?|Kolleg(?:e|in|en)|\w+(?:geld|ung|ungen|heit|keit|schaft|nachzug|hilfe|kurs|amt|stelle|center|platz))")
_KEINE_STRASSE = (
    r"(?i:.*(?:schul|kurs|arbeits|ausbildungs|kita|betreuungs|sprach|warte|studien|therapie|praktikums|pflege|haus|wohn|park|spiel"
    r"|dienst|rechts|prüf|ausweich|eskalations|rück|antrags|verwaltungs|beschwerde|melde|übergabe|geh|rad|hin|anmelde|versorgungs|lösungs"
    r"|ausnahme|verfahrens|klage|post|schrift|behandlungs|kontakt|informations|bildungs|um|lehr|sitz|steh))")
_ALTES_JAHR = rf"(?<![\w.])(?:vom\s|seit\s|dem\s)?{_DATUM}"
_GEBOREN_BIS = 2012  # ein volles Datum aus dieser Zeit ist in einer Meldung kaum etwas anderes


def _alle(text: str) -> Iterator[Fund]:
    for art, muster in _MUSTER:
        for m in re.finditer(muster, text):
            if art == "name" and "anrede" in m.re.groupindex:
                yield from _name(m)
            elif art != "anschrift" or not re.fullmatch(_KEINE_STRASSE, m.groupdict().get("strasse") or ""):
                yield Fund(art, *(m.span("fund") if "fund" in m.re.groupindex else m.span()))
    for m in re.finditer(_ALTES_JAHR, text):
        jahr = re.search(r"(?:19|20)\d{2}", m[0])
        if jahr and int(jahr[0]) <= _GEBOREN_BIS and not m[0].startswith(("vom", "seit", "dem")):
            yield Fund("geburtsdatum", *m.span())


def _name(m: re.Match[str]) -> Iterator[Fund]:
    """Nach einem Begleiter gilt es nur, wenn zwei Namen folgen; was erkennbar ein anderes Wort ist, gilt nie."""
    if re.fullmatch(_KEIN_NAME, m["erstes"]):
        return
    zweites = m["zweites"] and not re.fullmatch(_KEIN_NAME, m["zweites"].strip())
    if m["vor"] and re.fullmatch(_BEGLEITER, m["vor"]) and not zweites:
        return
    yield Fund("name", m.start("fund"), m.end("fund") if zweites else m.end("erstes"))
