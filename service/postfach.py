"""Das Postfach der Vorführung, wie die Seiten es zeigen: was an das Konto oder seine Stelle zugestellt ist."""

from __future__ import annotations


from typing import NamedTuple
from service.adressen import STELLE
from service.db import Sitzung
from service.errors import NichtGefunden
from service.handelnde import Handelnde
from service.profil import Profil
from states.model import Rolle

_MEINE = "b.empfaenger IN (:person, :stelle)"
# Bei Stellen ohne Konto öffnet in der Vorführung niemand sonst die Post; die Koordination zeigt, was dort ankommt.
_VON_STELLEN = f"b.empfaenger IN (SELECT '{STELLE}' || stelle FROM antwortlink)"
_VON = "FROM postfach p JOIN sendung b ON b.id = p.sendung WHERE "


class Kopf(NamedTuple):
    id: int
    zeit: str
    adresse: str
    betreff: str
    gelesen: bool


class Brief(NamedTuple):
    id: int
    zeit: str
    adresse: str
    betreff: str
    gelesen: bool
    text: str
    html: str
    kalender: str


def _werte(person: Handelnde, profil: Profil) -> dict[str, object]:
    stelle = profil.institution(person.institution) if person.institution else None
    return {"person": person.key, "stelle": f"{STELLE}{stelle.key}" if stelle else ""}


def zeigt_stellen(person: Handelnde) -> bool:
    return person.hat(Rolle.KOORDINATION)


def briefe(s: Sitzung, person: Handelnde, profil: Profil, vor: int = 0, menge: int = 50, *, an_stellen: bool = False) -> list[Kopf]:
    """Die neuesten zuerst; `vor` ist die kleinste schon gezeigte id, 0 beginnt von vorn. `an_stellen`: Post an Stellen ohne Konto."""
    if an_stellen and not zeigt_stellen(person):
        raise NichtGefunden
    wessen = _VON_STELLEN if an_stellen else _MEINE
    werte = {**_werte(person, profil), "vor": vor, "menge": menge}
    weiter = " AND p.id < :vor" if vor else ""
    return [Kopf(id_, zeit, adresse, betreff, bool(gelesen)) for id_, zeit, adresse, betreff, gelesen in s.alle(
        f"SELECT p.id, p.zeit, b.adresse, b.betreff, p.gelesen {_VON}{wessen}{weiter} ORDER BY p.id DESC LIMIT :menge", werte)]


def brief(s: Sitzung, person: Handelnde, profil: Profil, kennung: int) -> Brief:
    """Wirft NichtGefunden, auch wenn es den Brief gibt, er aber jemand anderem gehört."""
    wessen = f"({_MEINE} OR {_VON_STELLEN})" if zeigt_stellen(person) else _MEINE
    zeile = s.eine(f"SELECT p.id, p.zeit, b.adresse, b.betreff, p.gelesen, b.inhalt, b.html, b.kalender {_VON}{wessen} AND p.id = :id",
                   {**_werte(person, profil), "id": kennung})
    if zeile is None:
        raise NichtGefunden
    id_, zeit, adresse, betreff, gelesen, text, html, kalender = zeile
    return Brief(id_, zeit, adresse, betreff, bool(gelesen), text, html, kalender)


def ungelesen(s: Sitzung, person: Handelnde, profil: Profil) -> int:
    return int(s.wert(f"SELECT count(*) {_VON}{_MEINE} AND p.gelesen = 0", _werte(person, profil)))


def markiere_gelesen(s: Sitzung, person: Handelnde, profil: Profil, kennung: int) -> None:
    brief(s, person, profil, kennung)
    s.fuehre("UPDATE postfach SET gelesen = 1 WHERE id = :id", {"id": kennung})
