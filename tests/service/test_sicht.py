"""Die Sicht: beide Übersetzungen der Tabelle sagen dasselbe, jede Zelle stimmt, und die Verbote gewinnen zuletzt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.bezuege import Umstaende
from service.db import Datenbank, Sitzung
from service.handelnde import Handelnde
from service.laden import Netz, lade
from service.sicht import SICHT, Ebene, felder, sichtbar, sieht, umstaende
from states.kette import PROZESSE
from states.model import Rolle
from tests.bau import ISERLOHN, person
from tests.sichtwelt import BEREICHE, HEUTE, PERSONEN, STELLEN, Welt, zufaellige_welt

KONTOROLLEN = [r.value for r in Rolle if r not in (Rolle.KETTE, Rolle.BESCHLUSS)]
VON_WENIG_NACH_VIEL = list(Ebene)

personen = st.builds(
    Handelnde, key=st.sampled_from((*PERSONEN, "niemand")), name=st.just(""), institution=st.sampled_from((*STELLEN, "Fremd", None)),
    rollen=st.frozensets(st.tuples(st.sampled_from(KONTOROLLEN), st.sampled_from(("", *BEREICHE))), max_size=3), abh=st.booleans())


def _mindestens(ebene: Ebene | None, ab: Ebene) -> bool:
    return ebene is not None and VON_WENIG_NACH_VIEL.index(ebene) >= VON_WENIG_NACH_VIEL.index(ab)


# --- beide Übersetzungen sind gleich ----------------------------------------------------------------------------------


@pytest.mark.parametrize("samen", [1, 2])
def test_pruefung_und_sql_bedingung_sagen_dasselbe(db: Datenbank, samen: int) -> None:
    with db.transaktion() as s:
        welt = zufaellige_welt(s, Random(samen), je_art=28)
        s.fuehre("ANALYZE")  # ohne Zahlen plant PostgreSQL lange
    with db.lesen() as s:
        netz = Netz()
        lade(s, range(1, welt.anzahl + 1), netz)
        netze = {a.key: umstaende(s, a, HEUTE).netz for a in netz.akten.values()}
        gesehen: set[tuple[str, Ebene]] = set()

        @settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(wer=personen, heute=st.sampled_from((HEUTE, HEUTE + timedelta(days=1))))
        def pruefe(wer: Handelnde, heute: date) -> None:
            ebenen = {a.key: sieht(wer, a, Umstaende(netze[a.key], heute)) for a in netz.akten.values()}
            gesehen.update((a.art, e) for a in netz.akten.values() if (e := ebenen[a.key]) is not None)
            for ab in Ebene:
                bedingung, werte = sichtbar(wer, heute, "v", ab)
                gefunden = {key for (key,) in s.alle(f"SELECT v.key FROM vorgang v WHERE {bedingung}", werte)}
                assert gefunden == {k for k, e in ebenen.items() if _mindestens(e, ab)}, ab

        pruefe()
        # sonst bewiese Gleichheit nichts: jede Art ist auf jeder Ebene vorgekommen, die die Tabelle ihr gibt
        assert {(art, z.ebene) for z in SICHT for art in z.arten if z.rolle is not None} <= gesehen


def test_die_bedingung_laesst_sich_auf_arten_beschraenken(db: Datenbank) -> None:
    with db.transaktion() as s:
        zufaellige_welt(s, Random(3), je_art=15)
        wer = person("p1", "koordination", "lg_mitglied", bereich="kreis", institution="Amt A")
        ganz, werte = sichtbar(wer, HEUTE)
        for art in PROZESSE:
            nur, nur_werte = sichtbar(wer, HEUTE, "x", arten=(art,))
            assert s.alle(f"SELECT x.id FROM vorgang x WHERE {nur} ORDER BY x.id", nur_werte) == s.alle(
                f"SELECT v.id FROM vorgang v WHERE v.art = :art AND {ganz} ORDER BY v.id", {**werte, "art": art})


# --- jede Zelle der Tafel in process.md -------------------------------------------------------------------------------

V, G, T, Z, P, NICHTS = Ebene.VOLL, Ebene.GEKUERZT, Ebene.TITEL, Ebene.ZAHL, Ebene.PROTOKOLL, None
SPALTEN = ("meldung_eigene", "meldung_eigene_neu", "meldung_kreis", "meldung_iserlohn", "fr_dabei", "fr_dabei_ungeprueft", "fr_fremd",
           "thema_neu", "thema_frei", "zs_entwurf", "zs_vorgelegt", "zs_frei", "ag_eigene", "ag_fremd", "sitzung", "beschluss_gefasst",
           "beschluss_weiter")
TAFEL: dict[str, tuple[Ebene | None, ...]] = {
    # Meldung: eigene, eigene neue, Kreis, Iserlohn | FR dabei, ungeprüft, fremd | Thema neu, frei | ZS Entwurf, vorgelegt, frei | AG | LG
    "melder": (V, V, NICHTS, NICHTS, G, NICHTS, NICHTS, NICHTS, G, NICHTS, NICHTS, G, V, NICHTS, NICHTS, NICHTS, NICHTS),
    "case_management": (V, NICHTS, NICHTS, NICHTS, V, V, NICHTS, V, V, V, V, V, V, NICHTS, NICHTS, NICHTS, G),
    "koordination": (T, T, V, T, V, V, V, V, V, V, V, V, V, V, V, V, V),
    "verwaltung": (NICHTS,) * 7 + (T, T, T, T, T, G, G, V, V, V),
    "fachaufsicht": (NICHTS,) * 7 + (V, V, V, V, V, NICHTS, NICHTS, NICHTS, NICHTS, G),
    "ag_mitglied": (NICHTS,) * 12 + (V, NICHTS, NICHTS, NICHTS, NICHTS),
    "ag_leitung": (NICHTS,) * 12 + (V, NICHTS, T, NICHTS, NICHTS),  # nur, dass es die Sitzung gibt, auf die sie vorlegt
    "fr_gast": (NICHTS,) * 4 + (G,) + (NICHTS,) * 12,
    "umsetzende_stelle": (NICHTS,) * 17,
    "lg_mitglied": (NICHTS,) * 7 + (V, V, T, V, V, G, G, V, V, V),
    "lg_vorsitz": (NICHTS,) * 7 + (V, V, T, V, V, G, G, V, V, V),
    "lg_gast": (NICHTS,) * 17,
    "leitung": (Z, Z, Z, Z, NICHTS, NICHTS, NICHTS, V, V, T, V, V, G, G, V, V, V),
    "gremium": (NICHTS,) * 8 + (G, NICHTS, NICHTS, G) + (NICHTS,) * 5,
    "revision": (P,) * 17,
    "admin": (NICHTS,) * 17,
    "empfaenger": (NICHTS,) * 17,
    "system": (NICHTS,) * 17,
}


def _tafel(welt: Welt) -> dict[str, int]:
    dabei = (("Amt A", "melder"), ("Amt A", "fr_gast"))
    gruppe = (("Amt A", "ag_mitglied"),)
    kennungen = (
        welt.vorgang("meldebogen", "in_sammlung", institution="Amt A", bereich="iserlohn"),
        welt.vorgang("meldebogen", "eingegangen", institution="Amt A", bereich="iserlohn"),
        welt.vorgang("meldebogen", "in_sammlung", institution="Amt B", bereich="kreis"),
        welt.vorgang("meldebogen", "in_sammlung", institution="Amt B", bereich="iserlohn"),
        welt.vorgang("fallrekonstruktion", "geprueft", beteiligt=dabei),
        welt.vorgang("fallrekonstruktion", "protokolliert", beteiligt=dabei),
        welt.vorgang("fallrekonstruktion", "geprueft"), welt.vorgang("generatives_thema", "geclustert"),
        welt.vorgang("generatives_thema", "in_bearbeitung"), welt.vorgang("zielsystem", "entwurf"), welt.vorgang("zielsystem", "vorgelegt"),
        welt.vorgang("zielsystem", "weitergeleitet"), welt.vorgang("arbeitsgruppe", "ist_analyse", beteiligt=gruppe),
        welt.vorgang("arbeitsgruppe", "ist_analyse"), welt.vorgang("sitzung", "eingeladen"), welt.vorgang("beschluss", "gefasst"),
        welt.vorgang("beschluss", "weitergeleitet"))
    return dict(zip(SPALTEN, kennungen, strict=True))


def _ebene(s: Sitzung, wer: Handelnde, kennung: int, heute: date = HEUTE) -> Ebene | None:
    """Beide Formen zugleich; sie müssen sich einig sein."""
    netz = Netz()
    lade(s, [kennung], netz)
    ebene = sieht(wer, netz.akten[kennung], umstaende(s, netz.akten[kennung], heute))
    for ab in Ebene:
        bedingung, werte = sichtbar(wer, heute, "v", ab)
        assert bool(s.alle(f"SELECT 1 FROM vorgang v WHERE v.id = :id AND {bedingung}", {**werte, "id": kennung})) == _mindestens(ebene, ab)
    return ebene


def test_jede_zelle_der_tafel(db: Datenbank) -> None:
    assert TAFEL.keys() == set(KONTOROLLEN)
    with db.transaktion() as s:
        faelle = _tafel(Welt(s))
        for rolle, soll in TAFEL.items():
            wer = person("p9", rolle, bereich="kreis" if rolle == "koordination" else "", institution="Amt A")
            assert {f: _ebene(s, wer, k) for f, k in faelle.items()} == dict(zip(SPALTEN, soll, strict=True)), rolle


def test_was_neben_der_tafel_steht(db: Datenbank) -> None:
    """Sammlung, Runden und Lage nur bei der Koordination; Berichtswesen; Einzelfall bei Case Management und Fachaufsicht."""
    ueberall = {"koordination": V, "revision": P}
    berichtswesen = {**ueberall, "verwaltung": V, "leitung": V}
    soll: dict[tuple[str, str], dict[str, Ebene]] = {
        ("sammlung", "offen"): ueberall, ("auswahlrunde", "offen"): ueberall, ("lage", "ausgerufen"): ueberall,
        ("bericht", "entwurf"): berichtswesen, ("bericht", "versandt"): {**berichtswesen, "gremium": G},
        ("anfrage", "offen"): berichtswesen, ("kooperationsvereinbarung", "gueltig"): berichtswesen,
        ("einzelfalluebergabe", "angeboten"): {**ueberall, "case_management": V, "fachaufsicht": V},
    }
    with db.transaktion() as s:
        welt = Welt(s)
        for (art, zustand), erwartet in soll.items():
            kennung = welt.vorgang(art, zustand, institution="Amt A")
            gesehen = {r: e for r in KONTOROLLEN if (e := _ebene(s, person("p9", r, bereich="kreis", institution="Amt A"), kennung))}
            assert gesehen == erwartet, art


# --- Bezüge, die mehr als eine Zeile brauchen -------------------------------------------------------------------------


@pytest.fixture
def welt(db: Datenbank) -> Iterator[Welt]:
    with db.transaktion() as s:
        yield Welt(s)


def _cm(key: str = "p1", institution: str = "Team D") -> Handelnde:
    return person(key, "case_management", institution=institution)


def test_case_management_sieht_eigene_meldungen_und_die_des_teams_nach_der_annahme(welt: Welt) -> None:
    eigene = (("p1", "melder"),)
    neu = welt.vorgang("meldebogen", "eingegangen", institution="Team D", beteiligt=eigene)
    zurueck = welt.vorgang("meldebogen", "zurueckgezogen", institution="Team D", beteiligt=eigene)
    angenommen = welt.vorgang("meldebogen", "in_vorpruefung", institution="Team D", beteiligt=eigene)
    assert [_ebene(welt.s, _cm(), k) for k in (neu, zurueck, angenommen)] == [V, V, V]
    assert [_ebene(welt.s, _cm("p2"), k) for k in (neu, zurueck, angenommen)] == [None, None, V]
    assert _ebene(welt.s, _cm("p1", "Amt B"), angenommen) is None  # wer das Team wechselt, nimmt nichts mit
    uebergabe = welt.vorgang("einzelfalluebergabe", "angeboten", institution="Amt B")
    welt.verbinde(angenommen, "uebergeben_in", uebergabe)
    assert [_ebene(welt.s, _cm(institution=i), uebergabe) for i in ("Team D", "Amt B", "Amt A")] == [V, V, None]


def test_fremder_bereich_sieht_titel_bis_der_text_geteilt_ist(welt: Welt) -> None:
    kennung = welt.vorgang("meldebogen", "in_sammlung", bereich="kreis", zustaendig="koord_a", vertretung="koord_is2")
    assert _ebene(welt.s, ISERLOHN, kennung) is T
    assert _ebene(welt.s, person("koord_is2", "koordination", bereich="iserlohn"), kennung) is V  # Vertretung aus dem anderen Bereich
    assert _ebene(welt.s, person("koord_is2", "verwaltung"), kennung) is None  # die Vertretung allein ist keine Rolle
    welt.beteilige(kennung, "iserlohn", "koordination")
    assert _ebene(welt.s, ISERLOHN, kennung) is V
    assert _ebene(welt.s, person("ganz", "koordination"), kennung) is V  # ohne Bereich gilt die Rolle überall


def test_gast_bis_dreissig_tage_nach_der_freigabe(welt: Welt) -> None:
    """23:30 UTC ist in Berlin schon der nächste Tag; gerechnet wird mit dem Tag in Berlin."""
    am = datetime(2026, 5, 15, 23, 30, tzinfo=UTC)
    dabei = (("Amt A", "fr_gast"), ("Amt A", "melder"))
    kennung = welt.vorgang("fallrekonstruktion", "freigegeben", beteiligt=dabei, stand={"freigegeben_am": "2026-05-16"})
    welt.gib_frei(kennung, 7, am)
    gast, melder = person("g", "fr_gast", institution="Amt A"), person("m", "melder", institution="Amt A")
    assert _ebene(welt.s, gast, kennung, date(2026, 6, 15)) is G
    assert _ebene(welt.s, gast, kennung, date(2026, 6, 16)) is None
    assert _ebene(welt.s, melder, kennung, date(2027, 6, 16)) is G
    in_berichtigung = welt.vorgang("fallrekonstruktion", "protokolliert", beteiligt=dabei, stand={"freigegeben_am": "2026-05-16"})
    zurueckgenommen = welt.vorgang("fallrekonstruktion", "protokolliert", beteiligt=dabei)
    welt.gib_frei(in_berichtigung, 7, am)
    welt.gib_frei(zurueckgenommen, 7, am, zurueck=True)
    assert [_ebene(welt.s, melder, k) for k in (in_berichtigung, zurueckgenommen)] == [G, None]
    zu = [welt.vorgang("fallrekonstruktion", zustand, beteiligt=dabei) for zustand in ("gesperrt", "abgebrochen")]
    assert [_ebene(welt.s, melder, k) for k in zu] == [None, None]


def test_arbeitsgruppe_sieht_ihr_thema_ihr_zielsystem_und_die_freigegebene_fassung(welt: Welt) -> None:
    ag = welt.vorgang("arbeitsgruppe", "soll_entwurf", beteiligt=(("Amt A", "ag_mitglied"), ("p7", "ag_leitung")))
    andere = welt.vorgang("arbeitsgruppe", "soll_entwurf", beteiligt=(("Amt B", "ag_mitglied"),))
    thema, zs = welt.vorgang("generatives_thema", "in_bearbeitung"), welt.vorgang("zielsystem", "entwurf", eltern=ag)
    massnahme, monitoring = welt.vorgang("massnahme", "offen", eltern=zs), welt.vorgang("monitoring", "geplant", eltern=zs)
    fr = welt.vorgang("fallrekonstruktion", "freigegeben", stand={"freigegeben_am": "2026-05-16"})
    welt.gib_frei(fr, 5, datetime(2026, 5, 16, 9, tzinfo=UTC))
    welt.verbinde(thema, "beauftragt", ag)
    welt.verbinde(fr, "ergibt", thema)
    raum = (ag, thema, zs, massnahme, monitoring, fr)
    assert [_ebene(welt.s, person("x", "ag_mitglied", institution="Amt A"), k) for k in raum] == [V, V, V, V, V, G]
    assert [_ebene(welt.s, person("x", "ag_mitglied", institution="Amt B"), k) for k in raum] == [None] * 6
    # die Institution allein genügt nicht
    assert [_ebene(welt.s, person("x", "fachaufsicht", institution="Amt A"), k) for k in (ag, fr)] == [None, None]
    assert [_ebene(welt.s, person("p7", "verwaltung"), k) for k in raum] == [V, V, V, V, V, None]  # selbst benannt schon
    assert [_ebene(welt.s, Handelnde("p7"), k) for k in raum] == [None] * 6  # ein Konto ohne Rolle sieht nichts
    assert _ebene(welt.s, person("x", "melder", institution="Amt A"), zs) is V
    assert _ebene(welt.s, person("x", "ag_mitglied", institution="Amt A"), andere) is None


def test_umsetzende_stelle_sieht_den_auszug_und_das_eigene(welt: Welt) -> None:
    zs = welt.vorgang("zielsystem", "in_umsetzung", stand={
        "titel": "Ablauf", "soll": [1], "stimmen": {"Amt A": {}}, "antworten": {i: {"institution": i} for i in ("Amt A", "Amt B")},
        "massnahmen": [{"eigner": "Amt A"}, {"eigner": "Amt B"}], "indikatoren": [{"key": "1", "quelle": "Liste", "erhoben_von": "Amt A"}]})
    eigene = welt.vorgang("massnahme", "offen", eltern=zs, beteiligt=(("Amt A", "umsetzende_stelle"),))
    fremde = welt.vorgang("massnahme", "offen", eltern=zs, beteiligt=(("Amt B", "umsetzende_stelle"),))
    monitoring = welt.vorgang("monitoring", "laufend", eltern=zs, beteiligt=(("Amt A", "umsetzende_stelle"),), stand={
        "indikatoren": [{"key": "1", "quelle": "Amt A"}, {"key": "2", "quelle": "Amt B"}], "baseline": {"1": {"wert": 1}, "2": {"wert": 2}},
        "erhebungen": {"1 2026-07-01": {"indikator": "1"}, "2 2026-07-01": {"indikator": "2"}}})
    beschluss = welt.vorgang("beschluss", "in_erledigung", beteiligt=(("Amt A", "empfaenger"),))
    welt.verbinde(zs, "umgesetzt_durch", eigene)
    amt = person("x", "umsetzende_stelle", institution="Amt A")
    assert [_ebene(welt.s, amt, k) for k in (zs, eigene, fremde, monitoring, beschluss)] == [G, V, None, G, G]
    inhalt = _felder(welt.s, amt, zs)
    assert inhalt["soll"] == [1] and "stimmen" not in inhalt
    assert (list(inhalt["antworten"]), inhalt["massnahmen"], len(inhalt["indikatoren"])) == (["Amt A"], [{"eigner": "Amt A"}], 1)
    gezeigt = _felder(welt.s, amt, monitoring)
    assert (len(gezeigt["indikatoren"]), list(gezeigt["baseline"]), list(gezeigt["erhebungen"])) == (1, ["1"], ["1 2026-07-01"])


def _felder(s: Sitzung, wer: Handelnde, kennung: int) -> dict[str, Any]:
    netz = Netz()
    lade(s, [kennung], netz)
    return felder(wer, netz.akten[kennung], umstaende(s, netz.akten[kennung], HEUTE))
