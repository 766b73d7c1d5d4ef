"""Was ein Beschluss bewegt, als Formular: erst den Vorgang und seinen Schritt wählen, dann dessen eigene Angaben."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from forms import formular
from forms.bewegungen import FELD, bewegende, felder_der, gelesene, gewaehlt, wahl
from forms.felder import Eingaben, Feld, eingabe_zu, zeilennummern
from forms.grundform import FEHLT, Formularkontext, befunde
from service.angebote import Angebote, Frage, Paar, aus_dem_bewegten, beschriftet, eintraege
from service.errors import Ungueltig
from service.listen import Auswahl, Eintrag
from states.kette import PROZESSE, zielart
from states.model import Uebergang, her


class Zeile(NamedTuple):
    """Eine Bewegung im Formular. `schritt` fehlt, solange keiner gewählt ist."""

    name: str
    wahl: str
    schritt: Uebergang | None
    felder: tuple[Feld, ...]

    @property
    def daten(self) -> str:
        return f"{self.name}.daten."


def zeilen(eingaben: Eingaben, anzahl: int) -> list[Zeile]:
    gefunden = []
    for nr in range(anzahl):
        name = f"{FELD}.{nr}"
        text = (eingaben.get(f"{name}.schritt") or ("",))[-1]
        treffer = gewaehlt(text)
        felder = felder_der(treffer[0], treffer[2]) if treffer else ()
        gefunden.append(Zeile(name, text, treffer[2] if treffer else None, felder))
    return gefunden


def moegliche_bewegungen(f: Frage) -> list[tuple[str, list[Paar]]]:
    """Je Vorgang, was ein Beschluss an ihm auslösen kann; was auf der Tagesordnung steht, zuerst."""
    punkte = f.gelesen(f.text("sitzung")).get("punkte") or ()
    tagesordnung = {p.get("bezug") for p in punkte if not p.get("gestrichen_am")}
    gruppen = [(e, _schritte(e)) for art in PROZESSE for e in _bewegliche(f, art)]
    gruppen.sort(key=lambda g: g[0].key not in tagesordnung)
    return [(beschriftet(e), schritte) for e, schritte in gruppen]


def _bewegliche(f: Frage, art: str) -> Iterator[Eintrag]:
    ausloeser = {u.ausloeser for u in bewegende(art)}
    zustaende = {z for u in PROZESSE[art].uebergaenge if u.ausloeser in ausloeser for z in u.von}
    if zustaende:
        yield from eintraege(f, Auswahl(art=art, zustaende=tuple(sorted(zustaende))))


def _schritte(e: Eintrag) -> list[Paar]:
    aus_hier = {u.ausloeser for u in PROZESSE[e.art].moeglich(e.zustand)}
    return [(wahl(e.art, e.key, u), u.bezeichnung) for u in bewegende(e.art) if u.ausloeser in aus_hier]


def angebote_der_zeilen(f: Frage, eingaben: Eingaben) -> Angebote:
    gefunden = Angebote()
    for nr in zeilennummern(eingaben, FELD):
        treffer = gewaehlt((eingaben.get(f"{FELD}.{nr}.schritt") or ("",))[-1])
        if treffer:
            gefunden |= {f"{FELD}.{nr}.daten.{name}": a for name, a in aus_dem_bewegten(f, treffer[1], treffer[0]).items()}
    return gefunden


def mit_bewegungen(felder: Sequence[Feld], eingaben: Eingaben, daten: dict[str, Any], kontext: Formularkontext) -> dict[str, Any]:
    """Die Antwort samt den gewählten Bewegungen, geprüft und am richtigen Feld bemängelt. Wirft Ungueltig.

    Wer nicht eigens sagt, wovon der Beschluss handelt, meint, was er bewegt.
    """
    if all(x.art != "bewegungen" for x in felder) or not (bewegungen := gelesene(eingaben)):
        return daten
    nummern = [nr for nr in zeilennummern(eingaben, FELD) if gewaehlt((eingaben.get(f"{FELD}.{nr}.schritt") or ("",))[-1])]
    erlaubt = zielart("beschluss", (her("behandelt"),))
    handelt_von = [key for nr in nummern for art, key, _ in [_treffer(eingaben, nr)] if art in erlaubt]
    daten = {"bezug": list(dict.fromkeys(handelt_von)), **daten}
    geprueft = [_geprueft(eingaben, nr, b, kontext) for nr, b in zip(nummern, bewegungen, strict=True)]
    if maengel := [m for _, liste in geprueft for m in liste]:
        raise Ungueltig([*_fehlende(felder, daten), *maengel])
    return {**daten, FELD: [bewegung for bewegung, _ in geprueft]}


def _fehlende(felder: Sequence[Feld], daten: Mapping[str, Any], vor: str = "") -> list[tuple[str, str]]:
    """Damit alles, was fehlt, auf einmal dasteht: Formular und Wächter sagten es sonst eines nach dem anderen."""
    return [(f"{vor}{f.name}", FEHLT) for f in felder if f.pflicht and f.art != FELD and daten.get(f.name) in (None, "", [], {})]


def _treffer(eingaben: Eingaben, nr: int) -> tuple[str, str, Uebergang]:
    gefunden = gewaehlt(eingaben[f"{FELD}.{nr}.schritt"][-1])
    assert gefunden is not None
    return gefunden


def _geprueft(eingaben: Eingaben, nr: int, bewegung: dict[str, Any], kontext: Formularkontext
              ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Die Bewegung mit ihren Angaben in Form, und was an welcher Eingabe nicht stimmt."""
    art, _, u = _treffer(eingaben, nr)
    vor, felder = f"{FELD}.{nr}.", felder_der(art, u)
    maengel = [(f"{vor}grund", "Bitte geben Sie für diesen Schritt einen Grund an.")] if u.grund_noetig and not bewegung["grund"] else []
    maengel += _fehlende(felder, bewegung["daten"], f"{vor}daten.")
    if not u.formular:
        return bewegung, maengel
    try:
        antwort = formular(art, u.formular).model_validate(bewegung["daten"], context=kontext)
    except ValidationError as fehler:
        orte = [(eingabe_zu(felder, eingaben, b.feld, 1, f"{vor}daten.") or f"{vor}schritt", b.grund) for b in befunde(fehler)]
        return bewegung, [*maengel, *(o for o in orte if o[0] not in dict(maengel))]
    return {**bewegung, "daten": antwort.model_dump(mode="json", exclude_unset=True)}, maengel
