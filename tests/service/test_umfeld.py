"""Wer einen neuen Vorgang führt und wer vertritt."""

from __future__ import annotations

from service.profil import Profil
from service.umfeld import Umfeld, umfeld_aus


def _umfeld(profil: Profil, **koordination: tuple[str, ...]) -> Umfeld:
    return umfeld_aus(profil, "test", koordination)


def test_ohne_bereich_fuehrt_die_koordination_des_ersten_bereichs_im_profil(profil: Profil) -> None:
    """Nicht die des Bereichs, der im Alphabet vorn steht: sonst lägen alle Arbeitsgruppen und Beschlüsse dort."""
    assert [b.key for b in profil.bereiche] == ["kreis", "iserlohn"]
    umfeld = _umfeld(profil, iserlohn=("is",), kreis=("a", "b"))
    assert umfeld.zustaendige(None) == ("a", "b")
    assert _umfeld(profil, iserlohn=("is",), kreis=("a",)).zustaendige(None) == ("a", "is")


def test_im_bereich_fuehrt_seine_koordination_und_eine_andere_vertritt(profil: Profil) -> None:
    umfeld = _umfeld(profil, iserlohn=("is",), kreis=("a", "b"))
    assert umfeld.zustaendige("kreis") == ("a", "b")
    assert umfeld.zustaendige("iserlohn") == ("is", "a")


def test_wer_ohne_bereich_koordiniert_geht_vor(profil: Profil) -> None:
    umfeld = umfeld_aus(profil, "test", {"": ("alle",), "kreis": ("a",)})
    assert umfeld.zustaendige(None) == ("alle", "a")
    assert umfeld.zustaendige("kreis") == ("a", "alle")


def test_ohne_koordination_ist_niemand_zustaendig(profil: Profil) -> None:
    assert _umfeld(profil).zustaendige("kreis") == (None, None)
