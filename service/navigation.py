"""Die Punkte oben auf jeder Seite und wer sie sieht."""

from __future__ import annotations

from dataclasses import dataclass

from service.handelnde import Handelnde
from service.lenkung import SIEHT_DIE_LENKUNGSGRUPPE
from service.zahlen import ROLLEN as WER_ZAHLEN_SIEHT
from states.model import Rolle


@dataclass(frozen=True)
class Punkt:
    """`rollen` leer: für alle Angemeldeten."""

    text: str
    ziel: str
    rollen: frozenset[Rolle] = frozenset()
    nur_vorfuehrung: bool = False


PUNKTE: tuple[Punkt, ...] = (
    Punkt("Meine Aufgaben", "/"),
    Punkt("Eingang", "/eingang", frozenset({Rolle.KOORDINATION})),
    Punkt("Sammlungen", "/sammlungen", frozenset({Rolle.KOORDINATION})),
    Punkt("Kreislauf", "/kreislauf", frozenset({Rolle.KOORDINATION, Rolle.LEITUNG})),
    Punkt("Sitzungen", "/sitzungen", frozenset(SIEHT_DIE_LENKUNGSGRUPPE)),
    Punkt("Beschlüsse", "/beschlusskontrolle", frozenset(SIEHT_DIE_LENKUNGSGRUPPE)),
    Punkt("Zahlen", "/zahlen", frozenset(WER_ZAHLEN_SIEHT)),
    Punkt("Gremien", "/gremien", frozenset({Rolle.KOORDINATION, Rolle.VERWALTUNG, Rolle.LEITUNG})),
    Punkt("Postfach", "/postfach", nur_vorfuehrung=True),
    Punkt("Nachrichten", "/nachrichten", frozenset({Rolle.ADMIN, Rolle.KOORDINATION})),
    Punkt("Personen", "/personen", frozenset({Rolle.ADMIN, Rolle.KOORDINATION})),
    Punkt("Stammdaten", "/stammdaten", frozenset({Rolle.ADMIN, Rolle.KOORDINATION})),
    Punkt("Konten", "/konten", frozenset({Rolle.ADMIN})),
    Punkt("Protokoll", "/protokoll", frozenset({Rolle.REVISION})),
    Punkt("Systemzustand", "/system", frozenset({Rolle.ADMIN, Rolle.KOORDINATION})),
)


def punkte(person: Handelnde | None, pfad: str, vorfuehrung: bool = False) -> list[tuple[str, str, bool]]:
    """(Text, Ziel, ob es die gezeigte Seite ist)"""
    if person is None:
        return []
    gezeigte = (p for p in PUNKTE if vorfuehrung or not p.nur_vorfuehrung)
    return [(p.text, p.ziel, _hier(p.ziel, pfad)) for p in gezeigte if not p.rollen or any(person.hat(r) for r in p.rollen)]


def _hier(ziel: str, pfad: str) -> bool:
    return pfad == ziel or (ziel != "/" and pfad.startswith(f"{ziel}/"))
