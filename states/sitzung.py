"""Sitzung der Lenkungsgruppe: von der Planung bis zum genehmigten Protokoll. Quelle: process.md; [004] Abschnitt 3.2.

Sitze sind Ämter, keine Personen. Wer einen Sitz innehat, wird datiert gepflegt und der Sitzung beim Einladen oder
Eröffnen mitgegeben; festgehalten wird je Sitz, ob Inhaber, Vertretung oder niemand da war.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from states import abstimmung, anwesenheit
from states.anhang import anhaengen
from states.fristen import Blick, Frist, Stufe, StufeMitSitzung, Termin, am_feld, im_zustand
from states.glieder import Folge, Folgeschritt, Lage, Neu
from states.model import (
    KETTE, K_ALLE, LG_VORSITZ, SYSTEM, VERWALTUNG, Anlass, Beteilige, Daten, Fakten, Grund, Haenge, Nachbar, Prozess, Rechne, Rolle, Setze,
    Uebergang, Verbinde, Waechter, Zustand, her, hin, uebergeben,
)
from states.verbindungen import VERBINDUNGEN
from states.weiterleitung import noch_nicht_an_alle
from states.waechter import datum_nicht_vergangen, wenn

VOR_DER_SITZUNG = ("geplant", "eingeladen", "unterlagen_versandt")
NIMMT_PUNKTE = (*VOR_DER_SITZUNG, "laeuft")
AB_VERSAND = ("protokoll_versandt", "protokoll_genehmigt", "abgeschlossen")
MIT_GAESTEN = ("eingeladen", "unterlagen_versandt", "laeuft")
NACH_DER_SITZUNG = ("protokoll_entwurf", *AB_VERSAND)
UNTERLAGEN_SIND_RAUS = ("unterlagen_versandt", "laeuft")
WARTET = "wartet_auf_sitzung"  # so heißt im Inhalt, in welchem Zustand etwas auf die nächste Sitzung wartet
WEITERGELEITET = ("weitergeleitet", "in_erledigung", "erledigt")

ZUSTAENDE = (
    Zustand("geplant", "Geplant", "Der Termin steht; die Tagesordnung entsteht und der Vorsitz stimmt ihr zu.", Rolle.KOORDINATION),
    Zustand("eingeladen", "Eingeladen", "Alle Sitze sind eingeladen; die Unterlagen folgen.", Rolle.KOORDINATION),
    Zustand("unterlagen_versandt", "Unterlagen versandt", "Alle Sitze haben Tagesordnung und Unterlagen.", Rolle.KOORDINATION),
    Zustand("laeuft", "Läuft", "Die Lenkungsgruppe tagt; die Anwesenheit ist je Sitz festgestellt.", Rolle.LG_VORSITZ),
    Zustand("protokoll_entwurf", "Protokoll im Entwurf", "Die Sitzung ist geschlossen; das Protokoll entsteht und wird unterzeichnet.",
            Rolle.KOORDINATION),
    Zustand("protokoll_versandt", "Protokoll versandt", "Alle Sitze haben das Protokoll; die Frist für Einwände läuft.",
            Rolle.KOORDINATION),
    Zustand("protokoll_genehmigt", "Protokoll genehmigt", "Das Protokoll gilt; die Beschlüsse werden noch weitergeleitet.",
            Rolle.KOORDINATION),
    Zustand("abgeschlossen", "Abgeschlossen", "Das Protokoll gilt und alle Beschlüsse sind weitergeleitet.", ende=True),
    Zustand("abgesagt", "Abgesagt", "Die Sitzung fand nicht statt; ihre Punkte kommen auf die nächste.", ende=True),
)


# --- was die Antwort am Inhalt ändert -------------------------------------------------------------------------------


def _titel(_stand: Daten, daten: Daten, _heute: str) -> Daten:
    tag = date.fromisoformat(daten["datum"])
    return {"titel": daten.get("titel") or f"Sitzung der Lenkungsgruppe am {tag:%d.%m.%Y}"}


def _verlegt(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Der bisherige Termin bleibt stehen; ein selbst gewählter Titel auch."""
    bisher = {"datum": stand["datum"], "ort": stand.get("ort"), "verlegt_am": heute, "grund": daten.get("grund")}
    eigener = {} if stand.get("titel") == _titel({}, {"datum": stand["datum"]}, heute)["titel"] else {"titel": stand["titel"]}
    return {"datum": daten["datum"], "ort": daten.get("ort") or stand.get("ort"),
            "vorige_termine": [*stand.get("vorige_termine", ()), bisher], **_titel({}, {"datum": daten["datum"], **eigener}, heute)}


def _stehende(stand: Daten, bezug: str) -> list[Any]:
    return [p for p in stand.get("punkte", ()) if bezug and p.get("bezug") == bezug and not p.get("gestrichen_am")]


