"""Postfächer berichtigen: das einer Stelle als neue Zeile mit Verlauf, das einer Person an ihrem Eintrag; beides steht im Protokoll."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from service.adressen import NIEMAND, STELLE
from service.ausgang import kopfzeile_erlaubt
from service.clock import als_text
from service.db import Sitzung
from service.eintraege import setze_postfach
from service.errors import NichtGefunden, Ungueltig, Unmoeglich
from service.handelnde import Handelnde
from service.profil import Profil
from service.profil_angaben import Postfach
from service.protokoll import vermerke

_ADRESSE: TypeAdapter[str] = TypeAdapter(Postfach)


def geprueft(adresse: str) -> str:
    try:
        neu = _ADRESSE.validate_python(adresse.strip())
    except ValidationError:
        neu = ""
    if not (neu and neu.isascii() and kopfzeile_erlaubt(neu)):
        raise Ungueltig({"adresse": "Bitte geben Sie eine Mailadresse an, zum Beispiel amt@stadt.example, ohne Namen davor."})
    return neu


def berichtige(s: Sitzung, empfaenger: str, adresse: str, wer: Handelnde, jetzt: datetime, profil: Profil) -> None:
    """`empfaenger` wie in der Tabelle `sendung`. Wirft Ungueltig, NichtGefunden, Unmoeglich."""
    neu = geprueft(adresse)
    if empfaenger.startswith(NIEMAND):
        raise Unmoeglich(("Wer gemeint ist, ließ sich nicht ermitteln; ein Postfach allein hilft hier nicht.",))
    if empfaenger.startswith(STELLE):
        stelle = profil.institution(empfaenger.removeprefix(STELLE))
        if stelle is None:
            raise NichtGefunden
        s.fuehre("INSERT INTO postadresse (stelle, adresse, seit, person) VALUES (:stelle, :adresse, :seit, :person)",
                 {"stelle": stelle.key, "adresse": neu, "seit": als_text(jetzt), "person": wer.key})
        vermerke(s, jetzt, "", "postfach_berichtigt", {"stelle": stelle.key}, wer.key)
        setze_postfach(s, stelle.key, neu, wer, jetzt)
        return
    if s.fuehre("UPDATE person SET postfach = :adresse WHERE key = :key", {"adresse": neu, "key": empfaenger}) != 1:
        raise NichtGefunden
    vermerke(s, jetzt, "", "postfach_berichtigt", {"konto": empfaenger}, wer.key)


def verlauf(s: Sitzung, stelle: str) -> list[tuple[str, str, str]]:
    """(Adresse, seit, wer), das Neueste zuerst."""
    return [(adresse, seit, wer) for adresse, seit, wer in s.alle(
        "SELECT a.adresse, a.seit, coalesce(p.name, a.person) FROM postadresse a LEFT JOIN person p ON p.key = a.person "
        "WHERE a.stelle = :stelle ORDER BY a.id DESC", {"stelle": stelle})]
