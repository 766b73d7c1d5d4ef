"""Ein Fehler im Programm: eine Nummer und seine Spur, ohne was die Datenbank dazu sagte; darin stünden Angaben zu Personen."""

from __future__ import annotations

import errno
import os
import platform
import secrets
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from service.befehle.ausgabe import sage
from service.clock import als_text
from service.errors import Betriebsfehler
from service.fehlerspur import spur_ohne_angaben
from service.settings import lade_einstellungen

_ORDNER = "fehler"
_ORT = {errno.ENOSPC: "der Datenträger ist voll", errno.EDQUOT: "das Kontingent dieses Kontos ist aufgebraucht",
        errno.EROFS: "der Datenträger ist schreibgeschützt", errno.EACCES: "dieses Konto darf es nicht",
        errno.EPERM: "dieses Konto darf es nicht", errno.EIO: "der Datenträger lässt sich nicht lesen oder beschreiben",
        errno.EMFILE: "es sind zu viele Dateien zugleich offen", errno.ENOMEM: "der Arbeitsspeicher reicht nicht"}


def am_ort(fehler: BaseException) -> str:
    """Ein Satz, wenn es am Rechner liegt und nicht am Programm; sonst leer."""
    if not isinstance(fehler, OSError) or fehler.errno not in _ORT:
        return ""
    was = f"Mit {fehler.filename}" if fehler.filename else "Mit einer Datei oder der Ausgabe"
    return f"{was} ging es nicht weiter: {_ORT[fehler.errno]}."


def melde(fehler: BaseException, befehl: str, jetzt: datetime) -> None:
    """Sagt es dem Menschen; die Spur steht in einer Datei im Datenordner, oder, wo das nicht geht, darunter."""
    kennung = secrets.token_hex(4)
    spur = f"{als_text(jetzt)}  Fehler {kennung} bei „kreislauf {befehl}“, {_fassungen()}\n\n{spur_ohne_angaben(fehler)}"
    sage(f"Das ist ein Fehler im Programm; er hat die Nummer {kennung}. Was davor fertig war, bleibt.")
    if (datei := _hinterlege(kennung, spur)) is None:
        sage(f"Bitte melden Sie ihn mit diesen Zeilen; Angaben zu Personen stehen nicht darin.\n\n{spur}")
    else:
        sage(f"Bitte melden Sie ihn mit der Datei {datei}; Angaben zu Personen stehen nicht darin.")


def _hinterlege(kennung: str, spur: str) -> Path | None:
    try:
        daten = lade_einstellungen().daten
        if not daten.is_dir():
            return None
        (daten / _ORDNER).mkdir(mode=0o700, exist_ok=True)
        datei = daten / _ORDNER / f"{kennung}.txt"
        with os.fdopen(os.open(datei, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as strom:
            strom.write(spur)
    except (OSError, Betriebsfehler):
        return None
    return datei


def _fassungen() -> str:
    try:
        eigene = version("kreislauf")
    except PackageNotFoundError:
        eigene = "(nicht installiert)"
    return f"Kreislauf {eigene}, Python {platform.python_version()}"
