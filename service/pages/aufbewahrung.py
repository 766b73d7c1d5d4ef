"""Was länger aufbewahrt ist, als das Profil vorsieht: zum Durchsehen für die Koordination."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from forms.render import datum
from service.aufbewahrung import abgelaufene, dauern
from service.clock import berliner_tag
from service.errors import NichtGefunden
from service.pages.listen import zeilen
from service.web import Angemeldet, anwendung, seite
from service.wege import Wege
from states.kette import PROZESSE
from states.model import Rolle

router = Wege()


@router.get("/aufbewahrung")
def zeige(request: Request, person: Angemeldet, ab: str = "") -> HTMLResponse:
    if not person.hat(Rolle.KOORDINATION):
        raise NichtGefunden
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        umfeld = a.umfeld(s)
        blatt = abgelaufene(s, person, umfeld, heute, ab)
    fristen = [(PROZESSE[art].bezeichnung, dauer) for art, dauer in dauern(umfeld.profil).items()]
    gezeigt = [z._replace(faellig=datum(e.geaendert), ueberfaellig=False, heute=False)
               for z, e in zip(zeilen(blatt.zeilen, heute), blatt.zeilen, strict=True)]
    return seite(request, "auskunft/aufbewahrung.html", zeilen=gezeigt, weiter=blatt.weiter, erste=not ab, fristen=fristen)
