"""Was jemand ohne Konto von einer Seite zur nächsten braucht, höchstens zehn Minuten: Code, Getipptes, Beleg.

Nur das Zufallswort im Cookie öffnet es. Die Datenbank kennt davon den Hash und daneben den Inhalt, mit diesem Wort verschlüsselt: Weder
sie noch eine Sicherung verrät einen Code, und mit dem Cookie allein ist nach zehn Minuten nichts mehr anzufangen.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from service.anmeldung import gehasht
from service.clock import als_text
from service.db import Sitzung

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

LAENGSTENS = timedelta(minutes=10)
_NEU = "INSERT INTO verwahrt (hash, inhalt, bis) VALUES (:hash, :inhalt, :bis)"
_GELTEND = "SELECT inhalt FROM verwahrt WHERE hash = :hash AND bis > :jetzt"


def lege(s: Sitzung, inhalt: Mapping[str, Any], jetzt: datetime, bisher: str) -> str:
    """Ein neues Wort für den neuen Inhalt; was unter dem bisherigen lag und was abgelaufen ist, verschwindet."""
    wort = secrets.token_urlsafe(32)
    vergiss(s, bisher)
    raeume_auf(s, jetzt)
    text = _schloss(wort).encrypt_at_time(json.dumps(inhalt).encode(), int(jetzt.timestamp())).decode()
    s.fuehre(_NEU, {"hash": gehasht(wort), "inhalt": text, "bis": als_text(jetzt + LAENGSTENS)})
    return wort


def hole(s: Sitzung, wort: str, jetzt: datetime) -> dict[str, Any]:
    """Leer, wenn es nichts gibt oder nicht mehr."""
    text = s.wert(_GELTEND, {"hash": gehasht(wort), "jetzt": als_text(jetzt)})
    gefunden: dict[str, Any] = json.loads(_schloss(wort).decrypt(str(text).encode())) if text is not None else {}
    return gefunden


def vergiss(s: Sitzung, wort: str) -> None:
    s.fuehre("DELETE FROM verwahrt WHERE hash = :hash", {"hash": gehasht(wort)})


def raeume_auf(s: Sitzung, jetzt: datetime) -> int:
    return s.fuehre("DELETE FROM verwahrt WHERE bis <= :jetzt", {"jetzt": als_text(jetzt)})


def _schloss(wort: str) -> Fernet:
    from cryptography.fernet import Fernet  # 30 ms, die nur zahlt, wer ohne Konto kommt

    return Fernet(urlsafe_b64encode(hashlib.sha256(f"verwahrt|{wort}".encode()).digest()))
