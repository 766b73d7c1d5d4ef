"""Die Lenkungsgruppe für ein Mitglied: wann und wo die nächste Sitzung ist, was auf der Tagesordnung steht, was zuletzt war."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from service.db import Sitzung
from service.handelnde import Handelnde
from service.lenkung import Termin, Umlauf, einwaende_bis, kommende
from service.umfeld import Umfeld
from states import sitzung as lg
from states.abstimmung import spricht_fuer
from states.model import Rolle

_SITZT = (Rolle.LG_MITGLIED, Rolle.LG_VORSITZ)
_ZUKUENFTIGE = _ZULETZT = 2  # zwei Sitzungen im Jahr


class Kommende(NamedTuple):
    """`sitz`: für welchen Sitz die Person dort spricht; leer, wenn für keinen."""

    key: str
    titel: str
    zustand: str
    tag: date
    beginn: str
    ort: str
    punkte: tuple[str, ...]
    unterlagen: bool
    laeuft: bool
    sitz: str


class Letzte(NamedTuple):
    """`einwaende_bis`: JJJJ-MM-TT, solange die Frist läuft."""

    key: str
    titel: str
    zustand: str
    protokoll: bool
    einwaende_bis: str


class Blick(NamedTuple):
    kommende: tuple[Kommende, ...]
    zuletzt: tuple[Letzte, ...]
    umlaeufe: Sequence[Umlauf]


def ist_mitglied(person: Handelnde) -> bool:
    """Wer plant, sieht die Planung."""
    return any(person.hat(r) for r in _SITZT) and not person.hat(Rolle.KOORDINATION)


def blick(s: Sitzung, person: Handelnde, umfeld: Umfeld, heute: date, alle: Sequence[Termin], laufende: Sequence[Umlauf]) -> Blick:
    naechste = kommende(alle, heute)
    vergangene = [t for t in reversed(alle) if t not in naechste][:_ZULETZT]
    bis = einwaende_bis(s, [t.key for t in vergangene])
    return Blick(tuple(_kommende(t, person, umfeld) for t in naechste[:_ZUKUENFTIGE]),
                 tuple(_letzte(t, bis.get(t.key, "")) for t in vergangene), laufende)


def _kommende(t: Termin, person: Handelnde, umfeld: Umfeld) -> Kommende:
    stand = t.stand
    sitze = stand.get("sitze") or umfeld.sitze_am(t.datum)
    eigener = next((f"{x['sitz']}, {x['funktion']}" for x in sitze if spricht_fuer(x, person.key, person.institution)), "")
    punkte = tuple(str(p.get("titel") or "") for p in stand.get("punkte") or () if not p.get("gestrichen_am"))
    return Kommende(t.key, stand.get("titel") or t.key, t.zustand_text, t.datum, stand.get("beginn") or "", stand.get("ort") or "",
                    punkte, t.zustand in lg.UNTERLAGEN_SIND_RAUS, t.zustand == "laeuft", eigener)


def _letzte(t: Termin, bis: str) -> Letzte:
    return Letzte(t.key, t.stand.get("titel") or t.key, t.zustand_text, t.zustand in lg.AB_VERSAND, bis)
