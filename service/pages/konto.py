"""Anmelden, abmelden, eine Einladung einlösen, das eigene Konto."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from forms.personen import ROLLEN
from service import anmeldung, konten
from service.anwendung import Anwendung
from service.clock import berliner_tag
from service.errors import Kreislauffehler, NichtGefunden, Ungueltig, Verboten, ZuVieleVersuche
from service.handelnde import Handelnde
from service.pages.antwort import kontakte
from service.vorfuehrung import Kontenliste, konten_der_vorfuehrung
from service.web import (Angemeldet, Formulardaten, anwendung, besuch, herkunft, inneres_ziel, loesche_ausweis, seite, setze_ausweis,
                         sprache, umleitung, wartezeit)
from service.wege import Wege
from states.model import Rolle

router = Wege()


def text(daten: FormData, feld: str) -> str:
    wert = daten.get(feld, "")
    return wert if isinstance(wert, str) else ""


# --- anmelden und abmelden --------------------------------------------------------------------------------------------


@router.get("/anmelden")
def zeige_anmeldung(request: Request, ziel: str = "/") -> Response:
    if besuch(request).person is not None:
        return RedirectResponse(inneres_ziel(ziel), 303)
    return _anmeldeseite(request, inneres_ziel(ziel))


@router.post("/anmelden")
def melde_an(request: Request, daten: Formulardaten) -> Response:
    a, ziel = anwendung(request), inneres_ziel(text(daten, "ziel"))
    try:
        ausweis = konten.melde_an(a.db, text(daten, "kennung"), text(daten, "kennwort"), herkunft(request), a.jetzt())
    except (Verboten, ZuVieleVersuche) as fehler:
        return _anmeldeseite(request, ziel, fehler, text(daten, "kennung"))
    return _hinein(request, ausweis, ziel)


@router.post("/anmelden/vorfuehrung")
def melde_vorfuehrung_an(request: Request, daten: Formulardaten) -> Response:
    a = anwendung(request)
    if not a.vorfuehrung():
        raise NichtGefunden
    ausweis = a.db.in_transaktion(lambda s: konten.melde_vorfuehrung_an(s, text(daten, "person"), a.jetzt()))
    return _hinein(request, ausweis, inneres_ziel(text(daten, "ziel")))


@router.post("/abmelden")
def melde_ab(request: Request) -> Response:
    ausweis = besuch(request).ausweis
    if ausweis is not None:
        anwendung(request).db.in_transaktion(lambda s: anmeldung.melde_ab(s, ausweis))
    loesche_ausweis(request)
    return umleitung(request, "/anmelden", "Sie sind abgemeldet.")


def _hinein(request: Request, ausweis: str, ziel: str) -> Response:
    """Was der Browser vorher vorzeigte, gilt danach nicht mehr, auch nicht die Anmeldung einer anderen Person."""
    if (vorher := besuch(request)).person is not None and vorher.ausweis is not None:
        alt = vorher.ausweis
        anwendung(request).db.in_transaktion(lambda s: anmeldung.melde_ab(s, alt))
    if anwendung(request).vorlagen.sprachen:
        anwendung(request).db.in_transaktion(lambda s: anmeldung.merke_sprache(s, ausweis, sprache(request)))
    setze_ausweis(request, ausweis)
    return RedirectResponse(ziel, 303)


def _anmeldeseite(request: Request, ziel: str, fehler: Kreislauffehler | None = None, kennung: str = "") -> Response:
    return seite(request, "konto/anmelden.html", status=fehler.status if fehler else 200, kopf=wartezeit(fehler),
                 ziel=ziel, fehler=fehler.satz if fehler else "",
                 kennung=kennung[:80], konten=_rollen(anwendung(request)),
                 ohne_konto=anwendung(request).umfeld().profil.ohne_konto.erlaubt)


def _rollen(a: Anwendung) -> Kontenliste | None:
    if not a.vorfuehrung():
        return None
    with a.db.lesen() as s:
        return konten_der_vorfuehrung(s, a.umfeld(s).profil, berliner_tag(a.jetzt()).isoformat())


# --- Einladung --------------------------------------------------------------------------------------------------------


@router.get("/einladung/{wort}")
def zeige_einladung(request: Request, wort: str) -> Response:
    return _einladungsseite(request, wort)


@router.post("/einladung/{wort}")
def loese_ein(request: Request, wort: str, daten: Formulardaten) -> Response:
    a, kennwort = anwendung(request), text(daten, "kennwort")
    try:
        if kennwort != text(daten, "kennwort_noch_einmal"):
            raise Ungueltig({"kennwort_noch_einmal": "Die beiden Kennwörter sind nicht gleich."})
        ausweis = konten.loese_ein(a.db, wort, text(daten, "kennung"), kennwort, a.jetzt(), text(daten, "name"))
    except Ungueltig as fehler:
        return _einladungsseite(request, wort, fehler, daten)
    except NichtGefunden:
        return _gilt_nicht(request)
    return _hinein(request, ausweis, "/")


def _einladungsseite(request: Request, wort: str, fehler: Ungueltig | None = None, daten: FormData | None = None) -> Response:
    a = anwendung(request)
    with a.db.lesen() as s:
        try:
            link = konten.einmallink(s, wort, a.jetzt())
        except NichtGefunden:
            return _gilt_nicht(request)
    return seite(request, "konto/einladung.html", status=422 if fehler else 200, link=link, befunde=dict(fehler.befunde) if fehler else {},
                 kennung=text(daten, "kennung") if daten else link.kennung, name=text(daten, "name") if daten else "Systemverwaltung")


def _gilt_nicht(request: Request) -> Response:
    a = anwendung(request)
    with a.db.lesen() as s:
        return seite(request, "konto/einladung_gilt_nicht.html", status=404, kontakte=kontakte(s, a.umfeld(s), a.jetzt()))


# --- das eigene Konto -------------------------------------------------------------------------------------------------


@router.get("/konto")
def zeige_konto(request: Request, person: Angemeldet) -> Response:
    return _kontoseite(request, person)


def _kontoseite(
    request: Request, person: Handelnde, *, befunde: dict[str, str] | None = None, neuer: str = "", status: int = 200,
    name: str = "", kopf: Mapping[str, str] | None = None,
) -> Response:
    with anwendung(request).db.lesen() as s:
        kennung = s.wert("SELECT kennung FROM konto WHERE person = :person", {"person": person.key})
        schluessel = konten.schluessel(s, person.key)
    namen = anwendung(request).umfeld().profil.bereichsnamen
    rollen = sorted((ROLLEN.get(Rolle(r), r), namen.get(bereich, bereich)) for r, bereich in person.rollen)
    return seite(request, "konto/konto.html", status=status, kennung=kennung, rollen=rollen, schluessel=schluessel, befunde=befunde or {},
                 neuer=neuer, name=name, kopf=kopf)


@router.post("/konto/kennwort")
def aendere_kennwort(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    a, neues = anwendung(request), text(daten, "kennwort")
    try:
        if neues != text(daten, "kennwort_noch_einmal"):
            raise Ungueltig({"kennwort_noch_einmal": "Die beiden Kennwörter sind nicht gleich."})
        ausweis = konten.aendere_kennwort(a.db, person.key, text(daten, "kennwort_bisher"), neues, herkunft(request), a.jetzt())
    except Ungueltig as fehler:
        return _kontoseite(request, person, befunde=dict(fehler.befunde), status=422)
    except (Verboten, ZuVieleVersuche) as fehler:
        satz = "Das bisherige Kennwort stimmt nicht." if fehler.satz == konten.FALSCH else fehler.satz
        return _kontoseite(request, person, befunde={"kennwort_bisher": satz}, status=fehler.status, kopf=wartezeit(fehler))
    setze_ausweis(request, ausweis)
    satz = "Ihr Kennwort ist geändert. Auf allen anderen Geräten sind Sie abgemeldet, und alle Zugriffsschlüssel sind widerrufen."
    return umleitung(request, "/konto", satz)


@router.post("/konto/ueberall-abmelden")
def melde_ueberall_ab(request: Request, person: Angemeldet) -> Response:
    a = anwendung(request)
    a.db.in_transaktion(lambda s: konten.beende_zugaenge(s, person.key, a.jetzt()))
    loesche_ausweis(request)
    return umleitung(request, "/anmelden", "Sie sind auf allen Geräten abgemeldet, und alle Zugriffsschlüssel sind widerrufen.")


@router.post("/konto/schluessel")
def neuer_schluessel(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    """Keine Umleitung: Der Schlüssel steht nur in dieser einen Antwort und in keiner Adresse.

    Ein Augenblick an einem offenen Browser soll nicht für 90 Tage reichen: Wer ein Kennwort hat, nennt es noch einmal.
    """
    a, name = anwendung(request), text(daten, "name")
    try:
        if (kennung := konten.kennung_von(a.db, person.key)) is not None:
            konten.pruefe_anmeldung(a.db, kennung, text(daten, "kennwort"), herkunft(request), a.jetzt())
        wort = a.db.in_transaktion(lambda s: konten.neuer_schluessel(s, person.key, name, a.jetzt()))
    except Ungueltig as fehler:
        return _kontoseite(request, person, befunde=dict(fehler.befunde), status=422, name=name)
    except (Verboten, ZuVieleVersuche) as fehler:
        satz = "Das Kennwort stimmt nicht." if fehler.satz == konten.FALSCH else fehler.satz
        return _kontoseite(request, person, befunde={"schluessel_kennwort": satz}, status=fehler.status, name=name,
                           kopf=wartezeit(fehler))
    return _kontoseite(request, person, neuer=wort)


@router.post("/konto/schluessel/widerrufen")
def widerrufe_schluessel(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    a = anwendung(request)
    a.db.in_transaktion(lambda s: konten.widerrufe(s, person.key, text(daten, "schluessel"), a.jetzt()))
    return umleitung(request, "/konto", "Der Zugriffsschlüssel gilt nicht mehr.")
