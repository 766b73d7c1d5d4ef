"""Wo ein Fehler geschah, ohne seinen Text: In dem stünde, was die Datenbank dazu sagt, also auch Angaben zu Personen."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator


def spur_ohne_angaben(fehler: BaseException) -> str:
    """Die Stellen im Programm und die Art des Fehlers, samt denen, aus denen er entstand; nie eine Meldung."""
    return "Daraus wurde:\n".join(reversed([
        "".join(traceback.format_tb(f.__traceback__)) + f"{type(f).__module__}.{type(f).__qualname__}\n" for f in _kette(fehler)]))


def _kette(fehler: BaseException | None) -> Iterator[BaseException]:
    gesehen: set[int] = set()
    while fehler is not None and id(fehler) not in gesehen:
        gesehen.add(id(fehler))
        yield fehler
        fehler = fehler.__cause__ or (None if fehler.__suppress_context__ else fehler.__context__)


class OhneAngaben(logging.Filter):
    """Für das Protokoll eines Servers, der jeden Fehler ganz ausschriebe."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and (fehler := record.exc_info[1]) is not None:
            record.msg, record.args = f"{record.getMessage()}\n{spur_ohne_angaben(fehler)}", ()
            record.exc_info = record.exc_text = None
        return True
