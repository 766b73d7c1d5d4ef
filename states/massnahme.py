"""Maßnahme: was eine Stelle bis wann tut, damit das Zielsystem gilt. Entsteht mit dessen Umsetzung oder Fortschreibung."""

from __future__ import annotations

from states.eigene_stelle import spricht_fuer
from states.fristen import Frist, Stufe, am_feld
from states.glieder import Kettenglied
from states.model import (
    KETTE, K_ALLE, UMSETZENDE, Anlass, Beteilige, Daten, Fakten, Grund, Haenge, Prozess, Rechne, Rolle, Setze, Uebergang, Verbinde,
    Waechter, Zustand, her, uebergeben,
)
from states.waechter import wenn

OFFEN = ("offen", "in_arbeit")

ZUSTAENDE = (
    Zustand("offen", "Offen", "Die Maßnahme ist vereinbart und noch nicht begonnen.", Rolle.UMSETZENDE_STELLE),
    Zustand("in_arbeit", "In Arbeit", "Die zuständige Stelle setzt die Maßnahme um.", Rolle.UMSETZENDE_STELLE),
    Zustand("erledigt", "Erledigt", "Die Maßnahme ist umgesetzt.", ende=True),
    Zustand("entfallen", "Entfallen", "Die Maßnahme wird nicht mehr gebraucht.", ende=True),
)


def _angelegt(_stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {"institution": daten["eigner"], "wartet_auf": list(daten.get("wartet_auf") or ())}


def _fortgeschrieben(stand: Daten, daten: Daten, _heute: str) -> Daten:
    neu: dict[str, object] = {f: daten[f] for f in ("titel", "eigner", "frist") if daten.get(f)}
    if "eigner" in neu:
        neu["institution"] = neu["eigner"]
    if "frist" in neu:
        neu["frist_urspruenglich"] = stand.get("frist_urspruenglich") or stand.get("frist")
    return neu


def _auflage_erfuellt(stand: Daten, daten: Daten, _heute: str) -> Daten:
    return {"wartet_auf": [a for a in stand.get("wartet_auf", ()) if a != daten["auflage"]]}


def _wartet(f: Fakten) -> Grund | None:
    offene = f.stand.get("wartet_auf") or ()
    satz = "Die Maßnahme wartet, bis diese Auflage bestätigt ist: {auflagen}."
    return Grund(satz, {"auflagen": ", ".join(offene)}) if offene else None


_EIGENE = wenn("eigene_massnahme", lambda f: spricht_fuer(f, f.stand.get("eigner")),
               "Diese Maßnahme gehört einer anderen Stelle. Für sie trägt es die Koordination ein.")

UEBERGAENGE = (
    Uebergang("anlegen", (), "offen", (KETTE,), "Maßnahme anlegen", "Anlegen", schreibt=(Setze(), Rechne(_angelegt)),
              verbindet=(Verbinde("eltern", her("umgesetzt_durch")),), beteiligt=(Beteilige("eigner", Rolle.UMSETZENDE_STELLE),),
              meldet=(Anlass("massnahme_uebertragen", ("eigner",)),)),
    Uebergang("beginnen", ("offen",), "in_arbeit", (K_ALLE, UMSETZENDE), "Beginnen",
              waechter=(_EIGENE, Waechter("auflage_erfuellt", _wartet)),
              schreibt=(Rechne(lambda stand, daten, heute: {"begonnen_am": heute}),)),
    Uebergang("erledigen", ("in_arbeit",), "erledigt", (K_ALLE, UMSETZENDE), "Als erledigt melden", "Erledigen", waechter=(_EIGENE,),
              schreibt=(Setze(("ergebnis",)), Rechne(lambda stand, daten, heute: {"erledigt_am": heute})),
              meldet=(Anlass("massnahme_erledigt", ("zustaendig",)),)),
    Uebergang("entfallen", OFFEN, "entfallen", (K_ALLE, UMSETZENDE, KETTE), "Entfallen lassen", grund_noetig=True, waechter=(
                  wenn("eigene_massnahme", lambda f: f.rolle == Rolle.KETTE or spricht_fuer(f, f.stand.get("eigner")),
                       "Diese Maßnahme gehört einer anderen Stelle. Für sie trägt es die Koordination ein."),),
              schreibt=(), meldet=(Anlass("massnahme_entfallen", ("zustaendig", "eigner")),)),
    # Schritte der Kette
    Uebergang("fortschreiben", OFFEN, None, (KETTE,), "Mit dem Zielsystem fortgeschrieben", "Fortschreiben",
              schreibt=(Rechne(_fortgeschrieben), Haenge("fortschreibungen")),
              beteiligt=(Beteilige("eigner", Rolle.UMSETZENDE_STELLE, statt=True),), meldet=(Anlass("massnahme_geaendert", ("eigner",)),)),
    Uebergang("auflage_erfuellt", OFFEN, None, (KETTE,), "Auflage ist erfüllt", "AuflageErfuellt", schreibt=(Rechne(_auflage_erfuellt),),
              meldet=(Anlass("massnahme_kann_beginnen", ("eigner",)),)),
    uebergeben(*OFFEN),
)

FRISTEN = (
    Frist("massnahme", "Maßnahme erledigen", am_feld("frist", *OFFEN),
          stufen=(Stufe("10 WT vor Ende", ("eigner",)), Stufe("3 WT vor Ende", ("eigner",)),
                  Stufe("1 WT nach Ende", ("eigner", "zustaendig")))),
)

MASSNAHME = Prozess("massnahme", "Maßnahme", "MN", ZUSTAENDE, UEBERGAENGE, fristen=FRISTEN)

FOLGEN: tuple[Kettenglied, ...] = ()
