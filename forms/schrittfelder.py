"""Die Felder eines Schritts, wie sie auszufüllen sind: sein Formular, und was die Tabelle über das Formular hinaus verlangt."""

from __future__ import annotations

from dataclasses import replace

from forms import formular
from forms.felder import Feld, felder_von
from states.kette import PROZESSE
from states.model import Uebergang
from states.waechter import FELD_NOETIG


def felder_des_schritts(art: str, u: Uebergang) -> tuple[Feld, ...]:
    """Was jeder Weg dieses Schritts verlangt, ist Pflicht, auch wo das Formular es offen lässt; Listen füllen die Stammdaten."""
    wege = [{w.name for w in x.waechter} for x in PROZESSE[art].uebergaenge if x.ausloeser == u.ausloeser]
    verlangt = set.intersection(*wege) if wege else set()
    felder = felder_von(formular(art, u.formular)) if u.formular else ()
    return tuple(replace(f, pflicht=True) if FELD_NOETIG + f.name in verlangt and f.art != "liste" else f for f in felder)
