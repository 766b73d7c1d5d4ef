"""Die Tabelle des Meldebogens, Kante für Kante; Quelle ist die Tabelle des Prozesses."""

from __future__ import annotations

import pytest

from states.meldebogen import ABGABE, MELDEBOGEN, WARTET
from states.model import hin
from tests.states.fakten import nachbar, waechter_von

ENDEN = ("geloest", "ohne_loesung_beendet", "kurzfristig_geklaert", "weitergegeben", "doppelmeldung", "zurueckgezogen")
OFFEN = ("eingegangen", "in_vorpruefung", "in_sammlung", "ausgewaehlt", "in_rekonstruktion", "rekonstruiert", "im_thema", "themenspeicher")
VOR_DER_AUSWAHL = ("in_vorpruefung", "in_sammlung", "themenspeicher")


def _bleibt(ausloeser: str, *zustaende: str) -> set[tuple[str, str, str]]:
    return {(z, ausloeser, z) for z in zustaende}


def _nach(ausloeser: str, nach: str, *von: str) -> set[tuple[str, str, str]]:
    return {(v, ausloeser, nach) for v in von}


def test_die_kanten() -> None:
    assert MELDEBOGEN.kanten() == frozenset({
        ("", "einreichen", "eingegangen"),
        ("eingegangen", "uebernehmen", "in_vorpruefung"),
        *_bleibt("rueckfragen", *VOR_DER_AUSWAHL),
        *_bleibt("antworten", *OFFEN, *ENDEN),
        *_bleibt("rueckfrage_beenden", *VOR_DER_AUSWAHL, "im_thema"),
        *_bleibt("ergaenzen", *OFFEN),
        *_bleibt("wieder_vorgekommen", *OFFEN),
        *_bleibt("schwaerzen", *OFFEN, *ENDEN),
        *_bleibt("lage_zuordnen", "eingegangen", "in_vorpruefung", "in_sammlung", "themenspeicher"),
        *_bleibt("lage_verlassen", *OFFEN, *ENDEN),
        *_nach("aufnehmen", "in_sammlung", "in_vorpruefung", "themenspeicher"),
        *_bleibt("umsammeln", "in_sammlung"),
        *_nach("parken", "themenspeicher", "in_vorpruefung", "in_sammlung", "rekonstruiert"),
        ("themenspeicher", "wiedervorlegen", "in_vorpruefung"),
        ("in_sammlung", "auswaehlen", "ausgewaehlt"),
        *_nach("auswahl_aufheben", "in_sammlung", "ausgewaehlt", "in_rekonstruktion"),
        *_nach("auswahl_aufheben", "themenspeicher", "ausgewaehlt", "in_rekonstruktion"),
        *_nach("zuordnen", "im_thema", "in_vorpruefung", "in_sammlung", "rekonstruiert"),
        *_nach("als_doppelmeldung_verknuepfen", "doppelmeldung", "in_vorpruefung", "in_sammlung"),
        *_nach("kurz_klaeren", "kurzfristig_geklaert", "in_vorpruefung", "in_sammlung", "rekonstruiert"),
        *_nach("weitergeben", "weitergegeben", "in_vorpruefung", "in_sammlung", "themenspeicher", "rekonstruiert"),
        *_nach("zurueckziehen", "zurueckgezogen", "eingegangen", "in_vorpruefung", "in_sammlung", "themenspeicher", "ausgewaehlt"),
        *_nach("wiederaufnehmen", "in_vorpruefung", *ENDEN),
        *_bleibt("bereich_abgeben", *OFFEN),
        *_bleibt("bereich_annehmen", *OFFEN),
        *_bleibt("bereich_ablehnen", *OFFEN),
        *_bleibt("text_teilen", *OFFEN, *ENDEN),
        *_bleibt("einwilligung_verzeichnen", *OFFEN, *ENDEN),
        *_bleibt("nachtragen", *OFFEN),
        *_bleibt("datei_anhaengen", *OFFEN),
        *_bleibt("datei_entfernen", *OFFEN, *ENDEN),
        *_bleibt("uebergeben", *OFFEN),
        # die Kette
        *_bleibt("doppelmeldung_zaehlen", *OFFEN, *ENDEN),
        *_bleibt("doppelmeldung_abziehen", *OFFEN, *ENDEN),
        *_bleibt("original_wechseln", "doppelmeldung"),
        ("ausgewaehlt", "rekonstruktion_beginnen", "in_rekonstruktion"),
        ("in_rekonstruktion", "rekonstruktion_freigeben", "rekonstruiert"),
        *_bleibt("angehaengt", *OFFEN, *ENDEN),
        *_nach("thema_bilden", "im_thema", "rekonstruiert", "im_thema", "geloest", "ohne_loesung_beendet"),
        *_bleibt("umhaengen", "im_thema"),
        *_nach("loesen", "geloest", "im_thema", "ohne_loesung_beendet"),
        ("im_thema", "ohne_loesung_beenden", "ohne_loesung_beendet"),
        *_nach("thema_wieder_oeffnen", "im_thema", "geloest", "ohne_loesung_beendet"),
    })


