"""Eine Runde in ihrem eigenen Prozess: Datenbank öffnen, die Funktion des Dienstes rufen, schließen."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from types import TracebackType
from typing import Any

from service import worker
from service.befehle.betrieb import datenbank
from service.clock import jetzt
from service.db import Datenbank
from service.fehlerspur import spur_ohne_angaben
from service.lauf import Tagesrunde, Takt
from service.settings import lade_einstellungen


class RundeGescheitert(Exception):
    """Nennt nur die Art des Fehlers: Prefect speichert den Text, und im Fehler selbst könnten Angaben zu Personen stehen."""


class _OhneAngaben:
    def __enter__(self) -> None:
        return None

    def __exit__(self, art: type[BaseException] | None, fehler: BaseException | None, _: TracebackType | None) -> None:
        if isinstance(fehler, Exception):
            print(spur_ohne_angaben(fehler), file=sys.stderr)
            raise RundeGescheitert(type(fehler).__name__) from None


async def fuehre(runde: Callable[[Datenbank, datetime], Takt | Tagesrunde]) -> dict[str, Any]:
    """In einem eigenen Faden: die Datenbank wartet, und Prefect soll sich derweil melden können."""
    return await asyncio.to_thread(_fuehre, runde)


def _fuehre(runde: Callable[[Datenbank, datetime], Takt | Tagesrunde]) -> dict[str, Any]:
    e = lade_einstellungen()
    with _OhneAngaben(), datenbank(e) as db:
        ergebnis = runde(db, jetzt())
        if ergebnis.gefuehrt:
            db.in_transaktion(lambda s: worker.merke_runde(s, e, jetzt()))
        return asdict(ergebnis)
