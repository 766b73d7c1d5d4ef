"""Die Geschichte eines Vorgangs in Sätzen: wer was mit welchen Angaben tat, und was einen Schritt ausgelöst hat, den niemand anklickt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from service import anzeige
from service.db import Sitzung
from service.faltung import Geschehen, bezeichnung_von
from service.handelnde import Handelnde
from service.sicht import Ansicht, Ebene, sichtbar
from states import saetze
from states.aussage import Aussage
from states.kette import PROZESSE
from states.model import Rolle
from states.personenangaben import nur_eigene

_FOLGT = (Rolle.KETTE.value, Rolle.BESCHLUSS.value)
_SCHLUESSEL = re.compile(r"[A-ZÄÖÜ]{1,6}(?:-[A-Z0-9]{1,8}){1,4}")
_ZUGLEICH = 400  # so viele auslösende Schritte anderer Vorgänge werden gelesen; mehr hat keine Seite
_VERLAUF = ("SELECT e.nr, e.akt, e.ausloeser, e.von, e.nach, e.person, e.zeit, i.inhalt, e.rolle FROM vorgang v "
            "JOIN ereignis e ON e.vorgang = v.id JOIN ereignis_inhalt i ON i.vorgang = e.vorgang AND i.nr = e.nr WHERE v.key = :key "
            "ORDER BY e.nr")


class Satz(NamedTuple):
    """`wodurch`: der Satz, der sagt, was den Schritt ausgelöst hat; `ausgeloest_von`: der Vorgang dazu. Beides leer, wenn es jemand tat."""

    text: str
    wodurch: str = ""
    ausgeloest_von: str = ""


def saetze_von(s: Sitzung, person: Handelnde, ansicht: Ansicht, namen: Mapping[str, str], heute: date) -> dict[int, Satz]:
    """nr -> Satz. Angaben und Namen stehen nur darin, wenn die Person den Vorgang ganz sieht; andere Vorgänge nur, wenn sie sie sieht."""
    zeilen = [(Geschehen(*z[:8]), str(z[8])) for z in s.alle(_VERLAUF, {"key": ansicht.key})]
    ganz, art = ansicht.ebene is Ebene.VOLL, ansicht.art
    daten = {e.nr: _genannte_angaben(art, e) if ganz else {} for e, _ in zeilen}
    if not ansicht.einsicht.koordination:
        daten = {nr: nur_eigene(art, angaben, person.key) for nr, angaben in daten.items()}
    namen = {**namen, **anzeige.eigene_namen(ansicht.felder)}
    titel = titel_zu(s, person, heute, (w for angaben in daten.values() for w in _einzelne(angaben)))
    namen |= {key: f"„{t}“ ({key})" for key, t in titel.items()}
    ausgeloest = _ausloesende(s, person, heute, ansicht.key, [e.akt for e, rolle in zeilen if rolle in _FOLGT], namen if ganz else {})
    gefunden = {}
    for e, rolle in zeilen:
        wer = ansicht.einsicht.wer(e, rolle, namen) if ganz else ""
        worte = {a: w for a, roh in daten[e.nr].items() if (w := _in_worten(art, a, roh, namen))}
        text = saetze.satz(art, e.ausloeser, wer_im_satz(wer, rolle), worte)
        gefunden[e.nr] = Satz(text, *ausgeloest.get(e.akt, _UNBEKANNT)) if rolle in _FOLGT else Satz(text)
    return gefunden


def wer_im_satz(wer: str, rolle: str) -> str:
    """Wer im Satz steht, auch wo die Person nicht lesen darf, wer es war; was von selbst mitging, tat das System."""
    von_selbst = {Rolle.SYSTEM.value: "Das System", Rolle.KETTE.value: "Das System", Rolle.BESCHLUSS.value: "Die Lenkungsgruppe"}
    return "Das System" if wer == "System" else wer or von_selbst.get(rolle, "Eine berechtigte Person")


_AUSGELOEST = {
    (True, True): "Ausgelöst durch {art} {key} „{titel}“: {schritt}; Stand dort: {stand}.",
    (True, False): "Ausgelöst durch {art} {key} „{titel}“: {schritt}.",
    (False, True): "Ausgelöst durch {art} {key}: {schritt}; Stand dort: {stand}.",
    (False, False): "Ausgelöst durch {art} {key}: {schritt}.",
}
_UNBEKANNT = ("Das folgt aus einem Schritt an einem anderen Vorgang.", "")


def _genannte_angaben(art: str, e: Geschehen) -> dict[str, Any]:
    daten = json.loads(e.inhalt).get("daten") or {}
    return {name: daten[name] for name in saetze.genannte(art, e.ausloeser) if name in daten}


def _einzelne(angaben: Mapping[str, Any]) -> Iterable[Any]:
    for wert in angaben.values():
        yield from wert if isinstance(wert, list) else (wert,)


def titel_zu(s: Sitzung, person: Handelnde, heute: date, angaben: Iterable[Any]) -> dict[str, str]:
    """Schlüssel -> Titel der Vorgänge, die unter den Angaben genannt sind, soweit die Person sie sieht."""
    if not (gesucht := sorted({w for w in angaben if isinstance(w, str) and _SCHLUESSEL.fullmatch(w)})):
        return {}
    darf, werte = sichtbar(person, heute)
    namen = {f"k{n}": key for n, key in enumerate(gesucht[:500])}
    zeilen = s.alle(f"SELECT v.key, v.titel FROM vorgang v WHERE v.key IN ({', '.join(f':{n}' for n in namen)}) AND {darf}",
                    {**werte, **namen})
    return {key: titel for key, titel in zeilen if titel}


def _ausloesende(s: Sitzung, person: Handelnde, heute: date, key: str, akte: Sequence[str], namen: Mapping[str, str]
                 ) -> dict[str, tuple[str, str]]:
    """Akt -> (Satz, Schlüssel): der Schritt eines anderen Vorgangs, mit dem zusammen der eigene geschah."""
    if not akte:
        return {}
    darf, werte = sichtbar(person, heute)
    namen_der_akte = {f"a{n}": akt for n, akt in enumerate(dict.fromkeys(akte[-_ZUGLEICH:]))}
    zeilen = s.alle(
        f"SELECT e.akt, v.key, v.art, v.titel, e.ausloeser, e.nach, e.von FROM ereignis e JOIN vorgang v ON v.id = e.vorgang "
        f"WHERE e.akt IN ({', '.join(f':{n}' for n in namen_der_akte)}) AND e.rolle NOT IN ('kette', 'beschluss') AND v.key <> :key "
        f"AND {darf} ORDER BY e.id LIMIT {_ZUGLEICH}", {**werte, **namen_der_akte, "key": key})
    gefunden: dict[str, tuple[str, str]] = {}
    for akt, anderer, art, titel, ausloeser, nach, von in zeilen:
        p = PROZESSE[art]
        if ausloeser in p.stille:  # ging nur mit; der Schritt selbst steht dahinter
            continue
        werte = {"art": p.bezeichnung, "key": anderer, "titel": titel, "schritt": bezeichnung_von(art, ausloeser),
                 "stand": p.zustand(nach).bezeichnung if nach != von else ""}
        vorlage = _AUSGELOEST[bool(titel), bool(werte["stand"])]
        gefunden.setdefault(akt, (Aussage(vorlage, **werte), anderer))
    return gefunden


def _in_worten(art: str, name: str, wert: Any, namen: Mapping[str, str]) -> str:
    """Eine Angabe im Satz; von Einträgen mit mehreren Angaben nur, wen sie meinen."""
    if isinstance(wert, list):
        return ", ".join(t for w in wert if (t := _in_worten(art, name, w, namen)))
    if isinstance(wert, Mapping):
        return _in_worten(art, "institution", wert.get("institution"), namen)
    return anzeige.wert(art, name, wert, namen).rstrip(".")
