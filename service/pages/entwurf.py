"""Was mit dem Entwurf eines Formulars geschieht: beim Tippen, auf Knopfdruck, und ehe er zum Nachlesen gezeigt wird."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from forms.felder import Eingaben
from service import entwuerfe
from service.entwuerfe import Entwurf, Ueberholt
from service.handelnde import Handelnde
from service.sicht import Ansicht
from service.web import anwendung, umleitung
from states.model import Uebergang

VERWORFEN = "Der Entwurf ist verworfen."
STAND = "Entwurf-Stand"  # Kopfzeile: woran das nächste stille Speichern erkennt, dass niemand dazwischen schrieb


def _einzeln(eingaben: Eingaben, name: str) -> str:
    return (eingaben.get(name) or ("",))[-1].strip()


def finde(request: Request, person: Handelnde, art: str, ausloeser: str) -> Entwurf | None:
    """Der Entwurf, den die Adresse nennt; nur ein eigener."""
    kennung = request.query_params.get("entwurf")
    if kennung is None:
        return None
    a = anwendung(request)
    with a.db.lesen() as s:
        return entwuerfe.entwurf(s, person.key, art, ausloeser, entwuerfe.ort("", kennung), a.umfeld(s))


def merke(request: Request, person: Handelnde, art: str, u: Uebergang, ansicht: Ansicht | None, eingaben: Eingaben) -> str:
    """Der neue Stand. Wirft Ueberholt, wenn inzwischen ein anderes Fenster daran schrieb."""
    a, fassung = anwendung(request), _einzeln(eingaben, "version")
    key, nummer = _ort(ansicht, eingaben), int(fassung) if fassung.isascii() and fassung.isdigit() and len(fassung) < 10 else 0
    return a.db.in_transaktion(lambda s: entwuerfe.merke(s, person.key, art, u.ausloeser, key, eingaben, nummer, a.jetzt(),
                                                         _einzeln(eingaben, "entwurf_stand")))


def _ort(ansicht: Ansicht | None, eingaben: Eingaben) -> str:
    return entwuerfe.ort(ansicht.key if ansicht else "", _einzeln(eingaben, "einmal"))


def ziel(request: Request, ansicht: Ansicht | None, eingaben: Eingaben) -> str:
    """Wo er wieder aufgeht."""
    return request.url.path if ansicht else f"{request.url.path}?entwurf={entwuerfe.ort('', _einzeln(eingaben, 'einmal'))[1:]}"


def tue(request: Request, person: Handelnde, art: str, u: Uebergang, ansicht: Ansicht | None, eingaben: Eingaben,
        noch_einmal: Callable[[str, Eingaben], HTMLResponse]) -> Response:
    """„speichern“ und „verwerfen“ sind Knöpfe; „still“ schickt das Skript beim Tippen."""
    was = _einzeln(eingaben, "entwurf")
    if was == "verwerfen":
        key = _ort(ansicht, eingaben)
        anwendung(request).db.in_transaktion(lambda s: entwuerfe.verwirf(s, person.key, art, u.ausloeser, key))
        return umleitung(request, request.url.path, VERWORFEN)
    try:
        stand = merke(request, person, art, u, ansicht, eingaben)
    except Ueberholt as fehler:
        if was == "still":
            return Response(status_code=fehler.status)
        return noch_einmal(fehler.satz, {**eingaben, "entwurf_stand": [fehler.stand]})
    if was == "still":
        return Response(status_code=204, headers={STAND: stand})
    hinweis = "Ihr Entwurf ist gespeichert. Er ist nur mit diesem Konto zu sehen." if stand else "Es ist noch nichts getippt."
    return umleitung(request, ziel(request, ansicht, eingaben) if stand else request.url.path, hinweis)
