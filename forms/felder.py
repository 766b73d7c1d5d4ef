"""Aus einem Formular wird eine Beschreibung seiner Felder: danach zeichnen Seiten Eingaben und lesen sie wieder ein.

Eine Eingabe heißt wie ihr Weg: `titel`, `zielgruppe.altersband`, `teilnehmende.0.institution`. Was jemand tippt, bleibt
so lange Text, bis das Formular es prüft; ein Fehler zeigt deshalb wieder genau das Getippte.
"""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from forms import allgemein
from forms.dienstleistungskette import Dezimalzahl, Getippt
from forms.grundform import AusListe, Auswahl, Formular, Monat, Textregel, Verweis

Art = Literal["zeile", "langtext", "datum", "monat", "zahl", "dezimal", "ja_nein", "auswahl", "stelle", "liste", "gruppe", "frei",
              "bewegungen"]
Eingaben = Mapping[str, Sequence[str]]

_MONATSART = type(get_args(Monat)[1])
LEERZEILEN = 3  # so viele freie Zeilen hat eine Liste von Gruppen, ohne dass ein Skript welche hinzufügt
_HOECHSTENS_ZEILEN = 300
ZEILEN = "zeilen."  # so heißt die Eingabe, die sagt, wie viele Zeilen die Seite zeigte


@dataclass(frozen=True)
class Feld:
    """`element` ist das Feld eines Listeneintrags, `felder` die einer Gruppe; `liste` nennt die Werteliste (Profil, Stammdaten).

    `je_nach_antwort`: darf leer sein, wird aber je nach einer anderen Angabe nötig, und ist deshalb immer zu sehen.
    """

    name: str
    titel: str
    hilfe: str
    art: Art
    pflicht: bool
    hoechstens: int | None = None
    optionen: tuple[tuple[str, str], ...] = ()
    liste: str = ""
    vorgabe: Any = None
    element: Feld | None = None
    felder: tuple[Feld, ...] = field(default=())
    form: type[Formular] | None = None
    je_nach_antwort: bool = False

    @property
    def mehrfach(self) -> bool:
        """Eine Liste fester Werte: anzukreuzen statt zu schreiben."""
        return self.art == "liste" and self.element is not None and bool(self.element.optionen or self.element.liste)


    @property
    def tabelle(self) -> bool:
        """Eine Liste, die man wie eine Tabelle ausfüllt: je Eintrag eine Zeile."""
        return self.element is not None and self.element.form is not None and bool(self.element.form.hauptspalten)

    @property
    def spalten(self) -> tuple[Feld, ...]:
        """Was von einer Zeile der Tabelle gleich zu sehen ist."""
        assert self.element is not None and self.element.form is not None
        return tuple(f for name in self.element.form.hauptspalten for f in self.element.felder if f.name == name)

    @property
    def nebenfelder(self) -> tuple[Feld, ...]:
        """Was von einer Zeile erst auf Wunsch zu sehen ist; ihre Nummer zählt sich selbst."""
        assert self.element is not None
        return tuple(f for f in self.element.felder if f not in self.spalten and f.name != "nr")

    @property
    def noetige(self) -> tuple[Feld, ...]:
        """Was in keiner Zeile fehlen darf."""
        assert self.element is not None
        return tuple(f for f in self.element.felder if f.pflicht and f.name != "nr")

    @property
    def nummeriert(self) -> bool:
        """Einträge mit einer laufenden Nummer, die das Formular nicht erfragt."""
        return self.form is not None and bool(self.form.hauptspalten) and any(f.name == "nr" for f in self.felder)


@cache
def felder_von(klasse: type[Formular]) -> tuple[Feld, ...]:
    """Die Felder in der Reihenfolge des Formulars, ohne die, die allein das Programm füllt."""
    return tuple(replace(_feld(name, info), je_nach_antwort=name in klasse.je_nach_antwort)
                 for name, info in klasse.model_fields.items() if info.annotation is not types.NoneType)


def _feld(name: str, info: FieldInfo) -> Feld:
    vorgabe = info.get_default(call_default_factory=True, validated_data={}) if not info.is_required() else None
    if vorgabe is PydanticUndefined:
        vorgabe = None
    return _gebaut(name, info.title or name, info.description or "", info.annotation, tuple(info.metadata), info.is_required(), vorgabe)


def _gebaut(name: str, titel: str, hilfe: str, typ: Any, angaben: tuple[Any, ...], pflicht: bool, vorgabe: Any = None) -> Feld:
    typ, angaben = _ausgepackt(typ, angaben)

    def feld(art: Art, **weitere: Any) -> Feld:
        return Feld(name, titel, hilfe, art, pflicht, vorgabe=vorgabe, **weitere)

    if get_origin(typ) in (tuple, list):
        if getattr(get_args(typ)[0], "bewegt_andere", False):
            return feld("bewegungen", hoechstens=_hoechstens(angaben))
        element = _gebaut(name, titel, hilfe, get_args(typ)[0], (), True)
        return feld("liste", element=element, hoechstens=_hoechstens(angaben))
    if isinstance(typ, type) and issubclass(typ, Formular):
        return feld("gruppe", felder=felder_von(typ), form=typ)
    if typ is bool:  # ohne Vorgabe gibt es drei Antworten: ja, nein, keine Angabe
        return feld("ja_nein", optionen=() if pflicht or vorgabe is not None else (("ja", "Ja"), ("nein", "Nein")))
    if typ is int:
        return feld("zahl")
    if typ is date:
        return feld("datum")
    if typ is str:
        return _text(feld, angaben)
    return feld("frei")


