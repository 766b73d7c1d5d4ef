"""Den letzten Schritt zurücknehmen: Zustand, Inhalt, Marken, Fristen, Verbindungen und Nachrichten wie vorher."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Unmoeglich, Verboten
from service.laden import Akte, akte
from service.pruefen import pruefe
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from tests.bau import JETZT, KOORDINATION, KOORDINATION_B, MELDER, melde, tue


def _akte(db: Datenbank, key: str) -> Akte:
    with db.lesen() as s:
        gefunden = akte(s, key)
    assert gefunden is not None
    return gefunden


def _zurueck(db: Datenbank, umfeld: Umfeld, key: str, wer=KOORDINATION, grund: str = "Verklickt") -> None:  # type: ignore[no-untyped-def]
    db.in_transaktion(lambda s: nimm_zurueck(s, key, grund, wer, JETZT + timedelta(minutes=5), umfeld))


def _bild(a: Akte) -> tuple[object, ...]:
    fristen = {k: (f.anker, f.ende, f.naechste, f.stufe, f.ruht_seit) for k, f in a.fristen.items()}
    return a.zustand, a.stand, a.marken, fristen, a.beteiligte, a.bereich, a.titel, a.zustaendig


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
    anlegen = melde(db, umfeld)
    with pytest.raises(Unmoeglich, match="angelegt"):
        _zurueck(db, umfeld, anlegen, MELDER)


def test_geschwaerztes_kommt_nicht_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld, beschreibung="Frau Beispiel wartet.")
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    tue(db, umfeld, KOORDINATION, Schritt("schwaerzen", key, daten={"feld": "beschreibung", "start": 0, "ende": 13}, grund="Name"))
    with pytest.raises(Unmoeglich, match="Geschwärzter"):
        _zurueck(db, umfeld, key)
