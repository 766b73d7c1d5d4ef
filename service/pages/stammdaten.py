"""Stammdaten pflegen: eine Übersicht und je Art dieselben Seiten. Für alle, die sie nicht pflegen, gibt es sie nicht."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from forms.felder import Eingaben, als_eingaben, gelesen, zeilenzahl
from forms.render import datum
from service import anzeige, eintraege
from service.angebote import Angebote
from service.clock import berliner_tag
from service.db import Sitzung
from service.eintraege import Aenderung
from service.eintragsarten import ANFANG, ARTEN, Eintragsart, in_worten, titel
from service.errors import Konflikt, NichtGefunden, Ungueltig
from service.geltendes import ENDLOS, Eintrag
from service.handelnde import Handelnde
from service.pages.formularseite import einzeln
from service.pages.schritt import texte, version
from service.umfeld import Umfeld
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states.model import Rolle

router = Wege("/stammdaten")
AUF_EINER_SEITE = 50
ZEIGEN = {"heute": "Gilt heute", "kuenftig": "Gilt künftig", "beendet": "Beendet", "alle": "Alle"}
# Was auch datiert gepflegt wird, aber an einer anderen Stelle steht
ANDERSWO = (
    ("Personen und Rollen", "/personen", "Wer mitarbeitet, für welche Stelle und mit welchen Rollen."),
    ("Mitglieder der Arbeitsgruppen", "/vorgaenge/arbeitsgruppe",
     "Mitglied und Leitung wechseln durch einen Schritt an der Arbeitsgruppe; dort steht auch, wer wann dabei war."),
    ("Aufbewahrung", "/aufbewahrung", "Beendete Vorgänge, die länger liegen, als das Profil vorsieht."),
    ("Kooperationsvereinbarungen", "/vorgaenge/kooperationsvereinbarung",
     "Jede Vereinbarung ist ein eigener Vorgang mit Laufzeit, Prüfung und Ergebnis."),
    ("Codes zum Melden ohne Konto", "/stammdaten/meldecodes",
     "Welche Stellen mit einem Code melden; ausstellen, erneuern, widerrufen."),
)  # fmt: skip


def pflegt(person: Angemeldet) -> Handelnde:
    if not gepflegte(person):
        raise NichtGefunden
    return person


def gepflegte(person: Handelnde) -> list[Eintragsart]:
    """Die Arten, die diese Person pflegt."""
    return [art for art in ARTEN.values() if any(person.hat(r) for r in art.rollen)]


def gepflegte_art(person: Angemeldet, art: str) -> Eintragsart:
    gefunden = ARTEN.get(art)
    if gefunden is None or gefunden not in gepflegte(person):
        raise NichtGefunden
    return gefunden


Pflegende = Annotated[Handelnde, Depends(pflegt)]
Art = Annotated[Eintragsart, Depends(gepflegte_art)]


# --- Übersicht und Liste ----------------------------------------------------------------------------------------------


@router.get("")
def zeige_uebersicht(request: Request, person: Pflegende) -> Response:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    umfeld = a.umfeld()
    karten = [(art, len(umfeld.stammdaten.am(art.name, heute)), _kuenftige(umfeld, art, heute), _hinweise(umfeld, art, heute))
              for art in gepflegte(person)]
    anderswo = ANDERSWO if person.hat(Rolle.KOORDINATION) else ANDERSWO[:1]
    return seite(request, "stammdaten/uebersicht.html", karten=karten, anderswo=anderswo)


def _kuenftige(umfeld: Umfeld, art: Eintragsart, heute: date) -> int:
    return sum(e.von > heute.isoformat() for e in umfeld.stammdaten.je_art.get(art.name, ()))


def _hinweise(umfeld: Umfeld, art: Eintragsart, heute: date) -> Iterator[str]:
    """Was fehlt, damit die Art wirken kann."""
    geltend = umfeld.stammdaten.am(art.name, heute)
    if art.name == "sitze" and (ohne := sum(not e.angaben.get("inhaber") for e in geltend.values())):
        yield Aussage("1 Sitz hat heute keine Inhaberin und keinen Inhaber." if ohne == 1 else
                      "{ohne} Sitze haben heute keine Inhaberin und keinen Inhaber.", ohne=ohne)
    if art.name == "kontakte" and (ohne := sum(not umfeld.postfach(i, heute) for i in umfeld.profil.institutionen)):
        yield Aussage("1 Stelle hat heute kein Postfach; Nachrichten dorthin werden zum Befund." if ohne == 1 else
                      "{ohne} Stellen haben heute kein Postfach; Nachrichten dorthin werden zum Befund.", ohne=ohne)


@router.get("/{art}")
def zeige_liste(request: Request, person: Angemeldet, art: Art, zeigen: str = "heute", suche: str = "", blatt: str = "1") -> Response:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt()).isoformat()
    with a.db.lesen() as s:
        umfeld, namen = a.umfeld(s), anzeige.personennamen(s)
    lage = zeigen if zeigen in ZEIGEN else "heute"
    alle = [e for e in umfeld.stammdaten.je_art.get(art.name, ()) if lage in ("alle", _lage(e, heute))]
    zellen = [(e, [in_worten(umfeld.profil, art, f, e.angaben.get(f), namen) for f in art.spalten]) for e in alle]
    passend = sorted(((e, w) for e, w in zellen if _gesucht(suche, w)), key=lambda paar: (paar[1][0].casefold(), paar[0].von))
    gefunden = [(e.id, worte, _gilt(e, heute)) for e, worte in passend]
    nummer = int(blatt) if blatt.isascii() and blatt.isdigit() and len(blatt) < 6 and int(blatt) else 1
    ab, bis = (nummer - 1) * AUF_EINER_SEITE, nummer * AUF_EINER_SEITE
    spalten = [next(f.titel for f in art.felder if f.name == name) for name in art.spalten]
    return seite(
        request, "stammdaten/liste.html", art=art, spalten=spalten, zeigen=lage, wahl=list(ZEIGEN.items()), suche=suche[:100],
        zeilen=gefunden[ab:bis], anzahl=len(gefunden), vorige=nummer - 1, naechste=nummer + 1 if bis < len(gefunden) else 0,
    )  # fmt: skip


def _lage(e: Eintrag, heute: str) -> str:
    return "heute" if e.gilt_am(heute) else "kuenftig" if e.von > heute else "beendet"


def _gesucht(suche: str, zellen: list[str]) -> bool:
    text = " ".join(zellen).casefold()
    return all(wort in text for wort in suche.casefold().split())


def _gilt(e: Eintrag, heute: str) -> str:
    von, bis = ("von Anfang an" if e.von == ANFANG else f"ab {datum(e.von)}"), Aussage("bis {bis}", bis=datum(e.bis)) if e.bis else ""
    if e.von == e.bis:
        return f"am {datum(e.von)}"
    if _lage(e, heute) == "heute":
        return Aussage("noch {bis}", bis=bis) if bis else "von Anfang an" if e.von == ANFANG else Aussage("seit {von}", von=datum(e.von))
    return " ".join(t for t in (von, bis) if t)


# --- ein Eintrag ------------------------------------------------------------------------------------------------------


@router.get("/{art}/neu")
def frage_neuen(request: Request, person: Angemeldet, art: Art, wie: str = "") -> Response:
    """`wie`: der Eintrag, auf den dieser folgt; er belegt die Felder vor."""
    a = anwendung(request)
    with a.db.lesen() as s:
        umfeld = a.umfeld(s)
        vorbild = eintraege.eintrag(s, art, _nummer(wie)) if wie else None
    angaben = dict(vorbild.angaben) if vorbild else {}
    return _neuseite(request, art, _als_eingaben(umfeld, art, {**angaben, "von": berliner_tag(a.jetzt()).isoformat()}))


@router.post("/{art}/neu")
def lege_an(request: Request, person: Angemeldet, art: Art, daten: Formulardaten) -> Response:
    a, eingaben = anwendung(request), texte(daten)
    angaben = gelesen(art.felder, eingaben)
    try:
        nummer = a.db.in_transaktion(lambda s: eintraege.lege_an(s, art, angaben, person, a.jetzt(), a.umfeld(s)))
    except Ungueltig as fehler:
        return _neuseite(request, art, eingaben, _befunde(fehler))
    return umleitung(request, f"/stammdaten/{art.name}/{nummer}", "Der Eintrag ist angelegt.")


@router.get("/{art}/{nummer}")
def zeige_eintrag(request: Request, person: Angemeldet, art: Art, nummer: str) -> Response:
    return _eintragsseite(request, art, _nummer(nummer))


@router.post("/{art}/{nummer}")
def aendere(request: Request, person: Angemeldet, art: Art, nummer: str, daten: Formulardaten) -> Response:
    a, eingaben, kennung = anwendung(request), texte(daten), _nummer(nummer)
    angaben, gesehen = gelesen(art.felder, eingaben), version(eingaben)
    try:
        a.db.in_transaktion(lambda s: eintraege.aendere(s, art, kennung, angaben, gesehen, person, a.jetzt(), a.umfeld(s)))
    except Ungueltig as fehler:
        return _eintragsseite(request, art, kennung, eingaben, _befunde(fehler), status=422)
    except Konflikt as fehler:
        satz = Aussage("{satz} Ihre Eingaben stehen noch hier; wenn Sie sie noch einmal speichern, gelten sie.", satz=fehler.satz)
        return _eintragsseite(request, art, kennung, eingaben, {"": satz}, status=409)
    return umleitung(request, f"/stammdaten/{art.name}/{kennung}", "Die Änderung ist gespeichert.")


@router.post("/{art}/{nummer}/beenden")
def beende(request: Request, person: Angemeldet, art: Art, nummer: str, daten: Formulardaten) -> Response:
    a, eingaben, kennung = anwendung(request), texte(daten), _nummer(nummer)
    ende, gesehen = einzeln(eingaben, "bis"), version(eingaben)
    try:
        a.db.in_transaktion(lambda s: eintraege.beende(s, art, kennung, {"bis": ende}, gesehen, person, a.jetzt()))
    except Ungueltig as fehler:
        return _eintragsseite(request, art, kennung, ende=(ende, fehler.satz), status=422)
    except Konflikt as fehler:
        return _eintragsseite(request, art, kennung, ende=(ende, fehler.satz), status=409)
    return umleitung(request, f"/stammdaten/{art.name}/{kennung}", "Der Eintrag endet an diesem Tag.")


def _nummer(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NichtGefunden
    return int(text)


def _befunde(fehler: Ungueltig) -> dict[str, str]:
    """Ein Befund an einem Eintrag einer Liste steht auf der Seite an der Liste."""
    return {feld.split(".")[0]: grund for feld, grund in fehler.befunde}


# --- Seiten -----------------------------------------------------------------------------------------------------------


def _neuseite(request: Request, art: Eintragsart, eingaben: Eingaben, befunde: Mapping[str, str] | None = None) -> Response:
    a = anwendung(request)
    with a.db.lesen() as s:
        formular = _formular(s, a.umfeld(s), art, eingaben, befunde or {})
    return seite(request, "stammdaten/neu.html", status=422 if befunde else 200, art=art, **formular)


def _eintragsseite(
    request: Request, art: Eintragsart, kennung: int, eingaben: Eingaben | None = None, befunde: Mapping[str, str] | None = None, *,
    ende: tuple[str, str] = ("", ""), status: int = 200,
) -> Response:  # fmt: skip
    a = anwendung(request)
    heute = berliner_tag(a.jetzt()).isoformat()
    with a.db.lesen() as s:
        umfeld, namen, e = a.umfeld(s), anzeige.personennamen(s), eintraege.eintrag(s, art, kennung)
        gespeichert = _als_eingaben(umfeld, art, {**e.angaben, "von": e.von, "bis": e.bis})
        formular = _formular(s, umfeld, art, eingaben or gespeichert, befunde or {})
        verlauf = list(_verlauf(umfeld, art, e, eintraege.verlauf(s, e), namen))
    angaben = [(f.titel, text) for f in art.felder
               if (text := in_worten(umfeld.profil, art, f.name, {**e.angaben, "von": e.von, "bis": e.bis}.get(f.name), namen))]
    return seite(
        request, "stammdaten/eintrag.html", status=status, art=art, eintrag=e, titel=titel(umfeld.profil, art, e, namen), angaben=angaben,
        gilt=_gilt(e, heute), lage=_lage(e, heute), endbar=(e.bis or ENDLOS) >= heute, ende=ende[0] or datum(max(heute, e.von)),
        endebefund=ende[1], offen=bool(befunde), verlauf=verlauf, **formular,
    )  # fmt: skip


def _formular(s: Sitzung, umfeld: Umfeld, art: Eintragsart, eingaben: Eingaben, befunde: Mapping[str, str]) -> dict[str, Any]:
    stellen = sorted(((i.key, i.name) for i in umfeld.profil.institutionen), key=lambda paar: paar[1].casefold())
    personen = s.alle("SELECT key, name FROM person ORDER BY name, key") if _nennt(art, "personen") else []
    return {
        "felder": art.felder, "e": eingaben, "b": befunde, "w": Angebote(), "zeilen": zeilenzahl,
        "beschriftungen": {f.name: f.titel for f in art.felder},
        "listen": {"institutionen": stellen, "personen": personen, "kommunen": [(k, k) for k in umfeld.profil.kommunen]},
    }


def _nennt(art: Eintragsart, liste: str) -> bool:
    return any(f.liste == liste for f in art.felder)


def _als_eingaben(umfeld: Umfeld, art: Eintragsart, werte: Mapping[str, Any]) -> dict[str, list[str]]:
    """Tage, wie man sie schreibt; alles andere, wie es gespeichert ist."""
    lesbar = {f.name: in_worten(umfeld.profil, art, f.name, werte.get(f.name), {}) for f in art.felder if f.name == "wiederkehr"}
    tage = {f.name: datum(werte.get(f.name)) for f in art.felder if f.art == "datum"}
    return als_eingaben(art.felder, {**werte, **lesbar, **tage})


def _verlauf(umfeld: Umfeld, art: Eintragsart, e: Eintrag, zeilen: list[Aenderung], namen: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(Zeitpunkt, Satz), das Neueste zuerst; was aus dem Profil kam, hat noch niemand angelegt."""
    beschriftung = {f.name: f.titel for f in art.felder}

    def gezeigt(feld: str, wert: Any) -> str:
        return f"„{in_worten(umfeld.profil, art, feld, wert, namen)}“" if wert else "leer"

    for z in zeilen:
        if z.was == eintraege.ANGELEGT:
            yield z.zeit, Aussage("{wer} hat den Eintrag angelegt.", wer=z.wer)
        elif z.was == eintraege.BEENDET and (bis := z.felder.get("bis")):
            yield z.zeit, Aussage("{wer} hat den Eintrag zum {wert} beendet.", wer=z.wer, wert=datum(bis[1]))
        else:
            teile = [Aussage("{f} von {f2} auf {f3}", f=beschriftung.get(f, f), f2=gezeigt(f, w[0]), f3=gezeigt(f, w[1])) if w
                     else beschriftung.get(f, f)
                     for f, w in z.felder.items()]
            yield z.zeit, Aussage("{wer} hat geändert: {teile}.", wer=z.wer, teile="; ".join(teile))
    if not any(z.was == eintraege.ANGELEGT for z in zeilen):
        yield e.angelegt, "Der Eintrag kam aus dem Profil."
