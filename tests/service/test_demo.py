"""Die Vorführung: eine Geschichte von zwei Jahren, ganz durch `apply` gespielt, ohne Widerspruch und mit heiler Kette."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from service.clock import als_text
from service.db import Datenbank
from service.demo.fuellen import Fuellung, fuelle, geschichten
from service.demo.zeit import Zeitabbildung
from service.pruefen import pruefe
from service.spur import spur
from service.umfeld import Umfeld, umfeld_aus
from states.kette import PROZESSE

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def eigenes(umfeld: Umfeld) -> Umfeld:
    koordination = {"kreis": ("koordination-a", "koordination-b"), "iserlohn": ("koordination-iserlohn",)}
    return umfeld_aus(umfeld.profil, umfeld.profil.fingerabdruck(), koordination)


@pytest.fixture
def gefuellt(db: Datenbank, eigenes: Umfeld) -> Iterator[tuple[Datenbank, Fuellung]]:
    yield db, fuelle(db, eigenes, START)


def test_die_ganze_geschichte(gefuellt: tuple[Datenbank, Fuellung]) -> None:
    """Ein Lauf, viele Fragen: er dauert zu lange, um ihn für jede zu wiederholen."""
    db, fuellung = gefuellt
    assert fuellung.unterschiede == ()
    with db.lesen() as s:
        bericht = pruefe(s)
        assert bericht.fehler == [] and bericht.ungesiegelt < bericht.ereignisse / 10
        zeiten = s.alle("SELECT min(zeit), max(zeit) FROM ereignis")[0]
        assert zeiten[0] < "2024-12" and zeiten[1] <= als_text(START)
        # vom Anfang bis zum beobachteten Zielsystem und zurück
        vorwaerts, rueckwaerts = spur(s, "MK-2026-0003"), spur(s, "MON-02")
        assert {"FR-02", "GT-02", "AG-02", "ZS-02", "MON-02", "BS-01-02", "BS-02-01", "LG-01", "LG-02"} <= {k.key for k in vorwaerts.knoten}
        assert {"MK-2026-0003", "FR-02", "GT-02", "ZS-02"} <= {k.key for k in rueckwaerts.knoten}
        gezaehlt = s.alle("SELECT art, zustand, coalesce(bereich, ''), count(*) FROM vorgang GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
        assert gezaehlt == s.alle("SELECT art, zustand, bereich, anzahl FROM zaehler WHERE anzahl <> 0 ORDER BY 1, 2, 3")
        heute = "2026-11-20"
        assert s.wert("SELECT count(*) FROM frist WHERE offen = 1 AND ende = :heute", {"heute": heute}) > 0
        assert s.wert("SELECT count(*) FROM frist WHERE offen = 1 AND ende < :heute", {"heute": heute}) > 0
        assert s.wert("SELECT count(*) FROM frist WHERE offen = 1 AND naechste <= :heute", {"heute": heute}) == 0  # die Runde war da
        belegt = set(s.alle("SELECT DISTINCT art, zustand FROM vorgang"))
        leer = {(p.art, z.wert) for p in PROZESSE.values() for z in p.zustaende} - {(a, z) for a, z in belegt}
        assert leer == set()
        # zurückgestellt bis in die Zukunft, aber nichts Offenes ohne jemanden, der zuständig ist
        assert s.alle("SELECT key FROM vorgang WHERE ende = 0 AND zustaendig IS NULL") == []
        ohne_frist = s.alle("SELECT DISTINCT v.art, v.zustand FROM vorgang v WHERE v.ende = 0 AND NOT EXISTS "
                            "(SELECT 1 FROM frist f WHERE f.vorgang = v.id AND f.offen = 1) ORDER BY 1, 2")
        assert ohne_frist == [("sammlung", "offen")]  # eine Sammlung wartet auf die Auswahlrunde vor der Sitzung


@pytest.mark.parametrize("tag", [date(2027, 1, 2), date(2027, 7, 15), date(2028, 2, 29)])
def test_die_geschichte_endet_an_jedem_starttag_heute(eigenes: Umfeld, tag: date) -> None:
    ganze, jahr = geschichten(eigenes, tag)
    tage = [date.fromisoformat(s["datum"]) for s in ganze.schritte]
    assert len(tage) == len(ganze.daten["schritte"]) and tage == sorted(tage) and max(tage) <= tag
    assert all(eigenes.kalender.ist_werktag(t) for t in tage)
    assert all(date.fromisoformat(s["datum"]) <= tag for s in jahr.schritte)
    keys = {m for s in jahr.daten["schritte"] for m in s.get("meldungen") or ()}
    assert f"MK-{tag.year}-5001" in keys and not keys & {m for s in ganze.daten["schritte"] for m in s.get("meldungen") or ()}


def test_zeitabbildung_zaehlt_werktage(eigenes: Umfeld) -> None:
    zeit = Zeitabbildung(eigenes.kalender, date(2027, 12, 23), date(2026, 11, 20))
    assert zeit.text("2027-12-23") == "2026-11-20"
    assert zeit.text("2027-12-22") == "2026-11-19"
    assert zeit.text("2028-01-05") == "2026-12-01"
    assert zeit.text("Verlegt auf 22.12.2027 (2027-12-23)") == "Verlegt auf 19.11.2026 (20.11.2026)"
    assert zeit.text("2027-12-23T09:40:00+01:00") == "2026-11-20T09:40:00"
    assert zeit.text("2027-12") == "2026-11"
