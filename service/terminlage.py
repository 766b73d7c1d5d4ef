"""Welche Fristen nach einem Schritt offen sind: alte schließen, neue öffnen, ruhende anhalten und weiterführen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from service.kalender import Dauer, Kalender
from service.laden import Akte, OffeneFrist
from service.umfeld import Umfeld, kanonisch
from states.aussage import als_json, aneinander, aus_json
from states.fristen import Blick, Frist, Stufe, Tagesstufe, Termin
from states.model import Prozess


@dataclass(slots=True)
class Fristaenderung:
    neu: list[OffeneFrist] = field(default_factory=list)
    geschlossen: list[OffeneFrist] = field(default_factory=list)


def aktualisiere(akte: Akte, prozess: Prozess, heute: date, eroeffnet: date, umfeld: Umfeld) -> Fristaenderung:
    """Ändert `akte.fristen`; was zu schreiben ist, steht in der Rückgabe und an `OffeneFrist.geaendert`."""
    kalender = umfeld.kalender
    blick = Blick(akte.zustand, akte.marken, akte.stand, heute, eroeffnet, lambda tag: kalender.werktage_zwischen(heute, tag))
    aenderung, gesollt = Fristaenderung(), set()
    for frist, termin in prozess.termine(blick):
        schluessel = (frist.name, termin.schluessel)
        gesollt.add(schluessel)
        offen = akte.fristen.get(schluessel)
        if offen is not None and _verschoben(offen, termin, frist):
            aenderung.geschlossen.append(akte.fristen.pop(schluessel))
            offen = None
        if offen is None:
            akte.fristen[schluessel] = neu = oeffne(frist, termin, heute, umfeld)
            aenderung.neu.append(neu)
        _ruhe(akte.fristen[schluessel], frist, akte.marken, heute, umfeld)
    for schluessel in [s for s in akte.fristen if s not in gesollt]:
        aenderung.geschlossen.append(akte.fristen.pop(schluessel))
    return aenderung


def _verschoben(offen: OffeneFrist, termin: Termin, frist: Frist) -> bool:
    if termin.ende is not None:
        return offen.ende != termin.ende.isoformat()
    return termin.anker is not None and offen.anker != termin.anker.isoformat()


def ende_der_frist(frist: Frist, anker: date, umfeld: Umfeld) -> date:
    """Das gerechnete Ende, wenn nichts anderes festgelegt ist."""
    dauer = umfeld.profil.dauer(frist.name, frist.dauer)
    return _mit_regel(umfeld.kalender, anker, dauer, frist.rueckwaerts)[0] if dauer else anker


def oeffne(frist: Frist, termin: Termin, heute: date, umfeld: Umfeld) -> OffeneFrist:
    """Eine neue Frist mit ihrem Ende und dem Tag ihrer ersten Stufe."""
    anker = termin.anker or heute
    dauer = umfeld.profil.dauer(frist.name, frist.dauer)
    if termin.ende is not None or not dauer:
        ende, regel = termin.ende or anker, _FESTGELEGT
    else:
        ende, regel = _mit_regel(umfeld.kalender, anker, dauer, frist.rueckwaerts)
    stufen = umfeld.stufen(frist)
    naechste = stufentag(umfeld.kalender, stufen[0], anker, ende).isoformat() if stufen else None
    return OffeneFrist(0, frist.name, termin.schluessel, anker.isoformat(), ende.isoformat(), naechste, 0, None, regel, umfeld.fassung)


@lru_cache(maxsize=4096)
def _mit_regel(kalender: Kalender, anker: date, dauer: str, rueckwaerts: bool) -> tuple[date, str]:
    """Das Ende und der Text der Zeile dazu: an einem Tag öffnen viele Vorgänge dieselbe Frist."""
    gelesen = Dauer.lesen(dauer)
    rechnung = kalender.vor(anker, gelesen) if rueckwaerts else kalender.ende(anker, gelesen)
    return rechnung.ende, _regel(dauer, rechnung.herleitung)


def _regel(dauer: str, herleitung: Sequence[str]) -> str:
    return kanonisch({"dauer": dauer, "herleitung": [als_json(satz) for satz in herleitung]})


def herleitung(regel: str) -> str:
    """Wie das Ende einer Frist gerechnet wurde, in Sätzen."""
    return aneinander([aus_json(satz) for satz in json.loads(regel)["herleitung"]])


def ergaenzt(regel: str, satz: str) -> str:
    """Dieselbe Regel, deren Herleitung mit diesem Satz beginnt."""
    return kanonisch({**(bisher := json.loads(regel)), "herleitung": [als_json(satz), *bisher["herleitung"]]})


def _ruhe(offen: OffeneFrist, frist: Frist, marken: dict[str, str], heute: date, umfeld: Umfeld) -> None:
    if not frist.ruht_bei:
        return
    if frist.ruht_bei in marken and offen.ruht_seit is None:
        offen.ruht_seit, offen.naechste, offen.geaendert = heute.isoformat(), None, True
    elif frist.ruht_bei not in marken and offen.ruht_seit is not None:
        rechnung = umfeld.kalender.verlaengern(date.fromisoformat(offen.ende), date.fromisoformat(offen.ruht_seit), heute)
        offen.ende, offen.ruht_seit, offen.geaendert = rechnung.ende.isoformat(), None, True
        offen.regel = _regel(umfeld.profil.dauer(frist.name, frist.dauer), rechnung.herleitung)
        offen.naechste = _naechste(frist, offen, umfeld)


def stelle_ruhende_wieder_her(akte: Akte, vorher: Mapping[tuple[str, str], OffeneFrist], prozess: Prozess, umfeld: Umfeld) -> None:
    """Nach dem Zurücknehmen: Was der Schritt anhielt oder weiterlaufen ließ, ruht und endet wieder wie davor."""
    fristen = {f.name: f for f in prozess.fristen}
    for ort, f in akte.fristen.items():
        v = vorher.get(ort)
        if v is not None and v.anker == f.anker and (v.ende, v.ruht_seit) != (f.ende, f.ruht_seit):
            f.ende, f.ruht_seit, f.regel, f.geaendert = v.ende, v.ruht_seit, v.regel or f.regel, True
            f.naechste = _naechste(fristen[f.name], f, umfeld)


def zaehle_stufen_neu(akte: Akte, prozess: Prozess, umfeld: Umfeld) -> None:
    """Nach einer neuen Fassung der Tabelle: Eine Frist, die Stufen bekam oder verlor, kommt wieder dran oder nicht mehr."""
    fristen = {f.name: f for f in prozess.fristen}
    for f in akte.fristen.values():
        naechste = _naechste(fristen[f.name], f, umfeld)
        if (naechste is None) != (f.naechste is None):
            f.naechste, f.geaendert = naechste, True


def _naechste(frist: Frist, offen: OffeneFrist, umfeld: Umfeld) -> str | None:
    """Wann die nächste Stufe fällig ist; keine, solange die Frist ruht oder wenn nichts mehr kommt."""
    stufe = None if offen.ruht_seit else stufe_nr(umfeld.stufen(frist), offen.stufe)
    ende = date.fromisoformat(offen.ende)
    return stufentag(umfeld.kalender, stufe, date.fromisoformat(offen.anker), ende).isoformat() if stufe else None


def stufe_nr(stufen: tuple[Stufe, ...], nummer: int) -> Stufe | None:
    """Die Stufe mit dieser Nummer, von 0 gezählt; eine, die sich wiederholt, rückt jedes Mal um denselben Abstand weiter."""
    if nummer and stufen and isinstance(stufen[-1], Tagesstufe):  # was auf ein Wochenende fällt, rückt auf den nächsten Werktag
        return replace(stufen[-1], wann=f"{nummer} Tage nach Beginn")
    if nummer < len(stufen):
        return stufen[nummer]
    if not stufen or not stufen[-1].wieder or " nach " not in stufen[-1].wann:
        return None
    anzahl, rest = stufen[-1].wann.split(" ", 1)
    return replace(stufen[-1], wann=f"{int(anzahl) * (nummer - len(stufen) + 2)} {rest}")


def stufentag(kalender: Kalender, stufe: Stufe, anker: date, ende: date) -> date:
    """Der Tag, an dem eine Stufe fällig ist ("3 WT nach Beginn", "10 WT vor Ende", "Ende" ...)."""
    vorlauf, lage, bezug = _wann(stufe.wann)
    fest = anker if bezug == "Beginn" else ende
    return fest if vorlauf is None else _versetzt(kalender, fest, vorlauf, lage == "vor")


@lru_cache(maxsize=4096)
def _versetzt(kalender: Kalender, fest: date, um: Dauer, davor: bool) -> date:
    tag: date = (kalender.vor(fest, um) if davor else kalender.ende(fest, um)).ende
    return tag


EIN_WERKTAG = Dauer.lesen("1 WT")
_FESTGELEGT = _regel("", ["Der Tag ist ausdrücklich festgelegt."])


@lru_cache(maxsize=512)
def _wann(text: str) -> tuple[Dauer | None, str, str]:
    if text in ("Beginn", "Ende"):
        return None, "", text
    vorlauf, lage, bezug = text.rsplit(" ", 2)
    if lage not in ("vor", "nach") or bezug not in ("Beginn", "Ende"):
        raise ValueError(f"„{text}“ ist kein Zeitpunkt einer Stufe")
    return Dauer.lesen(vorlauf), lage, bezug
