"""Listen, die man wie eine Tabelle ausfüllt: Zeilen verschieben, entfernen, aus Excel oder Word übernehmen. Rein, ohne Skript.

Was jemand einfügt, kommt Zeile für Zeile in die Tabelle; was daran nicht stimmt, steht dort an seiner Eingabe.
"""

from __future__ import annotations

from typing import NamedTuple
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from pydantic import ValidationError

from forms.felder import Eingaben, Feld, gelesen, zeilennummern
from forms.grundform import Formularkontext, befunde
from forms.rufnamen import gemeint
from states.aussage import Aussage

EINFUEGEN = "einfuegen."  # so heißt das Textfeld einer Tabelle, gefolgt von deren Namen
_Zeile = dict[str, Sequence[str]]
_ZAHL = re.compile(r"[^\d-]{0,12}(-?\d{1,9})[^\d]{0,12}")
_TAG = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_WERKTAGE_JE_WOCHE = 5
_SPANNE = re.compile(r"[^\d-]{0,12}(\d{1,4})\s*(?:-|–|bis)\s*\d{1,4}")
# In einer Spalte dieser Einheit wäre die Zahl davor eine andere
_LAENGER, _KUERZER = r"mon\w*|quartal\w*|halbjahr\w*|jahr\w*", r"std|stunden?|h|min\w*"
_TAGE, _WOCHEN = r"wt|at|d|t|tage?n?|\w+tage?n?", r"w|wo|woche\w*"
_FREMD = {"werktage": rf"{_LAENGER}|{_KUERZER}|{_WOCHEN}", "wochen": rf"{_LAENGER}|{_KUERZER}|{_TAGE}",
          "woche": rf"{_LAENGER}|{_KUERZER}|{_TAGE}"}
_NUR_WOCHEN = re.compile(rf"(\d{{1,3}})\s*({_WOCHEN})\.?", re.IGNORECASE)
_HOECHSTENS = 300
_STRICHE = ("-", "–", "—")
_KEINER = {"bruchstelle": ("nein", "n", "kein", "keine", "keiner", "keines", "0")}  # steht in der Spalte, wo nichts brach
_VOLLE_NAMEN = "Kurze Namen sind durch die vollen aus der Liste ersetzt."
# Was in Excel oft über mehrere Zeilen verbunden ist: wann und wer, nie was
_VERBINDBAR = ("woche", "akteur", "zustaendig", "eigner")
# Überschriften, die Leute benutzen, für Felder, die anders heißen
_AUCH = {"taetigkeit": ("schritt", "aktivität", "was"), "zustaendig": ("stelle", "zuständige stelle", "wer", "institution"),
         "uebergabe_an": ("übergabe", "an"), "zieldauer_werktage": ("dauer", "werktage", "zieldauer", "wt"), "woche": ("zeit", "wann", "w"),
         "akteur": ("wer", "akteur", "stelle"), "handlung": ("handlung", "was", "was geschah", "schritt"),
         "bruchstelle": ("bruch", "was brach"), "wartezeit_wochen": ("wartezeit", "wartete"), "nr": ("nr", "nummer", "lfd. nr."),
         "titel": ("maßnahme", "titel"), "eigner": ("wer", "zuständig"), "frist": ("bis", "bis wann", "termin"),
         "institution": ("einrichtung", "institution", "wer"), "von_kim": ("kim",)}


class Uebernahme(NamedTuple):
    """Die Eingaben danach; was nicht ging, an seiner Eingabe; und was anders übernommen ist, als es dastand."""

    eingaben: dict[str, Sequence[str]]
    befunde: dict[str, str]
    hinweise: list[str]


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


def mit_lesbaren_zahlen(felder: Iterable[Feld], eingaben: Eingaben) -> Eingaben:
    """„W 3“ in einer Spalte mit Zahlen ist getippt dasselbe wie eingefügt."""
    spalten = {(f.name, g.name): g for f in tabellen(felder) if f.element for g in f.element.felder if g.art == "zahl"}
    teile = {name: name.split(".") for name in eingaben}
    return {name: [_wert(g, t) for t in texte] if len(teile[name]) == 3 and (g := spalten.get((teile[name][0], teile[name][2]))) else texte
            for name, texte in eingaben.items()}


# --- einfügen ---------------------------------------------------------------------------------------------------------


def eingefuegt(felder: Iterable[Feld], eingaben: Eingaben, kontext: Formularkontext | None) -> Uebernahme:
    """Übernimmt, was in den Textfeldern der Tabellen steht; hinter die letzte gefüllte Zeile, in der Reihenfolge, in der es dasteht."""
    ergebnis = Uebernahme(dict(eingaben), {}, [])
    for f in tabellen(felder):
        text = "\n".join(ergebnis.eingaben.pop(EINFUEGEN + f.name, ())).strip("\r\n")
        if not text.strip():
            continue
        roh = _gelesen(text)
        if not roh:
            ergebnis.eingaben[EINFUEGEN + f.name] = [text]
            ergebnis.befunde[EINFUEGEN + f.name] = Aussage("Das lässt sich nicht als Tabelle mit höchstens {hoechstens} Zeilen lesen.",
                                                           hoechstens=_HOECHSTENS)
        else:
            ergebnis = _angehaengt(ergebnis, f, _uebernommen(f, roh, ergebnis.hinweise), kontext)
    return ergebnis


