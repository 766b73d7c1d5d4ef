"""Was die Kindprozesse von Prefect wissen müssen: wo sein Server ist und wie man sich dort anmeldet.

Prefect selbst kommt hier nicht vor. Es läuft in eigenen Prozessen (`workflows.server`, `workflows.serve`,
`workflows.pool`), die `kreislauf worker` und `kreislauf run` beim Namen nennen; ohne sie arbeiten die Seiten weiter.
"""

from __future__ import annotations

from typing import NamedTuple
import os
import secrets
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from service.aufsicht import Dienst
from service.errors import Betriebsfehler
from service.settings import Einstellungen

SERVER = "Prefect-Server"
RUNDEN = "Runden"
_STILL = "ignore::RuntimeWarning:prefect.runner.runner"  # Prefect warnt beim Beenden vor sich selbst


class Zeitgeber(NamedTuple):
    """`eigener` falsch: der Server läuft anderswo, und die Runden teilen sich alle Worker seines Work-Pools."""

    adresse: str
    eigener: bool
    umgebung: dict[str, str]

    def dienste(self, ausgabe: Path | None = None) -> list[Dienst]:
        def dienst(name: str, modul: str, braucht: str = "") -> Dienst:
            return Dienst(name, (sys.executable, "-m", modul), self.umgebung, braucht, ausgabe, schlaegt=True)

        if not self.eigener:
            return [dienst(RUNDEN, "workflows.pool")]
        return [dienst(SERVER, "workflows.server"), dienst(RUNDEN, "workflows.serve", braucht=SERVER)]


def zeitgeber(e: Einstellungen, umgebung: Mapping[str, str]) -> Zeitgeber:
    """Ein vorhandener Server aus den Einstellungen oder aus PREFECT_API_URL, sonst ein eigener auf einem freien Anschluss."""
    fuer_kinder = {**umgebung, **feste_orte(e), "PYTHONWARNINGS": _STILL}
    adresse = e.prefect_url or umgebung.get("PREFECT_API_URL", "")
    if adresse:
        anmeldung = e.prefect_anmeldung or umgebung.get("PREFECT_API_AUTH_STRING", "")
        return Zeitgeber(adresse, False, {**fuer_kinder, "PREFECT_API_URL": adresse,
                                          **({"PREFECT_API_AUTH_STRING": anmeldung} if anmeldung else {})})
    anschluss, zugang = _freier_anschluss(), eigener_zugang(e)
    adresse = f"http://127.0.0.1:{anschluss}/api"
    return Zeitgeber(adresse, True, {
        **fuer_kinder, "PREFECT_API_URL": adresse, "PREFECT_SERVER_API_PORT": str(anschluss),
        "PREFECT_API_AUTH_STRING": zugang, "PREFECT_SERVER_API_AUTH_STRING": zugang,
    })  # fmt: skip


def feste_orte(e: Einstellungen) -> dict[str, str]:
    """Dieselben Orte, gleich in welchem Ordner ein Kindprozess steht."""
    datenbank = str(Path(e.datenbank.removeprefix("sqlite:///")).absolute()) if e.auf_sqlite else e.datenbank
    return {"KREISLAUF_DATEN": str(e.daten.absolute()), "KREISLAUF_DB": datenbank}


def eigener_zugang(e: Einstellungen) -> str:
    """Beim ersten Mal erzeugt; in einer Datei, die nur das eigene Konto liest, nie in der Datenbank oder im Protokoll."""
    e.lege_datenordner_an()
    datei = e.daten / "prefect" / "zugang"
    try:
        datei.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            kennung = os.open(datei, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return datei.read_text().strip()
        with os.fdopen(kennung, "w") as f:
            f.write(f"kreislauf:{secrets.token_urlsafe(32)}\n")
        return datei.read_text().strip()
    except OSError as fehler:
        raise Betriebsfehler(f"Der Zugang zum Prefect-Server lässt sich nicht in {datei} anlegen ({fehler.strerror}).") from fehler


def _freier_anschluss() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
