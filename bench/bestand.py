"""Bleibt es flach, wenn der Bestand wächst? Eine leere Runde und eine Liste von 50 Zeilen bei 10.000 und 100.000 Meldungen.

Die Zeilen sind Kopien echter: eine Meldung geht durch `apply`, ihre Zeilen werden in der Datenbank vervielfacht.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlmodel import SQLModel

from bench.strecke import JETZT, Gespann, Strecke, neue_datenbank
from service.clock import berliner_tag
from service.db import Datenbank, Sitzung
from service.fristen import runde
from service.listen import Auswahl, blaettere

STUFEN, MALE = (10_000, 100_000), 60
_ZAHLEN = "WITH RECURSIVE zahl(n) AS (SELECT :von UNION ALL SELECT n + 1 FROM zahl WHERE n < :bis) "


def miss(g: Gespann, ordner: Path) -> dict[str, Any]:
    db, sammlungen = neue_datenbank(ordner / "bestand.sqlite", g)
    Strecke(g, db, sammlungen).fahre(1)
    werte = {}
    for bisher, stufe in pairwise((0, *STUFEN)):
        db.in_transaktion(partial(vervielfache, von=bisher + 1, bis=stufe))
        werte[stufe] = {"leere_runde_ms": _median_ms(partial(_leere_runde, db, g)), "liste_50_ms": _median_ms(partial(_liste, db, g, "")),
                        "liste_50_mitte_ms": _median_ms(partial(_liste, db, g, str(stufe // 2)))}
    db.schliessen()
    klein, gross = (werte[s] for s in STUFEN)
    return {"leere_runde_ms": gross["leere_runde_ms"], "liste_50_ms": gross["liste_50_ms"],
            "bestand": {str(stufe): w for stufe, w in werte.items()},
            "wachstum_auf_das_zehnfache": {name: round(gross[name] / klein[name], 2) for name in klein}}


def vervielfache(s: Sitzung, von: int, bis: int) -> None:
    """Kopien der einen Meldung; ihre Fristen liegen über die nächsten 200 Tage verteilt, also ist heute nichts fällig."""
    zahlen = {"von": von, "bis": bis}
    ab = {"ab": s.wert("SELECT max(id) FROM vorgang") + 1 - von}
    original = s.wert("SELECT max(id) FROM vorgang WHERE art = 'meldebogen' AND zustand = 'eingegangen'")
    quelle = {**zahlen, **ab, "original": original}
    _kopiere(s, "vorgang", {"id": ":ab + n", "key": "'X-' || n"}, "id = :original", quelle)
    _kopiere(s, "ereignis", {"vorgang": ":ab + n", "akt": "'A-' || n"}, "vorgang = :original AND nr = 1", quelle)
    _kopiere(s, "frist", {"vorgang": ":ab + n", "naechste": "date('2027-03-02', (n % 200) || ' days')"}, "vorgang = :original", quelle)
    _kopiere(s, "suchtext", {"vorgang": ":ab + n"}, "vorgang = :original", quelle)
    s.fuehre("UPDATE zaehler SET anzahl = anzahl + :mehr WHERE art = 'meldebogen' AND zustand = 'eingegangen' AND bereich = "
             "(SELECT coalesce(bereich, '') FROM vorgang WHERE id = :original)", {"mehr": bis - von + 1, "original": original})


def _kopiere(s: Sitzung, tabelle: str, eigene: dict[str, str], original: str, werte: dict[str, Any]) -> None:
    """Vervielfacht Zeilen einer Tabelle: `eigene` Spalten werden gerechnet, alle übrigen übernommen."""
    uebrige = [c.name for c in SQLModel.metadata.tables[tabelle].columns if c.name not in {*eigene, "id"}]
    s.fuehre(f"{_ZAHLEN}INSERT INTO {tabelle} ({', '.join([*eigene, *uebrige])}) SELECT {', '.join([*eigene.values(), *uebrige])} "
             f"FROM zahl, {tabelle} WHERE {original}", werte)


def _leere_runde(db: Datenbank, g: Gespann) -> None:
    ergebnis = runde(db, g.umfeld, JETZT)
    if ergebnis.erinnert or ergebnis.geschaltet:
        raise AssertionError("Die Runde sollte nichts zu tun haben.")


def _liste(db: Datenbank, g: Gespann, ab: str) -> None:
    """Die neuesten 50, die diese Person sehen darf; weiter unten über das Lesezeichen, nicht über eine Zahl übersprungener Zeilen."""
    with db.lesen() as s:
        blatt = blaettere(s, g.zustaendig(g.meldungen[0]), berliner_tag(JETZT), Auswahl(art="meldebogen"), ab=ab)
    if len(blatt.zeilen) != 50:
        raise AssertionError(f"Die Liste hat {len(blatt.zeilen)} Zeilen.")


def _median_ms(tue: Callable[[], None]) -> float:
    zeiten = []
    for _ in range(MALE):
        beginn = perf_counter()
        tue()
        zeiten.append(perf_counter() - beginn)
    return round(median(zeiten) * 1000, 3)
