"""Doppelmeldungen gehen nicht verloren: sie zählen, wo die Hürde bearbeitet wird, und ihre Stellen erfahren, was daraus wird."""

from __future__ import annotations

from typing import Any

import pytest

from service.clock import berliner_tag
from service.db import Datenbank
from service.empfaenger import Empfaengersuche, Meldung
from service.pruefen import pruefe
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from tests.bau import KOORDINATION_B, MELDER, MELDUNG, melde, person
from tests.service.test_thema_kette import Lauf

ANDERE = "MBE-Beratungsstelle Hemer"
HEMER = person("hemer", "melder", institution=ANDERE)


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Lauf:
    return Lauf(db, umfeld)


def _melde(lauf: Lauf) -> str:
    return melde(lauf.db, lauf.umfeld)


def _von_hemer(lauf: Lauf, original: str) -> str:
    doppelte = lauf.tue("einreichen", art="meldebogen", wer=HEMER, **{**MELDUNG, "melder_institution": ANDERE})
    lauf.tue("als_doppelmeldung_verknuepfen", doppelte, original=original)
    return doppelte


def _zahl(lauf: Lauf, key: str) -> tuple[int, list[str]]:
    stand = lauf.stand(key)
    return stand.get("wiederholungen", 0), [v["meldung"] for v in stand.get("vorkommen", ()) if v.get("meldung")]


def _heil(lauf: Lauf) -> None:
    with lauf.db.lesen() as s:
        assert pruefe(s).fehler == []


def _unterrichtet(lauf: Lauf, anlass: str, wort: str) -> list[tuple[str, str]]:
    """(Empfänger, wozu) aller Nachrichten mit diesem Anlass und Wort, wie die Zustellung sie bestimmt."""
    with lauf.db.lesen() as s:
        zeilen = s.alle("SELECT id, vorgang, an FROM ausgang WHERE anlass = :anlass ORDER BY id", {"anlass": anlass})
        suche = Empfaengersuche(s, lauf.umfeld, berliner_tag(lauf.jetzt))
        anreden = [a for id_, vorgang, an in zeilen for a in suche.anreden(Meldung(id_, vorgang, anlass, tuple(an.split(","))))]
        return [(a.empfaenger.key, a.bezug.key) for a in anreden if a.wort == wort]


# --- die Zahl ---------------------------------------------------------------------------------------------------------


def test_wer_wieder_aufgenommen_ist_zaehlt_nicht_mehr_mit(lauf: Lauf) -> None:
    original, doppelte, andere = _melde(lauf), _melde(lauf), _melde(lauf)
    lauf.tue("wieder_vorgekommen", original, wer=MELDER, text="Noch einmal")
    lauf.tue("wieder_vorgekommen", doppelte, wer=MELDER)
    for m in (doppelte, andere):
        lauf.tue("als_doppelmeldung_verknuepfen", m, original=original)
    assert _zahl(lauf, original) == (4, [doppelte, andere])
    lauf.tue("wiederaufnehmen", doppelte, grund="Doch ein anderes Ereignis")
    assert _zahl(lauf, original) == (2, [andere]) and lauf.stand(original)["vorkommen"][0]["text"] == "Noch einmal"
    lauf.tue("als_doppelmeldung_verknuepfen", doppelte, original=original)
    assert _zahl(lauf, original) == (4, [andere, doppelte])
    _heil(lauf)


def test_wird_das_original_selbst_zur_doppelmeldung_gehen_seine_mit(lauf: Lauf) -> None:
    a, b, c = _melde(lauf), _melde(lauf), _melde(lauf)
    lauf.tue("wieder_vorgekommen", b, wer=MELDER)
    lauf.tue("als_doppelmeldung_verknuepfen", a, original=b)
    lauf.tue("als_doppelmeldung_verknuepfen", b, original=c)
    assert (_zahl(lauf, b), _zahl(lauf, c)) == ((1, []), (3, [a, b]))
    assert lauf.nachbarn(a, "doppelt") == lauf.nachbarn(b, "doppelt") == [c]
    _heil(lauf)
    lauf.tue("wiederaufnehmen", b, grund="Doch nicht")
    assert (_zahl(lauf, b), _zahl(lauf, c)) == ((1, []), (1, [a]))
    _heil(lauf)


