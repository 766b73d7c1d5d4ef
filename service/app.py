"""Hier wird alles zusammengesetzt, und nur hier: Datenbank, Vorlagen, Wege, Fehlerseiten, Schutz."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from forms.render import Vorlagen
from service import api, api_kommentare, api_konten, api_listen, api_nachrichten, api_stammdaten, clock, statisch
from service.anfragesprache import Anfragesprache
from service.anwendung import Anwendung
from service.datenhaltung import oeffne
from service.db import Datenbank
from service.fehlerseiten import verbinde
from service.pages import (
    abgang, anhang, antwort, arbeitsliste, aufbewahrung, auskunft, eingang, erhebung, gremien, kommentar, konten, konto, lenkung,
    lenkungsplan, listen, meldecodes, nachrichten, oeffentlich, ohne_konto, personen, protokoll, sammlungen, schnittstelle, schritt,
    sitzungsmodus, stammdaten, start, system, themen, vorgang, zahlen,
)
from service.schutz import Schutz
from service.settings import Einstellungen

ROUTER = (start.router, eingang.router, sammlungen.router, arbeitsliste.router, abgang.router, listen.router, anhang.router,
          vorgang.router, sitzungsmodus.router, lenkungsplan.router, lenkung.router, schritt.router, konto.router, konten.router,
          personen.router, meldecodes.router, stammdaten.router, protokoll.router, system.router, nachrichten.router,
          schnittstelle.router, antwort.router, ohne_konto.router, erhebung.router, zahlen.router, auskunft.router, aufbewahrung.router,
          gremien.router, oeffentlich.router, themen.router, kommentar.router, api_stammdaten.router, api_konten.router,
          api_nachrichten.router, api_kommentare.router, api_listen.router, api.router)


class Kreislauf(FastAPI):
    """FastAPI, um das der Schutz ganz außen liegt: Auch eine Fehlerseite hat alle Kopfzeilen."""

    schutz: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.schutz is None:
            a: Anwendung = self.state.anwendung
            self.schutz = Anfragesprache(
                Schutz(super().__call__, rechnernamen(a.einstellungen), a.einstellungen.webadresse.startswith("https://"),
                       a.einstellungen.anhang_bytes * 4 // 3), a)
        await self.schutz(scope, receive, send)


def baue_app(einstellungen: Einstellungen, db: Datenbank | None = None, jetzt: Callable[[], datetime] = clock.jetzt) -> Kreislauf:
    """Die ganze Webanwendung. Ohne `db` die der Einstellungen; dann schließt die Anwendung sie am Ende auch."""
    eigene = db is None
    datenbank = db or oeffne(einstellungen.datenbank, geduld=einstellungen.geduld_der_seiten)

    @asynccontextmanager
    async def lebenslauf(_: FastAPI) -> AsyncIterator[None]:
        yield
        if eigene:
            datenbank.schliessen()

    app = Kreislauf(title="Kreislauf", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=lebenslauf)
    app.state.anwendung = Anwendung(datenbank, einstellungen, Vorlagen(statisch.adresse), jetzt)
    verbinde(app)
    app.router.routes.extend(weg for router in ROUTER for weg in router)
    return app


def rechnernamen(e: Einstellungen) -> frozenset[str]:
    """Unter welchen Namen die Seiten antworten; ein fremder Name, der hierher zeigt, bekommt nichts."""
    return frozenset({"localhost", "127.0.0.1", "::1", urlsplit(e.webadresse).hostname or "localhost"})
