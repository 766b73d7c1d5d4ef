"""Aufnahmen der wichtigsten Seiten in zwei Breiten: `python -m tests.bilder docs/bilder`. Die Vorführung dafür entsteht frisch."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import FloatRect

from service.befehle.betrieb import umfeld
from service.clock import jetzt
from service.db import Datenbank
from service.lauf import tagesrunde, takt
from service.settings import Einstellungen
from tests.vorfuehrserver import chromium, fenster, gefuellte_vorfuehrung

# (Name, Konto, Weg)
BILDER = (
    ("startseite", "koordination-a", "/"),
    ("kreislauf", "koordination-a", "/kreislauf"),
    ("meldungen", "koordination-a", "/vorgaenge/meldebogen"),
    ("meldung", "koordination-a", "/vorgang/MK-2026-0003"),
    ("melden", "stelle-erstanlauf-luedenscheid", "/neu/meldebogen/einreichen"),
    ("startseite-meldende-stelle", "stelle-erstanlauf-luedenscheid", "/"),
    ("fallrekonstruktion", "koordination-a", "/vorgang/FR-74"),
    ("thema", "koordination-a", "/vorgang/GT-73"),
    ("arbeitsgruppe", "koordination-a", "/vorgang/AG-71"),
    ("zielsystem", "koordination-a", "/vorgang/ZS-02"),
    ("sitzung", "koordination-a", "/vorgang/LG-73"),
    ("beschluss", "s12", "/vorgang/BS-U-73"),
    ("monitoring", "koordination-a", "/vorgang/MON-02"),
    ("spur", "koordination-a", "/vorgang/MK-2026-0003/spur"),
    ("suche", "koordination-a", "/suche?q=Sprachkurs"),
)
BREITEN = (1280, 360)
HOECHSTENS = 2400  # Pixel; was darunter liegt, zeigt ein Bild ohnehin nicht mehr lesbar


def nimm_auf(ziel: Path) -> None:
    ziel.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as ort, gefuellte_vorfuehrung(Path(ort)) as adresse, chromium() as browser:
        _laufe_einmal(Path(ort) / "daten")
        for breite in BREITEN:
            for name, wer, weg in BILDER:
                seite = fenster(browser, adresse, breite, wer)
                seite.goto(weg)
                hoehe = min(int(seite.evaluate("document.documentElement.scrollHeight")), HOECHSTENS)
                ausschnitt: FloatRect = {"x": 0, "y": 0, "width": breite, "height": hoehe}
                seite.screenshot(path=ziel / f"{name}-{breite}.png", full_page=True, clip=ausschnitt)
                seite.context.close()


def _laufe_einmal(daten: Path) -> None:
    """Wie im Betrieb: Frist- und Tagesrunde sind eben gelaufen, also warnt keine Seite davor, dass sie stehen."""
    db = Datenbank(daten / "kreislauf.sqlite")
    tagesrunde(db, jetzt())
    takt(db, Einstellungen(daten=daten), umfeld(db, jetzt()), jetzt())
    db.schliessen()


if __name__ == "__main__":
    nimm_auf(Path(sys.argv[1]))
