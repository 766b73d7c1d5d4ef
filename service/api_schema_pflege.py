"""Die Beschreibung der Wege für alles, was kein Vorgang ist: Stammdaten, Personen, Zugänge, Nachrichten, Kommentare, Codes."""

from __future__ import annotations

from forms.personen import NeueAdresse, OhneAngaben
from forms.stammdaten import EintragBeenden
from service.api_antwortmodelle import Stammeintrag, Stammfassung, Stammliste, Stammverlauf
from service.api_modelle import Stammabfrage
from service.api_pflegeantworten import (
    Codefassung, Einladung, Kommentarfassung, Kommentargelesen, Kommentarliste, Kommentarzeile, Kontenliste, Konto, Kontofassung,
    Meldecode, Meldecodeliste, Nachricht, Nachrichtenfassung, Nachrichtenliste, NeuerCode, Personenfassung, Personenliste,
    Personenverlauf, Personenzeile,
)
from service.api_pflegemodelle import (
    Codeausstellen, Kommentarabfrage, KommentarSchreiben, KommentarZurueckziehen, Kontenabfrage, Nachrichtenabfrage, PersonAendern,
    PersonAnlegen, Personenabfrage, RolleGeben,
)
from service.api_schema_teile import (
    AN_EINER_FASSUNG, ETAG, PFAD, TUN, Pfade, Schema, Verweise, abfrage, antworten, lies, parameter, tue,
)
from service.eintragsarten import ARTEN
from service.kommentare import StelleSchwaerzen

TAGS: list[Schema] = [
    {"name": "stammdaten", "description": "Datierte Einträge"}, {"name": "personen", "description": "Personen und Rollen"},
    {"name": "konten", "description": "Zugänge"}, {"name": "nachrichten", "description": "Nachrichten"},
    {"name": "kommentare", "description": "Kommentare"}, {"name": "meldecodes", "description": "Codes zum Melden ohne Konto"},
]


def pfade(verweise: Verweise) -> Pfade:
    yield from _stammdaten(verweise)
    yield from _personen(verweise)
    yield from _konten(verweise)
    yield from _nachrichten(verweise)
    yield from _kommentare(verweise)
    yield from _meldecodes(verweise)


def _stammdaten(verweise: Verweise) -> Pfade:
    """Je Art dieselben Wege; was hineingeht, ist ihr Formular."""
    getan, ort = verweise[Stammfassung], {"schema": {"type": "string"}, "description": "Wo der neue Eintrag steht."}
    eines = parameter("Nummer", "If-Match")
    for art in ARTEN.values():
        weg = f"{PFAD}/stammdaten/{art.name}"
        inhalt = {"type": "object", "additionalProperties": False, "required": ["daten"], "properties": {"daten": verweise[art.formular]}}
        yield weg, {
            **lies("stammdaten", art.name, art.mehrzahl, verweise[Stammliste], abfrage(Stammabfrage)),
            **tue(f"{art.name}_neu", ["stammdaten"], art.neu, art.wirkt, [], inhalt,
                   antworten(201, "Der Eintrag ist angelegt.", getan, TUN, ETag=ETAG, Location=ort))}
        yield f"{weg}/{{nummer}}", {
            **lies("stammdaten", f"{art.name}_eintrag", art.einzahl, verweise[Stammeintrag], parameter("Nummer"), ETag=ETAG),
            **tue(f"{art.name}_aendern", ["stammdaten"], f"{art.einzahl}: ändern", "Berichtigt den Eintrag, auch für zurückliegende Tage.",
                   eines, inhalt, antworten(200, "Die Änderung ist gespeichert.", getan, AN_EINER_FASSUNG, ETag=ETAG))}
        yield f"{weg}/{{nummer}}/beenden", tue(
            f"{art.name}_beenden", ["stammdaten"], f"{art.einzahl}: beenden", "Der Eintrag bleibt und gilt nach diesem Tag nicht mehr.",
            eines, verweise[EintragBeenden], antworten(200, "Der Eintrag endet.", getan, AN_EINER_FASSUNG, ETag=ETAG))
        yield f"{weg}/{{nummer}}/verlauf", lies(
            "stammdaten", f"{art.name}_verlauf", f"{art.einzahl}: was geändert wurde", verweise[Stammverlauf], parameter("Nummer"))


