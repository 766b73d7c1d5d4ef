"""Wie es der Anlage geht: was der Betrieb wissen muss, ohne einen einzigen Vorgang zu zeigen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.anwendung import Anwendung
from service.clock import als_text, berliner_tag
from service.datenhaltung import pruefe_stand, verstaendlich
from service.db import Sitzung
from service.errors import Betriebsfehler
from service.handelnde import Handelnde
from service.lauf import TAGESRUNDE, TAKT, herzschlag, maengel
from service.statisch import fehlende
from states.model import Rolle

_VERANTWORTLICH = (Rolle.KOORDINATION, Rolle.ADMIN)
_ZAHLEN = {
    "vorgaenge": "SELECT coalesce(sum(anzahl), 0) FROM zaehler",
    "fristen_faellig": "SELECT count(*) FROM frist WHERE offen = 1 AND naechste IS NOT NULL AND naechste <= :heute",
    "ausgang_offen": "SELECT count(*) FROM ausgang WHERE erledigt = 0",
    "ausgang_ueberfaellig": "SELECT count(*) FROM ausgang WHERE erledigt = 0 AND fruehestens <= :jetzt",
    "nachrichten_wartend": "SELECT (SELECT count(*) FROM sendung WHERE zustand = 'bereit') + "
                          "(SELECT count(*) FROM sendung WHERE zustand = 'begonnen')",
    "nachrichten_gescheitert": "SELECT count(*) FROM sendung WHERE zustand = 'gescheitert'",
    "anmeldungen": "SELECT count(*) FROM anmeldung WHERE bis > :jetzt",
    "fehlversuche": "SELECT count(*) FROM fehlversuch WHERE zeit > :gestern",
}


@dataclass(frozen=True)
class Lage:
    """`takt` und `tagesrunde`: wann zuletzt; None, wenn noch nie."""

    zahlen: dict[str, int]
    maengel: list[str]
    takt: datetime | None
    tagesrunde: datetime | None
    siegel: str | None


def bereit(a: Anwendung) -> tuple[str | None, list[str]]:
    """(warum keine Anfrage beantwortet werden kann oder None, was sonst nicht stimmt). Ein toter Takt ist kein Grund."""
    try:
        with verstaendlich(), a.db.lesen() as s:
            pruefe_stand(s)
            return None, [*maengel(s, a.jetzt()), *_unvollstaendig()]
    except Betriebsfehler as fehler:
        return fehler.satz, []


def lage(s: Sitzung, jetzt: datetime) -> Lage:
    zeiten = {"jetzt": als_text(jetzt), "heute": berliner_tag(jetzt).isoformat(), "gestern": als_text(jetzt)[:10]}
    zahlen = {name: int(s.wert(sql, zeiten)) for name, sql in _ZAHLEN.items()}
    takt, tag = herzschlag(s, TAKT), herzschlag(s, TAGESRUNDE)
    return Lage(zahlen, [*maengel(s, jetzt), *_unvollstaendig()], takt.zuletzt if takt else None, tag.zuletzt if tag else None,
                s.wert("SELECT max(zeit) FROM siegel"))


def warnungen(a: Anwendung, person: Handelnde | None) -> list[str]:
    """Für die Menschen, die etwas tun können; alle anderen beunruhigt es nur."""
    if person is None or not any(person.hat(r) for r in _VERANTWORTLICH):
        return []
    with a.db.lesen() as s:
        return maengel(s, a.jetzt())


def messwerte(s: Sitzung, jetzt: datetime) -> str:
    """Im Textformat von Prometheus. Nur Zahlen der Anlage."""
    stand = lage(s, jetzt)
    alter = (jetzt - stand.takt).total_seconds() if stand.takt else -1
    zeilen = [("kreislauf_takt_alter_sekunden", "Sekunden seit dem letzten Takt; -1: noch nie", f"{alter:.0f}"),
              ("kreislauf_maengel", "Zahl der Mängel, die /readyz nennt", str(len(stand.maengel)))]
    zeilen += [(f"kreislauf_{name}", _ERKLAERT[name], str(wert)) for name, wert in stand.zahlen.items()]
    return "".join(f"# HELP {name} {hilfe}\n# TYPE {name} gauge\n{name} {wert}\n" for name, hilfe, wert in zeilen)


_ERKLAERT = {
    "vorgaenge": "Vorgänge aller Arten", "fristen_faellig": "offene Fristen, deren nächste Stufe fällig ist",
    "ausgang_offen": "Nachrichten, die noch nicht verschickt sind",
    "ausgang_ueberfaellig": "Nachrichten, die schon verschickt sein sollten",
    "nachrichten_wartend": "geschriebene Nachrichten, die noch nicht angenommen sind",
    "nachrichten_gescheitert": "Nachrichten, die nicht zugestellt werden konnten und auf eine Entscheidung warten",
    "anmeldungen": "angemeldete Browser", "fehlversuche": "misslungene Anmeldungen seit Mitternacht (UTC)",
}


def _unvollstaendig() -> list[str]:
    return ["Die Bausteine der Seiten fehlen. Bitte rufen Sie „make assets“ auf."] if fehlende() else []
