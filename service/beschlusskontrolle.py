"""Beschlusskontrolle: offene Beschlüsse nach Frist, fehlende Bestätigungen, offene Auflagen; gelesen über die offenen Fristen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from service.anzeige import tag
from service.db import Sitzung
from service.handelnde import Handelnde
from service.sicht import Ebene, sichtbar
from states.aussage import Aussage
from states.kette import PROZESSE

HOECHSTENS = 200
_FRAGE = ("SELECT v.key, v.titel, v.zustand, v.stand, f.schluessel, f.ende FROM frist f JOIN vorgang v ON v.id = f.vorgang "
          "WHERE f.offen = 1 AND f.name = :name AND v.art = :art AND {darf} ORDER BY f.ende, f.id LIMIT :menge")


class Zeile(NamedTuple):
    """Eine offene Sache. `wer`: bei wem sie liegt; `erinnert`: wie oft schon nachgefragt ist; `weg`: wo man sie erledigt."""

    key: str
    titel: str
    zustand: str
    wer: str
    bis: str
    ueberfaellig: bool
    heute: bool
    was: str
    erinnert: int
    weg: str
    schritt: str


class Blatt(NamedTuple):
    beschluesse: tuple[Zeile, ...]
    kenntnisnahmen: tuple[Zeile, ...]
    auflagen: tuple[Zeile, ...]

    @property
    def ueberfaellige(self) -> int:
        return sum(z.ueberfaellig for z in (*self.beschluesse, *self.kenntnisnahmen, *self.auflagen))


def blatt(s: Sitzung, person: Handelnde, heute: date, namen: Mapping[str, str]) -> Blatt:
    tag_ = heute.isoformat()
    return Blatt(
        tuple(_beschluss(z, tag_) for z in _offene(s, person, heute, "beschluss", "beschluss_frist")),
        tuple(_kenntnis(gruppe, tag_, namen) for gruppe in _je_sendung(_offene(s, person, heute, "beschluss", "beschluss_kenntnisnahme"))),
        tuple(_auflage(z, tag_, namen) for z in _offene(s, person, heute, "zielsystem", "auflage")),
    )


def _offene(s: Sitzung, person: Handelnde, heute: date, art: str, frist: str) -> list[tuple[Any, ...]]:
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL, arten=(art,))
    return s.alle(_FRAGE.format(darf=darf), {**werte, "name": frist, "art": art, "menge": HOECHSTENS})


def _zeile(zeile: tuple[Any, ...], art: str, heute: str, **mehr: Any) -> Zeile:
    key, titel, zustand, _, _, ende = zeile
    bezeichnung = PROZESSE[art].zustand(zustand).bezeichnung
    return Zeile(key, titel, bezeichnung, bis=tag(ende), ueberfaellig=ende < heute, heute=ende == heute, **mehr)


def _beschluss(zeile: tuple[Any, ...], heute: str) -> Zeile:
    stand = json.loads(zeile[3])
    naechster = {"gefasst": ("weiterleiten", "Weiterleiten"), "weitergeleitet": ("erledigen", "Als erledigt melden"),
                 "in_erledigung": ("erledigen", "Als erledigt melden")}[zeile[2]]
    was = Aussage("gefasst am {am}", am=tag(stand["gefasst_am"]))
    return _zeile(zeile, "beschluss", heute, wer=stand.get("verantwortlich") or "", was=was,
                  erinnert=0, weg=f"/vorgang/{zeile[0]}/schritt/{naechster[0]}", schritt=naechster[1])


def _je_sendung(zeilen: Iterable[tuple[Any, ...]]) -> Iterable[list[tuple[Any, ...]]]:
    """Eine Sendung je Sitzung und Empfänger, also auch eine Bestätigung: Was zusammengehört, steht in einer Zeile, das Eiligste zuerst."""
    gruppen: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for z in zeilen:
        gruppen.setdefault((json.loads(z[3]).get("sitzung") or z[0], z[4]), []).append(z)
    return gruppen.values()


def _kenntnis(zeilen: Sequence[tuple[Any, ...]], heute: str, namen: Mapping[str, str]) -> Zeile:
    zeile = zeilen[0]
    stand, wer = json.loads(zeile[3]), zeile[4]
    eintrag = (stand.get("weiterleitungen") or {}).get(wer) or {}
    genannt = "" if wer in namen else f"?{urlencode({'empfaenger': wer})}"  # Personen stehen nie in einer Adresse
    tage = {e["am"] for e in stand.get("erinnerungen") or () if e.get("empfaenger") == wer}
    weitere = ", ".join(z[0] for z in zeilen[1:])
    vorlage = "gesendet am {am}; dieselbe Bestätigung gilt für {weitere}" if weitere else "gesendet am {am}"
    was = Aussage(vorlage, am=tag(eintrag.get("gesendet_am") or ""), weitere=weitere)
    return _zeile(zeile, "beschluss", heute, wer=namen.get(wer, wer), was=was,
                  erinnert=len(tage), weg=f"/vorgang/{zeile[0]}/schritt/erinnern{genannt}", schritt="Anruf verzeichnen")


def _auflage(zeile: tuple[Any, ...], heute: str, namen: Mapping[str, str]) -> Zeile:
    auflage = (json.loads(zeile[3]).get("auflagen") or {}).get(zeile[4]) or {}
    wer, bestaetigt = str(auflage.get("verantwortlich") or ""), str(auflage.get("bestaetigt_durch") or "")
    satz = str(auflage.get("auflage") or "")
    if bestaetigt:
        satz = Aussage("{auflage} (bestätigt durch: {wer})", auflage=satz, wer=namen.get(bestaetigt, bestaetigt))
    return _zeile(zeile, "zielsystem", heute, wer=namen.get(wer, wer), was=satz, erinnert=0,
                  weg=f"/vorgang/{zeile[0]}/schritt/auflage_bestaetigen?auflage={zeile[4]}", schritt="Erfüllung bestätigen")
