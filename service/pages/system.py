"""Für den Betrieb: /healthz, /readyz, /metrics, die Seite Systemzustand; und die Dateien für Stil und Skript."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from service import statisch
from service.betriebslage import bereit, lage, messwerte
from service.errors import NichtGefunden
from service.web import Angemeldet, anwendung, besuch, herkunft, seite
from service.wege import Wege
from states.model import Rolle

router = Wege()
_DURCHGEREICHT = ("x-forwarded-for", "x-forwarded-host", "forwarded", "via")


@router.get("/healthz")
def lebt() -> Response:
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ist_bereit(request: Request) -> Response:
    grund, maengel = bereit(anwendung(request))
    if grund is not None:
        return JSONResponse({"status": "nicht bereit", "grund": "Die Datenbank fehlt oder ist nicht auf dem Stand des Programms."}, 503)
    return JSONResponse({"status": "bereit", "maengel": maengel})


@router.get("/metrics")
def zeige_messwerte(request: Request) -> Response:
    """Für die Überwachung auf derselben Maschine ohne Anmeldung; von außen nur für die Systemverwaltung."""
    hier = herkunft(request) in ("127.0.0.1", "::1") and not any(name in request.headers for name in _DURCHGEREICHT)
    person = besuch(request).person
    if not hier and (person is None or not person.hat(Rolle.ADMIN)):
        raise NichtGefunden
    a = anwendung(request)
    with a.db.lesen() as s:
        return PlainTextResponse(messwerte(s, a.jetzt()), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/system")
def zeige_system(request: Request, person: Angemeldet) -> Response:
    if not (person.hat(Rolle.ADMIN) or person.hat(Rolle.KOORDINATION)):
        raise NichtGefunden
    a = anwendung(request)
    with a.db.lesen() as s:
        stand = lage(s, a.jetzt())
        profil = a.umfeld(s).profil
    einstellungen = a.einstellungen if person.hat(Rolle.ADMIN) else None
    maengel = [m.fuer(person) for m in stand.maengel]
    return seite(request, "system/system.html", lage=stand, maengel=maengel, profil=profil, einstellungen=einstellungen)


@router.get("/static/{name:path}")
def liefere(request: Request, name: str) -> Response:
    return statisch.liefere(request, name)


@router.get("/favicon.ico")
def zeichen(request: Request) -> Response:
    return statisch.liefere(request, "zeichen.svg")
