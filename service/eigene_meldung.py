"""Was bei einer eigenen Meldung feststeht: der Eingangsweg, ob das Case Management meldet, und ohne Konto die Stelle.

Nur die Koordination trägt für andere ein.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forms.grundform import Formular
from service.adressen import STELLE
from service.apply import Schritt
from service.errors import Ungueltig
from service.handelnde import Handelnde
from states.model import Rolle

CASE_MANAGEMENT = "case_management"
_ANDERER_WEG = "Wer selbst meldet, meldet online. Was auf anderem Weg eingeht, trägt die Koordination ein."
_ANDERE_STELLE = "Mit dem Code einer Stelle meldet man für sie."
_ANDERE_ART = {True: "Ihr Konto meldet als KIM-Case Management.", False: "Ihr Konto gehört nicht zum KIM-Case Management."}


def feststehend(person: Handelnde, art: str, ausloeser: str) -> Mapping[str, str]:
    """Feld -> der einzige Wert, den diese Person angeben kann."""
    if (art, ausloeser) != ("meldebogen", "einreichen") or person.hat(Rolle.KOORDINATION):
        return {}
    eigene = {"melder_institution": person.institution or ""} if person.key.startswith(STELLE) else {}  # wer einen Code hat, meldet für sie
    return {"kanal": "online"} | eigene | ({"melder_art": CASE_MANAGEMENT} if person.hat(Rolle.CASE_MANAGEMENT) else {})


def pruefe(person: Handelnde, schritte: Sequence[Schritt]) -> None:
    """Wirft Ungueltig, wenn eine Meldung anderes angibt, als feststeht."""
    for schritt in schritte:
        fest = feststehend(person, schritt.art, schritt.ausloeser) if not schritt.vorgang else {}
        if not fest:
            continue
        daten = schritt.daten.model_dump() if isinstance(schritt.daten, Formular) else schritt.daten
        des_teams = "melder_art" in fest
        befunde = {"kanal": _ANDERER_WEG} if daten.get("kanal") != fest["kanal"] else {}
        if fest.get("melder_institution", daten.get("melder_institution")) != daten.get("melder_institution"):
            befunde["melder_institution"] = _ANDERE_STELLE
        if (daten.get("melder_art") == CASE_MANAGEMENT) is not des_teams:
            befunde["melder_art"] = _ANDERE_ART[des_teams]
        if befunde:
            raise Ungueltig(befunde)
