"""Listen: vollständig, ohne Doppelte, nur Sichtbares, und über einen Index geblättert."""

from __future__ import annotations

from datetime import date

import pytest

from service import listen
from service.apply import Schritt
from service.db import Datenbank
from service.errors import Ungueltig
from service.listen import Arbeitsauswahl, Auswahl, Blatt, Zahlen, arbeitsliste, blaettere, nur_gezaehlt, zahlen
from service.sicht import Ebene, sichtbar, wovon
from service.umfeld import Umfeld
from states.model import Rolle
from tests.bau import ISERLOHN, KOORDINATION, KOORDINATION_B, MELDER, MELDUNG, person, tue

HEUTE = date(2026, 1, 7)


def _fuelle(db: Datenbank, umfeld: Umfeld, anzahl: int) -> list[str]:
    schritte = [Schritt("einreichen", art="meldebogen", daten={**MELDUNG, "dringlichkeit": "hoch" if i % 7 == 0 else "mittel"})
                for i in range(anzahl)]
    return [b.key for b in tue(db, umfeld, MELDER, *schritte).bewegungen]


def _alle_seiten(hole: object) -> list[str]:
    keys: list[str] = []
    ab = ""
    while True:
        blatt: Blatt = hole(ab)  # type: ignore[operator]
        keys += [z.key for z in blatt.zeilen]
        if not blatt.weiter:
            return keys
        ab = blatt.weiter


def test_blaettern_zeigt_alles_einmal(db: Datenbank, umfeld: Umfeld) -> None:
    keys = _fuelle(db, umfeld, 23)
    with db.lesen() as s:
        auswahl = Auswahl(art="meldebogen")
        assert _alle_seiten(lambda ab: blaettere(s, KOORDINATION, HEUTE, auswahl, ab=ab, anzahl=5)) == keys[::-1]
        assert _alle_seiten(lambda ab: blaettere(s, KOORDINATION, HEUTE, auswahl, ab=ab, anzahl=5, ordnung="aelteste")) == keys
        assert len(blaettere(s, KOORDINATION, HEUTE, auswahl, anzahl=10_000).zeilen) == 23
        with pytest.raises(Ungueltig):
            blaettere(s, KOORDINATION, HEUTE, auswahl, ab="1 OR 1=1")
        with pytest.raises(Ungueltig):
            arbeitsliste(s, KOORDINATION, HEUTE, Arbeitsauswahl(KOORDINATION.key), ab="gestern_3")


def test_die_arbeitsliste_ordnet_nach_faelligkeit(db: Datenbank, umfeld: Umfeld) -> None:
    keys = _fuelle(db, umfeld, 20)
    with db.lesen() as s:
        meine = _alle_seiten(lambda ab: arbeitsliste(s, KOORDINATION, HEUTE, Arbeitsauswahl(KOORDINATION.key), ab=ab, anzahl=6))
        assert sorted(meine) == keys and meine[:3] == [keys[0], keys[7], keys[14]]  # die eiligen zuerst
        assert arbeitsliste(s, KOORDINATION, HEUTE, Arbeitsauswahl(KOORDINATION.key)).zeilen[0].faellig == "2026-01-08"
        als_vertretung = Arbeitsauswahl(KOORDINATION_B.key, "vertretung")
        vertretung = _alle_seiten(lambda ab: arbeitsliste(s, KOORDINATION_B, HEUTE, als_vertretung, ab=ab))
        assert vertretung == meine and arbeitsliste(s, KOORDINATION_B, HEUTE, Arbeitsauswahl(KOORDINATION_B.key)).zeilen == ()


def test_was_niemand_tun_muss_draengt_nicht(db: Datenbank, umfeld: Umfeld) -> None:
    """Die jährliche Nachricht an die meldende Stelle ist eine Frist, aber keine Aufgabe; sie läuft auch in der Sammlung."""
    [key] = _fuelle(db, umfeld, 1)
    sammlung = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", key, daten={"sammlung": sammlung}))
    with db.lesen() as s:
        offen = s.alle("SELECT f.name FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = :key AND f.offen = 1", {"key": key})
        assert offen == [("liegt_noch_bei_uns",)]
        assert s.wert("SELECT faellig FROM vorgang WHERE key = :key", {"key": key}) == "9999-12-31"


def test_was_ruht_draengt_nicht(db: Datenbank, umfeld: Umfeld) -> None:
    [key] = _fuelle(db, umfeld, 1)
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", key, daten={"frage": "Seit wann warten die Menschen?"}))
    with db.lesen() as s:
        laufend = s.alle("SELECT f.name, f.ende, f.ruht_seit FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = :key "
                         "AND f.offen = 1 AND f.name <> 'liegt_noch_bei_uns'", {"key": key})
        assert any(ruht for _, _, ruht in laufend)
        assert s.wert("SELECT faellig FROM vorgang WHERE key = :key", {"key": key}) == min(
            (ende for _, ende, ruht in laufend if ruht is None), default="9999-12-31")