def _punkt(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Ein Punkt mit fortlaufender Nummer. Steht der Vorgang schon auf der Tagesordnung, bleibt es bei diesem Punkt."""
    punkte = list(stand.get("punkte", ()))
    if _stehende(stand, str(daten.get("bezug") or "")):
        return {}
    nummer = max((p["nr"] for p in punkte), default=0) + 1
    return {"punkte": [*punkte, {"nr": nummer, "am": heute, **daten, "titel": daten.get("titel") or daten["bezug"]}]}


def _gestrichen(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Gestrichenes bleibt sichtbar. Der Bezug geht vor der Nummer, denn seine Verbindung endet mit."""

    def betroffen(punkt: Daten) -> bool:
        gemeint = punkt.get("bezug") == daten["bezug"] if daten.get("bezug") else punkt["nr"] == daten.get("nr")
        return bool(gemeint) and not punkt.get("gestrichen_am")

    return {"punkte": [{**p, "gestrichen_am": heute} if betroffen(p) else p for p in stand.get("punkte", ())]}


def _einwand(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Ein Einwand nach der Genehmigung ist verspätet und wird Punkt der nächsten Sitzung; ist keine genannt, wartet er auf sie."""
    einwaende = list(stand.get("einwaende", ()))
    neu = {**daten, "nr": len(einwaende) + 1, "am": heute, "verspaetet": bool(stand.get("genehmigt_am"))}
    return {"einwaende": [*einwaende, neu], "nachfolger": stand.get("nachfolger") or daten.get("naechste_sitzung")}


def _einwand_vorgelegt(stand: Daten, daten: Daten, _heute: str) -> Daten:
    wartend = wartende_einwaende(stand)
    einwaende = [{**e, "naechste_sitzung": daten["sitzung"]} if e in wartend else e for e in stand["einwaende"]]
    return {"einwaende": einwaende, "nachfolger": stand.get("nachfolger") or daten["sitzung"]}


def _einwand_wartet(stand: Daten, daten: Daten, _heute: str) -> Daten:
    def betroffen(e: Daten) -> bool:
        return bool(e["verspaetet"]) and e.get("naechste_sitzung") == daten["sitzung"]

    return {"einwaende": [{**e, "naechste_sitzung": None} if betroffen(e) else e for e in stand.get("einwaende", ())]}


def _berichtigt(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Eine Berichtigung ergänzt und ersetzt nie; nennt sie einen Einwand, ist er damit erledigt."""
    einwaende = [{**e, "erledigt_am": heute} if e["nr"] == daten.get("zu_einwand") else e for e in stand.get("einwaende", ())]
    return {"berichtigungen": [*stand.get("berichtigungen", ()), {**daten, "am": heute}], "einwaende": einwaende}


def _beraten(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Je Punkt, was besprochen wurde; solange niemand unterzeichnet hat, gilt das zuletzt Geschriebene."""
    beratung = {"text": daten.get("text") or "", "am": heute, **({"wieder": True} if daten.get("wieder") else {})}
    return {"beratungen": {**stand.get("beratungen", {}), str(daten["nr"]): beratung}}


def _punkte_warten(stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {"punkte": [{**p, "wartet": True} if p["nr"] in daten["punkte"] else p for p in stand["punkte"]]}


def _punkte_vorgelegt(stand: Daten, daten: Daten, _heute: str) -> Daten:
    wartend = wartende_punkte(stand)
    punkte = [{**p, "wartet": False, "naechste_sitzung": daten["sitzung"]} if p in wartend else p for p in stand["punkte"]]
    return {"punkte": punkte, "nachfolger": stand.get("nachfolger") or daten["sitzung"]}


def _punkte_uebernommen(stand: Daten, daten: Daten, heute: str) -> Daten:
    for punkt in daten["punkte"]:
        stand = {**stand, **_punkt(stand, {**punkt, "uebernommen_aus": daten["aus"]}, heute)}
    return {"punkte": stand["punkte"]}


def _am(name: str) -> Rechne:
    return Rechne(lambda stand, daten, heute: {name: heute})


# --- Wächter --------------------------------------------------------------------------------------------------------

_ZUGESTIMMT = wenn("vorsitz_hat_zugestimmt", lambda f: bool(f.stand.get("tagesordnung_zugestimmt_am")),
                   "Der Vorsitz hat der Tagesordnung noch nicht zugestimmt. Bitten Sie ihn zuerst darum.")
_TERMIN = datum_nicht_vergangen("datum", "Der Termin darf nicht in der Vergangenheit liegen.")
_UNTERZEICHNET = wenn("protokoll_unterzeichnet", lambda f: bool(f.stand.get("unterzeichnet_am")),
                      "Der Vorsitz hat das Protokoll noch nicht unterzeichnet.")
_NICHT_UNTERZEICHNET = wenn("nicht_unterzeichnet", lambda f: not f.stand.get("unterzeichnet_am"),
                            "Das Protokoll ist schon unterzeichnet. Was noch fehlt, kommt als Berichtigung dazu.")
_NOCH_KEINE_RUNDE = wenn("noch_keine_auswahlrunde", lambda f: not f.stand.get("auswahlrunde_am"),
                         "Zu dieser Sitzung gibt es schon eine Auswahlrunde.")
_ANDERE_SITZUNG = wenn("andere_sitzung", lambda f: f.key not in (f.daten.get("naechste_sitzung"), f.daten.get("nachfolger")),
                       "Eine Sitzung kann nicht ihre eigene nächste Sitzung sein.")
_EINWAND_BEKANNT = wenn(
    "einwand_bekannt",
    lambda f: not f.daten.get("zu_einwand") or any(e["nr"] == f.daten["zu_einwand"] for e in f.stand.get("einwaende", ())),
    "Diesen Einwand gibt es nicht. Bitte nennen Sie die Nummer eines verzeichneten Einwands.")
_EINWAND_VON_SITZ = wenn(
    "einwand_von_sitz",
    lambda f: not f.stand.get("sitze") or not {s["sitz"] for s in f.stand["sitze"]}.isdisjoint(str(f.daten.get("einwand_von")).split()),
    "Einen Einwand erhebt ein Sitz der Lenkungsgruppe. Bitte wählen Sie den Sitz aus.", "einwand_von")
_KEIN_OFFENER_EINWAND = wenn(
    "kein_offener_einwand", lambda f: f.rolle != Rolle.SYSTEM or not offene_einwaende(f.stand),
    "Zum Protokoll ist ein Einwand offen. Berichtigen Sie das Protokoll, oder der Vorsitz genehmigt es selbst.")
_PUNKT_BEKANNT = wenn(
    "punkt_bekannt",
    lambda f: not f.daten.get("nr") or any(p["nr"] == f.daten["nr"] and not p.get("gestrichen_am") for p in f.stand.get("punkte", ())),
    "Diesen Punkt gibt es auf der Tagesordnung nicht. Bitte wählen Sie einen stehenden Punkt.")
_PUNKT_GENANNT = wenn("punkt_genannt", lambda f: bool(f.daten.get("nr") or f.daten.get("bezug")),
                      "Bitte wählen Sie den Punkt, der von der Tagesordnung genommen wird.")
_OHNE_BEZUG = wenn(
    "punkt_mit_bezug",
    lambda f: bool(f.daten.get("bezug")) or all(p["nr"] != f.daten.get("nr") or not p.get("bezug") for p in f.stand.get("punkte", ())),
    "Dieser Punkt gehört zu einem Vorgang. Bitte nennen Sie dessen Schlüssel, damit auch seine Verbindung zur Sitzung endet.")
_BEZUG_PASST = wenn("bezug_passt", lambda f: all(n.art in VERBINDUNGEN["steht_auf"].von for n in f.nachbarn(her("steht_auf"))),
                    "Auf die Tagesordnung kommen Themen, Zielsysteme und Beschlüsse. Für anderes genügt ein Punkt mit freiem Text.")
_PUNKT_BENANNT = wenn("punkt_benannt", lambda f: bool(f.daten.get("titel") or f.daten.get("bezug")),
                      "Bitte geben Sie dem Punkt einen Titel.")


_GASTPUNKT_BEKANNT = wenn(
    "gastpunkt_bekannt",
    lambda f: {g["punkt"] for g in f.daten.get("gaeste") or () if g.get("punkt")} <= {
        p["nr"] for p in f.stand.get("punkte", ()) if not p.get("gestrichen_am")},
    "Ein Gast ist zu einem Punkt genannt, den es auf der Tagesordnung nicht gibt; er sähe keinen.", "gaeste")


def _nimmt_punkte_auf(feld: str) -> Waechter:
    return wenn("naechste_sitzung_nimmt_punkte",
                lambda f: not f.daten.get(feld) or nimmt_punkte(f.daten[feld], f.nachbarn(hin("naechste_sitzung"))),
                "Die genannte Sitzung nimmt keine Punkte mehr auf. Bitte nennen Sie eine, die noch bevorsteht.", feld)


def wartende_einwaende(stand: Daten) -> list[Any]:
    """Verspätete Einwände, die noch auf keiner Tagesordnung stehen."""
    return [e for e in stand.get("einwaende", ()) if e["verspaetet"] and not e.get("naechste_sitzung") and not e.get("erledigt_am")]


def wartende_punkte(stand: Daten) -> list[Any]:
    """Freie Punkte, zu denen diese Sitzung nicht kam und die noch auf keiner anderen Tagesordnung stehen."""
    return [p for p in stand.get("punkte", ()) if p.get("wartet")]


def behandelte_punkte(stand: Daten, beschlossene: Iterable[Any]) -> set[int]:
    """Nummern der Punkte, die beraten oder beschlossen sind und nicht wieder aufgerufen werden sollen."""
    beratungen = stand.get("beratungen", {})
    wieder = {int(nr) for nr, b in beratungen.items() if b.get("wieder")}
    return ({int(nr) for nr in beratungen} | {nr for nr in beschlossene if nr}) - wieder


def offene_einwaende(stand: Daten) -> list[Any]:
    """Rechtzeitige Einwände, zu denen noch nichts ergänzt ist."""
    return [e for e in stand.get("einwaende", ()) if not e["verspaetet"] and not e.get("erledigt_am")]


def nimmt_punkte(key: str, sitzungen: Iterable[Nachbar]) -> bool:
    """Ob die genannte Sitzung unter diesen ist und noch Punkte aufnimmt."""
    return any(n.key == key and n.art == "sitzung" and n.zustand in NIMMT_PUNKTE for n in sitzungen)


def _alles_weitergeleitet(f: Fakten) -> Grund | None:
    offen = [b.key for b in f.nachbarn(her("gefasst_in")) if b.zustand != "aufgehoben" and
             (b.zustand not in WEITERGELEITET or noch_nicht_an_alle(b.stand))]
    satz = "Diese Beschlüsse sind noch nicht an alle weitergeleitet: {keys}."
    return Grund(satz, {"keys": ", ".join(sorted(offen))}) if offen else None


_TAG_IST_DA = wenn("tag_der_sitzung", lambda f: f.stand["datum"] <= f.heute.isoformat(),
                   "Die Sitzung ist für einen späteren Tag geplant. Tagt die Lenkungsgruppe früher, verlegen Sie sie bitte zuerst.")
_SITZE_DES_TAGES = abstimmung.sitze_des_tages(lambda f: date.fromisoformat(f.stand["datum"]))
_WEITERGELEITET = Waechter("alle_beschluesse_weitergeleitet", _alles_weitergeleitet)

# --- Übergänge ------------------------------------------------------------------------------------------------------

_VORLAGEN = ((her("steht_auf"),),)
_NAECHSTE = ((hin("naechste_sitzung"),),)
_GAESTE = (Beteilige("gaeste", Rolle.LG_GAST),)  # ein Gast sieht die Sitzung mit seinem Punkt
_GAESTE_JETZT = (Beteilige("gaeste", Rolle.LG_GAST, statt=True),)

UEBERGAENGE = (
    Uebergang("planen", (), "geplant", (K_ALLE,), "Sitzung planen", "Planen", waechter=(_TERMIN,), schreibt=(Setze(), Rechne(_titel)),
              verbindet=(Verbinde("vorige", her("naechste_sitzung")),), meldet=(Anlass("sitzung_geplant", ("vorsitz",)),),
              quelle="[004] zwei Sitzungen im Jahr"),
    Uebergang("tagesordnung_zustimmen", ("geplant",), None, (LG_VORSITZ,), "Der Tagesordnung zustimmen",
              schreibt=(_am("tagesordnung_zugestimmt_am"),), meldet=(Anlass("tagesordnung_zugestimmt", ("zustaendig",)),)),
    Uebergang("einladen", ("geplant",), "eingeladen", (K_ALLE, VERWALTUNG), "Einladen", "Einladen",
              waechter=(_ZUGESTIMMT, _SITZE_DES_TAGES), schreibt=(Setze(), _am("eingeladen_am")), beteiligt=_GAESTE,
              meldet=(Anlass("sitzung_einladung", ("sitze",)),), aussen=True),
    Uebergang("unterlagen_versenden", ("eingeladen",), "unterlagen_versandt", (K_ALLE, VERWALTUNG), "Unterlagen versenden",
              "UnterlagenVersenden", waechter=(_ZUGESTIMMT,), schreibt=(Setze(), _am("unterlagen_am")),
              meldet=(Anlass("sitzung_unterlagen", ("sitze",)),), aussen=True),
    Uebergang("nachreichen", ("unterlagen_versandt",), None, (K_ALLE, VERWALTUNG), "Unterlage nachreichen", "Nachreichen",
              waechter=(_ZUGESTIMMT,), schreibt=(Haenge("nachgereicht"),),
              meldet=(Anlass("sitzung_nachreichung", ("sitze",)),), aussen=True),
    Uebergang("verlegen", VOR_DER_SITZUNG, None, (K_ALLE,), "Verlegen", "Verlegen", grund_noetig=True, waechter=(_TERMIN,),
              schreibt=(Rechne(_verlegt),), meldet=(Anlass("sitzung_verlegt", ("sitze", "vorsitz")),), aussen=True),
    Uebergang("absagen", VOR_DER_SITZUNG, "abgesagt", (K_ALLE,), "Absagen", grund_noetig=True, schreibt=(_am("abgesagt_am"),),
              verbindet=(Verbinde("", her("steht_auf"), loest=True),),
              meldet=(Anlass("sitzung_abgesagt", ("sitze", "vorsitz")),), aussen=True),
    Uebergang("punkt_aufnehmen", NIMMT_PUNKTE, None, (K_ALLE, KETTE), "Punkt auf die Tagesordnung nehmen", "PunktAufnehmen",
              waechter=(_PUNKT_BENANNT, _BEZUG_PASST), schreibt=(Rechne(_punkt),), verbindet=(Verbinde("bezug", her("steht_auf")),),
              braucht=_VORLAGEN, quelle="[004] 3.3 Lenkungsgruppe"),
    Uebergang("punkt_streichen", NIMMT_PUNKTE, None, (K_ALLE, KETTE), "Punkt von der Tagesordnung nehmen", "PunktStreichen",
              waechter=(_PUNKT_GENANNT, _PUNKT_BEKANNT, _OHNE_BEZUG), schreibt=(Rechne(_gestrichen),),
              verbindet=(Verbinde("bezug", her("steht_auf"), loest=True),)),
    Uebergang("eroeffnen", ("eingeladen", "unterlagen_versandt"), "laeuft", (K_ALLE, LG_VORSITZ), "Sitzung eröffnen", "Eroeffnen",
              waechter=(_TAG_IST_DA, anwesenheit.JEDER_SITZ, _SITZE_DES_TAGES, _GASTPUNKT_BEKANNT),
              schreibt=(Rechne(anwesenheit.festgestellt), _am("eroeffnet_am")), beteiligt=_GAESTE),
    Uebergang("punkt_beraten", ("laeuft", "protokoll_entwurf"), None, (K_ALLE, LG_VORSITZ), "Beratung eines Punktes festhalten",
              "PunktBeraten", waechter=(_NICHT_UNTERZEICHNET, _PUNKT_BEKANNT), schreibt=(Rechne(_beraten),)),
    Uebergang("anwesenheit_aendern", ("laeuft", "protokoll_entwurf"), None, (K_ALLE, LG_VORSITZ), "Anwesenheit und Gäste ändern",
              "AnwesenheitAendern", waechter=(_NICHT_UNTERZEICHNET, anwesenheit.JEDER_SITZ, anwesenheit.ANDERS, _GASTPUNKT_BEKANNT),
              schreibt=(Rechne(anwesenheit.geaendert),), beteiligt=_GAESTE_JETZT),
    Uebergang("beschlussunfaehig_feststellen", ("laeuft",), None, (LG_VORSITZ,), "Feststellen, dass die Runde nur berät",
              schreibt=(Rechne(lambda stand, daten, heute: {"beschlussunfaehig": True}),),
              meldet=(Anlass("sitzung_beschlussunfaehig", ("zustaendig",)),)),
    Uebergang("beschlussfaehig_feststellen", ("laeuft",), None, (LG_VORSITZ,), "Feststellen, dass die Runde wieder beschließen kann",
              waechter=(anwesenheit.BERAET_NUR, anwesenheit.HAELFTE_DA),
              schreibt=(Rechne(lambda stand, daten, heute: {"beschlussunfaehig": False}),),
              meldet=(Anlass("sitzung_beschlussfaehig", ("zustaendig",)),)),
    Uebergang("schliessen", ("laeuft",), "protokoll_entwurf", (K_ALLE, LG_VORSITZ), "Sitzung schließen", schreibt=()),
    Uebergang("protokoll_unterzeichnen", ("protokoll_entwurf",), None, (LG_VORSITZ,), "Protokoll unterzeichnen",
              schreibt=(_am("unterzeichnet_am"),), meldet=(Anlass("protokoll_unterzeichnet", ("zustaendig",)),)),
    Uebergang("protokoll_versenden", ("protokoll_entwurf",), "protokoll_versandt", (K_ALLE, VERWALTUNG), "Protokoll versenden",
              "ProtokollVersenden", waechter=(_UNTERZEICHNET,), schreibt=(Setze(), _am("protokoll_am")),
              meldet=(Anlass("protokoll", ("sitze",)),), aussen=True),
    Uebergang("protokoll_genehmigen", ("protokoll_versandt",), "protokoll_genehmigt", (SYSTEM, LG_VORSITZ), "Protokoll genehmigen",
              waechter=(_KEIN_OFFENER_EINWAND,), schreibt=(_am("genehmigt_am"),),
              meldet=(Anlass("protokoll_genehmigt", ("zustaendig",)),)),
    Uebergang("einwand_verzeichnen", AB_VERSAND, None, (K_ALLE,), "Einwand gegen das Protokoll verzeichnen", "EinwandVerzeichnen",
              waechter=(_EINWAND_VON_SITZ, _ANDERE_SITZUNG, _nimmt_punkte_auf("naechste_sitzung")), schreibt=(Rechne(_einwand),),
              verbindet=(Verbinde("naechste_sitzung", hin("naechste_sitzung")),), braucht=_NAECHSTE,
              meldet=(Anlass("einwand_verzeichnet", ("vorsitz",)),)),
    Uebergang("einwand_vorlegen", AB_VERSAND, None, (SYSTEM,), "Verspäteten Einwand auf die nächste Tagesordnung setzen",
              "SitzungVermerken", waechter=(_nimmt_punkte_auf("sitzung"),), schreibt=(Rechne(_einwand_vorgelegt),),
              verbindet=(Verbinde("sitzung", hin("naechste_sitzung")),), braucht=_NAECHSTE),
    Uebergang("sitzung_entfaellt", AB_VERSAND, None, (KETTE,), "Einwand wartet auf die nächste Sitzung", "SitzungVermerken",
              schreibt=(Rechne(_einwand_wartet),)),
    Uebergang("punkte_warten", ("protokoll_entwurf", "abgesagt"), None, (KETTE,), "Unbehandelte Punkte warten auf die nächste Sitzung",
              "PunkteWarten", schreibt=(Rechne(_punkte_warten),)),
    Uebergang("punkte_vorlegen", (*NACH_DER_SITZUNG, "abgesagt"), None, (SYSTEM,),
              "Unbehandelte Punkte auf die nächste Tagesordnung setzen", "SitzungVermerken", waechter=(_nimmt_punkte_auf("sitzung"),),
              schreibt=(Rechne(_punkte_vorgelegt),),
              verbindet=(Verbinde("sitzung", hin("naechste_sitzung")),), braucht=_NAECHSTE),
    Uebergang("punkte_uebernehmen", NIMMT_PUNKTE, None, (KETTE,), "Punkte einer früheren Sitzung übernehmen", "PunkteUebernehmen",
              schreibt=(Rechne(_punkte_uebernommen),)),
    Uebergang("berichtigen", AB_VERSAND, None, (K_ALLE,), "Protokoll berichtigen", "Berichtigen", waechter=(_EINWAND_BEKANNT,),
              schreibt=(Rechne(_berichtigt),), meldet=(Anlass("protokoll_berichtigt", ("sitze",)),), aussen=True),
    Uebergang("abschliessen", ("protokoll_genehmigt",), "abgeschlossen", (K_ALLE, SYSTEM), "Sitzung abschließen",
              waechter=(_WEITERGELEITET,), schreibt=(), braucht=((her("gefasst_in"),),)),
    Uebergang("auswahlrunde_ansetzen", VOR_DER_SITZUNG, None, (SYSTEM, K_ALLE), "Auswahlrunde ansetzen", waechter=(_NOCH_KEINE_RUNDE,),
              schreibt=(_am("auswahlrunde_am"),)),
    Uebergang("auswahlrunde_vermerken", VOR_DER_SITZUNG, None, (KETTE,), "Auswahlrunde ist angesetzt",
              schreibt=(_am("auswahlrunde_am"),)),
    Uebergang("nachfolger_vermerken", (*NIMMT_PUNKTE, *NACH_DER_SITZUNG, "abgesagt"), None, (K_ALLE, KETTE),
              "Nächste Sitzung vermerken", "NachfolgerVermerken", waechter=(_ANDERE_SITZUNG,), schreibt=(Setze(("nachfolger",)),),
              verbindet=(Verbinde("nachfolger", hin("naechste_sitzung")),), braucht=_NAECHSTE),
    *anhaengen((*NIMMT_PUNKTE, *NACH_DER_SITZUNG), (*NIMMT_PUNKTE, *NACH_DER_SITZUNG, "abgesagt"), K_ALLE, VERWALTUNG),
    uebergeben(*NIMMT_PUNKTE, "protokoll_entwurf", "protokoll_versandt", "protokoll_genehmigt"),
)


# --- Fristen --------------------------------------------------------------------------------------------------------


def _ohne_auswahlrunde(b: Blick) -> Iterable[Termin]:
    offen = b.zustand in VOR_DER_SITZUNG and not b.stand.get("auswahlrunde_am")
    return (Termin(anker=date.fromisoformat(b.stand["datum"])),) if offen else ()


def _ohne_nachfolger(b: Blick) -> Iterable[Termin]:
    """Auch nach einer Absage fehlt ein neuer Termin; dann zählt der Tag der Absage, denn bis zum abgesagten wüsste es niemand."""
    offen = b.zustand in (*NACH_DER_SITZUNG, "abgesagt") and not b.stand.get("nachfolger")
    seit = b.stand.get("abgesagt_am") if b.zustand == "abgesagt" else None
    return (Termin(anker=date.fromisoformat(seit or b.stand["datum"])),) if offen else ()


def _wartender_einwand(b: Blick) -> Iterable[Termin]:
    return (Termin(),) if wartende_einwaende(b.stand) else ()


def _wartende_punkte(b: Blick) -> Iterable[Termin]:
    return (Termin(),) if wartende_punkte(b.stand) else ()


FRISTEN = (
    Frist("lg_auswahlrunde", "Auswahlrunde vor der Sitzung ansetzen", _ohne_auswahlrunde, "16 Wochen", rueckwaerts=True,
          stufen=(Stufe("Ende", ("zustaendig",), feuert="auswahlrunde_ansetzen"),)),
    Frist("lg_einladung", "Zur Sitzung einladen", am_feld("datum", "geplant"), "4 Wochen", rueckwaerts=True,
          stufen=(Stufe("10 WT vor Ende", ("zustaendig", "vorsitz")), Stufe("Ende", ("zustaendig",)),
                  Stufe("3 WT nach Ende", ("vertretung", "vorsitz")))),
    Frist("lg_unterlagen", "Unterlagen der Sitzung versenden", am_feld("datum", "eingeladen"), "2 Wochen", rueckwaerts=True,
          stufen=(Stufe("5 WT vor Ende", ("zustaendig",)), Stufe("Ende", ("zustaendig",)), Stufe("3 WT nach Ende", ("vertretung",)))),
    Frist("lg_sitzungstag", "Sitzung eröffnen, schließen oder verlegen", am_feld("datum", *NIMMT_PUNKTE),
          stufen=(Stufe("1 WT nach Ende", ("zustaendig", "vertretung")),)),
    Frist("lg_protokoll", "Protokoll versenden", am_feld("datum", "protokoll_entwurf"), "2 Wochen",
          stufen=(Stufe("3 WT vor Ende", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vorsitz")),
                  Stufe("3 WT nach Ende", ("vertretung",)))),
    Frist("lg_einwaende", "Einwände gegen das Protokoll", im_zustand("protokoll_versandt"), "2 Wochen",
          stufen=(Stufe("1 WT nach Ende", ("zustaendig",), feuert="protokoll_genehmigen"),
                  Stufe("5 WT nach Ende", ("zustaendig", "vorsitz")))),
    Frist("lg_einwand_vorlegen", "Verspäteter Einwand kommt auf die nächste Tagesordnung", _wartender_einwand, "6 Monate",
          stufen=(StufeMitSitzung("Beginn", feuert="einwand_vorlegen"),)),
    Frist("lg_punkte_vorlegen", "Unbehandelte Punkte kommen auf die nächste Tagesordnung", _wartende_punkte, "6 Monate",
          stufen=(StufeMitSitzung("Beginn", feuert="punkte_vorlegen"),)),
    Frist("lg_abschluss", "Sitzung abschließen", im_zustand("protokoll_genehmigt"), "10 WT",
          stufen=(Stufe("Ende", ("zustaendig",), feuert="abschliessen"),
                  Stufe("10 WT nach Ende", ("zustaendig",), feuert="abschliessen"))),
    Frist("lg_naechste_sitzung", "Nächste Sitzung der Lenkungsgruppe festlegen", _ohne_nachfolger, "6 Monate",
          stufen=(Stufe("10 WT nach Beginn", ("zustaendig", "vorsitz")), Stufe("3 Monate vor Ende", ("zustaendig", "vorsitz")),
                  Stufe("Ende", ("zustaendig", "vertretung", "vorsitz")))),
)

SITZUNG = Prozess("sitzung", "Sitzung der Lenkungsgruppe", "LG", ZUSTAENDE, UEBERGAENGE, (), FRISTEN, version=10, quelle="[004] 3.2, 3.3")


# --- die Kette ------------------------------------------------------------------------------------------------------


def _einwand_als_punkt(lage: Lage) -> Folgeschritt | None:
    if lage.ziel.key != (lage.daten.get("naechste_sitzung") or lage.daten.get("sitzung")):
        return None
    return Folgeschritt("punkt_aufnehmen", {"titel": f"Einwand gegen das Protokoll zu {lage.key}", "art": "einwand"})


def _unberichtet(vorgang: Nachbar) -> bool:
    return vorgang.art == "beschluss" and vorgang.stand.get("verfahren") == "umlauf" and not vorgang.stand.get("berichtet_in")


def _ohne_sitzung(lage: Lage) -> Folgeschritt | None:
    """Vorgelegtes bleibt vorgelegt und kommt, wie alles zur Kenntnis, ohne neues Vorlegen auf die nächste Tagesordnung."""
    wartet = lage.ziel.zustand in ("vorgelegt", "abgeschlossen") or lage.ziel.stand.get("berichtet_in") == lage.key
    return Folgeschritt("sitzung_entfaellt") if wartet else None


def _unbehandelt(lage: Lage) -> Folgeschritt | None:
    """Ist das Protokoll unterzeichnet, trägt niemand mehr etwas nach: Was dann noch vorgelegt ist, wartet auf die nächste Sitzung."""
    offen = lage.ziel.zustand == "vorgelegt" and lage.ziel.stand.get("sitzung") == lage.key
    return Folgeschritt("sitzung_entfaellt") if offen else None


def _einwand_ohne_sitzung(lage: Lage) -> Folgeschritt | None:
    betroffen = any(e["verspaetet"] and e.get("naechste_sitzung") == lage.key for e in lage.ziel.stand.get("einwaende", ()))
    return Folgeschritt("sitzung_entfaellt", {"sitzung": lage.key}) if betroffen else None


def _ohne_beratung(lage: Lage) -> Folgeschritt | None:
    """Freie Punkte, die nicht behandelt sind; ein Einwand wartet bei der Sitzung, deren Protokoll er meint, wenn diese hier ausfällt."""
    behandelt = behandelte_punkte(lage.stand, (b.stand.get("punkt") for b in lage.sicht((her("gefasst_in"),))))
    offen = [p["nr"] for p in lage.stand.get("punkte", ())
             if not (p.get("bezug") or p.get("gestrichen_am") or p["nr"] in behandelt)
             and not (p.get("art") == "einwand" and lage.zustand == "abgesagt")]
    return Folgeschritt("punkte_warten", {"punkte": offen}) if offen else None


def _uebernimmt(lage: Lage) -> Folgeschritt | None:
    if lage.ziel.key != lage.daten["sitzung"]:
        return None
    spaet = {"tischvorlage": True} if lage.ziel.zustand in UNTERLAGEN_SIND_RAUS else {}
    neue = [{**{f: p[f] for f in ("titel", "art", "text") if p.get(f)}, **spaet} for p in lage.stand["punkte"]
            if p.get("naechste_sitzung") == lage.ziel.key]
    return Folgeschritt("punkte_uebernehmen", {"aus": lage.key, "punkte": neue})


def _steht_darauf(lage: Lage) -> Folgeschritt | None:
    """Was schon wartet und von Hand auf die Tagesordnung kommt, wartet nicht länger."""
    wartet = lage.ziel.stand.get(WARTET) == lage.ziel.zustand or _unberichtet(lage.ziel)
    return Folgeschritt("sitzung_vermerken", {"sitzung": lage.key}) if wartet and lage.ziel.key == lage.daten.get("bezug") else None


def _gaeste_zum_punkt(lage: Lage) -> Folgeschritt | None:
    if lage.zustand not in MIT_GAESTEN:
        return None
    nummern = {p["nr"] for p in _stehende(lage.stand, lage.ziel.key)}
    geladen = sorted({g["institution"] for g in lage.stand.get("gaeste") or () if g.get("punkt") in nummern})
    return Folgeschritt("gaeste_vermerken", {"gaeste": geladen}) if geladen != (lage.ziel.stand.get("gaeste") or []) else None


def _auswahlrunde(lage: Lage) -> Iterable[Daten]:
    yield {"titel": f"Auswahlrunde vor der Sitzung am {date.fromisoformat(lage.stand['datum']):%d.%m.%Y}", "sitzung": lage.key}


FOLGEN = (
    Folge("sitzung", ("planen",), (her("naechste_sitzung"),), ("nachfolger_vermerken",),
          lambda lage: Folgeschritt("nachfolger_vermerken", {"nachfolger": lage.key})),
    Folge("sitzung", ("einwand_verzeichnen", "einwand_vorlegen"), (hin("naechste_sitzung"),), ("punkt_aufnehmen",), _einwand_als_punkt),
    Folge("sitzung", ("absagen",), (her("steht_auf"),), ("sitzung_entfaellt",), _ohne_sitzung),
    Folge("sitzung", ("protokoll_unterzeichnen",), (her("steht_auf"),), ("sitzung_entfaellt",), _unbehandelt),
    Folge("sitzung", ("absagen",), (her("naechste_sitzung"),), ("sitzung_entfaellt",), _einwand_ohne_sitzung),
    # an sich selbst: Was die Sitzung nicht behandelt hat und zu keinem Vorgang gehört, wartet bei ihr
    Folge("sitzung", ("absagen", "protokoll_unterzeichnen"), (), ("punkte_warten",), _ohne_beratung, braucht=((her("gefasst_in"),),)),
    Folge("sitzung", ("punkte_vorlegen",), (hin("naechste_sitzung"),), ("punkte_uebernehmen",), _uebernimmt),
    Folge("sitzung", ("punkt_aufnehmen",), (her("steht_auf"),), ("sitzung_vermerken",), _steht_darauf),
    Folge("sitzung", ("einladen", "eroeffnen", "anwesenheit_aendern", "punkt_aufnehmen"), (her("steht_auf"),), ("gaeste_vermerken",),
          _gaeste_zum_punkt),
    Neu("sitzung", ("auswahlrunde_ansetzen",), "auswahlrunde", "anlegen", _auswahlrunde),
)
