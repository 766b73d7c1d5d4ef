"""Fristen nach §§ 187 bis 193 BGB und nach Werktagen. Reine Rechnung: keine Uhr, keine Datenbank.

Alle Daten sind Kalendertage in Berlin. Werktag (WT) ist Montag bis Freitag ohne die Feiertage in Nordrhein-Westfalen
und ohne die Schließtage des Profils. Jede Rechnung liefert ihre Herleitung in deutschen Sätzen mit. Was davon Gesetz
und was eigene Festlegung ist, steht in docs/fristenrechnung.md.
"""

from typing import NamedTuple
import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType

import holidays

# Außerhalb dieser Jahre kennt die Feiertagsbibliothek keine Feiertage; still falsch rechnen darf der Kalender nicht.
ERSTES_JAHR = 1991
LETZTES_JAHR = 2100

SCHLIESSTAG = "Schließtag"
WOCHENTAGE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
KURZE_MONATE = {2: "Februar", 4: "April", 6: "Juni", 9: "September", 11: "November"}
_EIN_TAG = timedelta(days=1)


class Einheit(StrEnum):
    WT = "WT"
    TAGE = "Tage"
    WOCHEN = "Wochen"
    MONATE = "Monate"
    JAHRE = "Jahre"


# Einzahl, Mehrzahl und zuletzt die Wörter für „eine Frist von …“
_WOERTER = {
    Einheit.WT: ("WT", "WT", "Werktag", "Werktagen"),
    Einheit.TAGE: ("Tag", "Tage", "Tag", "Tagen"),
    Einheit.WOCHEN: ("Woche", "Wochen", "Woche", "Wochen"),
    Einheit.MONATE: ("Monat", "Monate", "Monat", "Monaten"),
    Einheit.JAHRE: ("Jahr", "Jahre", "Jahr", "Jahren"),
}
_SCHREIBWEISEN = {wort.lower(): einheit for einheit, woerter in _WOERTER.items() for wort in woerter} | {
    "werktage": Einheit.WT,
}
_DAUER = re.compile(r"\s*([0-9]+)\s*([^\W\d_]+)\.?\s*")
_DATUM_ISO = re.compile(r"\s*([0-9]{4})-([0-9]{2})-([0-9]{2})\s*")
_DATUM_DEUTSCH = re.compile(r"\s*([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\s*")


@dataclass(frozen=True, slots=True)
class Dauer:
    """Länge einer Frist, zum Beispiel 10 WT oder 1 Monat."""

    zahl: int
    einheit: Einheit

    def __post_init__(self) -> None:
        if not 1 <= self.zahl <= 9999:
            raise ValueError(f"Eine Dauer hat eine Zahl von 1 bis 9999, nicht {self.zahl}.")

    @classmethod
    def lesen(cls, text: str) -> "Dauer":
        """Liest „10 WT“, „2 Wochen“, „1 Monat“ …; Groß- und Kleinschreibung und Mehrzahl sind gleich."""
        treffer = _DAUER.fullmatch(text)
        einheit = _SCHREIBWEISEN.get(treffer[2].lower()) if treffer else None
        if treffer is None or einheit is None:
            raise ValueError(
                f"„{text}“ ist keine Dauer. Erwartet werden eine Zahl und eine Einheit (WT, Tage, Wochen, Monate oder "
                "Jahre), zum Beispiel „10 WT“ oder „1 Monat“."
            )
        if len(treffer[1]) > 4 or int(treffer[1]) == 0:
            raise ValueError(f"„{text}“ ist keine Dauer: Die Zahl muss zwischen 1 und 9999 liegen.")
        return cls(int(treffer[1]), einheit)

    def __str__(self) -> str:
        return f"{self.zahl} {_WOERTER[self.einheit][self.zahl != 1]}"

    @property
    def dativ(self) -> str:
        """Für „eine Frist von …“: „14 Tagen“, „1 Monat“, „10 Werktagen“."""
        return f"{self.zahl} {_WOERTER[self.einheit][2 + (self.zahl != 1)]}"


