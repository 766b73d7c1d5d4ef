"""Schmiedet Antworten: aus einem Formular und dem, was es schon gibt, eine glaubwürdige Eingabe, oder mit Absicht eine schlechte.

Der Würfel ist immer ein `Random` mit festem Samen, damit jeder Lauf sich wiederholen lässt. Was ein Schritt an Inhalt
braucht, damit seine Wächter zustimmen, steht in `tests/rezepte.py`; hier ist nur, was für jedes Formular gilt.
"""

from __future__ import annotations

import types
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from forms import formular
from forms.dienstleistungskette import Dezimalzahl
from forms.grundform import AusListe, Auswahl, Datum, Monat, Textregel
from service.clock import berliner_tag
from service.db import Datenbank
from service.handelnde import Handelnde
from service.laden import Akte, Netz, lade
from service.umfeld import Umfeld
from states.kette import PROZESSE, glieder
from states.glieder import Folge
from states.model import ZURUECKGENOMMEN, Hop, Rolle, Uebergang
from states.verbindungen import VERBINDUNGEN

Antwort = dict[str, Any]
Kante = tuple[str, str, str, str]  # (Art, von, Auslöser, nach)

# Stellen, wie das Profil sie nennt; die ersten melden, die mittleren arbeiten in Gruppen mit, die letzte ist eine Ausländerbehörde.
ABH_STELLE = "Ausländerbehörde Märkischer Kreis, Lüdenscheid"
CM_STELLE = "KIM-Case Management Lüdenscheid"
KOORDINATION_STELLE = "KIM-Koordination"
STELLEN = ("MBE-Beratungsstelle Lüdenscheid", "VHS Lüdenscheid", "Jobcenter Märkischer Kreis", "Stadt Hemer, Sozialamt",
           CM_STELLE, ABH_STELLE)

BOESE_TEXTE = (
    "", " ", "\x00", "Zeile\nund\r\nnoch eine", "<script>alert(1)</script>", "{{ 7 * 7 }}{stelle}%s", '=HYPERLINK("x")',
    "'; DROP TABLE vorgang; --",
    "\u202eumgekehrt", "\ud800", "=?utf-8?q?Betreff?=", "😀" * 50, "x" * 10_000, "GT-01", "None", "2026-13-45", "\u200b",
)
BOESE_WERTE: tuple[Any, ...] = (None, True, 7, -1, 10**30, 1.5, [], {}, [[]], {"x": {"y": []}}, ["GT-01", None, 5], "2026-02-30", 0)


def person(key: str, *rollen: str, bereich: str = "", institution: str | None = None, abh: bool = False) -> Handelnde:
    return Handelnde(key, key, institution, frozenset((r, bereich) for r in rollen), abh)


PERSONEN = (
    person("koord_a", "koordination", bereich="kreis", institution=KOORDINATION_STELLE),
    person("koord_b", "koordination", bereich="kreis", institution=KOORDINATION_STELLE),
    person("koord_is", "koordination", bereich="iserlohn", institution="KIM-Koordination Stadt Iserlohn"),
    person("cm_a", "case_management", institution=CM_STELLE),
    person("cm_b", "case_management", "melder", institution="KIM-Case Management Hemer"),
    person("mbe", "melder", "fr_gast", institution=STELLEN[0]),
    person("vhs", "melder", "ag_mitglied", institution=STELLEN[1]),
    person("jobcenter", "ag_leitung", "umsetzende_stelle", institution=STELLEN[2]),
    person("sozialamt", "umsetzende_stelle", institution=STELLEN[3]),
    person("vorsitz", "lg_vorsitz", institution="Fachbereichsleitung Jugend und Bildung, Märkischer Kreis"),
    person("sitz_2", "lg_mitglied", institution="Kommunales Integrationszentrum Märkischer Kreis, Lüdenscheid"),
    person("verwaltung", "verwaltung", institution=KOORDINATION_STELLE),
    person("abh", "melder", "koordination", "case_management", "lg_vorsitz", "verwaltung", bereich="kreis", institution=ABH_STELLE,
           abh=True),
    person("leitung", "leitung", "revision", "admin", "gremium"),
    person("fremd"),
)
SITZE = tuple({"sitz": f"S{n:02}", "funktion": f"Amt {n}", "personen": [wer]}
              for n, wer in enumerate(("vorsitz", "sitz_2", "sitz_3", "sitz_4"), start=1))


