"""Arbeitsgruppe: nimmt die Ketten aller beteiligten Stellen auf (Ist) und entwirft die neue (Soll).

Es gibt sie nur durch einen Beschluss, der Mitglieder, Auftrag und Datum nennt. Quelle: process.md; [004] Abschnitt 3.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states import themenstand
from states.anhang import anhaengen
from states.eigene_stelle import eigene_stelle
from states.fristen import Blick, Frist, Stufe, Termin, ab_eroeffnung, am_feld, an_marke, im_zustand
from states.glieder import Folge, Folgeschritt, Kettenglied, Lage
from states.model import (
    AG_LEITUNG, AG_MITGLIED, BESCHLUSS, KETTE, K_ALLE, LG_VORSITZ, Anlass, Beteilige, Daten, Fakten, Grund, Haenge, Je, Marke, Prozess,
    Rechne, Rolle, Setze, Uebergang, Verbinde, Waechter, Zustand, her, hin, uebergeben,
)
from states.monate import plus_monate
from states.waechter import datum_nicht_vergangen, eines_noetig, feld_noetig, marke_gesetzt, marke_nicht_gesetzt, wenn
from states.zielsystem_inhalt import ENTSCHIEDEN, fehlende_stimmen

RUHT = "ruht"
HOECHSTENS_MONATE = 3  # so lange darf sie ruhen, und um so viel verlängert der Vorsitz allein

VOR_DER_VORLAGE = ("eingesetzt", "konstituiert", "ist_analyse", "soll_entwurf", "abgestimmt")
OFFEN = (*VOR_DER_VORLAGE, "vorgelegt")
BEI_DER_ARBEIT = ("konstituiert", "ist_analyse", "soll_entwurf", "abgestimmt")

ZUSTAENDE = (
    Zustand("eingesetzt", "Eingesetzt", "Die Lenkungsgruppe hat die Gruppe eingesetzt; sie hat noch nicht getagt.", Rolle.AG_LEITUNG),
    Zustand("konstituiert", "Konstituiert", "Die Gruppe hat zum ersten Mal getagt.", Rolle.AG_LEITUNG),
    Zustand("ist_analyse", "Ist-Analyse", "Die Gruppe nimmt auf, wie jede beteiligte Stelle heute vorgeht.", Rolle.AG_LEITUNG),
    Zustand("soll_entwurf", "Soll-Entwurf", "Die Gruppe entwirft, wie es künftig laufen soll.", Rolle.AG_LEITUNG),
    Zustand("abgestimmt", "Abgestimmt", "Jede Stelle hat dem Entwurf zugestimmt oder ein Sondervotum abgegeben.", Rolle.AG_LEITUNG),
    Zustand("vorgelegt", "Vorgelegt", "Das Ergebnis liegt der Lenkungsgruppe zur Entscheidung vor.", Rolle.KOORDINATION),
    Zustand("beendet", "Beendet", "Die Lenkungsgruppe hat über das Ergebnis entschieden und die Gruppe beendet.", ende=True),
    Zustand("aufgeloest", "Aufgelöst", "Die Lenkungsgruppe hat die Gruppe ohne Ergebnis aufgelöst.", ende=True),
)

MARKEN = (Marke(RUHT, "Ruht", "Die Gruppe ruht bis zu einem Datum; ihre Fristen laufen solange nicht.", feld="bis"),)


# --- Inhalt ---------------------------------------------------------------------------------------------------------


def _eingesetzt(_stand: Daten, daten: Daten, heute: str) -> Daten:
    mitglieder = {m["institution"]: {**m, "seit": heute} for m in daten.get("mitglieder", ())}
    return {"titel": daten["name"], "mitglieder": mitglieder, "beauftragt_am": heute}


def _mit_sitzung(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Die Sitzungen, nach Tag geordnet; ein zweiter Vermerk zum selben Tag ergänzt den ersten."""
    tag = daten.get("datum")
    sitzungen = stand.get("sitzungen", {})
    if not tag:
        return {}
    eintrag = {**sitzungen.get(tag, {}), **daten, "am": heute}
    return {"sitzungen": dict(sorted({**sitzungen, tag: eintrag}.items()))}


