"""Was nicht ankam und wer geht, wird eine Aufgabe der Koordination: über SMTP, als Rückläufer, auf den Seiten."""

from __future__ import annotations

import io
import re
import sys
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest

from service.app import Kreislauf
from service.apply import Schritt
from service.db import Datenbank
from service.errors import Ungueltig
from service.handelnde import Handelnde
from service.klaeren import zu_klaeren
from service.postadressen import berichtige
from service.ruecklaeufer import Ruecklaeufer, lies, vermerke
from service.settings import Einstellungen
from service.umfeld import Umfeld
from service.zustellung import versandrunde
from tests.anwendung import baue_app
from tests.aufruf import Lauf
from tests.bau import JETZT, MELDUNG, tue
from tests.browserprobe import Fenster
from tests.postamt import GUT, konto, offenes_postamt, ueber

STELLE = "stelle:mbe-luedenscheid"


def _app(db: Datenbank) -> Kreislauf:
    return baue_app(Einstellungen(_env_file=None), db, lambda: JETZT)


def _melde(db: Datenbank, kreis: Umfeld) -> str:
    return tue(db, kreis, konto(db, "stelle-mbe-luedenscheid"), Schritt("einreichen", art="meldebogen", daten=MELDUNG)).erste.key


def test_eine_endgueltige_ablehnung_wird_eine_aufgabe_mit_dem_was_zu_tun_ist(db: Datenbank, kreis: Umfeld) -> None:
    key = _melde(db, kreis)
    with offenes_postamt() as amt:
        amt.empfaenger = lambda adresse: "550 gibt es nicht" if adresse == "mbe-luedenscheid@beratung.example" else GUT
        versandrunde(db, ueber(amt), kreis, JETZT)
        assert amt.angenommen == []
        k = Fenster(_app(db), "koordination-a")
        start = k.hole("/")
        assert "Bitte klären" in start.text and key in start.text and "Bitte prüfen Sie die Adresse" in start.text
        assert "Bitte klären" not in Fenster(_app(db), "stelle-mbe-luedenscheid").hole("/").text
        seite = k.hole("/nachrichten")
        assert not seite.maengel() and "Richtiges Postfach" in seite.text
        gesprochen = re.findall(r'>(?:Erneut senden|Auf anderem Weg mitgeteilt|Richtiges Postfach)<span class="kern-sr-only">: [^<]+<',
                                seite.html)
        assert len(gesprochen) == 3, "jeder dieser Namen steht je Nachricht einmal da und sagt, zu welcher er gehört"
        with db.lesen() as s:
            nummer = s.wert("SELECT id FROM sendung WHERE zustand = 'gescheitert'")
        falsch = k.client.post(f"/nachrichten/{nummer}/erneut", data={**seite.felder, "adresse": "mbe bei example"})
        assert falsch.status_code == 422 and "mbe bei example" in falsch.text and "ohne Namen davor" in falsch.text
        assert k.client.post(f"/nachrichten/{nummer}/erneut", data={**seite.felder, "adresse": "neu@beratung.example"}).status_code == 303
        versandrunde(db, ueber(amt), kreis, JETZT)
        assert [m["To"] for m in amt.angenommen] == ["neu@beratung.example"]
        _melde(db, kreis)
        versandrunde(db, ueber(amt), kreis, JETZT)
        assert [m["To"] for m in amt.angenommen] == ["neu@beratung.example"] * 2, "es gilt auch für alles Weitere"
    assert "Bitte klären" not in k.hole("/").text
    verlauf = k.hole("/nachrichten/postfaecher?stelle=mbe-luedenscheid")
    assert "neu@beratung.example" in verlauf.text and "eingetragen von" in verlauf.text and not verlauf.maengel()
    k.sende("/nachrichten/postfaecher", 422, stelle="Amt, das es nicht gibt", adresse="a@b.example")
    k.sende("/nachrichten/postfaecher", stelle="MBE-Beratungsstelle Lüdenscheid", adresse="dritte@beratung.example")
    with db.lesen() as s:
        assert s.wert("SELECT count(*) FROM postadresse") == 2
        assert s.wert("SELECT count(*) FROM protokoll WHERE was = 'postfach_berichtigt'") == 2


@pytest.mark.parametrize("adresse", ["", "a b@c.example", "a@c.example\nBcc: x@y.example", "=?utf-8?q?a?=@c.example", "Name <a@c.example>"])
def test_eine_unbrauchbare_adresse_wird_nicht_gespeichert(db: Datenbank, kreis: Umfeld, adresse: str) -> None:
    with pytest.raises(Ungueltig):
        db.in_transaktion(lambda s: berichtige(s, STELLE, adresse, Handelnde("koordination-a"), JETZT, kreis.profil))


# --- Rückläufer -------------------------------------------------------------------------------------------------------


