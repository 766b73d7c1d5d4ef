"""Mitschreiben, während die Lenkungsgruppe tagt: erst die Anwesenheit, dann ein Punkt nach dem anderen.

Gespeichert wird durch dieselben Schritte wie überall (eröffnen, Beratung festhalten, Beschluss fassen, schließen). Was getippt und noch
nicht gespeichert ist, liegt je Punkt im Entwurf der Person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from forms.bewegungen import FELD, gelesene
from forms.felder import Eingaben, Feld, als_eingaben, gelesen, mit_mehr_zeilen
from forms.schrittfelder import felder_des_schritts
from service import anzeige, entwuerfe, lenkung
from service.angebote import Frage
from service.apply import Schritt
from service.clock import BERLIN, berliner_tag
from service.db import Sitzung
from service.errors import Konflikt, NichtGefunden, Ungueltig, Unmoeglich, Verboten
from service.handeln import handle
from service.handelnde import Handelnde
from service.laden import Akte
from service.lenkung import BESCHLUESSE, VORLAGEN, Punkt
from service.moeglich import moegliche
from service.pages.bewegungen import mit_bewegungen
from service.pages.formularseite import beanstandet, beschriftungen, einzeln, feldinhalt
from service.pages.lenkung import kurzfassung, sitzung_ganz
from service.pages.schritt import befunde_an_feldern, satz, texte, version
from service.sicht import Ansicht
from service.umfeld import Umfeld
from service.vorbelegung import letzter_verteiler
from service.web import Angemeldet, Formulardaten, anwendung, seite, umleitung
from service.wege import Wege
from states.aussage import Aussage
from states.kette import PROZESSE

router = Wege()
_FASSEN = PROZESSE["beschluss"].kandidaten("fassen", "")[0]
_SELBST_EINGETRAGEN = frozenset({"sitzung", "punkt", "abstimmung", "befangen", "namentlich", "gefasst_am", "bezug", "diskussion"})
_VORN = ("titel", "wortlaut", "verfahren", "verantwortlich", "frist", "verteiler")
_STIMMEN = ("ja", "nein", "enthaltung")
_ENTWURF = ("sitzung", "punkt_beraten")


class Lage(NamedTuple):
    """Die Sitzung, wie sie mitgeschrieben wird. `eroeffnet` ist falsch, solange die Anwesenheit fehlt."""

    ansicht: Ansicht
    punkte: tuple[Punkt, ...]
    plaetze: tuple[lenkung.Platz, ...]
    eroeffnet: bool
    schliesst: bool
    nimmt_auf: bool
    bezuege: Mapping[str, frozenset[str]]
    vorlagen: Mapping[str, Akte]

    @property
    def anwesende(self) -> list[lenkung.Platz]:
        return [p for p in self.plaetze if p.anwesend != "abwesend"]

    def punkt(self, nr: int) -> Punkt | None:
        return next((p for p in self.punkte if p.nr == nr), None)

    def nach(self, nr: int) -> int:
        """Der nächste Punkt; 0 nach dem letzten."""
        return next((p.nr for p in self.punkte if p.nr > nr), 0)


def lage(request: Request, s: Sitzung, person: Handelnde, key: str, umfeld: Umfeld) -> Lage:
    """Nur wer jetzt eröffnen oder mitschreiben kann; für andere gibt es die Seite nicht."""
    jetzt = anwendung(request).jetzt()
    heute = berliner_tag(jetzt)
    ansicht = sitzung_ganz(s, person, key, heute)
    kann = {m.uebergang.ausloeser for m in moegliche(s, person, key, jetzt)}
    if not kann & {"eroeffnen", "punkt_beraten"}:
        raise NichtGefunden(key)
    akte, netz = lenkung.umgebung(s, key, VORLAGEN, BESCHLUESSE)
    vorlagen, beschluesse = netz.entlang(akte.id, VORLAGEN), netz.entlang(akte.id, BESCHLUESSE)
    gesehen = lenkung.ganz_sichtbare(s, person, heute, [*vorlagen, *beschluesse])
    alle = lenkung.punkte(ansicht.felder, vorlagen, [b for b in beschluesse if b.id in gesehen], gesehen)
    bezuege = {v.key: frozenset(k for k in (v.key, v.stand.get("eltern")) if k) for v in vorlagen}
    plaetze = tuple(lenkung.plaetze(ansicht.felder, umfeld, anzeige.personennamen(s)))
    stehende = tuple(p for p in alle if not p.gestrichen)
    return Lage(ansicht, stehende, plaetze, "punkt_beraten" in kann, "schliessen" in kann, "punkt_aufnehmen" in kann, bezuege,
                {v.key: v for v in vorlagen if v.id in gesehen})


@router.get("/vorgang/{key}/schritt/punkt_beraten")
def zum_punkt(request: Request, person: Angemeldet, key: str) -> Response:
    return umleitung(request, f"/vorgang/{key}/sitzungsmodus")


@router.get("/vorgang/{key}/schritt/anwesenheit_aendern")
def zur_anwesenheit(request: Request, person: Angemeldet, key: str) -> Response:
    return umleitung(request, f"/vorgang/{key}/sitzungsmodus#anwesenheit")


@router.get("/vorgang/{key}/sitzungsmodus")
def zeige(request: Request, person: Angemeldet, key: str, punkt: int = 0, zu: int = 0) -> HTMLResponse:
    """`zu`: der Punkt, von dem aus jemand die Anwesenheit ändert und zu dem es danach zurückgeht."""
    return _seite(request, person, key, punkt, {"zu": [str(zu)]} if zu else None, {})


# --- Anwesenheit ------------------------------------------------------------------------------------------------------


@router.post("/vorgang/{key}/sitzungsmodus/eroeffnen")
def eroeffne(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    return _stelle_fest(request, person, key, texte(daten), "eroeffnen", 1, "Die Sitzung ist eröffnet.")


@router.post("/vorgang/{key}/sitzungsmodus/anwesenheit")
def aendere_anwesenheit(request: Request, person: Angemeldet, key: str, daten: Formulardaten) -> Response:
    e = texte(daten)
    zu = einzeln(e, "zu")
    return _stelle_fest(request, person, key, e, "anwesenheit_aendern", int(zu) if zu.isascii() and zu.isdigit() else 0,
                        "Die Anwesenheit ist geändert.", um=einzeln(e, "um").strip())


def _stelle_fest(request: Request, person: Handelnde, key: str, e: Eingaben, ausloeser: str, danach: int, erfolg: str, **mehr: str
                 ) -> Response:
    """Wer da ist, je Sitz, mit den Gästen; `danach`: der Punkt, bei dem es weitergeht."""
    a = anwendung(request)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    anwesend = [{"sitz": n.removeprefix("anwesend."), "anwesend": w[-1]} for n, w in e.items() if n.startswith("anwesend.")]
    gaeste, befunde = gaeste_aus(einzeln(e, "gaeste"))
    if befunde:
        return _seite(request, person, key, 0, e, befunde, 422)
    schritt = Schritt(ausloeser, key, daten={"anwesenheit": anwesend, "gaeste": gaeste, **mehr}, version=version(e))
    try:
        a.db.in_transaktion(lambda s: handle(s, [schritt], person, jetzt, umfeld))
    except Ungueltig as fehler:
        am_feld = {n: satz_ for n, satz_ in fehler.befunde if n in mehr}
        return _seite(request, person, key, 0, e, am_feld or {"": satz(fehler)}, fehler.status)
    except (Unmoeglich, Konflikt, Verboten) as fehler:
        am_feld = dict(fehler.befunde) if isinstance(fehler, Unmoeglich) and {n for n, _ in fehler.befunde} <= {"gaeste"} else {}
        return _seite(request, person, key, 0, e, am_feld or {"": satz(fehler)}, fehler.status)
    return umleitung(request, f"/vorgang/{key}/sitzungsmodus" + (f"?punkt={danach}" if danach else ""), erfolg)


def _als_zeilen(gaeste: Sequence[Mapping[str, Any]]) -> str:
    """Umkehrung von `gaeste_aus`."""
    return "\n".join(f"{g['institution']}; {g['punkt']}" if g.get("punkt") else str(g["institution"]) for g in gaeste)


def gaeste_aus(text: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Je Zeile ein Gast, dahinter nach Semikolon oder Tabulator die Nummer des Punktes."""
    gaeste, fehler = [], []
    for nr, zeile in enumerate(text.splitlines(), 1):
        wer, _, punkt = zeile.replace("\t", ";").partition(";")
        if punkt.strip() and not (punkt.strip().isascii() and punkt.strip().isdigit()):
            fehler.append(Aussage("Zeile {nr}: „{strip}“ ist keine Nummer eines Punktes.", nr=nr, strip=punkt.strip()))
        elif wer.strip():
            gaeste.append({"institution": wer.strip(), **({"punkt": int(punkt)} if punkt.strip() else {})})
    return gaeste, {"gaeste": " ".join(fehler)} if fehler else {}


