"""Angemeldete Browser. Der Ausweis im Cookie ist ein Zufallswort; die Datenbank kennt nur seinen Hash.

Eine Anmeldung endet nach zehn Stunden, nach einer Zeit ohne Tätigkeit (KREISLAUF_ANMELDUNG) oder sofort, wenn ihre Zeile verschwindet. Die
letzte Tätigkeit steht gesiegelt im Ausweis selbst: So schreibt auch das bloße Lesen von Seiten nichts in die Datenbank.
"""

from __future__ import annotations

from typing import NamedTuple
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from service.clock import als_text
from service.db import Sitzung

LAENGSTENS = timedelta(hours=10)
_ERNEUERN = timedelta(minutes=1)
_VORAUS = timedelta(minutes=5)  # so weit dürfen die Uhren zweier Maschinen auseinandergehen

_NEU = "INSERT INTO anmeldung (hash, person, salz, seit, bis) VALUES (:hash, :person, :salz, :seit, :bis)"
# „vorher“ rückt erst an einem anderen Tag nach: Wer sich mittags neu anmeldet, sieht das Neue des Morgens noch
_BESUCH = ("INSERT INTO besuch (person, zuletzt, vorher) VALUES (:person, :jetzt, '') ON CONFLICT (person) DO UPDATE SET "
           "vorher = CASE WHEN substr(besuch.zuletzt, 1, 10) < substr(excluded.zuletzt, 1, 10) THEN besuch.zuletzt ELSE besuch.vorher END, "
           "zuletzt = excluded.zuletzt")
_GELTEND = "SELECT person, salz FROM anmeldung WHERE hash = :hash AND bis > :jetzt"


class Anmeldung(NamedTuple):
    """`ausweis`: der erneuerte, wenn der vorgelegte älter als eine Minute ist, sonst derselbe."""

    person: str
    ausweis: str


def fremder_ausweis() -> str:
    """Für jemanden, der noch nicht angemeldet ist: Auch sein Formular ist gegen fremde Seiten geschützt."""
    return secrets.token_urlsafe(32)


def kern(ausweis: str) -> str:
    """Der Teil des Ausweises, der gleich bleibt, solange die Anmeldung gilt."""
    return ausweis.split(".", 1)[0]


def formularzeichen(ausweis: str) -> str:
    """Das Zeichen, das jedes Formular mitschickt (CSRF). Es hängt an dieser Anmeldung und lässt sich nur aus dem Ausweis bilden."""
    return hmac.new(kern(ausweis).encode(), b"formular", hashlib.sha256).hexdigest()


def melde_an(s: Sitzung, person: str, jetzt: datetime) -> str:
    """Immer ein neuer Ausweis: Einer, der vor der Anmeldung untergeschoben war, nützt niemandem."""
    geheim, salz = secrets.token_urlsafe(32), secrets.token_hex(32)
    s.fuehre(_NEU, {"hash": gehasht(geheim), "person": person, "salz": salz, "seit": als_text(jetzt), "bis": als_text(jetzt + LAENGSTENS)})
    s.fuehre(_BESUCH, {"person": person, "jetzt": als_text(jetzt)})
    return _gesiegelt(geheim, salz, jetzt)


def pruefe(s: Sitzung, ausweis: str, jetzt: datetime, ohne_taetigkeit: timedelta) -> Anmeldung | None:
    """Wer dahinter steht, oder None: unbekannt, abgelaufen, beendet oder verändert."""
    geheim, _, rest = ausweis.partition(".")
    zeile = s.eine(_GELTEND, {"hash": gehasht(geheim), "jetzt": als_text(jetzt)}) if rest else None
    if zeile is None:
        return None
    person, salz = zeile
    zuletzt = _zuletzt(ausweis, geheim, salz)
    if zuletzt is None or not -_VORAUS <= (alter := jetzt - zuletzt) <= ohne_taetigkeit:
        return None
    return Anmeldung(person, _gesiegelt(geheim, salz, jetzt) if alter > _ERNEUERN else ausweis)


def melde_ab(s: Sitzung, ausweis: str) -> None:
    s.fuehre("DELETE FROM anmeldung WHERE hash = :hash", {"hash": gehasht(kern(ausweis))})


def melde_ueberall_ab(s: Sitzung, person: str) -> int:
    return s.fuehre("DELETE FROM anmeldung WHERE person = :person", {"person": person})


def merke_sprache(s: Sitzung, ausweis: str, sprache: str) -> None:
    """In ihr bekommt die Person von nun an ihre Nachrichten."""
    s.fuehre("UPDATE besuch SET sprache = :sprache WHERE person = (SELECT person FROM anmeldung WHERE hash = :hash)",
             {"sprache": sprache, "hash": gehasht(kern(ausweis))})


def besuch_vorher(s: Sitzung, person: str) -> str:
    """Der Zeitpunkt der letzten Anmeldung an einem früheren Tag; leer, wenn es keine gab."""
    return str(s.wert("SELECT vorher FROM besuch WHERE person = :person", {"person": person}) or "")


def gehasht(geheim: str) -> str:
    """Für lange Zufallsworte genügt ein schneller Hash; raten lassen sie sich nicht."""
    return hashlib.sha256(geheim.encode()).hexdigest()


def _gesiegelt(geheim: str, salz: str, jetzt: datetime) -> str:
    zeit = str(int(jetzt.timestamp()))
    return f"{geheim}.{zeit}.{_siegel(geheim, salz, zeit)}"


def _zuletzt(ausweis: str, geheim: str, salz: str) -> datetime | None:
    _, _, rest = ausweis.partition(".")
    zeit, _, siegel = rest.partition(".")
    if not (zeit.isascii() and zeit.isdigit() and len(zeit) < 12 and siegel.isascii()):
        return None
    if not hmac.compare_digest(siegel, _siegel(geheim, salz, zeit)):
        return None
    return datetime.fromtimestamp(int(zeit), UTC)


def _siegel(geheim: str, salz: str, zeit: str) -> str:
    return hmac.new(salz.encode(), f"{geheim}.{zeit}".encode(), hashlib.sha256).hexdigest()[:32]
