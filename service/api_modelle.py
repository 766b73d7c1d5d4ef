"""Die Schnittstelle in Modellen: was hineingeht und was herauskommt. Aus ihnen entsteht auch die Beschreibung unter /api/openapi.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from forms.allgemein import Begruendung, Schluessel
from forms.grundform import Auswahl, Datum, Formular, ablehnung, langtext, zeile
from service.listen import HOECHSTENS, SEITE
from service.probleme import Antwortmodell, Problem
from states.kette import PROZESSE

SCHRITTE_JE_ZUG = 100

# --- hinein -----------------------------------------------------------------------------------------------------------

Daten = dict[Any, Any]  # welches Formular es ist, entscheidet der Schritt


class Schrittangaben(Begruendung):
    """Die Antwort des Formulars und, wo er nötig ist, der Grund."""

    daten: Daten = Field(default={}, title="Daten", description="Das Formular des Schritts.")


class Ruecknahme(Formular):
    """Den letzten Zug an diesem Vorgang zurücknehmen."""

    grund: Annotated[str, langtext(2000)] = Field(title="Grund", description="Warum der Schritt zurückgenommen wird.")


class Anhangangaben(Formular):
    """Eine Datei an einem Vorgang. Ihr Name entscheidet mit dem Inhalt über die Art; gespeichert wird er nicht."""

    bezeichnung: Annotated[str, zeile(120)] = Field(title="Was ist das?", description="Zum Beispiel Merkblatt; bitte keinen Namen.")
    dateiname: Annotated[str, zeile(255)] = Field(title="Name der Datei", description="Mit Endung.")
    inhalt: Annotated[str, langtext(70_000_000)] = Field(title="Inhalt", description="Die Datei in Base64.")


class Stammangaben(Formular):
    """Die Angaben eines datierten Eintrags; welches Formular es ist, sagt die Art."""

    daten: Daten = Field(title="Daten", description="Die Felder der Art, mit von und bis.")


class Zugschritt(Schrittangaben):
    """Ein Schritt an einem Vorgang; `version` ist die Fassung, die Sie gesehen haben."""

    vorgang: Schluessel = Field(title="Vorgang", description="Der Schlüssel des Vorgangs.")
    ausloeser: Schluessel = Field(title="Schritt", description="Der Auslöser.")
    version: Annotated[int, Field(ge=1, le=10**9)] = Field(title="Fassung", description="Die Fassung, die Sie gesehen haben.")


class Zuganfang(Schrittangaben):
    """Ein neuer Vorgang."""

    art: Schluessel = Field(title="Art", description="Die Art des neuen Vorgangs.")
    ausloeser: Schluessel = Field(title="Schritt", description="Der Auslöser, mit dem er beginnt.")


def _anfang_oder_schritt(wert: object) -> str:
    return "anfang" if (isinstance(wert, Mapping) and "art" in wert) or isinstance(wert, Zuganfang) else "schritt"


Eintrag = Annotated[Annotated[Zugschritt, Tag("schritt")] | Annotated[Zuganfang, Tag("anfang")], Discriminator(_anfang_oder_schritt)]


class Zug(Formular):
    """Mehrere Schritte, die alle gelingen oder keiner."""

    schritte: Annotated[tuple[Eintrag, ...], Field(min_length=1, max_length=SCHRITTE_JE_ZUG),
                        BeforeValidator(lambda w: tuple(w) if isinstance(w, list) else w)] = Field(
        title="Schritte", description="In ihrer Reihenfolge.")


_ZAHLEN: dict[str, int] = {str(n): n for n in range(1, HOECHSTENS + 1)}


def _ganze_zahl(wert: object) -> int:
    if wert not in _ZAHLEN:
        raise ablehnung(f"Hier wird eine ganze Zahl von 1 bis {HOECHSTENS} erwartet.")
    return _ZAHLEN[str(wert)]


def _ja_nein(wert: object) -> bool:
    if wert not in ("true", "false"):
        raise ablehnung("Hier wird true oder false erwartet.")
    return wert == "true"


_ZUSTAENDE = {z.wert: z.bezeichnung for p in PROZESSE.values() for z in p.alle_zustaende}
Artname = Annotated[str, Auswahl(**{art: p.bezeichnung for art, p in PROZESSE.items()})]
Zustandsname = Annotated[str, Auswahl(**_ZUSTAENDE)]
Suchwort = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,120}$")]
Lesezeichen = Annotated[str, Field(pattern=r"^[0-9_-]{1,30}$")]


class Abfrage(BaseModel):
    """Angaben in der Adresse sind Texte; jedes Feld liest seinen."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)
    mehrfach: ClassVar[frozenset[str]] = frozenset()

    anzahl: Annotated[int, BeforeValidator(_ganze_zahl), Field(ge=1, le=HOECHSTENS)] = Field(
        default=SEITE, description=f"Zeilen je Seite, höchstens {HOECHSTENS}.")
    ab: Lesezeichen | None = Field(default=None, description="Das Lesezeichen `weiter` der vorigen Seite.")


