"""Was ein politisches Gremium liest: die öffentliche Zusammenfassung. Wer für die Gremien arbeitet, sieht sie genau so."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from service import anzeige
from service.clock import berliner_tag
from service.errors import NichtGefunden
from service.oeffentlich import darf_lesen, zusammenfassung
from service.web import Angemeldet, anwendung, seite
from service.wege import Wege

router = Wege()


@router.get("/oeffentlich")
def zeige(request: Request, person: Angemeldet, ab: str = "") -> HTMLResponse:
    if not darf_lesen(person):
        raise NichtGefunden
    a = anwendung(request)
    with a.db.lesen() as s:
        gelesen = zusammenfassung(s, berliner_tag(a.jetzt()), ab=ab)
    return seite(request, "gremien/oeffentlich.html", themen=gelesen["themen"], weiter=gelesen["weiter"], erste=not ab,
                 in_worten=anzeige.wert)
