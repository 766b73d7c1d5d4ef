"""Aus den Tagen der Geschichte werden Tage, die heute enden (oder mit dem Jahr beginnen): gezählt in Werktagen."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cached_property

from service.kalender import Dauer, Einheit, Kalender

_TAG = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONAT = re.compile(r"\d{4}-\d{2}")
_ZEITPUNKT = re.compile(r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}.*)")
_IM_TEXT = re.compile(r"\b(\d{2})\.(\d{2})\.(\d{4})\b")
_ISO_IM_TEXT = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


class Zeitabbildung:
    """Bildet `von` (ein Tag der Geschichte) auf `nach` ab und jeden anderen Tag um ebenso viele Werktage versetzt."""

    def __init__(self, kalender: Kalender, von: date, nach: date) -> None:
        self._kalender, self._von, self._nach = kalender, von, nach
        self._bekannt: dict[date, date] = {}

    def tag(self, tag: date) -> date:
        if tag not in self._bekannt:
            self._bekannt[tag] = self.versetzt(self._kalender.werktage_zwischen(self._von, tag))
        return self._bekannt[tag]

    def versetzt(self, werktage: int) -> date:
        """So viele Werktage nach `nach`; negativ davor."""
        if werktage == 0:
            return self._nach
        dauer = Dauer(abs(werktage), Einheit.WT)
        rechnung = self._kalender.ende(self._nach, dauer) if werktage > 0 else self._kalender.vor(self._nach, dauer)
        return rechnung.ende

    def text(self, text: str) -> str:
        """Ein Wert der Geschichte: ein Tag, ein Zeitpunkt, ein Monat, oder ein Satz, in dem Tage vorkommen."""
        if _TAG.fullmatch(text):
            return self.tag(date.fromisoformat(text)).isoformat()
        if treffer := _ZEITPUNKT.fullmatch(text):
            return self.tag(date.fromisoformat(treffer[1])).isoformat() + treffer[2][:9]
        if _MONAT.fullmatch(text):
            return self.tag(date.fromisoformat(f"{text}-15")).isoformat()[:7]
        text = _IM_TEXT.sub(lambda m: f"{self.tag(date(int(m[3]), int(m[2]), int(m[1]))):%d.%m.%Y}", text)
        return _ISO_IM_TEXT.sub(lambda m: f"{self.tag(date.fromisoformat(m[0])):%d.%m.%Y}", text)

    @cached_property
    def ziel(self) -> date:
        return self._nach


def letzter_werktag(kalender: Kalender, heute: date) -> date:
    """Heute, oder der Werktag davor."""
    while not kalender.ist_werktag(heute):
        heute -= timedelta(days=1)
    return heute


def erster_werktag_des_jahres(kalender: Kalender, jahr: int) -> date:
    tag = date(jahr, 1, 1)
    while not kalender.ist_werktag(tag):
        tag += timedelta(days=1)
    return tag
