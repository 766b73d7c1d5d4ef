"""Die datierten Einträge der Stammdaten in der Schnittstelle: lesen, anlegen, ändern, beenden, mit denselben Regeln wie auf den Seiten."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fastapi import Depends, Request
from fastapi.responses import Response

from forms.stammdaten import EintragBeenden
from service import eintraege
from service.api import PFAD, Rohtext, als_json, etag
from service.api_anfrage import abfrage, fassung_aus, koerper, ohne_abfrage, pruefe_annehmbar
from service.api_modelle import Stammabfrage, Stammangaben
from service.api_pflege import am_feld, getan
from service.db import Sitzung
from service.eintragsarten import Eintragsart
from service.errors import Ungueltig
from service.geltendes import Eintrag
from service.pages.stammdaten import Art
from service.umfeld import Umfeld
from service.web import Angemeldet, Nummer, anwendung
from service.wege import Wege

router = Wege(f"{PFAD}/stammdaten", [Depends(pruefe_annehmbar)])
_LESEZEICHEN = re.compile(r"[0-9]{1,9}")


@router.get("/{art}")
def liste(request: Request, person: Angemeldet, art: Art) -> Response:
    frage, a = abfrage(request, Stammabfrage), anwendung(request)
    if frage.ab and _LESEZEICHEN.fullmatch(frage.ab) is None:
        raise Ungueltig({"ab": "Dieses Lesezeichen gehört nicht zu dieser Liste."})
    am, ab = frage.am.isoformat() if frage.am else "", int(frage.ab or 0)
    eintraege_ = a.umfeld().stammdaten.je_art.get(art.name, ())
    alle = sorted((e for e in eintraege_ if e.id > ab and (not am or e.gilt_am(am))), key=lambda e: e.id)
    gezeigt = alle[:frage.anzahl]
    weiter = str(gezeigt[-1].id) if len(alle) > frage.anzahl else None
    return als_json({"eintraege": [_gezeigt(e) for e in gezeigt], "weiter": weiter})


@router.get("/{art}/{nummer}")
def eintrag(request: Request, person: Angemeldet, art: Art, nummer: Nummer) -> Response:
    ohne_abfrage(request)
    with anwendung(request).db.lesen() as s:
        e = eintraege.eintrag(s, art, nummer)
    return als_json(_gezeigt(e), kopf={"ETag": etag(e.version)})


@router.get("/{art}/{nummer}/verlauf")
def verlauf(request: Request, person: Angemeldet, art: Art, nummer: Nummer) -> Response:
    ohne_abfrage(request)
    with anwendung(request).db.lesen() as s:
        zeilen = eintraege.verlauf(s, eintraege.eintrag(s, art, nummer))
    aenderungen = [{"zeit": z.zeit, "wer": z.wer, "was": z.was, "felder": {f: list(w) if w else None for f, w in z.felder.items()}}
                   for z in zeilen]
    return als_json({"id": nummer, "aenderungen": aenderungen})


@router.post("/{art}")
def lege_an(request: Request, person: Angemeldet, art: Art, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    daten = koerper(request, roh, Stammangaben).daten

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        return {"id": am_feld(lambda: eintraege.lege_an(s, art, daten, person, jetzt, umfeld)), "version": 1}

    return getan(request, person, {"daten": daten}, arbeit, f"{PFAD}/stammdaten/{art.name}/{{id}}")


@router.post("/{art}/{nummer}")
def aendere(request: Request, person: Angemeldet, art: Art, nummer: Nummer, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    daten = koerper(request, roh, Stammangaben).daten

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        version = _gesehen(s, request, art, nummer)
        return {"id": nummer, "version": am_feld(lambda: eintraege.aendere(s, art, nummer, daten, version, person, jetzt, umfeld))}

    return getan(request, person, {"daten": daten}, arbeit)


@router.post("/{art}/{nummer}/beenden")
def beende(request: Request, person: Angemeldet, art: Art, nummer: Nummer, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    ende = koerper(request, roh, EintragBeenden).model_dump(mode="json")

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        version = _gesehen(s, request, art, nummer)
        return {"id": nummer, "version": eintraege.beende(s, art, nummer, ende, version, person, jetzt)}

    return getan(request, person, ende, arbeit)


# --- gemeinsam --------------------------------------------------------------------------------------------------------


def _gezeigt(e: Eintrag) -> dict[str, Any]:
    return {"id": e.id, "art": e.art, "version": e.version, "gepflegt": e.gepflegt, "daten": {**e.angaben, "von": e.von, "bis": e.bis}}


def _gesehen(s: Sitzung, request: Request, art: Eintragsart, nummer: int) -> int | None:
    return fassung_aus(request, eintraege.eintrag(s, art, nummer).version)

