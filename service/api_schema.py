"""Die Beschreibung der Schnittstelle (OpenAPI 3.1), aus den Prozesstabellen und Formularen: je Schritt eine Operation.

Wo ein Formular aus einer Werteliste wählen lässt, stehen die Werte, die in dieser Kommune heute gelten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from forms import formular
from forms.allgemein import Begruendung
from forms.grundform import Formular, Formularkontext
from forms.stammdaten import EintragBeenden
from service.api_modelle import (
    HERAUS, Arbeitsabfrage, Getan, Liste, Listenabfrage, Prozessliste, Prozesstabelle, Ruecknahme, Spur, Stammabfrage, Stammeintrag,
    Stammfassung, Stammliste, Stammverlauf, Verlauf, Vorgang, Zug,
)
from service.eintragsarten import ARTEN
from service.probleme import MEDIENTYP, PROBLEME
from service.prozessbild import wer
from states.kette import PROZESSE
from states.model import Prozess, Uebergang

Schema = dict[str, Any]
Verweise = Mapping[Any, Schema]  # Modell -> {"$ref": …}
PFAD = "/api/v1"
_VERWEIS = "#/components/schemas/{model}"
_JSON = "application/json"
_LESEN = (400, 401, 404, 406, 422, 500, 503)
_LISTE = (400, 401, 406, 422, 500, 503)
_TUN = (400, 401, 403, 404, 406, 409, 413, 415, 422, 500, 503)
_AN_EINER_FASSUNG = (*_TUN, 412, 428)
_LIES: list[Schema] = [{"sitzung": []}, {"traeger": []}]
_TUE: list[Schema] = [{"sitzung": [], "formularzeichen": []}, {"traeger": []}]


# --- ein Formular -----------------------------------------------------------------------------------------------------


def formularschema(klasse: type[Formular], kontext: Formularkontext) -> Schema:
    """Das JSON-Schema eines Formulars, mit den geltenden Wertelisten."""
    schema: Schema = _mit_werten(klasse.model_json_schema(), kontext)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _mit_werten(schema: Any, kontext: Formularkontext) -> Any:
    if isinstance(schema, list):
        return [_mit_werten(teil, kontext) for teil in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-liste" in schema:
        rest = {k: w for k, w in schema.items() if k not in ("x-liste", "pattern", "minLength", "maxLength")}
        return {**rest, "enum": list(getattr(kontext, schema["x-liste"]))}
    return {k: _mit_werten(w, kontext) for k, w in schema.items()}


# --- das Ganze --------------------------------------------------------------------------------------------------------


def beschreibung(kontext: Formularkontext) -> Schema:
    """Das ganze Dokument."""
    formulare = list(dict.fromkeys(formular(p.art, u.formular) for p in PROZESSE.values() for u in p.uebergaenge if u.formular))
    weitere = (Ruecknahme, Zug, *(art.formular for art in ARTEN.values()), EintragBeenden)
    hinein: list[tuple[Any, Any]] = [(k, "validation") for k in (*formulare, *weitere)]
    verweise, schemata = models_json_schema([*hinein, *((m, "serialization") for m in HERAUS)], ref_template=_VERWEIS)
    nach_klasse = {klasse: verweis for (klasse, _), verweis in verweise.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kreislauf", "version": version("kreislauf"), "description": _EINLEITUNG, "license": {
            "name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": "lesen", "description": "Listen und Vorgänge"}, {"name": "tabellen", "description": "Ablauf und Formulare"},
                 {"name": "zuege", "description": "Mehrere Schritte, Zurücknehmen"},
                 {"name": "stammdaten", "description": "Datierte Einträge"},
                 *({"name": p.art, "description": p.bezeichnung} for p in PROZESSE.values())],
        "paths": {**_lesende(nach_klasse), **_zuege(nach_klasse), **dict(_anfaenge(nach_klasse)), **dict(_schritte(nach_klasse)),
                  **dict(_stammdaten(nach_klasse))},
        "components": {
            "schemas": _mit_werten(schemata["$defs"], kontext),
            "responses": {str(status): _problemantwort(status) for status in PROBLEME},
            "parameters": _PARAMETER,
            "headers": {"ETag": {"description": "Die Fassung, für If-Match.", "schema": {"type": "string", "pattern": '^"v[1-9][0-9]*"$'}}},
            "securitySchemes": _ZUGAENGE,
        },
    }


_EINLEITUNG = """Jede Liste und jeder Schritt des Kreislaufs. Was Sie nicht sehen dürfen, gibt es für Sie nicht (404).

