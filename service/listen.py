"""Listen von Vorgängen, geblättert nach Schlüsseln: jede Seite kostet gleich viel, die erste wie die tausendste.

Eine Liste liest schlichte Zeilen, nie den Inhalt, und nur, was die Person sehen darf.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Literal, NamedTuple

from service.bezuege import woerter
from service.clock import BERLIN, als_text
from service.db import Sitzung, Zeile, kennungen
from service.errors import Ungueltig
from service.handelnde import Handelnde
from service.sicht import Ebene, im_haus, sichtbar, wovon
from states.kette import PROZESSE

SEITE = 50
HOECHSTENS = 200
HOECHSTENS_GEZAEHLT = 1000
Ordnung = Literal["neueste", "aelteste", "frist"]

SPALTEN = ("id", "key", "art", "zustand", "titel", "kommune", "bereich", "institution", "zustaendig", "faellig", "eroeffnet", "geaendert",
            "version")
SELECT = f"SELECT {', '.join('v.' + sp for sp in SPALTEN)} FROM vorgang v"


class Eintrag(NamedTuple):
    """Eine Zeile einer Liste. `faellig`: das früheste Ende einer offenen Frist, 9999-12-31 ohne."""

    id: int
    key: str
    art: str
    zustand: str
    titel: str
    kommune: str | None
    bereich: str | None
    institution: str | None
    zustaendig: str | None
    faellig: str
    eroeffnet: str
    geaendert: str
    version: int


_EINTRAG: Callable[[Zeile], Eintrag] = partial(tuple.__new__, Eintrag)  # je Zeile ein Drittel von Eintrag._make; die Spalten sind SPALTEN


class Auswahl(NamedTuple):
    """Was eine Liste zeigt; leer heißt: ohne Einschränkung.

    `faellig_bis`: früheste Frist bis zu diesem Tag; `von`, `bis`: eröffnet an diesen Tagen und dazwischen.
    """

    art: str = ""
    zustaende: tuple[str, ...] = ()
    bereich: str = ""
    kommune: str = ""
    zustaendig: str = ""
    offen: bool | None = None
    faellig_bis: date | None = None
    von: date | None = None
    bis: date | None = None

    def bedingungen(self) -> tuple[list[str], dict[str, Any]]:
        teile, werte = [], {}
        for spalte in ("art", "bereich", "kommune", "zustaendig"):
            if wert := getattr(self, spalte):
                teile.append(f"v.{spalte} = :a_{spalte}")
                werte[f"a_{spalte}"] = wert
        if self.zustaende:
            teile.append(f"v.zustand IN ({', '.join(f':a_z{i}' for i in range(len(self.zustaende)))})")
            werte |= {f"a_z{i}": z for i, z in enumerate(self.zustaende)}
        if self.offen is not None:
            teile.append(f"v.ende = {0 if self.offen else 1}")
        if self.faellig_bis is not None:
            teile.append("v.ende = 0 AND v.faellig <= :a_bis")
            werte["a_bis"] = self.faellig_bis.isoformat()
        for name, tag, vergleich in (("a_ab", self.von, ">="), ("a_vor", self.bis and self.bis + timedelta(days=1), "<")):
            if tag is not None:
                teile.append(f"v.eroeffnet {vergleich} :{name}")
                werte[name] = als_text(datetime.combine(tag, time.min, BERLIN))
        return teile, werte


class Blatt(NamedTuple):
    """`weiter` ist das Lesezeichen der nächsten Seite, leer auf der letzten."""

    zeilen: tuple[Eintrag, ...]
    weiter: str


def blaettere(s: Sitzung, person: Handelnde, heute: date, auswahl: Auswahl, *, ab: str = "", anzahl: int = SEITE,
              ordnung: Ordnung = "neueste", hoechstens: int = HOECHSTENS) -> Blatt:
    """Eine Seite der Liste, neueste oder älteste zuerst. Wirft Ungueltig bei einem Lesezeichen, das keines ist."""
    leser, ebene, mehr = wer_fragt(person, auswahl, ab=Ebene.VOLL if ordnung == "frist" else Ebene.TITEL)
    darf, werte = sichtbar(leser, heute, ab=ebene, arten=(auswahl.art,) if auswahl.art else None)
    teile, eigene = auswahl.bedingungen()
    teile += mehr
    if ordnung == "frist":
        return nach_frist(s, [*teile, "v.ende = 0", darf], {**werte, **eigene}, ab, anzahl, gefuehrt=True)
    weiter, lesestelle = lesezeichen(ab, ordnung)
    richtung = "ASC" if ordnung == "aelteste" else "DESC"
    werte = {**werte, **eigene, **lesestelle}
    return _blatt(s, [*teile, *weiter, darf], werte, f"v.id {richtung}", anzahl, lambda e: str(e.id), hoechstens)


def wer_fragt(person: Handelnde, auswahl: Auswahl, ab: Ebene = Ebene.TITEL) -> tuple[Handelnde, Ebene, list[str]]:
    """(mit welchen Rollen gelesen wird, ab welcher Ebene, weitere Bedingungen).

    Wer nach der Frist fragt, bekommt nur Vorgänge, deren Frist er auch sieht; wer nach einer anderen zuständigen Person fragt, nur
    solche, an denen er ihren Namen liest: Sonst ließe sich Verborgenes durch Probieren erfragen.
    """
    if auswahl.zustaendig in ("", person.key):
        return person, Ebene.VOLL if auswahl.faellig_bis is not None else ab, []
    leser = im_haus(person)
    return leser, Ebene.VOLL, [] if leser.rollen else ["1 = 0"]


def lesezeichen(ab: str, ordnung: Ordnung) -> tuple[list[str], dict[str, Any]]:
    """Die Bedingung, die hinter der letzten gezeigten Zeile weiterliest."""
    return ([f"v.id {'>' if ordnung == 'aelteste' else '<'} :ab"], {"ab": _zahl(ab)}) if ab else ([], {})


# Eilige Meldungen stehen vor allem anderen, bis jemand den ersten Blick darauf geworfen hat; gelesen von der Frist her.
EILIG = "v.id IN (SELECT f.vorgang FROM frist f WHERE f.offen = 1 AND f.name = 'eilmeldung')"


class Arbeitsauswahl(NamedTuple):
    """Welche offenen Vorgänge: wofür `wer` zuständig ist oder vertritt, oder alle, die jemand führt. `eilig` leer: eilige und andere."""

    wer: str
    als: Literal["zustaendig", "vertretung", "alle"] = "zustaendig"
    faellig_bis: date | None = None
    eilig: bool | None = None
    neueste: bool = False

    def bedingungen(self) -> tuple[list[str], dict[str, Any]]:
        teile = ["v.ende = 0", "v.zustaendig IS NOT NULL" if self.als == "alle" else f"v.{self.als} = :wer"]
        if self.faellig_bis is not None:
            teile.append("v.faellig <= :faellig_bis")
        if self.eilig is not None:
            teile.append(EILIG if self.eilig else f"NOT {EILIG}")
        return teile, {"wer": self.wer, "faellig_bis": self.faellig_bis and self.faellig_bis.isoformat()}


def arbeitsliste(s: Sitzung, person: Handelnde, heute: date, auswahl: Arbeitsauswahl, *, ab: str = "", anzahl: int = SEITE) -> Blatt:
    """Das am frühesten Fällige zuerst, sonst das Neueste. Wer fremde Listen sieht, sieht darin nur, was er ganz sieht."""
    fremd = auswahl.als == "alle" or auswahl.wer != person.key
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL if fremd else Ebene.TITEL)
    teile, eigene = auswahl.bedingungen()
    if auswahl.neueste:
        weiter, stelle = lesezeichen(ab, "neueste")
        return _blatt(s, [*teile, *weiter, darf], {**werte, **eigene, **stelle}, "v.id DESC", anzahl, lambda e: str(e.id))
    return nach_frist(s, [*teile, darf], {**werte, **eigene}, ab, anzahl, gefuehrt=auswahl.als == "alle" and not auswahl.eilig,
                      wenige=bool(auswahl.eilig))


def nach_frist(s: Sitzung, teile: list[str], werte: dict[str, Any], ab: str, anzahl: int, *, gefuehrt: bool = False,
               wenige: bool = False) -> Blatt:
    """Eine Seite, das am frühesten Fällige zuerst; ohne Frist kommt es am Ende. SQLite braucht manchmal Rat, wo es anfängt:

    `gefuehrt`: mit dem Index der Fristen, wenn keine Person die Auswahl klein hält; es sortierte sonst alles, was es gibt.
    `wenige`: mit den `id`, die eine der Bedingungen nennt; es läse sonst alles, was die Person führt.
    """
    eigene: dict[str, Any] = {}
    rat = " INDEXED BY ix_vorgang_frist" if gefuehrt else " NOT INDEXED" if wenige else ""
    index = "" if s.postgres else rat
    if ab:
        tag, _, kennung = ab.partition("_")
        eigene = {"ab_tag": _tag(tag), "ab_id": _zahl(kennung)}
        teile = [*teile, "(v.faellig, v.id) > (:ab_tag, :ab_id)"]
    return _blatt(s, teile, {**werte, **eigene}, "v.faellig, v.id", anzahl, lambda e: f"{e.faellig}_{e.id}", index=index)


def _blatt(s: Sitzung, teile: list[str], werte: dict[str, Any], ordnung: str, anzahl: int, zeichen: Any,
           hoechstens: int = HOECHSTENS, index: str = "") -> Blatt:
    menge = max(1, min(anzahl, hoechstens))
    gelesen = s.alle(f"{SELECT}{index} WHERE {' AND '.join(teile)} ORDER BY {ordnung} LIMIT :menge", {**werte, "menge": menge + 1})
    zeilen = list(map(_EINTRAG, gelesen))
    return Blatt(tuple(zeilen[:menge]), zeichen(zeilen[menge - 1]) if len(zeilen) > menge else "")


def ganz_sichtbare(s: Sitzung, person: Handelnde, heute: date, blatt: Blatt) -> set[int]:
    """Die `id` der Zeilen, die die Person ganz sieht; nur an ihnen stehen Stelle und Frist."""
    darf, werte = sichtbar(person, heute, ab=Ebene.VOLL, arten=sorted({e.art for e in blatt.zeilen}))
    ids = kennungen(e.id for e in blatt.zeilen)
    frage = f"SELECT v.id FROM vorgang v {s.nur_kennungen} WHERE {s.in_kennungen('v.id')} AND {darf}"
    return {z[0] for z in s.alle(frage, {**werte, "ids": ids})} if ids else set()


def mit_namen(s: Sitzung, person: Handelnde, heute: date, blatt: Blatt, ganz: set[int]) -> set[int]:
    """Davon die, an denen die Person auch liest, wer zuständig ist."""
    kollegin = im_haus(person)
    return ganz if kollegin.rollen == person.rollen else ganz_sichtbare(s, kollegin, heute, blatt) if kollegin.rollen else set()


class Zahlen(NamedTuple):
    """Zustand -> Zahl dessen, was die Person sieht. `mehr`: es sind mehr als HOECHSTENS_GEZAEHLT, und wie viele je Zustand, ist offen."""

    je_zustand: dict[str, int]
    mehr: bool = False


def zahlen(s: Sitzung, person: Handelnde, heute: date, arten: Collection[str] = PROZESSE) -> dict[str, Zahlen]:
    """Art -> Zahlen, auch wo die Person nur die Zahl sieht: aus den geführten Zählern, wenn sie für alle der Art gilt, sonst gezählt."""
    alle, manche = wovon(person, heute, Ebene.ZAHL)
    gefunden: dict[str, dict[str, int]] = {}
    for art, zustand, anzahl in [*_gefuehrte(s, alle.intersection(arten)), *_gezaehlte(s, person, heute, manche.intersection(arten))]:
        gefunden.setdefault(art, {})[zustand] = anzahl
    return {art: Zahlen(je, art in manche and sum(je.values()) > HOECHSTENS_GEZAEHLT) for art, je in gefunden.items()}


def nur_gezaehlt(person: Handelnde, heute: date, art: str) -> bool:
    """Ob die Person von dieser Art Zahlen sieht, aber keinen einzelnen Vorgang."""
    return any(art in a for a in wovon(person, heute, Ebene.ZAHL)) and not any(art in a for a in wovon(person, heute))


def _gefuehrte(s: Sitzung, arten: Collection[str]) -> list[Zeile]:
    if not arten:
        return []
    return s.alle(f"SELECT art, zustand, sum(anzahl) FROM zaehler WHERE art IN ({woerter(sorted(arten))}) GROUP BY art, zustand "
                  "HAVING sum(anzahl) > 0")


def _gezaehlte(s: Sitzung, person: Handelnde, heute: date, arten: Collection[str]) -> list[Zeile]:
    """Höchstens HOECHSTENS_GEZAEHLT + 1 je Art: sonst wüchse die Arbeit mit jedem Vorgang, den es gibt."""
    teile, werte = [], {}
    for art in sorted(arten):
        darf, eigene = sichtbar(person, heute, ab=Ebene.ZAHL, arten=(art,))
        teile.append(f"SELECT {woerter([art])}, g.zustand, count(*) FROM (SELECT v.zustand FROM vorgang v WHERE v.art = {woerter([art])} "
                     f"AND {darf} LIMIT {HOECHSTENS_GEZAEHLT + 1}) g GROUP BY g.zustand")
        werte.update(eigene)
    return s.alle(" UNION ALL ".join(teile), werte) if teile else []


def _zahl(text: str) -> int:
    if not text.isdecimal() or len(text) > 12:
        raise Ungueltig({"ab": "Dieses Lesezeichen gibt es nicht. Bitte beginnen Sie wieder auf der ersten Seite."})
    return int(text)


def _tag(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Ungueltig({"ab": "Dieses Lesezeichen gibt es nicht. Bitte beginnen Sie wieder auf der ersten Seite."}) from None
