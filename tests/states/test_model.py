"""Eine falsche Prozesstabelle scheitert, wenn sie gebaut wird, und sagt woran."""

from __future__ import annotations

from typing import Any

import pytest

from service.empfaenger import WOERTER
from states.kette import GLIEDER, PROZESSE
from states.fristen import Frist, Stufe, im_zustand
from states.glieder import Folge
from states.model import (
    EMPFAENGERWOERTER, K, Anlass, Definitionsfehler, Haenge, Je, Prozess, Rolle, Setze, Uebergang, Vermerke, Waechter, Wer, Zaehle, Zustand,
    fortgeschrieben,
)
from tests.states.fakten import schalte

A = Zustand("a", "A", "Der Anfang.", Rolle.KOORDINATION)
B = Zustand("b", "B", "Das Ende.", ende=True)
ANFANG = Uebergang("anlegen", (), "a", (K,), "Anlegen")
SCHLUSS = Uebergang("beenden", ("a",), "b", (K,), "Beenden")


def _prozess(zustaende: tuple[Zustand, ...] = (A, B), uebergaenge: tuple[Uebergang, ...] = (ANFANG, SCHLUSS), **weiteres: Any) -> Prozess:
    return Prozess("probe", "Probe", "P", zustaende, uebergaenge, **weiteres)


def test_ein_richtiger_prozess_laesst_sich_bauen() -> None:
    p = _prozess()
    assert p.kanten() == {("", "anlegen", "a"), ("a", "beenden", "b")}
    assert p.offene == ("a",)


def test_die_maschine_einer_vergangenen_tabelle_dient_keiner_neuen() -> None:
    """Python vergibt die id einer Tabelle, die es nicht mehr gibt, sofort wieder."""
    for n in range(20):
        hier = f"z{n}"
        p = _prozess((Zustand(hier, "A", "Der Anfang.", Rolle.KOORDINATION), B),
                     (Uebergang("anlegen", (), hier, (K,), "Anlegen"), Uebergang("beenden", (hier,), "b", (K,), "Beenden")))
        assert schalte(p, "beenden", hier).nach == "b"
        del p


FALSCH: list[tuple[str, dict[str, Any]]] = [
    ("nicht erreichbar", {"zustaende": (A, B, Zustand("c", "C", "Nie.", ende=True))}),
    ("Sackgasse", {"zustaende": (A, B, Zustand("c", "C", "Hier geht es nicht weiter.", Rolle.KOORDINATION)),
                   "uebergaenge": (ANFANG, SCHLUSS, Uebergang("x", ("a",), "c", (K,), "X"))}),
    ("niemanden, der zuständig ist", {"zustaende": (Zustand("a", "A", "Der Anfang."), B)}),
    ("unbekannte Rolle", {"zustaende": (Zustand("a", "A", "Der Anfang.", "chefin"), B)}),  # type: ignore[arg-type]
    ("ganzen Satz", {"zustaende": (Zustand("a", "A", "ohne Punkt", Rolle.KOORDINATION), B)}),
    ("steht doppelt", {"zustaende": (A, A, B)}),
    ("unbekannter Zustand", {"uebergaenge": (ANFANG, SCHLUSS, Uebergang("x", ("z",), "b", (K,), "X"))}),
    ("unbekannter Zustand", {"uebergaenge": (ANFANG, SCHLUSS, Uebergang("x", ("a",), "z", (K,), "X"))}),
    ("unbekannte Rolle", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", ("koordination",), "X"))}),  # type: ignore[arg-type]
    ("unbekannte Rolle", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (Wer("chefin"),), "X"))}),  # type: ignore[arg-type]
    ("niemand darf", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (), "X"))}),
    ("kein Wächter", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (K,), "X", waechter=("w",)))}),  # type: ignore[arg-type]
    ("kein Wächter", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (K,), "X", waechter=(Waechter("w", None),)))}),  # type: ignore[arg-type]
    ("unbekannte Marke", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (K,), "X", setzt="wartet"))}),
    ("unbekannte Marke", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (K,), "X", loescht=("wartet",)))}),
    ("schreibt nichts", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (K,), "X", schreibt=("titel",)))}),  # type: ignore[arg-type]
    ("keine Bezeichnung", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (K,), ""))}),
    ("vorab", {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (K,), "X", vorab="nichts"))}),
    ("braucht einen Zustand", {"uebergaenge": (Uebergang("anlegen", (), None, (K,), "X"), ANFANG, SCHLUSS)}),
    ("steht doppelt", {"uebergaenge": (ANFANG, SCHLUSS, SCHLUSS)}),
    ("Frist f steht doppelt", {"fristen": (Frist("f", "F", im_zustand("a"), "1 WT"), Frist("f", "F", im_zustand("a"), "2 WT"))}),
    ("unbekannte Marke", {"fristen": (Frist("f", "F", im_zustand("a"), "1 WT", ruht_bei="ruht"),)}),
    ("unbekannter Auslöser", {"fristen": (Frist("f", "F", im_zustand("a"), "1 WT", stufen=(Stufe("Ende", feuert="nichts"),)),)}),
    ("bewirkt nichts", {"fristen": (Frist("f", "F", im_zustand("a"), "1 WT", stufen=(Stufe("Ende"),)),)}),
    *(("kein Zeitpunkt", {"fristen": (Frist("f", "F", im_zustand("a"), "1 WT", stufen=(Stufe(wann, ("zustaendig",)),)),)})
      for wann in ("", "3 WT nach", "0 WT vor Ende", "3 Tagen nach Ende", "drei WT vor Ende", "3 WT vor Beginn", "Ende ")),
    *(("keine Dauer", {"fristen": (Frist("f", "F", im_zustand("a"), dauer),)}) for dauer in ("10", "WT", "10WT", "0 WT", "2 Wochn")),
    ("unbekannter Empfänger zustaendg",
     {"fristen": (Frist("f", "F", im_zustand("a"), "1 WT", stufen=(Stufe("Ende", ("zustaendg",)),)),)}),
    ("unbekannter Empfänger meldr in m",
     {"uebergaenge": (ANFANG, Uebergang("beenden", ("a",), "b", (K,), "X", meldet=(Anlass("m", ("meldr",)),)))}),
    ("keine Funktion", {"fristen": (Frist("f", "F", "in_a", "1 WT"),)}),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("grund", "teile"), FALSCH, ids=[f"{i}-{g}" for i, (g, _) in enumerate(FALSCH)])
