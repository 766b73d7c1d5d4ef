"""Konten verwalten: einladen, sperren, entsperren. Nur für die Systemverwaltung; für alle anderen gibt es die Seite nicht."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from service import konten
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.pages.konto import text
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.model import Rolle

router = Wege("/konten")


def verwaltung(person: Angemeldet) -> Handelnde:
    if not person.hat(Rolle.ADMIN):
        raise NichtGefunden
    return person


Verwaltung = Annotated[Handelnde, Depends(verwaltung)]


@router.get("")
def zeige_konten(request: Request, person: Verwaltung) -> Response:
    return _seite(request)


@router.post("/einladen")
def lade_ein(request: Request, person: Verwaltung, daten: Formulardaten) -> Response:
    """Keine Umleitung: Der Link steht nur in dieser einen Antwort."""
    a, wen = anwendung(request), text(daten, "person")
    wort = a.db.in_transaktion(lambda s: konten.lade_ein(s, wen, a.jetzt(), person.key))
    return _seite(request, link=f"{a.einstellungen.webadresse}/einladung/{wort}", eingeladen=wen)


@router.post("/sperren")
def sperre(request: Request, person: Verwaltung, daten: Formulardaten) -> Response:
    return _sperre(request, person, text(daten, "person"), True)


@router.post("/entsperren")
def entsperre(request: Request, person: Verwaltung, daten: Formulardaten) -> Response:
    return _sperre(request, person, text(daten, "person"), False)


def _sperre(request: Request, person: Handelnde, wen: str, gesperrt: bool) -> Response:
    a = anwendung(request)
    a.db.in_transaktion(lambda s: konten.sperre(s, wen, a.jetzt(), person.key, gesperrt=gesperrt))
    return umleitung(request, "/konten", "Das Konto ist gesperrt und überall abgemeldet." if gesperrt else "Das Konto ist wieder frei.")


def _seite(request: Request, *, link: str = "", eingeladen: str = "") -> Response:
    a = anwendung(request)
    zeit = a.jetzt()
    with a.db.lesen() as s:
        zeilen, profil = konten.zugaenge(s, zeit), a.umfeld(s).profil

    def stelle(bezeichnung: str | None) -> str:
        gefunden = profil.institution(bezeichnung) if bezeichnung else None
        return gefunden.name if gefunden else bezeichnung or ""

    return seite(request, "konto/konten.html", zeilen=zeilen, stelle=stelle, link=link,
                 eingeladen=next((z.name for z in zeilen if z.person == eingeladen), ""))
