"""Ein zweiter Prozess schreibt auch: der Rand wartet, aber nur einmal, und sagt dann in einem Satz, was war."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

from service.db import Datenbank, Geduld, Sitzung
from service.stoerung import Belegt
from tests.datenbild import Anleger

GEDULD = 1.0
# Jede Zeile der Eingabe ist eine Anweisung; nach jeder sagt der Prozess „fertig“.
_SQLITE = "import pysqlite3.dbapi2 as t\nc = t.connect(sys.argv[1], isolation_level=None)"
_POSTGRES = "import psycopg as t\nc = t.connect(sys.argv[1], autocommit=True)"
_PROZESS = "import sys\n{oeffne}\nfor zeile in sys.stdin:\n    c.execute(zeile)\n    print('fertig', flush=True)"


class Anderer:
    """Ein fremder Prozess mit eigener Verbindung."""

    def __init__(self, prozess: subprocess.Popen[str]) -> None:
        self._prozess = prozess

    def beginne(self, sql: str) -> None:
        assert self._prozess.stdin is not None
        self._prozess.stdin.write(sql + "\n")
        self._prozess.stdin.flush()

    def fertig(self) -> None:
        assert self._prozess.stdout is not None
        assert self._prozess.stdout.readline() == "fertig\n"

    def tue(self, sql: str) -> None:
        self.beginne(sql)
        self.fertig()


@contextmanager
def anderer(db: Datenbank) -> Iterator[Anderer]:
    skript = _PROZESS.format(oeffne=_POSTGRES if db.postgres else _SQLITE)
    with subprocess.Popen([sys.executable, "-c", skript, db.adresse], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as prozess:
        yield Anderer(prozess)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Datenbank]:
    db = Datenbank(tmp_path / "zwei.sqlite", geduld=Geduld(sperre=GEDULD))
    db.in_transaktion(_lege_an)
    yield db
    db.schliessen()


def _lege_an(s: Sitzung) -> None:
    s.fuehre("CREATE TABLE zettel (id integer PRIMARY KEY, text text)")
    s.fuehre("INSERT INTO zettel VALUES (1, 'a'), (2, 'b')")


def _zaehlend(arbeit: Callable[[Sitzung], None]) -> tuple[Callable[[Sitzung], int], list[int]]:
    male: list[int] = []

    def gezaehlt(s: Sitzung) -> int:
        male.append(1)
        arbeit(s)
        return len(male)

    return gezaehlt, male


def _schreibe(s: Sitzung) -> None:
    s.fuehre("INSERT INTO zettel (text) VALUES ('unser')")


def _warte_bis_jemand_wartet(db: Datenbank) -> None:
    """Bis der fremde Prozess an der Sperre steht; wie lange er dorthin braucht, weiß niemand."""
    schluss = monotonic() + 120
    with db.lesen() as s:
        while not s.wert("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"):
            assert monotonic() < schluss
            sleep(0.01)


def _texte(db: Datenbank) -> list[str]:
    with db.lesen() as s:
        return [z[0] for z in s.alle("SELECT text FROM zettel ORDER BY id")]


def test_wer_kurz_belegt_haelt_niemanden_auf(sqlite: Datenbank) -> None:
    with anderer(sqlite) as fremd:
        fremd.tue("BEGIN IMMEDIATE")
        fremd.tue("INSERT INTO zettel (text) VALUES ('fremd')")
        gib_frei = threading.Timer(0.5 * GEDULD, fremd.tue, ["COMMIT"])
        gib_frei.start()
        beginn = monotonic()
        sqlite.in_transaktion(_schreibe)
        gedauert = monotonic() - beginn
        gib_frei.join()
    assert gedauert > 0.4 * GEDULD, "sonst wäre gar nichts belegt gewesen"
    assert _texte(sqlite) == ["a", "b", "fremd", "unser"]


def test_ist_die_geduld_zu_ende_ist_schluss(sqlite: Datenbank) -> None:
    arbeit, male = _zaehlend(_schreibe)
    with anderer(sqlite) as fremd:
        fremd.tue("BEGIN IMMEDIATE")
        beginn = monotonic()
        with pytest.raises(Belegt, match="von einem anderen Programm belegt"):
            sqlite.in_transaktion(arbeit)
        gedauert = monotonic() - beginn
        fremd.tue("ROLLBACK")
    assert 0.9 < gedauert / GEDULD < 1.9, "einmal gewartet, nicht je Versuch"
    assert male == [] and _texte(sqlite) == ["a", "b"]
    assert sqlite.in_transaktion(arbeit) == 1, "danach geht es weiter"


def test_ein_anderer_fehler_wird_nicht_wiederholt(sqlite: Datenbank) -> None:
    def falsch(s: Sitzung) -> None:
        s.fuehre("INSERT INTO gibt_es_nicht VALUES (1)")

    arbeit, male = _zaehlend(falsch)
    with pytest.raises(Exception, match="no such table"):
        sqlite.in_transaktion(arbeit)
    assert male == [1]


def test_ein_verklemmter_zug_wird_wiederholt(anlegen: Anleger) -> None:
    """PostgreSQL bricht den unseren ab, weil der fremde Prozess länger warten darf; beim zweiten Mal ist der Weg frei."""
    db = anlegen("postgres")
    db.in_transaktion(_lege_an)
    with anderer(db) as fremd:
        fremd.tue("SET deadlock_timeout = '60s'")
        fremd.tue("BEGIN")
        fremd.tue("UPDATE zettel SET text = text || 'f' WHERE id = 1")

        def ueber_kreuz(s: Sitzung) -> None:
            s.fuehre("UPDATE zettel SET text = text || 'u' WHERE id = 2")
            if len(male) == 1:
                fremd.beginne("UPDATE zettel SET text = text || 'f' WHERE id = 2")
                _warte_bis_jemand_wartet(db)
            else:
                beende.join()  # sonst käme unser zweiter Versuch vielleicht dem fremden Prozess noch einmal zuvor
            s.fuehre("UPDATE zettel SET text = text || 'u' WHERE id = 1")

        arbeit, male = _zaehlend(ueber_kreuz)
        beende = threading.Thread(target=lambda: (fremd.fertig(), fremd.tue("COMMIT")))
        beende.start()
        assert db.in_transaktion(arbeit) == 2
        beende.join()
    assert _texte(db) == ["afu", "bfu"]
