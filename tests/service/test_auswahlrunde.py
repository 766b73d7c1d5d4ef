"""Die Auswahlrunde: sie verbindet, was gerade liegt, und was sie auswählt oder parkt, bewegt sich wirklich; auf beiden Datenbanken."""

from __future__ import annotations

from datetime import date

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Unmoeglich
from service.laden import Akte, akte
from service.pruefen import pruefe
from service.spur import spur
from service.umfeld import Umfeld
from service.zuruecknehmen import nimm_zurueck
from tests.bau import ISERLOHN, JETZT, KOORDINATION, melde, tue

SPAETER = date(2026, 5, 4).isoformat()
PARKEN = {"park_grund": "Die Verordnung steht noch aus.", "wiedervorlage_am": SPAETER}
AUSWAHL = {"auswahl_grund": "Kommt in drei Kommunen vor."}


def _akte(db: Datenbank, key: str) -> Akte:
    with db.lesen() as s:
        gefunden = akte(s, key)
    assert gefunden is not None
    return gefunden


def _sammlung(db: Datenbank, umfeld: Umfeld, titel: str) -> str:
    return tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="sammlung", daten={"titel": titel})).erste.key


def _gesammelt(db: Datenbank, umfeld: Umfeld, sammlung: str) -> str:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("aufnehmen", key, daten={"sammlung": sammlung}))
    return key


def _geparkt(db: Datenbank, umfeld: Umfeld) -> str:
    key = melde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("parken", key, daten={"wiedervorlage_am": "2026-02-02"}, grund="wartet"))
    return key


def _runde(db: Datenbank, umfeld: Umfeld) -> str:
    return tue(db, umfeld, KOORDINATION, Schritt("anlegen", art="auswahlrunde", daten={"titel": "Frühjahr"})).erste.key


def _in(db: Datenbank, runde: str, art: str) -> set[str]:
    frage = ("SELECT v.key FROM verbindung l JOIN vorgang v ON v.id = l.von JOIN vorgang r ON r.id = l.nach "
             "WHERE r.key = :runde AND l.art = :art AND l.offen = 1")
    with db.lesen() as s:
        return {str(z[0]) for z in s.alle(frage, {"runde": runde, "art": art})}


def _heil(db: Datenbank) -> None:
    with db.lesen() as s:
        assert pruefe(s).fehler == []


def test_die_runde_verbindet_alle_offenen_sammlungen_und_alles_geparkte(db: Datenbank, umfeld: Umfeld) -> None:
    offen, geschlossen = _sammlung(db, umfeld, "Kurse"), _sammlung(db, umfeld, "Wohnen")
    tue(db, umfeld, KOORDINATION, Schritt("schliessen", geschlossen))
    liegt, geparkt = _gesammelt(db, umfeld, offen), _geparkt(db, umfeld)
    runde = _runde(db, umfeld)
    assert _in(db, runde, "gesichtet_in") == {offen, geparkt}
    with db.lesen() as s:
        assert {k.key for k in spur(s, runde).knoten} == {runde, offen, geparkt, liegt}
    _heil(db)


def test_auch_die_runde_vor_der_sitzung_verbindet(db: Datenbank, umfeld: Umfeld) -> None:
    sammlung = _sammlung(db, umfeld, "Kurse")
    lg = tue(db, umfeld, KOORDINATION, Schritt("planen", art="sitzung", daten={"datum": "2026-10-14"})).erste.key
    zug = tue(db, umfeld, KOORDINATION, Schritt("auswahlrunde_ansetzen", lg))
    runde = next(b.key for b in zug.bewegungen if b.art == "auswahlrunde")
    assert _in(db, runde, "gesichtet_in") == {sammlung}
    with db.lesen() as s:  # eine Sitzung zeigt die Runde, aber nicht alles, was in ihr lag
        assert {k.key for k in spur(s, lg).knoten} == {lg, runde}


def test_was_die_runde_nennt_bewegt_sich_in_einem_zug(db: Datenbank, umfeld: Umfeld) -> None:
    sammlung = _sammlung(db, umfeld, "Kurse")
    gewaehlt, gelegt, geparkt = _gesammelt(db, umfeld, sammlung), _gesammelt(db, umfeld, sammlung), _geparkt(db, umfeld)
    runde = _runde(db, umfeld)
    daten = {"ausgewaehlt": [gewaehlt], "wieder_geparkt": [gelegt, geparkt], **AUSWAHL, **PARKEN}
    zug = tue(db, umfeld, KOORDINATION, Schritt("durchfuehren", runde, daten=daten))
    assert [(b.key, b.ausloeser, b.rolle) for b in zug.bewegungen] == [
        (runde, "durchfuehren", "koordination"), (gewaehlt, "auswaehlen", "koordination"),
        (geparkt, "wiedervorlegen", "koordination"), (gelegt, "parken", "koordination"), (geparkt, "parken", "koordination")]
    assert _akte(db, gewaehlt).zustand == "ausgewaehlt"
    for key in (gelegt, geparkt):
        assert _akte(db, key).zustand == "themenspeicher" and _akte(db, key).stand["wiedervorlage_am"] == SPAETER
        assert _akte(db, key).fristen["wiedervorlage", ""].ende == SPAETER
    assert _in(db, runde, "ausgewaehlt_in") == {gewaehlt} and _in(db, runde, "geparkt_in") == {gelegt, geparkt}
    with db.lesen() as s:
        gruende = {k: s.wert("SELECT i.inhalt FROM ereignis_inhalt i JOIN vorgang v ON v.id = i.vorgang AND v.version = i.nr "
                             "WHERE v.key = :key", {"key": k}) for k in (gewaehlt, geparkt)}
    assert AUSWAHL["auswahl_grund"] in gruende[gewaehlt] and PARKEN["park_grund"] in gruende[geparkt]
    _heil(db)


