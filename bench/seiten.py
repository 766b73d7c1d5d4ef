"""Wie lange eine Seite braucht: bei 1.000 und bei 100.000 Meldungen, und die Arbeitsliste gegen dieselbe Seite mit dem ORM.

Gemessen wird jede Seite der Vorführung, die ganze Anwendung ohne Netz davor: Anmeldung prüfen, lesen, Vorlage füllen, Kopfzeilen. Beide
Größen liegen nebeneinander und wechseln sich ab; ein Verhältnis entsteht immer aus zwei Messungen, die nebeneinander lagen.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from shutil import copyfile
from time import process_time
from typing import Any
from urllib.parse import urlsplit

from bench import orm
from bench.bestand import vervielfache
from bench.paare import abwechselnd, quantil
from forms.render import Vorlagen
from service import anmeldung, clock, statisch
from service.app import Kreislauf, baue_app
from service.clock import berliner_tag
from service.db import Datenbank
from service.hilfe import anker_zu
from service.navigation import Navigation
from service.pages.arbeitsliste import Wahl, aufgabenseite
from service.settings import Einstellungen
from service.stammdaten import handelnde
from tests.seitenliste import SEITEN

STUFEN = {"klein": 1_000, "gross": 100_000}
MALE, HOECHSTENS_S, MALE_ORM = 40, 2.0, 120
KOORDINATION, STELLE = "koordination-a", "stelle-erstanlauf-luedenscheid"
# Was die Liste aller Seiten nicht hat: eine der vielen Meldungen, und was andere Rollen von ihnen sehen
WEITERE = (
    (KOORDINATION, "/vorgang/X-77"), (KOORDINATION, "/vorgang/X-77/schritt/uebergeben"), (KOORDINATION, "/eingang/X-77"),
    (KOORDINATION, "/vorgaenge/meldebogen?zustand=eingegangen&offen=ja"), (KOORDINATION, "/vorgaenge/meldebogen?ordnung=frist"),
    (KOORDINATION, "/suche?q=beratung"), (KOORDINATION, "/zahlen"), ("koordination-iserlohn", "/"), ("s01", "/"),
    (STELLE, "/"), (STELLE, "/vorgaenge/meldebogen"),
)


@dataclass(frozen=True)
class Haus:
    """Die Vorführung mit so vielen Meldungen mehr, und die Seiten davor. Angemeldet ist, wer gebraucht wird."""

    db: Datenbank
    app: Kreislauf
    jetzt: datetime
    ausweise: dict[str, str] = field(default_factory=dict)

    def ausweis(self, person: str) -> str:
        if not person:
            return anmeldung.fremder_ausweis()
        if person not in self.ausweise:
            self.ausweise[person] = self.db.in_transaktion(partial(anmeldung.melde_an, person=person, jetzt=self.jetzt))
        return self.ausweise[person]


def miss(ordner: Path) -> dict[str, Any]:
    haeuser = _baue(ordner)
    with asyncio.Runner() as schleife:
        ergebnis = {"seiten": _seiten(schleife, haeuser), "arbeitsliste_orm": _gegen_orm(haeuser["gross"])}
    for haus in haeuser.values():
        haus.db.schliessen()
    return ergebnis


def _baue(ordner: Path) -> dict[str, Haus]:
    """Die Geschichte wird einmal gespielt; danach bekommt jede Größe ihre eigene Datei."""
    umgebung = {**os.environ, "KREISLAUF_DATEN": str(ordner), "KREISLAUF_DB": ""}
    subprocess.run([sys.executable, "-m", "service.cli", "demo"], env=umgebung, check=True, capture_output=True)
    jetzt = clock.jetzt()
    return {name: _mit_meldungen(ordner / "kreislauf.sqlite", ordner / f"{name}.sqlite", n, jetzt) for name, n in STUFEN.items()}


def _mit_meldungen(erzaehlt: Path, datei: Path, anzahl: int, jetzt: datetime) -> Haus:
    copyfile(erzaehlt, datei)
    db = Datenbank(datei)
    db.in_transaktion(partial(vervielfache, von=1, bis=anzahl))
    return Haus(db, baue_app(Einstellungen(), db, lambda: jetzt), jetzt)


# --- ganze Seiten


def _seiten(schleife: asyncio.Runner, haeuser: dict[str, Haus]) -> dict[str, Any]:
    ergebnis = {}
    for wer, weg in dict.fromkeys((*SEITEN, *WEITERE)):
        bahnen = {groesse: partial(_sekunden, schleife, haus, wer, weg) for groesse, haus in haeuser.items()}
        m = abwechselnd(MALE, bahnen, warm=2, hoechstens=HOECHSTENS_S)
        ergebnis[f"{weg} ({wer})" if wer else weg] = {
            "ms": _ms(m.sekunden("gross")), "p95_ms": _ms(quantil(m.bloecke["gross"], 0.95)),
            "wachstum_auf_das_hundertfache": round(m.verhaeltnis("klein", "gross"), 2)}
    return ergebnis


def _sekunden(schleife: asyncio.Runner, haus: Haus, wer: str, weg: str, _: int) -> float:
    """Rechenzeit: Eine Seite wartet auf nichts als die Datei, und auf der Maschine läuft vielleicht noch anderes."""
    ausweis = haus.ausweis(wer)
    beginn = process_time()
    status = schleife.run(_hole(haus.app, weg, ausweis))
    gebraucht = process_time() - beginn
    if status >= 500:
        raise AssertionError(f"{weg}: {status}")
    return gebraucht


async def _hole(app: Kreislauf, weg: str, ausweis: str) -> int:
    """Eine Anfrage, wie sie der Webserver übergibt."""
    teile, gesendet = urlsplit(weg), []
    kopf = [(b"host", b"localhost:8000"), (b"cookie", f"kreislauf={ausweis}".encode())]
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": teile.path,
             "raw_path": teile.path.encode(), "query_string": teile.query.encode(), "root_path": "", "headers": kopf,
             "client": ("127.0.0.1", 1), "server": ("localhost", 8000)}  # fmt: skip

    async def empfange() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def sende(nachricht: Any) -> None:
        gesendet.append(nachricht)

    await app(scope, empfange, sende)
    return int(gesendet[0]["status"])


# --- die Arbeitsliste, vom Lesen bis zum fertigen HTML


def _gegen_orm(haus: Haus) -> dict[str, float]:
    """Beide bekommen dieselbe Person und denselben Rahmen und liefern Zeichen für Zeichen dieselbe Seite."""
    a, heute = haus.app.state.anwendung, berliner_tag(haus.jetzt)
    with haus.db.lesen() as s:
        koordination = handelnde(s, KOORDINATION, heute.isoformat(), a.umfeld(s).profil)
    rahmen = {"person": koordination, "csrf": "0" * 64, "vorfuehrung": True, "ort": "Kreis", "navigation": Navigation(()), "hinweis": "",
              "pfad": "/aufgaben", "thema": "", "hilfe_zu": anker_zu, "warnungen": [], "anmeldung_minuten": 30,
              "fuehrt": True, "wessen": [], "namen": {},
              "personen": [], "fristen": [], "ordnungen": []}

    def eigene() -> str:
        with haus.db.lesen() as s:
            kontext = aufgabenseite(s, koordination, heute, Wahl(ordnung="frist"))
        return str(a.vorlagen.seite("pages/aufgaben.html", **rahmen, **kontext))

    mit_orm = orm.seite(haus.db, Vorlagen(statisch.adresse), koordination, heute, rahmen)
    if eigene() != mit_orm():
        raise AssertionError("Die beiden Seiten sind nicht gleich.")
    m = abwechselnd(MALE_ORM, {"eigene": partial(_dauer, eigene), "orm": partial(_dauer, mit_orm)}, warm=5)
    return {"ms": _ms(m.sekunden("eigene")), "orm_ms": _ms(m.sekunden("orm")), "faktor": round(m.verhaeltnis("eigene", "orm"), 2)}


def _dauer(tue: Any, _: int) -> float:
    beginn = process_time()
    tue()
    return process_time() - beginn


def _ms(sekunden: float) -> float:
    return round(sekunden * 1000, 2)
