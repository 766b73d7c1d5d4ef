"""Der Schreibtisch der Koordination: der Eingang, und eine Meldung neben denen, die ihr ähneln."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from service import anzeige
from service.aehnlich import aehnliche
from service.apply import Schritt
from service.clock import berliner_tag
from service.db import Sitzung
from service.eingang import eingang, karten
from service.errors import Konflikt, Kreislauffehler, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.handelnde import Handelnde
from service.laden import ids_von_keys
from service.pages.formularseite import einzeln
from service.pages.meldungsakte import Versuch, formularteile, verlange_koordination, versuche
from service.pages.schritt import satz, texte, version
from service.protokoll import vermerke_gelesene
from service.sicht import Ansicht, Ebene, lies
from service.suche import schluessel
from service.umfeld import Umfeld
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states.kette import PROZESSE

router = Wege()
AKTE = ("aufnehmen", "parken", "kurz_klaeren", "weitergeben", "rueckfragen", "bereich_abgeben")
_VERKNUEPFEN = "als_doppelmeldung_verknuepfen"


@router.get("/eingang")
def zeige_eingang(request: Request, person: Angemeldet, ab: str = "", zuletzt: str = "") -> HTMLResponse:
    verlange_koordination(person)
    return _eingang(request, person, ab, Versuch(), zuletzt)


@router.post("/eingang")
def bearbeite_eingang(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    verlange_koordination(person)
    v = versuche(request, person, texte(daten), AKTE)
    return umleitung(request, "/eingang", v.satz) if v.gelungen else _eingang(request, person, einzeln(v.eingaben, "ab"), v)


def _eingang(request: Request, person: Handelnde, ab: str, v: Versuch, zuletzt: str = "") -> HTMLResponse:
    """`zuletzt`: die Meldung, die gerade aus der Liste ging; dorthin führt ein Weg zurück."""
    a = anwendung(request)
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        liste, weiter = eingang(s, person, berliner_tag(jetzt), ab)
        zuletzt = schluessel(s, person, berliner_tag(jetzt), zuletzt)
        teile = formularteile(s, person, a.umfeld(s), jetzt, AKTE, v)
    if liste:
        a.db.in_transaktion(lambda s: vermerke_gelesene(s, jetzt, [k.key for k in liste], person.key))
    return seite(request, "eingang/eingang.html", status=v.status, karten=liste, weiter=weiter, ab=ab, zuletzt=zuletzt, ziel="/eingang",
                 **teile)


# --- eine Meldung neben ähnlichen -------------------------------------------------------------------------------------


@router.get("/eingang/{key}")
def zeige_meldung(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    verlange_koordination(person)
    return _schreibtisch(request, person, key, Versuch())


@router.post("/eingang/{key}")
def bearbeite_meldung(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    verlange_koordination(person)
    v = versuche(request, person, {**texte(daten), "key": [key]}, AKTE)
    return umleitung(request, f"/eingang?zuletzt={key}", v.satz) if v.gelungen else _schreibtisch(request, person, key, v)


@router.post("/eingang/{key}/wie")
def behandle_wie(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    """Ein Klick neben einer ähnlichen Meldung: mit ihr verknüpfen oder in ihre Sammlung legen."""
    verlange_koordination(person)
    a, eingaben = anwendung(request), texte(daten)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    try:
        titel = a.db.in_transaktion(lambda s: _wie(s, person, key, eingaben, jetzt, umfeld))
    except (Unmoeglich, Konflikt, Verboten, Ungueltig) as fehler:
        return _schreibtisch(request, person, key, Versuch({}, {"": _satz(fehler)}))
    return umleitung(request, f"/eingang?zuletzt={key}", Aussage("„{titel}“ ist für {key} gespeichert.", titel=titel, key=key))


def _satz(fehler: Kreislauffehler) -> str:
    return " ".join(grund for _, grund in fehler.befunde) if isinstance(fehler, Ungueltig) else satz(fehler)


def _wie(s: Sitzung, person: Handelnde, key: str, eingaben: Mapping[str, list[str]], jetzt: datetime, umfeld: Umfeld) -> str:
    if original := einzeln(eingaben, "original"):
        schritt = Schritt(_VERKNUEPFEN, key, daten={"original": original}, version=version(eingaben))
    else:
        ansicht = lies(s, person, key, berliner_tag(jetzt))
        ausloeser = "umsammeln" if ansicht.zustand == "in_sammlung" else "aufnehmen"
        schritt = Schritt(ausloeser, key, daten={"sammlung": einzeln(eingaben, "sammlung")}, version=version(eingaben))
    handle(s, [schritt], person, jetzt, umfeld)
    return PROZESSE["meldebogen"].bezeichnung_von(schritt.ausloeser)


def _schreibtisch(request: Request, person: Handelnde, key: str, v: Versuch) -> HTMLResponse:
    a = anwendung(request)
    jetzt = a.jetzt()
    heute = berliner_tag(jetzt)
    with a.db.lesen() as s:
        ansicht = lies(s, person, key, heute)
        if ansicht.art != "meldebogen" or ansicht.ebene is not Ebene.VOLL:
            raise NichtGefunden(key)
        aehnlich = aehnliche(s, person, heute, key, ansicht.felder)
        meldung, *andere = karten(s, [k for k, _ in _ids(s, [key, *(x.eintrag.key for x in aehnlich)])], heute)
        inhalt = anzeige.inhalt(ansicht, {**a.umfeld(s).profil.anzeigen, **anzeige.personennamen(s)})
        teile = formularteile(s, person, a.umfeld(s), jetzt, AKTE, v)
    a.db.in_transaktion(lambda s: vermerke_gelesene(s, jetzt, [key, *(k.key for k in andere)], person.key))
    return seite(request, "eingang/meldung.html", status=v.status, m=meldung, inhalt=inhalt,
                 aehnlich=list(zip(aehnlich, andere, strict=True)), verknuepfbar=_kann(ansicht, _VERKNUEPFEN),
                 sammelbar=_kann(ansicht, "aufnehmen") or _kann(ansicht, "umsammeln"),
                 ziel=f"/eingang/{key}", **teile)


def _ids(s: Sitzung, keys: list[str]) -> list[tuple[int, str]]:
    gefunden = ids_von_keys(s, keys)
    return [gefunden[k] for k in keys]


def _kann(ansicht: Ansicht, ausloeser: str) -> bool:
    """Ob der Schritt von hier oder nach der stillen Übernahme geht."""
    namen = {u.ausloeser for u in ansicht.schritte}
    return ausloeser in namen or (ansicht.zustand == "eingegangen" and "uebernehmen" in namen
                                  and bool(PROZESSE["meldebogen"].kandidaten(ausloeser, "in_vorpruefung")))


