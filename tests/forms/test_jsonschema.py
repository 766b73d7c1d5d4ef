"""Das JSON-Schema eines Formulars sagt dasselbe wie seine Prüfung, soweit ein Schema das sagen kann."""

from __future__ import annotations

import re

import pytest
from pydantic import TypeAdapter, ValidationError

from forms.dienstleistungskette import Zahl
from forms.grundform import Formular, Langtext, Monat, Zeile, befunde, langtext
from forms.meldebogen import Einreichen, Ergaenzen
from forms.sitzung import Einladen
from typing import Annotated


class Probe(Formular):
    zeile: Zeile
    text: Langtext
    frei: Annotated[str, langtext(100, darf_leer=True)]
    monat: Monat
    zahl: Zahl


MUSTER = Probe.model_json_schema()["properties"]


def _angenommen(**werte: object) -> bool:
    gut = {"zeile": "x", "text": "x", "frei": "x", "monat": "2026-01", "zahl": "1"}
    try:
        Probe.model_validate({**gut, **werte})
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("text", [
    "x", " x ", "", " ", "\t", "a\nb", "a\tb", "a\x00b", "a\x85b", "a\u2028b", "a\u202eb", "\x7f", "ä😀", "  ",
])  # fmt: skip
@pytest.mark.parametrize("feld", ["zeile", "text", "frei"])
def test_das_muster_nimmt_dieselben_texte_an(feld: str, text: str) -> None:
    assert bool(re.search(MUSTER[feld]["pattern"].removesuffix("$") + r"\Z", text)) == _angenommen(**{feld: text})


@pytest.mark.parametrize("monat, gilt", [("2026-01", True), ("2026-13", False), ("1999-12", False), ("2026-1", False)])
def test_der_monat(monat: str, gilt: bool) -> None:
    assert bool(re.search(MUSTER["monat"]["pattern"], monat)) == gilt == _angenommen(monat=monat)


def test_was_leer_bleiben_darf_darf_auch_null_sein() -> None:
    assert MUSTER["frei"]["type"] == ["string", "null"] and _angenommen(frei=None)
    assert MUSTER["text"]["type"] == "string" and not _angenommen(text=None)


def test_eine_zahl_als_text_oder_zahl() -> None:
    assert _angenommen(zahl="12,5") and _angenommen(zahl=7) and not _angenommen(zahl="zwölf") and not _angenommen(zahl=None)
    assert [f["type"] for f in MUSTER["zahl"]["anyOf"]] == ["string", "number"]
    assert _angenommen(zahl="1.234,5") and not _angenommen(zahl="1,234.5")
    assert TypeAdapter(Zahl).validate_python("12.345.678,25") == "12345678.25" and TypeAdapter(Zahl).validate_python("1.234") == "1.234"


def test_wertelisten_nennen_ihren_namen() -> None:
    felder = Einreichen.model_json_schema()["properties"]
    assert felder["kommune"]["x-liste"] == "kommunen" and felder["handlungsfelder"]["items"]["x-liste"] == "handlungsfelder"
    assert "x-liste" not in Ergaenzen.model_json_schema()["properties"]["text"]


def test_ein_fehler_tief_in_einem_eintrag_ist_nicht_auch_einer_der_liste() -> None:
    with pytest.raises(ValidationError) as fehler:
        Einladen.model_validate({"sitze": [{"sitz": "S01", "funktion": 7}]})
    assert [b.feld for b in befunde(fehler.value)] == ["sitze.1.funktion"]
