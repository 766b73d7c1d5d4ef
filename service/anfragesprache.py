"""Die Sprache einer Anfrage, um die ganze Anwendung gelegt: Was eine Antwort nachschlägt, steht in der, die der Browser wünscht.

Gibt es keinen Katalog, ist dies nur ein Aufruf mehr; mit einem sagt jede Antwort, wovon sie abhängt und in welcher Sprache sie redet.
"""

from __future__ import annotations

from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forms.sprache import KEINE, redend, redet_deutsch, uebersetzt
from service.anwendung import Anwendung

_GESPROCHEN = ("text/html", "text/csv", "text/plain", "application/json", "application/problem+json")
# Angaben der Schnittstelle, die Worte der Anwendung tragen; alle anderen sind Kennungen oder das, was Menschen schrieben
_WORTE = frozenset({"bezeichnung", "zustand_bezeichnung", "erklaerung", "hinweis", "rat", "title", "detail", "description", "gruende"})
_INHALT = frozenset({"felder", "daten", "angaben"})


class Anfragesprache:
    def __init__(self, app: ASGIApp, anwendung: Anwendung) -> None:
        self._app, self._anwendung = app, anwendung

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sprachen = self._anwendung.vorlagen.sprachen
        if not sprachen or scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        kuerzel = sprachen.passende(Headers(scope=scope).get("accept-language", ""))
        with redend(KEINE, sprachen.katalog(kuerzel)):
            await self._app(scope, receive, _mit_sprache(send, kuerzel))


def _mit_sprache(send: Send, kuerzel: str) -> Send:
    async def sende(nachricht: Message) -> None:
        if nachricht["type"] == "http.response.start":
            kopf = MutableHeaders(scope=nachricht)
            kopf.add_vary_header("Accept-Language")
            if kopf.get("content-type", "").startswith(_GESPROCHEN):
                kopf["Content-Language"] = kuerzel
        await send(nachricht)

    return sende


def in_worten(inhalt: Any, *weitere: str) -> Any:
    """Dieselbe Antwort mit übersetzten Bezeichnungen und Gründen; `weitere`: auch diese Angaben tragen hier Worte der Anwendung."""
    return inhalt if redet_deutsch() else _in_worten(inhalt, _WORTE.union(weitere))


def _in_worten(inhalt: Any, worte: frozenset[str], *, wort: bool = False) -> Any:
    if isinstance(inhalt, str):
        return uebersetzt(inhalt) if wort else inhalt
    if isinstance(inhalt, list):
        return [_in_worten(x, worte, wort=wort) for x in inhalt]
    if not isinstance(inhalt, dict):
        return inhalt
    return {name: wert if name in _INHALT and isinstance(wert, dict) else _in_worten(wert, worte, wort=name in worte)
            for name, wert in inhalt.items()}
