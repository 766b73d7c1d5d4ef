"""Ein Termin als iCalendar (RFC 5545, 5546), damit Kalender eine Einladung, Verlegung oder Absage verstehen.

Er nennt Geschäftszeichen, Tag, Zeit, Ort und Funktionspostfächer; kein Titel, keine Tagesordnung, keine anderen Eingeladenen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

Methode = Literal["REQUEST", "CANCEL"]
TERMINE: Mapping[str, Methode] = {
    "einladung_fallrekonstruktion": "REQUEST", "fallrekonstruktion_verlegt": "REQUEST", "fallrekonstruktion_abgesagt": "CANCEL",
    "sitzung_einladung": "REQUEST", "sitzung_verlegt": "REQUEST", "sitzung_abgesagt": "CANCEL",
}
_BERLIN = ZoneInfo("Europe/Berlin")
_EINE = r"(?<![\d.:])([01]?\d|2[0-3])(?:[.:]([0-5]\d))?(?![\d:])"
_UHRZEIT = re.compile(rf"{_EINE}(?:\s*Uhr)?(?:\s*(?:bis|-|–)\s*{_EINE})?")
_OHNE_ENDE = timedelta(hours=2)
_ZEILE = 73  # Bytes; mit Zeilenende und Leerzeichen der Fortsetzung bleiben 75


class Termin(NamedTuple):
    """`folge` steigt mit jeder Änderung, `uid` bleibt. `uhrzeit`: wie getippt, „14:00 Uhr“ oder „10 bis 12 Uhr“; leer: ganztags."""

    uid: str
    folge: int
    tag: date
    uhrzeit: str
    ort: str
    titel: str
    adresse: str
    von: str
    an: str
    erstellt: datetime


def termin_von(stand: Mapping[str, Any]) -> date | None:
    """Der Tag eines Vorgangs; nach einer Absage der, der gegolten hat."""
    vorige = stand.get("vorige_termine") or [{}]
    text = stand.get("termin") or stand.get("datum") or vorige[-1].get("termin")
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def methode(blatt: str) -> str:
    return "CANCEL" if "\r\nMETHOD:CANCEL\r\n" in blatt else "REQUEST"


def kalenderblatt(t: Termin, art: Methode) -> str:
    zeilen = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kreislauf//Termine//DE", f"METHOD:{art}", "BEGIN:VEVENT", f"UID:{_text(t.uid)}",
        f"SEQUENCE:{t.folge}", f"DTSTAMP:{_utc(t.erstellt)}", *_zeiten(t), f"SUMMARY:{_text(t.titel)}",
        *([f"LOCATION:{_text(t.ort)}"] if t.ort else []), f"URL:{t.adresse}",
        *([f"ORGANIZER:mailto:{t.von}"] if t.von else []),
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{t.an}",
        f"STATUS:{'CANCELLED' if art == 'CANCEL' else 'CONFIRMED'}", "END:VEVENT", "END:VCALENDAR",
    ]
    return "".join(f"{_gefaltet(z)}\r\n" for z in zeilen)


def neu_gefasst(blatt: str, art: Methode, folge: int, erstellt: datetime) -> str:
    """Derselbe Termin noch einmal, mit höherer Folge: abgesagt, oder wieder so, wie er war."""
    neu = {"METHOD": art, "SEQUENCE": str(folge), "DTSTAMP": _utc(erstellt), "STATUS": "CANCELLED" if art == "CANCEL" else "CONFIRMED"}
    for name, wert in neu.items():
        blatt = re.sub(rf"(?m)^{name}:[^\r\n]*", f"{name}:{wert}", blatt)
    return blatt


def _zeiten(t: Termin) -> list[str]:
    gefunden = _UHRZEIT.search(t.uhrzeit)
    if gefunden is None:
        return [f"DTSTART;VALUE=DATE:{t.tag:%Y%m%d}", f"DTEND;VALUE=DATE:{t.tag + timedelta(days=1):%Y%m%d}"]
    stunde, minute, bis_stunde, bis_minute = gefunden.groups()
    beginn = datetime.combine(t.tag, time(int(stunde), int(minute or 0)), _BERLIN)
    ende = datetime.combine(t.tag, time(int(bis_stunde), int(bis_minute or 0)), _BERLIN) if bis_stunde else beginn
    return [f"DTSTART:{_utc(beginn)}", f"DTEND:{_utc(ende if ende > beginn else beginn + _OHNE_ENDE)}"]


def _utc(zeit: datetime) -> str:
    return f"{zeit.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(wert: str) -> str:
    """Steuerzeichen fallen weg, damit niemand über einen Ort eigene Zeilen einschleust."""
    einzeilig = " ".join(wert.split())
    sauber = "".join(z for z in einzeilig if z.isprintable())
    return sauber.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _gefaltet(zeile: str) -> str:
    teile, rest = [], zeile
    while len(rest.encode()) > _ZEILE:
        schnitt = _ZEILE
        while len(rest[:schnitt].encode()) > _ZEILE:
            schnitt -= 1
        teile.append(rest[:schnitt])
        rest = rest[schnitt:]
    return "\r\n ".join([*teile, rest])
