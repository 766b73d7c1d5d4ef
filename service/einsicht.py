"""Namen und Gründe im Verlauf: alle für die Koordination, für andere nur die eigenen und was sie unterrichten soll.

Was wen unterrichten soll, sagt die Tabelle des Ablaufs: Nennt ein Schritt unter `meldet` ein Wort, hinter dem die Person
steht, ist sein Grund auch für sie bestimmt. Warum ein Vorgang von Hand zu Hand ging, bleibt bei der Koordination.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from forms.personen import ROLLEN
from service.faltung import Geschehen, uebergang_von
from states.model import Rolle as R

# Hinter welchem Wort der Tabelle wer steht; „zustaendig“ und „vertretung“ meinen eine Person und stehen nicht hier.
_GEMEINT: Mapping[str, frozenset[str]] = {
    "melder": frozenset({R.MELDER, R.CASE_MANAGEMENT}), "beteiligte": frozenset({R.FR_GAST, R.MELDER, R.CASE_MANAGEMENT}),
    "mitglieder": frozenset({R.AG_MITGLIED}), "ag_leitung": frozenset({R.AG_LEITUNG}), "cm": frozenset({R.CASE_MANAGEMENT}),
    "sitze": frozenset({R.LG_MITGLIED, R.LG_VORSITZ}), "vorsitz": frozenset({R.LG_VORSITZ}), "leitung": frozenset({R.LEITUNG}),
    "verteiler": frozenset({R.EMPFAENGER, R.UMSETZENDE_STELLE}), "umsetzende": frozenset({R.UMSETZENDE_STELLE}),
    "eigner": frozenset({R.UMSETZENDE_STELLE}), "stelle": frozenset({R.EMPFAENGER, R.UMSETZENDE_STELLE}),
}


class Einsicht(NamedTuple):
    """`worte`: hinter welchen Empfängerwörtern die Person bei diesem Vorgang steht."""

    person: str
    koordination: bool
    worte: frozenset[str]

    def nennt(self, wer: str) -> bool:
        return self.koordination or wer == self.person

    def begruendet(self, art: str, e: Geschehen) -> bool:
        if self.nennt(e.person):
            return True
        u = uebergang_von(art, e)
        return u is not None and any(not self.worte.isdisjoint(m.an) for m in u.meldet)

    def wer(self, e: Geschehen, rolle: str, namen: Mapping[str, str]) -> str:
        """Der Name, sonst als wer die Person handelte; was von selbst geschah, hat niemanden."""
        return namen.get(e.person, e.person) if self.nennt(e.person) else ROLLEN.get(R(rolle), "")


KEINE = Einsicht("", False, frozenset())


def einsicht(person: str, koordination: bool, als: frozenset[str], zustaendige: Mapping[str, str | None]) -> Einsicht:
    """`als`: in welchen Rollen die Person den Vorgang sieht; `zustaendige`: das Wort und wer dahinter steht."""
    worte = {w for w, rollen in _GEMEINT.items() if rollen & als} | {w for w, wer in zustaendige.items() if wer == person}
    return Einsicht(person, koordination, frozenset(worte))
