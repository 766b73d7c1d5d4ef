"""Der Kreislauf als Bild: je Station Zahl, Alter des Ältesten und Überfälliges, und wo sie auf dem Ring liegt.

Die Zahlen kommen aus den Zählern und aus je einem Griff in einen Index; sie kosten gleich viel, gleich wie groß der Bestand ist.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import cos, pi, sin
from typing import Any, NamedTuple
from urllib.parse import urlencode

from service.clock import aus_text, berliner_tag
from service.db import Sitzung
from service.handelnde import Handelnde
from service.sicht import wovon
from states.model import Rolle
from states.stationen import STATIONEN, Station

# Wer alle Zahlen sehen darf, auch die der Meldungen (Nummer und Alter)
ROLLEN = (Rolle.KOORDINATION, Rolle.LEITUNG)
BREITE, HOEHE = 940, 800
ZEILE = 19
_MITTE, _HALB, _KNOTEN = (BREITE / 2, 390.0), (415.0, 300.0), 44.0
_BESTAND = ("SELECT z.art, z.zustand, sum(z.anzahl), (SELECT v.eroeffnet FROM vorgang v WHERE v.art = z.art AND v.zustand = z.zustand "
            "ORDER BY v.id LIMIT 1) FROM zaehler z WHERE z.anzahl > 0 GROUP BY z.art, z.zustand")
_UEBERFAELLIG = "SELECT art, zustand, count(*) FROM vorgang WHERE ende = 0 AND faellig < :heute GROUP BY art, zustand"


class Knoten(NamedTuple):
    """Eine Station auf dem Ring; `weg` ist leer, wenn die Person die Vorgänge selbst nicht sehen darf."""

    nr: int
    key: str
    bezeichnung: str
    erklaerung: str
    anzahl: int
    aelteste: str
    tage: int
    ueberfaellig: int
    weg: str
    weg_ueberfaellig: str
    x: float
    y: float
    zeilen: tuple[str, ...]
    text_x: float
    text_y: float
    buendig: str


class Bild(NamedTuple):
    """`pfeile`: Bogenstücke von Station zu Station als SVG-Pfade."""

    knoten: tuple[Knoten, ...]
    pfeile: tuple[str, ...]
    breite: int = BREITE
    hoehe: int = HOEHE
    radius: float = _KNOTEN
    zeile: int = ZEILE


def darf_zahlen_sehen(person: Handelnde) -> bool:
    return any(person.hat(r) for r in ROLLEN)


def bild(s: Sitzung, person: Handelnde, heute: date) -> Bild:
    """Nur für Personen, für die `darf_zahlen_sehen` gilt: Gezählt wird der ganze Bestand."""
    bestand = {(art, z): (int(n), str(seit)) for art, z, n, seit in s.alle(_BESTAND)}
    spaet = {(art, z): int(n) for art, z, n in s.alle(_UEBERFAELLIG, {"heute": heute.isoformat()})}
    arten = frozenset().union(*wovon(person, heute))
    knoten = tuple(_knoten(n, st, bestand, spaet, heute, st.art in arten) for n, st in enumerate(STATIONEN))
    return Bild(knoten, tuple(_bogen(n) for n in range(len(STATIONEN))))


def _knoten(n: int, st: Station, bestand: Mapping[tuple[str, str], tuple[int, str]], spaet: Mapping[tuple[str, str], int], heute: date,
            sichtbar: bool) -> Knoten:
    hier = [bestand[st.art, z] for z in st.zustaende if (st.art, z) in bestand]
    seit = min((berliner_tag(aus_text(t)) for _, t in hier), default=None)
    ueber = sum(spaet.get((st.art, z), 0) for z in st.zustaende)
    x, y = _punkt(_winkel(n))
    zeilen = tuple(st.bezeichnung.split(": "))
    return Knoten(n + 1, st.key, st.bezeichnung, st.erklaerung, sum(anzahl for anzahl, _ in hier), f"{seit:%d.%m.%Y}" if seit else "",
                  (heute - seit).days if seit else 0, ueber, _weg(st) if sichtbar else "",
                  _weg(st, frist="ueberfaellig") if sichtbar and ueber else "", x, y, zeilen, *_beschriftung(n, x, y, len(zeilen) + 1))


def _weg(st: Station, **mehr: Any) -> str:
    return f"/vorgaenge/{st.art}?" + urlencode({"zustand": st.zustaende, **mehr}, doseq=True)


def _winkel(n: float) -> float:
    """Oben beginnt es, im Uhrzeigersinn geht es weiter."""
    return 2 * pi * n / len(STATIONEN) - pi / 2


def _punkt(winkel: float) -> tuple[float, float]:
    return round(_MITTE[0] + _HALB[0] * cos(winkel), 1), round(_MITTE[1] + _HALB[1] * sin(winkel), 1)


def _beschriftung(n: int, x: float, y: float, zeilen: int) -> tuple[float, float, str]:
    """Wo die erste Zeile steht und wie sie bündig ist: oben und unten außen, sonst innen, so dass kein Bogen durch einen Namen läuft."""
    quer, hoch = cos(_winkel(n)), sin(_winkel(n))
    if abs(quer) < 0.4:
        return x, round(y + (_KNOTEN + 22 if hoch > 0 else -_KNOTEN - 12 - (zeilen - 1) * ZEILE), 1), "mitte"
    seite = 1 if quer > 0 else -1
    return round(x - (_KNOTEN + 14) * seite, 1), round(y + 6 - (zeilen - 1) * ZEILE / 2, 1), "ende" if seite > 0 else "anfang"


def _bogen(n: int) -> str:
    """Von Station n zur nächsten, mit Abstand zu beiden Kreisen."""
    a, b = _punkt(_rand(n, n + 1)), _punkt(_rand(n + 1, n))
    return f"M {a[0]} {a[1]} A {_HALB[0]:g} {_HALB[1]:g} 0 0 1 {b[0]} {b[1]}"


def _rand(von: int, nach: int) -> float:
    """Der Winkel, bei dem der Bogen den Kreis der Station `von` auf dem Weg zu `nach` verlässt."""
    mitte, ziel = _punkt(_winkel(von)), _winkel(nach)
    schritt = (ziel - _winkel(von)) / 60
    for i in range(1, 60):
        x, y = _punkt(_winkel(von) + i * schritt)
        if (x - mitte[0]) ** 2 + (y - mitte[1]) ** 2 > (_KNOTEN + 9) ** 2:
            return _winkel(von) + i * schritt
    return ziel
