"""Themen und was die Lenkungsgruppe mit ihnen tut."""

from __future__ import annotations

from service.apply import Schritt
from service.demo.geschichte import Daten, Geschichte
from service.demo.lauf import Lauf

_HEBEL = ("kommune", "kreis", "land", "bund")


def anlegen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    gt = g.eintrag("themen", s["key"])
    lauf.spiele(s, s["key"], Schritt("anlegen", art="generatives_thema", key=s["key"], daten={
        "titel": gt["titel"], "beschreibung": gt["beschreibung"], "fallrekonstruktionen": gt["fallrekonstruktionen"],
        "institutionen": gt["institutionen"], "prioritaet": gt["prioritaet"],
        "hebel": next((h for h in _HEBEL if h in gt["hebel"].lower()), None)}))


def clustern(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("clustern", s["key"], daten={"cluster": g.eintrag("themen", s["key"])["cluster"]}))


def vorlegen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("vorlegen", s["key"], daten={"sitzung": s["sitzung"], "tischvorlage": s.get("tischvorlage", False)}))


def wiedervorlegen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("wiedervorlegen", s["key"]))


def antwort_verzeichnen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    meldung = next(iter(g.eintraege("landesmeldungen", thema=s["key"])), {})
    daten = {"inhalt": s["text"], "wiedervorlage_am": meldung.get("wiedervorlage")}
    lauf.spiele(s, s["key"], Schritt("antwort_verzeichnen", s["key"], daten=daten))


def an_land_versenden(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    meldung = g.eintrag("landesmeldungen", s["key"])
    daten = {"empfaenger": meldung["empfaenger"], "inhalt": s["text"]}
    lauf.spiele(s, meldung["thema"], Schritt("an_land_versenden", meldung["thema"], daten=daten))
