"""Mehrere Prozesse auf einer Maschine: starten, nach dem Tod oder im Stillstand neu starten, gemeinsam und sauber beenden.

Jedes Kind führt seine eigene Sitzung: Strg+C trifft nur die Aufsicht, und sie beendet die Kinder der Reihe nach mit
allem, was diese gestartet haben. Stirbt die Aufsicht selbst, beendet der Kern (auf Linux) die Kinder.
"""

from __future__ import annotations

import ctypes
import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any, NamedTuple

_BLICK = 0.25  # so oft (Sekunden) wird nachgesehen
_PAUSEN = (1.0, 2.0, 5.0, 15.0, 60.0)
_STABIL = 60.0  # wer so lange lief, fängt bei der kürzesten Pause wieder an
_GEDULD = 20.0  # so lange darf ein Kind brauchen, um aufzuhören
_GEDULD_OHNE_HALT = 3.0  # und so lange, wenn schon tot ist, was es braucht
_PULS_ALLE = 15.0
_TOD_DES_VATERS = 1  # PR_SET_PDEATHSIG


class Dienst(NamedTuple):
    """`braucht`: endet jener, wird auch dieser neu gestartet. `ausgabe`: Datei statt des Bildschirms. `schlaegt`: gehört zum Puls."""

    name: str
    befehl: tuple[str, ...]
    umgebung: Mapping[str, str]
    braucht: str = ""
    ausgabe: Path | None = None
    schlaegt: bool = False


class Puls(NamedTuple):
    """Woran zu sehen ist, dass Dienste arbeiten und nicht nur da sind: `still_seit` in Sekunden, darf wenige Sekunden dauern.

    Steht er länger als `geduld` still, und lief ein Dienst schon so lange, dass er längst hätte schlagen können, startet er neu.
    """

    still_seit: Callable[[], float]
    geduld: float


@dataclass
class _Kind:
    dienst: Dienst
    prozess: subprocess.Popen[bytes] | None = None
    gestartet: float = 0.0
    wieder_ab: float = 0.0
    versuche: int = 0

    @property
    def lebt(self) -> bool:
        return self.prozess is not None and self.prozess.poll() is None


@dataclass
class Aufsicht:
    """`melde` bekommt deutsche Sätze; `nebenbei` läuft bei jedem Blick und soll schnell fertig sein."""

    dienste: Sequence[Dienst]
    melde: Callable[[str], None]
    nebenbei: Callable[[], None] = lambda: None
    puls: Puls | None = None
    _gefuehlt: float = field(default_factory=monotonic)
    _ende: threading.Event = field(default_factory=threading.Event)

    def fuehre(self) -> None:
        """Kehrt zurück, wenn SIGTERM, SIGINT oder `beende` kam und alle Kinder beendet sind."""
        vorher = {s: signal.signal(s, self._signal) for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
        kinder = [_Kind(d) for d in self.dienste]
        try:
            while not self._ende.is_set():
                self._sieh_nach(kinder)
                self.nebenbei()
                self._ende.wait(_BLICK)
        finally:
            for kind in reversed(kinder):
                _beende(kind)
            for s, handler in vorher.items():
                signal.signal(s, handler)

    def beende(self) -> None:
        self._ende.set()

    def _signal(self, _: int, __: FrameType | None) -> None:
        self._ende.set()

    def _sieh_nach(self, kinder: list[_Kind]) -> None:
        geduld = self._stillstand()
        for kind in kinder:
            if kind.prozess is not None and not kind.lebt:
                self._starte_neu(kind, kinder, f"beendet (Ende {kind.prozess.returncode})", _GEDULD)
            elif kind.lebt and kind.dienst.schlaegt and monotonic() - kind.gestartet > geduld:
                self._starte_neu(kind, kinder, f"arbeitet seit mehr als {geduld:.0f} s nicht", _GEDULD_OHNE_HALT)
        for kind in kinder:
            if kind.prozess is None and monotonic() >= kind.wieder_ab:
                kind.prozess, kind.gestartet = _starte(kind.dienst), monotonic()

    def _stillstand(self) -> float:
        """Wer länger läuft als so viele Sekunden, hängt; unendlich, solange der Puls schlägt."""
        if self.puls is None or monotonic() - self._gefuehlt < min(_PULS_ALLE, self.puls.geduld):
            return math.inf
        self._gefuehlt = monotonic()
        return self.puls.geduld if self.puls.still_seit() > self.puls.geduld else math.inf

    def _starte_neu(self, kind: _Kind, kinder: list[_Kind], wie: str, geduld: float) -> None:
        self._vermisse(kind, wie, geduld)
        for anderes in kinder:
            if anderes.dienst.braucht == kind.dienst.name and anderes.lebt:
                _beende(anderes, _GEDULD_OHNE_HALT)
                anderes.wieder_ab = kind.wieder_ab

    def _vermisse(self, kind: _Kind, wie: str, geduld: float) -> None:
        if monotonic() - kind.gestartet >= _STABIL:
            kind.versuche = 0
        pause = _PAUSEN[min(kind.versuche, len(_PAUSEN) - 1)]
        kind.versuche += 1
        kind.wieder_ab = monotonic() + pause
        _beende(kind, geduld)
        naeheres = f" Näheres in {kind.dienst.ausgabe}." if kind.dienst.ausgabe else ""
        self.melde(f"{kind.dienst.name}: {wie}; neuer Start in {pause:.0f} s.{naeheres}")


def _starte(dienst: Dienst) -> subprocess.Popen[bytes]:
    kennung = None if dienst.ausgabe is None else os.open(dienst.ausgabe, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(dienst.befehl, env=dict(dienst.umgebung), stdin=subprocess.DEVNULL, stdout=kennung, stderr=kennung,
                                start_new_session=True, preexec_fn=_stirb_mit_dem_vater if _LIBC else None)
    finally:
        if kennung is not None:
            os.close(kennung)


def _beende(kind: _Kind, geduld: float = _GEDULD) -> None:
    """Erst das Kind bitten, dann auch alle seine Nachkommen."""
    prozess, kind.prozess = kind.prozess, None
    if prozess is None:
        return
    if prozess.poll() is None:
        prozess.terminate()
        try:
            prozess.wait(geduld)
        except subprocess.TimeoutExpired:
            prozess.kill()
            prozess.wait()
    try:
        os.killpg(prozess.pid, signal.SIGKILL)  # die Nummer der Gruppe bleibt vergeben, solange jemand darin lebt
    except (ProcessLookupError, PermissionError):
        return


_LIBC: Any = ctypes.CDLL(None) if sys.platform == "linux" else None


def _stirb_mit_dem_vater() -> None:
    _LIBC.prctl(_TOD_DES_VATERS, signal.SIGTERM)
