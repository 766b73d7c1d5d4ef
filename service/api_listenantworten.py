"""Was die Schnittstelle von Suchen, Zahlen, Protokoll und Links zeigt; gebraucht wird es nur für ihre Beschreibung."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from service.api_antwortmodelle import WEITER
from service.probleme import Antwortmodell


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
    weiter: str | None = Field(description=WEITER)


HERAUS: Sequence[type[BaseModel]] = (GemerkteSuche, Suchliste, Suchfassung, Linkliste, Linkfassung, AlleGesendet, Zahlen, Protokoll)
