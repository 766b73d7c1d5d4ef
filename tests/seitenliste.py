"""Jede Seite einmal mit einem Konto, das sie sieht: über diese Liste laufen die Prüfungen auf Barrierefreiheit und gültiges HTML."""

from __future__ import annotations

# (Konto der Vorführung, Weg)
SEITEN: tuple[tuple[str, str], ...] = (
    ("koordination-a", "/eingang"),
    ("koordination-a", "/sammlungen"),
    ("koordination-a", "/neu/meldebogen/einreichen"),
    ("stelle-erstanlauf-luedenscheid", "/neu/meldebogen/einreichen"),
    ("koordination-a", "/sitzungen"),
    ("koordination-a", "/beschlusskontrolle"),
    ("s01", "/vorgang/LG-03"),
    ("koordination-a", "/vorgang/LG-03/protokoll"),
    ("koordination-a", "/vorgang/LG-03/mitgeteilt"),
    ("s02", "/vorgang/LG-51/unterlagen"),
    ("koordination-a", "/vorgang/MK-2026-0003/spur"),
    ("koordination-a", "/vorgang/MON-02"),
    ("koordination-a", "/vorgang/MON-01/erhebung"),
    ("s01", "/zahlen"),
    ("stelle-abh-mk", "/hilfe"),
    ("koordination-a", "/profil"),
    ("stelle-abh-mk", "/barrierefreiheit"),
    ("stelle-abh-mk", "/datenschutz"),
    ("koordination-a", "/vorgang/ZS-53"),
    ("koordination-a", "/vorgang/AG-53"),
    ("koordination-a", "/vorgang/FR-74"),
    ("koordination-a", "/vorgang/FR-01?ansicht=beamer"),
)
