"""Woher ein Thema hat, was in ihm liegt, und wohin etwas gegangen ist: was Zusammenführen und Teilen bewegt haben, aus den Ereignissen.

Beide Seiten behalten ihre Spur: das alte Thema zeigt, wohin, das neue, woher.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from service.anzeige import tag
from service.clock import berliner_tag
from service.db import Sitzung
from service.faltung import ZURUECKNEHMEN
from service.handelnde import Handelnde
from service.sicht import sichtbar

# Schritt an diesem Thema -> (Schritt am anderen im selben Zug, wie man es vorliest)
_UMZUEGE = {
    "zusammenfuehren": ("vereinigen", "ist aufgegangen in"),
    "vereinigen": ("zusammenfuehren", "hat aufgenommen"),
    "teilen": ("abspalten", "gab ab an"),
    "abspalten": ("teilen", "wurde abgeteilt von"),
}
_UMZUG = "umhaengen"
_ZUEGE = ("SELECT e.akt, e.ausloeser, e.zeit, i.inhalt FROM vorgang v JOIN ereignis e ON e.vorgang = v.id "
          "JOIN ereignis_inhalt i ON i.vorgang = e.vorgang AND i.nr = e.nr WHERE v.key = :key AND e.ausloeser IN "
          f"('{ZURUECKNEHMEN}', 'zusammenfuehren', 'vereinigen', 'teilen', 'abspalten') ORDER BY e.nr")


class Umzug(NamedTuple):
    """Ein Zug, der etwas zwischen zwei Themen bewegt hat. `anderes`: (Schlüssel, Titel), leer, wenn die Person es nicht sieht.

    `meldungen`: wie viele umzogen; `genannte`: die davon, die die Person sieht, als (Schlüssel, Titel); `faelle` ebenso.
    """

    am: str
    satz: str
    anderes: tuple[str, str]
    meldungen: int
    genannte: tuple[tuple[str, str], ...]
    faelle: tuple[tuple[str, str], ...]


class Fall(NamedTuple):
    """Eine Fallrekonstruktion des Themas. `auch_in`: andere Themen, die auch aus ihr kommen."""

    key: str
    titel: str
    auch_in: tuple[str, ...]


def umzuege(s: Sitzung, person: Handelnde, heute: date, key: str) -> list[Umzug]:
    """In der Reihenfolge des Geschehens, ohne das Zurückgenommene. Zwei Anfragen."""
    zuege = s.alle(_ZUEGE, {"key": key})
    weg = {json.loads(inhalt)["daten"].get("zurueckgenommen") for _, ausloeser, _, inhalt in zuege if ausloeser == ZURUECKNEHMEN}
    geltend = [(akt, ausloeser, zeit) for akt, ausloeser, zeit, _ in zuege if ausloeser in _UMZUEGE and akt not in weg]
    beteiligt = _beteiligte(s, person, heute, key, [akt for akt, *_ in geltend])
    return [_umzug(ausloeser, zeit, beteiligt.get(akt, ())) for akt, ausloeser, zeit in geltend]


def _beteiligte(s: Sitzung, person: Handelnde, heute: date, key: str, akte: Sequence[str]) -> Mapping[str, Sequence[Sequence[Any]]]:
    """Zug -> (Schritt, Art, Schlüssel, Titel, ob die Person ihn sieht) aller anderen, die er bewegt hat."""
    if not akte:
        return {}
    darf, werte = sichtbar(person, heute)
    namen = {f"akt{i}": akt for i, akt in enumerate(akte)}
    schritte = sorted({_UMZUG, *(anderer for anderer, _ in _UMZUEGE.values())})
    zeilen = s.alle(
        f"SELECT e.akt, e.ausloeser, v.art, v.key, v.titel, CASE WHEN {darf} THEN 1 ELSE 0 END FROM ereignis e JOIN vorgang v "
        f"ON v.id = e.vorgang WHERE e.akt IN ({', '.join(f':{n}' for n in namen)}) AND v.key <> :key "
        f"AND e.ausloeser IN ({', '.join(f':s{i}' for i in range(len(schritte)))}) ORDER BY e.id",
        {**werte, **namen, "key": key, **{f"s{i}": x for i, x in enumerate(schritte)}})
    gefunden: dict[str, list[Sequence[Any]]] = {}
    for akt, *rest in zeilen:
        gefunden.setdefault(akt, []).append(rest)
    return gefunden


def _umzug(ausloeser: str, zeit: str, beteiligte: Iterable[Sequence[Any]]) -> Umzug:
    anderer, satz = _UMZUEGE[ausloeser]
    alle = list(beteiligte)
    themen = [(key, titel) for schritt, _, key, titel, sieht in alle if schritt == anderer and sieht]

    def umgezogen(art: str) -> list[tuple[str, str, int]]:
        return [(key, titel, sieht) for schritt, a, key, titel, sieht in alle if schritt == _UMZUG and a == art]

    meldungen = umgezogen("meldebogen")
    return Umzug(tag(berliner_tag(datetime.fromisoformat(zeit)).isoformat()), satz, themen[0] if themen else ("", ""), len(meldungen),
                 tuple((k, t) for k, t, sieht in meldungen if sieht),
                 tuple((k, t) for k, t, sieht in umgezogen("fallrekonstruktion") if sieht))


def faelle(s: Sitzung, person: Handelnde, heute: date, key: str) -> list[Fall]:
    darf, werte = sichtbar(person, heute, alias="f", arten=("fallrekonstruktion",))
    zeilen = s.alle(
        "SELECT f.key, f.titel, o.key FROM vorgang v JOIN verbindung x ON x.nach = v.id AND x.art = 'ergibt' AND x.offen = 1 "
        "JOIN vorgang f ON f.id = x.von LEFT JOIN verbindung y ON y.von = f.id AND y.art = 'ergibt' AND y.offen = 1 AND y.nach <> v.id "
        f"LEFT JOIN vorgang o ON o.id = y.nach WHERE v.key = :key AND {darf} ORDER BY x.id, y.id", {**werte, "key": key})
    je: dict[tuple[str, str], list[str]] = {}
    for fall, titel, anderes in zeilen:
        je.setdefault((fall, titel), []).extend([anderes] if anderes else [])
    return [Fall(fall, titel, tuple(andere)) for (fall, titel), andere in je.items()]


def meldungen(s: Sitzung, person: Handelnde, heute: date, key: str, hoechstens: int = 500) -> tuple[int, list[tuple[str, str, str]]]:
    """Wie viele Meldungen zum Thema gehören, und (Schlüssel, Titel, Kommune) der sichtbaren."""
    darf, werte = sichtbar(person, heute, alias="m", arten=("meldebogen",))
    wo = "FROM vorgang v JOIN verbindung x ON x.nach = v.id AND x.art = 'im_thema' AND x.offen = 1 WHERE v.key = :key"
    zeilen = s.alle(f"SELECT m.key, m.titel, m.kommune {wo.replace('WHERE', 'JOIN vorgang m ON m.id = x.von WHERE')} AND {darf} "
                    "ORDER BY x.id LIMIT :menge", {**werte, "key": key, "menge": hoechstens})
    return int(s.wert(f"SELECT count(*) {wo}", {"key": key})), [(k, t, kommune or "") for k, t, kommune in zeilen]
