"""Die Fristenrechnung gegen eine zweite, unabhängige (orakel_kalender) und gegen allgemeine Eigenschaften."""

import random
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from service.kalender import Dauer, Einheit, Kalender
from tests.service.orakel_kalender import TAGE, Orakel, ostersonntag, stelle

OHNE = Kalender(frozenset(), "1")
SPANNEN = {"WT": 60, "Tage": 200, "Wochen": 40, "Monate": 30, "Jahre": 5}


def als_tripel(wert: date) -> tuple[int, int, int]:
    return wert.year, wert.month, wert.day


def zufaellige_schliesstage(zufall: random.Random) -> frozenset[date]:
    """Heiligabend und Silvester, einzelne Brückentage und ab und zu eine ganze Woche."""
    tage = {date(jahr, 12, einer) for jahr in range(1995, 2050) for einer in (24, 31)}
    anfang = date(1995, 1, 1)
    for _ in range(300):
        erster = anfang + timedelta(days=zufall.randrange(20000))
        tage |= {erster + timedelta(days=n) for n in range(zufall.choice((1, 1, 1, 2, 7)))}
    return frozenset(tage)


def paare(zufall: random.Random) -> list[tuple[Kalender, Orakel]]:
    mengen = [frozenset[date](), *(zufaellige_schliesstage(zufall) for _ in range(4))]
    return [(Kalender(menge, str(n)), Orakel({als_tripel(t) for t in menge})) for n, menge in enumerate(mengen)]


def test_hunderttausend_fristen_ohne_abweichung() -> None:
    zufall = random.Random(20260105)
    auswahl = paare(zufall)
    anfang, umfang = date(2000, 1, 1), (date(2040, 12, 31) - date(2000, 1, 1)).days + 1
    methoden = ("ende", "vor", "ende", "vor", "ende_ab_tagesbeginn")
    abweichungen = []
    for _ in range(100_000):
        kalender, orakel = zufall.choice(auswahl)
        methode, einheit = zufall.choice(methoden), zufall.choice(list(Einheit))
        anker = anfang + timedelta(days=zufall.randrange(umfang))
        dauer = Dauer(zufall.randint(1, SPANNEN[einheit.value]), einheit)
        gerechnet = getattr(kalender, methode)(anker, dauer).ende
        gezaehlt = getattr(orakel, methode)(als_tripel(anker), dauer.zahl, einheit.value)
        if als_tripel(gerechnet) != gezaehlt:
            abweichungen.append((methode, anker, str(dauer), gerechnet, gezaehlt))
    assert abweichungen == []


def test_unterbrechungen_ohne_abweichung() -> None:
    zufall = random.Random(20260106)
    auswahl = paare(zufall)
    for _ in range(10_000):
        kalender, orakel = zufall.choice(auswahl)
        ende = date(2000, 1, 1) + timedelta(days=zufall.randrange(14000))
        von = ende - timedelta(days=zufall.randint(-20, 90))
        bis = von + timedelta(days=zufall.randint(0, 120))
        erwartet = orakel.verlaengern(als_tripel(ende), als_tripel(von), als_tripel(bis))
        assert als_tripel(kalender.verlaengern(ende, von, bis).ende) == erwartet, (ende, von, bis)
        assert kalender.werktage_zwischen(von, bis) == orakel.werktage_zwischen(als_tripel(von), als_tripel(bis))


def test_jeder_tag_der_liste_ist_gleich_eingeordnet() -> None:
    zufall = random.Random(20260107)
    for kalender, orakel in paare(zufall)[:2]:
        anders = [t for t in TAGE if kalender.ist_werktag(date(*t)) != orakel.ist_werktag(t)]
        assert anders == []


def test_das_orakel_kennt_den_kalender() -> None:
    """Auch die zweite Rechnung braucht einen festen Punkt außerhalb von ihr selbst."""
    assert [ostersonntag(jahr) for jahr in (2000, 2008, 2024, 2027, 2038)] == [
        *((2000, 4, 23), (2008, 3, 23), (2024, 3, 31), (2027, 3, 28), (2038, 4, 25)),
    ]
    assert stelle((2027, 3, 1)) - stelle((2027, 2, 28)) == 1
    assert stelle((2028, 3, 1)) - stelle((2028, 2, 28)) == 2
    assert Orakel(set()).ende((2027, 1, 31), 1, "Monate") == (2027, 3, 1)


