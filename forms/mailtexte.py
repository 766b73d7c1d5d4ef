"""Was in Nachrichten steht: je Anlass ein Betreff und ein Satz. Die deutschen Texte sind zugleich die Schlüssel für Übersetzungen.

Gesucht wird vom Besonderen zum Allgemeinen: „anlass/auslöser@familie“, „anlass@familie“, „anlass/auslöser“, „anlass“;
für Fristen zuletzt der allgemeine Satz. Kein Text nimmt etwas auf, das jemand in eine Meldung oder eine Fallrekonstruktion
geschrieben hat: Betreff und Satz nennen Geschäftszeichen, Tage, Orte einer Einladung und Stellen, sonst nichts.
"""

from __future__ import annotations

from typing import NamedTuple
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from states.aussage import Aussage

_DATEI = Path(__file__).parent / "templates" / "mail" / "texte.toml"

class Text(NamedTuple):
    """`ohne`: der Satz für den Fall, dass eine Angabe fehlt, die `satz` braucht (ein Tag, eine Stelle)."""

    betreff: str
    satz: str
    ohne: str = ""


class Familie(NamedTuple):
    """Nachrichten an denselben Kreis: gemeinsamer Rahmen und der Betreff, unter dem mehrere zusammen hinausgehen.

    `immer_eingeleitet`: auch vor einer einzelnen Mitteilung steht, warum jemand sie bekommt.
    """

    betreff: str
    einleitung: str
    schluss: str
    immer_eingeleitet: bool = False


FAMILIEN: Mapping[str, Familie] = {
    "meldung": Familie(
        "Neues zu Ihren Meldungen", "Hier lesen Sie, was aus Ihren Meldungen geworden ist.",
        "Nach der Anmeldung sehen Sie den ganzen Verlauf und können uns dort antworten oder etwas ergänzen."),
    "aufgabe": Familie(
        "Neues zu Ihren Vorgängen", "Zu Vorgängen, für die Sie zuständig sind oder die Sie vertreten, gibt es Neues.",
        "Was wann zu tun ist, zeigt Ihnen nach der Anmeldung Ihre Arbeitsliste."),
    "fallrekonstruktion": Familie(
        "Neues zu Ihren Fallrekonstruktionen", "Sie nehmen an einer Fallrekonstruktion teil.",
        "Inhalte stehen aus Gründen des Datenschutzes nicht in dieser Nachricht. Sie lesen sie nach der Anmeldung."),
    "arbeitsgruppe": Familie(
        "Neues aus Ihrer Arbeitsgruppe", "Aus Ihrer Arbeitsgruppe gibt es Neues.",
        "Unterlagen und Stand der Arbeit finden Sie nach der Anmeldung."),
    "lenkungsgruppe": Familie(
        "Neues aus der Lenkungsgruppe", "Sie erhalten diese Nachricht für Ihren Sitz in der Lenkungsgruppe.",
        "Die Unterlagen finden Sie nach der Anmeldung.", immer_eingeleitet=True),
    "weiterleitung": Familie(
        "Beschlüsse der Lenkungsgruppe", "Die Lenkungsgruppe hat beschlossen; wir leiten Ihnen weiter, was Sie angeht.",
        "Den Wortlaut lesen Sie nach der Anmeldung. Bitte bestätigen Sie dort die Kenntnisnahme, wenn wir Sie darum bitten."),
    "umsetzung": Familie(
        "Neues zu Ihren Maßnahmen und Beschlüssen", "Sie setzen um, was die Lenkungsgruppe beschlossen oder empfohlen hat.",
        "Nach der Anmeldung sehen Sie, was vereinbart ist, und tragen ein, was getan ist."),
    "einzelfall": Familie(
        "Neues zu Einzelfällen", "Ihrem Team ist etwas zugeleitet.",
        "Inhalte stehen aus Gründen des Datenschutzes nicht in dieser Nachricht. Sie lesen sie nach der Anmeldung."),
    "link": Familie(
        "Ihre Antwort", "Sie haben um einen neuen Link gebeten, oder der bisherige ging nicht mehr.",
        "Der vorige Link gilt damit nicht mehr."),
    "termin": Familie(
        "Änderung eines Termins", "Sie haben von uns einen Termin bekommen, der so nicht mehr gilt.",
        "Öffnen Sie den Anhang, damit Ihr Kalender die Änderung übernimmt."),
    "leitung": Familie(
        "Hinweise für die Leitung", "Sie erhalten diesen Hinweis als Leitung; er nennt Nummer und Alter, keine Inhalte.",
        "Auskunft gibt Ihnen die Koordination.", immer_eingeleitet=True),
}

# Der Schluss einer Nachricht, in der jeder Punkt einen Link trägt: Wer sie bekommt, kann sich nicht anmelden.
SCHLUSS_MIT_LINK = "Geht der Link nicht mehr, antworten Sie bitte auf diese Nachricht; wir schicken Ihnen dann einen neuen."
# Der Schluss einer Nachricht ohne Adresse: Der Empfänger sähe dort nichts (mehr).
OHNE_ADRESSE = "Bei Fragen antworten Sie bitte auf diese Nachricht."

# In welcher Familie jemand angesprochen wird, sagt das Wort, mit dem die Tabelle des Ablaufs ihn nennt.
FAMILIE_VON: Mapping[str, str] = {
    "melder": "meldung", "zustaendig": "aufgabe", "vertretung": "aufgabe", "koordination": "aufgabe", "koordination_dort": "aufgabe",
    "mitmeldende": "meldung", "abgebende": "aufgabe",
    "beteiligte": "fallrekonstruktion", "mitglieder": "arbeitsgruppe", "ag_leitung": "arbeitsgruppe", "sitze": "lenkungsgruppe",
    "vorsitz": "lenkungsgruppe", "verteiler": "weiterleitung", "eigner": "umsetzung", "umsetzende": "umsetzung", "cm": "einzelfall",
    "leitung": "leitung", "stelle": "link", "erwaehnt": "aufgabe", "eingeladene": "termin",
}

