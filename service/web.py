"""Was jede Seite und die Schnittstelle brauchen: wer fragt, woher das Formular kommt, wie eine Seite und ein Fehler aussehen.

Für Seiten:    def zeige(request: Request, person: Angemeldet) -> Response: return seite(request, "pages/x.html", eintraege=...)
Nach POST:     return umleitung(request, "/ziel", "Gespeichert.")
Formulardaten: def sende(request: Request, person: Angemeldet, daten: Formulardaten) -> Response
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote, unquote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from forms.sprache import uebersetzt
from service import anmeldung, konten, verwahrt
from service.anwendung import Anwendung
from service.betriebslage import warnungen
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import FremdesFormular, NichtAngemeldet, NichtGefunden, Verboten, ZuVieleVersuche
from service.handelnde import Handelnde
from service.hilfe import anker_zu
from service.navigation import navigation
from service.stammdaten import handelnde

_LESEND = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMULARE = ("application/x-www-form-urlencoded", "multipart/form-data")
_OHNE_STAND = ("/healthz", "/readyz", "/static/", "/favicon.ico")
_NAME, _HINWEIS, _DARSTELLUNG, _VERWAHRT = "kreislauf", "kreislauf-hinweis", "kreislauf-darstellung", "kreislauf-beleg"
THEMEN = {"geraet": "", "hell": "light", "dunkel": "dark"}  # Wahl -> wie KERN sie nennt; ohne Namen entscheidet das Gerät
FREMD = "Dieses Formular kommt nicht von unseren Seiten. Es wurde nichts gespeichert."
ABGELAUFEN = "Dieses Formular gehört zu einer Anmeldung, die nicht mehr gilt. Es wurde nichts gespeichert."


class Besuch(NamedTuple):
    """Wer fragt. `ausweis` ist auch ohne Anmeldung da, sobald eine Seite ein Formular zeigt."""

    person: Handelnde | None
    ausweis: str | None


def anwendung(request: Request) -> Anwendung:
    gefunden: Anwendung = request.app.state.anwendung
    return gefunden


def ist_schnittstelle(request: Request) -> bool:
    return request.url.path == "/api" or request.url.path.startswith("/api/")


# --- wer fragt --------------------------------------------------------------------------------------------------------


def besuch(request: Request) -> Besuch:
    """Einmal je Anfrage; liest nur."""
    bekannt: Besuch | None = getattr(request.state, "besuch", None)
    if bekannt is None:
        bekannt = request.state.besuch = _besuch(request)
    return bekannt


def _besuch(request: Request) -> Besuch:
    a = anwendung(request)
    if ist_schnittstelle(request) and (wort := _traeger(request)) is not None:
        with a.db.lesen() as s:
            person = konten.zu_schluessel(s, wort, a.jetzt())
            return Besuch(_geltend(a, s, person) if person else None, None)
    ausweis = _keks(request)
    if ausweis is None:
        return Besuch(None, None)
    with a.db.lesen() as s:
        gefunden = anmeldung.pruefe(s, ausweis, a.jetzt(), timedelta(minutes=a.einstellungen.anmeldung))
        person_ = _geltend(a, s, gefunden.person) if gefunden else None
    if gefunden is None or person_ is None:
        return Besuch(None, ausweis)
    if gefunden.ausweis != ausweis:
        setze_ausweis(request, gefunden.ausweis)
    return Besuch(person_, gefunden.ausweis)


def _geltend(a: Anwendung, s: Sitzung, person: str) -> Handelnde | None:
    """Rollen gelten an dem Tag, an dem gefragt wird; endet ein Konto, endet auch seine Anmeldung."""
    try:
        return handelnde(s, person, berliner_tag(a.jetzt()).isoformat(), a.umfeld(s).profil)
    except Verboten:
        return None


def angemeldet(request: Request) -> Handelnde:
    person = besuch(request).person
    if person is None:
        raise NichtAngemeldet
    return person


def _traeger(request: Request) -> str | None:
    art, _, wort = request.headers.get("authorization", "").partition(" ")
    return wort.strip() if art.lower() == "bearer" else None


# --- Cookies ----------------------------------------------------------------------------------------------------------


def _keksname(request: Request, name: str) -> str:
    """`__Host-` bindet das Cookie an genau diesen Rechner, geht aber nur über https."""
    return f"__Host-{name}" if request.state.https else name


def _keks(request: Request, name: str = _NAME) -> str | None:
    wert = request.cookies.get(_keksname(request, name), "")
    return wert if 20 <= len(wert) <= 300 and wert.isascii() else None


def _setze_keks(request: Request, name: str, wert: str, mehr: str = "", anderswoher: str = "Lax") -> None:
    sicher = "; Secure" if request.state.https else ""
    kekse = getattr(request.state, "kekse", None) or {}
    kekse[name] = f"{_keksname(request, name)}={wert}; Path=/; HttpOnly; SameSite={anderswoher}{sicher}{mehr}"
    request.state.kekse = kekse


def setze_ausweis(request: Request, ausweis: str) -> None:
    _setze_keks(request, _NAME, ausweis)


def loesche_ausweis(request: Request) -> None:
    _setze_keks(request, _NAME, "", "; Max-Age=0")


def verwahrtes_wort(request: Request) -> str:
    """Was `verwahrt.hole` öffnet; leer, wenn dieser Browser keines hat."""
    return _keks(request, _VERWAHRT) or ""


def setze_verwahrtes_wort(request: Request, wort: str) -> None:
    """Leer: Der Browser vergisst es."""
    _setze_keks(request, _VERWAHRT, wort, f"; Max-Age={int(verwahrt.LAENGSTENS.total_seconds()) if wort else 0}", "Strict")


def darstellung(request: Request) -> str:
    """Was in diesem Browser gewählt ist, ein Schlüssel von THEMEN."""
    wert = request.cookies.get(_keksname(request, _DARSTELLUNG), "")
    return wert if wert in THEMEN else "geraet"


def setze_darstellung(request: Request, wahl: str) -> None:
    """Wer dem Gerät folgt, braucht kein Cookie."""
    _setze_keks(request, _DARSTELLUNG, *(("", "; Max-Age=0") if wahl == "geraet" else (wahl, "; Max-Age=31536000")))


def formularzeichen(request: Request) -> str:
    """Für das versteckte Feld `csrf`; wer noch keinen Ausweis hat, bekommt dabei einen ohne Person."""
    ausweis = besuch(request).ausweis
    if ausweis is None:
        ausweis = anmeldung.fremder_ausweis()
        setze_ausweis(request, ausweis)
        request.state.besuch = Besuch(None, ausweis)
    return anmeldung.formularzeichen(ausweis)


def zeichen_zum_ausweis(request: Request) -> str:
    """Für eine Seite, die ohne Datenbank auskommen muss: das Zeichen zu dem Ausweis, den der Browser schon hat."""
    return anmeldung.formularzeichen(_keks(request) or "")


# --- woher ein Formular kommt -----------------------------------------------------------------------------------------


async def pruefe_stand(request: Request) -> None:
    """Hebt eine neuere Fassung die Datenbank an, hört die ältere auf, statt auf fremden Tabellen weiterzuarbeiten."""
    if not request.url.path.startswith(_OHNE_STAND) and (a := anwendung(request)).stand_faellig():
        await run_in_threadpool(a.pruefe_stand)


async def pruefe_formular(request: Request) -> None:
    """Für jede Anfrage, die etwas ändern kann, auch für vergessene Wege: steht vor allen."""
    if request.method in _LESEND:
        return
    ausweis = _keks(request)
    if ist_schnittstelle(request) and (_traeger(request) is not None or ausweis is None):
        return  # ohne Cookie gibt es nichts, was eine fremde Seite missbrauchen könnte
    if not _von_uns(request):
        raise FremdesFormular(FREMD)
    zeichen = request.headers.get("x-csrf-token") or await _zeichen_im_formular(request)
    if ausweis is None or not hmac.compare_digest(zeichen.encode(), anmeldung.formularzeichen(ausweis).encode()):
        raise FremdesFormular(ABGELAUFEN)


def _von_uns(request: Request) -> bool:
    """Was der Browser selbst über die Herkunft sagt; ältere schweigen, dann entscheidet allein das Zeichen."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    herkunft = request.headers.get("origin", "null")  # „null“ schickt er, weil unsere Seiten keine Herkunft weitergeben
    return herkunft == "null" or herkunft.partition("://")[2] == request.headers.get("host")


