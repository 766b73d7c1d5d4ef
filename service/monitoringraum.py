"""Was der Arbeitsplatz des Monitorings zeigt: Verläufe, Vollständigkeit, Einzelfälle, Wiederkehr, Bewertungen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from forms.felder import felder_von
from forms.grundform import Formular
from forms.monitoring import Bewerten, Einzelfall
from forms.render import datum
from forms.verlaufsbild import Messung, in_worten, zahl_aus, zeichne
from service.db import Sitzung
from service.handelnde import Handelnde
from service.sicht import Ebene, sichtbar
from states.aussage import Aussage, aneinander
from states import monitoring_inhalt as inhalt
from states.eigene_stelle import FREI
from states.kette import PROZESSE
from states.meldebogen import geschehen_nach
from states.model import Daten
from states.monitoring import SIGNAL

if TYPE_CHECKING:
    from service.pages.raum import Blick

_HOECHSTENS = 50
_RHYTHMUS = {"monatlich": "monatlich", "vierteljaehrlich": "vierteljährlich", "halbjaehrlich": "halbjährlich", "jaehrlich": "jährlich"}
# CROSS JOIN: SQLite fängt dann bei diesem einen Monitoring an und nicht bei allen Meldungen
_MELDUNGEN = (
    "SELECT v.key, v.titel, v.zustand, v.eroeffnet, v.stand FROM vorgang m CROSS JOIN verbindung b CROSS JOIN verbindung f "
    "CROSS JOIN verbindung t CROSS JOIN vorgang v WHERE m.key = :key AND b.nach = m.id AND b.art = 'beobachtet_in' AND b.offen = 1 "
    "AND f.nach = b.von AND f.art = 'fuehrt_zu' AND f.offen = 1 AND t.nach = f.von AND t.art = 'im_thema' AND t.offen = 1 "
    "AND v.id = t.von AND {darf} ORDER BY v.id DESC LIMIT :menge"
)


def raum(b: Blick) -> dict[str, Any]:
    stand, ganz = b.ansicht.felder, b.ansicht.ebene is Ebene.VOLL
    return {
        "indikatoren": indikatoren(stand, b.heute), "vollstaendig": inhalt.vollstaendigkeit(stand, b.heute.isoformat()),
        "startdatum": datum(stand.get("startdatum")), "signal": SIGNAL in b.ansicht.marken,
        "pruefungen": _pruefungen(stand, b.namen), "bewertungen": _bewertungen(stand),
        "signale": _signale(stand) if ganz else [], "signalpruefungen": _signalpruefungen(stand, b.namen) if ganz else [],
        "meldungen": meldungen(b.s, b.person, b.ansicht.key, b.heute, stand) if ganz else [],
        "kann": {m.uebergang.ausloeser for m in b.schritte if not m.grund},
    }


# --- Indikatoren ------------------------------------------------------------------------------------------------------


def indikatoren(stand: Daten, heute: date) -> list[dict[str, Any]]:
    return [_indikator(stand, schluessel, i, heute) for schluessel, i in inhalt.indikatoren(stand).items()]


def _indikator(stand: Daten, schluessel: str, i: Daten, heute: date) -> dict[str, Any]:
    baseline = stand.get("baseline", {}).get(schluessel, {})
    erfasst = not inhalt.ohne_baseline([schluessel], stand.get("baseline", {}))
    wert = baseline.get("wert") if baseline.get("wert") not in (None, "") else i.get("ausgangswert")
    ausgang, ziel = zahl_aus(wert), zahl_aus(i.get("zielwert"))
    zeilen = inhalt.erhebungen(stand, schluessel)
    messungen = [Messung(datum(e["faellig_am"]), zahl_aus(e.get("wert"))) for e in zeilen]
    naechster, ab = inhalt.naechster_termin(stand, schluessel), inhalt.fruehestens(stand, schluessel)
    return {
        "key": schluessel, "name": i["indikator"], "einheit": i.get("einheit", ""), "ausgang": _ausgang(in_worten(ausgang), erfasst),
        "ausgang_fehlt": not erfasst,
        "warum_keiner": baseline.get("grund_fehlt", ""), "ziel": in_worten(ziel), "stelle": inhalt.wer_erhebt(i),
        "rhythmus": _RHYTHMUS[i["rhythmus"]], "naechster": naechster.isoformat() if naechster else "",
        "ab": ab, "offen": "" < ab <= heute.isoformat(), "vorschlag": min(naechster, heute).isoformat() if naechster else "",
        "ueberfaellig": naechster is not None and naechster <= heute, "zeilen": [_zeile(e) for e in zeilen],
        "bild": zeichne(messungen, ausgang, ziel) if messungen else None,
    }  # fmt: skip


def _ausgang(wert: str, erfasst: bool) -> str:
    """Ein Wert, der nur im Zielsystem steht, ist noch keiner, den jemand erhoben hat: Solange er fehlt, mahnt die Frist."""
    return wert if erfasst or not wert else Aussage("{wert} laut Zielsystem, noch nicht erfasst", wert=wert)


def _zeile(e: Daten) -> dict[str, str]:
    nachtrag = Aussage("nachgereicht am {nachgereicht_am}", nachgereicht_am=datum(e["nachgereicht_am"])) if e.get("nachgereicht_am") else ""
    grund = Aussage("nicht erhoben: {grund}", grund=e["grund"]) if e.get("grund") else ""
    return {"termin": str(e["faellig_am"]), "wert": in_worten(zahl_aus(e.get("wert"))),
            "dazu": aneinander([t for t in (grund, nachtrag, e.get("bemerkung", "")) if t], "; ")}


def eigene(stand: Daten, person: Handelnde, heute: date) -> list[dict[str, Any]]:
    """Die Indikatoren, deren Werte diese Person einträgt: die Koordination alle, eine Stelle ihre."""
    alle = indikatoren(stand, heute)
    if any(person.hat(r) for r in FREI):
        return alle
    return [i for i in alle if not i["stelle"] or i["stelle"] in (person.institution, person.key)]


# --- Einzelfälle, Bewertungen -----------------------------------------------------------------------------------------


def _optionen(klasse: type[Formular], name: str) -> dict[str, str]:
    return dict(next(f.optionen for f in felder_von(klasse) if f.name == name))


def _pruefungen(stand: Daten, namen: Mapping[str, str]) -> list[dict[str, str]]:
    besser = _optionen(Einzelfall, "heute_besser")
    return [{"am": datum(p["am"]), "wer": namen.get(str(p.get("von")), ""), "fall": f["fall"],
             "besser": besser[f["heute_besser"]], "beobachtung": f.get("beobachtung", "")}
            for p in reversed(stand.get("einzelfallpruefungen") or ()) for f in p["faelle"]]


def _bewertungen(stand: Daten) -> list[dict[str, str]]:
    wertungen = {**_optionen(Bewerten, "wertung"), "wirksam": "Wirksam"}
    return [{"am": datum(w["am"]), "wertung": wertungen.get(w.get("wertung") or "", ""), "grundlage": w.get("vollstaendigkeit", ""),
             "folgt": w.get("was_geschieht") or w.get("begruendung", "")} for w in reversed(stand.get("bewertungen") or ())]


# --- Wiederkehr -------------------------------------------------------------------------------------------------------


def _signale(stand: Daten) -> list[dict[str, str]]:
    return [{"am": datum(x["am"]), "meldung": x["meldung"], "ereignis": _ereignis(x)} for x in reversed(stand.get("signale") or ())]


def _signalpruefungen(stand: Daten, namen: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"am": datum(p["am"]), "wer": namen.get(str(p.get("von")), ""), "grund": p.get("grund", ""),
             "meldungen": list(p.get("meldungen") or ())} for p in reversed(stand.get("signalpruefungen") or ())]


def _ereignis(angaben: Daten) -> str:
    """„03/2026 bis 04/2026“."""
    von, bis = (f"{m[5:]}/{m[:4]}" if (m := str(angaben.get(f) or "")) else "" for f in ("ereignis_von", "ereignis_bis"))
    return von if not bis or bis == von else Aussage("{von} bis {bis}", von=von, bis=bis) if von else Aussage("bis {bis}", bis=bis)


def meldungen(s: Sitzung, person: Handelnde, key: str, heute: date, stand: Daten) -> list[dict[str, Any]]:
    """Die jüngsten Meldungen zum Thema, soweit die Person sie ganz sieht; es zählt, wann das Gemeldete geschah."""
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL, arten=("meldebogen",))
    zeilen = s.alle(_MELDUNGEN.format(darf=darf), {**werte, "key": key, "menge": _HOECHSTENS})
    start = str(stand.get("startdatum") or "")
    gefunden = []
    for k, titel, zustand, eroeffnet, text in zeilen:
        angaben = json.loads(text)
        gefunden.append({"key": k, "titel": titel, "zustand": PROZESSE["meldebogen"].zustand(zustand).bezeichnung,
                         "eingang": datum(str(angaben.get("eingang") or eroeffnet)), "ereignis": _ereignis(angaben),
                         "danach": bool(start) and geschehen_nach(angaben, start)})
    return gefunden
