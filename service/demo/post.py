"""Die Post der Vorführung: ein Postfach, wie es nach zwei Jahren aussähe, ohne dass zwei Jahre Post gesetzt werden müssten.

Was älter als vierzehn Tage ist, gilt als längst gelesen. Danach geht die Post jeden Tag hinaus, am Abend, wie im Betrieb.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from service.ausgang import stelle_zusammen, ueberspringe
from service.clock import BERLIN, berliner_tag
from service.db import Datenbank
from service.settings import lade_einstellungen
from service.umfeld import Umfeld
from service.zustellung import stelle_ins_postfach

_ZEITRAUM = timedelta(days=14)


def stelle_zu(db: Datenbank, umfeld: Umfeld, tag: date, jetzt: datetime) -> None:
    """Am Abend dieses Tages, höchstens jedoch am Ende der Geschichte; zugestellt wird nie über einen Mailserver."""
    beginn = berliner_tag(jetzt) - _ZEITRAUM
    if tag < beginn:
        return
    abend = min(datetime.combine(tag, time(18, 0), BERLIN).astimezone(UTC), jetzt)
    if tag == beginn:
        db.in_transaktion(lambda s: ueberspringe(s, abend))
    einstellungen = lade_einstellungen()
    db.in_transaktion(lambda s: stelle_zusammen(s, umfeld, abend, einstellungen.webadresse))
    stelle_ins_postfach(db, einstellungen.absender_adresse, abend)
