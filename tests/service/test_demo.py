"""Die Vorführung: eine Geschichte von zwei Jahren, ganz durch `apply` gespielt, ohne Widerspruch und mit heiler Kette."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest

from service.apply import Schritt
from service.clock import als_text, berliner_tag
from service.datenhaltung import hebe_an
from service.db import Datenbank, Sitzung
from service.demo.fuellen import Fuellung, fuelle, geschichten
from service.demo.lauf import Lauf
from service.demo.nachtrag import Handlung, handlungen
from service.demo.zeit import Zeitabbildung
from service.profil import Profil
from service.pruefen import pruefe
from service.spur import spur
from service.umfeld import Umfeld, umfeld_aus
from states.kette import PROZESSE
from states.themenstand import GEFUEHRT
from tests.datenbild import Anleger

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

# Offen ohne eigene Frist, weil ein anderer Vorgang sie hat: das Thema folgt Arbeitsgruppe, Zielsystem und Monitoring; das
# Zielsystem hat bis zum Beschluss die Frist seiner Gruppe und nach der Einführung die seines Monitorings; ein geplantes
# Monitoring beginnt mit der Umsetzung seines Zielsystems.
FRIST_BEIM_NACHBARN = {
    *(("generatives_thema", z) for z in GEFUEHRT),
    *(("zielsystem", z) for z in ("entwurf", "abgestimmt", "vorgelegt", "eingefuehrt")),
    ("monitoring", "geplant"),
}
WARTET_AUF_DIE_RUNDE = ("sammlung", "offen")  # eine Sammlung wartet auf die Auswahlrunde vor der Sitzung
BEFRISTENDE = "('beauftragt', 'fuehrt_zu', 'erarbeitet', 'beobachtet_in', 'umgesetzt_durch')"


@pytest.fixture
def eigenes(profil: Profil) -> Umfeld:
    koordination = {"kreis": ("koordination-a", "koordination-b"), "iserlohn": ("koordination-iserlohn",)}
    return umfeld_aus(profil, profil.fingerabdruck(), koordination)


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
        # was aus einem Beschluss wurde, und worauf eine Maßnahme und ein Monitoring beruhen
        beschluss = {"FR-52", "FR-57", "GT-52", "AG-52", "ZS-52", "BS-51-02", "BS-52-01", "LG-51", "LG-52"}
        wurde = {"MN-52-1", "MN-52-2", "MN-52-3", "MN-52-4", "MN-52-5", "MON-52"}
        for key, erwartet in (("BS-52-01", beschluss | wurde), ("ZS-52", beschluss | wurde), ("GT-52", beschluss | wurde),
                              ("MN-52-1", beschluss | {"MN-52-1"}), ("MON-52", beschluss | {"MON-52"})):
            assert {k.key for k in spur(s, key).knoten if k.art != "meldebogen"} == erwartet
        gezaehlt = s.alle("SELECT art, zustand, coalesce(bereich, ''), count(*) FROM vorgang GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
        assert gezaehlt == s.alle("SELECT art, zustand, bereich, anzahl FROM zaehler WHERE anzahl <> 0 ORDER BY 1, 2, 3")
        _pruefe_bestand(s, berliner_tag(START))


def _pruefe_bestand(s: Sitzung, heute: date) -> None:
    """In jedem Zustand etwas, Fälliges und Überfälliges, Wartendes, Eiliges; und nichts Offenes, das vergessen werden kann."""
    tag = {"heute": heute.isoformat()}
    assert s.wert("SELECT count(*) FROM frist WHERE offen = 1 AND ende = :heute", tag) > 0
    assert s.wert("SELECT count(*) FROM frist WHERE offen = 1 AND ende < :heute AND name <> 'liegt_noch_bei_uns'", tag) > 10
    assert s.wert("SELECT count(*) FROM frist WHERE offen = 1 AND naechste <= :heute", tag) == 0  # die Runde war da
    belegt = set(s.alle("SELECT DISTINCT art, zustand FROM vorgang"))
    assert {(p.art, z.wert) for p in PROZESSE.values() for z in p.zustaende} - {(a, z) for a, z in belegt} == set()
    marken = {z[0] for z in s.alle("SELECT DISTINCT name FROM marke WHERE offen = 1")}
    assert {"wartet_auf_antwort", "abgabe_angeboten", "ruht", "signal"} <= marken
    assert s.wert("SELECT count(*) FROM frist WHERE offen = 1 AND name = 'eilmeldung'") >= 2
    assert s.alle("SELECT key FROM vorgang WHERE ende = 0 AND zustaendig IS NULL") == []
    _pruefe_fristen(s)


def _pruefe_fristen(s: Sitzung) -> None:
    befristet = {z[0] for z in s.alle("SELECT DISTINCT vorgang FROM frist WHERE offen = 1")}
    ohne = {z[0]: (z[1], z[2], z[3]) for z in s.alle("SELECT id, art, zustand, key FROM vorgang WHERE ende = 0") if z[0] not in befristet}
    assert {(art, zustand) for art, zustand, _ in ohne.values()} <= {WARTET_AUF_DIE_RUNDE, *FRIST_BEIM_NACHBARN}
    kanten = s.alle(f"SELECT von, nach FROM verbindung WHERE offen = 1 AND art IN {BEFRISTENDE}")
    nachbarn: dict[int, set[int]] = {}
    for von, nach in kanten:
        nachbarn.setdefault(von, set()).add(nach)
        nachbarn.setdefault(nach, set()).add(von)
    for kennung, (art, zustand, key) in ohne.items():
        eins = nachbarn.get(kennung, set())
        zwei = {x for e in eins for x in nachbarn.get(e, set())}
        assert (art, zustand) == WARTET_AUF_DIE_RUNDE or (eins | zwei) & befristet, key


def test_vorfuehrung_am_wochenende_frueh_am_jahresanfang(anlegen: Anleger, eigenes: Umfeld) -> None:
    """Ein Samstag, der erste Werktag des Jahres noch nicht vorbei, vor Dienstbeginn: nichts kollidiert, nichts liegt in der Zukunft."""
    db, start = anlegen("sqlite"), datetime(2027, 1, 2, 5, 30, tzinfo=UTC)
    hebe_an(db)
    assert fuelle(db, eigenes, start).unterschiede == ()
    with db.lesen() as s:
        assert s.wert("SELECT max(zeit) FROM ereignis") <= als_text(start)
        assert pruefe(s).fehler == []
        _pruefe_bestand(s, date(2027, 1, 2))


def test_vor_dienstbeginn_gestartet_liegt_kein_ereignis_spaeter(anlegen: Anleger, eigenes: Umfeld) -> None:
    """An einem Werktag um 6:10 Uhr: was heute geschieht, ist bis dahin geschehen."""
    db, start = anlegen("sqlite"), datetime(2027, 4, 6, 4, 10, tzinfo=UTC)
    hebe_an(db)
    assert fuelle(db, eigenes, start).unterschiede == ()
    with db.lesen() as s:
        assert s.wert("SELECT max(zeit) FROM ereignis") == als_text(start)
        assert s.wert("SELECT zustand FROM vorgang WHERE key = 'LG-73'") == "laeuft"


STARTTAGE = ("2026-05-26", "2026-07-19", "2027-01-01", "2027-01-02", "2027-01-04", "2028-02-29", "2028-12-31")


@pytest.mark.parametrize("tag", [date.fromisoformat(t) for t in STARTTAGE])
def test_nachtrag_passt_zu_jedem_starttag(eigenes: Umfeld, tag: date) -> None:
    alle = _nachtrag(eigenes, tag)
    assert all(eigenes.kalender.ist_werktag(h.tag) and h.tag <= tag for h in alle)
    assert [h.tag for h in alle] == sorted(h.tag for h in alle)
    neue = [h.schritt.key for h in alle if h.schritt.key]
    meldungen = {h.schritt.key: h.tag.year for h in alle if h.schritt.art == "meldebogen"}
    assert len(neue) == len(set(neue)) and all(key.startswith(f"MK-{jahr}-60") for key, jahr in meldungen.items())
    for h in alle:
        text = json.dumps([h.schritt.daten, h.schritt.vorgang, h.schritt.grund, h.schritt.key], ensure_ascii=False)
        assert not re.search(r'"@|\{@|\bM-\d{4}', text), text
        monat = h.schritt.daten.get("ereignis_von") if isinstance(h.schritt.daten, dict) else None
        assert not monat or monat <= h.tag.isoformat()[:7]


def test_nachtrag_und_geschichte_nennen_keinen_schluessel_doppelt(eigenes: Umfeld) -> None:
    ganze, jahr = geschichten(eigenes, date(2026, 11, 20))
    erzaehlt = {s["key"] for g in (ganze, jahr) for s in g.daten["schritte"]} | set(ganze.meldungen) | set(jahr.meldungen)
    assert erzaehlt & {h.schritt.key for h in _nachtrag(eigenes, date(2026, 11, 20)) if h.schritt.key} == set()


def _nachtrag(umfeld: Umfeld, tag: date) -> list[Handlung]:
    return handlungen(umfeld, tag)


def test_eine_abgelehnte_handlung_ist_ein_unterschied(anlegen: Anleger, eigenes: Umfeld) -> None:
    """Sonst bliebe unbemerkt, wenn Nachtrag und Prozess auseinandergehen."""
    db = anlegen("sqlite")
    hebe_an(db)
    lauf = Lauf(db, eigenes, START, START)
    unbekannt = Schritt("clustern", "GT-99")
    verboten = Schritt("anlegen", art="sammlung", daten={"titel": "Darf der Vorsitz nicht"})
    Handlung(7, START.date(), time(9), "Koordination A", unbekannt).spiele(lauf)
    Handlung(8, START.date(), time(9), "Vorsitz", verboten).spiele(lauf)
    assert [(u.nr, u.key) for u in lauf.unterschiede] == [(7, "GT-99"), (8, "")]


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
