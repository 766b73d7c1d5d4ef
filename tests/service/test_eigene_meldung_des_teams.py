"""Das Case Management meldet selbst; dann steht ihm alles zu, was eine meldende Stelle mit ihrer Meldung tun kann."""

from __future__ import annotations

from typing import Any

import pytest

from service.apply import Schritt
from service.db import Datenbank
from service.errors import Verboten
from service.profil import Profil
from service.sicht import lies
from service.umfeld import Umfeld
from tests.bau import JETZT, MELDUNG, person, tue
from tests.browserprobe import Fenster, seiten

TEAM = "KIM-Case Management Iserlohn"
CM = person("cm_is", "case_management", institution=TEAM)
ANDERES = person("cm_al", "case_management", institution="KIM-Case Management Altena")
SCHRITTE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("antworten", {"text": "Seit März."}), ("ergaenzen", {"text": "Auch in Altena."}), ("nachtragen", {"auswirkung": "Frist versäumt."}),
    ("wieder_vorgekommen", {"text": "Im Mai wieder."}), ("zurueckziehen", {}))


def _gemeldet(db: Datenbank, umfeld: Umfeld) -> str:
    daten = {**MELDUNG, "melder_art": "case_management", "melder_institution": TEAM, "kommune": "Iserlohn"}
    return tue(db, umfeld, CM, Schritt("einreichen", art="meldebogen", daten=daten)).erste.key


def test_das_team_tut_alles_was_eine_meldende_stelle_kann(db: Datenbank, umfeld: Umfeld) -> None:
    key = _gemeldet(db, umfeld)
    with db.lesen() as s:
        angeboten = {u.ausloeser for u in lies(s, CM, key, JETZT.date()).schritte}
    assert {a for a, _ in SCHRITTE} <= angeboten
    kollegin = person("cm_is2", "case_management", institution=TEAM)
    for ausloeser, daten in SCHRITTE:
        assert tue(db, umfeld, kollegin, Schritt(ausloeser, key, daten=daten)).erste.ausloeser == ausloeser


@pytest.mark.parametrize(("ausloeser", "daten"), SCHRITTE)
def test_ein_anderes_team_tut_nichts_davon(db: Datenbank, umfeld: Umfeld, ausloeser: str, daten: dict[str, Any]) -> None:
    key = _gemeldet(db, umfeld)
    with pytest.raises(Verboten):
        tue(db, umfeld, ANDERES, Schritt(ausloeser, key, daten=daten))


def test_eine_rueckfrage_steht_auf_der_startseite_des_teams(db: Datenbank, profil: Profil) -> None:
    app = seiten(db, profil, JETZT)
    umfeld = app.state.anwendung.umfeld()
    key = _gemeldet(db, umfeld)
    team = Fenster(app, "cm-iserlohn")
    satz = "Die Koordination hat eine Frage zu Ihrer Meldung."
    assert satz not in team.client.get("/").text
    koordination = person("koordination-iserlohn", "koordination", bereich="iserlohn")
    tue(db, umfeld, koordination, Schritt("rueckfragen", key, daten={"frage": "Seit wann?"}))
    assert satz in team.client.get("/").text
    team.sende(f"/vorgang/{key}/schritt/antworten", text="Seit März.")
    assert satz not in team.client.get("/").text
