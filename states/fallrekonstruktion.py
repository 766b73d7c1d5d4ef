"""Fallrekonstruktion: was in einem Fall wann geschah, gemeinsam mit den beteiligten Stellen. Quelle: [004] 3.3.

Die Stelle, von der ein ausgewählter Fall kommt, nimmt teil (Regel 3): anwesend, vertreten, mit schriftlicher
Stellungnahme oder mit vermerktem Verzicht. Den Entwurf prüft vor allen anderen jemand, der nicht daran schrieb (Regel 4).
"""

from __future__ import annotations

from typing import Any

from states.fristen import Frist, Stufe, am_feld, im_zustand
from states.glieder import Folge, Folgeschritt, Kettenglied, Lage
from states.model import (
    CM, FR_GAST, FR_MELDER, K, KETTE, K_ALLE, SYSTEM, Anlass, Beteilige, Daten, Fakten, Grund, Haenge, Je, Nachbar, Prozess, Rechne, Rolle,
    Setze, Uebergang, Verbinde, Vermerke, Waechter, Zustand, her, hin, uebergeben,
)
from states.waechter import datum_nicht_vergangen, eines_noetig, feld_noetig, wenn

VOR_FREIGABE = ("geplant", "eingeladen", "durchgefuehrt", "protokolliert", "geprueft", "abgestimmt")
ENDEN = ("freigegeben", "gesperrt", "abgebrochen")
IN_BERICHTIGUNG = ("protokolliert", "geprueft", "abgestimmt")  # hierher führt auch eine neue Fassung
# Was eine Fassung ausmacht; diese Felder füllt das Protokoll, und sie werden bei der Freigabe festgehalten.
INHALT = ("zeitachse", "gelungen", "perspektive", "hypothesen", "sofortmassnahmen", "themenkandidaten")
MELDUNGEN = (her("rekonstruiert_in"),)

ZUSTAENDE = (
    Zustand("geplant", "Geplant", "Die Fälle stehen fest; Termin und Einladung fehlen noch.", Rolle.KOORDINATION),
    Zustand("eingeladen", "Eingeladen", "Die beteiligten Stellen sind zu einem Termin eingeladen.", Rolle.KOORDINATION),
    Zustand("durchgefuehrt", "Durchgeführt", "Die Sitzung hat stattgefunden; das Protokoll steht noch aus.", Rolle.CASE_MANAGEMENT),
    Zustand("protokolliert", "Protokolliert", "Zeitachse und Protokoll liegen als Entwurf vor und warten auf die zweite Person.",
            Rolle.KOORDINATION),
    Zustand("geprueft", "Geprüft", "Eine zweite Person hat den Entwurf geprüft; die Teilnehmenden haben ihn zur Abstimmung.",
            Rolle.KOORDINATION),
    Zustand("abgestimmt", "Abgestimmt", "Alle Teilnehmenden haben geantwortet, oder die Zeit dafür ist um.", Rolle.KOORDINATION),
    Zustand("freigegeben", "Freigegeben", "Die Fassung ist verbindlich und kann ein Thema ergeben.", ende=True),
    Zustand("gesperrt", "Gesperrt", "Die Einwilligung ist widerrufen; der Inhalt bleibt verschlossen, Themen behalten die Zahl.",
            ende=True),
    Zustand("abgebrochen", "Abgebrochen", "Die Fallrekonstruktion wird nicht weitergeführt.", ende=True),
)


# --- wer eingeladen ist und teilnimmt ---------------------------------------------------------------------------------


def _von_aussen(meldung: Nachbar) -> bool:
    return meldung.stand.get("melder_art") != "case_management"


def _stellen(eintraege: Any) -> dict[str, Daten]:
    return {str(e["institution"]): e for e in eintraege or ()}


def _genannt(meldung: Nachbar, stellen: Daten) -> bool:
    """Unter dem Namen im Profil oder unter dem, den die Meldung nennt."""
    return meldung.institution in stellen or meldung.stand.get("melder_institution") in stellen


