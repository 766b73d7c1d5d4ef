"""Bei wem ein Vorgang gerade liegt, in Worten: bei denen, die ihn weiterführen können, oder bei denen, auf die sie dabei warten.

Gewartet wird auf eine Erwartung (states/erwartungen.py), solange der nächste Schritt an einer Bedingung scheitert, gleich was jemand
antwortet.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from datetime import date
from functools import cache

from service.db import Sitzung, kennungen
from service.handelnde import Handelnde
from service.laden import Akte, Netz, erreichbar, ids_von_keys, lade
from service.moeglich import hindert
from service.prozessbild import ROLLEN
from service.sicht import Ebene, sichtbar
from states.aussage import Aussage, oder
from states.erwartungen import ERWARTUNGEN, Erwartung
from states.kette import PROZESSE
from states.model import Rolle, Weg
from states.stationen import WORAUF, liegt_bei, voran

_GENANNT = 4  # so viele stehen mit Namen da; wer noch fehlt, sagt die Seite des Vorgangs


def wo_es_gerade_liegt(s: Sitzung, person: Handelnde, key: str, heute: date) -> str:
    gefunden, netz = ids_von_keys(s, [key]), Netz()
    lade(s, [kennung for kennung, _ in gefunden.values()], netz)
    akte = netz.bei_key(key)
    if akte is None:
        return ""
    schuld = offene_schuld(s, person, [akte], heute).get(akte.id, "")
    return in_worten(gefragte(akte.art, akte.marken)) or schuld or wo_es_liegt(akte.art, akte.zustand)


def gefragte(art: str, marken: Container[str]) -> tuple[Rolle, ...]:
    """Auf wen gewartet wird, solange eine Marke es sagt."""
    return tuple(dict.fromkeys(w.rolle for e in ERWARTUNGEN if e.marke in marken and e.art == art for w in e.wer))


@cache
def wo_es_liegt(art: str, zustand: str) -> str:
    """Wer oder was weiterführt."""
    return WORAUF.get((art, zustand)) or in_worten(liegt_bei(art, zustand))


def in_worten(rollen: Iterable[Rolle]) -> str:
    return oder(ROLLEN[r] for r in rollen)


# --- wer etwas schuldet, worauf der nächste Schritt wartet ------------------------------------------------------------


def offene_schuld(s: Sitzung, person: Handelnde, akten: Collection[Akte], heute: date) -> dict[int, str]:
    """Vorgang -> „Jobcenter; BAMF (Stimme abgeben)“, wo der nächste Schritt noch auf andere wartet.

    Namen stehen nur da, wenn die Person die Vorgänge, aus denen sie kommen, ganz sieht; sonst die Rollen.
    """
    gemeinte = {a.id: a for a in akten if _erwartete(a.art, a.zustand)}
    if not gemeinte:
        return {}
    netz = Netz()
    lade(s, erreichbar(s, {k: _wege(a.art, a.zustand) for k, a in gemeinte.items()}, netz), netz)
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL)
    ganz = {k for (k,) in s.alle(f"SELECT v.id FROM vorgang v {s.nur_kennungen} WHERE {s.in_kennungen('v.id')} AND {darf}",
                                 {**werte, "ids": kennungen(netz.akten)})}
    return {k: schuld for k in gemeinte if (schuld := _schuld(netz, netz.akten[k], heute, ganz))}


@cache
def _erwartete(art: str, zustand: str) -> tuple[Erwartung, ...]:
    """Was den Zustand nicht ändert und anderen obliegt: Stimmen, Beiträge, Zustimmungen. Was eine Marke verlangt, sagt die Marke."""
    p = PROZESSE[art]
    return tuple(e for e in ERWARTUNGEN if e.art == art and zustand in e.zustaende and not e.marke
                 and all(u.nach is None for u in p.kandidaten(e.ausloeser, zustand)))


@cache
def _wege(art: str, zustand: str) -> tuple[Weg, ...]:
    schritte = [u for name in _naechste(art, zustand) for u in PROZESSE[art].kandidaten(name, zustand)]
    return tuple(dict.fromkeys(w for u in schritte for w in u.braucht))


@cache
def _naechste(art: str, zustand: str) -> tuple[str, ...]:
    """Die Auslöser, die den nächsten Zustand herbeiführen."""
    schritte = voran(art, zustand)
    return tuple(dict.fromkeys(u.ausloeser for u in schritte if u.nach == schritte[0].nach))


def _schuld(netz: Netz, akte: Akte, heute: date, ganz: Container[int]) -> str:
    p, wege = PROZESSE[akte.art], _wege(akte.art, akte.zustand)
    if not all(hindert(akte, netz, p.kandidaten(name, akte.zustand), heute) for name in _naechste(akte.art, akte.zustand)):
        return ""
    bekannt = all(k in ganz for k in (akte.id, *(n.id for w in wege for n in netz.entlang(akte.id, w))))
    for e in _erwartete(akte.art, akte.zustand):
        namen = e.schuldner(akte.stand, [n.stand for w in wege for n in netz.entlang(akte.id, w)])
        if namen or not (e.einzeln or e.getan(akte.stand, frozenset())):
            wer = _aufgezaehlt(namen) if bekannt and namen else in_worten(w.rolle for w in e.wer)
            return Aussage("{wer} ({schritt})", wer=wer, schritt=p.bezeichnung_von(e.ausloeser))
    return ""


def _aufgezaehlt(namen: Sequence[str]) -> str:
    genannt, weitere = "; ".join(namen[:_GENANNT]), len(namen) - _GENANNT
    if weitere == 1:
        return "; ".join(namen)
    return Aussage("{genannt} und {weitere} weitere", genannt=genannt, weitere=weitere) if weitere > 0 else genannt
