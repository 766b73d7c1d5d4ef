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
from service.apply import Schritt
from service.db import Sitzung
from service.errors import Konflikt, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.protokoll import vermerke_gelesene
from service.sicht import Ansicht
from service.web import angemeldet, anwendung, seite, umleitung
from states.aussage import Aussage
from states.model import Uebergang
from states.schwaerzung import GRUENDE, LISTEN, orte, text_an

GEWAEHLT = "stelle"  # die angehakten, als „Ort:von:bis“
_RAND = 160  # so viele Zeichen um die Stelle zeigt die Vorschau


class Stelle(NamedTuple):
    """`start`, `ende`: Zeichen im Text `feld`; `vor`, `darin`, `nach`: der Ausschnitt, wie er danach dasteht."""

    feld: str
    start: int
    ende: int
    vor: str
    darin: str
    nach: str
    titel: str = ""

    @property
    def wahl(self) -> str:
        return f"{self.feld}:{self.start}:{self.ende}"


def _stelle(feld: str, text: str, start: int, ende: int) -> Stelle:
    vor, nach = text[max(0, start - _RAND):start], text[ende:ende + _RAND]
    anfang, schluss = "…" if start > _RAND else "", "…" if ende + _RAND < len(text) else ""
    return Stelle(feld, start, ende, anfang + vor, "█" * (ende - start), nach + schluss)


def _texte(s: Sitzung, ansicht: Ansicht) -> dict[str, tuple[str, str]]:
    """Ort -> wie er heißt und was dort steht: die Angaben, was später kam, und die Gründe der Schritte."""
    stand = ansicht.felder
    gefunden = {ort: (_titel(stand, ort), text_an(stand, ort)) for ort in orte(stand)}
    gruende = {f"{GRUENDE}.{g.nr}": (Aussage("Begründung: {schritt}, {zeit}", schritt=g.schritt, zeit=g.zeit), g.grund)
               for g in verlauf(s, ansicht, {}) if g.grund}
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
    """Erst zeigen, wie es würde; None heißt: jetzt wird die eine Stelle geschwärzt, die `start` und `ende` nennen."""
    assert ansicht is not None
    passage, weiter, grund = (_text(eingaben, n) for n in ("passage", "weiter", "grund"))
    if not weiter and grund and not eingaben.get(GEWAEHLT):
        return None
    with anwendung(request).db.lesen() as s:
        stellen = _gemeinte(_texte(s, ansicht), eingaben)
    if not stellen:
        satz = "Diese Stelle kommt im gewählten Text nicht vor. Bitte fügen Sie sie genau so ein, wie sie dasteht."
        keine = "Bitte haken Sie eine Stelle an, oder fügen Sie die ein, die unkenntlich werden soll."
        return noch_einmal({"passage": satz if passage else keine}, 422)
    if not weiter and grund:
        return _schwaerze(request, ansicht, stellen, grund, _text(eingaben, "version"), noch_einmal)
    vermerke_gelesen(request, ansicht)
    befunde = {} if weiter else {"grund": "Bitte geben Sie für diesen Schritt einen Grund an."}
    return seite(request, "eingang/schwaerzen_vorschau.html", status=422 if befunde else 200, key=ansicht.key, stellen=stellen,
                 version=_text(eingaben, "version") or ansicht.version, ziel=request.url.path, b=befunde)


def _schwaerze(request: Request, ansicht: Ansicht, stellen: Sequence[Stelle], grund: str, version: str,
               noch_einmal: Callable[[Mapping[str, str], int], HTMLResponse]) -> Response:
    """Alle oder keine. Geschwärztes bleibt so lang, wie es war: Die Orte der übrigen Stellen gelten weiter."""
    a, person = anwendung(request), angemeldet(request)
    nummer = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    schritte = [Schritt("schwaerzen", ansicht.key, daten={"feld": x.feld, "start": x.start, "ende": x.ende}, grund=grund, version=nummer)
                for x in stellen]
    try:
        a.db.in_transaktion(lambda s: handle(s, schritte, person, a.jetzt(), a.umfeld()))
    except (Ungueltig, Unmoeglich, Verboten, Konflikt) as fehler:
        return noch_einmal({"": fehler.satz}, fehler.status)
    satz = "Die Stelle ist geschwärzt." if len(stellen) == 1 else Aussage("{stellen} Stellen sind geschwärzt.", stellen=len(stellen))
    return umleitung(request, f"/vorgang/{ansicht.key}", satz)


def _gemeinte(texte: Mapping[str, tuple[str, str]], eingaben: Eingaben) -> list[Stelle]:
    """Angehakte, eine genannte, oder jedes Vorkommen der eingefügten; in jedem Ausschnitt sind alle schon geschwärzt."""
    orte_ = [*dict.fromkeys(o for wahl in eingaben.get(GEWAEHLT) or () if (o := _ort(wahl, texte)))]
    if not orte_:
        feld = _text(eingaben, "feld")
        text = texte.get(feld, ("", ""))[1]
        eine = _ort(f"{feld}:{_text(eingaben, 'start')}:{_text(eingaben, 'ende')}", texte)
        orte_ = [eine] if eine else _vorkommen(feld, text, _text(eingaben, "passage"))
    danach = {feld: text for feld, (_, text) in texte.items()}
    for feld, start, ende in orte_:
        danach[feld] = danach[feld][:start] + "█" * (ende - start) + danach[feld][ende:]
    return [_stelle(feld, danach[feld], start, ende)._replace(titel=texte[feld][0]) for feld, start, ende in orte_]


def _ort(wahl: str, texte: Mapping[str, tuple[str, str]]) -> tuple[str, int, int] | None:
    """„beschreibung:5:12“; was nicht in den Text passt, gilt nicht."""
    feld, *zahlen = wahl.rsplit(":", 2)
    if feld not in texte or len(zahlen) != 2 or not all(z.isascii() and z.isdigit() and len(z) < 7 for z in zahlen):
        return None
    start, ende = map(int, zahlen)
    return (feld, start, ende) if start < ende <= len(texte[feld][1]) else None


def _text(eingaben: Eingaben, name: str) -> str:
    return (eingaben.get(name) or ("",))[-1].strip().replace("\r\n", "\n")


def _vorkommen(feld: str, text: str, passage: str) -> list[tuple[str, int, int]]:
    gefunden: list[tuple[str, int, int]] = []
    ab = text.find(passage) if passage else -1
    while ab >= 0 and len(gefunden) < 20:
        gefunden.append((feld, ab, ab + len(passage)))
        ab = text.find(passage, ab + len(passage))
    return gefunden
