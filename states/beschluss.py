"""Beschluss der Lenkungsgruppe: in einer Sitzung oder im Umlauf gefasst, weitergeleitet, erledigt. Quelle: process.md; [004] 3.3.

Ein Beschluss bewegt, wovon er handelt (`bewegungen`); Themen, Arbeitsgruppen und Zielsysteme entscheidet niemand sonst.
Weitergeleitet wird je Empfänger; wer eine Aufgabe hat, bestätigt die Kenntnisnahme und wird sonst erinnert.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states import model
from states.model import (
    EMPFAENGER, K_ALLE, LG_MITGLIED, LG_VORSITZ, SYSTEM, UMSETZENDE, VERWALTUNG, Anlass, Beteilige, Bewegt, Blick, Daten, Fakten, Folge,
    Folgeschritt, Frist, Grund, Haenge, Nachbar, Prozess, Rechne, Rolle, Setze, Stufe, Termin, Uebergang, Verbinde, Waechter, Zustand,
    am_feld, her, hin, je_eintrag, uebergeben,
)
from states.verbindungen import VERBINDUNGEN
from states.waechter import datum_nicht_vergangen, feld_noetig, wenn

GELTEND = ("gefasst", "weitergeleitet", "in_erledigung")
WEITERGELEITET = ("weitergeleitet", "in_erledigung", "erledigt")

ZUSTAENDE = (
    Zustand("im_umlauf", "Im Umlauf", "Alle Sitze sind um ihre Stimme gebeten; das Ergebnis steht aus.", Rolle.KOORDINATION),
    Zustand("gefasst", "Gefasst", "Der Beschluss gilt und muss allen Beteiligten mitgeteilt werden.", Rolle.KOORDINATION),
    Zustand("weitergeleitet", "Weitergeleitet", "Der Beschluss ist mitgeteilt; die Erledigung hat noch nicht begonnen.", Rolle.KOORDINATION),
    Zustand("in_erledigung", "In Erledigung", "Die verantwortliche Stelle setzt den Beschluss um.", Rolle.UMSETZENDE_STELLE),
    Zustand("erledigt", "Erledigt", "Der Beschluss ist umgesetzt.", ende=True),
    Zustand("gescheitert", "Gescheitert", "Im Umlauf kam der Beschluss nicht zustande; er kann in eine Sitzung.", ende=True),
    Zustand("aufgehoben", "Aufgehoben", "Ein späterer Beschluss hat diesen aufgehoben.", ende=True),
)

# --- Stimmen --------------------------------------------------------------------------------------------------------


def _stimmen(stand: Daten) -> dict[str, int]:
    abgegeben = [s["stimme"] for s in stand.get("stimmen", {}).values()]
    return {wert: abgegeben.count(wert) for wert in ("ja", "nein", "enthaltung", "befangen", "diskussion")}


def umlauf_vollstaendig(stand: Daten) -> bool:
    return len(stand.get("stimmen", {})) >= len(stand.get("sitze", ()))


def umlauf_scheitert_an(stand: Daten) -> str | None:
    """Warum der Umlauf nicht zustande kam; None, wenn er angenommen ist. Eine fehlende Antwort ist keine Stimme."""
    s = _stimmen(stand)
    if s["diskussion"]:
        return "Mindestens ein Sitz verlangt eine Aussprache. Der Punkt gehört in die nächste Sitzung."
    if 2 * (s["ja"] + s["nein"] + s["enthaltung"]) < len(stand.get("sitze", ())):
        return "Weniger als die Hälfte der Sitze hat abgestimmt; der Umlauf ist nicht zustande gekommen."
    if s["ja"] <= s["nein"]:
        return "Es gibt keine Mehrheit; der Umlauf ist nicht zustande gekommen."
    return None


def _umlauf_zu_ende(f: Fakten) -> bool:
    """Nach dem Antworttag, wenn alle geantwortet haben, oder sobald ein Sitz eine Aussprache verlangt."""
    vorbei = f.heute.isoformat() > str(f.stand.get("antwort_bis") or "")
    return vorbei or umlauf_vollstaendig(f.stand) or bool(_stimmen(f.stand)["diskussion"])


def _angenommen(f: Fakten) -> Grund | None:
    """Vor dem Ende sagt nur ein Wächter, woran es liegt."""
    satz = umlauf_scheitert_an(f.stand) if _umlauf_zu_ende(f) else None
    return Grund(satz) if satz else None


def _nicht_angenommen(f: Fakten) -> Grund | None:
    angenommen = _umlauf_zu_ende(f) and umlauf_scheitert_an(f.stand) is None
    return Grund("Der Umlauf hat die nötigen Stimmen; er ist nicht gescheitert.") if angenommen else None


def _sitz_im_umlauf(f: Fakten) -> Daten | None:
    return next((s for s in f.stand.get("sitze", ()) if s["sitz"] == f.daten.get("sitz")), None)


def _eigener_sitz(f: Fakten) -> bool:
    """Inhaber und Vertretung stimmen für ihren Sitz; für einen anderen trägt nur die Koordination eine Stimme ein."""
    sitz = _sitz_im_umlauf(f)
    if f.rolle == Rolle.KOORDINATION or sitz is None:
        return True
    personen = sitz.get("personen") or ()
    return f.person in personen if personen else bool(f.institution) and f.institution == sitz.get("institution")


# --- die Sitzung, in der gefasst wird -------------------------------------------------------------------------------


def _sitzung(f: Fakten) -> Nachbar | None:
    return next((n for n in f.nachbarn(hin("gefasst_in")) if n.art == "sitzung"), None)


def _anwesende(f: Fakten) -> set[str]:
    sitzung = _sitzung(f)
    anwesenheit = sitzung.stand.get("anwesenheit", {}) if sitzung else {}
    return {sitz for sitz, wer in anwesenheit.items() if wer != "abwesend"}


def _tagt(f: Fakten) -> bool:
    """Nachgetragen wird nur, bis der Vorsitz das Protokoll unterzeichnet hat."""
    s = _sitzung(f)
    return s is not None and (s.zustand == "laeuft" or (s.zustand == "protokoll_entwurf" and not s.stand.get("unterzeichnet_am")))


def _beschlussfaehig(f: Fakten) -> bool:
    s = _sitzung(f)
    alle = len(s.stand.get("anwesenheit", {})) if s else 0
    return s is not None and alle > 0 and 2 * len(_anwesende(f)) >= alle and not s.stand.get("beschlussunfaehig")


def _mehrheit(f: Fakten) -> Grund | None:
    stimmen = f.daten.get("abstimmung") or {}
    if f.daten.get("verfahren") == "konsens":
        return Grund("Ein Konsens verträgt keine Gegenstimme. Bitte wählen Sie die Abstimmung.") if stimmen.get("nein") else None
    if not stimmen:
        return Grund("Bitte tragen Sie die Stimmen ein, oder wählen Sie als Verfahren den Konsens.")
    return None if stimmen["ja"] > stimmen["nein"] else Grund("Es gibt keine Mehrheit; der Beschluss ist nicht gefasst.")


def _stimmenzahl(f: Fakten) -> Grund | None:
    stimmen = f.daten.get("abstimmung") or {}
    berechtigt = len(_anwesende(f) - set(f.daten.get("befangen") or ()))
    abgegeben = sum(stimmen.get(s) or 0 for s in ("ja", "nein", "enthaltung"))
    satz = "Es sind {abgegeben} Stimmen eingetragen, stimmberechtigt sind aber nur {berechtigt}. Wer befangen ist, stimmt nicht mit."
    return Grund(satz, {"abgegeben": abgegeben, "berechtigt": berechtigt}) if abgegeben > berechtigt else None


_TAGT = wenn("sitzung_tagt", _tagt, "Beschlüsse fasst die Lenkungsgruppe in einer laufenden Sitzung; nachtragen können Sie sie, bis das "
             "Protokoll unterzeichnet ist.")
_QUORUM = wenn("quorum", _beschlussfaehig, "Die Lenkungsgruppe ist nicht beschlussfähig. Der Punkt gehört in den Umlauf oder in die nächste "
               "Sitzung.")
_MEHRHEIT = Waechter("mehrheit", _mehrheit)
_STIMMENZAHL = Waechter("stimmenzahl", _stimmenzahl)
_BEFANGENE = wenn("befangene_anwesend", lambda f: set(f.daten.get("befangen") or ()) <= _anwesende(f),
                  "Befangen kann nur ein Sitz sein, der anwesend ist. Bitte prüfen Sie die Angabe.")
_BEZUG_PASST = wenn("bezug_passt", lambda f: all(n.art in VERBINDUNGEN["behandelt"].von for n in f.nachbarn(her("behandelt"))),
                    "Ein Beschluss bezieht sich auf Themen, Zielsysteme, Arbeitsgruppen, Monitorings, Sitzungen oder Beschlüsse.")
_SITZE = feld_noetig("sitze", "Bitte nennen Sie alle Sitze, die um ihre Stimme gebeten werden.")
_ANTWORT_BIS = datum_nicht_vergangen("antwort_bis", "Der Antworttag darf nicht in der Vergangenheit liegen.")
_SITZ_GEFRAGT = wenn("sitz_gefragt", lambda f: _sitz_im_umlauf(f) is not None, "Dieser Sitz ist in diesem Umlauf nicht gefragt.")
_EIGENER_SITZ = wenn("eigener_sitz", _eigener_sitz, "Dieser Sitz ist Ihnen nicht zugeordnet. Die Koordination kann seine Stimme eintragen.")
_EINE_STIMME = wenn("eine_stimme_je_sitz", lambda f: f.daten.get("sitz") not in f.stand.get("stimmen", {}),
                    "Für diesen Sitz ist schon abgestimmt. Wer sich geirrt hat, nimmt die Stimme zurück.")
_ZU_ENDE = wenn("umlauf_zu_ende", _umlauf_zu_ende, "Der Umlauf läuft noch: Es haben nicht alle Sitze geantwortet, und der Antworttag ist "
                "nicht vorbei.")
_ANGENOMMEN = Waechter("umlauf_angenommen", _angenommen)
_NICHT_ANGENOMMEN = Waechter("umlauf_nicht_angenommen", _nicht_angenommen)
_UMLAUF = wenn("im_umlauf_entschieden", lambda f: f.stand.get("verfahren") == "umlauf", "Nur über einen Umlauf wird in der Sitzung berichtet.")
_NIMMT_PUNKTE = wenn(
    "sitzung_nimmt_punkte", lambda f: any(n.key == f.daten.get("sitzung") and n.art == "sitzung" and n.zustand in
                                          ("geplant", "eingeladen", "unterlagen_versandt", "laeuft") for n in f.nachbarn(hin("steht_auf"))),
    "Die genannte Sitzung nimmt keine Punkte mehr auf. Bitte nennen Sie eine, die noch bevorsteht.")

# --- weiterleiten ---------------------------------------------------------------------------------------------------


def _weitergeleitet(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Ein Eintrag je Empfänger. Wem es persönlich gesagt wurde, der hat davon Kenntnis."""
    alle = dict(stand.get("weiterleitungen", {}))
    for e in daten.get("empfaenger") or ():
        belegt = (e.get("persoenlich") or e.get("anwesenheitsliste") or {}).get("wann")
        bisher = alle.get(e["institution"], {})
        kenntnis = bisher.get("kenntnis_am") or belegt
        alle[e["institution"]] = {**bisher, **e, "gesendet_am": e.get("gesendet_am") or belegt or heute,
                                  **({"kenntnis_am": kenntnis} if kenntnis else {})}
    return {"weiterleitungen": alle, "weitere_empfaenger": bool(daten.get("weitere_empfaenger"))}


