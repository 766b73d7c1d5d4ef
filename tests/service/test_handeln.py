"""Der Rand, an dem Personen handeln: auch der Grund ist eine Eingabe."""

from __future__ import annotations

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import NichtGefunden, Ungueltig
from service.handeln import handle, handle_zurueck
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, MELDER, melde, person


@pytest.mark.parametrize("grund", ["a\x00b", "\u202eabc", "x" * 2001])
def test_ein_grund_den_niemand_lesen_kann(db: Datenbank, umfeld: Umfeld, grund: str) -> None:
    key = melde(db, umfeld)
    schritt = Schritt("parken", key, daten={"wiedervorlage_am": "2026-03-02"}, grund=grund)
    with pytest.raises(Ungueltig) as fehler, db.transaktion() as s:
        handle(s, [schritt], KOORDINATION, JETZT, umfeld)
    assert [feld for feld, _ in fehler.value.befunde] == ["grund"]
    with pytest.raises(Ungueltig), db.transaktion() as s:
        handle_zurueck(s, key, grund, KOORDINATION, JETZT, umfeld, None)


def test_der_grund_wird_gespeichert_wie_jeder_text(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    with db.transaktion() as s:
        handle(s, [Schritt("parken", key, daten={"wiedervorlage_am": "2026-03-02"}, grund=" ru\u0308ht \n")], KOORDINATION, JETZT, umfeld)
        assert '"grund":"rüht"' in s.wert("SELECT inhalt FROM ereignis_inhalt ORDER BY id DESC LIMIT 1")


def test_was_man_nicht_sieht_laesst_sich_nicht_bewegen(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    fremd = person("fremd", "melder", institution="Andere Stelle")
    for wer, gesucht in ((fremd, key), (MELDER, "MK-2026-9999")):
        with pytest.raises(NichtGefunden), db.transaktion() as s:
            handle(s, [Schritt("ergaenzen", gesucht, daten={"text": "x"})], wer, JETZT, umfeld)
        with pytest.raises(NichtGefunden), db.transaktion() as s:
            handle_zurueck(s, gesucht, "x", wer, JETZT, umfeld, None)
