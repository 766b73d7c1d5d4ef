"""`kreislauf import`: eine Datei übernehmen, mit Fortschritt auf der Fehlerausgabe."""

from __future__ import annotations

from pathlib import Path

from service.befehle.ausgabe import Fortschritt, sage, schreibe, schreibe_json
from service.befehle.betrieb import eingerichtete_datenbank, systemkonto, umfeld, woran
from service.clock import jetzt
from service.errors import Betriebsfehler
from service.importieren import Ablehnung, Importbericht
from service.importieren import importiere as nimm_auf
from service.settings import lade_einstellungen


def importiere(datei: Path, *, als_json: bool) -> int:
    """1, wenn eine Zeile abgelehnt ist."""
    try:
        strom = datei.open("rb")
    except OSError as fehler:
        raise Betriebsfehler(f"Die Datei {datei} lässt sich nicht lesen ({woran(fehler)}).") from fehler
    zeit = jetzt()
    with strom, eingerichtete_datenbank(lade_einstellungen(), zeit) as db:
        lage, fortschritt = umfeld(db, zeit), Fortschritt()
        bericht = nimm_auf(db, lage, strom, datei.name, zeit, systemkonto(),
                           lambda bis: fortschritt.zeige(_stand(bis, fortschritt)))
    fortschritt.ende()
    for nr, hinweis in bericht.hinweise:
        sage(f"Zeile {nr}: {hinweis}")
    sage(f"{bericht.zeilen} Zeilen in {fortschritt.sekunden:.1f} Sekunden.".replace(".", ",", 1))
    if als_json:
        schreibe_json(bericht.als_json())
    else:
        schreibe("\n".join(_text(bericht)))
    return 1 if bericht.abgelehnt else 0


def _stand(b: Importbericht, fortschritt: Fortschritt) -> str:
    anteil = f" von {b.gesamt / 1e6:.1f} MB ({100 * b.gelesen // b.gesamt} %)" if b.gesamt else " MB"
    return f"{b.zeilen} Zeilen, {b.gelesen / 1e6:.1f}{anteil}, {b.zeilen / fortschritt.sekunden:.0f} Zeilen je Sekunde".replace(".", ",")


def _text(b: Importbericht) -> list[str]:
    summe = [f"Aufgenommen: {b.angenommen}", f"Schon vorhanden: {b.bereits_vorhanden}", f"Abgelehnt: {len(b.abgelehnt)}"]
    return [*summe, *(zeile for a in b.abgelehnt for zeile in _befunde(a))]


def _befunde(a: Ablehnung) -> list[str]:
    return [f"Zeile {a.zeile}, {b.feld}: {b.grund}" if b.feld else f"Zeile {a.zeile}: {b.grund}" for b in a.befunde]
