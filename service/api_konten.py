"""Personen, ihre Rollen und Zugänge in der Schnittstelle, mit denselben Rechten wie auf den Seiten."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from fastapi import Depends, Request
from fastapi.responses import Response

from forms.personen import ROLLEN, OhneAngaben
from forms.stammdaten import EintragBeenden
from service import konten, personen
from service.api import PFAD, Rohtext, als_json
from service.api_anfrage import abfrage, key_aus, koerper, ohne_abfrage, pruefe_annehmbar
from service.api_pflege import am_feld, eines, getan, mit_fassung, verlange_fassung
from service.api_pflegemodelle import Kontenabfrage, PersonAendern, PersonAnlegen, Personenabfrage, RolleGeben
from service.db import Sitzung
from service.konten import Zugang
from service.pages.konten import Verwaltung
from service.pages.personen import Pflegende
from service.personen import Eintrag, Rolleneintrag
from service.profil import Profil
from service.umfeld import Umfeld
from service.web import Nummer, anwendung
from service.wege import Wege
from states.model import Rolle

router = Wege(PFAD, [Depends(pruefe_annehmbar)])


# --- Personen ---------------------------------------------------------------------------------------------------------


@router.get("/personen")
def liste(request: Request, person: Pflegende) -> Response:
    frage, a = abfrage(request, Personenabfrage), anwendung(request)
    with a.db.lesen() as s:
        profil = a.umfeld(s).profil
        alle = personen.alle_ab(s, frage.ab or "", frage.anzahl + 1, frage.am.isoformat() if frage.am else "")
    gezeigt = [zeige_person(profil, e, rollen) for e, rollen in alle[:frage.anzahl]]
    return als_json({"personen": gezeigt, "weiter": gezeigt[-1]["key"] if len(alle) > frage.anzahl else None})


@router.get("/personen/{key}")
def eine(request: Request, person: Pflegende, key: str) -> Response:
    return eines(request, lambda s, jetzt, umfeld: lies_person(s, umfeld.profil, key_aus(key)))


@router.get("/personen/{key}/verlauf")
def verlauf(request: Request, person: Pflegende, key: str) -> Response:
    ohne_abfrage(request)
    with anwendung(request).db.lesen() as s:
        personen.eintrag(s, key_aus(key))
        zeilen = personen.verlauf(s, key)
    aenderungen = [{"zeit": zeit, "wer": wer, "was": was, "angaben": {f: w for f, w in json.loads(angaben).items() if f != "konto"}}
                   for zeit, wer, was, angaben in zeilen]
    return als_json({"key": key, "aenderungen": aenderungen})


@router.post("/personen")
def lege_an(request: Request, person: Pflegende, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    daten = koerper(request, roh, PersonAnlegen).daten.model_dump(mode="json")

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        return _danach(s, am_feld(lambda: personen.lege_an(s, daten, person, jetzt, umfeld.profil)), umfeld.profil)

    return getan(request, person, daten, arbeit, f"{PFAD}/personen/{{key}}")


@router.post("/personen/{key}")
def aendere(request: Request, person: Pflegende, key: str, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    daten = koerper(request, roh, PersonAendern).daten.model_dump(mode="json")

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_person(s, umfeld.profil, key_aus(key)))
        am_feld(lambda: personen.aendere(s, key, daten, person, jetzt, umfeld.profil))
        return _danach(s, key, umfeld.profil)

    return getan(request, person, daten, arbeit)


@router.post("/personen/{key}/rollen")
def gib_rolle(request: Request, person: Pflegende, key: str, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    daten = koerper(request, roh, RolleGeben).daten.model_dump(mode="json")

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_person(s, umfeld.profil, key_aus(key)))
        am_feld(lambda: personen.gib_rolle(s, key, daten, person, jetzt, umfeld.profil))
        return _danach(s, key, umfeld.profil)

    return getan(request, person, daten, arbeit)


@router.post("/personen/{key}/rollen/{nummer}/beenden")
def beende_rolle(request: Request, person: Pflegende, key: str, nummer: Nummer, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    ende = koerper(request, roh, EintragBeenden).model_dump(mode="json")

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_person(s, umfeld.profil, key_aus(key)))
        personen.beende_rolle(s, key, nummer, ende, person, jetzt)
        return _danach(s, key, umfeld.profil)

    return getan(request, person, ende, arbeit)


def lies_person(s: Sitzung, profil: Profil, key: str) -> dict[str, Any]:
    return zeige_person(profil, personen.eintrag(s, key), personen.rollen(s, key))


def _danach(s: Sitzung, key: str, profil: Profil) -> dict[str, Any]:
    return {"key": key, "version": lies_person(s, profil, key)["version"]}


def zeige_person(profil: Profil, e: Eintrag, rollen: list[Rolleneintrag]) -> dict[str, Any]:
    return mit_fassung({
        "key": e.key, "name": e.name, **_stelle(profil, e.institution), "von": e.von, "bis": e.bis,
        "rollen": [{"id": r.id, "rolle": r.rolle, "bezeichnung": ROLLEN[Rolle(r.rolle)], "bereich": r.bereich or None, "von": r.von,
                    "bis": r.bis} for r in rollen]})


def _stelle(profil: Profil, bezeichnung: str | None) -> dict[str, str | None]:
    gefunden = profil.institution(bezeichnung) if bezeichnung else None
    return {"institution": gefunden.key if gefunden else bezeichnung, "stelle": gefunden.name if gefunden else bezeichnung}


# --- Zugänge ----------------------------------------------------------------------------------------------------------


@router.get("/konten")
def zugaenge(request: Request, person: Verwaltung) -> Response:
    frage, a = abfrage(request, Kontenabfrage), anwendung(request)
    with a.db.lesen() as s:
        profil, alle = a.umfeld(s).profil, konten.zugaenge_ab(s, a.jetzt(), frage.ab or "", frage.anzahl + 1)
    gezeigt = [_zeige_konto(profil, z) for z in alle[:frage.anzahl]]
    return als_json({"konten": gezeigt, "weiter": gezeigt[-1]["person"] if len(alle) > frage.anzahl else None})


@router.get("/konten/{key}")
def zugang(request: Request, person: Verwaltung, key: str) -> Response:
    return eines(request, lambda s, jetzt, umfeld: lies_konto(s, umfeld.profil, key_aus(key), jetzt))


@router.post("/konten/{key}/einladen")
def lade_ein(request: Request, person: Verwaltung, key: str, roh: Rohtext) -> Response:
    """Der Link steht wie auf der Seite nur in dieser einen Antwort; gemerkt wird er nirgends."""
    ohne_abfrage(request)
    koerper(request, roh, OhneAngaben)
    links: dict[str, str] = {}

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_konto(s, umfeld.profil, key_aus(key), jetzt))
        wort = konten.lade_ein(s, key, jetzt, person.key)
        links["link"] = f"{anwendung(request).einstellungen.webadresse}/einladung/{wort}"
        return {"person": key, "version": lies_konto(s, umfeld.profil, key, jetzt)["version"]}

    return getan(request, person, {}, arbeit, dazu=lambda: {"link": links.get("link")})


@router.post("/konten/{key}/sperren")
def sperre(request: Request, person: Verwaltung, key: str, roh: Rohtext) -> Response:
    return _sperre(request, person, key, roh, gesperrt=True)


@router.post("/konten/{key}/entsperren")
def entsperre(request: Request, person: Verwaltung, key: str, roh: Rohtext) -> Response:
    return _sperre(request, person, key, roh, gesperrt=False)


def _sperre(request: Request, person: Verwaltung, key: str, roh: bytes, *, gesperrt: bool) -> Response:
    ohne_abfrage(request)
    koerper(request, roh, OhneAngaben)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_fassung(request, lies_konto(s, umfeld.profil, key_aus(key), jetzt))
        konten.sperre(s, key, jetzt, person.key, gesperrt=gesperrt)
        return {"person": key, "version": lies_konto(s, umfeld.profil, key, jetzt)["version"]}

    return getan(request, person, {}, arbeit)


def lies_konto(s: Sitzung, profil: Profil, key: str, jetzt: datetime) -> dict[str, Any]:
    return _zeige_konto(profil, konten.zugang(s, key, jetzt))


def _zeige_konto(profil: Profil, z: Zugang) -> dict[str, Any]:
    return mit_fassung({"person": z.person, "name": z.name, **_stelle(profil, z.institution), "kennung": z.kennung,
                        "gesperrt": bool(z.gesperrt), "eingeladen_bis": z.eingeladen_bis})
