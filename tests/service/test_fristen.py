"""Die Runde: jede Stufe einer Frist wirkt genau einmal, auch wenn viele sie zugleich anstoßen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from service import fristen
from service.apply import Schritt
from service.db import Datenbank
from service.errors import NetzGewachsen, Unmoeglich
from service.fristen import Runde, runde
from service.laden import akte
from service.pruefen import pruefe
from service.stoerung import Belegt
from service.umfeld import Umfeld, umfeld_aus
from tests.bau import KOORDINATION, melde, tue


def _am(tag: str) -> datetime:
    return datetime.fromisoformat(f"{tag}T06:00:00").replace(tzinfo=UTC)


def _fristnachrichten(db: Datenbank) -> list[tuple[object, ...]]:
    with db.lesen() as s:
        return s.alle("SELECT anlass, an FROM ausgang WHERE quelle LIKE 'f:%' ORDER BY id")


def test_die_stufen_der_vorpruefung_kommen_der_reihe_nach(db: Datenbank, umfeld: Umfeld) -> None:
    melde(db, umfeld)  # 07.01.
    assert runde(db, umfeld, _am("2026-01-09")).erinnert == 0
    assert runde(db, umfeld, _am("2026-01-12")).erinnert == 1  # 3 Werktage
    assert runde(db, umfeld, _am("2026-01-12")).erinnert == 0
    assert runde(db, umfeld, _am("2026-01-14")).erinnert == 1  # 5 Werktage: Vertretung
    assert runde(db, umfeld, _am("2026-02-04")).erinnert == 2  # 15 und 20 Werktage zugleich: jede Stelle hört ihre
    assert _fristnachrichten(db) == [("frist_vorpruefung_beginnen", "zustaendig"), ("frist_vorpruefung_beginnen", "vertretung"),
                                     ("frist_vorpruefung_entscheiden", "leitung"),
                                     ("frist_vorpruefung_entscheiden", "zustaendig,vertretung")]


def _geparkt(db: Datenbank, umfeld: Umfeld) -> str:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-03-02", "liegt_bei": "y"}))
    return key


def test_wiedervorlage_schaltet_und_erinnert_einmal(db: Datenbank, umfeld: Umfeld) -> None:
    key = _geparkt(db, umfeld)
    assert runde(db, umfeld, _am("2026-03-01")).geschaltet == 0
    ergebnis = runde(db, umfeld, _am("2026-03-02"))
    assert (ergebnis.geschaltet, ergebnis.gescheitert) == (1, ())
    with db.lesen() as s:
        a = akte(s, key)
        assert a is not None and a.zustand == "in_vorpruefung"
        assert s.alle("SELECT person, rolle FROM ereignis WHERE ausloeser = 'wiedervorlegen'") == [("system", "system")]
    assert runde(db, umfeld, _am("2026-03-02")).geschaltet == 0


@pytest.mark.parametrize("stoerung", [Belegt, NetzGewachsen])
def test_wer_gerade_nicht_schreiben_kann_verschiebt_nichts_auf_den_naechsten_werktag(
    db: Datenbank, umfeld: Umfeld, monkeypatch: pytest.MonkeyPatch, stoerung: type[Exception]
) -> None:
    def gestoert(*_: object) -> None:
        raise stoerung

    _geparkt(db, umfeld)
    with monkeypatch.context() as flicken:
        flicken.setattr(fristen, "apply", gestoert)
        with pytest.raises(Belegt) if stoerung is Belegt else nullcontext():
            assert runde(db, umfeld, _am("2026-03-02")) == Runde()
    assert _fristnachrichten(db) == []
    assert runde(db, umfeld, _am("2026-03-02")).geschaltet == 1


def test_viele_runden_zugleich_wirken_einmal(db: Datenbank, umfeld: Umfeld) -> None:
    keys = [melde(db, umfeld) for _ in range(12)]
    for key in keys[:6]:
        tue(db, umfeld, KOORDINATION, Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-01-12", "liegt_bei": "y"}))
    with ThreadPoolExecutor(8) as pool:
        runden = list(pool.map(lambda _: runde(db, umfeld, _am("2026-01-12")), range(8)))
    assert sum(r.geschaltet for r in runden) == 6
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM ereignis WHERE ausloeser = 'wiedervorlegen'") == 6
        assert s.wert("SELECT count(*) FROM ausgang WHERE anlass = 'frist_vorpruefung_beginnen'") == 6
        assert s.wert("SELECT count(*) FROM ausgang WHERE anlass = 'frist_wiedervorlage'") == 6


def test_eine_eilige_meldung_ist_sofort_faellig(db: Datenbank, umfeld: Umfeld) -> None:
    melde(db, umfeld, dringlichkeit="hoch")
    melde(db, umfeld, laufende_frist="2026-01-28")  # 15 Werktage
    melde(db, umfeld, laufende_frist="2026-01-29")
    assert runde(db, umfeld, _am("2026-01-07")).erinnert == 2
    assert _fristnachrichten(db) == [("frist_eilmeldung", "zustaendig")] * 2


def test_das_profil_aendert_dauer_und_stufen(db: Datenbank, umfeld: Umfeld) -> None:
    anders = {"vorpruefung_beginnen": {"dauer": "8 WT", "erinnerungen": ["2 WT nach Beginn", "Ende"]}}
    profil = type(umfeld.profil).model_validate({**umfeld.profil.model_dump(by_alias=True), "fristen": anders})
    eigenes = umfeld_aus(profil, "anders", umfeld.koordination)
    key = melde(db, eigenes)
    with db.lesen() as s:
        a = akte(s, key)
    assert a is not None
    frist = a.fristen["vorpruefung_beginnen", ""]
    assert (frist.ende, frist.naechste, frist.profil) == ("2026-01-19", "2026-01-09", "anders")
    assert runde(db, eigenes, _am("2026-01-09")).erinnert == 1
    assert runde(db, eigenes, _am("2026-01-16")).erinnert == 0
    assert runde(db, eigenes, _am("2026-01-19")).erinnert == 1


def test_liegt_noch_bei_uns_kommt_jedes_jahr_wieder(db: Datenbank, umfeld: Umfeld) -> None:
    """Auch nach dem dritten Jahr; hat die Runde Jahre nachzuholen, kommt eine Nachricht."""
    melde(db, umfeld)  # 07.01.2026
    erwartet = 0
    for tag in ("2027-01-07", "2028-01-07", "2029-01-08", "2030-01-07", "2031-01-07"):
        runde(db, umfeld, _am(tag))
        erwartet += 1
        gesagt = [z for z in _fristnachrichten(db) if z == ("frist_liegt_noch_bei_uns", "melder")]
        assert len(gesagt) == erwartet, tag
    runde(db, umfeld, _am("2035-06-01"))
    assert len([z for z in _fristnachrichten(db) if z == ("frist_liegt_noch_bei_uns", "melder")]) == erwartet + 1
    with db.lesen() as s:
        assert s.wert("SELECT naechste FROM frist WHERE name = 'liegt_noch_bei_uns' AND offen = 1") == "2036-01-07"


def _lage(db: Datenbank, umfeld: Umfeld, sammlung: str) -> str:
    return tue(db, umfeld, KOORDINATION, Schritt("ausrufen", art="lage", daten={
        "titel": "Ankunft vieler", "sammlungen": [sammlung], "von": "2026-01-05", "bis": "2026-03-31"})).erste.key


def test_eine_lage_nimmt_die_meldungen_ihrer_sammlungen_und_gibt_sie_wieder_frei(db: Datenbank, umfeld: Umfeld) -> None:
    sammlung = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key
    schon, danach, einzeln = melde(db, umfeld), melde(db, umfeld), melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", schon, daten={"sammlung": sammlung}))
    lage = _lage(db, umfeld, sammlung)
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", danach, daten={"sammlung": sammlung}))
    tue(db, umfeld, KOORDINATION, Schritt("lage_zuordnen", einzeln, daten={"lage": lage}), jetzt=_am("2026-02-02"))
    with db.lesen() as s:
        akten = [a for key in (schon, danach, einzeln) if (a := akte(s, key)) is not None]
        assert [a.stand["lage"] for a in akten] == [lage] * 3
        frist = akten[2].fristen["vorpruefung_in_der_lage", ""]
        assert (frist.anker, frist.ende) == ("2026-02-02", "2026-03-02")  # ab der Zuordnung, nicht ab dem Eingang
    auswertung = {"auswertung": "Alle Meldungen sind bearbeitet."}
    tue(db, umfeld, KOORDINATION, Schritt("beenden", lage, daten=auswertung), jetzt=_am("2026-02-09"))
    with db.lesen() as s:
        akten = [a for key in (schon, danach, einzeln) if (a := akte(s, key)) is not None]
        assert [a.stand["lage"] for a in akten] == [None] * 3
        assert {n for n, _ in akten[2].fristen if n.startswith("vorpruefung")} == {"vorpruefung_beginnen", "vorpruefung_entscheiden"}
        assert s.wert("SELECT count(*) FROM verbindung WHERE art = 'in_lage' AND offen = 1") == 0
        assert pruefe(s).fehler == []


def test_eine_sammelmeldung_ist_eine_zahl_je_stelle(db: Datenbank, umfeld: Umfeld) -> None:
    lage = _lage(db, umfeld, tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key)
    for stelle, anzahl in (("VHS Lüdenscheid", 3), ("Jobcenter", 5), ("VHS Lüdenscheid", 8)):
        tue(db, umfeld, KOORDINATION, Schritt("sammelmeldung_verzeichnen", lage, daten={"stelle": stelle, "anzahl": anzahl}))
    with db.lesen() as s:
        a = akte(s, lage)
    assert a is not None and sorted(e["anzahl"] for e in a.stand["sammelmeldungen"].values()) == [5, 8]


def test_in_einer_lage_gilt_eine_andere_frist_und_die_leitung_hoert_nichts_einzelnes(db: Datenbank, umfeld: Umfeld) -> None:
    """Vorprüfung binnen 20 Werktagen ab dem Eingang; zuständig und Vertretung werden erinnert, die Leitung nicht."""
    key = melde(db, umfeld)  # 07.01.
    sammlung = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key
    lage = tue(db, umfeld, KOORDINATION, Schritt("ausrufen", art="lage", daten={
        "titel": "Ankunft vieler", "sammlungen": [sammlung], "von": "2026-01-05", "bis": "2026-03-31"})).erste.key
    with pytest.raises(Unmoeglich, match="nicht ausgerufen"):
        tue(db, umfeld, KOORDINATION, Schritt("lage_zuordnen", key, daten={"lage": _beendete_lage(db, umfeld, sammlung)}))
    tue(db, umfeld, KOORDINATION, Schritt("lage_zuordnen", key, daten={"lage": lage}))
    with db.lesen() as s:
        offen = dict(s.alle("SELECT f.name, f.ende FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = :key AND f.offen = 1",
                            {"key": key}))
    assert {n for n in offen if n.startswith("vorpruefung")} == {"vorpruefung_in_der_lage"}
    assert offen["vorpruefung_in_der_lage"] == "2026-02-04"
    runde(db, umfeld, _am("2026-03-02"))
    assert [z for z in _fristnachrichten(db) if "vorpruefung" in str(z[0])] == [("frist_vorpruefung_in_der_lage", "zustaendig,vertretung")]


def _beendete_lage(db: Datenbank, umfeld: Umfeld, sammlung: str) -> str:
    key = tue(db, umfeld, KOORDINATION, Schritt("ausrufen", art="lage", daten={
        "titel": "Vorüber", "sammlungen": [sammlung], "von": "2026-01-02", "bis": "2026-03-31"})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("beenden", key, daten={"auswertung": "Alle Meldungen sind bearbeitet."}))
    return key
