"""Der Auszug aus KERN hat alles, was die Seiten benutzen, und sonst wenig."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

WURZEL = Path(__file__).parents[1]
SEITEN = [p for ordner in ("forms", "service") for endung in ("*.html", "*.py", "*.js", "*.css")
          for p in (WURZEL / ordner).rglob(endung) if "fremd" not in p.parts]  # fmt: skip


@pytest.fixture(scope="module")
def baue() -> ModuleType:
    beschreibung = importlib.util.spec_from_file_location("baue", WURZEL / "assets" / "baue.py")
    assert beschreibung and beschreibung.loader
    modul = importlib.util.module_from_spec(beschreibung)
    beschreibung.loader.exec_module(modul)
    return modul


def test_was_die_vorlagen_benutzen_ist_im_auszug(baue: ModuleType) -> None:
    """Wer einen weiteren Baustein benutzt, nennt ihn in assets/baue.py und ruft `make assets`."""
    ohne = {"theme"}  # ein Attribut, keine Klasse
    texte = [re.sub(r"--kern-[\w-]+", "", p.read_text(encoding="utf-8")) for p in SEITEN]  # ohne Eigenschaften
    benutzt = {(baustein.rstrip("-"), art) for text in texte for baustein, art in baue.KLASSE.findall(text)}
    assert {b for b, _ in benutzt} - ohne <= baue.BAUSTEINE
    assert {art for b, art in benutzt if b == "icon"} - {""} <= baue.ZEICHEN
    assert baue.BAUSTEINE - {b for b, _ in benutzt} == set(), "Baustein ohne Benutzer"


def test_der_auszug_laesst_weg_was_niemand_benutzt(baue: ModuleType) -> None:
    css = ('@charset "UTF-8";body{margin:0}.kern-btn,.kern-dialog{a:b}.kern-dialog .kern-btn{c:d}.kern-btn:not(.kern-dialog){e:f}'
           ".kern-icon--home{g:h}.kern-icon--danger{i:j}@media (min-width: 1px){.kern-dialog{k:l}.kern-card__container{m:n}}"
           "@media (prefers-color-scheme: dark){:root{o:p}}@media (prefers-color-scheme: light){:root{u:v}}.kern-col-3{q:r}"
           "[data-kern-theme=light],.kern-light{u:v}[data-kern-theme=dark],.kern-dark{s:t}")
    assert baue.auszug(css) == ("body{margin:0}.kern-btn{a:b}.kern-btn:not(.kern-dialog){e:f}.kern-icon--danger{i:j}"
                                "@media (min-width: 1px){.kern-card__container{m:n}}"
                                "@media screen and (prefers-color-scheme: dark){:root:not([data-kern-theme=light]){o:p}}"
                                ":root{u:v}@media screen{:root[data-kern-theme=dark]{s:t}}")


def test_farben_stehen_an_einer_stelle() -> None:
    """Nur die Wörter im Block `:root` von kreislauf.css sind Farben; jede andere Regel und jede Zeichnung nennt eines davon."""
    stile = {p.name: p.read_text(encoding="utf-8") for p in (WURZEL / "service" / "static").glob("*.css")}
    block = re.search(r":root \{\n.*?\n\}", stile["kreislauf.css"], re.DOTALL)
    assert block
    namen = set(re.findall(r"(--kl-[a-z-]+):", block.group()))
    stile["kreislauf.css"] = stile["kreislauf.css"].replace(block.group(), "")
    farbe = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab|lab|lch|hwb)a?\(|:[^;{}]*\b(?:white|black|red|gr[ae]y)\b(?!-)", re.I)
    assert {name: gefunden for name, stil in stile.items() if (gefunden := [m.group() for m in farbe.finditer(stil)])} == {}
    assert {n for stil in stile.values() for n in re.findall(r"var\((--kl-[a-z-]+)", stil)} == namen
    fest = re.compile(r"""(?:fill|stroke|stop-color|color)=["'](?!none|currentColor)[^"'{]""")
    assert [p.name for p in SEITEN if p.suffix == ".html" and fest.search(p.read_text(encoding="utf-8"))] == []
