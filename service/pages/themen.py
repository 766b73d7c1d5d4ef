"""Die Tafel der Themen und das Themenblatt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from forms.felder import Eingaben
from service.apply import Schritt
from service.clock import berliner_tag
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.handelnde import Handelnde
from service.pages.formularseite import einzeln
from service.pages.meldungsakte import verlange_koordination
from service.pages.schritt import texte
from service.sicht import Ebene, lies
from service.themen import aehnliche_themen, tafel
from service.themenblatt import themenblatt
from service.themenspur import faelle, meldungen, umzuege
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states.kette import PROZESSE

if TYPE_CHECKING:
    from service.pages.raum import Blick

router = Wege()
_NACH = ("stand", "cluster")


@router.get("/themen")
def zeige_themen(request: Request, person: Angemeldet) -> HTMLResponse:
    return _tafel(request, person, request.query_params.get("nach", ""), {}, {})


@router.post("/themen")
def ordne_themen(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    """Eine Karte wurde bewegt: eine Fallrekonstruktion in ein Thema oder ein Thema in einen Cluster."""
    verlange_koordination(person)
    eingaben = texte(daten)
    nach, karte, ziel = (einzeln(eingaben, n) for n in ("nach", "karte", "ziel"))
    if not ziel:
        return _tafel(request, person, nach, eingaben, {karte: "Bitte wählen Sie, wohin die Karte soll."}, 422)
    schritt = _schritt(einzeln(eingaben, "akt"), karte, ziel)
    a = anwendung(request)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    try:
        a.db.in_transaktion(lambda s: handle(s, [schritt], person, jetzt, umfeld))
    except (Unmoeglich, Konflikt, Verboten, Ungueltig) as fehler:
        satz = " ".join(grund for _, grund in fehler.befunde) if isinstance(fehler, Ungueltig) else fehler.satz
        return _tafel(request, person, nach, eingaben, {karte: satz}, fehler.status)
    hinweis = Aussage("„{ausloeser}“ ist gespeichert: {karte}, {ziel}.",
                      ausloeser=PROZESSE["generatives_thema"].bezeichnung_von(schritt.ausloeser), karte=karte, ziel=ziel)
    return umleitung(request, f"/themen?nach={nach if nach in _NACH else 'stand'}#k-{schritt.vorgang}", hinweis)


def _schritt(akt: str, karte: str, ziel: str) -> Schritt:
    if akt == "clustern":
        return Schritt("clustern", karte, daten={"cluster": ziel})
    return Schritt("aufnehmen", ziel, daten={"fallrekonstruktionen": [karte]})


def _tafel(request: Request, person: Handelnde, nach: str, e: Eingaben, b: Mapping[str, str], status: int = 200) -> HTMLResponse:
    verlange_koordination(person)
    a = anwendung(request)
    with a.db.lesen() as s:
        gefunden = tafel(s, person, berliner_tag(a.jetzt()))
    nach = nach if nach in _NACH else "stand"
    spalten = gefunden.spalten(nach == "cluster")
    da = {k.key for k in gefunden.kandidaten} | {k.key for k in gefunden.karten}
    b = {karte if karte in da else "": satz for karte, satz in b.items()}
    return seite(request, "themen/tafel.html", status=status, tafel=gefunden, spalten=spalten, nach=nach, e=e, b=b)


@router.get("/vorgang/{key}/themenblatt")
def zeige_themenblatt(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        ansicht = lies(s, person, key, heute)
        if ansicht.art != "generatives_thema" or ansicht.ebene is not Ebene.VOLL:
            raise NichtGefunden(key)
        blatt = themenblatt(s, person, heute, ansicht)
    return seite(request, "themen/blatt.html", key=key, blatt=blatt, heute=heute.isoformat())


def raum(b: Blick) -> dict[str, Any]:
    """Woraus das Thema besteht, woher es das hat, was ihm ähnlich ist."""
    key = b.ansicht.key
    anzahl, sichtbare = meldungen(b.s, b.person, b.heute, key, 100)
    offen = not PROZESSE["generatives_thema"].zustand(b.ansicht.zustand).ende
    return {"anzahl": anzahl, "meldungen": sichtbare, "faelle": faelle(b.s, b.person, b.heute, key),
            "umzuege": umzuege(b.s, b.person, b.heute, key), "kann": b.kann,
            "aehnliche": aehnliche_themen(b.s, b.person, b.heute, key) if offen and b.kann("zusammenfuehren") else [],
            "inhalt": b.angaben_ohne("fallrekonstruktionen", "teilungen", "aufgenommen", "geteilt_aus", "mit")}
