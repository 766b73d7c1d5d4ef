"""Einladen, verlegen, absagen: Der Anhang kommt über SMTP an, mit gleicher Kennung und steigender Folge."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from icalendar import Calendar

from service.apply import Schritt
from service.ausgang import stelle_zusammen
from service.buendel import WARTEZEIT
from service.db import Datenbank
from service.handeln import handle_zurueck
from service.settings import Einstellungen
from service.umfeld import Umfeld
from service.zustellung import stelle_ins_postfach, versandrunde
from tests.anwendung import baue_app
from tests.bau import JETZT, tue
from tests.browserprobe import Fenster
from tests.postamt import Postamt, konto, ueber


def _als(db: Datenbank, kreis: Umfeld, wer: str, ausloeser: str, key: str, jetzt: datetime, grund: str = "", **daten: Any) -> None:
    tue(db, kreis, konto(db, wer), Schritt(ausloeser, key, daten=daten, grund=grund), jetzt=jetzt)


def _anhang(mail: EmailMessage) -> tuple[Any, Any]:
    [teil] = list(mail.iter_attachments())
    assert teil.get_content_type() == "text/calendar" and teil.get_filename() == "termin.ics"
    inhalt = teil.get_content()
    kalender = Calendar.from_ical(inhalt)
    assert teil.get_param("method") == kalender["METHOD"]
    [termin] = kalender.walk("VEVENT")
    return kalender, termin


def _geplant(db: Datenbank, kreis: Umfeld) -> str:
    schritt = Schritt("planen", art="sitzung", daten={"datum": "2026-06-10"})
    key = tue(db, kreis, konto(db, "koordination-a"), schritt).erste.key
    _als(db, kreis, "s01", "tagesordnung_zustimmen", key, JETZT)
    return key


def test_die_kalender_der_sitze_erfahren_von_allem(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    key, jetzt, gesehen = _geplant(db, kreis), JETZT, []
    schritte = (("einladen", {"ort": "Kreishaus", "beginn": "14:00 Uhr"}, ""), ("verlegen", {"datum": "2026-06-17"}, "Saal belegt"),
                ("absagen", {}, "Zu wenige Punkte"))
    for ausloeser, daten, grund in schritte:
        jetzt += timedelta(days=1)
        _als(db, kreis, "koordination-a", ausloeser, key, jetzt, grund, **daten)
        vorher = len(amt.angenommen)
        versandrunde(db, ueber(amt), kreis, jetzt + WARTEZEIT)
        neue = [m for m in amt.angenommen[vorher:] if list(m.iter_attachments())]
        assert len(neue) >= len(kreis.profil.sitze_am(jetzt.date())) - 1
        for mail in neue:
            kalender, termin = _anhang(mail)
            assert termin["ATTENDEE"] == f"mailto:{mail['To']}" and termin["ORGANIZER"] == "mailto:kim@mk.example"
            assert grund not in str(kalender) or not grund, "der Grund steht in keinem Kalender"
        gesehen.append((kalender["METHOD"], str(termin["UID"]), termin["SEQUENCE"], termin["DTSTART"].dt.date()))
    methoden, kennungen, folgen, tage = zip(*gesehen, strict=True)
    assert methoden == ("REQUEST", "REQUEST", "CANCEL") and len(set(kennungen)) == 1
    assert list(folgen) == sorted(set(folgen)), "jede Änderung hat eine höhere Folge"
    assert tage == (date(2026, 6, 10), date(2026, 6, 17), date(2026, 6, 17))


def _nimm_zurueck(db: Datenbank, kreis: Umfeld, amt: Postamt, key: str, jetzt: datetime) -> list[tuple[str, int, date, str]]:
    """Je Anhang der nächsten Runde: Methode, Folge, Tag, Empfänger."""
    db.in_transaktion(lambda s: handle_zurueck(s, key, "Irrtum", konto(db, "koordination-a"), jetzt, kreis, None))
    vorher = len(amt.angenommen)
    versandrunde(db, ueber(amt), kreis, jetzt + WARTEZEIT)
    neue = [m for m in amt.angenommen[vorher:] if list(m.iter_attachments())]
    assert len({m["To"] for m in neue}) == len(neue), "niemand bekommt es zweimal"
    gelesen = [(_anhang(m), m["To"]) for m in neue]
    return [(k["METHOD"], t["SEQUENCE"], t["DTSTART"].dt.date(), an) for (k, t), an in gelesen]


def test_eine_zurueckgenommene_einladung_verschwindet_aus_jedem_kalender(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    key, tag = _geplant(db, kreis), JETZT + timedelta(days=1)
    _als(db, kreis, "koordination-a", "einladen", key, tag, ort="Kreishaus", beginn="14:00 Uhr")
    versandrunde(db, ueber(amt), kreis, tag + WARTEZEIT)
    eingeladen = {m["To"]: _anhang(m)[1] for m in amt.angenommen if list(m.iter_attachments())}
    abgesagt = _nimm_zurueck(db, kreis, amt, key, tag + timedelta(hours=2))
    assert {an for *_, an in abgesagt} == set(eingeladen) and {m for m, *_ in abgesagt} == {"CANCEL"}
    assert all(folge > eingeladen[an]["SEQUENCE"] for _, folge, _, an in abgesagt)
    kennungen = {str(_anhang(m)[1]["UID"]) for m in amt.angenommen if list(m.iter_attachments())}
    assert len(kennungen) == 1 and all("Berichtigung" not in m["Subject"] for m in amt.angenommen[-len(abgesagt):])


def test_eine_zurueckgenommene_verlegung_stellt_den_alten_termin_wieder_her(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    """Die Sitzung findet ja statt, nur wieder am alten Tag."""
    key, tag = _geplant(db, kreis), JETZT + timedelta(days=1)
    _als(db, kreis, "koordination-a", "einladen", key, tag, ort="Kreishaus", beginn="14:00 Uhr")
    versandrunde(db, ueber(amt), kreis, tag + WARTEZEIT)
    tag += timedelta(days=1)
    _als(db, kreis, "koordination-a", "verlegen", key, tag, "Saal belegt", datum="2026-06-17")
    versandrunde(db, ueber(amt), kreis, tag + WARTEZEIT)
    zurueck = _nimm_zurueck(db, kreis, amt, key, tag + timedelta(hours=2))
    assert zurueck and {(m, t) for m, _, t, _ in zurueck} == {("REQUEST", date(2026, 6, 10))}
    tag += timedelta(days=1)
    folgen = {f for _, f, *_ in zurueck}
    _als(db, kreis, "koordination-a", "absagen", key, tag, "Zu wenige Punkte")
    versandrunde(db, ueber(amt), kreis, tag + WARTEZEIT)
    wieder = _nimm_zurueck(db, kreis, amt, key, tag + timedelta(hours=2))
    assert {(m, t) for m, _, t, _ in wieder} == {("REQUEST", date(2026, 6, 10))} and min(f for _, f, *_ in wieder) > max(folgen)


def test_in_der_vorfuehrung_liegt_der_termin_am_brief(db: Datenbank, kreis: Umfeld) -> None:
    key = _geplant(db, kreis)
    _als(db, kreis, "koordination-a", "einladen", key, JETZT, ort="Kreishaus", beginn="14:00 Uhr")
    spaeter = JETZT + WARTEZEIT
    db.in_transaktion(lambda s: stelle_zusammen(s, kreis, spaeter))
    stelle_ins_postfach(db, "kreislauf@kreis.example", spaeter)
    s02 = Fenster(baue_app(Einstellungen(_env_file=None), db, lambda: spaeter), "s02")
    [brief] = [v for v in s02.hole("/postfach").verweise if v.startswith("/postfach/")]
    assert f"{brief}/termin.ics" in s02.hole(brief).verweise
    antwort = s02.client.get(f"{brief}/termin.ics")
    assert antwort.headers["content-type"].startswith("text/calendar") and Calendar.from_ical(antwort.text)["METHOD"] == "REQUEST"
    assert s02.client.get("/postfach/99999/termin.ics").status_code == 404