def _personen(verweise: Verweise) -> Pfade:
    getan, ort = verweise[Personenfassung], {"schema": {"type": "string"}, "description": "Wo die neue Person steht."}
    eine, geaendert = _parameter_an("Person"), antworten(200, "Die Änderung ist gespeichert.", getan, AN_EINER_FASSUNG, ETag=ETAG)
    yield f"{PFAD}/personen", {
        **lies("personen", "personen", "Personen mit ihren Rollen", verweise[Personenliste], abfrage(Personenabfrage)),
        **tue("person_anlegen", ["personen"], "Person anlegen",
              "Mit einer ersten Rolle. Die Systemverwaltung vergibt jede Rolle, die Koordination jede außer dieser.", [],
              verweise[PersonAnlegen], antworten(201, "Die Person ist angelegt.", getan, TUN, ETag=ETAG, Location=ort))}
    yield f"{PFAD}/personen/{{key}}", {
        **lies("personen", "person", "Eine Person mit ihren Rollen", verweise[Personenzeile], parameter("Person"), ETag=ETAG),
        **tue("person_aendern", ["personen"], "Name, Stelle und Gültigkeit ändern", "Den eigenen Eintrag ändert jemand anderes.", eine,
              verweise[PersonAendern], geaendert)}
    yield f"{PFAD}/personen/{{key}}/verlauf", lies(
        "personen", "person_verlauf", "Was an der Person geändert wurde", verweise[Personenverlauf], parameter("Person"))
    yield f"{PFAD}/personen/{{key}}/rollen", tue(
        "rolle_geben", ["personen"], "Eine Rolle geben", "Rollen werden gegeben und beendet, nie umgeschrieben.", eine,
        verweise[RolleGeben], geaendert)
    yield f"{PFAD}/personen/{{key}}/rollen/{{nummer}}/beenden", tue(
        "rolle_beenden", ["personen"], "Eine Rolle beenden", "Die letzte Systemverwaltung, die sich anmelden kann, bleibt.",
        [*parameter("Nummer"), *eine], verweise[EintragBeenden], geaendert)


def _konten(verweise: Verweise) -> Pfade:
    eines, getan = _parameter_an("Person"), verweise[Kontofassung]
    yield f"{PFAD}/konten", lies("konten", "konten", "Zugänge und offene Einladungen", verweise[Kontenliste], abfrage(Kontenabfrage))
    yield f"{PFAD}/konten/{{key}}", lies("konten", "konto", "Der Zugang einer Person", verweise[Konto], parameter("Person"), ETag=ETAG)
    yield f"{PFAD}/konten/{{key}}/einladen", tue(
        "konto_einladen", ["konten"], "Zu einem Kennwort einladen",
        "Ältere Einmallinks derselben Person gelten nicht mehr. Der Link steht nur in dieser einen Antwort.", eines,
        verweise[OhneAngaben], antworten(200, "Die Einladung ist erstellt.", verweise[Einladung], AN_EINER_FASSUNG, ETag=ETAG))
    for name, satz, danach in (("sperren", "Das Konto sperren", "Es ist gesperrt und überall abgemeldet."),
                               ("entsperren", "Das Konto wieder freigeben", "Es ist wieder frei.")):
        yield f"{PFAD}/konten/{{key}}/{name}", tue(
            f"konto_{name}", ["konten"], satz, "Das eigene Konto sperrt jemand anderes.", eines, verweise[OhneAngaben],
            antworten(200, danach, getan, AN_EINER_FASSUNG, ETag=ETAG))


def _nachrichten(verweise: Verweise) -> Pfade:
    eine = _parameter_an("Nummer")
    getan = antworten(200, "Der Schritt ist getan.", verweise[Nachrichtenfassung], AN_EINER_FASSUNG, ETag=ETAG)
    yield f"{PFAD}/nachrichten", lies("nachrichten", "nachrichten", "Was wartet und was nicht ankam, das Neueste zuerst",
                                      verweise[Nachrichtenliste], abfrage(Nachrichtenabfrage))
    yield f"{PFAD}/nachrichten/{{nummer}}", lies(
        "nachrichten", "nachricht", "Eine Nachricht, ohne ihren Text", verweise[Nachricht], parameter("Nummer"), ETag=ETAG)
    yield f"{PFAD}/nachrichten/{{nummer}}/erneut", tue(
        "nachricht_erneut", ["nachrichten"], "Noch einmal senden",
        "An die Adresse, die der Empfänger heute hat, oder an eine berichtigte.", eine, verweise[NeueAdresse], getan)
    yield f"{PFAD}/nachrichten/{{nummer}}/ablegen", tue(
        "nachricht_ablegen", ["nachrichten"], "Ablegen", "Sie ist auf anderem Weg erledigt, zum Beispiel durch einen Anruf.", eine,
        verweise[OhneAngaben], getan)


