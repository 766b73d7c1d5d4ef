"""Die Arten von Verbindungen. Jede zeigt von dem, woraus etwas kam, zu dem, was daraus wurde."""

from __future__ import annotations



from typing import NamedTuple
class Verbindungsart(NamedTuple):
    """`von`, `nach`: Arten der Vorgänge; `satz`: wie man die Verbindung vorliest ("A … B")."""

    name: str
    von: tuple[str, ...]
    nach: tuple[str, ...]
    satz: str
    traegt: bool = True  # wer nur hindurchsieht (eine Auswahlrunde), baut nicht darauf auf


VERBINDUNGEN = {
    v.name: v
    for v in (
        Verbindungsart("gesammelt", ("meldebogen",), ("sammlung",), "liegt in der Sammlung"),
        Verbindungsart("doppelt", ("meldebogen",), ("meldebogen",), "meldet dasselbe Ereignis wie"),
        Verbindungsart("rekonstruiert_in", ("meldebogen",), ("fallrekonstruktion",), "wird rekonstruiert in"),
        Verbindungsart("angehaengt_an", ("meldebogen",), ("fallrekonstruktion",), "ist angehängt an"),
        Verbindungsart("uebergeben_in", ("meldebogen",), ("einzelfalluebergabe",), "ist als Einzelfall angeboten in"),
        Verbindungsart("im_thema", ("meldebogen",), ("generatives_thema",), "gehört zum Thema"),
        Verbindungsart("ergibt", ("fallrekonstruktion",), ("generatives_thema",), "ergibt das Thema"),
        Verbindungsart("aufgegangen_in", ("generatives_thema",), ("generatives_thema",), "ist aufgegangen in"),
        Verbindungsart("geteilt_in", ("generatives_thema",), ("generatives_thema",), "wurde geteilt in"),
        Verbindungsart("steht_auf", ("generatives_thema", "zielsystem", "beschluss"), ("sitzung",), "steht auf der Tagesordnung von"),
        Verbindungsart("behandelt", ("generatives_thema", "zielsystem", "arbeitsgruppe", "monitoring", "sitzung", "beschluss"),
                       ("beschluss",), "ist Gegenstand von"),
        Verbindungsart("gefasst_in", ("beschluss",), ("sitzung",), "ist gefasst in"),
        Verbindungsart("naechste_sitzung", ("sitzung",), ("sitzung",), "wird fortgesetzt in der Sitzung"),
        Verbindungsart("bereitet_vor", ("auswahlrunde",), ("sitzung",), "dient der Vorbereitung von"),
        Verbindungsart("gesichtet_in", ("sammlung", "meldebogen"), ("auswahlrunde",), "wird gesichtet in", traegt=False),
        Verbindungsart("ausgewaehlt_in", ("meldebogen",), ("auswahlrunde",), "ist ausgewählt in"),
        Verbindungsart("geparkt_in", ("meldebogen",), ("auswahlrunde",), "ist geparkt in"),
        Verbindungsart("naechster_bericht", ("bericht",), ("bericht",), "wird fortgesetzt mit dem Bericht"),
        Verbindungsart("in_lage", ("meldebogen",), ("lage",), "gehört zur Lage"),
        Verbindungsart("gilt_fuer", ("lage",), ("sammlung",), "gilt für die Sammlung"),
        Verbindungsart("setzt_ein", ("beschluss",), ("arbeitsgruppe",), "setzt ein"),
        Verbindungsart("beauftragt", ("generatives_thema",), ("arbeitsgruppe",), "wird bearbeitet von"),
        Verbindungsart("fuehrt_zu", ("generatives_thema",), ("zielsystem",), "führt zu"),
        Verbindungsart("erarbeitet", ("arbeitsgruppe",), ("zielsystem",), "erarbeitet"),
        Verbindungsart("ersetzt_durch", ("zielsystem",), ("zielsystem",), "wird abgelöst durch"),
        Verbindungsart("umgesetzt_durch", ("zielsystem",), ("massnahme",), "wird umgesetzt durch"),
        Verbindungsart("beobachtet_in", ("zielsystem",), ("monitoring",), "wird beobachtet in"),
    )
}
