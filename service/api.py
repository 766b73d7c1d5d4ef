"""Die Schnittstelle /api/v1: jede Liste und jeder Schritt als JSON, mit denselben Regeln wie die Seiten.

Eine Anfrage wird erst gelesen (400, 406, 415, 422), dann in einer Transaktion geprüft und getan: sehen (404), Fassung
(412, 428), Formular (422), dürfen (403), Zustand und Wächter (409). Fehler werden am Rand zu RFC 9457.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from forms import formular
from service import anhaenge
from service import api_antwort as antwort
from service import oeffentlich
from service.anfragesprache import in_worten
from service.api_anfrage import (
    JSON, abfrage, fassung_aus, formularwerte, key_aus, koerper, ohne_abfrage, pruefe_annehmbar, rohtext, wiederholungsschluessel,
)
from service.api_modelle import (
    Anhangangaben, Arbeitsabfrage, Listenabfrage, Ruecknahme, Schrittangaben, Seitenabfrage, Zug, Zuganfang, Zugschritt,
)
from service.apply import Schritt
from service.clock import berliner_tag
from service.dateipruefung import pruefe as pruefe_datei
from service.db import Sitzung
from service.errors import NichtGefunden, Ungueltig, Unmoeglich
from service.handeln import handle, handle_zurueck
from service.handelnde import Handelnde
from service.idempotenz import einmal
from service.listen import Arbeitsauswahl, Auswahl, arbeitsliste
from service.probleme import FassungVeraltet
from service.protokoll import vermerke
from service.sicht import lies, sichtbar, verlange_sichtbar
from service.spur import spur
from service.suche import suche
from service.umfeld import Umfeld
from service.web import Angemeldet, anwendung, nummer_aus
from service.wege import Wege
from states.anhang import braucht_datei
from states.aussage import Aussage
from states.kette import PROZESSE
from states.model import Uebergang

PFAD = "/api/v1"
router = Wege(PFAD, [Depends(pruefe_annehmbar)])
Rohtext = Annotated[bytes, Depends(rohtext)]

_ZWEIG = re.compile(r"^(schritte\.\d+)\.(?:schritt|anfang)\b")
_VERALTET = "Der Vorgang wurde inzwischen geändert. Bitte sehen Sie sich den neuen Stand an."


def als_json(inhalt: Any, status: int = 200, kopf: Mapping[str, str] | None = None) -> Response:
    return Response(json.dumps(in_worten(inhalt), ensure_ascii=False, separators=(",", ":")), status, dict(kopf or {}), JSON)


# --- lesen ------------------------------------------------------------------------------------------------------------


@router.get("/vorgaenge")
def vorgaenge(request: Request, person: Angemeldet) -> Response:
    frage, a = abfrage(request, Listenabfrage), anwendung(request)
    heute = berliner_tag(a.jetzt())
    auswahl = Auswahl(frage.art or "", tuple(frage.zustand), frage.bereich or "", frage.kommune or "", frage.zustaendig or "", frage.offen,
                      frage.faellig_bis, frage.von, frage.bis)
    with a.db.lesen() as s:
        blatt = suche(s, person, heute, frage.q or "", auswahl, ab=frage.ab or "", anzahl=frage.anzahl, ordnung=frage.ordnung)
        return als_json(antwort.liste(s, person, heute, blatt))


@router.get("/arbeitsliste")
def meine(request: Request, person: Angemeldet) -> Response:
    frage, a = abfrage(request, Arbeitsabfrage), anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        blatt = arbeitsliste(s, person, heute, Arbeitsauswahl(person.key, frage.als, frage.faellig_bis, frage.eilig), ab=frage.ab or "",
                             anzahl=frage.anzahl)
        return als_json(antwort.liste(s, person, heute, blatt))


@router.get("/vorgaenge/{key}")
def vorgang(request: Request, person: Angemeldet, key: str) -> Response:
    ohne_abfrage(request)
    a = anwendung(request)
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        ansicht = lies(s, person, key_aus(key), berliner_tag(jetzt))
        gezeigt = antwort.vorgang(s, person, ansicht, jetzt)
    if ansicht.zu_protokollieren:
        a.db.in_transaktion(lambda s: vermerke(s, jetzt, "", "gelesen", {"vorgang": key}, person.key))
    return als_json(gezeigt, kopf={"ETag": etag(ansicht.version)})


@router.get("/vorgaenge/{key}/verlauf")
def verlauf(request: Request, person: Angemeldet, key: str) -> Response:
    ohne_abfrage(request)
    a = anwendung(request)
    with a.db.lesen() as s:
        return als_json(antwort.verlauf(s, person, lies(s, person, key_aus(key), berliner_tag(a.jetzt()))))


@router.get("/vorgaenge/{key}/spur")
def zeige_spur(request: Request, person: Angemeldet, key: str) -> Response:
    ohne_abfrage(request)
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        return als_json(spur(s, key_aus(key), lambda kuerzel: sichtbar(person, heute, alias=kuerzel)).als_json())


@router.get("/vorgaenge/{key}/anhaenge/{nummer}")
def anhang(request: Request, person: Angemeldet, key: str, nummer: str) -> Response:
    ohne_abfrage(request)
    a = anwendung(request)
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        datei = anhaenge.gib_heraus(s, person, key_aus(key), nummer_aus(nummer), berliner_tag(jetzt))
    if datei.ansicht.zu_protokollieren:
        a.db.in_transaktion(lambda s: vermerke(s, jetzt, "", "gelesen", {"vorgang": key}, person.key))
    return als_json({"name": datei.name, "medientyp": datei.medientyp, "sha256": datei.sha256, "inhalt": datei.als_text()})


@router.get("/prozesse")
def prozesse(request: Request, person: Angemeldet) -> Response:
    ohne_abfrage(request)
    return als_json({"prozesse": [antwort.prozess_kurz(p) for p in PROZESSE.values()]})


@router.get("/prozesse/{art}")
def prozess(request: Request, person: Angemeldet, art: str) -> Response:
    ohne_abfrage(request)
    if art not in PROZESSE:
        raise NichtGefunden
    return als_json(antwort.prozess(PROZESSE[art]))


@router.get("/formulare/{art}/{name}")
def zeige_formular(request: Request, person: Angemeldet, art: str, name: str) -> Response:
    """Das JSON-Schema mit den Werten, die in dieser Kommune heute gelten."""
    ohne_abfrage(request)
    if art not in PROZESSE or name not in {u.formular for u in PROZESSE[art].uebergaenge if u.formular}:
        raise NichtGefunden
    from service.api_schema import formularschema  # die Beschreibung braucht kein Start

    a = anwendung(request)
    return als_json(formularschema(formular(art, name), a.umfeld().kontext(a.jetzt())))


@router.get("/oeffentlich")
def zeige_oeffentliches(request: Request, person: Angemeldet) -> Response:
    """Für alle, die es lesen dürfen, dasselbe: was die Gremien lesen."""
    frage, a = abfrage(request, Seitenabfrage), anwendung(request)
    if not oeffentlich.darf_lesen(person):
        raise NichtGefunden
    with a.db.lesen() as s:
        return als_json(oeffentlich.zusammenfassung(s, berliner_tag(a.jetzt()), ab=frage.ab or "", anzahl=frage.anzahl))


# --- handeln ----------------------------------------------------------------------------------------------------------


@router.post("/zuege")
def tue_mehreres(request: Request, person: Angemeldet, roh: Rohtext) -> Response:
    """Alle Schritte gelingen, oder keiner."""
    ohne_abfrage(request)
    zug = _zug(request, roh)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        verlange_sichtbar(s, person, [e.vorgang for e in zug.schritte if isinstance(e, Zugschritt)], berliner_tag(jetzt))
        schritte = [_zugschritt(s, nr, e, umfeld, jetzt) for nr, e in enumerate(zug.schritte, 1)]
        return antwort.gemerkt(handle(s, schritte, person, jetzt, umfeld))

    return _getan(request, person, zug.model_dump(mode="json"), arbeit)


@router.post("/vorgaenge/{key}/zuruecknehmen")
def nimm_zurueck(request: Request, person: Angemeldet, key: str, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    key_aus(key)
    grund = koerper(request, roh, Ruecknahme).grund

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        _, version = _gesehen(s, request, person, key, jetzt)
        return antwort.gemerkte_ruecknahme(s, key, handle_zurueck(s, key, grund, person, jetzt, umfeld, version))

    return _getan(request, person, {"if-match": request.headers.get("if-match"), "grund": grund}, arbeit)


@router.post("/vorgaenge/{key}/anhaenge")
def haenge_an(request: Request, person: Angemeldet, key: str, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    key_aus(key)
    angaben = koerper(request, roh, Anhangangaben)
    datei = pruefe_datei(angaben.dateiname, anhaenge.aus_text(angaben.inhalt), anwendung(request).einstellungen.anhang_bytes)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        _, version = _gesehen(s, request, person, key, jetzt)
        schritt = anhaenge.lege_ab(s, key, angaben.bezeichnung, datei, version)
        return antwort.gemerkt(handle(s, [schritt], person, jetzt, umfeld))

    return _getan(request, person, {"if-match": request.headers.get("if-match"), **angaben.model_dump(mode="json")}, arbeit)


@router.post("/vorgaenge/{art}/{ausloeser}")
def beginne(request: Request, person: Angemeldet, art: str, ausloeser: str, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    uebergang = anfang(art, ausloeser)
    if uebergang is None:
        raise NichtGefunden
    angaben = koerper(request, roh, Schrittangaben)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        daten = _daten(art, uebergang, angaben.daten, umfeld, jetzt)
        return _einen(s, Schritt(ausloeser, art=art, daten=daten, grund=angaben.grund), person, jetzt, umfeld)

    return _getan(request, person, angaben.model_dump(mode="json"), arbeit, angelegt=True)


@router.post("/vorgaenge/{key}/schritte/{ausloeser}")
def tue(request: Request, person: Angemeldet, key: str, ausloeser: str, roh: Rohtext) -> Response:
    ohne_abfrage(request)
    key_aus(key)
    if ausloeser not in AUSLOESER:
        raise NichtGefunden
    angaben = koerper(request, roh, Schrittangaben)

    def arbeit(s: Sitzung, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
        art, version = _gesehen(s, request, person, key, jetzt)
        daten = _daten(art, fortsetzung(art, ausloeser), angaben.daten, umfeld, jetzt)
        return _einen(s, Schritt(ausloeser, key, daten=daten, grund=angaben.grund, version=version), person, jetzt, umfeld)

    return _getan(request, person, {"if-match": request.headers.get("if-match"), **angaben.model_dump(mode="json")}, arbeit)


def _einen(s: Sitzung, schritt: Schritt, person: Handelnde, jetzt: datetime, umfeld: Umfeld) -> dict[str, Any]:
    """Ein Schritt; was erst beim Schalten auffällt, ist ein Befund an derselben Stelle wie die des Formulars."""
    try:
        return antwort.gemerkt(handle(s, [schritt], person, jetzt, umfeld))
    except Ungueltig as fehler:
        raise Ungueltig([(feld if feld == "grund" else f"daten.{feld}", grund) for feld, grund in fehler.befunde]) from fehler


def _zug(request: Request, roh: bytes) -> Zug:
    """Der Befund nennt die Stelle, wie sie geschickt wurde, ohne den Zweig, den das Modell wählte."""
    try:
        return koerper(request, roh, Zug)
    except Ungueltig as fehler:
        raise Ungueltig([(_ZWEIG.sub(r"\1", feld), grund) for feld, grund in fehler.befunde]) from fehler


Arbeit = Callable[[Sitzung, datetime, Umfeld], dict[str, Any]]


def _getan(request: Request, person: Handelnde, anfrage: Any, arbeit: Arbeit, *, angelegt: bool = False) -> Response:
    """Führt den Zug aus, unter dem Wiederholungsschlüssel höchstens einmal, und zeigt, was die Person davon sieht."""
    a, wiederholung = anwendung(request), wiederholungsschluessel(request)
    jetzt, umfeld = a.jetzt(), a.umfeld()

    def in_einer_transaktion(s: Sitzung) -> dict[str, Any]:
        if wiederholung:
            zug = einmal(s, person.key, wiederholung, {"weg": request.url.path, "inhalt": anfrage}, jetzt, lambda: arbeit(s, jetzt, umfeld))
        else:
            zug = arbeit(s, jetzt, umfeld)
        return {"erster": zug["vorgaenge"][0][0], **antwort.getan(s, person, berliner_tag(jetzt), zug)}

    try:
        gezeigt = a.db.in_transaktion(in_einer_transaktion)
    except Unmoeglich as fehler:
        gruende = antwort.ohne_gesendetes(fehler.gruende, anfrage, umfeld)
        raise Unmoeglich(gruende, fehler.waechter, fehler.key, fehler.felder) from fehler
    erster, gesehen = gezeigt.pop("erster"), {v["key"]: v["version"] for v in gezeigt["vorgaenge"]}
    kopf = {"ETag": etag(gesehen[erster])} if erster in gesehen else {}
    if angelegt and erster in gesehen:
        kopf["Location"] = f"{PFAD}/vorgaenge/{erster}"
    return als_json(gezeigt, 201 if angelegt else 200, kopf)


def etag(version: int) -> str:
    return f'"v{version}"'


def _gesehen(s: Sitzung, request: Request, person: Handelnde, key: str, jetzt: datetime) -> tuple[str, int]:
    """Art und Fassung des Vorgangs, wenn die Person ihn sieht und seine Fassung kennt."""
    verlange_sichtbar(s, person, [key], berliner_tag(jetzt))
    art, version = s.alle("SELECT art, version FROM vorgang WHERE key = :key", {"key": key})[0]
    genannt = fassung_aus(request, version)
    if genannt != version:
        raise FassungVeraltet(_VERALTET, key, genannt, version)
    return art, version


def _zugschritt(s: Sitzung, nr: int, eintrag: Zugschritt | Zuganfang, umfeld: Umfeld, jetzt: datetime) -> Schritt:
    try:
        if isinstance(eintrag, Zuganfang):
            uebergang = anfang(eintrag.art, eintrag.ausloeser)
            if uebergang is None:
                raise Ungueltig({"ausloeser": "So beginnt kein Vorgang dieser Art."})
            daten = _daten(eintrag.art, uebergang, eintrag.daten, umfeld, jetzt)
            return Schritt(eintrag.ausloeser, art=eintrag.art, daten=daten, grund=eintrag.grund)
        if eintrag.ausloeser not in AUSLOESER:
            raise Ungueltig({"ausloeser": "Diesen Schritt gibt es nicht."})
        art = s.wert("SELECT art FROM vorgang WHERE key = :key", {"key": eintrag.vorgang})
        daten = _daten(art, fortsetzung(art, eintrag.ausloeser), eintrag.daten, umfeld, jetzt)
        return Schritt(eintrag.ausloeser, eintrag.vorgang, daten=daten, grund=eintrag.grund, version=eintrag.version)
    except Ungueltig as fehler:
        raise Ungueltig([(f"schritte.{nr}.{feld}", grund) for feld, grund in fehler.befunde]) from fehler


def _daten(art: str, uebergang: Uebergang | None, daten: Mapping[str, Any], umfeld: Umfeld, jetzt: datetime) -> Any:
    """Das geprüfte Formular des Schritts; Unmoeglich, wenn die Art ihn nicht kennt."""
    if uebergang is None:
        raise Unmoeglich((Aussage("Diesen Schritt gibt es hier nicht ({art}).", art=PROZESSE[art].bezeichnung),), ("unbekannt",))
    if not uebergang.formular:
        if daten:
            raise Ungueltig({"daten": "Dieser Schritt hat kein Formular; bitte lassen Sie die Daten leer."})
        return {}
    return formularwerte(formular(art, uebergang.formular), daten, umfeld.kontext(jetzt))


# --- was es gibt ------------------------------------------------------------------------------------------------------


def anfang(art: str, ausloeser: str) -> Uebergang | None:
    """Der Anfang dieses Namens, den eine Person schalten kann."""
    prozess = PROZESSE.get(art)
    return next((u for u in prozess.kandidaten(ausloeser, "") if not u.folgt), None) if prozess else None


def fortsetzung(art: str, ausloeser: str) -> Uebergang | None:
    """Der erste Übergang dieses Namens an einem bestehenden Vorgang; alle seines Namens haben dasselbe Formular."""
    return next((u for u in PROZESSE[art].uebergaenge if u.ausloeser == ausloeser and u.von and not u.folgt), None)


AUSLOESER: Sequence[str] = tuple(dict.fromkeys(u.ausloeser for p in PROZESSE.values() for u in p.uebergaenge if u.von and not u.folgt
                                               and not braucht_datei(u)))
