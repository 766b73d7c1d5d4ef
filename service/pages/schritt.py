"""Einen Schritt tun: das Formular, das sich aus den Tabellen ergibt, und sein Absenden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from forms import formular
from forms.felder import Eingaben, Feld, als_eingaben, eingabe_zu, felder_von, gelesen, zeilenzahl
from service import uebergabe
from service.anwendung import Anwendung
from service.apply import Schritt
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Konflikt, Kreislauffehler, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.handelnde import Handelnde
from service.listen import Auswahl, blaettere
from service.moeglich import anfaenge, moegliche
from service.sicht import Ansicht, lies
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from states.kette import PROZESSE, zielart
from states.model import Rolle, Uebergang

router = APIRouter()

_KANDIDATEN = 200
_WERTELISTEN = ("kommunen", "handlungsfelder", "rechtskreise", "status_gruppen", "altersbaender")
# Schritte, die Vorhandenes ändern, zeigen es; alle anderen Formulare beginnen leer
_BEARBEITEN = frozenset({"bearbeiten", "berichtigen", "uebergeben", "umbenennen"})


def texte(daten: FormData) -> dict[str, list[str]]:
    """Name -> alle gesendeten Texte; Dateien gehören in keines dieser Formulare."""
    return {name: [w for w in daten.getlist(name) if isinstance(w, str)] for name in daten}


def einzeln(eingaben: Eingaben, name: str) -> str:
    gesendet = eingaben.get(name) or ("",)
    return str(gesendet[-1]).strip()


def version(eingaben: Eingaben) -> int | None:
    text = einzeln(eingaben, "version")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def satz(fehler: Kreislauffehler) -> str:
    if isinstance(fehler, Konflikt) and fehler.gesehen is not None:
        fassungen = f"Sie hatten Fassung {fehler.gesehen} vor sich, jetzt gilt Fassung {fehler.jetzt}."
        return f"{fehler.satz} {fassungen} Ihre Eingaben stehen noch hier."
    return fehler.satz


@router.get("/neu/{art}/{ausloeser}", response_class=HTMLResponse)
def frage_anfang(request: Request, person: Angemeldet, art: str, ausloeser: str) -> HTMLResponse:
    uebergang = _anfang(person, art, ausloeser)
    return _formularseite(request, person, art, uebergang, None, _vorbelegt(person, _felder(art, uebergang)))


@router.post("/neu/{art}/{ausloeser}")
def beginne(request: Request, person: Angemeldet, art: str, ausloeser: str, daten: Formulardaten) -> Response:
    uebergang, eingaben = _anfang(person, art, ausloeser), texte(daten)
    schritt = Schritt(ausloeser, art=art, daten=gelesen(_felder(art, uebergang), eingaben), grund=einzeln(eingaben, "grund"))
    return _tue(request, person, art, uebergang, None, eingaben, schritt)


@router.get("/vorgang/{key}/schritt/{ausloeser}", response_class=HTMLResponse)
def frage_schritt(request: Request, person: Angemeldet, key: str, ausloeser: str) -> HTMLResponse:
    ansicht, uebergang = _moeglicher(request, person, key, ausloeser)
    felder = _felder(ansicht.art, uebergang)
    vorhanden = {f.name: ansicht.felder[f.name] for f in felder if f.name in ansicht.felder} if ausloeser in _BEARBEITEN else {}
    return _formularseite(request, person, ansicht.art, uebergang, ansicht, als_eingaben(felder, vorhanden))


@router.post("/vorgang/{key}/schritt/{ausloeser}")
def tue(request: Request, person: Angemeldet, key: str, ausloeser: str, daten: Formulardaten) -> Response:
    ansicht, uebergang = _moeglicher(request, person, key, ausloeser)
    eingaben = texte(daten)
    schritt = Schritt(
        ausloeser,
        key,
        daten=gelesen(_felder(ansicht.art, uebergang), eingaben),
        grund=einzeln(eingaben, "grund"),
        version=version(eingaben),
    )
    return _tue(request, person, ansicht.art, uebergang, ansicht, eingaben, schritt)


def _tue(
    request: Request, person: Handelnde, art: str, u: Uebergang, ansicht: Ansicht | None, eingaben: Eingaben, schritt: Schritt
) -> Response:
    """Gelingt es, geht es zum Vorgang; sonst zurück zum Formular, mit allem, was getippt war."""
    if u.aussen and not einzeln(eingaben, "bestaetigt"):
        befunde = {"bestaetigt": "Bitte bestätigen Sie, dass der Schritt nach außen gehen soll."}
        return _formularseite(request, person, art, u, ansicht, eingaben, befunde, 422)
    a = anwendung(request)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    try:
        ergebnis = a.db.in_transaktion(lambda s: handle(s, [schritt], person, jetzt, umfeld))
    except Ungueltig as fehler:
        return _formularseite(request, person, art, u, ansicht, eingaben, _an_feldern(art, u, fehler.befunde), fehler.status)
    except Unmoeglich as fehler:
        return _formularseite(request, person, art, u, ansicht, eingaben, _an_feldern(art, u, fehler.befunde), fehler.status)
    except (Konflikt, Verboten, NichtGefunden) as fehler:
        if isinstance(fehler, NichtGefunden) and ansicht is not None and fehler.key == ansicht.key:
            raise
        return _formularseite(request, person, art, u, ansicht, eingaben, {"": satz(fehler)}, fehler.status)
    ziel = ansicht.key if ansicht else ergebnis.erste.key
    return umleitung(request, f"/vorgang/{ziel}", f"„{u.bezeichnung}“ ist gespeichert.")


def _an_feldern(art: str, u: Uebergang, befunde: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Jeder Satz bei der Eingabe, zu der er gehört; was zu keiner gehört, betrifft den ganzen Schritt."""
    gefunden: dict[str, str] = {}
    for name, grund in befunde:
        ort = name if name == "grund" and u.grund_noetig else eingabe_zu(_felder(art, u), name)
        gefunden[ort] = f"{gefunden[ort]} {grund}" if ort in gefunden else grund
    return gefunden


