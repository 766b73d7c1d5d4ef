"""Was eine Person von einem Vorgang zu lesen bekommt, über die echten Wege: einreichen, teilen, einladen, lesen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from forms.personen import ROLLEN
from service.apply import Schritt
from service.ausschnitt import AUSSCHNITTE
from service.bezuege import ImZustand, woerter
from service.db import Datenbank
from service.errors import NichtGefunden, Verboten
from service.handelnde import SYSTEM, Handelnde
from service.laden import Netz, lade
from service.rollentafel import ARTNAMEN, rollentafel
from service.sicht import ARTEN, SICHT, Ansicht, Ebene, lies, sichtbar, verlange_sichtbar
from service.spur import spur
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from states.kette import PROZESSE
from states.model import Rolle
from tests.bau import ISERLOHN, JETZT, KOORDINATION, MELDER, MELDUNG, melde, person, tue
from tests.sichtwelt import HEUTE, Welt

ABH_STELLE = "Ausländerbehörde Märkischer Kreis, Lüdenscheid"
ABH = person("abh", "melder", institution=ABH_STELLE, abh=True)
CM = person("cm", "case_management", institution="KIM-Case Management Lüdenscheid")
TAG = date(2026, 1, 7)
ALLE_ROLLEN = [r.value for r in Rolle if r not in (Rolle.KETTE, Rolle.BESCHLUSS)]


def _lies(db: Datenbank, wer: Handelnde, key: str, heute: date = TAG) -> Ansicht:
    with db.lesen() as s:
        return lies(s, wer, key, heute)


def _keys(db: Datenbank, wer: Handelnde, ab: Ebene = Ebene.PROTOKOLL) -> set[str]:
    bedingung, werte = sichtbar(wer, TAG, "v", ab)
    with db.lesen() as s:
        return {key for (key,) in s.alle(f"SELECT v.key FROM vorgang v WHERE {bedingung}", werte)}


def _melde_als(db: Datenbank, umfeld: Umfeld, wer: Handelnde, **anders: Any) -> str:
    daten = {**MELDUNG, "melder_institution": wer.institution or MELDUNG["melder_institution"], **anders}
    return tue(db, umfeld, wer, Schritt("einreichen", art="meldebogen", daten=daten)).erste.key


# --- Regel 12 ---------------------------------------------------------------------------------------------------------


def test_abh_konto_sieht_nur_was_es_selbst_eingereicht_hat_welche_rolle_es_auch_hat(db: Datenbank, umfeld: Umfeld) -> None:
    eigene, kollegin, fremde = _melde_als(db, umfeld, ABH), _melde_als(db, umfeld, replace(ABH, key="abh2")), melde(db, umfeld)
    ohne_kennzeichen = replace(ABH, abh=False)
    assert _keys(db, ohne_kennzeichen) == {eigene, kollegin}
    for rolle in ALLE_ROLLEN:
        wer = replace(ABH, rollen=frozenset({("melder", ""), (rolle, "")}))
        assert _keys(db, wer) == {eigene}, rolle
        assert _lies(db, wer, eigene).felder["beschreibung"] == MELDUNG["beschreibung"]
        for key in (kollegin, fremde):
            with pytest.raises(NichtGefunden):
                _lies(db, wer, key)
    alle = replace(ABH, rollen=frozenset((r, "") for r in ALLE_ROLLEN))
    assert _keys(db, alle) == {eigene}
    with db.lesen() as s, pytest.raises(NichtGefunden):
        spur(s, fremde, lambda alias: sichtbar(alle, TAG, alias))


def test_abh_konto_handelt_an_der_eigenen_meldung_und_an_keiner_anderen(db: Datenbank, umfeld: Umfeld) -> None:
    eigene = _melde_als(db, umfeld, ABH)
    tue(db, umfeld, ABH, Schritt("ergaenzen", eigene, daten={"text": "Auch im Mai."}))
    with pytest.raises(Verboten):
        tue(db, umfeld, replace(ABH, key="abh2"), Schritt("ergaenzen", eigene, daten={"text": "x"}))


def test_der_import_reicht_im_namen_der_stelle_ein_und_ist_selbst_niemand(db: Datenbank, umfeld: Umfeld) -> None:
    key = _melde_als(db, umfeld, SYSTEM)
    with db.lesen() as s:
        assert s.alle("SELECT wer FROM beteiligung") == []
    assert _lies(db, MELDER, key).ebene is Ebene.VOLL


def _fr(welt: Welt, zustand: str, *eintraege: dict[str, Any], **stand: Any) -> str:
    beteiligt = tuple((e["institution"], r) for e in eintraege for r in ("fr_gast", "melder"))
    return welt.key(welt.vorgang("fallrekonstruktion", zustand, beteiligt=beteiligt, stand={"teilnehmende": list(eintraege), **stand}))


def test_zeitachse_nur_mit_vermerkter_rechtsgrundlage_an_ein_abh_konto(db: Datenbank) -> None:
    inhalt: dict[str, Any] = {"zeitachse": [1], "hypothesen": ["h"], "fassungen": [{"zeitachse": [1], "hypothesen": ["h"]}]}
    mit, ohne = {"institution": ABH_STELLE, "rechtsgrundlage_zeitachse": "§ 88"}, {"institution": ABH_STELLE, "ohne_zeitachse": True}
    with db.transaktion() as s:
        welt = Welt(s)
        erlaubt, verboten = _fr(welt, "geprueft", mit, **inhalt), _fr(welt, "geprueft", ohne, **inhalt)
    gast = replace(ABH, rollen=frozenset({("fr_gast", "")}))
    assert _lies(db, gast, erlaubt).felder["zeitachse"] == [1]
    for wer in (gast, replace(ABH, rollen=frozenset({("koordination", ""), ("case_management", "")}))):
        felder = _lies(db, wer, verboten).felder
        assert (felder["hypothesen"], felder["fassungen"]) == (["h"], [{"hypothesen": ["h"]}])
        assert "zeitachse" not in felder
    assert _lies(db, replace(gast, abh=False), verboten).felder["zeitachse"] == [1]


# --- Bereiche ---------------------------------------------------------------------------------------------------------


def test_text_teilen_zeigt_ihn_dem_anderen_bereich_und_laesst_sich_zuruecknehmen(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    vorher = _lies(db, ISERLOHN, key)
    assert (vorher.ebene, set(vorher.felder)) == (Ebene.TITEL, {"titel", "kommune", "eingang"})
    tue(db, umfeld, KOORDINATION, Schritt("text_teilen", key, daten={"geteilt_mit": ["iserlohn"]}))
    assert _lies(db, ISERLOHN, key).felder["beschreibung"] == MELDUNG["beschreibung"]
    assert _keys(db, ISERLOHN, Ebene.VOLL) == {key}
    tue(db, umfeld, KOORDINATION, Schritt("text_teilen", key, daten={"geteilt_mit": []}))
    assert _lies(db, ISERLOHN, key).ebene is Ebene.TITEL
    db.in_transaktion(lambda s: nimm_zurueck(s, key, "Versehen", KOORDINATION, JETZT, umfeld))
    assert _lies(db, ISERLOHN, key).ebene is Ebene.VOLL


# --- lesen ------------------------------------------------------------------------------------------------------------


def test_unsichtbar_und_nicht_vorhanden_klingen_gleich(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    for wer in (person("x", "melder", institution="Stadt Hemer, Sozialamt"), person("x", "admin"), Handelnde("x")):
        with pytest.raises(NichtGefunden) as verborgen:
            _lies(db, wer, key)
        with pytest.raises(NichtGefunden) as fehlt:
            _lies(db, wer, "MK-2026-9999")
        assert verborgen.value.satz.replace(key, "") == fehlt.value.satz.replace("MK-2026-9999", "")


def test_wer_handelt_muss_sehen_was_er_nennt(db: Datenbank, umfeld: Umfeld) -> None:
    """Ein Case Management darf Einwilligungen verzeichnen, aber nicht an einer Meldung, die es nicht sieht."""
    eigene, fremde = _melde_als(db, umfeld, CM), melde(db, umfeld)
    with db.lesen() as s:
        verlange_sichtbar(s, CM, [eigene], TAG)
        verlange_sichtbar(s, CM, [], TAG)
        verlange_sichtbar(s, KOORDINATION, [fremde, eigene], TAG)
        for keys in ([fremde], [eigene, fremde], [eigene, "MK-2026-9999"]):
            with pytest.raises(NichtGefunden) as fehler:
                verlange_sichtbar(s, CM, keys, TAG)
            assert fehler.value.key == keys[-1]


def test_nur_die_koordination_liest_meldungen_unter_protokoll(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    koordination, meldende, fremde = (_lies(db, wer, key) for wer in (KOORDINATION, MELDER, ISERLOHN))
    assert [a.zu_protokollieren for a in (koordination, meldende, fremde)] == [True, False, False]
    assert "uebernehmen" in {u.ausloeser for u in koordination.schritte}
    assert {u.ausloeser for u in meldende.schritte} == {
        "antworten", "ergaenzen", "wieder_vorgekommen", "zurueckziehen", "einwilligung_verzeichnen",
        "nachtragen", "datei_anhaengen", "datei_entfernen"}
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM ereignis") == 1  # gelesen, nichts bewegt
        assert s.wert("SELECT count(*) FROM protokoll") == 0


def test_die_leitung_sieht_nummer_und_alter_und_sonst_nichts(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    a = _lies(db, person("l", "leitung"), key)
    assert (a.key, a.zustand, a.marken, a.felder) == (key, "", {}, {"eingang": "2026-01-07"})
    revision = _lies(db, person("r", "revision"), key)
    assert (revision.ebene, revision.felder, revision.zustand) == (Ebene.PROTOKOLL, {}, "")
    assert _keys(db, person("l", "leitung"), Ebene.TITEL) == set()  # eine Liste mit Titeln zeigt der Leitung keine Meldung
    assert _keys(db, person("l", "leitung"), Ebene.ZAHL) == {key}


def test_gekuerzt_zeigt_genau_den_ausschnitt(db: Datenbank) -> None:
    stand = {"titel": "Kurszugang", "auftrag": "Ist aufnehmen", "mitglieder": {"Amt A": {}}, "frist": "2026-10-14",
             "sitzungen": {"2026-06-24": {"inhalt": "geheim"}, "2026-05-20": {}}, "ist_beitraege": {"Amt A": {}}, "blockaden": {"B1": {}}}
    with db.transaktion() as s:
        welt = Welt(s)
        key = welt.key(welt.vorgang("arbeitsgruppe", "ist_analyse", stand=stand))
    lg, verwaltung = (_lies(db, person("x", rolle), key).felder for rolle in ("lg_mitglied", "verwaltung"))
    assert set(lg) == {"titel", "auftrag", "mitglieder", "frist", "sitzungstage"}
    assert lg["sitzungstage"] == ["2026-05-20", "2026-06-24"]
    assert set(verwaltung) == set(lg) - {"auftrag"}
    assert set(_lies(db, person("x", "verwaltung", "lg_mitglied"), key).felder) == set(lg)  # Rollen addieren sich
    assert _lies(db, KOORDINATION, key).felder == stand


def test_teilnehmende_sehen_den_geprueften_entwurf_und_sonst_die_freigegebene_fassung(db: Datenbank) -> None:
    stelle = {"institution": "Amt A"}
    alt = {"hypothesen": ["alt"], "rueckmeldungen": {"Amt B": {"abweichende_sicht": "anders"}}}
    stand = {"hypothesen": ["neu"], "schreibende": ["p1"], "rueckmeldungen": {"Amt A": {}, "Amt B": {}}, "freigegeben_am": "2026-01-05",
             "fassungen": [{"hypothesen": ["sehr alt"]}, alt]}
    with db.transaktion() as s:
        welt = Welt(s)
        keys = {z: _fr(welt, z, stelle, **stand) for z in ("geprueft", "protokolliert", "freigegeben", "gesperrt")}
        for n, zustand in enumerate(keys, start=1):
            if zustand != "geprueft":
                welt.gib_frei(n, 3, JETZT)
    melder = person("m", "melder", institution="Amt A")
    gesehen = {z: _lies(db, melder, keys[z]).felder for z in ("geprueft", "protokolliert", "freigegeben")}
    assert {z: f["hypothesen"] for z, f in gesehen.items()} == {"geprueft": ["neu"], "protokolliert": ["alt"], "freigegeben": ["alt"]}
    assert gesehen["geprueft"]["rueckmeldungen"] == {"Amt A": {}}
    assert gesehen["freigegeben"]["rueckmeldungen"] == alt["rueckmeldungen"]
    assert not any("schreibende" in f for f in gesehen.values())
    gesperrt = _lies(db, KOORDINATION, keys["gesperrt"]).felder
    assert not {"hypothesen", "fassungen", "rueckmeldungen"} & set(gesperrt)


def test_ein_gast_der_lenkungsgruppe_sieht_seinen_punkt(db: Datenbank) -> None:
    gaeste = [{"institution": "Datenschutz", "punkt": 2}, {"institution": "Amt A", "punkt": 1}]
    punkte = [{"nr": 1, "titel": "eins"}, {"nr": 2, "titel": "zwei"}, {"nr": 3, "titel": "drei"}]
    stand = {"titel": "Sitzung", "datum": "2026-07-01", "gaeste": gaeste, "punkte": punkte, "anwesenheit": {"S01": "inhaber"}}
    with db.transaktion() as s:
        welt = Welt(s)
        key = welt.key(welt.vorgang("sitzung", "laeuft", beteiligt=(("Datenschutz", "lg_gast"), ("Amt A", "lg_gast")), stand=stand))
    felder = _lies(db, person("g", "lg_gast", institution="Datenschutz"), key).felder
    assert ([p["titel"] for p in felder["punkte"]], "anwesenheit" in felder, "gaeste" in felder) == (["zwei"], False, False)
    with pytest.raises(NichtGefunden):
        _lies(db, person("g", "lg_gast", institution="Amt C"), key)


# --- die Tabelle selbst -----------------------------------------------------------------------------------------------


def _zustandsmengen(bezug: Any) -> list[ImZustand]:
    if isinstance(bezug, ImZustand):
        return [bezug]
    inneres = [*getattr(bezug, "teile", ()), *([bezug.bezug] if hasattr(bezug, "bezug") else [])]
    return [menge for b in inneres for menge in _zustandsmengen(b)]


def test_jede_zustandsmenge_kommt_in_einer_prozesstabelle_vor() -> None:
    alle = [{z.wert for z in p.zustaende} for p in PROZESSE.values()]
    mengen = [m for z in SICHT for m in _zustandsmengen(z.bezug)]
    assert mengen and all(any(m.zustaende <= zustaende for zustaende in alle) for m in mengen)


def test_die_tabelle_ist_vollstaendig_und_unbekanntes_bleibt_verborgen(db: Datenbank) -> None:
    assert set(ARTEN) == set(PROZESSE) == set(ARTNAMEN)
    assert set(ROLLEN) == set(Rolle) - {Rolle.EMPFAENGER, Rolle.SYSTEM, Rolle.KETTE, Rolle.BESCHLUSS}
    assert {z.ausschnitt or art for z in SICHT if z.ebene is Ebene.GEKUERZT for art in z.arten} <= set(AUSSCHNITTE)
    with db.transaktion() as s:
        welt = Welt(s)
        welt.vorgang("sitzung", "geplant")
        s.fuehre("UPDATE vorgang SET art = 'geheimakte'")
        netz = Netz()
        lade(s, [1], netz)
        for rolle in ALLE_ROLLEN:
            bedingung, werte = sichtbar(person("x", rolle), HEUTE, "v", Ebene.PROTOKOLL)
            assert s.alle(f"SELECT 1 FROM vorgang v WHERE {bedingung}", werte) == []
            with pytest.raises(NichtGefunden):
                lies(s, person("x", rolle), netz.akten[1].key, HEUTE)


def test_in_das_sql_kommen_nur_eigene_woerter() -> None:
    assert woerter(("meldebogen", "in_sammlung")) == "'meldebogen', 'in_sammlung'"
    with pytest.raises(ValueError, match="Kein Wort"):
        woerter(("x') OR 1=1 --",))


def test_boese_namen_bleiben_parameter(db: Datenbank) -> None:
    with db.transaktion() as s:
        Welt(s).vorgang("meldebogen", "in_sammlung", institution="Amt A", bereich="kreis")
        boese = Handelnde("x' OR '1'='1", institution="' OR 1=1 --", rollen=frozenset({("melder", ""), ("case_management", "' OR 1=1 --")}))
        bedingung, werte = sichtbar(boese, HEUTE)
        assert s.alle(f"SELECT 1 FROM vorgang v WHERE {bedingung}", werte) == []


@pytest.mark.parametrize(("wer", "ab", "index"), [
    (MELDER, Ebene.VOLL, "ix_vorgang_institution"), (ABH, Ebene.VOLL, "ix_vorgang_institution"),
    (person("c", "case_management", institution="Team D"), Ebene.VOLL, "ix_vorgang_institution"),
    (KOORDINATION, Ebene.TITEL, "ix_vorgang_art"), (person("l", "leitung"), Ebene.ZAHL, "ix_vorgang_art"),
])
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_listen_von_meldungen_lesen_ueber_einen_index(db: Datenbank, wer: Handelnde, ab: Ebene, index: str) -> None:
    """Nur auf SQLite: PostgreSQL plant nach Mengen, hier zählt die Form der Bedingung."""
    bedingung, werte = sichtbar(wer, HEUTE, "v", ab, ("meldebogen",))
    frage = f"EXPLAIN QUERY PLAN SELECT v.key FROM vorgang v WHERE v.art = 'meldebogen' AND {bedingung} ORDER BY v.id DESC LIMIT 50"
    with db.lesen() as s:
        plan = " ".join(str(z[-1]) for z in s.alle(frage, werte))
    assert index in plan and "TEMP B-TREE" not in plan, plan


def test_docs_rollen_ist_erzeugt_und_aktuell() -> None:
    datei = Path(__file__).parents[2] / "docs" / "rollen.md"
    assert datei.read_text(encoding="utf-8") == rollentafel(), "Bitte neu erzeugen: python -m service.rollentafel > docs/rollen.md"