Wer einen Schritt tut, nennt in `If-Match` die Fassung, die er gesehen hat. Mit `Idempotency-Key` geschieht eine wiederholte
Anfrage nur einmal. Fehler folgen RFC 9457 und wiederholen nie, was geschickt wurde."""

_ZUGAENGE: Schema = {
    "sitzung": {"type": "apiKey", "in": "cookie", "name": "kreislauf",
                "description": "Die Anmeldung im Browser; über https heißt das Cookie __Host-kreislauf."},
    "formularzeichen": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token",
                        "description": "Das Zeichen jeder Seite; nötig, wenn die Anmeldung ein Cookie ist."},
    "traeger": {"type": "http", "scheme": "bearer", "description": "Ein Zugriffsschlüssel für Programme."},
}
_PARAMETER: Schema = {
    "Key": {"name": "key", "in": "path", "required": True, "description": "Der Schlüssel des Vorgangs.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"}},
    "Nummer": {"name": "nummer", "in": "path", "required": True, "description": "Die Nummer des Eintrags.",
               "schema": {"type": "string", "pattern": "^[1-9][0-9]{0,8}$"}},
    "If-Match": {"name": "If-Match", "in": "header", "required": True, "description": "Die Fassung, die Sie gesehen haben.",
                 "schema": {"type": "string", "pattern": '^"v[1-9][0-9]{0,8}"$'}},
    "Idempotency-Key": {"name": "Idempotency-Key", "in": "header", "required": False,
                        "description": "Dieselbe Anfrage unter demselben Schlüssel geschieht nur einmal; er gilt sieben Tage.",
                        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"}},
}


def _parameter(*namen: str) -> list[Schema]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in namen]


def _problemantwort(status: int) -> Schema:
    kopf: Schema = {401: {"WWW-Authenticate": {"schema": {"type": "string"}}}}.get(status, {})
    inhalt = {MEDIENTYP: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": PROBLEME[status][1], "content": inhalt, **({"headers": kopf} if kopf else {})}


def _antworten(status: int, satz: str, schema: Schema, fehler: Iterable[int], **koepfe: Schema) -> Schema:
    gelungen = {"description": satz, "content": {_JSON: {"schema": schema}}, **({"headers": koepfe} if koepfe else {})}
    return {str(status): gelungen, **{str(f): {"$ref": f"#/components/responses/{f}"} for f in sorted(fehler)}}


_ETAG: Schema = {"$ref": "#/components/headers/ETag"}

# --- lesen ------------------------------------------------------------------------------------------------------------


def lies(tag: str, name: str, satz: str, schema: Schema, parameter: list[Schema], fehler: Iterable[int] = _LESEN,
         **kopf: Schema) -> Schema:
    return {"get": {"operationId": name, "tags": [tag], "summary": satz, "security": _LIES, "parameters": parameter,
                    "responses": _antworten(200, satz, schema, fehler, **kopf)}}


def _lesende(verweise: Verweise) -> Schema:
    arten = {"name": "art", "in": "path", "required": True, "schema": {"type": "string", "enum": list(PROZESSE)}}
    namen = sorted({u.formular for p in PROZESSE.values() for u in p.uebergaenge if u.formular})
    formularname = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": namen}}
    key = _parameter("Key")
    return {
        f"{PFAD}/vorgaenge": lies("lesen", "vorgaenge", "Vorgänge, die Sie sehen", verweise[Liste], _abfrage(Listenabfrage), _LISTE),
        f"{PFAD}/arbeitsliste": lies("lesen", "arbeitsliste", "Was bei Ihnen liegt, das früheste Ende zuerst", verweise[Liste],
                                     _abfrage(Arbeitsabfrage), _LISTE),
        f"{PFAD}/vorgaenge/{{key}}": lies("lesen", "vorgang", "Ein Vorgang mit seinen möglichen Schritten", verweise[Vorgang], key,
                                          ETag=_ETAG),
        f"{PFAD}/vorgaenge/{{key}}/verlauf": lies("lesen", "verlauf", "Was mit dem Vorgang geschah", verweise[Verlauf], key),
        f"{PFAD}/vorgaenge/{{key}}/spur": lies("lesen", "spur", "Woraus er kam und was aus ihm wurde", verweise[Spur], key),
        f"{PFAD}/prozesse": lies("tabellen", "prozesse", "Alle Arten von Vorgängen", verweise[Prozessliste], [], _LISTE),
        f"{PFAD}/prozesse/{{art}}": lies("tabellen", "prozess", "Die Tabelle einer Art", verweise[Prozesstabelle], [arten]),
        f"{PFAD}/formulare/{{art}}/{{name}}": lies("tabellen", "formular", "Ein Formular als JSON-Schema", {"type": "object"},
                                                   [arten, formularname]),
    }


def _abfrage(klasse: type[BaseModel]) -> list[Schema]:
    """Jedes Feld des Modells als Angabe in der Adresse; weggelassen statt null."""
    schema = klasse.model_json_schema()
    parameter = []
    for name, feld in schema["properties"].items():
        satz, form = feld.get("description", ""), {k: w for k, w in feld.items() if k not in ("title", "description", "default")}
        if "anyOf" in form:
            form = next(f for f in form["anyOf"] if f.get("type") != "null")
        parameter.append({"name": name, "in": "query", "required": False, "description": satz, "schema": form})
    return parameter


# --- handeln ----------------------------------------------------------------------------------------------------------

Pfade = Iterator[tuple[str, Schema]]


def _tue(name: str, tags: list[str], satz: str, mehr: str, parameter: list[Schema], inhalt: Schema, antworten: Schema) -> Schema:
    return {"post": {
        "operationId": name, "tags": tags, "summary": satz, "description": mehr, "security": _TUE,
        "parameters": [*parameter, *_parameter("Idempotency-Key")],
        "requestBody": {"required": True, "content": {_JSON: {"schema": inhalt}}}, "responses": antworten,
    }}


def _zuege(verweise: Verweise) -> Schema:
    bewegt = verweise[Getan]
    return {
        f"{PFAD}/zuege": _tue(
            "zuege", ["zuege"], "Mehrere Schritte in einem",
            "Alle gelingen, oder keiner. Jeder Schritt nennt die Fassung, die Sie gesehen haben.",
            [], verweise[Zug], _antworten(200, "Alles ist getan.", bewegt, (*_TUN, 412), ETag=_ETAG)),
        f"{PFAD}/vorgaenge/{{key}}/zuruecknehmen": _tue(
            "zuruecknehmen", ["zuege"], "Den letzten Schritt zurücknehmen",
            "Dieselbe Person oder eine Koordination, solange niemand darauf aufgebaut hat.", _parameter("Key", "If-Match"),
            verweise[Ruecknahme], _antworten(200, "Der Schritt ist zurückgenommen.", bewegt, _AN_EINER_FASSUNG, ETag=_ETAG)),
    }


def _stammdaten(verweise: Verweise) -> Pfade:
    """Je Art dieselben Wege; was hineingeht, ist ihr Formular."""
    getan, ort = verweise[Stammfassung], {"schema": {"type": "string"}, "description": "Wo der neue Eintrag steht."}
    eines = _parameter("Nummer", "If-Match")
    for art in ARTEN.values():
        weg = f"{PFAD}/stammdaten/{art.name}"
        inhalt = {"type": "object", "additionalProperties": False, "required": ["daten"], "properties": {"daten": verweise[art.formular]}}
        yield weg, {
            **lies("stammdaten", art.name, art.mehrzahl, verweise[Stammliste], _abfrage(Stammabfrage)),
            **_tue(f"{art.name}_neu", ["stammdaten"], art.neu, art.wirkt, [], inhalt,
                   _antworten(201, "Der Eintrag ist angelegt.", getan, _TUN, ETag=_ETAG, Location=ort))}
        yield f"{weg}/{{nummer}}", {
            **lies("stammdaten", f"{art.name}_eintrag", art.einzahl, verweise[Stammeintrag], _parameter("Nummer"), ETag=_ETAG),
            **_tue(f"{art.name}_aendern", ["stammdaten"], f"{art.einzahl}: ändern", "Berichtigt den Eintrag, auch für zurückliegende Tage.",
                   eines, inhalt, _antworten(200, "Die Änderung ist gespeichert.", getan, _AN_EINER_FASSUNG, ETag=_ETAG))}
        yield f"{weg}/{{nummer}}/beenden", _tue(
            f"{art.name}_beenden", ["stammdaten"], f"{art.einzahl}: beenden", "Der Eintrag bleibt und gilt nach diesem Tag nicht mehr.",
            eines, verweise[EintragBeenden], _antworten(200, "Der Eintrag endet.", getan, _AN_EINER_FASSUNG, ETag=_ETAG))
        yield f"{weg}/{{nummer}}/verlauf", lies(
            "stammdaten", f"{art.name}_verlauf", f"{art.einzahl}: was geändert wurde", verweise[Stammverlauf], _parameter("Nummer"))


def _anfaenge(verweise: Verweise) -> Pfade:
    ort = {"schema": {"type": "string"}, "description": "Wo der neue Vorgang steht, wenn Sie ihn sehen."}
    for p in PROZESSE.values():
        for u in p.moeglich(""):
            if not u.folgt:
                yield f"{PFAD}/vorgaenge/{p.art}/{u.ausloeser}", _tue(
                    f"{p.art}_{u.ausloeser}", [p.art], f"{p.bezeichnung}: {u.bezeichnung}", _wer([(p, u)]), [],
                    _inhalt([(p, u)], verweise),
                    _antworten(201, "Der Vorgang ist angelegt.", verweise[Getan], _TUN, ETag=_ETAG, Location=ort))


def _schritte(verweise: Verweise) -> Pfade:
    je_ausloeser: dict[str, dict[str, tuple[Prozess, Uebergang]]] = {}
    for p in PROZESSE.values():
        for u in p.uebergaenge:
            if u.von and not u.folgt:
                je_ausloeser.setdefault(u.ausloeser, {}).setdefault(p.art, (p, u))
    for ausloeser, nach_art in je_ausloeser.items():
        paare = list(nach_art.values())
        bezeichnungen = dict.fromkeys(u.bezeichnung for _, u in paare)
        yield f"{PFAD}/vorgaenge/{{key}}/schritte/{ausloeser}", _tue(
            f"schritt_{ausloeser}", list(nach_art), " / ".join(bezeichnungen), _wer(paare), _parameter("Key", "If-Match"),
            _inhalt(paare, verweise), _antworten(200, "Der Schritt ist getan.", verweise[Getan], _AN_EINER_FASSUNG, ETag=_ETAG))


def _wer(paare: Iterable[tuple[Prozess, Uebergang]]) -> str:
    saetze = []
    for p, u in paare:
        alle = dict.fromkeys(wer(w) for v in p.uebergaenge if v.ausloeser == u.ausloeser and bool(v.von) == bool(u.von) for w in v.wer)
        saetze.append(f"{p.bezeichnung}: {', '.join(alle)}.")
    return "\n".join(saetze)


def _inhalt(paare: list[tuple[Prozess, Uebergang]], verweise: Verweise) -> Schema:
    """`daten` ist das Formular des Schritts; kennen mehrere Arten den Schritt, das der Art des Vorgangs."""
    klassen = list(dict.fromkeys(formular(p.art, u.formular) if u.formular else None for p, u in paare))
    formen = [dict(verweise[k]) if k else {"type": "object", "maxProperties": 0, "description": "Dieser Schritt hat kein Formular."}
              for k in klassen]
    mit_grund = all(v.grund_noetig for p, u in paare for v in p.uebergaenge if v.ausloeser == u.ausloeser and bool(v.von) == bool(u.von))
    pflicht = ["daten"] * all(k is not None and any(f.is_required() for f in k.model_fields.values()) for k in klassen)
    satz = f"Warum Sie es tun; {'nötig' if mit_grund else 'freiwillig'}."
    grund = {**Begruendung.model_json_schema()["properties"]["grund"], "description": satz}
    if mit_grund:
        grund |= {"type": "string", "minLength": 1, "pattern": r"\S"}
    return {"type": "object", "additionalProperties": False, "properties": {
        "daten": formen[0] if len(formen) == 1 else {"anyOf": formen}, "grund": grund}, "required": pflicht + ["grund"] * mit_grund}
