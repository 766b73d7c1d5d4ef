"""Die Zahlen zum Zeitraum eines Berichts, so wie sie ein Gremium liest: kleine Zahlen verdeckt, ganze Monate, gleich wer sie ansieht.

Berichtet jemand einer Stadt oder Gemeinde, zählen nur deren Meldungen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from service.db import Sitzung
from service.oeffentlich import GREMIUM_LIEST
from service.profil import Profil
from service.zahlen import Auswahl, Tafel, Zahlenwerk, erlaubt, zahlenwerk, zu_viele
from states.kette import PROZESSE

_BLEIBT_IM_HAUS = frozenset(PROZESSE[art].bezeichnung for art in (
    "sammlung", "auswahlrunde", "lage", "einzelfalluebergabe", "bericht", "anfrage", "kooperationsvereinbarung"))


class Berichtszahlen(NamedTuple):
    """`auswahl`: was gezählt ist; `werk` None, wenn es mehr ist, als eine Seite auszählt."""

    auswahl: Auswahl
    werk: Zahlenwerk | None


def berichtszahlen(s: Sitzung, stand: Mapping[str, Any], profil: Profil) -> Berichtszahlen | None:
    """None, solange der Bericht keinen Zeitraum nennt."""
    if not (zeitraum := stand.get("zeitraum")):
        return None
    von, bis = (date.fromisoformat(zeitraum[f]) for f in ("von", "bis"))
    auswahl = erlaubt(GREMIUM_LIEST, Auswahl(von, bis, _kommune(stand, profil)))
    if zu_viele(s, auswahl):
        return Berichtszahlen(auswahl, None)
    werk = zahlenwerk(s, GREMIUM_LIEST, auswahl)
    return Berichtszahlen(auswahl, werk._replace(tafeln=tuple(map(_ohne_internes, werk.tafeln))))


def _ohne_internes(tafel: Tafel) -> Tafel:
    return tafel._replace(zeilen=tuple(z for z in tafel.zeilen if z.name not in _BLEIBT_IM_HAUS))


def _kommune(stand: Mapping[str, Any], profil: Profil) -> str:
    gremium = str(stand.get("gremium") or "").casefold()
    return next((g.kommune or "" for g in profil.gremien if gremium in (g.name.casefold(), g.key.casefold())), "")
