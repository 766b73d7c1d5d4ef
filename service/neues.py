"""Was sich geändert hat, seit jemand zuletzt da war."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from forms.render import zeitpunkt
from service.db import Sitzung
from service.handelnde import Handelnde
from service.sicht import sichtbar
from states.kette import PROZESSE

_NEUESTE = 2000  # so viele Ereignisse werden auf Neues durchgesehen; mehr ist nach langer Zeit kein „Neues“ mehr


class Neues(NamedTuple):
    """Das Letzte, was andere an einem Vorgang getan haben; `weitere`: wie viele Schritte davor auch neu sind."""

    key: str
    titel: str
    art: str
    schritt: str
    zustand: str
    zeit: str
    weitere: int


def neues(s: Sitzung, person: Handelnde, heute: date, seit: str, anzahl: int = 8) -> list[Neues]:
    """Was an Vorgängen geschah, mit denen die Person zu tun hat: zuständig, vertretend, beteiligt, oder von ihrer Stelle gemeldet."""
    darf, werte = sichtbar(person, heute)
    zeilen = s.alle(
        "SELECT v.key, v.titel, v.art, v.zustand, e.ausloeser, e.zeit FROM (SELECT id, vorgang, ausloeser, zeit, person FROM ereignis "
        f"WHERE zeit > :seit ORDER BY zeit DESC, id DESC LIMIT {_NEUESTE}) e JOIN vorgang v ON v.id = e.vorgang "
        "WHERE e.person <> :ich AND (v.zustaendig = :ich OR v.vertretung = :ich OR v.institution = :stelle OR v.id IN "
        "(SELECT b.vorgang FROM beteiligung b WHERE b.offen = 1 AND b.wer IN (:ich, :stelle))) "
        f"AND {darf} ORDER BY e.zeit DESC, e.id DESC LIMIT 300",
        {**werte, "ich": person.key, "stelle": person.institution or "", "seit": seit})  # fmt: skip
    gefunden: dict[str, Neues] = {}
    for key, titel, art, zustand, ausloeser, zeit in zeilen:
        bisher, p = gefunden.get(key), PROZESSE[art]
        gefunden[key] = (Neues(key, titel or p.bezeichnung, p.bezeichnung, p.bezeichnung_von(ausloeser), p.zustand(zustand).bezeichnung,
                               zeitpunkt(zeit), 0) if bisher is None
                         else Neues(bisher.key, bisher.titel, bisher.art, bisher.schritt, bisher.zustand, bisher.zeit, bisher.weitere + 1))
    return list(gefunden.values())[:anzahl]
