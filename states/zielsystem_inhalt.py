"""Wie sich der Inhalt eines Zielsystems ändert: Ketten, Ziele, Stimmen, Auflagen, Antworten. Reine Funktionen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from states.model import Daten, Rolle

ENTSCHIEDEN = ("beschlossen", "mit_auflagen_beschlossen", "weitergeleitet", "in_umsetzung", "eingefuehrt", "abgeloest", "abgelehnt",
               "aufgehoben")
# So darf eine Auflage statt einer Stelle nennen, wer ihre Erfüllung bestätigt.
BESTAETIGT_ALS = {"Vorsitz der Lenkungsgruppe": Rolle.LG_VORSITZ, "Koordination": Rolle.KOORDINATION}
_INHALT = ("titel", "ist", "soll", "ziele", "indikatoren", "massnahmen")
_NUMMERIERT = ("indikatoren", "massnahmen")


def angelegt(_stand: Daten, _daten: Daten, _heute: str) -> Daten:
    return {"version": 1, "fortschreibung": 0, "stimmen": {}}


def fassung(stand: Daten) -> str:
    """Die Version, wie Menschen sie nennen: „2“, nach der ersten Fortschreibung „2.1“."""
    version, n = int(stand.get("version", 1)), int(stand.get("fortschreibung", 0))
    return f"{version}.{n}" if n else str(version)


def bearbeitet(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Übernimmt, was die Antwort nennt. Wer schon zugestimmt hatte, stimmt über die geänderte Fassung neu ab."""
    neu = {f: daten[f] for f in _INHALT if daten.get(f) is not None}
    for liste in _NUMMERIERT:
        if liste in neu:
            neu[liste] = _mit_schluesseln(neu[liste])
    geaendert = any(neu[f] != stand.get(f) for f in neu)
    return {**neu, **ohne_stimmen(stand, heute)} if geaendert else neu


def _mit_schluesseln(zeilen: Iterable[Daten]) -> list[dict[str, Any]]:
    """Jede Zeile bekommt einen Schlüssel, unter dem Auflagen und Erhebungen sie nennen."""
    ergebnis = [dict(z) for z in zeilen]
    vergeben = {str(z["key"]) for z in ergebnis if z.get("key")}
    for zeile in ergebnis:
        if not zeile.get("key"):
            zeile["key"] = next(str(n) for n in range(1, len(ergebnis) + len(vergeben) + 1) if str(n) not in vergeben)
            vergeben.add(zeile["key"])
    return ergebnis


def ueberarbeitet(stand: Daten, _daten: Daten, heute: str) -> Daten:
    """Die nächste Version: der Inhalt bleibt, abgestimmt wird neu."""
    return {"version": int(stand.get("version", 1)) + 1, "fortschreibung": 0, **ohne_stimmen(stand, heute)}


def ohne_stimmen(stand: Daten, heute: str) -> Daten:
    stimmen = stand.get("stimmen")
    if not stimmen:
        return {"stimmen": {}}
    abgelegt = {"version": stand.get("version", 1), "bis": heute, "stimmen": stimmen}
    return {"stimmen": {}, "fruehere_stimmen": [*stand.get("fruehere_stimmen", ()), abgelegt]}


def zugestimmt(stand: Daten, daten: Daten, heute: str) -> Daten:
    return _stimme(stand, daten["institution"], {"ergebnis": "zugestimmt", "am": heute})


def sondervotum(stand: Daten, daten: Daten, heute: str) -> Daten:
    return _stimme(stand, daten["institution"], {"ergebnis": "sondervotum", "text": daten["text"], "am": heute})


def _stimme(stand: Daten, institution: str, stimme: Daten) -> Daten:
    return {"stimmen": {**stand.get("stimmen", {}), institution: stimme}}


