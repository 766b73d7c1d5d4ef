"""Der Suchindex: Wortstämme eines Vorgangs, in derselben Transaktion geschrieben wie sein Inhalt.

Gestammt wird hier, für beide Datenbanken gleich; sie finden nur noch ganze Wörter. SQLite hat dafür einen FTS5-Index, der über Auslöser an
der Tabelle `suchtext` hängt, PostgreSQL einen GIN-Index über ihr. Was geschwärzt oder verschlossen ist, steht nicht mehr darin.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service.db import Sitzung
from service.laden import Akte
from service.wortstamm import stamm
from service.wortteile import teile

_WORT = re.compile(r"[^\W_]+")
_LAENGSTES_WORT = 60
_TAG = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_PERSONEN = frozenset({"von", "zustaendig", "vertretung", "eingereicht_von", "schreibende", "geprueft_von"})
_NUR_TITEL = frozenset({("fallrekonstruktion", "gesperrt")})  # nach einem Widerruf ist der Inhalt verschlossen
_SCHREIBE = ("INSERT INTO suchtext (vorgang, titel, worte) VALUES (:vorgang, :titel, :worte) "
             "ON CONFLICT (vorgang) DO UPDATE SET titel = excluded.titel, worte = excluded.worte "
             "WHERE suchtext.titel <> excluded.titel OR suchtext.worte <> excluded.worte")
_ALLE = "SELECT id, key, art, zustand, titel, kommune, institution, stand FROM vorgang ORDER BY id"
_PORTION = 500
SPALTEN = ("titel", "worte")


def befehle(*, postgres: bool) -> tuple[str, ...]:
    """Was den Index anlegt; alles darin heißt `suchindex…`."""
    if postgres:
        return tuple(f"CREATE INDEX suchindex_{sp} ON suchtext USING gin (to_tsvector('simple'::regconfig, {sp}))" for sp in SPALTEN)
    alt, neu = ("'delete', old.vorgang, old.titel, old.worte", "new.vorgang, new.titel, new.worte")
    weg = f"INSERT INTO suchindex (suchindex, rowid, titel, worte) VALUES ({alt});"
    dazu = f"INSERT INTO suchindex (rowid, titel, worte) VALUES ({neu});"
    return (
        "CREATE VIRTUAL TABLE suchindex USING fts5(titel, worte, content='suchtext', content_rowid='vorgang', "
        "tokenize=\"unicode61 remove_diacritics 0\")",
        "INSERT INTO suchindex (suchindex, rank) VALUES ('secure-delete', 1)",
        f"CREATE TRIGGER suchindex_neu AFTER INSERT ON suchtext BEGIN {dazu} END",
        f"CREATE TRIGGER suchindex_weg AFTER DELETE ON suchtext BEGIN {weg} END",
        f"CREATE TRIGGER suchindex_anders AFTER UPDATE ON suchtext BEGIN {weg} {dazu} END",
    )


def staemme(text: str) -> list[str]:
    """Die Wortstämme eines Textes, jeder einmal, in seiner Reihenfolge; sehr lange Zeichenfolgen sind keine Wörter."""
    return list(dict.fromkeys([stamm(w) for w in dict.fromkeys(_WORT.findall(text.casefold())) if len(w) <= _LAENGSTES_WORT]))


def _gesucht(text: str) -> str:
    """Unter welchen Stämmen ein Text zu finden ist: seinen eigenen, danach den Teilen der zusammengesetzten."""
    eigene = staemme(text)
    return " ".join(dict.fromkeys([*eigene, *(t for w in eigene for t in teile(w))]))


def _texte(wert: Any) -> Iterator[str]:
    if isinstance(wert, str) and not _TAG.fullmatch(wert):
        yield wert
    elif isinstance(wert, Mapping):
        for name, innen in wert.items():
            if name != name.lower():  # kein Feldname: Stellen und Sitze stehen oft nur im Schlüssel
                yield name
            yield from () if name in _PERSONEN else _texte(innen)
    elif isinstance(wert, (list, tuple)):
        for innen in wert:
            yield from _texte(innen)


def zeile(kennung: int, key: str, art: str, zustand: str, titel: str, stellen: Iterable[str | None], stand: Mapping[str, Any]
          ) -> dict[str, Any]:
    kopf = f"{key} {titel}"
    inhalt = () if (art, zustand) in _NUR_TITEL else (*(w for w in stellen if w), *_texte(stand))
    return {"vorgang": kennung, "titel": _gesucht(kopf), "worte": _gesucht(" ".join((kopf, *inhalt)))}


def schreibe(s: Sitzung, akten: Iterable[Akte]) -> None:
    s.viele(_SCHREIBE, [zeile(a.id, a.key, a.art, a.zustand, a.titel, (a.kommune, a.institution), a.stand) for a in akten if _anders(a)])


def _anders(a: Akte) -> bool:
    return not a.gesehen or a.stand is not a.stand_gesehen or (a.zustand != a.zustand_gesehen and (a.art, a.zustand) in _NUR_TITEL)


def schreibe_alle(s: Sitzung) -> None:
    """Füllt den Index aus dem ganzen Bestand; nur beim Anheben einer Datenbank, die noch keinen hat oder einen älteren."""
    ab: list[dict[str, Any]] = []
    for kennung, key, art, zustand, titel, kommune, institution, stand in s.alle(_ALLE):
        ab.append(zeile(kennung, key, art, zustand, titel, (kommune, institution), json.loads(stand)))
        if len(ab) == _PORTION:
            s.viele(_SCHREIBE, ab)
            ab = []
    s.viele(_SCHREIBE, ab)
