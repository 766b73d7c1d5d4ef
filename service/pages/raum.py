"""Arbeitsplätze: was die Seite eines Vorgangs über die abgeleitete Ansicht hinaus zeigt.

Eine Art bekommt einen Arbeitsplatz durch eine Zeile in `RAEUME`: die Vorlage (sie erweitert `pages/vorgang.html` und füllt den Block
`raum`) und eine Funktion, die liefert, was die Vorlage dafür braucht. Wer den Vorgang nicht ganz sieht, bekommt die abgeleitete Ansicht.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from service import anzeige, monitoringraum
from service.db import Sitzung
from service.handelnde import Handelnde
from service.moeglich import Moeglichkeit
from service.pages import berichtsraum, fallraum, kettenraum, melderaum, raum_sitzung, themen
from service.sammlungen import durchzusehen
from service.sicht import Ansicht, Ebene
from service.umfeld import Umfeld


class Blick(NamedTuple):
    """Wer was wann ansieht. `schritte`: was die Person jetzt tun kann oder warum nicht; `namen`: Personenschlüssel -> Name. `anblick`: wie
    die Adresse die Seite verlangt, zum Beispiel „beamer“.
    """

    s: Sitzung
    person: Handelnde
    ansicht: Ansicht
    schritte: tuple[Moeglichkeit, ...]
    namen: Mapping[str, str]
    umfeld: Umfeld
    jetzt: datetime
    heute: date
    anblick: str = ""

    def kann(self, ausloeser: str) -> bool:
        """Ob der Schritt jetzt offen steht."""
        return any(m.uebergang.ausloeser == ausloeser and not m.grund for m in self.schritte)

    def angaben_ohne(self, *namen: str) -> list[anzeige.Angabe]:
        """Die Angaben der abgeleiteten Ansicht ohne die, die der Arbeitsplatz schon zeigt."""
        return [a for a in anzeige.inhalt(self.ansicht, self.namen) if a.name not in namen]


class Raum(NamedTuple):
    """`mindestens`: bis zu welcher Ebene hinunter er gezeigt wird; `nicht_ohne`: ohne diese Angabe ist ein Ausschnitt zu klein."""

    vorlage: str
    inhalt: Callable[[Blick], dict[str, Any]]
    mindestens: tuple[Ebene, ...] = (Ebene.VOLL,)
    nicht_ohne: str = ""


RAEUME: dict[str, Raum] = {
    "meldebogen": Raum("melden/akte.html", melderaum.raum),
    "auswahlrunde": Raum("eingang/runde.html", lambda b: durchzusehen(b.s, b.person, b.heute, b.ansicht.zustand)),
    "sitzung": Raum("lenkung/sitzung.html", raum_sitzung.raum),
    "beschluss": Raum("lenkung/beschluss.html", raum_sitzung.beschluss),
    "fallrekonstruktion": Raum("raeume/fallrekonstruktion.html", fallraum.fallrekonstruktion),
    "generatives_thema": Raum("themen/thema.html", themen.raum),
    "arbeitsgruppe": Raum("raeume/arbeitsgruppe.html", kettenraum.arbeitsgruppe),
    "zielsystem": Raum("raeume/zielsystem.html", kettenraum.zielsystem),
    "bericht": Raum("gremien/bericht.html", berichtsraum.raum, (Ebene.VOLL, Ebene.GEKUERZT)),
    "monitoring": Raum("wirkung/monitoring.html", monitoringraum.raum, (Ebene.VOLL, Ebene.GEKUERZT), "indikatoren"),
}


def raum_von(ansicht: Ansicht) -> Raum | None:
    raum = RAEUME.get(ansicht.art)
    if raum is None or ansicht.ebene not in raum.mindestens:
        return None
    return raum if ansicht.ebene is Ebene.VOLL or not raum.nicht_ohne or raum.nicht_ohne in ansicht.felder else None
