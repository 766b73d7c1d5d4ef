"""Beschluss der Lenkungsgruppe: in einer Sitzung oder im Umlauf gefasst, weitergeleitet, erledigt. Quelle: process.md; [004] 3.3.

Ein Beschluss bewegt, wovon er handelt (`bewegungen`); Themen, Arbeitsgruppen und Zielsysteme entscheidet niemand sonst.
Weitergeleitet wird je Empfänger; wer eine Aufgabe hat, bestätigt die Kenntnisnahme und wird sonst erinnert.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states import abstimmung, model, weiterleitung
from states.fristen import Blick, Frist, Stufe, StufeMitSitzung, Termin, am_feld, je_eintrag
from states.glieder import Bewegt, Folge, Folgeschritt, Lage
from states.model import (
    EMPFAENGER, KETTE, K_ALLE, LG_MITGLIED, LG_VORSITZ, SYSTEM, UMSETZENDE, VERWALTUNG, Anlass, Beteilige, Daten, Fakten, Haenge, Prozess,
    Rechne, Rolle, Setze, Uebergang, Verbinde, Waechter, Zustand, her, hin, uebergeben,
)
from states.tagesordnung import NIMMT_PUNKTE, gaeste_vermerken
from states.verbindungen import VERBINDUNGEN
from states.waechter import datum_nicht_vergangen, feld_noetig, wenn

GELTEND = ("gefasst", "weitergeleitet", "in_erledigung")
WEITERGELEITET = ("weitergeleitet", "in_erledigung", "erledigt")
_ENTSCHIEDEN = (*GELTEND, "erledigt", "gescheitert", "aufgehoben")

ZUSTAENDE = (
    Zustand("im_umlauf", "Im Umlauf", "Alle Sitze sind um ihre Stimme gebeten; das Ergebnis steht aus.", Rolle.KOORDINATION),
    Zustand("gefasst", "Gefasst", "Der Beschluss gilt und muss allen Beteiligten mitgeteilt werden.", Rolle.KOORDINATION),
    Zustand("weitergeleitet", "Weitergeleitet", "Der Beschluss ist mitgeteilt; die Erledigung hat noch nicht begonnen.",
            Rolle.KOORDINATION),
    Zustand("in_erledigung", "In Erledigung", "Die verantwortliche Stelle setzt den Beschluss um.", Rolle.UMSETZENDE_STELLE),
    Zustand("erledigt", "Erledigt", "Der Beschluss ist umgesetzt.", ende=True),
    Zustand("gescheitert", "Gescheitert", "Im Umlauf kam der Beschluss nicht zustande; er kann in eine Sitzung.", ende=True),
    Zustand("aufgehoben", "Aufgehoben", "Ein späterer Beschluss hat diesen aufgehoben.", ende=True),
)

# --- Wächter --------------------------------------------------------------------------------------------------------

_BEZUG_PASST = wenn("bezug_passt", lambda f: all(n.art in VERBINDUNGEN["behandelt"].von for n in f.nachbarn(her("behandelt"))),
                    "Ein Beschluss bezieht sich auf Themen, Zielsysteme, Arbeitsgruppen, Monitorings, Sitzungen oder Beschlüsse.")
_SITZE = feld_noetig("sitze", "Für heute sind in den Stammdaten keine Sitze eingetragen. Bitte tragen Sie sie zuerst ein.")
_SITZE_VON_HEUTE = abstimmung.sitze_des_tages(lambda f: f.heute)
_ANTWORT_BIS = datum_nicht_vergangen("antwort_bis", "Der Antworttag darf nicht in der Vergangenheit liegen.")
_FRIST = datum_nicht_vergangen("frist", "Die neue Frist darf nicht in der Vergangenheit liegen.")
_UMLAUF = wenn("im_umlauf_entschieden", lambda f: f.stand.get("verfahren") == "umlauf",
               "Berichtet wird nur über einen Umlauf; dieser Beschluss fiel in einer Sitzung.")

_NOCH_NICHT_BERICHTET = wenn("noch_nicht_berichtet", lambda f: not f.stand.get("berichtet_in"),
                             "Der Bericht über diesen Umlauf steht schon auf einer Tagesordnung.")

# --- weiterleiten ---------------------------------------------------------------------------------------------------


def _eintrag(f: Fakten) -> Daten | None:
    eintrag: Daten | None = f.stand.get("weiterleitungen", {}).get(f.daten.get("empfaenger"))
    return eintrag


def _fuer_sich(f: Fakten) -> bool:
    return f.daten.get("empfaenger") in (f.institution, f.person)


_EMPFAENGER_NOETIG = wenn("empfaenger_genannt", lambda f: bool(f.daten.get("empfaenger") or f.stand.get("weiterleitungen")),
                          "Bitte nennen Sie mindestens einen Empfänger.")
_EMPFAENGER_BEKANNT = wenn("empfaenger_bekannt", lambda f: _eintrag(f) is not None,
                          "An diesen Empfänger ist der Beschluss nicht gegangen.")
_EIGENE_KENNTNIS = wenn("eigene_kenntnisnahme",
                        lambda f: f.rolle != Rolle.EMPFAENGER or _fuer_sich(f),
                        "Bestätigen können Sie nur für die eigene Stelle.")
_PERSOENLICH = wenn("persoenlich_belegt", lambda f: f.rolle != Rolle.KOORDINATION or bool(f.daten.get("persoenlich")) or _fuer_sich(f),
                    "Bitte halten Sie fest, wer es wem wann und wo gesagt hat; das ist die Bestätigung.")
_NOCH_OFFEN = wenn("kenntnis_offen", lambda f: not (_eintrag(f) or {}).get("kenntnis_am"),
                   "Dieser Empfänger hat die Kenntnisnahme schon bestätigt.")

# --- Übergänge ------------------------------------------------------------------------------------------------------

_BEZUG = Verbinde("bezug", her("behandelt"))
_EIGNER = Beteilige("stellen", Rolle.UMSETZENDE_STELLE)
_HANDELT_VON = ((her("behandelt"),),)


def _gefasst(_stand: Daten, daten: Daten, heute: str) -> Daten:
    """Nachgetragenes zählt ab dem Tag der Sitzung."""
    return {"gefasst_am": daten.get("gefasst_am") or heute}


def _stimme(stand: Daten, daten: Daten, heute: str) -> Daten:
    return {"stimmen": {**stand.get("stimmen", {}), daten["sitz"]: {**daten, "am": heute}}}


def _erledigt(_stand: Daten, daten: Daten, heute: str) -> Daten:
    return {"ergebnis": daten.get("ergebnis"), "erledigt_am": daten.get("erledigt_am") or heute}


def _ausgeblieben(stand: Daten, daten: Daten, heute: str) -> Daten:
    bisher = list(stand.get("ausgeblieben", ()))
    return {"ausgeblieben": [*bisher, {**daten, "key": str(len(bisher) + 1), "am": heute, "geklaert_am": None}]}


def _gemeintes(stand: Daten, daten: Daten) -> str | None:
    """Das Genannte, oder das einzige Offene; None, wenn nicht klar ist, was gemeint ist."""
    offen = [e["key"] for e in stand.get("ausgeblieben", ()) if not e["geklaert_am"]]
    genannt = daten.get("nummer") or (offen[0] if len(offen) == 1 else None)
    return genannt if genannt in offen else None


def _geklaert(stand: Daten, daten: Daten, heute: str) -> Daten:
    welches = _gemeintes(stand, daten)
    return {"ausgeblieben": [{**e, "vermerk": daten["vermerk"], "geklaert_am": heute} if e["key"] == welches else e
                             for e in stand["ausgeblieben"]]}


_AUSGEBLIEBENES = wenn("ausgebliebenes_offen", lambda f: _gemeintes(f.stand, f.daten) is not None,
                       "Bitte nennen Sie die Nummer dessen, was ausgeblieben und noch nicht geklärt ist.")


def _andere_frist(stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {"frist": daten["frist"], "vorige_fristen": [*stand.get("vorige_fristen", ()), stand["frist"]]}


def _weiterleiten(von: tuple[str, ...], nach: str | None) -> Uebergang:
    return Uebergang(
        "weiterleiten", von, nach, (K_ALLE, VERWALTUNG), "Weiterleiten", "Weiterleiten", waechter=(_EMPFAENGER_NOETIG,),
        schreibt=(Rechne(weiterleitung.weitergeleitet),), beteiligt=(Beteilige("empfaenger", Rolle.EMPFAENGER),),
        meldet=(Anlass("beschlussauszug", ("verteiler",)),), aussen=True,
        quelle="[004] 3.3 Weiterleitung durch Protokoll oder persönlich")


def _feststellen(nach: str, ergebnis: Waechter) -> Uebergang:
    return Uebergang(
        "umlauf_feststellen", ("im_umlauf",), nach, (K_ALLE, SYSTEM), "Ergebnis des Umlaufs feststellen", "UmlaufFeststellen",
        waechter=(abstimmung.UMLAUF_ZU_ENDE, ergebnis), schreibt=(Rechne(abstimmung.ergebnis_des_umlaufs),),
        meldet=(Anlass("umlauf_ergebnis", ("sitze", "zustaendig")),))


UEBERGAENGE = (
    Uebergang("fassen", (), "gefasst", (LG_VORSITZ, K_ALLE), "Beschluss fassen", "Fassen", waechter=(*abstimmung.FASSEN, _BEZUG_PASST),
              schreibt=(Setze(), Rechne(_gefasst)), verbindet=(Verbinde("sitzung", hin("gefasst_in")), _BEZUG), beteiligt=(_EIGNER,),
              braucht=((hin("gefasst_in"),), *_HANDELT_VON), quelle="[004] 3.3 Entscheidung der Lenkungsgruppe"),
    Uebergang("umlauf_starten", (), "im_umlauf", (K_ALLE,), "Umlauf starten", "UmlaufStarten",
              waechter=(_SITZE, _SITZE_VON_HEUTE, _ANTWORT_BIS, abstimmung.FRISTEN_KUENFTIG, _BEZUG_PASST),
              schreibt=(Setze(), Rechne(lambda stand, daten, heute: {"verfahren": "umlauf"})), verbindet=(_BEZUG,),
              beteiligt=(_EIGNER,), meldet=(Anlass("umlauf", ("sitze",)),), braucht=_HANDELT_VON, aussen=True),
    Uebergang("stimme_abgeben", ("im_umlauf",), None, (K_ALLE, LG_MITGLIED, LG_VORSITZ), "Stimme abgeben", "StimmeAbgeben",
              waechter=(abstimmung.SITZ_GEFRAGT, abstimmung.EIGENER_SITZ, abstimmung.EINE_STIMME), schreibt=(Rechne(_stimme),)),
    _feststellen("gefasst", abstimmung.UMLAUF_ANGENOMMEN),
    _feststellen("gescheitert", abstimmung.UMLAUF_NICHT_ANGENOMMEN),
    Uebergang("bewegung_ausgeblieben", ("gefasst",), None, (KETTE,), "Ein Schritt des Umlaufs war nicht mehr möglich",
              "BewegungAusgeblieben", schreibt=(Rechne(_ausgeblieben),)),
    Uebergang("bewegung_klaeren", _ENTSCHIEDEN, None, (K_ALLE,), "Klären, was nicht mehr möglich war", "BewegungKlaeren",
              waechter=(_AUSGEBLIEBENES,), schreibt=(Rechne(_geklaert),)),
    Uebergang("umlauf_berichten", (*GELTEND, "erledigt", "gescheitert"), None, (K_ALLE, SYSTEM), "Umlauf in der nächsten Sitzung berichten",
              "UmlaufBerichten", waechter=(_UMLAUF, _NOCH_NICHT_BERICHTET, NIMMT_PUNKTE),
              verbindet=(Verbinde("sitzung", hin("steht_auf")),),
              schreibt=(Rechne(lambda stand, daten, heute: {"berichtet_in": daten["sitzung"]}),), braucht=((hin("steht_auf"),),)),
    Uebergang("sitzung_vermerken", _ENTSCHIEDEN, None, (KETTE,), "Steht auf der Tagesordnung", "SitzungVermerken",
              schreibt=(Rechne(lambda stand, daten, heute: {"berichtet_in": daten["sitzung"]}),)),
    Uebergang("sitzung_entfaellt", _ENTSCHIEDEN, None, (KETTE,), "Wartet auf die nächste Sitzung",
              schreibt=(Rechne(lambda stand, daten, heute: {"berichtet_in": None}),)),
    gaeste_vermerken(*GELTEND, "erledigt", "gescheitert"),
    _weiterleiten(("gefasst",), "weitergeleitet"),
    _weiterleiten(WEITERGELEITET, None),
    Uebergang("kenntnis_nehmen", WEITERGELEITET, None, (K_ALLE, EMPFAENGER, KETTE), "Kenntnis nehmen", "KenntnisNehmen",
              waechter=(_EMPFAENGER_BEKANNT, _EIGENE_KENNTNIS, _PERSOENLICH), schreibt=(Rechne(weiterleitung.zur_kenntnis),)),
    Uebergang("erinnern", WEITERGELEITET, None, (K_ALLE, VERWALTUNG, KETTE), "Erinnerung oder Anruf verzeichnen", "Erinnern",
              waechter=(_EMPFAENGER_BEKANNT, _NOCH_OFFEN), schreibt=(Haenge("erinnerungen"),)),
    Uebergang("erledigung_beginnen", ("weitergeleitet",), "in_erledigung", (UMSETZENDE, K_ALLE), "Erledigung beginnen", schreibt=()),
    Uebergang("erledigen", ("weitergeleitet", "in_erledigung"), "erledigt", (UMSETZENDE, K_ALLE), "Als erledigt melden", "Erledigen",
              schreibt=(Rechne(_erledigt),), meldet=(Anlass("beschluss_erledigt", ("zustaendig", "vorsitz")),)),
    Uebergang("frist_aendern", GELTEND, None, (LG_VORSITZ,), "Frist ändern", "FristAendern", grund_noetig=True, waechter=(_FRIST,),
              schreibt=(Rechne(_andere_frist),), meldet=(Anlass("beschluss_frist_geaendert", ("eigner", "zustaendig")),)),
    Uebergang("aufheben", GELTEND, "aufgehoben", (model.BESCHLUSS,), "Beschluss aufheben", "Aufheben", grund_noetig=True,
              schreibt=(Rechne(lambda stand, daten, heute: {"aufgehoben_durch": daten.get("beschluss")}),),
              meldet=(Anlass("beschluss_aufgehoben", ("verteiler", "eigner")),)),
    uebergeben("im_umlauf", *GELTEND),
)

# --- Fristen --------------------------------------------------------------------------------------------------------


def _auszug(b: Blick) -> Iterable[Termin]:
    """Läuft ab dem Tag der Sitzung, bis jeder Eintrag des Verteilers bedient ist; der erste Empfänger allein genügt nicht."""
    offen = b.zustand == "gefasst" or (b.zustand in WEITERGELEITET and weiterleitung.noch_nicht_an_alle(b.stand))
    return (Termin(anker=date.fromisoformat(b.stand["gefasst_am"])),) if offen else ()


def _unberichtet(b: Blick) -> Iterable[Termin]:
    entschieden = b.zustand != "im_umlauf" and b.zustand != "aufgehoben" and b.stand.get("verfahren") == "umlauf"
    return (Termin(anker=date.fromisoformat(b.stand["gefasst_am"])),) if entschieden and not b.stand.get("berichtet_in") else ()


def _unbestaetigt(eintrag: Daten) -> bool:
    return bool(eintrag.get("aufgabe")) and not eintrag.get("kenntnis_am")


FRISTEN = (
    # Der Antworttag gehört noch den Sitzen (§ 188 BGB); festgestellt wird, sobald er vorbei ist.
    Frist("umlauf_antwort", "Stimmen im Umlauf", am_feld("antwort_bis", "im_umlauf"),
          stufen=(Stufe("3 WT vor Ende", ("sitze",)), Stufe("Ende", ("zustaendig",)),
                  Stufe("1 Tag nach Ende", ("zustaendig",), feuert="umlauf_feststellen"))),
    Frist("umlauf_tagesordnung", "Bericht über den Umlauf kommt auf die nächste Tagesordnung", _unberichtet, "6 Monate",
          stufen=(StufeMitSitzung("Beginn", feuert="umlauf_berichten"),)),
    Frist("umlauf_bericht", "Umlauf auf die nächste Tagesordnung setzen", _unberichtet, "10 WT",
          stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("umlauf_ausgeblieben", "Klären, was nach dem Umlauf nicht mehr möglich war",
          je_eintrag("ausgeblieben", "am", lambda e: not e["geklaert_am"], *_ENTSCHIEDEN), "5 WT",
          stufen=(Stufe("Beginn", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("beschluss_auszug", "Beschlussauszug weiterleiten", _auszug, "5 WT",
          stufen=(Stufe("3 WT nach Beginn", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("beschluss_kenntnisnahme", "Kenntnisnahme eines Beschlusses",
          je_eintrag("weiterleitungen", "gesendet_am", _unbestaetigt, *WEITERGELEITET), "10 WT",
          stufen=(Stufe("Ende", ("eigner",)), Stufe("10 WT nach Ende", ("eigner",)), Stufe("20 WT nach Ende", ("zustaendig",)))),
    Frist("beschluss_frist", "Beschluss erledigen", am_feld("frist", *GELTEND),
          stufen=(Stufe("10 WT vor Ende", ("eigner",)), Stufe("3 WT vor Ende", ("eigner",)),
                  Stufe("1 WT nach Ende", ("eigner", "zustaendig")))),
)

BESCHLUSS = Prozess("beschluss", "Beschluss", "BS", ZUSTAENDE, UEBERGAENGE, (), FRISTEN, version=8, quelle="[004] 3.3")

# --- die Kette ------------------------------------------------------------------------------------------------------


def _bericht_als_punkt(lage: Lage) -> Folgeschritt | None:
    if lage.ziel.key != lage.daten.get("sitzung"):
        return None
    titel = f"Bericht über den Umlauf: {lage.stand['titel']}"
    return Folgeschritt("punkt_aufnehmen", {"titel": titel, "art": "bericht", "bezug": lage.key})


_DERSELBEN_SITZUNG = (hin("gefasst_in"), her("gefasst_in"))

FOLGEN = (
    Bewegt("beschluss", ("fassen",), "bewegungen"),
    # Der Umlauf ist angenommen, auch wenn inzwischen etwas nicht mehr geht; dann ist es eine Aufgabe der Koordination.
    Bewegt("beschluss", ("umlauf_feststellen",), "bewegungen", wenn=lambda lage: lage.zustand == "gefasst",
           ausgeblieben="bewegung_ausgeblieben"),
    Folge("beschluss", ("kenntnis_nehmen",), _DERSELBEN_SITZUNG, ("kenntnis_nehmen",), weiterleitung.auch_die_uebrigen),
    Folge("beschluss", ("erinnern",), _DERSELBEN_SITZUNG, ("erinnern",), weiterleitung.auch_dort_erinnert),
    Folge("beschluss", ("umlauf_berichten",), (hin("steht_auf"),), ("punkt_aufnehmen",), _bericht_als_punkt),
)
