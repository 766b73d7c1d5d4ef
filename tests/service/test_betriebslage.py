"""/healthz, /readyz, /metrics und die Seite Systemzustand; was die Verantwortlichen über den Takt erfahren."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest

from service.apply import Schritt
from service.befehle.web import _anschluss
from service.betriebslage import maengel
from service.clock import als_text, berliner_tag
from service.datenhaltung import hebe_an
from service.db import Datenbank
from service.lauf import TAKT, gepachtet, takt
from service.migrations import STAENDE, TABELLE
from service.profil import Profil
from service.settings import Einstellungen
from service.umfeld import lade_umfeld
from tests.aufruf import Lauf
from tests.bau import MELDER, MELDUNG, tue
from tests.datenbild import Anleger
from tests.netz import Netz

WURZEL = Path(__file__).parents[2]


@pytest.fixture
def netz(db: Datenbank, profil: Profil) -> Netz:
    return Netz(db, profil)


def schlage(netz: Netz) -> None:
    with gepachtet(netz.db, TAKT, netz.uhr()) as gang:
        assert gang
        gang.beende({})


def test_ohne_takt_ist_die_anwendung_bereit_und_sagt_was_fehlt(netz: Netz) -> None:
    antwort = netz.browser().get("/readyz")
    assert antwort.status_code == 200
    assert [m for m in antwort.json()["maengel"] if "noch nie" in m]
    schlage(netz)
    assert not [m for m in netz.browser().get("/readyz").json()["maengel"] if "Fristen" in m]
    netz.uhr.vor(minutes=11, seconds=30)
    assert [m for m in netz.browser().get("/readyz").json()["maengel"] if "vor 11 Minuten" in m]


def test_mit_ausstehender_wanderung_ist_sie_nicht_bereit_lebt_aber(netz: Netz) -> None:
    _verstelle(netz.db, "9999")
    try:
        antwort = netz.browser().get("/readyz")
        assert antwort.status_code == 503 and "Datenbank" in antwort.json()["grund"]
        assert netz.browser().get("/healthz").status_code == 200
        for weg in ("/", "/anmelden", "/api/v1/vorgaenge", "/metrics"):
            antwort = netz.browser().get(weg)
            assert antwort.status_code == 503 and "kennt nur Stände bis" in antwort.text, weg
        zugriff = netz.browser().post("/api/v1/vorgaenge/meldebogen/einreichen", json={})
        assert zugriff.status_code == 503 and zugriff.headers["retry-after"]
    finally:
        _verstelle(netz.db, STAENDE[-1])
    assert netz.browser().get("/anmelden").status_code == 200, "sobald es passt, geht es weiter"


def test_vor_der_wanderung_sagt_jede_seite_welcher_befehl_fehlt(netz: Netz) -> None:
    _verstelle(netz.db, STAENDE[-2])
    try:
        assert "Bitte rufen Sie „kreislauf db upgrade“ auf." in netz.browser().get("/anmelden").text
    finally:
        _verstelle(netz.db, STAENDE[-1])


def _verstelle(db: Datenbank, stand: str) -> None:
    with db.transaktion() as s:
        s.fuehre(f"UPDATE {TABELLE} SET version_num = :stand", {"stand": stand})


def test_ohne_erreichbare_datenbank_ist_sie_nicht_bereit_lebt_aber(profil: Profil, anlegen: Anleger) -> None:
    db = anlegen("sqlite")
    hebe_an(db)
    netz = Netz(db, profil)
    db.schliessen()
    Path(db.adresse).write_bytes(b"keine Datenbank" * 1000)
    assert netz.browser().get("/readyz").status_code == 503
    assert netz.browser().get("/healthz").status_code == 200
    antwort = netz.browser().get("/anmelden")
    assert antwort.status_code == 503 and "keine Datenbank" not in antwort.text and "x-frame-options" in antwort.headers


def test_messwerte_sind_prometheus_und_nur_zahlen(netz: Netz) -> None:
    schlage(netz)
    netz.uhr.vor(seconds=90)
    antwort = netz.browser().get("/metrics")
    assert antwort.headers["content-type"].startswith("text/plain; version=0.0.4")
    werte = dict(z.split(" ") for z in antwort.text.splitlines() if not z.startswith("#"))
    assert werte["kreislauf_takt_alter_sekunden"] == "90" and werte["kreislauf_vorgaenge"] == "0"
    assert all(re.fullmatch(r"(# (HELP|TYPE) )?[a-z_]+ .+", z) for z in antwort.text.splitlines())


def werte(netz: Netz) -> dict[str, int]:
    zeilen = netz.browser().get("/metrics").text.splitlines()
    return {n.removeprefix("kreislauf_"): int(w) for z in zeilen if not z.startswith("#") for n, w in [z.split(" ")]}


def test_messwerte_zaehlen_was_wartet_was_zu_spaet_ist_und_was_scheiterte(netz: Netz) -> None:
    """Eine Meldung, ihre Frist drei Wochen später, die Runde, und eine Nachricht, die niemand annahm."""
    with netz.db.lesen() as s:
        umfeld = lade_umfeld(s, berliner_tag(netz.uhr()).isoformat())
    tue(netz.db, umfeld, MELDER, Schritt("einreichen", art="meldebogen", daten=MELDUNG), jetzt=netz.uhr())
    vorher = werte(netz)
    assert vorher["takt_alter_sekunden"] == -1 and vorher["vorgaenge"] == 1
    assert vorher["ausgang_offen"] > 0 and vorher["fristen_faellig"] == vorher["nachrichten_gescheitert"] == 0
    netz.uhr.vor(days=21)
    verspaetet = werte(netz)
    assert verspaetet["fristen_faellig"] > 0 and verspaetet["ausgang_ueberfaellig"] == verspaetet["ausgang_offen"]
    takt(netz.db, Einstellungen(_env_file=None), umfeld, netz.uhr())  # type: ignore[call-arg]
    danach = werte(netz)
    assert danach["takt_alter_sekunden"] == danach["fristen_faellig"] == danach["ausgang_ueberfaellig"] == 0
    with netz.db.transaktion() as s:
        assert s.fuehre("UPDATE sendung SET zustand = 'gescheitert' WHERE id = (SELECT min(id) FROM sendung)") == 1
    assert werte(netz)["nachrichten_gescheitert"] == 1
    assert "nicht zugestellt werden konnten" in netz.browser().als("koordination-a").get("/system").text


@pytest.mark.parametrize(("herkunft", "kopf", "status"), [
    ("127.0.0.1", {}, 200), ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404), ("192.0.2.1", {}, 404),
    ("127.0.0.1", {"X-Real-IP": "192.0.2.1"}, 404),
])
def test_messwerte_gibt_es_nur_auf_dieser_maschine(netz: Netz, herkunft: str, kopf: dict[str, str], status: int) -> None:
    assert netz.browser(herkunft=herkunft).get("/metrics", headers=kopf).status_code == status


def test_hinter_https_gibt_es_messwerte_nur_unter_einem_namen_dieser_maschine(db: Datenbank, profil: Profil) -> None:
    """Der vorgeschaltete Webserver ruft auch von dieser Maschine; am Namen der Seiten ist er zu erkennen."""
    netz = Netz(db, profil, adresse="https://kreislauf.example")
    assert netz.browser("https://kreislauf.example").get("/metrics").status_code == 404
    assert netz.browser("http://127.0.0.1:8000").get("/metrics").status_code == 200


def test_die_systemverwaltung_sieht_messwerte_von_ueberall(netz: Netz) -> None:
    assert netz.browser(herkunft="192.0.2.1").als("systemverwaltung").get("/metrics").status_code == 200
    assert netz.browser(herkunft="192.0.2.1").als("koordination-a").get("/metrics").status_code == 404


@pytest.mark.parametrize(("person", "status"), [("systemverwaltung", 200), ("koordination-a", 200), ("cm-altena", 404), ("s01", 404)])
def test_den_systemzustand_sehen_die_verantwortlichen(netz: Netz, person: str, status: int) -> None:
    assert netz.browser().als(person).get("/system").status_code == status


def test_einstellungen_sieht_nur_die_systemverwaltung(netz: Netz) -> None:
    assert "Datenordner" in netz.browser().als("systemverwaltung").get("/system").text
    assert "Datenordner" not in netz.browser().als("koordination-a").get("/system").text


def test_ein_hinweis_auf_jeder_seite_wenn_fristen_sich_verspaeten(netz: Netz) -> None:
    koordination, vorsitz = netz.browser().als("koordination-a"), netz.browser().als("s01")
    schlage(netz)
    assert "Hinweis zum Betrieb" not in koordination.get("/konto").text
    netz.uhr.jetzt += timedelta(minutes=12)
    for weg in ("/konto", "/system"):
        blatt = koordination.get(weg).text
        assert "Fristen und Nachrichten verspäten sich: Sie sind zuletzt vor 11 Minuten" in blatt
        assert "Systemverwaltung Bescheid" in blatt and "verloren geht nichts" in blatt and "kreislauf run" not in blatt
        blatt = netz.browser().als("systemverwaltung").get(weg).text
        assert "vor 11 Minuten" in blatt and "kreislauf run" in blatt and "kreislauf worker" in blatt and "prefect/ausgabe.log" in blatt
    assert "Hinweis zum Betrieb" not in vorsitz.get("/konto").text


def test_jeder_mangel_sagt_der_koordination_was_es_fuer_sie_heisst(netz: Netz) -> None:
    """Ohne Befehle und Einstellungen, immer mit dem, der es beheben kann."""
    schlage(netz)
    ergebnisse = {"takt": {"versandfehler": "KREISLAUF_SMTP_HOST fehlt", "versand": {"ohne_mailserver": True, "grund": "anmeldung"}},
                  "tagesrunde": {"befunde": 3}}
    with netz.db.transaktion() as s:
        for name, ergebnis in ergebnisse.items():
            s.fuehre("DELETE FROM herzschlag WHERE name = :name", {"name": name})
            s.fuehre("INSERT INTO herzschlag (name, zuletzt, ergebnis) VALUES (:name, :zuletzt, :ergebnis)",
                     {"name": name, "zuletzt": als_text(netz.uhr.jetzt - timedelta(minutes=30)), "ergebnis": json.dumps(ergebnis)})
    with netz.db.lesen() as s:
        gefunden = maengel(s, netz.uhr.jetzt)
    assert len(gefunden) == 5
    for m in gefunden:
        assert "Systemverwaltung" in m.fachlich and "kreislauf" not in m.fachlich.lower() and "make" not in m.fachlich
        assert "Bitte" in m.betrieb or "KREISLAUF_" in m.betrieb


# --- kreislauf web ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_ueber_das_netz_nur_ausdruecklich(lauf: Lauf, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("KREISLAUF_HOST", host)
    ende, _, fehler = lauf("web")
    assert ende == 2 and "KREISLAUF_ADRESSE" in fehler and "KREISLAUF_UNVERSCHLUESSELT" in fehler


def test_ein_belegter_anschluss_ist_ein_satz(lauf: Lauf, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as belegt:
        belegt.bind(("127.0.0.1", 0))
        belegt.listen()
        monkeypatch.setenv("KREISLAUF_PORT", str(belegt.getsockname()[1]))
        ende, _, fehler = lauf("web")
    assert ende == 2 and "KREISLAUF_PORT" in fehler


def _freier_anschluss() -> int:
    with socket.socket() as frei:
        frei.bind(("127.0.0.1", 0))
        nummer: int = frei.getsockname()[1]
    return nummer


def test_der_anschluss_laesst_keine_antwort_warten() -> None:
    """Mit Nagles Verfahren wartete jede weitere Anfrage einer offenen Verbindung 40 ms auf die Bestätigung der Gegenseite."""
    async def angenommene() -> int:
        angenommen: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def bediene(_: asyncio.StreamReader, antwort: asyncio.StreamWriter) -> None:
            angenommen.set_result(antwort.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            antwort.close()

        anschluss = _anschluss(Einstellungen(host="127.0.0.1", port=_freier_anschluss()))
        async with await asyncio.start_server(bediene, sock=anschluss):
            await asyncio.open_connection(*anschluss.getsockname())
            return await angenommen

    assert asyncio.run(angenommene())


def test_kreislauf_web_auf_leerem_ordner_nennt_den_link_fuer_das_erste_konto(tmp_path: Path) -> None:
    """Der echte Befehl mit echtem Anschluss, von einem fremden Ort aus."""
    with socket.socket() as frei:
        frei.bind(("127.0.0.1", 0))
        anschluss = frei.getsockname()[1]
    umgebung = {"PYTHONPATH": str(WURZEL), "KREISLAUF_DATEN": str(tmp_path / "daten"), "KREISLAUF_PORT": str(anschluss)}
    with (tmp_path / "ausgabe").open("w") as ausgabe:
        prozess = subprocess.Popen([sys.executable, "-m", "service.cli", "web"], cwd=tmp_path, env=umgebung, stderr=ausgabe)
        try:
            assert _antwort(f"http://localhost:{anschluss}/healthz") == 200
            text = (tmp_path / "ausgabe").read_text()
            (link,) = re.findall(rf"http://localhost:{anschluss}/einladung/[\w-]{{40,}}", text)
            assert _antwort(link) == 200 and _antwort(f"http://localhost:{anschluss}/anmelden") == 200
        finally:
            prozess.send_signal(signal.SIGTERM)
            prozess.wait(20)
    assert link.rsplit("/", 1)[1] not in (tmp_path / "ausgabe").read_text().replace(link, "")


def _antwort(adresse: str) -> int:
    ende = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(adresse, timeout=10) as antwort:
                return int(antwort.status)
        except OSError:
            if time.monotonic() > ende:
                raise
            time.sleep(0.2)


def test_konto_einladen_ist_der_weg_zurueck(lauf: Lauf) -> None:
    assert lauf("demo", "--leer")[0] == 0
    ende, ausgabe, _ = lauf("konto", "einladen", "systemverwaltung")
    assert ende == 0 and re.fullmatch(r"http://localhost:8000/einladung/[\w-]{40,}\n", ausgabe)
    assert lauf("konto", "einladen", "niemand")[:2] == (2, "")


@pytest.mark.parametrize("befehl", ["web", "worker", "run"])
def test_unverschluesselt_an_einen_fremden_mailserver_faengt_nichts_an(lauf: Lauf, monkeypatch: pytest.MonkeyPatch, befehl: str) -> None:
    monkeypatch.setenv("KREISLAUF_SMTP_HOST", "mail.kreis.example")
    monkeypatch.setenv("KREISLAUF_SMTP_TLS", "aus")
    ende, _, fehler = lauf(befehl)
    assert ende == 2 and "Nachrichten gingen unverschlüsselt an mail.kreis.example." in fehler


@pytest.mark.parametrize("befehl", ["web", "worker"])
def test_was_sonst_nicht_zusammenpasst_steht_beim_start_da(lauf: Lauf, monkeypatch: pytest.MonkeyPatch, befehl: str) -> None:
    """Der Start selbst scheitert hier an einer Datenbank, die es nicht gibt; die Hinweise kommen vorher."""
    monkeypatch.setenv("KREISLAUF_PORTT", "8001")
    monkeypatch.setenv("KREISLAUF_PROFIL", "/nix.toml")
    monkeypatch.setenv("KREISLAUF_DB", "/gibt/es/nicht.sqlite")
    ende, _, fehler = lauf(befehl)
    assert ende == 2 and "Hinweis: Die Einstellung KREISLAUF_PORTT gibt es nicht. Meinten Sie KREISLAUF_PORT?" in fehler
    assert "Hinweis: KREISLAUF_PROFIL nennt /nix.toml" in fehler


def test_was_entsteht_gehoert_nur_diesem_konto(lauf: Lauf, ort: Path) -> None:
    bisher = os.umask(0o022)
    try:
        assert lauf("config", "check")[0] == 0
        (ort / "neu").touch()
    finally:
        os.umask(bisher)
    assert (ort / "neu").stat().st_mode & 0o777 == 0o600
