"""Ändert sich eine Prozesstabelle, ändert sich ihre Fassung: Laufende Vorgänge merken sich, nach welcher sie begannen."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from states.kette import PROZESSE
from states.model import Prozess

FASSUNGEN = Path(__file__).parents[1] / "daten" / "fassungen.json"


# Später dazugekommene Angaben; wo sie fehlen, bleibt der Abdruck, wie er war.
NACHTRAEGLICH = {("Stufe", "wieder"), ("Beteilige", "nur"), ("Beteilige", "loest"), ("Prozess", "frueher")}


def _angaben(ding: Any) -> dict[str, tuple[Any, Any]] | None:
    """Name -> (Wert, Vorgabe) eines Eintrags der Tabelle; None, wenn es keiner ist."""
    if isinstance(ding, tuple) and hasattr(ding, "_fields"):
        return {name: (wert, ding._field_defaults.get(name, ...)) for name, wert in ding._asdict().items()}  # type: ignore[attr-defined]
    if is_dataclass(ding) and not isinstance(ding, type):
        return {f.name: (getattr(ding, f.name), f.default) for f in fields(ding) if f.repr}
    return None


def _zaehlt(ding: Any, name: str, wert: Any, vorgabe: Any) -> bool:
    fehlt = any((k.__name__, name) in NACHTRAEGLICH for k in type(ding).__mro__) and wert == vorgabe
    return name != "version" and not fehlt


def bild(wert: Any) -> Any:
    """Alles, was in der Tabelle steht; Funktionen mit ihrem Namen, Mengen geordnet."""
    if isinstance(wert, Enum):
        return wert.value
    if (angaben := _angaben(wert)) is not None:
        return [type(wert).__name__, {name: bild(w) for name, (w, vorgabe) in angaben.items() if _zaehlt(wert, name, w, vorgabe)}]
    if isinstance(wert, Mapping):
        return {str(k): bild(w) for k, w in wert.items()}
    if isinstance(wert, (set, frozenset)):
        return sorted((bild(w) for w in wert), key=str)
    if isinstance(wert, (list, tuple)):
        return [bild(w) for w in wert]
    if wert is None or isinstance(wert, (str, int, bool, float)):
        return wert
    return getattr(wert, "__qualname__", type(wert).__name__)


def abdruck(prozess: Prozess) -> str:
    return hashlib.sha256(json.dumps(bild(prozess), sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def jetzige() -> dict[str, list[Any]]:
    return {art: [p.version, abdruck(p)] for art, p in PROZESSE.items()}


@pytest.mark.parametrize("art", list(PROZESSE))
def test_tabelle_und_fassung_aendern_sich_nur_gemeinsam(art: str) -> None:
    version, erwartet = json.loads(FASSUNGEN.read_text())[art]
    prozess = PROZESSE[art]
    if prozess.version == version:
        assert abdruck(prozess) == erwartet, (
            f"Die Tabelle „{art}“ ist anders als in Fassung {version}. Erhöhen Sie `version` und schreiben Sie die Abdrucke neu: "
            "python tests/states/test_fassungen.py"
        )
    else:
        assert prozess.version == version + 1, f"Nach Fassung {version} von „{art}“ kommt {version + 1}."
        assert abdruck(prozess) != erwartet, "Eine neue Fassung ohne Änderung gibt es nicht."
        pytest.fail(f"Fassung {prozess.version} von „{art}“ ist noch nicht festgehalten: python tests/states/test_fassungen.py")


def test_nichts_in_der_tabelle_entgeht_dem_abdruck() -> None:
    """Kein Wert wird zu einem bloßen Typnamen; sonst bliebe seine Änderung unbemerkt."""
    typen: set[str] = set()

    def sammle(wert: Any) -> None:
        if (angaben := _angaben(wert)) is not None:
            sammle([w for w, _ in angaben.values()])
        elif isinstance(wert, (list, tuple, set, frozenset)):
            for w in wert:
                sammle(w)
        elif isinstance(wert, Mapping):
            for w in wert.values():
                sammle(w)
        elif isinstance(wert, Enum) or wert is None or isinstance(wert, (str, int, bool, float)):
            return
        elif not hasattr(wert, "__qualname__"):
            typen.add(type(wert).__name__)

    sammle(list(PROZESSE.values()))
    assert typen == set()


if __name__ == "__main__":
    FASSUNGEN.write_text(json.dumps(jetzige(), indent=1, sort_keys=True) + "\n")
    sys.stdout.write(f"{FASSUNGEN.name} geschrieben\n")
