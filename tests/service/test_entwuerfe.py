"""Entwürfe: gespeichert ohne und mit Skript, wiederhergestellt, nur für die Person selbst, und sie verschwinden von selbst."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from service.app import Kreislauf, baue_app
from service.db import Datenbank
from service.entwuerfe import erinnere, meine
from service.lauf import tagesrunde
from service.profil import Profil
from service.settings import Einstellungen
from service.umfeld import Umfeld
from service.zustellung import versandrunde
from tests.bau import JETZT, MELDUNG
from tests.browserprobe import Fenster
from tests.postamt import bevoelkere, offenes_postamt, text_von, ueber

MBE, TEXT = "stelle-mbe-luedenscheid", "Seit Wochen kommt keine Antwort."
NEU = "/neu/meldebogen/einreichen"


@pytest.fixture
def kreis(db: Datenbank, profil: Profil) -> Umfeld:
    return bevoelkere(db, profil)


def _app(db: Datenbank, jetzt: datetime = JETZT) -> Kreislauf:
    return baue_app(Einstellungen(_env_file=None), db, lambda: jetzt)


def _zeilen(db: Datenbank) -> list[tuple[Any, ...]]:
    with db.lesen() as s:
        return s.alle("SELECT person, form, key FROM entwurf ORDER BY person, form, key")


def test_speichern_wiederherstellen_verwerfen_ohne_skript(db: Datenbank, kreis: Umfeld) -> None:
    mbe = Fenster(_app(db), MBE)
    ziel, _ = mbe.sende(NEU, beschreibung=TEXT, titel="Anträge <b>bleiben</b> liegen", entwurf="speichern")
    assert ziel == NEU and _zeilen(db) == [(MBE, "meldebogen.einreichen", "")]
    blatt = mbe.hole(NEU)
    assert blatt.felder["beschreibung"] == [TEXT] and "Entwurf vom 07.01.2026" in blatt.text and "wiederhergestellt" in blatt.text
    assert not blatt.maengel()
    start = mbe.hole("/")
    assert "Meine Entwürfe" in start.text and "Anträge <b>bleiben</b> liegen" in start.text and NEU in start.verweise
    mbe.sende(NEU, entwurf="verwerfen")
    assert _zeilen(db) == [] and mbe.hole(NEU).felder["beschreibung"] == [""] and "Meine Entwürfe" not in mbe.hole("/").text
    mbe.sende(NEU, entwurf="speichern", beschreibung=TEXT)
    mbe.client.post("/entwurf/verwerfen", data={"csrf": start.felder["csrf"][0], "art": "meldebogen", "ausloeser": "einreichen", "key": ""})
    assert _zeilen(db) == []


def test_nur_die_person_selbst_sieht_ihren_entwurf(db: Datenbank, kreis: Umfeld) -> None:
    app = _app(db)
    Fenster(app, MBE).sende(NEU, beschreibung=TEXT, entwurf="speichern")
    for andere in ("koordination-a", "stelle-jc-halver", "systemverwaltung", "datenschutz"):
        fenster = Fenster(app, andere)
        assert TEXT not in fenster.client.get(NEU).text + fenster.client.get("/").text
        gezielt = {"art": "meldebogen", "ausloeser": "einreichen", "key": ""}
        fenster.client.post("/entwurf/verwerfen", data={**fenster.hole("/konto").felder, **gezielt})
    assert len(_zeilen(db)) == 1
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM vorgang") == 0 and s.wert("SELECT count(*) FROM ereignis") == 0, "außerhalb der Kette"
        assert not any(TEXT in str(z) for z in s.alle("SELECT * FROM protokoll"))


def test_mit_skript_still_und_der_gelungene_schritt_raeumt_auf(db: Datenbank, kreis: Umfeld) -> None:
    mbe = Fenster(_app(db), MBE)
    blatt = mbe.hole(NEU)
    felder = {k: v for k, v in MELDUNG.items() if isinstance(v, str)}
    mbe.sende_blatt(blatt, NEU, 204, **felder, entwurf="still")
    assert mbe.hole(NEU).felder["titel"] == [MELDUNG["titel"]]
    assert mbe.client.post(NEU, data={**felder, "entwurf": "still"}).status_code == 403, "ohne Zeichen des Formulars wird nichts gemerkt"
    mbe.sende(NEU, 422, **felder)
    assert len(_zeilen(db)) == 1, "ein misslungener Schritt lässt den Entwurf liegen"
    zielgruppe = {f"zielgruppe.{k}": "ja" if w is True else w for k, w in MELDUNG["zielgruppe"].items()}
    ziel, _ = mbe.sende(NEU, **felder, **zielgruppe, handlungsfelder=MELDUNG["handlungsfelder"], rechtskreise=MELDUNG["rechtskreise"],
                        anonymisiert_bestaetigt="ja")
    assert ziel.startswith("/vorgang/MK-") and _zeilen(db) == []


def test_ein_entwurf_zu_einem_vorgang_der_sich_inzwischen_bewegt_hat(db: Datenbank, kreis: Umfeld) -> None:
    app = _app(db)
    zielgruppe = {f"zielgruppe.{k}": "ja" if w is True else w for k, w in MELDUNG["zielgruppe"].items()}
    felder = {k: v for k, v in MELDUNG.items() if isinstance(v, str)}
    ziel, _ = Fenster(app, MBE).sende(NEU, **felder, **zielgruppe, handlungsfelder=MELDUNG["handlungsfelder"],
                                      rechtskreise=MELDUNG["rechtskreise"], anonymisiert_bestaetigt="ja")
    k = Fenster(app, "koordination-a")
    weg = f"{ziel}/schritt/parken"
    k.sende(weg, grund="Wir warten noch auf den Kreistag.", entwurf="speichern")
    Fenster(app, "koordination-b").sende(f"{ziel}/schritt/uebernehmen")
    blatt = k.hole(weg)
    assert "ist seither geändert worden" in blatt.text and blatt.felder["version"] == ["2"]
    assert blatt.felder["grund"] == ["Wir warten noch auf den Kreistag."]
    k.sende(weg, wiedervorlage_am="2026-03-02", liegt_bei="Kreistag")
    assert _zeilen(db) == []


def test_nach_zwanzig_tagen_eine_erinnerung_nach_dreissig_ist_er_weg(db: Datenbank, kreis: Umfeld) -> None:
    Fenster(_app(db), MBE).sende(NEU, beschreibung=TEXT, entwurf="speichern")
    with db.lesen() as s:
        [entwurf] = meine(s, MBE, kreis)
    assert entwurf.verfaellt == JETZT.date() + timedelta(days=30)
    with offenes_postamt() as amt:
        for tage in (0, 5, 19, 20, 20, 25):
            jetzt = JETZT + timedelta(days=tage)
            versandrunde(db, ueber(amt), kreis, jetzt)
            assert len(amt.angenommen) == (tage >= 20)
        [mail] = amt.angenommen
    assert TEXT not in mail.as_string() and "In 10 Tagen wird er gelöscht" in " ".join(text_von(mail).split())
    assert mail["Subject"] == "Erinnerung: Ein Entwurf wird bald gelöscht"
    tagesrunde(db, JETZT + timedelta(days=30))
    assert len(_zeilen(db)) == 1, "am letzten Tag ist er noch da"
    tagesrunde(db, JETZT + timedelta(days=31))
    assert _zeilen(db) == []


def test_wer_weiterschreibt_hat_wieder_zeit(db: Datenbank, kreis: Umfeld) -> None:
    Fenster(_app(db), MBE).sende(NEU, beschreibung=TEXT, entwurf="speichern")
    spaeter = JETZT + timedelta(days=21)
    assert db.in_transaktion(lambda s: erinnere(s, kreis, spaeter, "https://kreislauf.kreis.example")) == 1
    Fenster(_app(db, spaeter), MBE).sende(NEU, beschreibung=f"{TEXT} Noch immer.", entwurf="speichern")
    tagesrunde(db, JETZT + timedelta(days=40))
    assert len(_zeilen(db)) == 1
    assert db.in_transaktion(lambda s: erinnere(s, kreis, spaeter + timedelta(days=21), "https://kreislauf.kreis.example")) == 1
