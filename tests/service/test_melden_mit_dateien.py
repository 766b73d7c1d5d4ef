"""Dateien gehen mit der Meldung zusammen ein: mit Konto und mit Code, geprüft, alles oder nichts, und nichts Getipptes geht verloren."""

from __future__ import annotations

from typing import Any

import pytest

from service.app import Kreislauf
from service.db import Datenbank
from service.pruefen import pruefe
from tests.browserprobe import Blatt, Fenster
from tests.service.test_dateipruefung import PDF, png
from tests.service.test_ohne_konto import BELEG, BOGEN, Gast, ausgestellt, gelesen, gemeldet
from tests.service.test_ohne_konto import MELDEN as OHNE_KONTO
from tests.service.test_seiten import ANGABEN, MELDEN

STELLE = "stelle-erstanlauf-luedenscheid"
KURZ = {n: w for n, w in ANGABEN.items() if n not in ("kanal", "melder_institution", "melder_art")}


@pytest.fixture
def stelle(app: Kreislauf) -> Fenster:
    return Fenster(app, STELLE)


@pytest.fixture
def vorschau(stelle: Fenster) -> Blatt:
    return stelle.hole(stelle.sende(MELDEN, weiter="pruefen", **KURZ)[0])


def schicke(f: Any, blatt: Blatt, weg: str, dateien: dict[str, tuple[str, bytes]], status: int, **felder: str) -> tuple[str, Blatt]:
    antwort = f.client.post(weg, data={**blatt.felder, **{n.replace("_", "."): w for n, w in felder.items()}},
                            files={f"beilage.{nr}.datei": datei for nr, datei in dateien.items()})
    assert antwort.status_code == status, Blatt(antwort.text).text[-1500:]
    return antwort.headers.get("location", ""), Blatt(antwort.text)


def zahl(db: Datenbank, was: str) -> int:
    with db.lesen() as s:
        return int(s.wert(f"SELECT count(*) FROM {was}"))


def test_mit_konto_gehen_zwei_dateien_mit(db: Datenbank, app: Kreislauf, stelle: Fenster, vorschau: Blatt) -> None:
    assert vorschau.maengel() == [] and "Dateien mitschicken" in vorschau.text
    dateien = {"1": ("Merkblatt.pdf", PDF), "3": ("Foto von Frau Muster.PNG", png())}
    ziel, _ = schicke(stelle, vorschau, MELDEN, dateien, 303, beilage_1_bezeichnung="Merkblatt", beilage_3_bezeichnung="Aushang")
    akte = stelle.hole(ziel)
    assert "Merkblatt" in akte.text and "Aushang" in akte.text and "Muster" not in akte.html
    assert stelle.client.get(f"{ziel}/anhaenge/1").content == PDF and zahl(db, "entwurf") == 0
    schicke(stelle, vorschau, MELDEN, dateien, 303, beilage_1_bezeichnung="Merkblatt", beilage_3_bezeichnung="Aushang")
    assert zahl(db, "vorgang WHERE art = 'meldebogen'") == 1 and zahl(db, "anhang") == 2, "dasselbe noch einmal gesendet"
    with db.lesen() as s:
        assert pruefe(s).ok


def test_eine_schlechte_datei_haelt_alles_auf_und_nichts_getipptes_geht_verloren(db: Datenbank, stelle: Fenster, vorschau: Blatt) -> None:
    dateien = {"1": ("Merkblatt.pdf", PDF), "2": ("Programm.exe", b"MZ")}
    _, blatt = schicke(stelle, vorschau, MELDEN, dateien, 422, beilage_1_bezeichnung="Merkblatt", beilage_2_bezeichnung="Bescheid")
    assert "Diese Art von Datei nehmen wir nicht an." in blatt.text and "noch einmal aus" in blatt.text and blatt.maengel() == []
    assert {e["name"] for e in blatt.eingaben if e.get("aria-invalid")} == {"beilage.2.datei"}
    assert blatt.felder["beilage.1.bezeichnung"] == ["Merkblatt"] and blatt.felder["beschreibung"] == [KURZ["beschreibung"]]
    assert zahl(db, "vorgang WHERE art = 'meldebogen'") == 0 and zahl(db, "anhang") == 0
    ziel, _ = schicke(stelle, blatt, MELDEN, {"1": ("Merkblatt.pdf", PDF)}, 303, beilage_2_bezeichnung="")
    assert "Merkblatt" in stelle.hole(ziel).text


