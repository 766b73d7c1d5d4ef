"""Die Tafel der Themen: links, was Fallrekonstruktionen als Thema vorschlagen, daneben die offenen Themen in Spalten.

Vorschläge nennen ihren Grund; wohin ein Kandidat kommt, entscheiden Menschen. Die Zahl der Anfragen hängt nicht an der Zahl der Karten.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from service.aehnlich import stichworte, wortgrund
from service.anzeige import tag
from service.clock import berliner_tag
from service.db import Sitzung, kennungen
from service.handelnde import Handelnde
from service.sicht import Ebene, sichtbar
from states.aussage import Aussage
from states.fallrekonstruktion import beteiligte_stellen
from states.generatives_thema import VOR_DEM_AUFTRAG
from states.kette import PROZESSE

_THEMEN, _KANDIDATEN, _VORSCHLAEGE = 120, 40, 3
_AB_WORTEN, _AB_PUNKTEN = 2, 1.0  # ein einzelnes gemeinsames Wort ist noch keine Ähnlichkeit, eine gemeinsame Stelle auch nicht
OHNE_CLUSTER = "ohne Cluster"


class Vorschlag(NamedTuple):
    """Ein Thema, das ähnlich ist; `gruende`: je Übereinstimmung ein Satzteil, das Gewichtigste zuerst."""

    key: str
    titel: str
    gruende: tuple[str, ...]
    punkte: float


class Kandidat(NamedTuple):
    """Eine freigegebene Fallrekonstruktion ohne Thema, mit dem, was sie als Thema vorschlägt. `seit`: Tage seit der Freigabe."""

    id: int
    key: str
    titel: str
    texte: tuple[str, ...]
    seit: int
    meldungen: int = 0
    vorschlaege: tuple[Vorschlag, ...] = ()


class Karte(NamedTuple):
    """Ein offenes Thema auf der Tafel. `faellig` ist leer, wenn keine Frist läuft."""

    id: int
    key: str
    titel: str
    zustand: str
    zustand_text: str
    version: int
    cluster: str
    stellen: tuple[str, ...]
    text: str
    alter: int
    faellig: str
    ueberfaellig: bool
    meldungen: int = 0
    faelle: tuple[tuple[str, str], ...] = ()
    aehnliche: tuple[Vorschlag, ...] = ()

    @property
    def im_entwurf(self) -> bool:
        return self.zustand == "entwurf"


class Spalte(NamedTuple):
    titel: str
    karten: tuple[Karte, ...]


class Tafel(NamedTuple):
    """`weitere`: wie viele offene Themen nicht mehr auf die Tafel passten."""

    kandidaten: tuple[Kandidat, ...]
    in_arbeit: tuple[tuple[str, str, int], ...]
    karten: tuple[Karte, ...]
    cluster: tuple[str, ...]
    weitere: int

    def spalten(self, nach_cluster: bool) -> tuple[Spalte, ...]:
        """Nach Cluster die vollsten zuerst, sonst in der Reihenfolge der Zustände; leere Spalten entfallen."""
        if nach_cluster:
            namen: Sequence[str] = (*sorted(self.cluster, key=lambda c: (-sum(k.cluster == c for k in self.karten), c)), "")
            paare = [(c or OHNE_CLUSTER, tuple(k for k in self.karten if k.cluster == c)) for c in namen]
        else:
            paare = [(z.bezeichnung, tuple(k for k in self.karten if k.zustand == z.wert))
                     for z in PROZESSE["generatives_thema"].zustaende]
        return tuple(Spalte(titel, karten) for titel, karten in paare if karten)


def tafel(s: Sitzung, person: Handelnde, heute: date) -> Tafel:
    karten, weitere = _karten(s, person, heute)
    kandidaten, in_arbeit = _kandidaten(s, person, heute)
    begriffe = {k.key: _Begriff(stichworte(f"{k.titel} {k.text}"), frozenset(k.stellen)) for k in karten}
    karten = [k._replace(aehnliche=tuple(_aehnliche(k.key, begriffe[k.key], karten, begriffe, {})))
              if k.zustand in VOR_DEM_AUFTRAG else k for k in karten]
    sammlungen = _gemeinsame_sammlungen(s, [k.id for k, _ in kandidaten], [k.id for k in karten])
    fertige = tuple(k._replace(vorschlaege=tuple(_aehnliche("", begriff, karten, begriffe, sammlungen.get(k.id, {}))))
                    for k, begriff in kandidaten)
    return Tafel(fertige, in_arbeit, tuple(karten), tuple(sorted({k.cluster for k in karten if k.cluster})), weitere)


def aehnliche_themen(s: Sitzung, person: Handelnde, heute: date, key: str) -> list[Vorschlag]:
    """Offene Themen, die diesem ähnlich sind."""
    karten, _ = _karten(s, person, heute)
    begriffe = {k.key: _Begriff(stichworte(f"{k.titel} {k.text}"), frozenset(k.stellen)) for k in karten}
    return _aehnliche(key, begriffe[key], karten, begriffe, {}) if key in begriffe else []


# --- Themen -----------------------------------------------------------------------------------------------------------


def _karten(s: Sitzung, person: Handelnde, heute: date) -> tuple[list[Karte], int]:
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL, arten=("generatives_thema",))
    wo = f"FROM vorgang v WHERE v.art = 'generatives_thema' AND v.ende = 0 AND {darf}"
    zeilen = s.alle("SELECT v.id, v.key, v.titel, v.zustand, v.version, v.eroeffnet, v.faellig, v.stand "
                    f"{wo} ORDER BY v.id DESC LIMIT :menge", {**werte, "menge": _THEMEN})
    anzahl = len(zeilen) if len(zeilen) < _THEMEN else int(s.wert(f"SELECT count(*) {wo}", werte))
    meldungen, faelle = _meldungen(s, [z[0] for z in zeilen]), _faelle(s, person, heute, [z[0] for z in zeilen])
    return [_karte(z, heute, meldungen, faelle) for z in zeilen], anzahl - len(zeilen)


def _karte(zeile: Sequence[Any], heute: date, meldungen: Mapping[int, int], faelle: Mapping[int, list[tuple[str, str]]]) -> Karte:
    kennung, key, titel, zustand, version, eroeffnet, faellig, text = zeile
    stand = json.loads(text)
    alter = (heute - berliner_tag(datetime.fromisoformat(eroeffnet))).days
    return Karte(kennung, key, titel, zustand, PROZESSE["generatives_thema"].zustand(zustand).bezeichnung, version,
                 str(stand.get("cluster") or ""), tuple(stand.get("institutionen") or ()), str(stand.get("beschreibung") or ""),
                 alter, tag(faellig), faellig < heute.isoformat(), meldungen.get(kennung, 0), tuple(faelle.get(kennung, ())))


def _meldungen(s: Sitzung, ids: Sequence[int], art: str = "im_thema") -> dict[int, int]:
    """Wie viele Meldungen so mit dem Vorgang verbunden sind."""
    frage = f"SELECT nach, count(*) FROM verbindung WHERE offen = 1 AND art = :art AND {s.in_kennungen('nach')} GROUP BY nach"
    return dict(s.alle(frage, {"ids": kennungen(ids), "art": art})) if ids else {}


def _faelle(s: Sitzung, person: Handelnde, heute: date, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    darf, werte = sichtbar(person, heute, arten=("fallrekonstruktion",))
    zeilen = s.alle("SELECT x.nach, v.key, v.titel FROM verbindung x JOIN vorgang v ON v.id = x.von WHERE x.offen = 1 AND x.art = 'ergibt' "
                    f"AND {s.in_kennungen('x.nach')} AND {darf} ORDER BY x.id", {**werte, "ids": kennungen(ids)}) if ids else []
    gefunden: dict[int, list[tuple[str, str]]] = {}
    for thema, key, titel in zeilen:
        gefunden.setdefault(thema, []).append((key, titel))
    return gefunden


# --- Kandidaten -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Begriff:
    """Worum es in einem Text geht: seine Stichworte (Stamm -> Wort) und die Stellen, die er nennt."""

    worte: Mapping[str, str]
    stellen: frozenset[str] = field(default_factory=frozenset)


def _kandidaten(s: Sitzung, person: Handelnde, heute: date) -> tuple[list[tuple[Kandidat, _Begriff]], tuple[tuple[str, str, int], ...]]:
    """Freigegebene ohne Thema; und (Schlüssel, Zustand, Zahl der Vorschläge) der noch nicht freigegebenen, die schon welche nennen."""
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL, arten=("fallrekonstruktion",))
    zeilen = s.alle("SELECT v.id, v.key, v.titel, v.zustand, v.stand FROM vorgang v WHERE v.art = 'fallrekonstruktion' AND "
                    "v.zustand IN ('freigegeben', 'durchgefuehrt', 'protokolliert', 'geprueft', 'abgestimmt') AND NOT EXISTS "
                    "(SELECT 1 FROM verbindung x WHERE x.von = v.id AND x.art = 'ergibt' AND x.offen = 1) "
                    f"AND {darf} ORDER BY v.id DESC LIMIT :menge", {**werte, "menge": 5 * _KANDIDATEN})
    alle = [(kennung, key, titel, zustand, json.loads(text)) for kennung, key, titel, zustand, text in zeilen]
    freie = [z for z in alle if z[3] == "freigegeben" and vorgeschlagen(z[4])][:_KANDIDATEN]
    anzahl = _meldungen(s, [z[0] for z in freie], "rekonstruiert_in")
    kandidaten = [(Kandidat(kennung, key, titel, vorgeschlagen(stand), _seit(stand, heute), anzahl.get(kennung, 0)), _begriff(stand))
                  for kennung, key, titel, _, stand in freie]
    prozess = PROZESSE["fallrekonstruktion"]
    in_arbeit = tuple((key, prozess.zustand(zustand).bezeichnung, len(vorgeschlagen(stand))) for _, key, _, zustand, stand in alle
                      if zustand != "freigegeben" and vorgeschlagen(stand))
    return kandidaten, in_arbeit


def vorgeschlagen(stand: Mapping[str, Any]) -> tuple[str, ...]:
    """Was eine Fallrekonstruktion als Thema vorschlägt, jedes einmal."""
    weitere = stand.get("themenkandidaten") or ()
    texte = (str(stand.get("themenkandidat") or ""), *((weitere,) if isinstance(weitere, str) else weitere))
    return tuple(t for t in dict.fromkeys(texte) if t)


def _seit(stand: Mapping[str, Any], heute: date) -> int:
    am = str(stand.get("freigegeben_am") or heute.isoformat())
    return (heute - date.fromisoformat(am[:10])).days


def _begriff(stand: Mapping[str, Any]) -> _Begriff:
    achse = stand.get("zeitachse") or ()
    brueche = " ".join(str(e.get("bruchstelle") or "") for e in achse)
    stellen = {str(e.get("akteur") or "") for e in achse} | set(beteiligte_stellen(dict(stand)))
    return _Begriff(stichworte(" ".join((*vorgeschlagen(stand), brueche))), frozenset(stellen - {""}))


def _gemeinsame_sammlungen(s: Sitzung, faelle: Sequence[int], themen: Sequence[int]) -> dict[int, dict[int, str]]:
    """Fallrekonstruktion -> Thema -> Titel einer Sammlung, aus der hier wie dort ein Fall rekonstruiert wurde."""
    if not faelle or not themen:
        return {}
    liegt = ("JOIN verbindung a ON a.von = r.von AND a.art = 'gesammelt' AND a.offen = 1 JOIN vorgang g ON g.id = a.nach "
             "WHERE r.art = 'rekonstruiert_in' AND r.offen = 1 AND")
    der_faelle = s.alle(f"SELECT r.nach, g.id, g.titel FROM verbindung r {liegt} {s.in_kennungen('r.nach')} ORDER BY g.id",
                      {"ids": kennungen(faelle)})
    der_themen = s.alle(f"SELECT DISTINCT x.nach, g.id FROM verbindung x JOIN verbindung r ON r.nach = x.von {liegt} x.art = 'ergibt' "
                        f"AND x.offen = 1 AND {s.in_kennungen('x.nach')}", {"ids": kennungen(themen)})
    gefunden: dict[int, dict[int, str]] = {}
    for fall, sammlung, titel in der_faelle:
        gefunden.setdefault(fall, {}).update({thema: titel for thema, andere in der_themen if andere == sammlung})
    return gefunden


# --- Vorschläge -------------------------------------------------------------------------------------------------------


def _aehnliche(selbst: str, begriff: _Begriff, karten: Iterable[Karte], begriffe: Mapping[str, _Begriff], sammlungen: Mapping[int, str]
               ) -> list[Vorschlag]:
    alle = (_verglichen(begriff, k, begriffe[k.key], sammlungen.get(k.id, "")) for k in karten if k.key != selbst)
    gute = sorted((v for v in alle if v.punkte >= _AB_PUNKTEN), key=lambda v: (-v.punkte, v.key))
    return gute[:_VORSCHLAEGE]


def _verglichen(begriff: _Begriff, karte: Karte, anderer: _Begriff, sammlung: str) -> Vorschlag:
    gemeinsam = [w for w in begriff.worte if w in anderer.worte]
    gruende, punkte = [], 0.0
    if len(gemeinsam) >= _AB_WORTEN:
        punkte += 10.0 * len(gemeinsam) / math.sqrt(len(begriff.worte) * len(anderer.worte))
        gruende.append(wortgrund(begriff.worte, gemeinsam))
    if sammlung:
        punkte += 1.5
        gruende.append(Aussage("Meldungen aus derselben Sammlung: {sammlung}", sammlung=sammlung))
    if beide := sorted(begriff.stellen & anderer.stellen):
        punkte += 0.5 * min(len(beide), 1)
        gruende.append(Aussage("gleiche Stelle: {stellen}", stellen=", ".join(beide[:3])))
    return Vorschlag(karte.key, karte.titel, tuple(gruende), punkte)