def _meldende_eingeladen(f: Fakten) -> Grund | None:
    eingeladen = _stellen(f.daten.get("teilnehmende"))
    fehlend = next((m.institution for m in f.nachbarn(*MELDUNGEN) if m.institution and not _genannt(m, eingeladen)), None)
    if not fehlend:
        return None
    return Grund("Die meldende Stelle „{stelle}“ steht nicht auf der Liste. Bitte laden Sie sie ein.", {"stelle": fehlend})


def _moderiert(f: Fakten) -> Grund | None:
    stellen_von_aussen = any(not t.get("von_kim") for t in f.daten.get("teilnehmende") or ())
    if f.daten.get("moderation") or not (stellen_von_aussen or any(_von_aussen(m) for m in f.nachbarn(*MELDUNGEN))):
        return None
    return Grund("Es nehmen Stellen von außen teil. Bitte sehen Sie eine Moderation vor.")


def _rechtsgrundlage(f: Fakten) -> Grund | None:
    grundlage = f.daten.get("rechtsgrundlage")
    if not grundlage:
        return Grund("Bitte nennen Sie die Rechtsgrundlage: Einwilligung oder ohne Personenbezug darstellbar.")
    if grundlage == "einwilligung" and not f.daten.get("einwilligung_umfasst_alle"):
        return Grund("Die Einwilligung muss alle eingeladenen Stellen umfassen. Bitte bestätigen Sie das, oder laden Sie weniger ein.")
    return None


def _zeitachse_an_abh(f: Fakten) -> Grund | None:
    ohne = next((t["institution"] for t in f.daten.get("teilnehmende") or ()
                 if t.get("abh") and not t.get("ohne_zeitachse") and not t.get("rechtsgrundlage_zeitachse")), None)
    return Grund("Für „{stelle}“ fehlt die Rechtsgrundlage, ihr die Zeitachse zu geben. Bitte nennen Sie sie, oder laden Sie ohne "
                 "Zeitachse ein.", {"stelle": ohne}) if ohne else None


def zeitachse_erlaubt(stand: Daten, institution: str | None, abh: bool) -> bool:
    """Regel 12: Eine Ausländerbehörde sieht die Zeitachse nur mit der Rechtsgrundlage, die bei der Einladung vermerkt wurde."""
    eintrag = beteiligte_stellen(stand).get(institution or "", {})
    return not abh or (bool(eintrag.get("rechtsgrundlage_zeitachse")) and not eintrag.get("ohne_zeitachse"))


def _hat_verzichtet(teilnahme: Daten) -> bool:
    return teilnahme.get("teilnahme") == "verzicht"


def _nimmt_teil(teilnahme: Daten) -> bool:
    return not _hat_verzichtet(teilnahme)


def _teilgenommen(stand: Daten) -> set[str]:
    return {s for s, t in _stellen(stand.get("teilnahmen")).items() if _nimmt_teil(t)}


def beteiligte_stellen(stand: Daten) -> dict[str, Daten]:
    """Die zuletzt Eingeladenen und wer an einem früheren Termin teilnahm, je mit den Angaben der Einladung."""
    return {**_stellen(stand.get("frueher_teilnehmende")), **_stellen(stand.get("teilnehmende"))}


def _alle_stellen_vermerkt(f: Fakten) -> Grund | None:
    vermerkt = _stellen(f.daten.get("teilnahmen"))
    fehlend = next((s for s in _stellen(f.stand.get("teilnehmende")) if s not in vermerkt), None)
    return Grund("Bitte vermerken Sie für „{stelle}“, ob sie anwesend war, vertreten wurde, schriftlich Stellung nahm oder verzichtet "
                 "hat.", {"stelle": fehlend}) if fehlend else None


def _meldende_nehmen_teil(f: Fakten) -> Grund | None:
    vermerkt = _stellen(f.daten.get("teilnahmen"))
    fehlend = next((m.institution for m in f.nachbarn(*MELDUNGEN) if _von_aussen(m) and not _genannt(m, vermerkt)), None)
    return Grund("Der Fall kommt von „{stelle}“. Eine Einladung allein genügt nicht; bitte vermerken Sie, wie die Stelle teilgenommen "
                 "hat.", {"stelle": fehlend}) if fehlend else None


