"""In einer Lage: eine gebündelte Bestätigung je Stelle, jeden Werktag eine Zahl an die Leitung, am Ende eine Auswertung."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from service.apply import Schritt
from service.ausgang import stelle_zusammen
from service.db import Datenbank
from service.errors import Ungueltig
from service.fristen import runde
from service.profil import Profil
from service.pruefen import pruefe
from service.stammdaten import uebernehme_profil
from service.umfeld import Umfeld, lade_umfeld
from service.zuruecknehmen import nimm_zurueck
from tests.bau import JETZT, KOORDINATION, MELDUNG, melde, tue

ABEND = JETZT.replace(hour=16, minute=0)  # 17 Uhr in Berlin
Post = list[tuple[str, str, str]]  # Empfänger, Betreff, Text


class Krise:
    def __init__(self, db: Datenbank, umfeld: Umfeld) -> None:
        self.db, self.umfeld = db, umfeld
        self.tue("anlegen", JETZT, art="sammlung", key="SAM-01", titel="Kurse")
        self.tue("ausrufen", JETZT, art="lage", key="LA-01", titel="Zugang", sammlungen=["SAM-01"], von="2026-01-07", bis="2026-01-30")
        self.post(JETZT)

    def tue(self, ausloeser: str, jetzt: datetime, vorgang: str = "", *, art: str = "", key: str = "", **daten: object) -> None:
        tue(self.db, self.umfeld, KOORDINATION, Schritt(ausloeser, vorgang, art, daten, key=key), jetzt=jetzt)

    def zugeordnet(self, *keys: str, jetzt: datetime = JETZT) -> None:
        tue(self.db, self.umfeld, KOORDINATION, *(Schritt("lage_zuordnen", k, daten={"lage": "LA-01"}) for k in keys), jetzt=jetzt)

    def post(self, jetzt: datetime) -> Post:
        """Was eine Runde zu diesem Zeitpunkt hinausgibt."""
        with self.db.lesen() as s:
            ab = int(s.wert("SELECT coalesce(max(id), 0) FROM sendung"))
        runde(self.db, self.umfeld, jetzt)
        self.db.in_transaktion(lambda s: stelle_zusammen(s, self.umfeld, jetzt))
        with self.db.lesen() as s:
            neue = s.alle("SELECT empfaenger, betreff, inhalt FROM sendung WHERE id > :ab ORDER BY id", {"ab": ab})
        return [(e, b, i) for e, b, i in neue]

    def an(self, wer: str, jetzt: datetime) -> Post:
        return [p for p in self.post(jetzt) if p[0].startswith(wer)]


@pytest.fixture
def krise(db: Datenbank, profil: Profil) -> Krise:
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, JETZT - timedelta(days=1), "test", mit_vorfuehrung=True))
    with db.lesen() as s:
        return Krise(db, lade_umfeld(s, JETZT.date().isoformat()))


def test_je_stelle_eine_bestaetigung_fuer_alle_ihre_meldungen(krise: Krise) -> None:
    eigene = [melde(krise.db, krise.umfeld) for _ in range(3)]
    fremde = {**MELDUNG, "melder_institution": "Jobcenter Märkischer Kreis"}
    andere = tue(krise.db, krise.umfeld, KOORDINATION, Schritt("einreichen", art="meldebogen", daten=fremde)).erste.key
    krise.zugeordnet(*eigene, andere)
    assert krise.an("stelle:", JETZT) == [] == krise.an("stelle:", JETZT + timedelta(minutes=45))
    gebuendelt = krise.an("stelle:", ABEND)
    assert len(gebuendelt) == 2 and len({e for e, _, _ in gebuendelt}) == 2
    (_, betreff, text), = [p for p in gebuendelt if eigene[0] in p[2]]
    assert all(k in text for k in eigene) and andere not in text and betreff.endswith("Lage LA-01")
    assert MELDUNG["titel"] not in text and MELDUNG["beschreibung"] not in text
    assert krise.an("stelle:", ABEND + timedelta(days=1)) == []


def test_ohne_lage_kommt_die_bestaetigung_sofort_und_nach_der_ruecknahme_auch(krise: Krise) -> None:
    ohne, mit = melde(krise.db, krise.umfeld), melde(krise.db, krise.umfeld)
    krise.zugeordnet(mit)
    assert [b for _, b, _ in krise.an("stelle:", JETZT)] == [f"Ihre Meldung {ohne} ist eingegangen"]
    krise.db.in_transaktion(lambda s: nimm_zurueck(s, mit, "Gehört nicht dazu.", KOORDINATION, JETZT, krise.umfeld))
    assert [b for _, b, _ in krise.an("stelle:", ABEND)] == [f"Ihre Meldung {mit} ist eingegangen"]


def test_die_leitung_bekommt_jeden_werktag_eine_zahl_und_sonst_nichts(krise: Krise) -> None:
    krise.zugeordnet(*(melde(krise.db, krise.umfeld) for _ in range(4)))
    zahlen: dict[str, list[str]] = {}
    for tag in range(1, 15):
        jetzt = JETZT + timedelta(days=tag)
        for stunde in (0, 1):
            for empfaenger, _, text in krise.post(jetzt + timedelta(hours=stunde)):
                if "bis heute:" in text:
                    zahlen.setdefault(jetzt.date().isoformat(), []).append(empfaenger)
                    assert "bis heute: 4." in text and MELDUNG["titel"] not in text and "Beratungsstelle" not in text
    assert sorted(zahlen) == [f"2026-01-{t:02d}" for t in (8, 9, 12, 13, 14, 15, 16, 19, 20, 21)]
    assert all(len(wer) == len(set(wer)) == len(zahlen["2026-01-08"]) for wer in zahlen.values())
    krise.tue("erweitern", JETZT + timedelta(days=15), "LA-01", bis="2026-02-27")
    assert sum("bis heute:" in t for _, _, t in krise.post(JETZT + timedelta(days=15, hours=1))) == len(zahlen["2026-01-08"])
    krise.tue("beenden", JETZT + timedelta(days=15, hours=2), "LA-01", auswertung="Es half.")
    assert not any("bis heute:" in t for _, _, t in krise.post(JETZT + timedelta(days=20)))


def test_die_lage_endet_mit_einer_auswertung_und_bleibt_bis_dahin_eine_aufgabe(krise: Krise) -> None:
    with pytest.raises(Ungueltig) as fehler:
        krise.tue("beenden", JETZT, "LA-01")
    assert [feld for feld, _ in fehler.value.befunde] == ["auswertung"]
    assert any("LA-01" in b for _, b, _ in krise.post(datetime.fromisoformat("2026-01-30T08:00:00+00:00")) if "Auswertung" in b)
    with krise.db.lesen() as s:
        assert s.wert("SELECT faellig FROM vorgang WHERE key = 'LA-01'") == "2026-01-30"
    krise.tue("beenden", JETZT + timedelta(days=30), "LA-01", auswertung="Die Sonderregel hat geholfen.")
    with krise.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = 'LA-01' AND f.offen = 1") == 0
        assert "Sonderregel" in s.wert("SELECT stand FROM vorgang WHERE key = 'LA-01'") and pruefe(s).fehler == []
