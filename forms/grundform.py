"""Grundlage aller Formulare: strenge Felder, saubere Texte und deutsche Sätze für jeden Befund.

Ein Formular nimmt nur, was es kennt. Was jemand schreibt (auch HTML, Vorlagenzeichen, Formelanfänge), bleibt Text und
wird unverändert gespeichert; entschärft wird bei der Ausgabe. Abgelehnt werden nur Zeichen, die eine Ausgabe nie
zeigen könnte oder die sie fälschen: Steuerzeichen, Umkehrungen der Schreibrichtung, halbe Zeichen, und in einzeiligen
Texten alles, was in einer Kopfzeile einer E-Mail etwas bewirkt.
"""

import re
import types
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeVar, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import ErrorDetails, PydanticCustomError, core_schema
from pydantic_core.core_schema import CoreSchema

from states.aussage import Aussage, aneinander

REGEL = "regel"
_BERLIN = ZoneInfo("Europe/Berlin")
# Außerhalb dieser Jahre ist eine Angabe ein Tippfehler, und der Fristenkalender kennt dort keine Feiertage.
ERSTES_JAHR, LETZTES_JAHR = 2000, 2099

T = TypeVar("T")


def ablehnung(satz: str, **werte: int) -> PydanticCustomError:
    """Der Fehler einer eigenen Regel: ein deutscher Satz, der die Eingabe nicht wiederholt."""
    return PydanticCustomError(REGEL, satz, {"vorlage": satz, **werte} if werte else {})


class Formularkontext(NamedTuple):
    """Was ein Formular von der Kommune und vom Tag wissen muss; kommt aus Profil und Uhr, nie aus der Eingabe."""

    kommunen: tuple[str, ...]
    handlungsfelder: tuple[str, ...]
    rechtskreise: tuple[str, ...]
    status_gruppen: tuple[str, ...]
    altersbaender: tuple[str, ...]
    jetzt: datetime
    stelle: Callable[[str], str] = str  # eine Bezeichnung oder ein Alias -> der Name im Profil; Unbekanntes bleibt
    ist_abh: Callable[[str], bool] = lambda name: False
    bereiche: tuple[str, ...] = ()

    @property
    def heute(self) -> date:
        """Der Kalendertag in Berlin."""
        return self.jetzt.astimezone(_BERLIN).date()


def kontext_von(info: ValidationInfo) -> Formularkontext | None:
    """Der mitgegebene Kontext; ohne ihn entfallen die Prüfungen gegen Profil und Uhr."""
    kontext = info.context
    if kontext is not None and not isinstance(kontext, Formularkontext):
        raise TypeError("Ein Formular wird mit einem Formularkontext geprüft.")
    return kontext


# --- Texte -----------------------------------------------------------------------------------------------------------

_IMMER_VERBOTEN = (
    (re.compile(r"\x00"), "Der Text enthält an Stelle {stelle} ein NUL-Zeichen."),
    (re.compile(r"[\ud800-\udfff]"), "Der Text enthält an Stelle {stelle} ein unvollständiges Zeichen."),
    (
        re.compile(r"[\u202a-\u202e\u2066-\u2069]"),
        "Der Text enthält an Stelle {stelle} ein unsichtbares Zeichen, das die Schreibrichtung umkehrt.",
    ),
)
_IN_LANGTEXT_VERBOTEN = (
    *_IMMER_VERBOTEN,
    (re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"), "Der Text enthält an Stelle {stelle} ein Steuerzeichen."),
)
_IN_ZEILE_VERBOTEN = (
    *_IMMER_VERBOTEN,
    (
        re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]"),
        "Der Text enthält an Stelle {stelle} einen Zeilenumbruch; dieses Feld hat nur eine Zeile.",
    ),
    (
        re.compile(r"[\x00-\x1f\x7f-\x9f]"),
        "Der Text enthält an Stelle {stelle} ein Steuerzeichen oder einen Tabulator.",
    ),
)


