"""Wen eine Erinnerung meint: die Stelle oder Person am Eintrag selbst, nicht alle, die irgendwie beteiligt sind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.clock import berliner_tag
from service.db import Datenbank
from service.empfaenger import Empfaengersuche, Meldung
from service.umfeld import Umfeld
from tests.bau import JETZT
from tests.sichtwelt import Welt

VHS, JC = "VHS Lüdenscheid", "Jobcenter Märkischer Kreis"
BEIDE = ((VHS, "umsetzende_stelle"), (JC, "umsetzende_stelle"))
Erinnert = Callable[..., list[str]]


@pytest.fixture
def erinnert(db: Datenbank, kreis: Umfeld) -> Erinnert:
    """Wer von einer Frist erfährt, die an „eigner“ geht."""

    def wer(art: str, zustand: str, schluessel: str = "", beteiligt: Any = BEIDE, **stand: Any) -> list[str]:
        def frage(s: Any) -> list[str]:
            nr = Welt(s).vorgang(art, zustand, stand=stand, beteiligt=beteiligt, zustaendig="koordination-a")
            suche = Empfaengersuche(s, kreis, berliner_tag(JETZT))
            return [a.empfaenger.key for a in suche.anreden(Meldung(1, nr, "frist_x", ("eigner",), schluessel=schluessel))]

        return db.in_transaktion(frage)

    return wer


def _stelle(kreis: Umfeld, name: str) -> str:
    gefunden = kreis.profil.institution(name)
    assert gefunden is not None
    return f"stelle:{gefunden.key}"


def test_an_eine_auflage_wird_erinnert_wer_sie_erfuellen_soll(erinnert: Erinnert, kreis: Umfeld) -> None:
    auflagen = {"A1": {"key": "A1", "verantwortlich": JC}}
    assert erinnert("zielsystem", "in_umsetzung", "A1", auflagen=auflagen) == [_stelle(kreis, JC)]


def test_an_eine_antwort_wird_die_stelle_erinnert_die_antworten_soll(erinnert: Erinnert, kreis: Umfeld) -> None:
    assert erinnert("zielsystem", "weitergeleitet", VHS, auflagen={}) == [_stelle(kreis, VHS)]


def test_an_einen_beschluss_werden_seine_stellen_erinnert(erinnert: Erinnert, kreis: Umfeld) -> None:
    frei = "Leitung des Fachdienstes, im Benehmen mit allen"
    assert erinnert("beschluss", "weitergeleitet", verantwortlich=frei, stellen=[VHS]) == [_stelle(kreis, VHS)]


def test_nennt_das_protokoll_niemanden_den_es_hier_gibt_erfaehrt_es_die_koordination(erinnert: Erinnert) -> None:
    assert erinnert("beschluss", "weitergeleitet", beteiligt=(), verantwortlich="alle gemeinsam") == ["koordination-a"]


def test_eine_kenntnisnahme_gilt_dem_empfaenger_nicht_den_stellen(erinnert: Erinnert, kreis: Umfeld) -> None:
    beteiligt = ((JC, "empfaenger"), *BEIDE)
    assert erinnert("beschluss", "weitergeleitet", JC, beteiligt, stellen=[VHS]) == [_stelle(kreis, JC)]


@pytest.mark.parametrize("wer", ["ag-01-leitung", VHS])
def test_eine_zahl_erhebt_auch_eine_person(erinnert: Erinnert, kreis: Umfeld, wer: str) -> None:
    indikatoren = [{"key": "IN-1", "quelle": "Laufzettel", "erhoben_von": wer}]
    erwartet = wer if wer == "ag-01-leitung" else _stelle(kreis, wer)
    assert erinnert("monitoring", "laufend", "IN-1", ((wer, "umsetzende_stelle"), (JC, "umsetzende_stelle")), indikatoren=indikatoren) == [
        erwartet]