def _dsn(message_id: str, action: str = "failed", status: str = "5.1.1", *, nur_kopf: bool = False) -> bytes:
    """Wie ein Mailserver sie schreibt (RFC 3464)."""
    original = f"Message-ID: {message_id}\r\nSubject: Ihre Meldung\r\nTo: x@beratung.example\r\n\r\n"
    art = "text/rfc822-headers" if nur_kopf else "message/rfc822"
    teile = [
        "Content-Type: text/plain; charset=utf-8\r\n\r\nDas Postfach gibt es nicht.",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n"
        f"Final-Recipient: rfc822; x@beratung.example\r\nAction: {action}\r\nStatus: {status}\r\n",
        f"Content-Type: {art}\r\n\r\n{original}",
    ]
    koerper = "".join(f"--grenze\r\n{t}\r\n" for t in teile) + "--grenze--\r\n"
    return ("From: MAILER-DAEMON@mail.example\r\nTo: kreislauf@kreis.example\r\nMIME-Version: 1.0\r\nSubject: Undelivered\r\n"
            f'Content-Type: multipart/report; report-type=delivery-status; boundary="grenze"\r\n\r\n{koerper}').encode()


@pytest.mark.parametrize("nur_kopf", [False, True])
def test_ein_ruecklaeufer_wird_gelesen(nur_kopf: bool) -> None:
    assert lies(_dsn("<abc@kreis.example>", nur_kopf=nur_kopf)) == Ruecklaeufer("<abc@kreis.example>", True)
    assert lies(_dsn("<abc@kreis.example>", "delayed", "4.4.1", nur_kopf=nur_kopf)) == Ruecklaeufer("<abc@kreis.example>", False)


def test_was_kein_ruecklaeufer_ist() -> None:
    mail = EmailMessage()
    mail["Subject"] = "Ich bin im Urlaub"
    mail.set_content("Message-ID: <abc@kreis.example>")
    assert lies(mail.as_bytes()) is None and lies(b"") is None and lies(b"\xff\x00 kein Text") is None
    assert lies(_dsn("ohne Klammern")) is None


def test_ein_ruecklaeufer_macht_aus_zugestellt_eine_aufgabe(db: Datenbank, kreis: Umfeld) -> None:
    _melde(db, kreis)
    with offenes_postamt() as amt:
        versandrunde(db, ueber(amt), kreis, JETZT)
        [mail] = amt.angenommen
    gelesen = lies(_dsn(str(mail["Message-ID"])))
    assert gelesen is not None
    spaeter = Ruecklaeufer(gelesen.message_id, False)
    assert not db.in_transaktion(lambda s: vermerke(s, spaeter)), "der Mailserver versucht es noch"
    assert not db.in_transaktion(lambda s: vermerke(s, Ruecklaeufer("<fremd@kreis.example>", True)))
    assert db.in_transaktion(lambda s: vermerke(s, gelesen))
    with db.lesen() as s:
        [eintrag] = zu_klaeren(s, konto(db, "koordination-a"), JETZT.date()).nachrichten
        assert zu_klaeren(s, konto(db, "koordination-iserlohn"), JETZT.date()).nachrichten == ()
    assert "unzustellbar zurückgeschickt" in eintrag.rat


def test_der_befehl_liest_aus_einer_datei_und_von_der_standardeingabe(lauf: Lauf, ort: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lauf("demo", "--leer")[0] == 0
    datei = ort / "zurueck.eml"
    datei.write_bytes(_dsn("<abc@kreis.example>"))
    ende, aus, fehler = lauf("ausgang", "--ruecklaeufer", datei)
    assert ende == 0 and "nicht bekannt" in aus + fehler
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"Hallo")))
    ende, aus, fehler = lauf("ausgang", "--ruecklaeufer", "-")
    assert ende == 0 and "keine Unzustellbarkeitsnachricht" in aus + fehler
    ende, _, fehler = lauf("ausgang", "--ruecklaeufer", ort / "fehlt.eml")
    assert ende == 2 and "lässt sich nicht lesen" in fehler


# --- wer geht ---------------------------------------------------------------------------------------------------------


def test_wer_geht_waehrend_vorgaenge_warten_wird_eine_aufgabe(db: Datenbank, kreis: Umfeld) -> None:
    key = _melde(db, kreis)
    heute = JETZT.date()
    with db.lesen() as s:
        assert zu_klaeren(s, konto(db, "koordination-b"), heute).abgaenge == ()
    _endet(db, "koordination-a", heute + timedelta(days=10))
    b = Fenster(_app(db), "koordination-b")
    start, seite = b.hole("/"), b.hole("/nachrichten")
    assert "ist nur bis zum 17.01.2026 eingetragen; offene Vorgänge: 1" in start.text
    assert f"/vorgang/{key}/schritt/uebergeben" in seite.verweise and not seite.maengel()
    assert "Wer geht" not in Fenster(_app(db), "koordination-iserlohn").hole("/nachrichten").text, "nur der eigene Bereich"
    assert "eingetragen" not in Fenster(_app(db), "stelle-mbe-luedenscheid").hole("/").text
    tue(db, kreis, konto(db, "koordination-b"), Schritt(
        "uebergeben", key, daten={"zustaendig": "koordination-b", "vertretung": "koordination-a"}, grund="Wechsel"))
    assert "Wer geht" not in b.hole("/nachrichten").text


def _endet(db: Datenbank, person: str, tag: date) -> None:
    db.in_transaktion(lambda s: s.fuehre("UPDATE person SET bis = :bis WHERE key = :key", {"bis": tag.isoformat(), "key": person}))
