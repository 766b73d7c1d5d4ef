"""Wonach eine Liste eingegrenzt ist: aus der Adresse gelesen, und wieder als Adresse geschrieben."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode

from fastapi import Depends, Query
from pydantic import TypeAdapter, ValidationError

from forms.grundform import Datum
from forms.render import datum
from service.listen import Auswahl, Ordnung
from service.profil import Profil
from states.aussage import Aussage
from states.kette import PROZESSE

_LAENGSTE_SUCHE = 200
_BALD = timedelta(days=14)
_FRISTEN = {"ueberfaellig": "Frist überschritten", "heute": "Frist bis heute", "bald": "Frist in den nächsten 14 Tagen"}
_ORDNUNGEN: dict[str, Ordnung] = {"neueste": "neueste", "aelteste": "aelteste", "frist": "frist"}
_DATUM: TypeAdapter[date] = TypeAdapter(Datum)


@dataclass(frozen=True)
class Filter:
    """`q`: Suchwörter; `von`, `bis`: Tage der Eröffnung, so wie sie eingegeben sind. Was es nicht gibt, gilt als nicht gewählt."""

    q: str = ""
    art: str = ""
    zustand: tuple[str, ...] = ()
    bereich: str = ""
    kommune: str = ""
    offen: str = ""
    frist: str = ""
    von: str = ""
    bis: str = ""
    ordnung: str = ""
    ab: str = ""
    fest: bool = False  # die Art steht schon in der Adresse

    @property
    def reihenfolge(self) -> Ordnung:
        """Nach der Frist ordnet nur die Liste; Gefundenes kommt nach seinem Alter."""
        gewaehlt = _ORDNUNGEN.get(self.ordnung, "neueste")
        return "neueste" if gewaehlt == "frist" and self.q.strip() else gewaehlt

    def zustaende(self) -> tuple[str, ...]:
        return tuple(z for z in self.zustand if self.art in PROZESSE and any(z == x.wert for x in PROZESSE[self.art].alle_zustaende))

    def auswahl(self, heute: date) -> Auswahl:
        bis = {"ueberfaellig": heute - timedelta(days=1), "heute": heute, "bald": heute + _BALD}.get(self.frist)
        return Auswahl(art=self.art, zustaende=self.zustaende(), bereich=self.bereich, kommune=self.kommune,
                       offen={"ja": True, "nein": False}.get(self.offen), faellig_bis=bis, von=_tag(self.von), bis=_tag(self.bis))

    def befunde(self) -> dict[str, str]:
        return {name: "Bitte geben Sie das Datum als TT.MM.JJJJ an." for name in ("von", "bis")
                if getattr(self, name).strip() and _tag(getattr(self, name)) is None}

    def abfrage(self, ab: str = "", *, mit_art: bool = False) -> str:
        """Der Teil der Adresse hinter dem Fragezeichen: dieselbe Auswahl, ab dieser Stelle."""
        weg = {"ab", "fest", *(("art",) if self.fest and not mit_art else ())}
        werte = {feld.name: getattr(self, feld.name) for feld in fields(self) if feld.name not in weg} | {"ab": ab}
        return urlencode({name: wert for name, wert in werte.items() if wert}, doseq=True)

    def ohne(self, name: str, wert: str = "") -> str:
        """Dieselbe Auswahl ohne diesen Filter."""
        uebrig: Any = tuple(z for z in self.zustand if z != wert) if name == "zustand" else ""
        return Filter(**{f.name: getattr(self, f.name) for f in fields(self)} | {name: uebrig}).abfrage()

    def gezeigt(self, profil: Profil) -> list[tuple[str, str]]:
        """(was gilt, die Auswahl ohne es) für jeden gesetzten Filter."""
        gilt = [(PROZESSE[self.art].zustand(z).bezeichnung, self.ohne("zustand", z)) for z in self.zustaende()]
        worte = {
            "q": Aussage("Suche: {q}", q=self.q), "bereich": profil.bereichsnamen.get(self.bereich, self.bereich),
            "kommune": self.kommune, "offen": {"ja": "nur offene", "nein": "nur abgeschlossene"}.get(self.offen, ""),
            "frist": _FRISTEN.get(self.frist, ""),
            "von": Aussage("ab {von}", von=datum(_tag(self.von))), "bis": Aussage("bis {bis}", bis=datum(_tag(self.bis))),
        }  # fmt: skip
        return gilt + [(text, self.ohne(name)) for name, text in worte.items() if getattr(self, name).strip() and text
                       and (name not in ("von", "bis") or _tag(getattr(self, name)))]


def _tag(text: str) -> date | None:
    try:
        return _DATUM.validate_python(text.strip()) if text.strip() else None
    except ValidationError:
        return None


def _gefiltert(
    q: str = "", art: str = "", zustand: Annotated[list[str], Query()] = [],  # noqa: B006
    bereich: str = "", kommune: str = "", offen: str = "", frist: str = "", von: str = "", bis: str = "", ordnung: str = "", ab: str = "",
) -> Filter:
    return _sauber(Filter(q, art, tuple(zustand), bereich, kommune, offen, frist, von, bis, ordnung, ab))


def _sauber(f: Filter) -> Filter:
    """Ohne Zeichen, die keine Datenbank annimmt, und nicht beliebig lang."""
    def rein(wert: str) -> str:
        return "".join(z for z in wert if z.isprintable())[:_LAENGSTE_SUCHE]

    gewaehlt: dict[str, Any] = {x.name: getattr(f, x.name) for x in fields(f)}
    gewaehlt |= {name: rein(w) for name, w in gewaehlt.items() if isinstance(w, str)}
    return Filter(**gewaehlt | {"zustand": tuple(map(rein, f.zustand)), "art": f.art if f.art in PROZESSE else ""})


def aus_abfrage(abfrage: str) -> Filter:
    """Aus einer gemerkten oder mitgeschickten Adresse; Unbekanntes darin zählt nicht."""
    werte = parse_qs(abfrage[:4000], max_num_fields=100)
    bekannt = {x.name for x in fields(Filter)} - {"ab", "fest"}
    gewaehlt: dict[str, Any] = {n: tuple(w) if n == "zustand" else w[-1] for n, w in werte.items() if n in bekannt}
    return _sauber(Filter(**gewaehlt))


Gefiltert = Annotated[Filter, Depends(_gefiltert)]
