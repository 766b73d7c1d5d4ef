"""Der Weg einer Meldung durch die Seiten: melden, prüfen, Fehler am Feld, Konflikt, Zurücknehmen, und was niemand sehen darf."""

from __future__ import annotations

from typing import Any

import pytest

from service import listen
from service.app import Kreislauf
from service.db import Datenbank
from service.pages import arbeitsliste
from service.pages import start as startseite
from tests.browserprobe import Fenster

MELDEN = "/neu/meldebogen/einreichen"
ANGABEN: dict[str, Any] = {
    "kanal": "online", "melder_art": "externe_stelle", "melder_institution": "Ausländerbehörde Märkischer Kreis, Lüdenscheid",
    "kommune": "Lüdenscheid",
    "titel": "Kurse beginnen nicht", "beschreibung": "Niemand weiß, wann der Kurs beginnt.", "meldungsart": "huerde",
    "handlungsfelder": ["Bildung und Sprache"], "anonymisiert_bestaetigt": "ja",
}  # fmt: skip


@pytest.fixture
def stelle(app: Kreislauf) -> Fenster:
    return Fenster(app, "stelle-abh-mk")


def gemeldet(stelle: Fenster) -> str:
    ziel, _ = stelle.sende(MELDEN, **ANGABEN)
    return ziel


def test_ohne_anmeldung_geht_es_zur_anmeldung(app: Kreislauf, stelle: Fenster) -> None:
    stelle.client.cookies.clear()
    antwort = stelle.client.get("/vorgaenge/meldebogen")
    assert antwort.status_code == 303 and antwort.headers["location"] == "/anmelden?ziel=/vorgaenge/meldebogen"


def test_leere_startseite_sagt_was_man_tun_kann(stelle: Fenster) -> None:
    blatt = stelle.hole("/")
    assert "Auf Sie wartet im Augenblick kein Vorgang." in blatt.text and MELDEN in blatt.verweise


def test_melden_und_ansehen(stelle: Fenster, koordination: Fenster) -> None:
    ziel = gemeldet(stelle)
    blatt = stelle.hole(ziel)
    assert "Kurse beginnen nicht" in blatt.text and "Eingegangen" in blatt.text and "Niemand weiß, wann der Kurs beginnt." in blatt.text
    assert "„Hürde melden“ ist gespeichert." in blatt.text and "ist gespeichert" not in stelle.hole(ziel).text
    assert ziel in koordination.hole("/vorgaenge/meldebogen").verweise
    assert ziel in koordination.hole("/").verweise, "die Meldung wartet auf die Koordination"
    assert ziel not in koordination.hole("/vorgaenge/meldebogen?kommune=Hemer").verweise


def test_wo_nicht_zu_ende_gezaehlt_wird_steht_mehr_als(stelle: Fenster, koordination: Fenster, monkeypatch: pytest.MonkeyPatch) -> None:
    for modul in (listen, startseite):
        monkeypatch.setattr(modul, "HOECHSTENS_GEZAEHLT", 1)
    gemeldet(stelle)
    gemeldet(stelle)
    assert "mehr als 1" in stelle.hole("/").text and "/vorgaenge/meldebogen?offen=ja" in stelle.hole("/").verweise
    assert "Eingegangen (" not in stelle.hole("/vorgaenge/meldebogen").text
    assert "2 offen, alle 2" in koordination.hole("/").text and "Eingegangen (2)" in koordination.hole("/vorgaenge/meldebogen").text


