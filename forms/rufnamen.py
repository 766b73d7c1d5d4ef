"""Welche von mehreren Stellen ein Name meint, wie Menschen ihn schreiben: „Kasse“ für „Örtliche Kasse“. Rein."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

Rufnamen = Callable[[str], Iterable[str]]  # Stelle -> wie sie noch heißt


def gemeint(genannt: str, namen_je: Mapping[str, Iterable[str]]) -> str:
    """Die Stelle, die genau so heißt; sonst die einzige, deren Name alle genannten Wörter enthält. Was auf mehrere passt, bleibt stehen."""
    bahnen = {stelle: tuple(namen) for stelle, namen in namen_je.items()}
    gesucht, worte = " ".join(genannt.casefold().split()), _worte(genannt)
    genau = [stelle for stelle, namen in bahnen.items() if gesucht in (n.casefold() for n in namen)]
    gleich = [stelle for stelle in genau if stelle.casefold() == gesucht][:1]
    ungefaehr = [stelle for stelle, namen in bahnen.items() if worte and any(worte <= _worte(n) for n in namen)]
    passende = gleich or genau or ungefaehr
    return passende[0] if len(passende) == 1 else " ".join(genannt.split())


def _worte(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.casefold()))