class Berechnung(NamedTuple):
    """Ergebnis einer Rechnung mit allen Schritten; `dauer` ist None, wenn nach einer Unterbrechung nichts übrig war."""

    ende: date
    anker: date
    dauer: Dauer | None
    herleitung: tuple[str, ...]

    def als_json(self) -> dict[str, str | list[str]]:
        return {"ende": self.ende.isoformat(), "herleitung": list(self.herleitung)}


class _Jahr(NamedTuple):
    werktage: tuple[date, ...]
    menge: frozenset[date]
    frei: tuple[date, ...]  # Feiertage und Schließtage, die auf Montag bis Freitag fallen


@dataclass(frozen=True)
class Kalender:
    """Werktage und Fristen einer Kommune. `fassung` nennt die Profilfassung, aus der die Schließtage stammen.

    Alle Methoden lösen ValueError (deutscher Satz) aus, wenn die Rechnung die Jahre 1991 bis 2100 verlässt, und
    TypeError, wenn statt eines Kalendertags ein Zeitpunkt kommt.
    """

    schliesstage: frozenset[date]
    fassung: str
    _jahre: dict[int, _Jahr] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for tag in self.schliesstage:
            _nur_tag(tag)

    def ist_werktag(self, tag: date) -> bool:
        return _nur_tag(tag) in self._jahr(tag.year).menge

    def grund_kein_werktag(self, tag: date) -> str | None:
        """„Samstag“, „Sonntag“, der Name des Feiertags oder „Schließtag“; None an einem Werktag."""
        if self.ist_werktag(tag):
            return None
        if tag.weekday() >= 5:
            return WOCHENTAGE[tag.weekday()]
        return feiertage(tag.year).get(tag, SCHLIESSTAG)

    def ende(self, anker: date, dauer: Dauer) -> Berechnung:
        """Frist ab einem Ereignis: Dessen Tag zählt nicht mit (§ 187 Abs. 1 BGB)."""
        self._jahr(_nur_tag(anker).year)
        beginn = f"Das Ereignis am {_deutsch(anker)} zählt nicht mit (§ 187 Abs. 1 BGB)."
        if dauer.einheit is Einheit.WT:
            ende = self._werktag_nach(anker, dauer.zahl, zaehlt_mit=False)
            return self._nach_werktagen(ende, anker, dauer, "danach", beginn)
        return self._auf_werktag(_vorwaerts(anker, dauer), 1, anker, dauer, beginn)

    def ende_ab_tagesbeginn(self, anker: date, dauer: Dauer) -> Berechnung:
        """Frist „ab dem …“: Sie beginnt mit dem Tag selbst, er zählt mit (§ 187 Abs. 2 BGB)."""
        self._jahr(_nur_tag(anker).year)
        beginn = f"Die Frist beginnt mit dem {_deutsch(anker)}, nicht erst am Tag danach (§ 187 Abs. 2 BGB)."
        if dauer.einheit is Einheit.WT:
            ende = self._werktag_nach(anker, dauer.zahl, zaehlt_mit=True)
            return self._nach_werktagen(ende, anker, dauer, "von diesem Tag an", beginn)
        return self._auf_werktag(_ab_tagesbeginn(anker, dauer), 1, anker, dauer, beginn)

    def vor(self, termin: date, dauer: Dauer) -> Berechnung:
        """Spätester Tag für etwas, das `dauer` vor dem Termin geschehen soll; rückt auf den Werktag davor."""
        self._jahr(_nur_tag(termin).year)
        beginn = f"Der Termin am {_deutsch(termin)} zählt nicht mit (§ 187 Abs. 1 BGB, rückwärts angewandt)."
        if dauer.einheit is Einheit.WT:
            ende = self._werktag_vor(termin, dauer.zahl)
            return self._nach_werktagen(ende, termin, dauer, "davor", beginn)
        return self._auf_werktag(_rueckwaerts(termin, dauer), -1, termin, dauer, beginn)

    def rueckwaerts(self, termin: date, vorlaeufe: Mapping[str, Dauer]) -> dict[str, Berechnung]:
        """Mehrere Vorläufe einer Sitzung auf einmal (Auswahlrunde, Einladung, Unterlagen), der früheste zuerst."""
        gerechnet = ((name, self.vor(termin, dauer)) for name, dauer in vorlaeufe.items())
        return dict(sorted(gerechnet, key=lambda paar: paar[1].ende))

    def werktage_zwischen(self, von: date, bis: date) -> int:
        """Werktage nach `von` bis einschließlich `bis`; negativ, wenn `bis` früher liegt (so viele WT überfällig)."""
        if _nur_tag(bis) < _nur_tag(von):
            return -self.werktage_zwischen(bis, von)
        bis_ende, bis_anfang = self._jahr(bis.year).werktage, self._jahr(von.year).werktage
        ganze_jahre = sum(len(self._jahr(jahr).werktage) for jahr in range(von.year, bis.year))
        return ganze_jahre + bisect_right(bis_ende, bis) - bisect_right(bis_anfang, von)

    def verlaengern(self, ende: date, unterbrochen_von: date, unterbrochen_bis: date) -> Berechnung:
        """Neues Ende einer Frist, die geruht hat: Die bei Beginn übrigen Werktage kommen nach der Ruhe hinzu.

        Der Tag, an dem die Unterbrechung beginnt, ist verbraucht; der Tag, an dem sie endet, zählt nicht mit. So
        gewinnt niemand Zeit, der dieselbe Frist am selben Tag mehrmals anhält. War die Frist schon abgelaufen, bleibt
        sie es.
        """
        if _nur_tag(unterbrochen_bis) < _nur_tag(unterbrochen_von):
            raise ValueError(
                f"Die Unterbrechung kann nicht am {_deutsch(unterbrochen_bis)} enden, wenn sie erst am "
                f"{_deutsch(unterbrochen_von)} beginnt."
            )
        bisher, saetze = self._verschoben(ende, 1)
        if bisher < unterbrochen_von:
            abgelaufen = (
                f"Die Frist war am {_deutsch(bisher)} abgelaufen, bevor die Unterbrechung am "
                f"{_deutsch(unterbrochen_von)} begann; sie verlängert sich nicht."
            )
            return Berechnung(bisher, unterbrochen_bis, None, (*saetze, abgelaufen))
        rest = self.werktage_zwischen(unterbrochen_von, bisher)
        uebrig = {0: "kein Werktag war mehr übrig", 1: "1 Werktag war noch übrig"}
        angehalten = (
            f"Die Frist bis zum {_deutsch(bisher)} wurde am {_deutsch(unterbrochen_von)} unterbrochen; "
            f"{uebrig.get(rest, f'{rest} Werktage waren noch übrig')}."
        )
        return self._mit_rest(rest, unterbrochen_bis, (*saetze, angehalten))

    def _mit_rest(self, rest: int, bis: date, saetze: tuple[str, ...]) -> Berechnung:
        if rest == 0:
            ende, verschoben = self._verschoben(bis, 1)
            satz = f"Die Unterbrechung endete am {_deutsch(bis)}; mehr Zeit bleibt danach nicht."
            return Berechnung(ende, bis, None, (*saetze, satz, *verschoben))
        dauer = Dauer(rest, Einheit.WT)
        ende = self._werktag_nach(bis, rest, zaehlt_mit=False)
        beginn = f"Die Unterbrechung endete am {_deutsch(bis)}; dieser Tag zählt nicht mit, der Rest folgt danach."
        return self._nach_werktagen(ende, bis, dauer, "danach", *saetze, beginn)

    def _jahr(self, jahr: int) -> _Jahr:
        bekannt = self._jahre.get(jahr)
        if bekannt is None:
            frei = feiertage(jahr).keys() | self.schliesstage
            tage_im_jahr = (date(jahr, 12, 31) - date(jahr, 1, 1)).days + 1
            alle = (date(jahr, 1, 1) + timedelta(days=n) for n in range(tage_im_jahr))
            wochentags = [tag for tag in alle if tag.weekday() < 5]
            werktage = tuple(tag for tag in wochentags if tag not in frei)
            ausfall = tuple(tag for tag in wochentags if tag in frei)
            bekannt = self._jahre[jahr] = _Jahr(werktage, frozenset(werktage), ausfall)
        return bekannt

    def _werktag_nach(self, tag: date, zahl: int, *, zaehlt_mit: bool) -> date:
        jahr = tag.year
        werktage = self._jahr(jahr).werktage
        stelle = (bisect_left if zaehlt_mit else bisect_right)(werktage, tag) + zahl - 1
        while stelle >= len(werktage):
            stelle -= len(werktage)
            jahr += 1
            werktage = self._jahr(jahr).werktage
        return werktage[stelle]

    def _werktag_vor(self, tag: date, zahl: int) -> date:
        jahr = tag.year
        werktage = self._jahr(jahr).werktage
        stelle = bisect_left(werktage, tag) - zahl
        while stelle < 0:
            jahr -= 1
            werktage = self._jahr(jahr).werktage
            stelle += len(werktage)
        return werktage[stelle]

    def _nach_werktagen(self, ende: date, anker: date, dauer: Dauer, richtung: str, *saetze: str) -> Berechnung:
        ergebnis = f"Der {dauer.zahl}. Werktag {richtung} ist der {_deutsch(ende)} ({WOCHENTAGE[ende.weekday()]})."
        return Berechnung(ende, anker, dauer, (*saetze, self._satz_ausfall(*sorted((anker, ende))), ergebnis))

    def _satz_ausfall(self, von: date, bis: date) -> str:
        """Wer am Wandkalender nachzählt, muss wissen, welche Tage unter der Woche ausfallen."""
        tage = [tag for jahr in range(von.year, bis.year + 1) for tag in self._jahr(jahr).frei if von <= tag < bis]
        if len(tage) > 6:
            teile = [f"{len(tage)} Feiertage oder Schließtage"]
        else:
            teile = [f"der {_deutsch(tag)} ({self.grund_kein_werktag(tag)})" for tag in tage]
        return f"{_aufzaehlung(['Samstage', 'Sonntage', *teile])} zählen nicht mit."

    def _auf_werktag(
        self, rechnerisch: tuple[date, tuple[str, ...]], schritt: int, anker: date, dauer: Dauer, beginn: str
    ) -> Berechnung:
        tag, saetze = rechnerisch
        ende, verschoben = self._verschoben(tag, schritt)
        if not verschoben:
            verschoben = (f"Der {_deutsch(tag)} ist ein Werktag ({WOCHENTAGE[tag.weekday()]}); dabei bleibt es.",)
        return Berechnung(ende, anker, dauer, (beginn, *saetze, *verschoben))

    def _verschoben(self, tag: date, schritt: int) -> tuple[date, tuple[str, ...]]:
        """Der Tag selbst ohne Sätze, wenn er ein Werktag ist; sonst der nächste in Richtung `schritt`."""
        if self.ist_werktag(tag):
            return tag, ()
        uebersprungen = [tag]
        while not self.ist_werktag(ziel := uebersprungen[-1] + schritt * _EIN_TAG):
            uebersprungen.append(ziel)
        return ziel, _saetze_verschoben([(t, self.grund_kein_werktag(t) or "") for t in uebersprungen], ziel, schritt)