def _konstituiert(stand: Daten, daten: Daten, heute: str) -> Daten:
    neu = _mit_sitzung(stand, daten, heute)
    return {**neu, "konstituiert_am": min(neu.get("sitzungen") or stand["sitzungen"])}


def _nachbeauftragt(stand: Daten, daten: Daten, heute: str) -> Daten:
    neue = {m["institution"]: {"seit": heute, **m, "beschluss": daten.get("beschluss")} for m in daten.get("institutionen", ())}
    auftrag = {f: daten[f] for f in ("auftrag", "frist") if daten.get(f)}
    return {**auftrag, "mitglieder": {**stand.get("mitglieder", {}), **neue}, "nachbeauftragt_am": heute, "verlaengerungen": 0}


def _aufgenommen(stand: Daten, daten: Daten, heute: str) -> Daten:
    mitglieder = stand.get("mitglieder", {})
    neu = {**mitglieder.get(daten["institution"], {}), "seit": heute, **daten}
    return {"mitglieder": {**mitglieder, daten["institution"]: neu}}


def _verlaengert(stand: Daten, daten: Daten, _heute: str) -> Daten:
    """Gezählt wird nur, was der Vorsitz allein verlängert; ein Beschluss trägt sich selbst ein."""
    allein = 0 if daten.get("beschluss") else 1
    return {"verlaengerungen": int(stand.get("verlaengerungen", 0)) + allein, "frist": daten["frist"],
            "frist_urspruenglich": stand.get("frist_urspruenglich") or stand.get("frist")}


def _blockiert(stand: Daten, daten: Daten, heute: str) -> Daten:
    bisher = stand.get("blockaden", {})
    return {"blockaden": {**bisher, f"B{len(bisher) + 1}": {**daten, "gemeldet_am": heute, "geloest_am": None}}}


def offene_blockaden(stand: Daten) -> list[str]:
    return [k for k, b in stand.get("blockaden", {}).items() if not b.get("geloest_am")]


def _gemeinte_blockade(stand: Daten, daten: Daten) -> str | None:
    """Die genannte, oder die einzige offene; None, wenn nicht klar ist, welche gemeint ist."""
    offene = offene_blockaden(stand)
    if not offene:  # ehe nach der Antwort gefragt wird: so bietet auch niemand den Schritt an
        return None
    genannt = daten.get("blockade") or (offene[0] if len(offene) == 1 else None)
    return genannt if genannt in offene else None


def _geloest(stand: Daten, daten: Daten, heute: str) -> Daten:
    welche = str(_gemeinte_blockade(stand, daten))
    blockaden = stand["blockaden"]
    return {"blockaden": {**blockaden, welche: {**blockaden[welche], "ergebnis": daten.get("ergebnis", ""), "geloest_am": heute}}}


def ohne_ist(stand: Daten) -> list[str]:
    """Mitglieder, von denen weder ein Ist-Beitrag vorliegt noch ein Grund, warum keiner."""
    beitraege = stand.get("ist_beitraege", {})
    return [m for m in stand.get("mitglieder", {}) if not any(beitraege.get(m, {}).get(f) for f in ("schritte", "grund_fehlt"))]


# --- Wächter --------------------------------------------------------------------------------------------------------


def _ist_von_allen(f: Fakten) -> Grund | None:
    fehlend = ohne_ist(f.stand)
    satz = "Es fehlt noch der Ist-Beitrag von: {stellen}. Erfassen Sie ihn oder halten Sie fest, warum es keinen gibt."
    return Grund(satz, {"stellen": ", ".join(fehlend)}) if fehlend else None


def _alle_stimmen(f: Fakten) -> Grund | None:
    """Beim Abstimmen über die Entwürfe; beim Vorlegen noch einmal, falls inzwischen eine Stelle hinzukam."""
    zustand = "entwurf" if f.zustand == "soll_entwurf" else "abgestimmt"
    betroffen = [z for z in f.nachbarn(hin("erarbeitet")) if z.zustand == zustand]
    if not betroffen:
        return Grund("Es gibt kein Zielsystem der Gruppe, mit dem das möglich wäre.")
    fehlend = {s: None for z in betroffen for s in fehlende_stimmen(f.stand.get("mitglieder", {}), z.stand)}
    satz = "Es fehlt noch die Zustimmung oder ein Sondervotum von: {stellen}."
    return Grund(satz, {"stellen": ", ".join(fehlend)}) if fehlend else None


