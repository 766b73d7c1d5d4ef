"""Der Nachtrag: was neben der Geschichte heute auf den Tischen liegt, damit jeder Zustand und jede Liste etwas zeigt.

`nachtrag.json` enthält nur Daten: Stränge aus Schritten, die so viele Werktage vor heute geschehen, wie `vor` sagt.
Tage in den Angaben sind ebenso gezählt:

- "@0" ist heute (am Wochenende der Werktag davor), "@-3" drei Werktage früher, "@+12" zwölf später;
- "@heute" ist der Kalendertag des Starts, auch am Wochenende; "@m-1" der Monat vor dem des Schritts;
- "{@+8}" mitten in einem Satz wird zu TT.MM.JJJJ;
- "M-6001" ist eine Meldung des Nachtrags; ihr Jahr ist das ihres Eingangs.

Ein Eintrag mit `je` sind mehrere Schritte, die sich nur in dem unterscheiden, was dort steht.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, time
from importlib.resources import files
from typing import Any, NamedTuple

from service.apply import Schritt
from service.demo.geschichte import Daten
from service.demo.lauf import Lauf
from service.demo.zeit import Zeitabbildung, letzter_werktag
from service.errors import Kreislauffehler
from service.umfeld import Umfeld
from states.monate import plus_monate

_TAG = re.compile(r"@([+-]?\d+)")
_MONAT = re.compile(r"@m-(\d+)")
_IM_SATZ = re.compile(r"\{(@[^{}]+)\}")
_MELDUNG = re.compile(r"\bM-(\d{4})\b")


class Handlung(NamedTuple):
    """Ein Schritt des Nachtrags, fertig zum Spielen. `nr` zählt die Handlungen in der Reihenfolge der Datei."""

    nr: int
    tag: date
    uhrzeit: time
    person: str
    schritt: Schritt

    def spiele(self, lauf: Lauf) -> None:
        """Tut ihn genau die genannte Person; was nicht geht, ist ein Unterschied."""
        lauf.stelle_uhr(self.tag, self.uhrzeit)
        try:
            lauf.tue(lauf.person(self.person), self.schritt)
        except Kreislauffehler as fehler:
            s = self.schritt
            lauf.unterschied(self.nr, s.vorgang or s.key, f"Nachtrag, {s.ausloeser}: {fehler.satz}")


def rohe_straenge() -> list[Daten]:
    straenge: list[Daten] = json.loads((files("service.demo") / "nachtrag.json").read_text("utf-8"))["straenge"]
    return straenge


def handlungen(umfeld: Umfeld, heute: date) -> list[Handlung]:
    """Alle Schritte nach Tag und Uhrzeit (ohne Angabe: 9 Uhr); zur selben Zeit gilt die Reihenfolge der Datei."""
    uebersetzung = _Uebersetzung(umfeld, heute)
    einzelne = [e for strang in rohe_straenge() for e in _einzelne(strang["schritte"])]
    for eintrag in einzelne:
        uebersetzung.merke(eintrag)
    fertige = [uebersetzung.handlung(nr, eintrag) for nr, eintrag in enumerate(einzelne, start=1)]
    return sorted(fertige, key=lambda h: (h.tag, h.uhrzeit))


def _einzelne(eintraege: list[Daten]) -> Iterator[Daten]:
    for eintrag in eintraege:
        gemeinsam = {k: w for k, w in eintrag.items() if k != "je"}
        je: list[Daten] = eintrag.get("je") or [{}]
        for eigenes in je:
            daten = {**gemeinsam["schritt"].get("daten", {}), **eigenes.get("daten", {})}
            schritt = {**gemeinsam["schritt"], **{k: w for k, w in eigenes.items() if k not in ("person", "uhrzeit")}, "daten": daten}
            yield {**gemeinsam, **{k: eigenes[k] for k in ("person", "uhrzeit") if k in eigenes}, "schritt": schritt}


class _Uebersetzung:
    """Macht aus gezählten Tagen und kurzen Schlüsseln die dieses Starts."""

    def __init__(self, umfeld: Umfeld, heute: date) -> None:
        anker = letzter_werktag(umfeld.kalender, heute)
        self._zeit = Zeitabbildung(umfeld.kalender, anker, anker)
        self._umfeld, self._heute = umfeld, heute
        self._meldungen: dict[str, str] = {}

    def _tag(self, eintrag: Daten) -> date:
        return self._zeit.versetzt(-int(eintrag["vor"]))

    def merke(self, eintrag: Daten) -> None:
        """Meldungen werden auch genannt, bevor ihr Schlüssel feststeht; also erst alle Jahre bestimmen."""
        treffer = _MELDUNG.fullmatch(eintrag["schritt"].get("key", ""))
        if treffer:
            self._meldungen[treffer[1]] = f"{self._umfeld.profil.kurz}-{self._tag(eintrag).year}-{treffer[1]}"

    def handlung(self, nr: int, eintrag: Daten) -> Handlung:
        tag = self._tag(eintrag)
        s = self._wandle(eintrag["schritt"], tag)
        schritt = Schritt(s["ausloeser"], s.get("vorgang", ""), s.get("art", ""), s["daten"], s.get("grund", ""), key=s.get("key", ""),
                          entsteht=s.get("entsteht", {}))
        return Handlung(nr, tag, time.fromisoformat(eintrag.get("uhrzeit", "09:00")), eintrag["person"], schritt)

    def _wandle(self, wert: Any, tag: date) -> Any:
        if isinstance(wert, str):
            return self._text(wert, tag)
        if isinstance(wert, list):
            return [self._wandle(w, tag) for w in wert]
        if isinstance(wert, dict):
            return {k: self._wandle(w, tag) for k, w in wert.items()}
        return wert

    def _text(self, text: str, tag: date) -> str:
        if (treffer := _MONAT.fullmatch(text)) is not None:
            return plus_monate(tag.replace(day=1), -int(treffer[1])).isoformat()[:7]
        if (gemeint := self._genannter_tag(text)) is not None:
            return gemeint.isoformat()
        text = _IM_SATZ.sub(lambda m: f"{self._genannter_tag(m[1]):%d.%m.%Y}", text)
        return _MELDUNG.sub(lambda m: self._meldungen[m[1]], text)

    def _genannter_tag(self, text: str) -> date | None:
        if text == "@heute":
            return self._heute
        treffer = _TAG.fullmatch(text)
        return self._zeit.versetzt(int(treffer[1])) if treffer else None
