"""Worin die Tests von außen stehen: die Webanwendung, ein Kreis mit Konten, ein Postamt; für Befehle ein leerer Ordner."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.app import Kreislauf
from service.cli import main
from service.db import Datenbank
from service.profil import Profil
from service.umfeld import Umfeld
from tests.aufruf import MELDUNGEN, Lauf
from tests.bau import JETZT
from tests.browserprobe import Fenster, seiten
from tests.postamt import Postamt, bevoelkere, offenes_postamt


@pytest.fixture
def app(db: Datenbank, profil: Profil) -> Kreislauf:
    return seiten(db, profil, JETZT)


@pytest.fixture
def koordination(app: Kreislauf) -> Fenster:
    return Fenster(app, "koordination-a")


@pytest.fixture
def kreis(db: Datenbank, profil: Profil) -> Umfeld:
    return bevoelkere(db, profil)


@pytest.fixture
def amt() -> Iterator[Postamt]:
    with offenes_postamt() as postamt:
        yield postamt


@pytest.fixture
def ort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [n for n in os.environ if n.startswith("KREISLAUF_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lauf(ort: Path, capsys: pytest.CaptureFixture[str]) -> Lauf:
    def rufe(*argv: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            ende = main([str(a) for a in argv])
        except SystemExit as schluss:
            ende = int(schluss.code or 0)
        return ende, *capsys.readouterr()

    return rufe


@pytest.fixture
def gefuellt(lauf: Lauf) -> None:
    assert lauf("import", MELDUNGEN)[0] == 0