@dataclass
class Welt:
    """Was es gerade gibt, aus der Datenbank gelesen; nachgeladen wird nur, was sich bewegt hat."""

    umfeld: Umfeld
    jetzt: datetime
    netz: Netz = field(default_factory=Netz)
    bisher: Counter[Kante] = field(default_factory=Counter)  # wie oft jede Kante schon begangen ist
    vergeblich: Counter[Kante] = field(default_factory=Counter)  # wie oft sie abgelehnt wurde

    @property
    def heute(self) -> date:
        return berliner_tag(self.jetzt)

    def lies(self, db: Datenbank, jetzt: datetime) -> None:
        self.jetzt = jetzt
        neu = Netz()
        with db.lesen() as s:
            gewachsen = [k for k, version in s.alle("SELECT id, version FROM vorgang ORDER BY id")
                         if k not in self.netz.akten or self.netz.akten[k].version != version]
            for kennung, a in self.netz.akten.items():
                if kennung not in gewachsen:
                    neu.auf(a)
            lade(s, gewachsen, neu)
            for von, art, nach in s.alle("SELECT von, art, nach FROM verbindung WHERE offen = 1 ORDER BY id"):
                neu.verbinde(von, art, nach)
        self.netz = neu

    def akten(self, *arten: str, zustand: tuple[str, ...] = ()) -> list[Akte]:
        """Alle; mit `arten` die, auf die man sich stützen kann: nicht, was versehentlich angelegt war."""
        gefunden = [a for a in self.netz.akten.values() if (not arten or (a.art in arten and a.zustand != ZURUECKGENOMMEN.wert))
                    and (not zustand or a.zustand in zustand)]
        return sorted(gefunden, key=lambda a: a.id)

    def nachbarn(self, a: Akte, *weg: Hop) -> list[Akte]:
        return self.netz.entlang(a.id, weg)

    def neuheit(self, a: Akte | None, art: str, u: Uebergang) -> float:
        """Wie viel Unbegangenes der Schritt verspricht: er selbst, was er bei Nachbarn anstößt, und was seine Marke erst möglich macht."""
        von = a.zustand if a else ""
        wert = self._neu((art, von, u.ausloeser, u.nach or von))
        if a is None:  # was es noch nicht oft genug gab: an jedem weiteren lässt sich Neues versuchen
            return wert or 0.1 * any(self._neu((art, *k)) > 0.3 for k in PROZESSE[art].kanten())
        if u.setzt and u.setzt not in a.marken:
            danach = [x for x in ab(art, von) if u.setzt in x.loescht]
            wert += max((self._neu((art, von, x.ausloeser, x.nach or von)) for x in danach), default=0)
        versucht = 1 + self.bisher[art, von, u.ausloeser, u.nach or von] / 4
        if u.nach and u.nach != von:  # was dort wartet
            wert = max(wert, 0.5 * min(1.0, sum(map(self._neu, _zu_gehen(art, u.nach))) / 3) / versucht)
        for g in (g for g in glieder(art, u.ausloeser) if isinstance(g, Folge)):
            for n in self.netz.entlang(a.id, g.weg):
                neue = [self._neu((n.art, n.zustand, x.ausloeser, x.nach or n.zustand))
                        for f in g.feuert for x in PROZESSE[n.art].kandidaten(f, n.zustand)]
                wert = max(wert, 0.7 * sum(neue) / max(1, len(neue)) / versucht)
        return wert

    def _neu(self, kante: Kante) -> float:
        return 0.0 if self.bisher[kante] else 1 / (1 + 0.3 * self.vergeblich[kante])

    def am(self, tage: int) -> str:
        return (self.heute + timedelta(days=tage)).isoformat()


# --- Felder ---------------------------------------------------------------------------------------------------------


