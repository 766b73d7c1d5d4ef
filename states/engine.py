"""Der einzige Ort, der `transitions` kennt: aus einer Prozesstabelle wird eine Maschine, die einen Schritt prüft.

Die Maschine hält nie einen Zustand: sie schaltet einen Wegwerf-Träger, und die Datenbank entscheidet, wer zuerst war.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from transitions import EventData, Machine, MachineError

from states.model import Daten, Fakten, Grund, Prozess, Uebergang, Waechter

_ANFANG = "(neu)"


class Abgelehnt(Exception):
    """Der Schritt ist nicht möglich; `gruende` sind deutsche Sätze, `waechter` die Namen der Bedingungen dahinter."""

    def __init__(self, gruende: tuple[Grund, ...], waechter: tuple[str, ...] = ()) -> None:
        super().__init__(" ".join(str(g) for g in gruende))
        self.gruende = gruende
        self.waechter = waechter


class _Traeger:
    __slots__ = ("erlaubt", "fakten", "gewaehlt", "gruende", "state", "waechter", "ziel")

    def __init__(self, zustand: str, fakten: Fakten, ziel: str | None, erlaubt: Container[int] | None) -> None:
        self.state, self.fakten, self.ziel, self.erlaubt = zustand or _ANFANG, fakten, ziel, erlaubt
        self.gewaehlt: Uebergang | None = None
        self.gruende: list[Grund] = []
        self.waechter: list[str] = []


class _Bedingung:
    """Prüft alle Wächter eines Übergangs und merkt sich ihre Gründe am Träger."""

    def __init__(self, uebergang: Uebergang) -> None:
        self.u = uebergang

    def __call__(self, ereignis: EventData) -> bool:
        t = ereignis.model
        assert isinstance(t, _Traeger)
        if t.ziel and t.ziel != (self.u.nach or t.fakten.zustand):
            return False
        if t.erlaubt is not None and id(self.u) not in t.erlaubt:
            return False
        erfuellt = True
        if self.u.grund_noetig and not t.fakten.grund.strip():
            erfuellt = _scheitert(t, "grund", Grund("Bitte geben Sie einen Grund an.", feld="grund"))
        for w in self.u.waechter:
            if (grund := w.pruefe(t.fakten)) is not None:
                erfuellt = _scheitert(t, w.name, grund)
        if erfuellt:
            t.gewaehlt = self.u
        return erfuellt


def _scheitert(t: _Traeger, name: str, grund: Grund) -> bool:
    if grund not in t.gruende:
        t.gruende.append(grund)
        t.waechter.append(name)
    return False


# Nach der id der Tabelle; sie selbst steht dabei, damit ihre id nie an eine andere kommt.
_MASCHINEN: dict[int, tuple[Prozess, Machine]] = {}


def _maschine(prozess: Prozess) -> Machine:
    if id(prozess) not in _MASCHINEN:
        kanten: list[dict[str, Any]] = [
            {"trigger": u.ausloeser, "source": list(u.von) or _ANFANG, "dest": u.nach, "conditions": _Bedingung(u)}
            for u in prozess.uebergaenge
        ]
        _MASCHINEN[id(prozess)] = prozess, Machine(
            model=None, states=[_ANFANG, *(z.wert for z in prozess.zustaende)], transitions=kanten, initial=_ANFANG,
            auto_transitions=False, send_event=True, queued=False,
        )
    return _MASCHINEN[id(prozess)][1]


def advance(
    prozess: Prozess, ausloeser: str, fakten: Fakten, ziel: str | None = None, erlaubt: Container[int] | None = None
) -> Uebergang:
    """Der Übergang, der jetzt gilt. `ziel` wählt unter mehreren, `erlaubt` (id der Übergänge) beschränkt auf die der Person.

    Wirft Abgelehnt mit den benannten Gründen.
    """
    ereignis = _maschine(prozess).events.get(ausloeser)
    if ereignis is None:
        raise Abgelehnt((Grund("Den Schritt „{ausloeser}“ gibt es hier nicht.", {"ausloeser": ausloeser}),), ("unbekannt",))
    traeger = _Traeger(fakten.zustand, fakten, ziel, erlaubt)
    try:
        ereignis.trigger(traeger)
    except MachineError:
        raise Abgelehnt((nicht_aus_diesem_zustand(prozess, ausloeser, fakten.zustand),), ("zustand",)) from None
    if traeger.gewaehlt is None:
        gruende = tuple(traeger.gruende) or (Grund("Dieses Ergebnis gibt es hier nicht. Bitte wählen Sie eines der angebotenen."),)
        raise Abgelehnt(gruende, tuple(traeger.waechter) or ("ziel",))
    return traeger.gewaehlt


class AntwortNoetig(Exception):
    """Eine Bedingung sieht in die Antwort, die es noch nicht gibt."""


class _Offen(Mapping[str, Any]):
    """Die noch fehlende Antwort: Wer hineinsieht, entscheidet nicht vorher."""

    def __getitem__(self, name: str) -> Any:
        raise AntwortNoetig

    def __iter__(self) -> Iterator[str]:
        raise AntwortNoetig

    def __len__(self) -> int:
        raise AntwortNoetig


OFFEN: Daten = _Offen()


def feste_gruende(uebergang: Uebergang, fakten: Fakten) -> tuple[Grund, ...]:
    """Welche Bedingungen scheitern, gleich was jemand antwortet; `fakten` bringt statt der Antwort OFFEN mit."""
    return tuple(g for w in uebergang.waechter if (g := _vorab(w, fakten)) is not None)


def _vorab(waechter: Waechter, fakten: Fakten) -> Grund | None:
    try:
        return waechter.pruefe(fakten)
    except AntwortNoetig:
        return None


def nicht_aus_diesem_zustand(prozess: Prozess, ausloeser: str, zustand: str) -> Grund:
    bezeichnung = prozess.bezeichnung_von(ausloeser)
    jetzt = prozess.zustand(zustand).bezeichnung if zustand else "noch nicht angelegt"
    return Grund("„{schritt}“ ist jetzt nicht möglich; der Vorgang ist: {zustand}.", {"schritt": bezeichnung, "zustand": jetzt})
