"""Fehler, die jemand zu sehen bekommt: deutsche Sätze und ein Code, aus dem die Oberfläche ihren Status macht."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from states.aussage import Aussage, aneinander


class Kreislauffehler(Exception):
    """`status`: wie HTTP (4xx können Personen verursachen, 5xx nur wir)."""

    status = 500

    def __init__(self, satz: str) -> None:
        super().__init__(satz)
        self.satz = satz


class NichtGefunden(Kreislauffehler):
    """Gibt es nicht, oder die Person darf es nicht sehen: beides klingt gleich. `satz`: was an einem sichtbaren Vorgang fehlt."""

    status = 404

    def __init__(self, key: str = "", satz: str = "") -> None:
        super().__init__(satz or (Aussage("Den Vorgang {key} gibt es nicht.", key=key) if key else "Das gibt es nicht."))
        self.key, self.sichtbar = key, bool(satz)


class Verboten(Kreislauffehler):
    status = 403


class NichtAngemeldet(Kreislauffehler):
    status = 401

    def __init__(self) -> None:
        super().__init__("Bitte melden Sie sich an.")


class ZuVieleVersuche(Kreislauffehler):
    status = 429


class FremdesFormular(Kreislauffehler):
    """Das Formular kommt nicht von unseren Seiten, oder aus einer Anmeldung, die nicht mehr gilt."""

    status = 403


class Unmoeglich(Kreislauffehler):
    """Der Schritt passt nicht zum Zustand, oder ein benannter Wächter steht dagegen.

    `felder`: je Grund die Angabe, bei der er steht; leer, wenn er den ganzen Schritt betrifft.
    """

    status = 409

    def __init__(self, gruende: Sequence[str], waechter: Sequence[str] = (), key: str = "", felder: Sequence[str] = ()) -> None:
        super().__init__(aneinander(gruende))
        self.gruende, self.waechter, self.key = tuple(gruende), tuple(waechter), key
        self.felder = tuple(felder) or ("",) * len(self.gruende)

    @property
    def befunde(self) -> tuple[tuple[str, str], ...]:
        return tuple(zip(self.felder, self.gruende, strict=True))


class Konflikt(Kreislauffehler):
    """Jemand war schneller. `gesehen` und `jetzt` sind die beiden Fassungen."""

    status = 409

    def __init__(self, satz: str, key: str = "", gesehen: int | None = None, jetzt: int | None = None) -> None:
        super().__init__(satz)
        self.key, self.gesehen, self.jetzt = key, gesehen, jetzt


class NetzGewachsen(Exception):
    """Zwischen Suchen und Sperren kam eine Verbindung hinzu; der Zug wird wiederholt. Niemand bekommt das zu sehen."""


class Ungueltig(Kreislauffehler):
    """Die Antwort hat Fehler in Feldern: feld -> deutscher Grund."""

    status = 422

    def __init__(self, befunde: Mapping[str, str] | Sequence[tuple[str, str]]) -> None:
        self.befunde: tuple[tuple[str, str], ...] = tuple(befunde.items() if isinstance(befunde, Mapping) else befunde)
        super().__init__(aneinander([grund for _, grund in self.befunde]))


class Betriebsfehler(Kreislauffehler):
    """Etwas an der Einrichtung stimmt nicht; der Satz sagt, was zu tun ist."""

    status = 503


class Beschaedigt(Betriebsfehler):
    """Etwas Vorgelegtes hält der Prüfung nicht stand; auf der Kommandozeile ein Befund."""


def als_json(fehler: Kreislauffehler) -> dict[str, Any]:
    """Ohne das, was eingegeben wurde."""
    return {"status": fehler.status, "grund": fehler.satz}