def test_alle_aufgaben_stehen_auf_eigenen_seiten(
    stelle: Fenster, koordination: Fenster, app: Kreislauf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arbeitsliste, "AUF_EINER_SEITE", 2)
    ziele = {gemeldet(stelle) for _ in range(3)}
    assert "/aufgaben?als=zustaendig" in koordination.hole("/").verweise
    erste = koordination.hole("/aufgaben")
    (weiter,) = [v for v in erste.verweise if "ab=" in v]
    zweite = koordination.hole(weiter)
    gezeigt = [v for blatt in (erste, zweite) for v in blatt.verweise if v in ziele]
    assert sorted(gezeigt) == sorted(ziele), "jede einmal"
    assert "/aufgaben" in zweite.verweise and not [v for v in zweite.verweise if "ab=" in v]
    vertretung = Fenster(app, "koordination-b")
    assert "/aufgaben?als=vertretung" in vertretung.hole("/?sicht=vertretung").verweise
    assert "In meiner Vertretung" in vertretung.hole("/aufgaben?als=vertretung").text
    assert "Hier wartet im Augenblick kein Vorgang." in stelle.hole("/aufgaben").text


def test_vorbelegt_ist_was_feststeht(stelle: Fenster, koordination: Fenster) -> None:
    felder = stelle.hole(MELDEN).felder
    assert (felder["kanal"], felder["melder_art"]) == (["online"], ["externe_stelle"]) and felder["melder_institution"] != [""]
    assert "kanal" not in koordination.hole(MELDEN).felder


def test_fehler_stehen_am_feld_und_nichts_getipptes_geht_verloren(stelle: Fenster) -> None:
    _, blatt = stelle.sende(MELDEN, 422, **{**ANGABEN, "kommune": "", "anonymisiert_bestaetigt": [], "zielgruppe.altersband": "27-49"})
    fehlerhaft = {e["name"] for e in blatt.eingaben if e.get("aria-invalid")}
    assert fehlerhaft == {"kommune", "anonymisiert_bestaetigt"}
    assert {"#f-kommune", "#f-anonymisiert_bestaetigt"} <= set(blatt.verweise), "die Übersicht führt zu den Feldern"
    assert blatt.felder["titel"] == ["Kurse beginnen nicht"] and blatt.felder["beschreibung"] == [ANGABEN["beschreibung"]]
    assert blatt.felder["handlungsfelder"] == ["Bildung und Sprache"] and blatt.felder["zielgruppe.altersband"] == ["27-49"]
    assert blatt.maengel() == []
    assert "Es gibt noch keine Vorgänge" in stelle.hole("/").text


def test_unsichtbares_ist_von_nicht_vorhandenem_nicht_zu_unterscheiden(app: Kreislauf, stelle: Fenster) -> None:
    ziel, fremd = gemeldet(stelle), Fenster(app, "cm-iserlohn")
    erfunden = "/vorgang/MK-2026-9999"
    for rest in ("", "/spur", "/schritt/aufnehmen", "/zuruecknehmen"):
        echt, falsch = fremd.hole(ziel + rest, 404), fremd.hole(erfunden + rest, 404)
        assert echt.text.replace(ziel.rsplit("/", 1)[1], "X") == falsch.text.replace("MK-2026-9999", "X")
    zeichen = {"csrf": fremd.hole("/konto").felder["csrf"][0]}
    assert fremd.client.post(ziel + "/schritt/aufnehmen", data=zeichen).status_code == 404


