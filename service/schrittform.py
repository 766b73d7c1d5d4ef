"""Was an einem Schritt stimmen muss, bevor ihn jemand liest: Gestalt, Schlüssel und der Grund als geprüfter Text.

Die Angaben prüft das Formular des Schritts; der Grund gehört zu keinem und bekommt hier dieselbe Textregel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from forms.grundform import Formular, befunde, langtext
from service.errors import Ungueltig

GRUND_HOECHSTENS = 2000
_GRUND = TypeAdapter(Annotated[str, langtext(GRUND_HOECHSTENS, darf_leer=True)])
_KEIN_TEXT = "Hier wird ein Text erwartet."
_KEINE_ANGABEN = "Hier wird eine Gruppe von benannten Angaben erwartet."


def gepruefter_grund(grund: Any) -> str:
    """Der Grund, bereinigt wie jeder lange Text. Wirft Ungueltig."""
    if grund == "":
        return ""
    try:
        return _GRUND.validate_python(grund)
    except ValidationError as fehler:
        raise Ungueltig([("grund", b.grund) for b in befunde(fehler)]) from fehler


def verlange_gestalt(texte: Mapping[str, Any], daten: Any) -> None:
    """`texte`: Angaben des Schritts, die Text sein müssen. Wirft Ungueltig."""
    if not all(isinstance(t, str) for t in texte.values()):
        raise Ungueltig([(name, _KEIN_TEXT) for name, t in texte.items() if not isinstance(t, str)])
    if not isinstance(daten, (Mapping, Formular)):
        raise Ungueltig({"daten": _KEINE_ANGABEN})
