"""Die Zeilen der Startseite: Eiliges zuerst, die eigene Frist, und nur Schritte, die diese Person schuldet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import access, aufgaben
from service.apply import Schritt
from service.clock import berliner_tag
from service.db import Datenbank, Sitzung
from service.pages.arbeitsliste import aufgabenseite
from service.moeglich import beginnbar, moegliche
from service.umfeld import Umfeld
from states.erwartungen import ERWARTUNGEN
from tests.bau import JETZT, KOORDINATION, melde, person, tue
from tests.sichtwelt import Welt

HEUTE = berliner_tag(JETZT)
NIE = "9999-12-31"
_FRIST = ("INSERT INTO frist (vorgang, name, schluessel, anker, ende, naechste, stufe, regel, profil, offen, geoeffnet_nr) "
          "VALUES (:vorgang, :name, :schluessel, :ende, :ende, NULL, 0, '{}', 'x', 1, 1)")


def frist(s: Sitzung, vorgang: int, name: str, ende: str, schluessel: str = "") -> None:
    s.fuehre(_FRIST, {"vorgang": vorgang, "name": name, "schluessel": schluessel, "ende": ende})
    s.fuehre("UPDATE vorgang SET faellig = min(faellig, :ende) WHERE id = :id" if not s.postgres else
             "UPDATE vorgang SET faellig = least(faellig, :ende) WHERE id = :id", {"ende": ende, "id": vorgang})


def test_eiliges_steht_vor_laengst_ueberschrittenem(db: Datenbank, umfeld: Umfeld) -> None:
    alte = [melde(db, umfeld) for _ in range(6)]
    neu, eilig = melde(db, umfeld), melde(db, umfeld, dringlichkeit="hoch")
    with db.transaktion() as s:
        s.fuehre("UPDATE vorgang SET faellig = '2025-08-01' WHERE key <> :key AND key <> :neu", {"key": eilig, "neu": neu})
    with db.lesen() as s:
        blatt = aufgaben.zu_tun(s, KOORDINATION, HEUTE, anzahl=4)
        weiter = aufgaben.zu_tun(s, KOORDINATION, HEUTE, ab=blatt.weiter, anzahl=4)
        assert [e.key for e in blatt.zeilen] == [eilig, *alte[:4]] and [e.key for e in weiter.zeilen] == [*alte[4:], neu]
        assert [z.eilig for z in aufgaben.aufgaben(s, KOORDINATION, HEUTE, blatt.zeilen)] == [True] + [False] * 4
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", eilig))
    with db.lesen() as s:
        assert aufgaben.zu_tun(s, KOORDINATION, HEUTE, anzahl=4).zeilen[0].key == alte[0], "angesehen ist nicht mehr eilig"


def test_jede_zeile_nennt_die_eigene_frist(db: Datenbank) -> None:
    stelle = person("stelle-a", "umsetzende_stelle", institution="Amt A")
    stand = {"indikatoren": [{"key": "I1", "quelle": "Amt A"}, {"key": "I2", "quelle": "Amt B"}]}
    with db.transaktion() as s:
        welt = Welt(s)
        mon = welt.vorgang("monitoring", "laufend", stand=stand, beteiligt=(("Amt A", "umsetzende_stelle"),), faellig=NIE)
        zs = welt.vorgang("zielsystem", "in_umsetzung", stand={"empfaenger": {"Amt A": {}, "Amt B": {}}},
                          beteiligt=(("Amt A", "empfaenger"), ("Amt A", "umsetzende_stelle")), faellig=NIE)
        for vorgang, name, ende, schluessel in ((mon, "baseline_fehlt", "2026-01-02", ""), (mon, "erhebung", "2026-02-03", "I2"),
                                                (mon, "erhebung", "2026-03-04", "I1"), (zs, "auflage", "2026-01-03", "A1"),
                                                (zs, "antwort_der_stelle", "2026-02-05", "Amt B"),
                                                (zs, "antwort_der_stelle", "2026-04-05", "Amt A")):
            frist(s, vorgang, name, ende, schluessel)
        s.fuehre("UPDATE frist SET anker = :anker WHERE name = 'erhebung'", {"anker": HEUTE.isoformat()})
        schuld = aufgaben.geschuldet(s, stelle, HEUTE)
        zeilen = aufgaben.aufgaben(s, stelle, HEUTE, [e for e, _ in schuld], [x for _, x in schuld])
    assert [(z.key, z.frist, z.fristname) for z in zeilen] == [
        (f"MON-{mon}", "04.03.2026", "Wert eines Indikators erheben"),
        (f"ZS-{zs}", "05.04.2026", "Antwort einer Stelle auf das Zielsystem")]
    with db.lesen() as s:  # die ganze Arbeitsliste nennt dieselben Tage, nicht die Fristen der anderen
        tabelle = aufgabenseite(s, stelle, HEUTE)["geschuldet"]
    assert [(z.key, z.faellig) for z in tabelle] == [(z.key, z.frist) for z in zeilen]


def test_die_koordination_liest_wessen_kenntnisnahme_fehlt(db: Datenbank) -> None:
    with db.transaktion() as s:
        bs = Welt(s).vorgang("beschluss", "weitergeleitet", zustaendig=KOORDINATION.key, bereich="kreis", faellig=NIE)
        frist(s, bs, "beschluss_kenntnisnahme", HEUTE.isoformat(), "Stadt Balve")
        [zeile] = aufgaben.aufgaben(s, KOORDINATION, HEUTE, aufgaben.zu_tun(s, KOORDINATION, HEUTE).zeilen)
    assert zeile.grund == "Kenntnisnahme eines Beschlusses: Stadt Balve"


def _beschluss(w: Welt, sitzung: str, **eintrag: str) -> int:
    return w.vorgang("beschluss", "weitergeleitet", zustaendig=KOORDINATION.key, bereich="kreis", faellig=NIE,
                     stand={"sitzung": sitzung, "weiterleitungen": {"Amt A": eintrag}}, beteiligt=(("Amt A", "empfaenger"),))


def test_was_eine_bestaetigung_erledigt_ist_eine_zeile(db: Datenbank) -> None:
    """Je Sitzung und Stelle eine; wer aus dem Beschluss nichts zu tun bekam, wird nicht gefragt."""
    stelle = person("stelle-a", "umsetzende_stelle", institution="Amt A")
    with db.transaktion() as s:
        w = Welt(s)
        eins, zwei, drei = (_beschluss(w, sitzung, aufgabe="Bitte umsetzen") for sitzung in ("LG-01", "LG-01", "LG-02"))
        _beschluss(w, "LG-01")
        for bs in (eins, zwei, drei):
            frist(s, bs, "beschluss_kenntnisnahme", HEUTE.isoformat(), "Amt A")
        frist(s, zwei, "beschluss_kenntnisnahme", HEUTE.isoformat(), "Amt B")
        s.fuehre("UPDATE frist SET ende = '2026-01-01' WHERE vorgang = :id AND schluessel = 'Amt A'", {"id": eins})
        faellige = [e for e in aufgaben.zu_tun(s, KOORDINATION, HEUTE).zeilen if e.faellig < NIE]
        koordination = aufgaben.aufgaben(s, KOORDINATION, HEUTE, faellige)
        schuld = aufgaben.geschuldet(s, stelle, HEUTE)
        zeilen = aufgaben.aufgaben(s, stelle, HEUTE, [e for e, _ in schuld], [x for _, x in schuld])
    bitte = "Bitte bestätigen Sie, dass Sie den Beschluss kennen."
    assert [(z.key, str(z.grund)) for z in zeilen] == [
        (f"BS-{eins}", f"{bitte} Dieselbe Bestätigung gilt für BS-{zwei}."), (f"BS-{drei}", bitte)]
    grund = "Kenntnisnahme eines Beschlusses: Amt A"
    assert [(z.key, str(z.grund)) for z in koordination] == [
        (f"BS-{eins}", f"{grund}; dieselbe Bestätigung gilt für BS-{zwei}"), (f"BS-{drei}", grund)]
    assert {z.schritt for z in koordination} == {"Kenntnis nehmen"}, "der Schritt beendet, weswegen der Beschluss dasteht"


def test_zwei_schritte_an_einem_vorgang_sind_zwei_zeilen_und_eine_in_der_tabelle(db: Datenbank) -> None:
    stelle = person("stelle-a", "umsetzende_stelle", institution="Amt A")
    with db.transaktion() as s:
        bs = Welt(s).vorgang("beschluss", "in_erledigung", faellig=NIE, stand={"weiterleitungen": {"Amt A": {"aufgabe": "x"}}},
                              beteiligt=(("Amt A", "empfaenger"), ("Amt A", "umsetzende_stelle")))
        frist(s, bs, "beschluss_frist", "2026-03-02")
        frist(s, bs, "beschluss_kenntnisnahme", "2026-04-02", "Amt A")
        schuld = aufgaben.geschuldet(s, stelle, HEUTE)
        zeilen = aufgaben.aufgaben(s, stelle, HEUTE, [e for e, _ in schuld], [x for _, x in schuld])
        tabelle = aufgabenseite(s, stelle, HEUTE)["geschuldet"]
    assert [(z.frist, z.fristname) for z in zeilen] == [
        ("02.03.2026", "Beschluss erledigen"), ("02.04.2026", "Kenntnisnahme eines Beschlusses")]
    assert [(z.key, z.faellig) for z in tabelle] == [(f"BS-{bs}", "02.03.2026")]


def test_eine_erhebung_wartet_erst_ab_ihrem_termin(db: Datenbank) -> None:
    stelle = person("stelle-a", "umsetzende_stelle", institution="Amt A")
    with db.transaktion() as s:
        mon = Welt(s).vorgang("monitoring", "laufend", stand={"indikatoren": [{"key": "I1", "quelle": "Amt A"}]},
                              beteiligt=(("Amt A", "umsetzende_stelle"),), faellig=NIE)
        frist(s, mon, "erhebung", "2026-03-04", "I1")
        for anker, wartet in (((HEUTE + timedelta(days=1)).isoformat(), 0), (HEUTE.isoformat(), 1)):
            s.fuehre("UPDATE frist SET anker = :anker", {"anker": anker})
            assert len(aufgaben.geschuldet(s, stelle, HEUTE)) == wartet


def test_ohne_eigene_frist_steht_keine_fremde_da(db: Datenbank) -> None:
    leitung = person("p7", "ag_leitung")
    with db.transaktion() as s:
        welt = Welt(s)
        ag = welt.vorgang("arbeitsgruppe", "soll_entwurf", beteiligt=(("p7", "ag_leitung"), ("p7", "ag_mitglied")))
        zs = welt.vorgang("zielsystem", "entwurf", eltern=ag, faellig=NIE)
        frist(s, zs, "zielsystem_vorlage", "2026-01-02")
        schuld = aufgaben.geschuldet(s, leitung, HEUTE)
        zeilen = aufgaben.aufgaben(s, leitung, HEUTE, [e for e, _ in schuld], [x for _, x in schuld])
    assert {(z.key, z.frist) for z in zeilen} == {(f"AG-{ag}", ""), (f"ZS-{zs}", "")}


@pytest.mark.parametrize("rolle", ["verwaltung", "fachaufsicht", "leitung", "gremium", "revision", "admin"])
def test_ein_amt_neben_der_stelle_schuldet_nichts_fuer_sie(db: Datenbank, rolle: str) -> None:
    """Befugnisse folgen der Fachaufsicht, nicht dem Arbeitgeber (003)."""
    amt = person("amt", rolle, institution="Amt A")
    with db.transaktion() as s:
        welt = Welt(s)
        ag = welt.vorgang("arbeitsgruppe", "eingesetzt", beteiligt=(("Amt A", "ag_leitung"),))
        welt.vorgang("massnahme", "in_arbeit", beteiligt=(("Amt A", "umsetzende_stelle"),))
        eigene = welt.vorgang("arbeitsgruppe", "eingesetzt", beteiligt=(("amt", "ag_leitung"),))
        assert [e.key for e, _ in aufgaben.geschuldet(s, amt, HEUTE)] == [f"AG-{eigene}"], "wer selbst benannt ist, ist es"
        assert f"AG-{ag}" in [e.key for e, _ in aufgaben.geschuldet(s, person("x", "ag_leitung", institution="Amt A"), HEUTE)]
    assert access.vertretene(amt, "empfaenger") == ("amt", "Amt A"), "einen Empfang bestätigt jede"


def test_gefragt_ist_nur_wer_gemeint_ist(db: Datenbank) -> None:
    """Am Zielsystem sind alle beteiligt; die Maßnahme hat eine Stelle, geantwortet wird für die eigene, und einmal."""
    with db.transaktion() as s:
        welt = Welt(s)
        zs = welt.vorgang("zielsystem", "in_umsetzung", stand={"empfaenger": {"Amt A": {}, "Amt B": {},
                                                                              "Amt C": {"antwort_erwartet": False}},
                                                               "antworten": {"Amt B": {}}},
                          beteiligt=tuple((f"Amt {x}", r) for x in "ABCD" for r in ("empfaenger", "umsetzende_stelle")))
        mn = welt.vorgang("massnahme", "offen", stand={"eigner": "Amt B"}, eltern=zs, beteiligt=(("Amt B", "umsetzende_stelle"),))

        def schuldet(stelle: str) -> set[str]:
            return {e.key for e, _ in aufgaben.geschuldet(s, person("x", "umsetzende_stelle", institution=stelle), HEUTE)}

        assert [schuldet(f"Amt {x}") for x in "ABCD"] == [{welt.key(zs)}, {welt.key(mn)}, set(), set()]


def test_auch_das_formular_bleibt_der_assistenz_verschlossen(db: Datenbank) -> None:
    """Die Seite des Schritts nimmt ihn aus derselben Liste."""
    with db.transaktion() as s:
        Welt(s).vorgang("arbeitsgruppe", "eingesetzt", beteiligt=(("Amt A", "ag_leitung"),))

        def schritte(rolle: str) -> set[str]:
            return {m.uebergang.ausloeser for m in moegliche(s, person("x", rolle, institution="Amt A"), "AG-1", JETZT)}

        assert "konstituieren" in schritte("ag_leitung") and schritte("verwaltung") == schritte("fachaufsicht") == set()
        anlegen = [beginnbar(s, person("x", rolle, institution="Amt A"), "zielsystem", "anlegen") for rolle in ("ag_leitung", "verwaltung")]
        assert [u is not None for u in anlegen] == [True, False]


def test_die_koordination_liest_nie_dass_sie_auf_sich_selbst_wartet(db: Datenbank) -> None:
    with db.transaktion() as s:
        welt = Welt(s)
        bs = welt.vorgang("beschluss", "in_erledigung", zustaendig=KOORDINATION.key, faellig=NIE,
                          stand={"weiterleitungen": {"Stadt Balve": {"aufgabe": True}}})
        frist(s, bs, "beschluss_kenntnisnahme", "2026-01-02", "Stadt Balve")
        ag = welt.vorgang("arbeitsgruppe", "soll_entwurf", zustaendig=KOORDINATION.key, faellig="2026-01-01")
        eintraege = aufgaben.zu_tun(s, KOORDINATION, HEUTE).zeilen
        zeilen = {z.key: z for z in aufgaben.aufgaben(s, KOORDINATION, HEUTE, eintraege)}
    assert (zeilen[f"BS-{bs}"].schritt, zeilen[f"BS-{bs}"].liegt_bei) == ("Kenntnis nehmen", "")
    assert zeilen[f"AG-{ag}"].liegt_bei == "Leitung der Arbeitsgruppe"


def test_was_auf_eine_antwort_wartet_schlaegt_nichts_anderes_vor(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", key, daten={"frage": "Seit wann?", "frist_am": "2026-01-20"}))
    with db.lesen() as s:
        (zeile,) = aufgaben.aufgaben(s, KOORDINATION, HEUTE, aufgaben.wartet_auf_andere(s, KOORDINATION, HEUTE).zeilen)
    assert (zeile.schritt, zeile.liegt_bei) == ("", "meldende Stelle oder Case Management")


def test_jede_erwartung_mit_einer_frist_nennt_eine_ihrer_tabelle() -> None:
    assert sum(bool(e.frist) for e in ERWARTUNGEN) >= 20 and {e.ausloeser for e in ERWARTUNGEN if not e.frist} == {
        "ist_beitrag_erfassen", "zustimmen"}
