"""Was in einer Datenbank steht und wie sie gebaut ist, zum Vergleichen; und eine Fälschung an ihren Sperren vorbei."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlmodel import SQLModel

from service.apply import Schritt
from service.db import Datenbank
from service.profil import Profil
from service.pruefen import siegele
from service.stammdaten import uebernehme_profil
from service.umfeld import Umfeld
from tests.bau import JETZT, KOORDINATION, MELDER, melde, tue

ARTEN = ("sqlite", "postgres")
Anleger = Callable[[str], Datenbank]  # Art -> eine Datenbank ohne Tabellen


def spiele(db: Datenbank, umfeld: Umfeld, profil: Profil) -> None:
    """Drei Meldungen mit etwas Geschichte, ein Profil mit Konten, ein Siegel."""
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, JETZT, "konto", mit_vorfuehrung=True))
    for nr in range(3):
        key = melde(db, umfeld, titel=f"Ümläute „{nr}“ \\ ' \"", beschreibung="Eins.\n\nZwei: \u2028 %s :nr ✓")
        tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": "Noch etwas."}))
        tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    tue(db, umfeld, KOORDINATION, Schritt("kurz_klaeren", key, daten={"vereinbart": "Anruf", "mit": "Jobcenter"}))
    tue(db, umfeld, KOORDINATION, Schritt("rueckfragen", "MK-2026-0001", daten={"frage": "Seit wann?"}))
    db.in_transaktion(lambda s: siegele(s, JETZT))


def faelsche(db: Datenbank, *befehle: str) -> None:
    """An den Sperren der Datenbank vorbei, wie jemand mit Zugriff auf sie."""
    if not db.postgres:
        with sqlite.connect(db.adresse) as c:
            sperren = c.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for befehl in (*(f"DROP TRIGGER {name}" for name, _ in sperren), *befehle, *(sql for _, sql in sperren)):
                c.execute(befehl)
        c.close()
        return
    with db.transaktion() as s:
        s.fuehre("SET LOCAL session_replication_role = replica")
        for befehl in befehle:
            s.fuehre(befehl)


def alles(db: Datenbank) -> dict[str, list[tuple[Any, ...]]]:
    with db.lesen() as s:
        return {t.name: s.alle(f"SELECT * FROM {t.name} ORDER BY {', '.join(c.name for c in t.primary_key)}")
                for t in SQLModel.metadata.sorted_tables}


def schema(db: Datenbank) -> set[tuple[str, ...]]:
    """Alles, was die Datenbank über Tabellen, Spalten, Bedingungen, Indizes und Sperren weiß; der Suchindex steht in keiner Tabelle."""
    return {z for z in _schema(db) if not z[1].startswith("suchindex")}


def _schema(db: Datenbank) -> set[tuple[str, ...]]:
    with db.lesen() as s:
        if db.postgres:
            return {tuple(map(str, z)) for frage in (
                "SELECT 'spalte', table_name, ordinal_position, column_name, data_type, is_nullable, column_default "
                "FROM information_schema.columns WHERE table_schema = 'public'",
                "SELECT 'bedingung', conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE connamespace = 'public'::regnamespace",
                "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
                "SELECT 'sperre', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            ) for z in s.alle(frage)}
        zeilen = s.alle("SELECT CASE type WHEN 'trigger' THEN 'sperre' ELSE type END, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        # die Reihenfolge der Bedingungen einer Tabelle ist gleichgültig, die ihrer Spalten nicht
        return {(art, name, *(teile(sql) if art == "table" else (sql,))) for art, name, sql in zeilen}


def teile(sql: str) -> list[str]:
    """An den Kommas der obersten Ebene getrennt: SQLite hängt eine nachträgliche Spalte an, ohne eine Zeile zu beginnen."""
    kopf, _, rest = " ".join(sql.split()).partition("(")
    koerper, _, ende = rest.rpartition(")")
    gefunden, tiefe = [""], 0
    for zeichen in koerper:
        tiefe += (zeichen == "(") - (zeichen == ")")
        if zeichen == "," and not tiefe:
            gefunden.append("")
        else:
            gefunden[-1] += zeichen
    gefunden = [teil.strip() for teil in gefunden]
    spalten = [teil for teil in gefunden if not teil.startswith(("CONSTRAINT", "FOREIGN KEY"))]
    return [kopf.strip(), *spalten, *sorted(set(gefunden) - set(spalten)), ende.strip()]