async def _zeichen_im_formular(request: Request) -> str:
    if ist_schnittstelle(request) or not request.headers.get("content-type", "").startswith(_FORMULARE):
        return ""
    wert = (await request.form()).get("csrf", "")
    return wert if isinstance(wert, str) else ""


async def _formulardaten(request: Request) -> FormData:
    """Ohne das Zeichen NUL: Kein Mensch tippt es, und PostgreSQL wiese es als Fehler ab."""
    felder = await request.form()
    return FormData([(name.replace("\0", ""), w.replace("\0", "") if isinstance(w, str) else w) for name, w in felder.multi_items()])


_NUMMER = re.compile(r"[1-9][0-9]{0,8}")


def nummer_aus(nummer: str) -> int:
    """Was keine Nummer sein kann, gibt es auch nicht."""
    if _NUMMER.fullmatch(nummer) is None:
        raise NichtGefunden
    return int(nummer)


Nummer = Annotated[int, Depends(nummer_aus)]
Angemeldet = Annotated[Handelnde, Depends(angemeldet)]
Formulardaten = Annotated[FormData, Depends(_formulardaten)]


# --- antworten --------------------------------------------------------------------------------------------------------


def seite(request: Request, name: str, /, *, status: int = 200, kopf: Mapping[str, str] | None = None, **kontext: Any) -> HTMLResponse:
    """Eine ganze Seite; die Grundvorlage bekommt dazu, was auf jeder steht."""
    return HTMLResponse(anwendung(request).vorlagen.seite(name, **grundkontext(request), **kontext), status, headers=dict(kopf or {}))


