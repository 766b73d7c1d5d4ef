"""Arbeitsgruppen, Zielsysteme und Maßnahmen."""

from __future__ import annotations

from typing import Any

from service.apply import Schritt
from service.demo.geschichte import Daten, Geschichte
from service.demo.lauf import Lauf
from service.demo.spieler_sitzung import naechste_sitzung


def nur_pruefen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Den Schritt tut die Kette oder ein Beschluss; verglichen wird nur der Zustand."""


def ohne_angaben(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt(s["trigger"], s["key"], grund=s.get("grund") or ""))


# --- Arbeitsgruppe ----------------------------------------------------------------------------------------------------


def konstituieren(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("konstituieren", s["key"], daten={"datum": s["datum"], "inhalt": s["text"]}))


def sitzung(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    ag = g.eintrag("arbeitsgruppen", s["key"])
    gaeste = [{"institution": m["institution"], "funktion": m["funktion"]} for m in ag["mitglieder"] if m.get("gast_ab") == s["datum"]]
    lauf.spiele(s, s["key"], Schritt("sitzung_verzeichnen", s["key"], daten={"datum": s["datum"], "inhalt": s["text"], "gaeste": gaeste}))
    _ist_beitraege(lauf, g, s)


def _ist_beitraege(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Was bis heute geliefert ist und noch nicht in der Gruppe steht. Wer leitet, hat keinen eigenen Schritt."""
    if lauf.zustand(s["key"]) != "ist_analyse":
        return
    ag, stand = g.eintrag("arbeitsgruppen", s["key"]), lauf.stand(s["key"])
    geliefert = {lauf.umfeld.stelle(b["institution"]): b for b in ag["ist_beitraege"]}
    for institution in stand["mitglieder"]:
        beitrag = geliefert.get(institution)
        if institution in stand.get("ist_beitraege", {}) or (beitrag and beitrag["geliefert_am"] and beitrag["geliefert_am"] > s["datum"]):
            continue
        daten: dict[str, Any] = {"institution": institution}
        if beitrag and beitrag["geliefert_am"]:
            daten["schritte"] = _schritte_von(lauf, g, ag, institution)
        else:
            daten["grund_fehlt"] = beitrag["grund_fehlt"] if beitrag else "Leitet die Gruppe und hat keinen eigenen Schritt in der Kette."
        lauf.ergaenze(s, s["key"], lauf.koordination(), Schritt("ist_beitrag_erfassen", s["key"], daten=daten))


def _schritte_von(lauf: Lauf, g: Geschichte, ag: Daten, institution: str) -> list[Daten]:
    kette = [x for z in g.eintraege("zielsysteme", arbeitsgruppe=ag["key"]) for x in z["ist"]]
    eigene = [_kettenschritt(x) for x in kette if lauf.umfeld.stelle(x["zustaendig"]) == institution]
    return eigene or [{"nr": 1, "taetigkeit": "Eigener Ablauf, wie der Gruppe vorgestellt", "zustaendig": institution}]


def _kettenschritt(x: Daten) -> Daten:
    return {k: w for k, w in x.items() if w is not None}


def ist_vollstaendig(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    _ist_beitraege(lauf, g, s)
    lauf.spiele(s, s["key"], Schritt(s["trigger"], s["key"]))


def mitglied_wechseln(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    wechsel = next(w for w in g.eintrag("arbeitsgruppen", s["key"])["mitgliederwechsel"] if w["datum"] == s["datum"])
    daten = {"institution": wechsel["institution"], "funktion": wechsel["auf"], "bisher": wechsel["von"]}
    lauf.spiele(s, s["key"], Schritt("mitglied_wechseln", s["key"], daten=daten))


def blockade_melden(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("blockade_melden", s["key"], daten={"wer": s["wer"], "was": s["was"]}))


def blockade_loesen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("blockade_loesen", s["key"], daten={"ergebnis": s["text"]}))


def frist_verlaengern(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("frist_verlaengern", s["key"], daten={"frist": s["frist_neu"]}, grund=s["grund"]))


def vorlegen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("vorlegen", s["key"], daten={"sitzung": naechste_sitzung(g, s["datum"])}))


# --- Zielsystem -------------------------------------------------------------------------------------------------------


def zs_anlegen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    zs = g.eintrag("zielsysteme", s["key"])
    daten = {"titel": zs["titel"], "eltern": zs["arbeitsgruppe"], "thema": zs["thema"]}
    if lauf.spiele(s, s["key"], Schritt("anlegen", art="zielsystem", key=s["key"], daten=daten)):
        lauf.ergaenze(s, s["key"], lauf.person(s["person"]), Schritt("bearbeiten", s["key"], daten=_entwurf(zs)))