def _verlaengerung(f: Fakten) -> Grund | None:
    """Der Vorsitz verlängert einmal und höchstens um drei Monate; alles andere beschließt die Lenkungsgruppe."""
    bisher, neu = f.stand.get("frist"), f.daten.get("frist")
    if not bisher or not neu or neu <= bisher:
        return Grund("Die neue Frist muss nach der bisherigen liegen.", feld="frist")
    if f.rolle == Rolle.BESCHLUSS:
        return None
    if neu < f.heute.isoformat():
        return Grund("Die neue Frist darf nicht in der Vergangenheit liegen.", feld="frist")
    if f.daten.get("beschluss"):
        return Grund("Einen Beschluss trägt das Programm selbst ein. Bitte lassen Sie das Feld leer.")
    if f.stand.get("verlaengerungen"):
        return Grund("Die Frist ist schon einmal verlängert worden. Eine weitere Verlängerung beschließt die Lenkungsgruppe.")
    if neu > plus_monate(date.fromisoformat(bisher), HOECHSTENS_MONATE).isoformat():
        return Grund("Der Vorsitz kann um höchstens drei Monate verlängern. Mehr beschließt die Lenkungsgruppe.", feld="frist")
    return None


def _hoechstens_drei_monate(f: Fakten) -> bool:
    return str(f.daten.get("bis") or "") <= plus_monate(f.heute, HOECHSTENS_MONATE).isoformat()


_ERSTE_SITZUNG = wenn("erste_sitzung", lambda f: bool(f.daten.get("datum") or f.stand.get("sitzungen")),
                      "Bitte nennen Sie den Tag der ersten Sitzung.")
_SITZUNG_WAR = wenn("sitzung_war", lambda f: str(f.daten.get("datum") or "") <= f.heute.isoformat(),
                    "Eine Sitzung können Sie erst verzeichnen, wenn sie stattgefunden hat.", "datum")
_IST = Waechter("ist_von_allen", _ist_von_allen)
_STIMMEN = Waechter("alle_stimmen", _alle_stimmen)
_MITGLIED = wenn("ist_mitglied", lambda f: f.daten.get("institution") in f.stand.get("mitglieder", {}),
                 "Diese Stelle ist kein Mitglied der Gruppe. Neue Mitglieder nimmt die Lenkungsgruppe auf.")
_NOCH_KEIN_MITGLIED = wenn("noch_kein_mitglied", lambda f: f.daten.get("institution") not in f.stand.get("mitglieder", {}),
                           "Diese Stelle ist schon Mitglied der Gruppe.")
_BEITRAG = eines_noetig("schritte_oder_grund", lambda f: bool(f.daten.get("schritte") or f.daten.get("grund_fehlt")),
                        "Bitte nennen Sie mindestens einen Schritt oder den Grund, warum diese Stelle keinen hat.",
                        "schritte", "grund_fehlt")
_ENTSCHIEDEN = wenn("zielsystem_entschieden",
                    lambda f: bool(z := f.nachbarn(hin("erarbeitet"))) and all(e.zustand in ENTSCHIEDEN for e in z),
                    "Beendet wird die Gruppe mit der Entscheidung über ihr Zielsystem; eines ist noch nicht entschieden.")
_NICHT_ALLES_OFFEN = wenn("entscheidung_zuerst",
                          lambda f: f.zustand != "vorgelegt" or any(z.zustand != "vorgelegt" for z in f.nachbarn(hin("erarbeitet"))),
                          "Bitte nennen Sie im Beschluss zuerst, was aus dem vorgelegten Zielsystem wird.")
_NEUE_ODER_AUSDRUECKLICH = wenn("institutionen_genannt", lambda f: bool(f.daten.get("institutionen") or f.daten.get("ziel")),
                                "Zurück in die Ist-Analyse geht es, wenn Stellen hinzukommen. Bitte nennen Sie sie.")
_KEINE_NEUEN = wenn("keine_neuen_institutionen", lambda f: not f.daten.get("institutionen"),
                    "Wer neu hinzukommt, braucht erst einen Ist-Beitrag. Bitte wählen Sie die Ist-Analyse.")
