"""Was die datierten Einträge bewirken: Sitze, Verteiler, Postfächer, Schließtage und Abwesenheiten gelten an ihrem Tag."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from service.apply import Schritt
from service.clock import als_text
from service.datenhaltung import hebe_an, wandere
from service.db import Datenbank
from service.eintraege import aendere, beende, lege_an
from service.eintragsarten import ARTEN
from service.empfaenger import Empfaengersuche, Meldung
from service.errors import Unmoeglich
from service.geltendes import Stammdaten, lade
from service.migrations import STAENDE
from service.profil import Profil, lesen_text
from service.pruefen import pruefe
from service.stammdaten import ergaenze_erste_werte, handelnde, uebernehme_profil
from service.umfeld import Umfeld, lade_umfeld
from tests.bau import KOORDINATION, MELDER, MELDUNG, melde, person, tue
from tests.conftest import PROFIL
from tests.datenbild import ARTEN as DATENBANKEN
from tests.datenbild import Anleger
from tests.postamt import bevoelkere
from tests.sichtwelt import Welt

TAG = datetime(2026, 3, 2, 9, tzinfo=UTC)
VORSITZ = person("s01", "lg_vorsitz", "lg_mitglied")
BESCHLUSS: dict[str, Any] = {
    "titel": "Kurszugang", "wortlaut": "So sei es.", "verantwortlich": "Koordination", "frist": "2026-10-14",
    "verteiler": ["Ausländerbehörden", "Jobcenter", "Arbeitsgruppen"],
}


class Kreis:
    """Eine Kommune mit dem Profil der Vorführung; jeder Schritt gilt an seinem Tag und mit den Einträgen dieses Tages."""

    def __init__(self, db: Datenbank, profil: Profil) -> None:
        self.db = db
        bevoelkere(db, profil, datetime(2026, 1, 2, 9, tzinfo=UTC))

    def umfeld(self, tag: str) -> Umfeld:
        with self.db.lesen() as s:
            return lade_umfeld(s, tag)

    def tue(self, tag: str, ausloeser: str, key: str = "", wer: Any = KOORDINATION, **rest: Any) -> str:
        schritt = Schritt(ausloeser, key, daten=rest.pop("daten", {}), **rest)
        return tue(self.db, self.umfeld(tag), wer, schritt, jetzt=_um(tag)).erste.key

    def stand(self, key: str) -> dict[str, Any]:
        with self.db.lesen() as s:
            return dict(json.loads(s.wert("SELECT stand FROM vorgang WHERE key = :key", {"key": key})))

    def stammdaten(self) -> Stammdaten:
        with self.db.lesen() as s:
            return lade(s)

    def neu(self, art: str, **angaben: Any) -> int:
        return self.db.in_transaktion(lambda s: lege_an(s, ARTEN[art], angaben, KOORDINATION, TAG, lade_umfeld(s, "2026-03-02")))

    def beende(self, art: str, kennung: str, bis: str) -> None:
        e = self.stammdaten().am(art, date.fromisoformat(bis))[kennung]
        self.db.in_transaktion(lambda s: beende(s, ARTEN[art], e.id, {"bis": bis}, e.version, KOORDINATION, TAG))

    def aendere(self, art: str, kennung: str, **angaben: Any) -> None:
        e = self.stammdaten().am(art, TAG.date())[kennung]
        alle = {**e.angaben, "von": e.von, "bis": e.bis, **angaben}
        self.db.in_transaktion(lambda s: aendere(s, ARTEN[art], e.id, alle, e.version, KOORDINATION, TAG, lade_umfeld(s, "2026-03-02")))

    def empfaenger(self, tag: str, an: Sequence[str], schluessel: str = "", **spalten: Any) -> list[tuple[str, str]]:
        """(Schlüssel, Adresse) aller, die an diesem Tag etwas über einen neuen Vorgang bekämen."""

        def frage(s: Any) -> list[tuple[str, str]]:
            welt = Welt(s, anzahl=int(s.wert("SELECT coalesce(max(id), 0) FROM vorgang")))
            nr = welt.vorgang(**{"art": "beschluss", "zustand": "gefasst", "bereich": "kreis", **spalten})
            suche = Empfaengersuche(s, lade_umfeld(s, tag), date.fromisoformat(tag))
            anreden = suche.anreden(Meldung(1, nr, "frist_x", tuple(an), schluessel=schluessel))
            return [(a.empfaenger.key, a.empfaenger.adresse) for a in anreden]

        return self.db.in_transaktion(frage)


@pytest.fixture
def kreis(db: Datenbank, profil: Profil) -> Kreis:
    return Kreis(db, profil)


def _um(tag: str) -> datetime:
    return datetime.combine(date.fromisoformat(tag), datetime.min.time(), UTC).replace(hour=9)


# --- Sitze ------------------------------------------------------------------------------------------------------------


def eingeladene_sitzung(kreis: Kreis) -> str:
    sitzung = kreis.tue("2026-03-02", "planen", art="sitzung", daten={"datum": "2026-04-22"})
    kreis.tue("2026-03-03", "tagesordnung_zustimmen", sitzung, VORSITZ)
    kreis.tue("2026-03-04", "einladen", sitzung)
    return sitzung


def test_eingeladen_sind_die_sitze_die_am_sitzungstag_bestehen(kreis: Kreis) -> None:
    kreis.beende("sitze", "s12", "2026-04-21")
    kreis.neu("sitze", sitz="S13", funktion="Schulen", institution="schulaufsicht", inhaber="s02", von="2026-04-22")
    sitze = {s["sitz"]: s for s in kreis.stand(eingeladene_sitzung(kreis))["sitze"]}
    assert sorted(sitze) == [f"S{n:02d}" for n in (*range(1, 12), 13)]
    assert sitze["S01"]["personen"] == ["s01", "s01-vertretung"] and sitze["S13"]["personen"] == ["s02"]
    assert sitze["S05"]["institution"] == "Stadt Lüdenscheid"


def test_die_anwesenheit_gilt_fuer_genau_die_sitze_des_sitzungstags(kreis: Kreis) -> None:
    sitzung = eingeladene_sitzung(kreis)
    kreis.beende("sitze", "s12", "2026-04-01")
    alle = {f"S{n:02d}": "inhaber" for n in range(1, 13)}
    with pytest.raises(Unmoeglich) as fehler:
        kreis.tue("2026-04-22", "eroeffnen", sitzung, daten={"anwesenheit": alle, "sitze": [{"sitz": "S01", "funktion": "Nur ich"}]})
    assert fehler.value.waechter == ("anwesenheit_je_sitz", "sitze_des_tages") and "S12" in fehler.value.satz
    alle.pop("S12")
    alle |= {f"S{n:02d}": "abwesend" for n in range(1, 7)}
    kreis.tue("2026-04-22", "eroeffnen", sitzung, daten={"anwesenheit": alle})
    with pytest.raises(Unmoeglich) as beschluss:
        kreis.tue("2026-04-22", "fassen", "", VORSITZ, art="beschluss",
                  daten={**BESCHLUSS, "sitzung": sitzung, "abstimmung": {"ja": 5, "nein": 0}})
    assert "quorum" in beschluss.value.waechter  # fünf von elf Sitzen sind da


def test_im_umlauf_stimmt_wer_den_sitz_an_diesem_tag_hat(kreis: Kreis) -> None:
    umlauf = kreis.tue("2026-03-02", "umlauf_starten", art="beschluss", daten={**BESCHLUSS, "antwort_bis": "2026-05-29"})
    assert len(kreis.stand(umlauf)["sitze"]) == 12
    kreis.beende("sitze", "s04", "2026-03-31")
    kreis.neu("sitze", sitz="S04", funktion="Vertretung Stadt Iserlohn", institution="stadt-iserlohn", inhaber="s05-vertretung",
              von="2026-04-01")
    alter, neuer, stimme = person("s04", "lg_mitglied"), person("s05-vertretung", "lg_mitglied"), {"sitz": "S04", "stimme": "ja"}
    for tag, wer in (("2026-03-31", neuer), ("2026-04-01", alter)):
        with pytest.raises(Unmoeglich) as fremd:
            kreis.tue(tag, "stimme_abgeben", umlauf, wer, daten=stimme)
        assert fremd.value.waechter == ("eigener_sitz",)
    kreis.tue("2026-04-01", "stimme_abgeben", umlauf, neuer, daten=stimme)
    assert kreis.stand(umlauf)["stimmen"]["S04"]["stimme"] == "ja"


def test_ohne_sitze_kein_umlauf(kreis: Kreis) -> None:
    for n in range(1, 13):
        kreis.beende("sitze", f"s{n:02d}", "2026-02-28")
    with pytest.raises(Unmoeglich, match="in den Stammdaten keine Sitze"):
        kreis.tue("2026-03-02", "umlauf_starten", art="beschluss", daten={**BESCHLUSS, "antwort_bis": "2026-05-29"})


# --- Verteiler --------------------------------------------------------------------------------------------------------


def gefasster(kreis: Kreis) -> str:
    sitzung = eingeladene_sitzung(kreis)
    alle = {f"S{n:02d}": "inhaber" for n in range(1, 13)}
    kreis.tue("2026-04-22", "eroeffnen", sitzung, daten={"anwesenheit": alle})
    return kreis.tue("2026-04-22", "fassen", "", VORSITZ, art="beschluss",
                     daten={**BESCHLUSS, "sitzung": sitzung, "abstimmung": {"ja": 12, "nein": 0}})


def test_aus_dem_verteiler_werden_die_stellen_dieses_tages(kreis: Kreis) -> None:
    beschluss = gefasster(kreis)
    kreis.beende("verteiler", "ausländerbehörden", "2026-04-23")
    kreis.neu("verteiler", name="Ausländerbehörden", institutionen=["abh-mk", "ebh-luedenscheid"], von="2026-04-24")
    with kreis.db.transaktion() as s:
        nr = Welt(s, anzahl=900).vorgang("arbeitsgruppe", "ist_analyse", beteiligt=(("ag-01-leitung", "ag_leitung"),))
        ende = Welt(s, anzahl=901).vorgang("arbeitsgruppe", "beendet", beteiligt=(("ag-02-leitung", "ag_leitung"),))
        s.fuehre("UPDATE vorgang SET ende = 1 WHERE id = :id", {"id": ende})
    assert nr != ende
    kreis.tue("2026-04-24", "weiterleiten", beschluss)
    weiter = kreis.stand(beschluss)["weiterleitungen"]
    assert {k: v.get("sammelempfaenger") for k, v in weiter.items()} == {
        "Ausländerbehörde Märkischer Kreis, Lüdenscheid": "Ausländerbehörden",
        "Einbürgerungsbehörde Stadt Lüdenscheid": "Ausländerbehörden",
        "Jobcenter Märkischer Kreis": None, "ag-01-leitung": "Arbeitsgruppen"}


def test_ein_verteiler_steht_auch_zwischen_einzelnen_empfaengern(kreis: Kreis) -> None:
    beschluss = gefasster(kreis)
    genannt = [{"institution": "abh-iserlohn", "weg": "mail", "aufgabe": True}, {"institution": "ausländerbehörden", "weg": "protokoll"}]
    kreis.tue("2026-04-24", "weiterleiten", beschluss, daten={"empfaenger": genannt, "weitere_empfaenger": True})
    weiter = kreis.stand(beschluss)["weiterleitungen"]
    assert {k: (v["weg"], v.get("aufgabe", False)) for k, v in weiter.items()} == {
        "Ausländerbehörde Stadt Iserlohn": ("mail", True), "Ausländerbehörde Märkischer Kreis, Lüdenscheid": ("protokoll", False)}
    kreis.tue("2026-04-27", "weiterleiten", beschluss)
    assert len(kreis.stand(beschluss)["weiterleitungen"]) == 2  # der letzte Auszug ist hinaus, es kommt niemand dazu


# --- Postfächer und Abwesenheiten -------------------------------------------------------------------------------------


def test_das_eingetragene_postfach_entscheidet(kreis: Kreis) -> None:
    name = "Jobcenter Märkischer Kreis"
    jobcenter = {"art": "zielsystem", "zustand": "weitergeleitet", "schluessel": name, "stand": {"auflagen": {}},
                 "beteiligt": ((name, "umsetzende_stelle"),)}
    assert kreis.empfaenger("2026-03-02", ["eigner"], **jobcenter) == [("stelle:jobcenter", "leitung@jobcenter.example")]
    kreis.beende("kontakte", "jobcenter", "2026-03-31")
    kreis.neu("kontakte", institution="Jobcenter", postfach="neu@jobcenter.example", von="2026-04-02")
    assert kreis.empfaenger("2026-03-31", ["eigner"], **jobcenter) == [("stelle:jobcenter", "leitung@jobcenter.example")]
    assert kreis.empfaenger("2026-04-01", ["eigner"], **jobcenter) == [("stelle:jobcenter", "")]
    assert kreis.empfaenger("2026-04-02", ["eigner"], **jobcenter) == [("stelle:jobcenter", "neu@jobcenter.example")]


def _wer(kreis: Kreis, tag: str, *an: str, **spalten: Any) -> list[str]:
    gefuehrt = {"zustaendig": "koordination-a", "vertretung": "koordination-b", **spalten}
    return [key for key, _ in kreis.empfaenger(tag, an or ("zustaendig",), **gefuehrt)]


def test_wer_abwesend_ist_den_ersetzt_die_vertretung(kreis: Kreis) -> None:
    kreis.neu("abwesenheiten", person="koordination-a", vertretung="koordination-iserlohn", von="2026-03-02", bis="2026-03-06")
    kreis.neu("abwesenheiten", person="koordination-a", von="2026-03-09", bis="2026-03-13")
    a, b, iserlohn = ["koordination-a"], ["koordination-b"], ["koordination-iserlohn"]
    tage = {"2026-03-01": a, "2026-03-02": iserlohn, "2026-03-06": iserlohn, "2026-03-07": a, "2026-03-09": b, "2026-03-14": a}
    assert {tag: _wer(kreis, tag) for tag in tage} == tage
    assert _wer(kreis, "2026-03-09", "zustaendig", "vertretung") == ["koordination-b"]


def test_fehlt_auch_die_vertretung_springt_deren_vertretung_ein_sonst_bleibt_es_bei_der_person(kreis: Kreis) -> None:
    kreis.neu("abwesenheiten", person="koordination-a", vertretung="koordination-b", von="2026-03-02")
    kreis.neu("abwesenheiten", person="koordination-b", vertretung="koordination-iserlohn", von="2026-03-02")
    assert _wer(kreis, "2026-03-02") == ["koordination-iserlohn"]
    kreis.neu("abwesenheiten", person="koordination-iserlohn", vertretung="koordination-a", von="2026-03-02")
    assert _wer(kreis, "2026-03-02") == ["koordination-a"]


def test_eine_vertretung_die_den_vorgang_nicht_sehen_darf_bekommt_nichts(kreis: Kreis) -> None:
    kreis.neu("abwesenheiten", person="koordination-a", vertretung="stelle-abh-mk", von="2026-03-02")
    assert _wer(kreis, "2026-03-02", vertretung=None, art="meldebogen", zustand="eingegangen") == ["koordination-a"]


def test_ist_die_inhaberin_eines_sitzes_abwesend_geht_die_einladung_an_die_vertretung(kreis: Kreis) -> None:
    kreis.neu("abwesenheiten", person="s03", von="2026-03-02")
    keys = _wer(kreis, "2026-03-02", "sitze", art="sitzung", zustand="eingeladen")
    assert "s03-vertretung" in keys and "s03" not in keys and "s04" in keys and len(keys) == 12


# --- Schließtage und Zuständigkeit ------------------------------------------------------------------------------------


def test_ein_schliesstag_verschiebt_jede_frist_die_danach_beginnt(kreis: Kreis) -> None:
    def ende() -> str:
        key = melde(kreis.db, kreis.umfeld("2026-01-07"))
        with kreis.db.lesen() as s:
            return str(s.wert("SELECT f.ende FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = :key AND f.name = :name",
                              {"key": key, "name": "vorpruefung_beginnen"}))

    vorher = ende()
    kreis.neu("schliesstage", anlass="Umzug", von="2026-01-08", bis="2026-01-09")
    assert (vorher, ende()) == ("2026-01-14", "2026-01-16")


def test_die_pruefung_rechnet_mit_den_schliesstagen_die_damals_eingetragen_waren(kreis: Kreis) -> None:
    def befunde() -> list[str]:
        with kreis.db.lesen() as s:
            return [str(b) for b in pruefe(s).fehler]

    def frueher(minuten: int) -> datetime:
        return datetime(2026, 1, 7, 9, minuten, tzinfo=UTC)

    umfeld = kreis.umfeld("2026-01-07")
    melde(kreis.db, umfeld)
    angaben = {"anlass": "Umzug", "von": "2026-01-08", "bis": "2026-01-09"}
    nummer = kreis.db.in_transaktion(lambda s: lege_an(s, ARTEN["schliesstage"], angaben, KOORDINATION, frueher(10), umfeld))
    tue(kreis.db, kreis.umfeld("2026-01-07"), MELDER, Schritt("einreichen", art="meldebogen", daten=MELDUNG), jetzt=frueher(20))
    assert befunde() == []
    kreis.db.in_transaktion(lambda s: aendere(s, ARTEN["schliesstage"], nummer, {**angaben, "bis": "2026-01-08"}, 1, KOORDINATION,
                                              frueher(30), umfeld))
    kreis.db.in_transaktion(lambda s: beende(s, ARTEN["schliesstage"], nummer, {"bis": "2026-01-08"}, 2, KOORDINATION, frueher(40)))
    assert befunde() == []
    kreis.db.in_transaktion(lambda s: s.fuehre("UPDATE frist SET ende = '2026-01-15' WHERE name = 'vorpruefung_beginnen' AND id IN "
                                               "(SELECT max(id) FROM frist WHERE name = 'vorpruefung_beginnen')"))
    assert len(befunde()) == 1


def test_ein_jaehrlicher_schliesstag_gilt_von_bis(kreis: Kreis) -> None:
    kreis.neu("schliesstage", anlass="Karneval", wiederkehr="Rosenmontag", von="2026-06-01", bis="2028-12-31")
    tage = {tag for tag in kreis.stammdaten().schliesstage if tag.month in (2, 3)}
    assert tage == {date(2027, 2, 8), date(2028, 2, 28)}


def test_wer_zustaendig_ist_sagt_der_tag(kreis: Kreis) -> None:
    kreis.beende("zustaendigkeiten", "jc-menden", "2026-05-31")
    s = kreis.stammdaten()
    assert "jc-menden" in s.zustaendig_in("Balve", date(2026, 5, 31)) and "jc-menden" not in s.zustaendig_in("Balve", date(2026, 6, 1))


# --- aus dem Profil ---------------------------------------------------------------------------------------------------


def _anderes(*paare: tuple[str, str]) -> Profil:
    text = PROFIL.read_text()
    for alt, neu in (('fassung = "2026-01"', 'fassung = "2026-02"'), *paare):
        assert alt in text
        text = text.replace(alt, neu)
    return lesen_text(text)


def test_ein_neues_profil_zieht_nach_was_niemand_gepflegt_hat_und_nennt_den_unterschied(kreis: Kreis) -> None:
    kreis.aendere("kontakte", "agentur", postfach="gepflegt@agentur.example")
    neues = _anderes(("leitung@jobcenter.example", "neu@jobcenter.example"),
                     ("leitung@arbeitsagentur.example", "neu@arbeitsagentur.example"),
                     ('schliesstage = ["12-24", "12-31"]', 'schliesstage = ["12-24", "Rosenmontag"]'))
    saetze = kreis.db.in_transaktion(lambda s: uebernehme_profil(s, neues, TAG, "test", mit_vorfuehrung=True))
    eigene = [s for s in saetze if "bleibt, wie der Eintrag gepflegt ist" in s]
    assert eigene == ["Kontakt „Agentur für Arbeit“ bleibt, wie der Eintrag gepflegt ist: „Funktionspostfach“ ist "
                      "„gepflegt@agentur.example“, im Profil „neu@arbeitsagentur.example“."]
    jetzt = kreis.stammdaten()
    assert jetzt.postfach("jobcenter", TAG.date()) == "neu@jobcenter.example"
    assert jetzt.postfach("agentur", TAG.date()) == "gepflegt@agentur.example"
    assert date(2026, 12, 31) not in jetzt.schliesstage and {date(2025, 12, 31), date(2026, 2, 16)} <= jetzt.schliesstage
    erneut = kreis.db.in_transaktion(lambda s: uebernehme_profil(s, neues, TAG, "test", mit_vorfuehrung=True))
    assert erneut == eigene and kreis.stammdaten() == jetzt


def test_ohne_vorfuehrung_nimmt_ein_profil_niemandem_den_sitz(kreis: Kreis) -> None:
    vorher = kreis.stammdaten().sitze_am(TAG.date())
    neues = _anderes(('"Stellvertretung des Jobcenters"', '"Vertretung des Jobcenters"'))
    kreis.db.in_transaktion(lambda s: uebernehme_profil(s, neues, TAG, "test"))
    nachher = kreis.stammdaten().sitze_am(TAG.date())
    assert nachher["s11"] == {**vorher["s11"], "vertretung": "Vertretung des Jobcenters"} and nachher["s01"] == vorher["s01"]


@pytest.mark.parametrize("art", DATENBANKEN)
def test_eine_aeltere_datenbank_bekommt_ihre_ersten_werte(anlegen: Anleger, art: str, profil: Profil, tmp_path: Path) -> None:
    """Der Stand davor kannte keine Einträge; was das Profil nennt, gilt nach dem Anheben wie zuvor."""
    db = anlegen(art)
    with db.umbau() as (verbindung, _):
        wandere(verbindung, STAENDE[-2])
    with db.transaktion() as s:
        s.fuehre("INSERT INTO profil (fingerabdruck, inhalt, zeit) VALUES (:f, :i, :z)",
                 {"f": profil.fingerabdruck(), "i": profil.kanonisch(), "z": als_text(TAG)})
        s.fuehre("INSERT INTO person (key, name, von, vorfuehrung) VALUES ('koordination-a', 'A', '2020-01-01', 1)")
    assert hebe_an(db) == STAENDE[-2:]
    for _ in range(2):  # auch ein zweites Mal ändert nichts
        db.in_transaktion(ergaenze_erste_werte)
    with db.lesen() as s:
        umfeld = lade_umfeld(s, "2026-03-02")
        assert handelnde(s, "koordination-a", "2026-03-02").key == "koordination-a"
    assert len(umfeld.sitze_am(TAG.date())) == 12 and umfeld.postfach(profil.institution("jobcenter"), TAG.date())
    assert date(2026, 12, 24) in umfeld.stammdaten.schliesstage