# --- ein Punkt --------------------------------------------------------------------------------------------------------


@router.post("/vorgang/{key}/sitzungsmodus/{nr}")
def schreibe(request: Request, person: Angemeldet, key: str, nr: int, daten: Formulardaten) -> Response:
    """Beratung und Beschluss in einem Zug; was nicht geht, kommt mit allem Getippten zurück."""
    a, e = anwendung(request), texte(daten)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    with a.db.lesen() as s:
        sitzung = lage(request, s, person, key, umfeld)
    punkt = sitzung.punkt(nr)
    if not sitzung.eroeffnet or punkt is None:
        raise NichtGefunden(key)
    if einzeln(e, "entwurf") == "still":
        a.db.in_transaktion(lambda s: _merke(s, person, sitzung.ansicht, nr, e, request))
        return Response(status_code=204)
    if liste := einzeln(e, "mehr"):
        return _seite(request, person, key, nr, e if liste == FELD else mit_mehr_zeilen(e, liste), {})
    try:
        schritte = list(_schritte(sitzung, punkt, e, umfeld.kontext(jetzt)))
    except Ungueltig as fehler:
        return _seite(request, person, key, nr, e, dict(fehler.befunde), fehler.status)
    try:
        a.db.in_transaktion(lambda s: _gespeichert(s, schritte, person, sitzung.ansicht, nr, request))
    except Ungueltig as fehler:
        return _seite(request, person, key, nr, e, _orte(e, fehler.befunde, 1), fehler.status)
    except Unmoeglich as fehler:
        return _seite(request, person, key, nr, e, _orte(e, fehler.befunde, 0), fehler.status)
    except (Konflikt, Verboten, NichtGefunden) as fehler:
        return _seite(request, person, key, nr, e, {"": satz(fehler)}, fehler.status)
    weiter = sitzung.nach(nr) if einzeln(e, "weiter") else nr
    return umleitung(request, f"/vorgang/{key}/sitzungsmodus?punkt={weiter}", Aussage("Punkt {nr} ist gespeichert.", nr=nr))


