"""Die Seite eines Berichts an ein Gremium: Text, Zahlen seines Zeitraums, Anhänge; Kleines ist für alle verdeckt."""

from __future__ import annotations

from typing import Any

import pytest

from service import anzeige
from service.app import Kreislauf
from service.apply import Schritt
from service.db import Datenbank
from service.errors import Ungueltig
from service.profil import Profil
from service.pruefen import pruefe
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, melde, tue
from tests.browserprobe import Fenster, rohes, seiten
from tests.service.test_anhaenge import lade_hoch
from tests.service.test_dateipruefung import PDF

GREMIUM, K = "gremienbetreuung", "koordination-a"
TEXT = "Zwei Themen sind beauftragt.\n\nDie Stellen antworten bis zum Sommer."
OHNE_ALLES = "weder ein Text noch eine Datei"
MONAT = {"von": JETZT.date().replace(day=2).isoformat(), "bis": JETZT.date().replace(day=20).isoformat()}


@pytest.fixture
def app(db: Datenbank, umfeld: Umfeld, profil: Profil) -> Kreislauf:
    app = seiten(db, profil, JETZT)
    for kommune, anzahl in (("Iserlohn", 7), ("Hemer", 2)):
        for _ in range(anzahl):
            melde(db, umfeld, kommune=kommune)
    return app


def bericht(db: Datenbank, umfeld: Umfeld, *, versandt: bool = True, **mehr: Any) -> str:
    daten = {"titel": "Halbjahr", "gremium": "Kreistag", **mehr}
    key = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="bericht", daten=daten)).erste.key
    if versandt:
        tue(db, umfeld, KOORDINATION, Schritt("versenden", key))
    return key


@pytest.mark.parametrize("wer", [GREMIUM, K, "s02", "assistenz"])
def test_text_und_zahlen_des_zeitraums(app: Kreislauf, db: Datenbank, umfeld: Umfeld, wer: str) -> None:
    key = bericht(db, umfeld, text=TEXT, zeitraum=MONAT, sitzung_am="2026-05-05", vorlage="12/2026")
    blatt = Fenster(app, wer).hole(f"/vorgang/{key}")
    assert "Zwei Themen sind beauftragt." in blatt.text and "Vorlage: 12/2026" in blatt.text and OHNE_ALLES not in blatt.text
    assert "rund 10" in blatt.text and "unter 5" in blatt.text, "Hemer ist verdeckt, auch für die Koordination: So liest es das Gremium"
    assert "/oeffentlich" in blatt.verweise and blatt.maengel() == [] and rohes(blatt) == []
    assert any(v.startswith("/zahlen?") for v in blatt.verweise) == (wer != GREMIUM), "nur wer die Seite Zahlen sehen darf"


def test_einem_gremium_der_stadt_zaehlen_nur_ihre_meldungen(app: Kreislauf, db: Datenbank, umfeld: Umfeld) -> None:
    stadt = next(g for g in umfeld.profil.gremien if g.kommune == "Iserlohn")
    blatt = Fenster(app, GREMIUM).hole(f"/vorgang/{bericht(db, umfeld, gremium=stadt.name, text=TEXT, zeitraum=MONAT)}")
    assert "Meldungen aus Iserlohn" in blatt.text and "Hemer" not in blatt.text


def test_was_versandt_ist_bleibt_stehen(app: Kreislauf, db: Datenbank, umfeld: Umfeld) -> None:
    """Ein Gremium bekam diese Zahlen; was danach gemeldet wird, gehört nicht dazu."""
    entwurf, versandt = (bericht(db, umfeld, versandt=v, text=TEXT, zeitraum=MONAT) for v in (False, True))
    vorher = Fenster(app, GREMIUM).hole(f"/vorgang/{versandt}")
    assert "Gezählt am 07.01.2026, als der Versand verzeichnet wurde" in vorher.text and rohes(vorher) == []
    for _ in range(20):
        melde(db, umfeld, kommune="Iserlohn")
    assert Fenster(app, GREMIUM).hole(f"/vorgang/{versandt}").text == vorher.text and "rund 10" in vorher.text
    heute = Fenster(app, K).hole(f"/vorgang/{entwurf}").text
    assert "Gezählt ist heute" in heute and "rund 30" in heute
    with db.lesen() as s:
        assert pruefe(s).fehler == []
    with pytest.raises(Ungueltig, match="muss leer bleiben"):
        tue(db, umfeld, KOORDINATION, Schritt("versenden", entwurf, daten={"zahlen": {"am": "2026-01-01"}}))


def test_was_im_haus_bleibt_steht_nicht_im_bericht(app: Kreislauf, db: Datenbank, umfeld: Umfeld) -> None:
    tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Intern"}))
    blatt = Fenster(app, GREMIUM).hole(f"/vorgang/{bericht(db, umfeld, text=TEXT, zeitraum=MONAT)}")
    assert "Im Kreislauf begonnen" in blatt.text and "Sammlung" not in blatt.worte


def test_ein_leerer_bericht_sagt_dass_er_leer_ist(app: Kreislauf, db: Datenbank, umfeld: Umfeld) -> None:
    """Der Ablauf verlangt keinen Text; wer nachliest, soll aber wissen, dass hier nie einer stand."""
    entwurf, versandt = bericht(db, umfeld, versandt=False), bericht(db, umfeld)
    k = Fenster(app, K)
    assert OHNE_ALLES in k.hole(f"/vorgang/{entwurf}").text and "vor dem Versand" in k.hole(f"/vorgang/{entwurf}").text
    gelesen = Fenster(app, GREMIUM).hole(f"/vorgang/{versandt}").text
    assert OHNE_ALLES in gelesen and "auf anderem Weg versandt" in gelesen and "nennt noch keinen Zeitraum" in gelesen


def test_die_angehaengte_vorlage_liest_auch_das_gremium(app: Kreislauf, db: Datenbank, umfeld: Umfeld) -> None:
    key = bericht(db, umfeld)
    lade_hoch(Fenster(app, K), f"/vorgang/{key}/anhaenge", "v.pdf", PDF, bezeichnung="Vorlage")
    gremium = Fenster(app, GREMIUM)
    blatt = gremium.hole(f"/vorgang/{key}")
    assert f"/vorgang/{key}/anhaenge/1" in blatt.verweise and OHNE_ALLES not in blatt.text and blatt.maengel() == []
    assert gremium.client.get(f"/vorgang/{key}/anhaenge/1").content == PDF
    entwurf = bericht(db, umfeld, versandt=False)
    gremium.hole(f"/vorgang/{entwurf}", 404)


def test_angaben_einer_gruppe_stehen_wie_im_formular() -> None:
    """Gespeichert sind sie nach dem Alphabet: „bis“ vor „von“, die Handlungsziele vor dem Leitziel."""
    (zeitraum,) = anzeige.angaben("bericht", {"zeitraum": {"bis": "2026-10-30", "von": "2026-01-02"}}, {})
    assert zeitraum.punkte == ("Von: 02.01.2026", "Bis: 30.10.2026")
    (ziele,) = anzeige.angaben("zielsystem", {"ziele": {"handlungsziele": ["A"], "leitziel": "B", "rahmenziel": "C"}}, {})
    assert [p.partition(":")[0] for p in ziele.punkte] == ["Leitziel", "Rahmenziel", "Handlungsziele"]