def grundkontext(request: Request) -> dict[str, Any]:
    a, person = anwendung(request), besuch(request).person
    profil = a.umfeld().profil
    return {
        "eigene_worte": profil.wortlaut, "sprache": sprache(request), "person": person, "csrf": formularzeichen(request),
        "vorfuehrung": a.vorfuehrung(), "ort": profil.name, "hilfe_zu": anker_zu, "thema": THEMEN[darstellung(request)],
        "navigation": navigation(person, request.url.path, a.vorfuehrung()), "hinweis": _hinweis(request), "pfad": request.url.path,
        "anmeldung_minuten": a.einstellungen.anmeldung, "warnungen": [] if request.url.path == "/system" else warnungen(a, person),
    }  # fmt: skip


def sprache(request: Request) -> str:
    """Wie der Browser sie wünscht, soweit es einen Katalog gibt; sonst Deutsch."""
    return anwendung(request).vorlagen.sprachen.passende(request.headers.get("accept-language", ""))


def umleitung(request: Request, ziel: str, hinweis: str = "") -> Response:
    """Nach einem POST. `hinweis` steht einmal oben auf der nächsten Seite; nichts Persönliches hineinschreiben."""
    if hinweis:
        _setze_keks(request, _HINWEIS, quote(uebersetzt(hinweis)[:500], safe=""), "; Max-Age=120")
    return RedirectResponse(ziel, 303)


def _hinweis(request: Request) -> str:
    wert = request.cookies.get(_keksname(request, _HINWEIS), "")
    if wert:
        _setze_keks(request, _HINWEIS, "", "; Max-Age=0")
    return unquote(wert)[:500]


def inneres_ziel(ziel: str) -> str:
    """Nur Wege auf diesen Seiten; alles andere wird die Startseite."""
    innen = ziel.startswith("/") and not ziel.startswith("//") and ziel.isprintable() and "\\" not in ziel
    return ziel if innen and not ziel.startswith(("/anmelden", "/abmelden")) else "/"


def wartezeit(fehler: Exception | None) -> dict[str, str]:
    """Die Kopfzeile, die einem Programm sagt, wann es wieder versuchen darf."""
    return {"Retry-After": str(int(konten.FENSTER.total_seconds()))} if isinstance(fehler, ZuVieleVersuche) else {}


def herkunft(request: Request) -> str:
    return request.client.host if request.client else ""
