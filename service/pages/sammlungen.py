"""Sammlungen als Tafel, und die Auswahlrunde vor einer Sitzung: anhaken, umlegen, auswählen, parken. Ohne Ziehen mit der Maus."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from service.clock import berliner_tag
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.pages.meldungsakte import Versuch, formularteile, verlange_koordination, versuche
from service.pages.schritt import texte
from service.sammlungen import geparkte, tafel
from service.sicht import lies
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege

router = Wege()
AKTE = ("umsammeln", "auswaehlen", "parken")


@router.get("/sammlungen")
def zeige_sammlungen(request: Request, person: Angemeldet) -> HTMLResponse:
    verlange_koordination(person)
    return _sammlungen(request, person, Versuch())


@router.post("/sammlungen")
def ordne_sammlungen(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    verlange_koordination(person)
    v = versuche(request, person, texte(daten), AKTE)
    return umleitung(request, "/sammlungen", v.satz) if v.gelungen else _sammlungen(request, person, v)


def _sammlungen(request: Request, person: Handelnde, v: Versuch) -> HTMLResponse:
    a = anwendung(request)
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        koerbe = tafel(s, person, berliner_tag(jetzt))
        teile = formularteile(s, person, a.umfeld(s), jetzt, AKTE, v)
    return seite(request, "eingang/sammlungen.html", status=v.status, koerbe=koerbe, ziel="/sammlungen", **teile)


# --- Auswahlrunde -----------------------------------------------------------------------------------------------------


@router.get("/auswahlrunde/{key}")
def zeige_runde(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    verlange_koordination(person)
    return _runde(request, person, key, Versuch())


@router.post("/auswahlrunde/{key}")
def waehle_aus(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    verlange_koordination(person)
    v = versuche(request, person, texte(daten), AKTE)
    return umleitung(request, f"/auswahlrunde/{key}", v.satz) if v.gelungen else _runde(request, person, key, v)


def _runde(request: Request, person: Handelnde, key: str, v: Versuch) -> HTMLResponse:
    a = anwendung(request)
    jetzt = a.jetzt()
    heute = berliner_tag(jetzt)
    with a.db.lesen() as s:
        ansicht = lies(s, person, key, heute)
        if ansicht.art != "auswahlrunde":
            raise NichtGefunden(key)
        koerbe = [k for k in tafel(s, person, heute) if k.wartend]
        geparkt, mehr = geparkte(s, person, heute)
        teile = formularteile(s, person, a.umfeld(s), jetzt, AKTE, v)
    return seite(request, "eingang/auswahlrunde.html", status=v.status, koerbe=koerbe, geparkt=geparkt, mehr=mehr, key=key,
                 titel=ansicht.felder.get("titel") or key, offen=ansicht.zustand == "offen", ziel=f"/auswahlrunde/{key}", **teile)
