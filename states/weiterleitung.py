"""Wie ein Beschluss zu seinen Empfängern kommt: je Empfänger ein Eintrag, je Sitzung eine Bestätigung. Reine Funktionen (Regel 8)."""

from __future__ import annotations

from states.glieder import Folgeschritt, Lage
from states.model import Daten


def weitergeleitet(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Ein Eintrag je Empfänger. Wem es persönlich gesagt wurde, der hat davon Kenntnis."""
    alle = dict(stand.get("weiterleitungen", {}))
    for e in daten.get("empfaenger") or ():
        belegt = (e.get("persoenlich") or e.get("anwesenheitsliste") or {}).get("wann")
        bisher = alle.get(e["institution"], {})
        kenntnis = bisher.get("kenntnis_am") or belegt
        alle[e["institution"]] = {**bisher, **e, "gesendet_am": e.get("gesendet_am") or belegt or heute,
                                  **({"kenntnis_am": kenntnis} if kenntnis else {})}
    niemand = [*stand.get("ohne_empfaenger", ()), *(daten.get("ohne_empfaenger") or ())]
    return {"weiterleitungen": alle, "weitere_empfaenger": bool(daten.get("weitere_empfaenger")),
            **({"ohne_empfaenger": list(dict.fromkeys(niemand))} if niemand else {})}


def offener_verteiler(stand: Daten) -> list[str]:
    """Einträge des Verteilers, die noch niemand bekommen hat: weder unter diesem Namen noch als Teil dieser Sammelbezeichnung."""
    bedient = set(stand.get("ohne_empfaenger", ()))
    for institution, e in stand.get("weiterleitungen", {}).items():
        bedient |= {institution, e.get("sammelempfaenger")}
    return [name for name in stand.get("verteiler") or () if name not in bedient]


def noch_nicht_an_alle(stand: Daten) -> bool:
    return bool(stand.get("weitere_empfaenger") or offener_verteiler(stand))


def zur_kenntnis(stand: Daten, daten: Daten, heute: str) -> Daten:
    alle, wer = stand["weiterleitungen"], daten["empfaenger"]
    am = (daten.get("persoenlich") or {}).get("wann") or daten.get("am") or heute
    return {"weiterleitungen": {**alle, wer: {**alle[wer], **daten, "kenntnis_am": alle[wer].get("kenntnis_am") or am}}}


# --- eine Sendung, eine Bestätigung ---------------------------------------------------------------------------------


def _unbestaetigt(lage: Lage) -> bool:
    """Ob der Empfänger den anderen Beschluss derselben Sitzung auch hat und noch nicht bestätigt hat."""
    eintrag = lage.ziel.stand.get("weiterleitungen", {}).get(lage.daten["empfaenger"])
    return lage.ziel.key != lage.key and eintrag is not None and not eintrag.get("kenntnis_am")


def auch_die_uebrigen(lage: Lage) -> Folgeschritt | None:
    return Folgeschritt("kenntnis_nehmen", dict(lage.daten)) if _unbestaetigt(lage) else None


def auch_dort_erinnert(lage: Lage) -> Folgeschritt | None:
    """Ein Anruf gilt der ganzen Sendung; verzeichnet wird er an jedem Beschluss einmal."""
    heute = lage.heute.isoformat()
    schon = any(e["am"] == heute and all(e.get(k) == w for k, w in lage.daten.items())
                for e in lage.ziel.stand.get("erinnerungen", ()))
    return Folgeschritt("erinnern", dict(lage.daten)) if _unbestaetigt(lage) and not schon else None
