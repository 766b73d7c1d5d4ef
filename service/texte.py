"""Alle Texte der Anwendung: was ein Profil durch eigene ersetzen darf, und was in einen Katalog gehört."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import nodes

from forms import formular
from forms.felder import Feld, felder_von
from forms.mailtexte import DINGE, alle_texte, formen
from forms.render import ORT, Vorlagen
from service.kalender import ERSTES_JAHR, LETZTES_JAHR, feiertage
from states.kette import PROZESSE

_QUELLEN = tuple(ORT.parent.parent / ordner for ordner in ("states", "forms", "service"))
# Kommandozeile, Einrichtung und die erfundene Geschichte reden nur deutsch.
_NUR_DEUTSCH = frozenset({"befehle", "demo", "migrations", "cli.py", "sicherung.py", "settings.py", "zeitgeber.py", "aufsicht.py",
                          "profil_pruefung.py", "profil_toml.py"})
_KEIN_TEXT = re.compile(r"(?s).*(\b(SELECT|INSERT|UPDATE|DELETE|CREATE|LOCK|AND|ORDER BY|JOIN|FROM|WHERE)\b|\n|[=;]\s*:)|<")
_TEXT = re.compile(r"[A-ZÄÖÜ„].*[a-zäöüß]|.*[a-zäöüß]{2,} [A-Za-zäöüß„{]|.*[äöüß]")


@cache
def bekannte() -> frozenset[str]:
    """Aus Vorlagen, Nachrichten, Prozesstabellen und Formularen: Sie stehen so auf einer Seite, wenn das Profil nichts anderes sagt."""
    return frozenset((*_aus_vorlagen(), *_aus_nachrichten(), *_aus_tabellen(), *_aus_formularen()))


@cache
def uebersetzbare() -> frozenset[str]:
    """Dazu die Sätze aus dem Quelltext: Gründe, Befunde, Hinweise, Muster des Verlaufs. Eher einer zu viel als einer zu wenig."""
    dateien = (d for quelle in _QUELLEN for d in sorted(quelle.rglob("*.py")) if _NUR_DEUTSCH.isdisjoint(d.relative_to(quelle).parts))
    return bekannte().union(_feiertage(), _aus_schemata(), *map(_aus_quelltext, dateien))


def _feiertage() -> Iterator[str]:
    """Wie die Bibliothek sie nennt."""
    yield from (name for jahr in range(ERSTES_JAHR, LETZTES_JAHR + 1) for name in feiertage(jahr).values())


def _aus_vorlagen() -> Iterator[str]:
    """Jeder feste Text in `_( … )`."""
    umgebung = Vorlagen().umgebung
    umgebung.filters["umbrochen"] = str  # gibt es nur in Nachrichten
    for datei in sorted((*ORT.rglob("*.html"), *ORT.rglob("*.txt"))):
        for aufruf in umgebung.parse(datei.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(aufruf.node, nodes.Name) and aufruf.node.name == "_":
                yield from (k.value for a in aufruf.args for k in (a, *a.find_all(nodes.Const))
                           if isinstance(k, nodes.Const) and isinstance(k.value, str))


def _aus_nachrichten() -> Iterator[str]:
    yield from (t for _, vorlage in alle_texte() for t in (vorlage.betreff, vorlage.satz, vorlage.ohne) if t)
    yield from (form for art in DINGE for form in formen(art).values())


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


def _aus_schemata() -> Iterator[str]:
    """Wie die Schnittstelle ein Formular beschreibt; die Titel seiner Felder stehen schon in ihm."""
    offen: list[Any] = [formular(p.art, u.formular).model_json_schema() for p in PROZESSE.values() for u in p.uebergaenge if u.formular]
    while offen:
        teil = offen.pop()
        offen += teil.values() if isinstance(teil, dict) else teil if isinstance(teil, list) else ()
        if isinstance(teil, dict) and isinstance(satz := teil.get("description"), str):
            yield satz


def _aus_feldern(felder: tuple[Feld, ...]) -> Iterator[str]:
    for f in felder:
        yield from (f.titel, f.hilfe, *(b for _, b in f.optionen))
        yield from _aus_feldern((*f.felder, *((f.element,) if f.element else ())))


def _aus_quelltext(datei: Path) -> Iterator[str]:
    """Feste Texte, die wie Deutsch aussehen; ohne Beschreibungen des Quelltexts und ohne Stücke zusammengesetzter Texte."""
    baum = ast.parse(datei.read_text(encoding="utf-8"))
    keine = {id(t) for k in ast.walk(baum) if isinstance(k, ast.JoinedStr) for t in ast.walk(k)}
    keine |= {id(k.value) for k in ast.walk(baum) if isinstance(k, ast.Expr)}
    for k in ast.walk(baum):
        if isinstance(k, ast.Constant) and isinstance(k.value, str) and id(k) not in keine and ist_text(k.value):
            yield k.value


def ist_text(text: str) -> bool:
    return len(text) > 2 and _TEXT.match(text) is not None and _KEIN_TEXT.match(text) is None
