"""Die Beschreibung der Schnittstelle (OpenAPI 3.1), aus den Prozesstabellen und Formularen: je Schritt eine Operation.

Wo ein Formular aus einer Werteliste wählen lässt, stehen die Werte, die in dieser Kommune heute gelten.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import models_json_schema

from forms import formular
from forms.allgemein import Begruendung
from forms.grundform import Formular, Formularkontext
from forms.personen import NeueAdresse, OhneAngaben
from forms.stammdaten import EintragBeenden
from service.api_antwortmodelle import (
    HERAUS, Anhangdatei, Getan, Liste, Oeffentliches, Prozessliste, Prozesstabelle, Spur, Verlauf, Vorgang,
)
from service.api_modelle import Anhangangaben, Arbeitsabfrage, Listenabfrage, Ruecknahme, Seitenabfrage, Zug
from service import api_listenantworten, api_listenmodelle, api_pflegeantworten, api_pflegemodelle, api_schema_listen, api_schema_pflege
from service.api_schema_teile import (
    AN_EINER_FASSUNG, ETAG, LISTE, PARAMETER, PFAD, TUN, VERWEIS, ZUGAENGE, Pfade, Schema, Verweise, abfrage, antworten, lies, parameter,
    problemantwort, tue,
)
from service.eintragsarten import ARTEN
from service.probleme import PROBLEME
from service.prozessbild import wer
from states.anhang import braucht_datei
from states.kette import PROZESSE
from states.model import Prozess, Uebergang

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
    weitere = (Ruecknahme, Anhangangaben, Zug, *(art.formular for art in ARTEN.values()), EintragBeenden, NeueAdresse, OhneAngaben,
               *api_pflegemodelle.HINEIN, *api_listenmodelle.HINEIN)
    hinein: list[tuple[Any, Any]] = [(k, "validation") for k in (*formulare, *weitere)]
    heraus: list[tuple[Any, Any]] = [(m, "serialization") for m in (*HERAUS, *api_pflegeantworten.HERAUS, *api_listenantworten.HERAUS)]
    verweise, schemata = models_json_schema([*hinein, *heraus], ref_template=VERWEIS)
    nach_klasse = {klasse: verweis for (klasse, _), verweis in verweise.items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kreislauf", "version": version("kreislauf"), "description": _EINLEITUNG, "license": {
            "name": "EUPL-1.2", "identifier": "EUPL-1.2"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": "lesen", "description": "Listen und Vorgänge"}, {"name": "tabellen", "description": "Ablauf und Formulare"},
                 {"name": "zuege", "description": "Mehrere Schritte, Zurücknehmen"},
                 *api_schema_pflege.TAGS, *api_schema_listen.TAGS,
                 *({"name": p.art, "description": p.bezeichnung} for p in PROZESSE.values())],
        "paths": {**_lesende(nach_klasse), **_zuege(nach_klasse), **dict(_anfaenge(nach_klasse)), **dict(_schritte(nach_klasse)),
                  **dict(api_schema_pflege.pfade(nach_klasse)), **dict(api_schema_listen.pfade(nach_klasse))},
        "components": {
            "schemas": _mit_werten(schemata["$defs"], kontext),
            "responses": {str(status): problemantwort(status) for status in PROBLEME},
            "parameters": PARAMETER,
            "headers": {"ETag": {"description": "Die Fassung, für If-Match.", "schema": {"type": "string", "pattern": '^"v[1-9][0-9]*"$'}}},
            "securitySchemes": ZUGAENGE,
        },
    }


_EINLEITUNG = """Jede Liste und jeder Schritt des Kreislaufs. Was Sie nicht sehen dürfen, gibt es für Sie nicht (404).

