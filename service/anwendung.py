"""Was alle Seiten und die Schnittstelle gemeinsam haben: Datenbank, Einstellungen, Vorlagen, das geltende Umfeld."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from forms.render import Vorlagen
from service import clock
from service.bremse import Bremse
from service.clock import berliner_tag
from service.datenhaltung import pruefe_stand
from service.db import Datenbank, Sitzung
from service.settings import Einstellungen
from service.umfeld import Umfeld, koordination_je_bereich, lade_umfeld
from service.vorfuehrung import ist_vorfuehrung

_STAND = "SELECT (SELECT max(id) FROM profil), (SELECT letzte FROM nummer WHERE reihe = 'stammdaten')"
_NACHSEHEN = timedelta(seconds=30)
_STAND_GILT = 5.0  # Sekunden


@dataclass
class Anwendung:
    """Steht in `request.app.state.anwendung`. `jetzt` liest die Uhr; in Tests steht sie still."""

    db: Datenbank
    einstellungen: Einstellungen
    vorlagen: Vorlagen
    jetzt: Callable[[], datetime] = clock.jetzt
    bremse: Bremse = field(default_factory=Bremse)
    _umfeld: tuple[tuple[Any, ...] | None, Umfeld] | None = field(default=None, init=False)
    _vorfuehrung: tuple[bool, datetime] | None = field(default=None, init=False)
    _stand_bis: float = field(default=0.0, init=False)
    _sperre: threading.Lock = field(default_factory=threading.Lock, init=False)

    def umfeld(self, s: Sitzung | None = None) -> Umfeld:
        """Immer das geltende: Profil und Stammdaten werden nur neu gelesen, wenn sie sich änderten; wer zuständig ist, jedes Mal."""
        if s is None:
            with self.db.lesen() as neue:
                return self.umfeld(neue)
        heute = berliner_tag(self.jetzt()).isoformat()
        nummer = s.eine(_STAND)
        with self._sperre:
            bekannt = self._umfeld
        if bekannt is None or bekannt[0] != nummer:
            umfeld = lade_umfeld(s, heute)
        else:
            umfeld = bekannt[1]
            zustaendig = koordination_je_bereich(s, heute)
            if zustaendig == umfeld.koordination:
                return umfeld
            umfeld = replace(umfeld, koordination=zustaendig)
        with self._sperre:
            self._umfeld = (nummer, umfeld)
        return umfeld

    def stand_faellig(self) -> bool:
        return monotonic() >= self._stand_bis

    def pruefe_stand(self) -> None:
        """Wirft Betriebsfehler. Passt er, gilt das für fünf Sekunden; passt er nicht, fragt die nächste Anfrage wieder."""
        with self.db.lesen() as s:
            pruefe_stand(s)
        self._stand_bis = monotonic() + _STAND_GILT

    def vorfuehrung(self) -> bool:
        """Ob hier die erfundene Geschichte steht. Das bleibt so: Aus einer Vorführung wird nie ein Betrieb."""
        jetzt, bekannt = self.jetzt(), self._vorfuehrung
        if bekannt is None or (not bekannt[0] and not timedelta() <= jetzt - bekannt[1] < _NACHSEHEN):
            with self.db.lesen() as s:
                bekannt = self._vorfuehrung = (ist_vorfuehrung(s), jetzt)
        return bekannt[0]
