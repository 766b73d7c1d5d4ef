"""Seiten und Schnittstelle im Test: ohne Netz, mit einer Uhr, die steht, bis jemand sie stellt."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from service.app import Kreislauf
from service.db import Datenbank
from service.profil import Profil
from service.protokoll import vermerke
from service.settings import Einstellungen
from service.wege import Weg
from tests.anwendung import baue_app
from tests.erstes_profil import uebernimm

MONTAG = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
KENNWORT = "vier lose Wörter am Fluss"
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Uhr:
    def __init__(self, jetzt: datetime = MONTAG) -> None:
        self.jetzt = jetzt

    def __call__(self) -> datetime:
        return self.jetzt

    def vor(self, **dauer: float) -> None:
        self.jetzt += timedelta(**dauer)


class Browser(TestClient):
    """Folgt keiner Umleitung und schickt mit jedem Formular das Zeichen der Seite mit, von der es stammt."""

    def zeichen(self, seite: str = "/anmelden") -> str:
        antwort = self.get(seite)
        if antwort.status_code == 303:
            antwort = self.get("/konto")
        treffer = _CSRF.search(antwort.text)
        assert treffer, antwort.text[:500]
        return treffer[1]

    def sende(self, weg: str, seite: str = "/anmelden", /, **felder: Any) -> Any:
        return self.post(weg, data={"csrf": self.zeichen(seite), **felder})

    def als(self, person: str) -> Browser:
        antwort = self.sende("/anmelden/vorfuehrung", person=person)
        assert antwort.status_code == 303, antwort.text[:500]
        return self


class Netz:
    """Eine Anwendung und beliebig viele Browser davor."""

    def __init__(self, db: Datenbank, profil: Profil, *, vorfuehrung: bool = True, **einstellungen: Any) -> None:
        self.db, self.uhr = db, Uhr()
        ab = MONTAG - timedelta(days=30)

        uebernimm(db, profil, ab)
        if vorfuehrung:
            db.in_transaktion(lambda s: vermerke(s, ab, "test", "vorfuehrung_leer", {}))
        self.app: Kreislauf = baue_app(Einstellungen(_env_file=None, **einstellungen), db, self.uhr)

    def browser(self, adresse: str = "http://localhost:8000", herkunft: str = "127.0.0.1") -> Browser:
        return Browser(self.app, base_url=adresse, follow_redirects=False, client=(herkunft, 50000), raise_server_exceptions=False)


def wege(app: Kreislauf) -> list[APIRoute]:
    """Alle Wege der Anwendung, aufgelöst wie bei ihrer ersten Anfrage."""
    alle = [weg for weg in app.routes if isinstance(weg, Weg)]
    assert len(alle) == len(app.routes)  # was kein Weg ist, prüft auch die Herkunft eines Formulars nicht
    return [weg.aufgeloest for weg in alle]