def _zur_kenntnis(stand: Daten, daten: Daten, heute: str) -> Daten:
    alle, wer = stand["weiterleitungen"], daten["empfaenger"]
    am = (daten.get("persoenlich") or {}).get("wann") or daten.get("am") or heute
    return {"weiterleitungen": {**alle, wer: {**alle[wer], **daten, "kenntnis_am": alle[wer].get("kenntnis_am") or am}}}


def _festgestellt(stand: Daten, _daten: Daten, heute: str) -> Daten:
    ergebnis = _stimmen(stand)
    ohne = len(stand.get("sitze", ())) - len(stand.get("stimmen", {}))
    return {"abstimmung": {**ergebnis, "keine_antwort": ohne}, "gefasst_am": heute, "befangen": sorted(
        sitz for sitz, s in stand.get("stimmen", {}).items() if s["stimme"] == "befangen")}


def _eintrag(f: Fakten) -> Daten | None:
    eintrag: Daten | None = f.stand.get("weiterleitungen", {}).get(f.daten.get("empfaenger"))
    return eintrag


def _fuer_sich(f: Fakten) -> bool:
    return f.daten.get("empfaenger") in (f.institution, f.person)


_EMPFAENGER_NOETIG = wenn("empfaenger_genannt", lambda f: bool(f.daten.get("empfaenger") or f.stand.get("weiterleitungen")),
                          "Bitte nennen Sie mindestens einen Empfänger.")
