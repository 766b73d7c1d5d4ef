"""Einstellungen aus Umgebung und Datei, und was `config check` an ihnen findet."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from service.db import Datenbank
from service.errors import Betriebsfehler
from service.profil import DEMONSTRATION
from service.settings import Einstellungen, lade_einstellungen

Setze = Callable[..., None]


@pytest.fixture(autouse=True)
def setze(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Setze:
    """Ein leerer Arbeitsordner und keine Einstellung außer den genannten."""
    monkeypatch.chdir(tmp_path)
    for name in [n for n in os.environ if n.upper().startswith("KREISLAUF_")]:
        monkeypatch.delenv(name)

    def setzen(**werte: str) -> None:
        for name, wert in werte.items():
            monkeypatch.setenv(f"KREISLAUF_{name}", wert)

    return setzen


def test_ohne_jede_angabe(tmp_path: Path) -> None:
    e = lade_einstellungen()
    assert (e.daten, e.datenbank, e.profildatei, e.port) == (Path("daten"), "daten/kreislauf.sqlite", DEMONSTRATION, 8000)
    assert e.auf_sqlite and e.pruefe() == []
    assert not (tmp_path / "daten").exists()


def test_umgebung_vor_datei_und_leeres_zaehlt_nicht(setze: Setze, tmp_path: Path) -> None:
    (tmp_path / "kreislauf.env").write_text('KREISLAUF_PORT=8100\nKREISLAUF_DATEN="~/ablage"\n# Kommentar\nKREISLAUF_DB=\n')
    setze(PORT="8200", PROFIL="")
    e = lade_einstellungen()
    assert (e.port, e.daten, e.db, e.profil) == (8200, Path.home() / "ablage", "", None)


@pytest.mark.parametrize("adresse", ["postgresql+psycopg://k:geheim@db.example/k", "postgresql://k:geheim@db.example/k", "postgres://k@h/k?password=geheim"])
def test_ein_kennwort_wird_nie_gezeigt(setze: Setze, adresse: str) -> None:
    setze(DB=adresse)
    e = lade_einstellungen()
    assert e.datenbank == adresse and not e.auf_sqlite
    assert "geheim" not in e.datenbank_ohne_kennwort and e.datenbank_ohne_kennwort.count("***") == 1
    assert Datenbank(e.datenbank).postgres


@pytest.mark.parametrize("adresse", ["eigen.sqlite", "sqlite:///eigen.sqlite"])
def test_eine_eigene_sqlite_datei(setze: Setze, adresse: str) -> None:
    setze(DB=adresse)
    e = lade_einstellungen()
    assert e.auf_sqlite and Datenbank(e.datenbank).adresse == "eigen.sqlite"


@pytest.mark.parametrize(("name", "wert", "satz"), [
    ("PORT", "achtzig", "KREISLAUF_PORT muss eine ganze Zahl zwischen 1 und 65535 sein."),
    ("PORT", "70000", "KREISLAUF_PORT muss eine ganze Zahl zwischen 1 und 65535 sein."),
    ("DB", "mysql://k:geheim@h/k", "KREISLAUF_DB muss eine Adresse der Form"),
    ("DB", "postgresql+asyncpg://k:geheim@h/k", "KREISLAUF_DB muss eine Adresse der Form"),
])
def test_ein_unbrauchbarer_wert_wird_auf_deutsch_abgelehnt(setze: Setze, name: str, wert: str, satz: str) -> None:
    setze(**{name: wert})
    with pytest.raises(Betriebsfehler, match=satz.replace(".", r"\.")) as fehler:
        lade_einstellungen()
    assert "geheim" not in fehler.value.satz and fehler.value.__cause__ is None


def test_verschriebene_namen_werden_gemeldet(setze: Setze, tmp_path: Path) -> None:
    setze(DATAN="x", GANZ_ANDERES="y")
    (tmp_path / "kreislauf.env").write_text("KREISLAUF_PORTS=1\nDATEN=z\n")
    assert lade_einstellungen().pruefe() == [
        "Die Einstellung KREISLAUF_DATAN gibt es nicht. Meinten Sie KREISLAUF_DATEN?",
        "Die Einstellung KREISLAUF_GANZ_ANDERES gibt es nicht.",
        "Die Einstellung DATEN in kreislauf.env gibt es nicht. Meinten Sie KREISLAUF_DATEN?",
        "Die Einstellung KREISLAUF_PORTS in kreislauf.env gibt es nicht. Meinten Sie KREISLAUF_PORT?",
    ]


def test_was_am_datenordner_nicht_stimmt(setze: Setze, tmp_path: Path) -> None:
    e = lade_einstellungen()
    e.lege_datenordner_an()
    e.lege_datenordner_an()
    assert (tmp_path / "daten").stat().st_mode & 0o777 == 0o700 and e.pruefe() == []
    (tmp_path / "daten").chmod(0o755)
    assert e.pruefe() == ["Der Datenordner daten ist auch für andere Konten zugänglich. Bitte beschränken Sie ihn (chmod 700)."]
    (tmp_path / "brief").write_text("x")
    setze(DATEN="brief")
    assert lade_einstellungen().pruefe() == ["KREISLAUF_DATEN nennt brief; das ist kein Ordner."]
    setze(DATEN="brief/daten")
    with pytest.raises(Betriebsfehler, match="lässt sich nicht anlegen"):
        lade_einstellungen().lege_datenordner_an()


def test_ein_profil_das_es_nicht_gibt(setze: Setze) -> None:
    setze(PROFIL="keins.toml")
    assert lade_einstellungen().pruefe() == [
        "KREISLAUF_PROFIL nennt keins.toml; diese Datei gibt es nicht, oder dieses Konto darf sie nicht lesen."]


def test_eine_offene_datei_mit_kennwort(tmp_path: Path) -> None:
    datei = tmp_path / "kreislauf.env"
    datei.write_text("KREISLAUF_DB=postgresql://k:geheim@h/k\n")
    datei.chmod(0o644)
    assert [s for s in lade_einstellungen().pruefe() if "chmod 600" in s]
    datei.chmod(0o600)
    assert lade_einstellungen().pruefe() == []


def test_einstellungen_sind_unveraenderlich() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Einstellungen().port = 1


def test_https_ohne_genannten_webserver_davor(setze: Setze) -> None:
    setze(ADRESSE="https://kreislauf.example")
    (satz,) = lade_einstellungen().pruefe()
    assert "KREISLAUF_PROXY fehlt" in satz and "sperren dann die Anmeldung für alle" in satz
    setze(PROXY="127.0.0.1, 10.0.0.0/8,::1")
    assert lade_einstellungen().pruefe() == []


@pytest.mark.parametrize("wert", ["quatsch", "*", "127.0.0.1,quatsch", "300.0.0.1"])
def test_was_keine_netzadresse_ist_wird_abgelehnt(setze: Setze, wert: str) -> None:
    setze(PROXY=wert)
    with pytest.raises(Betriebsfehler, match="KREISLAUF_PROXY muss Netzadressen nennen"):
        lade_einstellungen()


def test_eine_offene_datenbank_wird_gemeldet(setze: Setze, tmp_path: Path) -> None:
    lade_einstellungen().lege_datenordner_an()
    kopie = tmp_path / "daten" / "kreislauf.sqlite"
    kopie.write_bytes(b"")
    kopie.chmod(0o644)
    assert lade_einstellungen().pruefe() == [
        "Die Datenbank daten/kreislauf.sqlite ist auch für andere Konten zugänglich. Bitte beschränken Sie sie (chmod 600)."]
    kopie.chmod(0o600)
    assert lade_einstellungen().pruefe() == []
