"""Ist gegen Soll: was neu ist, wegfällt, sich ändert, wandert; und die Zahlen beider Ketten."""

from __future__ import annotations

import random
from typing import Any

import pytest

from forms.kettenvergleich import Paar, als_schritte, vergleiche, zahlen

JC, ABH, SA = "Jobcenter", "Ausländerbehörde", "Sozialamt"


def _s(taetigkeit: str, zustaendig: str, an: str = "", **mehr: Any) -> dict[str, Any]:
    return {"taetigkeit": taetigkeit, "zustaendig": zustaendig, "uebergabe_an": an, **mehr}


IST = [
    _s("Antrag annehmen", SA, JC, medium="Papier", zieldauer_werktage=3),
    _s("Unterlagen nachfordern", JC, SA, medium="Brief", zieldauer_werktage=15),
    _s("Mietbescheinigung ausstellen", SA, JC, medium="Papier", zieldauer_werktage=15),
    _s("Leistung bewilligen", JC, ABH, medium="Fachverfahren"),
]
SOLL = [
    _s("Antrag annehmen", SA, JC, medium="Papier", zieldauer_werktage=3),
    _s("Wechsel am Tag des Bescheids melden", SA, ABH, medium="E-Mail", zieldauer_werktage=1),
    _s("Mietbescheinigung ausstellen", JC, medium="Papier", zieldauer_werktage=2),
    _s("Leistung bewilligen", JC, ABH, medium="Fachverfahren", zieldauer_werktage=5),
]


def _arten(ist: list[dict[str, Any]], soll: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    return [(p.art, str((p.soll or p.ist or {})["taetigkeit"]), p.neue_uebergabe) for p in vergleiche(ist, soll).paare]


def test_jede_art_von_unterschied() -> None:
    assert _arten(IST, SOLL) == [
        ("gleich", "Antrag annehmen", False),
        ("entfaellt", "Unterlagen nachfordern", False),
        ("neu", "Wechsel am Tag des Bescheids melden", True),
        ("andere_stelle", "Mietbescheinigung ausstellen", False),
        ("geaendert", "Leistung bewilligen", False),
    ]
    worte = [p.worte for p in vergleiche(IST, SOLL).paare]
    assert worte == [(), ("entfällt",), ("neu", "neue Übergabe"), ("andere Stelle", "geändert: Dauer, Übergabe"), ("geändert: Dauer",)]


def test_zahlen_beider_ketten() -> None:
    v = vergleiche(IST, SOLL)
    assert v.ist == (4, 4, 3, 2, 33, 1) and v.soll == (4, 3, 3, 2, 11, 0)
    assert dict(v.anzahl) == {"gleich": 1, "neu": 1, "entfaellt": 1, "geaendert": 1, "andere_stelle": 1, "neue_uebergabe": 1}
    assert zahlen([]) == (0, 0, 0, 0, 0, 0)


def test_dieselbe_kette_aendert_nichts_auch_in_anderer_schreibung() -> None:
    anders = [{**s, "taetigkeit": f" {s['taetigkeit'].upper()} ", "zustaendig": s["zustaendig"].lower()} for s in IST]
    assert {p.art for p in vergleiche(IST, anders).paare} == {"gleich"} and not any(p.neue_uebergabe for p in vergleiche(IST, anders).paare)


def test_ohne_gegenstueck_ist_nichts_neu() -> None:
    assert {s.art for s in als_schritte(vergleiche([], SOLL), "soll")} == {"gleich"}
    assert {s.art for s in als_schritte(vergleiche(IST, []), "ist")} == {"gleich"}
    assert als_schritte(vergleiche(IST, []), "soll") == []


def test_die_zeichnung_sagt_es_in_worten() -> None:
    v = vergleiche(IST, SOLL)
    assert [(s.art, s.marken) for s in als_schritte(v, "ist")] == [
        ("gleich", ()), ("entfaellt", ("entfällt",)), ("andere_stelle", ("andere Stelle",)), ("gleich", ())]
    soll = als_schritte(v, "soll")
    assert [s.titel.split(". ")[0] for s in soll] == ["1", "2", "3", "4"] and soll[1].neue_uebergabe and not soll[0].neue_uebergabe
    assert soll[0].fuss == ("Papier · 3 WT", f"→ {JC}")


@pytest.mark.parametrize("saat", range(20))
def test_die_zuordnung_verliert_keinen_schritt_und_ueberkreuzt_nichts(saat: int) -> None:
    z = random.Random(saat)
    worte = ("prüfen", "melden", "bewilligen", "nachfordern", "einladen", "beraten")
    ist, soll = ([_s(f"{z.choice(worte)} {z.choice(worte)}", z.choice((JC, ABH, SA)), nr=n) for n in range(z.randint(0, 9))]
                 for _ in range(2))
    paare: tuple[Paar, ...] = vergleiche(ist, soll).paare
    assert [p.ist["nr"] for p in paare if p.ist] == list(range(len(ist)))
    assert [p.soll["nr"] for p in paare if p.soll] == list(range(len(soll)))
    assert all((p.art == "neu") == (p.ist is None) and (p.art == "entfaellt") == (p.soll is None) for p in paare)