def _verzicht_begruendet(f: Fakten) -> Grund | None:
    offen = next((t["institution"] for t in f.daten.get("teilnahmen") or ()
                  if _hat_verzichtet(t) and not t.get("grund")), None)
    return Grund("Bitte halten Sie fest, wie „{stelle}“ auf die Teilnahme verzichtet hat.", {"stelle": offen}) if offen else None


# --- Abstimmung -------------------------------------------------------------------------------------------------------


def antwort_steht_aus(stand: Daten) -> tuple[str, ...]:
    """Stellen, die den Entwurf haben und noch nicht geantwortet haben; wer verzichtet hat, wird nicht gefragt."""
    teilnahmen, antworten = _stellen(stand.get("teilnahmen")), stand.get("rueckmeldungen") or {}
    return tuple(s for s, t in beteiligte_stellen(stand).items()
                 if s not in antworten and not t.get("ohne_zeitachse") and _nimmt_teil(teilnahmen.get(s, {})))


def _alle_geantwortet(f: Fakten) -> Grund | None:
    offen = antwort_steht_aus(f.stand)
    if not offen or f.rolle == Rolle.SYSTEM:  # die Runde schaltet erst nach Ablauf der Zeit: Schweigen gilt als Zustimmung
        return None
    return Grund("Es fehlt noch die Antwort von: {stellen}. Nach Ablauf der Frist gilt Schweigen als Zustimmung.",
                 {"stellen": "; ".join(offen)})


def _rueckmeldung_erlaubt(f: Fakten) -> Grund | None:
    stelle = f.daten.get("stelle")
    if stelle not in beteiligte_stellen(f.stand):
        return Grund("Diese Stelle steht nicht auf der Einladungsliste.", feld="stelle")
    if f.rolle != Rolle.KOORDINATION and stelle not in (f.institution, f.person):
        return Grund("Bitte antworten Sie nur für Ihre eigene Stelle; für andere trägt es die Koordination ein.", feld="stelle")
    return None


_ABWEICHUNG_BESCHRIEBEN = wenn(
    "abweichung_beschrieben", lambda f: f.daten.get("zustimmung") != "abweichende_sicht" or bool(f.daten.get("abweichende_sicht")),
    "Bitte beschreiben Sie die abweichende Sicht; sie wird mit abgedruckt.", "abweichende_sicht")


def _schweigende(stand: Daten, daten: Daten, heute: str) -> Daten:
    keine_antwort = {s: {"stelle": s, "zustimmung": "keine_antwort", "am": heute} for s in antwort_steht_aus(stand)}
    return {"rueckmeldungen": {**(stand.get("rueckmeldungen") or {}), **keine_antwort}}


# --- was die Schritte schreiben ---------------------------------------------------------------------------------------


def _angelegt(stand: Daten, daten: Daten, heute: str) -> Daten:
    return {**daten, "titel": daten.get("titel") or f"Fallrekonstruktion zu {', '.join(daten['meldungen'])}", "version": 1}


def _eingeladen(stand: Daten, daten: Daten, _heute: str) -> Daten:
    """Ein weiterer Termin mit anderen Stellen nimmt niemandem, was er durch seine Teilnahme hat."""
    neue, dabei = _stellen(daten["teilnehmende"]), _teilgenommen(stand)
    return {**daten, "frueher_teilnehmende": [t for s, t in beteiligte_stellen(stand).items() if s in dabei and s not in neue]}


def _termin_geht(ergebnis: str) -> Rechne:
    """Der bisherige Termin wandert mit Grund in die Liste; `verlegen` bringt den neuen mit."""

    def schreibe(stand: Daten, daten: Daten, heute: str) -> Daten:
        alter = {"termin": stand.get("termin"), "ergebnis": ergebnis, "grund": daten.get("grund", ""), "am": heute}
        return {"vorige_termine": [*stand.get("vorige_termine", ()), alter], "termin": daten.get("termin"),
                "ort": daten.get("ort") or stand.get("ort")}

    return Rechne(schreibe)


