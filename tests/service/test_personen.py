"""Personen und Rollen als datierte Einträge: wer sie pflegt, was dabei nicht geht, und dass jede Änderung sichtbar bleibt."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from service.db import Datenbank
from service.profil import Profil
from service.stammdaten import handelnde
from tests.netz import Browser, Netz

NEU = {"name": "Erika Beispiel", "institution": "jobcenter", "rolle": "melder", "bereich": "", "von": "12.01.2026", "bis": ""}


@pytest.fixture
def netz(db: Datenbank, profil: Profil) -> Netz:
    return Netz(db, profil)


@pytest.fixture
def koordination(netz: Netz) -> Browser:
    return netz.browser().als("koordination-a")


@pytest.fixture
def verwaltung(netz: Netz) -> Browser:
    return netz.browser().als("systemverwaltung")


def lege_an(browser: Browser, **anders: str) -> Any:
    return browser.sende("/personen/neu", "/konto", **{**NEU, **anders})


def rollen(netz: Netz, key: str, tag: str = "2026-01-12") -> set[tuple[str, str]]:
    with netz.db.lesen() as s:
        return set(handelnde(s, key, tag).rollen)


def angelegt(browser: Browser, **anders: str) -> str:
    antwort = lege_an(browser, **anders)
    assert antwort.status_code == 303, antwort.text[-1500:]
    return str(antwort.headers["location"]).rsplit("/", 1)[1]


def test_anlegen_rolle_geben_rolle_beenden(netz: Netz, koordination: Browser) -> None:
    key = angelegt(koordination)
    assert rollen(netz, key) == {("melder", "")}
    weg = f"/personen/{key}"
    assert koordination.sende(f"{weg}/rollen", "/konto", rolle="case_management", von="2026-01-20", bis="2026-02-20").status_code == 303
    assert rollen(netz, key, "2026-01-19") == {("melder", "")} == rollen(netz, key, "2026-02-21")
    assert rollen(netz, key, "2026-02-20") == {("melder", ""), ("case_management", "")}
    with netz.db.lesen() as s:
        (nummer,) = (n for (n,) in s.alle("SELECT id FROM person_rolle WHERE person = :p AND rolle = 'melder'", {"p": key}))
    assert koordination.sende(f"{weg}/rollen/{nummer}/beenden", "/konto", bis="31.01.2026").status_code == 303
    assert rollen(netz, key, "2026-02-01") == {("case_management", "")}
    seite = koordination.get(weg).text
    assert seite.count("durch Koordination A") == 4 and "Rolle: Case Management, ab: 20.01.2026, bis: 20.02.2026" in seite


def test_namen_stehen_weder_im_schluessel_noch_im_protokoll(netz: Netz, koordination: Browser) -> None:
    key = angelegt(koordination)
    assert koordination.sende(f"/personen/{key}", "/konto", **{**NEU, "name": "Erika Anders"}).status_code == 303
    with netz.db.lesen() as s:
        eintraege = [json.loads(a) for (a,) in s.alle("SELECT angaben FROM protokoll WHERE was LIKE 'person%' ORDER BY id")]
    assert [e.get("name") for e in eintraege] == ["geändert", "geändert"]
    assert "erika" not in key.lower() and "Erika" not in str(eintraege)


@pytest.mark.parametrize(("anders", "feld"), [
    ({"name": " "}, "name"), ({"institution": "gibtsnicht"}, "institution"), ({"rolle": "system"}, "rolle"), ({"rolle": ""}, "rolle"),
    ({"rolle": "koordination"}, "bereich"), ({"rolle": "koordination", "bereich": "mond"}, "bereich"), ({"von": "bald"}, "von"),
    ({"von": "2026-02-30"}, "von"), ({"bis": "01.01.2026"}, "bis"), ({"bis": "irgendwann"}, "bis"),
])
def test_was_nicht_geht_wird_am_feld_gesagt(netz: Netz, koordination: Browser, anders: dict[str, str], feld: str) -> None:
    antwort = lege_an(koordination, **anders)
    assert antwort.status_code == 422 and f'id="{feld}-fehler"' in antwort.text
    assert "<title>Fehler: Person anlegen" in antwort.text
    assert re.search(rf'href="#{feld}">(Name oder Funktion|Stelle|Rolle|Bereich|Gilt ab|Gilt bis): ', antwort.text)
    assert "name" in anders or 'value="Erika Beispiel"' in antwort.text
    with netz.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM person WHERE vorfuehrung = 0") == 0


def test_dieselbe_rolle_zweimal_in_einer_zeit_geht_nicht(netz: Netz, koordination: Browser) -> None:
    weg = f"/personen/{angelegt(koordination)}/rollen"
    assert koordination.sende(weg, "/konto", rolle="melder", von="2026-05-01", bis="").status_code == 422
    assert koordination.sende(weg, "/konto", rolle="melder", von="2025-01-01", bis="2026-01-11").status_code == 303


def test_wer_was_vergeben_darf(netz: Netz, koordination: Browser, verwaltung: Browser) -> None:
    assert lege_an(koordination, rolle="admin").status_code == 403
    assert lege_an(koordination, rolle="koordination", bereich="iserlohn").status_code == 403
    assert lege_an(koordination, rolle="koordination", bereich="kreis").status_code == 303
    assert lege_an(verwaltung, rolle="koordination", bereich="iserlohn").status_code == 303
    key = angelegt(verwaltung, rolle="admin")
    assert koordination.sende(f"/personen/{key}", "/konto", **NEU).status_code == 403
    for fremd in ("cm-altena", "s01", "assistenz", "datenschutz"):
        browser = netz.browser().als(fremd)
        assert browser.get("/personen").status_code == 404 and browser.get(f"/personen/{key}").status_code == 404
        assert lege_an(browser).status_code == 404


def test_niemand_aendert_sich_selbst(netz: Netz, koordination: Browser, verwaltung: Browser) -> None:
    """Sonst gäbe sich jemand die Stelle oder Rolle, an der sein Leseverbot hängt."""
    assert koordination.sende("/personen/koordination-a", "/konto", **NEU).status_code == 409
    assert koordination.sende("/personen/koordination-a/rollen", "/konto", rolle="leitung", von="2026-01-01").status_code == 409
    ich = "/personen/systemverwaltung/rollen"
    assert verwaltung.sende(ich, "/konto", rolle="koordination", bereich="kreis", von="2026-01-01").status_code == 409
    assert rollen(netz, "koordination-a") == {("koordination", "kreis")}


def test_die_letzte_systemverwaltung_bleibt(netz: Netz, verwaltung: Browser) -> None:
    key = angelegt(verwaltung, rolle="admin")
    with netz.db.lesen() as s:
        nummer = s.wert("SELECT id FROM person_rolle WHERE person = :p", {"p": key})
    weg = f"/personen/{key}/rollen/{nummer}/beenden"
    assert verwaltung.sende(weg, "/konto", bis="2026-01-12").status_code == 409  # ohne Konto kann sich niemand sonst anmelden
    netz.db.in_transaktion(lambda s: s.fuehre(
        "INSERT INTO konto (person, kennung, kennwort, gesperrt, angelegt, geaendert) VALUES ('systemverwaltung', 'sv', 'x', 0, 'x', 'x')"))
    assert verwaltung.sende(weg, "/konto", bis="2026-01-12").status_code == 303


def test_eine_neue_stelle_wirkt_sofort_auch_auf_das_leseverbot(netz: Netz, koordination: Browser) -> None:
    key = angelegt(koordination)
    with netz.db.lesen() as s:
        assert not handelnde(s, key, "2026-01-12").abh
    assert koordination.sende(f"/personen/{key}", "/konto", **{**NEU, "institution": "abh-mk"}).status_code == 303
    with netz.db.lesen() as s:
        assert handelnde(s, key, "2026-01-12").abh
    assert "Stelle: Ausländerbehörde" in koordination.get(f"/personen/{key}").text