# Dieselben Regeln für Programme, als Muster eines JSON-Schemas
_STEUERZEICHEN_ZEILE = r"\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069"
_STEUERZEICHEN_LANGTEXT = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"


class Textart:
    """Kennzeichen: Dieser Text hat eine Regel. Ein Formular mit einem Text ohne Regel lässt sich nicht bauen."""


@dataclass(frozen=True)
class Textregel(Textart):
    """Ein freier Text; steht als Angabe in `Annotated[str, ...]`."""

    hoechstens: int
    mehrzeilig: bool
    darf_leer: bool

    def __get_pydantic_core_schema__(self, _quelle: object, _weiter: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(min_length=None if self.darf_leer else 1, max_length=self.hoechstens, strict=True)
        return core_schema.no_info_before_validator_function(self._bereinigt, text)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, weiter: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Was ein Programm schicken darf: ohne Steuerzeichen, und wo der Text nötig ist, mit etwas darin."""
        verboten = _STEUERZEICHEN_LANGTEXT if self.mehrzeilig else _STEUERZEICHEN_ZEILE
        if self.darf_leer:
            return {**weiter(schema), "type": ["string", "null"], "pattern": f"^[^{verboten}]*$"}
        return {**weiter(schema), "pattern": f"^[^{verboten}]*[^{verboten}\\s][^{verboten}]*$"}

    def _bereinigt(self, wert: object) -> object:
        if wert is None and self.darf_leer:
            return ""
        if not isinstance(wert, str):
            return wert
        if self.mehrzeilig:
            wert = wert.replace("\r\n", "\n")  # So schicken Browser und Tabellenprogramme jeden Umbruch.
        if not (wert.replace("\n", " ") if self.mehrzeilig else wert).isprintable():  # alles Verbotene ist nicht druckbar
            self._ohne_verbotenes(wert)
        if not self.mehrzeilig:
            _ohne_kodiertes_wort(wert)
        text = unicodedata.normalize("NFC", wert).strip()
        return text if any(unicodedata.category(zeichen)[0] not in "CZ" for zeichen in text) else ""

    def _ohne_verbotenes(self, wert: str) -> None:
        for muster, satz in _IN_LANGTEXT_VERBOTEN if self.mehrzeilig else _IN_ZEILE_VERBOTEN:
            if fund := muster.search(wert):
                raise ablehnung(satz, stelle=fund.start() + 1)


def _ohne_kodiertes_wort(text: str) -> None:
    """Lehnt „=?…?=“ ab (RFC 2047): In einem Betreff könnte daraus eine zweite Kopfzeile werden."""
    anfang = text.find("=?")
    if anfang >= 0 and text.find("?=", anfang + 2) >= 0:
        raise ablehnung("Der Text enthält eine Zeichenfolge, die E-Mail-Programme als Kodierung lesen.")


def zeile(hoechstens: int = 120, *, darf_leer: bool = False) -> Textregel:
    return Textregel(hoechstens, mehrzeilig=False, darf_leer=darf_leer)


def langtext(hoechstens: int = 8000, *, darf_leer: bool = False) -> Textregel:
    return Textregel(hoechstens, mehrzeilig=True, darf_leer=darf_leer)


Zeile = Annotated[str, zeile()]
Langtext = Annotated[str, langtext()]


_AUSWAHL = "auswahl"
_DAZWISCHEN = "\x1f"  # trennt im Befund, was zur Auswahl steht


def _aufgezaehlt(worte: Sequence[str]) -> str:
    *vordere, letztes = worte
    return Aussage("{eines} oder {anderes}", eines=aneinander(vordere, ", "), anderes=letztes) if vordere else letztes


class Auswahl(Textart):
    """Eine feste Werteliste mit deutschen Bezeichnungen; steht als Angabe in `Annotated[str, ...]`."""

    def __init__(self, **bezeichnungen: str) -> None:
        self.bezeichnungen = types.MappingProxyType(bezeichnungen)

    def __get_pydantic_core_schema__(self, _quelle: object, _weiter: GetCoreSchemaHandler) -> CoreSchema:
        werte = core_schema.literal_schema(list(self.bezeichnungen))
        genannt = {"werte": _DAZWISCHEN.join(self.bezeichnungen), "worte": _DAZWISCHEN.join(self.bezeichnungen.values())}
        return core_schema.custom_error_schema(
            werte, _AUSWAHL, custom_error_message="Dieser Wert ist nicht vorgesehen.", custom_error_context=genannt)


class AusListe(NamedTuple):
    """Eine Zeile, deren Werte das Profil der Kommune vorgibt; steht nach der Textregel in `Annotated[str, ...]`."""

    liste: Literal["kommunen", "handlungsfelder", "rechtskreise", "status_gruppen", "altersbaender", "bereiche"]
    satz: str

    def __get_pydantic_core_schema__(self, quelle: object, weiter: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._bekannt, weiter(quelle))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, weiter: GetJsonSchemaHandler) -> JsonSchemaValue:
        """`x-liste` nennt die Werteliste; wer das Profil kennt, setzt ihre Werte ein."""
        return {**weiter(schema), "x-liste": self.liste}

    def _bekannt(self, wert: str, info: ValidationInfo) -> str:
        kontext = kontext_von(info)
        if kontext is not None and wert not in getattr(kontext, self.liste):
            raise ablehnung(self.satz)
        return wert


class Verweis(NamedTuple):
    """Die Zeile nennt etwas aus den Stammdaten; wer sie kennt, bietet sie zur Auswahl an und prüft, ob es das gibt."""

    liste: Literal["personen", "institutionen"]


class AusStammdaten(NamedTuple):
    """Den Wert setzt das Programm ein: aus den datierten Einträgen oder aus dem, was in diesem Augenblick vorliegt."""

    quelle: Literal["sitze", "empfaenger", "sammlungen", "geparkte", "zahlen"]


# --- Zeit ------------------------------------------------------------------------------------------------------------

_DATUM = re.compile(r"(?P<jahr>[0-9]{4})-(?P<monat>[0-9]{2})-(?P<tag>[0-9]{2})")
_DATUM_DEUTSCH = re.compile(r"(?P<tag>[0-9]{1,2})\.(?P<monat>[0-9]{1,2})\.(?P<jahr>[0-9]{4})")
_MONAT = re.compile(r"(?P<jahr>[0-9]{4})-(?P<monat>[0-9]{2})")
_MONAT_DEUTSCH = re.compile(r"(?P<monat>[0-9]{1,2})[./](?P<jahr>[0-9]{4})")
_ZEITPUNKT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def _gelesen(wert: object, *muster: re.Pattern[str]) -> re.Match[str] | None:
    if not isinstance(wert, str) or len(wert) > 64:
        return None
    return next((fund for m in muster if (fund := m.fullmatch(wert.strip()))), None)


def _jahr_pruefen(jahr: int) -> None:
    if not ERSTES_JAHR <= jahr <= LETZTES_JAHR:
        raise ablehnung("Das Jahr muss zwischen {erstes} und {letztes} liegen.", erstes=ERSTES_JAHR, letztes=LETZTES_JAHR)


def _datum(wert: object) -> date:
    tag = wert if isinstance(wert, date) and not isinstance(wert, datetime) else datum_aus_text(wert)
    _jahr_pruefen(tag.year)
    return tag


def datum_aus_text(wert: object) -> date:
    """„31.03.2026“ oder „2026-03-31“. Wirft einen ValueError mit deutschem Satz."""
    fund = _gelesen(wert, _DATUM, _DATUM_DEUTSCH)
    if fund is None:
        raise ablehnung("Bitte geben Sie das Datum als TT.MM.JJJJ oder JJJJ-MM-TT an.")
    try:
        return date(int(fund["jahr"]), int(fund["monat"]), int(fund["tag"]))
    except ValueError:
        raise ablehnung("Dieses Datum gibt es im Kalender nicht.") from None


def _zeitpunkt(wert: object) -> datetime:
    instant = wert if isinstance(wert, datetime) else _zeitpunkt_aus_text(wert)
    if instant.tzinfo is None:
        raise ablehnung("Dem Zeitpunkt fehlt die Zeitzone, zum Beispiel +01:00.")
    _jahr_pruefen(instant.year)
    return instant.astimezone(UTC)


def _zeitpunkt_aus_text(wert: object) -> datetime:
    fund = _gelesen(wert, _ZEITPUNKT)
    if fund is None:
        raise ablehnung("Bitte geben Sie den Zeitpunkt in der Form 2026-01-05T15:59:21+01:00 an.")
    try:
        return datetime.fromisoformat(fund[0])
    except ValueError:
        raise ablehnung("Diesen Zeitpunkt gibt es im Kalender nicht.") from None


class _Monatsangabe(Textart):
    """Ein Monat als Text „JJJJ-MM“: genauer soll ein Ereignis nicht datiert sein, und so sortiert er sich selbst."""

    def __get_pydantic_core_schema__(self, _quelle: object, _weiter: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._monat, core_schema.str_schema())

    def __get_pydantic_json_schema__(self, schema: CoreSchema, weiter: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**weiter(schema), "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"}

    @staticmethod
    def _monat(wert: object) -> str:
        fund = _gelesen(wert, _MONAT, _MONAT_DEUTSCH)
        if fund is None:
            raise ablehnung("Bitte geben Sie den Monat als JJJJ-MM oder MM.JJJJ an.")
        jahr, monat = int(fund["jahr"]), int(fund["monat"])
        if not 1 <= monat <= 12:
            raise ablehnung("Diesen Monat gibt es im Kalender nicht.")
        _jahr_pruefen(jahr)
        return f"{jahr:04}-{monat:02}"


def _nicht_kuenftig(tag: date, info: ValidationInfo) -> date:
    kontext = kontext_von(info)
    if kontext and tag > kontext.heute:
        raise ablehnung("Dieser Tag liegt in der Zukunft. Bitte nennen Sie den Tag, an dem es geschehen ist.")
    return tag


Datum = Annotated[date, BeforeValidator(_datum)]
Geschehenstag = Annotated[Datum, AfterValidator(_nicht_kuenftig)]  # an dem etwas geschehen ist, also nicht nach heute
Zeitpunkt = Annotated[datetime, BeforeValidator(_zeitpunkt)]
Monat = Annotated[str, _Monatsangabe()]


# --- Listen ----------------------------------------------------------------------------------------------------------


def _als_tupel(wert: object) -> object:
    return tuple(wert) if isinstance(wert, list) else wert


def _ohne_wiederholung(werte: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(werte))


# Liste[tuple[Zeile, ...]]: als JSON-Liste gelesen, unveränderlich, jeder Wert einmal.
Liste = Annotated[T, BeforeValidator(_als_tupel), AfterValidator(_ohne_wiederholung)]


# --- Formular --------------------------------------------------------------------------------------------------------


class Formular(BaseModel):
    """Ein ausgefülltes Formular: unveränderlich, ohne unbekannte Felder, ohne stille Umwandlung.

    `hauptspalten`: Eine Liste solcher Einträge füllt man als Tabelle aus; diese Felder stehen nebeneinander, die übrigen klappen auf.
    `je_nach_antwort`: was leer bleiben darf, aber je nach einer anderen Angabe nötig wird; es ist immer zu sehen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)
    formversion: ClassVar[int] = 1
    hauptspalten: ClassVar[tuple[str, ...]] = ()
    je_nach_antwort: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name, feld in cls.model_fields.items():
            if any(_texte_ohne_regel(feld.annotation, tuple(feld.metadata))):
                raise TypeError(f"{cls.__name__}.{name}: Ein Text braucht eine Regel (Zeile, Langtext oder Auswahl).")


