"""Was eine Seite von einem Vorgang zeigt: Inhalt, Geschichte, Fristen, Verbindungen, in deutschen Worten und nur Sichtbares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from forms import formular
from forms.felder import Feld, felder_von
from forms.render import datum, zeitpunkt
from service.adressen import STELLE
from service.benennungen import BENENNUNGEN, WORTE
from service.db import Sitzung
from service.faltung import ZURUECKNEHMEN, Geschehen, bezeichnung_von
from service.handelnde import Handelnde
from service.sicht import Ansicht, Ebene, sichtbar
from service.terminlage import herleitung
from states.aussage import Aussage, aneinander
from states.kette import PROZESSE
from states.verbindungen import VERBINDUNGEN

_TAG = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONAT = re.compile(r"\d{4}-\d{2}")
# steht schon an anderer Stelle der Seite, oder ist nur für das Programm da
_NICHT_IM_INHALT = frozenset(
    {"titel", "zustaendig", "vertretung", "abgegeben_von", "bereich", "eltern", "eingereicht_von", "schreibende", "ziel", "institution",
     "anhaenge", "zahlen"}
)
_NUR_INTERN = frozenset({"key", "wird_berichtigt", "vor_der_wiederkehr", "wertung_offen", "wartet"})
NICHT_GEZEIGT = _NICHT_IM_INHALT | _NUR_INTERN


@dataclass(frozen=True)
class Angabe:
    """Eine Zeile des Inhalts: Text, eine Aufzählung oder eine Tabelle (Spalten und Zeilen)."""

    name: str
    titel: str
    text: str = ""
    punkte: tuple[str, ...] = ()
    spalten: tuple[str, ...] = ()
    zeilen: tuple[tuple[str, ...], ...] = ()


class Geschehnis(NamedTuple):
    """Ein Ereignis, wie man es liest. `angaben` sind leer, wenn die Person den Inhalt nicht sehen darf."""

    nr: int
    zeit: str
    schritt: str
    wer: str
    rolle: str
    von: str
    nach: str
    grund: str
    zurueckgenommen: bool
    ruecknahme: bool


class Verbundenes(NamedTuple):
    satz: str
    key: str
    art: str
    zustand: str
    titel: str
    hinab: bool


@lru_cache(maxsize=4096)
def tag(text: str) -> str:
    """JJJJ-MM-TT -> TT.MM.JJJJ; 9999-12-31 (keine Frist) wird leer."""
    return "" if text.startswith("9999") else datum(text)


@cache
def _worte(art: str) -> Mapping[str, str]:
    """Gespeicherter Wert -> wie ihn die Formulare der Art nennen, sonst die der anderen Arten; was mehrdeutig ist, fehlt."""
    je_art = {a: dict(_optionen(f for u in p.uebergaenge if u.formular for f in felder_von(formular(a, u.formular))))
              for a, p in PROZESSE.items()}
    gemeint: dict[str, set[str]] = {}
    for worte in je_art.values():
        for wert_, wort in worte.items():
            gemeint.setdefault(wert_, set()).add(wort)
    return {**{w: next(iter(worte)) for w, worte in gemeint.items() if len(worte) == 1}, **WORTE, **je_art[art]}


def _optionen(felder: Iterable[Feld]) -> Iterator[tuple[str, str]]:
    for f in felder:
        yield from f.optionen
        yield from _optionen((*f.felder, *((f.element,) if f.element else ())))


@cache
def _schritt(ausloeser: str) -> str:
    return next((p.bezeichnung_von(ausloeser) for p in PROZESSE.values() if ausloeser in p.ausloeser), ausloeser)


@cache
def _irgendwo(name: str) -> str:
    """Wie ein anderes Formular der Kette diese Angabe nennt; sonst ist es der Name einer Stelle oder eines Sitzes."""
    return next((feld.titel for art in PROZESSE if (feld := _felder(art).get(name)) is not None), name)


@cache
def _felder(art: str) -> dict[str, Feld]:
    """Feldname -> Feld, aus allen Formularen der Art; das erste Formular in der Reihenfolge der Tabelle gilt."""
    gefunden: dict[str, Feld] = {}
    for u in PROZESSE[art].uebergaenge:
        for f in felder_von(formular(art, u.formular)) if u.formular else ():
            gefunden.setdefault(f.name, f)
            for innen in (*f.felder, *(f.element.felder if f.element else ())):
                gefunden.setdefault(innen.name, innen)
    return gefunden


@cache
def _obere(art: str) -> Mapping[str, Feld]:
    """Nur die Felder, die selbst eine Angabe des Vorgangs sind, nicht die ihrer Zeilen."""
    return {f.name: f for u in reversed(PROZESSE[art].uebergaenge) if u.formular for f in felder_von(formular(art, u.formular))}


def _titel(art: str, name: str) -> str:
    feld = _felder(art).get(name)
    return feld.titel if feld else BENENNUNGEN.get(name) or _irgendwo(name)


def _oben(art: str, name: str) -> str:
    """Wie eine Angabe des Vorgangs selbst heißt."""
    if name == "eingang":
        return "Eingegangen am" if art == "meldebogen" else "Angelegt am"  # eine Anfrage nennt ihren Eingang selbst
    return _obere(art)[name].titel if name in _obere(art) else _titel(art, name)


def _spalte(art: str, tabelle: str, name: str) -> str:
    """Dieselbe Angabe heißt je Tabelle anders: „Wert“ ist nur beim Ausgangswert einer."""
    return "Wert" if (tabelle, name) == ("erhebungen", "wert") else _titel(art, name)


def _wert(art: str, name: str, wert: Any, namen: Mapping[str, str]) -> str:
    """Ein einfacher Wert in Worten."""
    feld = _felder(art).get(name)
    if wert is None or wert == "":
        return ""
    if isinstance(wert, bool):
        return "ja" if wert else "nein"
    text = str(wert)
    if feld is not None and feld.optionen:
        return dict(feld.optionen).get(text) or _worte(art).get(text, text)
    if _TAG.fullmatch(text):
        return tag(text)
    if _MONAT.fullmatch(text):
        return f"{text[5:]}/{text[:4]}"
    if name == "ausloeser":
        return _schritt(text)
    if name == "sitz":  # das Amt steht in derselben Zeile
        return text
    return namen.get(f"{name}:{text}") or namen.get(text) or (_worte(art).get(text, text) if feld is None or feld.art == "liste" else text)


def titel(art: str, name: str) -> str:
    """Wie eine Angabe heißt."""
    return _oben(art, name)


def wert(art: str, name: str, roh: Any, namen: Mapping[str, str] = MappingProxyType({})) -> str:
    """Ein einfacher Wert in Worten."""
    return _wert(art, name, roh, namen)


# Liste, darin Kürzel und Name, und unter welchen Angaben das Kürzel sonst steht; leer: als Schlüssel
_EIGENE = (
    ("sitze", "sitz", "funktion", ("", "wer")), ("indikatoren", "key", "indikator", ("", "indikator", "indikatoren")),
    ("massnahmen", "key", "titel", ("massnahme", "massnahmen")),
)  # fmt: skip


def inhalt(ansicht: Ansicht, namen: Mapping[str, str]) -> list[Angabe]:
    """Alle Angaben, die die Person sieht, in der Reihenfolge der Formulare."""
    art, ordnung = ansicht.art, {n: i for i, n in enumerate(_felder(ansicht.art))}
    namen = {**namen, **eigene_namen(ansicht.felder)}
    angaben = []
    for name in sorted(ansicht.felder, key=lambda n: (ordnung.get(n, 999), n)):
        if name not in NICHT_GEZEIGT and (angabe := _angabe(art, name, ansicht.felder[name], namen)) is not None:
            angaben.append(angabe)
    return angaben


def eigene_namen(felder: Mapping[str, Any]) -> dict[str, str]:
    """Was der Vorgang selbst unter einem Kürzel führt, hat darin auch einen Namen: „Angabe:Kürzel“ -> Name, „:Kürzel“ als Schlüssel.

    Nur unter diesen Angaben: Eine Maßnahme kann „2“ heißen, und nicht jede 2 meint sie.
    """
    gefunden: dict[str, str] = {}
    for liste, kuerzel, name, stellen in _EIGENE:
        for e in felder.get(liste) or ():
            if isinstance(e, Mapping) and (k := e.get(kuerzel)) and (n := e.get(name)):
                gefunden |= {f"{stelle}:{k}": f"{k} {n}" if liste == "sitze" else str(n) for stelle in stellen}
    return gefunden


def angaben(art: str, felder: Mapping[str, Any], namen: Mapping[str, str]) -> list[Angabe]:
    """Ausgewählte Angaben in der Reihenfolge, in der sie genannt sind."""
    return [angabe for name, wert in felder.items() if (angabe := _angabe(art, name, wert, namen)) is not None]


def _angabe(art: str, name: str, wert: Any, namen: Mapping[str, str]) -> Angabe | None:
    titel = _oben(art, name)
    if name not in _felder(art) and not wert:
        return None  # ein Zähler auf null, ein Merker, der nicht gesetzt ist
    if isinstance(wert, Mapping):
        if wert and all(isinstance(w, Mapping) for w in wert.values()):
            return _tabelle(art, name, titel, [_mit_kennung(k, w) for k, w in wert.items()], namen)
        punkte = [_benannt(art, k, t, namen) for k, w in _geordnet(art, wert) if (t := _als_text(art, k, w, namen))]
        return Angabe(name, titel, punkte=tuple(punkte)) if punkte else None
    if isinstance(wert, (list, tuple)):
        if wert and all(isinstance(w, Mapping) for w in wert):
            return _tabelle(art, name, titel, list(wert), namen)
        punkte = [t for w in wert if (t := _als_text(art, name, w, namen))]
        return Angabe(name, titel, punkte=tuple(punkte)) if punkte else None
    text = _wert(art, name, wert, namen)
    return Angabe(name, titel, text=text) if text else None


def _geordnet(art: str, gruppe: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Die Angaben einer Gruppe in der Reihenfolge der Formulare; gespeichert sind sie nach dem Alphabet."""
    ordnung = {n: i for i, n in enumerate(_felder(art))}
    return sorted(gruppe.items(), key=lambda paar: ordnung.get(paar[0], 999))