def test_in_der_naechsten_runde_noch_einmal_die_erste_bleibt_in_der_spur(db: Datenbank, umfeld: Umfeld) -> None:
    geparkt = _geparkt(db, umfeld)
    erste = _runde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("durchfuehren", erste, daten={"wieder_geparkt": [geparkt], **PARKEN}))
    zweite = _runde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("durchfuehren", zweite, daten={"wieder_geparkt": [geparkt], **PARKEN}))
    with db.lesen() as s:
        assert {erste, zweite} <= {k.key for k in spur(s, geparkt).knoten}


def test_was_in_der_runde_schon_geschah_wird_nur_genannt(db: Datenbank, umfeld: Umfeld) -> None:
    gewaehlt, geparkt = _gesammelt(db, umfeld, _sammlung(db, umfeld, "Kurse")), _geparkt(db, umfeld)
    runde = _runde(db, umfeld)
    tue(db, umfeld, KOORDINATION, Schritt("auswaehlen", gewaehlt, grund="Kommt oft vor."))
    zug = tue(db, umfeld, KOORDINATION, Schritt("durchfuehren", runde, daten={"ausgewaehlt": [gewaehlt], "wieder_geparkt": [geparkt]}))
    assert [b.key for b in zug.bewegungen] == [runde]
    assert _in(db, runde, "ausgewaehlt_in") == {gewaehlt} and _in(db, runde, "geparkt_in") == {geparkt}
    assert _akte(db, geparkt).stand["wiedervorlage_am"] == "2026-02-02"
    _heil(db)


@pytest.mark.parametrize(("daten", "feld"), [
    ({"ausgewaehlt": ["M"]}, "auswahl_grund"),
    ({"wieder_geparkt": ["M"], "wiedervorlage_am": SPAETER}, "park_grund"),
    ({"wieder_geparkt": ["M"], "park_grund": "wartet"}, "wiedervorlage_am"),
    ({"wieder_geparkt": ["P"], "wiedervorlage_am": SPAETER}, "park_grund"),
    ({"wieder_geparkt": ["M"], **PARKEN, "wiedervorlage_am": "2026-01-02"}, "wiedervorlage_am"),
    ({"ausgewaehlt": ["P"], **AUSWAHL}, "ausgewaehlt"),
    ({"ausgewaehlt": ["M"], "wieder_geparkt": ["M"], **AUSWAHL, **PARKEN}, "wieder_geparkt"),
])
def test_was_nicht_geht_steht_beim_feld_und_nichts_geschieht(db: Datenbank, umfeld: Umfeld, daten: dict[str, object], feld: str) -> None:
    schluessel = {"M": _gesammelt(db, umfeld, _sammlung(db, umfeld, "Kurse")), "P": _geparkt(db, umfeld)}
    runde = _runde(db, umfeld)
    gemeint = {f: [schluessel[k] for k in w] if isinstance(w, list) else w for f, w in daten.items()}
    with pytest.raises(Unmoeglich) as fehler:
        tue(db, umfeld, KOORDINATION, Schritt("durchfuehren", runde, daten=gemeint))
    assert fehler.value.felder == (feld,)
    assert _akte(db, runde).zustand == "offen" and _akte(db, schluessel["M"]).zustand == "in_sammlung"


def test_die_koordination_eines_anderen_bereichs_waehlt_fremde_meldungen_nicht_aus(db: Datenbank, umfeld: Umfeld) -> None:
    meldung = _gesammelt(db, umfeld, _sammlung(db, umfeld, "Kurse"))
    runde = _runde(db, umfeld)
    with pytest.raises(Unmoeglich) as fehler:
        tue(db, umfeld, ISERLOHN, Schritt("durchfuehren", runde, daten={"ausgewaehlt": [meldung], **AUSWAHL}))
    assert fehler.value.felder == ("ausgewaehlt",) and meldung in fehler.value.satz and "nicht erlaubt" in fehler.value.satz


def test_zuruecknehmen_nimmt_die_ganze_runde_zurueck(db: Datenbank, umfeld: Umfeld) -> None:
    sammlung, geparkt = _sammlung(db, umfeld, "Kurse"), _geparkt(db, umfeld)
    gewaehlt = _gesammelt(db, umfeld, sammlung)
    runde = _runde(db, umfeld)
    daten = {"ausgewaehlt": [gewaehlt], "wieder_geparkt": [geparkt], **AUSWAHL, **PARKEN}
    tue(db, umfeld, KOORDINATION, Schritt("durchfuehren", runde, daten=daten))
    db.in_transaktion(lambda s: nimm_zurueck(s, runde, "zu früh", KOORDINATION, JETZT, umfeld))
    assert [_akte(db, k).zustand for k in (runde, gewaehlt, geparkt)] == ["offen", "in_sammlung", "themenspeicher"]
    assert _akte(db, geparkt).stand["wiedervorlage_am"] == "2026-02-02" and not _in(db, runde, "geparkt_in")
    assert _in(db, runde, "gesichtet_in") == {sammlung, geparkt}
    _heil(db)
