"""16 Personen an einem Vorgang: jede Version gewinnt genau eine, die anderen erfahren den Konflikt, nichts geht verloren."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Konflikt
from service.laden import akte
from service.pruefen import pruefe
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, MELDER, melde, tue

PERSONEN, RUNDEN = 16, 6


def test_jede_version_gewinnt_genau_eine(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    schranke = threading.Barrier(PERSONEN, timeout=120)

    def versuche(nummer: int) -> list[int]:
        gewonnen = []
        for runde in range(RUNDEN):
            schranke.wait()
            try:
                tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": f"{nummer}/{runde}"}, version=1 + runde))
                gewonnen.append(1 + runde)
            except Konflikt:
                pass
            schranke.wait()
        return gewonnen

    with ThreadPoolExecutor(PERSONEN) as pool:
        gewonnen = sorted(v for liste in pool.map(versuche, range(PERSONEN)) for v in liste)
    assert gewonnen == list(range(1, 1 + RUNDEN))
    with db.lesen() as s:
        a = akte(s, key)
        assert pruefe(s).ok
    assert a is not None and a.version == 1 + RUNDEN and len(a.stand["ergaenzungen"]) == RUNDEN


def test_ohne_version_geht_nichts_verloren(db: Datenbank, umfeld: Umfeld) -> None:
    keys = [melde(db, umfeld) for _ in range(4)]

    def ergaenze(nummer: int) -> None:
        key = keys[nummer % 4]
        wer, schritt = (MELDER, "ergaenzen") if nummer % 3 else (KOORDINATION, "ergaenzen")
        tue(db, umfeld, wer, Schritt(schritt, key, daten={"text": str(nummer)}))

    with ThreadPoolExecutor(PERSONEN) as pool:
        list(pool.map(ergaenze, range(96)))
    with db.lesen() as s:
        texte = sorted(int(e["text"]) for k in keys for a in [akte(s, k)] if a is not None for e in a.stand["ergaenzungen"])
        assert pruefe(s).ok
        assert s.alle("SELECT zustand, anzahl FROM zaehler") == [("eingegangen", 4)]
    assert texte == list(range(96))
