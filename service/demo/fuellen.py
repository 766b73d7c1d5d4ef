"""Füllt einen leeren Datenordner: beide Fassungen der Geschichte Tag für Tag, dazwischen die Runden, bis heute."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from service.clock import BERLIN, berliner_tag
from service.db import Datenbank
from service.demo.geschichte import Daten, Geschichte, erster_und_letzter_tag, neue_schluessel, uebertrage
from service.demo.lauf import Lauf, Unterschied
from service.demo.rollenbuch import SPIELER
from service.demo.zeit import Zeitabbildung, erster_werktag_des_jahres, letzter_werktag
from service.fristen import runde
from service.umfeld import Umfeld

Fortschritt = Callable[[int, int, date], None]


@dataclass(frozen=True)
class Fuellung:
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
    plan = _nach_tagen(geschichten(umfeld, heute))
    lauf = Lauf(db, umfeld, datetime.combine(min(plan), time(6, 0), BERLIN).astimezone(UTC))
    alle, fertig = sum(len(v) for v in plan.values()), 0
    runden = erinnert = geschaltet = 0
    for tag in _tage(min(plan), heute):
        lauf.jetzt = max(lauf.jetzt, min(datetime.combine(tag, time(6, 0), BERLIN).astimezone(UTC), jetzt))
        ergebnis = runde(db, umfeld, lauf.jetzt, siegeln=tag.weekday() == 0 or tag == heute)
        runden, erinnert, geschaltet = runden + 1, erinnert + ergebnis.erinnert, geschaltet + ergebnis.geschaltet
        for geschichte, schritt in plan.get(tag, ()):
            _spiele(lauf, geschichte, schritt)
            fertig += 1
        fortschritt(fertig, alle, tag)
    return Fuellung(lauf.gespielt, lauf.ergaenzt, runden, erinnert, geschaltet, tuple(lauf.unterschiede))


def _nach_tagen(fassungen: tuple[Geschichte, ...]) -> dict[date, list[tuple[Geschichte, Daten]]]:
    plan: dict[date, list[tuple[Geschichte, Daten]]] = {}
    for geschichte in fassungen:
        for schritt in geschichte.schritte:
            plan.setdefault(date.fromisoformat(schritt["datum"]), []).append((geschichte, schritt))
    return plan


def _tage(von: date, bis: date) -> Iterator[date]:
    while von <= bis:
        yield von
        von += timedelta(days=1)


def _spiele(lauf: Lauf, geschichte: Geschichte, schritt: Daten) -> None:
    """Spielt einen Schritt, oder prüft ihn nur, wenn das System oder die Kette ihn tut; dann vergleicht er die Zustände."""
    lauf.stelle_uhr(date.fromisoformat(schritt["datum"]))
    if schritt["rolle"] != "system":
        SPIELER[schritt["vorgang"], schritt["trigger"]](lauf, geschichte, schritt)
    _vergleiche(lauf, schritt)


def _vergleiche(lauf: Lauf, schritt: Daten) -> None:
    erwartet = [(schritt["meldungen"][0] if schritt["vorgang"] == "meldung" else schritt["key"], schritt.get("zustand"))]
    erwartet += [(f["key"], f["zustand"]) for f in schritt.get("folgen") or () if "zustand" in f]
    for key, zustand in erwartet:
        if zustand and zustand != "-" and (ist := lauf.zustand(key)) != zustand:
            lauf.unterschied(schritt["nr"], key, f"Die Geschichte erwartet „{zustand}“ nach {schritt['trigger']}, der Prozess ergibt „{ist}“.")