def _unter(art: str, schluessel: str, namen: Mapping[str, str]) -> str:
    return namen.get(f":{schluessel}") or namen.get(schluessel) or _titel(art, schluessel)


def _benannt(art: str, schluessel: str, text: str, namen: Mapping[str, str]) -> str:
    return Aussage("{name}: {text}", name=_unter(art, schluessel, namen), text=text)


def _mit_kennung(kennung: str, eintrag: Mapping[str, Any]) -> Mapping[str, Any]:
    """Wer oder was gemeint ist, steht oft nur im Schlüssel: die Stelle einer Stimme, der Sitz, die Kennung."""
    werte = {str(w) for w in eintrag.values()}
    genannt = kennung.isdecimal() or kennung in werte or set(kennung.split()) <= werte
    return eintrag if genannt else {"wer": kennung, **eintrag}


def _tabelle(art: str, name: str, titel: str, eintraege: Sequence[Mapping[str, Any]], namen: Mapping[str, str]) -> Angabe:
    """Die Spalten stehen in der Reihenfolge des Formulars dieser Liste, dann der anderen; was in keinem steht, folgt."""
    feld = _felder(art).get(name)
    eigene = feld.element.felder if feld and feld.element else ()
    ordnung = {n: i for i, n in enumerate(dict.fromkeys(("wer", *(f.name for f in eigene), *_felder(art))))}
    belegt = {k for e in eintraege for k, w in e.items() if w not in (None, "", [], {}) and k not in _NUR_INTERN}
    spalten = sorted(belegt, key=lambda k: (ordnung.get(k, 999), k))
    zeilen = tuple(tuple(_als_text(art, s, e.get(s), namen) for s in spalten) for e in eintraege)
    return Angabe(name, titel, spalten=tuple(_spalte(art, name, s) for s in spalten), zeilen=zeilen)


