"""Links für Stellen ohne Konto: was in der Mail steht, was die Seite zeigt, dass nichts doppelt und nichts heimlich geschieht."""

from __future__ import annotations

import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.anmeldung import gehasht
from service.antwortlink import loese_ein, mit_worten, raeume_auf
from service.app import Kreislauf
from service.apply import Schritt
from service.bremse import Bremse
from service.buendel import WARTEZEIT
from service.clock import als_text
from service.db import Datenbank, Sitzung
from service.errors import Unmoeglich, ZuVieleVersuche
from service.fristen import runde
from service.pruefen import pruefe
from service.settings import Einstellungen
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from service.zustellung import stelle_zu, versandrunde
from tests.anwendung import baue_app
from tests.bau import JETZT, tue
from tests.browserprobe import Blatt, Fenster
from tests.dienst import Dienst
from tests.postamt import GUT, Postamt, konto, text_von, ueber
from tests.service.test_api import problem
from tests.sichtwelt import Welt

VHS, VHS_POST = "VHS Iserlohn", "iserlohn@vhs.example"  # hat in der Vorführung kein Konto
MIT_KONTO = "VHS Lüdenscheid"
ABH = "Einbürgerungsbehörde Märkischer Kreis, Lüdenscheid"  # auch sie hat kein Konto
SPAETER = JETZT + WARTEZEIT
ADRESSE = re.compile(r"https://kreislauf\.kreis\.example/antwort/([\w-]{43})\b")


def _app(db: Datenbank, jetzt: datetime) -> Kreislauf:
    return baue_app(Einstellungen(_env_file=None), db, lambda: jetzt)


class Gast:
    """Jemand ohne Konto vor einem Browser."""

    def __init__(self, db: Datenbank, jetzt: datetime = SPAETER) -> None:
        self.client = TestClient(_app(db, jetzt), base_url="http://localhost:8000", follow_redirects=False)

    def hole(self, wort: str, status: int = 200) -> Blatt:
        antwort = self.client.get(f"/antwort/{wort}")
        assert antwort.status_code == status, Blatt(antwort.text).text
        assert antwort.headers["referrer-policy"] == "no-referrer" and antwort.headers["cache-control"] == "no-store"
        return Blatt(antwort.text)

    def sende(self, wort: str, status: int = 303, **eingaben: str) -> Blatt:
        blatt = self.hole(wort)
        antwort = self.client.post(f"/antwort/{wort}", data={**blatt.felder, **eingaben})
        assert antwort.status_code == status, Blatt(antwort.text).text
        return Blatt(antwort.text)


def _als(db: Datenbank, kreis: Umfeld, person: str, ausloeser: str, key: str = "", *, jetzt: datetime = JETZT, grund: str = "",
         art: str = "", **daten: Any) -> str:
    schritt = Schritt(ausloeser, key, art=art, daten=daten, grund=grund)
    return tue(db, kreis, konto(db, person), schritt, jetzt=jetzt).erste.key


def _beschluss(db: Datenbank, kreis: Umfeld, *stellen: str, jetzt: datetime = JETZT, aufgabe: bool = True) -> str:
    """Ein in einem Umlauf gefasster Beschluss, der an diese Stellen geht."""
    sitze = [{"sitz": s.key, "rolle": s.rolle, "institution": s.institution, "funktion": s.funktion, "personen": []}
             for s in kreis.profil.sitze_am(jetzt.date())]
    key = _als(db, kreis, "koordination-a", "umlauf_starten", art="beschluss", titel="Gemeinsames Formular", wortlaut="Es wird eingeführt.",
               verantwortlich="Geschäftsführung", frist=(jetzt.date() + timedelta(days=90)).isoformat(), verteiler=["Alle"],
               sitze=sitze, antwort_bis=(jetzt.date() + timedelta(days=7)).isoformat(), jetzt=jetzt)
    for sitz in sitze:
        _als(db, kreis, "koordination-a", "stimme_abgeben", key, sitz=sitz["sitz"], stimme="ja", jetzt=jetzt)
    _als(db, kreis, "koordination-a", "umlauf_feststellen", key, jetzt=jetzt)
    _als(db, kreis, "koordination-a", "weiterleiten", key, jetzt=jetzt,
         empfaenger=[{"institution": s, "weg": "protokoll", "aufgabe": aufgabe} for s in stellen])
    return key


def _versende(db: Datenbank, kreis: Umfeld, amt: Postamt, jetzt: datetime = SPAETER) -> Any:
    return versandrunde(db, ueber(amt), kreis, jetzt)