def _felder() -> tuple[Feld, ...]:
    return tuple(f for f in felder_des_schritts("beschluss", _FASSEN) if f.name not in _SELBST_EINGETRAGEN)


def _schritte(sitzung: Lage, punkt: Punkt, e: Eingaben, kontext: Any) -> Iterator[Schritt]:
    """Was sich geändert hat: die Beratung, und ein Beschluss, sobald es einen Wortlaut oder einen Schritt gibt."""
    text, wieder = einzeln(e, "beratung"), bool(einzeln(e, "wieder"))
    if (text.replace("\r\n", "\n"), wieder) != _beratung(sitzung, punkt):
        beraten = {"nr": punkt.nr, "text": text, **({"wieder": True} if wieder else {})}
        yield Schritt("punkt_beraten", sitzung.ansicht.key, daten=beraten, version=version(e))
    felder = _felder()
    if _beschluss_begonnen(felder, punkt, e):
        daten = mit_bewegungen(felder, e, gelesen(felder, e), kontext)
        bezug = [k for k in (punkt.bezug, *(daten.get("bezug") or ())) if k]
        yield Schritt("fassen", art="beschluss", daten={**daten, **_stimmen(sitzung, e), "bezug": list(dict.fromkeys(bezug)),
                                                        "sitzung": sitzung.ansicht.key, "punkt": punkt.nr})


def _beratung(sitzung: Lage, punkt: Punkt) -> tuple[str, bool]:
    """Was festgehalten ist, und ob der Punkt wieder aufgerufen wird."""
    beratung = (sitzung.ansicht.felder.get("beratungen") or {}).get(str(punkt.nr), {})
    return beratung.get("text", ""), bool(beratung.get("wieder"))


