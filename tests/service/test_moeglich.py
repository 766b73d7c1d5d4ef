"""Gründe, die vor jedem Formular feststehen: Was als gesperrt gezeigt wird, geht auch wirklich nicht, was immer jemand antwortet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

from service.app import Kreislauf
from service.apply import Ergebnis, Schritt
from service.db import Datenbank
from service.errors import Kreislauffehler, NichtGefunden
from service.handelnde import Handelnde
from service.moeglich import moegliche
from service.profil import Profil
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, tue
from tests.browserprobe import Fenster, seiten
from tests.buehne import Buehne
from tests.service.test_seiten import ANGABEN, MELDEN
from tests.service.test_zielsystem_kette import JC, LEITUNG, Umsetzung


class Vorhersage(Buehne):
    """Merkt sich vor jedem Schritt, was die Seite dazu gesagt hätte."""

    def __init__(self, db: Datenbank) -> None:
        super().__init__(db)
        self.gesperrt: Counter[tuple[str, str]] = Counter()
        self.widersprochen: list[tuple[str, str, str]] = []

    def tue(self, wer: Handelnde, *schritte: Schritt) -> Ergebnis | Kreislauffehler:
        schritt = schritte[0]
        grund, art = self._grund(wer, schritt), schritt.vorgang.partition("-")[0]
        ergebnis = super().tue(wer, *schritte)
        if grund:
            self.gesperrt[art, schritt.ausloeser] += 1
            if isinstance(ergebnis, Ergebnis):
                self.widersprochen.append((schritt.vorgang, schritt.ausloeser, grund))
        return ergebnis

    def _grund(self, wer: Handelnde, schritt: Schritt) -> str:
        if not schritt.vorgang:
            return ""
        with self.db.lesen() as s:
            try:
                gefunden = moegliche(s, wer, schritt.vorgang, self.jetzt)
            except NichtGefunden:
                return ""
        return next((m.grund for m in gefunden if m.uebergang.ausloeser == schritt.ausloeser), "")


def test_was_gesperrt_ist_geht_wirklich_nicht(tmp_path: Path) -> None:
    buehne = Vorhersage.auf_sqlite(tmp_path / "k.sqlite")
    assert isinstance(buehne, Vorhersage)
    buehne.wandere(Random(3), 800)
    buehne.schliesse()
    assert buehne.widersprochen == []
    assert len(buehne.gesperrt) >= 4 and buehne.gesperrt.total() >= 10, buehne.gesperrt


def test_der_grund_steht_vor_dem_formular(db: Datenbank, profil: Profil) -> None:
    app = seiten(db, profil, JETZT)
    k = Fenster(app, "koordination-a")
    ziel, _ = Fenster(app, "stelle-abh-mk").sende(MELDEN, **ANGABEN)
    blatt = k.hole(ziel)
    schritte = [v for v in blatt.verweise if v.startswith(f"{ziel}/schritt/")]
    assert f"{ziel}/schritt/aufnehmen" in schritte and f"{ziel}/schritt/uebernehmen" not in schritte, "was mitgeht, ist ein Klick"
    assert f"{ziel}/schritt/uebernehmen" in blatt.ziele
    assert f"{ziel}/schritt/rueckfrage_beenden" not in blatt.verweise
    k.hole(f"{ziel}/schritt/rueckfrage_beenden", status=409)
    k.sende(f"{ziel}/schritt/rueckfragen", frage="Seit wann?", bestaetigt="ja")
    assert f"{ziel}/schritt/rueckfrage_beenden" in k.hole(ziel).verweise


def test_eine_einladung_ohne_zustimmung_des_vorsitzes_fragt_nicht_erst_nach_sitzen(db: Datenbank, profil: Profil) -> None:
    app: Kreislauf = seiten(db, profil, JETZT)
    k = Fenster(app, "koordination-a")
    ziel, _ = k.sende("/neu/sitzung/planen", datum="2026-06-10", titel="Lenkungsgruppe", bestaetigt="ja")
    blatt = k.hole(ziel)
    assert "Der Vorsitz hat der Tagesordnung noch nicht zugestimmt." in blatt.text
    assert f"{ziel}/schritt/einladen" not in blatt.verweise


def test_blockade_und_auflage_werden_nur_angeboten_wo_es_eine_gibt(db: Datenbank, umfeld: Umfeld) -> None:
    lauf = Umsetzung(db, umfeld)
    lauf.soll()
    zs = lauf.entwurf()

    def gruende(wer: Handelnde, key: str) -> dict[str, str]:
        with db.lesen() as s:
            return {m.uebergang.ausloeser: m.grund for m in moegliche(s, wer, key, lauf.jetzt)}

    assert "Es ist keine Blockade gemeldet" in gruende(KOORDINATION, lauf.ag)["blockade_loesen"]
    assert "Es gibt keine offene Auflage" in gruende(KOORDINATION, zs)["auflage_bestaetigen"]
    for _ in range(2):
        gemeldet = Schritt("blockade_melden", lauf.ag, daten={"wer": JC, "was": "Zahlen", "bis": "2027-06-30"})
        tue(db, umfeld, LEITUNG, gemeldet, jetzt=lauf.jetzt)
        assert gruende(KOORDINATION, lauf.ag)["blockade_loesen"] == ""
