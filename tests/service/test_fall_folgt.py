"""Was an der Meldung geschieht, gilt auch dort, wohin ihr Fall gegangen ist: Einwilligung, Teilnahme, Wiederkehr."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.clock import berliner_tag
from service.db import Datenbank
from service.errors import NichtGefunden, Unmoeglich, Verboten
from service.handelnde import Handelnde
from service.moeglich import moegliche
from service.profil import Profil
from service.pruefen import pruefe
from service.sicht import lies
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from tests.bau import JETZT, KOORDINATION, KOORDINATION_B, MELDER, MELDUNG, melde, person
from tests.browserprobe import Fenster, seiten
from tests.service.test_thema_kette import CM, CM_STELLE, STELLE, Lauf
from tests.service.test_wiederkehr import Kreis

ANDERE = "Volkshochschule Lüdenscheid"
ANDERE_MELDER = person("vhs", "melder", institution=ANDERE)
GAST = person("gast", "fr_gast", institution=STELLE)


@pytest.fixture
def lauf(db: Datenbank, umfeld: Umfeld) -> Lauf:
    return Lauf(db, umfeld)


def _heil(lauf: Lauf) -> None:
    with lauf.db.lesen() as s:
        assert pruefe(s).fehler == []


# --- Einwilligung -----------------------------------------------------------------------------------------------------


def _angeboten(lauf: Lauf) -> tuple[str, str]:
    meldung = melde(lauf.db, lauf.umfeld, einzelfall_uebergabe_gewuenscht=True, einwilligung_uebergabe=True)
    return meldung, lauf.tue("anbieten", art="einzelfalluebergabe", meldung=meldung, an=CM_STELLE)


def test_ein_widerruf_an_der_meldung_haelt_die_uebergabe_an(lauf: Lauf) -> None:
    meldung, fall = _angeboten(lauf)
    lauf.tue("einwilligung_verzeichnen", meldung, wer=MELDER, einwilligung_uebergabe=False)
    with pytest.raises(Unmoeglich) as haelt:
        lauf.tue("uebernehmen", fall, wer=CM)
    assert haelt.value.waechter == ("einwilligung_besteht",)
    lauf.tue("einwilligung_verzeichnen", meldung, wer=MELDER, einwilligung_uebergabe=True)
    lauf.tue("uebernehmen", fall, wer=CM)
    assert lauf.zustand(fall) == ["uebernommen"]
    _heil(lauf)


def test_wer_den_fall_schon_begleitet_erfaehrt_vom_widerruf(lauf: Lauf) -> None:
    meldung, fall = _angeboten(lauf)
    lauf.tue("uebernehmen", fall, wer=CM)
    lauf.tue("einwilligung_verzeichnen", meldung, wer=MELDER, einwilligung_uebergabe=False)
    with lauf.db.lesen() as s:
        assert s.alle("SELECT v.key, a.an FROM ausgang a JOIN vorgang v ON v.id = a.vorgang WHERE a.anlass = 'einwilligung_geaendert'") == [
            (fall, "cm,zustaendig")]


# --- Case Management meldet für sich ----------------------------------------------------------------------------------


def test_das_case_management_reicht_nicht_fuer_andere_ein(lauf: Lauf) -> None:
    eigene = {**MELDUNG, "melder_art": "case_management"}
    with pytest.raises(Verboten):
        lauf.tue("einreichen", art="meldebogen", wer=CM, **eigene)
    assert lauf.zustand(lauf.tue("einreichen", art="meldebogen", wer=CM, **{**eigene, "melder_institution": CM_STELLE})) == ["eingegangen"]


# --- Rückfrage --------------------------------------------------------------------------------------------------------


def test_eine_rueckfrage_bleibt_offen_bis_zur_auswahl(lauf: Lauf) -> None:
    meldung = melde(lauf.db, lauf.umfeld)
    lauf.tue("rueckfragen", meldung, frage="Seit wann?")
    lauf.tue("parken", meldung, wiedervorlage_am="2026-03-02", grund="ruht")
    lauf.tue("aufnehmen", meldung, sammlung=lauf.tue("anlegen", art="sammlung", titel="Kurse"))
    assert _marken(lauf, meldung) == {"wartet_auf_antwort"}
    lauf.tue("auswaehlen", meldung, grund="gut belegt")
    assert _marken(lauf, meldung) == set()
    _heil(lauf)


def _marken(lauf: Lauf, key: str) -> set[str]:
    with lauf.db.lesen() as s:
        return {n for (n,) in s.alle("SELECT m.name FROM marke m JOIN vorgang v ON v.id = m.vorgang WHERE m.offen = 1 AND v.key = :key",
                                     {"key": key})}


# --- Teilnahme --------------------------------------------------------------------------------------------------------


def _liest(lauf: Lauf, wer: Handelnde, fr: str) -> bool:
    with lauf.db.lesen() as s:
        try:
            lies(s, wer, fr, berliner_tag(lauf.jetzt))
        except NichtGefunden:
            return False
    return True


def _einladen(lauf: Lauf, fr: str, *stellen: str) -> None:
    lauf.tue("einladen", fr, termin="2026-01-28", ort="Kreishaus", moderation=True, rechtsgrundlage="ohne_personenbezug",
             teilnehmende=[{"institution": s, "von_kim": s == CM_STELLE} for s in stellen])


def _durchfuehren(lauf: Lauf, fr: str, **teilnahmen: Any) -> None:
    stellen = {"hier": STELLE, "dort": ANDERE, "cm": CM_STELLE}
    lauf.tue("durchfuehren", fr, wer=CM, teilnahmen=[{"institution": stellen[s], "teilnahme": t, "grund": "am Telefon"}
                                                     for s, t in teilnahmen.items()])


def _geprueft(lauf: Lauf, fr: str) -> None:
    lauf.tue("protokollieren", fr, wer=CM, zeitachse=[{"woche": 0, "akteur": "Jobcenter", "handlung": "Verpflichtung"}])
    lauf.tue("pruefen", fr, wer=KOORDINATION_B, pseudonymisiert=True)


def test_wer_verzichtet_hat_liest_den_entwurf_nicht(lauf: Lauf) -> None:
    fr = lauf.tue("anlegen", art="fallrekonstruktion", meldungen=lauf.ausgewaehlt())
    _einladen(lauf, fr, STELLE, ANDERE, CM_STELLE)
    _durchfuehren(lauf, fr, hier="anwesend", dort="verzicht", cm="anwesend")
    _geprueft(lauf, fr)
    assert _liest(lauf, MELDER, fr) and _liest(lauf, GAST, fr)
    assert not _liest(lauf, ANDERE_MELDER, fr) and not _liest(lauf, person("gast2", "fr_gast", institution=ANDERE), fr)
    with pytest.raises(Verboten):
        lauf.tue("rueckmelden", fr, wer=ANDERE_MELDER, stelle=ANDERE, zustimmung="zugestimmt")
    _heil(lauf)


def test_ein_zweiter_termin_nimmt_niemandem_den_entwurf(lauf: Lauf) -> None:
    fr = lauf.tue("anlegen", art="fallrekonstruktion", meldungen=lauf.ausgewaehlt())
    _einladen(lauf, fr, STELLE, ANDERE, CM_STELLE)
    _durchfuehren(lauf, fr, hier="anwesend", dort="anwesend", cm="anwesend")
    lauf.tue("fortsetzen", fr, wer=CM)
    _einladen(lauf, fr, STELLE, CM_STELLE)
    _durchfuehren(lauf, fr, hier="anwesend", cm="anwesend")
    _geprueft(lauf, fr)
    assert _liest(lauf, ANDERE_MELDER, fr)
    lauf.tue("rueckmelden", fr, wer=MELDER, stelle=STELLE, zustimmung="zugestimmt")
    lauf.tue("rueckmelden", fr, wer=CM, stelle=CM_STELLE, zustimmung="zugestimmt")
    with pytest.raises(Unmoeglich) as fehlt:
        lauf.tue("abstimmen", fr)
    assert fehlt.value.waechter == ("alle_geantwortet",)
    lauf.tue("rueckmelden", fr, wer=ANDERE_MELDER, stelle=ANDERE, zustimmung="zugestimmt")
    lauf.tue("abstimmen", fr)
    _heil(lauf)


def test_eingeladen_ist_noch_nicht_teilgenommen(lauf: Lauf) -> None:
    fr = lauf.tue("anlegen", art="fallrekonstruktion", meldungen=lauf.ausgewaehlt())
    _einladen(lauf, fr, STELLE, ANDERE, CM_STELLE)
    with lauf.db.lesen() as s:
        rollen = s.alle("SELECT DISTINCT b.rolle FROM beteiligung b JOIN vorgang v ON v.id = b.vorgang WHERE v.key = :key", {"key": fr})
    assert rollen == [("fr_gast",)]


def test_in_der_berichtigung_laesst_sich_sperren(lauf: Lauf) -> None:
    fr = lauf.freigegeben(lauf.ausgewaehlt())
    lauf.tue("berichtigen", fr, wer=KOORDINATION_B, grund="Woche falsch", zeitachse=[{"woche": 1, "akteur": "VHS", "handlung": "Kurs"}])
    lauf.tue("sperren", fr, grund="Einwilligung widerrufen", widerrufen_am="2026-01-07")
    assert lauf.zustand(fr) == ["gesperrt"] and not _liest(lauf, MELDER, fr)
    _heil(lauf)


# --- ein Fall, zwei Fallrekonstruktionen ------------------------------------------------------------------------------


def _zweite(lauf: Lauf, *meldungen: str) -> str:
    """Was freigegeben rekonstruiert war, ist geparkt, wieder geholt und noch einmal ausgewählt; dazu entsteht eine zweite."""
    sammlung = lauf.tue("anlegen", art="sammlung", titel="Noch einmal")
    for m in meldungen:
        lauf.tue("parken", m, wiedervorlage_am="2026-03-02", grund="Kein Thema")
        lauf.tue("wiedervorlegen", m)
        lauf.tue("aufnehmen", m, sammlung=sammlung)
        lauf.tue("auswaehlen", m, grund="Neue Hinweise")
    return lauf.eingeladen(list(meldungen))


@pytest.mark.parametrize("wie", ["abbrechen", "auswahl_aufheben", "zurueckziehen"])
def test_eine_freigegebene_fallrekonstruktion_behaelt_ihre_faelle(lauf: Lauf, wie: str) -> None:
    eins, zwei = lauf.ausgewaehlt(2)
    erste = lauf.freigegeben([eins, zwei])
    zweite = _zweite(lauf, eins, zwei)
    if wie == "abbrechen":
        lauf.tue("abbrechen", zweite, grund="Einwilligung zurückgezogen")
        assert lauf.zustand(zweite, eins, zwei) == ["abgebrochen", "in_sammlung", "in_sammlung"]
    elif wie == "auswahl_aufheben":
        lauf.tue("auswahl_aufheben", eins, ziel="in_sammlung", grund="Doch nicht")
        assert lauf.zustand(zweite) == ["eingeladen"] and lauf.nachbarn(zweite, "rekonstruiert_in", "her") == [zwei]
        lauf.tue("auswahl_aufheben", zwei, ziel="themenspeicher", grund="Doch nicht", wiedervorlage_am="2026-03-02")
        assert lauf.zustand(zweite, eins, zwei) == ["abgebrochen", "in_sammlung", "themenspeicher"]
    else:
        lauf.tue("auswahl_aufheben", eins, ziel="in_sammlung", grund="Doch nicht")
        lauf.tue("zurueckziehen", eins, wer=MELDER)
        assert lauf.zustand(eins, zwei) == ["zurueckgezogen", "in_rekonstruktion"]
    assert lauf.nachbarn(erste, "rekonstruiert_in", "her") == [eins, zwei]
    assert lauf.nachbarn(zweite, "rekonstruiert_in", "her") == ([zwei] if wie == "zurueckziehen" else [])
    _heil(lauf)


def test_eine_berichtigung_bewegt_keine_meldung_aus_einer_anderen_fallrekonstruktion(lauf: Lauf) -> None:
    meldungen = lauf.ausgewaehlt()
    erste = lauf.freigegeben(meldungen)
    zweite = _zweite(lauf, *meldungen)
    lauf.tue("berichtigen", erste, wer=KOORDINATION_B, grund="Woche falsch", gelungen=["Anruf"])
    lauf.tue("pruefen", erste, pseudonymisiert=True)
    for wer, stelle in ((MELDER, STELLE), (CM, CM_STELLE)):
        lauf.tue("rueckmelden", erste, wer=wer, stelle=stelle, zustimmung="zugestimmt")
    lauf.tue("abstimmen", erste)
    lauf.tue("freigeben", erste, themenkandidat="Wartelisten")
    assert lauf.zustand(erste, zweite, *meldungen) == ["freigegeben", "eingeladen", "in_rekonstruktion"]
    _heil(lauf)


def test_eine_meldung_scheidet_aus_und_kommt_zurueck(lauf: Lauf) -> None:
    eins, zwei = lauf.ausgewaehlt(2)
    fr = lauf.eingeladen([eins, zwei])
    lauf.tue("auswahl_aufheben", eins, ziel="in_sammlung", grund="Versehen")
    assert lauf.nachbarn(fr, "rekonstruiert_in", "her") == [zwei]
    lauf.db.in_transaktion(lambda s: nimm_zurueck(s, eins, "Versehen", KOORDINATION_B, lauf.jetzt, lauf.umfeld))
    assert lauf.zustand(eins) == ["in_rekonstruktion"] and set(lauf.nachbarn(fr, "rekonstruiert_in", "her")) == {eins, zwei}
    _heil(lauf)


# --- Wiederkehr -------------------------------------------------------------------------------------------------------


@pytest.fixture
def kreis(db: Datenbank, umfeld: Umfeld) -> Kreis:
    return Kreis(db, umfeld).eingefuehrt()


@pytest.mark.parametrize(("monat", "marken"), [("2026-07", {"signal"}), ("2025-12", set())])
def test_eine_doppelmeldung_zaehlt_fuer_die_wiederkehr_nach_ihrem_ereignis(kreis: Kreis, monat: str, marken: set[str]) -> None:
    kreis.wirksam()
    neu = kreis.tue("einreichen", art="meldebogen", wer=MELDER, **{**MELDUNG, "ereignis_von": monat, "ereignis_bis": monat})
    kreis.tue("als_doppelmeldung_verknuepfen", neu, original=kreis.meldung)
    assert kreis.marken() == marken and kreis.stand(kreis.meldung)["wiederholungen"] == 1
    assert [v["meldung"] for v in kreis.stand(kreis.meldung)["vorkommen"]] == [neu]
    _heil(kreis)


@pytest.mark.parametrize(("tag", "marken"), [("2026-07-28", {"signal"}), (None, set()), ("2026-07-01", set())])
def test_wieder_vorgekommen_nach_dem_start_ist_ein_signal(kreis: Kreis, tag: str | None, marken: set[str]) -> None:
    """Ohne Tag zählt der, an dem es jemand sagt; hier ist es noch der Tag vor dem Start."""
    if tag is None:
        kreis.jetzt = JETZT + timedelta(days=190)
    else:
        kreis.jetzt += timedelta(days=5)
    kreis.tue("wieder_vorgekommen", kreis.meldung, wer=MELDER, text="Wieder vier Wochen", vorgekommen_am=tag)
    assert kreis.marken() == marken


def _einwilligung(lauf: Lauf, meldung: str) -> str | None:
    """Warum sich die Einwilligung nicht verzeichnen lässt; leer, wenn es geht."""
    with lauf.db.lesen() as s:
        return next(m.grund for m in moegliche(s, KOORDINATION, meldung, JETZT) if m.uebergang.ausloeser == "einwilligung_verzeichnen")


def test_eine_einwilligung_steht_zur_wahl_wo_eine_uebergabe_gewuenscht_ist_oder_laeuft(lauf: Lauf) -> None:
    ungewollt, gewollt = melde(lauf.db, lauf.umfeld), melde(lauf.db, lauf.umfeld, einzelfall_uebergabe_gewuenscht=True)
    assert "nicht gewünscht" in str(_einwilligung(lauf, ungewollt)) and _einwilligung(lauf, gewollt) == ""
    with pytest.raises(Unmoeglich) as ohne:
        lauf.tue("einwilligung_verzeichnen", ungewollt, wer=MELDER, einwilligung_uebergabe=True)
    assert ohne.value.waechter == ("uebergabe_betrifft",)
    lauf.tue("nachtragen", ungewollt, wer=MELDER, einzelfall_uebergabe_gewuenscht=True)
    lauf.tue("einwilligung_verzeichnen", ungewollt, wer=MELDER, einwilligung_uebergabe=True)
    for meldung in (ungewollt, gewollt):
        lauf.tue("zurueckziehen", meldung, wer=MELDER)
    assert _einwilligung(lauf, ungewollt) == "", "was vorliegt, kann auch später widerrufen werden"
    lauf.tue("einwilligung_verzeichnen", ungewollt, wer=MELDER, einwilligung_uebergabe=False)
    assert all("beendet" in str(_einwilligung(lauf, m)) for m in (ungewollt, gewollt))


def test_wer_begleitet_wird_kann_auch_nach_dem_ende_wieder_einwilligen(lauf: Lauf) -> None:
    meldung, fall = _angeboten(lauf)
    lauf.tue("uebernehmen", fall, wer=CM)
    lauf.tue("zurueckziehen", meldung, wer=MELDER)
    for ja in (False, True):
        lauf.tue("einwilligung_verzeichnen", meldung, wer=MELDER, einwilligung_uebergabe=ja)
    _heil(lauf)


def test_an_einem_ende_steht_nichts_als_noch_nicht_moeglich_da(lauf: Lauf, profil: Profil) -> None:
    meldung = melde(lauf.db, lauf.umfeld)
    k = Fenster(seiten(lauf.db, profil, JETZT), "koordination-a")
    offen = k.hole(f"/vorgang/{meldung}").text
    lauf.tue("zurueckziehen", meldung, wer=MELDER)
    beendet = k.hole(f"/vorgang/{meldung}").text
    assert "Einwilligung in die Übergabe" in offen and "Noch nicht möglich" in offen
    assert "Einwilligung in die Übergabe" not in beendet and "Noch nicht möglich" not in beendet
