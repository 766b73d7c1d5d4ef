"""Was aus einer Meldung wurde, für die, die gemeldet hat: das Thema, was sich geändert hat, seit wann und wodurch, und ob es wirkt.

Nur, was die Person sehen darf: ein Thema ab der Beauftragung, ein Zielsystem ab der Weiterleitung (process.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from forms.render import datum
from service.anzeige import wert
from service.db import Sitzung
from service.handelnde import Handelnde
from service.sicht import lies, sichtbar
from service.spur import Knoten, Spur, spur
from states.aussage import Aussage
from states.kette import PROZESSE

# was die Koordination beim Ende einer Meldung festhält und die Stelle erfahren soll
ERGEBNIS = ("mit", "vereinbart", "an", "wiedervorlage_am", "liegt_bei")
_GEFOLGT = frozenset({"im_thema", "geloest", "ohne_loesung_beendet"})
_NICHT_MEHR = frozenset({"abgeloest", "aufgehoben"})
_BEKANNT = frozenset({"weitergeleitet", "in_umsetzung", "eingefuehrt", *_NICHT_MEHR})  # vorher ist es ein Entwurf, auch für Beteiligte
_HOECHSTENS = 10  # Zielsysteme; mehr hat keine Meldung, und die ganze Spur steht daneben


class Massnahme(NamedTuple):
    titel: str
    eigner: str
    stand: str


class Loesung(NamedTuple):
    """Ein Zielsystem. `satz`: was gilt und seit wann; `wirkung`: wie sie zuletzt bewertet ist, leer, solange niemand bewertet hat."""

    key: str
    titel: str
    satz: str
    massnahmen: tuple[Massnahme, ...]
    wirkung: str


class Folge(NamedTuple):
    key: str
    titel: str
    stand: str
    loesungen: tuple[Loesung, ...]


def folgen(s: Sitzung, person: Handelnde, key: str, zustand: str, heute: date) -> list[Folge]:
    """Leer, solange die Meldung in keinem Thema ist; kurz Geklärtes und Weitergegebenes steht in ihren Angaben."""
    if zustand not in _GEFOLGT:
        return []
    netz = spur(s, key, lambda kuerzel: sichtbar(person, heute, alias=kuerzel))
    loesungen = {k.key: _loesung(s, person, k.key, netz, heute) for k in _bekannte(netz)}
    return [Folge(k.key, k.titel, PROZESSE[k.art].zustand(k.zustand).erklaerung,
                  tuple(x for z, x in loesungen.items() if z in _hinab(netz, k.key))) for k in netz.knoten if k.art == "generatives_thema"]


def _bekannte(netz: Spur) -> list[Knoten]:
    return [k for k in netz.knoten if k.art == "zielsystem" and k.zustand in _BEKANNT][:_HOECHSTENS]


def _hinab(netz: Spur, key: str) -> set[str]:
    erreicht, neu = {key}, {key}
    while neu:
        neu = {k.nach for k in netz.kanten if k.von in neu} - erreicht
        erreicht |= neu
    return erreicht


def _loesung(s: Sitzung, person: Handelnde, key: str, netz: Spur, heute: date) -> Loesung:
    ansicht, darunter = lies(s, person, key, heute), _hinab(netz, key)
    geplant = {str(m.get("titel")): str(m.get("eigner") or "") for m in ansicht.felder.get("massnahmen") or ()}
    massnahmen = tuple(Massnahme(k.titel, geplant.get(k.titel, ""), PROZESSE[k.art].zustand(k.zustand).bezeichnung)
                       for k in netz.knoten if k.art == "massnahme" and k.key in darunter)
    gemessen = [lies(s, person, k.key, heute).felder for k in netz.knoten if k.art == "monitoring" and k.key in darunter]
    return Loesung(key, str(ansicht.felder.get("titel") or key), _satz(ansicht.zustand, ansicht.felder), massnahmen, _wirkung(gemessen))


def _satz(zustand: str, felder: Mapping[str, Any]) -> str:
    """In der Reihenfolge, in der eine Lösung entsteht, das Letzte, was gilt."""
    if zustand in _NICHT_MEHR:
        return PROZESSE["zielsystem"].zustand(zustand).erklaerung
    if seit := felder.get("startdatum") or felder.get("eingefuehrt_am"):
        return Aussage("Das gilt seit dem {seit}.", seit=datum(seit)) if zustand == "eingefuehrt" else Aussage("Das soll ab dem {seit} "
                                                                                                               "gelten.", seit=datum(seit))
    if seit := felder.get("umsetzung_ab"):
        return Aussage("Die beteiligten Stellen setzen das seit dem {seit} um.", seit=datum(seit))
    seit = felder.get("weitergeleitet_am")
    liegt = Aussage("seit dem {seit} liegt es", seit=datum(seit)) if seit else "es liegt"
    return Aussage("Die Lenkungsgruppe hat das empfohlen; {liegt} den beteiligten Stellen vor.", liegt=liegt)


def _wirkung(gemessen: list[dict[str, Any]]) -> str:
    bewertungen = [b for felder in gemessen for b in felder.get("bewertungen") or () if b.get("wertung")]
    if not bewertungen:
        return ""
    letzte = max(bewertungen, key=lambda b: str(b.get("am") or ""))
    return Aussage("Bewertet am {am}: {wert}.", am=datum(letzte["am"]), wert=wert("monitoring", "wertung", letzte["wertung"]))
