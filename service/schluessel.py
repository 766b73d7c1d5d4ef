"""Die Schlüssel, unter denen Menschen Vorgänge nennen: MK-2026-0001 für Meldungen, AG-01 für alles andere."""

from __future__ import annotations

import re

from service.db import Sitzung
from service.errors import Ungueltig, Unmoeglich
from states.aussage import Aussage
from states.kette import PROZESSE
from states.model import Prozess

_NUMMERIERT = re.compile(r"(.+)-(\d{1,9})")
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")  # wie das Geschäftszeichen einer importierten Meldung
_NAECHSTE = ("INSERT INTO nummer (reihe, letzte) VALUES (:reihe, 1) ON CONFLICT (reihe) DO UPDATE SET letzte = nummer.letzte + 1 "
             "RETURNING letzte")
_MINDESTENS = ("INSERT INTO nummer (reihe, letzte) VALUES (:reihe, :nr) ON CONFLICT (reihe) DO UPDATE SET letzte = :nr "
               "WHERE nummer.letzte < :nr")


# Die Reihen der Vorgänge, die keine Meldungen sind; ein fremdes Zeichen darf sie nicht weiterzählen.
REIHEN = frozenset(p.kuerzel for p in PROZESSE.values() if p.art != "meldebogen")
_SPRUNG = 100_000  # mehr Meldungen hat kein Kreis in einem Jahr; weiter vorn wäre die Reihe bald zu Ende


def _zaehle_weiter(s: Sitzung, reihe: str, nr: int, *, eigene: bool) -> None:
    letzte = s.wert("SELECT letzte FROM nummer WHERE reihe = :reihe", {"reihe": reihe}) or 0
    if eigene and nr > letzte + _SPRUNG:
        raise Ungueltig({"geschaeftszeichen": Aussage("Die Nummer liegt zu weit vor der letzten der Reihe {reihe}. Bitte prüfen Sie das "
                                                      "Zeichen.", reihe=reihe)})
    s.fuehre(_MINDESTENS, {"reihe": reihe, "nr": nr})


def naechster_schluessel(s: Sitzung, kurz: str, prozess: Prozess, jahr: int, wunsch: str = "") -> str:
    """Der Wunsch, wenn es einen gibt (und die Reihe zählt danach weiter), sonst die nächste Nummer der Reihe."""
    if wunsch:
        if not _FORM.fullmatch(wunsch):
            raise Ungueltig({"key": "Ein Schlüssel besteht aus Buchstaben, Ziffern, Punkt und Strich (höchstens 40 Zeichen)."})
        if s.wert("SELECT id FROM vorgang WHERE key = :key", {"key": wunsch}) is not None:
            raise Unmoeglich((Aussage("Den Schlüssel {wunsch} gibt es schon.", wunsch=wunsch),), ("schluessel",), wunsch)
        if treffer := _NUMMERIERT.fullmatch(wunsch):
            _zaehle_weiter(s, treffer[1], int(treffer[2]), eigene=treffer[1] in REIHEN or treffer[1].startswith(f"{kurz}-"))
        return wunsch
    if prozess.art == "meldebogen":
        reihe = f"{kurz}-{jahr}"
        return f"{reihe}-{s.wert(_NAECHSTE, {'reihe': reihe}):04d}"
    return f"{prozess.kuerzel}-{s.wert(_NAECHSTE, {'reihe': prozess.kuerzel}):02d}"
