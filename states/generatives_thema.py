"""Generatives Thema: was sich in mehreren Fällen als strukturelle Hürde zeigt, von der Bündelung bis zur Lösung.

Bis zum Auftrag führt es die Koordination, danach folgt es dem, was aus ihm wurde (`themenstand`). Die Lenkungsgruppe
entscheidet nur durch einen Beschluss, der den Schritt nennt. Quelle: process.md; [004] Abschnitte 3.3 und 3.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states import tagesordnung
from states.fristen import Blick, Frist, Stufe, Termin, am_feld, im_zustand
from states.glieder import Folge, Folgeschritt, Kettenglied, Lage, Neu
from states.model import (
    BESCHLUSS, KETTE, K_ALLE, SYSTEM, Anlass, Daten, Fakten, Grund, Haenge, Nachbar, Prozess, Rechne, Rolle, Setze, Uebergang, Verbinde,
    Waechter, Weg, Zustand, her, hin, uebergeben,
)
from states.themenstand import (
    AG_ENDEN, BRAUCHT, ENDEN, GEFUEHRT, MELDUNG_BRAUCHT, ZU_DEN_ARBEITSGRUPPEN, ZU_DEN_ZIELSYSTEMEN, meldung_endet, stand_des_themas,
    zieht_nach,
)
from states.sitzung import UNTERLAGEN_SIND_RAUS, VOR_DER_SITZUNG, WARTET
from states.waechter import datum_nicht_vergangen, eines_noetig, feld_noetig, wenn

VOR_DEM_AUFTRAG = ("entwurf", "geclustert", "vorgelegt")
WARTEND = ("zurueckgestellt", "an_land_gemeldet")
OFFEN = (*VOR_DEM_AUFTRAG, *WARTEND, *GEFUEHRT)
SITZUNG_NIMMT_PUNKTE = ("geplant", "eingeladen", "unterlagen_versandt", "laeuft")

FALLREKONSTRUKTIONEN: Weg = (her("ergibt"),)
MELDUNGEN: Weg = (her("im_thema"),)
SITZUNGEN: Weg = (hin("steht_auf"),)

ZUSTAENDE = (
    Zustand("entwurf", "Entwurf", "Das Thema ist benannt und wird ausgearbeitet.", Rolle.KOORDINATION),
    Zustand("geclustert", "Geclustert", "Das Thema ist mit verwandten gebündelt und kann der Lenkungsgruppe vorgelegt werden.",
            Rolle.KOORDINATION),
    Zustand("vorgelegt", "Vorgelegt", "Das Thema steht auf der Tagesordnung der Lenkungsgruppe.", Rolle.KOORDINATION),
    Zustand("beauftragt", "Beauftragt", "Die Lenkungsgruppe hat eine Arbeitsgruppe, einen Kreis oder eine Stelle beauftragt.",
            Rolle.KOORDINATION),
    Zustand("in_bearbeitung", "In Bearbeitung", "An dem Thema wird gearbeitet; ein Zielsystem ist noch nicht beschlossen.",
            Rolle.KOORDINATION),
    Zustand("beschlossen", "Beschlossen", "Ein Zielsystem ist beschlossen und wird weitergeleitet.", Rolle.KOORDINATION),
    Zustand("in_umsetzung", "In Umsetzung", "Die beteiligten Stellen setzen das Zielsystem um.", Rolle.KOORDINATION),
    Zustand("in_monitoring", "Im Monitoring", "Das Zielsystem ist eingeführt; beobachtet wird, ob es im Einzelfall wirkt.",
            Rolle.KOORDINATION),
    Zustand("in_nachsteuerung", "In Nachsteuerung", "Das Zielsystem wirkt noch nicht wie gewollt und wird nachgebessert.",
            Rolle.KOORDINATION),
    Zustand("zurueckgestellt", "Zurückgestellt", "Die Lenkungsgruppe hat das Thema bis zu einem Datum zurückgestellt.",
            Rolle.KOORDINATION),
    Zustand("an_land_gemeldet", "An Land oder Bund gemeldet", "Vor Ort ist es nicht zu lösen; Land oder Bund ist damit befasst.",
            Rolle.KOORDINATION),
    Zustand("abgeschlossen", "Abgeschlossen", "Die Arbeit am Thema ist beendet; ob es gelöst ist, steht im Ergebnis.", ende=True),
    Zustand("abgelehnt", "Abgelehnt", "Die Lenkungsgruppe befasst sich nicht weiter mit dem Thema.", ende=True),
    Zustand("gegenstandslos", "Gegenstandslos", "Recht oder Praxis haben sich geändert; das Thema stellt sich nicht mehr.", ende=True),
    Zustand("zusammengefuehrt", "Zusammengeführt", "Das Thema ist in einem anderen aufgegangen.", ende=True),
)


# --- Wächter ----------------------------------------------------------------------------------------------------------


def _genannt(f: Fakten, feld: str, weg: Weg) -> list[Nachbar | None]:
    """Die Vorgänge, die das Feld nennt; None für jeden, den es so nicht gibt."""
    bekannt = {n.key: n for n in f.nachbarn(*weg)}
    wert = f.daten.get(feld) or ()
    return [bekannt.get(str(k)) for k in ((wert,) if isinstance(wert, str) else wert)]


def _quelle(f: Fakten) -> Grund | None:
    genannte = _genannt(f, "fallrekonstruktionen", FALLREKONSTRUKTIONEN)
    if any(n is None or n.zustand != "freigegeben" for n in genannte):
        return Grund("Ein Thema entsteht nur aus freigegebenen Fallrekonstruktionen. Bitte nennen Sie keine andere.")
    if genannte:
        return None
    if f.daten.get("quelle") not in ("austausch", "baustein3"):
        return Grund("Bitte nennen Sie die Fallrekonstruktion, aus der das Thema kommt, oder eine andere Quelle.", feld="quelle")
    return None if f.grund.strip() else Grund("Bitte begründen Sie, warum das Thema ohne Fallrekonstruktion entsteht.", feld="grund")


def _sitzung(f: Fakten) -> Grund | None:
    sitzung = next(iter(_genannt(f, "sitzung", SITZUNGEN)), None)
    if sitzung is None or sitzung.art != "sitzung" or sitzung.zustand not in SITZUNG_NIMMT_PUNKTE:
        return Grund("Bitte nennen Sie eine Sitzung, deren Tagesordnung noch offen ist.")
    if sitzung.zustand in UNTERLAGEN_SIND_RAUS and not f.daten.get("tischvorlage"):
        return Grund("Die Unterlagen zu dieser Sitzung sind schon versandt. Bitte kennzeichnen Sie die Vorlage als Tischvorlage.")
    return None


def _genau_ein_auftrag(f: Fakten) -> Grund | None:
    genannt = [feld for feld in ("mitglieder", "arbeitskreis", "an") if f.daten.get(feld)]
    if len(genannt) != 1:
        return Grund("Bitte nennen Sie entweder die Mitglieder einer neuen Arbeitsgruppe, einen bestehenden Kreis oder eine Stelle.")
    if genannt == ["mitglieder"] and not all(f.daten.get(feld) for feld in ("name", "auftrag", "frist")):
        return Grund("Eine Arbeitsgruppe braucht einen Namen, einen Auftrag und ein Datum, bis zu dem sie ihr Ergebnis vorlegt.")
    if genannt == ["mitglieder"] and not (f.daten.get("leitung") or any(m.get("rolle") == "leitung" for m in f.daten["mitglieder"])):
        return Grund("Bitte nennen Sie, wer die Arbeitsgruppe leitet; ohne Leitung könnte niemand ihr Ergebnis abstimmen.")
    return None


def _ohne_arbeitsgruppe(f: Fakten) -> Grund | None:
    beauftragt = f.stand.get("auftrag") or {}
    arbeitend = any(a.zustand not in AG_ENDEN for a in f.nachbarn(*ZU_DEN_ARBEITSGRUPPEN))
    if (beauftragt.get("arbeitskreis") or beauftragt.get("an")) and not arbeitend:
        return None
    return Grund("Das gilt nur für Aufträge an einen Kreis oder eine Stelle. Ein Thema mit Arbeitsgruppe folgt deren Arbeit.")


def _anderes_thema(f: Fakten) -> Grund | None:
    anderes = next(iter(_genannt(f, "mit", (hin("aufgegangen_in"),))), None)
    if f.daten.get("mit") == f.key or anderes is None or anderes.art != "generatives_thema" or anderes.zustand in ENDEN:
        return Grund("Bitte nennen Sie ein anderes offenes Thema, in dem dieses aufgehen soll.")
    if f.zustand in GEFUEHRT and anderes.zustand not in GEFUEHRT:
        return Grund("Dieses Thema hat die Lenkungsgruppe schon beauftragt. Bitte führen Sie umgekehrt das andere mit diesem zusammen.")
    return None


def _neue_quelle(f: Fakten) -> Grund | None:
    """Nur freigegebene, und nur solche, die es noch nicht begründen: die neuen sieht der Wächter schon als verbunden."""
    genannte = _genannt(f, "fallrekonstruktionen", FALLREKONSTRUKTIONEN)
    if not genannte or any(n is None or n.zustand != "freigegeben" for n in genannte):
        return Grund("Bitte nennen Sie eine freigegebene Fallrekonstruktion.", feld="fallrekonstruktionen")
    doppelt = next((k for k in f.daten["fallrekonstruktionen"] if k in (f.stand.get("fallrekonstruktionen") or ())), None)
    return Grund("{key} gehört schon zu diesem Thema.", {"key": doppelt}, feld="fallrekonstruktionen") if doppelt else None


def _gehoert_hierher(f: Fakten) -> Grund | None:
    fremd = [*_genannt(f, "meldungen", MELDUNGEN), *_genannt(f, "fallrekonstruktionen", FALLREKONSTRUKTIONEN)].count(None)
    return Grund("Mitgeben können Sie nur Meldungen und Fallrekonstruktionen dieses Themas.") if fremd else None


_DATUM = (
    feld_noetig("wiedervorlage_am", "Bitte nennen Sie das Datum, an dem das Thema wieder angesehen wird."),
    datum_nicht_vergangen("wiedervorlage_am", "Das Datum darf nicht in der Vergangenheit liegen."),
)
_ERGEBNIS = feld_noetig("ergebnis", "Bitte geben Sie an, ob die Hürde gelöst ist.")
_CLUSTER = eines_noetig("cluster_genannt", lambda f: bool(f.daten.get("cluster") or f.stand.get("cluster")),
                        "Bitte nennen Sie den Cluster, zu dem das Thema gehört.", "cluster")
_KREIS_ODER_STELLE = Waechter("ohne_arbeitsgruppe", _ohne_arbeitsgruppe)


# --- was die Schritte schreiben ---------------------------------------------------------------------------------------


def _beauftragt(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Das Datum einer Arbeitsgruppe hält diese selbst; das eines Kreises oder einer Stelle bleibt am Thema."""
    return {"auftrag": {k: w for k, w in daten.items() if k != "grund"}, "beauftragt_am": heute,
            "frist_am": None if daten.get("mitglieder") else daten.get("frist")}


