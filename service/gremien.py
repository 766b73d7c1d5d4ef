"""Berichte an Gremien: der nächste liegt als Entwurf bei der Koordination, wenn er an der Reihe ist, je Gremium höchstens einer.

An der Reihe ist er nach dem Rhythmus des Gremiums, ohne einen nach jeder Sitzung der Lenkungsgruppe; der allererste, wenn die Dauer der
Frist verstrichen ist, seit das Gremium im Profil steht.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime

from service.apply import Schritt, apply
from service.clock import aus_text, berliner_tag
from service.db import Sitzung
from service.handelnde import SYSTEM
from service.kalender import Dauer
from service.profil_modell import Gremium
from service.umfeld import Umfeld, lade_umfeld
from states.nebenakten import OHNE_BERICHT, OHNE_BERICHT_SEIT


def merke_vor(s: Sitzung, jetzt: datetime) -> int:
    """Legt die fälligen Entwürfe an und gibt ihre Zahl zurück. Ohne übernommenes Profil gibt es keine Gremien."""
    zeilen = s.alle("SELECT zeit, inhalt FROM profil ORDER BY id" + (" FOR UPDATE" if s.postgres else ""))  # nur eine Runde zugleich
    if not zeilen:
        return 0
    umfeld = lade_umfeld(s, berliner_tag(jetzt).isoformat())
    faellige = list(_faellige(s, umfeld, berliner_tag(jetzt), zeilen))
    schritte = [Schritt("vormerken", art="bericht", daten={"titel": f"{titel}: {g.name}"[:200], "gremium": g.name})
                for g, titel in faellige]
    if schritte:
        apply(s, schritte, SYSTEM, jetzt, umfeld)
    return len(faellige)


def _faellige(s: Sitzung, umfeld: Umfeld, heute: date, fassungen: list[tuple[str, str]]) -> Iterator[tuple[Gremium, str]]:
    """(Gremium, wie der Entwurf heißt)"""
    berichte, bekannt_seit, sitzung = _berichte(s), _bekannt_seit(fassungen), _letzte_sitzung(s)
    erste = Dauer.lesen(umfeld.profil.dauer(OHNE_BERICHT, OHNE_BERICHT_SEIT))
    for g in umfeld.profil.gremien:
        eigene = [b for b in berichte if b[0] in (g.name.casefold(), g.key.casefold())]
        if not g.gilt_am(heute) or any(zustand == "entwurf" for _, zustand, _ in eigene):
            continue
        zuletzt = max((tag for *_, tag in eigene if tag), default="")
        if not eigene and umfeld.kalender.ende(max(bekannt_seit[g.key], g.gueltig_von or date.min), erste).ende <= heute:
            yield g, "Erster Bericht"
        elif zuletzt and _an_der_reihe(umfeld, g, date.fromisoformat(zuletzt), sitzung, heute):
            yield g, "Bericht"


def _an_der_reihe(umfeld: Umfeld, g: Gremium, zuletzt: date, sitzung: date | None, heute: date) -> bool:
    if g.rhythmus:
        return umfeld.kalender.ende(zuletzt, Dauer.lesen(g.rhythmus)).ende <= heute
    return sitzung is not None and zuletzt < sitzung


def _berichte(s: Sitzung) -> list[tuple[str, str, str]]:
    """(Gremium, Zustand, Tag des Versands oder leer)"""
    zeilen = s.alle("SELECT zustand, stand FROM vorgang WHERE art = 'bericht' ORDER BY id")
    gelesen = [(zustand, json.loads(stand)) for zustand, stand in zeilen]
    return [(str(b.get("gremium") or "").casefold(), zustand, str(b.get("gesendet_am") or "")) for zustand, b in gelesen]


def _letzte_sitzung(s: Sitzung) -> date | None:
    """Die jüngste Sitzung der Lenkungsgruppe, deren Protokoll versandt ist: erst dann steht fest, worüber zu berichten ist."""
    staende = s.alle("SELECT stand FROM vorgang WHERE art = 'sitzung' AND zustand IN ('protokoll_versandt', 'protokoll_genehmigt', "
                     "'abgeschlossen')")
    tage = [str(json.loads(stand).get("datum") or "") for (stand,) in staende]
    return date.fromisoformat(max(tage)) if tage else None


def _bekannt_seit(fassungen: list[tuple[str, str]]) -> dict[str, date]:
    """Der Tag, an dem jedes Gremium zum ersten Mal in einem übernommenen Profil stand."""
    seit: dict[str, date] = {}
    for zeit, inhalt in fassungen:
        for g in json.loads(inhalt).get("gremien") or ():
            seit.setdefault(g["key"], berliner_tag(aus_text(zeit)))
    return seit
