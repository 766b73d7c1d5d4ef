"""Die Kette: alle Prozesse und was der Schritt eines Vorgangs bei anderen auslöst.

Ein neuer Schritt des Kreislaufs ist eine Datei `states/<schritt>.py` und eine Zeile hier.
"""

from __future__ import annotations

from functools import cache

from states import (
    arbeitsgruppe, beschluss, einzelfalluebergabe, fallrekonstruktion, generatives_thema, massnahme, meldebogen, monitoring, nebenakten,
    sammlung, sitzung, zielsystem,
)
from states.glieder import Bewegt, Folge, Kettenglied, Neu
from states.model import Definitionsfehler, Prozess, Uebergang, Weg
from states.verbindungen import VERBINDUNGEN

_MODULE = (
    (meldebogen.MELDEBOGEN, meldebogen.FOLGEN),
    (sammlung.SAMMLUNG, sammlung.FOLGEN),
    (einzelfalluebergabe.EINZELFALLUEBERGABE, einzelfalluebergabe.FOLGEN),
    (fallrekonstruktion.FALLREKONSTRUKTION, fallrekonstruktion.FOLGEN),
    (generatives_thema.GENERATIVES_THEMA, generatives_thema.FOLGEN),
    (sitzung.SITZUNG, sitzung.FOLGEN),
    (beschluss.BESCHLUSS, beschluss.FOLGEN),
    (arbeitsgruppe.ARBEITSGRUPPE, arbeitsgruppe.FOLGEN),
    (zielsystem.ZIELSYSTEM, zielsystem.FOLGEN),
    (massnahme.MASSNAHME, massnahme.FOLGEN),
    (monitoring.MONITORING, monitoring.FOLGEN),
    (nebenakten.AUSWAHLRUNDE, nebenakten.FOLGEN_AUSWAHLRUNDE),
    (nebenakten.LAGE, nebenakten.FOLGEN_LAGE),
    (nebenakten.BERICHT, nebenakten.FOLGEN_BERICHT),
    (nebenakten.ANFRAGE, ()),
    (nebenakten.KOOPERATIONSVEREINBARUNG, ()),
)

PROZESSE: dict[str, Prozess] = {prozess.art: prozess for prozess, _ in _MODULE}
GLIEDER: tuple[Kettenglied, ...] = tuple(glied for _, folgen in _MODULE for glied in folgen)


@cache
def glieder(art: str, ausloeser: str) -> tuple[Kettenglied, ...]:
    """Die Kettenglieder, die ein Schritt anstößt, in der Reihenfolge der Tabelle."""
    return tuple(g for g in GLIEDER if g.art == art and ausloeser in g.bei)


@cache
def angekuendigt(art: str, ausloeser: str) -> tuple[str, ...]:
    """Felder, in denen eine Antwort nennen kann, was erst ein späterer Schritt bewegt (Umlauf)."""
    sofort = {g.feld for g in glieder(art, ausloeser) if isinstance(g, Bewegt)}
    return tuple(dict.fromkeys(g.feld for g in GLIEDER if isinstance(g, Bewegt) and g.art == art and g.feld not in sofort))


@cache
def reichweite(art: str, ausloeser: str) -> tuple[Weg, ...]:
    """Alle Wege, über die ein Schritt etwas ansieht oder bewegt; so weit wird vorher gesperrt.

    Folgt den Gliedern, so weit sie reichen; ein Glied, das schon auf dem Weg lag, wird nicht noch einmal verfolgt.
    """
    return tuple(dict.fromkeys(_wege(art, ausloeser, frozenset())))


def _wege(art: str, ausloeser: str, gesehen: frozenset[tuple[str, str]]) -> list[Weg]:
    if (art, ausloeser) in gesehen:
        return []
    gesehen |= {(art, ausloeser)}
    wege: list[Weg] = [w for u in PROZESSE[art].uebergaenge if u.ausloeser == ausloeser for w in _wege_des_uebergangs(u)]
    for glied in glieder(art, ausloeser):
        if isinstance(glied, Folge):
            wege.append(glied.weg)
            wege += [glied.weg + w for w in glied.braucht]
            ziel = zielart(art, glied.weg)
            for naechster in glied.feuert:
                wege += [glied.weg + w for z in ziel if z in PROZESSE for w in _wege(z, naechster, gesehen)]
        elif isinstance(glied, Neu):
            wege += list(glied.braucht)
    return wege


def _wege_des_uebergangs(u: Uebergang) -> list[Weg]:
    return [*u.braucht, *((v.hop,) for v in u.verbindet if v.loest or v.statt)]


def zielart(art: str, weg: Weg) -> tuple[str, ...]:
    """Welche Arten am Ende eines Weges stehen können."""
    arten: tuple[str, ...] = (art,)
    for hop in weg:
        v = VERBINDUNGEN[hop.art]
        arten = v.nach if hop.richtung == "hin" else v.von
    return arten


def _pruefe_glieder() -> None:
    for glied in GLIEDER:
        if glied.art not in PROZESSE:
            raise Definitionsfehler(f"Kette: unbekannte Art {glied.art}")
        for ausloeser in glied.bei:
            if ausloeser not in PROZESSE[glied.art].ausloeser:
                raise Definitionsfehler(f"Kette: {glied.art} kennt {ausloeser} nicht")
        if isinstance(glied, Folge):
            for ziel in zielart(glied.art, glied.weg):
                for naechster in glied.feuert:
                    if ziel in PROZESSE and naechster not in PROZESSE[ziel].ausloeser:
                        raise Definitionsfehler(f"Kette: {ziel} kennt {naechster} nicht (nach {glied.art}.{glied.bei})")
        if isinstance(glied, Bewegt) and glied.ausgeblieben not in ("", *PROZESSE[glied.art].ausloeser):
            raise Definitionsfehler(f"Kette: {glied.art} kennt {glied.ausgeblieben} nicht")
        if isinstance(glied, Neu) and glied.ausloeser not in PROZESSE[glied.entsteht].ausloeser:
            raise Definitionsfehler(f"Kette: {glied.entsteht} kennt {glied.ausloeser} nicht")


def _pruefe_verbindungen() -> None:
    for p in PROZESSE.values():
        for u in p.uebergaenge:
            for hop in (h for weg in (*u.braucht, *((v.hop,) for v in u.verbindet)) for h in weg):
                if hop.art not in VERBINDUNGEN:
                    raise Definitionsfehler(f"{p.art}.{u.ausloeser}: unbekannte Verbindung {hop.art}")


_pruefe_glieder()
_pruefe_verbindungen()

__all__ = ["GLIEDER", "PROZESSE", "Bewegt", "angekuendigt", "glieder", "reichweite", "zielart"]