def _durchgefuehrt(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Wer einmal teilnahm und beim nächsten Termin verzichtet, hat doch teilgenommen."""
    dabei = _teilgenommen(stand)
    neue = {s: t for s, t in _stellen(daten["teilnahmen"]).items() if s not in dabei or _nimmt_teil(t)}
    teilnahmen = {**_stellen(stand.get("teilnahmen")), **neue}
    sitzung = {"am": daten.get("durchgefuehrt_am") or heute, "teilnahmen": daten["teilnahmen"]}
    return {"teilnahmen": list(teilnahmen.values()), "sitzungen": [*stand.get("sitzungen", ()), sitzung]}


def _inhalt(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Nur was ausgefüllt ist, ändert den Entwurf; ein leeres Feld löscht nichts."""
    return {f: daten[f] for f in INHALT if daten.get(f)}


def _freigegeben(stand: Daten, daten: Daten, heute: str) -> Daten:
    fassung = {"version": stand.get("version", 1), "am": heute, **{f: stand[f] for f in INHALT if f in stand},
               "rueckmeldungen": stand.get("rueckmeldungen") or {}}
    return {"fassungen": [*stand.get("fassungen", ()), fassung], "freigegeben_am": heute, "wird_berichtigt": False,
            "themenkandidat": daten.get("themenkandidat") or "", "kein_thema_grund": daten.get("kein_thema_grund") or ""}


def _berichtigt(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Die freigegebene Fassung bleibt in `fassungen` lesbar und gilt als in Berichtigung, bis die neue freigegeben ist."""
    return {**_inhalt(stand, daten, heute), "version": int(stand.get("version", 1)) + 1, "wird_berichtigt": True}


# --- weitere Wächter --------------------------------------------------------------------------------------------------


def _nur_ausgewaehlte(f: Fakten) -> Grund | None:
    gefunden = {m.key: m for m in f.nachbarn(*MELDUNGEN)}
    for key in f.daten.get("meldungen") or ():
        if key not in gefunden or gefunden[key].zustand != "ausgewaehlt":
            return Grund("Die Meldung {key} ist nicht ausgewählt. Bitte wählen Sie sie zuerst zur Rekonstruktion aus.", {"key": key})
    return None


def _in_keiner_anderen(f: Fakten) -> Grund | None:
    """Bräche die eine ab, nähme sie der anderen die Meldung weg."""
    weitere = f.nachbarn(*MELDUNGEN, hin("rekonstruiert_in"))
    andere = next((fr.key for fr in weitere if fr.key != f.key and fr.zustand in VOR_FREIGABE and not fr.stand.get("fassungen")), None)
    return Grund("Eine der Meldungen wird schon in {key} rekonstruiert. Bitte heben Sie dort zuerst die Auswahl auf.",
                 {"key": andere}) if andere else None


def _nicht_doppelt_angehaengt(f: Fakten) -> Grund | None:
    rekonstruiert = {m.key for m in f.nachbarn(*MELDUNGEN)}
    doppelt = next((k for k in f.daten.get("meldungen") or () if k in rekonstruiert), None)
    return Grund("Die Meldung {key} wird hier bereits rekonstruiert.", {"key": doppelt}) if doppelt else None


_ZWEITE_PERSON = wenn("zweite_person", lambda f: f.person not in f.stand.get("schreibende", ()),
                      "Wer am Entwurf geschrieben hat, darf ihn nicht selbst prüfen. Bitte bitten Sie eine zweite Person darum.")
_PSEUDONYMISIERT = wenn("pseudonymisiert", lambda f: bool(f.daten.get("pseudonymisiert")),
                        "Bitte bestätigen Sie, dass der Entwurf niemanden erkennen lässt, oder geben Sie ihn zur Überarbeitung.")
_ZEITACHSE = wenn("zeitachse", lambda f: bool(f.daten.get("zeitachse") or f.stand.get("zeitachse")),
                  "Bitte erfassen Sie die Zeitachse; ohne sie ist der Fall nicht rekonstruiert.")
_NIE_FREIGEGEBEN = wenn("nie_freigegeben", lambda f: not f.stand.get("fassungen"),
                        "Die freigegebene Fassung gilt weiter. Bitte geben Sie die Berichtigung frei, oder sperren Sie den Fall.")
_SCHON_FREIGEGEBEN = wenn("schon_freigegeben", lambda f: f.zustand == "freigegeben" or bool(f.stand.get("fassungen")),
                          "Noch ist nichts freigegeben. Bitte brechen Sie die Fallrekonstruktion ab.")
_KANDIDAT = eines_noetig("themenkandidat_oder_grund", lambda f: bool(f.daten.get("themenkandidat") or f.daten.get("kein_thema_grund")),
                         "Bitte nennen Sie den Themenkandidaten oder den Grund, warum sich kein Thema ergibt.",
                         "themenkandidat", "kein_thema_grund")
_MELDUNGEN_GENANNT = feld_noetig("meldungen", "Bitte nennen Sie mindestens eine Meldung.")
_TERMIN = (feld_noetig("termin", "Bitte nennen Sie den Termin."),
           datum_nicht_vergangen("termin", "Der Termin darf nicht in der Vergangenheit liegen."))

# Wer die freigegebene Fassung liest: wer teilnahm, und die Arbeitsgruppe, die ein Thema aus ihr bearbeitet
_LESENDE = ("beteiligte", "mitglieder", "ag_leitung")
# Eingeladen ist nur Gast; den Entwurf bekommt, wer teilgenommen hat (Regel 3).
_EINGELADENE = (Beteilige("teilnehmende", Rolle.FR_GAST, statt=True),)
_TEILNEHMENDE = (Beteilige("teilnahmen", Rolle.MELDER, nur=_nimmt_teil),
                 Beteilige("teilnahmen", Rolle.FR_GAST, nur=_hat_verzichtet, loest=True))

UEBERGAENGE = (
    Uebergang("anlegen", (), "geplant", (K,), "Fallrekonstruktion planen", "Anlegen",
              waechter=(_MELDUNGEN_GENANNT, Waechter("nur_ausgewaehlte", _nur_ausgewaehlte),
                        Waechter("in_keiner_anderen", _in_keiner_anderen)), schreibt=(Rechne(_angelegt),),
              verbindet=(Verbinde("meldungen", her("rekonstruiert_in")),),
              braucht=(MELDUNGEN, (*MELDUNGEN, hin("rekonstruiert_in"))), quelle="[004] 3.3 Fallrekonstruktion"),
    Uebergang("einladen", ("geplant",), "eingeladen", (K,), "Einladen", "Einladen",
              waechter=(*_TERMIN, feld_noetig("ort", "Bitte nennen Sie den Ort."),
                        feld_noetig("teilnehmende", "Bitte nennen Sie die Stellen, die teilnehmen sollen."),
                        Waechter("meldende_stelle_eingeladen", _meldende_eingeladen), Waechter("moderiert", _moderiert),
                        Waechter("rechtsgrundlage", _rechtsgrundlage), Waechter("zeitachse_an_abh", _zeitachse_an_abh)),
              schreibt=(Rechne(_eingeladen),), beteiligt=_EINGELADENE, braucht=(MELDUNGEN,),
              meldet=(Anlass("einladung_fallrekonstruktion", ("beteiligte",)),), aussen=True,
              quelle="[004] 3.3 Beteiligung der meldenden Stelle"),
    Uebergang("verlegen", ("eingeladen",), "eingeladen", (K,), "Termin verlegen", "Verlegen", waechter=_TERMIN, grund_noetig=True,
              schreibt=(_termin_geht("verlegt"),), meldet=(Anlass("fallrekonstruktion_verlegt", ("beteiligte",)),), aussen=True),
    Uebergang("absagen", ("eingeladen",), "geplant", (K,), "Termin absagen", grund_noetig=True, schreibt=(_termin_geht("abgesagt"),),
              meldet=(Anlass("fallrekonstruktion_abgesagt", ("beteiligte",)),), aussen=True),
    Uebergang("durchfuehren", ("eingeladen",), "durchgefuehrt", (CM, K), "Durchführung festhalten", "Durchfuehren",
              waechter=(feld_noetig("teilnahmen", "Bitte vermerken Sie je Stelle, wie sie teilgenommen hat."),
                        Waechter("alle_stellen_vermerkt", _alle_stellen_vermerkt),
                        Waechter("meldende_nehmen_teil", _meldende_nehmen_teil),
                        Waechter("verzicht_begruendet", _verzicht_begruendet)),
              schreibt=(Rechne(_durchgefuehrt),), beteiligt=_TEILNEHMENDE, braucht=(MELDUNGEN,), quelle="[004] 3.3"),
    Uebergang("fortsetzen", ("durchgefuehrt",), "geplant", (CM, K), "Weitere Sitzung planen",
              schreibt=(Rechne(lambda stand, daten, heute: {"termin": None}),)),
    Uebergang("bearbeiten", ("durchgefuehrt", "protokolliert"), None, (CM, K), "Entwurf bearbeiten", "Bearbeiten",
              schreibt=(Rechne(_inhalt), Vermerke("schreibende"))),
    Uebergang("protokollieren", ("durchgefuehrt",), "protokolliert", (CM, K), "Protokoll vorlegen", "Protokollieren",
              waechter=(_ZEITACHSE,), schreibt=(Rechne(_inhalt), Vermerke("schreibende")),
              meldet=(Anlass("entwurf_zu_pruefen", ("koordination",)),)),
    Uebergang("pruefen", ("protokolliert",), "geprueft", (K_ALLE, CM), "Pseudonymisierung prüfen", "Pruefen",
              waechter=(_ZWEITE_PERSON, _PSEUDONYMISIERT),
              schreibt=(Haenge("pruefungen"), Rechne(lambda stand, daten, heute: {"rueckmeldungen": {}})),
              meldet=(Anlass("entwurf_zur_abstimmung", ("beteiligte",)),), aussen=True),
    Uebergang("rueckmelden", ("geprueft",), None, (FR_GAST, FR_MELDER, CM, K), "Zum Entwurf antworten", "Rueckmelden",
              waechter=(Waechter("eigene_stelle", _rueckmeldung_erlaubt), _ABWEICHUNG_BESCHRIEBEN),
              schreibt=(Je("rueckmeldungen", "stelle"),), meldet=(Anlass("rueckmeldung_eingegangen", ("zustaendig",)),)),
    Uebergang("abstimmen", ("geprueft",), "abgestimmt", (K, SYSTEM), "Abstimmung feststellen",
              waechter=(Waechter("alle_geantwortet", _alle_geantwortet),), schreibt=(Rechne(_schweigende),),
              meldet=(Anlass("entwurf_abgestimmt", ("zustaendig",)),)),
    Uebergang("ueberarbeiten", ("geprueft", "abgestimmt"), "protokolliert", (K,), "Zur Überarbeitung zurückgeben", schreibt=()),
    Uebergang("freigeben", ("abgestimmt",), "freigegeben", (K,), "Freigeben", "Freigeben", waechter=(_KANDIDAT,),
              schreibt=(Rechne(_freigegeben),), meldet=(Anlass("fallrekonstruktion_freigegeben", _LESENDE),), aussen=True),
    Uebergang("berichtigen", ("freigegeben",), "protokolliert", (K,), "Berichtigen (neue Fassung)", "Bearbeiten", grund_noetig=True,
              schreibt=(Rechne(_berichtigt), Vermerke("schreibende")),
              meldet=(Anlass("fallrekonstruktion_wird_berichtigt", _LESENDE),), aussen=True),
    Uebergang("sperren", ("freigegeben", *IN_BERICHTIGUNG), "gesperrt", (K,), "Sperren (Einwilligung widerrufen)", "Sperren",
              grund_noetig=True, waechter=(_SCHON_FREIGEGEBEN,), schreibt=(Setze(("widerrufen_am",)),),
              meldet=(Anlass("fallrekonstruktion_gesperrt", ("beteiligte",)),)),
    Uebergang("abbrechen", VOR_FREIGABE, "abgebrochen", (K, KETTE), "Abbrechen", grund_noetig=True, waechter=(_NIE_FREIGEGEBEN,),
              verbindet=(Verbinde("", her("rekonstruiert_in"), loest=True),),
              meldet=(Anlass("fallrekonstruktion_abgebrochen", ("beteiligte",)),)),
    Uebergang("anhaengen", VOR_FREIGABE, None, (K,), "Weitere Meldungen anhängen", "Anhaengen",
              waechter=(_MELDUNGEN_GENANNT, Waechter("nicht_doppelt_angehaengt", _nicht_doppelt_angehaengt)), schreibt=(),
              verbindet=(Verbinde("meldungen", her("angehaengt_an")),), braucht=(MELDUNGEN,)),
    Uebergang("entlassen", VOR_FREIGABE, None, (KETTE,), "Eine Meldung ist nicht mehr dabei", "Anhaengen", schreibt=(),
              verbindet=(Verbinde("meldungen", her("rekonstruiert_in"), loest=True),)),
    Uebergang("umhaengen", (*ENDEN, *IN_BERICHTIGUNG), None, (KETTE,), "Mit dem Thema umgezogen", "Umhaengen",
              schreibt=(), verbindet=(Verbinde("bisher", hin("ergibt"), loest=True), Verbinde("thema", hin("ergibt")))),
    uebergeben(*VOR_FREIGABE, wer=K),
)

FRISTEN = (
    Frist("fr_termin", "Termin der Fallrekonstruktion finden", lambda b: im_zustand("geplant")(b) if not b.stand.get("termin") else (),
          "20 WT", stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("fr_einladung", "Zur Fallrekonstruktion einladen", am_feld("termin", "geplant"), "10 WT", rueckwaerts=True,
          stufen=(Stufe("3 WT vor Ende", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("fr_durchfuehrung", "Durchführung festhalten", am_feld("termin", "eingeladen"), "2 WT", stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("fr_protokoll", "Protokoll der Fallrekonstruktion", im_zustand("durchgefuehrt"), "10 WT",
          stufen=(Stufe("3 WT vor Ende", ("cm", "zustaendig")), Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("fr_pruefung", "Pseudonymisierung prüfen", im_zustand("protokolliert"), "5 WT",
          stufen=(Stufe("3 WT nach Beginn", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("fr_abstimmung", "Abstimmung mit den Teilnehmenden", im_zustand("geprueft"), "10 WT",
          stufen=(Stufe("7 WT nach Beginn", ("beteiligte",)), Stufe("Ende", ("zustaendig",), feuert="abstimmen")), quelle="[P] Regel 4"),
    Frist("fr_freigabe", "Abgestimmte Fallrekonstruktion freigeben", im_zustand("abgestimmt"), "5 WT",
          stufen=(Stufe("Ende", ("zustaendig", "vertretung")),)),
)

FALLREKONSTRUKTION = Prozess("fallrekonstruktion", "Fallrekonstruktion", "FR", ZUSTAENDE, UEBERGAENGE, fristen=FRISTEN, version=5,
                             bereichsgebunden=True, quelle="[004] 3.3")


def _nur_genannte(lage: Lage) -> Folgeschritt | None:
    """Nur die eben angehängten Meldungen; früher angehängte sind schon unterrichtet."""
    return Folgeschritt("angehaengt") if lage.ziel.key in (lage.daten.get("meldungen") or ()) else None


FOLGEN: tuple[Kettenglied, ...] = (
    Folge("fallrekonstruktion", ("einladen",), MELDUNGEN, ("rekonstruktion_beginnen",)),
    # eine Berichtigung bewegt keine Meldung; sie kann inzwischen in einer anderen Fallrekonstruktion sein
    Folge("fallrekonstruktion", ("freigeben",), MELDUNGEN, ("rekonstruktion_freigeben",),
          lambda lage: Folgeschritt("rekonstruktion_freigeben") if len(lage.stand["fassungen"]) == 1 else None),
    Folge("fallrekonstruktion", ("abbrechen",), MELDUNGEN, ("auswahl_aufheben",),
          lambda lage: Folgeschritt("auswahl_aufheben", {"ziel": "in_sammlung"})),
    Folge("fallrekonstruktion", ("anhaengen",), (her("angehaengt_an"),), ("angehaengt",), _nur_genannte),
)
