"""Meldebogen: eine Stelle meldet eine strukturelle Hürde. Quelle: process.md; [004] Abschnitt 3.3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from states.fristen import Blick, Frist, Stufe, Termin, am_feld, an_marke, im_zustand
from states.glieder import Folge, Folgeschritt, Lage
from states.anhang import anhaengen
from states.model import (
    K, KETTE, K_ALLE, K_ANDERE, MELDER, SYSTEM, Anlass, Beteilige, Bezug, Daten, Fakten, Grund, Haenge, Marke, Prozess, Rechne, Rolle,
    Sammelanlass, Setze, Uebergang, Uebernimmt, Verbinde, Vermerke, Waechter, Weg, Wer, Zaehle, Zustand, her, hin, uebergeben,
)
from states.schwaerzung import IM_TEXT, schwaerze
from states.themenstand import MELDUNG_BRAUCHT, THEMA_ZU_DEN_MONITORINGS, meldung_endet
from states.waechter import datum_nicht_vergangen, feld_noetig, marke_gesetzt, marke_nicht_gesetzt, wenn

WARTET = "wartet_auf_antwort"
ABGABE = "abgabe_angeboten"

ENDEN = ("geloest", "ohne_loesung_beendet", "kurzfristig_geklaert", "weitergegeben", "doppelmeldung", "zurueckgezogen")
OFFEN = ("eingegangen", "in_vorpruefung", "in_sammlung", "ausgewaehlt", "in_rekonstruktion", "rekonstruiert", "im_thema",
         "themenspeicher")
VOR_DER_AUSWAHL = ("in_vorpruefung", "in_sammlung", "themenspeicher")

ZUSTAENDE = (
    Zustand("eingegangen", "Eingegangen", "Die Meldung liegt vor und wartet auf die Vorprüfung.", Rolle.KOORDINATION),
    Zustand("in_vorpruefung", "In Vorprüfung", "Die Koordination prüft, wohin die Meldung gehört.", Rolle.KOORDINATION),
    Zustand("in_sammlung", "In einer Sammlung", "Die Meldung ist nach Thema gesammelt und steht zur Fallauswahl.",
            Rolle.KOORDINATION),
    Zustand("ausgewaehlt", "Ausgewählt", "Die Koordination hat den Fall zur Rekonstruktion ausgewählt.", Rolle.KOORDINATION),
    Zustand("in_rekonstruktion", "In Rekonstruktion", "Zu diesem Fall ist eine Fallrekonstruktion einberufen.",
            Rolle.KOORDINATION),
    Zustand("rekonstruiert", "Rekonstruiert", "Die Fallrekonstruktion ist freigegeben; ein Thema steht noch aus.",
            Rolle.KOORDINATION),
    Zustand("im_thema", "In einem Thema", "Die Meldung gehört zu einem generativen Thema, das bearbeitet wird.",
            Rolle.KOORDINATION),
    Zustand("themenspeicher", "Im Themenspeicher", "Die Meldung ruht bis zu einem Datum, an dem sie wieder geprüft wird.",
            Rolle.KOORDINATION),
    Zustand("geloest", "Gelöst", "Das Thema ist abgeschlossen und die Hürde beseitigt.", ende=True),
    Zustand("ohne_loesung_beendet", "Ohne Lösung beendet", "Das Thema ist beendet, ohne dass die Hürde beseitigt ist.", ende=True),
    Zustand("kurzfristig_geklaert", "Kurzfristig geklärt", "Die Hürde ließ sich unmittelbar mit einer Stelle klären.", ende=True),
    Zustand("weitergegeben", "Weitergegeben", "Eine andere Stelle ist zuständig und hat die Meldung erhalten.", ende=True),
    Zustand("doppelmeldung", "Doppelmeldung", "Dasselbe Ereignis ist schon gemeldet; diese Meldung zählt dort mit.", ende=True),
    Zustand("zurueckgezogen", "Zurückgezogen", "Die meldende Stelle hat die Meldung zurückgezogen.", ende=True),
)

MARKEN = (
    Marke(WARTET, "Wartet auf Antwort", "Die meldende Stelle ist etwas gefragt worden.", feld="frist_am"),
    Marke(ABGABE, "Abgabe angeboten", "Ein anderer Bereich soll die Meldung übernehmen; bis dahin bleibt sie hier."),
)


def _mit_doppelter(stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {"wiederholungen": int(stand.get("wiederholungen") or 0) + int(daten.get("anzahl") or 1)}


def _ohne_doppelte(stand: Daten, daten: Daten, _heute: str) -> Daten:
    """Nimmt zurück, was für diese Meldung gezählt ist; die Geschichte zeigt beides."""
    bleibt = [v for v in stand.get("vorkommen", ()) if v.get("meldung") != daten["meldung"]]
    gezaehlt = sum(int(v.get("anzahl") or 1) for v in stand.get("vorkommen", ()) if v.get("meldung") == daten["meldung"])
    return {"wiederholungen": int(stand.get("wiederholungen") or 0) - gezaehlt, "vorkommen": bleibt}


def _vorpruefung(*zustaende: str, in_der_lage: bool = False) -> Callable[[Blick], Iterable[Termin]]:
    """In einer Lage gelten andere Fristen der Vorprüfung; welche laufen, entscheidet, ob die Meldung zu einer gehört."""
    laeuft = am_feld("lage_seit", *zustaende) if in_der_lage else im_zustand(*zustaende)
    return lambda b: laeuft(b) if bool(b.stand.get("lage")) is in_der_lage else ()


def _eilig(b: Blick) -> Iterable[Termin]:
    """Dringlichkeit hoch oder eine gesetzliche Frist innerhalb von 15 Werktagen."""
    if b.zustand != "eingegangen":
        return ()
    frist = b.stand.get("laufende_frist")
    nah = bool(frist) and b.werktage_bis(date.fromisoformat(str(frist))) <= 15
    return (Termin(),) if b.stand.get("dringlichkeit") == "hoch" or nah else ()


def leer(wert: Any) -> bool:
    """Auch eine Gruppe, in der nichts steht, und ein Haken, den niemand gesetzt hat."""
    return all(map(leer, wert.values())) if isinstance(wert, Mapping) else wert in (None, "", False, [], ())


def _nachgetragen(stand: Daten, daten: Daten, _heute: str) -> Daten:
    """Nur was bisher leer ist: Was gemeldet war, bleibt, wie es gemeldet war."""
    return {feld: wert for feld, wert in daten.items() if not leer(wert) and leer(stand.get(feld))}


_ETWAS_NACHGETRAGEN = wenn("etwas_nachgetragen", lambda f: any(not leer(w) for name, w in f.daten.items() if name != "grund"),
                           "Bitte tragen Sie mindestens eine Angabe nach.")
_NUR_LEERES = wenn("nur_leeres_nachtragen", lambda f: all(leer(w) or leer(f.stand.get(n)) for n, w in f.daten.items() if n != "grund"),
                   "Was schon gemeldet ist, ändert sich nicht mehr. Bitte nutzen Sie dafür „Weiteres mitteilen“.")


def _uebergabe_betrifft(f: Fakten) -> Grund | None:
    """Was vorliegt, kann immer widerrufen werden; neu verzeichnet wird nur, was zu einer gewünschten oder begonnenen Übergabe gehört."""
    begonnen = any(u.zustand in ("angeboten", "uebernommen") for u in f.nachbarn(hin("uebergeben_in")))
    if f.stand.get("einwilligung_uebergabe") or begonnen:
        return None
    if f.zustand in ENDEN:
        return Grund("Die Meldung ist beendet; eine Einwilligung, die sich ändern könnte, ist nicht verzeichnet.")
    return None if f.stand.get("einzelfall_uebergabe_gewuenscht") else Grund(
        "Eine Übergabe an das Case Management ist nicht gewünscht. Ist sie es inzwischen, tragen Sie es bitte zuerst bei den Angaben nach.")


_WIEDERVORLAGE = (
    feld_noetig("wiedervorlage_am", "Bitte nennen Sie das Datum, an dem die Meldung wieder geprüft wird."),
    datum_nicht_vergangen("wiedervorlage_am", "Die Wiedervorlage darf nicht in der Vergangenheit liegen."),
)
_ANDERES_ORIGINAL = wenn("original_ist_anders", lambda f: f.daten.get("original") != f.key,
                         "Eine Meldung kann nicht ihre eigene Doppelmeldung sein.")
_ORIGINAL_ZAEHLT = wenn(
    "original_zaehlt", lambda f: all(n.zustand not in ("doppelmeldung", "zurueckgezogen") for n in f.nachbarn(hin("doppelt"))),
    "Die genannte Meldung zählt selbst bei einer anderen mit oder ist zurückgezogen; diese hier ginge mit ihr verloren. Bitte nennen Sie "
    "die Meldung, die bearbeitet wird.")
_ANONYMISIERT = wenn("anonymisierung_bestaetigt", lambda f: bool(f.daten.get("anonymisiert_bestaetigt")),
                     "Bitte bestätigen Sie, dass die Meldung anonymisiert ist.")
_FREMDER_BEREICH = wenn("anderer_bereich", lambda f: f.daten.get("an") != f.stand.get("bereich"),
                        "Die Meldung gehört diesem Bereich bereits.")
_OFFENE_SAMMLUNG = wenn("sammlung_offen", lambda f: any(n.key == f.daten.get("sammlung") and n.zustand == "offen"
                                                        for n in f.nachbarn(hin("gesammelt"))),
                        "Diese Sammlung ist geschlossen oder es gibt sie nicht. Bitte wählen Sie eine offene.")
_LAGE_GILT = wenn("lage_gilt", lambda f: any(n.key == f.daten.get("lage") and n.art == "lage" and n.zustand == "ausgerufen"
                                             for n in f.nachbarn(hin("in_lage"))),
                  "Diese Lage ist nicht ausgerufen oder schon beendet. Bitte wählen Sie eine, die gilt.")
_THEMA_NIMMT_AUF = wenn("thema_nimmt_auf", lambda f: any(n.key == f.daten.get("thema") and n.art == "generatives_thema" and n.zustand
                                                         not in ("abgelehnt", "gegenstandslos", "zusammengefuehrt")
                                                         for n in f.nachbarn(hin("im_thema"))),
                        "Dieses Thema nimmt keine Meldungen auf. Bitte wählen Sie ein anderes oder eröffnen Sie es wieder.")
_KEINE_ABGABE = marke_nicht_gesetzt(ABGABE, "Die Abgabe ist bereits angeboten; der andere Bereich hat noch nicht geantwortet.")

_EIGENES_CM = Wer(Rolle.CASE_MANAGEMENT, Bezug.INSTITUTION)
_ERGEBNIS = Anlass("ergebnis_der_vorpruefung", ("melder",))
_THEMA = Anlass("fallrekonstruktion_oder_thema", ("melder", "mitmeldende"))
_AUSGANG = Anlass("ausgang_der_meldung", ("melder", "mitmeldende"))
_AUSGANG_DER_DOPPELTEN = Anlass("ausgang_der_meldung", ("mitmeldende",))

UEBERGAENGE = (
    Uebergang("einreichen", (), "eingegangen", (MELDER, _EIGENES_CM, K_ALLE, SYSTEM), "Hürde melden", "Einreichen",
              waechter=(_ANONYMISIERT,), schreibt=(Setze(), Vermerke("eingereicht_von")), beteiligt=(Beteilige("", Rolle.MELDER),),
              meldet=(Anlass("eingangsbestaetigung", ("melder",), sofort=True),), quelle="[004] 3.3"),
    Uebergang("uebernehmen", ("eingegangen",), "in_vorpruefung", (K,), "In die Vorprüfung nehmen", schreibt=()),
    Uebergang("rueckfragen", VOR_DER_AUSWAHL, None, (K,), "Rückfrage stellen", "Rueckfragen", vorab="uebernehmen", setzt=WARTET,
              waechter=(datum_nicht_vergangen("frist_am", "Der Tag, bis zu dem Sie um Antwort bitten, darf nicht vergangen sein."),),
              schreibt=(Haenge("rueckfragen"),), meldet=(Anlass("rueckfrage", ("melder",)),), aussen=True),
    Uebergang("antworten", OFFEN + ENDEN, None, (MELDER, _EIGENES_CM, K), "Rückfrage beantworten", "Antworten", loescht=(WARTET,),
              schreibt=(Haenge("antworten"),), meldet=(Anlass("antwort_eingegangen", ("zustaendig",)),)),
    Uebergang("rueckfrage_beenden", (*VOR_DER_AUSWAHL, "im_thema"), None, (K,), "Nicht länger auf Antwort warten", grund_noetig=True,
              loescht=(WARTET,), schreibt=(), waechter=(marke_gesetzt(WARTET, "Es ist keine Rückfrage offen."),)),
    Uebergang("ergaenzen", OFFEN, None, (MELDER, _EIGENES_CM, K), "Weiteres mitteilen", "Ergaenzen", schreibt=(Haenge("ergaenzungen"),),
              meldet=(Anlass("meldung_ergaenzt", ("zustaendig",)),)),
    Uebergang("nachtragen", OFFEN, None, (MELDER, _EIGENES_CM, K), "Leere Angaben ausfüllen", "Nachtragen",
              waechter=(_ETWAS_NACHGETRAGEN, _NUR_LEERES),
              schreibt=(Rechne(_nachgetragen),), meldet=(Anlass("meldung_ergaenzt", ("zustaendig",)),)),
    Uebergang("wieder_vorgekommen", OFFEN, None, (MELDER, _EIGENES_CM, K), "Ist wieder vorgekommen", "WiederVorgekommen",
              schreibt=(Zaehle("wiederholungen"), Haenge("vorkommen"))),
    Uebergang("schwaerzen", OFFEN + ENDEN, None, (K,), "Stelle im Text schwärzen", "Schwaerzen", grund_noetig=True,
              vorab="uebernehmen", waechter=(IM_TEXT,), schreibt=(Rechne(schwaerze),), tilgt="feld",
              meldet=(Anlass("text_geschwaerzt", ("melder",)),)),
    Uebergang("aufnehmen", ("in_vorpruefung", "themenspeicher"), "in_sammlung", (K,), "In eine Sammlung aufnehmen", "Aufnehmen",
              vorab="uebernehmen", waechter=(_OFFENE_SAMMLUNG,), braucht=((hin("gesammelt"),),),
              verbindet=(Verbinde("sammlung", hin("gesammelt"), statt=True),),
              meldet=(_ERGEBNIS,), quelle="[004] 3.3 themenbezogene Sammlung"),
    Uebergang("lage_zuordnen", ("eingegangen", "in_vorpruefung", "in_sammlung", "themenspeicher"), None, (K, KETTE), "Einer Lage zuordnen",
              "LageZuordnen", waechter=(_LAGE_GILT,), braucht=((hin("in_lage"),),),
              schreibt=(Setze(), Rechne(lambda stand, daten, heute: {"lage_seit": heute})),
              verbindet=(Verbinde("lage", hin("in_lage"), statt=True),),
              meldet=(Sammelanlass("lage_bestaetigung", ("melder",)),)),
    Uebergang("umsammeln", ("in_sammlung",), "in_sammlung", (K,), "In eine andere Sammlung legen", "Aufnehmen",
              waechter=(_OFFENE_SAMMLUNG,), braucht=((hin("gesammelt"),),),
              verbindet=(Verbinde("sammlung", hin("gesammelt"), statt=True),)),
    Uebergang("parken", ("in_vorpruefung", "in_sammlung", "rekonstruiert"), "themenspeicher", (K,), "In den Themenspeicher legen",
              "Parken", grund_noetig=True, vorab="uebernehmen", waechter=_WIEDERVORLAGE, meldet=(_ERGEBNIS,)),
    Uebergang("wiedervorlegen", ("themenspeicher",), "in_vorpruefung", (K, SYSTEM), "Aus dem Themenspeicher holen", schreibt=(),
              meldet=(Anlass("wiedervorlage", ("zustaendig",)),)),
    Uebergang("auswaehlen", ("in_sammlung",), "ausgewaehlt", (K,), "Zur Rekonstruktion auswählen", grund_noetig=True,
              loescht=(WARTET,), schreibt=(), meldet=(Anlass("fall_ausgewaehlt", ("melder",)),),
              quelle="[004] 3.3 Fallauswahl durch die Koordination"),
    Uebergang("auswahl_aufheben", ("ausgewaehlt", "in_rekonstruktion"), "in_sammlung", (K, KETTE), "Auswahl aufheben",
              "AuswahlAufheben", grund_noetig=True),
    Uebergang("auswahl_aufheben", ("ausgewaehlt", "in_rekonstruktion"), "themenspeicher", (K,), "Auswahl aufheben",
              "AuswahlAufheben", grund_noetig=True, waechter=_WIEDERVORLAGE, meldet=(_ERGEBNIS,)),
    Uebergang("zuordnen", ("in_vorpruefung", "in_sammlung", "rekonstruiert"), "im_thema", (K,), "Einem Thema zuordnen", "Zuordnen",
              vorab="uebernehmen", waechter=(_THEMA_NIMMT_AUF,), braucht=((hin("im_thema"),),),
              verbindet=(Verbinde("thema", hin("im_thema")),), meldet=(_THEMA,)),
    Uebergang("als_doppelmeldung_verknuepfen", ("in_vorpruefung", "in_sammlung"), "doppelmeldung", (K,),
              "Als Doppelmeldung verknüpfen", "AlsDoppelmeldungVerknuepfen", vorab="uebernehmen", loescht=(WARTET, ABGABE),
              waechter=(_ANDERES_ORIGINAL, _ORIGINAL_ZAEHLT), braucht=((hin("doppelt"),),),
              verbindet=(Verbinde("original", hin("doppelt")),), meldet=(_ERGEBNIS,)),
    Uebergang("kurz_klaeren", ("in_vorpruefung", "in_sammlung", "rekonstruiert"), "kurzfristig_geklaert", (K,), "Kurzfristig klären",
              "KurzKlaeren", vorab="uebernehmen", loescht=(WARTET, ABGABE), meldet=(_ERGEBNIS, _AUSGANG_DER_DOPPELTEN)),
    Uebergang("weitergeben", ("in_vorpruefung", "in_sammlung", "themenspeicher", "rekonstruiert"), "weitergegeben", (K,),
              "An eine andere Stelle weitergeben", "Weitergeben", grund_noetig=True, vorab="uebernehmen", loescht=(WARTET, ABGABE),
              meldet=(_ERGEBNIS, _AUSGANG_DER_DOPPELTEN), aussen=True),
    Uebergang("zurueckziehen", ("eingegangen", "in_vorpruefung", "in_sammlung", "themenspeicher", "ausgewaehlt"), "zurueckgezogen",
              (MELDER, _EIGENES_CM, K), "Meldung zurückziehen", loescht=(WARTET, ABGABE), schreibt=(),
              meldet=(Anlass("meldung_zurueckgezogen", ("zustaendig",)),)),
    Uebergang("wiederaufnehmen", ENDEN, "in_vorpruefung", (K, KETTE), "Wieder aufnehmen", grund_noetig=True, schreibt=(),
              verbindet=(Verbinde("", hin("im_thema"), loest=True), Verbinde("", hin("doppelt"), loest=True)),
              meldet=(_ERGEBNIS, Anlass("meldung_wieder_aufgenommen", ("zustaendig",)))),
    Uebergang("bereich_abgeben", OFFEN, None, (K,), "Einem anderen Bereich anbieten", "BereichAbgeben", grund_noetig=True,
              vorab="uebernehmen", setzt=ABGABE, waechter=(_KEINE_ABGABE, _FREMDER_BEREICH),
              schreibt=(Rechne(lambda stand, daten, heute: {"angeboten_an": daten["an"]}),),
              meldet=(Anlass("abgabe_angeboten", ("koordination_dort",)),)),
    Uebergang("bereich_annehmen", OFFEN, None, (K_ANDERE,), "Meldung übernehmen", loescht=(ABGABE,),
              waechter=(marke_gesetzt(ABGABE, "Die Meldung ist keinem anderen Bereich angeboten."),),
              schreibt=(Uebernimmt("angeboten_an"),), meldet=(Anlass("abgabe_angenommen", ("abgebende",)),)),
    Uebergang("bereich_ablehnen", OFFEN, None, (K_ANDERE, K), "Übernahme ablehnen oder Angebot zurückziehen", grund_noetig=True,
              loescht=(ABGABE,), waechter=(marke_gesetzt(ABGABE, "Die Meldung ist keinem anderen Bereich angeboten."),),
              schreibt=(Rechne(lambda stand, daten, heute: {"angeboten_an": None}),),
              meldet=(Anlass("abgabe_abgelehnt", ("zustaendig",)),)),
    Uebergang("text_teilen", OFFEN + ENDEN, None, (K,), "Text einem anderen Bereich zeigen", "TextTeilen",
              schreibt=(Setze(("geteilt_mit",)),), beteiligt=(Beteilige("geteilt_mit", Rolle.KOORDINATION, statt=True),)),
    Uebergang("einwilligung_verzeichnen", OFFEN + ENDEN, None, (MELDER, _EIGENES_CM, K), "Einwilligung in die Übergabe verzeichnen",
              "EinwilligungVerzeichnen", waechter=(Waechter("uebergabe_betrifft", _uebergabe_betrifft),),
              braucht=((hin("uebergeben_in"),),)),
    # Schritte der Kette
    Uebergang("lage_verlassen", OFFEN + ENDEN, None, (KETTE,), "Die Lage ist beendet",
              schreibt=(Rechne(lambda stand, daten, heute: {"lage": None, "lage_seit": None}),),
              verbindet=(Verbinde("", hin("in_lage"), loest=True),)),
    # eine Doppelmeldung zählt auch, wenn das Original schon beendet ist
    Uebergang("doppelmeldung_zaehlen", OFFEN + ENDEN, None, (KETTE,), "Eine Doppelmeldung zählt hier mit", "DoppelmeldungZaehlen",
              schreibt=(Rechne(_mit_doppelter), Haenge("vorkommen"))),
    Uebergang("doppelmeldung_abziehen", OFFEN + ENDEN, None, (KETTE,), "Eine Doppelmeldung zählt hier nicht mehr mit",
              "DoppelmeldungZaehlen", schreibt=(Rechne(_ohne_doppelte),)),
    Uebergang("original_wechseln", ("doppelmeldung",), None, (KETTE,), "Zählt jetzt bei einer anderen Meldung mit",
              "AlsDoppelmeldungVerknuepfen", schreibt=(), verbindet=(Verbinde("original", hin("doppelt"), statt=True),)),
    Uebergang("rekonstruktion_beginnen", ("ausgewaehlt",), "in_rekonstruktion", (KETTE,), "Fallrekonstruktion einberufen", schreibt=()),
    Uebergang("rekonstruktion_freigeben", ("in_rekonstruktion",), "rekonstruiert", (KETTE,), "Fallrekonstruktion freigegeben",
              schreibt=(), meldet=(_THEMA,)),
    Uebergang("angehaengt", OFFEN + ENDEN, None, (KETTE,), "An eine Fallrekonstruktion angehängt", schreibt=(),
              meldet=(Anlass("an_fallrekonstruktion_angehaengt", ("melder",)),)),
    # auch ein zweites Thema aus derselben Fallrekonstruktion: die Meldung gehört dann zu beiden
    Uebergang("thema_bilden", ("rekonstruiert", "im_thema", "geloest", "ohne_loesung_beendet"), "im_thema", (KETTE,),
              "Thema aus der Fallrekonstruktion gebildet", "Zuordnen", schreibt=(), verbindet=(Verbinde("thema", hin("im_thema")),),
              meldet=(_THEMA,)),
    Uebergang("umhaengen", ("im_thema",), None, (KETTE,), "Mit dem Thema umgezogen", "Umhaengen", schreibt=(),
              verbindet=(Verbinde("bisher", hin("im_thema"), loest=True), Verbinde("thema", hin("im_thema"))), meldet=(_THEMA,)),
    Uebergang("loesen", ("im_thema", "ohne_loesung_beendet"), "geloest", (KETTE,), "Thema gelöst", loescht=(WARTET, ABGABE),
              schreibt=(), meldet=(_AUSGANG,)),
    Uebergang("ohne_loesung_beenden", ("im_thema",), "ohne_loesung_beendet", (KETTE,), "Thema ohne Lösung beendet",
              loescht=(WARTET, ABGABE), schreibt=(), meldet=(_AUSGANG,)),
    Uebergang("thema_wieder_oeffnen", ("geloest", "ohne_loesung_beendet"), "im_thema", (KETTE,), "Thema wieder geöffnet", schreibt=(),
              meldet=(_THEMA,)),
    *anhaengen(OFFEN, OFFEN + ENDEN, MELDER, _EIGENES_CM, K),
    uebergeben(*OFFEN, wer=K),
)

FRISTEN = (
    Frist("eilmeldung", "Eilige Meldung erstmals ansehen", _eilig, "1 WT",
          stufen=(Stufe("Beginn", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("vorpruefung_beginnen", "Vorprüfung beginnen", _vorpruefung("eingegangen"), "5 WT",
          stufen=(Stufe("3 WT nach Beginn", ("zustaendig",)), Stufe("Ende", ("vertretung",))), ruht_bei=WARTET),
    Frist("vorpruefung_entscheiden", "Vorprüfung entscheiden", _vorpruefung("eingegangen", "in_vorpruefung"), "15 WT",
          stufen=(Stufe("Ende", ("zustaendig", "vertretung")), Stufe("5 WT nach Ende", ("leitung",), nur_zahl=True)), ruht_bei=WARTET),
    # in einer Lage erfährt die Leitung nicht jede einzelne Verspätung
    Frist("vorpruefung_in_der_lage", "Vorprüfung in einer Lage entscheiden",
          _vorpruefung("eingegangen", "in_vorpruefung", in_der_lage=True), "20 WT",
          stufen=(Stufe("Ende", ("zustaendig", "vertretung")),), ruht_bei=WARTET),
    Frist("antwort_auf_rueckfrage", "Antwort auf die Rückfrage", an_marke(WARTET), "15 WT",
          stufen=(Stufe("5 WT vor Ende", ("melder",)), Stufe("Ende", ("zustaendig",)))),
    Frist("abgabe_beantworten", "Angebotene Abgabe beantworten", an_marke(ABGABE), "5 WT",
          stufen=(Stufe("Ende", ("koordination_dort", "zustaendig")),)),
    Frist("wiedervorlage", "Wiedervorlage aus dem Themenspeicher", am_feld("wiedervorlage_am", "themenspeicher"),
          stufen=(Stufe("Ende", ("zustaendig",), feuert="wiedervorlegen"),)),
    Frist("auswahl_ohne_termin", "Ausgewählter Fall ohne Termin", im_zustand("ausgewaehlt"), "20 WT",
          stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("rekonstruiert_ohne_thema", "Freigegebene Fallrekonstruktion ohne Thema", im_zustand("rekonstruiert"), "20 WT",
          stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("liegt_noch_bei_uns", "Jährliche Nachricht an die meldende Stelle", im_zustand(*OFFEN), "1 Jahr",
          stufen=(Stufe("Ende", ("melder",)), Stufe("12 Monate nach Ende", ("melder",), wieder=True))),
)

MELDEBOGEN = Prozess("meldebogen", "Meldebogen", "M", ZUSTAENDE, UEBERGAENGE, MARKEN, FRISTEN, version=12, bereichsgebunden=True,
                     quelle="[004] 3.3")



def _scheidet_aus(lage: Lage) -> Folgeschritt | None:
    """Eine freigegebene Fallrekonstruktion behält ihre Fälle, auch in Berichtigung; eine andere ohne Fall ist gegenstandslos."""
    if lage.ziel.stand.get("fassungen"):
        return None
    if any(m.key != lage.key for m in lage.sicht_ziel((her("rekonstruiert_in"),))):
        return Folgeschritt("entlassen", {"meldungen": [lage.key]})
    return Folgeschritt("abbrechen", grund="Die letzte ausgewählte Meldung ist nicht mehr dabei.")


THEMA_ZU_DEN_ZIELSYSTEMEN: Weg = (hin("im_thema"), hin("fuehrt_zu"))


def geschehen_nach(stand: Daten, startdatum: str) -> bool:
    """Ob das Gemeldete nach dem Start liegt: gezählt wird das Ereignis, nicht der Eingang. Im selben Monat gilt im Zweifel ja,
    denn das Signal bittet nur um eine Prüfung."""
    if tag := stand.get("vorgekommen_am"):
        return str(tag) > startdatum
    monat = stand.get("ereignis_bis") or stand.get("ereignis_von")
    return str(monat) >= startdatum[:7] if monat else str(stand.get("eingang") or "")[:10] > startdatum


def _startdatum(lage: Lage, zu_den_zielsystemen: Weg) -> str:
    """Seit wann gilt, was dieses Monitoring beobachtet; leer, solange es nicht eingeführt ist."""
    zielsystem = next((z for z in lage.sicht(zu_den_zielsystemen) if z.key == lage.ziel.stand.get("eltern")), None)
    return str(zielsystem.stand.get("startdatum") or "") if zielsystem and zielsystem.zustand == "eingefuehrt" else ""


def _wiederkehr(zu_den_zielsystemen: Weg) -> Callable[[Lage], Folgeschritt | None]:
    """Eine neue Meldung zu einem Thema, dessen Zielsystem eingeführt ist, ist ein Hinweis auf Wiederkehr (Regel 9)."""

    def schritt(lage: Lage) -> Folgeschritt | None:
        start = _startdatum(lage, zu_den_zielsystemen)
        geprueft = {m for p in lage.ziel.stand.get("signalpruefungen") or () for m in p.get("meldungen") or ()}
        if not start or lage.key in geprueft or not geschehen_nach(lage.stand, start):
            return None
        wann = {f: lage.stand[f] for f in ("ereignis_von", "ereignis_bis") if lage.stand.get(f)}
        return Folgeschritt("signal_setzen", {"meldung": lage.key, **wann})

    return schritt


def _wieder_nach_dem_start(lage: Lage) -> Folgeschritt | None:
    """Dieselbe Hürde noch einmal ist jedes Mal ein neuer Hinweis, auch wenn die Meldung selbst schon einmal geprüft wurde."""
    am = lage.daten.get("vorgekommen_am") or lage.heute.isoformat()
    start = _startdatum(lage, THEMA_ZU_DEN_ZIELSYSTEMEN)
    if not start or not geschehen_nach({"vorgekommen_am": am}, start):
        return None
    return Folgeschritt("signal_setzen", {"meldung": lage.key, "ereignis_von": am[:7]})


def _zaehlt_mit(lage: Lage) -> Folgeschritt:
    """Bei der genannten zählt die Meldung mit allem, was zu ihr wieder vorkam; wo sie bisher zählte, nicht mehr."""
    if lage.ziel.key != lage.daten.get("original"):
        return Folgeschritt("doppelmeldung_abziehen", {"meldung": lage.key})
    return Folgeschritt("doppelmeldung_zaehlen", {"meldung": lage.key, "anzahl": 1 + int(lage.stand.get("wiederholungen") or 0)})


def _lage_der_sammlung(lage: Lage) -> Folgeschritt | None:
    """Wer in eine Sammlung kommt, für die eine Lage gilt, gehört zu ihr."""
    geltende = (n.key for n in lage.sicht((hin("gesammelt"), her("gilt_fuer"))) if n.zustand == "ausgerufen")
    gefunden = None if lage.stand.get("lage") else next(geltende, None)
    return Folgeschritt("lage_zuordnen", {"lage": gefunden}) if gefunden else None


FOLGEN = (
    Folge("meldebogen", ("aufnehmen", "umsammeln"), (), ("lage_zuordnen",), _lage_der_sammlung,
          braucht=((hin("gesammelt"), her("gilt_fuer")),)),
    # ihre eigenen Doppelmeldungen gehen vorher mit: Jede zählt unmittelbar bei der Meldung, die bearbeitet wird
    Folge("meldebogen", ("als_doppelmeldung_verknuepfen",), (her("doppelt"),), ("original_wechseln",),
          lambda lage: Folgeschritt("original_wechseln", {"original": lage.daten["original"]})),
    Folge("meldebogen", ("als_doppelmeldung_verknuepfen", "original_wechseln", "wiederaufnehmen"), (hin("doppelt"),),
          ("doppelmeldung_zaehlen", "doppelmeldung_abziehen"), _zaehlt_mit),
    Folge("meldebogen", ("zurueckziehen",), (her("doppelt"),), ("wiederaufnehmen",),
          lambda lage: Folgeschritt("wiederaufnehmen", grund="Die Meldung, bei der diese mitzählte, ist zurückgezogen.")),
    Folge("meldebogen", ("als_doppelmeldung_verknuepfen", "original_wechseln"), (hin("doppelt"), *THEMA_ZU_DEN_MONITORINGS),
          ("signal_setzen",), _wiederkehr((hin("doppelt"), *THEMA_ZU_DEN_ZIELSYSTEMEN))),
    Folge("meldebogen", ("wieder_vorgekommen",), THEMA_ZU_DEN_MONITORINGS, ("signal_setzen",), _wieder_nach_dem_start),
    Folge("meldebogen", ("einwilligung_verzeichnen",), (hin("uebergeben_in"),), ("einwilligung_folgen",),
          lambda lage: Folgeschritt("einwilligung_folgen", {"einwilligung": bool(lage.stand.get("einwilligung_uebergabe"))})),
    Folge("meldebogen", ("auswahl_aufheben", "zurueckziehen"), (hin("rekonstruiert_in"),), ("abbrechen", "entlassen"), _scheidet_aus,
          braucht=((her("rekonstruiert_in"),),)),
    Folge("meldebogen", ("zuordnen", "umhaengen"), THEMA_ZU_DEN_MONITORINGS, ("signal_setzen",),
          _wiederkehr(THEMA_ZU_DEN_ZIELSYSTEMEN)),
    # an sich selbst: einem schon beendeten Thema zugeordnet und kein Signal zu prüfen, also endet die Meldung mit ihm
    Folge("meldebogen", ("zuordnen",), (), ("loesen", "ohne_loesung_beenden"), meldung_endet, braucht=MELDUNG_BRAUCHT),
)
