"""Dasselbe an vielen Vorgängen auf einmal: was geht, ist ein Zug; was nicht geht, wird einzeln gesagt."""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Mapping, Sequence
from datetime import datetime

from service.apply import Schritt, hindernisse
from service.schritte import genannte
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Kreislauffehler, Ungueltig, Unmoeglich
from service.handeln import handle
from service.handelnde import Handelnde
from service.sicht import verlange_sichtbar
from service.umfeld import Umfeld


class Sammelergebnis(NamedTuple):
    """`getan`: Vorgänge; `abgelehnt`: Vorgang -> Satz."""

    getan: tuple[str, ...]
    abgelehnt: Mapping[str, str]


def tue_gemeinsam(s: Sitzung, schritte: Sequence[Schritt], person: Handelnde, jetzt: datetime, umfeld: Umfeld, *, ganz: bool
                  ) -> Sammelergebnis:
    """Mit `ganz` geschieht nichts, wenn einer nicht geht; sonst geschieht, was geht. Mehrere Schritte an einem Vorgang gehören zusammen.

    Wirft Ungueltig, wenn eine Angabe für alle nicht stimmt, und NichtGefunden für alles Unsichtbare.
    """
    verlange_sichtbar(s, person, genannte(s, schritte), berliner_tag(jetzt))
    fehler = hindernisse(s, schritte, person, jetzt, umfeld)
    keys = list(dict.fromkeys(x.vorgang for x in schritte))
    if fehler and len(fehler) == len(keys):
        _wirf_wenn_eine_angabe(list(fehler.values()))
    gute = [x for x in schritte if x.vorgang not in fehler]
    if not gute or (ganz and fehler):
        return Sammelergebnis((), {k: f.satz for k, f in fehler.items()})
    handle(s, gute, person, jetzt, umfeld)
    return Sammelergebnis(tuple(k for k in keys if k not in fehler), {k: f.satz for k, f in fehler.items()})


def _wirf_wenn_eine_angabe(fehler: Sequence[Kreislauffehler]) -> None:
    """Scheitern alle an derselben Angabe, steht der Satz bei ihr und nicht bei jedem Vorgang."""
    befunde = {f.befunde if isinstance(f, (Unmoeglich, Ungueltig)) else () for f in fehler}
    if len(befunde) == 1 and (einer := befunde.pop()) and all(feld for feld, _ in einer):
        raise Ungueltig(einer)