def _kommentare(verweise: Verweise) -> Pfade:
    weg, einer = f"{PFAD}/vorgaenge/{{key}}/kommentare", parameter("Key", "Nummer")
    ort = {"schema": {"type": "string"}, "description": "Wo der neue Kommentar steht."}
    getan = antworten(200, "Der Schritt ist getan.", verweise[Kommentarfassung], AN_EINER_FASSUNG, ETag=ETAG)
    yield weg, {
        **lies("kommentare", "kommentare", "Kommentare zu einem Vorgang, das Neueste zuerst", verweise[Kommentarliste],
               [*parameter("Key"), *abfrage(Kommentarabfrage)]),
        **tue("kommentieren", ["kommentare"], "Einen Kommentar schreiben",
              "Wer angesprochen ist, bekommt eine Nachricht. Ein Kommentar bewegt nichts und ändert keine Fassung.", parameter("Key"),
              verweise[KommentarSchreiben], antworten(201, "Der Kommentar ist gespeichert.", verweise[Kommentarfassung], TUN, ETag=ETAG,
                                                      Location=ort))}
    yield f"{PFAD}/vorgaenge/{{key}}/gelesen", tue(
        "kommentare_gelesen", ["kommentare"], "Als gelesen merken", "Die Startseite zeigt Sie hier dann nicht mehr als angesprochen.",
        parameter("Key"), verweise[OhneAngaben],
        antworten(200, "Es ist gemerkt.", verweise[Kommentargelesen], TUN, ETag=ETAG))
    yield f"{weg}/{{nummer}}", lies("kommentare", "kommentar", "Ein Kommentar", verweise[Kommentarzeile], einer, ETag=ETAG)
    yield f"{weg}/{{nummer}}/zurueckziehen", tue(
        "kommentar_zurueckziehen", ["kommentare"], "Den eigenen Kommentar zurückziehen", "Er bleibt als zurückgezogen sichtbar.",
        [*einer, *parameter("If-Match")], verweise[KommentarZurueckziehen], getan)
    yield f"{weg}/{{nummer}}/schwaerzen", tue(
        "kommentar_schwaerzen", ["kommentare"], "Eine Stelle in einem Kommentar unkenntlich machen",
        "Nur die Koordination; nicht rückgängig zu machen.", [*einer, *parameter("If-Match")], verweise[StelleSchwaerzen], getan)


def _meldecodes(verweise: Verweise) -> Pfade:
    weg, ort = f"{PFAD}/meldecodes", {"schema": {"type": "string"}, "description": "Wo der Stand des Codes steht."}
    yield weg, {
        **lies("meldecodes", "meldecodes", "Je Stelle der letzte Code zum Melden ohne Konto", verweise[Meldecodeliste], []),
        **tue("meldecode_ausstellen", ["meldecodes"], "Einen Code ausstellen oder erneuern",
              "Ein bisheriger gilt dann nicht mehr. Der Code steht nur in dieser einen Antwort.", [], verweise[Codeausstellen],
              antworten(201, "Der Code ist ausgestellt.", verweise[NeuerCode], TUN, ETag=ETAG, Location=ort))}
    yield f"{weg}/{{key}}", lies("meldecodes", "meldecode", "Der letzte Code einer Stelle", verweise[Meldecode], parameter("Stelle"),
                                 ETag=ETAG)
    yield f"{weg}/{{key}}/widerrufen", tue(
        "meldecode_widerrufen", ["meldecodes"], "Einen Code widerrufen", "Schon Gemeldetes ist mit seinem Beleg weiter zu sehen.",
        _parameter_an("Stelle"), verweise[OhneAngaben],
        antworten(200, "Der Code ist widerrufen.", verweise[Codefassung], AN_EINER_FASSUNG, ETag=ETAG))


def _parameter_an(was: str) -> list[Schema]:
    return parameter(was, "If-Match")
