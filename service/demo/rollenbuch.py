"""Welcher Spieler welchen Schritt der Geschichte spielt: (Vorgang, Auslöser) -> Funktion."""

from __future__ import annotations

from collections.abc import Callable

from service.demo import spieler_meldung
from service.demo.geschichte import Daten, Geschichte
from service.demo.lauf import Lauf

Spieler = Callable[[Lauf, Geschichte, Daten], None]

_MELDUNG = ("aufnehmen", "rueckfragen", "antworten", "wieder_vorgekommen", "schwaerzen", "parken", "auswaehlen", "auswahl_aufheben", "zuordnen",
            "als_doppelmeldung_verknuepfen", "kurz_klaeren", "weitergeben", "bereich_abgeben", "bereich_annehmen", "wiederaufnehmen",
            "wiedervorlegen", "zurueckziehen")

SPIELER: dict[tuple[str, str], Spieler] = {
    ("meldung", "einreichen"): spieler_meldung.einreichen,
    **{("meldung", ausloeser): spieler_meldung.schritt for ausloeser in _MELDUNG},
    ("sammlung", "anlegen"): spieler_meldung.sammlung_anlegen,
}
