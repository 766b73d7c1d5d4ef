"""Einen Schritt tun: zeigen, absenden, und zurück zum Formular, mit allem, was getippt war."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from forms.bewegungen import FELD, eingabe_der_bewegung
from forms.felder import Eingaben, eingabe_zu, gelesen, mit_mehr_zeilen
from forms.grundform import Formularkontext
from forms.tabelle import EINFUEGEN, Uebernahme, eingefuegt, gezogen, mit_lesbaren_zahlen, zugeordnet
from forms.schrittfelder import felder_des_schritts
from service import entwuerfe
from service.angebote import Frage, angebote
from service.anwendung import Anwendung
from service.apply import Schritt
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Konflikt, Kreislauffehler, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.beilagen import Beilage, lege_bei
from service.handeln import handle
from service.handelnde import Handelnde
from service.hashkette import sha
from service.idempotenz import einmal
from service.moeglich import Moeglichkeit, beginnbar, moegliche
from service.pages import entwurf
from service.pages.bewegungen import mit_bewegungen
from service.pages.beilagen import KEINE, Dateien, beilagen, dateien
from service.pages.melden import nachgelesen, vor_dem_einreichen, vor_dem_text, vorschau_mit
from service.pages.schwaerzen import vor_dem_schwaerzen
from service.pages.sitzungstag import vor_dem_termin
from service.pages.themenwege import vor_dem_teilen, vor_dem_zusammenfuehren
from service.pages.formularseite import RUECKWEGE, einzeln, formularseite
from service.sicht import Ansicht, lies
from service.umfeld import Umfeld, kanonisch
from service.web import Angemeldet, Formulardaten, anwendung, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states.anhang import ANHAENGEN, ENTFERNEN
from states.kette import PROZESSE
from states.model import Uebergang

router = Wege()
# Schritte, vor denen noch etwas kommt; None heißt: weiter
_VORHER = {("meldebogen", "einreichen"): vor_dem_einreichen, ("meldebogen", "schwaerzen"): vor_dem_schwaerzen,
           **{("meldebogen", x): vor_dem_text for x in ("antworten", "ergaenzen", "wieder_vorgekommen", "nachtragen")},
           **{("sitzung", x): vor_dem_termin for x in ("planen", "verlegen")},
           ("generatives_thema", "zusammenfuehren"): vor_dem_zusammenfuehren, ("generatives_thema", "teilen"): vor_dem_teilen}


def texte(daten: FormData) -> dict[str, list[str]]:
    """Name -> alle gesendeten Texte; Dateien gehören in keines dieser Formulare."""
    return {name: [w for w in daten.getlist(name) if isinstance(w, str)] for name in daten}


def version(eingaben: Eingaben) -> int | None:
    text = einzeln(eingaben, "version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def satz(fehler: Kreislauffehler) -> str:
    if isinstance(fehler, Konflikt) and fehler.gesehen is not None:
        fassungen = Aussage("Sie hatten Fassung {gesehen} vor sich, jetzt gilt Fassung {jetzt}.", gesehen=fehler.gesehen,
                            jetzt=fehler.jetzt)
        return Aussage("{satz} {fassungen} Ihre Eingaben stehen noch hier.", satz=fehler.satz, fassungen=fassungen)
    return fehler.satz


@router.post("/entwurf/verwerfen")
def verwirf(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    """Von der Startseite aus; auch wenn der Schritt inzwischen nicht mehr möglich ist."""
    eingaben = texte(daten)
    art, ausloeser, key = (einzeln(eingaben, name) for name in ("art", "ausloeser", "key"))
    anwendung(request).db.in_transaktion(lambda s: entwuerfe.verwirf(s, person.key, art, ausloeser, key))
    return umleitung(request, "/", entwurf.VERWORFEN)


@router.get("/neu/{art}/{ausloeser}")
def frage_anfang(request: Request, person: Angemeldet, art: str, ausloeser: str) -> Response:
    u = _anfang(request, person, art, ausloeser)
    if "nachlesen" in request.query_params and (vorschau := nachgelesen(request, person, u)) is not None:
        return vorschau
    return formularseite(request, person, art, u, None)


@router.post("/neu/{art}/{ausloeser}")
def beginne(request: Request, person: Angemeldet, art: str, ausloeser: str, daten: Formulardaten) -> Response:
    return _tue(request, person, art, _anfang(request, person, art, ausloeser), None, texte(daten), dateien(daten))


@router.get("/vorgang/{key}/schritt/{ausloeser}")
def frage_schritt(request: Request, person: Angemeldet, key: str, ausloeser: str) -> Response:
    if ausloeser in (ANHAENGEN, ENTFERNEN):
        return RedirectResponse(f"/vorgang/{quote(key, safe='')}/anhaenge", 303)
    ansicht, gefunden = _moeglicher(request, person, key, ausloeser)
    if gefunden.grund:
        raise Unmoeglich((gefunden.grund,), ("zustand",), key)
    return formularseite(request, person, ansicht.art, gefunden.uebergang, ansicht)


@router.post("/vorgang/{key}/schritt/{ausloeser}")
def tue(request: Request, person: Angemeldet, key: str, ausloeser: str, daten: Formulardaten) -> Response:
    ansicht, gefunden = _moeglicher(request, person, key, ausloeser)
    return _tue(request, person, ansicht.art, gefunden.uebergang, ansicht, texte(daten))


def _tue(request: Request, person: Handelnde, art: str, u: Uebergang, ansicht: Ansicht | None, eingaben: Eingaben,
         gesendet: Dateien = KEINE) -> Response:
    """Knöpfe, die nur das Formular ändern, bringen es so zurück; was in eine Tabelle eingefügt ist, geht zuerst in ihre Zeilen."""

    def noch_einmal(befunde: Mapping[str, str], status: int, mit: Eingaben, hinweise: Sequence[str] = ()) -> HTMLResponse:
        return formularseite(request, person, art, u, ansicht, mit, befunde, status, {"uebernommen": hinweise})

    if einzeln(eingaben, "entwurf"):
        return entwurf.tue(request, person, art, u, ansicht, eingaben, lambda satz_, mit: noch_einmal({"": satz_}, 409, mit))
    if form := einzeln(eingaben, "wechsel"):
        return noch_einmal({}, 200, {**eingaben, "form": [form]})
    if liste := einzeln(eingaben, "mehr"):
        return noch_einmal({}, 200, eingaben if liste == FELD else mit_mehr_zeilen(eingaben, liste))
    a, felder, zug = anwendung(request), felder_des_schritts(art, u), einzeln(eingaben, "zeile")
    eingaben = mit_lesbaren_zahlen(felder, eingaben)
    uebernahme = eingefuegt(felder, eingaben, a.umfeld().kontext(a.jetzt()))
    if any(name.startswith(EINFUEGEN) and einzeln(eingaben, name) for name in eingaben):
        uebernahme = _zugeordnet(a, uebernahme, person, art, u, ansicht)
    if zug or uebernahme.befunde or uebernahme.hinweise:
        return noch_einmal(uebernahme.befunde, 422 if uebernahme.befunde else 200, gezogen(felder, uebernahme.eingaben, zug),
                           uebernahme.hinweise)
    return _gib_ab(request, person, art, u, ansicht, uebernahme.eingaben, gesendet)


def _zugeordnet(a: Anwendung, uebernahme: Uebernahme, person: Handelnde, art: str, u: Uebergang, ansicht: Ansicht | None) -> Uebernahme:
    with a.db.lesen() as s:
        umfeld = a.umfeld(s)
        angebot = angebote(Frage(s, person, umfeld, berliner_tag(a.jetzt()), art, u, ansicht, uebernahme.eingaben))

    def moegliche(name: str) -> dict[str, tuple[str, ...]] | None:
        gefunden = angebot.fuer(name)
        if gefunden is None or not gefunden.zur_auswahl:
            return None
        return {wert: (beschriftung, wert, *umfeld.profil.rufnamen(wert)) for wert, beschriftung in gefunden.werte}

    return zugeordnet(uebernahme, moegliche)


def _gib_ab(request: Request, person: Handelnde, art: str, u: Uebergang, ansicht: Ansicht | None, eingaben: Eingaben, gesendet: Dateien
            ) -> Response:
    """Gelingt es, geht es zum Vorgang; sonst zurück zum Formular, mit allem, was getippt war."""

    def noch_einmal(befunde: Mapping[str, str], status: int) -> HTMLResponse:
        return formularseite(request, person, art, u, ansicht, eingaben, befunde, status)

    if vorher := _VORHER.get((art, u.ausloeser)):
        erst = vorher(request, u, ansicht, felder_des_schritts(art, u), eingaben, noch_einmal)
        if erst is not None:
            return erst
    if PROZESSE[art].geht_hinaus(u) and not einzeln(eingaben, "bestaetigt"):
        return noch_einmal({"bestaetigt": "Bitte bestätigen Sie, dass der Schritt nach außen gehen soll."}, 422)
    a = anwendung(request)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    try:
        dabei = beilagen(eingaben, gesendet, a.einstellungen.anhang_bytes)
    except Ungueltig as fehler:
        return vorschau_mit(request, u, eingaben, dict(fehler.befunde))
    try:
        schritt = _schritt(art, u, ansicht, eingaben, umfeld.kontext(jetzt))
    except Ungueltig as fehler:
        return noch_einmal(dict(fehler.befunde), fehler.status)
    try:
        neuer = a.db.in_transaktion(lambda s: _getan(s, schritt, dabei, person, art, jetzt, umfeld, einzeln(eingaben, "einmal")))
    except Ungueltig as fehler:  # zählt Einträge ab eins
        return noch_einmal(befunde_an_feldern(art, u, eingaben, fehler.befunde, 1), fehler.status)
    except Unmoeglich as fehler:
        return noch_einmal(befunde_an_feldern(art, u, eingaben, fehler.befunde, 0), fehler.status)
    except (Konflikt, Verboten, NichtGefunden) as fehler:
        if isinstance(fehler, NichtGefunden) and ansicht is not None and fehler.key == ansicht.key:
            raise
        return noch_einmal({"": satz(fehler)}, fehler.status)
    ziel = ansicht.key if ansicht else neuer
    if rueckweg := RUECKWEGE.get(einzeln(eingaben, "zurueck")):
        return umleitung(request, f"/vorgang/{ziel}{rueckweg[0]}", rueckweg[1])
    return umleitung(request, f"/vorgang/{ziel}", Aussage("„{bezeichnung}“ ist gespeichert.", bezeichnung=u.bezeichnung))


def _getan(s: Sitzung, schritt: Schritt, dabei: Sequence[Beilage], person: Handelnde, art: str, jetzt: datetime, umfeld: Umfeld,
           wiederholung: str) -> str:
    """Der Schlüssel des Vorgangs. Mit dem Schritt verschwindet sein Entwurf; dasselbe Formular zweimal gesendet beginnt nur einen."""

    def arbeit() -> dict[str, Any]:
        key = handle(s, [schritt], person, jetzt, umfeld).erste.key
        lege_bei(s, key, dabei, person, jetzt, umfeld)
        entwuerfe.verwirf(s, person.key, art, schritt.ausloeser, entwuerfe.ort(schritt.vorgang, wiederholung))
        return {"key": key}

    if schritt.vorgang or not wiederholung:
        return str(arbeit()["key"])
    anfrage: dict[str, Any] = {"art": art, "ausloeser": schritt.ausloeser, "daten": schritt.daten, "grund": schritt.grund}
    anfrage |= {"beilagen": [b.abdruck for b in dabei]} if dabei else {}
    return str(einmal(s, person.key, f"seite:{sha(kanonisch([wiederholung, anfrage]))}", anfrage, jetzt, arbeit)["key"])


def _schritt(art: str, u: Uebergang, ansicht: Ansicht | None, eingaben: Eingaben, kontext: Formularkontext) -> Schritt:
    felder = felder_des_schritts(art, u)
    daten = mit_bewegungen(felder, eingaben, gelesen(felder, eingaben), kontext)
    grund = einzeln(eingaben, "grund")
    if ansicht is None:
        return Schritt(u.ausloeser, art=art, daten=daten, grund=grund)
    return Schritt(u.ausloeser, ansicht.key, daten=daten, grund=grund, version=version(eingaben))


def befunde_an_feldern(art: str, u: Uebergang, eingaben: Eingaben, befunde: Sequence[tuple[str, str]], ab: int) -> dict[str, str]:
    """Jeder Satz bei der Eingabe, zu der er gehört; was zu keiner gehört, betrifft den ganzen Schritt."""
    gefunden: dict[str, str] = {}
    for name, grund in befunde:
        ort = _ort(art, u, eingaben, name, ab)
        gefunden[ort] = f"{gefunden[ort]} {grund}" if ort in gefunden else grund
    return gefunden


def _ort(art: str, u: Uebergang, eingaben: Eingaben, name: str, ab: int) -> str:
    if name == "grund":
        return name
    if name.startswith(f"{FELD}."):
        return eingabe_der_bewegung(eingaben, name, ab)
    return eingabe_zu(felder_des_schritts(art, u), eingaben, name, ab)


def _anfang(request: Request, person: Handelnde, art: str, ausloeser: str) -> Uebergang:
    with anwendung(request).db.lesen() as s:
        gefunden = beginnbar(s, person, art, ausloeser)
    if gefunden is None:
        raise NichtGefunden()
    return gefunden


def _moeglicher(request: Request, person: Handelnde, key: str, ausloeser: str) -> tuple[Ansicht, Moeglichkeit]:
    a = anwendung(request)
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        ansicht = lies(s, person, key, berliner_tag(jetzt))
        gefunden = next((m for m in moegliche(s, person, key, jetzt) if m.uebergang.ausloeser == ausloeser), None)
    prozess = PROZESSE[ansicht.art]
    if gefunden is not None:
        return ansicht, gefunden
    if all(u.ausloeser != ausloeser for u in prozess.uebergaenge):
        raise NichtGefunden(key, Aussage("Diesen Schritt gibt es bei {key} nicht.", key=key))
    raise Unmoeglich(
        (Aussage("„{ausloeser}“ ist bei {key} jetzt nicht möglich. Bitte sehen Sie sich den Vorgang noch einmal an.",
                 ausloeser=prozess.bezeichnung_von(ausloeser), key=key),),
        ("zustand",),
        key,
    )