@cache
def feiertage(jahr: int) -> Mapping[date, str]:
    """Feiertage in Nordrhein-Westfalen mit deutschem Namen, gleich in welcher Sprache die Maschine läuft."""
    if not ERSTES_JAHR <= jahr <= LETZTES_JAHR:
        raise ValueError(f"Der Kalender reicht von {ERSTES_JAHR} bis {LETZTES_JAHR}; das Jahr {jahr} liegt außerhalb.")
    gefunden = holidays.country_holidays("DE", subdiv="NW", language="de", years=jahr)
    return MappingProxyType({tag: name.replace("; ", " und ") for tag, name in gefunden.items() if tag.year == jahr})


def berechne_text(anker: str, dauer: str, kalender: Kalender) -> Berechnung:
    """`Kalender.ende` für getippte Angaben: Datum als JJJJ-MM-TT oder TT.MM.JJJJ; ValueError mit deutschem Satz."""
    return kalender.ende(datum_lesen(anker), Dauer.lesen(dauer))


def datum_lesen(text: str) -> date:
    """Datum aus „2027-01-31“ oder „31.01.2027“; ValueError mit deutschem Satz."""
    if treffer := _DATUM_ISO.fullmatch(text):
        jahr, monat, tag = treffer.groups()
    elif treffer := _DATUM_DEUTSCH.fullmatch(text):
        tag, monat, jahr = treffer.groups()
    else:
        raise ValueError(f"„{text}“ ist kein Datum. Erwartet wird JJJJ-MM-TT oder TT.MM.JJJJ.")
    try:
        return date(int(jahr), int(monat), int(tag))
    except ValueError:
        raise ValueError(f"Den Tag „{text.strip()}“ gibt es nicht.") from None


