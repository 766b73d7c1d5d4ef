"""Was die Schnittstelle von Personen, Zugängen, Nachrichten, Kommentaren und Codes zeigt; gebraucht wird es nur für ihre Beschreibung."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

from service.api_antwortmodelle import WEITER
from service.probleme import Antwortmodell


class Rollenzeile(Antwortmodell):
    """Eine Rolle mit ihrer Zeit; beide Tage zählen mit."""

    id: int
    rolle: str
    bezeichnung: str
    bereich: str | None
    von: str
    bis: str | None


class Personenzeile(Antwortmodell):
    """Wer mitarbeitet. `institution` ist der Schlüssel der Stelle."""

    key: str
    name: str
    institution: str | None
    stelle: str | None = Field(description="Der Name der Stelle.")
    von: str
    bis: str | None
    rollen: list[Rollenzeile]
    version: int


class Personenliste(Antwortmodell):
    personen: list[Personenzeile]
    weiter: str | None = Field(description=WEITER)


class Personenaenderung(Antwortmodell):
    """Ein Name steht nie darin, nur dass er geändert wurde."""

    zeit: str
    wer: str
    was: Literal["person_angelegt", "person_geaendert", "rolle_gegeben", "rolle_beendet"]
    angaben: dict[str, Any]


class Personenverlauf(Antwortmodell):
    """Das Neueste zuerst."""

    key: str
    aenderungen: list[Personenaenderung]


class Personenfassung(Antwortmodell):
    """Die Person und ihre Fassung danach."""

    key: str
    version: int


class Konto(Antwortmodell):
    """Der Zugang einer Person, ohne Kennwort und ohne Einmallink."""

    person: str
    name: str
    institution: str | None
    stelle: str | None
    kennung: str | None = Field(description="null, solange niemand die Einladung eingelöst hat.")
    gesperrt: bool
    eingeladen_bis: str | None = Field(description="So lange gilt die offene Einladung; null ohne eine.")
    version: int


class Kontenliste(Antwortmodell):
    konten: list[Konto]
    weiter: str | None = Field(description=WEITER)


class Kontofassung(Antwortmodell):
    """Das Konto und seine Fassung danach."""

    person: str
    version: int


class Einladung(Antwortmodell):
    """`link` steht nur in dieser einen Antwort; eine Wiederholung unter demselben Wiederholungsschlüssel bekommt null."""

    person: str
    version: int
    link: str | None = Field(description="Der Einmallink, persönlich oder verschlüsselt weiterzugeben.")


class Nachricht(Antwortmodell):
    """Eine Nachricht an einen Empfänger, ohne ihren Text."""

    id: int
    an: str = Field(description="Der Name der Stelle oder der Schlüssel der Person.")
    betreff: str
    zustand: Literal["bereit", "begonnen", "zugestellt", "gescheitert", "aufgehoben"]
    versuche: int
    erstellt: str
    naechster_versuch: str
    fehler: str | None = Field(description="Woran der letzte Versuch scheiterte, als Code ohne Angaben zur Person.")
    rat: str | None = Field(description="Was jemand tun kann.")
    berichtigbar: bool = Field(description="Ob eine andere Adresse hilft; falsch, wenn sich niemand ermitteln ließ.")
    version: int


class Nachrichtenlage(Antwortmodell):
    """`faellig`: daraus macht die nächste Runde Nachrichten; `spaeter`: wartet noch seine halbe Stunde."""

    faellig: int
    spaeter: int
    wartend: int
    gescheitert: int


class Nachrichtenliste(Antwortmodell):
    lage: Nachrichtenlage
    nachrichten: list[Nachricht]
    weiter: str | None = Field(description=WEITER)


class Nachrichtenfassung(Antwortmodell):
    """`zustand` danach: bereit, aufgehoben, oder noch immer gescheitert, weil kein Postfach bekannt ist."""

    id: int
    zustand: str
    version: int


class Kommentarzeile(Antwortmodell):
    """Ein Kommentar; der Text ist leer, wenn die Person ihn mit dem Kommentar zurückgenommen hat."""

    id: int
    wer: str = Field(description="Der Name der Person.")
    zeit: str
    text: str
    zurueckgezogen: str | None
    geschwaerzt: str | None
    eigener: bool
    version: int


class Ansprechbar(Antwortmodell):
    key: str
    name: str


class Kommentarliste(Antwortmodell):
    """Das Neueste zuerst. `ungelesen`: Sie sind hier angesprochen und haben es noch nicht als gelesen gemerkt."""

    key: str
    kommentare: list[Kommentarzeile]
    ungelesen: bool
    ansprechbar: list[Ansprechbar]
    weiter: str | None = Field(description=WEITER)


class Kommentarfassung(Antwortmodell):
    key: str
    id: int
    version: int


class Kommentargelesen(Antwortmodell):
    """`version`: die Fassung des Vorgangs; ein Kommentar ändert sie nicht."""

    key: str
    version: int


class Meldecode(Antwortmodell):
    """Der letzte Code einer Stelle, nie er selbst. `meldungen`: wie viele ohne Konto von ihr kamen."""

    stelle: str
    name: str
    angelegt: str
    widerrufen: str | None
    meldungen: int
    version: int


class Meldecodeliste(Antwortmodell):
    """`erlaubt`: Das Profil lässt Melden ohne Konto zu."""

    erlaubt: bool
    codes: list[Meldecode]


class Codefassung(Antwortmodell):
    stelle: str
    version: int


class NeuerCode(Antwortmodell):
    """`code` steht nur in dieser einen Antwort; eine Wiederholung unter demselben Wiederholungsschlüssel bekommt null."""

    stelle: str
    version: int
    code: str | None = Field(description="Der Code, persönlich oder verschlüsselt weiterzugeben.")


HERAUS: Sequence[type[BaseModel]] = (
    Personenzeile, Personenliste, Personenverlauf, Personenfassung, Konto, Kontenliste, Kontofassung, Einladung, Nachricht,
    Nachrichtenliste, Nachrichtenfassung, Kommentarzeile, Kommentarliste, Kommentarfassung, Kommentargelesen, Meldecode, Meldecodeliste,
    Codefassung, NeuerCode,
)
