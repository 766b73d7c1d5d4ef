"""Welche Texte einer Meldung sich schwärzen lassen, auch die, die später kamen.

Ein Ort nennt ein Feld des Inhalts („beschreibung“), einen Eintrag darin („ergaenzungen.2.text“, von 0 gezählt) oder den Grund
eines Schritts („gruende.7“, die Nummer des Ereignisses). Auch wo eine Stelle gemeint ist, schreibt jemand einen Namen hin. Nur die meldende
Stelle selbst lässt sich nicht schwärzen: An ihr hängt, wer die Meldung sieht.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from states.model import Daten
from states.waechter import wenn

FELDER = ("titel", "beschreibung", "bisherige_schritte", "auswirkung", "loesungsvorschlag", "melder_funktion", "vereinbart", "liegt_bei",
          "mit", "an")
GRUPPEN = {"schnittstelle": ("von", "an")}
LISTEN = ("beteiligte_institutionen",)
EINTRAEGE = {"ergaenzungen": "text", "antworten": "text", "rueckfragen": "frage", "vorkommen": "text", "anhaenge": "bezeichnung"}
GRUENDE = "gruende"
# Unter diesen Namen steht ein Text auch in den Ereignissen; ein gleicher Text unter einem anderen Namen ist keiner.
_IN_GRUPPEN = tuple(f"{gruppe}.{name}" for gruppe, namen in GRUPPEN.items() for name in namen)
TEXTNAMEN = frozenset({*FELDER, *_IN_GRUPPEN, *LISTEN, *EINTRAEGE.values(), "grund"})
_MUSTER = (*FELDER, *map(re.escape, _IN_GRUPPEN), *(rf"{liste}\.[0-9]{{1,5}}" for liste in LISTEN),
           *(rf"{liste}\.[0-9]{{1,5}}\.{name}" for liste, name in EINTRAEGE.items()), rf"{GRUENDE}\.[0-9]{{1,6}}")
_ORT = re.compile("|".join(_MUSTER))


def ist_ort(feld: str) -> bool:
    return _ORT.fullmatch(feld) is not None


def nummer_des_grundes(feld: str) -> int | None:
    """Welches Ereignis den Grund trägt; None, wenn der Ort im Inhalt liegt."""
    return int(feld.removeprefix(f"{GRUENDE}.")) if feld.startswith(f"{GRUENDE}.") else None


def text_an(stand: Daten, feld: str) -> str:
    """Der Text an einem Ort des Inhalts; leer, wenn dort keiner steht."""
    ort: Any = stand
    for teil in feld.split("."):
        if isinstance(ort, list):
            ort = ort[int(teil)] if int(teil) < len(ort) else None
        else:
            ort = ort.get(teil) if isinstance(ort, Mapping) else None
    return ort if isinstance(ort, str) else ""


def orte(stand: Daten) -> Iterator[str]:
    """Alle Orte des Inhalts, an denen ein Text steht."""
    yield from (feld for feld in (*FELDER, *_IN_GRUPPEN) if text_an(stand, feld))
    yield from (f"{liste}.{n}" for liste in LISTEN for n in range(len(stand.get(liste) or ())))
    for liste, name in EINTRAEGE.items():
        eintraege = stand.get(liste) or ()
        teile = list(eintraege) if isinstance(eintraege, Mapping) else [str(n) for n in range(len(eintraege))]
        yield from (ort for t in teile if text_an(stand, ort := f"{liste}.{t}.{name}"))


def geschwaerzt(text: str, start: int, ende: int) -> str:
    """Zeichen für Zeichen, damit Angaben zu anderen Stellen im Text gültig bleiben."""
    return text[:start] + "█" * (min(ende, len(text)) - start) + text[ende:]


def schwaerze(stand: Daten, daten: Daten, _heute: str) -> Daten:
    """Ein Grund steht nicht hier; ihn überschreibt der Schreibweg im Ereignis."""
    feld = str(daten["feld"])
    text = text_an(stand, feld)
    if not text or nummer_des_grundes(feld) is not None:
        return {}
    name, *weiter = feld.split(".")
    return {name: _gesetzt(stand[name], weiter, geschwaerzt(text, int(daten["start"]), int(daten["ende"])))}


def _gesetzt(ort: Any, weiter: list[str], text: str) -> Any:
    if not weiter:
        return text
    if isinstance(ort, list):
        nr = int(weiter[0])
        return [_gesetzt(e, weiter[1:], text) if i == nr else e for i, e in enumerate(ort)]
    return {**ort, weiter[0]: _gesetzt(ort[weiter[0]], weiter[1:], text)}


def ersetzt(wert: Any, alt: str, neu: str, name: str = "") -> Any:
    """Derselbe Text überall, wo einer stehen kann, auch in den Abschriften."""
    if isinstance(wert, Mapping):
        return {k: ersetzt(w, alt, neu, f"{name}.{k}" if name in GRUPPEN else k) for k, w in wert.items()}
    if isinstance(wert, list):
        return [ersetzt(w, alt, neu, name) for w in wert]
    return neu if wert == alt and name in TEXTNAMEN else wert


IM_TEXT = wenn(
    "stelle_im_text",
    lambda f: nummer_des_grundes(str(f.daten["feld"])) is not None
    or 0 <= int(f.daten["start"]) < int(f.daten["ende"]) <= len(text_an(f.stand, str(f.daten["feld"]))),
    "Die markierte Stelle liegt nicht im Text. Bitte markieren Sie sie neu.",
)
