"""Der Stand eines Themas folgt dem, was aus ihm wurde: Arbeitsgruppen, Zielsystemen und deren Monitoring.

Rein und ohne die Tabelle des Themas, damit Arbeitsgruppe, Zielsystem und Monitoring es ohne Ringschluss nutzen:
`Folge(..., feuert=("nachziehen",), schritt=zieht_nach, braucht=BRAUCHT)` auf einem Weg, der beim Thema endet.
Quelle: process.md, GenerativesThema, Zeile „(chain)“.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from states.glieder import Folgeschritt, Lage
from states.model import Nachbar, Weg, hin

# In diesen Zuständen führt die Kette das Thema; sonst führt es die Koordination oder die Lenkungsgruppe.
GEFUEHRT = ("beauftragt", "in_bearbeitung", "beschlossen", "in_umsetzung", "in_monitoring", "in_nachsteuerung")
ENDEN = ("abgeschlossen", "abgelehnt", "gegenstandslos", "zusammengefuehrt")
GELOEST, OHNE_LOESUNG = "geloest", "ohne_loesung"

ZU_DEN_ARBEITSGRUPPEN: Weg = (hin("beauftragt"),)
ZU_DEN_ZIELSYSTEMEN: Weg = (hin("fuehrt_zu"),)
ZU_DEN_MONITORINGS: Weg = (hin("fuehrt_zu"), hin("beobachtet_in"))
BRAUCHT: tuple[Weg, ...] = (ZU_DEN_ARBEITSGRUPPEN, ZU_DEN_ZIELSYSTEMEN, ZU_DEN_MONITORINGS)

# Von der Meldung aus: was noch sagt, ob sie mit ihren Themen enden darf.
ZU_DEN_THEMEN: Weg = (hin("im_thema"),)
THEMA_ZU_DEN_MONITORINGS: Weg = (hin("im_thema"), hin("fuehrt_zu"), hin("beobachtet_in"))
MELDUNG_BRAUCHT: tuple[Weg, ...] = (ZU_DEN_THEMEN, THEMA_ZU_DEN_MONITORINGS)

AG_ENDEN = ("beendet", "aufgeloest")
_ZS_ENDEN = ("abgeloest", "abgelehnt", "aufgehoben")
_MON_ENDEN = ("wirksam", "beendet")
_STUFE = {
    **dict.fromkeys(("entwurf", "abgestimmt", "vorgelegt", "zurueckverwiesen"), "in_bearbeitung"),
    **dict.fromkeys(("beschlossen", "mit_auflagen_beschlossen", "weitergeleitet"), "beschlossen"),
    "in_umsetzung": "in_umsetzung",
}


def stand_des_themas(
    arbeitsgruppen: Sequence[Nachbar], zielsysteme: Sequence[Nachbar], monitorings: Sequence[Nachbar], seit: str = ""
) -> str | None:
    """Der Zustand, den das Thema haben soll; None, wenn nichts da ist, dem es folgen könnte.

    `seit`: Tag des letzten Auftrags. Was davor entstand und zu Ende ist, zählt nicht mehr; sonst schlösse ein früherer
    Erfolg ein wieder eröffnetes Thema sofort.
    """
    arbeitsgruppen = [a for a in arbeitsgruppen if a.zustand not in AG_ENDEN or not _entstanden_vor(a, seit)]
    zielsysteme = [z for z in zielsysteme if not _erledigt_vor(z, monitorings, seit)]
    offene = [z for z in zielsysteme if z.zustand not in _ZS_ENDEN]
    stufen = {_STUFE[z.zustand] for z in offene if z.zustand in _STUFE}
    am_wenigsten_weit = next((s for s in GEFUEHRT if s in stufen), None)
    if am_wenigsten_weit:
        return am_wenigsten_weit
    if offene:
        return _stand_im_monitoring(offene, monitorings)
    laufende = [a for a in arbeitsgruppen if a.zustand not in AG_ENDEN]
    if laufende:
        return "beauftragt" if all(a.zustand == "eingesetzt" for a in laufende) else "in_bearbeitung"
    if any(_je_eingefuehrt(z) for z in zielsysteme):
        return "abgeschlossen"
    return "geclustert" if arbeitsgruppen or zielsysteme else None


def ergebnis_des_themas(zielsysteme: Sequence[Nachbar], monitorings: Sequence[Nachbar], seit: str = "") -> str:
    """„geloest“ nur, wenn jedes Monitoring wirksam ist; das eines abgelösten Zielsystems vertritt sein Nachfolger."""
    zaehlend = [z for z in zielsysteme if z.zustand != "abgeloest" and not _erledigt_vor(z, monitorings, seit)]
    werte = [m.zustand for z in zaehlend for m in _monitorings_von(z, monitorings)]
    return GELOEST if werte and all(w == "wirksam" for w in werte) else OHNE_LOESUNG


def zieht_nach(lage: Lage) -> Folgeschritt | None:
    """Was das Thema `lage.ziel` jetzt tut. Ein abgeschlossenes öffnet nur eine festgestellte Wiederkehr."""
    if lage.ziel.zustand == "abgeschlossen" and lage.ausloeser != "wiederkehr_feststellen":
        return None
    if lage.ziel.zustand not in (*GEFUEHRT, "abgeschlossen"):
        return None
    schritt = folgt(
        lage.ziel,
        lage.sicht_ziel(ZU_DEN_ARBEITSGRUPPEN),
        lage.sicht_ziel(ZU_DEN_ZIELSYSTEMEN),
        lage.sicht_ziel(ZU_DEN_MONITORINGS),
    )
    if schritt is not None and lage.ausloeser == "als_wirksam_bewerten" and schritt.daten["ziel"] == "abgeschlossen":
        return replace(schritt, daten={**schritt.daten, "zur_kenntnis": True})  # das entschied keine Sitzung
    return schritt


def folgt(
    thema: Nachbar, arbeitsgruppen: Sequence[Nachbar], zielsysteme: Sequence[Nachbar], monitorings: Sequence[Nachbar]
) -> Folgeschritt | None:
    """Der Schritt `nachziehen`, wenn das Thema nicht schon dort ist, wo es sein soll."""
    seit = str(thema.stand.get("beauftragt_am") or "")
    soll = stand_des_themas(arbeitsgruppen, zielsysteme, monitorings, seit)
    if soll is None or soll == thema.zustand:
        return None
    if soll == "abgeschlossen":
        return Folgeschritt("nachziehen", {"ziel": soll, "ergebnis": ergebnis_des_themas(zielsysteme, monitorings, seit)})
    return Folgeschritt("nachziehen", {"ziel": soll})


def meldung_endet(lage: Lage) -> Folgeschritt | None:
    """Was eine Meldung (`lage.ziel`) tut, wenn eines ihrer Themen endet oder ein Signal gelöscht wird.

    Sie bleibt im Thema, solange eines offen ist oder ein Signal auf Wiederkehr noch zu prüfen ist.
    """
    themen = lage.sicht_ziel(ZU_DEN_THEMEN)
    if not themen or any(t.zustand not in ENDEN for t in themen):
        return None
    if any("signal" in m.marken and m.zustand != "beendet" for m in lage.sicht_ziel(THEMA_ZU_DEN_MONITORINGS)):
        return None
    geloest = any(t.stand.get("ergebnis") == GELOEST for t in themen)
    return Folgeschritt("loesen" if geloest else "ohne_loesung_beenden")


def _stand_im_monitoring(eingefuehrte: Iterable[Nachbar], monitorings: Sequence[Nachbar]) -> str:
    je_zielsystem = [_monitorings_von(z, monitorings) for z in eingefuehrte]
    if any(m.zustand == "in_nachsteuerung" for ms in je_zielsystem for m in ms):
        return "in_nachsteuerung"
    fertig = all(ms and all(m.zustand in _MON_ENDEN for m in ms) for ms in je_zielsystem)
    return "abgeschlossen" if fertig else "in_monitoring"


def _monitorings_von(zielsystem: Nachbar, monitorings: Iterable[Nachbar]) -> list[Nachbar]:
    return [m for m in monitorings if m.stand.get("eltern") == zielsystem.key]


def _je_eingefuehrt(zielsystem: Nachbar) -> bool:
    return zielsystem.zustand in ("eingefuehrt", "abgeloest") or bool(zielsystem.stand.get("startdatum"))


def _entstanden_vor(vorgang: Nachbar, seit: str) -> bool:
    entstanden = str(vorgang.stand.get("eingang") or "")
    return bool(seit and entstanden) and entstanden < seit


def _erledigt_vor(zielsystem: Nachbar, monitorings: Iterable[Nachbar], seit: str) -> bool:
    """Vor dem letzten Auftrag entstanden und zu Ende: beendet, oder eingeführt und jedes Monitoring abgeschlossen."""
    if not _entstanden_vor(zielsystem, seit):
        return False
    if zielsystem.zustand in _ZS_ENDEN:
        return True
    beobachtet = _monitorings_von(zielsystem, monitorings)
    return zielsystem.zustand == "eingefuehrt" and bool(beobachtet) and all(m.zustand in _MON_ENDEN for m in beobachtet)
