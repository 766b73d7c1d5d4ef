"""`kreislauf fristen`: eine Runde jetzt, oder eine einzelne Frist mit Herleitung."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from service.befehle.ausgabe import sage, schreibe, schreibe_json
from service.befehle.betrieb import datenbank, eingerichtete_datenbank, lies_profil, umfeld
from service.clock import jetzt
from service.errors import Betriebsfehler
from service.fristen import Runde, runde
from service.gremien import merke_vor
from service.kalender import Dauer, Kalender, berechne_text, datum_lesen
from service.profil import ProfilFehler
from service.settings import Einstellungen, lade_einstellungen
from service.umfeld import lade_umfeld


def berechne(datum: str, dauer: str, *, rueckwaerts: bool, als_json: bool) -> int:
    kalender = _kalender(lade_einstellungen())
    try:
        rechnung = kalender.vor(datum_lesen(datum), Dauer.lesen(dauer)) if rueckwaerts else berechne_text(datum, dauer, kalender)
    except ValueError as fehler:
        raise Betriebsfehler(str(fehler)) from fehler
    if als_json:
        schreibe_json(rechnung.als_json())
    else:
        schreibe("\n".join([f"{rechnung.ende:%d.%m.%Y}", *(f"  {satz}" for satz in rechnung.herleitung)]))
    return 0


def _kalender(e: Einstellungen) -> Kalender:
    """Die Schließtage, die in der Anwendung gepflegt sind; ohne Datenbank die der Profildatei."""
    gepflegt = _gepflegter(e)
    if gepflegt is not None:
        return gepflegt
    try:
        profil = lies_profil(e.profildatei)
    except ProfilFehler as fehler:
        raise Betriebsfehler(f"Das Profil {e.profildatei} lässt sich nicht verwenden. {fehler.befunde[0]}") from fehler
    return Kalender(profil.schliesstage_von_bis(1991, 2100), profil.fingerabdruck())


def _gepflegter(e: Einstellungen) -> Kalender | None:
    if e.auf_sqlite and not Path(e.datenbank.removeprefix("sqlite:///")).exists():
        return None
    try:
        with datenbank(e) as db, db.lesen() as s:
            return lade_umfeld(s, "").kalender
    except Betriebsfehler as fehler:
        sage(f"{fehler.satz} Gerechnet wird mit den Schließtagen aus {e.profildatei}.")
        return None


def runde_jetzt(*, als_json: bool) -> int:
    """1, wenn ein Schritt nicht möglich war; dann ist stattdessen erinnert worden."""
    zeit = jetzt()
    with eingerichtete_datenbank(lade_einstellungen(), zeit) as db:
        db.in_transaktion(lambda s: merke_vor(s, zeit))
        ergebnis = runde(db, umfeld(db, zeit), zeit, siegeln=True)
    if als_json:
        schreibe_json(_als_json(ergebnis))
    else:
        schreibe("\n".join(_text(ergebnis)))
    return 1 if ergebnis.gescheitert else 0


def _als_json(r: Runde) -> dict[str, Any]:
    gescheitert = [{"key": key, "ausloeser": ausloeser, "grund": grund} for key, ausloeser, grund in r.gescheitert]
    return {"erinnert": r.erinnert, "geschaltet": r.geschaltet, "gescheitert": gescheitert, "gesiegelt": r.gesiegelt}


def _text(r: Runde) -> list[str]:
    return [f"Erinnerungen in den Ausgang gelegt: {r.erinnert}", f"Schritte ausgelöst: {r.geschaltet}",
            f"Nicht möglich, stattdessen erinnert: {len(r.gescheitert)}",
            *(f"  {key}, {ausloeser}: {grund}" for key, ausloeser, grund in r.gescheitert), f"Ereignisse gesiegelt: {r.gesiegelt}"]
