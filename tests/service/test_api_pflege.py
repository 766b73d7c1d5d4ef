"""Personen, Rollen, Zugänge und Nachrichten in der Schnittstelle: dieselben Rechte wie auf den Seiten, nichts Geheimes, Fassungen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service import konten
from service.db import Datenbank
from service.profil import Profil
from service.stammdaten import handelnde
from service.zustellung import versandrunde
from tests.bau import MELDUNG
from tests.dienst import Dienst, Programm
from tests.postamt import einstellungen
from tests.service.test_api import problem

K, ADMIN, MELDER = "koordination-a", "systemverwaltung", "stelle-mbe-luedenscheid"
NEU = {"name": "Erika Beispiel", "institution": "jobcenter", "rolle": "melder", "von": "12.01.2026"}


@pytest.fixture
def dienst(db: Datenbank, profil: Profil, tmp_path: Path) -> Dienst:
    return Dienst(db, profil, tmp_path)


def fassung(wer: Programm, weg: str) -> int:
    antwort = wer.hole(weg)
    assert antwort.status_code == 200, antwort.text
    assert antwort.headers["etag"] == f'"v{antwort.json()["version"]}"'
    return int(antwort.json()["version"])


def angelegt(wer: Programm, **anders: Any) -> str:
    antwort = wer.sende("/personen", {"daten": {**NEU, **anders}})
    assert antwort.status_code == 201, antwort.text
    assert antwort.headers["location"] == f"/api/v1/personen/{antwort.json()['key']}"
    return str(antwort.json()["key"])


# --- Personen ---------------------------------------------------------------------------------------------------------


def test_anlegen_aendern_rolle_geben_rolle_beenden(dienst: Dienst) -> None:
    k = dienst.als(K)
    key = angelegt(k)
    weg = f"/personen/{key}"
    person = k.hole(weg).json()
    assert (person["name"], person["institution"], person["von"], person["bis"]) == ("Erika Beispiel", "jobcenter", "2026-01-12", None)
    assert [(r["rolle"], r["bezeichnung"]) for r in person["rollen"]] == [("melder", "Meldende Stelle")]
    gegeben = k.sende(f"{weg}/rollen", {"daten": {"rolle": "case_management", "von": "2026-01-20"}}, fassung=person["version"])
    assert gegeben.status_code == 200 and gegeben.json()["version"] != person["version"]
    nummer = person["rollen"][0]["id"]
    beendet = k.sende(f"{weg}/rollen/{nummer}/beenden", {"bis": "31.01.2026"}, fassung=gegeben.json()["version"])
    assert beendet.status_code == 200, beendet.text
    daten = {"name": "E. Beispiel", "institution": "vhs-luedenscheid", "von": "2026-01-12"}
    umbenannt = k.sende(weg, {"daten": daten}, fassung=beendet.json()["version"])
    assert umbenannt.status_code == 200 and fassung(k, weg) == umbenannt.json()["version"]
    with dienst.db.lesen() as s:
        assert handelnde(s, key, "2026-02-01").rollen == {("case_management", "")}
    verlauf = k.hole(f"{weg}/verlauf").json()["aenderungen"]
    assert [a["was"] for a in verlauf] == ["person_geaendert", "rolle_beendet", "rolle_gegeben", "rolle_gegeben", "person_angelegt"]
    assert "Beispiel" not in json.dumps(verlauf) and verlauf[0]["wer"] == "Koordination A"


def test_die_fassung_ist_noetig_und_eine_alte_nennt_beide(dienst: Dienst) -> None:
    k = dienst.als(K)
    weg = f"/personen/{angelegt(k)}"
    rolle = {"daten": {"rolle": "leitung", "von": "2026-01-20"}}
    problem(k.sende(f"{weg}/rollen", rolle), 428, "fassung-fehlt")
    alte = fassung(k, weg)
    assert k.sende(f"{weg}/rollen", rolle, fassung=alte).status_code == 200
    veraltet = problem(k.sende(weg, {"daten": {"name": "X", "von": "2026-01-12"}}, fassung=alte), 412, "fassung-veraltet")
    assert veraltet["fassungen"] == {"gesehen": alte, "jetzt": fassung(k, weg)}


def test_dieselbe_anfrage_legt_eine_person_an(dienst: Dienst) -> None:
    k = dienst.als(K)
    erste, zweite = (k.sende("/personen", {"daten": NEU}, Idempotency_Key="einmal") for _ in range(2))
    assert (erste.status_code, erste.json()) == (zweite.status_code, zweite.json())
    problem(k.sende("/personen", {"daten": {**NEU, "name": "Anders"}}, Idempotency_Key="einmal"), 422, "ungueltig")
    with dienst.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM person WHERE vorfuehrung = 0") == 1


@pytest.mark.parametrize(("anders", "feld"), [
    ({"name": " "}, "daten.name"), ({"institution": "gibtsnicht"}, "daten.institution"), ({"rolle": "system"}, "daten.rolle"),
    ({"rolle": "koordination"}, "daten.bereich"), ({"bereich": "mond"}, "daten.bereich"), ({"von": "2026-02-30"}, "daten.von"),
    ({"bis": "01.01.2026"}, "daten.bis"), ({"unsinn": 1}, "daten.unsinn"),
])
def test_befunde_nennen_das_feld_wie_es_geschickt_wurde(dienst: Dienst, anders: dict[str, Any], feld: str) -> None:
    antwort = problem(dienst.als(K).sende("/personen", {"daten": {**NEU, **anders}}), 422, "ungueltig")
    assert [f["feld"] for f in antwort["felder"]] == [feld] and "Erika" not in json.dumps(antwort)


def test_die_rechte_sind_die_der_seiten(dienst: Dienst) -> None:
    k, admin = dienst.als(K), dienst.als(ADMIN)
    problem(k.sende("/personen", {"daten": {**NEU, "rolle": "admin"}}), 403, "nicht-erlaubt")
    problem(k.sende("/personen", {"daten": {**NEU, "rolle": "koordination", "bereich": "iserlohn"}}), 403, "nicht-erlaubt")
    neu = angelegt(admin, rolle="koordination", bereich="iserlohn")
    eigene = {"daten": {"rolle": "leitung", "von": "2026-01-01"}}
    problem(k.sende(f"/personen/{K}/rollen", eigene, fassung=fassung(k, f"/personen/{K}")), 409, "nicht-moeglich")
    for fremd in ("cm-altena", "s01", "assistenz", "datenschutz"):
        programm = dienst.als(fremd)
        for weg in ("/personen", f"/personen/{neu}", f"/personen/{neu}/verlauf", "/konten", f"/konten/{neu}", "/nachrichten",
                    "/nachrichten/1"):
            problem(programm.hole(weg), 404, "nicht-gefunden")
        problem(programm.sende("/personen", {"daten": NEU}), 404, "nicht-gefunden")
        problem(programm.sende(f"/konten/{neu}/einladen", fassung=1), 404, "nicht-gefunden")
    problem(k.hole("/konten"), 404, "nicht-gefunden")
    problem(dienst.niemand.hole("/personen"), 401, "nicht-angemeldet")


def test_blaettern_zeigt_jede_person_einmal(dienst: Dienst) -> None:
    k, gesehen, ab = dienst.als(K), [], {}
    while True:
        seite = k.hole("/personen", anzahl=7, **ab).json()
        gesehen += [p["key"] for p in seite["personen"]]
        if seite["weiter"] is None:
            break
        ab = {"ab": seite["weiter"]}
    with dienst.db.lesen() as s:
        assert sorted(gesehen) == sorted(z[0] for z in s.alle("SELECT key FROM person")) and len(gesehen) == len(set(gesehen))
    assert k.hole("/personen", am="2019-01-01").json()["personen"] == []
    problem(k.hole("/personen", ab="<>"), 422, "ungueltig")


# --- Zugänge ----------------------------------------------------------------------------------------------------------


def test_einladen_sperren_entsperren(dienst: Dienst) -> None:
    admin = dienst.als(ADMIN)
    weg = f"/konten/{MELDER}"
    assert admin.hole(weg).json()["kennung"] is None
    eingeladen = admin.sende(f"{weg}/einladen", fassung=fassung(admin, weg))
    assert eingeladen.status_code == 200 and eingeladen.headers["cache-control"] == "no-store"
    konten.loese_ein(dienst.db, eingeladen.json()["link"].rsplit("/", 1)[1], "mbe.l", "ein-langes-Kennwort-7", dienst.jetzt)
    konto = admin.hole(weg).json()
    assert (konto["kennung"], konto["gesperrt"], konto["eingeladen_bis"]) == ("mbe.l", False, None)
    gesperrt = admin.sende(f"{weg}/sperren", fassung=konto["version"])
    assert gesperrt.status_code == 200 and admin.hole(weg).json()["gesperrt"]
    problem(admin.sende(f"{weg}/entsperren", fassung=konto["version"]), 412, "fassung-veraltet")
    assert admin.sende(f"{weg}/entsperren", fassung=gesperrt.json()["version"]).status_code == 200
    ich = f"/konten/{ADMIN}"
    problem(admin.sende(f"{ich}/sperren", fassung=fassung(admin, ich)), 409, "nicht-moeglich")


def test_ein_einmallink_steht_in_einer_einzigen_antwort(dienst: Dienst) -> None:
    """Nicht in der Wiederholung, in keiner Liste, und nirgends in der Datenbank; auch kein Hash verlässt sie."""
    admin, weg = dienst.als(ADMIN), f"/konten/{MELDER}"
    jetzt = fassung(admin, weg)
    erste, zweite = (admin.sende(f"{weg}/einladen", fassung=jetzt, Idempotency_Key="k") for _ in range(2))
    wort = erste.json()["link"].rsplit("/", 1)[1]
    assert zweite.status_code == 200 and zweite.json() == {**erste.json(), "link": None}
    with dienst.db.lesen() as s:
        assert wort not in str(s.alle("SELECT anfrage, ergebnis FROM idempotenz")) + str(s.alle("SELECT angaben FROM protokoll"))
        (hash_,) = (h for (h,) in s.alle("SELECT hash FROM einmallink"))
        kennwoerter = [h for (h,) in s.alle("SELECT kennwort FROM konto")]
    gezeigt = admin.hole("/konten", anzahl=200).text + admin.hole(weg).text + admin.hole(f"/personen/{MELDER}").text
    assert not any(geheim in gezeigt for geheim in (wort, hash_, *kennwoerter))
    assert admin.hole(weg).json()["eingeladen_bis"]


# --- Nachrichten ------------------------------------------------------------------------------------------------------


def _gescheiterte(dienst: Dienst) -> int:
    dienst.als(MELDER).beginne("meldebogen", "einreichen", **MELDUNG)
    dienst.db.in_transaktion(lambda s: s.fuehre("UPDATE vorgang SET institution = 'Verein ohne Postfach'"))
    versandrunde(dienst.db, einstellungen(), dienst.app.state.anwendung.umfeld(), dienst.jetzt)
    liste = dienst.als(K).hole("/nachrichten", zustand="gescheitert").json()
    (nachricht,) = liste["nachrichten"]
    assert liste["lage"]["gescheitert"] == 1 and nachricht["rat"] and "inhalt" not in nachricht
    return int(nachricht["id"])


def test_was_nicht_ankam_noch_einmal_senden_und_ablegen(dienst: Dienst) -> None:
    k, nummer = dienst.als(K), _gescheiterte(dienst)
    weg = f"/nachrichten/{nummer}"
    problem(k.sende(f"{weg}/erneut"), 428, "fassung-fehlt")
    erneut = k.sende(f"{weg}/erneut", fassung=fassung(k, weg))
    assert erneut.status_code == 200 and erneut.json()["zustand"] == "gescheitert"
    abgelegt = k.sende(f"{weg}/ablegen", fassung=erneut.json()["version"])
    assert abgelegt.json()["zustand"] == "aufgehoben" == k.hole(weg).json()["zustand"]
    assert k.hole("/nachrichten").json()["nachrichten"] == []
    problem(k.sende(f"{weg}/ablegen", fassung=abgelegt.json()["version"]), 409, "nicht-moeglich")
    problem(k.hole("/nachrichten/999999"), 404, "nicht-gefunden")


def test_eine_berichtigte_adresse_gilt_und_eine_falsche_steht_am_feld(dienst: Dienst) -> None:
    k, nummer = dienst.als(K), _gescheiterte(dienst)
    dienst.db.in_transaktion(lambda s: s.fuehre("UPDATE sendung SET empfaenger = 'stelle:mbe-luedenscheid' WHERE id = :id", {"id": nummer}))
    weg = f"/nachrichten/{nummer}"
    falsch = problem(k.sende(f"{weg}/erneut", {"adresse": "kein postfach"}, fassung=fassung(k, weg)), 422, "ungueltig")
    assert [f["feld"] for f in falsch["felder"]] == ["adresse"]
    geht = k.sende(f"{weg}/erneut", {"adresse": "mbe@neu.example"}, fassung=fassung(k, weg))
    assert geht.status_code == 200 and geht.json()["zustand"] == "bereit"
    with dienst.db.lesen() as s:
        assert s.wert("SELECT adresse FROM sendung WHERE id = :id", {"id": nummer}) == "mbe@neu.example"