def _text(feld: Any, angaben: tuple[Any, ...]) -> Feld:
    regel = next((a for a in angaben if isinstance(a, Textregel)), None)
    auswahl = next((a for a in angaben if isinstance(a, Auswahl)), None)
    liste = next((a.liste for a in angaben if isinstance(a, (AusListe, Verweis))), "")
    if auswahl is not None:
        return feld("auswahl", optionen=tuple(auswahl.bezeichnungen.items()))  # type: ignore[no-any-return]
    if any(isinstance(a, _MONATSART) for a in angaben):
        return feld("monat")  # type: ignore[no-any-return]
    if any(isinstance(a, Dezimalzahl) for a in angaben):
        return feld("dezimal")  # type: ignore[no-any-return]
    hoechstens = regel.hoechstens if regel else None
    if liste:
        return feld("auswahl", liste=liste)  # type: ignore[no-any-return]
    if any(isinstance(a, AfterValidator) and a.func is allgemein.wie_im_profil for a in angaben):
        return feld("stelle", hoechstens=hoechstens)  # type: ignore[no-any-return]
    return feld("langtext" if regel and regel.mehrzeilig else "zeile", hoechstens=hoechstens)  # type: ignore[no-any-return]


def _ausgepackt(typ: Any, angaben: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Ohne `| None` und `Annotated`; deren Angaben kommen dazu."""
    while True:
        if get_origin(typ) is Annotated:
            innen, *weitere = get_args(typ)
            typ, angaben = innen, (*angaben, *weitere)
        elif get_origin(typ) in (Union, types.UnionType) and len(rest := [t for t in get_args(typ) if t is not type(None)]) == 1:
            typ = rest[0]
        else:
            return typ, angaben


def _hoechstens(angaben: Iterable[Any]) -> int | None:
    return next((int(a.max_length) for a in angaben if getattr(a, "max_length", None) is not None), None)


# --- Eingaben lesen ---------------------------------------------------------------------------------------------------


def gelesen(felder: Iterable[Feld], eingaben: Eingaben, vor: str = "") -> dict[str, Any]:
    """Die Antwort als Werte, wie sie das Formular erwartet. Leer Gelassenes fehlt; Unlesbares bleibt Text und fällt dort auf."""
    daten: dict[str, Any] = {}
    for f in felder:
        wert = _wert(f, eingaben, f"{vor}{f.name}")
        if wert is not None:
            daten[f.name] = wert
    return daten


def _wert(f: Feld, eingaben: Eingaben, name: str) -> Any:
    if f.art == "bewegungen":  # liest `forms.bewegungen`: welche Felder es gibt, hängt an der Auswahl
        return None
    if f.art == "gruppe":
        return gelesen(f.felder, eingaben, f"{name}.") if _gefuellt(eingaben, f"{name}.") else None
    if f.art == "liste":
        return _liste(f, eingaben, name)
    texte = eingaben.get(name, ())
    text = texte[-1].strip() if texte else ""
    if f.art == "ja_nein":
        return text != "nein" if text else (False if f.pflicht else None)
    return _einfach(f, text) if text else None


def _einfach(f: Feld, text: str) -> Any:
    if f.art == "zahl" and len(text) <= 12 and text.removeprefix("-").isdecimal():
        return int(text)
    if f.art == "dezimal":
        return Getippt(text)
    if f.art == "frei":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _liste(f: Feld, eingaben: Eingaben, name: str) -> list[Any] | None:
    assert f.element is not None
    if f.element.art == "gruppe":
        gefuellt = [i for i in zeilennummern(eingaben, name) if _gefuellt(eingaben, f"{name}.{i}.")]
        zeilen = [gelesen(f.element.felder, eingaben, f"{name}.{i}.") for i in gefuellt]
        return ([{"nr": nr, **z} for nr, z in enumerate(zeilen, 1)] if f.element.nummeriert else zeilen) or None
    if f.mehrfach:
        return [t for t in eingaben.get(name, ()) if t] or None
    texte = [z.strip() for t in eingaben.get(name, ()) for z in t.splitlines()]
    return [_einfach(f.element, t) for t in texte if t] or None


def _gefuellt(eingaben: Eingaben, vor: str) -> bool:
    return any(n.startswith(vor) and any(t.strip() for t in texte) for n, texte in eingaben.items())


def zeilennummern(eingaben: Eingaben, name: str) -> list[int]:
    """Welche Zeilen einer Liste in den Eingaben vorkommen."""
    vor = f"{name}."
    nummern = {teil for n in eingaben if n.startswith(vor) and (teil := n[len(vor):].split(".", 1)[0]).isdecimal()}
    return sorted(int(n) for n in nummern if len(n) <= 4)[:_HOECHSTENS_ZEILEN]


# --- Werte zeigen -----------------------------------------------------------------------------------------------------


def als_eingaben(felder: Iterable[Feld], daten: Mapping[str, Any], vor: str = "") -> dict[str, list[str]]:
    """Das Umgekehrte von `gelesen`: womit ein Formular vorbelegt ist."""
    eingaben: dict[str, list[str]] = {}
    for f in felder:
        wert, name = daten.get(f.name), f"{vor}{f.name}"
        if wert is None or wert == "":
            continue
        if f.art == "gruppe" and isinstance(wert, Mapping):
            eingaben |= als_eingaben(f.felder, wert, f"{name}.")
        elif f.art == "liste" and isinstance(wert, (list, tuple)):
            eingaben |= _listeneingaben(f, wert, name)
        else:
            eingaben[name] = _text_von(f, wert)
    return eingaben


def _listeneingaben(f: Feld, werte: Sequence[Any], name: str) -> dict[str, list[str]]:
    assert f.element is not None
    if f.element.art == "gruppe":
        eingaben: dict[str, list[str]] = {}
        for i, wert in enumerate(werte):
            if isinstance(wert, Mapping):
                eingaben |= als_eingaben(f.element.felder, wert, f"{name}.{i}.")
        return eingaben
    texte = [t for w in werte for t in _text_von(f.element, w)]
    return {name: texte if f.mehrfach else ["\n".join(texte)]} if texte else {}


def _text_von(f: Feld, wert: Any) -> list[str]:
    if f.art == "ja_nein":
        return ["ja"] if wert else ["nein"] if f.optionen else []
    if f.art == "frei":
        return [json.dumps(wert, ensure_ascii=False)]
    if f.art == "datum":
        return [".".join(reversed(str(wert).split("-")))]
    return [str(wert).replace(".", ",") if f.art == "dezimal" else str(wert)]


def zeilenzahl(f: Feld, eingaben: Eingaben, name: str) -> int:
    """Wie viele Zeilen eine Liste von Gruppen zeigt: die gefüllten, einige freie, und so viele, wie jemand verlangt hat."""
    nummern = [n for n in zeilennummern(eingaben, name) if _gefuellt(eingaben, f"{name}.{n}.")]
    freie = 1 if f.art == "bewegungen" else LEERZEILEN
    return min(max((nummern[-1] + 1 if nummern else 0) + freie, _verlangte(eingaben, name)), f.hoechstens or _HOECHSTENS_ZEILEN)


def _verlangte(eingaben: Eingaben, name: str) -> int:
    text = (eingaben.get(ZEILEN + name) or ("",))[-1]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def mit_mehr_zeilen(eingaben: Eingaben, name: str) -> dict[str, Sequence[str]]:
    """Die Eingaben, mit denen die Liste `name` einige Zeilen länger erscheint."""
    return {**eingaben, ZEILEN + name: [str(min(_verlangte(eingaben, name) + LEERZEILEN, _HOECHSTENS_ZEILEN))]}


# --- Befunde an ihr Feld bringen --------------------------------------------------------------------------------------


def eingabe_zu(felder: Iterable[Feld], eingaben: Eingaben, pfad: str, ab: int, vor: str = "") -> str:
    """Der Name der Eingabe, zu der eine Angabe gehört; leer, wenn es keine gibt.

    `ab`: womit der Pfad Einträge zu zählen beginnt. Leer gelassene Zeilen zählt er nicht mit, die Seite schon.
    """
    kopf, _, rest = pfad.partition(".")
    f = next((x for x in felder if x.name == kopf), None)
    if f is None:
        return ""
    name = f"{vor}{kopf}"
    if f.art == "liste" and f.element is not None and f.element.art == "gruppe":
        nummer, _, rest = rest.partition(".")
        zeile = gemeinte_zeile(eingaben, name, nummer, ab)
        return (zeile and eingabe_zu(f.element.felder, eingaben, rest, ab, f"{zeile}.")) or name
    return eingabe_zu(f.felder, eingaben, rest, ab, f"{name}.") or name


def gemeinte_zeile(eingaben: Eingaben, name: str, nummer: str, ab: int) -> str:
    """Der Name der Zeile, die ein Pfad mit dieser Nummer meint; leer, wenn es sie nicht gibt."""
    gefuellt = [i for i in zeilennummern(eingaben, name) if _gefuellt(eingaben, f"{name}.{i}.")]
    stelle = int(nummer) - ab if nummer.isdecimal() else -1
    return f"{name}.{gefuellt[stelle]}" if 0 <= stelle < len(gefuellt) else ""