def _vorwaerts(anker: date, dauer: Dauer) -> tuple[date, tuple[str, ...]]:
    frist = f"Die Frist von {dauer.dativ}"
    if dauer.einheit is Einheit.TAGE:
        tag = anker + timedelta(days=dauer.zahl)
        return tag, (f"{frist} läuft bis zum {_deutsch(tag)} (§ 188 Abs. 1 BGB).",)
    if dauer.einheit is Einheit.WOCHEN:
        tag = anker + timedelta(weeks=dauer.zahl)
        name = WOCHENTAGE[tag.weekday()]
        return tag, (f"{frist} endet am entsprechenden Wochentag, einem {name} (§ 188 Abs. 2 BGB): {_deutsch(tag)}.",)
    tag, fehlt = _tag_im_monat(anker, dauer, 1, anker.day)
    if fehlt:
        return tag, (f"{fehlt}; die Frist endet am letzten Tag des Monats (§ 188 Abs. 3 BGB): {_deutsch(tag)}.",)
    return tag, (f"{frist} endet am entsprechenden Tag (§ 188 Abs. 2 BGB): {_deutsch(tag)}.",)


def _ab_tagesbeginn(anker: date, dauer: Dauer) -> tuple[date, tuple[str, ...]]:
    """Maßgebend ist der Tag vor dem entsprechenden: ab 31.01. ein Monat fehlt der 30.02., nicht der 31.02."""
    frist = f"Die Frist von {dauer.dativ}"
    if dauer.einheit is Einheit.TAGE:
        tag = anker + timedelta(days=dauer.zahl - 1)
        return tag, (f"{frist} läuft bis zum {_deutsch(tag)} (§ 188 Abs. 1 BGB).",)
    if dauer.einheit is Einheit.WOCHEN:
        tag = anker + timedelta(days=7 * dauer.zahl - 1)
        vor_dem = f"am Tag vor dem entsprechenden Wochentag, einem {WOCHENTAGE[tag.weekday()]}"
        return tag, (f"{frist} endet {vor_dem} (§ 188 Abs. 2 BGB): {_deutsch(tag)}.",)
    if anker.day == 1:
        tag, fehlt = _tag_im_monat(anker, dauer, 1, 1)[0] - _EIN_TAG, None
    else:
        tag, fehlt = _tag_im_monat(anker, dauer, 1, anker.day - 1)
    if fehlt:
        return tag, (f"{fehlt}; die Frist endet am letzten Tag des Monats (§ 188 Abs. 3 BGB): {_deutsch(tag)}.",)
    return tag, (f"{frist} endet am Tag vor dem entsprechenden Tag (§ 188 Abs. 2 BGB): {_deutsch(tag)}.",)


