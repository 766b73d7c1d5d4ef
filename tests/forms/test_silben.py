"""Silbentrennung in Zeichnungen: an Sprechsilben, nie mitten in einer, und nie mit einem Buchstaben allein."""

from __future__ import annotations

from itertools import pairwise

import pytest

from forms.bahnen import umbrochen
from forms.silben import trennstellen


def getrennt(wort: str) -> str:
    stellen = [0, *trennstellen(wort), len(wort)]
    return "-".join(wort[a:b] for a, b in pairwise(stellen))


@pytest.mark.parametrize("soll", [
    "Voll-machts-mus-ter", "Voll-stän-dig-keits-prü-fung", "Zu-rück-ver-wie-sen", "Be-ra-tungs-stelle", "Aus-län-der-be-hörde",
    "Ter-min-ver-gabe", "Dienst-stelle", "Wohn-geld-stelle", "Fik-tions-be-schei-ni-gung", "Kran-ken-kasse", "Un-ter-la-gen",
    "Ge-schäfts-stelle", "Zwi-schen-nach-richt", "Ein-gangs-be-stä-ti-gung", "An-trag-stel-lung", "Trä-ger", "Kos-ten",
    "Prü-fung", "Amt", "§§",
])
def test_an_sprechsilben(soll: str) -> None:
    assert getrennt(soll.replace("-", "")) == soll


def test_lange_woerter_brechen_in_den_bahnen_an_der_silbe() -> None:
    assert umbrochen("Vollmachtsmuster beilegen", 14, 3) == ("Vollmachtsmus-", "ter beilegen")
    assert umbrochen("Vollständigkeitsprüfung", 15, 3) == ("Vollständig-", "keitsprüfung")
    assert umbrochen("Jobcenter-Ansprechpartnerin", 16, 3) == ("Jobcenter-", "Ansprechpartne-", "rin")
    assert "".join(z.rstrip("-") for z in umbrochen("x" * 40, 10, 9)) == "x" * 40
