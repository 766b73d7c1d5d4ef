"""`kreislauf config check`: was gilt, und was daran nicht zusammenpasst."""

from __future__ import annotations

from service.befehle.ausgabe import schreibe
from service.befehle.betrieb import lies_profil
from service.errors import Betriebsfehler
from service.profil import ProfilFehler
from service.settings import Einstellungen, lade_einstellungen


def pruefe() -> int:
    """1, wenn etwas nicht passt; auch ein unlesbarer Wert ist hier ein Befund."""
    try:
        e = lade_einstellungen()
    except Betriebsfehler as fehler:
        schreibe(fehler.satz)
        return 1
    befunde = [*e.pruefe(), *_profil(e)]
    for name, wert in (("DATEN", e.daten), ("DB", e.datenbank_ohne_kennwort), ("PROFIL", e.profildatei), ("PORT", e.port)):
        schreibe(f"KREISLAUF_{name:<6} = {wert}")
    schreibe("\n".join(["", *befunde] if befunde else ["", "Die Einstellungen passen zusammen."]))
    return 1 if befunde else 0


def _profil(e: Einstellungen) -> list[str]:
    if not e.profildatei.is_file():
        return []  # das sagt e.pruefe()
    try:
        lies_profil(e.profildatei)
    except ProfilFehler as fehler:
        return [f"Das Profil {e.profildatei} hat Mängel ({len(fehler.befunde)}): {fehler.befunde[0]} "
                f"Alle nennt „kreislauf profil pruefen {e.profildatei}“."]
    return []
