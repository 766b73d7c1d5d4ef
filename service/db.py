"""Die Datenbank: SQLite (eingebettet) oder PostgreSQL, mit demselben Verhalten.

`lesen()` gibt eine Sitzung, die nur lesen kann; `transaktion()` die einzige, die schreibt, und der einzige `commit`.
SQL steht als Text mit `:name`-Platzhaltern da und läuft ohne Umweg durch den Treiber: das ist der Schreibpfad, der
über die Geschwindigkeit entscheidet. Schema und Wanderungen kommen aus SQLModel und Alembic.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple, TypeVar

import psycopg
import pysqlite3.dbapi2 as sqlite
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from service.errors import Betriebsfehler, Konflikt, NetzGewachsen
from service.stoerung import Belegt, Ungewiss, sqlite_kennung, stoerung

Werte = Mapping[str, Any]
Zeile = tuple[Any, ...]
T = TypeVar("T")

_KLEINSTE_SQLITE = (3, 51, 3)
_PLATZHALTER = re.compile(r"(?<![:\w]):([a-z_]\w*)")
# zwei Anfragen trafen sich: noch einmal versuchen
_VORUEBERGEHEND = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)
_TREIBERFEHLER = (psycopg.Error, sqlite.Error)


class Geduld(NamedTuple):
    """Wie viele Sekunden worauf gewartet wird. `verbindung` und `abfrage` gelten nur auf PostgreSQL; 0 heißt dort ohne Ende."""

    verbindung: int = 5
    sperre: float = 10
    abfrage: int = 0

    def am_netz(self) -> dict[str, int]:
        """Wer mitten in der Verbindung verstummt, gilt nach der dreifachen Zeit als weg; ohne das wartete eine Anfrage Stunden."""
        return {"connect_timeout": self.verbindung, "tcp_user_timeout": 3000 * self.verbindung, "keepalives_count": 2,
                "keepalives_idle": self.verbindung, "keepalives_interval": self.verbindung}


GEDULD = Geduld()


@lru_cache(maxsize=2000)
def _pg(sql: str) -> str:
    return _PLATZHALTER.sub(r"%(\1)s", sql.replace("%", "%%"))


def kennungen(ids: Iterable[int]) -> str:
    """Eine Liste von ids als Parameter für `in_kennungen`."""
    return ",".join(map(str, ids))


class Sitzung:
    """Eine Verbindung innerhalb einer Transaktion."""

    def __init__(self, verbindung: Any, postgres: bool) -> None:
        self._verbindung = verbindung
        self._zeiger = verbindung.cursor()
        self.postgres = postgres

    def fuehre(self, sql: str, werte: Werte | None = None) -> int:
        """Führt aus und gibt die Zahl der betroffenen Zeilen zurück."""
        self._zeiger.execute(_pg(sql) if self.postgres else sql, werte or {})
        return int(self._zeiger.rowcount)

    def viele(self, sql: str, werte: Sequence[Werte]) -> int:
        """`executemany`; die Zahl aller betroffenen Zeilen."""
        if not werte:
            return 0
        if len(werte) == 1:
            return self.fuehre(sql, werte[0])
        self._zeiger.executemany(_pg(sql) if self.postgres else sql, werte)
        return int(self._zeiger.rowcount)

    def alle(self, sql: str, werte: Werte | None = None) -> list[Zeile]:
        self._zeiger.execute(_pg(sql) if self.postgres else sql, werte or {})
        return list(self._zeiger.fetchall())

    def eine(self, sql: str, werte: Werte | None = None) -> Zeile | None:
        self._zeiger.execute(_pg(sql) if self.postgres else sql, werte or {})
        zeile = self._zeiger.fetchone()
        return None if zeile is None else tuple(zeile)

    def wert(self, sql: str, werte: Werte | None = None) -> Any:
        zeile = self.eine(sql, werte)
        return None if zeile is None else zeile[0]

    def stroemen(self, sql: str, werte: Werte | None = None, menge: int = 2000) -> Iterator[Zeile]:
        """Liest ein großes Ergebnis in Portionen; auf PostgreSQL mit einem Zeiger auf dem Server."""
        if self.postgres:
            with self._verbindung.cursor(name="strom") as zeiger:
                zeiger.itersize = menge
                zeiger.execute(_pg(sql), werte or {})
                yield from zeiger
            return
        zeiger = self._verbindung.cursor()
        zeiger.execute(sql, werte or {})
        while zeilen := zeiger.fetchmany(menge):
            yield from zeilen

    def in_kennungen(self, spalte: str, parameter: str = "ids") -> str:
        """SQL-Bedingung „spalte ist eine der ids“; der Parameter ist Text aus `kennungen()`."""
        if self.postgres:
            return f"{spalte} = ANY(string_to_array(:{parameter}, ',')::int[])"
        return f"{spalte} IN (SELECT value FROM json_each('[' || :{parameter} || ']'))"

    @property
    def nur_kennungen(self) -> str:
        """Steht hinter einer Tabelle, deren Zeilen `in_kennungen` nennt: SQLite nähme sonst einen Index einer anderen Bedingung."""
        return "" if self.postgres else "NOT INDEXED"

    def sperre(self, ids: Iterable[int]) -> None:
        """Sperrt Vorgänge in der Reihenfolge ihrer id. SQLite hält ohnehin die eine Schreibsperre."""
        if self.postgres:
            self._zeiger.execute("SELECT id FROM vorgang WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE", {"ids": sorted(ids)})
            self._zeiger.fetchall()


class Datenbank:
    """Eine Datenbank und ihre Verbindungen.

    `adresse`: Pfad einer SQLite-Datei oder postgresql://…
    """

    def __init__(self, adresse: str | Path, *, groesse: int = 16, geduld: Geduld = GEDULD) -> None:
        text = str(adresse).removeprefix("sqlite:///")
        self.adresse = re.sub(r"^postgresql\+\w+://", "postgresql://", text)
        self.postgres = self.adresse.startswith(("postgresql://", "postgres://"))
        self._geduld = geduld
        self._schreibsperre = threading.Lock()
        self._schreiber: Any = None
        if not self.postgres:
            _pruefe_sqlite()
        self._leser = QueuePool(self._oeffne_leser, pool_size=groesse, max_overflow=groesse, timeout=30)
        self._abgerissen = 0.0
        self._maschine: Engine | None = None

    # --- öffnen

    def _oeffne_sqlite(self, nur_lesen: bool) -> Any:
        neu = not os.path.exists(self.adresse)
        verbindung = sqlite.connect(self.adresse, isolation_level=None, check_same_thread=False, cached_statements=256)
        if neu:
            os.chmod(self.adresse, 0o600)
        geduld = f"busy_timeout={self._geduld.sperre * 1000:.0f}"
        for pragma in (geduld, "foreign_keys=ON", "secure_delete=ON", "trusted_schema=OFF", "synchronous=FULL"):
            verbindung.execute(f"PRAGMA {pragma}")
        if nur_lesen:
            verbindung.execute("PRAGMA query_only=ON")
        else:
            self._stelle_auf_wal(verbindung)
        return verbindung

    def _stelle_auf_wal(self, verbindung: Any) -> None:
        """Öffnen zwei zugleich eine neue Datei, weist SQLite den zweiten hier ab, ohne `busy_timeout` abzuwarten."""
        ende = monotonic() + self._geduld.sperre
        while True:
            try:
                verbindung.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite.OperationalError as fehler:
                if sqlite_kennung(fehler) != sqlite.SQLITE_BUSY or monotonic() >= ende:
                    verbindung.close()
                    raise
                sleep(0.005)

    def _oeffne_leser(self) -> Any:
        return self._oeffne_postgres(self._geduld.abfrage) if self.postgres else self._oeffne_sqlite(nur_lesen=True)

    def _oeffne_postgres(self, abfrage: int, *, autocommit: bool = True) -> Any:
        """Was die Adresse selbst angibt, gilt vor der Vorgabe."""
        schalter = {"timezone": "UTC", "idle_in_transaction_session_timeout": "60s", "lock_timeout": f"{self._geduld.sperre * 1000:.0f}",
                    "statement_timeout": f"{abfrage}s"}
        angaben: dict[str, Any] = {**self._geduld.am_netz(), **conninfo_to_dict(self.adresse)}
        angaben["options"] = " ".join(f"-c {name}={wert}" for name, wert in schalter.items())
        return psycopg.connect(autocommit=autocommit, **angaben)

    def maschine(self) -> Engine:
        """SQLAlchemy-Engine für Schema und Wanderungen, nie für den Schreibpfad."""
        if self._maschine is None:
            if self.postgres:
                self._maschine = create_engine("postgresql+psycopg://", creator=lambda: self._oeffne_postgres(0, autocommit=False))
            else:
                self._maschine = create_engine("sqlite://", creator=lambda: self._oeffne_sqlite(nur_lesen=False), module=sqlite)
        return self._maschine

    def schliessen(self) -> None:
        self._leser.dispose()
        if self._schreiber is not None:
            self._schreiber.close()
            self._schreiber = None
        if self._maschine is not None:
            self._maschine.dispose()

    # --- lesen und schreiben

    @contextmanager
    def lesen(self) -> Iterator[Sitzung]:
        """Ein unveränderlicher Blick auf die Datenbank."""
        pool = self._begonnen("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if self.postgres else "BEGIN DEFERRED")
        try:
            yield Sitzung(pool.dbapi_connection, self.postgres)
        finally:
            _nimm_zurueck(pool.dbapi_connection)
            _gib_zurueck(pool)

    @contextmanager
    def transaktion(self) -> Iterator[Sitzung]:
        """Alles oder nichts. Auf SQLite wartet ein Schreiber im Prozess auf den anderen, statt zu drängeln."""
        if self.postgres:
            pool = self._begonnen("BEGIN")
            try:
                with self._abgeschlossen(pool.dbapi_connection) as sitzung:
                    yield sitzung
            finally:
                _gib_zurueck(pool)
            return
        with self._als_einziger():
            if self._schreiber is None:
                self._schreiber = self._oeffne_sqlite(nur_lesen=False)
            self._schreiber.execute("BEGIN IMMEDIATE")
            with self._abgeschlossen(self._schreiber) as sitzung:
                yield sitzung

    def _begonnen(self, beginn: str) -> PoolProxiedConnection:
        """Eine Verbindung, auf der die Transaktion läuft. Eine, die schon benutzt war und seither abgerissen ist, wird ersetzt.

        Mit ihr gehen alle, die älter sind: Ist der Rechner der Datenbank verstummt, wartete sonst jede einzeln, bis das feststeht.
        """
        while True:
            pool = self._leser.connect()
            benutzt, seit = "seit" in pool.info, pool.info.setdefault("seit", monotonic())
            verbindung: Any = pool.dbapi_connection
            try:
                if seit >= self._abgerissen:
                    verbindung.execute(beginn)
                    return pool
            except _TREIBERFEHLER:
                self._abgerissen = monotonic()
                if not benutzt:
                    pool.invalidate()
                    pool.close()
                    raise
            pool.invalidate()
            pool.close()

    @contextmanager
    def _als_einziger(self) -> Iterator[None]:
        if not self._schreibsperre.acquire(timeout=self._geduld.sperre):
            raise Belegt
        try:
            yield
        finally:
            self._schreibsperre.release()

    @contextmanager
    def _abgeschlossen(self, verbindung: Any) -> Iterator[Sitzung]:
        try:
            yield Sitzung(verbindung, self.postgres)
        except BaseException:
            _nimm_zurueck(verbindung)
            raise
        try:
            verbindung.execute("COMMIT")
        except _TREIBERFEHLER as fehler:
            if self.postgres and verbindung.closed:
                raise Ungewiss from fehler
            _nimm_zurueck(verbindung)
            raise

    @contextmanager
    def umbau(self) -> Iterator[tuple[Connection, Sitzung]]:
        """Für Wanderungen und Wiederherstellung: eine Transaktion, in der SQLAlchemy und die Sitzung dieselbe Verbindung benutzen.

        Auf SQLite ruhen die Fremdschlüssel dabei, weil Tabellen neu gebaut werden können; am Ende wird nachgeprüft.
        """
        if self.postgres:
            try:
                with self.maschine().begin() as verbindung:
                    yield verbindung, Sitzung(verbindung.connection.dbapi_connection, True)
            except DBAPIError as fehler:
                raise fehler.orig or fehler from None
            return
        with self._schreibsperre, self.maschine().connect() as verbindung:
            roh: Any = verbindung.connection.dbapi_connection
            roh.execute("PRAGMA foreign_keys=OFF")
            try:
                with verbindung.begin():
                    roh.execute("BEGIN IMMEDIATE")
                    yield verbindung, Sitzung(roh, False)
                    if verletzt := roh.execute("PRAGMA foreign_key_check").fetchone():
                        raise Betriebsfehler(f"In der Tabelle {verletzt[0]} verweist eine Zeile auf eine, die es nicht gibt.")
            finally:
                roh.execute("PRAGMA foreign_keys=ON")

    def in_transaktion(self, arbeit: Callable[[Sitzung], T], versuche: int = 3) -> T:
        """Führt `arbeit` in einer Transaktion aus und wiederholt sie, wenn sie mit einer anderen zusammenstieß.

        Wirft Konflikt, wenn auch der letzte Versuch nicht durchkam, und Betriebsfehler, wenn ein anderer die Sperre zu lange hält;
        geschrieben ist dann nichts.
        """
        for versuch in range(1, versuche + 1):
            try:
                with self.transaktion() as sitzung:
                    return arbeit(sitzung)
            except (sqlite.OperationalError, psycopg.errors.LockNotAvailable) as fehler:
                if isinstance(gestoert := stoerung(fehler), Belegt):
                    raise gestoert from fehler
                raise
            except (NetzGewachsen, *_VORUEBERGEHEND) as fehler:
                if versuch == versuche:
                    raise Konflikt("Mehrere Personen haben gleichzeitig gespeichert. Bitte versuchen Sie es noch einmal.") from fehler
        raise AssertionError


def _nimm_zurueck(verbindung: Any) -> None:
    """Auf einer abgerissenen Verbindung gibt es nichts mehr zurückzunehmen, auf SQLite auch nicht nach manchem gescheiterten COMMIT."""
    with suppress(*_TREIBERFEHLER):
        verbindung.execute("ROLLBACK")


def _gib_zurueck(pool: PoolProxiedConnection) -> None:
    """In den Vorrat, oder weg damit, wenn sie abgerissen ist."""
    if getattr(pool.dbapi_connection, "closed", False):
        pool.invalidate()
    pool.close()


def _pruefe_sqlite() -> None:
    if sqlite.sqlite_version_info < _KLEINSTE_SQLITE:
        raise Betriebsfehler(
            f"Die SQLite-Bibliothek {sqlite.sqlite_version} kann Daten beschädigen (behoben in 3.51.3). "
            "Bitte installieren Sie das Paket pysqlite3 ab 0.6.1 oder verwenden Sie PostgreSQL."
        )
