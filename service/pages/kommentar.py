"""Kommentare zu einem Vorgang: lesen, schreiben, jemanden ansprechen, zurückziehen. Wen sie nichts angehen, für den gibt es sie nicht."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from forms.felder import Eingaben
from service import kommentare
from service.clock import berliner_tag
from service.errors import Konflikt, Ungueltig
from service.handelnde import Handelnde
from service.pages.formularseite import einzeln
from service.pages.melden import ERKLAERT, offene_hinweise, warnungen
from service.pages.schritt import texte
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege

router = Wege("/vorgang/{key}/kommentare")


@router.get("")
def zeige(request: Request, person: Angemeldet, key: str, schwaerzen: str = "") -> HTMLResponse:
    """`schwaerzen`: an welchem Kommentar das Formular dazu offen ist."""
    return _seite(request, person, key, {"kommentar": [schwaerzen]}, {})


@router.post("")
def schreibe(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    umfeld, jetzt = a.umfeld(), a.jetzt()
    if offene := offene_hinweise(eingaben, ("text",)):
        return _seite(request, person, key, eingaben, offene, 422)
    try:
        a.db.in_transaktion(lambda s: kommentare.schreibe(s, person, key, einzeln(eingaben, "text"), eingaben.get("an", ()), umfeld, jetzt))
    except Ungueltig as fehler:
        return _seite(request, person, key, eingaben, dict(fehler.befunde), fehler.status)
    return umleitung(request, f"/vorgang/{key}/kommentare", "Ihr Kommentar ist gespeichert.")


@router.post("/zurueckziehen")
def ziehe_zurueck(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    loeschen = bool(einzeln(eingaben, "loeschen"))
    a.db.in_transaktion(lambda s: kommentare.ziehe_zurueck(s, person, key, _kennung(eingaben), loeschen, a.jetzt()))
    return umleitung(request, f"/vorgang/{key}/kommentare", "Ihr Kommentar ist zurückgezogen.")


@router.post("/schwaerzen")
def schwaerze(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    stelle = {feld: einzeln(eingaben, feld) for feld in ("passage", "grund")}
    try:
        a.db.in_transaktion(lambda s: kommentare.schwaerze(s, person, key, _kennung(eingaben), stelle, a.jetzt()))
    except (Ungueltig, Konflikt) as fehler:
        gefunden = dict(fehler.befunde) if isinstance(fehler, Ungueltig) else {"": fehler.satz}
        return _seite(request, person, key, eingaben, gefunden, fehler.status)
    return umleitung(request, f"/vorgang/{key}/kommentare", "Die Stelle ist geschwärzt.")


def _kennung(eingaben: Eingaben) -> int:
    """Welchen Kommentar das Formular meint; 0, wenn es keinen nennt."""
    nummer = einzeln(eingaben, "kommentar")
    return int(nummer) if nummer.isascii() and nummer.isdigit() and len(nummer) < 10 else 0


@router.post("/gelesen")
def merke_gelesen(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    a = anwendung(request)
    a.db.in_transaktion(lambda s: kommentare.gelesen(s, person, key, a.jetzt()))
    return umleitung(request, "/" if einzeln(texte(daten), "zurueck") == "start" else f"/vorgang/{key}/kommentare")


def _seite(request: Request, person: Handelnde, key: str, eingaben: Eingaben, befunde: Mapping[str, str], status: int = 200
           ) -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        vorgang = kommentare.zugaenglicher(s, person, key, heute)
        liste = kommentare.zu(s, person, vorgang)
        moegliche = kommentare.ansprechbare(s, person, vorgang, a.umfeld(s), heute)
        ungelesen = kommentare.ungelesen(s, person, key)
        schwaerzer = kommentare.darf_schwaerzen(s, person, vorgang, heute)
    return seite(request, "kommentar/kommentare.html", status=status, key=key, titel=vorgang.titel, kommentare=liste,
                 moegliche=[(p.key, f"{p.name} ({p.institution})" if p.institution else p.name) for p in moegliche],
                 ungelesen=ungelesen, schwaerzer=schwaerzer, offen=_kennung(eingaben) if schwaerzer else 0,
                 gruende=list(kommentare.GRUENDE.bezeichnungen.items()), e=eingaben,
                 b=befunde, auffaellig=warnungen(eingaben, ("text",)), erklaert=ERKLAERT,
                 beschriftungen={"text": "Kommentar", "an": "Ansprechen", "passage": "Stelle", "grund": "Grund"})
