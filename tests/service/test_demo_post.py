"""Die Post der Vorführung: was alt ist, gilt als gelesen; die letzten vierzehn Tage liegen im Postfach, nie bei einem Mailserver."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.apply import Schritt
from service.clock import aus_text, berliner_tag
from service.db import Datenbank
from service.demo.post import stelle_zu
from service.profil import Profil
from tests.bau import JETZT, MELDUNG, tue
from tests.postamt import bevoelkere, konto


def test_nur_die_letzten_vierzehn_tage_liegen_im_postfach(db: Datenbank, profil: Profil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KREISLAUF_SMTP_HOST", "mail.invalid")
    kreis, wer = bevoelkere(db, profil), konto(db, "stelle-mbe-luedenscheid")
    keys = {}
    for vor in range(30, -1, -1):
        tag = JETZT - timedelta(days=vor)
        if vor in (25, 10, 3):
            keys[vor] = tue(db, kreis, wer, Schritt("einreichen", art="meldebogen", daten=MELDUNG), jetzt=tag).erste.key
        stelle_zu(db, kreis, berliner_tag(tag), JETZT)
    with db.lesen() as s:
        zeilen = s.alle("SELECT b.betreff, p.zeit FROM postfach p JOIN sendung b ON b.id = p.sendung ORDER BY p.id")
        assert s.wert("SELECT count(*) FROM ausgang WHERE erledigt = 0") == 0
    assert [betreff for betreff, _ in zeilen] == [f"Ihre Meldung {keys[vor]} ist eingegangen" for vor in (10, 3)]
    assert [(berliner_tag(JETZT) - berliner_tag(aus_text(zeit))).days for _, zeit in zeilen] == [10, 3]
