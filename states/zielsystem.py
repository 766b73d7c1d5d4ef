"""Zielsystem: wie es künftig laufen soll. Ist- und Soll-Kette, Ziele, Maßnahmen, Indikatoren; in Versionen.

Die Lenkungsgruppe beschließt es; für fremde Stellen ist es eine Empfehlung, auf die jede einzeln antwortet (Regel 7).
Quelle: process.md; [004] Abschnitt 3.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from states import tagesordnung, themenstand
from states import zielsystem_inhalt as inhalt
from states.eigene_stelle import eigene_stelle, eigene_zeile, spricht_fuer
from states.fristen import Blick, Frist, Stufe, Termin, im_zustand, je_eintrag
from states.glieder import Folge, Folgeschritt, Kettenglied, Lage, Neu
from states.model import (
    AG_LEITUNG, AG_MITGLIED, BESCHLUSS, EMPFAENGER, KETTE, K_ALLE, LG_VORSITZ, UMSETZENDE, Anlass, Beteilige, Daten, Fakten, Grund, Haenge,
    Je, Nachbar, Prozess, Rechne, Rolle, Setze, Uebergang, Verbinde, Waechter, Zaehle, Zustand, her, hin, uebergeben,
)
from states.sitzung import NIMMT_PUNKTE
from states.waechter import datum_nicht_vergangen, feld_noetig, wenn

IN_DER_GRUPPE = ("entwurf", "abgestimmt", "vorgelegt", "zurueckverwiesen")
NACH_DEM_BESCHLUSS = ("beschlossen", "mit_auflagen_beschlossen", "weitergeleitet", "in_umsetzung", "eingefuehrt")
NACH_DER_WEITERLEITUNG = ("weitergeleitet", "in_umsetzung", "eingefuehrt")
OFFEN = (*IN_DER_GRUPPE, *NACH_DEM_BESCHLUSS)

ZUSTAENDE = (
    Zustand("entwurf", "Entwurf", "Die Arbeitsgruppe schreibt am Zielsystem.", Rolle.AG_LEITUNG),
    Zustand("abgestimmt", "Abgestimmt", "Jede Stelle der Gruppe hat zugestimmt oder ein Sondervotum abgegeben.", Rolle.AG_LEITUNG),
    Zustand("vorgelegt", "Vorgelegt", "Das Zielsystem liegt der Lenkungsgruppe zur Entscheidung vor.", Rolle.KOORDINATION),
    Zustand("zurueckverwiesen", "Zurückverwiesen", "Die Lenkungsgruppe hat es zur Überarbeitung zurückgegeben.", Rolle.AG_LEITUNG),
    Zustand("beschlossen", "Beschlossen", "Die Lenkungsgruppe hat es beschlossen und empfiehlt die Umsetzung.", Rolle.KOORDINATION),
    Zustand("mit_auflagen_beschlossen", "Mit Auflagen beschlossen", "Es ist beschlossen; einzelne Auflagen sind noch zu erfüllen.",
            Rolle.KOORDINATION),
    Zustand("weitergeleitet", "Weitergeleitet", "Die Stellen haben das Zielsystem erhalten und antworten.", Rolle.KOORDINATION),
    Zustand("in_umsetzung", "In Umsetzung", "Die Maßnahmen laufen.", Rolle.KOORDINATION),
    Zustand("eingefuehrt", "Eingeführt", "Der neue Ablauf gilt ab seinem Startdatum; seine Wirkung wird beobachtet.", Rolle.KOORDINATION),
    Zustand("abgeloest", "Abgelöst", "Eine neue Version ist an seine Stelle getreten.", ende=True),
    Zustand("abgelehnt", "Abgelehnt", "Die Lenkungsgruppe hat es abgelehnt.", ende=True),
    Zustand("aufgehoben", "Aufgehoben", "Das Zielsystem gilt nicht mehr und hat keinen Nachfolger.", ende=True),
)

# --- Wächter --------------------------------------------------------------------------------------------------------


def _gruppe_oder_vorgaenger(f: Fakten) -> Grund | None:
    if f.daten.get("ersetzt"):
        vorgaenger = f.nachbarn(her("ersetzt_durch"))
        if any(v.key == f.daten["ersetzt"] and v.zustand == "eingefuehrt" for v in vorgaenger):
            return None
        return Grund("Nachfolger kann nur ein Zielsystem werden, dessen Vorgänger eingeführt ist.")
    if any(g.zustand == "soll_entwurf" for g in f.nachbarn(her("erarbeitet"))):
        return None
    return Grund("Ein Zielsystem entsteht, während seine Arbeitsgruppe am Soll-Entwurf arbeitet.")


# Woran sich zeigt, wem eine Zeile gehört; was keiner einzelnen Stelle gehört, schreibt die Leitung.
WESSEN = {"ist": "zustaendig", "soll": "zustaendig", "massnahmen": "eigner", "indikatoren": "quelle"}
GEMEINSAM = ("titel", "ziele")


def _nur_eigene_zeilen(f: Fakten) -> Grund | None:
    """Ein Mitglied schreibt, was seine eigene Stelle betrifft; Zeilen anderer und die gemeinsamen Ziele bleiben, wie sie sind."""
    if spricht_fuer(f, None):
        return None
    fremd = [feld for feld in GEMEINSAM if f.daten.get(feld) is not None and f.daten[feld] != f.stand.get(feld)]
    fremd += [ort for feld in WESSEN if f.daten.get(feld) is not None and (ort := _fremde_aenderung(f, feld))]
    satz = "Als Mitglied ändern Sie die Zeilen Ihrer eigenen Stelle. Alles andere trägt die Leitung ein."
    return Grund(satz, feld=fremd[0]) if fremd else None


def _fremde_aenderung(f: Fakten, feld: str) -> str:
    """Wo die Zeilen anderer Stellen nicht mehr dieselben sind: „soll.2.zustaendig“, oder die ganze Liste, wenn eine fehlt."""
    vorher = [_inhalt(z) for z in f.stand.get(feld) or () if not eigene_zeile(f, z.get(WESSEN[feld]))]
    fremde = [(nr, _inhalt(z)) for nr, z in enumerate(f.daten[feld]) if not eigene_zeile(f, z.get(WESSEN[feld]))]
    anders = next((nr for (nr, z), alt in zip(fremde, [*vorher, *(None for _ in fremde)], strict=False) if z != alt), None)
    if anders is not None:
        return f"{feld}.{anders}.{WESSEN[feld]}"
    return feld if len(fremde) < len(vorher) else ""


def _inhalt(zeile: Daten) -> dict[str, Any]:
    return {k: w for k, w in zeile.items() if k not in ("nr", "key") and w}


def _alle_stimmen(f: Fakten) -> Grund | None:
    mitglieder = {m: None for g in f.nachbarn(her("erarbeitet")) for m in g.stand.get("mitglieder", {})}
    fehlend = inhalt.fehlende_stimmen(mitglieder, f.stand)
    satz = "Es fehlt noch die Zustimmung oder ein Sondervotum von: {stellen}."
    return Grund(satz, {"stellen": ", ".join(fehlend)}) if fehlend else None


def _bestaetigt_wer_soll(f: Fakten) -> bool:
    """Erst ob es überhaupt eine für diese Person gibt; sonst böte der Vorgang den Schritt allen an."""
    meine = {k for k, a in f.stand.get("auflagen", {}).items() if (wer := a.get("bestaetigt_durch"))
             and (wer in (f.institution, f.person) or f.rolle == inhalt.BESTAETIGT_ALS.get(str(wer)))}
    return bool(meine) and f.daten.get("auflage") in meine


def _offene_massnahmen(f: Fakten) -> tuple[Nachbar, ...]:
    return tuple(m for m in f.nachbarn(hin("umgesetzt_durch")) if m.zustand in ("offen", "in_arbeit"))


def _neue_daten_fuer_offene(f: Fakten) -> Grund | None:
    heute = f.heute.isoformat()
    genannt = {m["massnahme"] for m in f.daten.get("offene_massnahmen") or () if str(m.get("frist") or "") >= heute}
    fehlend = [m.key for m in _offene_massnahmen(f) if m.key not in genannt]
    satz = "Diese Maßnahmen sind noch offen und brauchen ein Datum, das noch kommt: {massnahmen}."
    return Grund(satz, {"massnahmen": ", ".join(fehlend)}) if fehlend else None


def _eine_massnahme(f: Fakten) -> Grund | None:
    """Fortgeschrieben wird eine Maßnahme: neue Stelle, neues Datum, oder sie kommt hinzu. Alles andere ist eine neue Version."""
    vorhandene = {m.key: m for m in f.nachbarn(hin("umgesetzt_durch"))}
    genannt = vorhandene.get(str(f.daten.get("massnahme") or ""))
    if genannt is None:
        if all(f.daten.get(feld) for feld in ("titel", "eigner", "frist")):
            return None
        return Grund("Diese Maßnahme gibt es noch nicht. Für eine neue nennen Sie bitte Titel, zuständige Stelle und Datum.")
    if genannt.zustand not in ("offen", "in_arbeit"):
        return Grund("Diese Maßnahme ist abgeschlossen. Bitte legen Sie eine neue an.")
    if f.daten.get("eigner") or f.daten.get("frist"):
        return None
    return Grund("Bitte nennen Sie, was sich ändert: die zuständige Stelle oder das Datum.")


_STIMME_EINER_STELLE = wenn(
    "ist_mitglied", lambda f: any(f.daten.get("institution") in g.stand.get("mitglieder", {}) for g in f.nachbarn(her("erarbeitet"))),
    "Abstimmen können nur die Stellen, die Mitglied der Arbeitsgruppe sind.")
_GRUPPE_DA = wenn("arbeitsgruppe_besteht", lambda f: any(g.zustand != "aufgeloest" for g in f.nachbarn(her("erarbeitet"))),
                  "Die Arbeitsgruppe ist aufgelöst; zurückverweisen lässt sich das Zielsystem nicht mehr.")
_AUFLAGE_OFFEN = wenn("auflage_offen", lambda f: inhalt.etwas_offen(f.stand) and inhalt.auflage_offen(f.stand, f.daten.get("auflage")),
                      "Es gibt keine offene Auflage, oder die genannte ist schon bestätigt.")
_BESTAETIGT = wenn("bestaetigende_stelle", _bestaetigt_wer_soll, "Die Auflage bestätigt jemand anderes; wer, steht an der Auflage.")
_GEFRAGT = wenn("stelle_gefragt", lambda f: f.daten.get("institution") in f.stand.get("empfaenger", {}),
                "An diese Stelle ist das Zielsystem nicht gegangen; eine Antwort von ihr steht nicht aus.")
_ABLEHNUNG_BEGRUENDET = wenn("ablehnung_begruendet", lambda f: f.daten.get("ergebnis") != "lehnt_ab" or bool(f.grund.strip()),
                             "Bitte nennen Sie den Grund, aus dem die Stelle ablehnt.", "grund")
_ZUGESTIMMT_AM = wenn("zustimmung_war", lambda f: str(f.daten.get("zustimmung_am") or "") <= f.heute.isoformat(),
                      "Die Zustimmung kann nicht in der Zukunft liegen.")

_SITZUNG_OFFEN = wenn(
    "sitzung_nimmt_punkte",
    lambda f: any(s.key == f.daten.get("sitzung") and s.zustand in NIMMT_PUNKTE for s in f.nachbarn(hin("steht_auf"))),
    "Bitte nennen Sie eine Sitzung, deren Tagesordnung noch offen ist.")

_ZUR_GRUPPE = ((her("erarbeitet"),),)
_ZU_DEN_MASSNAHMEN = ((hin("umgesetzt_durch"),),)
_SCHREIBEN = (AG_LEITUNG, K_ALLE, AG_MITGLIED)
_ENTSCHIEDEN = Anlass("zielsystem_entschieden", ("mitglieder", "ag_leitung"))


def _entscheidung(ausloeser: str, nach: str, bezeichnung: str, *waechter: Waechter, **weiteres: Any) -> Uebergang:
    return Uebergang(ausloeser, ("vorgelegt",), nach, (BESCHLUSS,), bezeichnung, weiteres.pop("formular", "Entscheidung"),
                     waechter=waechter, meldet=(_ENTSCHIEDEN,), quelle="[004] 3.3 Entscheidung der Lenkungsgruppe",
                     schreibt=(Setze(("beschluss",)), Rechne(inhalt.mit_auflagen)),
                     beteiligt=(Beteilige("stellen", Rolle.UMSETZENDE_STELLE),), **weiteres)


UEBERGAENGE = (
    Uebergang("anlegen", (), "entwurf", (AG_LEITUNG, K_ALLE), "Zielsystem anlegen", "Anlegen",
              waechter=(Waechter("soll_entwurf_oder_nachfolger", _gruppe_oder_vorgaenger),),
              schreibt=(Setze(), Rechne(inhalt.angelegt)), braucht=((her("erarbeitet"),), (her("ersetzt_durch"),)),
              verbindet=(Verbinde("eltern", her("erarbeitet")), Verbinde("thema", her("fuehrt_zu")),
                         Verbinde("ersetzt", her("ersetzt_durch"))),
              quelle="[004] 3.3 angepasste Dienstleistungsketten"),
    Uebergang("version_uebernehmen", ("entwurf",), None, (KETTE,), "Zählt die Versionen des Vorgängers weiter", "VersionUebernehmen"),
    Uebergang("bearbeiten", ("entwurf",), None, _SCHREIBEN, "Entwurf bearbeiten", "Bearbeiten",
              waechter=(Waechter("eigene_zeilen", _nur_eigene_zeilen),), schreibt=(Rechne(inhalt.bearbeitet),)),
    Uebergang("zustimmen", ("entwurf",), None, _SCHREIBEN, "Zustimmen", "Zustimmen", braucht=_ZUR_GRUPPE,
              waechter=(_STIMME_EINER_STELLE, eigene_stelle("institution")), schreibt=(Rechne(inhalt.zugestimmt),)),
    Uebergang("sondervotum_abgeben", ("entwurf",), None, _SCHREIBEN, "Sondervotum abgeben", "SondervotumAbgeben", braucht=_ZUR_GRUPPE,
              waechter=(_STIMME_EINER_STELLE, eigene_stelle("institution")), schreibt=(Rechne(inhalt.sondervotum),)),
    Uebergang("abstimmen", ("entwurf",), "abgestimmt", (KETTE,), "Mit der Arbeitsgruppe abgestimmt",
              waechter=(Waechter("alle_stimmen", _alle_stimmen),), schreibt=(), braucht=_ZUR_GRUPPE),
    Uebergang("vorlegen", ("abgestimmt",), "vorgelegt", (KETTE,), "Mit der Arbeitsgruppe vorgelegt", "Vorlegen",
              waechter=(_SITZUNG_OFFEN,), schreibt=(Setze(("sitzung",)), tagesordnung.NICHT_WARTEN),
              verbindet=(Verbinde("sitzung", hin("steht_auf")),),
              braucht=((hin("steht_auf"),),)),
    Uebergang("zurueckziehen", ("vorgelegt",), "entwurf", (AG_LEITUNG, K_ALLE), "Vorlage zurückziehen", grund_noetig=True, schreibt=(),
              verbindet=(Verbinde("", hin("steht_auf"), loest=True),), meldet=(Anlass("zielsystem_zurueckgezogen", ("koordination",)),)),
    _entscheidung("beschliessen", "beschlossen", "Beschließen"),
    _entscheidung("mit_auflagen_beschliessen", "mit_auflagen_beschlossen", "Mit Auflagen beschließen",
                  feld_noetig("auflagen", "Bitte nennen Sie die Auflagen mit zuständiger Stelle, Datum und wer die Erfüllung bestätigt."),
                  formular="MitAuflagenBeschliessen"),
    _entscheidung("zurueckverweisen", "zurueckverwiesen", "Zurückverweisen", _GRUPPE_DA, grund_noetig=True, braucht=_ZUR_GRUPPE,
                  formular="Zurueckverweisen"),
    _entscheidung("ablehnen", "abgelehnt", "Ablehnen", grund_noetig=True),
    Uebergang("ueberarbeiten", ("zurueckverwiesen",), "entwurf", (KETTE, AG_LEITUNG, K_ALLE), "Überarbeiten",
              schreibt=(Rechne(inhalt.ueberarbeitet),)),
    Uebergang("ueberarbeiten", ("abgestimmt",), "entwurf", (KETTE,), "Zurück in den Entwurf", schreibt=()),
    Uebergang("weiterleiten", ("beschlossen", "mit_auflagen_beschlossen"), "weitergeleitet", (K_ALLE,), "Weiterleiten", "Weiterleiten",
              waechter=(feld_noetig("empfaenger", "Bitte lösen Sie die Empfängerliste auf: jede Stelle einzeln."),), aussen=True,
              schreibt=(Rechne(inhalt.weitergeleitet),), meldet=(Anlass("zielsystem_weitergeleitet", ("verteiler",)),),
              beteiligt=(Beteilige("empfaenger", Rolle.EMPFAENGER), Beteilige("empfaenger", Rolle.UMSETZENDE_STELLE)),
              quelle="[004] 3.3 Weiterleitung an alle Akteure"),
    Uebergang("antwort_verzeichnen", NACH_DER_WEITERLEITUNG, None, (K_ALLE, UMSETZENDE, EMPFAENGER), "Antwort einer Stelle verzeichnen",
              "AntwortVerzeichnen", waechter=(_GEFRAGT, eigene_stelle("institution"), _ABLEHNUNG_BEGRUENDET),
              schreibt=(Je("antworten", "institution"),), meldet=(Anlass("antwort_der_stelle", ("zustaendig",)),)),
    Uebergang("auflage_bestaetigen", OFFEN, None, (LG_VORSITZ, K_ALLE, UMSETZENDE, EMPFAENGER, AG_LEITUNG, AG_MITGLIED),
              "Auflage bestätigen", "AuflageBestaetigen", waechter=(_AUFLAGE_OFFEN, _BESTAETIGT),
              schreibt=(Rechne(inhalt.auflage_erfuellt),), meldet=(Anlass("auflage_bestaetigt", ("zustaendig",)),)),
    Uebergang("umsetzung_beginnen", ("weitergeleitet",), "in_umsetzung", (K_ALLE,), "Umsetzung beginnen",
              schreibt=(Rechne(lambda stand, daten, heute: {"umsetzung_ab": heute}),),
              meldet=(Anlass("umsetzung_begonnen", ("umsetzende",)),)),
    Uebergang("einfuehren", ("in_umsetzung",), "eingefuehrt", (K_ALLE,), "Einführen", "Einfuehren",
              waechter=(feld_noetig("startdatum", "Bitte nennen Sie den Tag, ab dem der neue Ablauf gilt."),
                        Waechter("daten_offener_massnahmen", _neue_daten_fuer_offene)),
              schreibt=(Rechne(inhalt.eingefuehrt),), braucht=_ZU_DEN_MASSNAHMEN,
              meldet=(Anlass("zielsystem_eingefuehrt", ("verteiler", "umsetzende")),)),
    Uebergang("fortschreiben", ("in_umsetzung", "eingefuehrt"), None, (K_ALLE,), "Fortschreiben", "Fortschreiben",
              waechter=(feld_noetig("zustimmung_am", "Bitte nennen Sie, wann die zuständige Stelle zugestimmt hat."), _ZUGESTIMMT_AM,
                        datum_nicht_vergangen("frist", "Das neue Datum darf nicht in der Vergangenheit liegen."),
                        Waechter("eine_massnahme", _eine_massnahme)),
              schreibt=(Zaehle("fortschreibung"), Haenge("fortschreibungen")), braucht=_ZU_DEN_MASSNAHMEN,
              meldet=(Anlass("zielsystem_fortgeschrieben", ("sitze", "umsetzende")),)),
    Uebergang("ersetzen", ("eingefuehrt",), "abgeloest", (KETTE,), "Durch die neue Version abgelöst", schreibt=()),
    Uebergang("aufheben", NACH_DEM_BESCHLUSS, "aufgehoben", (BESCHLUSS,), "Aufheben", "Entscheidung", grund_noetig=True,
              schreibt=(Setze(("beschluss",)),), meldet=(Anlass("zielsystem_aufgehoben", ("verteiler", "umsetzende")),)),
    Uebergang("aufheben", ("entwurf", "abgestimmt", "zurueckverwiesen"), "aufgehoben", (KETTE,), "Aufheben", "Entscheidung",
              grund_noetig=True, schreibt=(), meldet=(Anlass("zielsystem_aufgehoben", ("mitglieder",)),)),
    *tagesordnung.uebergaenge("vorgelegt"),
    tagesordnung.gaeste_vermerken("vorgelegt"),
    uebergeben(*OFFEN),
)


# --- Fristen --------------------------------------------------------------------------------------------------------


def _antworten(b: Blick) -> Iterable[Termin]:
    if b.zustand in NACH_DER_WEITERLEITUNG:
        for stelle in inhalt.erwartete_antworten(b.stand):
            yield Termin(stelle, date.fromisoformat(b.stand["weitergeleitet_am"]))


FRISTEN = (
    tagesordnung.frist("zielsystem_tagesordnung"),
    # auch wenn seine Gruppe schon zu Ende ist: ein Nachfolger entsteht ohne sie
    Frist("zielsystem_vorlage", "Zielsystem zur Entscheidung bringen", im_zustand("entwurf", "abgestimmt", "vorgelegt"), "8 Monate",
          stufen=(Stufe("Ende", ("ag_leitung", "zustaendig")),)),
    Frist("zurueckverweisung", "Zurückverwiesenes Zielsystem überarbeiten", im_zustand("zurueckverwiesen"), "10 WT",
          stufen=(Stufe("Ende", ("ag_leitung", "zustaendig")),)),
    Frist("zielsystem_weiterleiten", "Beschlossenes Zielsystem weiterleiten", im_zustand("beschlossen", "mit_auflagen_beschlossen"),
          "5 WT", stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("antwort_der_stelle", "Antwort einer Stelle auf das Zielsystem", _antworten, "6 Wochen",
          stufen=(Stufe("Ende", ("eigner",)), Stufe("5 WT nach Ende", ("eigner",)), Stufe("10 WT nach Ende", ("zustaendig",)))),
    Frist("auflage", "Auflage erfüllen", je_eintrag("auflagen", "frist", lambda a: not a.get("erfuellt_am"), *OFFEN),
          stufen=(Stufe("10 WT vor Ende", ("eigner",)), Stufe("3 WT vor Ende", ("eigner",)),
                  Stufe("1 WT nach Ende", ("eigner", "zustaendig")))),
    Frist("umsetzung_beginnen", "Umsetzung beginnen", im_zustand("weitergeleitet"), "8 Wochen",
          stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("einfuehrung", "Zielsystem einführen", im_zustand("in_umsetzung"), "6 Monate", stufen=(Stufe("Ende", ("zustaendig",)),)),
)

ZIELSYSTEM = Prozess("zielsystem", "Zielsystem", "ZS", ZUSTAENDE, UEBERGAENGE, fristen=FRISTEN, version=4, quelle="[004] 3.3")


# --- Kette ----------------------------------------------------------------------------------------------------------


def _auf_die_tagesordnung(lage: Lage) -> Folgeschritt | None:
    if lage.ziel.key != lage.daten.get("sitzung"):
        return None
    return Folgeschritt("punkt_aufnehmen", {"bezug": lage.key, "titel": lage.stand.get("titel", lage.key)})


def _von_der_tagesordnung(lage: Lage) -> Folgeschritt:
    return Folgeschritt("punkt_streichen", {"bezug": lage.key})


def _naechste_version(lage: Lage) -> Folgeschritt | None:
    vorgaenger = lage.sicht((her("ersetzt_durch"),))
    return Folgeschritt("version_uebernehmen", {"version": int(vorgaenger[0].stand.get("version", 1)) + 1}) if vorgaenger else None


def _massnahmen(lage: Lage) -> Iterable[Daten]:
    return inhalt.massnahmen_anlegen(lage.key, lage.stand)


def _auflage_ist_erfuellt(lage: Lage) -> Folgeschritt | None:
    auflage = lage.daten["auflage"]
    return Folgeschritt("auflage_erfuellt", {"auflage": auflage}) if auflage in lage.ziel.stand.get("wartet_auf", ()) else None


def _monitoring_beginnt(lage: Lage) -> Folgeschritt:
    return Folgeschritt("beginnen", {"indikatoren": list(lage.stand.get("indikatoren") or ())})


def _monitoring_fehlt(lage: Lage) -> Iterable[Daten]:
    if lage.sicht((hin("beobachtet_in"),)):
        return ()
    return ({"eltern": lage.key, "titel": f"Monitoring: {lage.stand.get('titel', lage.key)}",
             "indikatoren": list(lage.stand.get("indikatoren") or ())},)


def _neues_datum(lage: Lage) -> Folgeschritt | None:
    frist = next((m["frist"] for m in lage.daten.get("offene_massnahmen") or () if m["massnahme"] == lage.ziel.key), None)
    return Folgeschritt("fortschreiben", {"frist": frist}) if frist and frist != lage.ziel.stand.get("frist") else None


def _massnahme_aendern(lage: Lage) -> Folgeschritt | None:
    if lage.ziel.key != lage.daten.get("massnahme"):
        return None
    return Folgeschritt("fortschreiben", {f: lage.daten[f] for f in ("titel", "eigner", "frist") if lage.daten.get(f)})


def _weitere_massnahme(lage: Lage) -> Iterable[Daten]:
    vorhandene = {m.key for m in lage.sicht((hin("umgesetzt_durch"),))}
    genannt = str(lage.daten.get("massnahme") or "")
    if genannt in vorhandene:
        return ()
    zeile = {"key": genannt or str(len(vorhandene) + 1), **{f: lage.daten.get(f) for f in ("titel", "eigner", "frist")}}
    return (inhalt.massnahme_anlegen(lage.key, lage.stand, zeile, vorhandene),)


def _massnahme_entfaellt(lage: Lage) -> Folgeschritt:
    wort = "abgelöst" if lage.zustand == "abgeloest" else "aufgehoben"
    return Folgeschritt("entfallen", grund=f"Das Zielsystem {lage.key} ist {wort}.")


def _monitoring_endet(lage: Lage) -> Folgeschritt:
    wort = "abgelöst" if lage.zustand == "abgeloest" else "aufgehoben"
    return Folgeschritt("beenden", grund=f"Das Zielsystem {lage.key} ist {wort}.")


_BEWEGT_DAS_THEMA = tuple(dict.fromkeys(u.ausloeser for u in UEBERGAENGE if u.nach is not None))

FOLGEN: tuple[Kettenglied, ...] = (
    Folge("zielsystem", ("anlegen",), (), ("version_uebernehmen",), _naechste_version, braucht=((her("ersetzt_durch"),),)),
    Folge("zielsystem", ("vorlegen",), (hin("steht_auf"),), ("punkt_aufnehmen",), _auf_die_tagesordnung),
    Folge("zielsystem", ("auf_tagesordnung_setzen",), (hin("steht_auf"),), ("punkt_aufnehmen",), tagesordnung.als_punkt),
    Folge("zielsystem", ("zurueckziehen",), (hin("steht_auf"),), ("punkt_streichen",), _von_der_tagesordnung),
    Folge("zielsystem", tagesordnung.entschieden(UEBERGAENGE), (hin("steht_auf"),), ("punkt_streichen",), tagesordnung.steht_noch_bevor),
    Folge("zielsystem", ("zurueckziehen", "ueberarbeiten"), (her("erarbeitet"),), ("vorlage_zurueckgezogen",)),
    Folge("zielsystem", ("auflage_bestaetigen",), (hin("umgesetzt_durch"),), ("auflage_erfuellt",), _auflage_ist_erfuellt),
    Neu("zielsystem", ("umsetzung_beginnen",), "massnahme", "anlegen", _massnahmen),
    Folge("zielsystem", ("umsetzung_beginnen",), (hin("beobachtet_in"),), ("beginnen",), _monitoring_beginnt),
    Neu("zielsystem", ("umsetzung_beginnen",), "monitoring", "beginnen", _monitoring_fehlt, braucht=((hin("beobachtet_in"),),)),
    Folge("zielsystem", ("einfuehren",), (hin("umgesetzt_durch"),), ("fortschreiben",), _neues_datum),
    Folge("zielsystem", ("einfuehren",), (hin("beobachtet_in"),), ("startdatum_uebernehmen",),
          lambda lage: Folgeschritt("startdatum_uebernehmen", {"startdatum": lage.stand["startdatum"]})),
    Folge("zielsystem", ("einfuehren",), (her("ersetzt_durch"),), ("ersetzen",)),
    Folge("zielsystem", ("fortschreiben",), (hin("umgesetzt_durch"),), ("fortschreiben",), _massnahme_aendern),
    Neu("zielsystem", ("fortschreiben",), "massnahme", "anlegen", _weitere_massnahme, braucht=((hin("umgesetzt_durch"),),)),
    Folge("zielsystem", ("ersetzen", "aufheben"), (hin("umgesetzt_durch"),), ("entfallen",), _massnahme_entfaellt),
    Folge("zielsystem", ("ersetzen", "aufheben"), (hin("beobachtet_in"),), ("beenden",), _monitoring_endet),
    Folge("zielsystem", _BEWEGT_DAS_THEMA, (her("fuehrt_zu"),), ("nachziehen",), themenstand.zieht_nach, braucht=themenstand.BRAUCHT),
)
