"""Spur, Verläufe, Zahlen und die Seiten des Systems, wie ein Browser sie bekommt."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from service.app import Kreislauf
from service.apply import Schritt
from service.db import Datenbank
from service.monitoringraum import indikatoren
from service.profil import Profil
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, MELDER, MELDUNG, melde, tue
from tests.browserprobe import Fenster, seiten
from tests.service.test_wiederkehr import Kreis


# --- Spur -------------------------------------------------------------------------------------------------------------


def test_die_spur_ist_bild_und_liste(app: Kreislauf, db: Datenbank, umfeld: Umfeld) -> None:
    eins, zwei = melde(db, umfeld, titel="<b>Kurse</b> & Fristen"), melde(db, umfeld, titel="Noch einmal")
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", zwei, daten={"original": eins}))
    k = Fenster(app, "koordination-a")
    blatt = k.hole(f"/vorgang/{zwei}/spur")
    assert blatt.verweise.count(f"/vorgang/{eins}") == 3, "im Bild, in der Liste und als Ziel des Satzes"
    assert f"{zwei} meldet dasselbe Ereignis wie {eins}" in blatt.text and "Ausgangspunkt" in blatt.text
    assert blatt.maengel() == [] and "<b>Kurse" not in k.client.get(f"/vorgang/{eins}/spur").text
    Fenster(app, "stelle-jobcenter").hole(f"/vorgang/{eins}/spur", 404)


# --- Monitoring -------------------------------------------------------------------------------------------------------


@pytest.fixture
def kreis(db: Datenbank, umfeld: Umfeld) -> Kreis:
    return Kreis(db, umfeld).eingefuehrt()


def test_werte_in_einem_zug_mit_luecken(kreis: Kreis, db: Datenbank, profil: Profil) -> None:
    kreis.jetzt = datetime(2027, 5, 3, 9, tzinfo=UTC)
    k = Fenster(seiten(db, profil, kreis.jetzt), "koordination-a")
    weg = f"/vorgang/{kreis.mon}/erhebung"
    assert weg in k.hole(f"/vorgang/{kreis.mon}").verweise
    blatt = k.hole(weg)
    assert blatt.felder["termin-IN-1"] == ["2026-10-27"] and blatt.maengel() == []
    _, noch = k.sende_blatt(blatt, weg, 422)
    assert "mindestens einen Wert" in noch.text
    _, noch = k.sende_blatt(blatt, weg, 422, **{"wert-IN-1": "elf"})
    assert "Bitte geben Sie eine Zahl an" in noch.text and noch.felder["wert-IN-1"] == ["elf"] and noch.maengel() == []
    _, noch = k.sende_blatt(blatt, weg, 422, **{"wert-IN-1": "1.200"})
    assert "Ein Punkt vor drei Ziffern ist zweideutig" in noch.text and noch.felder["wert-IN-1"] == ["1.200"]
    _, noch = k.sende_blatt(blatt, weg, 422, **{"wert-IN-1": "11", "grund-IN-1": "Liste fehlt"})
    assert "nur eines von beiden" in noch.text
    k.sende_blatt(blatt, weg, **{"wert-IN-1": "11,5"})
    k.sende(weg, **{"grund-IN-1": "Die Liste lag nicht vor."})
    zeilen = kreis.stand(kreis.mon)["erhebungen"]
    assert [(z["faellig_am"], z["status"], z.get("wert")) for z in zeilen.values()] == [
        ("2026-10-27", "erhoben", "11.5"), ("2027-01-27", "nicht_erhoben", None)]
    seite = k.hole(f"/vorgang/{kreis.mon}")
    assert "unvollständig: 0 von 1" in seite.text and "kein Wert" in seite.text and "11,5" in seite.text and "Ziel 8" in seite.text
    assert "nicht erhoben: Die Liste lag nicht vor." in seite.text and seite.maengel() == []
    _, noch = k.sende(weg, 422, **{"wert-IN-1": "3", "termin-IN-1": "2026-10-27"})
    assert "Zu diesem Termin gibt es schon einen Eintrag." in noch.text
    k.sende(weg, **{"nach-IN-1-2027-01-27": "7", "wert-IN-1": "6"})
    assert [z["status"] for z in kreis.stand(kreis.mon)["erhebungen"].values()] == ["erhoben", "nachgereicht", "erhoben"]
    assert "1 von 1" in k.hole(f"/vorgang/{kreis.mon}").text


def test_wo_nichts_faellig_ist_wird_nichts_gefragt_und_der_termin_ist_nie_kuenftig(kreis: Kreis, db: Datenbank, profil: Profil) -> None:
    weg = f"/vorgang/{kreis.mon}/erhebung"
    kreis.jetzt = datetime(2026, 9, 1, 9, tzinfo=UTC)  # vor dem ersten Termin; der erste Wert darf trotzdem da sein
    k = Fenster(seiten(db, profil, kreis.jetzt), "koordination-a")
    blatt = k.hole(weg)
    assert blatt.felder["termin-IN-1"] == ["2026-09-01"]
    _, noch = k.sende_blatt(blatt, weg, 422, **{"wert-IN-1": "9", "termin-IN-1": "2026-10-27"})
    assert {e["name"] for e in noch.eingaben if e.get("aria-invalid")} == {"termin-IN-1"} and noch.felder["wert-IN-1"] == ["9"]
    k.sende_blatt(blatt, weg, **{"wert-IN-1": "9"})
    leer = k.hole(weg)
    assert "Heute ist nichts einzutragen" in leer.text and "termin-IN-1" not in leer.felder and leer.maengel() == []
    assert "Der nächste Wert ist für den 01.12.2026 einzutragen, frühestens am" in " ".join(leer.text.split())


def test_zwei_zugleich_ueberschreiben_einander_nicht(kreis: Kreis, db: Datenbank, profil: Profil) -> None:
    kreis.jetzt = datetime(2027, 2, 1, 9, tzinfo=UTC)
    k = Fenster(seiten(db, profil, kreis.jetzt), "koordination-a")
    weg = f"/vorgang/{kreis.mon}/erhebung"
    alt = k.hole(weg)
    k.sende(weg, **{"wert-IN-1": "11"})
    _, noch = k.sende_blatt(alt, weg, 409, **{"wert-IN-1": "12", "termin-IN-1": "2027-01-27"})
    assert "Sie hatten Fassung" in noch.text and noch.felder["wert-IN-1"] == ["12"]


def test_ein_ausgangswert_aus_dem_zielsystem_gilt_nicht_als_erhoben() -> None:
    drei = [{"key": f"IN-{n}", "indikator": f"Indikator {n}", "rhythmus": "monatlich", "quelle": "Jobcenter", "ausgangswert": "13"}
            for n in (1, 2, 3)]
    stand = {"indikatoren": drei, "baseline": {"IN-1": {"wert": "11"}, "IN-2": {"grund_fehlt": "Vorher nicht gezählt"}}}
    gezeigt = {i["key"]: (i["ausgang"], i["ausgang_fehlt"]) for i in indikatoren(stand, JETZT.date())}
    assert gezeigt == {"IN-1": ("11", False), "IN-2": ("13", False), "IN-3": ("13 laut Zielsystem, noch nicht erfasst", True)}


def test_der_arbeitsplatz_zeigt_wiederkehr_einzelfall_und_bewertung(kreis: Kreis, db: Datenbank, profil: Profil) -> None:
    kreis.wirksam()
    key = tue(db, kreis.umfeld, MELDER, Schritt("einreichen", art="meldebogen", daten={**MELDUNG, "ereignis_von": "2026-08"}),
              jetzt=JETZT + timedelta(days=260)).erste.key
    kreis.tue("zuordnen", key, thema=kreis.gt)
    frueher = kreis.neue_meldung(ereignis_von="2025-09", ereignis_bis="2025-11")
    app = seiten(db, profil, JETZT + timedelta(days=260))
    k = Fenster(app, "koordination-a")
    blatt = k.hole(f"/vorgang/{kreis.mon}")
    assert {f"/vorgang/{key}", f"/vorgang/{frueher}", f"/vorgang/{kreis.mon}/schritt/wiederkehr_feststellen"} <= set(blatt.verweise)
    assert k.client.get(f"/vorgang/{kreis.mon}").text.count(">nach dem Start<") == 1, "nur die eine liegt danach"
    assert re.search(r"Seit dem Start des neuen Ablaufs am [\d.]{10}: 1 neue Meldung\.", " ".join(blatt.text.split()))
    assert blatt.html.index(f"/vorgang/{key}\"") < blatt.html.index("Was davor geschah") < blatt.html.index(f"/vorgang/{frueher}\"")
    assert "09/2025 bis 11/2025" in blatt.text and "Stichprobe 1" in blatt.text and "Zielwert erreicht" in blatt.text
    vorsitz = Fenster(app, "s01").hole(f"/vorgang/{kreis.mon}")
    assert "Was sich verändert hat" in vorsitz.text and f"/vorgang/{key}" not in vorsitz.verweise
    assert f"/vorgang/{kreis.mon}/erhebung" not in vorsitz.verweise and vorsitz.maengel() == []
    Fenster(app, "s01").hole(f"/vorgang/{kreis.mon}/erhebung", 409)
    k.hole(f"/vorgang/{key}/erhebung", 404)
