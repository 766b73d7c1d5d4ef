"""`kreislauf db`: anlegen und anheben, prüfen, sichern, wiederherstellen."""

from __future__ import annotations

from pathlib import Path

from service.befehle.ausgabe import Fortschritt, schreibe
from service.befehle.betrieb import bereite_ort, datenbank, geschlossen, systemkonto
from service.bestand import pruefe_bestand
from service.clock import jetzt
from service.datenhaltung import hebe_an as hebe_schema_an
from service.db import Datenbank
from service.settings import lade_einstellungen
from service.sicherung import sichere as sichere_in
from service.sicherung import stelle_wieder_her as stelle_her
from service.stammdaten import ergaenze_erste_werte


def hebe_an() -> int:
    e = lade_einstellungen()
    bereite_ort(e)
    db = Datenbank(e.datenbank, groesse=2)
    with geschlossen(db):
        vorher, nachher = hebe_schema_an(db)
        if vorher and vorher != nachher:
            db.in_transaktion(ergaenze_erste_werte)
    was = "ist angelegt, auf dem" if not vorher else "war schon auf dem" if vorher == nachher else f"kam vom Stand {vorher} auf den"
    schreibe(f"Die Datenbank {e.datenbank_ohne_kennwort} {was} Stand {nachher}.")
    return 0


def pruefe() -> int:
    """1, wenn etwas nicht zueinander passt."""
    with datenbank(lade_einstellungen()) as db, db.lesen() as s:
        befunde = pruefe_bestand(s)
    schreibe("\n".join(befunde or ["In der Datenbank passt alles zueinander."]))
    return 1 if befunde else 0


def sichere(ziel: Path) -> int:
    fortschritt = Fortschritt()
    with datenbank(lade_einstellungen()) as db:
        sicherung = sichere_in(db, ziel, jetzt(), systemkonto(), lambda tabelle, zeilen: fortschritt.zeige(f"{tabelle}: {zeilen} Zeilen"))
    fortschritt.ende()
    schreibe(f"Gesichert nach {sicherung.datei}: {sicherung.manifest.zeilen} Zeilen, {sicherung.manifest.ereignisse} Ereignisse.")
    schreibe(f"SHA-256 {sicherung.sha256}")
    return 0


def stelle_wieder_her(quelle: Path) -> int:
    e, fortschritt = lade_einstellungen(), Fortschritt()
    bereite_ort(e)
    db = Datenbank(e.datenbank, groesse=2)
    with geschlossen(db):
        sicherung = stelle_her(db, quelle, jetzt(), systemkonto(), lambda tabelle, zeilen: fortschritt.zeige(f"{tabelle}: {zeilen} Zeilen"))
    fortschritt.ende()
    schreibe(f"Wiederhergestellt aus {quelle} nach {e.datenbank_ohne_kennwort}: {sicherung.manifest.zeilen} Zeilen, "
             f"{sicherung.manifest.ereignisse} Ereignisse; die Geschichte ist geprüft.")
    return 0
