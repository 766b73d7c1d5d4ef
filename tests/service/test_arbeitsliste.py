"""Die ganze Arbeitsliste: Eiliges zuerst, Filter nach Person und Frist, und alles übergeben, was bei jemandem liegt."""

from __future__ import annotations

import re
import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.listen import Arbeitsauswahl, arbeitsliste
from service.profil import Profil
from service.stammdaten import handelnde
from service.umfeld import Umfeld
from tests.bau import JETZT, tue
from tests.browserprobe import Blatt, Fenster, rohes, seiten
from tests.service.test_seiten import ANGABEN

K, K2, MELDER = "koordination-a", "koordination-b", "stelle-abh-mk"


@pytest.fixture
def koordination(db: Datenbank, profil: Profil) -> Fenster:
    return Fenster(seiten(db, profil, JETZT), K)


def _melde(k: Fenster, **anders: str) -> str:
    ziel, _ = Fenster(k.app, MELDER).sende("/neu/meldebogen/einreichen", **{**ANGABEN, **anders})
    return ziel.rsplit("/", 1)[1]


def _keys(blatt: Blatt) -> list[str]:
    return list(dict.fromkeys(v.rsplit("/", 1)[1] for v in blatt.verweise if re.fullmatch(r"/vorgang/MK-[\d-]+", v)))


def test_eilige_stehen_zuerst_und_nur_einmal(koordination: Fenster) -> None:
    normale = [_melde(koordination, beschreibung=f"Wartezeit Nummer {n}, sehr lange") for n in range(3)]
    eilig = _melde(koordination, dringlichkeit="hoch", dringlichkeit_begruendung="Leistung endet", beschreibung="Obdach droht bald")
    blatt = koordination.hole("/aufgaben")
    assert _keys(blatt)[0] == eilig and sorted(_keys(blatt)) == sorted([eilig, *normale])
    assert "Eilig: der erste Blick steht aus" in blatt.text and blatt.maengel() == [] == rohes(blatt)
    assert _keys(koordination.hole("/aufgaben?ordnung=neueste")) == [eilig, *reversed(normale)]


def test_filter_nach_person_und_frist(koordination: Fenster, db: Datenbank) -> None:
    erste, zweite = _melde(koordination), _melde(koordination, beschreibung="Eine ganz andere Sache ist das")
    koordination.sende(f"/vorgang/{zweite}/schritt/uebergeben", zustaendig=K2, vertretung=K, grund="Urlaub")
    assert _keys(koordination.hole("/aufgaben")) == [erste]
    assert _keys(koordination.hole("/aufgaben?als=vertretung")) == [zweite]
    assert sorted(_keys(koordination.hole("/aufgaben?als=alle"))) == sorted([erste, zweite])
    assert _keys(koordination.hole(f"/aufgaben?wer={K2}")) == [zweite]
    assert _keys(koordination.hole("/aufgaben?bis=heute")) == [] and _keys(koordination.hole("/aufgaben?bis=monat")) == [erste]
    assert _keys(koordination.hole("/aufgaben?als=unsinn&bis=unsinn&ordnung=unsinn")) == [erste]
    fremd = Fenster(koordination.app, "cm-luedenscheid")
    assert _keys(fremd.hole(f"/aufgaben?wer={K}")) == _keys(fremd.hole("/aufgaben?als=alle")) == []


def test_blaettern_in_allen_zeigt_jeden_einmal(koordination: Fenster, db: Datenbank) -> None:
    keys = {_melde(koordination, beschreibung=f"Wartezeit Nummer {n}, sehr lange") for n in range(7)}
    with db.lesen() as s:
        wer = handelnde(s, K, JETZT.date().isoformat())
        gesehen, ab = [], ""
        while True:
            blatt = arbeitsliste(s, wer, JETZT.date(), Arbeitsauswahl(K, "alle", eilig=False), ab=ab, anzahl=3)
            gesehen += [e.key for e in blatt.zeilen]
            ab = blatt.weiter
            if not ab:
                break
    assert sorted(gesehen) == sorted(keys)


# --- wer geht ---------------------------------------------------------------------------------------------------------


def test_alles_uebergeben_was_bei_jemandem_liegt(koordination: Fenster, db: Datenbank) -> None:
    keys = [_melde(koordination, beschreibung=f"Wartezeit Nummer {n}, sehr lange") for n in range(3)]
    b = Fenster(koordination.app, K2)
    ohne = b.sende(f"/abgang/{K}", 422, zustaendig=K2, grund="")[1]
    assert "Bitte geben Sie einen Grund an." in ohne.text and "Bitte bestätigen Sie" in ohne.text and ohne.maengel() == []
    ziel, _ = b.sende(f"/abgang/{K}", zustaendig=K2, vertretung="koordination-iserlohn", grund="Wechsel", bestaetigt="ja", key=keys[:2])
    assert ziel == f"/abgang/{K}" and "2 Vorgänge sind übergeben." in b.hole(ziel).text
    with db.lesen() as s:
        zeilen = {k: (z, v) for k, z, v in s.alle("SELECT key, zustaendig, vertretung FROM vorgang")}
        gruende = s.wert("SELECT count(*) FROM ereignis WHERE ausloeser = 'uebergeben'")
    assert [zeilen[k] for k in keys] == [(K2, "koordination-iserlohn")] * 2 + [(K, K2)] and gruende == 2


def test_was_nicht_geht_steht_einzeln_da(koordination: Fenster, db: Datenbank, profil: Profil) -> None:
    """Ein Einzelfall kann auch zum Case Management gehen, eine Meldung nicht."""
    meldung = _melde(koordination, einzelfall_uebergabe_gewuenscht="ja")
    umfeld: Umfeld = koordination.app.state.anwendung.umfeld()
    with db.lesen() as s:
        wer = handelnde(s, K, JETZT.date().isoformat(), profil)
    tue(db, umfeld, wer, Schritt("einwilligung_verzeichnen", meldung, daten={"einwilligung_uebergabe": True}))
    einzelfall = tue(db, umfeld, wer, Schritt("anbieten", art="einzelfalluebergabe", daten={
        "meldung": meldung, "an": "KIM-Case Management Lüdenscheid"})).erste.key
    b = Fenster(koordination.app, K2)
    _, blatt = b.sende(f"/abgang/{K}", 200, zustaendig="cm-luedenscheid", grund="Wechsel", bestaetigt="ja", key=[meldung, einzelfall])
    assert "Nicht alles ließ sich übergeben" in blatt.text and f"{meldung}: Diese Person darf den Vorgang" in blatt.text
    with db.lesen() as s:
        assert dict(s.alle("SELECT key, zustaendig FROM vorgang")) == {meldung: K, einzelfall: "cm-luedenscheid"}


def test_nur_die_koordination_uebergibt_fuer_andere(koordination: Fenster) -> None:
    for wer in ("cm-luedenscheid", "systemverwaltung", "s01"):
        Fenster(koordination.app, wer).hole(f"/abgang/{K}", 404)
    koordination.hole("/abgang/gibt-es-nicht", 404)
