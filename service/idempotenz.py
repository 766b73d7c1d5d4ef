"""Wer dieselbe Anfrage noch einmal schickt, bekommt dasselbe Ergebnis, und es geschieht nur einmal.

Der Schlüssel gehört der Person. Dieselbe Anfrage mit anderem Inhalt wird abgelehnt; Misslungenes wird nicht gemerkt.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from service.clock import als_text
from service.db import Sitzung
from service.errors import Ungueltig
from service.hashkette import sha
from service.umfeld import kanonisch
from states.aussage import Aussage

AUFBEWAHRUNG = timedelta(days=7)
_HOECHSTENS = 200

_RESERVIERE = ("INSERT INTO idempotenz (person, schluessel, anfrage, ergebnis, zeit) VALUES (:person, :schluessel, :anfrage, '', :zeit) "
               "ON CONFLICT DO NOTHING")
_LIES = "SELECT anfrage, ergebnis FROM idempotenz WHERE person = :person AND schluessel = :schluessel"
_MERKE = "UPDATE idempotenz SET ergebnis = :ergebnis WHERE person = :person AND schluessel = :schluessel"


def einmal(s: Sitzung, person: str, schluessel: str, anfrage: Any, jetzt: datetime, arbeit: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Führt `arbeit` höchstens einmal je Person und Schlüssel aus; sonst ihr gemerktes Ergebnis (nur Schlüssel und Zahlen).

    Muss die erste Anweisung der Transaktion sein: die Zeile sperrt gleichzeitige Wiederholungen bis zum Ende.
    Wirft Ungueltig, wenn derselbe Schlüssel schon für eine andere Anfrage stand.
    """
    if not 1 <= len(schluessel) <= _HOECHSTENS:
        raise Ungueltig({"Idempotency-Key": Aussage("Der Wiederholungsschlüssel hat 1 bis {hoechstens} Zeichen.", hoechstens=_HOECHSTENS)})
    werte = {"person": person, "schluessel": schluessel}
    abdruck = sha(kanonisch(anfrage))
    if s.fuehre(_RESERVIERE, {**werte, "anfrage": abdruck, "zeit": als_text(jetzt)}) == 0:
        frueher, ergebnis = s.alle(_LIES, werte)[0]
        if frueher != abdruck:
            raise Ungueltig({"Idempotency-Key": "Unter diesem Wiederholungsschlüssel ist schon eine andere Anfrage ausgeführt worden."})
        gemerkt: dict[str, Any] = json.loads(ergebnis)
        return gemerkt
    neu = arbeit()
    s.fuehre(_MERKE, {**werte, "ergebnis": kanonisch(neu)})
    return neu


def raeume_auf(s: Sitzung, jetzt: datetime) -> int:
    """Vergisst, was älter als sieben Tage ist; gibt die Zahl zurück."""
    return s.fuehre("DELETE FROM idempotenz WHERE zeit < :bis", {"bis": als_text(jetzt - AUFBEWAHRUNG)})
