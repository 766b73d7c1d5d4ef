"""Die fünf Kommunen der Vorlagen laufen allein aus ihrem Profil: geprüft, importiert, eine Runde, und der Kreislauf bis zum Monitoring."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from service import cli
from service.apply import Schritt
from service.db import Datenbank
from service.fristen import runde
from service.handelnde import Handelnde
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


def _umlauf(db: Datenbank, umfeld: Umfeld, meldung: str) -> tuple[Handelnde, str, str]:
    """Von der Meldung über Sammlung und Auswahl bis zum Thema auf der Tagesordnung der Lenkungsgruppe: (Koordination, Thema, Sitzung)."""
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
    return k, thema, lg


class _Weg:
    """Der Rest des Kreislaufs mit den Stellen, Sitzen und Verteilern, die das Profil nennt."""

    def __init__(self, db: Datenbank, umfeld: Umfeld, k: Handelnde) -> None:
        self.db, self.umfeld, self.k, self.tag = db, umfeld, k, JETZT.date()
        self.stellen = [i.name for i in umfeld.profil.institutionen if not i.abh][:2]
        self.vorsitz, self.leitung = person("v", "lg_vorsitz", "lg_mitglied"), person("l", "ag_leitung", institution=self.stellen[0])

    def tue(self, ausloeser: str, vorgang: str = "", *, art: str = "", wer: Handelnde | None = None, **daten: Any) -> str:
        jetzt = datetime.combine(self.tag, time(9), JETZT.tzinfo)
        return tue(self.db, self.umfeld, wer or self.k, Schritt(ausloeser, vorgang, art, daten), jetzt=jetzt).erste.key

    def einer(self, art: str) -> str:
        with self.db.lesen() as s:
            return str(s.wert("SELECT key FROM vorgang WHERE art = :art ORDER BY id DESC LIMIT 1", {"art": art}))

    def tagt(self, lg: str) -> None:
        self.tue("tagesordnung_zustimmen", lg, wer=self.vorsitz)
        self.tue("einladen", lg)
        with self.db.lesen() as s:
            gefunden = akte(s, lg)
        assert gefunden is not None
        self.tag = date.fromisoformat(gefunden.stand["datum"])
        self.tue("eroeffnen", lg, anwesenheit={s["sitz"]: "inhaber" for s in self.umfeld.sitze_am(self.tag)})

    def beschliesst(self, lg: str, *bewegungen: tuple[str, str, dict[str, Any]]) -> str:
        was = [{"vorgang": v, "ausloeser": a, "daten": d} for v, a, d in bewegungen]
        return self.tue("fassen", art="beschluss", wer=self.vorsitz, titel="Zugang", wortlaut="Die Lenkungsgruppe beschließt.", sitzung=lg,
                        verantwortlich="Koordination", frist="2027-06-30", verteiler=list(self.umfeld.verteiler_am(self.tag)),
                        abstimmung={"ja": len(self.umfeld.sitze_am(self.tag)), "nein": 0, "enthaltung": 0}, bewegungen=was)

    def arbeitet(self, thema: str, lg: str) -> str:
        """Die Arbeitsgruppe bis zum Zielsystem, das auf der nächsten Sitzung steht; gibt dessen Schlüssel."""
        ag, titel = self.einer("arbeitsgruppe"), "Ein Weg"
        self.tue("konstituieren", ag, wer=self.leitung, datum=self.tag.isoformat())
        self.tue("ist_beginnen", ag, wer=self.leitung)
        for stelle in self.stellen:
            self.tue("ist_beitrag_erfassen", ag, wer=self.leitung, institution=stelle, grund_fehlt="Kein eigener Schritt.")
        self.tue("soll_beginnen", ag, wer=self.leitung)
        zs = self.tue("anlegen", art="zielsystem", wer=self.leitung, titel=titel, eltern=ag, thema=thema)
        self.tue("bearbeiten", zs, wer=self.leitung, massnahmen=[{"titel": titel, "eigner": self.stellen[1], "frist": "2027-01-29"}],
                 indikatoren=[{"key": "IN-1", "indikator": "Wochen", "quelle": "Liste", "erhoben_von": self.stellen[1],
                               "rhythmus": "vierteljaehrlich", "ausgangswert": 19, "zielwert": 8}])
        for stelle in self.stellen:
            self.tue("zustimmen", zs, wer=self.leitung, institution=stelle)
        self.tue("abstimmen", ag, wer=self.leitung)
        self.tue("vorlegen", ag, wer=self.leitung, sitzung=lg)
        return zs


def _bis_zum_monitoring(db: Datenbank, umfeld: Umfeld, k: Handelnde, thema: str, lg: str) -> None:
    weg = _Weg(db, umfeld, k)
    weg.tagt(lg)
    auftrag = {"name": "Zugang", "auftrag": "Ist und Soll", "frist": "2026-09-30",
               "mitglieder": [{"institution": weg.stellen[0], "rolle": "leitung"}, {"institution": weg.stellen[1]}]}
    beschluss = weg.beschliesst(lg, (thema, "beauftragen", auftrag))
    weg.tue("weiterleiten", beschluss, empfaenger=[{"institution": s, "weg": "protokoll", "aufgabe": True} for s in weg.stellen])
    weg.tue("kenntnis_nehmen", beschluss, wer=person("e", institution=weg.stellen[1]), empfaenger=weg.stellen[1])
    naechste = weg.tue("planen", art="sitzung", datum="2026-10-28")
    zs = weg.arbeitet(thema, naechste)
    weg.tagt(naechste)
    weg.beschliesst(naechste, (zs, "beschliessen", {}), (weg.einer("arbeitsgruppe"), "beenden", {}))
    weg.tue("weiterleiten", zs, empfaenger=[{"institution": s} for s in weg.stellen])
    weg.tue("umsetzung_beginnen", zs)
    assert (_zustand(db, beschluss), _zustand(db, weg.einer("monitoring"))) == ("weitergeleitet", "laufend")
    weg.tue("einfuehren", zs, startdatum="2026-11-02", offene_massnahmen=[{"massnahme": weg.einer("massnahme"), "frist": "2027-06-30"}])
    weg.tag = date(2027, 2, 3)
    weg.tue("erheben", weg.einer("monitoring"), wer=person("e", institution=weg.stellen[1]), indikator="IN-1", wert="9")
    assert _zustand(db, thema) == "in_monitoring"


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
    _bis_zum_monitoring(db, umfeld, *_umlauf(db, umfeld, f"{profil.kurz}-2026-0001"))
    with db.lesen() as s:
        assert pruefe(s).fehler == []


def test_bielefeld_hat_sieben_handlungsfelder_und_jede_kommune_eigene() -> None:
    felder = {p.stem: [w.name for w in lesen(p).handlungsfelder] for p in PROFILE}
    assert len(felder) == 5 and len(felder["bielefeld"]) == 7
    assert len({tuple(f) for f in felder.values()}) == 5
