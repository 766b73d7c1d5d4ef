"""Alles übergeben, was bei jemandem liegt, der geht: eine Liste von Schritten, und je Vorgang, ob es ging (Regel 14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from service import anzeige
from service.apply import Schritt
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Konflikt, NichtGefunden, Ungueltig, Verboten
from service.handelnde import Handelnde
from service.listen import Arbeitsauswahl, Eintrag, arbeitsliste
from service.pages.formularseite import einzeln
from service.pages.schritt import satz, texte
from service.personen import eintrag
from service.sammelakt import Sammelergebnis, tue_gemeinsam
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states.kette import PROZESSE
from states.model import Rolle

router = Wege()
HOECHSTENS = 200
_LEER = Sammelergebnis((), {})


def koordiniert(person: Angemeldet) -> Handelnde:
    if not person.hat(Rolle.KOORDINATION):
        raise NichtGefunden
    return person


Koordinierend = Annotated[Handelnde, Depends(koordiniert)]


@router.get("/abgang/{key}")
def zeige(request: Request, person: Koordinierend, key: str) -> Response:
    return _seite(request, person, key, {}, {}, _LEER)


@router.post("/abgang/{key}")
def uebergib(request: Request, person: Koordinierend, key: str, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    jetzt, umfeld, heute = a.jetzt(), a.umfeld(), berliner_tag(a.jetzt())
    befunde = _befunde(eingaben)
    if befunde:
        return _seite(request, person, key, eingaben, befunde, _LEER, 422)

    def arbeit(s: Sitzung) -> Sammelergebnis:
        return tue_gemeinsam(s, _schritte(s, person, heute, key, eingaben), person, jetzt, umfeld, ganz=False)

    try:
        ergebnis = a.db.in_transaktion(arbeit)
    except Ungueltig as fehler:
        return _seite(request, person, key, eingaben, dict(fehler.befunde), _LEER, fehler.status)
    except (Konflikt, Verboten) as fehler:
        return _seite(request, person, key, eingaben, {"": satz(fehler)}, _LEER, fehler.status)
    if ergebnis.abgelehnt:
        return _seite(request, person, key, eingaben, {}, ergebnis, 200 if ergebnis.getan else 409)
    return umleitung(request, f"/abgang/{key}", "Ein Vorgang ist übergeben." if len(ergebnis.getan) == 1 else
                     Aussage("{getan} Vorgänge sind übergeben.", getan=len(ergebnis.getan)))


def _befunde(eingaben: Mapping[str, list[str]]) -> dict[str, str]:
    gefunden = {} if eingaben.get("key") else {"key": "Bitte haken Sie mindestens einen Vorgang an."}
    if not einzeln(eingaben, "zustaendig"):
        gefunden["zustaendig"] = "Bitte wählen Sie, wer die Vorgänge ab jetzt führt."
    if not einzeln(eingaben, "grund"):
        gefunden["grund"] = "Bitte geben Sie einen Grund an."
    if not einzeln(eingaben, "bestaetigt"):
        gefunden["bestaetigt"] = "Bitte bestätigen Sie, dass alle angehakten Vorgänge übergeben werden sollen."
    return gefunden


def _schritte(s: Sitzung, person: Handelnde, heute: date, key: str, eingaben: Mapping[str, list[str]]) -> list[Schritt]:
    """Wofür die Person zuständig war, bekommt jemand anderen; wo sie nur vertrat, wechselt nur die Vertretung."""
    gewaehlt, an, statt = set(eingaben.get("key") or ()), einzeln(eingaben, "zustaendig"), einzeln(eingaben, "vertretung")
    gefuehrte, vertretene = _offene(s, person, heute, key)
    mit = {"vertretung": statt} if statt else {}
    daten = {e.key: {"zustaendig": an, **mit} for e in gefuehrte} | {e.key: {"zustaendig": e.zustaendig, "vertretung": statt or an}
                                                                    for e in vertretene}
    schritte = [Schritt("uebergeben", k, daten=d, grund=einzeln(eingaben, "grund")) for k, d in daten.items() if k in gewaehlt]
    if not schritte:
        raise Ungueltig({"key": "Bei dieser Person liegt von den angehakten Vorgängen keiner mehr."})
    return schritte


def _offene(s: Sitzung, person: Handelnde, heute: date, key: str) -> tuple[Sequence[Eintrag], Sequence[Eintrag]]:
    """(zuständig, vertretend), nur was die Koordination ganz sieht, das am frühesten Fällige zuerst."""
    gefuehrte = arbeitsliste(s, person, heute, Arbeitsauswahl(key), anzahl=HOECHSTENS).zeilen
    vertretene = arbeitsliste(s, person, heute, Arbeitsauswahl(key, "vertretung"), anzahl=HOECHSTENS).zeilen
    return gefuehrte, [e for e in vertretene if e.zustaendig != key]


def _seite(request: Request, person: Handelnde, key: str, eingaben: Mapping[str, list[str]], befunde: Mapping[str, str],
           ergebnis: Sammelergebnis, status: int = 200) -> Response:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        wer, namen = eintrag(s, key), anzeige.personennamen(s)
        gefuehrte, vertretene = _offene(s, person, heute, key)
        koordination = sorted({p for personen in a.umfeld(s).koordination.values() for p in personen} - {key})
    gewaehlt = set(eingaben.get("key") or ()) if eingaben else {e.key for e in (*gefuehrte, *vertretene)}
    gruppen: list[dict[str, Any]] = [
        {"titel": titel, "zeilen": [(e.key, e.titel or e.key, PROZESSE[e.art].bezeichnung, e.key in gewaehlt) for e in zeilen]}
        for titel, zeilen in (("Zuständig", gefuehrte), ("Nur als Vertretung", vertretene)) if zeilen]
    return seite(
        request, "start/abgang.html", status=status, wer=wer, gruppen=gruppen, e=eingaben, b=befunde, getan=ergebnis.getan,
        abgelehnt=ergebnis.abgelehnt, personen=[(p, namen.get(p, p)) for p in koordination], mehr=len(gefuehrte) == HOECHSTENS,
    )  # fmt: skip
