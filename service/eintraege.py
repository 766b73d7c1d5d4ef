"""Datierte Einträge pflegen: anlegen, ändern, beenden, nie löschen. Ein Weg für alle Arten; jede Änderung steht im Protokoll."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from forms.felder import Feld
from forms.grundform import Formular, Formularkontext, befunde
from forms.stammdaten import EintragBeenden
from service.clock import als_text, berliner_tag
from service.db import Sitzung
from service.eintragsarten import ARTEN, Eintragsart, als_eintrag
from service.errors import Konflikt, NichtGefunden, Ungueltig
from service.geltendes import SPALTEN, Eintrag, aus_zeile, lade
from service.handelnde import Handelnde
from service.profil import Profil
from service.profil_angaben import vergleichbar
from service.protokoll import vermerke
from service.umfeld import Umfeld, kanonisch

ANGELEGT, GEAENDERT, BEENDET = "eintrag_angelegt", "eintrag_geaendert", "eintrag_beendet"
VERALTET = "Der Eintrag wurde inzwischen geändert. Bitte sehen Sie sich den neuen Stand an."
_NEU = ("INSERT INTO eintrag (art, kennung, von, bis, angaben, version, gepflegt, angelegt) "
        "VALUES (:art, :kennung, :von, :bis, :angaben, 1, :gepflegt, :angelegt)")
_ANDERS = ("UPDATE eintrag SET kennung = :kennung, von = :von, bis = :bis, angaben = :angaben, gepflegt = :gepflegt, version = version + 1 "
           "WHERE id = :id AND version = :version")
_STAND = ("INSERT INTO nummer (reihe, letzte) VALUES ('stammdaten', 1) "
          "ON CONFLICT (reihe) DO UPDATE SET letzte = nummer.letzte + 1")


# --- lesen ------------------------------------------------------------------------------------------------------------


def eintrag(s: Sitzung, art: Eintragsart, kennung: int) -> Eintrag:
    zeile = s.eine(f"SELECT {SPALTEN} FROM eintrag WHERE id = :id AND art = :art", {"id": kennung, "art": art.name})
    if zeile is None:
        raise NichtGefunden
    return aus_zeile(zeile)


class Aenderung(NamedTuple):
    """Eine Zeile der Geschichte eines Eintrags. `felder`: Feld -> (vorher, nachher), wie gespeichert; None, wo der Inhalt nicht bleibt."""

    zeit: str
    wer: str
    was: str
    felder: Mapping[str, tuple[Any, Any] | None]


def verlauf(s: Sitzung, e: Eintrag) -> list[Aenderung]:
    """Das Neueste zuerst."""
    zeilen = s.alle(
        "SELECT p.zeit, coalesce(q.name, p.person), p.was, p.angaben FROM protokoll p LEFT JOIN person q ON q.key = p.person "
        f"WHERE p.was IN ('{ANGELEGT}', '{GEAENDERT}', '{BEENDET}') AND p.angaben LIKE :suche ORDER BY p.id DESC",
        {"suche": f'%"eintrag":{e.id},%'})
    return [Aenderung(zeit, wer, was, {f: tuple(w) if w else None for f, w in json.loads(angaben)["felder"].items()})
            for zeit, wer, was, angaben in zeilen]


# --- ändern -----------------------------------------------------------------------------------------------------------


def lege_an(s: Sitzung, art: Eintragsart, angaben: Mapping[str, Any], wer: Handelnde, jetzt: datetime, umfeld: Umfeld) -> int:
    """Wirft Ungueltig."""
    neu = _geprueft(s, art, angaben, jetzt, umfeld)
    _sperre(s)
    _pruefe_doppelt(s, art, neu)
    kennung = int(s.wert(f"{_NEU} RETURNING id", _werte(neu, gepflegt=True, angelegt=als_text(jetzt))))
    _vermerke(s, jetzt, ANGELEGT, art, kennung, {"von": (None, neu.von), "bis": (None, neu.bis)}, wer.key)
    return kennung


def aendere(
    s: Sitzung, art: Eintragsart, kennung: int, angaben: Mapping[str, Any], version: int | None, wer: Handelnde, jetzt: datetime,
    umfeld: Umfeld,
) -> int:  # fmt: skip
    """Die Fassung danach. Wirft NichtGefunden, Konflikt, Ungueltig."""
    neu = _geprueft(s, art, angaben, jetzt, umfeld)
    _sperre(s)
    bisher = _gesehen(s, art, kennung, version)
    _pruefe_doppelt(s, art, neu, ausser=kennung)
    return _schreibe(s, art, bisher, neu, wer.key, jetzt, GEAENDERT)


def beende(
    s: Sitzung, art: Eintragsart, kennung: int, angaben: Mapping[str, Any], version: int | None, wer: Handelnde, jetzt: datetime
) -> int:
    """Die Fassung danach. Wirft NichtGefunden, Konflikt, Ungueltig."""
    bis = _gelesen(EintragBeenden, angaben, None).bis.isoformat()
    _sperre(s)
    bisher = _gesehen(s, art, kennung, version)
    if bis < bisher.von:
        raise Ungueltig({"bis": "Der letzte Tag liegt vor dem ersten."})
    if bisher.bis is not None and bis > bisher.bis:
        raise Ungueltig({"bis": "Der Eintrag endet schon früher. Verlängern können Sie ihn, indem Sie ihn ändern."})
    neu = Eintrag(art.name, bisher.kennung, bisher.von, bis, bisher.angaben)
    return _schreibe(s, art, bisher, neu, wer.key, jetzt, BEENDET)


def setze_postfach(s: Sitzung, institution: str, adresse: str, wer: Handelnde, jetzt: datetime) -> None:
    """Berichtigt den Kontakt, der heute für die Stelle gilt; gibt es keinen, beginnt er heute."""
    art, heute = ARTEN["kontakte"], berliner_tag(jetzt)
    _sperre(s)
    bisher = lade(s).am(art.name, heute).get(vergleichbar(institution))
    if bisher is not None:
        _schreibe(s, art, bisher, replace(bisher, angaben={**bisher.angaben, "postfach": adresse}), wer.key, jetzt, GEAENDERT)
        return
    neu = als_eintrag(art, {"institution": institution, "postfach": adresse, "von": heute.isoformat()})
    spaeter = [e.von for e in lade(s).je_art.get(art.name, ()) if e.kennung == neu.kennung and e.von > neu.von]
    ende = (date.fromisoformat(min(spaeter)) - timedelta(days=1)).isoformat() if spaeter else None
    kennung = int(s.wert(f"{_NEU} RETURNING id", _werte(replace(neu, bis=ende), gepflegt=True, angelegt=als_text(jetzt))))
    _vermerke(s, jetzt, ANGELEGT, art, kennung, {"von": (None, neu.von), "bis": (None, ende)}, wer.key)


def _sperre(s: Sitzung) -> None:
    """Zwei Einträge für dieselbe Zeit fielen sonst erst auf, wenn beide da sind; auf SQLite schreibt ohnehin nur einer."""
    if s.postgres:
        s.fuehre("LOCK TABLE eintrag IN SHARE ROW EXCLUSIVE MODE")


def _gesehen(s: Sitzung, art: Eintragsart, kennung: int, version: int | None) -> Eintrag:
    bisher = eintrag(s, art, kennung)
    if version != bisher.version:
        raise Konflikt(VERALTET, gesehen=version, jetzt=bisher.version)
    return bisher


def _schreibe(
    s: Sitzung, art: Eintragsart, bisher: Eintrag, neu: Eintrag, wer: str, jetzt: datetime, was: str, *, gepflegt: bool = True
) -> int:
    geaendert = unterschied(bisher, neu)
    if not geaendert:
        return bisher.version
    s.fuehre(_ANDERS, {**_werte(neu, gepflegt=gepflegt, angelegt=""), "id": bisher.id, "version": bisher.version})
    _vermerke(s, jetzt, was, art, bisher.id, geaendert, wer)
    return bisher.version + 1


def unterschied(bisher: Eintrag, neu: Eintrag) -> dict[str, tuple[Any, Any]]:
    """Feld -> (vorher, nachher)"""
    alt_, neu_ = ({**e.angaben, "von": e.von, "bis": e.bis} for e in (bisher, neu))
    namen = dict.fromkeys((*alt_, *neu_))
    return {n: (alt_.get(n), neu_.get(n)) for n in namen if (alt_.get(n) or None) != (neu_.get(n) or None)}


def _vermerke(s: Sitzung, jetzt: datetime, was: str, art: Eintragsart, kennung: int, felder: Mapping[str, Any], wer: str) -> None:
    bleibt = {f: None if f in art.ohne_wert else list(w) for f, w in felder.items()}
    vermerke(s, jetzt, "", was, {"art": art.name, "eintrag": kennung, "felder": bleibt}, wer)
    s.fuehre(_STAND)


def _werte(e: Eintrag, *, gepflegt: bool, angelegt: str) -> dict[str, Any]:
    return {"art": e.art, "kennung": e.kennung, "von": e.von, "bis": e.bis, "angaben": kanonisch(dict(e.angaben)),
            "gepflegt": int(gepflegt), "angelegt": angelegt}


# --- aus dem Profil ---------------------------------------------------------------------------------------------------


def lege_erste_an(s: Sitzung, erste: list[Eintrag], jetzt: datetime) -> None:
    """Werte, die noch niemand gepflegt hat; woher sie kommen, vermerkt die Übernahme des Profils."""
    if erste:
        s.viele(_NEU, [_werte(e, gepflegt=False, angelegt=als_text(jetzt)) for e in erste])
        s.fuehre(_STAND)


def ziehe_nach(s: Sitzung, bisher: Eintrag, neu: Eintrag, wer: str, jetzt: datetime) -> None:
    """Ein neues Profil ändert, was niemand gepflegt hat."""
    _schreibe(s, ARTEN[bisher.art], bisher, neu, wer, jetzt, GEAENDERT, gepflegt=False)


# --- prüfen -----------------------------------------------------------------------------------------------------------


def _gelesen(klasse: type[Any], angaben: Mapping[str, Any], kontext: Formularkontext | None) -> Any:
    try:
        return klasse.model_validate(angaben, context=kontext)
    except ValidationError as fehler:
        raise Ungueltig([(b.feld, b.grund) for b in befunde(fehler)]) from fehler


def _geprueft(s: Sitzung, art: Eintragsart, angaben: Mapping[str, Any], jetzt: datetime, umfeld: Umfeld) -> Eintrag:
    formular: Formular = _gelesen(art.formular, angaben, umfeld.kontext(jetzt))
    werte = formular.model_dump(mode="json")
    fehler: dict[str, str] = {}
    for f in art.felder:
        werte[f.name] = _aufgeloest(s, f, werte[f.name], umfeld.profil, fehler)
    if fehler:
        raise Ungueltig(fehler)
    return als_eintrag(art, werte)


def _aufgeloest(s: Sitzung, f: Feld, wert: Any, profil: Profil, fehler: dict[str, str]) -> Any:
    """Stellen unter ihrem Schlüssel, wie immer jemand sie nennt; Personen muss es geben."""
    if f.element is not None:
        return list(dict.fromkeys(_aufgeloest(s, _benannt(f.element, f.name), w, profil, fehler) for w in wert or ()))
    if wert is None or f.liste not in ("institutionen", "personen"):
        return wert
    if f.liste == "institutionen":
        gefunden = profil.institution(wert)
        if gefunden is None:
            fehler[f.name] = "Diese Stelle kommt im Profil nicht vor."
        return gefunden.key if gefunden else wert
    if s.wert("SELECT 1 FROM person WHERE key = :key", {"key": wert}) is None:
        fehler[f.name] = "Diese Person gibt es hier nicht."
    return wert


def _benannt(element: Feld, name: str) -> Feld:
    return element if element.name == name else Feld(name, element.titel, "", element.art, True, liste=element.liste)


def _pruefe_doppelt(s: Sitzung, art: Eintragsart, neu: Eintrag, ausser: int = 0) -> None:
    andere = [aus_zeile(z) for z in s.alle(f"SELECT {SPALTEN} FROM eintrag WHERE art = :art AND kennung = :kennung AND id <> :ausser",
                                           {"art": art.name, "kennung": neu.kennung, "ausser": ausser})]
    if any(e.ueberschneidet(neu.von, neu.bis) for e in andere):
        raise Ungueltig({art.kennfeld: "Dafür gilt in dieser Zeit schon ein anderer Eintrag. Beenden Sie ihn zuerst, oder ändern Sie ihn."})
