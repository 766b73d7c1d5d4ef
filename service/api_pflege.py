"""Was die Schnittstelle bei allem braucht, das kein Vorgang ist: Fassungen, Wiederholungen und die Antwort auf eine Änderung."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Request
from fastapi.responses import Response

from service.api import als_json, etag
from service.api_anfrage import fassung_aus, ohne_abfrage, wiederholungsschluessel
from service.db import Sitzung
from service.errors import Konflikt, Ungueltig
from service.handelnde import Handelnde
from service.hashkette import sha
from service.idempotenz import einmal
from service.probleme import FassungVeraltet
from service.umfeld import Umfeld, kanonisch
from service.web import anwendung

Arbeit = Callable[[Sitzung, datetime, Umfeld], dict[str, Any]]
T = TypeVar("T")
_VERALTET = "Der Eintrag wurde inzwischen geändert. Bitte sehen Sie sich den neuen Stand an."


def mit_fassung(gezeigt: Mapping[str, Any]) -> dict[str, Any]:
    """Mit der Fassung eines Eintrags, der keine zählt: Jede Änderung an dem, was gezeigt wird, gibt eine andere Zahl."""
    return {**gezeigt, "version": int(sha(kanonisch(dict(gezeigt)))[:7], 16) + 1}


def verlange_fassung(request: Request, gezeigt: Mapping[str, Any]) -> None:
    """Wirft FassungFehlt, FassungVeraltet."""
    jetzt = gezeigt["version"]
    genannt = fassung_aus(request, jetzt)
    if genannt != jetzt:
        raise FassungVeraltet(_VERALTET, gesehen=genannt, jetzt=jetzt)


def am_feld(arbeit: Callable[[], T]) -> T:
    """Ein Befund nennt die Stelle, wie sie geschickt wurde."""
    try:
        return arbeit()
    except Ungueltig as fehler:
        raise Ungueltig([(f"daten.{feld}", grund) for feld, grund in fehler.befunde]) from fehler


def eines(request: Request, lies: Arbeit) -> Response:
    """Ein Eintrag mit seiner Fassung im ETag."""
    ohne_abfrage(request)
    a = anwendung(request)
    with a.db.lesen() as s:
        gezeigt = lies(s, a.jetzt(), a.umfeld(s))
    return als_json(gezeigt, kopf={"ETag": etag(gezeigt["version"])})


def getan(
    request: Request, person: Handelnde, anfrage: Mapping[str, Any], arbeit: Arbeit, ort: str = "",
    dazu: Callable[[], dict[str, Any]] = dict,
) -> Response:  # fmt: skip
    """Führt die Änderung aus, unter dem Wiederholungsschlüssel höchstens einmal.

    `ort`: Muster der Adresse von etwas Neuem. `dazu`: was nur in dieser Antwort steht und nicht gemerkt wird.
    """
    a, wiederholung = anwendung(request), wiederholungsschluessel(request)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    ganz = {"weg": request.url.path, "inhalt": {"if-match": request.headers.get("if-match"), **anfrage}}

    def in_einer_transaktion(s: Sitzung) -> dict[str, Any]:
        if not wiederholung:
            return arbeit(s, jetzt, umfeld)
        return einmal(s, person.key, wiederholung, ganz, jetzt, lambda: arbeit(s, jetzt, umfeld))

    try:
        ergebnis = a.db.in_transaktion(in_einer_transaktion)
    except Konflikt as fehler:
        raise FassungVeraltet(fehler.satz, gesehen=fehler.gesehen, jetzt=fehler.jetzt) from fehler
    kopf = {"ETag": etag(ergebnis["version"])} if "version" in ergebnis else {}
    if ort:
        kopf["Location"] = ort.format(**ergebnis)
    return als_json({**ergebnis, **dazu()}, 201 if ort else 200, kopf)
