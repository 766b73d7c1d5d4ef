"""Was geschieht, ohne einen Vorgang zu ändern: eine Zeile, die bleibt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.clock import als_text
from service.db import Sitzung
from service.handelnde import SYSTEM
from service.umfeld import kanonisch

_NEU = "INSERT INTO protokoll (zeit, person, systemkonto, was, angaben) VALUES (:zeit, :person, :konto, :was, :angaben)"


def vermerke(s: Sitzung, jetzt: datetime, konto: str, was: str, angaben: Mapping[str, Any],
             person: str = SYSTEM.key) -> None:
    """`konto`: das Konto des Betriebssystems, unter dem die Kommandozeile lief; sie handelt als System. Auf den Seiten ist es leer."""
    s.fuehre(_NEU, {"zeit": als_text(jetzt), "person": person, "konto": konto, "was": was, "angaben": kanonisch(dict(angaben))})