class Listenabfrage(Abfrage):
    mehrfach: ClassVar[frozenset[str]] = frozenset({"zustand"})

    art: Artname | None = Field(default=None, description="Nur diese Art.")
    zustand: Annotated[list[Zustandsname], Field(max_length=len(_ZUSTAENDE))] = Field(
        default=[], description="Nur diese Zustände; die Angabe darf sich wiederholen.")
    bereich: Suchwort | None = Field(default=None, description="Der Schlüssel eines Bereichs.")
    kommune: Suchwort | None = Field(default=None, description="Der Name einer Kommune.")
    zustaendig: Suchwort | None = Field(default=None, description="Der Schlüssel der zuständigen Person; nur, wo Sie ihren Namen lesen.")
    offen: Annotated[bool, BeforeValidator(_ja_nein)] | None = Field(default=None, description="true: nur, was nicht zu Ende ist.")
    faellig_bis: Datum | None = Field(default=None, description="Nur Offenes, dessen früheste Frist bis zu diesem Tag endet.")
    von: Datum | None = Field(default=None, description="Nur, was ab diesem Tag eröffnet ist.")
    bis: Datum | None = Field(default=None, description="Nur, was bis zu diesem Tag eröffnet ist, ihn eingeschlossen.")
    q: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")] | None = Field(
        default=None, description="Suchwörter; wie auf der Seite „Suche“ zählen Wortstämme, und im Text findet nur, wer ganz sieht.")
    ordnung: Literal["neueste", "aelteste"] = Field(default="neueste", description="Was zuerst kommt.")


class Arbeitsabfrage(Abfrage):
    als: Literal["zustaendig", "vertretung", "alle"] = Field(
        default="zustaendig", description="Als zuständige Person, als Vertretung, oder alles, was jemand führt und Sie ganz sehen.")
    faellig_bis: Datum | None = Field(default=None, description="Nur, was bis zu diesem Tag fällig ist.")
    eilig: Annotated[bool, BeforeValidator(_ja_nein)] | None = Field(
        default=None, description="true: nur eilige Meldungen, auf die noch niemand geblickt hat; false: alles andere.")


class Stammabfrage(Abfrage):
    am: Datum | None = Field(default=None, description="Nur, was an diesem Tag gilt; ohne Angabe auch Künftiges und Beendetes.")


class Seitenabfrage(Abfrage):
    """Nur, welche Seite."""


class OhneAbfrage(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)
    mehrfach: ClassVar[frozenset[str]] = frozenset()


# --- heraus -----------------------------------------------------------------------------------------------------------


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
    weiter: str | None = Field(description="Lesezeichen der nächsten Seite, null auf der letzten.")


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
    weiter: str | None = Field(description="Lesezeichen der nächsten Seite, null auf der letzten.")


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
    weiter: str | None = Field(description="Lesezeichen der nächsten Seite, null auf der letzten.")


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
