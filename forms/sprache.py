"""Worte und Sprachen: Die deutschen Sätze sind die Schlüssel, ein Profil setzt eigene an ihre Stelle, ein Katalog andere Sprachen.

Ein Katalog ist `forms/sprachen/<Kürzel>/LC_MESSAGES/kreislauf.mo` (gettext); `make texte` legt die Vorlage dafür an. Übersetzt wird erst
beim Setzen einer Seite, einer Nachricht oder einer Antwort: Alles davor redet deutsch, auch die Kommandozeile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from states.aussage import Aussage

DEUTSCH = "de"
BEREICH = "kreislauf"
KATALOGE = Path(__file__).parent / "sprachen"
KEINE: Mapping[str, str] = MappingProxyType({})


class Redeweise(NamedTuple):
    """`eigene`: Text der Anwendung -> der Text des Profils; er geht vor. `katalog`: die Übersetzung, deutsch ohne."""

    eigene: Mapping[str, str] = KEINE
    katalog: Callable[[str], str] | None = None


_DEUTSCH = Redeweise()
_REDEWEISE: ContextVar[Redeweise] = ContextVar("redeweise", default=_DEUTSCH)


class Sprachen:
    """Die Kataloge eines Ordners, gelesen beim Start. Deutsch gibt es immer."""

    def __init__(self, ordner: Path = KATALOGE) -> None:
        self._kataloge: dict[str, Callable[[str], str]] = {}
        for datei in sorted(ordner.glob(f"*/LC_MESSAGES/{BEREICH}.mo")):
            with datei.open("rb") as f:
                self._kataloge[datei.parent.parent.name] = GNUTranslations(f).gettext

    def katalog(self, kuerzel: str) -> Callable[[str], str] | None:
        return self._kataloge.get(kuerzel)

    def __bool__(self) -> bool:
        return bool(self._kataloge)

    def passende(self, gewuenscht: str) -> str:
        """Aus „en-GB,en;q=0.9,de;q=0.8“ (Accept-Language, RFC 9110 § 12.5.4) die liebste, die es gibt; sonst Deutsch."""
        if not self._kataloge:
            return DEUTSCH
        for kuerzel in _nach_wunsch(gewuenscht):
            if kuerzel == DEUTSCH or kuerzel in self._kataloge:
                return kuerzel
        return DEUTSCH


@cache
def mitgelieferte() -> Sprachen:
    """Für alles, was ohne eine Anwendung entsteht, die eigene hätte."""
    return Sprachen()


def _nach_wunsch(gewuenscht: str) -> list[str]:
    bewertet = []
    for teil in gewuenscht[:200].split(","):
        name, _, gewicht = teil.partition(";q=")
        try:
            wert = float(gewicht or 1)
        except ValueError:
            wert = 0.0
        bewertet.append((-wert, name.strip().split("-")[0].lower()))
    return [name for wert, name in sorted(bewertet, key=lambda b: b[0]) if wert]


@contextmanager
def redend(eigene: Mapping[str, str], katalog: Callable[[str], str] | None) -> Iterator[None]:
    vorher = _REDEWEISE.set(Redeweise(eigene, katalog) if eigene or katalog else _DEUTSCH)
    try:
        yield
    finally:
        _REDEWEISE.reset(vorher)


def redet_deutsch() -> bool:
    """Mit den eigenen Worten der Anwendung: Nachzuschlagen ist nichts."""
    return _REDEWEISE.get() is _DEUTSCH


@contextmanager
def in_sprache(kuerzel: str, eigene: Mapping[str, str]) -> Iterator[str]:
    """Gibt das Kürzel der Sprache, die dann gilt: Deutsch, wenn es diesen Katalog nicht (mehr) gibt."""
    katalog = mitgelieferte().katalog(kuerzel)
    with redend(eigene, katalog):
        yield kuerzel if katalog else DEUTSCH


def uebersetzt(text: str) -> str:
    """Was keinen Katalogeintrag hat, bleibt, wie es ist. Eine Aussage behält ihre Werte."""
    weise = _REDEWEISE.get()
    if weise is _DEUTSCH:
        return text
    if isinstance(text, Aussage):
        return text.eingesetzt(_in(weise, text.vorlage), {n: uebersetzt(w) if isinstance(w, str) else w for n, w in text.werte.items()})
    return _in(weise, text)


def _in(weise: Redeweise, text: str) -> str:
    eigen = weise.eigene.get(text)
    if eigen is not None:
        return eigen
    return text if weise.katalog is None or not text else weise.katalog(text)


def uebersetzte(zeilen: Sequence[Sequence[Any]], *stellen: int) -> Sequence[Sequence[Any]]:
    """Dieselben Zeilen, die Angaben an diesen Stellen übersetzt; wo nichts zu übersetzen ist, kostet es nichts."""
    if redet_deutsch():
        return zeilen
    return [tuple(uebersetzt(w) if n in stellen and isinstance(w, str) else w for n, w in enumerate(z)) for z in zeilen]
