"""Was die Datenbank gerade nicht kann (weg, voll, belegt, schreibgeschützt), als Satz. Was am Programm liegt, bleibt ein Fehler."""

from __future__ import annotations

import psycopg
import pysqlite3.dbapi2 as sqlite
from sqlalchemy.exc import TimeoutError as KeineVerbindungFrei

from service.errors import Betriebsfehler
from states.aussage import aneinander

FEHLER = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction, sqlite.DatabaseError,
          KeineVerbindungFrei)
_BELEGT = (sqlite.SQLITE_BUSY, sqlite.SQLITE_LOCKED)
_AM_PROGRAMM = (sqlite.SQLITE_ERROR, sqlite.SQLITE_CONSTRAINT, sqlite.SQLITE_MISMATCH, sqlite.SQLITE_MISUSE, sqlite.SQLITE_RANGE)
_BESCHEID = "Bitte sagen Sie der Systemverwaltung Bescheid."
_SAETZE = {
    sqlite.SQLITE_FULL: aneinander(("Auf dem Datenträger der Datenbank reicht der Platz nicht.", _BESCHEID)),
    sqlite.SQLITE_READONLY: aneinander(("Die Datenbank ist schreibgeschützt.", _BESCHEID)),
    sqlite.SQLITE_IOERR: aneinander(("Die Datenbank kann ihren Datenträger nicht lesen oder beschreiben.", _BESCHEID)),
    sqlite.SQLITE_CORRUPT: aneinander(("Die Datenbank ist beschädigt.", _BESCHEID)),
    sqlite.SQLITE_NOTADB: aneinander(("Die Datenbank ist beschädigt.", _BESCHEID)),
}
_WEG = ("Die Datenbank ist gerade nicht zu erreichen. Bitte versuchen Sie es in einigen Minuten noch einmal. Hilft das nicht, sagen Sie "
        "bitte der Systemverwaltung Bescheid.")
_ZU_LANGE = ("Die Datenbank hat dafür zu lange gebraucht; es ist nichts geschehen. Bitte versuchen Sie es noch einmal, oder grenzen Sie "
             "ein, was Sie sehen wollen. Hilft das nicht: Bitte sagen Sie der Systemverwaltung Bescheid.")


class Belegt(Betriebsfehler):
    """Ein anderer schreibt, und das zu lange."""

    def __init__(self) -> None:
        super().__init__("Die Datenbank ist gerade von einem anderen Programm belegt. Bitte versuchen Sie es gleich noch einmal.")


class Ungewiss(Betriebsfehler):
    """Beim COMMIT riss die Verbindung ab: Ob gespeichert ist, weiß nur die Datenbank."""

    def __init__(self) -> None:
        super().__init__("Während des Speicherns ist die Verbindung zur Datenbank abgerissen. Ob Ihre Angaben gespeichert sind, steht "
                         "nicht fest: Bitte sehen Sie nach, ehe Sie sie noch einmal senden.")


def sqlite_kennung(fehler: Exception) -> int:
    return int(getattr(fehler, "sqlite_errorcode", sqlite.SQLITE_ERROR)) & 0xFF


def stoerung(fehler: Exception) -> Betriebsfehler | None:
    """None, wenn der Fehler am Programm liegt. Der Satz enthält nie, was die Datenbank selbst dazu sagt."""
    if isinstance(fehler, sqlite.DatabaseError):
        kennung = sqlite_kennung(fehler)
        if kennung in _BELEGT:
            return Belegt()
        return None if kennung in _AM_PROGRAMM else Betriebsfehler(_SAETZE.get(kennung, _WEG))
    if isinstance(fehler, psycopg.errors.LockNotAvailable):
        return Belegt()
    if isinstance(fehler, psycopg.errors.QueryCanceled):
        return Betriebsfehler(_ZU_LANGE)
    if isinstance(fehler, (psycopg.errors.DiskFull, psycopg.errors.ReadOnlySqlTransaction)):
        return Betriebsfehler(_SAETZE[sqlite.SQLITE_FULL if isinstance(fehler, psycopg.errors.DiskFull) else sqlite.SQLITE_READONLY])
    return Betriebsfehler(_WEG) if isinstance(fehler, FEHLER) else None
