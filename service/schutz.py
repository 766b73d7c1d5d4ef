"""Was für jede Antwort gilt, auch für Fehler: Kopfzeilen, der Rechnername, die Größe einer Anfrage, der erneuerte Ausweis."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from forms.sprache import uebersetzt
from service.probleme import problem_von, problemantwort

_MIT_DATEI = re.compile(r"/(api/v1/vorgaenge|vorgang)/[^/]{1,120}/anhaenge|/melden/beleg(/stand)?")
_MIT_DREI_DATEIEN = frozenset({"/neu/meldebogen/einreichen", "/melden/ohne-konto", "/melden/ohne-konto/bogen",
                              "/melden/ohne-konto/vorschau"})
GROESSTE_ANFRAGE = 1_000_000  # Bytes; ein Formular mit viel Text braucht davon ein Hundertstel
GEDULD = 30.0  # Sekunden, in denen eine Anfrage ganz da sein muss
_LANGSAMSTE = 50_000  # Byte je Sekunde, mit denen eine angehängte Datei mindestens ankommen soll

_CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
KOPFZEILEN = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
_HSTS = "max-age=31536000; includeSubDomains"


class Schutz:
    """Liegt um die ganze Anwendung, also auch um ihre Fehlerseiten."""

    def __init__(self, app: ASGIApp, rechnernamen: Collection[str], https: bool, datei: int = 0, geduld: float = GEDULD) -> None:
        """`datei`: so viele Byte mehr darf eine Anfrage haben, die eine Datei anhängt. `geduld`: Sekunden, bis sie ganz da sein muss."""
        self._app, self._namen, self._https, self._datei, self._geduld = app, frozenset(rechnernamen), https, datei, geduld

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["https"] = verschluesselt = self._https or scope.get("scheme") == "https"
        sende = _mit_kopfzeilen(send, state, verschluesselt)
        if scope["method"] == "HEAD":  # dieselbe Antwort wie GET, nur ohne ihren Inhalt
            scope, sende = {**scope, "method": "GET"}, _ohne_inhalt(sende)
        kopf = Headers(scope=scope)
        if _rechner(kopf.get("host", "")) not in self._namen:
            await PlainTextResponse("Unter diesem Rechnernamen gibt es hier nichts.", 421)(scope, receive, sende)
            return
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:  # kein Text enthält das; PostgreSQL wiese es als Fehler ab
            await _abgelehnt(scope, 400, "Diese Adresse ist nicht lesbar.")(scope, receive, sende)
            return
        hoechstens = self._hoechstens(scope)
        try:
            async with asyncio.timeout(self._geduld + (hoechstens - GROESSTE_ANFRAGE) / _LANGSAMSTE):
                empfange = await _begrenzt(kopf, receive, hoechstens)
        except TimeoutError:
            await _abgelehnt(scope, 408, "Die Anfrage kam nicht vollständig an.", {"Connection": "close"})(scope, receive, sende)
            return
        if empfange is None:
            await _abgelehnt(scope, 413, "Die Anfrage ist zu groß.", {"Connection": "close"})(scope, receive, sende)
            return
        await self._app(scope, empfange, sende)

    def _hoechstens(self, scope: Scope) -> int:
        if scope["method"] != "POST":
            return GROESSTE_ANFRAGE
        anzahl = 3 if scope["path"] in _MIT_DREI_DATEIEN else 1 if _MIT_DATEI.fullmatch(scope["path"]) else 0
        return GROESSTE_ANFRAGE + anzahl * self._datei


def _rechner(host: str) -> str:
    """Leer, wenn der Browser etwas schickt, das keiner sein kann."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _abgelehnt(scope: Scope, status: int, satz: str, kopf: dict[str, str] | None = None) -> Response:
    if str(scope["path"]).startswith("/api/"):
        return problemantwort(problem_von(status, satz), kopf)
    return PlainTextResponse(uebersetzt(satz), status, kopf)


def _mit_kopfzeilen(send: Send, state: MutableMapping[str, Any], https: bool) -> Send:
    async def sende(nachricht: Message) -> None:
        if nachricht["type"] == "http.response.start":
            kopf = MutableHeaders(scope=nachricht)
            for name, wert in KOPFZEILEN.items():
                kopf.setdefault(name, wert)
            if https:
                kopf["Strict-Transport-Security"] = _HSTS
            kopf.setdefault("Cache-Control", "no-store")
            for keks in state.get("kekse", {}).values():
                kopf.append("Set-Cookie", keks)
        await send(nachricht)

    return sende


def _ohne_inhalt(send: Send) -> Send:
    async def sende(nachricht: Message) -> None:
        await send({**nachricht, "body": b""} if nachricht["type"] == "http.response.body" else nachricht)

    return sende


async def _begrenzt(kopf: Headers, receive: Receive, hoechstens: int) -> Receive | None:
    """Liest die Anfrage ganz, ehe jemand sie deutet; None, wenn sie zu groß ist, gleich was sie von sich behauptet."""
    laenge = kopf.get("content-length", "0")
    if not laenge.isascii() or not laenge.isdigit() or int(laenge) > hoechstens:
        return None
    if laenge == "0" and "transfer-encoding" not in kopf:
        return receive
    teile, gelesen, weiter = [], 0, True
    while weiter:
        nachricht = await receive()
        if nachricht["type"] != "http.request":
            return receive
        teile.append(nachricht.get("body", b""))
        gelesen += len(teile[-1])
        if gelesen > hoechstens:
            return None
        weiter = nachricht.get("more_body", False)
    ganz: Message | None = {"type": "http.request", "body": b"".join(teile), "more_body": False}

    async def empfange() -> Message:
        nonlocal ganz
        if ganz is not None:
            nachricht, ganz = ganz, None
            return nachricht
        return await receive()

    return empfange