def _als_text(art: str, name: str, wert: Any, namen: Mapping[str, str]) -> str:
    if isinstance(wert, Mapping):
        if wert and all(isinstance(w, Mapping) for w in wert.values()):  # je Stelle eine Zeile; was die Angaben heißen, sagt ihr Wert
            je = ((k, [t for n, x in w.items() if (t := _als_text(art, n, x, namen))]) for k, w in wert.items())
            return aneinander([_benannt(art, k, aneinander(angaben, ", "), namen) for k, angaben in je], "\n")
        return aneinander([_benannt(art, k, t, namen) for k, w in _geordnet(art, wert) if (t := _als_text(art, k, w, namen))], "; ")
    if isinstance(wert, (list, tuple)):  # Einträge mit mehreren Angaben stehen untereinander
        trenner = "\n" if any(isinstance(w, Mapping) for w in wert) else "; "
        return aneinander([t for w in wert if (t := _als_text(art, name, w, namen))], trenner)
    return _wert(art, name, wert, namen)


# --- Geschichte, Fristen, Verbindungen --------------------------------------------------------------------------------

_VERLAUF = (
    "SELECT e.nr, e.akt, e.ausloeser, e.von, e.nach, e.person, e.zeit, i.inhalt, e.rolle FROM vorgang v "
    "JOIN ereignis e ON e.vorgang = v.id JOIN ereignis_inhalt i ON i.vorgang = e.vorgang AND i.nr = e.nr "
    "WHERE v.key = :key ORDER BY e.nr DESC"
)