def _worte(amt: Postamt, adresse: str = VHS_POST) -> list[str]:
    return [w for mail in amt.an(adresse) for w in ADRESSE.findall(text_von(mail))]


def test_nur_wer_kein_konto_hat_bekommt_einen_link(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    key = _beschluss(db, kreis, VHS, MIT_KONTO)
    _versende(db, kreis, amt)
    [mail] = amt.an(VHS_POST)
    [wort] = _worte(amt)
    text = " ".join(text_von(mail).split())
    assert "Zum Lesen und Antworten brauchen Sie kein Konto" in text and "nach der Anmeldung" not in text and f"/vorgang/{key}" not in text
    assert wort in text_von(mail, "html")
    [andere] = amt.an("luedenscheid@vhs.example")
    assert f"/vorgang/{key}" in text_von(andere) and "/antwort/" not in text_von(andere)
    with db.lesen() as s:
        alles = " ".join(str(z) for tabelle in ("sendung", "antwortlink", "antwortwort", "protokoll", "ausgang")
                         for z in s.alle(f"SELECT * FROM {tabelle}"))
    assert wort not in alles and gehasht(wort) in alles, "die Datenbank kennt nur den Hash"


def test_wer_nichts_tun_muss_bekommt_keinen_link(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _beschluss(db, kreis, VHS, aufgabe=False)
    _versende(db, kreis, amt)
    assert len(amt.an(VHS_POST)) == 1 and _worte(amt) == []


def test_eine_kenntnisnahme_geht_einmal_und_bleibt_lesbar(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    key = _beschluss(db, kreis, VHS)
    _versende(db, kreis, amt)
    [wort] = _worte(amt)
    gast = Gast(db)
    vorher = _fassung(db, key)
    for _ in range(5):  # ein Prüfprogramm ruft die Adresse nur auf
        blatt = gast.hole(wort)
    assert _fassung(db, key) == vorher and "Es wird eingeführt." in blatt.text and VHS in blatt.text and not blatt.maengel()
    assert "Bitte bestätigen Sie" in gast.sende(wort, 422).text and _fassung(db, key) == vorher
    gast.sende(wort, bestaetigt="ja")
    nachher = gast.hole(wort)
    assert "Ihre Antwort ist angekommen" in nachher.text and "07.01.2026" in nachher.text and "bestaetigt" not in nachher.felder
    assert gast.client.post(f"/antwort/{wort}", data={**blatt.felder, "bestaetigt": "ja"}).status_code == 409
    with db.lesen() as s:
        person, rolle = s.eine("SELECT person, rolle FROM ereignis WHERE ausloeser = 'kenntnis_nehmen'") or ("", "")
        assert (person, rolle) == ("stelle:vhs-iserlohn", "empfaenger") and not pruefe(s).fehler
    seite = Fenster(_app(db, SPAETER), "koordination-a").hole(f"/vorgang/{key}")
    assert "VHS Iserlohn (ohne Konto)" in seite.text


def _fassung(db: Datenbank, key: str) -> int:
    with db.lesen() as s:
        return int(s.wert("SELECT version FROM vorgang WHERE key = :key", {"key": key}))


def test_zwei_zugleich_antworten_nur_einmal(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _beschluss(db, kreis, VHS)
    _versende(db, kreis, amt)
    [wort] = _worte(amt)

    def antworte(_: int) -> bool:
        try:
            db.in_transaktion(lambda s: loese_ein(s, wort, {}, "", kreis, SPAETER))
        except Unmoeglich:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(antworte, range(8))) == [False] * 7 + [True]
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM ereignis WHERE ausloeser = 'kenntnis_nehmen'") == 1


def test_was_nicht_gilt_sieht_immer_gleich_aus(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    key = _beschluss(db, kreis, VHS)
    _versende(db, kreis, amt)
    [wort] = _worte(amt)
    nie = Gast(db).hole("A" * 43, 404)
    assert "kim@mk.example" in nie.text and "Geschäftszeichen" in nie.text
    with db.lesen() as s:
        bis = date.fromisoformat(s.wert("SELECT bis FROM antwortlink"))
    assert bis == date(2026, 2, 18), "zehn Werktage und die Nachfrist von zwanzig"
    gast = Gast(db, datetime(2026, 2, 18, 22, 30, tzinfo=JETZT.tzinfo))
    gast.hole(wort)
    spaet = Gast(db, datetime(2026, 2, 18, 23, 30, tzinfo=JETZT.tzinfo))  # in Berlin schon der 19.
    assert _ohne_zeichen(spaet.hole(wort, 404)) == _ohne_zeichen(nie)
    fenster = Fenster(_app(db, SPAETER), "koordination-a")
    seite = fenster.hole(f"/vorgang/{key}")
    assert "Link gilt bis 18.02.2026" in seite.text
    fenster.client.post(f"/vorgang/{key}/link", data={**seite.felder, "stelle": "vhs-iserlohn"})
    assert Gast(db).hole(wort), "bis der neue hinausgeht, gilt der alte"
    _versende(db, kreis, amt, SPAETER + timedelta(minutes=1))
    neu = _worte(amt)[-1]
    assert neu != wort and amt.an(VHS_POST)[-1]["Subject"] == f"Ihr neuer Link zu {key}"
    assert _ohne_zeichen(Gast(db).hole(wort, 404)) == _ohne_zeichen(nie) and Gast(db).hole(neu)
    assert fenster.client.post(f"/vorgang/{key}/link", data={**seite.felder, "stelle": "vhs-luedenscheid"}).status_code == 404


def _ohne_zeichen(blatt: Blatt) -> str:
    return " ".join(blatt.text.split())


def test_verlaesst_der_vorgang_seinen_stand_gilt_der_link_nicht_mehr(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    key = _beschluss(db, kreis, VHS)
    _versende(db, kreis, amt)
    [wort] = _worte(amt)
    spaeter = SPAETER + timedelta(minutes=5)
    db.in_transaktion(lambda s: nimm_zurueck(s, key, "Falsche Liste", konto(db, "koordination-a"), spaeter, kreis))
    Gast(db, spaeter).hole(wort, 404)
    _als(db, kreis, "koordination-a", "weiterleiten", key, jetzt=spaeter,
         empfaenger=[{"institution": VHS, "weg": "protokoll", "aufgabe": True}])
    Gast(db, spaeter).hole(wort, 404)
    _versende(db, kreis, amt, spaeter + WARTEZEIT)
    Gast(db, spaeter + WARTEZEIT).hole(_worte(amt)[-1])


def test_jede_erinnerung_bringt_einen_neuen_link(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _beschluss(db, kreis, VHS)
    _versende(db, kreis, amt)
    spaeter = JETZT + timedelta(days=20)
    runde(db, kreis, spaeter)
    _versende(db, kreis, amt, spaeter)
    erster, zweiter = _worte(amt)
    Gast(db, spaeter).hole(erster, 404)
    Gast(db, spaeter).sende(zweiter, bestaetigt="ja")
    runde(db, kreis, spaeter + timedelta(days=30))
    _versende(db, kreis, amt, spaeter + timedelta(days=30))
    assert len(_worte(amt)) == 2, "wer geantwortet hat, wird nicht mehr erinnert"


def test_jeder_versuch_des_versands_hat_ein_wort_das_gilt(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _beschluss(db, kreis, VHS)
    an: list[str] = []
    amt.empfaenger = lambda adresse: an.append(adresse) or GUT  # type: ignore[func-returns-value]
    amt.daten = lambda nummer: "trennen" if an[-1] == VHS_POST and an.count(VHS_POST) == 1 else GUT
    assert _versende(db, kreis, amt).aufgeschoben == 1
    stelle_zu(db, ueber(amt), SPAETER + timedelta(minutes=2))
    [wort] = _worte(amt)
    [mail] = amt.an(VHS_POST)
    assert amt.gesehen.count(str(mail["Message-ID"])) == 2
    Gast(db).sende(wort, bestaetigt="ja")
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM antwortwort") == 2
    assert db.in_transaktion(lambda s: raeume_auf(s, SPAETER)) == 0
    assert db.in_transaktion(lambda s: raeume_auf(s, SPAETER + timedelta(days=90))) == 2


def test_ein_titel_kann_keinen_fremden_link_oeffnen(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    """Wer den Platzhalter in einen Titel schreibt, bekommt damit nichts."""
    _beschluss(db, kreis, VHS)
    _versende(db, kreis, amt)
    with db.transaktion() as s:
        fremd = s.wert("SELECT id FROM antwortlink")
        [text] = mit_worten(s, "stelle:vhs-luedenscheid", f"https://kreislauf.kreis.example/antwort/@{fremd}@")
        assert s.wert("SELECT count(*) FROM antwortwort") == 1
    assert text.endswith("/antwort/")


def test_raten_wird_gebremst_und_kein_wort_steht_im_protokoll(
    db: Datenbank, kreis: Umfeld, amt: Postamt, caplog: pytest.LogCaptureFixture
) -> None:
    _beschluss(db, kreis, VHS)
    _versende(db, kreis, amt)
    [wort] = _worte(amt)
    gast = Gast(db)
    with caplog.at_level(logging.DEBUG):
        for n in range(20):
            gast.hole(f"{n:043d}", 404)
        assert gast.client.get(f"/antwort/{20:043d}").status_code == 429
        gebremst = gast.client.get(f"/antwort/{wort}")
        assert (gebremst.status_code, gebremst.headers["retry-after"]) == (429, "900")
        Gast(db).hole(wort)
    fremd = [e.getMessage() for e in caplog.records if not e.name.startswith(("httpx", "httpcore"))]
    assert not any(wort in zeile for zeile in fremd)
    bremse = Bremse(2, timedelta(minutes=1))
    for _ in range(2):
        bremse.zaehle("192.0.2.1", JETZT)
    with pytest.raises(ZuVieleVersuche):
        bremse.pruefe("192.0.2.1", JETZT)
    bremse.pruefe("192.0.2.2", JETZT)
    bremse.pruefe("192.0.2.1", JETZT + timedelta(minutes=2))


def _melde(s: Sitzung, vorgang: int, anlass: str, an: str) -> None:
    s.fuehre("INSERT INTO ausgang (vorgang, nr, quelle, anlass, an, fruehestens, erledigt) VALUES (:v, 1, 'e:1', :anlass, :an, :zeit, 0)",
             {"v": vorgang, "anlass": anlass, "an": an, "zeit": als_text(JETZT)})


def _lege_ein(db: Datenbank, art: str, zustand: str, stelle: str, rolle: str, frist: str, schluessel: str, stand: dict[str, Any],
              anlass: str, wort: str) -> str:
    """Ein Vorgang mitten in seinem Lauf, mit offener Frist und einer Nachricht, die hinaus soll."""
    with db.transaktion() as s:
        welt = Welt(s)
        nr = welt.vorgang(art, zustand, stand=stand, beteiligt=((stelle, rolle),), zustaendig="koordination-a", bereich="kreis",
                          titel=str(stand.get("titel", "")))
        s.fuehre("INSERT INTO frist (vorgang, name, schluessel, anker, ende, naechste, stufe, regel, profil, offen, geoeffnet_nr) VALUES "
                 "(:v, :name, :schluessel, '2026-01-05', '2026-01-30', NULL, 0, '{}', 'p', 1, 1)",
                 {"v": nr, "name": frist, "schluessel": schluessel})
        _melde(s, nr, anlass, wort)
        return welt.key(nr)


def test_eine_stelle_lehnt_eine_empfehlung_mit_grund_ab(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    stand = {"titel": "Kurse ohne Wartezeit", "empfaenger": {VHS: {"institution": VHS}}, "weitergeleitet_am": "2026-01-05",
             "antworten": {MIT_KONTO: {"institution": MIT_KONTO, "ergebnis": "lehnt_ab", "anmerkung": "Fremde Antwort"}}}
    key = _lege_ein(db, "zielsystem", "weitergeleitet", VHS, "empfaenger", "antwort_der_stelle", VHS, stand, "zielsystem_weitergeleitet",
                    "verteiler")
    _versende(db, kreis, amt)
    [wort] = _worte(amt)
    gast = Gast(db)
    blatt = gast.hole(wort)
    assert "Kurse ohne Wartezeit" in blatt.text and "Fremde Antwort" not in blatt.text, "nie mehr, als die Rolle sieht"
    ohne = gast.sende(wort, 409, ergebnis="lehnt_ab", anmerkung="Zu wenig Räume", bestaetigt="ja")
    assert "Grund" in ohne.text and ohne.felder["anmerkung"] == ["Zu wenig Räume"], "nichts Getipptes geht verloren"
    gast.sende(wort, ergebnis="lehnt_ab", anmerkung="Zu wenig Räume", grund="Die Räume fehlen.", bestaetigt="ja", institution=MIT_KONTO)
    assert "Zu wenig Räume" in gast.hole(wort).text
    with db.lesen() as s:
        stand = json.loads(s.wert("SELECT stand FROM vorgang WHERE key = :key", {"key": key}))
        assert stand["antworten"][VHS]["ergebnis"] == "lehnt_ab" and stand["antworten"][MIT_KONTO]["anmerkung"] == "Fremde Antwort"


_FR = {"zeitachse": [{"nr": 1, "woche": 3, "zeit": "Woche 3", "akteur": "Amt", "handlung": "Die Akte bleibt liegen"}],
       "titel": "Fallrekonstruktion zu MK-1", "teilnahmen": [{"institution": VHS, "teilnahme": "anwesend"}], "rueckmeldungen": {}}


def test_ein_gast_liest_den_entwurf_und_antwortet(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    stand = {**_FR, "teilnehmende": [{"institution": VHS}, {"institution": MIT_KONTO}]}
    key = _lege_ein(db, "fallrekonstruktion", "geprueft", VHS, "fr_gast", "fr_abstimmung", "", stand, "entwurf_zur_abstimmung",
                    "beteiligte")
    _versende(db, kreis, amt)
    [wort] = _worte(amt)
    gast = Gast(db)
    blatt = gast.hole(wort)
    assert "Die Akte bleibt liegen" in blatt.text and not blatt.maengel()
    assert "abweichende Sicht" in gast.sende(wort, 409, zustimmung="abweichende_sicht", bestaetigt="ja").text
    gast.sende(wort, zustimmung="abweichende_sicht", abweichende_sicht="Es lag an der Post.", bestaetigt="ja")
    assert "Es lag an der Post." in gast.hole(wort).text
    with db.lesen() as s:
        assert s.eine("SELECT person, rolle FROM ereignis WHERE ausloeser = 'rueckmelden'") == ("stelle:vhs-iserlohn", "fr_gast")
    tue(db, kreis, konto(db, "koordination-a"), Schritt("ueberarbeiten", key), jetzt=SPAETER)
    gast.hole(wort, 404)


def test_eine_auslaenderbehoerde_liest_die_zeitachse_nur_mit_rechtsgrundlage(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    """Regel 12, auch über einen Link."""
    for nr, mehr in enumerate(({"ohne_zeitachse": True}, {"rechtsgrundlage_zeitachse": "Einwilligung"})):
        stand = {**_FR, "teilnehmende": [{"institution": ABH, "abh": True, **mehr}]}
        _lege_ein_mit_nummer(db, nr, stand)
    _versende(db, kreis, amt)
    ohne, mit = _worte(amt, "ebh@mk.example")
    assert "Die Akte bleibt liegen" not in Gast(db).hole(ohne).text
    assert "Die Akte bleibt liegen" in Gast(db).hole(mit).text


def _lege_ein_mit_nummer(db: Datenbank, nr: int, stand: dict[str, Any]) -> None:
    with db.transaktion() as s:
        welt = Welt(s, anzahl=nr)
        nummer = welt.vorgang("fallrekonstruktion", "geprueft", stand=stand, beteiligt=((ABH, "fr_gast"),), zustaendig="koordination-a")
        _melde(s, nummer, "entwurf_zur_abstimmung", "beteiligte")


def test_in_der_schnittstelle_dieselben_links(db: Datenbank, kreis: Umfeld, amt: Postamt, tmp_path: Path) -> None:
    key = _beschluss(db, kreis, VHS, MIT_KONTO)
    _versende(db, kreis, amt)
    [alter] = _worte(amt)
    dienst = Dienst(db, None, tmp_path)
    dienst.jetzt, k, weg = SPAETER, dienst.als("koordination-a"), f"/vorgaenge/{key}/links"
    (link,) = k.hole(weg).json()["links"]
    assert (link["name"], link["adresse"], link["eingeloest"]) == (VHS, VHS_POST, False) and link["bis"]
    assert k.sende(weg, {"stelle": VHS}).json() == {"key": key, "version": k.fassung(key)}
    _versende(db, kreis, amt, SPAETER + timedelta(minutes=1))
    _, neuer = _worte(amt)
    assert alter != neuer and neuer not in k.hole(weg).text
    Gast(db, SPAETER + timedelta(minutes=2)).hole(alter, 404)
    problem(k.sende(weg, {"stelle": MIT_KONTO}), 422, "ungueltig")
    for wer in ("stelle-mbe-luedenscheid", "cm-luedenscheid"):
        problem(dienst.als(wer).hole(weg), 404, "nicht-gefunden")
        problem(dienst.als(wer).sende(weg, {"stelle": VHS}), 404, "nicht-gefunden")
