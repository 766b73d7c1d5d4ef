"""Was eine Person mit einem Vorgang jetzt tun kann, und warum etwas gerade nicht geht: dieselben Tore wie in `apply`."""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import partial

from service import access
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.angebote import anfangszustaende, gelingt
from service.laden import Akte, Netz, erreichbar, ids_von_keys, lade
from states import engine
from states.engine import OFFEN, AntwortNoetig
from states.kette import PROZESSE, zielart
from states.model import Bezug, Fakten, Hop, Nachbar, Uebergang, Weg


class Moeglichkeit(NamedTuple):
    """Ein Schritt aus diesem Zustand. `grund`: warum er jetzt nicht geht, was immer jemand antwortet; ganz prüft erst das Absenden."""

    uebergang: Uebergang
    grund: str = ""


def moegliche(s: Sitzung, person: Handelnde, key: str, jetzt: datetime) -> list[Moeglichkeit]:
    """Alle Schritte, die die Person hier tun darf, je Auslöser einer, wie in der Tabelle geordnet; was von selbst mitgeht, zuletzt."""
    gefunden = ids_von_keys(s, [key])
    if key not in gefunden:
        raise NichtGefunden(key)
    kennung, art = gefunden[key]
    prozess, netz = PROZESSE[art], Netz()
    wege = tuple(dict.fromkeys(w for u in prozess.uebergaenge for w in u.braucht))
    lade(s, erreichbar(s, {kennung: wege}, netz), netz)
    akte = netz.akten[kennung]
    lade(s, [akte.eltern] if akte.eltern else [], netz)
    eltern = netz.akten[akte.eltern].beteiligte if akte.eltern else set()
    je_ausloeser: dict[str, list[Uebergang]] = {}
    for u in prozess.uebergaenge:
        vorab = prozess.vorab_von(u.ausloeser)
        zustaende = {akte.zustand, *(v.nach for v in prozess.kandidaten(vorab, akte.zustand) if v.nach)} if vorab else {akte.zustand}
        if zustaende & set(u.von) and not u.folgt and access.darf(person, akte, u, eltern) is not None:
            je_ausloeser.setdefault(u.ausloeser, []).append(u)
    geordnet = sorted(je_ausloeser.values(), key=lambda us: us[0].ausloeser in prozess.stille)
    heute = berliner_tag(jetzt)
    return [Moeglichkeit(us[0], hindert(akte, netz, us, heute, person, eltern)) for us in geordnet]


def hindert(akte: Akte, netz: Netz, uebergaenge: Sequence[Uebergang], heute: date, person: Handelnde | None = None,
            eltern: access.Beteiligte = frozenset()) -> str:
    """Warum es nicht geht, gleich was jemand antwortet; geht eines der Ergebnisse vielleicht doch, steht hier nichts.

    Ohne `person`: was jede hindert.
    """
    if akte.zustand not in uebergaenge[0].von:
        return ""
    gruende: dict[str, None] = {}
    for u in uebergaenge:
        neue = {v.hop for v in u.verbindet if v.feld and not v.loest}
        feste = engine.feste_gruende(u, Fakten(
            akte.art, akte.zustand, akte.stand, OFFEN if u.formular else {}, "", akte.marken, person.key if person else "",
            person.institution if person else None, heute, akte.key, partial(_nachbarn, netz, akte.id, neue),
            (access.darf(person, akte, u, eltern) if person else None) or "", _sitze_offen))
        if not feste:
            return ""
        gruende |= dict.fromkeys(str(g) for g in feste)
    return " ".join(gruende)


def _nachbarn(netz: Netz, kennung: int, neue: Collection[Hop], weg: Weg) -> tuple[Nachbar, ...]:
    """Auf Wegen, die erst die Antwort anlegt, steht noch nichts fest."""
    if weg and weg[0] in neue:
        raise AntwortNoetig
    return netz.nachbarn(kennung, weg)


def _sitze_offen(_: date) -> frozenset[str]:
    raise AntwortNoetig


def anfaenge(person: Handelnde) -> list[tuple[str, Uebergang]]:
    """(Art, Übergang) aller Vorgänge, die die Person beginnen kann."""
    gefunden = []
    for art, prozess in PROZESSE.items():
        for u in prozess.moeglich(""):
            if not u.folgt and any(person.hat(w.rolle) for w in u.wer):
                gefunden.append((art, u))
    return gefunden


def beginnbar(s: Sitzung, person: Handelnde, art: str, ausloeser: str) -> Uebergang | None:
    """Der Anfang, wenn die Person ihn mit ihren Rollen oder als Beteiligte eines Vorgangs beginnen könnte; ob hier, sagt `apply`."""
    uebergaenge = [u for u in PROZESSE[art].moeglich("") if u.ausloeser == ausloeser and not u.folgt] if art in PROZESSE else []
    return next((u for u in uebergaenge if any(person.hat(w.rolle) or (w.bezug is Bezug.BETEILIGT and _beteiligt(s, person, w.rolle))
                                               for w in u.wer)), None)


def _beteiligt(s: Sitzung, person: Handelnde, rolle: str) -> bool:
    return s.eine("SELECT 1 FROM beteiligung WHERE offen = 1 AND rolle = :rolle AND wer IN (:ich, :als) LIMIT 1",
                  {"rolle": rolle, "ich": person.key, "als": access.vertretene(person, rolle)[-1]}) is not None


class Folgeanfang(NamedTuple):
    """Was aus einem Vorgang entstehen kann: der Anfang und das Feld, das ihn nennt."""

    art: str
    uebergang: Uebergang
    feld: str


def folgende(s: Sitzung, person: Handelnde, key: str) -> list[Folgeanfang]:
    """Was die Person aus diesem Vorgang beginnen kann; angeboten wird nur, was gelingen kann, die Angaben prüft das Absenden."""
    gefunden, netz = ids_von_keys(s, [key]), Netz()
    lade(s, [kennung for kennung, _ in gefunden.values()], netz)
    akte = netz.bei_key(key)
    return [] if akte is None else [f for f in _folgeanfaenge(akte) if beginnbar(s, person, f.art, f.uebergang.ausloeser) is f.uebergang
                                    and gelingt(s, person, f.art, f.uebergang, f.feld, akte)]


def _folgeanfaenge(akte: Akte) -> Iterable[Folgeanfang]:
    return (Folgeanfang(neu, u, v.feld) for neu, prozess in PROZESSE.items() for u in prozess.moeglich("") for v in u.verbindet
            if v.feld and akte.art in zielart(neu, (v.hop,))
            and akte.zustand in (anfangszustaende(neu, u.ausloeser, v.feld) or {}).get(akte.art, ()))
