"""Rezepte der zweiten Hälfte: Arbeitsgruppe, Zielsystem und Monitoring."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from service.handelnde import Handelnde
from service.laden import Akte
from states.model import her, hin
from tests.rezepte import ein, offene_sitzung, rezept
from tests.schmied import STELLEN, Antwort, Welt

def _mitglieder(a: Akte | None) -> list[str]:
    return list(a.stand.get("mitglieder", {})) if a else []


def _fehlende_oder_eigene(z: Random, p: Handelnde, fehlende: list[str], alle: list[str]) -> str | None:
    """Wer Mitglied ist, spricht für sich; sonst kommt zuerst dran, wer noch fehlt."""
    if p.institution in alle and not p.hat("koordination") and not p.hat("ag_leitung"):
        return p.institution if p.institution in fehlende else None
    moegliche = fehlende or (alle if z.random() < 0.1 else [])
    return z.choice(moegliche) if moegliche else None


# --- Arbeitsgruppe --------------------------------------------------------------------------------------------------


@rezept("arbeitsgruppe", "konstituieren", "sitzung_verzeichnen")
def _ag_sitzung(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"datum": w.am(-z.randrange(5))}


@rezept("arbeitsgruppe", "ist_beitrag_erfassen")
def _ag_ist(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    alle = _mitglieder(a)
    fehlend = [m for m in alle if m not in (a.stand.get("ist_beitraege", {}) if a else {})]
    stelle = _fehlende_oder_eigene(z, p, fehlend, alle)
    schritte = [{"nr": 1, "taetigkeit": "prüfen", "zustaendig": stelle}]
    return {"institution": stelle, **z.choice(({"schritte": schritte}, {"grund_fehlt": "nicht betroffen"}))} if stelle else None


@rezept("arbeitsgruppe", "vorlegen")
def _ag_vorlegen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    sitzung = offene_sitzung(w, z)
    return {"sitzung": sitzung.key} if sitzung else None


@rezept("arbeitsgruppe", "ruhen_lassen")
def _ag_ruhen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"bis": w.am(z.randrange(1, 80))}


@rezept("arbeitsgruppe", "wieder_aufnehmen")
def _ag_wieder(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    return {} if a and "ruht" in a.marken else None


@rezept("arbeitsgruppe", "mitglied_wechseln")
def _ag_wechsel(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    return {"institution": z.choice(_mitglieder(a))} if _mitglieder(a) else None


@rezept("arbeitsgruppe", "leitung_wechseln")
def _ag_leitung(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"leitung": [z.choice((STELLEN[2], STELLEN[1], "jobcenter"))]}


@rezept("arbeitsgruppe", "blockade_loesen")
def _ag_blockade(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    offen = [k for k, b in (a.stand.get("blockaden", {}) if a else {}).items() if not b.get("geloest_am")]
    return {"blockade": z.choice(offen)} if offen else None


@rezept("arbeitsgruppe", "frist_verlaengern")
def _ag_frist(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    bisher = a.stand.get("frist") if a else None
    return {"frist": (date.fromisoformat(bisher) + timedelta(days=z.randrange(1, 60))).isoformat()} if bisher else None


@rezept("arbeitsgruppe", "nachbeauftragen")
def _ag_nachauftrag(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    neue = [{"institution": STELLEN[3]}] if z.random() < 0.5 else []
    return {"frist": w.am(90), "institutionen": neue}


@rezept("arbeitsgruppe", "institution_aufnehmen")
def _ag_aufnehmen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    neue = [s for s in STELLEN if s not in _mitglieder(a)]
    return {"institution": z.choice(neue)} if neue else None


# --- Zielsystem und Maßnahme ----------------------------------------------------------------------------------------


@rezept("zielsystem", "anlegen")
def _zs_anlegen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    eingefuehrte = w.akten("zielsystem", zustand=("eingefuehrt",))
    if eingefuehrte and z.random() < 0.3:
        alt = eingefuehrte[-1]
        return {"titel": "Nachfolger", "eltern": alt.stand["eltern"], "thema": alt.stand["thema"], "ersetzt": alt.key}
    gruppen = w.akten("arbeitsgruppe", zustand=("soll_entwurf",))
    ohne = [g for g in gruppen if not any(s.zustand == "entwurf" for s in w.nachbarn(g, hin("erarbeitet")))]
    gruppe = ein(z, gruppen if z.random() < 0.1 else ohne)
    themen = w.nachbarn(gruppe, her("beauftragt")) if gruppe else []
    return {"titel": "Zielsystem", "eltern": gruppe.key, "thema": themen[0].key, "ersetzt": None} if gruppe and themen else None


@rezept("zielsystem", "bearbeiten")
def _zs_bearbeiten(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    if a and (a.stand.get("stimmen") or a.stand.get("massnahmen")) and z.random() < 0.9:
        return None  # sonst begänne die Abstimmung immer wieder von vorn
    eigene = [p.institution] if p.institution and not p.hat("koordination") and not p.hat("ag_leitung") else list(STELLEN[1:4])
    massnahmen = [{"titel": "Merkblatt", "eigner": s, "frist": w.am(z.randrange(10, 90))} for s in eigene]
    return {"titel": None, "ziele": None, "ist": None, "soll": None, "massnahmen": massnahmen if z.random() < 0.7 else None,
            "indikatoren": [{"indikator": "Tage", "quelle": eigene[0], "rhythmus": "monatlich"}]}


@rezept("zielsystem", "zustimmen", "sondervotum_abgeben")
def _zs_stimme(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    alle = [m for g in w.nachbarn(a, her("erarbeitet")) for m in _mitglieder(g)] if a else []
    stelle = _fehlende_oder_eigene(z, p, [m for m in alle if m not in (a.stand.get("stimmen", {}) if a else {})], alle)
    return {"institution": stelle} if stelle else None


@rezept("zielsystem", "weiterleiten")
def _zs_weiterleiten(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"empfaenger": [{"institution": s} for s in STELLEN[1:4]]}


@rezept("zielsystem", "antwort_verzeichnen")
def _zs_antwort(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    gefragt = sorted(a.stand.get("empfaenger", {})) if a else []
    eigene = p.institution if p.institution and not p.hat("koordination") else z.choice(gefragt or STELLEN[1:4])
    return {"institution": eigene, "ergebnis": z.choice(("uebernimmt", "teilweise", "lehnt_ab"))}


@rezept("zielsystem", "mit_auflagen_beschliessen", "zurueckverweisen")
def _zs_auflagen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    massnahmen = [str(m["key"]) for m in (a.stand.get("massnahmen") or ())[:1]] if a else []
    return {"auflagen": [{"auflage": "Datenschutz klären", "verantwortlich": STELLEN[2], "frist": w.am(40), "massnahmen": massnahmen,
                          "bestaetigt_durch": z.choice((STELLEN[3], "Koordination", "Vorsitz der Lenkungsgruppe"))}]}


@rezept("zielsystem", "auflage_bestaetigen")
def _zs_bestaetigen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    offen = [k for k, x in (a.stand.get("auflagen", {}) if a else {}).items() if not x.get("erfuellt_am")]
    return {"auflage": z.choice(offen)} if offen else None


def _offene_massnahmen(w: Welt, a: Akte | None) -> list[Akte]:
    return [m for m in w.nachbarn(a, hin("umgesetzt_durch")) if m.zustand in ("offen", "in_arbeit")] if a else []


@rezept("zielsystem", "einfuehren")
def _zs_einfuehren(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    offene = [{"massnahme": m.key, "frist": w.am(60)} for m in _offene_massnahmen(w, a)]
    return {"startdatum": w.am(-z.randrange(40)), "offene_massnahmen": offene}


@rezept("zielsystem", "fortschreiben")
def _zs_fortschreiben(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    offene = _offene_massnahmen(w, a)
    gemeint = z.choice(offene).key if offene and z.random() < 0.7 else None
    return {"massnahme": gemeint, "titel": "Aushang", "eigner": z.choice(STELLEN[1:4]), "frist": w.am(70), "zustimmung_am": w.am(-1)}


# --- Monitoring -----------------------------------------------------------------------------------------------------


@rezept("monitoring", "anlegen")
def _mon_anlegen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    zustaende = ("beschlossen", "mit_auflagen_beschlossen", "weitergeleitet", "in_umsetzung", "eingefuehrt")
    ohne = [s for s in w.akten("zielsystem", zustand=zustaende) if not w.nachbarn(s, hin("beobachtet_in"))]
    gemeint = ein(z, ohne)
    return {"eltern": gemeint.key, "titel": "Monitoring", "indikatoren": [], "stellen": []} if gemeint else None


def _indikatoren(w: Welt, a: Akte | None) -> list[str]:
    eigene = [str(i["key"]) for i in a.stand.get("indikatoren") or ()] if a else []
    return eigene or [str(i["key"]) for s in (w.nachbarn(a, her("beobachtet_in")) if a else []) for i in s.stand.get("indikatoren") or ()]


@rezept("monitoring", "baseline_erfassen")
def _mon_baseline(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    werte = [{"indikator": i, "wert": "12"} for i in _indikatoren(w, a)]
    return {"werte": werte} if werte else None


@rezept("monitoring", "beginnen")
def _mon_beginnen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"indikatoren": [], "stellen": []}


@rezept("monitoring", "erheben", "nicht_erheben")
def _mon_erheben(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    bekannte = _indikatoren(w, a)
    return {"indikator": z.choice(bekannte), "faellig_am": None} if bekannte else None


@rezept("monitoring", "nachreichen")
def _mon_nachreichen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    fehlend = [e for e in (a.stand.get("erhebungen", {}) if a else {}).values() if e["status"] == "nicht_erhoben"]
    e = z.choice(fehlend) if fehlend else None
    return {"indikator": e["indikator"], "faellig_am": e["faellig_am"], "wert": "9"} if e else None


@rezept("monitoring", "weiterfuehren", "nachsteuern")
def _mon_bewerten(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"wertung": z.choice(("teilweise", "nicht_wirksam", "nicht_bewertbar"))}


@rezept("monitoring", "wiederkehr_verwerfen", "wiederkehr_feststellen")
def _mon_wiederkehr(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    meldung = ein(z, w.akten("meldebogen"))
    return {"meldungen": [meldung.key] if meldung else []}
