"""Zustellen über einen echten Mailserver auf diesem Rechner: richtig gesetzt, nie verloren, nie von zweien zugleich."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from service.apply import Schritt
from service.briefpost import Abgelehnt, Sendung, als_mail
from service.clock import als_text
from service.db import Datenbank
from service.errors import Betriebsfehler, NichtGefunden
from service.postfach import brief, briefe, markiere_gelesen, ungelesen
from service.profil import Profil
from service.sendungen import gescheiterte, rat, sende_alle_erneut, sende_erneut
from service.umfeld import Umfeld
from service.zustellung import PACHT, stelle_zu, versandrunde, zugang_von
from tests.aufruf import Lauf
from tests.bau import JETZT, MELDUNG, tue
from tests.dienst import Dienst
from tests.netz import Netz
from tests.postamt import ABSENDER, GUT, Postamt, bevoelkere, einstellungen, konto, offenes_postamt, text_von, ueber
from tests.service.test_api import problem

MINUTE = timedelta(minutes=1)


def _melde(db: Datenbank, kreis: Umfeld, anzahl: int = 1) -> list[str]:
    wer = konto(db, "stelle-mbe-luedenscheid")
    return [tue(db, kreis, wer, Schritt("einreichen", art="meldebogen", daten=MELDUNG)).erste.key for _ in range(anzahl)]


def _runde(db: Datenbank, kreis: Umfeld, amt: Postamt, jetzt: datetime = JETZT, **werte: Any) -> Any:
    return versandrunde(db, ueber(amt, **werte), kreis, jetzt)


def _zustaende(db: Datenbank) -> list[tuple[Any, ...]]:
    with db.lesen() as s:
        return s.alle("SELECT zustand, versuche, fehler FROM sendung ORDER BY id")


def test_eine_nachricht_kommt_an_wie_sie_gesetzt_ist(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    [key] = _melde(db, kreis)
    ergebnis = _runde(db, kreis, amt)
    assert (ergebnis.zusammengestellt, ergebnis.zugestellt, ergebnis.gescheitert) == (1, 1, 0)
    [mail] = amt.angenommen
    stelle = kreis.profil.institution(MELDUNG["melder_institution"])
    assert stelle is not None
    assert (mail["From"], mail["To"], mail["Subject"]) == (ABSENDER, stelle.postfach, f"Ihre Meldung {key} ist eingegangen")
    assert amt.umschlaege == [(ABSENDER, [stelle.postfach])]
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Reply-To"] == "kim@mk.example"
    assert parsedate_to_datetime(mail["Date"]) == JETZT and mail["Message-ID"].endswith("@kreislauf.kreis.example>")
    text, html = text_von(mail), text_von(mail, "html")
    assert text.startswith("Guten Tag!") and "Wir prüfen sie" in " ".join(text.split()) and "Mit freundlichen Grüßen" in text
    assert f"https://kreislauf.kreis.example/vorgang/{key}" in text and "Grüßen" in html and 'charset="utf-8"' in html
    assert "Niemand weiß, wann" not in mail.as_string() and MELDUNG["titel"] not in mail.as_string()
    assert _zustaende(db) == [("zugestellt", 1, "")]
    assert _runde(db, kreis, amt, JETZT + timedelta(days=1)).zugestellt == 0


def test_eine_endgueltige_ablehnung_ist_sichtbar_und_laesst_die_anderen_durch(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    erste, zweite = _melde(db, kreis, 2)
    amt.daten = lambda nummer: GUT if nummer == 2 else "554 nimmt niemand"
    ergebnis = _runde(db, kreis, amt)
    assert (ergebnis.zugestellt, ergebnis.gescheitert) == (1, 1)
    with db.lesen() as s:
        [befund] = gescheiterte(s, "koordination-a")
    assert befund.fehler == "554" and erste in befund.betreff and "Adresse" in befund.rat
    assert zweite in amt.angenommen[0]["Subject"]
    amt.daten = lambda nummer: GUT
    assert _runde(db, kreis, amt, JETZT + timedelta(days=1)).zugestellt == 0, "endgültig heißt: nicht von selbst noch einmal"
    db.in_transaktion(lambda s: sende_erneut(s, befund.id, kreis, JETZT + timedelta(days=1)))
    assert _runde(db, kreis, amt, JETZT + timedelta(days=1)).zugestellt == 1
    assert amt.gesehen[0] == amt.gesehen[2], "auch von Hand dieselbe Message-ID"


def test_ein_unbekanntes_postfach(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _melde(db, kreis)
    amt.empfaenger = lambda adresse: "550 gibt es nicht"
    assert _runde(db, kreis, amt).gescheitert == 1
    assert _zustaende(db) == [("gescheitert", 1, "550")] and "Postfach" in rat("550")


def test_eine_vorlaeufige_ablehnung_wird_in_wachsenden_abstaenden_wiederholt(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _melde(db, kreis)
    amt.empfaenger = lambda adresse: "451 gleich"
    assert _runde(db, kreis, amt).aufgeschoben == 1 and _zustaende(db) == [("bereit", 1, "451")]
    assert _runde(db, kreis, amt, JETZT + timedelta(seconds=30)).aufgeschoben == 0, "noch nicht an der Reihe"
    assert _runde(db, kreis, amt, JETZT + 2 * MINUTE).aufgeschoben == 1
    assert _runde(db, kreis, amt, JETZT + 4 * MINUTE).aufgeschoben == 0, "das zweite Mal dauert es länger"
    amt.empfaenger = lambda adresse: GUT
    assert _runde(db, kreis, amt, JETZT + 8 * MINUTE).zugestellt == 1
    assert _zustaende(db) == [("zugestellt", 3, "")]


def test_nach_vier_tagen_gibt_er_auf(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _melde(db, kreis)
    amt.empfaenger = lambda adresse: "451 gleich"
    _runde(db, kreis, amt)
    assert _runde(db, kreis, amt, JETZT + timedelta(days=5)).gescheitert == 1
    assert _zustaende(db) == [("gescheitert", 2, "aufgegeben")]


def test_bricht_die_verbindung_mitten_im_senden_ab_geht_nichts_verloren(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    """Der Mailserver kann sie trotzdem haben; dann kommt sie zweimal, aber mit derselben Message-ID und demselben Text."""
    _melde(db, kreis, 2)
    amt.daten = lambda nummer: "trennen" if nummer == 1 else GUT
    ergebnis = _runde(db, kreis, amt)
    assert (ergebnis.aufgeschoben, ergebnis.zugestellt) == (1, 1), "die zweite geht über eine neue Verbindung"
    assert _zustaende(db) == [("bereit", 1, "abgebrochen"), ("zugestellt", 1, "")]
    assert _runde(db, kreis, amt, JETZT + 2 * MINUTE).zugestellt == 1
    assert amt.gesehen[0] == amt.gesehen[2] and len(set(amt.gesehen)) == 2 and len(amt.angenommen) == 2


def test_ohne_mailserver_am_anschluss_wartet_alles(db: Datenbank, kreis: Umfeld) -> None:
    with offenes_postamt() as amt:
        pass
    _melde(db, kreis, 3)
    assert _runde(db, kreis, amt).aufgeschoben == 1, "nach dem ersten Fehlschlag hört die Runde auf"
    assert [z[1] for z in _zustaende(db)] == [1, 0, 0]
    with offenes_postamt() as neues:
        assert _runde(db, kreis, neues, JETZT + 2 * MINUTE).zugestellt == 3


def test_ein_langer_ausfall_des_eigenen_mailservers_kostet_keine_nachricht(db: Datenbank, kreis: Umfeld) -> None:
    with offenes_postamt() as amt:
        pass
    _melde(db, kreis, 3)
    for tag in (0, 5, 5.01, 5.02):
        ergebnis = _runde(db, kreis, amt, JETZT + timedelta(days=tag))
        assert (ergebnis.grund, ergebnis.gescheitert) == ("verbindung", 0)
    assert _runde(db, kreis, amt, JETZT + timedelta(days=5.02, seconds=1)).grund == "verbindung", "auch wenn gerade nichts an der Reihe ist"
    with offenes_postamt() as neues:
        neues.empfaenger = lambda adresse: "451 bitte später"
        assert _runde(db, kreis, neues, JETZT + timedelta(days=5.1)).aufgeschoben == 3, "auch danach darf jede noch warten"
        neues.empfaenger = lambda adresse: GUT
        ergebnis = _runde(db, kreis, neues, JETZT + timedelta(days=5.4))
    assert (ergebnis.zugestellt, ergebnis.grund) == (3, "")


@pytest.mark.parametrize(("antwort", "grund"), [("530 5.7.1 Authentication required", "anmeldung"), ("534 5.7.9 zu schwach", "anmeldung"),
                                                ("550 5.7.1 Relaying denied", "abgewiesen")])
def test_verweigert_der_mailserver_alles_scheitert_keine(db: Datenbank, kreis: Umfeld, amt: Postamt, antwort: str, grund: str) -> None:
    _melde(db, kreis, 4)
    amt.empfaenger = lambda adresse: antwort
    ergebnis = _runde(db, kreis, amt)
    assert (ergebnis.gescheitert, ergebnis.aufgeschoben, ergebnis.grund) == (0, 1, grund)
    assert _runde(db, kreis, amt, JETZT + timedelta(days=5)).gescheitert == 0 and "KREISLAUF_SMTP_NUTZER" in rat(grund)
    amt.empfaenger = lambda adresse: GUT
    assert _runde(db, kreis, amt, JETZT + timedelta(days=5, minutes=5)).zugestellt == 4


def test_wird_nur_eine_abgewiesen_ist_sie_nach_vier_tagen_unzustellbar(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _melde(db, kreis)
    amt.empfaenger = lambda adresse: "550 5.7.1 von Ihnen nicht"
    _runde(db, kreis, amt)
    amt.empfaenger = lambda adresse: GUT if len(_zustaende(db)) > 1 and not amt.angenommen else "550 5.7.1 von Ihnen nicht"
    spaeter = JETZT + timedelta(days=5)
    db.in_transaktion(lambda s: s.fuehre("UPDATE sendung SET naechster_versuch = :z", {"z": als_text(spaeter + MINUTE)}))
    _melde(db, kreis)
    versandrunde(db, ueber(amt), kreis, spaeter)
    assert len(amt.angenommen) == 1, "eine andere ging hinaus"
    assert _runde(db, kreis, amt, spaeter + 2 * MINUTE).gescheitert == 1
    assert ("gescheitert", 2, "abgewiesen") in _zustaende(db)


def test_alle_aus_demselben_grund_gehen_auf_einmal_erneut(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _melde(db, kreis, 3)
    amt.empfaenger = lambda adresse: "552 voll"
    assert _runde(db, kreis, amt).gescheitert == 3
    with db.transaktion() as s:
        assert sende_alle_erneut(s, "550", kreis, JETZT) == (0, 0)
        assert sende_alle_erneut(s, "552", kreis, JETZT) == (3, 0)
    amt.empfaenger = lambda adresse: GUT
    assert _runde(db, kreis, amt, JETZT + MINUTE).zugestellt == 3


def test_auch_in_der_schnittstelle_gehen_alle_auf_einmal_erneut(db: Datenbank, kreis: Umfeld, amt: Postamt, tmp_path: Path) -> None:
    _melde(db, kreis, 2)
    amt.empfaenger = lambda adresse: "552 voll"
    assert _runde(db, kreis, amt).gescheitert == 2
    dienst = Dienst(db, None, tmp_path)
    k, weg = dienst.als("koordination-a"), "/ausgang/erneut"
    assert k.sende(weg, {"grund": "550"}).json() == {"gehen": 0, "bleiben": 0}
    erste, zweite = (k.sende(weg, {"grund": "552"}, Idempotency_Key="einmal") for _ in range(2))
    assert erste.json() == zweite.json() == {"gehen": 2, "bleiben": 0}
    problem(dienst.als("stelle-mbe-luedenscheid").sende(weg, {"grund": "552"}), 404, "nicht-gefunden")
    amt.empfaenger = lambda adresse: GUT
    assert _runde(db, kreis, amt, JETZT + MINUTE).zugestellt == 2


def test_ein_stummer_mailserver_haelt_die_runde_nicht_fest(db: Datenbank, kreis: Umfeld) -> None:
    _melde(db, kreis)
    with socket.create_server(("127.0.0.1", 0)) as stumm:
        e = einstellungen(smtp_host="127.0.0.1", smtp_port=stumm.getsockname()[1], smtp_tls="aus")
        versandrunde(db, einstellungen(smtp_host="127.0.0.1", smtp_port=1, smtp_tls="aus"), kreis, JETZT)
        assert stelle_zu(db, e, JETZT + 2 * MINUTE, wartet=0.3).aufgeschoben == 1
    assert _zustaende(db) == [("bereit", 2, "verbindung")]


def test_sechzehn_runden_zugleich_senden_einmal(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _melde(db, kreis, 12)
    tor = threading.Barrier(16, timeout=120)

    def eine(_: int) -> Any:
        tor.wait()
        return _runde(db, kreis, amt)

    with ThreadPoolExecutor(16) as pool:
        ergebnisse = list(pool.map(eine, range(16)))
    assert sum(e.zugestellt for e in ergebnisse) == 12 and sum(e.zusammengestellt for e in ergebnisse) == 12
    assert len(amt.gesehen) == len(set(amt.gesehen)) == 12
    assert _zustaende(db) == [("zugestellt", 1, "")] * 12


def test_wer_beim_senden_stirbt_den_beerbt_ein_anderer_erst_nach_der_pacht(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _melde(db, kreis)
    with offenes_postamt() as zu:
        pass
    _runde(db, kreis, zu)
    tot = {"bis": als_text(JETZT + PACHT)}
    db.in_transaktion(lambda s: s.fuehre("UPDATE sendung SET zustand = 'begonnen', besitzer = 'tot', pacht_bis = :bis", tot))
    assert _runde(db, kreis, amt, JETZT + PACHT - MINUTE).zugestellt == 0
    assert _runde(db, kreis, amt, JETZT + PACHT + MINUTE).zugestellt == 1


def test_wer_abgeloest_ist_schreibt_kein_ende(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    """Während A sendet, läuft seine Pacht ab und B hat übernommen: As Ergebnis zählt nicht mehr."""
    _melde(db, kreis)

    def dazwischen(nummer: int) -> str:
        db.in_transaktion(lambda s: s.fuehre("UPDATE sendung SET besitzer = 'B'"))
        return GUT

    amt.daten = dazwischen
    _runde(db, kreis, amt)
    with db.lesen() as s:
        assert s.alle("SELECT zustand, besitzer FROM sendung") == [("begonnen", "B")]


# --- Verbindung, Anmeldung, Kopfzeilen -----------------------------------------------------------------------------------


def test_ohne_verschluesselung_geht_nichts_im_klartext_hinaus(db: Datenbank, kreis: Umfeld, amt: Postamt) -> None:
    _melde(db, kreis)
    assert _runde(db, kreis, amt, smtp_tls="starttls").aufgeschoben == 1
    assert amt.gesehen == [] and _zustaende(db) == [("bereit", 1, "verschluesselung")]


@pytest.mark.parametrize(("kennwort", "erwartet"), [("richtig\n", ("zugestellt", 1, "")), ("falsch", ("bereit", 1, "anmeldung"))])
def test_anmeldung_mit_einem_kennwort_aus_einer_datei(db: Datenbank, kreis: Umfeld, tmp_path: Path, kennwort: str,
                                                      erwartet: tuple[Any, ...]) -> None:
    def pruefe(server: Any, session: Any, envelope: Any, mechanism: str, daten: Any) -> AuthResult:
        return AuthResult(success=daten.login == b"kreislauf" and daten.password == b"richtig", handled=False)

    datei = tmp_path / "kennwort"
    datei.write_text(kennwort)
    _melde(db, kreis)
    with offenes_postamt(auth_require_tls=False, auth_required=True, authenticator=pruefe) as amt:
        _runde(db, kreis, amt, smtp_nutzer="kreislauf", smtp_kennwort="gilt nicht", smtp_kennwort_datei=datei)
    assert _zustaende(db) == [erwartet]


def test_eine_fehlende_kennwortdatei_ist_ein_satz(tmp_path: Path) -> None:
    with pytest.raises(Betriebsfehler, match="lässt sich nicht lesen"):
        zugang_von(einstellungen(smtp_host="mail.example", smtp_kennwort_datei=tmp_path / "fehlt"))


def _sendung(**anders: Any) -> Sendung:
    werte: dict[str, Any] = {"id": 1, "adresse": "a@b.example", "antwort_an": "", "betreff": "Größe", "inhalt": "x", "html": "<p>x</p>",
                             "message_id": "<1@x.example>", "erstellt": JETZT, "versuche": 1}
    return Sendung(**{**werte, **anders})


@pytest.mark.parametrize("feld", ["betreff", "adresse", "antwort_an", "message_id"])
@pytest.mark.parametrize("boese", ["x\r\nBcc: y@z.example", "x\ny", "x\ry", "x\x00y", "Hinweis =?UTF-8?Q?=0A?=Bcc: y@z.example"])
def test_keine_kopfzeile_laesst_sich_einschleusen(feld: str, boese: str) -> None:
    with pytest.raises(Abgelehnt):
        als_mail(_sendung(**{feld: boese}), ABSENDER)
    assert als_mail(_sendung(), ABSENDER)["Subject"] == "Größe"


def test_eine_adresse_mit_umlaut_scheitert_sichtbar() -> None:
    with pytest.raises(Abgelehnt):
        als_mail(_sendung(adresse="büro@b.example"), ABSENDER)


# --- ohne Mailserver ------------------------------------------------------------------------------------------------------


def test_die_vorfuehrung_stellt_ins_eigene_postfach_zu(db: Datenbank, kreis: Umfeld) -> None:
    [key] = _melde(db, kreis)
    assert versandrunde(db, einstellungen(), kreis, JETZT).zugestellt == 1
    melder, fremd = konto(db, "stelle-mbe-luedenscheid"), konto(db, "koordination-a")
    with db.lesen() as s:
        [kopf] = briefe(s, melder, kreis.profil)
        assert key in kopf.betreff and not kopf.gelesen and ungelesen(s, melder, kreis.profil) == 1
        gelesen = brief(s, melder, kreis.profil, kopf.id)
        assert "Guten Tag!" in gelesen.text and "<html" in gelesen.html
        assert briefe(s, fremd, kreis.profil) == [] and briefe(s, melder, kreis.profil, vor=kopf.id) == []
        with pytest.raises(NichtGefunden):
            brief(s, fremd, kreis.profil, kopf.id)
    db.in_transaktion(lambda s: markiere_gelesen(s, melder, kreis.profil, kopf.id))
    with db.lesen() as s:
        assert ungelesen(s, melder, kreis.profil) == 0


def test_sechzehn_runden_fuellen_das_postfach_einmal(db: Datenbank, kreis: Umfeld) -> None:
    _melde(db, kreis, 5)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: versandrunde(db, einstellungen(), kreis, JETZT), range(16)))
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM postfach") == 5


def test_eine_echte_installation_ohne_mailserver_laesst_alles_warten(db: Datenbank, profil: Profil) -> None:
    kreis = bevoelkere(db, profil, vorfuehrung=False)
    _melde(db, kreis)
    ergebnis = versandrunde(db, einstellungen(), kreis, JETZT)
    assert ergebnis.ohne_mailserver and ergebnis.zugestellt == 0 and _zustaende(db) == [("bereit", 0, "")]


# --- der Befehl -----------------------------------------------------------------------------------------------------------


def test_der_befehl_zeigt_was_wartet_und_was_gescheitert_ist(lauf: Lauf, db: Datenbank, kreis: Umfeld,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    _melde(db, kreis)
    with offenes_postamt() as amt:
        amt.empfaenger = lambda adresse: "550 nein"
        for name, wert in (("SMTP_HOST", "127.0.0.1"), ("SMTP_PORT", str(amt.port)), ("SMTP_TLS", "aus"), ("ABSENDER", ABSENDER)):
            monkeypatch.setenv(f"KREISLAUF_{name}", wert)
        monkeypatch.setenv("KREISLAUF_DB", db.adresse)
        ende, aus, _ = lauf("ausgang", "--json")
        assert (ende, json.loads(aus)["faellig"]) == (0, 1)
        ende, aus, _ = lauf("ausgang", "--jetzt", "--json")
        gelesen = json.loads(aus)
        assert ende == 1 and gelesen["runde"]["gescheitert"] == 1 and gelesen["gescheitert"][0]["fehler"] == "550"
        assert gelesen["gescheitert"][0]["rat"]
        ende, aus, _ = lauf("ausgang")
        assert ende == 1 and "nicht zugestellt werden konnten: 1" in aus and "[550]" in aus


def test_die_seite_bietet_je_grund_an_alle_erneut_zu_senden(db: Datenbank, profil: Profil, amt: Postamt) -> None:
    netz = Netz(db, profil, smtp_host="127.0.0.1", smtp_port=amt.port, smtp_tls="aus", absender=ABSENDER)
    kreis = netz.app.state.anwendung.umfeld()
    _melde(db, kreis, 2)
    amt.empfaenger = lambda adresse: "552 voll"
    assert _runde(db, kreis, amt, max(JETZT, netz.uhr.jetzt)).gescheitert == 2
    browser = netz.browser().als("koordination-a")
    assert "Alle 2 erneut senden, die daran gescheitert sind" in browser.get("/nachrichten").text
    assert browser.sende("/nachrichten/alle-erneut", "/konto", grund="552").status_code == 303
    assert [z[0] for z in _zustaende(db)] == ["bereit", "bereit"]
