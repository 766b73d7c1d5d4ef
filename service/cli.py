"""Der Befehl `kreislauf`. Jeder Befehl lädt erst beim Aufruf, was er braucht: `--help` kommt ohne Datenbank aus.

Ende: 0 erledigt, 1 es gibt Befunde, 2 falsch aufgerufen oder nicht eingerichtet, 3 ein Fehler im Programm.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from types import TracebackType
from typing import Literal

from service.befehle import ausgabe
from service.befehle.argumente import leser
from service.befehle.sprache import deutsch
from service.clock import jetzt
from service.errors import Beschaedigt, Kreislauffehler

BEFUNDE = 1
FALSCH = 2
PROGRAMMFEHLER = 3
_ABGEBROCHEN = 130
_NIEMAND_LIEST = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Der Rückgabewert ist das Ende des Programms; nur argparse beendet es selbst (Hilfe, Version, falscher Aufruf)."""
    os.umask(0o077)  # was hier entsteht, auch bei Prefect und in Sicherungen, ist nur für dieses Konto
    ausgabe.richte_ein()
    with deutsch():
        parser = leser()
        a = parser.parse_args(argv)
        if a.befehl == "fristen" and a.jetzt == bool(a.unterbefehl):
            parser.error("Bitte geben Sie entweder --jetzt oder den Befehl berechne an.")
    grenze = _Programmgrenze(" ".join(filter(None, (a.befehl, getattr(a, "unterbefehl", "")))))
    with grenze:
        return _gefuehrt(a)
    return grenze.ende


class _Programmgrenze:
    """Ein unerwarteter Fehler bekommt eine Nummer und hinterlässt seine Spur, endet aber nicht mit der 1, die Befunde bedeutet."""

    def __init__(self, befehl: str) -> None:
        self.befehl, self.ende = befehl, PROGRAMMFEHLER

    def __enter__(self) -> None:
        return None

    def __exit__(self, art: type[BaseException] | None, fehler: BaseException | None, _: TracebackType | None) -> bool:
        if isinstance(fehler, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # sonst klagt Python beim Beenden noch einmal
            self.ende = _NIEMAND_LIEST
            return True
        if isinstance(fehler, KeyboardInterrupt):
            ausgabe.sage("\nAbgebrochen.")
            self.ende = _ABGEBROCHEN
            return True
        if isinstance(fehler, Exception):
            self._unerwartet(fehler)
            return True
        return False

    def _unerwartet(self, fehler: Exception) -> None:
        from service.befehle import programmfehler
        if satz := programmfehler.am_ort(fehler):
            ausgabe.sage(satz)
            self.ende = FALSCH
        else:
            programmfehler.melde(fehler, self.befehl, jetzt())


def _gefuehrt(a: Namespace) -> int:
    """Führt den Befehl aus; was Menschen beheben können, wird ein deutscher Satz."""
    try:
        ende = _befehl(a)
        sys.stdout.flush()  # hier, nicht erst beim Beenden, fällt auf, dass niemand mehr liest
        return ende
    except Kreislauffehler as fehler:
        ausgabe.sage(fehler.satz)
        return BEFUNDE if isinstance(fehler, Beschaedigt) else FALSCH


def _befehl(a: Namespace) -> int:
    match a.befehl, a.unterbefehl:
        case "prozess", _:
            from service.befehle import prozess
            return prozess.zeige(a.art, mermaid=a.mermaid, markdown=a.markdown)
        case ("run" | "web" | "worker") as dauernd, _:
            return _laufe(dauernd)
        case "import", _:
            from service.befehle import importe
            return importe.importiere(a.datei, als_json=a.json)
        case "spur", _:
            from service.befehle import lesen
            return lesen.spur(a.key, als_json=a.json)
        case "pruefen", _:
            from service.befehle import lesen
            return lesen.pruefe(als_json=a.json)
        case "fristen", unterbefehl:
            return _fristen(unterbefehl, a)
        case "ausgang", _:
            from service.befehle import ausgang
            return ausgang.lies_ruecklaeufer(a.ruecklaeufer) if a.ruecklaeufer else ausgang.zeige(runde_jetzt=a.jetzt, als_json=a.json)
        case "demo", _:
            from service.befehle import demo
            return demo.fuelle(leer=a.leer)
        case "profil", unterbefehl:
            from service.befehle import profil
            return profil.pruefe(a.datei) if unterbefehl == "pruefen" else profil.uebernimm(a.datei, mit_vorfuehrung=a.mit_konten)
        case "konto", _:
            from service.befehle import konto
            return konto.lade_ein(a.person)
        case "db", unterbefehl:
            return _db(unterbefehl, a)
        case _:
            from service.befehle import einstellungen
            return einstellungen.pruefe()


def _fristen(unterbefehl: Literal["berechne", "runde"], a: Namespace) -> int:
    from service.befehle import fristen
    if unterbefehl == "berechne":
        return fristen.berechne(a.datum, a.dauer, rueckwaerts=a.rueckwaerts, als_json=a.json)
    return fristen.runde_jetzt(als_json=a.json)


def _laufe(befehl: str) -> int:
    """Was läuft, bis es jemand beendet."""
    if befehl == "web":
        from service.befehle import web
        return web.biete_an()
    from service.befehle import laufen
    return laufen.alles() if befehl == "run" else laufen.worker()


def _db(unterbefehl: Literal["upgrade", "umstellen", "check", "backup", "restore"], a: Namespace) -> int:
    from service.befehle import db
    match unterbefehl:
        case "upgrade":
            return db.hebe_an()
        case "umstellen":
            return db.stelle_um(probe=a.probe, als_json=a.json)
        case "check":
            return db.pruefe()
        case "backup":
            return db.sichere(a.datei)
        case "restore":
            return db.stelle_wieder_her(a.datei)


if __name__ == "__main__":
    sys.exit(main())
