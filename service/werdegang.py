"""Wo ein Vorgang steht, was war und was noch kommt: der Streifen auf seiner Seite, aus Verlauf und Prozesstabelle."""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Sequence

from service.anzeige import Geschehnis
from service.sicht import Ansicht
from states.aussage import Aussage
from states.kette import PROZESSE
from states.stationen import STATIONEN, Station, station_von, weg


class Etappe(NamedTuple):
    """`lage`: war, ist oder kommt. `am`: wann er dorthin kam; leer, wenn es noch bevorsteht."""

    bezeichnung: str
    lage: str
    am: str = ""


class Werdegang(NamedTuple):
    """`station`: „Station 2 von 11: Sammlung“, leer abseits des Rings. `durch`: wer weiterführen kann."""

    etappen: tuple[Etappe, ...]
    station: str
    durch: str


def werdegang(ansicht: Ansicht, verlauf: Sequence[Geschehnis], durch: str) -> Werdegang | None:
    """None, wenn die Person den Zustand nicht sieht. `verlauf`: das Neueste zuerst, Zurückgenommenes zählt nicht."""
    if not ansicht.zustand:
        return None
    p = PROZESSE[ansicht.art]
    besucht = _besuchte(verlauf)
    hier = p.zustand(ansicht.zustand).bezeichnung
    am = besucht.pop(hier, "")
    etappen = [Etappe(name, "war", wann) for name, wann in besucht.items()]
    etappen.append(Etappe(hier, "ist", am))
    etappen += [Etappe(p.zustand(z).bezeichnung, "kommt") for z in weg(ansicht.art, ansicht.zustand)]
    st = station_von(ansicht.art, ansicht.zustand)
    return Werdegang(tuple(etappen), _an_der(st) if st else "", durch)


def _an_der(st: Station) -> str:
    return Aussage("Station {nr} von {alle}: {station}", nr=STATIONEN.index(st) + 1, alle=len(STATIONEN), station=st.bezeichnung)


def _besuchte(verlauf: Sequence[Geschehnis]) -> dict[str, str]:
    """Zustand -> Tag, an dem er zuletzt erreicht wurde, in der Reihenfolge des letzten Erreichens."""
    besucht: dict[str, str] = {}
    for g in reversed(verlauf):
        if g.nach and g.nach != g.von and not g.zurueckgenommen and not g.ruecknahme:
            besucht.pop(g.nach, None)
            besucht[g.nach] = g.zeit.split(",")[0]
    return besucht
