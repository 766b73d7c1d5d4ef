"""Beendete Vorgänge, deren Aufbewahrung nach dem Profil abgelaufen ist: eine Liste zum Durchsehen. Gelöscht wird nichts von selbst."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from service.clock import BERLIN, als_text
from service.db import Sitzung, Zeile
from service.handelnde import Handelnde
from service.kalender import Dauer
from service.listen import SELECT, Blatt, Eintrag, lesezeichen
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
    """Was die Person ganz sieht, das Älteste zuerst; gezählt ab dem letzten Schritt. `ab`: nach welchem Vorgang (`id`) es weitergeht."""
    weiter, werte = lesezeichen(ab, "aelteste")
    hinter = "(v.geaendert, v.id) > (SELECT l.geaendert, l.id FROM vorgang l WHERE l.id = :ab)" if weiter else ""
    zeilen = [Eintrag._make(z) for z in _aelteste(s, person, umfeld, heute, hinter, {**werte, "menge": anzahl + 1})]
    return Blatt(tuple(zeilen[:anzahl]), str(zeilen[anzahl - 1].id) if len(zeilen) > anzahl else "")


def gibt_es(s: Sitzung, person: Handelnde, umfeld: Umfeld, heute: date) -> bool:
    """Für die Startseite: gesehen wird nur auf die ältesten, damit die Frage immer gleich viel kostet."""
    je_art, werte = _vor(umfeld, heute)
    darf, eigene = sichtbar(person, heute, ab=Ebene.VOLL, arten=tuple(dauern(umfeld.profil)))
    return any(s.wert(f"SELECT 1 FROM (SELECT v.* FROM vorgang v WHERE {teil} ORDER BY v.geaendert, v.id LIMIT {_AELTESTE}) v "
                      f"WHERE {darf} LIMIT 1", {**eigene, **werte}) for teil in je_art)


def _aelteste(s: Sitzung, person: Handelnde, umfeld: Umfeld, heute: date, hinter: str, angaben: dict[str, Any]) -> list[Zeile]:
    """Je Art vom Index her, damit die Liste nicht mit dem wächst, was noch bleibt; zusammen in der Reihenfolge des Alters."""
    je_art, werte = _vor(umfeld, heute)
    darf, eigene = sichtbar(person, heute, ab=Ebene.VOLL, arten=tuple(dauern(umfeld.profil)))
    wo = [" AND ".join(filter(None, [teil, hinter, darf])) for teil in je_art]
    teile = [f"SELECT * FROM ({SELECT} WHERE {w} ORDER BY v.geaendert, v.id LIMIT :menge) a{n}" for n, w in enumerate(wo)]
    return s.alle(f"{' UNION ALL '.join(teile)} ORDER BY geaendert, id LIMIT :menge", {**eigene, **werte, **angaben}) if teile else []


def _vor(umfeld: Umfeld, heute: date) -> tuple[list[str], dict[str, Any]]:
    """Je Art die Bedingung, unter der ein beendeter Vorgang zu alt ist."""
    teile: list[str] = []
    werte: dict[str, Any] = {}
    for n, (art, dauer) in enumerate(dauern(umfeld.profil).items()):
        teile.append(f"v.ende = 1 AND v.art = :art{n} AND v.geaendert < :vor{n}")
        letzter = umfeld.kalender.vor(heute, Dauer.lesen(dauer)).ende
        werte |= {f"art{n}": art, f"vor{n}": als_text(datetime.combine(letzter + timedelta(days=1), time.min, BERLIN))}
    return teile, werte
