"""Anhänge: hochladen, herunterladen, entfernen; wer sie sieht; dass Sicherung und Prüfung sie kennen."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest

from service.anhaenge import raeume_auf
from service.app import Kreislauf
from service.db import Datenbank
from service.profil import Profil
from service.pruefen import pruefe
from service.sicherung import sichere, stelle_wieder_her
from tests.bau import JETZT
from tests.browserprobe import Blatt, Fenster
from tests.datenbild import Anleger
from tests.service.test_dateipruefung import PDF, jpg, png
from tests.service.test_seiten import MELDEN

STELLE, KOORDINATION = "stelle-erstanlauf-luedenscheid", "koordination-a"
ANGABEN: dict[str, Any] = {
    "kommune": "Lüdenscheid", "titel": "Kurse beginnen nicht", "beschreibung": "Niemand weiß, wann der Kurs beginnt.",
    "meldungsart": "huerde", "handlungsfelder": ["Bildung und Sprache"], "anonymisiert_bestaetigt": "ja",
}  # fmt: skip


@pytest.fixture
def stelle(app: Kreislauf) -> Fenster:
    return Fenster(app, STELLE)


@pytest.fixture
def weg(stelle: Fenster) -> str:
    """Die Seite der Anhänge einer eben eingereichten Meldung."""
    ziel, _ = stelle.sende(MELDEN, **ANGABEN)
    return f"{ziel}/anhaenge"


def lade_hoch(f: Fenster, weg: str, name: str, inhalt: bytes, status: int = 303, bezeichnung: str = "Merkblatt", **mehr: str) -> Blatt:
    felder = {"csrf": f.hole(weg).felder["csrf"][0], "bezeichnung": bezeichnung, **mehr}
    antwort = f.client.post(weg, data=felder, files={"datei": (name, inhalt)})
    blatt = Blatt(antwort.text)
    assert antwort.status_code == status, blatt.text[-1500:]
    return blatt


def entferne(f: Fenster, weg: str, nr: str, grund: str, status: int = 303) -> Blatt:
    antwort = f.client.post(f"{weg}/entfernen", data={"csrf": f.hole(weg).felder["csrf"][0], "nr": nr, f"grund.{nr}": grund})
    assert antwort.status_code == status, antwort.text[-800:]
    return Blatt(antwort.text)


def stuecke(db: Datenbank) -> int:
    with db.lesen() as s:
        return int(s.wert("SELECT count(*) FROM anhang_teil"))


def test_hochladen_ansehen_herunterladen(db: Datenbank, app: Kreislauf, stelle: Fenster, weg: str) -> None:
    akte = weg.removesuffix("/anhaenge")
    assert weg in stelle.hole(akte).verweise and "Es hängt noch keine Datei an." in stelle.hole(weg).text
    bild = jpg(b"\xff\xe1\x00\x0aExif\x00\x00GP") + b"x" * 200_000
    lade_hoch(stelle, weg, "Foto von Frau Muster.JPG", bild)
    lade_hoch(stelle, weg, "m.pdf", PDF)
    blatt = stelle.hole(akte)
    assert "Merkblatt" in blatt.text and f"{weg}/1" in blatt.verweise and "Bild (JPEG)" in blatt.text and blatt.maengel() == []
    antwort = stelle.client.get(f"{weg}/2")
    key = akte.rsplit("/", 1)[1]
    assert antwort.content == PDF and antwort.headers["content-type"] == "application/pdf"
    assert antwort.headers["content-disposition"] == f'attachment; filename="{key}-Anhang-2.pdf"'
    assert antwort.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert antwort.headers["x-content-type-options"] == "nosniff" and antwort.headers["cache-control"] == "no-store"
    assert stelle.client.get(f"{weg}/1").content == jpg()
    with db.lesen() as s:
        alles = " ".join(str(z) for t in ("ereignis_inhalt", "vorgang", "anhang") for z in s.alle(f"SELECT * FROM {t}"))
        assert "Foto von" not in alles and hashlib.sha256(PDF).hexdigest() in alles and pruefe(s).ok


def test_fehler_stehen_am_feld_und_die_bezeichnung_bleibt(stelle: Fenster, weg: str) -> None:
    blatt = lade_hoch(stelle, weg, "m.exe", b"MZ", 422, "Mein Vordruck")
    assert "nehmen wir nicht an" in blatt.text and blatt.felder["bezeichnung"] == ["Mein Vordruck"] and blatt.maengel() == []
    assert {e["name"] for e in blatt.eingaben if e.get("aria-invalid")} == {"datei"}
    ohne = lade_hoch(stelle, weg, "", b"", 422, "")
    assert {e["name"] for e in ohne.eingaben if e.get("aria-invalid")} == {"datei", "bezeichnung"}
    name = lade_hoch(stelle, weg, "m.pdf", PDF, 422, "Bescheid von Herrn Özdemir")
    assert "Das sieht nach einem Namen aus." in name.text and "noch einmal aus" in name.text
    [zeichen] = [e["value"] for e in name.eingaben if e.get("name") == "kein_personenbezug"]
    lade_hoch(stelle, weg, "m.pdf", PDF, 303, "Bescheid von Herrn Özdemir", kein_personenbezug=zeichen or "")


def test_zu_grosse_anfragen_enden_am_rand(app: Kreislauf, stelle: Fenster, weg: str) -> None:
    gross = app.state.anwendung.einstellungen.anhang_bytes
    assert "zu groß" in lade_hoch(stelle, weg, "m.pdf", PDF + b" " * gross, 422).text
    antwort = stelle.client.post(weg, data={"csrf": stelle.hole(weg).felder["csrf"][0]}, files={"datei": ("m.pdf", b" " * (gross * 2))})
    assert antwort.status_code == 413
    anderswo = stelle.client.post(weg.replace("anhaenge", "schritt/ergaenzen"), data={"text": "x" * 1_100_000})
    assert anderswo.status_code == 413


def test_nur_wer_den_inhalt_sieht_sieht_den_anhang(app: Kreislauf, stelle: Fenster, weg: str) -> None:
    lade_hoch(stelle, weg, "m.pdf", PDF)
    akte = weg.removesuffix("/anhaenge")
    assert Fenster(app, KOORDINATION).client.get(f"{weg}/1").content == PDF
    assert "Text einer Meldung gelesen" in Fenster(app, "datenschutz").hole("/protokoll").text
    for wer in ("koordination-iserlohn", "stelle-abh-mk", "assistenz", "s01", "systemverwaltung", "datenschutz", "cm-menden"):
        f = Fenster(app, wer)
        assert f.client.get(f"{weg}/1").status_code == 404, wer
        assert "Merkblatt" not in f.client.get(akte).text
        felder = {"csrf": f.hole("/konto").felder["csrf"][0], "bezeichnung": "Merkblatt"}
        assert f.client.post(weg, data=felder, files={"datei": ("m.pdf", PDF)}).status_code in (403, 404), wer
    for falsch in ("2", "0", "x", "99999999999"):
        assert stelle.client.get(f"{weg}/{falsch}").status_code == 404
    with app.state.anwendung.db.lesen() as s:
        assert s.wert("SELECT count(*) FROM anhang") == 1


def test_entfernen_loescht_den_inhalt_und_bleibt_im_verlauf(db: Datenbank, app: Kreislauf, stelle: Fenster, weg: str) -> None:
    lade_hoch(stelle, weg, "m.pdf", PDF)
    ohne_grund = entferne(stelle, weg, "1", "", 409)
    assert "grund.1" in {e["name"] for e in ohne_grund.eingaben if e.get("aria-invalid")}
    entferne(stelle, weg, "1", "Es war jemand zu erkennen.")
    assert stelle.client.get(f"{weg}/1").status_code == 404 and stuecke(db) == 0
    akte = stelle.hole(weg.removesuffix("/anhaenge"))
    assert "hat eine Datei entfernt" in akte.text and "Es war jemand zu erkennen." in akte.text
    key = weg.split("/")[2]
    _, blatt = stelle.sende_blatt(akte, f"/vorgang/{key}/zuruecknehmen", 409, grund="doch")
    assert "lässt sich nicht wiederherstellen" in blatt.text
    lade_hoch(stelle, weg, "m.pdf", PDF)
    assert stelle.client.get(f"{weg}/2").content == PDF  # die Nummer wird nicht noch einmal vergeben
    with db.lesen() as s:
        assert pruefe(s).ok


def test_zurueckgenommen_ist_auch_die_datei_weg(db: Datenbank, stelle: Fenster, weg: str) -> None:
    lade_hoch(stelle, weg, "m.pdf", PDF)
    key = weg.split("/")[2]
    stelle.sende(f"/vorgang/{key}/zuruecknehmen", grund="falsche Datei")
    assert stuecke(db) == 0 and stelle.client.get(f"{weg}/1").status_code == 404
    with db.transaktion() as s:
        assert pruefe(s).ok and raeume_auf(s, JETZT) == 0


def test_pruefen_findet_veraenderte_und_fehlende_dateien(db: Datenbank, stelle: Fenster, weg: str) -> None:
    lade_hoch(stelle, weg, "a.png", png())
    lade_hoch(stelle, weg, "m.pdf", PDF + b"%" * 100_000 + b"%%EOF")
    key = weg.split("/")[2]
    with db.transaktion() as s:
        s.fuehre("UPDATE anhang_teil SET daten = :neu WHERE anhang = 1", {"neu": base64.b64encode(b"anderes").decode()})
        s.fuehre("DELETE FROM anhang_teil WHERE anhang = 2")
    with db.lesen() as s:
        assert sorted(pruefe(s).fehler) == [(key, "Die Datei zum Anhang 1 ist verändert worden."), (key, "Die Datei zum Anhang 2 fehlt.")]
    assert stelle.client.get(f"{weg}/1").status_code == 404  # Verändertes geht nicht hinaus


def test_die_sicherung_enthaelt_die_dateien(db: Datenbank, profil: Profil, stelle: Fenster, weg: str, tmp_path: Path, anlegen: Anleger
                                            ) -> None:
    lade_hoch(stelle, weg, "m.pdf", PDF + b"%" * 200_000 + b"%%EOF")
    sicherung = sichere(db, tmp_path / "s.zip", JETZT)
    neue = anlegen("sqlite" if db.postgres else "postgres")
    stelle_wieder_her(neue, sicherung.datei, JETZT)
    with db.lesen() as s, neue.lesen() as n:
        frage = "SELECT anhang, nr, daten FROM anhang_teil ORDER BY anhang, nr"
        assert [tuple(z) for z in n.alle(frage)] == [tuple(z) for z in s.alle(frage)] and len(n.alle(frage)) > 4


def test_auch_arbeitsgruppe_und_sitzung_haben_anhaenge(app: Kreislauf) -> None:
    k = Fenster(app, KOORDINATION)
    ziel, _ = k.sende("/neu/sitzung/planen", titel="Herbstsitzung", datum="20.03.2026", beginn="10:00", ort="Kreishaus")
    lade_hoch(k, f"{ziel}/anhaenge", "tisch.pdf", PDF, bezeichnung="Tischvorlage")
    assert Fenster(app, "s01").client.get(f"{ziel}/anhaenge/1").content == PDF  # der Vorsitz sieht, was an der Sitzung hängt
    assert Fenster(app, STELLE).client.get(f"{ziel}/anhaenge/1").status_code == 404


# --- Schnittstelle ----------------------------------------------------------------------------------------------------


def test_ueber_die_schnittstelle(app: Kreislauf, stelle: Fenster, weg: str) -> None:
    key, pfad = weg.split("/")[2], f"/api/v1{weg.replace('/vorgang/', '/vorgaenge/')}"
    kopf = {"x-csrf-token": stelle.hole(weg).felder["csrf"][0], "if-match": '"v1"'}
    angaben = {"bezeichnung": "Merkblatt", "dateiname": "m.pdf", "inhalt": base64.b64encode(PDF).decode()}
    falsch = stelle.client.post(pfad, json={**angaben, "dateiname": "m.png"}, headers=kopf)
    assert falsch.status_code == 422 and falsch.json()["felder"][0]["feld"] == "datei" and angaben["inhalt"] not in falsch.text
    assert stelle.client.post(pfad, json={**angaben, "inhalt": "kein base64!"}, headers=kopf).status_code == 422
    getan = stelle.client.post(pfad, json=angaben, headers=kopf)
    assert getan.status_code == 200 and getan.headers["etag"] == '"v2"'
    datei = stelle.client.get(f"{pfad}/1").json()
    assert base64.b64decode(datei["inhalt"]) == PDF and datei["name"] == f"{key}-Anhang-1.pdf"
    assert Fenster(app, "stelle-abh-mk").client.get(f"{pfad}/1").status_code == 404
    schritt = f"/api/v1/vorgaenge/{key}/schritte/datei_anhaengen"
    erdacht = {"daten": {"nr": 2, "bezeichnung": "Nichts", "typ": "pdf", "groesse": 1, "sha256": "0" * 64}}
    assert stelle.client.post(schritt, json=erdacht, headers={**kopf, "if-match": '"v2"'}).status_code == 404
