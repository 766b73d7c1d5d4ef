"""Einzelfallübergabe: das Case Management übernimmt den Einzelfall neben der Meldung, nie ohne Einwilligung.

Die Meldung geht ihren Weg allein weiter. Der Kontakt mit der betroffenen Person liegt außerhalb dieses Systems; hier
steht nur, dass die Einwilligung vorliegt. Fehlt sie noch, wird sie zuerst an der Meldung verzeichnet.
"""

from __future__ import annotations

from states.fristen import Frist, Stufe, im_zustand
from states.glieder import Kettenglied
from states.model import (
    CM, KETTE, K_ALLE, Anlass, Daten, Fakten, Grund, Haenge, Prozess, Rechne, Rolle, Setze, Uebergang, Verbinde, Waechter, Zustand, her,
    uebergeben,
)
from states.waechter import feld_noetig, wenn

ZUSTAENDE = (
    Zustand("angeboten", "Angeboten", "Der Einzelfall ist dem Case Management angeboten; es entscheidet über die Übernahme.",
            Rolle.CASE_MANAGEMENT),
    Zustand("uebernommen", "Übernommen", "Das Case Management begleitet den Einzelfall.", ende=True),
    Zustand("nicht_uebernommen", "Nicht übernommen", "Das Case Management kann den Einzelfall nicht begleiten.", ende=True),
)


def _einwilligung_liegt_vor(f: Fakten) -> Grund | None:
    meldung = next((m for m in f.nachbarn(her("uebergeben_in")) if m.key == f.daten.get("meldung")), None)
    if meldung is None:
        return Grund("Bitte nennen Sie die Meldung, zu der der Einzelfall gehört.")
    if meldung.stand.get("einwilligung_uebergabe"):
        return None
    return Grund("Die betroffene Person hat noch nicht eingewilligt. Bitte verzeichnen Sie zuerst die Einwilligung an der Meldung.")


def _angeboten(stand: Daten, daten: Daten, heute: str) -> Daten:
    return {**daten, "titel": f"Einzelfall zu {daten['meldung']}", "institution": daten["an"], "einwilligung": True, "angeboten_am": heute}


_EINGEWILLIGT = wenn("einwilligung_besteht", lambda f: bool(f.stand.get("einwilligung")),
                     "Die Einwilligung ist widerrufen oder nicht erteilt; der Einzelfall darf nicht übernommen werden.")

UEBERGAENGE = (
    Uebergang("anbieten", (), "angeboten", (K_ALLE, CM), "Einzelfall dem Case Management anbieten", "Anbieten",
              waechter=(feld_noetig("an", "Bitte nennen Sie das Team des Case Managements, dem Sie den Fall anbieten."),
                        Waechter("einwilligung_liegt_vor", _einwilligung_liegt_vor)),
              schreibt=(Rechne(_angeboten),), verbindet=(Verbinde("meldung", her("uebergeben_in")),),
              braucht=((her("uebergeben_in"),),), meldet=(Anlass("einzelfall_angeboten", ("cm",)),)),
    Uebergang("einwilligung_verzeichnen", ("angeboten",), None, (K_ALLE, CM), "Einwilligung verzeichnen", "EinwilligungVerzeichnen",
              schreibt=(Setze(("einwilligung",)), Haenge("einwilligungen"))),
    Uebergang("uebernehmen", ("angeboten",), "uebernommen", (CM, K_ALLE), "Einzelfall übernehmen", waechter=(_EINGEWILLIGT,), schreibt=(),
              meldet=(Anlass("einzelfall_uebernommen", ("zustaendig",)),)),
    Uebergang("nicht_uebernehmen", ("angeboten",), "nicht_uebernommen", (CM, K_ALLE), "Einzelfall nicht übernehmen", grund_noetig=True,
              meldet=(Anlass("einzelfall_nicht_uebernommen", ("zustaendig",)),)),
    # der Widerruf an der Meldung gilt auch hier; wer den Fall schon begleitet, erfährt davon
    Uebergang("einwilligung_folgen", ("angeboten", "uebernommen"), None, (KETTE,), "Einwilligung an der Meldung geändert",
              "EinwilligungVerzeichnen", schreibt=(Setze(("einwilligung",)), Haenge("einwilligungen")),
              meldet=(Anlass("einwilligung_geaendert", ("cm", "zustaendig")),)),
    uebergeben("angeboten"),
)

FRISTEN = (
    Frist("einzelfall_beantworten", "Angebotenen Einzelfall beantworten", im_zustand("angeboten"), "3 WT",
          stufen=(Stufe("1 WT vor Ende", ("cm",)), Stufe("Ende", ("cm", "zustaendig")))),
)

EINZELFALLUEBERGABE = Prozess("einzelfalluebergabe", "Einzelfallübergabe", "EU", ZUSTAENDE, UEBERGAENGE, fristen=FRISTEN, version=2)

FOLGEN: tuple[Kettenglied, ...] = ()
