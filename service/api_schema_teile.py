"""Bausteine der Beschreibung (OpenAPI 3.1), die für jeden Weg gleich sind: Parameter, Antworten, lesen und tun."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from service.probleme import MEDIENTYP, PROBLEME

Schema = dict[str, Any]
Verweise = Mapping[Any, Schema]  # Modell -> {"$ref": …}
PFAD = "/api/v1"
VERWEIS = "#/components/schemas/{model}"
_JSON = "application/json"
LESEN = (400, 401, 404, 406, 422, 500, 503)
LISTE = (400, 401, 406, 422, 500, 503)
TUN = (400, 401, 403, 404, 406, 409, 413, 415, 422, 500, 503)
AN_EINER_FASSUNG = (*TUN, 412, 428)
_LIES: list[Schema] = [{"sitzung": []}, {"traeger": []}]
_TUE: list[Schema] = [{"sitzung": [], "formularzeichen": []}, {"traeger": []}]
Pfade = Iterator[tuple[str, Schema]]

ZUGAENGE: Schema = {
    "sitzung": {"type": "apiKey", "in": "cookie", "name": "kreislauf",
                "description": "Die Anmeldung im Browser; über https heißt das Cookie __Host-kreislauf."},
    "formularzeichen": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token",
                        "description": "Das Zeichen jeder Seite; nötig, wenn die Anmeldung ein Cookie ist."},
    "traeger": {"type": "http", "scheme": "bearer", "description": "Ein Zugriffsschlüssel für Programme."},
}
PARAMETER: Schema = {
    "Key": {"name": "key", "in": "path", "required": True, "description": "Der Schlüssel des Vorgangs.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"}},
    "Person": {"name": "key", "in": "path", "required": True, "description": "Der Schlüssel der Person.",
               "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"}},
    "Stelle": {"name": "key", "in": "path", "required": True, "description": "Der Schlüssel der Stelle.",
               "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$"}},
    "Nummer": {"name": "nummer", "in": "path", "required": True, "description": "Die Nummer des Eintrags.",
               "schema": {"type": "string", "pattern": "^[1-9][0-9]{0,8}$"}},
    "If-Match": {"name": "If-Match", "in": "header", "required": True, "description": "Die Fassung, die Sie gesehen haben.",
                 "schema": {"type": "string", "pattern": '^"v[1-9][0-9]{0,8}"$'}},
    "Idempotency-Key": {"name": "Idempotency-Key", "in": "header", "required": False,
                        "description": "Dieselbe Anfrage unter demselben Schlüssel geschieht nur einmal; er gilt sieben Tage.",
                        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"}},
}


def parameter(*namen: str) -> list[Schema]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in namen]


def problemantwort(status: int) -> Schema:
    kopf: Schema = {401: {"WWW-Authenticate": {"schema": {"type": "string"}}}}.get(status, {})
    inhalt = {MEDIENTYP: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": PROBLEME[status][1], "content": inhalt, **({"headers": kopf} if kopf else {})}


def antworten(status: int, satz: str, schema: Schema, fehler: Iterable[int], **koepfe: Schema) -> Schema:
    gelungen = {"description": satz, "content": {_JSON: {"schema": schema}}, **({"headers": koepfe} if koepfe else {})}
    return {str(status): gelungen, **{str(f): {"$ref": f"#/components/responses/{f}"} for f in sorted(fehler)}}


ETAG: Schema = {"$ref": "#/components/headers/ETag"}


def lies(tag: str, name: str, satz: str, schema: Schema, parameter_: list[Schema], fehler: Iterable[int] = LESEN,
         **kopf: Schema) -> Schema:
    return {"get": {"operationId": name, "tags": [tag], "summary": satz, "security": _LIES, "parameters": parameter_,
                    "responses": antworten(200, satz, schema, fehler, **kopf)}}


def abfrage(klasse: type[BaseModel]) -> list[Schema]:
    """Jedes Feld des Modells als Angabe in der Adresse; weggelassen statt null."""
    schema = klasse.model_json_schema()
    gefunden = []
    for name, feld in schema["properties"].items():
        satz, form = feld.get("description", ""), {k: w for k, w in feld.items() if k not in ("title", "description", "default")}
        if "anyOf" in form:
            form = next(f for f in form["anyOf"] if f.get("type") != "null")
        gefunden.append({"name": name, "in": "query", "required": False, "description": satz, "schema": form})
    return gefunden


def tue(name: str, tags: list[str], satz: str, mehr: str, parameter_: list[Schema], inhalt: Schema, kommt: Schema) -> Schema:
    return {"post": {
        "operationId": name, "tags": tags, "summary": satz, "description": mehr, "security": _TUE,
        "parameters": [*parameter_, *parameter("Idempotency-Key")],
        "requestBody": {"required": True, "content": {_JSON: {"schema": inhalt}}}, "responses": kommt,
    }}