def _anfang(person: Handelnde, art: str, ausloeser: str) -> Uebergang:
    gefunden = next((u for a, u in anfaenge(person) if (a, u.ausloeser) == (art, ausloeser)), None)
    if gefunden is None:
        raise NichtGefunden()
    return gefunden


def _moeglicher(request: Request, person: Handelnde, key: str, ausloeser: str) -> tuple[Ansicht, Uebergang]:
    a = anwendung(request)
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        ansicht = lies(s, person, key, berliner_tag(jetzt))
        gefunden = next((m for m in moegliche(s, person, key, jetzt) if m.uebergang.ausloeser == ausloeser), None)
    prozess = PROZESSE[ansicht.art]
    if gefunden is not None:
        return ansicht, gefunden.uebergang
    if all(u.ausloeser != ausloeser for u in prozess.uebergaenge):
        raise NichtGefunden(key)
    raise Unmoeglich(
        (f"„{prozess.bezeichnung_von(ausloeser)}“ ist bei {key} jetzt nicht möglich. Bitte sehen Sie sich den Vorgang noch einmal an.",),
        ("zustand",),
        key,
    )


# --- das Formular -----------------------------------------------------------------------------------------------------


def _felder(art: str, u: Uebergang) -> tuple[Feld, ...]:
    return felder_von(formular(art, u.formular)) if u.formular else ()


def _vorbelegt(person: Handelnde, felder: Sequence[Feld]) -> dict[str, list[str]]:
    """Was schon feststeht, muss niemand tippen: die eigene Stelle, der Weg über den Browser."""
    namen = {f.name for f in felder}
    vorgaben = {f.name: f.vorgabe for f in felder if isinstance(f.vorgabe, (str, bool, int))}
    if "melder_institution" in namen and person.institution and not person.hat(Rolle.KOORDINATION):
        vorgaben |= {
            "melder_institution": person.institution,
            "kanal": "online",
            "melder_art": "case_management" if person.hat(Rolle.CASE_MANAGEMENT) else "externe_stelle",
        }
    return als_eingaben(felder, vorgaben)


