"""Wie sich der Inhalt eines Monitorings ändert: Ausgangswerte, Erhebungen im Rhythmus je Indikator, Bewertungen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from states.model import Daten
from states.monate import plus_monate

MONATE_JE_RHYTHMUS = {"monatlich": 1, "vierteljaehrlich": 3, "halbjaehrlich": 6, "jaehrlich": 12}
MIT_WERT = ("erhoben", "nachgereicht")


def indikatoren(stand: Daten) -> dict[str, Daten]:
    return {str(i["key"]): i for i in stand.get("indikatoren") or ()}


def wer_erhebt(indikator: Daten) -> str:
    """Die am Indikator genannte Stelle; sonst die Quelle, aus der die Zahl kommt."""
    return str(indikator.get("erhoben_von") or indikator.get("quelle") or "")


def angelegt(_stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {"titel": daten.get("titel") or f"Monitoring zu {daten['eltern']}"}


def begonnen(_stand: Daten, daten: Daten, heute: str) -> Daten:
    uebernommen = {"indikatoren": list(daten["indikatoren"])} if daten.get("indikatoren") else {}
    return {**uebernommen, "beginn_am": heute}


# --- Ausgangswerte --------------------------------------------------------------------------------------------------


def baseline_erfasst(stand: Daten, daten: Daten, heute: str) -> Daten:
    werte = {w["indikator"]: {**w, "am": heute} for w in daten.get("werte") or ()}
    return {"baseline": {**stand.get("baseline", {}), **werte}}


def ohne_baseline(bekannte: Iterable[str], erfasst: Daten) -> list[str]:
    """Indikatoren, zu denen weder ein Ausgangswert vorliegt noch ein Grund, warum nicht."""
    return [i for i in bekannte if not any(erfasst.get(i, {}).get(f) not in (None, "") for f in ("wert", "grund_fehlt"))]


# --- Erhebungen -----------------------------------------------------------------------------------------------------


def zeile(indikator: str, faellig_am: str) -> str:
    """Der Schlüssel einer Erhebung: eine Zeile je Indikator und Termin."""
    return f"{indikator} {faellig_am}"


def erhebungen(stand: Daten, indikator: str = "") -> list[Daten]:
    alle = stand.get("erhebungen", {}).values()
    return sorted((e for e in alle if not indikator or e["indikator"] == indikator), key=lambda e: str(e["faellig_am"]))


def naechster_termin(stand: Daten, indikator: str) -> date | None:
    """Ein Rhythmus nach der letzten Zeile, sonst nach dem Start des neuen Ablaufs oder dem Beginn des Monitorings."""
    angaben = indikatoren(stand).get(indikator)
    bisher = erhebungen(stand, indikator)
    letzter = str(bisher[-1]["faellig_am"]) if bisher else seit_wann(stand)
    return im_rhythmus(stand, indikator, date.fromisoformat(letzter)) if angaben is not None and letzter else None


def seit_wann(stand: Daten) -> str:
    """Ab diesem Tag sagt ein Wert etwas über den neuen Ablauf: ab seinem Start, bis dahin ab dem Beginn des Monitorings."""
    return str(stand.get("startdatum") or stand.get("beginn_am") or "")


def im_rhythmus(stand: Daten, indikator: str, nach: date) -> date:
    """Ein Rhythmus nach diesem Tag."""
    return plus_monate(nach, MONATE_JE_RHYTHMUS[indikatoren(stand)[indikator]["rhythmus"]])


def spielraum(stand: Daten, indikator: str) -> timedelta:
    """So viel früher darf erhoben werden: ein Sechstel des Rhythmus, höchstens zwei Wochen."""
    return timedelta(days=min(5 * MONATE_JE_RHYTHMUS[indikatoren(stand)[indikator]["rhythmus"]], 14))


def fruehestens(stand: Daten, indikator: str) -> str:
    """Ab welchem Tag der nächste Wert zu erheben ist: der erste seit dem Start, jeder weitere kurz vor seinem Termin; leer ohne Termin."""
    naechster = naechster_termin(stand, indikator)
    if naechster is None:
        return ""
    return (naechster - spielraum(stand, indikator)).isoformat() if erhebungen(stand, indikator) else seit_wann(stand)


def gemeinter_termin(stand: Daten, daten: Daten) -> str:
    """Der genannte Termin, oder der nächste im Rhythmus; leer, wenn es keinen gibt."""
    genannt = daten.get("faellig_am")
    if genannt:
        return str(genannt)
    naechster = naechster_termin(stand, str(daten.get("indikator")))
    return naechster.isoformat() if naechster else ""


def erhoben(stand: Daten, daten: Daten, heute: str) -> Daten:
    return _mit_zeile(stand, daten, heute, "erhoben")


def nicht_erhoben(stand: Daten, daten: Daten, heute: str) -> Daten:
    return _mit_zeile(stand, daten, heute, "nicht_erhoben")


def _mit_zeile(stand: Daten, daten: Daten, heute: str, status: str) -> Daten:
    faellig_am = gemeinter_termin(stand, daten)
    neu: dict[str, Any] = {**daten, "faellig_am": faellig_am, "status": status, "am": heute}
    return {"erhebungen": {**stand.get("erhebungen", {}), zeile(str(daten["indikator"]), faellig_am): neu}}


def nachgereicht(stand: Daten, daten: Daten, heute: str) -> Daten:
    schluessel = zeile(str(daten["indikator"]), str(daten["faellig_am"]))
    alt = stand["erhebungen"][schluessel]
    neu = {**alt, "wert": daten["wert"], "status": "nachgereicht", "nachgereicht_am": heute}
    return {"erhebungen": {**stand["erhebungen"], schluessel: neu}}


# --- Bewertung ------------------------------------------------------------------------------------------------------


def vollstaendigkeit(stand: Daten, heute: str) -> str:
    """Wie viele der fälligen Indikatoren seit der letzten Bewertung einen Wert haben, zum Beispiel „unvollständig: 2 von 3“."""
    seit = str(stand.get("bewertet_am") or "")
    mit_wert = faellig = 0
    for schluessel in indikatoren(stand):
        zeilen = [e for e in erhebungen(stand, schluessel) if str(e["faellig_am"]) > seit]
        naechster = naechster_termin(stand, schluessel)
        if zeilen:
            faellig += 1
            mit_wert += zeilen[-1]["status"] in MIT_WERT
        elif naechster is not None and naechster.isoformat() <= heute:
            faellig += 1
    return f"{mit_wert} von {faellig}" if mit_wert == faellig else f"unvollständig: {mit_wert} von {faellig}"


def in_bewertung(stand: Daten, _daten: Daten, heute: str) -> Daten:
    return {"vollstaendigkeit": vollstaendigkeit(stand, heute)}


def bewertet(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Die Bewertung mit dem, worauf sie sich stützt; danach zählt, was neu erhoben wird."""
    eintrag = {**daten, "am": heute, "vollstaendigkeit": stand.get("vollstaendigkeit", "")}
    wertung = daten.get("wertung") or stand.get("wertung_offen")
    return {"bewertungen": [*stand.get("bewertungen", ()), {**eintrag, "wertung": wertung}], "bewertet_am": heute, "wertung_offen": None}


