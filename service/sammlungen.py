"""Die offenen Sammlungen nebeneinander: was darin liegt, woher es kommt, wie lange schon. Drei Anfragen, gleich wie viele es sind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from service.anzeige import tag
from service.bezuege import woerter
from service.clock import berliner_tag
from service.db import Sitzung, kennungen
from service.handelnde import Handelnde
from service.listen import nach_frist
from service.sicht import Ebene, sichtbar

_SAMMLUNGEN, _JE_SAMMLUNG, _GEPARKTE = 80, 40, 200
_DARIN = ("in_sammlung", "ausgewaehlt", "in_rekonstruktion")


class Gesammelt(NamedTuple):
    """Eine Meldung auf der Tafel. `alter`: Kalendertage seit dem Eingang; `wieder_am`: nur bei geparkten."""

    key: str
    titel: str
    kommune: str
    alter: int
    version: int
    wieder_am: str = ""


class Sammelkorb(NamedTuple):
    """`wartend`: zur Auswahl bereit, `unterwegs`: ausgewählt oder in Rekonstruktion; `kommunen`: je Kommune die Wartenden."""

    key: str
    titel: str
    wartend: int
    unterwegs: int
    kommunen: tuple[tuple[str, int], ...]
    aelteste: int
    meldungen: tuple[Gesammelt, ...]

    @property
    def weitere(self) -> int:
        return self.wartend - len(self.meldungen)


def tafel(s: Sitzung, person: Handelnde, heute: date) -> list[Sammelkorb]:
    """Die vollsten zuerst. Aus einem fremden Bereich stehen da nur Titel, Kommune und Zahl; mehr zeigt die Tafel von keiner."""
    darf, werte = sichtbar(person, heute, arten=("sammlung",))
    koerbe = s.alle(f"SELECT v.id, v.key, v.titel FROM vorgang v WHERE v.art = 'sammlung' AND v.zustand = 'offen' AND {darf} "
                    f"ORDER BY v.id DESC LIMIT {_SAMMLUNGEN}", werte)
    ids = [k for k, *_ in koerbe]
    gezaehlt, meldungen = _gezaehlt(s, person, heute, ids), _meldungen(s, person, heute, ids)
    gefunden = [_korb(key, titel, gezaehlt.get(k, []), meldungen.get(k, []), heute) for k, key, titel in koerbe]
    return sorted(gefunden, key=lambda k: (-k.wartend, k.titel))


def _korb(key: str, titel: str, zahlen: list[tuple[str, str, int, str]], meldungen: list[Gesammelt], heute: date) -> Sammelkorb:
    wartende = [(kommune, n, seit) for zustand, kommune, n, seit in zahlen if zustand == "in_sammlung"]
    seit = min((x[2] for x in wartende), default="")
    return Sammelkorb(
        key, titel, sum(n for _, n, _ in wartende), sum(n for z, _, n, _ in zahlen if z != "in_sammlung"),
        tuple(sorted(((k, n) for k, n, _ in wartende if k), key=lambda p: (-p[1], p[0]))), _tage(seit, heute) if seit else 0,
        tuple(meldungen),
    )  # fmt: skip


def _tage(zeit: str, heute: date) -> int:
    return (heute - berliner_tag(datetime.fromisoformat(zeit))).days


def _aus(s: Sitzung, darf: str) -> str:
    return ("FROM verbindung x JOIN vorgang v ON v.id = x.von WHERE x.offen = 1 AND x.art = 'gesammelt' "
            f"AND {s.in_kennungen('x.nach')} AND {darf}")


def _gezaehlt(s: Sitzung, person: Handelnde, heute: date, ids: list[int]) -> dict[int, list[tuple[str, str, int, str]]]:
    darf, werte = sichtbar(person, heute, arten=("meldebogen",))
    zeilen = s.alle(f"SELECT x.nach, v.zustand, v.kommune, count(*), min(v.eroeffnet) {_aus(s, darf)} AND v.zustand IN ({woerter(_DARIN)}) "
                    "GROUP BY x.nach, v.zustand, v.kommune", {**werte, "ids": kennungen(ids)}) if ids else []
    gefunden: dict[int, list[tuple[str, str, int, str]]] = {}
    for korb, zustand, kommune, anzahl, seit in zeilen:
        gefunden.setdefault(korb, []).append((zustand, kommune or "", anzahl, seit))
    return gefunden


def _meldungen(s: Sitzung, person: Handelnde, heute: date, ids: list[int]) -> dict[int, list[Gesammelt]]:
    """Je Sammlung die am längsten wartenden."""
    darf, werte = sichtbar(person, heute, arten=("meldebogen",))
    innen = ("SELECT x.nach, v.key, v.titel, v.kommune, v.eroeffnet, v.version, "
             f"row_number() OVER (PARTITION BY x.nach ORDER BY v.id) AS nr {_aus(s, darf)} AND v.zustand = 'in_sammlung'")
    zeilen = s.alle(f"SELECT nach, key, titel, kommune, eroeffnet, version FROM ({innen}) t WHERE nr <= {_JE_SAMMLUNG} ORDER BY nach, nr",
                    {**werte, "ids": kennungen(ids)}) if ids else []
    gefunden: dict[int, list[Gesammelt]] = {}
    for korb, key, titel, kommune, seit, version in zeilen:
        gefunden.setdefault(korb, []).append(Gesammelt(key, titel, kommune or "", _tage(seit, heute), version))
    return gefunden


def geparkte(s: Sitzung, person: Handelnde, heute: date) -> tuple[list[Gesammelt], bool]:
    """Der Themenspeicher, die nächste Wiedervorlage zuerst; und ob es mehr sind, als hier stehen."""
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL, arten=("meldebogen",))
    blatt = nach_frist(s, ["v.ende = 0", "v.art = 'meldebogen'", "v.zustand = 'themenspeicher'", darf], werte, "", _GEPARKTE)
    return [Gesammelt(e.key, e.titel, e.kommune or "", _tage(e.eroeffnet, heute), e.version, tag(e.faellig))
            for e in blatt.zeilen], bool(blatt.weiter)


def durchzusehen(s: Sitzung, person: Handelnde, heute: date, zustand: str) -> dict[str, Any]:
    """Wie viel in einer offenen Auswahlrunde zu sichten ist; `wartend` ist None, wenn sie vorbei ist."""
    if zustand != "offen":
        return {"wartend": None}
    geparkt, mehr = geparkte(s, person, heute)
    volle = [k for k in tafel(s, person, heute) if k.wartend]
    return {"wartend": sum(k.wartend for k in volle), "koerbe": len(volle), "geparkt": len(geparkt), "mehr": mehr}


def in_der_runde(s: Sitzung, seit: str) -> dict[str, list[str]]:
    """Was seit dem Beginn einer Auswahlrunde ausgewählt und was geparkt wurde und noch so liegt: für ihren Abschluss."""
    zeilen = s.alle("SELECT DISTINCT e.ausloeser, v.key FROM ereignis e JOIN vorgang v ON v.id = e.vorgang WHERE e.zeit >= :seit AND "
                    "v.art = 'meldebogen' AND ((e.ausloeser = 'auswaehlen' AND v.zustand IN ('ausgewaehlt', 'in_rekonstruktion')) "
                    "OR (e.ausloeser = 'parken' AND v.zustand = 'themenspeicher')) ORDER BY v.key", {"seit": seit})
    felder = (("ausgewaehlt", "auswaehlen"), ("wieder_geparkt", "parken"))
    return {feld: [key for a, key in zeilen if a == ausloeser] for feld, ausloeser in felder}
