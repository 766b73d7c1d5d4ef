"""Die Beschreibung der Schnittstelle: für Programme als OpenAPI, für Menschen als Seite."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from service.clock import berliner_tag
from service.errors import NichtGefunden
from service.probleme import PROBLEME
from service.web import anwendung, seite
from service.wege import Wege

router = Wege()


_zuletzt: tuple[tuple[str, date], str, list[dict[str, str]]] | None = None


def _beschrieben(request: Request) -> tuple[str, list[dict[str, str]]]:
    """Das Dokument und seine Zeilen für die Seite; neu nur bei neuem Profil und an einem neuen Tag."""
    global _zuletzt
    a = anwendung(request)
    umfeld, jetzt = a.umfeld(), a.jetzt()
    marke = (umfeld.fassung, berliner_tag(jetzt))
    bekannt = _zuletzt
    if bekannt is None or bekannt[0] != marke:
        from service.api_schema import beschreibung  # mit allen Modellen der Antworten; das braucht kein Start

        dokument = beschreibung(umfeld.kontext(jetzt))
        bekannt = _zuletzt = marke, json.dumps(dokument, ensure_ascii=False, separators=(",", ":")), _zeilen(dokument)
    return bekannt[1:]


def _zeilen(dokument: dict[str, Any]) -> list[dict[str, str]]:
    namen = {t["name"]: t["description"] for t in dokument["tags"]}
    return [{"methode": methode.upper(), "weg": weg, "satz": angaben["summary"], "wer": angaben.get("description", ""),
             "gruppe": namen[angaben["tags"][0]] if len(angaben["tags"]) == 1 else "Schritte mehrerer Arten"}
            for weg, methoden in dokument["paths"].items() for methode, angaben in methoden.items()]


@router.get("/api/openapi.json")
def openapi(request: Request) -> Response:
    return Response(_beschrieben(request)[0], media_type="application/json")


@router.get("/api")
def zeige(request: Request) -> Response:
    gruppen: dict[str, list[dict[str, str]]] = {}
    for zeile in _beschrieben(request)[1]:
        gruppen.setdefault(zeile["gruppe"], []).append(zeile)
    return seite(request, "pages/schnittstelle.html", gruppen=gruppen, probleme=sorted(PROBLEME.items()))


@router.get("/api/probleme/{name}")
def problem(request: Request, name: str) -> Response:
    gefunden = next(((status, titel) for status, (n, titel) in PROBLEME.items() if n == name), None)
    if gefunden is None:
        raise NichtGefunden
    return seite(request, "pages/schnittstelle_problem.html", kennzahl=gefunden[0], satz=gefunden[1])
