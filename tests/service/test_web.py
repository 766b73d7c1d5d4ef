"""Was für jede Antwort und jede Anfrage gilt: Kopfzeilen, Cookies, Herkunft, Größe, Fehler ohne Echo."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import Response

from service import statisch
from service.db import Datenbank
from service.profil import Profil
from service.schutz import GROESSTE_ANFRAGE, KOPFZEILEN, Schutz
from service.web import angemeldet, inneres_ziel
from service.wege import Wege
from tests.datenbild import alles
from tests.netz import Browser, Netz, wege

OFFEN = {"/anmelden", "/anmelden/vorfuehrung", "/abmelden", "/einladung/{wort}", "/antwort/{wort}", "/healthz", "/readyz", "/metrics",
         "/static/{name:path}", "/favicon.ico", "/barrierefreiheit", "/datenschutz", "/api", "/api/openapi.json", "/api/probleme/{name}",
         "/darstellung", "/melden/ohne-konto", "/melden/ohne-konto/bogen", "/melden/ohne-konto/vorschau", "/melden/ohne-konto/quittung",
         "/melden/beleg", "/melden/beleg/stand", "/melden/beleg/schliessen"}
SCHREIBEND = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def netz(db: Datenbank, profil: Profil) -> Netz:
    return Netz(db, profil)


@pytest.fixture
def browser(netz: Netz) -> Browser:
    return netz.browser()


# --- Kopfzeilen -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weg", ["/anmelden", "/", "/gibtsnicht", "/healthz", "/readyz", "/static/kreislauf.css", "/static/x",
                                 "/einladung/x",
                                 "/api/gibtsnicht", "/konto"])
def test_jede_antwort_hat_alle_kopfzeilen(browser: Browser, weg: str) -> None:
    kopf = browser.get(weg).headers
    assert {name: kopf[name] for name in KOPFZEILEN} == KOPFZEILEN
    assert "strict-transport-security" not in kopf and "server" not in kopf
    if not weg.startswith("/static/k"):
        assert kopf["cache-control"] == "no-store"


def test_head_antwortet_wie_get_ohne_inhalt(netz: Netz) -> None:
    browser = netz.browser().als("koordination-a")
    for weg in ("/", "/vorgaenge/meldebogen", "/anmelden", "/static/kreislauf.css", "/api/v1/prozesse"):
        voll, kopf = browser.get(weg), browser.head(weg)
        assert (kopf.status_code, kopf.content) == (voll.status_code, b""), weg
        assert kopf.headers.get("content-type") == voll.headers.get("content-type")


def test_auch_ein_unerwarteter_fehler_hat_sie_und_verraet_nichts(netz: Netz, caplog: pytest.LogCaptureFixture) -> None:
    router = Wege()

    @router.get("/knall")
    def knall() -> Response:
        raise ZeroDivisionError("Fatima GEHEIM")

    netz.app.router.routes.extend(router)
    antwort = netz.browser().get("/knall?name=GEHEIM")
    assert antwort.status_code == 500 and {n: antwort.headers[n] for n in KOPFZEILEN} == KOPFZEILEN
    kennung = re.search(r"Kennung ([0-9a-f]{8})", antwort.text)
    assert kennung and kennung[1] in caplog.text
    assert "GEHEIM" not in antwort.text and "GEHEIM" not in "".join(r.getMessage() for r in caplog.records)


def test_die_csp_erlaubt_nichts_unsicheres_und_keinen_fremden_rechner() -> None:
    csp = KOPFZEILEN["Content-Security-Policy"]
    assert "unsafe" not in csp and "*" not in csp and "http" not in csp
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
            "form-action 'self'"} <= {teil.strip() for teil in csp.split(";")}


@pytest.mark.parametrize("weg", ["/anmelden", "/konto", "/konten", "/system", "/gibtsnicht"])
def test_seiten_brauchen_keinen_fremden_rechner_und_keinen_stil_im_text(browser: Browser, weg: str) -> None:
    """Alles, was der Browser holt, kommt von hier; was die CSP verböte, kommt nicht vor."""
    if weg != "/anmelden":
        browser.als("systemverwaltung")
    html = browser.get(weg).text
    geholt = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+)"', html)
    assert geholt and all(ziel.startswith("/") for ziel in geholt)
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=|<style|<script(?![^>]*\ssrc=)|javascript:", html)
    eigene = [ziel for ziel in geholt if ziel.startswith("/static/kreislauf")]
    assert eigene and all(browser.get(ziel).status_code == 200 for ziel in eigene)


def test_ueber_https_gilt_hsts(db: Datenbank, profil: Profil) -> None:
    browser = Netz(db, profil, adresse="https://kreislauf.example").browser("https://kreislauf.example")
    antwort = browser.get("/anmelden")
    assert antwort.status_code == 200
    assert antwort.headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize("name", ["fremd.example", "localhost.fremd.example", "", "127.0.0.1.fremd.example:8000"])
def test_unter_fremdem_namen_gibt_es_nichts(browser: Browser, name: str) -> None:
    antwort = browser.get("/anmelden", headers={"Host": name})
    assert antwort.status_code == 421 and "Anmelden" not in antwort.text and "x-frame-options" in antwort.headers


# --- Cookies ----------------------------------------------------------------------------------------------------------


def test_cookie_auf_dieser_maschine(browser: Browser) -> None:
    keks = browser.get("/anmelden").headers["set-cookie"]
    assert keks.startswith("kreislauf=") and keks.endswith("; Path=/; HttpOnly; SameSite=Lax")


def test_cookie_ueber_https_ist_an_den_rechner_gebunden(db: Datenbank, profil: Profil) -> None:
    browser = Netz(db, profil, adresse="https://kreislauf.example").browser("https://kreislauf.example")
    keks = browser.get("/anmelden").headers["set-cookie"]
    assert keks.startswith("__Host-kreislauf=") and keks.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert browser.als("koordination-a").get("/konto").status_code == 200


def test_das_cookie_ohne_vorsilbe_gilt_ueber_https_nicht(db: Datenbank, profil: Profil) -> None:
    netz = Netz(db, profil, adresse="https://kreislauf.example")
    gut = netz.browser("https://kreislauf.example").als("koordination-a")
    fremd = netz.browser("https://kreislauf.example")
    fremd.cookies.set("kreislauf", gut.cookies["__Host-kreislauf"])
    assert fremd.get("/konto").status_code == 303


# --- woher ein Formular kommt -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kopf", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://fremd.example"},
                                  {"Origin": "http://localhost:9999"}])
def test_ein_formular_von_woanders_wird_abgelehnt(browser: Browser, kopf: dict[str, str]) -> None:
    browser.als("koordination-a")
    antwort = browser.post("/konto/ueberall-abmelden", data={"csrf": browser.zeichen("/konto")}, headers=kopf)
    assert antwort.status_code == 403 and "Noch einmal senden" not in antwort.text
    assert browser.get("/konto").status_code == 200


@pytest.mark.parametrize("kopf", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://localhost:8000"}, {}])
def test_ein_eigenes_formular_geht_durch(browser: Browser, kopf: dict[str, str]) -> None:
    browser.als("koordination-a")
    antwort = browser.post("/konto/ueberall-abmelden", data={"csrf": browser.zeichen("/konto")}, headers=kopf)
    assert antwort.status_code == 303


@pytest.mark.parametrize("zeichen", ["", "0" * 64, "ä"])
def test_ohne_zeichen_geschieht_nichts_und_die_eingaben_bleiben(browser: Browser, zeichen: str) -> None:
    browser.als("koordination-a")
    antwort = browser.post("/konto/schluessel", data={"csrf": zeichen, "name": "<b>Mein Text</b>", "kennwort": "geheim-geheim"})
    assert antwort.status_code == 403
    assert "&lt;b&gt;Mein Text&lt;/b&gt;" in antwort.text and "geheim-geheim" not in antwort.text


def test_das_zeichen_einer_anderen_anmeldung_gilt_nicht(netz: Netz) -> None:
    eine, andere = netz.browser().als("koordination-a"), netz.browser().als("koordination-b")
    assert eine.post("/abmelden", data={"csrf": andere.zeichen("/konto")}).status_code == 403
    assert eine.get("/konto").status_code == 200


def test_jeder_schreibende_weg_verlangt_das_zeichen(netz: Netz) -> None:
    """Auch einer, den jemand morgen hinzufügt und an nichts denkt."""
    browser = netz.browser().als("systemverwaltung")
    geprueft = 0
    for weg in wege(netz.app):
        for methode in weg.methods & SCHREIBEND:
            ziel = re.sub(r"\{[^}]+\}", "x", weg.path)
            antwort = browser.request(methode, ziel)
            assert antwort.status_code == 403, (methode, ziel, antwort.status_code)
            geprueft += 1
    assert geprueft >= 12


def test_ohne_anmeldung_ist_nur_offen_was_offen_sein_soll(netz: Netz) -> None:
    def braucht(abhaengig: Any) -> bool:
        return abhaengig.call is angemeldet or any(map(braucht, abhaengig.dependencies))

    offen = {weg.path for weg in wege(netz.app) if not braucht(weg.dependant)}
    assert offen <= OFFEN


def test_lesen_schreibt_nichts(netz: Netz) -> None:
    """Kein GET ändert etwas; nur das Protokoll darf vermerken, wer was gelesen hat."""
    browser = netz.browser()
    ziele = sorted(w.path for w in wege(netz.app) if "GET" in w.methods and "{" not in w.path)
    for person in ("systemverwaltung", "koordination-a"):
        browser.als(person)
        with netz.db.lesen() as s:
            protokolliert = s.wert("SELECT count(*) FROM protokoll")
        vorher = _ohne_protokoll(netz.db)
        for ziel in ziele:
            browser.get(ziel)
            browser.head(ziel)
        assert _ohne_protokoll(netz.db) == vorher
        with netz.db.lesen() as s:
            assert s.wert("SELECT count(*) FROM protokoll") >= protokolliert
    assert len(ziele) >= 8


def _ohne_protokoll(db: Datenbank) -> Any:
    bild = alles(db)
    return {name: zeilen for name, zeilen in bild.items() if name != "protokoll"}


# --- Größe und Form ---------------------------------------------------------------------------------------------------


def test_zu_grosse_anfragen_werden_nicht_gelesen(browser: Browser) -> None:
    assert browser.post("/anmelden", content=b"x" * (GROESSTE_ANFRAGE + 1)).status_code == 413

    def stueckweise() -> Any:
        for _ in range(12):
            yield b"x" * 100_000

    assert browser.post("/anmelden", content=stueckweise()).status_code == 413
    assert browser.post("/anmelden", content=b"", headers={"Content-Length": "-1"}).status_code == 413


def test_fehler_geben_nicht_zurueck_was_gesendet_wurde(browser: Browser) -> None:
    browser.als("koordination-a")
    for antwort in (browser.sende("/anmelden", kennung="x", kennwort="Fatima GEHEIM"),
                    browser.get("/anmelden?ziel=Fatima%20GEHEIM"),
                    browser.post("/api/gibtsnicht", json={"name": "Fatima GEHEIM"})):
        assert "GEHEIM" not in antwort.text


@pytest.mark.parametrize(("weg", "status"), [("/api/gibtsnicht", 404), ("/api/konto", 404)])
def test_die_schnittstelle_antwortet_mit_problem_details(browser: Browser, weg: str, status: int) -> None:
    antwort = browser.get(weg)
    assert antwort.status_code == status and antwort.headers["content-type"] == "application/problem+json"
    assert antwort.json()["status"] == status and set(antwort.json()) >= {"type", "title", "detail"}


@pytest.mark.parametrize(("ziel", "wird"), [
    ("/vorgang/MK-2026-0001", "/vorgang/MK-2026-0001"), ("/liste?art=x", "/liste?art=x"), ("https://fremd.example", "/"),
    ("//fremd.example", "/"), ("/\\fremd.example", "/"), ("\\\\fremd.example", "/"), ("/a\nb", "/"), ("javascript:alert(1)", "/"),
    ("", "/"), ("/anmelden", "/"), ("/abmelden", "/"),
])
def test_umgeleitet_wird_nur_auf_eigene_seiten(ziel: str, wird: str) -> None:
    assert inneres_ziel(ziel) == wird


# --- Stil und Skript --------------------------------------------------------------------------------------------------


def test_dateien_werden_lange_behalten_und_gepackt(browser: Browser) -> None:
    mit_fassung = browser.get(statisch.adresse("kreislauf.css"))
    assert "immutable" in mit_fassung.headers["cache-control"] and mit_fassung.headers["content-encoding"] == "gzip"
    assert mit_fassung.text == (statisch.ORT / "kreislauf.css").read_text()
    ohne = browser.get("/static/kreislauf.css")
    assert "immutable" not in ohne.headers["cache-control"]
    assert browser.get("/static/kreislauf.css", headers={"If-None-Match": ohne.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "fremd/../../app.py", "kreislauf.css/..", ""])
def test_aus_dem_ordner_fuehrt_kein_weg(browser: Browser, name: str) -> None:
    assert browser.get(f"/static/{name}").status_code == 404


def test_das_eigene_stilblatt_holt_nichts_von_woanders() -> None:
    for datei in statisch.ORT.glob("kreislauf.*"):
        assert not re.search(r"https?:|url\(['\"]?//|@import", datei.read_text()), datei


# --- was der Webprozess lädt ------------------------------------------------------------------------------------------


def test_die_seiten_laden_weder_prefect_noch_anderes_schweres() -> None:
    frage = "import service.befehle.web, sys; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    wurzel = Path(__file__).parents[2]
    geladen = set(subprocess.run([sys.executable, "-c", frage], cwd=wurzel, capture_output=True, text=True, check=True).stdout.split())
    assert "fastapi" in geladen
    assert not geladen & {"prefect", "workflows", "pandas", "numpy", "docker", "alembic", "aiosmtplib", "httpx", "hypothesis"}


# --- was niemand tippt ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["[bad", "[::1", "a]b["])
def test_ein_unlesbarer_rechnername_ist_einer_den_es_nicht_gibt(browser: Browser, host: str) -> None:
    antwort = browser.get("/anmelden", headers={"Host": host})
    assert antwort.status_code == 421 and {name: antwort.headers[name] for name in KOPFZEILEN} == KOPFZEILEN


def test_eine_unlesbare_herkunft_ist_eine_fremde(browser: Browser) -> None:
    zeichen = browser.zeichen()
    assert browser.post("/anmelden", data={"csrf": zeichen}, headers={"Origin": "http://[bad"}).status_code == 403
    assert browser.post("/anmelden", data={"csrf": zeichen, "ziel": "/[x"}).status_code == 403
    assert inneres_ziel("//[bad") == "/"


@pytest.mark.parametrize(("person", "weg", "felder"), [
    ("koordination-a", "/konto/schluessel", {"name": "Aus\0wertung"}),
    ("koordination-a", "/konto/schluessel/widerrufen", {"schluessel": "a\0b"}),
    ("systemverwaltung", "/konten/einladen", {"person": "a\0b"}),
    ("systemverwaltung", "/konten/sperren", {"person": "a\0b"}),
    ("koordination-a", "/entwurf/verwerfen", {"art": "a\0b", "ausloeser": "x", "key": "\0"}),
])
def test_das_zeichen_nul_ist_kein_fehler_des_programms(netz: Netz, person: str, weg: str, felder: dict[str, str]) -> None:
    antwort = netz.browser().als(person).sende(weg, "/konto", **felder)
    assert antwort.status_code in (200, 303, 404, 422), antwort.text[-300:]


@pytest.mark.parametrize("nummer", ["9" * 21, "0", "-1", "x", "9999999999"])
def test_was_keine_nummer_sein_kann_gibt_es_nicht(netz: Netz, nummer: str) -> None:
    browser = netz.browser().als("koordination-a")
    assert {browser.get(f"/postfach/{nummer}{x}").status_code for x in ("", "/termin.ics")} == {404}
    for weg in (f"/postfach/{nummer}/gelesen", f"/nachrichten/{nummer}/erneut", f"/nachrichten/{nummer}/ablegen"):
        assert browser.sende(weg, "/konto").status_code == 404, weg


def test_eine_anfrage_die_nicht_ankommt_endet(netz: Netz) -> None:
    """Ein echter Server und ein Absender, der nach dem ersten Byte aufhört."""
    schnell = Schutz(netz.app, {"127.0.0.1"}, https=False, geduld=0.5)
    with socket.create_server(("127.0.0.1", 0)) as anschluss:
        laufender = uvicorn.Server(uvicorn.Config(schnell, lifespan="off", log_level="critical"))
        faden = threading.Thread(target=laufender.run, kwargs={"sockets": [anschluss]})
        faden.start()
        with socket.create_connection(anschluss.getsockname(), timeout=60) as verbindung:
            verbindung.sendall(b"POST /anmelden HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\nx")
            antwort = b"".join(iter(lambda: verbindung.recv(4096), b""))
        laufender.should_exit = True
        faden.join(30)
    assert antwort.startswith(b"HTTP/1.1 408") and b"content-security-policy" in antwort.lower()
