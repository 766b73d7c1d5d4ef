"""Der Ausgang in der Schnittstelle: was wartet, was nicht ankam, noch einmal senden oder ablegen."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from fastapi import Depends, Request
from fastapi.responses import Response

from forms.personen import NeueAdresse, OhneAngaben
from service import postadressen, sendungen
from service.adressen import NIEMAND, STELLE
from service.api import PFAD, Rohtext, als_json
from service.api_anfrage import abfrage, koerper, ohne_abfrage, pruefe_annehmbar
from service.api_pflege import eines, getan, mit_fassung, verlange_fassung
from service.api_pflegemodelle import Nachrichtenabfrage
from service.db import Sitzung
from service.errors import Ungueltig
from service.pages.nachrichten import Kuemmert
from service.profil import Profil
from service.sendungen import Eintrag
from service.umfeld import Umfeld
from service.web import Nummer, anwendung
from service.wege import Wege

router = Wege(f"{PFAD}/nachrichten", [Depends(pruefe_annehmbar)])
_LESEZEICHEN = re.compile(r"[1-9][0-9]{0,8}")


@router.get("")
def liste(request: Request, person: Kuemmert) -> Response:
    frage, a = abfrage(request, Nachrichtenabfrage), anwendung(request)
    if frage.ab and _LESEZEICHEN.fullmatch(frage.ab) is None:
        raise Ungueltig({"ab": "Dieses Lesezeichen gehört nicht zu dieser Liste."})
    with a.db.lesen() as s:
        profil, lage = a.umfeld(s).profil, sendungen.zahlen(s, a.jetzt())
        alle = sendungen.offene_ab(s, frage.zustand or "", int(frage.ab or 0), frage.anzahl + 1)
    gezeigt = [_zeige(profil, e) for e in alle[:frage.anzahl]]
    return als_json({"lage": lage, "nachrichten": gezeigt, "weiter": str(gezeigt[-1]["id"]) if len(alle) > frage.anzahl else None})


@router.get("/{nummer}")
def eine(request: Request, person: Kuemmert, nummer: Nummer) -> Response:
    return eines(request, lambda s, jetzt, umfeld: lies_nachricht(s, umfeld.profil, nummer))


@router.post("/{nummer}/erneut")
def sende_erneut(request: Request, person: Kuemmert, nummer: Nummer, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    adresse = koerper(request, roh, NeueAdresse).adresse

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_nachricht(s, umfeld.profil, nummer))
        wer = sendungen.empfaenger_von(s, nummer)
        if adresse:
            postadressen.berichtige(s, wer, adresse, person, jetzt, umfeld.profil)
        sendungen.sende_erneut(s, nummer, umfeld, jetzt)
        return _danach(s, umfeld.profil, nummer)

    return getan(request, person, {"adresse": adresse}, arbeit)


@router.post("/{nummer}/ablegen")
def lege_ab(request: Request, person: Kuemmert, nummer: Nummer, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    koerper(request, roh, OhneAngaben)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_nachricht(s, umfeld.profil, nummer))
        sendungen.lege_ab(s, nummer)
        return _danach(s, umfeld.profil, nummer)

    return getan(request, person, {}, arbeit)


def lies_nachricht(s: Sitzung, profil: Profil, nummer: int) -> dict[str, Any]:
    return _zeige(profil, sendungen.eine(s, nummer))


def _danach(s: Sitzung, profil: Profil, nummer: int) -> dict[str, Any]:
    danach = lies_nachricht(s, profil, nummer)
    return {name: danach[name] for name in ("id", "zustand", "version")}


def _zeige(profil: Profil, e: Eintrag) -> dict[str, Any]:
    stelle = profil.institution(e.empfaenger.removeprefix(STELLE)) if e.empfaenger.startswith(STELLE) else None
    return mit_fassung({
        "id": e.id, "an": stelle.name if stelle else e.empfaenger.removeprefix(STELLE).removeprefix(NIEMAND), "betreff": e.betreff,
        "zustand": e.zustand, "versuche": e.versuche, "erstellt": e.erstellt, "naechster_versuch": e.naechster_versuch,
        "fehler": e.fehler or None, "rat": e.rat or None, "berichtigbar": not e.empfaenger.startswith(NIEMAND)})
