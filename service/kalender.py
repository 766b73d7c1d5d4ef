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

from service.herleitung import (
    DANACH, DAVOR, SCHLIESSTAG, VON_DIESEM_TAG_AN, ausfall, bleibt, deutsch, fehlt_im_monat, mit_tag, unterbrochen, verschoben,
    werktag_gezaehlt, wochentag,
)
from states.aussage import Aussage

# Außerhalb dieser Jahre kennt die Feiertagsbibliothek keine Feiertage; still falsch rechnen darf der Kalender nicht.
ERSTES_JAHR = 1991
LETZTES_JAHR = 2100

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
        return self._worte(2)

    @property
    def nominativ(self) -> str:
        return self._worte(0)

    def _worte(self, ab: int) -> str:
        return Aussage("{zahl} {einheit}", zahl=self.zahl, einheit=_WOERTER[self.einheit][ab + (self.zahl != 1)])


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
            return wochentag(tag)
        return feiertage(tag.year).get(tag, SCHLIESSTAG)

    def ende(self, anker: date, dauer: Dauer) -> Berechnung:
        """Frist ab einem Ereignis: Dessen Tag zählt nicht mit (§ 187 Abs. 1 BGB)."""
        self._jahr(_nur_tag(anker).year)
        beginn = mit_tag("Das Ereignis am {tag} zählt nicht mit (§ 187 Abs. 1 BGB).", anker)
        if dauer.einheit is Einheit.WT:
            ende = self._werktag_nach(anker, dauer.zahl, zaehlt_mit=False)
            return self._nach_werktagen(ende, anker, dauer, DANACH, beginn)
        return self._auf_werktag(_vorwaerts(anker, dauer), 1, anker, dauer, beginn)

    def ende_ab_tagesbeginn(self, anker: date, dauer: Dauer) -> Berechnung:
        """Frist „ab dem …“: Sie beginnt mit dem Tag selbst, er zählt mit (§ 187 Abs. 2 BGB)."""
        self._jahr(_nur_tag(anker).year)
        beginn = mit_tag("Die Frist beginnt mit dem {tag}, nicht erst am Tag danach (§ 187 Abs. 2 BGB).", anker)
        if dauer.einheit is Einheit.WT:
            ende = self._werktag_nach(anker, dauer.zahl, zaehlt_mit=True)
            return self._nach_werktagen(ende, anker, dauer, VON_DIESEM_TAG_AN, beginn)
        return self._auf_werktag(_ab_tagesbeginn(anker, dauer), 1, anker, dauer, beginn)

    def vor(self, termin: date, dauer: Dauer) -> Berechnung:
        """Spätester Tag für etwas, das `dauer` vor dem Termin geschehen soll; rückt auf den Werktag davor."""
        self._jahr(_nur_tag(termin).year)
        beginn = mit_tag("Der Termin am {tag} zählt nicht mit (§ 187 Abs. 1 BGB, rückwärts angewandt).", termin)
        if dauer.einheit is Einheit.WT:
            ende = self._werktag_vor(termin, dauer.zahl)
            return self._nach_werktagen(ende, termin, dauer, DAVOR, beginn)
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
                f"Die Unterbrechung kann nicht am {deutsch(unterbrochen_bis)} enden, wenn sie erst am "
                f"{deutsch(unterbrochen_von)} beginnt."
            )
        bisher, saetze = self._verschoben(ende, 1)
        if bisher < unterbrochen_von:
            satz = "Die Frist war am {tag} abgelaufen, bevor die Unterbrechung am {von} begann; sie verlängert sich nicht."
            return Berechnung(bisher, unterbrochen_bis, None, (*saetze, mit_tag(satz, bisher, von=deutsch(unterbrochen_von))))
        rest = self.werktage_zwischen(unterbrochen_von, bisher)
        angehalten = unterbrochen(bisher, unterbrochen_von, rest)
        return self._mit_rest(rest, unterbrochen_bis, (*saetze, angehalten))

    def _mit_rest(self, rest: int, bis: date, saetze: tuple[str, ...]) -> Berechnung:
        if rest == 0:
            ende, dann = self._verschoben(bis, 1)
            satz = mit_tag("Die Unterbrechung endete am {tag}; mehr Zeit bleibt danach nicht.", bis)
            return Berechnung(ende, bis, None, (*saetze, satz, *dann))
        dauer = Dauer(rest, Einheit.WT)
        ende = self._werktag_nach(bis, rest, zaehlt_mit=False)
        beginn = mit_tag("Die Unterbrechung endete am {tag}; dieser Tag zählt nicht mit, der Rest folgt danach.", bis)
        return self._nach_werktagen(ende, bis, dauer, DANACH, *saetze, beginn)

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

    def _nach_werktagen(self, ende: date, anker: date, dauer: Dauer, gezaehlt: str, *saetze: str) -> Berechnung:
        von, bis = sorted((anker, ende))
        frei = [tag for jahr in range(von.year, bis.year + 1) for tag in self._jahr(jahr).frei if von <= tag < bis]
        nicht_gezaehlt = ausfall([(tag, self.grund_kein_werktag(tag) or "") for tag in frei])
        return Berechnung(ende, anker, dauer, (*saetze, nicht_gezaehlt, werktag_gezaehlt(gezaehlt, dauer.zahl, ende)))

    def _auf_werktag(
        self, rechnerisch: tuple[date, tuple[str, ...]], schritt: int, anker: date, dauer: Dauer, beginn: str
    ) -> Berechnung:
        tag, saetze = rechnerisch
        ende, dann = self._verschoben(tag, schritt)
        return Berechnung(ende, anker, dauer, (beginn, *saetze, *(dann or (bleibt(tag),))))

    def _verschoben(self, tag: date, schritt: int) -> tuple[date, tuple[str, ...]]:
        """Der Tag selbst ohne Sätze, wenn er ein Werktag ist; sonst der nächste in Richtung `schritt`."""
        if self.ist_werktag(tag):
            return tag, ()
        uebersprungen = [tag]
        while not self.ist_werktag(ziel := uebersprungen[-1] + schritt * _EIN_TAG):
            uebersprungen.append(ziel)
        return ziel, verschoben([(t, self.grund_kein_werktag(t) or "") for t in uebersprungen], ziel, vorwaerts=schritt > 0)


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


