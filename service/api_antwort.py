"""Was die Schnittstelle von Vorgängen zeigt: nur Sichtbares, in der Form der Modelle."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from forms.sprache import uebersetzt
from service.apply import Ergebnis
from service.db import Sitzung
from service.faltung import ZURUECKNEHMEN, Geschehen, bezeichnung_von
from service.handelnde import Handelnde
from service.listen import Blatt, Eintrag, ganz_sichtbare, mit_namen
from service.moeglich import moegliche
from service.sicht import Ansicht, Ebene, sichtbar
from service.umfeld import Umfeld
from states.kette import PROZESSE
from states.fristen import Frist
from states.model import Prozess, Uebergang, Wer, Zustand
from states.model import Rolle as R

OHNE_FRIST = "9999-12-31"

# --- was ein Zug bewegt hat -------------------------------------------------------------------------------------------

_NACH_KEY = "SELECT v.id, v.key, v.art, v.zustand, v.version FROM vorgang v WHERE {wo} AND {darf}"


def gemerkt(ergebnis: Ergebnis) -> dict[str, Any]:
    """Der Zug als Schlüssel und Zahlen: so wird er unter dem Wiederholungsschlüssel behalten."""
    erste = ergebnis.erste.key
    letzte = {b.key: [b.key, b.art, b.nach, b.version] for b in ergebnis.bewegungen}
    return {"akt": ergebnis.akt, "vorgaenge": [letzte.pop(erste), *letzte.values()]}


_VOM_AKT = ("SELECT v.key, v.art, v.zustand, v.version FROM vorgang v JOIN ereignis e ON e.vorgang = v.id AND e.nr = v.version "
            "WHERE v.id IN (SELECT f.vorgang FROM ereignis f WHERE f.akt = :akt) ORDER BY v.id")
_LETZTER_AKT = "SELECT e.akt FROM vorgang v JOIN ereignis e ON e.vorgang = v.id AND e.nr = v.version WHERE v.key = :key"


def gemerkte_ruecknahme(s: Sitzung, key: str, zurueckgenommen: str) -> dict[str, Any]:
    """Die Rücknahme ist selbst ein Zug; ihr Akt steht am letzten Ereignis."""
    zeilen = {z[0]: list(z) for z in s.alle(_VOM_AKT, {"akt": zurueckgenommen})}
    return {"akt": s.wert(_LETZTER_AKT, {"key": key}), "vorgaenge": [zeilen.pop(key), *zeilen.values()]}


def getan(s: Sitzung, person: Handelnde, heute: date, zug: Mapping[str, Any]) -> dict[str, Any]:
    """Der gemerkte Zug ohne die Vorgänge, die die Person nicht sieht."""
    gesehen = _sichtbare(s, person, heute, [v[0] for v in zug["vorgaenge"]])
    namen = ("key", "art", "zustand", "version")
    return {"akt": zug["akt"], "vorgaenge": [dict(zip(namen, v, strict=True)) for v in zug["vorgaenge"] if v[0] in gesehen]}


def _sichtbare(s: Sitzung, person: Handelnde, heute: date, keys: Sequence[str], ab: Ebene = Ebene.TITEL) -> set[str]:
    darf, werte = sichtbar(person, heute, ab=ab)
    if s.postgres:
        wo, wert = "v.key = ANY(string_to_array(:keys, chr(10)))", "\n".join(keys)
    else:
        wo, wert = "v.key IN (SELECT value FROM json_each(:keys))", json.dumps(keys)
    return {z[0] for z in s.alle(f"SELECT v.key FROM vorgang v WHERE {wo} AND {darf}", {**werte, "keys": wert})}


_SCHLUESSEL = re.compile(r"[A-Za-z]{1,8}-[0-9][0-9-]*")  # eines Vorgangs; dass die Person ihn sieht, ist da schon geprüft
_FELD = re.compile(r"[a-z_-]+")
_KUERZESTE = 4


def ohne_gesendetes(gruende: Iterable[str], anfrage: Any, umfeld: Umfeld) -> list[str]:
    """Ein Wächter nennt, woran es liegt; was das Profil nicht kennt und aus der Anfrage stammt, bleibt ungenannt."""
    fremd = {t for t in _texte(anfrage) if len(t) >= _KUERZESTE and not _SCHLUESSEL.fullmatch(t) and umfeld.profil.institution(t) is None}
    muster = "|".join(re.escape(t) for t in sorted(fremd, key=len, reverse=True))
    return [re.sub(muster, "…", uebersetzt(grund)) if muster else grund for grund in gruende]


def _texte(wert: Any) -> Iterator[str]:
    if isinstance(wert, str):
        yield wert.strip()
    elif isinstance(wert, Mapping):
        yield from (name for name in wert if _FELD.fullmatch(name) is None)
        for innen in wert.values():
            yield from _texte(innen)
    elif isinstance(wert, (list, tuple)):
        for innen in wert:
            yield from _texte(innen)


# --- Listen -----------------------------------------------------------------------------------------------------------


def liste(s: Sitzung, person: Handelnde, heute: date, blatt: Blatt) -> dict[str, Any]:
    """Stelle und Frist stehen nur an Vorgängen, die die Person ganz sieht; wer zuständig ist, liest sie nur im Haus."""
    ganz = ganz_sichtbare(s, person, heute, blatt)
    namen = mit_namen(s, person, heute, blatt, ganz)
    return {"vorgaenge": [_zeile(e, e.id in ganz, e.id in namen) for e in blatt.zeilen], "weiter": blatt.weiter or None}


def _zeile(e: Eintrag, ganz: bool, mit_name: bool) -> dict[str, Any]:
    return {
        "key": e.key, "art": e.art, "zustand": e.zustand, "titel": e.titel, "kommune": e.kommune, "bereich": e.bereich,
        "institution": e.institution if ganz else None, "zustaendig": e.zustaendig if mit_name else None,
        "faellig": e.faellig if ganz and e.faellig != OHNE_FRIST else None, "eroeffnet": e.eroeffnet, "geaendert": e.geaendert,
        "version": e.version,
    }


# --- ein Vorgang ------------------------------------------------------------------------------------------------------


def vorgang(s: Sitzung, person: Handelnde, ansicht: Ansicht, jetzt: datetime) -> dict[str, Any]:
    prozess = PROZESSE[ansicht.art]
    zustand = prozess.zustand(ansicht.zustand) if ansicht.zustand else None
    schritte = moegliche(s, person, ansicht.key, jetzt)
    return {
        "key": ansicht.key, "art": ansicht.art, "bezeichnung": prozess.bezeichnung, "ebene": ansicht.ebene.value,
        "version": ansicht.version,
        "zustand": zustand.wert if zustand else None, "zustand_bezeichnung": zustand.bezeichnung if zustand else None,
        "marken": [{"name": m.name, "bezeichnung": m.bezeichnung, "bis": ansicht.marken[m.name] or None}
                   for m in prozess.marken if m.name in ansicht.marken],
        "felder": ansicht.felder,
        "schritte": [_schritt(prozess, m.uebergang, m.grund) for m in schritte],
    }


def _schritt(prozess: Prozess, u: Uebergang, grund: str) -> dict[str, Any]:
    return {"ausloeser": u.ausloeser, "bezeichnung": u.bezeichnung, "formular": u.formular or None, "grund_noetig": u.grund_noetig,
            "geht_hinaus": prozess.geht_hinaus(u), "grund": uebersetzt(grund)}


_EREIGNISSE = ("SELECT e.nr, e.akt, e.ausloeser, e.von, e.nach, e.person, e.zeit, coalesce(i.inhalt, '{}'), e.rolle FROM vorgang v "
               "JOIN ereignis e ON e.vorgang = v.id LEFT JOIN ereignis_inhalt i ON i.vorgang = e.vorgang AND i.nr = e.nr "
               "WHERE v.key = :key ORDER BY e.nr")


def verlauf(s: Sitzung, person: Handelnde, ansicht: Ansicht) -> dict[str, Any]:
    """Wer und warum wie auf der Seite (service/einsicht.py); wer es war, sieht auch die Revision; unterhalb des Titels kein Zustand."""
    if ansicht.ebene is Ebene.ZAHL and not person.hat(R.REVISION):
        return {"key": ansicht.key, "ereignisse": []}
    zeilen = [(Geschehen(*z[:8]), str(z[8])) for z in s.alle(_EREIGNISSE, {"key": ansicht.key})]
    inhalte = {e.nr: json.loads(e.inhalt) for e, _ in zeilen}
    weg = {(inhalte[e.nr].get("daten") or {}).get("zurueckgenommen") for e, _ in zeilen if e.ausloeser == ZURUECKNEHMEN}
    voll, einsicht, revision = ansicht.ebene is Ebene.VOLL, ansicht.einsicht, person.hat(R.REVISION)
    offen = ansicht.ebene not in (Ebene.PROTOKOLL, Ebene.ZAHL)
    return {"key": ansicht.key, "ereignisse": [{
        "nr": e.nr, "zeit": e.zeit, "akt": e.akt, "ausloeser": e.ausloeser, "bezeichnung": bezeichnung_von(ansicht.art, e.ausloeser),
        "von": (e.von or None) if offen else None, "nach": e.nach if offen else None, "rolle": rolle,
        "person": e.person if revision or (voll and einsicht.nennt(e.person)) else None,
        "grund": str(inhalte[e.nr].get("grund") or "") if voll and einsicht.begruendet(ansicht.art, e) else None,
        "zurueckgenommen": e.akt in weg,
    } for e, rolle in zeilen]}


# --- die Tabellen -----------------------------------------------------------------------------------------------------


def prozess_kurz(p: Prozess) -> dict[str, Any]:
    return {"art": p.art, "bezeichnung": p.bezeichnung, "kuerzel": p.kuerzel, "version": p.version}


def prozess(p: Prozess) -> dict[str, Any]:
    return {
        **prozess_kurz(p), "zustaende": [_zustand(z) for z in p.zustaende], "uebergaenge": [_uebergang(p, u) for u in p.uebergaenge],
        "marken": [{"name": m.name, "bezeichnung": m.bezeichnung, "erklaerung": m.erklaerung} for m in p.marken],
        "fristen": [_frist(f) for f in p.fristen],
    }


def _zustand(z: Zustand) -> dict[str, Any]:
    return {"wert": z.wert, "bezeichnung": z.bezeichnung, "erklaerung": z.erklaerung,
            "zustaendig": z.zustaendig.value if z.zustaendig else None, "ende": z.ende}


def _uebergang(prozess: Prozess, u: Uebergang) -> dict[str, Any]:
    return {
        "ausloeser": u.ausloeser, "bezeichnung": u.bezeichnung, "von": list(u.von), "nach": u.nach, "wer": _wer(u.wer),
        "formular": u.formular or None, "waechter": [w.name for w in u.waechter], "grund_noetig": u.grund_noetig, "setzt": u.setzt or None,
        "loescht": list(u.loescht), "geht_hinaus": prozess.geht_hinaus(u), "quelle": u.quelle,
    }


def _wer(wer: Iterable[Wer]) -> list[dict[str, str]]:
    return [{"rolle": w.rolle.value, "bezug": w.bezug.value} for w in wer]


def _frist(f: Frist) -> dict[str, Any]:
    return {"name": f.name, "bezeichnung": f.bezeichnung, "dauer": f.dauer, "rueckwaerts": f.rueckwaerts, "ruht_bei": f.ruht_bei or None,
            "stufen": [{"wann": st.wann, "an": list(st.an), "feuert": st.feuert or None} for st in f.stufen]}
