"""Rezepte: was in einer Antwort stehen muss, damit ein Schritt gelingt. Je Art und Auslöser höchstens eines.

Ein Rezept bekommt die Welt, den Vorgang (None bei einem Anfang), den Würfel und die handelnde Person; es gibt die Felder
zurück, auf die es ankommt, oder None, wenn gerade nichts dafür da ist. Alles Übrige füllt der Schmied nach dem Formular.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from service.handelnde import Handelnde
from service.laden import Akte
from states.model import her, hin
from tests.schmied import CM_STELLE, STELLEN, Antwort, Welt

Rezept = Callable[[Welt, Akte | None, Random, Handelnde], Antwort | None]
REZEPTE: dict[tuple[str, str], Rezept] = {}


def rezept(art: str, *ausloeser: str) -> Callable[[Any], Any]:
    def merke(funktion: Any) -> Any:
        REZEPTE.update({(art, a): funktion for a in ausloeser})
        return funktion

    return merke


def unpassend(z: Random) -> bool:
    """Ab und zu mit Absicht daneben: die Wächter müssen es merken, sonst merkt es eine Regel."""
    return z.random() < 0.08


def ein(z: Random, akten: list[Akte]) -> Akte | None:
    """Einer von den jüngeren; die älteren sind meist zu Ende."""
    return z.choice(akten[-10:]) if akten else None


@rezept("", "uebergeben")
def _uebergeben(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    eine, andere = z.sample(("koord_a", "koord_b", "koord_is"), 2)
    return {"zustaendig": eine, "vertretung": z.choice((None, andere))}


# --- Meldebogen -----------------------------------------------------------------------------------------------------


@rezept("meldebogen", "einreichen")
def _einreichen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    uebergabe = z.random() < 0.4
    return {
        "kanal": "online", "melder_art": "case_management" if p.hat("case_management") else z.choice(("externe_stelle", "ehrenamt")),
        "melder_institution": p.institution if p.hat("melder") and p.institution else z.choice(STELLEN[:4]),
        "kommune": z.choice(("Iserlohn", "Lüdenscheid", "Hemer")), "titel": f"Hürde {z.randrange(1000)}",
        "beschreibung": "Es geht nicht weiter.",
        "meldungsart": "huerde", "dringlichkeit": z.choice(("mittel", "hoch")), "laufende_frist": w.am(z.randrange(5, 60)),
        "einzelfall_uebergabe_gewuenscht": uebergabe, "einwilligung_uebergabe": uebergabe, "anonymisiert_bestaetigt": True,
        "ereignis_von": w.am(-40)[:7], "ereignis_bis": w.am(0)[:7], "rechtskreiswechsel": None, "schnittstelle": None, "zielgruppe": None,
    }


@rezept("meldebogen", "aufnehmen", "umsammeln")
def _aufnehmen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    sammlung = ein(z, w.akten("sammlung", zustand=("offen",)))
    return {"sammlung": sammlung.key} if sammlung else None


@rezept("meldebogen", "lage_zuordnen")
def _lage(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    lage = ein(z, w.akten("lage", zustand=("ausgerufen",)))
    return {"lage": lage.key} if lage else None


@rezept("meldebogen", "parken", "auswahl_aufheben")
def _parken(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"wiedervorlage_am": w.am(z.randrange(1, 40))}


@rezept("meldebogen", "zuordnen")
def _zuordnen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    themen = [t for t in w.akten("generatives_thema") if t.zustand not in ("abgelehnt", "gegenstandslos", "zusammengefuehrt")]
    beobachtete = [t for t in themen if w.nachbarn(t, hin("fuehrt_zu"), hin("beobachtet_in"))]
    if not beobachtete and z.random() < 0.8:
        return None  # sonst bliebe für die Fallrekonstruktion nichts übrig
    thema = ein(z, beobachtete if beobachtete and z.random() < 0.7 else themen)
    return {"thema": thema.key} if thema else None


@rezept("meldebogen", "als_doppelmeldung_verknuepfen")
def _doppelt(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    original = ein(z, [m for m in w.akten("meldebogen") if a is None or m.id != a.id])
    return {"original": original.key} if original else None


@rezept("meldebogen", "schwaerzen")
def _schwaerzen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"feld": "beschreibung", "start": z.randrange(3), "ende": z.randrange(4, 9)}


@rezept("meldebogen", "bereich_abgeben")
def _abgeben(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"an": "kreis" if a is not None and a.bereich == "iserlohn" else "iserlohn"}


@rezept("meldebogen", "rueckfrage_beenden")
def _rueckfrage(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    return {} if a and "wartet_auf_antwort" in a.marken else None


@rezept("meldebogen", "bereich_annehmen", "bereich_ablehnen")
def _abgabe(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    return {} if a and "abgabe_angeboten" in a.marken else None


@rezept("meldebogen", "text_teilen")
def _teilen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"geteilt_mit": ["iserlohn"]}


@rezept("meldebogen", "einwilligung_verzeichnen")
def _einwilligung(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"einwilligung_uebergabe": z.random() < 0.7}


@rezept("einzelfalluebergabe", "anbieten")
def _anbieten(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    meldung = ein(z, [m for m in w.akten("meldebogen") if m.stand.get("einwilligung_uebergabe") or unpassend(z)])
    return {"meldung": meldung.key, "an": CM_STELLE} if meldung else None


@rezept("einzelfalluebergabe", "einwilligung_verzeichnen")
def _einwilligung_am_fall(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"einwilligung": z.random() < 0.8}


# --- Fallrekonstruktion ---------------------------------------------------------------------------------------------


@rezept("fallrekonstruktion", "anlegen")
def _fr_anlegen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    moegliche = [m for m in w.akten("meldebogen", zustand=("ausgewaehlt",)) if not w.nachbarn(m, hin("rekonstruiert_in"))]
    if unpassend(z):
        moegliche = w.akten("meldebogen")[-3:]
    return {"meldungen": [m.key for m in moegliche[: z.randint(1, 2)]], "titel": "", "termin": None} if moegliche else None


@rezept("fallrekonstruktion", "anhaengen")
def _anhaengen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    dabei = {m.id for m in w.nachbarn(a, her("rekonstruiert_in"))} if a else set()
    moegliche = [m for m in w.akten("meldebogen") if m.id not in dabei]
    neue = [m for m in moegliche if not w.bisher["meldebogen", m.zustand, "angehaengt", m.zustand]]
    weitere = ein(z, neue or moegliche)
    return {"meldungen": [weitere.key]} if weitere else None


def _meldende(w: Welt, a: Akte | None) -> list[str]:
    return [str(m.institution) for m in w.nachbarn(a, her("rekonstruiert_in"))] if a else []


@rezept("fallrekonstruktion", "einladen")
def _fr_einladen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    stellen = dict.fromkeys((*(() if unpassend(z) else _meldende(w, a)), z.choice(STELLEN), CM_STELLE))
    return {
        "termin": w.am(z.randrange(1, 20)), "ort": "Raum 1", "moderation": not unpassend(z), "rechtsgrundlage": "einwilligung",
        "einwilligung_umfasst_alle": True,
        "teilnehmende": [{"institution": s, "rechtsgrundlage_zeitachse": "Einwilligung nennt sie", "ohne_zeitachse": z.random() < 0.2}
                         for s in stellen],
    }


@rezept("fallrekonstruktion", "durchfuehren")
def _fr_durchfuehren(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    eingeladen = [t["institution"] for t in a.stand.get("teilnehmende") or ()] if a else []
    return {"teilnahmen": [{"institution": s, "grund": "am Telefon erklärt",
                            "teilnahme": z.choice(("anwesend", "vertreten", "stellungnahme", "verzicht"))}
                           for s in dict.fromkeys((*eingeladen, *_meldende(w, a))) if not unpassend(z)]}


@rezept("fallrekonstruktion", "bearbeiten", "protokollieren", "berichtigen")
def _fr_schreiben(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"zeitachse": [{"woche": z.randrange(9), "akteur": z.choice(STELLEN), "handlung": "Antrag gestellt"}]}


@rezept("fallrekonstruktion", "pruefen")
def _fr_pruefen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"pseudonymisiert": True}


@rezept("fallrekonstruktion", "rueckmelden")
def _fr_rueckmelden(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    stellen = [t["institution"] for t in a.stand.get("teilnehmende") or ()] if a else []
    offen = [s for s in stellen if s not in (a.stand.get("rueckmeldungen") or {})] if a else []
    stelle = p.institution if p.institution in offen else z.choice(offen) if offen else None
    zustimmung = z.choice(("zugestimmt", "zugestimmt", "abweichende_sicht"))
    return {"stelle": stelle, "zustimmung": zustimmung, "abweichende_sicht": "Wir sehen das anders."} if stelle else None


@rezept("fallrekonstruktion", "sperren")
def _fr_sperren(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    return {} if (a and a.stand.get("fassungen")) or unpassend(z) else None


@rezept("fallrekonstruktion", "freigeben")
def _fr_freigeben(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"themenkandidat": "Übergang ohne Zuständigkeit"}


# --- Thema ----------------------------------------------------------------------------------------------------------


@rezept("generatives_thema", "anlegen")
def _gt_anlegen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    frei = w.akten("fallrekonstruktion", zustand=("freigegeben",))
    frei = [f for f in frei if not w.nachbarn(f, hin("ergibt"))] or frei
    if frei and z.random() < 0.8:
        return {"titel": "Thema", "fallrekonstruktionen": [ein(z, frei).key], "meldungen": []}  # type: ignore[union-attr]
    return {"titel": "Thema", "fallrekonstruktionen": [], "quelle": "austausch", "meldungen": []}


@rezept("generatives_thema", "aufnehmen")
def _gt_aufnehmen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    schon = {f.key for f in w.nachbarn(a, her("ergibt"))} if a else set()
    fr = ein(z, [f for f in w.akten("fallrekonstruktion", zustand=("freigegeben",)) if f.key not in schon])
    return {"fallrekonstruktionen": [fr.key]} if fr else None


@rezept("generatives_thema", "clustern")
def _gt_clustern(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"cluster": "Sprache"}


def offene_sitzung(w: Welt, z: Random) -> Akte | None:
    return ein(z, w.akten("sitzung", zustand=("geplant", "eingeladen", "unterlagen_versandt", "laeuft")))


@rezept("generatives_thema", "vorlegen")
def _gt_vorlegen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    sitzung = offene_sitzung(w, z)
    return {"sitzung": sitzung.key, "tischvorlage": True} if sitzung else None


@rezept("generatives_thema", "zurueckstellen", "an_land_melden")
def _gt_warten(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"wiedervorlage_am": w.am(z.randrange(1, 60))}


@rezept("generatives_thema", "an_land_versenden")
def _gt_versenden(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    return {"wiedervorlage_am": w.am(z.randrange(1, 60)), "empfaenger": "Ministerium"}


@rezept("generatives_thema", "antwort_verzeichnen", "ohne_zielsystem_abschliessen")
def _gt_antwort(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    warten = {"wiedervorlage_am": w.am(30)} if a and a.zustand == "an_land_gemeldet" else {}
    return {"ergebnis": z.choice(("geloest", "ohne_loesung")), **warten}


@rezept("generatives_thema", "zusammenfuehren")
def _gt_zusammen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort | None:
    enden = ("abgeschlossen", "abgelehnt", "gegenstandslos", "zusammengefuehrt")
    andere = [t for t in w.akten("generatives_thema") if t.zustand not in enden and (a is None or t.id != a.id)]
    neue = [t for t in andere if not w.bisher["generatives_thema", t.zustand, "vereinigen", t.zustand]]
    anderes = ein(z, neue or andere)
    return {"mit": anderes.key} if anderes else None


@rezept("generatives_thema", "teilen")
def _gt_teilen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    meldungen = w.nachbarn(a, her("im_thema")) if a else []
    frs = w.nachbarn(a, her("ergibt")) if a else []
    return {"titel": "Teil", "meldungen": [m.key for m in meldungen[:1]], "fallrekonstruktionen": [f.key for f in frs[:1]]}


@rezept("generatives_thema", "beauftragen")
def _gt_beauftragen(w: Welt, a: Akte | None, z: Random, p: Handelnde) -> Antwort:
    if z.random() < 0.2:
        return {**z.choice(({"arbeitskreis": "Arbeitskreis Sprache"}, {"an": "Sozialamt"})), "frist": z.choice((None, w.am(50)))}
    mitglieder = [{"institution": STELLEN[1], "rolle": "mitglied"}, {"institution": STELLEN[2], "rolle": "leitung"}]
    return {"name": "Gruppe", "auftrag": "Ist aufnehmen", "frist": w.am(90), "mitglieder": mitglieder, "leitung": [STELLEN[2]]}
