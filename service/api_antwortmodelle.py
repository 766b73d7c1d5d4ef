"""Was die Schnittstelle von Vorgängen, Tabellen und Stammdaten zeigt; gebraucht wird es nur für ihre Beschreibung."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

from service.probleme import Antwortmodell, Problem

WEITER = "Lesezeichen der nächsten Seite, null auf der letzten."


class BewegterVorgang(Antwortmodell):
    key: str
    art: str
    zustand: str
    version: int


class Getan(Antwortmodell):
    """Was ein Zug bewegt hat, soweit Sie es sehen dürfen; der Schritt selbst steht vorn."""

    akt: str = Field(description="Kennung des Zugs; sie steht auch im Verlauf.")
    vorgaenge: list[BewegterVorgang]


class Listenzeile(Antwortmodell):
    """Ohne volle Sicht auf den Vorgang bleiben Stelle, zuständige Person und Frist leer."""

    key: str
    art: str
    zustand: str
    titel: str
    kommune: str | None
    bereich: str | None
    institution: str | None
    zustaendig: str | None
    faellig: str | None = Field(description="Das früheste Ende einer offenen Frist, JJJJ-MM-TT.")
    eroeffnet: str
    geaendert: str
    version: int


class Liste(Antwortmodell):
    vorgaenge: list[Listenzeile]
    weiter: str | None = Field(description=WEITER)


class Marke(Antwortmodell):
    name: str
    bezeichnung: str
    bis: str | None


class MoeglicherSchritt(Antwortmodell):
    """`grund`: warum der Schritt gerade nicht geht; leer, wenn er geht oder erst das Formular entscheidet."""

    ausloeser: str
    bezeichnung: str
    formular: str | None
    grund_noetig: bool
    geht_hinaus: bool
    grund: str


class Vorgang(Antwortmodell):
    """Ein Vorgang, soweit Sie ihn sehen dürfen. Unterhalb von „titel“ bleibt der Zustand leer."""

    key: str
    art: str
    bezeichnung: str
    ebene: Literal["protokoll", "zahl", "titel", "gekuerzt", "voll"]
    version: int
    zustand: str | None
    zustand_bezeichnung: str | None
    marken: list[Marke]
    felder: dict[str, Any]
    schritte: list[MoeglicherSchritt]


class Ereignis(Antwortmodell):
    """Wer es tat und warum, steht für die Koordination da; sonst nur das Eigene und Gründe, von denen Sie unterrichtet werden."""

    nr: int
    zeit: str
    akt: str
    ausloeser: str
    bezeichnung: str
    von: str | None
    nach: str | None
    rolle: str
    person: str | None
    grund: str | None
    zurueckgenommen: bool


class Verlauf(Antwortmodell):
    """Das Älteste zuerst."""

    key: str
    ereignisse: list[Ereignis]


class Anhangdatei(Antwortmodell):
    """Eine angehängte Datei. `inhalt` ist Base64, `sha256` der Hash der Datei selbst."""

    name: str
    medientyp: str
    sha256: str
    inhalt: str


class Spurknoten(Antwortmodell):
    key: str
    art: str
    zustand: str
    titel: str


class Spurkante(Antwortmodell):
    von: str
    nach: str
    art: str


class Spur(Antwortmodell):
    """Woraus der Vorgang kam und was aus ihm wurde, soweit Sie es sehen dürfen."""

    knoten: list[Spurknoten]
    kanten: list[Spurkante]


class Stammeintrag(Antwortmodell):
    """Ein datierter Eintrag. `daten` ist, was ein Formular dieser Art aufnimmt; `gepflegt`: nicht mehr, wie es aus dem Profil kam."""

    id: int
    art: str
    version: int
    gepflegt: bool
    daten: dict[str, Any]


class Stammliste(Antwortmodell):
    eintraege: list[Stammeintrag]
    weiter: str | None = Field(description=WEITER)


class Stammaenderung(Antwortmodell):
    """`felder`: Feld -> vorher und nachher; null, wo der Inhalt nicht aufbewahrt wird."""

    zeit: str
    wer: str
    was: Literal["eintrag_angelegt", "eintrag_geaendert", "eintrag_beendet"]
    felder: dict[str, list[Any] | None]


class Stammverlauf(Antwortmodell):
    """Das Neueste zuerst; was aus dem Profil kam, beginnt ohne Zeile."""

    id: int
    aenderungen: list[Stammaenderung]


class Stammfassung(Antwortmodell):
    """Der Eintrag und seine Fassung danach."""

    id: int
    version: int


class OeffentlicheMassnahme(Antwortmodell):
    titel: str
    stelle: str | None
    frist: str | None
    zustand: str
    zustand_bezeichnung: str


class OeffentlicheWirkung(Antwortmodell):
    """Woran gemessen wird und die letzte Bewertung; ohne gemessene Werte."""

    zustand: str
    zustand_bezeichnung: str
    wertung: str | None
    bewertet_am: str | None
    indikatoren: list[str]


class OeffentlichesZielsystem(Antwortmodell):
    key: str
    titel: str
    zustand: str
    zustand_bezeichnung: str
    ziele: list[str]
    startdatum: str | None
    massnahmen: list[OeffentlicheMassnahme]
    wirkung: OeffentlicheWirkung | None


class OeffentlichesThema(Antwortmodell):
    key: str
    titel: str
    zustand: str
    zustand_bezeichnung: str
    handlungsfeld: str | None
    beauftragt_am: str | None
    ergebnis: str | None
    zielsysteme: list[OeffentlichesZielsystem]


class Oeffentliches(Antwortmodell):
    """Was ein politisches Gremium liest: Veröffentlichtes, ohne Personen und ohne einzelne Fälle."""

    themen: list[OeffentlichesThema]
    weiter: str | None = Field(description=WEITER)


class ProzessKurz(Antwortmodell):
    art: str
    bezeichnung: str
    kuerzel: str
    version: int


class Prozessliste(Antwortmodell):
    prozesse: list[ProzessKurz]


class Zustandszeile(Antwortmodell):
    wert: str
    bezeichnung: str
    erklaerung: str
    zustaendig: str | None
    ende: bool


class Wer(Antwortmodell):
    rolle: str
    bezug: str


class Uebergangszeile(Antwortmodell):
    """`von` leer: ein Anfang. `nach` null: der Zustand bleibt."""

    ausloeser: str
    bezeichnung: str
    von: list[str]
    nach: str | None
    wer: list[Wer]
    formular: str | None
    waechter: list[str]
    grund_noetig: bool
    setzt: str | None
    loescht: list[str]
    geht_hinaus: bool
    quelle: str


class Markenzeile(Antwortmodell):
    name: str
    bezeichnung: str
    erklaerung: str


class Stufenzeile(Antwortmodell):
    wann: str
    an: list[str]
    feuert: str | None


class Fristzeile(Antwortmodell):
    """`dauer` und `stufen`, wie die Tabelle sie nennt; das Profil einer Kommune kann sie ändern."""

    name: str
    bezeichnung: str
    dauer: str
    rueckwaerts: bool
    ruht_bei: str | None
    stufen: list[Stufenzeile]


class Prozesstabelle(ProzessKurz):
    zustaende: list[Zustandszeile]
    uebergaenge: list[Uebergangszeile]
    marken: list[Markenzeile]
    fristen: list[Fristzeile]


HERAUS: Sequence[type[BaseModel]] = (
    Problem, Getan, Liste, Oeffentliches, Vorgang, Verlauf, Spur, Anhangdatei, Prozessliste, Prozesstabelle, Stammeintrag, Stammliste,
    Stammverlauf, Stammfassung,
)
