"""Vom Auftrag bis zur Wirkung und zurück: das Thema folgt Arbeitsgruppe, Zielsystem und Monitoring, die Meldungen dem Thema."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from service.db import Datenbank
from service.errors import Unmoeglich
from service.umfeld import Umfeld
from tests.bau import JETZT, MELDER, MELDUNG, melde, person
from tests.service.test_thema_kette import STELLE, Lauf

INDIKATOR = {"key": "IN-1", "indikator": "Wartezeit", "ausgangswert": 19, "zielwert": 8, "quelle": "gemeinsame Liste",
             "rhythmus": "vierteljaehrlich"}
LEITUNG = person("leitung", "ag_leitung", institution=STELLE)
KETTE = [{"nr": 1, "taetigkeit": "Einstufung", "zustaendig": STELLE, "uebergabe_an": STELLE}]


class Kreis(Lauf):
    """Ein Thema mit einer Meldung, dessen Zielsystem eingeführt ist; `stationen` hält fest, wie das Thema dorthin kam."""

    def eingefuehrt(self) -> Kreis:
        (self.meldung,) = self.ausgewaehlt()
        self.gt = self.thema(self.freigegeben([self.meldung]))
        self.stationen: list[str] = []
        lg = self.sitzung(self.gt)
        auftrag = {"name": "AG Kurse", "auftrag": "Ist und Soll", "frist": "2026-09-30",
                   "mitglieder": [{"institution": STELLE, "rolle": "leitung"}]}
        self.beschluss(lg, (self.gt, "beauftragen", auftrag))
        (ag,) = self.nachbarn(self.gt, "beauftragt")
        self._merke()
        self.tue("konstituieren", ag, datum="2026-04-22")
        self._merke()
        self.tue("ist_beginnen", ag)
        self.tue("ist_beitrag_erfassen", ag, institution=STELLE, grund_fehlt="Kein eigener Anteil")
        self.tue("soll_beginnen", ag)
        self.zs = self.tue("anlegen", art="zielsystem", titel="Gemeinsame Liste", eltern=ag, thema=self.gt)
        self.tue("bearbeiten", self.zs, ist=KETTE, soll=KETTE, indikatoren=[INDIKATOR])
        self.tue("zustimmen", self.zs, institution=STELLE)
        self.tue("abstimmen", ag, wer=LEITUNG)
        self.tue("vorlegen", ag, sitzung=lg)
        self._merke()
        self.beschluss(lg, (self.zs, "beschliessen", {}), (ag, "beenden", {}))
        self._merke()
        self.tue("weiterleiten", self.zs, empfaenger=[{"institution": STELLE}])
        self.tue("umsetzung_beginnen", self.zs)
        self._merke()
        self.jetzt = JETZT + timedelta(days=200)
        self.tue("einfuehren", self.zs, startdatum="2026-07-27")
        self._merke()
        (self.mon,) = self.nachbarn(self.zs, "beobachtet_in")
        return self

    def _merke(self) -> None:
        self.stationen += self.zustand(self.gt)

    def wirksam(self) -> Kreis:
        for tag, wert in (("2026-10-30", 11), ("2027-01-29", 4)):
            self.jetzt = max(self.jetzt, datetime.fromisoformat(f"{tag}T09:00:00+00:00"))
            self.tue("erheben", self.mon, indikator="IN-1", faellig_am=tag, wert=wert)
        self.tue("einzelfall_pruefen", self.mon, faelle=[{"fall": "Stichprobe 1", "heute_besser": "ja"}])
        self.tue("bewertung_beginnen", self.mon)
        self.tue("als_wirksam_bewerten", self.mon, begruendung="Zielwert erreicht")
        return self

    def neue_meldung(self, **wann: Any) -> str:
        key = melde(self.db, self.umfeld, **wann)
        self.tue("zuordnen", key, thema=self.gt)
        return key

    def marken(self) -> set[str]:
        with self.db.lesen() as s:
            return {n for (n,) in s.alle("SELECT m.name FROM marke m JOIN vorgang v ON v.id = m.vorgang WHERE m.offen = 1 AND v.key = :key",
                                         {"key": self.mon})}


@pytest.fixture
def kreis(db: Datenbank, umfeld: Umfeld) -> Kreis:
    return Kreis(db, umfeld).eingefuehrt()


def test_das_thema_geht_jeden_schritt_mit(kreis: Kreis) -> None:
    assert kreis.stationen == ["beauftragt", "in_bearbeitung", "in_bearbeitung", "beschlossen", "in_umsetzung", "in_monitoring"]
    kreis.tue("bewertung_beginnen", kreis.mon)
    kreis.tue("nachsteuern", kreis.mon, wertung="nicht_wirksam", was_geschieht="Vertretung regeln")
    assert kreis.zustand(kreis.gt) == ["in_nachsteuerung"]
    kreis.tue("weiterfuehren", kreis.mon, was_geschieht="Vertretung geregelt")
    assert kreis.zustand(kreis.gt, kreis.meldung) == ["in_monitoring", "im_thema"]
    assert kreis.wirksam().zustand(kreis.gt, kreis.meldung) == ["abgeschlossen", "geloest"]
    assert kreis.stand(kreis.gt)["ergebnis"] == "geloest"


def test_was_vor_dem_start_geschah_ist_keine_wiederkehr(kreis: Kreis) -> None:
    kreis.neue_meldung(ereignis_von="2025-10", ereignis_bis="2025-12")
    assert kreis.marken() == set()
    kreis.wirksam()
    frueher = kreis.neue_meldung(ereignis_von="2025-10", ereignis_bis="2025-12")
    assert kreis.zustand(frueher) == ["geloest"] and kreis.marken() == set()


def test_ein_offenes_signal_verhindert_die_wirksamkeit(kreis: Kreis) -> None:
    kreis.tue("aufnehmen", neu := melde(kreis.db, kreis.umfeld), sammlung=kreis.tue("anlegen", art="sammlung", titel="Neu"),
              ereignis_von="2026-07")
    kreis.tue("zuordnen", neu, thema=kreis.gt, ereignis_von="2026-07", ereignis_bis="2026-07")
    assert kreis.marken() == {"signal"}
    with pytest.raises(Unmoeglich) as signal:
        kreis.wirksam()
    assert "ohne_signal" in signal.value.waechter


def test_ein_signal_am_geschlossenen_thema_haelt_die_meldung_bis_es_geprueft_ist(kreis: Kreis) -> None:
    neu = _nach_dem_start(kreis.wirksam())
    assert kreis.zustand(kreis.gt, neu) == ["abgeschlossen", "im_thema"] and kreis.marken() == {"signal"}
    kreis.tue("wiederkehr_verwerfen", kreis.mon, grund="Anderer Ablauf")
    assert kreis.zustand(kreis.gt, neu) == ["abgeschlossen", "geloest"] and kreis.marken() == set()


def test_eine_festgestellte_wiederkehr_oeffnet_thema_und_meldungen(kreis: Kreis) -> None:
    neu = _nach_dem_start(kreis.wirksam())
    kreis.tue("wiederkehr_feststellen", kreis.mon, grund="Derselbe Ablauf")
    assert kreis.zustand(kreis.mon, kreis.gt, kreis.meldung, neu) == ["in_bewertung", "in_monitoring", "im_thema", "im_thema"]
    assert kreis.stand(kreis.gt)["ergebnis"] is None


def test_ein_wieder_eroeffnetes_thema_schliesst_sich_nicht_von_selbst(kreis: Kreis) -> None:
    kreis.wirksam()
    kreis.tue("wiedereroeffnen", kreis.gt, grund="Neuer Rechtskreis")
    assert kreis.zustand(kreis.gt, kreis.meldung) == ["geclustert", "im_thema"]


def _nach_dem_start(kreis: Kreis) -> str:
    """Gemeldet und geschehen nach dem Startdatum."""
    neu = kreis.tue("einreichen", art="meldebogen", wer=MELDER, **{**MELDUNG, "ereignis_von": "2026-07", "ereignis_bis": "2026-07"})
    kreis.tue("zuordnen", neu, thema=kreis.gt)
    return neu
