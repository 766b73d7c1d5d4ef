"""Die Startseite: was wartet, was geschuldet ist, was neu ist, wer was sieht; und viele Vorgänge auf einmal übergeben."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import aufgaben, neues
from service.anmeldung import besuch_vorher, melde_an
from service.app import Kreislauf
from service.apply import Schritt
from service.clock import als_text, berliner_tag
from service.db import Datenbank
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, KOORDINATION_B, MELDER, melde, tue
from tests.browserprobe import Fenster
from tests.service.test_seiten import ANGABEN, MELDEN

HEUTE = berliner_tag(JETZT)


def test_von_der_liste_ist_es_ein_klick_zum_schritt(app: Kreislauf) -> None:
    ziel, _ = Fenster(app, "stelle-abh-mk").sende(MELDEN, **{**ANGABEN, "dringlichkeit": "hoch"})
    k = Fenster(app, "koordination-a")
    blatt = k.hole("/")
    assert f"{ziel}/schritt/uebernehmen" in blatt.ziele and "Eilige Meldung erstmals ansehen" in blatt.text and "eilig" in blatt.text
    klick = k.client.post(f"{ziel}/schritt/uebernehmen", data={"csrf": blatt.felder["csrf"][0], "version": "1"})
    assert klick.status_code == 303, "ohne eine Seite dazwischen"
    assert f"{ziel}/schritt/aufnehmen" in k.hole("/").verweise
    assert blatt.maengel() == [] and k.hole("/?sicht=alle").maengel() == [] and k.hole("/?sicht=unsinn").maengel() == []


def test_eine_rueckfrage_liegt_bei_der_meldenden_stelle(app: Kreislauf) -> None:
    stelle, k = Fenster(app, "stelle-abh-mk"), Fenster(app, "koordination-a")
    ziel, _ = stelle.sende(MELDEN, **ANGABEN)
    assert "Unsere Meldungen und was daraus wurde" in stelle.hole("/").text
    assert f"{ziel}/schritt/antworten" not in stelle.hole("/").verweise
    k.sende(f"{ziel}/schritt/rueckfragen", frage="Seit wann?", bestaetigt="ja")
    blatt = stelle.hole("/")
    assert ziel in stelle.hole("/aufgaben").verweise
    assert f"{ziel}/schritt/antworten" in blatt.verweise and "Die Koordination hat eine Frage zu Ihrer Meldung." in blatt.text
    assert "Ich warte auf andere" in k.hole("/").text
    stelle.sende(f"{ziel}/schritt/antworten", text="Seit Mai.")
    assert f"{ziel}/schritt/antworten" not in stelle.hole("/").verweise
    assert "Ich warte auf andere" not in k.hole("/").text


def test_wer_vertritt_erfaehrt_es_auf_der_startseite(app: Kreislauf) -> None:
    a, b = Fenster(app, "koordination-a"), Fenster(app, "koordination-b")
    Fenster(app, "stelle-abh-mk").sende(MELDEN, **ANGABEN)
    assert "Vertretung" not in b.hole("/").ueberschriften
    tag = f"{HEUTE:%d.%m.%Y}"
    a.sende("/stammdaten/abwesenheiten/neu", person="koordination-a", vertretung="", von=tag, bis=tag)
    blatt = b.hole("/")
    assert f"Koordination A fehlt bis zum {tag}, Sie vertreten. Offene Vorgänge: 1, davon überschritten: 0." in blatt.text
    assert "/?sicht=vertretung" in blatt.verweise and blatt.maengel() == []
    assert f"Sie sind bis zum {tag} als abwesend eingetragen." in a.hole("/").text


def test_was_bei_anderen_liegt_steht_dort_bis_seine_frist_endet(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", key, daten={"frage": "Seit wann?", "frist_am": "2026-01-20"}))
    spaeter = HEUTE + timedelta(days=400)
    with db.lesen() as s:
        assert [e.key for e in aufgaben.wartet_auf_andere(s, KOORDINATION, HEUTE).zeilen] == [key]
        assert aufgaben.zu_tun(s, KOORDINATION, HEUTE).zeilen == ()
        assert [e.key for e in aufgaben.zu_tun(s, KOORDINATION, spaeter).zeilen] == [key], "überschritten heißt: nachfassen"
        assert aufgaben.wartet_auf_andere(s, KOORDINATION, spaeter).zeilen == ()
        assert [e.key for e in aufgaben.zu_tun(s, KOORDINATION_B, spaeter, "vertretung").zeilen] == [key]
        assert aufgaben.zu_tun(s, MELDER, spaeter, "alle").zeilen == () or all(e.key == key for e in
                                                                              aufgaben.zu_tun(s, MELDER, spaeter, "alle").zeilen)


def test_die_arbeitsliste_blaettert_ueber_alles(db: Datenbank, umfeld: Umfeld) -> None:
    keys = [melde(db, umfeld, dringlichkeit="hoch" if i % 3 == 0 else "mittel") for i in range(11)]
    gesehen, ab = [], ""
    with db.lesen() as s:
        while True:
            blatt = aufgaben.zu_tun(s, KOORDINATION, HEUTE, ab=ab, anzahl=4)
            gesehen += [e.key for e in blatt.zeilen]
            if not (ab := blatt.weiter):
                break
    assert sorted(gesehen) == sorted(keys) and gesehen[:4] == keys[::3]


def test_neu_ist_was_andere_seit_dem_letzten_besuch_taten(db: Datenbank, umfeld: Umfeld) -> None:
    key = melde(db, umfeld)
    vorher, nachher = als_text(JETZT - timedelta(hours=1)), als_text(JETZT + timedelta(hours=1))
    tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    with db.lesen() as s:
        gefunden = neues.neues(s, MELDER, HEUTE, vorher)
        assert [(n.key, n.schritt) for n in gefunden] == [(key, "In die Vorprüfung nehmen")]
        assert [(n.key, n.schritt) for n in neues.neues(s, KOORDINATION, HEUTE, vorher)] == [(key, "Hürde melden")], "nicht das Eigene"
        assert neues.neues(s, MELDER, HEUTE, nachher) == []


def test_der_letzte_besuch_ist_der_an_einem_frueheren_tag(app: Kreislauf, db: Datenbank) -> None:
    def besuche(zeit: timedelta) -> str:
        db.in_transaktion(lambda s: melde_an(s, "koordination-a", JETZT + zeit))
        with db.lesen() as s:
            return besuch_vorher(s, "koordination-a")

    assert besuche(timedelta()) == "" and besuche(timedelta(minutes=40)) == ""
    assert besuche(timedelta(days=2)) == als_text(JETZT + timedelta(minutes=40))
    assert besuche(timedelta(days=2, hours=1)) == als_text(JETZT + timedelta(minutes=40)), "am selben Tag bleibt Neues neu"


def test_ansehen_schreibt_keinen_besuch(app: Kreislauf, db: Datenbank) -> None:
    k = Fenster(app, "koordination-a")
    with db.lesen() as s:
        vorher = s.alle("SELECT * FROM besuch ORDER BY person")
    k.hole("/")
    with db.lesen() as s:
        assert s.alle("SELECT * FROM besuch ORDER BY person") == vorher


# --- viele übergeben --------------------------------------------------------------------------------------------------


@pytest.fixture
def drei(app: Kreislauf) -> list[str]:
    stelle = Fenster(app, "stelle-abh-mk")
    return [stelle.sende(MELDEN, **ANGABEN)[0].rsplit("/", 1)[1] for _ in range(3)]


def _zustaendige(db: Datenbank) -> dict[str, str]:
    with db.lesen() as s:
        return dict(s.alle("SELECT key, zustaendig FROM vorgang ORDER BY id"))


def test_mehrere_auf_einmal_uebergeben(app: Kreislauf, db: Datenbank, drei: list[str]) -> None:
    k = Fenster(app, "koordination-a")
    weg = f"/uebergeben?key={drei[0]}&key={drei[2]}"
    blatt = k.hole(weg)
    assert blatt.felder["key"] == [drei[0], drei[2]] and blatt.maengel() == []
    ziel, _ = k.sende_blatt(blatt, "/uebergeben", zustaendig="koordination-b", vertretung="koordination-a", grund="Elternzeit bis Mai.")
    assert ziel == "/" and "2 Vorgänge sind übergeben." in k.hole("/").text
    assert _zustaendige(db) == {drei[0]: "koordination-b", drei[1]: "koordination-a", drei[2]: "koordination-b"}
    with db.lesen() as s:
        assert s.wert("SELECT count(DISTINCT akt) FROM ereignis WHERE ausloeser = 'uebergeben'") == 1, "ein Zug"
    assert k.hole("/uebergeben?alle=ja").felder["key"] == [drei[1]]


@pytest.mark.parametrize(("anders", "satz"), [
    ({"zustaendig": "koordination-b", "vertretung": "koordination-a", "grund": ""}, "Bitte geben Sie einen Grund an."),
    ({"zustaendig": "koordination-b", "grund": "Urlaub."}, "vertritt sich selbst"),
    ({"zustaendig": "", "grund": "Urlaub."}, "Zuständig"),
    ({"zustaendig": "niemand", "grund": "Urlaub."}, "Diese Person gibt es hier nicht"),
    ({"zustaendig": "koordination-b", "grund": "Urlaub.", "key": []}, "mindestens einen Vorgang"),
])  # fmt: skip
def test_eine_uebergabe_gelingt_ganz_oder_gar_nicht(
    app: Kreislauf, db: Datenbank, drei: list[str], anders: dict[str, str], satz: str
) -> None:
    k = Fenster(app, "koordination-a")
    blatt = k.hole("/uebergeben?alle=ja")
    antwort = k.client.post("/uebergeben", data={**blatt.felder, **anders})
    liste = antwort.text.partition('id="fehlerliste"')[2].partition("</div>\n<")[0]
    assert antwort.status_code in (409, 422) and satz in liste, liste
    assert set(_zustaendige(db).values()) == {"koordination-a"}


def test_uebergeben_kann_nur_die_koordination_und_nur_das_eigene(app: Kreislauf, drei: list[str]) -> None:
    Fenster(app, "stelle-abh-mk").hole("/uebergeben?alle=ja", 404)
    assert "key" not in Fenster(app, "koordination-b").hole(f"/uebergeben?key={drei[0]}").felder


# --- der Kreislauf als Bild -------------------------------------------------------------------------------------------


def test_der_ring_zaehlt_was_da_ist_und_fuehrt_zur_liste(app: Kreislauf, drei: list[str]) -> None:
    k = Fenster(app, "koordination-a")
    blatt = k.hole("/kreislauf")
    weg = "/vorgaenge/meldebogen?zustand=eingegangen&zustand=in_vorpruefung"
    assert weg in blatt.verweise and "1. Meldebogen: 3." in blatt.text and blatt.maengel() == []
    assert {f"/vorgang/{key}" for key in drei} <= set(k.hole(weg).verweise)


def test_die_leitung_sieht_zahlen_und_keine_meldungen(app: Kreislauf, drei: list[str]) -> None:
    blatt = Fenster(app, "s01").hole("/kreislauf")
    assert "1. Meldebogen: 3." in blatt.text and not any(v.startswith("/vorgaenge/meldebogen") for v in blatt.verweise)
    assert not any(key in blatt.text for key in drei)


@pytest.mark.parametrize("konto", ["stelle-abh-mk", "cm-iserlohn"])
def test_den_ring_gibt_es_fuer_andere_nicht(app: Kreislauf, konto: str) -> None:
    Fenster(app, konto).hole("/kreislauf", 404)


def test_der_streifen_sagt_wo_ein_vorgang_steht(app: Kreislauf, drei: list[str]) -> None:
    k = Fenster(app, "koordination-a")
    k.sende(f"/vorgang/{drei[0]}/schritt/uebernehmen")
    text = " ".join(k.hole(f"/vorgang/{drei[0]}").text.split())
    assert "Station 1 von 11: Meldebogen. Weiter durch: Koordination (zuständig:" in text
    streifen = text[:text.index("Station 1 von 11")]
    assert streifen.rindex("Eingegangen") < streifen.rindex("In Vorprüfung") < streifen.rindex("In einer Sammlung")


def test_was_der_stelle_gilt_steht_getrennt_vom_eigenen(app: Kreislauf, db: Datenbank) -> None:
    """Wer selbst gemeldet hat, ist gemeint; wer dort auch arbeitet, sieht es als Aufgabe der Stelle."""
    stelle, k = "cm-luedenscheid", Fenster(app, "koordination-a")
    ihre = {"melder_art": "case_management", "melder_institution": "KIM-Case Management Lüdenscheid"}
    ziel, _ = Fenster(app, stelle).sende(MELDEN, **{**ANGABEN, **ihre})
    k.sende(f"{ziel}/schritt/rueckfragen", frage="Seit wann?", bestaetigt="ja")
    weg, ueberschrift = f"{ziel}/schritt/antworten", "Von meiner Stelle erwartet"
    with db.transaktion() as s:
        s.fuehre("INSERT INTO person (key, name, institution, von, vorfuehrung) SELECT 'zweite', 'Zweite', institution, von, 1 FROM person "
                 "WHERE key = :key", {"key": stelle})
        s.fuehre("INSERT INTO person_rolle (person, rolle, bereich, von) VALUES ('zweite', 'case_management', '', '2020-01-01')")
    erste, zweite = Fenster(app, stelle).hole("/"), Fenster(app, "zweite").hole("/")
    assert weg in erste.verweise and ueberschrift not in erste.text
    assert weg in zweite.verweise and ueberschrift in zweite.text and zweite.maengel() == []
    assert "Auf Sie selbst wartet im Augenblick kein Vorgang." in zweite.text
    with db.transaktion() as s:
        s.fuehre("UPDATE person SET bis = :gestern WHERE key = :key", {"key": stelle, "gestern": (HEUTE - timedelta(days=1)).isoformat()})
    allein = Fenster(app, "zweite").hole("/")
    assert weg in allein.verweise and ueberschrift not in allein.text, "wer allein übrig ist, ist gemeint"
