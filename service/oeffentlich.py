"""Die öffentliche Zusammenfassung: welche Themen die Lenkungsgruppe beauftragt hat, was daraus wurde und ob es wirkt.

Sie zeigt genau, was die Sichttabelle der Rolle „Gremium“ gibt, gleich wer sie liest: Veröffentlichtes, ohne Personen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from service.ausschnitt import AUSSCHNITTE
from service.db import Sitzung, kennungen
from service.handelnde import Handelnde
from service.laden import Akte, Netz, lade
from service.listen import Auswahl, blaettere
from service.sicht import Ebene, sichtbar
from states.kette import PROZESSE
from states.model import Rolle

LESEN = (Rolle.GREMIUM, Rolle.KOORDINATION, Rolle.LEITUNG, Rolle.VERWALTUNG)
SEITE = 20
GREMIUM_LIEST = Handelnde("gremium", "Gremium", None, frozenset({(Rolle.GREMIUM.value, "")}), False)
_ZIELSYSTEME = ("SELECT b.von, v.id FROM verbindung b JOIN vorgang v ON v.id = b.nach WHERE b.offen = 1 AND b.art = 'fuehrt_zu' "
                "AND {ids} AND {darf} ORDER BY v.id")
_TEILE = "SELECT v.eltern, v.id FROM vorgang v WHERE {ids} AND v.art IN ('massnahme', 'monitoring') AND {darf} ORDER BY v.id"


def darf_lesen(person: Handelnde) -> bool:
    return any(person.hat(r) for r in LESEN)


def zusammenfassung(s: Sitzung, heute: date, *, ab: str = "", anzahl: int = SEITE) -> dict[str, Any]:
    """Eine Seite der Themen, die neuesten zuerst, mit dem Lesezeichen der nächsten."""
    blatt = blaettere(s, GREMIUM_LIEST, heute, Auswahl(art="generatives_thema"), ab=ab, anzahl=anzahl)
    themen = [e.id for e in blatt.zeilen]
    zielsysteme = _kinder(s, heute, _ZIELSYSTEME, "b.von", themen, ("zielsystem",))
    teile = _kinder(s, heute, _TEILE, "v.eltern", [z for zs in zielsysteme.values() for z in zs], ("massnahme", "monitoring"))
    netz = Netz()
    lade(s, [*themen, *(z for zs in zielsysteme.values() for z in zs), *(t for ts in teile.values() for t in ts)], netz)
    return {"themen": [_thema(netz, t, zielsysteme[t], teile) for t in themen], "weiter": blatt.weiter or None}


def _kinder(s: Sitzung, heute: date, frage: str, spalte: str, eltern: Sequence[int], arten: tuple[str, ...]) -> Mapping[int, list[int]]:
    gefunden: defaultdict[int, list[int]] = defaultdict(list)
    if eltern:
        darf, werte = sichtbar(GREMIUM_LIEST, heute, ab=Ebene.GEKUERZT, arten=arten)
        for von, kind in s.alle(frage.format(ids=s.in_kennungen(spalte), darf=darf), {**werte, "ids": kennungen(eltern)}):
            gefunden[von].append(kind)
    return gefunden


def _kopf(akte: Akte, ausschnitt: str) -> dict[str, Any]:
    zustand = PROZESSE[akte.art].zustand(akte.zustand)
    return {"key": akte.key, "zustand": zustand.wert, "zustand_bezeichnung": zustand.bezeichnung,
            **AUSSCHNITTE[ausschnitt].zeige(akte, GREMIUM_LIEST), "titel": akte.titel}


def _thema(netz: Netz, kennung: int, zielsysteme: Sequence[int], teile: Mapping[int, Sequence[int]]) -> dict[str, Any]:
    k = _kopf(netz.akten[kennung], "oeffentliches_thema")
    return {"key": k["key"], "titel": k["titel"], "zustand": k["zustand"], "zustand_bezeichnung": k["zustand_bezeichnung"],
            "handlungsfeld": k.get("cluster") or None, "beauftragt_am": k.get("beauftragt_am"), "ergebnis": k.get("ergebnis") or None,
            "zielsysteme": [_zielsystem(netz, z, [netz.akten[t] for t in teile[z]]) for z in zielsysteme]}


def _zielsystem(netz: Netz, kennung: int, teile: Sequence[Akte]) -> dict[str, Any]:
    k = _kopf(netz.akten[kennung], "oeffentliches_zielsystem")
    massnahmen = [_massnahme(a) for a in teile if a.art == "massnahme"]
    monitoring = next((_kopf(a, "oeffentliches_monitoring") for a in teile if a.art == "monitoring"), None)
    return {"key": k["key"], "titel": k["titel"], "zustand": k["zustand"], "zustand_bezeichnung": k["zustand_bezeichnung"],
            "ziele": _saetze(k.get("ziele")), "startdatum": k.get("startdatum"), "massnahmen": massnahmen,
            "wirkung": _wirkung(monitoring) if monitoring else None}


def _massnahme(akte: Akte) -> dict[str, Any]:
    k = _kopf(akte, "oeffentliche_massnahme")
    return {"titel": k["titel"], "stelle": k.get("eigner") or None, "frist": k.get("frist"),
            "zustand": k["zustand"], "zustand_bezeichnung": k["zustand_bezeichnung"]}


def _wirkung(k: Mapping[str, Any]) -> dict[str, Any]:
    """Woran gemessen wird und die letzte Bewertung; die gemessenen Werte bleiben beim Monitoring."""
    letzte: Mapping[str, Any] = next(reversed(k["bewertungen"]), {})
    return {"zustand": k["zustand"], "zustand_bezeichnung": k["zustand_bezeichnung"], "wertung": letzte.get("wertung"),
            "bewertet_am": letzte.get("am"), "indikatoren": k["gemessen_an"]}


def _saetze(ziele: Any) -> list[str]:
    """Die Ziele, gleich wie tief sie gegliedert sind, der Reihe nach."""
    if isinstance(ziele, str):
        return [ziele] if ziele else []
    if isinstance(ziele, Mapping):
        return [x for w in ziele.values() for x in _saetze(w)]
    return [x for w in ziele or () for x in _saetze(w)] if isinstance(ziele, (list, tuple)) else []