_BLOCKADE = wenn("blockade_offen", lambda f: _gemeinte_blockade(f.stand, f.daten) is not None,
                 "Es ist keine Blockade gemeldet, oder es sind mehrere offen; dann nennen Sie bitte die, die gelöst ist.")
_ENDE_NOETIG = (
    marke_nicht_gesetzt(RUHT, "Die Gruppe ruht bereits."),
    feld_noetig("bis", "Bitte nennen Sie den Tag, bis zu dem die Gruppe ruht."),
    datum_nicht_vergangen("bis", "Das Ende der Ruhezeit darf nicht in der Vergangenheit liegen."),
    wenn("hoechstens_drei_monate", _hoechstens_drei_monate, "Eine Gruppe kann höchstens drei Monate ruhen.", "bis"),
)

_ZU_DEN_ZIELSYSTEMEN = ((hin("erarbeitet"),),)
_ENTSCHEIDUNG = Anlass("arbeitsgruppe_entscheidung", ("mitglieder", "ag_leitung"))

UEBERGAENGE = (
    Uebergang("einsetzen", (), "eingesetzt", (KETTE,), "Arbeitsgruppe einsetzen", "Einsetzen",
              waechter=(feld_noetig("mitglieder", "Eine Arbeitsgruppe braucht benannte Mitglieder."),
                        feld_noetig("auftrag", "Eine Arbeitsgruppe braucht einen Auftrag."),
                        feld_noetig("frist", "Eine Arbeitsgruppe braucht ein Datum, bis zu dem sie ihr Ergebnis vorlegt."),
                        feld_noetig("leitung", "Eine Arbeitsgruppe braucht eine Leitung.")),
              schreibt=(Setze(), Rechne(_eingesetzt)),
              verbindet=(Verbinde("thema", her("beauftragt")), Verbinde("beschluss", her("setzt_ein"))),
              beteiligt=(Beteilige("mitglieder", Rolle.AG_MITGLIED), Beteilige("leitung", Rolle.AG_LEITUNG)),
              meldet=(Anlass("arbeitsgruppe_eingesetzt", ("mitglieder", "ag_leitung")),),
              quelle="[004] 3.3 Einsetzung und Benennung durch die Lenkungsgruppe"),
    Uebergang("konstituieren", ("eingesetzt",), "konstituiert", (AG_LEITUNG, K_ALLE), "Konstituieren", "Konstituieren",
              waechter=(_ERSTE_SITZUNG, _SITZUNG_WAR), schreibt=(Rechne(_konstituiert),)),
    Uebergang("ist_beginnen", ("konstituiert",), "ist_analyse", (AG_LEITUNG, K_ALLE), "Ist-Analyse beginnen", schreibt=(),
              quelle="[004] 3.3 bestehende Dienstleistungsketten aller beteiligten Institutionen"),
    Uebergang("ist_beitrag_erfassen", ("ist_analyse",), None, (AG_LEITUNG, K_ALLE, AG_MITGLIED), "Ist-Beitrag erfassen",
              "IstBeitragErfassen", waechter=(_MITGLIED, eigene_stelle("institution"), _BEITRAG),
              schreibt=(Je("ist_beitraege", "institution"),)),
    Uebergang("ist_vollstaendig", ("ist_analyse",), None, (AG_LEITUNG, K_ALLE, AG_MITGLIED), "Ist für vollständig erklären",
              waechter=(_IST,), schreibt=(Rechne(lambda stand, daten, heute: {"ist_vollstaendig_am": heute}),)),
    Uebergang("soll_beginnen", ("ist_analyse",), "soll_entwurf", (AG_LEITUNG, K_ALLE), "Soll-Entwurf beginnen", waechter=(_IST,),
              schreibt=(), quelle="[004] 3.3 erst alle Ist-Ketten, dann die Veränderung"),
    Uebergang("ist_nachholen", ("soll_entwurf", "abgestimmt"), "ist_analyse", (AG_LEITUNG, K_ALLE), "Ist-Aufnahme nachholen",
              schreibt=()),
    Uebergang("abstimmen", ("soll_entwurf",), "abgestimmt", (AG_LEITUNG,), "Zielsystem abstimmen", waechter=(_IST, _STIMMEN),
              schreibt=(), braucht=_ZU_DEN_ZIELSYSTEMEN),
    Uebergang("vorlegen", ("abgestimmt",), "vorgelegt", (AG_LEITUNG, K_ALLE), "Der Lenkungsgruppe vorlegen", "Vorlegen",
              waechter=(feld_noetig("sitzung", "Bitte nennen Sie die Sitzung, auf deren Tagesordnung das Ergebnis kommt."),
                        _IST, _STIMMEN),
              loescht=(RUHT,), schreibt=(Setze(("sitzung",)),), braucht=_ZU_DEN_ZIELSYSTEMEN,
              meldet=(Anlass("arbeitsgruppe_legt_vor", ("koordination",)),),
              quelle="[004] 3.3 Vorlage an die Lenkungsgruppe"),
    Uebergang("vorlage_zurueckgezogen", ("vorgelegt",), "soll_entwurf", (KETTE,), "Zielsystem ist zurück in der Gruppe", schreibt=(),
              meldet=(Anlass("vorlage_zurueckgezogen", ("mitglieder", "ag_leitung")),)),
    Uebergang("nachbeauftragen", ("vorgelegt", "beendet"), "ist_analyse", (BESCHLUSS,), "Nachbeauftragen", "Nachbeauftragen",
              waechter=(_NEUE_ODER_AUSDRUECKLICH, _NICHT_ALLES_OFFEN), schreibt=(Rechne(_nachbeauftragt), Haenge("nachauftraege")),
              beteiligt=(Beteilige("institutionen", Rolle.AG_MITGLIED),), braucht=_ZU_DEN_ZIELSYSTEMEN, meldet=(_ENTSCHEIDUNG,)),
    Uebergang("nachbeauftragen", ("vorgelegt", "beendet"), "soll_entwurf", (BESCHLUSS,), "Nachbeauftragen", "Nachbeauftragen",
              waechter=(_KEINE_NEUEN, _NICHT_ALLES_OFFEN), schreibt=(Rechne(_nachbeauftragt), Haenge("nachauftraege")),
              braucht=_ZU_DEN_ZIELSYSTEMEN, meldet=(_ENTSCHEIDUNG,)),
    Uebergang("beenden", ("vorgelegt",), "beendet", (BESCHLUSS,), "Arbeitsgruppe beenden", "Beenden", waechter=(_ENTSCHIEDEN,),
              schreibt=(Rechne(lambda stand, daten, heute: {"beendet_am": heute}),), braucht=_ZU_DEN_ZIELSYSTEMEN, meldet=(_ENTSCHEIDUNG,)),
    Uebergang("aufloesen", OFFEN, "aufgeloest", (BESCHLUSS,), "Arbeitsgruppe auflösen", "Aufloesen", grund_noetig=True,
              loescht=(RUHT,), schreibt=(Rechne(lambda stand, daten, heute: {"beendet_am": heute}),), meldet=(_ENTSCHEIDUNG,)),
    Uebergang("ruhen_lassen", VOR_DER_VORLAGE, None, (AG_LEITUNG, K_ALLE), "Ruhen lassen", "RuhenLassen", grund_noetig=True, setzt=RUHT,
              waechter=_ENDE_NOETIG, schreibt=(Haenge("ruhezeiten"),),
              meldet=(Anlass("arbeitsgruppe_ruht", ("mitglieder", "koordination")),)),
    Uebergang("wieder_aufnehmen", VOR_DER_VORLAGE, None, (AG_LEITUNG, K_ALLE), "Arbeit wieder aufnehmen", loescht=(RUHT,),
              waechter=(marke_gesetzt(RUHT, "Die Gruppe ruht nicht."),), schreibt=(),
              meldet=(Anlass("arbeitsgruppe_arbeitet_wieder", ("mitglieder",)),)),
    Uebergang("sitzung_verzeichnen", OFFEN, None, (AG_LEITUNG, K_ALLE), "Sitzung verzeichnen", "SitzungVerzeichnen",
              waechter=(feld_noetig("datum", "Bitte nennen Sie den Tag der Sitzung."), _SITZUNG_WAR), schreibt=(Rechne(_mit_sitzung),)),
    Uebergang("mitglied_wechseln", OFFEN, None, (K_ALLE,), "Person eines Mitglieds wechseln", "MitgliedWechseln", waechter=(_MITGLIED,),
              schreibt=(Je("mitglieder", "institution"), Haenge("mitgliederwechsel")),
              meldet=(Anlass("mitglied_gewechselt", ("ag_leitung",)),)),
    Uebergang("leitung_wechseln", OFFEN, None, (AG_LEITUNG, K_ALLE), "Leitung wechseln", "LeitungWechseln", grund_noetig=True,
              schreibt=(Setze(("leitung",)), Haenge("leitungswechsel")), beteiligt=(Beteilige("leitung", Rolle.AG_LEITUNG, statt=True),),
              meldet=(Anlass("leitung_gewechselt", ("sitze", "mitglieder", "ag_leitung")),)),
    Uebergang("institution_aufnehmen", OFFEN, None, (BESCHLUSS,), "Institution aufnehmen", "InstitutionAufnehmen",
              waechter=(_NOCH_KEIN_MITGLIED,), schreibt=(Rechne(_aufgenommen),),
              beteiligt=(Beteilige("institution", Rolle.AG_MITGLIED),),
              meldet=(Anlass("institution_aufgenommen", ("mitglieder", "ag_leitung")),),
              quelle="[004] 3.3 Benennung der Mitglieder durch die Lenkungsgruppe"),
    Uebergang("blockade_melden", OFFEN, None, (AG_LEITUNG, K_ALLE), "Blockade melden", "BlockadeMelden",
              waechter=(feld_noetig("wer", "Bitte nennen Sie, wer etwas schuldet."), feld_noetig("was", "Bitte nennen Sie, was fehlt."),
                        datum_nicht_vergangen("bis", "Der Tag, bis zu dem etwas fehlt, darf nicht in der Vergangenheit liegen.")),
              schreibt=(Rechne(_blockiert),), meldet=(Anlass("blockade_gemeldet", ("koordination",)),)),
    Uebergang("blockade_loesen", OFFEN, None, (AG_LEITUNG, K_ALLE), "Blockade lösen", "BlockadeLoesen", waechter=(_BLOCKADE,),
              schreibt=(Rechne(_geloest),), meldet=(Anlass("blockade_geloest", ("ag_leitung",)),)),
    Uebergang("frist_verlaengern", OFFEN, None, (LG_VORSITZ, BESCHLUSS), "Frist verlängern", "FristVerlaengern", grund_noetig=True,
              waechter=(Waechter("verlaengerung", _verlaengerung),), schreibt=(Rechne(_verlaengert),),
              meldet=(Anlass("frist_verlaengert", ("mitglieder", "ag_leitung", "koordination")),)),
    *anhaengen(OFFEN, (*OFFEN, "beendet", "aufgeloest"), AG_MITGLIED, AG_LEITUNG, K_ALLE),
    uebergeben(*OFFEN),
)


