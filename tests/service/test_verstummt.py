"""Der Rechner der Datenbank antwortet nicht, oder jemand hält eine Sperre fest: Niemand wartet länger als eingestellt."""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from service.datenhaltung import hebe_an, oeffne
from service.db import Datenbank, Geduld
from service.errors import Betriebsfehler
from service.profil import Profil
from service.stoerung import Belegt
from tests.datenbild import Anleger
from tests.netz import Netz

_BELEGT = "Die Datenbank ist gerade von einem anderen Programm belegt."
_FILTER = 26  # SO_ATTACH_FILTER


@contextmanager
def dauert(von: float, bis: float) -> Iterator[None]:
    beginn = monotonic()
    yield
    assert von <= monotonic() - beginn < bis, f"{monotonic() - beginn:.1f} Sekunden"


def verschlucke(verbindung: socket.socket) -> None:
    """Ab jetzt wirft der Kern jedes Paket an diesen Anschluss weg und bestätigt keines, wie ein Rechner, der vom Netz ist."""
    befehl = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # „gib 0 Bytes weiter“
    verbindung.setsockopt(socket.SOL_SOCKET, _FILTER, struct.pack("HL", 1, ctypes.addressof(befehl)))


class Leitung:
    """Reicht Verbindungen zu einem echten PostgreSQL durch, bis sie verstummt."""

    def __init__(self, ziel: str) -> None:
        self._ziel = conninfo_to_dict(ziel)
        self._ohr = socket.create_server(("127.0.0.1", 0))
        self.adresse = (f"postgresql://{self._ziel['user']}:{self._ziel.get('password', '')}@127.0.0.1:{self._ohr.getsockname()[1]}"
                        f"/{self._ziel['dbname']}?sslmode=disable&gssencmode=disable")
        self._angenommen: list[socket.socket] = []
        threading.Thread(target=self._nimm_an, daemon=True).start()

    def verstumme(self) -> None:
        for verbindung in (self._ohr, *self._angenommen):
            verschlucke(verbindung)

    def schliesse(self) -> None:
        for verbindung in (self._ohr, *self._angenommen):
            with suppress(OSError):
                verbindung.shutdown(socket.SHUT_RDWR)
            verbindung.close()

    def _nimm_an(self) -> None:
        with suppress(OSError):
            while True:
                herein, _ = self._ohr.accept()
                hinaus = self._zum_server()
                self._angenommen += (herein, hinaus)
                for von, nach in ((herein, hinaus), (hinaus, herein)):
                    threading.Thread(target=_reiche, args=(von, nach), daemon=True).start()

    def _zum_server(self) -> socket.socket:
        rechner, anschluss = str(self._ziel["host"]), int(self._ziel.get("port", 5432))
        if not rechner.startswith("/"):
            return socket.create_connection((rechner, anschluss))
        hinaus = socket.socket(socket.AF_UNIX)
        hinaus.connect(f"{rechner}/.s.PGSQL.{anschluss}")
        return hinaus


def _reiche(von: socket.socket, nach: socket.socket) -> None:
    with suppress(OSError):
        while menge := von.recv(65536):
            nach.sendall(menge)


@pytest.fixture
def db(anlegen: Anleger) -> Datenbank:
    db = anlegen("postgres")
    hebe_an(db)
    return db


# --- der Rechner ------------------------------------------------------------------------------------------------------


def test_ein_rechner_der_annimmt_und_schweigt_haelt_niemanden_auf() -> None:
    """Der Kern nimmt die Verbindung an, gesprochen wird nie."""
    with socket.create_server(("127.0.0.1", 0)) as stumm:
        adresse = f"postgresql://jemand:geheim@127.0.0.1:{stumm.getsockname()[1]}/k"
        with dauert(1.9, 10), pytest.raises(Betriebsfehler, match="lässt sich nicht verwenden") as fehler:
            oeffne(adresse, geduld=Geduld(verbindung=2))
        db = Datenbank(adresse, geduld=Geduld(verbindung=2))
        with dauert(1.9, 10), pytest.raises(psycopg.OperationalError), db.umbau():
            raise AssertionError
    assert "geheim" not in fehler.value.satz


