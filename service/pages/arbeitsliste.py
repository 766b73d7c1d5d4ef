"""Die ganze Arbeitsliste: eilige Meldungen zuerst, dann was überschritten ist; gefiltert nach Person und Frist, geblättert."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse

from service.anzeige import personennamen
from service.aufgaben import geschuldet
from service.clock import berliner_tag
from service.db import Sitzung
from service.handelnde import Handelnde
from service.listen import Arbeitsauswahl, Eintrag, arbeitsliste
from service.pages.listen import zeilen
from service.umfeld import Umfeld
from service.web import Angemeldet, anwendung, seite
from service.wege import Wege
from states.model import Rolle

router = Wege()

Als = Literal["zustaendig", "vertretung", "alle"]
AUF_EINER_SEITE, EILIGE = 50, 100
WESSEN: dict[Als, str] = {"zustaendig": "Meine", "vertretung": "In meiner Vertretung", "alle": "Alle"}
# Bezeichnung, und wie viele Tage nach heute die Frist höchstens endet
BIS: dict[str, tuple[str, int]] = {
    "ueberfaellig": ("Überschritten", -1), "heute": ("Bis heute", 0), "woche": ("In den nächsten 7 Tagen", 7),
    "monat": ("In den nächsten 30 Tagen", 30),
}  # fmt: skip
ORDNUNG: dict[str, str] = {"dringend": "Eilige zuerst, dann nach Frist", "frist": "Nach Frist", "neueste": "Neueste zuerst"}


class Wahl(NamedTuple):
    """Was oben eingestellt ist. `wer`: der Schlüssel einer anderen Person; unbekannte Angaben gelten als keine."""

    als: Als = "zustaendig"
    wer: str = ""
    bis: str = ""
    ordnung: str = "dringend"

    def abfrage(self, **mehr: str) -> str:
        return urlencode({n: w for n, w in {**self._asdict(), **mehr}.items() if w and w != self._field_defaults.get(n)})

    def weg(self, **mehr: str) -> str:
        frage = self.abfrage(**mehr)
        return f"/aufgaben?{frage}" if frage else "/aufgaben"

    def auswahl(self, ich: str, heute: date) -> Arbeitsauswahl:
        ende = heute + timedelta(days=BIS[self.bis][1]) if self.bis else None
        return Arbeitsauswahl(self.wer or ich, self.als, ende, neueste=self.ordnung == "neueste")


_UNGEWAEHLT = Wahl()


def gewaehlt(person: Handelnde, als: str, wer: str, bis: str, ordnung: str) -> Wahl:
    """Fremde Arbeitslisten sieht nur, wer koordiniert."""
    fuehrt = person.hat(Rolle.KOORDINATION)
    fremd = wer if fuehrt and wer != person.key else ""
    passend: Als = next((a for a in WESSEN if a == als and (fuehrt or a != "alle") and not fremd), "zustaendig")
    return Wahl(passend, fremd, bis if bis in BIS else "", ordnung if ordnung in ORDNUNG else "dringend")


@router.get("/aufgaben")
def aufgaben(request: Request, person: Angemeldet, als: str = "", wer: str = "", bis: str = "", ordnung: str = "",
             ab: str = "") -> HTMLResponse:
    """Alles, was auf die Person wartet, nicht nur das Dringendste."""
    a = anwendung(request)
    with a.db.lesen() as s:
        kontext = aufgabenseite(s, person, berliner_tag(a.jetzt()), gewaehlt(person, als, wer, bis, ordnung), ab)
        kontext |= wahlen(s, person, a.umfeld(s))
    return seite(request, "pages/aufgaben.html", **kontext)


def aufgabenseite(s: Sitzung, person: Handelnde, heute: date, w: Wahl = _UNGEWAEHLT, ab: str = "") -> dict[str, Any]:
    auswahl = w.auswahl(person.key, heute)
    getrennt = w.ordnung == "dringend"
    eilige = arbeitsliste(s, person, heute, auswahl._replace(eilig=True), anzahl=EILIGE).zeilen if getrennt and not ab else ()
    blatt = arbeitsliste(s, person, heute, auswahl._replace(eilig=False) if getrennt else auswahl, ab=ab, anzahl=AUF_EINER_SEITE)
    schuld = _geschuldet(s, person, heute, {e.id for e in (*eilige, *blatt.zeilen)}) if w == _UNGEWAEHLT and not ab else []
    return {
        "w": w, "geschuldet": zeilen(schuld, heute), "eilige": zeilen(eilige, heute),
        "zeilen": zeilen(blatt.zeilen, heute), "anfang": w.weg() if ab else "", "weiter": w.weg(ab=blatt.weiter) if blatt.weiter else "",
    }


def _geschuldet(s: Sitzung, person: Handelnde, heute: date, gefuehrt: set[int]) -> list[Eintrag]:
    """Je Vorgang einmal, mit der frühesten Frist dessen, was gerade diese Person schuldet: wie auf der Startseite."""
    fruehestens = {e.id: e for e, _ in reversed(geschuldet(s, person, heute)) if e.id not in gefuehrt}
    return sorted(fruehestens.values(), key=lambda e: (e.faellig, e.id))


def wahlen(s: Sitzung, person: Handelnde, umfeld: Umfeld) -> dict[str, Any]:
    fuehrt, namen = person.hat(Rolle.KOORDINATION), personennamen(s)
    andere = sorted({p for personen in umfeld.koordination.values() for p in personen} - {person.key}) if fuehrt else []
    return {"fuehrt": fuehrt, "wessen": [(k, n) for k, n in WESSEN.items() if fuehrt or k != "alle"], "namen": namen,
            "personen": [(p, namen.get(p, p)) for p in andere], "fristen": [(k, n) for k, (n, _) in BIS.items()],
            "ordnungen": list(ORDNUNG.items())}
