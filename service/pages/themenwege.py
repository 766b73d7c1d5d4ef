"""Zusammenführen und Teilen: erst wählen, dann nebeneinander sehen, was geschähe, dann bestätigen.

Eingehängt in den einen Weg, auf dem ein Schritt entsteht (formularseite, schritt). Die Vorschau rechnet nichts nach: Sie führt den Schritt
aus, liest ab, was er bewegt hat, und nimmt alles zurück.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from forms.felder import Eingaben, Feld, gelesen
from service import anzeige, themen, themenspur
from service.angebote import Frage, angebote
from service.apply import Bewegung, Schritt
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.handelnde import Handelnde
from service.sicht import Ansicht, lies
from service.web import anwendung, besuch, seite
from states.aussage import Aussage
from states.kette import PROZESSE
from states.model import Uebergang

NochEinmal = Callable[[Mapping[str, str], int], HTMLResponse]
_VERGLICHEN = ("titel", "beschreibung", "cluster", "hebel", "prioritaet", "institutionen", "fallrekonstruktionen")
_NICHT_WEITERREICHEN = frozenset({"csrf", "nachgesehen"})
_ART = "generatives_thema"


# --- die Formulare ----------------------------------------------------------------------------------------------------


def zusammenfuehren_kontext(request: Request, f: Frage, felder: Sequence[Feld], befunde: Mapping[str, str]) -> dict[str, Any]:
    """Ähnliche Themen mit Gründen, und alle, die es sonst noch sein könnten."""
    assert f.ansicht is not None
    angebot = angebote(f).get("mit")
    return {"aehnliche": themen.aehnliche_themen(f.s, f.person, f.heute, f.ansicht.key), "andere": angebot.werte if angebot else ()}


def teilen_kontext(request: Request, f: Frage, felder: Sequence[Feld], befunde: Mapping[str, str]) -> dict[str, Any]:
    """Was im Thema liegt, zum Anhaken."""
    assert f.ansicht is not None
    anzahl, meldungen = themenspur.meldungen(f.s, f.person, f.heute, f.ansicht.key)
    return {"anzahl": anzahl, "meldungen": meldungen, "faelle": themenspur.faelle(f.s, f.person, f.heute, f.ansicht.key),
            "institutionen": f.stand.get("institutionen") or (), "bisher": f.stand}


# --- die Vorschau -----------------------------------------------------------------------------------------------------


class Zeile(NamedTuple):
    """Eine Angabe im Vergleich; `danach`: was am Ende wo steht."""

    name: str
    hier: str
    dort: str
    danach: str


class _NurVorschau(Exception):
    def __init__(self, bewegungen: Sequence[Bewegung]) -> None:
        self.bewegungen = bewegungen


def vor_dem_zusammenfuehren(request: Request, u: Uebergang, ansicht: Ansicht | None, felder: Sequence[Feld], eingaben: Eingaben,
                            noch_einmal: NochEinmal) -> Response | None:
    """None heißt: jetzt wird zusammengeführt; auch wenn es nicht ginge, dann sagt der Schritt selbst, warum."""
    assert ansicht is not None
    ergebnis = _probe(request, u, ansicht, felder, eingaben, noch_einmal)
    if not isinstance(ergebnis, tuple):
        return ergebnis
    a, daten = anwendung(request), gelesen(felder, eingaben)
    with a.db.lesen() as s:
        anderes = lies(s, _person(request), str(daten["mit"]), berliner_tag(a.jetzt()))
    zeilen = [_verglichen(name, ansicht, anderes) for name in _VERGLICHEN]
    return _vorschau(request, "themen/vorschau_zusammen.html", u, ansicht, eingaben, ergebnis, anderes=anderes.key,
                     anderer_titel=anderes.felder.get("titel") or anderes.key, zeilen=[z for z in zeilen if z.hier or z.dort])


def vor_dem_teilen(request: Request, u: Uebergang, ansicht: Ansicht | None, felder: Sequence[Feld], eingaben: Eingaben,
                   noch_einmal: NochEinmal) -> Response | None:
    assert ansicht is not None
    ergebnis = _probe(request, u, ansicht, felder, eingaben, noch_einmal)
    if not isinstance(ergebnis, tuple):
        return ergebnis
    a, person = anwendung(request), _person(request)
    with a.db.lesen() as s:
        anzahl, meldungen = themenspur.meldungen(s, person, berliner_tag(a.jetzt()), ansicht.key)
        faelle = themenspur.faelle(s, person, berliner_tag(a.jetzt()), ansicht.key)
    gehen, gemeinsame = set(eingaben.get("meldungen") or ()), set(eingaben.get("fallrekonstruktionen") or ())
    return _vorschau(request, "themen/vorschau_teilen.html", u, ansicht, eingaben, ergebnis, neu=gelesen(felder, eingaben),
                     bleiben=anzahl - len(gehen), gehende=[m for m in meldungen if m[0] in gehen], faelle=faelle, gemeinsame=gemeinsame)


def _person(request: Request) -> Handelnde:
    person = besuch(request).person
    assert person is not None
    return person


def _probe(request: Request, u: Uebergang, ansicht: Ansicht, felder: Sequence[Feld], eingaben: Eingaben, noch_einmal: NochEinmal
           ) -> tuple[Bewegung, ...] | Response | None:
    """Was der Schritt bewegte; geschrieben wird nichts."""
    nachgesehen = (eingaben.get("nachgesehen") or ("",))[-1]
    if nachgesehen == "aendern":
        return noch_einmal({}, 200)
    if nachgesehen == "ja":
        return None
    a = anwendung(request)
    jetzt, umfeld, person = a.jetzt(), a.umfeld(), _person(request)
    try:
        schritt = Schritt(u.ausloeser, ansicht.key, daten=gelesen(felder, eingaben))

        def arbeit(s: Sitzung) -> None:
            raise _NurVorschau(handle(s, [schritt], person, jetzt, umfeld).bewegungen)

        a.db.in_transaktion(arbeit)
    except _NurVorschau as fertig:
        return tuple(fertig.bewegungen)
    except (Ungueltig, Unmoeglich, Konflikt, Verboten, NichtGefunden):
        return None
    raise AssertionError("die Probe endet immer mit ihrem Ergebnis")


def _vorschau(request: Request, vorlage: str, u: Uebergang, ansicht: Ansicht, eingaben: Eingaben, bewegungen: Iterable[Bewegung],
              **kontext: Any) -> HTMLResponse:
    weitere = [(n, t) for n, gesendet in eingaben.items() if n not in _NICHT_WEITERREICHEN for t in gesendet]
    return seite(request, vorlage, key=ansicht.key, titel=ansicht.felder.get("titel") or ansicht.key, stand=ansicht.felder, uebergang=u,
                 weitere=weitere, ziel=request.url.path, folgen=list(_folgen(bewegungen, ansicht.key)), **kontext)


def _verglichen(name: str, hier: Ansicht, dort: Ansicht) -> Zeile:
    links, rechts = (_text(name, a.felder.get(name)) for a in (hier, dort))
    if name in ("institutionen", "fallrekonstruktionen"):
        alle = dict.fromkeys((*(dort.felder.get(name) or ()), *(hier.felder.get(name) or ())))
        return Zeile(anzeige.titel(_ART, name), links, rechts, _text(name, list(alle)))
    return Zeile(anzeige.titel(_ART, name), links, rechts, rechts)


def _text(name: str, roh: Any) -> str:
    if isinstance(roh, (list, tuple)):
        return "; ".join(str(w) for w in roh)
    return anzeige.wert(_ART, name, roh)


def _folgen(bewegungen: Iterable[Bewegung], key: str) -> Iterable[str]:
    """Je Satz eine Art von Folge: Zustände einzeln, Gleiches gezählt."""
    gezaehlt: Counter[tuple[str, str]] = Counter()
    for b in bewegungen:
        prozess = PROZESSE[b.art]
        if b.key == key and b.von != b.nach:
            yield Aussage("{key} geht von „{bezeichnung}“ nach „{bezeichnung2}“.", key=b.key,
                          bezeichnung=prozess.zustand(b.von).bezeichnung, bezeichnung2=prozess.zustand(b.nach).bezeichnung)
        elif b.von and b.von != b.nach:
            yield Aussage("{bezeichnung} {key}: von „{bezeichnung2}“ nach „{bezeichnung3}“.", bezeichnung=prozess.bezeichnung, key=b.key,
                          bezeichnung2=prozess.zustand(b.von).bezeichnung, bezeichnung3=prozess.zustand(b.nach).bezeichnung)
        elif b.key != key:
            gezaehlt[prozess.bezeichnung, prozess.bezeichnung_von(b.ausloeser)] += 1
    for (art, schritt), anzahl in gezaehlt.items():
        yield f"{art} ({anzahl}): {schritt}."
