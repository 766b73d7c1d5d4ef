"""Die Stationen des Kreislaufs und was in einer Prozesstabelle „weiter“ heißt; nur aus den Tabellen der Schritte abgeleitet.

Eine Station ist eine Art in bestimmten Zuständen, in der Reihenfolge von [004] Abschnitt 3.3. Jeder offene Zustand der Arten des
Kreislaufs gehört zu genau einer Station oder steht in `NEBEN`; das prüft sich beim Import.
"""

from __future__ import annotations

from typing import NamedTuple
from functools import cache

from states.arbeitsgruppe import ARBEITSGRUPPE
from states.fallrekonstruktion import FALLREKONSTRUKTION
from states.generatives_thema import GENERATIVES_THEMA
from states.kette import PROZESSE
from states.meldebogen import ABGABE, MELDEBOGEN, WARTET
from states.model import Definitionsfehler, Rolle, Uebergang
from states.monitoring import MONITORING
from states.zielsystem import ZIELSYSTEM


class Station(NamedTuple):
    key: str
    bezeichnung: str
    erklaerung: str
    art: str
    zustaende: tuple[str, ...]


STATIONEN: tuple[Station, ...] = (
    Station("meldebogen", "Meldebogen", "Gemeldete Hürden, die eingegangen sind oder vorgeprüft werden.", "meldebogen",
            ("eingegangen", "in_vorpruefung")),
    Station("sammlung", "Sammlung", "Meldungen, die nach Themen gesammelt sind.", "meldebogen", ("in_sammlung",)),
    Station("fallauswahl", "Fallauswahl", "Meldungen, die die Koordination zur Rekonstruktion ausgewählt hat.", "meldebogen",
            ("ausgewaehlt",)),
    Station("fallrekonstruktion", "Fallrekonstruktion", "Fälle, die mit allen Beteiligten rekonstruiert werden.", "fallrekonstruktion",
            FALLREKONSTRUKTION.offene),
    Station("thema", "Generatives Thema", "Themen, die benannt und gebündelt werden.", "generatives_thema", ("entwurf", "geclustert")),
    Station("beauftragung", "Lenkungsgruppe: Auftrag", "Themen, über deren Auftrag die Lenkungsgruppe entscheidet.", "generatives_thema",
            ("vorgelegt",)),
    Station("arbeitsgruppe", "Arbeitsgruppe", "Arbeitsgruppen, die die Abläufe aller Beteiligten aufnehmen und neu entwerfen.",
            "arbeitsgruppe", ARBEITSGRUPPE.offene),
    Station("zielsystem", "Zielsystem", "Zielsysteme im Entwurf: Ist, Soll und Ziele.", "zielsystem",
            ("entwurf", "abgestimmt", "zurueckverwiesen")),
    Station("entscheidung", "Lenkungsgruppe: Entscheidung", "Zielsysteme, über die die Lenkungsgruppe entscheidet.", "zielsystem",
            ("vorgelegt",)),
    Station("umsetzung", "Umsetzung", "Beschlossene Zielsysteme, die weitergeleitet und umgesetzt werden.", "zielsystem",
            ("beschlossen", "mit_auflagen_beschlossen", "weitergeleitet", "in_umsetzung")),
    Station("monitoring", "Monitoring", "Beobachtung am Einzelfall, ob sich etwas geändert hat.", "monitoring", MONITORING.offene),
)  # fmt: skip

# offen, aber keine eigene Station: Die Meldung wartet auf ihr Thema, das Thema auf sein Zielsystem, oder beide auf einen Tag
NEBEN: dict[str, tuple[str, ...]] = {
    "meldebogen": ("in_rekonstruktion", "rekonstruiert", "im_thema", "themenspeicher"),
    "generatives_thema": ("beauftragt", "in_bearbeitung", "beschlossen", "in_umsetzung", "in_monitoring", "in_nachsteuerung",
                          "zurueckgestellt", "an_land_gemeldet"),
    "zielsystem": ("eingefuehrt",),
}
# abseits des geraden Weges; von hier geht es zurück auf ihn
SEITENWEGE: dict[str, tuple[str, ...]] = {
    "meldebogen": ("themenspeicher",), "generatives_thema": ("zurueckgestellt", "an_land_gemeldet", "in_nachsteuerung"),
    "zielsystem": ("zurueckverwiesen", "mit_auflagen_beschlossen"), "monitoring": ("in_nachsteuerung",),
}  # fmt: skip
# wo es erst weitergeht, wenn jemand einen anderen Vorgang beginnt: (Art, Zustand) -> (Art, Auslöser)
ANFAENGE: dict[tuple[str, str], tuple[str, str]] = {("meldebogen", "ausgewaehlt"): ("fallrekonstruktion", "anlegen")}
# wo nichts weitergeht, bis anderswo etwas geschieht: (Art, Zustand) -> was das ist, in den Worten derer, die darauf warten
WORAUF: dict[tuple[str, str], str] = {
    ("meldebogen", "in_rekonstruktion"): "Freigabe der Fallrekonstruktion",
    ("meldebogen", "im_thema"): "Abschluss des Themas, in das die Meldung eingeht",
    ("generatives_thema", "in_bearbeitung"): "Beschluss der Lenkungsgruppe über das Zielsystem",
    ("generatives_thema", "beschlossen"): "Beginn der Umsetzung des Zielsystems",
    ("generatives_thema", "in_umsetzung"): "Einführung des neuen Ablaufs",
    ("generatives_thema", "in_monitoring"): "Bewertung im Monitoring",
    ("generatives_thema", "in_nachsteuerung"): "Ergebnis der Nachsteuerung",
    ("zielsystem", "entwurf"): "Abstimmung in der Arbeitsgruppe",
    ("zielsystem", "abgestimmt"): "Vorlage durch die Leitung der Arbeitsgruppe",
    ("zielsystem", "eingefuehrt"): "ein neues Zielsystem an seiner Stelle oder ein Beschluss, der es aufhebt",
}  # fmt: skip
_DURCHLAUFEN = (MELDEBOGEN, FALLREKONSTRUKTION, GENERATIVES_THEMA, ARBEITSGRUPPE, ZIELSYSTEM, MONITORING)
# Marken, mit denen jemand auf andere wartet
WARTEMARKEN = (WARTET, ABGABE, "ruht")
_NIE_SELBST = frozenset({Rolle.KETTE, Rolle.BESCHLUSS, Rolle.SYSTEM})