def test_formular_eines_anderen_wird_abgewiesen(stelle: Fenster, koordination: Fenster) -> None:
    ziel = gemeldet(stelle)
    weg = next(v for v in koordination.hole(ziel).verweise if "/schritt/" in v)
    fremdes = stelle.hole("/konto").felder["csrf"][0]
    assert koordination.client.post(weg, data={"csrf": fremdes}).status_code == 403
    assert koordination.client.post(weg, data={}).status_code == 403
    assert koordination.client.post(weg, data=koordination.hole(weg).felder, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_wer_schneller_war(app: Kreislauf, stelle: Fenster, koordination: Fenster) -> None:
    """Zwei öffnen dasselbe Formular; der Zweite erfährt beide Fassungen und behält, was er getippt hat."""
    weg = f"{gemeldet(stelle)}/schritt/uebergeben"
    offen = koordination.hole(weg)
    Fenster(app, "koordination-b").sende(weg, zustaendig="koordination-b", vertretung="koordination-a", grund="Urlaub im Januar.")
    _, blatt = koordination.sende_blatt(offen, weg, 409, zustaendig="koordination-iserlohn", grund="Andere Kommune.")
    assert "Sie hatten Fassung 1 vor sich, jetzt gilt Fassung 2." in blatt.text
    assert blatt.felder["grund"] == ["Andere Kommune."] and blatt.felder["zustaendig"] == ["koordination-iserlohn"]


def test_schritt_und_zuruecknehmen(stelle: Fenster, koordination: Fenster) -> None:
    ziel = gemeldet(stelle)
    koordination.sende(f"{ziel}/schritt/parken", wiedervorlage_am="01.04.2026", grund="Wir warten auf den Erlass.")
    assert "Im Themenspeicher" in koordination.hole(ziel).text
    koordination.hole(f"{ziel}/schritt/parken", 409)
    stelle.hole(f"{ziel}/zuruecknehmen", 404)
    assert f"{ziel}/zuruecknehmen" in koordination.hole(ziel).verweise
    assert f"{ziel}/zuruecknehmen" not in stelle.hole(ziel).verweise
    _, blatt = koordination.sende(f"{ziel}/zuruecknehmen", 409, grund="")
    assert blatt.maengel() == []
    weiter, _ = koordination.sende(f"{ziel}/zuruecknehmen", grund="Versehentlich angeklickt.")
    assert weiter == ziel
    text = koordination.hole(ziel).text
    assert "zurückgenommen" in text and "Versehentlich angeklickt." in text


def test_den_eigenen_schritt_nimmt_auch_die_meldende_stelle_zurueck(stelle: Fenster, koordination: Fenster) -> None:
    ziel = gemeldet(stelle)
    stelle.sende(f"{ziel}/schritt/ergaenzen", text="Noch etwas.")
    assert f"{ziel}/zuruecknehmen" in stelle.hole(ziel).verweise
    weiter, _ = stelle.sende(f"{ziel}/zuruecknehmen", grund="Gehört zu einer anderen Meldung.")
    assert weiter == ziel and "Gehört zu einer anderen Meldung." in stelle.hole(ziel).text


def test_was_nicht_mehr_geht_sagt_den_grund_statt_eines_knopfs(stelle: Fenster, koordination: Fenster) -> None:
    ziel = gemeldet(stelle)
    koordination.sende(f"{ziel}/schritt/schwaerzen", feld="beschreibung", start="0", ende="4", grund="Name genannt.")
    blatt = koordination.hole(ziel)
    assert f"{ziel}/zuruecknehmen" not in blatt.verweise
    assert "Geschwärzter Text lässt sich nicht wiederherstellen." in blatt.text and blatt.maengel() == []
    frage = koordination.hole(f"{ziel}/zuruecknehmen")
    assert "Geschwärzter Text" in frage.text and "grund" not in frage.felder and frage.maengel() == []


def test_lesen_einer_meldung_wird_protokolliert(db: Datenbank, stelle: Fenster, koordination: Fenster) -> None:
    ziel = gemeldet(stelle)
    stelle.hole(ziel)
    koordination.hole(ziel)
    with db.lesen() as s:
        gelesen = s.alle("SELECT person, angaben FROM protokoll WHERE was = 'gelesen'")
    assert [p for p, _ in gelesen] == ["koordination-a"] and ziel.rsplit("/", 1)[1] in gelesen[0][1]


def test_liste_blaettert_ueber_alle(stelle: Fenster, koordination: Fenster) -> None:
    erwartet = {gemeldet(stelle) for _ in range(53)}
    weg, gesehen, blaetter = "/vorgaenge/meldebogen?ordnung=aelteste", [], 0
    while weg:
        blatt = koordination.hole(weg)
        gesehen += [v for v in blatt.verweise if v.startswith("/vorgang/")]
        weg = next((v for v in blatt.verweise if "ab=" in v), "")
        blaetter += 1
        assert not weg or "ordnung=aelteste" in weg
    assert blaetter > 1 and len(gesehen) == len(erwartet) and set(gesehen) == erwartet


@pytest.mark.parametrize("grund", ["\0", "Text mit \0 darin.", "x" * 5000, "\ud83d\ude00"])
def test_unsinn_im_formular(stelle: Fenster, koordination: Fenster, grund: str) -> None:
    weg = f"{gemeldet(stelle)}/schritt/uebergeben"
    daten = {
        **koordination.hole(weg).felder,
        "zustaendig": "koordination-b",
        "vertretung": "koordination-a",
        "grund": grund.encode("utf-16", "surrogatepass").decode("utf-16"),
    }
    # ohne das Nullzeichen bleibt von "\0" kein Grund übrig, und ohne Grund geht es nicht
    assert koordination.client.post(weg, data=daten).status_code in ((409,) if grund == "\0" else (303, 422))


@pytest.mark.parametrize(
    "weg", ["/vorgaenge/unbekannt", "/neu/meldebogen/aufnehmen", "/neu/sitzung/anlegen", "/vorgang/MK-2026-0001/schritt/tanzen"]
)
def test_was_es_nicht_gibt(stelle: Fenster, weg: str) -> None:
    stelle.hole(weg, 404)


@pytest.mark.parametrize(
    "frage", ["ab=kaputt", "zustand=kaputt", "ab=9999999999999999999999", "kommune=%00", "offen=vielleicht", "bereich='--"]
)
def test_unsinn_in_der_adresse(koordination: Fenster, frage: str) -> None:
    antwort = koordination.client.get(f"/vorgaenge/meldebogen?{frage}")
    assert antwort.status_code in (200, 400, 404, 422), antwort.text[-300:]


def test_dasselbe_formular_zweimal_gesendet_beginnt_nur_einen_vorgang(stelle: Fenster) -> None:
    blatt = stelle.hole(MELDEN)
    erstes, _ = stelle.sende_blatt(blatt, MELDEN, **ANGABEN)
    zweites, _ = stelle.sende_blatt(blatt, MELDEN, **ANGABEN)
    assert erstes == zweites
    anderes, _ = stelle.sende_blatt(blatt, MELDEN, **{**ANGABEN, "titel": "Noch eine Hürde"})
    neues, _ = stelle.sende(MELDEN, **ANGABEN)
    assert len({erstes, anderes, neues}) == 3, "was sich unterscheidet, und ein neues Formular, beginnt einen neuen"


def test_wer_selbst_meldet_meldet_online_und_als_die_eigene_stelle(app: Kreislauf, stelle: Fenster, koordination: Fenster) -> None:
    for anders, feld in (({"kanal": "papier"}, "kanal"), ({"melder_art": "case_management"}, "melder_art")):
        _, blatt = stelle.sende(MELDEN, 422, **{**ANGABEN, **anders})
        assert "fehlerliste" in blatt.kennungen
        assert (f"#f-{feld}" in blatt.verweise) == (f"f-{feld}" in blatt.kennungen), "was feststeht, hat kein Feld, zu dem man springt"
    assert stelle.hole(MELDEN).felder["kanal"] == ["online"] and "kanal" not in {e.get("name") for e in stelle.hole(MELDEN).eingaben}
    cm = Fenster(app, "cm-luedenscheid")
    blatt = cm.hole(MELDEN)
    assert blatt.felder["melder_art"] == ["case_management"]
    cm.sende_blatt(blatt, MELDEN, 422, **{**ANGABEN, "melder_institution": blatt.felder["melder_institution"][0]})
    koordination.sende(MELDEN, **{**ANGABEN, "kanal": "papier"})