def fehlende_stimmen(mitglieder: Iterable[str], stand: Daten) -> list[str]:
    """Mitglieder, die dieser Fassung weder zugestimmt noch ein Sondervotum abgegeben haben."""
    stimmen = stand.get("stimmen", {})
    return [m for m in mitglieder if m not in stimmen]


# --- Auflagen -------------------------------------------------------------------------------------------------------


def mit_auflagen(stand: Daten, daten: Daten, _heute: str) -> Daten:
    auflagen: dict[str, Any] = dict(stand.get("auflagen", {}))
    for auflage in daten.get("auflagen") or ():
        schluessel = auflage.get("key") or next(f"A{n}" for n in range(1, len(auflagen) + 2) if f"A{n}" not in auflagen)
        auflagen[schluessel] = {**auflage, "key": schluessel, "erfuellt_am": None}
    return {"auflagen": auflagen}


def etwas_offen(stand: Daten) -> bool:
    return any(not a.get("erfuellt_am") for a in stand.get("auflagen", {}).values())


def auflage_offen(stand: Daten, schluessel: object) -> bool:
    auflage = stand.get("auflagen", {}).get(schluessel)
    return auflage is not None and not auflage.get("erfuellt_am")


def auflage_erfuellt(stand: Daten, daten: Daten, heute: str) -> Daten:
    auflagen, welche = stand["auflagen"], daten["auflage"]
    return {"auflagen": {**auflagen, welche: {**auflagen[welche], "erfuellt_am": heute, "vermerk": daten.get("vermerk", "")}}}


def wartet_auf(stand: Daten, *schluessel: str) -> list[str]:
    """Die offenen Auflagen, an die eine Maßnahme gebunden ist."""
    return [k for k, a in stand.get("auflagen", {}).items()
            if not a.get("erfuellt_am") and set(schluessel) & set(a.get("massnahmen") or ())]


# --- Weiterleitung und Umsetzung ------------------------------------------------------------------------------------


def weitergeleitet(_stand: Daten, daten: Daten, heute: str) -> Daten:
    return {"weitergeleitet_am": heute, "empfaenger": {e["institution"]: dict(e) for e in daten["empfaenger"]}}


def erwartete_antworten(stand: Daten) -> list[str]:
    """Empfänger, die antworten sollen und es noch nicht getan haben."""
    antworten = stand.get("antworten", {})
    return [name for name, e in stand.get("empfaenger", {}).items()
            if e.get("antwort_erwartet", True) and name not in antworten]


def massnahmen_anlegen(key: str, stand: Daten) -> list[dict[str, Any]]:
    """Die Antworten, mit denen aus den Zeilen des Zielsystems `key` Maßnahmen werden."""
    vergeben: set[str] = set()
    return [massnahme_anlegen(key, stand, zeile, vergeben) for zeile in stand.get("massnahmen") or ()]


def massnahme_anlegen(key: str, stand: Daten, zeile: Mapping[str, Any], vergeben: set[str]) -> dict[str, Any]:
    """Eine Maßnahme; ihr Schlüssel trägt die Nummer des Zielsystems, damit keine zwei denselben haben."""
    zeilenschluessel = str(zeile["key"])
    reihe = f"MN-{key.partition('-')[2]}-"
    wunsch = zeilenschluessel if zeilenschluessel.startswith(reihe) else f"{reihe}{zeilenschluessel}"
    vorhanden = wunsch in vergeben
    vergeben.add(wunsch)
    angaben = {f: zeile[f] for f in ("titel", "eigner", "frist") if zeile.get(f)}
    return {**angaben, "key": "" if vorhanden else wunsch, "eltern": key, "kennung": zeilenschluessel,
            "wartet_auf": wartet_auf(stand, zeilenschluessel, wunsch)}


def eingefuehrt(_stand: Daten, daten: Daten, heute: str) -> Daten:
    return {"startdatum": daten["startdatum"], "eingefuehrt_am": heute, "offen_bei_einfuehrung": list(daten.get("offene_massnahmen") or ())}
