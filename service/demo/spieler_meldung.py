"""Meldungen, Sammlungen und Übergaben einzelner Fälle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.apply import Schritt
from service.demo.geschichte import Daten, Geschichte
from service.demo.lauf import Lauf

_NICHT_IM_FORMULAR = ("geschaeftszeichen", "eingang")


def einreichen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    meldung = g.meldungen[s["meldungen"][0]]
    eingang = datetime.fromisoformat(meldung["eingang"])
    lauf.stelle_uhr(eingang.date(), eingang.time())
    daten = {k: w for k, w in meldung.items() if k not in _NICHT_IM_FORMULAR}
    lauf.spiele(s, s["meldungen"][0], Schritt("einreichen", art="meldebogen", daten=daten, key=meldung["geschaeftszeichen"]))


def schritt(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Ein Schritt am Meldebogen; welche Felder er hat, sagt sein Auslöser."""
    key, ausloeser = s["meldungen"][0], s["trigger"]
    lauf.spiele(s, key, Schritt(ausloeser, key, daten=_daten(g, lauf, s), grund=s.get("grund") or s["text"]))


def _daten(g: Geschichte, lauf: Lauf, s: Daten) -> dict[str, Any]:
    vorpruefung = g.eintrag("vorpruefungen", s["key"])
    zeitraum = vorpruefung.get("ereignis_zeitraum") or {}
    wann = {"ereignis_von": zeitraum["von"], "ereignis_bis": zeitraum["bis"]} if zeitraum else {}
    match s["trigger"]:
        case "aufnehmen":
            return {"sammlung": s["sammlung"], **wann}
        case "rueckfragen":
            return {"frage": s["text"], "frist_am": s["frist_am"]}
        case "antworten" | "wieder_vorgekommen" | "ergaenzen":
            return {"text": s["text"]}
        case "schwaerzen":
            return dict(s["span"])
        case "parken":
            return {"wiedervorlage_am": s["wiedervorlage_am"], "liegt_bei": s["liegt_bei"], **wann}
        case "auswahl_aufheben":
            return {"ziel": s["zustand"], "wiedervorlage_am": s.get("wiedervorlage_am")}
        case "zuordnen":
            return {"thema": s["thema"], **wann}
        case "als_doppelmeldung_verknuepfen":
            return {"original": s["original"]}
        case "kurz_klaeren":
            return dict(s["vereinbart"])
        case "weitergeben":
            return {"an": s["an"]}
        case "bereich_abgeben":
            return {"an": next(b.key for b in lauf.umfeld.profil.bereiche if b.name == s["an"])}
    return {}


def sammlung_anlegen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("anlegen", art="sammlung", key=s["key"], daten={"titel": s["text"]}))
