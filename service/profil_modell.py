"""Was ein Profil ist: die Einstellungen einer Kommune als unveränderliche Werte. Keine Datenbank, keine Uhr.

Gelesen und geprüft wird in `service.profil`; hier steht, welche Angaben es gibt, und was andere daraus abfragen.
Alle Daten sind Kalendertage in Berlin, `gueltig_bis` ist der letzte Tag, an dem ein Eintrag gilt.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StrictBool,
    StrictInt,
    WrapSerializer,
)

from service.profil_angaben import (
    DATUM,
    Aufbewahrungsdauer,
    Dauertext,
    Kurz,
    Postfach,
    Schliesstag,
    Schluessel,
    Tag,
    Text,
    Zeitpunkt,
    jaehrlicher_tag,
    vergleichbar,
)


def _rolle(wert: object) -> object:
    return {"rolle": wert} if isinstance(wert, str) else wert


def _als_woerterbuch(wert: Mapping[str, Any], weiter: SerializerFunctionWrapHandler) -> Any:
    return weiter(dict(wert))


_FEST = (AfterValidator(MappingProxyType), WrapSerializer(_als_woerterbuch))


class Angabe(BaseModel):
    """Alles im Profil ist unveränderlich und kennt nur die Felder, die hier stehen."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, ignored_types=(cached_property,))


class Befristet(Angabe):
    gueltig_von: Tag | None = None
    gueltig_bis: Tag | None = None

    def gilt_am(self, tag: date) -> bool:
        begonnen = self.gueltig_von is None or self.gueltig_von <= tag
        return begonnen and (self.gueltig_bis is None or tag <= self.gueltig_bis)


class Bereich(Angabe):
    """Ein Teil des Gebiets mit eigener Koordination."""

    key: Schluessel
    name: Text
    kommunen: tuple[Text, ...] = Field(min_length=1)


class Wert(Befristet):
    """Ein Eintrag einer Auswahlliste. `name` wird gespeichert, `bezeichnung` gezeigt, wenn sie anders lautet."""

    key: Schluessel
    name: Text
    bezeichnung: Text | None = None

    @property
    def anzeige(self) -> str:
        return self.bezeichnung or self.name


class Institutionsart(Angabe):
    key: Schluessel
    name: Text


class Institution(Angabe):
    """Eine Stelle. `abh`: Ausländerbehörde, auch gemeinsam mit der Einbürgerung, oder ihre Fachbereichsleitung."""

    key: Schluessel
    name: Text
    aliase: tuple[Text, ...] = ()
    art: Schluessel
    kommune: Text | None = None
    abh: StrictBool = False
    postfach: Postfach | None = None


class Zustaendigkeit(Angabe):
    institution: Schluessel
    kommunen: tuple[Text, ...] = Field(min_length=1)


class Gremium(Befristet):
    """Ein Gremium, dem berichtet wird. Ohne `rhythmus` wird nach jeder Sitzung der Lenkungsgruppe berichtet."""

    key: Schluessel
    name: Text
    art: Literal["politisch", "fachkreis"]
    ebene: Literal["Kreis", "Städteregion", "Kreisfreie Stadt", "Kommune"]
    kommune: Text | None = None
    rhythmus: Dauertext | None = None


class Sitz(Befristet):
    """Ein Sitz der Lenkungsgruppe ist ein Amt, keine Person."""

    key: Schluessel
    funktion: Text
    rolle: Literal["vorsitz", "stellv_vorsitz", "mitglied"] = "mitglied"
    institution: Schluessel
    vertretung: Text | None = None


class Verteiler(Angabe):
    """`arbeitsgruppen`: dazu kommen die Leitungen der Arbeitsgruppen, die am Tag des Versands bestehen."""

    name: Text
    institutionen: tuple[Schluessel, ...] = ()
    arbeitsgruppen: StrictBool = False


class Rollenzuweisung(Angabe):
    """`bereich`: None heißt, die Rolle gilt im ganzen Gebiet."""

    rolle: Schluessel
    bereich: Schluessel | None = None


Rollen = tuple[Annotated[Rollenzuweisung, BeforeValidator(_rolle)], ...]


