"""Der Rundgang noch einmal, nur mit Tasten; gespielt wird breit und mit JavaScript, denn dort könnte ein Skript eine Taste verschlucken."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.profil import Profil
from tests.browser.darsteller import buehne
from tests.browser.tastatur import Tastatur
from tests.browser.test_rundgang import einmal_herum

pytestmark = pytest.mark.tastatur


def test_einmal_ganz_herum_nur_mit_tasten(tmp_path: Path, profil: Profil) -> None:
    with buehne(tmp_path, profil, 1280, True, "12.01.2026", Tastatur) as b:
        einmal_herum(b)
