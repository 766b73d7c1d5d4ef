"""Das Halbjahr der Lenkungsgruppe: geplante Sitzungen, vorgeschlagene, was auf die Tagesordnung kann, und alles auf einer Zeitleiste."""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from service.db import Sitzung
from service.handelnde import Handelnde
from service.lenkung import Termin
from service.listen import SELECT, Eintrag
from service.sicht import sichtbar
from service.umfeld import Umfeld
from service.vorlaeufe import Etappe
from states.aussage import Aussage

_VORAUS = 12  # Monate, für die Termine vorgeschlagen werden
_HOECHSTENS = 100


# --- was auf die Tagesordnung kann ------------------------------------------------------------------------------------


class Reifes(NamedTuple):
    """`key`: woran der Schritt „Vorlegen“ geschieht; bei einem Zielsystem ist das seine Arbeitsgruppe."""

    key: str
    titel: str
    was: str
    von: str


def reife(s: Sitzung, person: Handelnde, heute: date) -> list[Reifes]:
    """Geclusterte Themen und abgestimmte Zielsysteme, die älteste Frist zuerst."""
    darf, werte = sichtbar(person, heute, arten=("generatives_thema",))
    themen = [Eintrag._make(z) for z in s.alle(f"{SELECT} WHERE v.art = 'generatives_thema' AND v.zustand = 'geclustert' AND {darf} "
                                               f"ORDER BY v.faellig, v.id LIMIT {_HOECHSTENS}", werte)]
    darf, werte = sichtbar(person, heute, arten=("zielsystem",))
    fertige = s.alle("SELECT g.key, v.titel, v.key, g.titel FROM vorgang v JOIN vorgang g ON g.id = v.eltern WHERE v.art = 'zielsystem' "
                     f"AND v.zustand = 'abgestimmt' AND g.zustand = 'abgestimmt' AND {darf} ORDER BY v.faellig, v.id LIMIT {_HOECHSTENS}",
                     werte)
    return [*(Reifes(e.key, e.titel, "Thema", e.key) for e in themen),
            *(Reifes(gruppe, titel, "Zielsystem", f"{key}, {name or gruppe}") for gruppe, titel, key, name in fertige)]


# --- vorgeschlagene Termine -------------------------------------------------------------------------------------------


def vorschlaege(umfeld: Umfeld, termine: Sequence[Termin], heute: date) -> list[date]:
    """Monate des Rhythmus, in denen noch keine Sitzung steht: je ein Werktag in der Monatsmitte."""
    monate = umfeld.profil.sitzungsrhythmus.monate or tuple(range(12 // umfeld.profil.sitzungsrhythmus.je_jahr, 13,
                                                                  12 // umfeld.profil.sitzungsrhythmus.je_jahr))
    belegt = {(t.datum.year, t.datum.month) for t in termine}
    gefunden = []
    for n in range(1, _VORAUS + 1):
        jahr, monat = divmod(heute.year * 12 + heute.month - 1 + n, 12)
        if monat + 1 in monate and (jahr, monat + 1) not in belegt:
            gefunden.append(_mitte(umfeld, date(jahr, monat + 1, 15)))
    return gefunden


def _mitte(umfeld: Umfeld, tag: date) -> date:
    """Ein Mittwoch, sonst der nächste Werktag."""
    tag += timedelta(days=(2 - tag.weekday()) % 7)
    while not umfeld.kalender.ist_werktag(tag):
        tag += timedelta(days=1)
    return tag


# --- die Zeitleiste ---------------------------------------------------------------------------------------------------

_LINKS, _RECHTS, _ZEILE, _KOPF = 150, 30, 64, 56
BREITE = 1000


class Reihe(NamedTuple):
    """`key` ist leer bei einem vorgeschlagenen Termin. `stand`: der Zustand in Worten."""

    key: str
    titel: str
    stand: str
    datum: date
    etappen: tuple[Etappe, ...]


class Marke(NamedTuple):
    x: float
    y: float
    klasse: str
    titel: str
    nr: int


class Zeile(NamedTuple):
    y: float
    stand: str
    neben: str
    von: float
    bis: float
    termin: float
    marken: tuple[Marke, ...]


class Bild(NamedTuple):
    """Alle Maße der Zeichnung; die Vorlage setzt nur ein."""

    hoehe: int
    heute: float
    monate: tuple[tuple[float, str], ...]
    zeilen: tuple[Zeile, ...]
    legende: tuple[tuple[int, str], ...]


_MONATE = ("Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez")


def bild(reihen: Sequence[Reihe], heute: date) -> Bild | None:
    if not reihen:
        return None
    tage = [heute, *(e.bis for r in reihen for e in r.etappen), *(r.datum for r in reihen)]
    anfang, ende = min(tage) - timedelta(days=7), max(tage) + timedelta(days=7)
    je_tag = (BREITE - _LINKS - _RECHTS) / (ende - anfang).days

    def x(tag: date) -> float:
        return round(_LINKS + (tag - anfang).days * je_tag, 1)

    nummern = {name: nr for nr, name in enumerate(dict.fromkeys(e.name for r in reihen for e in r.etappen), 1)}
    zeilen = tuple(_zeile(r, _KOPF + i * _ZEILE + _ZEILE / 2, x, nummern) for i, r in enumerate(reihen))
    legende = tuple((nummern[e.name], e.titel) for e in reihen[0].etappen)
    eng = (ende - anfang).days > 400  # dann trägt nur jedes Vierteljahr seinen Namen
    monate = tuple((x(m), "" if eng and m.month % 3 != 1 else _monat(m)) for m in _monatsanfaenge(anfang, ende))
    return Bild(_KOPF + len(reihen) * _ZEILE + 10, x(heute), monate, zeilen, legende)


def _zeile(r: Reihe, y: float, x: Callable[[date], float], nummern: dict[str, int]) -> Zeile:
    marken = tuple(Marke(x(e.bis), y, _klasse(e), Aussage("{etappe}: {tag}", etappe=e.titel, tag=f"{e.bis:%d.%m.%Y}"), nummern[e.name])
                   for e in r.etappen)
    return Zeile(y, r.stand, f"{r.datum:%d.%m.%Y}", min(m.x for m in marken), max(m.x for m in marken), x(r.datum), marken)


def _klasse(e: Etappe) -> str:
    return "getan" if e.getan else "spaet" if e.versaeumt else "offen"


def _monat(tag: date) -> str:
    return Aussage("{monat} {jahr}", monat=_MONATE[tag.month - 1], jahr=tag.year) if tag.month in (1, 7) else _MONATE[tag.month - 1]


def _monatsanfaenge(von: date, bis: date) -> list[date]:
    erster, gefunden = date(von.year, von.month, 1), []
    while erster <= bis:
        if erster >= von:
            gefunden.append(erster)
        erster = date(erster.year + erster.month // 12, erster.month % 12 + 1, 1)
    return gefunden
