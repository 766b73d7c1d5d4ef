"""Zahlen für Controlling und Leitung: Meldungen eines Zeitraums nach Kommune, Handlungsfeld, Art der meldenden Stelle, Ausgang und Dauer.

Außerhalb der Koordination sind kleine Zahlen verdeckt und alle anderen auf Fünfer gerundet, gilt ein Zeitraum nur in ganzen Monaten und
ein Filter nur allein: Sonst verrieten zwei Abfragen, die sich um wenige Meldungen unterscheiden, was keine von beiden zeigt.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any, NamedTuple

from forms.felder import felder_von
from forms.meldebogen import Einreichen
from service.bezuege import woerter
from service.clock import BERLIN, als_text, berliner_tag
from service.db import Sitzung
from service.errors import Ungueltig
from service.handelnde import Handelnde
from states.aussage import Aussage
from states.kette import PROZESSE
from states.model import Rolle

ROLLEN = (Rolle.KOORDINATION, Rolle.LEITUNG, Rolle.VERWALTUNG)
AB = 5
HOECHSTENS = 3000  # so viele Meldungen zählt eine Seite aus, während jemand wartet; eine Datei zählt alle
_ERSTES, _LETZTES = 2000, 2100  # Jahre
VERDECKT = f"unter {AB}"
_NUR_EINES = "Bitte grenzen Sie nur nach einem Merkmal ein; bei mehreren ließe sich erkennen, wer gemeint ist."
_SEIT = "FROM vorgang v WHERE v.art = 'meldebogen' AND v.eroeffnet >= :von"
_WIE_VIELE = f"SELECT count(*) FROM (SELECT 1 {_SEIT} LIMIT {HOECHSTENS + 1}) m"
_MELDUNGEN = f"SELECT v.id, v.zustand, v.kommune, v.eroeffnet, v.stand {_SEIT}"
_SCHRITTE = ("SELECT e.vorgang, e.nach, min(e.zeit) FROM ereignis e JOIN vorgang v ON v.id = e.vorgang WHERE v.art = 'meldebogen' "
             "AND v.eroeffnet >= :von AND e.nach <> e.von GROUP BY e.vorgang, e.nach")
_UEBRIGE = tuple(art for art in PROZESSE if art != "meldebogen")
_ENTSTANDEN = (f"SELECT v.art, count(*) FROM vorgang v WHERE v.art IN ({woerter(_UEBRIGE)}) AND v.eroeffnet >= :von "
               "AND v.eroeffnet < :nach GROUP BY v.art")


class Auswahl(NamedTuple):
    """Beide Tage eingeschlossen; leere Angaben schränken nicht ein."""

    von: date
    bis: date
    kommune: str = ""
    handlungsfeld: str = ""
    melder_art: str = ""


class Meldung(NamedTuple):
    id: int
    zustand: str
    kommune: str
    eingang: date
    handlungsfelder: tuple[str, ...]
    melder_art: str

    def passt(self, a: Auswahl) -> bool:
        return (a.kommune in ("", self.kommune) and a.melder_art in ("", self.melder_art)
                and (not a.handlungsfeld or a.handlungsfeld in self.handlungsfelder))


class Zeile(NamedTuple):
    """`text`: was zu sehen ist; `anzahl` None, wenn es verdeckt ist. `anteil`: Länge des Balkens von hundert."""

    name: str
    text: str
    anzahl: int | None
    anteil: int


class Tafel(NamedTuple):
    titel: str
    spalte: str
    zeilen: tuple[Zeile, ...]
    hinweis: str = ""


class Dauer(NamedTuple):
    """In Tagen; None, wenn sie verdeckt ist oder es noch keine gibt."""

    name: str
    anzahl: str
    mittlere: float | None
    laengste: int | None


class Zahlenwerk(NamedTuple):
    gesamt: str
    tafeln: tuple[Tafel, ...]
    dauern: tuple[Dauer, ...]
    kommunen: tuple[str, ...]
    handlungsfelder: tuple[str, ...]
    verdeckt: bool


def darf(person: Handelnde) -> bool:
    return any(person.hat(r) for r in ROLLEN)


def zu_viele(s: Sitzung, a: Auswahl) -> bool:
    """Ob seit dem Beginn mehr eingegangen ist, als eine Seite auszählt."""
    return bool(s.wert(_WIE_VIELE, {"von": _beginn(a.von)}) > HOECHSTENS)


def ausgewaehlt(person: Handelnde, heute: date, von: date | None, bis: date | None, **merkmale: str) -> Auswahl:
    """Ohne Angaben das letzte Jahr; sonst wie `erlaubt`. Wirft Ungueltig."""
    for feld, tag in (("von", von), ("bis", bis)):
        if tag is not None and not _ERSTES <= tag.year <= _LETZTES:
            satz = Aussage("Bitte geben Sie einen Tag zwischen {erstes} und {letztes} an.", erstes=_ERSTES, letztes=_LETZTES)
            raise Ungueltig({feld: satz})
    bis = bis or heute
    von = von or bis - timedelta(days=364)
    if bis < von:
        raise Ungueltig({"bis": "Das Ende des Zeitraums liegt vor seinem Beginn."})
    return erlaubt(person, Auswahl(von, bis, **merkmale))


def erlaubt(person: Handelnde, a: Auswahl) -> Auswahl:
    """Die Auswahl, wie die Person sie sehen darf: außerhalb der Koordination ganze Monate. Wirft Ungueltig bei mehr als einem Merkmal."""
    if person.hat(Rolle.KOORDINATION):
        return a
    genannt = [feld for feld in ("kommune", "handlungsfeld", "melder_art") if getattr(a, feld)]
    if len(genannt) > 1:
        raise Ungueltig(dict.fromkeys(genannt[1:], _NUR_EINES))
    naechster = (a.bis.replace(day=28) + timedelta(days=4)).replace(day=1)
    return a._replace(von=a.von.replace(day=1), bis=naechster - timedelta(days=1))


def melder_arten() -> dict[str, str]:
    return dict(next(f.optionen for f in felder_von(Einreichen) if f.name == "melder_art"))


def zahlenwerk(s: Sitzung, person: Handelnde, a: Auswahl) -> Zahlenwerk:
    verdeckt, a = not person.hat(Rolle.KOORDINATION), erlaubt(person, a)
    werte = {"von": _beginn(a.von)}
    alle = [m for m in map(_meldung, s.alle(_MELDUNGEN, werte)) if a.von <= m.eingang <= a.bis]
    meldungen = [m for m in alle if m.passt(a)]
    tafeln = (*_nach_merkmalen(meldungen, verdeckt), _entstanden(s, a))
    schritte: dict[int, dict[str, date]] = {}
    for vorgang, nach, zeit in s.alle(_SCHRITTE, werte):
        schritte.setdefault(vorgang, {})[nach] = berliner_tag(datetime.fromisoformat(zeit))
    return Zahlenwerk(anzahl_in_worten(len(meldungen), verdeckt), tafeln, _dauern(meldungen, schritte, verdeckt),
                      tuple(sorted({m.kommune for m in alle if m.kommune})),
                      tuple(sorted({h for m in alle for h in m.handlungsfelder})), verdeckt)


def _meldung(zeile: Sequence[Any]) -> Meldung:
    kennung, zustand, kommune, eroeffnet, text = zeile
    stand = json.loads(text)
    eingang = date.fromisoformat(stand["eingang"]) if stand.get("eingang") else berliner_tag(datetime.fromisoformat(eroeffnet))
    return Meldung(kennung, zustand, kommune or "", eingang, tuple(stand.get("handlungsfelder") or ()), str(stand.get("melder_art") or ""))


def _beginn(tag: date) -> str:
    return als_text(datetime.combine(tag, time(), BERLIN))


# --- Tafeln -----------------------------------------------------------------------------------------------------------


def _nach_merkmalen(meldungen: Sequence[Meldung], verdeckt: bool) -> Iterable[Tafel]:
    arten, prozess = melder_arten(), PROZESSE["meldebogen"]
    yield zaehltafel("Nach Kommune", "Kommune", Counter(m.kommune or "ohne Angabe" for m in meldungen), verdeckt)
    yield zaehltafel("Nach Handlungsfeld", "Handlungsfeld", Counter(h for m in meldungen for h in m.handlungsfelder), verdeckt,
                 "Eine Meldung kann mehrere Handlungsfelder nennen.")
    yield zaehltafel("Nach meldender Stelle", "Art der meldenden Stelle",
                 Counter(arten.get(m.melder_art, "ohne Angabe") for m in meldungen), verdeckt)
    yield zaehltafel("Ausgang und Stand", "Stand heute", Counter(prozess.zustand(m.zustand).bezeichnung for m in meldungen), verdeckt)


def _entstanden(s: Sitzung, a: Auswahl) -> Tafel:
    nach = als_text(datetime.combine(date.fromordinal(a.bis.toordinal() + 1), time(), BERLIN))
    je_art: dict[str, int] = dict(s.alle(_ENTSTANDEN, {"von": _beginn(a.von), "nach": nach}))
    anzahl = Counter({PROZESSE[art].bezeichnung: je_art[art] for art in PROZESSE if art in je_art})
    hinweis = "Im ganzen Kreis in diesem Zeitraum; die weiteren Filter gelten hier nicht."
    return zaehltafel("Im Kreislauf begonnen", "Art", anzahl, False, hinweis)


def zaehltafel(titel: str, spalte: str, anzahlen: Mapping[str, int], verdeckt: bool, hinweis: str = "") -> Tafel:
    """Das Häufigste zuerst; auch die Reihenfolge verrät nicht mehr als die gezeigten Zahlen."""
    gezeigte = {name: _gezeigt(n, verdeckt) for name, n in anzahlen.items()}
    groesste = max((n for n in gezeigte.values() if n), default=1)
    return Tafel(titel, spalte, tuple(
        Zeile(name, VERDECKT, None, 0) if n is None else Zeile(name, str(n), n, max(1, round(100 * n / groesste)))
        for name, n in sorted(gezeigte.items(), key=lambda paar: (-(paar[1] or 0), paar[0]))), hinweis)


def anzahl_in_worten(n: int, verdeckt: bool) -> str:
    gezeigt = _gezeigt(n, verdeckt)
    return VERDECKT if gezeigt is None else f"rund {gezeigt}" if verdeckt and gezeigt else str(gezeigt)


def _gezeigt(n: int, verdeckt: bool) -> int | None:
    """None, wenn die Zahl zu klein ist, um sie zu zeigen."""
    if not verdeckt or n == 0:
        return n
    return None if n < AB else AB * ((n + AB // 2) // AB)


# --- Dauern -----------------------------------------------------------------------------------------------------------

_VORNE = ("eingegangen", "in_vorpruefung")


def _dauern(meldungen: Sequence[Meldung], schritte: Mapping[int, Mapping[str, date]], verdeckt: bool) -> tuple[Dauer, ...]:
    enden = {z.wert for z in PROZESSE["meldebogen"].zustaende if z.ende}
    gemessen: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("Eingang bis zum Beginn der Vorprüfung", lambda z: z == "in_vorpruefung"),
        ("Eingang bis zum Ergebnis der Vorprüfung", lambda z: z not in _VORNE),
        ("Eingang bis zur Auswahl", lambda z: z == "ausgewaehlt"),
        ("Eingang bis zum ersten Abschluss", lambda z: z in enden),
    )
    return tuple(_dauer(name, [t for m in meldungen if (t := _tage(m, schritte.get(m.id, {}), erreicht)) is not None], verdeckt)
                 for name, erreicht in gemessen)


def _tage(m: Meldung, schritte: Mapping[str, date], erreicht: Callable[[str], bool]) -> int | None:
    tage = [tag for zustand, tag in schritte.items() if erreicht(zustand)]
    return max(0, (min(tage) - m.eingang).days) if tage else None


def _dauer(name: str, tage: Sequence[int], verdeckt: bool) -> Dauer:
    anzahl = anzahl_in_worten(len(tage), verdeckt)
    if not tage or anzahl == VERDECKT:
        return Dauer(name, anzahl, None, None)
    return Dauer(name, anzahl, float(median(tage)), max(tage))
