"""Das Drehbuch, auf Tage dieses Rechners und eigene Schlüssel übertragen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any

from service.demo.zeit import Zeitabbildung

_MELDUNG = re.compile(r"\b([A-Z]+)-(\d{4})-(\d{4})\b")
# „Leitung AG-03“ und „AG-03 Leitung“ sind Konten; sie bleiben dieselben
_ANDERE = re.compile(r"(?<!Leitung )\b(AF|AG|AR|AU|AW|BE|BS|EH|EN|EU|FA|FR|GT|IN|KV|LA|LG|LM|MN|MO|MON|SAM|TS|WK|WL|ZS|(?:BS|WL)-U)"
                     r"-(\d{2})\b(?! Leitung)")

Daten = dict[str, Any]


@dataclass(frozen=True)
class Geschichte:
    """Eine Fassung des Drehbuchs: alle Tage und Schlüssel sind schon die, unter denen gespielt wird."""

    name: str
    daten: Daten
    meldungen: dict[str, Daten]
    bis: date
    _nach_key: dict[str, dict[str, Daten]] = field(default_factory=dict)

    @property
    def schritte(self) -> list[Daten]:
        return [s for s in self.daten["schritte"] if date.fromisoformat(s["datum"]) <= self.bis]

    def eintrag(self, liste: str, key: str) -> Daten:
        """Der Eintrag einer Liste des Drehbuchs unter seinem Schlüssel; leer, wenn es ihn nicht gibt."""
        if liste not in self._nach_key:
            self._nach_key[liste] = {e["key"]: e for e in self.daten[liste]}
        return self._nach_key[liste].get(key, {})

    def eintraege(self, liste: str, **werte: Any) -> list[Daten]:
        return [e for e in self.daten[liste] if all(e.get(k) == w for k, w in werte.items())]


def rohes_drehbuch() -> tuple[Daten, list[Daten]]:
    ordner = files("service.demo")
    drehbuch = json.loads((ordner / "drehbuch.json").read_text("utf-8"))
    zeilen = (ordner / "meldungen.jsonl").read_text("utf-8").split("\n")
    return drehbuch, [json.loads(z) for z in zeilen if z] + drehbuch["nachmeldungen"]


def erster_und_letzter_tag() -> tuple[date, date]:
    tage = [s["datum"] for s in rohes_drehbuch()[0]["schritte"]]
    return date.fromisoformat(tage[0]), date.fromisoformat(tage[-1])


def uebertrage(name: str, zeit: Zeitabbildung, bis: date, schluessel: Callable[[str], str] = lambda text: text) -> Geschichte:
    """Überträgt das Drehbuch. `schluessel` ersetzt die Schlüssel in einem Text; ohne ihn bleiben sie."""
    drehbuch, meldungen = rohes_drehbuch()

    def wandle(wert: Any) -> Any:
        if isinstance(wert, str):
            return schluessel(zeit.text(wert))
        if isinstance(wert, list):
            return [wandle(w) for w in wert]
        if isinstance(wert, dict):
            return {schluessel(k): wandle(w) for k, w in wert.items()}
        return wert

    uebertragen = [wandle(m) for m in meldungen]
    return Geschichte(name, wandle(drehbuch), {m["geschaeftszeichen"]: m for m in uebertragen}, bis)


def neue_schluessel(jahr: int) -> Callable[[str], str]:
    """Für die zweite Fassung: Meldungen zählen ab 5001 im laufenden Jahr (die des zweiten Jahres ab 5901), anderes ab 51."""
    erstes_jahr = erster_und_letzter_tag()[0].year

    def ersetze(text: str) -> str:
        text = _MELDUNG.sub(lambda m: f"{m[1]}-{jahr}-{int(m[3]) + (5000 if int(m[2]) == erstes_jahr else 5900):04d}", text)
        return _ANDERE.sub(lambda m: f"{m[1]}-{int(m[2]) + 50}", text)

    return ersetze
