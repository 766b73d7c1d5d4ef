"""Was auf die nächste Sitzung der Lenkungsgruppe wartet; die Runde setzt es auf deren Tagesordnung, sobald eine geplant ist.

Ein Thema oder Zielsystem wartet in einem bestimmten Zustand: vorgelegt, weil seine Sitzung abgesagt ist, oder abgeschlossen, weil die
Lenkungsgruppe davon noch nichts weiß. Bewegt es sich weiter, wartet es nicht mehr. Quelle: process.md, Monitoring, Thema, Sitzung.
"""

from __future__ import annotations

from collections.abc import Iterable

from states.fristen import Blick, Frist, StufeMitSitzung, Termin
from states.glieder import Folgeschritt, Lage
from states.model import BESCHLUSS, KETTE, SYSTEM, Beteilige, Rechne, Rolle, Setze, Uebergang, Verbinde, hin
from states.sitzung import UNTERLAGEN_SIND_RAUS, VOR_DER_SITZUNG, WARTET, nimmt_punkte
from states.waechter import wenn

NICHT_WARTEN = Rechne(lambda stand, daten, heute: {WARTET: None})
NIMMT_PUNKTE = wenn("sitzung_nimmt_punkte", lambda f: nimmt_punkte(str(f.daten.get("sitzung")), f.nachbarn(hin("steht_auf"))),
                    "Die genannte Sitzung nimmt keine Punkte mehr auf. Bitte nennen Sie eine, die noch bevorsteht.", "sitzung")


def warten(zustand: str) -> Rechne:
    return Rechne(lambda stand, daten, heute: {WARTET: zustand})


def _wartend(b: Blick) -> Iterable[Termin]:
    return (Termin(),) if b.stand.get(WARTET) == b.zustand else ()


def frist(name: str) -> Frist:
    return Frist(name, "Kommt auf die Tagesordnung der nächsten Sitzung", _wartend, "6 Monate",
                 stufen=(StufeMitSitzung("Beginn", feuert="auf_tagesordnung_setzen"),))


def uebergaenge(*zustaende: str) -> Iterable[Uebergang]:
    """Die drei Schritte, die sonst niemand klickt: die Runde setzt darauf, die Sitzung vermerkt es oder entfällt."""
    yield Uebergang("auf_tagesordnung_setzen", zustaende, None, (SYSTEM,), "Auf die Tagesordnung der nächsten Sitzung setzen",
                    "SitzungVermerken", waechter=(NIMMT_PUNKTE,), schreibt=(Setze(("sitzung",)), NICHT_WARTEN),
                    verbindet=(Verbinde("sitzung", hin("steht_auf")),), braucht=((hin("steht_auf"),),))
    yield Uebergang("sitzung_vermerken", zustaende, None, (KETTE,), "Steht auf der Tagesordnung", "SitzungVermerken",
                    schreibt=(Setze(("sitzung",)), NICHT_WARTEN))
    for zustand in zustaende:
        yield Uebergang("sitzung_entfaellt", (zustand,), None, (KETTE,), "Wartet auf die nächste Sitzung", schreibt=(warten(zustand),))


def gaeste_vermerken(*zustaende: str) -> Uebergang:
    """Wer zu dem Punkt geladen ist, der davon handelt; er sieht es, solange es auf einer Sitzung steht, die einlädt oder tagt."""
    return Uebergang("gaeste_vermerken", zustaende, None, (KETTE,), "Gäste zu diesem Punkt", "GaesteVermerken",
                     schreibt=(Setze(("gaeste",)),), beteiligt=(Beteilige("gaeste", Rolle.LG_GAST, statt=True),))


def steht_noch_bevor(lage: Lage) -> Folgeschritt | None:
    """Entschieden ist, was auf einer kommenden Sitzung stand: Der Punkt wird gestrichen. Wo die Sitzung begonnen hat, bleibt er stehen."""
    return Folgeschritt("punkt_streichen", {"bezug": lage.key}) if lage.ziel.zustand in VOR_DER_SITZUNG else None


def entschieden(uebergaenge: Iterable[Uebergang]) -> tuple[str, ...]:
    """Womit ein Beschluss, in einer Sitzung oder im Umlauf, etwas Vorgelegtes weiterbewegt."""
    return tuple(dict.fromkeys(u.ausloeser for u in uebergaenge if BESCHLUSS in u.wer and "vorgelegt" in u.von and u.nach is not None))


def als_punkt(lage: Lage) -> Folgeschritt | None:
    if lage.ziel.key != lage.daten.get("sitzung"):
        return None
    titel = str(lage.stand.get("titel") or lage.key)
    zur_kenntnis = lage.zustand == "abgeschlossen"
    return Folgeschritt("punkt_aufnehmen", {
        "bezug": lage.key, "titel": f"Zur Kenntnis: {titel}" if zur_kenntnis else titel,
        "art": "kenntnisnahme" if zur_kenntnis else "uebertrag", "tischvorlage": lage.ziel.zustand in UNTERLAGEN_SIND_RAUS})