def test_jede_sieht_nur_ihres(db: Datenbank, umfeld: Umfeld) -> None:
    keys = _fuelle(db, umfeld, 3)
    fremd = person("fremd", "melder", institution="Stadt Hemer, Sozialamt")
    with db.lesen() as s:
        assert blaettere(s, fremd, HEUTE, Auswahl()).zeilen == ()
        assert [z.key for z in blaettere(s, MELDER, HEUTE, Auswahl()).zeilen] == keys[::-1]
        assert blaettere(s, person("niemand"), HEUTE, Auswahl()).zeilen == ()
        assert zahlen(s, KOORDINATION, HEUTE) == zahlen(s, MELDER, HEUTE) == {"meldebogen": Zahlen({"eingegangen": 3})}
        assert zahlen(s, fremd, HEUTE) == zahlen(s, person("niemand"), HEUTE) == {}


def test_die_gefuehrten_zaehler_sagen_was_gezaehlt_wuerde(db: Datenbank, umfeld: Umfeld) -> None:
    """Für jede Rolle der Vorführung gleich; eine Ausländerbehörde zählt, weil ihr Meldungen verborgen sind."""
    keys = _fuelle(db, umfeld, 6)
    sammlung = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", keys[0], daten={"sammlung": sammlung}))
    abh = person("abh", "koordination", "melder", bereich="kreis", institution=MELDER.institution, abh=True)
    leute = [KOORDINATION, ISERLOHN, MELDER, abh, *(person(r.value, r.value, bereich="kreis") for r in Rolle)]
    with db.lesen() as s:
        for wer in leute:
            darf, werte = sichtbar(wer, HEUTE, ab=Ebene.ZAHL)
            einzeln: dict[str, dict[str, int]] = {}
            for art, zustand, anzahl in s.alle(f"SELECT v.art, v.zustand, count(*) FROM vorgang v WHERE {darf} GROUP BY 1, 2", werte):
                einzeln.setdefault(art, {})[zustand] = anzahl
            assert {art: z.je_zustand for art, z in zahlen(s, wer, HEUTE).items()} == einzeln, wer.key
        leitung = person("leitung", "leitung")
        assert sum(zahlen(s, leitung, HEUTE)["meldebogen"].je_zustand.values()) == 6 and nur_gezaehlt(leitung, HEUTE, "meldebogen")
        assert not nur_gezaehlt(KOORDINATION, HEUTE, "meldebogen") and not nur_gezaehlt(person("revision", "revision"), HEUTE, "meldebogen")
    assert "meldebogen" in wovon(KOORDINATION, HEUTE)[0] and "meldebogen" in wovon(abh, HEUTE)[1]


def test_gezaehlt_wird_nur_bis_zu_einer_grenze(db: Datenbank, umfeld: Umfeld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "HOECHSTENS_GEZAEHLT", 4)
    _fuelle(db, umfeld, 4)
    with db.lesen() as s:
        assert not zahlen(s, MELDER, HEUTE)["meldebogen"].mehr
    _fuelle(db, umfeld, 4)
    with db.lesen() as s:
        assert zahlen(s, MELDER, HEUTE)["meldebogen"].mehr
        assert zahlen(s, KOORDINATION, HEUTE)["meldebogen"] == Zahlen({"eingegangen": 8})


def test_filter(db: Datenbank, umfeld: Umfeld) -> None:
    keys = _fuelle(db, umfeld, 8)
    tue(db, umfeld, KOORDINATION, Schritt("parken", keys[3], grund="x", daten={"wiedervorlage_am": "2026-06-01", "liegt_bei": "y"}))
    with db.lesen() as s:
        def zeige(**filter: object) -> list[str]:
            return [z.key for z in blaettere(s, KOORDINATION, HEUTE, Auswahl(**filter), ordnung="aelteste").zeilen]  # type: ignore[arg-type]

        assert zeige(zustaende=("themenspeicher",)) == [keys[3]]
        assert zeige(zustaende=("themenspeicher", "eingegangen"), offen=True) == keys
        assert zeige(offen=False) == zeige(kommune="Hemer") == zeige(bereich="iserlohn") == []
        assert zeige(faellig_bis=date(2026, 1, 8)) == [keys[0], keys[7]]
        assert [z.key for z in blaettere(s, ISERLOHN, HEUTE, Auswahl()).zeilen] == keys[::-1]  # Titel und Zustand: ja


def test_die_liste_laeuft_ueber_einen_index(db: Datenbank, umfeld: Umfeld) -> None:
    """Auf SQLite sagt der Plan, ob sortiert oder die Tabelle durchsucht würde."""
    if db.postgres:
        return
    _fuelle(db, umfeld, 3)
    gefragt: list[tuple[str, object]] = []
    with db.lesen() as s:
        original = s.alle
        s.alle = lambda sql, werte=None: (gefragt.append((sql, werte)), original(sql, werte))[1]  # type: ignore[method-assign]
        blaettere(s, KOORDINATION, HEUTE, Auswahl(art="meldebogen"), ab="99")
        arbeitsliste(s, KOORDINATION, HEUTE, Arbeitsauswahl(KOORDINATION.key), ab="2026-01-01_1")
        s.alle = original  # type: ignore[method-assign]
        for sql, werte in gefragt:
            plan = " | ".join(z[3] for z in s.alle(f"EXPLAIN QUERY PLAN {sql}", werte))  # type: ignore[arg-type]
            assert "USE TEMP B-TREE" not in plan and "SCAN v" not in plan, plan
