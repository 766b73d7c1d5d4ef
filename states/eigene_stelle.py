"""Für wen jemand spricht: eine Stelle für sich selbst, die Leitung und die Koordination auch für andere."""

from __future__ import annotations

from states.model import Fakten, Grund, Rolle, Waechter

FREI = (Rolle.KOORDINATION, Rolle.AG_LEITUNG)


def spricht_fuer(f: Fakten, stelle: object) -> bool:
    """Ob die Person in ihrer Rolle für diese Stelle handeln darf."""
    return f.rolle in FREI or (bool(stelle) and stelle in (f.institution, f.person))


def eigene_zeile(f: Fakten, stelle: object) -> bool:
    """Ob eine Zeile der eigenen Stelle gehört, unter welchem ihrer Namen sie auch dort steht."""
    return bool(stelle) and (stelle == f.institution or stelle in f.eigene)


def eigene_stelle(feld: str) -> Waechter:
    """Mitglieder und umsetzende Stellen nennen unter `feld` nur sich selbst."""

    def pruefe(f: Fakten) -> Grund | None:
        if spricht_fuer(f, f.daten.get(feld)):
            return None
        return Grund("Sie können hier nur für Ihre eigene Stelle sprechen. Für andere trägt es die Leitung oder die Koordination ein.",
                     feld=feld)

    return Waechter("eigene_stelle", pruefe)
