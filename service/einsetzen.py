"""Felder einer Antwort, die das Programm füllt: die Sitze eines Tages, die Stellen hinter einem Verteiler, alle offenen Sammlungen.

Welche das sind, sagt das Formular (`AusStammdaten`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from forms.grundform import AusStammdaten, Formular
from service.berichtszahlen import berichtszahlen, festgehalten
from service.db import Sitzung
from service.umfeld import Umfeld
from states.model import Rolle

_LEITUNGEN = ("SELECT DISTINCT b.wer FROM beteiligung b JOIN vorgang v ON v.id = b.vorgang WHERE b.rolle = :rolle AND b.offen = 1 "
              "AND v.art = 'arbeitsgruppe' AND v.ende = 0 ORDER BY b.wer")


class _Lage(NamedTuple):
    """`wert`: was im Feld geschickt wurde; `stand`: was am Vorgang steht (leer, wenn er erst entsteht)."""

    s: Sitzung
    wert: Any
    stand: Mapping[str, Any]
    umfeld: Umfeld
    heute: date

    @property
    def tag(self) -> date:
        """Der Tag der Sitzung, sonst heute."""
        datum = self.stand.get("datum")
        return date.fromisoformat(datum) if isinstance(datum, str) and datum else self.heute


def eingesetzt(
    s: Sitzung, klasse: type[Formular], antwort: dict[str, Any], stand: Mapping[str, Any], umfeld: Umfeld, heute: date
) -> dict[str, Any]:
    """Die Antwort mit dem, was die datierten Einträge dieses Tages dazu sagen."""
    for feld, angabe in _angaben(klasse):
        wert = _QUELLEN[angabe.quelle](_Lage(s, antwort.get(feld), stand, umfeld, heute))
        if wert:
            antwort = {**antwort, feld: wert}
    return antwort


@cache
def _angaben(klasse: type[Formular]) -> tuple[tuple[str, AusStammdaten], ...]:
    return tuple((name, m) for name, info in klasse.model_fields.items() for m in info.metadata if isinstance(m, AusStammdaten))


def _sitze(lage: _Lage) -> list[dict[str, Any]]:
    """Wer sie selbst nennt, muss genau diese nennen; das prüft ein Wächter."""
    return [] if lage.wert else lage.umfeld.sitze_am(lage.tag)


def _vorliegende(lage: _Lage, art: str, zustand: str) -> list[str]:
    """Die Schlüssel aller Vorgänge, die jetzt so vorliegen; wer selbst welche nennt, meint diese."""
    if lage.wert:
        return []
    frage = "SELECT key FROM vorgang WHERE art = :art AND zustand = :zustand ORDER BY id"
    return [str(z[0]) for z in lage.s.alle(frage, {"art": art, "zustand": zustand})]


def _empfaenger(lage: _Lage) -> list[dict[str, Any]]:
    """Jede Stelle einmal. Ohne Angabe und beim ersten Mal der ganze Verteiler, der am Beschluss steht."""
    genannte: Sequence[Mapping[str, Any]] = lage.wert or ()
    if not genannte and not lage.stand.get("weiterleitungen"):
        genannte = [{"institution": name, "weg": _weg(lage.stand)} for name in lage.stand.get("verteiler") or ()]
    einzelne: dict[str, dict[str, Any]] = {}
    for e in genannte:
        for stelle, woher in hinter(lage.s, lage.umfeld, str(e["institution"]), lage.heute):
            einzelne.setdefault(stelle, {**e, "institution": stelle, **woher})
    return list(einzelne.values())


def _zahlen(lage: _Lage) -> dict[str, Any]:
    gezaehlt = berichtszahlen(lage.s, lage.stand, lage.umfeld.profil)
    return festgehalten(gezaehlt, lage.heute) if gezaehlt else {}


def hinter(s: Sitzung, umfeld: Umfeld, name: str, heute: date) -> list[tuple[str, dict[str, str]]]:
    """(Stelle oder Person, woher sie kommt); ein Name, hinter dem kein Verteiler steht, meint sich selbst."""
    liste = umfeld.stammdaten.verteiler(name, heute)
    if liste is None:
        return [(umfeld.stelle(name), {})]
    leitungen = [z[0] for z in s.alle(_LEITUNGEN, {"rolle": Rolle.AG_LEITUNG.value})] if liste.get("arbeitsgruppen") else []
    stellen = [umfeld.stelle(key) for key in liste.get("institutionen", ())]
    return [(wer, {"sammelempfaenger": name}) for wer in (*stellen, *leitungen)]


def _weg(stand: Mapping[str, Any]) -> str:
    """Ein Umlauf hat kein Protokoll, aus dem ein Auszug käme."""
    return "mail" if stand.get("verfahren") == "umlauf" else "protokoll"


def verteilung(s: Sitzung, umfeld: Umfeld, stand: Mapping[str, Any], heute: date) -> dict[str, Any]:
    """Die Antwort „Weiterleiten“: der Verteiler des Beschlusses, aufgelöst in einzelne Stellen; wer ihn schon hat, fehlt.

    Wohinter heute niemand steht, ist benannt. Wer den Beschluss umsetzt, hat eine Aufgabe.
    """
    bisher, eigner = stand.get("weiterleitungen") or {}, stand.get("stellen") or ()
    zeilen: dict[str, dict[str, Any]] = {}
    niemand = []
    for name in stand.get("verteiler") or ():
        gemeint = hinter(s, umfeld, name, heute)
        niemand += [] if gemeint else [name]
        for stelle, woher in gemeint:
            zeilen.setdefault(stelle, {"institution": stelle, "weg": _weg(stand), "aufgabe": stelle in eigner, **woher})
    return {"empfaenger": [z for stelle, z in zeilen.items() if stelle not in bisher], "ohne_empfaenger": niemand}


_QUELLEN: Mapping[str, Callable[[_Lage], Sequence[Any] | Mapping[str, Any]]] = {
    "sitze": _sitze, "empfaenger": _empfaenger,
    "sammlungen": lambda lage: _vorliegende(lage, "sammlung", "offen"),
    "zahlen": _zahlen,
    "geparkte": lambda lage: _vorliegende(lage, "meldebogen", "themenspeicher"),
}
