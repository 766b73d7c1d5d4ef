"""Passt alles in der Datenbank zueinander? Für `kreislauf db check`; ändert nichts.

Ob die Geschichte unverändert ist, prüft `pruefen.py`. Hier geht es um das, was daneben geführt wird und daraus folgt:
Zähler, Nummern, offene Fristen und Marken, Verweise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from service.clock import aus_text, berliner_tag
from service.datenhaltung import unbekannte_zustaende
from service.db import Sitzung
from service.errors import Betriebsfehler
from service.hashkette import sha
from service.kalender import Kalender
from service.laden import Akte, Netz, lade
from service.migrations import SPERREN
from service.umfeld import lade_umfeld
from service.umstellen import hinweis, umzustellende
from states.kette import PROZESSE
from states.fristen import Blick
from states.model import Rolle
from states.verbindungen import VERBINDUNGEN

_PORTION = 500
_GEZEIGT = 5
_NUMMERIERT = re.compile(r"(.+)-(\d{1,9})")
_ROLLEN = ", ".join(f"'{rolle.value}'" for rolle in Rolle)

# Satz -> was ihn auslöst; jede Zeile nennt einen Schlüssel
_WAISEN = {
    "Vorgänge ohne ein einziges Ereignis":
        "SELECT v.key FROM vorgang v WHERE NOT EXISTS (SELECT 1 FROM ereignis e WHERE e.vorgang = v.id) ORDER BY v.id",
    "Vorgänge, deren Version nicht ihr letztes Ereignis nennt":
        "SELECT v.key FROM vorgang v WHERE v.version <> (SELECT max(e.nr) FROM ereignis e WHERE e.vorgang = v.id) ORDER BY v.id",
    "Ereignisse ohne Inhalt":
        "SELECT v.key FROM ereignis e JOIN vorgang v ON v.id = e.vorgang WHERE NOT EXISTS "
        "(SELECT 1 FROM ereignis_inhalt i WHERE i.vorgang = e.vorgang AND i.nr = e.nr) ORDER BY e.id",
    "Inhalte ohne Ereignis":
        "SELECT v.key FROM ereignis_inhalt i JOIN vorgang v ON v.id = i.vorgang WHERE NOT EXISTS "
        "(SELECT 1 FROM ereignis e WHERE e.vorgang = i.vorgang AND e.nr = i.nr) ORDER BY i.id",
    "Verbindungen, deren Ereignis es nicht gibt":
        "SELECT v.key FROM verbindung x JOIN vorgang v ON v.id = x.geoeffnet_vorgang WHERE NOT EXISTS "
        "(SELECT 1 FROM ereignis e WHERE e.vorgang = x.geoeffnet_vorgang AND e.nr = x.geoeffnet_nr) OR (x.offen = 0 AND NOT EXISTS "
        "(SELECT 1 FROM ereignis e WHERE e.vorgang = x.geschlossen_vorgang AND e.nr = x.geschlossen_nr)) ORDER BY x.id",
    "Konten mit einer Rolle, die es nicht gibt":
        f"SELECT DISTINCT r.person FROM person_rolle r WHERE r.rolle NOT IN ({_ROLLEN}) ORDER BY r.person",
}
_ZEILE_OHNE_EREIGNIS = (
    "SELECT v.key FROM {tabelle} x JOIN vorgang v ON v.id = x.vorgang WHERE NOT EXISTS "
    "(SELECT 1 FROM ereignis e WHERE e.vorgang = x.vorgang AND e.nr = x.geoeffnet_nr) OR (x.offen = 0 AND NOT EXISTS "
    "(SELECT 1 FROM ereignis e WHERE e.vorgang = x.vorgang AND e.nr = x.geschlossen_nr)) ORDER BY x.id"
)

_NAECHSTE = "SELECT id, ende, geaendert FROM vorgang WHERE id > :ab ORDER BY id LIMIT :menge"


def pruefe_bestand(s: Sitzung) -> list[str]:
    """Ein deutscher Satz je Befund; leer, wenn alles stimmt. Liest jeden Vorgang einmal, in Portionen."""
    befunde = [*_datei(s), *_sperren(s)]
    if befunde:  # auf einer beschädigten Datei sagt der Rest nichts
        return befunde
    if fremde := unbekannte_zustaende(s):
        return [f"Diese Zustände kennt das Programm nicht: {', '.join(fremde)}."]
    return [*_zaehler(s), *_waisen(s), *_verbindungen(s), *_profile(s), *_vorgaenge(s)]


def _liste(was: str, schluessel: Iterable[str]) -> Iterator[str]:
    """„3 Ereignisse ohne Inhalt: A, B, C.“, oder nichts."""
    alle = list(schluessel)
    if alle:
        genannt = list(dict.fromkeys(alle))
        yield f"{was}: {', '.join(genannt[:_GEZEIGT])}{' …' if len(genannt) > _GEZEIGT else ''} (insgesamt {len(alle)})."


def _datei(s: Sitzung) -> Iterator[str]:
    """Was SQLite über die Datei selbst sagen kann; PostgreSQL hält Verweise und Bedingungen laufend."""
    if s.postgres:
        return
    s.alle("SELECT rowid FROM suchindex WHERE suchindex MATCH 'x' LIMIT 1")  # sonst prüft FTS5 gegen den Aufbau, den es zuletzt las
    for (meldung,) in s.alle("PRAGMA integrity_check(20)"):
        if meldung != "ok":
            yield f"Die Datenbankdatei ist beschädigt: {meldung}."
    for tabelle, zeile, ziel, _ in s.alle("PRAGMA foreign_key_check"):
        yield f"In der Tabelle {tabelle} verweist die Zeile {zeile} auf eine Zeile in {ziel}, die es nicht gibt."


def _sperren(s: Sitzung) -> Iterator[str]:
    """Fehlt eine Sperre, ließe sich die Geschichte mit einem gewöhnlichen Befehl ändern."""
    frage = ("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')" if s.postgres
             else "SELECT name FROM sqlite_master WHERE type = 'trigger'")
    fehlend = set(SPERREN) - {name for (name,) in s.alle(frage)}
    yield from _liste("Diese Sperren gegen Ändern und Löschen fehlen", sorted(fehlend))


def _zaehler(s: Sitzung) -> Iterator[str]:
    gezaehlt = {tuple(z[:3]): z[3] for z in s.alle("SELECT art, zustand, bereich, anzahl FROM zaehler WHERE anzahl <> 0")}
    vorhanden = {tuple(z[:3]): z[3] for z in s.alle(
        "SELECT art, zustand, coalesce(bereich, ''), count(*) FROM vorgang GROUP BY art, zustand, coalesce(bereich, '')")}
    for art, zustand, bereich in sorted(gezaehlt.keys() | vorhanden.keys()):
        soll, ist = (zahlen.get((art, zustand, bereich), 0) for zahlen in (vorhanden, gezaehlt))
        if soll != ist:
            yield f"Der Zähler für {art} „{zustand}“{f' in {bereich}' if bereich else ''} steht auf {ist}, es sind aber {soll}."


def _waisen(s: Sitzung) -> Iterator[str]:
    for was, frage in _WAISEN.items():
        yield from _liste(was, (key for (key,) in s.alle(frage)))
    for tabelle, name in (("frist", "Fristen"), ("marke", "Marken"), ("beteiligung", "Beteiligungen")):
        yield from _liste(f"{name}, deren Ereignis es nicht gibt", (k for (k,) in s.alle(_ZEILE_OHNE_EREIGNIS.format(tabelle=tabelle))))


def _verbindungen(s: Sitzung) -> Iterator[str]:
    paare = s.alle("SELECT DISTINCT x.art, a.art, b.art FROM verbindung x JOIN vorgang a ON a.id = x.von JOIN vorgang b ON b.id = x.nach "
                   "ORDER BY x.art, a.art, b.art")
    for art, von, nach in paare:
        erlaubt = VERBINDUNGEN.get(art)
        if erlaubt is None or von not in erlaubt.von or nach not in erlaubt.nach:
            yield f"Es gibt Verbindungen „{art}“ von {von} nach {nach}; das Programm kennt sie nicht."


def _profile(s: Sitzung) -> Iterator[str]:
    for nummer, fingerabdruck, inhalt in s.stroemen("SELECT id, fingerabdruck, inhalt FROM profil ORDER BY id", menge=1):
        if sha(inhalt) != fingerabdruck:
            yield f"Die Profilfassung {nummer} hat einen anderen Inhalt, als ihr Fingerabdruck sagt."


# --- jeder Vorgang gegen seine Tabelle --------------------------------------------------------------------------------


def _vorgaenge(s: Sitzung) -> Iterator[str]:
    if s.wert("SELECT 1 FROM vorgang LIMIT 1") is None:
        return
    try:
        kalender = lade_umfeld(s, "").kalender
    except Betriebsfehler as fehler:
        yield fehler.satz
        return
    frueher = umzustellende(s)
    if satz := hinweis(frueher.values()):
        yield satz
    hoechste: dict[str, int] = {}
    ab = 0
    while portion := s.alle(_NAECHSTE, {"ab": ab, "menge": _PORTION}):
        ab = portion[-1][0]
        netz = Netz()
        lade(s, (z[0] for z in portion), netz)
        for kennung, ende, geaendert in portion:
            akte = netz.akten[kennung]
            if kennung not in frueher:
                yield from _vorgang(akte, bool(ende), aus_text(geaendert), kalender)
            if treffer := _NUMMERIERT.fullmatch(akte.key):
                hoechste[treffer[1]] = max(hoechste.get(treffer[1], 0), int(treffer[2]))
    letzte: dict[str, int] = dict(s.alle("SELECT reihe, letzte FROM nummer"))
    for reihe, nummer in sorted(hoechste.items()):
        if letzte.get(reihe, 0) < nummer:
            yield f"Die Reihe {reihe} steht auf {letzte.get(reihe, 0)}, vergeben ist aber schon {nummer}."


def _vorgang(akte: Akte, ende: bool, geaendert: datetime, kalender: Kalender) -> Iterator[str]:
    prozess = PROZESSE[akte.art]
    if prozess.zustand(akte.zustand).ende != ende:
        yield f"{akte.key} ist {'nicht ' if not ende else ''}als beendet vermerkt, sein Zustand „{akte.zustand}“ sagt etwas anderes."
    yield from _liste(f"{akte.key} trägt unbekannte Marken", sorted(set(akte.marken) - {m.name for m in prozess.marken}))
    gesollt, offen = _gesollte_fristen(akte, berliner_tag(geaendert), kalender), set(akte.fristen)
    yield from _liste(f"{akte.key} hat offene Fristen, die zu seinem Zustand nicht gehören", _fristnamen(offen - gesollt))
    yield from _liste(f"{akte.key} fehlen offene Fristen", _fristnamen(gesollt - offen))


def _gesollte_fristen(akte: Akte, tag: date, kalender: Kalender) -> set[tuple[str, str]]:
    """Was nach dem letzten Schritt offen sein muss, gerechnet für dessen Tag."""
    eroeffnet = date.fromisoformat(str(akte.stand.get("eingang") or tag))
    blick = Blick(akte.zustand, akte.marken, akte.stand, tag, eroeffnet, lambda bis: kalender.werktage_zwischen(tag, bis))
    return {(frist.name, termin.schluessel) for frist, termin in PROZESSE[akte.art].termine(blick)}


def _fristnamen(fristen: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{name} ({schluessel})" if schluessel else name for name, schluessel in sorted(fristen)]
