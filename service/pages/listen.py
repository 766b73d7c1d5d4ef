"""Listen und Suche: alles, was jemand sehen darf, gefiltert und geblättert, gemerkt und ausgegeben."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from forms.render import datum
from forms.sprache import uebersetzt
from service.anzeige import personennamen, tag
from service.ausgabe import als_csv
from service.clock import berliner_tag
from service.errors import NichtGefunden, Ungueltig
from service.gemerkt import meine as meine_suchen
from service.gemerkt import merke, vergiss
from service.handelnde import Handelnde
from service.listen import Eintrag, Zahlen, ganz_sichtbare, mit_namen, nur_gezaehlt, zahlen
from service.pages.filter import Filter, Gefiltert, aus_abfrage
from service.pages.konto import text
from service.pages.start import beginnen
from service.protokoll import vermerke
from service.suche import schluessel, suche
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.kette import PROZESSE
from states.model import Prozess

router = Wege()

_AUF_EINER_SEITE, _AUSGABE = 50, 5000


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


_ZEILE: Callable[[tuple[Any, ...]], Zeile] = partial(tuple.__new__, Zeile)  # die Angaben in ihrer Reihenfolge, wie in service/listen.py


def zeilen(eintraege: Iterable[Eintrag], heute: date, ganz: Container[int] | None = None) -> list[Zeile]:
    """`ganz`: die `id` derer, die auch ihre Frist zeigen; ohne Angabe alle."""
    dieser_tag, gesetzt = heute.isoformat(), []
    for kennung, key, art, zustand, titel, kommune, _, _, _, faellig, *_ in eintraege:
        frist = faellig if ganz is None or kennung in ganz else ""
        was, stand = _worte(art, zustand)
        gesetzt.append(_ZEILE((key, was, stand, titel, kommune or "", tag(frist), "" < frist < dieser_tag, frist == dieser_tag)))
    return gesetzt


@cache
def _worte(art: str, zustand: str) -> tuple[str, str]:
    return PROZESSE[art].bezeichnung, PROZESSE[art].zustand(zustand).bezeichnung


def _zustaende(prozess: Prozess, z: Zahlen) -> list[tuple[str, str, int | None]]:
    """Jeder Zustand mit seiner Zahl; None, wo nicht zu Ende gezählt ist."""
    return [(x.wert, x.bezeichnung, None if z.mehr else z.je_zustand.get(x.wert, 0)) for x in prozess.alle_zustaende]


@router.get("/vorgaenge/{art}")
def liste(request: Request, person: Angemeldet, art: str, f: Gefiltert) -> HTMLResponse:
    if art not in PROZESSE:
        raise NichtGefunden()
    return listenseite(request, person, replace(f, art=art, fest=True))


@router.get("/suche")
def suche_alles(request: Request, person: Angemeldet, f: Gefiltert) -> Response:
    """Wer nur einen Schlüssel eingibt, ist gleich beim Vorgang."""
    a = anwendung(request)
    with a.db.lesen() as s:
        key = schluessel(s, person, berliner_tag(a.jetzt()), f.q)
    return RedirectResponse(f"/vorgang/{key}", 303) if key else listenseite(request, person, f)


def listenseite(request: Request, person: Handelnde, f: Filter, *, fehler: dict[str, str] | None = None, name: str = "", status: int = 200
               ) -> HTMLResponse:
    """Die Liste einer Art unter ihrer eigenen Adresse, oder die Suche über alles."""
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        blatt = suche(s, person, heute, f.q, f.auswahl(heute), ab=f.ab, ordnung=f.reihenfolge)
        ganz = ganz_sichtbare(s, person, heute, blatt)
        gezaehlt = zahlen(s, person, heute, (f.art,)).get(f.art, Zahlen({})) if f.art else None
        gemerkte = meine_suchen(s, person.key)
    profil = a.umfeld().profil
    fest, weg = f.fest, f"/vorgaenge/{f.art}" if f.fest else "/suche"
    return seite(
        request, "suche/liste.html", status=status, art=f.art if fest else "", f=f, weg=weg, abfrage=f.abfrage(mit_art=True),
        titel=PROZESSE[f.art].bezeichnung if fest else "Suche",
        zeilen=zeilen(blatt.zeilen, heute, ganz), nur_gezaehlt=bool(f.art) and nur_gezaehlt(person, heute, f.art),
        zustaende=_zustaende(PROZESSE[f.art], gezaehlt) if gezaehlt is not None else [],
        arten=[(art, p.bezeichnung) for art, p in PROZESSE.items()],
        bereiche=list(profil.bereichsnamen.items()), kommunen=[(k, k) for k in profil.kommunen],
        weiter=f"{weg}?{f.abfrage(blatt.weiter)}" if blatt.weiter else "", erste=not f.ab, anfang=f"{weg}?{f.abfrage()}",
        beginnen=[x for x in beginnen(person) if x["art"] == f.art] if fest else [],
        gezeigt=f.gezeigt(profil), b={**f.befunde(), **(fehler or {})}, gemerkte=gemerkte, name=name,
    )  # fmt: skip


# --- merken und ausgeben ----------------------------------------------------------------------------------------------


@router.post("/suche/merken")
def merke_suche(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    a, f, name = anwendung(request), aus_abfrage(text(daten, "abfrage")), text(daten, "name")
    try:
        a.db.in_transaktion(lambda s: merke(s, person.key, name, f.abfrage(), a.jetzt()))
    except Ungueltig as fehler:
        return listenseite(request, person, f, fehler=dict(fehler.befunde), name=name, status=fehler.status)
    return umleitung(request, f"/suche?{f.abfrage()}", "Die Suche ist gemerkt.")


@router.post("/suche/vergessen")
def vergiss_suche(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    nummer = text(daten, "nummer")
    if nummer.isdecimal() and len(nummer) < 10:
        anwendung(request).db.in_transaktion(lambda s: vergiss(s, person.key, int(nummer)))
    return umleitung(request, "/suche", "Die gemerkte Suche ist gelöscht.")


@router.post("/suche/ausgabe")
def gib_aus(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    """Jede Ausgabe steht im Protokoll; wonach gesucht wurde, steht dort nicht."""
    a, f = anwendung(request), aus_abfrage(text(daten, "abfrage"))
    jetzt = a.jetzt()
    heute = berliner_tag(jetzt)
    with a.db.lesen() as s:
        blatt = suche(s, person, heute, f.q, f.auswahl(heute), anzahl=_AUSGABE, ordnung=f.reihenfolge, hoechstens=_AUSGABE)
        ganz = ganz_sichtbare(s, person, heute, blatt)
        lesbar = mit_namen(s, person, heute, blatt, ganz)
        namen, bereiche = personennamen(s), a.umfeld(s).profil.bereichsnamen
    inhalt = als_csv(_SPALTEN, (_ausgabezeile(e, e.id in ganz, bereiche, namen.get(e.zustaendig or "", "") if e.id in lesbar else "")
                                for e in blatt.zeilen))
    angaben = {"zeilen": len(blatt.zeilen), "art": f.art, "gekuerzt": bool(blatt.weiter)}
    a.db.in_transaktion(lambda s: vermerke(s, jetzt, "", "ausgegeben", angaben, person.key))
    kopf = {"Content-Disposition": f'attachment; filename="kreislauf-{heute:%Y-%m-%d}.csv"', "Cache-Control": "no-store"}
    return Response(inhalt, media_type="text/csv; charset=utf-8", headers=kopf)


_SPALTEN = ("Schlüssel", "Art", "Titel", "Stand", "Kommune", "Bereich", "Eröffnet", "Stelle", "Zuständig", "Nächste Frist")


def _ausgabezeile(e: Eintrag, ganz: bool, bereiche: Mapping[str, str], zustaendig: str) -> tuple[str, ...]:
    """Stelle und Frist nur, wenn die Person den Vorgang ganz sieht."""
    art, zustand = _worte(e.art, e.zustand)
    stelle, frist = (e.institution or "", tag(e.faellig)) if ganz else ("", "")
    bereich = bereiche.get(e.bereich or "", e.bereich or "")
    return (e.key, uebersetzt(art), e.titel, uebersetzt(zustand), e.kommune or "", bereich, datum(e.eroeffnet), stelle, zustaendig, frist)