def _texte_ohne_regel(typ: object, angaben: tuple[object, ...] = ()) -> Iterator[bool]:
    """Sucht auch in Listen und wahlfreien Feldern nach einem `str`, an dem keine Textart steht."""
    if typ is str:
        yield not any(isinstance(angabe, Textart) for angabe in angaben)
    elif hasattr(typ, "__metadata__"):
        innen, *weitere = get_args(typ)
        yield from _texte_ohne_regel(innen, (*angaben, *weitere))
    elif get_origin(typ) is not Literal:
        for teil in get_args(typ):
            yield from _texte_ohne_regel(teil)


# --- Befunde ---------------------------------------------------------------------------------------------------------


class Befund(NamedTuple):
    """Was an welchem Feld nicht stimmt. Der Grund wiederholt nie die Eingabe: Sie kann Personen nennen."""

    feld: str
    grund: str


FEHLT = "Diese Pflichtangabe fehlt."
_UNBEKANNT = "unbekanntes Feld"
_FELDNAME = re.compile(r"[a-z][a-z_]{0,39}(?:\.[a-z][a-z_]{0,39})?")
_ALLGEMEIN = "Diese Angabe ist nicht gültig."
_KEIN_TEXT = "Hier wird ein Text erwartet."
_KEIN_WAHRHEITSWERT = "Hier wird ein Wahrheitswert erwartet: ja oder nein."
_KEINE_GANZE_ZAHL = "Hier wird eine ganze Zahl erwartet."
_KEINE_ZAHL = "Hier wird eine Zahl erwartet."
_KEINE_LISTE = "Hier wird eine Liste von Werten erwartet."
_KEIN_OBJEKT = "Hier wird eine Gruppe von benannten Angaben erwartet."
_KEIN_DATUM = "Hier wird ein gültiges Datum erwartet."
_KEIN_ZEITPUNKT = "Hier wird ein gültiger Zeitpunkt mit Zeitzone erwartet."
_UNVERAENDERLICH = "Ein abgegebenes Formular lässt sich nicht ändern."

