"""Rückläufer: eine Unzustellbarkeitsnachricht (RFC 3464) macht aus einer zugestellten Sendung eine gescheiterte, also eine Aufgabe.

Erkannt wird sie an der Message-ID der ursprünglichen Nachricht; die kennt nur, wer sie bekommen hat. Aus der Nachricht wird sonst
nichts übernommen, auch nicht ihr Text.
"""

from __future__ import annotations

from typing import NamedTuple
import email
import email.policy
import re
from email.message import EmailMessage, Message

from service.db import Sitzung
from service.sendungen import RUECKLAEUFER

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,200}>")
_ORIGINAL = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_GESCHEITERT = ("UPDATE sendung SET zustand = 'gescheitert', fehler = :fehler, pacht_bis = '' WHERE message_id = :message_id "
                "AND zustand IN ('zugestellt', 'begonnen')")


class Ruecklaeufer(NamedTuple):
    """`endgueltig`: Der Mailserver versucht es nicht weiter."""

    message_id: str
    endgueltig: bool


def lies(roh: bytes) -> Ruecklaeufer | None:
    """None, wenn es keine Unzustellbarkeitsnachricht ist oder sie die ursprüngliche Nachricht nicht nennt."""
    mail = email.message_from_bytes(roh, policy=email.policy.default)
    teile = [t for t in mail.walk() if isinstance(t, EmailMessage)]
    berichte = [gruppe for t in teile if t.get_content_type() == "message/delivery-status" for gruppe in _gruppen(t)]
    message_id = next((m for t in teile if t.get_content_type() in _ORIGINAL and (m := _kennung(t))), "")
    if not berichte or not message_id:
        return None
    return Ruecklaeufer(message_id, any(_endgueltig(gruppe) for gruppe in berichte))


def _gruppen(teil: EmailMessage) -> list[Message]:
    inhalt = teil.get_payload()
    return [g for g in inhalt if isinstance(g, Message)] if isinstance(inhalt, list) else []


def _endgueltig(gruppe: Message) -> bool:
    return str(gruppe.get("Action", "")).strip().lower() == "failed" and str(gruppe.get("Status", "5")).strip().startswith("5")


def _kennung(teil: EmailMessage) -> str:
    inhalt = teil.get_payload()
    kopf = inhalt[0] if isinstance(inhalt, list) and inhalt else email.message_from_string(str(inhalt))
    gefunden = _MESSAGE_ID.search(str(kopf.get("Message-ID", ""))) if isinstance(kopf, Message) else None
    return gefunden[0] if gefunden else ""


def vermerke(s: Sitzung, r: Ruecklaeufer) -> bool:
    """Ob es diese Sendung gibt und sie jetzt als gescheitert gilt."""
    return r.endgueltig and s.fuehre(_GESCHEITERT, {"message_id": r.message_id, "fehler": RUECKLAEUFER}) == 1
