"""Die Runde: was heute fällig ist, erinnert oder schaltet, genau einmal, gleich wer sie wie oft anstößt.

Jede Stufe einer Frist ist eine bedingte Änderung ihrer Zeile in derselben Transaktion wie ihre Wirkung. Wer zu spät
kommt, ändert null Zeilen und tut nichts. Geht ein Schritt gerade nicht, wird er jeden Werktag wieder versucht; erinnert wird deshalb nur
einmal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import takewhile
from typing import Any, NamedTuple

from service.apply import Schritt, apply
from service.bezuege import woerter
from service.buendel import AUSGANG_NEU
from service.clock import als_text, berliner_tag
from service.db import Datenbank, Sitzung
from service.errors import Betriebsfehler, Konflikt, Kreislauffehler
from service.handelnde import SYSTEM
from service.kalender import Kalender
from service.pruefen import siegele
from service.terminlage import EIN_WERKTAG, stufe_nr, stufentag
from service.umfeld import Umfeld
from states.kette import PROZESSE
from states.fristen import Frist, Stufe, StufeMitSitzung
from states.sitzung import VOR_DER_SITZUNG

_PORTION = 200
_FAELLIG = (
    "SELECT f.id, f.vorgang, f.name, f.schluessel, f.anker, f.ende, f.stufe, f.naechste, v.key, v.art, v.version FROM frist f "
    "JOIN vorgang v ON v.id = f.vorgang WHERE f.offen = 1 AND f.naechste IS NOT NULL AND f.naechste <= :heute "
    "AND (f.naechste, f.id) > (:ab_tag, :ab_id) ORDER BY f.naechste, f.id LIMIT :menge"
)
_WEITER = ("UPDATE frist SET stufe = :neu, naechste = :naechste WHERE id = :id AND stufe = :alt AND offen = 1 AND naechste = :bisher")
_NAECHSTE_SITZUNG = (
    "SELECT v.key FROM vorgang v JOIN frist f ON f.vorgang = v.id AND f.offen = 1 AND f.name = 'lg_sitzungstag' "
    f"WHERE v.art = 'sitzung' AND v.zustand IN ({woerter(VOR_DER_SITZUNG)}) AND f.anker >= :heute ORDER BY f.anker, v.id LIMIT 1"
)


@dataclass(frozen=True)
class Runde:
    """Was eine Runde getan hat; `gescheitert`: (key, Auslöser, Grund) von Schritten, die nicht möglich waren."""

    erinnert: int = 0
    geschaltet: int = 0
    gescheitert: tuple[tuple[str, str, str], ...] = ()
    gesiegelt: int = 0


class _Faellige(NamedTuple):
    id: int
    vorgang: int
    name: str
    schluessel: str
    anker: str
    ende: str
    stufe: int
    naechste: str
    key: str
    art: str
    version: int


def runde(db: Datenbank, umfeld: Umfeld, jetzt: datetime, *, siegeln: bool = False) -> Runde:
    """Ein Durchgang über alle fälligen Fristen. Jede Portion ist eine Transaktion, jeder Schritt eine eigene."""
    ergebnis, ab = Runde(), ("", 0)
    while portion := _portion(db, jetzt, ab):
        ab = (portion[-1].naechste, portion[-1].id)
        schaltende = [f for f in portion if any(st.feuert for st in _stufen(f, umfeld)[f.stufe:])]
        erinnernde = [f for f in portion if f not in schaltende]
        erinnert = db.in_transaktion(lambda s, liste=erinnernde: sum(_erinnere(s, f, umfeld, jetzt) for f in liste))  # type: ignore[misc]
        ergebnis = replace(ergebnis, erinnert=ergebnis.erinnert + erinnert)
        for f in schaltende:
            ergebnis = _schalte(db, f, umfeld, jetzt, ergebnis)
    if siegeln:
        ergebnis = replace(ergebnis, gesiegelt=db.in_transaktion(lambda s: siegele(s, jetzt)))
    return ergebnis


def _portion(db: Datenbank, jetzt: datetime, ab: tuple[str, int]) -> list[_Faellige]:
    werte = {"heute": berliner_tag(jetzt).isoformat(), "ab_tag": ab[0], "ab_id": ab[1], "menge": _PORTION}
    with db.lesen() as s:
        return [_Faellige(*z) for z in s.alle(_FAELLIG, werte)]


def _definition(f: _Faellige) -> Frist | None:
    prozess = PROZESSE.get(f.art)
    return next((d for d in prozess.fristen if d.name == f.name), None) if prozess else None


def _stufen(f: _Faellige, umfeld: Umfeld) -> tuple[Stufe, ...]:
    """Alle Stufen; gibt es die Frist nicht mehr, keine."""
    definition = _definition(f)
    return umfeld.stufen(definition) if definition else ()


class _Stufen(NamedTuple):
    """Was heute fällig ist. `neue`: davon, woran noch keine Runde erinnert hat; `danach`: die nächste Nummer und ihr Tag."""

    faellige: list[tuple[int, Stufe]]
    neue: list[tuple[int, Stufe]]
    danach: tuple[int, str | None]

    @property
    def schaltende(self) -> list[tuple[int, str]]:
        return [(nummer, st.feuert) for nummer, st in self.faellige if st.feuert]

    def noch_einmal(self, kalender: Kalender, heute: date) -> tuple[int, str]:
        """Der Schritt ging nicht: Am nächsten Werktag kommt er wieder dran, oder mit der nächsten Stufe, wenn die früher fällig ist."""
        wieder = kalender.ende(heute, EIN_WERKTAG).ende.isoformat()
        return self.schaltende[0][0], min(wieder, self.danach[1] or wieder)


def _tage(f: _Faellige, umfeld: Umfeld, heute: str) -> Iterator[tuple[int, Stufe, str]]:
    """Jede ausstehende Stufe mit ihrem Tag, bis zur ersten, die noch nicht fällig ist."""
    stufen, nummer, tag = _stufen(f, umfeld), f.stufe, ""
    while tag <= heute and (stufe := stufe_nr(stufen, nummer)) is not None:
        tag = stufentag(umfeld.kalender, stufe, date.fromisoformat(f.anker), date.fromisoformat(f.ende)).isoformat()
        yield nummer, stufe, tag
        nummer += 1


def _faellige_stufen(f: _Faellige, umfeld: Umfeld, heute: date) -> _Stufen:
    tage = list(_tage(f, umfeld, heute.isoformat()))
    faellig = list(takewhile(lambda x: x[2] <= heute.isoformat(), tage))
    danach = next(((n, tag) for n, _, tag in tage[len(faellig):]), (f.stufe + len(faellig), None))
    # ging ein Schritt nicht, hat eine frühere Runde an alles erinnert, was vor diesem Tag lag
    wiederholt = bool(tage) and bool(tage[0][1].feuert) and f.naechste > tage[0][2]
    return _Stufen([(n, st) for n, st, _ in faellig], [(n, st) for n, st, tag in faellig if not wiederholt or tag >= f.naechste], danach)


def _erinnere(s: Sitzung, f: _Faellige, umfeld: Umfeld, jetzt: datetime, *, gescheitert: bool = False) -> int:
    """Rückt die Frist weiter und legt die Nachrichten in den Ausgang; gibt ihre Zahl zurück."""
    heute = berliner_tag(jetzt)
    stufen = _faellige_stufen(f, umfeld, heute)
    neu, naechste = stufen.noch_einmal(umfeld.kalender, heute) if gescheitert else stufen.danach
    if s.fuehre(_WEITER, {"id": f.id, "alt": f.stufe, "bisher": f.naechste, "neu": neu, "naechste": naechste}) != 1:
        return 0
    nachrichten = list(_je_empfaenger_die_letzte(stufen.neue))
    for nummer, an in nachrichten:
        s.fuehre(AUSGANG_NEU, _nachricht(f, nummer, an, als_text(jetzt)))
    return len(nachrichten)


def _je_empfaenger_die_letzte(faellig: list[tuple[int, Stufe]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Stand die Runde still, sind mehrere Stufen fällig: jede Stelle hört nur die letzte, die sie betrifft, aber keine geht leer aus."""
    gehoert: set[str] = set()
    for nummer, stufe in reversed(faellig):
        if an := tuple(stelle for stelle in stufe.an if stelle not in gehoert):
            gehoert.update(an)
            yield nummer, an


