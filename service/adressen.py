"""Wer unter welcher Adresse zu erreichen ist: Personen und Stellen, einmal je Runde gelesen.

Eine Stelle erreicht man über das Funktionspostfach, das an diesem Tag für sie eingetragen ist, eine Person über ihr eigenes
oder sonst über das ihrer Stelle. Wer kein gültiges Konto mehr hat, den ersetzt seine Vertretung.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property

from service.db import Sitzung
from service.handelnde import Handelnde
from service.profil import Institution, Profil
from service.profil_angaben import vergleichbar
from states.model import Rolle

STELLE = "stelle:"
NIEMAND = "?:"

_PERSONEN = ("SELECT p.key, p.name, p.institution, p.postfach, coalesce(b.sprache, '') FROM person p "
             "LEFT JOIN besuch b ON b.person = p.key WHERE p.von <= :heute AND (p.bis IS NULL OR p.bis >= :heute) ORDER BY p.key")
_KONTAKTE = "SELECT kennung, angaben FROM eintrag WHERE art = 'kontakte' AND von <= :heute AND (bis IS NULL OR bis >= :heute)"
_ROLLEN = ("SELECT person, rolle, bereich FROM person_rolle WHERE von <= :heute AND (bis IS NULL OR bis >= :heute) ORDER BY id")


@dataclass(frozen=True)
class Empfaenger:
    """`key` wie in der Tabelle `sendung`. Ohne `person` ließ sich niemand ermitteln, ohne `adresse` fehlt das Postfach.

    `sprache`: in der sich die Person zuletzt anmeldete; leer heißt deutsch, so auch bei Stellen.
    """

    key: str
    person: Handelnde | None
    adresse: str
    sprache: str = ""


class Verzeichnis:
    """Personen mit ihren Rollen, die an einem Tag gelten, und die Stellen des Profils."""

    def __init__(self, s: Sitzung, profil: Profil, heute: str) -> None:
        self.profil = profil
        self._postfaecher: dict[str, str] = {k: json.loads(a)["postfach"] for k, a in s.alle(_KONTAKTE, {"heute": heute})}
        rollen: dict[str, set[tuple[str, str]]] = {}
        self._nach_rolle: dict[str, list[tuple[str, str]]] = {}
        for person, rolle, bereich in s.alle(_ROLLEN, {"heute": heute}):
            rollen.setdefault(person, set()).add((rolle, bereich))
            self._nach_rolle.setdefault(rolle, []).append((person, bereich))
        self._personen: dict[str, Empfaenger] = {}
        for key, name, stelle, postfach, sprache in s.alle(_PERSONEN, {"heute": heute}):
            gefunden = profil.institution(stelle) if stelle else None
            handelnde = Handelnde(key, name, gefunden.name if gefunden else stelle, frozenset(rollen.get(key, ())),
                                  gefunden.abh if gefunden else stelle is not None)
            self._personen[key] = Empfaenger(key, handelnde, postfach or self._postfach(key, gefunden), sprache)

    def _postfach(self, key: str, stelle: Institution | None) -> str:
        vorgesehen = self._der_vorfuehrung.get(key, "")
        return vorgesehen or self.postfach_von(stelle)

    def postfach_von(self, stelle: Institution | None) -> str:
        """Das Funktionspostfach, das an diesem Tag für die Stelle eingetragen ist."""
        return self._postfaecher.get(vergleichbar(stelle.key), "") if stelle else ""

    @cached_property
    def _der_vorfuehrung(self) -> dict[str, str]:
        return {p.key: p.postfach for p in self.profil.personen if p.postfach}

    def person(self, key: str | None) -> Empfaenger | None:
        return None if key is None else self._personen.get(key)

    def personen(self) -> list[Handelnde]:
        return [e.person for e in self._personen.values() if e.person is not None]

    def mit_rolle(self, rolle: Rolle, bereich: str | None = None) -> list[Empfaenger]:
        """Wer die Rolle hat; mit Bereich nur, wer sie dort oder im ganzen Gebiet hat."""
        keys = dict.fromkeys(p for p, b in self._nach_rolle.get(rolle.value, ()) if bereich is None or b in (bereich, ""))
        return [e for key in keys if (e := self.person(key)) is not None]

    def stelle(self, bezeichnung: str | None, rolle: Rolle) -> Empfaenger | None:
        """Das Funktionspostfach einer Stelle; sie wird behandelt wie ein Konto mit dieser Rolle."""
        gefunden = self.profil.institution(bezeichnung) if bezeichnung else None
        if gefunden is None:
            return None
        handelnde = Handelnde(f"{STELLE}{gefunden.key}", gefunden.name, gefunden.name, frozenset({(rolle.value, "")}), gefunden.abh)
        return Empfaenger(handelnde.key, handelnde, self.postfach_von(gefunden))

    def wer(self, bezeichnung: str, rolle: Rolle) -> Empfaenger:
        """Eine Stelle, ein Konto oder eine Rollenbezeichnung der Vorführung; sonst ein Empfänger, den niemand kennt."""
        genannt = self.profil.person(bezeichnung)
        return (self.stelle(bezeichnung, rolle) or self.person(bezeichnung) or self.person(genannt.key if genannt else None)
                or self.unbekannt(bezeichnung))

    def unbekannt(self, bezeichnung: str) -> Empfaenger:
        return Empfaenger(f"{NIEMAND}{bezeichnung}", None, "")

    def adresse_von(self, key: str) -> str:
        """Die heutige Adresse zu einem gespeicherten Empfänger; leer, wenn es noch immer keine gibt."""
        if key.startswith(STELLE):
            return self.postfach_von(self.profil.institution(key.removeprefix(STELLE)))
        gefunden = self.person(key) or self.wer(key.removeprefix(NIEMAND), Rolle.MELDER)
        return gefunden.adresse

    def schreibt_als(self, key: str | None) -> str:
        """Wohin eine Antwort geht: das Funktionspostfach der Stelle, zu der die zuständige Person gehört."""
        gefunden = self.person(key)
        stelle = self.profil.institution(gefunden.person.institution or "") if gefunden and gefunden.person else None
        return self.postfach_von(stelle) or (gefunden.adresse if gefunden else "")

    def mit_adresse(self, empfaenger: Empfaenger, ersatz: Empfaenger | None) -> Empfaenger:
        """Dieselbe Person unter einer anderen Adresse, wenn sie selbst keine hat."""
        return empfaenger if empfaenger.adresse or ersatz is None else replace(empfaenger, adresse=ersatz.adresse)
