"""Den letzten Schritt zurücknehmen: Zustand, Inhalt, Marken, Fristen, Verbindungen und Nachrichten wie vorher."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.apply import Schritt
from service.bestand import pruefe_bestand
from service.db import Datenbank
from service.errors import Ungueltig, Unmoeglich, Verboten
from service.fristen import runde
from service.handelnde import Handelnde
from service.laden import Akte, akte
from service.profil import Profil
from service.pruefen import pruefe
from service.stammdaten import uebernehme_profil
from service.umfeld import Umfeld
from service.zuruecknehmen import hindernis, nimm_zurueck
from tests.bau import ISERLOHN, JETZT, KOORDINATION, KOORDINATION_B, MELDER, melde, ohne_sitze, tue


def _akte(db: Datenbank, key: str) -> Akte:
    with db.lesen() as s:
        gefunden = akte(s, key)
    assert gefunden is not None
    return gefunden


def _zurueck(db: Datenbank, umfeld: Umfeld, key: str, wer: Handelnde = KOORDINATION, grund: str = "Verklickt", tage: int = 0) -> None:
    db.in_transaktion(lambda s: nimm_zurueck(s, key, grund, wer, JETZT + timedelta(days=tage, minutes=5), umfeld))


@pytest.fixture
def eingerichtet(db: Datenbank, profil: Profil) -> Datenbank:
    """Mit einem Profil in der Datenbank: Dann spielt das Prüfen auch die Fristen nach."""
    db.in_transaktion(lambda s: uebernehme_profil(s, ohne_sitze(profil), JETZT - timedelta(days=1), "test"))
    return db


def _fristbild(a: Akte) -> dict[tuple[str, str], tuple[object, ...]]:
    return {k: (f.anker, f.ende, f.naechste, f.stufe, f.ruht_seit) for k, f in a.fristen.items()}


def _bild(a: Akte) -> tuple[object, ...]:
    return a.zustand, a.stand, a.marken, _fristbild(a), a.beteiligte, a.bereich, a.titel, a.zustaendig


def _heil(db: Datenbank) -> None:
    with db.lesen() as s:
        bericht = pruefe(s)
        assert bericht.fehler == []
        gezaehlt = s.alle("SELECT art, zustand, coalesce(bereich, ''), count(*) FROM vorgang GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
        assert gezaehlt == s.alle("SELECT art, zustand, bereich, anzahl FROM zaehler WHERE anzahl <> 0 ORDER BY 1, 2, 3")


def test_parken_zuruecknehmen_stellt_alles_wieder_her(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    vorher = _bild(_akte(db, key))
    tue(db, umfeld, KOORDINATION, Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-03-02", "liegt_bei": "y"}))
    assert _bild(_akte(db, key)) != vorher
    _zurueck(db, umfeld, key, KOORDINATION_B)
    assert _bild(_akte(db, key)) == vorher
    with db.lesen() as s:
        assert s.alle("SELECT anlass, erledigt FROM ausgang ORDER BY id") == [("eingangsbestaetigung", 0), ("ergebnis_der_vorpruefung", 2)]
        assert s.alle("SELECT ausloeser, von, nach FROM ereignis ORDER BY nr")[-1] == ("zuruecknehmen", "themenspeicher", "in_vorpruefung")
    _heil(db)


@pytest.mark.parametrize("zurueck_am", [7, 8, 12])
def test_was_inzwischen_ruhte_endet_wieder_wie_davor(eingerichtet: Datenbank, umfeld: Umfeld, zurueck_am: int) -> None:
    """Eine Rückfrage hält die Vorprüfung an, die Antwort lässt sie weiterlaufen; beides zurückgenommen stellt Ende und Ruhe wieder her."""
    db = eingerichtet
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    vor_der_frage = _bild(_akte(db, key))
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", key, daten={"frage": "Wann?"}), jetzt=JETZT + timedelta(days=1))
    vor_der_antwort = _bild(_akte(db, key))
    assert any(f.ruht_seit for f in _akte(db, key).fristen.values())
    tue(db, umfeld, MELDER, Schritt("antworten", key, daten={"text": "Am Montag."}), jetzt=JETZT + timedelta(days=6))
    assert not any(f.ruht_seit for f in _akte(db, key).fristen.values())
    _zurueck(db, umfeld, key, MELDER, tage=zurueck_am)
    assert _bild(_akte(db, key)) == vor_der_antwort
    _heil(db)
    tue(db, umfeld, MELDER, Schritt("antworten", key, daten={"text": "Am Montag."}), jetzt=JETZT + timedelta(days=14))
    _heil(db)
    nochmal = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", nochmal))
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", nochmal, daten={"frage": "Wann?"}), jetzt=JETZT + timedelta(days=1))
    _zurueck(db, umfeld, nochmal, tage=zurueck_am)
    assert _fristbild(_akte(db, nochmal)) == vor_der_frage[3]
    _heil(db)


def test_eine_auswahlrunde_die_nur_hinsieht_haelt_das_zuruecknehmen_nicht_auf(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    tue(db, umfeld, KOORDINATION, Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-03-02", "liegt_bei": "y"}))
    lg = tue(db, umfeld, KOORDINATION, Schritt("planen", art="sitzung", daten={"datum": "2026-06-17"})).erste.key
    runde = Schritt("anlegen", art="auswahlrunde", daten={"titel": "Sommer", "sitzung": lg, "geparkte": [key]})
    tue(db, umfeld, KOORDINATION, runde)
    _zurueck(db, umfeld, key)
    assert _akte(db, key).zustand == "in_vorpruefung"
    _heil(db)


def test_auch_die_stille_vorstufe_und_die_kette_gehen_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    eins, zwei = melde(db, umfeld), melde(db, umfeld)
    vorher = _bild(_akte(db, eins)), _bild(_akte(db, zwei))
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", zwei, daten={"original": eins}))
    _zurueck(db, umfeld, zwei)
    assert (_bild(_akte(db, eins)), _bild(_akte(db, zwei))) == vorher
    with db.lesen() as s:
        assert s.alle("SELECT offen FROM verbindung") == [(0,)]
    _heil(db)
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", zwei, daten={"original": eins}))
    assert _akte(db, eins).stand["wiederholungen"] == 1
    _heil(db)


def test_marke_und_angehaltene_frist_kehren_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    vorher = _bild(_akte(db, key))
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", key, daten={"frage": "Wann?"}))
    ruhend = _bild(_akte(db, key))
    tue(db, umfeld, MELDER, Schritt("antworten", key, daten={"text": "Im Mai."}))
    _zurueck(db, umfeld, key, MELDER)
    assert _bild(_akte(db, key)) == ruhend
    _heil(db)
    assert vorher != ruhend


def test_worauf_gebaut_ist_bleibt(db: Datenbank, umfeld: Umfeld) -> None:
    eins, zwei = melde(db, umfeld), melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", zwei, daten={"original": eins}))
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", eins))
    with pytest.raises(Unmoeglich, match="aufgebaut"):
        _zurueck(db, umfeld, zwei)
    _zurueck(db, umfeld, eins)  # der letzte Schritt am Original geht
    with pytest.raises(Unmoeglich, match="bereits zurückgenommen"):
        _zurueck(db, umfeld, eins)


def test_wer_und_womit(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    with pytest.raises(Verboten):
        _zurueck(db, umfeld, key, MELDER)
    with pytest.raises(Unmoeglich, match="Grund"):
        _zurueck(db, umfeld, key, grund=" ")


def test_die_koordination_eines_anderen_bereichs_ruehrt_fremde_meldungen_nicht_an(db: Datenbank, umfeld: Umfeld) -> None:
    """Auch nicht auf dem Umweg über die Sammlung oder das Original, die sie sieht: es zählt, woran jemand selbst geschaltet hat."""
    key, original = melde(db, umfeld), melde(db, umfeld, kommune="Iserlohn")
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", key, daten={"original": original}))
    for gefragt in (key, original):
        with pytest.raises(Verboten):
            _zurueck(db, umfeld, gefragt, ISERLOHN)
        with db.lesen() as s:
            assert hindernis(s, gefragt, ISERLOHN) is None and hindernis(s, gefragt, KOORDINATION_B) == ""
    _zurueck(db, umfeld, original, KOORDINATION_B)
    assert _akte(db, key).zustand == "eingegangen"


def test_versehentlich_angelegtes_endet_und_behaelt_seine_geschichte(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    vorher = _akte(db, key)
    _zurueck(db, umfeld, key, MELDER)
    nachher = _akte(db, key)
    assert (nachher.zustand, nachher.stand, nachher.institution, nachher.bereich) == (
        "zurueckgenommen", vorher.stand, vorher.institution, vorher.bereich)
    assert not nachher.fristen and not nachher.beteiligte
    with pytest.raises(Unmoeglich):
        tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    with pytest.raises(Unmoeglich, match="bereits zurückgenommen"):
        _zurueck(db, umfeld, key, MELDER)
    assert runde(db, umfeld, JETZT + timedelta(days=400)).erinnert == 0
    with pytest.raises(Ungueltig, match="zurückgenommen"):  # und niemand stützt sich mehr darauf
        tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", melde(db, umfeld), daten={"original": key}))
    _heil(db)


def test_ein_versehentlicher_umlauf_hat_keine_frist_mehr(db: Datenbank, umfeld: Umfeld) -> None:
    """Seine Fristen rechnen mit dem Tag, an dem er gefasst wurde; den gab es nie."""
    umlauf = {"titel": "Ein Formular", "wortlaut": "Es gilt.", "verantwortlich": "Stelle", "frist": "2026-06-30", "verteiler": ["Alle"],
              "antwort_bis": "2026-01-30", "sitze": [{"sitz": "S01", "funktion": "Vorsitz"}]}
    key = tue(db, umfeld, KOORDINATION, Schritt("umlauf_starten", art="beschluss", daten=umlauf)).erste.key
    _zurueck(db, umfeld, key)
    assert _akte(db, key).zustand == "zurueckgenommen" and not _akte(db, key).fristen
    with db.lesen() as s:
        assert pruefe(s).fehler == [] and not [satz for satz in pruefe_bestand(s) if key in satz]


def test_was_der_schritt_angelegt_hat_endet_mit_ihm(db: Datenbank, umfeld: Umfeld) -> None:
    """Die Auswahlrunde einer Sitzung; hat sich jemand ihrer angenommen, bleibt der Schritt."""
    lg = tue(db, umfeld, KOORDINATION, Schritt("planen", art="sitzung", daten={"datum": "2026-06-24"})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("auswahlrunde_ansetzen", lg))
    with db.lesen() as s:
        runde_key = s.wert("SELECT key FROM vorgang WHERE art = 'auswahlrunde'")
    _zurueck(db, umfeld, lg)
    assert _akte(db, runde_key).zustand == "zurueckgenommen" and "auswahlrunde_am" not in _akte(db, lg).stand
    _heil(db)
    tue(db, umfeld, KOORDINATION, Schritt("auswahlrunde_ansetzen", lg))
    with db.lesen() as s:
        zweite = s.wert("SELECT key FROM vorgang WHERE art = 'auswahlrunde' AND ende = 0")
    tue(db, umfeld, KOORDINATION, Schritt("durchfuehren", zweite, daten={}))
    with pytest.raises(Unmoeglich, match=f"aufgebaut.*{zweite}"):
        _zurueck(db, umfeld, lg)


def test_worauf_jemand_zeigt_laesst_sich_nicht_mehr_zuruecknehmen(db: Datenbank, umfeld: Umfeld) -> None:
    sammlung = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "Kurse"})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", melde(db, umfeld), daten={"sammlung": sammlung}))
    with pytest.raises(Unmoeglich, match="aufgebaut"):
        _zurueck(db, umfeld, sammlung)


def test_geschwaerztes_kommt_nicht_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld, beschreibung="Frau Beispiel wartet.")
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    tue(db, umfeld, KOORDINATION, Schritt("schwaerzen", key, daten={"feld": "beschreibung", "start": 0, "ende": 13}, grund="Name"))
    with pytest.raises(Unmoeglich, match="Geschwärzter"):
        _zurueck(db, umfeld, key)
