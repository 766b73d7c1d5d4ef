"""Wächter, die mehrere Schritte brauchen. Jeder ist rein und nennt seinen Grund in einem deutschen Satz."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from states.model import Fakten, Grund, Waechter


def feld_noetig(feld: str, satz: str) -> Waechter:
    """Die Antwort muss `feld` ausgefüllt enthalten."""
    return Waechter(f"feld_{feld}", lambda f: None if f.daten.get(feld) not in (None, "", [], {}) else Grund(satz, feld=feld), (feld,))


def datum_nicht_vergangen(feld: str, satz: str) -> Waechter:
    """Ein Datum in der Antwort darf nicht vor heute liegen; fehlt es, sagt ein anderer Wächter etwas dazu."""

    def pruefe(f: Fakten) -> Grund | None:
        wert = f.daten.get(feld)
        return Grund(satz, {"datum": wert}, feld) if wert and wert < f.heute.isoformat() else None

    return Waechter(f"zukunft_{feld}", pruefe)


def wenn(name: str, erfuellt: Callable[[Fakten], bool], satz: str, feld: str = "", **werte: object) -> Waechter:
    """Kurzform: die Bedingung gilt, oder der Satz mit seinen Werten sagt, warum es nicht geht. `feld`: bei welcher Angabe er steht."""
    return Waechter(name, lambda f: None if erfuellt(f) else Grund(satz, werte, feld))


def eines_noetig(name: str, erfuellt: Callable[[Fakten], bool], satz: str, *felder: str) -> Waechter:
    """Wie `wenn`, wo das Ausfüllen eines der `felder` die Bedingung erfüllt."""
    return replace(wenn(name, erfuellt, satz, felder[0]), verlangt=felder)


def marke_gesetzt(marke: str, satz: str) -> Waechter:
    return wenn(f"marke_{marke}", lambda f: marke in f.marken, satz)


def marke_nicht_gesetzt(marke: str, satz: str) -> Waechter:
    return wenn(f"ohne_{marke}", lambda f: marke not in f.marken, satz)
