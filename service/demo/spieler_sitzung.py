"""Sitzungen, Beschlüsse und ihre Weiterleitung."""

from __future__ import annotations

from typing import Any

from service.apply import Schritt
from service.demo.geschichte import Daten, Geschichte
from service.demo.lauf import Lauf

_WEG = {"protokollauszug": "protokoll", "persoenlich": "persoenlich", "anwesenheitsliste": "anwesenheitsliste"}
_BEWEGT = ("thema", "arbeitsgruppe", "zielsystem")


def _sitzung(g: Geschichte, key: str) -> Daten:
    return next(x for x in g.daten["lenkungsgruppe"]["sitzungen"] if x["key"] == key)


def naechste_sitzung(g: Geschichte, tag: str) -> str:
    """Die nächste Sitzung der Geschichte ab diesem Tag."""
    return str(min((x["datum"], x["key"]) for x in g.daten["lenkungsgruppe"]["sitzungen"] if x["datum"] >= tag)[1])


def _gaeste(sitzung: Daten) -> list[Daten]:
    return [{"institution": x["gast"], "punkt": x["top"]} for x in sitzung["gaeste"]]


def planen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    sitzung = _sitzung(g, s["key"])
    vorige = max((x["key"] for x in g.daten["lenkungsgruppe"]["sitzungen"] if x["datum"] < sitzung["datum"]), default=None)
    daten = {"datum": sitzung["datum"], **({"vorige": vorige} if vorige and lauf.zustand(vorige) else {})}
    lauf.spiele(s, s["key"], Schritt("planen", art="sitzung", key=s["key"], daten=daten))


def einladen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Mit der Einladung stehen auch die Punkte fest, die kein Vorgang von selbst mitbringt; die Auswahlrunde ist vorbei."""
    sitzung = _sitzung(g, s["key"])
    for runde in sorted(k for k in lauf.nachbarn(s["key"], "bereitet_vor") if lauf.zustand(k) == "offen"):
        lauf.ergaenze(s, runde, lauf.koordination(), Schritt("durchfuehren", runde, daten={"vermerk": "Vor der Einladung durchgesehen."}))
    for punkt in sitzung["tagesordnung"]:
        if punkt.get("bericht_zu"):
            if lauf.stand(punkt["bericht_zu"]).get("berichtet_in"):
                continue  # die Runde hat den Umlauf schon auf die Tagesordnung gesetzt
            umlauf = Schritt("umlauf_berichten", punkt["bericht_zu"], daten={"sitzung": s["key"]})
            lauf.ergaenze(s, punkt["bericht_zu"], lauf.koordination(), umlauf)
        elif punkt["beschluss"] is None:
            bericht = {"titel": punkt["titel"], "art": "cm_bericht", "text": punkt.get("text", "")}
            lauf.ergaenze(s, s["key"], lauf.koordination(), Schritt("punkt_aufnehmen", s["key"], daten=bericht))
    lauf.spiele(s, s["key"], Schritt("einladen", s["key"], daten={"gaeste": _gaeste(sitzung)}))


def nachreichen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("nachreichen", s["key"], daten={"unterlage": s["text"], "tischvorlage": True}))


def eroeffnen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    sitzung = _sitzung(g, s["key"])
    lauf.spiele(s, s["key"], Schritt("eroeffnen", s["key"], daten={"anwesenheit": sitzung["anwesenheit"], "gaeste": _gaeste(sitzung)}))


def einwand(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Ist die nächste Sitzung noch nicht geplant, wird sie es jetzt: ein verspäteter Einwand braucht einen Platz."""
    naechste = s["naechste_sitzung"]
    if not lauf.zustand(naechste):
        planen(lauf, g, {**s, "key": naechste})
    daten = {"einwand_von": s["einwand_von"], "text": s["text"], "naechste_sitzung": naechste}
    lauf.spiele(s, s["key"], Schritt("einwand_verzeichnen", s["key"], daten=daten))


def berichtigen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("berichtigen", s["key"], daten={"text": s["text"], "beschluss": s["beschluss"]}))


