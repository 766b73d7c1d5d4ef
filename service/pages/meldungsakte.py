"""Schritte an vielen Meldungen auf einmal: ein Formular unter der Liste, je Schritt ein aufklappbarer Teil mit eigenem Knopf.

Eingang, Sammlungen und Auswahlrunde zeigen verschiedene Listen und haben dasselbe Formular darunter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from fastapi import Request

from forms.felder import Eingaben, Feld, gelesen
from forms.schrittfelder import felder_des_schritts
from service.angebote import Angebote, Frage, angebote
from service.apply import Schritt
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import NichtGefunden, Ungueltig
from service.handeln import handle
from service.handelnde import Handelnde
from service.laden import ids_von_keys
from service.pages.formularseite import einzeln
from service.sammelakt import Sammelergebnis, tue_gemeinsam
from service.umfeld import Umfeld
from service.web import anwendung
from states.aussage import Aussage
from states.kette import PROZESSE
from states.model import Rolle, Uebergang

HOECHSTENS = 200
_ART = "meldebogen"
# Was eine Meldung in diesem Zustand braucht, damit derselbe Wunsch gelingt
_STATT: dict[tuple[str, str], tuple[str, ...]] = {
    ("aufnehmen", "in_sammlung"): ("umsammeln",),
    ("umsammeln", "themenspeicher"): ("aufnehmen",),
    ("parken", "themenspeicher"): ("wiedervorlegen", "parken"),
}


class Teil(NamedTuple):
    """Ein Schritt im Formular; seine Eingaben heißen `aufnehmen.sammlung`."""

    uebergang: Uebergang
    felder: tuple[Feld, ...]

    @property
    def name(self) -> str:
        return self.uebergang.ausloeser

    @property
    def geht_hinaus(self) -> bool:
        """Dann bestätigt man ihn eigens, und er geschieht an allen oder an keiner."""
        return PROZESSE[_ART].geht_hinaus(self.uebergang)


def teil(ausloeser: str) -> Teil:
    u = next(u for u in PROZESSE[_ART].uebergaenge if u.ausloeser == ausloeser)
    return Teil(u, felder_des_schritts(_ART, u))


@dataclass(frozen=True)
class Versuch:
    """Was aus einem Absenden wurde. `befunde`: an Eingaben; `abgelehnt`: je Meldung; beides leer heißt: alles getan."""

    eingaben: Eingaben = field(default_factory=dict)
    befunde: Mapping[str, str] = field(default_factory=dict)
    getan: tuple[str, ...] = ()
    abgelehnt: Mapping[str, str] = field(default_factory=dict)
    bezeichnung: str = ""

    @property
    def status(self) -> int:
        return 422 if self.befunde else 409 if self.abgelehnt and not self.getan else 200

    @property
    def gelungen(self) -> bool:
        return bool(self.getan) and not self.abgelehnt

    @property
    def satz(self) -> str:
        zahl = "eine Meldung" if len(self.getan) == 1 else f"{len(self.getan)} Meldungen"
        return Aussage("„{bezeichnung}“ ist für {zahl} gespeichert.", bezeichnung=self.bezeichnung, zahl=zahl)

    @property
    def gewaehlt(self) -> frozenset[str]:
        return frozenset(self.eingaben.get("key") or ()) - frozenset(self.getan)


class _NichtsGetan(Exception):
    """Auch die neue Sammlung soll dann nicht entstehen."""

    def __init__(self, ergebnis: Sammelergebnis) -> None:
        self.ergebnis = ergebnis


def verlange_koordination(person: Handelnde) -> None:
    if not person.hat(Rolle.KOORDINATION):
        raise NichtGefunden


def versuche(request: Request, person: Handelnde, eingaben: Eingaben, erlaubt: Iterable[str]) -> Versuch:
    """Führt aus, was abgesendet wurde; `erlaubt`: die Schritte, die diese Seite anbietet."""
    akt, keys = einzeln(eingaben, "akt"), list(dict.fromkeys(eingaben.get("key") or ()))[:HOECHSTENS]
    if akt not in erlaubt:
        return Versuch(eingaben, {"": "Bitte wählen Sie den Schritt mit dem Knopf, der bei ihm steht."})
    t = teil(akt)
    befunde = _vorab(t, eingaben, keys)
    if befunde:
        return Versuch(eingaben, befunde)
    a = anwendung(request)
    jetzt, umfeld = a.jetzt(), a.umfeld()
    try:
        ergebnis = a.db.in_transaktion(lambda s: _getan(s, t, keys, eingaben, person, jetzt, umfeld))
    except Ungueltig as fehler:
        return Versuch(eingaben, {f"{akt}.{name}" if name else "": grund for name, grund in fehler.befunde})
    except _NichtsGetan as nichts:
        ergebnis = nichts.ergebnis
    return Versuch(eingaben, {}, ergebnis.getan, ergebnis.abgelehnt, t.uebergang.bezeichnung)


def _vorab(t: Teil, eingaben: Eingaben, keys: Sequence[str]) -> dict[str, str]:
    gefunden = {} if keys else {"key": "Bitte haken Sie mindestens eine Meldung an."}
    if t.uebergang.grund_noetig and not einzeln(eingaben, f"{t.name}.grund"):
        gefunden[f"{t.name}.grund"] = "Bitte geben Sie einen Grund an."
    if t.geht_hinaus and not einzeln(eingaben, f"{t.name}.bestaetigt"):
        gefunden[f"{t.name}.bestaetigt"] = "Bitte bestätigen Sie, dass der Schritt nach außen gehen soll."
    if einzeln(eingaben, f"{t.name}.neu") and einzeln(eingaben, f"{t.name}.sammlung"):
        gefunden[f"{t.name}.neu"] = "Bitte wählen Sie eine Sammlung oder nennen Sie eine neue, nicht beides."
    return gefunden


def _getan(s: Sitzung, t: Teil, keys: Sequence[str], eingaben: Eingaben, person: Handelnde, jetzt: datetime, umfeld: Umfeld
           ) -> Sammelergebnis:
    daten = gelesen(t.felder, eingaben, f"{t.name}.")
    if neu := einzeln(eingaben, f"{t.name}.neu"):
        daten["sammlung"] = _neue_sammlung(s, neu, person, jetzt, umfeld)
    schritte = [x for key, zustand in _zustaende(s, keys) for x in _schritte(t, key, zustand, daten, eingaben)]
    ergebnis = tue_gemeinsam(s, schritte, person, jetzt, umfeld, ganz=t.geht_hinaus)
    if not ergebnis.getan:
        raise _NichtsGetan(ergebnis)
    return ergebnis


def _neue_sammlung(s: Sitzung, titel: str, person: Handelnde, jetzt: datetime, umfeld: Umfeld) -> str:
    try:
        return handle(s, [Schritt("anlegen", art="sammlung", daten={"titel": titel})], person, jetzt, umfeld).erste.key
    except Ungueltig as fehler:
        raise Ungueltig([("neu", grund) for _, grund in fehler.befunde]) from fehler


def _zustaende(s: Sitzung, keys: Sequence[str]) -> list[tuple[str, str]]:
    """In der Reihenfolge der Auswahl; was es nicht gibt oder keine Meldung ist, wirft NichtGefunden."""
    bekannt = ids_von_keys(s, keys)
    for key in keys:
        if key not in bekannt or bekannt[key][1] != _ART:
            raise NichtGefunden(key)
    zeilen = s.alle(f"SELECT key, zustand FROM vorgang WHERE key IN ({', '.join(f':k{i}' for i in range(len(keys)))})",
                    {f"k{i}": k for i, k in enumerate(keys)})
    stand: dict[str, str] = dict(zeilen)
    return [(key, stand[key]) for key in keys]


def _schritte(t: Teil, key: str, zustand: str, daten: Mapping[str, Any], eingaben: Eingaben) -> list[Schritt]:
    *vorher, letzter = _STATT.get((t.name, zustand), (t.name,))
    text = einzeln(eingaben, f"v.{key}")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return [*(Schritt(x, key, version=version) for x in vorher),
            Schritt(letzter, key, daten=daten, grund=einzeln(eingaben, f"{t.name}.grund"), version=version)]


def formularteile(s: Sitzung, person: Handelnde, umfeld: Umfeld, jetzt: datetime, ausloeser: Iterable[str], v: Versuch) -> dict[str, Any]:
    """Was die Vorlage `eingang/akte.html` braucht."""
    heute, teile, gefunden = berliner_tag(jetzt), [teil(x) for x in ausloeser], Angebote()
    for t in teile:
        frage = Frage(s, person, umfeld, heute, _ART, t.uebergang, None, v.eingaben)
        gefunden |= {f"{t.name}.{name}": angebot for name, angebot in angebote(frage).items()}
    return {"teile": teile, "w": gefunden, "e": v.eingaben, "b": v.befunde, "v": v, "zeilen": None,
            "listen": umfeld.listen(jetzt),
            "stellen": [i.name for i in umfeld.profil.institutionen],
            "beschriftungen": {"key": "Meldungen", **{f"{t.name}.{f.name}": f.titel for t in teile for f in t.felder},
                               **{f"{t.name}.grund": "Begründung" for t in teile}}}
