"""Mit einem echten Prefect-Server: eine geplante Runde läuft von selbst, überlebt seinen Tod, und nichts geschieht doppelt.

Der Takt ist hier fünf Sekunden statt einer Minute. Alles läuft aus einem Ordner, in dem nichts liegt.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from service.app import baue_app
from service.befehle.betrieb import umfeld
from service.clock import als_text, aus_text, berliner_tag, jetzt
from service.datenhaltung import oeffne
from service.db import Datenbank
from service.lauf import herzschlag
from service.settings import Einstellungen
from service.worker import bekannte, eigener_name
from tests.bau import MELDUNG, melde
from tests.netz import Browser

pytestmark = pytest.mark.prefect
WURZEL = Path(__file__).parent.parent.parent
GEDULD = 240.0
TAKT = "5"
ZUGANG = "wir:geheim"
ZEHN_MINUTEN = timedelta(minutes=10)
SCHLUESSEL = {"herzschlag": "name", "pacht": "name", "ausgang": "id"}


def prozesse_in(daten: Path, *worte: str) -> list[int]:
    """Prozesse dieses Datenordners, in deren Befehl eines der Worte steht."""
    marke = f"KREISLAUF_DATEN={daten}".encode()
    gefunden = []
    for ort in Path("/proc").glob("[0-9]*"):
        try:
            befehl, umgebung = (ort / "cmdline").read_bytes(), (ort / "environ").read_bytes()
        except OSError:
            continue
        if marke in umgebung.split(b"\0") and any(w.encode() in befehl for w in worte):
            gefunden.append(int(ort.name))
    return gefunden


class Werk:
    """Ein Datenordner, und die Worker, die auf ihm laufen."""

    def __init__(self, ort: Path, adresse: str = "") -> None:
        self.daten, self.fremd = ort / "daten", ort / "fremd"
        self.fremd.mkdir(parents=True)
        self.ort_der_db = {"KREISLAUF_DB": adresse} if adresse else {}
        self.rufe("demo", "--leer")
        self.db: Datenbank = oeffne(adresse or self.daten / "kreislauf.sqlite")
        self.fremder = ""
        self.worker: list[subprocess.Popen[bytes]] = []

    def umgebung(self, **weitere: str) -> dict[str, str]:
        fremd = {n: w for n, w in os.environ.items() if not n.startswith(("PREFECT_", "KREISLAUF_"))}
        return fremd | {"PYTHONPATH": str(WURZEL), "KREISLAUF_DATEN": str(self.daten), "KREISLAUF_TAKT": TAKT} | self.ort_der_db | weitere

    def rufe(self, *argv: str) -> None:
        subprocess.run([sys.executable, "-m", "service.cli", *argv], cwd=self.fremd, env=self.umgebung(), check=True)

    def starte(self, *modul: str, **weitere: str) -> subprocess.Popen[bytes]:
        """Einen Worker, oder was sonst genannt ist."""
        with (self.daten.parent / "ausgabe.log").open("ab") as ausgabe:
            self.worker.append(subprocess.Popen([sys.executable, "-m", *(modul or ("service.cli", "worker"))], cwd=self.fremd,
                                                env=self.umgebung(**weitere), stdout=ausgabe, stderr=ausgabe))
        return self.worker[-1]

    def schluss(self) -> None:
        for w in reversed(self.worker):
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
        """Eine Meldung von früher; die erste Stufe ihrer ersten Frist ist fällig, die zweite noch lange nicht."""
        key = melde(self.db, umfeld(self.db, jetzt()), **MELDUNG)
        werte = {"key": key, "ende": (berliner_tag(jetzt()) + timedelta(days=60)).isoformat()}
        erste = "(SELECT min(f.id) FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = :key)"
        with self.db.transaktion() as s:
            s.fuehre(f"UPDATE frist SET naechste = NULL WHERE id > {erste} AND vorgang = (SELECT id FROM vorgang WHERE key = :key)", werte)
            s.fuehre(f"UPDATE frist SET ende = :ende WHERE id = {erste}", werte)
        return key

    def erinnerungen(self, key: str) -> int:
        with self.db.lesen() as s:
            return int(s.wert("SELECT count(*) FROM ausgang a JOIN vorgang v ON v.id = a.vorgang "
                              "WHERE v.key = :key AND a.quelle LIKE 'f:%'", {"key": key}))

    def altere(self, um: timedelta) -> None:
        """Als wäre so viel Zeit vergangen, seit zuletzt eine Runde lief."""
        with self.db.transaktion() as s:
            for tabelle, spalte in (("herzschlag", "zuletzt"), ("pacht", "bis"), ("ausgang", "fruehestens")):
                for schluessel, zeit in s.alle(f"SELECT {SCHLUESSEL[tabelle]}, {spalte} FROM {tabelle}"):
                    s.fuehre(f"UPDATE {tabelle} SET {spalte} = :zeit WHERE {SCHLUESSEL[tabelle]} = :schluessel",
                             {"zeit": als_text(aus_text(zeit) - um), "schluessel": schluessel})

    def doppelt_versandt(self) -> int:
        """Was derselbe Empfänger in zwei Nachrichten bekam."""
        with self.db.lesen() as s:
            return len(s.alle("SELECT sa.ausgang, se.empfaenger FROM sendung_ausgang sa JOIN sendung se ON se.id = sa.sendung "
                              "GROUP BY 1, 2 HAVING count(DISTINCT se.id) > 1"))

    # --- Prefect

    def prozesse(self, *worte: str) -> list[int]:
        return prozesse_in(self.daten, *worte)

    def eigener(self) -> tuple[str, str]:
        """Adresse und Zugang des eigenen Servers; beides kennt nur er."""
        (nummer,) = self.prozesse("prefect.server.api.server")
        paare = dict(p.split("=", 1) for p in Path(f"/proc/{nummer}/environ").read_text().split("\0") if "=" in p)
        return paare["PREFECT_API_URL"], paare["PREFECT_API_AUTH_STRING"]

    def frage(self, weg: str, inhalt: dict[str, Any], *, zugang: bool = True) -> Any:
        adresse, wort = (self.fremder, ZUGANG) if self.fremder else self.eigener()
        anfrage = urllib.request.Request(f"{adresse}/{weg}", json.dumps(inhalt).encode(), {"Content-Type": "application/json"})
        if zugang:
            anfrage.add_header("Authorization", f"Basic {base64.b64encode(wort.encode()).decode()}")
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
    laufend.altere(ZEHN_MINUTEN)
    assert was_die_seiten_sagen(laufend) == ["/readyz", "/metrics", "/system", "/konto"], "zehn Minuten nach dem Tod sagen es alle"
    laufend.worker[0] = laufend.starte()
    laufend.worker.pop()
    bis(lambda: all(laufend.erinnerungen(k) for k in keys), "keine Erinnerung nach dem Neustart")
    laufend.warte_auf_schlag(2)
    assert [laufend.erinnerungen(k) for k in keys] == [1] * 4
    assert laufend.doppelt_versandt() == 0
    assert was_die_seiten_sagen(laufend) == [], "danach ist alles wieder gut"


def was_die_seiten_sagen(werk: Werk) -> list[str]:
    """Wo steht, dass Fristen sich verspäten. Die Seiten arbeiten dabei auf derselben Datenbank weiter."""
    app = baue_app(Einstellungen(_env_file=None), werk.db)  # type: ignore[call-arg]
    browser = Browser(app, base_url="http://localhost:8000", follow_redirects=False, client=("127.0.0.1", 50000))
    browser.als("koordination-a")
    bereit, werte = browser.get("/readyz"), browser.get("/metrics").text
    assert bereit.status_code == 200, "ein toter Takt ist kein Grund, keine Anfragen mehr anzunehmen"
    (alter,) = [int(z.split()[1]) for z in werte.splitlines() if z.startswith("kreislauf_takt_alter_sekunden ")]
    verspaetet = "Fristen und Nachrichten verspäten sich"
    gesagt = {"/readyz": verspaetet in str(bereit.json()["maengel"]), "/metrics": alter >= ZEHN_MINUTEN.total_seconds(),
              **{weg: verspaetet in browser.get(weg).text for weg in ("/system", "/konto")}}
    return [weg for weg, ja in gesagt.items() if ja]


def test_am_ende_lebt_nichts_mehr(laufend: Werk) -> None:
    laufend.worker[0].terminate()
    assert laufend.worker[0].wait(60) == 0
    assert laufend.prozesse("service.cli", "workflows.serve", "prefect") == []
    laufend.starte()
    sekunden = laufend.warte_auf_schlag(1)
    assert sekunden < GEDULD, "ein geordnetes Ende hält die Pläne nicht an"


# --- ein fremder Server, ein Work-Pool, mehrere Worker


@pytest.fixture
def verteilt(tmp_path: Path, postgres_server: str) -> Iterator[Werk]:
    """Die Aufteilung aus docs/betrieb.md: ein Prefect-Server, wie er ausgeliefert wird, `kreislauf web` und zwei `kreislauf worker`."""
    with psycopg.connect(postgres_server, autocommit=True) as c:
        for name in ("werk", "prefect"):
            c.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    w = Werk(tmp_path, urlsplit(postgres_server)._replace(path="/werk").geturl())
    w.fremder = f"http://127.0.0.1:{_freier_anschluss()}/api"
    prefects = urlsplit(postgres_server)._replace(scheme="postgresql+asyncpg", path="/prefect").geturl()
    try:
        w.starte("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(urlsplit(w.fremder).port), "--no-ui",
                 PREFECT_HOME=str(tmp_path / "prefect"), PREFECT_SERVER_API_AUTH_STRING=ZUGANG, PREFECT_API_AUTH_STRING=ZUGANG,
                 PREFECT_API_DATABASE_CONNECTION_URL=prefects, PREFECT_SERVER_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1")
        for name in ("eins", "zwei"):
            w.starte(KREISLAUF_DATEN=str(tmp_path / name), KREISLAUF_PREFECT_URL=w.fremder, KREISLAUF_PREFECT_ANMELDUNG=ZUGANG)
        yield w
    finally:
        w.schluss()


def test_zwei_worker_teilen_sich_einen_work_pool(verteilt: Werk, tmp_path: Path) -> None:
    w, anschluss = verteilt, _freier_anschluss()
    w.starte("service.cli", "web", KREISLAUF_PORT=str(anschluss))
    w.warte_auf_schlag(2)
    bis(lambda: len(w.frage("work_pools/kreislauf/workers/filter", {})) == 2, "beide Worker sind am Pool angemeldet")
    keys = [w.faellige() for _ in range(10)]
    bis(lambda: all(w.erinnerungen(k) for k in keys), "keine Erinnerung")
    w.warte_auf_schlag(3)
    assert [w.erinnerungen(k) for k in keys] == [1] * 10 and w.doppelt_versandt() == 0
    gefuehrt = w.frage("flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}, "limit": 200})
    assert gefuehrt and all(lauf["auto_scheduled"] and lauf["work_pool_name"] == "kreislauf" for lauf in gefuehrt)
    assert _worker(w, anschluss) == (2, 0, []), "beide haben sich gemeldet"
    _halte_an(tmp_path / "eins")
    spaet = w.faellige()
    bis(lambda: w.erinnerungen(spaet) == 1, "der andere Worker führt die Runden weiter")
    w.warte_auf_schlag(2)
    assert w.erinnerungen(spaet) == 1 and w.doppelt_versandt() == 0
    with urllib.request.urlopen(f"http://localhost:{anschluss}/readyz", timeout=20) as antwort:
        assert "verspäten" not in str(json.load(antwort)["maengel"])
    bis(lambda: _worker(w, anschluss)[1] == 1, "der Takt läuft, und doch fällt auf, dass einer hängt")
    (mangel,) = _worker(w, anschluss)[2]
    assert "nicht abgemeldet" in mangel and eigener_name(Einstellungen(daten=tmp_path / "eins")) in mangel
    _toete(tmp_path / "eins")
    w.worker[2].terminate()
    assert w.worker[2].wait(60) == 0
    assert prozesse_in(tmp_path / "zwei", "service.cli", "workflows.pool", "prefect") == [], "am Ende lebt nichts mehr"
    with w.db.lesen() as s:
        staende = {k.name: (k.abgemeldet, k.gefuehrt is not None) for k in bekannte(s, jetzt())}
    assert staende[eigener_name(Einstellungen(daten=tmp_path / "zwei"))] == (True, True), "wer geordnet endet, meldet sich ab"
    assert not staende[eigener_name(Einstellungen(daten=tmp_path / "eins"))][0]


def _worker(w: Werk, anschluss: int) -> tuple[int, int, list[str]]:
    """Wie viele arbeiten sollen, wie viele stumm sind, und was /readyz über sie sagt."""
    with urllib.request.urlopen(f"http://localhost:{anschluss}/metrics", timeout=20) as antwort:
        werte = dict(z.split(" ") for z in antwort.read().decode().splitlines() if not z.startswith("#"))
    with urllib.request.urlopen(f"http://localhost:{anschluss}/readyz", timeout=20) as antwort:
        saetze = [m for m in json.load(antwort)["maengel"] if "Worker „" in m]
    return int(werte["kreislauf_worker"]), int(werte["kreislauf_worker_stumm"]), saetze


def _halte_an(daten: Path) -> None:
    """Alles, was zu diesem Worker gehört, bleibt stehen, wo es ist: Es lebt, tut aber nichts mehr."""
    for nummer in prozesse_in(daten, "service.cli", "workflows.pool", "prefect"):
        os.kill(nummer, signal.SIGSTOP)


def _toete(daten: Path) -> None:
    """Der Worker mit allem, was er gestartet hat, ohne Gelegenheit, sich abzumelden."""
    for nummer in prozesse_in(daten, "service.cli", "workflows.pool", "prefect"):
        os.kill(nummer, signal.SIGKILL)


def _freier_anschluss() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
