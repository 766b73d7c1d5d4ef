"""Die Webanwendung für Tests: dieselbe, nur übersetzt sie dieselbe Vorlage nicht in jedem Test von neuem.

Jeder Test baut seine eigene Anwendung, und das Übersetzen der Vorlagen kostete ihn das Vierfache von allem anderen zusammen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from service import app, clock
from service.db import Datenbank
from service.settings import Einstellungen


class _Uebersetzt(BytecodeCache):
    """Nach Name und Inhalt der Vorlage; gilt für diesen Prozess."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_UEBERSETZT = _Uebersetzt()


def baue_app(einstellungen: Einstellungen, db: Datenbank | None = None, jetzt: Callable[[], datetime] = clock.jetzt) -> app.Kreislauf:
    gebaut = app.baue_app(einstellungen, db, jetzt)
    gebaut.state.anwendung.vorlagen.umgebung.bytecode_cache = _UEBERSETZT
    return gebaut