def test_zum_wort_gehoert_eine_datei_ohne_wort_zaehlt_sie_und_kein_name(db: Datenbank, stelle: Fenster, vorschau: Blatt) -> None:
    _, blatt = schicke(stelle, vorschau, MELDEN, {"1": ("m.pdf", PDF)}, 422, beilage_2_bezeichnung="Aushang")
    assert {e["name"] for e in blatt.eingaben if e.get("aria-invalid")} == {"beilage.2.datei"}
    name = "Bescheid von Herrn Özdemir"
    _, blatt = schicke(stelle, vorschau, MELDEN, {"1": ("m.pdf", PDF)}, 422, beilage_1_bezeichnung=name)
    assert "Das sieht nach einem Namen aus." in blatt.text and zahl(db, "anhang") == 0
    (zeichen,) = [e["value"] for e in blatt.eingaben if e.get("name") == "kein_personenbezug"]
    blatt.felder["kein_personenbezug"] = [zeichen or ""]
    schicke(stelle, blatt, MELDEN, {"1": ("m.pdf", PDF)}, 303)
    assert zahl(db, "anhang") == 1


def test_eine_datei_ohne_bezeichnung_heisst_nach_ihrer_nummer(stelle: Fenster, vorschau: Blatt) -> None:
    ziel, _ = schicke(stelle, vorschau, MELDEN, {"2": ("Bescheid Oezdemir.pdf", PDF)}, 303)
    gezeigt = stelle.hole(ziel).text
    assert "Anlage 2" in gezeigt and "Oezdemir" not in gezeigt


def test_mit_dem_code_der_stelle_ebenso(db: Datenbank, app: Kreislauf) -> None:
    gast, code = Gast(app), ausgestellt(app)
    vorschau = gast.sende(gast.bogen(code), OHNE_KONTO, weiter="pruefen", **BOGEN)
    _, blatt = schicke(gast, vorschau, OHNE_KONTO, {"1": ("m.exe", b"MZ")}, 422, beilage_1_bezeichnung="Merkblatt")
    assert "nehmen wir nicht an" in blatt.text and blatt.felder["code"] == [code] and blatt.felder["titel"] == [BOGEN["titel"]]
    assert zahl(db, "vorgang WHERE art = 'meldebogen'") == 0 and blatt.maengel() == []
    quittung = gast.hole(schicke(gast, blatt, OHNE_KONTO, {"1": ("m.pdf", PDF)}, 303)[0])
    assert "Ihr Beleg" in quittung.text and zahl(db, "anhang") == 1
    nochmal = gast.hole(schicke(gast, blatt, OHNE_KONTO, {"1": ("m.pdf", PDF)}, 303)[0])
    assert nochmal.text == quittung.text and zahl(db, "anhang") == 1
    with db.lesen() as s:
        key = s.wert("SELECT key FROM vorgang WHERE art = 'meldebogen'")
        assert pruefe(s).ok
    assert "Merkblatt" in Fenster(app, "koordination-a").hole(f"/vorgang/{key}").text


# --- mit dem Beleg ----------------------------------------------------------------------------------------------------


def mit_beleg(gast: Gast, beleg: str, status: int, wort: str = "Merkblatt", datei: tuple[str, bytes] = ("m.pdf", PDF), **mehr: str
              ) -> Blatt:
    blatt = gast.beleg(beleg)
    felder = {n: blatt.felder[n][0] for n in ("csrf", "einmal")} | {"code": beleg, "akt": "datei_anhaengen", **mehr}
    daten = {**felder, "datei_anhaengen.bezeichnung": wort}
    antwort = gast.folge(gast.client.post(BELEG, data=daten, files={"datei_anhaengen.datei": datei}))
    gezeigt = Blatt(antwort.text)
    assert antwort.status_code == status and gezeigt.maengel() == [], gezeigt.text[-1500:]
    return gezeigt