class Person(Angabe):
    """Ein Konto der Demonstration; `name` ist eine Rollenbezeichnung, nie der Name eines Menschen."""

    key: Schluessel
    name: Text
    aliase: tuple[Text, ...] = ()
    institution: Schluessel
    rollen: Rollen = Field(min_length=1)
    sitz: Schluessel | None = None
    sitz_als: Literal["inhaber", "vertretung"] | None = None
    vertretung: Schluessel | None = None
    postfach: Postfach | None = None


class Sammelkonto(Angabe):
    """Ein Konto je genannter Institution, das ihren Namen trägt."""

    rollen: Rollen = Field(min_length=1)
    institutionen: tuple[Schluessel, ...] = Field(min_length=1)


class Demonstration(Angabe):
    personen: tuple[Person, ...] = ()
    sammelkonten: tuple[Sammelkonto, ...] = ()


class Fristaenderung(Angabe):
    """Überschreibt eine Frist. `erinnerungen` ersetzen die Zeitpunkte ihrer Stufen der Reihe nach."""

    dauer: Dauertext | None = None
    erinnerungen: tuple[Zeitpunkt, ...] | None = None


VORLAUF = "lg_auswahlrunde"  # diese Frist dauert so lange wie der Vorlauf, wenn das Profil sie nicht selbst nennt


class Sitzungsrhythmus(Angabe):
    """`vorlauf`: so lange vor einer Sitzung der Lenkungsgruppe beginnt ihre Vorbereitung (Auswahlrunde)."""

    je_jahr: Annotated[StrictInt, Field(ge=1, le=12)] = 2
    vorlauf: Dauertext = "16 Wochen"
    monate: tuple[Annotated[StrictInt, Field(ge=1, le=12)], ...] = ()


class Kurzform(Angabe):
    """Die kurze Meldung: welche Arten von Stellen mit ihr beginnen, und welche freiwilligen Angaben sie zeigt."""

    fuer: tuple[Schluessel, ...] = ("erstanlaufstelle",)
    angaben: tuple[Text, ...] = ("melder_funktion", "dringlichkeit", "aehnliche_faelle")


class OhneKonto(Angabe):
    """Melden ohne Konto, mit dem Code der Stelle. `hoechstens_am_tag`: so viele Meldungen nimmt ein Code in 24 Stunden an."""

    erlaubt: StrictBool = False
    hoechstens_am_tag: Annotated[StrictInt, Field(ge=1, le=1000)] = 40


class Aufbewahrung(Angabe):
    """Wie lange eine Klasse von Unterlagen bleibt; `ab` sagt in Worten, wann die Dauer beginnt."""

    dauer: Aufbewahrungsdauer
    ab: Text | None = None


