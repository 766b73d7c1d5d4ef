"""Datierte Einträge der Stammdaten: wer sie pflegt, was dabei nicht geht, und dass jede Änderung in Sätzen dasteht."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from service.db import Datenbank
from service.eintraege import lege_an
from service.eintragsarten import ARTEN
from service.errors import Ungueltig
from service.geltendes import lade
from service.profil import Profil
from service.stammdaten import handelnde
from service.umfeld import lade_umfeld
from tests.browserprobe import Blatt, Fenster
from tests.netz import MONTAG, Netz

HEUTE = MONTAG.date()
NEU: dict[str, dict[str, Any]] = {
    "sitze": {"sitz": "S13", "funktion": "Vertretung der Schulen", "rolle": "mitglied", "institution": "schulaufsicht", "inhaber": "s01",
              "vertretung": "s02", "von": "12.01.2026"},
    "kontakte": {"institution": "schule-altena", "postfach": "schule@altena.example", "telefon": "02352 1", "von": "12.01.2026"},
    "zustaendigkeiten": {"institution": "psz", "kommunen": ["Altena", "Balve"], "von": "12.01.2026"},
    "verteiler": {"name": "Schulen", "institutionen": ["schule-altena", "schule-halver"], "von": "12.01.2026"},
    "schliesstage": {"anlass": "Brückentag", "von": "15.05.2026", "bis": "15.05.2026"},
    "abwesenheiten": {"person": "cm-balve", "vertretung": "cm-menden", "von": "12.01.2026", "bis": "16.01.2026"},
}


@pytest.fixture
def netz(db: Datenbank, profil: Profil) -> Netz:
    return Netz(db, profil)


@pytest.fixture
def koordination(netz: Netz) -> Fenster:
    return Fenster(netz.app, "koordination-a")


def lege_neu_an(fenster: Fenster, art: str, **anders: Any) -> str:
    ziel, _ = fenster.sende(f"/stammdaten/{art}/neu", **{**NEU[art], **anders})
    return ziel


def eintraege(netz: Netz, art: str) -> list[Any]:
    with netz.db.lesen() as s:
        return [e for e in lade(s).je_art.get(art, ()) if e.gepflegt]


# --- die Seiten -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("art", ARTEN)
def test_anlegen_aendern_beenden_und_der_verlauf(netz: Netz, koordination: Fenster, art: str) -> None:
    weg = lege_neu_an(koordination, art)
    blatt = koordination.hole(weg)
    assert blatt.maengel() == [] and "Koordination A hat den Eintrag angelegt." in blatt.text
    koordination.sende_blatt(blatt, weg, **{"von": "01.02.2026", "bis": "01.03.2026"})
    (e,) = eintraege(netz, art)
    assert (e.von, e.bis, e.version) == ("2026-02-01", "2026-03-01", 2)
    koordination.sende_blatt(koordination.hole(weg), f"{weg}/beenden", bis="20.02.2026")
    (e,) = eintraege(netz, art)
    assert (e.von, e.bis, e.version) == ("2026-02-01", "2026-02-20", 3)
    blatt = koordination.hole(weg)
    assert "Koordination A hat den Eintrag zum 20.02.2026 beendet." in blatt.text
    assert "von „12.01.2026“ auf „01.02.2026“" in blatt.text or art == "schliesstage"
    assert blatt.maengel() == []


@pytest.mark.parametrize("art", ARTEN)
def test_gespeichert_ist_was_eingetragen_war_und_die_seite_zeigt_es_wieder(netz: Netz, koordination: Fenster, art: str) -> None:
    weg = lege_neu_an(koordination, art)
    (e,) = eintraege(netz, art)
    werte = {f: w for f, w in NEU[art].items() if f not in ("von", "bis")}
    assert dict(e.angaben) == werte
    gezeigt = koordination.hole(weg).felder
    assert {f: gezeigt[f] for f in werte} == {f: w if isinstance(w, list) else [w] for f, w in werte.items()}


FALSCH = [
    ("sitze", {"sitz": ""}, "sitz"), ("sitze", {"institution": "gibtsnicht"}, "institution"), ("sitze", {"inhaber": "niemand"}, "inhaber"),
    ("sitze", {"vertretung": "s01"}, "vertretung"), ("sitze", {"rolle": "chefin"}, "rolle"), ("sitze", {"sitz": "s01 "}, "sitz"),
    ("kontakte", {"postfach": "keine Adresse"}, "postfach"), ("kontakte", {"institution": "Jobcenter"}, "institution"),
    ("zustaendigkeiten", {"kommunen": []}, "kommunen"), ("zustaendigkeiten", {"kommunen": ["Atlantis"]}, "kommunen"),
    ("verteiler", {"institutionen": []}, "arbeitsgruppen"), ("verteiler", {"name": "Jugendämter"}, "name"),
    ("verteiler", {"institutionen": ["gibtsnicht"]}, "institutionen"),
    ("schliesstage", {"bis": ""}, "wiederkehr"), ("schliesstage", {"wiederkehr": "31.02."}, "wiederkehr"),
    ("schliesstage", {"wiederkehr": "irgendwann"}, "wiederkehr"), ("schliesstage", {"bis": "15.08.2026"}, "wiederkehr"),
    ("abwesenheiten", {"vertretung": "cm-balve"}, "vertretung"), ("abwesenheiten", {"bis": "11.01.2026"}, "bis"),
    ("abwesenheiten", {"von": "bald"}, "von"), ("abwesenheiten", {"person": ""}, "person"),
]


@pytest.mark.parametrize(("art", "anders", "feld"), FALSCH)
def test_was_nicht_geht_steht_am_feld_und_nichts_geht_verloren(
    netz: Netz, koordination: Fenster, art: str, anders: dict[str, Any], feld: str
) -> None:
    gesendet = {**NEU[art], **anders}
    _, blatt = koordination.sende(f"/stammdaten/{art}/neu", 422, **gesendet)
    assert blatt.kennungen[f"f-{feld}-befund"] == 1 and eintraege(netz, art) == []
    gewaehlt = ("rolle", "institution", "inhaber", "person", "vertretung")
    einzeilig = {f: w for f, w in gesendet.items() if isinstance(w, str) and f not in gewaehlt}
    assert {f: blatt.felder[f] for f in einzeilig} == {f: [w] for f, w in einzeilig.items()}
    assert blatt.maengel() == []


def test_fuer_dieselbe_zeit_gilt_nur_einer(netz: Netz, koordination: Fenster) -> None:
    weg = lege_neu_an(koordination, "sitze", bis="31.03.2026")
    koordination.sende("/stammdaten/sitze/neu", 422, **{**NEU["sitze"], "sitz": "s13", "von": "31.03.2026"})
    koordination.sende("/stammdaten/sitze/neu", **{**NEU["sitze"], "von": "01.04.2026"})
    koordination.sende_blatt(koordination.hole(weg), weg, 422, bis="15.04.2026")
    assert [e.von for e in eintraege(netz, "sitze")] == ["2026-01-12", "2026-04-01"]
    assert "S13" in str(koordination.hole(f"{weg.rsplit('/', 1)[0]}/neu?wie={weg.rsplit('/', 1)[1]}").felder["sitz"])


def test_zwei_zugleich_koennen_sich_nicht_ueberschneiden(netz: Netz) -> None:
    with netz.db.lesen() as s:
        umfeld, wer = lade_umfeld(s, HEUTE.isoformat()), handelnde(s, "koordination-a", HEUTE.isoformat())

    def versuche(tag: int) -> bool:
        angaben = {**NEU["sitze"], "von": f"2026-02-{tag:02d}"}
        try:
            netz.db.in_transaktion(lambda s: lege_an(s, ARTEN["sitze"], angaben, wer, MONTAG, umfeld))
        except Ungueltig:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(versuche, range(1, 7))) == 1


def test_wer_schneller_war_wird_nicht_ueberschrieben(netz: Netz, koordination: Fenster) -> None:
    weg = lege_neu_an(koordination, "kontakte")
    offen = koordination.hole(weg)
    koordination.sende_blatt(offen, weg, telefon="1")
    _, blatt = koordination.sende_blatt(offen, weg, 409, telefon="2")
    assert "inzwischen geändert" in blatt.text and blatt.felder["telefon"] == ["2"]
    koordination.sende_blatt(offen, f"{weg}/beenden", 409, bis="01.02.2026")
    koordination.sende_blatt(blatt, weg)
    assert eintraege(netz, "kontakte")[0].angaben["telefon"] == "2"


def test_beenden_kann_niemand_vor_dem_anfang_und_niemand_verlaengern(netz: Netz, koordination: Fenster) -> None:
    weg = lege_neu_an(koordination, "abwesenheiten")
    for bis in ("11.01.2026", "17.01.2026", "", "morgen"):
        _, blatt = koordination.sende_blatt(koordination.hole(weg), f"{weg}/beenden", 422, bis=bis)
        assert blatt.kennungen["ende-fehler"] == 1
    assert eintraege(netz, "abwesenheiten")[0].bis == "2026-01-16"


def test_fuer_alle_anderen_gibt_es_die_seiten_nicht(netz: Netz, koordination: Fenster) -> None:
    wege = {art: lege_neu_an(koordination, art) for art in ARTEN}
    for fremd in ("cm-altena", "s01", "assistenz", "datenschutz", "stelle-jobcenter"):
        fenster = Fenster(netz.app, fremd)
        assert "/stammdaten" not in fenster.hole("/").verweise
        for art, weg in wege.items():
            for seite in ("/stammdaten", f"/stammdaten/{art}", f"/stammdaten/{art}/neu", weg):
                fenster.hole(seite, 404)
            zeichen = fenster.hole("/konto").felder["csrf"]
            for ziel in (f"/stammdaten/{art}/neu", weg, f"{weg}/beenden"):
                assert fenster.client.post(ziel, data={"csrf": zeichen, **NEU[art], "version": "1"}).status_code == 404
    verwaltung = Fenster(netz.app, "systemverwaltung")
    assert verwaltung.hole("/stammdaten").text.count("Abwesenheiten") and "/stammdaten" in verwaltung.hole("/").verweise
    for art, weg in wege.items():
        verwaltung.hole(weg, 200 if art == "abwesenheiten" else 404)
    koordination.hole("/stammdaten/gibtsnicht", 404)
    koordination.hole("/stammdaten/sitze/999999", 404)
    koordination.hole(wege["sitze"].replace("sitze", "kontakte"), 404)


def test_die_liste_zeigt_was_gilt_und_findet_auch_nach_namen(netz: Netz, koordination: Fenster) -> None:
    lege_neu_an(koordination, "abwesenheiten")
    lege_neu_an(koordination, "abwesenheiten", person="cm-hemer", vertretung="", von="01.03.2026", bis="02.03.2026")
    heute = koordination.hole("/stammdaten/abwesenheiten")
    assert "CM Balve" in heute.text and "CM Hemer" not in heute.text and heute.maengel() == []
    assert "CM Hemer" in koordination.hole("/stammdaten/abwesenheiten?zeigen=kuenftig").text
    gefunden = koordination.hole("/stammdaten/abwesenheiten?zeigen=alle&suche=menden").text
    assert "CM Balve" in gefunden and "CM Hemer" not in gefunden
    erste, zweite = (koordination.hole(f"/stammdaten/kontakte?blatt={n}") for n in (1, 2))
    eigene = [{v for v in blatt.verweise if v.startswith("/stammdaten/kontakte/") and not v.endswith("neu")} for blatt in (erste, zweite)]
    assert len(eigene[0]) == len(eigene[1]) == 50 and not eigene[0] & eigene[1]
    uebersicht = koordination.hole("/stammdaten")
    assert uebersicht.maengel() == [] and "1 gilt heute, 1 künftig" in uebersicht.text
    assert {"/personen", "/vorgaenge/arbeitsgruppe", "/vorgaenge/kooperationsvereinbarung"} <= set(uebersicht.verweise)


def test_adressen_bleiben_nicht_im_protokoll(netz: Netz, koordination: Fenster) -> None:
    weg = lege_neu_an(koordination, "kontakte")
    koordination.sende_blatt(koordination.hole(weg), weg, postfach="erika.beispiel@altena.example", telefon="0171")
    with netz.db.lesen() as s:
        zeilen = [json.loads(a) for (a,) in s.alle("SELECT angaben FROM protokoll WHERE was LIKE 'eintrag%' ORDER BY id")]
    assert "erika" not in str(zeilen) and "0171" not in str(zeilen)
    assert zeilen[1]["felder"] == {"postfach": None, "telefon": None}
    assert "hat geändert: Funktionspostfach; Telefon." in koordination.hole(weg).text


def test_wie_ein_tag_im_jahr_geschrieben_wird(netz: Netz, koordination: Fenster) -> None:
    weg = lege_neu_an(koordination, "schliesstage", wiederkehr="6.1.", von="01.01.2026", bis="")
    assert koordination.hole(weg).felder["wiederkehr"] == ["06.01."]
    lege_neu_an(koordination, "schliesstage", wiederkehr="rosenmontag", von="01.01.2026", bis="")
    assert sorted(e.angaben["wiederkehr"] for e in eintraege(netz, "schliesstage")) == ["01-06", "Rosenmontag"]
    assert isinstance(koordination.hole("/stammdaten/schliesstage"), Blatt)
