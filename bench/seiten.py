"""`python -m bench.seiten`: Wie lange eine Seite braucht, und ob das so bleibt, wenn der Bestand wächst.

Gemessen wird die ganze Anwendung ohne Netz dazwischen: Anmeldung prüfen, lesen, Vorlage füllen, Kopfzeilen. Verglichen wird
in einem Lauf dieselbe Seite bei 1.000 und bei 100.000 Meldungen.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from starlette.testclient import TestClient

from bench.bestand import vervielfache
from bench.strecke import JETZT, Strecke, gespann, neue_datenbank
from service import anmeldung
from service.app import baue_app
from service.settings import Einstellungen
from service.stammdaten import uebernehme_profil

STUFEN, MALE = (1_000, 100_000), 40


def main() -> int:
    """Eine Zeile je Seite: Mitte und 95 von 100 in ms bei beiden Größen, und ihr Verhältnis."""
    g = gespann()
    with tempfile.TemporaryDirectory(prefix="bench-") as ordner:
        db, sammlungen = neue_datenbank(Path(ordner) / "seiten.sqlite", g)
        db.in_transaktion(lambda s: uebernehme_profil(s, g.umfeld.profil, JETZT, "bench", mit_vorfuehrung=True))
        Strecke(g, db, sammlungen).fahre(1)
        with db.lesen() as s:
            meldung = s.wert("SELECT key FROM vorgang WHERE art = 'meldebogen'")
            bereich = s.wert("SELECT bereich FROM vorgang WHERE art = 'meldebogen'")
        person = next(p.key for p in g.umfeld.profil.personen for r in p.rollen if (r.rolle, r.bereich) == ("koordination", bereich))
        client = TestClient(baue_app(Einstellungen(), db, lambda: JETZT), base_url="http://localhost:8000")
        client.cookies.set("kreislauf", db.in_transaktion(lambda s: anmeldung.melde_an(s, person, JETZT)))
        wege = {
            "Meine Aufgaben": "/", "Liste": "/vorgaenge/meldebogen",
            "Liste, eingegrenzt": "/vorgaenge/meldebogen?zustand=eingegangen&offen=ja",
            "Liste, ab der Mitte": f"/vorgaenge/meldebogen?ab={STUFEN[0] // 2}", "Vorgang": f"/vorgang/{meldung}",
            "Formular": f"/vorgang/{meldung}/schritt/uebergeben", "Neue Meldung": "/neu/meldebogen/einreichen",
        }  # fmt: skip
        zeiten: dict[str, list[tuple[float, float]]] = {name: [] for name in wege}
        for bisher, stufe in pairwise((0, *STUFEN)):
            db.in_transaktion(partial(vervielfache, von=bisher + 1, bis=stufe))
            for name, weg in wege.items():
                zeiten[name].append(_ms(client, weg))
        db.schliessen()
    sys.stdout.write(f"{'':22}{STUFEN[0]:>16,}{STUFEN[1]:>16,}{'Wachstum':>12}\n")
    for name, ((m1, p1), (m2, p2)) in zeiten.items():
        sys.stdout.write(f"{name:22}{m1:>7.1f} /{p1:>6.1f}{m2:>8.1f} /{p2:>6.1f}{m2 / m1:>11.2f}x\n")
    return 0


def _ms(client: TestClient, weg: str) -> tuple[float, float]:
    gemessen = []
    for _ in range(MALE):
        beginn = perf_counter()
        antwort = client.get(weg)
        gemessen.append((perf_counter() - beginn) * 1000)
        if antwort.status_code != 200:
            raise AssertionError(f"{weg}: {antwort.status_code}")
    return median(gemessen), quantiles(gemessen, n=20)[18]


if __name__ == "__main__":
    sys.exit(main())