Wer einen Schritt tut, nennt in `If-Match` die Fassung, die er gesehen hat. Mit `Idempotency-Key` geschieht eine wiederholte
Anfrage nur einmal. Fehler folgen RFC 9457 und wiederholen nie, was geschickt wurde."""

# --- lesen ------------------------------------------------------------------------------------------------------------


def _lesende(verweise: Verweise) -> Schema:
    arten = {"name": "art", "in": "path", "required": True, "schema": {"type": "string", "enum": list(PROZESSE)}}
    namen = sorted({u.formular for p in PROZESSE.values() for u in p.uebergaenge if u.formular})
    formularname = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": namen}}
    key = parameter("Key")
    return {
        f"{PFAD}/vorgaenge": lies("lesen", "vorgaenge", "Vorgänge, die Sie sehen", verweise[Liste], abfrage(Listenabfrage), LISTE),
        f"{PFAD}/arbeitsliste": lies("lesen", "arbeitsliste", "Was bei Ihnen liegt, das früheste Ende zuerst", verweise[Liste],
                                     abfrage(Arbeitsabfrage), LISTE),
        f"{PFAD}/oeffentlich": lies("lesen", "oeffentlich", "Die öffentliche Zusammenfassung, die neuesten Themen zuerst",
                                    verweise[Oeffentliches], abfrage(Seitenabfrage)),
        f"{PFAD}/vorgaenge/{{key}}": lies("lesen", "vorgang", "Ein Vorgang mit seinen möglichen Schritten", verweise[Vorgang], key,
                                          ETag=ETAG),
        f"{PFAD}/vorgaenge/{{key}}/verlauf": lies("lesen", "verlauf", "Was mit dem Vorgang geschah", verweise[Verlauf], key),
        f"{PFAD}/vorgaenge/{{key}}/spur": lies("lesen", "spur", "Woraus er kam und was aus ihm wurde", verweise[Spur], key),
        f"{PFAD}/vorgaenge/{{key}}/anhaenge/{{nummer}}": lies("lesen", "anhang", "Eine angehängte Datei", verweise[Anhangdatei],
                                                             parameter("Key", "Nummer")),
        f"{PFAD}/prozesse": lies("tabellen", "prozesse", "Alle Arten von Vorgängen", verweise[Prozessliste], [], LISTE),
        f"{PFAD}/prozesse/{{art}}": lies("tabellen", "prozess", "Die Tabelle einer Art", verweise[Prozesstabelle], [arten]),
        f"{PFAD}/formulare/{{art}}/{{name}}": lies("tabellen", "formular", "Ein Formular als JSON-Schema", {"type": "object"},
                                                   [arten, formularname]),
    }


# --- handeln ----------------------------------------------------------------------------------------------------------

def _zuege(verweise: Verweise) -> Schema:
    bewegt = verweise[Getan]
    return {
        f"{PFAD}/zuege": tue(
            "zuege", ["zuege"], "Mehrere Schritte in einem",
            "Alle gelingen, oder keiner. Jeder Schritt nennt die Fassung, die Sie gesehen haben.",
            [], verweise[Zug], antworten(200, "Alles ist getan.", bewegt, (*TUN, 412), ETag=ETAG)),
        f"{PFAD}/vorgaenge/{{key}}/zuruecknehmen": tue(
            "zuruecknehmen", ["zuege"], "Den letzten Schritt zurücknehmen",
            "Dieselbe Person oder eine Koordination, solange niemand darauf aufgebaut hat.", parameter("Key", "If-Match"),
            verweise[Ruecknahme], antworten(200, "Der Schritt ist zurückgenommen.", bewegt, AN_EINER_FASSUNG, ETag=ETAG)),
        f"{PFAD}/vorgaenge/{{key}}/anhaenge": tue(
            "datei_anhaengen", ["zuege"], "Eine Datei anhängen",
            "Geprüft wird, ob Endung und Inhalt zusammenpassen und nichts darin sich von selbst ausführt.", parameter("Key", "If-Match"),
            verweise[Anhangangaben], antworten(200, "Die Datei hängt am Vorgang.", bewegt, AN_EINER_FASSUNG, ETag=ETAG)),
    }


def _anfaenge(verweise: Verweise) -> Pfade:
    ort = {"schema": {"type": "string"}, "description": "Wo der neue Vorgang steht, wenn Sie ihn sehen."}
    for p in PROZESSE.values():
        for u in p.moeglich(""):
            if not u.folgt:
                yield f"{PFAD}/vorgaenge/{p.art}/{u.ausloeser}", tue(
                    f"{p.art}_{u.ausloeser}", [p.art], f"{p.bezeichnung}: {u.bezeichnung}", _wer([(p, u)]), [],
                    _inhalt([(p, u)], verweise),
                    antworten(201, "Der Vorgang ist angelegt.", verweise[Getan], TUN, ETag=ETAG, Location=ort))


def _schritte(verweise: Verweise) -> Pfade:
    je_ausloeser: dict[str, dict[str, tuple[Prozess, Uebergang]]] = {}
    for p in PROZESSE.values():
        for u in p.uebergaenge:
            if u.von and not u.folgt and not braucht_datei(u):
                je_ausloeser.setdefault(u.ausloeser, {}).setdefault(p.art, (p, u))
    for ausloeser, nach_art in je_ausloeser.items():
        paare = list(nach_art.values())
        bezeichnungen = dict.fromkeys(u.bezeichnung for _, u in paare)
        yield f"{PFAD}/vorgaenge/{{key}}/schritte/{ausloeser}", tue(
            f"schritt_{ausloeser}", list(nach_art), " / ".join(bezeichnungen), _wer(paare), parameter("Key", "If-Match"),
            _inhalt(paare, verweise), antworten(200, "Der Schritt ist getan.", verweise[Getan], AN_EINER_FASSUNG, ETag=ETAG))


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
