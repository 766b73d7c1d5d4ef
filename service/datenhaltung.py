"""Die Datenbank auf dem Stand des Programms halten und nur öffnen, was zu ihm passt.

Daneben liegen `bestand.py` (passt alles zueinander?) und `sicherung.py` (sichern und wiederherstellen).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection

from service.db import GEDULD, Datenbank, Geduld, Sitzung
from service.errors import Betriebsfehler
from service.migrations import ORT, STAENDE, TABELLE
from service.stoerung import sqlite_kennung
from states.kette import PROZESSE

_WANDERUNG = 7_240_119_001  # Sperre auf PostgreSQL, damit nicht zwei zugleich umbauen


def oeffne(adresse: str | Path, *, groesse: int = 16, umstellen: bool = False, geduld: Geduld = GEDULD) -> Datenbank:
    """Öffnet eine vorhandene Datenbank; Betriebsfehler mit Rat, wenn es sie nicht gibt oder sie nicht zum Programm passt.

    `umstellen`: auch eine mit Vorgängen in Zuständen, an deren Stelle in der heutigen Tabelle andere stehen.
    """
    db = Datenbank(adresse, groesse=groesse, geduld=geduld)
    if not db.postgres and not os.path.exists(db.adresse):
        raise Betriebsfehler(f"Unter {db.adresse} gibt es noch keine Datenbank. Bitte rufen Sie „kreislauf db upgrade“ auf.")
    try:
        with verstaendlich(db), db.lesen() as s:
            pruefe_stand(s, umstellen=umstellen)
    except Betriebsfehler:
        db.schliessen()
        raise
    return db


def hebe_an(db: Datenbank) -> tuple[str, str]:
    """Legt die Tabellen an oder bringt sie auf den Stand des Programms; (Stand vorher, Stand nachher), leer: keiner.

    Alles in einer Transaktion, auch auf SQLite: Bricht etwas ab, ist nichts geschehen.
    """
    with verstaendlich(db), db.lesen() as s:
        stand(s)  # so fällt ein falscher Ort auf, bevor etwas geschieht
    with db.umbau() as (verbindung, s):
        sperre_umbau(s)
        vorher = stand(s)
        if vorher != STAENDE[-1]:
            wandere(verbindung, STAENDE[-1])
    return vorher, STAENDE[-1]


def stand(s: Sitzung) -> str:
    """Der Stand des Schemas, leer für eine Datenbank ohne Tabellen; Betriebsfehler, wenn das Programm ihn nicht kennt."""
    if not gibt_es(s, TABELLE):
        if gibt_es(s, "vorgang"):
            raise Betriebsfehler("Die Datenbank enthält schon Tabellen, aber keine Angabe über ihren Stand. Sie stammt nicht von diesem "
                                 "Programm; bitte verwenden Sie eine andere.")
        return ""
    gefunden = str(s.wert(f"SELECT version_num FROM {TABELLE}") or "")
    if gefunden and gefunden not in STAENDE:
        raise Betriebsfehler(f"Die Datenbank hat den Stand {gefunden}; dieses Programm kennt nur Stände bis {STAENDE[-1]}. "
                             "Bitte verwenden Sie die neuere Fassung des Programms, mit der sie zuletzt benutzt wurde.")
    return gefunden


def pruefe_stand(s: Sitzung, *, umstellen: bool = False) -> None:
    """Betriebsfehler, wenn die Datenbank nicht auf dem Stand des Programms ist oder Zustände enthält, die es nicht kennt."""
    gefunden = stand(s)
    if gefunden != STAENDE[-1]:
        was = f"hat den Stand {gefunden}, das Programm erwartet {STAENDE[-1]}" if gefunden else "ist noch leer"
        raise Betriebsfehler(f"Die Datenbank {was}. Bitte rufen Sie „kreislauf db upgrade“ auf.")
    if not umstellen and (fruehere := fruehere_zustaende(s)):
        raise Betriebsfehler(f"Die Datenbank enthält Vorgänge in einem Zustand, den es nicht mehr gibt: {', '.join(fruehere)}. "
                             "Bitte rufen Sie „kreislauf db umstellen“ auf.")
    if fremde := unbekannte_zustaende(s):
        raise Betriebsfehler(f"Die Datenbank enthält Vorgänge in einem Zustand, den dieses Programm nicht kennt: {', '.join(fremde)}. "
                             "Bitte verwenden Sie die Fassung des Programms, mit der sie zuletzt benutzt wurde, oder eine neuere.")


def unbekannte_zustaende(s: Sitzung) -> list[str]:
    """Was weder die heutige Tabelle kennt noch eine frühere kannte."""
    bekannt = {(art, zustand.wert) for art, prozess in PROZESSE.items() for zustand in prozess.alle_zustaende} | {
        (art, frueher.wert) for art, prozess in PROZESSE.items() for frueher in prozess.frueher}
    return [f"{art} „{zustand}“" for art, zustand in _vorhandene_zustaende(s) if (art, zustand) not in bekannt]


def fruehere_zustaende(s: Sitzung) -> list[str]:
    return [f"{art} „{zustand}“" for art, zustand in _vorhandene_zustaende(s)
            if art in PROZESSE and PROZESSE[art].heutiger(zustand) != zustand]


def _vorhandene_zustaende(s: Sitzung) -> list[tuple[str, str]]:
    return [(art, zustand) for art, zustand in s.alle("SELECT DISTINCT art, zustand FROM zaehler WHERE anzahl > 0 ORDER BY art, zustand")]


def wandere(verbindung: Connection, ziel: str) -> None:
    """Führt die Wanderungen bis `ziel` in der offenen Transaktion der Verbindung aus."""
    from alembic import command  # erst hier: das Programm startet sonst langsamer
    from alembic.config import Config

    angaben = Config()
    angaben.set_main_option("script_location", str(ORT).replace("%", "%%"))
    angaben.attributes["connection"] = verbindung
    command.upgrade(angaben, ziel)


def sperre_umbau(s: Sitzung) -> None:
    """Bis zum Ende der Transaktion baut niemand sonst um; auf SQLite gilt das ohnehin."""
    if s.postgres:
        s.fuehre("SELECT pg_advisory_xact_lock(:nummer)", {"nummer": _WANDERUNG})


def gibt_es(s: Sitzung, tabelle: str) -> bool:
    if s.postgres:
        return s.wert("SELECT to_regclass(:name)", {"name": tabelle}) is not None
    return s.wert("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name", {"name": tabelle}) is not None


@contextmanager
def verstaendlich(db: Datenbank | None = None) -> Iterator[None]:
    """Was die Datenbank selbst nicht kann (nicht erreichbar, keine Datenbank, kein Platz), als deutscher Satz."""
    try:
        yield
    except (psycopg.OperationalError, sqlite.DatabaseError) as fehler:
        if db is not None and not db.postgres and not os.access(ort := os.path.dirname(db.adresse) or ".", os.W_OK, effective_ids=True):
            raise Betriebsfehler(f"Der Ordner {ort} ist für dieses Konto schreibgeschützt; SQLite muss dort schreiben, auch zum Lesen. "
                                 "Bitte geben Sie ihn frei.") from fehler
        rat = "Bitte prüfen Sie KREISLAUF_DB und KREISLAUF_DATEN."
        if isinstance(fehler, sqlite.DatabaseError) and sqlite_kennung(fehler) == sqlite.SQLITE_CORRUPT:
            rat = "Sie ist beschädigt; bitte stellen Sie eine Sicherung wieder her („kreislauf db restore“)."
        raise Betriebsfehler(f"Die Datenbank lässt sich nicht verwenden. {rat} "
                             f"(Meldung der Datenbank: {str(fehler).strip()})") from fehler
