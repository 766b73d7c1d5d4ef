"""Die Seite eines Vorgangs, das Zurücknehmen und die Spur."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from forms.spurbild import Linie, Punkt, zeichne
from service import anhaenge, anzeige, kommentare
from service.antwortlink import bitte_um_neuen, offene
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.geschichte import saetze_von, titel_zu
from service.handeln import handle_zurueck
from service.handelnde import Handelnde
from service.laden import Akte, akte
from service.moeglich import Moeglichkeit, folgende, moegliche
from service.pages.raum import Blick, raum_von
from service.pages.formularseite import einzeln
from service.pages.schritt import satz, texte, version
from service.protokoll import vermerke
from service.sicht import Ansicht, Ebene, lies, sichtbar
from service.spur import Knoten, Spur, spur
from service.umfeld import Umfeld
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from service.weiterfuehrende import wo_es_gerade_liegt
from service.werdegang import werdegang
from service.zuruecknehmen import hindernis
from states.anhang import ANHAENGEN, ENTFERNEN
from states.kette import PROZESSE
from states.model import Rolle
from states.perlink import NACH_ART
from states.stationen import voran
from states.verbindungen import VERBINDUNGEN

router = Wege()
_GEZEIGTE_KOMMENTARE = 3


@router.get("/vorgang/{key}")
def zeige(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    a = anwendung(request)
    jetzt = a.jetzt()
    heute = berliner_tag(jetzt)
    with a.db.lesen() as s:
        ansicht = lies(s, person, key, heute)
        profil = a.umfeld(s).profil
        namen = {**profil.anzeigen, **profil.bereichsnamen, **anzeige.personennamen(s)}
        verlauf = anzeige.verlauf(s, ansicht, namen)
        alle, raum = moegliche(s, person, key, jetzt), raum_von(ansicht)
        dateien = [m for m in alle if m.uebergang.ausloeser in (ANHAENGEN, ENTFERNEN)]  # dafür gibt es eine eigene Seite
        schritte = [m for m in alle if m not in dateien and not _beantwortet_nichts(ansicht, m)]
        kontext = _kontext(s, person, ansicht, namen) | {
            "inhalt": anzeige.inhalt(ansicht, namen),
            "verlauf": verlauf,
            "saetze": saetze_von(s, person, ansicht, namen, heute),
            "werdegang": werdegang(ansicht, verlauf, wo_es_gerade_liegt(s, person, key, heute)),
            "fristen": anzeige.offene_fristen(s, ansicht) if ansicht.ebene is Ebene.VOLL else [],
            "verbundene": (nachbarn := anzeige.verbundene(s, person, key, heute)),
            "verweise": titel_zu(s, person, heute, ansicht.felder.values()) | {n.key: n.titel for n in nachbarn},
            "schritte": schritte,
            "sofort": PROZESSE[ansicht.art].stille,
            "hauptschritt": _hauptschritt(ansicht, schritte),
            "schrittgruppen": _schrittgruppen(ansicht, [m for m in schritte if not m.grund]),
            "folgende": folgende(s, person, key) if ansicht.zustand else [],
            "anhaenge": anhaenge.gezeigte(ansicht),
            **_kommentare(s, person, key, heute),
            "anhaengen": bool(dateien),
            "links": _links(a.umfeld(s), s, person, ansicht, heute),
        }
        if raum is not None:
            kontext |= raum.inhalt(Blick(s, person, ansicht, tuple(schritte), namen, a.umfeld(s), jetzt, heute,
                                           request.query_params.get("ansicht", "")))
    if ansicht.zu_protokollieren:
        a.db.in_transaktion(lambda s: vermerke(s, jetzt, "", "gelesen", {"vorgang": key}, person.key))
    return seite(request, raum.vorlage if raum else "pages/vorgang.html", **kontext)


def _kommentare(s: Sitzung, person: Handelnde, key: str, heute: date) -> dict[str, Any]:
    """Die neuesten; `kommentare` ist None, wenn sie die Person nichts angehen."""
    vorgang = akte(s, key)
    if vorgang is None or not kommentare.darf(s, person, vorgang, heute):
        return {"kommentare": None}
    gefunden = kommentare.zu(s, person, vorgang, _GEZEIGTE_KOMMENTARE + 1)
    return {"kommentare": gefunden[:_GEZEIGTE_KOMMENTARE], "mehr_kommentare": len(gefunden) > _GEZEIGTE_KOMMENTARE}


def _beantwortet_nichts(ansicht: Ansicht, m: Moeglichkeit) -> bool:
    """Was nur einen Vermerk löscht („Rückfrage beantworten“), steht nicht zur Wahl, solange keiner da ist; verspätet nimmt es sein Weg.

    An einem Ende ist nichts „noch“ nicht möglich.
    """
    u = m.uebergang
    if m.grund and PROZESSE[ansicht.art].zustand(ansicht.zustand).ende:
        return True
    return not m.grund and u.nach is None and bool(u.loescht) and not any(marke in ansicht.marken for marke in u.loescht)


def _hauptschritt(ansicht: Ansicht, schritte: Sequence[Moeglichkeit]) -> str:
    """Der erste mögliche Schritt, der weiterführt; leer, wenn nur Nebenwege offenstehen: Aufgeben soll nicht nach „weiter“ aussehen."""
    schritte_voran = voran(ansicht.art, ansicht.zustand) if ansicht.zustand else ()
    if schritte_voran and schritte_voran[0].ausloeser in PROZESSE[ansicht.art].stille:  # geht mit dem nächsten ohnehin mit
        schritte_voran = voran(ansicht.art, schritte_voran[0].nach or "")
    weiter = {u.ausloeser for u in schritte_voran}
    return next((m.uebergang.ausloeser for m in schritte if not m.grund and m.uebergang.ausloeser in weiter), "")


_ZUSAMMEN = 5  # so viele Knöpfe überblickt man auch ohne Überschriften


def _schrittgruppen(ansicht: Ansicht, offene: Sequence[Moeglichkeit]) -> list[tuple[str, list[Moeglichkeit]]]:
    """Viele Schritte nach dem, was sie bewirken: (Überschrift, Schritte); wenige stehen in einer Gruppe ohne Überschrift."""
    if len(offene) <= _ZUSAMMEN:
        return [("", list(offene))] if offene else []
    prozess, gruppen = PROZESSE[ansicht.art], {"Weiterführen": list[Moeglichkeit](), "Abschließen": [], "Ergänzen und festhalten": []}
    for m in offene:
        nach = m.uebergang.nach
        bleibt = nach is None or nach == ansicht.zustand
        gruppen["Ergänzen und festhalten" if bleibt else "Abschließen" if prozess.zustand(nach or "").ende else "Weiterführen"].append(m)
    return [(titel, schritte) for titel, schritte in gruppen.items() if schritte]


def _kontext(s: Sitzung, person: Handelnde, ansicht: Ansicht, namen: Mapping[str, str]) -> dict[str, Any]:
    prozess, gefunden = PROZESSE[ansicht.art], akte(s, ansicht.key)
    assert gefunden is not None
    ganz = ansicht.ebene is Ebene.VOLL
    zustand = prozess.zustand(ansicht.zustand) if ansicht.zustand else None
    marken = [(m.bezeichnung, anzeige.tag(ansicht.marken[m.name])) for m in prozess.marken if m.name in ansicht.marken]
    return {
        "key": ansicht.key,
        "art": ansicht.art,
        "art_titel": prozess.bezeichnung,
        "titel": ansicht.felder.get("titel") or prozess.bezeichnung,
        "zustand": zustand.bezeichnung if zustand else "",
        "erklaerung": zustand.erklaerung if zustand else "",
        "version": ansicht.version,
        "marken": marken,
        "zustaendig": namen.get(str(ansicht.felder.get("zustaendig") or ""), "") if ganz else "",
        "vertretung": namen.get(str(ansicht.felder.get("vertretung") or ""), "") if ganz else "",
        "kommune": gefunden.kommune if ganz else "",
        "institution": gefunden.institution if ganz else "",
        "zurueck": hindernis(s, ansicht.key, person) if ganz else None,
    }


@router.get("/vorgang/{key}/spur")
def zeige_spur(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        gefunden = spur(s, key, lambda kuerzel: sichtbar(person, heute, alias=kuerzel))
    punkte = [Punkt(k.key, k.art, k.titel, PROZESSE[k.art].zustand(k.zustand).bezeichnung) for k in gefunden.knoten]
    bild = zeichne(punkte, [Linie(k.von, k.nach, k.art) for k in gefunden.kanten], key)
    return seite(request, "pages/spur.html", key=key, gruppen=_gruppen(gefunden), bild=bild)


def _gruppen(gefunden: Spur) -> list[dict[str, Any]]:
    """Die Vorgänge je Art in der Reihenfolge des Kreislaufs, jeder mit den Sätzen, die von ihm ausgehen."""
    saetze: dict[str, list[tuple[str, str]]] = {}
    for kante in gefunden.kanten:
        saetze.setdefault(kante.von, []).append((VERBINDUNGEN[kante.art].satz, kante.nach))
    je_art: dict[str, list[Knoten]] = {}
    for knoten in gefunden.knoten:
        je_art.setdefault(knoten.art, []).append(knoten)
    return [
        {
            "art": art,
            "titel": PROZESSE[art].bezeichnung,
            "knoten": [
                {"key": k.key, "titel": k.titel, "zustand": PROZESSE[art].zustand(k.zustand).bezeichnung, "saetze": saetze.get(k.key, [])}
                for k in je_art[art]
            ],
        }
        for art in PROZESSE
        if art in je_art
    ]


# --- Links für Stellen ohne Konto -------------------------------------------------------------------------------------


def _links(umfeld: Umfeld, s: Sitzung, person: Handelnde, ansicht: Ansicht, heute: date) -> list[dict[str, Any]]:
    gefunden = akte(s, ansicht.key) if ansicht.ebene is Ebene.VOLL and person.hat(Rolle.KOORDINATION) and ansicht.art in NACH_ART else None
    return [{**asdict(o), "bis": anzeige.tag(o.bis) if o.bis else ""} for o in offene(s, gefunden, umfeld, heute)] if gefunden else []


def mit_links(s: Sitzung, person: Handelnde, key: str, heute: date) -> Akte:
    """Der Vorgang für die, die Links verschicken. Wirft NichtGefunden."""
    ansicht, gefunden = lies(s, person, key, heute), akte(s, key)
    if gefunden is None or ansicht.ebene is not Ebene.VOLL or not person.hat(Rolle.KOORDINATION):
        raise NichtGefunden(key)
    return gefunden


@router.post("/vorgang/{key}/link")
def schicke_link(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    a, stelle = anwendung(request), einzeln(texte(daten), "stelle")
    jetzt, umfeld = a.jetzt(), a.umfeld()

    a.db.in_transaktion(lambda s: bitte_um_neuen(s, mit_links(s, person, key, berliner_tag(jetzt)), stelle, umfeld, jetzt, person))
    return umleitung(request, f"/vorgang/{key}", "Der neue Link geht mit der nächsten Runde hinaus; der alte gilt dann nicht mehr.")


# --- zurücknehmen -----------------------------------------------------------------------------------------------------


@router.get("/vorgang/{key}/zuruecknehmen")
def frage_zurueck(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    return _seite(request, person, key, {}, {})


@router.post("/vorgang/{key}/zuruecknehmen")
def nimm_zurueck(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    jetzt, umfeld, grund, gesehen = a.jetzt(), a.umfeld(), einzeln(eingaben, "grund"), version(eingaben)
    try:
        a.db.in_transaktion(lambda s: handle_zurueck(s, key, grund, person, jetzt, umfeld, gesehen))
    except (Unmoeglich, Konflikt, Verboten, Ungueltig) as fehler:
        befunde = dict(fehler.befunde) if isinstance(fehler, Ungueltig) else {"": satz(fehler)}
        return _seite(request, person, key, eingaben, befunde, fehler.status)
    return umleitung(request, f"/vorgang/{key}", "Der letzte Schritt ist zurückgenommen.")


def _seite(
    request: Request, person: Handelnde, key: str, eingaben: Mapping[str, list[str]], befunde: Mapping[str, str], status: int = 200
) -> HTMLResponse:
    a = anwendung(request)
    with a.db.lesen() as s:
        ansicht = lies(s, person, key, berliner_tag(a.jetzt()))
        verlauf = anzeige.verlauf(s, ansicht, {})
        grund = hindernis(s, key, person) if ansicht.ebene is Ebene.VOLL else None
    if grund is None:
        raise NichtGefunden(key)
    befunde = befunde or ({"": grund} if grund else {})
    letzter = next((g.schritt for g in verlauf if not g.zurueckgenommen and not g.ruecknahme), "")
    return seite(
        request, "pages/zuruecknehmen.html", status=status, key=key, letzter=letzter, version=ansicht.version, e=eingaben, b=befunde,
        moeglich=not grund
    )
