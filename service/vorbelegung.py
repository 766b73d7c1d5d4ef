"""Was schon feststeht, muss niemand tippen: womit ein Formular beginnt. Alles lässt sich vor dem Absenden ändern."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from forms.felder import Feld
from forms.meldebogen import MELDERARTEN
from service import lenkung
from service.angebote import Angebote, Frage, sitze_der_sitzung
from service.db import Sitzung
from service.eigene_meldung import CASE_MANAGEMENT, feststehend
from service.einsetzen import verteilung
from service.sammlungen import in_der_runde
from states.fallrekonstruktion import MELDUNGEN
from states.model import Rolle, her, hin

# Schritte, die Vorhandenes ändern, zeigen es; alle anderen Formulare beginnen leer
BEARBEITEN = frozenset({"bearbeiten", "berichtigen", "uebergeben", "umbenennen"})
_NEU_ZU_WAEHLEN = {"uebergeben": "zustaendig"}  # wäre sie vorbelegt, übergäbe ein Knopfdruck an dieselbe Person
_FUER_SICH = ("institution", "stelle", "empfaenger")


def vorbelegung(f: Frage, felder: Sequence[Feld], angebote: Angebote, verweis: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Feld -> Wert. `verweis`: was der Weg hierher schon nennt, zum Beispiel der Vorgang, aus dem etwas entstehen soll."""
    werte: dict[str, Any] = {x.name: x.vorgabe for x in felder if isinstance(x.vorgabe, (str, bool, int))}
    if f.ansicht is not None and f.u.ausloeser in BEARBEITEN:
        werte |= {x.name: f.ansicht.felder[x.name] for x in felder
                  if x.name in f.ansicht.felder and x.name != _NEU_ZU_WAEHLEN.get(f.u.ausloeser)}
    werte |= _einzige(f, felder, angebote) | _genannte(felder, angebote, verweis)
    return {k: w for k, w in (werte | _BESONDERE.get((f.art, f.u.ausloeser), _nichts)(f, werte)).items() if w not in (None, "")}