def _rueckwaerts(termin: date, dauer: Dauer) -> tuple[date, tuple[str, ...]]:
    if dauer.einheit is Einheit.TAGE:
        tag = termin - timedelta(days=dauer.zahl)
        return tag, (f"{dauer} davor liegt der {_deutsch(tag)} (§ 188 Abs. 1 BGB, rückwärts angewandt).",)
    regel = "(§ 188 Abs. 2 BGB, rückwärts angewandt)"
    if dauer.einheit is Einheit.WOCHEN:
        tag = termin - timedelta(weeks=dauer.zahl)
        name = WOCHENTAGE[tag.weekday()]
        return tag, (f"{dauer} davor liegt der entsprechende Wochentag, ein {name} {regel}: {_deutsch(tag)}.",)
    tag, fehlt = _tag_im_monat(termin, dauer, -1, termin.day)
    if fehlt:
        regel = "(§ 188 Abs. 3 BGB, rückwärts angewandt)"
        return tag, (f"{fehlt}; maßgebend ist der letzte Tag des Monats {regel}: {_deutsch(tag)}.",)
    return tag, (f"{dauer} davor liegt der entsprechende Tag {regel}: {_deutsch(tag)}.",)


def _tag_im_monat(anker: date, dauer: Dauer, schritt: int, zahl: int) -> tuple[date, str | None]:
    """Der `zahl`-te im Zielmonat; fehlt er dort, der letzte Tag und der Satzanfang, der das sagt."""
    monate = dauer.zahl * (12 if dauer.einheit is Einheit.JAHRE else 1)
    jahr, monat = divmod(anker.year * 12 + anker.month - 1 + schritt * monate, 12)
    feiertage(jahr)  # prüft, dass das Jahr im Kalender liegt
    letzter = monthrange(jahr, monat + 1)[1]
    if zahl <= letzter:
        return date(jahr, monat + 1, zahl), None
    return date(jahr, monat + 1, letzter), f"Im {KURZE_MONATE[monat + 1]} {jahr} fehlt der {zahl}."


