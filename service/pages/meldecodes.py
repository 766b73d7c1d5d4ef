"""Codes zum Melden ohne Konto: ausstellen, erneuern, widerrufen. Nur für die Koordination."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from service import meldecodes
from service.errors import Ungueltig
from service.handelnde import Handelnde
from service.pages.formularseite import einzeln
from service.pages.meldungsakte import verlange_koordination
from service.pages.schritt import texte
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege

router = Wege("/stammdaten/meldecodes")


@router.get("")
def zeige(request: Request, person: Angemeldet) -> HTMLResponse:
    return _seite(request, person)


@router.post("")
def stelle_aus(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    """Der Code steht nur in dieser Antwort; hinter einer Umleitung müsste er irgendwo stehen."""
    verlange_koordination(person)
    a, genannt = anwendung(request), einzeln(texte(daten), "stelle")
    profil = a.umfeld().profil
    try:
        code = a.db.in_transaktion(lambda s: meldecodes.stelle_aus(s, genannt, profil, a.jetzt(), person))
    except Ungueltig as fehler:
        return _seite(request, person, genannt, fehler.satz)
    stelle = profil.institution(genannt)
    return seite(request, "stammdaten/meldecode.html", code=code, stelle=stelle.name if stelle else genannt,
                 adresse=f"{a.einstellungen.webadresse}/melden/ohne-konto")


@router.post("/widerrufen")
def widerrufe(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    verlange_koordination(person)
    a, stelle = anwendung(request), einzeln(texte(daten), "stelle")
    a.db.in_transaktion(lambda s: meldecodes.widerrufe(s, stelle, a.jetzt(), person))
    return umleitung(request, "/stammdaten/meldecodes", "Der Code ist widerrufen. Schon Gemeldetes ist mit seinem Beleg weiter zu sehen.")


def _seite(request: Request, person: Handelnde, genannt: str = "", fehler: str = "") -> HTMLResponse:
    verlange_koordination(person)
    a = anwendung(request)
    with a.db.lesen() as s:
        profil = a.umfeld(s).profil
        codes = meldecodes.alle(s, profil)
    moegliche = sorted((i.name for i in profil.institutionen if not i.abh), key=str.casefold)
    return seite(request, "stammdaten/meldecodes.html", status=422 if fehler else 200, codes=codes, stellen=moegliche, genannt=genannt,
                 fehler=fehler, erlaubt=profil.ohne_konto.erlaubt)
