"""Der Meldebogen in Abschnitten: was zusammengehört, steht beieinander, mit einem Satz, wozu es gebraucht wird."""

from __future__ import annotations

from typing import NamedTuple
from collections.abc import Collection, Sequence

from forms.felder import Feld


class Abschnitt(NamedTuple):
    titel: str
    hilfe: str
    felder: tuple[str, ...]


class Gezeigt(NamedTuple):
    """Ein Abschnitt mit seinen Feldern: was nötig ist, und was leer bleiben darf."""

    titel: str
    hilfe: str
    noetig: tuple[Feld, ...]
    freiwillig: tuple[Feld, ...]


ABSCHNITTE = (
    Abschnitt("Wer meldet?", "Die Stelle ist die Absenderin. Eine Person müssen Sie nicht nennen.",
              ("melder_institution", "melder_art", "kanal", "melder_funktion")),
    Abschnitt("Was ist passiert?", "Beschreiben Sie mit Ihren Worten, woran es hakt. Zwei, drei Sätze genügen.",
              ("titel", "beschreibung", "meldungsart", "kommune", "ereignis_von", "ereignis_bis")),
    Abschnitt("Worum geht es?", "Damit finden wir Meldungen, die zusammengehören. Im Zweifel nehmen Sie, was am besten passt.",
              ("handlungsfelder", "rechtskreise", "rechtskreiswechsel", "beteiligte_institutionen", "schnittstelle", "ebene")),
    Abschnitt("Wen trifft es, und wie eilig ist es?", "Nur ungefähr, damit niemand erkennbar wird.",
              ("dringlichkeit", "laufende_frist", "auswirkung", "aehnliche_faelle", "zielgruppe")),
    Abschnitt("Was haben Sie versucht, und was würde helfen?", "Alles hier ist freiwillig.",
              ("bisherige_schritte", "loesungsvorschlag", "interview_moeglich", "einzelfall_uebergabe_gewuenscht",
               "einwilligung_uebergabe")),
    Abschnitt("Vor dem Absenden", "Lesen Sie den Text noch einmal mit den Augen einer fremden Person: Ist jemand zu erkennen?",
              ("anonymisiert_bestaetigt",)),
)  # fmt: skip


def gezeigte(felder: Sequence[Feld], nur: Collection[str] | None = None) -> list[Gezeigt]:
    """Die Abschnitte mit ihren Feldern. `nur`: welche freiwilligen eine kurze Meldung zeigt; was nötig ist, zeigt jede."""
    je_name = {f.name: f for f in felder}
    gefunden = []
    for a in ABSCHNITTE:
        eigene = [je_name[n] for n in a.felder if n in je_name]
        noetig = tuple(f for f in eigene if f.pflicht)
        freiwillig = tuple(f for f in eigene if not f.pflicht and (nur is None or f.name in nur))
        if noetig or freiwillig:
            gefunden.append(Gezeigt(a.titel, a.hilfe, noetig, freiwillig))
    return gefunden
