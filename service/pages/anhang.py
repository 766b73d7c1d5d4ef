"""Anhänge eines Vorgangs: hochladen ohne Skript, herunterladen, entfernen. Wer den Inhalt nicht sieht, für den gibt es sie nicht."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData, UploadFile

from forms.felder import Eingaben
from service import anhaenge
from service.apply import Schritt
from service.clock import berliner_tag
from service.dateipruefung import ERLAUBT, FELD, Geprueft, pruefe
from service.errors import Konflikt, Kreislauffehler, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.handelnde import Handelnde
from service.moeglich import moegliche
from service.pages.formularseite import einzeln
from service.pages.melden import ERKLAERT, offene_hinweise, warnungen
from service.pages.schritt import texte
from service.protokoll import vermerke
from service.sicht import lies
from service.web import Angemeldet, Formulardaten, anwendung, nummer_aus, seite, umleitung
from service.wege import Wege
from states.anhang import ANHAENGEN, ENTFERNEN, HOECHSTENS

router = Wege()
ANGEHAENGT, ENTFERNT = "Die Datei ist geprüft und angehängt.", "Die Datei ist entfernt; ihr Inhalt ist gelöscht."
# Eine Datei führt hier nichts aus und lädt nichts, auch wenn ein Browser sie trotz allem anzeigt
_KOPF = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Download-Options": "noopen"}


@router.get("/vorgang/{key}/anhaenge")
def zeige(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    return _seite(request, person, key)


@router.post("/vorgang/{key}/anhaenge")
def haenge_an(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    jetzt, umfeld, bezeichnung = a.jetzt(), a.umfeld(), einzeln(eingaben, "bezeichnung")
    try:
        datei = gepruefte_datei(eingaben, daten, FELD, a.einstellungen.anhang_bytes)
        a.db.in_transaktion(lambda s: handle(s, [anhaenge.lege_ab(s, key, bezeichnung, datei)], person, jetzt, umfeld))
    except (Ungueltig, Unmoeglich) as fehler:
        gefunden = {f if f in ("bezeichnung", FELD) else "": g for f, g in fehler.befunde}
        return _seite(request, person, key, eingaben, gefunden, fehler.status)
    except (Verboten, Konflikt) as fehler:
        return _seite(request, person, key, eingaben, {"": fehler.satz}, fehler.status)
    return umleitung(request, f"/vorgang/{key}/anhaenge", ANGEHAENGT)


def gepruefte_datei(eingaben: Eingaben, daten: FormData, eingabe: str, hoechstens: int) -> Geprueft:
    """Wirft Ungueltig mit allem, was an Datei und Bezeichnung fehlt. `eingabe`: wie das Feld der Datei im Formular heißt."""
    maengel = {} if einzeln(eingaben, "bezeichnung") else {"bezeichnung": "Bitte sagen Sie in wenigen Worten, was das ist."}
    maengel |= offene_hinweise(eingaben, ("bezeichnung",))
    try:
        datei = pruefe(*_datei(daten, eingabe), hoechstens)
    except Ungueltig as fehler:
        maengel |= dict(fehler.befunde)
    if maengel:
        raise Ungueltig(maengel)
    return datei


def _datei(daten: FormData, eingabe: str) -> tuple[str, bytes]:
    """Wirft Ungueltig, wenn keine gewählt ist."""
    datei = daten.get(eingabe)
    if not isinstance(datei, UploadFile) or not datei.filename:
        raise Ungueltig({FELD: "Bitte wählen Sie eine Datei aus."})
    return datei.filename, datei.file.read()


@router.post("/vorgang/{key}/anhaenge/entfernen")
def entferne(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    jetzt, umfeld, nr = a.jetzt(), a.umfeld(), nummer_aus(einzeln(eingaben, "nr"))
    schritt = Schritt(ENTFERNEN, key, daten={"nr": nr}, grund=einzeln(eingaben, f"grund.{nr}"))
    try:
        a.db.in_transaktion(lambda s: handle(s, [schritt], person, jetzt, umfeld))
    except (Ungueltig, Unmoeglich, Verboten, Konflikt) as fehler:
        return _seite(request, person, key, eingaben, {_ort(fehler, nr): fehler.satz}, fehler.status)
    return umleitung(request, f"/vorgang/{key}/anhaenge", ENTFERNT)


def _ort(fehler: Kreislauffehler, nr: int) -> str:
    felder = [f for f, _ in fehler.befunde] if isinstance(fehler, (Ungueltig, Unmoeglich)) else []
    return f"grund.{nr}" if "grund" in felder else ""


@router.get("/vorgang/{key}/anhaenge/{nummer}")
def lade_herunter(request: Request, person: Angemeldet, key: str, nummer: str) -> Response:
    a = anwendung(request)
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        datei = anhaenge.gib_heraus(s, person, key, nummer_aus(nummer), berliner_tag(jetzt))
    if datei.ansicht.zu_protokollieren:
        a.db.in_transaktion(lambda s: vermerke(s, jetzt, "", "gelesen", {"vorgang": key}, person.key))
    kopf = {**_KOPF, "Content-Disposition": f'attachment; filename="{datei.name}"'}
    return Response(datei.inhalt, media_type=datei.medientyp, headers=kopf)


def _seite(request: Request, person: Handelnde, key: str, eingaben: Eingaben | None = None, befunde: Mapping[str, str] | None = None,
           status: int = 200) -> HTMLResponse:
    a, e = anwendung(request), eingaben or {}
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        ansicht = lies(s, person, key, berliner_tag(jetzt))
        gezeigte = anhaenge.gezeigte(ansicht)
        geht = {m.uebergang.ausloeser: m.grund for m in moegliche(s, person, key, jetzt) if m.uebergang.ausloeser in (ANHAENGEN, ENTFERNEN)}
    if not geht and not gezeigte:
        raise NichtGefunden(key)
    return seite(request, "anhang/anhaenge.html", status=status, key=key, titel=ansicht.felder.get("titel") or "", anhaenge=gezeigte,
                 anhaengen=geht.get(ANHAENGEN), entfernen=geht.get(ENTFERNEN, "-") == "", e=e, b=befunde or {},
                 auffaellig=warnungen(e, ("bezeichnung",)), erklaert=ERKLAERT, erlaubt=ERLAUBT, mb=a.einstellungen.anhang_mb,
                 hoechstens=HOECHSTENS, beschriftungen={"bezeichnung": "Was ist das?", FELD: "Datei", **{f"grund.{x.nr}": "Begründung"
                                                                                                      for x in gezeigte}})
