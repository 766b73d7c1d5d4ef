"""Eine Welt aus unmittelbar eingefügten Vorgängen aller Arten, an der sich die Sicht prüfen lässt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from service.clock import als_text, berliner_tag
from service.db import Sitzung
from service.tables.vorgaenge import Vorgang
from states.kette import PROZESSE
from states.model import Rolle
from states.verbindungen import VERBINDUNGEN

HEUTE = date(2026, 6, 15)
PERSONEN = tuple(f"p{n}" for n in range(6))
STELLEN = ("Amt A", "Amt B", "Beratung C", "Team D")
BEREICHE = ("kreis", "iserlohn")
BETEILIGTE_ROLLEN = (Rolle.MELDER, Rolle.FR_GAST, Rolle.AG_MITGLIED, Rolle.AG_LEITUNG, Rolle.UMSETZENDE_STELLE, Rolle.EMPFAENGER,
                     Rolle.LG_GAST, Rolle.KOORDINATION)
ELTERN = {"zielsystem": "arbeitsgruppe", "massnahme": "zielsystem", "monitoring": "zielsystem"}
ZEIT = als_text(datetime(2026, 1, 7, 9, tzinfo=UTC))

_VORGANG = f"INSERT INTO vorgang ({', '.join(Vorgang.model_fields)}) VALUES ({', '.join(f':{f}' for f in Vorgang.model_fields)})"
_BETEILIGUNG = "INSERT INTO beteiligung (vorgang, wer, rolle, offen, geoeffnet_nr) VALUES (:vorgang, :wer, :rolle, :offen, 1)"
_VERBINDUNG = ("INSERT INTO verbindung (von, nach, art, offen, geoeffnet_vorgang, geoeffnet_nr) "
               "VALUES (:von, :nach, :art, :offen, :von, 1)")
_EREIGNIS = ("INSERT INTO ereignis (vorgang, nr, akt, ausloeser, von, nach, person, rolle, zeit, prozessversion, formular, "
             "formularversion, zusage, hash) "
             "VALUES (:vorgang, :nr, 'akt', :ausloeser, :von, :nach, 'p0', 'koordination', :zeit, 1, '', 0, :null, :null)")


@dataclass
class Welt:
    """Fügt Vorgänge ein und merkt sich, was da ist."""

    s: Sitzung
    nach_art: dict[str, list[int]] = field(default_factory=dict)
    anzahl: int = 0

    def vorgang(self, art: str, zustand: str, *, stand: Mapping[str, Any] | None = None, beteiligt: tuple[tuple[str, str], ...] = (),
                eltern: int | None = None, **spalten: Any) -> int:
        self.anzahl += 1
        zeile = Vorgang(id=self.anzahl, key=f"{PROZESSE[art].kuerzel}-{self.anzahl}", art=art, zustand=zustand, version=1, prozessversion=1,
                        eltern=eltern, eroeffnet=ZEIT, geaendert=ZEIT, kopf="0" * 64, stand=json.dumps(stand or {}), **spalten)
        self.s.fuehre(_VORGANG, zeile.model_dump())
        for wer, rolle in beteiligt:
            self.beteilige(self.anzahl, wer, rolle)
        self.nach_art.setdefault(art, []).append(self.anzahl)
        return self.anzahl

    def key(self, kennung: int) -> str:
        return str(self.s.wert("SELECT key FROM vorgang WHERE id = :id", {"id": kennung}))

    def beteilige(self, vorgang: int, wer: str, rolle: str, offen: int = 1) -> None:
        self.s.fuehre(_BETEILIGUNG, {"vorgang": vorgang, "wer": wer, "rolle": rolle, "offen": offen})

    def verbinde(self, von: int, art: str, nach: int, offen: int = 1) -> None:
        self.s.fuehre(_VERBINDUNG, {"von": von, "nach": nach, "art": art, "offen": offen})

    def gib_frei(self, vorgang: int, nr: int, zeit: datetime, *, zurueck: bool = False) -> None:
        """Das Ereignis einer Freigabe, auf Wunsch mit der Rücknahme, die ihm folgt."""
        self._ereignis(vorgang, nr, "freigeben", "abgestimmt", "freigegeben", zeit)
        if zurueck:
            self._ereignis(vorgang, nr + 1, "zuruecknehmen", "freigegeben", "abgestimmt", zeit)

    def _ereignis(self, vorgang: int, nr: int, ausloeser: str, von: str, nach: str, zeit: datetime) -> None:
        self.s.fuehre(_EREIGNIS, {"vorgang": vorgang, "nr": nr, "ausloeser": ausloeser, "von": von, "nach": nach, "zeit": als_text(zeit),
                                  "null": "0" * 64})


def zufaellige_welt(s: Sitzung, wuerfel: Random, je_art: int) -> Welt:
    """Je Art gleich viele Vorgänge, in allen Zuständen, mit Beteiligten, Übergeordneten und Verbindungen, auch geschlossenen."""
    welt = Welt(s)
    for art in ("arbeitsgruppe", "zielsystem", *sorted(PROZESSE.keys() - {"arbeitsgruppe", "zielsystem"})):
        zustaende = [z.wert for z in PROZESSE[art].zustaende]
        for n in range(je_art):
            eltern = _eltern(welt, art, wuerfel)
            kennung = welt.vorgang(
                art, zustaende[n % len(zustaende)], eltern=eltern, bereich=wuerfel.choice((*BEREICHE, None)),
                institution=wuerfel.choice((*STELLEN, None)), zustaendig=wuerfel.choice((*PERSONEN, None)),
                vertretung=wuerfel.choice((*PERSONEN, None)), stand=_freigaben(wuerfel) if art == "fallrekonstruktion" else {})
            _beteilige(welt, kennung, wuerfel)
            if art == "fallrekonstruktion":
                _spiele_freigaben(welt, kennung)
    for v in VERBINDUNGEN.values():
        for von in (k for art in v.von for k in welt.nach_art.get(art, ())):
            ziele = [k for art in v.nach for k in welt.nach_art.get(art, ()) if k != von]
            for ziel in wuerfel.sample(ziele, min(len(ziele), wuerfel.randint(0, 2))):
                welt.verbinde(von, v.name, ziel, int(wuerfel.random() < 0.8))
    return welt


def _eltern(welt: Welt, art: str, wuerfel: Random) -> int | None:
    """Meist der richtige; manchmal fehlt er, oder er ist von einer Art, über die nichts zu sehen sein darf."""
    wurf = wuerfel.random()
    if art not in ELTERN or wurf < 0.1:
        return None
    return wuerfel.choice(welt.nach_art[ELTERN[art]] if wurf < 0.85 else [k for kennungen in welt.nach_art.values() for k in kennungen])


def _beteilige(welt: Welt, kennung: int, wuerfel: Random) -> None:
    for wer in wuerfel.sample((*PERSONEN, *STELLEN, *BEREICHE), wuerfel.randint(0, 4)):
        for rolle in wuerfel.sample(BETEILIGTE_ROLLEN, wuerfel.randint(1, 3)):
            welt.beteilige(kennung, wer, rolle, int(wuerfel.random() < 0.85))


def _freigaben(wuerfel: Random) -> dict[str, Any]:
    """Freigaben um die Grenze von 30 Tagen herum, zu Stunden, in denen der Tag in Berlin schon ein anderer ist als in UTC."""
    liste = [(datetime(2026, 6, 15, wuerfel.choice((0, 9, 21, 22, 23)), 30, tzinfo=UTC) - timedelta(days=wuerfel.randint(27, 33)),
              wuerfel.random() < 0.3) for _ in range(wuerfel.randint(0, 2))]
    gueltig = [zeit for zeit, zurueck in sorted(liste) if not zurueck]
    stand: dict[str, Any] = {"freigaben": [(als_text(z), zurueck) for z, zurueck in sorted(liste)]}
    return {**stand, "freigegeben_am": berliner_tag(gueltig[-1]).isoformat()} if gueltig else stand


def _spiele_freigaben(welt: Welt, kennung: int) -> None:
    stand = json.loads(welt.s.wert("SELECT stand FROM vorgang WHERE id = :id", {"id": kennung}))
    for n, (zeit, zurueck) in enumerate(stand["freigaben"]):
        welt.gib_frei(kennung, 10 * n + 1, datetime.fromisoformat(zeit), zurueck=zurueck)
