"""Beendete Vorgänge, deren Aufbewahrung nach dem Profil abgelaufen ist: eine Liste zum Durchsehen. Gelöscht wird nichts von selbst."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from service.bezuege import woerter
from service.clock import BERLIN, als_text
from service.db import Sitzung
from service.errors import Ungueltig
from service.handelnde import Handelnde
from service.kalender import Dauer
from service.listen import SELECT, Blatt, Eintrag
from service.profil import Profil
from service.sicht import Ebene, sichtbar
from service.umfeld import Umfeld
from states.kette import PROZESSE

SEITE, _AELTESTE = 50, 200
DAUERHAFT = "dauerhaft"
_HEISST = {"meldung": "meldebogen"}


def dauern(profil: Profil) -> dict[str, str]:
    """Art -> wie lange ein beendeter Vorgang bleibt; was dauerhaft bleibt oder kein Vorgang ist, fehlt."""
    je_art = {_HEISST.get(klasse, klasse): a.dauer for klasse, a in profil.aufbewahrung.items()}
    return {art: dauer for art, dauer in je_art.items() if art in PROZESSE and dauer != DAUERHAFT}


def abgelaufene(s: Sitzung, person: Handelnde, umfeld: Umfeld, heute: date, ab: str = "", anzahl: int = SEITE) -> Blatt:
    """Was die Person ganz sieht, das Älteste zuerst; gezählt ab dem letzten Schritt."""
    if ab and not (ab.isdecimal() and len(ab) <= 12):
        raise Ungueltig({"ab": "Dieses Lesezeichen gibt es nicht. Bitte beginnen Sie wieder auf der ersten Seite."})
    return _blatt(s, person, umfeld, heute, "v.id > :ab", {"ab": int(ab or 0)}, anzahl)


def gibt_es(s: Sitzung, person: Handelnde, umfeld: Umfeld, heute: date) -> bool:
    """Für die Startseite: gesehen wird nur auf die ältesten, damit die Frage immer gleich viel kostet."""
    arten = dauern(umfeld.profil)
    aelteste = f"SELECT a.id FROM vorgang a WHERE a.ende = 1 AND a.art IN ({woerter(arten)}) ORDER BY a.id LIMIT {_AELTESTE}"
    return bool(arten) and bool(_blatt(s, person, umfeld, heute, f"v.id IN ({aelteste})", {}, 1).zeilen)


def _blatt(s: Sitzung, person: Handelnde, umfeld: Umfeld, heute: date, wo: str, angaben: dict[str, Any], anzahl: int) -> Blatt:
    je_art, teile, werte = dauern(umfeld.profil), [], {**angaben, "menge": anzahl + 1}
    for n, (art, dauer) in enumerate(je_art.items()):
        teile.append(f"(v.art = :art{n} AND v.geaendert < :vor{n})")
        letzter = umfeld.kalender.vor(heute, Dauer.lesen(dauer)).ende
        werte |= {f"art{n}": art, f"vor{n}": als_text(datetime.combine(letzter + timedelta(days=1), time.min, BERLIN))}
    if not teile:
        return Blatt((), "")
    darf, eigene = sichtbar(person, heute, ab=Ebene.VOLL, arten=tuple(je_art))
    zeilen = [Eintrag._make(z) for z in s.alle(
        f"{SELECT} WHERE v.ende = 1 AND ({' OR '.join(teile)}) AND {wo} AND {darf} ORDER BY v.id LIMIT :menge", {**eigene, **werte})]
    return Blatt(tuple(zeilen[:anzahl]), str(zeilen[anzahl - 1].id) if len(zeilen) > anzahl else "")
