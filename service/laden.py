"""Vorgänge laden: erst finden, was ein Zug berühren kann, dann in einer Anweisung sperren, dann lesen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.db import Sitzung, kennungen
from states.model import Hop, Nachbar, Weg

SPALTEN = ("id", "key", "art", "zustand", "version", "prozessversion", "titel", "bereich", "kommune", "institution", "zustaendig",
           "vertretung", "eltern", "eroeffnet", "kopf", "stand")
_SELECT = f"SELECT {', '.join(SPALTEN)} FROM vorgang WHERE "


@dataclass(slots=True)
class OffeneFrist:
    """Eine offene Fristzeile im Speicher; `id` 0 heißt: noch nicht geschrieben."""

    id: int
    name: str
    schluessel: str
    anker: str
    ende: str
    naechste: str | None
    stufe: int
    ruht_seit: str | None
    regel: str
    profil: str
    geaendert: bool = False


@dataclass(slots=True)
class Akte:
    """Ein Vorgang im Speicher, wie er sich während eines Zugs verändert. `gesehen`: Version beim Laden, 0 = neu."""

    id: int
    key: str
    art: str
    zustand: str
    version: int
    prozessversion: int
    titel: str
    bereich: str | None
    kommune: str | None
    institution: str | None
    zustaendig: str | None
    vertretung: str | None
    eltern: int | None
    eroeffnet: str
    kopf: str
    stand: dict[str, Any]
    stand_gesehen: dict[str, Any] | None = None
    stand_text: str = ""
    gesehen: int = 0
    zustand_gesehen: str = ""
    bereich_gesehen: str | None = None
    marken: dict[str, str] = field(default_factory=dict)
    fristen: dict[tuple[str, str], OffeneFrist] = field(default_factory=dict)
    beteiligte: set[tuple[str, str]] = field(default_factory=set)  # (wer, rolle)

    def als_nachbar(self) -> Nachbar:
        return Nachbar(self.key, self.art, self.zustand, self.stand, self.institution, self.marken)


def akte_aus_zeile(zeile: Sequence[Any]) -> Akte:
    akte = Akte(*zeile)
    akte.stand_text = zeile[15]
    akte.stand = akte.stand_gesehen = json.loads(zeile[15])
    akte.gesehen, akte.zustand_gesehen, akte.bereich_gesehen = akte.version, akte.zustand, akte.bereich
    return akte


class Netz:
    """Die geladenen Vorgänge und die offenen Verbindungen zwischen ihnen.

    `eben_geloest` hält Verbindungen, die der laufende Schritt geschlossen hat: die Kette läuft noch über sie.
    """

    def __init__(self) -> None:
        self.akten: dict[int, Akte] = {}
        self.vorgelesen: dict[int, Sequence[Any]] = {}  # Zeilen, die beim Nachschlagen der Schlüssel schon mitkamen
        self.nach_key: dict[str, int] = {}
        self.kanten: dict[tuple[int, str, str], dict[int, None]] = {}
        self.eben_geloest: dict[tuple[int, str, str], dict[int, None]] = {}

    def auf(self, akte: Akte) -> None:
        self.akten[akte.id] = akte
        self.nach_key[akte.key] = akte.id

    def bei_key(self, key: str) -> Akte | None:
        kennung = self.nach_key.get(key)
        return None if kennung is None else self.akten[kennung]

    def verbinde(self, von: int, art: str, nach: int) -> bool:
        """Merkt die Verbindung; falsch, wenn es sie schon gab."""
        ziele = self.kanten.setdefault((von, art, "hin"), {})
        if nach in ziele:
            return False
        ziele[nach] = None
        self.kanten.setdefault((nach, art, "her"), {})[von] = None
        return True

    def trenne(self, von: int, art: str, nach: int) -> None:
        self.kanten.get((von, art, "hin"), {}).pop(nach, None)
        self.kanten.get((nach, art, "her"), {}).pop(von, None)
        self.eben_geloest.setdefault((von, art, "hin"), {})[nach] = None
        self.eben_geloest.setdefault((nach, art, "her"), {})[von] = None

    def ueber(self, kennung: int, hop: Hop, mit_geloesten: bool = False) -> list[int]:
        schluessel = (kennung, hop.art, hop.richtung)
        ziele = dict(self.kanten.get(schluessel, {}))
        if mit_geloesten:
            ziele.update(self.eben_geloest.get(schluessel, {}))
        return [z for z in ziele if z in self.akten]

    def entlang(self, kennung: int, weg: Weg, mit_geloesten: bool = False) -> list[Akte]:
        """Alle Vorgänge am Ende des Weges, ohne Doppelte, in der Reihenfolge ihrer Verbindung."""
        hier = [kennung]
        for hop in weg:
            hier = list(dict.fromkeys(z for h in hier for z in self.ueber(h, hop, mit_geloesten)))
        return [self.akten[h] for h in hier]

    def nachbarn(self, kennung: int, weg: Weg) -> tuple[Nachbar, ...]:
        return tuple(a.als_nachbar() for a in self.entlang(kennung, weg))


def ids_von_keys(s: Sitzung, keys: Iterable[str], netz: Netz | None = None) -> dict[str, tuple[int, str]]:
    """key -> (id, art); was es nicht gibt, fehlt.

    Auf SQLite hält ein Zug die Schreibsperre schon, also gilt die ganze Zeile und kommt für `netz` gleich mit. Auf PostgreSQL gilt
    erst, was nach dem Sperren gelesen ist.
    """
    gesucht = sorted({key for key in keys if key.isprintable()})  # NUL und halbe Zeichen nimmt keine Datenbank an
    if not gesucht:
        return {}
    wert: Any
    if len(gesucht) == 1:
        bedingung, wert = "key = :keys", gesucht[0]
    elif s.postgres:
        bedingung, wert = "key = ANY(:keys)", gesucht
    else:
        bedingung, wert = "key IN (SELECT value FROM json_each(:keys))", json.dumps(gesucht)
    ganz = netz is not None and not s.postgres
    zeilen = s.alle(f"{_SELECT if ganz else 'SELECT id, key, art FROM vorgang WHERE '}{bedingung}", {"keys": wert})
    if netz is not None and ganz:
        netz.vorgelesen.update((z[0], z) for z in zeilen)
    return {z[1]: (z[0], z[2]) for z in zeilen}


def erreichbar(s: Sitzung, wurzeln: Mapping[int, tuple[Weg, ...]], netz: Netz) -> set[int]:
    """Die ids aller Vorgänge auf den Wegen der Wurzeln; trägt die Verbindungen in das Netz ein. Eine Anfrage je Ebene."""
    erreicht = set(wurzeln)
    front: dict[int, set[Weg]] = {k: {w for w in wege if w} for k, wege in wurzeln.items()}
    while front:
        verlangt: dict[tuple[str, str], set[int]] = {}
        for kennung, wege in front.items():
            for weg in wege:
                verlangt.setdefault((weg[0].art, weg[0].richtung), set()).add(kennung)
        naechste: dict[int, set[Weg]] = {}
        for (art, richtung), ids in sorted(verlangt.items()):
            hier, dort = ("von", "nach") if richtung == "hin" else ("nach", "von")
            paare = s.alle(
                f"SELECT {hier}, {dort} FROM verbindung WHERE offen = 1 AND art = :art AND {s.in_kennungen(hier)} ORDER BY id",
                {"art": art, "ids": kennungen(sorted(ids))},
            )
            for quelle, ziel in paare:
                netz.verbinde(*((quelle, art, ziel) if richtung == "hin" else (ziel, art, quelle)))
                erreicht.add(ziel)
                for weg in front[quelle]:
                    if len(weg) > 1 and (weg[0].art, weg[0].richtung) == (art, richtung):
                        naechste.setdefault(ziel, set()).add(weg[1:])
        front = naechste
    return erreicht


# Was an einem Vorgang offen ist, in einer Anfrage; „was“ sagt, aus welcher Tabelle eine Zeile kommt.
_FRIST = ("name", "schluessel", "anker", "ende", "naechste", "stufe", "ruht_seit", "regel", "profil")
_OFFENE = (
    f"SELECT 'frist' AS was, vorgang, id, {', '.join(_FRIST)} FROM frist WHERE offen = 1 AND {{0}} "
    "UNION ALL SELECT 'marke', vorgang, 0, name, bis, '', '', NULL, 0, NULL, '', '' FROM marke WHERE offen = 1 AND {0} "
    "UNION ALL SELECT 'beteiligt', vorgang, 0, wer, rolle, '', '', NULL, 0, NULL, '', '' FROM beteiligung WHERE offen = 1 AND {0}"
)

_OFFENE_AN_EINEM = _OFFENE.format("vorgang = :ids")


def lade(s: Sitzung, ids: Iterable[int], netz: Netz, *, sperre: bool = False) -> None:
    """Liest Vorgänge mit Marken, offenen Fristen und Beteiligten in das Netz; `sperre` hält sie bis zum Ende der Transaktion fest.

    Gesperrt wird in der Reihenfolge der ids, damit zwei Züge nie aufeinander warten. SQLite hält ohnehin die eine Schreibsperre.
    """
    fehlend = sorted(set(ids) - netz.akten.keys())
    if not fehlend:
        return
    einer = len(fehlend) == 1
    werte = {"ids": fehlend[0] if einer else kennungen(fehlend)}
    geordnet = " ORDER BY id" + (" FOR UPDATE" if sperre and s.postgres else "")
    if netz.vorgelesen.keys() >= set(fehlend):
        zeilen: Iterable[Sequence[Any]] = [netz.vorgelesen[kennung] for kennung in fehlend]
    else:
        zeilen = s.alle(_SELECT + ("id = :ids" if einer else s.in_kennungen("id")) + geordnet, werte)
    for zeile in zeilen:
        netz.auf(akte_aus_zeile(zeile))
    for was, kennung, *rest in s.alle(_OFFENE_AN_EINEM if einer else _OFFENE.format(s.in_kennungen("vorgang")), werte):
        akte = netz.akten[kennung]
        if was == "frist":
            akte.fristen[rest[1], rest[2]] = OffeneFrist(*rest)
        elif was == "marke":
            akte.marken[rest[1]] = rest[2]
        else:
            akte.beteiligte.add((rest[1], rest[2]))


def akte(s: Sitzung, key: str) -> Akte | None:
    """Ein einzelner Vorgang zum Lesen."""
    netz = Netz()
    kennung = s.wert("SELECT id FROM vorgang WHERE key = :key", {"key": key})
    if kennung is None:
        return None
    lade(s, [kennung], netz)
    return netz.akten[kennung]
