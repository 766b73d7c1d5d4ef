"""Beilagen: geprüfte Dateien, die mit einer neuen Meldung zusammen eingehen, alles oder nichts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from service import anhaenge
from service.dateipruefung import Geprueft
from service.db import Sitzung
from service.handeln import handle
from service.handelnde import Handelnde
from service.umfeld import Umfeld


class Beilage(NamedTuple):
    bezeichnung: str
    datei: Geprueft

    @property
    def abdruck(self) -> list[str]:
        """Woran sich dieselbe Absendung wiedererkennt."""
        return [self.bezeichnung, hashlib.sha256(self.datei.inhalt).hexdigest()]


def lege_bei(s: Sitzung, key: str, beilagen: Sequence[Beilage], person: Handelnde, jetzt: datetime, umfeld: Umfeld) -> None:
    """Muss in der Transaktion stehen, in der der Vorgang entsteht. Jede ist ein Schritt für sich, wie später angehängt."""
    for b in beilagen:
        handle(s, [anhaenge.lege_ab(s, key, b.bezeichnung, b.datei)], person, jetzt, umfeld)
