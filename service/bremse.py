"""Bremst, wer Adressen oder Codes rät: je Netz einige vergebliche Versuche, dann eine Pause.

Nur im Arbeitsspeicher; Lesen schreibt nichts.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from service.anmeldung import gehasht
from service.errors import ZuVieleVersuche
from service.konten import FENSTER, JE_HERKUNFT, netz

_HOECHSTENS_NETZE = 10_000


class Bremse:
    """Je Programm eine; mehrere nebeneinander zählen jedes für sich."""

    def __init__(self, erlaubt: int = JE_HERKUNFT, fenster: timedelta = FENSTER) -> None:
        self._erlaubt, self._fenster = erlaubt, fenster
        self._versuche: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._sperre = threading.Lock()

    def pruefe(self, herkunft: str, jetzt: datetime) -> None:
        """Wirft ZuVieleVersuche."""
        with self._sperre:
            versuche = self._versuche.get(gehasht(netz(herkunft)), ())
            if sum(zeit > jetzt - self._fenster for zeit in versuche) >= self._erlaubt:
                raise ZuVieleVersuche("Von Ihrem Anschluss kamen zu viele Adressen oder Codes, die es nicht gibt. Bitte versuchen Sie es "
                                      "in einer Viertelstunde noch einmal.")

    def zaehle(self, herkunft: str, jetzt: datetime) -> None:
        marke = gehasht(netz(herkunft))
        with self._sperre:
            self._versuche.setdefault(marke, deque(maxlen=self._erlaubt)).append(jetzt)
            self._versuche.move_to_end(marke)
            if len(self._versuche) > _HOECHSTENS_NETZE:
                self._versuche.popitem(last=False)
