"""Der Arbeitsplatz einer Fallrekonstruktion: wer teilnimmt, die Zeitachse mit ihren Bruchstellen, die Prüfung, die Antworten, das Thema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from forms.render import anzahl
from forms import formular
from forms.bahnen import Schritt, zeichne
from forms.felder import als_eingaben, felder_von
from forms.personenbezug import NACH, Stueck, funde, gestueckelt
from service import anzeige
from service.angebote import Frage, angebote
from service.moeglich import beginnbar
from states.aussage import Aussage
from states.fallrekonstruktion import antwort_steht_aus, beteiligte_stellen

if TYPE_CHECKING:
    from service.pages.raum import Blick

_TEILNAHMEN = {"anwesend": "Anwesend", "vertreten": "Vertreten", "stellungnahme": "Schriftliche Stellungnahme", "verzicht": "Verzicht"}
_ANTWORTEN = {"zugestimmt": "Zugestimmt", "abweichende_sicht": "Abweichende Sicht", "keine_antwort": "Keine Antwort: gilt als Zustimmung"}
_TEXTE = {"gelungen": "Was gelungen ist", "perspektive": "Sicht der betroffenen Person", "hypothesen": "Hypothesen",
          "sofortmassnahmen": "Sofortmaßnahmen", "themenkandidaten": "Themenkandidaten"}


class Teilnahme(NamedTuple):
    """Eine Stelle: wie sie teilnimmt oder eingeladen ist, und was sie zum Entwurf sagt."""

    stelle: str
    funktion: str
    teilnahme: str
    vermerk: str
    antwort: str
    abweichend: str


class Pruefstelle(NamedTuple):
    """Ein Text des Entwurfs für die zweite Person; `arten`: wonach einzelne Stücke aussehen."""

    wo: str
    stuecke: tuple[Stueck, ...]
    arten: tuple[str, ...]


def fallrekonstruktion(b: Blick) -> dict[str, Any]:
    stand = b.ansicht.felder
    achse = stand.get("zeitachse") or []
    beamer = b.anblick == "beamer"
    return {
        "beamer": beamer,
        "teilnahmen": _teilnahmen(stand),
        "grundlage": anzeige.wert("fallrekonstruktion", "rechtsgrundlage", stand.get("rechtsgrundlage")),
        "umfasst_alle": bool(stand.get("einwilligung_umfasst_alle")),
        "termin": (anzeige.tag(stand.get("termin") or ""), stand.get("uhrzeit") or "", stand.get("ort") or ""),
        "achse": achse,
        "zeichnung": partial(zeichne, [_schritt(e) for e in achse], 1180, b.umfeld.profil.rufnamen) if achse else None,
        "beteiligte": len({e.get("akteur") for e in achse}),
        "brueche": [(nr, e) for nr, e in enumerate(achse, 1) if e.get("bruchstelle")],
        "wartewochen": sum(int(e.get("wartezeit_wochen") or 0) for e in achse),
        "bisherige": _bisherige(b, achse),
        "akteure": _akteure(b),
        "pruefstellen": list(_pruefstellen(stand)) if b.kann("pruefen") else [],
        "nach": NACH,
        "kandidaten": _kandidaten(b),
        "inhalt": b.angaben_ohne("zeitachse", "teilnehmende", "teilnahmen", "rueckmeldungen", "termin", "uhrzeit", "ort",
                                 "rechtsgrundlage"),
        "kann": b.kann,
    }


def _teilnahmen(stand: Mapping[str, Any]) -> list[Teilnahme]:
    vermerkt = {t["institution"]: t for t in stand.get("teilnahmen") or ()}
    antworten, offen = stand.get("rueckmeldungen") or {}, set(antwort_steht_aus(dict(stand)))
    gefragt = bool(stand.get("pruefungen"))
    return [Teilnahme(stelle, str(e.get("funktion") or ""), _wie(vermerkt.get(stelle)), str(vermerkt.get(stelle, {}).get("grund") or ""),
                      _antwort(antworten.get(stelle), gefragt and stelle in offen),
                      str(antworten.get(stelle, {}).get("abweichende_sicht") or ""))
            for stelle, e in beteiligte_stellen(dict(stand)).items()]


def _wie(teilnahme: Mapping[str, Any] | None) -> str:
    if teilnahme is None:
        return "Eingeladen"
    durch = teilnahme.get("vertreten_durch")
    art = _TEILNAHMEN[teilnahme["teilnahme"]]
    return Aussage("{art} durch {durch}", art=art, durch=durch) if durch else art


def _antwort(antwort: Mapping[str, Any] | None, steht_aus: bool) -> str:
    if antwort is not None:
        return _ANTWORTEN.get(str(antwort.get("zustimmung")), "")
    return "Antwort steht aus" if steht_aus else ""


def _schritt(e: Mapping[str, Any]) -> Schritt:
    wochen = e.get("wartezeit_wochen")
    fuss: list[str] = [Aussage("wartete {wochen}", wochen=anzahl(wochen, "Woche", "Wochen"))] if wochen else []
    fuss += [f"→ {e['uebergabe_an']}"] if e.get("uebergabe_an") else []
    bruch = str(e.get("bruchstelle") or "")
    return Schritt(str(e.get("akteur") or ""), str(e.get("handlung") or ""), tuple(fuss), "bruch" if bruch else "gleich",
                   (Aussage("Bruch: {bruch}", bruch=bruch),) if bruch else (), zeit=f"W {e.get('woche', '')}",
                   an=str(e.get("uebergabe_an") or ""))


def _absaetze(wert: object) -> Sequence[str]:
    return [wert] if isinstance(wert, str) else [str(w) for w in wert] if isinstance(wert, (list, tuple)) else []


def _pruefstellen(stand: Mapping[str, Any]) -> Iterator[Pruefstelle]:
    """Jeder Text des Entwurfs, auch der unauffällige: geprüft wird das Ganze, hervorgehoben nur, was auffällt."""
    for nr, e in enumerate(stand.get("zeitachse") or (), 1):
        for feld in ("akteur", "handlung", "bruchstelle"):
            if e.get(feld):
                angabe = anzeige.titel("fallrekonstruktion", feld)
                yield _pruefstelle(Aussage("Zeitachse {nr}, {angabe}", nr=nr, angabe=angabe), str(e[feld]))
    for feld, titel in _TEXTE.items():
        for text in _absaetze(stand.get(feld)):
            yield _pruefstelle(titel, text)


def _pruefstelle(wo: str, text: str) -> Pruefstelle:
    return Pruefstelle(wo, gestueckelt(text), tuple(dict.fromkeys(f.art for f in funde(text))))


def _bisherige(b: Blick, achse: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Die schon erfassten Schritte als Eingaben: das Formular zum Anfügen schickt die ganze Zeitachse."""
    if not b.kann("bearbeiten"):
        return []
    felder = [f for f in felder_von(formular("fallrekonstruktion", "Bearbeiten")) if f.name == "zeitachse"]
    return [(name, text) for name, texte in als_eingaben(felder, {"zeitachse": achse}).items() for text in texte]


def _akteure(b: Blick) -> list[str]:
    u = next((m.uebergang for m in b.schritte if m.uebergang.ausloeser == "bearbeiten"), None)
    if u is None:
        return []
    angebot = angebote(Frage(b.s, b.person, b.umfeld, b.heute, "fallrekonstruktion", u, b.ansicht, {})).get("zeitachse.*.akteur")
    return [wert for wert, _ in angebot.werte] if angebot else []


def _kandidaten(b: Blick) -> list[str]:
    """Was als Thema taugt; angelegt wird es mit einem Klick, sobald die Fassung freigegeben ist."""
    stand = b.ansicht.felder
    genannte = [str(stand.get("themenkandidat") or ""), *_absaetze(stand.get("themenkandidaten"))]
    darf = b.ansicht.zustand == "freigegeben" and beginnbar(b.s, b.person, "generatives_thema", "anlegen") is not None
    return [k for k in dict.fromkeys(genannte) if k] if darf else []
