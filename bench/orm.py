"""Dieselbe Arbeitsliste, wie man sie mit dem ORM schriebe: Zeilen als Objekte, und die Vorlage liest ihre Angaben."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import text
from sqlmodel import Session, col, select

from forms.render import Vorlagen
from service.anzeige import tag
from service.db import Datenbank
from service.handelnde import Handelnde
from service.listen import SEITE
from service.pages.arbeitsliste import Wahl
from service.sicht import sichtbar
from service.tables.vorgaenge import Vorgang
from states.kette import PROZESSE

_NAME = "bench/aufgaben_orm.html"
_ZEILEN = "{% for key, art, zustand, titel, kommune, faellig, ueberfaellig, heute in zeilen|uebersetzte(1, 2) %}"


def seite(db: Datenbank, vorlagen: Vorlagen, person: Handelnde, heute: date, rahmen: Mapping[str, Any]) -> Callable[[], str]:
    """Ein Aufruf liest und füllt die Seite einmal."""
    _richte_ein(vorlagen)
    gewaehlt = Wahl(ordnung="frist")
    darf, werte = sichtbar(person, heute, alias="vorgang")

    def einmal() -> str:
        with Session(db.maschine()) as s:
            frage = (select(Vorgang).where(Vorgang.zustaendig == person.key, Vorgang.ende == 0, text(darf))
                     .order_by(col(Vorgang.faellig), col(Vorgang.id)).limit(SEITE + 1).params(**werte))
            gefunden = s.exec(frage).all()
            letzte = gefunden[SEITE - 1]
            weiter = gewaehlt.weg(ab=f"{letzte.faellig}_{letzte.id}") if len(gefunden) > SEITE else ""
            return vorlagen.seite(_NAME, **rahmen, w=gewaehlt, geschuldet=[], eilige=[], zeilen=gefunden[:SEITE], anfang="", weiter=weiter,
                                  dieser_tag=heute.isoformat(), prozesse=PROZESSE)

    return einmal


def _richte_ein(vorlagen: Vorlagen) -> None:
    """Unsere Vorlagen, nur dass die Schleife über Objekte geht statt über Tupel."""
    laden, umgebung = vorlagen.umgebung.loader, vorlagen.umgebung
    assert laden is not None
    tafel = laden.get_source(umgebung, "makros/vorgaenge.html")[0]
    blatt = laden.get_source(umgebung, "pages/aufgaben.html")[0]
    assert tafel.count(_ZEILEN) == 1
    mit_objekten = tafel.replace(_ZEILEN, "{% for v in zeilen %}")
    for name, ausdruck in {
        "{{ key }}": "{{ v.key }}", "titel or key": "v.titel or v.key", "{{ art }}": "{{ prozesse[v.art].bezeichnung }}",
        "{{ zustand }}": "{{ prozesse[v.art].zustand(v.zustand).bezeichnung }}", "kommune or ": "v.kommune or ",
        "faellig or ": "v.faellig|tag or ", "if ueberfaellig": "if v.faellig < dieser_tag", "elif heute": "elif v.faellig == dieser_tag",
    }.items():  # fmt: skip
        assert name in mit_objekten
        mit_objekten = mit_objekten.replace(name, ausdruck)
    umgebung.filters["tag"] = tag
    umgebung.loader = ChoiceLoader([DictLoader({"bench/tafel.html": mit_objekten, _NAME: blatt.replace(
        '{% from "makros/vorgaenge.html" import tafel %}', '{% from "bench/tafel.html" import tafel with context %}')}), laden])
