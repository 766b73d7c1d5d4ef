"""Was Menschen und Programme falsch machen: es wird mit einem Satz abgelehnt, und nichts bleibt liegen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from service.apply import Schritt
from service.schritte import genannte
from service.db import Datenbank
from service.errors import NichtGefunden, Ungueltig, Unmoeglich
from service.fristen import runde
from service.laden import akte
from service.spur import spur
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from tests.bau import JETZT, KOORDINATION, konto, melde, tue


def _zustand(db: Datenbank, key: str) -> str:
    with db.lesen() as s:
        gefunden = akte(s, key)
    assert gefunden is not None
    return gefunden.zustand


def _abgelehnt(db: Datenbank, umfeld: Umfeld, schritt: Schritt) -> list[str]:
    with pytest.raises(Ungueltig) as fehler:
        tue(db, umfeld, KOORDINATION, schritt)
    return [feld for feld, _ in fehler.value.befunde]


PARKEN = {"wiedervorlage_am": "2026-05-05", "liegt_bei": "Kreis"}


@pytest.mark.parametrize("grund", ["a\0b", "a\x07b", "a\u202eb", "a\ud800b", "x" * 2001, ["x"]])
def test_der_grund_ist_ein_text_wie_jeder_andere(db: Datenbank, umfeld: Umfeld, grund: Any) -> None:
    key = melde(db, umfeld)
    assert _abgelehnt(db, umfeld, Schritt("parken", key, daten=PARKEN, grund=grund)) == ["grund"]
    tue(db, umfeld, KOORDINATION, Schritt("parken", key, daten=PARKEN, grund="  gut\r\nüberlegt "))
    with pytest.raises(Ungueltig):
        db.in_transaktion(lambda s: nimm_zurueck(s, key, grund, KOORDINATION, JETZT, umfeld))
    with db.lesen() as s:
        assert '"grund":"gut\\nüberlegt"' in s.wert("SELECT inhalt FROM ereignis_inhalt ORDER BY id DESC LIMIT 1")


@pytest.mark.parametrize("daten", [[], ["a"], "text", 5, None])
def test_angaben_sind_benannt(db: Datenbank, umfeld: Umfeld, daten: Any) -> None:
    key = melde(db, umfeld)
    assert _abgelehnt(db, umfeld, Schritt("uebernehmen", key, daten=daten)) == ["daten"]
    with pytest.raises(Ungueltig), db.lesen() as s:
        genannte(s, [Schritt("parken", key, daten=daten)])


def test_schritt_und_schluessel_sind_text(db: Datenbank, umfeld: Umfeld) -> None:
    assert _abgelehnt(db, umfeld, Schritt("anlegen", art=["x"])) == ["art"]  # type: ignore[arg-type]
    assert _abgelehnt(db, umfeld, Schritt(None, 5)) == ["ausloeser", "vorgang"]  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["MK\0", "MK\ud800", "MK\n", "", "x" * 5000])
def test_einen_unlesbaren_schluessel_gibt_es_nicht(db: Datenbank, umfeld: Umfeld, key: str) -> None:
    melde(db, umfeld)
    with pytest.raises(NichtGefunden), db.lesen() as s:
        spur(s, key)
    with pytest.raises(NichtGefunden):
        db.in_transaktion(lambda s: nimm_zurueck(s, key, "x", KOORDINATION, JETZT, umfeld))
    if key:
        with pytest.raises(NichtGefunden):
            tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))


def test_zwei_doppelmeldungen_heben_sich_nicht_gegenseitig_auf(db: Datenbank, umfeld: Umfeld) -> None:
    a, b = melde(db, umfeld), melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", a, daten={"original": b}))
    with pytest.raises(Unmoeglich) as fehler:
        tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", b, daten={"original": a}))
    assert fehler.value.waechter == ("original_zaehlt",) and _zustand(db, b) == "eingegangen"


def test_auch_ein_beendetes_original_zaehlt_die_doppelmeldung(db: Datenbank, umfeld: Umfeld) -> None:
    a, b = melde(db, umfeld), melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("kurz_klaeren", b, daten={"vereinbart": "Aushang kommt", "mit": "VHS"}))
    tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", a, daten={"original": b}))
    with db.lesen() as s:
        original = akte(s, b)
    assert original is not None and original.stand["wiederholungen"] == 1 and original.zustand == "kurzfristig_geklaert"


def test_eine_meldung_wird_nur_an_einer_stelle_rekonstruiert(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    sammlung = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": "S"})).erste.key
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", key, daten={"sammlung": sammlung}))
    tue(db, umfeld, KOORDINATION, Schritt("auswaehlen", key, grund="typisch"))
    erste = tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="fallrekonstruktion", daten={"meldungen": [key]})).erste.key
    with pytest.raises(Unmoeglich) as fehler:
        tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="fallrekonstruktion", daten={"meldungen": [key]}))
    assert fehler.value.waechter == ("in_keiner_anderen",) and erste in fehler.value.satz
    tue(db, umfeld, KOORDINATION, Schritt("abbrechen", erste, grund="krank"))
    tue(db, umfeld, KOORDINATION, Schritt("auswaehlen", key, grund="typisch"))
    tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="fallrekonstruktion", daten={"meldungen": [key]}))


def test_uebergeben_wird_nur_an_jemanden_der_da_ist(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    konto(db, "koord_b", "koordination")
    konto(db, "weg", "koordination", bis="2025-12-31")

    def an(zustaendig: str, **weitere: str) -> Schritt:
        return Schritt("uebergeben", key, daten={"zustaendig": zustaendig, **weitere}, grund="krank")

    assert _abgelehnt(db, umfeld, an("gibt es nicht")) == _abgelehnt(db, umfeld, an("weg")) == ["zustaendig"]
    assert _abgelehnt(db, umfeld, an("koord_b", vertretung="weg")) == ["vertretung"]
    tue(db, umfeld, KOORDINATION, an("koord_b"))
    with db.lesen() as s:
        gefunden = akte(s, key)
    assert gefunden is not None and gefunden.zustaendig == "koord_b"


def test_stand_die_runde_still_geht_niemand_leer_aus(db: Datenbank, umfeld: Umfeld) -> None:
    melde(db, umfeld)  # 07.01.
    runde(db, umfeld, datetime(2026, 2, 4, 6, tzinfo=UTC))
    with db.lesen() as s:
        nachrichten = s.alle("SELECT anlass, an FROM ausgang WHERE quelle LIKE 'f:%' ORDER BY anlass, an")
    assert nachrichten == [("frist_vorpruefung_beginnen", "vertretung"), ("frist_vorpruefung_beginnen", "zustaendig"),
                           ("frist_vorpruefung_entscheiden", "leitung"), ("frist_vorpruefung_entscheiden", "zustaendig,vertretung")]
    assert runde(db, umfeld, datetime(2026, 2, 4, 7, tzinfo=UTC)).erinnert == 0
