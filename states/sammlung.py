"""Sammlung: Meldungen nach Thema, kreisweit, bis die Koordination Fälle daraus auswählt. Quelle: [004] 3.3."""

from __future__ import annotations

from states.glieder import Kettenglied
from states.model import K_ALLE, Fakten, Grund, Prozess, Rolle, Uebergang, Waechter, Zustand, her, uebergeben
from states.waechter import feld_noetig

ZUSTAENDE = (
    Zustand("offen", "Offen", "In die Sammlung werden Meldungen aufgenommen, und aus ihr werden Fälle ausgewählt.",
            Rolle.KOORDINATION),
    Zustand("geschlossen", "Geschlossen", "Die Sammlung nimmt keine Meldungen mehr auf; was darin lag, bleibt sichtbar.", ende=True),
)


def _leer(f: Fakten) -> Grund | None:
    # auch was rekonstruiert wird: bricht die Fallrekonstruktion ab, kommt es hierher zurück
    wartend = sum(1 for m in f.nachbarn(her("gesammelt")) if m.zustand in ("in_sammlung", "ausgewaehlt", "in_rekonstruktion"))
    if wartend == 1:
        return Grund("In der Sammlung liegt noch eine Meldung. Bitte ordnen Sie sie zuerst zu, legen Sie sie um oder parken Sie sie.")
    return Grund(
        "In der Sammlung liegen noch {zahl} Meldungen. Bitte ordnen Sie sie zuerst zu, legen Sie sie um oder parken Sie sie.",
        {"zahl": wartend},
    ) if wartend else None


UEBERGAENGE = (
    Uebergang("anlegen", (), "offen", (K_ALLE,), "Sammlung anlegen", "Anlegen",
              waechter=(feld_noetig("titel", "Bitte geben Sie der Sammlung einen Titel."),),
              quelle="[004] 3.3 themenbezogene Sammlung"),
    Uebergang("umbenennen", ("offen",), None, (K_ALLE,), "Sammlung umbenennen", "Umbenennen",
              waechter=(feld_noetig("titel", "Bitte geben Sie der Sammlung einen Titel."),)),
    Uebergang("schliessen", ("offen",), "geschlossen", (K_ALLE,), "Sammlung schließen", waechter=(Waechter("sammlung_leer", _leer),),
              schreibt=(), braucht=((her("gesammelt"),),)),
    Uebergang("wiederoeffnen", ("geschlossen",), "offen", (K_ALLE,), "Sammlung wieder öffnen", schreibt=()),
    uebergeben("offen"),
)

# Keine eigene Frist: Vor jeder Sitzung der Lenkungsgruppe sieht eine Auswahlrunde alle Sammlungen durch.
SAMMLUNG = Prozess("sammlung", "Sammlung", "SAM", ZUSTAENDE, UEBERGAENGE, quelle="[004] 3.3")

FOLGEN: tuple[Kettenglied, ...] = ()
