"""Rezepte der Lenkungsgruppe und der kleinen Akten: Sitzung, Beschluss mit seinen Bewegungen, Auswahlrunde, Lage, Bericht."""

from __future__ import annotations

from random import Random
from typing import Any

from service.handelnde import Handelnde
from service.laden import Akte
from states.kette import PROZESSE
from states.model import Rolle, Uebergang, her
from tests.rezepte import REZEPTE, ein, offene_sitzung, rezept, unpassend
from tests.schmied import SITZE, STELLEN, Antwort, Schmied, Welt, grundantwort

NIEMAND = Handelnde("niemand")


# --- Sitzung --------------------------------------------------------------------------------------------------------


@rezept("sitzung", "planen")
def _lg_planen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    vorige = ein(z, w.akten("sitzung", zustand=("protokoll_entwurf", "protokoll_versandt", "abgesagt", "abgeschlossen")))
    datum = w.am(z.choice((0, 0, 1, z.randrange(2, 150))))
    return {"datum": datum, "titel": "", "vorige": vorige.key if vorige and z.random() < 0.5 else None}


@rezept("sitzung", "tagesordnung_zustimmen")
def _lg_zustimmen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    return None if a and a.stand.get("tagesordnung_zugestimmt_am") else {}


@rezept("sitzung", "protokoll_unterzeichnen")
def _lg_unterzeichnen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    return None if a and a.stand.get("unterzeichnet_am") else {}


@rezept("sitzung", "einladen")
def _lg_einladen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    if not (a and a.stand.get("tagesordnung_zugestimmt_am")) and not unpassend(z):
        return None
    return {"sitze": [dict(s) for s in SITZE], "gaeste": _gaeste(a)}


def _gaeste(a: Akte | None) -> list[Antwort]:
    """Zu jedem zweiten Punkt eine Stelle; ohne Würfel, damit die Welten bleiben, wie sie waren."""
    return [{"institution": STELLEN[p["nr"] % len(STELLEN)], "punkt": p["nr"]} for p in (a.stand.get("punkte") or () if a else ())
            if p["nr"] % 2]


@rezept("sitzung", "eroeffnen")
def _lg_eroeffnen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    if a and a.stand["datum"] > w.heute.isoformat():
        return None
    anwesend = {s["sitz"]: z.choice(("inhaber", "inhaber", "vertretung", "abwesend")) for s in SITZE}
    return {"anwesenheit": anwesend | {"S01": "inhaber", "S02": "inhaber"}, "sitze": [dict(s) for s in SITZE], "gaeste": _gaeste(a)}