_EMPFAENGER_BEKANNT = wenn("empfaenger_bekannt", lambda f: _eintrag(f) is not None, "An diesen Empfänger ist der Beschluss nicht gegangen.")
_EIGENE_KENNTNIS = wenn("eigene_kenntnisnahme",
                        lambda f: f.rolle != Rolle.EMPFAENGER or _fuer_sich(f),
                        "Bestätigen können Sie nur für die eigene Stelle.")
_PERSOENLICH = wenn("persoenlich_belegt", lambda f: f.rolle != Rolle.KOORDINATION or bool(f.daten.get("persoenlich")) or _fuer_sich(f),
                    "Bitte halten Sie fest, wer es wem wann und wo gesagt hat; das ist die Bestätigung.")
_NOCH_OFFEN = wenn("kenntnis_offen", lambda f: not (_eintrag(f) or {}).get("kenntnis_am"), "Dieser Empfänger hat die Kenntnisnahme bestätigt.")

# --- Übergänge ------------------------------------------------------------------------------------------------------

_BEZUG = Verbinde("bezug", her("behandelt"))
_EIGNER = Beteilige("stellen", Rolle.UMSETZENDE_STELLE)
_AUSZUG = Anlass("beschlussauszug", ("verteiler",))


def _weiterleiten(von: tuple[str, ...], nach: str | None) -> Uebergang:
    return Uebergang(
        "weiterleiten", von, nach, (K_ALLE, VERWALTUNG), "Weiterleiten", "Weiterleiten", waechter=(_EMPFAENGER_NOETIG,),
        schreibt=(Rechne(_weitergeleitet),), beteiligt=(Beteilige("empfaenger", Rolle.EMPFAENGER),), meldet=(_AUSZUG,), aussen=True,
        quelle="[004] 3.3 Weiterleitung durch Protokoll oder persönlich")