def _saetze_verschoben(gruende: list[tuple[date, str]], ziel: date, schritt: int) -> tuple[str, ...]:
    (tag, grund), *weitere = gruende
    artikel = f"ein {grund}" if grund in (SCHLIESSTAG, *WOCHENTAGE) else f"ein Feiertag ({grund})"
    if schritt < 0:
        folge = "maßgebend ist der letzte Werktag davor (eigene Festlegung)"
    elif any(grund == SCHLIESSTAG for _, grund in gruende):
        folge = "die Frist endet am nächsten Werktag (§ 193 BGB, Schließtage nach eigener Festlegung)"
    else:
        folge = "die Frist endet am nächsten Werktag (§ 193 BGB)"
    if not weitere:
        return (f"Der {_deutsch(tag)} ist {artikel}; {folge}: {_deutsch(ziel)}.",)
    folgen = ("danach folg" if schritt > 0 else "davor lieg") + ("t" if len(weitere) == 1 else "en")
    if len(weitere) > 6:
        genannt = f"{len(weitere)} weitere freie Tage (Wochenenden, Feiertage oder Schließtage)"
    else:
        genannt = _aufzaehlung([f"der {_deutsch(frei)} ({art})" for frei, art in weitere])
    return (
        f"Der {_deutsch(tag)} ist {artikel}; {folgen} {genannt}.",
        f"{folge[0].upper()}{folge[1:]}: {_deutsch(ziel)}.",
    )


def _aufzaehlung(teile: list[str]) -> str:
    return teile[0] if len(teile) == 1 else f"{', '.join(teile[:-1])} und {teile[-1]}"


def _deutsch(tag: date) -> str:
    return f"{tag.day:02}.{tag.month:02}.{tag.year:04}"


def _nur_tag(tag: date) -> date:
    """Ein Zeitpunkt ist für Python auch ein `date`, aber nie gleich einem Kalendertag: Er fiele still heraus."""
    if isinstance(tag, datetime):
        raise TypeError("Der Kalender rechnet mit Kalendertagen in Berlin; Zeitpunkte wandelt clock.berliner_tag um.")
    return tag