tage = st.dates(date(2000, 1, 1), date(2040, 12, 31))
dauern = st.builds(Dauer, st.integers(1, 60), st.sampled_from([e for e in Einheit if e is not Einheit.JAHRE])) | (
    st.builds(Dauer, st.integers(1, 8), st.just(Einheit.JAHRE))
)
werktagsdauern = st.builds(Dauer, st.integers(1, 300), st.just(Einheit.WT))
kalender_st = st.builds(
    Kalender, st.frozensets(st.dates(date(2020, 1, 1), date(2024, 12, 31)), max_size=60), st.just("x")
) | st.just(OHNE)
wenige = settings(max_examples=150, deadline=None)


@wenige
@given(kalender_st, tage, dauern)
def test_jede_frist_endet_an_einem_werktag(kalender: Kalender, anker: date, dauer: Dauer) -> None:
    assert kalender.ist_werktag(kalender.ende(anker, dauer).ende)
    assert kalender.ist_werktag(kalender.ende_ab_tagesbeginn(anker, dauer).ende)
    assert kalender.ist_werktag(kalender.vor(anker, dauer).ende)
    assert kalender.vor(anker, dauer).ende < anker < kalender.ende(anker, dauer).ende


@wenige
@given(kalender_st, tage, st.integers(0, 40), dauern)
def test_spaeteres_ereignis_nie_frueheres_ende(kalender: Kalender, anker: date, abstand: int, dauer: Dauer) -> None:
    spaeter = anker + timedelta(days=abstand)
    assert kalender.ende(anker, dauer).ende <= kalender.ende(spaeter, dauer).ende
    assert kalender.ende_ab_tagesbeginn(anker, dauer).ende <= kalender.ende_ab_tagesbeginn(spaeter, dauer).ende
    assert kalender.vor(anker, dauer).ende <= kalender.vor(spaeter, dauer).ende
    assert kalender.ende_ab_tagesbeginn(anker, dauer).ende <= kalender.ende(anker, dauer).ende


@wenige
@given(kalender_st, tage, werktagsdauern)
def test_werktage_hin_und_zurueck(kalender: Kalender, anker: date, dauer: Dauer) -> None:
    ende = kalender.ende(anker, dauer).ende
    assert kalender.werktage_zwischen(anker, ende) == dauer.zahl
    assert kalender.werktage_zwischen(ende, anker) == -dauer.zahl
    if kalender.ist_werktag(anker):
        assert kalender.vor(ende, dauer).ende == anker


@wenige
@given(kalender_st, tage, st.integers(-30, 90), st.integers(0, 90), st.integers(0, 90))
def test_unterbrechung_verkuerzt_nie(kalender: Kalender, ende: date, vorher: int, erste: int, zweite: int) -> None:
    von = ende - timedelta(days=vorher)
    mitte = von + timedelta(days=erste)
    bis = mitte + timedelta(days=zweite)
    einmal = kalender.verlaengern(ende, von, bis)
    assert einmal.ende >= ende
    assert kalender.ist_werktag(einmal.ende)
    # Zwei Unterbrechungen, die aneinanderstoßen, sind eine: Mehrfaches Anhalten bringt keine Zeit.
    zwischen = kalender.verlaengern(ende, von, mitte).ende
    if kalender.ist_werktag(mitte):
        assert kalender.verlaengern(zwischen, mitte, bis).ende == einmal.ende


@wenige
@given(kalender_st, tage, dauern)
def test_herleitung_nennt_das_ende_in_ganzen_saetzen(kalender: Kalender, anker: date, dauer: Dauer) -> None:
    for ergebnis in (
        kalender.ende(anker, dauer),
        kalender.ende_ab_tagesbeginn(anker, dauer),
        kalender.vor(anker, dauer),
    ):
        assert f"{ergebnis.ende:%d.%m.%Y}" in ergebnis.herleitung[-1]
        assert f"{anker:%d.%m.%Y}" in ergebnis.herleitung[0] and "§ 187" in ergebnis.herleitung[0]
        assert all(satz[0].isupper() or satz[0].isdigit() for satz in ergebnis.herleitung)
        assert all(satz.endswith(".") and "None" not in satz for satz in ergebnis.herleitung)
        assert ("§ 188" in " ".join(ergebnis.herleitung)) == (dauer.einheit is not Einheit.WT)
