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
_HIER = ("127.0.0.1", "::1")
_DURCHGEREICHT = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via")


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
    person = besuch(request).person
    if not _von_hier(request) and (person is None or not person.hat(Rolle.ADMIN)):
        raise NichtGefunden
    a = anwendung(request)
    with a.db.lesen() as s:
        return PlainTextResponse(messwerte(s, a.jetzt()), media_type="text/plain; version=0.0.4; charset=utf-8")


def _von_hier(request: Request) -> bool:
    """Auch ein Webserver davor ruft von dieser Maschine; über https ist er am Rechnernamen zu erkennen, den er weiterreicht."""
    if herkunft(request) not in _HIER or any(name in request.headers for name in _DURCHGEREICHT):
        return False
    return not anwendung(request).einstellungen.webadresse.startswith("https://") or request.url.hostname in (*_HIER, "localhost")


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
