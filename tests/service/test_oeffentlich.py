"""Die öffentliche Zusammenfassung: was ein politisches Gremium liest, auf der Seite, in der Schnittstelle und am Vorgang selbst."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.db import Datenbank
from service.oeffentlich import zusammenfassung
from service.profil import Profil
from tests.dienst import Dienst
from tests.service.test_api import problem
from tests.service.test_zielsystem_kette import Umsetzung

GREMIUM, K = "gremienbetreuung", "koordination-a"
GEHEIM = ("Datenschutzprüfung", "Prüfung steht aus", "koord_a", "leitung", "19")


class Welt:
    """Ein Thema in Umsetzung, eines, das die Lenkungsgruppe noch nicht beauftragt hat."""

    def __init__(self, db: Datenbank, profil: Profil, ort: Path, umfeld: Any) -> None:
        self.dienst = Dienst(db, profil, ort)
        self.lauf = Umsetzung(db, umfeld)
        self.lauf.soll()
        self.zs = self.lauf.entwurf()
        self.dienst.jetzt = self.lauf.jetzt
        self.entwurf = self.lauf.tue("anlegen", art="generatives_thema", titel="Noch geheim", quelle="austausch", grund="Austausch")

    def frei(self) -> None:
        with self.dienst.db.transaktion() as s:
            s.fuehre("UPDATE vorgang SET zustand = 'weitergeleitet' WHERE key = :key", {"key": self.zs})


@pytest.fixture
def welt(db: Datenbank, profil: Profil, tmp_path: Path, umfeld: Any) -> Welt:
    return Welt(db, profil, tmp_path, umfeld)


def test_nur_veroeffentlichtes_steht_darin(welt: Welt) -> None:
    gremium = welt.dienst.als(GREMIUM)
    (thema,) = gremium.hole("/oeffentlich").json()["themen"]
    assert (thema["key"], thema["titel"], thema["zielsysteme"]) == (welt.lauf.gt, "Wartezeit", [])
    welt.frei()
    gelesen = gremium.hole("/oeffentlich")
    (zielsystem,) = gelesen.json()["themen"][0]["zielsysteme"]
    assert zielsystem["key"] == welt.zs and zielsystem["titel"] == "Kurszugang" and "Noch geheim" not in gelesen.text
    assert not [wort for wort in GEHEIM if wort in gelesen.text]


def test_alle_die_es_lesen_duerfen_lesen_dasselbe(welt: Welt) -> None:
    welt.frei()
    gelesen = welt.dienst.als(GREMIUM).hole("/oeffentlich").json()
    for wer in (K, "assistenz"):
        assert welt.dienst.als(wer).hole("/oeffentlich").json() == gelesen
    for fremd in ("stelle-abh-mk", "cm-luedenscheid", "systemverwaltung", "fachaufsicht"):
        problem(welt.dienst.als(fremd).hole("/oeffentlich"), 404, "nicht-gefunden")
    problem(welt.dienst.niemand.hole("/oeffentlich"), 401, "nicht-angemeldet")
    problem(welt.dienst.als(GREMIUM).hole("/oeffentlich", ab="x"), 422, "ungueltig")


def test_auch_der_vorgang_selbst_zeigt_dem_gremium_nicht_mehr(welt: Welt) -> None:
    """Die Sichttabelle entscheidet einmal; die Zusammenfassung hat keine eigene Regel."""
    welt.frei()
    gremium = welt.dienst.als(GREMIUM)
    zs = gremium.hole(f"/vorgaenge/{welt.zs}").json()
    erlaubt = {"titel", "eingang", "ziele", "weitergeleitet_am", "umsetzung_ab", "startdatum", "eingefuehrt_am"}
    assert zs["ebene"] == "gekuerzt" and set(zs["felder"]) <= erlaubt
    thema = gremium.hole(f"/vorgaenge/{welt.lauf.gt}").json()
    assert set(thema["felder"]) <= {"titel", "eingang", "cluster", "beauftragt_am", "ergebnis"}
    problem(gremium.hole(f"/vorgaenge/{welt.entwurf}"), 404, "nicht-gefunden")
    problem(gremium.hole(f"/vorgaenge/{welt.lauf.ag}"), 404, "nicht-gefunden")


def test_wie_viele_abfragen_haengt_nicht_an_der_zahl_der_themen(welt: Welt, monkeypatch: pytest.MonkeyPatch) -> None:
    def gezaehlt() -> int:
        with welt.dienst.db.lesen() as s:
            fragen: list[str] = []
            echt = s.alle

            def alle(frage: str, *werte: Any) -> Any:
                fragen.append(frage)
                return echt(frage, *werte)

            monkeypatch.setattr(s, "alle", alle, raising=False)
            json.dumps(zusammenfassung(s, welt.lauf.jetzt.date()))
            return len(fragen)

    welt.frei()
    eines = gezaehlt()
    for n in range(5):
        gt = welt.lauf.tue("anlegen", art="generatives_thema", titel=f"Thema {n}", quelle="austausch", grund="Austausch")
        with welt.dienst.db.transaktion() as s:
            s.fuehre("UPDATE vorgang SET zustand = 'beauftragt' WHERE key = :key", {"key": gt})
    assert gezaehlt() == eines
