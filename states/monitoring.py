"""Monitoring: ob sich am Einzelfall etwas ändert. Eines je Zielsystem; jeder Indikator hat seinen eigenen Rhythmus.

Quelle: process.md; [004] Abschnitt 3.3 (Veränderung auf der Ebene des Einzelfalls).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states import monitoring_inhalt as inhalt
from states import themenstand
from states.eigene_stelle import FREI
from states.fristen import Blick, Frist, Stufe, Termin, an_marke, im_zustand
from states.glieder import Folge, Kettenglied
from states.model import (
    BESCHLUSS, CM, KETTE, K_ALLE, UMSETZENDE, Anlass, Beteilige, Fakten, Grund, Haenge, Marke, Prozess, Rechne, Rolle, Setze, Uebergang,
    Verbinde, Waechter, Zustand, her, hin, uebergeben,
)
from states.waechter import eines_noetig, feld_noetig, marke_nicht_gesetzt, wenn

SIGNAL = "signal"
AM_LAUFEN = ("laufend", "in_bewertung", "in_nachsteuerung")
OFFEN = ("geplant", *AM_LAUFEN)
MIT_ZIELSYSTEM = ("beschlossen", "mit_auflagen_beschlossen", "weitergeleitet", "in_umsetzung", "eingefuehrt")

ZUSTAENDE = (
    Zustand("geplant", "Geplant", "Die Ausgangswerte werden erfasst; das Monitoring beginnt mit der Umsetzung.", Rolle.KOORDINATION),
    Zustand("laufend", "Laufend", "Die Stellen erheben ihre Werte im vereinbarten Rhythmus.", Rolle.KOORDINATION),
    Zustand("in_bewertung", "In Bewertung", "Die Koordination bewertet, ob das Zielsystem wirkt.", Rolle.KOORDINATION),
    Zustand("in_nachsteuerung", "In Nachsteuerung", "Das Zielsystem wirkt nicht wie gewollt; es wird nachgebessert.", Rolle.KOORDINATION),
    Zustand("wirksam", "Wirksam", "Das Zielsystem wirkt; neue Meldungen können das in Frage stellen.", ende=True),
    Zustand("beendet", "Beendet", "Das Monitoring ist ohne Feststellung der Wirksamkeit beendet.", ende=True),
)

MARKEN = (Marke(SIGNAL, "Signal", "Zu einem gelösten Thema ist gemeldet worden, was nach dem Start des neuen Ablaufs geschah."),)


# --- Wächter --------------------------------------------------------------------------------------------------------


def _bekannte(f: Fakten) -> dict[str, object]:
    """Die Indikatoren, die das Monitoring schon kennt oder gerade übernimmt, sonst die seines Zielsystems."""
    eigene = f.daten.get("indikatoren") or f.stand.get("indikatoren")
    if not eigene:
        eigene = [i for z in f.nachbarn(her("beobachtet_in")) for i in z.stand.get("indikatoren") or ()]
    return {str(i["key"]): i for i in eigene}


def _zielsystem_beschlossen(f: Fakten) -> Grund | None:
    if any(z.zustand in MIT_ZIELSYSTEM for z in f.nachbarn(her("beobachtet_in"))):
        return None
    return Grund("Ein Monitoring gehört zu einem beschlossenen Zielsystem.")


def _nur_eines(f: Fakten) -> Grund | None:
    if all(m.key == f.key for m in f.nachbarn(her("beobachtet_in"), hin("beobachtet_in"))):
        return None
    return Grund("Zu diesem Zielsystem gibt es schon ein Monitoring.")


def _baseline_vollstaendig(f: Fakten) -> Grund | None:
    """Mit der Umsetzung beginnt das Monitoring auch ohne; dann bekommt die Koordination eine Aufgabe."""
    fehlend = inhalt.ohne_baseline(_bekannte(f), f.stand.get("baseline", {}))
    if f.rolle == Rolle.KETTE or not fehlend:
        return None
    satz = "Es fehlt der Ausgangswert oder der Grund, warum es keinen gibt, zu: {indikatoren}."
    return Grund(satz, {"indikatoren": ", ".join(fehlend)})


def _eigener_indikator(f: Fakten) -> Grund | None:
    if f.rolle in FREI:
        return None
    stelle = inhalt.wer_erhebt(inhalt.indikatoren(f.stand).get(str(f.daten.get("indikator")), {}))
    if not stelle or stelle in (f.institution, f.person):
        return None
    return Grund("Diesen Wert erhebt eine andere Stelle. Für sie trägt ihn die Koordination ein.")


def _bekannter_indikator(f: Fakten) -> bool:
    return str(f.daten.get("indikator")) in inhalt.indikatoren(f.stand)


def _zeile(f: Fakten) -> dict[str, object] | None:
    schluessel = inhalt.zeile(str(f.daten.get("indikator")), inhalt.gemeinter_termin(f.stand, f.daten))
    gefunden: dict[str, object] | None = f.stand.get("erhebungen", {}).get(schluessel)
    return gefunden


def _termin_ist_da(f: Fakten) -> Grund | None:
    """Eine Erhebung je Rhythmus, keine im Voraus und keine übersprungen: Zu jedem Termin gehört ein Wert oder der Grund, warum keiner."""
    indikator, genannt = str(f.daten.get("indikator")), inhalt.gemeinter_termin(f.stand, f.daten)
    naechster, ab = inhalt.naechster_termin(f.stand, indikator), inhalt.fruehestens(f.stand, indikator)
    if naechster is None or _zeile(f):
        return None  # das sagt schon ein anderer Wächter
    if genannt > f.heute.isoformat():
        return Grund("Der Termin liegt in der Zukunft. Erheben lässt sich, was heute oder früher fällig war.", feld="faellig_am")
    if genannt < ab:
        satz = "Der nächste Wert ist frühestens für den {ab} zu erheben. Was zu einem früheren Termin fehlt, reichen Sie bitte nach."
        return Grund(satz, {"ab": f"{date.fromisoformat(ab):%d.%m.%Y}"}, "faellig_am")
    if date.fromisoformat(genannt) < inhalt.im_rhythmus(f.stand, indikator, naechster) - inhalt.spielraum(f.stand, indikator):
        return None
    satz = "Zum {termin} war auch ein Wert fällig. Bitte tragen Sie zuerst ihn ein oder den Grund, warum es keinen gibt."
    return Grund(satz, {"termin": f"{naechster:%d.%m.%Y}"}, "faellig_am")


_NUR_BEKANNTE = wenn("indikatoren_bekannt", lambda f: {w["indikator"] for w in f.daten.get("werte") or ()} <= set(_bekannte(f)),
                     "Einen der genannten Indikatoren gibt es im Zielsystem nicht.")
_WERTE = feld_noetig("werte", "Bitte nennen Sie mindestens einen Ausgangswert oder den Grund, warum er fehlt.")
_INDIKATOR = wenn("indikator_bekannt", _bekannter_indikator, "Diesen Indikator gibt es im Zielsystem nicht.")
_EIGENER = Waechter("eigener_indikator", _eigener_indikator)
_TERMIN_IST_DA = Waechter("termin_ist_da", _termin_ist_da)
_NOCH_NICHT = wenn("noch_nicht_erfasst", lambda f: _zeile(f) is None,
                   "Zu diesem Termin gibt es schon einen Eintrag. Einen fehlenden Wert reichen Sie nach.")
_FEHLT = wenn("wert_fehlt", lambda f: (_zeile(f) or {}).get("status") == "nicht_erhoben",
              "Nachreichen lässt sich nur ein Wert, der als nicht erhoben verzeichnet ist.")
_WERTUNG = eines_noetig("wertung_genannt", lambda f: bool(f.daten.get("wertung") or f.stand.get("wertung_offen")),
                        "Bitte geben Sie die Wertung an: teilweise wirksam, nicht wirksam oder nicht bewertbar.", "wertung")
_ZWEI_ERHEBUNGEN = wenn("zwei_erhebungen", lambda f: inhalt.erhebungen_mit_wert(f.stand) >= 2,
                        "Für „wirksam“ braucht es zu einem Indikator Werte aus zwei Erhebungen, seit der neue Ablauf gilt und seit dem "
                        "letzten Rückfall.")
_EINZELFALL = wenn("einzelfall_geprueft", lambda f: inhalt.einzelfall_geprueft(f.stand),
                   "Für „wirksam“ muss mindestens ein Einzelfall geprüft sein: Liefe er heute besser?")
_KEIN_SIGNAL = marke_nicht_gesetzt(SIGNAL, "Es ist noch ein Signal offen. Bitte prüfen Sie zuerst, ob die Hürde wiedergekehrt ist.")
_ANLASS = wenn("anlass_genannt", lambda f: SIGNAL in f.marken or bool(f.daten.get("meldungen")),
               "Es ist kein Signal offen. Bitte nennen Sie die Meldungen, um die es geht.")

_ZUM_ZIELSYSTEM = ((her("beobachtet_in"),),)
_ERHEBEN = (K_ALLE, UMSETZENDE)

UEBERGAENGE = (
    Uebergang("anlegen", (), "geplant", (K_ALLE,), "Monitoring anlegen", "Anlegen", schreibt=(Setze(), Rechne(inhalt.angelegt)),
              waechter=(Waechter("zielsystem_beschlossen", _zielsystem_beschlossen), Waechter("nur_eines", _nur_eines)),
              verbindet=(Verbinde("eltern", her("beobachtet_in")),), beteiligt=(Beteilige("stellen", Rolle.UMSETZENDE_STELLE),),
              braucht=(*_ZUM_ZIELSYSTEM, (her("beobachtet_in"), hin("beobachtet_in"))),
              quelle="[004] 3.3 Monitoring auf der Ebene des Einzelfalls"),
    Uebergang("beginnen", (), "laufend", (KETTE,), "Monitoring mit der Umsetzung beginnen", "Anlegen",
              schreibt=(Setze(), Rechne(inhalt.angelegt), Rechne(inhalt.begonnen)), verbindet=(Verbinde("eltern", her("beobachtet_in")),),
              beteiligt=(Beteilige("stellen", Rolle.UMSETZENDE_STELLE),), braucht=_ZUM_ZIELSYSTEM),
    Uebergang("baseline_erfassen", OFFEN, None, (K_ALLE,), "Ausgangswerte erfassen", "BaselineErfassen", braucht=_ZUM_ZIELSYSTEM,
              waechter=(_WERTE, _NUR_BEKANNTE), schreibt=(Rechne(inhalt.baseline_erfasst),)),
    Uebergang("beginnen", ("geplant",), "laufend", (K_ALLE, KETTE), "Monitoring beginnen", "Beginnen", braucht=_ZUM_ZIELSYSTEM,
              waechter=(Waechter("baseline_vollstaendig", _baseline_vollstaendig),), schreibt=(Rechne(inhalt.begonnen),),
              beteiligt=(Beteilige("stellen", Rolle.UMSETZENDE_STELLE),)),
    Uebergang("startdatum_uebernehmen", OFFEN, None, (KETTE,), "Startdatum übernehmen", "StartdatumUebernehmen",
              schreibt=(Setze(("startdatum",)),)),
    Uebergang("erheben", AM_LAUFEN, None, _ERHEBEN, "Wert erheben", "Erheben", waechter=(_INDIKATOR, _EIGENER, _NOCH_NICHT, _TERMIN_IST_DA),
              schreibt=(Rechne(inhalt.erhoben),)),
    Uebergang("nicht_erheben", AM_LAUFEN, None, _ERHEBEN, "Als nicht erhoben verzeichnen", "NichtErheben", grund_noetig=True,
              waechter=(_INDIKATOR, _EIGENER, _NOCH_NICHT, _TERMIN_IST_DA), schreibt=(Rechne(inhalt.nicht_erhoben),),
              meldet=(Anlass("wert_nicht_erhoben", ("zustaendig",)),)),
    Uebergang("nachreichen", AM_LAUFEN, None, _ERHEBEN, "Wert nachreichen", "Nachreichen", waechter=(_INDIKATOR, _EIGENER, _FEHLT),
              schreibt=(Rechne(inhalt.nachgereicht),), meldet=(Anlass("wert_nachgereicht", ("zustaendig",)),)),
    Uebergang("einzelfall_pruefen", AM_LAUFEN, None, (CM, K_ALLE), "Einzelfall prüfen", "EinzelfallPruefen",
              waechter=(feld_noetig("faelle", "Bitte nennen Sie mindestens einen Fall."),), schreibt=(Haenge("einzelfallpruefungen"),),
              quelle="[004] 3.3 Veränderung auf der Ebene des Einzelfalls"),
    Uebergang("bewertung_beginnen", ("laufend",), "in_bewertung", (K_ALLE,), "Bewertung beginnen", schreibt=(Rechne(inhalt.in_bewertung),)),
    Uebergang("weiterfuehren", ("in_bewertung",), "laufend", (K_ALLE,), "Monitoring weiterführen", "Bewerten", waechter=(_WERTUNG,),
              schreibt=(Rechne(inhalt.bewertet),)),
    Uebergang("weiterfuehren", ("in_nachsteuerung",), "laufend", (K_ALLE,), "Nachsteuerung abschließen", "Bewerten",
              schreibt=(Haenge("nachsteuerungen"), Rechne(lambda stand, daten, heute: {"nachgesteuert_am": heute}))),
    Uebergang("nachsteuern", ("in_bewertung",), "in_nachsteuerung", (K_ALLE,), "Nachsteuern", "Bewerten", waechter=(_WERTUNG,),
              schreibt=(Rechne(inhalt.bewertet),), meldet=(Anlass("nachsteuerung", ("umsetzende",)),)),
    Uebergang("als_wirksam_bewerten", ("in_bewertung",), "wirksam", (K_ALLE,), "Als wirksam bewerten", "AlsWirksamBewerten",
              waechter=(_ZWEI_ERHEBUNGEN, _EINZELFALL, _KEIN_SIGNAL), schreibt=(Rechne(inhalt.als_wirksam),),
              meldet=(Anlass("als_wirksam_bewertet", ("umsetzende", "sitze")),)),
    Uebergang("beenden", OFFEN, "beendet", (BESCHLUSS, KETTE), "Monitoring beenden", "Beenden", grund_noetig=True, loescht=(SIGNAL,),
              schreibt=(Setze(("beschluss",)),), meldet=(Anlass("monitoring_beendet", ("umsetzende", "zustaendig")),)),
    Uebergang("signal_setzen", (*OFFEN, "wirksam"), None, (KETTE,), "Neue Meldung zum gelösten Thema", "SignalSetzen", setzt=SIGNAL,
              schreibt=(Haenge("signale"),), meldet=(Anlass("signal", ("zustaendig",)),)),
    Uebergang("wiederkehr_verwerfen", (*AM_LAUFEN, "wirksam"), None, (K_ALLE,), "Wiederkehr verwerfen", "WiederkehrPruefen",
              grund_noetig=True, waechter=(_ANLASS,), loescht=(SIGNAL,), schreibt=(Haenge("signalpruefungen"),)),
    Uebergang("wiederkehr_feststellen", ("laufend", "in_nachsteuerung", "wirksam"), "in_bewertung", (K_ALLE,), "Wiederkehr feststellen",
              "WiederkehrPruefen", grund_noetig=True, waechter=(_ANLASS,), loescht=(SIGNAL,),
              schreibt=(Haenge("signalpruefungen"), Rechne(inhalt.wiederkehr)), meldet=(Anlass("wiederkehr", ("umsetzende", "sitze")),)),
    uebergeben(*OFFEN),
)


# --- Fristen --------------------------------------------------------------------------------------------------------


def _erhebungstermine(b: Blick) -> Iterable[Termin]:
    """Je Indikator der nächste Termin in seinem Rhythmus."""
    for schluessel in inhalt.indikatoren(b.stand) if b.zustand in AM_LAUFEN else ():
        naechster = inhalt.naechster_termin(b.stand, schluessel)
        if naechster is not None:
            yield Termin(schluessel, naechster)


def _baseline_fehlt(b: Blick) -> Iterable[Termin]:
    fehlend = inhalt.ohne_baseline(inhalt.indikatoren(b.stand), b.stand.get("baseline", {}))
    return (Termin(),) if fehlend and b.zustand in AM_LAUFEN else ()


def _bewertung(b: Blick) -> Iterable[Termin]:
    """Acht Monate nach dem Start, dem Beginn, der letzten Bewertung oder Nachsteuerung, was zuletzt war."""
    tage = [str(t) for f in ("startdatum", "beginn_am", "bewertet_am", "nachgesteuert_am") if (t := b.stand.get(f))]
    return (Termin(anker=date.fromisoformat(max(tage))),) if tage and b.zustand == "laufend" else ()


FRISTEN = (
    Frist("erhebung", "Wert eines Indikators erheben", _erhebungstermine, "10 WT",
          stufen=(Stufe("Beginn", ("eigner",)), Stufe("Ende", ("eigner", "zustaendig")))),
    Frist("baseline_fehlt", "Fehlende Ausgangswerte erfassen", _baseline_fehlt, "10 WT",
          stufen=(Stufe("Beginn", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("signal_pruefen", "Signal prüfen", an_marke(SIGNAL), "10 WT", stufen=(Stufe("Beginn", ("zustaendig",)),
                                                                              Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("bewertung_beginnen", "Wirkung bewerten", _bewertung, "8 Monate", stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("bewertung_abschliessen", "Bewertung abschließen", im_zustand("in_bewertung"), "20 WT",
          stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("nachsteuerung", "Nachsteuerung abschließen", im_zustand("in_nachsteuerung"), "3 Monate",
          stufen=(Stufe("Ende", ("zustaendig",)),)),
)

MONITORING = Prozess("monitoring", "Monitoring", "MON", ZUSTAENDE, UEBERGAENGE, MARKEN, FRISTEN, version=2, quelle="[004] 3.3")

_BEWEGT_DAS_THEMA = tuple(dict.fromkeys(u.ausloeser for u in UEBERGAENGE if u.nach is not None and u.von))

FOLGEN: tuple[Kettenglied, ...] = (
    Folge("monitoring", _BEWEGT_DAS_THEMA, (her("beobachtet_in"), her("fuehrt_zu")), ("nachziehen",), themenstand.zieht_nach,
          braucht=themenstand.BRAUCHT),
    # Ist das Signal geprüft und verworfen, endet eine Meldung, die seinetwegen in einem beendeten Thema blieb.
    Folge("monitoring", ("wiederkehr_verwerfen",), (her("beobachtet_in"), her("fuehrt_zu"), her("im_thema")),
          ("loesen", "ohne_loesung_beenden"), themenstand.meldung_endet, braucht=themenstand.MELDUNG_BRAUCHT),
)