def _beschluss_begonnen(felder: Sequence[Feld], punkt: Punkt, e: Eingaben) -> bool:
    """Ob im Teil des Beschlusses etwas anders ist, als es vorbelegt war; dann gilt es, und was fehlt, wird verlangt."""
    vorbelegt = {**{f.name: "" for f in felder}, "titel": punkt.titel[:200], "verfahren": "konsens"}
    anders = any(einzeln(e, n).strip() not in ("", w) for n, w in vorbelegt.items())
    unterfelder = any(n.partition(".")[0] in vorbelegt and "".join(w).strip() for n, w in e.items()
                      if "." in n and not n.startswith(("stimme.", f"{FELD}.")))
    gestimmt = any(einzeln(e, n) not in ("", "ja") for n in e if n.startswith("stimme."))
    zahlen = any(einzeln(e, f"abstimmung.{w}") for w in _STIMMEN)
    return anders or unterfelder or gestimmt or zahlen or bool(gelesene(e))


def _stimmen(sitzung: Lage, e: Eingaben) -> dict[str, Any]:
    """Je Sitz eine Stimme, daraus die Zahlen; sind nur Zahlen eingetragen, gelten die."""
    gefragt = {n.removeprefix("stimme.") for n in e if n.startswith("stimme.")}
    if gefragt and gefragt != {p.sitz for p in sitzung.anwesende}:
        raise Ungueltig((("stimmen", "Die Anwesenheit hat sich inzwischen geändert. Bitte prüfen Sie, wer wie gestimmt hat."),))
    je_sitz = {p.sitz: einzeln(e, f"stimme.{p.sitz}") or "ja" for p in sitzung.anwesende}
    befangen = {"befangen": [s for s, stimme in je_sitz.items() if stimme == "befangen"]}
    if einzeln(e, "verfahren") != "abstimmung":
        return befangen
    if any(einzeln(e, f"abstimmung.{w}") for w in _STIMMEN):
        zahlen = next(f for f in felder_des_schritts("beschluss", _FASSEN) if f.name == "abstimmung")
        return {**befangen, **gelesen((zahlen,), e)}
    namentlich = [{"sitz": s, "stimme": stimme} for s, stimme in je_sitz.items() if stimme in _STIMMEN]
    return {**befangen, "namentlich": namentlich, "abstimmung": {w: [x["stimme"] for x in namentlich].count(w) for w in _STIMMEN}}


def _orte(e: Eingaben, befunde: Sequence[tuple[str, str]], ab: int) -> dict[str, str]:
    gefunden = befunde_an_feldern("beschluss", _FASSEN, e, befunde, ab)
    return {("beratung" if ort == "text" else ort): grund for ort, grund in gefunden.items()}


def _gespeichert(s: Sitzung, schritte: list[Schritt], person: Handelnde, ansicht: Ansicht, nr: int, request: Request) -> None:
    a = anwendung(request)
    if schritte:
        handle(s, schritte, person, a.jetzt(), a.umfeld())
    _merke(s, person, ansicht, nr, {}, request)


# --- Entwurf: einer je Sitzung, darin je Punkt das Getippte -----------------------------------------------------------


def _vor(nr: int) -> str:
    return f"punkt.{nr}."


def _merke(s: Sitzung, person: Handelnde, ansicht: Ansicht, nr: int, e: Eingaben, request: Request) -> None:
    a = anwendung(request)
    bisher = entwuerfe.entwurf(s, person.key, *_ENTWURF, ansicht.key, a.umfeld())
    andere = {n: w for n, w in (bisher.eingaben if bisher else {}).items() if not n.startswith(_vor(nr))}
    eigene = {f"{_vor(nr)}{n}": w for n, w in e.items() if n not in ("csrf", "version", "entwurf")}
    entwuerfe.merke(s, person.key, *_ENTWURF, ansicht.key, {**andere, **eigene}, ansicht.version, a.jetzt())


def _getippt(entwurf: entwuerfe.Entwurf | None, nr: int) -> dict[str, list[str]]:
    alles = entwurf.eingaben if entwurf else {}
    return {n.removeprefix(_vor(nr)): list(w) for n, w in alles.items() if n.startswith(_vor(nr))}


# --- die Seite --------------------------------------------------------------------------------------------------------


