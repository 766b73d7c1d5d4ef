"""Stil, Schrift und Skript: nur was im Paket liegt, mit Fassung in der Adresse, einmal gelesen und einmal gepackt."""

from __future__ import annotations

from typing import NamedTuple
import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from service.errors import NichtGefunden

ORT = Path(__file__).parent / "static"
_ARTEN = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2", ".svg": "image/svg+xml",
          ".txt": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8"}
_LANGE = "public, max-age=31536000, immutable"
_EINEN_TAG = "public, max-age=86400"


class Datei(NamedTuple):
    inhalt: bytes
    gepackt: bytes | None
    art: str
    fassung: str


def adresse(name: str) -> str:
    """Die Adresse einer Datei mit ihrer Fassung: Ändert sich die Datei, holt der Browser sie neu."""
    return f"/static/{name}?v={_datei(name).fassung}"


def liefere(request: Request, name: str) -> Response:
    """Wirft NichtGefunden für alles, was nicht im Ordner liegt."""
    datei = _datei(name)
    kopf = {"Cache-Control": _LANGE if request.query_params.get("v") == datei.fassung else _EINEN_TAG, "ETag": f'"{datei.fassung}"',
            "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == kopf["ETag"]:
        return Response(status_code=304, headers=kopf)
    if datei.gepackt is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(datei.gepackt, media_type=datei.art, headers={**kopf, "Content-Encoding": "gzip"})
    return Response(datei.inhalt, media_type=datei.art, headers=kopf)


def fehlende() -> list[str]:
    """Bausteine, ohne die keine Seite aussieht, wie sie soll; sie entstehen mit `make assets`."""
    return [name for name in ("fremd/kern.min.css", "fremd/fira-sans-latin-400-normal.woff2") if not (ORT / name).is_file()]


@lru_cache(maxsize=1)
def _namen() -> frozenset[str]:
    """Nur diese Namen gibt es; einen Weg aus dem Ordner hinaus gibt es nicht."""
    return frozenset(p.relative_to(ORT).as_posix() for p in ORT.rglob("*") if p.is_file() and p.suffix in _ARTEN)


@lru_cache(maxsize=64)
def _datei(name: str) -> Datei:
    if name not in _namen():
        raise NichtGefunden
    inhalt = (ORT / name).read_bytes()
    endung = Path(name).suffix
    gepackt = None if endung == ".woff2" else gzip.compress(inhalt, 9, mtime=0)
    return Datei(inhalt, gepackt, _ARTEN[endung], hashlib.sha256(inhalt).hexdigest()[:12])
