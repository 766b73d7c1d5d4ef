"""Die Arbeit, die gemessen wird: Meldungen auf fünf üblichen Wegen, jeder Schritt eine Transaktion durch `apply`.

Die Texte sind die erfundenen Meldungen der Tests, damit Formulare, JSON und Zeilen die Größe echter Meldungen haben.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from service.apply import Ergebnis, Schritt, apply
from service.datenhaltung import hebe_an
from service.db import Datenbank, Sitzung
from service.handelnde import SYSTEM, Handelnde
from service.profil import DEMONSTRATION, lesen
from service.umfeld import Umfeld, umfeld_aus
from states.model import Rolle

JETZT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
MELDUNGEN = Path(__file__).parent.parent / "tests" / "daten" / "meldungen.jsonl"
_NUR_IMPORT = ("geschaeftszeichen", "eingang")
_GRUND = "In der Vorprüfung so besprochen."
# Auslöser, wer, Antwort, Grund. „{1}“ und „{2}“ sind Sammlungen, „{vorige}“ die Meldung davor, die offen sein muss.
_AUFNEHMEN = ("aufnehmen", "k", {"sammlung": "{1}"}, "")
_UMSAMMELN = ("umsammeln", "k", {"sammlung": "{2}"}, "")
_ERGAENZEN = ("ergaenzen", "melder", {"text": "Inzwischen haben sich zwei weitere Familien mit derselben Frage gemeldet."}, "")
_PARKEN = ("parken", "k", {"wiedervorlage_am": "2027-06-01", "liegt_bei": "Arbeitskreis Sprache"}, _GRUND)
WEGE: tuple[tuple[tuple[str, str, dict[str, str], str], ...], ...] = (
    (("rueckfragen", "k", {"frage": "Seit wann werden die Anträge nicht mehr bewilligt?", "frist_am": "2027-03-22"}, ""),
     ("antworten", "melder", {"text": "Seit dem Frühjahr; die Bescheide liegen uns vor."}, ""),
     _AUFNEHMEN, _ERGAENZEN, _UMSAMMELN, ("auswaehlen", "k", {}, _GRUND), ("auswahl_aufheben", "k", {"ziel": "in_sammlung"}, _GRUND)),
    (_PARKEN, ("wiedervorlegen", "system", {}, ""), _AUFNEHMEN, _UMSAMMELN, _PARKEN, ("wiedervorlegen", "k", {}, ""), _AUFNEHMEN),
    (("als_doppelmeldung_verknuepfen", "k", {"original": "{vorige}"}, ""), ("wiederaufnehmen", "k", {}, _GRUND),
     ("weitergeben", "k", {"an": "Bezirksregierung"}, _GRUND)),
    (("uebernehmen", "k", {}, ""), _ERGAENZEN, _AUFNEHMEN, ("wieder_vorgekommen", "melder", {"vorgekommen_am": "2027-02-26"}, ""),
     ("auswaehlen", "k", {}, _GRUND), ("zurueckziehen", "melder", {}, "")),
    (("uebernehmen", "k", {}, ""), ("kurz_klaeren", "k", {"mit": "Jobcenter", "vereinbart": "Termin noch in dieser Woche."}, "")),
)

Anwenden = Callable[[Sitzung, Schritt, Handelnde], Ergebnis]


@dataclass(frozen=True)
class Gespann:
    """Was jede Messung braucht: das Profil der Vorführung, die Koordination je Bereich und die Meldungen."""

    umfeld: Umfeld
    meldungen: list[dict[str, Any]]
    koordination: dict[str, Handelnde]

    def zustaendig(self, meldung: dict[str, Any]) -> Handelnde:
        return self.koordination[self.umfeld.profil.bereich_von(meldung["kommune"]).key]

    @property
    def k(self) -> Handelnde:
        return next(iter(self.koordination.values()))

    def wende_an(self, s: Sitzung, schritt: Schritt, wer: Handelnde) -> Ergebnis:
        return apply(s, [schritt], wer, JETZT, self.umfeld)

    def tue(self, db: Datenbank, wer: Handelnde, *schritte: Schritt) -> Ergebnis:
        return db.in_transaktion(lambda s: apply(s, schritte, wer, JETZT, self.umfeld))


def gespann() -> Gespann:
    profil = lesen(DEMONSTRATION)
    koordination = {b.key: Handelnde(f"koord_{b.key}", rollen=frozenset({(Rolle.KOORDINATION.value, b.key)})) for b in profil.bereiche}
    umfeld = umfeld_aus(profil, "bench", {b: (k.key,) for b, k in koordination.items()})
    zeilen = [json.loads(z) for z in MELDUNGEN.read_bytes().split(b"\n") if z.strip()]
    return Gespann(umfeld, [{k: w for k, w in z.items() if k not in _NUR_IMPORT} for z in zeilen], koordination)


def neue_datenbank(adresse: str | Path, g: Gespann, *, groesse: int = 16) -> tuple[Datenbank, tuple[str, str]]:
    """Eine Datenbank auf dem Stand des Programms mit zwei Sammlungen."""
    db = Datenbank(adresse, groesse=groesse)
    hebe_an(db)
    eins, zwei = (Schritt("anlegen", art="sammlung", daten={"titel": titel}) for titel in ("Kursstart", "Rechtskreiswechsel"))
    return db, (g.tue(db, g.k, eins).erste.key, g.tue(db, g.k, zwei).erste.key)


class Strecke:
    """Ein Strom von Schritten. Jeder hängt vom Ergebnis des vorigen ab (Schlüssel, Version), wie auf einer Seite."""

    def __init__(self, g: Gespann, db: Datenbank, sammlungen: tuple[str, str], ab: int = 0, wende_an: Anwenden | None = None) -> None:
        self.g, self.db, self.sammlungen, self.vorige = g, db, sammlungen, ""
        self._key, self._version = "", 0
        self._wende_an = wende_an or g.wende_an
        self._strom = self._schritte(ab)

    def fahre(self, anzahl: int) -> list[float]:
        """Tut `anzahl` Schritte, jeden in seiner Transaktion; die Sekunden jedes einzelnen."""
        zeiten = []
        for _ in range(anzahl):
            wer, schritt = next(self._strom)
            beginn = perf_counter()
            ergebnis = self.db.in_transaktion(lambda s, wer=wer, schritt=schritt: self._wende_an(s, schritt, wer))  # type: ignore[misc]
            zeiten.append(perf_counter() - beginn)
            self._key = ergebnis.erste.key
            self._version = max(b.version for b in ergebnis.bewegungen if b.key == self._key)
        return zeiten

    def _schritte(self, nr: int) -> Iterator[tuple[Handelnde, Schritt]]:
        while True:
            yield from self._meldung(nr)
            nr += 1

    def _meldung(self, nr: int) -> Iterator[tuple[Handelnde, Schritt]]:
        meldung = self.g.meldungen[nr % len(self.g.meldungen)]
        melder = Handelnde("melder", institution=meldung["melder_institution"], rollen=frozenset({(Rolle.MELDER.value, "")}))
        wer = {"k": self.g.zustaendig(meldung), "melder": melder, "system": SYSTEM}
        yield melder, Schritt("einreichen", art="meldebogen", daten=meldung)
        key = self._key
        for ausloeser, rolle, daten, grund in WEGE[nr % len(WEGE)] if self.vorige else WEGE[0]:
            gefuellt = {f: w.format(None, *self.sammlungen, vorige=self.vorige) for f, w in daten.items()}
            yield wer[rolle], Schritt(ausloeser, key, daten=gefuellt, grund=grund, version=self._version)
        self.vorige = key
