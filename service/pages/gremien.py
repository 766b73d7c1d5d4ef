"""Was ein Gremium wann bekommen hat, was es gefragt hat und bis wann zu antworten ist."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.sicht import Ebene, sichtbar
from service.web import Angemeldet, anwendung, seite
from service.wege import Wege
from states.kette import PROZESSE
from states.model import Rolle

router = Wege()
WER = (Rolle.KOORDINATION, Rolle.VERWALTUNG, Rolle.LEITUNG)
_HOECHSTENS = 500
_LEER = dict.fromkeys(("gremium", "zeitraum", "gesendet_am", "sitzung_am", "zur_kenntnis_am", "von", "frist", "beantwortet_am"), "")
_ZEILEN = ("SELECT v.key, v.art, v.zustand, v.ende, v.titel, v.stand FROM vorgang v WHERE v.art IN ('bericht', 'anfrage') AND {darf} "
           "ORDER BY v.id DESC LIMIT :menge")


@router.get("/gremien")
def zeige(request: Request, person: Angemeldet) -> HTMLResponse:
    if not any(person.hat(r) for r in WER):
        raise NichtGefunden
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        eintraege = _eintraege(s, person, heute)
        namen = [g.name for g in a.umfeld(s).profil.gremien]
    namen += sorted({e["gremium"] for e in eintraege} - set(namen))
    gremien = [{"name": n, "berichte": [e for e in eintraege if e["gremium"] == n and e["art"] == "bericht"],
                "anfragen": [e for e in eintraege if e["gremium"] == n and e["art"] == "anfrage"]} for n in namen]
    return seite(request, "gremien/gremien.html", gremien=gremien, heute=heute.isoformat(), anlegen=person.hat(Rolle.KOORDINATION))


def _eintraege(s: Sitzung, person: Handelnde, heute: date) -> list[dict[str, Any]]:
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL, arten=("bericht", "anfrage"))
    return [{**_LEER, **json.loads(stand), "key": key, "art": art, "titel": titel, "ende": bool(ende),
             "zustand": PROZESSE[art].zustand(zustand).bezeichnung}
            for key, art, zustand, ende, titel, stand in s.alle(_ZEILEN.format(darf=darf), {**werte, "menge": _HOECHSTENS})]
