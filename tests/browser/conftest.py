"""Eine gefüllte Vorführung und ein Browser für alle, die nur ansehen; wer etwas tut, bringt seine eigene mit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.vorfuehrserver import chromium, gefuellte_vorfuehrung


@pytest.fixture(scope="session")
def adresse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with gefuellte_vorfuehrung(tmp_path_factory.mktemp("vorfuehrung")) as wo:
        yield wo


@pytest.fixture(scope="module")  # länger nicht: Solange einer offen ist, lässt sich in diesem Prozess kein zweiter starten
def browser() -> Iterator[Browser]:
    with chromium() as gestartet:
        yield gestartet
