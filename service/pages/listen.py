"""Listen: alles, was jemand sehen darf, gefiltert und geblättert."""

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
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.listen import Auswahl, Eintrag, Zahlen, arbeitsliste, blaettere, ganz_sichtbare, zahlen
from service.pages.start import beginnen
from service.web import Angemeldet, anwendung, seite
from states.kette import PROZESSE
from states.model import Prozess

router = APIRouter()

_AUF_EINER_SEITE = 50


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


@router.get("/aufgaben", response_class=HTMLResponse)
def aufgaben(request: Request, person: Angemeldet, als: Literal["zustaendig", "vertretung"] = "zustaendig", ab: str = "") -> HTMLResponse:
    """Alles, was auf die Person wartet, nicht nur das Dringendste."""
    a = anwendung(request)
    with a.db.lesen() as s:
        kontext = aufgabenseite(s, person, berliner_tag(a.jetzt()), als, ab)
    return seite(request, "pages/aufgaben.html", **kontext)


def aufgabenseite(s: Sitzung, person: Handelnde, heute: date, als: Literal["zustaendig", "vertretung"] = "zustaendig", ab: str = ""
                  ) -> dict[str, Any]:
    blatt = arbeitsliste(s, person, heute, als=als, ab=ab, anzahl=_AUF_EINER_SEITE)
    anfang = f"/aufgaben?als={als}"
    return {"als": als, "zeilen": [_zeile(e, heute) for e in blatt.zeilen], "anfang": anfang if ab else "",
            "weiter": f"{anfang}&ab={blatt.weiter}" if blatt.weiter else ""}


def _zustaende(prozess: Prozess, z: Zahlen) -> list[tuple[str, str, int | None]]:
    """Jeder Zustand mit seiner Zahl; None, wo nicht zu Ende gezählt ist."""
    return [(x.wert, x.bezeichnung, None if z.mehr else z.je_zustand.get(x.wert, 0)) for x in prozess.alle_zustaende]


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
    zustaende = tuple(z for z in zustand if any(z == x.wert for x in prozess.alle_zustaende))
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
        beginnen=[x for x in beginnen(person) if x["art"] == art],
    )


def _verweis(art: str, filter_: dict[str, Any], ab: str = "") -> str:
    """Dieselbe Liste mit denselben Filtern, ab einer Stelle."""
    return f"/vorgaenge/{art}?" + urlencode({k: w for k, w in {**filter_, "ab": ab}.items() if w}, doseq=True)
