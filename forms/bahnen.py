"""Bahnen je Stelle: aus Schritten werden Kästen, Pfeile und Zeilen mit festen Orten. Rein; gezeichnet wird in der Vorlage.

Eine Spalte je Stelle, die Zeit läuft nach unten: so bleibt eine lange Kette lesbar, und zwei Ketten passen nebeneinander. Für die Ketten
eines Zielsystems und die Zeitachse einer Fallrekonstruktion dieselbe Zeichnung.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

from forms.rufnamen import Rufnamen, gemeint
from forms.silben import trennstellen
from forms.sprache import uebersetzt

Ort = tuple[float, float, float, float]  # links, oben, Breite, Höhe
Pfeilart = Literal["weiter", "uebergabe", "neue_uebergabe"]
Art = Literal["gleich", "neu", "entfaellt", "geaendert", "andere_stelle", "bruch"]

# Zeichen und Wort stehen im Kasten, die Form unterscheidet ihn noch einmal: Farbe allein sagt nichts.
ZEICHEN: dict[str, str] = {"gleich": "", "neu": "+", "entfaellt": "–", "geaendert": "≠", "andere_stelle": "⇄", "bruch": "↯"}

ZEILE, RAND, ABSTAND = 18, 10, 36  # Höhe einer Textzeile, Luft im Kasten, Platz für einen Pfeil
_JE_ZEICHEN = 7.6  # so breit ist ein Zeichen in der Schrift der Zeichnung höchstens im Mittel
_SCHMAL, _BREIT, _LEISTE, _LUFT = 150, 300, 52, 8


class Schritt(NamedTuple):
    """`bahn`: die Stelle; `marken`: was auffällt, in Worten; `zeit`: was links am Rand steht; `neue_uebergabe`: die von hier weiter;
    `an`: wem übergeben wird, wenn es dasteht."""

    bahn: str
    titel: str
    fuss: tuple[str, ...] = ()
    art: Art = "gleich"
    marken: tuple[str, ...] = ()
    zeit: str = ""
    neue_uebergabe: bool = False
    an: str = ""


class Textzeile(NamedTuple):
    text: str
    x: float
    y: float
    klasse: str


@dataclass(frozen=True)
class Kasten:
    """`umriss` ist ein SVG-Pfad; `innen` ein zweiter, nur bei manchen Arten."""

    art: Art
    umriss: str
    innen: str
    zeilen: tuple[Textzeile, ...]


@dataclass(frozen=True)
class Pfeil:
    """Zur Stelle, an die übergeben wird; ohne sie, und für die Reihenfolge daneben, zum nächsten Schritt."""

    weg: str
    art: Pfeilart


class Bahn(NamedTuple):
    name: str
    x: float
    breite: float
    zeilen: tuple[Textzeile, ...]


class Zeichnung(NamedTuple):
    breite: float
    hoehe: float
    kopf: float
    bahnen: tuple[Bahn, ...]
    kaesten: tuple[Kasten, ...]
    pfeile: tuple[Pfeil, ...]
    zeiten: tuple[Textzeile, ...]


def zeichne(schritte: Sequence[Schritt], breite: int = 640, rufnamen: Rufnamen = lambda stelle: ()) -> Zeichnung:
    """`breite` ist der Platz, den sie haben sollte; mit vielen Stellen wird sie breiter und die Seite lässt sie rollen."""
    schritte = _benannt(schritte, rufnamen)
    namen = list(dict.fromkeys((*(s.bahn for s in schritte), *(s.an for s in schritte if s.an))))
    links = _LEISTE if any(s.zeit for s in schritte) else 0
    je_bahn = min(max((breite - links) / max(len(namen), 1), _SCHMAL), _BREIT)
    bahnen = tuple(_bahn(name, links + n * je_bahn, je_bahn) for n, name in enumerate(namen))
    kopf = max((len(b.zeilen) for b in bahnen), default=0) * ZEILE + 2 * RAND
    ort = {b.name: b for b in bahnen}
    texte = [_texte(s, je_bahn - 2 * _LUFT) for s in schritte]
    hoehen = [len(t) * ZEILE + 2 * RAND for t in texte]
    oben = [kopf + 16 + y for y in accumulate((h + ABSTAND for h in hoehen[:-1]), initial=0)]
    orte = [(ort[s.bahn].x + _LUFT, y, je_bahn - 2 * _LUFT, h) for s, y, h in zip(schritte, oben, hoehen, strict=False)]
    kaesten = tuple(_kasten(s, t, *o) for s, t, o in zip(schritte, texte, orte, strict=True))
    mitten = {b.name: round(b.x + b.breite / 2, 1) for b in bahnen}
    pfeile = tuple(p for n in range(len(schritte)) for p in _pfeile(n, schritte, orte, mitten))
    zeiten = tuple(Textzeile(s.zeit, 2, y + RAND + 13, "kb-zeit") for s, (_, y, _, _) in zip(schritte, orte, strict=True) if s.zeit)
    darunter = ABSTAND if schritte and schritte[-1].an else 20  # auch die Übergabe des letzten Schritts endet mit ihrer Spitze
    hoehe = orte[-1][1] + orte[-1][3] + darunter if orte else kopf
    return Zeichnung(round(links + len(namen) * je_bahn, 1), hoehe, kopf, bahnen, kaesten, pfeile, zeiten)


def _bahn(name: str, x: float, breite: float) -> Bahn:
    zeilen = umbrochen(name, int((breite - 2 * _LUFT) / _JE_ZEICHEN), 4)
    return Bahn(name, round(x, 1), round(breite, 1),
                tuple(Textzeile(t, round(x + breite / 2, 1), RAND + 13 + n * ZEILE, "kb-stelle") for n, t in enumerate(zeilen)))


def _texte(s: Schritt, breite: float) -> list[tuple[str, str]]:
    """(Zeile, Klasse): erst was auffällt, dann was getan wird, dann die Nebensachen."""
    je_zeile = int((breite - 2 * RAND) / _JE_ZEICHEN)
    marken = [(z, "kb-marke") for m in s.marken for z in umbrochen(f"{ZEICHEN[s.art]} {uebersetzt(m)}".strip(), je_zeile, 3)]
    titel = [(z, "kb-titel") for z in umbrochen(s.titel, je_zeile, 5)]
    return [*marken, *titel, *((z, "kb-fuss") for f in s.fuss for z in umbrochen(uebersetzt(f), je_zeile, 2))]


def umbrochen(text: str, je_zeile: int, hoechstens: int) -> tuple[str, ...]:
    """Ganze Wörter je Zeile; zu lange werden getrennt, und was nicht mehr passt, endet mit „…“."""
    zeilen = [""]
    for wort in _woerter(text, max(je_zeile, 4)):
        if len(zeilen[-1]) + len(wort) + (1 if zeilen[-1] else 0) > max(je_zeile, 4):
            zeilen.append(wort)
        else:
            zeilen[-1] = f"{zeilen[-1]} {wort}".strip()
    if len(zeilen) > hoechstens:
        zeilen = [*zeilen[:hoechstens - 1], f"{zeilen[hoechstens - 1][:je_zeile - 2].rstrip()} …"]
    return tuple(z for z in zeilen if z)


def _woerter(text: str, je_zeile: int) -> Iterable[str]:
    for wort in text.split():
        while len(wort) > je_zeile:
            stelle = wort.rfind("-", 1, je_zeile) + 1 or max((t for t in trennstellen(wort) if t < je_zeile), default=je_zeile - 1)
            yield wort[:stelle] if wort[stelle - 1] == "-" else f"{wort[:stelle]}-"
            wort = wort[stelle:]
        yield wort


def _kasten(s: Schritt, texte: Sequence[tuple[str, str]], x: float, y: float, b: float, h: float) -> Kasten:
    zeilen = tuple(Textzeile(t, round(x + RAND, 1), y + RAND + 13 + n * ZEILE, klasse) for n, (t, klasse) in enumerate(texte))
    return Kasten(s.art, _umriss(s.art, x, y, b, h), _innen(s.art, x, y, b, h), zeilen)


def _umriss(art: Art, x: float, y: float, b: float, h: float) -> str:
    """Verlegt: die Seiten laufen spitz zu. Gebrochen: die Unterkante ist gezackt. Sonst ein Rechteck."""
    rechts, unten = x + b, y + h
    if art == "andere_stelle":
        return f"M {x:g} {y:g} H {rechts:g} L {rechts + 6:g} {y + h / 2:g} L {rechts:g} {unten:g} H {x:g} L {x - 6:g} {y + h / 2:g} Z"
    if art == "bruch":
        zacken = max(int(b // 16), 2)
        stufen = " ".join(f"L {rechts - b * (n + 0.5) / zacken:g} {unten + 7:g} L {rechts - b * (n + 1) / zacken:g} {unten:g}"
                          for n in range(zacken))
        return f"M {x:g} {y:g} H {rechts:g} V {unten:g} {stufen} Z"
    return f"M {x:g} {y:g} H {rechts:g} V {unten:g} H {x:g} Z"


def _innen(art: Art, x: float, y: float, b: float, h: float) -> str:
    """Neu: doppelter Rand. Geändert: ein Balken links. Entfällt: ein Strich quer durch."""
    if art == "neu":
        return f"M {x + 4:g} {y + 4:g} H {x + b - 4:g} V {y + h - 4:g} H {x + 4:g} Z"
    if art == "geaendert":
        return f"M {x + 3:g} {y:g} V {y + h:g}"
    return f"M {x:g} {y + h:g} L {x + b:g} {y:g}" if art == "entfaellt" else ""


# --- Pfeile -----------------------------------------------------------------------------------------------------------


def _benannt(schritte: Sequence[Schritt], rufnamen: Rufnamen) -> list[Schritt]:
    """Wer übernimmt, mit dem Namen seiner Bahn; wer sich selbst nennt, übergibt nicht."""
    bahnen = {bahn: (bahn, *rufnamen(bahn)) for bahn in dict.fromkeys(s.bahn for s in schritte)}
    genannte = ((s, gemeint(s.an, bahnen)) for s in schritte)
    return [s._replace(an="" if an == s.bahn else an) for s, an in genannte]


def _pfeile(n: int, schritte: Sequence[Schritt], orte: Sequence[Ort], mitten: Mapping[str, float]) -> Iterator[Pfeil]:
    """Die Übergabe geht zum nächsten Schritt der genannten Stelle; hat sie keinen mehr, endet sie in deren Bahn."""
    s, (x, y, b, h) = schritte[n], orte[n]
    danach = n + 1 if n + 1 < len(schritte) else None
    ziel = next((m for m in range(n + 1, len(schritte)) if schritte[m].bahn == s.an), None) if s.an else danach
    art: Pfeilart = "neue_uebergabe" if s.neue_uebergabe else "uebergabe"
    von, unten = round(x + b / 2, 1), y + h
    if s.an:
        ende = orte[ziel][1] - 4 if ziel is not None else unten + ABSTAND - 4
        yield Pfeil(_weg(von, unten, mitten[s.an], ende), art)
    if danach is not None and (not s.an or danach != ziel):
        nach = mitten[schritte[danach].bahn]
        seitlich = 14 if s.an else 0  # neben der Übergabe, damit beide zu sehen sind
        yield Pfeil(_weg(von - seitlich, unten, nach - seitlich, orte[danach][1] - 4, 24 if s.an else 16),
                    "weiter" if s.an or nach == von else art)


def _weg(x1: float, unten: float, x2: float, ende: float, knick: int = 16) -> str:
    if x1 == x2:
        return f"M {x1:g} {unten + 2:g} V {ende:g}"
    return f"M {x1:g} {unten + 2:g} V {unten + knick:g} H {x2:g} V {ende:g}"
