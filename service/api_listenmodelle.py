"""Gemerkte Suchen, Zahlen, Protokoll und Links für Stellen ohne Konto in der Schnittstelle: was hineingeht."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from forms.grundform import Datum, Formular, zeile
from service.api_modelle import Abfrage, OhneAbfrage, Suchwort

_LESEZEICHEN = r"^[1-9][0-9]{0,17}$"

# --- hinein -----------------------------------------------------------------------------------------------------------


class SucheMerken(Formular):
    """Derselbe Name ersetzt die bisherige Suche."""

    name: Annotated[str, zeile(80)] = Field(title="Name", description="Wie die Suche heißen soll.")
    abfrage: Annotated[str, zeile(2000, darf_leer=True)] = Field(
        default="", title="Filter",
        description="Wie in der Adresse der Seite „Suche“, zum Beispiel q=Termine&offen=ja. Unbekanntes zählt nicht.")


class LinkSchicken(Formular):
    stelle: Annotated[str, zeile(200)] = Field(title="Stelle", description="Name oder Schlüssel einer Stelle aus der Liste der Links.")


class AlleErneut(Formular):
    grund: Annotated[str, zeile(40)] = Field(title="Grund", description="Der Code `fehler` der Nachrichten, zum Beispiel 550.")


class Zahlenabfrage(OhneAbfrage):
    """Außerhalb der Koordination gelten ganze Monate und höchstens ein Merkmal."""

    von: Datum | None = Field(default=None, description="Erster Tag; ohne Angabe ein Jahr vor dem letzten.")
    bis: Datum | None = Field(default=None, description="Letzter Tag; ohne Angabe heute.")
    kommune: Suchwort | None = Field(default=None, description="Nur Meldungen aus dieser Kommune.")
    handlungsfeld: Suchwort | None = Field(default=None, description="Nur Meldungen zu diesem Handlungsfeld.")
    melder_art: Suchwort | None = Field(default=None, description="Nur Meldungen von dieser Art von Stelle.")


class Protokollabfrage(Abfrage):
    ab: Annotated[str, Field(pattern=_LESEZEICHEN)] | None = Field(default=None, description="Das Lesezeichen `weiter` der vorigen Seite.")
    buch: Literal["zugriffe", "schritte"] = Field(
        default="zugriffe", description="zugriffe: Lesen und Verwaltung; schritte: alle Schritte an Vorgängen.")
    person: Suchwort | None = Field(default=None, description="Nur, was diese Person tat; ihr Schlüssel.")
    vorgang: Suchwort | None = Field(default=None, description="Nur, was diesen Vorgang betrifft; sein Schlüssel.")
    von: Datum | None = Field(default=None, description="Ab diesem Tag.")
    bis: Datum | None = Field(default=None, description="Bis zu diesem Tag, eingeschlossen.")


HINEIN: Sequence[type[BaseModel]] = (SucheMerken, LinkSchicken, AlleErneut)
