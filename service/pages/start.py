"""Die Startseite je Rolle, die gemeinsame Übergabe und der Kreislauf als Bild."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response

from forms.render import zeitpunkt
from service import anzeige, aufgaben, kommentare, kreislaufbild, lenkung, mitglied, neues
from service.anmeldung import besuch_vorher
from service.apply import Schritt
from service.aufbewahrung import gibt_es
from service.aufgaben import Aufgabe, Sicht
from service.clock import als_text, berliner_tag
from service.db import Sitzung
from service.entwuerfe import meine as meine_entwuerfe
from service.errors import Konflikt, Kreislauffehler, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.handelnde import Handelnde
from service.hilfe import dinge
from service.klaeren import zu_klaeren
from service.laden import Akte
from service.listen import HOECHSTENS_GEZAEHLT, Eintrag, zahlen
from service.moeglich import anfaenge
from service.pages.formularseite import einzeln
from service.pages.schritt import satz, texte
from service.umfeld import Umfeld
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states.erwartungen import Erwartung
from states.kette import PROZESSE
from states.model import Rolle

router = Wege()

_SICHTEN: tuple[tuple[Sicht, str], ...] = (("meine", "Meine"), ("vertretung", "In Vertretung"), ("alle", "Alle"))
_HOECHSTENS_UEBERGEBEN = 200
_HOECHSTENS_ZU_KLAEREN = 10
_GESCHULDET, _GESCHULDET_NEBENBEI = 30, 5
_OHNE_BESUCH = timedelta(days=7)
_SCHREIBT_MIT = tuple(w.rolle for u in PROZESSE["sitzung"].uebergaenge if u.ausloeser == "punkt_beraten" for w in u.wer)
_LENKUNG = (Rolle.LG_MITGLIED, Rolle.LG_VORSITZ, Rolle.KOORDINATION, Rolle.VERWALTUNG, Rolle.LEITUNG)


@router.get("/")
def startseite(request: Request, person: Angemeldet, sicht: str = "meine", ab: str = "") -> HTMLResponse:
    a = anwendung(request)
    jetzt = a.jetzt()
    heute = berliner_tag(jetzt)
    gezeigte: Sicht = next((s for s, _ in _SICHTEN if s == sicht), "meine")
    with a.db.lesen() as s:
        seit = besuch_vorher(s, person.key)
        kontext = _arbeit(s, person, heute, gezeigte, ab) | {
            "neues": neues.neues(s, person, heute, seit or als_text(jetzt - _OHNE_BESUCH)),
            "seit": zeitpunkt(seit),
            "bestand": _bestand(s, person, heute),
            "klaeren": _zu_klaeren(s, person, heute) + _aufbewahrt(s, person, a.umfeld(s), heute),
            "vertritt": _vertritt(s, person, a.umfeld(s), heute) if gezeigte == "meine" and not ab else [],
            "erwaehnungen": kommentare.meine(s, person, heute) if not ab else [],
            "entwuerfe": meine_entwuerfe(s, person.key, a.umfeld(s)),
            "bild": kreislaufbild.bild(s, person, heute) if kreislaufbild.darf_zahlen_sehen(person) else None,
            "mitglied": _als_mitglied(s, person, a.umfeld(s), heute) if mitglied.ist_mitglied(person) else None,
            **_je_rolle(s, person, heute),
        }
    return seite(request, "start/start.html", beginnen=beginnen(person), sicht=gezeigte, erste=not ab, **kontext)


def _als_mitglied(s: Sitzung, person: Handelnde, umfeld: Umfeld, heute: date) -> mitglied.Blick:
    return mitglied.blick(s, person, umfeld, heute, lenkung.termine(s, person, heute), lenkung.umlaeufe(s, person, heute))


def _zu_klaeren(s: Sitzung, person: Handelnde, heute: date) -> list[str]:
    """Je ein Satz: was nicht ankam, und wer geht, während Vorgänge warten; Näheres auf der Seite der Nachrichten."""
    offenes = zu_klaeren(s, person, heute)
    nicht_zugestellt = "Nicht zugestellt: {betreff}. {rat}"
    geht = "{name} ist nur bis zum {bis} eingetragen; offene Vorgänge: {vorgaenge}. Bitte übergeben Sie sie."
    return [*(Aussage(nicht_zugestellt, betreff=e.betreff, rat=e.rat) for e in offenes.nachrichten[:_HOECHSTENS_ZU_KLAEREN]),
            *(Aussage(geht, name=g.name, bis=anzeige.tag(g.bis), vorgaenge=len(g.vorgaenge)) for g in offenes.abgaenge)]


def _vertritt(s: Sitzung, person: Handelnde, umfeld: Umfeld, heute: date) -> list[str]:
    """Wer vertritt, erfährt es, ohne danach zu suchen; wer fehlt, sieht, dass es eingetragen ist."""
    saetze: list[str] = []
    if selbst := umfeld.stammdaten.abwesend(person.key, heute):
        saetze.append(Aussage("Sie sind {bis} als abwesend eingetragen. Nachrichten gehen an Ihre Vertretung.", bis=_bis(selbst.bis)))
    vertretene = aufgaben.vertritt(s, person, heute, umfeld.stammdaten)
    namen = anzeige.personennamen(s) if vertretene else {}
    for v in vertretene:
        anzahl = Aussage("mehr als {n}", n=v.offen) if v.mehr else str(v.offen)
        saetze.append(Aussage("{name} fehlt {bis}, Sie vertreten. Offene Vorgänge: {anzahl}, davon überschritten: {ueber}.",
                              bis=_bis(v.bis), name=namen.get(v.person, v.person), anzahl=anzahl, ueber=v.ueberschritten))
    return saetze


def _bis(tag: str | None) -> str:
    return Aussage("bis zum {tag}", tag=anzeige.tag(tag)) if tag else "bis auf Weiteres"


def _aufbewahrt(s: Sitzung, person: Handelnde, umfeld: Umfeld, heute: date) -> list[str]:
    if not person.hat(Rolle.KOORDINATION) or not gibt_es(s, person, umfeld, heute):
        return []
    return ["Aufbewahrung abgelaufen: Einige Vorgänge liegen länger als vorgesehen. Bitte sehen Sie sie unter „Stammdaten“ durch."]


def _arbeit(s: Sitzung, person: Handelnde, heute: date, sicht: Sicht, ab: str) -> dict[str, Any]:
    """Die Arbeitsliste; wer keine Vorgänge führt, sieht, welche Schritte er schuldet."""
    fuehrt = person.hat(Rolle.KOORDINATION)
    blatt = aufgaben.zu_tun(s, person, heute, sicht, ab=ab)
    gefuehrt = {e.id for e in blatt.zeilen}
    schuld = [g for g in aufgaben.geschuldet(s, person, heute) if g[0].id not in gefuehrt] if sicht == "meine" and not ab else []
    schuld = schuld[:_GESCHULDET_NEBENBEI if fuehrt else _GESCHULDET]
    stelle = {e.id for e, _ in schuld} if fuehrt else aufgaben.der_stelle(s, person, heute, schuld)
    hier, dort = [g for g in schuld if g[0].id not in stelle], [g for g in schuld if g[0].id in stelle]
    wartet = aufgaben.wartet_auf_andere(s, person, heute) if fuehrt else None
    return {
        "fuehrt": fuehrt,
        "sichten": [(w, name, w == sicht) for w, name in _SICHTEN] if fuehrt else [],
        "zu_tun": _zeilen(s, person, heute, blatt.zeilen),
        "weiter": "/?" + urlencode({"sicht": sicht, "ab": blatt.weiter}) if blatt.weiter else "",
        "geschuldet": _zeilen(s, person, heute, [e for e, _ in hier], [x for _, x in hier]),
        "stelle": _zeilen(s, person, heute, [e for e, _ in dort], [x for _, x in dort]),
        "wartet": _zeilen(s, person, heute, wartet.zeilen) if wartet else [],
        "wartet_mehr": bool(wartet and wartet.weiter),
    }


def _zeilen(s: Sitzung, person: Handelnde, heute: date, eintraege: Sequence[Eintrag], erwartet: Sequence[Erwartung] = ()
            ) -> list[Aufgabe]:
    return aufgaben.aufgaben(s, person, heute, eintraege, erwartet) if eintraege else []


def _je_rolle(s: Sitzung, person: Handelnde, heute: date) -> dict[str, Any]:
    meldet = person.hat(Rolle.MELDER) or (person.hat(Rolle.CASE_MANAGEMENT) and not person.hat(Rolle.KOORDINATION))
    sieht = any(person.hat(r) for r in _LENKUNG) and not mitglied.ist_mitglied(person)
    sitzung = aufgaben.naechste_sitzung(s, person, heute) if sieht else None
    return {
        "berichte": [_mit_stand(e) for e in aufgaben.neueste_berichte(s, person, heute)] if person.hat(Rolle.GREMIUM) else [],
        "anleitung": dinge(person), "gast": person.hat(Rolle.FR_GAST) or person.hat(Rolle.LG_GAST),
        "gemeldete": [_mit_stand(e) for e in aufgaben.gemeldete(s, person, heute)] if meldet and person.institution else [],
        "gruppen": [_mit_stand(e) for e in aufgaben.eigene_gruppen(s, person, heute)],
        "sitzung": _sitzung(sitzung, person, heute) if sitzung else None,
    }


def _mit_stand(e: Eintrag) -> dict[str, str]:
    zustand = PROZESSE[e.art].zustand(e.zustand)
    return {"key": e.key, "titel": e.titel or e.key, "zustand": zustand.bezeichnung, "erklaerung": zustand.erklaerung,
            "am": anzeige.tag(berliner_tag(datetime.fromisoformat(e.geaendert)).isoformat())}


def _sitzung(akte: Akte, person: Handelnde, heute: date) -> dict[str, Any]:
    """`mitschreiben`: der erste Punkt der laufenden Sitzung, für alle, die mitschreiben dürfen."""
    punkte = [p for p in akte.stand.get("punkte") or () if not p.get("gestrichen_am")]
    am = str(akte.stand.get("datum") or "")
    return {"key": akte.key, "titel": akte.titel, "zustand": PROZESSE["sitzung"].zustand(akte.zustand).bezeichnung, "am": anzeige.tag(am),
            "beginn": akte.stand.get("beginn") or "", "ort": akte.stand.get("ort") or "", "punkte": len(punkte),
            "tage": (date.fromisoformat(am) - heute).days if am else None,
            "mitschreiben": punkte[0]["nr"] if punkte and akte.zustand == "laeuft" and any(person.hat(r) for r in _SCHREIBT_MIT) else None}


def _bestand(s: Sitzung, person: Handelnde, heute: date) -> list[dict[str, Any]]:
    """Je Art, was die Person sieht: offen und insgesamt, als Verweise auf die Liste."""
    gefunden = []
    for art, z in zahlen(s, person, heute).items():
        offen = sum(n for wert, n in z.je_zustand.items() if not PROZESSE[art].zustand(wert).ende)
        gefunden.append({"art": art, "titel": PROZESSE[art].bezeichnung, "offen": offen, "alle": sum(z.je_zustand.values()),
                         "mehr_als": HOECHSTENS_GEZAEHLT if z.mehr else 0})
    reihenfolge = {art: n for n, art in enumerate(PROZESSE)}
    return sorted(gefunden, key=lambda b: reihenfolge[b["art"]])


def beginnen(person: Handelnde) -> list[dict[str, str]]:
    """Was die Person neu anlegen kann."""
    return [{"art": art, "ausloeser": u.ausloeser, "titel": u.bezeichnung} for art, u in anfaenge(person)]


# --- der Kreislauf als Bild -------------------------------------------------------------------------------------------


@router.get("/kreislauf")
def zeige_kreislauf(request: Request, person: Angemeldet) -> HTMLResponse:
    if not kreislaufbild.darf_zahlen_sehen(person):
        raise NichtGefunden
    a = anwendung(request)
    with a.db.lesen() as s:
        bild = kreislaufbild.bild(s, person, berliner_tag(a.jetzt()))
    return seite(request, "start/kreislauf.html", bild=bild)


# --- viele auf einmal übergeben ---------------------------------------------------------------------------------------


@router.get("/uebergeben")
def frage_uebergabe(request: Request, person: Angemeldet, key: Annotated[list[str], Query()] = [],  # noqa: B006
                    alle: str = "") -> HTMLResponse:
    if not person.hat(Rolle.KOORDINATION):
        raise NichtGefunden
    return _uebergabe(request, person, None if alle else key, {}, {})


@router.post("/uebergeben")
def uebergib(request: Request, person: Angemeldet, daten: Formulardaten) -> Response:
    """Eine Liste von Schritten: Entweder gehen alle genannten über oder keiner."""
    if not person.hat(Rolle.KOORDINATION):
        raise NichtGefunden
    a, eingaben = anwendung(request), texte(daten)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    keys = list(dict.fromkeys(eingaben.get("key") or ()))[:_HOECHSTENS_UEBERGEBEN]
    werte = {f: einzeln(eingaben, f) for f in ("zustaendig", "vertretung") if einzeln(eingaben, f)}
    schritte = [Schritt("uebergeben", k, daten=werte, grund=einzeln(eingaben, "grund")) for k in keys]
    try:
        if not schritte:
            raise Ungueltig({"key": "Bitte wählen Sie mindestens einen Vorgang aus."})
        a.db.in_transaktion(lambda s: handle(s, schritte, person, jetzt, umfeld))
    except (Ungueltig, Unmoeglich, Konflikt, Verboten, NichtGefunden) as fehler:
        return _uebergabe(request, person, keys, eingaben, _befunde(fehler), fehler.status)
    satz = "Ein Vorgang ist übergeben." if len(keys) == 1 else Aussage("{keys} Vorgänge sind übergeben.", keys=len(keys))
    return umleitung(request, "/", satz)


def _befunde(fehler: Kreislauffehler) -> dict[str, str]:
    """An der Angabe, wo es eine ist; sonst mit dem Vorgang, an dem es scheiterte."""
    gefunden = dict(fehler.befunde) if isinstance(fehler, (Ungueltig, Unmoeglich)) else {"": satz(fehler)}
    key = getattr(fehler, "key", "")
    return {feld: f"{key}: {grund}" if key and not feld else grund for feld, grund in gefunden.items()}


def _uebergabe(request: Request, person: Handelnde, keys: Sequence[str] | None, eingaben: dict[str, list[str]], befunde: dict[str, str],
               status: int = 200) -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        gewaehlte = aufgaben.meine_keys(s, person, heute, keys, _HOECHSTENS_UEBERGEBEN)
        koordination = sorted({p for personen in a.umfeld(s).koordination.values() for p in personen})
        namen = anzeige.personennamen(s)
    personen = [(p, namen.get(p, p)) for p in koordination]
    return seite(request, "start/uebergeben.html", status=status, gewaehlte=gewaehlte, personen=personen, e=eingaben, b=befunde,
                 hoechstens=_HOECHSTENS_UEBERGEBEN, arten={art: p.bezeichnung for art, p in PROZESSE.items()})
