"""Rund um die Sitzung: alle Unterlagen in einem Heft, das Protokoll, Weiterleiten an alle auf einmal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from forms.felder import Eingaben
from service import anhaenge, anzeige, lenkung
from service.anzeige import Angabe
from service.apply import Schritt
from service.clock import berliner_tag
from service.db import Sitzung
from service.einsetzen import verteilung
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.geschichte import titel_zu
from service.handeln import handle
from service.handelnde import Handelnde
from service.laden import Akte
from service.lenkung import BESCHLUESSE, VORLAGEN
from service.pages.formularseite import einzeln
from service.pages.kettenraum import kettenbild
from service.pages.schritt import texte
from service.profil import Profil
from service.sicht import Ansicht, Ebene, lies
from service.themenblatt import themenblatt
from service.umfeld import Umfeld
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states import sitzung as lg
from states import weiterleitung
from states.model import Rolle

router = Wege()
Schritte = Callable[[Sitzung, list[Akte], Umfeld], Iterable[Schritt]]

# Was in einer Vorlage auf einer Seite steht, in dieser Reihenfolge
_IN_DER_VORLAGE: Mapping[str, tuple[str, ...]] = {
    "generatives_thema": ("prioritaet",),
    "zielsystem": ("ziele", "massnahmen", "indikatoren", "stimmen", "sondervoten", "fortschreibung"),
    "beschluss": ("wortlaut", "gegenstand", "abstimmung", "stimmen", "verantwortlich", "frist"),
}


def sitzung_ganz(s: Sitzung, person: Handelnde, key: str, heute: date) -> Ansicht:
    """Die Sitzung für alle, die sie ganz sehen; für andere gibt es diese Seiten nicht."""
    ansicht = lies(s, person, key, heute)
    if ansicht.art != "sitzung" or ansicht.ebene is not Ebene.VOLL:
        raise NichtGefunden(key)
    return ansicht


# --- alle Unterlagen in einem Heft ------------------------------------------------------------------------------------


@router.get("/vorgang/{key}/unterlagen")
def zeige_unterlagen(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        ansicht = sitzung_ganz(s, person, key, heute)
        akte, netz = lenkung.umgebung(s, key, VORLAGEN)
        vorlagen = netz.entlang(akte.id, VORLAGEN)
        gesehen = lenkung.ganz_sichtbare(s, person, heute, vorlagen)
        namen, profil = anzeige.personennamen(s), a.umfeld(s).profil
        nach_key = {v.key: v for v in vorlagen if v.id in gesehen}
        stehende = [p for p in lenkung.punkte(ansicht.felder, vorlagen, (), gesehen) if not p.gestrichen]
        gesonderte = _gesonderte(s, person, heute, ansicht, stehende)
        blaetter = [(p, _vorlage(s, person, heute, nach_key[p.bezug], namen, profil) if p.bezug in nach_key else None) for p in stehende]
    return seite(request, "lenkung/unterlagen.html", key=key, stand=ansicht.felder, blaetter=blaetter, heute=heute.isoformat(),
                 gesonderte=gesonderte, haengt_an=any(person.hat(r) for r in (Rolle.KOORDINATION, Rolle.VERWALTUNG)))


def _vorlage(s: Sitzung, person: Handelnde, heute: date, akte: Akte, namen: Mapping[str, str], profil: Profil) -> dict[str, Any]:
    """Worüber entschieden wird: zum Thema sein Themenblatt, zum Zielsystem Ist und Soll, zu allem die Angaben."""
    blatt = themenblatt(s, person, heute, lies(s, person, akte.key, heute)) if akte.art == "generatives_thema" else None
    kette = kettenbild(akte.stand, profil) if akte.stand.get("ist") or akte.stand.get("soll") else None
    return {"key": akte.key, "art": akte.art, "titel": akte.titel, "angaben": kurzfassung(akte, namen), "blatt": blatt, "kette": kette}


def kurzfassung(akte: Akte, namen: Mapping[str, str]) -> list[Angabe]:
    """Was von einer Vorlage auf eine Seite gehört; bei einem Umlauf auch, wer wie geantwortet hat."""
    felder = {k: akte.stand[k] for k in _IN_DER_VORLAGE.get(akte.art, ()) if akte.stand.get(k)}
    if akte.art == "beschluss" and "stimmen" in felder:  # dort steht der Sitz mit seinem Amt, nicht nur seine Nummer
        felder["stimmen"] = {sitz: {n: w for n, w in s.items() if n != "sitz"} for sitz, s in felder["stimmen"].items()}
    return anzeige.angaben(akte.art, felder, {**namen, **anzeige.eigene_namen(akte.stand)})


class Gesondertes(NamedTuple):
    """Was außerhalb des Hefts versandt ist. `weg`: wo es zu lesen ist, leer ohne Datei; `genannt`: Schlüssel im Text -> Titel."""

    text: str
    tischvorlage: bool
    weg: str
    genannt: Mapping[str, str]


def _gesonderte(s: Sitzung, person: Handelnde, heute: date, ansicht: Ansicht, punkte: Sequence[lenkung.Punkt]) -> list[Gesondertes]:
    """Eine Unterlage führt zur Datei gleichen Namens oder zum Punkt, den sie nennt; was sonst an der Sitzung hängt, folgt."""
    dateien = {x.bezeichnung.casefold(): f"/vorgang/{ansicht.key}/anhaenge/{x.nr}" for x in anhaenge.gezeigte(ansicht)}
    namen = {x.bezeichnung.casefold(): x.bezeichnung for x in anhaenge.gezeigte(ansicht)}
    versandt = [(str(u), False) for u in ansicht.felder.get("unterlagen") or ()]
    versandt += [(str(n["unterlage"]), bool(n.get("tischvorlage"))) for n in ansicht.felder.get("nachgereicht") or ()]
    titel = titel_zu(s, person, heute, (wort.strip(".,;:()„“") for text, _ in versandt for wort in text.split()))
    gefunden = []
    for text, tischvorlage in versandt:
        punkt = next((f"#punkt-{p.nr}" for p in punkte if p.titel in text or (p.bezug and p.bezug in text)), "")
        weg = dateien.pop(text.casefold(), "") or punkt
        gefunden.append(Gesondertes(text, tischvorlage, weg, {} if weg else {k: t for k, t in titel.items() if k in text}))
    return gefunden + [Gesondertes(namen[name], False, weg, {}) for name, weg in dateien.items()]


# --- Protokoll --------------------------------------------------------------------------------------------------------


@router.get("/vorgang/{key}/protokoll")
def zeige_protokoll(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        ansicht = sitzung_ganz(s, person, key, heute)
        if ansicht.zustand not in ("laeuft", *lg.NACH_DER_SITZUNG):
            raise NichtGefunden(key, Aussage("Zu {key} gibt es noch kein Protokoll.", key=key))
        akte, netz = lenkung.umgebung(s, key, VORLAGEN, BESCHLUESSE)
        vorlagen, beschluesse = netz.entlang(akte.id, VORLAGEN), netz.entlang(akte.id, BESCHLUESSE)
        gesehen = lenkung.ganz_sichtbare(s, person, heute, [*vorlagen, *beschluesse])
        namen = anzeige.personennamen(s)
        einwaende_bis = lenkung.einwaende_bis(s, [key]).get(key, "")
    stand, gesehene = ansicht.felder, [b for b in beschluesse if b.id in gesehen]
    punkte = [p for p in lenkung.punkte(stand, vorlagen, gesehene, gesehen) if not p.gestrichen]
    zugeordnet = {b.key for p in punkte for b in p.beschluesse}
    beginn = lenkung.zu_beginn(stand)
    plaetze = lenkung.plaetze(beginn, a.umfeld(), namen)
    return seite(
        request, "lenkung/protokoll.html", key=key, stand=stand, zustand=ansicht.zustand, punkte=punkte, plaetze=plaetze,
        einwaende_bis=einwaende_bis, nimmt_entgegen=namen.get(akte.zustaendig or "", ""),
        verzeichnet=person.hat(Rolle.KOORDINATION), quorum=lenkung.quorum(beginn), am_ende=lenkung.quorum(stand),
        wechsel=lenkung.wechsel(stand, plaetze), weitere=[b for b in gesehene if b.key not in zugeordnet],
        beratungen=stand.get("beratungen") or {}, aemter={p.sitz: p.funktion for p in plaetze}, beschlusszeilen=_stimmzeilen,
        wirkungen=lambda b: lenkung.wirkungen(b.stand, namen),
    )  # fmt: skip


def _stimmzeilen(stand: Mapping[str, Any], aemter: Mapping[str, str]) -> list[str]:
    """Wie abgestimmt wurde, in Sätzen: das Verfahren, die Zahlen, wer befangen war und wer dagegen."""
    if stand.get("verfahren") == "konsens":
        zeilen = ["Einvernehmlich beschlossen."]
    else:
        zahlen = stand.get("abstimmung") or {}
        je = {wert: zahlen.get(wert) or 0 for wert in ("ja", "nein", "enthaltung")}
        zeilen = [Aussage("Ja {ja}, Nein {nein}, Enthaltung {enthaltung}.", **je)]
    if befangen := stand.get("befangen"):
        zeilen.append(Aussage("Wegen Befangenheit nicht mitgestimmt: {befangen}.", befangen=_aemter(befangen, aemter)))
    namentlich = stand.get("namentlich") or ()
    for wert, satz in (("nein", "Dagegen gestimmt haben: {wer}."), ("enthaltung", "Enthalten haben sich: {wer}.")):
        if sitze := [x["sitz"] for x in namentlich if x["stimme"] == wert]:
            zeilen.append(Aussage(satz, wer=_aemter(sitze, aemter)))
    return zeilen


def _aemter(sitze: Sequence[str], aemter: Mapping[str, str]) -> str:
    return "; ".join(f"{x} {aemter.get(x, '')}".strip() for x in sitze)


# --- weiterleiten -----------------------------------------------------------------------------------------------------


@router.post("/vorgang/{key}/weiterleiten")
def leite_weiter(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    """Alle Beschlüsse der Sitzung, oder den des Umlaufs, an alle, die sie noch nicht haben: je Beschluss ein Schritt, zusammen ein Zug."""
    if einzeln(texte(daten), "bestaetigt") != "ja":
        return umleitung(request, f"/vorgang/{key}#zustellungen", "Bitte bestätigen Sie zuerst, dass die Auszüge hinausgehen sollen.")

    heute = berliner_tag(anwendung(request).jetzt())

    def schritte(s: Sitzung, beschluesse: list[Akte], umfeld: Umfeld) -> Iterator[Schritt]:
        for b in beschluesse:
            if b.zustand == "gefasst" or weiterleitung.offener_verteiler(b.stand):
                yield Schritt("weiterleiten", b.key, daten=verteilung(s, umfeld, b.stand, heute))

    ziel = f"/vorgang/{key}#zustellungen"
    try:
        anzahl = _gemeinsam(request, person, key, schritte)
    except (Unmoeglich, Konflikt, Verboten, Ungueltig) as fehler:
        return umleitung(request, ziel, Aussage("Es ist nichts weitergeleitet. {satz}", satz=fehler.satz))
    return umleitung(request, ziel, "Die Beschlüsse sind weitergeleitet." if anzahl else "Es war schon alles weitergeleitet.")


@router.get("/vorgang/{key}/mitgeteilt")
def frage_mitgeteilt(request: Request, person: Angemeldet, key: str) -> HTMLResponse:
    return _mitteilung(request, person, key, {}, {})


@router.post("/vorgang/{key}/mitgeteilt")
def teile_mit(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    """Persönlich mitgeteilt, einem oder vielen: wer, wem, wann, wo ist die Bestätigung."""
    eingaben = texte(daten)
    befunde = {name: satz for name, satz in _VERLANGT.items() if not einzeln(eingaben, name)}
    if befunde:
        return _mitteilung(request, person, key, eingaben, befunde, 422)

    def schritte(s: Sitzung, beschluesse: list[Akte], umfeld: Umfeld) -> Iterator[Schritt]:
        namen, wo, wann = anzeige.personennamen(s), einzeln(eingaben, "wo"), einzeln(eingaben, "wann")
        for wer in eingaben["empfaenger"]:
            beleg = {"wer": person.name or person.key, "wem": namen.get(wer, wer), "wann": wann, "wo": wo}
            offene = [b for b in beschluesse if _unbestaetigt(b, wer)]
            # die Bestätigung gilt der ganzen Sendung; die übrigen Beschlüsse derselben Sitzung folgen
            yield from (Schritt("kenntnis_nehmen", b.key, daten={"empfaenger": wer, "persoenlich": beleg}) for b in offene[:1])

    try:
        _gemeinsam(request, person, key, schritte)
    except Ungueltig as fehler:
        return _mitteilung(request, person, key, eingaben, {n.rsplit(".", 1)[-1]: satz for n, satz in fehler.befunde}, fehler.status)
    except (Unmoeglich, Konflikt, Verboten) as fehler:
        return _mitteilung(request, person, key, eingaben, {"": fehler.satz}, fehler.status)
    return umleitung(request, f"/vorgang/{key}#zustellungen", "Die Mitteilung ist verzeichnet.")


_VERLANGT = {"empfaenger": "Bitte kreuzen Sie mindestens einen Empfänger an.",
             "wo": "Bitte nennen Sie die Runde oder den Ort, oder „telefonisch“.",
             "wann": "Bitte nennen Sie den Tag."}


def _mitteilung(request: Request, person: Handelnde, key: str, e: Eingaben, b: Mapping[str, str], status: int = 200) -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    with a.db.lesen() as s:
        ansicht, beschluesse = _beschluesse(s, person, key, heute)
        if not person.hat(Rolle.KOORDINATION):
            raise NichtGefunden(key)
        zeilen = lenkung.zustellungen(s, beschluesse, anzeige.personennamen(s), a.umfeld(s).profil)
    beschriftungen = {"empfaenger": "Empfänger", "wo": "Runde oder Ort", "wann": "Am"}
    return seite(request, "lenkung/mitgeteilt.html", status=status, key=key, titel=ansicht.felder.get("titel") or key, heute=heute,
                 ist_umlauf=ansicht.art == "beschluss", zeilen=[z for z in zeilen if not z.kenntnis_am], e=e, b=b,
                 beschriftungen=beschriftungen)


def _beschluesse(s: Sitzung, person: Handelnde, key: str, heute: date) -> tuple[Ansicht, list[Akte]]:
    """Die einer Sitzung, oder der eines Umlaufs; für andere Vorgänge gibt es diese Seiten nicht."""
    ansicht = lies(s, person, key, heute)
    if ansicht.art == "beschluss" and ansicht.ebene is Ebene.VOLL and ansicht.felder.get("verfahren") == "umlauf":
        return ansicht, [lenkung.umgebung(s, key)[0]]
    akte, netz = lenkung.umgebung(s, sitzung_ganz(s, person, key, heute).key, BESCHLUESSE)
    return ansicht, netz.entlang(akte.id, BESCHLUESSE)


def _unbestaetigt(b: Akte, wer: str) -> bool:
    eintrag = (b.stand.get("weiterleitungen") or {}).get(wer)
    return eintrag is not None and not eintrag.get("kenntnis_am")


def _gemeinsam(request: Request, person: Handelnde, key: str, schritte: Schritte) -> int:
    """Alle Schritte in einem Zug; wie viele es waren."""
    a = anwendung(request)
    jetzt, umfeld = a.jetzt(), a.umfeld()

    def arbeit(s: Sitzung) -> int:
        _, beschluesse = _beschluesse(s, person, key, berliner_tag(jetzt))
        if not any(person.hat(r) for r in (Rolle.KOORDINATION, Rolle.VERWALTUNG)):
            raise NichtGefunden(key)
        gueltige = [b for b in beschluesse if b.zustand in lenkung.WIRKSAM]
        if zu_tun := list(schritte(s, gueltige, umfeld)):
            handle(s, zu_tun, person, jetzt, umfeld)
        return len(zu_tun)

    return a.db.in_transaktion(arbeit)
