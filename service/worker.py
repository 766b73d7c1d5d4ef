"""Welche Worker es gibt, wann sich jeder zuletzt gemeldet und wann er eine Runde geführt hat.

Führt einer von mehreren nichts mehr aus, halten die anderen den Takt, und am Herzschlag ist nichts zu sehen. Deshalb meldet sich jeder
selbst; wer geordnet aufhört, meldet sich ab. Nach einem Tag ohne Meldung ist er vergessen.
"""

from __future__ import annotations

import socket
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from service.clock import als_text, aus_text
from service.db import Sitzung
from service.settings import Einstellungen

_STUMM_NACH = 5  # so viele versäumte Meldungen
_VERGESSEN_NACH = timedelta(days=1)
_MELDE = (
    "INSERT INTO worker (name, seit, gemeldet, gilt_bis, abgemeldet) VALUES (:name, :zeit, :zeit, :bis, 0) "
    "ON CONFLICT (name) DO UPDATE SET seit = CASE WHEN worker.abgemeldet = 1 THEN excluded.seit ELSE worker.seit END, "
    "gemeldet = excluded.gemeldet, gilt_bis = excluded.gilt_bis, abgemeldet = 0"
)


class Worker(NamedTuple):
    """`gefuehrt`: wann zuletzt eine Runde; None, wenn noch keine. `stumm`: hätte sich längst melden müssen."""

    name: str
    seit: datetime
    gemeldet: datetime
    gefuehrt: datetime | None
    abgemeldet: bool
    stumm: bool


def eigener_name(e: Einstellungen) -> str:
    """Derselbe nach jedem Neustart; auch zwei Worker auf einem Rechner heißen verschieden, denn jeder hat seinen Datenordner."""
    return f"{socket.gethostname()} {sha256(str(e.daten.absolute()).encode()).hexdigest()[:8]}"


def meldet_sich_alle(e: Einstellungen) -> timedelta:
    return timedelta(seconds=min(e.takt, 60))


def melde(s: Sitzung, e: Einstellungen, jetzt: datetime) -> None:
    bis = jetzt + _STUMM_NACH * meldet_sich_alle(e)
    s.fuehre(_MELDE, {"name": eigener_name(e), "zeit": als_text(jetzt), "bis": als_text(bis)})


def melde_ab(s: Sitzung, e: Einstellungen) -> None:
    s.fuehre("UPDATE worker SET abgemeldet = 1 WHERE name = :name", {"name": eigener_name(e)})


def merke_runde(s: Sitzung, e: Einstellungen, jetzt: datetime) -> None:
    s.fuehre("UPDATE worker SET gefuehrt = :zeit WHERE name = :name", {"name": eigener_name(e), "zeit": als_text(jetzt)})


def bekannte(s: Sitzung, jetzt: datetime) -> list[Worker]:
    zeilen = s.alle("SELECT name, seit, gemeldet, gefuehrt, abgemeldet, gilt_bis < :jetzt FROM worker WHERE gemeldet > :seit ORDER BY name",
                    {"jetzt": als_text(jetzt), "seit": als_text(jetzt - _VERGESSEN_NACH)})
    return [Worker(name, aus_text(seit), aus_text(gemeldet), aus_text(gefuehrt) if gefuehrt else None, bool(ab), bool(spaet) and not ab)
            for name, seit, gemeldet, gefuehrt, ab, spaet in zeilen]


def raeume_auf(s: Sitzung, jetzt: datetime) -> int:
    return s.fuehre("DELETE FROM worker WHERE gemeldet <= :bis", {"bis": als_text(jetzt - _VERGESSEN_NACH)})
