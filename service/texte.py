"""Alle Texte der Anwendung, die ein Profil durch eigene ersetzen darf: aus Vorlagen, Nachrichten, Prozesstabellen und Formularen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from jinja2 import nodes

from forms import formular
from forms.felder import Feld, felder_von
from forms.mailtexte import alle_texte
from forms.render import ORT, Vorlagen
from states.kette import PROZESSE


@cache
def bekannte() -> frozenset[str]:
    return frozenset((*_aus_vorlagen(), *_aus_nachrichten(), *_aus_tabellen(), *_aus_formularen()))


def _aus_vorlagen() -> Iterator[str]:
    """Jeder feste Text in `_( … )`."""
    umgebung = Vorlagen().umgebung
    for datei in sorted(ORT.rglob("*.html")):
        for aufruf in umgebung.parse(datei.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(aufruf.node, nodes.Name) and aufruf.node.name == "_":
                yield from (k.value for a in aufruf.args for k in (a, *a.find_all(nodes.Const)) if isinstance(k, nodes.Const))


def _aus_nachrichten() -> Iterator[str]:
    yield from (t for _, vorlage in alle_texte() for t in (vorlage.betreff, vorlage.satz, vorlage.ohne) if t)


def _aus_tabellen() -> Iterator[str]:
    for p in PROZESSE.values():
        yield p.bezeichnung
        yield from (t for z in p.zustaende for t in (z.bezeichnung, z.erklaerung))
        yield from (u.bezeichnung for u in p.uebergaenge)
        yield from (t for m in p.marken for t in (m.bezeichnung, m.erklaerung))
        yield from (f.bezeichnung for f in p.fristen)


def _aus_formularen() -> Iterator[str]:
    for p in PROZESSE.values():
        for u in p.uebergaenge:
            yield from _aus_feldern(felder_von(formular(p.art, u.formular))) if u.formular else ()


def _aus_feldern(felder: tuple[Feld, ...]) -> Iterator[str]:
    for f in felder:
        yield from (f.titel, f.hilfe, *(b for _, b in f.optionen))
        yield from _aus_feldern((*f.felder, *((f.element,) if f.element else ())))
