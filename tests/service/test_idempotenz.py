"""Dieselbe Anfrage wirkt einmal, auch wenn sie sechzehnmal zugleich kommt; Misslungenes darf wiederholt werden."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from service.apply import Schritt, apply
from service.db import Datenbank, Sitzung
from service.errors import Ungueltig, Unmoeglich
from service.idempotenz import einmal, raeume_auf
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, MELDER, MELDUNG, melde


def _reiche_ein(db: Datenbank, umfeld: Umfeld, schluessel: str, titel: str = "Kurse beginnen nicht") -> dict[str, Any]:
    daten = {**MELDUNG, "titel": titel}

    def zug(s: Sitzung) -> dict[str, Any]:
        def arbeit() -> dict[str, Any]:
            return {"key": apply(s, [Schritt("einreichen", art="meldebogen", daten=daten)], MELDER, JETZT, umfeld).erste.key}

        return einmal(s, MELDER.key, schluessel, daten, JETZT, arbeit)

    return db.in_transaktion(zug)


def _anzahl(db: Datenbank, tabelle: str) -> int:
    with db.lesen() as s:
        return int(s.wert(f"SELECT count(*) FROM {tabelle}"))


def test_sechzehnmal_zugleich_wirkt_einmal(db: Datenbank, umfeld: Umfeld) -> None:
    with ThreadPoolExecutor(16) as pool:
        ergebnisse = list(pool.map(lambda _: _reiche_ein(db, umfeld, "a"), range(16)))
    assert ergebnisse == [{"key": "MK-2026-0001"}] * 16
    assert _anzahl(db, "ereignis") == 1
    assert _reiche_ein(db, umfeld, "b") == {"key": "MK-2026-0002"}


def test_anderer_inhalt_unter_demselben_schluessel(db: Datenbank, umfeld: Umfeld) -> None:
    _reiche_ein(db, umfeld, "a")
    with pytest.raises(Ungueltig, match="andere Anfrage"):
        _reiche_ein(db, umfeld, "a", titel="Etwas anderes")
    with pytest.raises(Ungueltig, match="Zeichen"):
        _reiche_ein(db, umfeld, "")
    assert _anzahl(db, "ereignis") == 1


def test_misslungenes_wird_nicht_gemerkt(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)

    def versuche(s: Sitzung) -> dict[str, Any]:
        return einmal(s, KOORDINATION.key, "x", {"key": key}, JETZT,
                      lambda: {"n": len(apply(s, [Schritt("auswaehlen", key, grund="x")], KOORDINATION, JETZT, umfeld).bewegungen)})

    for _ in range(2):
        with pytest.raises(Unmoeglich):
            db.in_transaktion(versuche)
    assert _anzahl(db, "idempotenz") == 0


def test_nach_sieben_tagen_vergessen(db: Datenbank, umfeld: Umfeld) -> None:
    _reiche_ein(db, umfeld, "a")
    assert db.in_transaktion(lambda s: raeume_auf(s, JETZT + timedelta(days=6))) == 0
    assert db.in_transaktion(lambda s: raeume_auf(s, JETZT + timedelta(days=8))) == 1
    assert _reiche_ein(db, umfeld, "a") == {"key": "MK-2026-0002"}
