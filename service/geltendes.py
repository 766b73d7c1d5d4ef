"""Was nach den datierten Einträgen an einem Tag gilt: Sitze, Postfächer, Verteiler, Schließtage, Abwesenheiten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from service.db import Sitzung
from service.profil_angaben import jaehrlicher_tag, vergleichbar

ERSTES_JAHR, LETZTES_JAHR = 2000, 2099  # weiter rechnet kein Formular und kein Eintrag
ENDLOS = "9999-12-31"


@dataclass(frozen=True)
class Eintrag:
    """Ein datierter Eintrag; `von` und `bis` (leer: bis auf Weiteres) zählen mit. `id` 0: steht noch in keiner Datenbank."""

    art: str
    kennung: str
    von: str
    bis: str | None
    angaben: Mapping[str, Any]
    id: int = 0
    version: int = 1
    gepflegt: bool = False
    angelegt: str = ""

    def gilt_am(self, tag: str) -> bool:
        return self.von <= tag <= (self.bis or ENDLOS)

    def ueberschneidet(self, von: str, bis: str | None) -> bool:
        return von <= (self.bis or ENDLOS) and self.von <= (bis or ENDLOS)


def aus_zeile(zeile: tuple[Any, ...]) -> Eintrag:
    """Eine Zeile aus `SPALTEN`."""
    id_, art, kennung, von, bis, angaben, version, gepflegt, angelegt = zeile
    return Eintrag(art, kennung, von, bis, json.loads(angaben), id_, version, bool(gepflegt), angelegt)


SPALTEN = "id, art, kennung, von, bis, angaben, version, gepflegt, angelegt"


def lade(s: Sitzung) -> Stammdaten:
    return Stammdaten(tuple(aus_zeile(z) for z in s.alle(f"SELECT {SPALTEN} FROM eintrag ORDER BY id")))


@dataclass(frozen=True)
class Stammdaten:
    """Alle Einträge, auch künftige und beendete. Fragen nach einem Tag kosten so viel, wie eine Art Einträge hat."""

    eintraege: tuple[Eintrag, ...] = ()
    _geltend: dict[tuple[str, str], dict[str, Eintrag]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def je_art(self) -> Mapping[str, tuple[Eintrag, ...]]:
        gruppen: dict[str, list[Eintrag]] = {}
        for e in self.eintraege:
            gruppen.setdefault(e.art, []).append(e)
        return {art: tuple(sorted(liste, key=lambda e: (e.kennung, e.von))) for art, liste in gruppen.items()}

    def am(self, art: str, tag: date) -> Mapping[str, Eintrag]:
        """Kennung -> Eintrag, der an diesem Tag gilt."""
        schluessel = (art, tag.isoformat())
        bekannt = self._geltend.get(schluessel)
        if bekannt is None:
            if len(self._geltend) > 200:
                self._geltend.clear()
            bekannt = self._geltend[schluessel] = {e.kennung: e for e in self.je_art.get(art, ()) if e.gilt_am(schluessel[1])}
        return bekannt

    def sitze_am(self, tag: date) -> Mapping[str, dict[str, Any]]:
        """Kennung -> Sitz, wie er an einer Sitzung und an einem Umlauf steht; `personen`: zuerst, wer ihn innehat."""
        return {kennung: _sitz(e) for kennung, e in self.am("sitze", tag).items()}

    # --- Stellen

    def postfach(self, institution: str, tag: date) -> str:
        e = self.am("kontakte", tag).get(vergleichbar(institution))
        return str(e.angaben["postfach"]) if e else ""

    def zustaendig_in(self, kommune: str, tag: date) -> list[str]:
        """Die Schlüssel der Stellen, die an diesem Tag für die Kommune zuständig sind."""
        return [str(e.angaben["institution"]) for e in self.am("zustaendigkeiten", tag).values() if kommune in e.angaben["kommunen"]]

    def verteiler(self, name: str, tag: date) -> Mapping[str, Any] | None:
        e = self.am("verteiler", tag).get(vergleichbar(name))
        return e.angaben if e else None

    # --- Tage

    @cached_property
    def schliesstage(self) -> frozenset[date]:
        return frozenset(tag for e in self.je_art.get("schliesstage", ()) for tag in _tage(e))

    def abwesend(self, person: str, tag: date) -> Eintrag | None:
        return self.am("abwesenheiten", tag).get(vergleichbar(person))


def _sitz(e: Eintrag) -> dict[str, Any]:
    a = e.angaben
    zeit = {"gueltig_von": e.von, **({"gueltig_bis": e.bis} if e.bis else {})}
    vertretung = {"vertretung": a["vertretungsamt"]} if a.get("vertretungsamt") else {}
    return {"sitz": a["sitz"], "funktion": a["funktion"], "rolle": a["rolle"], "institution": a["institution"], **vertretung, **zeit,
            "personen": [p for p in (a.get("inhaber"), a.get("vertretung")) if p]}


def _tage(e: Eintrag) -> Iterable[date]:
    von, bis = date.fromisoformat(e.von), date.fromisoformat(min(e.bis or ENDLOS, f"{LETZTES_JAHR}-12-31"))
    if not e.angaben.get("wiederkehr"):
        return (von + timedelta(days=n) for n in range((bis - von).days + 1))
    tage = (jaehrlicher_tag(e.angaben["wiederkehr"], jahr) for jahr in range(von.year, bis.year + 1))
    return (tag for tag in tage if tag is not None and von <= tag <= bis)
