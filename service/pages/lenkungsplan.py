"""Die Planung der Sitzungen und die Beschlusskontrolle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from service import anzeige, lenkung, mitglied, planung, vorlaeufe
from service.apply import Schritt
from service.beschlusskontrolle import HOECHSTENS, blatt
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.handelnde import Handelnde
from service.lenkung import Termin
from service.listen import Eintrag
from service.pages.formularseite import einzeln
from service.pages.schritt import texte
from service.planung import Reihe
from service.umfeld import Umfeld
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states import sitzung as lg
from states.model import Rolle

router = Wege()


@router.get("/sitzungen")
def zeige_plan(request: Request, person: Angemeldet) -> HTMLResponse:
    return _plan(request, person, (), "", {})


@router.post("/sitzungen/vorlegen")
def lege_vor(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    """Alles Angekreuzte kommt in einem Zug auf die Tagesordnung; sind die Unterlagen schon versandt, als Tischvorlage."""
    a, eingaben = anwendung(request), texte(daten)
    keys, sitzung = eingaben.get("vorgang") or [], einzeln(eingaben, "sitzung")
    befunde = {name: satz for name, satz, da in (("vorgang", "Bitte kreuzen Sie mindestens einen Vorgang an.", keys),
               ("sitzung", "Bitte wählen Sie die Sitzung.", sitzung)) if not da}
    if befunde:
        return _plan(request, person, keys, sitzung, befunde, 422)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    try:
        a.db.in_transaktion(lambda s: handle(s, _vorlagen(s, person, keys, sitzung, berliner_tag(jetzt)), person, jetzt, umfeld))
    except (Unmoeglich, Konflikt, Verboten, Ungueltig) as fehler:
        return _plan(request, person, keys, sitzung, {"": fehler.satz}, fehler.status)
    return umleitung(request, f"/vorgang/{sitzung}", "Die Punkte stehen auf der Tagesordnung.")


def _vorlagen(s: Sitzung, person: Handelnde, keys: Sequence[str], sitzung: str, heute: date) -> list[Schritt]:
    lenkung.verlange_einblick(person)
    ziel = next((t for t in lenkung.termine(s, person, heute) if t.key == sitzung), None)
    reife = {r.key: r for r in planung.reife(s, person, heute)}
    if ziel is None or any(k not in reife for k in keys):
        raise NichtGefunden(sitzung if ziel is None else next(k for k in keys if k not in reife))
    tisch = {"tischvorlage": True} if ziel.zustand in lg.UNTERLAGEN_SIND_RAUS else {}
    return [Schritt("vorlegen", k, daten={"sitzung": sitzung, **(tisch if reife[k].was == "Thema" else {})}) for k in keys]


def _plan(request: Request, person: Handelnde, gewaehlt: Sequence[str], sitzung: str, befunde: Mapping[str, str], status: int = 200
          ) -> HTMLResponse:
    lenkung.verlange_einblick(person)
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        umfeld, alle = a.umfeld(s), lenkung.termine(s, person, heute)
        noch = vorlaeufe.davorliegende(s, person, heute)
        reife = planung.reife(s, person, heute)
        umlaeufe = lenkung.umlaeufe(s, person, heute)
        eigenes = mitglied.blick(s, person, umfeld, heute, alle, umlaeufe) if mitglied.ist_mitglied(person) else None
    kommende = lenkung.kommende(alle, heute)
    reihen = _reihen(umfeld, kommende, heute, noch)
    vorgeschlagene = [_vorgeschlagen(umfeld, tag, heute) for tag in planung.vorschlaege(umfeld, alle, heute)][:3]
    return seite(
        request, "lenkung/sitzungen.html", status=status, reihen=reihen, vorgeschlagene=vorgeschlagene, reife=reife,
        bild=planung.bild([*reihen, *vorgeschlagene], heute), breite=planung.BREITE, heute=heute,
        vergangene=[t for t in reversed(alle) if t not in kommende][:4],
        ziele=[(t.key, Aussage("{tag}, {stand}", tag=f"{t.datum:%d.%m.%Y}", stand=t.zustand_text)) for t in kommende],
        sitzung=sitzung or _naechste(kommende), gewaehlt=gewaehlt, b=befunde, plant=person.hat(Rolle.KOORDINATION),
        beschriftungen={"vorgang": "Vorgänge", "sitzung": "Sitzung"}, umlaeufe=umlaeufe, mitglied=eigenes,
    )  # fmt: skip


def _naechste(kommende: Sequence[Termin]) -> str:
    return next((t.key for t in kommende if t.zustand in lg.VOR_DER_SITZUNG), "")


def _reihen(umfeld: Umfeld, kommende: Sequence[Termin], heute: date, noch: Mapping[str, list[Eintrag]]) -> list[Reihe]:
    """Was noch vor einer Etappe liegt, gehört zur nächsten Sitzung, die noch nicht begonnen hat; die danach haben noch Zeit."""
    naechste = _naechste(kommende)
    return [Reihe(t.key, t.stand.get("titel") or t.key, t.zustand_text, t.datum,
                  tuple(vorlaeufe.etappen(umfeld, t.datum, t.stand, heute, noch if t.key == naechste else {}))) for t in kommende]


def _vorgeschlagen(umfeld: Umfeld, tag: date, heute: date) -> Reihe:
    return Reihe("", "Vorschlag", "Vorschlag", tag, tuple(vorlaeufe.etappen(umfeld, tag, {}, heute, {})))


@router.get("/beschlusskontrolle")
def zeige_kontrolle(request: Request, person: Angemeldet) -> HTMLResponse:
    lenkung.verlange_einblick(person)
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        gefunden = blatt(s, person, heute, anzeige.personennamen(s))
    return seite(request, "lenkung/beschlusskontrolle.html", blatt=gefunden, heute=heute, hoechstens=HOECHSTENS,
                 handelt=person.hat(Rolle.KOORDINATION))