@dataclass
class Schmied:
    """Füllt Formulare aus. `welt` sagt, welche Schlüssel es gibt; `z` ist der Würfel."""

    welt: Welt
    z: Random

    def antwort(self, klasse: type[BaseModel], arten: dict[str, tuple[str, ...]], wahlfrei: float = 0.3) -> Antwort:
        """Alle Pflichtfelder, von den freien etwa `wahlfrei`; `arten`: Feld -> Arten der Vorgänge, deren Schlüssel hineingehören."""
        fertig: Antwort = {}
        for name, feld in klasse.model_fields.items():
            if feld.is_required() or self.z.random() < wahlfrei:
                leer = not feld.is_required() and type(None) in get_args(feld.annotation) and self.z.random() < 0.3
                fertig[name] = None if leer else self.wert(name, feld, arten)
        return fertig

    def wert(self, name: str, feld: FieldInfo, arten: dict[str, tuple[str, ...]]) -> Any:
        typ: Any = feld.annotation
        return self._typ(name, Annotated[(typ, *feld.metadata)] if feld.metadata else typ, arten)

    def _typ(self, name: str, typ: Any, arten: dict[str, tuple[str, ...]]) -> Any:
        angaben: tuple[Any, ...] = ()
        if typ == Datum:
            return self.tag(name)
        if typ == Monat:
            return self.welt.am(-self.z.randrange(200))[:7]
        while get_origin(typ) is Annotated:
            innen, *weitere = get_args(typ)
            angaben = (*weitere, *angaben)
            typ = innen
        herkunft = get_origin(typ)
        if herkunft in (Union, types.UnionType):
            moegliche = [t for t in get_args(typ) if t is not type(None)]
            return self._typ(name, self.z.choice(moegliche), arten)
        if herkunft is Literal:
            return self.z.choice(get_args(typ))
        if herkunft in (tuple, list):
            return self._liste(name, get_args(typ)[0], _grenzen(angaben), arten)
        if herkunft is dict:
            return {}
        return self._einfach(name, typ, angaben, arten)

    def _einfach(self, name: str, typ: Any, angaben: tuple[Any, ...], arten: dict[str, tuple[str, ...]]) -> Any:
        if isinstance(typ, type) and issubclass(typ, BaseModel):
            return self.antwort(typ, {})
        if typ is bool:
            return self.z.random() < 0.7
        if typ is int:
            unten, oben = _zahlengrenzen(angaben)
            return self.z.randint(unten, min(oben, unten + 30))
        if typ is date:
            return self.tag(name)
        return self._text(name, angaben, arten)

    def _liste(self, name: str, innen: Any, grenzen: tuple[int, int], arten: dict[str, tuple[str, ...]]) -> list[Any]:
        menge = self.z.randint(grenzen[0], max(grenzen[0], min(grenzen[1], grenzen[0] + 2)))
        return [self._typ(name, innen, arten) for _ in range(menge)]

    def _text(self, name: str, angaben: tuple[Any, ...], arten: dict[str, tuple[str, ...]]) -> str:
        for angabe in angaben:
            if isinstance(angabe, Auswahl):
                return str(self.z.choice(list(angabe.bezeichnungen)))
            if isinstance(angabe, AusListe):
                return str(self.z.choice(getattr(self.welt.umfeld.kontext(self.welt.jetzt), angabe.liste)))
            if isinstance(angabe, Dezimalzahl):
                return str(self.z.randint(0, 100))
        if name in arten:
            return self.schluessel(arten[name])
        laenge = next((a.hoechstens for a in angaben if isinstance(a, Textregel)), 40)
        if laenge == 200 and self.z.random() < 0.8:
            return self.z.choice(STELLEN)
        return f"{name} {self.z.randrange(100)}"[:laenge]

    # --- Bausteine, die auch die Rezepte brauchen

    def tag(self, name: str = "") -> str:
        """Ein Tag um heute: was gewesen ist, davor; was kommen soll, danach."""
        vergangen = name.endswith("_am") and name not in ("wiedervorlage_am", "pruefung_am", "frist_am")
        return self.welt.am(-self.z.randrange(20) if vergangen else self.z.randrange(1, 120))

    def schluessel(self, arten: tuple[str, ...]) -> str:
        """Meist ein Vorgang der richtigen Art, selten ein fremder oder einer, den es nicht gibt."""
        wurf = self.z.random()
        moegliche = self.welt.akten() if wurf < 0.05 else self.welt.akten(*arten)
        if wurf > 0.97 or not moegliche:
            return "GT-9999"
        return self.z.choice(moegliche[-8:]).key

    def verdirb(self, antwort: Antwort) -> Antwort:
        """Eine Antwort, wie sie nicht sein soll: etwas fehlt, ist zu viel, hat die falsche Art oder will etwas anrichten."""
        schlecht: Antwort = self._verderbe(antwort) if antwort else {"unbekannt": 1}
        return schlecht

    def _verderbe(self, wert: Any) -> Any:
        """Meist tief innen, sonst gleich hier."""
        if isinstance(wert, dict) and wert:
            feld = self.z.choice([*wert, "unbekannt"])
            if self.z.random() < 0.2:
                return {k: w for k, w in wert.items() if k != feld}
            return {**wert, feld: self._verderbe(wert.get(feld))}
        if isinstance(wert, list) and wert and self.z.random() < 0.6:
            n = self.z.randrange(len(wert))
            return [*wert[:n], self._verderbe(wert[n]), *wert[n + self.z.randrange(2):]]
        return self.boese()

    def lasse_weg(self, wert: Any) -> Any:
        """Eine gültige, aber nachlässige Antwort: ein Eintrag weniger, ein Kreuz anders, ein Text leer, ein Vorgang statt eines anderen."""
        if isinstance(wert, dict) and wert:
            feld = self.z.choice(list(wert))
            return {**wert, feld: self.lasse_weg(wert[feld])}
        if isinstance(wert, list) and wert:
            n = self.z.randrange(len(wert))
            return [*wert[:n], *wert[n + 1:]] if self.z.random() < 0.5 else [*wert[:n], self.lasse_weg(wert[n]), *wert[n + 1:]]
        if isinstance(wert, bool):
            return not wert
        akten = self.welt.akten()
        if isinstance(wert, str) and self.welt.netz.bei_key(wert) and akten:
            gleiche = self.welt.akten(self.welt.netz.akten[self.welt.netz.nach_key[wert]].art)
            return self.z.choice(gleiche if self.z.random() < 0.8 else akten).key
        return self.z.choice(("", None))

    def boese(self) -> Any:
        wurf = self.z.randrange(4)
        if wurf == 0:
            return self.z.choice(BOESE_WERTE)
        if wurf == 1 and (akten := self.welt.akten()):
            return self.z.choice(akten).key
        return self.z.choice(BOESE_TEXTE) if wurf else [self.z.choice(BOESE_TEXTE) for _ in range(2)]


