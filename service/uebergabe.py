"""An wen ein Vorgang übergeben werden kann (Regel 14): nur an jemanden, der ihn in seinem Zustand auch führen darf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms.personen import ROLLEN
from service import access
from service.adressen import Verzeichnis
from service.db import Sitzung
from service.errors import Ungueltig, Verboten
from service.handelnde import Handelnde
from service.laden import Akte, akte
from service.profil import Profil
from service.stammdaten import handelnde
from states.aussage import Aussage
from states.model import Rolle

FELDER = ("zustaendig", "vertretung")
_DIESELBE = "Diese Person ist dann zuständig und vertritt sich selbst. Bitte nennen Sie auch eine andere Vertretung."

_UNVERAENDERT = "Diese Person ist schon zuständig. Bitte wählen Sie eine andere Person oder eine andere Vertretung."


def pruefe(s: Sitzung, vorgang: Akte, eltern: access.Beteiligte, antwort: Mapping[str, Any], heute: str, profil: Profil) -> None:
    """Wirft Ungueltig mit dem Feld, das jemanden nennt, bei dem der Vorgang liegen bliebe."""
    befunde = {feld: satz for feld in FELDER if antwort.get(feld) and (satz := _mangel(s, vorgang, eltern, antwort[feld], heute, profil))}
    if not befunde and _vertritt_sich_selbst(s, vorgang, antwort, heute, profil):
        befunde["vertretung"] = _DIESELBE
    genannt = {feld: antwort[feld] for feld in FELDER if antwort.get(feld)}
    if genannt and not befunde and all(getattr(vorgang, feld) == wer for feld, wer in genannt.items()):
        befunde["zustaendig"] = _UNVERAENDERT
    if befunde:
        raise Ungueltig(befunde)


def _vertritt_sich_selbst(s: Sitzung, vorgang: Akte, antwort: Mapping[str, Any], heute: str, profil: Profil) -> bool:
    """Nur wo jemand genannt wird, und wo es auch jemand anderen gäbe."""
    wer, vertretung = (antwort.get(feld) or getattr(vorgang, feld) for feld in FELDER)
    genannt = any(antwort.get(feld) for feld in FELDER)
    return genannt and wer == vertretung and any(p.key != wer for p in geeignete(s, vorgang.key, heute, profil))


def _mangel(s: Sitzung, vorgang: Akte, eltern: access.Beteiligte, key: str, heute: str, profil: Profil) -> str:
    try:
        person = handelnde(s, key, heute, profil)
    except Verboten:
        return "Diese Person gibt es hier nicht, oder sie ist nicht mehr da. Bitte nennen Sie eine andere."
    if access.kann_fuehren(person, vorgang, eltern):
        return ""
    rollen = " oder ".join(ROLLEN[Rolle(r)] for r in sorted(access.fuehrende_rollen(vorgang)))
    return Aussage("Diese Person darf den Vorgang jetzt nicht führen. Bitte nennen Sie jemanden mit der Rolle {rollen}.", rollen=rollen)


def geeignete(s: Sitzung, key: str, heute: str, profil: Profil) -> list[Handelnde]:
    """Alle, an die der Vorgang heute übergeben werden kann, nach Namen."""
    vorgang = akte(s, key)
    if vorgang is None:
        return []
    eltern = s.alle("SELECT wer, rolle FROM beteiligung WHERE vorgang = :id AND offen = 1", {"id": vorgang.eltern or 0})
    personen = Verzeichnis(s, profil, heute).personen()
    return sorted((p for p in personen if access.kann_fuehren(p, vorgang, {(wer, rolle) for wer, rolle in eltern})), key=lambda p: p.name)