def test_mit_dem_beleg_haengt_man_spaeter_an_und_nimmt_zurueck(db: Datenbank, app: Kreislauf) -> None:
    gast = Gast(app)
    key, beleg = gemeldet(gast, ausgestellt(app))
    da = mit_beleg(gast, beleg, 200, datei=("Foto von Frau Muster.PNG", png()))
    assert "Die Datei ist geprüft und angehängt." in da.text and "Ihre Dateien" in da.text and "angehängt am 07.01.2026" in da.text
    assert "PNG" in da.text and "KB" in da.text and "Muster" not in da.html
    koordination = Fenster(app, "koordination-iserlohn")
    assert "Merkblatt" in koordination.hole(f"/vorgang/{key}").text
    ohne_grund = gast.tue(beleg, "datei_entfernen", 409, datei_entfernen__nr="1")
    assert {e["name"] for e in ohne_grund.eingaben if e.get("aria-invalid")} == {"datei_entfernen.grund.1"}
    weg = gast.tue(beleg, "datei_entfernen", **{"datei_entfernen__nr": "1", "datei_entfernen__grund__1": "Falsche Datei"})
    assert "Die Datei ist entfernt" in weg.text and "Ihre Dateien" not in weg.text and zahl(db, "anhang_teil") == 0
    gast.tue(beleg, "datei_entfernen", 409, **{"datei_entfernen__nr": "1", "datei_entfernen__grund__1": "Noch einmal"})
    with db.lesen() as s:
        assert pruefe(s).ok


def test_mit_dem_beleg_gelten_dieselben_regeln_und_nur_eigene_dateien(db: Datenbank, app: Kreislauf) -> None:
    gast = Gast(app)
    key, beleg = gemeldet(gast, ausgestellt(app))
    assert "nehmen wir nicht an" in mit_beleg(gast, beleg, 422, datei=("m.exe", b"MZ")).text
    ohne_wort = mit_beleg(gast, beleg, 422, wort="", datei=("m.exe", b"MZ"))
    assert {e["name"] for e in ohne_wort.eingaben if e.get("aria-invalid")} == {"datei_anhaengen.bezeichnung", "datei_anhaengen.datei"}
    name = mit_beleg(gast, beleg, 422, wort="Bescheid von Herrn Özdemir")
    assert "Das sieht nach einem Namen aus." in name.text and zahl(db, "anhang") == 0
    (zeichen,) = [e["value"] for e in name.eingaben if e.get("name") == "kein_personenbezug"]
    mit_beleg(gast, beleg, 200, wort="Bescheid von Herrn Özdemir", kein_personenbezug=str(zeichen))
    k = Fenster(app, "koordination-iserlohn")
    schicke_an(k, key, "Vermerk der Koordination")
    assert "Vermerk der Koordination" not in gast.beleg(beleg).text and zahl(db, "anhang") == 2
    gast.tue(beleg, "datei_entfernen", 409, **{"datei_entfernen__nr": "2", "datei_entfernen__grund__2": "Nicht meine"})
    assert zahl(db, "anhang WHERE entfernt IS NOT NULL") == 0
    assert gast.client.post(BELEG, data={**gast.hole(BELEG).felder, "code": "XXXX", "akt": "datei_anhaengen"}).status_code == 422


def test_mit_dem_beleg_zweimal_abgesendet_haengt_einmal_an(db: Datenbank, app: Kreislauf) -> None:
    gast = Gast(app)
    _, beleg = gemeldet(gast, ausgestellt(app))
    wort = gast.beleg(beleg).felder["einmal"][0]
    for _ in range(2):
        mit_beleg(gast, beleg, 200, einmal=wort)
    assert zahl(db, "anhang") == 1


def schicke_an(f: Fenster, key: str, wort: str) -> None:
    weg = f"/vorgang/{key}/anhaenge"
    antwort = f.client.post(weg, data={**f.hole(weg).felder, "bezeichnung": wort}, files={"datei": ("v.pdf", PDF)})
    assert antwort.status_code == 303


def test_auch_grosse_dateien_kommen_ohne_konto_durch(db: Datenbank, app: Kreislauf) -> None:
    gast, code = Gast(app), ausgestellt(app)
    gross = ("m.txt", b"Ein langes Merkblatt. " * 60_000)  # über der Grenze einer Anfrage ohne Dateien
    vorschau = gast.sende(gast.bogen(code), OHNE_KONTO, weiter="pruefen", **BOGEN)
    weiter, _ = schicke(gast, vorschau, f"{OHNE_KONTO}/vorschau", {"1": gross, "2": gross}, 303, beilage_1_bezeichnung="Eins",
                        beilage_2_bezeichnung="Zwei")
    quittung = gast.hole(weiter)
    mit_beleg(gast, gelesen(quittung), 200, datei=gross)
    assert zahl(db, "anhang") == 3
