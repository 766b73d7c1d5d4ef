"""Personen und Rollen pflegen: Koordination und Systemverwaltung. Für alle anderen gibt es diese Seiten nicht."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from forms.grundform import Formular
from forms.personen import ROLLEN, NeuePerson, Personenangaben, Rollengabe
from forms.render import datum
from forms.stammdaten import EintragBeenden
from service import personen
from service.clock import berliner_tag
from service.errors import NichtGefunden, Ungueltig
from service.handelnde import Handelnde
from service.profil import Profil
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage, aneinander
from states.model import Rolle

router = Wege("/personen")
_WAS = {"person_angelegt": "angelegt", "person_geaendert": "geändert", "rolle_gegeben": "Rolle gegeben", "rolle_beendet": "Rolle beendet"}
_FELDER = {"name": "Name", "institution": "Stelle", "rolle": "Rolle", "bereich": "Bereich", "von": "ab", "bis": "bis"}


def pflegt(person: Angemeldet) -> Handelnde:
    if not personen.vergebbare(person):
        raise NichtGefunden
    return person


Pflegende = Annotated[Handelnde, Depends(pflegt)]


@router.get("")
def zeige_liste(request: Request, person: Pflegende) -> Response:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt()).isoformat()
    with a.db.lesen() as s:
        profil = a.umfeld(s).profil
        zeilen = [(key, name, _stelle(profil, wo), von, bis, was) for key, name, wo, von, bis, was in personen.alle(s, heute)]
    return seite(request, "personen/liste.html", zeilen=zeilen, heute=heute)


@router.get("/neu")
def zeige_neu(request: Request, person: Pflegende) -> Response:
    return _neuseite(request, person, {"von": _heute(request)})


@router.post("/neu")
def lege_an(request: Request, person: Pflegende, daten: Formulardaten) -> Response:
    a, angaben = anwendung(request), _angaben(daten)
    try:
        key = a.db.in_transaktion(lambda s: personen.lege_an(s, _fuer(NeuePerson, angaben), person, a.jetzt(), a.umfeld(s).profil))
    except Ungueltig as fehler:
        return _neuseite(request, person, angaben, dict(fehler.befunde))
    hinweis = "Die Person ist angelegt. Einen Zugang bekommt sie mit einer Einladung der Systemverwaltung."
    return umleitung(request, f"/personen/{key}", hinweis)


@router.get("/{key}")
def zeige_person(request: Request, key: str, person: Pflegende) -> Response:
    return _personenseite(request, person, key)


@router.post("/{key}")
def aendere(request: Request, key: str, person: Pflegende, daten: Formulardaten) -> Response:
    a, angaben = anwendung(request), _angaben(daten)
    try:
        a.db.in_transaktion(lambda s: personen.aendere(s, key, _fuer(Personenangaben, angaben), person, a.jetzt(), a.umfeld(s).profil))
    except Ungueltig as fehler:
        return _personenseite(request, person, key, angaben=angaben, befunde=dict(fehler.befunde))
    return umleitung(request, f"/personen/{key}", "Die Angaben sind gespeichert.")


@router.post("/{key}/rollen")
def gib_rolle(request: Request, key: str, person: Pflegende, daten: Formulardaten) -> Response:
    a, angaben = anwendung(request), _angaben(daten)
    try:
        a.db.in_transaktion(lambda s: personen.gib_rolle(s, key, _fuer(Rollengabe, angaben), person, a.jetzt(), a.umfeld(s).profil))
    except Ungueltig as fehler:
        return _personenseite(request, person, key, neue_rolle=angaben, rollenbefunde=dict(fehler.befunde))
    return umleitung(request, f"/personen/{key}", "Die Rolle ist gegeben.")


@router.post("/{key}/rollen/{nummer}/beenden")
def beende_rolle(request: Request, key: str, nummer: int, person: Pflegende, daten: Formulardaten) -> Response:
    a, angaben = anwendung(request), _fuer(EintragBeenden, _angaben(daten))
    try:
        a.db.in_transaktion(lambda s: personen.beende_rolle(s, key, nummer, angaben, person, a.jetzt()))
    except Ungueltig as fehler:
        return _personenseite(request, person, key, endebefunde={nummer: fehler.satz})
    return umleitung(request, f"/personen/{key}", "Die Rolle endet an diesem Tag.")


# --- Seiten -----------------------------------------------------------------------------------------------------------


def _neuseite(request: Request, person: Handelnde, angaben: dict[str, str], befunde: dict[str, str] | None = None) -> Response:
    profil = anwendung(request).umfeld().profil
    status = 422 if befunde else 200
    return seite(request, "personen/neu.html", status=status, angaben=angaben, befunde=befunde or {}, **_wahl(person, profil))


def _personenseite(
    request: Request, person: Handelnde, key: str, *, angaben: dict[str, str] | None = None, befunde: dict[str, str] | None = None,
    neue_rolle: dict[str, str] | None = None, rollenbefunde: dict[str, str] | None = None, endebefunde: dict[int, str] | None = None,
) -> Response:  # fmt: skip
    a = anwendung(request)
    with a.db.lesen() as s:
        profil, e = a.umfeld(s).profil, personen.eintrag(s, key)
        rollen, verlauf, offen = personen.rollen(s, key), personen.verlauf(s, key), personen.offene_vorgaenge(s, key)
    gespeichert = {"name": e.name, "institution": _schluessel(profil, e.institution), "von": e.von, "bis": e.bis or ""}
    bereiche = profil.bereichsnamen
    return seite(
        request, "personen/person.html", status=422 if befunde or rollenbefunde or endebefunde else 200, eintrag=e, offen=offen,
        angaben=angaben or gespeichert, befunde=befunde or {}, rollenbefunde=rollenbefunde or {}, endebefunde=endebefunde or {},
        neue_rolle=neue_rolle or {"von": _heute(request)}, heute=_heute(request), verlauf=list(_verlauf(verlauf, bereiche, profil)),
        rollen=[(r, ROLLEN.get(Rolle(r.rolle), r.rolle), bereiche.get(r.bereich, r.bereich)) for r in rollen], **_wahl(person, profil),
    )  # fmt: skip


def _wahl(person: Handelnde, profil: Profil) -> dict[str, Any]:
    return {"stellen": sorted(((i.key, i.name) for i in profil.institutionen), key=lambda paar: paar[1].casefold()),
            "rollenwahl": [(r.value, ROLLEN[r]) for r in personen.vergebbare(person)],
            "bereiche": list(profil.bereichsnamen.items())}


def _verlauf(zeilen: list[tuple[Any, ...]], bereiche: Mapping[str, str], profil: Profil) -> Iterator[tuple[str, str, str, str]]:
    for zeit, wer, was, angaben in zeilen:
        werte = json.loads(angaben)
        teile = [Aussage("{feld}: {wert}", feld=text, wert=_gezeigt(feld, werte[feld], bereiche, profil))
                 for feld, text in _FELDER.items() if werte.get(feld)]
        yield zeit, wer, _WAS[was], aneinander(teile, ", ")


def _gezeigt(feld: str, wert: str, bereiche: Mapping[str, str], profil: Profil) -> str:
    if feld in ("von", "bis"):
        return datum(wert)
    if feld == "institution":
        return _stelle(profil, wert)
    return ROLLEN[Rolle(wert)] if feld == "rolle" else bereiche.get(wert, wert)  # ein Name ist nie darin, nur „geändert“


def _angaben(daten: FormData) -> dict[str, str]:
    return {name: wert for name, wert in daten.items() if isinstance(wert, str)}


def _fuer(klasse: type[Formular], angaben: dict[str, str]) -> dict[str, str]:
    """Was davon ins Formular gehört; ein leeres Feld ist keine Angabe."""
    return {name: wert for name, wert in angaben.items() if name in klasse.model_fields and wert.strip()}


def _heute(request: Request) -> str:
    return berliner_tag(anwendung(request).jetzt()).isoformat()


def _stelle(profil: Profil, bezeichnung: str | None) -> str:
    gefunden = profil.institution(bezeichnung) if bezeichnung else None
    return gefunden.name if gefunden else bezeichnung or ""


def _schluessel(profil: Profil, bezeichnung: str | None) -> str:
    gefunden = profil.institution(bezeichnung) if bezeichnung else None
    return gefunden.key if gefunden else ""
