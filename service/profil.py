"""Das Profil einer Kommune lesen: eine TOML-Datei, geprüft, mit deutschen Meldungen auf die Zeile genau.

Die Angaben selbst beschreibt `service.profil_modell`, das Nachschlagewerk für Verwaltende `docs/profil.md`.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from service.profil_angaben import vergleichbar
from service.profil_modell import (
    Aufbewahrung,
    Bereich,
    Fristaenderung,
    Gremium,
    Institution,
    Person,
    Profil,
    Rollenzuweisung,
    Sitz,
    Sitzungsrhythmus,
    Verteiler,
    Wert,
    Zustaendigkeit,
)
from service.profil_pruefung import Fristnamen, maengel, satz_zu
from service.profil_toml import Ort, Stellen, syntaxfehler
from service.profil_vergleich import unterschiede
from states.model import Rolle

__all__ = [
    "DEMONSTRATION",
    "ROLLEN",
    "Aufbewahrung",
    "Befund",
    "Bereich",
    "Fristaenderung",
    "Gremium",
    "Institution",
    "Person",
    "Profil",
    "ProfilFehler",
    "Rollenzuweisung",
    "Sitz",
    "Sitzungsrhythmus",
    "Verteiler",
    "Wert",
    "Zustaendigkeit",
    "lesen",
    "lesen_text",
    "unterschiede",
    "vergleichbar",
]

# Rollen, die ein Konto haben kann; die übrigen der Prozesstabellen nimmt nur das Programm selbst ein.
_NIE_EIN_KONTO = {Rolle.EMPFAENGER, Rolle.SYSTEM, Rolle.KETTE, Rolle.BESCHLUSS}
ROLLEN = tuple(rolle.value for rolle in Rolle if rolle not in _NIE_EIN_KONTO)
# Die mitgelieferte Demonstrationskommune: die erste Datei im Ordner; ihr Name steht in keinem Code.
DEMONSTRATION = min((Path(__file__).parent / "profile").glob("*.toml"))


@dataclass(frozen=True, order=True)
class Befund:
    """`zeile` zählt ab 1; 0 heißt: die Datei als Ganzes. `feld` nennt den Ort, Einträge ab 1 gezählt."""

    zeile: int
    feld: str
    grund: str

    def __str__(self) -> str:
        wo = f"Zeile {self.zeile}" if self.zeile else "Datei"
        return f"{wo}, {self.feld}: {self.grund}" if self.feld else f"{wo}: {self.grund}"


class ProfilFehler(Exception):
    """Das Profil ist so nicht brauchbar; `befunde` sind nach Zeilen geordnet und nie leer."""

    def __init__(self, befunde: Collection[Befund]) -> None:
        self.befunde = sorted(befunde)
        super().__init__("\n".join(map(str, self.befunde)))


class ProfilUnlesbar(ProfilFehler):
    """Die Datei gibt es nicht, oder sie lässt sich nicht öffnen."""


def lesen(pfad: Path, *, fristen: Fristnamen | None = None, rollen: Collection[str] = ROLLEN) -> Profil:
    """Liest und prüft eine Profildatei.

    Args:
        fristen: Namen aller Fristen der Prozesstabellen, als Zuordnung auch mit der Zahl ihrer Stufen; ohne Angabe
            werden die Namen nicht geprüft.
        rollen: Rollen, die ein Konto haben kann.

    Raises:
        ProfilFehler: mit allen Befunden; was sich erst aus einer lesbaren Form ergibt, wird danach gemeldet.
    """
    try:
        roh = pfad.read_bytes()
    except OSError as fehler:
        raise ProfilUnlesbar([Befund(0, "", f"Die Datei {pfad} lässt sich nicht lesen.")]) from fehler
    try:
        text = roh.decode("utf-8-sig")
    except UnicodeDecodeError as fehler:
        zeile = roh.count(b"\n", 0, fehler.start) + 1
        raise ProfilFehler([Befund(zeile, "", "Die Datei ist nicht in UTF-8 gespeichert.")]) from fehler
    return lesen_text(text, fristen=fristen, rollen=rollen)


def lesen_text(text: str, *, fristen: Fristnamen | None = None, rollen: Collection[str] = ROLLEN) -> Profil:
    """Wie `lesen`, für einen Text, der schon da ist (zum Beispiel hochgeladen)."""
    text = text.replace("\r\n", "\n")
    try:
        angaben = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fehler:
        zeile, satz = syntaxfehler(text, fehler)
        raise ProfilFehler([Befund(zeile, "", satz)]) from fehler
    except RecursionError as fehler:
        raise ProfilFehler([Befund(0, "", "Die Datei ist zu tief verschachtelt.")]) from fehler
    try:
        profil = Profil.model_validate(angaben)
    except ValidationError as fehler:
        stellen = Stellen(text)
        raise ProfilFehler(
            [
                Befund(stellen.zeile(ort := e["loc"]), _feld(ort), satz_zu(e))
                for e in fehler.errors(include_url=False, include_input=False)
            ]
        ) from None
    if gefunden := list(maengel(profil, rollen, fristen)):
        stellen = Stellen(text)
        raise ProfilFehler(
            [
                Befund(stellen.zeile(m.ort), _feld(m.ort), m.satz.replace("{zeile}", str(stellen.zeile(m.bezug or ()))))
                for m in gefunden
            ]
        )
    return profil


def _feld(ort: Ort) -> str:
    """„institutionen[3].kommune“; Einträge zählen ab 1."""
    teile = [f"[{teil + 1}]" if isinstance(teil, int) else f".{teil}" for teil in ort if teil != "[key]"]
    return "".join(teile).removeprefix(".")
