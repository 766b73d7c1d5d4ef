"""Die Erklärung einer Frist: jede Art von Satz übersetzbar, auch nachdem sie gespeichert war, und früher gespeicherte liest man noch."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

from forms.sprache import KEINE, redend, uebersetzt
from service.kalender import Dauer, Kalender
from service.terminlage import ergaenzt, herleitung
from service.texte import uebersetzbare
from states.aussage import Aussage, als_json, aus_json
from tests.sprachprobe import verstummt

RUHE = frozenset(date(2026, 12, n) for n in (24, 28, 29, 30, 31))
MIT_RUHE, OHNE = Kalender(RUHE, "2"), Kalender(frozenset(), "1")
DAUERN = ("1 Tag", "13 Tage", "1 Woche", "2 Wochen", "1 Monat", "3 Monate", "1 Jahr", "2 Jahre", "1 WT", "3 WT", "10 WT", "60 WT")
VORHER = ("Das Ereignis am 31.01.2027 zählt nicht mit (§ 187 Abs. 1 BGB).", "Der 1. Werktag danach ist der 01.02.2027 (Montag).")


def _saetze() -> Iterator[str]:
    for kalender in (OHNE, MIT_RUHE):
        for n in range(0, 370, 3):
            tag = date(2026, 1, 1) + timedelta(days=n)
            for text in DAUERN:
                dauer = Dauer.lesen(text)
                for rechne in (kalender.ende, kalender.ende_ab_tagesbeginn, kalender.vor):
                    yield from rechne(tag, dauer).herleitung
            for ruhte_nach in (-3, 0, 1, 4, 20):
                yield from kalender.verlaengern(tag + timedelta(days=ruhte_nach), tag, tag + timedelta(days=9)).herleitung


def test_jede_art_von_satz_ist_uebersetzbar_auch_gespeichert() -> None:
    saetze = {aus_json(json.loads(json.dumps(als_json(satz)))): satz for satz in _saetze()}
    assert all(gelesen == satz and isinstance(gelesen, Aussage) for gelesen, satz in saetze.items())
    with redend(KEINE, verstummt):
        bleibt = {t for satz in saetze if re.search(r"[^\W\d_]", t := uebersetzt(satz))}
    assert bleibt == set()
    vorlagen = {satz.vorlage for satz in saetze}
    assert len(vorlagen) > 20 and vorlagen <= uebersetzbare()


def test_frueher_gespeicherte_saetze_stehen_weiter_da() -> None:
    regel = json.dumps({"dauer": "1 WT", "herleitung": VORHER})
    assert herleitung(regel) == " ".join(VORHER)
    mehr = ergaenzt(regel, Aussage("Sie zählt ab dem {tag}, als hätte es sie schon gegeben.", tag="02.02.2027"))
    assert json.loads(mehr)["dauer"] == "1 WT"
    assert herleitung(mehr) == f"Sie zählt ab dem 02.02.2027, als hätte es sie schon gegeben. {' '.join(VORHER)}"
    with redend(KEINE, lambda t: "It counts from {tag}." if t.startswith("Sie") else t):
        assert uebersetzt(herleitung(mehr)) == f"It counts from 02.02.2027. {' '.join(VORHER)}"
    assert herleitung(json.dumps({"herleitung": []})) == ""
