"""Ein Profil übernehmen, soweit es datierte Einträge betrifft: Gepflegtes überschreibt es nie, es nennt nur den Unterschied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from service.clock import berliner_tag
from service.db import Sitzung
from service.eintraege import lege_erste_an, unterschied, ziehe_nach
from service.eintragsarten import ARTEN, Eintragsart, in_worten
from service.erste_werte import SITZPERSONEN, erste_werte
from service.geltendes import Eintrag, lade
from service.handelnde import SYSTEM
from service.profil import Profil


def uebernimm_erste_werte(s: Sitzung, profil: Profil, jetzt: datetime, *, mit_vorfuehrung: bool) -> list[str]:
    """Legt an, was fehlt, zieht nach, was niemand gepflegt hat; ein Satz je Eintrag, der anders gepflegt ist, als das Profil ihn nennt."""
    vorhanden: dict[tuple[str, str], list[Eintrag]] = {}
    for e in lade(s).eintraege:
        vorhanden.setdefault((e.art, e.kennung), []).append(e)
    gesollt = list(erste_werte(profil, mit_vorfuehrung=mit_vorfuehrung))
    lege_erste_an(s, [e for e in gesollt if (e.art, e.kennung) not in vorhanden], jetzt)
    saetze: list[str] = []
    for soll in gesollt:
        ist = vorhanden.pop((soll.art, soll.kennung), [])
        if ist:
            saetze += _gleiche_ab(s, ist, soll, profil, jetzt)
    for ist in vorhanden.values():
        _beende_ungepflegte(s, ist, jetzt)
    return saetze


def _beende_ungepflegte(s: Sitzung, ist: list[Eintrag], jetzt: datetime) -> None:
    """Was das Profil nicht mehr nennt und niemand gepflegt hat, gilt ab heute nicht mehr."""
    gestern = (berliner_tag(jetzt) - timedelta(days=1)).isoformat()
    for e in ist:
        if e.bis is None and not any(x.gepflegt for x in ist):
            ziehe_nach(s, e, replace(e, bis=max(e.von, gestern)), SYSTEM.key, jetzt)


def _gleiche_ab(s: Sitzung, ist: list[Eintrag], soll: Eintrag, profil: Profil, jetzt: datetime) -> Iterator[str]:
    """Maßgeblich ist der letzte Eintrag: Davor liegende sind Geschichte."""
    letzter = max(ist, key=lambda e: e.von)
    neu = soll if letzter.art != "sitze" else _mit_personen(soll, letzter)
    anders = unterschied(letzter, neu)
    if not anders:
        return
    if not any(e.gepflegt for e in ist):
        ziehe_nach(s, letzter, neu, SYSTEM.key, jetzt)
        return
    art = ARTEN[letzter.art]
    namen = {f.name: f.titel for f in art.felder}
    was = "; ".join(f"„{namen[f]}“ ist {_gezeigt(profil, art, f, alt)}, im Profil {_gezeigt(profil, art, f, neu_)}"
                    for f, (alt, neu_) in anders.items())
    yield f"{_genannt(letzter, profil)} bleibt, wie der Eintrag gepflegt ist: {was}."


def _mit_personen(soll: Eintrag, ist: Eintrag) -> Eintrag:
    """Ohne Vorführung sagt das Profil nicht, wer einen Sitz innehat; das ist dann kein Unterschied."""
    fehlend = {f: ist.angaben[f] for f in SITZPERSONEN if f in ist.angaben and f not in soll.angaben}
    return Eintrag(soll.art, soll.kennung, soll.von, soll.bis, {**soll.angaben, **fehlend})


def _genannt(e: Eintrag, profil: Profil) -> str:
    art = ARTEN[e.art]
    return f"{art.einzahl} „{in_worten(profil, art, art.spalten[0], e.angaben[art.spalten[0]], {})}“"


def _gezeigt(profil: Profil, art: Eintragsart, feld: str, wert: Any) -> str:
    text = in_worten(profil, art, feld, wert, {})
    return f"„{text}“" if text else "leer"