def umlauf_feststellen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Am Tag nach dem Antworttag war die Runde meist schon schneller; dann ist nichts mehr zu tun."""
    if lauf.zustand(s["key"]) != s["zustand"]:
        ohne_angaben(lauf, g, s)


def ohne_angaben(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt(s["trigger"], s["key"], grund=s.get("grund") or ""))


# --- Beschluss --------------------------------------------------------------------------------------------------------


def _inhalt(lauf: Lauf, g: Geschichte, key: str) -> dict[str, Any]:
    b = g.eintrag("beschluesse", key)
    return {
        "titel": b["titel"], "wortlaut": b["beschluss"], "sachverhalt": b["sachverhalt"], "diskussion": b["diskussion"],
        "gegenstand": b["art"],
        "verantwortlich": b["verantwortlich"], "frist": b.get("frist_urspruenglich") or b["frist"], "verteiler": b["verteiler"],
        "bezug": [k for k in b["bezug"] if lauf.zustand(k) and not k.startswith("LG-")], "bewegungen": _bewegungen(lauf, g, key),
    }


def _bewegungen(lauf: Lauf, g: Geschichte, key: str) -> list[Daten]:
    """Die Schritte der Geschichte, die dieser Beschluss auslöst; „einsetzen“ folgt aus dem Auftrag."""
    gemeint = [s for s in g.daten["schritte"] if s.get("beschluss") == key and s["vorgang"] in _BEWEGT and s["trigger"] != "einsetzen"]
    return [bewegung for s in gemeint for bewegung in _bewegung(lauf, g, key, s)]


def _bewegung(lauf: Lauf, g: Geschichte, key: str, s: Daten) -> list[Daten]:
    b = g.eintrag("beschluesse", key)
    daten: Daten = {}
    weitere: list[Daten] = []
    match s["trigger"]:
        case "beauftragen":
            daten = _auftrag(lauf, g, key, s)
        case "zurueckstellen":
            daten = {"wiedervorlage_am": s["wiedervorlage_am"]}
            if s.get("zuarbeit_anfordern"):
                zuarbeit = {"stelle": s["zuarbeit_anfordern"], "was": b["beschluss"], "bis": b["frist"]}
                weitere = [{"vorgang": s["key"], "ausloeser": "zuarbeit_anfordern", "daten": zuarbeit}]
        case "an_land_melden":
            gemeldet = next(iter(g.eintraege("landesmeldungen", thema=s["key"])), {})
            daten = {"wiedervorlage_am": s["wiedervorlage_am"], "ebene": "land", "empfaenger": gemeldet.get("empfaenger", "")}
        case "institution_aufnehmen":
            neu = next(m for m in g.eintrag("arbeitsgruppen", s["key"])["mitglieder"] if m.get("beschluss") == key)
            daten = {"institution": neu["institution"], "funktion": neu["funktion"]}
        case "nachbeauftragen":
            daten = {"ziel": s["zustand"], "auftrag": s["text"], "frist": g.eintrag("arbeitsgruppen", s["key"])["frist"]}
        case "mit_auflagen_beschliessen" | "zurueckverweisen":
            auflagen = next(e for e in g.eintraege("entscheidungen", beschluss=key))["auflagen"]
            felder = ("key", "auflage", "verantwortlich", "frist", "bestaetigt_durch", "massnahmen")
            daten = {"auflagen": [{f: a[f] for f in felder} for a in auflagen]}
    return [{"vorgang": s["key"], "ausloeser": s["trigger"], "daten": daten, "grund": b["diskussion"]}, *weitere]


def _auftrag(lauf: Lauf, g: Geschichte, key: str, s: Daten) -> Daten:
    b = g.eintrag("beschluesse", key)
    if s.get("an"):
        return {"an": s["an"], "auftrag": b["beschluss"], "frist": b["frist"]}
    ag = next(iter(g.eintraege("arbeitsgruppen", beschluss=key)))
    eigene = (x for x in g.daten["schritte"] if x["vorgang"] == "arbeitsgruppe" and x["key"] == ag["key"])
    leitung = next(x["person"] for x in eigene if x["rolle"] == "ag_leitung")
    mitglieder = [{"institution": m["institution"], "funktion": m["funktion"]} for m in ag["mitglieder"] if not m.get("seit")]
    return {"name": ag["name"], "auftrag": ag["auftrag"], "frist": ag.get("frist_urspruenglich") or ag["frist"], "mitglieder": mitglieder,
            "leitung": [lauf.person(leitung).key]}


def fassen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    b = g.eintrag("beschluesse", s["key"])
    daten = {**_inhalt(lauf, g, s["key"]), "sitzung": s["sitzung"], "punkt": b["top"], "abstimmung": b["abstimmung"],
             "befangen": b.get("befangen") or []}
    gruppe = next(iter(g.eintraege("arbeitsgruppen", beschluss=s["key"])), None)
    eingesetzt = {"arbeitsgruppe": gruppe["key"]} if gruppe else {}
    lauf.spiele(s, s["key"], Schritt("fassen", art="beschluss", key=s["key"], daten=daten, entsteht=eingesetzt))


def umlauf_starten(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    b = g.eintrag("beschluesse", s["key"])
    daten = {**_inhalt(lauf, g, s["key"]), "antwort_bis": b["umlauf"]["antwort_bis"]}
    if not lauf.spiele(s, s["key"], Schritt("umlauf_starten", art="beschluss", key=s["key"], daten=daten)):
        return
    for sitz, stimme in b["umlauf"]["stimmen"].items():
        if stimme in ("ja", "nein", "enthaltung"):
            lauf.ergaenze(s, s["key"], lauf.koordination(), Schritt("stimme_abgeben", s["key"], daten={"sitz": sitz, "stimme": stimme}))


def frist_aendern(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    daten = {"frist": g.eintrag("beschluesse", s["key"])["frist"]}
    lauf.spiele(s, s["key"], Schritt("frist_aendern", s["key"], daten=daten, grund=s["grund"]))


def weiterleiten(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Der letzte Auszug ist hinaus; ging noch keiner, dann gehen sie an alle im Verteiler."""
    lauf.spiele(s, s["key"], Schritt("weiterleiten", s["key"], daten={"weitere_empfaenger": False}))


