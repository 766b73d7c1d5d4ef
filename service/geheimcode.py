"""Codes, die Menschen abschreiben und vorlesen: zufällig, in Vierergruppen, ohne Zeichen, die sich verwechseln lassen.

Gespeichert wird nur der Hash, und gesucht wird nur nach ihm: Wie lange eine Antwort dauert, sagt nichts darüber, was an einem Code stimmt.
"""

from __future__ import annotations

import hashlib
import re
import secrets

# ohne 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V: jedes Zeichen trägt gut 4,4 Bit
ZEICHEN = "34679ACDEFGHJKMNPRTWXY"
GRUPPE = 4


def neuer_code(gruppen: int) -> str:
    return _gruppiert("".join(secrets.choice(ZEICHEN) for _ in range(gruppen * GRUPPE)))


def abgeleitet(geheim: str, wozu: str, gruppen: int) -> str:
    """Immer derselbe Code zu einem geheimen Zufallswort: Wer dasselbe Formular noch einmal sendet, bekommt denselben."""
    zahl, zeichen = int.from_bytes(hashlib.sha512(f"{wozu}|{geheim}".encode()).digest()), []
    for _ in range(gruppen * GRUPPE):
        zahl, rest = divmod(zahl, len(ZEICHEN))
        zeichen.append(ZEICHEN[rest])
    return _gruppiert("".join(zeichen))


def hash_von(getippt: str, wozu: str, gruppen: int) -> str:
    """Leer, wenn es schon der Form nach kein solcher Code ist; Leerzeichen, Striche und Kleinschreibung zählen nicht."""
    code = re.sub(r"[\s\-–_.]", "", getippt[:200]).upper()
    passt = len(code) == gruppen * GRUPPE and set(code) <= set(ZEICHEN)
    return hashlib.sha256(f"{wozu}|{code}".encode()).hexdigest() if passt else ""


def _gruppiert(zeichen: str) -> str:
    return "-".join(zeichen[i : i + GRUPPE] for i in range(0, len(zeichen), GRUPPE))
