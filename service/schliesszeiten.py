"""Welche Schließtage wann eingetragen waren: Eine Frist rechnet mit denen, die am Tag ihres Ereignisses galten, nicht mit heutigen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from service.db import Sitzung
from service.eintraege import ANGELEGT, BEENDET, GEAENDERT
from service.geltendes import Eintrag, Stammdaten, lade

_ART = "schliesstage"
_AENDERUNGEN = (f"SELECT zeit, was, angaben FROM protokoll WHERE was IN ('{ANGELEGT}', '{GEAENDERT}', '{BEENDET}') "
                f"AND angaben LIKE '%\"art\":\"{_ART}\"%' ORDER BY zeit DESC, id DESC")


class Schliesszeiten:
    """Jeder Stand der Schließtage mit dem Zeitpunkt, ab dem er galt."""

    def __init__(self, s: Sitzung) -> None:
        erstes_profil = str(s.wert("SELECT min(zeit) FROM profil") or "")
        stand = {e.id: e for e in lade(s).je_art.get(_ART, ())}
        spuren = [(zeit, was, json.loads(angaben)) for zeit, was, angaben in s.alle(_AENDERUNGEN)]
        bekannt = {angaben["eintrag"] for _, was, angaben in spuren if was == ANGELEGT}
        # was ein späteres Profil mitbrachte, hat niemand angelegt und gilt doch erst seitdem
        spuren += [(e.angelegt, ANGELEGT, {"eintrag": e.id}) for e in stand.values() if e.id not in bekannt and e.angelegt > erstes_profil]
        self._staende: list[tuple[str, frozenset[date]]] = []
        for zeit, was, angaben in sorted(spuren, key=lambda spur: spur[0], reverse=True):
            self._staende.append((zeit, _tage(stand)))
            _nimm_zurueck(stand, was, angaben)
        self._staende.append(("", _tage(stand)))

    @property
    def zeiten(self) -> tuple[str, ...]:
        """Ab wann ein anderer Stand galt, der jüngste zuerst."""
        return tuple(zeit for zeit, _ in self._staende)

    def am(self, zeit: str) -> frozenset[date]:
        return next(tage for ab, tage in self._staende if ab <= zeit)


def _tage(stand: dict[int, Eintrag]) -> frozenset[date]:
    return _gerechnet(tuple((e.von, e.bis, str(e.angaben.get("wiederkehr") or "")) for e in stand.values()))


@lru_cache(maxsize=64)
def _gerechnet(zeiten: tuple[tuple[str, str | None, str], ...]) -> frozenset[date]:
    return Stammdaten(tuple(Eintrag(_ART, "", von, bis, {"wiederkehr": w}) for von, bis, w in zeiten)).schliesstage


def _nimm_zurueck(stand: dict[int, Eintrag], was: str, angaben: dict[str, Any]) -> None:
    e = stand.get(angaben["eintrag"])
    if e is None:
        return
    if was == ANGELEGT:
        del stand[e.id]
        return
    vorher = {f: w[0] for f, w in angaben["felder"].items() if w}
    tage = {f: vorher[f] for f in ("von", "bis") if f in vorher}
    stand[e.id] = replace(e, **tage, angaben={**e.angaben, **{f: w for f, w in vorher.items() if f not in tage}})
