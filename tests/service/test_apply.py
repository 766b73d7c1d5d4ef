"""Ein Schritt durch `apply`: Tor, Wächter, Version, Ereignis, Fristen, Marken, Ausgang; auf beiden Datenbanken gleich."""

from __future__ import annotations

import json

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.laden import akte
from service.umfeld import Umfeld
from tests.bau import ISERLOHN, KOORDINATION, MELDER, MELDUNG, melde, person, tue


def _zeilen(db: Datenbank, sql: str, **werte: object) -> list[tuple[object, ...]]:
    with db.lesen() as s:
        return s.alle(sql, werte)


def test_einreichen_legt_alles_in_einem_zug_an(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    assert key == "MK-2026-0001"
    with db.lesen() as s:
        a = akte(s, key)
    assert a is not None and (a.zustand, a.version, a.bereich) == ("eingegangen", 1, "kreis")
    assert (a.zustaendig, a.vertretung, a.institution) == ("koord_a", "koord_b", "MBE-Beratungsstelle Lüdenscheid")
    assert {n for n, _ in a.fristen} == {"vorpruefung_beginnen", "vorpruefung_entscheiden", "liegt_noch_bei_uns"}
    assert a.fristen["vorpruefung_beginnen", ""].ende == "2026-01-14"
    assert a.fristen["vorpruefung_entscheiden", ""].ende == "2026-01-28"
    assert _zeilen(db, "SELECT anlass, an FROM ausgang") == [("eingangsbestaetigung", "melder")]
    assert _zeilen(db, "SELECT art, zustand, bereich, anzahl FROM zaehler") == [("meldebogen", "eingegangen", "kreis", 1)]
    assert _zeilen(db, "SELECT nr, ausloeser, von, nach, person, rolle FROM ereignis") == [
        (1, "einreichen", "", "eingegangen", "mbe", "melder")]


def test_uebernehmen_geschieht_mit_der_ersten_handlung(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    e = tue(db, umfeld, KOORDINATION, Schritt("parken", key, grund="Gespräch läuft", version=1,
                                              daten={"wiedervorlage_am": "2026-03-02", "liegt_bei": "Gesprächskreis"}))
    assert [(b.ausloeser, b.nach) for b in e.bewegungen] == [("uebernehmen", "in_vorpruefung"), ("parken", "themenspeicher")]
    with db.lesen() as s:
        a = akte(s, key)
    assert a is not None and a.version == 3 and a.fristen["wiedervorlage", ""].ende == "2026-03-02"
    assert _zeilen(db, "SELECT zustand, anzahl FROM zaehler WHERE anzahl <> 0") == [("themenspeicher", 1)]


def test_die_rueckfrage_haelt_die_vorpruefung_an(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", key, daten={"frage": "Seit wann?", "frist_am": "2026-01-28"}))
    with db.lesen() as s:
        a = akte(s, key)
    assert a is not None and a.marken == {"wartet_auf_antwort": "2026-01-28"}
    assert a.fristen["vorpruefung_entscheiden", ""].naechste is None
    spaeter = JETZT_PLUS(14)
    tue(db, umfeld, MELDER, Schritt("antworten", key, daten={"text": "Seit Mai."}), jetzt=spaeter)
    with db.lesen() as s:
        a = akte(s, key)
    assert a is not None and a.marken == {}
    assert a.fristen["vorpruefung_entscheiden", ""].ende == "2026-02-11"  # 15 Werktage Rest ab dem 21.01.


def JETZT_PLUS(tage: int):  # type: ignore[no-untyped-def]
    from datetime import timedelta

    from tests.bau import JETZT

    return JETZT + timedelta(days=tage)


def test_wer_nicht_darf_wird_abgewiesen(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    with pytest.raises(Verboten):
        tue(db, umfeld, MELDER, Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-03-02"}))
    with pytest.raises(Verboten):  # fremder Bereich
        tue(db, umfeld, ISERLOHN, Schritt("uebernehmen", key))
    with pytest.raises(Verboten):  # andere Institution
        tue(db, umfeld, person("x", "melder", institution="Stadt Hemer, Sozialamt"), Schritt("zurueckziehen", key))
    with pytest.raises(Verboten):  # Konto einer Ausländerbehörde, auch als Koordination
        tue(db, umfeld, person("abh", "koordination", bereich="kreis", abh=True), Schritt("uebernehmen", key))
    with pytest.raises(NichtGefunden):
        tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", "MK-2026-9999"))
    assert _zeilen(db, "SELECT count(*) FROM ereignis") == [(1,)]


def test_gruende_fehler_und_versionen(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    with pytest.raises(Unmoeglich, match="Grund") as ohne_grund:
        tue(db, umfeld, KOORDINATION, Schritt("parken", key, daten={"wiedervorlage_am": "2026-03-02", "liegt_bei": "x"}))
    assert ohne_grund.value.waechter == ("grund",)
    with pytest.raises(Unmoeglich) as zustand:
        tue(db, umfeld, KOORDINATION, Schritt("auswaehlen", key, grund="gut belegt"))
    assert zustand.value.waechter == ("zustand",)
    with pytest.raises(Ungueltig):
        tue(db, umfeld, KOORDINATION, Schritt("parken", key, grund="x", daten={"wiedervorlage_am": "2026-13-02"}))
    with pytest.raises(Ungueltig):
        tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key, daten={"zustand": "geloest"}))
    with pytest.raises(Konflikt) as konflikt:
        tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key, version=0))
    assert (konflikt.value.gesehen, konflikt.value.jetzt) == (0, 1)
    with pytest.raises(Ungueltig):
        tue(db, umfeld, MELDER, Schritt("einreichen", art="meldebogen", daten={**MELDUNG, "kommune": "Dortmund"}))
    assert _zeilen(db, "SELECT count(*) FROM ereignis") == [(1,)]


def test_ein_zug_aus_mehreren_schritten_gilt_ganz_oder_gar_nicht(db: Datenbank, umfeld: Umfeld) -> None:
    eins, zwei = melde(db, umfeld), melde(db, umfeld)
    parken = {"wiedervorlage_am": "2026-03-02", "liegt_bei": "x"}
    with pytest.raises(Unmoeglich):
        tue(db, umfeld, KOORDINATION, Schritt("parken", eins, grund="x", daten=parken), Schritt("auswaehlen", zwei, grund="x"))
    assert _zeilen(db, "SELECT count(*) FROM ereignis") == [(2,)]
    e = tue(db, umfeld, KOORDINATION, *(Schritt("parken", k, grund="x", daten=parken) for k in (eins, zwei)))
    assert len({z[0] for z in _zeilen(db, "SELECT akt FROM ereignis WHERE akt = :akt", akt=e.akt)}) == 1
    assert len(e.bewegungen) == 4


def test_doppelmeldung_zaehlt_beim_original(db: Datenbank, umfeld: Umfeld) -> None:
    eins, zwei = melde(db, umfeld), melde(db, umfeld)
    e = tue(db, umfeld, KOORDINATION, Schritt("als_doppelmeldung_verknuepfen", zwei, daten={"original": eins}))
    assert [(b.key, b.ausloeser, b.rolle) for b in e.bewegungen] == [
        (zwei, "uebernehmen", "koordination"), (zwei, "als_doppelmeldung_verknuepfen", "koordination"),
        (eins, "doppelmeldung_zaehlen", "kette")]
    with db.lesen() as s:
        a = akte(s, eins)
        assert s.alle("SELECT art, offen FROM verbindung") == [("doppelt", 1)]
    assert a is not None and a.stand["wiederholungen"] == 1


def test_bereich_wechselt_erst_mit_der_annahme(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("bereich_abgeben", key, daten={"an": "iserlohn"}, grund="Akte liegt dort"))
    with pytest.raises(Verboten):
        tue(db, umfeld, KOORDINATION, Schritt("bereich_annehmen", key))
    tue(db, umfeld, ISERLOHN, Schritt("bereich_annehmen", key))
    with db.lesen() as s:
        a = akte(s, key)
        assert s.alle("SELECT bereich, anzahl FROM zaehler WHERE anzahl <> 0") == [("iserlohn", 1)]
    assert a is not None and (a.bereich, a.marken) == ("iserlohn", {})


def test_der_stand_ist_die_faltung_der_antworten(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    for text in ("Auch im Mai.", "Und im Juni."):
        tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": text}))
    stand = json.loads(str(_zeilen(db, "SELECT stand FROM vorgang")[0][0]))
    assert [e["text"] for e in stand["ergaenzungen"]] == ["Auch im Mai.", "Und im Juni."]
