"""Fakten und Nachbarn aus der Hand, damit jede Bedingung ohne Datenbank geprüft werden kann."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from states import engine
from states.glieder import Folgeschritt, Lage
from states.model import Fakten, Hop, Nachbar, Prozess, Uebergang

HEUTE = date(2026, 3, 2)
Sichten = Mapping[tuple[Hop, ...], Sequence[Nachbar]]


def nachbar(
    key: str, art: str, zustand: str, institution: str | None = None, marken: Mapping[str, str] | None = None, **stand: Any
) -> Nachbar:
    return Nachbar(key, art, zustand, stand, institution, marken or {})


def schalte(
    prozess: Prozess, ausloeser: str, zustand: str = "", *, stand: Mapping[str, Any] | None = None, daten: Mapping[str, Any] | None = None,
    grund: str = "", person: str = "p", rolle: str = "koordination", institution: str | None = None, sichten: Sichten | None = None,
    key: str = "X-01", sitze_am: Callable[[date], frozenset[str]] = lambda tag: frozenset(),
) -> Uebergang:
    """Der Übergang, den die Maschine wählt; wirft engine.Abgelehnt mit den Namen der Wächter."""
    sicht = dict(sichten or {})
    daten = daten or {}
    fakten = Fakten(prozess.art, zustand, stand or {}, daten, grund, {}, person, institution, HEUTE, key,
                    lambda weg: tuple(sicht.get(weg, ())), rolle, sitze_am)
    return engine.advance(prozess, ausloeser, fakten, daten.get("ziel"))


def waechter_von(prozess: Prozess, ausloeser: str, zustand: str = "", **wie: Any) -> tuple[str, ...]:
    """Die Namen der Wächter, die den Schritt verhindern; leer heißt: er gelingt."""
    try:
        schalte(prozess, ausloeser, zustand, **wie)
    except engine.Abgelehnt as abgelehnt:
        return abgelehnt.waechter
    return ()


def lage(
    art: str, ausloeser: str, ziel: Nachbar, *, vorher: str = "", zustand: str = "", stand: Mapping[str, Any] | None = None,
    daten: Mapping[str, Any] | None = None, grund: str = "", key: str = "X-01", sichten: Sichten | None = None,
    ziele: Sichten | None = None,
) -> Lage:
    sicht, sicht_ziel = dict(sichten or {}), dict(ziele or {})
    return Lage(key, art, ausloeser, vorher, zustand, stand or {}, daten or {}, grund, ziel, HEUTE,
                lambda weg: tuple(sicht.get(weg, ())), lambda weg: tuple(sicht_ziel.get(weg, ())))


def schritt(folgeschritt: Folgeschritt | None) -> tuple[str, dict[str, Any]] | None:
    return None if folgeschritt is None else (folgeschritt.ausloeser, dict(folgeschritt.daten))
