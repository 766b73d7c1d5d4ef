"""Was ein Beschluss an anderen Vorgängen bewegt: aus der Auswahl „dieser Vorgang, dieser Schritt“ wird dessen eigenes Formular.

In den Eingaben heißt die Auswahl `bewegungen.0.schritt`, die Angaben des gewählten Schritts `bewegungen.0.daten.…`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from forms import formular
from forms.felder import Eingaben, Feld, eingabe_zu, gelesen, gemeinte_zeile, zeilennummern
from forms.grundform import Formularkontext
from forms.schrittfelder import felder_des_schritts
from states.kette import PROZESSE
from states.model import Rolle, Uebergang

FELD = "bewegungen"
_SETZT_DER_BESCHLUSS = "stellen"


def bewegende(art: str) -> Iterator[Uebergang]:
    """Die Schritte dieser Art, die nur ein Beschluss auslöst; je Auslöser einer."""
    gesehen: set[str] = set()
    for u in PROZESSE[art].uebergaenge:
        if u.ausloeser not in gesehen and any(w.rolle == Rolle.BESCHLUSS for w in u.wer):
            gesehen.add(u.ausloeser)
            yield u


def wahl(art: str, key: str, u: Uebergang) -> str:
    return f"{art}/{key}/{u.ausloeser}"


def gewaehlt(text: str) -> tuple[str, str, Uebergang] | None:
    """(Art, Schlüssel, Schritt) hinter dem Wert einer Auswahl; None, wenn er keiner ist."""
    art, _, rest = text.partition("/")
    key, _, ausloeser = rest.partition("/")
    u = next((x for x in bewegende(art) if x.ausloeser == ausloeser), None) if art in PROZESSE else None
    return (art, key, u) if u and key else None


def felder_der(art: str, u: Uebergang) -> tuple[Feld, ...]:
    """Was der Schritt wissen will; was der Beschluss von selbst einträgt, fehlt."""
    return tuple(f for f in felder_des_schritts(art, u) if f.name != _SETZT_DER_BESCHLUSS)


def in_form(art: str, ausloeser: str, daten: dict[str, Any], kontext: Formularkontext) -> dict[str, Any]:
    """Die Angaben, wie das Formular des Schritts sie liest: Wächter vergleichen Tage, keine Schreibweisen. Ungültiges bleibt."""
    u = next((x for x in bewegende(art) if x.ausloeser == ausloeser and x.formular), None)
    if u is None:
        return daten
    try:
        return formular(art, u.formular).model_validate(daten, context=kontext).model_dump(mode="json", exclude_unset=True)
    except ValidationError:
        return daten  # was daran nicht stimmt, sagt der Schritt selbst


def gelesene(eingaben: Eingaben) -> list[dict[str, Any]]:
    """Die Bewegungen, wie das Formular des Beschlusses sie erwartet."""
    bewegungen = []
    for nr in zeilennummern(eingaben, FELD):
        gefunden = gewaehlt(_text(eingaben, f"{FELD}.{nr}.schritt"))
        if gefunden is not None:
            art, key, u = gefunden
            daten = gelesen(felder_der(art, u), eingaben, f"{FELD}.{nr}.daten.")
            bewegungen.append({"vorgang": key, "ausloeser": u.ausloeser, "daten": daten, "grund": _text(eingaben, f"{FELD}.{nr}.grund")})
    return bewegungen


def eingabe_der_bewegung(eingaben: Eingaben, pfad: str, ab: int) -> str:
    """Der Name der Eingabe zu `bewegungen.0.daten.frist`, dem Weg einer Angabe in der Antwort."""
    _, nummer, *weiter = pfad.split(".")
    zeile = gemeinte_zeile(eingaben, FELD, nummer, ab)
    gefunden = gewaehlt(_text(eingaben, f"{zeile}.schritt"))
    if gefunden is None or weiter[:1] != ["daten"]:
        return f"{zeile}.schritt" if zeile else FELD
    art, _, u = gefunden
    return eingabe_zu(felder_der(art, u), eingaben, ".".join(weiter[1:]), ab, f"{zeile}.daten.") or f"{zeile}.schritt"


def _text(eingaben: Eingaben, name: str) -> str:
    return (eingaben.get(name) or ("",))[-1].strip()
