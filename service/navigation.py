"""Die Punkte oben auf jeder Seite und wer sie sieht."""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Sequence

from service.handelnde import Handelnde
from service.lenkung import SIEHT_DIE_LENKUNGSGRUPPE
from service.zahlen import ROLLEN as WER_ZAHLEN_SIEHT
from states.model import Rolle


class Punkt(NamedTuple):
    """`rollen` leer: für alle Angemeldeten. `selten`: steht in einer langen Zeile unter „Verwaltung“."""

    text: str
    ziel: str
    rollen: frozenset[Rolle] = frozenset()
    nur_vorfuehrung: bool = False
    selten: bool = False


PUNKTE: tuple[Punkt, ...] = (
    Punkt("Meine Aufgaben", "/"),
    Punkt("Eingang", "/eingang", frozenset({Rolle.KOORDINATION})),
    Punkt("Sammlungen", "/sammlungen", frozenset({Rolle.KOORDINATION})),
    Punkt("Themen", "/themen", frozenset({Rolle.KOORDINATION})),
    Punkt("Kreislauf", "/kreislauf", frozenset({Rolle.KOORDINATION, Rolle.LEITUNG})),
    Punkt("Sitzungen", "/sitzungen", frozenset(SIEHT_DIE_LENKUNGSGRUPPE)),
    Punkt("Beschlüsse", "/beschlusskontrolle", frozenset(SIEHT_DIE_LENKUNGSGRUPPE)),
    Punkt("Zahlen", "/zahlen", frozenset(WER_ZAHLEN_SIEHT)),
    Punkt("Gremien", "/gremien", frozenset({Rolle.KOORDINATION, Rolle.VERWALTUNG, Rolle.LEITUNG})),
    Punkt("Überblick", "/oeffentlich", frozenset({Rolle.GREMIUM})),
    Punkt("Postfach", "/postfach", nur_vorfuehrung=True),
    Punkt("Nachrichten", "/nachrichten", frozenset({Rolle.ADMIN, Rolle.KOORDINATION}), selten=True),
    Punkt("Personen", "/personen", frozenset({Rolle.ADMIN, Rolle.KOORDINATION}), selten=True),
    Punkt("Stammdaten", "/stammdaten", frozenset({Rolle.ADMIN, Rolle.KOORDINATION}), selten=True),
    Punkt("Konten", "/konten", frozenset({Rolle.ADMIN}), selten=True),
    Punkt("Protokoll", "/protokoll", frozenset({Rolle.REVISION}), selten=True),
    Punkt("Systemzustand", "/system", frozenset({Rolle.ADMIN, Rolle.KOORDINATION}), selten=True),
)


class Eintrag(NamedTuple):
    text: str
    ziel: str
    hier: bool


class Navigation(NamedTuple):
    """`weitere` stehen unter einem Wort, das man aufklappt; leer, solange alle in eine Zeile passen."""

    punkte: tuple[Eintrag, ...]
    weitere: tuple[Eintrag, ...] = ()

    @property
    def alle(self) -> tuple[Eintrag, ...]:
        return self.punkte + self.weitere


_IN_EINER_ZEILE = 8  # mehr Punkte brechen auf einem Bildschirm von 1280 Pixeln um


def navigation(person: Handelnde | None, pfad: str, vorfuehrung: bool = False) -> Navigation:
    if person is None:
        return Navigation(())
    gezeigte = [p for p in PUNKTE if (vorfuehrung or not p.nur_vorfuehrung) and (not p.rollen or any(person.hat(r) for r in p.rollen))]
    teilen = len(gezeigte) > _IN_EINER_ZEILE
    vorn, hinten = [p for p in gezeigte if not (teilen and p.selten)], [p for p in gezeigte if teilen and p.selten]
    return Navigation(_eintraege(vorn, pfad), _eintraege(hinten, pfad))


def _eintraege(punkte: Sequence[Punkt], pfad: str) -> tuple[Eintrag, ...]:
    return tuple(Eintrag(p.text, p.ziel, _hier(p.ziel, pfad)) for p in punkte)


def _hier(ziel: str, pfad: str) -> bool:
    return pfad == ziel or (ziel != "/" and pfad.startswith(f"{ziel}/"))