def _genannte(felder: Iterable[Feld], angebote: Angebote, verweis: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Nur was das Formular ohnehin anbietet; eine Adresse füllt kein freies Feld."""
    gefunden = {}
    for x in felder:
        angebot, optionen = angebote.get(x.name), dict(x.optionen)
        genannt = [w for w in verweis.get(x.name, ()) if (angebot.kennt(w) if angebot else w in optionen)]
        if genannt:
            gefunden[x.name] = genannt if x.art == "liste" else genannt[-1]
    return gefunden


def _einzige(f: Frage, felder: Iterable[Feld], angebote: Angebote) -> dict[str, Any]:
    """Die eigene Stelle, wo jemand für sich spricht; und wo es nur eine Möglichkeit gibt, diese."""
    gefunden = {}
    for x in felder:
        angebot = angebote.get(x.name)
        if angebot is None or x.art == "liste":
            continue
        eigene = next((wer for wer in (f.person.institution, f.person.key) if wer and angebot.kennt(wer)), None)
        if x.name in _FUER_SICH and eigene and not f.person.hat(Rolle.KOORDINATION):
            gefunden[x.name] = eigene
        elif x.pflicht and angebot.fest and len(angebot.werte) == 1:
            gefunden[x.name] = angebot.werte[0][0]
    return gefunden


def _nichts(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    return {}


# --- je Schritt -------------------------------------------------------------------------------------------------------


def _melden(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    if not f.person.institution or f.person.hat(Rolle.KOORDINATION):
        return {}
    stelle = f.umfeld.profil.institution(f.person.institution)
    art = stelle.art if stelle and stelle.art in MELDERARTEN and stelle.art != CASE_MANAGEMENT else "externe_stelle"
    return {"melder_institution": f.person.institution, "melder_art": art, "kommune": stelle.kommune if stelle else "",
            **feststehend(f.person, f.art, f.u.ausloeser)}


def _fr_einladen(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    """Die meldenden Stellen gehören immer dazu, das Case Management am Ort auch; moderiert wird, sobald eine Stelle von außen teilnimmt."""
    meldungen = f.nachbarn(MELDUNGEN)
    stellen = dict.fromkeys(m.institution for m in meldungen if m.institution)
    cm = {i.name for i in f.umfeld.profil.institutionen if i.art == CASE_MANAGEMENT and i.kommune in {m.kommune for m in meldungen}}
    liste = [{"institution": x, **({"von_kim": True} if x in cm else {})} for x in dict.fromkeys((*stellen, *sorted(cm)))]
    return {"teilnehmende": liste, "moderation": True, "moderation_durch": f.umfeld.stelle(f.person.institution or ""),
            "termin": f.stand.get("termin"), "ort": _letzter_ort(f)}


def _letzter_ort(f: Frage) -> str:
    """Wohin im selben Bereich zuletzt zu einer Fallrekonstruktion eingeladen wurde."""
    zeile = f.s.eine("SELECT stand FROM vorgang WHERE art = 'fallrekonstruktion' AND bereich = :bereich AND zustand <> 'geplant' "
                     "ORDER BY id DESC LIMIT 1", {"bereich": str(f.stand.get("bereich") or "")})
    return str(json.loads(zeile[0]).get("ort") or "") if zeile else ""


def _fr_durchfuehren(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    return {"teilnahmen": [{"institution": t["institution"]} for t in f.stand.get("teilnehmende") or ()]}


def _naechste_sitzung(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    """Die nächste, deren Unterlagen noch nicht heraus sind; für eine andere entscheidet man sich bewusst."""
    offene = (t.key for t in lenkung.termine(f.s, f.person, f.heute) if t.datum >= f.heute and t.zustand in ("geplant", "eingeladen"))
    return {"sitzung": werte.get("sitzung") or next(offene, None)}


def _lg_planen(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    """Die letzte Sitzung, an der noch keine nächste vermerkt ist: Sonst warnte sie weiter, dass ein Termin fehlt."""
    zeilen = f.s.alle("SELECT key, stand FROM vorgang WHERE art = 'sitzung' ORDER BY id DESC LIMIT 20")
    offene = {key: stand["datum"] for key, text in zeilen if not (stand := json.loads(text)).get("nachfolger")}
    return {"vorige": max(offene, key=lambda key: str(offene[key]), default=None)}


def _lg_einladen(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    return {"sitze": f.umfeld.sitze_am(date.fromisoformat(f.stand["datum"])), "ort": f.stand.get("ort")}


def _lg_eroeffnen(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    return {"anwesenheit": [{"sitz": x["sitz"]} for x in sitze_der_sitzung(f)], "gaeste": f.stand.get("gaeste")}


def letzter_verteiler(s: Sitzung) -> list[str]:
    """An wen der jüngste Beschluss ging: meist sind es dieselben."""
    zeile = s.eine("SELECT stand FROM vorgang WHERE art = 'beschluss' ORDER BY id DESC LIMIT 1")
    return list(json.loads(zeile[0]).get("verteiler") or ()) if zeile else []


def _umlauf(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    return {"sitze": f.umfeld.sitze_am(f.heute)}


def _bs_weiterleiten(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    return verteilung(f.s, f.umfeld, f.stand, f.heute)


def _ag_konstituieren(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    return {} if f.stand.get("sitzungen") else {"datum": f.heute.isoformat()}


def _ag_ist_beitrag(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    """Wer für andere einträgt, beginnt mit der ersten Stelle, deren Beitrag noch fehlt."""
    offen = [m for m in f.stand.get("mitglieder") or () if m not in (f.stand.get("ist_beitraege") or {})]
    genannt = werte.get("institution")
    return {} if not offen or genannt not in (None, f.person.institution) or genannt in offen else {"institution": offen[0]}


def _zs_anlegen(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    thema = f.gelesen(str(werte.get("eltern") or "")).get("thema")
    return {"thema": thema} if thema else {}


def _zs_bearbeiten(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    """Die Ist-Kette beginnt mit dem, was die Stellen in der Gruppe beigetragen haben."""
    if werte.get("ist"):
        return {}
    schritte = [x for g in f.nachbarn((her("erarbeitet"),)) for b in g.stand.get("ist_beitraege", {}).values()
                for x in b.get("schritte") or ()]
    return {"ist": [{**x, "nr": nr} for nr, x in enumerate(schritte, 1)]}


def _zs_weiterleiten(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    """Die Mitglieder der Gruppe und wer im Soll, bei einer Maßnahme oder Auflage genannt ist."""
    mitglieder = [m for g in f.nachbarn((her("erarbeitet"),)) for m in g.stand.get("mitglieder", {})]
    genannte = [x.get(feld) for liste, feld in (("soll", "zustaendig"), ("massnahmen", "eigner")) for x in f.stand.get(liste) or ()]
    genannte += [a.get("verantwortlich") for a in (f.stand.get("auflagen") or {}).values()]
    bekannte = [x for x in (*mitglieder, *genannte) if x in mitglieder or (x and f.umfeld.profil.institution(x))]
    return {"empfaenger": [{"institution": x, "antwort_erwartet": True} for x in dict.fromkeys(bekannte)]}


def _zs_einfuehren(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    heute = f.heute.isoformat()
    offene = [m for m in f.nachbarn((hin("umgesetzt_durch"),)) if m.zustand in ("offen", "in_arbeit")]
    fristen = [(m.key, str(m.stand.get("frist") or "")) for m in offene]
    return {"offene_massnahmen": [{"massnahme": key, **({"frist": frist} if frist >= heute else {})} for key, frist in fristen]}


def _baseline(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    bekannte = f.stand.get("indikatoren") or [i for z in f.nachbarn((her("beobachtet_in"),)) for i in z.stand.get("indikatoren") or ()]
    offene = [i for i in bekannte if i["key"] not in (f.stand.get("baseline") or {})]
    return {"werte": [{"indikator": i["key"], "wert": i.get("ausgangswert")} for i in offene or bekannte]}


def _runde_durchfuehren(f: Frage, werte: Mapping[str, Any]) -> dict[str, Any]:
    """Was seit dem Beginn der Runde ausgewählt und geparkt wurde."""
    seit = str(f.s.wert("SELECT eroeffnet FROM vorgang WHERE key = :key", {"key": f.ansicht.key if f.ansicht else ""}))
    gefunden = in_der_runde(f.s, seit)
    return {**{feld: keys for feld, keys in gefunden.items() if keys}, "gesichtet": sum(map(len, gefunden.values())) or None}


_BESONDERE: dict[tuple[str, str], Callable[[Frage, Mapping[str, Any]], dict[str, Any]]] = {
    ("meldebogen", "einreichen"): _melden,
    ("fallrekonstruktion", "einladen"): _fr_einladen,
    ("fallrekonstruktion", "durchfuehren"): _fr_durchfuehren,
    ("generatives_thema", "vorlegen"): _naechste_sitzung,
    ("arbeitsgruppe", "vorlegen"): _naechste_sitzung,
    ("beschluss", "umlauf_berichten"): _naechste_sitzung,
    ("sitzung", "planen"): _lg_planen,
    ("sitzung", "einladen"): _lg_einladen,
    ("sitzung", "eroeffnen"): _lg_eroeffnen,
    ("auswahlrunde", "durchfuehren"): _runde_durchfuehren,
    ("beschluss", "umlauf_starten"): _umlauf,
    ("beschluss", "weiterleiten"): _bs_weiterleiten,
    ("arbeitsgruppe", "konstituieren"): _ag_konstituieren,
    ("arbeitsgruppe", "ist_beitrag_erfassen"): _ag_ist_beitrag,
    ("zielsystem", "anlegen"): _zs_anlegen,
    ("zielsystem", "bearbeiten"): _zs_bearbeiten,
    ("zielsystem", "weiterleiten"): _zs_weiterleiten,
    ("zielsystem", "einfuehren"): _zs_einfuehren,
    ("monitoring", "baseline_erfassen"): _baseline,
}
