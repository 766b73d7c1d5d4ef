"""Dreihundert Meldungen folgen einem Thema, gebündelt in einem Zug; und 300 Schritte als eine Liste gegen 300 einzelne Züge."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from bench.strecke import Gespann, neue_datenbank
from service.apply import Schritt
from service.db import Datenbank
from service.handelnde import Handelnde
from states.model import Rolle

MELDUNGEN, MALE = 300, 3
_PARKEN = {"wiedervorlage_am": "2027-06-01", "liegt_bei": "Arbeitskreis Sprache"}


def miss(g: Gespann, adresse: str | Path, male: int = MALE) -> dict[str, float]:
    """Alle Angaben in Millisekunden für 300 Meldungen."""
    db, _ = neue_datenbank(adresse, g)
    alle = Handelnde("koord_alle", rollen=frozenset((Rolle.KOORDINATION.value, bereich) for bereich in g.koordination))
    keys = _reiche_ein(db, g, alle)
    ergebnis: dict[str, list[float]] = {"liste_ms": [], "einzeln_ms": [], "kette_ms": []}
    for _ in range(male):
        ergebnis["liste_ms"].append(_hin_und_her(db, g, alle, keys, einzeln=False))
        ergebnis["einzeln_ms"].append(_hin_und_her(db, g, alle, keys, einzeln=True))
    anlegen = Schritt("anlegen", art="generatives_thema", daten={"titel": "Viele", "quelle": "austausch"}, grund="Aus dem Austausch")
    thema = g.tue(db, alle, anlegen).erste.key
    g.tue(db, alle, *(Schritt("zuordnen", k, daten={"thema": thema}) for k in keys))
    for i in range(2 * male):
        ausloeser = "wiedereroeffnen" if i % 2 else "gegenstandslos_stellen"
        beginn = perf_counter()
        bewegt = len(g.tue(db, alle, Schritt(ausloeser, thema, grund="Das Recht hat sich geändert.")).bewegungen)
        ergebnis["kette_ms"].append((perf_counter() - beginn) * 1000)
        if bewegt != MELDUNGEN + 1:
            raise AssertionError(f"{bewegt} statt {MELDUNGEN + 1} Vorgänge haben sich bewegt.")
    db.schliessen()
    return {name: round(median(zeiten), 1) for name, zeiten in ergebnis.items()}


def _reiche_ein(db: Datenbank, g: Gespann, wer: Handelnde) -> list[str]:
    schritte = [Schritt("einreichen", art="meldebogen", daten=g.meldungen[i % len(g.meldungen)]) for i in range(MELDUNGEN)]
    keys = [b.key for b in g.tue(db, wer, *schritte).bewegungen]
    g.tue(db, wer, *(Schritt("uebernehmen", k) for k in keys))
    return keys


def _hin_und_her(db: Datenbank, g: Gespann, wer: Handelnde, keys: list[str], *, einzeln: bool) -> float:
    """In den Themenspeicher und zurück; Millisekunden für einen der beiden Wege."""
    beginn = perf_counter()
    hin, zurueck = [Schritt("parken", k, daten=_PARKEN, grund="So besprochen.") for k in keys], [Schritt("wiedervorlegen", k) for k in keys]
    for schritte in (hin, zurueck):
        for zug in ([[s] for s in schritte] if einzeln else [schritte]):
            g.tue(db, wer, *zug)
    return (perf_counter() - beginn) * 1000 / 2


def auf_sqlite(g: Gespann, pfad: Path) -> dict[str, Any]:
    werte = miss(g, pfad)
    return {"kette_300_ms": werte["kette_ms"], "kette_300": werte}


def auf_postgres(g: Gespann, adresse: str) -> dict[str, Any]:
    return {"kette_300_postgres": miss(g, adresse)}
