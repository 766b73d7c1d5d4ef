"""Umstellen: ein Bestand, den eine frühere Fassung füllte, geht nach der heutigen weiter; ebenso, wenn sich eine Tabelle ändert.

`bestand_0001.zip` hat die Fassung vor der zweiten Wanderung geschrieben: vier Monate der Vorführung und eine laufende Lage.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.anzeige import verlauf
from service.apply import Schritt
from service.bestand import pruefe_bestand
from service.datenhaltung import oeffne
from service.db import Datenbank
from service.errors import Betriebsfehler, Unmoeglich
from service.fristen import runde
from service.laden import akte
from service.pruefen import Pruefbericht, pruefe
from service.sicherung import sichere, stelle_wieder_her
from service.sicht import lies
from service.profil import Profil
from service.stammdaten import uebernehme_profil
from service.umfeld import Umfeld, lade_umfeld
from service.umstellen import hinweis, stelle_um, umzustellende
from service.zuruecknehmen import nimm_zurueck
from states.fristen import Frist, Stufe, im_zustand
from states.kette import PROZESSE
from states.model import FruehererZustand, Prozess, Uebergang
from states.sammlung import SAMMLUNG
from tests.aufruf import Lauf
from tests.bau import JETZT, KOORDINATION, MELDER, melde, ohne_sitze, tue
from tests.datenbild import ARTEN, Anleger, alles

ALTES = Path(__file__).parent.parent / "daten" / "bestand_0001.zip"
SPAETER = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
_OFFENE = "SELECT v.key, f.name, f.schluessel, f.ende FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE f.offen = 1"


@pytest.fixture(params=ARTEN)
def altes(request: pytest.FixtureRequest, anlegen: Anleger) -> Datenbank:
    db = anlegen(request.param)
    stelle_wieder_her(db, ALTES, SPAETER, "konto")
    return db


def _pruefe(db: Datenbank) -> Pruefbericht:
    with db.lesen() as s:
        return pruefe(s)


def _offene(db: Datenbank) -> dict[tuple[str, str, str], str]:
    with db.lesen() as s:
        return {(key, name, schluessel): ende for key, name, schluessel, ende in s.alle(_OFFENE)}


def test_ein_bestand_der_ersten_fassung_geht_nach_der_heutigen_weiter(altes: Datenbank) -> None:
    vorher, offen = alles(altes), _offene(altes)
    with altes.lesen() as s:
        frueher = umzustellende(s)
        assert pruefe_bestand(s) == [hinweis(frueher.values())]
    assert _pruefe(altes).umzustellen == len(frueher) > 80 and _pruefe(altes).ok
    probe = stelle_um(altes, SPAETER, "konto", probe=True)
    assert alles(altes) == vorher
    getan = stelle_um(altes, SPAETER, "konto")
    assert getan == probe and {u.key for u in getan} == set(frueher.values())
    bericht = _pruefe(altes)
    assert (bericht.fehler, bericht.umzustellen) == ([], 0)
    with altes.lesen() as s:
        assert pruefe_bestand(s) == []
        (vermerk,) = s.alle("SELECT was, systemkonto, angaben FROM protokoll ORDER BY id DESC LIMIT 1")
    assert vermerk == ("umgestellt", "konto", f'{{"anzahl":{len(getan)}}}')
    neu = _offene(altes).items() - offen.items()
    assert {name for (_, name, _), _ in neu} >= {"beschluss_auszug", "lage_tageszahl"}
    # wo sie seit Monaten abgelaufen wäre, zählt sie ab der Umstellung; was schon lief, behält seinen Tag
    assert {ende for (_, name, _), ende in neu if name == "beschluss_auszug"} == {"2026-12-08"}
    assert {k: offen[k] for k in offen.keys() & _offene(altes).keys()}.items() <= _offene(altes).items()
    assert stelle_um(altes, SPAETER + timedelta(days=1), "konto") == []


def test_nach_dem_umstellen_laufen_schritte_und_runden(altes: Datenbank, tmp_path: Path, anlegen: Anleger) -> None:
    stelle_um(altes, SPAETER, "konto")
    with altes.lesen() as s:
        umfeld = lade_umfeld(s, SPAETER.date().isoformat())
        (lage,) = (key for (key,) in s.alle("SELECT key FROM vorgang WHERE art = 'lage'"))
        meldung = s.wert("SELECT key FROM vorgang WHERE art = 'meldebogen' AND zustand = 'in_sammlung' ORDER BY id LIMIT 1")
    with pytest.raises(Unmoeglich, match="neue Fassung"):
        altes.in_transaktion(lambda s: nimm_zurueck(s, lage, "Verklickt", KOORDINATION, SPAETER, umfeld))
    parken = {"wiedervorlage_am": "2027-03-02", "liegt_bei": "Land"}
    tue(altes, umfeld, KOORDINATION, Schritt("parken", meldung, grund="Das Land antwortet nicht.", daten=parken), jetzt=SPAETER)
    for tag in range(1, 4):
        runde(altes, umfeld, SPAETER + timedelta(days=tag))
    altes.in_transaktion(lambda s: nimm_zurueck(s, meldung, "Verklickt", KOORDINATION, SPAETER + timedelta(days=4), umfeld))
    assert _pruefe(altes).fehler == []
    with altes.lesen() as s:
        assert s.wert("SELECT zustand FROM vorgang WHERE key = :key", {"key": meldung}) == "in_sammlung"
        assert pruefe_bestand(s) == []
    sichere(altes, tmp_path / "neu.zip", SPAETER, "konto")
    stelle_wieder_her(anlegen("sqlite"), tmp_path / "neu.zip", SPAETER, "konto")


VERAENDERT = (
    ("UPDATE vorgang SET stand = replace(stand, '\"titel\":\"', '\"titel\":\"X ') WHERE art = 'generatives_thema'", "Inhalt"),
    ("DELETE FROM frist WHERE name = 'lage_tageszahl'", "lage_tageszahl"),
    ("UPDATE frist SET ende = '2027-12-31' WHERE name = 'beschluss_auszug'", "beschluss_auszug"),
    ("UPDATE frist SET offen = 0, geschlossen_nr = geoeffnet_nr WHERE offen = 1 AND name = 'beschluss_auszug'", "beschluss_auszug"),
    ("UPDATE beteiligung SET offen = 1, geschlossen_nr = NULL WHERE offen = 0", "Beteiligung"),
    ("UPDATE beteiligung SET wer = 'jemand' WHERE id = (SELECT min(id) FROM beteiligung WHERE offen = 1)", "Beteiligung"),
    ("UPDATE verbindung SET offen = 0, geschlossen_vorgang = geoeffnet_vorgang, geschlossen_nr = geoeffnet_nr WHERE offen = 1",
     "Verbindung"),
)


class _Verworfen(Exception):
    pass


def _befunde_nach(db: Datenbank, tat: str) -> list[str]:
    gefunden: list[str] = []
    with pytest.raises(_Verworfen), db.transaktion() as s:
        assert s.fuehre(tat)
        gefunden += [grund for _, grund in pruefe(s).fehler]
        raise _Verworfen
    return gefunden


def test_zwei_stellen_zugleich_um(altes: Datenbank) -> None:
    with altes.lesen() as s:
        erwartet = sorted(umzustellende(s).values())
    zwei = [Datenbank(altes.adresse) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        getan = [u.key for teil in pool.map(lambda db: stelle_um(db, SPAETER, "konto"), zwei) for u in teil]
    for db in zwei:
        db.schliessen()
    assert sorted(getan) == erwartet
    with altes.lesen() as s:
        assert s.wert("SELECT count(*) FROM ereignis WHERE ausloeser = 'umstellen'") == len(erwartet)


def test_was_danach_veraendert_wird_faellt_auf(altes: Datenbank) -> None:
    stelle_um(altes, SPAETER, "konto")
    for tat, wort in VERAENDERT:
        assert any(wort in grund for grund in _befunde_nach(altes, tat)), tat
    assert _pruefe(altes).ok


# --- wenn ein Zustand wegfällt ----------------------------------------------------------------------------------------


def _umgezogen(u: Uebergang) -> Uebergang:
    return u._replace(von=tuple("sammelt" if v == "offen" else v for v in u.von), nach="sammelt" if u.nach == "offen" else u.nach)


def _neue_sammlung(*ohne: str) -> Prozess:
    zustaende = tuple(z._replace(wert="sammelt", bezeichnung="Sammelt") if z.wert == "offen" else z for z in SAMMLUNG.zustaende)
    durchsehen = Frist("sammlung_durchsehen", "Sammlung durchsehen", im_zustand("sammelt"), "6 Monate",
                       stufen=(Stufe("Ende", ("zustaendig",)),))
    return replace(SAMMLUNG, zustaende=zustaende, uebergaenge=tuple(_umgezogen(u) for u in SAMMLUNG.uebergaenge if u.ausloeser not in ohne),
                   fristen=(durchsehen,), version=SAMMLUNG.version + 1, frueher=(FruehererZustand("offen", "Offen", "sammelt"),))


@pytest.fixture
def eingerichtet(db: Datenbank, profil: Profil) -> Datenbank:
    db.in_transaktion(lambda s: uebernehme_profil(s, ohne_sitze(profil), JETZT - timedelta(days=1), "konto"))
    return db


@pytest.fixture
def sammlung(eingerichtet: Datenbank, umfeld: Umfeld) -> str:
    db = eingerichtet
    key = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("umbenennen", key, daten={"titel": "Kurse und Betreuung"}))
    return key


def test_ein_umbenannter_zustand_wird_abgeloest(db: Datenbank, umfeld: Umfeld, sammlung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROZESSE, "sammlung", _neue_sammlung())
    with pytest.raises(Betriebsfehler, match=r"sammlung „offen“.*kreislauf db umstellen"):
        oeffne(db.adresse)
    oeffne(db.adresse, umstellen=True).schliessen()
    (getan,) = stelle_um(db, JETZT + timedelta(days=30), "konto")
    assert getan.saetze == [
        "Der Zustand „Offen“ heißt jetzt „Sammelt“.",
        "Neu: die Frist „Sammlung durchsehen“ bis 07.07.2026. Sie zählt ab dem 07.01.2026, als hätte es sie schon gegeben.",
    ]
    oeffne(db.adresse).schliessen()
    with db.lesen() as s:
        a = akte(s, sammlung)
        assert a is not None and (a.zustand, a.stand["titel"]) == ("sammelt", "Kurse und Betreuung")
        sicht = lies(s, KOORDINATION, sammlung, JETZT.date())
        assert [(g.schritt, g.von, g.nach) for g in verlauf(s, sicht, {})][:2] == [
            ("Auf eine neue Fassung des Ablaufs umgestellt", "Offen", "Sammelt"), ("Sammlung umbenennen", "Offen", "Offen")]
        assert pruefe_bestand(s) == []
    assert _pruefe(db).fehler == []
    tue(db, umfeld, KOORDINATION, Schritt("schliessen", sammlung), jetzt=JETZT + timedelta(days=31))
    assert _pruefe(db).fehler == [] and _offene(db) == {}


def test_waere_sie_laengst_abgelaufen_zaehlt_eine_neue_frist_ab_heute(
    db: Datenbank, umfeld: Umfeld, sammlung: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROZESSE, "sammlung", _neue_sammlung())
    stelle_um(db, JETZT + timedelta(days=400), "konto")  # 11. Februar 2027
    assert _offene(db) == {(sammlung, "sammlung_durchsehen", ""): "2027-08-11"}
    monkeypatch.setitem(PROZESSE, "sammlung", replace(_neue_sammlung(), fristen=(), version=SAMMLUNG.version + 2))
    (getan,) = stelle_um(db, JETZT + timedelta(days=401), "konto")
    assert getan.saetze == ["Geschlossen: die Frist „sammlung_durchsehen“ bis 11.08.2027; sie gibt es nicht mehr."]
    assert _offene(db) == {} and _pruefe(db).fehler == []


def test_was_die_tabelle_nicht_mehr_liest_bleibt_stehen(
    db: Datenbank, umfeld: Umfeld, sammlung: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROZESSE, "sammlung", _neue_sammlung("umbenennen"))
    (getan,) = stelle_um(db, JETZT, "konto")
    assert "Nicht jeden früheren Schritt" in getan.saetze[1]
    with db.lesen() as s:
        a = akte(s, sammlung)
    assert a is not None and a.stand["titel"] == "Kurse und Betreuung"
    assert _pruefe(db).fehler == []


def test_schwaerzen_erreicht_auch_was_die_umstellung_festhielt(
    eingerichtet: Datenbank, umfeld: Umfeld, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = eingerichtet
    key = melde(db, umfeld, beschreibung="Gestern war Frau Selamawit da.")
    monkeypatch.setitem(PROZESSE, "meldebogen", replace(PROZESSE["meldebogen"], version=PROZESSE["meldebogen"].version + 1))
    stelle_um(db, JETZT, "konto")
    tue(db, umfeld, KOORDINATION, Schritt("schwaerzen", key, daten={"feld": "beschreibung", "start": 12, "ende": 26}, grund="Name"))
    with db.lesen() as s:
        inhalte = "".join(i for (i,) in s.alle("SELECT inhalt FROM ereignis_inhalt"))
    assert "Selamawit" not in inhalte and inhalte.count("█" * 14) == 2
    assert _pruefe(db).fehler == []


def test_mischt_jemand_vorher_weiter_zaehlt_alles_bis_zur_umstellung(
    db: Datenbank, umfeld: Umfeld, sammlung: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ein Schritt zwischen Aktualisieren und Umstellen ist schon unter der neuen Fassung; umgestellt wird trotzdem."""
    monkeypatch.setitem(PROZESSE, "sammlung", replace(SAMMLUNG, version=SAMMLUNG.version + 1))
    tue(db, umfeld, KOORDINATION, Schritt("umbenennen", sammlung, daten={"titel": "Anders"}))
    assert [u.key for u in stelle_um(db, JETZT, "konto")] == [sammlung]
    tue(db, umfeld, MELDER, Schritt("ergaenzen", melde(db, umfeld), daten={"text": "Noch etwas."}))
    assert _pruefe(db).fehler == []


def test_der_befehl_zeigt_erst_und_tut_dann(lauf: Lauf, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lauf("db", "restore", ALTES)[0] == 0
    ende, aus, _ = lauf("db", "umstellen", "--probe", "--json")
    probe = json.loads(aus)
    assert ende == 0 and probe["probe"] and len(probe["umgestellt"]) > 80
    ende, aus, _ = lauf("db", "check")
    assert ende == 1 and "kreislauf db umstellen" in aus
    assert "kreislauf db umstellen" in lauf("db", "upgrade")[1] and "kreislauf db umstellen" in lauf("pruefen")[2]
    ende, aus, _ = lauf("db", "umstellen")
    assert ende == 0 and f"Umgestellt sind {len(probe['umgestellt'])} Vorgänge." in aus
    assert lauf("db", "check")[0] == lauf("pruefen")[0] == 0
    assert "nichts umzustellen" in lauf("db", "umstellen")[1]