UEBERGAENGE = (
    Uebergang("fassen", (), "gefasst", (LG_VORSITZ, K_ALLE), "Beschluss fassen", "Fassen",
              waechter=(_TAGT, _QUORUM, _MEHRHEIT, _STIMMENZAHL, _BEFANGENE, _BEZUG_PASST),
              schreibt=(Setze(), Rechne(lambda stand, daten, heute: {"gefasst_am": daten.get("gefasst_am") or heute})),
              verbindet=(Verbinde("sitzung", hin("gefasst_in")), _BEZUG), beteiligt=(_EIGNER,),
              braucht=((hin("gefasst_in"),), (her("behandelt"),)), quelle="[004] 3.3 Entscheidung der Lenkungsgruppe"),
    Uebergang("umlauf_starten", (), "im_umlauf", (K_ALLE,), "Umlauf starten", "UmlaufStarten",
              waechter=(_SITZE, _ANTWORT_BIS, _BEZUG_PASST), schreibt=(Setze(), Rechne(lambda stand, daten, heute: {"verfahren": "umlauf"})),
              verbindet=(_BEZUG,), beteiligt=(_EIGNER,), meldet=(Anlass("umlauf", ("sitze",)),), braucht=((her("behandelt"),),), aussen=True),
    Uebergang("stimme_abgeben", ("im_umlauf",), None, (K_ALLE, LG_MITGLIED, LG_VORSITZ), "Stimme abgeben", "StimmeAbgeben",
              waechter=(_SITZ_GEFRAGT, _EIGENER_SITZ, _EINE_STIMME), schreibt=(Rechne(
                  lambda stand, daten, heute: {"stimmen": {**stand.get("stimmen", {}), daten["sitz"]: {**daten, "am": heute}}}),)),
    Uebergang("umlauf_feststellen", ("im_umlauf",), "gefasst", (K_ALLE, SYSTEM), "Ergebnis des Umlaufs feststellen", "UmlaufFeststellen",
              waechter=(_ZU_ENDE, _ANGENOMMEN), schreibt=(Rechne(_festgestellt),), meldet=(Anlass("umlauf_ergebnis", ("sitze", "zustaendig")),)),
    Uebergang("umlauf_feststellen", ("im_umlauf",), "gescheitert", (K_ALLE, SYSTEM), "Ergebnis des Umlaufs feststellen", "UmlaufFeststellen",
              waechter=(_ZU_ENDE, _NICHT_ANGENOMMEN), schreibt=(Rechne(_festgestellt),),
              meldet=(Anlass("umlauf_ergebnis", ("sitze", "zustaendig")),)),
    Uebergang("umlauf_berichten", (*GELTEND, "erledigt", "gescheitert"), None, (K_ALLE,), "Umlauf in der nächsten Sitzung berichten",
              "UmlaufBerichten", waechter=(_UMLAUF, _NIMMT_PUNKTE), schreibt=(
                  Rechne(lambda stand, daten, heute: {"berichtet_in": daten["sitzung"]}),),
              verbindet=(Verbinde("sitzung", hin("steht_auf")),), braucht=((hin("steht_auf"),),)),
    _weiterleiten(("gefasst",), "weitergeleitet"),
    _weiterleiten(WEITERGELEITET, None),
    Uebergang("kenntnis_nehmen", WEITERGELEITET, None, (K_ALLE, EMPFAENGER), "Kenntnis nehmen", "KenntnisNehmen",
              waechter=(_EMPFAENGER_BEKANNT, _EIGENE_KENNTNIS, _PERSOENLICH), schreibt=(Rechne(_zur_kenntnis),)),
    Uebergang("erinnern", WEITERGELEITET, None, (K_ALLE, VERWALTUNG), "Erinnerung oder Anruf verzeichnen", "Erinnern",
              waechter=(_EMPFAENGER_BEKANNT, _NOCH_OFFEN), schreibt=(Haenge("erinnerungen"),)),
    Uebergang("erledigung_beginnen", ("weitergeleitet",), "in_erledigung", (UMSETZENDE, K_ALLE), "Erledigung beginnen", schreibt=()),
    Uebergang("erledigen", ("weitergeleitet", "in_erledigung"), "erledigt", (UMSETZENDE, K_ALLE), "Als erledigt melden", "Erledigen",
              schreibt=(Rechne(lambda stand, daten, heute: {"ergebnis": daten.get("ergebnis"), "erledigt_am": daten.get("erledigt_am") or heute}),),
              meldet=(Anlass("beschluss_erledigt", ("zustaendig", "vorsitz")),)),
    Uebergang("frist_aendern", GELTEND, None, (LG_VORSITZ,), "Frist ändern", "FristAendern", grund_noetig=True,
              waechter=(datum_nicht_vergangen("frist", "Die neue Frist darf nicht in der Vergangenheit liegen."),),
              schreibt=(Rechne(lambda stand, daten, heute: {
                  "frist": daten["frist"], "vorige_fristen": [*stand.get("vorige_fristen", ()), stand.get("frist")]}),),
              meldet=(Anlass("beschluss_frist_geaendert", ("eigner", "zustaendig")),)),
    Uebergang("aufheben", GELTEND, "aufgehoben", (model.BESCHLUSS,), "Beschluss aufheben", "Aufheben", grund_noetig=True,
              schreibt=(Setze(("beschluss",), unter="aufgehoben_durch"),), meldet=(Anlass("beschluss_aufgehoben", ("verteiler", "eigner")),)),
    uebergeben("im_umlauf", *GELTEND),
)

