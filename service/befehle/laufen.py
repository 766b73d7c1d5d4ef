"""`kreislauf run` und `kreislauf worker`: was von selbst läuft, bis jemand es beendet."""

from __future__ import annotations

import fcntl
import math
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from service.aufsicht import Aufsicht, Dienst, Puls
from service.befehle.ausgabe import sage, schreibe
from service.befehle.betrieb import beginne, datenbank, eingerichtete_datenbank
from service.clock import jetzt
from service.errors import Betriebsfehler
from service.lauf import VERSPAETET_AB, herzschlag
from service.settings import Einstellungen, lade_einstellungen
from service.vorfuehrung import ist_vorfuehrung
from service.zeitgeber import Zeitgeber, feste_orte, zeitgeber

_SEITEN = "Seiten"
# Mehr, als Server und Runden zusammen zum Starten brauchen dürfen: wer nur langsam ist, wird nicht noch einmal gestartet.
HAENGT_AB = VERSPAETET_AB + timedelta(minutes=3)


def worker() -> int:
    """Die Runden, und wo kein anderer genannt ist, auch der Prefect-Server."""
    e = lade_einstellungen()
    beginne(e)
    with datenbank(e):
        pass  # fehlt sie oder passt sie nicht, soll das jetzt auffallen, nicht in einer Minute
    with _allein(e):
        z = zeitgeber(e, os.environ)
        sage(_wozu(z, e))
        Aufsicht(z.dienste(), sage, puls=_puls(e)).fuehre()
    sage("Der Worker ist beendet.")
    return 0


def alles() -> int:
    """Seiten, Prefect-Server und Runden. Die Seiten warten auf niemanden."""
    e = lade_einstellungen()
    beginne(e, still=True)  # was nur ein Hinweis ist, sagt gleich der Dienst der Seiten
    if _antwortet(e):
        raise Betriebsfehler(f"Am Anschluss {e.port} antwortet schon ein anderes Programm. Bitte beenden Sie es, oder nennen Sie in "
                             "KREISLAUF_PORT einen anderen.")
    with eingerichtete_datenbank(e, jetzt()) as db, db.lesen() as s:
        vorfuehrung = ist_vorfuehrung(s)
    with _allein(e):
        z = zeitgeber(e, os.environ)
        seiten = Dienst(_SEITEN, (sys.executable, "-m", "service.cli", "web"), {**os.environ, **feste_orte(e)})
        sage(_wozu(z, e))
        Aufsicht([seiten, *z.dienste(_neue_ausgabe(e))], sage, _einmal_bereit(e, vorfuehrung), _puls(e)).fuehre()
    sage("Alles ist beendet.")
    return 0


def _puls(e: Einstellungen) -> Puls:
    def still_seit() -> float:
        """Kann die Datenbank es gerade nicht sagen, liegt es nicht an Prefect."""
        try:
            with datenbank(e) as db, db.lesen() as s:
                letzter = herzschlag(s)
        except Betriebsfehler:
            return 0.0
        return math.inf if letzter is None else (jetzt() - letzter.zuletzt).total_seconds()

    return Puls(still_seit, HAENGT_AB.total_seconds())


def _wozu(z: Zeitgeber, e: Einstellungen) -> str:
    wo = "einem eigenen Prefect-Server" if z.eigener else f"dem Prefect-Server {z.adresse}"
    return f"Fristen und Nachrichten werden alle {e.takt} Sekunden bearbeitet, angestoßen von {wo}. Beenden: Strg+C."


def _neue_ausgabe(e: Einstellungen) -> Path:
    """Was Prefect und die Runden melden, lenkte am Bildschirm nur ab; jeder Start beginnt die Datei neu."""
    ordner = e.daten.absolute() / "prefect"
    ordner.mkdir(mode=0o700, exist_ok=True)
    datei = ordner / "ausgabe.log"
    datei.unlink(missing_ok=True)
    return datei


def _einmal_bereit(e: Einstellungen, vorfuehrung: bool) -> Callable[[], None]:
    """Nennt die Adresse, sobald dort jemand antwortet."""
    gesagt: list[bool] = []

    def nachsehen() -> None:
        if not gesagt and _antwortet(e):
            gesagt.append(True)
            schreibe("\n".join(["", f"Der Kreislauf läuft: {e.webadresse}", _anmelden(vorfuehrung), ""]))
            sys.stdout.flush()

    return nachsehen


def _anmelden(vorfuehrung: bool) -> str:
    if vorfuehrung:
        return "Anmelden: Dies ist eine Vorführung. Wählen Sie auf der Anmeldeseite eine Person; ein Kennwort brauchen Sie nicht."
    return "Anmelden: mit Ihrer Kennung und Ihrem Kennwort. Gibt es noch kein Konto, steht der Link für das erste weiter oben."


def _antwortet(e: Einstellungen) -> bool:
    hier = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(e.host, e.host)
    try:
        with socket.create_connection((hier, e.port), timeout=0.2):
            return True
    except OSError:
        return False


@contextmanager
def _allein(e: Einstellungen) -> Iterator[None]:
    """Je Datenordner einmal: zwei Server auf derselben Datei von Prefect kämen sich in die Quere."""
    e.lege_datenordner_an()
    kennung = os.open(e.daten / "laeuft", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _sperre(kennung, e)
        yield
    finally:
        os.close(kennung)


def _sperre(kennung: int, e: Einstellungen) -> None:
    """Die Sperre endet mit dem Prozess, auch mit einem getöteten."""
    try:
        fcntl.flock(kennung, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fehler:
        raise Betriebsfehler(f"Für den Datenordner {e.daten} läuft schon „kreislauf run“ oder „kreislauf worker“.") from fehler
