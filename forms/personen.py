"""Was an einer Person, ihren Rollen und ihrem Zugang auszufüllen ist. Ob es Stelle und Bereich gibt, prüft der Dienst."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from forms.grundform import Auswahl, Formular, zeile
from forms.stammdaten import Geltung, Stelle
from states.model import Rolle

ROLLEN: Mapping[Rolle, str] = MappingProxyType(
    {
        Rolle.MELDER: "Meldende Stelle",
        Rolle.CASE_MANAGEMENT: "Case Management",
        Rolle.KOORDINATION: "Koordination",
        Rolle.VERWALTUNG: "Verwaltung",
        Rolle.FACHAUFSICHT: "Fachaufsicht über das Case Management",
        Rolle.AG_MITGLIED: "Mitglied einer Arbeitsgruppe",
        Rolle.AG_LEITUNG: "Leitung einer Arbeitsgruppe",
        Rolle.FR_GAST: "Gast einer Fallrekonstruktion",
        Rolle.UMSETZENDE_STELLE: "Umsetzende Stelle",
        Rolle.LG_MITGLIED: "Mitglied der Lenkungsgruppe",
        Rolle.LG_VORSITZ: "Vorsitz der Lenkungsgruppe",
        Rolle.LG_GAST: "Gast der Lenkungsgruppe",
        Rolle.LEITUNG: "Leitung",
        Rolle.GREMIUM: "Politisches Gremium",
        Rolle.REVISION: "Datenschutz und Revision",
        Rolle.ADMIN: "Systemverwaltung",
    }
)


class Personenangaben(Geltung):
    """Wer mitarbeitet und für welche Stelle."""

    name: Annotated[str, zeile(120)] = Field(title="Name oder Funktion", description="Höchstens 120 Zeichen.")
    institution: Stelle | None = Field(
        default=None, title="Stelle", description="Ob jemand Meldungen lesen darf, hängt auch an der Stelle."
    )


class Rollengabe(Geltung):
    """Eine Rolle für eine Zeit."""

    rolle: Annotated[str, Auswahl(**{r.value: name for r, name in ROLLEN.items()})] = Field(title="Rolle", description="Was sie erlaubt.")
    bereich: Annotated[str, zeile(60, darf_leer=True)] = Field(
        default="", title="Bereich", description="Der Schlüssel eines Bereichs; nötig und nur möglich bei der Koordination."
    )


class NeuePerson(Personenangaben, Rollengabe):
    """Eine Person mit ihrer ersten Rolle; beide gelten in derselben Zeit."""


class NeueAdresse(Formular):
    """Womit eine gescheiterte Nachricht noch einmal hinausgeht."""

    adresse: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Postfach", description="Die berichtigte Adresse; sie gilt dann auch für alles Weitere. Leer: die bekannte."
    )


class OhneAngaben(Formular):
    """Dieser Schritt braucht keine Angaben."""
