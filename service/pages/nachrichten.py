"""Das Postfach der Vorführung, und was sich nicht zustellen ließ."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import Response

from forms.render import anzahl
from service import klaeren, postadressen, postfach, sendungen
from service.adressen import NIEMAND, STELLE, Verzeichnis
from service.clock import BERLIN, aus_text, berliner_tag
from service.db import Sitzung
from service.errors import NichtGefunden, Ungueltig
from service.handelnde import Handelnde
from service.profil import Profil
from service.sendungen import Eintrag
from service.web import Angemeldet, Formulardaten, Nummer, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage, aneinander
from states.model import Rolle

router = Wege()
_AUF_EINER_SEITE = 50


def _zeit(text: str) -> str:
    return f"{aus_text(text).astimezone(BERLIN):%d.%m.%Y, %H:%M} Uhr"


# --- Postfach ---------------------------------------------------------------------------------------------------------


def in_der_vorfuehrung(request: Request, person: Angemeldet) -> Handelnde:
    if not anwendung(request).vorfuehrung():
        raise NichtGefunden
    return person


InDerVorfuehrung = Annotated[Handelnde, Depends(in_der_vorfuehrung)]


@router.get("/postfach")
def zeige_postfach(request: Request, person: InDerVorfuehrung, vor: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
                   stellen: str = "") -> Response:
    a, an_stellen = anwendung(request), stellen == "ja"
    with a.db.lesen() as s:
        koepfe = postfach.briefe(s, person, a.umfeld(s).profil, vor, _AUF_EINER_SEITE, an_stellen=an_stellen)
    weiter = koepfe[-1].id if len(koepfe) == _AUF_EINER_SEITE else 0
    return seite(request, "pages/postfach.html", weiter=weiter, an_stellen=an_stellen,
                 zeigt_stellen=postfach.zeigt_stellen(person), briefe=[
        {"id": k.id, "zeit": _zeit(k.zeit), "adresse": k.adresse, "betreff": k.betreff, "gelesen": k.gelesen} for k in koepfe])


@router.get("/postfach/{nummer}")
def zeige_brief(request: Request, person: InDerVorfuehrung, nummer: Nummer) -> Response:
    a = anwendung(request)
    with a.db.lesen() as s:
        brief = postfach.brief(s, person, a.umfeld(s).profil, nummer)
    absaetze = [absatz.splitlines() for absatz in brief.text.strip().split("\n\n")]
    return seite(request, "pages/brief.html", brief=brief, zeit=_zeit(brief.zeit), absaetze=absaetze,
                 absender=a.einstellungen.absender_adresse)


@router.get("/postfach/{nummer}/termin.ics")
def zeige_termin(request: Request, person: InDerVorfuehrung, nummer: Nummer) -> Response:
    a = anwendung(request)
    with a.db.lesen() as s:
        brief = postfach.brief(s, person, a.umfeld(s).profil, nummer)
    if not brief.kalender:
        raise NichtGefunden
    return Response(brief.kalender, media_type="text/calendar; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="termin.ics"'})


@router.post("/postfach/{nummer}/gelesen")
def markiere(request: Request, person: InDerVorfuehrung, nummer: Nummer) -> Response:
    a = anwendung(request)
    a.db.in_transaktion(lambda s: postfach.markiere_gelesen(s, person, a.umfeld(s).profil, nummer))
    return umleitung(request, "/postfach", "Die Nachricht ist als gelesen gemerkt.")


# --- nicht zugestellt -------------------------------------------------------------------------------------------------


def wer_sich_kuemmert(person: Angemeldet) -> Handelnde:
    if not (person.hat(Rolle.KOORDINATION) or person.hat(Rolle.ADMIN)):
        raise NichtGefunden
    return person


Kuemmert = Annotated[Handelnde, Depends(wer_sich_kuemmert)]


@router.get("/nachrichten")
def zeige_nachrichten(request: Request, person: Kuemmert) -> Response:
    return _nachrichtenseite(request, person, {}, 200)


def _nachrichtenseite(request: Request, person: Handelnde, befunde: dict[int, tuple[str, str]], status: int) -> Response:
    """`befunde`: Nummer der Sendung -> (Getipptes, Satz)."""
    a = anwendung(request)
    with a.db.lesen() as s:
        stand, profil = sendungen.lage(s, a.jetzt()), a.umfeld(s).profil
        abgaenge = klaeren.zu_klaeren(s, person, berliner_tag(a.jetzt())).abgaenge
    return seite(request, "pages/nachrichten.html", status=status, offen=len(stand.wartend), abgaenge=abgaenge, befunde=befunde,
                 gescheitert=[_zeile(e, profil) for e in stand.gescheitert],
                 gruende=[(grund, sendungen.rat(grund), n) for grund, n in Counter(e.fehler for e in stand.gescheitert).items() if n > 1],
                 aufgeschoben=[_zeile(e, profil) for e in stand.wartend if e.fehler])


def _zeile(e: Eintrag, profil: Profil) -> dict[str, Any]:
    stelle = profil.institution(e.empfaenger.removeprefix(STELLE)) if e.empfaenger.startswith(STELLE) else None
    return {"id": e.id, "betreff": e.betreff, "an": stelle.name if stelle else e.empfaenger.removeprefix(NIEMAND),
            "berichtigbar": not e.empfaenger.startswith(NIEMAND), "seit": _zeit(e.erstellt), "naechster": _zeit(e.naechster_versuch),
            "rat": e.rat, "fehler": e.fehler}


@router.post("/nachrichten/{nummer}/erneut")
def sende_erneut(request: Request, person: Kuemmert, nummer: Nummer, daten: Formulardaten) -> Response:
    """Mit einer richtigen Adresse, wenn jemand sie nennt; sie gilt dann auch für alles Weitere."""
    a, adresse = anwendung(request), str(daten.get("adresse") or "").strip()
    jetzt, umfeld = a.jetzt(), a.umfeld()

    def arbeit(s: Sitzung) -> bool:
        if adresse:
            postadressen.berichtige(s, sendungen.empfaenger_von(s, nummer), adresse, person, jetzt, umfeld.profil)
        return sendungen.sende_erneut(s, nummer, umfeld, jetzt)

    try:
        geht = a.db.in_transaktion(arbeit)
    except Ungueltig as fehler:
        return _nachrichtenseite(request, person, {nummer: (adresse, fehler.satz)}, fehler.status)
    satz = "Die Nachricht geht mit der nächsten Runde hinaus." if geht else "Für den Empfänger ist noch immer kein Postfach bekannt."
    return umleitung(request, "/nachrichten", satz)


@router.post("/nachrichten/alle-erneut")
def sende_alle_erneut(request: Request, person: Kuemmert, daten: Formulardaten) -> Response:
    """Für alle, die derselbe Grund traf: War es der Mailserver, soll niemand jede einzeln noch einmal senden."""
    a = anwendung(request)
    jetzt, umfeld, grund = a.jetzt(), a.umfeld(), str(daten.get("grund") or "")
    gehen, bleiben = a.db.in_transaktion(lambda s: sendungen.sende_alle_erneut(s, grund, umfeld, jetzt))
    satz = Aussage("Mit der nächsten Runde gehen hinaus: {gehen}.", gehen=anzahl(gehen, "Nachricht", "Nachrichten"))
    ohne = [Aussage("Ohne bekanntes Postfach bleiben: {bleiben}.", bleiben=bleiben)] if bleiben else []
    return umleitung(request, "/nachrichten", aneinander([satz, *ohne]))


@router.post("/nachrichten/{nummer}/ablegen")
def lege_ab(request: Request, person: Kuemmert, nummer: Nummer) -> Response:
    a = anwendung(request)
    a.db.in_transaktion(lambda s: sendungen.lege_ab(s, nummer))
    return umleitung(request, "/nachrichten", "Die Nachricht ist abgelegt.")


# --- Postfächer der Stellen -------------------------------------------------------------------------------------------


@router.get("/nachrichten/postfaecher")
def zeige_postfach_der_stelle(request: Request, person: Kuemmert, stelle: str = "") -> Response:
    return _postfachseite(request, stelle, {}, "", 200)


@router.post("/nachrichten/postfaecher")
def berichtige_postfach(request: Request, person: Kuemmert, daten: Formulardaten) -> Response:
    a = anwendung(request)
    bezeichnung, adresse = (str(daten.get(name) or "").strip() for name in ("stelle", "adresse"))
    stelle = a.umfeld().profil.institution(bezeichnung)
    if stelle is None:
        return _postfachseite(request, bezeichnung, {"stelle": "Diese Stelle kommt im Profil nicht vor."}, adresse, 422)
    try:
        empfaenger, jetzt = f"{STELLE}{stelle.key}", a.jetzt()
        a.db.in_transaktion(lambda s: postadressen.berichtige(s, empfaenger, adresse, person, jetzt, a.umfeld(s).profil))
    except Ungueltig as fehler:
        return _postfachseite(request, bezeichnung, dict(fehler.befunde), adresse, fehler.status)
    return umleitung(request, f"/nachrichten/postfaecher?stelle={stelle.key}", "Das Postfach ist eingetragen und gilt ab sofort.")


def _postfachseite(request: Request, bezeichnung: str, befunde: dict[str, str], adresse: str, status: int) -> Response:
    a = anwendung(request)
    with a.db.lesen() as s:
        profil = a.umfeld(s).profil
        gefunden = profil.institution(bezeichnung) if bezeichnung else None
        jetzige = Verzeichnis(s, profil, berliner_tag(a.jetzt()).isoformat()).postfach_von(gefunden)
        verlauf = [(wert, _zeit(seit), wer) for wert, seit, wer in postadressen.verlauf(s, gefunden.key)] if gefunden else []
    return seite(request, "pages/postfaecher.html", status=status, stelle=gefunden.name if gefunden else bezeichnung, jetzige=jetzige,
                 adresse=adresse, b=befunde, verlauf=verlauf, stellen=[i.name for i in profil.institutionen])