def station_von(art: str, zustand: str) -> Station | None:
    return next((st for st in STATIONEN if st.art == art and zustand in st.zustaende), None)


@cache
def voran(art: str, zustand: str) -> tuple[Uebergang, ...]:
    """Die Schritte, die von hier weiterführen, der nächste Zustand zuerst; ein Ende nur, wenn sonst nichts folgt.

    Weiter heißt: in der Tabelle dahinter und kein Seitenweg. Von einem Seitenweg führt jeder Schritt weiter, der zurück auf den Weg bringt.
    """
    p, seitlich = PROZESSE[art], SEITENWEGE.get(art, ())
    if p.zustand(zustand).ende:
        return ()
    rang = {z.wert: n for n, z in enumerate(p.zustaende)}
    weiter = [u for u in p.moeglich(zustand) if u.nach is not None and u.nach != zustand and u.nach not in seitlich
              and (zustand in seitlich or rang[u.nach] > rang[zustand])]
    offene = [u for u in weiter if not p.zustand(u.nach or "").ende]
    return tuple(sorted(offene or weiter, key=lambda u: rang[u.nach or ""]))


@cache
def liegt_bei(art: str, zustand: str) -> tuple[Rolle, ...]:
    """Wer den nächsten Zustand herbeiführen kann; KETTE oder BESCHLUSS allein heißt: er folgt etwas anderem (`WORAUF`)."""
    p, naechste = PROZESSE[art], voran(art, zustand)
    if anfang := ANFAENGE.get((art, zustand)):
        naechste = PROZESSE[anfang[0]].kandidaten(anfang[1], "")
    if not naechste:
        return ()
    rollen = dict.fromkeys(w.rolle for u in naechste if u.nach == naechste[0].nach for w in u.wer)
    selbst = tuple(r for r in rollen if r not in _NIE_SELBST)
    return selbst or tuple(r for r in rollen if r is not Rolle.SYSTEM) or (p.zustand(zustand).zustaendig or Rolle.KOORDINATION,)


@cache
def wartende(rolle: Rolle) -> dict[str, tuple[str, ...]]:
    """Art -> offene Zustände, aus denen diese Rolle nicht weiterführen kann: sie wartet auf andere."""
    gefunden = {art: tuple(z for z in p.offene if rolle not in liegt_bei(art, z)) for art, p in PROZESSE.items()}
    return {art: zustaende for art, zustaende in gefunden.items() if zustaende}


def weg(art: str, zustand: str) -> tuple[str, ...]:
    """Was nach der Tabelle noch kommt, bis zum ersten Ende: von jedem Zustand zum nächsten dahinter."""
    kommend: list[str] = []
    while schritte := voran(art, zustand):
        zustand = schritte[0].nach or ""
        kommend.append(zustand)
    return tuple(kommend)


def _pruefe() -> None:
    for p in _DURCHLAUFEN:
        genannt = [z for st in STATIONEN if st.art == p.art for z in st.zustaende] + list(NEBEN.get(p.art, ()))
        if sorted(genannt) != sorted(p.offene):
            raise Definitionsfehler(f"Stationen: {p.art} nennt {sorted(set(genannt) ^ set(p.offene))} nicht genau einmal")
    for art, seitlich in SEITENWEGE.items():
        if fremd := set(seitlich) - set(PROZESSE[art].offene):
            raise Definitionsfehler(f"Stationen: {art} kennt {sorted(fremd)} nicht")
    folgende = {(p.art, z) for p in PROZESSE.values() for z in p.offene if Rolle.KETTE in liegt_bei(p.art, z)}
    if anders := folgende ^ WORAUF.keys():
        raise Definitionsfehler(f"Stationen: worauf gewartet wird, fehlt oder gilt nicht für {sorted(anders)}")
    marken = {m.name for p in PROZESSE.values() for m in p.marken}
    if fremde := set(WARTEMARKEN) - marken:
        raise Definitionsfehler(f"Stationen: unbekannte Marken {sorted(fremde)}")


_pruefe()
