"""Startseite und Listen: was auf jemanden wartet, und alles, was er sehen darf, gefiltert und geblättert."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from service.anzeige import tag
from service.clock import berliner_tag
from service.db import Sitzung
from service.entwuerfe import meine as meine_entwuerfe
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.listen import HOECHSTENS_GEZAEHLT, Auswahl, Eintrag, Zahlen, arbeitsliste, blaettere, ganz_sichtbare, zahlen
from service.moeglich import anfaenge
from service.web import Angemeldet, anwendung, seite
from states.kette import PROZESSE
from states.model import Prozess

router = APIRouter()

_AUF_DER_STARTSEITE, _AUF_EINER_SEITE = 15, 50


class Zeile(NamedTuple):
    """Eine Zeile der Tafel in makros/vorgaenge.html."""

    key: str
    art: str
    zustand: str
    titel: str
    kommune: str
    faellig: str
    ueberfaellig: bool
    heute: bool


def _zeile(e: Eintrag, heute: date, ganz: bool = True) -> Zeile:
    frist, dieser_tag = e.faellig if ganz else "", heute.isoformat()
    return Zeile(e.key, *_worte(e.art, e.zustand), e.titel, e.kommune or "", tag(frist), "" < frist < dieser_tag, frist == dieser_tag)


@cache
def _worte(art: str, zustand: str) -> tuple[str, str]:
    return PROZESSE[art].bezeichnung, PROZESSE[art].zustand(zustand).bezeichnung


@router.get("/", response_class=HTMLResponse)
def startseite(request: Request, person: Angemeldet) -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        meine = arbeitsliste(s, person, heute, anzahl=_AUF_DER_STARTSEITE)
        vertretung = arbeitsliste(s, person, heute, als="vertretung", anzahl=_AUF_DER_STARTSEITE)
        bestand = _bestand(s, person, heute)
        entwuerfe = meine_entwuerfe(s, person.key, a.umfeld(s))
    return seite(
        request,
        "pages/start.html",
        meine=[_zeile(e, heute) for e in meine.zeilen],
        mehr=bool(meine.weiter),
        vertretung=[_zeile(e, heute) for e in vertretung.zeilen],
        mehr_vertretung=bool(vertretung.weiter),
        bestand=bestand,
        entwuerfe=entwuerfe,
        beginnen=_beginnen(person),
    )


@router.get("/aufgaben", response_class=HTMLResponse)
def aufgaben(request: Request, person: Angemeldet, als: Literal["zustaendig", "vertretung"] = "zustaendig", ab: str = "") -> HTMLResponse:
    """Alles, was auf die Person wartet, nicht nur das Dringendste."""
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        blatt = arbeitsliste(s, person, heute, als=als, ab=ab, anzahl=_AUF_EINER_SEITE)
    anfang = f"/aufgaben?als={als}"
    weiter = f"{anfang}&ab={blatt.weiter}" if blatt.weiter else ""
    zeilen = [_zeile(e, heute) for e in blatt.zeilen]
    return seite(request, "pages/aufgaben.html", als=als, zeilen=zeilen, anfang=anfang if ab else "", weiter=weiter)


def _bestand(s: Sitzung, person: Handelnde, heute: date) -> list[dict[str, Any]]:
    """Je Art, was die Person sieht: Zustände mit ihrer Zahl, als Verweise auf die gefilterte Liste."""
    gezaehlt = zahlen(s, person, heute)
    return [_karte(art, PROZESSE[art], gezaehlt[art]) for art in PROZESSE if art in gezaehlt]


def _karte(art: str, prozess: Prozess, z: Zahlen) -> dict[str, Any]:
    offen = sum(n for wert, n in z.je_zustand.items() if not prozess.zustand(wert).ende)
    return {"art": art, "titel": prozess.bezeichnung, "offen": offen, "alle": sum(z.je_zustand.values()),
            "mehr_als": HOECHSTENS_GEZAEHLT if z.mehr else 0, "zustaende": [x for x in _zustaende(prozess, z) if z.mehr or x[2]]}


def _zustaende(prozess: Prozess, z: Zahlen) -> list[tuple[str, str, int | None]]:
    """Jeder Zustand mit seiner Zahl; None, wo nicht zu Ende gezählt ist."""
    return [(x.wert, x.bezeichnung, None if z.mehr else z.je_zustand.get(x.wert, 0)) for x in prozess.zustaende]


def _beginnen(person: Handelnde) -> list[dict[str, str]]:
    return [{"art": art, "ausloeser": u.ausloeser, "titel": f"{PROZESSE[art].bezeichnung}: {u.bezeichnung}"} for art, u in anfaenge(person)]


@router.get("/vorgaenge/{art}", response_class=HTMLResponse)
def liste(
    request: Request,
    person: Angemeldet,
    art: str,
    zustand: Annotated[list[str], Query()] = [],  # noqa: B006
    bereich: str = "",
    kommune: str = "",
    offen: str = "",
    ab: str = "",
    ordnung: str = "neueste",
) -> HTMLResponse:
    if art not in PROZESSE:
        raise NichtGefunden()
    a, prozess = anwendung(request), PROZESSE[art]
    heute = berliner_tag(a.jetzt())
    zustaende = tuple(z for z in zustand if any(z == x.wert for x in prozess.zustaende))
    auswahl = Auswahl(art=art, zustaende=zustaende, bereich=bereich, kommune=kommune, offen={"ja": True, "nein": False}.get(offen))
    with a.db.lesen() as s:
        blatt = blaettere(s, person, heute, auswahl, ab=ab, ordnung="aelteste" if ordnung == "aelteste" else "neueste")
        ganz = ganz_sichtbare(s, person, heute, blatt)
        gezaehlt = zahlen(s, person, heute, (art,)).get(art, Zahlen({}))
    profil = a.umfeld().profil
    filter_ = {"zustand": list(zustaende), "bereich": bereich, "kommune": kommune, "offen": offen, "ordnung": ordnung}
    return seite(
        request,
        "pages/liste.html",
        art=art,
        titel=prozess.bezeichnung,
        zeilen=[_zeile(e, heute, e.id in ganz) for e in blatt.zeilen],
        zustaende=_zustaende(prozess, gezaehlt),
        filter=filter_,
        bereiche=[(b.key, b.name) for b in profil.bereiche],
        kommunen=[(k, k) for k in profil.kommunen],
        weiter=_verweis(art, filter_, blatt.weiter) if blatt.weiter else "",
        erste=not ab,
        anfang=_verweis(art, filter_),
        beginnen=[x for x in _beginnen(person) if x["art"] == art],
    )


def _verweis(art: str, filter_: dict[str, Any], ab: str = "") -> str:
    """Dieselbe Liste mit denselben Filtern, ab einer Stelle."""
    return f"/vorgaenge/{art}?" + urlencode({k: w for k, w in {**filter_, "ab": ab}.items() if w}, doseq=True)
