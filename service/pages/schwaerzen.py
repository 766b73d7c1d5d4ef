"""Schwärzen: die Texte stehen da, man fügt die Stelle ein oder nimmt eine auffällige, sieht nach, wie es würde, und begründet es.

Niemand zählt Zeichen. Die Stelle selbst steht danach nirgends mehr, auch nicht im Verlauf.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from forms.felder import Eingaben, Feld
from forms.personenbezug import NACH, funde
from forms.render import datum
from service.anzeige import titel, verlauf
from service.angebote import Frage
from service.db import Sitzung
from service.protokoll import vermerke_gelesene
from service.sicht import Ansicht
from service.web import angemeldet, anwendung, seite
from states.model import Uebergang
from states.schwaerzung import GRUENDE, LISTEN, orte, text_an

_RAND = 160  # so viele Zeichen um die Stelle zeigt die Vorschau


class Stelle(NamedTuple):
    """`start`, `ende`: Zeichen im Text `feld`; `vor`, `darin`, `nach`: der Ausschnitt, wie er danach dasteht."""

    feld: str
    start: int
    ende: int
    vor: str
    darin: str
    nach: str


def _stelle(feld: str, text: str, start: int, ende: int) -> Stelle:
    vor, nach = text[max(0, start - _RAND):start], text[ende:ende + _RAND]
    anfang, schluss = "…" if start > _RAND else "", "…" if ende + _RAND < len(text) else ""
    return Stelle(feld, start, ende, anfang + vor, "█" * (ende - start), nach + schluss)


def _texte(s: Sitzung, ansicht: Ansicht) -> dict[str, tuple[str, str]]:
    """Ort -> wie er heißt und was dort steht: die Angaben, was später kam, und die Gründe der Schritte."""
    stand = ansicht.felder
    gefunden = {ort: (_titel(stand, ort), text_an(stand, ort)) for ort in orte(stand)}
    gruende = {f"{GRUENDE}.{g.nr}": (f"Begründung: {g.schritt}, {g.zeit}", g.grund) for g in verlauf(s, ansicht, {}) if g.grund}
    return gefunden | gruende


def _titel(stand: Mapping[str, Any], ort: str) -> str:
    name, *weiter = ort.split(".")
    if not weiter:
        return titel("meldebogen", name)
    am = text_an(stand, f"{name}.{weiter[0]}.am")
    return f"{titel('meldebogen', name)}, {datum(am) if am else int(weiter[0]) + 1 if name in LISTEN else weiter[0]}"


def schwaerzen_kontext(request: Request, f: Frage, felder: Sequence[Feld], befunde: Mapping[str, str]) -> dict[str, Any]:
    """Die Texte der Meldung und was darin auffällt."""
    texte = [(ort, *t) for ort, t in _texte(f.s, f.ansicht).items()] if f.ansicht else []
    auffaellige = [(_stelle(feld, text, x.start, x.ende), text[x.start:x.ende], NACH[x.art])
                   for feld, _, text in texte for x in funde(text)]
    return {"texte": texte, "auffaellige": auffaellige}


def vermerke_gelesen(request: Request, ansicht: Ansicht) -> None:
    a, person = anwendung(request), angemeldet(request)
    if ansicht.zu_protokollieren:
        a.db.in_transaktion(lambda s: vermerke_gelesene(s, a.jetzt(), [ansicht.key], person.key))


def vor_dem_schwaerzen(request: Request, u: Uebergang, ansicht: Ansicht | None, felder: Sequence[Feld], eingaben: Eingaben,
                       noch_einmal: Callable[[Mapping[str, str], int], HTMLResponse]) -> Response | None:
    """Erst zeigen, wie es würde; None heißt: jetzt wird geschwärzt."""
    assert ansicht is not None
    feld, passage, weiter, grund = (_text(eingaben, n) for n in ("feld", "passage", "weiter", "grund"))
    if not weiter and grund:
        return None
    with anwendung(request).db.lesen() as s:
        name, text = _texte(s, ansicht).get(feld, ("", ""))
    stellen = _genannte(eingaben, feld, text) or _vorkommen(feld, text, passage)
    if not stellen:
        satz = "Diese Stelle kommt im gewählten Text nicht vor. Bitte fügen Sie sie genau so ein, wie sie dasteht."
        return noch_einmal({"passage": satz if passage else "Bitte fügen Sie die Stelle ein, die unkenntlich werden soll."}, 422)
    vermerke_gelesen(request, ansicht)
    befunde = {} if weiter else {"grund": "Bitte geben Sie für diesen Schritt einen Grund an."}
    return seite(request, "eingang/schwaerzen_vorschau.html", status=422 if befunde else 200, key=ansicht.key, stellen=stellen,
                 feldtitel=name, version=_text(eingaben, "version") or ansicht.version, ziel=request.url.path,
                 b=befunde)


def _text(eingaben: Eingaben, name: str) -> str:
    return (eingaben.get(name) or ("",))[-1].strip().replace("\r\n", "\n")


def _genannte(eingaben: Eingaben, feld: str, text: str) -> list[Stelle]:
    start, ende = _text(eingaben, "start"), _text(eingaben, "ende")
    if not all(t.isascii() and t.isdigit() and len(t) < 7 for t in (start, ende)) or not int(start) < int(ende) <= len(text):
        return []
    return [_stelle(feld, text, int(start), int(ende))]


def _vorkommen(feld: str, text: str, passage: str) -> list[Stelle]:
    gefunden: list[Stelle] = []
    ab = text.find(passage) if passage else -1
    while ab >= 0 and len(gefunden) < 20:
        gefunden.append(_stelle(feld, text, ab, ab + len(passage)))
        ab = text.find(passage, ab + len(passage))
    return gefunden
