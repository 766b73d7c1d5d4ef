"""Ein Schritt, wie er bei `apply` ankommt, und welche Vorgänge er nennt: sie sind zu sperren, und die Person muss sie sehen dürfen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from forms.grundform import Formular
from service.db import Sitzung
from service.laden import Netz, ids_von_keys
from service.schrittform import verlange_gestalt
from states.glieder import Bewegt, Folge, Neu
from states.kette import PROZESSE, glieder, reichweite, zielart
from states.model import Weg

Bewegtes = tuple[str, str, str, Mapping[str, Any]]  # key, oder die Art eines neuen Vorgangs; Auslöser; Daten


@dataclass(frozen=True)
class Schritt:
    """Ein Auslöser an einem Vorgang (`vorgang` = key), oder ein Anfang (`art`).

    `version`: die Fassung, mit der die Seite gezeigt wurde; None prüft nicht. `key`, `zusatz` und `entsteht` setzen nur
    Import und Vorführung: ein Wunschschlüssel, Angaben, die nicht aus dem Formular kommen (Tag des Eingangs), und
    Art -> Wunschschlüssel dessen, was die Kette anlegt.
    """

    ausloeser: str
    vorgang: str = ""
    art: str = ""
    daten: Mapping[str, Any] | Formular = field(default_factory=dict)
    grund: str = ""
    version: int | None = None
    key: str = ""
    zusatz: Mapping[str, Any] = field(default_factory=dict)
    entsteht: Mapping[str, str] = field(default_factory=dict)


def verlange_gestalten(schritte: Sequence[Schritt]) -> None:
    for schritt in schritte:
        verlange_gestalt({"ausloeser": schritt.ausloeser, "vorgang": schritt.vorgang, "art": schritt.art}, schritt.daten)


def wurzeln_von(s: Sitzung, schritte: Sequence[Schritt], netz: Netz) -> dict[int, tuple[Weg, ...]]:
    """id -> Wege, die von dort gebraucht werden: die geschalteten Vorgänge und die, die in Antworten genannt sind."""
    bewegt = [b for schritt in schritte for b in _bewegte(schritt)]
    bekannt = ids_von_keys(s, _moegliche_keys(bewegt), netz)
    if gespeichert := _gespeicherte_bewegungen(s, bewegt, bekannt):
        bewegt += gespeichert
        bekannt |= ids_von_keys(s, _moegliche_keys(gespeichert) - bekannt.keys())
    wurzeln: dict[int, tuple[Weg, ...]] = {}
    for key, neue_art, ausloeser, daten in bewegt:
        kennung, art = bekannt.get(key, (0, neue_art))
        if art not in PROZESSE:
            continue
        if kennung:
            wurzeln[kennung] = wurzeln.get(kennung, ()) + reichweite(art, ausloeser)
        for genannt, weiter in _genannte(art, ausloeser, daten):
            if genannt in bekannt:
                wurzeln[bekannt[genannt][0]] = wurzeln.get(bekannt[genannt][0], ()) + weiter
    return wurzeln


def _gespeicherte_bewegungen(s: Sitzung, bewegt: Sequence[Bewegtes], bekannt: Mapping[str, tuple[int, str]]) -> list[Bewegtes]:
    """Ein Umlaufbeschluss trägt seine Bewegungen schon im Inhalt."""
    gefunden: list[Bewegtes] = []
    for key, _, ausloeser, _ in bewegt:
        kennung, art = bekannt.get(key, (0, ""))
        if kennung and any(isinstance(g, Bewegt) for g in glieder(art, ausloeser)):
            stand = json.loads(s.wert("SELECT stand FROM vorgang WHERE id = :id", {"id": kennung}))
            gefunden += [_bewegung(b) for b in stand.get("bewegungen") or ()]
    return gefunden


def genannte(s: Sitzung, schritte: Sequence[Schritt]) -> set[str]:
    """Die Schlüssel aller Vorgänge, die Schritte schalten oder in ihren Antworten nennen: was die Person sehen dürfen muss."""
    verlange_gestalten(schritte)
    bewegt = [b for schritt in schritte for b in _bewegte(schritt)]
    bekannt = ids_von_keys(s, {key for key, _, _, _ in bewegt if key})
    keys = {key for key, _, _, _ in bewegt if key}
    for key, neue_art, ausloeser, daten in bewegt:
        art = bekannt.get(key, (0, neue_art))[1]
        if art in PROZESSE:
            keys |= {k for k, _ in _genannte(art, ausloeser, daten)}
    return keys


def als_liste(wert: Any) -> list[str]:
    """Ein Feld nennt einen Schlüssel, mehrere oder keinen."""
    if wert is None or wert == "":
        return []
    return [str(w) for w in wert] if isinstance(wert, (list, tuple)) else [str(wert)]


def _roh(daten: Mapping[str, Any] | Formular) -> Mapping[str, Any]:
    return daten.model_dump(exclude_unset=True) if isinstance(daten, Formular) else daten


def _bewegung(eintrag: Any) -> Bewegtes:
    if not isinstance(eintrag, Mapping):
        return "", "", "", {}
    daten = eintrag.get("daten")
    return str(eintrag.get("vorgang")), "", str(eintrag.get("ausloeser")), daten if isinstance(daten, Mapping) else {}


def _bewegte(schritt: Schritt) -> list[Bewegtes]:
    """Was der Schritt selbst und seine genannten Bewegungen schalten."""
    daten = _roh(schritt.daten)
    genannt = daten.get("bewegungen")
    weitere = genannt if isinstance(genannt, (list, tuple)) else ()
    return [(schritt.vorgang, schritt.art, schritt.ausloeser, daten), *(_bewegung(b) for b in weitere)]


def _moegliche_keys(bewegt: Sequence[Bewegtes]) -> set[str]:
    """Alle Schlüssel, die gemeint sein können. Die Art eines Vorgangs ist noch nicht bekannt, also zählt jeder Auslöser dieses Namens."""
    keys = {key for key, _, _, _ in bewegt if key}
    for _, _, ausloeser, daten in bewegt:
        keys.update(key for art in _arten_mit(ausloeser) for key, _ in _genannte(art, ausloeser, daten))
    return keys


def _genannte(art: str, ausloeser: str, daten: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Weg, ...]]]:
    """Welche Vorgänge die Antwort nennt und wie weit von ihnen aus gesehen wird: die Verbindung entsteht ja erst."""
    for feld, weiter in _nennende_felder(art, ausloeser):
        yield from ((key, weiter) for key in als_liste(daten.get(feld)) if len(key) <= 40)


@cache
def _arten_mit(ausloeser: str) -> tuple[str, ...]:
    return tuple(p.art for p in PROZESSE.values() if ausloeser in p.ausloeser)


@cache
def _nennende_felder(art: str, ausloeser: str) -> tuple[tuple[str, tuple[Weg, ...]], ...]:
    """Die Felder einer Antwort, in denen Schlüssel anderer Vorgänge stehen, mit dem Rest der Wege, die dort hindurchführen.

    Auch Felder, die erst ein Schritt der Kette verbindet: die Vorlage einer Gruppe nennt die Sitzung für ihr Zielsystem.
    """
    felder: dict[str, tuple[Weg, ...]] = {"eltern": ()}
    for a, t in _ausgeloeste(art, ausloeser, frozenset()):
        wege = reichweite(a, t)
        for v in (v for u in PROZESSE[a].uebergaenge if u.ausloeser == t for v in u.verbindet if v.feld):
            felder[v.feld] = felder.get(v.feld, ()) + tuple(w[1:] for w in wege if len(w) > 1 and w[0] == v.hop)
    return tuple((f, tuple(dict.fromkeys(w))) for f, w in felder.items())


def _ausgeloeste(art: str, ausloeser: str, gesehen: frozenset[tuple[str, str]]) -> list[tuple[str, str]]:
    """Der Schritt selbst und alles, was die Kette nach ihm schalten kann."""
    if (art, ausloeser) in gesehen or art not in PROZESSE:
        return []
    gefunden = [(art, ausloeser)]
    for g in glieder(art, ausloeser):
        weitere = ([(z, t) for z in zielart(art, g.weg) for t in g.feuert] if isinstance(g, Folge)
                   else [(g.entsteht, g.ausloeser)] if isinstance(g, Neu) else [])
        for z, t in weitere:
            gefunden += _ausgeloeste(z, t, gesehen | {(art, ausloeser)})
    return gefunden
