"""Die Seite einer Meldung: zuerst der Text und wie eilig er ist, dann, was daraus wurde, und nur Schritte, die gerade etwas bewirken."""

from __future__ import annotations

import pytest

from service.app import Kreislauf
from service.clock import berliner_tag
from service.db import Datenbank
from service.folgen import Folge, folgen
from service.umfeld import Umfeld
from tests.bau import KOORDINATION, MELDER, person
from tests.browserprobe import Fenster
from tests.service.test_seiten import ANGABEN, MELDEN
from tests.service.test_wiederkehr import Kreis


def _folgen(kreis: Kreis, wer: object = MELDER) -> list[Folge]:
    with kreis.db.lesen() as s:
        return folgen(s, wer, kreis.meldung, kreis.zustand(kreis.meldung)[0], berliner_tag(kreis.jetzt))  # type: ignore[arg-type]


def test_wer_gemeldet_hat_liest_was_sich_geaendert_hat_und_seit_wann(db: Datenbank, umfeld: Umfeld) -> None:
    kreis = Kreis(db, umfeld).eingefuehrt()
    ((loesung,),) = [f.loesungen for f in _folgen(kreis)]
    assert (loesung.titel, loesung.satz, loesung.wirkung) == ("Gemeinsame Liste", "Das gilt seit dem 27.07.2026.", "")
    kreis.wirksam()
    assert kreis.zustand(kreis.meldung) == ["geloest"]
    ((loesung,),) = [f.loesungen for f in _folgen(kreis)]
    assert loesung.wirkung == "Bewertet am 29.01.2027: Wirksam."


def test_ein_entwurf_ist_noch_kein_ausgang_und_fremde_lesen_nichts(db: Datenbank, umfeld: Umfeld, monkeypatch: pytest.MonkeyPatch) -> None:
    kreis = Kreis(db, umfeld)
    gesehen: list[tuple[str, list[Folge]]] = []
    tue = kreis.tue

    def mitgelesen(ausloeser: str, *a: object, **d: object) -> str:
        key = tue(ausloeser, *a, **d)  # type: ignore[arg-type]
        if ausloeser in ("abstimmen", "weiterleiten"):
            gesehen.append((ausloeser, _folgen(kreis, KOORDINATION)))
        return key

    monkeypatch.setattr(kreis, "tue", mitgelesen)
    kreis.eingefuehrt()
    stand = {ausloeser: [x.satz for f in f_ for x in f.loesungen] for ausloeser, f_ in gesehen}
    assert stand["abstimmen"] == [] and "Die Lenkungsgruppe hat das empfohlen" in stand["weiterleiten"][0]
    fremd = person("fremd", "melder", institution="VHS Iserlohn")
    with pytest.raises(Exception, match="gibt es nicht"):
        _folgen(kreis, fremd)


def test_text_und_dringlichkeit_stehen_vor_den_schritten(app: Kreislauf) -> None:
    stelle, k = Fenster(app, "stelle-abh-mk"), Fenster(app, "koordination-a")
    ziel, _ = stelle.sende(MELDEN, **{**ANGABEN, "dringlichkeit": "hoch"})
    blatt = k.hole(ziel)
    orte = [blatt.text.index(x) for x in ("Was gemeldet ist", "Dringend", ANGABEN["beschreibung"], "Nächste Schritte")]
    assert orte == sorted(orte) and blatt.text.count(ANGABEN["beschreibung"]) == 1 and blatt.maengel() == []
    ruhig, _ = stelle.sende(MELDEN, **ANGABEN)
    assert "Dringend" not in k.hole(ruhig).text


def test_beantworten_steht_nur_da_solange_eine_frage_offen_ist(app: Kreislauf) -> None:
    stelle, k = Fenster(app, "stelle-abh-mk"), Fenster(app, "koordination-a")
    ziel, _ = stelle.sende(MELDEN, **ANGABEN)
    weg = f"{ziel}/schritt/antworten"
    assert weg not in stelle.hole(ziel).verweise and weg not in k.hole(ziel).verweise
    k.sende(f"{ziel}/schritt/rueckfragen", frage="Seit wann?", bestaetigt="ja")
    assert weg in stelle.hole(ziel).verweise and "Die Frage der Koordination vom" in stelle.hole(weg).text
    assert stelle.hole(weg).text.index("Seit wann?") < stelle.hole(weg).text.index("Antwort")
    stelle.sende(weg, text="Seit Mai.")
    assert weg not in stelle.hole(ziel).verweise
    stelle.sende(weg, text="Genauer: seit dem ersten Mai.")  # eine späte Antwort wird immer genommen
