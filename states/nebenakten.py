"""Fünf kleine Akten neben dem Kreislauf: Auswahlrunde, Lage, Bericht, Anfrage und Kooperationsvereinbarung.

Sie nutzen dieselbe Mechanik wie die großen Schritte: eine Tabelle, benannte Bedingungen, Fristen. Quelle: process.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states.anhang import anhaengen
from states.fristen import Blick, Frist, Stufe, Tagesstufe, Termin, am_feld, im_zustand
from states.glieder import Folge, Folgeschritt, Kettenglied, Lage
from states.model import (
    KETTE, K_ALLE, SYSTEM, Anlass, Daten, Fakten, Je, Marke, Prozess, Rechne, Rolle, Setze, Uebergang, Verbinde, Zustand, her, hin,
    uebergeben,
)
from states.waechter import datum_nicht_vergangen, wenn


def _am(name: str, feld: str = "") -> Rechne:
    """Setzt den Tag: den genannten, sonst heute."""
    return Rechne(lambda stand, daten, heute: {name: daten.get(feld or name) or heute})


# --- Auswahlrunde: alle Sammlungen und alles Geparkte vor einer Sitzung einmal durchsehen ----------------------------

AUSGEWAEHLT = ("ausgewaehlt", "in_rekonstruktion")


def _noch_auszuwaehlen(f: Fakten) -> bool:
    """Was in der Runde schon einzeln ausgewählt wurde, wird nur noch genannt."""
    return any(m.key in f.daten.get("ausgewaehlt", ()) and m.zustand not in AUSGEWAEHLT for m in f.nachbarn(her("ausgewaehlt_in")))


def _noch_zu_parken(f: Fakten) -> bool:
    """Was schon ruht, bewegt sich nur, wenn die Runde einen neuen Tag nennt."""
    return any(m.key in f.daten.get("wieder_geparkt", ()) and (f.daten.get("wiedervorlage_am") or m.zustand != "themenspeicher")
               for m in f.nachbarn(her("geparkt_in")))


_AUSWAHL_BEGRUENDET = wenn("auswahl_begruendet", lambda f: bool(f.daten.get("auswahl_grund")) or not _noch_auszuwaehlen(f),
                           "Bitte nennen Sie, warum Sie diese Fälle auswählen.", "auswahl_grund")
_PARKEN_BEGRUENDET = wenn("parken_begruendet", lambda f: bool(f.daten.get("park_grund")) or not _noch_zu_parken(f),
                          "Bitte nennen Sie, warum diese Meldungen ruhen.", "park_grund")
_GEPARKT_BIS = wenn("wiedervorlage_genannt", lambda f: bool(f.daten.get("wiedervorlage_am")) or not _noch_zu_parken(f),
                    "Bitte nennen Sie den Tag, an dem die Meldungen wieder geprüft werden.", "wiedervorlage_am")
_WIEDERVORLAGE = datum_nicht_vergangen("wiedervorlage_am", "Die Wiedervorlage darf nicht in der Vergangenheit liegen.")

AUSWAHLRUNDE = Prozess(
    "auswahlrunde", "Auswahlrunde", "AR",
    zustaende=(
        Zustand("offen", "Offen", "Sammlungen und geparkte Meldungen sind vor der Sitzung durchzusehen.", Rolle.KOORDINATION),
        Zustand("durchgefuehrt", "Durchgeführt", "Alle Sammlungen und geparkten Meldungen sind gesichtet.", ende=True),
    ),
    uebergaenge=(
        Uebergang("anlegen", (), "offen", (K_ALLE, KETTE), "Auswahlrunde anlegen", "AuswahlrundeAnlegen",
                  verbindet=(Verbinde("sitzung", hin("bereitet_vor")), Verbinde("sammlungen", her("gesichtet_in")),
                             Verbinde("geparkte", her("gesichtet_in"))),
                  meldet=(Anlass("auswahlrunde", ("koordination",)),),
                  quelle="[004] 3.3 Fallauswahl durch die Koordination"),
        Uebergang("durchfuehren", ("offen",), "durchgefuehrt", (K_ALLE,), "Auswahlrunde durchgeführt", "AuswahlrundeDurchfuehren",
                  waechter=(_AUSWAHL_BEGRUENDET, _PARKEN_BEGRUENDET, _GEPARKT_BIS, _WIEDERVORLAGE),
                  schreibt=(Setze(), _am("durchgefuehrt_am")),
                  verbindet=(Verbinde("ausgewaehlt", her("ausgewaehlt_in")), Verbinde("wieder_geparkt", her("geparkt_in"))),
                  braucht=((her("ausgewaehlt_in"),), (her("geparkt_in"),))),
        uebergeben("offen"),
    ),
    fristen=(
        Frist("auswahlrunde_durchfuehren", "Auswahlrunde durchführen", im_zustand("offen"), "10 WT",
              stufen=(Stufe("Beginn", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    ),
    version=2,
)

# --- Lage: in einer Krise gelten für eine Sammlung eigene Regeln -----------------------------------------------------

_ZEITRAUM = wenn("zeitraum_richtig", lambda f: _von(f) <= str(f.daten.get("bis") or "9999"),
                 "Das Ende der Lage liegt vor ihrem Beginn.", "bis")
_BIS = datum_nicht_vergangen("bis", "Das Ende der Lage darf nicht in der Vergangenheit liegen.")
_ERWEITERUNG = wenn("erweiterung_genannt", lambda f: bool(f.daten.get("bis") or f.daten.get("sammlungen")),
                    "Bitte nennen Sie ein neues Ende oder eine weitere Sammlung.")
_SAMMLUNG = wenn("nur_sammlungen", lambda f: all(n.art == "sammlung" for n in f.nachbarn(hin("gilt_fuer"))),
                 "Eine Lage gilt für Sammlungen. Bitte nennen Sie deren Schlüssel.")


def _von(f: Fakten) -> str:
    return str(f.daten.get("von") or f.stand.get("von") or "")


def _laufend(b: Blick) -> Iterable[Termin]:
    return (Termin(anker=date.fromisoformat(b.stand["von"])),) if b.zustand == "ausgerufen" else ()


def _erweitert(stand: Daten, daten: Daten, heute: str) -> Daten:
    sammlungen = dict.fromkeys((*stand.get("sammlungen", ()), *(daten.get("sammlungen") or ())))
    return {"sammlungen": list(sammlungen), "bis": daten.get("bis") or stand["bis"],
            "erweiterungen": [*stand.get("erweiterungen", ()), {"am": heute, "bisher_bis": stand["bis"]}]}


LAGE = Prozess(
    "lage", "Lage", "LA",
    zustaende=(
        Zustand("ausgerufen", "Ausgerufen", "Für die Meldungen der genannten Sammlungen gelten die Regeln der Lage.",
                Rolle.KOORDINATION),
        Zustand("beendet", "Beendet", "Die Lage ist vorbei und ausgewertet.", ende=True),
        Zustand("nicht_ausgerufen", "Nicht ausgerufen", "Die Lage wurde geprüft; die üblichen Regeln genügen.", ende=True),
    ),
    uebergaenge=(
        Uebergang("ausrufen", (), "ausgerufen", (K_ALLE,), "Lage ausrufen", "LageAusrufen", waechter=(_ZEITRAUM, _BIS, _SAMMLUNG),
                  verbindet=(Verbinde("sammlungen", hin("gilt_fuer")),), braucht=((hin("gilt_fuer"),),),
                  meldet=(Anlass("lage_ausgerufen", ("koordination", "leitung"), sofort=True),)),
        Uebergang("nicht_ausrufen", (), "nicht_ausgerufen", (K_ALLE,), "Lage nicht ausrufen", "LageNichtAusrufen", grund_noetig=True,
                  schreibt=(Setze(), _am("geprueft_am"))),
        Uebergang("erweitern", ("ausgerufen",), None, (K_ALLE,), "Lage erweitern", "LageErweitern",
                  waechter=(_ERWEITERUNG, _ZEITRAUM, _BIS, _SAMMLUNG), schreibt=(Rechne(_erweitert),),
                  verbindet=(Verbinde("sammlungen", hin("gilt_fuer")),), braucht=((hin("gilt_fuer"),),),
                  meldet=(Anlass("lage_erweitert", ("koordination", "leitung")),)),
        Uebergang("sammelmeldung_verzeichnen", ("ausgerufen",), None, (K_ALLE,), "Sammelmeldung einer Stelle verzeichnen",
                  "LageSammelmeldung", schreibt=(Je("sammelmeldungen", "stelle"),), quelle="[P] in einer Lage genügt eine Zahl je Stelle"),
        Uebergang("beenden", ("ausgerufen",), "beendet", (K_ALLE,), "Lage beenden und auswerten", "LageBeenden",
                  schreibt=(Setze(), _am("beendet_am")), meldet=(Anlass("lage_beendet", ("koordination", "leitung")),)),
        uebergeben("ausgerufen"),
    ),
    fristen=(
        Frist("lage_tageszahl", "Zahl der Meldungen, jeden Werktag an die Leitung", _laufend,
              stufen=(Tagesstufe("Beginn", ("leitung",), nur_zahl=True),)),
        Frist("lage_ende", "Lage mit einer Auswertung beenden oder verlängern", am_feld("bis", "ausgerufen"),
              stufen=(Stufe("3 WT vor Ende", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")),
                      Stufe("5 WT nach Ende", ("zustaendig", "vertretung")))),
    ),
    version=3,
)

# --- Bericht an ein Gremium ------------------------------------------------------------------------------------------


OHNE_BERICHT, OHNE_BERICHT_SEIT = "bericht_naechster", "9 Monate"  # gilt auch für ein Gremium, das noch keinen bekam


def _ohne_weiteren(b: Blick) -> Iterable[Termin]:
    gesendet = b.stand.get("gesendet_am")
    return am_feld("gesendet_am", "versandt", "zur_kenntnis")(b) if gesendet and not b.stand.get("nachfolger") else ()


def _ohne_sitzungstag(b: Blick) -> Iterable[Termin]:
    """Ohne den Tag der Sitzung erinnerte sonst nichts an den Bericht."""
    return im_zustand("entwurf", "versandt")(b) if not b.stand.get("sitzung_am") else ()


def _bearbeitet(_stand: Daten, daten: Daten, _heute: str) -> Daten:
    """Titel und Gremium hat jeder Bericht; ein leeres Feld lässt sie stehen."""
    return {f: wert for f, wert in daten.items() if wert or f not in ("titel", "gremium")}


_ANDERER_BERICHT = wenn("anderer_bericht", lambda f: f.daten.get("nachfolger") != f.key,
                        "Ein Bericht kann nicht sein eigener Nachfolger sein.")

BERICHT = Prozess(
    "bericht", "Bericht an ein Gremium", "BE",
    zustaende=(
        Zustand("entwurf", "Entwurf", "Der Bericht wird geschrieben.", Rolle.KOORDINATION),
        Zustand("versandt", "Versandt", "Das Gremium hat den Bericht; die Kenntnisnahme steht aus.", Rolle.KOORDINATION),
        Zustand("zur_kenntnis", "Zur Kenntnis genommen", "Das Gremium hat den Bericht zur Kenntnis genommen.", ende=True),
    ),
    uebergaenge=(
        Uebergang("anlegen", (), "entwurf", (K_ALLE,), "Bericht anlegen", "BerichtAnlegen",
                  verbindet=(Verbinde("voriger", her("naechster_bericht")),), quelle="[004] 2.3 Gremien"),
        # ein Gremium des Profils, das noch nie einen bekam: der Entwurf ist die Erinnerung
        Uebergang("vormerken", (), "entwurf", (SYSTEM,), "Gremium ohne Bericht", "BerichtVormerken",
                  meldet=(Anlass("gremium_ohne_bericht", ("zustaendig", "vertretung")),)),
        Uebergang("bearbeiten", ("entwurf",), None, (K_ALLE,), "Bericht bearbeiten", "BerichtBearbeiten", schreibt=(Rechne(_bearbeitet),)),
        Uebergang("versenden", ("entwurf",), "versandt", (K_ALLE,), "Bericht versenden", "BerichtVersenden",
                  schreibt=(Setze(), _am("gesendet_am")), aussen=True),
        Uebergang("zur_kenntnis_verzeichnen", ("versandt",), "zur_kenntnis", (K_ALLE,), "Kenntnisnahme verzeichnen",
                  "BerichtZurKenntnis", schreibt=(Setze(), _am("zur_kenntnis_am"))),
        Uebergang("nachfolger_vermerken", ("entwurf", "versandt", "zur_kenntnis"), None, (K_ALLE, KETTE), "Nächsten Bericht vermerken",
                  "BerichtNachfolger", waechter=(_ANDERER_BERICHT,), verbindet=(Verbinde("nachfolger", hin("naechster_bericht")),),
                  braucht=((hin("naechster_bericht"),),)),
        # die Vorlage des Gremiums; vergessen wird sie auch nach dem Versand noch nachgetragen, mit ihrem Tag
        *anhaengen(("entwurf", "versandt"), ("entwurf", "versandt", "zur_kenntnis"), K_ALLE),
        uebergeben("entwurf", "versandt"),
    ),
    fristen=(
        Frist("bericht_versenden", "Bericht vor der Sitzung des Gremiums versenden", am_feld("sitzung_am", "entwurf"), "10 WT",
              rueckwaerts=True, stufen=(Stufe("5 WT vor Ende", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
        Frist("bericht_ohne_termin", "Tag der Sitzung des Gremiums klären", _ohne_sitzungstag, "20 WT",
              stufen=(Stufe("Ende", ("zustaendig",)),)),
        Frist("bericht_kenntnisnahme", "Kenntnisnahme des Gremiums verzeichnen", am_feld("sitzung_am", "versandt"), "5 WT",
              stufen=(Stufe("Ende", ("zustaendig",)),)),
        Frist(OHNE_BERICHT, "Gremium ohne neuen Bericht", _ohne_weiteren, OHNE_BERICHT_SEIT,
              stufen=(Stufe("Ende", ("zustaendig", "vertretung")),)),
    ),
    version=3,
)

# --- Anfrage aus einem Gremium ---------------------------------------------------------------------------------------

def _angefragt(_stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {"titel": daten.get("titel") or f"Anfrage: {daten['von']}"}


ANFRAGE = Prozess(
    "anfrage", "Anfrage aus einem Gremium", "AF",
    zustaende=(
        Zustand("offen", "Offen", "Die Fragen sind noch nicht beantwortet.", Rolle.KOORDINATION),
        Zustand("beantwortet", "Beantwortet", "Das Gremium hat die Antwort.", ende=True),
    ),
    uebergaenge=(
        Uebergang("erfassen", (), "offen", (K_ALLE,), "Anfrage erfassen", "AnfrageErfassen",
                  schreibt=(Setze(), Rechne(_angefragt), _am("eingang_am"))),
        Uebergang("beantworten", ("offen",), "beantwortet", (K_ALLE,), "Anfrage beantworten", "AnfrageBeantworten",
                  schreibt=(Setze(), _am("beantwortet_am")), aussen=True),
        uebergeben("offen"),
    ),
    fristen=(
        Frist("anfrage_frist", "Anfrage beantworten", am_feld("frist", "offen"),
              stufen=(Stufe("10 WT vor Ende", ("zustaendig",)), Stufe("3 WT vor Ende", ("zustaendig",)),
                      Stufe("1 WT nach Ende", ("zustaendig", "vertretung")))),
    ),
)

# --- Kooperationsvereinbarung ----------------------------------------------------------------------------------------

PRUEFUNG = "pruefung_faellig"

_LAUFZEIT = wenn("laufzeit_richtig", lambda f: _beginn(f) <= str(f.daten.get("gueltig_bis") or "9999"),
                 "Das Ende der Vereinbarung liegt vor ihrem Beginn.", "gueltig_bis")
_WIEDER_FAELLIG = wenn(
    "naechste_pruefung", lambda f: bool(f.daten.get("pruefung_am") or f.daten.get("gueltig_bis") or f.stand.get("gueltig_bis")),
    "Bitte nennen Sie den nächsten Prüftermin oder das Ende der Vereinbarung, damit sie nicht vergessen wird.")
_PRUEFTERMIN = datum_nicht_vergangen("pruefung_am", "Der Prüftermin darf nicht in der Vergangenheit liegen.")


def _beginn(f: Fakten) -> str:
    return str(f.daten.get("gueltig_von") or f.stand.get("gueltig_von") or "")


def _vereinbart(_stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {"titel": daten.get("titel") or "Vereinbarung: " + ", ".join(daten["parteien"])}


def _geprueft(stand: Daten, daten: Daten, heute: str) -> Daten:
    """Ohne neuen Prüftermin bleibt das Ende der Vereinbarung als Termin."""
    am = daten.get("geprueft_am") or heute
    return {"pruefung_am": daten.get("pruefung_am"), "gueltig_bis": daten.get("gueltig_bis") or stand.get("gueltig_bis"),
            "geprueft_am": am, "ergebnis": daten["ergebnis"],
            "pruefungen": [*stand.get("pruefungen", ()), {"am": am, "ergebnis": daten["ergebnis"]}]}


KOOPERATIONSVEREINBARUNG = Prozess(
    "kooperationsvereinbarung", "Kooperationsvereinbarung", "KV",
    zustaende=(
        Zustand("gueltig", "Gültig", "Die Parteien haben die Zusammenarbeit vereinbart.", Rolle.KOORDINATION),
        Zustand("beendet", "Beendet", "Die Vereinbarung gilt nicht mehr.", ende=True),
    ),
    uebergaenge=(
        Uebergang("abschliessen", (), "gueltig", (K_ALLE,), "Vereinbarung abschließen", "VereinbarungAbschliessen",
                  waechter=(_LAUFZEIT, _WIEDER_FAELLIG), schreibt=(Setze(), Rechne(_vereinbart))),
        Uebergang("pruefung_faellig", ("gueltig",), None, (SYSTEM,), "Prüftermin erreicht", setzt=PRUEFUNG, schreibt=()),
        Uebergang("pruefung_abschliessen", ("gueltig",), None, (K_ALLE,), "Prüfung abschließen", "PruefungAbschliessen",
                  loescht=(PRUEFUNG,), waechter=(_LAUFZEIT, _WIEDER_FAELLIG, _PRUEFTERMIN), schreibt=(Rechne(_geprueft),)),
        Uebergang("beenden", ("gueltig",), "beendet", (K_ALLE,), "Vereinbarung beenden", grund_noetig=True, loescht=(PRUEFUNG,),
                  schreibt=(_am("beendet_am"),)),
        uebergeben("gueltig"),
    ),
    marken=(Marke(PRUEFUNG, "Prüfung fällig", "Der Prüftermin der Vereinbarung ist erreicht."),),
    fristen=(
        Frist("kooperation_pruefung", "Vereinbarung prüfen", am_feld("pruefung_am", "gueltig"),
              stufen=(Stufe("20 WT vor Ende", ("zustaendig",)), Stufe("Ende", ("zustaendig",), feuert="pruefung_faellig"),
                      Stufe("10 WT nach Ende", ("zustaendig", "vertretung")))),
        Frist("kooperation_ablauf", "Vereinbarung läuft ab", am_feld("gueltig_bis", "gueltig"),
              stufen=(Stufe("3 Monate vor Ende", ("zustaendig",)), Stufe("Ende", ("zustaendig", "vertretung")))),
    ),
)

# --- die Kette -------------------------------------------------------------------------------------------------------


def _vermerken(lage: Lage) -> Folgeschritt | None:
    """Hat die Sitzung die Runde selbst angesetzt, weiß sie es schon."""
    return None if lage.ziel.stand.get("auswahlrunde_am") else Folgeschritt("auswahlrunde_vermerken")


def _auswaehlen(lage: Lage) -> Folgeschritt | None:
    """Was in der Runde schon einzeln ausgewählt wurde, ist es schon."""
    schon = lage.ziel.zustand in AUSGEWAEHLT
    return None if schon else Folgeschritt("auswaehlen", grund=str(lage.daten.get("auswahl_grund") or ""))


def _aus_dem_speicher(lage: Lage) -> Folgeschritt | None:
    """Was schon ruht, wird mit der Runde wieder vorgelegt und bekommt den neuen Tag; ohne neuen Tag ruht es weiter."""
    ruht = lage.ziel.zustand == "themenspeicher" and lage.daten.get("wiedervorlage_am")
    return Folgeschritt("wiedervorlegen") if ruht else None


def _parken(lage: Lage) -> Folgeschritt | None:
    """Alle, die die Runde nennt, mit einem Tag und einem Grund."""
    tag, grund = lage.daten.get("wiedervorlage_am"), str(lage.daten.get("park_grund") or "")
    return Folgeschritt("parken", {"wiedervorlage_am": tag}, grund) if tag else None


FOLGEN_AUSWAHLRUNDE: tuple[Kettenglied, ...] = (
    Folge("auswahlrunde", ("anlegen",), (hin("bereitet_vor"),), ("auswahlrunde_vermerken",), _vermerken),
    Folge("auswahlrunde", ("durchfuehren",), (her("ausgewaehlt_in"),), ("auswaehlen",), _auswaehlen, feld="ausgewaehlt"),
    Folge("auswahlrunde", ("durchfuehren",), (her("geparkt_in"),), ("wiedervorlegen",), _aus_dem_speicher, feld="wieder_geparkt"),
    Folge("auswahlrunde", ("durchfuehren",), (her("geparkt_in"),), ("parken",), _parken, feld="wieder_geparkt"),
)


def _noch_in_keiner(lage: Lage) -> Folgeschritt | None:
    return None if lage.ziel.stand.get("lage") else Folgeschritt("lage_zuordnen", {"lage": lage.key})


FOLGEN_LAGE: tuple[Kettenglied, ...] = (
    Folge("lage", ("ausrufen", "erweitern"), (hin("gilt_fuer"), her("gesammelt")), ("lage_zuordnen",), _noch_in_keiner),
    Folge("lage", ("beenden",), (her("in_lage"),), ("lage_verlassen",)),
)
FOLGEN_BERICHT: tuple[Kettenglied, ...] = (
    Folge("bericht", ("anlegen",), (her("naechster_bericht"),), ("nachfolger_vermerken",),
          lambda lage: Folgeschritt("nachfolger_vermerken", {"nachfolger": lage.key})),
)
