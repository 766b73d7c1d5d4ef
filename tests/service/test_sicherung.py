"""Sichern und Wiederherstellen, von jeder der beiden Datenbanken in jede; was nicht aufgeht, wird abgelehnt."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pysqlite3.dbapi2 as sqlite
import pytest

from service.apply import Schritt
from service.datenhaltung import hebe_an, oeffne
from service.db import Datenbank
from service.errors import Beschaedigt, Betriebsfehler
from service.migrations import STAENDE
from service.profil import Profil
from service.pruefen import siegele
from service.sicherung import Manifest, pruefe_sicherung, sichere, stelle_wieder_her
from service.stammdaten import uebernehme_profil
from service.umfeld import Umfeld, umfeld_aus
from service.bestand import pruefe_bestand
from tests.bau import JETZT, KOORDINATION, MELDER, melde, tue
from tests.datenbild import ARTEN, Anleger, alles, schema, spiele



@pytest.fixture
def geschichte(db: Datenbank, umfeld: Umfeld, profil: Profil) -> Datenbank:
    spiele(db, umfeld, profil)
    return db


@pytest.mark.parametrize("ziel", ARTEN)
def test_von_jeder_datenbank_in_jede(geschichte: Datenbank, anlegen: Anleger, umfeld: Umfeld, tmp_path: Path, ziel: str) -> None:
    vorher = alles(geschichte)
    sicherung = sichere(geschichte, tmp_path / "a.zip", JETZT, "konto")
    neu = anlegen(ziel)
    assert stelle_wieder_her(neu, tmp_path / "a.zip", JETZT, "konto").manifest == sicherung.manifest
    nachher = alles(neu)
    (vermerk,) = [z for z in nachher["protokoll"] if z[4] == "wiederhergestellt"]
    assert json.loads(vermerk[5])["sha256"] == sicherung.sha256 and vermerk[3] == "konto"
    nachher["protokoll"].remove(vermerk)
    assert nachher == vorher
    with neu.lesen() as s:
        assert pruefe_bestand(s) == []
    oeffne(neu.adresse).schliessen()
    assert melde(neu, umfeld) == "MK-2026-0004"  # Nummern und ids zählen weiter
    assert [z[0] for z in alles(neu)["vorgang"]] == [1, 2, 3, 4]
    with pytest.raises((sqlite.IntegrityError, psycopg.IntegrityError), match="nur angefügt"):
        neu.in_transaktion(lambda s: s.fuehre("DELETE FROM ereignis"))


def test_ein_untergeschobener_uebergeordneter_vorgang_wird_nicht_wiederhergestellt(
    geschichte: Datenbank, anlegen: Anleger, tmp_path: Path
) -> None:
    geschichte.in_transaktion(lambda s: s.fuehre("UPDATE vorgang SET eltern = 3 WHERE id = 1"))
    sichere(geschichte, tmp_path / "a.zip", JETZT, "konto")
    with pytest.raises(Beschaedigt, match="übergeordneter Vorgang"):
        stelle_wieder_her(anlegen("sqlite"), tmp_path / "a.zip", JETZT, "konto")


def test_die_datei_ist_vertraulich_und_nennt_was_in_ihr_ist(geschichte: Datenbank, tmp_path: Path) -> None:
    ereignisse = alles(geschichte)["ereignis"]
    sicherung = sichere(geschichte, tmp_path, JETZT, "konto")
    assert sicherung.datei == tmp_path / "kreislauf-2026-01-07T090000Z.zip"
    assert sicherung.datei.stat().st_mode & 0o777 == 0o600
    assert sicherung.sha256 == hashlib.sha256(sicherung.datei.read_bytes()).hexdigest()
    assert (sicherung.manifest.ereignisse, sicherung.manifest.letzter_hash) == (len(ereignisse), ereignisse[-1][-1])
    assert {t.name: t.zeilen for t in sicherung.manifest.tabellen}["vorgang"] == 3
    assert pruefe_sicherung(sicherung.datei) == sicherung
    assert [json.loads(z[5])["sha256"] for z in alles(geschichte)["protokoll"] if z[4] == "gesichert"] == [sicherung.sha256]
    with pytest.raises(Betriebsfehler, match="gibt es schon"):
        sichere(geschichte, sicherung.datei, JETZT)
    assert pruefe_sicherung(sicherung.datei) == sicherung


def test_gesichert_wird_ein_augenblick(geschichte: Datenbank, umfeld: Umfeld, tmp_path: Path) -> None:
    """Was während der Sicherung geschieht, gehört nicht mehr hinein, auch nicht zur Hälfte."""
    vorher = alles(geschichte)
    stoerungen = iter([1, 1])

    def stoere(tabelle: str, zeilen: int) -> None:
        if tabelle in ("profil", "vorgang") and next(stoerungen, None):
            melde(geschichte, umfeld)

    sicherung = sichere(geschichte, tmp_path / "a.zip", JETZT, fortschritt=stoere)
    assert len(alles(geschichte)["vorgang"]) == 5
    assert {t.name: t.zeilen for t in sicherung.manifest.tabellen} == {name: len(zeilen) for name, zeilen in vorher.items()}


def test_wer_nicht_fertig_wird_hinterlaesst_keine_datei(geschichte: Datenbank, tmp_path: Path) -> None:
    def brich_ab(tabelle: str, zeilen: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sichere(geschichte, tmp_path / "ziel.zip", JETZT, fortschritt=brich_ab)
    assert not list(tmp_path.glob("ziel*"))
    (tmp_path / "ziel.zip.teil").touch()
    with pytest.raises(Betriebsfehler, match=r"ziel\.zip\.teil.*noch läuft oder abgebrochen"):
        sichere(geschichte, tmp_path / "ziel.zip", JETZT)
    with pytest.raises(Betriebsfehler, match="lässt sich nicht schreiben"):
        sichere(geschichte, tmp_path / "kein" / "ordner.zip", JETZT)


def test_wiederhergestellt_wird_nur_ins_leere(geschichte: Datenbank, tmp_path: Path) -> None:
    sichere(geschichte, tmp_path / "a.zip", JETZT)
    vorher = alles(geschichte)
    with pytest.raises(Betriebsfehler, match="nicht leer"):
        stelle_wieder_her(geschichte, tmp_path / "a.zip", JETZT)
    assert alles(geschichte) == vorher


@pytest.mark.parametrize("art", ARTEN)
def test_leere_tabellen_sind_auch_leer(geschichte: Datenbank, anlegen: Anleger, tmp_path: Path, art: str) -> None:
    sichere(geschichte, tmp_path / "a.zip", JETZT)
    neu = anlegen(art)
    hebe_an(neu)
    stelle_wieder_her(neu, tmp_path / "a.zip", JETZT)
    assert alles(neu)["ereignis"] == alles(geschichte)["ereignis"]


Schaden = Callable[[dict[str, bytes]], None]


def _umgeschrieben(quelle: Path, ziel: Path, schaden: Schaden, *, manifest_passt: bool) -> Path:
    """Dieselbe Sicherung mit verändertem Inhalt; `manifest_passt`: wer fälscht, rechnet die Prüfsummen neu."""
    with zipfile.ZipFile(quelle) as archiv:
        inhalt = {name: archiv.read(name) for name in archiv.namelist()}
    schaden(inhalt)
    if manifest_passt:
        manifest = Manifest.model_validate_json(inhalt["manifest.json"])
        roh = {t: inhalt[f"{t.name}.jsonl"] for t in manifest.tabellen}
        tabellen = tuple(t.model_copy(update={"sha256": hashlib.sha256(r).hexdigest(), "zeilen": r.count(b"\n")}) for t, r in roh.items())
        inhalt["manifest.json"] = manifest.model_copy(update={"tabellen": tabellen}).model_dump_json().encode()
    with zipfile.ZipFile(ziel, "w", zipfile.ZIP_DEFLATED) as archiv:
        for name, text in inhalt.items():
            archiv.writestr(name, text)
    return ziel


def _ersetze(datei: str, alt: str, neu: str) -> Schaden:
    def schaden(inhalt: dict[str, bytes]) -> None:
        assert alt.encode() in inhalt[datei]
        inhalt[datei] = inhalt[datei].replace(alt.encode(), neu.encode(), 1)

    return schaden


def _ohne_letzte_zeile(datei: str) -> Schaden:
    def schaden(inhalt: dict[str, bytes]) -> None:
        inhalt[datei] = b"".join(inhalt[datei].splitlines(keepends=True)[:-1])

    return schaden


def _ohne(datei: str) -> Schaden:
    def schaden(inhalt: dict[str, bytes]) -> None:
        del inhalt[datei]

    return schaden


def _ohne_siegel(inhalt: dict[str, bytes]) -> None:
    """Alles, was in den Tabellen an das letzte Siegel erinnert; nur das Manifest kennt es noch."""
    inhalt["siegel.jsonl"] = b"".join(inhalt["siegel.jsonl"].splitlines(keepends=True)[:-1])
    for datei, wort in (("herzschlag.jsonl", b'"siegel"'), ("protokoll.jsonl", b'"gesiegelt"')):
        inhalt[datei] = b"".join(z for z in inhalt[datei].splitlines(keepends=True) if wort not in z)


def _zusatz(datei: str, text: str) -> Schaden:
    return lambda inhalt: inhalt.update({datei: inhalt.get(datei, b"") + text.encode()})


SCHAEDEN_DER_DATEI: list[tuple[Schaden, bool, str]] = [
    (_ersetze("ereignis_inhalt.jsonl", "Noch", "noch"), False, "ereignis_inhalt stimmt nicht mit ihrer Prüfsumme überein"),
    (_ohne_letzte_zeile("protokoll.jsonl"), False, "protokoll stimmt nicht"),
    (_zusatz("vorgang.jsonl", "[1]\n"), True, "nicht die angegebenen Spalten"),
    (_zusatz("nummer.jsonl", '["X",true]\n'), True, "nicht die angegebenen Spalten"),
    (_zusatz("nummer.jsonl", '["X",1.5]\n'), True, "nicht die angegebenen Spalten"),
    (_zusatz("nummer.jsonl", "[" * 100_000 + "\n"), True, r"Zeile \d+ nicht lesbar"),
    (_zusatz("fremd.jsonl", "[1]\n"), False, "nicht genau die Tabellen"),
    (_ohne("siegel.jsonl"), False, "nicht genau die Tabellen"),
    (_ohne("manifest.json"), False, "Manifest fehlt"),
    (_ersetze("manifest.json", "kreislauf-sicherung/1", "kreislauf-sicherung/2"), False, "Manifest ist nicht lesbar"),
    (_ersetze("manifest.json", f'"stand": "{STAENDE[-1]}"', '"stand": "9999"'), False, "Stand 9999.*neuere Fassung"),
    (_ersetze("manifest.json", '"reihe"', '"x) VALUES (1); DROP TABLE siegel; --"'), False, "Manifest ist nicht lesbar"),
]
SCHAEDEN_AM_INHALT: list[tuple[Schaden, bool, str]] = [
    (_ersetze("ereignis_inhalt.jsonl", "Noch", "noch"), True, "veränderte Geschichte.*MK-2026-0001#2"),
    (_ersetze("vorgang.jsonl", "in_vorpruefung", "geloest"), True, "veränderte Geschichte.*MK-2026-0001"),
    (_ohne_letzte_zeile("ereignis.jsonl"), True, "Zahl oder letzter Hash der Ereignisse"),
    (_ersetze("manifest.json", '"letzter_hash": "', '"letzter_hash": "0'), False, "Zahl oder letzter Hash der Ereignisse"),
    (_ohne_siegel, True, "das letzte Siegel stimmt nicht mit dem Manifest"),
    (_zusatz("nummer.jsonl", '["X","y"]\n'), True, "passt nicht in die Tabellen"),
    (_zusatz("nummer.jsonl", f'["X",{10**30}]\n'), True, "passt nicht in die Tabellen"),
    (_zusatz("nummer.jsonl", '["MK-2026",1]\n'), True, "passt nicht in die Tabellen"),
    (_zusatz("marke.jsonl", '[99,77,"x","",1,1,null]\n'), True, "passt nicht in die Tabellen|die es nicht gibt"),
    (_ersetze("manifest.json", '"reihe"', '"regel"'), False, "andere Spalten"),
]


@pytest.mark.parametrize("nr", range(len(SCHAEDEN_DER_DATEI)))
def test_eine_veraenderte_datei_beruehrt_nichts(vorlage: Path, anlegen: Anleger, tmp_path: Path, nr: int) -> None:
    schaden, passt, satz = SCHAEDEN_DER_DATEI[nr]
    neu, datei = anlegen("sqlite"), _umgeschrieben(vorlage, tmp_path / "b.zip", schaden, manifest_passt=passt)
    with pytest.raises(Betriebsfehler, match=satz):
        stelle_wieder_her(neu, datei, JETZT)
    assert not os.path.exists(neu.adresse)


@pytest.mark.parametrize("art", ARTEN)
@pytest.mark.parametrize("nr", range(len(SCHAEDEN_AM_INHALT)))
def test_was_nicht_aufgeht_wird_ganz_zurueckgenommen(vorlage: Path, anlegen: Anleger, tmp_path: Path, art: str, nr: int) -> None:
    schaden, passt, satz = SCHAEDEN_AM_INHALT[nr]
    neu, datei = anlegen(art), _umgeschrieben(vorlage, tmp_path / "b.zip", schaden, manifest_passt=passt)
    with pytest.raises(Betriebsfehler, match=satz):
        stelle_wieder_her(neu, datei, JETZT)
    assert schema(neu) == set()


@pytest.fixture(scope="module")
def vorlage(tmp_path_factory: pytest.TempPathFactory, profil: Profil) -> Path:
    """Eine heile Sicherung, von der die Fälschungen abgeleitet werden."""
    ordner = tmp_path_factory.mktemp("sicherung")
    db = Datenbank(ordner / "k.sqlite")
    hebe_an(db)
    umfeld = umfeld_aus(profil, profil.fingerabdruck(), {"kreis": ("koord_a", "koord_b"), "iserlohn": ("koord_is",)})
    db.in_transaktion(lambda s: uebernehme_profil(s, profil, JETZT, ""))
    for _ in range(2):
        key = melde(db, umfeld)
        tue(db, umfeld, MELDER, Schritt("ergaenzen", key, daten={"text": "Noch etwas."}))
        tue(db, umfeld, KOORDINATION, Schritt("uebernehmen", key))
    db.in_transaktion(lambda s: siegele(s, JETZT))
    sichere(db, ordner / "a.zip", JETZT)
    db.schliessen()
    return ordner / "a.zip"


def _mitten_darin(roh: bytes) -> bytes:
    """Ein gekipptes Bit im Inhalt; ganz vorn stünden nur Angaben der Packung, die am Ende noch einmal stehen."""
    wo = len(roh) // 3
    return roh[:wo] + bytes([roh[wo] ^ 1]) + roh[wo + 1:]


@pytest.mark.parametrize("bruch", [lambda roh: roh[: len(roh) // 2], lambda roh: roh[:-1], lambda roh: b"", lambda roh: b"PK" + roh[20:],
                                   _mitten_darin])
def test_eine_zerbrochene_datei(vorlage: Path, anlegen: Anleger, tmp_path: Path, bruch: Callable[[bytes], bytes]) -> None:
    datei = tmp_path / "b.zip"
    datei.write_bytes(bruch(vorlage.read_bytes()))
    neu = anlegen("sqlite")
    with pytest.raises(Betriebsfehler, match="beschädigt"):
        stelle_wieder_her(neu, datei, JETZT)
    assert not os.path.exists(neu.adresse)


def test_eine_fehlende_datei(anlegen: Anleger, tmp_path: Path) -> None:
    with pytest.raises(Betriebsfehler, match="lässt sich nicht lesen"):
        stelle_wieder_her(anlegen("sqlite"), tmp_path / "keine.zip", JETZT)


def test_der_speicherbedarf_waechst_nicht_mit(db: Datenbank, anlegen: Anleger, tmp_path: Path) -> None:
    neue = "INSERT INTO protokoll (zeit, person, systemkonto, was, angaben) VALUES ('', '', '', 'x', :text)"
    db.in_transaktion(lambda s: s.viele(neue, [{"text": secrets.token_hex(1500)} for _ in range(10_000)]))
    neu = anlegen("sqlite" if db.postgres else "postgres")
    tracemalloc.start()
    sichere(db, tmp_path / "a.zip", JETZT)
    stelle_wieder_her(neu, tmp_path / "a.zip", JETZT)
    spitze = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "a.zip").stat().st_size > 15e6
    assert spitze < 14e6