def zugeordnet(u: Uebernahme, moegliche: Callable[[str], Mapping[str, Iterable[str]] | None]) -> Uebernahme:
    """Wo nur bestimmte Stellen zur Auswahl stehen, wird aus einem kurzen Namen der volle; was auf keine passt, bleibt mit einem Befund.

    `moegliche`: Eingabe -> was zur Auswahl steht, je mit seinen Namen; None: alles ist frei.
    """
    eingaben, befunde_, ersetzt = dict(u.eingaben), dict(u.befunde), False
    for name, texte in u.eingaben.items():
        auswahl, wert = moegliche(name), next((t for t in reversed(texte) if t.strip()), "")
        if not wert or auswahl is None or wert in auswahl:
            continue
        if (voller := gemeint(wert, auswahl)) in auswahl:
            eingaben[name], ersetzt = [voller], True
        else:
            befunde_[name] = "Das steht hier nicht zur Auswahl. Bitte wählen Sie aus der Liste."
    return Uebernahme(eingaben, befunde_, [*u.hinweise, *([_VOLLE_NAMEN] if ersetzt else [])])


def _gelesen(text: str) -> list[list[str]]:
    """Die Zeilen mit ihren Zellen; leer, wenn es keine Tabelle ist."""
    trenner = "\t" if "\t" in text or ";" not in text else ";"
    try:
        roh = [z for z in csv.reader(io.StringIO(text), delimiter=trenner) if any(c.strip() for c in z)]
    except csv.Error:
        return []
    return roh if len(roh) <= _HOECHSTENS else []


def _angehaengt(bisher: Uebernahme, f: Feld, neue: Sequence[Mapping[str, str]], kontext: Formularkontext | None) -> Uebernahme:
    """Auch was nicht stimmt, kommt in seine Zeile; der Grund steht dort, wo man es verbessert."""
    assert f.element is not None
    zeilen = {n: z for n, z in _zeilen(bisher.eingaben, f.name).items() if not _leer(z)}
    ab = max(zeilen, default=-1) + 1
    angehaengt: dict[int, _Zeile] = {ab + n: {k: [w] for k, w in z.items()} for n, z in enumerate(neue)}
    befunde_ = {f"{f.name}.{ab + n}.{feld}": grund for n, z in enumerate(neue) for feld, grund in _gruende(f.element, z, kontext)}
    return Uebernahme(_mit(bisher.eingaben, f.name, {**zeilen, **angehaengt}), bisher.befunde | befunde_, bisher.hinweise)


def _uebernommen(f: Feld, roh: Sequence[Sequence[str]], hinweise: list[str]) -> list[dict[str, str]]:
    """Die Zeilen als Eingaben. Was dabei wegbleibt oder ergänzt ist, kommt als Satz zu den Hinweisen; der Inhalt nie."""
    assert f.element is not None
    spalten = _spalten(f.element.felder, roh[0])
    zeilen = roh[1:] if spalten else roh
    kopf, spalten = (roh[0] if spalten else ()), spalten or _der_reihe_nach(f.element.felder, roh)
    hinweise += _ungenutzt(kopf, spalten, zeilen)
    werte = [{g.name: _wert(g, z) for g, z in zip(spalten, zellen, strict=False) if g is not None and z.strip() and g.name != "nr"}
             for zellen in zeilen]
    werte = [gefuellt for z in werte if (gefuellt := {n: w for n, w in z.items() if not _heisst_leer(n, w)})]
    _wochen(werte, hinweise)
    _dauern(werte, hinweise)
    _verbunden(f.element.felder, werte, hinweise)
    return werte


def _heisst_leer(name: str, wert: str) -> bool:
    """Ein Strich, wo auch nichts stehen kann; wer und wann stünde sonst wie in der Zeile darüber."""
    return (wert in _STRICHE and name not in _VERBINDBAR) or _schlicht(wert) in _KEINER.get(name, ())


def _ungenutzt(kopf: Sequence[str], spalten: Sequence[Feld | None], zeilen: Sequence[Sequence[str]]) -> list[str]:
    gefuellt = {n for zellen in zeilen for n, z in enumerate(zellen) if z.strip()}
    ohne = [n for n in sorted(gefuellt) if n >= len(spalten) or spalten[n] is None]
    namen = [f"„{kopf[n].strip()}“" if n < len(kopf) and kopf[n].strip() else str(n + 1) for n in ohne]
    if not namen:
        return []
    wer = Aussage("ist die Spalte {wert}", wert=namen[0]) if len(namen) == 1 else Aussage("sind die Spalten {namen}",
                                                                                          namen=", ".join(namen))
    return [Aussage("Nicht übernommen {wer}. Trägt eine Spalte die Überschrift einer Angabe der Tabelle, kommt sie beim Einfügen mit.",
                    wer=wer)]


