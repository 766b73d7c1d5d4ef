"""Takt und Tagesrunde: je genau einmal, auch zu vielen; wer abstürzt, hält niemanden auf; wer zu spät kommt, schreibt nichts mehr."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any

import pytest

from service import lauf
from service.db import Datenbank
from service.errors import Konflikt
from service.betriebslage import maengel
from service.lauf import (
    LAENGSTE_RUNDE, PACHTDAUER, TAGESRUNDE, TAKT, VERSPAETET_AB, Gang, gepachtet, gepachtete, herzschlag, pachte, tagesrunde, takt,
    verlaengere, verspaetet,
)  # fmt: skip
from service.settings import Einstellungen
from service.stoerung import Belegt
from service.umfeld import Umfeld
from service.worker import bekannte, eigener_name, melde_ab, merke_runde
from service.worker import melde as melde_worker
from tests.bau import melde

FAELLIG = datetime(2026, 1, 12, 6, 0, tzinfo=UTC)  # drei Werktage nach der Meldung
EINE_MINUTE = timedelta(minutes=1)
E = Einstellungen(_env_file=None)  # type: ignore[call-arg]


def erinnerungen(db: Datenbank) -> int:
    with db.lesen() as s:
        return int(s.wert("SELECT count(*) FROM ausgang WHERE quelle LIKE 'f:%'"))


def letzter(db: Datenbank, name: str = TAKT) -> datetime | None:
    with db.lesen() as s:
        schlag = herzschlag(s, name)
    return schlag.zuletzt if schlag else None


# --- die Runden


def test_ein_takt_erinnert_und_schlaegt(db: Datenbank, umfeld: Umfeld) -> None:
    melde(db, umfeld)
    ergebnis = takt(db, E, umfeld, FAELLIG)
    assert (ergebnis.gefuehrt, ergebnis.erinnert, erinnerungen(db)) == (True, 1, 1)
    with db.lesen() as s:
        schlag = herzschlag(s)
    assert schlag is not None and schlag.ergebnis["erinnert"] == 1
    assert timedelta(0) <= schlag.zuletzt - FAELLIG < EINE_MINUTE
    assert takt(db, E, umfeld, FAELLIG + EINE_MINUTE).erinnert == 0


def test_viele_worker_zugleich_erinnern_einmal(db: Datenbank, umfeld: Umfeld) -> None:
    for _ in range(12):
        melde(db, umfeld)
    with ThreadPoolExecutor(8) as pool:
        ergebnisse = list(pool.map(lambda _: takt(db, E, umfeld, FAELLIG), range(16)))
    assert sum(e.erinnert for e in ergebnisse) == erinnerungen(db) == 12
    assert all(e.erinnert == 0 for e in ergebnisse if not e.gefuehrt)


def test_wer_die_pacht_nicht_hat_tut_nichts(db: Datenbank, umfeld: Umfeld) -> None:
    melde(db, umfeld)
    assert pachte(db, TAKT, FAELLIG)
    assert not takt(db, E, umfeld, FAELLIG + EINE_MINUTE).gefuehrt
    assert (erinnerungen(db), letzter(db)) == (0, None)
    assert takt(db, E, umfeld, FAELLIG + PACHTDAUER).erinnert == 1, "nach dem Ablauf darf ein anderer"


def test_ein_falsch_eingestellter_mailserver_haelt_keine_frist_auf(db: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    melde(db, umfeld)
    ohne_kennwort = E.model_copy(update={"smtp_host": "127.0.0.1", "smtp_nutzer": "x", "smtp_kennwort_datei": tmp_path / "fehlt"})
    ergebnis = takt(db, ohne_kennwort, umfeld, FAELLIG)
    assert (ergebnis.erinnert, ergebnis.versand.zugestellt) == (1, 0)
    with db.lesen() as s:
        assert not verspaetet(s, FAELLIG + EINE_MINUTE)
        assert "Nachrichten gehen nicht hinaus" in maengel(s, FAELLIG + EINE_MINUTE)[0].betrieb


def test_ohne_mailserver_warten_die_nachrichten_und_jemand_sagt_es(db: Datenbank, umfeld: Umfeld) -> None:
    konto = ("INSERT INTO person (key, name, institution, postfach, von, bis, vorfuehrung) "
             "VALUES ('koord_a', 'A', NULL, 'koord_a@kreis.example', '2026-01-01', NULL, 0)")
    rolle = "INSERT INTO person_rolle (person, rolle, bereich, von, bis) VALUES ('koord_a', 'koordination', 'kreis', '2026-01-01', NULL)"
    db.in_transaktion(lambda s: s.fuehre(konto) + s.fuehre(rolle))
    melde(db, umfeld)
    takt(db, E, umfeld, FAELLIG)
    takt(db, E, umfeld, FAELLIG + timedelta(hours=1))
    with db.lesen() as s:
        assert any("kein Mailserver" in m.betrieb for m in maengel(s, FAELLIG + timedelta(hours=1)))


def test_die_tagesrunde_siegelt_und_vergisst(db: Datenbank, umfeld: Umfeld) -> None:
    melde(db, umfeld)
    db.in_transaktion(lambda s: s.fuehre("INSERT INTO idempotenz VALUES ('a', 'b', 'c', 'd', '2026-01-01T00:00:00.000000Z')"))
    ergebnis = tagesrunde(db, FAELLIG)
    assert (ergebnis.gefuehrt, ergebnis.gesiegelt, ergebnis.vergessen) == (True, 1, 1)
    assert tagesrunde(db, FAELLIG + EINE_MINUTE).gesiegelt == 0


def test_die_tagesrunde_vermerkt_was_nicht_stimmt(db: Datenbank, umfeld: Umfeld) -> None:
    melde(db, umfeld)
    vorher = tagesrunde(db, FAELLIG).befunde
    db.in_transaktion(lambda s: s.fuehre("UPDATE zaehler SET anzahl = anzahl + 7"))
    assert tagesrunde(db, FAELLIG + EINE_MINUTE).befunde > vorher
    with db.lesen() as s:
        assert "ähler" in s.wert("SELECT angaben FROM protokoll WHERE was = 'tagesrunde_befunde' ORDER BY id DESC LIMIT 1")
        assert any("Befunde" in m.betrieb for m in maengel(s, FAELLIG))


def test_eine_versaeumte_tagesrunde_wird_nachgeholt(db: Datenbank, umfeld: Umfeld) -> None:
    assert takt(db, E, umfeld, FAELLIG).nachgeholt
    assert not takt(db, E, umfeld, FAELLIG + timedelta(hours=24)).nachgeholt
    assert takt(db, E, umfeld, FAELLIG + timedelta(hours=26)).nachgeholt
    assert letzter(db, TAGESRUNDE) is not None


def test_gepachtet_ist_was_gerade_jemand_fuehrt(db: Datenbank) -> None:
    def gefuehrt(zeit: datetime) -> set[str]:
        with db.lesen() as s:
            return gepachtete(s, zeit)

    assert gefuehrt(FAELLIG) == set()
    with gepachtet(db, TAKT, FAELLIG):
        assert gefuehrt(FAELLIG) == {TAKT}
        assert gefuehrt(FAELLIG + PACHTDAUER + EINE_MINUTE) == set()
    assert gefuehrt(FAELLIG + EINE_MINUTE) == set()


# --- der Herzschlag


def test_mit_dem_alter_des_herzschlags_kommt_der_satz(db: Datenbank, umfeld: Umfeld) -> None:
    with db.lesen() as s:
        assert verspaetet(s, FAELLIG)
        assert "noch nie" in maengel(s, FAELLIG)[0].betrieb
    takt(db, E, umfeld, FAELLIG)
    with db.lesen() as s:
        assert not verspaetet(s, FAELLIG + VERSPAETET_AB)
        assert maengel(s, FAELLIG + VERSPAETET_AB) == []
        assert verspaetet(s, FAELLIG + VERSPAETET_AB + EINE_MINUTE)
        assert "vor 12 Minuten" in maengel(s, FAELLIG + timedelta(minutes=12, seconds=30))[0].betrieb


# --- die Pacht


def test_die_pacht_hat_einer_und_die_marke_steigt(db: Datenbank) -> None:
    erste = pachte(db, "x", FAELLIG)
    assert erste is not None and erste.marke == 1
    assert pachte(db, "x", FAELLIG + PACHTDAUER - timedelta(seconds=1)) is None
    assert pachte(db, "y", FAELLIG) is not None, "jede Runde hat ihre eigene"
    zweite = pachte(db, "x", FAELLIG + PACHTDAUER)
    assert zweite is not None and zweite.marke == 2
    assert not verlaengere(db, erste, FAELLIG), "abgelöst ist abgelöst"
    assert verlaengere(db, zweite, FAELLIG + PACHTDAUER)


def test_um_die_freie_pacht_streiten_viele_und_einer_gewinnt(db: Datenbank) -> None:
    with ThreadPoolExecutor(12) as pool:
        gewonnen = [p for p in pool.map(lambda _: pachte(db, "x", FAELLIG), range(24)) if p]
    assert len(gewonnen) == 1


def test_eine_verstellte_uhr_sperrt_niemanden_aus(db: Datenbank) -> None:
    assert pachte(db, "x", FAELLIG + timedelta(days=400))
    assert pachte(db, "x", FAELLIG + timedelta(days=400) - LAENGSTE_RUNDE) is None
    assert pachte(db, "x", FAELLIG) is not None


def test_wer_abgeloest_ist_schreibt_keinen_herzschlag(db: Datenbank) -> None:
    with gepachtet(db, TAKT, FAELLIG) as langsamer:
        assert langsamer is not None
        with gepachtet(db, TAKT, FAELLIG + PACHTDAUER) as schneller:
            assert schneller is not None
            schneller.beende({"wer": "schneller"})
        with pytest.raises(Konflikt):
            langsamer.beende({"wer": "langsamer"})
    with db.lesen() as s:
        schlag = herzschlag(s)
    assert schlag is not None and schlag.ergebnis == {"wer": "schneller"}


def test_eine_lange_runde_behaelt_ihre_pacht(db: Datenbank) -> None:
    kurz = timedelta(seconds=0.6)
    with gepachtet(db, "x", FAELLIG, kurz) as gang:
        assert isinstance(gang, Gang)
        sleep(1.5)
        assert pachte(db, "x", FAELLIG + timedelta(seconds=1.4)) is None
    assert pachte(db, "x", FAELLIG + timedelta(seconds=5)) is not None


def test_ist_die_datenbank_einmal_belegt_verlaengert_sich_die_pacht_danach_weiter(db: Datenbank, monkeypatch: pytest.MonkeyPatch) -> None:
    kurz, versuche = timedelta(seconds=1.5), Event()

    def beim_ersten_mal_belegt(*angaben: Any) -> bool:
        if not versuche.is_set():
            versuche.set()
            raise Belegt
        return verlaengere(*angaben)

    with monkeypatch.context() as flicken, gepachtet(db, "x", FAELLIG, kurz) as gang:
        flicken.setattr(lauf, "verlaengere", beim_ersten_mal_belegt)
        assert gang is not None and versuche.wait(60)
        sleep(2.5)
        assert pachte(db, "x", FAELLIG + timedelta(seconds=2.4)) is None
        gang.beende({})


def test_nach_einem_fehler_ist_die_pacht_frei(db: Datenbank) -> None:
    with pytest.raises(ZeroDivisionError), gepachtet(db, "x", FAELLIG):
        _ = 1 / 0
    assert pachte(db, "x", FAELLIG + timedelta(seconds=1)) is not None


# --- die Worker


@pytest.fixture
def zwei(db: Datenbank, tmp_path: Path) -> tuple[Einstellungen, Einstellungen]:
    """Zwei Worker auf einem Rechner; beide haben sich gerade gemeldet, und jemand hält den Takt."""
    eins, andere = (Einstellungen(_env_file=None, daten=tmp_path / name) for name in ("eins", "zwei"))  # type: ignore[call-arg]
    _melden_sich(db, FAELLIG, eins, andere)
    return eins, andere


def _melden_sich(db: Datenbank, jetzt: datetime, *welche: Einstellungen) -> None:
    with db.transaktion() as s:
        for e in welche:
            melde_worker(s, e, jetzt)


def _fuehrt(db: Datenbank, jetzt: datetime, e: Einstellungen) -> None:
    _melden_sich(db, jetzt, e)
    _schlage(db, jetzt)
    with db.transaktion() as s:
        merke_runde(s, e, jetzt)


def _stumme(db: Datenbank, jetzt: datetime) -> list[str]:
    with db.lesen() as s:
        return [m.betrieb for m in maengel(s, jetzt) if "Worker „" in m.betrieb]


def _schlage(db: Datenbank, jetzt: datetime) -> None:
    with gepachtet(db, TAKT, jetzt) as gang:
        assert gang
        gang.beende({})


def test_haengt_einer_von_mehreren_faellt_es_auf_obwohl_der_takt_laeuft(db: Datenbank, zwei: tuple[Einstellungen, Einstellungen]) -> None:
    eins, andere = zwei
    for minute in range(1, 8):
        jetzt = FAELLIG + minute * EINE_MINUTE
        _fuehrt(db, jetzt, andere)
        stumme = _stumme(db, jetzt)
        assert bool(stumme) == (minute > 5), minute
    assert len(stumme) == 1 and eigener_name(eins) in stumme[0] and "vor 7 Minuten" in stumme[0]
    with db.lesen() as s:
        staende = {w.name: (w.stumm, w.gefuehrt, w.seit) for w in bekannte(s, jetzt)}
    assert staende == {eigener_name(eins): (True, None, FAELLIG), eigener_name(andere): (False, jetzt, FAELLIG)}
    _melden_sich(db, jetzt, eins)
    assert _stumme(db, jetzt) == [], "er ist wieder da"


def test_wer_sich_abmeldet_fehlt_niemandem(db: Datenbank, zwei: tuple[Einstellungen, Einstellungen]) -> None:
    eins, andere = zwei
    spaeter = FAELLIG + timedelta(hours=2)
    db.in_transaktion(lambda s: melde_ab(s, eins))
    _melden_sich(db, spaeter, andere)
    _schlage(db, spaeter)
    assert _stumme(db, spaeter) == []
    _melden_sich(db, spaeter, eins)
    with db.lesen() as s:
        assert [(w.abgemeldet, w.seit) for w in bekannte(s, spaeter) if w.name == eigener_name(eins)] == [(False, spaeter)]


def test_steht_alles_steht_es_nur_einmal_da(db: Datenbank, zwei: tuple[Einstellungen, Einstellungen]) -> None:
    spaeter = FAELLIG + timedelta(minutes=10)
    _schlage(db, FAELLIG)
    with db.lesen() as s:
        saetze = [m.betrieb for m in maengel(s, spaeter)]
    assert sum("verspäten" in satz for satz in saetze) == 1 and not _stumme(db, spaeter)


def test_nach_einem_tag_ist_ein_worker_vergessen(db: Datenbank, zwei: tuple[Einstellungen, Einstellungen]) -> None:
    morgen = FAELLIG + timedelta(days=1, minutes=1)
    _schlage(db, morgen)
    assert _stumme(db, morgen) == []
    tagesrunde(db, morgen)
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM worker") == 0
