"""Die Datenbank ist weg, kommt wieder, ist voll oder belegt: Seiten und Schnittstelle sagen es, und danach geht es weiter."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pysqlite3.dbapi2 as sqlite
import pytest

from service.datenhaltung import hebe_an, oeffne
from service.db import Datenbank, Geduld
from service.errors import Betriebsfehler
from service.profil import Profil
from service.stoerung import Ungewiss
from tests.browserprobe import Blatt
from tests.netz import Browser, Netz

_WEG = "Die Datenbank ist gerade nicht zu erreichen."


class Eigene:
    """Eine Datenbank des Servers nur für diesen Test: Sie lässt sich vom Netz nehmen, ohne die anderen zu stören."""

    def __init__(self, server: str) -> None:
        self._server, self._name = server, f"weg_{secrets.token_hex(4)}"
        self._sage(f"CREATE DATABASE {self._name}")
        self.db = Datenbank(urlsplit(server)._replace(path=f"/{self._name}").geturl())
        hebe_an(self.db)

    def _sage(self, sql: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as c:
            c.execute(sql)

    def reisse_ab(self) -> None:
        """Was ein Neustart des Servers mit den offenen Verbindungen tut."""
        with psycopg.connect(self._server, autocommit=True) as c:
            c.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (self._name,))

    @contextmanager
    def unerreichbar(self) -> Iterator[None]:
        self._sage(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false")
        self.reisse_ab()
        yield
        self._sage(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true")

    def loesche(self) -> None:
        self.db.schliessen()
        self._sage(f"DROP DATABASE {self._name} WITH (FORCE)")


@pytest.fixture
def eigene(postgres_server: str) -> Iterator[Eigene]:
    eigene = Eigene(postgres_server)
    yield eigene
    eigene.loesche()


def _zugleich(was: Callable[[], Any], male: int) -> list[Any]:
    with ThreadPoolExecutor(male) as faeden:
        return [f.result() for f in [faeden.submit(was) for _ in range(male)]]


def test_nach_einem_neustart_ist_schon_die_erste_anfrage_wieder_gut(eigene: Eigene, profil: Profil) -> None:
    """Alle Verbindungen des Vorrats sind tot; keine davon kostet jemanden seine Anfrage."""
    netz = Netz(eigene.db, profil)
    browser = netz.browser().als("koordination-a")
    _zugleich(lambda: browser.get("/konto").status_code, 12)
    eigene.reisse_ab()
    assert [browser.get("/konto").status_code for _ in range(14)] == [200] * 14
    eigene.reisse_ab()
    assert browser.sende("/konto/schluessel", "/konto", name="Nach dem Neustart").status_code != 500
    with eigene.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM person") > 0


@pytest.mark.parametrize("weg", ["/", "/anmelden", "/konto", "/metrics", "/api/v1/vorgaenge"])
def test_ohne_datenbank_ist_alles_503_mit_einem_satz(eigene: Eigene, profil: Profil, weg: str) -> None:
    browser = Netz(eigene.db, profil).browser().als("koordination-a")
    with eigene.unerreichbar():
        antwort = browser.get(weg)
    assert antwort.status_code == 503 and int(antwort.headers["retry-after"]) > 0, antwort.text[-500:]
    assert _WEG in antwort.text and "Kennung" not in antwort.text and browser.get("/konto").status_code == 200


def test_ohne_datenbank_bleibt_404_eine_404(eigene: Eigene, profil: Profil) -> None:
    browser = Netz(eigene.db, profil).browser()
    with eigene.unerreichbar():
        antwort = browser.get("/gibtsnicht")
    assert antwort.status_code == 404 and "nicht für Sie bestimmt" in antwort.text


def test_was_getippt_ist_laesst_sich_noch_einmal_senden(eigene: Eigene, profil: Profil) -> None:
    netz = Netz(eigene.db, profil)
    browser = netz.browser().als("koordination-a")
    zeichen = browser.zeichen("/konto")
    with eigene.unerreichbar():
        antwort = browser.post("/entwurf/verwerfen", data={"csrf": zeichen, "name": "Lange Überlegung"})
    blatt = Blatt(antwort.text)
    assert antwort.status_code == 503 and "Ihre Angaben sind nicht gespeichert." in blatt.text
    getippt = {name: [w.removeprefix("\n") for w in werte] for name, werte in blatt.felder.items()}  # wie es ein Browser liest
    assert getippt == {"csrf": [zeichen], "name": ["Lange Überlegung"]}
    assert browser.post("/entwurf/verwerfen", data=getippt).status_code != 403


def test_ein_kennwort_steht_nie_auf_der_seite(eigene: Eigene, profil: Profil) -> None:
    browser = Netz(eigene.db, profil).browser()
    zeichen = browser.zeichen()
    with eigene.unerreichbar():
        antwort = browser.post("/anmelden", data={"csrf": zeichen, "kennung": "anna", "kennwort": "GEHEIM"})
    assert antwort.status_code == 503 and "GEHEIM" not in antwort.text and "<form" not in antwort.text


def test_reisst_es_beim_commit_ab_steht_das_ergebnis_nicht_fest(eigene: Eigene) -> None:
    with pytest.raises(Ungewiss, match="steht nicht fest"), eigene.db.transaktion() as s:
        s.fuehre("INSERT INTO nummer (reihe, letzte) VALUES ('x', 1)")
        eigene.reisse_ab()
    with eigene.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM nummer WHERE reihe = 'x'") == 0


# --- SQLite -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def auf_sqlite(tmp_path: Any, profil: Profil) -> Iterator[tuple[Netz, Browser]]:
    db = Datenbank(tmp_path / "k.sqlite", geduld=Geduld(sperre=0.3))
    hebe_an(db)
    netz = Netz(db, profil)
    yield netz, netz.browser().als("koordination-a")
    db.schliessen()


def test_eine_volle_platte_ist_ein_eigener_satz(auf_sqlite: tuple[Netz, Browser]) -> None:
    """Die Grenze der Seiten ist für SQLite dasselbe wie eine volle Platte."""
    netz, browser = auf_sqlite
    zeichen = browser.zeichen("/konto")
    with netz.db.transaktion() as s:
        s.wert(f"PRAGMA max_page_count = {s.wert('PRAGMA page_count')}")
    voll = _schreibe_bis_es_nicht_geht(browser, zeichen)
    assert voll.status_code == 503 and "reicht der Platz nicht" in voll.text, voll.text[-500:]
    with netz.db.transaktion() as s:
        s.wert("PRAGMA max_page_count = 1000000")
    assert browser.sende("/anmelden/vorfuehrung", "/konto", person="koordination-a").status_code == 303


def _schreibe_bis_es_nicht_geht(browser: Browser, zeichen: str) -> Any:
    for _ in range(400):
        antwort = browser.post("/anmelden/vorfuehrung", data={"csrf": zeichen, "person": "koordination-a"})
        if antwort.status_code != 303:
            return antwort
        zeichen = browser.zeichen("/konto")
    raise AssertionError("so voll wird es nie")


def test_haelt_ein_anderer_die_schreibsperre_ist_es_503_nach_einer_geduld(auf_sqlite: tuple[Netz, Browser]) -> None:
    netz, browser = auf_sqlite
    zeichen = browser.zeichen("/konto")
    anderer = sqlite.connect(netz.db.adresse, isolation_level=None)
    anderer.execute("BEGIN IMMEDIATE")
    antworten = _zugleich(lambda: browser.post("/anmelden/vorfuehrung", data={"csrf": zeichen, "person": "koordination-a"}), 4)
    anderer.execute("ROLLBACK")
    assert [a.status_code for a in antworten] == [503] * 4 and "von einem anderen Programm belegt" in antworten[0].text
    assert browser.post("/anmelden/vorfuehrung", data={"csrf": zeichen, "person": "koordination-a"}).status_code == 303


@pytest.mark.skipif(sys.platform == "win32", reason="Rechte wie auf Unix")
def test_ein_schreibgeschuetzter_ordner_wird_beim_namen_genannt() -> None:
    """Unter dem Konto „nobody“, wenn der Test selbst alles dürfte."""
    with tempfile.TemporaryDirectory() as ordner:
        db = Datenbank(Path(ordner) / "k.sqlite")
        hebe_an(db)
        db.schliessen()
        os.chmod(db.adresse, 0o444)
        os.chmod(ordner, 0o555)
        eigenes = os.geteuid()
        try:
            if eigenes == 0:
                os.seteuid(65534)
            with pytest.raises(Betriebsfehler, match="ist für dieses Konto schreibgeschützt"):
                oeffne(db.adresse)
        finally:
            os.seteuid(eigenes)
            os.chmod(ordner, 0o755)