def test_falsche_tabellen_scheitern_beim_bauen(grund: str, teile: dict[str, Any]) -> None:
    with pytest.raises(Definitionsfehler, match=grund):
        _prozess(**teile)


def test_zu_jedem_empfaengerwort_weiss_der_versand_wer_gemeint_ist() -> None:
    assert frozenset(WOERTER) == EMPFAENGERWOERTER


def test_jede_schreibregel() -> None:
    stand = fortgeschrieben({}, (Setze(),), {"titel": "T", "ort": "O"}, "p1", "2026-01-07")
    stand = fortgeschrieben(stand, (Setze(("ort",), unter="termin"),), {"ort": "X", "weg": 1}, "p1", "2026-01-07")
    stand = fortgeschrieben(stand, (Haenge("liste"), Zaehle("zahl"), Vermerke("wer")), {"t": 1}, "p1", "2026-01-08")
    stand = fortgeschrieben(stand, (Je("je", "wer"), Vermerke("wer")), {"wer": "i", "x": 1}, "p1", "2026-01-09")
    vorher = dict(stand)
    neu = fortgeschrieben(stand, (Je("je", "wer"), Zaehle("zahl")), {"wer": "i", "y": 2}, "p2", "2026-01-10")
    assert stand == vorher
    assert neu == {"titel": "T", "ort": "O", "termin": {"ort": "X"}, "liste": [{"t": 1, "am": "2026-01-08", "von": "p1"}], "zahl": 2,
                   "wer": ["p1"], "je": {"i": {"wer": "i", "x": 1, "y": 2, "am": "2026-01-10"}}}


def test_alle_prozesse_sind_da() -> None:
    acht = {"meldebogen", "fallrekonstruktion", "generatives_thema", "arbeitsgruppe", "zielsystem", "monitoring", "sitzung", "beschluss"}
    assert acht | {"massnahme", "einzelfalluebergabe"} <= PROZESSE.keys()
    assert any(isinstance(g, Folge) for g in GLIEDER)


@pytest.mark.parametrize("art", sorted(PROZESSE))
def test_jede_tabelle_laesst_sich_vorlesen(art: str) -> None:
    p = PROZESSE[art]
    for z in p.zustaende:
        assert z.erklaerung[0].isupper() and z.bezeichnung
    for u in p.uebergaenge:
        assert u.bezeichnung[0].isupper(), u.ausloeser
    for m in p.marken:
        assert m.erklaerung.endswith("."), m.name
