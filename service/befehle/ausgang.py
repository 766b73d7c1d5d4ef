"""`kreislauf ausgang`: zeigen, was wartet und was gescheitert ist, oder eine Runde des Versands jetzt."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from service import ruecklaeufer
from service.befehle.ausgabe import sage, schreibe, schreibe_json
from service.befehle.betrieb import eingerichtete_datenbank, umfeld, woran
from service.clock import BERLIN, aus_text, jetzt
from service.errors import Betriebsfehler
from service.sendungen import Eintrag, Lage, lage
from service.settings import lade_einstellungen
from service.zustellung import Versand, versandrunde

_GROESSTER = 10_000_000  # Bytes; mehr als Kopf und Bericht braucht niemand


def zeige(*, runde_jetzt: bool, als_json: bool) -> int:
    """1, wenn etwas gescheitert ist und jemand handeln muss."""
    zeit, einstellungen = jetzt(), lade_einstellungen()
    versand = None
    with eingerichtete_datenbank(einstellungen, zeit) as db:
        if runde_jetzt:
            versand = versandrunde(db, einstellungen, umfeld(db, zeit), zeit)
        with db.lesen() as s:
            stand = lage(s, zeit)
    if als_json:
        schreibe_json(_als_json(stand, versand))
    else:
        schreibe("\n".join([*(_rundentext(versand) if versand else ()), *_text(stand)]))
    return 1 if stand.gescheitert or (versand is not None and versand.ohne_mailserver) else 0


def lies_ruecklaeufer(datei: str) -> int:
    """0, wenn nichts weiter zu tun ist: Der Rückläufer ist vermerkt, oder er ist keiner von uns. So kann ein Mailserver ihn einspeisen."""
    roh = _lies(datei)
    zeit, einstellungen = jetzt(), lade_einstellungen()
    gelesen = ruecklaeufer.lies(roh)
    if gelesen is None:
        sage("Das ist keine Unzustellbarkeitsnachricht, oder sie nennt die ursprüngliche Nachricht nicht. Es wurde nichts geändert.")
        return 0
    with eingerichtete_datenbank(einstellungen, zeit) as db:
        vermerkt = db.in_transaktion(lambda s: ruecklaeufer.vermerke(s, gelesen))
    sage("Die Nachricht gilt jetzt als nicht zugestellt; die zuständige Koordination sieht sie unter „Nachrichten“." if vermerkt
         else "Zu diesem Rückläufer ist nichts zu vermerken: Der Mailserver versucht es noch, oder die Nachricht ist uns nicht bekannt.")
    return 0


def _lies(datei: str) -> bytes:
    if datei == "-":
        return sys.stdin.buffer.read(_GROESSTER)
    try:
        with Path(datei).open("rb") as f:
            return f.read(_GROESSTER)
    except OSError as fehler:
        raise Betriebsfehler(f"Die Datei {datei} lässt sich nicht lesen ({woran(fehler)}).") from fehler


def _als_json(stand: Lage, versand: Versand | None) -> dict[str, Any]:
    return {"runde": asdict(versand) if versand else None, "faellig": stand.faellig, "spaeter": stand.spaeter,
            "wartend": [e.als_json() for e in stand.wartend], "gescheitert": [e.als_json() for e in stand.gescheitert]}


def _rundentext(v: Versand) -> list[str]:
    zeilen = [f"Zusammengestellt: {v.zusammengestellt}", f"Zugestellt: {v.zugestellt}", f"Aufgeschoben: {v.aufgeschoben}",
              f"Gescheitert: {v.gescheitert + v.befunde}"]
    if v.ohne_mailserver:
        zeilen.append("Es ist kein Mailserver eingestellt; die Nachrichten warten. Bitte setzen Sie KREISLAUF_SMTP_HOST.")
    return zeilen


def _text(stand: Lage) -> list[str]:
    return [f"Mitteilungen, aus denen die nächste Runde Nachrichten macht: {stand.faellig}",
            f"Mitteilungen, die noch warten, falls jemand den Schritt zurücknimmt: {stand.spaeter}",
            f"Nachrichten, die auf ihren Versand warten: {len(stand.wartend)}", *(z for e in stand.wartend for z in _eintrag(e)),
            f"Nachrichten, die nicht zugestellt werden konnten: {len(stand.gescheitert)}",
            *(z for e in stand.gescheitert for z in _eintrag(e))]


def _eintrag(e: Eintrag) -> list[str]:
    wartet = f", nächster Versuch {_zeit(aus_text(e.naechster_versuch))}" if e.zustand == "bereit" and e.versuche else ""
    grund = f" [{e.fehler}]" if e.fehler else ""
    return [f"  {e.id}: {e.betreff}, an {e.empfaenger}{grund}, Versuche: {e.versuche}{wartet}", *([f"    {e.rat}"] if e.rat else [])]


def _zeit(zeitpunkt: datetime) -> str:
    return f"{zeitpunkt.astimezone(BERLIN):%d.%m.%Y %H:%M}"
