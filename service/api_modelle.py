"""Die Schnittstelle in Modellen: was hineingeht. Aus ihnen entsteht auch die Beschreibung unter /api/openapi.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from forms.allgemein import Begruendung, Schluessel
from forms.grundform import Auswahl, Datum, Formular, ablehnung, langtext, zeile
from service.listen import HOECHSTENS, SEITE
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
        raise ablehnung("Hier wird eine ganze Zahl von 1 bis {zahl} erwartet.", zahl=HOECHSTENS)
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
