"""Fallrekonstruktionen und Übergaben einzelner Fälle."""

from __future__ import annotations

import re
from typing import Any

from service.apply import Schritt
from service.demo.geschichte import Daten, Geschichte
from service.demo.lauf import Lauf

_WOCHE = re.compile(r"T\+(\d+)")
_KIM = ("kim", "case_management")  # Institutionsarten, die zum Integrationsmanagement gehören
_ORT = "Besprechungsraum der Koordination"


def anlegen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    fr = g.eintrag("fallrekonstruktionen", s["key"])
    lauf.spiele(s, s["key"], Schritt("anlegen", art="fallrekonstruktion", key=s["key"], daten={"meldungen": [fr["meldung"]]}),
                ersatz=fr["meldung"])


def einladen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    fr = g.eintrag("fallrekonstruktionen", s["key"])
    abgesagt = [t["ergebnis"] for t in lauf.stand(s["key"]).get("vorige_termine", ())]
    frueher = fr.get("vorige_termine") or []
    termin = frueher[0]["datum"] if frueher and not abgesagt else fr["datum"]
    lauf.spiele(s, s["key"], Schritt("einladen", s["key"], daten={
        "termin": termin, "ort": _ORT, "moderation": fr["moderation"], "rechtsgrundlage": _grundlage(fr),
        "einwilligung_umfasst_alle": _grundlage(fr) == "einwilligung",
        "teilnehmende": [_eingeladen(lauf, fr, t) for t in fr["teilnehmende"]],
    }))


def _grundlage(fr: Daten) -> str:
    return "einwilligung" if fr["rechtsgrundlage_personenbezug"].startswith("Einwilligung") else "ohne_personenbezug"


def _eingeladen(lauf: Lauf, fr: Daten, t: Daten) -> Daten:
    institution = lauf.umfeld.profil.institution(t["institution"])
    an_abh = (fr.get("zeitachse_an_abh") or {}).get("rechtsgrundlage", "")
    ist_abh = lauf.umfeld.profil.ist_abh(institution)
    return {"institution": t["institution"], "funktion": t["funktion"], "von_kim": institution is not None and institution.art in _KIM,
            "rechtsgrundlage_zeitachse": an_abh if ist_abh else "", "ohne_zeitachse": ist_abh and not an_abh}


def durchfuehren(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    fr = g.eintrag("fallrekonstruktionen", s["key"])
    teilnahmen = [{"institution": t["institution"], "teilnahme": t["teilnahme"] or "anwesend", "grund": t.get("grund") or ""}
                  for t in fr["teilnehmende"]]
    lauf.spiele(s, s["key"], Schritt("durchfuehren", s["key"], daten={"teilnahmen": teilnahmen}))


def protokollieren(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    fr = g.eintrag("fallrekonstruktionen", s["key"])
    lauf.spiele(s, s["key"], Schritt("protokollieren", s["key"], daten=_protokoll(fr)))


def _protokoll(fr: Daten) -> dict[str, Any]:
    def ereignis(e: Daten) -> Daten:
        woche = _WOCHE.search(e["zeit"])
        return {"woche": int(woche[1]) if woche else 0, "akteur": e["akteur"], "handlung": e["handlung"],
                "rechtsgrundlage": e["rechtsgrundlage"] or "", "wartezeit_wochen": e["wartezeit_wochen"],
                "uebergabe_an": e["uebergabe_an"] or "", "bruchstelle": e["bruchstelle"] or ""}

    return {"zeitachse": [ereignis(e) for e in fr["zeitachse"]], **{f: fr[f] for f in ("gelungen", "hypothesen", "sofortmassnahmen")}}


def pruefen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Die zweite Person prüft; danach antworten die Stellen, von denen die Geschichte eine Antwort kennt."""
    fr = g.eintrag("fallrekonstruktionen", s["key"])
    if not lauf.spiele(s, s["key"], Schritt("pruefen", s["key"], daten={"pseudonymisiert": True})):
        return
    for t in fr["teilnehmende"]:
        if t["zustimmung"] in ("zugestimmt", "abweichende_sicht"):
            antwort = {"stelle": t["institution"], "zustimmung": t["zustimmung"], "abweichende_sicht": t.get("abweichende_sicht") or ""}
            lauf.ergaenze(s, s["key"], lauf.person(t["institution"]), Schritt("rueckmelden", s["key"], daten=antwort), ersatz=s["key"])


def freigeben(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    fr = g.eintrag("fallrekonstruktionen", s["key"])
    weitere = [m for m in fr["weitere_meldungen"] if lauf.zustand(m) and m not in lauf.nachbarn(s["key"], "angehaengt_an")]
    if weitere:
        lauf.ergaenze(s, s["key"], lauf.koordination_von(s["key"]), Schritt("anhaengen", s["key"], daten={"meldungen": weitere}))
    feld = "themenkandidat" if "Themenkandidat" in s["text"] else "kein_thema_grund"
    lauf.spiele(s, s["key"], Schritt("freigeben", s["key"], daten={feld: s["text"]}))


def verlegen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    fr = g.eintrag("fallrekonstruktionen", s["key"])
    lauf.spiele(s, s["key"], Schritt("verlegen", s["key"], daten={"termin": fr["datum"]}, grund=s["grund"]))


def berichtigen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    fr = g.eintrag("fallrekonstruktionen", s["key"])
    lauf.spiele(s, s["key"], Schritt("berichtigen", s["key"], daten=_protokoll(fr), grund=s["grund"]))


def ohne_angaben(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Schritte, die nur einen Grund kennen (absagen, abbrechen, abstimmen)."""
    lauf.spiele(s, s["key"], Schritt(s["trigger"], s["key"], grund=s.get("grund") or ""))


# --- Übergabe eines einzelnen Falls -----------------------------------------------------------------------------------


def einwilligung_verzeichnen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Vor dem Angebot steht die Einwilligung an der Meldung; ohne sie entsteht keine Übergabe."""
    meldung, daten = s["meldungen"][0], {"einwilligung_uebergabe": s.get("einwilligung", True)}
    lauf.spiele(s, meldung, Schritt("einwilligung_verzeichnen", meldung, daten=daten))


def anbieten(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    eu, meldung = g.eintrag("einzelfalluebergaben", s["key"]), s["meldungen"][0]
    if not lauf.stand(meldung).get("einwilligung_uebergabe"):
        daten = {"einwilligung_uebergabe": True, "einwilligung_am": eu["einwilligung_am"]}
        lauf.ergaenze(s, meldung, lauf.koordination_von(meldung), Schritt("einwilligung_verzeichnen", meldung, daten=daten))
    daten = {"meldung": meldung, "an": eu["an"], "einwilligung_am": eu["einwilligung_am"]}
    lauf.spiele(s, s["key"], Schritt("anbieten", art="einzelfalluebergabe", key=s["key"], daten=daten))


def beantworten(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt(s["trigger"], s["key"], grund=s.get("grund") or ""))


