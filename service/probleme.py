"""Fehler der Schnittstelle nach RFC 9457: ein Satz, was nicht ging und warum; nie das, was geschickt wurde."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from forms.grundform import feldname
from service.anfragesprache import in_worten
from service.errors import Konflikt, Kreislauffehler, NichtGefunden, Ungueltig, Unmoeglich

MEDIENTYP = "application/problem+json"


class Unlesbar(Kreislauffehler):
    status = 400


class NichtAnnehmbar(Kreislauffehler):
    status = 406


class FalscherTyp(Kreislauffehler):
    status = 415


class FassungFehlt(Kreislauffehler):
    status = 428


class FassungVeraltet(Konflikt):
    status = 412


# Status -> (Name im `type`, Titel); was hier fehlt, nennt nur den Status
PROBLEME: dict[int, tuple[str, str]] = {
    400: ("unlesbar", "Die Anfrage ist nicht lesbar."),
    401: ("nicht-angemeldet", "Sie sind nicht angemeldet."),
    403: ("nicht-erlaubt", "Das ist Ihnen nicht erlaubt."),
    404: ("nicht-gefunden", "Das gibt es nicht."),
    405: ("methode", "Diese Methode gibt es hier nicht."),
    406: ("format", "Dieses Format gibt es hier nicht."),
    408: ("zu-langsam", "Die Anfrage kam nicht vollständig an."),
    409: ("nicht-moeglich", "Das ist jetzt nicht möglich."),
    412: ("fassung-veraltet", "Der Vorgang wurde inzwischen geändert."),
    413: ("zu-gross", "Die Anfrage ist zu groß."),
    415: ("inhaltstyp", "Dieser Inhaltstyp wird nicht gelesen."),
    422: ("ungueltig", "Einige Angaben sind nicht gültig."),
    428: ("fassung-fehlt", "Die Fassung fehlt."),
    429: ("zu-oft", "Das waren zu viele Versuche."),
    500: ("fehler", "Auf unserer Seite ist etwas schiefgegangen."),
    503: ("nicht-bereit", "Der Dienst ist gerade nicht bereit."),
}
_SAETZE: dict[int, str] = {
    404: "Das gibt es nicht, oder Sie dürfen es nicht sehen.",
    405: "Unter dieser Adresse gibt es die Methode nicht; die möglichen stehen in der Kopfzeile Allow.",
    413: "Bitte schicken Sie weniger auf einmal.",
    422: "Bitte berichtigen Sie die genannten Felder.",
    500: "Ihre Anfrage ist nicht ausgeführt worden. Bitte versuchen Sie es später noch einmal.",
}
_KOPFZEILEN = ("If-Match", "Idempotency-Key")


def problem(fehler: Kreislauffehler) -> dict[str, Any]:
    """Der Körper einer Fehlerantwort (application/problem+json)."""
    if isinstance(fehler, Konflikt) and fehler.gesehen is not None and fehler.status == Konflikt.status:
        return {**problem_von(FassungVeraltet.status, fehler.satz), "fassungen": {"gesehen": fehler.gesehen, "jetzt": fehler.jetzt}}
    if isinstance(fehler, NichtGefunden):
        return problem_von(fehler.status)
    angaben = problem_von(fehler.status, "" if isinstance(fehler, Ungueltig) or fehler.status == 500 else fehler.satz)
    if isinstance(fehler, Unmoeglich):
        angaben |= {"gruende": list(fehler.gruende), "waechter": list(fehler.waechter)}
    if isinstance(fehler, (Ungueltig, Unmoeglich)) and (an_feldern := [b for b in fehler.befunde if b[0]]):
        angaben["felder"] = [{"feld": _ohne_eingabe(feld), "grund": grund} for feld, grund in an_feldern]
    if isinstance(fehler, FassungVeraltet):
        angaben["fassungen"] = {"gesehen": fehler.gesehen, "jetzt": fehler.jetzt}
    return angaben


def problemantwort(inhalt: Mapping[str, Any], kopf: Mapping[str, str] | None = None) -> JSONResponse:
    """Ein Grund ist hier immer einer der Anwendung, nie einer, den jemand schrieb; er steht in der Sprache der Anfrage da."""
    antwort = JSONResponse(in_worten(dict(inhalt), "grund"), inhalt["status"], dict(kopf or {}), MEDIENTYP)
    if inhalt["status"] == 401:
        antwort.headers["WWW-Authenticate"] = "Bearer"
    return antwort


def problem_von(status: int, detail: str = "") -> dict[str, Any]:
    name, titel = PROBLEME.get(status, ("fehler", "Die Anfrage ist abgelehnt."))
    return {"type": f"/api/probleme/{name}", "title": titel, "status": status, "detail": detail or _SAETZE.get(status, titel)}


def _ohne_eingabe(feld: str) -> str:
    """Ein Feldname stammt aus der Anfrage: jeder Teil muss aussehen wie einer von unseren."""
    return feld if feld in _KOPFZEILEN else ".".join(t if t.isdecimal() and len(t) < 6 else feldname(t) for t in feld.split("."))


class Antwortmodell(BaseModel):
    """Was herauskommt. Der Prüfer entsteht erst, wenn ihn jemand braucht: die Beschreibung der Schnittstelle, ein Test."""

    model_config = ConfigDict(defer_build=True)


class Feldbefund(Antwortmodell):
    feld: str
    grund: str


class Fassungen(Antwortmodell):
    """`gesehen`: die Fassung aus der Anfrage, soweit sie eine nennt; `jetzt`: die geltende."""

    gesehen: int | None
    jetzt: int | None


class Problem(Antwortmodell):
    """Warum eine Anfrage nicht ausgeführt ist (RFC 9457); ohne das, was geschickt wurde."""

    type: str
    title: str
    status: int
    detail: str
    gruende: list[str] = Field(default=[], description="409: je Grund ein Satz.")
    waechter: list[str] = Field(default=[], description="409: die Namen der Bedingungen, in derselben Reihenfolge.")
    felder: list[Feldbefund] = Field(default=[], description="422, und 409, soweit der Grund bei einem Feld steht: je Feld ein Satz.")
    fassungen: Fassungen | None = Field(default=None, description="412: die beiden Fassungen.")
