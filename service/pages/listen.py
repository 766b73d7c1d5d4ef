"""Startseite und Listen: was auf jemanden wartet, und alles, was er sehen darf, gefiltert und geblättert."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from service.anzeige import tag
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.listen import HOECHSTENS_GEZAEHLT, Auswahl, Eintrag, Zahlen, arbeitsliste, blaettere, ganz_sichtbare, zahlen
from service.moeglich import anfaenge
from service.web import Angemeldet, anwendung, seite
from states.kette import PROZESSE
from states.model import Prozess

router = APIRouter()

_AUF_DER_STARTSEITE = 15


def _zeile(e: Eintrag, heute: date, ganz: bool = True) -> dict[str, Any]:
    prozess, frist = PROZESSE[e.art], e.faellig if ganz else ""
    return {
        "key": e.key,
        "art": prozess.bezeichnung,
        "zustand": prozess.zustand(e.zustand).bezeichnung,
        "titel": e.titel,
        "kommune": e.kommune or "",
        "faellig": tag(frist),
        "ueberfaellig": "" < frist < heute.isoformat(),
        "heute": frist == heute.isoformat(),
    }


@router.get("/", response_class=HTMLResponse)
def startseite(request: Request, person: Angemeldet) -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        meine = arbeitsliste(s, person, heute, anzahl=_AUF_DER_STARTSEITE)
        vertretung = arbeitsliste(s, person, heute, als="vertretung", anzahl=_AUF_DER_STARTSEITE)
        bestand = _bestand(s, person, heute)
    return seite(
        request,
        "pages/start.html",
        meine=[_zeile(e, heute) for e in meine.zeilen],
        mehr=bool(meine.weiter),
        vertretung=[_zeile(e, heute) for e in vertretung.zeilen],
        bestand=bestand,
        beginnen=_beginnen(person),
    )


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
