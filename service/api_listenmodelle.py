"""Gemerkte Suchen, Zahlen, Protokoll und Links für Stellen ohne Konto in der Schnittstelle: was hineingeht und was herauskommt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from forms.grundform import Datum, Formular, zeile
from service.api_modelle import Abfrage, OhneAbfrage, Suchwort
from service.probleme import Antwortmodell

_LESEZEICHEN = r"^[1-9][0-9]{0,17}$"
_WEITER = "Lesezeichen der nächsten Seite, null auf der letzten."

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


# --- heraus -----------------------------------------------------------------------------------------------------------


class GemerkteSuche(Antwortmodell):
    """Sie gehört der Person, die sie gemerkt hat; `abfrage` ist der Filter ohne Unbekanntes."""

    id: int
    name: str
    abfrage: str
    version: int


class Suchliste(Antwortmodell):
    """Nach Namen."""

    suchen: list[GemerkteSuche]


class Suchfassung(Antwortmodell):
    id: int
    version: int


class Link(Antwortmodell):
    """Eine Stelle ohne Konto, die am Vorgang noch etwas tun soll. `bis`: so lange gilt ihr Link; null ohne einen."""

    stelle: str
    name: str
    adresse: str | None = Field(description="Das Postfach; null, wenn keines bekannt ist.")
    bis: str | None
    eingeloest: bool


class Linkliste(Antwortmodell):
    key: str
    links: list[Link]


class Linkfassung(Antwortmodell):
    """`version`: die Fassung des Vorgangs; ein neuer Link ändert sie nicht."""

    key: str
    version: int


class AlleGesendet(Antwortmodell):
    """`gehen`: kommen mit der nächsten Runde wieder an die Reihe; `bleiben`: haben noch immer kein Postfach."""

    gehen: int
    bleiben: int


class Zahlenzeile(Antwortmodell):
    """`anzahl` ist null, wo die Zahl zu klein ist, um sie zu zeigen; `text`, wie sie auf der Seite steht."""

    name: str
    text: str
    anzahl: int | None


class Zahlentafel(Antwortmodell):
    titel: str
    hinweis: str | None
    zeilen: list[Zahlenzeile]


class Zahlendauer(Antwortmodell):
    """In Tagen; null, wenn verdeckt oder ohne eine einzige."""

    name: str
    anzahl: str
    mittlere: float | None = Field(description="Median.")
    laengste: int | None


class Zahlen(Antwortmodell):
    """`verdeckt`: kleine Zahlen fehlen, andere sind auf Fünfer gerundet."""

    von: str
    bis: str
    gesamt: str
    verdeckt: bool
    tafeln: list[Zahlentafel]
    dauern: list[Zahlendauer]


class Protokollzeile(Antwortmodell):
    """`person`: ihr Schlüssel; `systemkonto`: unter dem die Kommandozeile lief, sonst null."""

    id: int
    zeit: str
    person: str
    systemkonto: str | None
    was: str
    vorgang: str | None
    angaben: dict[str, Any]


class Protokoll(Antwortmodell):
    """Das Neueste zuerst."""

    zeilen: list[Protokollzeile]
    weiter: str | None = Field(description=_WEITER)


HINEIN: Sequence[type[BaseModel]] = (SucheMerken, LinkSchicken, AlleErneut)
HERAUS: Sequence[type[BaseModel]] = (GemerkteSuche, Suchliste, Suchfassung, Linkliste, Linkfassung, AlleGesendet, Zahlen, Protokoll)