def _grenzen(angaben: tuple[Any, ...]) -> tuple[int, int]:
    unten, oben = 0, 3
    for a in _einzelne(angaben):
        unten = getattr(a, "min_length", None) or unten
        oben = getattr(a, "max_length", None) or oben
    return unten, oben


def _zahlengrenzen(angaben: tuple[Any, ...]) -> tuple[int, int]:
    unten, oben = 0, 100
    for a in _einzelne(angaben):
        unten = getattr(a, "ge", unten)
        oben = getattr(a, "le", oben)
    return unten, oben


def _einzelne(angaben: tuple[Any, ...]) -> list[Any]:
    return [m for a in angaben for m in (a.metadata if isinstance(a, FieldInfo) else (a,))]


@cache
def ab(art: str, zustand: str) -> tuple[Uebergang, ...]:
    return PROZESSE[art].moeglich(zustand)


@cache
def _zu_gehen(art: str, zustand: str) -> tuple[Kante, ...]:
    """Die Kanten ab hier, die nicht nur die Kette geht."""
    return tuple((art, zustand, u.ausloeser, u.nach or zustand) for u in ab(art, zustand) if any(w.rolle != Rolle.KETTE for w in u.wer))


def arten_der_felder(art: str, ausloeser: str) -> dict[str, tuple[str, ...]]:
    """Welche Felder einer Antwort Vorgänge nennen, und welcher Art die sein sollen."""
    arten: dict[str, tuple[str, ...]] = {}
    for u in PROZESSE[art].uebergaenge:
        if u.ausloeser == ausloeser:
            for v in u.verbindet:
                ziel = VERBINDUNGEN[v.hop.art]
                arten[v.feld] = ziel.nach if v.hop.richtung == "hin" else ziel.von
    return arten


def grundantwort(schmied: Schmied, art: str, u: Uebergang, wahlfrei: float = 0.3) -> Antwort:
    """Was das Formular allein verlangt; ohne Formular nichts."""
    return schmied.antwort(formular(art, u.formular), arten_der_felder(art, u.ausloeser), wahlfrei) if u.formular else {}
