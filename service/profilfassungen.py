"""Welches Profil und welche Schließtage an einem Tag galten: Gerechnet wird nachträglich mit ihnen, nicht mit den heutigen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from service.db import Sitzung
from service.geltendes import ENDLOS
from service.kalender import Kalender
from service.profil import Profil
from service.schliesszeiten import Schliesszeiten
from service.umfeld import Umfeld, umfeld_aus


class Profilfassungen:
    """Alle übernommenen Fassungen des Profils und alle Stände der Schließtage; welche galten, sagt der Zeitpunkt."""

    def __init__(self, s: Sitzung) -> None:
        self._zeilen = s.alle("SELECT zeit, fingerabdruck, inhalt FROM profil ORDER BY id")
        self._schliesszeiten = Schliesszeiten(s)
        self._gebaut: dict[tuple[int, frozenset[date]], Umfeld] = {}

    def __bool__(self) -> bool:
        return bool(self._zeilen)

    def am(self, zeit: str) -> Umfeld:
        """Was vor der ersten Übernahme geschah, geschah mit ihr."""
        return self._umfeld(max((n for n, z in enumerate(self._zeilen) if z[0] <= zeit), default=0), zeit)

    def seit(self, zeit: str) -> list[Umfeld]:
        """Was zu diesem Zeitpunkt galt und alles, was danach galt."""
        danach = {z for z in (*(str(z[0]) for z in self._zeilen), *self._schliesszeiten.zeiten) if z > zeit}
        return list({id(u): u for u in (self.am(z) for z in sorted({zeit, *danach}))}.values())

    def fassung(self, fingerabdruck: str) -> Umfeld | None:
        """Mit den Schließtagen von heute."""
        nr = next((n for n, z in enumerate(self._zeilen) if z[1] == fingerabdruck), None)
        return None if nr is None else self._umfeld(nr, ENDLOS)

    def _umfeld(self, nr: int, zeit: str) -> Umfeld:
        schluessel = (nr, self._schliesszeiten.am(zeit))
        if schluessel not in self._gebaut:
            _, fingerabdruck, inhalt = self._zeilen[nr]
            umfeld = umfeld_aus(Profil.model_validate_json(inhalt), fingerabdruck, {})
            self._gebaut[schluessel] = replace(umfeld, kalender=Kalender(schluessel[1], fingerabdruck))
        return self._gebaut[schluessel]
