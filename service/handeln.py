"""Der Rand, an dem eine Person handelt: erst sehen, dann dürfen, dann tun, in einer Transaktion.

Seiten und Schnittstelle gehen beide hier hindurch. Was die Person nicht sehen darf, gibt es für sie nicht, auch nicht
als Angabe in einem Feld.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from forms.allgemein import Begruendung
from forms.grundform import befunde
from service import anhaenge, eigene_meldung
from service.apply import Ergebnis, Schritt, apply
from service.schritte import genannte
from service.clock import berliner_tag
from service.db import Sitzung
from service.errors import Ungueltig
from service.handelnde import Handelnde
from service.sicht import verlange_sichtbar
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from states.anhang import ENTFERNEN as DATEI_ENTFERNEN


def _begruendet(schritt: Schritt) -> Schritt:
    """Der Grund ist ein Text wie jeder andere: ohne Steuerzeichen und nicht beliebig lang."""
    return replace(schritt, grund=grund_aus(schritt.grund)) if schritt.grund else schritt


def grund_aus(text: str) -> str:
    try:
        return Begruendung.model_validate({"grund": text}).grund
    except ValidationError as fehler:
        raise Ungueltig([(b.feld, b.grund) for b in befunde(fehler)]) from fehler


def handle(s: Sitzung, schritte: Sequence[Schritt], person: Handelnde, jetzt: datetime, umfeld: Umfeld) -> Ergebnis:
    """Wirft NichtGefunden für alles Unsichtbare, Ungueltig für einen Grund, der keiner ist, sonst wie `apply`."""
    verlange_sichtbar(s, person, genannte(s, schritte), berliner_tag(jetzt))
    eigene_meldung.pruefe(person, schritte)
    anhaenge.verlange_dateien(s, schritte)
    ergebnis = apply(s, [_begruendet(schritt) for schritt in schritte], person, jetzt, umfeld)
    for schritt in schritte:
        if schritt.ausloeser == DATEI_ENTFERNEN:
            anhaenge.entferne_herrenlose(s, jetzt, schritt.vorgang)
    return ergebnis


def handle_zurueck(s: Sitzung, key: str, grund: str, person: Handelnde, jetzt: datetime, umfeld: Umfeld, version: int | None) -> str:
    verlange_sichtbar(s, person, [key], berliner_tag(jetzt))
    akt = nimm_zurueck(s, key, grund_aus(grund), person, jetzt, umfeld, version)
    anhaenge.entferne_herrenlose(s, jetzt, key)
    return akt
