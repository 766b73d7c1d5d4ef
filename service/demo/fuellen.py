"""Füllt einen leeren Datenordner: beide Fassungen der Geschichte und der Nachtrag Tag für Tag, dazwischen die Runden, bis heute."""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from service.clock import BERLIN, berliner_tag
from service.db import Datenbank
from service.demo.geschichte import Daten, Geschichte, erster_und_letzter_tag, neue_schluessel, uebertrage
from service.demo.lauf import Lauf, Unterschied
from service.demo.nachtrag import Handlung, handlungen
from service.demo.post import stelle_zu
from service.demo.rollenbuch import SPIELER
from service.demo.zeit import Zeitabbildung, erster_werktag_des_jahres, letzter_werktag
from service.fristen import runde
from service.umfeld import Umfeld

Fortschritt = Callable[[int, int, date], None]
Auftritt = Callable[[Lauf], None]


class Fuellung(NamedTuple):
    """Was die Vorführung getan hat. `unterschiede`: wo Geschichte und Prozess auseinandergehen."""

    schritte: int
    ergaenzt: int
    runden: int
    erinnert: int
    geschaltet: int
    unterschiede: tuple[Unterschied, ...]


def geschichten(umfeld: Umfeld, heute: date) -> tuple[Geschichte, Geschichte]:
    """Die zwei Jahre, die heute enden, und ihr Anfang noch einmal als laufendes Jahr."""
    erster, letzter = erster_und_letzter_tag()
    kalender = umfeld.kalender
    ganze = uebertrage("zwei Jahre", Zeitabbildung(kalender, letzter, letzter_werktag(kalender, heute)), heute)
    jahresanfang = Zeitabbildung(kalender, erster, erster_werktag_des_jahres(kalender, heute.year))
    return ganze, uebertrage("laufendes Jahr", jahresanfang, heute, neue_schluessel(heute.year))


def fuelle(db: Datenbank, umfeld: Umfeld, jetzt: datetime, fortschritt: Fortschritt = lambda fertig, alle, tag: None) -> Fuellung:
    """Spielt alles. `jetzt` ist der Augenblick des Starts; danach liegt kein Ereignis."""
    heute = berliner_tag(jetzt)
    fassungen = geschichten(umfeld, heute)
    beginn = datetime.combine(min(date.fromisoformat(s["datum"]) for g in fassungen for s in g.schritte), time(6, 0), BERLIN)
    lauf = Lauf(db, umfeld, beginn.astimezone(UTC), jetzt)
    vergleich = _Vergleich(lauf)
    plan = _nach_tagen(fassungen, vergleich, handlungen(umfeld, heute))
    alle, fertig = sum(len(v) for v in plan.values()), 0
    runden = erinnert = geschaltet = 0
    for tag in _tage(min(plan), heute):
        lauf.jetzt = max(lauf.jetzt, min(datetime.combine(tag, time(6, 0), BERLIN).astimezone(UTC), jetzt))
        ergebnis = runde(db, umfeld, lauf.jetzt, siegeln=tag.weekday() == 0 or tag == heute)
        runden, erinnert, geschaltet = runden + 1, erinnert + ergebnis.erinnert, geschaltet + ergebnis.geschaltet
        vergleich.am(tag)
        for auftritt in plan.get(tag, ()):
            auftritt(lauf)
            fertig += 1
        stelle_zu(db, umfeld, tag, jetzt)
        fortschritt(fertig, alle, tag)
    letzte = runde(db, umfeld, jetzt, siegeln=True)  # auch was erst heute hinzukam, ist angesehen
    stelle_zu(db, umfeld, heute, jetzt)
    erinnert, geschaltet = erinnert + letzte.erinnert, geschaltet + letzte.geschaltet
    return Fuellung(lauf.gespielt, lauf.ergaenzt, runden, erinnert, geschaltet, tuple(lauf.unterschiede))


def _nach_tagen(fassungen: tuple[Geschichte, ...], vergleich: _Vergleich, nachtrag: list[Handlung]) -> dict[date, list[Auftritt]]:
    """Was an jedem Tag geschieht: erst die Geschichte, dann der Nachtrag."""
    plan: dict[date, list[Auftritt]] = {}
    for geschichte in fassungen:
        for schritt in geschichte.schritte:
            plan.setdefault(date.fromisoformat(schritt["datum"]), []).append(partial(_spiele, geschichte, schritt, vergleich))
    for handlung in nachtrag:
        plan.setdefault(handlung.tag, []).append(handlung.spiele)
    return plan


def _tage(von: date, bis: date) -> Iterator[date]:
    while von <= bis:
        yield von
        von += timedelta(days=1)


def _spiele(geschichte: Geschichte, schritt: Daten, vergleich: _Vergleich, lauf: Lauf) -> None:
    """Spielt einen Schritt; was das System oder die Kette tut, wird nur verglichen."""
    lauf.stelle_uhr(date.fromisoformat(schritt["datum"]))
    if schritt["rolle"] != "system":
        SPIELER[schritt["vorgang"], schritt["trigger"]](lauf, geschichte, schritt)
    vergleich.nach(schritt)


def _erwartungen(schritt: Daten) -> list[tuple[str, str]]:
    """(key, Zustand) nach dem Schritt, für den Vorgang selbst und was ihm folgt."""
    eigener = (schritt["meldungen"][0] if schritt["vorgang"] == "meldung" else schritt["key"], schritt.get("zustand"))
    folgen = [(f["key"], f["zustand"]) for f in schritt.get("folgen") or () if "zustand" in f]
    return [(key, zustand) for key, zustand in (eigener, *folgen) if zustand and zustand != "-"]


class _Vergleich:
    """Hält Geschichte und Prozess gegeneinander.

    Schritte des Systems hängen an Fristen, und Wochen sind nach dem Umrechnen nicht immer gleich viele Werktage:
    ein solcher Zustand darf bis zu `_SPIELRAUM` später eintreten.
    """

    _SPIELRAUM = timedelta(days=10)

    def __init__(self, lauf: Lauf) -> None:
        self._lauf = lauf
        self._offen: list[tuple[date, Daten, str, str]] = []

    def nach(self, schritt: Daten) -> None:
        for key, zustand in _erwartungen(schritt):
            if self._lauf.zustand(key) != zustand and not self._lauf.durchlief(key, zustand):
                if schritt["rolle"] == "system":
                    self._offen.append((date.fromisoformat(schritt["datum"]) + self._SPIELRAUM, schritt, key, zustand))
                else:
                    self._melde(schritt, key, zustand)

    def am(self, tag: date, *, ende: bool = False) -> None:
        """Sieht nach jeder Runde, was inzwischen eingetreten ist; am Ende gilt noch Ausstehendes nicht als Unterschied."""
        noch = [e for e in self._offen if self._lauf.zustand(e[2]) != e[3]]
        for bis, schritt, key, zustand in noch:
            if tag > bis and not ende:
                self._melde(schritt, key, zustand)
        self._offen = [e for e in noch if tag <= e[0]]

    def _melde(self, schritt: Daten, key: str, zustand: str) -> None:
        ist = self._lauf.zustand(key)
        satz = f"Die Geschichte erwartet „{zustand}“ nach {schritt['trigger']}, der Prozess ergibt „{ist}“."
        self._lauf.unterschied(schritt["nr"], key, satz)
