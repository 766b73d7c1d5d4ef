"""Melden: in Abschnitten, mit einem Hinweis auf Stellen, an denen jemand zu erkennen sein könnte, und zum Nachlesen vor dem Absenden.

Eingehängt in den einen Weg, auf dem ein Schritt entsteht (formularseite, schritt); hier steht nur, was der Meldebogen mehr hat.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from forms import formular
from forms.felder import Eingaben, Feld, eingabe_zu, felder_von, gelesen
from forms.grundform import befunde
from forms.meldeabschnitte import gezeigte
from forms.meldebogen import NACHTRAGBAR, TEXTE
from forms.personenbezug import Stueck, funde, gestueckelt, hinweis
from service import anzeige
from service.angebote import Frage
from service.eigene_meldung import feststehend
from service.entwuerfe import Ueberholt
from service.handelnde import Handelnde
from service.pages import entwurf
from service.pages.beilagen import BEZEICHNUNGEN, gehoert_dazu, kontext
from service.sicht import Ansicht, Ebene
from service.web import angemeldet, anwendung, seite, umleitung
from states.anhang import ANHAENGEN
from states.meldebogen import leer
from states.model import Rolle, Uebergang

ERKLAERT, _WEITER = "kein_personenbezug", "weiter"
_NICHT_WEITERREICHEN = frozenset({"csrf", _WEITER, "entwurf", "einmal", "entwurf_stand", "fenster"})
# Schritt -> die Felder, vor deren Absenden auf Personenbezug hingewiesen wird
GEPRUEFT: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("meldebogen", "einreichen"): TEXTE,
    **{("meldebogen", x): ("text",) for x in ("antworten", "ergaenzen", "wieder_vorgekommen")},
    ("meldebogen", ANHAENGEN): ("bezeichnung",),
    ("meldebogen", "nachtragen"): tuple(x for x in TEXTE if x in NACHTRAGBAR),
}


class Warnung(NamedTuple):
    """`stuecke`: der Text mit den Stellen; `zeichen`: steht für genau diese Stellen, kommt eine dazu, wird neu gefragt."""

    hinweis: str
    stuecke: tuple[Stueck, ...]
    zeichen: str
    erklaert: bool


def warnungen(eingaben: Eingaben, felder: Sequence[str]) -> dict[str, Warnung]:
    """Feld -> was darin nach einem Menschen aussieht."""
    erklaerte, gefunden = frozenset(eingaben.get(ERKLAERT) or ()), {}
    for feld in felder:
        text = (eingaben.get(feld) or ("",))[-1].strip().replace("\r\n", "\n")
        if stellen := funde(text):
            stelle = "\n".join((feld, *(text[f.start:f.ende] for f in stellen)))
            zeichen = f"{feld}.{hashlib.sha256(stelle.encode()).hexdigest()[:16]}"
            gefunden[feld] = Warnung(hinweis(stellen), gestueckelt(text), zeichen, zeichen in erklaerte)
    return gefunden


def offene_hinweise(eingaben: Eingaben, felder: Sequence[str]) -> dict[str, str]:
    """Was noch niemand bestätigt hat: Feld -> Hinweis."""
    return {feld: w.hinweis for feld, w in warnungen(eingaben, felder).items() if not w.erklaert}


def hinweise_im_formular(art: str, ausloeser: str, eingaben: Eingaben) -> dict[str, Any]:
    """Was die Vorlagen für die Hinweise an den Feldern brauchen (makros/personenbezug.html)."""
    return {"auffaellig": warnungen(eingaben, GEPRUEFT.get((art, ausloeser), ())), "erklaert": ERKLAERT}


def einreichen_kontext(request: Request, f: Frage, felder: Sequence[Feld], befunde_: Mapping[str, str]) -> dict[str, Any]:
    """Was die Vorlage mehr braucht. Die kurze Form zeigt auch, was sonst verborgen ein Fehler wäre oder schon ausgefüllt ist."""
    kurzform, stelle = f.umfeld.profil.kurzform, f.umfeld.profil.institution(f.person.institution or "")
    gewaehlt = (f.eingaben.get("form") or ("",))[-1] or request.query_params.get("form")
    gewuenscht = gewaehlt or ("kurz" if stelle and stelle.art in kurzform.fuer else "lang")
    ausgefuellt = {x.name for x in felder if any(n == x.name or n.startswith(f"{x.name}.") for n in befunde_)}
    nur = {*kurzform.angaben, *ausgefuellt} if gewuenscht == "kurz" else None
    fest = feststehend(f.person, f.art, f.u.ausloeser)
    return {"abschnitte": gezeigte([x for x in felder if x.name not in fest], nur), "kurz": nur is not None,
            "code": "", "fuer_andere": f.person.hat(Rolle.KOORDINATION)}


def vor_dem_einreichen(request: Request, u: Uebergang, ansicht: Ansicht | None, felder: Sequence[Feld], eingaben: Eingaben,
                       noch_einmal: Callable[[Mapping[str, str], int], Response], nachlesen: Callable[[], Response] | None = None
                       ) -> Response | None:
    """Erst nachlesen, dann absenden; None heißt: jetzt wird abgesendet. `nachlesen`: wohin dazu, wenn nicht zum Entwurf des Kontos."""
    weiter = (eingaben.get(_WEITER) or ("",))[-1]
    if weiter == "aendern":
        return noch_einmal({}, 200)
    offene = offene_hinweise(eingaben, TEXTE)
    if weiter != "pruefen" and not offene:
        an_dateien = offene_hinweise(eingaben, BEZEICHNUNGEN)
        return vorschau_mit(request, u, eingaben, an_dateien) if an_dateien else None
    a = anwendung(request)
    try:
        formular("meldebogen", u.formular).model_validate(gelesen(felder, eingaben), context=a.umfeld().kontext(a.jetzt()))
    except ValidationError as fehler:
        gefunden = {eingabe_zu(felder, eingaben, b.feld, 1): b.grund for b in befunde(fehler)}
        return noch_einmal({**offene, **gefunden}, 422)
    if offene:
        return noch_einmal(offene, 422)
    if nachlesen is not None:
        return nachlesen()
    try:
        entwurf.merke(request, angemeldet(request), "meldebogen", u, None, eingaben)
    except Ueberholt as fehler:
        return noch_einmal({"": fehler.satz}, fehler.status)
    return umleitung(request, f"{entwurf.ziel(request, None, eingaben)}&nachlesen=ja")


def nachgelesen(request: Request, person: Handelnde, u: Uebergang) -> HTMLResponse | None:
    """Der Entwurf, wie er ankäme; None, wenn es ihn nicht mehr gibt oder ihm noch etwas fehlt: Dann zeigt sich das Formular."""
    gemerkt = entwurf.finde(request, person, "meldebogen", u.ausloeser)
    if gemerkt is None:
        return None
    eingaben = {**gemerkt.eingaben, "einmal": [gemerkt.kennung]}
    try:
        return vorschau_mit(request, u, eingaben, {}, 200)
    except ValidationError:
        return None


def vorschau_mit(request: Request, u: Uebergang, eingaben: Eingaben, maengel: Mapping[str, str], status: int = 422) -> HTMLResponse:
    """Wirft ValidationError, wenn die Angaben so nicht eingehen könnten. `maengel`: an den Dateien."""
    a, felder = anwendung(request), felder_von(formular("meldebogen", u.formular))
    antwort = formular("meldebogen", u.formular).model_validate(gelesen(felder, eingaben), context=a.umfeld().kontext(a.jetzt()))
    gezeigt = antwort.model_dump(mode="json", exclude_unset=True)
    ansicht = Ansicht("", "meldebogen", Ebene.VOLL, 0, "", {}, gezeigt, (), False)
    einmal = (eingaben.get("einmal") or ("",))[-1]
    weitere = [(n, t) for n, gesendet in eingaben.items() if n not in _NICHT_WEITERREICHEN and not gehoert_dazu(n) for t in gesendet]
    zurueck = "" if "code" in eingaben else f"{request.url.path}?entwurf={einmal}"
    return seite(request, "melden/vorschau.html", status=status, inhalt=anzeige.inhalt(ansicht, a.umfeld().profil.anzeigen),
                 titel=gezeigt["titel"], uebergang=u, stelle=gezeigt["melder_institution"], weitere=weitere, ziel=request.url.path,
                 einmal=einmal, zurueck=zurueck, auffaellig=warnungen(eingaben, BEZEICHNUNGEN), erklaert=ERKLAERT,
                 **kontext(eingaben, maengel, a.einstellungen.anhang_mb))


def nachtragbare(felder: Sequence[Feld], gemeldet: Mapping[str, Any]) -> list[Feld]:
    """Nur was beim Einreichen leer blieb."""
    return [f for f in felder if leer(gemeldet.get(f.name))]


def antworten_kontext(request: Request, f: Frage, felder: Sequence[Feld], befunde_: Mapping[str, str]) -> dict[str, Any]:
    """Die letzte Rückfrage: Wer antwortet, soll sie nicht auf einer anderen Seite suchen."""
    gestellt = f.ansicht.felder.get("rueckfragen") if f.ansicht else ()
    return {"gefragt": gestellt[-1]} if gestellt else {}


def nachtragen_kontext(request: Request, f: Frage, felder: Sequence[Feld], befunde_: Mapping[str, str]) -> dict[str, Any]:
    return {"freiwillig": nachtragbare(felder, f.ansicht.felder if f.ansicht else {})}


def vor_dem_text(request: Request, u: Uebergang, ansicht: Ansicht | None, felder: Sequence[Feld], eingaben: Eingaben,
                 noch_einmal: Callable[[Mapping[str, str], int], HTMLResponse]) -> Response | None:
    """Vor Antworten und Ergänzungen: erst der Hinweis, dann, berichtigt oder bestätigt, das Absenden."""
    offene = offene_hinweise(eingaben, GEPRUEFT["meldebogen", u.ausloeser])
    return noch_einmal(offene, 422) if offene else None
