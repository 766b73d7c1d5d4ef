"""Gemerkte Suchen, Zahlen, Protokoll und Aufbewahrung in der Schnittstelle: dieselben Rechte wie auf den Seiten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Depends, Request
from fastapi.responses import Response

from forms.personen import OhneAngaben
from forms.sprache import uebersetzt
from service import antwortlink, api_antwort, gemerkt, sendungen
from service.api import PFAD, Rohtext, als_json
from service.api_anfrage import abfrage, key_aus, koerper, ohne_abfrage, pruefe_annehmbar
from service.api_listenmodelle import AlleErneut, LinkSchicken, Protokollabfrage, SucheMerken, Zahlenabfrage
from service.api_modelle import Seitenabfrage
from service.api_pflege import eines, getan, mit_fassung, verlange_fassung
from service.aufbewahrung import abgelaufene
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import NichtGefunden, Ungueltig
from service.handelnde import Handelnde
from service.pages.filter import aus_abfrage
from service.pages.meldungsakte import verlange_koordination
from service.pages.nachrichten import Kuemmert
from service.pages.protokoll import BUECHER, Pruefende, gesucht
from service.pages.vorgang import mit_links
from service.pages.zahlen import Lesende
from service.protokoll import Suche, Zeile, vermerke
from service.umfeld import Umfeld
from service.web import Angemeldet, Nummer, anwendung
from service.wege import Wege
from service.zahlen import Zahlenwerk, ausgewaehlt, zahlenwerk

router = Wege(PFAD, [Depends(pruefe_annehmbar)])


# --- gemerkte Suchen --------------------------------------------------------------------------------------------------


@router.get("/suchen")
def suchen(request: Request, person: Angemeldet) -> Response:
    ohne_abfrage(request)
    with anwendung(request).db.lesen() as s:
        return als_json({"suchen": _suchen(s, person)})


@router.post("/suchen")
def merke(request: Request, person: Angemeldet, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    neu = koerper(request, roh, SucheMerken)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        nummer = gemerkt.merke(s, person.key, neu.name, aus_abfrage(neu.abfrage).abfrage(), jetzt)
        return {"id": nummer, "version": lies_suche(s, person, nummer)["version"]}

    return getan(request, person, neu.model_dump(mode="json"), arbeit, f"{PFAD}/suchen/{{id}}")


@router.get("/suchen/{nummer}")
def eine_suche(request: Request, person: Angemeldet, nummer: Nummer) -> Response:
    return eines(request, lambda s, jetzt, umfeld: lies_suche(s, person, nummer))


@router.post("/suchen/{nummer}/loeschen")
def vergiss(request: Request, person: Angemeldet, nummer: Nummer, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    koerper(request, roh, OhneAngaben)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        bisher = lies_suche(s, person, nummer)
        verlange_fassung(request, bisher)
        gemerkt.vergiss(s, person.key, nummer)
        return {"id": nummer, "version": bisher["version"]}

    return getan(request, person, {}, arbeit)


def lies_suche(s: Sitzung, person: Handelnde, nummer: int) -> dict[str, Any]:
    gefunden = next((x for x in _suchen(s, person) if x["id"] == nummer), None)
    if gefunden is None:
        raise NichtGefunden
    return gefunden


def _suchen(s: Sitzung, person: Handelnde) -> list[dict[str, Any]]:
    return [mit_fassung({"id": nummer, "name": name, "abfrage": frage}) for nummer, name, frage in gemerkt.meine(s, person.key)]


# --- Zahlen, Aufbewahrung, Protokoll ----------------------------------------------------------------------------------


@router.get("/zahlen")
def zahlen(request: Request, person: Lesende) -> Response:
    """Zählt wie eine Datei alle Meldungen aus und steht wie sie im Protokoll, mit dem Zeitraum und ohne die Zahlen."""
    frage, a = abfrage(request, Zahlenabfrage), anwendung(request)
    jetzt = a.jetzt()
    auswahl = ausgewaehlt(person, berliner_tag(jetzt), frage.von, frage.bis, kommune=frage.kommune or "",
                          handlungsfeld=frage.handlungsfeld or "", melder_art=frage.melder_art or "")
    with a.db.lesen() as s:
        werk = zahlenwerk(s, person, auswahl)
    zeitraum = {"von": auswahl.von.isoformat(), "bis": auswahl.bis.isoformat()}
    a.db.in_transaktion(lambda s: vermerke(s, jetzt, "", "zahlen_ausgegeben", {"format": "json", **zeitraum}, person.key))
    return als_json({**zeitraum, **_zeige_zahlen(werk)})


def _zeige_zahlen(werk: Zahlenwerk) -> dict[str, Any]:
    return {"gesamt": werk.gesamt, "verdeckt": werk.verdeckt,
            "tafeln": [{"titel": uebersetzt(t.titel), "hinweis": t.hinweis or None,
                        "zeilen": [{"name": uebersetzt(z.name), "text": uebersetzt(z.text), "anzahl": z.anzahl} for z in t.zeilen]}
                       for t in werk.tafeln],
            "dauern": [{**d._asdict(), "name": uebersetzt(d.name)} for d in werk.dauern]}


@router.get("/aufbewahrung")
def aufbewahrung(request: Request, person: Angemeldet) -> Response:
    verlange_koordination(person)
    frage, a = abfrage(request, Seitenabfrage), anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        blatt = abgelaufene(s, person, a.umfeld(s), heute, frage.ab or "", frage.anzahl)
        return als_json(api_antwort.liste(s, person, heute, blatt))


@router.get("/protokoll")
def protokoll(request: Request, person: Pruefende) -> Response:
    frage, a = abfrage(request, Protokollabfrage), anwendung(request)
    suche = Suche(frage.person or "", (frage.vorgang or "").upper(), frage.von, frage.bis)
    with a.db.lesen() as s:
        alle = BUECHER[frage.buch][1](s, suche, int(frage.ab or 0), frage.anzahl + 1)
    a.db.in_transaktion(lambda s: vermerke(s, a.jetzt(), "", "protokoll_gelesen", gesucht(frage.buch, suche), person.key))
    gezeigt = [_zeige_zeile(z) for z in alle[:frage.anzahl]]
    return als_json({"zeilen": gezeigt, "weiter": str(gezeigt[-1]["id"]) if len(alle) > frage.anzahl else None})


def _zeige_zeile(z: Zeile) -> dict[str, Any]:
    return {**z._asdict(), "systemkonto": z.systemkonto or None, "vorgang": z.vorgang or None, "angaben": dict(z.angaben)}


# --- Links für Stellen ohne Konto; alles noch einmal senden -----------------------------------------------------------


@router.get("/vorgaenge/{key}/links")
def links(request: Request, person: Angemeldet, key: str) -> Response:
    ohne_abfrage(request)
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        offene = antwortlink.offene(s, mit_links(s, person, key_aus(key), heute), a.umfeld(s), heute)
    return als_json({"key": key, "links": [{"stelle": o.stelle, "name": o.name, "adresse": o.adresse or None, "bis": o.bis or None,
                                            "eingeloest": o.eingeloest} for o in offene]})


@router.post("/vorgaenge/{key}/links")
def schicke_link(request: Request, person: Angemeldet, key: str, roh: Rohtext) -> Response:
    """Der Link selbst geht nur an das Postfach der Stelle und steht in keiner Antwort."""
    ohne_abfrage(request)
    genannt = koerper(request, roh, LinkSchicken).stelle

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        gefunden, stelle = mit_links(s, person, key_aus(key), berliner_tag(jetzt)), umfeld.profil.institution(genannt)
        if stelle is None or all(o.stelle != stelle.key for o in antwortlink.offene(s, gefunden, umfeld, berliner_tag(jetzt))):
            raise Ungueltig({"stelle": "Diese Stelle soll hier gerade nichts über einen Link tun."})
        antwortlink.bitte_um_neuen(s, gefunden, stelle.key, umfeld, jetzt, person)
        return {"key": gefunden.key, "version": gefunden.version}

    return getan(request, person, {"stelle": genannt}, arbeit)


@router.post("/ausgang/erneut")
def sende_alle_erneut(request: Request, person: Kuemmert, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    grund = koerper(request, roh, AlleErneut).grund

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        gehen, bleiben = sendungen.sende_alle_erneut(s, grund, umfeld, jetzt)
        return {"gehen": gehen, "bleiben": bleiben}

    return getan(request, person, {"grund": grund}, arbeit)
