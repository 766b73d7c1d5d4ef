"""Aus einem Profil kommen die ersten Werte der datierten Einträge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.eintragsarten import ANFANG, ARTEN, als_eintrag
from service.geltendes import Eintrag, Stammdaten
from service.profil import Profil
from service.profil_angaben import DATUM

SITZPERSONEN = ("inhaber", "vertretung")  # wer einen Sitz innehat, sagt nur die Vorführung


def erste_werte(profil: Profil, *, mit_vorfuehrung: bool) -> Iterator[Eintrag]:
    yield from _sitze(profil, mit_vorfuehrung)
    for i in profil.institutionen:
        if i.postfach:
            yield _eintrag("kontakte", {"institution": i.key, "postfach": i.postfach})
    for stelle, kommunen in _zustaendige(profil).items():
        yield _eintrag("zustaendigkeiten", {"institution": stelle, "kommunen": kommunen})
    for v in profil.verteilerlisten:
        stellen = [i.key for i in profil.empfaenger(v.name)]
        yield _eintrag("verteiler", {"name": v.name, "institutionen": stellen, "arbeitsgruppen": v.arbeitsgruppen})
    for tag in profil.schliesstage:
        einmalig = DATUM.fullmatch(tag) is not None
        yield _eintrag("schliesstage", {"anlass": "Geschlossen", "wiederkehr": "" if einmalig else tag}, *((tag, tag) if einmalig else ()))


def stammdaten_aus(profil: Profil) -> Stammdaten:
    """Die Einträge, wie sie nach der Übernahme dieses Profils mit seiner Vorführung wären."""
    return Stammdaten(tuple(erste_werte(profil, mit_vorfuehrung=True)))


def _sitze(profil: Profil, mit_vorfuehrung: bool) -> Iterator[Eintrag]:
    personen = {(p.sitz, str(p.sitz_als)): p.key for p in profil.personen if p.sitz} if mit_vorfuehrung else {}
    for x in profil.sitze:
        werte = {"sitz": x.key, "funktion": x.funktion, "rolle": x.rolle, "institution": x.institution, "vertretungsamt": x.vertretung,
                 **{als: personen.get((x.key, als)) for als in SITZPERSONEN}}
        yield _eintrag("sitze", werte, *(t.isoformat() if t else None for t in (x.gueltig_von, x.gueltig_bis)))


def _zustaendige(profil: Profil) -> dict[str, list[str]]:
    """Eine Stelle kann im Profil mehrmals vorkommen; alle ihre Kommunen zusammen, in dessen Reihenfolge."""
    gefunden: dict[str, list[str]] = {}
    for z in profil.zustaendigkeiten:
        genannt = gefunden.setdefault(z.institution, [])
        genannt += [k for k in z.kommunen if k not in genannt]
    return gefunden


def _eintrag(art: str, werte: Mapping[str, Any], von: str | None = None, bis: str | None = None) -> Eintrag:
    return als_eintrag(ARTEN[art], {**werte, "von": von or ANFANG, "bis": bis})