def _seite(request: Request, person: Handelnde, key: str, nr: int, e: Eingaben | None, b: Mapping[str, str], status: int = 200
           ) -> HTMLResponse:
    a = anwendung(request)
    jetzt = a.jetzt()
    with a.db.lesen() as s:
        umfeld = a.umfeld(s)
        sitzung = lage(request, s, person, key, umfeld)
        punkt = sitzung.punkt(nr)
        entwurf = entwuerfe.entwurf(s, person.key, *_ENTWURF, key, umfeld)
        getippt = _getippt(entwurf, nr) if punkt else {}
        eingaben = e if e is not None else getippt or (_beginn(sitzung, punkt) if punkt else {})
        inhalt = _punktinhalt(s, person, sitzung, punkt, eingaben, umfeld, request) if punkt and sitzung.eroeffnet else {}
    felder = _felder()
    return seite(
        request, "lenkung/sitzungsmodus.html", status=status, key=key, sitzung=sitzung, punkt=punkt, b=b,
        stand=sitzung.ansicht.felder, wechsel=lenkung.wechsel(sitzung.ansicht.felder, sitzung.plaetze),
        bisherige_gaeste=_als_zeilen(sitzung.ansicht.felder.get("gaeste") or ()), jetzt_um=f"{jetzt.astimezone(BERLIN):%H:%M}",
        quorum=lenkung.quorum(sitzung.ansicht.felder), version=sitzung.ansicht.version,
        beschriftungen=_beschriftungen(felder, eingaben, b), beanstandet=partial(beanstandet, b), ziel=f"/vorgang/{key}/sitzungsmodus/{nr}",
        listen=umfeld.listen(jetzt),
        wiederhergestellt=bool(getippt) and e is None, **{**inhalt, "e": eingaben},
    )  # fmt: skip


def _beschriftungen(felder: Sequence[Feld], e: Eingaben, b: Mapping[str, str]) -> dict[str, str]:
    eigene = (("beratung", "Beratung"), ("gaeste", "Gäste"), ("um", "Uhrzeit"))
    return {**beschriftungen(felder, e, b), **{n: t for n, t in eigene if n in b}}


def _beginn(sitzung: Lage, punkt: Punkt) -> dict[str, list[str]]:
    beratung, wieder = _beratung(sitzung, punkt)
    beginn = {"beratung": [beratung], **({"wieder": ["ja"]} if wieder else {})}
    return {**beginn, **als_eingaben(_felder(), {"titel": punkt.titel[:200], "verfahren": "konsens"})}


def _punktinhalt(
    s: Sitzung, person: Handelnde, sitzung: Lage, punkt: Punkt, e: Eingaben, umfeld: Umfeld, request: Request
) -> dict[str, Any]:
    mit = {**e, "sitzung": [sitzung.ansicht.key], "punkt": [str(punkt.nr)]}
    felder = _felder()
    frage = Frage(s, person, umfeld, berliner_tag(anwendung(request).jetzt()), "beschluss", _FASSEN, None, mit)
    inhalt = feldinhalt(frage, felder)
    zum_punkt = sitzung.bezuege.get(punkt.bezug)
    if zum_punkt:
        inhalt["moegliche_bewegungen"] = [(titel, schritte) for titel, schritte in inhalt["moegliche_bewegungen"]
                                          if any(wert.split("/")[1] in zum_punkt for wert, _ in schritte)]
    nach_name = {f.name: f for f in felder}
    vorlage = sitzung.vorlagen.get(punkt.bezug)
    beteiligte = vorlage.stand.get("institutionen") or () if vorlage else ()
    vorgeschlagen = list(dict.fromkeys((*map(str, beteiligte), *letzter_verteiler(s))))
    genannt = "\n".join(e.get("verteiler") or ()).splitlines()
    namen = anzeige.personennamen(s)
    return {**inhalt, "kurzfassung": kurzfassung(vorlage, namen) if vorlage else [],
            "ist_bericht": vorlage is not None and vorlage.art == "beschluss", "verteilervorschlag": vorgeschlagen, "genannt": genannt,
            "frei_genannt": {**e, "verteiler": [x for x in genannt if x not in vorgeschlagen]}, "vorn": [nach_name[n] for n in _VORN],
            "freiwillig": [f for f in felder if f.name not in _VORN and f.art != "bewegungen"]}

