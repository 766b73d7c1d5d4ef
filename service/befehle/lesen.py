"""`kreislauf spur` und `kreislauf pruefen`: ansehen, ohne etwas zu ändern."""

from __future__ import annotations

import pysqlite3.dbapi2 as sqlite

from forms.render import anzahl
from service.befehle.ausgabe import sage, schreibe, schreibe_json
from service.befehle.betrieb import datenbank, unlesbar
from service.clock import jetzt
from service.pruefen import Pruefbericht
from service.pruefen import pruefe as pruefe_geschichte
from service.settings import lade_einstellungen
from service.spur import spur as finde_spur


def spur(key: str, *, als_json: bool) -> int:
    with datenbank(lade_einstellungen()) as db, db.lesen() as s:
        gefunden = finde_spur(s, key)
    if als_json:
        schreibe_json(gefunden.als_json())
    else:
        schreibe(gefunden.als_text())
    return 0


def pruefe(*, als_json: bool) -> int:
    """1, wenn etwas nicht stimmt."""
    bericht = Pruefbericht()
    with datenbank(lade_einstellungen()) as db:
        try:
            with db.lesen() as s:
                bericht = pruefe_geschichte(s, jetzt())
        except sqlite.DatabaseError as fehler:
            if not unlesbar(fehler):
                raise
            bericht.fehler.append(("Datenbank", f"Die Datenbank ist beschädigt. (Meldung der Datenbank: {str(fehler).strip()})"))
    if als_json:
        schreibe_json(bericht.als_json())
    else:
        schreibe("\n".join(_text(bericht)))
    return 0 if bericht.ok else 1


def _text(bericht: Pruefbericht) -> list[str]:
    zeilen = [f"{ort}: {grund}" for ort, grund in bericht.fehler]
    if bericht.umzustellen:
        sage(f"{bericht.umzustellen} Vorgänge sind noch nach einer früheren Fassung des Ablaufs geführt; was aus ihren Ereignissen folgt, "
             "ist bei ihnen nicht geprüft. Bitte rufen Sie „kreislauf db umstellen“ auf.")
    geprueft = f"{bericht.ereignisse} Ereignisse geprüft, davon {bericht.ungesiegelt} seit dem letzten Siegel."
    return [*zeilen, geprueft, f"Gefunden: {anzahl(len(zeilen), 'Befund', 'Befunde')}." if zeilen else "Die Geschichte ist unverändert."]
