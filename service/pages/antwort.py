"""Die Seite hinter einem Link aus einer Nachricht: eine Stelle ohne Konto liest und antwortet, einmal.

Aufrufen ändert nichts. Ein Link, den es nie gab, ein abgelaufener und ein widerrufener sehen gleich aus.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from forms import formular
from forms.felder import Eingaben, Feld, felder_von, gelesen, zeilenzahl
from forms.render import zeitpunkt
from service import anzeige
from service.adressen import Verzeichnis
from service.angebote import Angebote
from service.antwortlink import Link, finde, loese_ein
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich
from service.pages.formularseite import einzeln
from service.pages.schritt import texte
from service.umfeld import Umfeld
from service.web import Formulardaten, anwendung, herkunft, seite
from service.wege import Wege
from states.kette import PROZESSE

router = Wege()


@router.get("/antwort/{wort}")
def zeige(request: Request, wort: str) -> HTMLResponse:
    return _seite(request, wort, {}, {})


@router.post("/antwort/{wort}")
def antworte(request: Request, wort: str, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    jetzt = a.jetzt()
    a.bremse.pruefe(herkunft(request), jetzt)
    if not einzeln(eingaben, "bestaetigt"):
        return _seite(request, wort, eingaben, {"bestaetigt": "Bitte bestätigen Sie, dass Sie für Ihre Stelle antworten."}, 422)
    umfeld, grund = a.umfeld(), einzeln(eingaben, "grund")
    try:
        a.db.in_transaktion(lambda s: loese_ein(s, wort, _antwort(finde(s, wort, umfeld, jetzt), eingaben), grund, umfeld, jetzt))
    except NichtGefunden:
        return _seite(request, wort, eingaben, {})
    except Ungueltig as fehler:
        return _seite(request, wort, eingaben, dict(fehler.befunde), fehler.status)
    except Unmoeglich as fehler:
        return _seite(request, wort, eingaben, dict(fehler.befunde), fehler.status)
    except Konflikt as fehler:
        return _seite(request, wort, eingaben, {"": fehler.satz}, fehler.status)
    return RedirectResponse(request.url.path, 303)


def _felder(link: Link) -> tuple[Feld, ...]:
    alle = {f.name: f for f in felder_von(formular(link.tat.art, link.uebergang.formular))}
    return tuple(alle[name] for name in link.tat.felder)


def _antwort(link: Link, eingaben: Eingaben) -> dict[str, Any]:
    return gelesen(_felder(link), eingaben)


def _seite(request: Request, wort: str, eingaben: Eingaben, befunde: Mapping[str, str], status: int = 200) -> HTMLResponse:
    a = anwendung(request)
    jetzt = a.jetzt()
    a.bremse.pruefe(herkunft(request), jetzt)
    with a.db.lesen() as s:
        umfeld = a.umfeld(s)
        try:
            kontext = _kontext(finde(s, wort, umfeld, jetzt), {**umfeld.profil.anzeigen, **anzeige.personennamen(s)})
        except NichtGefunden:
            a.bremse.zaehle(herkunft(request), jetzt)
            return seite(request, "antwort/gilt_nicht.html", status=404, kontakte=kontakte(s, umfeld, jetzt))
    return seite(request, "antwort/antwort.html", status=status, e=eingaben, b=befunde, w=Angebote({}), zeilen=zeilenzahl,
                 ziel=request.url.path, **kontext)


def _kontext(link: Link, namen: Mapping[str, str]) -> dict[str, Any]:
    prozess, felder = PROZESSE[link.tat.art], _felder(link)
    return {
        "link": link, "tat": link.tat, "key": link.key, "art_titel": prozess.bezeichnung, "stelle": link.person.name,
        "titel": "" if link.tat.art == "fallrekonstruktion" else link.ansicht.felder.get("titel") or "",
        "bis": anzeige.tag(link.bis), "inhalt": anzeige.inhalt(link.ansicht, namen), "felder": felder,
        "beschriftungen": {"grund": "Grund", **{f.name: f.titel for f in felder}},
        "antwort": [(anzeige.titel(link.tat.art, name), anzeige.wert(link.tat.art, name, wert)) for name, wert in link.antwort.items()],
        "beantwortet": zeitpunkt(link.eingeloest) if link.eingeloest else "",
    }


def kontakte(s: Sitzung, umfeld: Umfeld, jetzt: datetime) -> list[tuple[str, str]]:
    """(Bereich, Funktionspostfach) der Koordination: immer dieselben, gleich welcher Link oder Code es war."""
    verzeichnis = Verzeichnis(s, umfeld.profil, berliner_tag(jetzt).isoformat())
    namen = umfeld.profil.bereichsnamen
    gefunden = [(namen.get(bereich, bereich), verzeichnis.schreibt_als(personen[0])) for bereich, personen in umfeld.koordination.items()]
    return [(name, adresse) for name, adresse in gefunden if adresse]
