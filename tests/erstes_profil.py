"""Ein übernommenes Profil als Ausgangslage: einmal je Prozess wirklich übernommen, danach stehen dieselben Zeilen wieder da.

Die meisten Tests fangen damit an, und das Übernehmen kostet auf PostgreSQL fünfzig Millisekunden. Das Übernehmen selbst prüfen
test_stammdaten und test_eintraege_wirken.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from service.db import Datenbank, Sitzung
from service.profil import Profil
from service.stammdaten import uebernehme_profil

_TABELLEN = {t.name: [c.name for c in t.columns] for t in SQLModel.metadata.sorted_tables}
_BILDER: dict[tuple[str, datetime, bool], dict[str, list[dict[str, Any]]]] = {}


def uebernimm(db: Datenbank, profil: Profil, jetzt: datetime, *, mit_vorfuehrung: bool = True) -> None:
    """Wie `uebernehme_profil`; schneller, wenn die Datenbank noch leer ist."""
    schluessel = profil.fingerabdruck(), jetzt, mit_vorfuehrung
    with db.transaktion() as s:
        leer = not _bild(s)
        if leer and schluessel in _BILDER:
            _setze_ein(s, _BILDER[schluessel])
            return
        uebernehme_profil(s, profil, jetzt, "test", mit_vorfuehrung=mit_vorfuehrung)
        if leer:
            _BILDER[schluessel] = _bild(s)


def _bild(s: Sitzung) -> dict[str, list[dict[str, Any]]]:
    gefuellt = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in _TABELLEN)
    return {name: [dict(zip(_TABELLEN[name], zeile, strict=True)) for zeile in s.alle(f"SELECT {', '.join(_TABELLEN[name])} FROM {name}")]
            for (name,) in s.alle(gefuellt)}


def _setze_ein(s: Sitzung, bild: dict[str, list[dict[str, Any]]]) -> None:
    for name in (n for n in _TABELLEN if n in bild):
        if not s.postgres:
            s.viele(f"INSERT INTO {name} VALUES ({', '.join(f':{spalte}' for spalte in _TABELLEN[name])})", bild[name])
            continue
        s.fuehre(f"INSERT INTO {name} SELECT * FROM json_populate_recordset(NULL::{name}, :zeilen)", {"zeilen": json.dumps(bild[name])})
        if "id" in _TABELLEN[name]:
            s.fuehre(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
