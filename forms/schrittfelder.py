"""Die Felder eines Schritts, wie sie auszufüllen sind: sein Formular, und was die Tabelle über das Formular hinaus verlangt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from forms import formular
from forms.dienstleistungskette import DurchBeschluss
from forms.felder import Feld, felder_von
from states.kette import PROZESSE
from states.model import Fakten, Uebergang

_WAHL = "ziel"  # so heißt die Angabe, die unter mehreren Ergebnissen eines Schritts wählt


def felder_des_schritts(art: str, u: Uebergang, zustand: str = "", stand: Mapping[str, Any] | None = None) -> tuple[Feld, ...]:
    """Was jeder Weg dieses Schritts verlangt, ist Pflicht, auch wo das Formular es offen lässt; Listen füllen die Stammdaten.

    Was nur mancher Weg verlangt oder was durch anderes zu ersetzen ist, richtet sich nach der Antwort. Ohne `zustand` gelten alle Wege,
    ohne `stand` gilt der Inhalt als leer. Welcher Beschluss es bestimmt, trägt er selbst ein; danach fragt niemand.
    """
    form = formular(art, u.formular) if u.formular else None
    selbst = DurchBeschluss.model_fields if form and issubclass(form, DurchBeschluss) else {}
    felder = [f for f in felder_von(form) if f.name not in selbst] if form else []
    wege = [_verlangt(w, art, stand or {}) for w in PROZESSE[art].uebergaenge
            if w.ausloeser == u.ausloeser and (not zustand or zustand in w.von)]
    immer = {namen[0] for namen in set.intersection(*wege) if len(namen) == 1} if wege else set()
    manche = {name for weg in wege for namen in weg for name in namen} - immer
    return tuple(_wie_verlangt(f, immer, manche | {_WAHL} if manche else manche) for f in felder)


def _verlangt(weg: Uebergang, art: str, stand: Mapping[str, Any]) -> set[tuple[str, ...]]:
    leer = Fakten(art, "", stand, {}, "", {}, "", None, date.max)
    return {w.verlangt for w in weg.waechter if w.verlangt and w.pruefe(leer) is not None}


def _wie_verlangt(f: Feld, immer: set[str], manche: set[str]) -> Feld:
    if f.pflicht or f.name not in immer | manche:
        return f
    if f.name in immer:
        return f if f.art == "liste" else replace(f, pflicht=True, je_nach_antwort=False)
    return replace(f, je_nach_antwort=True)
