"""Listen, die man wie eine Tabelle ausfüllt: Zeilen verschieben, entfernen, aus Excel oder Word übernehmen. Rein, ohne Skript.

Was jemand einfügt, wird Zeile für Zeile geprüft. Brauchbare Zeilen kommen in die Tabelle, die übrigen bleiben mit ihrem Grund im Textfeld.
"""

from __future__ import annotations

from typing import NamedTuple
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pydantic import ValidationError

from forms.felder import Eingaben, Feld, gelesen, zeilennummern
from forms.grundform import Formularkontext, befunde

EINFUEGEN = "einfuegen."  # so heißt das Textfeld einer Tabelle, gefolgt von deren Namen
_Zeile = dict[str, Sequence[str]]
_ZAHL = re.compile(r"[^\d-]{0,12}(-?\d{1,9})[^\d]{0,12}")
_HOECHSTENS = 300
# Überschriften, die Leute benutzen, für Felder, die anders heißen
_AUCH = {"taetigkeit": ("schritt", "aktivität", "was"), "zustaendig": ("stelle", "zuständige stelle", "wer", "institution"),
         "uebergabe_an": ("übergabe", "an"), "zieldauer_werktage": ("dauer", "werktage", "zieldauer", "wt"), "woche": ("zeit", "wann", "w"),
         "akteur": ("wer", "akteur", "stelle"), "handlung": ("handlung", "was", "was geschah", "schritt"),
         "bruchstelle": ("bruch", "was brach"), "wartezeit_wochen": ("wartezeit", "wartete"), "nr": ("nr", "nummer", "lfd. nr."),
         "titel": ("maßnahme", "titel"), "eigner": ("wer", "zuständig"), "frist": ("bis", "bis wann", "termin")}


class Uebernahme(NamedTuple):
    """Die Eingaben danach, und was nicht ging: Name des Textfelds -> Sätze."""

    eingaben: dict[str, Sequence[str]]
    befunde: dict[str, str]


def tabellen(felder: Iterable[Feld]) -> Iterator[Feld]:
    return (f for f in felder if f.tabelle)


# --- verschieben ------------------------------------------------------------------------------------------------------


def _zeilen(eingaben: Eingaben, name: str) -> dict[int, _Zeile]:
    """Nummer -> die Eingaben einer Zeile, ohne deren Vorsilbe."""
    gefunden: dict[int, _Zeile] = {n: {} for n in zeilennummern(eingaben, name)}
    for ganz, texte in eingaben.items():
        nummer, _, rest = ganz.removeprefix(f"{name}.").partition(".")
        if ganz.startswith(f"{name}.") and rest and nummer.isdecimal() and int(nummer) in gefunden:
            gefunden[int(nummer)][rest] = texte
    return gefunden


def _mit(eingaben: Eingaben, name: str, zeilen: Mapping[int, _Zeile]) -> dict[str, Sequence[str]]:
    ohne = {n: t for n, t in eingaben.items() if not re.match(rf"{re.escape(name)}\.\d+\.", n)}
    return {**ohne, **{f"{name}.{n}.{rest}": texte for n, zeile in sorted(zeilen.items()) for rest, texte in zeile.items()}}


def _leer(zeile: _Zeile) -> bool:
    return not any(t.strip() for texte in zeile.values() for t in texte)


def _getauscht(zeilen: Mapping[int, _Zeile], n: int, mit: int) -> dict[int, _Zeile]:
    if mit < 0:
        return dict(zeilen)
    return {**zeilen, n: zeilen.get(mit, {}), mit: zeilen.get(n, {})}


_ZUEGE: dict[str, Callable[[Mapping[int, _Zeile], int], dict[int, _Zeile]]] = {
    "hoch": lambda z, n: _getauscht(z, n, n - 1),
    "runter": lambda z, n: _getauscht(z, n, n + 1),
    "davor": lambda z, n: {(k + 1 if k >= n else k): zeile for k, zeile in z.items()},
    "weg": lambda z, n: {(k - 1 if k > n else k): zeile for k, zeile in z.items() if k != n},
}


def gezogen(felder: Iterable[Feld], eingaben: Eingaben, was: str) -> Eingaben:
    """`was`: „hoch:soll:3“, „runter:…“, „davor:…“ oder „weg:…“; anderes ändert nichts."""
    zug, _, rest = was.partition(":")
    name, _, nummer = rest.partition(":")
    if zug not in _ZUEGE or not nummer.isdecimal() or len(nummer) > 3 or name not in {f.name for f in tabellen(felder)}:
        return eingaben
    return _mit(eingaben, name, _ZUEGE[zug](_zeilen(eingaben, name), int(nummer)))


def zeilen_von(eingaben: Eingaben, name: str) -> dict[int, dict[str, Sequence[str]]]:
    """Was in den Zeilen einer Tabelle steht, ohne leere Angaben und ohne die Nummer, die sich selbst zählt."""
    return {n: {rest: list(t) for rest, t in zeile.items() if rest != "nr" and any(t)} for n, zeile in _zeilen(eingaben, name).items()}


# --- einfügen ---------------------------------------------------------------------------------------------------------


def eingefuegt(felder: Iterable[Feld], eingaben: Eingaben, kontext: Formularkontext | None) -> Uebernahme:
    """Übernimmt, was in den Textfeldern der Tabellen steht; hinter die letzte gefüllte Zeile."""
    neu, maengel = dict(eingaben), {}
    for f in tabellen(felder):
        text = "\n".join(neu.pop(EINFUEGEN + f.name, ())).strip("\r\n")
        if text.strip():
            zeilen, rest, saetze = _uebernommen(f, text, kontext)
            neu = _angehaengt(neu, f, zeilen)
            if saetze:
                neu[EINFUEGEN + f.name] = [rest]
                maengel[EINFUEGEN + f.name] = " ".join(saetze)
    return Uebernahme(neu, maengel)


