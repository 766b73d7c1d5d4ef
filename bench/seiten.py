"""Wie lange eine Seite braucht: bei 1.000 und bei 100.000 Meldungen, und die Arbeitsliste gegen dieselbe Seite mit dem ORM.

Gemessen wird die ganze Anwendung ohne Netz davor: Anmeldung prüfen, lesen, Vorlage füllen, Kopfzeilen. Beide Größen liegen
nebeneinander und wechseln sich ab; ein Verhältnis entsteht immer aus zwei Messungen, die nebeneinander lagen.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from bench import orm
from bench.bestand import vervielfache
from bench.paare import abwechselnd, quantil
from bench.strecke import JETZT, Gespann, Strecke, neue_datenbank
from service import anmeldung
from service.app import Kreislauf, baue_app
from service.clock import berliner_tag
from service.db import Datenbank
from service.handelnde import Handelnde
from service.pages.arbeitsliste import Wahl, aufgabenseite
from service.settings import Einstellungen
from service.stammdaten import handelnde, uebernehme_profil
from service.umfeld import lade_umfeld

STUFEN = {"klein": 1_000, "gross": 100_000}
MALE, HOECHSTENS_S = 120, 60.0
SEITEN = {
    "arbeitsliste": "/aufgaben", "startseite": "/", "liste": "/vorgaenge/meldebogen",
    "liste_eingegrenzt": "/vorgaenge/meldebogen?zustand=eingegangen&offen=ja", "vorgang": "/vorgang/{key}",
    "formular": "/vorgang/{key}/schritt/uebergeben",
    "kreislauf": "/kreislauf", "suche": "/suche?q=beratung", "liste_nach_frist": "/vorgaenge/meldebogen?ordnung=frist",
}  # fmt: skip


@dataclass(frozen=True)
class Haus:
    """Eine Datenbank mit so vielen Meldungen, die Seiten davor, und wer sie liest: die Koordination und die meldende Stelle."""

    db: Datenbank
    app: Kreislauf
    key: str
    koordination: Handelnde
    ausweise: dict[str, str]


def miss(g: Gespann, ordner: Path) -> dict[str, Any]:
    haeuser = {name: _baue(g, ordner / f"{name}.sqlite", anzahl) for name, anzahl in STUFEN.items()}
    with asyncio.Runner() as schleife:
        ergebnis = {"seiten": _seiten(schleife, haeuser), "arbeitsliste_orm": _gegen_orm(haeuser["gross"])}
    for haus in haeuser.values():
        haus.db.schliessen()
    return ergebnis


def _baue(g: Gespann, datei: Path, anzahl: int) -> Haus:
    db, sammlungen = neue_datenbank(datei, g)
    db.in_transaktion(lambda s: uebernehme_profil(s, g.umfeld.profil, JETZT, "bench", mit_vorfuehrung=True))
    tag = berliner_tag(JETZT).isoformat()
    with db.lesen() as s:
        umfeld = lade_umfeld(s, tag)  # zuständig wird damit eine Person, die sich anmelden kann
    Strecke(replace(g, umfeld=umfeld), db, sammlungen).fahre(1)
    db.in_transaktion(partial(vervielfache, von=1, bis=anzahl))
    with db.lesen() as s:
        key, zustaendig, stelle = s.eine("SELECT key, zustaendig, institution FROM vorgang WHERE art = 'meldebogen' ORDER BY id") or ()
        koordination = handelnde(s, zustaendig, tag, umfeld.profil)
        meldende = [handelnde(s, wer, tag, umfeld.profil) for (wer,) in s.alle("SELECT person FROM person_rolle WHERE rolle = 'melder'")]
    melder = next(m for m in meldende if m.institution and not m.abh)
    umgetragen = {"neu": melder.institution, "alt": stelle}
    db.in_transaktion(lambda s: s.fuehre("UPDATE vorgang SET institution = :neu WHERE institution = :alt", umgetragen))
    ausweise = {name: db.in_transaktion(partial(anmeldung.melde_an, person=wer, jetzt=JETZT))
                for name, wer in (("koordination", zustaendig), ("stelle", melder.key))}
    return Haus(db, baue_app(Einstellungen(), db, lambda: JETZT), key, koordination, ausweise)


# --- ganze Seiten


def _seiten(schleife: asyncio.Runner, haeuser: dict[str, Haus]) -> dict[str, Any]:
    wege = [*((name, "koordination", weg) for name, weg in SEITEN.items()), ("startseite_stelle", "stelle", "/"),
            ("liste_stelle", "stelle", "/vorgaenge/meldebogen")]
    ergebnis = {}
    for name, wer, weg in wege:
        bahnen = {groesse: partial(_sekunden, schleife, haus, wer, weg.format(key=haus.key)) for groesse, haus in haeuser.items()}
        m = abwechselnd(MALE, bahnen, warm=5, hoechstens=HOECHSTENS_S / len(wege))
        ergebnis[name] = {"ms": _ms(m.sekunden("gross")), "p95_ms": _ms(quantil(m.bloecke["gross"], 0.95)),
                          "wachstum_auf_das_hundertfache": round(m.verhaeltnis("klein", "gross"), 2)}
    return ergebnis


def _sekunden(schleife: asyncio.Runner, haus: Haus, wer: str, weg: str, _: int) -> float:
    beginn = perf_counter()
    status = schleife.run(_hole(haus.app, weg, haus.ausweise[wer]))
    gebraucht = perf_counter() - beginn
    if status != 200:
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
    a, heute = haus.app.state.anwendung, berliner_tag(JETZT)
    rahmen = {"person": haus.koordination, "csrf": "0" * 64, "vorfuehrung": True, "ort": "Kreis", "navigation": [], "hinweis": "",
              "pfad": "/aufgaben", "warnungen": [], "fuehrt": True, "wessen": [], "namen": {}, "personen": [], "fristen": [],
              "ordnungen": []}

    def eigene() -> str:
        with haus.db.lesen() as s:
            kontext = aufgabenseite(s, haus.koordination, heute, Wahl(ordnung="frist"))
        return str(a.vorlagen.seite("pages/aufgaben.html", **rahmen, **kontext))

    mit_orm = orm.seite(haus.db, a.vorlagen, haus.koordination, heute, rahmen)
    if eigene() != mit_orm():
        raise AssertionError("Die beiden Seiten sind nicht gleich.")
    m = abwechselnd(MALE, {"eigene": partial(_dauer, eigene), "orm": partial(_dauer, mit_orm)}, warm=5)
    return {"ms": _ms(m.sekunden("eigene")), "orm_ms": _ms(m.sekunden("orm")), "faktor": round(m.verhaeltnis("eigene", "orm"), 2)}



def _dauer(tue: Any, _: int) -> float:
    beginn = perf_counter()
    tue()
    return perf_counter() - beginn


def _ms(sekunden: float) -> float:
    return round(sekunden * 1000, 2)
