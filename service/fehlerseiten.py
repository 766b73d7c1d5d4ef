"""Fehler, wie sie ankommen: als deutsche Seite, auf der Schnittstelle als „problem details“ (RFC 9457). Nie mit dem, was gesendet wurde."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from service import probleme
from service.errors import FremdesFormular, Kreislauffehler, NichtAngemeldet, Unmoeglich, ZuVieleVersuche
from service.konten import FENSTER
from service.web import FREMD, anwendung, ist_schnittstelle, seite

LOG = logging.getLogger("kreislauf.web")
_TITEL = {
    400: "Die Anfrage ist nicht lesbar", 401: "Bitte melden Sie sich an", 403: "Das dürfen Sie hier nicht", 404: "Das gibt es nicht",
    405: "Das geht auf diesem Weg nicht", 409: "Das geht so nicht", 412: "Jemand war schneller", 413: "Das ist zu groß",
    415: "Dieses Format geht nicht", 422: "Einige Angaben fehlen oder stimmen nicht",
    428: "Es fehlt die Angabe, welche Fassung Sie gesehen haben",
    429: "Bitte warten Sie einen Augenblick", 500: "Da ist uns ein Fehler passiert", 503: "Kreislauf ist gerade nicht verfügbar",
}  # fmt: skip
_SAETZE = {
    400: "Bitte gehen Sie zurück und versuchen Sie es noch einmal.", 404: "Diese Seite gibt es nicht, oder sie ist nicht für Sie bestimmt.",
    405: "Bitte gehen Sie zurück und benutzen Sie die Schaltflächen der Seite.",
}
_HOECHSTENS_FELDER = 300  # so viele Angaben trägt die Seite „noch einmal senden“ mit


def verbinde(app: FastAPI) -> None:
    app.add_exception_handler(Kreislauffehler, _kreislauffehler)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _nicht_lesbar)
    app.add_exception_handler(Exception, _unerwartet)


async def _kreislauffehler(request: Request, fehler: Exception) -> Response:
    assert isinstance(fehler, Kreislauffehler)
    antwort = await _seite_oder_problem(request, fehler)
    if isinstance(fehler, ZuVieleVersuche):
        antwort.headers["Retry-After"] = str(int(FENSTER.total_seconds()))
    return antwort


async def _seite_oder_problem(request: Request, fehler: Kreislauffehler) -> Response:
    if fehler.status >= 500:
        LOG.error("%s: %s", type(fehler).__name__, fehler.satz)
    if ist_schnittstelle(request):
        return problemantwort(probleme.problem(fehler))
    if isinstance(fehler, NichtAngemeldet):
        return await _anmelden(request, fehler)
    if isinstance(fehler, FremdesFormular) and fehler.satz != FREMD:
        return await _noch_einmal(request, fehler)
    key = fehler.key if isinstance(fehler, Unmoeglich) else ""
    return await run_in_threadpool(fehlerseite, request, fehler.status, fehler.satz, key)


async def _http(request: Request, fehler: Exception) -> Response:
    assert isinstance(fehler, HTTPException)
    return await run_in_threadpool(_schlicht, request, fehler.status_code, _SAETZE.get(fehler.status_code, ""), fehler.headers)


async def _nicht_lesbar(request: Request, fehler: Exception) -> Response:
    """Der Rahmen von FastAPI gäbe hier zurück, was gesendet wurde; genannt werden nur die Felder."""
    assert isinstance(fehler, RequestValidationError)
    felder = [".".join(str(t) for t in e["loc"][1:]) or str(e["loc"][0]) for e in fehler.errors()]
    befunde = [{"feld": feld, "grund": "Diese Angabe fehlt oder hat die falsche Form."} for feld in felder]
    if ist_schnittstelle(request):
        return problemantwort({**probleme.problem_von(422), "felder": befunde})
    return await run_in_threadpool(fehlerseite, request, 422, "Bitte gehen Sie zurück und ergänzen Sie sie.")


async def _unerwartet(request: Request, fehler: Exception) -> Response:
    """Die Kennung steht auch im Protokoll des Programms; was gesendet wurde, in keinem von beiden."""
    kennung = secrets.token_hex(4)
    LOG.error("Fehler %s bei %s (%s)", kennung, getattr(request.scope.get("route"), "path", "?"), type(fehler).__name__)
    satz = f"Bitte versuchen Sie es noch einmal. Hilft das nicht, nennen Sie der Systemverwaltung bitte die Kennung {kennung}."
    if ist_schnittstelle(request):
        return problemantwort(probleme.problem_von(500, satz))
    return fehlerseite(request, 500, satz)


# --- Seiten -----------------------------------------------------------------------------------------------------------


def fehlerseite(request: Request, status: int, satz: str, key: str = "") -> Response:
    """`key`: zu welchem Vorgang es zurückgeht. Ab 500 ohne alles, was die Datenbank braucht: Vielleicht ist gerade sie der Grund."""
    if status >= 500:
        inhalt = anwendung(request).vorlagen.seite("fehler/schlicht.html", titel=titel(status), satz=satz)
        return HTMLResponse(inhalt, status)
    return seite(request, "fehler/fehler.html", status=status, titel=titel(status), satz=satz, key=key)


def _schlicht(request: Request, status: int, satz: str, kopf: Mapping[str, str] | None) -> Response:
    antwort = problemantwort(probleme.problem_von(status)) if ist_schnittstelle(request) else fehlerseite(request, status, satz)
    for name, wert in (kopf or {}).items():
        antwort.headers[name] = wert
    return antwort


async def _anmelden(request: Request, fehler: NichtAngemeldet) -> Response:
    if request.method in ("GET", "HEAD"):
        weg = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse("/anmelden" if weg == "/" else f"/anmelden?ziel={quote(weg, safe='/')}", 303)
    return await _noch_einmal(request, fehler)


async def _noch_einmal(request: Request, fehler: Kreislauffehler) -> Response:
    """Was getippt ist, geht nicht verloren: Die Seite trägt es mit und sendet es nach der Anmeldung noch einmal."""
    formular = await request.form()
    felder = [(name, wert) for name, wert in formular.multi_items() if isinstance(wert, str) and name != "csrf" and "kennwort" not in name]
    return await run_in_threadpool(seite, request, "fehler/noch_einmal.html", status=fehler.status, titel=titel(401), satz=fehler.satz,
                                   felder=felder[:_HOECHSTENS_FELDER], weg=request.url.path)


def titel(status: int) -> str:
    return _TITEL.get(status, "Das hat nicht geklappt")


# --- Schnittstelle ----------------------------------------------------------------------------------------------------


def problemantwort(inhalt: Mapping[str, Any]) -> JSONResponse:
    """RFC 9457; was ein Programm daraus lesen kann, steht in `service/probleme.py`."""
    antwort = JSONResponse(dict(inhalt), inhalt["status"], media_type=probleme.MEDIENTYP)
    if inhalt["status"] == 401:
        antwort.headers["WWW-Authenticate"] = "Bearer"
    return antwort
