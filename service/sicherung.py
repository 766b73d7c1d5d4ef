"""Sichern und Wiederherstellen, in einem Format für beide Datenbanken: eine ZIP-Datei mit JSON Lines je Tabelle.

Die letzte Datei darin ist `manifest.json`: Stand des Schemas, je Tabelle Spalten, Zeilenzahl und SHA-256, dazu Zahl
und letzter Hash der Ereignisse. Gelesen und geschrieben wird Zeile für Zeile; der Speicherbedarf wächst nicht mit.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Any, Literal, NamedTuple

import psycopg
import pysqlite3.dbapi2 as sqlite
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import Connection, inspect
from sqlmodel import SQLModel

from forms.render import anzahl
from service import tables  # noqa: F401  (füllt die Metadaten)
from service.clock import als_text, aus_text
from service.datenhaltung import pruefe_stand, sperre_umbau, stand, verstaendlich, wandere
from service.db import Datenbank, Sitzung
from service.errors import Beschaedigt, Betriebsfehler
from service.migrations import STAENDE, TABELLE
from service.protokoll import vermerke
from service.pruefen import pruefe, siegelkopf

_MANIFEST = "manifest.json"
_LAENGSTE_ZEILE = 64 * 1024 * 1024
_PUFFER = 1 << 18
_PORTION = 500
_WERTE = (int, str, type(None))  # andere Spaltenarten gibt es nicht
_LETZTES_EREIGNIS = "SELECT count(*), coalesce((SELECT hash FROM ereignis ORDER BY id DESC LIMIT 1), '') FROM ereignis"
Fortschritt = Callable[[str, int], None]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class _Angabe(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Tabelleninhalt(_Angabe):
    name: _Name
    spalten: tuple[_Name, ...] = Field(min_length=1)
    zeilen: int = Field(ge=0)
    sha256: str


class Manifest(_Angabe):
    format: Literal["kreislauf-sicherung/1"] = "kreislauf-sicherung/1"
    stand: str
    zeit: str
    ereignisse: int
    letzter_hash: str
    letztes_siegel: str = ""  # ältere Sicherungen nennen es nicht
    tabellen: tuple[Tabelleninhalt, ...]

    @property
    def zeilen(self) -> int:
        return sum(t.zeilen for t in self.tabellen)


class Sicherung(NamedTuple):
    """`sha256` gilt der ganzen Datei; getrennt von ihr notiert, zeigt sie, ob jemand die Datei ausgetauscht hat."""

    datei: Path
    sha256: str
    manifest: Manifest


# --- sichern ----------------------------------------------------------------------------------------------------------


def sichere(
    db: Datenbank, ziel: Path, jetzt: datetime, konto: str = "", fortschritt: Fortschritt = lambda tabelle, zeilen: None
) -> Sicherung:
    """Schreibt den Bestand eines Augenblicks in eine neue Datei, nur für das eigene Konto lesbar.

    `ziel`: Datei oder Ordner (dann mit dem Zeitpunkt im Namen). Andere arbeiten währenddessen weiter. Ihren Namen
    bekommt die Datei erst, wenn sie ganz geschrieben und wieder gelesen ist; eine vorhandene wird nie überschrieben.
    """
    datei = ziel / f"kreislauf-{als_text(jetzt)[:19].replace(':', '')}Z.zip" if ziel.is_dir() else ziel
    if datei.exists():
        raise Betriebsfehler(f"Die Datei {datei} gibt es schon. Bitte nennen Sie einen anderen Namen.")
    try:
        with _entwurf(datei) as strom:
            with verstaendlich(), db.lesen() as s:
                manifest = _schreibe(s, strom, jetzt, fortschritt)
            strom.flush()
            os.fsync(strom.fileno())
            _pruefe_datei(strom)
            pruefsumme = _sha256(strom)
    except OSError as fehler:
        raise Betriebsfehler(f"Die Sicherung {datei} lässt sich nicht schreiben ({fehler.strerror or fehler}).") from fehler
    angaben = {"datei": datei.name, "sha256": pruefsumme, "zeilen": manifest.zeilen}
    db.in_transaktion(lambda s: vermerke(s, jetzt, konto, "gesichert", angaben))
    return Sicherung(datei, pruefsumme, manifest)


@contextmanager
def _entwurf(datei: Path) -> Iterator[IO[bytes]]:
    """Eine neue Datei, die erst am Ende ihren Namen bekommt und bei einem Fehler verschwindet."""
    entwurf = datei.with_name(datei.name + ".teil")
    try:
        nummer = os.open(entwurf, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as fehler:
        raise Betriebsfehler(f"Die Datei {entwurf} stammt von einer Sicherung, die noch läuft oder abgebrochen ist. "
                             "Läuft keine mehr, löschen Sie sie bitte.") from fehler
    try:
        with os.fdopen(nummer, "w+b") as strom:
            yield strom
        entwurf.rename(datei)
    except BaseException:
        entwurf.unlink(missing_ok=True)
        raise


def _schreibe(s: Sitzung, strom: IO[bytes], jetzt: datetime, fortschritt: Fortschritt) -> Manifest:
    pruefe_stand(s)
    ereignisse, letzter_hash = s.alle(_LETZTES_EREIGNIS)[0]
    inhalte = []
    with zipfile.ZipFile(strom, "w", zipfile.ZIP_DEFLATED) as archiv:
        for tabelle in SQLModel.metadata.sorted_tables:
            spalten, ordnung = [c.name for c in tabelle.columns], [c.name for c in tabelle.primary_key]
            inhalte.append(_schreibe_tabelle(s, archiv, tabelle.name, spalten, ordnung))
            fortschritt(tabelle.name, inhalte[-1].zeilen)
        manifest = Manifest(stand=STAENDE[-1], zeit=als_text(jetzt), ereignisse=int(ereignisse), letzter_hash=str(letzter_hash),
                            letztes_siegel=siegelkopf(s), tabellen=tuple(inhalte))
        archiv.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


def _schreibe_tabelle(s: Sitzung, archiv: zipfile.ZipFile, name: str, spalten: list[str], ordnung: list[str]) -> Tabelleninhalt:
    pruefsumme, zeilen = hashlib.sha256(), 0
    with archiv.open(f"{name}.jsonl", "w", force_zip64=True) as roh, io.BufferedWriter(roh, _PUFFER) as ziel:
        for zeile in s.stroemen(f"SELECT {_liste(spalten)} FROM {name} ORDER BY {_liste(ordnung)}"):
            text = json.dumps(list(zeile), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            pruefsumme.update(text)
            ziel.write(text)
            zeilen += 1
    return Tabelleninhalt(name=name, spalten=tuple(spalten), zeilen=zeilen, sha256=pruefsumme.hexdigest())


def _liste(spalten: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f'"{spalte}"' for spalte in spalten)


def _sha256(strom: IO[bytes]) -> str:
    strom.seek(0)
    pruefsumme = hashlib.sha256()
    while stueck := strom.read(1 << 20):
        pruefsumme.update(stueck)
    return pruefsumme.hexdigest()


# --- eine Sicherung lesen ---------------------------------------------------------------------------------------------


def pruefe_sicherung(quelle: Path) -> Sicherung:
    """Liest die Sicherung ganz und vergleicht sie mit ihrem Manifest; Betriebsfehler, wenn etwas nicht stimmt."""
    with _quelle(quelle) as strom:
        return Sicherung(quelle, _sha256(strom), _pruefe_datei(strom))


@contextmanager
def _quelle(quelle: Path) -> Iterator[IO[bytes]]:
    try:
        strom = quelle.open("rb")
    except OSError as fehler:
        raise Betriebsfehler(f"Die Sicherung {quelle} lässt sich nicht lesen ({fehler.strerror or fehler}).") from fehler
    with strom:
        yield strom


def _pruefe_datei(strom: IO[bytes]) -> Manifest:
    with _archiv(strom) as archiv:
        manifest = _manifest(archiv)
        for tabelle in manifest.tabellen:
            for _ in _zeilen(archiv, tabelle):
                pass
    return manifest


@contextmanager
def _archiv(strom: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    strom.seek(0)
    try:
        with zipfile.ZipFile(strom) as archiv:
            if any(i.flag_bits & 1 or i.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for i in archiv.infolist()):
                raise _beschaedigt("sie ist anders gepackt, als dieses Programm es tut")
            yield archiv
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, NotImplementedError, OSError) as fehler:
        raise _beschaedigt("sie lässt sich nicht als ZIP-Datei lesen") from fehler


def _manifest(archiv: zipfile.ZipFile) -> Manifest:
    if _MANIFEST not in archiv.namelist():
        raise _beschaedigt("ihr Manifest fehlt")
    with archiv.open(_MANIFEST) as strom:
        try:
            manifest = Manifest.model_validate_json(strom.read(_LAENGSTE_ZEILE))
        except ValidationError as fehler:
            raise _beschaedigt("ihr Manifest ist nicht lesbar") from fehler
    namen = [f"{t.name}.jsonl" for t in manifest.tabellen]
    if sorted([*namen, _MANIFEST]) != sorted(archiv.namelist()):
        raise _beschaedigt("sie enthält nicht genau die Tabellen, die ihr Manifest nennt")
    if manifest.stand not in STAENDE:
        raise Betriebsfehler(f"Die Sicherung hat den Stand {manifest.stand}; dieses Programm kennt nur Stände bis {STAENDE[-1]}. "
                             "Bitte verwenden Sie die neuere Fassung des Programms, die sie geschrieben hat.")
    return manifest


def _zeilen(archiv: zipfile.ZipFile, tabelle: Tabelleninhalt) -> Iterator[list[Any]]:
    """Die Zeilen einer Tabelle; Betriebsfehler, sobald eine nicht lesbar ist oder am Ende Zahl und Prüfsumme nicht stimmen."""
    pruefsumme, zeilen = hashlib.sha256(), 0
    with archiv.open(f"{tabelle.name}.jsonl") as roh, io.BufferedReader(roh, _PUFFER) as strom:  # type: ignore[type-var]
        while text := strom.readline(_LAENGSTE_ZEILE):
            pruefsumme.update(text)
            zeilen += 1
            try:
                zeile = json.loads(text)
            except (ValueError, RecursionError) as fehler:
                raise _beschaedigt(f"in der Tabelle {tabelle.name} ist die Zeile {zeilen} nicht lesbar") from fehler
            if not isinstance(zeile, list) or len(zeile) != len(tabelle.spalten) or any(type(w) not in _WERTE for w in zeile):
                raise _beschaedigt(f"in der Tabelle {tabelle.name} hat die Zeile {zeilen} nicht die angegebenen Spalten")
            yield zeile
    if (zeilen, pruefsumme.hexdigest()) != (tabelle.zeilen, tabelle.sha256):
        raise _beschaedigt(f"die Tabelle {tabelle.name} stimmt nicht mit ihrer Prüfsumme überein")


def _beschaedigt(was: str) -> Beschaedigt:
    return Beschaedigt(f"Die Sicherung ist beschädigt oder verändert: {was}. Es wurde nichts wiederhergestellt.")


# --- wiederherstellen -------------------------------------------------------------------------------------------------


def stelle_wieder_her(
    db: Datenbank, quelle: Path, jetzt: datetime, konto: str = "", fortschritt: Fortschritt = lambda tabelle, zeilen: None
) -> Sicherung:
    """Lädt eine Sicherung in eine leere Datenbank, gleich aus welcher der beiden Arten sie stammt.

    Vorher wird die Datei ganz geprüft, nachher die Geschichte; alles in einer Transaktion. Eine ältere Sicherung wird
    danach auf den Stand des Programms gebracht.

    Raises:
        Betriebsfehler: die Datenbank ist nicht leer, oder die Sicherung stimmt nicht. Geändert ist dann nichts.
    """
    with _quelle(quelle) as strom:
        manifest, pruefsumme = _pruefe_datei(strom), _sha256(strom)
        with verstaendlich(), db.lesen() as s:
            stand(s)
        with _passend(), _archiv(strom) as archiv, db.umbau() as (verbindung, s):
            sperre_umbau(s)
            _bereite_vor(verbindung, s, manifest)
            for tabelle in manifest.tabellen:
                _lade(verbindung, s, archiv, tabelle)
                fortschritt(tabelle.name, tabelle.zeilen)
            _stelle_zaehlwerke(s, manifest)
            wandere(verbindung, STAENDE[-1])
            _pruefe_geschichte(s, manifest)
            vermerke(s, jetzt, konto, "wiederhergestellt", {"datei": quelle.name, "sha256": pruefsumme, "gesichert": manifest.zeit})
    return Sicherung(quelle, pruefsumme, manifest)


@contextmanager
def _passend() -> Iterator[None]:
    try:
        yield
    except (sqlite.IntegrityError, sqlite.DataError, psycopg.IntegrityError, psycopg.DataError, OverflowError) as fehler:
        raise Beschaedigt("Die Sicherung passt nicht in die Tabellen. Es wurde nichts wiederhergestellt. "
                          f"(Meldung der Datenbank: {str(fehler).strip()})") from fehler
    except (sqlite.OperationalError, psycopg.OperationalError) as fehler:
        raise Betriebsfehler("Die Wiederherstellung ist abgebrochen; es wurde nichts geändert. "
                             f"(Meldung der Datenbank: {str(fehler).strip()})") from fehler


def _bereite_vor(verbindung: Connection, s: Sitzung, manifest: Manifest) -> None:
    """Eine leere Datenbank auf dem Stand der Sicherung, mit genau deren Spalten."""
    vorher = stand(s)
    if not vorher:
        wandere(verbindung, manifest.stand)
    elif vorher != manifest.stand:
        raise Betriebsfehler(f"Die Sicherung hat den Stand {manifest.stand}, die Datenbank schon {vorher}. "
                             "Bitte stellen Sie in eine ganz neue Datenbank wieder her; angehoben wird sie dabei von selbst.")
    blick = inspect(verbindung)
    vorhanden = {name: {spalte["name"] for spalte in blick.get_columns(name)} for name in blick.get_table_names() if name != TABELLE}
    genannt = {t.name: set(t.spalten) for t in manifest.tabellen}
    unsere = vorhanden.keys() & (SQLModel.metadata.tables.keys() | genannt.keys())
    if {name: vorhanden[name] for name in unsere} != genannt:
        raise _beschaedigt("ihre Tabellen haben andere Spalten, als zu ihrem Stand gehören")
    for name in sorted(unsere):
        if s.wert(f"SELECT 1 FROM {name} LIMIT 1") is not None:
            raise Betriebsfehler(f"Die Datenbank ist nicht leer; in der Tabelle {name} stehen schon Zeilen. "
                                 "Wiederhergestellt wird nur in eine leere Datenbank, zum Beispiel in einem neuen Datenordner.")


def _lade(verbindung: Connection, s: Sitzung, archiv: zipfile.ZipFile, tabelle: Tabelleninhalt) -> None:
    """Verweise einer Tabelle auf sich selbst kommen in einem zweiten Durchgang: ihr Ziel steht vielleicht weiter unten."""
    verweise = [fk["constrained_columns"][0] for fk in inspect(verbindung).get_foreign_keys(tabelle.name)
                if fk["referred_table"] == tabelle.name]
    neu = f"INSERT INTO {tabelle.name} ({_liste(tabelle.spalten)}) VALUES ({', '.join(':' + sp for sp in tabelle.spalten)})"
    for portion in _portionen(archiv, tabelle):
        s.viele(neu, [{**zeile, **dict.fromkeys(verweise)} for zeile in portion])
    for spalte in verweise:
        setze = f'UPDATE {tabelle.name} SET "{spalte}" = :{spalte} WHERE id = :id'
        for portion in _portionen(archiv, tabelle):
            s.viele(setze, [{"id": z["id"], spalte: z[spalte]} for z in portion if z[spalte] is not None])


def _portionen(archiv: zipfile.ZipFile, tabelle: Tabelleninhalt) -> Iterator[list[dict[str, Any]]]:
    zeilen = _zeilen(archiv, tabelle)
    while portion := [dict(zip(tabelle.spalten, z, strict=True)) for z in islice(zeilen, _PORTION)]:
        yield portion


def _stelle_zaehlwerke(s: Sitzung, manifest: Manifest) -> None:
    """PostgreSQL vergibt die nächste id hinter der größten geladenen; SQLite tut das von selbst."""
    if not s.postgres:
        return
    for tabelle in manifest.tabellen:
        folge = s.wert("SELECT pg_get_serial_sequence(:name, 'id')", {"name": tabelle.name}) if "id" in tabelle.spalten else None
        if folge:
            s.wert(f"SELECT setval(:folge, (SELECT coalesce(max(id), 0) + 1 FROM {tabelle.name}), false)", {"folge": folge})
    s.fuehre("ANALYZE")  # sonst plant die Prüfung der Ketten ohne Kenntnis der Mengen


def _pruefe_geschichte(s: Sitzung, manifest: Manifest) -> None:
    if tuple(s.alle(_LETZTES_EREIGNIS)[0]) != (manifest.ereignisse, manifest.letzter_hash):
        raise _beschaedigt("Zahl oder letzter Hash der Ereignisse stimmt nicht mit dem Manifest überein")
    if manifest.letztes_siegel and siegelkopf(s) != manifest.letztes_siegel:
        raise _beschaedigt("das letzte Siegel stimmt nicht mit dem Manifest überein")
    bericht = pruefe(s, stand=aus_text(manifest.zeit))
    if not bericht.ok:
        genannt = " ".join(f"{ort}: {grund}" for ort, grund in bericht.fehler[:3])
        raise Beschaedigt(f"Die Sicherung enthält eine veränderte Geschichte ({anzahl(len(bericht.fehler), 'Befund', 'Befunde')}). "
                          f"Es wurde nichts wiederhergestellt. {genannt}")