def _formularseite(
    request: Request,
    person: Handelnde,
    art: str,
    u: Uebergang,
    ansicht: Ansicht | None,
    eingaben: Eingaben,
    befunde: Mapping[str, str] | None = None,
    status: int = 200,
) -> HTMLResponse:
    a, felder = anwendung(request), _felder(art, u)
    umfeld, gefundene = a.umfeld(), befunde or {}
    kontext = umfeld.kontext(a.jetzt())
    with a.db.lesen() as s:
        vorschlaege = _vorschlaege(a, s, person, art, u, ansicht.key if ansicht else "")
    pflicht, freiwillig = [f for f in felder if f.pflicht], [f for f in felder if not f.pflicht]
    return seite(
        request,
        "pages/schritt.html",
        status=status,
        art=art,
        art_titel=PROZESSE[art].bezeichnung,
        uebergang=u,
        key=ansicht.key if ansicht else "",
        titel=(ansicht.felder.get("titel") or "") if ansicht else "",
        version=einzeln(eingaben, "version") or (str(ansicht.version) if ansicht else ""),
        pflicht=pflicht,
        freiwillig=freiwillig,
        offen=not pflicht
        or u.ausloeser in _BEARBEITEN
        or (status != 200 and any(_beruehrt(f.name, eingaben, gefundene) for f in freiwillig)),
        e=eingaben,
        b=gefundene,
        beschriftungen={f.name: f.titel for f in felder},
        w=vorschlaege,
        zeilen=zeilenzahl,
        gefuellt=_gefuellte,
        listen={name: [(w, w) for w in getattr(kontext, name)] for name in _WERTELISTEN},
        stellen=[i.name for i in umfeld.profil.institutionen] if _nennt_stellen(felder) else [],
        ziel=request.url.path,
    )


def _beruehrt(name: str, eingaben: Eingaben, befunde: Mapping[str, str]) -> bool:
    return any(n == name or n.startswith(f"{name}.") for n in (*befunde, *(n for n, gesendet in eingaben.items() if any(gesendet))))


def _nennt_stellen(felder: Sequence[Feld]) -> bool:
    return any(f.art == "stelle" or _nennt_stellen(f.felder) or (f.element is not None and _nennt_stellen((f.element,))) for f in felder)


def _gefuellte(eingaben: Eingaben, name: str) -> set[str]:
    """Die Zeilen einer Liste, in denen schon etwas steht."""
    vor = f"{name}."
    return {
        vor + n[len(vor) :].split(".", 1)[0] for n, gesendet in eingaben.items() if n.startswith(vor) and any(t.strip() for t in gesendet)
    }


def _vorschlaege(
    a: Anwendung, s: Sitzung, person: Handelnde, art: str, u: Uebergang, key: str
) -> dict[str, list[tuple[str, str]]]:
    """Feld -> (Wert, Beschriftung): Vorgänge der passenden Art, die die Person sieht, und Personen für die Übergabe."""
    heute = berliner_tag(a.jetzt())
    gefunden: dict[str, list[tuple[str, str]]] = {}
    for v in u.verbindet:
        if v.feld and not v.loest:
            blaetter = [blaettere(s, person, heute, Auswahl(art=ziel), anzahl=_KANDIDATEN) for ziel in zielart(art, (v.hop,))]
            gefunden[v.feld] = [(e.key, f"{e.key}: {e.titel}") for blatt in blaetter for e in blatt.zeilen]
    if u.ausloeser == "uebergeben":
        personen = uebergabe.geeignete(s, key, heute.isoformat(), a.umfeld(s).profil)
        gefunden |= {feld: [(p.key, p.name) for p in personen] for feld in uebergabe.FELDER}
    return gefunden
