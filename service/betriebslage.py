"""Wie es der Anlage geht: was der Betrieb wissen muss, ohne einen einzigen Vorgang zu zeigen."""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Iterator
from datetime import datetime

from forms.render import anzahl
from service.anwendung import Anwendung
from service.clock import als_text, berliner_tag
from service.datenhaltung import pruefe_stand, verstaendlich
from service.db import Sitzung
from service.errors import Betriebsfehler
from service.handelnde import Handelnde
from service.lauf import TAGESRUNDE, TAKT, Herzschlag, herzschlag, verspaetet
from service.pruefen import zu_lange_ungesiegelt
from service.sendungen import rat
from service.statisch import fehlende
from service.worker import Worker, bekannte
from states.aussage import Aussage, aneinander
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


class Mangel(NamedTuple):
    """`betrieb`: was die Systemverwaltung tun kann. `fachlich`: was es für die Koordination heißt, und wem sie es sagt."""

    betrieb: str
    fachlich: str

    def fuer(self, person: Handelnde) -> str:
        return self.betrieb if person.hat(Rolle.ADMIN) else self.fachlich


class Lage(NamedTuple):
    """`takt` und `tagesrunde`: wann zuletzt; None, wenn noch nie."""

    zahlen: dict[str, int]
    maengel: list[Mangel]
    takt: datetime | None
    tagesrunde: datetime | None
    siegel: str | None
    worker: list[Worker]


def bereit(a: Anwendung) -> tuple[str | None, list[str]]:
    """(warum keine Anfrage beantwortet werden kann oder None, was sonst nicht stimmt). Ein toter Takt ist kein Grund."""
    try:
        with verstaendlich(), a.db.lesen() as s:
            pruefe_stand(s)
            return None, [m.betrieb for m in (*maengel(s, a.jetzt()), *_unvollstaendig())]
    except Betriebsfehler as fehler:
        return fehler.satz, []


def lage(s: Sitzung, jetzt: datetime) -> Lage:
    zeiten = {"jetzt": als_text(jetzt), "heute": berliner_tag(jetzt).isoformat(), "gestern": als_text(jetzt)[:10]}
    zahlen = {name: int(s.wert(sql, zeiten)) for name, sql in _ZAHLEN.items()}
    takt, tag = herzschlag(s, TAKT), herzschlag(s, TAGESRUNDE)
    return Lage(zahlen, [*maengel(s, jetzt), *_unvollstaendig()], takt.zuletzt if takt else None, tag.zuletzt if tag else None,
                s.wert("SELECT max(zeit) FROM siegel"), bekannte(s, jetzt))


def warnungen(a: Anwendung, person: Handelnde | None) -> list[str]:
    """Für die Menschen, die etwas tun können; alle anderen beunruhigt es nur."""
    if person is None or not any(person.hat(r) for r in _VERANTWORTLICH):
        return []
    with a.db.lesen() as s:
        return [m.fuer(person) for m in maengel(s, a.jetzt())]


def messwerte(s: Sitzung, jetzt: datetime) -> str:
    """Im Textformat von Prometheus. Nur Zahlen der Anlage."""
    stand = lage(s, jetzt)
    alter = max(0.0, (jetzt - stand.takt).total_seconds()) if stand.takt else -1
    zeilen = [("kreislauf_takt_alter_sekunden", "Sekunden seit dem letzten Takt; -1: noch nie", f"{alter:.0f}"),
              ("kreislauf_maengel", "Zahl der Mängel, die /readyz nennt", str(len(stand.maengel))),
              ("kreislauf_worker", "Worker, die sich nicht abgemeldet haben", str(sum(not w.abgemeldet for w in stand.worker))),
              ("kreislauf_worker_stumm", "Worker, die sich längst hätten melden müssen", str(sum(w.stumm for w in stand.worker)))]
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


# --- was nicht stimmt -------------------------------------------------------------------------------------------------

_WORAN = ("Woran es liegt, steht bei „kreislauf run“ in prefect/ausgabe.log im Datenordner, bei „kreislauf worker“ in dessen "
          "Fehlerausgabe.")
_STARTEN = aneinander(("Bitte sehen Sie nach, ob „kreislauf run“ oder „kreislauf worker“ läuft, und starten Sie es neu.", _WORAN))
_BESCHEID = "Bitte sagen Sie der Systemverwaltung Bescheid."
_ZUGESTELLT = "Zugestellt werden sie von selbst, sobald das behoben ist."


def maengel(s: Sitzung, jetzt: datetime) -> list[Mangel]:
    """Was von selbst geschehen soll und nicht geschieht; leer, wenn alles läuft."""
    takt, tag = herzschlag(s, TAKT), herzschlag(s, TAGESRUNDE)
    still = list(_stillstand(s, takt, jetzt))
    return [*(still or _stumme(s, jetzt)), *(_versand(takt) if takt else ()), *(_befunde(tag) if tag else ()), *_siegel(s, jetzt)]


