"""Der Umlauf endet am Antworttag: Der Tag gehört noch den Sitzen, festgestellt wird am Tag danach."""

from __future__ import annotations

from datetime import date

from service.kalender import Kalender
from service.terminlage import stufentag
from states.beschluss import BESCHLUSS


def test_der_umlauf_wird_festgestellt_sobald_der_antworttag_vorbei_ist() -> None:
    frist = next(f for f in BESCHLUSS.fristen if f.name == "umlauf_antwort")
    (stufe,) = [s for s in frist.stufen if s.feuert]
    tag = stufentag(Kalender(frozenset(), "probe"), stufe, date(2026, 3, 9), date(2026, 3, 9))
    assert (stufe.feuert, tag) == ("umlauf_feststellen", date(2026, 3, 10))
