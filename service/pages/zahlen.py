"""Die Zahlen eines Zeitraums auf einer Seite, und dieselben als CSV oder XLSX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response

from forms.grundform import datum_aus_text
from forms.sprache import uebersetzt
from service.ausgabe import als_csv, als_xlsx
from service.clock import berliner_tag
from service.errors import NichtGefunden, Ungueltig
from service.handelnde import Handelnde
from service.pages.formularseite import einzeln
from service.pages.schritt import texte
from service.protokoll import vermerke
from service.web import Angemeldet, Formulardaten, anwendung, seite
from service.wege import Wege
from service.zahlen import HOECHSTENS, Auswahl, Zahlenwerk, ausgewaehlt, darf, melder_arten, zahlenwerk, zu_viele

router = Wege()
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sieht_zahlen(person: Angemeldet) -> Handelnde:
    if not darf(person):
        raise NichtGefunden
    return person


Lesende = Annotated[Handelnde, Depends(sieht_zahlen)]


@router.get("/zahlen")
def zeige(request: Request, person: Lesende, von: str = "", bis: str = "", kommune: str = "", handlungsfeld: str = "",
          melder_art: str = "") -> HTMLResponse:
    a = anwendung(request)
    heute = berliner_tag(a.jetzt())
    eingaben = {"von": von, "bis": bis, "kommune": kommune, "handlungsfeld": handlungsfeld, "melder_art": melder_art}
    befunde: dict[str, str] = {}
    try:
        auswahl = _auswahl(person, eingaben, heute)
    except Ungueltig as fehler:
        befunde, auswahl = dict(fehler.befunde), _auswahl(person, {}, heute)
    with a.db.lesen() as s:
        werk = None if zu_viele(s, auswahl) else zahlenwerk(s, person, auswahl)
    gezeigt = {**eingaben, "von": von or auswahl.von.isoformat(), "bis": bis or auswahl.bis.isoformat()}
    return seite(request, "wirkung/zahlen.html", status=422 if befunde else 200, werk=werk, e=gezeigt, b=befunde, auswahl=auswahl,
                 hoechstens=HOECHSTENS, arten=list(melder_arten().items()), kommunen=_wahl(werk.kommunen if werk else (kommune,)),
                 handlungsfelder=_wahl(werk.handlungsfelder if werk else (handlungsfeld,)))


def _wahl(werte: Sequence[str]) -> list[tuple[str, str]]:
    return [(w, w) for w in werte if w]


def _auswahl(person: Handelnde, e: Mapping[str, str], heute: date) -> Auswahl:
    """Wirft Ungueltig."""
    merkmale = {feld: e.get(feld, "") for feld in ("kommune", "handlungsfeld", "melder_art")}
    return ausgewaehlt(person, heute, _tag(e, "von"), _tag(e, "bis"), **merkmale)


def _tag(e: Mapping[str, str], feld: str) -> date | None:
    text = e.get(feld, "").strip()
    try:
        return datum_aus_text(text) if text else None
    except ValueError:
        raise Ungueltig({feld: "Bitte geben Sie einen Tag an, zum Beispiel 31.03.2026."}) from None


@router.post("/zahlen/ausgabe")
def gib_aus(request: Request, person: Lesende, daten: Formulardaten) -> Response:
    """Jede Ausgabe steht im Protokoll, mit dem Zeitraum und ohne die Zahlen."""
    a, eingaben = anwendung(request), texte(daten)
    jetzt = a.jetzt()
    als = "xlsx" if einzeln(eingaben, "als") == "xlsx" else "csv"
    auswahl = _auswahl(person, {f: einzeln(eingaben, f) for f in Auswahl._fields}, berliner_tag(jetzt))
    with a.db.lesen() as s:
        werk = zahlenwerk(s, person, auswahl)
    blaetter = _blaetter(werk)
    inhalt = als_xlsx(blaetter) if als == "xlsx" else als_csv(
        ("Auswertung", "Merkmal", "Anzahl", "Tage im Mittel (Median)", "Tage höchstens"),
        ((uebersetzt(titel), *(_text(w) for w in zeile), *[""] * (4 - len(zeile))) for titel, _, zeilen in blaetter for zeile in zeilen))
    zeitraum = {"von": auswahl.von.isoformat(), "bis": auswahl.bis.isoformat()}
    a.db.in_transaktion(lambda s: vermerke(s, jetzt, "", "zahlen_ausgegeben", {"format": als, **zeitraum}, person.key))
    kopf = {"Content-Disposition": f'attachment; filename="kreislauf-zahlen-{auswahl.bis:%Y-%m-%d}.{als}"', "Cache-Control": "no-store"}
    return Response(inhalt, media_type=_XLSX if als == "xlsx" else "text/csv; charset=utf-8", headers=kopf)


def _blaetter(werk: Zahlenwerk) -> list[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]]:
    """Titel, Kopf und Zeilen; Verdecktes bleibt auch hier Text."""
    tafeln: list[tuple[str, tuple[str, ...], list[tuple[Any, ...]]]] = [
        ("Meldungen", ("Merkmal", "Anzahl"), [(uebersetzt("Insgesamt"), int(werk.gesamt) if werk.gesamt.isdecimal() else werk.gesamt)])]
    tafeln += [(t.titel, (t.spalte, "Anzahl"),
                [(uebersetzt(z.name), uebersetzt(z.text) if z.anzahl is None else z.anzahl) for z in t.zeilen]) for t in werk.tafeln]
    dauern = [(uebersetzt(d.name), int(d.anzahl) if d.anzahl.isdecimal() else d.anzahl, d.mittlere, d.laengste) for d in werk.dauern]
    return [*tafeln, ("Dauern", ("Dauer", "Anzahl", "Tage im Mittel (Median)", "Tage höchstens"), list(dauern))]


def _text(wert: Any) -> str:
    return "" if wert is None else f"{wert:.1f}".replace(".", ",") if isinstance(wert, float) else str(wert)
