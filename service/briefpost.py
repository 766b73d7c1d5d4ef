"""Eine Sendung als E-Mail und ihr Weg über SMTP; welche Antwort des Mailservers was bedeutet."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Literal, NamedTuple

from forms.kalenderblatt import methode
from service.ausgang import kopfzeile_erlaubt
from service.errors import Betriebsfehler
from service.sendungen import ABGEWIESEN, KOPFZEILE

_ANMELDUNG_VERLANGT = (530, 534, 535, 538)
_RICHTLINIE = re.compile(r"\s*5\.7\.\d")  # der genauere Code nach RFC 3463: eine Frage der Erlaubnis
ANSCHLUSSZEIT = 30.0  # Sekunden, die der Mailserver je Antwort bekommt

Tls = Literal["starttls", "tls", "aus"]


@dataclass(frozen=True)
class Zugang:
    """Wie der Mailserver zu erreichen ist. `absender` steht in From und im Umschlag."""

    host: str
    port: int
    tls: Tls
    absender: str
    nutzer: str = ""
    kennwort: str = ""
    ca: Path | None = None
    wartet: float = ANSCHLUSSZEIT


class Sendung(NamedTuple):
    id: int
    adresse: str
    antwort_an: str
    betreff: str
    inhalt: str
    html: str
    message_id: str
    erstellt: datetime
    versuche: int
    kalender: str = ""


class Aufgeschoben(Exception):
    """Später noch einmal. `alle`: Es liegt am Mailserver, nicht an dieser Sendung; die Runde hört auf."""

    def __init__(self, fehler: str, *, alle: bool = False) -> None:
        super().__init__(fehler)
        self.fehler, self.alle = fehler, alle


class Abgelehnt(Exception):
    """Endgültig. `fehler` ist ein Code ohne Angaben zur Person."""

    def __init__(self, fehler: str) -> None:
        super().__init__(fehler)
        self.fehler = fehler


def als_mail(sendung: Sendung, absender: str) -> EmailMessage:
    """Wirft Abgelehnt, wenn ein Wert nicht in eine Kopfzeile darf; geprüft wird hier, gleich was die Bibliothek täte."""
    kopf = {
        "From": absender, "To": sendung.adresse, "Subject": sendung.betreff, "Message-ID": sendung.message_id,
        "Date": format_datetime(sendung.erstellt), "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All",
        **({"Reply-To": sendung.antwort_an} if sendung.antwort_an else {}),
    }
    if not all(kopfzeile_erlaubt(wert) for wert in kopf.values()) or not sendung.adresse.isascii():
        raise Abgelehnt(KOPFZEILE)
    mail = EmailMessage()
    for name, wert in kopf.items():
        mail[name] = wert
    mail.set_content(sendung.inhalt, cte="quoted-printable")
    mail.add_alternative(sendung.html, subtype="html", cte="quoted-printable")
    if sendung.kalender:
        mail.add_attachment(sendung.kalender, subtype="calendar", cte="quoted-printable", filename="termin.ics",
                            params={"method": methode(sendung.kalender)})
    return mail


class Postweg:
    """Eine Verbindung zum Mailserver, aufgebaut bei Bedarf und nach einem Abbruch neu."""

    def __init__(self, zugang: Zugang) -> None:
        self._zugang = zugang
        self._verbindung: smtplib.SMTP | None = None

    def sende(self, sendung: Sendung) -> None:
        """Kehrt zurück, wenn der Mailserver die Nachricht angenommen hat; sonst Aufgeschoben oder Abgelehnt."""
        mail = als_mail(sendung, self._zugang.absender)
        server = self._verbindung or self._verbinde()
        try:
            self._uebergib(server, mail, sendung.adresse)
        finally:
            if server.sock is None:  # nach manchen Antworten legt die Bibliothek selbst auf
                self._verwirf()

    def _uebergib(self, server: smtplib.SMTP, mail: EmailMessage, adresse: str) -> None:
        try:
            server.send_message(mail, self._zugang.absender, [adresse])
        except smtplib.SMTPRecipientsRefused as fehler:
            raise _nach_antwort(*next(iter(fehler.recipients.values()))) from None
        except smtplib.SMTPSenderRefused as fehler:
            raise Aufgeschoben("absender", alle=fehler.smtp_code != 421) from None
        except smtplib.SMTPResponseException as fehler:
            raise _nach_antwort(fehler.smtp_code, fehler.smtp_error) from None
        except (smtplib.SMTPServerDisconnected, OSError):
            self._verwirf()
            raise Aufgeschoben("abgebrochen") from None
        except smtplib.SMTPException:
            raise Abgelehnt(KOPFZEILE) from None  # die Adresse verlangt etwas, das der Mailserver nicht kann

    def _verbinde(self) -> smtplib.SMTP:
        try:
            self._verbindung = _angemeldet(self._zugang)
        except (smtplib.SMTPAuthenticationError, UnicodeEncodeError):  # die Bibliothek kann nur ASCII anmelden
            raise Aufgeschoben("anmeldung", alle=True) from None
        except (ssl.SSLError, smtplib.SMTPNotSupportedError):
            raise Aufgeschoben("verschluesselung", alle=True) from None
        except (smtplib.SMTPException, OSError):
            raise Aufgeschoben("verbindung", alle=True) from None
        return self._verbindung

    def _verwirf(self) -> None:
        if self._verbindung is not None:
            self._verbindung.close()
            self._verbindung = None

    def schliesse(self) -> None:
        """Die Nachrichten sind angenommen; ein Fehler beim Abschied ändert daran nichts."""
        if self._verbindung is not None:
            try:
                self._verbindung.quit()
            except (smtplib.SMTPException, OSError):
                self._verbindung.close()
            self._verbindung = None


def _nach_antwort(code: int, text: bytes | str) -> Aufgeschoben | Abgelehnt:
    """Will der eigene Mailserver eine Anmeldung oder gibt er für uns nichts weiter (x.7.x), betrifft es alle Nachrichten."""
    if code in _ANMELDUNG_VERLANGT:
        return Aufgeschoben("anmeldung", alle=True)
    if 500 <= code < 600 and _RICHTLINIE.match(text.decode("ascii", "replace") if isinstance(text, bytes) else text):
        return Aufgeschoben(ABGEWIESEN, alle=True)
    return Abgelehnt(str(code)) if 500 <= code < 600 else Aufgeschoben(str(code))


def _angemeldet(z: Zugang) -> smtplib.SMTP:
    kontext = ssl.create_default_context(cafile=z.ca)
    oeffne: Callable[[], smtplib.SMTP] = (
        (lambda: smtplib.SMTP_SSL(z.host, z.port, timeout=z.wartet, context=kontext)) if z.tls == "tls"
        else (lambda: smtplib.SMTP(z.host, z.port, timeout=z.wartet)))
    server = oeffne()
    try:
        server.ehlo_or_helo_if_needed()
        if z.tls == "starttls":
            server.starttls(context=kontext)
        if z.nutzer:
            server.login(z.nutzer, z.kennwort)
    except (smtplib.SMTPException, OSError, UnicodeEncodeError):
        server.close()
        raise
    return server


def lies_kennwort(kennwort: str, datei: Path | None) -> str:
    if datei is None:
        return kennwort
    try:
        return datei.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as fehler:
        raise Betriebsfehler(f"Die Datei {datei} mit dem Kennwort des Mailservers lässt sich nicht lesen ({fehler.strerror}).") from fehler
