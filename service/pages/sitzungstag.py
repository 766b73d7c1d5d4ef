"""Vor dem Planen und Verlegen einer Sitzung: Fällt sie auf keinen Werktag, sagt das Formular es einmal, bevor jemand eingeladen ist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from fastapi import Request
from fastapi.responses import Response

from forms.felder import Eingaben, Feld
from forms.grundform import datum_aus_text
from service.pages.formularseite import einzeln
from service.sicht import Ansicht
from service.web import anwendung
from states.aussage import Aussage
from states.model import Uebergang

GESEHEN = "datum_gesehen"  # so heißt die Eingabe, die sagt, zu welchem Tag der Hinweis schon dastand
_HINWEIS = "Das ist kein Werktag ({was}). Soll die Sitzung trotzdem an diesem Tag sein, senden Sie bitte noch einmal."


def vor_dem_termin(request: Request, u: Uebergang, ansicht: Ansicht | None, felder: Sequence[Feld], eingaben: Eingaben,
                   noch_einmal: Callable[[Mapping[str, str], int], Response]) -> Response | None:
    genannt = einzeln(eingaben, "datum")
    if genannt == einzeln(eingaben, GESEHEN):
        return None
    try:
        was = anwendung(request).umfeld().kalender.grund_kein_werktag(datum_aus_text(genannt))
    except ValueError:  # kein Tag oder keiner im Kalender: Das sagt das Formular
        return None
    return noch_einmal({"datum": Aussage(_HINWEIS, was=was)}, 422) if was else None
