"""Deutsche Sätze sind die Schlüssel: Worte des Profils, gettext-Kataloge, Aussagen mit Werten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from forms.render import ORT, Vorlagen
from forms.sprache import KEINE, Sprachen, redend, uebersetzt, uebersetzte
from service.texte import bekannte, ist_text, uebersetzbare
from states.aussage import Aussage, aneinander
from states.model import Grund
from states.saetze import satz
from tests.sprachprobe import geklammerte
from tests.texte import gleiche_ab, vorlage

ENGLISCH = {
    "Höchstens {n} Zeichen, {wo}.": "{wo}: at most {n} characters.", "im Titel": "in the title",
    "hat die Meldung in die Sammlung[ {sammlung}] aufgenommen": "has added the report[ to {sammlung}]",
}
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
_KENNUNG = re.compile(r"[a-z0-9 -]+|[a-z.]+\.ics|[a-z-]+=.*|/.*\?.*")  # Klassen, Dateinamen, Attribute und Adressen aus Makros
_WORT = re.compile(r"[A-Za-zÄÖÜäöüß]{3,}")


def _ohne_katalog(vorlage_: nodes.Template) -> Iterator[str]:
    """Feste Texte, die eine Vorlage einem Makro gibt oder ausgibt, ohne sie nachzuschlagen."""
    aufrufe = [a for a in vorlage_.find_all(nodes.Call) if isinstance(a.node, nodes.Name) and a.node.name == "_"]
    ausgenommen = {id(k) for a in (*aufrufe, *vorlage_.find_all(nodes.Compare)) for k in a.find_all(nodes.Const)}
    yield from (k.value for k in vorlage_.find_all(nodes.Const)
                if isinstance(k.value, str) and id(k) not in ausgenommen and ist_text(k.value) and not k.value.endswith(".html"))


@pytest.mark.parametrize("datei", sorted(ORT.rglob("*.html")), ids=lambda d: str(d.relative_to(ORT)))
def test_was_eine_vorlage_einem_makro_gibt_geht_durch_den_katalog(datei: Path) -> None:
    gefunden = set(_ohne_katalog(Vorlagen().umgebung.parse(datei.read_text(encoding="utf-8")))) - {"light dark"}
    assert gefunden == set()


def auf_englisch(text: str) -> str:
    with redend(KEINE, lambda t: ENGLISCH.get(t, t)):
        return uebersetzt(text)


def test_eine_aussage_liest_sich_deutsch_und_uebersetzt_auch_ihre_werte() -> None:
    befund = Aussage("Höchstens {n} Zeichen, {wo}.", n=80, wo="im Titel")
    assert befund == "Höchstens 80 Zeichen, im Titel." == uebersetzt(befund)
    assert auf_englisch(befund) == "in the title: at most 80 characters."
    assert auf_englisch(str(Grund("Höchstens {n} Zeichen, {wo}.", {"n": 3, "wo": "hier"}))) == "hier: at most 3 characters."
    assert auf_englisch(aneinander([befund, "Bleibt."])) == "in the title: at most 80 characters. Bleibt."


def test_der_verlauf_behaelt_wer_es_war_und_laesst_weg_was_fehlt() -> None:
    mit = satz("meldebogen", "aufnehmen", "Koordination A", {"sammlung": "SAM-1"})
    ohne = satz("meldebogen", "aufnehmen", "Koordination A", {})
    assert mit == "Koordination A hat die Meldung in die Sammlung SAM-1 aufgenommen."
    assert auf_englisch(mit) == "Koordination A has added the report to SAM-1."
    assert auf_englisch(ohne) == "Koordination A has added the report."


def test_worte_des_profils_gehen_vor() -> None:
    with redend({"Sitzung": "Treffen"}, lambda t: f"<{t}>"):
        assert (uebersetzt("Sitzung"), uebersetzt("Thema")) == ("Treffen", "<Thema>")
        assert uebersetzte([("Sitzung", "Thema", 1)], 0, 2) == [("Treffen", "Thema", 1)]
    assert uebersetzt("Sitzung") == "Sitzung"


@pytest.mark.parametrize(("gewuenscht", "spricht"), [
    ("", "de"), ("en", "en"), ("en-GB,en;q=0.9,de;q=0.8", "en"), ("de-DE,en;q=0.7", "de"), ("fr,en;q=0.3", "en"), ("fr", "de"),
    ("en;q=0", "de"), ("en;q=viel, de;q=0.1", "de"), ("*", "de"), ("," * 500, "de"),
])  # fmt: skip
def test_der_browser_sagt_welche_sprache(tmp_path: Path, gewuenscht: str, spricht: str) -> None:
    (tmp_path / "en").mkdir()
    gleiche_ab(tmp_path, vorlage(["Sitzung"]))
    assert Sprachen(tmp_path).passende(gewuenscht) == spricht
    assert Sprachen(tmp_path / "leer").passende(gewuenscht) == "de"


def test_ein_katalog_behaelt_was_uebersetzt_ist(tmp_path: Path) -> None:
    geklammerte(tmp_path)
    neu = vorlage([*uebersetzbare(), "Ganz neu."])
    fertig = len(uebersetzbare())
    assert gleiche_ab(tmp_path, neu) == [f"en: {fertig} von {fertig + 1} Texten sind übersetzt."]
    with redend(KEINE, Sprachen(tmp_path).katalog("en")):
        assert uebersetzt("Ganz neu.") == "Ganz neu." and uebersetzt("Sitzung der Lenkungsgruppe") == "⟦Sitzung der Lenkungsgruppe⟧"


def test_ein_fester_text_wird_bei_jeder_seite_neu_nachgeschlagen(tmp_path: Path) -> None:
    """Die Vorlagen bleiben übersetzt liegen; die Sprache der ersten Seite darf nicht in ihnen stehen bleiben."""
    vorlagen = Vorlagen(sprachen=geklammerte(tmp_path))
    angaben = {"titel": "Gesperrt", "satz": "Bitte melden Sie sich an.", "mehr": "", "felder": {}, "lesend": True, "thema": ""}
    englisch, deutsch, wieder = (vorlagen.seite("fehler/schlicht.html", sprache=s, **angaben) for s in ("en", "de", "en"))
    assert englisch == wieder and '<html lang="en"' in englisch and "⟦Bitte melden Sie sich an.⟧" in englisch
    assert '<html lang="de"' in deutsch and "⟦" not in deutsch


@pytest.mark.parametrize("datei", sorted((*ORT.rglob("*.html"), *ORT.rglob("*.txt"))), ids=lambda p: str(p.relative_to(ORT)))
def test_kein_text_einer_vorlage_geht_am_katalog_vorbei(datei: Path) -> None:
    ohne = re.sub(r"<style.*?</style>", "", datei.read_text(encoding="utf-8"), flags=re.S)
    bleibt = re.sub(r"<[^<>]*>", "\n", _JINJA.sub("", ohne))
    assert [z for z in map(str.strip, bleibt.splitlines()) if _WORT.search(z) and _KENNUNG.fullmatch(z) is None] == []


def test_die_vorlage_kennt_auch_die_saetze_aus_dem_quelltext() -> None:
    assert {"Bitte melden Sie sich an.", "Ausgelöst durch {art} {key}: {schritt}.", "Punkt {nr} ist gespeichert."} <= uebersetzbare()
    assert bekannte() < uebersetzbare() and not [t for t in uebersetzbare() if "SELECT " in t or "\n" in t]


def test_feste_texte_stehen_auf_deutsch_schon_in_der_vorlage_und_sonst_nicht() -> None:
    vorlagen = Vorlagen()
    angaben = {"titel": "Gesperrt", "satz": "Bitte melden Sie sich an.", "mehr": "", "felder": {}, "lesend": True, "thema": ""}
    deutsch = vorlagen.seite("fehler/schlicht.html", **angaben)
    eigene = vorlagen.seite("fehler/schlicht.html", eigene_worte={"Kreislauf": "Rundlauf"}, **angaben)
    assert "Gesperrt – Kreislauf" in deutsch and "Gesperrt – Rundlauf" in eigene
    assert eigene.replace("Rundlauf", "Kreislauf") == deutsch == vorlagen.seite("fehler/schlicht.html", **angaben)