def _wochen(werte: Sequence[dict[str, str]], hinweise: list[str]) -> None:
    """Kalenderdaten ließen Menschen erkennen: Aus Tagen werden Wochen ab dem ersten, aus „6-8“ wird die erste."""
    genannt = [z for z in werte if "woche" in z]
    tage = [_TAG.fullmatch(z["woche"]) for z in genannt]
    if genannt and all(tage):
        gezaehlt = [date(int(m[3]), int(m[2]), int(m[1])).toordinal() for m in tage if m and _moeglich(m)]
        if len(gezaehlt) == len(genannt):
            for z, tag in zip(genannt, gezaehlt, strict=True):
                z["woche"] = str((tag - min(gezaehlt)) // 7)
            hinweise.append("Aus den Tagen sind Wochen geworden, gezählt ab dem ersten Tag.")
        return
    for nr, z in enumerate(werte, 1):
        if spanne := _SPANNE.fullmatch(z.get("woche", "")):
            z["woche"] = spanne[1]
            hinweise.append(Aussage("Zeile {nr}: Von der Spanne steht die erste Woche da.", nr=nr))


def _dauern(werte: Sequence[dict[str, str]], hinweise: list[str]) -> None:
    for nr, z in enumerate(werte, 1):
        for name in [n for n in z if n.endswith("_werktage")]:
            if m := _NUR_WOCHEN.fullmatch(z[name]):
                wochen, z[name] = z[name], str(int(m[1]) * _WERKTAGE_JE_WOCHE)
                hinweise.append(Aussage("Zeile {nr}: Aus „{wochen}“ sind {tage} Werktage geworden.", nr=nr, wochen=wochen, tage=z[name]))


def _moeglich(m: re.Match[str]) -> bool:
    try:
        date(int(m[3]), int(m[2]), int(m[1]))
    except ValueError:
        return False
    return True


def _verbunden(felder: Sequence[Feld], werte: Sequence[dict[str, str]], hinweise: list[str]) -> None:
    """Eine über mehrere Zeilen verbundene Zelle kommt nur einmal an; die Zeilen darunter gehören zu ihr."""
    gemeint = [f for f in felder if f.name in _VERBINDBAR]
    for nr, (davor, z) in enumerate(pairwise(werte), 2):
        ergaenzt = [f for f in gemeint if f.name not in z and f.name in davor]
        z |= {f.name: davor[f.name] for f in ergaenzt}
        if ergaenzt:
            namen = " und ".join(f.titel for f in ergaenzt)
            vorlage = "Zeile {nr}: {namen} steht wie in der Zeile darüber." if len(ergaenzt) == 1 else \
                "Zeile {nr}: {namen} stehen wie in der Zeile darüber."
            hinweise.append(Aussage(vorlage, nr=nr, namen=namen))


def _schlicht(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").strip(" .:*").split())


def _spalten(felder: Sequence[Feld], erste: Sequence[str]) -> list[Feld | None]:
    """Die Felder zu den Überschriften; leer, wenn die erste Zeile keine ist. Unbekannte Spalten bleiben ohne Feld."""
    namen = {_schlicht(n): f for f in reversed(felder) for n in (*_AUCH.get(f.name, ()), f.name, f.titel)}
    namen |= {_schlicht(f.titel): f for f in felder}
    gefunden = [namen.get(_schlicht(z)) for z in erste]
    bekannt = [f.name for f in gefunden if f is not None]
    return gefunden if len(bekannt) >= min(2, len(erste)) and len(set(bekannt)) == len(bekannt) else []


def _der_reihe_nach(felder: Sequence[Feld], roh: Sequence[Sequence[str]]) -> list[Feld | None]:
    """Ohne Überschrift gilt die Reihenfolge des Formulars; eine laufende Nummer vorn darf fehlen."""
    ohne_nummer = felder[0].name == "nr" and not all(z[0].strip(" .").isdecimal() for z in roh)
    return list(felder[1:] if ohne_nummer else felder)


def _fremde_einheit(f: Feld, text: str) -> bool:
    fremd = _FREMD.get(f.name.rpartition("_")[2])
    return fremd is not None and re.search(rf"(?<![^\W\d])({fremd})(?!\w)", text.casefold()) is not None


def _wert(f: Feld, zelle: str) -> str:
    """„W 12“ wird 12, „5 Werktage“ wird 5, „Vierteljährlich“ der gespeicherte Wert; „3 Monate“ bleibt und gilt nicht als 3 Werktage."""
    text = zelle.strip()
    if f.art == "zahl" and (m := _ZAHL.fullmatch(text)) and not _fremde_einheit(f, text):
        return m[1]
    if f.art == "ja_nein":
        return "nein" if _schlicht(text) in ("nein", "n", "-", "–", "0", "falsch") else "ja"
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