# --- Fristen --------------------------------------------------------------------------------------------------------


def _auszug(b: Blick) -> Iterable[Termin]:
    """Läuft ab dem Tag der Sitzung, bis alle Empfänger bedient sind; der erste allein genügt nicht."""
    offen = b.zustand == "gefasst" or (b.zustand in ("weitergeleitet", "in_erledigung") and b.stand.get("weitere_empfaenger"))
    return (Termin(anker=date.fromisoformat(b.stand["gefasst_am"])),) if offen else ()


def _unberichtet(b: Blick) -> Iterable[Termin]:
    entschieden = b.zustand != "im_umlauf" and b.zustand != "aufgehoben" and b.stand.get("verfahren") == "umlauf"
    return (Termin(anker=date.fromisoformat(b.stand["gefasst_am"])),) if entschieden and not b.stand.get("berichtet_in") else ()


FRISTEN = (
    Frist("umlauf_antwort", "Stimmen im Umlauf", am_feld("antwort_bis", "im_umlauf"),
          stufen=(Stufe("3 WT vor Ende", ("sitze",)), Stufe("Ende", ("zustaendig",)),
                  Stufe("2 WT nach Ende", ("zustaendig",), feuert="umlauf_feststellen"))),
    Frist("umlauf_bericht", "Umlauf auf die nächste Tagesordnung setzen", _unberichtet, "10 WT", stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("beschluss_auszug", "Beschlussauszug weiterleiten", _auszug, "5 WT",
          stufen=(Stufe("3 WT nach Beginn", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("beschluss_kenntnisnahme", "Kenntnisnahme eines Beschlusses",
          je_eintrag("weiterleitungen", "gesendet_am", lambda e: bool(e.get("aufgabe")) and not e.get("kenntnis_am"), *WEITERGELEITET), "10 WT",
          stufen=(Stufe("Ende", ("eigner",)), Stufe("10 WT nach Ende", ("eigner",)), Stufe("20 WT nach Ende", ("zustaendig",)))),
    Frist("beschluss_frist", "Beschluss erledigen", am_feld("frist", *GELTEND),
          stufen=(Stufe("10 WT vor Ende", ("eigner",)), Stufe("3 WT vor Ende", ("eigner",)), Stufe("1 WT nach Ende", ("eigner", "zustaendig")))),
)

BESCHLUSS = Prozess("beschluss", "Beschluss", "BS", ZUSTAENDE, UEBERGAENGE, (), FRISTEN, quelle="[004] 3.3")

FOLGEN = (
    Bewegt("beschluss", ("fassen",), "bewegungen"),
    Bewegt("beschluss", ("umlauf_feststellen",), "bewegungen", wenn=lambda lage: lage.zustand == "gefasst"),
    Folge("beschluss", ("umlauf_berichten",), (hin("steht_auf"),), ("punkt_aufnehmen",), lambda lage: Folgeschritt(
        "punkt_aufnehmen", {"titel": f"Bericht über den Umlauf: {lage.stand['titel']}", "art": "bericht", "bezug": lage.key})
        if lage.ziel.key == lage.daten.get("sitzung") else None),
)
