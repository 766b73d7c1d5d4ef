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
from service.zahlen import Auswahl, Dauer, Tafel, Zahlenwerk, Zeile, erlaubt, zahlenwerk, zu_viele
from states.kette import PROZESSE

_BLEIBT_IM_HAUS = frozenset(PROZESSE[art].bezeichnung for art in (
    "sammlung", "auswahlrunde", "lage", "einzelfalluebergabe", "bericht", "anfrage", "kooperationsvereinbarung"))


class Berichtszahlen(NamedTuple):
    """`auswahl`: was gezählt ist; `werk` None, wenn es mehr ist, als eine Seite auszählt. `am`: der Tag des Versands, vorher leer."""

    auswahl: Auswahl
    werk: Zahlenwerk | None
    am: str = ""


def berichtszahlen(s: Sitzung, stand: Mapping[str, Any], profil: Profil) -> Berichtszahlen | None:
    """None, solange der Bericht keinen Zeitraum nennt. Nach dem Versand, was dabei festgehalten ist; vorher, was heute gilt."""
    if gezaehlt := stand.get("zahlen"):
        return _gelesen(gezaehlt)
    if not (zeitraum := stand.get("zeitraum")):
        return None
    von, bis = (date.fromisoformat(zeitraum[f]) for f in ("von", "bis"))
    auswahl = erlaubt(GREMIUM_LIEST, Auswahl(von, bis, _kommune(stand, profil)))
    if zu_viele(s, auswahl):
        return Berichtszahlen(auswahl, None)
    werk = zahlenwerk(s, GREMIUM_LIEST, auswahl)
    return Berichtszahlen(auswahl, werk._replace(tafeln=tuple(map(_ohne_internes, werk.tafeln))))


def festgehalten(z: Berichtszahlen, heute: date) -> dict[str, Any]:
    """Als JSON-Werte, wie sie am Bericht stehen bleiben: Was ein Gremium bekam, ändert sich nicht mit dem Bestand."""
    werk = None if z.werk is None else {
        "gesamt": z.werk.gesamt, "verdeckt": z.werk.verdeckt, "dauern": [d._asdict() for d in z.werk.dauern],
        "tafeln": [{**t._asdict(), "zeilen": [x._asdict() for x in t.zeilen]} for t in z.werk.tafeln]}
    auswahl = {"von": z.auswahl.von.isoformat(), "bis": z.auswahl.bis.isoformat(), "kommune": z.auswahl.kommune}
    return {"am": heute.isoformat(), "auswahl": auswahl, "werk": werk}


def _gelesen(gezaehlt: Mapping[str, Any]) -> Berichtszahlen:
    """Umkehrung von `festgehalten`."""
    a, w = gezaehlt["auswahl"], gezaehlt["werk"]
    auswahl = Auswahl(date.fromisoformat(a["von"]), date.fromisoformat(a["bis"]), a["kommune"])
    if w is None:
        return Berichtszahlen(auswahl, None, gezaehlt["am"])
    tafeln = tuple(Tafel(**{**t, "zeilen": tuple(Zeile(**x) for x in t["zeilen"])}) for t in w["tafeln"])
    return Berichtszahlen(auswahl, Zahlenwerk(w["gesamt"], tafeln, tuple(Dauer(**d) for d in w["dauern"]), (), (), w["verdeckt"]),
                          gezaehlt["am"])


def _ohne_internes(tafel: Tafel) -> Tafel:
    return tafel._replace(zeilen=tuple(z for z in tafel.zeilen if z.name not in _BLEIBT_IM_HAUS))


def _kommune(stand: Mapping[str, Any], profil: Profil) -> str:
    gremium = str(stand.get("gremium") or "").casefold()
    return next((g.kommune or "" for g in profil.gremien if gremium in (g.name.casefold(), g.key.casefold())), "")