# Schlüssel sind die Fehlerarten von pydantic. Was hier fehlt, kann mit den Feldern dieses Hauses nicht entstehen und
# bekommt den allgemeinen Satz.
KATALOG: dict[str, str] = {
    "missing": FEHLT,
    "extra_forbidden": "Dieses Feld gibt es im Formular nicht.",
    "invalid_key": "Dieses Feld gibt es im Formular nicht.",
    "none_required": "Dieses Feld muss leer bleiben.",
    "literal_error": "Dieser Wert ist nicht vorgesehen. Möglich sind: {expected}.",
    "enum": "Dieser Wert ist nicht vorgesehen. Möglich sind: {expected}.",
    "string_too_long": "Der Text ist zu lang; erlaubt sind höchstens {max_length} Zeichen.",
    "string_too_short": "Diese Angabe darf nicht leer sein.",
    "string_pattern_mismatch": "Diese Angabe hat nicht die vorgesehene Form.",
    "string_unicode": "Der Text enthält ein unvollständiges Zeichen.",
    "too_long": "Das sind zu viele Einträge; erlaubt sind höchstens {max_length}.",
    "too_short": "Das sind zu wenige Einträge; nötig sind mindestens {min_length}.",
    "greater_than": "Die Zahl muss größer als {gt} sein.",
    "greater_than_equal": "Die Zahl muss mindestens {ge} sein.",
    "less_than": "Die Zahl muss kleiner als {lt} sein.",
    "less_than_equal": "Die Zahl darf höchstens {le} sein.",
    "multiple_of": "Die Zahl muss ein Vielfaches von {multiple_of} sein.",
    "timezone_naive": "Dieser Zeitpunkt darf keine Zeitzone haben.",
    "timezone_aware": "Dem Zeitpunkt fehlt die Zeitzone.",
    **dict.fromkeys(("string_type", "string_not_ascii"), _KEIN_TEXT),
    **dict.fromkeys(("bool_type", "bool_parsing"), _KEIN_WAHRHEITSWERT),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), _KEINE_GANZE_ZAHL),
    **dict.fromkeys(("float_type", "float_parsing", "finite_number"), _KEINE_ZAHL),
    **dict.fromkeys(("decimal_type", "decimal_parsing"), _KEINE_ZAHL),
    **dict.fromkeys(("decimal_max_digits", "decimal_max_places", "decimal_whole_digits"), _KEINE_ZAHL),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), _KEINE_LISTE),
    **dict.fromkeys(("set_item_not_hashable", "iteration_error", "deque_type"), _KEINE_LISTE),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type", "mapping_type"), _KEIN_OBJEKT),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), _KEIN_DATUM),
    **dict.fromkeys(("date_from_datetime_inexact", "date_past", "date_future"), _KEIN_DATUM),
    **dict.fromkeys(("datetime_type", "datetime_parsing", "datetime_object_invalid"), _KEIN_ZEITPUNKT),
    **dict.fromkeys(("datetime_from_date_parsing", "datetime_past", "datetime_future"), _KEIN_ZEITPUNKT),
    **dict.fromkeys(("time_type", "time_parsing"), "Hier wird eine Uhrzeit erwartet."),
    **dict.fromkeys(("frozen_field", "frozen_instance"), _UNVERAENDERLICH),
    **dict.fromkeys(("recursion_loop", "recursion_depth_exceeded"), "Die Angabe ist zu tief verschachtelt."),
}