def _angehaengt(eingaben: Eingaben, f: Feld, neue: Sequence[Mapping[str, str]]) -> dict[str, Sequence[str]]:
    zeilen = {n: z for n, z in _zeilen(eingaben, f.name).items() if not _leer(z)}
    ab = max(zeilen, default=-1) + 1
    angehaengt: dict[int, _Zeile] = {ab + n: {k: [w] for k, w in z.items()} for n, z in enumerate(neue)}
    return _mit(eingaben, f.name, {**zeilen, **angehaengt})


def _uebernommen(f: Feld, text: str, kontext: Formularkontext | None) -> tuple[list[dict[str, str]], str, list[str]]:
    """(brauchbare Zeilen, was im Textfeld bleibt, warum)"""
    assert f.element is not None
    trenner = "\t" if "\t" in text or ";" not in text else ";"
    try:
        roh = [z for z in csv.reader(io.StringIO(text), delimiter=trenner) if any(c.strip() for c in z)]
    except csv.Error:
        roh = []
    if not roh or len(roh) > _HOECHSTENS:
        return [], text, [f"Das lässt sich nicht als Tabelle mit höchstens {_HOECHSTENS} Zeilen lesen."]
    spalten = _spalten(f.element.felder, roh[0])
    kopf = roh[:1] if spalten else []
    spalten = spalten or _der_reihe_nach(f.element.felder, roh)
    gute, bleibt, saetze = [], [], []
    for nr, zellen in enumerate(roh[len(kopf):], len(kopf) + 1):
        werte, gruende = _zeile(f.element, spalten, zellen, kontext)
        if gruende:
            bleibt.append(zellen)
            saetze.append(f"Zeile {nr}: {' '.join(gruende)}")
        else:
            gute.append(werte)
    return gute, _als_text([*kopf, *bleibt], trenner) if bleibt else "", saetze


def _als_text(zeilen: Iterable[Sequence[str]], trenner: str) -> str:
    puffer = io.StringIO()
    csv.writer(puffer, delimiter=trenner, lineterminator="\n").writerows(zeilen)
    return puffer.getvalue().rstrip("\n")


def _schlicht(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").strip(" .:*").split())


def _spalten(felder: Sequence[Feld], erste: Sequence[str]) -> list[Feld | None]:
    """Die Felder zu den Überschriften; leer, wenn die erste Zeile keine ist. Unbekannte Spalten bleiben ohne Feld."""
    namen = {_schlicht(n): f for f in reversed(felder) for n in (*_AUCH.get(f.name, ()), f.name, f.titel)}
    namen |= {_schlicht(f.titel): f for f in felder}
    gefunden = [namen.get(_schlicht(z)) for z in erste]
    bekannt = [f.name for f in gefunden if f is not None]
    return gefunden if len(bekannt) >= 2 and len(set(bekannt)) == len(bekannt) else []


def _der_reihe_nach(felder: Sequence[Feld], roh: Sequence[Sequence[str]]) -> list[Feld | None]:
    """Ohne Überschrift gilt die Reihenfolge des Formulars; eine laufende Nummer vorn darf fehlen."""
    ohne_nummer = felder[0].name == "nr" and not all(z[0].strip(" .").isdecimal() for z in roh)
    return list(felder[1:] if ohne_nummer else felder)


def _zeile(element: Feld, spalten: Sequence[Feld | None], zellen: Sequence[str], kontext: Formularkontext | None
           ) -> tuple[dict[str, str], list[str]]:
    """Was in der Zeile steht und was daran nicht stimmt. Ein Grund nennt die Spalte, nie ihren Inhalt."""
    if any(z.strip() for z in zellen[len(spalten):]):
        return {}, [f"Sie hat mehr Spalten als die Tabelle ({len(spalten)})."]
    unbekannt = [str(n) for n, (f, z) in enumerate(zip(spalten, zellen, strict=False), 1) if f is None and z.strip()]
    if unbekannt:
        return {}, [f"Die Überschrift der Spalte {', '.join(unbekannt)} ist nicht bekannt."]
    werte = {f.name: _wert(f, z) for f, z in zip(spalten, zellen, strict=False) if f is not None and z.strip() and f.name != "nr"}
    titel = {f.name: f.titel for f in element.felder}
    return werte, [f"{titel.get(feld, feld)}: {grund}" for feld, grund in _gruende(element, werte, kontext)]


def _wert(f: Feld, zelle: str) -> str:
    """„W 12“ wird 12, „5 Werktage“ wird 5, „Vierteljährlich“ der gespeicherte Wert."""
    text = zelle.strip()
    if f.art == "zahl" and (m := _ZAHL.fullmatch(text)):
        return m[1]
    if f.optionen:
        return next((wert for wert, name in f.optionen if _schlicht(text) in (_schlicht(name), _schlicht(wert))), text)
    return text if f.art == "langtext" else " ".join(text.split())


def _gruende(element: Feld, werte: Mapping[str, str], kontext: Formularkontext | None) -> list[tuple[str, str]]:
    assert element.form is not None
    daten = gelesen(element.felder, {name: [text] for name, text in werte.items()})
    try:
        element.form.model_validate({**daten, **({"nr": 1} if element.nummeriert else {})}, context=kontext)
    except ValidationError as fehler:
        return [(b.feld, b.grund) for b in befunde(fehler)]
    return []