def test_in_einem_ende_zaehlt_nur_die_kette_weiter() -> None:
    assert MELDEBOGEN.kandidaten("wieder_vorgekommen", "geloest") == ()
    (u,) = MELDEBOGEN.kandidaten("doppelmeldung_zaehlen", "geloest")
    assert u.folgt


def test_auf_antwort_wird_gewartet_bis_zur_auswahl_oder_zum_ende() -> None:
    """Sammeln, parken und einem Thema zuordnen beantworten keine Rückfrage; eine späte Antwort kommt trotzdem an."""
    loescht = {(u.ausloeser, u.nach) for u in MELDEBOGEN.uebergaenge if WARTET in u.loescht}
    assert loescht == {
        ("antworten", None), ("rueckfrage_beenden", None), ("auswaehlen", "ausgewaehlt"), ("kurz_klaeren", "kurzfristig_geklaert"),
        ("als_doppelmeldung_verknuepfen", "doppelmeldung"), ("weitergeben", "weitergegeben"), ("zurueckziehen", "zurueckgezogen"),
        ("loesen", "geloest"), ("ohne_loesung_beenden", "ohne_loesung_beendet"),
    }


def test_das_case_management_meldet_nur_fuer_sich() -> None:
    (einreichen,) = MELDEBOGEN.kandidaten("einreichen", "")
    assert {(w.rolle.value, w.bezug.value) for w in einreichen.wer} == {
        ("melder", "institution"), ("case_management", "institution"), ("koordination", "alle"), ("system", "alle")}


@pytest.mark.parametrize(("zustand", "scheitert"), [
    ("in_sammlung", ()), ("geloest", ()), ("doppelmeldung", ("original_zaehlt",)), ("zurueckgezogen", ("original_zaehlt",)),
])
def test_eine_doppelmeldung_geht_mit_ihrem_original_nicht_verloren(zustand: str, scheitert: tuple[str, ...]) -> None:
    sichten = {(hin("doppelt"),): [nachbar("MK-2", "meldebogen", zustand)]}
    verknuepfen = waechter_von(MELDEBOGEN, "als_doppelmeldung_verknuepfen", "in_sammlung", daten={"original": "MK-2"}, sichten=sichten)
    assert verknuepfen == scheitert


@pytest.mark.parametrize("ende", ENDEN)
def test_kein_ende_behaelt_eine_angebotene_abgabe(ende: str) -> None:
    """Annehmen lässt sich ein Angebot nur, solange die Meldung offen ist; danach bliebe es für immer stehen."""
    dorthin = [u for u in MELDEBOGEN.uebergaenge if u.nach == ende and not set(u.von) <= set(ENDEN)]
    assert dorthin and all(ABGABE in u.loescht for u in dorthin)


def test_um_antwort_wird_nicht_rueckwirkend_gebeten() -> None:
    """Sonst wäre die Erinnerung schon überfällig, bevor die Frage ankommt."""
    for tag, scheitert in (("2026-03-01", ("zukunft_frist_am",)), ("2026-03-02", ())):
        assert waechter_von(MELDEBOGEN, "rueckfragen", "in_vorpruefung", daten={"frage": "Seit wann?", "frist_am": tag}) == scheitert
