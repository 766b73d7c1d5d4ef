"""Das Protokoll für Datenschutz und Revision: wer wann was tat und was er gelesen hat, ohne den Inhalt der Vorgänge."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse

from forms.grundform import datum_aus_text
from forms.personen import ROLLEN
from forms.render import datum, zeitpunkt
from service import protokoll
from service.anzeige import personennamen
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.protokoll import Suche, Zeile, vermerke
from service.web import Angemeldet, anwendung, seite
from service.wege import Wege
from states.aussage import Aussage, aneinander
from states.model import Rolle

router = Wege()
BUECHER = {"zugriffe": ("Zugriffe und Verwaltung", protokoll.zugriffe), "schritte": ("Schritte an Vorgängen", protokoll.schritte)}
_ANGABEN = {"konto": "Konto", "rolle": "Rolle", "bereich": "Bereich", "stand": "neuer Stand", "datei": "Datei", "ab": "ab", "bis": "bis",
            "von": "von", "institution": "Stelle", "name": "Name", "kurz": "Profil", "befunde": "Befunde", "schritte": "Schritte",
            "konten": "Konten", "buch": "Buch", "person": "Person", "art": "Art", "eintrag": "Eintrag", "format": "Format",
            "felder": "Felder", "vorfuehrung": "in der Vorführung", "stelle": "Stelle", "sha256": "Prüfsumme", "hash": "Prüfsumme",
            "gesichert": "gesichert am", "bytes": "Bytes", "fassung": "Fassung", "fingerabdruck": "Fingerabdruck", "vorher": "vorher"}
_TAG = re.compile(r"\d{4}-\d{2}-\d{2}")


def prueft(person: Angemeldet) -> Handelnde:
    if not person.hat(Rolle.REVISION):
        raise NichtGefunden
    return person


Pruefende = Annotated[Handelnde, Depends(prueft)]


@router.get("/protokoll")
def zeige(request: Request, person: Pruefende, buch: Literal["zugriffe", "schritte"] = "zugriffe", wer: str = "", vorgang: str = "",
          von: str = "", bis: str = "", vor: Annotated[int, Query(ge=0, le=2**62)] = 0) -> HTMLResponse:
    a = anwendung(request)
    befunde: dict[str, str] = {}
    suche = Suche(wer.strip(), vorgang.strip().upper(), _tag(von, "von", befunde), _tag(bis, "bis", befunde))
    with a.db.lesen() as s:
        zeilen = [] if befunde else BUECHER[buch][1](s, suche, vor)
        namen = personennamen(s)
    a.db.in_transaktion(lambda s: vermerke(s, a.jetzt(), "", "protokoll_gelesen", gesucht(buch, suche), person.key))
    angaben = {"buch": buch, "wer": wer, "vorgang": vorgang, "von": von, "bis": bis}
    weiter = urlencode({**angaben, "vor": zeilen[-1].id}) if len(zeilen) == protokoll.SEITE else ""
    return seite(request, "protokoll/protokoll.html", status=422 if befunde else 200, zeilen=[_zeige(z, namen) for z in zeilen],
                 angaben=angaben, befunde=befunde, weiter=weiter, erste=not vor, buecher=[(k, titel) for k, (titel, _) in BUECHER.items()],
                 personen=sorted(namen.items(), key=lambda paar: paar[1].casefold()))


def _tag(text: str, feld: str, befunde: dict[str, str]) -> date | None:
    if not text.strip():
        return None
    try:
        return datum_aus_text(text.strip())
    except ValueError:
        befunde[feld] = "Bitte geben Sie einen Tag an, zum Beispiel 31.03.2026."
        return None


def gesucht(buch: str, suche: Suche) -> dict[str, str]:
    """Auch wer prüft, wird vermerkt: womit er gesucht hat, nicht was er fand."""
    mehr = {"person": suche.person, "vorgang": suche.vorgang, "von": suche.von and suche.von.isoformat(),
            "bis": suche.bis and suche.bis.isoformat()}
    return {"buch": buch, **{name: wert for name, wert in mehr.items() if wert}}


def _zeige(z: Zeile, namen: Mapping[str, str]) -> dict[str, Any]:
    return {"zeit": zeitpunkt(z.zeit), "wer": namen.get(z.person, z.person), "systemkonto": z.systemkonto, "was": z.was,
            "vorgang": z.vorgang, "mehr": aneinander([Aussage("{angabe}: {wert}", angabe=_ANGABEN.get(k, k), wert=_text(k, w, namen))
                                for k, w in z.angaben.items() if w], "; ")}


def _text(name: str, wert: Any, namen: Mapping[str, str]) -> str:
    if name == "rolle":
        return ROLLEN.get(Rolle(wert), wert) if wert in set(Rolle) else str(wert)
    if name == "buch" and wert in BUECHER:
        return BUECHER[wert][0]
    if isinstance(wert, bool):
        return "ja" if wert else "nein"
    if isinstance(wert, str):
        return namen.get(wert) or (datum(wert) if _TAG.fullmatch(wert) else wert)
    return str(len(wert)) if isinstance(wert, (list, dict)) else json.dumps(wert)
