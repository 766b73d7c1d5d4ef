"""Jede Seite einmal mit einem Konto, das sie sieht: über diese Liste laufen die Prüfungen auf Barrierefreiheit und gültiges HTML."""

from __future__ import annotations

# (Konto der Vorführung, Weg)
SEITEN: tuple[tuple[str, str], ...] = (
    ("koordination-a", "/eingang"),
)