def _entwurf(zs: Daten) -> Daten:
    massnahmen = [{"key": m["key"], "titel": m["massnahme"], "eigner": m["verantwortlich"],
                   "frist": m.get("frist_urspruenglich") or m["frist"]}
                  for m in zs["massnahmen"] if not m.get("fortgeschrieben_am")]
    felder = ("key", "indikator", "einheit", "ausgangswert", "zielwert", "quelle", "rhythmus")
    return {"ist": [_kettenschritt(x) for x in zs["ist"]], "soll": [_sollschritt(x) for x in zs["soll"]], "ziele": zs["ziele"],
            "massnahmen": massnahmen, "indikatoren": [{f: i[f] for f in felder} for i in zs["indikatoren"]]}


def _sollschritt(x: Daten) -> Daten:
    return {**_kettenschritt(x), "uebergabe_an": x["uebergabe_an"] or x["zustaendig"]}


def zs_abstimmen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Jede Stelle stimmt zu oder gibt ihr Sondervotum; dann stimmt die Gruppe ab und ihr Zielsystem folgt."""
    zs = g.eintrag("zielsysteme", s["key"])
    _ist_beitraege(lauf, g, {**s, "key": zs["arbeitsgruppe"]})
    abstimmung = next(a for a in zs["abstimmungen"] if a["datum"] >= s["datum"] or a is zs["abstimmungen"][-1])
    for stimme in abstimmung["stimmen"]:
        anders = stimme["ergebnis"] == "sondervotum"
        daten = {"institution": stimme["institution"], **({"text": stimme["text"]} if anders else {})}
        votum = Schritt("sondervotum_abgeben" if anders else "zustimmen", s["key"], daten=daten)
        lauf.ergaenze(s, s["key"], lauf.koordination(), votum)
    lauf.spiele(s, s["key"], Schritt("abstimmen", zs["arbeitsgruppe"]))


def zs_weiterleiten(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """An alle Stellen, von denen die Geschichte eine Antwort kennt."""
    stellen = [a["institution"] for a in g.eintraege("antworten", zielsystem=s["key"])]
    lauf.spiele(s, s["key"], Schritt("weiterleiten", s["key"], daten={"empfaenger": [{"institution": x} for x in stellen]}))


def zs_antwort(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    a = g.eintrag("antworten", s["antwort"])
    daten = {"institution": a["institution"], "ergebnis": a["ergebnis"], "anmerkung": a["grund"] or ""}
    lauf.spiele(s, s["key"], Schritt("antwort_verzeichnen", s["key"], daten=daten, grund=a["grund"] or ""))


def zs_einfuehren(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Jede noch offene Maßnahme bekommt ein Datum, das noch kommt."""
    zs = g.eintrag("zielsysteme", s["key"])
    offene = [m for m in zs["massnahmen"] if lauf.zustand(m["key"]) in ("offen", "in_arbeit")]
    neue_daten = [{"massnahme": m["key"], "frist": max(m["frist"], s["startdatum"])} for m in offene]
    daten = {"startdatum": s["startdatum"], "offene_massnahmen": neue_daten}
    lauf.spiele(s, s["key"], Schritt("einfuehren", s["key"], daten=daten))


def zs_fortschreiben(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    m = next(x for x in g.eintrag("zielsysteme", s["key"])["massnahmen"] if x["key"] == s["massnahme"])
    daten = {"massnahme": m["key"], "frist": m["frist"], "zustimmung_am": m.get("zustimmung_am") or s["datum"]}
    if not lauf.zustand(m["key"]):
        daten |= {"titel": m["massnahme"], "eigner": m["verantwortlich"]}
    lauf.spiele(s, s["key"], Schritt("fortschreiben", s["key"], daten=daten))


def auflage_bestaetigen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    zs = next(e["zielsystem"] for e in g.daten["entscheidungen"] for a in e["auflagen"] if a["key"] == s["key"])
    lauf.spiele(s, zs, Schritt("auflage_bestaetigen", zs, daten={"auflage": s["key"], "vermerk": s["text"]}))


def massnahme(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    daten = {"ergebnis": s["text"]} if s["trigger"] == "erledigen" else {}
    lauf.spiele(s, s["key"], Schritt(s["trigger"], s["key"], daten=daten, grund=s.get("grund") or ""))
