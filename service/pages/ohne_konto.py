"""Melden ohne Konto: mit dem Code der Stelle der Meldebogen, danach mit dem Beleg die eine Meldung.

Codes stehen nie in einer Adresse, nur in gesendeten Formularen. Ein falscher, ein widerrufener und ein unbekannter sehen gleich aus.
Auf jedes Absenden, das gelingt, folgt eine Seite mit eigener Adresse; was sie zeigt, liegt bis dahin verschlüsselt (service/verwahrt.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from forms import formular
from forms.felder import Eingaben, Feld, felder_von, gelesen, mit_mehr_zeilen, zeilenzahl
from forms.meldebogen import Einreichen
from forms.schrittfelder import felder_des_schritts
from service import anzeige, belege, meldecodes, verwahrt
from service.angebote import Angebote
from service.anzeige import Angabe
from service.belege import Beleg
from service.clock import berliner_tag
from service.dateipruefung import ERLAUBT, FELD
from service.db import Sitzung
from service.eingang import so_geht_es_weiter
from service.folgen import ERGEBNIS, folgen
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich, ZuVieleVersuche
from service.pages.anhang import ANGEHAENGT, ENTFERNT, gepruefte_datei
from service.pages.antwort import kontakte
from service.pages.beilagen import Dateien, beilagen, dateien
from service.pages.formularseite import einzeln, formularseite
from service.pages.melden import GEPRUEFT, hinweise_im_formular, nachtragbare, offene_hinweise, vor_dem_einreichen, vorschau_mit
from service.pages.schritt import befunde_an_feldern, texte
from service.profil import Institution
from service.sicht import Ansicht, lies
from service.umfeld import Umfeld
from service.web import (
    Formulardaten, anwendung, herkunft, seite, setze_verwahrtes_wort, umleitung, verwahrtes_wort,
)  # fmt: skip
from service.wege import Wege
from service.weiterfuehrende import wo_es_gerade_liegt
from service.werdegang import werdegang
from states.anhang import ANHAENGEN, ENTFERNEN
from states.aussage import Aussage
from states.kette import PROZESSE
from states.meldebogen import WARTET
from states.model import Uebergang
from states.perlink import MIT_BELEG

router = Wege("/melden")
_UNBEKANNT = "Dieser Code gilt nicht. Bitte prüfen Sie, ob er vollständig ist; Groß- und Kleinschreibung zählen nicht."
_EIGENE = frozenset(f.name for f in felder_von(Einreichen))
BOGEN, VORSCHAU, QUITTUNG, FRAGE, STAND = (f"/melden/{x}" for x in ("ohne-konto/bogen", "ohne-konto/vorschau", "ohne-konto/quittung",
                                                                   "beleg", "beleg/stand"))
# Was im Verwahrten steht: der Code der Stelle mit dem Getippten, oder nach dem Absenden die Quittung; daneben der eingegebene Beleg
_CODE, _GETIPPT, _QUITTUNG, _BELEG = "code", "eingaben", "quittung", "beleg"
_NUR_HIER = frozenset({"csrf", "weiter", "wechsel", "mehr"})


# --- von einer Seite zur nächsten -------------------------------------------------------------------------------------


def _verwahrtes(request: Request) -> dict[str, Any]:
    a, wort = anwendung(request), verwahrtes_wort(request)
    if not wort:
        return {}
    with a.db.lesen() as s:
        return verwahrt.hole(s, wort, a.jetzt())


def _weiter(request: Request, weg: str, inhalt: Mapping[str, Any], hinweis: str = "") -> Response:
    """Nach einem POST: Die Seite unter `weg` findet `inhalt` vor, auch beim „Zurück“ und beim Neuladen."""
    a, bisher = anwendung(request), verwahrtes_wort(request)
    wort = a.db.in_transaktion(lambda s: verwahrt.lege(s, inhalt, a.jetzt(), bisher))
    setze_verwahrtes_wort(request, wort)
    return umleitung(request, weg, hinweis)


# --- melden -----------------------------------------------------------------------------------------------------------


@router.get("/ohne-konto")
def frage_code(request: Request) -> HTMLResponse:
    return _codeseite(request)


@router.post("/ohne-konto")
@router.post("/ohne-konto/bogen")
@router.post("/ohne-konto/vorschau")
def melde(request: Request, daten: Formulardaten) -> Response:
    """Mit dem Code allein kommt der leere Bogen; mit dem Bogen wird gemeldet."""
    a, eingaben = anwendung(request), texte(daten)
    jetzt = a.jetzt()
    a.bremse.pruefe(herkunft(request), jetzt)
    try:
        with a.db.lesen() as s:
            stelle = meldecodes.finde(s, einzeln(eingaben, "code"), a.umfeld(s).profil)
    except NichtGefunden:
        if a.umfeld().profil.ohne_konto.erlaubt:
            a.bremse.zaehle(herkunft(request), jetzt)
        return _codeseite(request, _UNBEKANNT)
    if not einzeln(eingaben, "einmal"):
        return _weiter(request, BOGEN, {_CODE: einzeln(eingaben, "code")})
    return _gemeldet(request, stelle, eingaben, dateien(daten), jetzt)


@router.get("/ohne-konto/bogen")
def bogen(request: Request) -> Response:
    return _angefangen(request, lambda stelle, v: _bogen(request, stelle, v[_CODE], v.get(_GETIPPT)))


@router.get("/ohne-konto/vorschau")
def nachlesen(request: Request) -> Response:
    """Was sich nicht mehr nachlesen lässt, etwa weil das Profil inzwischen anderes verlangt, zeigt der Bogen."""
    def zeige(stelle: Institution, v: Mapping[str, Any]) -> Response:
        try:
            return vorschau_mit(request, _einreichen(), v[_GETIPPT], {}, 200)
        except (KeyError, ValidationError):
            return umleitung(request, BOGEN)

    return _angefangen(request, zeige)


def _angefangen(request: Request, zeige: Callable[[Institution, Mapping[str, Any]], Response]) -> Response:
    a, v = anwendung(request), _verwahrtes(request)
    if _QUITTUNG in v:
        return umleitung(request, QUITTUNG, "Diese Meldung ist schon abgesendet.")
    try:
        with a.db.lesen() as s:
            stelle = meldecodes.finde(s, v.get(_CODE, ""), a.umfeld(s).profil)
    except NichtGefunden:
        return _codeseite(request, geschlossen=True)
    return zeige(stelle, v)


def _codeseite(request: Request, fehler: str = "", *, geschlossen: bool = False) -> HTMLResponse:
    a = anwendung(request)
    with a.db.lesen() as s:
        umfeld = a.umfeld(s)
        if not umfeld.profil.ohne_konto.erlaubt:
            raise NichtGefunden
        adressen = kontakte(s, umfeld, a.jetzt())
    return seite(request, "ohne_konto/code.html", status=422 if fehler else 200, fehler=fehler, kontakte=adressen,
                 geschlossen=geschlossen)


def _einreichen() -> Uebergang:
    return PROZESSE["meldebogen"].kandidaten("einreichen", "")[0]


def _bogen(request: Request, stelle: Institution, code: str, eingaben: Eingaben | None, befunde: Mapping[str, str] | None = None,
           status: int = 200) -> HTMLResponse:
    return formularseite(request, meldecodes.meldende_stelle(stelle), "meldebogen", _einreichen(), None, eingaben, befunde, status,
                         {"code": code, "stelle": stelle.name})


def _gemeldet(request: Request, stelle: Institution, eingaben: Eingaben, gesendet: Dateien, jetzt: datetime) -> Response:
    a, u, code = anwendung(request), _einreichen(), einzeln(eingaben, "code")
    felder, umfeld = felder_des_schritts("meldebogen", u), a.umfeld()

    def gehe(weg: str, mit: Eingaben = eingaben) -> Response:
        return _weiter(request, weg, {_CODE: code, _GETIPPT: {n: w for n, w in mit.items() if n not in _NUR_HIER}})

    def noch_einmal(befunde: Mapping[str, str], status: int) -> Response:
        return _bogen(request, stelle, code, eingaben, befunde, status) if befunde else gehe(BOGEN)

    if form := einzeln(eingaben, "wechsel"):
        return gehe(BOGEN, {**eingaben, "form": [form]})
    if liste := einzeln(eingaben, "mehr"):
        return gehe(BOGEN, mit_mehr_zeilen(eingaben, liste))
    if (erst := vor_dem_einreichen(request, u, None, felder, eingaben, noch_einmal, lambda: gehe(VORSCHAU))) is not None:
        return erst
    antwort, wort = gelesen(felder, eingaben), einzeln(eingaben, "einmal")
    try:
        dabei = beilagen(eingaben, gesendet, a.einstellungen.anhang_bytes)
    except Ungueltig as fehler:
        return vorschau_mit(request, u, eingaben, dict(fehler.befunde))
    try:
        quittung = a.db.in_transaktion(lambda s: belege.reiche_ein(s, stelle, antwort, wort, umfeld, jetzt, dabei))
    except (Ungueltig, Unmoeglich) as fehler:
        return noch_einmal(befunde_an_feldern("meldebogen", u, eingaben, fehler.befunde, 1), fehler.status)
    except ZuVieleVersuche as fehler:
        return noch_einmal({"": fehler.satz}, fehler.status)
    return _weiter(request, QUITTUNG, {_QUITTUNG: [*quittung, stelle.name]})


@router.get("/ohne-konto/quittung")
def quittung(request: Request) -> HTMLResponse:
    a, v = anwendung(request), _verwahrtes(request)
    if _QUITTUNG not in v:
        return _belegfrage(request, geschlossen=True)
    key, code, stelle = v[_QUITTUNG]
    with a.db.lesen() as s:
        adressen = kontakte(s, a.umfeld(s), a.jetzt())
    return seite(request, "ohne_konto/quittung.html", key=key, code=code, stelle=stelle, kontakte=adressen,
                 adresse=f"{a.einstellungen.webadresse}{FRAGE}")


# --- mit dem Beleg ----------------------------------------------------------------------------------------------------


@router.get("/beleg")
def frage_beleg(request: Request) -> HTMLResponse:
    return _belegfrage(request)


@router.get("/beleg/stand")
def stand(request: Request) -> HTMLResponse:
    v = _verwahrtes(request)
    try:
        return _belegseite(request, {"code": [v.get(_BELEG, "")]})
    except NichtGefunden:
        return _belegfrage(request, geschlossen=True)


@router.post("/beleg")
@router.post("/beleg/stand")
def mit_beleg(request: Request, daten: Formulardaten) -> Response:
    """Ohne `akt` nur ansehen; sonst die Handlung, deren Felder `akt.feld` heißen."""
    a, eingaben = anwendung(request), texte(daten)
    akt, jetzt = einzeln(eingaben, "akt"), a.jetzt()
    a.bremse.pruefe(herkunft(request), jetzt)
    try:
        return _tue(request, akt, eingaben, daten, jetzt) if akt else _sieh_an(request, eingaben)
    except NichtGefunden:
        a.bremse.zaehle(herkunft(request), jetzt)
        return _belegfrage(request, _UNBEKANNT)


@router.post("/beleg/schliessen")
def schliesse(request: Request) -> Response:
    wort = verwahrtes_wort(request)
    anwendung(request).db.in_transaktion(lambda s: verwahrt.vergiss(s, wort))
    setze_verwahrtes_wort(request, "")
    return umleitung(request, FRAGE, "Der Beleg ist geschlossen.")


def _sieh_an(request: Request, eingaben: Eingaben, hinweis: str = "") -> Response:
    """Wirft NichtGefunden."""
    a, code = anwendung(request), einzeln(eingaben, "code")
    with a.db.lesen() as s:
        belege.finde(s, code, a.umfeld(s))
    return _weiter(request, STAND, {**_verwahrtes(request), _BELEG: code}, hinweis)


def _belegfrage(request: Request, fehler: str = "", *, geschlossen: bool = False) -> HTMLResponse:
    a = anwendung(request)
    with a.db.lesen() as s:
        umfeld = a.umfeld(s)
        adressen = kontakte(s, umfeld, a.jetzt())
    return seite(request, "ohne_konto/beleg_code.html", status=422 if fehler else 200, fehler=fehler, kontakte=adressen,
                 melden=umfeld.profil.ohne_konto.erlaubt, geschlossen=geschlossen)


def _tue(request: Request, akt: str, eingaben: Eingaben, daten: FormData, jetzt: datetime) -> Response:
    a = anwendung(request)
    umfeld = a.umfeld()
    with a.db.lesen() as s:
        beleg = belege.finde(s, einzeln(eingaben, "code"), umfeld)
        if akt not in belege.offene(s, beleg, jetzt):
            return _belegseite(request, eingaben, {"": "Das geht bei dieser Meldung jetzt nicht mehr. Unten sehen Sie ihren Stand."}, 409)
    eigene = {name.removeprefix(f"{akt}."): werte for name, werte in eingaben.items() if name.startswith(f"{akt}.")}
    if (akt == "zurueckziehen") and not einzeln(eigene, "bestaetigt"):
        return _belegseite(request, eingaben, {f"{akt}.bestaetigt": "Bitte bestätigen Sie, dass Sie die Meldung zurückziehen."}, 422)
    pruefling = {**eigene, "kein_personenbezug": eingaben.get("kein_personenbezug", [])}
    if akt != ANHAENGEN and (offen := offene_hinweise(pruefling, GEPRUEFT.get(("meldebogen", akt), ()))):
        return _belegseite(request, eingaben, {f"{akt}.{feld}": satz for feld, satz in offen.items()}, 422)
    try:
        a.db.in_transaktion(_arbeit(request, akt, eingaben, pruefling, daten, jetzt))
    except (Ungueltig, Unmoeglich) as fehler:
        return _belegseite(request, eingaben, {_ort(akt, f, eigene): satz for f, satz in fehler.befunde}, fehler.status)
    except Konflikt as fehler:
        return _belegseite(request, eingaben, {"": fehler.satz}, fehler.status)
    gespeichert = Aussage("„{bezeichnung}“ ist gespeichert.", bezeichnung=PROZESSE["meldebogen"].bezeichnung_von(akt))
    return _sieh_an(request, eingaben, {ANHAENGEN: ANGEHAENGT, ENTFERNEN: ENTFERNT}.get(akt, gespeichert))


def _arbeit(request: Request, akt: str, eingaben: Eingaben, eigene: Eingaben, daten: FormData, jetzt: datetime
            ) -> Callable[[Sitzung], None]:
    """Was die Handlung in der Datenbank tut. Wirft Ungueltig, wenn die Angaben dafür nicht reichen."""
    a, code, wort = anwendung(request), einzeln(eingaben, "code"), einzeln(eingaben, "einmal")
    umfeld = a.umfeld()
    if akt == ANHAENGEN:
        bezeichnung = einzeln(eigene, "bezeichnung")
        datei = gepruefte_datei(eigene, daten, f"{akt}.{FELD}", a.einstellungen.anhang_bytes)
        return lambda s: belege.haenge_an(s, code, bezeichnung, datei, wort, umfeld, jetzt)
    if akt == ENTFERNEN:
        nr = einzeln(eigene, "nr")
        nummer, grund = int(nr) if nr.isascii() and nr.isdigit() and len(nr) < 10 else 0, einzeln(eigene, f"grund.{nr}")
        return lambda s: belege.entferne(s, code, nummer, grund, umfeld, jetzt)
    antwort = gelesen(_felder(akt), eigene)
    return lambda s: belege.tue(s, code, akt, antwort, wort, umfeld, jetzt)


def _ort(akt: str, feld: str, eigene: Eingaben) -> str:
    """Die Eingabe, zu der ein Befund gehört; eine Begründung steht bei ihrer Datei."""
    if akt == ENTFERNEN:
        return f"{akt}.grund.{einzeln(eigene, 'nr')}" if feld == "grund" else ""
    return f"{akt}.{feld}" if feld else ""


def _felder(akt: str) -> tuple[Feld, ...]:
    u = next(u for u in PROZESSE["meldebogen"].uebergaenge if u.ausloeser == akt)
    return felder_von(formular("meldebogen", u.formular)) if u.formular else ()


def _belegseite(request: Request, eingaben: Eingaben, befunde: Mapping[str, str] | None = None, status: int = 200) -> HTMLResponse:
    """Wirft NichtGefunden."""
    a, akt = anwendung(request), einzeln(eingaben, "akt")
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        umfeld = a.umfeld(s)
        beleg = belege.finde(s, einzeln(eingaben, "code"), umfeld)
        kontext = _stand(s, beleg, umfeld, jetzt)
    eigene = {name.removeprefix(f"{akt}."): werte for name, werte in eingaben.items() if name.startswith(f"{akt}.")}
    hinweise = hinweise_im_formular("meldebogen", akt, {**eigene, "kein_personenbezug": eingaben.get("kein_personenbezug", [])})
    return seite(request, "ohne_konto/beleg.html", status=status, code=einzeln(eingaben, "code"), akt=akt, e=eingaben, b=befunde or {},
                 w=Angebote(), zeilen=zeilenzahl, erlaubt=ERLAUBT, mb=a.einstellungen.anhang_mb, einmal=secrets.token_urlsafe(16),
                 **hinweise, **kontext)


def _stand(s: Sitzung, beleg: Beleg, umfeld: Umfeld, jetzt: datetime) -> dict[str, Any]:
    heute = berliner_tag(jetzt)
    ansicht, prozess = lies(s, beleg.person, beleg.key, heute), PROZESSE["meldebogen"]
    angaben, offene = anzeige.inhalt(ansicht, umfeld.profil.anzeigen), belege.offene(s, beleg, jetzt)
    dateien_ = belege.eigene_dateien(s, beleg, ansicht)
    taten = [(x, prozess.bezeichnung_von(x), nachtragbare(_felder(x), ansicht.felder) if x == "nachtragen" else _felder(x))
             for x in offene if x in MIT_BELEG and (x != "antworten" or WARTET in ansicht.marken)]
    zustand = prozess.zustand(ansicht.zustand)
    return {
        "key": beleg.key, "titel": ansicht.felder.get("titel") or "", "stelle": beleg.person.name, "zustand": zustand, "taten": taten,
        "beschriftungen": {f"{ANHAENGEN}.bezeichnung": "Was ist das?", f"{ANHAENGEN}.{FELD}": "Datei",
                           **{f"{ENTFERNEN}.grund.{x.nr}": "Begründung" for x in dateien_},
                           **{f"{x}.{f.name}": f.titel for x, _, felder in taten for f in felder}},
        "dateien": dateien_, "anhaengen": ANHAENGEN in offene, "entfernen": ENTFERNEN in offene,
        "wartet": WARTET in ansicht.marken, "gespraech": _gespraech(ansicht), "meldung": _nur(angaben, _EIGENE.__contains__),
        "ergebnis": _nur(angaben, ERGEBNIS.__contains__),
        "werdegang": werdegang(ansicht, anzeige.verlauf(s, ansicht, {}), wo_es_gerade_liegt(s, beleg.person, beleg.key, heute)),
        "folgen": folgen(s, beleg.person, beleg.key, ansicht.zustand, heute),
        "listen": umfeld.listen(jetzt),
        **so_geht_es_weiter(s, beleg.person, beleg.key, ansicht.zustand),
    }  # fmt: skip


def _nur(angaben: Sequence[Angabe], gehoert: Callable[[str], bool]) -> list[Angabe]:
    return [x for x in angaben if gehoert(x.name) and x.name not in ("titel", "anonymisiert_bestaetigt")]


def _gespraech(ansicht: Ansicht) -> list[tuple[str, str, str, bool]]:
    """(Tag, wer oder was, Text, ob es eine Frage ist), das Älteste zuerst."""
    was = (("rueckfragen", "Frage der Koordination", "frage"), ("antworten", "Ihre Antwort", "text"),
           ("ergaenzungen", "Ihre Ergänzung", "text"), ("vorkommen", "Wieder vorgekommen", "text"))
    gefunden = [(str(x.get("am") or ""), name, str(x.get(feld) or ""), liste == "rueckfragen")
                for liste, name, feld in was for x in ansicht.felder.get(liste) or () if "meldung" not in x]
    return [(anzeige.tag(am) if am else "", name, text, frage) for am, name, text, frage in sorted(gefunden, key=lambda x: x[0])]
