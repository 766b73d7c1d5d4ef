"""Gremien, die noch nie einen Bericht bekamen: nach der Dauer der Frist liegt für sie ein Entwurf bei der Koordination, einmal.

Wer schon einen bekam, den hält die Frist des letzten Berichts im Blick; hier hängt sie am Profil, denn es gibt noch keinen Vorgang.
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
    schritte = [Schritt("vormerken", art="bericht", daten={"titel": f"Erster Bericht: {g.name}"[:200], "gremium": g.name})
                for g in faellige]
    if schritte:
        apply(s, schritte, SYSTEM, jetzt, umfeld)
    return len(faellige)


def _faellige(s: Sitzung, umfeld: Umfeld, heute: date, fassungen: list[tuple[str, str]]) -> Iterator[Gremium]:
    dauer = Dauer.lesen(umfeld.profil.dauer(OHNE_BERICHT, OHNE_BERICHT_SEIT))
    berichte = s.alle("SELECT stand FROM vorgang WHERE art = 'bericht'")
    berichtet = {str(json.loads(stand).get("gremium") or "").casefold() for (stand,) in berichte}
    bekannt_seit = _bekannt_seit(fassungen)
    for g in umfeld.profil.gremien:
        if not g.gilt_am(heute) or berichtet & {g.name.casefold(), g.key.casefold()}:
            continue
        if umfeld.kalender.ende(max(bekannt_seit[g.key], g.gueltig_von or date.min), dauer).ende <= heute:
            yield g


def _bekannt_seit(fassungen: list[tuple[str, str]]) -> dict[str, date]:
    """Der Tag, an dem jedes Gremium zum ersten Mal in einem übernommenen Profil stand."""
    seit: dict[str, date] = {}
    for zeit, inhalt in fassungen:
        for g in json.loads(inhalt).get("gremien") or ():
            seit.setdefault(g["key"], berliner_tag(aus_text(zeit)))
    return seit
