"""`kreislauf db`: anlegen und anheben, prüfen, sichern, wiederherstellen."""

from __future__ import annotations

from pathlib import Path

from service.befehle.ausgabe import Fortschritt, schreibe, schreibe_json
from service.befehle.betrieb import bereite_ort, datenbank, geschlossen, systemkonto
from service.bestand import pruefe_bestand
from service.clock import jetzt
from service.datenhaltung import hebe_an as hebe_schema_an
from service.db import Datenbank
from service.settings import lade_einstellungen
from service.sicherung import sichere as sichere_in
from service.sicherung import stelle_wieder_her as stelle_her
from service.stammdaten import ergaenze_erste_werte
from service.umstellen import Umstellung, hinweis, umzustellende
from service.umstellen import stelle_um as stelle_vorgaenge_um


def hebe_an() -> int:
    e = lade_einstellungen()
    bereite_ort(e)
    db = Datenbank(e.datenbank, groesse=2, geduld=e.geduld)
    with geschlossen(db):
        vorher, nachher = hebe_schema_an(db)
        if vorher and vorher != nachher:
            db.in_transaktion(ergaenze_erste_werte)
        with db.lesen() as s:
            umzustellen = hinweis(umzustellende(s).values())
    was = "ist angelegt, auf dem" if not vorher else "war schon auf dem" if vorher == nachher else f"kam vom Stand {vorher} auf den"
    schreibe(f"Die Datenbank {e.datenbank_ohne_kennwort} {was} Stand {nachher}.")
    if umzustellen:
        schreibe(umzustellen)
    return 0


def stelle_um(*, probe: bool, als_json: bool) -> int:
    fortschritt = Fortschritt()
    with datenbank(lade_einstellungen(), umstellen=True) as db:
        getan = stelle_vorgaenge_um(db, jetzt(), systemkonto(), probe=probe,
                                    fortschritt=lambda anzahl: fortschritt.zeige(f"{anzahl} Vorgänge"))
    fortschritt.ende()
    if als_json:
        schreibe_json({"probe": probe, "umgestellt": [{"key": u.key, "von": u.von, "auf": u.auf, "was": u.saetze} for u in getan]})
    else:
        schreibe("\n".join(_umgestellt(getan, probe)))
    return 0


def _umgestellt(getan: list[Umstellung], probe: bool) -> list[str]:
    if not getan:
        return ["Alle Vorgänge sind auf der Fassung dieses Programms; es gibt nichts umzustellen."]
    mit = [u.als_text() for u in getan if u.saetze]
    ohne = f"Bei {len(getan) - len(mit)} weiteren ändert sich nur die Fassung."
    schluss = (f"Umzustellen wären {len(getan)} Vorgänge. Geändert ist nichts; ohne „--probe“ geschieht es." if probe
               else f"Umgestellt sind {len(getan)} Vorgänge. Ob die Geschichte stimmt, prüft „kreislauf pruefen“.")
    return [*mit, ohne, schluss]


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
    db = Datenbank(e.datenbank, groesse=2, geduld=e.geduld)
    with geschlossen(db):
        sicherung = stelle_her(db, quelle, jetzt(), systemkonto(), lambda tabelle, zeilen: fortschritt.zeige(f"{tabelle}: {zeilen} Zeilen"))
        with db.lesen() as s:
            umzustellen = hinweis(umzustellende(s).values())
    fortschritt.ende()
    schreibe(f"Wiederhergestellt aus {quelle} nach {e.datenbank_ohne_kennwort}: {sicherung.manifest.zeilen} Zeilen, "
             f"{sicherung.manifest.ereignisse} Ereignisse; die Geschichte ist geprüft.")
    if umzustellen:
        schreibe(umzustellen)
    return 0
