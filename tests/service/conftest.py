"""Für die Tests der Kommandozeile: ein leerer Ordner ohne Einstellungen, und der Befehl darin."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.cli import main
from tests.aufruf import MELDUNGEN, Lauf


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
