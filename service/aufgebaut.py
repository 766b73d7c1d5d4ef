"""Ob auf einen Zug schon aufgebaut ist, obwohl sich keiner seiner Vorgänge seither bewegt hat (Regel 13).

Drei Fälle: Jemand hat sich an einen von ihnen gehängt; jemand, den der Zug losließ, ging ohne ihn weiter; oder jemand hat
einen Schritt getan, der einen von ihnen mitgezogen hätte, wäre er noch im alten Zustand gewesen.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.bezuege import woerter
from service.db import Sitzung, kennungen
from service.laden import Netz, erreichbar, lade
from states.kette import GLIEDER, zielart
from states.glieder import Folge
from states.model import Hop, Weg
from states.verbindungen import VERBINDUNGEN

_NUR_GEZEIGT = woerter(v.name for v in VERBINDUNGEN.values() if not v.traegt)
_DANACH_VERBUNDEN = (
    "SELECT v.key FROM verbindung l JOIN ereignis e ON e.vorgang = l.geoeffnet_vorgang AND e.nr = l.geoeffnet_nr "
    "JOIN vorgang v ON v.id = e.vorgang WHERE l.offen = 1 AND l.art NOT IN ({nur_gezeigt}) AND ({von} OR {nach}) AND e.id > :letztes "
    "ORDER BY e.id LIMIT 1"
)
_GETRENNT_UND_BEWEGT = (
    "SELECT v.key FROM verbindung l JOIN ereignis zu ON zu.vorgang = l.geschlossen_vorgang AND zu.nr = l.geschlossen_nr AND zu.akt = :akt "
    "JOIN ereignis e ON e.vorgang IN (l.von, l.nach) AND e.id > :letztes JOIN vorgang v ON v.id = e.vorgang ORDER BY e.id LIMIT 1"
)


def aufgebaut_von(s: Sitzung, akt: str, arten: Mapping[int, str], bewegt: Mapping[int, str]) -> str | None:
    """Der Schlüssel eines Vorgangs, der sich auf den Zug stützt, oder None.

    `arten`: die Vorgänge des Zugs mit ihrer Art; `bewegt`: davon die, deren Zustand er geändert hat.
    """
    letztes = s.wert("SELECT max(id) FROM ereignis WHERE akt = :akt", {"akt": akt})
    werte = {"akt": akt, "ids": kennungen(arten), "letztes": letztes}
    frage = _DANACH_VERBUNDEN.format(von=s.in_kennungen("l.von"), nach=s.in_kennungen("l.nach"), nur_gezeigt=_NUR_GEZEIGT)
    for sql in (frage, _GETRENNT_UND_BEWEGT):
        if (gefunden := s.wert(sql, werte)) is not None:
            return str(gefunden)
    return _haette_gezogen(s, bewegt, letztes)


def _haette_gezogen(s: Sitzung, bewegt: Mapping[int, str], letztes: int) -> str | None:
    """Ein Nachbar, dessen Kette seither ins Leere lief, weil der Vorgang nicht mehr im alten Zustand war."""
    rueckwege = {kennung: _rueckwege(art) for kennung, art in bewegt.items()}
    netz = Netz()
    lade(s, erreichbar(s, {k: tuple(weg for _, weg in wege) for k, wege in rueckwege.items()}, netz), netz)
    seither = {(v, ausloeser) for v, ausloeser in s.alle(
        f"SELECT vorgang, ausloeser FROM ereignis WHERE id > :letztes AND {s.in_kennungen('vorgang')}",
        {"letztes": letztes, "ids": kennungen(netz.akten)})}
    for kennung, wege in rueckwege.items():
        for folge, weg in wege:
            for nachbar in netz.entlang(kennung, weg):
                if nachbar.art == folge.art and any((nachbar.id, a) in seither for a in folge.bei):
                    return nachbar.key
    return None


def _rueckwege(art: str) -> tuple[tuple[Folge, Weg], ...]:
    """Die Folgen, die einen Vorgang dieser Art bewegen, mit dem Weg von ihm zurück zu dem, der sie auslöst."""
    return tuple((g, tuple(Hop(h.art, "her" if h.richtung == "hin" else "hin") for h in reversed(g.weg)))
                 for g in GLIEDER if isinstance(g, Folge) and g.weg and art in zielart(g.art, g.weg))
