"""Was von selbst geschieht: der Takt jede Minute und die Tagesrunde, je genau einmal, gleich wie viele Worker laufen.

Wer eine Runde führt, hält ihre Pacht: eine Zeile mit Ablauf, die sich im Hintergrund verlängert und nach dem Tod ihres
Besitzers bald frei wird. Dass nichts doppelt geschieht, hängt nicht an der Pacht: jede Wirkung ist eine bedingte
Änderung. Am Ende steht der Herzschlag; an seinem Alter sieht jeder, ob Fristen zu spät kommen.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple

from service import anhaenge, antwortlink, aufraeumen, entwuerfe, gremien, idempotenz, sendungen, worker
from service.bestand import pruefe_bestand
from service.clock import als_text, aus_text
from service.db import Datenbank, Sitzung
from service.errors import Konflikt, Kreislauffehler
from service.fristen import runde
from service.protokoll import vermerke
from service.pruefen import pruefe, siegele
from service.settings import Einstellungen
from service.stoerung import FEHLER
from service.umfeld import Umfeld, kanonisch
from service.zustellung import Versand, versandrunde

TAKT = "takt"
TAGESRUNDE = "tagesrunde"
PACHTDAUER = timedelta(minutes=2)
LAENGSTE_RUNDE = timedelta(minutes=30)  # danach gilt sie als steckengeblieben, und ein anderer darf
VERSPAETET_AB = timedelta(minutes=5)
_NACHHOLEN_AB = timedelta(hours=25)
_VERMERKTE = 20
_VERGESSEN = (idempotenz, aufraeumen, sendungen, antwortlink, entwuerfe, anhaenge, worker)

_PACHTE = (
    "INSERT INTO pacht (name, besitzer, bis, marke) VALUES (:name, :besitzer, :bis, 1) ON CONFLICT (name) DO UPDATE "
    "SET besitzer = excluded.besitzer, bis = excluded.bis, marke = pacht.marke + 1 WHERE pacht.bis <= :jetzt OR pacht.bis > :zu_fern"
)
_MEINE = "name = :name AND besitzer = :besitzer AND marke = :marke"
_HERZSCHLAG = (
    "INSERT INTO herzschlag (name, zuletzt, ergebnis) SELECT :name, :zeit, :ergebnis WHERE EXISTS "
    f"(SELECT 1 FROM pacht WHERE {_MEINE}) "
    "ON CONFLICT (name) DO UPDATE SET zuletzt = excluded.zuletzt, ergebnis = excluded.ergebnis"
)


@dataclass(frozen=True)
class Pacht:
    """`marke` steigt mit jedem Wechsel; wer eine ältere vorzeigt, ist abgelöst worden."""

    name: str
    besitzer: str
    marke: int


@dataclass(frozen=True)
class Takt:
    """Was ein Takt getan hat. `gefuehrt` falsch: ein anderer war gerade dabei, und hier geschah nichts."""

    gefuehrt: bool = False
    erinnert: int = 0
    geschaltet: int = 0
    nicht_moeglich: int = 0
    versand: Versand = field(default_factory=Versand)
    versandfehler: str = ""
    nachgeholt: bool = False


@dataclass(frozen=True)
class Tagesrunde:
    gefuehrt: bool = False
    gesiegelt: int = 0
    vergessen: int = 0
    befunde: int = 0
    vorgemerkt: int = 0


class Herzschlag(NamedTuple):
    name: str
    zuletzt: datetime
    ergebnis: dict[str, Any]


# --- die Runden


def takt(db: Datenbank, e: Einstellungen, umfeld: Umfeld, jetzt: datetime, pachtdauer: timedelta = PACHTDAUER) -> Takt:
    """Fällige Fristen, dann der Ausgang. Holt die Tagesrunde nach, wenn der Rechner um ihre Zeit aus war."""
    with gepachtet(db, TAKT, jetzt, pachtdauer) as gang:
        if gang is None:
            return Takt()
        faellig = runde(db, umfeld, jetzt)
        versand, versandfehler = _versende(db, e, umfeld, jetzt)
        nachgeholt = _ist_nachzuholen(db, jetzt) and tagesrunde(db, jetzt, pachtdauer).gefuehrt
        ergebnis = Takt(True, faellig.erinnert, faellig.geschaltet, len(faellig.gescheitert), versand, versandfehler, nachgeholt)
        gang.beende(asdict(ergebnis))
        return ergebnis


def _versende(db: Datenbank, e: Einstellungen, umfeld: Umfeld, jetzt: datetime) -> tuple[Versand, str]:
    """Ein falsch eingestellter Mailserver hält keine Frist auf; was daran fehlt, steht im Herzschlag."""
    try:
        return versandrunde(db, e, umfeld, jetzt), ""
    except Kreislauffehler as fehler:
        return Versand(), fehler.satz


def tagesrunde(db: Datenbank, jetzt: datetime, pachtdauer: timedelta = PACHTDAUER) -> Tagesrunde:
    """An Gremien ohne Bericht erinnern, siegeln, Vergangenes vergessen, nachprüfen. Was nicht stimmt, steht danach im Protokoll."""
    with gepachtet(db, TAGESRUNDE, jetzt, pachtdauer) as gang:
        if gang is None:
            return Tagesrunde()
        vorgemerkt = db.in_transaktion(lambda s: gremien.merke_vor(s, jetzt))
        gesiegelt = db.in_transaktion(lambda s: siegele(s, jetzt))
        vergessen = db.in_transaktion(lambda s: sum(m.raeume_auf(s, jetzt) for m in _VERGESSEN))
        befunde = _befunde(db, jetzt)
        if befunde:
            db.in_transaktion(lambda s: vermerke(s, jetzt, "", "tagesrunde_befunde", {"befunde": befunde[:_VERMERKTE]}))
        ergebnis = Tagesrunde(True, gesiegelt, vergessen, len(befunde), vorgemerkt)
        gang.beende(asdict(ergebnis))
        return ergebnis


def _befunde(db: Datenbank, jetzt: datetime) -> list[str]:
    with db.lesen() as s:
        return [*(f"{position}: {grund}" for position, grund in pruefe(s, jetzt).fehler), *pruefe_bestand(s)]


def _ist_nachzuholen(db: Datenbank, jetzt: datetime) -> bool:
    with db.lesen() as s:
        letzte = herzschlag(s, TAGESRUNDE)
    return letzte is None or jetzt - letzte.zuletzt > _NACHHOLEN_AB


# --- der Herzschlag


def herzschlag(s: Sitzung, name: str = TAKT) -> Herzschlag | None:
    """Wann die Runde zuletzt zu Ende ging; None, wenn noch nie."""
    zeile = s.eine("SELECT zuletzt, ergebnis FROM herzschlag WHERE name = :name", {"name": name})
    return None if zeile is None else Herzschlag(name, aus_text(zeile[0]), json.loads(zeile[1]))


def verspaetet(s: Sitzung, jetzt: datetime) -> bool:
    """Kommen Fristen und Nachrichten zu spät, weil niemand den Takt gibt?"""
    letzter = herzschlag(s)
    return letzter is None or jetzt - letzter.zuletzt > VERSPAETET_AB


# --- die Pacht


def pachte(db: Datenbank, name: str, jetzt: datetime, dauer: timedelta = PACHTDAUER) -> Pacht | None:
    """Nimmt die Pacht, wenn sie frei oder abgelaufen ist. Ein Ablauf in ferner Zukunft stammt von einer falsch gestellten Uhr."""
    besitzer = secrets.token_hex(8)
    werte = {"name": name, "besitzer": besitzer, "bis": als_text(jetzt + dauer), "jetzt": als_text(jetzt),
             "zu_fern": als_text(jetzt + dauer + LAENGSTE_RUNDE)}

    def arbeit(s: Sitzung) -> int:
        if s.fuehre(_PACHTE, werte) != 1:
            return 0
        return int(s.wert("SELECT marke FROM pacht WHERE name = :name", {"name": name}))

    marke = db.in_transaktion(arbeit)
    return Pacht(name, besitzer, marke) if marke else None


def gepachtete(s: Sitzung, jetzt: datetime) -> set[str]:
    """Die Runden, die gerade jemand führt."""
    return {str(name) for (name,) in s.alle("SELECT name FROM pacht WHERE bis > :jetzt", {"jetzt": als_text(jetzt)})}


def verlaengere(db: Datenbank, pacht: Pacht, jetzt: datetime, dauer: timedelta = PACHTDAUER) -> bool:
    """Falsch, wenn ein anderer übernommen hat. `dauer` 0 gibt sie frei."""
    werte = {**asdict(pacht), "bis": als_text(jetzt + dauer)}
    return db.in_transaktion(lambda s: s.fuehre(f"UPDATE pacht SET bis = :bis WHERE {_MEINE}", werte)) == 1


class Gang:
    """Eine laufende Runde. Die Uhr liest hier niemand: es zählt, was seit `beginn` verging."""

    def __init__(self, db: Datenbank, pacht: Pacht, beginn: datetime, dauer: timedelta) -> None:
        self._db, self.pacht, self._beginn, self._dauer = db, pacht, beginn, dauer
        self._start = monotonic()
        self._zu_ende = threading.Event()
        self._faden = threading.Thread(target=self._halte, name=f"pacht-{pacht.name}", daemon=True)
        self._faden.start()

    def _jetzt(self) -> datetime:
        return self._beginn + timedelta(seconds=monotonic() - self._start)

    def _halte(self) -> None:
        spaetestens = self._beginn + LAENGSTE_RUNDE
        while not self._zu_ende.wait(self._dauer.total_seconds() / 3) and self._jetzt() < spaetestens:
            try:
                if not verlaengere(self._db, self.pacht, self._jetzt(), self._dauer):
                    return
            except (Kreislauffehler, *FEHLER):
                continue  # die Datenbank ist gerade belegt oder weg; beim nächsten Drittel noch einmal, bis dahin gilt die Pacht

    def beende(self, ergebnis: dict[str, Any]) -> None:
        """Schreibt den Herzschlag. Konflikt, wenn inzwischen ein anderer die Runde führt: dann gilt dessen Herzschlag."""
        werte = {**asdict(self.pacht), "zeit": als_text(self._jetzt()), "ergebnis": kanonisch(ergebnis)}
        if self._db.in_transaktion(lambda s: s.fuehre(_HERZSCHLAG, werte)) != 1:
            raise Konflikt("Diese Runde hat zu lange gedauert; ein anderer hat sie übernommen.")

    def gib_frei(self) -> None:
        self._zu_ende.set()
        self._faden.join()
        with suppress(Kreislauffehler, *FEHLER):  # sie läuft dann von selbst ab, und ein Fehler der Runde bleibt der gemeldete
            verlaengere(self._db, self.pacht, self._jetzt(), timedelta(0))


@contextmanager
def gepachtet(db: Datenbank, name: str, jetzt: datetime, dauer: timedelta = PACHTDAUER) -> Iterator[Gang | None]:
    """None, wenn ein anderer die Runde gerade führt."""
    pacht = pachte(db, name, jetzt, dauer)
    if pacht is None:
        yield None
        return
    gang = Gang(db, pacht, jetzt, dauer)
    try:
        yield gang
    finally:
        gang.gib_frei()
