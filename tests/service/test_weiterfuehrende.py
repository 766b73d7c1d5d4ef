"""Bei wem ein Vorgang liegt: bei denen, die etwas schulden, solange der nächste Schritt darauf wartet; danach bei der Koordination."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service import aufgaben
from service.clock import berliner_tag
from service.db import Datenbank
from service.weiterfuehrende import wo_es_gerade_liegt, wo_es_liegt
from states.erwartungen import ERWARTUNGEN
from tests.bau import JETZT, KOORDINATION, person
from tests.sichtwelt import Welt

HEUTE = berliner_tag(JETZT)
SITZE = [{"sitz": f"S{n}", "funktion": f"Amt {n}, Kreis", "personen": [f"s{n}"]} for n in range(1, 8)]
BIS = (HEUTE + timedelta(days=5)).isoformat()
VORBEI = (HEUTE - timedelta(days=1)).isoformat()


def umlauf(*stimmen: str, bis: str = BIS) -> dict[str, Any]:
    return {"sitze": SITZE, "antwort_bis": bis, "stimmen": {f"S{n}": {"stimme": w} for n, w in enumerate(stimmen, 1)}}


@pytest.mark.parametrize(("art", "zustand", "stand", "bei"), [
    ("beschluss", "im_umlauf", umlauf("ja"), "Amt 2, Kreis; Amt 3, Kreis; Amt 4, Kreis; Amt 5, Kreis und 2 weitere (Stimme abgeben)"),
    ("beschluss", "im_umlauf", umlauf(*["ja"] * 6), "Amt 7, Kreis (Stimme abgeben)"),
    ("beschluss", "im_umlauf", umlauf(*["ja"] * 7), "Koordination"),
    ("beschluss", "im_umlauf", umlauf("diskussion"), "Koordination"),
    ("beschluss", "im_umlauf", umlauf("ja", bis=VORBEI), "Koordination"),
    ("arbeitsgruppe", "ist_analyse", {"mitglieder": {"Amt A": {}, "Amt B": {}}, "ist_beitraege": {"Amt A": {"grund_fehlt": "x"}}},
     "Amt B (Ist-Beitrag erfassen)"),
    ("arbeitsgruppe", "ist_analyse", {"mitglieder": {"Amt A": {}}, "ist_beitraege": {"Amt A": {"grund_fehlt": "x"}}},
     "Leitung der Arbeitsgruppe oder Koordination"),
    ("fallrekonstruktion", "geprueft", {"teilnehmende": [{"institution": "Jobcenter"}, {"institution": "Amt B"}],
                                        "rueckmeldungen": {"Amt B": {}}}, "Jobcenter (Zum Entwurf antworten)"),
    ("fallrekonstruktion", "geprueft", {"teilnehmende": [{"institution": "Amt B"}], "rueckmeldungen": {"Amt B": {}}}, "Koordination"),
    ("sitzung", "geplant", {}, "Vorsitz der Lenkungsgruppe (Der Tagesordnung zustimmen)"),
    ("sitzung", "geplant", {"tagesordnung_zugestimmt_am": VORBEI}, "Koordination oder Verwaltung"),
    ("beschluss", "weitergeleitet", {"weiterleitungen": {"Amt A": {"aufgabe": True}}}, wo_es_liegt("beschluss", "weitergeleitet")),
])  # fmt: skip
def test_es_liegt_bei_wem_noch_etwas_fehlt(db: Datenbank, art: str, zustand: str, stand: dict[str, Any], bei: str) -> None:
    with db.transaktion() as s:
        welt = Welt(s)
        key = welt.key(welt.vorgang(art, zustand, stand=stand))
        assert wo_es_gerade_liegt(s, KOORDINATION, key, HEUTE) == bei


def test_die_mitglieder_kommen_aus_der_gruppe_und_ihre_namen_nur_zu_wem_sie_sieht(db: Datenbank) -> None:
    cm = person("cm-a", "case_management")
    with db.transaktion() as s:
        welt = Welt(s)
        ag = welt.vorgang("arbeitsgruppe", "soll_entwurf", stand={"mitglieder": {"Amt A": {}, "Amt B": {}}})
        zs = welt.vorgang("zielsystem", "entwurf", stand={"stimmen": {"Amt A": {}}}, eltern=ag)
        welt.verbinde(ag, "erarbeitet", zs)
        assert wo_es_gerade_liegt(s, KOORDINATION, welt.key(zs), HEUTE) == "Amt B (Zustimmen)"
        fremd = wo_es_gerade_liegt(s, cm, welt.key(zs), HEUTE)
        assert "Amt" not in fremd and fremd.endswith("(Zustimmen)"), fremd
        s.fuehre("UPDATE vorgang SET stand = '{\"stimmen\": {\"Amt A\": {}, \"Amt B\": {}}}' WHERE id = :id", {"id": zs})
        assert wo_es_gerade_liegt(s, KOORDINATION, welt.key(zs), HEUTE) == wo_es_liegt("zielsystem", "entwurf")


def test_die_arbeitsliste_bietet_keinen_schritt_an_auf_den_andere_warten_lassen(db: Datenbank) -> None:
    """Auch nicht bei mehreren Vorgängen: was bei wem liegt, liest die Liste mit denselben Anfragen wie bei einem."""
    with db.transaktion() as s:
        welt = Welt(s)
        for stimmen in (("ja",), ("ja",) * 7):
            welt.vorgang("beschluss", "im_umlauf", stand=umlauf(*stimmen), zustaendig=KOORDINATION.key, faellig="2026-01-01")
        zeilen = aufgaben.aufgaben(s, KOORDINATION, HEUTE, aufgaben.zu_tun(s, KOORDINATION, HEUTE).zeilen)
    assert [z.schritt for z in zeilen] == ["", "Ergebnis des Umlaufs feststellen"]
    assert zeilen[0].liegt_bei.endswith("(Stimme abgeben)") and zeilen[1].liegt_bei == ""


def test_wer_einzeln_gefragt_ist_steht_bei_der_erwartung() -> None:
    assert {(e.art, e.ausloeser) for e in ERWARTUNGEN if e.einzeln} == {
        ("beschluss", "stimme_abgeben"), ("arbeitsgruppe", "ist_beitrag_erfassen"), ("zielsystem", "zustimmen"),
        ("fallrekonstruktion", "rueckmelden")}
