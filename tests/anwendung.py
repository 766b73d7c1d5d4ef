"""Die Webanwendung für Tests: dieselbe, nur liest und übersetzt sie ihre Vorlagen nicht in jedem Test von neuem.

Jeder Test baut seine eigene Anwendung, und das Übersetzen der Vorlagen kostete ihn das Vierfache von allem anderen zusammen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from forms.render import Vorlagen
from service import app, clock, statisch
from service.db import Datenbank
from service.settings import Einstellungen

_VORLAGEN = Vorlagen(statisch.adresse)


def baue_app(einstellungen: Einstellungen, db: Datenbank | None = None, jetzt: Callable[[], datetime] = clock.jetzt) -> app.Kreislauf:
    gebaut = app.baue_app(einstellungen, db, jetzt)
    gebaut.state.anwendung.vorlagen = _VORLAGEN
    return gebaut
