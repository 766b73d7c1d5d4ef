"""Sammlungen als Tafel und die Auswahlrunde: was da steht, umlegen, auswählen, gemeinsam wieder parken, abschließen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from service.app import Kreislauf
from service.apply import Schritt
from service.db import Datenbank
from service.sammlungen import geparkte, tafel
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, melde, tue
from tests.browserprobe import Fenster
from tests.service.test_eingang import gemeldet, sammlung

HEUTE = date(2026, 1, 7)


def test_die_tafel_zaehlt_je_kommune_und_zeigt_die_aeltesten(db: Datenbank, umfeld: Umfeld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.sammlungen._JE_SAMMLUNG", 2)
    voll, leer = sammlung(db, umfeld, "Kurse"), sammlung(db, umfeld, "Wohnen")
    keys = [melde(db, umfeld, kommune=k) for k in ("Hemer", "Hemer", "Balve", "Balve", "Hemer")]
    tue(db, umfeld, KOORDINATION, *(Schritt("aufnehmen", k, daten={"sammlung": voll}) for k in keys))
    tue(db, umfeld, KOORDINATION, Schritt("auswaehlen", keys[4], grund="Häuft sich."))
    with db.lesen() as s:
        erster, zweiter = tafel(s, KOORDINATION, HEUTE + timedelta(days=9))
        assert tafel(s, replace(KOORDINATION, rollen=frozenset({("melder", "")})), HEUTE) == []
    assert (erster.key, erster.wartend, erster.unterwegs, erster.aelteste) == (voll, 4, 1, 9)
    assert erster.kommunen == (("Balve", 2), ("Hemer", 2)) and zweiter.key == leer and zweiter.wartend == 0
    assert [g.key for g in erster.meldungen] == keys[:2] and erster.weitere == 2


def test_umlegen_ohne_ziehen(app: Kreislauf, koordination: Fenster) -> None:
    keys = [gemeldet(app), gemeldet(app)]
    koordination.sende("/eingang", akt="aufnehmen", key=keys, **{"aufnehmen.neu": "Kurse"})
    blatt = koordination.hole("/sammlungen")
    assert blatt.maengel() == [] and "Lüdenscheid 2" in blatt.text
    koordination.sende("/sammlungen", akt="umsammeln", key=keys[:1], **{"umsammeln.neu": "Sprachmittlung"})
    nachher = koordination.hole("/sammlungen").text
    assert "Sprachmittlung" in nachher and nachher.count("Lüdenscheid 1") == 2


def test_eine_auswahlrunde_von_anfang_bis_ende(app: Kreislauf, koordination: Fenster, db: Datenbank) -> None:
    gewaehlt, geparkt, alt = gemeldet(app), gemeldet(app), gemeldet(app)
    koordination.sende("/eingang", akt="aufnehmen", key=[gewaehlt, geparkt], **{"aufnehmen.neu": "Kurse"})
    koordination.sende("/eingang", akt="parken", key=[alt], **{"parken.wiedervorlage_am": "01.03.2026", "parken.grund": "Noch zu früh."})
    runde, _ = koordination.sende("/neu/auswahlrunde/anlegen", titel="Frühjahr")
    key = runde.rsplit("/", 1)[1]
    assert "2 Meldungen in 1 Sammlung, dazu geparkt: 1." in koordination.hole(runde).text
    weg = f"/auswahlrunde/{key}"
    leer = koordination.hole(weg)
    assert leer.maengel() == [] and '<details class="eg-meldungen" open>' not in leer.html, "erst die Sammlungen, dann ihre Meldungen"
    spruenge = {v.removeprefix("#") for v in leer.verweise if v.startswith("#in-")}
    assert "in-geparkt" in spruenge and len(spruenge) == 2 and spruenge <= set(leer.kennungen)
    _, blatt = koordination.sende(weg, 422, akt="auswaehlen", key=[gewaehlt])
    assert "Bitte geben Sie einen Grund an." in blatt.text
    assert blatt.html.count('<details class="eg-meldungen" open>') == 1, "was angehakt ist, bleibt zu sehen"
    _, blatt = koordination.sende(weg, akt="auswaehlen", key=[gewaehlt, alt], status=200, **{"auswaehlen.grund": "Häuft sich."})
    assert "ist für eine Meldung gespeichert" in blatt.text and alt in blatt.text, "Geparktes kommt nicht ohne Sammlung in die Auswahl"
    koordination.sende(weg, akt="parken", key=[geparkt, alt], **{"parken.wiedervorlage_am": "01.09.2026", "parken.grund": "Zum Herbst."})
    with db.lesen() as s:
        liegen = geparkte(s, replace(KOORDINATION, key="x"), HEUTE)[0]
    assert {(g.key, g.wieder_am) for g in liegen} == {(geparkt, "01.09.2026"), (alt, "01.09.2026")}
    felder = koordination.hole(f"{runde}/schritt/durchfuehren").felder
    assert felder["gesichtet"] == ["3"] and set(felder["wieder_geparkt"]) == {geparkt, alt} and felder["ausgewaehlt"] == [gewaehlt]
    koordination.sende(f"{runde}/schritt/durchfuehren")
    assert "Durchgeführt" in koordination.hole(runde).text


def test_nur_die_koordination(app: Kreislauf, koordination: Fenster) -> None:
    runde, _ = koordination.sende("/neu/auswahlrunde/anlegen", titel="Frühjahr")
    key = runde.rsplit("/", 1)[1]
    for weg in ("/sammlungen", f"/auswahlrunde/{key}"):
        Fenster(app, "stelle-abh-mk").hole(weg, 404)
    koordination.hole("/auswahlrunde/AR-999", 404)
