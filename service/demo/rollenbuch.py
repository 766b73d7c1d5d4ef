"""Welcher Spieler welchen Schritt der Geschichte spielt: (Vorgang, Auslöser) -> Funktion."""

from __future__ import annotations

from collections.abc import Callable

from service.demo import spieler_fall, spieler_meldung
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
    ("fallrekonstruktion", "anlegen"): spieler_fall.anlegen,
    ("fallrekonstruktion", "einladen"): spieler_fall.einladen,
    ("fallrekonstruktion", "verlegen"): spieler_fall.verlegen,
    ("fallrekonstruktion", "durchfuehren"): spieler_fall.durchfuehren,
    ("fallrekonstruktion", "protokollieren"): spieler_fall.protokollieren,
    ("fallrekonstruktion", "pruefen"): spieler_fall.pruefen,
    ("fallrekonstruktion", "freigeben"): spieler_fall.freigeben,
    ("fallrekonstruktion", "berichtigen"): spieler_fall.berichtigen,
    **{("fallrekonstruktion", ausloeser): spieler_fall.ohne_angaben for ausloeser in ("absagen", "abbrechen", "abstimmen")},
    ("einzelfall", "einwilligung_verzeichnen"): spieler_fall.einwilligung_verzeichnen,
    ("einzelfall", "anbieten"): spieler_fall.anbieten,
    ("einzelfall", "uebernehmen"): spieler_fall.beantworten,
    ("einzelfall", "nicht_uebernehmen"): spieler_fall.beantworten,
}
