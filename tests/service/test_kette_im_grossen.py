"""Kettenzüge über Hunderte von Meldungen: alle folgen, gebündelt, und gleichzeitige Züge blockieren einander nicht."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Unmoeglich
from service.pruefen import pruefe
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, MELDER, MELDUNG, tue

ANZAHL = 300


def _meldungen(db: Datenbank, umfeld: Umfeld, anzahl: int) -> list[str]:
    schritte = [Schritt("einreichen", art="meldebogen", daten={**MELDUNG, "titel": f"Meldung {i}"}) for i in range(anzahl)]
    return [b.key for b in tue(db, umfeld, MELDER, *schritte).bewegungen]


def _thema(db: Datenbank, umfeld: Umfeld, titel: str) -> str:
    daten = {"titel": titel, "quelle": "austausch"}
    return tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="generatives_thema", daten=daten, grund="Aus dem Austausch")).erste.key


def _zahlen(db: Datenbank, sql: str, **werte: Any) -> list[tuple[Any, ...]]:
    with db.lesen() as s:
        return s.alle(sql, werte)


def test_dreihundert_meldungen_enden_mit_ihrem_thema(db: Datenbank, umfeld: Umfeld) -> None:
    keys = _meldungen(db, umfeld, ANZAHL)
    thema = _thema(db, umfeld, "Viele")
    tue(db, umfeld, KOORDINATION, *(Schritt("zuordnen", k, daten={"thema": thema}) for k in keys))
    e = tue(db, umfeld, KOORDINATION, Schritt("gegenstandslos_stellen", thema, grund="Recht geändert"))
    assert len(e.bewegungen) == ANZAHL + 1
    je_zustand = "SELECT zustand, count(*) FROM vorgang WHERE art = 'meldebogen' GROUP BY zustand"
    assert _zahlen(db, je_zustand) == [("ohne_loesung_beendet", ANZAHL)]
    assert _zahlen(db, "SELECT zustand, anzahl FROM zaehler WHERE art = 'meldebogen' AND anzahl <> 0") == [("ohne_loesung_beendet", ANZAHL)]
    tue(db, umfeld, KOORDINATION, Schritt("wiedereroeffnen", thema, grund="Doch nicht"))
    assert _zahlen(db, je_zustand) == [("im_thema", ANZAHL)]
    with db.lesen() as s:
        assert pruefe(s).fehler == []


def test_gegenlaeufige_zuege_ueber_dieselben_meldungen(db: Datenbank, umfeld: Umfeld) -> None:
    """Zwei Themen teilen sich alle Meldungen; viele Personen schließen und öffnen sie zugleich, andere ergänzen die Meldungen."""
    keys = _meldungen(db, umfeld, 60)
    themen = [_thema(db, umfeld, t) for t in ("Eins", "Zwei")]
    tue(db, umfeld, KOORDINATION, *(Schritt("zuordnen", k, daten={"thema": themen[0]}) for k in keys))
    gelungen: list[bool] = []

    def einer(nummer: int) -> None:
        thema = themen[nummer % 2]
        ausloeser = "gegenstandslos_stellen" if (nummer // 2) % 2 == 0 else "wiedereroeffnen"
        schritte = [Schritt(ausloeser, thema, grund="x")] if nummer % 3 else [
            Schritt("ergaenzen", k, daten={"text": str(nummer)}) for k in (reversed(keys) if nummer % 2 else keys)]
        try:
            tue(db, umfeld, KOORDINATION, *schritte)
            gelungen.append(True)
        except Unmoeglich as fehler:  # der Zustand passt gerade nicht: das darf sein
            assert "nicht möglich" in str(fehler), fehler

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(einer, range(36)))
    assert len(gelungen) >= 12
    with db.lesen() as s:
        assert pruefe(s).fehler == []
        gezaehlt = s.alle("SELECT art, zustand, coalesce(bereich, ''), count(*) FROM vorgang GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
        assert gezaehlt == s.alle("SELECT art, zustand, bereich, anzahl FROM zaehler WHERE anzahl <> 0 ORDER BY 1, 2, 3")