def _empfaenger(lauf: Lauf, name: str) -> str:
    """Eine Stelle unter ihrem Namen, eine Person unter ihrem Schlüssel."""
    profil = lauf.umfeld.profil
    person = None if profil.institution(name) else profil.person(name)
    return person.key if person else name


def zusenden(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Eine Sendung an einen Empfänger mit allen Beschlüssen der Sitzung."""
    w = g.eintrag("weiterleitungen", s["key"])
    felder = ("sammelempfaenger", "gesendet_am", "aufgabe", "persoenlich", "anwesenheitsliste")
    empfaenger = {"institution": _empfaenger(lauf, w["empfaenger"]), "weg": _WEG[w["weg"]],
                  **{f: w[f] for f in felder if w.get(f) is not None}}
    daten = {"empfaenger": [empfaenger], "weitere_empfaenger": True}
    lauf.spiele(s, s["key"], *(Schritt("weiterleiten", b, daten=daten) for b in w["beschluesse"] if lauf.zustand(b)))


def zur_kenntnis(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    w = g.eintrag("weiterleitungen", s["key"])
    daten = {"empfaenger": _empfaenger(lauf, w["empfaenger"])}
    lauf.spiele(s, s["key"], *(Schritt("kenntnis_nehmen", b, daten=daten) for b in w["beschluesse"] if lauf.zustand(b)))


def anrufen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    w = g.eintrag("weiterleitungen", s["key"])
    daten = {"empfaenger": _empfaenger(lauf, w["empfaenger"]), "weg": "anruf", "vermerk": s["text"]}
    lauf.spiele(s, s["key"], *(Schritt("erinnern", b, daten=daten) for b in w["beschluesse"][:1] if lauf.zustand(b)))  # gilt der Sendung