def _mit_cluster(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Ein leeres Feld lässt den Cluster stehen."""
    return {"cluster": daten.get("cluster") or stand["cluster"]}


def _vereint(feld: str) -> Rechne:
    """Was das Thema schon nennt, bleibt vorn; Neues kommt dazu, nichts doppelt."""
    return Rechne(lambda stand, daten, heute: {feld: [*dict.fromkeys((*(stand.get(feld) or ()), *(daten.get(feld) or ())))]}
                  if daten.get(feld) else {})


def _mit_wiedervorlage(stand: Daten, daten: Daten, heute: str) -> Daten:
    return {"wiedervorlage_am": daten["wiedervorlage_am"]} if daten.get("wiedervorlage_am") else {}


def _kenntnis(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Schloss kein Beschluss das Thema ab, nimmt die Lenkungsgruppe in ihrer nächsten Sitzung davon Kenntnis."""
    return {WARTET: "abgeschlossen"} if daten.get("zur_kenntnis") else {}


_OHNE_AUFTRAG = Rechne(lambda stand, daten, heute: {"ohne_auftrag_seit": heute})
_WIEDER_VORGELEGT = Rechne(lambda stand, daten, heute: {"ohne_auftrag_seit": None} if stand.get("ohne_auftrag_seit") else {})
_OHNE_ERGEBNIS = Rechne(lambda stand, daten, heute: {"ergebnis": None})
_ENTSCHEIDUNG = Anlass("entscheidung_der_lenkungsgruppe", ("melder", "mitmeldende", "zustaendig"))
_BEENDET = Anlass("thema_beendet", ("zustaendig", "vertretung", "ag_leitung"))  # arbeitet noch eine Gruppe, löst sie nur die LG auf


def _nachziehen() -> Iterable[Uebergang]:
    """Je Ziel ein Übergang der Kette. Aus „abgeschlossen“ führt nur eine festgestellte Wiederkehr zurück."""
    for nach in GEFUEHRT:
        zurueck = () if nach == "beauftragt" else ("abgeschlossen",)
        yield Uebergang("nachziehen", (*(z for z in GEFUEHRT if z != nach), *zurueck), nach, (KETTE,), "Folgt dem Stand der Arbeit",
                        "Nachziehen", schreibt=(_OHNE_ERGEBNIS,))
    yield Uebergang("nachziehen", GEFUEHRT, "geclustert", (KETTE,), "Ohne Arbeitsgruppe und Zielsystem zurück", "Nachziehen",
                    schreibt=(_OHNE_AUFTRAG,), meldet=(Anlass("thema_wieder_ohne_auftrag", ("zustaendig", "vertretung")),))
    yield Uebergang("nachziehen", GEFUEHRT, "abgeschlossen", (KETTE,), "Abschließen", "Nachziehen",
                    schreibt=(Setze(("ergebnis",)), Rechne(_kenntnis)), meldet=(_BEENDET,))


def _ziel_gewaehlt(nach: str) -> Waechter:
    """Ohne ausdrückliche Wahl bleibt es bei der Zwischennachricht; sonst bewegte ein vergessenes Feld das Thema."""
    return wenn("ziel_gewaehlt", lambda f: f.daten.get("ziel") == nach, "Bitte wählen Sie, wie es nach der Antwort weitergeht.")


def _antwort(nach: str | None, bezeichnung: str, *waechter: Waechter) -> Uebergang:
    schreibt = (Haenge("antworten"), Rechne(_mit_wiedervorlage))
    fertig = nach == "abgeschlossen"
    return Uebergang("antwort_verzeichnen", ("an_land_gemeldet",), nach, (K_ALLE,), bezeichnung, "AntwortVerzeichnen",
                     waechter=(*((_ziel_gewaehlt(nach),) if nach else ()), *waechter), meldet=(_BEENDET,) if fertig else (),
                     schreibt=(*schreibt, Setze(("ergebnis",))) if fertig else schreibt)


UEBERGAENGE = (
    Uebergang("anlegen", (), "entwurf", (K_ALLE,), "Thema anlegen", "Anlegen",
              waechter=(Waechter("quelle", _quelle, ("fallrekonstruktionen", "quelle")),),
              verbindet=(Verbinde("fallrekonstruktionen", her("ergibt")),), braucht=(FALLREKONSTRUKTIONEN,),
              quelle="[004] 3.3 generatives Thema; 3.7 andere Quellen"),
    Uebergang("abspalten", (), "entwurf", (KETTE,), "Aus einem Thema abgeteilt", "Abspalten",
              verbindet=(Verbinde("geteilt_aus", her("geteilt_in")), Verbinde("fallrekonstruktionen", her("ergibt")))),
    Uebergang("clustern", ("entwurf",), "geclustert", (K_ALLE,), "Clustern", "Clustern", waechter=(_CLUSTER,),
              schreibt=(Rechne(_mit_cluster),), quelle="[004] 3.3 Clusterung"),
    # wieder eröffnet wird auch, was nie geclustert war; ungebündelt kommt es trotzdem nicht vor die Lenkungsgruppe (Regel 5)
    Uebergang("vorlegen", ("geclustert",), "vorgelegt", (K_ALLE,), "Der Lenkungsgruppe vorlegen", "Vorlegen",
              waechter=(_CLUSTER, Waechter("sitzung", _sitzung)),
              schreibt=(Setze(("sitzung", "tischvorlage")), Rechne(_mit_cluster), tagesordnung.NICHT_WARTEN, _WIEDER_VORGELEGT),
              verbindet=(Verbinde("sitzung", hin("steht_auf")),), braucht=(SITZUNGEN,),
              quelle="[004] 3.3 geclusterte Vorlage an die Lenkungsgruppe"),
    Uebergang("von_tagesordnung_nehmen", ("vorgelegt",), "geclustert", (K_ALLE,), "Von der Tagesordnung nehmen", grund_noetig=True,
              schreibt=(Rechne(lambda stand, daten, heute: {"sitzung": None}),),
              meldet=(Anlass("von_tagesordnung_genommen", ("vorsitz",)),)),
    Uebergang("vertagen", ("vorgelegt",), "geclustert", (BESCHLUSS,), "Vertagen", grund_noetig=True,
              meldet=(Anlass("thema_vertagt", ("zustaendig",)),)),
    Uebergang("beauftragen", ("vorgelegt",), "beauftragt", (BESCHLUSS,), "Beauftragen", "Beauftragen",
              waechter=(Waechter("genau_ein_auftrag", _genau_ein_auftrag),), schreibt=(Rechne(_beauftragt), _OHNE_ERGEBNIS),
              meldet=(_ENTSCHEIDUNG,), quelle="[004] 3.3 Einsetzung der Arbeitsgruppen durch die Lenkungsgruppe"),
    Uebergang("zurueckstellen", ("vorgelegt",), "zurueckgestellt", (BESCHLUSS,), "Zurückstellen", "Zurueckstellen", waechter=_DATUM,
              grund_noetig=True, meldet=(_ENTSCHEIDUNG,)),
    Uebergang("an_land_melden", ("vorgelegt",), "an_land_gemeldet", (BESCHLUSS,), "An Land oder Bund melden", "AnLandMelden",
              waechter=_DATUM, grund_noetig=True, meldet=(_ENTSCHEIDUNG,)),
    Uebergang("ablehnen", ("vorgelegt",), "abgelehnt", (BESCHLUSS,), "Ablehnen", grund_noetig=True, meldet=(_ENTSCHEIDUNG,)),
    Uebergang("zuarbeit_anfordern", OFFEN, None, (BESCHLUSS,), "Zuarbeit anfordern", "ZuarbeitAnfordern", schreibt=(Haenge("zuarbeiten"),),
              meldet=(Anlass("zuarbeit_angefordert", ("zustaendig",)),), quelle="[004] 3.2"),
    Uebergang("politik_vorlegen", OFFEN, None, (BESCHLUSS,), "Der Politik vorlegen", "PolitikVorlegen", schreibt=(Haenge("politik"),),
              meldet=(Anlass("politik_vorzulegen", ("zustaendig",)),), quelle="[004] 3.2"),
    Uebergang("wiedervorlegen", ("zurueckgestellt",), "geclustert", (K_ALLE, SYSTEM), "Wieder aufgreifen", schreibt=(),
              meldet=(Anlass("thema_wiedervorgelegt", ("zustaendig",)),)),
    Uebergang("an_land_versenden", ("an_land_gemeldet",), None, (K_ALLE,), "Schreiben an Land oder Bund verzeichnen", "AnLandVersenden",
              waechter=(_DATUM[1],), schreibt=(Haenge("schreiben"), Rechne(_mit_wiedervorlage))),
    _antwort(None, "Zwischennachricht verzeichnen", *_DATUM),
    _antwort("geclustert", "Antwort verzeichnen"),
    _antwort("zurueckgestellt", "Antwort verzeichnen", *_DATUM),
    _antwort("abgeschlossen", "Antwort verzeichnen", _ERGEBNIS),
    Uebergang("bearbeitung_melden", ("beauftragt",), "in_bearbeitung", (K_ALLE,), "Bearbeitung melden", waechter=(_KREIS_ODER_STELLE,),
              schreibt=(), braucht=(ZU_DEN_ARBEITSGRUPPEN,)),
    Uebergang("ohne_zielsystem_abschliessen", ("in_bearbeitung",), "abgeschlossen", (K_ALLE,), "Ohne Zielsystem abschließen",
              "OhneZielsystemAbschliessen", waechter=(_KREIS_ODER_STELLE, _ERGEBNIS), vorab="bearbeitung_melden",
              schreibt=(Setze(), tagesordnung.warten("abgeschlossen")),
              braucht=(ZU_DEN_ARBEITSGRUPPEN,), meldet=(Anlass("thema_ohne_zielsystem_abgeschlossen", ("vorsitz", "zustaendig")),)),
    Uebergang("gegenstandslos_stellen", OFFEN, "gegenstandslos", (K_ALLE,), "Für gegenstandslos erklären", "GegenstandslosStellen",
              grund_noetig=True, meldet=(_BEENDET,)),
    Uebergang("wiedereroeffnen", ("abgeschlossen", "abgelehnt", "gegenstandslos"), "geclustert", (K_ALLE,), "Wieder eröffnen",
              grund_noetig=True, schreibt=(_OHNE_ERGEBNIS,), meldet=(Anlass("thema_wieder_eroeffnet", ("zustaendig",)),)),
    Uebergang("zusammenfuehren", OFFEN, "zusammengefuehrt", (K_ALLE,), "Mit einem anderen Thema zusammenführen", "Zusammenfuehren",
              waechter=(Waechter("anderes_thema", _anderes_thema),), verbindet=(Verbinde("mit", hin("aufgegangen_in")),),
              braucht=((hin("aufgegangen_in"),), *BRAUCHT), meldet=(_BEENDET,)),
    Uebergang("vereinigen", OFFEN, None, (KETTE,), "Ein anderes Thema ist aufgegangen", "Vereinigen",
              schreibt=(Haenge("aufgenommen"), _vereint("institutionen"), _vereint("fallrekonstruktionen")),
              verbindet=(Verbinde("arbeitsgruppen", hin("beauftragt")), Verbinde("zielsysteme", hin("fuehrt_zu")))),
    Uebergang("teilen", OFFEN, None, (K_ALLE,), "Teilen", "Teilen", schreibt=(Haenge("teilungen"),),
              waechter=(feld_noetig("titel", "Bitte geben Sie dem neuen Thema einen Titel."),
                        Waechter("gehoert_hierher", _gehoert_hierher)), braucht=(FALLREKONSTRUKTIONEN, MELDUNGEN)),
    Uebergang("aufnehmen", OFFEN, None, (K_ALLE,), "Fallrekonstruktion in das Thema aufnehmen", "Aufnehmen",
              waechter=(Waechter("neue_quelle", _neue_quelle),), schreibt=(_vereint("fallrekonstruktionen"),),
              verbindet=(Verbinde("fallrekonstruktionen", her("ergibt")),), braucht=(FALLREKONSTRUKTIONEN,),
              quelle="process.md: mehrere Fallrekonstruktionen ergeben ein Thema"),
    *_nachziehen(),
    *tagesordnung.uebergaenge("vorgelegt", "abgeschlossen"),
    tagesordnung.gaeste_vermerken("vorgelegt", "abgeschlossen"),
    uebergeben(*OFFEN),
)


def _ohne_gruppe(b: Blick) -> Iterable[Termin]:
    """Bis zum genannten Tag; ohne einen läuft die Dauer ab dem Auftrag, damit auch er nicht vergessen wird (Regel 11)."""
    auftrag = b.stand.get("auftrag") or {}
    if b.zustand not in ("beauftragt", "in_bearbeitung") or auftrag.get("mitglieder"):
        return ()
    bis, seit = b.stand.get("frist_am"), b.stand.get("beauftragt_am")
    return (Termin(anker=date.fromisoformat(bis), ende=date.fromisoformat(bis)) if bis else
            Termin(anker=date.fromisoformat(seit) if seit else None),)


FRISTEN = (
    Frist("thema_clustern", "Thema clustern", im_zustand("entwurf"), "20 WT", stufen=(Stufe("Ende", ("zustaendig",)),)),
    Frist("thema_vorlegen", "Thema der Lenkungsgruppe vorlegen", im_zustand("geclustert"), "6 Monate",
          stufen=(Stufe("4 Wochen vor Ende", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    Frist("thema_ohne_auftrag", "Entscheiden, wie es ohne Arbeitsgruppe weitergeht", am_feld("ohne_auftrag_seit", "geclustert"), "10 WT",
          stufen=(Stufe("Ende", ("zustaendig", "vertretung")),)),
    Frist("thema_entscheiden", "Vorgelegtes Thema ohne Beschluss", im_zustand("vorgelegt"), "6 Monate",
          stufen=(Stufe("Ende", ("zustaendig", "vorsitz")),)),
    tagesordnung.frist("thema_tagesordnung"),
    Frist("thema_auftrag", "Ergebnis des beauftragten Kreises oder der Stelle", _ohne_gruppe, "6 Monate",
          stufen=(Stufe("10 WT vor Ende", ("zustaendig",)), Stufe("3 WT vor Ende", ("zustaendig",)),
                  Stufe("1 WT nach Ende", ("zustaendig", "vertretung")))),
    Frist("thema_wiedervorlage", "Zurückgestelltes Thema wieder aufgreifen", am_feld("wiedervorlage_am", "zurueckgestellt"),
          stufen=(Stufe("Ende", ("zustaendig",), feuert="wiedervorlegen"),)),
    Frist("thema_antwort_land", "Antwort von Land oder Bund", am_feld("wiedervorlage_am", "an_land_gemeldet"),
          stufen=(Stufe("Ende", ("zustaendig",)), Stufe("10 WT nach Ende", ("zustaendig", "vertretung")))),
)

GENERATIVES_THEMA = Prozess("generatives_thema", "Generatives Thema", "GT", ZUSTAENDE, UEBERGAENGE, fristen=FRISTEN, version=6,
                            quelle="[004] 3.3, 3.7")


# --- Kette ------------------------------------------------------------------------------------------------------------


def _kommt_dazu(lage: Lage) -> Folgeschritt | None:
    """Nur die Meldungen der eben genannten Fallrekonstruktionen; eine frühere kann inzwischen in ein anderes Thema gegangen sein."""
    genannte = set(lage.daten.get("fallrekonstruktionen") or ())
    dabei = any(f.key in genannte for f in lage.sicht_ziel((hin("rekonstruiert_in"),)))
    return Folgeschritt("thema_bilden", {"thema": lage.key}) if dabei else None


def _auf_die_tagesordnung(lage: Lage) -> Folgeschritt | None:
    if lage.ziel.key != lage.daten.get("sitzung"):
        return None
    return Folgeschritt("punkt_aufnehmen", {"bezug": lage.key, "art": "thema", "titel": lage.stand.get("titel") or lage.key,
                                            "tischvorlage": bool(lage.daten.get("tischvorlage"))})


def _von_der_tagesordnung(lage: Lage) -> Folgeschritt | None:
    """Nur ein noch nicht behandelter Punkt wird gestrichen; frühere Sitzungen behalten ihre Tagesordnung."""
    return Folgeschritt("punkt_streichen", {"bezug": lage.key}) if lage.vorher == "vorgelegt" else None


def _nicht_mehr_abgeschlossen(lage: Lage) -> Folgeschritt | None:
    """Was die Lenkungsgruppe erst noch zur Kenntnis nehmen sollte, gilt nicht mehr."""
    steht_noch = lage.ziel.key == lage.stand.get("sitzung") and lage.ziel.zustand in VOR_DER_SITZUNG
    return Folgeschritt("punkt_streichen", {"bezug": lage.key}) if steht_noch else None


def _arbeitsgruppe(lage: Lage) -> Iterable[Daten]:
    """Die neue Gruppe, wenn der Beschluss Mitglieder nennt; der Beschluss ist der jüngste zu diesem Thema."""
    if not lage.daten.get("mitglieder"):
        return
    beschluesse = lage.sicht((hin("behandelt"),))
    beschluss = lage.daten.get("beschluss") or (beschluesse[-1].key if beschluesse else None)
    angaben = {f: lage.daten[f] for f in ("name", "auftrag", "frist", "mitglieder", "leitung") if lage.daten.get(f)}
    yield {**angaben, "thema": lage.key, **({"beschluss": beschluss} if beschluss else {})}


def _abgeteiltes(lage: Lage) -> Iterable[Daten]:
    angaben = {f: lage.daten[f] for f in ("titel", "beschreibung", "fallrekonstruktionen", "institutionen") if lage.daten.get(f)}
    yield {**angaben, "geteilt_aus": lage.key}


def _geht_mit(lage: Lage) -> Folgeschritt | None:
    """Beim Teilen gehen die genannten Meldungen in das neue Thema, das eben entstanden ist."""
    if lage.ziel.key not in (lage.daten.get("meldungen") or ()):
        return None
    return Folgeschritt("umhaengen", {"thema": lage.sicht((hin("geteilt_in"),))[-1].key, "bisher": lage.key})


def _zieht_um(lage: Lage) -> Folgeschritt:
    return Folgeschritt("umhaengen", {"thema": lage.daten["mit"], "bisher": lage.key})


def _vereinigt(lage: Lage) -> Folgeschritt:
    arbeitsgruppen, zielsysteme = lage.sicht(ZU_DEN_ARBEITSGRUPPEN), lage.sicht(ZU_DEN_ZIELSYSTEMEN)
    angaben = {f: list(lage.stand[f]) for f in ("institutionen", "fallrekonstruktionen") if lage.stand.get(f)}
    return Folgeschritt("vereinigen", {"thema": lage.key, "arbeitsgruppen": [a.key for a in arbeitsgruppen],
                                       "zielsysteme": [z.key for z in zielsysteme], **angaben})


def _endet_mit_dem_thema(lage: Lage) -> Folgeschritt | None:
    return meldung_endet(lage) if lage.zustand in ENDEN else None


def _kehrt_zurueck(lage: Lage) -> Folgeschritt | None:
    return Folgeschritt("thema_wieder_oeffnen") if lage.vorher in ENDEN and lage.zustand not in ENDEN else None


_BEENDEND = ("nachziehen", "antwort_verzeichnen", "ohne_zielsystem_abschliessen", "gegenstandslos_stellen", "ablehnen")

FOLGEN: tuple[Kettenglied, ...] = (
    # auch beim Teilen: Die Meldungen der mitgenommenen Fallrekonstruktionen gehören dann zu beiden Themen
    Folge("generatives_thema", ("anlegen", "abspalten"), (*FALLREKONSTRUKTIONEN, her("rekonstruiert_in")), ("thema_bilden",),
          lambda lage: Folgeschritt("thema_bilden", {"thema": lage.key})),
    Folge("generatives_thema", ("aufnehmen",), (*FALLREKONSTRUKTIONEN, her("rekonstruiert_in")), ("thema_bilden",), _kommt_dazu,
          braucht=((hin("rekonstruiert_in"),),)),
    Folge("generatives_thema", ("vorlegen",), SITZUNGEN, ("punkt_aufnehmen",), _auf_die_tagesordnung),
    Folge("generatives_thema", ("von_tagesordnung_nehmen", "gegenstandslos_stellen", "zusammenfuehren"), SITZUNGEN, ("punkt_streichen",),
          _von_der_tagesordnung),
    Folge("generatives_thema", ("wiedereroeffnen",), SITZUNGEN, ("punkt_streichen",), _nicht_mehr_abgeschlossen),
    Folge("generatives_thema", tagesordnung.entschieden(UEBERGAENGE), SITZUNGEN, ("punkt_streichen",), tagesordnung.steht_noch_bevor),
    Folge("generatives_thema", ("auf_tagesordnung_setzen",), SITZUNGEN, ("punkt_aufnehmen",), tagesordnung.als_punkt),
    Neu("generatives_thema", ("beauftragen",), "arbeitsgruppe", "einsetzen", _arbeitsgruppe, braucht=((hin("behandelt"),),)),
    Neu("generatives_thema", ("teilen",), "generatives_thema", "abspalten", _abgeteiltes, braucht=((hin("geteilt_in"),),)),
    Folge("generatives_thema", ("teilen",), MELDUNGEN, ("umhaengen",), _geht_mit),
    Folge("generatives_thema", ("zusammenfuehren",), (hin("aufgegangen_in"),), ("vereinigen",), _vereinigt),
    Folge("generatives_thema", ("zusammenfuehren",), FALLREKONSTRUKTIONEN, ("umhaengen",), _zieht_um),
    Folge("generatives_thema", ("zusammenfuehren",), MELDUNGEN, ("umhaengen",), _zieht_um),
    Folge("generatives_thema", ("zusammenfuehren",), (hin("aufgegangen_in"),), ("nachziehen",), zieht_nach, braucht=BRAUCHT),
    Folge("generatives_thema", _BEENDEND, MELDUNGEN, ("loesen", "ohne_loesung_beenden"), _endet_mit_dem_thema, braucht=MELDUNG_BRAUCHT),
    Folge("generatives_thema", ("wiedereroeffnen", "nachziehen"), MELDUNGEN, ("thema_wieder_oeffnen",), _kehrt_zurueck),
)

__all__ = ["FOLGEN", "GENERATIVES_THEMA", "OFFEN", "stand_des_themas"]
