"""Bausteine von Ist- und Soll-Kette, Zielen, Maßnahmen und Indikatoren, die mehrere Formulare brauchen."""

import re
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, field_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema
from pydantic_core.core_schema import CoreSchema

from forms.allgemein import Schluessel, Stelle
from forms.grundform import Auswahl, Datum, Formular, Liste, Textart, ablehnung, zeile

# Punkte trennen Tausender nur, wo ein Komma folgt: „1.234“ allein kann beides heißen und bleibt, was es in den Daten ist
_DEZIMAL = re.compile(r"-?(?:[0-9]{1,3}(?:\.[0-9]{3}){1,2},[0-9]{1,4}|[0-9]{1,9}(?:[.,][0-9]{1,4})?)")
# Von Hand geschrieben kann der Punkt auch Tausender trennen; mit einer führenden Null nicht
_ZWEIDEUTIG = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_KENNUNG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
Rhythmus = Annotated[
    str, Auswahl(monatlich="Monatlich", vierteljaehrlich="Vierteljährlich", halbjaehrlich="Halbjährlich", jaehrlich="Jährlich")
]


class Getippt(str):
    """Was ein Mensch in ein Feld schrieb, nicht ein Programm."""


class Dezimalzahl(Textart):
    """Eine Zahl als Text mit Punkt: so bleibt sie in der Historie genau das, was jemand eingetragen hat."""

    def __get_pydantic_core_schema__(self, _quelle: object, _weiter: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._zahl, core_schema.str_schema())

    def __get_pydantic_json_schema__(self, schema: CoreSchema, weiter: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", "pattern": f"^({_DEZIMAL.pattern})$"}, {"type": "number"}]}

    @staticmethod
    def _zahl(wert: object) -> str:
        text = str(wert).strip() if isinstance(wert, (int, float, str)) and not isinstance(wert, bool) else ""
        if not _DEZIMAL.fullmatch(text):
            raise ablehnung("Bitte geben Sie eine Zahl an, zum Beispiel 12 oder 12,5.")
        if isinstance(wert, Getippt) and _ZWEIDEUTIG.fullmatch(text):
            raise ablehnung("Ein Punkt vor drei Ziffern ist zweideutig. Bitte schreiben Sie Tausender ohne Punkt, zum Beispiel 1200, und "
                            "Nachkommastellen mit Komma, zum Beispiel 1,2.")
        return (text.replace(".", "") if "," in text else text).replace(",", ".")


Zahl = Annotated[str, Dezimalzahl()]
_Kurz = Annotated[str, zeile(darf_leer=True)]


class DurchBeschluss(Formular):
    """Ein Schritt, den die Lenkungsgruppe bestimmt."""

    beschluss: Schluessel | None = Field(
        default=None, title="Beschluss", description="Der Beschluss, der es bestimmt; wird von selbst eingetragen."
    )


class Kettenschritt(Formular):
    """Ein Schritt einer Dienstleistungskette. Im Ist darf die Übergabe fehlen: Oft ist gerade sie die Bruchstelle."""

    hauptspalten = ("taetigkeit", "zustaendig", "uebergabe_an", "medium", "zieldauer_werktage")

    nr: Annotated[int, Field(ge=1, le=200)] = Field(title="Nr.", description="Die Stelle des Schritts in der Kette.")
    taetigkeit: Annotated[str, zeile(300)] = Field(title="Tätigkeit", description="Was getan wird.")
    zustaendig: Stelle = Field(title="Zuständig", description="Die Stelle, die den Schritt tut.")
    uebergabe_an: Annotated[str, zeile(200, darf_leer=True)] = Field(
        default="", title="Übergabe an", description="Wer danach weitermacht; leer, wenn niemand übernimmt."
    )
    ausloeser: _Kurz = Field(default="", title="Auslöser", description="Womit der Schritt beginnt.")
    rechtsgrundlage: _Kurz = Field(default="", title="Rechtsgrundlage", description="Das Gesetz oder die Vereinbarung.")
    eingang: _Kurz = Field(default="", title="Eingang", description="Was vorliegen muss.")
    ausgang: _Kurz = Field(default="", title="Ausgang", description="Was am Ende vorliegt.")
    medium: _Kurz = Field(default="", title="Medium", description="Zum Beispiel Brief, Telefon oder Fachverfahren.")
    zieldauer_werktage: Annotated[int, Field(ge=0, le=2000)] | None = Field(
        default=None, title="Zieldauer in Werktagen", description="Wie lange der Schritt höchstens dauern soll."
    )
    ausnahmeweg: Annotated[str, zeile(300, darf_leer=True)] = Field(
        default="", title="Ausnahmeweg", description="Was geschieht, wenn es so nicht geht."
    )


class Sollschritt(Kettenschritt):
    """Ein Schritt der neuen Kette; hier steht bei jedem, wer danach weitermacht."""

    uebergabe_an: Stelle = Field(title="Übergabe an", description="Wer danach weitermacht.")


class Ziele(Formular):
    """Die Zielpyramide; ihre unterste Ebene sind die Maßnahmen."""

    leitziel: Annotated[str, zeile(300)] = Field(title="Leitziel", description="Was sich für Zugewanderte ändern soll.")
    rahmenziel: Annotated[str, zeile(300, darf_leer=True)] = Field(
        default="", title="Rahmenziel", description="Was dafür zwischen den Stellen anders laufen muss."
    )
    handlungsziele: Liste[Annotated[tuple[Annotated[str, zeile(300)], ...], Field(max_length=20)]] = Field(
        default=(), title="Handlungsziele", description="Was überprüfbar erreicht werden soll."
    )


class MitKennung(Formular):
    """Eine Zeile, die andere nennen: Auflagen nennen Maßnahmen, Erhebungen nennen Indikatoren."""

    key: Annotated[str, zeile(40)] | None = Field(
        default=None, title="Kennung", description="Leer lassen; sie wird vergeben. Bei einer bestehenden Zeile bitte nicht ändern."
    )

    @field_validator("key")
    @classmethod
    def _form(cls, wert: str | None) -> str | None:
        if wert is not None and not _KENNUNG.fullmatch(wert):
            raise ablehnung("Eine Kennung besteht aus Buchstaben, Ziffern und Bindestrichen (höchstens 40 Zeichen).")
        return wert


class Massnahmenzeile(MitKennung):
    """Eine Maßnahme, wie das Zielsystem sie vorsieht."""

    hauptspalten = ("titel", "eigner", "frist")

    titel: Annotated[str, zeile(200)] = Field(title="Maßnahme", description="Was getan wird.")
    eigner: Stelle = Field(title="Zuständige Stelle", description="Wer sie umsetzt.")
    frist: Datum = Field(title="Bis", description="Der Tag, an dem sie erledigt sein soll.")
    handlungsziel: Annotated[str, zeile(300, darf_leer=True)] = Field(
        default="", title="Handlungsziel", description="Zu welchem Ziel sie gehört."
    )


class Indikator(MitKennung):
    """Woran man erkennt, ob es wirkt."""

    hauptspalten = ("indikator", "ausgangswert", "zielwert", "quelle", "rhythmus")

    indikator: Annotated[str, zeile(200)] = Field(title="Indikator", description="Was gemessen oder gezählt wird.")
    einheit: Annotated[str, zeile(60, darf_leer=True)] = Field(default="", title="Einheit", description="Zum Beispiel Tage oder Prozent.")
    ausgangswert: Zahl | None = Field(default=None, title="Ausgangswert", description="Der Wert vor der Veränderung, wenn er bekannt ist.")
    zielwert: Zahl | None = Field(default=None, title="Zielwert", description="Der Wert, der erreicht werden soll.")
    quelle: Stelle = Field(title="Quelle", description="Woher die Zahl kommt: eine Stelle, eine Liste oder ein Verfahren.")
    erhoben_von: Stelle | None = Field(
        default=None, title="Wird erhoben von", description="Die Stelle, die den Wert einträgt; leer, wenn es die Quelle selbst ist."
    )
    rhythmus: Rhythmus = Field(title="Rhythmus", description="Wie oft der Wert erhoben wird.")


Istschritte = Liste[Annotated[tuple[Kettenschritt, ...], Field(max_length=100)]]
Sollschritte = Liste[Annotated[tuple[Sollschritt, ...], Field(max_length=100)]]
Massnahmenzeilen = Liste[Annotated[tuple[Massnahmenzeile, ...], Field(max_length=60)]]
Indikatoren = Liste[Annotated[tuple[Indikator, ...], Field(max_length=40)]]
Stellen = Liste[Annotated[tuple[Stelle, ...], Field(max_length=200)]]


def mit_stellen(roh: Any, liste: str, *felder: tuple[str, ...]) -> Any:
    """Ergänzt unter `stellen`, wen die Zeilen von `liste` nennen: je Gruppe von Feldern das erste ausgefüllte.

    So werden diese Stellen beteiligt, ohne dass jemand sie ein zweites Mal einträgt.
    """
    zeilen = roh.get(liste) if isinstance(roh, dict) else None
    if not isinstance(zeilen, (list, tuple)) or roh.get("stellen"):
        return roh
    werte = (next((z[f] for f in gruppe if z.get(f)), None) for z in zeilen if isinstance(z, dict) for gruppe in felder)
    genannt = list(dict.fromkeys(w for w in werte if isinstance(w, str)))
    return {**roh, "stellen": genannt} if genannt else roh