def als_wirksam(stand: Daten, daten: Daten, heute: str) -> Daten:
    return bewertet(stand, {**daten, "wertung": "wirksam"}, heute)


def wiederkehr(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Ein Rückfall: was vorher erhoben oder geprüft wurde, belegt keine Wirkung mehr, auch nicht vom selben Tag."""
    vorher = {"erhebungen": sorted(stand.get("erhebungen", {})), "einzelfallpruefungen": len(stand.get("einzelfallpruefungen", ()))}
    return {**in_bewertung(stand, daten, heute), "wiederkehr_am": heute, "vor_der_wiederkehr": vorher, "wertung_offen": "nicht_wirksam"}


def erhebungen_mit_wert(stand: Daten) -> int:
    """Wie viele Werte der Indikator mit den meisten hat, seit der neue Ablauf gilt und seit zuletzt ein Rückfall festgestellt wurde."""
    rueckfall, vorher = str(stand.get("wiederkehr_am") or ""), stand.get("vor_der_wiederkehr", {}).get("erhebungen", ())
    je_indikator = Counter(str(e["indikator"]) for e in erhebungen(stand)
                           if e["status"] in MIT_WERT and seit_wann(stand) <= (tag := str(e["faellig_am"])) and tag > rueckfall
                           and zeile(str(e["indikator"]), tag) not in vorher)
    return max(je_indikator.values(), default=0)


def einzelfall_geprueft(stand: Daten) -> bool:
    seit, vorher = str(stand.get("wiederkehr_am") or ""), stand.get("vor_der_wiederkehr", {}).get("einzelfallpruefungen", 0)
    return any(str(p["am"]) >= seit for p in stand.get("einzelfallpruefungen", ())[vorher:])
