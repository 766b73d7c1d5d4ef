"""Kleine Bausteine für Tests: gültige Antworten und Züge in einer eigenen Transaktion."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from service.apply import Ergebnis, Schritt, apply
from service.db import Datenbank
from service.handelnde import Handelnde
from service.profil import Profil
from service.umfeld import Umfeld

JETZT = datetime(2026, 1, 7, 9, 0, tzinfo=UTC)

MELDUNG: dict[str, Any] = {
    "kanal": "online", "melder_art": "externe_stelle", "melder_institution": "MBE-Beratungsstelle Lüdenscheid",
    "melder_funktion": "MBE-Beratung", "kommune": "Lüdenscheid", "titel": "Kurse beginnen nicht", "beschreibung": "Niemand weiß, wann.",
    "meldungsart": "huerde", "ebene": "prozess", "handlungsfelder": ["Bildung und Sprache"], "rechtskreise": ["SGB II"],
    "zielgruppe": {"status_gruppe": "Schutzberechtigte", "altersband": "27-49", "familie": True}, "dringlichkeit": "mittel",
    "anonymisiert_bestaetigt": True,
}


def person(key: str, *rollen: str, bereich: str = "", institution: str | None = None, abh: bool = False) -> Handelnde:
    return Handelnde(key, key, institution, frozenset((r, bereich) for r in rollen), abh)


def ohne_sitze(profil: Profil) -> Profil:
    """Dasselbe Profil ohne die Sitze der Lenkungsgruppe."""
    return Profil.model_validate({**json.loads(profil.kanonisch()), "sitze": [], "demonstration": {}})


KOORDINATION = person("koord_a", "koordination", bereich="kreis")
KOORDINATION_B = person("koord_b", "koordination", bereich="kreis")
ISERLOHN = person("koord_is", "koordination", bereich="iserlohn")
MELDER = person("mbe", "melder", institution="MBE-Beratungsstelle Lüdenscheid")


def tue(db: Datenbank, umfeld: Umfeld, wer: Handelnde, *schritte: Schritt, jetzt: datetime = JETZT) -> Ergebnis:
    return db.in_transaktion(lambda s: apply(s, schritte, wer, jetzt, umfeld))


def konto(db: Datenbank, key: str, *rollen: str, bis: str | None = None) -> None:
    """Eine Person mit ihren Rollen in der Datenbank, wie sie eine Übergabe braucht."""
    with db.transaktion() as s:
        s.fuehre("INSERT INTO person (key, name, von, bis, vorfuehrung) VALUES (:key, :key, '2020-01-01', :bis, 0)",
                 {"key": key, "bis": bis})
        s.viele("INSERT INTO person_rolle (person, rolle, bereich, von) VALUES (:key, :rolle, 'kreis', '2020-01-01')",
                [{"key": key, "rolle": rolle} for rolle in rollen])


def melde(db: Datenbank, umfeld: Umfeld, **anders: Any) -> str:
    """Reicht eine Meldung ein und gibt ihren Schlüssel zurück."""
    schritt = Schritt("einreichen", art="meldebogen", daten={**MELDUNG, **anders})
    return tue(db, umfeld, MELDER, schritt).erste.key
