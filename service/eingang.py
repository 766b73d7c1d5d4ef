"""Der Eingang der Koordination: Meldungen, über die noch nicht entschieden ist, das Dringende zuerst, dann nach Frist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from service.anzeige import tag
from service.aufgaben import naechste_frist
from service.bezuege import woerter
from service.db import Sitzung
from service.handelnde import Handelnde
from service.laden import Akte, Netz, lade
from service.listen import EILIG, Blatt, nach_frist
from service.sicht import Ebene, sichtbar
from states.kette import PROZESSE
from states.model import Rolle

UNENTSCHIEDEN = ("eingegangen", "in_vorpruefung")
SEITE = 20


class Karte(NamedTuple):
    """Eine Meldung, wie sie auf einem Arbeitsplatz liegt. `alter`: Kalendertage seit dem Eingang."""

    key: str
    version: int
    titel: str
    zustand: str
    text: str
    kommune: str
    stelle: str
    felder: tuple[str, ...]
    alter: int
    frist: str
    fristname: str
    ueberfaellig: bool
    eilig: bool
    marken: tuple[str, ...]


def eingang(s: Sitzung, person: Handelnde, heute: date, ab: str = "") -> tuple[list[Karte], str]:
    """Eine Seite und das Lesezeichen der nächsten; die eilige steht nur auf der ersten."""
    eilige = _blatt(s, person, heute, EILIG, "", 100, gefuehrt=False).zeilen if not ab else ()
    blatt = _blatt(s, person, heute, f"NOT {EILIG}", ab, SEITE, gefuehrt=True)
    ids = [e.id for e in (*eilige, *blatt.zeilen)]
    return karten(s, ids, heute, {e.id for e in eilige}), blatt.weiter


def _blatt(s: Sitzung, person: Handelnde, heute: date, bedingung: str, ab: str, anzahl: int, *, gefuehrt: bool) -> Blatt:
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL, arten=("meldebogen",))
    teile = ["v.ende = 0", "v.art = 'meldebogen'", f"v.zustand IN ({woerter(UNENTSCHIEDEN)})", bedingung, darf]
    return nach_frist(s, teile, werte, ab, anzahl, gefuehrt=gefuehrt)


def karten(s: Sitzung, ids: Sequence[int], heute: date, eilige: set[int] | None = None) -> list[Karte]:
    """In der Reihenfolge der ids. Wer sie aufruft, hat gefragt, ob die Person die Texte sehen darf."""
    netz = Netz()
    lade(s, ids, netz)
    return [karte(netz.akten[k], heute, k in (eilige or ())) for k in ids]


def karte(a: Akte, heute: date, eilig: bool = False) -> Karte:
    p, frist = PROZESSE[a.art], naechste_frist(a)
    ende = frist.ende if frist else ""
    return Karte(
        a.key, a.version, a.titel, p.zustand(a.zustand).bezeichnung, str(a.stand.get("beschreibung") or ""), a.kommune or "",
        a.institution or "", tuple(a.stand.get("handlungsfelder") or ()), alter(a, heute), tag(ende),
        next((f.bezeichnung for f in p.fristen if frist and f.name == frist.name), ""), "" < ende < heute.isoformat(),
        eilig or ("eilmeldung", "") in a.fristen or a.stand.get("dringlichkeit") == "hoch",
        tuple(m.bezeichnung for m in p.marken if m.name in a.marken),
    )  # fmt: skip


def alter(a: Akte, heute: date) -> int:
    return (heute - date.fromisoformat(str(a.stand.get("eingang") or a.eroeffnet)[:10])).days


def so_geht_es_weiter(s: Sitzung, person: Handelnde, key: str, zustand: str) -> dict[str, Any]:
    """Auf der Seite einer Meldung, über die noch nicht entschieden ist: wer sie prüft, vergleicht; wer sie einreichte, erfährt, bis wann.

    `bescheid_bis` ist leer, solange die Frist ruht, und None, wenn schon entschieden ist.
    """
    offen = zustand in UNENTSCHIEDEN
    if not offen or person.hat(Rolle.KOORDINATION):
        return {"vergleichen": offen, "bescheid_bis": None}
    bis = s.wert("SELECT min(f.ende) FROM frist f JOIN vorgang v ON v.id = f.vorgang WHERE v.key = :key AND f.offen = 1 "
                 "AND f.ruht_seit IS NULL AND f.name IN ('vorpruefung_entscheiden', 'vorpruefung_in_der_lage')", {"key": key})
    return {"vergleichen": False, "bescheid_bis": tag(str(bis)) if bis else ""}
