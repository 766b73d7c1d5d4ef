"""Kommentare und Codes zum Melden in der Schnittstelle: dieselben Rechte wie auf den Seiten."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from forms.personen import OhneAngaben
from service import kommentare, meldecodes
from service.api import PFAD, Rohtext, als_json
from service.api_anfrage import abfrage, koerper, ohne_abfrage, pruefe_annehmbar
from service.api_pflege import eines, getan, mit_fassung, verlange_fassung
from service.api_pflegemodelle import Codeausstellen, KommentarSchreiben, KommentarZurueckziehen, Kommentarabfrage
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.kommentare import Kommentar, StelleSchwaerzen
from service.pages.meldungsakte import verlange_koordination
from service.profil import Profil
from service.umfeld import Umfeld
from service.web import Angemeldet, Nummer, anwendung
from service.wege import Wege

router = Wege(PFAD, [Depends(pruefe_annehmbar)])


# --- Kommentare -------------------------------------------------------------------------------------------------------


@router.get("/vorgaenge/{key}/kommentare")
def liste(request: Request, person: Angemeldet, key: str) -> Response:
    frage, a = abfrage(request, Kommentarabfrage), anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        vorgang = kommentare.zugaenglicher(s, person, key, heute)
        alle = kommentare.zu(s, person, vorgang, frage.anzahl + 1, int(frage.ab or 0))
        moegliche = kommentare.ansprechbare(s, person, vorgang, a.umfeld(s), heute)
        ungelesen = kommentare.ungelesen(s, person, key)
    gezeigt = [_zeige(k) for k in alle[:frage.anzahl]]
    return als_json({"key": key, "kommentare": gezeigt, "ungelesen": ungelesen,
                     "ansprechbar": [{"key": p.key, "name": p.name} for p in moegliche],
                     "weiter": str(gezeigt[-1]["id"]) if len(alle) > frage.anzahl else None})


@router.post("/vorgaenge/{key}/kommentare")
def schreibe(request: Request, person: Angemeldet, key: str, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    neu = koerper(request, roh, KommentarSchreiben)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        nummer = kommentare.schreibe(s, person, key, neu.text, neu.an, umfeld, jetzt)
        return _danach(s, person, key, nummer, jetzt)

    return getan(request, person, neu.model_dump(mode="json"), arbeit, f"{PFAD}/vorgaenge/{{key}}/kommentare/{{id}}")


@router.get("/vorgaenge/{key}/kommentare/{nummer}")
def einer(request: Request, person: Angemeldet, key: str, nummer: Nummer) -> Response:
    return eines(request, lambda s, jetzt, umfeld: lies_kommentar(s, person, key, nummer, jetzt))


@router.post("/vorgaenge/{key}/gelesen")
def merke_gelesen(request: Request, person: Angemeldet, key: str, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    koerper(request, roh, OhneAngaben)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        vorgang = kommentare.zugaenglicher(s, person, key, berliner_tag(jetzt))
        kommentare.gelesen(s, person, key, jetzt)
        return {"key": key, "version": vorgang.version}

    return getan(request, person, {}, arbeit)


@router.post("/vorgaenge/{key}/kommentare/{nummer}/zurueckziehen")
def ziehe_zurueck(request: Request, person: Angemeldet, key: str, nummer: Nummer, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    loeschen = koerper(request, roh, KommentarZurueckziehen).loeschen

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_kommentar(s, person, key, nummer, jetzt))
        kommentare.ziehe_zurueck(s, person, key, nummer, loeschen, jetzt)
        return _danach(s, person, key, nummer, jetzt)

    return getan(request, person, {"loeschen": loeschen}, arbeit)


@router.post("/vorgaenge/{key}/kommentare/{nummer}/schwaerzen")
def schwaerze(request: Request, person: Angemeldet, key: str, nummer: Nummer, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    stelle = koerper(request, roh, StelleSchwaerzen).model_dump(mode="json")

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_kommentar(s, person, key, nummer, jetzt))
        kommentare.schwaerze(s, person, key, nummer, stelle, jetzt)
        return _danach(s, person, key, nummer, jetzt)

    return getan(request, person, stelle, arbeit)


def lies_kommentar(s: Sitzung, person: Handelnde, key: str, nummer: int, jetzt: datetime) -> dict[str, Any]:
    vorgang = kommentare.zugaenglicher(s, person, key, berliner_tag(jetzt))
    gefunden = kommentare.zu(s, person, vorgang, 1, nummer + 1)
    if not gefunden or gefunden[0].id != nummer:
        raise NichtGefunden(key)
    return _zeige(gefunden[0])


def _danach(s: Sitzung, person: Handelnde, key: str, nummer: int, jetzt: datetime) -> dict[str, Any]:
    return {"key": key, "id": nummer, "version": lies_kommentar(s, person, key, nummer, jetzt)["version"]}


def _zeige(k: Kommentar) -> dict[str, Any]:
    return mit_fassung({"id": k.id, "wer": k.wer, "zeit": k.zeit, "text": k.text, "zurueckgezogen": k.zurueckgezogen or None,
                        "geschwaerzt": k.geschwaerzt or None, "eigener": k.eigener})


# --- Codes zum Melden ohne Konto --------------------------------------------------------------------------------------


def koordination(person: Angemeldet) -> Handelnde:
    verlange_koordination(person)
    return person


Koordination = Annotated[Handelnde, Depends(koordination)]


@router.get("/meldecodes")
def codes(request: Request, person: Koordination) -> Response:
    ohne_abfrage(request)
    a = anwendung(request)
    with a.db.lesen() as s:
        profil = a.umfeld(s).profil
        gezeigt = _codes(s, profil)
    return als_json({"erlaubt": profil.ohne_konto.erlaubt, "codes": gezeigt})


@router.post("/meldecodes")
def stelle_aus(request: Request, person: Koordination, roh: Rohtext) -> Response:
    """Der Code steht wie auf der Seite nur in dieser einen Antwort; gemerkt wird er nirgends."""
    ohne_abfrage(request)
    genannt = koerper(request, roh, Codeausstellen).stelle
    neue: dict[str, str] = {}

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        neue["code"] = meldecodes.stelle_aus(s, genannt, umfeld.profil, jetzt, person)
        stelle = umfeld.profil.institution(genannt)
        return _code_danach(s, umfeld.profil, stelle.key if stelle else genannt)

    return getan(request, person, {"stelle": genannt}, arbeit, f"{PFAD}/meldecodes/{{stelle}}", dazu=lambda: {"code": neue.get("code")})


@router.get("/meldecodes/{key}")
def code(request: Request, person: Koordination, key: str) -> Response:
    return eines(request, lambda s, jetzt, umfeld: lies_code(s, umfeld.profil, key))


@router.post("/meldecodes/{key}/widerrufen")
def widerrufe(request: Request, person: Koordination, key: str, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    koerper(request, roh, OhneAngaben)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_code(s, umfeld.profil, key))
        meldecodes.widerrufe(s, key, jetzt, person)
        return _code_danach(s, umfeld.profil, key)

    return getan(request, person, {}, arbeit)


def lies_code(s: Sitzung, profil: Profil, stelle: str) -> dict[str, Any]:
    gefunden = next((c for c in _codes(s, profil) if c["stelle"] == stelle), None)
    if gefunden is None:
        raise NichtGefunden
    return gefunden


def _code_danach(s: Sitzung, profil: Profil, stelle: str) -> dict[str, Any]:
    return {"stelle": stelle, "version": lies_code(s, profil, stelle)["version"]}


def _codes(s: Sitzung, profil: Profil) -> list[dict[str, Any]]:
    return [mit_fassung({"stelle": c.stelle.key, "name": c.stelle.name, "angelegt": c.angelegt, "widerrufen": c.widerrufen or None,
                         "meldungen": c.meldungen}) for c in meldecodes.alle(s, profil)]
