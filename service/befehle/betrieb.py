"""Was die Befehle brauchen, um zu arbeiten: Einstellungen, eine passende Datenbank, das Profil, das Konto dahinter."""

from __future__ import annotations

import errno
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from service.befehle.ausgabe import sage
from service import entwuerfe
from service.clock import berliner_tag
from service.datenhaltung import hebe_an, oeffne, pruefe_stand, stand, verstaendlich
from service.db import Datenbank
from service.errors import Betriebsfehler
from service.profil import Profil, ProfilFehler, lesen
from service.settings import Einstellungen
from service.stammdaten import uebernehme_profil
from service.stoerung import FEHLER, sqlite_kennung, stoerung
from service.umfeld import Umfeld, lade_umfeld
from states.kette import PROZESSE
from states.perlink import NACHFRIST


def systemkonto() -> str:
    """Das Konto des Betriebssystems, für das Protokoll; nicht aus der Umgebung, die jeder setzen kann."""
    if sys.platform == "win32":
        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # in Behältern hat die Kennung oft keinen Namen
        return f"uid {os.getuid()}"


def woran(fehler: OSError) -> str:
    """Warum sich eine Datei nicht öffnen ließ, auf Deutsch."""
    return _WORAN.get(fehler.errno or 0, str(fehler.strerror))


_WORAN = {errno.ENOENT: "es gibt sie nicht", errno.EISDIR: "das ist ein Ordner", errno.EACCES: "dieses Konto darf es nicht",
          errno.ENOTDIR: "im Pfad steht etwas, das kein Ordner ist"}


def lies_profil(datei: Path) -> Profil:
    """Mit den Namen aller Fristen, die das Programm kennt. Wirft ProfilFehler."""
    return lesen(datei, fristen={NACHFRIST: 0, entwuerfe.FRIST: 0, **{f.name: len(f.stufen) for p in PROZESSE.values() for f in p.fristen}})


def beginne(e: Einstellungen, *, still: bool = False) -> None:
    """Vor allem, was dauernd läuft: Betriebsfehler, wo es unsicher wäre; was sonst nicht zusammenpasst, steht als Hinweis da."""
    for satz in e.verbietet():
        raise Betriebsfehler(satz)
    for satz in () if still else e.pruefe():
        sage(f"Hinweis: {satz}")


@contextmanager
def datenbank(e: Einstellungen, *, umstellen: bool = False) -> Iterator[Datenbank]:
    """Die vorhandene Datenbank; Betriebsfehler mit Rat, wenn es keine gibt oder sie nicht zum Programm passt."""
    db = oeffne(e.datenbank, groesse=2, umstellen=umstellen, geduld=e.geduld)
    with geschlossen(db):
        yield db


@contextmanager
def eingerichtete_datenbank(e: Einstellungen, jetzt: datetime) -> Iterator[Datenbank]:
    """Wie `datenbank`; wo noch nichts ist, wird angelegt und gesagt, was. Bestehendes wird nie von selbst angehoben."""
    with angelegte_datenbank(e) as db:
        with db.lesen() as s:
            mit_profil = s.wert("SELECT 1 FROM profil LIMIT 1") is not None
        if not mit_profil:
            uebernimm_erstes_profil(db, e, jetzt)
        yield db


@contextmanager
def angelegte_datenbank(e: Einstellungen) -> Iterator[Datenbank]:
    """Datenordner und Tabellen sind da; ein Profil vielleicht noch nicht."""
    neue_datei = bereite_ort(e)
    db = Datenbank(e.datenbank, groesse=2, geduld=e.geduld)
    with geschlossen(db):
        with verstaendlich(db), db.lesen() as s:
            leer = not stand(s)
            if not leer:
                pruefe_stand(s)
        if leer:
            sage(f"Hier gibt es noch nichts; die Datenbank {e.datenbank_ohne_kennwort} wird angelegt." if neue_datei or not e.auf_sqlite
                 else f"Die Datenbank {e.datenbank_ohne_kennwort} ist leer; ihre Tabellen werden angelegt.")
            hebe_an(db)
        yield db


def bereite_ort(e: Einstellungen) -> bool:
    """Legt den Datenordner an; wahr, wenn es die SQLite-Datei noch nicht gibt."""
    e.lege_datenordner_an()
    if not e.auf_sqlite:
        return False
    datei = Path(e.datenbank.removeprefix("sqlite:///"))
    if not datei.parent.is_dir():
        raise Betriebsfehler(f"Den Ordner {datei.parent} für die Datenbank gibt es nicht. Bitte legen Sie ihn an.")
    return not datei.exists()


def uebernimm_erstes_profil(db: Datenbank, e: Einstellungen, jetzt: datetime) -> None:
    """Das Profil aus den Einstellungen; mit dem mitgelieferten kommen auch seine Konten, sonst wäre niemand zuständig."""
    try:
        profil = lies_profil(e.profildatei)
    except ProfilFehler as fehler:
        raise Betriebsfehler(f"Das Profil {e.profildatei} lässt sich nicht übernehmen. {fehler.befunde[0]} "
                             f"Alle Mängel nennt „kreislauf profil pruefen {e.profildatei}“.") from fehler
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, jetzt, systemkonto(), mit_vorfuehrung=e.profil is None))
    sage(f"Das Profil {profil.name} ({profil.fassung}) ist übernommen.")


def umfeld(db: Datenbank, jetzt: datetime) -> Umfeld:
    with db.lesen() as s:
        return lade_umfeld(s, berliner_tag(jetzt).isoformat())


def unlesbar(fehler: sqlite.DatabaseError) -> bool:
    """Die SQLite-Datei selbst ist beschädigt."""
    return sqlite_kennung(fehler) in (sqlite.SQLITE_CORRUPT, sqlite.SQLITE_NOTADB)


@contextmanager
def geschlossen(db: Datenbank) -> Iterator[None]:
    """Schließt am Ende; was unterwegs nicht am Programm liegt (Platz, Zugriff, Verbindung), wird ein deutscher Satz."""
    try:
        yield
    except FEHLER as fehler:
        if (gestoert := stoerung(fehler)) is None:
            raise
        raise Betriebsfehler(f"{gestoert.satz} Was bis dahin fertig war, bleibt. (Meldung der Datenbank: {str(fehler).strip()})"
                             ) from fehler
    finally:
        db.schliessen()
