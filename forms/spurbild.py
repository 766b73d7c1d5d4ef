"""Die Spur als Bild: wo jeder Vorgang steht und wie die Verbindungen laufen. Reine Geometrie, ohne Farben und ohne Datenbank.

Spalten sind die Stationen des Kreislaufs; gezeichnet werden nur belegte, höchstens fünf nebeneinander, die übrigen in einem Band darunter.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from states.aussage import Aussage
from states.kette import PROZESSE
from states.stationen import STATIONEN
from states.verbindungen import VERBINDUNGEN

BREITE, HOEHE, SPALT, ABSTAND, RAND, KOPF, ZWISCHEN, BOGEN = 206, 92, 44, 18, 6, 34, 46, 34
NEBENEINANDER, EINZELN_BIS, GRUPPE_AB = 5, 60, 6
NEBENHER = {"auswahlrunde": 3}  # jede Runde sieht jede offene Sammlung an; mehr als drei davon verdecken die eigentliche Spur
_STATION = {st.key: st.bezeichnung for st in STATIONEN}
# Titel einer Spalte -> Arten, die darin stehen; Beschlüsse und Sitzungen teilen sich nach dem, worüber sie entscheiden
SPALTEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    (_STATION["meldebogen"], ("meldebogen",)),
    (_STATION["sammlung"], ("sammlung", "auswahlrunde", "lage")),
    (_STATION["fallrekonstruktion"], ("fallrekonstruktion", "einzelfalluebergabe")),
    (_STATION["thema"], ("generatives_thema",)),
    (_STATION["beauftragung"], ("beschluss", "sitzung")),
    (_STATION["arbeitsgruppe"], ("arbeitsgruppe",)),
    (_STATION["zielsystem"], ("zielsystem",)),
    (_STATION["entscheidung"], ()),
    (_STATION["umsetzung"], ("massnahme",)),
    (_STATION["monitoring"], ("monitoring",)),
    ("Berichte und Vereinbarungen", ("bericht", "anfrage", "kooperationsvereinbarung")),
)
_SPALTE = {art: nr for nr, (_, arten) in enumerate(SPALTEN) for art in arten}
_AUFTRAG, _ZIELSYSTEM, _ENTSCHEIDUNG = _SPALTE["beschluss"], _SPALTE["zielsystem"], 7


class Punkt(NamedTuple):
    """Ein Vorgang. `zustand`: seine Bezeichnung zum Lesen."""

    key: str
    art: str
    titel: str
    zustand: str


class Linie(NamedTuple):
    von: str
    nach: str
    art: str


@dataclass(frozen=True)
class Kasten:
    """Ein gezeichneter Vorgang oder, mit `anzahl`, alle einer Art. `x`, `y`: die linke obere Ecke."""

    key: str
    art: str
    titel: str
    zustand: str
    spalte: int
    anzahl: int = 0
    x: int = 0
    y: int = 0
    band: int = 0

    @property
    def zeilen(self) -> list[str]:
        return textwrap.wrap(self.titel, 27, max_lines=2, placeholder=" …")


@dataclass(frozen=True)
class Pfeil:
    """`zeichen`: der Buchstabe der Erklärung darunter; `anzahl`: wie viele Verbindungen er zusammenfasst."""

    weg: str
    x: int
    y: int
    zeichen: str
    satz: str
    anzahl: int


class Bild(NamedTuple):
    breite: int
    hoehe: int
    kaesten: tuple[Kasten, ...]
    pfeile: tuple[Pfeil, ...]
    koepfe: tuple[tuple[str, int, int], ...]
    legende: tuple[tuple[str, str], ...]
    gruppiert: bool


def zeichne(punkte: Sequence[Punkt], linien: Sequence[Linie], anfang: str) -> Bild:
    """Bis 60 Vorgänge jeder für sich (außer `NEBENHER`); darüber die Arten mit mehr als sechs zu je einem Kasten, der Anfang nie."""
    spalten = _spalten(punkte, linien)
    kaesten, vertritt = _kaesten(punkte, spalten, anfang)
    mengen = _mengen(linien, vertritt)
    plaetze, koepfe, breite, hoehe = _setze(_geordnet(kaesten, mengen))
    zeichen = {art: chr(97 + nr) for nr, art in enumerate(a for a in VERBINDUNGEN if a in {linie.art for linie in mengen})}
    pfeile = [_pfeil(plaetze[linie.von], plaetze[linie.nach], linie, zeichen[linie.art], n) for linie, n in mengen.items()]
    legende = tuple((z, VERBINDUNGEN[art].satz) for art, z in zeichen.items())
    return Bild(breite, hoehe, tuple(plaetze.values()), _ohne_ueberdeckung(pfeile), koepfe, legende, any(k.anzahl for k in kaesten))


# --- welche Kästen ----------------------------------------------------------------------------------------------------


def _spalten(punkte: Sequence[Punkt], linien: Sequence[Linie]) -> dict[str, int]:
    """Was aus einem Zielsystem hervorging oder aus einem Beschluss darüber, steht unter „Entscheidung“."""
    spalte = {p.key: _SPALTE[p.art] for p in punkte}
    for art in ("beschluss", "sitzung"):
        hierher = {p.key for p in punkte if p.art == art}
        spaet = {linie.nach for linie in linien if linie.nach in hierher and spalte.get(linie.von, 0) >= _ZIELSYSTEM}
        spalte |= dict.fromkeys(spaet, _ENTSCHEIDUNG)
    return spalte


def _kaesten(punkte: Sequence[Punkt], spalten: dict[str, int], anfang: str) -> tuple[list[Kasten], dict[str, str]]:
    """Die Kästen und welcher für welchen Vorgang steht."""
    je_art: dict[tuple[str, int], list[Punkt]] = {}
    for p in punkte:
        if p.key != anfang:
            je_art.setdefault((p.art, spalten[p.key]), []).append(p)
    hoechstens = dict.fromkeys(PROZESSE, GRUPPE_AB if len(punkte) > EINZELN_BIS else EINZELN_BIS) | NEBENHER
    zusammen = {(art, spalte): alle for (art, spalte), alle in je_art.items() if len(alle) > hoechstens[art]}
    vertritt = {p.key: f"{art}-{spalte}" for (art, spalte), alle in zusammen.items() for p in alle}
    einzelne = [Kasten(*p, spalte=spalten[p.key]) for p in punkte if p.key not in vertritt]
    gruppen = [Kasten(f"{art}-{spalte}", art, PROZESSE[art].bezeichnung, "", spalte, len(alle))
               for (art, spalte), alle in zusammen.items()]
    return [*einzelne, *gruppen], {p.key: vertritt.get(p.key, p.key) for p in punkte}


def _mengen(linien: Iterable[Linie], vertritt: dict[str, str]) -> dict[Linie, int]:
    mengen: dict[Linie, int] = {}
    for linie in linien:
        von, nach = vertritt[linie.von], vertritt[linie.nach]
        if von != nach:
            mengen[Linie(von, nach, linie.art)] = mengen.get(Linie(von, nach, linie.art), 0) + 1
    return mengen


# --- wo sie stehen ----------------------------------------------------------------------------------------------------


def _geordnet(kaesten: Sequence[Kasten], linien: Iterable[Linie]) -> list[list[Kasten]]:
    """Belegte Spalten; in jeder steht ein Kasten möglichst auf der Höhe dessen, womit er verbunden ist."""
    nachbarn: dict[str, list[str]] = {}
    for linie in linien:
        nachbarn.setdefault(linie.von, []).append(linie.nach)
        nachbarn.setdefault(linie.nach, []).append(linie.von)
    spalten = [sorted((k for k in kaesten if k.spalte == nr), key=lambda k: k.key) for nr in range(len(SPALTEN))]
    spalten = [sp for sp in spalten if sp]
    hoehe = {k.key: (n + 0.5) / len(sp) for sp in spalten for n, k in enumerate(sp)}
    for sp in [*spalten, *reversed(spalten), *spalten]:
        sp.sort(key=lambda k: sum(hoehe[n] for n in nachbarn.get(k.key, [k.key])) / len(nachbarn.get(k.key, [k.key])))
        hoehe |= {k.key: (n + 0.5) / len(sp) for n, k in enumerate(sp)}
    return spalten


def _setze(spalten: list[list[Kasten]]) -> tuple[dict[str, Kasten], tuple[tuple[str, int, int], ...], int, int]:
    baender = -(-len(spalten) // NEBENEINANDER)
    je_band = -(-len(spalten) // baender)
    plaetze: dict[str, Kasten] = {}
    koepfe: list[tuple[str, int, int]] = []
    oben = RAND
    for band in range(baender):
        hier = spalten[band * je_band : (band + 1) * je_band]
        inhalt = max(len(sp) for sp in hier) * (HOEHE + ABSTAND) - ABSTAND
        for nr, sp in enumerate(hier):
            x = RAND + nr * (BREITE + SPALT)
            koepfe.append((SPALTEN[sp[0].spalte][0], x, oben + 18))
            y = oben + KOPF + (inhalt - len(sp) * (HOEHE + ABSTAND) + ABSTAND) // 2
            plaetze |= {k.key: replace(k, x=x, y=y + n * (HOEHE + ABSTAND), band=band) for n, k in enumerate(sp)}
        oben += KOPF + inhalt + ZWISCHEN
    return plaetze, tuple(koepfe), 2 * RAND + je_band * (BREITE + SPALT) - SPALT + BOGEN, oben - ZWISCHEN + RAND


def _pfeil(von: Kasten, nach: Kasten, linie: Linie, zeichen: str, anzahl: int) -> Pfeil:
    weg, x, y = _unter(von, nach) if von.band != nach.band else _daneben(von, nach)
    satz = Aussage("{von} {satz} {nach}", von=_name(von), satz=VERBINDUNGEN[linie.art].satz, nach=_name(nach))
    return Pfeil(weg, x, y, zeichen, satz, anzahl)


def _name(k: Kasten) -> str:
    return Aussage("{anzahl} × {was}", anzahl=k.anzahl, was=k.titel) if k.anzahl else k.key


def _daneben(von: Kasten, nach: Kasten) -> tuple[str, int, int]:
    """Von Seite zu Seite; in derselben Spalte als Bogen rechts daneben."""
    y1, y2 = von.y + HOEHE // 2, nach.y + HOEHE // 2
    if von.x == nach.x:
        x, weit = von.x + BREITE, von.x + BREITE + BOGEN
        return f"M {x} {y1 + 14} C {weit} {y1 + 14} {weit} {y2 - 14} {x} {y2 - 14}", x + 25, (y1 + y2) // 2
    hin = 1 if von.x < nach.x else -1
    x1, x2 = (von.x + BREITE, nach.x) if hin > 0 else (von.x, nach.x + BREITE)
    if abs(x2 - x1) > SPALT:  # über eine Spalte hinweg: Das Zeichen steht in der Lücke vor dem Ziel, sonst läge es auf einem Kasten
        vor = x2 - hin * SPALT
        return f"M {x1} {y1} C {x1 + hin * 60} {y1} {vor - hin * 60} {y2} {vor} {y2} L {x2} {y2}", x2 - hin * 28, y2
    mitte = (x1 + x2) // 2
    return f"M {x1} {y1} C {mitte} {y1} {mitte} {y2} {x2} {y2}", mitte, (y1 + y2) // 2


def _unter(von: Kasten, nach: Kasten) -> tuple[str, int, int]:
    """Zwischen zwei Bändern von Kante zu Kante."""
    x1, x2 = von.x + BREITE // 2, nach.x + BREITE // 2
    y1, y2 = (von.y + HOEHE, nach.y) if von.band < nach.band else (von.y, nach.y + HOEHE)
    mitte = (y1 + y2) // 2
    return f"M {x1} {y1} C {x1} {mitte} {x2} {mitte} {x2} {y2}", (x1 + x2) // 2, mitte


def _ohne_ueberdeckung(pfeile: Sequence[Pfeil]) -> tuple[Pfeil, ...]:
    """Rückt Zeichen auseinander, die aufeinander lägen."""
    gesetzt: list[Pfeil] = []
    belegt: set[tuple[int, int]] = set()
    for p in pfeile:
        y = p.y
        while any(abs(p.x - bx) < 20 and abs(y - by) < 20 for bx, by in belegt):
            y += 20
        belegt.add((p.x, y))
        gesetzt.append(replace(p, y=y))
    return tuple(gesetzt)
