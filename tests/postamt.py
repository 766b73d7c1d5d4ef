"""Ein echter Mailserver auf diesem Rechner, dem ein Test sagen kann, wie er antwortet; und Konten, die Post bekommen."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.clock import berliner_tag
from service.db import Datenbank
from service.handelnde import Handelnde
from service.profil import Profil
from service.protokoll import vermerke
from service.settings import Einstellungen
from service.stammdaten import handelnde, uebernehme_profil
from service.umfeld import Umfeld, koordination_je_bereich, umfeld_aus
from tests.bau import JETZT

GUT = "250 OK"
ABSENDER = "kreislauf@kreis.example"


class Postamt:
    """Nimmt an, was es bekommt. `empfaenger` und `daten` antworten statt der Vorgabe; „trennen“ legt mitten in DATA auf."""

    def __init__(self) -> None:
        self.angenommen: list[EmailMessage] = []
        self.gesehen: list[str] = []  # Message-ID auch dessen, was nicht bestätigt wurde
        self.umschlaege: list[tuple[str, list[str]]] = []
        self.empfaenger: Callable[[str], str] = lambda adresse: GUT
        self.daten: Callable[[int], str] = lambda nummer: GUT
        self.port = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, optionen: list[str]) -> str:
        antwort = self.empfaenger(address)
        if antwort == GUT:
            envelope.rcpt_tos.append(address)
        return antwort

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.gesehen.append(str(mail["Message-ID"]))
        antwort = self.daten(len(self.gesehen))
        if antwort == "trennen":
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
            return "421 tschüss"
        if antwort == GUT:
            self.angenommen.append(mail)
            self.umschlaege.append((str(envelope.mail_from), list(envelope.rcpt_tos)))
        return antwort

    def an(self, adresse: str) -> list[EmailMessage]:
        return [m for m in self.angenommen if m["To"] == adresse]


@contextmanager
def offenes_postamt(**angaben: Any) -> Iterator[Postamt]:
    amt = Postamt()
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        amt.port = s.getsockname()[1]
    controller = Controller(amt, hostname="127.0.0.1", port=amt.port, **angaben)
    controller.start()
    try:
        yield amt
    finally:
        controller.stop()


def einstellungen(**werte: Any) -> Einstellungen:
    return Einstellungen(_env_file=None, **{"adresse": "https://kreislauf.kreis.example", "absender": ABSENDER, **werte})


def ueber(amt: Postamt, **werte: Any) -> Einstellungen:
    return einstellungen(**{"smtp_host": "127.0.0.1", "smtp_port": amt.port, "smtp_tls": "aus", **werte})


def bevoelkere(db: Datenbank, profil: Profil, jetzt: datetime = JETZT, *, vorfuehrung: bool = True) -> Umfeld:
    """Die Konten der Vorführung und ein Umfeld, das sie kennt."""
    if vorfuehrung:
        db.in_transaktion(lambda s: vermerke(s, jetzt, "test", "vorfuehrung_leer", {}))
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, jetzt, "test", mit_vorfuehrung=True, ab=date(2024, 1, 1)))
    with db.lesen() as s:
        return umfeld_aus(profil, profil.fingerabdruck(), koordination_je_bereich(s, berliner_tag(jetzt).isoformat()))


def konto(db: Datenbank, key: str, jetzt: datetime = JETZT) -> Handelnde:
    with db.lesen() as s:
        return handelnde(s, key, berliner_tag(jetzt).isoformat())


def text_von(mail: EmailMessage, art: str = "plain") -> str:
    teil = mail.get_body((art,))
    assert teil is not None
    return str(teil.get_content())
