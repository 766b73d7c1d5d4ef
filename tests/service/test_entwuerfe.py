"""Entwürfe: gespeichert ohne und mit Skript, wiederhergestellt, nur für die Person selbst, und sie verschwinden von selbst."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from service.app import Kreislauf
from service.db import Datenbank
from service.entwuerfe import erinnere, meine
from service.lauf import tagesrunde
from service.settings import Einstellungen
from service.umfeld import Umfeld
from service.zustellung import versandrunde
from tests.anwendung import baue_app
from tests.bau import JETZT, MELDUNG
from tests.browserprobe import Fenster
from tests.postamt import offenes_postamt, text_von, ueber

MBE, TEXT = "stelle-mbe-luedenscheid", "Seit Wochen kommt keine Antwort."
NEU = "/neu/meldebogen/einreichen"


def _app(db: Datenbank, jetzt: datetime = JETZT) -> Kreislauf:
    return baue_app(Einstellungen(_env_file=None), db, lambda: jetzt)


def _zeilen(db: Datenbank) -> list[tuple[Any, ...]]:
    with db.lesen() as s:
        return s.alle("SELECT person, form, key FROM entwurf ORDER BY person, form, key")


def test_speichern_wiederherstellen_verwerfen_ohne_skript(db: Datenbank, kreis: Umfeld) -> None:
    mbe = Fenster(_app(db), MBE)
    ziel, _ = mbe.sende(NEU, beschreibung=TEXT, titel="Anträge <b>bleiben</b> liegen", entwurf="speichern")
    kennung = ziel.removeprefix(f"{NEU}?entwurf=")
    assert len(kennung) >= 20 and _zeilen(db) == [(MBE, "meldebogen.einreichen", f"~{kennung}")]
    blatt = mbe.hole(ziel)
    assert blatt.felder["beschreibung"] == [TEXT] and "Entwurf vom 07.01.2026" in blatt.text and "wiederhergestellt" in blatt.text
    assert not blatt.maengel()
    start = mbe.hole("/")
    assert "Meine Entwürfe" in start.text and "Anträge <b>bleiben</b> liegen" in start.text
    assert ziel in start.verweise and kennung not in start.text
    mbe.sende_blatt(blatt, NEU, entwurf="verwerfen")
    assert _zeilen(db) == [] and "gibt es nicht mehr" in mbe.hole(ziel).text
    assert "Meine Entwürfe" not in mbe.hole("/").text
    mbe.sende(NEU, entwurf="speichern", beschreibung=TEXT)
    ((_, _, key),) = _zeilen(db)
    mbe.client.post("/entwurf/verwerfen", data={"csrf": start.felder["csrf"], "art": "meldebogen", "ausloeser": "einreichen", "key": key})
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
    blatt = mbe.hole(f"{NEU}?entwurf={blatt.felder['einmal'][0]}")
    assert blatt.felder["titel"] == [MELDUNG["titel"]]
    assert mbe.client.post(NEU, data={**felder, "entwurf": "still"}).status_code == 403, "ohne Zeichen des Formulars wird nichts gemerkt"
    mbe.sende_blatt(blatt, NEU, 422, **felder)
    assert len(_zeilen(db)) == 1, "ein misslungener Schritt lässt den Entwurf liegen"
    zielgruppe = {f"zielgruppe.{k}": "ja" if w is True else w for k, w in MELDUNG["zielgruppe"].items()}
    ziel, _ = mbe.sende_blatt(blatt, NEU, **felder, **zielgruppe, handlungsfelder=MELDUNG["handlungsfelder"],
                              rechtskreise=MELDUNG["rechtskreise"], anonymisiert_bestaetigt="ja")
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


def test_zwei_am_selben_konto_schreiben_nebeneinander(db: Datenbank, kreis: Umfeld) -> None:
    """Das Konto gehört der Stelle: Die zweite Meldung beginnt leer und lässt die erste stehen."""
    app = _app(db)
    eine, andere = Fenster(app, MBE), Fenster(app, MBE)
    ziel, _ = eine.sende(NEU, titel="Die erste Hürde", beschreibung=TEXT, entwurf="speichern")
    blatt = andere.hole(NEU)
    assert blatt.felder["titel"] == [""] and ziel in blatt.verweise and "Die erste Hürde" in blatt.text and not blatt.maengel()
    andere.sende_blatt(blatt, NEU, 204, titel="Die zweite Hürde", entwurf="still")
    assert eine.hole(ziel).felder["titel"] == ["Die erste Hürde"] and len(_zeilen(db)) == 2


@pytest.mark.parametrize("weg", [NEU, "schritt"])
def test_wer_ueber_ein_anderes_fenster_schriebe_erfaehrt_es_vorher(db: Datenbank, kreis: Umfeld, weg: str) -> None:
    app = _app(db)
    mbe, feld = Fenster(app, MBE), "beschreibung" if weg == NEU else "text"

    def text(wie: str) -> dict[str, Any]:
        return {feld: f"Der Anfang.{wie}"}

    if weg == "schritt":
        weg = f"{_gemeldet(mbe)}/schritt/ergaenzen"
    ziel, _ = mbe.sende(weg, **text(""), entwurf="speichern")
    hier, dort = mbe.hole(ziel), mbe.hole(ziel)
    mbe.sende_blatt(hier, weg, 204, **text(" Hier weiter."), entwurf="still")
    mbe.sende_blatt(dort, weg, 409, **text(" Dort weiter."), entwurf="still")
    assert mbe.hole(ziel).felder[feld] == ["Der Anfang. Hier weiter."]
    _, gefragt = mbe.sende_blatt(dort, weg, 409, **text(" Dort weiter."), entwurf="speichern")
    assert "in einem anderen Fenster" in gefragt.text and gefragt.felder[feld] == ["Der Anfang. Dort weiter."] and not gefragt.maengel()
    mbe.sende_blatt(gefragt, weg, entwurf="speichern")
    assert mbe.hole(ziel).felder[feld] == ["Der Anfang. Dort weiter."]


def test_wer_allein_weiterschreibt_wird_nicht_gefragt(db: Datenbank, kreis: Umfeld) -> None:
    """Das Skript merkt sich den Stand, den die Antwort nennt."""
    mbe = Fenster(_app(db), MBE)
    blatt = mbe.hole(NEU)
    for text in ("Eins", "Eins zwei", "Eins zwei drei"):
        antwort = mbe.client.post(NEU, data={**blatt.felder, "titel": text, "entwurf": "still"})
        assert antwort.status_code == 204
        blatt.felder["entwurf_stand"] = [antwort.headers["entwurf-stand"]]
    assert len(_zeilen(db)) == 1
    for text in ("Und noch", "Und noch mehr"):  # eine Antwort, die unterwegs verloren ging, macht aus einem Fenster nicht zwei
        mbe.sende_blatt(blatt, NEU, 204, titel=text, entwurf="still")


def _gemeldet(mbe: Fenster) -> str:
    zielgruppe = {f"zielgruppe.{k}": "ja" if w is True else w for k, w in MELDUNG["zielgruppe"].items()}
    texte: dict[str, Any] = {k: v for k, v in MELDUNG.items() if isinstance(v, str)}
    ziel, _ = mbe.sende(NEU, **texte, **zielgruppe, anonymisiert_bestaetigt="ja", handlungsfelder=MELDUNG["handlungsfelder"],
                        rechtskreise=MELDUNG["rechtskreise"])
    return ziel


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