_TAGE = "Die Frist von {dauer} läuft bis zum {tag} (§ 188 Abs. 1 BGB)."
_MONATSLETZTER = "{fehlt}; die Frist endet am letzten Tag des Monats (§ 188 Abs. 3 BGB): {tag}."


def _vorwaerts(anker: date, dauer: Dauer) -> tuple[date, tuple[str, ...]]:
    if dauer.einheit is Einheit.TAGE:
        tag = anker + timedelta(days=dauer.zahl)
        return tag, (mit_tag(_TAGE, tag, dauer=dauer.dativ),)
    if dauer.einheit is Einheit.WOCHEN:
        tag = anker + timedelta(weeks=dauer.zahl)
        satz = "Die Frist von {dauer} endet am entsprechenden Wochentag, einem {wochentag} (§ 188 Abs. 2 BGB): {tag}."
        return tag, (mit_tag(satz, tag, dauer=dauer.dativ, wochentag=wochentag(tag)),)
    tag, fehlt = _tag_im_monat(anker, dauer, 1, anker.day)
    satz = _MONATSLETZTER if fehlt else "Die Frist von {dauer} endet am entsprechenden Tag (§ 188 Abs. 2 BGB): {tag}."
    return tag, (mit_tag(satz, tag, dauer=dauer.dativ, fehlt=fehlt),)


def _ab_tagesbeginn(anker: date, dauer: Dauer) -> tuple[date, tuple[str, ...]]:
    """Maßgebend ist der Tag vor dem entsprechenden: ab 31.01. ein Monat fehlt der 30.02., nicht der 31.02."""
    if dauer.einheit is Einheit.TAGE:
        tag = anker + timedelta(days=dauer.zahl - 1)
        return tag, (mit_tag(_TAGE, tag, dauer=dauer.dativ),)
    if dauer.einheit is Einheit.WOCHEN:
        tag = anker + timedelta(days=7 * dauer.zahl - 1)
        satz = "Die Frist von {dauer} endet am Tag vor dem entsprechenden Wochentag, einem {wochentag} (§ 188 Abs. 2 BGB): {tag}."
        return tag, (mit_tag(satz, tag, dauer=dauer.dativ, wochentag=wochentag(tag)),)
    if anker.day == 1:
        tag, fehlt = _tag_im_monat(anker, dauer, 1, 1)[0] - _EIN_TAG, ""
    else:
        tag, fehlt = _tag_im_monat(anker, dauer, 1, anker.day - 1)
    satz = _MONATSLETZTER if fehlt else "Die Frist von {dauer} endet am Tag vor dem entsprechenden Tag (§ 188 Abs. 2 BGB): {tag}."
    return tag, (mit_tag(satz, tag, dauer=dauer.dativ, fehlt=fehlt),)


def _rueckwaerts(termin: date, dauer: Dauer) -> tuple[date, tuple[str, ...]]:
    if dauer.einheit is Einheit.TAGE:
        tag = termin - timedelta(days=dauer.zahl)
        return tag, (mit_tag("{dauer} davor liegt der {tag} (§ 188 Abs. 1 BGB, rückwärts angewandt).", tag, dauer=dauer.nominativ),)
    if dauer.einheit is Einheit.WOCHEN:
        tag = termin - timedelta(weeks=dauer.zahl)
        satz = "{dauer} davor liegt der entsprechende Wochentag, ein {wochentag} (§ 188 Abs. 2 BGB, rückwärts angewandt): {tag}."
        return tag, (mit_tag(satz, tag, dauer=dauer.nominativ, wochentag=wochentag(tag)),)
    tag, fehlt = _tag_im_monat(termin, dauer, -1, termin.day)
    satz = ("{fehlt}; maßgebend ist der letzte Tag des Monats (§ 188 Abs. 3 BGB, rückwärts angewandt): {tag}." if fehlt else
            "{dauer} davor liegt der entsprechende Tag (§ 188 Abs. 2 BGB, rückwärts angewandt): {tag}.")
    return tag, (mit_tag(satz, tag, dauer=dauer.nominativ, fehlt=fehlt),)


def _tag_im_monat(anker: date, dauer: Dauer, schritt: int, zahl: int) -> tuple[date, str]:
    """Der `zahl`-te im Zielmonat; fehlt er dort, der letzte Tag und der Satzanfang, der das sagt."""
    monate = dauer.zahl * (12 if dauer.einheit is Einheit.JAHRE else 1)
    jahr, monat = divmod(anker.year * 12 + anker.month - 1 + schritt * monate, 12)
    feiertage(jahr)  # prüft, dass das Jahr im Kalender liegt
    letzter = date(jahr, monat + 1, monthrange(jahr, monat + 1)[1])
    return (letzter.replace(day=zahl), "") if zahl <= letzter.day else (letzter, fehlt_im_monat(letzter, zahl))


def _nur_tag(tag: date) -> date:
    """Ein Zeitpunkt ist für Python auch ein `date`, aber nie gleich einem Kalendertag: Er fiele still heraus."""
    if isinstance(tag, datetime):
        raise TypeError("Der Kalender rechnet mit Kalendertagen in Berlin; Zeitpunkte wandelt clock.berliner_tag um.")
    return tag
