"""Wie eine Person zu einem Vorgang stehen kann: jeder Bezug einmal, in zwei Formen.

`gilt` entscheidet über einen geladenen Vorgang, `sql` ist dieselbe Aussage als Bedingung über die Tabelle `vorgang`.
Beide werden im Test gegeneinander gehalten. Wörter aus den Prozesstabellen (Arten, Zustände, Rollen) stehen wörtlich
im SQL; was eine Person mitbringt, ist immer ein Parameter. Ein Bezug fragt nie in einer Schleife.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol

from service.clock import BERLIN, als_text
from service.handelnde import Handelnde
from service.laden import Akte, Netz
from states.model import Rolle, Weg

_WORT = re.compile(r"[a-z_]+")


class Umstaende(NamedTuple):
    """Was neben dem Vorgang selbst zählt: die Vorgänge, zu denen er gehört, und der Kalendertag in Berlin."""

    netz: Netz
    heute: date


@dataclass
class Schreiber:
    """Sammelt die Parameter einer Bedingung. Gleiche Angaben heißen immer gleich, auch über zwei Bedingungen hinweg."""

    person: Handelnde
    heute: date
    werte: dict[str, str] = field(default_factory=dict)
    _tabellen: int = 0

    def parameter(self, name: str, wert: str) -> str:
        self.werte[f"sicht_{name}"] = wert
        return f":sicht_{name}"

    def tabelle(self) -> str:
        self._tabellen += 1
        return f"sicht{self._tabellen}"

    def ich(self) -> str:
        return self.parameter("person", self.person.key)

    def stelle(self) -> str | None:
        return self.parameter("stelle", self.person.institution) if self.person.institution else None


NIE, IMMER = "1 = 0", "1 = 1"


def woerter(werte: Iterable[str]) -> str:
    """Eigene Bezeichner als SQL-Liste; alles andere gehört in einen Parameter."""
    liste = [str(w) for w in werte]
    if not all(_WORT.fullmatch(w) for w in liste):
        raise ValueError(f"Kein Wort einer Prozesstabelle: {liste}")
    return ", ".join(f"'{w}'" for w in liste)


class Bezug(Protocol):
    @property
    def satz(self) -> str:
        """Wann der Bezug besteht, als Satzteil für die Rollentafel."""
        ...

    @property
    def wege(self) -> tuple[Weg, ...]:
        """Die Verbindungen, an deren Ende etwas geladen sein muss."""
        ...

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool: ...

    def sql(self, v: str, z: Schreiber) -> str: ...


class Alle(NamedTuple):
    satz: str = "immer"
    wege: tuple[Weg, ...] = ()

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        return True

    def sql(self, v: str, z: Schreiber) -> str:
        return IMMER


class ImZustand(NamedTuple):
    """Die Zustände stehen als Menge neben der Sichttabelle."""

    zustaende: frozenset[str]
    satz: str
    wege: tuple[Weg, ...] = ()

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        return akte.zustand in self.zustaende

    def sql(self, v: str, z: Schreiber) -> str:
        return f"{v}.zustand IN ({woerter(sorted(self.zustaende))})"


class ImBereich(NamedTuple):
    """Im Bereich der Rolle; ein Vorgang ohne Bereich gehört allen, eine Rolle ohne Bereich gilt überall."""

    rolle: Rolle
    satz: str = "im eigenen Bereich, oder als zuständige Person oder Vertretung"
    wege: tuple[Weg, ...] = ()

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        eigene = person.bereiche(self.rolle)
        return akte.bereich is None or "" in eigene or akte.bereich in eigene or person.key in (akte.zustaendig, akte.vertretung)

    def sql(self, v: str, z: Schreiber) -> str:
        eigene = z.person.bereiche(self.rolle)
        if "" in eigene:
            return IMMER
        teile = [f"{v}.bereich IS NULL", f"{v}.zustaendig = {z.ich()}", f"{v}.vertretung = {z.ich()}"]
        if eigene:
            teile.insert(0, f"{v}.bereich IN ({_bereiche(eigene, z)})")
        return f"({' OR '.join(teile)})"


def _bereiche(bereiche: Collection[str], z: Schreiber) -> str:
    return ", ".join(z.parameter(f"bereich_{n}", b) for n, b in enumerate(sorted(bereiche)))


class Zustaendig(NamedTuple):
    satz: str = "als zuständige Person oder Vertretung"
    wege: tuple[Weg, ...] = ()

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        return person.key in (akte.zustaendig, akte.vertretung)

    def sql(self, v: str, z: Schreiber) -> str:
        return f"({v}.zustaendig = {z.ich()} OR {v}.vertretung = {z.ich()})"


class Geteilt(NamedTuple):
    """Der Text ist mit einem Bereich der Person geteilt; die Beteiligung nennt dann den Bereich."""

    rolle: Rolle
    satz: str = "wenn der Text mit dem eigenen Bereich geteilt ist"
    wege: tuple[Weg, ...] = ()

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        return any((b, self.rolle.value) in akte.beteiligte for b in person.bereiche(self.rolle))

    def sql(self, v: str, z: Schreiber) -> str:
        eigene = z.person.bereiche(self.rolle)
        return _beteiligung(v, _bereiche(eigene, z), (self.rolle,), z) if eigene else NIE


class EigeneInstitution(NamedTuple):
    satz: str = "der eigenen Institution"
    wege: tuple[Weg, ...] = ()

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        return bool(person.institution) and akte.institution == person.institution

    def sql(self, v: str, z: Schreiber) -> str:
        stelle = z.stelle()
        return f"{v}.institution = {stelle}" if stelle else NIE


class Beteiligt(NamedTuple):
    """Als Person oder über die Institution mit einer dieser Rollen beteiligt; `persoenlich`: nur als Person genannt."""

    rollen: tuple[Rolle, ...]
    satz: str
    persoenlich: bool = False
    wege: tuple[Weg, ...] = ()

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        ich = {person.key} if self.persoenlich or not person.institution else {person.key, person.institution}
        return any(wer in ich and rolle in self.rollen for wer, rolle in akte.beteiligte)

    def sql(self, v: str, z: Schreiber) -> str:
        stelle = None if self.persoenlich else z.stelle()
        return _beteiligung(v, f"{z.ich()}, {stelle}" if stelle else z.ich(), self.rollen, z)


def _beteiligung(v: str, wer: str, rollen: Iterable[Rolle], z: Schreiber) -> str:
    b = z.tabelle()
    return (f"EXISTS (SELECT 1 FROM beteiligung {b} WHERE {b}.vorgang = {v}.id AND {b}.offen = 1 AND {b}.wer IN ({wer}) "
            f"AND {b}.rolle IN ({woerter(r.value for r in rollen)}))")


class Freigegeben(NamedTuple):
    """Eine Fassung ist freigegeben, und die Freigabe nicht zurückgenommen; `tage`: höchstens so lange her.

    Der Inhalt nennt den Tag; für SQL steht er im Ereignis der Freigabe, dem keine Rücknahme folgt.
    """

    satz: str
    tage: int = 0
    wege: tuple[Weg, ...] = ()

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        am = str(akte.stand.get("freigegeben_am") or "")
        return bool(am) and (not self.tage or am >= self._seit(um.heute).isoformat())

    def sql(self, v: str, z: Schreiber) -> str:
        e, danach = z.tabelle(), z.tabelle()
        frist = ""
        if self.tage:
            beginn = als_text(datetime.combine(self._seit(z.heute), time(), BERLIN))
            frist = f" AND {e}.zeit >= {z.parameter(f'seit_{self.tage}', beginn)}"
        return (f"EXISTS (SELECT 1 FROM ereignis {e} WHERE {e}.vorgang = {v}.id AND {e}.ausloeser = 'freigeben'{frist} AND NOT EXISTS "
                f"(SELECT 1 FROM ereignis {danach} WHERE {danach}.vorgang = {e}.vorgang AND {danach}.nr = {e}.nr + 1 "
                f"AND {danach}.ausloeser = 'zuruecknehmen'))")

    def _seit(self, heute: date) -> date:
        return heute - timedelta(days=self.tage)


# --- zusammengesetzt --------------------------------------------------------------------------------------------------


class Und(NamedTuple):
    teile: tuple[Bezug, ...]

    @property
    def satz(self) -> str:
        return ", ".join(t.satz for t in self.teile)

    @property
    def wege(self) -> tuple[Weg, ...]:
        return _alle_wege(self.teile)

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        return all(t.gilt(person, akte, um) for t in self.teile)

    def sql(self, v: str, z: Schreiber) -> str:
        return f"({' AND '.join(t.sql(v, z) for t in self.teile)})"


class Oder(NamedTuple):
    teile: tuple[Bezug, ...]

    @property
    def satz(self) -> str:
        return " oder ".join(t.satz for t in self.teile)

    @property
    def wege(self) -> tuple[Weg, ...]:
        return _alle_wege(self.teile)

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        return any(t.gilt(person, akte, um) for t in self.teile)

    def sql(self, v: str, z: Schreiber) -> str:
        return f"({' OR '.join(t.sql(v, z) for t in self.teile)})"


def und(*teile: Bezug) -> Und:
    return Und(teile)


def oder(*teile: Bezug) -> Oder:
    return Oder(teile)


def _alle_wege(teile: Iterable[Bezug]) -> tuple[Weg, ...]:
    return tuple(dict.fromkeys(w for t in teile for w in t.wege))


class Ueber(NamedTuple):
    """Der Bezug besteht zu einem Vorgang am Ende eines Weges aus offenen Verbindungen."""

    weg: Weg
    bezug: Bezug
    satz: str

    @property
    def wege(self) -> tuple[Weg, ...]:
        return (self.weg, *(self.weg + w for w in self.bezug.wege))

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        return any(self.bezug.gilt(person, a, um) for a in um.netz.entlang(akte.id, self.weg))

    def sql(self, v: str, z: Schreiber) -> str:
        tabellen, bedingungen, hier = [], [], f"{v}.id"
        for hop in self.weg:
            x = z.tabelle()
            eigene, andere = ("von", "nach") if hop.richtung == "hin" else ("nach", "von")
            tabellen.append(f"verbindung {x}")
            bedingungen += [f"{x}.{eigene} = {hier}", f"{x}.art = {woerter((hop.art,))}", f"{x}.offen = 1"]
            hier = f"{x}.{andere}"
        ziel = z.tabelle()
        bedingungen += [f"{ziel}.id = {hier}", self.bezug.sql(ziel, z)]
        return f"EXISTS (SELECT 1 FROM {', '.join([*tabellen, f'vorgang {ziel}'])} WHERE {' AND '.join(bedingungen)})"


class Eltern(NamedTuple):
    """Der Bezug besteht zum übergeordneten Vorgang dieser Art (Zielsystem -> Arbeitsgruppe, Maßnahme -> Zielsystem)."""

    art: str
    bezug: Bezug
    satz: str
    wege: tuple[Weg, ...] = ()

    def gilt(self, person: Handelnde, akte: Akte, um: Umstaende) -> bool:
        eltern = um.netz.akten.get(akte.eltern or 0)
        return eltern is not None and eltern.art == self.art and self.bezug.gilt(person, eltern, um)

    def sql(self, v: str, z: Schreiber) -> str:
        e = z.tabelle()
        bedingung = f"{e}.id = {v}.eltern AND {e}.art = {woerter((self.art,))} AND {self.bezug.sql(e, z)}"
        return f"EXISTS (SELECT 1 FROM vorgang {e} WHERE {bedingung})"
