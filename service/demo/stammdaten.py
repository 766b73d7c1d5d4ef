"""Was die Koordination der Vorführung an den Stammdaten gepflegt hat; `stammdaten.json` enthält nur Daten.

`vor` sagt, wie viele Kalendertage vor heute es geschah. „@+12“ ist zwölf Tage nach heute, „@jahresende“ der letzte Tag dieses Jahres,
„@jahresanfang“ der erste des nächsten.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from service.clock import berliner_tag
from service.db import Sitzung
from service.eintraege import aendere, beende, lege_an
from service.eintragsarten import ARTEN
from service.geltendes import lade
from service.profil_angaben import vergleichbar
from service.stammdaten import handelnde
from service.umfeld import Umfeld

_TAGE = re.compile(r"@([+-]\d+)")


def pflege(s: Sitzung, umfeld: Umfeld, jetzt: datetime) -> None:
    """Mit denselben Wegen wie auf den Seiten, als die Person, die hier zuständig ist."""
    heute = berliner_tag(jetzt)
    person = handelnde(s, str(umfeld.zustaendige(None)[0]), heute.isoformat(), umfeld.profil)
    for zeile in json.loads((files("service.demo") / "stammdaten.json").read_text("utf-8")):
        art, damals = ARTEN[zeile["art"]], jetzt - timedelta(days=zeile["vor"])
        if "neu" in zeile:
            lege_an(s, art, _mit_tagen(zeile["neu"], heute), person, damals, umfeld)
            continue
        e = lade(s).am(art.name, heute)[vergleichbar(zeile["kennung"])]
        if "beenden" in zeile:
            beende(s, art, e.id, {"bis": _tag(zeile["beenden"], heute)}, e.version, person, damals)
        else:
            aendere(s, art, e.id, {**e.angaben, "von": e.von, "bis": e.bis, **zeile["aendern"]}, e.version, person, damals, umfeld)


def _mit_tagen(angaben: Mapping[str, Any], heute: date) -> dict[str, Any]:
    return {feld: _tag(wert, heute) if isinstance(wert, str) else wert for feld, wert in angaben.items()}


def _tag(wert: str, heute: date) -> str:
    if wert == "@jahresende":
        return f"{heute.year}-12-31"
    if wert == "@jahresanfang":
        return f"{heute.year + 1}-01-01"
    treffer = _TAGE.fullmatch(wert)
    return (heute + timedelta(days=int(treffer[1]))).isoformat() if treffer else wert