def verlauf(s: Sitzung, ansicht: Ansicht, namen: Mapping[str, str]) -> list[Geschehnis]:
    """Das Neueste zuerst. Wer es war und warum, steht nur da, wenn die Person den Vorgang ganz sieht und es für sie bestimmt ist."""
    prozess, ganz, einsicht = PROZESSE[ansicht.art], ansicht.ebene is Ebene.VOLL, ansicht.einsicht
    zeilen = [(Geschehen(*z[:8]), str(z[8])) for z in s.alle(_VERLAUF, {"key": ansicht.key})]
    weg = {json.loads(e.inhalt)["daten"].get("zurueckgenommen") for e, _ in zeilen if e.ausloeser == ZURUECKNEHMEN}

    def zustand(wert: str) -> str:
        return prozess.zustand(wert).bezeichnung if wert else ""

    return [
        Geschehnis(
            e.nr,
            zeitpunkt(e.zeit),
            bezeichnung_von(ansicht.art, e.ausloeser),
            einsicht.wer(e, rolle, namen) if ganz else "",
            rolle,
            zustand(e.von),
            zustand(e.nach),
            str(json.loads(e.inhalt).get("grund") or "") if ganz and einsicht.begruendet(ansicht.art, e) else "",
            e.akt in weg,
            e.ausloeser == ZURUECKNEHMEN,
        )
        for e, rolle in zeilen
    ]


def offene_fristen(s: Sitzung, ansicht: Ansicht) -> list[tuple[str, str, str, str]]:
    """(Bezeichnung, wozu genau, Ende, Herleitung), das Früheste zuerst."""
    definitionen = {f.name: f.bezeichnung for f in PROZESSE[ansicht.art].fristen}
    zeilen = s.alle(
        "SELECT f.name, f.schluessel, f.ende, f.regel, f.ruht_seit FROM frist f JOIN vorgang v ON v.id = f.vorgang "
        "WHERE v.key = :key AND f.offen = 1 ORDER BY f.ende, f.id",
        {"key": ansicht.key},
    )
    return [
        (
            str(definitionen.get(name, name)),
            wozu(ansicht.felder, schluessel),
            Aussage("ruht seit {tag}", tag=tag(ruht)) if ruht else tag(ende),
            herleitung(regel),
        )
        for name, schluessel, ende, regel, ruht in zeilen
    ]


def wozu(felder: Mapping[str, Any], schluessel: str) -> str:
    """Wen oder was eine von mehreren gleichen Fristen meint: eine Stelle, einen Indikator, eine Auflage, wer etwas schuldet."""
    return str(eigene_namen(felder).get(f"indikator:{schluessel}") or (felder.get("auflagen") or {}).get(schluessel, {}).get("auflage")
               or (felder.get("blockaden") or {}).get(schluessel, {}).get("wer") or schluessel)


def verbundene(s: Sitzung, person: Handelnde, key: str, heute: date) -> list[Verbundenes]:
    """Die unmittelbaren Nachbarn, die die Person sehen darf, in einer Anfrage je Richtung."""
    gefunden = []
    for hinab, hier, dort in ((False, "nach", "von"), (True, "von", "nach")):
        darf, werte = sichtbar(person, heute, alias="a")
        zeilen = s.alle(
            f"SELECT x.art, a.key, a.art, a.zustand, a.titel FROM vorgang v JOIN verbindung x ON x.{hier} = v.id AND x.offen = 1 "
            f"JOIN vorgang a ON a.id = x.{dort} WHERE v.key = :key AND {darf} ORDER BY x.art, a.id LIMIT 300",
            {**werte, "key": key},
        )
        gefunden += [
            Verbundenes(VERBINDUNGEN[verbindung].satz, nachbar, art, PROZESSE[art].zustand(zustand).bezeichnung, titel, hinab)
            for verbindung, nachbar, art, zustand, titel in zeilen
        ]
    return gefunden


def personennamen(s: Sitzung) -> dict[str, str]:
    """Personenschlüssel -> Anzeigename. Bis zu einigen Tausend Personen; der Aufrufer merkt sich das Ergebnis."""
    # Hieß eine Stelle früher anders, gilt ihr letzter Name.
    per_link = s.alle("SELECT stelle, name FROM antwortlink WHERE eingeloest IS NOT NULL GROUP BY stelle, name ORDER BY max(id)")
    per_code = s.alle("SELECT stelle, name FROM meldecode GROUP BY stelle, name ORDER BY max(id)")
    return {"system": "System", "ohne-konto": "Stelle ohne Konto", **dict(s.alle("SELECT key, name FROM person")),
            **{f"{STELLE}{stelle}": f"{name} (ohne Konto)" for stelle, name in per_code + per_link}}
