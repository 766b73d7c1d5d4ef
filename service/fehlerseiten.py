"""Fehler, wie sie ankommen: als deutsche Seite, auf der Schnittstelle als „problem details“ (RFC 9457). Nie mit dem, was gesendet wurde."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from service import probleme
from service.errors import Betriebsfehler, FremdesFormular, Kreislauffehler, NichtAngemeldet, NichtGefunden, Unmoeglich
from service.probleme import problemantwort
from service.stoerung import FEHLER, Ungewiss, stoerung
from service.wege import methoden
from service.web import FREMD, THEMEN, anwendung, darstellung, ist_schnittstelle, seite, sprache, wartezeit, zeichen_zum_ausweis
from states.aussage import Aussage

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
_SPAETER = 60  # Sekunden, ehe ein Programm es noch einmal versuchen soll
_NICHT_GESPEICHERT = "Ihre Angaben sind nicht gespeichert. Sie sind auf dieser Seite noch da; bitte lassen Sie sie so lange offen."
_HOECHSTENS_FELDER = 300  # so viele Angaben trägt die Seite „noch einmal senden“ mit


def verbinde(app: FastAPI) -> None:
    app.add_exception_handler(Kreislauffehler, _kreislauffehler)
    for art in FEHLER:
        app.add_exception_handler(art, _gestoert)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _nicht_lesbar)
    app.add_exception_handler(Exception, _unerwartet)


async def _kreislauffehler(request: Request, fehler: Exception) -> Response:
    assert isinstance(fehler, Kreislauffehler)
    antwort = await _seite_oder_problem(request, fehler)
    antwort.headers.update(wartezeit(fehler))
    if isinstance(fehler, Betriebsfehler):
        antwort.headers["Retry-After"] = str(_SPAETER)
    return antwort


async def _gestoert(request: Request, fehler: Exception) -> Response:
    """Was die Datenbank gerade nicht kann; alles andere, was sie meldet, ist unser Fehler."""
    gestoert = stoerung(fehler)
    if gestoert is None:
        raise fehler
    return await _kreislauffehler(request, gestoert)


async def _seite_oder_problem(request: Request, fehler: Kreislauffehler) -> Response:
    if fehler.status >= 500:
        LOG.error("%s: %s", type(fehler).__name__, fehler.satz)
    if ist_schnittstelle(request):
        return problemantwort(probleme.problem(fehler))
    if isinstance(fehler, NichtAngemeldet):
        return await _anmelden(request, fehler)
    if isinstance(fehler, FremdesFormular) and fehler.satz != FREMD:
        return await _noch_einmal(request, fehler)
    if isinstance(fehler, Betriebsfehler) and request.method == "POST":
        return await _spaeter_noch_einmal(request, fehler)
    key, satz = fehler.key if isinstance(fehler, Unmoeglich) else "", fehler.satz
    if isinstance(fehler, NichtGefunden):
        key, satz = (fehler.key if fehler.sichtbar else ""), (satz if fehler.key else _SAETZE[404])
    return await run_in_threadpool(fehlerseite, request, fehler.status, satz, key)


async def _http(request: Request, fehler: Exception) -> Response:
    assert isinstance(fehler, HTTPException)
    kopf = dict(fehler.headers or {})
    if fehler.status_code == 405:
        kopf["Allow"] = ", ".join(methoden(request.app.router.routes, request.scope["route"].path))
    return await run_in_threadpool(_schlicht, request, fehler.status_code, _SAETZE.get(fehler.status_code, ""), kopf)


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
    satz = Aussage("Bitte versuchen Sie es noch einmal. Hilft das nicht, nennen Sie der Systemverwaltung bitte die Kennung {kennung}.",
                   kennung=kennung)
    if ist_schnittstelle(request):
        return problemantwort(probleme.problem_von(500, satz))
    return fehlerseite(request, 500, satz)


# --- Seiten -----------------------------------------------------------------------------------------------------------


def fehlerseite(request: Request, status: int, satz: str, key: str = "") -> Response:
    """`key`: zu welchem Vorgang es zurückgeht. Ab 500 ohne alles, was die Datenbank braucht: Vielleicht ist gerade sie der Grund."""
    if status >= 500:
        return _ohne_datenbank(request, status, satz)
    return _im_rahmen(request, "fehler/fehler.html", status, satz, key=key)


def _im_rahmen(request: Request, vorlage: str, status: int, satz: str, felder: Sequence[tuple[str, str]] = (), key: str = ""
               ) -> Response:
    """Mit der Grundvorlage, solange die Datenbank hergibt, was auf jeder Seite steht."""
    try:
        return seite(request, vorlage, status=status, titel=titel(status), satz=satz, felder=felder, key=key, weg=request.url.path)
    except FEHLER:
        return _ohne_datenbank(request, status, satz, felder)


def _ohne_datenbank(request: Request, status: int, satz: str, felder: Sequence[tuple[str, str]] = (), mehr: str = "") -> Response:
    """`felder`: was sich von dieser Seite aus noch einmal senden lässt."""
    zeichen = zeichen_zum_ausweis(request) if felder else ""
    lesend = request.method in ("GET", "HEAD")
    return HTMLResponse(anwendung(request).vorlagen.seite("fehler/schlicht.html", titel=titel(status), satz=satz, mehr=mehr, felder=felder,
                                                          csrf=zeichen, weg=request.url.path, lesend=lesend,
                                                          sprache=sprache(request),
                                                          thema=THEMEN[darstellung(request)]), status)


def _schlicht(request: Request, status: int, satz: str, kopf: Mapping[str, str]) -> Response:
    antwort = problemantwort(probleme.problem_von(status)) if ist_schnittstelle(request) else fehlerseite(request, status, satz)
    antwort.headers.update(kopf)
    return antwort


async def _anmelden(request: Request, fehler: NichtAngemeldet) -> Response:
    if request.method in ("GET", "HEAD"):
        weg = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse("/anmelden" if weg == "/" else f"/anmelden?ziel={quote(weg, safe='/')}", 303)
    return await _noch_einmal(request, fehler)


async def _noch_einmal(request: Request, fehler: Kreislauffehler) -> Response:
    """Was getippt ist, geht nicht verloren: Die Seite trägt es mit und sendet es nach der Anmeldung noch einmal."""
    felder = await _getippt(request)
    return await run_in_threadpool(_im_rahmen, request, "fehler/noch_einmal.html", fehler.status, fehler.satz, felder)


async def _spaeter_noch_einmal(request: Request, fehler: Betriebsfehler) -> Response:
    """Dasselbe, wenn es an der Datenbank liegt. Ein Kennwort trägt die Seite nicht mit; ohne es nützt noch einmal senden nichts."""
    felder = [] if any("kennwort" in name for name in await request.form()) else await _getippt(request)
    mehr = _NICHT_GESPEICHERT if felder and not isinstance(fehler, Ungewiss) else ""
    return await run_in_threadpool(_ohne_datenbank, request, fehler.status, fehler.satz, felder, mehr)


async def _getippt(request: Request) -> list[tuple[str, str]]:
    formular = await request.form()
    felder = [(name, wert) for name, wert in formular.multi_items() if isinstance(wert, str) and name != "csrf" and "kennwort" not in name]
    return felder[:_HOECHSTENS_FELDER]


def titel(status: int) -> str:
    return _TITEL.get(status, "Das hat nicht geklappt")