# --- Fristen --------------------------------------------------------------------------------------------------------


def _letzte_sitzung(b: Blick) -> Iterable[Termin]:
    """Ab der letzten verzeichneten Sitzung; ein neuer Auftrag oder das Ende einer Ruhezeit setzt neu an."""
    if b.zustand not in BEI_DER_ARBEIT:
        return ()
    tage = (*b.stand.get("sitzungen", {}), *(b.stand.get(f) or "" for f in ("konstituiert_am", "nachbeauftragt_am")))
    letzter = max(tage, default="")
    return (Termin(anker=date.fromisoformat(letzter) if letzter else None),)


def _blockaden(b: Blick) -> Iterable[Termin]:
    """Bis zum genannten Tag; ohne einen läuft die Dauer ab der Meldung."""
    for schluessel in offene_blockaden(b.stand) if b.zustand in OFFEN else ():
        eintrag = b.stand["blockaden"][schluessel]
        bis = eintrag.get("bis")
        yield Termin(schluessel, date.fromisoformat(eintrag["gemeldet_am"]), date.fromisoformat(bis) if bis else None)


FRISTEN = (
    Frist("konstituierung", "Arbeitsgruppe konstituieren", ab_eroeffnung("eingesetzt"), "8 Wochen", ruht_bei=RUHT,
          stufen=(Stufe("10 WT vor Ende", ("ag_leitung",)), Stufe("Ende", ("ag_leitung",)), Stufe("5 WT nach Ende", ("zustaendig",)))),
    Frist("sitzungsvermerk", "Sitzung der Arbeitsgruppe verzeichnen", _letzte_sitzung, "10 Wochen", ruht_bei=RUHT,
          stufen=(Stufe("Ende", ("ag_leitung",)), Stufe("5 WT nach Ende", ("zustaendig",)))),
    Frist("arbeitsergebnis", "Ergebnis der Arbeitsgruppe vorlegen", am_feld("frist", *VOR_DER_VORLAGE), ruht_bei=RUHT,
          stufen=(Stufe("10 WT vor Ende", ("ag_leitung",)), Stufe("3 WT vor Ende", ("ag_leitung",)), Stufe("Ende", ("ag_leitung",)),
                  Stufe("5 WT nach Ende", ("zustaendig",)))),
    Frist("vorlage_ohne_beschluss", "Vorgelegtes Ergebnis ohne Beschluss über die Gruppe", im_zustand("vorgelegt"), "8 Monate",
          stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("ruhezeit", "Ende der Ruhezeit", an_marke(RUHT),
          stufen=(Stufe("10 WT vor Ende", ("ag_leitung",)), Stufe("3 WT vor Ende", ("ag_leitung",)),
                  Stufe("1 WT nach Ende", ("ag_leitung", "zustaendig")))),
    Frist("blockade", "Blockade auflösen", _blockaden, "10 WT",
          stufen=(Stufe("3 WT vor Ende", ("ag_leitung",)), Stufe("1 WT nach Ende", ("ag_leitung", "zustaendig")))),
)

ARBEITSGRUPPE = Prozess("arbeitsgruppe", "Arbeitsgruppe", "AG", ZUSTAENDE, UEBERGAENGE, MARKEN, FRISTEN, version=3, quelle="[004] 3.3")


# --- Kette ----------------------------------------------------------------------------------------------------------


def _legt_vor(lage: Lage) -> Folgeschritt | None:
    return Folgeschritt("vorlegen", {"sitzung": lage.daten["sitzung"]}) if lage.ziel.zustand == "abgestimmt" else None


def _zurueckgewiesenes(lage: Lage) -> Folgeschritt | None:
    return Folgeschritt("ueberarbeiten") if lage.ziel.zustand == "zurueckverwiesen" else None


def _wieder_entwurf(lage: Lage) -> Folgeschritt | None:
    return Folgeschritt("ueberarbeiten") if lage.ziel.zustand == "abgestimmt" else None


def _ohne_gruppe(lage: Lage) -> Folgeschritt | None:
    """Ein Entwurf ohne Gruppe kommt nicht weiter; was schon vorliegt, entscheidet die Lenkungsgruppe."""
    if lage.ziel.zustand not in ("entwurf", "abgestimmt", "zurueckverwiesen"):
        return None
    return Folgeschritt("aufheben", grund="Die Arbeitsgruppe ist aufgelöst.")


FOLGEN: tuple[Kettenglied, ...] = (
    Folge("arbeitsgruppe", ("abstimmen",), (hin("erarbeitet"),), ("abstimmen",)),
    Folge("arbeitsgruppe", ("vorlegen",), (hin("erarbeitet"),), ("vorlegen",), _legt_vor),
    Folge("arbeitsgruppe", ("nachbeauftragen",), (hin("erarbeitet"),), ("ueberarbeiten",), _zurueckgewiesenes),
    Folge("arbeitsgruppe", ("ist_nachholen",), (hin("erarbeitet"),), ("ueberarbeiten",), _wieder_entwurf),
    Folge("arbeitsgruppe", ("aufloesen",), (hin("erarbeitet"),), ("aufheben",), _ohne_gruppe),
    Folge("arbeitsgruppe", ("konstituieren", "nachbeauftragen", "beenden", "aufloesen"), (her("beauftragt"),), ("nachziehen",),
          themenstand.zieht_nach, braucht=themenstand.BRAUCHT),
)
