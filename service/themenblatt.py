"""Das Themenblatt: ein Thema auf einer Seite für die Lenkungsgruppe, aus dem, was verzeichnet ist.

Es geht aus dem Haus, also gilt für alle Zahlen die Regel der kleinen Zahlen, auch für die Koordination. Brüche stehen darin nur für die,
die die Fallrekonstruktion selbst sehen dürfen; für die anderen ihre Zahl.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from service.anzeige import tag, wert
from service.ausschnitt import ohne_verbotenes
from service.db import Sitzung
from service.handelnde import Handelnde
from service.laden import Akte
from service.lenkung import ganz_sichtbare, umgebung
from service.sicht import Ansicht
from service.zahlen import Tafel, anzahl_in_worten, melder_arten, zaehltafel
from states.aussage import Aussage
from states.generatives_thema import FALLREKONSTRUKTIONEN, SITZUNGEN, VOR_DEM_AUFTRAG
from states.kette import PROZESSE
from states.model import Rolle
from states.themenstand import ZU_DEN_ARBEITSGRUPPEN, ZU_DEN_ZIELSYSTEMEN

_BRUECHE = 6
_MELDUNGEN = ("SELECT m.kommune, m.stand FROM vorgang v JOIN verbindung x ON x.nach = v.id AND x.art = 'im_thema' AND x.offen = 1 "
              "JOIN vorgang m ON m.id = x.von WHERE v.key = :key")


class Bruch(NamedTuple):
    """Was in einem Fall brach; `wartete`: Wochen, None ohne Angabe."""

    wer: str
    was: str
    wartete: int | None


class Themenblatt(NamedTuple):
    """`anzahl`, `weitere`: schon nach der Regel der kleinen Zahlen. `brueche` leer, wenn keine verzeichnet oder keine sichtbar sind."""

    titel: str
    problem: str
    cluster: str
    anzahl: str
    weitere: str
    tafeln: tuple[Tafel, ...]
    faelle: int
    brueche: tuple[Bruch, ...]
    mehr_brueche: int
    verdeckte_faelle: int
    hebel: str
    stellen: tuple[str, ...]
    vorhaben: tuple[str, ...]
    sitzung: tuple[str, str]
    zu_entscheiden: tuple[str, ...]
    zustand: str


def themenblatt(s: Sitzung, person: Handelnde, heute: date, ansicht: Ansicht) -> Themenblatt:
    stand = ansicht.felder
    akte, netz = umgebung(s, ansicht.key, FALLREKONSTRUKTIONEN, SITZUNGEN, ZU_DEN_ARBEITSGRUPPEN, ZU_DEN_ZIELSYSTEMEN)
    faelle, sitzungen, gruppen, systeme = (netz.entlang(akte.id, weg) for weg in (
        FALLREKONSTRUKTIONEN, SITZUNGEN, ZU_DEN_ARBEITSGRUPPEN, ZU_DEN_ZIELSYSTEMEN))
    gesehen = ganz_sichtbare(s, person, heute, [*faelle, *sitzungen, *gruppen, *systeme])
    lesbare = [f for f in faelle if f.id in gesehen]
    brueche = [b for f in lesbare for b in _brueche(ohne_verbotenes(dict(f.stand), f, person))]
    anzahl, weitere, tafeln = _zahlen(s, ansicht.key)
    return Themenblatt(
        str(stand.get("titel") or ansicht.key), str(stand.get("beschreibung") or ""), str(stand.get("cluster") or ""),
        anzahl, weitere, tafeln, len(faelle), tuple(brueche[:_BRUECHE]), max(0, len(brueche) - _BRUECHE), len(faelle) - len(lesbare),
        wert("generatives_thema", "hebel", stand.get("hebel")), tuple(stand.get("institutionen") or ()),
        tuple(_vorhaben(stand, [a for a in (*gruppen, *systeme) if a.id in gesehen])), _sitzung(stand, sitzungen),
        tuple(_zu_entscheiden(ansicht.zustand)), PROZESSE["generatives_thema"].zustand(ansicht.zustand).bezeichnung)


def _zahlen(s: Sitzung, key: str) -> tuple[str, str, tuple[Tafel, ...]]:
    """Wie viele Meldungen, wie viele weitere Vorkommen, und die Tafeln nach meldender Stelle und Kommune."""
    arten, zeilen = melder_arten(), [(kommune or "", json.loads(text)) for kommune, text in s.alle(_MELDUNGEN, {"key": key})]
    weitere = sum(int(stand.get("wiederholungen") or 0) for _, stand in zeilen)
    stellen = Counter(arten.get(str(stand.get("melder_art") or ""), "ohne Angabe") for _, stand in zeilen)
    kommunen = Counter(kommune or "ohne Angabe" for kommune, _ in zeilen)
    tafeln = (zaehltafel("Von wem", "Art der meldenden Stelle", stellen, True), zaehltafel("Woher", "Kommune", kommunen, True))
    return anzahl_in_worten(len(zeilen), True), anzahl_in_worten(weitere, True), tafeln if zeilen else ()


def _brueche(stand: Mapping[str, Any]) -> Iterable[Bruch]:
    """Aus der freigegebenen Fassung, nie aus einem Entwurf."""
    fassungen: Sequence[Mapping[str, Any]] = stand.get("fassungen") or ()
    for e in (fassungen[-1].get("zeitachse") or ()) if fassungen else ():
        if e.get("bruchstelle"):
            yield Bruch(str(e.get("akteur") or ""), str(e["bruchstelle"]), e.get("wartezeit_wochen"))


def _vorhaben(stand: Mapping[str, Any], folgende: Iterable[Akte]) -> Iterable[str]:
    """Was vorgeschlagen oder schon im Gang ist, je ein Satz."""
    auftrag = stand.get("auftrag") or {}
    if auftrag.get("auftrag"):
        yield Aussage("Auftrag: {auftrag}", auftrag=auftrag["auftrag"])
    for a in folgende:
        prozess = PROZESSE[a.art]
        yield Aussage("{was} {key}: {titel} ({stand})", was=prozess.bezeichnung, key=a.key, titel=a.titel,
                      stand=prozess.zustand(a.zustand).bezeichnung)
        if leitziel := (a.stand.get("ziele") or {}).get("leitziel"):
            yield Aussage("Leitziel: {leitziel}", leitziel=leitziel)


def _sitzung(stand: Mapping[str, Any], sitzungen: Sequence[Akte]) -> tuple[str, str]:
    """(Titel, Tag) der Sitzung, auf deren Tagesordnung es zuletzt kam."""
    gefunden = next((a for a in sitzungen if a.key == stand.get("sitzung")), None)
    return (gefunden.titel, tag(str(gefunden.stand.get("datum") or ""))) if gefunden else ("", "")


def _zu_entscheiden(zustand: str) -> Iterable[str]:
    """Die Schritte, die ein Beschluss jetzt nennen kann; vor der Vorlage die, die er dann nennen kann."""
    ab = "vorgelegt" if zustand in VOR_DEM_AUFTRAG else zustand
    schritte = [u for u in PROZESSE["generatives_thema"].moeglich(ab) if any(w.rolle is Rolle.BESCHLUSS for w in u.wer)]
    return dict.fromkeys(u.bezeichnung for u in schritte if u.nach or ab == "vorgelegt")