def befunde(fehler: ValidationError, *, in_werten: bool = False) -> list[Befund]:
    """Alle Befunde in der Reihenfolge der Felder. `in_werten`: Programme und Dateien nennen Werte, Menschen lesen Bezeichnungen."""
    einzelne = fehler.errors(include_url=False, include_input=False)
    # Eine Liste mit einem ungültigen Eintrag gilt pydantic auch als zu kurz; das ist kein eigener Befund.
    listen = {einzeln["loc"][:n] for einzeln in einzelne for n in range(1, len(einzeln["loc"]))}
    return [
        Befund(_pfad(einzeln["loc"]), _satz(einzeln, in_werten))
        for einzeln in einzelne
        if not (einzeln["type"] == "too_short" and einzeln["loc"] in listen)
    ]


def feldname(name: str) -> str:
    """Ein Feldname aus einer Eingabe, wenn er wie einer aussieht; sonst könnte er Text einer Person sein."""
    return name if _FELDNAME.fullmatch(name) else _UNBEKANNT


def _pfad(ort: tuple[int | str, ...]) -> str:
    """Zum Beispiel „zielgruppe.altersband“ oder „handlungsfelder.2“ (der zweite Eintrag)."""
    return ".".join(str(teil + 1) if isinstance(teil, int) else feldname(teil) for teil in ort)


def _satz(einzeln: ErrorDetails, in_werten: bool) -> str:
    kontext = einzeln.get("ctx", {})
    if einzeln["type"] == REGEL:
        return Aussage(kontext["vorlage"], **kontext) if kontext else einzeln["msg"]
    if einzeln["type"] == _AUSWAHL:
        genannt = _aufgezaehlt(kontext["werte" if in_werten else "worte"].split(_DAZWISCHEN))
        # Kennungen werden nicht nachgeschlagen: Mancher Text der Anwendung lautet ebenso
        return Aussage("{satz} Möglich sind: {werte}.", satz=einzeln["msg"], werte="".join(genannt) if in_werten else genannt)
    return Aussage(KATALOG.get(einzeln["type"], _ALLGEMEIN), **{name: _deutsch(wert) for name, wert in kontext.items()})


def _deutsch(wert: object) -> str:
    if isinstance(wert, int):
        return f"{wert:,}".replace(",", ".")
    return str(wert).replace("' or '", "' oder '").replace("'", "")
