"""Anfragen an die Schnittstelle lesen: streng, und ohne dass eine missratene je mehr als einen Befund ergibt."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from forms.grundform import Formular, Formularkontext, befunde
from service.api_modelle import OhneAbfrage
from service.errors import NichtGefunden, Ungueltig
from service.probleme import FalscherTyp, FassungFehlt, NichtAnnehmbar, Unlesbar

JSON = "application/json"
_TIEFSTE = 40
_LAENGSTE_ZAHL = 18
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_MARKE = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')
_FASSUNG = re.compile(r'"v([1-9][0-9]{0,8})"')
_WIEDERHOLUNG = re.compile(r"[\x21-\x7e]{1,200}")
_HALB = re.compile(r"[\ud800-\udfff]")

F = TypeVar("F", bound=Formular)
M = TypeVar("M", bound=BaseModel)


def key_aus(text: str) -> str:
    """Was kein Schlüssel sein kann, gibt es auch nicht."""
    if _KEY.fullmatch(text) is None:
        raise NichtGefunden
    return text


# --- Kopfzeilen -------------------------------------------------------------------------------------------------------


def pruefe_annehmbar(request: Request) -> None:
    """406, wenn die Anfrage JSON als Antwort ausschließt."""
    angaben = ",".join(request.headers.getlist("accept"))
    if angaben.strip() and not any(_nimmt_json(teil) for teil in angaben.split(",")):
        raise NichtAnnehmbar("Die Schnittstelle antwortet mit application/json.")


def _nimmt_json(angabe: str) -> bool:
    bereich, *weitere = (t.strip().lower() for t in angabe.split(";"))
    ausgeschlossen = any(re.fullmatch(r"q\s*=\s*0(\.0{0,3})?", w) for w in weitere)
    return bereich in ("*/*", "application/*", JSON) and not ausgeschlossen


def _pruefe_inhaltstyp(request: Request) -> None:
    typ, *weitere = (t.strip().lower() for t in request.headers.get("content-type", "").split(";"))
    zeichensatz = all(w in ("charset=utf-8", 'charset="utf-8"', "") for w in weitere)
    if typ != JSON or not zeichensatz or request.headers.get("content-encoding", "identity").lower() != "identity":
        raise FalscherTyp("Bitte schicken Sie application/json in UTF-8, ohne Komprimierung.")


def fassung_aus(request: Request, jetzt: int) -> int | None:
    """Die Fassung aus If-Match: die geltende, wenn sie genannt ist, sonst eine andere; None, wenn dort keine von unseren steht.

    Wirft FassungFehlt ohne die Kopfzeile; „*“ ist keine Fassung, denn es überschriebe, was niemand gesehen hat.
    """
    angabe = ",".join(request.headers.getlist("if-match")).strip()
    marken = [m.strip() for m in angabe.split(",")]
    if not angabe or "*" in marken or not all(_MARKE.fullmatch(m) for m in marken):
        raise FassungFehlt('Bitte nennen Sie in If-Match die Fassung, die Sie gesehen haben, zum Beispiel "v3".')
    fassungen = [int(f[1]) for m in marken if (f := _FASSUNG.fullmatch(m))]
    return jetzt if jetzt in fassungen else next(iter(fassungen), None)


def wiederholungsschluessel(request: Request) -> str:
    """Der Idempotency-Key, leer ohne."""
    angaben = request.headers.getlist("idempotency-key")
    if not angaben:
        return ""
    if len(angaben) > 1 or _WIEDERHOLUNG.fullmatch(angaben[0]) is None:
        raise Ungueltig({"Idempotency-Key": "Der Wiederholungsschlüssel hat 1 bis 200 druckbare Zeichen ohne Leerzeichen."})
    return angaben[0]


# --- die Adresse ------------------------------------------------------------------------------------------------------


def abfrage(request: Request, klasse: type[M]) -> M:
    """Die Angaben nach dem Fragezeichen; unbekannte und doppelte sind Befunde."""
    mehrfach: frozenset[str] = getattr(klasse, "mehrfach", frozenset())
    angaben: dict[str, Any] = {}
    doppelt = []
    for name, wert in request.query_params.multi_items():
        if name in mehrfach:
            angaben.setdefault(name, []).append(wert)
        elif name in angaben:
            doppelt.append((name, "Diese Angabe steht doppelt."))
        else:
            angaben[name] = wert
    if doppelt:
        raise Ungueltig(doppelt)
    return _gelesen(klasse, angaben)


def ohne_abfrage(request: Request) -> None:
    abfrage(request, OhneAbfrage)


def _gelesen(klasse: type[M], werte: Mapping[str, Any], kontext: Formularkontext | None = None) -> M:
    try:
        return klasse.model_validate(werte, context=kontext)
    except ValidationError as fehler:
        raise Ungueltig([(b.feld, b.grund) for b in befunde(fehler, in_werten=True)]) from fehler


# --- der Körper -------------------------------------------------------------------------------------------------------


async def rohtext(request: Request) -> bytes:
    """Die Größe begrenzt schon der Rand; hier steht die Anfrage ganz da."""
    return await request.body()


def koerper(request: Request, roh: bytes, klasse: type[F]) -> F:
    """Der Körper als geprüftes Modell. Wirft FalscherTyp, Unlesbar, Ungueltig."""
    _pruefe_inhaltstyp(request)
    werte = _json(roh)
    if not isinstance(werte, dict):
        raise Unlesbar("Der Inhalt muss ein JSON-Objekt sein.")
    _pruefe_werte(werte)
    return _gelesen(klasse, werte)


def formularwerte(klasse: type[F], daten: Mapping[str, Any], kontext: Formularkontext) -> F:
    """Ein Formular mit den Werten, die heute gelten; die Befunde nennen den Weg ab `daten`."""
    try:
        return _gelesen(klasse, daten, kontext)
    except Ungueltig as fehler:
        raise Ungueltig([(f"daten.{feld}", grund) for feld, grund in fehler.befunde]) from fehler


def _json(roh: bytes) -> Any:
    try:
        return json.loads(roh.decode("utf-8"), object_pairs_hook=_objekt, parse_int=_zahl, parse_float=_kommazahl,
                          parse_constant=_keine_zahl)
    except (ValueError, RecursionError):  # UnicodeDecodeError und JSONDecodeError sind ValueError
        raise Unlesbar("Der Inhalt ist kein gültiges JSON in UTF-8, oder ein Name steht doppelt.") from None


def _objekt(paare: list[tuple[str, Any]]) -> dict[str, Any]:
    gelesen = dict(paare)
    if len(gelesen) != len(paare):
        raise ValueError
    return gelesen


class _ZuGross:
    """Steht für eine Zahl, mit der niemand rechnet; wo sie steht, sagt erst der Befund."""


def _zahl(text: str) -> int | _ZuGross:
    return int(text) if len(text) <= _LAENGSTE_ZAHL else _ZuGross()


def _kommazahl(text: str) -> float | _ZuGross:
    zahl = float(text)
    return zahl if math.isfinite(zahl) else _ZuGross()


def _keine_zahl(text: str) -> Any:
    raise ValueError


def _pruefe_werte(werte: Mapping[str, Any]) -> None:
    """Nichts zu Tiefes, keine zu großen Zahlen und keine Zeichen, die keine Datenbank speichert, auch nicht in Namen."""
    offen: list[tuple[str, Any, int]] = [("", werte, 1)]
    while offen:
        weg, wert, tiefe = offen.pop()
        if tiefe > _TIEFSTE:
            raise Unlesbar("Der Inhalt ist zu tief verschachtelt.")
        if isinstance(wert, _ZuGross):
            raise Ungueltig({weg: "Diese Zahl ist zu groß."})
        if isinstance(wert, str):
            _pruefe_text(weg, wert)
        elif isinstance(wert, dict):
            for name in wert:
                _pruefe_text(weg or "name", name)
            offen += [(f"{weg}.{n}" if weg else n, w, tiefe + 1) for n, w in wert.items()]
        elif isinstance(wert, list):
            offen += _eintraege(weg, wert, tiefe + 1)


def _eintraege(weg: str, liste: list[Any], tiefe: int) -> Iterable[tuple[str, Any, int]]:
    return ((f"{weg}.{nr}", w, tiefe) for nr, w in enumerate(liste, 1))


def _pruefe_text(weg: str, text: str) -> None:
    if "\x00" in text:
        raise Ungueltig({weg: "Der Text enthält ein NUL-Zeichen."})
    if _HALB.search(text):
        raise Ungueltig({weg: "Der Text enthält ein unvollständiges Zeichen."})
