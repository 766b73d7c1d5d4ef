"""Ist und Soll einer Dienstleistungskette nebeneinander: welche Schritte sich entsprechen, was sich ändert, und was es bringt. Rein.

Niemand trägt ein, welcher Sollschritt aus welchem Istschritt wird. Zugeordnet wird nach Wortlaut, Stelle, Ergebnis und Auslöser, in der
Reihenfolge der Ketten; es ist ein Vorschlag zum Lesen und ändert nichts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, NamedTuple

from forms.bahnen import Art, Schritt
from states.aussage import Aussage, aneinander

Kette = Sequence[Mapping[str, Any]]

WORTE: dict[str, str] = {"gleich": "unverändert", "neu": "neu", "entfaellt": "entfällt", "geaendert": "geändert",
                         "andere_stelle": "andere Stelle"}
# Was an einem Schritt verglichen wird, und wie es heißt
_MERKMALE = {"taetigkeit": "Tätigkeit", "medium": "Medium", "zieldauer_werktage": "Dauer", "rechtsgrundlage": "Rechtsgrundlage",
             "uebergabe_an": "Übergabe", "ausloeser": "Auslöser", "eingang": "Eingang", "ausgang": "Ausgang", "ausnahmeweg": "Ausnahmeweg"}
_ENTSPRICHT_AB = 0.45


class Paar(NamedTuple):
    """Ein Istschritt, sein Sollschritt, oder nur einer von beiden; `geaendert` nennt, was sich unterscheidet."""

    art: Art
    ist: Mapping[str, Any] | None
    soll: Mapping[str, Any] | None
    geaendert: tuple[str, ...] = ()
    neue_uebergabe: bool = False

    @property
    def worte(self) -> tuple[str, ...]:
        """Was sich ändert, in Worten; leer, wenn nichts."""
        teile: list[str] = [] if self.art in ("gleich", "geaendert") else [WORTE[self.art]]
        if self.geaendert:
            teile.append(Aussage("geändert: {geaendert}", geaendert=aneinander(self.geaendert, ", ")))
        return (*teile, *(("neue Übergabe",) if self.neue_uebergabe else ()))


class Zahlen(NamedTuple):
    """`werktage`: Summe der genannten Dauern; `ohne_dauer`: bei so vielen Schritten fehlt sie."""

    schritte: int
    uebergaben: int
    medienbrueche: int
    stellen: int
    werktage: int
    ohne_dauer: int


@dataclass(frozen=True)
class Vergleich:
    paare: tuple[Paar, ...]
    ist: Zahlen
    soll: Zahlen
    anzahl: Mapping[str, int] = field(default_factory=dict)


def vergleiche(ist: Kette, soll: Kette) -> Vergleich:
    bekannte = set(_uebergaben(ist))
    neue = {n for n, (von, an) in _uebergaben_je_schritt(soll).items() if an and (von, an) not in bekannte} if ist else set()
    paare = tuple(_paar(ist[i] if i is not None else None, soll[j] if j is not None else None, j in neue) for i, j in _zuordnung(ist, soll))
    anzahl = {art: sum(p.art == art for p in paare) for art in WORTE}
    return Vergleich(paare, zahlen(ist), zahlen(soll), anzahl | {"neue_uebergabe": len(neue)})


def zahlen(kette: Kette) -> Zahlen:
    medien = [_gleich(s.get("medium")) for s in kette if s.get("medium")]
    dauern = [int(s["zieldauer_werktage"]) for s in kette if s.get("zieldauer_werktage") is not None]
    return Zahlen(len(kette), len(_uebergaben(kette)), sum(a != b for a, b in pairwise(medien)),
                  len({_gleich(s.get("zustaendig")) for s in kette}), sum(dauern), len(kette) - len(dauern))


def _gleich(wert: object) -> str:
    return " ".join(str(wert or "").casefold().split())


def _uebergaben_je_schritt(kette: Kette) -> dict[int, tuple[str, str]]:
    """Nummer in der Kette -> (von, an). Wer keine nennt, übergibt an die Stelle, die den nächsten Schritt tut."""
    gefunden = {}
    for n, s in enumerate(kette):
        von, an = _gleich(s.get("zustaendig")), _gleich(s.get("uebergabe_an"))
        an = an or (_gleich(kette[n + 1].get("zustaendig")) if n + 1 < len(kette) else "")
        gefunden[n] = (von, an if an != von else "")
    return gefunden


def _uebergaben(kette: Kette) -> list[tuple[str, str]]:
    return [(von, an) for von, an in _uebergaben_je_schritt(kette).values() if an]


# --- welche Schritte sich entsprechen ---------------------------------------------------------------------------------


def _naehe(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    wortlaut = SequenceMatcher(None, _gleich(a.get("taetigkeit")), _gleich(b.get("taetigkeit")), autojunk=False).ratio()
    gemeinsam = sum(gewicht for merkmal, gewicht in (("zustaendig", 0.2), ("ausgang", 0.15), ("ausloeser", 0.1), ("rechtsgrundlage", 0.05))
                    if a.get(merkmal) and _gleich(a[merkmal]) == _gleich(b.get(merkmal)))
    return 1.0 if wortlaut == 1.0 else 0.6 * wortlaut + gemeinsam


def _zuordnung(ist: Kette, soll: Kette) -> list[tuple[int | None, int | None]]:
    """Die Zuordnung mit der größten Nähe, ohne dass sich zwei überkreuzen; was nichts findet, steht allein."""
    beste = [[0.0] * (len(soll) + 1) for _ in range(len(ist) + 1)]
    naehe = [[_naehe(a, b) for b in soll] for a in ist]
    for i in range(len(ist) - 1, -1, -1):
        for j in range(len(soll) - 1, -1, -1):
            beste[i][j] = max(beste[i + 1][j], beste[i][j + 1], _gewinn(naehe[i][j]) + beste[i + 1][j + 1])
    paare: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(ist) and j < len(soll):
        gewinn = _gewinn(naehe[i][j])
        if gewinn > 0 and beste[i][j] == gewinn + beste[i + 1][j + 1]:
            paare.append((i, j))
            i, j = i + 1, j + 1
        elif beste[i][j] == beste[i + 1][j]:
            paare.append((i, None))
            i += 1
        else:
            paare.append((None, j))
            j += 1
    return [*paare, *((n, None) for n in range(i, len(ist))), *((None, n) for n in range(j, len(soll)))]


def _gewinn(naehe: float) -> float:
    return naehe if naehe >= _ENTSPRICHT_AB else 0.0


def _paar(ist: Mapping[str, Any] | None, soll: Mapping[str, Any] | None, neue_uebergabe: bool) -> Paar:
    if ist is None or soll is None:
        return Paar("neu" if ist is None else "entfaellt", ist, soll, neue_uebergabe=neue_uebergabe)
    geaendert = tuple(name for feld, name in _MERKMALE.items() if _gleich(ist.get(feld)) != _gleich(soll.get(feld)))
    gewandert = _gleich(ist.get("zustaendig")) != _gleich(soll.get("zustaendig"))
    return Paar("andere_stelle" if gewandert else "geaendert" if geaendert else "gleich", ist, soll, geaendert, neue_uebergabe)


# --- für die Zeichnung ------------------------------------------------------------------------------------------------


def als_schritte(vergleich: Vergleich, seite: str) -> list[Schritt]:
    """Die Kette einer Seite („ist“ oder „soll“) mit dem, was sich ändert; ohne Gegenstück ist nichts zu vergleichen."""
    gepaart = vergleich.ist.schritte and vergleich.soll.schritte
    gewaehlt = [(p, p.ist if seite == "ist" else p.soll) for p in vergleich.paare]
    return [_schritt(p if gepaart else Paar("gleich", s, s), s, nr, seite)
            for nr, (p, s) in enumerate(((p, s) for p, s in gewaehlt if s is not None), 1)]


def _schritt(p: Paar, s: Mapping[str, Any], nr: int, seite: str) -> Schritt:
    nebenbei = [str(s["medium"])] if s.get("medium") else []
    if s.get("zieldauer_werktage") is not None:
        nebenbei.append(Aussage("{tage} WT", tage=s["zieldauer_werktage"]))
    fuss = (aneinander(nebenbei, " · "),) if nebenbei else ()
    if s.get("uebergabe_an"):
        fuss = (*fuss, f"→ {s['uebergabe_an']}")
    # Was sich ändert, steht am Soll; im Ist steht nur, was davon bleibt oder geht.
    im_ist = p.art if p.art in ("entfaellt", "andere_stelle") else "gleich"
    marken = p.worte if seite == "soll" else (WORTE[im_ist],) if im_ist != "gleich" else ()
    return Schritt(str(s.get("zustaendig") or ""), f"{nr}. {s.get('taetigkeit', '')}", fuss, p.art if seite == "soll" else im_ist, marken,
                   neue_uebergabe=seite == "soll" and p.neue_uebergabe, an=str(s.get("uebergabe_an") or ""))
