"""Was `apply` an die Datenbank schickt, mitgeschnitten und ohne `apply` noch einmal ausgeführt.

Das Nachspielen ist die Vergleichsgröße: dieselben Zeilen, dieselben Anweisungen, je Zug eine Transaktion, aber kein
Formular, kein Tor, keine Maschine, kein Hash. Es läuft mit `?`-Platzhaltern und fertigen Tupeln, also so schnell, wie
der Treiber es überhaupt kann.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pysqlite3.dbapi2 as sqlite

from bench.strecke import Gespann
from service.apply import Ergebnis, Schritt
from service.db import Sitzung, Werte, Zeile
from service.handelnde import Handelnde

_PLATZHALTER = re.compile(r"(?<![:\w]):([a-z_]\w*)")


@cache
def _mit_positionen(sql: str) -> tuple[str, tuple[str, ...]]:
    return _PLATZHALTER.sub("?", sql), tuple(_PLATZHALTER.findall(sql))


@dataclass(frozen=True, slots=True)
class Anweisung:
    sql: str
    werte: tuple[tuple[Any, ...], ...]
    liest: bool


Zug = tuple[Anweisung, ...]


class _Mitschneidend(Sitzung):
    """Eine Sitzung, die jede Anweisung notiert, bevor sie läuft."""

    def __init__(self, echt: Sitzung) -> None:
        super().__init__(echt._verbindung, echt.postgres)
        self.zug: list[Anweisung] = []

    def _notiere(self, sql: str, werte: Sequence[Werte | None]) -> None:
        text, namen = _mit_positionen(sql)
        zeilen = tuple(tuple((w or {})[n] for n in namen) for w in werte)
        self.zug.append(Anweisung(text, zeilen, sql.lstrip().startswith(("SELECT", "WITH"))))

    def fuehre(self, sql: str, werte: Werte | None = None) -> int:
        self._notiere(sql, [werte])
        return super().fuehre(sql, werte)

    def viele(self, sql: str, werte: Sequence[Werte]) -> int:
        if len(werte) > 1:  # eine einzelne Zeile läuft durch `fuehre`
            self._notiere(sql, werte)
        return super().viele(sql, werte)

    def alle(self, sql: str, werte: Werte | None = None) -> list[Zeile]:
        self._notiere(sql, [werte])
        return super().alle(sql, werte)

    def eine(self, sql: str, werte: Werte | None = None) -> Zeile | None:
        self._notiere(sql, [werte])
        return super().eine(sql, werte)


class Mitschnitt:
    """Sammelt die Züge eines Laufs; `wende_an` tritt in der Strecke an die Stelle von `apply`."""

    def __init__(self, g: Gespann) -> None:
        self.g = g
        self.zuege: list[Zug] = []

    def wende_an(self, s: Sitzung, schritt: Schritt, wer: Handelnde) -> Ergebnis:
        mitschneidend = _Mitschneidend(s)
        ergebnis = self.g.wende_an(mitschneidend, schritt, wer)
        self.zuege.append(tuple(mitschneidend.zug))
        return ergebnis

    def geschrieben(self) -> float:
        """Zeilen je Zug."""
        return sum(len(a.werte) for z in self.zuege for a in z if not a.liest) / len(self.zuege)

    def anweisungen(self, *, liest: bool) -> float:
        return sum(a.liest is liest for z in self.zuege for a in z) / len(self.zuege)


def oeffne(pfad: str, *einstellungen: str) -> Any:
    """Eine nackte Verbindung desselben Treibers mit WAL und synchronous=FULL."""
    verbindung = sqlite.connect(pfad, isolation_level=None, cached_statements=256)
    for e in ("journal_mode=WAL", "synchronous=FULL", *einstellungen):
        verbindung.execute(f"PRAGMA {e}")
    return verbindung


def spiele(verbindung: Any, zug: Zug, *, auch_lesen: bool) -> None:
    """Eine Transaktion. Gelesenes wird abgeholt, denn auch das gehört zur Arbeit des Treibers."""
    zeiger = verbindung.cursor()
    zeiger.execute("BEGIN IMMEDIATE")
    for a in zug:
        if a.liest:
            if auch_lesen:
                zeiger.execute(a.sql, a.werte[0])
                zeiger.fetchall()
        elif len(a.werte) == 1:
            zeiger.execute(a.sql, a.werte[0])
            if zeiger.description:  # RETURNING
                zeiger.fetchall()
        else:
            zeiger.executemany(a.sql, a.werte)
    zeiger.execute("COMMIT")