@rezept("sitzung", "anwesenheit_aendern")
def _lg_anwesenheit(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    bisher = a.stand.get("anwesenheit") if a and not a.stand.get("unterzeichnet_am") else None
    wechselt = z.choice(sorted(bisher)) if bisher else None
    if not bisher or wechselt in (None, "S01", "S02"):
        return None
    return {"anwesenheit": bisher | {wechselt: "abwesend" if bisher[wechselt] != "abwesend" else "vertretung"},
            "gaeste": a.stand.get("gaeste") or [] if a else [], "um": "14:35"}


@rezept("sitzung", "beschlussfaehig_feststellen")
def _lg_beschlussfaehig(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    return {} if a and a.stand.get("beschlussunfaehig") else None


@rezept("sitzung", "auswahlrunde_ansetzen")
def _lg_auswahlrunde(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    return None if a and a.stand.get("auswahlrunde_am") and not unpassend(z) else {}


@rezept("sitzung", "punkt_aufnehmen")
def _lg_punkt(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    bezug = ein(z, w.akten("generatives_thema", "zielsystem", "beschluss")) if z.random() < 0.5 else None
    return {"titel": "Bericht", "bezug": bezug.key if bezug else None}


@rezept("sitzung", "punkt_streichen")
def _lg_streichen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    stehende = [x for x in (a.stand.get("punkte", ()) if a else ()) if not x.get("gestrichen_am")]
    punkt = z.choice(stehende) if stehende else None
    return {"nr": punkt["nr"], "bezug": punkt.get("bezug")} if punkt else None


@rezept("sitzung", "punkt_beraten")
def _lg_beraten(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    stehende = [x["nr"] for x in (a.stand.get("punkte", ()) if a else ()) if not x.get("gestrichen_am")]
    return {"nr": z.choice(stehende), "text": "Beraten."} if stehende and a and not a.stand.get("unterzeichnet_am") else None


@rezept("sitzung", "einwand_verzeichnen")
def _lg_einwand(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    naechste = offene_sitzung(w, z)
    return {"einwand_von": "S02", "text": "Die Zahl stimmt nicht.", "naechste_sitzung": naechste.key if naechste else None}


@rezept("sitzung", "berichtigen")
def _lg_berichtigen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    einwaende = [e["nr"] for e in (a.stand.get("einwaende", ()) if a else ())]
    return {"text": "Ergänzung", "zu_einwand": z.choice(einwaende) if einwaende else None}


@rezept("sitzung", "nachfolger_vermerken")
def _lg_nachfolger(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    naechste = ein(z, [s for s in w.akten("sitzung") if a is None or s.id != a.id])
    return {"nachfolger": naechste.key} if naechste else None


# --- Beschluss ------------------------------------------------------------------------------------------------------


def _beschluesse(w: Welt) -> list[tuple[Akte, Uebergang]]:
    """Was ein Beschluss gerade bewegen könnte."""
    return [(a, u) for a in w.akten() for u in PROZESSE[a.art].moeglich(a.zustand) if any(x.rolle == Rolle.BESCHLUSS for x in u.wer)]


def bewegung(w: Welt, z: Random, a: Akte, u: Uebergang) -> dict[str, Any] | None:
    daten: Antwort = {}
    if u.formular:
        daten = grundantwort(Schmied(w, z), a.art, u, 0.0)
        genau = REZEPTE[a.art, u.ausloeser](w, a, z, NIEMAND) if (a.art, u.ausloeser) in REZEPTE else {}
        if genau is None:
            return None
        daten |= genau
        if u.nach in ("ist_analyse", "soll_entwurf"):
            daten["ziel"] = u.nach
            daten["institutionen"] = daten.get("institutionen", []) if u.nach == "ist_analyse" else []
    return {"vorgang": a.key, "ausloeser": u.ausloeser, "daten": daten, "grund": "so beschlossen"}


_WEITER = ("beauftragen", "beschliessen", "mit_auflagen_beschliessen")


def _lohn(w: Welt, a: Akte, u: Uebergang) -> float:
    endet = u.nach is not None and PROZESSE[a.art].zustand(u.nach).ende
    return (0.002 if endet else 0.05) + 4 * w.neuheit(a, a.art, u) + 2 * (u.ausloeser in _WEITER)


def _bewegungen(w: Welt, z: Random) -> list[dict[str, Any]]:
    """Eine oder zwei Bewegungen; was selten war, kommt zuerst, was etwas beendet, selten. Zu einer Vorlage gehört auch die Gruppe."""
    moegliche = _beschluesse(w)
    if not moegliche or z.random() < 0.05:
        return []
    gewicht = [_lohn(w, a, u) for a, u in moegliche]
    gewaehlt = {wahl[0].key: wahl for wahl in z.choices([*moegliche, None], [*gewicht, 0.1], k=z.choice((1, 1, 2))) if wahl}
    for a, u in list(gewaehlt.values()):
        for gruppe in w.nachbarn(a, her("erarbeitet")) if a.art == "zielsystem" and u.ausloeser != "aufheben" else ():
            was = ("nachbeauftragen",) if u.ausloeser == "zurueckverweisen" else ("beenden", "nachbeauftragen")
            folgende = [f for x, f in moegliche if x.id == gruppe.id and f.ausloeser in was]
            if folgende and z.random() < 0.8:
                gewaehlt.setdefault(gruppe.key, (gruppe, z.choice(folgende)))
    return [b for a, u in gewaehlt.values() if (b := bewegung(w, z, a, u)) is not None]


def _inhalt(w: Welt, z: Random) -> Antwort:
    bewegungen = _bewegungen(w, z)
    arten = ("generatives_thema", "zielsystem", "arbeitsgruppe", "monitoring", "sitzung", "beschluss")
    bezug = [b["vorgang"] for b in bewegungen if (g := w.netz.bei_key(b["vorgang"])) is not None and g.art in arten]
    return {"titel": "Beschluss", "wortlaut": "Es wird beschlossen.", "frist": w.am(60), "verteiler": ["alle"], "stellen": [STELLEN[3]],
            "bewegungen": bewegungen, "bezug": bezug}


@rezept("beschluss", "fassen")
def _bs_fassen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    laufende = [s for s in w.akten("sitzung", zustand=("laeuft",)) if not s.stand.get("beschlussunfaehig")]
    sitzung = ein(z, laufende)
    lohnend = any(u.ausloeser in _WEITER or w.neuheit(x, x.art, u) > 0.2 for x, u in _beschluesse(w))
    if sitzung is None or (not lohnend and z.random() < 0.9):
        return None
    stimmen = z.choice(({"verfahren": "konsens", "abstimmung": None}, {"verfahren": "abstimmung", "abstimmung": {"ja": 2, "nein": 0}}))
    return {**_inhalt(w, z), "sitzung": sitzung.key, "befangen": [], "gefasst_am": None, **stimmen}


@rezept("beschluss", "umlauf_starten")
def _bs_umlauf(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    inhalt = _inhalt(w, z) if z.random() < 0.4 else {**_inhalt(w, z), "bewegungen": []}
    return {**inhalt, "sitze": [dict(s) for s in SITZE[:2]], "antwort_bis": w.am(z.randrange(3, 20))}


@rezept("beschluss", "stimme_abgeben")
def _bs_stimme(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    offen = [s for s in (a.stand.get("sitze", ()) if a else ()) if s["sitz"] not in a.stand.get("stimmen", {})]  # type: ignore[union-attr]
    eigene = [s for s in offen if p.key in (s.get("personen") or ())] or offen
    return {"sitz": z.choice(eigene)["sitz"], "stimme": z.choice(("ja", "ja", "ja", "nein", "diskussion"))} if eigene else None


@rezept("beschluss", "umlauf_berichten")
def _bs_berichten(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    sitzung = offene_sitzung(w, z)
    offen = a is not None and a.stand.get("verfahren") == "umlauf" and not a.stand.get("berichtet_in")
    return {"sitzung": sitzung.key} if sitzung and offen else None


@rezept("beschluss", "umlauf_feststellen")
def _bs_feststellen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    stand = a.stand if a else {}
    alle = len(stand.get("stimmen", {})) >= len(stand.get("sitze", ()))
    fertig = alle or str(stand.get("antwort_bis") or "") < w.heute.isoformat()
    return {} if fertig or unpassend(z) else None


@rezept("beschluss", "bewegung_klaeren")
def _bs_klaeren(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    offen = [e["key"] for e in (a.stand.get("ausgeblieben", ()) if a else ()) if not e["geklaert_am"]]
    return {"nummer": z.choice(offen)} if offen else None


@rezept("beschluss", "weiterleiten")
def _bs_weiterleiten(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    empfaenger = [{"institution": s, "weg": "mail", "aufgabe": True, "sammelempfaenger": "alle"} for s in STELLEN[1:4]]
    return {"empfaenger": empfaenger, "weitere_empfaenger": z.random() < 0.2}


@rezept("beschluss", "kenntnis_nehmen", "erinnern")
def _bs_kenntnis(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    alle = a.stand.get("weiterleitungen", {}) if a else {}
    offen = [k for k, e in alle.items() if not e.get("kenntnis_am")] or list(alle)
    if not offen:
        return None
    return {"empfaenger": p.institution if p.institution in offen else z.choice(offen)}


# --- kleine Akten ---------------------------------------------------------------------------------------------------


@rezept("auswahlrunde", "anlegen")
def _auswahlrunde(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    ohne = [s for s in w.akten("sitzung", zustand=("geplant", "eingeladen", "unterlagen_versandt")) if not s.stand.get("auswahlrunde_am")]
    sitzung = ein(z, ohne)
    return {"titel": "Auswahlrunde", "sitzung": sitzung.key if sitzung else None}


@rezept("bericht", "nachfolger_vermerken")
def _bericht_nachfolger(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    anderer = ein(z, [b for b in w.akten("bericht") if a and b.id != a.id])
    return {"nachfolger": anderer.key} if anderer else None


@rezept("lage", "ausrufen", "erweitern")
def _lage(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    sammlung = ein(z, w.akten("sammlung"))
    von = {} if a else {"von": w.am(0)}
    return {**von, "bis": w.am(z.randrange(130, 200)), "sammlungen": [sammlung.key]} if sammlung else None


@rezept("bericht", "anlegen", "bearbeiten")
def _bericht(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"zeitraum": {"von": w.am(-90), "bis": w.am(-1)}, "sitzung_am": z.choice((None, w.am(z.randrange(5, 60))))}


@rezept("kooperationsvereinbarung", "abschliessen", "pruefung_abschliessen")
def _vereinbarung(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    von = {} if a else {"gueltig_von": w.am(-5)}
    return {**von, "gueltig_bis": w.am(400), "pruefung_am": w.am(z.randrange(10, 60))}