def _nachricht(f: _Faellige, nummer: int, an: tuple[str, ...], zeit: str) -> dict[str, Any]:
    return {"vorgang": f.vorgang, "nr": f.version, "quelle": f"f:{f.id}:{nummer}", "anlass": f"frist_{f.name}", "an": ",".join(an),
            "fruehestens": zeit, "erledigt": 0}


def naechste_sitzung(s: Sitzung, heute: date) -> str | None:
    """Die nächste geplante Sitzung der Lenkungsgruppe; die Frist ihres Sitzungstags trägt den Tag."""
    key = s.wert(_NAECHSTE_SITZUNG, {"heute": heute.isoformat()})
    return None if key is None else str(key)


def _schalte(db: Datenbank, f: _Faellige, umfeld: Umfeld, jetzt: datetime, bisher: Runde) -> Runde:
    schaltende = _faellige_stufen(f, umfeld, berliner_tag(jetzt)).schaltende
    ausloeser = schaltende[-1][1] if schaltende else ""
    mit_sitzung = any(isinstance(st, StufeMitSitzung) for st in _stufen(f, umfeld)[f.stufe:])

    def arbeit(s: Sitzung) -> tuple[int, int]:
        sitzung = naechste_sitzung(s, berliner_tag(jetzt)) if mit_sitzung else None
        if mit_sitzung and sitzung is None:
            return 0, 0
        erinnert = _erinnere(s, f, umfeld, jetzt)
        noch_offen = s.wert("SELECT stufe FROM frist WHERE id = :id AND offen = 1", {"id": f.id})
        if not ausloeser or noch_offen is None or noch_offen == f.stufe:
            return erinnert, 0
        apply(s, [Schritt(ausloeser, f.key, daten={"sitzung": sitzung} if sitzung else {})], SYSTEM, jetzt, umfeld)
        return erinnert, 1

    try:
        erinnert, geschaltet = db.in_transaktion(arbeit)
    except Betriebsfehler:
        raise  # die Datenbank ist weg oder belegt: Die Runde endet hier, die nächste Minute fängt an derselben Frist an
    except Konflikt:
        return bisher  # jemand bearbeitet den Vorgang gerade: Die Frist bleibt, wie sie ist, bis zur nächsten Runde
    except Kreislauffehler as fehler:
        # eine Frist sperrt nie: der Schritt ging nicht, also wird erinnert, und die Runde sagt warum
        erinnert, geschaltet = db.in_transaktion(lambda s: (_erinnere(s, f, umfeld, jetzt, gescheitert=bool(ausloeser)), 0))
        bisher = replace(bisher, gescheitert=(*bisher.gescheitert, (f.key, ausloeser, fehler.satz)))
    return replace(bisher, erinnert=bisher.erinnert + erinnert, geschaltet=bisher.geschaltet + geschaltet)
