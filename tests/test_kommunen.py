"""Die fünf Kommunen der Vorlagen laufen allein aus ihrem Profil: geprüft, importiert, eine Runde, ein kurzer Umlauf des Kreises."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from service import cli
from service.apply import Schritt
from service.db import Datenbank
from service.fristen import runde
from service.importieren import importiere
from service.laden import akte
from service.profil import DEMONSTRATION, Profil, lesen
from service.pruefen import pruefe
from service.stammdaten import uebernehme_profil
from service.umfeld import Umfeld, lade_umfeld
from tests.bau import JETZT, MELDUNG, person, tue

PROFILE = (DEMONSTRATION, *sorted((Path(__file__).parent / "daten" / "profile").glob("*.toml")))


@pytest.fixture(params=PROFILE, ids=lambda p: str(p.stem))
def profil(request: pytest.FixtureRequest) -> Profil:
    assert cli.main(["profil", "pruefen", str(request.param)]) == 0
    return lesen(request.param)


def _meldungen(profil: Profil) -> str:
    """Zwei Meldungen aus verschiedenen Kommunen, mit den Handlungsfeldern und Stellen dieses Profils."""
    stelle = next(i.name for i in profil.institutionen if not i.abh)
    zeilen = [{**MELDUNG, "geschaeftszeichen": f"{profil.kurz}-2026-000{nr}", "eingang": "2026-01-05T09:00:00+01:00",
               "melder_institution": stelle, "kommune": profil.kommunen[nr % len(profil.kommunen)],
               "handlungsfelder": [profil.handlungsfelder[-nr].name], "rechtskreise": [profil.rechtskreise[0].name],
               "zielgruppe": {"status_gruppe": profil.status_gruppen[0].name, "altersband": profil.altersbaender[0].name, "familie": True}}
              for nr in (1, 2)]
    return "\n".join(map(json.dumps, zeilen))


def _zustand(db: Datenbank, key: str) -> str:
    with db.lesen() as s:
        gefunden = akte(s, key)
    assert gefunden is not None
    return gefunden.zustand


def _umlauf(db: Datenbank, umfeld: Umfeld, meldung: str) -> None:
    """Von der Meldung über Sammlung und Auswahl bis zum Thema auf der Tagesordnung der Lenkungsgruppe."""
    with db.lesen() as s:
        bereich = str(s.wert("SELECT bereich FROM vorgang WHERE key = :key", {"key": meldung}))
    k = person("k", "koordination", bereich=bereich)

    def neu(art: str, ausloeser: str, grund: str = "", **daten: object) -> str:
        return tue(db, umfeld, k, Schritt(ausloeser, art=art, daten=daten, grund=grund)).erste.key

    sammlung = neu("sammlung", "anlegen", titel="Zugang")
    tue(db, umfeld, k, Schritt("aufnehmen", meldung, daten={"sammlung": sammlung}))
    lg = neu("sitzung", "planen", datum="2026-04-22")
    auswahl = neu("auswahlrunde", "anlegen", titel="Frühjahr", sitzung=lg)
    tue(db, umfeld, k, Schritt("durchfuehren", auswahl, daten={"ausgewaehlt": [meldung], "auswahl_grund": "Kommt öfter vor."}))
    neu("fallrekonstruktion", "anlegen", meldungen=[meldung])
    thema = neu("generatives_thema", "anlegen", "Aus dem Austausch.", titel="Zugang", quelle="austausch")
    tue(db, umfeld, k, Schritt("clustern", thema, daten={"cluster": "Zugang"}))
    tue(db, umfeld, k, Schritt("vorlegen", thema, daten={"sitzung": lg}))
    assert (_zustand(db, meldung), _zustand(db, thema)) == ("ausgewaehlt", "vorgelegt")


def test_jede_kommune_laeuft_allein_aus_ihrem_profil(db: Datenbank, profil: Profil, tmp_path: Path) -> None:
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, JETZT, "test", mit_vorfuehrung=True))
    with db.lesen() as s:
        umfeld = lade_umfeld(s, JETZT.date().isoformat())
    (tmp_path / "meldungen.jsonl").write_text(_meldungen(profil))
    with (tmp_path / "meldungen.jsonl").open("rb") as datei:
        bericht = importiere(db, umfeld, datei, "meldungen.jsonl", JETZT, "test")
    assert bericht.angenommen == 2, bericht
    assert len(umfeld.sitze_am(JETZT.date())) == len(profil.sitze)
    erinnert = runde(db, umfeld, JETZT + timedelta(days=5))
    assert erinnert.erinnert > 0 and not erinnert.gescheitert
    _umlauf(db, umfeld, f"{profil.kurz}-2026-0001")
    with db.lesen() as s:
        assert pruefe(s).fehler == []


def test_bielefeld_hat_sieben_handlungsfelder_und_jede_kommune_eigene() -> None:
    felder = {p.stem: [w.name for w in lesen(p).handlungsfelder] for p in PROFILE}
    assert len(felder) == 5 and len(felder["bielefeld"]) == 7
    assert len({tuple(f) for f in felder.values()}) == 5