def test_zuruecknehmen_stellt_die_zahl_und_das_original_wieder_her(lauf: Lauf) -> None:
    a, b, c = _melde(lauf), _melde(lauf), _melde(lauf)
    lauf.tue("als_doppelmeldung_verknuepfen", a, original=b)
    lauf.tue("als_doppelmeldung_verknuepfen", b, original=c)
    lauf.db.in_transaktion(lambda s: nimm_zurueck(s, b, "Versehen", KOORDINATION_B, lauf.jetzt, lauf.umfeld))
    assert (_zahl(lauf, b), _zahl(lauf, c), lauf.nachbarn(a, "doppelt")) == ((1, [a]), (0, []), [b])
    _heil(lauf)


# --- das Original geht ------------------------------------------------------------------------------------------------


def test_zieht_die_stelle_das_original_zurueck_wird_die_doppelte_wieder_geprueft(lauf: Lauf) -> None:
    original = _melde(lauf)
    doppelte = _von_hemer(lauf, original)
    lauf.tue("zurueckziehen", original, wer=MELDER)
    assert lauf.zustand(original, doppelte) == ["zurueckgezogen", "in_vorpruefung"]
    assert _zahl(lauf, original) == (0, []) and lauf.nachbarn(doppelte, "doppelt") == []
    with lauf.db.lesen() as s:
        offen = s.alle("SELECT f.name FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE f.offen = 1 AND v.key = :key",
                       {"key": doppelte})
    assert ("vorpruefung_entscheiden",) in offen
    assert {bezug for _, bezug in _unterrichtet(lauf, "meldung_wieder_aufgenommen", "zustaendig")} == {doppelte}
    _heil(lauf)


# --- was die Stelle der Doppelmeldung erfährt -------------------------------------------------------------------------


@pytest.mark.parametrize(("schritt", "daten"), [
    ("kurz_klaeren", {"mit": "Jobcenter Märkischer Kreis", "vereinbart": "Rückruf"}),
    ("weitergeben", {"an": "Jobcenter Märkischer Kreis", "grund": "Dort zuständig"}),
])
def test_vom_ende_der_vorpruefung(lauf: Lauf, schritt: str, daten: dict[str, Any]) -> None:
    original = _melde(lauf)
    doppelte = _von_hemer(lauf, original)
    lauf.tue(schritt, original, **daten)
    assert _unterrichtet(lauf, "ausgang_der_meldung", "mitmeldende") == [("stelle:mbe-hemer", doppelte)]


def test_vom_thema_und_von_seinem_ende(lauf: Lauf) -> None:
    (original,) = lauf.ausgewaehlt()
    doppelte = _von_hemer(lauf, original)
    gt = lauf.thema(lauf.freigegeben([original]))
    assert ("stelle:mbe-hemer", doppelte) in _unterrichtet(lauf, "fallrekonstruktion_oder_thema", "mitmeldende")
    lg = lauf.sitzung(gt)
    lauf.beschluss(lg, (gt, "ablehnen", {}))
    assert _unterrichtet(lauf, "entscheidung_der_lenkungsgruppe", "mitmeldende") == [("stelle:mbe-hemer", doppelte)]
    assert _unterrichtet(lauf, "ausgang_der_meldung", "mitmeldende") == [("stelle:mbe-hemer", doppelte)]


def test_nicht_was_nur_das_original_angeht(lauf: Lauf) -> None:
    original = _melde(lauf)
    _von_hemer(lauf, original)
    lauf.tue("rueckfragen", original, frage="Seit wann?")
    assert _unterrichtet(lauf, "rueckfrage", "melder") != [] and _unterrichtet(lauf, "rueckfrage", "mitmeldende") == []
