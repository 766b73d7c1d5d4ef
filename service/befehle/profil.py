"""`kreislauf profil`: eine Profildatei prüfen oder zur geltenden machen."""

from __future__ import annotations

from pathlib import Path

from forms.render import anzahl
from service.befehle.ausgabe import sage, schreibe
from service.befehle.betrieb import angelegte_datenbank, lies_profil, systemkonto
from service.clock import jetzt
from service.errors import Betriebsfehler
from service.profil import Profil, ProfilFehler, ProfilUnlesbar
from service.settings import lade_einstellungen
from service.stammdaten import uebernehme_profil


def pruefe(datei: Path) -> int:
    """1, wenn es Mängel gibt; jeder steht mit seiner Zeile auf der Standardausgabe."""
    profil = _gelesen(datei)
    if profil is None:
        return 1
    schreibe(f"Das Profil {profil.name} ({profil.fassung}) ist in Ordnung: {anzahl(len(profil.kommunen), 'Kommune', 'Kommunen')}, "
             f"{anzahl(len(profil.institutionen), 'Institution', 'Institutionen')}, {anzahl(len(profil.sitze), 'Sitz', 'Sitze')}.")
    return 0


def uebernimm(datei: Path, *, mit_vorfuehrung: bool) -> int:
    profil = _gelesen(datei)
    if profil is None:
        sage("Das Profil ist nicht übernommen.")
        return 1
    zeit = jetzt()
    with angelegte_datenbank(lade_einstellungen()) as db:
        saetze = db.in_transaktion(lambda s: uebernehme_profil(s, profil, zeit, systemkonto(), mit_vorfuehrung=mit_vorfuehrung))
    schreibe("\n".join([*saetze, f"Das Profil {profil.name} ({profil.fassung}) gilt ab jetzt."]))
    return 0


def _gelesen(datei: Path) -> Profil | None:
    try:
        return lies_profil(datei)
    except ProfilUnlesbar as fehler:
        raise Betriebsfehler(str(fehler)) from fehler
    except ProfilFehler as fehler:
        zahl = "einen Mangel" if len(fehler.befunde) == 1 else f"{len(fehler.befunde)} Mängel"
        schreibe("\n".join([*map(str, fehler.befunde), f"Die Datei hat {zahl}."]))
        return None
