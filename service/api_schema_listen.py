"""Die Beschreibung der Wege für gemerkte Suchen, Zahlen, Protokoll, Aufbewahrung, Links und den ganzen Ausgang."""

from __future__ import annotations

from forms.personen import OhneAngaben
from service.api_listenantworten import AlleGesendet, GemerkteSuche, Linkfassung, Linkliste, Protokoll, Suchfassung, Suchliste, Zahlen
from service.api_listenmodelle import AlleErneut, LinkSchicken, Protokollabfrage, SucheMerken, Zahlenabfrage
from service.api_antwortmodelle import Liste
from service.api_modelle import Seitenabfrage
from service.api_schema_teile import (
    AN_EINER_FASSUNG, ETAG, LISTE, PFAD, TUN, Pfade, Schema, Verweise, abfrage, antworten, lies, parameter, tue,
)

TAGS: list[Schema] = [{"name": "suchen", "description": "Gemerkte Suchen"}, {"name": "auswertung", "description": "Zahlen und Protokoll"},
                      {"name": "links", "description": "Links für Stellen ohne Konto"}]


def pfade(verweise: Verweise) -> Pfade:
    yield from _suchen(verweise)
    yield f"{PFAD}/zahlen", lies("auswertung", "zahlen", "Die Zahlen eines Zeitraums", verweise[Zahlen], abfrage(Zahlenabfrage))
    yield f"{PFAD}/aufbewahrung", lies(
        "auswertung", "aufbewahrung", "Was länger aufbewahrt ist, als das Profil vorsieht, das Älteste zuerst", verweise[Liste],
        abfrage(Seitenabfrage))
    yield f"{PFAD}/protokoll", lies("auswertung", "protokoll", "Das Protokoll für Datenschutz und Revision", verweise[Protokoll],
                                    abfrage(Protokollabfrage))
    yield f"{PFAD}/vorgaenge/{{key}}/links", {
        **lies("links", "links", "Stellen ohne Konto, die hier noch etwas tun sollen", verweise[Linkliste], parameter("Key")),
        **tue("link_schicken", ["links"], "Einen neuen Link schicken",
              "Er geht mit der nächsten Runde an das Postfach der Stelle; der alte gilt dann nicht mehr.", parameter("Key"),
              verweise[LinkSchicken], antworten(200, "Der Link geht hinaus.", verweise[Linkfassung], TUN, ETag=ETAG))}
    yield f"{PFAD}/ausgang/erneut", tue(
        "alle_erneut", ["nachrichten"], "Alles noch einmal senden, was aus einem Grund gescheitert ist",
        "Zum Beispiel nach einer Störung des Mailservers.", [], verweise[AlleErneut],
        antworten(200, "Es ist getan.", verweise[AlleGesendet], TUN))


def _suchen(verweise: Verweise) -> Pfade:
    ort = {"schema": {"type": "string"}, "description": "Wo die Suche steht."}
    yield f"{PFAD}/suchen", {
        **lies("suchen", "suchen", "Ihre gemerkten Suchen", verweise[Suchliste], [], LISTE),
        **tue("suche_merken", ["suchen"], "Eine Suche merken", "Derselbe Name ersetzt die bisherige.", [], verweise[SucheMerken],
              antworten(201, "Die Suche ist gemerkt.", verweise[Suchfassung], TUN, ETag=ETAG, Location=ort))}
    yield f"{PFAD}/suchen/{{nummer}}", lies("suchen", "suche", "Eine gemerkte Suche", verweise[GemerkteSuche], parameter("Nummer"),
                                            ETag=ETAG)
    yield f"{PFAD}/suchen/{{nummer}}/loeschen", tue(
        "suche_loeschen", ["suchen"], "Eine gemerkte Suche löschen", "Die Vorgänge darin bleiben, wie sie sind.",
        parameter("Nummer", "If-Match"), verweise[OhneAngaben],
        antworten(200, "Die Suche ist gelöscht.", verweise[Suchfassung], AN_EINER_FASSUNG, ETag=ETAG))
