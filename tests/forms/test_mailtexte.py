"""Zu jeder Nachricht, die eine Tabelle kennt, gibt es einen deutschen Text; kein Betreff nimmt etwas Persönliches auf."""

from __future__ import annotations

import re

import pytest

from forms.mail import Punkt, setze
from forms.mailtexte import DINGE, EINZELN, FAMILIE_VON, FAMILIEN, Text, alle_texte, angaben_in, eingesetzt, text
from forms.sprache import redend, uebersetzt
from service.ausgang import anlaesse
from service.empfaenger import OHNE_EINBLICK, WOERTER
from states.kette import PROZESSE

ALLE = list(anlaesse())
IMMER_DA = {"key", "die", "Die", "der", "Zum", "zum", "am", "eroeffnet", "alter", "zustand", "wann_wo", "ende", "frist"}
ANGABEN = IMMER_DA | {"termin", "bis", "an", "lage", "anzahl"}
TEXTE = list(alle_texte())


@pytest.mark.parametrize(("art", "anlass", "ausloeser", "wort", "nur_zahl"), ALLE, ids=lambda x: str(x))
def test_jede_nachricht_hat_einen_text(art: str, anlass: str, ausloeser: str, wort: str, nur_zahl: bool) -> None:
    assert wort in WOERTER and art in DINGE
    for lage in ("naht", "heute", "vorbei"):
        assert text(anlass, ausloeser, FAMILIE_VON[wort], lage, nur_zahl=nur_zahl) is not None


def test_fuer_alle_gilt_die_ruecknahme() -> None:
    assert all(text("schritt_zurueckgenommen", "zuruecknehmen", familie) for familie in FAMILIEN)


def test_kein_text_ist_uebrig() -> None:
    """Ein Text zu einem Anlass, den es nicht mehr gibt, führt in die Irre."""
    bekannt = {(a, u) for _, a, u, _, _ in ALLE} | {("schritt_zurueckgenommen", "")}
    for schluessel, _ in TEXTE:
        anlass, _, ausloeser = schluessel.partition("@")[0].partition("/")
        assert schluessel == "frist" or any(a == anlass and ausloeser in ("", u) for a, u in bekannt), schluessel
        familie = schluessel.partition("@")[2]
        assert not familie or familie in FAMILIEN
    namen = {a for _, a, _, _, _ in ALLE} | {"schritt_zurueckgenommen"}
    assert namen >= EINZELN and namen >= OHNE_EINBLICK


def test_jedes_wort_hat_seine_familie() -> None:
    assert FAMILIE_VON.keys() == WOERTER.keys() and set(FAMILIE_VON.values()) == FAMILIEN.keys() and DINGE.keys() == PROZESSE.keys()


@pytest.mark.parametrize(("schluessel", "vorlage"), TEXTE, ids=[s for s, _ in TEXTE])
def test_ein_text_ist_ein_ganzer_satz_mit_bekannten_angaben(schluessel: str, vorlage: Text) -> None:
    assert angaben_in(vorlage.betreff) <= {"key", "frist"}
    for satz in filter(None, (vorlage.satz, vorlage.ohne)):
        assert angaben_in(satz) <= ANGABEN
        assert satz[0].isupper() or satz.startswith(("{Zum}", "{Die}"))
        assert satz.endswith((".", "?"))
        assert not re.search(r"(?<![„\w])(?:ae|oe|ue)|\b(?:du|dein|euch)\b", satz)
    assert angaben_in(vorlage.satz) <= IMMER_DA or vorlage.ohne
    assert angaben_in(vorlage.ohne) <= IMMER_DA


def test_ohne_eine_angabe_gilt_der_andere_satz_und_das_profil_darf_anders_sprechen() -> None:
    vorlage = text("rueckfrage", "rueckfragen", "meldung")
    assert vorlage is not None
    angaben = {"key": "MK-1", "bis": "02.02.2026"}
    assert "bis zum 02.02.2026" in eingesetzt(vorlage, angaben)[1]
    assert "drei Wochen" in eingesetzt(vorlage, {"key": "MK-1", "bis": ""})[1]
    with redend({vorlage.satz: "Frage zu {key}."}, None):
        assert [*map(uebersetzt, eingesetzt(vorlage, angaben))] == ["Rückfrage zu Ihrer Meldung MK-1", "Frage zu MK-1."]


def test_html_maskiert_und_der_text_bricht_um() -> None:
    satz = "Satz mit <b>Zeichen</b> & mehr, lang genug, um über die Breite einer Zeile hinauszugehen"
    punkte = [Punkt(f"{satz} ({n}).", "https://x.example/v", t) for n, t in enumerate(("", "Titel <script>"))]
    brief = setze("Betreff", FAMILIEN["aufgabe"], punkte, "Kreis", "Hinweis.", einzeln=False)
    assert "&lt;b&gt;" in brief.html and "<script>" not in brief.html and 'lang="de"' in brief.html
    assert "„Titel <script>“" in brief.text and max(len(z) for z in brief.text.splitlines() if "http" not in z) <= 76
    assert brief.text.startswith("Guten Tag!\n\n") and "\n\n\n" not in brief.text