# Geht immer als eigene Nachricht hinaus: Empfangsbestätigungen, Einladungen, Eiliges.
EINZELN = frozenset({
    "eingangsbestaetigung", "frist_eilmeldung", "lage_ausgerufen", "einladung_fallrekonstruktion", "fallrekonstruktion_verlegt",
    "fallrekonstruktion_abgesagt", "sitzung_einladung", "sitzung_verlegt", "sitzung_abgesagt", "umlauf", "neuer_link",
})

# (wer oder was, zu wem) je Art, für ganze Sätze
DINGE: Mapping[str, tuple[str, str]] = {
    "meldebogen": ("die Meldung", "der Meldung"), "sammlung": ("die Sammlung", "der Sammlung"),
    "einzelfalluebergabe": ("die Einzelfallübergabe", "der Einzelfallübergabe"),
    "fallrekonstruktion": ("die Fallrekonstruktion", "der Fallrekonstruktion"),
    "generatives_thema": ("das generative Thema", "dem generativen Thema"),
    "arbeitsgruppe": ("die Arbeitsgruppe", "der Arbeitsgruppe"), "zielsystem": ("das Zielsystem", "dem Zielsystem"),
    "massnahme": ("die Maßnahme", "der Maßnahme"), "monitoring": ("das Monitoring", "dem Monitoring"),
    "sitzung": ("die Sitzung der Lenkungsgruppe", "der Sitzung der Lenkungsgruppe"), "beschluss": ("der Beschluss", "dem Beschluss"),
    "auswahlrunde": ("die Auswahlrunde", "der Auswahlrunde"), "lage": ("die Lage", "der Lage"), "bericht": ("der Bericht", "dem Bericht"),
    "anfrage": ("die Anfrage", "der Anfrage"),
    "kooperationsvereinbarung": ("die Kooperationsvereinbarung", "der Kooperationsvereinbarung"),
}



def formen(art: str) -> dict[str, str]:
    """„die Meldung“, „der Meldung“ und „zur Meldung“; groß geschrieben am Satzanfang."""
    die, dem = DINGE[art]
    artikel, ding = dem.split(" ", 1)
    um = f"{'ur' if artikel == 'der' else 'um'} {ding}"
    return {"die": die, "Die": f"D{die[1:]}", "der": dem, "zum": f"z{um}", "Zum": f"Z{um}"}


_FRIST_NAHT = Text("Erinnerung zu {key}: {frist}", "{Zum} {key} steht an: {frist}. Die Frist endet am {ende}.")
_FRIST_HEUTE = Text("Heute fällig zu {key}: {frist}", "{Zum} {key} ist heute fällig: {frist}.")
_FRIST_VORBEI = Text("Überfällig zu {key}: {frist}", "{Zum} {key} ist überfällig: {frist}. Die Frist endete am {ende}.")
_NUR_ZAHL = Text("Überfällig: {key}", "{Die} {key} liegt seit dem {eroeffnet} ohne Entscheidung vor, das sind {alter} Tage.")
ALLGEMEIN = Text("Neues zu {key}", "{Zum} {key} gibt es Neues.")  # damit ein fehlender Text nie den ganzen Ausgang aufhält
_SITZFRIST = frozenset({"lenkungsgruppe", "arbeitsgruppe", "umsetzung", "einzelfall", "aufgabe"})


@cache
def _texte() -> Mapping[str, Text]:
    return {schluessel: Text(**angaben) for schluessel, angaben in tomllib.loads(_DATEI.read_text(encoding="utf-8")).items()}


def text(anlass: str, ausloeser: str, familie: str, lage: str = "", *, nur_zahl: bool = False) -> Text | None:
    """Der Text zu einem Anlass. `lage` einer Frist: naht, heute oder vorbei. None: Es gibt keinen."""
    for schluessel in (f"{anlass}/{ausloeser}@{familie}", f"{anlass}@{familie}", f"{anlass}/{ausloeser}", anlass):
        if schluessel in _texte():
            return _texte()[schluessel]
    if not anlass.startswith("frist_"):
        return None
    if nur_zahl or familie == "leitung":
        return _NUR_ZAHL
    allgemein = {"naht": _FRIST_NAHT, "heute": _FRIST_HEUTE, "vorbei": _FRIST_VORBEI}
    return allgemein.get(lage) if familie in _SITZFRIST else None


def alle_texte() -> Iterator[tuple[str, Text]]:
    yield from _texte().items()
    yield from (("frist", t) for t in (_FRIST_NAHT, _FRIST_HEUTE, _FRIST_VORBEI, _NUR_ZAHL))


def angaben_in(vorlage: str) -> frozenset[str]:
    """Die Namen der Angaben, die ein Satz braucht."""
    return frozenset(name for _, name, _, _ in Formatter().parse(vorlage) if name)


def eingesetzt(vorlage: Text, angaben: Mapping[str, str]) -> tuple[str, str]:
    """Betreff und Satz."""
    satz = vorlage.satz if all(angaben.get(n) for n in angaben_in(vorlage.satz)) else vorlage.ohne or vorlage.satz
    alle = {**dict.fromkeys(angaben_in(vorlage.betreff) | angaben_in(satz), ""), **angaben}
    return Aussage(vorlage.betreff, **alle), Aussage(satz, **alle)