def _stillstand(s: Sitzung, takt: Herzschlag | None, jetzt: datetime) -> Iterator[Mangel]:
    if takt is None:
        yield Mangel(Aussage("Fristen und Nachrichten sind noch nie von selbst bearbeitet worden. Das beginnt etwa eine Minute nach dem "
                             "Start von „kreislauf run“ oder „kreislauf worker“. {starten}", starten=_STARTEN),
                     Aussage("Fristen und Nachrichten sind noch nie von selbst bearbeitet worden: Bisher hat niemand eine Erinnerung "
                             "oder eine Nachricht bekommen. Bleibt dieser Hinweis länger als einige Minuten stehen: {bescheid}",
                             bescheid=_BESCHEID))
    elif verspaetet(s, jetzt):
        minuten = int((jetzt - takt.zuletzt).total_seconds() // 60)
        was = Aussage("Fristen und Nachrichten verspäten sich: Sie sind zuletzt vor {minuten} Minuten bearbeitet worden.", minuten=minuten)
        yield Mangel(aneinander((was, _STARTEN)),
                     Aussage("{was} Ihre Arbeit wird gespeichert wie sonst. Erinnerungen, Nachrichten und Schritte, die eine Frist "
                             "auslöst, kommen später; verloren geht nichts, und nichts kommt doppelt. {bescheid}", was=was,
                             bescheid=_BESCHEID))


def _stumme(s: Sitzung, jetzt: datetime) -> Iterator[Mangel]:
    """Steht alles still, ist das schon gesagt."""
    for w in bekannte(s, jetzt):
        if w.stumm:
            minuten = int((jetzt - w.gemeldet).total_seconds() // 60)
            seither = anzahl(minuten, "Minute", "Minuten")
            yield Mangel(Aussage("Der Worker „{name}“ hat sich zuletzt vor {seither} gemeldet und nicht abgemeldet. Die Runden führen "
                                 "andere, es bleibt nichts liegen. Bitte sehen Sie auf seinem Rechner nach, ob „kreislauf run“ oder "
                                 "„kreislauf worker“ noch läuft; hängt es, beenden Sie es. Starten Sie es dann neu. {woran} Gibt es den "
                                 "Worker nicht mehr, verschwindet dieser Hinweis einen Tag nach seiner letzten Meldung.",
                                 name=w.name, seither=seither, woran=_WORAN),
                         Aussage("Einer der Rechner, die Fristen und Nachrichten bearbeiten, meldet sich nicht. Die anderen tun seine "
                                 "Arbeit mit; fallen auch sie aus, verspäten sich Fristen und Nachrichten. {bescheid}", bescheid=_BESCHEID))


def _versand(takt: Herzschlag) -> Iterator[Mangel]:
    if fehler := takt.ergebnis.get("versandfehler"):
        yield Mangel(Aussage("Nachrichten gehen nicht hinaus: {fehler}", fehler=fehler),
                     Aussage("Nachrichten gehen zurzeit nicht hinaus; sie warten. {zugestellt} {bescheid}", zugestellt=_ZUGESTELLT,
                             bescheid=_BESCHEID))
    versand = takt.ergebnis.get("versand", {})
    if grund := versand.get("grund"):
        yield Mangel(Aussage("Nachrichten gehen nicht hinaus. {grund}", grund=rat(grund)),
                     Aussage("Nachrichten gehen zurzeit nicht hinaus; sie warten. {zugestellt} {bescheid}", zugestellt=_ZUGESTELLT,
                             bescheid=_BESCHEID))
    if versand.get("ohne_mailserver"):
        yield Mangel("Nachrichten warten, weil kein Mailserver eingestellt ist. Bitte setzen Sie KREISLAUF_SMTP_HOST.",
                     Aussage("Nachrichten warten, weil kein Mailserver eingestellt ist. {zugestellt} {bescheid}", zugestellt=_ZUGESTELLT,
                             bescheid=_BESCHEID))


def _befunde(tag: Herzschlag) -> Iterator[Mangel]:
    if zahl := tag.ergebnis.get("befunde"):
        befunde = anzahl(zahl, "Befund", "Befunde")
        yield Mangel(Aussage("Die letzte Tagesrunde hat {befunde}. Bitte rufen Sie „kreislauf pruefen“ und „kreislauf db check“ auf.",
                             befunde=befunde),
                     Aussage("Bei der täglichen Prüfung des Bestands passt etwas nicht zusammen ({befunde}). {bescheid}", befunde=befunde,
                             bescheid=_BESCHEID))


def _siegel(s: Sitzung, jetzt: datetime) -> Iterator[Mangel]:
    if satz := zu_lange_ungesiegelt(s, jetzt):
        yield Mangel(Aussage("{satz} Die Tagesrunde siegelt; „kreislauf fristen --jetzt“ tut es sofort. Läuft die Tagesrunde, fehlen "
                             "Siegel: Bitte rufen Sie „kreislauf pruefen“ auf.", satz=satz),
                     Aussage("Die Geschichte der Vorgänge ist seit mehr als einem Tag nicht mehr gegen nachträgliche Änderungen "
                             "gesichert. {bescheid}", bescheid=_BESCHEID))


def _unvollstaendig() -> Iterator[Mangel]:
    if fehlende():
        yield Mangel("Die Bausteine der Seiten fehlen. Bitte rufen Sie „make assets“ auf.",
                     Aussage("Die Seiten sehen nicht aus, wie sie sollen: Schrift und Stil fehlen. Bedienen lassen sie sich. {bescheid}",
                             bescheid=_BESCHEID))
