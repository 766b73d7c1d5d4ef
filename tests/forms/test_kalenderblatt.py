"""Kalenderanhänge, gelesen von einer fremden Bibliothek: Termin, Verlegung und Absage, ohne ein Wort über Menschen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from forms.kalenderblatt import TERMINE, Termin, kalenderblatt, methode, termin_von

BASIS = Termin("SI-1@kreislauf.kreis.example", 3, date(2026, 7, 1), "14:00 Uhr", "Kreishaus, Raum 5; 2. OG",
               "Sitzung der Lenkungsgruppe SI-1", "https://kreislauf.kreis.example/vorgang/SI-1", "kim@mk.example",
               "vhs@mk.example", datetime(2026, 5, 1, 8, tzinfo=UTC))


def _gelesen(t: Termin, art: Any = "REQUEST") -> tuple[Any, Any]:
    blatt = kalenderblatt(t, art)
    assert all(len(z.encode()) <= 75 for z in blatt.split("\r\n")) and blatt.endswith("END:VCALENDAR\r\n")
    assert "\n" not in blatt.replace("\r\n", "")
    kalender = Calendar.from_ical(blatt)
    [termin] = kalender.walk("VEVENT")
    assert not termin.errors
    return kalender, termin


def test_eine_einladung() -> None:
    kalender, t = _gelesen(BASIS)
    assert (kalender["METHOD"], kalender["VERSION"], t["UID"], t["SEQUENCE"], t["STATUS"]) == (
        "REQUEST", "2.0", "SI-1@kreislauf.kreis.example", 3, "CONFIRMED")
    assert t["DTSTART"].dt == datetime(2026, 7, 1, 12, tzinfo=UTC), "14 Uhr in Berlin, im Sommer"
    assert t["DTEND"].dt - t["DTSTART"].dt == timedelta(hours=2)
    assert t["LOCATION"] == "Kreishaus, Raum 5; 2. OG" and t["SUMMARY"] == "Sitzung der Lenkungsgruppe SI-1"
    assert t["ORGANIZER"] == "mailto:kim@mk.example" and t["ATTENDEE"] == "mailto:vhs@mk.example"


@pytest.mark.parametrize(("uhrzeit", "beginn", "dauer"), [
    ("10:00 bis 12:30", 9, 2.5), ("9.30-11 Uhr", 8.5, 1.5), ("14 Uhr", 13, 2), ("16:00 bis 15:00", 15, 2),
])
def test_uhrzeiten_wie_jemand_sie_tippt(uhrzeit: str, beginn: float, dauer: float) -> None:
    _, t = _gelesen(BASIS._replace(tag=date(2026, 1, 14), uhrzeit=uhrzeit))
    assert t["DTSTART"].dt == datetime(2026, 1, 14, tzinfo=UTC) + timedelta(hours=beginn)
    assert t["DTEND"].dt - t["DTSTART"].dt == timedelta(hours=dauer)


@pytest.mark.parametrize("uhrzeit", ["", "nachmittags", "25:00", "99"])
def test_ohne_lesbare_uhrzeit_ganztags(uhrzeit: str) -> None:
    _, t = _gelesen(BASIS._replace(uhrzeit=uhrzeit))
    assert (t["DTSTART"].dt, t["DTEND"].dt) == (date(2026, 7, 1), date(2026, 7, 2))


def test_eine_absage_nennt_denselben_termin() -> None:
    kalender, t = _gelesen(BASIS._replace(folge=7), "CANCEL")
    assert (kalender["METHOD"], t["STATUS"], t["UID"], t["SEQUENCE"]) == ("CANCEL", "CANCELLED", BASIS.uid, 7)
    assert methode(kalenderblatt(BASIS, "CANCEL")) == "CANCEL" and methode(kalenderblatt(BASIS, "REQUEST")) == "REQUEST"


@pytest.mark.parametrize("ort", ["Saal\r\nATTENDEE:mailto:x@y.example", "Saal\nBEGIN:VALARM", "Saal\x00\x07", "ü" * 300, "a\\n;b,c"])
def test_ein_ort_schleust_nichts_ein(ort: str) -> None:
    kalender, t = _gelesen(BASIS._replace(ort=ort))
    assert len(kalender.walk()) == 2 and t["ATTENDEE"] == "mailto:vhs@mk.example"
    assert methode(kalenderblatt(BASIS._replace(ort="x\r\nMETHOD:CANCEL\r\n"), "REQUEST")) == "REQUEST"


def test_der_tag_eines_vorgangs() -> None:
    assert termin_von({"datum": "2026-07-01"}) == date(2026, 7, 1)
    assert termin_von({"termin": None, "vorige_termine": [{"termin": "2026-01-05"}, {"termin": "2026-02-05"}]}) == date(2026, 2, 5)
    assert termin_von({}) is None and termin_von({"termin": "irgendwann"}) is None
    assert set(TERMINE.values()) == {"REQUEST", "CANCEL"}
