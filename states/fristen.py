"""Die Fristen einer Prozesstabelle: ab wann sie laufen, wie lange, wen sie wann erinnern.

Gerechnet wird im Dienst, der den Kalender kennt; hier steht nur, was gelten soll.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple


class Blick(NamedTuple):
    """Was eine Frist sieht: Zustand, Marken und Inhalt *nach* dem Schritt und der Tag des Schritts."""

    zustand: str
    marken: Mapping[str, str]
    stand: Mapping[str, Any]
    heute: date
    eroeffnet: date
    werktage_bis: Callable[[date], int] = lambda tag: 0  # Werktage von heute bis zu diesem Tag; der Dienst rechnet


class Termin(NamedTuple):
    """Eine offene Frist: `schluessel` unterscheidet mehrere (je Auflage, je Empfänger), `anker` der Tag, ab dem sie
    läuft; None heißt: ab dem Tag, an dem sie entsteht. `ende` setzt den letzten Tag fest, statt ihn zu rechnen."""

    schluessel: str = ""
    anker: date | None = None
    ende: date | None = None


@dataclass(frozen=True)
class Stufe:
    """Was wann geschieht. `wann`: "3 WT nach Beginn", "10 WT vor Ende", "Ende", "5 WT nach Ende".

    `an`: wer erinnert wird ("zustaendig", "vertretung", "melder", "leitung" ...); `feuert`: Auslöser, den die Runde
    als `system` schaltet.
    """

    wann: str
    an: tuple[str, ...] = ()
    feuert: str = ""
    nur_zahl: bool = False  # nur Nummer und Alter, kein Inhalt (Leitung)
    wieder: bool = False  # nur die letzte: „12 Monate nach Ende“ heißt dann auch 24, 36 Monate nach Ende und so fort


@dataclass(frozen=True)
class StufeMitSitzung(Stufe):
    """Schaltet `feuert` mit der nächsten geplanten Sitzung als Angabe `sitzung`; solange keine geplant ist, bleibt sie fällig."""


@dataclass(frozen=True)
class Tagesstufe(Stufe):
    """Kommt jeden Werktag wieder, solange die Frist offen ist; an einer solchen Frist ist sie die einzige."""


class Frist(NamedTuple):
    """Eine Frist erinnert, sie sperrt nie. Das Profil überschreibt `dauer` nach Namen.

    `dauer`: "5 WT", "2 Wochen", "6 Monate"; "" heißt: der Anker selbst ist der Tag. `rueckwaerts`: Dauer *vor* dem
    Anker. `ruht_bei`: Marke, die die Frist anhält; der Rest läuft weiter, wenn sie fällt.
    """

    name: str
    bezeichnung: str
    termine: Callable[[Blick], Iterable[Termin]]
    dauer: str = ""
    rueckwaerts: bool = False
    stufen: tuple[Stufe, ...] = ()
    ruht_bei: str = ""
    quelle: str = ""

    @property
    def ist_aufgabe(self) -> bool:
        """Sagt sie nur der meldenden Stelle etwas, wartet auf eine Sitzung oder zählt nur, hat niemand deshalb etwas zu tun."""
        return not self.stufen or any(set(s.an) - {"melder"} or s.feuert for s in self.stufen
                                      if not isinstance(s, (StufeMitSitzung, Tagesstufe)))


def im_zustand(*zustaende: str) -> Callable[[Blick], Iterable[Termin]]:
    """Läuft, solange der Vorgang in einem dieser Zustände ist, ab dem Tag des Eintritts."""
    return lambda b: (Termin(),) if b.zustand in zustaende else ()


def ab_eroeffnung(*zustaende: str) -> Callable[[Blick], Iterable[Termin]]:
    """Läuft in diesen Zuständen, gerechnet ab dem Eingang des Vorgangs."""
    return lambda b: (Termin(anker=b.eroeffnet),) if b.zustand in zustaende else ()


def am_feld(feld: str, *zustaende: str) -> Callable[[Blick], Iterable[Termin]]:
    """Anker ist das Datum, das im Inhalt unter `feld` steht; ohne Datum keine Frist. Ohne `dauer` ist es das Ende."""

    def termine(b: Blick) -> Iterable[Termin]:
        wert = b.stand.get(feld)
        return (Termin(anker=date.fromisoformat(wert)),) if wert and b.zustand in zustaende else ()

    return termine


def an_marke(marke: str) -> Callable[[Blick], Iterable[Termin]]:
    """Endet am Datum der Marke; ohne Datum läuft die Dauer ab dem Tag, an dem sie gesetzt wurde."""

    def termine(b: Blick) -> Iterable[Termin]:
        if marke not in b.marken:
            return ()
        return (Termin(ende=date.fromisoformat(b.marken[marke]) if b.marken[marke] else None),)

    return termine


def je_eintrag(
    feld: str, datum: str, offen: Callable[[Mapping[str, Any]], bool], *zustaende: str
) -> Callable[[Blick], Iterable[Termin]]:
    """Eine Frist je Eintrag der Zuordnung oder Liste `feld` (Liste: Schlüssel ist `key`), solange er offen ist."""

    def termine(b: Blick) -> Iterable[Termin]:
        if zustaende and b.zustand not in zustaende:
            return
        eintraege = b.stand.get(feld) or {}
        paare = eintraege.items() if isinstance(eintraege, Mapping) else ((e["key"], e) for e in eintraege)
        for schluessel, eintrag in paare:
            if offen(eintrag) and eintrag.get(datum):
                yield Termin(str(schluessel), date.fromisoformat(eintrag[datum]))

    return termine
