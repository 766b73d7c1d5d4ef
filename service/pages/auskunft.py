"""Seiten über das System selbst: Hilfe, Profil, Barrierefreiheit, Datenschutz, Darstellung. Die drei letzten auch ohne Anmeldung."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from forms.personen import ROLLEN
from service.anwendung import Anwendung
from service.errors import NichtGefunden
from service.hilfe import ANLEITUNGEN, DREI_DINGE
from service.web import THEMEN, Angemeldet, Formulardaten, anwendung, darstellung, seite, setze_darstellung, umleitung
from service.wege import Wege
from states.kette import PROZESSE
from states.model import Rolle
from states.stationen import STATIONEN

router = Wege()
_SEHEN_DAS_PROFIL = (Rolle.KOORDINATION, Rolle.VERWALTUNG, Rolle.LEITUNG, Rolle.REVISION, Rolle.ADMIN)
_KOORDINATION = ("SELECT DISTINCT p.institution FROM person p JOIN person_rolle r ON r.person = p.key WHERE r.rolle = 'koordination' "
                 "AND p.institution IS NOT NULL ORDER BY p.institution")


@router.get("/hilfe")
def zeige_hilfe(request: Request, person: Angemeldet) -> HTMLResponse:
    meine = [(ROLLEN[r], dinge) for r, dinge in DREI_DINGE.items() if person.hat(r)]
    woerter = [(p.bezeichnung, [(z.bezeichnung, z.erklaerung) for z in p.zustaende]) for p in PROZESSE.values()]
    return seite(request, "auskunft/hilfe.html", meine=meine, anleitungen=ANLEITUNGEN, stationen=STATIONEN, woerter=woerter)


@router.get("/profil")
def zeige_profil(request: Request, person: Angemeldet) -> HTMLResponse:
    if not any(person.hat(r) for r in _SEHEN_DAS_PROFIL):
        raise NichtGefunden
    a = anwendung(request)
    profil = a.umfeld().profil
    fristen = {f"{p.art}.{f.name}": f"{p.bezeichnung}: {f.bezeichnung}" for p in PROZESSE.values() for f in p.fristen}
    arten = {a.key: a.name for a in profil.institutionsarten}
    return seite(request, "auskunft/profil.html", profil=profil, fristnamen=fristen, arten=arten,
                 aufbewahrung=_aufbewahrung(a))


@router.get("/barrierefreiheit")
def zeige_barrierefreiheit(request: Request) -> HTMLResponse:
    return seite(request, "auskunft/barrierefreiheit.html", **_kontakt(anwendung(request)))


@router.get("/datenschutz")
def zeige_datenschutz(request: Request) -> HTMLResponse:
    a = anwendung(request)
    return seite(request, "auskunft/datenschutz.html", aufbewahrung=_aufbewahrung(a), **_kontakt(a))


@router.get("/darstellung")
def zeige_darstellung(request: Request) -> HTMLResponse:
    return seite(request, "auskunft/darstellung.html", gewaehlt=darstellung(request), fehler="")


@router.post("/darstellung")
def waehle_darstellung(request: Request, daten: Formulardaten) -> Response:
    wahl = daten.get("darstellung")
    if not isinstance(wahl, str) or wahl not in THEMEN:
        return seite(request, "auskunft/darstellung.html", status=422, gewaehlt=darstellung(request),
                     fehler="Bitte wählen Sie eine der drei Darstellungen.")
    setze_darstellung(request, wahl)
    return umleitung(request, "/darstellung", "Die Darstellung ist gespeichert.")


def _kontakt(a: Anwendung) -> dict[str, Any]:
    """Die Stellen der Koordination mit ihrem Postfach; ohne eines die Adresse, von der die Nachrichten kommen."""
    profil = a.umfeld().profil
    with a.db.lesen() as s:
        namen = [n for (n,) in s.alle(_KOORDINATION)]
    gefunden = [(i.name, i.postfach) for n in namen if (i := profil.institution(n)) is not None and i.postfach]
    return {"kontakte": gefunden or [(profil.name, a.einstellungen.absender_adresse)]}


def _aufbewahrung(a: Anwendung) -> list[tuple[str, str]]:
    namen = {p.art: p.bezeichnung for p in PROZESSE.values()}
    return [(namen.get(was, was.replace("_", " ").capitalize()), str(angabe.dauer)) for was, angabe in
            a.umfeld().profil.aufbewahrung.items()]
