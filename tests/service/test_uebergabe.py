"""Übergeben wechselt die zuständige Person; ein leeres Feld nimmt niemandem die Vertretung (Regel 14)."""

from __future__ import annotations

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import NichtGefunden
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, melde, tue


def _wer(db: Datenbank, key: str) -> tuple[str, str]:
    with db.lesen() as s:
        (zeile,) = s.alle("SELECT zustaendig, vertretung FROM vorgang WHERE key = :key", {"key": key})
    return str(zeile[0]), str(zeile[1])


@pytest.mark.parametrize("leer", [{}, {"vertretung": None}])
def test_ohne_angabe_bleibt_die_vertretung(db: Datenbank, umfeld: Umfeld, leer: dict[str, None]) -> None:
    konten = [{"key": k} for k in ("koord_a", "koord_b", "koord_is")]
    with db.transaktion() as s:
        s.viele("INSERT INTO person (key, name, von, vorfuehrung) VALUES (:key, :key, '2020-01-01', 0)", konten)
    key = melde(db, umfeld)
    assert _wer(db, key) == ("koord_a", "koord_b")
    tue(db, umfeld, KOORDINATION, Schritt("uebergeben", key, daten={"zustaendig": "koord_is", **leer}, grund="Urlaub"))
    assert _wer(db, key) == ("koord_is", "koord_b")
    tue(db, umfeld, KOORDINATION, Schritt("uebergeben", key, daten={"zustaendig": "koord_b", "vertretung": "koord_a"}, grund="Urlaub"))
    assert _wer(db, key) == ("koord_b", "koord_a")


def test_ein_schritt_ohne_vorgang_und_ohne_art_findet_nichts(db: Datenbank, umfeld: Umfeld) -> None:
    with pytest.raises(NichtGefunden):
        tue(db, umfeld, KOORDINATION, Schritt("uebergeben", grund="x"))