class Profil(Angabe):
    """Die Einstellungen einer Kommune. Alle Nachschlagewerke entstehen beim ersten Gebrauch und kosten danach O(1)."""

    name: Text
    kurz: Kurz
    fassung: Text
    kommunen: tuple[Text, ...] = Field(min_length=1)
    bereiche: tuple[Bereich, ...] = Field(min_length=1)
    handlungsfelder: tuple[Wert, ...] = Field(min_length=1)
    rechtskreise: tuple[Wert, ...] = Field(min_length=1)
    status_gruppen: tuple[Wert, ...] = Field(min_length=1)
    altersbaender: tuple[Wert, ...] = Field(min_length=1)
    institutionsarten: tuple[Institutionsart, ...] = Field(min_length=1)
    institutionen: tuple[Institution, ...] = Field(min_length=1)
    zustaendigkeiten: tuple[Zustaendigkeit, ...] = ()
    gremien: tuple[Gremium, ...] = ()
    sitze: tuple[Sitz, ...] = ()
    verteilerlisten: tuple[Verteiler, ...] = Field(default=(), alias="verteiler")
    schliesstage: tuple[Schliesstag, ...] = ()
    sitzungsrhythmus: Sitzungsrhythmus = Sitzungsrhythmus()
    kurzform: Kurzform = Kurzform()
    ohne_konto: OhneKonto = OhneKonto()
    fristen: Annotated[Mapping[str, Fristaenderung], *_FEST] = Field(default_factory=dict, validate_default=True)
    aufbewahrung: Annotated[Mapping[Schluessel, Aufbewahrung], *_FEST] = Field(default_factory=dict, validate_default=True)
    wortlaut: Annotated[Mapping[str, Text], *_FEST] = Field(default_factory=dict, validate_default=True)
    demonstration: Demonstration = Demonstration()

    def __hash__(self) -> int:
        return hash(self._fingerabdruck)

    @cached_property
    def anzeigen(self) -> dict[str, str]:
        """Gespeicherter Wert -> was dafür dasteht, wo das Profil es anders nennt."""
        listen = (self.handlungsfelder, self.rechtskreise, self.status_gruppen, self.altersbaender)
        return {w.name: w.anzeige for liste in listen for w in liste if w.anzeige != w.name}

    # --- Gebiet -----------------------------------------------------------------------------------------------------

    def bereich_von(self, kommune: str) -> Bereich:
        """Der Bereich, zu dem die Kommune gehört; KeyError mit deutschem Satz, wenn das Profil sie nicht kennt."""
        bereich = self._bereiche.get(vergleichbar(kommune))
        if bereich is None:
            raise KeyError(f"Die Kommune „{kommune}“ kommt im Profil {self.name} nicht vor.")
        return bereich

    @cached_property
    def bereichsnamen(self) -> Mapping[str, str]:
        return {b.key: b.name for b in self.bereiche}

    @cached_property
    def _bereiche(self) -> dict[str, Bereich]:
        return {vergleichbar(kommune): bereich for bereich in self.bereiche for kommune in bereich.kommunen}

    # --- Institutionen ----------------------------------------------------------------------------------------------

    def institution(self, bezeichnung: str) -> Institution | None:
        """Nach Schlüssel, Name oder Alias; Groß- und Kleinschreibung zählen nicht. Unbekanntes ergibt None."""
        return self._institutionen.get(vergleichbar(bezeichnung))

    def rufnamen(self, bezeichnung: str) -> tuple[str, ...]:
        """Wie eine Stelle noch genannt wird: ihr amtlicher Name, ihre Aliase, ihr Schlüssel; leer, wenn das Profil sie nicht kennt."""
        stelle = self.institution(bezeichnung)
        return () if stelle is None else (stelle.name, *stelle.aliase, stelle.key)

    def ist_abh(self, institution: Institution | str | None) -> bool:
        """Ob für Konten dieser Stelle das Leseverbot für Meldungen gilt. Unbekanntes trägt kein Kennzeichen."""
        gefunden = self.institution(institution) if isinstance(institution, str) else institution
        return gefunden is not None and gefunden.abh

    def eigene_namen(self, bezeichnung: str | None) -> frozenset[str]:
        """Die Stelle, dazu das Haus, zu dem sie gehört, oder ihre Dienststellen: „Jobcenter X“ und „Jobcenter X, Dienststelle Y“."""
        stelle = self.institution(bezeichnung) if bezeichnung else None
        if stelle is None:
            return frozenset((bezeichnung,)) if bezeichnung else frozenset()
        return self._haeuser[stelle.name]

    @cached_property
    def _haeuser(self) -> dict[str, frozenset[str]]:
        je_name = {i.name: i for i in self.institutionen}
        gefunden = {name: {name} for name in je_name}
        for i in self.institutionen:
            haus = je_name.get(i.name.partition(", ")[0])
            if haus is not None and haus.art == i.art:
                gefunden[haus.name].add(i.name)
                gefunden[i.name].add(haus.name)
        return {name: frozenset(namen) for name, namen in gefunden.items()}

    @cached_property
    def _institutionen(self) -> dict[str, Institution]:
        return {vergleichbar(wort): i for i in self.institutionen for wort in (*i.aliase, i.name, i.key)}

    # --- Verteiler --------------------------------------------------------------------------------------------------

    def verteiler(self, name: str) -> Verteiler | None:
        return self._verteiler.get(vergleichbar(name))

    def empfaenger(self, name: str) -> tuple[Institution, ...]:
        """Die Institutionen hinter einem Verteiler oder dem Namen einer einzelnen Stelle; Unbekanntes ergibt nichts.

        Die Leitungen laufender Arbeitsgruppen gehören nicht dazu: Wer sie sind, weiß nur die Datenbank.
        """
        if liste := self.verteiler(name):
            return tuple(self._institutionen[vergleichbar(key)] for key in liste.institutionen)
        einzelne = self.institution(name)
        return (einzelne,) if einzelne else ()

    @cached_property
    def _verteiler(self) -> dict[str, Verteiler]:
        return {vergleichbar(v.name): v for v in self.verteilerlisten}

    # --- Demonstration ----------------------------------------------------------------------------------------------

    @cached_property
    def personen(self) -> tuple[Person, ...]:
        """Alle Konten der Demonstration; Sammelkonten ergeben eines je Institution mit allen ihren Rollen."""
        rollen: dict[str, list[Rollenzuweisung]] = {}
        for konto in self.demonstration.sammelkonten:
            for key in konto.institutionen:
                rollen.setdefault(key, []).extend(r for r in konto.rollen if r not in rollen[key])
        return (*self.demonstration.personen, *(self._stelle(key, zugewiesen) for key, zugewiesen in rollen.items()))

    def person(self, bezeichnung: str) -> Person | None:
        """Nach Schlüssel, Rollenbezeichnung oder Alias."""
        return self._personen.get(vergleichbar(bezeichnung))

    def _stelle(self, key: str, rollen: Iterable[Rollenzuweisung]) -> Person:
        stelle = self._institutionen[vergleichbar(key)]
        return Person(
            key=f"stelle-{stelle.key}", name=stelle.name, aliase=stelle.aliase, institution=stelle.key,
            rollen=tuple(rollen), postfach=stelle.postfach,
        )  # fmt: skip

    @cached_property
    def _personen(self) -> dict[str, Person]:
        return {vergleichbar(wort): p for p in self.personen for wort in (*p.aliase, p.name, p.key)}

    # --- Fristen und Tage -------------------------------------------------------------------------------------------

    def dauer(self, frist_name: str, vorgabe: str) -> str:
        """Die Dauer aus dem Profil, sonst die Vorgabe der Prozesstabelle; der Vorlauf einer Sitzung steht auch in ihrem Rhythmus."""
        aenderung = self.fristen.get(frist_name)
        if aenderung is not None and aenderung.dauer is not None:
            return aenderung.dauer
        return self.sitzungsrhythmus.vorlauf if frist_name == VORLAUF else vorgabe

    def erinnerungen(self, frist_name: str, vorgabe: tuple[str, ...]) -> tuple[str, ...]:
        """Die Zeitpunkte der Stufen aus dem Profil, der Reihe nach, sonst die der Prozesstabelle."""
        aenderung = self.fristen.get(frist_name)
        return vorgabe if aenderung is None or aenderung.erinnerungen is None else aenderung.erinnerungen

    def schliesstage_im_jahr(self, jahr: int) -> frozenset[date]:
        tage = (date.fromisoformat(e) if DATUM.fullmatch(e) else jaehrlicher_tag(e, jahr) for e in self.schliesstage)
        return frozenset(tag for tag in tage if tag is not None and tag.year == jahr)

    def schliesstage_von_bis(self, von: int, bis: int) -> frozenset[date]:
        """Alle Schließtage der Jahre `von` bis einschließlich `bis`, wie sie der Kalender braucht."""
        return frozenset(tag for jahr in range(von, bis + 1) for tag in self.schliesstage_im_jahr(jahr))

    # --- Listen mit Gültigkeit --------------------------------------------------------------------------------------

    def handlungsfelder_am(self, tag: date) -> tuple[Wert, ...]:
        return tuple(w for w in self.handlungsfelder if w.gilt_am(tag))

    def rechtskreise_am(self, tag: date) -> tuple[Wert, ...]:
        return tuple(w for w in self.rechtskreise if w.gilt_am(tag))

    def sitze_am(self, tag: date) -> tuple[Sitz, ...]:
        return tuple(s for s in self.sitze if s.gilt_am(tag))

    # --- Fassung ----------------------------------------------------------------------------------------------------

    def kanonisch(self) -> str:
        """Das ganze Profil als JSON in einer festen Schreibweise; `Profil.model_validate_json` liest es zurück.

        Vorgaben stehen nicht darin: Ein neues Feld mit Vorgabe ändert keinen gespeicherten Fingerabdruck.
        """
        inhalt = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return json.dumps(inhalt, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def fingerabdruck(self) -> str:
        """SHA-256 über `kanonisch()`, hexadezimal: die Profilfassung, die eine Frist festhält."""
        return self._fingerabdruck

    @cached_property
    def _fingerabdruck(self) -> str:
        return hashlib.sha256(self.kanonisch().encode()).hexdigest()