def test_was_die_adresse_angibt_gilt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stumm:
        db = Datenbank(f"postgresql://jemand@127.0.0.1:{stumm.getsockname()[1]}/k?connect_timeout=2", geduld=Geduld(verbindung=60))
        with dauert(1.9, 30), pytest.raises(psycopg.OperationalError), db.lesen():
            raise AssertionError


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="nur Linux kennt Filter an Anschlüssen")
def test_verstummt_er_mittendrin_ist_es_503_und_nicht_je_verbindung_von_neuem(db: Datenbank, profil: Profil) -> None:
    """Ein Vorrat von Verbindungen, dann kommt von dort nichts mehr: einmal die Wartezeit, danach nur noch die zum Verbinden."""
    leitung = Leitung(db.adresse)
    hinter = Datenbank(leitung.adresse, geduld=Geduld(verbindung=2))
    try:
        browser = Netz(hinter, profil).browser()
        with hinter.lesen(), hinter.lesen(), hinter.lesen():
            assert browser.get("/anmelden").status_code == 200
        leitung.verstumme()
        with dauert(5, 40):
            antwort = browser.get("/anmelden")
        assert antwort.status_code == 503 and "Die Datenbank ist gerade nicht zu erreichen." in antwort.text
        with dauert(0, 10):
            assert browser.get("/anmelden").status_code == 503
    finally:
        leitung.schliesse()
        hinter.schliessen()


# --- Sperren und lange Abfragen ---------------------------------------------------------------------------------------


@pytest.fixture
def ungeduldig(db: Datenbank) -> Iterator[Datenbank]:
    ungeduldig = Datenbank(db.adresse, geduld=Geduld(sperre=0.5, abfrage=1))
    yield ungeduldig
    ungeduldig.schliessen()


def test_eine_festgehaltene_zeile_ist_belegt_und_danach_frei(db: Datenbank, ungeduldig: Datenbank) -> None:
    zaehle = "INSERT INTO nummer (reihe, letzte) VALUES ('x', 1) ON CONFLICT (reihe) DO UPDATE SET letzte = nummer.letzte + 1"
    db.in_transaktion(lambda s: s.fuehre(zaehle))
    with db.transaktion() as fremd:
        fremd.fuehre(zaehle)
        with dauert(0.4, 5), pytest.raises(Belegt):
            ungeduldig.in_transaktion(lambda s: s.fuehre(zaehle))
    assert ungeduldig.in_transaktion(lambda s: s.fuehre(zaehle)) == 1
    with db.lesen() as s:
        assert s.wert("SELECT letzte FROM nummer WHERE reihe = 'x'") == 3


def test_eine_gesperrte_tabelle_ist_auf_den_seiten_503(db: Datenbank, ungeduldig: Datenbank, profil: Profil) -> None:
    browser = Netz(ungeduldig, profil).browser().als("koordination-a")
    with db.transaktion() as fremd:
        fremd.fuehre("LOCK TABLE vorgang IN ACCESS EXCLUSIVE MODE")
        with dauert(0.4, 20):
            antwort = browser.get("/api/v1/vorgaenge")
    assert antwort.status_code == 503 and antwort.headers["retry-after"] and _BELEGT in antwort.text
    assert browser.get("/api/v1/vorgaenge").status_code == 200


def test_auch_ein_umbau_wartet_nicht_ewig_auf_eine_tabelle(db: Datenbank, ungeduldig: Datenbank) -> None:
    with db.transaktion() as fremd:
        fremd.fuehre("LOCK TABLE vorgang IN ACCESS SHARE MODE")
        with dauert(0.4, 10), pytest.raises(psycopg.errors.LockNotAvailable), ungeduldig.umbau() as (verbindung, _):
            verbindung.exec_driver_sql("ALTER TABLE vorgang ADD COLUMN probe integer")


def test_eine_abfrage_ohne_ende_wird_abgebrochen(ungeduldig: Datenbank, db: Datenbank) -> None:
    """Nur die Seiten haben diese Grenze; Befehle und Runden dürfen lange rechnen."""
    with dauert(0.9, 10), pytest.raises(psycopg.errors.QueryCanceled), ungeduldig.lesen() as s:
        s.wert("SELECT pg_sleep(30)")
    with ungeduldig.lesen() as s:
        assert s.wert("SELECT 1") == 1
    with db.lesen() as s:
        assert s.wert("SHOW statement_timeout") == "0"
