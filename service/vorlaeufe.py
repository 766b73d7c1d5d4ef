"""Vom Termin der Lenkungsgruppe zurückgerechnet: bis wann was geschehen sein muss, und was zu spät kommt.

Die Dauern sind die Fristen des Profils, gerechnet wird mit seinem Kalender (Werktage, Schließtage). Jede Etappe nennt, in welchen
Zuständen etwas noch vor ihr liegt; ist ihr letzter Tag vorbei, verpasst es die Sitzung.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from service.bezuege import woerter
from service.db import Sitzung
from service.handelnde import Handelnde
from service.kalender import Dauer
from service.listen import SELECT, Eintrag
from service.sicht import sichtbar
from service.umfeld import Umfeld
from states.kette import PROZESSE

_HOECHSTENS = 100


class Regel(NamedTuple):
    """`ab`: der Name der Etappe, von der zurückgerechnet wird, leer heißt vom Sitzungstag. `fristen`: (Art, Name) der Reihe nach.

    `davor`: Art -> Zustände, die noch vor der Etappe liegen. `getan`: die Angabe der Sitzung, die sagt, dass es geschehen ist.
    """

    name: str
    titel: str
    ab: str
    fristen: tuple[tuple[str, str], ...]
    danach: bool = False
    davor: tuple[tuple[str, tuple[str, ...]], ...] = ()
    getan: str = ""


_FR = "fallrekonstruktion"
REGELN: tuple[Regel, ...] = (
    Regel("unterlagen", "Unterlagen versenden", "", (("sitzung", "lg_unterlagen"),), getan="unterlagen_am"),
    Regel("clustern", "Themen clustern und vorlegen (danach nur noch als Tischvorlage)", "unterlagen", (),
          davor=(("generatives_thema", ("entwurf", "geclustert")),)),
    Regel("einladung", "Zur Sitzung einladen", "", (("sitzung", "lg_einladung"),), getan="eingeladen_am"),
    Regel("freigabe", "Fallrekonstruktionen freigeben", "clustern", (("meldebogen", "rekonstruiert_ohne_thema"),),
          davor=((_FR, ("durchgefuehrt", "protokolliert", "geprueft", "abgestimmt")),)),
    Regel("durchfuehrung", "Fallrekonstruktionen durchführen", "freigabe",
          ((_FR, "fr_freigabe"), (_FR, "fr_abstimmung"), (_FR, "fr_pruefung"), (_FR, "fr_protokoll")), davor=((_FR, ("eingeladen",)),)),
    Regel("auswahl", "Fälle auswählen und zu ihrer Fallrekonstruktion einladen", "durchfuehrung", ((_FR, "fr_einladung"),),
          davor=(("meldebogen", ("ausgewaehlt",)), (_FR, ("geplant",)))),
    Regel("auswahlrunde", "Auswahlrunde beginnen", "", (("sitzung", "lg_auswahlrunde"),), getan="auswahlrunde_am"),
    Regel("auszuege", "Beschlussauszüge weiterleiten", "", (("beschluss", "beschluss_auszug"),), danach=True),
    Regel("protokoll", "Protokoll versenden", "", (("sitzung", "lg_protokoll"),), danach=True, getan="protokoll_am"),
    Regel("einwaende", "Einwände gegen das Protokoll bis", "protokoll", (("sitzung", "lg_einwaende"),), danach=True, getan="genehmigt_am"),
)

EIGENE = frozenset(r.name for r in REGELN if r.getan)  # was die Sitzung selbst tut; fehlt es nach dem Tag, ist es versäumt


class Etappe(NamedTuple):
    """`noch`: was die Sitzung verpasst, wenn `vorbei`; sonst, was bis zum letzten Tag noch zu schaffen ist."""

    name: str
    titel: str
    bis: date
    herleitung: tuple[str, ...]
    getan: bool
    vorbei: bool
    noch: tuple[Eintrag, ...] = ()

    @property
    def versaeumt(self) -> bool:
        return self.vorbei and not self.getan and (bool(self.noch) or self.name in EIGENE)


@cache
def _vorgabe(art: str, frist: str) -> str:
    return next(f.dauer for f in PROZESSE[art].fristen if f.name == frist)


def letzte_tage(umfeld: Umfeld, termin: date) -> dict[str, tuple[date, tuple[str, ...]]]:
    """Name der Etappe -> (letzter Tag, wie er sich ergibt)."""
    tage: dict[str, tuple[date, tuple[str, ...]]] = {"": (termin, ())}
    for r in REGELN:
        tag, saetze = tage[r.ab][0], list(tage[r.ab][1])
        for art, frist in r.fristen:
            dauer = Dauer.lesen(umfeld.profil.dauer(frist, _vorgabe(art, frist)))
            rechnung = umfeld.kalender.ende(tag, dauer) if r.danach else umfeld.kalender.vor(tag, dauer)
            tag = rechnung.ende
            saetze += rechnung.herleitung
        tage[r.name] = (tag, tuple(saetze))
    return tage


def etappen(umfeld: Umfeld, termin: date, stand: Mapping[str, Any], heute: date, noch: Mapping[str, Sequence[Eintrag]]) -> list[Etappe]:
    """Die früheste zuerst; `noch` kommt aus `davorliegende`."""
    tage = letzte_tage(umfeld, termin)
    gefunden = [Etappe(r.name, r.titel, tage[r.name][0], tage[r.name][1], bool(r.getan and stand.get(r.getan)), tage[r.name][0] < heute,
                       tuple(noch.get(r.name, ()))) for r in REGELN]
    return sorted(gefunden, key=lambda e: e.bis)


def davorliegende(s: Sitzung, person: Handelnde, heute: date) -> dict[str, list[Eintrag]]:
    """Je Etappe, was die Person sieht und was noch vor ihr liegt; eine Anfrage."""
    je = {(art, z): r.name for r in REGELN for art, zustaende in r.davor for z in zustaende}
    darf, werte = sichtbar(person, heute, arten=sorted({art for art, _ in je}))
    davor = ", ".join(f"({woerter([art])}, {woerter([z])})" for art, z in je)
    gefunden: dict[str, list[Eintrag]] = {}
    frage = f"{SELECT} WHERE v.ende = 0 AND (v.art, v.zustand) IN (VALUES {davor}) AND {darf} ORDER BY v.id DESC LIMIT {_HOECHSTENS}"
    for zeile in s.alle(frage, werte):
        eintrag = Eintrag._make(zeile)
        gefunden.setdefault(je[eintrag.art, eintrag.zustand], []).append(eintrag)
    return gefunden
