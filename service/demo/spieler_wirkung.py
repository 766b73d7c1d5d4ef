"""Monitoring und die kleinen Akten neben dem Kreislauf."""

from __future__ import annotations

from service.apply import Schritt
from service.demo.geschichte import Daten, Geschichte
from service.demo.lauf import Lauf


def anlegen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    vorgang = g.eintrag("monitoring_vorgaenge", s["key"])
    lauf.spiele(s, s["key"], Schritt("anlegen", art="monitoring", key=s["key"], daten={"eltern": vorgang["zielsystem"]}))


def baseline(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    werte = [{"indikator": i, "wert": w} for i, w in s["werte"].items()]
    lauf.spiele(s, s["key"], Schritt("baseline_erfassen", s["key"], daten={"werte": werte}))


def erheben(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Erheben, nicht erheben oder nachreichen: die Zeile der Geschichte nennt Indikator und Termin."""
    e = g.eintrag("erhebungen", s["erhebung"])
    daten = {"indikator": e["indikator"], "faellig_am": e["faellig_am"], **({"wert": s["wert"]} if "wert" in s else {})}
    lauf.spiele(s, s["key"], Schritt(s["trigger"], s["key"], daten=daten, grund=s.get("grund") or ""))


def einzelfaelle(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    faelle = [{"fall": e["fall"], "heute_besser": "teilweise" if e["luecke_tage"] else "ja",
               "beobachtung": f"{e['luecke_tage']} Tage ohne Leistung"} for e in s["einzelfallpruefungen"]]
    lauf.spiele(s, s["key"], Schritt("einzelfall_pruefen", s["key"], daten={"faelle": faelle}))


def bewerten(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    bewertung = g.eintrag("monitoring", s["bewertung"]) if s.get("bewertung") else {}
    daten = {"was_geschieht": bewertung.get("bewertung") or s["text"], **({"wertung": bewertung["wertung"]} if bewertung else {})}
    lauf.spiele(s, s["key"], Schritt(s["trigger"], s["key"], daten=daten))


def als_wirksam(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    bewertung = g.eintrag("monitoring", s["bewertung"]) if s.get("bewertung") else {}
    lauf.spiele(s, s["key"], Schritt("als_wirksam_bewerten", s["key"], daten={"begruendung": bewertung.get("bewertung") or s["text"]}))


def wiederkehr(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt(s["trigger"], s["key"], daten={"meldungen": s["meldungen"]}, grund=s["text"]))


# --- kleine Akten -----------------------------------------------------------------------------------------------------


def auswahlrunde(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    """Die Runde setzt die Auswahlrunde 16 Wochen vor der Sitzung an; fehlt sie, legt die Koordination sie an."""
    sitzung = g.eintrag("auswahlrunden", s["key"])["sitzung"]
    if not _offene_runden(lauf, sitzung):
        daten = {"titel": s["text"], **({"sitzung": sitzung} if lauf.zustand(sitzung) else {})}
        wunsch = "" if lauf.zustand(s["key"]) else s["key"]  # die Nummer kann schon eine Auswahlrunde der Fristenrunde haben
        lauf.ergaenze(s, s["key"], lauf.koordination(), Schritt("anlegen", art="auswahlrunde", key=wunsch, daten=daten))
    key = next(iter(_offene_runden(lauf, sitzung)), s["key"])
    lauf.spiele(s, key, Schritt("durchfuehren", key, daten={"vermerk": s["text"]}))


def _offene_runden(lauf: Lauf, sitzung: str) -> list[str]:
    return [k for k in sorted(lauf.nachbarn(sitzung, "bereitet_vor")) if lauf.zustand(k) == "offen"]


def bericht_versenden(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    b = g.eintrag("berichte", s["key"])
    daten = {"titel": b["vorlage"], **{f: b[f] for f in ("gremium", "ebene", "sitzung_am", "zeitraum", "text")}}
    lauf.ergaenze(s, s["key"], lauf.koordination(), Schritt("anlegen", art="bericht", key=s["key"], daten=daten))
    lauf.spiele(s, s["key"], Schritt("versenden", s["key"]))


def bericht_zur_kenntnis(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("zur_kenntnis_verzeichnen", s["key"]))


def anfrage_erfassen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    a = g.eintrag("anfragen", s["key"])
    daten = {f: a[f] for f in ("titel", "gremium", "von", "fragen", "frist", "eingang_am")}
    lauf.spiele(s, s["key"], Schritt("erfassen", art="anfrage", key=s["key"], daten=daten))


def anfrage_beantworten(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("beantworten", s["key"], daten={"antwort": g.eintrag("anfragen", s["key"])["antwort"]}))


def vereinbarung_abschliessen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    v = g.eintrag("kooperationsvereinbarungen", s["key"])
    daten = {f: v[f] for f in ("parteien", "kommune", "gueltig_von", "gueltig_bis", "pruefung_am")}
    lauf.spiele(s, s["key"], Schritt("abschliessen", art="kooperationsvereinbarung", key=s["key"], daten=daten))


def vereinbarung_pruefen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lauf.spiele(s, s["key"], Schritt("pruefung_abschliessen", s["key"], daten={"ergebnis": s["text"]}))


def lage_nicht_ausrufen(lauf: Lauf, g: Geschichte, s: Daten) -> None:
    lage = g.eintrag("lagen", s["key"])
    daten = {"titel": lage["titel"], "anlass": lage["anlass"]}
    lauf.spiele(s, s["key"], Schritt("nicht_ausrufen", art="lage", key=s["key"], daten=daten, grund=s["grund"]))
