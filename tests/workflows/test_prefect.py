"""Mit einem echten Prefect-Server: eine geplante Runde läuft von selbst, überlebt seinen Tod, und nichts geschieht doppelt.

Der Takt ist hier fünf Sekunden statt einer Minute. Alles läuft aus einem Ordner, in dem nichts liegt.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from service.befehle.betrieb import umfeld
from service.clock import berliner_tag, jetzt
from service.datenhaltung import oeffne
from service.db import Datenbank
from service.lauf import herzschlag
from tests.bau import MELDUNG, melde

pytestmark = pytest.mark.prefect
WURZEL = Path(__file__).parent.parent.parent
GEDULD = 150.0
TAKT = "5"


class Werk:
    """Ein Datenordner, und die Worker, die auf ihm laufen."""

    def __init__(self, ort: Path) -> None:
        self.daten, self.fremd = ort / "daten", ort / "fremd"
        self.fremd.mkdir(parents=True)
        self.rufe("demo", "--leer")
        self.db: Datenbank = oeffne(self.daten / "kreislauf.sqlite")
        self.worker: list[subprocess.Popen[bytes]] = []

    def umgebung(self, **weitere: str) -> dict[str, str]:
        fremd = {n: w for n, w in os.environ.items() if not n.startswith(("PREFECT_", "KREISLAUF_"))}
        return fremd | {"PYTHONPATH": str(WURZEL), "KREISLAUF_DATEN": str(self.daten), "KREISLAUF_TAKT": TAKT} | weitere

    def rufe(self, *argv: str) -> None:
        subprocess.run([sys.executable, "-m", "service.cli", *argv], cwd=self.fremd, env=self.umgebung(), check=True)

    def starte(self, **weitere: str) -> subprocess.Popen[bytes]:
        with (self.daten.parent / "ausgabe.log").open("ab") as ausgabe:
            self.worker.append(subprocess.Popen([sys.executable, "-m", "service.cli", "worker"], cwd=self.fremd,
                                                env=self.umgebung(**weitere), stdout=ausgabe, stderr=ausgabe))
        return self.worker[-1]

    def schluss(self) -> None:
        for w in self.worker:
            if w.poll() is None:
                w.terminate()
                w.wait(60)
        self.db.schliessen()

    # --- was zu sehen ist

    def zuletzt(self) -> datetime | None:
        with self.db.lesen() as s:
            schlag = herzschlag(s)
        return schlag.zuletzt if schlag else None

    def warte_auf_schlag(self, anzahl: int = 1) -> float:
        """Wartet, bis der Herzschlag sich so oft erneuert hat; gibt die Sekunden zurück."""
        beginn, gesehen = monotonic(), self.zuletzt()
        while anzahl:
            assert monotonic() - beginn < GEDULD, "kein Herzschlag"
            sleep(0.2)
            if (neu := self.zuletzt()) != gesehen:
                gesehen, anzahl = neu, anzahl - 1
        return monotonic() - beginn

    def faellige(self) -> str:
        """Eine Meldung, an deren Frist heute zu erinnern ist."""
        key = melde(self.db, umfeld(self.db, jetzt()), **MELDUNG)
        heute = berliner_tag(jetzt())
        tage = {"heute": heute.isoformat(), "anker": (heute - timedelta(days=20)).isoformat(),
                "ende": (heute + timedelta(days=60)).isoformat(), "key": key}
        with self.db.transaktion() as s:
            s.fuehre("UPDATE frist SET naechste = NULL WHERE vorgang = (SELECT id FROM vorgang WHERE key = :key)", {"key": key})
            s.fuehre("UPDATE frist SET naechste = :heute, anker = :anker, ende = :ende WHERE id = (SELECT min(id) FROM frist WHERE "
                     "vorgang = (SELECT id FROM vorgang WHERE key = :key))", tage)
        return key

    def erinnerungen(self, key: str) -> int:
        with self.db.lesen() as s:
            return int(s.wert("SELECT count(*) FROM ausgang a JOIN vorgang v ON v.id = a.vorgang "
                              "WHERE v.key = :key AND a.quelle LIKE 'f:%'", {"key": key}))

    # --- Prefect

    def prozesse(self, *worte: str) -> list[int]:
        """Prozesse dieses Datenordners, in deren Befehl eines der Worte steht."""
        marke = f"KREISLAUF_DATEN={self.daten}".encode()
        gefunden = []
        for ort in Path("/proc").glob("[0-9]*"):
            try:
                befehl, umgebung = (ort / "cmdline").read_bytes(), (ort / "environ").read_bytes()
            except OSError:
                continue
            if marke in umgebung.split(b"\0") and any(w.encode() in befehl for w in worte):
                gefunden.append(int(ort.name))
        return gefunden

    def server(self) -> dict[str, str]:
        (nummer,) = self.prozesse("prefect.server.api.server")
        paare = Path(f"/proc/{nummer}/environ").read_text().split("\0")
        return dict(p.split("=", 1) for p in paare if "=" in p)

    def frage(self, weg: str, inhalt: dict[str, Any], *, zugang: bool = True) -> Any:
        umgebung = self.server()
        anfrage = urllib.request.Request(f"{umgebung['PREFECT_API_URL']}/{weg}", json.dumps(inhalt).encode(),
                                         {"Content-Type": "application/json"})
        if zugang:
            anfrage.add_header("Authorization", f"Basic {base64.b64encode(umgebung['PREFECT_API_AUTH_STRING'].encode()).decode()}")
        with urllib.request.urlopen(anfrage, timeout=20) as antwort:
            return json.load(antwort)


@pytest.fixture(scope="module")
def werk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Werk]:
    w = Werk(tmp_path_factory.mktemp("werk"))
    yield w
    w.schluss()


@pytest.fixture
def laufend(werk: Werk) -> Werk:
    """Ein Worker mit eigenem Server, der schon einmal geschlagen hat."""
    if not werk.worker or werk.worker[0].poll() is not None:
        werk.worker.clear()
        werk.starte()
        werk.warte_auf_schlag()
    return werk


def bis(bedingung: Callable[[], bool], was: str) -> None:
    schluss = monotonic() + GEDULD
    while not bedingung():
        assert monotonic() < schluss, was
        sleep(0.2)


def test_eine_geplante_runde_laeuft_von_selbst(laufend: Werk) -> None:
    key = laufend.faellige()
    bis(lambda: laufend.erinnerungen(key) == 1, "keine Erinnerung")
    laufend.warte_auf_schlag(2)
    assert laufend.erinnerungen(key) == 1
    assert list(laufend.fremd.iterdir()) == [], "im fremden Ordner entsteht nichts"
    laeufe = laufend.frage("flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}, "limit": 200})
    assert len(laeufe) >= 2
    assert all(lauf["auto_scheduled"] and lauf["parameters"] == {} for lauf in laeufe)
    assert laufend.frage("logs/filter", {}) == [], "Texte bleiben auf diesem Rechner"


def test_ohne_zugang_antwortet_der_server_nicht(laufend: Werk) -> None:
    with pytest.raises(urllib.error.HTTPError) as fehler:
        laufend.frage("flow_runs/filter", {}, zugang=False)
    assert fehler.value.code == 401


def test_zwei_worker_erinnern_einmal(laufend: Werk) -> None:
    """Der zweite führt seine Runden über denselben Server, auf einem eigenen Datenordner für Prefect."""
    server = laufend.server()
    zweiter_ort = laufend.daten.parent / "zweiter"
    zweiter = laufend.starte(KREISLAUF_DATEN=str(zweiter_ort), KREISLAUF_DB=str(laufend.daten / "kreislauf.sqlite"),
                             KREISLAUF_PREFECT_URL=server["PREFECT_API_URL"], KREISLAUF_PREFECT_ANMELDUNG=server["PREFECT_API_AUTH_STRING"])
    bis(lambda: len(_runner(zweiter_ort)) == 1, "der zweite Worker läuft")
    sleep(8)  # bis er angemeldet ist
    keys = [laufend.faellige() for _ in range(10)]
    bis(lambda: all(laufend.erinnerungen(k) for k in keys), "keine Erinnerung")
    laufend.warte_auf_schlag(3)
    assert [laufend.erinnerungen(k) for k in keys] == [1] * 10
    zweiter.terminate()
    assert zweiter.wait(60) == 0
    laufend.warte_auf_schlag(2)


def _runner(daten: Path) -> list[int]:
    w = object.__new__(Werk)
    w.daten = daten
    return w.prozesse("workflows.serve")


def test_ein_toter_server_kommt_wieder(laufend: Werk) -> None:
    (server,) = laufend.prozesse("prefect.server.api.server")
    os.kill(server, signal.SIGKILL)
    key = laufend.faellige()
    bis(lambda: laufend.erinnerungen(key) == 1, "keine Erinnerung")
    laufend.warte_auf_schlag(2)
    assert laufend.erinnerungen(key) == 1


def haengt(werk: Werk) -> bool:
    """Ein Lauf, der nach vier Sekunden noch da ist, wartet auf die Schreibsperre."""
    vorher = set(werk.prozesse("prefect.engine"))
    sleep(4)
    return bool(vorher & set(werk.prozesse("prefect.engine")))


def test_alles_stirbt_mitten_in_einer_runde_und_nichts_geht_verloren(laufend: Werk) -> None:
    """Die Runde steht vor der Schreibsperre, belegt ihren Platz bei Prefect und stirbt mit dem Server, dem sie ihn melden könnte."""
    keys = [laufend.faellige() for _ in range(3)]
    with laufend.db.transaktion():
        bis(lambda: haengt(laufend), "eine Runde wartet")
        alle = laufend.prozesse("service.cli", "workflows.serve", "prefect.")
        for nummer in alle:
            os.kill(nummer, signal.SIGKILL)
        laufend.worker[0].wait(10)
    tot_seit = laufend.zuletzt()
    keys += [laufend.faellige()]
    sleep(5)
    assert laufend.zuletzt() == tot_seit and tot_seit is not None
    assert jetzt() - tot_seit > timedelta(seconds=5), "das Alter des Herzschlags wächst"
    laufend.worker[0] = laufend.starte()
    laufend.worker.pop()
    bis(lambda: all(laufend.erinnerungen(k) for k in keys), "keine Erinnerung nach dem Neustart")
    laufend.warte_auf_schlag(2)
    assert [laufend.erinnerungen(k) for k in keys] == [1] * 4


def test_am_ende_lebt_nichts_mehr(laufend: Werk) -> None:
    laufend.worker[0].terminate()
    assert laufend.worker[0].wait(60) == 0
    assert laufend.prozesse("service.cli", "workflows.serve", "prefect") == []
    laufend.starte()
    sekunden = laufend.warte_auf_schlag(1)
    assert sekunden < GEDULD, "ein geordnetes Ende hält die Pläne nicht an"
